"""The arithmetic of a convolutional network in plain NumPy, written to be read.

Torch is fast and OpenCV is fast; this is the version in which you can follow every step. The tests compare
all three. First come the size of an output and the pixels that one of its values has seen, then sliding a
kernel over an image and merging several layers into one kernel, and then ReLU and pooling.
"""

import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any, NamedTuple, SupportsIndex, TypeVar, cast

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from coursekit.errors import WrongTypeError, WrongValueError

__all__ = [
    "Layer",
    "ReceptiveField",
    "avg_pool2d",
    "compose_kernels",
    "convolve2d",
    "cross_correlate2d",
    "max_pool2d",
    "output_size",
    "receptive_field",
    "relu",
]

Array = NDArray[np.floating[Any]]
Pair = int | tuple[int, int]
"""One number for both directions, or (vertical, horizontal)."""
Size = TypeVar("Size", int, tuple[int, int])


# Sizes and receptive fields


def output_size(
    size: Size,
    kernel: Pair,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    ceil_mode: bool = False,
) -> Size:
    """Compute how many values a conv or pooling layer gives along one direction, or along both.

    `floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1`: one value where the window first
    fits, and one more for each stride it can still move.

    Args:
        size: Size of the input in pixels: one number, or `(height, width)`.
        kernel: Size of the window in pixels.
        stride: Pixels from one window to the next.
        padding: Pixels added on each side.
        dilation: Distance between neighbouring weights; 1 means they are side by side.
        ceil_mode: Keep a last window that only partly fits, as pooling layers can. It must begin before the
            padding at the end.

    Returns:
        A number if `size` is a number, `(height, width)` if it is a pair.

    Raises:
        TypeError: A setting isn't a whole number.
        ValueError: A number makes no sense, the window is larger than the padded input, or the two directions
            differ, so that one number isn't enough.

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
            count -= 1  # the last window would be entirely in the padding at the end
        if count < 1:
            raise WrongValueError(
                f"a window of {window} pixels does not fit into {sizes[axis]} pixels with padding {pad}. "
                "Use a smaller kernel, more padding or a larger image."
            )
        return count

    both = along(0), along(1)
    return both if isinstance(size, tuple | list) else _one("output size", both)


class Layer(NamedTuple):
    """The settings of a conv or pooling layer that decide its receptive field, in pixels of its own input.

    A pair, as in `Layer(conv.kernel_size, conv.stride)`, will do if its two numbers are equal.

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
        size: Width of the field in pixels.
        step: Pixels between the fields of two neighbouring values.
        first_centre: Middle of the first value's field; 0.0 is the middle of the first pixel. Padding
            makes it smaller.
    """

    size: int
    step: int
    first_centre: float

    def span(self, index: int) -> tuple[int, int]:
        """Find the first and last pixel that value number `index` has seen; beyond the edge is padding.

        >>> receptive_field([Layer(5), Layer(2, stride=2)]).span(3)
        (6, 11)
        """
        first = self.first_centre + index * self.step - (self.size - 1) / 2
        return int(first), int(first) + self.size - 1


def receptive_field(layers: Iterable[Layer | tuple[Pair, ...]]) -> ReceptiveField:
    """Find which input pixels a value has seen after a chain of conv and pooling layers.

    At each layer the field grows by `(kernel - 1) * dilation` steps, and then the steps become `stride` times
    as long. That is why the layers after a pooling layer see so much more.

    Args:
        layers: In order from the input; `Layer(...)` or `(kernel, stride, padding, dilation)`. A pooling
            layer needs its stride written out. Leave out layers without a window (ReLU, BatchNorm).

    Raises:
        TypeError: A setting isn't a whole number, or there are too many of them.
        ValueError: A number makes no sense, such as a stride of 0, or the two numbers of a pair differ.

    Source of the idea: A. Araujo, W. Norris, J. Sim, "Computing receptive fields of convolutional neural
    networks", Distill, 2019.

    >>> receptive_field([Layer(5), (5, 1), ((5, 5), (1, 1))])
    ReceptiveField(size=13, step=1, first_centre=6.0)
    >>> conv, pool = Layer(3, padding=1), Layer(2, stride=2)
    >>> receptive_field(2 * ([conv] * 2 + [pool]) + 3 * ([conv] * 3 + [pool]))  # VGG16 up to its last pooling
    ReceptiveField(size=212, step=32, first_centre=15.5)
    """
    size, step, first_centre = 1, 1, 0.0
    for layer in layers:
        if not isinstance(layer, tuple | list) or not 1 <= len(layer) <= 4:
            raise WrongTypeError(
                f"a layer must be Layer(...) or (kernel, stride, padding, dilation), got {layer!r}."
            )
        settings = zip(Layer._fields, Layer(*cast(Layer, layer)), (1, 1, 0, 1), strict=True)
        kernel, stride, padding, dilation = (_one(*setting) for setting in settings)
        reach = (kernel - 1) * dilation
        size += reach * step
        first_centre += (reach / 2 - padding) * step
        step *= stride
    return ReceptiveField(size, step, first_centre)


# Convolution


def cross_correlate2d(
    image: ArrayLike, kernel: ArrayLike, *, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> Array:
    """Place the kernel at each position on the image, multiply weights by pixels, and add up the products.

    `out[y, x] = sum over i, j of kernel[i, j] * image[y * stride + i * dilation - padding,
    x * stride + j * dilation - padding]`, where the image is 0 beyond its edges. A conv layer computes this.

    Args:
        image: `(H, W)`, any range. Integers are converted first, so that nothing is cut off at 0 or 255.
        kernel: `(kh, kw)`.
        stride: Pixels from one place to the next; here and below, one number or (vertical, horizontal).
        padding: Rows and columns of zeros added on each side.
        dilation: Distance between neighbouring weights.

    Returns:
        The feature map `(H', W')`, with sizes from `output_size`; float32, or float64 if an input needs it,
        as float64 and wide integers do.

    Raises:
        TypeError: A setting isn't a whole number, or values aren't real numbers.
        ValueError: An input isn't 2-D, a setting makes no sense, or the kernel doesn't fit.

    >>> cross_correlate2d([[0, 0, 1, 1], [0, 0, 1, 1]], [[-1, 1]])
    array([[0., 1., 0.],
           [0., 1., 0.]])
    """
    image, kernel = _array("image", image, "(H, W)"), _array("kernel", kernel, "(kh, kw)")
    sizes = (image.shape[0], image.shape[1]), (kernel.shape[0], kernel.shape[1])
    height, width = output_size(*sizes, stride=stride, padding=padding, dilation=dilation)
    step_y, step_x = pair("stride", stride, least=1)
    pad_y, pad_x = pair("padding", padding, least=0)
    gap_y, gap_x = pair("dilation", dilation, least=1)

    padded = np.pad(image, ((pad_y, pad_y), (pad_x, pad_x)))
    total = np.zeros((height, width))  # float64: rounded once, at the end
    for i, j in np.ndindex(kernel.shape):
        top, left = i * gap_y, j * gap_x
        # Every pixel that comes under weight (i, j) as the kernel visits all its places, as one array.
        under = padded[top : top + height * step_y : step_y, left : left + width * step_x : step_x]
        total += kernel[i, j].astype(float) * under
    return total.astype(np.result_type(image, kernel, np.float32))


def convolve2d(
    image: ArrayLike, kernel: ArrayLike, *, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> Array:
    """Convolve as mathematicians define it: cross-correlation with the kernel turned by 180 degrees.

    Arguments, result and errors are the same as for `cross_correlate2d`.

    >>> convolve2d([[0, 0, 1, 1], [0, 0, 1, 1]], [[-1, 1]])
    array([[ 0., -1.,  0.],
           [ 0., -1.,  0.]])
    """
    kernel = _array("kernel", kernel, "(kh, kw)")
    return cross_correlate2d(image, kernel[::-1, ::-1], stride=stride, padding=padding, dilation=dilation)


def compose_kernels(*weights: ArrayLike) -> Array:
    """Compute the one kernel that does the work of several conv layers with nothing between them.

    Cross-correlating with a and then with b is the same as cross-correlating once with their full
    convolution, `c[m] = sum over i + j = m of a[i] * b[j]`, if stride and dilation are 1 and there is no
    padding and no ReLU in between.

    Args:
        *weights: In the order in which they are applied; all `(out, in, kh, kw)`, or all kernels `(kh, kw)`.

    Returns:
        `(last out, first in, KH, KW)`, or `(KH, KW)`; KH is the sum of all kh, minus 1 for each layer after
        the first.

    Raises:
        TypeError: Values aren't real numbers.
        ValueError: There are no weights, or their shapes or channels don't match.

    >>> compose_kernels([[1, 1]], [[1, 1]], [[1, 1]])
    array([[1., 3., 3., 1.]])
    >>> compose_kernels(np.ones((12, 3, 5, 5)), np.ones((24, 12, 5, 5)), np.ones((48, 24, 5, 5))).shape
    (48, 3, 13, 13)
    """
    if not weights:
        raise WrongValueError("compose_kernels needs at least one weight, got none.")
    if all(np.ndim(weight) == 2 for weight in weights):
        return reduce(_full_convolution, (_array("kernel", weight, "(kh, kw)") for weight in weights))
    return reduce(_compose_two, (_array("weight", weight, "(out, in, kh, kw)") for weight in weights))


def _full_convolution(first: Array, second: Array) -> Array:
    """Convolve two kernels wherever they overlap, not only where one fits inside the other."""
    return convolve2d(first, second, padding=(second.shape[0] - 1, second.shape[1] - 1))


def _compose_two(first: Array, second: Array) -> Array:
    if second.shape[1] != first.shape[0]:
        raise WrongValueError(
            f"a layer with {first.shape[0]} output channels is followed by one that reads {second.shape[1]}: "
            f"shapes {first.shape} and {second.shape}."
        )

    def between(source: int, target: int) -> Any:
        # Every path from an input channel to an output channel goes through one channel in the middle.
        return sum(_full_convolution(a[source], b) for a, b in zip(first, second[target], strict=True))

    sources = range(first.shape[1])
    return np.array([[between(source, target) for source in sources] for target in range(len(second))])


# ReLU and pooling


def relu(x: ArrayLike) -> NDArray[Any]:
    """Rectify: negative values become 0, all others stay the same. It clips; it doesn't scale.

    Args:
        x: Any shape, any range, real numbers.

    Returns:
        A new array of the same shape and dtype, with values of 0 or more.

    Raises:
        TypeError: Values aren't real numbers.

    >>> relu([-2.5, 0.0, 2.5])
    array([0. , 0. , 2.5])
    """
    array = _array("x", x, "(...)")
    return np.asarray(np.maximum(array, array.dtype.type(0)))


def max_pool2d(
    x: ArrayLike, size: Pair, *, stride: Pair | None = None, padding: Pair = 0, ceil_mode: bool = False
) -> Array:
    """Keep the largest value in each window: "was it seen anywhere here, and how strongly?".

    Args:
        x: `(..., H, W)`, any range: one map, or any stack of maps. Integers are converted to float.
        size: Size of the window: one number or (vertical, horizontal), like all settings here.
        stride: From one window to the next; the size if None, so that windows touch but don't overlap.
        padding: Rows and columns of minus infinity on each side, which never win; at most half the window.
        ceil_mode: Keep a last window that only partly fits. Without it, whatever is left over is dropped.

    Returns:
        `(..., H', W')`, with sizes from `output_size`; float32, or float64 if the input needs it.

    Raises:
        TypeError: A setting isn't a whole number, or values aren't real numbers.
        ValueError: There are fewer than two axes, a setting makes no sense, or the window doesn't fit.

    >>> max_pool2d([[1, 2, 5, 6, 9], [3, 4, 7, 8, 9]], 2)  # the fifth column is dropped
    array([[4., 8.]])
    """
    windows, _ = _windows(x, size, stride, padding, ceil_mode, fill=-np.inf)
    largest: Array = windows.max(axis=(-2, -1))
    return largest


def avg_pool2d(
    x: ArrayLike, size: Pair, *, stride: Pair | None = None, padding: Pair = 0, ceil_mode: bool = False
) -> Array:
    """Keep the mean of each window: "how much of it is here?".

    Arguments, result and errors are the same as for `max_pool2d`. Padding is zeros, which count in the mean,
    as in torch; anything that `ceil_mode` lets a window reach beyond the padding doesn't count.

    >>> avg_pool2d([[1, 2, 5, 6, 9], [3, 4, 7, 8, 9]], 2)
    array([[2.5, 6.5]])
    """
    windows, counts = _windows(x, size, stride, padding, ceil_mode, fill=0)
    mean: Array = windows.sum(axis=(-2, -1), dtype=float) / counts.sum(axis=(-2, -1))
    return mean.astype(windows.dtype)


def _windows(
    x: ArrayLike, size: Pair, stride: Pair | None, padding: Pair, ceil_mode: bool, *, fill: float
) -> tuple[Array, NDArray[np.bool_]]:
    """Cut out every window that pooling visits, `(..., H', W', kh, kw)`.

    The second array, `(H', W', kh, kw)`, says which values count in a mean: none beyond the padding.
    """
    maps = _array("x", x, "(..., H, W)")
    maps = maps.astype(np.result_type(maps, np.float32))
    height, width = maps.shape[-2:]
    window = pair("size", size, least=1)
    step_y, step_x = pair("stride", size if stride is None else stride, least=1)
    pad_y, pad_x = pair("padding", padding, least=0)
    if 2 * pad_y > window[0] or 2 * pad_x > window[1]:
        raise WrongValueError(
            f"padding must be at most half the size, got padding {padding!r} for size {size!r}."
        )
    rows, columns = output_size(
        (height, width), window, stride=(step_y, step_x), padding=(pad_y, pad_x), ceil_mode=ceil_mode
    )
    # How far the last window reaches beyond the padding. Without ceil_mode it doesn't.
    beyond_y = max(0, (rows - 1) * step_y + window[0] - (height + 2 * pad_y))
    beyond_x = max(0, (columns - 1) * step_x + window[1] - (width + 2 * pad_x))

    edges = [(0, 0)] * (maps.ndim - 2) + [(pad_y, pad_y + beyond_y), (pad_x, pad_x + beyond_x)]
    padded = np.pad(maps, edges, constant_values=fill)
    inside = np.ones((height + 2 * pad_y, width + 2 * pad_x), dtype=bool)
    counted = np.pad(inside, [(0, beyond_y), (0, beyond_x)])

    def cut(array: NDArray[Any]) -> NDArray[Any]:
        places = sliding_window_view(array, window, axis=(-2, -1))
        return places[..., ::step_y, ::step_x, :, :][..., :rows, :columns, :, :]

    return cut(padded), cut(counted)


# Checking what was passed in


def _array(name: str, value: ArrayLike, shape: str) -> Array:
    """Return the value as an array with the axes that `shape` names, filled with real numbers."""
    array = np.asarray(value)
    axes = shape.count(",") + 1
    fits = array.ndim >= axes - 1 if "..." in shape else array.ndim == axes
    if array.dtype.kind not in "buif":
        raise WrongTypeError(f"{name} must hold real numbers, got dtype {array.dtype}.")
    if not fits or array.size == 0:
        raise WrongValueError(f"{name} must have shape {shape} with no empty axis, got {array.shape}.")
    return array


def _one(name: str, value: Pair, least: int = 1) -> int:
    """Return a setting as one number for both directions."""
    vertical, horizontal = pair(name, value, least=least)
    if vertical != horizontal:
        raise WrongValueError(
            f"{name} differs between the two directions, got {value!r}. Ask for each separately."
        )
    return vertical


def pair(name: str, value: Pair, *, least: int) -> tuple[int, int]:
    """Return a setting as (vertical, horizontal), two whole numbers of at least `least`."""
    numbers = tuple(value) if isinstance(value, tuple | list) else (value, value)
    try:
        vertical, horizontal = (operator.index(cast(SupportsIndex, number)) for number in numbers)
    except (TypeError, ValueError):
        raise WrongTypeError(f"{name} must be a whole number or a pair of them, got {value!r}.") from None
    if min(vertical, horizontal) < least:
        raise WrongValueError(f"{name} must be {least} or more, got {value!r}.")
    return vertical, horizontal
