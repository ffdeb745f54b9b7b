"""The judges of lesson 5: what is right about an answer on pooling, or what differs."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coursekit import reference
from coursekit.exercises.answers import as_array
from coursekit.exercises.calling import as_function, call
from coursekit.exercises.compare import close, difference
from coursekit.exercises.feedback import Right, Verdict, Wrong
from coursekit.exercises.refused import Refused

__all__ = ["max_pooling", "softer_pooling", "three_poolings"]

Array = NDArray[np.floating[Any]]

RESULT = "The result of your function"
ALLOWED = 0.9  # of the change of max pooling; the question says it


def three_poolings(answer: Any) -> Verdict:
    """Judge `(2, 3)` sizes: after three poolings of 75 with window 2, without and with ceil_mode.

    >>> type(three_poolings([[37, 18, 9], [38, 19, 10]])).__name__
    'Right'
    """
    sizes = as_array(answer, shape=(2, 3), tensors=True)
    if not close(sizes, np.round(sizes)):
        return Wrong("A map cannot have half a row. Each size must be a whole number.")
    down, up = _halved(75, ceil_mode=False), _halved(75, ceil_mode=True)
    if np.array_equal(sizes, [up, down]):
        return Wrong(
            "The numbers are right, but the rows are exchanged. First without ceil_mode, then with it."
        )
    if np.array_equal(sizes[0], up):
        return Wrong("Row 1 is rounded up. Without ceil_mode what is left over is dropped.")
    if np.array_equal(sizes[0], [74, 73, 72]):
        return Wrong("Row 1 has a step of one pixel. The stride of a pooling is its window, here 2.")
    hanging = ", if the last one may hang over the edge"
    for name, row, wanted, extra in (
        ("Row 1, without", sizes[0], down, ""),
        ("Row 2, with", sizes[1], up, hanging),
    ):
        if not np.array_equal(row, wanted):
            place = int(np.argmax(row != wanted))
            before = 75 if place == 0 else int(wanted[place - 1])
            return Wrong(
                f"{name} ceil_mode: pooling {place + 1} begins with {before} rows, and you say that "
                f"{row[place]:,.12g} are left. How many windows of 2 fit into {before}{extra}?"
            )
    return Right(
        "Only odd sizes are rounded. The 9 values reach over 72 rows: three of the 75 are never looked at."
    )


def max_pooling(answer: Any) -> Verdict:
    """Judge a function `(table, size)` that does max pooling with windows side by side.

    >>> type(max_pooling(reference.max_pool2d)).__name__
    'Right'
    """
    function = as_function(answer, 2)
    rng = np.random.default_rng(5)
    for rows, columns, size in ((4, 4, 2), (4, 6, 2), (5, 7, 2), (7, 9, 3), (6, 8, 2), (3, 5, 1)):
        table = rng.integers(1, 10, (rows, columns)) + 0.25
        if (rows, columns) == (6, 8):
            table = -table
        wanted = reference.max_pool2d(table, size)
        what = f"A {rows} × {columns} table with windows of {size} × {size}"
        given = as_array(call(function, table.copy(), size), tensors=True, what=RESULT)
        if given.shape == reference.max_pool2d(table, size, ceil_mode=True).shape != wanted.shape:
            return Wrong(f"{what}: what does not fill a window must be dropped. You keep it.")
        if given.shape == reference.max_pool2d(table, size, stride=1).shape != wanted.shape:
            return Wrong(f"{what}: your windows overlap. The next window begins where the last one ends.")
        if given.shape != wanted.shape:
            return Wrong(f"{what} must give the shape {wanted.shape}. Yours has {given.shape}.")
        if close(given, wanted):
            continue
        if (table < 0).all() and not given.any():
            return Wrong(
                "In a table of negative numbers all results are 0. Where does your search begin? Not with 0."
            )
        if close(given, np.trunc(wanted)) or close(given, np.round(wanted)):
            return Wrong(
                "The largest values lose their fraction: 7.25 becomes 7. Do not round, and fill an array "
                "that can hold fractions."
            )
        for name, other in (
            ("mean", reference.avg_pool2d(table, size)),
            ("smallest value", -reference.max_pool2d(-table, size)),
        ):
            if close(given, other):
                return Wrong(
                    f"{what}: this is the {name} of each window. Max pooling keeps the largest value."
                )
        if close(given, table[::size, ::size][: wanted.shape[0], : wanted.shape[1]]):
            return Wrong(f"{what}: you keep the first value of each window, and not the largest.")
        return Wrong(f"{what}: {difference(given, wanted, what='your result', reveal=True)}")
    return Right("Even and odd sizes, other windows, and negative numbers: all like the library.")


def softer_pooling(answer: Any) -> Verdict:
    """Judge any function `(H, W) -> (H/2, W/2)` that changes less than max pooling when the map moves by one.

    >>> type(softer_pooling(lambda table: reference.max_pool2d(table, 2))).__name__
    'Wrong'
    """
    function = as_function(answer, 1)
    wide = _lines()
    still, moved = wide[:, :60], wide[:, 1:]
    first = _pooled(function, still)
    empty = _pooled(function, np.zeros((12, 18)))
    if np.abs(empty).max() > 1e-6:
        worst = empty.flat[np.abs(empty).argmax()]
        return Wrong(f"An empty map must stay empty. In yours a 0 becomes {worst:.4g}.")
    for row, column in ((8, 8), (21, 33), (30, 47)):
        point = np.zeros((40, 60))
        point[row, column] = 1.0
        result = _pooled(function, point)
        if np.abs(result).max() < 1e-6:
            return Wrong(
                f"A map with a single 1 in row {row}, column {column} becomes empty. You skip pixels, or one "
                "bright pixel is outvoted by its neighbours."
            )
        if np.ptp(result) < 1e-6:
            return Wrong(
                f"A map with a single 1 in row {row}, column {column} gives the same number everywhere. "
                "What never changes is not pooling: the map must still say where something was found."
            )
        places = np.argwhere(result > result.max() - 1e-9)  # (n, 2)
        off = np.abs(places.mean(axis=0) - ((row - 0.5) / 2, (column - 0.5) / 2)).max()
        if off > 1.6:
            return Wrong(
                f"A single 1 in row {row}, column {column} has its largest value {off:.0f} places from "
                "where it should be. Blur less, or look at how you cut."
            )
    ratio = _change(first, _pooled(function, moved)) / _change(
        *(reference.max_pool2d(one, 2) for one in (still, moved))
    )
    if ratio > ALLOWED:
        return Wrong(
            f"A shift of one pixel changes your result {math.ceil(100 * ratio) / 100:.2f} times as much as "
            f"the result of max pooling. At most {ALLOWED} times is asked for. Let neighbouring windows "
            "share pixels."
        )
    return Right(
        f"A shift of one pixel changes it only {ratio:.2f} times as much as max pooling of 2 × 2. Windows "
        "that overlap, or a blur before the step of 2, make pooling softer. The price: finer detail is lost."
    )


def _halved(size: int, *, ceil_mode: bool) -> Array:
    """`(3,)`: what is left of a side after one, two and three poolings with window 2."""
    sizes = []
    for _ in range(3):
        size = reference.output_size(size, 2, stride=2, ceil_mode=ceil_mode)
        sizes.append(size)
    return np.array(sizes, dtype=float)


def _pooled(function: Callable[..., Any], table: Array) -> Array:
    """What a pooling makes of a map, if it is half as large."""
    result = as_array(call(function, table.copy()), tensors=True, what=RESULT)
    rows, columns = table.shape
    if result.shape != (rows // 2, columns // 2):
        came = " × ".join(map(str, result.shape)) or "one number"
        raise Refused(
            f"A map of {rows} × {columns} must become {rows // 2} × {columns // 2}. Yours becomes {came}."
        )
    return result


def _lines() -> Array:
    """`(40, 61)`, from 0: thin lines with some noise on a ground of 0, like a map after ReLU."""
    lines = np.zeros((40, 61))
    lines[:, 5::7] = 1.0
    lines[::11] += 1.0
    noise = np.random.default_rng(5).normal(scale=0.3, size=lines.shape)
    return np.asarray(np.maximum(lines + noise - 0.6, 0))


def _change(first: Array, second: Array) -> float:
    """The size of the difference, divided by that of the first map, whose mean does not count."""
    return float(np.linalg.norm(second - first) / max(float(np.linalg.norm(first - first.mean())), 1e-12))
