"""Sliding a kernel over an image, a whole conv layer, and several layers as one kernel."""

from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursekit.reference.geometry import Pair, output_size, pair

__all__ = ["compose_kernels", "conv_layer", "convolve2d", "cross_correlate2d"]

Array = NDArray[np.floating[Any]]


def cross_correlate2d(
    image: ArrayLike, kernel: ArrayLike, *, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> Array:
    """Lay the kernel on every place of the image, multiply what lies on each other, add up.

    `out[y, x] = sum over i, j of kernel[i, j] * image[y * stride + i * dilation - padding,
    x * stride + j * dilation - padding]`, where the image is 0 beyond its edges. A conv layer computes this.

    Args:
        image: `(H, W)`, any range. Integers are converted first, so that nothing is cut off at 0 or 255.
        kernel: `(kh, kw)`.
        stride: pixels from one place to the next; here and below one number, or (vertical, horizontal).
        padding: rows and columns of zeros added on each side.
        dilation: distance between neighbouring weights.

    Returns:
        The feature map `(H', W')`, sizes as `output_size` says. float32, or float64 if an input needs it, as
        float64 and wide integers do.

    Raises:
        TypeError: a setting that is no whole number, or values that are no real numbers.
        ValueError: an input that is not 2-D, a setting that makes no sense, a kernel that does not fit.

    >>> cross_correlate2d([[0, 0, 1, 1], [0, 0, 1, 1]], [[-1, 1]])
    array([[0., 1., 0.],
           [0., 1., 0.]])
    """
    image, kernel = _array("image", image, "(H, W)"), _array("kernel", kernel, "(kh, kw)")
    height, width = output_size(
        (image.shape[0], image.shape[1]),
        (kernel.shape[0], kernel.shape[1]),
        stride=stride,
        padding=padding,
        dilation=dilation,
    )
    step_y, step_x = pair("stride", stride, least=1)
    pad_y, pad_x = pair("padding", padding, least=0)
    gap_y, gap_x = pair("dilation", dilation, least=1)

    padded = np.pad(image, ((pad_y, pad_y), (pad_x, pad_x)))
    total = np.zeros((height, width))  # float64: rounded once, at the end
    for i, j in np.ndindex(kernel.shape):
        top, left = i * gap_y, j * gap_x
        # Every pixel that lies under weight (i, j) while the kernel visits all its places, as one array.
        under = padded[top : top + height * step_y : step_y, left : left + width * step_x : step_x]
        total += kernel[i, j].astype(float) * under
    return total.astype(np.result_type(image, kernel, np.float32))


def convolve2d(
    image: ArrayLike, kernel: ArrayLike, *, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> Array:
    """Convolution as mathematics defines it: cross-correlation with the kernel turned by 180 degrees.

    Arguments, result and errors are those of `cross_correlate2d`.

    >>> convolve2d([[0, 0, 1, 1], [0, 0, 1, 1]], [[-1, 1]])
    array([[ 0., -1.,  0.],
           [ 0., -1.,  0.]])
    """
    kernel = _array("kernel", kernel, "(kh, kw)")
    return cross_correlate2d(image, kernel[::-1, ::-1], stride=stride, padding=padding, dilation=dilation)


def conv_layer(
    maps: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
) -> Array:
    """A conv layer: each filter has one kernel per input channel, and its answers are added up.

    Args:
        maps: `(in, H, W)`, an image or the feature maps of the layer before.
        weight: `(out, in, kh, kw)`.
        bias: `(out,)`, added to every value of a feature map; none if None.
        stride: as in `cross_correlate2d`.
        padding: as in `cross_correlate2d`.
        dilation: as in `cross_correlate2d`.

    Returns:
        Feature maps `(out, H', W')`.

    Raises:
        TypeError: as `cross_correlate2d`.
        ValueError: as `cross_correlate2d`; or channels that do not match.

    >>> conv_layer(np.ones((3, 5, 5)), np.ones((2, 3, 4, 4))).shape
    (2, 2, 2)
    """
    maps, weight = _array("maps", maps, "(in, H, W)"), _array("weight", weight, "(out, in, kh, kw)")
    offsets = np.zeros(len(weight), weight.dtype) if bias is None else _array("bias", bias, "(out,)")
    if len(maps) != weight.shape[1]:
        raise ValueError(f"the filters read {weight.shape[1]} channels, but the maps have {len(maps)}.")
    if len(offsets) != len(weight):
        raise ValueError(f"bias needs one number for each of the {len(weight)} filters, got {len(offsets)}.")

    def feature_map(kernels: Array, offset: Any) -> Array:
        answers = [
            cross_correlate2d(channel, kernel, stride=stride, padding=padding, dilation=dilation)
            for channel, kernel in zip(maps, kernels, strict=True)
        ]
        total: Array = np.sum(answers, axis=0) + offset
        return total

    return np.stack([feature_map(kernels, offset) for kernels, offset in zip(weight, offsets, strict=True)])


def compose_kernels(*weights: ArrayLike) -> Array:
    """The one kernel that does the work of several conv layers with nothing between them.

    Cross-correlating with a, then with b, is cross-correlating once with their full convolution
    `c[m] = sum over i + j = m of a[i] * b[j]`. It holds for stride 1, dilation 1, no
    padding and no ReLU between.

    Args:
        *weights: in the order in which they are applied; all `(out, in, kh, kw)`, or all kernels `(kh, kw)`.

    Returns:
        `(last out, first in, KH, KW)`, or `(KH, KW)`; KH is the sum of all kh, less 1 for each layer but the
        first.

    Raises:
        TypeError: values that are no real numbers.
        ValueError: no weights, other shapes, or channels that do not match.

    >>> compose_kernels([[1, 1]], [[1, 1]], [[1, 1]])
    array([[1., 3., 3., 1.]])
    >>> compose_kernels(np.ones((12, 3, 5, 5)), np.ones((24, 12, 5, 5)), np.ones((48, 24, 5, 5))).shape
    (48, 3, 13, 13)
    """
    if not weights:
        raise ValueError("compose_kernels needs at least one weight, got none.")
    if all(np.ndim(weight) == 2 for weight in weights):
        return reduce(_full_convolution, (_array("kernel", weight, "(kh, kw)") for weight in weights))
    return reduce(_compose_two, (_array("weight", weight, "(out, in, kh, kw)") for weight in weights))


def _full_convolution(first: Array, second: Array) -> Array:
    """The convolution of two kernels wherever they touch, not only where one lies inside the other."""
    return convolve2d(first, second, padding=(second.shape[0] - 1, second.shape[1] - 1))


def _compose_two(first: Array, second: Array) -> Array:
    if second.shape[1] != first.shape[0]:
        raise ValueError(
            f"a layer with {first.shape[0]} output channels is followed by one that reads {second.shape[1]}: "
            f"shapes {first.shape} and {second.shape}."
        )

    def between(source: int, target: int) -> Array:
        # Every way from an input channel to an output channel goes through one channel in the middle.
        ways = [_full_convolution(a[source], b) for a, b in zip(first, second[target], strict=True)]
        total: Array = np.sum(ways, axis=0)
        return total

    targets, sources = range(len(second)), range(first.shape[1])
    return np.stack([np.stack([between(source, target) for source in sources]) for target in targets])


def _array(name: str, value: ArrayLike, shape: str) -> Array:
    """The value as an array with as many axes as `shape` names, filled with real numbers."""
    array = np.asarray(value)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}.")
    if array.ndim != shape.strip("(),").count(",") + 1 or array.size == 0:
        raise ValueError(f"{name} must have shape {shape} with no empty axis, got {array.shape}.")
    return array
