"""A photograph to point at: the numbers of its pixels, its three channels, and their order."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from coursekit.explorers.base import Explorer, Float32, photograph
from coursekit.explorers.settings import one_of
from coursekit.images import to_gray
from coursekit.pictures import Picture, show_image
from coursekit.pictures.words import number

__all__ = ["PixelExplorer"]

ORDERS = {"rgb": ("red", "green", "blue"), "bgr": ("blue", "green", "red")}
PATCH = 7  # rows and columns of the still picture's patch, and of the page's at first


class PixelExplorer(Explorer):
    """Point at a photograph and read its pixels: three numbers each, the three channels, and their order.

    Args:
        image: The photograph: a sample's name, a path, or an array (H, W[, 3]).
        order: How the three numbers of a pixel are read: "rgb" is right, "bgr" exchanges red and blue.
        max_side: Longest side in pixels; None: 480 for files, and arrays as they are (at most 1024).

    Attributes:
        image: (H, W, 3) float32 in [0, 1], channels red, green, blue. Reading it as BGR does not change it.

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

    module: ClassVar[str] = "pixel"
    title: ClassVar[str] = "Pixel explorer"

    _order = traitlets.Unicode("rgb").tag(sync=True)

    def __init__(self, image: Any, *, order: str = "rgb", max_side: int | None = None) -> None:
        chosen = one_of(order, ORDERS, "PixelExplorer: order")
        colour = photograph(image, mode="rgb", max_side=max_side, explorer="PixelExplorer")
        height, width = colour.shape[:2]
        super().__init__(colour, _order=chosen, _position=[height // 2, width // 2])

    @property
    def order(self) -> str:
        """How the page reads the three numbers of a pixel: "rgb" or "bgr". Assign one to show it."""
        return str(self._order)

    @order.setter
    def order(self, order: str) -> None:
        """Read the channels in this order."""
        self._order = one_of(order, ORDERS, "PixelExplorer: order")

    @property
    def pixel(self) -> Float32:
        """The three numbers of the pixel that is shown, (3,) float32, as the array holds them."""
        row, column = self.position
        pixel: Float32 = self.image[row, column].copy()
        return pixel

    def _extent(self) -> tuple[int, int]:
        height, width = self.image.shape[:2]
        return height, width

    def _draw(self) -> Picture:
        height, width = self.image.shape[:2]
        row, column = self.position
        top = max(0, min(row - PATCH // 2, height - PATCH))
        left = max(0, min(column - PATCH // 2, width - PATCH))
        seen = self.image if self.order == "rgb" else self.image[..., ::-1]  # (H, W, 3)
        picture = show_image(
            seen[top : top + PATCH, left : left + PATCH],
            title=f"Rows {top} to {top + PATCH - 1}, columns {left} to {left + PATCH - 1}",
            corner=(top, left),
        )
        names = ", ".join(
            f"{name} {number(value, 3)}" for name, value in zip(ORDERS[self.order], self.pixel, strict=True)
        )
        gray = number(float(to_gray(seen)[row, column]), 3)
        return picture.retold(
            f"{height} x {width} pixels. Row {row}, column {column}, read as {self.order.upper()}: {names}; "
            f"gray {gray}. {picture.words}"
        )
