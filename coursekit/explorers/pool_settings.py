"""The settings of the pooling explorer, checked together."""

from __future__ import annotations

from typing import Any, NamedTuple

from coursekit.explorers.settings import one_of, whole

__all__ = ["KINDS", "MOST_SHIFT", "SMALLEST", "Settings", "checked"]

KINDS = {"max": "max pooling", "avg": "average pooling"}
"""What a window can keep, with the names of it."""
MOST_SHIFT = 3
"""Rows and columns by which the input can be shifted."""
SMALLEST = 2
"""Rows and columns of the smallest window."""
LARGEST = 6  # window and stride
SOURCES = ("map", "photograph")


class Settings(NamedTuple):
    """What is pooled, and how; the arguments of `PoolExplorer`."""

    source: str
    kind: str
    size: int
    stride: int | None
    ceil: bool
    shift: tuple[int, int]

    def traits(self) -> dict[str, Any]:
        """The settings as the page gets them."""
        return {
            "_source": self.source,
            "_kind": self.kind,
            "_size": self.size,
            "_stride": self.stride or 0,  # 0: as large as the window
            "_ceil": self.ceil,
            "_shift": list(self.shift),
        }


def checked(settings: Settings) -> Settings:
    """Return the settings with plain numbers, or say which of them makes no sense.

    Raises:
        TypeError: A setting of another type.
        ValueError: A setting outside its range, or a name that does not exist.

    >>> checked(Settings("map", "max", 2, None, False, (0, 3))).shift
    (0, 3)
    """
    source, kind, size, stride, ceil, shift = settings
    if not isinstance(ceil, bool):
        raise TypeError(f"PoolExplorer: ceil_mode must be True or False, got {ceil!r}.")
    if not isinstance(shift, (tuple, list)) or len(shift) != 2:
        raise TypeError(f"PoolExplorer: shift must be two numbers (rows, columns), got {shift!r}.")
    down, right = (whole(part, 0, MOST_SHIFT, "PoolExplorer: shift") for part in shift)
    return Settings(
        one_of(source, SOURCES, "PoolExplorer: source"),
        one_of(kind, KINDS, "PoolExplorer: kind"),
        whole(size, SMALLEST, LARGEST, "PoolExplorer: size"),
        None if stride is None else whole(stride, 1, LARGEST, "PoolExplorer: stride"),
        ceil,
        (down, right),
    )
