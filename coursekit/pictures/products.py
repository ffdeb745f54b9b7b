"""A picture of one position of a filter, worked out number by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from coursekit.pictures.arrays import FloatArray, as_array
from coursekit.pictures.layout import cell_size, map_panel, named, numbers, page, row
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale
from coursekit.pictures.svg import Block, text
from coursekit.pictures.text import text_width
from coursekit.pictures.words import number, table, titled

__all__ = ["show_products"]

MOST = 7  # rows and columns
SIGN, SUM = 26, 18  # sizes of text


def show_products(patch: Any, kernel: Any, *, title: str = "") -> Picture:
    """Show one position of a filter worked out: patch times kernel, cell by cell, and the sum of it.

    Args:
        patch: `(kh, kw)` the part of the image that lies under the kernel.
        kernel: `(kh, kw)` the weights.
        title: A line above the picture.

    Returns:
        A picture; its words give every product and the sum.

    Raises:
        TypeError: These are not real numbers.
        ValueError: The two shapes differ, are not 2-D, or are larger than 7 x 7.

    >>> show_products([[0.0, 1.0], [0.0, 1.0]], [[-1.0, 1.0], [-1.0, 1.0]])
    Patch 0 1 / 0 1 times kernel -1 1 / -1 1, cell by cell, gives products 0 1 / 0 1. Their sum is 2.
    """
    cells = {"patch": as_array(patch, "the patch"), "kernel": as_array(kernel, "the kernel")}
    shape = cells["patch"].shape
    if len(shape) != 2 or shape != cells["kernel"].shape or max(shape) > MOST:
        raise ValueError(
            f"patch and kernel must have one 2-D shape of at most {MOST} x {MOST}, "
            f"but are {shape} and {cells['kernel'].shape}."
        )
    with np.errstate(
        invalid="ignore", over="ignore"
    ):  # infinity times 0, or minus infinity, is NaN and says so
        cells["products"] = cells["patch"].astype(np.float64) * cells["kernel"]
        reach = float(np.abs(cells["products"]).sum())
        total = f"sum = {number(float(cells['products'].sum()), 3, reach=reach)}"
    texts = {name: table(values) for name, values in cells.items()}
    cell = max(40, *(cell_size(text_) for text_ in texts.values()))
    tall = shape[0] * cell
    signed = Scale.of([cells["kernel"], cells["products"], -np.abs(cells["products"])])
    drawn = []
    for sign, (name, values) in zip(("×", "=", total), cells.items(), strict=True):
        scale = Scale(0.0, 1.0, "gray") if name == "patch" and _is_unit(values) else signed
        panel = map_panel(values, scale, tall, shape[1] * cell)
        svg = panel.svg + numbers(texts[name], scale.colours(values), cell)
        drawn.append(named(Block(panel.width, panel.height, svg), [name]))
        size = SUM if sign is total else SIGN
        drawn.append(Block(text_width(sign, size), tall, text(sign, 0, tall / 2, size)))
    written = {name: " / ".join(" ".join(row_) for row_ in rows) for name, rows in texts.items()}
    words = (
        f"Patch {written['patch']} times kernel {written['kernel']}, cell by cell, "
        f"gives products {written['products']}. Their {total.replace('=', 'is')}."
    )
    return page(row(drawn, gap=10), titled(title, words), title)


def _is_unit(values: FloatArray) -> bool:
    return bool(values.min() >= 0 and values.max() <= 1)
