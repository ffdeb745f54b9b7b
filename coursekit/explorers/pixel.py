"""A photograph to point at: the numbers of its pixels, its three channels, and their order."""

from typing import Any

from coursekit.explorers.base import Explorer
from coursekit.explorers.traits import Float32, OneOf
from coursekit.images import to_gray
from coursekit.pictures import Picture, show_image
from coursekit.pictures.words import number

ORDERS = {"rgb": ("red", "green", "blue"), "bgr": ("blue", "green", "red")}


class PixelExplorer(Explorer):
    """Point at a photograph and read its pixels: three numbers each, the three channels, and their order.

    Args:
        image: The photograph: a sample's name, a path, or an array (H, W[, 3]).
        order: How the three numbers of a pixel are read: "rgb" is right, "bgr" exchanges red and blue.
        max_side: Longest side in pixels; None: 480 for files, and arrays as they are (at most 1024).

    Attributes:
        image: (H, W, 3) float32 in [0, 1], channels red, green, blue. Reading it as BGR does not change it.
        cells: What a cell of the patch shows: "all" three numbers, channel "0", "1" or "2", or "gray".
        numbers: Written as "fractions", 0 to 1, or as "bytes", 0 to 255.
        patch: Rows and columns of the patch, 3, 5 or 7.

    Raises:
        ImageError: The photograph cannot be used.
        TypeError: The order is not text.
        ValueError: The order is none of the two.

    >>> import numpy as np
    >>> explorer = PixelExplorer(np.full((20, 30, 3), (1.0, 0.5, 0.0)))
    >>> explorer.position, explorer.pixel.tolist(), explorer.order
    ((10, 15), [1.0, 0.5, 0.0], 'rgb')
    >>> explorer.position = (0, 29)  # the page follows
    """

    module = "pixel"
    title = "Pixel explorer"
    mode = "rgb"

    order = OneOf(*ORDERS).tag(sync=True)
    cells = OneOf("all", "0", "1", "2", "gray").tag(sync=True)
    numbers = OneOf("fractions", "bytes").tag(sync=True)
    patch = OneOf(7, 3, 5).tag(sync=True)

    def __init__(self, image: Any, *, order: str = "rgb", max_side: int | None = None) -> None:
        super().__init__(image, max_side=max_side, order=order)

    @property
    def pixel(self) -> Float32:
        """The three numbers of the pixel that is shown, (3,) float32, as the array holds them."""
        row, column = self.position
        pixel: Float32 = self.image[row, column].copy()
        return pixel

    def _draw(self) -> Picture:
        height, width = self.image.shape[:2]
        (row, column), side = self.position, self.patch
        top = max(0, min(row - side // 2, height - side))
        left = max(0, min(column - side // 2, width - side))
        seen = self.image if self.order == "rgb" else self.image[..., ::-1]  # (H, W, 3)
        picture = show_image(
            seen[top : top + side, left : left + side],
            title=f"Rows {top} to {top + side - 1}, columns {left} to {left + side - 1}",
            corner=(top, left),
        )
        names = ", ".join(
            f"{name} {number(value, 3)}" for name, value in zip(ORDERS[self.order], self.pixel, strict=True)
        )
        gray = number(float(to_gray(seen)[row, column]), 3)
        return picture.with_words(
            f"{height} x {width} pixels. Row {row}, column {column}, read as {self.order.upper()}: {names}; "
            f"gray {gray}. {picture.words}"
        )
