"""Reading what a caller hands over as an array of numbers, and making it smaller by averaging areas."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

__all__ = ["Colours", "FloatArray", "as_array", "averaged", "is_bytes", "is_image"]

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


def averaged(values: FloatArray, height: int, width: int) -> FloatArray:
    """Make an array `(H, W)` smaller: each new value is the mean of those that it stands for.

    Only where a NaN or an infinity lies the result is not finite either.

    >>> averaged(np.array([[0.0, 2.0], [4.0, 6.0]]), 1, 2)
    array([[2., 4.]], dtype=float32)
    """
    image = Image.fromarray(values.astype(np.float32, copy=False))
    return np.asarray(image.resize((width, height), Image.Resampling.BOX))
