"""Photographs as arrays: load, make gray, resize, and change between the layouts of OpenCV and of torch.

An image is a float32 ndarray: (H, W, 3) in the order red, green, blue, or (H, W) when it is gray. torch is
imported by ``to_tensor`` alone, when it is called, so that the first lessons start without it.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from coursekit.decoding import decode
from coursekit.image_rules import Array, ImageError, checked_float, checked_image, checked_side
from coursekit.locating import locate

if TYPE_CHECKING:
    import torch

__all__ = ["ImageError", "load_image", "resize", "to_gray", "to_image", "to_tensor"]

Source: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | NDArray[Any]"


def load_image(source: Source, *, mode: Literal["rgb", "gray"] = "rgb", max_side: int | None = None) -> Array:
    """Load a photograph as a new float32 array in [0, 1], upright, with transparent parts over white.

    JPEG, PNG, GIF (first frame), WebP, TIFF, BMP and AVIF are read; 16-bit files keep all 16 bits. The path
    may be written in any language, on any system. Values are used as they are stored, as a rule sRGB; an
    embedded colour profile is not applied.

    Args:
        source: the name of a sample (``"temple"``), a path, the bytes of a file (what an upload widget
            gives), or a float array (H, W) or (H, W, 3) in [0, 1]. For a file called temple: ``"./temple"``.
        mode: ``"rgb"`` for (H, W, 3), ``"gray"`` for (H, W).
        max_side: shrink so that neither side is longer than this; a smaller picture keeps its size.

    Returns:
        (H, W, 3) or (H, W) float32 ndarray in [0, 1], C-contiguous.

    Raises:
        ImageError: if the picture cannot be loaded. The message has the absolute path, what was wrong and
            what to do.

    Example:
        >>> load_image("temple").shape
        (426, 640, 3)
        >>> load_image("temple", mode="gray", max_side=320).shape
        (213, 320)
    """
    if mode not in ("rgb", "gray"):
        raise ImageError(
            f"mode must be 'rgb' or 'gray', and it is {mode!r}. For blue first: image[..., ::-1]."
        )
    if max_side is not None:
        checked_side(max_side, "max_side")
    image = _read(source)
    if mode == "gray":
        image = to_gray(image)
    elif image.ndim == 2:
        image = np.repeat(image[..., np.newaxis], 3, axis=2)
    if max_side is not None:
        image = resize(image, max_side=max_side)
    # A weighted mean of values up to 1 may be rounded to the next number above 1.
    return np.clip(image, 0, 1)


def to_gray(image: NDArray[Any]) -> Array:
    """Return the brightness of each pixel, 0.299 red + 0.587 green + 0.114 blue, as OpenCV computes it.

    Args:
        image: (H, W, 3) float ndarray, red first. A gray image (H, W) is copied.

    Returns:
        (H, W) float32 ndarray.

    Raises:
        ImageError: if the shape or dtype is another, or a value is not finite.

    Example:
        >>> red_green_blue = np.eye(3, dtype=np.float32).reshape(1, 3, 3)
        >>> to_gray(red_green_blue).round(3).tolist()
        [[0.29899999499320984, 0.5870000123977661, 0.11400000005960464]]
    """
    pixels = checked_image(image, "to_gray")
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.float32)


def resize(image: NDArray[Any], *, max_side: int | None = None, size: tuple[int, int] | None = None) -> Array:
    """Change the number of pixels. Give ``max_side`` or ``size``.

    Where it shrinks, a new pixel is the mean of the area that it covers, so that fine patterns fade instead
    of turning into false ones; where it enlarges, it interpolates linearly.

    Args:
        image: (H, W) or (H, W, 3) float ndarray.
        max_side: the longer side becomes this long, and the other follows. A smaller image is copied.
        size: (height, width), exactly, even if that stretches the picture.

    Returns:
        (h, w) or (h, w, 3) float32 ndarray.

    Raises:
        ImageError: if the image or the wanted size cannot be used.

    Example:
        >>> resize(np.array([[0, 1, 1, 1], [0, 1, 0, 0]], dtype=np.float32), max_side=2).tolist()
        [[0.5, 0.5]]
    """
    pixels = checked_image(image, "resize")
    if (max_side is None) == (size is None):
        raise ImageError("resize needs either max_side=320 or size=(height, width), and not both.")
    height, width = pixels.shape[:2]
    if max_side is not None:
        checked_side(max_side, "max_side")
        longest = max(height, width)
        side = min(max_side, longest)
        # Whole numbers, rounded half up: the same on every computer.
        new_height, new_width = ((2 * length * side + longest) // (2 * longest) for length in (height, width))
        wanted = (max(1, new_height), max(1, new_width))
    else:
        if not isinstance(size, (tuple, list)) or len(size) != 2:
            raise ImageError(f"size must be (height, width), and it is {size!r}.")
        wanted = (checked_side(size[0], "the height in size"), checked_side(size[1], "the width in size"))
    smaller = (min(height, wanted[0]), min(width, wanted[1]))
    for target, method in ((smaller, cv2.INTER_AREA), (wanted, cv2.INTER_LINEAR)):
        if pixels.shape[:2] != target:
            # OpenCV wants (width, height).
            pixels = np.asarray(cv2.resize(pixels, (target[1], target[0]), interpolation=method), np.float32)
    return pixels


def to_tensor(image: NDArray[Any]) -> torch.Tensor:
    """Copy an image into the layout of torch: channels before rows, and a batch of one.

    Args:
        image: (H, W, 3) or (H, W) float ndarray.

    Returns:
        (1, 3, H, W) or (1, 1, H, W) float32 tensor, contiguous, which shares no memory with the image.

    Raises:
        ImageError: if the shape or dtype is another, or a value is not finite.

    Example:
        >>> to_tensor(np.zeros((2, 5, 3), dtype=np.float32)).shape
        torch.Size([1, 3, 2, 5])
    """
    pixels = checked_image(image, "to_tensor")
    import torch

    channels = pixels[np.newaxis] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    return torch.from_numpy(np.ascontiguousarray(channels[np.newaxis]))


def to_image(tensor: torch.Tensor | NDArray[Any]) -> Array:
    """Copy a tensor of one picture into the layout of an image: the way back from ``to_tensor``.

    Values are not changed, so one map of a conv layer can be looked at too, negative values and all.

    Args:
        tensor: (1, C, H, W) or (C, H, W) float tensor or ndarray, with C = 3 or 1.

    Returns:
        (H, W, 3) or, for C = 1, (H, W) float32 ndarray, C-contiguous.

    Raises:
        ImageError: if the shape or dtype is another.

    Example:
        >>> to_image(np.zeros((1, 3, 2, 5), dtype=np.float32)).shape
        (2, 5, 3)
    """
    values: Any = tensor
    if hasattr(values, "detach"):
        # bfloat16 and the like have no counterpart in NumPy.
        values = values.detach().cpu()
        values = values.float().numpy() if values.is_floating_point() else values.numpy()
    if not isinstance(values, np.ndarray):
        raise ImageError(f"to_image expects a tensor or an ndarray, and got {type(tensor).__name__}.")
    checked_float(values, "to_image")
    if values.ndim == 4 and values.shape[0] != 1:
        raise ImageError(
            f"to_image expects one picture, and got a batch {values.shape}. Take one: tensor[0]."
        )
    channels = values[0] if values.ndim == 4 else values
    if channels.ndim != 3 or channels.shape[0] not in (1, 3) or channels.size == 0:
        already = values.ndim == 2 or (values.ndim == 3 and values.shape[2] == 3)
        hint = "It is an image already." if already else "Of many feature maps, take one: maps[:, :1]."
        raise ImageError(
            f"to_image expects (1, C, H, W) or (C, H, W) with C = 3 or 1, and got {values.shape}. {hint}"
        )
    pixels = channels[0] if channels.shape[0] == 1 else channels.transpose(1, 2, 0)
    return np.array(pixels, np.float32, order="C")


def _read(source: Source) -> Array:
    """Return a new array, gray or RGB, from whatever holds the picture."""
    if isinstance(source, np.ndarray):
        image = checked_image(source, "load_image")
        if image.min() < 0 or image.max() > 1:
            found = f"{image.min():.4g} to {image.max():.4g}"
            raise ImageError(
                f"load_image expects values from 0 to 1, and got an array with values from {found}. "
                "Divide it by its largest possible value, 255 for 8 bits."
            )
        return image
    if isinstance(source, (bytes, bytearray, memoryview)):
        content = bytes(source)
        return decode(io.BytesIO(content), f"the picture given as {len(content)} bytes")
    if not isinstance(source, (str, os.PathLike)):
        raise ImageError(
            "load_image expects the name of a sample, a path, the bytes of a file or an array, and got "
            f"{type(source).__name__}. Of an upload widget, give upload.value[0]['content']."
        )
    path = locate(source)
    try:
        with path.open("rb") as file:
            return decode(file, str(path))
    except PermissionError as error:
        raise ImageError(
            f"Cannot load {path}: you are not allowed to read it. Change its permissions, or ask its owner."
        ) from error
    except OSError as error:
        raise ImageError(
            f"Cannot load {path}: the system cannot read it ({error}). Copy it to another folder."
        ) from error
