"""Reading what a caller hands over: arrays of numbers, and whole numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from coursekit.errors import WrongTypeError, WrongValueError

FloatArray = npt.NDArray[np.floating[Any]]
Colours = npt.NDArray[np.uint8]


def as_array(values: Any, name: str) -> FloatArray:
    """Read an array, a nested list or a torch tensor as float32 or float64, without importing torch.

    The name is what messages call it: TypeError where these are not real numbers, ValueError where there is
    nothing in it, or its rows differ in length. Arrays of these two types are not copied.
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        # NumPy has no bfloat16.
        values = (values.float() if str(values.dtype) == "torch.bfloat16" else values).numpy()
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise WrongValueError(f"the rows of {name} must all have the same length: {error}.") from error
    if array.dtype.kind not in "biuf":
        raise WrongTypeError(
            f"{name} must hold real numbers, but got {type(values).__name__} with dtype {array.dtype}. "
            "Pass a NumPy array, a tensor or nested lists of numbers."
        )
    if array.size == 0:
        raise WrongValueError(f"nothing to draw: {name} must hold numbers, but the shape is {array.shape}.")
    if array.dtype in (np.float32, np.float64):
        return array
    return array.astype(np.float32 if array.dtype == np.float16 else np.float64)  # sums of float16 overflow


def named_arrays(values: Any, noun: str, most: int, example: str, prefix: str) -> dict[str, FloatArray]:
    """Read 1 to so many names with arrays; messages have an example, and call an array by prefix and name."""
    if not isinstance(values, Mapping):
        raise WrongTypeError(f"{noun}s must be given as names with arrays, like {example}.")
    if not 1 <= len(values) <= most:
        raise WrongValueError(f"one picture can show 1 to {most} {noun}s, but got {len(values)}.")
    return {str(name): as_array(one, f"{prefix}{name}") for name, one in values.items()}


def responses_of(channels: FloatArray, kernels: FloatArray) -> FloatArray:
    """Slide each kernel `(C, kh, kw)` over its channel `(C, H, W)`, unflipped, without padding.

    ValueError where the kernels do not fit into the channels.
    """
    if any(small > large for small, large in zip(kernels.shape[1:], channels.shape[1:], strict=True)):
        raise WrongValueError(
            f"a kernel of {kernels.shape[1:]} does not fit into an image of {channels.shape[1:]}. "
            "Use a larger image, or a smaller kernel."
        )
    windows = np.lib.stride_tricks.sliding_window_view(channels, kernels.shape[1:], axis=(1, 2))
    responses: FloatArray = np.einsum("chwij,cij->chw", windows, kernels.astype(np.float64))
    return responses


def is_bytes(values: Any) -> bool:
    """Whether an array or a tensor holds uint8, which in an image runs from 0 to 255."""
    return str(getattr(values, "dtype", "")) in ("uint8", "torch.uint8")


def is_image(array: Any, least: int = 1) -> bool:
    """Whether an array has the shape of a colour image, `(H, W, 3)`, of a least height and width."""
    shape = np.shape(array)
    return len(shape) == 3 and shape[2] == 3 and min(shape[:2]) >= least


def whole_number(value: Any, name: str, least: int, most: int | None = None, advice: str = "") -> int:
    """Read a whole number that a caller chose; TypeError for something else, ValueError beyond its limits."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and least <= value <= (value if most is None else most):
        return int(value)
    limits = f"of at least {least}" if most is None else f"from {least} to {most}"
    error = WrongValueError if whole else WrongTypeError
    raise error(f"{name} must be a whole number {limits}, but got {value!r}.{advice}")
