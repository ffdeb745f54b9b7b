"""Where the panels of a picture of many arrays go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coursekit.pictures.arrays import FloatArray, resample
from coursekit.pictures.lettering import NAME_LINE, WIDTH, Heading, Names
from coursekit.pictures.scale import Scale
from coursekit.pictures.sheet import FAINT, Sheet, bar_width

__all__ = ["BAR", "GAP", "Grid", "checked_columns", "few_columns", "panel_size", "refuse_too_many"]

MOST = 512
GAP = 6
LEFT = 8
TALL = 620  # pixels: what a laptop shows without scrolling
TALLEST = 4000  # pixels of a page that somebody asked for with few columns
BAR = 64  # pixels that a colour bar with its numbers usually needs
THIN = 8  # pixels: a map of one row or column is still seen
NAMED = 46  # pixels: a narrow panel is given this much for its name, where the page has it
NOTE = "each map stretched by itself"


@dataclass(frozen=True)
class Grid:
    """Panels in rows, each with its name above it.

    Attributes:
        count: How many panels.
        across: How many stand in a row.
        panel: Height and width of one, in pixels.
        names: Their names.
    """

    count: int
    across: int
    panel: tuple[int, int]
    names: Names

    @classmethod
    def fit(cls, count: int, across: int, panel: tuple[int, int], names: Sequence[str]) -> Grid:
        """Fit the names to the panels."""
        return cls(count, across, panel, Names.fit(names, _pitch(panel, across, bool(names)) - GAP))

    @property
    def pitch(self) -> int:
        """Pixels from one panel to the next."""
        return _pitch(self.panel, self.across, bool(self.names.lines))

    @property
    def width(self) -> int:
        """Pixels of all columns."""
        return self.across * self.pitch

    @property
    def height(self) -> int:
        """Pixels of all rows, with the names."""
        return -(-self.count // self.across) * (self.panel[0] + GAP + self.names.height)

    def corner(self, index: int, x: int, y: int) -> tuple[int, int]:
        """The top left corner of a panel, when the grid begins at the point."""
        row, column = divmod(index, self.across)
        step = self.panel[0] + GAP + self.names.height
        return x + column * self.pitch, y + row * step + self.names.height

    def draw(self, sheet: Sheet, stack: FloatArray, scale: Scale | None, x: int, y: int) -> None:
        """Lay arrays `(count, H, W)` on the sheet, on one scale or, without one, each stretched by itself."""
        sized = resample(stack, *self.panel)
        if scale is None:
            panels = [Scale.stretched(map_).colours(view) for map_, view in zip(stack, sized, strict=True)]
        else:
            panels = list(scale.colours(sized))
        for index, colours in enumerate(panels):
            left, top = self.corner(index, x, y)
            sheet.image(colours, left, top)
            sheet.frame(left, top, self.panel[1], self.panel[0])
            self.name(sheet, index, left, top)

    def name(self, sheet: Sheet, index: int, left: int, top: int) -> None:
        """Write the name of a panel above it."""
        for line, text in enumerate(reversed(self.names.lines[index]) if self.names.lines else ()):
            sheet.text(text, left, top - 9 - NAME_LINE * line, size=self.names.size)

    def sheet(self, stack: FloatArray, scale: Scale | None, title: str) -> tuple[Sheet, int]:
        """Draw the whole page: title, panels and colour bar; also return at which height the panels begin."""
        bar = bar_width(scale) if scale else 0
        heading = Heading.fit(title, max(LEFT + 4 + self.width + bar, 240))
        top = LEFT + heading.height
        bar_height = min(max(self.height - GAP - self.names.height, 80), 260)
        below = top + self.names.height + bar_height + 10 if scale else top + self.height + 24
        sheet = Sheet(heading.width, max(top + self.height + 10, below, top + 100))
        sheet.heading(heading, LEFT)
        self.draw(sheet, stack, scale, LEFT, top)
        if scale:
            sheet.colour_bar(scale, LEFT + self.width + 6, top + self.names.height, bar_height)
        else:
            sheet.text(NOTE, LEFT, top + self.height + 8, size=9, colour=FAINT)
        return sheet, top


def few_columns(count: int, height: int, width: int, label: int, largest: int = WIDTH) -> int:
    """The fewest columns that keep the picture on one screen, preferring rows that are all full."""
    for across in range(1, count + 1):
        wide = min((WIDTH - BAR) // across - GAP, largest)
        tall = wide * height / width
        if -(-count // across) * (tall + GAP + label) <= TALL:
            near = [*range(across, round(1.3 * across) + 2), *range(across - 1, round(across / 1.5), -1)]
            return next((columns for columns in near if count % columns == 0), across)
    return count


def panel_size(across: int, rows: int, height: int, width: int) -> tuple[int, int]:
    """The size of a panel: whole-number zoom for small maps, so that every value stays a sharp square."""
    wide = max((WIDTH - BAR) // across - GAP, THIN)
    tallest = min(TALL, max(TALLEST // rows - GAP, THIN))
    zoom = max(1, min(wide // width, max(1, 300 // max(height, width)), max(1, tallest // height)))
    if width <= wide and height <= tallest and (zoom > 1 or wide < 1.35 * width):
        return max(THIN, height * zoom), max(THIN, width * zoom)
    shrink = min(wide / width, tallest / height)
    return max(THIN, round(height * shrink)), max(THIN, round(width * shrink))


def checked_columns(columns: Any, count: int) -> int | None:
    """Read the number of columns that a caller asks for.

    Raises:
        ValueError: It is not a whole number from 1 on.
    """
    if columns is None:
        return None
    if isinstance(columns, bool) or not isinstance(columns, int) or columns < 1:
        raise ValueError(
            f"columns must be a whole number from 1 on, but is {columns!r}. Leave it out for a good one."
        )
    return min(columns, count)


def refuse_too_many(count: int, noun: str) -> None:
    """Raise ValueError for more panels than one picture can hold."""
    if count > MOST:
        raise ValueError(
            f"{count} {noun} are too many for one picture (at most {MOST}). Show a part, like the first 64."
        )


def _pitch(panel: tuple[int, int], across: int, named: bool) -> int:
    roomy = named and across * (NAMED + GAP) <= WIDTH - BAR
    return max(panel[1], NAMED if roomy else 0) + GAP
