"""Read an answer as a blank, an array, a number or a shape, or say in a sentence why it isn't one."""

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""What judges compare."""


class Refused(Exception):  # noqa: N818 (nothing is wrong with the program)
    """An answer that no judge can compare, with a sentence for the learner; `check` makes it Feedback.

    Args:
        text: What is wrong with it, and what to do.
        blank: Whether it isn't an answer yet.
    """

    def __init__(self, text: str, *, blank: bool = False) -> None:
        super().__init__(text)
        self.blank = blank


def gaps(answer: object) -> list[object]:
    """Collect each None and `...` in an answer, even in nested lists and tuples: the unfilled places."""
    if isinstance(answer, list | tuple):
        return [gap for part in answer for gap in gaps(part)]
    return [answer] if answer is None or answer is ... else []


def refuse_blank(answer: object) -> None:
    """Refuse an answer unless everything in it is filled in."""
    found = gaps(answer)
    if found and ... not in found and answer is not None:  # code has run and left a gap
        raise Refused(
            "Your answer still holds None: a name was never set, or a function returned nothing.", blank=True
        )
    if found:
        raise Refused("Replace the `...` with your answer, and run the cell again.", blank=True)


def is_of_torch(answer: object, kind: Literal["Tensor", "Module"]) -> bool:
    """Say whether this is one of PyTorch's tensors, or a layer or network, without loading PyTorch."""
    names = [(each.__module__.split(".")[0], each.__name__) for each in type(answer).__mro__]
    return ("torch", kind) in names


def named(answer: object) -> str:
    """Name it as a learner would."""
    if is_of_torch(answer, "Tensor"):
        return "a PyTorch tensor"
    if isinstance(answer, str):
        return "text"
    if is_of_torch(answer, "Module"):
        return "a layer"
    if callable(answer):
        return "a function"
    return f"of type `{type(answer).__name__}`"


def as_array(
    answer: object,
    shape: tuple[int | None, ...] | None = None,
    *,
    tensors: bool = False,
    what: str = "Your answer",
) -> Array:
    """Read the answer as an array of finite real numbers: a float64 copy with the answer's own shape.

    Args:
        answer: An array, or nested lists of numbers. Any integer or float type.
        shape: The shape that is wanted, with None for an axis of any length. Without it, any shape will do.
        tensors: Accept a PyTorch tensor too, as lessons 3 to 7 do.
        what: What the sentence calls it, such as "The result of your function".

    Raises:
        Refused: It isn't an array, has the wrong shape or type, or contains values that aren't numbers.
    """
    answer = _without_tensors(answer, tensors, what)
    if is_of_torch(answer, "Module"):
        raise Refused(
            f"{what} is a layer, but it should be numbers. Making a layer isn't enough; you have to use it, "
            "as in `layer(x)`."
        )
    if callable(answer):
        raise Refused(f"{what} is a function, but it should be numbers. Call it, and keep what it returns.")
    try:
        array = np.asarray(answer)
    except (ValueError, TypeError, RuntimeError):
        raise Refused(
            f"{what} is not an array: its rows have different lengths, or it contains other things."
        ) from None
    _refuse_other_types(array, answer, what)
    _refuse_other_shapes(array.shape, shape, what)
    result: Array = array.astype(np.float64)
    if not np.isfinite(result).all():
        bad = np.argwhere(~np.isfinite(result))[0].tolist()
        at = f", first at index {tuple(bad)}" if bad else ""
        found = "NaN (not a number)" if np.isnan(result).any() else "infinite values"
        raise Refused(
            f"{what} holds {found}{at}. "
            "Look for a division by 0, or for the root or logarithm of a negative number."
        )
    return result


def as_number(answer: object, *, what: str = "Your answer") -> float:
    """Read the answer as one finite number; an array or tensor with exactly one in it will do."""
    if isinstance(answer, bool | np.bool_):
        raise Refused(f"{what} is `{answer}`, but it should be a number.")
    if isinstance(answer, str):
        raise Refused(f"{what} is text, but it should be a number. Write it without quotation marks.")
    if isinstance(answer, int | float | np.number):
        try:
            number = float(answer.real)
        except OverflowError:
            raise Refused(f"{what} is far too large a number.") from None
    else:
        array = as_array(answer, tensors=True, what=what)
        if array.size != 1:
            raise Refused(f"{what} holds {array.size} numbers, but it should be one number.")
        number = float(array.reshape(-1)[0])
    if not math.isfinite(number):
        raise Refused(f"{what} is {number}, but it should be an ordinary number.")
    return number


def as_whole(answer: object, *, what: str = "Your answer") -> int:
    """Read the answer `as_number`, and refuse it unless it is whole, as 3.0 is."""
    number = as_number(answer, what=what)
    if number != round(number):
        raise Refused(f"{what} is {number:,.12g}, but it should be a whole number.")
    return round(number)


def as_shape(answer: object) -> tuple[int, ...]:
    """Read the answer, a tuple, list or 1-D array of whole numbers, as a shape; refuse anything else."""
    if isinstance(answer, int | float | np.number):
        raise Refused("Your answer is one number. Write all of them in brackets, as in `(2, 3)`.")
    if isinstance(answer, np.ndarray) and answer.ndim == 1:
        answer = answer.tolist()
    if isinstance(answer, list | tuple) and not answer:
        raise Refused("Your answer is empty. Put numbers in the brackets, as in `(2, 3)`.")
    if not isinstance(answer, list | tuple):
        raise Refused(
            f"Your answer is {named(answer)}, but it should be numbers in brackets, as in `(2, 3)`."
        )
    sizes = []
    for size in answer:
        if not isinstance(size, int | np.integer) or size is True or size is False:
            raise Refused(f"Only whole numbers go in the brackets, but you have `{size!r}`.")
        sizes.append(int(size))
        if abs(sizes[-1]) > 10**12:  # it would fill a sentence with digits
            raise Refused("One of your numbers is far too large.")
    return tuple(sizes)


def _without_tensors(answer: Any, tensors: bool, what: str) -> Any:
    """Turn a tensor into an array, even in a list or tuple."""
    if isinstance(answer, list | tuple) and any(is_of_torch(part, "Tensor") for part in answer):
        return [_without_tensors(part, tensors, what) for part in answer]
    if not is_of_torch(answer, "Tensor"):
        return answer
    if not tensors:
        raise Refused(
            f"{what} is a PyTorch tensor, but it should be a NumPy array. "
            "`.detach().numpy()` turns a tensor into an array."
        )
    plain = answer.detach().cpu()
    return (plain.float() if str(plain.dtype) == "torch.bfloat16" else plain).numpy()  # NumPy has no bfloat16


def _refuse_other_types(array: NDArray[Any], answer: object, what: str) -> None:
    kinds = {"b": "True and False", "c": "complex numbers", "S": "text", "U": "text"}
    if array.dtype.kind in kinds:
        raise Refused(f"{what} holds {kinds[array.dtype.kind]}, but it should hold real numbers.")
    if array.dtype.kind not in "uif":
        if isinstance(answer, int):
            raise Refused(f"{what} is far too large a number.")
        raise Refused(f"{what} is {named(answer)}, but it should be an array of numbers.")


def _refuse_other_shapes(shape: tuple[int, ...], wanted: tuple[int | None, ...] | None, what: str) -> None:
    if wanted is None:
        return
    words = "an array of shape " + str(wanted).replace("None", "any")
    if all(size is None for size in wanted):
        words = f"a {len(wanted)}-D array"
    if not shape:
        raise Refused(f"{what} is one number, but it should be {words}.")
    if len(shape) != len(wanted):
        axes = "1 axis" if len(shape) == 1 else f"{len(shape)} axes"
        raise Refused(f"{what} has shape {shape}, which has {axes}, but it should be {words}.")
    if any(size not in (own, None) for own, size in zip(shape, wanted, strict=True)):
        raise Refused(f"{what} has shape {shape}, but it should be {words}.")
