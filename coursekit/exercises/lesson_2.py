"""The exercises of lesson 2: sliding along one row, diagonals, a blur, gray that misleads, corners."""

from typing import Any

import numpy as np

from coursekit import reference
from coursekit.exercises.answers import Array, Refused, as_array
from coursekit.exercises.compare import close, difference
from coursekit.exercises.engine import Progress, Right, Verdict, Wrong
from coursekit.exercises.functions import RESULT, as_function, call

__all__ = ["blur", "corner", "diagonal", "grays", "progress", "slide"]

progress = Progress(lesson=2)
# How much of the sum of its positive weights a kernel must give where it should respond. Random ones do not.
REACHED = 0.9
exercise = progress.exercise


@exercise(
    "Slide along one row",
    kind="function",
    question="""
Take something simpler: one row of pixels, one row of weights. Write a function that puts the kernel at
every place where it fits, multiplies and adds, and returns all the responses in order. For the row
0, 0, 1, 1, ½ and the kernel −1, 2 they are 0, 2, 1 and 0.
""",
    blank="""
def slide(row, kernel):  # (n,) and (k,) -> all responses, from left to right
    return ...
""",
    answer="""
def slide(row, kernel):  # (n,) and (k,) -> (n - k + 1,)
    k = len(kernel)
    places = range(len(row) - k + 1)  # at the last place, kernel and row end together
    return np.array([(row[i : i + k] * kernel).sum() for i in places])
""",
    why="Each response is the sum of products at one place, and there are size − kernel + 1 places.",
    hints=(
        "Start with the response at one place `i`: cut out as many pixels as the kernel has weights.",
        "`row[i : i + len(kernel)]` is that piece. Multiply it by the kernel and add up.",
        "Now loop over all `i` and collect the sums. How many places are there for 5 pixels and 2 weights?",
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
                "Collect the responses at all places and return them together."
            )
        came = as_array(result, (None,), what=RESULT)
        sizes = f"For {len(row)} pixels and {len(kernel)} weights"
        if len(came) == len(wanted) - 1:
            which = ", the last" if close(came, wanted[:-1]) else ""
            which = ", the first" if close(came, wanted[1:]) else which
            return Wrong(f"{sizes} one value is missing{which}. At how many places does the kernel fit?")
        if len(came) == len(row) != len(wanted):
            return Wrong(
                f"{sizes} you return {len(came)} values, as many as there are pixels. "
                "At the last of these places the kernel sticks out beyond the row."
            )
        if len(came) != len(wanted):
            values = "1 value" if len(came) == 1 else f"{len(came)} values"
            return Wrong(f"{sizes} there are {len(wanted)} places, but you return {values}.")
        if close(came, np.convolve(row, kernel, "valid")) and not close(came, wanted):
            return Wrong(
                "Your kernel runs backwards: its first weight belongs to the first pixel of the piece."
            )
        if close(came * len(kernel), wanted) and len(kernel) > 1:
            return Wrong("This is the mean of the products. A response is their sum.")
        if wanted.min() < 0 and any(close(came, other) for other in (np.abs(wanted), np.maximum(wanted, 0))):
            return Wrong(
                "A response can be negative, and your function changes the negative ones. Keep them."
            )
        if not close(came, wanted):
            shown = "" if len(row) > 5 else f" The row was {row.tolist()}, the kernel {kernel.tolist()}."
            return Wrong(difference(came, wanted, reveal=bool(shown), what="Your response") + shown)
    return Right(
        "You have just written the heart of a conv layer, for one row. In two directions it is the same sum."
    )


@exercise(
    "Find the diagonals",
    kind="kernel",
    question="""
Write a 4 × 4 kernel that responds to edges along a diagonal; you choose which of the two. On a flat patch it
must give 0. At a diagonal edge it must give at least 1.2 times as much as at any vertical or horizontal one,
and at least 0.9 times the most it can give at all, which is the sum of its positive weights.
""",
    blank="my_kernel = ...  # an array of 4 rows and 4 columns",
    answer="""
my_kernel = np.array([
    [0, 1, 1, 1],  # above the diagonal: add
    [-1, 0, 1, 1],
    [-1, -1, 0, 1],
    [-1, -1, -1, 0],  # below it: subtract; the diagonal itself belongs to neither side
])
""",
    why="Six weights add on one side of the diagonal and six subtract on the other, so only an edge "
    "along it gets the most out of all of them.",
    hints=(
        "The base kernel changes sign along a vertical line through its middle. Where should yours?",
        "Draw 4 × 4 cells and a diagonal through them. All cells on one side get the same sign.",
        "That leaves the four cells on the diagonal, which are on neither side. The sum must still be 0.",
    ),
    points=2,
)
def diagonal(answer: Any) -> Verdict:
    """Judge any 4 x 4 kernel that is made for a diagonal edge, and less for an upright or a level one."""
    kernel = as_array(answer, (4, 4), what="Your kernel")
    most = _most(kernel)
    y, x = np.mgrid[:4, :4] - 1.5
    slanted = max(_at_edges(kernel, y - x), _at_edges(kernel, y + x))
    straight = {"a vertical": _at_edges(kernel, x), "a horizontal": _at_edges(kernel, y)}
    name, strongest = max(straight.items(), key=lambda pair: pair[1])
    if slanted < 1.2 * strongest:
        return Wrong(
            f"At a diagonal edge it gives at most {slanted:.4g}, and at {name} edge {strongest:.4g}. "
            "The diagonal edge must give at least 1.2 times as much. Where does your kernel change sign?"
        )
    if slanted < REACHED * most:
        return Wrong(
            f"Its positive weights add up to {most:.4g}, but no diagonal edge gives more than {slanted:.4g}. "
            "Some weights have the wrong sign for their side of the diagonal."
        )
    return Right(
        f"A diagonal edge gives {slanted:.4g}, a vertical or horizontal one at most {strongest:.4g}, a flat "
        "patch 0. Look at its map: the sloping edges stand out."
    )


def _most(kernel: Array) -> float:
    """The largest response to an image in [0, 1] of a kernel that gives 0 on a flat patch."""
    if not kernel.any():
        raise Refused("All weights are 0, so this kernel responds to nothing.")
    if abs(kernel.sum()) > 1e-3 * np.abs(kernel).sum():
        raise Refused(
            f"The weights add up to {kernel.sum():.4g}. A flat patch must give 0, however bright it is."
        )
    return float(kernel.clip(0).sum())


def _at_edges(kernel: Array, height: Array) -> float:
    """The strongest response, of either sign, to edges where the height passes −3, −2, ..., 3."""
    patches = [(np.sign(height - offset) + 1) / 2 for offset in range(-3, 4)]  # dark is 0, the edge 0.5
    return float(max(abs((kernel * patch).sum()) for patch in patches))


@exercise(
    "A soft picture",
    kind="kernel",
    question="""
Write a 5 × 5 kernel that blurs. The photograph keeps its brightness and stays in its place, and fine noise
becomes at most half as strong. No weight is negative. A bright dot turns into a single soft spot, brightest
in the middle and never brighter again further out, and not just a line. Any such kernel is right.
""",
    blank="my_blur = ...  # an array of 5 rows and 5 columns",
    answer="my_blur = np.full((5, 5), 1 / 25)  # 25 equal weights that add up to 1: the mean of 25 pixels",
    why="Equal weights that add up to 1 give the mean of the neighbourhood, and a mean keeps brightness "
    "and loses noise.",
    hints=(
        "Every new pixel should be a mixture of its neighbours. What sign do the weights have?",
        "In a kernel that keeps the brightness, what do the weights add up to? See section 5.",
        "The simplest mixture is the mean: all weights are equal. If there are 25, how large is each?",
    ),
)
def blur(answer: Any) -> Verdict:
    """Judge any 5 x 5 kernel that turns a dot into one soft spot and keeps brightness and place."""
    kernel = as_array(answer, (5, 5), what="Your kernel")
    total = kernel.sum()
    if not kernel.any():
        return Wrong("All weights are 0, so every photograph turns black. Did whole numbers round them down?")
    if kernel.min() < -1e-6:
        return Wrong("One of the weights is negative. Subtracting a neighbour sharpens; a blur only mixes.")
    if abs(total - 1) > 1e-3:
        return Wrong(
            f"The weights add up to {total:.4g}, so a photograph becomes {total:.4g} times as bright. "
            "Which sum keeps it as it is?"
        )
    if kernel.max() > 0.999:
        what = "Every pixel stays as it is" if kernel[2, 2] > 0.999 else "The photograph moves"
        return Wrong(f"Only one weight is not 0. {what}, and nothing is mixed.")
    offset = np.arange(5) - 2
    if abs((kernel.sum(axis=0) * offset).sum()) > 0.01 or abs((kernel.sum(axis=1) * offset).sum()) > 0.01:
        return Wrong(
            "The weights are heavier on one side, so the photograph moves as it blurs. Balance the sides."
        )
    left = float(np.sqrt((kernel**2).sum()))  # of the spread of independent noise
    if left > 0.5:
        return Wrong(
            f"It blurs, but only a little: {left:.0%} of fine noise is left, and it should be half or less. "
            "Give the neighbours more weight."
        )
    places = np.indices((5, 5)).reshape(2, 25)
    if np.linalg.eigvalsh(np.cov(places, aweights=kernel.ravel(), ddof=0))[0] < 0.01:
        return Wrong(
            "It blurs in one direction only: all its weights are on one line. Use cells beside it too."
        )
    for y, x in np.indices((5, 5)).reshape(2, 25).T:
        nearer = kernel[y - np.sign(y - 2), x - np.sign(x - 2)]
        if kernel[y, x] > nearer + 1e-6:
            return Wrong(
                f"A dot won't become a single spot: the weight at row {y}, column {x} is {kernel[y, x]:.4g}, "
                f"but {nearer:.4g} one step nearer the middle. From there outwards, weights may only fall."
            )
    return Right(
        f"Brightness and place stay the same, and only {left:.0%} of fine noise is left. Each pixel is "
        "now a mixture of its neighbours."
    )


@exercise(
    "What does gray mean?",
    kind="predict",
    question="""
A friend filters a photograph with the base kernel and draws the map with `imshow(response, cmap="gray")`,
nothing else. The responses run from −2 to 6. Which response is drawn in the gray midway between black
and white? And a flat wall: how far is its gray from black (0) to white (1)?
""",
    blank="my_grays = (..., ...)  # the response drawn in middle gray, and the wall's gray from 0 to 1",
    answer="my_grays = (2, 0.25)  # halfway from -2 to 6; and 0 is 2 of the 8 steps from -2 to 6",
    why="Left alone, `imshow` makes the smallest response black and the largest white, so the middle of the "
    "range becomes middle gray, and 0 is wherever it falls.",
    hints=(
        "Without `vmin` and `vmax`, which response becomes black, and which one white?",
        "Draw a line from −2 to 6, with black at one end and white at the other. Where is its middle?",
        "What response does a flat patch give? Find that number on the line.",
    ),
)
def grays(answer: Any) -> Verdict:
    """Judge the response in the middle of a stretched scale, and where 0 is on it."""
    middle, wall = as_array(answer, (2,))
    if close(middle, 2) and close(wall, 0.25):
        return Right(
            "So on this picture the wall looks dark, and dark doesn't mean that there is an edge. "
            "With `vmin=-6, vmax=6`, 0 would be in the middle."
        )
    if close(middle, 0) or close(wall, 0.5):
        return Wrong("Middle gray would be 0 if the range ran as far down as up. This one runs from −2 to 6.")
    if close(middle, 2):
        which = "black" if close(wall, 0) else "white" if close(wall, 1) else f"{wall:.4g}"
        return Wrong(
            f"The first number is right. The wall isn't drawn in {which}: its response is 0, not −2 or 6."
        )
    if close(wall, 0.25):
        return Wrong("The second number is right. The first is halfway from −2 to 6. Start counting at −2.")
    return Wrong(
        "The smallest response, −2, becomes black, and the largest, 6, white. Draw the line between them."
    )


@exercise(
    "Detect a corner",
    kind="stretch",
    question="""
Write a kernel that finds one corner of a bright square on a dark ground, such as the top left one. On a flat
patch it must give 0, and at your corner at least 0.9 times the sum of its positive weights. Along the
square's straight edges, and at its other corners, it must give at most 0.7 times as much as at yours. Any
size from 3 × 3 to 7 × 7 will do.
""",
    blank="my_corner = ...  # an array of 3 to 7 rows and columns",
    answer="""
my_corner = np.full((4, 4), -1.0)  # the dark ground around the corner subtracts
my_corner[2:, 2:] = 3  # the bright square fills one quarter: 4 weights of 3 against 12 of -1
""",
    why="At its corner the square covers exactly the positive quarter. Along an edge it covers negative "
    "weights too, and at another corner it misses positive ones or does the same.",
    hints=(
        "Cut out the patch around one corner of the square. How many of its quarters are bright?",
        "Let the bright quarter add, and the other three subtract. What must the weights add up to?",
        "Three quarters subtract and only one adds. So each weight that adds must be three times as large.",
    ),
    points=3,
)
def corner(answer: Any) -> Verdict:
    """Judge any kernel whose response to a bright square is strongest at one of its corners."""
    kernel = as_array(answer, (None, None), what="Your kernel")
    rows, columns = kernel.shape
    if not (3 <= rows <= 7 and 3 <= columns <= 7):
        return Wrong(f"Your kernel is {rows} x {columns}. It should have 3 to 7 rows and columns.")
    most = _most(kernel)
    image = np.zeros((40, 40))
    image[12:28, 12:28] = 1
    response = reference.cross_correlate2d(image, kernel)
    # Where the kernel can see an edge of the square, but no corner.
    middle = slice(14, 26 - max(rows, columns))
    edges = float(max(response[middle].max(), response[:, middle].max()))
    ends = slice(middle.start), slice(middle.stop, None)
    *_, second, best = sorted(float(response[down, across].max()) for down in ends for across in ends)
    if edges > 0.7 * best:
        return Wrong(
            f"A corner gives at most {best:.4g}, and a straight edge {edges:.4g}, which is more than seven "
            "tenths of it. Which cells are bright at an edge, but dark at the corner?"
        )
    if second > 0.7 * best:
        return Wrong(
            f"One corner gives {best:.4g}, but another {second:.4g}. It finds small bright things, such "
            "as a dot, rather than one corner. Which cells are bright at that corner only?"
        )
    if best < REACHED * most:
        return Wrong(
            f"Its positive weights add up to {most:.4g}, but the corner gives only {best:.4g}. "
            "Some weights have the wrong sign: which cells does the square cover there?"
        )
    return Right(
        f"Your corner gives {best:.4g}, an edge at most {max(edges, 0):.4g}, another corner at most "
        f"{max(second, 0):.4g}, and a flat patch 0."
    )
