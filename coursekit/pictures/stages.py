"""Pictures of a computation: what goes in and what comes out of each step, one after the other."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from coursekit.errors import WrongValueError
from coursekit.pictures import layout
from coursekit.pictures.arrays import is_image
from coursekit.pictures.feature_maps import ScaleName, as_maps, common_scale, count_words, detail_words
from coursekit.pictures.image import as_colours, image_panel, image_words
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale
from coursekit.pictures.svg import Block, text_width, wrap
from coursekit.pictures.words import DESCRIBED, by, panel_names, plural, range_words, titled

LEAST = 4  # rows and columns of a colour image; a smaller (C, H, 3) holds maps
PHOTOGRAPH = 178  # pixels of a photograph beside small maps
WIDEST, WIDEST_ALONE = 300, 420  # pixels of one map, and of a stage of one map
SIDE_BY_SIDE = 3
MOST_TOLD, LEAST_TOLD = 12, 3  # maps told one by one, of all stages together, and of each stage even so
STRETCHED = "with each map stretched by itself, so they cannot be compared"


def show_stages(
    stages: Mapping[str, Any],
    *,
    title: str = "",
    scale: ScaleName = "shared",
    noun: str = "feature map",
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
    2 stages on one scale from blue (-2) through white (0) to red (2). conv: 1 feature map, ...
    """
    if not isinstance(stages, Mapping) or not stages:
        raise WrongValueError(
            "there is no stage to show. Pass names with arrays, like {'before': x, 'after': y}."
        )
    read, told = dict[str, Any](), dict[str, str]()
    for name, array in stages.items():
        try:
            if _is_photograph(array):
                told[str(name)] = image_words(array)
            read[str(name)] = array if _is_photograph(array) else as_maps(array)
        except (TypeError, ValueError) as error:
            raise type(error)(f"the stage {str(name)!r}: {error}") from None
    labels = {name: f"{name}: {by(np.shape(array))}" for name, array in read.items()}
    stacks = [array for array in read.values() if not _is_photograph(array)]
    common = common_scale(stacks, scale)
    most = max(map(len, stacks), default=1)
    if most == 1 and (not stacks or 1 < len(read) <= SIDE_BY_SIDE):
        across = min(len(read), SIDE_BY_SIDE)
        room = layout.WIDTH - 2 * layout.MARGIN - (layout.BAR if stacks else 0)
        wide = min(room // across - layout.GAP, WIDEST_ALONE)
        panels = [_panels(array, common, wide, 1)[0] for array in read.values()]
        drawn = layout.grid(panels, across, [*(labels.values() if stacks else read)], lines=9)
    else:
        across = most
        if most > 8:  # full rows, where that is possible
            choices = (8, 6, 7, 5) if most <= 24 else (12, 16, 10, 8)
            across = next((columns for columns in choices if most % columns == 0), choices[0])
        among, rows = sum(map(len, stacks)), []
        for name, array in read.items():
            wide = min((layout.WIDTH - layout.BAR) // across - layout.GAP, WIDEST)
            if _is_photograph(array):
                wide = max(wide, min(PHOTOGRAPH, across * (wide + layout.GAP) - layout.GAP))
            stage = layout.grid(_panels(array, common, wide, among), across)
            lines = wrap(labels[name], max(stage.width, WIDEST_ALONE), layout.NAME)
            longest = max(text_width(line, layout.NAME) for line in lines)
            rows.append(layout.named(stage, lines, width=longest))
        drawn = layout.column(rows, 2 * layout.GAP)
    parts = [f"{plural(len(read), 'image')}."]
    if stacks:
        drawn = layout.with_bar(drawn, common)
        parts = [f"{plural(len(read), 'stage')} {f'on one scale {common.words}' if common else STRETCHED}."]
    # Six stages of six maps, told one by one, are more than anybody reads or hears.
    described = DESCRIBED if sum(map(len, stacks)) <= MOST_TOLD else LEAST_TOLD
    for name, array in read.items():
        if name not in told:
            names = panel_names((), len(array), noun.split()[-1])
            detail = detail_words(array, names, described)
            told[name] = f"{count_words(array, noun)}. Values {range_words(array)}. {detail}".rstrip()
        parts.append(f"{name}: {told[name]}")
    return layout.page(drawn, titled(title, *parts), title)


def _panels(array: Any, common: Scale | None, wide: int, among: int) -> list[Block]:
    """Draw a stage, an image or maps, of so many in all, each in a width."""
    if _is_photograph(array):
        return [image_panel(as_colours(array), *layout.fitted(np.shape(array), wide))]
    size = layout.fitted(array.shape[1:], wide)
    return [layout.map_panel(map_, common, *size, among=among) for map_ in array]


def _is_photograph(array: Any) -> bool:
    return len(np.shape(array)) == 2 or is_image(array, LEAST)
