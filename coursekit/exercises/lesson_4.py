"""The exercises of lesson 4: ReLU by hand, an honest scale, two kernels as one, an activation of your own."""

from typing import Any

import numpy as np

from coursekit import filters, reference
from coursekit.exercises.answers import as_array
from coursekit.exercises.compare import close, difference
from coursekit.exercises.engine import Progress, Right, Verdict, Wrong
from coursekit.exercises.functions import array_from, as_function

__all__ = ["both_halves", "honest_scale", "own_activation", "progress", "two_in_one"]

progress = Progress(lesson=4)
exercise = progress.exercise


@exercise(
    "Both halves by hand",
    kind="predict",
    question=(
        "Map A is [2, −1, 0, −3]. Write three rows of four numbers: ReLU(A), then ReLU(−A), "
        "then the first row minus the second. Use a pencil, not code. What do you notice about the third row?"
    ),
    blank="my_rows = ...  # three rows of four numbers, [[...], [...], [...]] as a list",
    answer="""
my_rows = [
    [2, 0, 0, 0],  # ReLU(A): only the 2 is positive
    [0, 1, 0, 3],  # −A is [−2, 1, 0, 3], and its negative number becomes 0
    [2, -1, 0, -3],  # the difference is A again: nothing was lost
]
""",
    why="ReLU(A) and ReLU(−A) each keep one half of A, so their difference gives A back.",
    hints=(
        "Go number by number: a negative one becomes 0, any other stays as it is.",
        "For the second row, write down −A first by changing every sign. Only then apply ReLU.",
        "The third row is an ordinary subtraction, place by place. Compare it with A.",
    ),
)
def both_halves(answer: Any) -> Verdict:
    """Judge three rows of four numbers: ReLU(A), ReLU(-A) and the first minus the second."""
    rows = as_array(answer, shape=(3, 4), tensors=True)
    map_a = np.array([2.0, -1.0, 0.0, -3.0])
    positive, negative = np.maximum(map_a, 0), np.maximum(-map_a, 0)
    if close(rows[0], np.abs(map_a)):
        return Wrong("Row 1 is the map without its signs. ReLU doesn't turn −3 into 3; it turns it into 0.")
    if close(rows[0], -negative) or close(rows[0], negative):
        return Wrong("Row 1 keeps the wrong half. ReLU keeps the positive numbers, not the negative ones.")
    if not close(rows[0], positive):
        return Wrong(difference(rows[0], positive, what="Row 1, ReLU(A),"))
    if close(rows[1], -positive):
        return Wrong(
            "Row 2 is −ReLU(A). ReLU(−A) is something else: first the signs change, and then ReLU looks at "
            "the result."
        )
    if not close(rows[1], negative):
        return Wrong(difference(rows[1], negative, what="Row 2, ReLU(−A),"))
    if close(rows[2], positive + negative):
        return Wrong("Row 3 is the sum of the two rows. The question asks for the first minus the second.")
    if close(rows[2], negative - positive):
        return Wrong("Row 3 is the second row minus the first. It should be the other way round.")
    if not close(rows[2], map_a):
        said = difference(rows[2], map_a, what="it")
        return Wrong(f"Rows 1 and 2 are right. Row 3 is not their difference: {said}")
    return Right("Row 3 is A again. Each ReLU keeps one half, and together the two halves have lost nothing.")


@exercise(
    "Repair the stretched panels",
    kind="repair",
    question="""
A program draws a map before and after ReLU, and stretches each panel by itself:

```python
def on_one_scale(before, after):
    pictures = [(one - one.min()) / (one.max() - one.min()) for one in (before, after)]
    return pictures[0], pictures[1]
```

So a response of 0 gets two different grays. Repair the function: the smallest value in **both** maps together
becomes 0, the largest becomes 1, and everything in between follows the same rule.
""",
    blank="""
def on_one_scale(before, after):  # two maps (H, W) -> two pictures, 0 to 1
    return ...
""",
    answer="""
# Two maps (H, W) -> two pictures (H, W), from 0 to 1.
def on_one_scale(before, after):  # two maps (H, W) -> two pictures, 0 to 1
    # One black for both, found before anything is scaled.
    low = min(before.min(), after.min())
    high = max(before.max(), after.max())  # one white for both
    return (before - low) / (high - low), (after - low) / (high - low)
""",
    why="Two panels can be compared only if black means the same number in both, and so does white.",
    hints=(
        "Two numbers determine each picture: the one that becomes black and the one that becomes white. "
        "Where do they come from?",
        "Compute these two numbers once, from both maps, before you make the pictures.",
        "`min(a, b)` gives the smaller of two numbers, and `max(a, b)` the larger. "
        "After that the same formula works for both maps.",
    ),
    points=2,
)
def honest_scale(answer: Any) -> Verdict:
    """Judge a function `(before, after)` that turns two maps into two pictures on one scale from 0 to 1."""
    function = as_function(answer, 2)
    before = np.array([[-4.0, -1.0, 0.0], [0.0, 2.0, 4.0]])
    clipped = np.maximum(before, -1)
    stronger = np.where(before > 0, 2 * before, before / 10)  # not ReLU: here the second map reaches further
    pairs = [(before, stronger), (before, np.maximum(before, 0))]
    pairs += [(clipped, np.maximum(clipped, 0)), (stronger, before)]
    for first, second in pairs:
        low, high = min(first.min(), second.min()), max(first.max(), second.max())
        pictures = array_from(function, first, second)
        if pictures.shape != (2, *first.shape):
            return Wrong(
                "The function must return two pictures, each as large as the maps, with a comma between them."
            )
        wanted = [(one - low) / (high - low) for one in (first, second)]
        apart = [(one - one.min()) / (one.max() - one.min()) for one in (first, second)]
        if close(pictures, apart):
            return Wrong(
                "Each picture is still stretched by itself. A response of 0 becomes "
                f"{pictures[0][0, 2]:.2f} in the first picture and {pictures[1][0, 2]:.2f} in the second."
            )
        if close(pictures, wanted[::-1]):
            return Wrong("The scale is right, but the two pictures are swapped. `before` comes first.")
        first_alone = [(one - first.min()) / np.ptp(first) for one in (first, second)]
        if second.max() > first.max() and close(pictures, first_alone):
            return Wrong(
                "The scale comes from the first map alone. After a function other than ReLU, the second map "
                "may reach further. Use both maps."
            )
        if pictures.min() < -1e-6 or pictures.max() > 1 + 1e-6:
            span = f"{pictures.min():.2f} to {pictures.max():.2f}"
            return Wrong(
                f"The pictures run from {span}, but they must run from 0 to 1. Take the smallest value in "
                "both maps together, and the largest."
            )
        if not np.isclose(pictures[0][0, 2], pictures[1][0, 2]):
            return Wrong(
                "The same response still becomes two different grays. Use the same two numbers for both maps."
            )
        for name, picture, want in zip(("first", "second"), pictures, wanted, strict=True):
            if not close(picture, want):
                said = difference(picture, want, what=f"The {name} picture", reveal=True)
                return Wrong(f"That is one scale, but not the one asked for. {said}")
    return Right(
        "Now a response of 0 has the same gray in both pictures. ReLU clips, and the pictures show it."
    )


@exercise(
    "Two kernels in one",
    kind="kernel",
    question=(
        "A photograph goes through the kernel `gaussian3`, and the result goes through `sobel_x`. "
        "There is no ReLU in between. Make the one kernel that does the same in a single step. "
        "You get both kernels from `filters.kernel(...)`."
    ),
    blank="my_kernel = ...  # one array; think about its size first",
    answer="""
blur, edge = filters.kernel("gaussian3"), filters.kernel("sobel_x")  # (3, 3)
my_kernel = reference.compose_kernels(blur, edge)  # (5, 5)
""",
    why="Two steps with no bend between them are a single weighted sum, over 5 × 5 pixels.",
    hints=(
        "How many pixels does a value depend on after both steps? That is the size of your kernel.",
        "`reference.compose_kernels` multiplies out the weights of two kernels, "
        "as you did on paper in section 5.",
        "Give it both kernels. The order makes no difference here. The result is one kernel of 5 × 5. "
        "(If you gave it weights with four axes, take `[0, 0]`.)",
    ),
    points=2,
)
def two_in_one(answer: Any) -> Verdict:
    """Judge one `(5, 5)` kernel that does what gaussian3 and then sobel_x do together."""
    blur, sobel = filters.kernel("gaussian3"), filters.kernel("sobel_x")
    given = as_array(answer, tensors=True, what="Your kernel")
    if given.shape == (1, 1, 5, 5):
        return Wrong("This is a weight of shape (1, 1, 5, 5). The kernel is inside it: take [0, 0].")
    kernel, wanted = given, reference.compose_kernels(blur, sobel)
    if kernel.shape != wanted.shape:
        shape = " × ".join(map(str, kernel.shape)) or "one number"
        return Wrong(
            f"A kernel of {shape} can't do it. How many pixels does a value depend on after both steps?"
        )
    if close(kernel, np.pad(blur, 1) + np.pad(sobel, 1)):
        return Wrong(
            "You have added the two kernels. That adds up two maps. Here the second kernel reads the map of "
            "the first."
        )
    if close(kernel, 16 * wanted):
        return Wrong(
            "All the weights are 16 times too large. The Gaussian's weights are 1, 2 and 4 divided by 16."
        )
    if not close(kernel, wanted):
        return Wrong(
            f"{difference(kernel, wanted, what='Your kernel')} Test it: filter an image in "
            "two steps, then with your kernel. Both must give the same numbers."
        )
    return Right(
        "Whether you filter in two steps or in one, the map is the same. Two layers without ReLU are one "
        "layer: here, an edge kernel that is wider and softer."
    )


@exercise(
    "An activation of your own",
    kind="stretch",
    question=(
        "Invent an activation function that isn't flat anywhere below 0. It gets an array of any shape. "
        "0 must stay 0. Above 0, a larger response must give a larger result. "
        "Below 0, nothing may become positive, and the result must change whenever the response does "
        "(the check looks from −5 to 0). And it must not be a straight line."
    ),
    blank="""
def my_activation(x):  # NumPy array of any shape -> array of the same shape
    return ...
""",
    answer="""
def my_activation(x):  # NumPy array of any shape -> array of the same shape
    # Below 0 it falls more and more slowly, towards -1, and is never flat: some gradient always gets through.
    return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
""",
    why="This one is known as ELU. Leaky ReLU has the same properties.",
    hints=(
        "Look at the curves in section 4. Three of the four break a rule. Which ones, and which rule?",
        "`np.where(x > 0, ..., ...)` uses one formula above 0 and another below.",
        "Above 0 you can leave x as it is. "
        "Below 0, use anything that is small and negative and changes with x.",
    ),
    points=3,
)
def own_activation(answer: Any) -> Verdict:
    """Judge any function of an array: 0 stays 0, order above 0, nowhere positive or flat below 0, a bend."""
    function = as_function(answer, 1)
    x = np.linspace(-4, 4, 161)
    y = array_from(function, x, shape=(161,))
    for part, rows in ((slice(0, 160), 8), (slice(40, 120), 4)):  # the second one has another largest value
        table = array_from(function, x[part].reshape(rows, 20), shape=(rows, 20))
        if not close(table.ravel(), y[part]):
            return Wrong(
                f"In a map of {rows} × 20, the same numbers give other results than in one long row. "
                "Treat each value by itself."
            )
    zero, below, above = y[80], y[:80], y[81:]
    if abs(zero) > 1e-6:
        return Wrong(f"A response of 0 becomes {zero:.2f}. Where there is no response, the result must be 0.")
    if not (np.diff(y[80:]) > 1e-6).all():
        place = 80 + int(np.argmin(np.diff(y[80:])))
        return Wrong(
            f"Between {x[place]:.2f} and {x[place + 1]:.2f} the result does not grow. A stronger positive "
            "response must give a larger result."
        )
    if below.max() > 1e-6:
        worst = int(below.argmax())
        return Wrong(
            f"{x[worst]:.2f} becomes {below[worst]:.2f}. A negative response must not become positive."
        )
    if np.ptp(below) < 1e-6:
        return Wrong(
            "All negative responses become the same number, so the gradient there is 0, and a unit can die."
        )
    tried = np.linspace(-5, 0, 101)
    at = array_from(function, tried, shape=(101,))
    change = np.ptp(np.stack([at[:-2], at[1:-1], at[2:]]), axis=0)  # over two steps: a valley is not flat
    if not (change > 1e-6).all():
        place = tried[int(np.argmin(change))]
        return Wrong(
            f"From {place:.2f} to {place + 0.1:.2f} the result changes by less than a millionth. It is flat "
            "there: the gradient is 0 or nearly 0, and a unit can die."
        )
    if np.ptp(np.diff(y)) < 1e-6:
        return Wrong(
            "This is a straight line. Without a bend, many layers are just one, as you saw in section 5."
        )
    return Right(
        "It keeps 0, keeps the order above 0, and bends. From −5 to 0 it is nowhere flat, so some gradient "
        f"always gets through: −1 becomes {y[60]:.3g}, and 1 becomes {above[19]:.3g}."
    )
