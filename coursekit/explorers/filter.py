"""A kernel whose weights one can change, beside the photograph it filters."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from coursekit import filters
from coursekit.explorers.base import Explorer, Float32, photograph
from coursekit.pictures import Picture, show_stages
from coursekit.pictures.words import number
from coursekit.reference import cross_correlate2d

__all__ = ["FilterExplorer", "as_kernel", "as_numbers", "frozen"]

SMALLEST, LARGEST = 2, 7


class FilterExplorer(Explorer):
    """Change a kernel's weights by keys, wheel or drag, and see the filtered photograph change while you do.

    Args:
        image: The photograph: a sample's name, a path, or an array (H, W[, 3]); it is shown in gray.
        kernel: A name that `filters.kernel` knows, or an array (kh, kw) with sides from 2 to 7.
        max_side: Longest side in pixels; None: 480 for files, and arrays as they are (at most 1024).

    Attributes:
        image: (H, W) float32 in [0, 1].

    Raises:
        ImageError: The photograph cannot be used.
        TypeError: The kernel does not hold numbers.
        ValueError: There is no kernel of this name, or the kernel has another shape, or NaN in it.

    >>> import numpy as np
    >>> explorer = FilterExplorer(np.eye(32), kernel="sobel_x")
    >>> explorer.kernel.shape
    (3, 3)
    >>> explorer.kernel = np.ones((2, 2)) / 4  # the page follows
    """

    module: ClassVar[str] = "filter"
    title: ClassVar[str] = "Filter explorer"

    _kernel = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    _presets = traitlets.Dict().tag(sync=True)

    def __init__(
        self, image: Any, kernel: str | ArrayLike = filters.BASE_KERNEL, *, max_side: int | None = None
    ) -> None:
        gray = photograph(image, mode="gray", max_side=max_side, explorer="FilterExplorer")
        weights = as_kernel(kernel, least=SMALLEST, most=LARGEST, explorer="FilterExplorer")
        presets = {name: _rows(filters.kernel(name)) for name in filters.names()}
        height, width = gray.shape
        super().__init__(gray, _kernel=_rows(weights), _presets=presets, _position=[height // 2, width // 2])

    @property
    def kernel(self) -> Float32:
        """The kernel as it stands in the page, (kh, kw) float32, read-only. Assign another one to show it."""
        return frozen(self._kernel)

    @kernel.setter
    def kernel(self, kernel: str | ArrayLike) -> None:
        """Show another kernel in the page: a name, or an array (kh, kw)."""
        self._kernel = _rows(as_kernel(kernel, least=SMALLEST, most=LARGEST, explorer="FilterExplorer"))

    @property
    def response(self) -> Float32:
        """The photograph filtered with the kernel, (H - kh + 1, W - kw + 1) float32."""
        return cross_correlate2d(self.image, self.kernel).astype(np.float32)

    def _extent(self) -> tuple[int, int]:
        (height, width), (high, wide) = self.image.shape, self.kernel.shape
        return height - high + 1, width - wide + 1

    def _draw(self) -> Picture:
        stages = {"photograph": self.image, "response": self.response[None]}
        rows = "; ".join(" ".join(number(weight) for weight in row) for row in self.kernel)
        picture = show_stages(stages, title="The photograph and its response")
        return picture.retold(
            f"Kernel {self.kernel.shape[0]} x {self.kernel.shape[1]}, row by row: {rows}. {picture.words}"
        )


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
    weights = as_numbers(
        kernel, f"{explorer}: the kernel must be a table of numbers (kh, kw) or a name such as 'sobel_x'"
    )
    if weights.ndim != 2 or not all(least <= side <= most for side in weights.shape):
        raise ValueError(
            f"{explorer}: the kernel must have the shape (kh, kw) with {least} to {most} rows and columns, "
            f"got {weights.shape}. One filter of a bank is bank[0]."
        )
    if not np.isfinite(weights).all():
        raise ValueError(
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
        raise TypeError(f"{rule}, got {type(values).__name__}.")
    with np.errstate(over="ignore"):  # the caller refuses infinity
        return np.array(array, np.float32)


def frozen(rows: list[Any]) -> Float32:
    """Weights as an array that cannot be written to: what is written there would not reach the page.

    >>> frozen([[1, 2]]).flags.writeable
    False
    """
    weights = np.array(rows, np.float32)
    weights.setflags(write=False)
    return weights


def _rows(kernel: Float32) -> list[list[float]]:
    rows: list[list[float]] = kernel.astype(float).tolist()
    return rows
