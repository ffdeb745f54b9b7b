"""The exercises of lesson 2: sliding in one direction, diagonals, a blur, stretched panels, corners."""

from coursekit.exercises import lesson_2_judges as judges
from coursekit.exercises.exercise import Exercise
from coursekit.exercises.letters import choice
from coursekit.exercises.progress import Progress

__all__ = ["EXERCISES", "progress"]

slide = Exercise(
    lesson=2,
    number=1,
    name="slide",
    title="Slide along one row",
    kind="function",
    question="""
Make it simpler: one row of pixels and one row of weights. Write a function that lays the kernel on every
place where it fits completely, multiplies, adds up, and returns all responses in their order. For the
row 0, 0, 1, 1, ½ and the kernel −1, 2 they are 0, 2, 1 and 0.
""".strip(),
    blank="""
def slide(row, kernel):  # (n,) and (k,) -> all responses, from left to right
    return ...
""".strip(),
    answer="""
def slide(row, kernel):  # (n,) and (k,) -> (n - k + 1,)
    k = len(kernel)
    places = range(len(row) - k + 1)  # the last place is where the kernel ends with the row
    return np.array([(row[i : i + k] * kernel).sum() for i in places])
""".strip(),
    why="Each response is the sum of products at one place, and there are size − kernel + 1 places.",
    hints=(
        "First the response at one place `i`: cut out as many pixels as the kernel has weights.",
        "`row[i : i + len(kernel)]` is that piece. Multiply it with the kernel, and add up.",
        "Do this in a loop over all `i` and collect the sums. Count the places for 5 pixels and 2 weights.",
    ),
    judge=judges.slide,
    points=2,
)

diagonal = Exercise(
    lesson=2,
    number=2,
    name="diagonal",
    title="Find the diagonals",
    kind="kernel",
    question="""
Write a 4 × 4 kernel that answers to edges along a diagonal. A flat patch must give 0. A diagonal edge
must give more than a vertical or a horizontal one: at least 1.2 times as much. You choose which diagonal.
""".strip(),
    blank="my_kernel = ...  # an array of 4 rows and 4 columns",
    answer="""
my_kernel = np.array([
    [0, 1, 1, 1],  # above the diagonal: add
    [-1, 0, 1, 1],
    [-1, -1, 0, 1],
    [-1, -1, -1, 0],  # below it: subtract; the diagonal itself belongs to no side
])
""".strip(),
    why="Six weights add on one side of the diagonal and six subtract on the other, so only an edge that "
    "runs along it gets all of them.",
    hints=(
        "The base kernel has its border upright in the middle: left subtracts, right adds. Where must "
        "yours be?",
        "Draw 4 × 4 cells, and a diagonal through them. All cells on one side get one sign.",
        "What about the four cells on the diagonal itself? They lie on both sides. And the sum must be 0.",
    ),
    judge=judges.diagonal,
    points=2,
)

blur = Exercise(
    lesson=2,
    number=3,
    name="blur",
    title="A soft picture",
    kind="kernel",
    question="""
Write a 5 × 5 kernel that blurs. The picture keeps its brightness and stays in its place, and fine
noise becomes at most half as strong. No weight is negative. The kernel blurs in every direction: its
weights do not all lie on one line. There are many such kernels. Any one is right.
""".strip(),
    blank="my_blur = ...  # an array of 5 rows and 5 columns",
    answer="my_blur = np.full((5, 5), 1 / 25)  # 25 equal weights that add up to 1: the mean of 25 pixels",
    why="Equal weights that add up to 1 give the mean of the neighbourhood, and a mean keeps brightness "
    "and loses noise.",
    hints=(
        "Every new pixel should be a mixture of its neighbours. Which sign do the weights have?",
        "What do the weights add up to in a kernel that keeps the brightness? Section 5 says it.",
        "The simplest mixture is the mean: all weights are equal. How large is each, if there are 25?",
    ),
    judge=judges.blur,
)

two_panels = Exercise(
    lesson=2,
    number=4,
    name="two_panels",
    title="What the panels do not say",
    kind="explain",
    question="""
A friend shows you the picture *Each panel stretched by itself* of section 4, without the numbers and
without words. Maps 1 and 2 look the same. Which statement is right?

- **A.** Both maps are equally strong, because equal colours mean equal numbers.
- **B.** You cannot know which map is stronger. You only see where each map is high and where low.
- **C.** Map 3 must be the strongest, because it has the most black and white points.
- **D.** The two maps hold the same numbers, because every pixel has the same gray in both.
""".strip(),
    blank='my_choice = ...  # write "A", "B", "C" or "D", with the quotation marks',
    answer='my_choice = "B"  # ask for the range of each map, or for one scale',
    why="Stretching gives each panel its own black and white, so a gray means another number in each of "
    "them.",
    hints=(
        "In each panel the smallest number becomes black and the largest becomes white. What gets lost?",
        "Map 2 was made from map 1: look at the cell. Do you see in the stretched picture what was done "
        "to it?",
    ),
    judge=choice(
        "B",
        {
            "A": "Equal colours mean equal numbers only on one scale. Here each panel has a scale of its "
            "own.",
            "B": "Ask your friend for the range of each map, or for one picture with one scale and a "
            "colour bar.",
            "C": "Map 3 is noise of about 0.0001. Stretching lets even that fill the range from black to "
            "white.",
            "D": "Map 2 is map 1 divided by 100. Stretching multiplies it again, so you cannot see it.",
        },
    ),
)

corner = Exercise(
    lesson=2,
    number=5,
    name="corner",
    title="Detect corners",
    kind="stretch",
    question="""
Write a kernel that finds a corner of a bright square on a dark ground. A flat patch must give 0. Along
the straight edges of the square the response must be at most 0.7 times that at the corner. You choose
which corner, and a size from 2 × 2 to 7 × 7.
""".strip(),
    blank="my_corner = ...  # an array of 2 to 7 rows and columns",
    answer="""
my_corner = np.full((4, 4), -1.0)  # the dark ground around the corner subtracts
my_corner[2:, 2:] = 3  # the bright square fills one quarter: 4 weights of 3 against 12 of -1
""".strip(),
    why="The corner of the square covers exactly the positive quarter, and an edge must cover as many "
    "negative weights as positive ones or more.",
    hints=(
        "Cut out the patch around the top left corner of the square. In how many of its four quarters is "
        "light?",
        "Let the bright quarter add, and let the other three quarters subtract. What must the weights add "
        "up to?",
        "Three quarters subtract and one adds. So a weight that adds must be three times as large.",
    ),
    judge=judges.corner,
    points=3,
)

EXERCISES = (slide, diagonal, blur, two_panels, corner)
progress = Progress(EXERCISES)
