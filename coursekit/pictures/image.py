"""Pictures of images: photographs, and patches small enough to write the numbers in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from PIL import Image

from coursekit.pictures.arrays import Colours, FloatArray, as_array, is_bytes, is_image
from coursekit.pictures.layout import (
    GAP,
    MARGIN,
    THIN,
    WIDTH,
    cell_size,
    counted,
    framed,
    numbers,
    page,
    row,
)
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import NOT_A_NUMBER
from coursekit.pictures.svg import Block, bitmap, rectangle
from coursekit.pictures.words import number, range_words, table, titled, trouble

__all__ = ["image_panel", "image_words", "show_image"]

LARGEST = 640  # pixels of the page
MOST_NUMBERS = 12  # rows or columns of cells with a number in each

Box = tuple[int, int, int, int]


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
    frames = [_checked_box(box, height, width, "the frame") for box in boxes]
    enlarged = None if detail is None else _checked_box(detail, height, width, "the detail")
    with_numbers = max(height, width) <= MOST_NUMBERS if values is None else values
    if with_numbers and max(height, width) > 2 * MOST_NUMBERS:
        raise ValueError(
            f"the numbers of {height} x {width} pixels would not be legible. "
            f"Cut out a patch of at most {2 * MOST_NUMBERS} x {2 * MOST_NUMBERS}, like image[:8, :8]."
        )
    texts = _cell_texts(array) if with_numbers else []
    zoom = _zoom(height, width, texts)
    colours = _colours(image)
    written = numbers(texts, colours, zoom) if texts else ""
    parts = [_part(colours, (0, 0, height, width), zoom, corner, frames, enlarged, written)]
    if enlarged:
        parts.append(_part(colours, enlarged, _enlarging(parts[0], enlarged), corner, frames))
    marks = [_mark("A frame marks", frame, corner) + "." for frame in frames]
    if enlarged:
        marks.append(_mark("Enlarged beside it stand", enlarged, corner) + ".")
    return page(row(parts), titled(title, image_words(image), *marks), title)


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
        means = array.mean(axis=(0, 1))
        values += f". Mean {', '.join(f'{n} {number(m, 3)}' for n, m in zip(names, means, strict=True))}"
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


def image_panel(image: Any, height: int, width: int) -> Block:
    """Draw an image `(H, W) or (H, W, 3)` at a size in pixels of the page."""
    return _panel(_colours(image), height, width)


def _panel(colours: Colours, height: int, width: int) -> Block:
    drawn: Image.Image = bitmap(colours)
    if drawn.height > 2 * height or drawn.width > 2 * width:  # more than a screen of twice the density shows
        size = min(drawn.width, 2 * width), min(drawn.height, 2 * height)
        drawn = drawn.resize(size, Image.Resampling.BOX)
    return framed(drawn, height, width, photograph=True)


def _part(
    colours: Colours,
    box: Box,
    zoom: float,
    corner: tuple[int, int],
    frames: Iterable[Box],
    enlarged: Box | None = None,
    written: str = "",
) -> Block:
    """Draw a part of an image: its pixels, what is written in them, and the frames that lie in it."""
    top, left, height, width = box
    size = max(THIN, round(zoom * height)), max(THIN, round(zoom * width))
    panel = _panel(colours[top : top + height, left : left + width], *size)
    svg = panel.svg + written
    for frame in frames:  # orange and black are seen on bright and dark; what is framed stays visible
        svg += _frame(frame, box, size, "#000000", 3) + _frame(frame, box, size, "#ff9900", 2)
    if enlarged:
        svg += _frame(enlarged, box, size, "#ffffff", 2) + _frame(enlarged, box, size, "#000000", 1)
    first = corner[0] + top, corner[1] + left
    return counted(Block(panel.width, panel.height, svg), height, width, first)


def _frame(frame: Box, box: Box, size: tuple[int, int], stroke: str, thick: int) -> str:
    """Draw a line around pixels that lie in a part of the image, which has a size on the page."""
    row_, column, height, width = frame[0] - box[0], frame[1] - box[1], frame[2], frame[3]
    if min(row_, column) < 0 or row_ + height > box[2] or column + width > box[3]:
        return ""
    down, across = size[0] / box[2], size[1] / box[3]
    place = column * across, row_ * down, width * across, height * down
    return rectangle(*place, stroke=stroke, thick=thick)


def _enlarging(whole: Block, detail: Box) -> float:
    """The zoom that makes a part as high as the whole, or as wide as the page has room."""
    # 56 pixels for the numbers of rows and columns.
    room = max(WIDTH - 2 * MARGIN - whole.width - GAP - 56, 200)
    zoom = max(min(max(whole.height - whole.head, 200) / detail[2], room / detail[3]), 1)
    return int(zoom) if zoom >= 2 else zoom


def _colours(image: Any) -> Colours:
    """Bring an image to RGB, uint8. What is not finite becomes magenta."""
    array = _as_image(image)
    unit = array / 255 if is_bytes(image) else array
    finite = np.isfinite(unit) if unit.ndim == 2 else np.isfinite(unit).all(axis=2)
    known = unit if finite.all() else np.nan_to_num(unit, posinf=0, neginf=0)
    levels = np.round(255 * np.clip(known, 0, 1)).astype(np.uint8)
    colours: Colours = levels if levels.ndim == 3 else levels[..., None].repeat(3, axis=2)
    colours[~finite] = NOT_A_NUMBER
    return colours


def _as_image(image: Any) -> FloatArray:
    array = as_array(image, "the image")
    if array.ndim != 2 and not is_image(array):
        turned = "image.permute(1, 2, 0)" if hasattr(image, "permute") else "image.transpose(1, 2, 0)"
        hint = f" Channels come last in an image: try {turned}." if array.shape[0] in (1, 3) else ""
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


def _checked_box(box: Any, height: int, width: int, what: str) -> Box:
    """Read a part of an image of a size.

    Raises:
        ValueError: It is not four whole numbers, or does not lie in the image.
    """
    try:
        top, left, tall, wide = map(int, box)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{what} must be (row, column, height, width) in whole pixels, but is {box!r}."
        ) from error
    if tall < 1 or wide < 1 or top < 0 or left < 0 or top + tall > height or left + wide > width:
        raise ValueError(
            f"{what} (row {top}, column {left}, height {tall}, width {wide}) does not lie in an image "
            f"of {height} x {width} pixels."
        )
    return top, left, tall, wide


def _cell_texts(array: FloatArray) -> list[list[str]]:
    planes = [table(plane) for plane in np.moveaxis(array, -1, 0)] if array.ndim == 3 else [table(array)]
    return [["\n".join(texts) for texts in zip(*rows, strict=True)] for rows in zip(*planes, strict=True)]


def _mark(verb: str, box: Box, corner: tuple[int, int]) -> str:
    top, left = box[0] + corner[0], box[1] + corner[1]
    return f"{verb} rows {top} to {top + box[2] - 1}, columns {left} to {left + box[3] - 1}"


def _zoom(height: int, width: int, texts: list[list[str]]) -> float:
    longest = max(height, width)
    if texts:
        return max(26, min(56, 440 // longest), cell_size(texts))
    if longest > LARGEST:
        return LARGEST / longest
    return max(1, 440 // longest)
