"""Where the parts of a picture go: rows, columns and grids of panels, and one place for sizes and margins."""

from collections.abc import Sequence
from math import ceil, sqrt

import numpy as np
from PIL import Image

from coursekit.errors import WrongValueError
from coursekit.pictures.arrays import Colours, FloatArray, whole_number
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale, is_dark
from coursekit.pictures.svg import FAINT, Block, pixels, short, shortened, text, text_width, wrap
from coursekit.pictures.words import number

WIDTH = 800  # pixels of the page: the text column of JupyterLab on a laptop
TALL = 620  # what a laptop shows without scrolling
TALLEST = 4000  # of a picture that somebody asked for with few columns
MARGIN, GAP = 8, 6
BAR = 64  # what a colour bar with its numbers usually takes
TIP = 12  # pixels of the triangle at the end of a bar whose scale goes on
THIN = 8  # a map of one row or column is still seen
NAMED = 46  # a narrow panel is given this much for its name, where the page has it
TITLE, NAME, SMALL, TINY = 15, 13, 12, 11  # sizes of text
LINE = 1.35  # from one line of text to the next, in sizes
SMALLEST, LARGEST = 7.5, 18  # sizes of text in cells: what is smaller cannot be read
MOST = 512  # panels of one picture
FEW = 32  # panels; for more the smallest file is not searched
STYLE = "rect.f{fill:none;stroke:gray}image.p{image-rendering:pixelated}"  # of hundreds of frames and bitmaps
MANY, MOST_PIXELS = 250_000, 600_000  # of all maps of a picture together
Place = tuple[int, int]  # a row and a column
Texts = list[list[str]]  # rows of cells


def row(blocks: Sequence[Block], gap: float = GAP) -> Block:
    """Put blocks side by side, their first panels at one height."""
    head = max(block.head for block in blocks)
    drawn, x = [], 0.0
    for block in blocks:
        drawn.append(block.at(x, head - block.head))
        x += block.width + gap
    return Block(x - gap, max(head - b.head + b.height for b in blocks), "".join(drawn), head)


def column(blocks: Sequence[Block], gap: float = GAP) -> Block:
    """Put blocks below each other. What stands beside them is aligned with the first."""
    drawn, y = [], 0.0
    for block in blocks:
        drawn.append(block.at(0, y))
        y += block.height + gap
    return Block(max(block.width for block in blocks), y - gap, "".join(drawn), blocks[0].head)


def rows(blocks: Sequence[Block], across: int, gap: float = GAP) -> Block:
    """Put blocks in rows of so many."""
    return column([row(blocks[n : n + across], gap) for n in range(0, len(blocks), across)], gap)


def fitting(blocks: Sequence[Block], gap: float = GAP) -> Block:
    """Put blocks in rows, as many in each as the page has room for, and in all rows about as many."""
    count = len(blocks)
    for lines in range(1, count):
        drawn = rows(blocks, -(-count // lines), gap)
        if drawn.width <= WIDTH - 2 * MARGIN:
            return drawn
    return column(blocks, gap)


def grid(panels: Sequence[Block], columns: int, names: Sequence[str] = (), *, lines: int = 3) -> Block:
    """Put panels in rows, each with its name above it, where it is not too narrow for any name."""
    # Names shrink, then break into lines, then end in "…"; they stand whole in the words of the picture.
    room = max(panel.width for panel in panels)
    if names and columns * (NAMED + GAP) <= WIDTH - BAR:
        room = max(room, NAMED)
    flat = [name.replace("\n", " ") for name in names] if room >= 24 else []
    fitting = (size for size in (SMALL, TINY, 10) if all(text_width(name, size) <= room for name in flat))
    size = next(fitting, 0)
    broken = [[name] if size else shortened(name, room, 10, lines) for name in flat]
    most = max(map(len, broken), default=0)
    padded = [[""] * (most - len(own)) + own for own in broken or [[]] * len(panels)]
    cells = zip(panels, padded, strict=True)
    return rows([named(panel, own, size=size or 10, width=room) for panel, own in cells], columns)


def named(panel: Block, lines: Sequence[str], *, size: float = NAME, width: float = 0) -> Block:
    """Write the lines of a name above a panel, the last one near it; the whole has at least a width."""
    head = 4 + LINE * size * len(lines) if lines else 0
    above = "".join(text(line, 0, LINE * size * (n + 0.5), size) for n, line in enumerate(lines) if line)
    return Block(max(width, panel.width), head + panel.height, above + panel.at(0, head), head + panel.head)


def counted(panel: Block, rows: int, columns: int, corner: Place = (0, 0), inset: float = 0) -> Block:
    """Write the numbers of rows and columns along the edges; of many, those of the ends and the middle.

    The first row and column, whose numbers are those of the corner, lie so far inside the panel.
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


def _numbered(count: int, extent: float, room: float) -> list[int]:
    """Which of the rows or columns have room for their number."""
    if count <= 10 and extent >= room * count:
        return list(range(count))
    most = 1 if extent < 2 * room else 2 if extent < 4 * room else 3
    return sorted({*[0, count - 1, count // 2][:most]})


def framed(image: Image.Image, height: float, width: float, **kind: bool) -> Block:
    """Draw a bitmap, of a kind that `pixels` knows, with a thin line around it."""
    frame = f"<rect class='f' x='-0.5' y='-0.5' width='{short(width + 1)}' height='{short(height + 1)}'/>"
    return Block(width, height, pixels(image, width, height, **kind) + frame)


def map_panel(values: FloatArray, scale: Scale | None, height: int, width: int, *, among: int = 1) -> Block:
    """Draw a map `(H, W)`, one of so many, on a scale or stretched by itself, in a size of the page."""
    # As many pixels as it has, or two for each of the page. Many maps together have fewer, and a fifth of the
    # colours, which nobody sees, as each map is small.
    density = min(2.0, sqrt(MOST_PIXELS / (among * height * width))) if among > 8 else 2.0
    tall, wide = min(values.shape[0], ceil(density * height)), min(values.shape[1], ceil(density * width))
    levels = 49 if among * tall * wide > MANY else 256
    image = (scale or Scale.stretched(values)).bitmap(values, tall, wide, levels)
    return framed(image, height, width, quick=among > FEW)


def table_panel(
    values: FloatArray, scale: Scale, texts: Texts, cell: int, *, among: Texts | None = None
) -> Block:
    """Draw a table `(H, W)` on a scale in cells of a size, with a text in each; see `numbers`."""
    panel = map_panel(values, scale, values.shape[0] * cell, values.shape[1] * cell)
    return panel.plus(numbers(texts, scale.colours(values), cell, among=among))


def with_bar(panels: Block, scale: Scale | None) -> Block:
    """Put the colour bar of a scale beside panels, or a note below them that there is none."""
    if scale is None:
        note = "each map stretched on its own"
        return column([panels, Block(text_width(note, SMALL), SMALL, text(note, 0, 6, SMALL, ink=FAINT))])
    height = min(max(panels.height - panels.head, 70), 260)
    ramp = 2 * np.linspace(scale.high / 2, scale.low / 2, 256)[:, None]  # halves: the span could be infinite
    marks = {0.0: number(scale.high), 1.0: number(scale.low)} | ({0.5: "0"} if scale.kind == "signed" else {})
    drawn = framed(scale.bitmap(ramp, 256, 1), height, 14).svg
    for value in scale.beyond:  # a triangle says that the scale goes on, and how far
        share, way = (0.0, -1) if value > 0 else (1.0, 1)
        ink = "#" + bytes(scale.colours(np.array(value))).hex()
        tip = f"M-0.5 {share * height + 2 * way:.1f}h15l-7.5 {way * TIP}z"
        drawn += f"<path d='{tip}' fill='{ink}' stroke='gray'/>"
        marks[share + way * (TIP + 2) / height] = f"to {number(value)}"
    drawn += "".join(text(mark, 20, share * height, SMALL) for share, mark in marks.items())
    wide = max(BAR, 28 + max(text_width(mark, SMALL) for mark in marks.values()))
    over, under = -min(marks) * height, (max(marks) - 1) * height  # beyond the ends
    bar = Block(wide, over + height + under, f"<g transform='translate(0 {short(over)})'>{drawn}</g>", over)
    return row([panels, bar], gap=2 * GAP)


def numbers(texts: Texts, colours: Colours, cell: float, *, among: Texts | None = None) -> str:
    """Write lines of text into each cell of a grid, in white or black, whichever is more legible there.

    Letters are as large as the longest text allows, among these or among all that shall be equally large.
    """
    longest, lines = _extent(among or texts)
    size = min(max(min(cell / longest, 0.7 * cell / lines), SMALLEST), LARGEST)
    drawn = []
    for (down, across), dark in np.ndenumerate(is_dark(colours)):
        x, y = (across + 0.5) * cell, (down + 0.5) * cell - 0.6 * size * (lines - 1)
        ink = "white" if dark else "black"
        for n, words in enumerate(texts[down][across].split("\n") if texts[down][across] else []):
            drawn.append(text(words, x, y + 1.2 * size * n, size, ink=ink, anchor="middle"))
    return "".join(drawn)


def cell_size(texts: Texts) -> int:
    """How many pixels a cell needs at least for its text to be legible."""
    longest, lines = _extent(texts)
    return ceil(SMALLEST * max(longest, lines * 1.4))


def _extent(texts: Texts) -> tuple[float, int]:
    """How wide the widest line is, in sizes of its text, and the number of lines in a cell."""
    lines = [line for own in texts for words in own for line in words.split("\n")]
    return 1.12 * max(0.9, *(text_width(line, 1) for line in lines)), texts[0][0].count("\n") + 1


def page(block: Block, words: str, title: str = "", note: str = "") -> Picture:
    """Finish a picture: title above, note below, margins around, on white, which is so in dark themes too."""
    title = " ".join(title.split())
    wide = max(block.width, min(max(text_width(title, TITLE), text_width(note, SMALL)), WIDTH - 2 * MARGIN))
    above = [Block(wide, LINE * TITLE, text(line, 0, 9, TITLE)) for line in wrap(title, wide, TITLE)]
    noted = [text(line, 0, 8, SMALL, ink=FAINT) for line in wrap(note, wide, SMALL)]
    whole = column([*above, block, *(Block(wide, LINE * SMALL, line) for line in noted)])
    width, height = ceil(whole.width + 2 * MARGIN), ceil(whole.height + 2 * MARGIN)
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' "
        f"viewBox='0 0 {width} {height}' font-family='system-ui,sans-serif'>"
        f"<style>{STYLE}</style>"
        f"<rect width='{width}' height='{height}' fill='white'/>{whole.at(MARGIN, MARGIN)}</svg>"
    )
    return Picture(svg, width, words)


def few_columns(count: int, shape: Sequence[int], label: int, largest: int = WIDTH) -> int:
    """The fewest columns that keep the picture on one screen, preferring rows that are all full."""
    for across in range(1, count + 1):
        wide = min((WIDTH - BAR) // across - GAP, largest)
        if -(-count // across) * (wide * shape[0] / shape[1] + GAP + label) <= TALL:
            near = [*range(across, round(1.3 * across) + 2), *range(across - 1, round(across / 1.5), -1)]
            return next((columns for columns in near if count % columns == 0), across)
    return count


def panel_size(count: int, across: int, shape: Sequence[int]) -> tuple[int, int]:
    """The size of a panel: whole-number zoom for small maps, so that every value stays a sharp square."""
    height, width = shape
    wide = max((WIDTH - BAR) // across - GAP, THIN)
    tallest = min(TALL, max(TALLEST // -(-count // across) - GAP, THIN))
    zoom = max(1, min(wide // width, max(1, 300 // max(height, width)), max(1, tallest // height)))
    if width <= wide and height <= tallest and (zoom > 1 or wide < 1.35 * width):
        return max(THIN, height * zoom), max(THIN, width * zoom)
    return fitted(shape, wide, tallest)


def fitted(shape: Sequence[int], wide: float, tall: float = TALL) -> tuple[int, int]:
    """Height and width in pixels that fit into a place and keep the proportions of a shape `(H, W, ...)`."""
    height, width = shape[:2]
    shrink = min(wide / width, tall / height)
    return max(THIN, round(height * shrink)), max(THIN, round(width * shrink))


def checked_columns(columns: int | None, count: int) -> int | None:
    """Read the number of columns that a caller asks for; ValueError where the page has no room for them."""
    if columns is None:
        return None
    whole_number(columns, "columns", 1, advice=" Leave it out for a good one.")
    most = (WIDTH - BAR) // (THIN + GAP)
    if min(columns, count) > most:
        raise WrongValueError(
            f"{columns} columns are too many for the page (at most {most}). Leave columns out."
        )
    return min(columns, count)


def refuse_too_many(count: int, noun: str) -> None:
    """Raise ValueError for more panels than one picture can hold."""
    if count > MOST:
        raise WrongValueError(
            f"{count} {noun} are too many for one picture (at most {MOST}). Show some, like the first 64."
        )
