"""A picture of a kernel that slides: a few moments, each with its window and the map filled so far."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from coursekit.pictures import layout, words
from coursekit.pictures.arrays import FloatArray, as_array, whole_number
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale
from coursekit.pictures.svg import Block, rectangle

MOST, MOST_STEPS = 12, 6  # rows or columns of the image; moments
LARGEST, LEAST, GAP = 30, 14, 12  # pixels: the side of a cell, that of a weight, and between moments
EMPTY, LINES = "#f2f2f2", "#c4c4c4"


def show_sliding(image: Any, kernel: Any, *, steps: Sequence[int] = (1, 9, 35), title: str = "") -> Picture:
    """Show how a kernel fills its map: the window after so many steps, and below it the map so far.

    The kernel goes row by row, one pixel a step, without padding, and is not flipped (cross-correlation).

    Args:
        image: `(H, W)`, at most 12 x 12, so that its numbers can be read.
        kernel: `(kh, kw)` the weights.
        steps: After how many steps to look; up to six, each from 1 to the number of values in the map.
        title: A line above the picture.

    Returns:
        A picture; its words give the numbers of image, kernel and map, and each window with its value.

    Raises:
        TypeError: These are not real numbers, or a step is not a whole number.
        ValueError: The image is not 2-D or too large, the kernel does not fit in, or a step is not there.

    >>> show_sliding([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0]], [[-1.0, 1.0]], steps=[2])
    A kernel of 1 x 2 slides over 2 x 3 pixels and fills a map of 2 x 2. Image: 0 1 1 / 0 0 1. \
Kernel: -1 1. Step 2: the window at rows 0 to 0, columns 1 to 2 gives 0, the map's row 0, column 1. \
Map after step 2: 1 0.
    """
    pixels, weights = as_array(image, "the image"), as_array(kernel, "the kernel")
    if pixels.ndim != 2 or max(pixels.shape) > MOST:
        raise ValueError(
            f"the image must be (H, W), at most {MOST} x {MOST}, but this has {pixels.shape}. "
            "Cut out a patch, like gray[:8, :10]."
        )
    if weights.ndim != 2 or any(k > n for k, n in zip(weights.shape, pixels.shape, strict=True)):
        raise ValueError(
            f"the kernel must be (kh, kw) and fit into the image, {words.by(pixels.shape)}, "
            f"but this has {weights.shape}."
        )
    windows = np.lib.stride_tricks.sliding_window_view(pixels.astype(np.float64), weights.shape)
    response = np.einsum("hwij,ij->hw", windows, weights)
    if not 1 <= len(steps) <= MOST_STEPS:
        raise ValueError(f"one picture shows 1 to {MOST_STEPS} steps, but {len(steps)} came.")
    for step in steps:
        whole_number(
            step, "a step", 1, response.size, f" The map has {words.plural(response.size, 'value')}."
        )
    tables = words.table(pixels), words.tables(weights[None])[0], words.table(response)
    room = layout.WIDTH - 2 * layout.MARGIN - (len(steps) + 1) * (GAP + 20)
    fitting = min(LARGEST, room // (weights.shape[1] + len(steps) * pixels.shape[1]))
    cells = [max(fitting, layout.cell_size(texts)) for texts in tables]
    cells[1] = (room - len(steps) * pixels.shape[1] * cells[0]) // weights.shape[1]  # what is left
    cells[1] = max(LEAST, layout.cell_size(tables[1]), min(fitting, cells[1]))
    scale, source = Scale.of([response]), Scale.of_patch(pixels)
    drawn = [layout.named(_cells(weights, Scale.of([weights]), tables[1], cells[1]), ["kernel"])]
    said = []
    for step in steps:
        row, column = divmod(step - 1, response.shape[1])
        bottom, right = row + weights.shape[0] - 1, column + weights.shape[1] - 1
        window = _cells(pixels, source, tables[0], cells[0], (row, column, *weights.shape))
        filled = _cells(response, scale, tables[2], cells[2], (row, column, 1, 1), step)
        last = ", the last" if step == response.size else ""
        drawn.append(
            layout.column(
                [
                    _named(window, pixels, f"step {step}{last}"),
                    _named(filled, response, f"map: {step} of {response.size}"),
                ]
            )
        )
        said.append(
            f"Step {step}: the window at rows {row} to {bottom}, columns {column} to {right} gives "
            f"{tables[2][row][column]}, the map's row {row}, column {column}."
        )
    flat = [value for line in tables[2] for value in line][: max(steps)]
    wide = response.shape[1]
    lines = [flat[n : n + wide] for n in range(0, len(flat), wide)]
    head = (
        f"A kernel of {words.by(weights.shape)} slides over {words.by(pixels.shape)} pixels "
        f"and fills a map of {words.by(response.shape)}. "
        f"Image: {words.slashed(tables[0])}. Kernel: {words.slashed(tables[1])}."
    )
    said.append(f"Map after step {max(steps)}: {words.slashed(lines)}.")
    whole = words.titled(title, head, *said, words.trouble(response))
    return layout.page(layout.fitting(drawn, GAP), whole, title)


def _named(panel: Block, values: FloatArray, name: str) -> Block:
    return layout.named(layout.counted(panel, *values.shape), [name])


def _cells(
    values: FloatArray,
    scale: Scale,
    texts: layout.Texts,
    cell: int,
    box: Any = None,
    filled: int | None = None,
) -> Block:
    """Draw a table with its numbers and a frame around a box; of a map filled only so far, that part."""
    colours, (height, width) = scale.colours(values), values.shape
    panel = layout.framed(Image.fromarray(colours), height * cell, width * cell)
    for n in range(values.size if filled is None else filled, values.size):
        place = n % width * cell, n // width * cell
        panel = panel.plus(rectangle(*place, cell, cell, LINES, fill=EMPTY))
    known = [
        [words if filled is None or y * width + x < filled else "" for x, words in enumerate(row)]
        for y, row in enumerate(texts)
    ]
    panel = panel.plus(layout.numbers(known, colours, cell, among=texts))
    if box:
        top, left, down, across = (cell * part for part in box)
        for ink, thick in (("#000000", 3.0), ("#ff9900", 2.0)):
            panel = panel.plus(rectangle(left + 1, top + 1, across - 2, down - 2, ink, thick=thick))
    return panel
