"""The exercises of lesson 5: sizes, your own max pooling, lines after the average, a softer pooling."""

from coursekit.exercises import lesson_5_judges as judges
from coursekit.exercises.exercise import Exercise
from coursekit.exercises.letters import choice
from coursekit.exercises.progress import Progress

__all__ = ["EXERCISES", "progress"]

three_poolings = Exercise(
    lesson=5,
    number=1,
    name="three_poolings",
    title="Three poolings",
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
""".strip(),
    hints=(
        "Each pooling begins with the size that the one before has left.",
        "A size that is even is simply halved. Only an odd one must be rounded. Which ones are odd?",
        "Row 1 rounds every half down, row 2 rounds every half up. The two rows meet different odd sizes.",
    ),
    judge=judges.three_poolings,
    why="Each pooling halves and rounds, and the next one begins with what is left.",
    points=1,
)

own_max_pool = Exercise(
    lesson=5,
    number=2,
    name="own_max_pool",
    title="Write max pooling",
    kind="function",
    question=(
        "Write max pooling yourself, for one map. "
        "The windows have `size` × `size` pixels and lie side by side. "
        "What does not fill a window is dropped. Use `reference.max_pool2d` only to compare."
    ),
    blank="""
def my_max_pool(table, size):  # (H, W), window -> (H // size, W // size)
    ...
""".strip(),
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
""".strip(),
    hints=(
        "First the size of the result: how many whole windows fit into the rows, and into the columns? "
        "`//` divides and rounds down.",
        "Fill an array of that size in two loops. "
        "In which row and column of the table does window (y, x) begin?",
        "A window is a slice, `table[top:bottom, left:right]`. NumPy's `.max()` does the rest.",
    ),
    judge=judges.max_pooling,
    why="Every window is a slice, and the whole number of windows says which rows and columns are dropped.",
    points=2,
)

thick_lines = Exercise(
    lesson=5,
    number=3,
    name="thick_lines",
    title="The same with the average",
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
""".strip(),
    hints=(
        "Take one window by hand, with the numbers 0, 8, 0 and 0. "
        "What does each of the two poolings make of it? And what stands there after enlarging?",
        "Section 3 compares zeros and strongest answers of the two poolings. "
        "Which statements can you exclude with it?",
    ),
    judge=choice(
        "A",
        {
            "A": (
                "Of 0, 8, 0 and 0 the maximum makes four times 8, the mean four times 2: "
                "as thick, and a quarter as strong."
            ),
            "B": (
                "A window of 0, 8, 0 and 0 has one mean. Enlarged, it stands at four places. "
                "How can you tell where the 8 was?"
            ),
            "C": "The zeros agree, but what about the other values? Section 3 prints the strongest of both.",
            "D": "The mean of 0, 8, 0 and 0 is not 0. After ReLU, which windows have the mean 0?",
        },
    ),
    why="Both results stand at all four places of a window. The mean is never larger than the maximum.",
    points=1,
)

softer_pooling = Exercise(
    lesson=5,
    number=4,
    name="softer_pooling",
    title="A softer pooling",
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
""".strip(),
    answer="""
def my_pool(table):  # (H, W), both even -> (H // 2, W // 2)
    # A window of 3 with a step of 2: neighbours share pixels,
    # so a line that moves by one often stays inside the same window.
    return reference.max_pool2d(table, 3, stride=2, padding=1)
""".strip(),
    hints=(
        "Windows that lie side by side have hard borders. One step, and a pixel belongs to the next window.",
        "Let neighbouring windows overlap (section 4), or blur the map before you keep every second value.",
        "The size must fit: a window larger than the step needs padding, "
        "or `np.pad`, to give half of the rows.",
    ),
    judge=judges.softer_pooling,
    why="Overlapping windows share pixels, so a small step changes fewer of the maxima.",
    points=3,
)

EXERCISES = (three_poolings, own_max_pool, thick_lines, softer_pooling)
progress = Progress(EXERCISES)
