"""A confusion matrix: how often what is one thing was named another."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from coursekit.errors import WrongValueError
from coursekit.pictures import layout
from coursekit.pictures.arrays import as_array
from coursekit.pictures.picture import Picture
from coursekit.pictures.svg import FAINT, INK, Block, one_line, rectangle, shortened, text, text_width
from coursekit.pictures.words import panel_names, share, slashed, titled

MOST, TOLD = 16, 3  # classes; confusions that the words name
CELL, LARGEST, SIDE = 36, 64, 150  # pixels: the least and largest cell, and the names of the rows
ROWS, COLUMNS = "what it is", "what it was named"
RIGHT, WRONG = (33, 102, 172), (213, 94, 0)  # blue and orange


def show_confusion(counts: Any, names: Sequence[str], *, title: str = "") -> Picture:
    """Show how often each class was named which: a row for what it is, a column for what it was named.

    Args:
        counts: `(n, n)` whole numbers; row r, column c counts what is class r and was named class c.
        names: One name for each class, up to 16.
        title: A line above the picture.

    Returns:
        A picture: right answers, on the diagonal, are framed and blue, confusions orange. Its words give the
        share of right answers and the most frequent confusions.

    Raises:
        TypeError: These are not real numbers.
        ValueError: The table is not square, too large or holds no counts, or the number of names differs.

    >>> show_confusion([[8, 2], [0, 10]], ["disc", "ring"])
    Confusion matrix of 20 answers, rows what it is, columns what it was named: 8 2 / 0 10. 90 % are right. \
Most frequent confusion: disc named ring, 2.
    """
    table = as_array(counts, "the counts")
    if table.ndim != 2 or len(table) != table.shape[1] or len(table) > MOST:
        raise WrongValueError(f"the counts must be (n, n), n up to {MOST}, but got {table.shape}.")
    if not (np.isfinite(table).all() and (table >= 0).all() and (table == np.round(table)).all()):
        raise WrongValueError("the counts must be whole numbers, at least 0. Pass the counts, not shares.")
    if not table.any():
        raise WrongValueError("the counts are all 0. There is nothing to draw.")
    count = len(table)
    labels = panel_names(names, count, "row")
    texts = [[f"{value:.0f}" for value in line] for line in table]
    wide = max(text_width(label, layout.SMALL) for label in labels)
    cell = max(CELL, layout.cell_size(texts), min(LARGEST, int(wide) + 6))
    diagonal = np.eye(count, dtype=bool)
    colours = np.full((count, count, 3), 255.0)
    for where, hue in ((diagonal, RIGHT), (~diagonal, WRONG)):
        strength = np.where(where, table, 0)[..., None] / (table[where].max(initial=0) or 1)
        colours += 0.85 * strength * (np.array(hue) - 255.0)
    shades = colours.round().astype(np.uint8)
    side = count * cell
    panel = layout.framed(Image.fromarray(shades), side, side).plus(layout.numbers(texts, shades, cell))
    panel = panel.plus("".join(rectangle(n * cell, n * cell, cell, cell, INK) for n in range(count)))
    left = min(max(wide, text_width(ROWS, layout.SMALL)), SIDE) + 8
    heads = [shortened(label, cell, layout.SMALL, 2) for label in labels]
    top = 22 + 16 * max(map(len, heads))
    svg = text(COLUMNS, left + side / 2, 8, layout.SMALL, ink=FAINT, anchor="middle") + panel.at(left, top)
    svg += text(ROWS, left - 8, top - 10, layout.SMALL, ink=FAINT, anchor="end")
    for n, label in enumerate(labels):
        middle = (n + 0.5) * cell
        svg += text(one_line(label, SIDE, layout.SMALL), left - 8, top + middle, layout.SMALL, anchor="end")
        for line, words in enumerate(reversed(heads[n])):
            svg += text(words, left + middle, top - 10 - 16 * line, layout.SMALL, anchor="middle")
    wrong = np.argwhere(~diagonal & (table > 0)).tolist()
    wrong = sorted(wrong, key=lambda place: -table[tuple(place)])[:TOLD]
    told = ", ".join(f"{labels[r]} named {labels[c]}, {texts[r][c]}" for r, c in wrong)
    said = titled(
        title,
        f"Confusion matrix of {table.sum():.0f} answers, rows what it is, columns what it was named: "
        f"{slashed(texts)}. {share(float(np.trace(table) / table.sum()))} are right.",
        told and f"Most frequent confusion{'s' * (len(wrong) > 1)}: {told}.",
    )
    return layout.page(Block(left + side + 8, top + side, svg), said, title)
