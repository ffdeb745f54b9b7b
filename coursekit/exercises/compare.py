"""Say in words how an array differs from the right one."""

import numpy as np
from numpy.typing import ArrayLike

from coursekit.exercises.answers import Array

RELATIVE, ABSOLUTE = 1e-4, 1e-6


def close(answer: ArrayLike, wanted: ArrayLike) -> bool:
    """Say whether two arrays have the same shape and, apart from rounding, the same values."""
    one, other = np.asarray(answer, dtype=np.float64), np.asarray(wanted, dtype=np.float64)
    return one.shape == other.shape and np.allclose(one, other, rtol=RELATIVE, atol=ABSOLUTE)


def difference(
    answer: ArrayLike, wanted: ArrayLike, *, reveal: bool = False, what: str = "Your array"
) -> str:
    """Name the most telling difference in words; empty if there is none.

    Args:
        answer: What came: real, finite numbers.
        wanted: What should have come.
        reveal: Also give the right value at the place that is named. Not if that would give the answer away.
        what: What the sentence calls it.
    """
    came, right = np.asarray(answer, dtype=np.float64), np.asarray(wanted, dtype=np.float64)
    if close(came, right):
        return ""
    if came.shape != right.shape:
        return f"{what} has shape {came.shape}, but it should be {right.shape}.{_about_shapes(came, right)}"
    if not came.any():
        return f"{what} is 0 everywhere."
    words = _rescaled(came, right) or _turned(came, right) or _shifted(came, right)
    return f"{what} {words}." if words else f"{what} {_at_the_worst_place(came, right, reveal)}"


def _about_shapes(came: Array, right: Array) -> str:
    if came.shape == right.shape[::-1]:
        return " Rows and columns are swapped."
    if came.ndim == right.ndim and all(abs(a - b) <= 1 for a, b in zip(came.shape, right.shape, strict=True)):
        return " It is off by one."
    return ""


def _rescaled(came: Array, right: Array) -> str:
    """Recognise the right values times one factor, or with one number added."""
    if close(came, -right):
        return "has the right numbers with the opposite sign"
    size = float((right * right).sum())
    factor = float((came * right).sum()) / size if size else 0.0
    if abs(factor) > ABSOLUTE and close(came, factor * right) and came.size > 1:
        if np.isclose(factor, 255, rtol=0.01):
            return "is 255 times too large: it has bytes, not values from 0 to 1"
        if np.isclose(factor * 255, 1, rtol=0.01):
            return "is 255 times too small: it was divided by 255 once too often"
        return f"is the right one times {factor:.4g}"
    offset = float((came - right).mean())
    if close(came, right + offset) and came.size > 1:
        return f"is {abs(offset):.4g} too {'large' if offset > 0 else 'small'} everywhere"
    return ""


def _turned(came: Array, right: Array) -> str:
    if right.ndim < 2:
        return "has the right numbers in reverse order" if right.ndim and close(came, right[::-1]) else ""
    turns = {
        "is flipped left to right": right[..., :, ::-1],
        "is flipped upside down": right[..., ::-1, :],
        "is turned by 180 degrees: flipped left to right and upside down": right[..., ::-1, ::-1],
    }
    if right.shape[-1] == right.shape[-2]:
        turns["has rows and columns swapped: it is the transpose"] = right.swapaxes(-1, -2)
    for words, turned in turns.items():
        if close(came, turned):
            return words
        if close(came, -turned):
            return f"{words}, and has the opposite sign"
    return ""


def _shifted(came: Array, right: Array) -> str:
    """Recognise the right values one row or one column away, wherever both arrays have any."""
    directions = {"row": ("down", "up"), "column": ("to the right", "to the left")}
    if right.ndim < 2:
        directions = {"place": ("on", "back")}
    for axis, (unit, (ahead, back)) in enumerate(directions.items(), start=right.ndim - len(directions)):
        if axis < 0 or right.shape[axis] < 3:
            continue
        own, wanted = np.moveaxis(came, axis, 0), np.moveaxis(right, axis, 0)
        if close(own[1:], wanted[:-1]):
            return f"is off by one {unit}: shifted {ahead}"
        if close(own[:-1], wanted[1:]):
            return f"is off by one {unit}: shifted {back}"
    return ""


def _at_the_worst_place(came: Array, right: Array, reveal: bool) -> str:
    gaps = np.abs(came - right)
    wrong = int((gaps > ABSOLUTE + RELATIVE * np.abs(right)).sum())
    index = np.unravel_index(int(gaps.argmax()), gaps.shape)
    wanted = f" instead of {right[index]:.4g}" if reveal else ""
    if not right.ndim:
        return f"is {came[index]:.4g}{wanted}."
    names = {1: ["place"], 2: ["row", "column"], 3: ["map", "row", "column"]}.get(right.ndim)
    place = f"index {tuple(map(int, index))}"
    if names:
        place = ", ".join(f"{name} {number}" for name, number in zip(names, index, strict=True))
    return f"differs in {wrong} of {came.size} values, most at {place}: {came[index]:.4g}{wanted}."
