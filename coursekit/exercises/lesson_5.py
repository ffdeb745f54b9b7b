"""The exercises of lesson 5: sizes, your own max pooling, lines after the average, a softer pooling."""

from collections.abc import Callable
from typing import Any

import numpy as np

from coursekit import reference
from coursekit.exercises.answers import Array, Refused, as_array
from coursekit.exercises.compare import close, difference
from coursekit.exercises.engine import Progress, Right, Verdict, Wrong, choice
from coursekit.exercises.functions import array_from, as_function

__all__ = ["own_max_pool", "progress", "softer_pooling", "thick_lines", "three_poolings"]

progress = Progress(lesson=5)
exercise = progress.exercise


@exercise(
    "Three poolings",
    kind="predict",
    question=(
        "A map has 75 rows and 75 columns. Three poolings with window 2 follow each other. "
        "How many rows are left after the first, the second and the third? "
        "Write one row of three numbers without `ceil_mode`, and a second row with it."
    ),
    blank="my_sizes = ...  # two rows of three numbers, [[...], [...]] as a list",
    answer="""
my_sizes = [
    [37, 18, 9],  # rounded down: 75 / 2 = 37.5, and 37 / 2 = 18.5
    [38, 19, 10],  # rounded up: the last window hangs over the edge
]
""",
    why="Each pooling halves and rounds, and the next one begins with what is left.",
    hints=(
        "Each pooling begins with the size that the one before has left.",
        "A size that is even is simply halved. Only an odd one must be rounded. Which ones are odd?",
        "Row 1 rounds every half down, row 2 rounds every half up. The two rows meet different odd sizes.",
    ),
)
def three_poolings(answer: Any) -> Verdict:
    """Judge `(2, 3)` sizes: after three poolings of 75 with window 2, without and with ceil_mode."""
    sizes = as_array(answer, shape=(2, 3), tensors=True)
    if not close(sizes, np.round(sizes)):
        return Wrong("A map cannot have half a row. Each size must be a whole number.")
    down, up = _halved(75, ceil_mode=False), _halved(75, ceil_mode=True)
    if np.array_equal(sizes, [up, down]):
        return Wrong(
            "The numbers are right, but the rows are exchanged. First without ceil_mode, then with it."
        )
    if np.array_equal(sizes[0], up):
        return Wrong("Row 1 is rounded up. Without ceil_mode what is left over is dropped.")
    if np.array_equal(sizes[0], [74, 73, 72]):
        return Wrong("Row 1 has a step of one pixel. The stride of a pooling is its window, here 2.")
    hanging = ", if the last one may hang over the edge"
    asked = (("Row 1, without", sizes[0], down, ""), ("Row 2, with", sizes[1], up, hanging))
    for name, row, wanted, extra in asked:
        if not np.array_equal(row, wanted):
            place = int(np.argmax(row != wanted))
            before = 75 if place == 0 else int(wanted[place - 1])
            return Wrong(
                f"{name} ceil_mode: pooling {place + 1} begins with {before} rows, and you say that "
                f"{row[place]:,.12g} are left. How many windows of 2 fit into {before}{extra}?"
            )
    return Right(
        "Only odd sizes are rounded. The 9 values reach over 72 rows: three of the 75 are never looked at."
    )


def _halved(size: int, *, ceil_mode: bool) -> Array:
    """`(3,)`: what is left of a side after one, two and three poolings with window 2."""
    sizes = []
    for _ in range(3):
        size = reference.output_size(size, 2, stride=2, ceil_mode=ceil_mode)
        sizes.append(size)
    return np.array(sizes, dtype=float)


@exercise(
    "Write max pooling",
    kind="function",
    question=(
        "Write max pooling yourself, for one map. "
        "The windows have `size` × `size` pixels and lie side by side. "
        "What does not fill a window is dropped. Use `reference.max_pool2d` only to compare."
    ),
    blank="""
def my_max_pool(table, size):  # (H, W), window -> (H // size, W // size)
    ...
""",
    answer="""
def my_max_pool(table, size):  # (H, W), window -> (H // size, W // size)
    # // drops what is left over.
    rows, columns = table.shape[0] // size, table.shape[1] // size
    result = np.zeros((rows, columns))
    for y in range(rows):
        for x in range(columns):
            top, left = y * size, x * size
            window = table[top : top + size, left : left + size]  # (size, size)
            # No start value, so negative numbers work too.
            result[y, x] = window.max()
    return result
""",
    why="Every window is a slice, and the whole number of windows says which rows and columns are dropped.",
    hints=(
        "First the size of the result: how many whole windows fit into the rows, and into the columns? "
        "`//` divides and rounds down.",
        "Fill an array of that size in two loops. "
        "In which row and column of the table does window (y, x) begin?",
        "A window is a slice, `table[top:bottom, left:right]`. NumPy's `.max()` does the rest.",
    ),
    points=2,
)
def own_max_pool(answer: Any) -> Verdict:
    """Judge a function `(table, size)` that does max pooling with windows side by side."""
    function = as_function(answer, 2)
    rng = np.random.default_rng(5)
    for rows, columns, size in ((4, 4, 2), (4, 6, 2), (5, 7, 2), (7, 9, 3), (6, 8, 2), (3, 5, 1)):
        table = rng.integers(1, 10, (rows, columns)) + 0.25
        if (rows, columns) == (6, 8):
            table = -table
        wanted = reference.max_pool2d(table, size)
        what = f"A {rows} × {columns} table with windows of {size} × {size}"
        given = array_from(function, table, size)
        if given.shape == reference.max_pool2d(table, size, ceil_mode=True).shape != wanted.shape:
            return Wrong(f"{what}: what does not fill a window must be dropped. You keep it.")
        if given.shape == reference.max_pool2d(table, size, stride=1).shape != wanted.shape:
            return Wrong(f"{what}: your windows overlap. The next window begins where the last one ends.")
        if given.shape != wanted.shape:
            return Wrong(f"{what} must give the shape {wanted.shape}. Yours has {given.shape}.")
        if close(given, wanted):
            continue
        if (table < 0).all() and not given.any():
            return Wrong(
                "In a table of negative numbers all results are 0. Where does your search begin? Not with 0."
            )
        if close(given, np.trunc(wanted)) or close(given, np.round(wanted)):
            return Wrong(
                "The largest values lose their fraction: 7.25 becomes 7. Do not round, and fill an array "
                "that can hold fractions."
            )
        means, smallest = reference.avg_pool2d(table, size), -reference.max_pool2d(-table, size)
        for name, other in (("mean", means), ("smallest value", smallest)):
            if close(given, other):
                return Wrong(
                    f"{what}: this is the {name} of each window. Max pooling keeps the largest value."
                )
        if close(given, table[::size, ::size][: wanted.shape[0], : wanted.shape[1]]):
            return Wrong(f"{what}: you keep the first value of each window, and not the largest.")
        return Wrong(f"{what}: {difference(given, wanted, what='your result', reveal=True)}")
    return Right("Even and odd sizes, other windows, and negative numbers: all like the library.")


@exercise(
    "The same with the average",
    kind="explain",
    question=(
        "Look at the last picture of section 7. "
        "In the lower row, after max pooling and enlarging, the lines are thicker than in the upper row. "
        "Now imagine a third row: average pooling, then enlarged. Which statement is right?\n\n"
        "- **A** Its lines are thick, too, but paler: a strong value is shared out among four places.\n"
        "- **B** Its lines are as thin as in the upper row, since a mean keeps the place.\n"
        "- **C** It looks like the lower row, since both poolings have the same zeros.\n"
        "- **D** Its lines are gone, since a mean with zeros in its window is 0."
    ),
    blank='my_choice = ...  # write "A", "B", "C" or "D", with the quotation marks',
    answer="""
# One strong value makes its window positive, and that is drawn four times.
my_choice = "A"
""",
    why="Both results stand at all four places of a window. The mean is never larger than the maximum.",
    hints=(
        "Take one window by hand, with the numbers 0, 8, 0 and 0. "
        "What does each of the two poolings make of it? And what stands there after enlarging?",
        "Section 3 compares zeros and strongest answers of the two poolings. "
        "Which statements can you exclude with it?",
    ),
)
def thick_lines(answer: Any) -> Verdict:
    """Judge the letter of the statement about lines after average pooling."""
    return choice(
        answer,
        right="A",
        A="Of 0, 8, 0 and 0 the maximum makes four times 8, the mean four times 2: "
        "as thick, and a quarter as strong.",
        B="A window of 0, 8, 0 and 0 has one mean. Enlarged, it stands at four places. "
        "How can you tell where the 8 was?",
        C="The zeros agree, but what about the other values? Section 3 prints the strongest of both.",
        D="The mean of 0, 8, 0 and 0 is not 0. After ReLU, which windows have the mean 0?",
    )


@exercise(
    "A softer pooling",
    kind="stretch",
    question=(
        "Section 5 has shown: a shift of one pixel changes the output of max pooling a lot. "
        "Invent a pooling that halves both sides of a map and changes clearly less: "
        "at most 0.9 times as much as `max_pool2d(table, 2)`. "
        "A single bright point must still be found at its place, and a map of zeros must stay zero. "
        "Everything with these properties is right, and `reference` and `filters` may help."
    ),
    blank="""
def my_pool(table):  # (H, W), both even -> (H // 2, W // 2)
    ...
""",
    answer="""
def my_pool(table):  # (H, W), both even -> (H // 2, W // 2)
    # A window of 3 with a step of 2: neighbours share pixels,
    # so a line that moves by one often stays inside the same window.
    return reference.max_pool2d(table, 3, stride=2, padding=1)
""",
    why="Overlapping windows share pixels, so a small step changes fewer of the maxima.",
    hints=(
        "Windows that lie side by side have hard borders. One step, and a pixel belongs to the next window.",
        "Let neighbouring windows overlap (section 4), or blur the map before you keep every second value.",
        "The size must fit: a window larger than the step needs padding, "
        "or `np.pad`, to give half of the rows.",
    ),
    points=3,
)
def softer_pooling(answer: Any) -> Verdict:
    """Judge any `(H, W) -> (H/2, W/2)` that changes less than max pooling when the map moves by one."""
    function = as_function(answer, 1)
    wide = _lines()
    still, moved = wide[:, :60], wide[:, 1:]
    first = _pooled(function, still)
    empty = _pooled(function, np.zeros((12, 18)))
    if np.abs(empty).max() > 1e-6:
        worst = empty.flat[np.abs(empty).argmax()]
        return Wrong(f"An empty map must stay empty. In yours a 0 becomes {worst:.4g}.")
    for row, column in ((8, 8), (21, 33), (30, 47)):
        point = np.zeros((40, 60))
        point[row, column] = 1.0
        result = _pooled(function, point)
        if np.abs(result).max() < 1e-6:
            return Wrong(
                f"A map with a single 1 in row {row}, column {column} becomes empty. You skip pixels, or one "
                "bright pixel is outvoted by its neighbours."
            )
        if np.ptp(result) < 1e-6:
            return Wrong(
                f"A map with a single 1 in row {row}, column {column} gives the same number everywhere. "
                "What never changes is not pooling: the map must still say where something was found."
            )
        places = np.argwhere(result > result.max() - 1e-9)  # (n, 2)
        off = np.abs(places.mean(axis=0) - ((row - 0.5) / 2, (column - 0.5) / 2)).max()
        if off > 1.6:
            return Wrong(
                f"A single 1 in row {row}, column {column} has its largest value {off:.0f} places from "
                "where it should be. Blur less, or look at how you cut."
            )
    of_max = _change(reference.max_pool2d(still, 2), reference.max_pool2d(moved, 2))
    ratio = _change(first, _pooled(function, moved)) / of_max
    if ratio > 0.9:
        return Wrong(
            f"A shift of one pixel changes your result {np.ceil(100 * ratio) / 100:.2f} times as much as "
            "the result of max pooling. At most 0.9 times is asked for. Let neighbouring windows "
            "share pixels."
        )
    return Right(
        f"A shift of one pixel changes it only {ratio:.2f} times as much as max pooling of 2 × 2. Windows "
        "that overlap, or a blur before the step of 2, make pooling softer. The price: finer detail is lost."
    )


def _pooled(function: Callable[..., Any], table: Array) -> Array:
    """What a pooling makes of a map, if it is half as large."""
    result = array_from(function, table)
    rows, columns = table.shape
    if result.shape != (rows // 2, columns // 2):
        came = " × ".join(map(str, result.shape)) or "one number"
        raise Refused(
            f"A map of {rows} × {columns} must become {rows // 2} × {columns // 2}. Yours becomes {came}."
        )
    return result


def _lines() -> Array:
    """`(40, 61)`, from 0: thin lines with some noise on a ground of 0, like a map after ReLU."""
    lines = np.zeros((40, 61))
    lines[:, 5::7] = 1.0
    lines[::11] += 1.0
    noise = np.random.default_rng(5).normal(scale=0.3, size=lines.shape)
    return np.asarray(np.maximum(lines + noise - 0.6, 0))


def _change(first: Array, second: Array) -> float:
    """The size of the difference, divided by that of the first map, whose mean does not count."""
    return float(np.linalg.norm(second - first) / max(float(np.linalg.norm(first - first.mean())), 1e-12))
