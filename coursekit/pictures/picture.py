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
from PIL.PngImagePlugin import PngInfo

from coursekit.pictures.arrays import Colours
from coursekit.pictures.fonts import DPI
from coursekit.pictures.palette import reduced

if TYPE_CHECKING:  # loading it takes longer than all the rest
    from matplotlib.figure import Figure

__all__ = ["Picture"]

COMPRESSION = 4  # of 9: half the time of the usual 6, for 5 % more bytes
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
        self._ramps = tuple(ramps)
        self.words = words

    def retold(self, words: str) -> Picture:
        """Return the same picture with other words: the name of what it stands for before them, say.

        >>> from coursekit.pictures import show_image
        >>> show_image([[0.0, 1.0]]).retold("Two pixels.")
        Two pixels.
        """
        return Picture(self._drawn, words, ramps=self._ramps)

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
        few = reduced(page, self._ramps)
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
