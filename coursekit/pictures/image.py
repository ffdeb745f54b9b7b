"""Pictures of images: photographs, and patches small enough to write the numbers in."""

from collections.abc import Iterable, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from PIL import Image

from coursekit.errors import WrongValueError
from coursekit.pictures import layout
from coursekit.pictures.arrays import Colours, FloatArray, as_array, is_bytes, is_image
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import NOT_A_NUMBER
from coursekit.pictures.svg import Block, one_line, rectangle, text, text_width
from coursekit.pictures.words import extremes, number, panel_names, range_words, table, titled, trouble

LARGEST = 640  # pixels of the page
MOST_NUMBERS = 12  # rows or columns of cells with a number in each
# Of frames: apart for every colour blindness (Okabe and Ito), and bright, for photographs.
FRAMES = {"orange": "#ff9900", "blue": "#56b4e9", "yellow": "#f0e442", "pink": "#cc79a7", "green": "#009e73"}
FRAMES |= {"white": "#ffffff"}

Box = tuple[int, int, int, int]
Line = tuple[Box, str, int]  # around pixels, in a colour, so thick


def show_image(
    image: Any,
    *,
    title: str = "",
    values: bool | None = None,
    boxes: Iterable[Box] = (),
    labels: Sequence[str] = (),
    detail: Box | None = None,
    corner: tuple[int, int] = (0, 0),
) -> Picture:
    """Show a photograph, or a patch of one, with its rows and columns counted along the edge.

    Args:
        image: `(H, W) or (H, W, 3)`, gray or RGB. Floats must lie in [0, 1]; uint8 stands for 0 to 255.
        title: A line above the image.
        values: Write the numbers into the pixels. Left out, this is done up to 12 x 12 pixels.
        boxes: Frames to draw around pixels, each `(row, column, height, width)`; several differ in colour.
        labels: One name for each frame, written below the image beside its colour.
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
    Four pixels. Gray image, 2 x 2 pixels (height x width). Values 0 to 1, mean 0.438. Mean brightness: top \
0.125, bottom 0.750, left 0.250, right 0.625.
    """
    array = _as_image(image)
    height, width = array.shape[:2]

    def position(box: Box) -> str:
        top, left = box[0] + corner[0], box[1] + corner[1]
        return f"rows {top} to {top + box[2] - 1}, columns {left} to {left + box[3] - 1}"

    longest = max(height, width)
    frames = [_checked_box(box, height, width, "the frame") for box in boxes]
    called = panel_names(labels, len(frames), "frame") if len(labels) else [""] * len(frames)
    marked = [(*one, *ink) for one, ink in zip(zip(frames, called, strict=True), cycle(FRAMES.items()))]
    on_top = sorted(marked, key=lambda one: -one[0][2] * one[0][3])  # the small ones
    lines = [line for box, *_, ink in on_top for line in _two(box, ink)]
    marks = [
        f"{f'The {colour} frame' if len(frames) > 1 or name else 'A frame'}{name and f', {name},'} "
        f"marks {position(box)}."
        for box, name, colour, _ in marked
    ]
    zoom = LARGEST / longest if longest > LARGEST else max(1, 440 // longest)
    colours, written = as_colours(image), ""
    if longest <= MOST_NUMBERS if values is None else values:
        if longest > 2 * MOST_NUMBERS:
            raise WrongValueError(
                f"the numbers of {height} x {width} pixels would be too small to read. "
                f"Cut out a patch of at most {2 * MOST_NUMBERS} x {2 * MOST_NUMBERS}, like image[:8, :8]."
            )
        planes = [table(plane) for plane in np.moveaxis(np.atleast_3d(array), 2, 0)]
        texts = [["\n".join(cell) for cell in zip(*rows, strict=True)] for rows in zip(*planes, strict=True)]
        zoom = max(26, min(56, 440 // longest), layout.cell_size(texts))
        written = layout.numbers(texts, colours, zoom)
    around = list(lines)
    if detail is not None:
        detail = _checked_box(detail, height, width, "the detail")
        marks.append(f"Enlarged beside it: {position(detail)}.")
        around += [(detail, "#ffffff", 2), (detail, "#000000", 1)]
    drawn = _part(colours, (0, 0, height, width), zoom, corner, around, written)
    if detail is not None:
        # As high as the whole, or as wide as the page has room, less 56 pixels for the numbers at the edge.
        room = max(layout.WIDTH - 2 * layout.MARGIN - drawn.width - layout.GAP - 56, 200)
        larger = max(min(max(drawn.height - drawn.head, 200) / detail[2], room / detail[3]), 1)
        larger = int(larger) if larger >= 2 else larger
        drawn = layout.row([drawn, _part(colours, detail, larger, corner, lines)])
    if len(labels):
        entries = [_entry(name, ink) for _, name, _, ink in marked]
        drawn = layout.column([drawn, layout.fitting(entries, 14)], 10)
    return layout.page(drawn, titled(title, image_words(image), *marks), title)


def _two(box: Box, ink: str) -> tuple[Line, Line]:
    """The two lines of a frame: its colour with an edge in black, so that it is seen on every ground."""
    return (box, "#000000", 3), (box, ink, 2)


def _entry(name: str, ink: str) -> Block:
    """Draw a small frame in a colour, and what it stands for."""
    name = one_line(name, 300, layout.SMALL)
    frame = "".join(
        rectangle(3, 3, 11, 11, colour, thick=thick) for _, colour, thick in _two((0, 0, 0, 0), ink)
    )
    return Block(22 + text_width(name, layout.SMALL), 17, frame + text(name, 22, 8.5, layout.SMALL))


def image_words(image: Any) -> str:
    """Say in words what an image holds: size, range, means, and how its brightness is spread."""
    array = _as_image(image)
    height, width, *channels = array.shape
    kind, three = ("Colour image", ", 3 channels") if channels else ("Gray image", "")
    head = f"{kind}, {height} x {width} pixels (height x width){three}."
    values = f"Values {range_words(array)}{' (uint8)' if is_bytes(image) else ''}"
    if not np.isfinite(array).all():
        return f"{head} {values}. {trouble(array)}"
    if channels:
        means = zip(("red", "green", "blue"), mean_of(array, axis=(0, 1)), strict=True)
        values += f". Mean {', '.join(f'{name} {number(mean, 3)}' for name, mean in means)}"
    else:
        values += f", mean {number(mean_of(array), 3)}"
    halves = {"top": array[: (height + 1) // 2], "bottom": array[height // 2 :]}
    halves |= {"left": array[:, : (width + 1) // 2], "right": array[:, width // 2 :]}
    spread = ", ".join(f"{name} {number(mean_of(half), 3)}" for name, half in halves.items())
    return titled("", head, f"{values}. Mean brightness: {spread}.", trouble(array))


def mean_of(values: FloatArray, axis: tuple[int, int] | None = None) -> Any:
    """Average in float64: in single precision the third digit of a photograph's mean is wrong."""
    return values.mean(axis=axis, dtype=np.float64)


def image_panel(colours: Colours, height: int, width: int) -> Block:
    """Draw colours `(H, W, 3)` at a size in pixels of the page."""
    gray = (colours[..., :1] == colours).all()
    drawn = Image.fromarray(colours[..., 0] if gray else colours)
    if drawn.height > 2 * height or drawn.width > 2 * width:  # more than a screen of twice the density shows
        size = min(drawn.width, 2 * width), min(drawn.height, 2 * height)
        drawn = drawn.resize(size, Image.Resampling.BOX)
    return layout.framed(drawn, height, width, photograph=True)


def _part(
    colours: Colours, box: Box, zoom: float, corner: layout.Place, lines: list[Line], written: str = ""
) -> Block:
    """Draw a part of an image: its pixels, what is written in them, and the frames that lie in it."""
    top, left, height, width = box
    tall, wide = max(layout.THIN, round(zoom * height)), max(layout.THIN, round(zoom * width))
    panel = image_panel(colours[top : top + height, left : left + width], tall, wide).plus(written)
    down, across = tall / height, wide / width
    for frame, ink, thick in lines:
        y, x = frame[0] - top, frame[1] - left
        if min(y, x) >= 0 and y + frame[2] <= height and x + frame[3] <= width:
            place = x * across, y * down, frame[3] * across, frame[2] * down
            panel = panel.plus(rectangle(*place, ink, thick=thick))
    return layout.counted(panel, height, width, (corner[0] + top, corner[1] + left))


def as_colours(image: Any) -> Colours:
    """Bring an image to RGB, uint8. What is not finite becomes magenta."""
    array = _as_image(image)
    array = array if array.ndim == 3 else array[..., None].repeat(3, axis=2)
    finite = np.isfinite(array).all(axis=2)
    unit = np.nan_to_num(array / 255 if is_bytes(image) else array, posinf=0, neginf=0)
    colours: Colours = np.round(255 * np.clip(unit, 0, 1)).astype(np.uint8)
    colours[~finite] = NOT_A_NUMBER
    return colours


def _as_image(image: Any) -> FloatArray:
    array = as_array(image, "the image")
    if array.ndim != 2 and not is_image(array):
        turned = "image.permute(1, 2, 0)" if hasattr(image, "permute") else "image.transpose(1, 2, 0)"
        hint = f" Channels come last in an image: try {turned}." if array.shape[0] in (1, 3) else ""
        raise WrongValueError(f"an image has the shape (H, W) or (H, W, 3), but got {array.shape}.{hint}")
    low, high = extremes(array) or (0.0, 0.0)
    highest = 255.0 if is_bytes(image) else 1.0
    if low < -1e-3 or high > highest + 1e-3:
        raise WrongValueError(
            f"an image of {getattr(image, 'dtype', 'numbers')} must lie between 0 and {number(highest)}, "
            f"but its values are {range_words(array)}. "
            "Divide 0 to 255 by 255; for responses of a filter use show_feature_maps."
        )
    return array


def _checked_box(box: Any, height: int, width: int, what: str) -> Box:
    """Read a part of an image of a size; ValueError where it is none, or does not lie in the image."""
    try:
        top, left, tall, wide = map(int, box)
    except (TypeError, ValueError) as error:
        raise WrongValueError(
            f"{what} must be (row, column, height, width) in whole pixels, but got {box!r}."
        ) from error
    if tall < 1 or wide < 1 or top < 0 or left < 0 or top + tall > height or left + wide > width:
        raise WrongValueError(
            f"{what} (row {top}, column {left}, height {tall}, width {wide}) does not fit into an image "
            f"of {height} x {width} pixels."
        )
    return top, left, tall, wide
