"""Where the parts of a picture go: rows, columns and grids of panels, and one place for sizes and margins."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from typing import Any

import numpy as np
from PIL import Image

from coursekit.pictures.arrays import Colours, FloatArray
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale, is_dark
from coursekit.pictures.svg import FAINT, Block, document, pixels, rectangle, text
from coursekit.pictures.text import shortened, text_width, wrap
from coursekit.pictures.words import number

WIDTH = 800  # pixels of the page: the text column of JupyterLab on a laptop
TALL = 620  # what a laptop shows without scrolling
TALLEST = 4000  # of a picture that somebody asked for with few columns
MARGIN, GAP = 8, 6
BAR = 64  # what a colour bar with its numbers usually takes
THIN = 8  # a map of one row or column is still seen
NAMED = 46  # a narrow panel is given this much for its name, where the page has it
TITLE, NAME, SMALL, TINY = 15, 13, 12, 11  # sizes of text
LINE = 1.35  # from one line of text to the next, in sizes
SMALLEST, LARGEST = 7.5, 18  # sizes of text in cells: what is smaller cannot be read
MOST = 512  # panels of one picture
FEW = 32  # panels; for more the smallest file is not searched
MANY, MOST_PIXELS = 250_000, 600_000  # of all maps of a picture together
STRETCHED = "each map stretched by itself"


def row(blocks: Sequence[Block], gap: float = GAP) -> Block:
    """Put blocks side by side, their first panels at one height.

    >>> row([Block(10, 20, "a"), Block(30, 10, "b")], gap=2)
    Block(width=42, height=20, svg="a<g transform='translate(12 0)'>b</g>", head=0)
    """
    head = max(block.head for block in blocks)
    drawn, x = [], 0.0
    for block in blocks:
        drawn.append(block.at(x, head - block.head))
        x += block.width + gap
    return Block(x - gap, max(head - b.head + b.height for b in blocks), "".join(drawn), head)


def column(blocks: Sequence[Block], gap: float = GAP) -> Block:
    """Put blocks below each other. What stands beside them is aligned with the first.

    >>> column([Block(10, 20, "a"), Block(30, 10, "b")], gap=2)
    Block(width=30, height=32, svg="a<g transform='translate(0 22)'>b</g>", head=0)
    """
    drawn, y = [], 0.0
    for block in blocks:
        drawn.append(block.at(0, y))
        y += block.height + gap
    return Block(max(block.width for block in blocks), y - gap, "".join(drawn), blocks[0].head)


def grid(panels: Sequence[Block], columns: int, names: Sequence[str] = (), *, lines: int = 3) -> Block:
    """Put panels in rows, each with its name above it.

    Names shrink, then break into lines, then end in "…"; they stand whole in the words of the picture. Panels
    that are too narrow for any name have none.
    """
    across = min(columns, len(panels))
    room = max(panel.width for panel in panels)
    if names and across * (NAMED + GAP) <= WIDTH - BAR:
        room = max(room, NAMED)
    fitted, size = _fitted(names, room, lines)
    head = 4 + LINE * size * max(map(len, fitted)) if fitted else 0
    cells = [
        named(panel, fitted[index] if fitted else (), size=size, head=head, width=room)
        for index, panel in enumerate(panels)
    ]
    return column([row(cells[start : start + across]) for start in range(0, len(cells), across)])


def named(
    panel: Block, lines: Sequence[str], *, size: float = NAME, head: float = 0, width: float = 0
) -> Block:
    """Write a name above a panel, its last line near it.

    Args:
        panel: What has the name.
        lines: The lines of the name.
        size: Of the text.
        head: How much room to keep above the panel, at least as much as the lines take.
        width: How wide the whole is at least.
    """
    head = max(head, 4 + LINE * size * len(lines) if lines else 0)
    above = [
        text(line, 0, head - 4 - LINE * size * (index + 0.5), size)
        for index, line in enumerate(reversed(lines))
    ]
    svg = "".join(above) + panel.at(0, head)
    return Block(max(width, panel.width), head + panel.height, svg, head + panel.head)


def counted(
    panel: Block, rows: int, columns: int, corner: tuple[int, int] = (0, 0), inset: float = 0
) -> Block:
    """Write the numbers of rows and columns along the edges; of many, those of the ends and the middle.

    Args:
        panel: What the rows and columns divide evenly.
        rows: How many.
        columns: How many.
        corner: The numbers of the first row and the first column.
        inset: How far the first row and column lie inside the panel.
    """
    wide, tall = panel.width - 2 * inset, panel.height - 2 * inset
    last = text_width(str(corner[0] + rows - 1), TINY), text_width(str(corner[1] + columns - 1), TINY)
    left, top = last[0] + 8, TINY + 7
    drawn = [panel.at(left, top)]
    for place in _numbered(columns, wide, last[1] + 3):
        x = left + inset + (place + 0.5) * wide / columns
        drawn.append(text(str(corner[1] + place), x, TINY / 2, TINY, ink=FAINT, anchor="middle"))
    for place in _numbered(rows, tall, TINY + 2):
        y = top + inset + (place + 0.5) * tall / rows
        drawn.append(text(str(corner[0] + place), left - 6, y, TINY, ink=FAINT, anchor="end"))
    return Block(left + panel.width + last[1] / 2, top + panel.height, "".join(drawn), top + inset)


def framed(
    image: Image.Image, height: float, width: float, *, quick: bool = False, photograph: bool = False
) -> Block:
    """Draw a bitmap with a thin line around it."""
    svg = pixels(image, width, height, quick=quick, photograph=photograph)
    svg += rectangle(0, 0, width, height, stroke="#808080")
    return Block(width, height, svg)


def map_panel(values: FloatArray, scale: Scale, height: int, width: int, *, among: int = 1) -> Block:
    """Draw a map `(H, W)` on a scale, with as many pixels as it has, or two for each of the page.

    Beyond `MANY` pixels a fifth of the colours will do, and more than eight maps share `MOST_PIXELS`: each of
    them is small, nobody sees the difference, and a notebook stays light.

    Args:
        values: The map.
        scale: Its colours.
        height: In pixels of the page.
        width: The same.
        among: How many such maps the picture has.
    """
    density = min(2.0, sqrt(MOST_PIXELS / (among * height * width))) if among > 8 else 2.0
    rows, columns = min(values.shape[0], ceil(density * height)), min(values.shape[1], ceil(density * width))
    levels = 49 if among * rows * columns > MANY else 256
    return framed(scale.bitmap(values, rows, columns, levels), height, width, quick=among > FEW)


def map_grid(
    stack: FloatArray,
    scale: Scale | None,
    columns: int,
    panel: tuple[int, int],
    names: Sequence[str] = (),
    among: int = 0,
) -> Block:
    """Draw maps `(C, H, W)` in rows, on one scale or, without one, each stretched by itself."""
    among = among or len(stack)
    panels = [map_panel(one, scale or Scale.stretched(one), *panel, among=among) for one in stack]
    return grid(panels, columns, names)


def colour_bar(scale: Scale, height: float) -> Block:
    """Draw a scale upright, with the numbers of its two ends, and of zero where it is in the middle."""
    ramp = 2 * np.linspace(scale.high / 2, scale.low / 2, 256)[:, None]  # halves: the span could be infinite
    marks = [(0.0, number(scale.high)), (1.0, number(scale.low))]
    if scale.kind == "signed":
        marks.append((0.5, "0"))
    written = [text(mark, 20, share * height, SMALL) for share, mark in marks]
    wide = max(BAR, 28 + max(text_width(mark, SMALL) for _, mark in marks))
    return Block(wide, height, framed(scale.bitmap(ramp, 256, 1), height, 14).svg + "".join(written))


def with_bar(panels: Block, scale: Scale | None) -> Block:
    """Put the colour bar of a scale beside panels, or a note below them that there is none."""
    if scale is None:
        return column(
            [panels, Block(text_width(STRETCHED, SMALL), SMALL, text(STRETCHED, 0, 6, SMALL, ink=FAINT))]
        )
    return row([panels, colour_bar(scale, min(max(panels.height - panels.head, 70), 260))], gap=2 * GAP)


def numbers(
    texts: list[list[str]], colours: Colours, cell: float, *, among: list[list[str]] | None = None
) -> str:
    """Write a text into each cell of a grid, in white or black, whichever is more legible there.

    Args:
        texts: For each row and column one or more lines.
        colours: `(rows, columns, 3)`, what the cells are filled with.
        cell: The side of a cell.
        among: All texts that shall be equally large; letters are as large as the longest one allows.
    """
    longest, lines = _extent(among or texts)
    size = min(max(min(cell / longest, 0.7 * cell / lines), SMALLEST), LARGEST)
    step = 1.2 * size
    drawn = []
    for (row_, column_), dark in np.ndenumerate(is_dark(colours)):
        y = (row_ + 0.5) * cell - step * (lines - 1) / 2
        for line, words in enumerate(texts[row_][column_].split("\n")):
            ink = "white" if dark else "black"
            drawn.append(text(words, (column_ + 0.5) * cell, y + step * line, size, ink=ink, anchor="middle"))
    return "".join(drawn)


def cell_size(texts: list[list[str]]) -> int:
    """How many pixels a cell needs at least for its text to be legible."""
    longest, lines = _extent(texts)
    return ceil(SMALLEST * max(longest, lines * 1.4))


def page(block: Block, words: str, title: str = "", note: str = "") -> Picture:
    """Finish a picture: a title above, a note below, margins and a white background around."""
    title = " ".join(title.split())
    wide = max(block.width, min(max(text_width(title, TITLE), text_width(note, SMALL)), WIDTH - 2 * MARGIN))
    above = [Block(wide, LINE * TITLE, text(line, 0, 9, TITLE)) for line in wrap(title, wide, TITLE)]
    below = [
        Block(wide, LINE * SMALL, text(line, 0, 8, SMALL, ink=FAINT)) for line in wrap(note, wide, SMALL)
    ]
    whole = column([*above, block, *below])
    width, height = ceil(whole.width + 2 * MARGIN), ceil(whole.height + 2 * MARGIN)
    return Picture(document(width, height, whole.at(MARGIN, MARGIN)), width, words)


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
    return fitted((height, width), wide, tallest)


def fitted(shape: Sequence[int], wide: float, tall: float = TALL) -> tuple[int, int]:
    """Height and width in pixels that fit into a place and keep the proportions of a shape `(H, W, ...)`."""
    height, width = shape[:2]
    shrink = min(wide / width, tall / height)
    return max(THIN, round(height * shrink)), max(THIN, round(width * shrink))


def checked_columns(columns: Any, count: int) -> int | None:
    """Read the number of columns that a caller asks for.

    Raises:
        ValueError: It is not a whole number from 1 on, or the page is too narrow for so many.
    """
    if columns is None:
        return None
    if isinstance(columns, bool) or not isinstance(columns, int) or columns < 1:
        raise ValueError(
            f"columns must be a whole number from 1 on, but is {columns!r}. Leave it out for a good one."
        )
    most = (WIDTH - BAR) // (THIN + GAP)
    if min(columns, count) > most:
        raise ValueError(f"{columns} columns are too many for the page (at most {most}). Leave columns out.")
    return min(columns, count)


def refuse_too_many(count: int, noun: str) -> None:
    """Raise ValueError for more panels than one picture can hold."""
    if count > MOST:
        raise ValueError(
            f"{count} {noun} are too many for one picture (at most {MOST}). Show a part, like the first 64."
        )


def _fitted(names: Sequence[str], width: float, most: int) -> tuple[list[list[str]], float]:
    """Break names into lines that fit above panels, all in one size; no lines where there is no room."""
    if not names or width < 24:
        return [], SMALL
    names = [name.replace("\n", " ") for name in names]
    for size in (SMALL, TINY, 10):
        if all(text_width(name, size) <= width for name in names):
            return [[name] for name in names], size
    return [shortened(name, width, 10, most) for name in names], 10


def _extent(texts: list[list[str]]) -> tuple[float, int]:
    """How wide the widest line is, in sizes of its text, and the number of lines in a cell."""
    lines = [line for texts_ in texts for words in texts_ for line in words.split("\n")]
    return 1.12 * max(0.9, *(text_width(line, 1) for line in lines)), texts[0][0].count("\n") + 1


def _numbered(count: int, extent: float, room: float) -> list[int]:
    """Which of the rows or columns have room for their number."""
    if count <= 10 and extent >= room * count:
        return list(range(count))
    if extent < 2 * room:
        return [0]
    return sorted({0, count // 2, count - 1}) if extent >= 4 * room else sorted({0, count - 1})
