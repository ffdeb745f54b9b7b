"""A kernel whose weights one can change, beside the photograph it filters."""

from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from coursekit import filters
from coursekit.explorers.base import Explorer, in_rows
from coursekit.explorers.traits import NAMED_KERNELS, Float32, Kernel, OneOf
from coursekit.pictures import Picture, show_stages
from coursekit.pictures.words import by
from coursekit.reference import cross_correlate2d


class FilterExplorer(Explorer):
    """Change a kernel's weights by keys, wheel or drag, and see the filtered photograph change while you do.

    Args:
        image: The photograph: a sample's name, a path, or an array (H, W[, 3]); it is shown in gray.
        kernel: A name that `filters.kernel` knows, or an array (kh, kw) with sides from 2 to 7.
        max_side: Longest side in pixels; None: 480 for files, and arrays as they are (at most 1024).

    Attributes:
        image: (H, W) float32 in [0, 1].
        kernel: As the page has it, (kh, kw) float32, read-only. Assign another one, or a name, to show it.
        colours: Where the colours of the response end: at the largest one "seen", or the largest "possible".

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

    module = "filter"
    title = "Filter explorer"
    resizing = ("kernel",)

    kernel = Kernel(2, 7)
    colours = OneOf("seen", "possible").tag(sync=True)
    _kernels = traitlets.Dict(NAMED_KERNELS).tag(sync=True)

    def __init__(
        self, image: Any, kernel: str | ArrayLike = filters.BASE_KERNEL, *, max_side: int | None = None
    ) -> None:
        super().__init__(image, max_side=max_side, kernel=kernel)

    @property
    def response(self) -> Float32:
        """The photograph filtered with the kernel, (H - kh + 1, W - kw + 1) float32."""
        return cross_correlate2d(self.image, self.kernel).astype(np.float32)

    def _extent(self) -> tuple[int, ...]:
        (height, width), (high, wide) = self.image.shape, self.kernel.shape
        return height - high + 1, width - wide + 1

    def _draw(self) -> Picture:
        response = self.response[None]
        if abs(self.kernel.sum() - 1) <= 1e-6 * np.abs(self.kernel).sum():  # a photograph, as in the page
            response = response[0].clip(0, 1)
        stages = {"photograph": self.image, "response": response}
        picture = show_stages(stages, title="The photograph and its response")
        rows = in_rows(self.kernel)
        return picture.with_words(f"Kernel {by(self.kernel.shape)}, row by row: {rows}. {picture.words}")
