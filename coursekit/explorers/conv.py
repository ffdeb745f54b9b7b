"""One position of a conv layer at a time: which patch it reads, and what comes of it."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from coursekit import filters
from coursekit.explorers.base import Explorer, Float32, photograph
from coursekit.explorers.filter import as_kernel, frozen
from coursekit.explorers.settings import whole
from coursekit.pictures import Picture, show_image, show_products
from coursekit.reference import cross_correlate2d, output_size

__all__ = ["ConvExplorer"]

# The smallest and largest value that the page's sliders have.
SETTINGS = {"stride": (1, 8), "padding": (0, 8), "dilation": (1, 8)}
MOST_WEIGHTS = 7  # rows or columns of a kernel


class ConvExplorer(Explorer):
    """Point at one output of a conv layer and see its patch, the products and their sum; play the whole scan.

    Args:
        image: The photograph: a sample's name, a path, or an array (H, W[, 3]); it is shown in gray.
        kernel: A name that `filters.kernel` knows, or an array (kh, kw) with sides from 1 to 7.
        stride: Pixels from one window to the next, 1 to 8.
        padding: Zeros added on each side, 0 to 8.
        dilation: Pixels from one weight to the next, 1 to 8.
        part: Which pixels the layer gets, (row, column, height, width); None: the whole photograph.
        max_side: Longest side in pixels; None: 480 for files, and arrays as they are (at most 1024).

    Attributes:
        image: (H, W) float32 in [0, 1], the whole photograph.

    Raises:
        ImageError: The photograph cannot be used.
        TypeError: A setting is no whole number, or the kernel does not hold numbers.
        ValueError: A setting or the kernel is out of its range, the part does not lie in the photograph, or
            the kernel does not fit into it. The learner may choose what does not fit: the page explains it.

    >>> explorer = ConvExplorer(np.eye(32), kernel="sobel_x", stride=2)
    >>> explorer.output.shape, explorer.position
    ((15, 15), (7, 7))
    >>> explorer.padding = 1  # the page follows
    >>> explorer.output.shape
    (16, 16)
    """

    module: ClassVar[str] = "conv"
    title: ClassVar[str] = "Conv explorer"

    _kernel = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    _presets = traitlets.Dict().tag(sync=True)
    _limits = traitlets.Dict().tag(sync=True)
    _stride = traitlets.Int(1).tag(sync=True)
    _padding = traitlets.Int(0).tag(sync=True)
    _dilation = traitlets.Int(1).tag(sync=True)
    _part = traitlets.List(traitlets.Int(), minlen=4, maxlen=4).tag(sync=True)

    def __init__(
        self,
        image: Any,
        kernel: str | ArrayLike = filters.BASE_KERNEL,
        *,
        stride: int = 1,
        padding: int = 0,
        dilation: int = 1,
        part: tuple[int, int, int, int] | None = None,
        max_side: int | None = None,
    ) -> None:
        gray = photograph(image, mode="gray", max_side=max_side, explorer="ConvExplorer")
        weights = as_kernel(kernel, least=1, most=MOST_WEIGHTS, explorer="ConvExplorer")
        given = {"stride": stride, "padding": padding, "dilation": dilation}
        settings = {
            name: whole(value, *SETTINGS[name], f"ConvExplorer: {name}") for name, value in given.items()
        }
        area = _checked_part(part, gray.shape)
        height, width = _size((area[2], area[3]), weights, settings)
        super().__init__(
            gray,
            _kernel=weights.astype(float).tolist(),
            _presets={name: filters.kernel(name).astype(float).tolist() for name in filters.names()},
            _limits={name: list(ends) for name, ends in SETTINGS.items()},
            _part=area,
            _position=[height // 2, width // 2],
            **{f"_{name}": value for name, value in settings.items()},
        )

    @property
    def kernel(self) -> Float32:
        """The weights, (kh, kw) float32, read-only. Assign others, or a name, to show them."""
        return frozen(self._kernel)

    @kernel.setter
    def kernel(self, kernel: str | ArrayLike) -> None:
        """Show another kernel."""
        weights = as_kernel(kernel, least=1, most=MOST_WEIGHTS, explorer="ConvExplorer")
        _size(self.input.shape, weights, self._settings)
        self._kernel = weights.astype(float).tolist()

    @property
    def stride(self) -> int:
        """Pixels from one window to the next. Assign another number to show it."""
        return int(self._stride)

    @stride.setter
    def stride(self, stride: int) -> None:
        """Show another stride."""
        self._set("stride", stride)

    @property
    def padding(self) -> int:
        """Zeros added on each side. Assign another number to show it."""
        return int(self._padding)

    @padding.setter
    def padding(self, padding: int) -> None:
        """Show another padding."""
        self._set("padding", padding)

    @property
    def dilation(self) -> int:
        """Pixels from one weight to the next. Assign another number to show it."""
        return int(self._dilation)

    @dilation.setter
    def dilation(self, dilation: int) -> None:
        """Show another dilation."""
        self._set("dilation", dilation)

    @property
    def part(self) -> tuple[int, int, int, int]:
        """Which pixels of the photograph the layer gets: (row, column, height, width)."""
        row, column, height, width = self._part
        return row, column, height, width

    @property
    def input(self) -> Float32:
        """What the layer gets, (height, width) float32: the part of the photograph that is shown."""
        row, column, height, width = self._part
        return self.image[row : row + height, column : column + width]

    @property
    def output(self) -> Float32:
        """What the layer gives, float32.

        Raises:
            ValueError: The learner has chosen what does not fit; the message has the numbers.
        """
        return cross_correlate2d(self.input, self.kernel, **self._settings).astype(np.float32)

    @property
    def patch(self) -> Float32:
        """The numbers under the kernel at the chosen position, (kh, kw) float32, zeros in the padding.

        Raises:
            ValueError: The kernel does not fit.
        """
        self._extent()
        kernel, step = self.kernel, self.dilation
        top, left = (place * self.stride for place in self.position)
        high, wide = ((side - 1) * step + 1 for side in kernel.shape)
        padded = np.pad(self.input, self.padding)
        return padded[top : top + high : step, left : left + wide : step]

    @property
    def _settings(self) -> dict[str, int]:
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}

    def _extent(self) -> tuple[int, int]:
        return _size(self.input.shape, self.kernel, self._settings)

    def _set(self, name: str, value: int) -> None:
        checked = whole(value, *SETTINGS[name], f"ConvExplorer: {name}")
        _size(self.input.shape, self.kernel, {**self._settings, name: checked})
        setattr(self, f"_{name}", checked)

    def _draw(self) -> Picture:
        told = ", ".join(f"{name} {value}" for name, value in self._settings.items())
        sizes = f"Input {_by(self.input.shape)}, kernel {_by(self.kernel.shape)}, {told}"
        try:
            height, width = self._extent()
        except ValueError as error:
            picture = show_image(self.input)
            return picture.retold(f"{sizes}. {error} {picture.words}")
        row, column = self.position
        picture = show_products(
            self.patch, self.kernel, title=f"Patch times kernel, for output row {row}, column {column}"
        )
        return picture.retold(f"{sizes}: output {height} x {width}. {picture.words}")


def _by(shape: tuple[int, ...]) -> str:
    return " x ".join(str(side) for side in shape)


def _size(shape: tuple[int, ...], kernel: Float32, settings: dict[str, int]) -> tuple[int, int]:
    (height, width), (high, wide) = shape, kernel.shape
    try:
        return output_size(
            (height, width),
            (high, wide),
            stride=settings["stride"],
            padding=settings["padding"],
            dilation=settings["dilation"],
        )
    except ValueError as error:
        raise ValueError(f"ConvExplorer: {error}") from None


def _checked_part(part: tuple[int, int, int, int] | None, shape: tuple[int, ...]) -> list[int]:
    if part is None:
        return [0, 0, *shape]
    names = ("row", "column", "height", "width")
    try:
        numbers = dict(zip(names, part, strict=True))
    except (TypeError, ValueError):
        raise TypeError(
            f"ConvExplorer: part must be (row, column, height, width), four whole numbers, got {part!r}."
        ) from None
    for name, value in numbers.items():
        whole(value, 0, max(shape), f"ConvExplorer: {name} of the part")
    row, column, height, width = numbers.values()
    if not (row < row + height <= shape[0] and column < column + width <= shape[1]):
        raise ValueError(
            f"ConvExplorer: a part of {height} x {width} pixels that begins at row {row}, column {column} "
            f"does not lie in a photograph of {_by(shape)} pixels."
        )
    return [int(number) for number in numbers.values()]
