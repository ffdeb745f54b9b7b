"""Calling what a learner wrote: a function, a class, a layer. Whatever goes wrong becomes a sentence."""

from __future__ import annotations

import copy
import inspect
import re
import sysconfig
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from coursekit.exercises.refused import Refused, holds_none, is_blank, is_layer, is_tensor, refuse_blank

__all__ = ["as_class", "as_function", "call"]

# Code below these folders is no cell of a learner: this package, and Python with what is installed in it.
FOREIGN = (str(Path(__file__).parents[1]), sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))


def as_function(answer: object, arguments: int) -> Callable[..., Any]:
    """The answer as a function that can be called with so many arguments.

    Raises:
        Refused: It is blank, no function, or takes another number of arguments.

    >>> as_function(max, 2)(3, 4)
    4
    """
    refuse_blank(answer)
    if isinstance(answer, type):
        raise Refused(f"`{answer.__name__}` is a class, and a function is wanted here.")
    if not callable(answer):
        raise Refused(
            "A function is wanted here, and your answer is not one. "
            "Give `check` the name of your function, without brackets and arguments."
        )
    try:
        signature = inspect.signature(answer)
    except (ValueError, TypeError):
        return answer
    try:
        signature.bind(*[None] * arguments)
    except TypeError:
        method = getattr(answer, "__func__", None)  # its signature says nothing of `self`
        if method:
            raise Refused(
                f"Besides `self`, your `{method.__name__}` must take {arguments} "
                f"{'argument' if arguments == 1 else 'arguments'}. Keep its first line as it was."
            ) from None
        raise Refused(
            f"Your function takes `{signature}`, and it is called with {arguments} "
            f"{'argument' if arguments == 1 else 'arguments'}. Keep the first line as it was."
        ) from None
    return answer


def as_class(answer: object) -> type:
    """The answer as a class, such as a network's.

    Raises:
        Refused: It is blank, or no class.

    >>> as_class(dict)
    <class 'dict'>
    """
    refuse_blank(answer)
    if not isinstance(answer, type):
        raise Refused("A class is wanted here. Give `check` its name, without brackets.")
    return answer


def call(function: Callable[..., Any], *arguments: Any, changes: bool = False) -> Any:
    """Call what a learner wrote and return what it returns.

    Args:
        function: A function, a class, or an object that can be called.
        *arguments: Each is copied first.
        changes: It may change its arguments.

    Raises:
        Refused: It raises an error, changes its arguments, or returns nothing.

    >>> call(lambda x: x + 1, 2)
    3
    """
    given = copy.deepcopy(arguments)
    try:
        result = function(*given)
    except NotImplementedError as error:
        if "forward" in str(error):
            raise Refused("Your network has no `forward`, or its name is spelled in another way.") from None
        raise Refused("Your code says that it is not written yet.", blank=True) from None
    except SystemExit:
        raise Refused("Your code ends the program with `exit()`. A function ends with `return`.") from None
    except Exception as error:
        raise _stopped(function, error, arguments) from error
    _refuse_gaps(function, result)
    if not changes and not all(_same(own, before) for own, before in zip(given, arguments, strict=True)):
        raise Refused(
            "Your function changes what it is given. Work on a copy: whoever calls it still needs the input."
        )
    return result


def _refuse_gaps(function: Callable[..., Any], result: Any) -> None:
    if result is None and not _is_empty(function):
        raise Refused("Your function returns None, at least for one input. Does it always end with `return`?")
    if holds_none(result):
        raise Refused("Your result still holds None: `append` returns nothing, or a name was never set.")
    if is_blank(result):
        raise Refused("Put your code where `...` stands, and run the cell again.", blank=True)


def _is_empty(function: Callable[..., Any]) -> bool:
    """Whether its body is only `...` or `pass`, perhaps after a docstring."""

    def nothing() -> None: ...

    def described() -> None:
        """Nothing else."""

    written = getattr(type(function), "forward", None) if is_layer(function) else inspect.unwrap(function)
    code = getattr(written, "__code__", None)
    return code is not None and code.co_code in {each.__code__.co_code for each in (nothing, described)}


def _stopped(function: Callable[..., Any], error: Exception, given: tuple[Any, ...]) -> Refused:
    """What a learner reads in place of a traceback."""
    if re.search(
        r"\bellipsis\b(?! \()", str(error), re.I
    ):  # NumPy's sentences about indices explain it: (`...`)
        return Refused("Your code still holds `...`.", blank=True)
    arrays = any(isinstance(one, np.ndarray) for one in given)
    if arrays and is_layer(function) and isinstance(error, TypeError | AttributeError):
        return Refused(
            "This layer wants a tensor, and here it gets a NumPy array. Write a function around the layer: "
            "`torch.from_numpy(x)` makes a tensor of an array."
        )
    line = _line(function, error)
    where = f" in line {line} of its cell" if line else ""
    words = str(error).strip().split("\n")[0].rstrip(".")
    message = words.partition(" - got (")[0]
    return Refused(
        f"Your code stopped{where} with {type(error).__name__}"
        + (f": {message}." if message else ".")
        + _advice(words)
        + _tried(given)
    )


def _advice(message: str) -> str:
    """What to do about an error whose own words do not help a beginner; empty for any other."""
    if "truth value of an array" in message:
        return (
            " max, min and if want one number, and an array holds many. `np.maximum(a, b)` and "
            "`np.where(...)` go number by number; `array.min()` gives the smallest of all."
        )
    shapes = re.search(r"mat1 and mat2 shapes cannot be multiplied \(1x(\d+) and (\d+)x", message)
    if shapes and int(shapes[1]) > int(shapes[2]) and int(shapes[1]) % int(shapes[2]) == 0:
        return " flatten has put the whole batch into one row. Keep the first axis: `start_dim=1`."
    if re.search(r"must be Tensor, not (numpy\.)?ndarray|- got \((numpy\.)?ndarray", message):
        return (
            " PyTorch wants a tensor, and this is a NumPy array. "
            "`torch.from_numpy(x)` makes a tensor of an array."
        )
    kinds = "ReLU|MaxPool2d|AvgPool2d|Flatten"
    layer = re.search(rf"must be Tensor, not ({kinds})\b|'({kinds})' object has no attribute", message)
    name = layer and (layer[1] or layer[2])
    if name == "ReLU":
        return " `nn.ReLU()` makes a layer; `nn.ReLU()(x)` or `torch.relu(x)` uses it."
    return f" `nn.{name}(...)` makes a layer; `nn.{name}(...)(x)` uses it." if name else ""


def _tried(given: tuple[Any, ...]) -> str:
    """What the code was called with, where it has a shape: the learner's own example may have had another."""
    shapes = [" × ".join(map(str, one.shape)) for one in given if getattr(one, "shape", ())]
    return f" It was tried with {' and '.join(shapes)} numbers." if shapes else ""


def _line(function: Callable[..., Any], error: Exception) -> int | None:
    """The last line that stands in the learner's own cell."""
    codes = (getattr(part, "__code__", None) for part in _parts(function))
    files = {code.co_filename for code in codes if code is not None}
    files = {file for file in files if not file.startswith(FOREIGN) and "-packages" not in file}
    own = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
    return own[-1] if own else None


def _parts(function: Callable[..., Any]) -> list[Any]:
    """Where the learner's own code may stand: the function itself, or the methods of its class."""
    kind = function if isinstance(function, type) else type(function)
    names = ("__init__", "forward", "__call__")
    return [inspect.unwrap(function), *(vars(kind).get(name) for name in names)]


def _same(one: Any, other: Any) -> bool:
    if is_tensor(one) or isinstance(one, np.ndarray):
        same = one.shape == other.shape and bool((one == other).all())
        return same and one.dtype == other.dtype
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(_same(*pair) for pair in zip(one, other, strict=True))
    return one == other if isinstance(one, int | float | str) else True
