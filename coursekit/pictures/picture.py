"""A still picture that says in words what it shows."""

from __future__ import annotations

import base64
import io
import os
import re
import warnings
from collections.abc import Sequence
from contextlib import suppress
from html import escape
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from coursekit.pictures.arrays import Colours
from coursekit.pictures.fonts import DPI

if TYPE_CHECKING:  # loading it takes longer than all the rest
    from matplotlib.figure import Figure

__all__ = ["Picture"]

# A photograph in 256 colours takes a third of the bytes of one in full colour, and the eye hardly sees it.
COLOURS = 256
COMPRESSION = 4  # of 9: half the time of the usual 6, for 5 % more bytes
MANY = 8192  # colours; what has more is a photograph
LEVELS = 48  # of the 256 colours, for the grays and for each scale beside a photograph
GRAYS: Colours = np.arange(COLOURS, dtype=np.uint8).repeat(3).reshape(-1, 3)
LEAD = 200  # letters of the words that are seen before one unfolds the rest


class Picture:
    """A figure together with the words that say what it shows.

    A notebook displays the image with the words as its alternative text and caption, of which the first
    sentences are seen and the rest unfolds; a screen reader, a text terminal and nbval read all words.

    Attributes:
        words: What the picture shows, computed from the arrays that it was drawn from.

    >>> from coursekit.pictures import show_image
    >>> show_image([[0.0, 0.5], [0.5, 1.0]])  # doctest: +ELLIPSIS
    Gray image, 2 x 2 pixels (height x width). Values 0 to 1, mean 0.500...
    """

    def __init__(self, drawn: Colours | Figure, words: str, *, ramps: Sequence[Colours] = ()) -> None:
        self._drawn = drawn
        self._ramps = (GRAYS, *ramps)
        self.words = words

    def retold(self, words: str) -> Picture:
        """Return the same picture with other words: the name of what it stands for before them, say.

        >>> from coursekit.pictures import show_image
        >>> show_image([[0.0, 1.0]]).retold("Two pixels.")
        Two pixels.
        """
        return Picture(self._drawn, words, ramps=self._ramps[1:])

    @property
    def figure(self) -> Figure:
        """The `matplotlib.figure.Figure`, made without pyplot, so nothing else keeps it alive.

        Of pictures of arrays it holds the whole page, pixel by pixel, in one Axes.
        """
        if isinstance(self._drawn, np.ndarray):
            figure = _figure(self._drawn)
            self._drawn = figure
            return figure
        return self._drawn

    def __repr__(self) -> str:
        return self.words

    def save(self, target: str | os.PathLike[str] | IO[bytes]) -> None:
        """Write the picture as PNG, with its words in the file as the PNG text `Description`.

        Args:
            target: A path, whose folder must exist, or a file opened for writing bytes.

        Raises:
            FileNotFoundError: The folder of the path does not exist.
        """
        data = self.png()
        if isinstance(target, (str, os.PathLike)):
            folder = os.path.dirname(os.path.abspath(target))
            if not os.path.isdir(folder):
                raise FileNotFoundError(
                    f"cannot save the picture: the folder {folder} does not exist. "
                    "Create it first, or choose another path."
                )
            _replace(os.fspath(target), data)
        else:
            target.write(data)

    def png(self) -> bytes:
        """Return the picture as the bytes of a PNG file with at most 256 colours."""
        page = self._drawn if isinstance(self._drawn, np.ndarray) else _pixels(self._drawn)
        few = _reduced(page, self._ramps)
        notes = PngInfo()
        notes.add_itxt("Description", self.words)
        buffer = io.BytesIO()
        few.save(buffer, "png", pnginfo=notes, compress_level=COMPRESSION)
        return buffer.getvalue()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        # An image/png output has no alternative text in JupyterLab, whatever its metadata says; HTML has it.
        words = escape(self.words)
        lead, rest = _folded(self.words)
        caption = f"<small>{escape(lead)}</small>"
        if rest:
            caption = f"<details><summary>{caption}</summary><small>{escape(rest)}</small></details>"
        source = base64.b64encode(self.png()).decode("ascii")
        html = (
            f'<figure><img alt="{words}" width="{self._width}" src="data:image/png;base64,{source}">'
            f"<figcaption>{caption}</figcaption></figure>"
        )
        return {"text/html": html, "text/plain": self.words}

    @property
    def _width(self) -> int:
        if isinstance(self._drawn, np.ndarray):
            return int(self._drawn.shape[1])
        return round(self._drawn.get_figwidth() * self._drawn.dpi)


def _folded(words: str) -> tuple[str, str]:
    """Part words into the sentences that are seen, and those that unfold; together they are the words.

    >>> lead, rest = _folded(f"Four maps. {'Each is large. ' * 20}")
    >>> len(lead), lead[-14:], rest[:15]
    (190, 'Each is large.', ' Each is large.')
    """
    lead = ""
    for sentence in re.split(r"(?<=[.!?])(?=\s)", words):
        if lead and len(lead) + len(sentence) > LEAD:
            return lead, words[len(lead) :]
        lead += sentence
    return words, ""


def _reduced(page: Colours, ramps: Sequence[Colours]) -> Image.Image:
    """The page in 256 colours; those of the ramps, `(256, 3)` each, keep their order beside a photograph."""
    pixels = Image.fromarray(page)
    counted = pixels.getcolors(MANY)
    if not counted:  # a photograph
        # Six bits a channel, of which nobody sees the rest, are a quarter of the work.
        coarse = Image.fromarray(page & 0xFC | page >> 6)
        few = coarse.quantize(COLOURS - LEVELS * len(ramps), method=Image.Quantize.MEDIANCUT)
        return _with_ramps(page, few, ramps)
    # Maps have few colours and many pixels. So only the colours are reduced, each counting once, by a method
    # that keeps them all to within a hair: panel and colour bar agree. A table then says what each becomes.
    colours = np.array([colour for _, colour in counted], np.uint8)
    chosen = Image.fromarray(colours[None]).quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE)
    table = np.zeros(1 << 24, np.uint8)  # the system gives memory only for what is written
    table[_packed(colours)] = np.asarray(chosen)[0]
    few = Image.fromarray(table[_packed(page)])
    few.putpalette(chosen.getpalette() or [])
    return few


def _with_ramps(page: Colours, few: Image.Image, ramps: Sequence[Colours]) -> Image.Image:
    """Give a page that was reduced to fewer colours the colours of its ramps back, in even steps."""
    first = COLOURS - LEVELS * len(ramps)
    palette = (few.getpalette() or [])[: 3 * first]
    palette += [0] * (3 * first - len(palette))
    steps = np.round(np.linspace(0, LEVELS - 1, COLOURS)).astype(np.uint8)
    table = np.zeros(1 << 24, np.uint8)  # 0 is none of them
    for ramp in ramps:
        table[_packed(ramp)] = len(palette) // 3 + steps
        palette += ramp[np.round(np.linspace(0, COLOURS - 1, LEVELS)).astype(int)].ravel().tolist()
    found = table[_packed(page)]
    exact = Image.fromarray(np.where(found > 0, found, np.asarray(few)))
    exact.putpalette(palette)
    return exact


def _packed(colours: Colours) -> npt.NDArray[np.uint32]:
    """Red, green and blue, 8 bits each, as one number."""
    red, green, blue = np.moveaxis(colours.astype(np.uint32), -1, 0)
    packed: npt.NDArray[np.uint32] = np.bitwise_or(np.bitwise_or(red << 16, green << 8), blue)
    return packed


def _figure(page: Colours) -> Figure:
    from matplotlib.figure import Figure

    height, width = page.shape[:2]
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.imshow(page, origin="upper", aspect="auto", interpolation="nearest")
    return figure


def _pixels(figure: Figure) -> Colours:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    with warnings.catch_warnings():
        # A letter that no font has becomes a box; the words beside the picture hold it anyway.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib has no types for Agg
    pixels: Colours = np.asarray(canvas.buffer_rgba())[..., :3].copy()  # type: ignore[no-untyped-call]
    return pixels


def _replace(path: str, data: bytes) -> None:
    """Write a file whole or not at all: what stood there before stays if the disk is full."""
    temporary = f"{path}.{os.getpid()}.part"
    try:
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    finally:
        with suppress(FileNotFoundError):  # the rule: it was moved
            os.unlink(temporary)
