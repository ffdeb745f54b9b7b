"""Traits of explorers: those of traitlets, but they refuse in the course's words."""

from numbers import Integral, Real
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from coursekit import filters
from coursekit.errors import WrongTypeError, WrongValueError

Float32 = NDArray[np.float32]
NAMED_KERNELS = {name: filters.kernel(name).tolist() for name in filters.names()}  # as a page offers them


class WrongSettingError(WrongValueError, traitlets.TraitError):
    """A setting that cannot be used; where it was assigned, traitlets knows what to do with a TraitError."""


class WrongSettingTypeError(WrongTypeError, traitlets.TraitError):
    """A setting of another type."""


def between(value: float, low: float, high: float, what: str, *, hint: str = "") -> None:
    """Refuse a number outside its range, or NaN; the message begins with `what` and ends with the hint."""
    if not low <= value <= high:
        raise WrongSettingError(
            f"{what} must lie between {low:g} and {high:g}, got {value:g}. {hint}".rstrip()
        )


def _whole(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise WrongSettingTypeError(f"{what} must be a whole number, got {type(value).__name__}.")
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
            raise WrongSettingTypeError(f"{what} must be a number, got {type(value).__name__}.")
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
            raise WrongSettingTypeError(f"{what} must be {kind}, got {type(value).__name__}. {there_are}")
        if value not in self.values:
            raise WrongSettingError(f"{what} cannot be {value!r}. {there_are}")
        return value


class Ints(traitlets.TraitType[tuple[int, ...], Any]):
    """Whole numbers, from 0 to `most` where that is given: one for each name, or any count without names."""

    def __init__(self, *names: str, most: int | None = None) -> None:
        super().__init__((0,) * len(names))
        self.names, self.most = names, most

    def validate(self, obj: Any, value: Any) -> tuple[int, ...]:
        """Refuse another count, and what is no whole number."""
        what = _named(self, obj)
        try:
            numbers = dict(zip(self.names or map(str, range(len(value))), value, strict=True))
        except (TypeError, ValueError):
            count = {2: "two ", 4: "four "}.get(len(self.names), "")
            form = f"({', '.join(self.names)}), {count}" if self.names else ""
            raise WrongSettingTypeError(f"{what} must be {form}whole numbers, got {value!r}.") from None
        whole = tuple(_whole(number, f"{what}: {name}") for name, number in numbers.items())
        if self.most is not None:
            for number in whole:
                between(number, 0, self.most, what)
        return whole


class Kernel(traitlets.TraitType[Float32, Any]):
    """A kernel by name or as an array; kept as (kh, kw) float32 that cannot be written to, sent as rows.

    `traitlets.link` compares with `!=`, which arrays refuse: tie two kernels with `dlink` or `jslink`.
    """

    def __init__(self, least: int, most: int) -> None:
        super().__init__(filters.BASE_KERNEL)
        self.least, self.most = least, most
        self.tag(sync=True, to_json=lambda kernel, _: kernel.tolist())

    def validate(self, obj: Any, value: Any) -> Float32:
        """Refuse what is no kernel, or has fewer or more rows and columns."""
        return as_kernel(value, least=self.least, most=self.most, explorer=type(obj).__name__)


def as_kernel(kernel: str | ArrayLike, *, least: int, most: int, explorer: str) -> Float32:
    """A kernel by name or as an array with `least` to `most` rows and columns, read-only."""
    rule = f"{explorer}: the kernel must be a table of numbers (kh, kw) or a name such as 'sobel_x'"
    weights = filters.kernel(kernel) if isinstance(kernel, str) else as_numbers(kernel, rule)
    if weights.ndim != 2 or not all(least <= side <= most for side in weights.shape):
        raise WrongSettingError(
            f"{explorer}: the kernel must have the shape (kh, kw) with {least} to {most} rows and columns, "
            f"got {weights.shape}. One filter of a bank is bank[0]."
        )
    if not np.isfinite(weights).all():
        raise WrongSettingError(
            f"{explorer}: the kernel holds NaN or infinity, or what is infinity as float32. Every weight "
            "must be a number."
        )
    weights.setflags(write=False)  # what is written there would not reach the page
    return weights


def as_numbers(values: ArrayLike, rule: str) -> Float32:
    """An array of numbers as float32, a copy; WrongSettingTypeError with the rule where they are none."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, RuntimeError):  # ragged, or a tensor that has a gradient
        array = np.empty(0, object)
    if array.dtype.kind not in "biuf":
        raise WrongSettingTypeError(f"{rule}, got {type(values).__name__}.")
    with np.errstate(over="ignore"):  # the caller refuses infinity
        return np.array(array, np.float32)
