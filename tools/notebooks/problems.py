"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.notebooks.lesson import Cell, Lesson

__all__ = ["RULES", "Problem", "Rule", "rule"]

Finding = tuple[Cell | None, str]
Rule = Callable[[Lesson], Iterator[Finding]]
RULES: dict[str, Rule] = {}


@dataclass(frozen=True)
class Problem:
    """One place where a notebook breaks a rule."""

    path: Path
    cell: int | None
    rule: str
    message: str

    def __str__(self) -> str:
        """Say where, what, what to do, and which rule it is."""
        place = f"{self.path}, cell {self.cell}" if self.cell else str(self.path)
        return f"{place}: {self.message} [{self.rule}]"


def rule(name: str) -> Callable[[Rule], Rule]:
    """Enter a function into `RULES`: it yields a cell (None: the whole notebook) and what to do."""

    def enter(function: Rule) -> Rule:
        if name in RULES:
            raise ValueError(f"there are two rules called {name!r}: give one of them another name.")
        RULES[name] = function
        return function

    return enter
