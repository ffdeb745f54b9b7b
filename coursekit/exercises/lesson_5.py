"""The exercises of lesson 5: sizes, your own max pooling, thick lines, moving along, a softer pooling."""

from collections.abc import Callable
from functools import partial
from inspect import unwrap
from typing import Any

import numpy as np

from coursekit import reference
from coursekit.exercises.answers import Array, Refused, as_array, named
from coursekit.exercises.compare import close, difference
from coursekit.exercises.engine import Progress, Right, Verdict, Wrong, choice
from coursekit.exercises.functions import array_from, as_function, call

__all__ = [
    "moving_along",
    "own_max_pool",
    "progress",
    "softer_pooling",
    "thick_lines",
    "three_poolings",
]

progress = Progress(lesson=5)
exercise = progress.exercise


@exercise(
    "Three poolings",
    kind="predict",
    question=(
        "A map with 75 rows and 75 columns goes through three poolings in a row, all with windows of 2 × 2. "
        "How many rows are left after the first, the second and the third? "
        "Write one row of three numbers without `ceil_mode`, and a second row with it."
    ),
    blank="my_sizes = ...  # two rows of three numbers, [[...], [...]] as a list",
    answer="""
my_sizes = [
    [37, 18, 9],  # rounded down: 75 / 2 = 37.5, and 37 / 2 = 18.5
    [38, 19, 10],  # rounded up: the last window may hang over the edge
]
""",
    why="Each pooling halves and rounds, and the next one starts from what is left.",
    hints=(
        "Each pooling starts from the size that the one before it has left.",
        "An even size is simply halved. Only an odd one has to be rounded. Which of them are odd?",
        "Row 1 rounds every half down, row 2 rounds every half up. So the two rows meet different odd sizes.",
    ),
)
def three_poolings(answer: Any) -> Verdict:
    """Judge `(2, 3)` sizes: 75 after one, two and three poolings by 2, without and with ceil_mode."""
    sizes = as_array(answer, shape=(2, 3), tensors=True)
    if not close(sizes, np.round(sizes)):
        return Wrong("A map can't have half a row. Each size must be a whole number.")
    down, up = _halved(75, ceil_mode=False), _halved(75, ceil_mode=True)
    if np.array_equal(sizes, [up, down]):
        return Wrong(
            "The numbers are right, but the rows are swapped. First without `ceil_mode`, then with it."
        )
    if np.array_equal(sizes[0], up):
        return Wrong("Row 1 is rounded up. Without `ceil_mode`, what is left over is dropped.")
    if np.array_equal(sizes[0], [74, 73, 72]):
        return Wrong("In row 1 the windows move by one pixel. The stride of a pooling is its window, here 2.")
    hanging = " if the last one may hang over the edge"
    asked = (("Row 1, without", sizes[0], down, ""), ("Row 2, with", sizes[1], up, hanging))
    for name, row, wanted, extra in asked:
        if not np.array_equal(row, wanted):
            place = int(np.argmax(row != wanted))
            before = 75 if place == 0 else int(wanted[place - 1])
            return Wrong(
                f"{name} `ceil_mode`: pooling {place + 1} starts with {before} rows, and you say that "
                f"{row[place]:,.12g} are left. How many windows of 2 fit into {before}{extra}?"
            )
    return Right(
        "Only odd sizes are rounded. The 9 values cover 72 rows: three of the 75 are never looked at."
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
        "The windows are `size` × `size` pixels, side by side. "
        "Whatever doesn't fill a window is dropped. "
        "Don't call a library's pooling; you may compare with `reference.max_pool2d` in another cell."
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
    why="Every window is a slice. Only whole windows count, so rows and columns left over are dropped.",
    hints=(
        "Start with the size of the result: how many whole windows fit into the rows, and into the columns? "
        "`//` divides and rounds down.",
        "Fill an array of that size in two loops. "
        "In which row and column of the table does window (y, x) start?",
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
            return Wrong(f"{what}: whatever doesn't fill a window must be dropped. You keep it.")
        if given.shape == reference.max_pool2d(table, size, stride=1).shape != wanted.shape:
            return Wrong(
                f"{what}: your windows overlap. Each window must start where the one before it ends."
            )
        if given.shape != wanted.shape:
            return Wrong(f"{what} must give the shape {wanted.shape}. Yours has {given.shape}.")
        if close(given, wanted):
            continue
        if (table < 0).all() and not given.any():
            return Wrong(
                "For a table of negative numbers you get only zeros. Which value does your search start from?"
            )
        if close(given, np.trunc(wanted)) or close(given, np.round(wanted)):
            return Wrong(
                "The largest values lose their fraction: 7.25 becomes 7. Don't round, and fill an array "
                "that can hold fractions."
            )
        means, smallest = reference.avg_pool2d(table, size), -reference.max_pool2d(-table, size)
        for name, other in (("mean", means), ("smallest value", smallest)):
            if close(given, other):
                return Wrong(
                    f"{what}: this is the {name} of each window. Max pooling keeps the largest value."
                )
        if close(given, table[::size, ::size][: wanted.shape[0], : wanted.shape[1]]):
            return Wrong(f"{what}: you keep the first value of each window, not the largest.")
        return Wrong(f"{what}: {difference(given, wanted, what='your result', reveal=True)}")
    if function is reference.max_pool2d or {"max_pool2d", "MaxPool2d"} & {*_names(function)}:
        return Wrong(
            "The numbers are right, but a library computes them. Cut out the windows yourself, with slices "
            "and `.max()`, and compare with the library in another cell."
        )
    return Right("Even and odd sizes, other windows, negative numbers: you and the library agree everywhere.")


def _names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of functions, modules and methods that a function uses."""
    return getattr(getattr(unwrap(function), "__code__", None), "co_names", ())


@exercise(
    "The same with the average",
    kind="explain",
    question=(
        "Look at the last picture of section 7. "
        "In the lower row, after max pooling and enlarging, the lines are thicker than in the upper row. "
        "Now imagine a third row: average pooling, then enlarged. Which statement is right?\n\n"
        "- **A** Its lines are as thin as in the upper row, because a mean doesn't spread anything.\n"
        "- **B** It looks exactly like the lower row, because both poolings give 0 in the same places.\n"
        "- **C** Its lines are as thick as in the lower row, but weaker.\n"
        "- **D** Its lines are gone, because the mean of a window that contains zeros is 0."
    ),
    blank='my_choice = ...  # write "A", "B", "C" or "D", with the quotation marks',
    answer="""
# One strong value makes the mean of its window positive, and enlarging draws that mean four times.
my_choice = "C"
""",
    why="Both results fill all four places of a window. The mean is never larger than the maximum.",
    hints=(
        "Take one window by hand, with the numbers 0, 8, 0 and 0. "
        "What does each pooling make of it? And what is in the four places after enlarging?",
        "Section 3 compares the zeros and the strongest responses of the two poolings. "
        "Which statements does that rule out?",
    ),
)
def thick_lines(answer: Any) -> Verdict:
    """Judge the letter of the statement about lines after average pooling."""
    return choice(
        answer,
        right="C",
        A="Try a window of 0, 8, 0 and 0. After enlarging, in how many places is its mean?",
        B="The zeros agree, but what about the other values? Section 3 prints the strongest of both.",
        C="From 0, 8, 0 and 0, max pooling makes four times 8 and average pooling four times 2: "
        "just as thick, and a quarter as strong.",
        D="The mean of 0, 8, 0 and 0 isn't 0. After ReLU, which windows have a mean of 0?",
    )


@exercise(
    "Does it move along?",
    kind="function",
    question=(
        "Write a test for equivariance. `layer` is a function that takes a table and returns one. "
        "If its input moves `step_in` columns to the right, does its output move `step_out` columns to the "
        "right, with the same values? Return `True` or `False`. To move a table, use "
        "`np.roll(table, step, axis=1)`: what leaves on the right comes back in on the left."
    ),
    blank="""
def moves_along(layer, table, step_in, step_out):  # table (H, W) -> True or False
    ...
""",
    answer="""
def moves_along(layer, table, step_in, step_out):  # table (H, W) -> True or False
    moved_first = layer(np.roll(table, step_in, axis=1))  # move, then apply the layer
    moved_last = np.roll(layer(table), step_out, axis=1)  # apply the layer, then move
    return np.array_equal(moved_first, moved_last)
""",
    why="A layer is equivariant if it makes no difference whether you move first or last.",
    hints=(
        "There are two ways to a moved output: move the table and then apply the layer, or apply the layer "
        "and then move what it returns. What must be true of the two results?",
        "Which of the two steps belongs to which way? `np.array_equal` compares two arrays.",
    ),
    points=2,
)
def moving_along(answer: Any) -> Verdict:
    """Judge a function `(layer, table, step_in, step_out)` that says whether the output moves along."""
    function = as_function(answer, 4)
    table = np.random.default_rng(5).integers(-9, 10, (6, 8)).astype(float)
    pool, ramp = partial(reference.max_pool2d, size=2), np.arange(8.0)
    relu, pooled = ("ReLU", reference.relu), ("max pooling of 2 × 2", pool)
    mean = ("the mean of the whole table", partial(np.mean, keepdims=True))
    by_row = ("a layer that adds to each value the number of its row", lambda x: x + ramp[: len(x), None])
    by_column = ("a layer that adds to each value the number of its column", lambda x: x + ramp)
    for (name, layer), step_in, step_out, wanted, why in (
        (relu, 3, 3, True, "Its output moves along. Do you move that, too, and in the same direction?"),
        (relu, 1, 0, False, "Its output moves as well. Do you compare place by place?"),
        (pooled, 2, 1, True, "Two columns become one. Which step is for the input, which for the output?"),
        (pooled, 1, 1, False, "After a step of 1 each window holds other values."),
        (mean, 1, 0, True, "The same numbers in another order have the same mean."),
        (by_row, 1, 1, True, "No value leaves its row. Do you move columns, along `axis=1`?"),
        (by_column, 1, 1, False, "What it adds stays where it is when the table moves."),
    ):
        result = call(function, layer, table, step_in, step_out)
        if not isinstance(result, bool | np.bool_):
            raise Refused(
                f"What your function returns is {named(result)}, and True or False is wanted. "
                "`np.array_equal(a, b)` says whether two arrays are the same everywhere."
            )
        if result != wanted:
            return Wrong(
                f"For {name}, with step_in={step_in} and step_out={step_out}, you return {result}. {why}"
            )
    return Right(
        "Your test shows that ReLU moves along with any step, and max pooling with steps of 2, which become "
        "steps of 1: each is equivariant in its way. The mean of a whole table is invariant: its step is 0."
    )


@exercise(
    "A softer pooling",
    kind="stretch",
    question=(
        "As you saw in section 5, a shift of one pixel changes the output of max pooling a lot. "
        "Invent a pooling that halves both sides of a map and changes clearly less: "
        "at most 0.9 times as much as `reference.max_pool2d(table, 2)`. "
        "A single bright point must still show up at its place, and nowhere far from it. A map of zeros must "
        "stay zero. Anything with these properties is right. `reference` and `filters` may help."
    ),
    blank="""
def my_pool(table):  # (H, W), both even -> (H // 2, W // 2)
    ...
""",
    answer="""
def my_pool(table):  # (H, W), both even -> (H // 2, W // 2)
    # Windows of 3 with a stride of 2: neighbours share pixels,
    # so a line that moves by one often stays inside the same window.
    return reference.max_pool2d(table, 3, stride=2, padding=1)
""",
    why="Overlapping windows share pixels, so a small shift changes fewer of the maxima.",
    hints=(
        "Windows side by side have hard borders. One step, and a pixel belongs to the next window.",
        "Let neighbouring windows overlap (section 4), or blur the map before you keep every second value.",
        "The size has to fit: if the window is larger than the stride, you need `padding`, or `np.pad`, "
        "to get half of the rows.",
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
        result = np.abs(_pooled(function, point))
        what = f"A map with a single 1, in row {row}, column {column},"
        if result.max() < 1e-6:
            return Wrong(
                f"{what} becomes empty. You skip pixels, or a bright pixel is outvoted by its neighbours."
            )
        for place in np.argwhere(result > 0.001 * result.max()):  # (2,)
            off = np.abs(place - ((row - 0.5) / 2, (column - 0.5) / 2)).max()
            if off > 3:
                return Wrong(
                    f"{what} also shows up {off:.0f} places from where it should be in your result. "
                    "Each result may depend only on pixels near its own window."
                )
    of_max = _change(reference.max_pool2d(still, 2), reference.max_pool2d(moved, 2))
    ratio = _change(first, _pooled(function, moved)) / of_max
    if ratio > 0.9:
        return Wrong(
            f"A shift of one pixel changes your result {np.ceil(100 * ratio) / 100:.2f} times as much as "
            "that of max pooling, and at most 0.9 times is wanted. Let neighbouring windows share pixels."
        )
    return Right(
        f"A shift of one pixel changes it only {ratio:.2f} times as much as max pooling of 2 × 2, and points "
        "stay in place. The usual ways are windows that overlap, or a blur before keeping every second "
        "value. Both cost fine detail."
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
