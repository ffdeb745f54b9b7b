"""An exercise, what it says back, and how far a learner has got in a lesson."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from coursekit.exercises.answers import Refused, named, refuse_blank

Kind = Literal["predict", "repair", "kernel", "function", "forward", "explain", "stretch"]
State = Literal["blank", "wrong", "right", "hint", "solution"]

UNREADABLE = "The check could not read your answer. Does it have the form that the task asks for?"
SIGNS = {"blank": "…", "wrong": "✗", "right": "✓"}
WORDS = {"blank": "not answered yet", "wrong": "not yet", "right": "right"}
# JupyterLab's colours if there are any, so that a dark theme gets its own; otherwise the fallback.
COLOURS = {
    "blank": "var(--jp-border-color1, #8a8a8a)",
    "wrong": "var(--jp-warn-color1, #b45f06)",
    "right": "var(--jp-success-color1, #2e7d32)",
    "hint": "var(--jp-info-color1, #1565c0)",
    "solution": "var(--jp-info-color1, #1565c0)",
}
BOX = (
    "border-left: 4px solid {colour}; padding: 0.4em 0.9em; margin: 0.2em 0; "
    "color: var(--jp-content-font-color1, inherit); font-family: var(--jp-content-font-family, sans-serif); "
    "line-height: 1.5; max-width: 62em"
)
CODE = (
    "white-space: pre-wrap; overflow-wrap: anywhere; margin: 0.5em 0; "
    "font-family: var(--jp-code-font-family, monospace)"
)


@dataclass(frozen=True)
class Right:
    """A judge's verdict on a right answer: why it is right, in one to three sentences."""

    why: str


@dataclass(frozen=True)
class Wrong:
    """A judge's verdict on an answer that isn't right yet: what differs and where to look.

    One to three sentences that don't give the answer away. Code goes between backticks.
    """

    why: str


Verdict = Right | Wrong
"""What a judge returns."""


def choice(answer: Any, right: str, **says: str) -> Verdict:
    """Judge the letter chosen in a question with lettered statements.

    Args:
        answer: A letter, upper or lower case; brackets, a full stop and spaces around it don't matter. The
            wide letters of an East Asian keyboard will do.
        right: The letter of the right statement.
        **says: For each letter, why its statement is right or what is wrong with it.
    """
    letters = sorted(says)
    wanted = f'Answer with one letter in quotation marks, as in `"{letters[0]}"`.'
    if not isinstance(answer, str):
        raise Refused(f"Your answer is {named(answer)}. {wanted}")
    letter = unicodedata.normalize("NFKC", answer).strip(" ().。").upper()
    if len(letter) == 1 and letter.isalpha() and not letter.isascii():
        raise Refused(
            f"Your letter comes from another alphabet, even if it looks like one of {', '.join(letters)}. "
            "Switch your keyboard to English and type it again."
        )
    if letter not in says:
        raise Refused(
            f"There is no statement `{answer[:20]}`. The letters are {', '.join(letters)}. {wanted}"
        )
    return Right(says[letter]) if letter == right else Wrong(says[letter])


@dataclass(frozen=True)
class Feedback:
    """What a learner reads after `check`, `hint` or `solution`."""

    state: State
    heading: str  # the state in words, with the number of the exercise
    text: str
    code: str = ""  # of a solution

    def __repr__(self) -> str:
        code = f"\n{self.code}\n\n" if self.code else " "
        return f"{self.heading}:{code}{self.text}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        text = _marked_up(self.text)
        code = f'<pre style="{CODE}">{escape(self.code)}</pre>' if self.code else ""
        html = _box(f"<strong>{escape(self.heading)}:</strong>{code} {text}", self.state)
        return {"text/plain": repr(self), "text/html": html}


@dataclass(frozen=True)
class check_prediction:  # noqa: N801 (called like a function; what it returns only shows itself)
    """Show the answer to a prediction, folded away until the learner asks for it.

    The code of the cell that calls it is hidden, so that nothing is given away.

    Args:
        answer: One to five sentences with the numbers that the cell has computed; code between backticks.

    >>> check_prediction(f"The largest response is {2 * 4}.")
    Check your prediction: The largest response is 8.
    """

    answer: str

    def __repr__(self) -> str:
        return f"Check your prediction: {self.answer}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        html = f"<details><summary>Check your prediction</summary>{_marked_up(self.answer)}</details>"
        return {"text/plain": repr(self), "text/html": _box(html, "hint")}


@dataclass(kw_only=True, repr=False)
class Exercise:
    """An exercise in a lesson; `Progress.exercise` makes one from a judge."""

    lesson: int
    number: int  # in its lesson, from 1
    name: str  # its name in the lesson's module
    title: str
    kind: Kind
    question: str  # Markdown, a few short sentences
    blank: str  # code of the answer's cell without the call to check; the learner's part is `...`
    answer: str  # code of a solution, to replace `blank`
    why: str  # one sentence that says why the solution works
    hints: tuple[str, ...]  # two or three steps, none of which is the answer
    # Takes an answer that isn't blank; returns Right or Wrong, or raises Refused.
    judge: Callable[[Any], Verdict]
    points: int = 1  # what it is worth in an assignment, 1 to 3
    state: State = "blank"  # what the last check said; nothing is written to a file
    hints_shown: int = 0

    def __post_init__(self) -> None:
        self.question, self.blank, self.answer = map(str.strip, (self.question, self.blank, self.answer))

    def __repr__(self) -> str:
        """Show the question, never the answer: this is what learners see if they forget the brackets."""
        return f"{self.label} {self.title}\n\n{self.question}\n\nWith brackets: exercises.{self.name}.hint()"

    @property
    def label(self) -> str:
        """Number of lesson and exercise, as printed: "2.3"."""
        return f"{self.lesson}.{self.number}"

    @property
    def variable(self) -> str:
        """The name that the blank gives the answer: the last one at its outer level."""
        return str(re.findall(r"^(?:def |class )?(\w+)", self.blank, re.MULTILINE)[-1])

    @property
    def call(self) -> str:
        """The line of code that checks the answer."""
        return f"exercises.{self.name}.check({self.variable})"

    def check(self, answer: Any) -> Feedback:
        """Say whether an answer is right and, if it isn't, what to look at.

        Args:
            answer: Whatever the learner has. Nothing that a learner does raises an error here.
        """
        try:
            refuse_blank(answer)
            verdict = self.judge(answer)
            self.state, said = "right" if isinstance(verdict, Right) else "wrong", verdict.why
        except Refused as refused:
            self.state, said = "blank" if refused.blank else "wrong", str(refused)
        except Exception as error:  # noqa: BLE001 (even an answer that no judge expects gets a sentence)
            self.state, said = "wrong", f"{UNREADABLE} ({type(error).__name__}: {error})"
        heading = f"{SIGNS[self.state]} {self.label} {WORDS[self.state]}"
        # With a capital letter, because judges also write sentences that begin with something like "row 1".
        return Feedback(self.state, heading, said[:1].upper() + said[1:])

    def hint(self) -> Feedback:
        """Give the next hint, or the last one again if there are no more."""
        self.hints_shown = min(self.hints_shown + 1, len(self.hints))
        heading = f"Hint {self.hints_shown} of {len(self.hints)} for {self.label}"
        return Feedback("hint", heading, self.hints[self.hints_shown - 1])

    def solution(self) -> Feedback:
        """Show a solution and why it works."""
        return Feedback("solution", f"Solution of {self.label}", self.why, self.answer)


@dataclass(frozen=True)
class Report:
    """How far a learner has got: how many are right, a line for each exercise, and what comes next."""

    state: Literal["right", "hint"]
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        heading, *lines = escape(self.text).split("\n")
        html = "<br>".join([f"<strong>{heading}</strong>", *lines])
        return {"text/plain": self.text, "text/html": _box(html, self.state)}


class Progress:
    """A lesson's exercises; learners call it to see how far they've got."""

    def __init__(self, lesson: int) -> None:
        self.lesson = lesson
        self.exercises: list[Exercise] = []

    def exercise(self, title: str, **declared: Any) -> Callable[[Callable[[Any], Verdict]], Exercise]:
        """Turn the judge below into the lesson's next exercise, under the judge's name.

        Declare kind, question, blank, answer, why and hints, and points if it is worth more than 1.
        """

        def made(judge: Callable[[Any], Verdict]) -> Exercise:
            number = len(self.exercises) + 1
            own = Exercise(
                lesson=self.lesson, number=number, name=judge.__name__, title=title, judge=judge, **declared
            )
            self.exercises.append(own)
            return own

        return made

    def __call__(self) -> Report:
        """Report the state of each exercise, as its last check left it."""
        still_open = [each for each in self.exercises if each.state != "right"]
        lines = [f"{len(self.exercises) - len(still_open)} of {len(self.exercises)} right"]
        for each in self.exercises:
            lines.append(f"{SIGNS[each.state]} {each.label} {_ended(each.title, ':')} {WORDS[each.state]}")
        if not still_open:
            return Report("right", "\n".join([*lines, "All done. Well done!"]))
        first = still_open[0]
        lines.append(f"Next: {first.label} {_ended(first.title, '.')} Stuck? exercises.{first.name}.hint()")
        return Report("hint", "\n".join(lines))

    def __repr__(self) -> str:
        return "Write progress() with brackets to see how far you've got."


def _marked_up(text: str) -> str:
    """Turn text into HTML, with code where there are backticks and breaks where lines end."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)).replace("\n", "<br>")


def _ended(title: str, sign: str) -> str:
    """Put a sign after a title, unless it is a question."""
    return title if title.endswith("?") else title + sign


def _box(html: str, state: State) -> str:
    """Make a block that a screen reader announces, with its left border in the colour of the state."""
    return f'<div role="status" style="{escape(BOX.format(colour=COLOURS[state]))}">{html}</div>'
