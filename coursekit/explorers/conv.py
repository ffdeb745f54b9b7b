"""One position of a conv layer at a time: which patch it reads, and what comes of it."""

from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from coursekit import filters
from coursekit.errors import WrongValueError
from coursekit.explorers.base import Explorer
from coursekit.explorers.traits import NAMED_KERNELS, Float32, Int, Ints, Kernel, WrongSettingError
from coursekit.pictures import Picture, show_image, show_products
from coursekit.pictures.words import by
from coursekit.reference import cross_correlate2d, output_size


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
        speed: Values that the scan writes in a second, 1 to 4096; None: all of them in about 20 seconds.

    Kernel, stride, padding, dilation, part and speed can be assigned; the page follows.

    Raises:
        ImageError: The photograph cannot be used.
        TypeError: A setting is no whole number, or the kernel does not hold numbers.
        ValueError: A setting or the kernel is out of its range, the part does not lie in the photograph, or
            the kernel does not fit into it. What does not fit can be chosen later: the page explains it.

    >>> explorer = ConvExplorer(np.eye(32), kernel="sobel_x", stride=2)
    >>> explorer.output.shape, explorer.position
    ((15, 15), (7, 7))
    >>> explorer.padding = 1  # the page follows
    >>> explorer.output.shape
    (16, 16)
    """

    module = "conv"
    title = "Conv explorer"
    resizing = ("kernel", "stride", "padding", "dilation", "part")

    kernel = Kernel(1, 7)
    stride = Int(1, min=1, max=8).tag(sync=True)
    padding = Int(0, min=0, max=8).tag(sync=True)
    dilation = Int(1, min=1, max=8).tag(sync=True)
    part = Ints("row", "column", "height", "width").tag(sync=True)
    speed = Int(None, allow_none=True, min=1, max=4096).tag(sync=True)
    _kernels = traitlets.Dict(NAMED_KERNELS).tag(sync=True)

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
        gray = self._load(image, max_side)
        area = (0, 0, *gray.shape) if part is None else part
        super().__init__(gray, kernel=kernel, stride=stride, padding=padding, dilation=dilation, part=area)

    @traitlets.validate("part")
    def _lies_inside(self, proposal: Any) -> tuple[int, ...]:
        row, column, height, width = proposal["value"]
        rows, columns = self.image.shape
        if not (0 <= row < row + height <= rows and 0 <= column < column + width <= columns):
            raise WrongSettingError(
                f"ConvExplorer: a part of {height} x {width} pixels that begins at row {row}, column "
                f"{column} does not lie in a photograph of {by(self.image.shape)} pixels."
            )
        return row, column, height, width

    @property
    def input(self) -> Float32:
        """What the layer gets, (height, width) float32: the part of the photograph that is shown."""
        row, column, height, width = self.part
        return self.image[row : row + height, column : column + width]

    @property
    def output(self) -> Float32:
        """What the layer gives, float32.

        Raises:
            ValueError: The kernel does not fit; the message has the numbers.
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

    def _extent(self) -> tuple[int, ...]:
        (height, width), (kh, kw) = self.input.shape, self.kernel.shape
        try:
            return output_size(
                (height, width), (kh, kw), stride=self.stride, padding=self.padding, dilation=self.dilation
            )
        except ValueError as error:
            raise WrongValueError(f"ConvExplorer: {error}") from None

    def _draw(self) -> Picture:
        told = ", ".join(f"{name} {value}" for name, value in self._settings.items())
        sizes = f"Input {by(self.input.shape)}, kernel {by(self.kernel.shape)}, {told}"
        try:
            height, width = self._extent()
        except ValueError as error:
            picture = show_image(self.input)
            return picture.with_words(f"{sizes}. {error} {picture.words}")
        title = "Patch times kernel, for output row {}, column {}".format(*self.position)
        picture = show_products(self.patch, self.kernel, title=title)
        return picture.with_words(f"{sizes}: output {height} x {width}. {picture.words}")
