"""What feature maps hold, in words."""

from collections.abc import Sequence

import numpy as np

from coursekit.pictures import words
from coursekit.pictures.arrays import FloatArray
from coursekit.pictures.scale import Scale
from coursekit.pictures.words import NOISE, number, plural, sentence, share

__all__ = ["DESCRIBED", "count_words", "detail_words", "maps_words", "panel_names"]

STRETCHED = (
    "each map stretched by itself, its smallest value black and its largest white, "
    "so panels cannot be compared"
)
DESCRIBED = 8  # panels that the words describe one by one


def maps_words(stack: FloatArray, names: Sequence[str], common: Scale | None) -> str:
    """Say in words what a stack of maps, `(C, H, W)`, holds, and how numbers became colours."""
    drawn = STRETCHED
    if common:
        drawn = f"one scale{' for all' if len(stack) > 1 else ''}: {common.words}"
    head = f"{count_words(stack)}. Values {words.range_words(stack)}, {drawn}."
    return f"{head} {detail_words(stack, names, common)}".rstrip()


def count_words(stack: FloatArray, noun: str = "feature map") -> str:
    """Say how many maps there are, and how large: 4 feature maps, each 210 x 317."""
    count, *size = stack.shape
    return f"{plural(count, noun)}, {'each ' if count > 1 else ''}{words.by(size)}"


def detail_words(stack: FloatArray, names: Sequence[str], common: Scale | None, most: int = DESCRIBED) -> str:
    """Say which share is negative or zero, what each map holds where there are few, and what is wrong."""
    parts = []
    noise = NOISE * words.reach_of(stack)
    single, each = len(stack) == 1, len(stack) <= most
    # Of several maps that are told one by one, each has its own: a share of all would hide that they differ.
    if (single or not each) and (signs := _signs(stack)):
        parts.append(f"{sentence(signs)}.")
    if common and not (common.low <= float(stack.min()) and float(stack.max()) <= common.high):
        slack = NOISE * max(abs(common.high), abs(common.low))
        outside = float(((stack < common.low - slack) | (stack > common.high + slack)).mean())
        parts.append(f"{share(outside)} of the values lie outside the scale." if outside else "")
    if each:
        told = zip(stack, names, strict=True)
        parts += [_one(map_, name, noise, "" if single else _signs(map_)) for map_, name in told]
    else:
        parts += _strongest(stack, names, noise)
    return words.titled("", *parts, words.trouble(stack))


def panel_names(titles: Sequence[str], count: int, noun: str) -> list[str]:
    """The names of panels: as given, one for each, or counted from 1."""
    if isinstance(titles, str):
        raise ValueError(f"titles must be a list of names, but is the text {titles!r}. Write [{titles!r}].")
    titles = [str(title) for title in titles]
    if titles and len(titles) != count:
        raise ValueError(
            f"{plural(len(titles), 'title')} came for {plural(count, noun)}; give one for each, or none."
        )
    return titles or [f"{noun} {index + 1}" for index in range(count)]


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
    if np.isfinite(map_).any() and not (words.all_finite(map_) and words.alike(map_)):
        # Of values that are equal but for noise, the first.
        first = (words.magnitude_of(map_) >= 1 - 10 * NOISE).argmax()
        row, column = np.unravel_index(first, map_.shape)
        reach = words.reach_of(map_)
        # Dividing first keeps the sum of huge values finite.
        mean = float((map_[np.isfinite(map_)].astype(np.float64) / (reach or 1.0)).mean())
        about = "about 0" if reach and abs(mean) < 0.01 else number(mean * reach)
        highest = f"peak {number(map_[row, column])} at row {row}, column {column}"
        parts += [signs, f"mean {about}", highest, f"on average strongest {words.place(map_)}"]
    return f"{sentence(name)}: {', '.join(filter(None, parts))}."


def _signs(values: FloatArray) -> str:
    """Say which share is negative and which is zero; nothing where all values are positive."""
    negative, zero = words.sign_shares(values)
    if negative:
        return f"{share(negative)} negative, {share(zero)} zero"
    return f"{share(zero)} zero" if zero else ""
