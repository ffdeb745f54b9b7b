"""Pooling window by window: who wins, what is dropped at the edge, and what a shift changes."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from coursekit import filters
from coursekit.explorers.base import Explorer, Float32, photograph
from coursekit.explorers.filter import frozen
from coursekit.explorers.pool_pieces import checked_kernel, piece_of, pooled, whole_of
from coursekit.explorers.pool_settings import KINDS, Settings, checked
from coursekit.pictures import Picture, show_stages
from coursekit.pictures.words import number, share, table

__all__ = ["Changed", "PoolExplorer"]

USUAL = 64  # the longest side of a photograph that is loaded: single values are large enough to be seen
NOISE = 1e-5  # of the largest value; what differs by less is called equal


class Changed(NamedTuple):
    """Shares of the values that differ after a shift, from 0 to 1: of the input, and of the output."""

    input: float
    output: float


class PoolExplorer(Explorer):
    """Point at an output to see its window and the winner, and shift the input to see which outputs change.

    The input is a piece of the feature map, 3 rows and 3 columns smaller than the map, so that a shift brings
    in true values and none must be made up.

    Args:
        image: The photograph: a sample's name, a path, or an array (H, W[, 3]); it is read in gray.
        kernel: Makes the feature map, with ReLU after it: a name that `filters.kernel` knows, or an array
            (kh, kw) with sides from 2 to 7.
        source: "map" to pool the feature map, "photograph" to pool the photograph.
        kind: "max" or "avg".
        size: Rows and columns of the window, 2 to 6.
        stride: From one window to the next, 1 to 6; None: as large as the window.
        ceil_mode: Keep a last window that hangs over the edge.
        shift: Rows and columns by which the piece begins later, (0, 0) to (3, 3).
        max_side: Longest side in pixels; None: 64 for files, and arrays as they are (at most 1024).

    Attributes:
        image: (H, W) float32 in [0, 1].
        kernel: (kh, kw) float32.

    Raises:
        ImageError: The photograph cannot be used.
        TypeError: The kernel does not hold numbers, or a setting is of another type.
        ValueError: A setting that makes no sense, or a window that does not fit; the message says which.

    >>> explorer = PoolExplorer(np.eye(16), size=3)
    >>> explorer.input.shape, explorer.output.shape
    ((10, 10), (3, 3))
    >>> explorer.kind = "avg"  # the page follows
    """

    module: ClassVar[str] = "pool"
    title: ClassVar[str] = "Pooling explorer"

    _kernel = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    _source = traitlets.Unicode().tag(sync=True)
    _kind = traitlets.Unicode().tag(sync=True)
    _size = traitlets.Int().tag(sync=True)
    _stride = traitlets.Int().tag(sync=True)  # 0: as large as the window
    _ceil = traitlets.Bool().tag(sync=True)
    _shift = traitlets.List(traitlets.Int(), minlen=2, maxlen=2).tag(sync=True)
    _pointed = traitlets.Unicode("output").tag(sync=True)

    def __init__(
        self,
        image: Any,
        kernel: str | ArrayLike = filters.BASE_KERNEL,
        *,
        source: str = "map",
        kind: str = "max",
        size: int = 2,
        stride: int | None = None,
        ceil_mode: bool = False,
        shift: tuple[int, int] = (0, 0),
        max_side: int | None = None,
    ) -> None:
        is_array = hasattr(image, "__array__") or isinstance(image, (list, tuple))
        side = USUAL if max_side is None and not is_array else max_side
        gray = photograph(image, mode="gray", max_side=side, explorer="PoolExplorer")
        weights = checked_kernel(kernel, gray)
        settings = checked(Settings(source, kind, size, stride, ceil_mode, shift))
        output = pooled(piece_of(gray, weights, settings), settings)
        super().__init__(
            gray,
            _kernel=weights.astype(float).tolist(),
            _position=list(divmod(int(output.argmax()), output.shape[1])),
            **settings.traits(),
        )

    @property
    def kernel(self) -> Float32:
        """What makes the feature map, (kh, kw) float32, read-only. Assign another one, or a name."""
        return frozen(self._kernel)

    @kernel.setter
    def kernel(self, kernel: str | ArrayLike) -> None:
        """Set it; the page follows."""
        weights = checked_kernel(kernel, self.image)
        pooled(piece_of(self.image, weights, self._settings), self._settings)  # raises where it does not fit
        self._kernel = weights.astype(float).tolist()

    @property
    def source(self) -> str:
        """What is pooled: "map" or "photograph". Can be assigned, as all settings below."""
        return str(self._source)

    @source.setter
    def source(self, source: str) -> None:
        """Set it; the page follows."""
        self._change(source=source)

    @property
    def kind(self) -> str:
        """What a window keeps: "max" its largest value, "avg" its mean."""
        return str(self._kind)

    @kind.setter
    def kind(self, kind: str) -> None:
        """Set it; the page follows."""
        self._change(kind=kind)

    @property
    def size(self) -> int:
        """Rows and columns of the window."""
        return int(self._size)

    @size.setter
    def size(self, size: int) -> None:
        """Set it; the page follows."""
        self._change(size=size)

    @property
    def stride(self) -> int:
        """Rows and columns from one window to the next. Assign None for as many as the window has."""
        return int(self._stride or self._size)

    @stride.setter
    def stride(self, stride: int | None) -> None:
        """Set it; the page follows."""
        self._change(stride=stride)

    @property
    def ceil_mode(self) -> bool:
        """Whether a last window that hangs over the edge is kept."""
        return bool(self._ceil)

    @ceil_mode.setter
    def ceil_mode(self, ceil_mode: bool) -> None:
        """Set it; the page follows."""
        self._change(ceil=ceil_mode)

    @property
    def shift(self) -> tuple[int, int]:
        """Rows and columns by which the piece begins later."""
        down, right = self._shift
        return down, right

    @shift.setter
    def shift(self, shift: tuple[int, int]) -> None:
        """Set it; the page follows."""
        self._change(shift=shift)

    @property
    def pointed(self) -> str:
        """Which picture `position` counts in: "input" or "output"."""
        return str(self._pointed)

    @property
    def input(self) -> Float32:
        """What is pooled, (H', W') float32: a piece of the map or photograph, moved by the shift."""
        return piece_of(self.image, self.kernel, self._settings)

    @property
    def output(self) -> Float32:
        """The pooled input, float32. ValueError where the window that was set in the page does not fit."""
        return pooled(self.input, self._settings)

    @property
    def changed(self) -> Changed:
        """Shares of the input and of the output that the shift changed, place by place."""
        rest = self._settings._replace(shift=(0, 0))
        piece = piece_of(self.image, self.kernel, rest)
        noise = NOISE * float(whole_of(self.image, self.kernel, rest).max())
        return Changed(
            float((np.abs(self.input - piece) > noise).mean()),
            float((np.abs(self.output - pooled(piece, rest)) > noise).mean()),
        )

    @property
    def _settings(self) -> Settings:
        return Settings(self._source, self._kind, self._size, self._stride or None, self._ceil, self.shift)

    def _change(self, **changed: Any) -> None:
        settings = checked(self._settings._replace(**changed))
        pooled(piece_of(self.image, self.kernel, settings), settings)  # raises where the window does not fit
        for name, value in settings.traits().items():
            setattr(self, name, value)

    def _extent(self) -> tuple[int, int]:
        height, width = (self.input if self.pointed == "input" else self.output).shape
        return height, width

    def _draw(self) -> Picture:
        piece, name = self.input, KINDS[self.kind]
        told = f"Window {self.size} x {self.size}, stride {self.stride}."
        try:
            output = self.output
        except ValueError as error:
            return show_stages({"input": piece[None]}, title=f"Before {name}").retold(f"{told} {error}")
        alone = {"input": piece, name: output}
        maps = {key: values[None] for key, values in alone.items()}
        sizes = [f"{values.shape[0]} x {values.shape[1]}" for values in (piece, output)]
        title = f"{name.capitalize()}: {' becomes '.join(sizes)}"
        picture = show_stages(alone if self.source == "photograph" else maps, title=title)
        if self.pointed == "output":
            row, column = self.position
            top, left = row * self.stride, column * self.stride
            window = piece[top : top + self.size, left : left + self.size]
            rows = " / ".join(" ".join(texts) for texts in table(window))
            kept = "largest" if self.kind == "max" else "mean"
            value = number(float(output[row, column]))
            told += f" Output row {row}, column {column}: the window holds {rows}, the {kept} is {value}."
        if any(self.shift):
            told += f" The shift by {self.shift} changed {share(self.changed.output)} of the outputs."
        return picture.retold(f"{told} {picture.words}")
