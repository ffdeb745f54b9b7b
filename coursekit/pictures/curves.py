"""Pictures of numbers along an axis: curves and histograms, drawn with few marks and said in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit.pictures.arrays import FloatArray, as_array
from coursekit.pictures.fonts import DPI, fallbacks
from coursekit.pictures.lettering import shortened, wrap
from coursekit.pictures.picture import Picture
from coursekit.pictures.sheet import FAINT, INK
from coursekit.pictures.words import NOISE, extremes, number, plural, range_words, share, sign_shares, titled

if TYPE_CHECKING:  # loaded when the first chart is drawn, not before
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

__all__ = ["show_curves", "show_histogram"]

# Blue, orange, green, purple, brown, black: apart for every colour blindness, each with its own dashes.
LINES = (
    ("#0072b2", "-"),
    ("#d55e00", "--"),
    ("#009e73", "-."),
    ("#7b3294", ":"),
    ("#8c510a", "-"),
    ("#222222", "--"),
)
LEGEND = 116  # pixels for the names beside the curves
BELOW, ABOVE, ZERO = "#2166ac", "#b2182b", "#777777"


def show_curves(
    curves: Mapping[str, Any], *, x: Any = None, title: str = "", x_name: str = "x", y_name: str = ""
) -> Picture:
    """Show up to six curves over one axis, each with its name at the side.

    Args:
        curves: Name to `(n,)` values; all curves have one length.
        x: `(n,)` rising positions; left out, values are counted from 0.
        title: A line above the picture.
        x_name: What runs along the axis.
        y_name: What the height means.

    Returns:
        A picture; its words give the start, the end, the lowest and the highest point of each curve.

    Raises:
        ValueError: There is no curve or more than six, or the lengths differ.

    >>> show_curves({"relu": [0.0, 0.0, 2.0]}, x=[-2.0, 0.0, 2.0])
    1 curve over x from -2 to 2. relu: starts at 0, ends at 2, between 0 and 2.
    """
    arrays = {name: as_array(values, f"the curve {name}") for name, values in curves.items()}
    if not 1 <= len(arrays) <= len(LINES):
        raise ValueError(f"one picture holds 1 to {len(LINES)} curves, but {len(arrays)} came.")
    lengths = {name: array.shape for name, array in arrays.items()}
    count = next(iter(arrays.values())).size
    positions = np.arange(count, dtype=np.float64) if x is None else as_array(x, "x")
    if any(shape != positions.shape for shape in lengths.values()) or positions.ndim != 1:
        raise ValueError(
            f"x and all curves must have one length (n,), but x has {positions.shape} "
            f"and the curves {lengths}."
        )
    figure, axes = _chart(title, x_name, y_name)
    lines: list[Line2D] = []
    for array, (colour, dashes) in zip(arrays.values(), LINES, strict=False):
        lines += axes.plot(positions, array, dashes, color=colour, linewidth=2)
    axes.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
    most = min(3, max(1, 14 // len(arrays)))  # lines of a name: the names of all curves stay beside the axes
    labels = ["\n".join(shortened(name, LEGEND, 10, most)) for name in arrays]
    axes.legend(lines, labels, loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=10)
    _as_written(figure)
    sentences = [f"{name}: {_course(array)}." for name, array in arrays.items()]
    over = f"over {x_name} from {number(positions[0])} to {number(positions[-1])}."
    return Picture(figure, titled(title, f"{plural(len(arrays), 'curve')} {over}", *sentences))


def show_histogram(
    groups: Mapping[str, Any], *, bins: int = 40, title: str = "", x_name: str = "value"
) -> Picture:
    """Show how often each value occurs, for up to three arrays on the same axes, one above the other.

    What is negative is blue and what is positive red, as in the signed scale of the maps. Zeros have a thin
    gray bar of their own: a bin of small values would hide them, and after ReLU they are many.

    Args:
        groups: Name to array of any shape.
        bins: How many bars; an odd number is raised by one, so that a bar ends at zero.
        title: A line above the picture.
        x_name: What the values are.

    Returns:
        A picture; its words give the range of each array and the shares below, at and above zero.

    Raises:
        ValueError: There is no array, more than three, or a value that is not finite.

    >>> import numpy as np
    >>> show_histogram({"response": np.array([-1.0, 0.0, 1.0, 3.0])})
    Histogram of 4 values. response: -1 to 3; 25 % below zero, 25 % zero, 50 % above zero.
    """
    arrays = {name: as_array(values, name).ravel() for name, values in groups.items()}
    if not 1 <= len(arrays) <= 3:
        raise ValueError(f"one picture holds 1 to 3 histograms, but {len(arrays)} came.")
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ValueError("a histogram needs finite values, but there is NaN or infinity. Remove them first.")
    reach = max(float(np.abs(array).max()) for array in arrays.values()) or 1.0
    edges = np.linspace(-reach, reach, bins + bins % 2 + 1)
    zeros = {name: np.abs(array) <= NOISE * reach for name, array in arrays.items()}
    low = min(float(array.min()) for array in arrays.values())
    counts = {name: np.histogram(a[~zeros[name]], edges)[0] / a.size for name, a in arrays.items()}
    lines = wrap(title, 620, 11)
    height = 150 * len(arrays) + 60 + max(20, 6 + 20 * len(lines))
    figure = _figure(640, height)
    tallest = max(max(float(count.max()), float(zeros[name].mean())) for name, count in counts.items())
    for index, (name, count) in enumerate(counts.items()):
        axes = figure.add_axes((0.11, (60 + 150 * (len(arrays) - 1 - index)) / height, 0.86, 105 / height))
        centres = (edges[:-1] + edges[1:]) / 2
        width = edges[1] - edges[0]
        axes.bar(centres, 100 * count, width=0.9 * width, color=[BELOW if c < 0 else ABOVE for c in centres])
        axes.bar(0, 100 * float(zeros[name].mean()), width=0.5 * width, color=ZERO)
        axes.set(xlim=(min(low, 0) * 1.05 - width, reach * 1.05), ylim=(0, 108 * tallest))
        axes.set_title("\n".join(shortened(name, 540, 10, 1)), fontsize=10, loc="left", color=INK)
        _quiet(axes)
        axes.set_ylabel("% of values", fontsize=9)
    axes.set_xlabel(x_name, fontsize=10)
    for index, line in enumerate(lines):
        figure.text(0.02, 1 - (14 + 20 * index) / height, line, fontsize=11, va="center")
    _as_written(figure)
    sentences = [f"{name}: {range_words(array)}; {_signs(array)}." for name, array in arrays.items()]
    sizes = " and ".join(str(array.size) for array in arrays.values())
    return Picture(figure, titled(title, f"Histogram of {sizes} values.", *sentences))


def _course(values: FloatArray) -> str:
    """Where a curve starts, ends and lies between."""
    ends = extremes(values)
    if ends is None:
        return "no finite value"
    reach = max(abs(ends[0]), abs(ends[1]))
    first, last, low, high = (number(v, reach=reach) for v in (values[0], values[-1], *ends))
    return f"starts at {first}, ends at {last}, between {low} and {high}"


def _signs(values: FloatArray) -> str:
    negative, zero = sign_shares(values)
    positive = max(0.0, round(1 - negative - zero, 12))
    return f"{share(negative)} below zero, {share(zero)} zero, {share(positive)} above zero"


def _chart(title: str, x_name: str, y_name: str) -> tuple[Figure, Axes]:
    lines = wrap(title, 620, 11)
    height = 360 + 20 * max(len(lines) - 1, 0)
    figure = _figure(720, height)
    axes = figure.add_axes((0.1, 54 / height, 0.66, 259 / height))
    axes.set_xlabel("\n".join(shortened(x_name, 460, 10, 1)), fontsize=10)
    axes.set_ylabel("\n".join(shortened(y_name, 240, 10, 1)), fontsize=10)
    axes.set_title("\n".join(lines), fontsize=11, loc="left", color=INK)
    _quiet(axes)
    return figure, axes


def _figure(width: int, height: int) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")


def _as_written(figure: Figure) -> None:
    """Keep dollar signs from becoming formulas, and let other scripts find a font."""
    from matplotlib.text import Text

    for text in figure.findobj(lambda artist: isinstance(artist, Text) and bool(artist.get_text())):
        plain = text.get_text().isascii()  # type: ignore[attr-defined]
        families = ["DejaVu Sans"] if plain else ["DejaVu Sans", *fallbacks()]
        text.set(parse_math=False, usetex=False, fontfamily=families)


def _quiet(axes: Axes) -> None:
    """Leave out the frame lines that carry nothing."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9, colors=INK)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
