"""What the pooling explorer pools: a piece of the photograph or of its feature map."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursekit.explorers.base import Float32
from coursekit.explorers.filter import as_kernel
from coursekit.explorers.pool_settings import MOST_SHIFT, SMALLEST, Settings
from coursekit.images import ImageError
from coursekit.reference import avg_pool2d, cross_correlate2d, max_pool2d, relu

__all__ = ["checked_kernel", "piece_of", "pooled", "whole_of"]


def checked_kernel(kernel: str | ArrayLike, image: Float32) -> Float32:
    """Return the kernel (kh, kw) that makes the feature map, or say why it makes none that can be pooled.

    Args:
        kernel: A name or an array.
        image: (H, W), what it filters.

    Raises:
        ImageError: The map is smaller than the smallest window and the largest shift.
        TypeError: Not numbers.
        ValueError: Another shape, NaN or infinity, or a name that does not exist.

    >>> checked_kernel("box3", np.zeros((8, 8), np.float32)).shape
    (3, 3)
    """
    weights = as_kernel(kernel, least=2, most=7, explorer="PoolExplorer")
    height, width = (side - weight + 1 for side, weight in zip(image.shape, weights.shape, strict=True))
    if min(height, width) < SMALLEST + MOST_SHIFT:
        raise ImageError(
            f"PoolExplorer: {image.shape[0]} x {image.shape[1]} pixels and a kernel of {weights.shape[0]} x "
            f"{weights.shape[1]} give a map of {height} x {width} values, and the smallest window "
            f"with the largest shift needs {SMALLEST + MOST_SHIFT} x {SMALLEST + MOST_SHIFT}. Pass a larger "
            "photograph or a smaller kernel."
        )
    return weights


def whole_of(image: Float32, kernel: Float32, settings: Settings) -> Float32:
    """All of what can be pooled, float32: the photograph (H, W), or the feature map.

    >>> settings = Settings("map", "max", 2, None, False, (0, 0))
    >>> whole_of(np.ones((9, 9), np.float32), np.ones((2, 2), np.float32), settings).shape
    (8, 8)
    """
    if settings.source == "photograph":
        return image
    return relu(cross_correlate2d(image, kernel)).astype(np.float32)


def piece_of(image: Float32, kernel: Float32, settings: Settings) -> Float32:
    """What is pooled, float32: all but 3 rows and columns of it, moved by the shift.

    >>> settings = Settings("photograph", "max", 2, None, False, (0, 1))
    >>> piece_of(np.eye(5, dtype=np.float32), np.ones((2, 2), np.float32), settings).tolist()
    [[0.0, 0.0], [1.0, 0.0]]
    """
    whole_map = whole_of(image, kernel, settings)
    height, width = whole_map.shape
    down, right = settings.shift
    return whole_map[down : down + height - MOST_SHIFT, right : right + width - MOST_SHIFT]


def pooled(piece: Float32, settings: Settings) -> Float32:
    """Pool a piece (H, W), or say in a ValueError what does not fit.

    >>> settings = Settings("photograph", "max", 2, None, False, (0, 0))
    >>> pooled(np.eye(4, dtype=np.float32), settings).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    rule = max_pool2d if settings.kind == "max" else avg_pool2d
    try:
        output = rule(piece, settings.size, stride=settings.stride, ceil_mode=settings.ceil)
    except ValueError as error:  # the settings are checked, so only the fit is left
        raise ValueError(
            f"PoolExplorer: a window of {settings.size} x {settings.size} does not fit into "
            f"{piece.shape[0]} x {piece.shape[1]} values. Use a smaller window or a larger photograph."
        ) from error
    return output.astype(np.float32)
