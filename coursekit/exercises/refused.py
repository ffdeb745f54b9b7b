"""Answers that no judge can compare: blanks, and things of another kind."""

from __future__ import annotations

__all__ = ["Refused", "holds_none", "is_blank", "is_layer", "is_tensor", "named", "refuse_blank"]


class Refused(Exception):  # noqa: N818 (it is no error of the program)
    """An answer that no judge can compare, with the sentence for the learner; `check` turns it into Feedback.

    Args:
        text: What is wrong with it, and what to do.
        blank: It is no answer yet.

    >>> Refused("Your answer is a text.").text
    'Your answer is a text.'
    """

    def __init__(self, text: str, *, blank: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.blank = blank


def is_blank(answer: object) -> bool:
    """Whether nothing was filled in: `...`, None, or a list or tuple that still holds `...`.

    >>> is_blank(...), is_blank((2, ...)), is_blank(0)
    (True, True, False)
    """
    if isinstance(answer, list | tuple):
        return any(is_blank(part) for part in answer)
    return answer is ... or answer is None


def holds_none(answer: object) -> bool:
    """Whether a list or tuple holds None, and no `...`: then code has run, and has left a gap.

    >>> holds_none([1, None]), holds_none([None, ...]), holds_none(None)
    (True, False, False)
    """
    return isinstance(answer, list | tuple) and None in _leaves(answer) and ... not in _leaves(answer)


def is_tensor(answer: object) -> bool:
    """Whether this is a PyTorch tensor; PyTorch is not loaded to find out.

    >>> is_tensor([1.0, 2.0])
    False
    """
    return _is_of_torch(answer, "Tensor")


def is_layer(answer: object) -> bool:
    """Whether this is a layer or a network of PyTorch; PyTorch is not loaded to find out.

    >>> is_layer(max)
    False
    """
    return _is_of_torch(answer, "Module")


def refuse_blank(answer: object) -> None:
    """Let only an answer pass.

    Raises:
        Refused: It is blank.

    >>> refuse_blank(0)
    """
    if holds_none(answer):
        raise Refused(
            "Your answer still holds None: a name was never set, or a function returned nothing.", blank=True
        )
    if is_blank(answer):
        raise Refused("Put your answer where `...` stands, and run the cell again.", blank=True)


def named(answer: object) -> str:
    """What a learner would call it.

    >>> named("seven")
    'a text'
    """
    if is_tensor(answer):
        return "a PyTorch tensor"
    if isinstance(answer, str):
        return "a text"
    if is_layer(answer):
        return "a layer"
    if callable(answer):
        return "a function"
    return f"of type `{type(answer).__name__}`"


def _is_of_torch(answer: object, name: str) -> bool:
    return any(
        kind.__module__.split(".")[0] == "torch" and kind.__name__ == name for kind in type(answer).__mro__
    )


def _leaves(answer: object) -> list[object]:
    """The None and `...` in nested lists and tuples."""
    if isinstance(answer, list | tuple):
        return [leaf for part in answer for leaf in _leaves(part)]
    return [answer] if answer is None or answer is ... else []
