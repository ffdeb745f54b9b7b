"""What a learner can set on an explorer, checked where Python sets it."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from numbers import Integral, Real
from typing import Any

__all__ = ["between", "one_of", "place", "whole"]


def between(value: Any, low: float, high: float, what: str, *, hint: str = "") -> float:
    """Check a number.

    Args:
        value: What came.
        low: The smallest number that makes sense.
        high: The largest.
        what: Explorer and setting, for the message.
        hint: A sentence for the message: why there is no more, or what to do.

    Raises:
        TypeError: Not a number.
        ValueError: Outside the two, or NaN.

    >>> between(1, 0, 2, "ReluExplorer: slope")
    1.0
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{what} must be a number, got {type(value).__name__}.")
    number = float(value)
    if not isfinite(number) or not low <= number <= high:
        raise ValueError(f"{what} must lie between {low:g} and {high:g}, got {number:g}.{_after(hint)}")
    return number


def whole(value: Any, low: int, high: int, what: str, *, hint: str = "") -> int:
    """Check a whole number; arguments and errors are those of `between`.

    >>> whole(3, 1, 6, "PoolExplorer: size")
    3
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{what} must be a whole number, got {type(value).__name__}.{_after(hint)}")
    number = int(value)
    if not low <= number <= high:
        raise ValueError(f"{what} must lie between {low} and {high}, got {number}.{_after(hint)}")
    return number


def one_of(value: Any, names: Iterable[str], what: str) -> str:
    """Check a name.

    Args:
        value: What came.
        names: The names that there are.
        what: Explorer and setting, for the message.

    Raises:
        TypeError: Not text.
        ValueError: Another name.

    >>> one_of("max", ["max", "avg"], "PoolExplorer: kind")
    'max'
    """
    there_are = f"There are: {', '.join(names)}."
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a name, got {type(value).__name__}. {there_are}")
    if value not in names:
        raise ValueError(f"{what} cannot be {value!r}. {there_are}")
    return value


def place(value: Any, shape: tuple[int, ...], what: str) -> list[int]:
    """Check a row and a column, counted from 0.

    Args:
        value: What came.
        shape: How many rows and columns there are.
        what: Explorer and setting, for the message.

    Raises:
        TypeError: Not two whole numbers.
        ValueError: There is no such row or column.

    >>> place((2, 3), (20, 30), "PixelExplorer: position")
    [2, 3]
    """
    try:
        row, column = value
    except (TypeError, ValueError):
        raise TypeError(f"{what} must be (row, column), two whole numbers, got {value!r}.") from None
    hint = f"There are {shape[0]} rows and {shape[1]} columns; the row comes first."
    return [
        whole(row, 0, shape[0] - 1, f"{what}: row", hint=hint),
        whole(column, 0, shape[1] - 1, f"{what}: column", hint=hint),
    ]


def _after(hint: str) -> str:
    return f" {hint}" if hint else ""
