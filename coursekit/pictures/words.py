"""Numbers and arrays in words, rounded so that another processor prints the same text."""

from collections.abc import Iterable, Sequence
from math import floor, isfinite, log10
from typing import Any

import numpy as np
import numpy.typing as npt

from coursekit.errors import WrongValueError

Array = npt.NDArray[Any]

# What is smaller than this share of the largest value is rounding noise, and differs between processors.
NOISE = 1e-6
MOST_PARTS, DECIMAL = 16, (2, 4, 5, 10)  # weights in sixteenths are written so; halves are 0.5
DESCRIBED = 8  # panels that the words describe one by one


def number(value: float, figures: int = 2, *, reach: float = 0.0) -> str:
    """Write a number with few significant figures, whole numbers whole.

    What is under a millionth of the largest magnitude that it belongs with, its reach, is written 0.

    >>> number(0.41872), number(-5.6549), number(20.0), number(1234.5), number(0.0)
    ('0.42', '-5.7', '20', '1200', '0')
    """
    value = float(value)
    if not isfinite(value):
        return str(value)
    size = abs(value)
    if size <= NOISE * reach or size == 0:
        return "0"
    if size >= 1e7 or size < 1e-6:
        return _exponential(f"{value:.{figures}g}")
    if abs(value - round(value)) < 1e-6 * max(1.0, size):
        return str(round(value))
    digits = figures - 1 - floor(log10(size))
    return f"{round(value, digits):.{max(digits, 0)}f}"


def share(part: float) -> str:
    """Write a share of one as whole per cent; a little is never called none, nor nearly all all."""
    if 0 < part < 0.01:
        return "under 1 %"
    return "over 99 %" if 0.99 < part < 1 else f"{round(100 * part)} %"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: 1 feature map, 4 feature maps."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def titled(title: str, *sentences: str) -> str:
    """Put a title before sentences, and leave out what is empty."""
    return " ".join(filter(None, [title and f"{title}.", *sentences]))


def sentence(name: str) -> str:
    """Write a name as the beginning of a sentence; a name of code, like sobel_x or uint8, stays as it is."""
    return name[:1].upper() + name[1:] if name.split(" ")[0].isalpha() else name


def panel_names(titles: Sequence[str], count: int, noun: str) -> list[str]:
    """The names of panels: as given, one for each, or counted from 1."""
    if isinstance(titles, str):
        raise WrongValueError(f"names must be a list, like [{titles!r}], not the single text {titles!r}.")
    titles = [str(title) for title in titles]
    if titles and len(titles) != count:
        raise WrongValueError(
            f"got {plural(len(titles), 'name')} for {plural(count, noun)}. Give one for each, or none."
        )
    return titles or [f"{noun} {index + 1}" for index in range(count)]


def by(sizes: Iterable[int]) -> str:
    """Write the sizes of a shape: 3 x 4."""
    return " x ".join(map(str, sizes))


def listed(noun: str, places: Sequence[int]) -> str:
    """Write a noun and its numbers: rows 0, 1, 2."""
    return f"{noun}{'s' * (len(places) > 1)} {', '.join(map(str, places))}"


def slashed(rows: list[list[str]]) -> str:
    """Write a table in one line: 1 2 / 3 4."""
    return " / ".join(map(" ".join, rows))


def extremes(values: Array) -> tuple[float, float] | None:
    """Return the smallest and the largest finite value, or None where there is none."""
    low, high = float(values.min()), float(values.max())
    if isfinite(low) and isfinite(high):
        return low, high
    finite = values[np.isfinite(values)]
    return extremes(finite) if finite.size else None


def reach_of(values: Array) -> float:
    """Return the largest finite magnitude, or 0 where there is none."""
    return max(map(abs, extremes(values) or (0.0,)))


def alike(values: Array) -> bool:
    """Whether the finite values are one and the same but for rounding noise, or there are none."""
    low, high = extremes(values) or (0.0, 0.0)
    # Halves, since the difference could be infinite.
    return high / 2 - low / 2 <= 5 * NOISE * max(abs(low), abs(high))


def range_words(values: Array) -> str:
    """Say from where to where the finite values run, with as many figures as tell the two apart."""
    ends = extremes(values)
    if ends is None:
        return "no finite value"
    if not alike(values):
        for figures in range(2, 8):
            low, high = (number(end, figures, reach=max(map(abs, ends))) for end in ends)
            if low != high:
                return f"{low} to {high}"
    return f"{number(ends[0])} everywhere"


def sign_shares(values: Array) -> tuple[float, float]:
    """Return which share of the values is negative and which is zero; rounding noise counts as zero."""
    noise = NOISE * reach_of(values)
    negative = int(np.count_nonzero(values < -noise))
    zero = int(np.count_nonzero(values <= noise)) - negative
    return negative / values.size, zero / values.size


def table(values: Array) -> list[list[str]]:
    """Write a 2-D array with one number of decimals for all, so that columns can be compared and added.

    >>> table(np.array([[0.5, -0.25]])), table(np.array([[-1.0, 20.0]])), table(np.array([[0.0, 2e-9]]))
    ([['0.50', '-0.25']], [['-1', '20']], [['0', '2.0e-9']])
    """
    largest = reach_of(values)
    noise = NOISE * largest
    rows: list[list[float]] = values.astype(np.float64).tolist()
    if largest >= 1e5 or 0 < largest < 1e-3:
        return [["0" if abs(v) <= noise else _exponential(f"{v:.1e}") for v in row] for row in rows]
    finite = [value for row in rows for value in row if isfinite(value)]
    exact = (d for d in range(5) if all(abs(value - round(value, d)) <= noise for value in finite))
    enough = next(exact, None)
    decimals = 0 if enough == 0 else sum(largest < limit for limit in (100, 10, 0.1, 0.01))
    # One or two decimals more where they tell all: 1/16 is 0.0625, and weights of its like add up to 1.
    if enough and largest < 10:
        decimals = max(decimals, enough)
    # Adding 0.0 turns the negative zero, which rounding makes of -0.001, into a plain one.
    return [[f"{round(value, decimals) + 0.0:.{decimals}f}" for value in row] for row in rows]


def tables(kernels: Array) -> list[list[list[str]]]:
    """Write kernels `(n, kh, kw)`: one of whole numbers so, one of sixteenths as fractions, all others alike.

    >>> tables(np.array([[[0.0625, -0.125]], [[1.0, 0.0]], [[0.5, 0.25]]]))
    [[['1/16', '-2/16']], [['1', '0']], [['0.5000', '0.2500']]]
    """
    together = table(kernels.reshape(-1, kernels.shape[-1]))
    height, written = kernels.shape[1], []
    for n, kernel in enumerate(kernels):
        parts = _parts(kernel)
        if parts == 1:
            written.append(table(kernel))
        elif parts:
            counted = np.round(parts * kernel.astype(np.float64)).astype(int).tolist()
            written.append([[f"{c}/{parts}" if c else "0" for c in row] for row in counted])
        else:
            written.append(together[n * height : (n + 1) * height])
    return written


def _parts(kernel: Array) -> int:
    """Of which 1/1 to 1/16 all weights are multiples; 0 for none, or where decimals read as well."""
    if not np.isfinite(kernel).all():
        return 0
    for parts in range(1, MOST_PARTS + 1):
        times = parts * kernel.astype(np.float64)
        if (np.abs(times - np.round(times)) <= NOISE * parts * max(1.0, reach_of(kernel))).all():
            return parts if parts not in DECIMAL else 0
    return 0


def trouble(values: Array) -> str:
    """Say what is wrong with an array, or nothing."""
    if np.isfinite(values).all():
        return f"Note: every value is {number(values.flat[0])}." if alike(values) else ""
    counts = {"NaN": int(np.isnan(values).sum()), "infinity": int(np.isinf(values).sum())}
    said = [f"{name} in {n} of {plural(values.size, 'value')}" for name, n in counts.items() if n]
    return " ".join(f"Note: {one}, drawn in magenta." for one in said)


def peak(values: Array) -> tuple[int, int]:
    """Return row and column of the largest magnitude; of values that are equal but for noise, the first."""
    row, column = np.unravel_index((magnitude_of(values) >= 1 - 10 * NOISE).argmax(), values.shape)
    return int(row), int(column)


def strongest(strengths: Sequence[float] | Array) -> list[int]:
    """Say which three are largest; of those that are equal but for noise, the first."""
    return sorted(np.argsort(-np.asarray(strengths).round(5), kind="stable")[:3].tolist())


def magnitude_of(values: Array) -> npt.NDArray[np.float64]:
    """The magnitudes as shares of the largest one; NaN and infinity count as 0."""
    magnitude = np.abs(np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0))
    shares: npt.NDArray[np.float64] = magnitude / (magnitude.max() or 1.0)
    return shares


def _exponential(written: str) -> str:
    """Shorten an exponent as Python writes it, in 2e+30 or 2e-09; other texts stay."""
    mantissa, letter, exponent = written.partition("e")
    return f"{mantissa}e{int(exponent)}" if letter else written
