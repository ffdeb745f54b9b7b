"""The exercises of lesson 4: ReLU by hand, an honest scale, two kernels as one, an activation of your own."""

from coursekit.exercises import lesson_4_judges as judges
from coursekit.exercises.exercise import Exercise
from coursekit.exercises.progress import Progress

__all__ = ["EXERCISES", "progress"]

both_halves = Exercise(
    lesson=4,
    number=1,
    name="both_halves",
    title="Both halves by hand",
    kind="predict",
    question=(
        "Map A is [2, −1, 0, −3]. Write three rows of four numbers: ReLU(A), then ReLU(−A), "
        "then the first row minus the second. Use a pencil, no code. What do you notice in the third row?"
    ),
    blank="my_rows = ...  # three rows of four numbers, [[...], [...], [...]] as a list",
    answer="""
my_rows = [
    [2, 0, 0, 0],  # ReLU(A): only the 2 is positive
    [0, 1, 0, 3],  # −A is [−2, 1, 0, 3], and its negative number becomes 0
    [2, -1, 0, -3],  # the difference is A again: nothing was lost
]
""".strip(),
    hints=(
        "Do it number by number: a negative one becomes 0, any other stays as it is.",
        "For the second row write −A first: change each sign. Only then apply ReLU.",
        "The third row is a plain subtraction, place by place. Compare it with A.",
    ),
    judge=judges.relu_by_hand,
    why="The halves that ReLU(A) and ReLU(−A) keep fit together, so their difference gives A back.",
    points=1,
)

honest_scale = Exercise(
    lesson=4,
    number=2,
    name="honest_scale",
    title="Repair the stretched panels",
    kind="repair",
    question="""
A program draws a map before and after ReLU. It stretches each one by itself:

```python
def on_one_scale(before, after):
    pictures = [(one - one.min()) / (one.max() - one.min()) for one in (before, after)]
    return pictures[0], pictures[1]
```

So a response of 0 gets two different grays. Repair it: the smallest value of **both** maps becomes 0, the
largest of both becomes 1, and everything between follows the same rule.
""".strip(),
    blank="""
def on_one_scale(before, after):  # two maps (H, W) -> two pictures, 0 to 1
    return ...
""".strip(),
    answer="""
# Two maps (H, W) -> two pictures (H, W), from 0 to 1.
def on_one_scale(before, after):  # two maps (H, W) -> two pictures, 0 to 1
    # One black for both, found before anything is scaled.
    low = min(before.min(), after.min())
    high = max(before.max(), after.max())  # one white for both
    return (before - low) / (high - low), (after - low) / (high - low)
""".strip(),
    hints=(
        "Two numbers decide about each picture: what becomes black and what becomes white. "
        "Where do they come from?",
        "Compute these two numbers once, before the pictures are made. Both maps must have a say.",
        "Python's `min(a, b)` and `max(a, b)` choose between the two maps. "
        "Then the same formula serves both.",
    ),
    judge=judges.one_scale,
    why="Two panels can be compared only if one black and one white serve both.",
    points=2,
)

two_in_one = Exercise(
    lesson=4,
    number=3,
    name="two_in_one",
    title="Two kernels in one",
    kind="kernel",
    question=(
        "A photograph goes through the kernel `gaussian3`, and the result goes through `sobel_x`. "
        "There is no ReLU between them. Make the one kernel that does the same in a single step. "
        "Both kernels come from `filters.kernel(...)`."
    ),
    blank="my_kernel = ...  # one array; think about its size first",
    answer="""
blur, edge = filters.kernel("gaussian3"), filters.kernel("sobel_x")  # (3, 3)
# In the order in which the image meets them.
my_kernel = reference.compose_kernels(blur, edge)  # (5, 5)
""".strip(),
    hints=(
        "How many pixels does one value see after both steps? That is the size of your kernel.",
        "`reference.compose_kernels` multiplies the weights out. "
        "Give it both kernels, in the order in which they are applied.",
        "The Gaussian comes first. The result is one kernel of 5 × 5. "
        "(If you gave weights with four axes, take `[0, 0]`.)",
    ),
    judge=judges.collapsed,
    why="Two steps without a bend between them are one weighted sum, over 5 × 5 pixels.",
    points=2,
)

own_activation = Exercise(
    lesson=4,
    number=4,
    name="own_activation",
    title="An activation of your own",
    kind="stretch",
    question=(
        "Invent an activation function that is flat nowhere below 0. "
        "For an array of any shape: 0 stays 0. Above 0 a larger response stays larger. "
        "Below 0 nothing becomes positive, and the result changes wherever the response changes. "
        "(The check tries −0.5, −1, −2 and −5.) And it must not be a straight line."
    ),
    blank="""
def my_activation(x):  # NumPy array of any shape -> array of the same shape
    return ...
""".strip(),
    answer="""
def my_activation(x):  # NumPy array of any shape -> array of the same shape
    # Soft below 0: it falls less and less, to -1.
    # It is not flat, so a small gradient is always there.
    return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
""".strip(),
    hints=(
        "Look at the curves of section 4. Two of the four break a rule. Which ones, and which rule?",
        "`np.where(x > 0, ..., ...)` takes one formula above 0 and another one below.",
        "Above 0 you can leave x as it is. "
        "Below 0 take anything that is small, negative, and changes with x.",
    ),
    judge=judges.own_activation,
    why="Leaky ReLU has these properties as well; this one is known as ELU.",
    points=3,
)

EXERCISES = (both_halves, honest_scale, two_in_one, own_activation)
progress = Progress(EXERCISES)
