"""Pictures of images: photographs, and patches small enough to write the numbers in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from coursekit.pictures.arrays import Colours, FloatArray, as_array, is_bytes, is_image, resample
from coursekit.pictures.grids import THIN
from coursekit.pictures.lettering import Heading
from coursekit.pictures.parts import Box, Part, beside, checked_box
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import NOT_A_NUMBER
from coursekit.pictures.sheet import Sheet, cell_size
from coursekit.pictures.words import number, range_words, table, titled, trouble

__all__ = ["image_words", "show_image", "to_colours"]

LARGEST = 640  # pixels of the screen; more only makes the notebook heavy
MOST_NUMBERS = 12  # rows or columns of cells with a number in each
MARGIN = 44  # pixels to the left, for the numbers of rows
FRAME = ((0, 0, 0), (255, 153, 0), (255, 153, 0))  # orange, seen on bright and dark
THREAD = ((255, 255, 255), (0, 0, 0))


def show_image(
    image: Any,
    *,
    title: str = "",
    values: bool | None = None,
    boxes: Iterable[Box] = (),
    detail: Box | None = None,
    corner: tuple[int, int] = (0, 0),
) -> Picture:
    """Show a photograph, or a patch of one, with its rows and columns counted along the edge.

    Args:
        image: `(H, W) or (H, W, 3)`, gray or RGB. Floats must lie in [0, 1]; uint8 stands for 0 to 255.
        title: A line above the image.
        values: Write the numbers into the pixels. Left out, this is done up to 12 x 12 pixels.
        boxes: Frames to draw around pixels, each `(row, column, height, width)`.
        detail: A part `(row, column, height, width)` that stands enlarged beside the image, with its frames.
        corner: Row and column from which pixels are counted: of a patch, where it was cut out.

    Returns:
        A picture; its words give size, range, mean of each channel and how the brightness is spread.

    Raises:
        TypeError: These are not real numbers.
        ValueError: The shape is none of the two, values lie outside their range, a frame or the detail leaves
            the image, or the numbers of more than 24 x 24 pixels are asked for.

    >>> import numpy as np
    >>> show_image(np.array([[0.0, 0.25], [0.5, 1.0]]), title="Four pixels")
    Four pixels. Gray image, 2 x 2 pixels (height x width). Values 0 to 1, mean 0.438. Mean of the top half \
0.125, bottom 0.750, left 0.250, right 0.625.
    """
    array = _as_image(image)
    height, width = array.shape[:2]
    frames = [checked_box(box, height, width, "the frame") for box in boxes]
    enlarged = None if detail is None else checked_box(detail, height, width, "the detail")
    with_numbers = max(height, width) <= MOST_NUMBERS if values is None else values
    if with_numbers and max(height, width) > 2 * MOST_NUMBERS:
        raise ValueError(
            f"the numbers of {height} x {width} pixels would not be legible. "
            f"Cut out a patch of at most {2 * MOST_NUMBERS} x {2 * MOST_NUMBERS}, like image[:8, :8]."
        )
    texts = _cell_texts(array) if with_numbers else []
    zoom = _zoom(height, width, texts)
    size = max(THIN, round(height * zoom)), max(THIN, round(width * zoom))
    parts = [Part((0, 0, height, width), MARGIN, size)]
    if enlarged:
        parts.append(beside(parts[0], enlarged))
    heading = Heading.fit(title, max(parts[-1].right + 24, 240 if title else 0), margin=MARGIN + 8)
    top = 24 + heading.height
    sheet = Sheet(heading.width, top + max(part.size[0] for part in parts) + 14)
    sheet.heading(heading, MARGIN)
    unit = array / 255 if is_bytes(image) else array
    for part in parts:
        row, column, tall, wide = part.box
        sheet.image(to_colours(unit[row : row + tall, column : column + wide], *part.size), part.left, top)
        sheet.frame(part.left, top, part.size[1], part.size[0])
        part.count(sheet, top, corner)
        for frame in frames:
            part.frame(sheet, top, frame, FRAME)
    if enlarged:
        parts[0].frame(sheet, top, enlarged, THREAD)
    if texts:
        sheet.numbers(texts, to_colours(image, height, width), MARGIN, top, int(zoom))
    marks = [_mark("A frame marks", frame, corner) + "." for frame in frames]
    if enlarged:
        marks.append(_mark("Enlarged beside it stand", enlarged, corner) + ".")
    return sheet.picture(titled(title, image_words(image), *marks))


def image_words(image: Any) -> str:
    """Say in words what an image holds: size, range, means, and how its brightness is spread."""
    array = _as_image(image)
    height, width = array.shape[:2]
    colour = array.ndim == 3
    kind = "Colour image" if colour else "Gray image"
    size = f"{height} x {width} pixels (height x width){', 3 channels' if colour else ''}"
    values = f"Values {range_words(array)}{' (uint8)' if is_bytes(image) else ''}"
    note = trouble(array)
    if not np.isfinite(array).all():
        return f"{kind}, {size}. {values}. {note}"
    if colour:
        names = ("red", "green", "blue")
        means = ", ".join(f"{n} {number(m, 3)}" for n, m in zip(names, array.mean(axis=(0, 1)), strict=True))
        values += f". Mean {means}"
    else:
        values += f", mean {number(array.mean(), 3)}"
    halves = {
        "top half": array[: (height + 1) // 2],
        "bottom": array[height // 2 :],
        "left": array[:, : (width + 1) // 2],
        "right": array[:, width // 2 :],
    }
    spread = ", ".join(f"{name} {number(half.mean(), 3)}" for name, half in halves.items())
    return " ".join(filter(None, [f"{kind}, {size}. {values}. Mean of the {spread}.", note]))


def to_colours(image: Any, height: int, width: int) -> Colours:
    """Bring an image to RGB, uint8, at a size in pixels. What is not finite becomes magenta."""
    array = _as_image(image)
    unit = array / 255 if is_bytes(image) else array
    planes = resample(np.atleast_3d(unit).transpose(2, 0, 1), height, width)
    finite = np.isfinite(planes).all(axis=0)
    whole = np.round(255 * np.clip(np.where(finite, planes, 0), 0, 1)).astype(np.uint8).transpose(1, 2, 0)
    colours = np.broadcast_to(whole, (height, width, 3)).copy()
    colours[~finite] = NOT_A_NUMBER
    return colours


def _as_image(image: Any) -> FloatArray:
    array = as_array(image, "the image")
    if array.ndim != 2 and not is_image(array):
        hint = (
            " Channels come last in an image: try image.transpose(1, 2, 0)."
            if array.shape[0] in (1, 3)
            else ""
        )
        raise ValueError(f"an image has the shape (H, W) or (H, W, 3), but this has {array.shape}.{hint}")
    finite = array[np.isfinite(array)]
    highest = 255.0 if is_bytes(image) else 1.0
    if finite.size and (finite.min() < -1e-3 or finite.max() > highest + 1e-3):
        raise ValueError(
            f"an image of {getattr(image, 'dtype', 'numbers')} must lie in 0 to {number(highest)}, "
            f"but runs from {range_words(array)}. "
            "Divide 0 to 255 by 255; for responses of a filter use show_feature_maps."
        )
    return array


def _cell_texts(array: FloatArray) -> list[list[str]]:
    planes = [table(plane) for plane in np.moveaxis(array, -1, 0)] if array.ndim == 3 else [table(array)]
    return [["\n".join(texts) for texts in zip(*rows, strict=True)] for rows in zip(*planes, strict=True)]


def _mark(verb: str, box: Box, corner: tuple[int, int]) -> str:
    row, column = box[0] + corner[0], box[1] + corner[1]
    return f"{verb} rows {row} to {row + box[2] - 1}, columns {column} to {column + box[3] - 1}"


def _zoom(height: int, width: int, texts: list[list[str]]) -> float:
    longest = max(height, width)
    if texts:
        return max(26, min(56, 440 // longest), cell_size(texts))
    if longest > LARGEST:
        return LARGEST / longest
    return max(1, 440 // longest)
