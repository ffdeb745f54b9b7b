"""What feature maps hold, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coursekit.pictures.arrays import FloatArray
from coursekit.pictures.scale import Scale
from coursekit.pictures.words import (
    NOISE,
    extremes,
    finite_ends,
    is_constant,
    mean_words,
    number,
    peak,
    place,
    plural,
    range_words,
    sentence,
    share,
    sign_shares,
    trouble,
)

__all__ = ["DESCRIBED", "count_words", "detail_words", "maps_words", "panel_names"]

DESCRIBED = 8  # panels that the words describe one by one


def maps_words(stack: FloatArray, names: Sequence[str], common: Scale | None) -> str:
    """Say in words what a stack of maps, `(C, H, W)`, holds, and how numbers became colours.

    >>> maps_words(np.array([[[0.0, 2.0]]]), ["map 1"], Scale(0.0, 2.0, "positive"))
    '1 feature map, 1 x 2. Values 0 to 2, one scale: dark is 0, bright is 2. 50 % zero. \
Map 1: 0 to 2, mean 1, peak 2 at row 0, column 1, on average strongest at the right.'
    """
    if common is None:
        drawn = (
            "each map stretched by itself, its smallest value black and its largest white, "
            "so panels cannot be compared"
        )
    else:
        drawn = f"one scale{' for all' if len(stack) > 1 else ''}: {common.words}"
    head = f"{count_words(stack)}. Values {range_words(stack)}, {drawn}."
    return f"{head} {detail_words(stack, names, common)}".rstrip()


def count_words(stack: FloatArray, noun: str = "feature map") -> str:
    """Say how many maps there are, and how large.

    >>> count_words(np.zeros((4, 210, 317)))
    '4 feature maps, each 210 x 317'
    """
    count, height, width = stack.shape
    return f"{plural(count, noun)}, {'each ' if count > 1 else ''}{height} x {width}"


def detail_words(
    stack: FloatArray, names: Sequence[str], common: Scale | None, *, described: int = DESCRIBED
) -> str:
    """Say which share is negative or zero, what each map holds where there are few, and what is wrong."""
    parts = []
    ends = finite_ends(stack)
    largest = max(map(abs, ends or extremes(stack) or (0.0, 0.0)))
    each = len(stack) <= described
    # Of several maps that are told one by one, each has its own: a share of all would hide that they differ.
    if (len(stack) == 1 or not each) and (signs := _signs(stack, ends)):
        parts.append(f"{sentence(signs)}.")
    outside = 0.0 if common is None else _outside(stack, common, ends)
    if outside:
        parts.append(f"{share(outside)} of the values lie outside the scale.")
    parts.extend(_each(stack, names, largest) if each else _strongest(stack, names, largest))
    parts.append(trouble(stack, ends))
    return " ".join(filter(None, parts))


def panel_names(titles: Sequence[str], count: int, noun: str) -> list[str]:
    """The names of panels: as given, or counted from 1.

    Raises:
        ValueError: There are some, but not one for each.

    >>> panel_names((), 2, "map")
    ['map 1', 'map 2']
    """
    if isinstance(titles, str):
        raise ValueError(f"titles must be a list of names, but is the text {titles!r}. Write [{titles!r}].")
    titles = [str(title) for title in titles]
    if titles and len(titles) != count:
        raise ValueError(
            f"{plural(len(titles), 'title')} came for {plural(count, noun)}; give one for each, or none."
        )
    return titles or [f"{noun} {index + 1}" for index in range(count)]


def _each(stack: FloatArray, names: Sequence[str], largest: float) -> list[str]:
    noise, several = NOISE * largest, len(stack) > 1
    return [
        _one(map_, name, noise, _signs(map_) if several else "")
        for map_, name in zip(stack, names, strict=True)
    ]


def _strongest(stack: FloatArray, names: Sequence[str], largest: float) -> list[str]:
    strength = np.empty(len(stack))
    empty = 0
    for index, map_ in enumerate(stack):  # one by one: a map fits the processor's cache, all of them do not
        magnitude = np.abs(map_)
        highest = magnitude.max()
        if not np.isfinite(highest):
            magnitude[~np.isfinite(magnitude)] = 0
            highest = magnitude.max()
        empty += bool(highest <= NOISE * largest)
        strength[index] = (magnitude / (largest or 1.0)).mean()
    # Rounded, so that of maps which are equally strong but for noise the first comes first.
    order = np.argsort(-strength.round(5), kind="stable")
    said = {0: "None is zero everywhere.", 1: "1 of them is zero everywhere."}
    intro = said.get(empty, f"{empty} of them are zero everywhere.")
    if empty == len(stack):
        return [f"All {empty} are zero everywhere."]
    return [
        f"{intro} The three strongest:",
        *(_one(stack[i], names[i], NOISE * largest) for i in sorted(order[:3].tolist())),
    ]


def _one(map_: FloatArray, name: str, noise: float, signs: str = "") -> str:
    # A map that is empty but for rounding is empty, on this processor and on the next.
    map_ = np.where(np.abs(map_) <= noise, 0, map_)
    if is_constant(map_) or not np.isfinite(map_).any():
        return f"{sentence(name)}: {range_words(map_)}."
    row, column = peak(map_)
    highest = f"peak {number(float(map_[row, column]))} at row {row}, column {column}"
    strongest = f"on average strongest {place(map_)}"
    parts = [range_words(map_), signs, f"mean {mean_words(map_)}", highest, strongest]
    return f"{sentence(name)}: {', '.join(filter(None, parts))}."


def _signs(values: FloatArray, ends: tuple[float, float] | None = None) -> str:
    """Say which share is negative and which is zero; nothing where all values are positive."""
    negative, zero = sign_shares(values, ends)
    if negative:
        return f"{share(negative)} negative, {share(zero)} zero"
    return f"{share(zero)} zero" if zero else ""


def _outside(stack: FloatArray, scale: Scale, ends: tuple[float, float] | None) -> float:
    if ends and scale.low <= ends[0] and ends[1] <= scale.high:  # the rule: the scale was made for these maps
        return 0.0
    reach = NOISE * max(abs(scale.high), abs(scale.low))
    return float(((stack < scale.low - reach) | (stack > scale.high + reach)).mean())
