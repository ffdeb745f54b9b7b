"""How far a learner has come in a lesson."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from coursekit.exercises.exercise import Exercise
from coursekit.exercises.feedback import box

__all__ = ["Progress", "Report"]

SIGNS = {"right": "✓", "wrong": "✗", "blank": "…"}
WORDS = {"right": "right", "wrong": "not yet", "blank": "not answered yet"}


@dataclass(frozen=True)
class Report:
    """All exercises of a lesson with their state, and what comes next.

    Attributes:
        right: How many are right.
        lines: One for each exercise: sign, number, title, state in words.
        next_step: A sentence.

    >>> Report(right=1, lines=("✓ 2.1 Size: right",), next_step="All done.")
    1 of 1 right
    ✓ 2.1 Size: right
    All done.
    """

    right: int
    lines: tuple[str, ...]
    next_step: str

    @property
    def state(self) -> str:
        """As a Feedback's: "right" if all are, else "blank"."""
        return "right" if self.right == len(self.lines) else "blank"

    @property
    def text(self) -> str:
        """The same words as `repr`."""
        return "\n".join([f"{self.right} of {len(self.lines)} right", *self.lines, self.next_step])

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        heading, *lines = (escape(line) for line in self.text.split("\n"))
        body = "<br>".join([f"<strong>{heading}</strong>", *lines])
        return {
            "text/plain": repr(self),
            "text/html": box(body, "right" if self.state == "right" else "hint"),
        }


class Progress:
    """What a lesson calls `progress`: call it to see how far you are.

    Args:
        exercises: Those of one lesson, in order. They keep their own state; this object only reads it.
    """

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        self.exercises = tuple(exercises)

    def __call__(self) -> Report:
        """Tell the state of each exercise, as its last check left it."""
        lines = tuple(
            f"{SIGNS[each.record.state]} {each.label} {_ended(each.title, ':')} {WORDS[each.record.state]}"
            for each in self.exercises
        )
        open_ones = [each for each in self.exercises if each.record.state != "right"]
        right = len(self.exercises) - len(open_ones)
        if not open_ones:
            return Report(right, lines, "All done. Well done!")
        first = open_ones[0]
        title = _ended(first.title, ".")
        return Report(right, lines, f"Next: {first.label} {title} Stuck? exercises.{first.name}.hint()")

    def __repr__(self) -> str:
        return "Write progress() with brackets to see how far you are."

    def forget(self) -> None:
        """Set all exercises of the lesson back to not answered, and their hints to the first one."""
        for each in self.exercises:
            each.record.state, each.record.hints = "blank", 0


def _ended(title: str, sign: str) -> str:
    """A title with a sign after it, but for one that is a question."""
    return title if title.endswith("?") else title + sign
