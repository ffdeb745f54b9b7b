"""Letters on a page of pixels, drawn with the font that matplotlib brings, but without loading matplotlib.

Loading matplotlib takes longer than everything else on the way to the first picture of a notebook.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

from PIL import ImageDraw, ImageFont

__all__ = ["DPI", "draw_text", "fallbacks", "text_width"]

DPI = 100

# What no font has, matplotlib draws as a box with a code in it, which is so many times as wide as high.
LAST_RESORT = 1.4
# DejaVu Sans has no Korean, Chinese or Japanese letters; most systems have one of:
FALLBACKS = (
    "Noto Sans CJK KR",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Malgun Gothic",
    "Microsoft YaHei",
    "Yu Gothic",
    "Apple SD Gothic Neo",
    "PingFang SC",
    "Hiragino Sans",
    "NanumGothic",
    "WenQuanYi Zen Hei",
    "Arial Unicode MS",
)


@lru_cache(maxsize=4096)
def text_width(words: str, size: float) -> float:
    """How many pixels wide a line of text is.

    Args:
        words: One line.
        size: In points, of which 72 make an inch of 100 pixels.

    >>> text_width("ii", 9) < text_width("mm", 9) < text_width("mm", 12)
    True
    """
    return sum(_length(run, font, size) for run, font in _runs(words, size))


def _length(run: str, font: ImageFont.FreeTypeFont, size: float) -> float:
    if _is_plain(run[0]) or fallbacks():
        return font.getlength(run)
    return len(run) * LAST_RESORT * size * DPI / 72


def draw_text(draw: ImageDraw.ImageDraw, words: str, x: float, y: float, size: float, colour: str) -> None:
    """Write one line, beginning at x and centred on y; a letter that no font has becomes a box."""
    for run, font in _runs(words, size):
        draw.text((x, y), run, fill=colour, font=font, anchor="lm")
        x += font.getlength(run)


@cache
def fallbacks() -> dict[str, str]:
    """The fonts of this computer for scripts that DejaVu Sans lacks: name to file."""
    # Loaded only when such a letter is to be written.
    from matplotlib.font_manager import FontProperties, fontManager

    known = {font.name for font in fontManager.ttflist}
    # A family has a file for each weight: asked for no other, matplotlib finds the regular one.
    return {
        name: str(fontManager.findfont(FontProperties(family=name))) for name in FALLBACKS if name in known
    }


def _runs(words: str, size: float) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
    """Cut a line where the font changes."""
    for plain, letters in groupby(words, key=_is_plain):
        yield "".join(letters), _font(_file(plain), size)


def _is_plain(letter: str) -> bool:
    """Whether DejaVu Sans has the letter: it covers Europe, the Near East and the signs of mathematics."""
    return ord(letter) < 0x1100 or 0x1E00 <= ord(letter) < 0x2C00


@cache
def _file(plain: bool) -> str:
    other = None if plain else next(iter(fallbacks().values()), None)
    return other or _dejavu()


@cache
def _dejavu() -> str:
    spec = find_spec("matplotlib")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
        file = folder / "DejaVuSans.ttf"
        if file.is_file():
            return str(file)
    # Some distributions keep the fonts elsewhere: then matplotlib has to say where.
    from matplotlib.font_manager import FontProperties, findfont

    return str(findfont(FontProperties(family="DejaVu Sans")))


@lru_cache(maxsize=64)
def _font(file: str, size: float) -> ImageFont.FreeTypeFont:
    # The basic layout is the same on every system; the other one depends on a library that may be missing.
    return ImageFont.truetype(file, size * DPI / 72, layout_engine=ImageFont.Layout.BASIC)
