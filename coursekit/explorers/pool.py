"""Pooling window by window: who wins, what is dropped at the edge, and what a shift changes."""

from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from coursekit import filters
from coursekit.errors import WrongValueError
from coursekit.explorers.base import Explorer
from coursekit.explorers.traits import Float32, Int, Ints, Kernel, OneOf
from coursekit.images import ImageError
from coursekit.pictures import Picture, show_stages
from coursekit.pictures.words import by, number, share, slashed, table
from coursekit.reference import avg_pool2d, cross_correlate2d, max_pool2d, relu

KINDS = {"max": "max pooling", "avg": "average pooling"}
MOST_SHIFT = 3  # rows and columns
SMALLEST, LARGEST = 2, 6  # rows and columns of a window
NOISE = 1e-5  # of the largest value; what differs by less is called equal


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
        pointed: Which picture `position` counts in: "output" or "input".

    All but the photograph can be assigned; the page follows.

    Raises:
        ImageError: The photograph cannot be used.
        TypeError: The kernel does not hold numbers, or a setting is of another type.
        ValueError: A setting that makes no sense, or a window that does not fit; the message says which. A
            window that does not fit can be chosen later: the page explains it.

    >>> explorer = PoolExplorer(np.eye(16), size=3)
    >>> explorer.input.shape, explorer.output.shape
    ((10, 10), (3, 3))
    >>> explorer.kind = "avg"  # the page follows
    """

    module = "pool"
    title = "Pooling explorer"
    usual = 64  # single values are large enough to be seen
    resizing = ("kernel", "source", "size", "stride", "ceil_mode", "pointed")

    kernel = Kernel(2, 7)
    source = OneOf("map", "photograph").tag(sync=True)
    kind = OneOf(*KINDS).tag(sync=True)
    size = Int(2, min=SMALLEST, max=LARGEST).tag(sync=True)
    stride = Int(None, allow_none=True, min=1, max=LARGEST).tag(sync=True)
    ceil_mode = OneOf(False, True).tag(sync=True)
    shift = Ints("rows", "columns", most=MOST_SHIFT).tag(sync=True)
    pointed = OneOf("output", "input").tag(sync=True)

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
        super().__init__(
            image,
            max_side=max_side,
            kernel=kernel,
            source=source,
            kind=kind,
            size=size,
            stride=stride,
            ceil_mode=ceil_mode,
            shift=shift,
        )

    @traitlets.validate("kernel")
    def _leaves_enough(self, proposal: Any) -> Float32:
        kernel: Float32 = proposal["value"]
        sides = [side - weight + 1 for side, weight in zip(self.image.shape, kernel.shape, strict=True)]
        least = SMALLEST + MOST_SHIFT
        if min(sides) < least:
            raise ImageError(
                f"PoolExplorer: {by(self.image.shape)} pixels and a kernel of {by(kernel.shape)} give a map "
                f"of {by(sides)} values, and the smallest window with the largest shift needs "
                f"{least} x {least}. Pass a larger photograph or a smaller kernel."
            )
        return kernel

    @traitlets.default("position")
    def _strongest_output(self) -> tuple[int, int]:
        return divmod(int(self.output.argmax()), int(self.output.shape[1]))

    @property
    def input(self) -> Float32:
        """What is pooled, (H', W') float32: a piece of the map or photograph, moved by the shift."""
        return self._piece(*self.shift)

    @property
    def output(self) -> Float32:
        """The pooled input, float32. ValueError where the window does not fit."""
        return self._pooled(self.input)

    def _whole(self) -> Float32:
        if self.source == "photograph":
            return self.image
        return relu(cross_correlate2d(self.image, self.kernel)).astype(np.float32)

    def _piece(self, down: int, right: int) -> Float32:
        whole = self._whole()
        height, width = whole.shape
        return whole[down : down + height - MOST_SHIFT, right : right + width - MOST_SHIFT]

    def _pooled(self, piece: Float32) -> Float32:
        rule = max_pool2d if self.kind == "max" else avg_pool2d
        try:
            output = rule(piece, self.size, stride=self.stride, ceil_mode=self.ceil_mode)
        except ValueError as error:  # the settings are checked, so only the fit is left
            raise WrongValueError(
                f"PoolExplorer: a window of {self.size} x {self.size} does not fit into {by(piece.shape)} "
                "values. Use a smaller window or a larger photograph."
            ) from error
        return output.astype(np.float32)

    def _extent(self) -> tuple[int, ...]:
        return (self.input if self.pointed == "input" else self.output).shape

    def _draw(self) -> Picture:
        piece, name, stride = self.input, KINDS[self.kind], self.stride or self.size
        told = f"Window {self.size} x {self.size}, stride {stride}."
        try:
            output = self.output
        except ValueError as error:
            return show_stages({"input": piece[None]}, title=f"Before {name}").with_words(f"{told} {error}")
        stages = {"input": piece, name: output}
        if self.source == "map":
            stages = {key: values[None] for key, values in stages.items()}
        title = f"{name.capitalize()}: {by(piece.shape)} becomes {by(output.shape)}"
        picture = show_stages(stages, title=title)
        if self.pointed == "output":
            row, column = self.position
            top, left = row * stride, column * stride
            window = piece[top : top + self.size, left : left + self.size]
            kept = "largest" if self.kind == "max" else "mean"
            told += (
                f" Output row {row}, column {column}: the window holds {slashed(table(window))}, "
                f"the {kept} is {number(output[row, column])}."
            )
        if any(self.shift):
            noise = NOISE * self._whole().max()
            changed = np.abs(output - self._pooled(self._piece(0, 0))) > noise
            told += f" The shift by {self.shift} changed {share(float(changed.mean()))} of the outputs."
        return picture.with_words(f"{told} {picture.words}")
