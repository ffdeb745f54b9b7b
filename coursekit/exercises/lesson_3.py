"""The exercises of lesson 3: four axes, whole numbers, sizes, two directions, a network, half the size."""

from coursekit.exercises import lesson_3_judges as judges
from coursekit.exercises import lesson_3_network as network
from coursekit.exercises.exercise import Exercise
from coursekit.exercises.progress import Progress

__all__ = ["EXERCISES", "progress"]

weight_shape = Exercise(
    lesson=3,
    number=1,
    name="weight_shape",
    title="Four numbers",
    kind="predict",
    question="A layer has 8 filters of 5 × 5 for **colour** images. Which shape does its weight have?",
    blank="my_shape = ...  # four numbers in brackets",
    answer="my_shape = (8, 3, 5, 5)  # (out, in, kh, kw): one kernel for each filter and each colour",
    why="The axes of a weight are (out, in, kh, kw), and each filter has one kernel for each channel that "
    "it reads.",
    hints=(
        "The four axes of a weight have names. Section 2 lists them, in their order.",
        "The first axis counts the filters. The second one counts the channels of the image. What is left?",
    ),
    judge=judges.weight_shape,
)

whole_weight = Exercise(
    lesson=3,
    number=2,
    name="whole_weight",
    title="Repair the whole numbers",
    kind="repair",
    question="""
A friend types a kernel with whole numbers, and PyTorch refuses to use it:

```python
def whole_weight(rows):
    return torch.tensor(rows)
```

Repair the function, so that `nn.functional.conv2d(x, whole_weight([[-1, 1], [-1, 1]]))` works for our
gray image. **Two** things are missing: the type, and two axes.
""".strip(),
    blank="""
def whole_weight(rows):  # a list of kh lists of kw numbers -> weight (1, 1, kh, kw)
    return ...
""".strip(),
    answer="""
def whole_weight(rows):  # a list of kh lists of kw numbers -> weight (1, 1, kh, kw)
    kernel = torch.tensor(rows).float()  # (kh, kw); training cannot change whole numbers a little
    return kernel.reshape(1, 1, *kernel.shape)  # one filter that reads one channel
""".strip(),
    why="Image and weight must have one type, float32, and a weight always has four axes.",
    hints=(
        "Run the friend's function, and print `.dtype` and `.shape` of what it returns.",
        "The cure for the type is one word. It stands at the end of section 2.",
        "For the axes: the kernel `(kh, kw)` needs two axes of length 1 before it. `reshape` can add them.",
    ),
    judge=judges.whole_weight,
    points=2,
)

map_size = Exercise(
    lesson=3,
    number=3,
    name="map_size",
    title="How large is the map?",
    kind="function",
    question="""
Write the formula of section 5 as a function. It takes the side of the image, the side of the kernel, the
stride and the padding, and returns the side of the map. Try it on your three predictions.
""".strip(),
    blank="""
def map_size(n, k, stride, padding):  # four whole numbers -> one whole number
    return ...
""".strip(),
    answer="""
def map_size(n, k, stride, padding):  # four whole numbers -> one whole number
    room = n + 2 * padding - k  # how far the kernel can move: zeros lie on both sides
    return room // stride + 1  # // rounds down; the first place needs no step
""".strip(),
    why="The kernel starts at one place, and every stride that still fits gives one more.",
    hints=(
        "How many pixels lie in a row, with the zeros on both sides? How far can the kernel move in it?",
        "Divide by the stride. In Python `//` divides whole numbers and rounds down.",
        "Test it with an image that is as large as the kernel. There is one place. What does your formula "
        "say?",
    ),
    judge=judges.map_size,
)

strided = Exercise(
    lesson=3,
    number=4,
    name="strided",
    title="Your own conv layer",
    kind="function",
    question="""
Write cross-correlation with a stride, in NumPy and with loops. Place number `y`, `x` of the map begins
in the image at row `y * stride` and column `x * stride`. There is no padding. The kernel need not be
square.
""".strip(),
    blank="""
def strided(image, kernel, stride):  # (H, W), (kh, kw), a whole number -> the map
    return ...
""".strip(),
    answer="""
def strided(image, kernel, stride):  # (H, W), (kh, kw), a whole number -> the map
    kh, kw = kernel.shape
    rows = (image.shape[0] - kh) // stride + 1
    columns = (image.shape[1] - kw) // stride + 1
    result = np.zeros((rows, columns))
    for y in range(rows):
        for x in range(columns):
            top, left = y * stride, x * stride  # the stride moves the patch, not the place in the map
            result[y, x] = (image[top : top + kh, left : left + kw] * kernel).sum()
    return result
""".strip(),
    why="The map has one value for each place, and the stride says only where in the image that place "
    "begins.",
    hints=(
        "Begin with the size of the map: the formula of section 5, once for rows and once for columns.",
        "Make a map of zeros with `np.zeros`. Two loops, one over its rows and one over its columns, fill "
        "it.",
        "In the loops: cut a patch out of the image, as large as the kernel, multiply, and add up.",
    ),
    judge=judges.strided,
    points=3,
)

edge_strength = Exercise(
    lesson=3,
    number=5,
    name="edge_strength",
    title="Edges of every direction",
    kind="forward",
    question="""
Four maps are hard to look at. Write the `forward` of a network that makes **one** map of them: first the
layer, then ReLU, then the sum of the four maps. Keep the axis of the channels, so that the result has
shape (N, 1, H − 3, W − 3).
""".strip(),
    blank="""
class EdgeStrength(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=4, bias=False)
        self.conv.weight = nn.Parameter(torch.from_numpy(filters.to_weight(filters.edge_bank())))

    def forward(self, x):  # (N, 1, H, W) -> (N, 1, H - 3, W - 3)
        return ...
""".strip(),
    answer="""
class EdgeStrength(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=4, bias=False)
        self.conv.weight = nn.Parameter(torch.from_numpy(filters.to_weight(filters.edge_bank())))

    def forward(self, x):  # (N, 1, H, W) -> (N, 1, H - 3, W - 3)
        active = torch.relu(self.conv(x))  # without ReLU each map and its negative would cancel
        return active.sum(dim=1, keepdim=True)  # axis 1 holds the maps
""".strip(),
    why="ReLU keeps the positive half of each map, so the sum over the channels shows an edge whatever "
    "its direction.",
    hints=(
        "The first line of your `forward` is nearly the one of `FirstLayer` in section 3.",
        "The maps have the axes `(N, C, H, W)`. `sum` can add along one axis: `dim=...`. Which one is it?",
        "`keepdim=True` leaves an axis of length 1 where the four maps were.",
    ),
    judge=network.edge_strength,
    points=2,
)

halving = Exercise(
    lesson=3,
    number=6,
    name="halving",
    title="Half the size",
    kind="stretch",
    question="""
Find a kernel size, a stride and a padding that make a map of 107 × 160 values of our image of 213 × 320
pixels. The kernel is square, 2 × 2 or larger, and the padding is smaller than the kernel. There is more
than one solution.
""".strip(),
    blank="my_settings = ...  # (kernel, stride, padding)",
    answer="my_settings = (5, 2, 2)  # stride 2 halves; two zeros on each side give back what a kernel of "
    "5 takes",
    why="A stride of 2 takes every second place, and a padding of half the kernel gives back the border.",
    hints=(
        "Which of the three settings makes a map about half as large?",
        "Without padding, some rows are missing at the end. How many, for an odd kernel of your choice?",
        "Try `reference.output_size((213, 320), kernel, stride=2, padding=...)` for a few kernels.",
    ),
    judge=judges.halving,
    points=3,
)

EXERCISES = (weight_shape, whole_weight, map_size, strided, edge_strength, halving)
progress = Progress(EXERCISES)
