"""Pictures of a computation: what goes in and what comes out of each step, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from coursekit.pictures.arrays import FloatArray, is_image
from coursekit.pictures.feature_maps import ScaleName, as_maps, common_scale
from coursekit.pictures.grids import BAR, GAP, LEFT, NOTE, TALL, THIN, Grid
from coursekit.pictures.lettering import WIDTH, Heading, wrap
from coursekit.pictures.map_words import DESCRIBED, count_words, detail_words, panel_names
from coursekit.pictures.photographs import image_words, to_colours
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale
from coursekit.pictures.sheet import FAINT, Sheet, bar_width
from coursekit.pictures.words import range_words, titled

__all__ = ["show_stages"]

LINE = 18  # pixels from one line of a stage's name to the next
LEAST = 4  # rows and columns of a colour image; a smaller (C, H, 3) holds maps
PHOTOGRAPH = 178  # pixels of a photograph beside small maps
WIDEST = 300  # pixels of one map
SIDE_BY_SIDE = 3
MOST_TOLD = 12  # maps of all stages together that the words describe one by one
LEAST_TOLD = 3  # maps of a stage that are described even so


def show_stages(
    stages: Mapping[str, Any], *, title: str = "", scale: ScaleName = "shared", noun: str = "feature map"
) -> Picture:
    """Show what goes in and what comes out of each step, all maps on one scale: one row a stage.

    Two or three stages of one image or map each stand side by side.

    Args:
        stages: Name to array, in order. `(H, W, 3)` from 4 x 4 pixels on is a colour image, `(H, W)` a gray
            one, with values in [0, 1]; any other `(C, H, W)` holds maps.
        title: A line above the picture.
        scale: "shared" gives the maps of all stages one scale; "each" stretches every map by itself, and the
            words say so.
        noun: What the words call a panel that is no image: "filter" where stages hold filters.

    Returns:
        A picture; its words go through the stages in order.

    Raises:
        TypeError: A stage does not hold real numbers.
        ValueError: There is no stage, or one has the shape of neither an image nor maps.

    >>> import numpy as np
    >>> maps = np.array([[[-1.0, 1.0], [2.0, -2.0]]])
    >>> print(show_stages({"conv": maps, "relu": maps.clip(0)}).words)  # doctest: +ELLIPSIS
    2 stages on one scale: blue is negative, white is 0, red is positive, to 2. conv: 1 feature map, ...
    """
    if not isinstance(stages, Mapping) or not stages:
        raise ValueError("there is no stage to show. Pass names with arrays, like {'before': x, 'after': y}.")
    images = {str(name): array for name, array in stages.items() if _is_photograph(array)}
    stacks = {str(name): as_maps(array) for name, array in stages.items() if not _is_photograph(array)}
    common = common_scale(list(stacks.values()), scale)
    if not stacks:
        return _side_by_side(images, title)
    names = {str(name): f"{name}   {' x '.join(map(str, np.shape(array)))}" for name, array in stages.items()}
    words = titled(title, _stage_words(images, stacks, list(names), common, noun))
    most = max(len(stack) for stack in stacks.values())
    if most == 1 and 1 < len(names) <= SIDE_BY_SIDE:
        return _in_a_row(images, stacks, names, common, title).picture(words)
    return _in_rows(images, stacks, names, common, title, _across(most)).picture(words)


def _in_a_row(
    images: Mapping[str, Any],
    stacks: Mapping[str, FloatArray],
    names: Mapping[str, str],
    common: Scale | None,
    title: str,
) -> Sheet:
    wide = min((WIDTH - LEFT - BAR) // len(names) - GAP, 420)
    sizes = [
        _fitted(np.shape(images[name]) if name in images else stacks[name].shape[1:], wide) for name in names
    ]
    lines = [wrap(text, wide, 10) for text in names.values()]
    label = 6 + LINE * max(map(len, lines))
    tall = max(height for height, _ in sizes)
    right = LEFT + len(names) * (wide + GAP)
    heading = Heading.fit(title, right + (bar_width(common) if common else 0))
    top = LEFT + heading.height
    sheet = Sheet(heading.width, top + label + max(tall, 80) + (10 if common else 28))
    sheet.heading(heading, LEFT)
    for index, (name, size, broken) in enumerate(zip(names, sizes, lines, strict=True)):
        x, y = LEFT + index * (wide + GAP), top + label
        _write_above(sheet, broken, x, y)
        if name in images:
            sheet.image(to_colours(images[name], *size), x, y)
        else:
            Grid.fit(1, 1, size, ()).draw(sheet, stacks[name], common, x, y)
    if common:
        sheet.colour_bar(common, right + 6, top + label, min(max(tall, 70), 260))
    else:
        sheet.text(NOTE, LEFT, top + label + tall + 12, size=9, colour=FAINT)
    return sheet


def _in_rows(
    images: Mapping[str, Any],
    stacks: Mapping[str, FloatArray],
    names: Mapping[str, str],
    common: Scale | None,
    title: str,
    across: int,
) -> Sheet:
    wide = min((WIDTH - BAR) // across - GAP, WIDEST)
    grids = {name: _grid(stack, across, wide) for name, stack in stacks.items()}
    broad = max(wide, min(PHOTOGRAPH, across * (wide + GAP) - GAP))
    photographs = {
        name: to_colours(image, *_fitted(np.shape(image), broad)) for name, image in images.items()
    }
    bar = bar_width(common) if common else 0
    heading = Heading.fit(title, max(12 + across * (wide + GAP) + bar, 420))
    lines = {name: wrap(text, heading.width - 2 * LEFT, 10) for name, text in names.items()}
    parts = {
        name: (
            grids[name].height if name in grids else len(photographs[name]) + GAP,
            6 + LINE * len(lines[name]),
        )
        for name in names
    }
    top = LEFT + heading.height
    first = next(iter(grids))
    bar_top = (
        top + sum(sum(parts[name]) for name in list(names)[: list(names).index(first)]) + parts[first][1] + 6
    )
    bar_height = max(grids[first].height - GAP - 12, 80)
    bottom = top + sum(sum(part) for part in parts.values()) + (0 if common else 18)
    sheet = Sheet(heading.width, max(bottom, bar_top + bar_height + 10 if common else 0))
    sheet.heading(heading, LEFT)
    y = top
    for name, (height, label) in parts.items():
        for index, line in enumerate(lines[name]):
            sheet.text(line, LEFT, y + 13 + LINE * index, size=10)
        if name in grids:
            grids[name].draw(sheet, stacks[name], common, LEFT, y + label)
        else:
            sheet.image(photographs[name], LEFT, y + label)
        y += height + label
    if common:
        sheet.colour_bar(common, LEFT + across * (wide + GAP) + 6, bar_top, bar_height)
    else:
        sheet.text(NOTE, LEFT, y + 6, size=9, colour=FAINT)
    return sheet


def _is_photograph(array: Any) -> bool:
    return len(np.shape(array)) == 2 or is_image(array, LEAST)


def _across(most: int) -> int:
    """How many maps stand in a row, when the largest stage has so many; full rows where that is possible."""
    if most <= 8:
        return most
    choices = (8, 6, 7, 5) if most <= 24 else (12, 16, 10, 8)
    return next((columns for columns in choices if most % columns == 0), choices[0])


def _grid(stack: FloatArray, across: int, wide: int) -> Grid:
    return Grid.fit(len(stack), across, _fitted(stack.shape[1:], wide), ())


def _fitted(shape: tuple[int, ...], wide: int) -> tuple[int, int]:
    """Height and width in pixels: the same width for all, unless the height would leave the screen."""
    height, width = shape[:2]
    shrink = min(wide / width, TALL / height)
    return max(THIN, round(height * shrink)), max(THIN, round(width * shrink))


def _write_above(sheet: Sheet, lines: list[str], x: int, y: int) -> None:
    """Write the lines of a name above a panel whose corner is the point."""
    for above, line in enumerate(reversed(lines)):
        sheet.text(line, x, y - 11 - LINE * above, size=10)


def _side_by_side(images: Mapping[str, Any], title: str) -> Picture:
    across = min(len(images), SIDE_BY_SIDE)
    wide = min((WIDTH - 16) // across - GAP, 420)
    sizes = [_fitted(np.shape(image), wide) for image in images.values()]
    lines = [wrap(name, wide, 10) for name in images]
    label = 6 + LINE * max(1, *(len(broken) for broken in lines))
    rows = -(-len(images) // across)
    tall = max(height for height, _ in sizes)
    heading = Heading.fit(title, 16 + across * (wide + GAP))
    top = LEFT + heading.height
    sheet = Sheet(heading.width, top + rows * (tall + label + GAP))
    sheet.heading(heading, LEFT)
    for index, (image, size, broken) in enumerate(zip(images.values(), sizes, lines, strict=True)):
        row, column = divmod(index, across)
        x, y = LEFT + column * (wide + GAP), top + row * (tall + label + GAP)
        _write_above(sheet, broken, x, y + label)
        sheet.image(to_colours(image, *size), x, y + label)
    said = [f"{name}: {image_words(image)}" for name, image in images.items()]
    count = f"{len(images)} image{'s' if len(images) > 1 else ''}."
    return sheet.picture(titled(title, count, *said))


def _stage_words(
    images: Mapping[str, Any],
    stacks: Mapping[str, FloatArray],
    names: list[str],
    common: Scale | None,
    noun: str,
) -> str:
    drawn = (
        f"on one scale: {common.words}" if common else "with each map stretched by itself, not to be compared"
    )
    parts = [f"{len(names)} stage{'s' if len(names) > 1 else ''} {drawn}."]
    # Six stages of six maps, told one by one, are more than anybody reads or hears.
    described = DESCRIBED if sum(map(len, stacks.values())) <= MOST_TOLD else LEAST_TOLD
    for name in names:
        if name in images:
            parts.append(f"{name}: {image_words(images[name])}")
            continue
        stack = stacks[name]
        detail = detail_words(
            stack, panel_names((), len(stack), noun.split()[-1]), common, described=described
        )
        parts.append(f"{name}: {count_words(stack, noun)}. Values {range_words(stack)}. {detail}".rstrip())
    return " ".join(parts)
