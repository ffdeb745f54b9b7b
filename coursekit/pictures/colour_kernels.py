"""Pictures of filters for colour images, each drawn as one small colour image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coursekit.pictures.arrays import FloatArray
from coursekit.pictures.grids import GAP, LEFT, TALL, Grid, few_columns, refuse_too_many
from coursekit.pictures.lettering import WIDTH, Heading
from coursekit.pictures.map_words import panel_names, sentence
from coursekit.pictures.photographs import to_colours
from coursekit.pictures.picture import Picture
from coursekit.pictures.places import place
from coursekit.pictures.sheet import FAINT, Sheet
from coursekit.pictures.words import extremes, number, plural, range_words, titled, trouble

__all__ = ["colour_filters"]

LARGEST = 190  # pixels of one filter
TOLD = 3  # filters that the words describe
CHANNELS = ("red", "green", "blue")


def colour_filters(weight: FloatArray, title: str, titles: Sequence[str], columns: int | None) -> Picture:
    """Draw a convolution weight `(out, 3, kh, kw)`: gray is 0, a positive weight adds its channel's colour.

    All filters share one scale, so a pale filter is a weak one.

    Raises:
        ValueError: The filters do not read three channels, there are too many, or titles are missing.
    """
    if weight.ndim != 4 or weight.shape[1] != 3:
        raise ValueError(
            "filters drawn in colour have the shape (out, 3, kh, kw), a kernel each for red, green and blue, "
            f"but this has {weight.shape}. Leave colour out to draw other filters."
        )
    count, _, height, width = weight.shape
    refuse_too_many(count, "filters")
    names = panel_names(titles, count, "filter")
    across = columns or few_columns(count, height, width, 22 if titles else 0, largest=LARGEST)
    rows = -(-count // across)
    cell = max(
        2,
        min(LARGEST, WIDTH // across - GAP, TALL // rows - GAP - (20 if titles else 0)) // max(height, width),
    )
    panel = (height * cell, width * cell)
    low, high = extremes(weight) or (0.0, 0.0)
    reach = max(abs(low), abs(high)) or 1.0
    images = np.nan_to_num(weight / (2 * reach), posinf=0.0, neginf=0.0) + 0.5  # gray where nothing is known
    grid = Grid.fit(count, across, panel, titles and names)
    heading = Heading.fit(title, max(LEFT + 4 + grid.width, 400))
    top = LEFT + heading.height
    sheet = Sheet(heading.width, top + grid.height + 24)
    sheet.heading(heading, LEFT)
    for index, image in enumerate(images):
        x, y = grid.corner(index, LEFT, top)
        sheet.image(to_colours(np.moveaxis(image, 0, 2), *panel), x, y)
        sheet.frame(x, y, panel[1], panel[0])
        grid.name(sheet, index, x, y)
    note = f"gray is 0; a channel is brightest at {number(reach)} and darkest at -{number(reach)}"
    sheet.text(note, LEFT, top + grid.height + 8, size=9, colour=FAINT)
    return sheet.picture(titled(title, _words(weight, names, reach)))


def _words(weight: FloatArray, names: Sequence[str], reach: float) -> str:
    count, _, height, width = weight.shape
    parts = [
        f"{plural(count, 'filter')} for 3 channels, {height} x {width}, in colour. "
        f"Weights {range_words(weight)}, one scale: gray is 0, a positive weight adds its channel's colour, "
        f"to {number(reach)}."
    ]
    known = np.nan_to_num(weight, posinf=0.0, neginf=0.0)
    strength = np.sqrt((known.astype(np.float64) ** 2).sum(axis=(1, 2, 3)))
    # Rounded, so that of filters which are equally strong but for noise the first comes first.
    order = np.argsort(-(strength / (strength.max() or 1.0)).round(5), kind="stable")
    if count > TOLD:
        parts.append("The three strongest:")
    for index in sorted(order[:TOLD].tolist()):
        sums = known[index].sum(axis=(1, 2), dtype=np.float64)
        told = ", ".join(
            f"{name} {number(total, reach=reach)}" for name, total in zip(CHANNELS, sums, strict=True)
        )
        heaviest = place(np.abs(known[index]).sum(axis=0))
        parts.append(f"{sentence(names[index])}: sums {told}, heaviest {heaviest}.")
    parts.append(trouble(weight))
    return " ".join(filter(None, parts))
