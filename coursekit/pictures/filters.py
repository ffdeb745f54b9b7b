"""Pictures of filter banks, with the weights written in their cells, or of filters in colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from coursekit.pictures.arrays import FloatArray, as_array
from coursekit.pictures.image import image_panel
from coursekit.pictures.layout import (
    BAR,
    GAP,
    TALL,
    WIDTH,
    cell_size,
    checked_columns,
    few_columns,
    grid,
    map_panel,
    numbers,
    page,
    panel_size,
    refuse_too_many,
    with_bar,
)
from coursekit.pictures.map_words import DESCRIBED, panel_names
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale
from coursekit.pictures.svg import Block
from coursekit.pictures.words import (
    extremes,
    number,
    place,
    plural,
    range_words,
    sentence,
    table,
    titled,
    trouble,
)

__all__ = ["show_filters"]

MOST_NAMES = 24  # kernels of a bank that get a name each; more names take longer to draw than the kernels
MOST_WRITTEN = 400  # weights that are written into cells unasked
MOST_ASKED = 1024  # and when asked for
MOST_SAID = 100  # weights that the words give one by one
LARGEST = 190  # pixels: the side of a kernel
ONE_ROW = 3  # so many kernels stand side by side
SMALLEST_CELL = 22
NAME = 20  # pixels for the names above a row
CHANNELS = ("red", "green", "blue")


def show_filters(
    filters: Any,
    *,
    title: str = "",
    titles: Sequence[str] = (),
    columns: int | None = None,
    values: bool | None = None,
    colour: bool = False,
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

    Returns:
        A picture; its words give number, size, range and, for up to 100 weights, every weight.

    Raises:
        TypeError: These are not real numbers.
        ValueError: The shape is none of the three, there are more than 512 kernels, the number of titles
            differs, or more than 1024 weights are to be written.

    >>> show_filters([[-1.0, 1.0], [-1.0, 1.0]])
    1 kernel, 2 x 2. Weights -1 to 1, one scale: blue is negative, white is 0, red is positive, to 1. \
Kernel 1: -1 1 / -1 1.
    """
    array = as_array(filters, "filters")
    if colour:
        return _in_colour(array, title, titles, columns)
    if array.ndim not in (2, 3, 4):
        raise ValueError(
            "filters have the shape (kh, kw), (out, kh, kw) or (out, in, kh, kw), "
            f"but this has {array.shape}."
        )
    inputs = array.shape[1] if array.ndim == 4 else 1
    kernels = array.reshape(-1, *array.shape[-2:])
    refuse_too_many(len(kernels), "kernels")
    names = _kernel_names(titles, len(kernels), inputs)
    height, width = kernels.shape[1:]
    across = checked_columns(columns, len(kernels)) or _columns(len(kernels), inputs, height, width)
    texts = _texts(kernels) if values or kernels.size <= MOST_WRITTEN else []
    cell, with_values = _cell(kernels.shape, across, inputs, texts, values)
    rows = -(-len(kernels) // across)
    size = (height * cell, width * cell) if cell else panel_size(across, rows, height, width)
    scale = Scale.of([kernels])
    panels = [map_panel(kernel, scale, *size, among=len(kernels)) for kernel in kernels]
    if with_values:
        for index, (kernel, panel) in enumerate(zip(kernels, panels, strict=True)):
            own = texts[index * height : (index + 1) * height]
            written = numbers(own, scale.colours(kernel), cell, among=texts)
            panels[index] = Block(panel.width, panel.height, panel.svg + written)
    shown = _shown_names(names, inputs, across) if titles or len(kernels) > 1 else []
    drawn = with_bar(grid(panels, across, shown), scale)
    return page(drawn, titled(title, _filters_words(array, kernels, names, scale)), title)


def _in_colour(weight: FloatArray, title: str, titles: Sequence[str], columns: int | None) -> Picture:
    """Draw a weight `(out, 3, kh, kw)` in colour: gray is 0, a positive weight adds its channel's colour.

    All filters share one scale, so a pale filter is a weak one.
    """
    if weight.ndim != 4 or weight.shape[1] != 3:
        raise ValueError(
            "filters drawn in colour have the shape (out, 3, kh, kw), a kernel each for red, green and blue, "
            f"but this has {weight.shape}. Leave colour out to draw other filters."
        )
    count, _, height, width = weight.shape
    refuse_too_many(count, "filters")
    names = panel_names(titles, count, "filter")
    named = NAME if titles else 0
    across = checked_columns(columns, count) or few_columns(count, height, width, named, largest=LARGEST)
    tall = TALL // -(-count // across) - GAP - named
    cell = max(2, min(LARGEST, WIDTH // across - GAP, tall) // max(height, width))
    low, high = extremes(weight) or (0.0, 0.0)
    reach = max(abs(low), abs(high)) or 1.0
    unit = np.nan_to_num(weight / (2 * reach), posinf=0.0, neginf=0.0) + 0.5  # gray where nothing is known
    panels = [image_panel(np.moveaxis(one, 0, 2), height * cell, width * cell) for one in unit]
    note = f"gray is 0; a channel is brightest at {number(reach)} and darkest at -{number(reach)}"
    drawn = grid(panels, across, names if titles else ())
    return page(drawn, titled(title, _colour_words(weight, names, reach)), title, note)


def _columns(count: int, inputs: int, height: int, width: int) -> int:
    if 1 < inputs <= 64:
        return inputs
    if count <= ONE_ROW:
        return count
    return few_columns(count, height, width, NAME, largest=LARGEST)


def _cell(
    shape: tuple[int, ...], across: int, inputs: int, texts: list[list[str]], values: bool | None
) -> tuple[int, bool]:
    """How many pixels a weight takes (0: less than a whole one), and whether numbers are written."""
    count, height, width = shape
    rows = -(-count // across)
    tall = max(TALL // rows - GAP - NAME, 30 * width if inputs > 1 else 0)
    cell = max(2, min(LARGEST, (WIDTH - BAR) // across - GAP, tall) // max(height, width))
    if values:
        if len(texts) * width > MOST_ASKED or across * (cell_size(texts) * width + GAP) > 2 * WIDTH:
            raise ValueError(
                f"the weights of {count} kernels of {height} x {width} would not be legible in one picture. "
                "Show a part of the filters, or leave values out."
            )
        return max(cell, SMALLEST_CELL, cell_size(texts)), True
    if values is None and texts and cell >= SMALLEST_CELL and cell_size(texts) <= 1.3 * cell:
        return max(cell, cell_size(texts)), True
    return (cell if cell * max(height, width) <= LARGEST else 0), False


def _colour_words(weight: FloatArray, names: Sequence[str], reach: float) -> str:
    count, _, height, width = weight.shape
    parts = [
        f"{plural(count, 'filter')} for 3 channels, {height} x {width}, in colour. "
        f"Weights {range_words(weight)}, one scale: gray is 0, a positive weight adds its channel's colour, "
        f"to {number(reach)}."
    ]
    known = np.nan_to_num(weight, posinf=0.0, neginf=0.0)
    strength = np.sqrt((known.astype(np.float64) ** 2).sum(axis=(1, 2, 3)))
    # Rounded, so that of filters which are equally strong but for noise the first comes first.
    order = np.argsort(-(strength / (strength.max() or 1.0)).round(5), kind="stable")
    if count > 3:
        parts.append("The three strongest:")
    for index in sorted(order[:3].tolist()):
        sums = known[index].sum(axis=(1, 2), dtype=np.float64)
        told = ", ".join(
            f"{name} {number(total, reach=reach)}" for name, total in zip(CHANNELS, sums, strict=True)
        )
        heaviest = place(np.abs(known[index]).sum(axis=0))
        parts.append(f"{sentence(names[index])}: sums {told}, heaviest {heaviest}.")
    parts.append(trouble(weight))
    return " ".join(filter(None, parts))


def _filters_words(array: FloatArray, kernels: FloatArray, names: Sequence[str], scale: Scale) -> str:
    height, width = kernels.shape[1:]
    count = len(kernels)
    if array.ndim == 4 and array.shape[1] > 1:
        filters, channels = array.shape[:2]
        size = f"{plural(filters, 'filter')} of {plural(channels, 'kernel')} each, {height} x {width}"
    else:
        noun = "filter" if array.ndim > 2 else "kernel"
        size = f"{plural(count, noun)}, {'each ' if count > 1 else ''}{height} x {width}"
    parts = [
        f"{size}. Weights {range_words(kernels)}, one scale{' for all' if count > 1 else ''}: {scale.words}."
    ]
    if kernels.size <= MOST_SAID:
        texts = _texts(kernels)
        for index, name in enumerate(names):
            rows = " / ".join(" ".join(row) for row in texts[index * height : (index + 1) * height])
            parts.append(f"{sentence(name)}: {rows}.")
    else:
        reach = float(np.abs(kernels).sum(axis=(1, 2), dtype=np.float64).max())
        sums = kernels.sum(axis=(1, 2), dtype=np.float64)
        for name, kernel, total in list(zip(names, kernels, sums, strict=True))[:DESCRIBED]:
            detail = f"{range_words(kernel)}, sum {number(total, reach=reach)}, heaviest {place(kernel)}"
            parts.append(f"{sentence(name)}: {detail}.")
        if count > DESCRIBED:
            ends = number(sums.min(), reach=reach), number(sums.max(), reach=reach)
            parts.append(f"The sums of all {count} kernels run from {ends[0]} to {ends[1]}.")
    parts.append(trouble(kernels))
    return " ".join(filter(None, parts))


def _texts(kernels: FloatArray) -> list[list[str]]:
    """The rows of all kernels; a kernel of whole numbers stays whole beside those of fractions."""
    whole = [bool((kernel == np.round(kernel)).all()) for kernel in kernels]
    fractions = table(kernels.reshape(-1, kernels.shape[-1]))
    height = kernels.shape[1]
    return [
        row
        for index, kernel in enumerate(kernels)
        for row in (table(kernel) if whole[index] else fractions[index * height : (index + 1) * height])
    ]


def _kernel_names(titles: Sequence[str], count: int, inputs: int) -> list[str]:
    if inputs == 1:
        return panel_names(titles, count, "filter" if count > 1 else "kernel")
    filters = panel_names(titles, count // inputs, "filter")
    return [f"{name}, channel {channel + 1}" for name in filters for channel in range(inputs)]


def _shown_names(names: Sequence[str], inputs: int, across: int) -> list[str]:
    """Name the channels above the first row and the filters above the first column: more has no room."""
    if inputs == 1:
        return list(names) if len(names) <= MOST_NAMES else []
    if across != inputs:
        return []
    short = []
    for index, name in enumerate(names):
        filter_name, _, channel = name.rpartition(", channel ")
        row, column = divmod(index, inputs)
        short.append(", ".join([filter_name] * (column == 0) + [f"ch {channel}"] * (row == 0)))
    return short
