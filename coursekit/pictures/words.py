"""Numbers and arrays in words, rounded so that another processor prints the same text."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "mean_words",
    "number",
    "peak",
    "place",
    "plural",
    "range_words",
    "sentence",
    "share",
    "table",
    "trouble",
]

Array = npt.NDArray[Any]
Ends = tuple[float, float]

# What is smaller than this share of the largest value is rounding noise, and differs between processors.
NOISE = 1e-6


def number(value: float, figures: int = 2, *, reach: float = 0.0) -> str:
    """Write a number with few significant figures, whole numbers whole.

    Args:
        value: Any real number.
        figures: How many significant figures to keep.
        reach: The largest magnitude among the values this one belongs to; a millionth of it is written 0.

    >>> number(0.41872), number(-5.6549), number(20.0), number(1234.5), number(0.0)
    ('0.42', '-5.7', '20', '1200', '0')
    >>> number(1e30), number(-2.5e-12), number(-2.5e-12, reach=1.0)
    ('1e30', '-2.5e-12', '0')
    """
    value = float(value)
    if not isfinite(value):
        return str(value)
    size = abs(value)
    if size <= NOISE * reach or size == 0:
        return "0"
    if size >= 1e7 or size < 1e-6:
        return _scientific(value, figures)
    if abs(value - round(value)) < 1e-6 * max(1.0, size):
        return str(round(value))
    digits = figures - 1 - floor(log10(size))
    rounded = round(value, digits)
    return f"{rounded:.{digits}f}" if digits > 0 else str(int(rounded))


def share(part: float) -> str:
    """Write a share of one as whole per cent; a little is never called none.

    >>> share(0.482), share(0.0), share(0.001), share(0.9996), share(1.0)
    ('48 %', '0 %', 'under 1 %', 'over 99 %', '100 %')
    """
    if 0 < part < 0.01:
        return "under 1 %"
    if 0.99 < part < 1:
        return "over 99 %"
    return f"{round(100 * part)} %"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun.

    >>> plural(1, "feature map"), plural(4, "feature map")
    ('1 feature map', '4 feature maps')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def titled(title: str, *sentences: str) -> str:
    """Put a title before sentences, and leave out what is empty.

    >>> titled("A cat", "Gray image.", "")
    'A cat. Gray image.'
    """
    return " ".join(filter(None, [title and f"{title}.", *sentences]))


def sentence(name: str) -> str:
    """Write a name as the beginning of a sentence."""
    return name[:1].upper() + name[1:]


def extremes(values: Array) -> Ends | None:
    """Return the smallest and the largest finite value, or None where there is none."""
    ends = finite_ends(values)
    if ends is not None:
        return ends
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else None


def finite_ends(values: Array) -> Ends | None:
    """Return the smallest and the largest value where all are finite, else None.

    Functions that take such ends go over a large array once less.
    """
    low, high = float(values.min()), float(values.max())
    return (low, high) if isfinite(low) and isfinite(high) else None


def is_constant(values: Array) -> bool:
    """Whether all values are finite and one and the same but for rounding noise."""
    ends = finite_ends(values)
    return ends is not None and _alike(*ends)


def range_words(values: Array, ends: Ends | None = None) -> str:
    """Say from where to where the finite values of an array run, with as many figures as tell the two apart.

    >>> range_words(np.array([0.0, 0.25, 1.0])), range_words(np.zeros(3)), range_words(np.array([.51, .514]))
    ('0 to 1', '0 everywhere', '0.510 to 0.514')
    """
    ends = ends or extremes(values)
    if ends is None:
        return "no finite value"
    low, high = ends
    reach = max(abs(low), abs(high))
    if not _alike(low, high):
        for figures in range(2, 8):
            written = number(low, figures, reach=reach), number(high, figures, reach=reach)
            if written[0] != written[1]:
                return f"{written[0]} to {written[1]}"
    return f"{number(low)} everywhere"


def mean_words(values: Array) -> str:
    """Write the mean of the finite values; what is small against the largest of them is said to be about 0.

    >>> mean_words(np.array([-1.0, 1.004])), mean_words(np.array([-1.0, 3.0]))
    ('about 0', '1')
    """
    ends = extremes(values)
    if ends is None:
        return "unknown"
    finite = values[np.isfinite(values)]
    reach = max(abs(ends[0]), abs(ends[1]))
    # Dividing first keeps the sum of huge values finite.
    mean = float((finite.astype(np.float64) / (reach or 1.0)).mean())
    return "about 0" if reach and abs(mean) < 0.01 else number(mean * reach)


def sign_shares(values: Array, ends: Ends | None = None) -> tuple[float, float]:
    """Return which share of the values is negative and which is zero; rounding noise counts as zero.

    >>> sign_shares(np.array([-1.0, 1e-9, 0.0, 3.0]))
    (0.25, 0.5)
    """
    low, high = ends or extremes(values) or (0.0, 0.0)
    noise = NOISE * max(abs(low), abs(high))
    negative = int(np.count_nonzero(values < -noise))
    # Counting what is not zero is quicker than making all magnitudes.
    other = negative + int(np.count_nonzero(values > noise))
    unknown = 0 if ends else int(np.count_nonzero(np.isnan(values)))
    return negative / values.size, (values.size - other - unknown) / values.size


def table(values: Array) -> list[list[str]]:
    """Write a 2-D array with one number of decimals for all, so that columns can be compared and added.

    >>> table(np.array([[0.5, -0.25]])), table(np.array([[-1.0, 20.0]])), table(np.array([[0.0, 2e-9]]))
    ([['0.50', '-0.25']], [['-1', '20']], [['0', '2.0e-9']])
    >>> table(np.array([[1 / 16, 1 / 8, 1 / 3]])), table(np.array([[1 / 16, 1 / 8]]))
    ([['0.06', '0.12', '0.33']], [['0.0625', '0.1250']])
    """
    low, high = extremes(values) or (0.0, 0.0)
    largest = max(abs(low), abs(high))
    rows: list[list[float]] = values.astype(np.float64).tolist()
    if largest >= 1e5 or 0 < largest < 1e-3:
        return [[_compact(value, largest) for value in row] for row in rows]
    finite = [value for row in rows for value in row if isfinite(value)]
    whole = all(abs(value - round(value)) <= NOISE * largest for value in finite)
    decimals = 0 if whole or largest >= 100 else 1 if largest >= 10 else 2 if largest >= 0.1 else 3
    if largest < 0.01 and not whole:
        decimals = 4
    # One or two decimals more where they tell all: 1/16 is 0.0625, and weights of its like add up to 1.
    rest = (d for d in range(decimals, 5) if all(abs(v - round(v, d)) <= NOISE * largest for v in finite))
    decimals = next(rest, decimals) if largest < 10 else decimals
    # Adding 0.0 turns the negative zero, which rounding makes of -0.001, into a plain one.
    return [[f"{round(value, decimals) + 0.0:.{decimals}f}" for value in row] for row in rows]


def trouble(values: Array, ends: Ends | None = None) -> str:
    """Say what is wrong with an array, or nothing.

    >>> trouble(np.zeros((2, 2))), trouble(np.array([1.0, np.nan])), trouble(np.array([1.0, 2.0]))
    ('Note: every value is 0.', 'Note: contains NaN, 1 of 2 values, drawn in magenta.', '')
    """
    ends = ends or finite_ends(values)
    if ends is not None:
        return f"Note: every value is {number(float(values.flat[0]))}." if _alike(*ends) else ""
    notes = []
    for name, found in (("NaN", np.isnan(values)), ("infinity", np.isinf(values))):
        if found.any():
            count = f"{int(found.sum())} of {values.size} values"
            notes.append(f"Note: contains {name}, {count}, drawn in magenta.")
    return " ".join(notes)


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


def _alike(low: float, high: float) -> bool:
    # Halves, since the difference could be infinite.
    return high / 2 - low / 2 <= 5 * NOISE * max(abs(low), abs(high))


def _scientific(value: float, figures: int) -> str:
    mantissa, exponent = f"{value:.{figures - 1}e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(exponent)}"


def _compact(value: float, largest: float) -> str:
    """A number too large or too small for decimals, in a column with its like."""
    if not isfinite(value):
        return str(value)
    if abs(value) <= NOISE * largest:
        return "0"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"
