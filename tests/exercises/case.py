"""What the tests of one exercise hold: right answers, wrong ones with what they must be told."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """Answers to one exercise; `wrong` pairs an answer with a part of the sentence that it must get."""

    right: list[Any]
    wrong: list[tuple[Any, str]]
