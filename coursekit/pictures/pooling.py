"""A picture of pooling: a small table with its windows, and the one number that becomes of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from coursekit.pictures.arrays import FloatArray, as_array
from coursekit.pictures.fonts import text_width
from coursekit.pictures.lettering import Heading, shortened
from coursekit.pictures.map_words import sentence
from coursekit.pictures.parts import Part
from coursekit.pictures.picture import Picture
from coursekit.pictures.sheet import FAINT, INK, Sheet
from coursekit.pictures.words import plural, table, titled, trouble

__all__ = ["show_pooling"]

MOST, MOST_RESULTS = 8, 3
LEFT, GAP = 26, 22
ARROW = 64  # pixels from a table to what becomes of it, with room for words at the ends of rows
NAME, NUMBERS, NOTE = 20, 16, 20  # pixels above a panel for its name and its columns, and below it
CELL = 44  # pixels, at least
SIZE, SMALL = 11, 9  # points

# One window has one colour, and so has its number; neighbours differ.
TINTS = (((198, 219, 239), (253, 224, 194)), ((214, 236, 205), (230, 214, 238)))
DROPPED, STRIPES = (226, 226, 226), (190, 190, 190)
WHITE, LINES, BORDER, RING = (255, 255, 255), (170, 170, 170), (34, 34, 34), (178, 24, 43)
MARKED = "a ring marks the winner of its window, the largest value"


def show_pooling(values: Any, results: Mapping[str, Any], size: int = 2, *, title: str = "") -> Picture:
    """Show a small table, its windows in colours, and the numbers that pooling makes of them.

    The results are drawn, not computed. Those of one shape stand beside one table; another shape, as
    `ceil_mode` gives it, has a table of its own. What no window covers is hatched.

    Args:
        values: `(H, W)` the table, up to 8 x 8.
        results: Name to `(H', W')`, what a pooling made of the table; up to three.
        size: Rows and columns of a window; windows lie side by side.
        title: A line above the picture.

    Returns:
        A picture; its words give all numbers, and what is dropped or hangs over the edge. Where a result
        holds the largest value of every window, these values have a ring in the table, but not in a window
        whose values are all equal.

    Raises:
        TypeError: These are not real numbers, or the results have no names.
        ValueError: A table is too large or not 2-D, or a result has no shape that pooling gives.

    >>> show_pooling([[1, 3, 0], [2, 6, 4]], {"max": [[6]]})
    Table of 2 x 3: 1 3 0 / 2 6 4. Windows of 2 x 2. Max, 1 x 1: 6, the largest value of each \
window. Dropped, since no window covers it: column 2.
    """
    cells = as_array(values, "the table")
    if cells.ndim != 2 or max(cells.shape) > MOST:
        raise ValueError(f"the table must be 2-D, up to {MOST} x {MOST}, but has the shape {cells.shape}.")
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise ValueError(f"size must be a whole number from 1 on, but is {size!r}.")
    rows = _rows(cells, _read(cells, results, size), size)
    heading = Heading.fit(title, max(LEFT + max(row.width for row in rows), 240), margin=2 * LEFT)
    noted = any(row.ringed.any() for row in rows)
    top = 8 + heading.height
    sheet = Sheet(heading.width, top + sum(row.height for row in rows) + (NOTE if noted else 0))
    sheet.heading(heading, LEFT)
    for row in rows:
        row.draw(sheet, top)
        top += row.height
    if noted:
        sheet.text(MARKED, LEFT, top + 2, size=SMALL, colour=FAINT)
    head = f"Table of {' x '.join(map(str, cells.shape))}: {_written(cells)}. Windows of {size} x {size}."
    return sheet.picture(titled(title, head, *(row.words for row in rows), trouble(cells)))


@dataclass(frozen=True)
class _Row:
    """A table `(H, W)` and results `(H', W')` of one shape; windows of a size, and cells of some pixels."""

    cells: FloatArray
    results: dict[str, FloatArray]
    size: int
    cell: int

    @property
    def counts(self) -> tuple[int, ...]:
        """Windows down and across."""
        return next(iter(self.results.values())).shape

    @property
    def extent(self) -> tuple[int, int]:
        """Rows and columns of the table, together with those over its edge that a window reaches for."""
        down, across = (max(n, self.size * c) for n, c in zip(self.cells.shape, self.counts, strict=True))
        return down, across

    @property
    def marks(self) -> dict[str, tuple[list[int], list[int]]]:
        """The rows and the columns that no window covers, and those over the edge."""
        (rows, columns), (down, across) = self.cells.shape, (self.size * count for count in self.counts)
        dropped = list(range(down, rows)), list(range(across, columns))
        return {"dropped": dropped, "no value": (list(range(rows, down)), list(range(columns, across)))}

    @property
    def width(self) -> int:
        panels = sum(_wide(name, one, self.cell) + GAP for name, one in self.results.items())
        return self.extent[1] * self.cell + ARROW + panels

    @property
    def height(self) -> int:
        below = NOTE if any(columns for _, columns in self.marks.values()) else 0
        return NAME + NUMBERS + self.extent[0] * self.cell + below + GAP

    def window(self, *place: int) -> tuple[slice, ...]:
        """The rows and the columns of a window, some of them perhaps over the edge."""
        return tuple(slice(index * self.size, (index + 1) * self.size) for index in place)

    @property
    def winning(self) -> list[str]:
        """The names of the results that hold the largest value of every window."""
        largest = [self.cells[self.window(*place)].max() for place in np.ndindex(*self.counts)]
        return [name for name, one in self.results.items() if np.allclose(one.ravel(), largest, 1e-6, 0)]

    @property
    def ringed(self) -> FloatArray:
        """`(H, W)`, 1 where a value wins over another one of its window."""
        rings = np.zeros(self.cells.shape)
        for place in np.ndindex(*self.counts) if self.winning else ():
            values = self.cells[self.window(*place)]
            rings[self.window(*place)] = (values == values.max()) & (values.max() > values.min())
        return rings

    @property
    def words(self) -> str:
        shape = " x ".join(map(str, self.counts))
        said = []
        for name, one in self.results.items():
            kept = ", the largest value of each window" if name in self.winning else ""
            said.append(f"{sentence(name)}, {shape}: {_written(one)}{kept}.")
        for noun, dropped, hanging in zip(("row", "column"), *self.marks.values(), strict=True):
            if dropped:
                which = f"{noun}{'s' * (len(dropped) > 1)} {', '.join(map(str, dropped))}"
                said.append(f"Dropped, since no window covers it: {which}.")
            if hanging:
                said.append(f"The last windows hang {plural(len(hanging), noun)} over the edge.")
        return " ".join(said)

    def draw(self, sheet: Sheet, top: int) -> None:
        """Draw the table and its results."""
        sheet.text(f"table   {' x '.join(map(str, self.cells.shape))}", LEFT, top + 9)
        x, y, cell = LEFT, top + NAME + NUMBERS, self.cell
        written, rings = table(self.cells), self.ringed
        for row, column in np.ndindex(*self.extent):
            at = x + column * cell, y + row * cell
            down, across = row // self.size, column // self.size
            inside = row < self.cells.shape[0] and column < self.cells.shape[1]
            covered = down < self.counts[0] and across < self.counts[1]
            colour = (TINTS[down % 2][across % 2] if covered else DROPPED) if inside else WHITE
            _cell(sheet, *at, cell, written[row][column] if inside else "", colour)
            if inside and rings[row, column]:
                _ring(sheet, at[0] + cell / 2, at[1] + cell / 2, 0.43 * cell)
        side = self.size * cell
        for down, across in np.ndindex(*self.counts):
            left, above = x + across * side, y + down * side
            sheet.box(left, above, left + side, above + side, BORDER, 0)
        height, width = self.cells.shape
        Part((0, 0, height, width), x, (height * cell, width * cell)).count(sheet, y, (0, 0))
        right, below = x + self.extent[1] * cell, y + self.extent[0] * cell
        for name, (rows, columns) in self.marks.items():
            if rows:
                sheet.text(name, right + 6, y + (sum(rows) / len(rows) + 0.5) * cell, size=SMALL)
            if columns:
                along = x + (sum(columns) / len(columns) + 0.5) * cell
                sheet.text(name, along, below + 11, size=SMALL, align="centre")
        sheet.text("→", right + ARROW / 2, (y + below) / 2, size=20, align="centre")
        x = right + ARROW
        y += (self.extent[0] - self.counts[0]) * cell // 2
        for name, one in self.results.items():
            sheet.text(_named(name, one), x, y - 11)
            written = table(one)
            for row, column in np.ndindex(*one.shape):
                at = x + column * cell, y + row * cell
                _cell(sheet, *at, cell, written[row][column], TINTS[row % 2][column % 2])
                sheet.box(*at, at[0] + cell, at[1] + cell, BORDER, 0)
            x += _wide(name, one, cell) + GAP


def _read(cells: FloatArray, results: Any, size: int) -> dict[str, FloatArray]:
    """The results as arrays, each of a shape that pooling gives."""
    if not isinstance(results, Mapping):
        raise TypeError("results must be names with arrays, like {'max': pooled}.")
    if not 1 <= len(results) <= MOST_RESULTS:
        raise ValueError(f"one picture holds 1 to {MOST_RESULTS} results, but {len(results)} came.")
    down, up = tuple(n // size for n in cells.shape), tuple(-(-n // size) for n in cells.shape)
    read = {str(name): as_array(one, f"the result {name}") for name, one in results.items()}
    for name, one in read.items():
        if one.ndim != 2 or not all(n in pair for n, *pair in zip(one.shape, down, up, strict=True)):
            raise ValueError(
                f"windows of {size} x {size} make {' x '.join(map(str, down))} of the table, or "
                f"{' x '.join(map(str, up))} with ceil_mode, but {name} has the shape {one.shape}."
            )
    return read


def _rows(cells: FloatArray, results: Mapping[str, FloatArray], size: int) -> list[_Row]:
    """One table with its results for each shape."""
    texts = [text for one in (cells, *results.values()) for row in table(one) for text in row]
    cell = max(CELL, ceil(1.3 * max(text_width(text, SIZE) for text in texts)))
    alike: dict[tuple[int, ...], dict[str, FloatArray]] = {}
    for name, one in results.items():
        alike.setdefault(one.shape, {})[name] = one
    return [_Row(cells, beside, size, cell) for beside in alike.values()]


def _named(name: str, one: FloatArray) -> str:
    return f"{shortened(name, 200, 10, 1)[0]}   {' x '.join(map(str, one.shape))}"


def _wide(name: str, one: FloatArray, cell: int) -> int:
    return max(int(one.shape[1]) * cell, ceil(text_width(_named(name, one), 10)))


def _written(values: FloatArray) -> str:
    return " / ".join(" ".join(row) for row in table(values))


def _cell(sheet: Sheet, x: int, y: int, cell: int, text: str, colour: tuple[int, ...]) -> None:
    """Draw a cell and its number, with stripes where it is dropped."""
    sheet.page[y : y + cell + 1, x : x + cell + 1] = LINES
    inner = sheet.page[y + 1 : y + cell, x + 1 : x + cell]
    inner[:] = colour
    if colour == DROPPED:
        down, across = np.ogrid[: cell - 1, : cell - 1]
        inner[(down + across) % 8 < 2] = STRIPES
    ink = FAINT if colour == DROPPED else INK
    sheet.text(text, x + cell / 2, y + cell / 2, size=SIZE, colour=ink, align="centre")


def _ring(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """Draw a ring with soft edges."""
    top, left, reach = int(y - radius - 2), int(x - radius - 2), int(2 * radius + 5)
    down, across = np.ogrid[top : top + reach, left : left + reach]
    cover = np.clip(1.5 - np.abs(np.hypot(down - y, across - x) - radius), 0, 1)[..., None]
    part = sheet.page[top : top + reach, left : left + reach]
    part[:] = np.round(cover * np.array(RING) + (1 - cover) * part).astype(np.uint8)
