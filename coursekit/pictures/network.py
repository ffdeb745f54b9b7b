"""A drawing of a network: what goes in and what each layer makes of it, as a row of boxes."""

from collections.abc import Mapping, Sequence
from math import log2, prod
from typing import Any

from coursekit.errors import WrongTypeError, WrongValueError
from coursekit.pictures import layout
from coursekit.pictures.arrays import whole_number
from coursekit.pictures.picture import Picture
from coursekit.pictures.svg import INK, Block, one_line, rectangle, text, text_width
from coursekit.pictures.words import by, plural, titled

MOST, TALL, LOW = 20, 150, 10  # boxes; pixels: the height of the largest maps, and the least of any
THIN, DOUBLED = 6, 7  # pixels: the width of one channel, and what twice as many add
ARROW = 22
MAPS, NUMBERS = "#a6cef0", "#fdd0a2"
NOTE = "The height follows the side of the maps, the width how many there are."


def show_network(shapes: Mapping[str, Sequence[int]], *, title: str = "") -> Picture:
    """Show a network as a row of boxes with names and shapes: what goes in, and what each layer makes of it.

    Args:
        shapes: Name to shape, in order and without the batch axis: `(C, H, W)` for maps, `(n,)` for numbers.
        title: A line above the picture.

    Returns:
        A picture, in which the height of a box follows the side of its maps, and the width, compressed, their
        number; its words give every shape.

    Raises:
        TypeError: The shapes have no names, or a size is not a whole number.
        ValueError: There are no shapes or more than 20, or one has neither one axis nor three.

    >>> show_network({"input": (3, 32, 32), "conv1": (12, 28, 28), "linear": (5,)})
    A network: input 3 x 32 x 32, conv1 12 x 28 x 28, linear 5. 3072 numbers go in, 5 come out.
    """
    if not isinstance(shapes, Mapping):
        raise WrongTypeError("shapes must be names with shapes, like {'input': (3, 32, 32), 'linear': (5,)}.")
    if not 1 <= len(shapes) <= MOST:
        raise WrongValueError(f"one picture can show 1 to {MOST} shapes, but got {len(shapes)}.")
    read = {str(name): tuple(shape) for name, shape in shapes.items()}
    for name, shape in read.items():
        if len(shape) not in (1, 3):
            raise WrongValueError(
                f"the shape of {name} must be (C, H, W) or (n,), but got {shape}. Leave out the batch axis."
            )
        for size in shape:
            whole_number(size, f"each size of {name}", 1)
    largest = max(max(shape[1:], default=1) for shape in read.values())
    boxes = [_box(name, shape, largest) for name, shape in read.items()]
    arrow = Block(ARROW, TALL, text("→", ARROW / 2, TALL / 2, 18, anchor="middle"))
    steps = [boxes[0], *(layout.row([arrow, box], 0) for box in boxes[1:])]
    drawn = layout.fitting(steps, 0)
    first, last = (prod(shape) for shape in (next(iter(read.values())), [*read.values()][-1]))
    said = ", ".join(f"{name} {by(shape)}" for name, shape in read.items())
    words = f"A network: {said}. {plural(first, 'number')} go in, {last} come out."
    return layout.page(drawn, titled(title, words), title, NOTE)


def _box(name: str, shape: Any, largest: int) -> Block:
    """Draw the box of a layer in the middle of its height, and below it name and shape."""
    tall = max(LOW, TALL * max(shape[1:], default=1) / largest)
    wide = THIN + DOUBLED * log2(shape[0])
    lines = one_line(name, 110, layout.SMALL), by(shape)
    room = max(wide, *(text_width(line, layout.SMALL) for line in lines))
    fill = MAPS if len(shape) == 3 else NUMBERS
    svg = rectangle((room - wide) / 2, (TALL - tall) / 2, wide, tall, INK, fill=fill)
    for n, line in enumerate(lines):
        svg += text(line, room / 2, TALL + 12 + 16 * n, layout.SMALL, anchor="middle")
    return Block(room, TALL + 36, svg)
