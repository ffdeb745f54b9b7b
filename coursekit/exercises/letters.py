"""Questions with lettered statements: the letter that a learner chose, and the judge of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from coursekit.exercises.feedback import Right, Verdict, Wrong
from coursekit.exercises.refused import Refused, named, refuse_blank

__all__ = ["as_choice", "choice"]


def as_choice(answer: object, letters: str) -> str:
    """The answer as one of a few letters.

    Args:
        answer: One letter, large or small; brackets, a full stop and spaces around it do not matter.
            The wide letters of an East Asian keyboard will do.
        letters: Those that can be chosen, such as "ABCD".

    Raises:
        Refused: It is blank, no text, or no such letter.

    >>> as_choice(" b) ", "ABC")
    'B'
    """
    refuse_blank(answer)
    wanted = f'Answer with one letter in quotation marks, as in `"{letters[0]}"`.'
    if not isinstance(answer, str):
        raise Refused(f"Your answer is {named(answer)}. {wanted}")
    letter = unicodedata.normalize("NFKC", answer).strip(" ().。").upper()
    if len(letter) == 1 and letter.isalpha() and not letter.isascii():
        raise Refused(
            f"Your letter comes from another alphabet, even if it looks like one of {', '.join(letters)}. "
            "Switch the keyboard to English, and write it again."
        )
    if len(letter) != 1 or letter not in letters:
        raise Refused(
            f"There is no statement `{answer[:20]}`. The letters are {', '.join(letters)}. {wanted}"
        )
    return letter


def choice(right: str, says: Mapping[str, str]) -> Callable[[Any], Verdict]:
    """The judge of a question with lettered statements.

    Args:
        right: The letter of the right statement.
        says: For each letter what the learner reads after choosing it: why it is right, or what speaks
            against it.

    >>> judge = choice("A", {"A": "The weights add up to 0.", "B": "A flat patch would not give 0."})
    >>> judge("b")
    Wrong(why='A flat patch would not give 0.')
    """
    letters = "".join(sorted(says))

    def judge(answer: Any) -> Verdict:
        letter = as_choice(answer, letters)
        return Right(says[letter]) if letter == right else Wrong(says[letter])

    return judge
