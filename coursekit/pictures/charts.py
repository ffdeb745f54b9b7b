"""Pictures of numbers along an axis: curves and histograms, drawn with few marks and said in words."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from coursekit.errors import WrongValueError
from coursekit.pictures.arrays import as_array, named_arrays, whole_number
from coursekit.pictures.layout import NAME, SMALL, page
from coursekit.pictures.picture import Picture
from coursekit.pictures.svg import FAINT, INK, Block, one_line, shortened, text, text_width
from coursekit.pictures.words import NOISE, extremes, number, plural, range_words, share, sign_shares, titled

# Blue, orange, green, purple, brown, black: apart for every colour blindness, each with its own dashes.
LINES = {"#0072b2": "-", "#d55e00": "--", "#009e73": "-.", "#7b3294": ":", "#8c510a": "-", "#222222": "--"}
DASHES = {"-": "", "--": "7 3", "-.": "8 2 2 2", ":": "2 2"}  # matplotlib's in SVG
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
        TypeError: The curves have no names, or are not real numbers.
        ValueError: There is no curve or more than six, or the lengths differ.

    >>> show_curves({"relu": [0.0, 0.0, 2.0]}, x=[-2.0, 0.0, 2.0])
    1 curve over x from -2 to 2. relu: starts at 0, ends at 2, lowest 0, highest 2.
    """
    from matplotlib.figure import Figure  # loaded when the first chart is drawn, not before

    arrays = named_arrays(curves, "curve", len(LINES), "{'relu': y}", "the curve ")
    lengths = {name: array.shape for name, array in arrays.items()}
    first = next(iter(arrays.values()))
    positions = np.arange(first.size, dtype=np.float64) if x is None else as_array(x, "x")
    if any(shape != positions.shape for shape in lengths.values()) or positions.ndim != 1:
        raise WrongValueError(
            f"x and all curves must have the same length (n,), but x has {positions.shape} "
            f"and the curves have {lengths}."
        )
    figure = Figure((560 / 72, 320 / 72), dpi=72)  # an SVG of matplotlib has 72 pixels to the inch
    axes = _axes(figure, (0.12, 0.16, 0.86, 0.8))
    for array, (colour, dashes) in zip(arrays.values(), LINES.items(), strict=False):
        axes.plot(positions, array, dashes, color=colour, linewidth=2)
    axes.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
    legend, said = _names(x_name, 308, 308, y_name, 140), []
    for n, (name, array) in enumerate(arrays.items()):
        legend += _entry(name, n, len(arrays))
        course = "no finite value"
        if ends := extremes(array):
            steps = (number(v, reach=max(map(abs, ends))) for v in (array[0], array[-1], *ends))
            course = "starts at {}, ends at {}, lowest {}, highest {}".format(*steps)
        said.append(f"{name}: {course}.")
    over = f"{x_name} from {number(positions[0])} to {number(positions[-1])}"
    words = titled(title, f"{plural(len(arrays), 'curve')} over {over}.", *said)
    return page(Block(560 + LEGEND, 320, _svg(figure) + legend), words, title)


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
        TypeError: The arrays have no names, or are not real numbers.
        ValueError: There is no array, more than three, or a value that is not finite.

    >>> import numpy as np
    >>> show_histogram({"response": np.array([-1.0, 0.0, 1.0, 3.0])})
    Histogram of 4 values. response: -1 to 3; 25 % below zero, 25 % zero, 50 % above zero.
    """
    from matplotlib.figure import Figure

    arrays = named_arrays(groups, "histogram", 3, "{'response': maps}", "")
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise WrongValueError("a histogram needs finite values, but got NaN or infinity. Remove these first.")
    whole_number(bins, "bins", 1, 1000)
    reach = max(float(np.abs(array).max()) for array in arrays.values()) or 1.0
    edges = np.linspace(-reach, reach, bins + bins % 2 + 1)
    centres, width = (edges[:-1] + edges[1:]) / 2, edges[1] - edges[0]
    zeros = {name: np.abs(array) <= NOISE * reach for name, array in arrays.items()}
    zero = {name: float(mask.mean()) for name, mask in zeros.items()}
    counts = {name: np.histogram(a[~zeros[name]], edges)[0] / a.size for name, a in arrays.items()}
    low = min(float(array.min()) for array in arrays.values())
    tallest = max(max(float(count.max()), zero[name]) for name, count in counts.items())
    height, colours = 146 * len(arrays) + 24, [BELOW if centre < 0 else ABOVE for centre in centres]
    figure, names, said = Figure((660 / 72, height / 72), dpi=72), "", []
    for n, (name, array) in enumerate(arrays.items()):
        axes = _axes(figure, (0.11, 1 - (146 * n + 130) / height, 0.87, 105 / height))
        axes.bar(centres, 100 * counts[name], width=0.9 * width, color=colours)
        axes.bar(0, 100 * zero[name], width=0.5 * width, color=ZERO)
        axes.set(xlim=(min(low, 0) * 1.05 - width, reach * 1.05), ylim=(0, 108 * tallest))
        names += text(one_line(name, 560, NAME), 73, 146 * n + 10, NAME)
        names += _names(x_name if n == len(arrays) - 1 else "", 360, height - 8, "% of values", 146 * n + 77)
        negative, none = sign_shares(array)
        below, at, above = map(share, (negative, none, max(0.0, round(1 - negative - none, 12))))
        said.append(f"{name}: {range_words(array)}; {below} below zero, {at} zero, {above} above zero.")
    sizes = " and ".join(str(array.size) for array in arrays.values())
    chart = Block(660, height, _svg(figure) + names)
    return page(chart, titled(title, f"Histogram of {sizes} values.", *said), title)


def _entry(name: str, index: int, count: int) -> str:
    """Write the name of a curve beside the chart, with a piece of its line before it."""
    colour, dashes = list(LINES.items())[index]
    size = NAME if text_width(name, NAME) <= LEGEND - 34 else SMALL
    lines = shortened(name, LEGEND - 34, size, min(3, max(1, 14 // count)))
    y = 150 + (index - (count - 1) / 2) * 50
    line = f"stroke='{colour}' stroke-width='2' stroke-dasharray='{DASHES[dashes]}'"
    first = y - 0.65 * size * (len(lines) - 1)
    written = "".join(text(words, 594, first + 1.3 * size * n, size) for n, words in enumerate(lines))
    return f"<path d='M566 {y:.0f}h22' {line}/>{written}"


def _names(x_name: str, x: float, below: float, y_name: str, y: float) -> str:
    """Write the names of the axes at their middles, in the reader's font, which may know more scripts."""
    upright = text(one_line(y_name, 240, SMALL), 0, 0, SMALL, anchor="middle")
    along = text(one_line(x_name, 460, NAME), x, below, NAME, anchor="middle")
    return f"{along}<g transform='translate(18 {y}) rotate(-90)'>{upright}</g>"


def _axes(figure: Any, place: tuple[float, float, float, float]) -> Any:
    """Add axes without the frame lines that carry nothing."""
    axes = figure.add_axes(place)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=SMALL, colors=INK)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


def _svg(figure: Any) -> str:
    """Return a chart as SVG whose text is text, without what differs from run to run."""
    from matplotlib import rc_context

    buffer, metadata = io.StringIO(), dict.fromkeys(("Date", "Creator"), None)
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": ""}):
        figure.savefig(buffer, format="svg", transparent=True, metadata=metadata)
    svg = buffer.getvalue()
    return svg[svg.index("<svg") :].replace('pt"', '"', 2)
