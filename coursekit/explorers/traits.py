"""Traits of explorers: those of traitlets, but they refuse in the course's words."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from coursekit import filters

__all__ = ["Float", "Float32", "Int", "Ints", "Kernel", "OneOf", "WrongValueError"]
__all__ += ["as_kernel", "as_numbers", "between", "frozen", "named_kernels"]

Float32 = NDArray[np.float32]


class WrongValueError(traitlets.TraitError, ValueError):
    """A setting of the right type that makes no sense; traitlets knows what to do with a TraitError."""


class WrongTypeError(traitlets.TraitError, TypeError):
    """A setting of another type."""


def between(value: float, low: float, high: float, what: str, *, hint: str = "") -> None:
    """Refuse a number outside its range, or NaN.

    Args:
        value: What came.
        low: The smallest number that makes sense.
        high: The largest.
        what: Explorer and setting, for the message.
        hint: A sentence for the message: why there is no more, or what to do.

    Raises:
        WrongValueError: Outside the two.

    >>> between(9, 1, 8, "ConvExplorer: stride")
    Traceback (most recent call last):
    coursekit.explorers.traits.WrongValueError: ConvExplorer: stride must lie between 1 and 8, got 9.
    """
    if not low <= value <= high:
        raise WrongValueError(f"{what} must lie between {low:g} and {high:g}, got {value:g}. {hint}".rstrip())


def _whole(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise WrongTypeError(f"{what} must be a whole number, got {type(value).__name__}.")
    return int(value)


def _named(trait: traitlets.TraitType[Any, Any], explorer: Any) -> str:
    return f"{type(explorer).__name__}: {trait.name}"


class Int(traitlets.Int[int, Any]):
    """A whole number, NumPy's too, from `min` to `max`."""

    def validate(self, obj: Any, value: Any) -> int:
        """Refuse what is no whole number or out of range."""
        number = _whole(value, _named(self, obj))
        if self.min is not None:
            between(number, self.min, self.max, _named(self, obj))
        return number


class Float(traitlets.Float[float, Any]):
    """A number from `min` to `max`."""

    def validate(self, obj: Any, value: Any) -> float:
        """Refuse what is no number or out of range."""
        what = _named(self, obj)
        if isinstance(value, bool) or not isinstance(value, Real):
            raise WrongTypeError(f"{what} must be a number, got {type(value).__name__}.")
        if np.isfinite(self.min):
            between(float(value), self.min, self.max, what)
        return float(value)


class OneOf(traitlets.TraitType[Any, Any]):
    """One of a few names, numbers, or of False and True; the first is the default."""

    def __init__(self, *values: Any) -> None:
        super().__init__(values[0])
        self.values = values

    def validate(self, obj: Any, value: Any) -> Any:
        """Refuse all others."""
        what, there_are = _named(self, obj), f"There are: {', '.join(map(str, self.values))}."
        if type(value) is not type(self.values[0]):
            kind = {str: "a name", int: "a whole number", bool: "True or False"}[type(self.values[0])]
            raise WrongTypeError(f"{what} must be {kind}, got {type(value).__name__}. {there_are}")
        if value not in self.values:
            raise WrongValueError(f"{what} cannot be {value!r}. {there_are}")
        return value


class Ints(traitlets.TraitType[tuple[int, ...], Any]):
    """A tuple of whole numbers: one for each name, or any count where no names are given."""

    def __init__(self, *names: str) -> None:
        super().__init__((0,) * len(names))
        self.names = names

    def validate(self, obj: Any, value: Any) -> tuple[int, ...]:
        """Refuse another count, and what is no whole number."""
        what = _named(self, obj)
        try:
            numbers = dict(zip(self.names or map(str, range(len(value))), value, strict=True))
        except (TypeError, ValueError):
            count = {2: "two ", 4: "four "}.get(len(self.names), "")
            form = f"({', '.join(self.names)}), {count}" if self.names else ""
            raise WrongTypeError(f"{what} must be {form}whole numbers, got {value!r}.") from None
        return tuple(_whole(number, f"{what}: {name}") for name, number in numbers.items())


class Kernel(traitlets.TraitType[Float32, Any]):
    """A kernel by name or as an array; kept as (kh, kw) float32 that cannot be written to, sent as rows.

    `traitlets.link` compares with `!=`, which arrays refuse: tie two kernels with `dlink` or `jslink`.
    """

    def __init__(self, least: int, most: int) -> None:
        super().__init__(frozen(filters.BASE_KERNEL))
        self.least, self.most = least, most
        self.tag(sync=True, to_json=lambda kernel, _: kernel.tolist())

    def validate(self, obj: Any, value: Any) -> Float32:
        """Refuse what is no kernel, or has fewer or more rows and columns."""
        return frozen(as_kernel(value, least=self.least, most=self.most, explorer=type(obj).__name__))


def as_kernel(kernel: str | ArrayLike, *, least: int, most: int, explorer: str) -> Float32:
    """Give a kernel by name or as an array, checked.

    Args:
        kernel: A name that `filters.kernel` knows, or an array (kh, kw).
        least: Fewest rows and columns.
        most: Most rows and columns.
        explorer: What messages call the explorer.

    Raises:
        TypeError: Not numbers.
        ValueError: Another shape, NaN or infinity, or a name that does not exist.

    >>> as_kernel([[1, 2], [3, 4]], least=2, most=7, explorer="FilterExplorer").dtype
    dtype('float32')
    """
    if isinstance(kernel, str):
        return filters.kernel(kernel)
    rule = "the kernel must be a table of numbers (kh, kw) or a name such as 'sobel_x'"
    weights = as_numbers(kernel, f"{explorer}: {rule}")
    if weights.ndim != 2 or not all(least <= side <= most for side in weights.shape):
        raise WrongValueError(
            f"{explorer}: the kernel must have the shape (kh, kw) with {least} to {most} rows and columns, "
            f"got {weights.shape}. One filter of a bank is bank[0]."
        )
    if not np.isfinite(weights).all():
        raise WrongValueError(
            f"{explorer}: the kernel holds NaN or infinity, or what is infinity as float32. Every weight "
            "must be a number."
        )
    return weights


def as_numbers(values: ArrayLike, rule: str) -> Float32:
    """Give an array of numbers as float32, a copy; TypeError with the rule where they are none.

    >>> as_numbers([[1, 2]], "here: numbers").tolist()
    [[1.0, 2.0]]
    """
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, RuntimeError):  # ragged, or a tensor that has a gradient
        array = np.empty(0, object)
    if array.dtype.kind not in "biuf":
        raise WrongTypeError(f"{rule}, got {type(values).__name__}.")
    with np.errstate(over="ignore"):  # the caller refuses infinity
        return np.array(array, np.float32)


def frozen(weights: Float32) -> Float32:
    """A copy that cannot be written to: what is written there would not reach the page.

    >>> frozen(np.ones(2, np.float32)).flags.writeable
    False
    """
    copy = weights.copy()
    copy.setflags(write=False)
    return copy


def named_kernels() -> dict[str, list[list[float]]]:
    """The kernels that a page offers by name, as rows.

    >>> named_kernels()["box3"][0][:1]
    [0.1111111119389534]
    """
    return {name: filters.kernel(name).tolist() for name in filters.names()}
