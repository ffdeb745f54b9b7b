"""Pictures of filter banks, with the weights written in their cells, or of filters in colour."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from coursekit.errors import WrongValueError
from coursekit.pictures import layout, words
from coursekit.pictures.arrays import FloatArray, as_array
from coursekit.pictures.image import as_colours, image_panel
from coursekit.pictures.layout import BAR, GAP, WIDTH
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale
from coursekit.pictures.words import DESCRIBED, number, panel_names, plural, range_words, sentence

MOST_NAMES = 24  # kernels of a bank that get a name each; more names take longer to draw than the kernels
MOST_WRITTEN, MOST_ASKED = 400, 1024  # weights that are written into cells, unasked and when asked for
MOST_SAID = 100  # weights that the words give one by one
LARGEST, SMALLEST_CELL, NAME = 190, 22, 20  # pixels: the side of a kernel, a weight, the names above a row
ONE_ROW, MOST_CHANNELS = 3, 64  # kernels and channels that stand side by side
CHANNELS = ("red", "green", "blue")


@np.errstate(over="ignore", invalid="ignore")  # sums of the largest numbers are infinite, and said to be so
def show_filters(
    filters: Any,
    *,
    title: str = "",
    titles: Sequence[str] = (),
    columns: int | None = None,
    values: bool | None = None,
    colour: bool = False,
    noun: str = "filter",
) -> Picture:
    """Show the kernels of a filter bank on one scale, with the weights written in their cells where they fit.

    Args:
        filters: `(kh, kw)` one kernel, `(out, kh, kw)` a bank, or `(out, in, kh, kw)` a convolution weight,
            which becomes a row for each filter and a column for each input channel.
        title: A line above the picture.
        titles: One name for each kernel (bank) or filter (weight); left out, they are counted from 1.
        columns: Kernels in a row, for a bank.
        values: Write the weights into the cells; left out, this is done where they are legible.
        colour: Draw each filter `(3, kh, kw)` of a weight as one colour image, in which gray is 0.
        noun: What the words call what is in a bank: "kernel" where these are kernels of one filter.

    Returns:
        A picture; its words give number, size, range and, for up to 100 weights, every weight.

    Raises:
        TypeError: These are not real numbers.
        ValueError: The shape is none of the three, there are more than 512 kernels, the number of titles
            differs, or more than 1024 weights are to be written.

    >>> show_filters([[-1.0, 1.0], [-1.0, 1.0]])
    1 kernel, 2 x 2. Weights -1 to 1, on one scale from blue (-1) through white (0) to red (1). Kernel 1: \
-1 1 / -1 1.
    """
    array = as_array(filters, "filters")
    if colour:
        return _in_colour(array, title, titles, columns)
    if array.ndim not in (2, 3, 4):
        raise WrongValueError(
            f"filters have the shape (kh, kw), (out, kh, kw) or (out, in, kh, kw), but got {array.shape}."
        )
    inputs = array.shape[1] if array.ndim == 4 else 1
    kernels = array.reshape(-1, *array.shape[-2:])
    count, height, width = kernels.shape
    layout.refuse_too_many(count, "kernels")
    noun = noun if array.ndim > 2 else "kernel"
    own = panel_names(titles, count // inputs, noun)
    names = [f"{name}, channel {n + 1}" for name in own for n in range(inputs)] if inputs > 1 else own
    few = count if count <= ONE_ROW else layout.few_columns(count, kernels.shape[1:], NAME, LARGEST)
    few = inputs if 1 < inputs <= MOST_CHANNELS else few
    across = layout.checked_columns(columns, count) or few
    cell = _cell(count, across, max(height, width), WIDTH - BAR, NAME, 30 * width if inputs > 1 else 0)
    tables = words.tables(kernels) if kernels.size <= (MOST_ASKED if values else MOST_WRITTEN) else []
    texts = [row for table in tables for row in table]
    needed = layout.cell_size(texts) if texts else 0
    if values and (not texts or across * (needed * width + GAP) > 2 * WIDTH):
        raise WrongValueError(
            f"the weights of {plural(count, 'kernel')} of {height} x {width} would be too small to "
            "read in one picture. Show some of the filters, or leave values out."
        )
    if not values and (values is False or cell < SMALLEST_CELL or needed > 1.3 * cell):
        tables, texts = [], []
    if texts:
        cell = max(cell, SMALLEST_CELL, needed)
    size = height * cell, width * cell
    if not texts and max(size) > LARGEST:
        size = layout.panel_size(count, across, kernels.shape[1:])
    scale = Scale.of([kernels])
    if tables:
        panels = [
            layout.table_panel(kernel, scale, table, cell, among=texts)
            for kernel, table in zip(kernels, tables, strict=True)
        ]
    else:
        panels = [layout.map_panel(kernel, scale, *size, among=count) for kernel in kernels]
    shown = []
    if inputs == 1 and count <= MOST_NAMES and (len(titles) or count > 1):
        shown = names
    elif inputs == across > 1:  # channels above the first row, filters above the first column
        shown = [f"ch {n + 1}" for n in range(inputs)] + [""] * (count - inputs)
        shown[::inputs] = [f"{own[0]}, ch 1", *own[1:]]
    drawn = layout.with_bar(layout.grid(panels, across, shown), scale)
    return layout.page(drawn, words.titled(title, _filters_words(array, kernels, names, scale, noun)), title)


def _in_colour(weight: FloatArray, title: str, titles: Sequence[str], columns: int | None) -> Picture:
    """Draw a weight `(out, 3, kh, kw)` in colour, on one scale: a pale filter is a weak one."""
    if weight.ndim != 4 or weight.shape[1] != 3:
        raise WrongValueError(
            "filters drawn in colour have the shape (out, 3, kh, kw), a kernel each for red, green and blue, "
            f"but got {weight.shape}. Leave colour out for other filters."
        )
    count, _, *shape = weight.shape
    layout.refuse_too_many(count, "filters")
    names = panel_names(titles, count, "filter")
    shown = names if len(titles) else []
    head = NAME if shown else 0
    across = layout.checked_columns(columns, count) or layout.few_columns(count, shape, head, LARGEST)
    cell = _cell(count, across, max(shape), WIDTH, head)
    reach = words.reach_of(weight) or 1.0
    known = np.nan_to_num(weight.astype(np.float64), posinf=0.0, neginf=0.0)  # unknown becomes gray
    images = np.moveaxis(known / reach / 2 + 0.5, 1, 3).astype(np.float32)
    panels = [image_panel(as_colours(one), shape[0] * cell, shape[1] * cell) for one in images]
    note = f"gray is 0; a channel is brightest at {number(reach)} and darkest at -{number(reach)}"
    parts = [
        f"{plural(count, 'filter')} for 3 channels, {words.by(shape)}, in colour. "
        f"Weights {range_words(weight)}. Gray is 0; a positive weight adds its channel's colour, a negative "
        "one takes it away, on one scale for all."
    ]
    strength = np.sqrt(((known / reach) ** 2).sum(axis=(1, 2, 3)))
    if count > 3:
        parts.append("The three strongest:")
    for n in words.strongest(strength / (strength.max() or 1.0)):
        sums = zip(CHANNELS, known[n].sum(axis=(1, 2)), strict=True)
        told = ", ".join(f"{name} {number(total, reach=reach)}" for name, total in sums)
        row, column = words.peak(np.abs(known[n] / reach).sum(axis=0))
        parts.append(f"{sentence(names[n])}: sums {told}, heaviest at row {row}, column {column}.")
    said = words.titled(title, *parts, words.trouble(weight))
    return layout.page(layout.grid(panels, across, shown), said, title, note)


def _cell(count: int, across: int, side: int, room: int, head: int, least: int = 0) -> int:
    """How many pixels of the page a weight takes, of so many kernels of a side."""
    tall = max(layout.TALL // -(-count // across) - GAP - head, least)
    return max(2, min(LARGEST, room // across - GAP, tall) // side)


def _filters_words(
    array: FloatArray, kernels: FloatArray, names: Sequence[str], scale: Scale, noun: str
) -> str:
    count, height, width = kernels.shape
    size = f"{plural(count, noun)}, {'each ' if count > 1 else ''}{height} x {width}"
    if array.ndim == 4 and array.shape[1] > 1:
        filters, channels = array.shape[:2]
        size = f"{plural(filters, 'filter')} of {plural(channels, 'kernel')} each, {height} x {width}"
    parts = [f"{size}. Weights {range_words(kernels)}, on one scale {scale.words}."]
    if kernels.size <= MOST_SAID:
        tables = zip(names, words.tables(kernels), strict=True)
        parts += [f"{sentence(name)}: {words.slashed(table)}." for name, table in tables]
    else:
        reach = float(np.abs(kernels).sum(axis=(1, 2), dtype=np.float64).max())
        sums = kernels.sum(axis=(1, 2), dtype=np.float64)
        for name, kernel, total in zip(names[:DESCRIBED], kernels, sums, strict=False):
            detail = f"{range_words(kernel)}, sum {number(total, reach=reach)}"
            row, column = words.peak(kernel)
            parts.append(f"{sentence(name)}: {detail}, heaviest at row {row}, column {column}.")
        if count > DESCRIBED:
            low, high = number(sums.min(), reach=reach), number(sums.max(), reach=reach)
            parts.append(f"The sums of all {count} kernels run from {low} to {high}.")
    return words.titled("", *parts, words.trouble(kernels))
