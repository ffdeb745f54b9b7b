"""One exercise: its question, its blank, its hints, its solution, and the check that answers back."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from coursekit.exercises.feedback import Feedback, State, Verdict
from coursekit.exercises.refused import Refused, refuse_blank

__all__ = ["UNREADABLE", "Exercise", "Kind", "Record"]

UNREADABLE = "The check could not read your answer. Has it the form that the task asks for?"
Kind = Literal["predict", "repair", "kernel", "function", "forward", "explain", "stretch"]
"""What the learner does."""


@dataclass
class Record:
    """What has happened to an exercise since the kernel started; nothing is written to a file.

    Attributes:
        state: "blank", "wrong" or "right", as the last check said.
        hints: How many hints were shown.

    >>> Record()
    Record(state='blank', hints=0)
    """

    state: State = "blank"
    hints: int = 0


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """An exercise of a lesson.

    Attributes:
        lesson: Number of the lesson, from 1.
        number: Number of the exercise in its lesson, from 1.
        name: What the lesson's module calls it.
        title: What the heading says.
        kind: What the learner does.
        question: Markdown, a few short sentences.
        blank: Code of the answer's cell without the call of check. The learner's part is `...`.
        answer: Code of a solution that takes the place of `blank`.
        why: One sentence that says why the solution is one.
        hints: Two or three steps, none of which is the answer.
        judge: Takes the answer, which is not blank; returns Right or Wrong, or raises Refused.
        points: What it is worth in an assignment, 1 to 3.
        record: What has happened to it in this kernel.

    >>> from coursekit.exercises.answers import as_number
    >>> from coursekit.exercises.feedback import Right, Wrong
    >>> size = Exercise(
    ...     lesson=2, number=1, name="size", title="Size", kind="predict", question="How large?",
    ...     blank="my_size = ...", answer="my_size = 3", why="Two is too small.", hints=("Count.", "Slowly."),
    ...     judge=lambda answer: Right("Yes.") if as_number(answer) == 3 else Wrong("Count again."),
    ... )
    >>> size.check(...)
    … 2.1 not answered yet: Put your answer where `...` stands, and run the cell again.
    >>> size.check(2)
    ✗ 2.1 not yet: Count again.
    >>> size.hint()
    Hint 1 of 2 for 2.1: Count.
    >>> size.check("three").state
    'wrong'
    """

    lesson: int
    number: int
    name: str
    title: str
    kind: Kind
    question: str
    blank: str
    answer: str
    why: str
    hints: tuple[str, ...]
    judge: Callable[[Any], Verdict] = field(repr=False)
    points: int = 1
    record: Record = field(default_factory=Record, repr=False, compare=False)

    @property
    def label(self) -> str:
        """Number of lesson and exercise, as printed: "2.3"."""
        return f"{self.lesson}.{self.number}"

    @property
    def variable(self) -> str:
        """The name that the blank gives to the answer: the last one at its outer level.

        Raises:
            ValueError: The blank gives no name to anything.
        """
        names = [name for node in ast.parse(self.blank).body for name in _bound(node)]
        if not names:
            raise ValueError(f"the blank of exercise {self.label} gives no name to an answer: {self.blank!r}")
        return names[-1]

    @property
    def call(self) -> str:
        """The line of code that checks the answer."""
        return f"exercises.{self.name}.check({self.variable})"

    def check(self, answer: Any) -> Feedback:
        """Say whether an answer is right, and if not, what to look at.

        Args:
            answer: Whatever the learner has. Nothing that a learner does raises an error here.
        """
        feedback = self._judged(answer)
        self.record.state = feedback.state
        return feedback

    def hint(self) -> Feedback:
        """Give the next hint; the last one again when there is no further one."""
        step = min(self.record.hints + 1, len(self.hints))
        self.record.hints = step
        return Feedback("hint", self.label, self.hints[step - 1], step=step, steps=len(self.hints))

    def solution(self) -> Feedback:
        """Show a solution and why it is one."""
        return Feedback("solution", self.label, self.why, code=self.answer.strip())

    def _judged(self, answer: Any) -> Feedback:
        try:
            refuse_blank(answer)
            verdict = self.judge(answer)
        except Refused as refused:
            return Feedback("blank" if refused.blank else "wrong", self.label, _begun(refused.text))
        except Exception as error:  # noqa: BLE001 (an answer that no judge expects still gets a sentence)
            said = f"{UNREADABLE} ({type(error).__name__}: {error})"
            return Feedback("wrong", self.label, said)
        return Feedback("right" if verdict.right else "wrong", self.label, _begun(verdict.why))


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _begun(sentence: str) -> str:
    """With a capital: judges also write parts of sentences that begin with a name such as "row 1"."""
    return sentence[:1].upper() + sentence[1:]
