"""A picture of pooling: a small table with its windows, and the one number that becomes of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from coursekit.pictures.arrays import FloatArray, as_array
from coursekit.pictures.layout import SMALL, column, counted, named, page, row
from coursekit.pictures.picture import Picture
from coursekit.pictures.svg import FAINT, INK, Block, path, rectangle, text
from coursekit.pictures.text import shortened, text_width
from coursekit.pictures.words import plural, sentence, table, titled, trouble

__all__ = ["show_pooling"]

MOST, MOST_RESULTS = 8, 3
GAP, CELL, SIZE = 22, 44, 15
ARROW = 64  # pixels from a table to what becomes of it, with room for words at the ends of rows

# One window has one colour, and so has its number; neighbours differ.
TINTS = (("#c6dbef", "#fde0c2"), ("#d6eccd", "#e6d6ee"))
DROPPED, STRIPES, LINES, RING = "#e2e2e2", "#bebebe", "#aaaaaa", "#b2182b"
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
    note = MARKED if any(row_.ringed.any() for row_ in rows) else ""
    head = f"Table of {' x '.join(map(str, cells.shape))}: {_written(cells)}. Windows of {size} x {size}."
    words = titled(title, head, *(row_.words for row_ in rows), trouble(cells))
    return page(column([row_.drawn for row_ in rows], GAP), words, title, note)


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

    @property
    def drawn(self) -> Block:
        """The table with its results."""
        (height, width), (down, across) = self.cells.shape, self.extent
        side = self.size * self.cell
        written, rings = table(self.cells), self.ringed
        svg = ""
        for place in np.ndindex(self.cells.shape):
            svg += _cell(
                place, self.cell, written[place[0]][place[1]], self._tint(*place), ring=bool(rings[place])
            )
        for place in np.ndindex(*self.counts):
            svg += rectangle(place[1] * side, place[0] * side, side, side, stroke=INK)
        for name, (rows, columns) in self.marks.items():
            if rows:
                y = (sum(rows) / len(rows) + 0.5) * self.cell
                svg += text(name, across * self.cell + 6, y, SMALL)
            if columns:
                x = (sum(columns) / len(columns) + 0.5) * self.cell
                svg += text(name, x, down * self.cell + 12, SMALL, anchor="middle")
        below = 20 if any(columns for _, columns in self.marks.values()) else 0
        inner = counted(Block(width * self.cell, height * self.cell, svg), height, width)
        wide, tall = (
            inner.width + (across - width) * self.cell,
            inner.height + (down - height) * self.cell + below,
        )
        whole = named(
            Block(wide, tall, inner.svg, inner.head),
            [f"table: {' x '.join(map(str, self.cells.shape))}"],
            size=14,
        )
        arrow = Block(ARROW, 0, text("→", ARROW / 2, down * self.cell / 2, 26, anchor="middle"))
        lower = (down - self.counts[0]) * self.cell / 2
        results = [self._result(name, one, lower) for name, one in self.results.items()]
        return row([whole, arrow, row(results, GAP)], 0)

    def _tint(self, row_: int, column_: int) -> str:
        window = row_ // self.size, column_ // self.size
        covered = window[0] < self.counts[0] and window[1] < self.counts[1]
        return TINTS[window[0] % 2][window[1] % 2] if covered else DROPPED

    def _result(self, name: str, one: FloatArray, lower: float) -> Block:
        written = table(one)
        svg = "".join(
            _cell(place, self.cell, written[place[0]][place[1]], TINTS[place[0] % 2][place[1] % 2])
            + rectangle(place[1] * self.cell, place[0] * self.cell, self.cell, self.cell, stroke=INK)
            for place in np.ndindex(one.shape)
        )
        label = f"{shortened(name, 200, 14, 1)[0]}: {' x '.join(map(str, one.shape))}"
        height, width = (side * self.cell for side in one.shape)
        block = named(Block(width, height, svg), [label], size=14, width=text_width(label, 14))
        return Block(block.width, block.height, block.svg, block.head - lower)


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
    texts = [words for one in (cells, *results.values()) for line in table(one) for words in line]
    cell = max(CELL, ceil(1.3 * max(text_width(words, SIZE) for words in texts)))
    alike: dict[tuple[int, ...], dict[str, FloatArray]] = {}
    for name, one in results.items():
        alike.setdefault(one.shape, {})[name] = one
    return [_Row(cells, beside, size, cell) for beside in alike.values()]


def _written(values: FloatArray) -> str:
    return " / ".join(" ".join(line) for line in table(values))


def _cell(place: tuple[int, ...], cell: int, words: str, fill: str, *, ring: bool = False) -> str:
    """Draw a cell and its number, with stripes where it is dropped and a ring where it wins."""
    x, y = place[1] * cell, place[0] * cell
    drawn = rectangle(x, y, cell, cell, fill=fill, stroke=LINES)
    if fill == DROPPED:
        steps = range(8, 2 * cell, 8)
        drawn += path(
            "".join(
                f"M{x + max(0, s - cell)} {y + min(s, cell)}L{x + min(s, cell)} {y + max(0, s - cell)}"
                for s in steps
            ),
            stroke=STRIPES,
        )
    if ring:
        centre = f"cx='{x + cell / 2}' cy='{y + cell / 2}' r='{0.43 * cell:.1f}'"
        drawn += f"<circle {centre} fill='none' stroke='{RING}' stroke-width='2'/>"
    ink = FAINT if fill == DROPPED else INK
    return drawn + text(words, x + cell / 2, y + cell / 2, SIZE, ink=ink, anchor="middle")
