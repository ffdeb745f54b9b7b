"""Call a learner's function, class or layer, and turn whatever goes wrong into a sentence."""

import copy
import inspect
import re
import sysconfig
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from coursekit.exercises.answers import Array, Refused, as_array, gaps, is_of_torch

RESULT = "The result of your function"
# Code in these folders isn't from a learner's cell: this package, and Python with everything installed in it.
FOREIGN = (str(Path(__file__).parents[1]), sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))


def as_function(answer: object, arguments: int) -> Callable[..., Any]:
    """Return the answer if it is a function that takes this many arguments; refuse anything else."""
    if isinstance(answer, type):
        raise Refused(f"`{answer.__name__}` is a class, but it should be a function.")
    if not callable(answer):
        raise Refused(
            "Your answer should be a function, but it is not one. "
            "Give `check` your function's name, without brackets or arguments."
        )
    try:
        signature = inspect.signature(answer)
    except (ValueError, TypeError):  # as for some functions written in C
        return answer
    try:
        signature.bind(*[None] * arguments)
    except TypeError:
        wanted = f"{arguments} {'argument' if arguments == 1 else 'arguments'}"
        method = getattr(answer, "__func__", None)  # its signature leaves out `self`
        raise Refused(
            f"Besides `self`, your `{method.__name__}` must take {wanted}. Keep its first line as it was."
            if method
            else f"Your function takes `{signature}`, but it is called with {wanted}. "
            "Keep the first line as it was."
        ) from None
    return answer


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call what a learner wrote with copies of the arguments, and return the result.

    Refuse it if it raises an error, changes its arguments, or returns nothing.
    """
    given = copy.deepcopy(arguments)
    try:
        result = function(*given)
    except NotImplementedError as error:
        if "forward" in str(error):
            raise Refused("Your network has no `forward`, or its name is spelled differently.") from None
        raise Refused("Your code says it hasn't been written yet.", blank=True) from None
    except SystemExit:
        raise Refused("Your code ends the program with `exit()`. End a function with `return`.") from None
    except Exception as error:
        raise _stopped(function, error, arguments) from error
    found = gaps(result)
    if result is None and not _is_empty(function):
        raise Refused("Your function returns None for at least one input. Does it always end with `return`?")
    if found and ... not in found and result is not None:
        raise Refused("Your result still holds None: `append` returns nothing, or a name was never set.")
    if found:
        raise Refused("Replace the `...` with your code, and run the cell again.", blank=True)
    if not all(_same(own, before) for own, before in zip(given, arguments, strict=True)):
        raise Refused(
            "Your function changes its input, which is still needed afterwards. Work on a copy: `x.copy()`."
        )
    return result


def array_from(
    function: Callable[..., Any], *arguments: Any, shape: tuple[int | None, ...] | None = None
) -> Array:
    """`call` what a learner wrote, and read the result `as_array`, even if it is a tensor."""
    return as_array(call(function, *arguments), shape, tensors=True, what=RESULT)


def _is_empty(function: Callable[..., Any]) -> bool:
    """Say whether its body is just `...` or `pass`, perhaps after a docstring."""

    def nothing() -> None: ...

    def described() -> None:
        """Nothing else."""

    written = (
        getattr(type(function), "forward", None)
        if is_of_torch(function, "Module")
        else inspect.unwrap(function)
    )
    code = getattr(written, "__code__", None)
    return code is not None and code.co_code in {each.__code__.co_code for each in (nothing, described)}


def _stopped(function: Callable[..., Any], error: Exception, given: tuple[Any, ...]) -> Refused:
    """Write what a learner reads instead of a traceback."""
    # Some of NumPy's messages about indices explain the ellipsis, as (`...`): then it isn't a blank.
    if re.search(r"\bellipsis\b(?! \()", str(error), re.I):
        return Refused("Your code still holds `...`.", blank=True)
    arrays = any(isinstance(one, np.ndarray) for one in given)
    if arrays and is_of_torch(function, "Module") and isinstance(error, TypeError | AttributeError):
        return Refused(
            "This layer wants a tensor, but here it gets a NumPy array. Write a function around the layer: "
            "`torch.from_numpy(x)` turns an array into a tensor."
        )
    line = _line(function, error)
    where = f" in line {line} of its cell" if line else ""
    words = str(error).strip().split("\n")[0].rstrip(".")
    message = words.partition(" - got (")[0]
    said = f"{type(error).__name__}: {message}." if message else f"{type(error).__name__}."
    # The learner's own example may have had a different shape.
    shapes = [" × ".join(map(str, one.shape)) for one in given if getattr(one, "shape", ())]
    tried = f" It was tried with {' and '.join(shapes)} numbers." if shapes else ""
    return Refused(f"Your code stopped{where} with {said}{_advice(words)}{tried}")


def _advice(message: str) -> str:
    """Say what to do about an error whose own message doesn't help a beginner; empty for any other."""
    if "truth value of an array" in message:
        return (
            " max, min and if want one number, but an array holds many. `np.maximum(a, b)` and "
            "`np.where(...)` go number by number; `array.min()` gives the smallest of all."
        )
    shapes = re.search(r"mat1 and mat2 shapes cannot be multiplied \(1x(\d+) and (\d+)x", message)
    if shapes and int(shapes[1]) > int(shapes[2]) and int(shapes[1]) % int(shapes[2]) == 0:
        return " flatten has put the whole batch in one row. Keep the first axis: `start_dim=1`."
    if re.search(r"must be Tensor, not (numpy\.)?ndarray|- got \((numpy\.)?ndarray", message):
        return (
            " PyTorch wants a tensor, but this is a NumPy array. "
            "`torch.from_numpy(x)` turns an array into a tensor."
        )
    kinds = "ReLU|MaxPool2d|AvgPool2d|Flatten"
    layer = re.search(rf"must be Tensor, not ({kinds})\b|'({kinds})' object has no attribute", message)
    name = layer and (layer[1] or layer[2])
    if name == "ReLU":
        return " `nn.ReLU()` makes a layer; `nn.ReLU()(x)` or `torch.relu(x)` uses it."
    return f" `nn.{name}(...)` makes a layer; `nn.{name}(...)(x)` uses it." if name else ""


def _line(function: Callable[..., Any], error: Exception) -> int | None:
    """Find the last line in the learner's own cell: in the function, or in a method of its class."""
    kind = function if isinstance(function, type) else type(function)
    methods = [vars(kind).get(name) for name in ("__init__", "forward", "__call__")]
    codes = [getattr(part, "__code__", None) for part in (inspect.unwrap(function), *methods)]
    files = {code.co_filename for code in codes if code is not None}
    files = {file for file in files if not file.startswith(FOREIGN) and "-packages" not in file}
    own = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
    return own[-1] if own else None


def _same(one: Any, other: Any) -> bool:
    if is_of_torch(one, "Tensor") or isinstance(one, np.ndarray):
        same = one.shape == other.shape and bool((one == other).all())
        return same and one.dtype == other.dtype
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(_same(*pair) for pair in zip(one, other, strict=True))
    return one == other if isinstance(one, int | float | str) else True
