"""A picture of a kernel that slides: a few moments, each with its window and the map filled so far."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from coursekit.errors import WrongValueError
from coursekit.pictures import layout, words
from coursekit.pictures.arrays import as_array, responses_of, whole_number
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale
from coursekit.pictures.svg import rectangle

MOST, MOST_STEPS = 12, 6  # rows or columns of the image; moments
LARGEST, LEAST = 30, 14  # pixels: the side of a cell, and that of a weight
GAP, EDGE = 12, 20  # pixels: between moments, and for the numbers of rows
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
        A picture; its words give the numbers of image and kernel, each window with its value, and the map
        after the last of the steps.

    Raises:
        TypeError: These are not real numbers, or a step is not a whole number.
        ValueError: The image is not 2-D or too large, the kernel does not fit in, or a step is not there.

    >>> show_sliding([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0]], [[-1.0, 1.0]], steps=[2])
    A kernel of 1 x 2 slides over 2 x 3 pixels and fills a map of 2 x 2. Step 2: rows 0 to 0 and \
columns 1 to 2 give 0, at row 0, column 1 of the map. Image: 0 1 1 / 0 0 1. Kernel: -1 1. \
Map after step 2: 1 0.
    """
    pixels, weights = as_array(image, "the image"), as_array(kernel, "the kernel")
    if pixels.ndim != 2 or weights.ndim != 2 or max(pixels.shape) > MOST:
        raise WrongValueError(
            f"image and kernel must be 2-D, the image at most {MOST} x {MOST}, but got the shapes "
            f"{pixels.shape} and {weights.shape}. Cut out a patch, like gray[:8, :10]."
        )
    response = responses_of(pixels[None], weights[None])[0]
    if not 1 <= len(steps) <= MOST_STEPS:
        raise WrongValueError(f"one picture can show 1 to {MOST_STEPS} steps, but got {len(steps)}.")
    for step in steps:
        whole_number(step, "a step", 1, response.size, f" The map has {response.size} values.")
    texts = words.table(pixels), words.tables(weights[None])[0], words.table(response)
    room = layout.WIDTH - 2 * layout.MARGIN - (len(steps) + 1) * (GAP + EDGE)
    fitting = min(LARGEST, room // (weights.shape[1] + len(steps) * pixels.shape[1]))
    cells = [max(fitting, layout.cell_size(written)) for written in texts]
    left = (room - len(steps) * pixels.shape[1] * cells[0]) // weights.shape[1]
    cells[1] = max(LEAST, layout.cell_size(texts[1]), min(fitting, left))
    panel = layout.table_panel(weights, Scale.of([weights]), texts[1], cells[1])
    drawn, said = [layout.named(panel, ["kernel"])], []
    for step in steps:
        row, column = divmod(step - 1, response.shape[1])
        known = np.where(np.arange(response.size).reshape(response.shape) < step, texts[2], "").tolist()
        window = layout.table_panel(pixels, Scale.of_patch(pixels), texts[0], cells[0])
        window = window.plus(_frame((row, column, *weights.shape), cells[0]))
        filled = layout.table_panel(response, Scale.of([response]), known, cells[2], among=texts[2])
        for y, x in np.argwhere(np.array(known) == "").tolist():
            place = x * cells[2], y * cells[2], cells[2], cells[2]
            filled = filled.plus(rectangle(*place, LINES, fill=EMPTY))
        filled = filled.plus(_frame((row, column, 1, 1), cells[2]))
        above = layout.named(layout.counted(window, *pixels.shape), [f"step {step}"])
        name = f"map: {step} of {words.plural(response.size, 'value')}"
        drawn.append(layout.column([above, layout.named(layout.counted(filled, *response.shape), [name])]))
        bottom, right = row + weights.shape[0] - 1, column + weights.shape[1] - 1
        said.append(
            f"Step {step}: rows {row} to {bottom} and columns {column} to {right} give "
            f"{texts[2][row][column]}, at row {row}, column {column} of the map."
        )
    head = (
        f"A kernel of {words.by(weights.shape)} slides over {words.by(pixels.shape)} pixels "
        f"and fills a map of {words.by(response.shape)}."
    )
    said.append(f"Image: {words.slashed(texts[0])}. Kernel: {words.slashed(texts[1])}.")
    lines = [line for row in known if (line := [value for value in row if value])]
    said.append(f"Map after step {step}: {words.slashed(lines)}.")
    whole = words.titled(title, head, *said, words.trouble(response))
    return layout.page(layout.fitting(drawn, GAP), whole, title)


def _frame(box: tuple[int, ...], cell: int) -> str:
    """Draw a frame around cells, half of it inside, so that the numbers beside it stay legible."""
    row, column, height, width = (cell * part for part in box)
    place = column + 1, row + 1, width - 2, height - 2
    return rectangle(*place, "#000000", thick=3) + rectangle(*place, "#ff9900", thick=2)
