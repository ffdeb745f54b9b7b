"""A sheet of paper to draw panels on, whose unit is the pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw

from coursekit.pictures.arrays import Colours
from coursekit.pictures.fonts import DPI, draw_text, text_width
from coursekit.pictures.lettering import LINE, TITLE, Heading
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale, is_dark
from coursekit.pictures.words import number

__all__ = ["FAINT", "INK", "Sheet", "Text", "bar_width", "cell_size"]

INK = "#222222"
FAINT = "#666666"
SMALLEST = 5.5  # points: numbers in cells that are smaller cannot be read
LARGEST = 13
BAR = 14  # pixels: how wide the ramp of a colour bar is


@dataclass(frozen=True)
class Text:
    """One line of text on a sheet: where it begins, at which height its middle lies, and how it looks."""

    words: str
    x: float
    y: float
    size: float
    colour: str

    @property
    def width(self) -> float:
        """In pixels."""
        return text_width(self.words, self.size)


class Sheet:
    """A white page of pixels, x to the right and y down.

    Attributes:
        page: The `(height, width, 3)` colours.
        texts: What is written over them.
    """

    def __init__(self, width: int, height: int) -> None:
        self.page: Colours = np.full((height, width, 3), 255, np.uint8)
        self.texts: list[Text] = []
        self._ramps: list[Colours] = []

    def image(self, colours: Colours, x: int, y: int) -> None:
        """Lay an RGB array on the page, pixel by pixel, with its top left corner at the point."""
        height, width = colours.shape[:2]
        self.page[y : y + height, x : x + width] = colours

    def frame(self, x: int, y: int, width: int, height: int) -> None:
        """Draw a thin line around the rectangle, one pixel outside it."""
        self.box(x - 1, y - 1, x + width, y + height, (128, 128, 128), 0)

    def box(
        self, left: int, top: int, right: int, bottom: int, colour: tuple[int, int, int], reach: int
    ) -> None:
        """Draw the outline of a rectangle through its corner pixels, as many pixels wider as `reach` says."""
        for y in (top, bottom):
            self.page[max(y - reach, 0) : y + reach + 1, max(left - reach, 0) : right + reach + 1] = colour
        for x in (left, right):
            self.page[max(top - reach, 0) : bottom + reach + 1, max(x - reach, 0) : x + reach + 1] = colour

    def text(
        self,
        words: str,
        x: float,
        y: float,
        *,
        size: float = 10,
        colour: str = INK,
        align: Literal["left", "centre", "right"] = "left",
    ) -> None:
        """Write one line at a point, which is half as high as the line."""
        share = {"left": 0.0, "centre": 0.5, "right": 1.0}[align]
        start = x - share * text_width(words, size)
        self.texts.append(Text(words, start, y, size, colour))

    def heading(self, heading: Heading, x: int) -> None:
        """Write a title from the top of the page down."""
        for index, line in enumerate(heading.lines):
            self.text(line, x, 16 + LINE * index, size=TITLE)

    def picture(self, words: str) -> Picture:
        """Finish the page."""
        image = Image.fromarray(self.page)
        draw = ImageDraw.Draw(image)
        for text in self.texts:
            draw_text(draw, text.words, text.x, text.y, text.size, text.colour)
        return Picture(np.asarray(image), words, ramps=self._ramps)

    def colour_bar(self, scale: Scale, x: int, y: int, height: int) -> None:
        """Draw the scale upright with the numbers of its two ends, and of zero where it is in the middle."""
        # Halves, since the span of the largest numbers would be infinite.
        ramp = 2 * np.linspace(scale.high / 2, scale.low / 2, height).reshape(-1, 1).repeat(BAR, axis=1)
        self.image(scale.colours(ramp), x, y)
        self._ramps.append(scale.colours(2 * np.linspace(scale.low / 2, scale.high / 2, 256)))
        self.frame(x, y, BAR, height)
        for share, mark in zip((0.0, 1.0, 0.5), _marks(scale), strict=False):
            self.text(mark, x + BAR + 6, y + round(share * height), size=9)

    def numbers(
        self,
        texts: list[list[str]],
        colours: Colours,
        x: int,
        y: int,
        cell: int,
        *,
        among: list[list[str]] | None = None,
    ) -> None:
        """Write a text into each cell of a grid, in white or black, whichever is more legible there.

        Letters are as large as the longest text allows; `among` are all texts that shall be equally large.
        """
        longest, lines = _extent(among or texts)
        size = float(np.clip(min(1.05 * cell / longest, 0.5 * cell / lines), SMALLEST, LARGEST))
        dark = is_dark(colours)
        step = 1.2 * size * DPI / 72
        for (row, column), is_white in np.ndenumerate(dark):
            middle = y + (row + 0.5) * cell - step * (lines - 1) / 2
            for line, text in enumerate(texts[row][column].split("\n")):
                at = (x + (column + 0.5) * cell, middle + step * line)
                self.text(text, *at, size=size, colour="white" if is_white else "black", align="centre")


def cell_size(texts: list[list[str]]) -> int:
    """How many pixels a cell needs at least for its text to be legible."""
    longest, lines = _extent(texts)
    return int(np.ceil(SMALLEST * max(longest / 1.05, lines / 0.5)))


def bar_width(scale: Scale) -> int:
    """How many pixels a colour bar takes together with its numbers."""
    return max(64, round(6 + BAR + 6 + max(text_width(mark, 9) for mark in _marks(scale)) + 8))


def _marks(scale: Scale) -> list[str]:
    return [number(scale.high), number(scale.low), *(["0"] if scale.kind == "signed" else [])]


def _extent(texts: list[list[str]]) -> tuple[int, int]:
    """The longest line, in letters, and the number of lines in a cell."""
    lines = [line for row in texts for text in row for line in text.split("\n")]
    return max(2, *(len(line) for line in lines)), texts[0][0].count("\n") + 1
