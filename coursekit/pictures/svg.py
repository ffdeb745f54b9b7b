"""SVG in small pieces: text in its place and shapes as vectors, arrays as images inside."""

import base64
import io
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import Self

from PIL import Image

INK, FAINT = "#222222", "#666666"
PHOTOGRAPH = 128 * 128  # pixels; above, JPEG: a third of the bytes of a lossless file, off by 2 of 255

# Advance widths of DejaVu Sans, in hundredths of the font's size. Hardly any font for screens is wider: Arial
# and Segoe UI are narrower, Verdana is as wide. So what fits in it fits in the reader's own.
GROUPS = {28: "ijl'", 36: "IJ ,./:;\\|f-", 41: "()[]tr!", 53: '"*_`s?z', 62: "FLPTYceao", 73: "ABCKRVXU"}
GROUPS |= {65: "bdghknpquvxyESZ0123456789{}$", 82: "DGHNOQ&w", 87: "M#+<=>^~×−→", 100: "Wm%@½…"}
WIDTHS = {letter: width for width, letters in GROUPS.items() for letter in letters}
OTHER, IDEOGRAPH = 70, 102  # letters of Europe and signs; Korean, Chinese and Japanese
SLACK = 1.05  # for hinting and kerning


@dataclass(frozen=True)
class Block:
    """A piece of a picture: its size in pixels of the page, and what is drawn from its top left corner on."""

    width: float
    height: float
    svg: str
    head: float = 0  # how far below the top its first panel begins; blocks side by side are aligned there

    def at(self, x: float, y: float) -> str:
        """Its drawing with the corner at a point."""
        return f"<g transform='translate({short(x)} {short(y)})'>{self.svg}</g>" if x or y else self.svg

    def plus(self, svg: str) -> Self:
        """The same with more drawn on top."""
        return replace(self, svg=self.svg + svg)


def short(number: float) -> str:
    """Write a length with at most two decimals."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def text(words: str, x: float, y: float, size: float, *, ink: str = INK, anchor: str = "start") -> str:
    """Write one line, its middle at the height `y`, its start, middle or end at `x`."""
    placed = "" if anchor == "start" else f" text-anchor='{anchor}'"
    return (
        f"<text x='{short(x)}' y='{short(y + 0.35 * size)}' font-size='{short(size)}' fill='{ink}'{placed}>"
        f"{escape(words, quote=False)}</text>"
    )


def rectangle(
    x: float, y: float, width: float, height: float, stroke: str, *, fill: str = "none", thick: float = 1
) -> str:
    """Draw a line around a rectangle, its inner edge on that of the rectangle."""
    out = thick / 2
    return (
        f"<rect x='{short(x - out)}' y='{short(y - out)}' width='{short(width + thick)}' "
        f"height='{short(height + thick)}' fill='{fill}' stroke='{stroke}' stroke-width='{short(thick)}'/>"
    )


def pixels(
    image: Image.Image, width: float, height: float, *, quick: bool = False, photograph: bool = False
) -> str:
    """Draw a bitmap of mode P, L or RGB over a rectangle at the origin, large photographs as JPEG.

    Others are lossless, and enlarged pixels sharp squares: PNG or, if it need not be quick, a smaller WebP.
    """
    zoom, count = width / image.width, image.width * image.height
    sharp = zoom >= 3 or zoom == int(zoom)
    if photograph and zoom < 3 and count > PHOTOGRAPH:
        kind, data, sharp = "jpeg", _file(image, "jpeg", quality=92, subsampling=0), False
    else:
        if image.mode == "P" and count < 256:
            image = image.convert("RGB")  # smaller than its palette
        kind, data = "png", _file(image, "png", compress_level=4)
        if count < 256 or not quick:
            webp = _file(image.convert("RGB"), "webp", lossless=True)
            kind, data = min((kind, data), ("webp", webp), key=lambda file: len(file[1]))
    style = " class='p'" if sharp else ""
    stretched = "" if zoom == height / image.height else " preserveAspectRatio='none'"
    return (
        f"<image width='{short(width)}' height='{short(height)}'{stretched}{style} "
        f"href='data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}'/>"
    )


def _file(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@lru_cache(maxsize=4096)
def text_width(words: str, size: float) -> float:
    """How many pixels a line of text of a size takes at most, in the fonts that readers have."""
    other = (OTHER if ord(a) < 0x1100 or 0x1E00 <= ord(a) < 0x2E80 else IDEOGRAPH for a in words)
    return SLACK * size / 100 * sum(WIDTHS.get(a, width) for a, width in zip(words, other, strict=True))


def wrap(words: str, width: float, size: float) -> list[str]:
    """Break words into lines of at most a width in pixels, between words where that is possible."""
    lines: list[str] = []
    for word in words.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if text_width(joined, size) <= width:
            lines[-1:] = [joined]
            continue
        lines.append("")
        for letter in word:  # a word longer than a line, or a script without spaces, breaks anywhere
            if lines[-1] and text_width(lines[-1] + letter, size) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def shortened(words: str, width: float, size: float, most: int) -> list[str]:
    """Break words like `wrap`, and end in "…" what takes more lines than there are."""
    lines = wrap(words, width, size)
    if len(lines) <= most:
        return lines
    last = " ".join(lines[most - 1 :])
    while last and text_width(f"{last}…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


def one_line(words: str, width: float, size: float) -> str:
    """Write what fits into one line, with "…" at the end of what does not."""
    return "".join(shortened(words, width, size, 1))
