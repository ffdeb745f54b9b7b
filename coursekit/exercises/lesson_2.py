"""The exercises of lesson 2: sliding in one direction, diagonals, a blur, stretched panels, corners."""

from typing import Any

import numpy as np

from coursekit import reference
from coursekit.exercises.answers import Array, as_array
from coursekit.exercises.compare import close, difference
from coursekit.exercises.engine import Progress, Right, Verdict, Wrong, choice
from coursekit.exercises.functions import RESULT, as_function, call

__all__ = ["blur", "corner", "diagonal", "progress", "slide", "two_panels"]

progress = Progress(lesson=2)
exercise = progress.exercise


@exercise(
    "Slide along one row",
    kind="function",
    question="""
Make it simpler: one row of pixels and one row of weights. Write a function that lays the kernel on every
place where it fits completely, multiplies, adds up, and returns all responses in their order. For the
row 0, 0, 1, 1, ½ and the kernel −1, 2 they are 0, 2, 1 and 0.
""",
    blank="""
def slide(row, kernel):  # (n,) and (k,) -> all responses, from left to right
    return ...
""",
    answer="""
def slide(row, kernel):  # (n,) and (k,) -> (n - k + 1,)
    k = len(kernel)
    places = range(len(row) - k + 1)  # the last place is where the kernel ends with the row
    return np.array([(row[i : i + k] * kernel).sum() for i in places])
""",
    why="Each response is the sum of products at one place, and there are size − kernel + 1 places.",
    hints=(
        "First the response at one place `i`: cut out as many pixels as the kernel has weights.",
        "`row[i : i + len(kernel)]` is that piece. Multiply it with the kernel, and add up.",
        "Do this in a loop over all `i` and collect the sums. Count the places for 5 pixels and 2 weights.",
    ),
    points=2,
)
def slide(answer: Any) -> Verdict:
    """Judge a function `(row, kernel)` that slides a short row of weights over a row of pixels."""
    function = as_function(answer, 2)
    generator = np.random.default_rng(3)
    cases = [
        (np.array([0.0, 0.0, 1.0, 1.0, 0.5]), np.array([-1.0, 2.0])),
        (np.array([0.2, 0.9, 0.1, 0.7, 0.4]), np.array([1.0, -2.0])),  # with negative responses
    ]
    cases += [(generator.random(n), generator.normal(size=k)) for n, k in ((9, 3), (6, 1), (4, 4))]
    for row, kernel in cases:
        wanted = np.correlate(row, kernel, "valid")
        result = call(function, row, kernel)
        if isinstance(result, int | float | np.number):
            return Wrong(
                f"{RESULT} is one number, the response at one place. "
                "Collect the responses at all places, and return them together."
            )
        came = as_array(result, (None,), what=RESULT)
        sizes = f"For {len(row)} pixels and {len(kernel)} weights"
        if len(came) == len(wanted) - 1:
            which = ", the last" if close(came, wanted[:-1]) else ""
            which = ", the first" if close(came, wanted[1:]) else which
            return Wrong(f"{sizes} one value is missing{which}. How many places are there for the kernel?")
        if len(came) == len(row) != len(wanted):
            return Wrong(
                f"{sizes} you give {len(came)} values, as many as pixels. "
                "At the last of these places the kernel does not lie on the row completely."
            )
        if len(came) != len(wanted):
            values = "1 value" if len(came) == 1 else f"{len(came)} values"
            return Wrong(f"{sizes} there are {len(wanted)} places, and you give {values}.")
        if close(came, np.convolve(row, kernel, "valid")) and not close(came, wanted):
            return Wrong(
                "You lay the kernel on the row backwards: its first weight belongs to the first pixel."
            )
        if close(came * len(kernel), wanted) and len(kernel) > 1:
            return Wrong("You take the mean of the products. A response is their sum.")
        if wanted.min() < 0 and any(close(came, other) for other in (np.abs(wanted), np.maximum(wanted, 0))):
            return Wrong("A response can be negative. Your function changes the negative ones: keep them.")
        if not close(came, wanted):
            shown = "" if len(row) > 5 else f" The row was {row.tolist()}, the kernel {kernel.tolist()}."
            return Wrong(difference(came, wanted, reveal=bool(shown), what="Your response") + shown)
    return Right(
        "You have written the heart of a conv layer, for one row. In two directions it is the same sum."
    )


@exercise(
    "Find the diagonals",
    kind="kernel",
    question="""
Write a 4 × 4 kernel that answers to edges along a diagonal. A flat patch must give 0. A diagonal edge
must give more than a vertical or a horizontal one: at least 1.2 times as much. You choose which diagonal.
""",
    blank="my_kernel = ...  # an array of 4 rows and 4 columns",
    answer="""
my_kernel = np.array([
    [0, 1, 1, 1],  # above the diagonal: add
    [-1, 0, 1, 1],
    [-1, -1, 0, 1],
    [-1, -1, -1, 0],  # below it: subtract; the diagonal itself belongs to no side
])
""",
    why="Six weights add on one side of the diagonal and six subtract on the other, so only an edge that "
    "runs along it gets all of them.",
    hints=(
        "The base kernel has its border upright in the middle: left subtracts, right adds. Where must "
        "yours be?",
        "Draw 4 × 4 cells, and a diagonal through them. All cells on one side get one sign.",
        "What about the four cells on the diagonal itself? They lie on both sides. And the sum must be 0.",
    ),
    points=2,
)
def diagonal(answer: Any) -> Verdict:
    """Judge any 4 x 4 kernel that answers more to a diagonal edge than to an upright or a level one."""
    kernel = as_array(answer, (4, 4), what="Your kernel")
    if not kernel.any():
        return Wrong("All weights are 0, so this kernel answers to nothing.")
    size = np.abs(kernel).sum()
    total = kernel.sum()
    if abs(total) > 1e-3 * size:
        return Wrong(f"The weights add up to {total:.4g}. A flat patch must give 0, however bright it is.")
    y, x = np.mgrid[:4, :4] - 1.5
    both = [_at_edges(kernel, height) for height in (y - x, y + x)]
    diagonals = max(both, key=lambda responses: np.abs(responses).max())
    slanted = float(np.abs(diagonals).max())
    straight = {name: np.abs(_at_edges(kernel, h)).max() for name, h in (("vertical", x), ("horizontal", y))}
    name, strongest = max(straight.items(), key=lambda pair: pair[1])
    if slanted < 0.1 * size:
        return Wrong(
            f"To a diagonal edge it gives at most {slanted:.4g}, which is little for such weights. "
            "One side of the diagonal must add, the other subtract."
        )
    if slanted < 1.2 * strongest:
        return Wrong(
            f"The strongest answer to a diagonal edge is {slanted:.4g}, and to {name} edges it is "
            f"{strongest:.4g}. "
            "The diagonal one must be at least 1.2 times as large. Where does your kernel change its sign?"
        )
    if min(diagonals.max(), -diagonals.min()) > 0.5 * slanted:
        return Right(
            f"A diagonal edge gives {slanted:.4g}, a vertical or horizontal one at most {strongest:.4g}. "
            "At an edge it answers twice, once with each sign, as kernels for thin lines do."
        )
    return Right(
        f"A diagonal edge gives {slanted:.4g}, a vertical or horizontal one at most {strongest:.4g}, a flat "
        "patch 0. "
        "Look at its map: the slopes of the roofs appear."
    )


def _at_edges(kernel: Array, height: Array) -> Array:
    """`(7,)`: the responses to edges where the height passes −3, −2, ..., 3."""
    patches = [(np.sign(height - offset) + 1) / 2 for offset in range(-3, 4)]  # dark is 0, the edge 0.5
    return np.array([(kernel * patch).sum() for patch in patches])


@exercise(
    "A soft picture",
    kind="kernel",
    question="""
Write a 5 × 5 kernel that blurs. The picture keeps its brightness and stays in its place, and fine
noise becomes at most half as strong. No weight is negative. The kernel blurs in every direction: its
weights do not all lie on one line. There are many such kernels. Any one is right.
""",
    blank="my_blur = ...  # an array of 5 rows and 5 columns",
    answer="my_blur = np.full((5, 5), 1 / 25)  # 25 equal weights that add up to 1: the mean of 25 pixels",
    why="Equal weights that add up to 1 give the mean of the neighbourhood, and a mean keeps brightness "
    "and loses noise.",
    hints=(
        "Every new pixel should be a mixture of its neighbours. Which sign do the weights have?",
        "What do the weights add up to in a kernel that keeps the brightness? Section 5 says it.",
        "The simplest mixture is the mean: all weights are equal. How large is each, if there are 25?",
    ),
)
def blur(answer: Any) -> Verdict:
    """Judge any 5 x 5 kernel that blurs and keeps brightness and place."""
    kernel = as_array(answer, (5, 5), what="Your kernel")
    total = kernel.sum()
    if not kernel.any():
        return Wrong("All weights are 0, so every picture becomes black. Did whole numbers round them down?")
    if kernel.min() < -1e-6:
        return Wrong(
            "There is a negative weight. It subtracts a neighbour, and that sharpens. A blur only mixes."
        )
    if abs(total - 1) > 1e-3:
        return Wrong(
            f"The weights add up to {total:.4g}, so a picture becomes {total:.4g} times as bright. Which "
            "sum keeps it?"
        )
    if kernel.max() > 0.999:
        what = "Every pixel stays as it is" if kernel[2, 2] > 0.999 else "The picture moves"
        return Wrong(f"Only one weight is not 0. {what}, and nothing is mixed.")
    offset = np.arange(5) - 2
    if abs((kernel.sum(axis=0) * offset).sum()) > 0.01 or abs((kernel.sum(axis=1) * offset).sum()) > 0.01:
        return Wrong(
            "The weights are heavier on one side, so the picture moves while it blurs. Make both sides equal."
        )
    left = float(np.sqrt((kernel**2).sum()))  # of the spread of independent noise
    if left > 0.5:
        return Wrong(
            f"It blurs, but little: of fine noise {left:.0%} is left. Half or less is wanted. Give the "
            "neighbours more."
        )
    places = np.indices((5, 5)).reshape(2, 25)
    if np.linalg.eigvalsh(np.cov(places, aweights=kernel.ravel(), ddof=0))[0] < 0.01:
        return Wrong("It blurs in one direction only: all its weights lie on one line. Use others beside it.")
    return Right(
        f"Brightness and place stay, and of fine noise only {left:.0%} is left. You mixed each pixel with "
        "its neighbours."
    )


@exercise(
    "What the panels do not say",
    kind="explain",
    question="""
A friend shows you the picture *Each panel stretched by itself* of section 4, without the numbers and
without words. Maps 1 and 2 look the same. Which statement is right?

- **A.** Both maps are equally strong, because equal colours mean equal numbers.
- **B.** You cannot know which map is stronger. You only see where each map is high and where low.
- **C.** Map 3 must be the strongest, because it has the most black and white points.
- **D.** The two maps hold the same numbers, because every pixel has the same gray in both.
""",
    blank='my_choice = ...  # write "A", "B", "C" or "D", with the quotation marks',
    answer='my_choice = "B"  # ask for the range of each map, or for one scale',
    why="Stretching gives each panel its own black and white, so a gray means another number in each of "
    "them.",
    hints=(
        "In each panel the smallest number becomes black and the largest becomes white. What gets lost?",
        "Map 2 was made from map 1: look at the cell. Do you see in the stretched picture what was done "
        "to it?",
    ),
)
def two_panels(answer: Any) -> Verdict:
    """Judge the letter of the statement about panels that are stretched one by one."""
    return choice(
        answer,
        right="B",
        A="Equal colours mean equal numbers only on one scale. Here each panel has a scale of its own.",
        B="Ask your friend for the range of each map, or for one picture with one scale and a colour bar.",
        C="Map 3 is noise of about 0.0001. Stretching lets even that fill the range from black to white.",
        D="Map 2 is map 1 divided by 100. Stretching multiplies it again, so you cannot see it.",
    )


@exercise(
    "Detect corners",
    kind="stretch",
    question="""
Write a kernel that finds a corner of a bright square on a dark ground. A flat patch must give 0. Along
the straight edges of the square the response must be at most 0.7 times that at the corner. You choose
which corner, and a size from 2 × 2 to 7 × 7.
""",
    blank="my_corner = ...  # an array of 2 to 7 rows and columns",
    answer="""
my_corner = np.full((4, 4), -1.0)  # the dark ground around the corner subtracts
my_corner[2:, 2:] = 3  # the bright square fills one quarter: 4 weights of 3 against 12 of -1
""",
    why="The corner of the square covers exactly the positive quarter, and an edge must cover as many "
    "negative weights as positive ones or more.",
    hints=(
        "Cut out the patch around the top left corner of the square. In how many of its four quarters is "
        "light?",
        "Let the bright quarter add, and let the other three quarters subtract. What must the weights add "
        "up to?",
        "Three quarters subtract and one adds. So a weight that adds must be three times as large.",
    ),
    points=3,
)
def corner(answer: Any) -> Verdict:
    """Judge any kernel whose strongest answer in the picture of a bright square is at one of its corners."""
    kernel = as_array(answer, (None, None), what="Your kernel")
    rows, columns = kernel.shape
    if not (2 <= rows <= 7 and 2 <= columns <= 7):
        return Wrong(f"Your kernel is {rows} x {columns}. Take 2 to 7 rows and columns.")
    size = np.abs(kernel).sum()
    if size == 0:
        return Wrong("All weights are 0, so this kernel answers to nothing.")
    if abs(kernel.sum()) > 1e-3 * size:
        return Wrong(
            f"The weights add up to {kernel.sum():.4g}. A flat patch must give 0, and so must the sky."
        )
    image = np.zeros((40, 40))
    image[12:28, 12:28] = 1
    response = reference.cross_correlate2d(image, kernel)
    # Where the kernel can see an edge of the square, but no corner.
    middle = slice(14, 26 - max(rows, columns))
    edges = float(max(response[middle].max(), response[:, middle].max()))
    best = float(response.max())
    if best <= 1e-6 * size:
        return Wrong("At no corner of a bright square does this kernel give a positive number.")
    if edges > 0.7 * best:
        return Wrong(
            f"At a corner it gives at most {best:.4g}, and along a straight edge {edges:.4g}. "
            "An edge must give clearly less, seven tenths or less. Which weights do only corners touch?"
        )
    return Right(
        f"At a corner it gives {best:.4g}, along a straight edge at most {max(edges, 0):.4g}, and on flat "
        "patches 0."
    )
