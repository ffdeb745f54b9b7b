"""How large an output is, and which pixels one of its values has seen."""

import operator
from collections.abc import Iterable
from typing import NamedTuple, SupportsIndex, cast, overload

__all__ = ["Layer", "Pair", "ReceptiveField", "output_size", "pair", "receptive_field"]

Pair = int | tuple[int, int]
"""One number for both directions, or (vertical, horizontal)."""


def pair(name: str, value: Pair, *, least: int) -> tuple[int, int]:
    """A setting as (vertical, horizontal), checked.

    Args:
        name: what the setting is called, for the message.
        value: one whole number for both directions, or a pair of them.
        least: the smallest number that makes sense.

    Raises:
        TypeError: not a whole number, and not a pair of them.
        ValueError: a number below `least`.

    >>> pair("stride", 2, least=1)
    (2, 2)
    """
    numbers = tuple(value) if isinstance(value, tuple | list) else (value, value)
    try:
        vertical, horizontal = (operator.index(cast(SupportsIndex, number)) for number in numbers)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a whole number or a pair of them, got {value!r}.") from None
    if min(vertical, horizontal) < least:
        raise ValueError(f"{name} must be {least} or more, got {value!r}.")
    return vertical, horizontal


@overload
def output_size(
    size: int, kernel: int, *, stride: int = 1, padding: int = 0, dilation: int = 1, ceil_mode: bool = False
) -> int: ...


@overload
def output_size(
    size: tuple[int, int],
    kernel: Pair,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    ceil_mode: bool = False,
) -> tuple[int, int]: ...


def output_size(
    size: Pair,
    kernel: Pair,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    ceil_mode: bool = False,
) -> Pair:
    """How many values a conv or pooling layer gives along one direction, or along both.

    `floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1`: one value where the window first
    fits, and one more for every stride it can still move.

    Args:
        size: of the input, in pixels: one number, or `(height, width)`.
        kernel: of the window, in pixels.
        stride: pixels from one window to the next.
        padding: pixels added on each side.
        dilation: distance between neighbouring weights; 1 means that they touch.
        ceil_mode: keep a last window that only partly fits, as pooling layers can. It must begin before the
            padding at the end.

    Returns:
        A number if `size` is a number, `(height, width)` if it is a pair.

    Raises:
        TypeError: a setting that is no whole number.
        ValueError: a number that makes no sense, or a window larger than the padded input.

    >>> output_size(213, 4)
    210
    >>> output_size((210, 317), 2, stride=2)
    (105, 158)
    """
    sizes = pair("size", size, least=1)
    kernels = pair("kernel", kernel, least=1)
    strides = pair("stride", stride, least=1)
    paddings = pair("padding", padding, least=0)
    dilations = pair("dilation", dilation, least=1)

    def along(axis: int) -> int:
        step, pad = strides[axis], paddings[axis]
        window = dilations[axis] * (kernels[axis] - 1) + 1  # pixels from the first weight to the last
        room = sizes[axis] + 2 * pad - window  # how far the window can still move
        count = (room + (step - 1 if ceil_mode else 0)) // step + 1
        if ceil_mode and (count - 1) * step >= sizes[axis] + pad:
            count -= 1  # the last window would lie in the right padding only
        if count < 1:
            raise ValueError(
                f"a window of {window} pixels does not fit into {sizes[axis]} pixels with padding {pad}. "
                "Use a smaller kernel, more padding or a larger image."
            )
        return count

    return (along(0), along(1)) if isinstance(size, tuple | list) else along(0)


class Layer(NamedTuple):
    """What the receptive field depends on in a conv or pooling layer, in pixels of the layer's own input.

    >>> Layer(kernel=2, stride=2)
    Layer(kernel=2, stride=2, padding=0, dilation=1)
    """

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1


class ReceptiveField(NamedTuple):
    """Which input pixels a value after some layers has seen, along one direction.

    Attributes:
        size: width of the field in pixels.
        step: pixels between the fields of two neighbouring values.
        first_centre: middle of the first value's field; 0.0 is the middle of the first pixel. Padding
            makes it smaller.
    """

    size: int
    step: int
    first_centre: float

    def span(self, index: int) -> tuple[int, int]:
        """First and last pixel that value number `index` has seen; beyond the image's edge lies padding.

        >>> receptive_field([Layer(5), Layer(2, stride=2)]).span(3)
        (6, 11)
        """
        first = self.first_centre + index * self.step - (self.size - 1) / 2
        return int(first), int(first) + self.size - 1


def receptive_field(layers: Iterable[Layer | tuple[int, ...]]) -> ReceptiveField:
    """Which input pixels a value has seen after a chain of conv and pooling layers.

    Going through a layer, the field grows by `(kernel - 1) * dilation` steps, and then the steps become
    `stride` times as long. That is why pooling makes the layers after it see so much more.

    Args:
        layers: from the input on; `Layer(...)` or `(kernel, stride, padding, dilation)`. A pooling layer
            needs its stride written out. Layers without a window (ReLU, BatchNorm) are left out.

    Raises:
        TypeError: a setting that is no whole number, or too many of them.
        ValueError: a number that makes no sense, such as a stride of 0.

    >>> receptive_field([Layer(5), Layer(5), Layer(5)])
    ReceptiveField(size=13, step=1, first_centre=6.0)
    >>> conv, pool = Layer(3, padding=1), Layer(2, stride=2)
    >>> receptive_field(2 * ([conv] * 2 + [pool]) + 3 * ([conv] * 3 + [pool]))  # VGG16 up to its last pooling
    ReceptiveField(size=212, step=32, first_centre=15.5)

    Source of the idea: A. Araujo, W. Norris, J. Sim, "Computing receptive fields of convolutional neural
    networks", Distill, 2019.
    """
    size, step, first_centre = 1, 1, 0.0
    for layer in layers:
        kernel, stride, padding, dilation = Layer(*layer)
        for name, value, least in (
            ("kernel", kernel, 1),
            ("stride", stride, 1),
            ("padding", padding, 0),
            ("dilation", dilation, 1),
        ):
            pair(name, value, least=least)
        reach = (kernel - 1) * dilation
        size += reach * step
        first_centre += (reach / 2 - padding) * step
        step *= stride
    return ReceptiveField(size, step, first_centre)
