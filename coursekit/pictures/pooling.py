"""A picture of pooling: a small table with its windows, and the one number that becomes of each."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np

from coursekit.errors import WrongValueError
from coursekit.pictures import layout
from coursekit.pictures.arrays import FloatArray, as_array, named_arrays, whole_number
from coursekit.pictures.picture import Picture
from coursekit.pictures.svg import FAINT, INK, Block, one_line, rectangle, text, text_width
from coursekit.pictures.words import by, listed, plural, sentence, slashed, table, titled, trouble

Results = Mapping[str, FloatArray]
MOST, MOST_RESULTS = 8, 3
GAP, CELL, SIZE = 22, 44, 15
ARROW = 64  # pixels from a table to what becomes of it, with room for words at the ends of rows

# One window has one colour, and so has its number; neighbours differ.
TINTS = (("#c6dbef", "#fde0c2"), ("#d6eccd", "#e6d6ee"))
DROPPED, STRIPES, LINES, RING = "#e2e2e2", "#bebebe", "#aaaaaa", "#b2182b"
MARKED = "A ring marks the largest value of its window."


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
window. No window covers column 2: dropped.
    """
    cells = as_array(values, "the table")
    if cells.ndim != 2 or max(cells.shape) > MOST:
        raise WrongValueError(f"the table must be 2-D, at most {MOST} x {MOST}, but got {cells.shape}.")
    whole_number(size, "size", 1)
    read = named_arrays(results, "result", MOST_RESULTS, "{'max': pooled}", "the result ")
    down, up = tuple(n // size for n in cells.shape), tuple(-(-n // size) for n in cells.shape)
    for name, one in read.items():
        if one.ndim != 2 or not all(n in pair for n, *pair in zip(one.shape, down, up, strict=True)):
            raise WrongValueError(
                f"windows of {size} x {size} turn the table into {by(down)} values, or "
                f"{by(up)} with ceil_mode, but {name} has the shape {one.shape}."
            )
    texts = [words for one in (cells, *read.values()) for line in table(one) for words in line]
    side = max(CELL, ceil(1.3 * max(text_width(words, SIZE) for words in texts)))
    said, rows, ringed = [], [], False
    for counts in dict.fromkeys(one.shape for one in read.values()):  # a table for the results of one shape
        beside = {name: one for name, one in read.items() if one.shape == counts}
        winning, rings = _winners(cells, beside, size)
        for name, one in beside.items():
            kept = ", the largest value of each window" if name in winning else ""
            said.append(f"{sentence(name)}, {by(counts)}: {slashed(table(one))}{kept}.")
        for noun, n, count in zip(("row", "column"), cells.shape, counts, strict=True):
            if dropped := range(size * count, n):
                said.append(f"No window covers {listed(noun, dropped)}: dropped.")
            elif hanging := size * count - n:
                said.append(f"The last windows reach {plural(hanging, noun)} beyond the edge.")
        rows.append(_row(cells, beside, size, side, rings))
        ringed = ringed or bool(rings.any())
    head = f"Table of {by(cells.shape)}: {slashed(table(cells))}. Windows of {size} x {size}."
    words = titled(title, head, *said, trouble(cells))
    return layout.page(layout.column(rows, GAP), words, title, MARKED if ringed else "")


def _winners(cells: FloatArray, results: Results, size: int) -> tuple[list[str], FloatArray]:
    """Name the results of the largest value of every window; mark, `(H, W)`, those that win over another."""
    largest = np.zeros(next(iter(results.values())).shape)
    rings = np.zeros(cells.shape)
    for place in np.ndindex(largest.shape):
        window = tuple(slice(size * n, size * (n + 1)) for n in place)
        largest[place] = cells[window].max()
        rings[window] = (cells[window] == largest[place]) & (largest[place] > cells[window].min())
    winning = [name for name, one in results.items() if np.allclose(one, largest, 1e-6, 0)]
    return winning, rings if winning else np.zeros(cells.shape)


def _row(cells: FloatArray, results: Results, size: int, side: int, rings: FloatArray) -> Block:
    """Draw a table, its windows, and beside it the results of one shape; a cell has a side in pixels."""
    (height, width), counts = cells.shape, next(iter(results.values())).shape
    covered = [size * count for count in counts]
    down, across = max(height, covered[0]), max(width, covered[1])
    svg, below = _cells(cells, size, counts, side, rings), 0
    names = ["dropped" if n > end else "no value" for n, end in zip(cells.shape, covered, strict=True)]
    if height != covered[0]:
        svg += text(names[0], across * side + 6, (height + covered[0]) / 2 * side, layout.SMALL)
    if width != covered[1]:
        below, x = 20, (width + covered[1]) / 2 * side
        svg += text(names[1], x, down * side + 12, layout.SMALL, anchor="middle")
    inner = layout.counted(Block(width * side, height * side, svg), height, width)
    wide, tall = inner.width + (across - width) * side, inner.height + (down - height) * side + below
    whole = layout.named(Block(wide, tall, inner.svg, inner.head), [f"table: {by(cells.shape)}"], size=14)
    arrow = Block(ARROW, 0, text("→", ARROW / 2, down * side / 2, 26, anchor="middle"))
    drawn, head = [], (counts[0] - down) * side / 2  # in the middle of the table's height
    for name, one in results.items():
        own = _cells(one, 1, counts, side, np.zeros(counts))
        label = f"{one_line(name, 200, 14)}: {by(counts)}"
        block = Block(counts[1] * side, counts[0] * side, own, head)
        drawn.append(layout.named(block, [label], size=14, width=text_width(label, 14)))
    return layout.row([whole, arrow, layout.row(drawn, GAP)], 0)


def _cells(values: FloatArray, size: int, counts: Sequence[int], side: int, rings: FloatArray) -> str:
    """Draw a table in the colours of its windows, striped where there is none, with rings."""
    written, drawn = table(values), ""
    for row, column in np.ndindex(values.shape):
        x, y, down, across = column * side, row * side, row // size, column // size
        dropped = down >= counts[0] or across >= counts[1]
        drawn += rectangle(x, y, side, side, LINES, fill=DROPPED if dropped else TINTS[down % 2][across % 2])
        if dropped:
            ends = [(max(0, n - side), min(n, side)) for n in range(8, 2 * side, 8)]
            stripes = "".join(f"M{x + a} {y + b}L{x + b} {y + a}" for a, b in ends)
            drawn += f"<path d='{stripes}' fill='none' stroke='{STRIPES}' stroke-width='1'/>"
        if rings[row, column]:
            centre = f"cx='{x + side / 2}' cy='{y + side / 2}' r='{0.43 * side:.1f}'"
            drawn += f"<circle {centre} fill='none' stroke='{RING}' stroke-width='2'/>"
        ink = FAINT if dropped else INK
        drawn += text(written[row][column], x + side / 2, y + side / 2, SIZE, ink=ink, anchor="middle")
    wide = side * size
    return drawn + "".join(rectangle(x * wide, y * wide, wide, wide, INK) for y, x in np.ndindex(*counts))
