"""ReLU, max pooling and average pooling: what stands between two conv layers."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from coursekit.reference.geometry import Pair, output_size, pair

__all__ = ["avg_pool2d", "max_pool2d", "relu"]

Array = NDArray[np.floating[Any]]


def relu(x: ArrayLike) -> NDArray[Any]:
    """Rectified linear unit: negative values become 0, all others stay. It clips; it does not scale.

    Args:
        x: any shape, any range, real numbers.

    Returns:
        A new array of the same shape and dtype, from 0.

    >>> relu([-2.5, 0.0, 2.5])
    array([0. , 0. , 2.5])
    """
    result: NDArray[Any] = np.maximum(x, 0)
    return result


def max_pool2d(
    x: ArrayLike, size: Pair, *, stride: Pair | None = None, padding: Pair = 0, ceil_mode: bool = False
) -> Array:
    """Keep the largest value of every window: "was it seen anywhere here, and how strongly?".

    Args:
        x: `(..., H, W)`, any range: one map, or any stack of maps. Integers are converted to float.
        size: of the window: one number, or (vertical, horizontal), as all settings here.
        stride: from one window to the next; the size if None, so that windows touch and do not overlap.
        padding: rows and columns of minus infinity on each side, which never win; at most half the window.
        ceil_mode: keep a last window that only partly fits. Without it, what is left over is dropped.

    Returns:
        `(..., H', W')`, sizes as `output_size` says; float32, or float64 if the input needs it.

    Raises:
        TypeError: a setting that is no whole number, or values that are no real numbers.
        ValueError: fewer than two axes, a setting that makes no sense, a window that does not fit.

    >>> max_pool2d([[1, 2, 5, 6, 9], [3, 4, 7, 8, 9]], 2)  # the fifth column is dropped
    array([[4., 8.]])
    """
    windows, _ = _windows(x, size, stride, padding, ceil_mode, fill=-np.inf)
    largest: Array = windows.max(axis=(-2, -1))
    return largest


def avg_pool2d(
    x: ArrayLike, size: Pair, *, stride: Pair | None = None, padding: Pair = 0, ceil_mode: bool = False
) -> Array:
    """Keep the mean of every window: "how much of it is here?".

    Arguments, result and errors are those of `max_pool2d`. Padding is zeros, and they count in the mean, as
    in torch; what `ceil_mode` lets a window reach beyond the padding does not count.

    >>> avg_pool2d([[1, 2, 5, 6, 9], [3, 4, 7, 8, 9]], 2)
    array([[2.5, 6.5]])
    """
    windows, counts = _windows(x, size, stride, padding, ceil_mode, fill=0)
    mean: Array = windows.sum(axis=(-2, -1), dtype=float) / counts.sum(axis=(-2, -1))
    return mean.astype(windows.dtype)


def _windows(
    x: ArrayLike, size: Pair, stride: Pair | None, padding: Pair, ceil_mode: bool, *, fill: float
) -> tuple[Array, NDArray[np.bool_]]:
    """Every window that pooling visits, and which of its values count in a mean.

    Returns:
        Windows `(..., H', W', kh, kw)`, and `(H', W', kh, kw)` bool: False beyond the padding.
    """
    maps = np.asarray(x)
    if maps.dtype.kind not in "buif":
        raise TypeError(f"x must hold real numbers, got dtype {maps.dtype}.")
    if maps.ndim < 2 or maps.size == 0:
        raise ValueError(f"x must have shape (..., H, W) with no empty axis, got {maps.shape}.")
    maps = maps.astype(np.result_type(maps, np.float32))
    height, width = maps.shape[-2:]
    window = pair("size", size, least=1)
    step_y, step_x = pair("stride", size if stride is None else stride, least=1)
    pad_y, pad_x = pair("padding", padding, least=0)
    if 2 * pad_y > window[0] or 2 * pad_x > window[1]:
        raise ValueError(f"padding must be at most half the size, got padding {padding!r} for size {size!r}.")
    rows, columns = output_size(
        (height, width), window, stride=(step_y, step_x), padding=(pad_y, pad_x), ceil_mode=ceil_mode
    )
    # What the last window needs beyond the padding. Without ceil_mode it needs nothing.
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
