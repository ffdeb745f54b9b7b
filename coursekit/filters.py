"""Kernels and filter banks: the small arrays of weights that a conv layer slides over an image.

A kernel is one `(kh, kw)` array; a filter bank is `(n, kh, kw)`: n kernels, one per output channel. All are
float32, because conv layers refuse integer weights. Signs are for cross-correlation, which is what a conv
layer computes: a kernel responds with positive numbers where the image looks like the kernel.
"""

import difflib
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursekit.errors import WrongValueError

__all__ = ["BASE_KERNEL", "edge_bank", "kernel", "names", "random_bank", "roughness", "to_weight"]

Float32 = NDArray[np.float32]


def _constant(rows: ArrayLike, divisor: float = 1) -> Float32:
    """Make a float32 array that can't be changed by accident: the lessons share these constants."""
    array = (np.asarray(rows, dtype=np.float64) / divisor).astype(np.float32)
    array.flags.writeable = False
    return array


BASE_KERNEL = _constant([[-1, -1, 1, 1]] * 4)
"""`(4, 4)` float32, read-only: responds where a dark left side meets a bright right side."""

_KERNELS = {
    # Smoothing: the weights are positive and sum to 1, so brightness stays the same.
    "identity": _constant([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "box3": _constant(np.ones((3, 3)), 9),
    "box5": _constant(np.ones((5, 5)), 25),
    "gaussian3": _constant(np.outer([1, 2, 1], [1, 2, 1]), 16),
    "gaussian5": _constant(np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]), 256),
    # Details: the weights sum to 1, and the middle is pushed away from its neighbours.
    "sharpen": _constant([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "emboss": _constant([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    # Edges: the weights sum to 0, so plain areas give 0. _x compares left with right, _y top with bottom.
    "base": BASE_KERNEL,
    "prewitt_x": _constant(np.outer([1, 1, 1], [-1, 0, 1])),
    "prewitt_y": _constant(np.outer([-1, 0, 1], [1, 1, 1])),
    "sobel_x": _constant(np.outer([1, 2, 1], [-1, 0, 1])),
    "sobel_y": _constant(np.outer([-1, 0, 1], [1, 2, 1])),
    "scharr_x": _constant(np.outer([3, 10, 3], [-1, 0, 1])),
    "scharr_y": _constant(np.outer([-1, 0, 1], [3, 10, 3])),
    "diagonal_down": _constant([[0, 1, 2], [-1, 0, 1], [-2, -1, 0]]),  # an edge that runs like \
    "diagonal_up": _constant([[2, 1, 0], [1, 0, -1], [0, -1, -2]]),  # an edge that runs like /
    "laplacian": _constant([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    # Shapes: bright on dark. The weights sum to 0.
    "line_horizontal": _constant([[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]),
    "line_vertical": _constant([[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]]),
    "line_down": _constant([[2, -1, -1], [-1, 2, -1], [-1, -1, 2]]),  # a line that runs like \
    "line_up": _constant([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]),  # a line that runs like /
    "corner": _constant([[-4, -4, -4], [-4, 5, 5], [-4, 5, 5]]),  # the top left corner of a bright square
    "spot": _constant([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
}


def names() -> list[str]:
    """List the names that `kernel` knows.

    >>> names()[:5]
    ['identity', 'box3', 'box5', 'gaussian3', 'gaussian5']
    """
    return list(_KERNELS)


def kernel(name: str) -> Float32:
    """Return a well-known kernel by name.

    Args:
        name: One of `names()`.

    Returns:
        `(kh, kw)` float32; a new copy, so change it as you like.

    Raises:
        ValueError: There is no kernel with this name.

    >>> kernel("sobel_x")
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]], dtype=float32)
    """
    if name not in _KERNELS:
        near = difflib.get_close_matches(str(name).casefold(), _KERNELS, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise WrongValueError(f"no kernel is called {name!r}. {hint}There are: {', '.join(_KERNELS)}.")
    return _KERNELS[name].copy()


def edge_bank(kernel: ArrayLike | None = None) -> Float32:
    """Make four filters: the kernel, its negative, its transpose, and the negative of the transpose.

    Args:
        kernel: `(k, k)`, square because the bank contains its transpose too; `BASE_KERNEL` if None.

    Returns:
        `(4, k, k)` float32.

    Raises:
        ValueError: The kernel is not a square 2-D array.

    >>> bank = edge_bank()
    >>> bank.shape
    (4, 4, 4)
    >>> bank[2]
    array([[-1., -1., -1., -1.],
           [-1., -1., -1., -1.],
           [ 1.,  1.,  1.,  1.],
           [ 1.,  1.,  1.,  1.]], dtype=float32)
    """
    base = np.asarray(BASE_KERNEL if kernel is None else kernel, dtype=np.float32)
    if base.ndim != 2 or base.shape[0] != base.shape[1] or base.size == 0:
        raise WrongValueError(
            f"edge_bank needs a square kernel (k, k), got shape {base.shape}. "
            "A kernel and its transpose fit into one bank only if both have the same shape."
        )
    negative = 0 - base  # -base would print its zeros as -0.
    return np.stack([base, negative, base.T, negative.T])


def to_weight(bank: ArrayLike) -> Float32:
    """Turn a kernel or a bank into the weight of a conv layer that reads one channel.

    Integers become float32 too: torch refuses to convolve a float image with integer weights.

    Args:
        bank: `(n, kh, kw)`, or one kernel `(kh, kw)`.

    Returns:
        `(n, 1, kh, kw)` float32, a copy: (output channels, input channels, kernel height, kernel width).

    Raises:
        ValueError: The bank has the wrong number of axes, or is empty.

    >>> to_weight(edge_bank()).shape
    (4, 1, 4, 4)
    >>> to_weight([[1, 0], [0, -1]]).dtype
    dtype('float32')
    """
    array = np.array(bank, dtype=np.float32)
    if array.ndim not in (2, 3) or array.size == 0:
        already = " This is a conv weight already." if array.ndim == 4 else ""
        raise WrongValueError(
            f"to_weight needs a bank (n, kh, kw) or a kernel (kh, kw), got shape {array.shape}.{already}"
        )
    return array.reshape(-1, 1, *array.shape[-2:])


def random_bank(shape: tuple[int, ...], *, seed: int = 0) -> Float32:
    """Draw random filters from the range in which torch draws the initial weights of a conv layer.

    Args:
        shape: `(n, kh, kw)` for a bank, `(out, in, kh, kw)` for a conv weight.
        seed: The same seed gives the same filters.

    Returns:
        float32 of that shape, uniform between -b and b, where b is 1 / sqrt(weights in one filter).

    Raises:
        ValueError: The shape has the wrong number of axes, or a size below 1.

    >>> random_bank((4, 3, 3)).shape
    (4, 3, 3)
    >>> bool(abs(random_bank((12, 3, 5, 5), seed=1)).max() <= 1 / (3 * 5 * 5) ** 0.5)
    True
    """
    if len(shape) not in (3, 4) or min(shape) < 1:
        raise WrongValueError(
            f"random_bank needs a shape (n, kh, kw) or (out, in, kh, kw), sizes of 1 or more, got {shape}."
        )
    bound = 1 / math.sqrt(math.prod(shape[1:]))
    return np.random.default_rng(seed).uniform(-bound, bound, shape).astype(np.float32)


def roughness(filters: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Measure how much each filter changes from one weight to the next.

    The mean squared difference between neighbours across, plus that between neighbours down, over twice the
    mean square. A filter of one colour gives 0, an edge about 1, independent random weights about 2, and a
    checkerboard 4. Scaling the weights changes nothing.

    Args:
        filters: `(out, in, kh, kw)`, kh and kw at least 2.

    Returns:
        `(out,)` float64, 0 or more.

    Raises:
        ValueError: The shape is wrong, or a filter is all zero.

    >>> edge = np.array([[1.0, 1, 1], [0, 0, 0], [-1, -1, -1]])
    >>> roughness(np.stack([edge, np.ones((3, 3))])[:, None]).tolist()
    [0.75, 0.0]
    """
    if filters.ndim != 4 or min(filters.shape[2:]) < 2:
        raise WrongValueError(
            f"expected filters (out, in, kh, kw) with kh and kw at least 2, got {filters.shape}"
        )
    weights = filters.astype(np.float64)
    energy = np.square(weights).mean(axis=(1, 2, 3))
    if not energy.all():
        raise WrongValueError(
            f"filter {int(np.argmin(energy))} is all zero, so it is neither smooth nor rough"
        )
    across = np.square(np.diff(weights, axis=3)).mean(axis=(1, 2, 3))
    down = np.square(np.diff(weights, axis=2)).mean(axis=(1, 2, 3))
    ratio: NDArray[np.float64] = (across + down) / (2 * energy)
    return ratio
