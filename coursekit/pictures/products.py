"""A picture of one position of a filter, worked out number by number."""

from typing import Any

import numpy as np

from coursekit.errors import WrongValueError
from coursekit.pictures import arrays, layout, svg
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale
from coursekit.pictures.words import number, slashed, table, tables, titled

MOST = 7  # rows and columns
SIGN, SUM = 26, 18  # sizes of text


@np.errstate(over="ignore", invalid="ignore")  # infinity times 0, or minus infinity, is NaN
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
    cells = {"patch": arrays.as_array(patch, "the patch"), "kernel": arrays.as_array(kernel, "the kernel")}
    shape = cells["patch"].shape
    if len(shape) != 2 or shape != cells["kernel"].shape or max(shape) > MOST:
        raise WrongValueError(
            f"patch and kernel must be 2-D and of one shape, at most {MOST} x {MOST}, "
            f"but got {shape} and {cells['kernel'].shape}."
        )
    cells["products"] = cells["patch"].astype(np.float64) * cells["kernel"]
    reach = float(np.abs(cells["products"]).sum())
    total = f"sum = {number(cells['products'].sum(), 3, reach=reach)}"
    texts = {name: table(one) if name == "patch" else tables(one[None])[0] for name, one in cells.items()}
    cell = max(40, *map(layout.cell_size, texts.values()))
    tall = shape[0] * cell
    signed = Scale.of([cells["kernel"], cells["products"], -np.abs(cells["products"])])
    drawn = []
    for sign, (name, values) in zip(("×", "=", total), cells.items(), strict=True):
        scale = Scale.of_patch(values) if name == "patch" else signed
        drawn.append(layout.named(layout.table_panel(values, scale, texts[name], cell), [name]))
        size = SUM if sign is total else SIGN
        drawn.append(svg.Block(svg.text_width(sign, size), tall, svg.text(sign, 0, tall / 2, size)))
    words = (
        f"Patch {slashed(texts['patch'])} times kernel {slashed(texts['kernel'])}, cell by cell, "
        f"gives products {slashed(texts['products'])}. Their {total.replace('=', 'is')}."
    )
    return layout.page(layout.row(drawn, gap=10), titled(title, words), title)
