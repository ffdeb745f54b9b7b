"""Reading what a caller hands over as an array of numbers, and bringing it to a size in pixels."""

from __future__ import annotations

from math import isfinite
from typing import Any, cast

import numpy as np
import numpy.typing as npt

__all__ = ["Colours", "FloatArray", "as_array", "is_bytes", "is_image", "resample"]

FloatArray = npt.NDArray[np.floating[Any]]
Colours = npt.NDArray[np.uint8]


def as_array(values: Any, name: str) -> FloatArray:
    """Read an array, a nested list or a torch tensor as numbers, without importing torch.

    Args:
        values: Real numbers of any shape; a tensor may have a gradient or lie on another device.
        name: What it is, for the messages.

    Returns:
        float32 or float64. Arrays of these two are not copied; whole numbers and bool become float64.

    Raises:
        TypeError: These are not real numbers.
        ValueError: There is nothing in it, or its rows differ in length.

    >>> as_array([[1, 2], [3, 4]], "the table").dtype
    dtype('float64')
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        # NumPy has no bfloat16.
        values = (values.float() if str(values.dtype) == "torch.bfloat16" else values).numpy()
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} must be a table whose rows have one length: {error}.") from error
    if array.dtype == bool or np.issubdtype(array.dtype, np.integer):
        array = array.astype(np.float64)
    if not np.issubdtype(array.dtype, np.floating):
        raise TypeError(
            f"{name} must hold real numbers, but is {type(values).__name__} with dtype {array.dtype}. "
            "Pass a NumPy array, a tensor or nested lists of numbers."
        )
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}. There is nothing to draw.")
    if array.dtype not in (np.float32, np.float64):  # sums of float16 soon overflow
        array = array.astype(np.float32 if array.dtype == np.float16 else np.float64)
    return array


def is_bytes(values: Any) -> bool:
    """Whether an array or a tensor holds uint8, which in an image runs from 0 to 255.

    >>> is_bytes(np.zeros(3, np.uint8)), is_bytes([0, 255])
    (True, False)
    """
    return str(getattr(values, "dtype", "")) in ("uint8", "torch.uint8")


def is_image(array: Any, least: int = 1) -> bool:
    """Whether an array has the shape of a colour image, `(H, W, 3)`, rather than of maps, `(C, H, W)`.

    Args:
        array: Anything with a shape.
        least: The smallest height and width that a colour image may have. Maps can be 3 wide, too, but small
            ones are: with 4 here, the shape `(4, 3, 3)` is four maps.
    """
    shape = np.shape(array)
    return len(shape) == 3 and shape[2] == 3 and min(shape[:2]) >= least


def resample(values: FloatArray, height: int, width: int) -> FloatArray:
    """Bring the last two axes to a size in pixels by averaging areas; whole-number zooms repeat pixels.

    Averaging is linear, so a sheet shows the mean of the values that a pixel covers, whatever the colours.
    A pixel that covers a NaN or an infinity becomes NaN, and nothing around it does.

    >>> resample(np.array([[0.0, 2.0], [4.0, 6.0]]), 1, 2)
    array([[2., 4.]], dtype=float32)
    """
    # float32 is quicker, but ends at 3e38 and, going down, at 1e-38.
    low, high = float(values.min()), float(values.max())
    values = values.astype(np.float32 if 1e-30 < max(high, -low) < 1e30 else np.float64, copy=False)
    if isfinite(low) and isfinite(high):
        return _averaged(values, height, width)
    finite = np.isfinite(values)
    mean = _averaged(np.where(finite, values, 0), height, width)
    return np.where(_averaged((~finite).astype(np.float32), height, width) > 1e-6, np.nan, mean)


def _averaged(values: FloatArray, height: int, width: int) -> FloatArray:
    # Rows first: they lie together in memory.
    return _averaged_along(_averaged_along(values, -2, height), -1, width)


def _averaged_along(values: FloatArray, axis: int, wanted: int) -> FloatArray:
    """Average over areas along one axis: a weighted sum of the few old pixels that each new pixel covers.

    A product with a matrix of weights would say the same in one line, but most of that matrix is zero.
    """
    size = values.shape[axis]
    if size == wanted:
        return values
    edges = np.linspace(0, size, wanted + 1)
    start, stop = edges[:-1], edges[1:]
    total: FloatArray | None = None
    for step in range(int(np.ceil(size / wanted)) + 1):
        old = np.floor(start + 1e-9).astype(np.intp) + step
        weights = np.clip(np.minimum(stop, old + 1) - np.maximum(start, old), 0, None) * wanted / size
        weights[weights < 1e-6] = 0
        if not weights.any():
            continue
        part = cast(FloatArray, np.take(values, np.minimum(old, size - 1), axis=axis))
        if total is None and np.allclose(weights, 1, rtol=0, atol=1e-9):
            return part  # every new pixel lies within one old pixel
        part *= weights.astype(values.dtype).reshape((-1,) + (1,) * (-1 - axis))
        total = part if total is None else total + part
    return values if total is None else total
