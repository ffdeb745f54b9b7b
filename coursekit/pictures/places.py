"""Where in a map something is, in words and in numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from coursekit.pictures.words import NOISE, Array

__all__ = ["peak", "place"]


def place(values: Array) -> str:
    """Name the part of a map, in a 3 x 3 grid, where its values are largest in magnitude on average.

    Args:
        values: `(H, W) ndarray`.

    >>> map_ = np.zeros((9, 9)); map_[7, 1] = -3.0
    >>> place(map_), place(np.ones((9, 9)))
    ('at the bottom left', 'everywhere alike')
    """
    magnitude = _magnitude(values)
    vertical = _THIRDS["top", "middle", "bottom"][min(len(magnitude), 3)]
    horizontal = _THIRDS["left", "centre", "right"][min(magnitude.shape[1], 3)]
    rows = np.array_split(magnitude, len(vertical), axis=0)
    means = np.array([[cell.mean() for cell in np.array_split(row, len(horizontal), axis=1)] for row in rows])
    if means.max() - means.min() <= 1e-3 * means.max():
        return "everywhere alike"
    # Of parts that are equal but for rounding, the first.
    row, column = divmod(int((means >= (1 - 1e-3) * means.max()).argmax()), len(horizontal))
    names = [name for name in (vertical[row], horizontal[column]) if name]
    return "at the centre" if names == ["middle", "centre"] else f"at the {' '.join(names)}"


_THIRDS = {
    names: {1: ("",), 2: (names[0], names[2]), 3: names}
    for names in (("top", "middle", "bottom"), ("left", "centre", "right"))
}


def peak(values: Array) -> tuple[int, int]:
    """Return row and column of the value that is largest in magnitude; of equals, the first.

    >>> peak(np.array([[0.0, 1.0], [-3.0, 3.0]]))
    (1, 0)
    """
    magnitude = _magnitude(values)
    row, column = divmod(int((magnitude >= 1 - 10 * NOISE).argmax()), magnitude.shape[1])
    return row, column


def _magnitude(values: Array) -> npt.NDArray[np.float64]:
    """The magnitudes as shares of the largest one; NaN and infinity count as 0."""
    magnitude = np.abs(np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0))
    shares: npt.NDArray[np.float64] = magnitude / (magnitude.max() or 1.0)
    return shares
