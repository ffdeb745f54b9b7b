"""Exercises that answer back: one module per lesson, with its exercises as attributes.

`from coursekit.exercises import lesson_2 as exercises` gives `exercises.diagonal.check(my_kernel)`,
its `.hint()` and `.solution()`, and `exercises.progress()`.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from coursekit.errors import WrongValueError
from coursekit.exercises.engine import check_prediction

__all__ = ["LESSONS", "check_prediction", "lesson"]

LESSONS = (1, 2, 3, 4, 5, 6, 7)
"""The lessons that have exercises."""


def lesson(number: int) -> ModuleType:
    """Load the exercises of one lesson.

    Args:
        number: Number of the lesson, from 1.

    Returns:
        The module: each exercise under its own name, and all of them in `progress.exercises`.

    Raises:
        ValueError: There is no such lesson.

    >>> lesson(1).progress.exercises[0].label
    '1.1'
    """
    if number not in LESSONS:
        raise WrongValueError(f"there is no lesson {number!r}. There are: {', '.join(map(str, LESSONS))}.")
    return import_module(f"coursekit.exercises.lesson_{number}")
