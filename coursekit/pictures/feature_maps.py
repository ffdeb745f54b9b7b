"""Pictures of feature maps on one honest scale, and what maps hold in words."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from coursekit.errors import WrongValueError
from coursekit.pictures import layout, words
from coursekit.pictures.arrays import FloatArray, as_array
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale
from coursekit.pictures.words import DESCRIBED, NOISE, number, panel_names, plural, sentence, share

ScaleName = Literal["shared", "each"]
STRETCHED = (
    "each map stretched on its own, from black (its smallest value) to white (its largest), "
    "so the maps cannot be compared"
)


def show_feature_maps(
    maps: Any,
    *,
    title: str = "",
    titles: Sequence[str] = (),
    columns: int | None = None,
    scale: ScaleName = "shared",
) -> Picture:
    """Show 1 to 512 feature maps side by side, all on one scale that stands beside them.

    Args:
        maps: `(C, H, W)`, also `(1, C, H, W)` or one map `(H, W)`; array or tensor, any range.
        title: A line above the picture.
        titles: One name for each map; left out, maps are counted from 1.
        columns: Maps in a row; left out, as few as keep the picture on one screen.
        scale: "shared" is one scale for all, zero in its middle where a value is negative, and a few extreme
            values beyond its ends where bar and words say so. "each" stretches every map by itself, as
            plotting programs do; the words then say that they cannot be compared.

    Returns:
        A picture; its words give number, size, range, what is negative or zero, and each map of a few.

    Raises:
        TypeError: These are not real numbers.
        ValueError: The shape is no stack of maps, there are more than 512, or the number of titles differs.

    >>> import numpy as np
    >>> print(show_feature_maps(np.array([[[-1.0, 0.0], [0.0, 3.0]]]), title="Response").words)
    Response. 1 feature map, 2 x 2. Values -1 to 3, on one scale from blue (-3) through white (0) to \
red (3). 25 % negative, 50 % zero. Map 1: -1 to 3, mean 0.50, peak 3 at row 1, column 1.
    """
    stack = as_maps(maps)
    count, *shape = stack.shape
    names = panel_names(titles, count, "map")
    common = common_scale([stack], scale)
    few = count <= DESCRIBED
    shown = names if len(titles) or (few and count > 1) else []
    if common is None and few:
        shown = [f"{name}: {words.range_words(map_)}" for name, map_ in zip(shown, stack, strict=False)]
    across = layout.checked_columns(columns, count) or layout.few_columns(count, shape, 22 if few else 0)
    size = layout.panel_size(count, across, shape)
    panels = [layout.map_panel(map_, common, *size, among=count) for map_ in stack]
    drawn = layout.with_bar(layout.grid(panels, across, shown), common)
    told = f"on one scale {common.words}" if common else STRETCHED
    head = f"{count_words(stack)}. Values {words.range_words(stack)}, {told}."
    return layout.page(drawn, words.titled(title, head, detail_words(stack, names)), title)


def as_maps(maps: Any) -> FloatArray:
    """Read feature maps as `(C, H, W)`."""
    array = as_array(maps, "the feature maps")
    if array.ndim == 4 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3:
        raise WrongValueError(
            f"feature maps have the shape (C, H, W), (1, C, H, W) or (H, W), but got {array.shape}. "
            "From a batch, choose one image first: maps[0]."
        )
    layout.refuse_too_many(len(array), "feature maps")
    return array


def common_scale(stacks: Sequence[FloatArray], scale: ScaleName) -> Scale | None:
    """The one scale of all maps, or None where each has its own."""
    if scale not in ("shared", "each"):
        raise WrongValueError(f'scale must be "shared" or "each", but got {scale!r}.')
    return Scale.of_maps(stacks) if scale == "shared" else None


def count_words(stack: FloatArray, noun: str = "feature map") -> str:
    """Say how many maps there are, and how large: 4 feature maps, each 210 x 317."""
    count, *size = stack.shape
    return f"{plural(count, noun)}, {'each ' if count > 1 else ''}{words.by(size)}"


def detail_words(stack: FloatArray, names: Sequence[str], most: int = DESCRIBED) -> str:
    """Say which share is negative or zero, what each map holds where there are few, and what is wrong."""
    parts = []
    noise = NOISE * words.reach_of(stack)
    single, each = len(stack) == 1, len(stack) <= most
    # Of several maps that are told one by one, each has its own: a share of all would hide that they differ.
    if (single or not each) and (signs := _signs(stack)):
        parts.append(f"{sentence(signs)}.")
    if each:
        told = zip(stack, names, strict=True)
        parts += [_one(map_, name, noise, "" if single else _signs(map_)) for map_, name in told]
    else:
        parts += _strongest(stack, names, noise)
    return words.titled("", *parts, words.trouble(stack))


def _strongest(stack: FloatArray, names: Sequence[str], noise: float) -> list[str]:
    """Say how many maps are empty, and what the three strongest hold."""
    strength, empty = [], 0
    for map_ in stack:  # one by one: a map fits the processor's cache, all of them do not
        magnitude = np.abs(map_)
        if not np.isfinite(magnitude.max()):
            magnitude[~np.isfinite(magnitude)] = 0
        empty += bool(magnitude.max() <= noise)
        strength.append((magnitude / (noise / NOISE or 1.0)).mean())
    if empty == len(stack):
        return [f"All {empty} are zero everywhere."]
    some = "None is" if not empty else f"{empty} of them {'is' if empty == 1 else 'are'}"
    intro = f"{some} zero everywhere. The three strongest:"
    return [intro, *(_one(stack[index], names[index], noise) for index in words.strongest(strength))]


def _one(map_: FloatArray, name: str, noise: float, signs: str = "") -> str:
    # A map that is empty but for rounding is empty, on this processor and on the next.
    map_ = np.where(np.abs(map_) <= noise, 0, map_)
    parts = [words.range_words(map_)]
    if np.isfinite(map_).any() and not (np.isfinite(map_).all() and words.alike(map_)):
        row, column = words.peak(map_)
        reach = words.reach_of(map_)
        # Dividing first keeps the sum of huge values finite.
        mean = float((map_[np.isfinite(map_)].astype(np.float64) / (reach or 1.0)).mean())
        about = "about 0" if reach and abs(mean) < 0.01 else number(mean * reach)
        highest = f"peak {number(map_[row, column])} at row {row}, column {column}"
        parts += [signs, f"mean {about}", highest]
    return f"{sentence(name)}: {', '.join(filter(None, parts))}."


def _signs(values: FloatArray) -> str:
    """Say which share is negative and which is zero; nothing where all values are positive."""
    negative, zero = words.sign_shares(values)
    if negative:
        return f"{share(negative)} negative, {share(zero)} zero"
    return f"{share(zero)} zero" if zero else ""
