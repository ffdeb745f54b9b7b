"""Pictures of feature maps on one honest scale."""

from collections.abc import Sequence
from typing import Any, Literal

from coursekit.pictures import arrays, layout, map_words, words
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale

__all__ = ["ScaleName", "as_maps", "common_scale", "show_feature_maps"]

ScaleName = Literal["shared", "each"]


def show_feature_maps(
    maps: Any,
    *,
    title: str = "",
    titles: Sequence[str] = (),
    columns: int | None = None,
    scale: ScaleName | Scale = "shared",
) -> Picture:
    """Show 1 to 512 feature maps side by side, all on one scale that stands beside them.

    Args:
        maps: `(C, H, W)`, also `(1, C, H, W)` or one map `(H, W)`; array or tensor, any range.
        title: A line above the picture.
        titles: One name for each map; left out, maps are counted from 1.
        columns: Maps in a row; left out, as few as keep the picture on one screen.
        scale: "shared" is one scale for all, zero in its middle where a value is negative. "each" stretches
            every map by itself, as plotting programs do; the words then say that they cannot be compared.

    Returns:
        A picture; its words give number, size, range, what is negative or zero, and each map of a few.

    Raises:
        TypeError: These are not real numbers.
        ValueError: The shape is no stack of maps, there are more than 512, or the number of titles differs.

    >>> import numpy as np
    >>> print(show_feature_maps(np.array([[[-1.0, 0.0], [0.0, 3.0]]]), title="Response").words)
    Response. 1 feature map, 2 x 2. Values -1 to 3, one scale: blue is negative, white is 0, red is \
positive, to 3. 25 % negative, 50 % zero. Map 1: -1 to 3, mean 0.50, peak 3 at \
row 1, column 1, on average strongest at the bottom right.
    """
    stack = as_maps(maps)
    count, *shape = stack.shape
    names = map_words.panel_names(titles, count, "map")
    common = common_scale([stack], scale)
    few = count <= map_words.DESCRIBED
    shown = names if len(titles) or (few and count > 1) else []
    if common is None and few:
        shown = [f"{name}: {words.range_words(map_)}" for name, map_ in zip(shown, stack, strict=False)]
    label = 22 if few else 0
    across = layout.checked_columns(columns, count) or layout.few_columns(count, shape, label)
    size = layout.panel_size(count, across, shape)
    panels = [layout.map_panel(map_, common, *size, among=count) for map_ in stack]
    drawn = layout.with_bar(layout.grid(panels, across, shown), common)
    return layout.page(drawn, words.titled(title, map_words.maps_words(stack, names, common)), title)


def as_maps(maps: Any) -> arrays.FloatArray:
    """Read feature maps as `(C, H, W)`."""
    array = arrays.as_array(maps, "the feature maps")
    if array.ndim == 4 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3:
        raise ValueError(
            f"feature maps have the shape (C, H, W), (1, C, H, W) or (H, W), but this has {array.shape}. "
            "Of a batch, choose one image first: maps[0]."
        )
    layout.refuse_too_many(len(array), "feature maps")
    return array


def common_scale(stacks: Sequence[arrays.FloatArray], scale: ScaleName | Scale) -> Scale | None:
    """The one scale of all maps, or None where each has its own."""
    if isinstance(scale, Scale):
        return scale
    if scale not in ("shared", "each"):
        raise ValueError(f'scale must be "shared" or "each", but is {scale!r}.')
    return Scale.of(stacks) if scale == "shared" else None
