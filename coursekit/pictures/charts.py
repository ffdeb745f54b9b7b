"""Pictures of numbers along an axis: curves and histograms, drawn with few marks and said in words."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit.pictures.arrays import FloatArray, as_array
from coursekit.pictures.layout import NAME, SMALL, page
from coursekit.pictures.picture import Picture
from coursekit.pictures.svg import FAINT, INK, Block, text
from coursekit.pictures.text import shortened, text_width
from coursekit.pictures.words import NOISE, extremes, number, plural, range_words, share, sign_shares, titled

if TYPE_CHECKING:  # loaded when the first chart is drawn, not before
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

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
LEGEND = 200  # pixels for the names beside the curves
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
    figure = _figure(560, 320)
    axes = figure.add_axes((0.12, 0.16, 0.86, 0.8))
    for array, (colour, dashes) in zip(arrays.values(), LINES, strict=False):
        axes.plot(positions, array, dashes, color=colour, linewidth=2)
    axes.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
    _quiet(axes, x_name, y_name)
    legend = "".join(_entry(name, index, len(arrays)) for index, name in enumerate(arrays))
    chart = Block(560 + LEGEND, 320, _svg(figure) + legend)
    sentences = [f"{name}: {_course(array)}." for name, array in arrays.items()]
    over = f"over {x_name} from {number(positions[0])} to {number(positions[-1])}."
    return page(chart, titled(title, f"{plural(len(arrays), 'curve')} {over}", *sentences), title)


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
    height = 146 * len(arrays) + 24
    figure = _figure(660, height)
    tallest = max(max(float(count.max()), float(zeros[name].mean())) for name, count in counts.items())
    centres, width = (edges[:-1] + edges[1:]) / 2, edges[1] - edges[0]
    names = ""
    for index, (name, count) in enumerate(counts.items()):
        top = 146 * index
        axes = figure.add_axes((0.11, 1 - (top + 130) / height, 0.87, 105 / height))
        axes.bar(centres, 100 * count, width=0.9 * width, color=[BELOW if c < 0 else ABOVE for c in centres])
        axes.bar(0, 100 * float(zeros[name].mean()), width=0.5 * width, color=ZERO)
        axes.set(xlim=(min(low, 0) * 1.05 - width, reach * 1.05), ylim=(0, 108 * tallest))
        _quiet(axes, x_name if index == len(counts) - 1 else "", "% of values")
        names += text("".join(shortened(name, 560, NAME, 1)), 73, top + 10, NAME)
    chart = Block(660, height, _svg(figure) + names)
    sentences = [f"{name}: {range_words(array)}; {_signs(array)}." for name, array in arrays.items()]
    sizes = " and ".join(str(array.size) for array in arrays.values())
    return page(chart, titled(title, f"Histogram of {sizes} values.", *sentences), title)


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


def _entry(name: str, index: int, count: int) -> str:
    """Write the name of a curve beside the chart, with a piece of its line before it."""
    colour, dashes = LINES[index]
    broken = {"-": "", "--": "7 3", "-.": "8 2 2 2", ":": "2 2"}[dashes]
    size = NAME if text_width(name, NAME) <= LEGEND - 34 else SMALL
    lines = shortened(name, LEGEND - 34, size, min(3, max(1, 14 // count)))
    y = 160 + (index - (count - 1) / 2) * 52 if count < 6 else 40 + index * 48
    sign = f"<path d='M566 {y:.0f}h22' stroke='{colour}' stroke-width='2' stroke-dasharray='{broken}'/>"
    first = y - 0.65 * size * (len(lines) - 1)
    return sign + "".join(text(line, 594, first + 1.3 * size * n, size) for n, line in enumerate(lines))


def _figure(width: int, height: int) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width / 72, height / 72), dpi=72)  # an SVG of matplotlib has 72 to the inch


def _svg(figure: Figure) -> str:
    """Return a chart as SVG whose text is text, without what differs from run to run."""
    from matplotlib import rc_context

    buffer = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": ""}):
        figure.savefig(
            buffer, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator"), None)
        )
    svg = buffer.getvalue()
    return svg[svg.index("<svg") :].replace('pt"', '"', 2)


def _quiet(axes: Axes, x_name: str, y_name: str) -> None:
    """Leave out the frame lines that carry nothing, and keep dollar signs from becoming formulas."""
    axes.set_xlabel("".join(shortened(x_name, 460, NAME, 1)), fontsize=NAME, color=INK, parse_math=False)
    axes.set_ylabel("".join(shortened(y_name, 240, SMALL, 1)), fontsize=SMALL, color=INK, parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=SMALL, colors=INK)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
