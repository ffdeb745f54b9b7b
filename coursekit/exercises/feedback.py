"""What an exercise says back: a state, a sentence, and how both look in a notebook and in a terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

__all__ = ["Feedback", "Right", "State", "Verdict", "Wrong", "box"]

State = Literal["blank", "wrong", "right", "hint", "solution"]
"""What has happened: no answer yet, two kinds of answer, two kinds of help."""

# JupyterLab's colours where there are any, so that a dark theme gets its own; else the fallback.
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
class Verdict:
    """What a judge returns: Right or Wrong.

    Attributes:
        why: One to three sentences. Of a right answer, what it shows. Of a wrong one, what differs and where
            to look; it must not give the answer away. Code stands between backticks.
    """

    why: str

    @property
    def right(self) -> bool:
        """Whether the answer is right.

        >>> Right("A flat patch gives 0.").right
        True
        """
        return isinstance(self, Right)


@dataclass(frozen=True)
class Right(Verdict):
    """The answer is right.

    >>> Right("A flat patch gives 0.")
    Right(why='A flat patch gives 0.')
    """


@dataclass(frozen=True)
class Wrong(Verdict):
    """The answer is not right yet.

    >>> Wrong("The sign is the other way round.").why
    'The sign is the other way round.'
    """


@dataclass(frozen=True)
class Feedback:
    """What a learner reads after `check`, `hint` or `solution`.

    Attributes:
        state: What has happened.
        label: Number of the exercise, such as "2.3".
        text: The sentences, without the words that `repr` puts before them.
        code: Python code of a solution; else empty.
        step: Which hint this is, from 1; else 0.
        steps: How many hints there are; else 0.

    >>> Feedback("wrong", "2.3", "All values are 0.")
    ✗ 2.3 not yet: All values are 0.
    >>> Feedback("hint", "2.3", "Draw it first.", step=1, steps=3)
    Hint 1 of 3 for 2.3: Draw it first.
    """

    state: State
    label: str
    text: str
    code: str = ""
    step: int = 0
    steps: int = 0

    @property
    def heading(self) -> str:
        """The state in words, with the number of the exercise.

        >>> Feedback("right", "2.3", "").heading
        '✓ 2.3 right'
        """
        return {
            "blank": f"… {self.label} not answered yet",
            "wrong": f"✗ {self.label} not yet",
            "right": f"✓ {self.label} right",
            "hint": f"Hint {self.step} of {self.steps} for {self.label}",
            "solution": f"Solution of {self.label}",
        }[self.state]

    def __repr__(self) -> str:
        if self.code:
            return f"{self.heading}:\n{self.code}\n\n{self.text}".rstrip()
        return f"{self.heading}: {self.text}" if self.text else self.heading

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        code = f'<pre style="{CODE}">{escape(self.code)}</pre>' if self.code else ""
        colon = ":" if self.text or code else ""
        body = f"<strong>{escape(self.heading)}{colon}</strong>{code} {_marked(self.text)}"
        return {"text/plain": repr(self), "text/html": box(body.rstrip(), self.state)}


def box(body: str, state: State) -> str:
    """Put HTML into one block whose left border has the colour of a state.

    Args:
        body: HTML that says the state in words as well: nobody should have to see colours.
        state: What has happened.

    Returns:
        One `<div>` that a screen reader announces; the same for the same arguments.

    >>> box("<strong>Right</strong>", "right")[:35]
    '<div role="status" style="border-le'
    """
    return f'<div role="status" style="{escape(BOX.format(colour=COLOURS[state]))}">{body}</div>'


def _marked(text: str) -> str:
    """Text as HTML: what stands between backticks is code, an empty line is a new paragraph."""
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return html.replace("\n\n", "<br><br>").replace("\n", "<br>")
