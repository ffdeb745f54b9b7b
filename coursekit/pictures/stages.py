"""Pictures of a computation: what goes in and what comes out of each step, one after the other."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from coursekit.errors import WrongValueError
from coursekit.pictures import layout
from coursekit.pictures.arrays import as_array, is_image
from coursekit.pictures.feature_maps import ScaleName, as_maps, common_scale, count_words, detail_words
from coursekit.pictures.image import as_colours, image_panel, image_words, mean_of
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale
from coursekit.pictures.svg import Block, text_width, wrap
from coursekit.pictures.words import DESCRIBED, by, number, panel_names, plural, range_words, titled

LEAST = 4  # rows and columns of a colour image; a smaller (C, H, 3) holds maps
PHOTOGRAPH = 178  # pixels of a photograph beside small maps
WIDEST, WIDEST_ALONE = 300, 420  # pixels of one map, and of a stage of one map
SIDE_BY_SIDE = 3
MOST_TOLD, LEAST_TOLD = 12, 3  # maps told one by one, of all stages together, and of each stage even so
STRETCHED = "with each map stretched on its own, so the maps cannot be compared"


def show_stages(
    stages: Mapping[str, Any],
    *,
    title: str = "",
    scale: ScaleName = "shared",
    noun: str = "feature map",
    numbers: Mapping[str, Sequence[int]] | None = None,
) -> Picture:
    """Show what goes in and what comes out of each step, all maps on one scale: one row a stage.

    Two or three stages of one image or map each stand side by side.

    Args:
        stages: Name to array, in order. `(H, W, 3)` from 4 x 4 pixels on is a colour image, `(H, W)` a gray
            one, with values in [0, 1], `(N, H, W, 3)` several; any other `(C, H, W)` holds maps.
        title: A line above the picture.
        scale: "shared" gives the maps of all stages one scale; "each" stretches every map by itself, and the
            words say so.
        noun: What the words call a panel that is no image: "filter" where stages hold filters.
        numbers: Name of a stage to the numbers of its maps, where these are not 1, 2, 3 and so on.

    Returns:
        A picture; its words go through the stages in order.

    Raises:
        TypeError: A stage does not hold real numbers.
        ValueError: There is no stage, one holds neither images nor maps, or numbers do not fit its maps.

    >>> import numpy as np
    >>> maps = np.array([[[-1.0, 1.0], [2.0, -2.0]]])
    >>> print(show_stages({"conv": maps, "relu": maps.clip(0)}).words)  # doctest: +ELLIPSIS
    2 stages on one scale from blue (-2) through white (0) to red (2). conv: 1 feature map, ...
    """
    if not isinstance(stages, Mapping) or not stages:
        raise WrongValueError("there is no stage to show. Pass names with arrays: {'before': x, 'after': y}.")
    numbers = numbers or {}
    if unknown := [name for name in numbers if name not in stages]:
        raise WrongValueError(f"there are numbers for {unknown[0]!r}, but no stage has that name.")
    read, names, labels = dict[str, Any](), dict[str, list[str]](), dict[str, str]()
    for name, array in stages.items():
        try:
            images = _images(array)
            read[name] = [as_colours(one) for one in images] or as_maps(array)
            own = [f"{noun.split()[-1]} {n}" for n in numbers.get(name, ())]
            names[name] = panel_names(own, len(read[name]), noun.split()[-1])
        except (TypeError, ValueError) as error:
            raise type(error)(f"the stage {name!r}: {error}") from None
        labels[name] = f"{name}: {by(np.shape(array if images else read[name]))}"
    stacks = [stage for stage in read.values() if not isinstance(stage, list)]
    common, among = common_scale(stacks, scale), sum(map(len, stacks))
    most = max(map(len, read.values()))
    if most == 1 and (not stacks or 1 < len(read) <= SIDE_BY_SIDE):
        across = min(len(read), SIDE_BY_SIDE)
        room = layout.WIDTH - 2 * layout.MARGIN - (layout.BAR if stacks else 0)
        wide = min(room // across - layout.GAP, WIDEST_ALONE)
        panels = [_panels(stage, common, wide, 1)[0] for stage in read.values()]
        drawn = layout.grid(panels, across, [*(labels.values() if stacks else map(str, read))], lines=9)
    else:
        across = most
        if most > 9:  # full rows, where that is possible
            choices = (8, 6, 7, 5) if most <= 24 else (12, 16, 10, 8)
            across = next((columns for columns in choices if most % columns == 0), choices[0])
        rows = []
        for name, stage in read.items():
            wide = min((layout.WIDTH - layout.BAR) // across - layout.GAP, WIDEST)
            if len(stage) == 1 and isinstance(stage, list):
                wide = max(wide, min(PHOTOGRAPH, across * (wide + layout.GAP) - layout.GAP))
            shown = names[name] if name in numbers else ()
            panel = layout.grid(_panels(stage, common, wide, among), across, shown)
            lines = wrap(labels[name], max(panel.width, WIDEST_ALONE), layout.NAME)
            longest = max(text_width(line, layout.NAME) for line in lines)
            rows.append(layout.named(panel, lines, width=longest))
        drawn = layout.column(rows, 2 * layout.GAP)
    parts = [f"{plural(len(read), 'stage')}." if most > 1 else f"{plural(len(read), 'image')}."]
    if stacks:
        drawn = layout.with_bar(drawn, common)
        parts = [f"{plural(len(read), 'stage')} {f'on one scale {common.words}' if common else STRETCHED}."]
    # Six stages of six maps, told one by one, are more than anybody reads or hears.
    described = DESCRIBED if among <= MOST_TOLD else LEAST_TOLD
    for name, stage in read.items():
        if isinstance(stage, list):
            parts.append(f"{name}: {_images_words(_images(stages[name]))}")
        else:
            detail = detail_words(stage, names[name], described)
            parts.append(
                f"{name}: {count_words(stage, noun)}. Values {range_words(stage)}. {detail}".rstrip()
            )
    return layout.page(drawn, titled(title, *parts), title)


def _panels(stage: Any, common: Scale | None, wide: int, among: int) -> list[Block]:
    """Draw a stage, images or maps, of so many maps in all, each in a width."""
    if isinstance(stage, list):
        return [image_panel(one, *layout.fitted(one.shape, wide)) for one in stage]
    size = layout.fitted(stage.shape[1:], wide)
    return [layout.map_panel(map_, common, *size, among=among) for map_ in stage]


def _images(array: Any) -> list[Any]:
    """Read one image or several; none where an array holds maps."""
    if len(np.shape(array)) == 2 or is_image(array, LEAST):
        return [array]
    return list(array) if len(np.shape(array)) == 4 and len(array) > 1 and is_image(array[0], LEAST) else []


def _images_words(images: list[Any]) -> str:
    if len(images) == 1:
        return image_words(images[0])
    means = ", ".join(number(mean_of(as_array(one, "an image"))) for one in images)
    return f"{len(images)} images, each {by(np.shape(images[0])[:2])} pixels. Their means: {means}."
