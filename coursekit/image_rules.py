"""What counts as an image in this course, and the messages for what does not.

An image is a float32 ndarray: (H, W, 3) in the order red, green, blue, or (H, W) when it is gray.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "ImageError", "checked_float", "checked_image", "checked_side"]

Array: TypeAlias = NDArray[np.float32]


class ImageError(ValueError):
    """A picture cannot be used. The message says what was expected, what came, and what to do."""


def checked_image(image: object, caller: str) -> Array:
    """Return a copy of an image as float32, C-contiguous.

    Args:
        image: (H, W) or (H, W, 3) float ndarray without NaN.
        caller: the function that the learner called, for the message.

    Raises:
        ImageError: if it is anything else.

    Example:
        >>> checked_image(np.zeros((2, 5)), "to_gray").dtype
        dtype('float32')
    """
    if not isinstance(image, np.ndarray):
        kind = type(image).__name__
        raise ImageError(f"{caller} expects an ndarray, and got {kind}. A tensor becomes one with to_image.")
    if image.size == 0 or not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)):
        raise ImageError(
            f"{caller} expects an image (H, W) or (H, W, 3), and got {image.shape}. {_hint(image.shape)}"
        )
    checked_float(image, caller)
    finite = np.isfinite(image)
    if not finite.all():
        count = image.size - int(finite.sum())
        raise ImageError(
            f"{caller} expects finite values, and {count} of {image.size} are NaN or infinite. "
            "Look for a division by zero before it."
        )
    return np.array(image, np.float32, order="C")


def checked_float(array: NDArray[Any], caller: str) -> None:
    """Refuse whole numbers: 255 could mean white, or 255 times white.

    Raises:
        ImageError: if the dtype is not a float.

    Example:
        >>> checked_float(np.zeros(3, np.uint8), "to_gray")
        Traceback (most recent call last):
        coursekit.image_rules.ImageError: to_gray expects float values, 0 for black and 1 for white, and got
            uint8. Divide by the largest possible value (array / 255), or use load_image.
    """
    if np.issubdtype(array.dtype, np.floating):
        return
    # Pictures of whole numbers reach to 255; only of uint16 it is common that they use all of it.
    largest = 65535 if array.dtype == np.uint16 else 255
    division = f" (array / {largest})" if array.dtype.kind in "iu" else ""
    raise ImageError(
        f"{caller} expects float values, 0 for black and 1 for white, and got {array.dtype}. "
        f"Divide by the largest possible value{division}, or use load_image."
    )


def checked_side(length: object, name: str) -> int:
    """Return a length in pixels.

    Raises:
        ImageError: if it is not a whole number, at least 1.

    Example:
        >>> checked_side(320, "max_side")
        320
    """
    if isinstance(length, bool) or not isinstance(length, (int, np.integer)) or length < 1:
        raise ImageError(f"{name} must be a whole number of pixels, at least 1, and it is {length!r}.")
    return int(length)


def _hint(shape: tuple[int, ...]) -> str:
    """Say what to do about a shape that is no image's."""
    if 0 in shape:
        return "It holds no pixels: look at the slice that made it."
    if len(shape) == 4 or (len(shape) == 3 and shape[0] in (1, 3)):
        return "The channels come first, as in torch: use to_image."
    if len(shape) == 3 and shape[2] == 1:
        return "Drop the last axis: image[..., 0]."
    if len(shape) == 3 and shape[2] == 4:
        return "It has an alpha channel: give the file to load_image, which lays it over white."
    return "Load it with load_image."
