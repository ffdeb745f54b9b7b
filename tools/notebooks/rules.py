"""All rules of the course's notebooks, and the check that applies them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

# Each of these modules enters its rules into RULES.
from tools.notebooks import rules_code, rules_run, rules_text
from tools.notebooks.lesson import Lesson
from tools.notebooks.problems import RULES, Problem

__all__ = ["RULES", "RULE_MODULES", "Problem", "check", "check_file"]

RULE_MODULES = (rules_run, rules_code, rules_text)


def check(lesson: Lesson, rules: Iterable[str] | None = None) -> list[Problem]:
    """Apply rules to a notebook.

    Args:
        lesson: The notebook.
        rules: Names of rules; all of them when left out.

    Returns:
        What was found, in the order of the rules; empty when nothing is wrong.
    """
    return [
        Problem(lesson.path, cell.number if cell else None, name, message)
        for name in (RULES if rules is None else rules)
        for cell, message in RULES[name](lesson)
    ]


def check_file(path: Path) -> list[Problem]:
    """Read a notebook and apply all rules; a file that is no notebook is one problem."""
    try:
        lesson = Lesson.read(path)
    except (OSError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        return [Problem(path, None, "unreadable", f"cannot be read as a notebook: {reason}")]
    return check(lesson)
