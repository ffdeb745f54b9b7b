"""The exercises of lesson 3: four axes, whole numbers, sizes, two directions, a network, half the size."""

from typing import Any

import numpy as np

from coursekit import filters, reference
from coursekit.exercises.answers import as_array, as_number, as_shape, is_of_torch
from coursekit.exercises.compare import close, difference
from coursekit.exercises.engine import Progress, Right, Verdict, Wrong
from coursekit.exercises.functions import RESULT, as_function, call

__all__ = ["edge_strength", "halving", "map_size", "progress", "strided", "weight_shape", "whole_weight"]

progress = Progress(lesson=3)
exercise = progress.exercise


@exercise(
    "Four numbers",
    kind="predict",
    question="A layer has 8 filters of 5 × 5 for **colour** images. What shape does its weight have?",
    blank="my_shape = ...  # four numbers in brackets",
    answer="my_shape = (8, 3, 5, 5)  # (out, in, kh, kw): one kernel for each filter and each colour",
    why="The axes of a weight are (out, in, kh, kw), and each filter has one kernel for each channel that "
    "it reads.",
    hints=(
        "The four axes of a weight have names. Section 2 lists them in order.",
        "The first axis counts the filters, and the second the channels of the image. What is left?",
    ),
)
def weight_shape(answer: Any) -> Verdict:
    """Judge the shape of the weight of 8 filters of 5 x 5 for colour images."""
    shape = as_shape(answer)
    if shape == (8, 3, 5, 5):
        return Right("Each of the 8 filters has one kernel of 5 × 5 for each of the 3 colours: 600 weights.")
    if len(shape) != 4:
        ask = "What is missing?" if len(shape) < 4 else "What is too much?"
        return Wrong(f"A weight has four axes, (out, in, kh, kw). You have {len(shape)}. {ask}")
    if sorted(shape) == [3, 5, 5, 8]:
        ask = (
            "The 8 is in the right place. Where do the channels go?" if shape[0] == 8 else "What comes first?"
        )
        return Wrong(
            f"These are the right four numbers, in the wrong order. {ask} The order is (out, in, kh, kw)."
        )
    if shape == (8, 1, 5, 5):
        return Wrong("This layer would read gray images. How many channels does a colour image have?")
    if shape[2:] != (5, 5):
        return Wrong(
            f"The last two axes are the rows and columns of one kernel. You have {shape[2]} and {shape[3]}."
        )
    if shape[0] != 8:
        return Wrong(f"The first axis says how many filters there are. You have {shape[0]}.")
    return Wrong(f"The second axis says how many channels each filter reads. You have {shape[1]}.")


@exercise(
    "Repair the whole numbers",
    kind="repair",
    question="""
A friend types a kernel with whole numbers, and PyTorch refuses to use it:

```python
def whole_weight(rows):
    return torch.tensor(rows)
```

Repair the function, so that `nn.functional.conv2d(x, whole_weight([[-1, 1], [-1, 1]]))` works for our
gray image. **Two** things need mending: the type, and the number of axes.
""",
    blank="""
def whole_weight(rows):  # a list of kh lists of kw numbers -> weight (1, 1, kh, kw)
    return ...
""",
    answer="""
def whole_weight(rows):  # a list of kh lists of kw numbers -> weight (1, 1, kh, kw)
    kernel = torch.tensor(rows).float()  # (kh, kw); training can't change whole numbers a little
    return kernel.reshape(1, 1, *kernel.shape)  # one filter that reads one channel
""",
    why="Image and weight must both have the type float32, and a conv weight always has four axes.",
    hints=(
        "Run the friend's function, and print `.dtype` and `.shape` of what it returns.",
        "The cure for the type is one word. You'll find it at the end of section 2.",
        "For the axes: the kernel `(kh, kw)` needs two axes of length 1 before it. `reshape` can add them.",
    ),
    points=2,
)
def whole_weight(answer: Any) -> Verdict:
    """Judge a function that makes a conv weight of a kernel with whole numbers."""
    function = as_function(answer, 1)
    for rows in ([[1, 2, -1], [0, 3, -2]], [[-1, -1, 1, 1]] * 4):
        result = call(function, rows)
        if not is_of_torch(result, "Tensor"):
            return Wrong(
                "A conv layer needs a tensor, and your function returns something else. What does "
                "torch.tensor return?"
            )
        values = as_array(result, tensors=True, what=RESULT)
        wanted = np.array(rows, dtype=float)[None, None]
        if values.shape != wanted.shape:
            return Wrong(
                f"For a kernel of {len(rows)} × {len(rows[0])} your weight has shape {values.shape}. "
                "It needs four axes, (out, in, kh, kw): here, one filter that reads one channel."
            )
        kind = str(result.dtype).removeprefix("torch.")
        if kind.startswith(("int", "uint")):
            return Wrong(f"The weight still has the type {kind}. A conv layer refuses whole numbers.")
        if kind != "float32":
            return Wrong(
                f"The type {kind} is a floating point type, but our image is float32. Both must have the "
                "same type."
            )
        if not close(values, wanted):
            return Wrong(difference(values, wanted, what="Your weight"))
    return Right(
        "The type is float32, and there are four axes. A layer accepts it, and training can change it."
    )


@exercise(
    "How large is the map?",
    kind="function",
    question="""
Write the formula of section 5 as a function. It takes the side of the image, the side of the kernel, the
stride and the padding, and returns the side of the map. Test it on the three predictions you made there.
""",
    blank="""
def map_size(n, k, stride, padding):  # four whole numbers -> one whole number
    return ...
""",
    answer="""
def map_size(n, k, stride, padding):  # four whole numbers -> one whole number
    room = n + 2 * padding - k  # how far the kernel can move: there are zeros on both sides
    return room // stride + 1  # // rounds down; the first place takes no step
""",
    why="The kernel starts at one place, and every step that still fits adds another.",
    hints=(
        "Counting the zeros at both ends, how long is a row? How far can the kernel move along it?",
        "Divide by the stride. In Python, `//` divides whole numbers and rounds down.",
        "Test it with an image exactly as large as the kernel. There is one place. What does your formula "
        "say?",
    ),
)
def map_size(answer: Any) -> Verdict:
    """Judge a function `(n, k, stride, padding)` that gives the size of an output along one side."""
    function = as_function(answer, 4)
    settings = [(213, 4, 1, 0), (213, 4, 2, 0), (213, 5, 1, 2), (213, 4, 4, 2), (320, 3, 2, 1), (7, 7, 3, 0)]
    for n, k, s, p in settings:
        wanted = reference.output_size(n, k, stride=s, padding=p)
        came = as_number(call(function, n, k, s, p), what=RESULT)
        asked = f"For n = {n}, k = {k}, stride {s}, padding {p}"
        if came == wanted:
            continue
        if came != round(came):
            return Wrong(
                f"{asked} you get {came:,.12g}. A size is a whole number: a place where the kernel "
                "doesn't fit is left out."
            )
        if came == wanted - 1 == (n + 2 * p - k) // s:
            return Wrong(
                f"{asked} you get {came:.0f}, one too few. Did you count the first place, before any step?"
            )
        if p and came == (n + p - k) // s + 1:
            return Wrong(f"{asked} you get {came:.0f}. Padding adds zeros on both sides, so it counts twice.")
        if came == wanted + 1:
            advice = f"The kernel can move by {n + 2 * p - k} pixels. How many steps of {s} are that?"
            if (n + 2 * p - k) % s:
                advice = "Round down: the last step has to fit completely."
            return Wrong(f"{asked} you get {came:.0f}, one too many. {advice}")
        return Wrong(f"{asked} you get {came:,.12g}, and PyTorch gives {wanted}.")
    return Right(
        "Your formula agrees with PyTorch for every setting tried, even where the last step doesn't fit."
    )


@exercise(
    "Your own conv layer",
    kind="function",
    question="""
Write cross-correlation with a stride, in NumPy and with loops. For the value of the map at `y`, `x`, the
patch of the image begins at row `y * stride` and column `x * stride`. There is no padding, and the kernel
needn't be square.
""",
    blank="""
def strided(image, kernel, stride):  # (H, W), (kh, kw), a whole number -> the map
    return ...
""",
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
""",
    why="The map has one value for each place. The stride only says where in the image that place begins.",
    hints=(
        "Start with the size of the map: the formula of section 5, once for rows and once for columns.",
        "Make a map of zeros with `np.zeros`, and fill it in two loops, one over its rows and one over its "
        "columns.",
        "In the loops, cut a patch as large as the kernel out of the image, multiply, and add up.",
    ),
    points=3,
)
def strided(answer: Any) -> Verdict:
    """Judge a function `(image, kernel, stride)` that computes a cross-correlation."""
    function = as_function(answer, 3)
    generator = np.random.default_rng(4)
    cases = [((6, 8), (3, 3), 1), ((7, 9), (3, 2), 2), ((10, 8), (2, 3), 3), ((5, 4), (5, 4), 1)]
    for size, kernel_size, stride in cases:
        image, kernel = generator.random(size), generator.normal(size=kernel_size)
        wanted = reference.cross_correlate2d(image, kernel, stride=stride)
        came = as_array(call(function, image, kernel, stride), (None, None), tensors=True, what="Your map")
        asked = f"Image {size[0]} × {size[1]}, kernel {kernel_size[0]} × {kernel_size[1]}, stride {stride}: "
        every = reference.cross_correlate2d(image, kernel)
        if stride > 1 and close(came, every):
            return Wrong(
                f"{asked}your function visits every place. It has to move on by the stride, in rows and in "
                "columns."
            )
        if stride > 1 and came.shape == every.shape:
            return Wrong(
                f"{asked}your map has {came.shape[0]} × {came.shape[1]} values, as many as with stride 1. "
                f"With stride {stride} there are fewer places. How many?"
            )
        if came.shape != wanted.shape:
            return Wrong(f"{asked}{difference(came, wanted, what='your map')}")
        if close(came, reference.convolve2d(image, kernel, stride=stride)):
            return Wrong(
                f"{asked}this is true convolution, which turns the kernel. A conv layer doesn't turn it."
            )
        if stride > 1 and close(came, every[: wanted.shape[0], : wanted.shape[1]]):
            return Wrong(
                f"{asked}the map has the right size, but it is a corner of the map for stride 1. Where in "
                "the image should the patch for row 1 begin?"
            )
        if not close(came, wanted):
            return Wrong(f"{asked}{difference(came, wanted, what='your map')}")
    return Right(
        "The same numbers as a conv layer gives, for square and oblong kernels and every stride tried."
    )


@exercise(
    "Edges in every direction",
    kind="forward",
    question="""
Four maps are a lot to look at. Write the `forward` of a network that makes them into **one** map: first the
layer, then ReLU, then the sum of the four maps. Keep the channel axis, so that the result has
shape (N, 1, H − 3, W − 3).
""",
    blank="""
class EdgeStrength(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=4, bias=False)
        self.conv.weight = nn.Parameter(torch.from_numpy(filters.to_weight(filters.edge_bank())))

    def forward(self, x):  # (N, 1, H, W) -> (N, 1, H - 3, W - 3)
        return ...
""",
    answer="""
class EdgeStrength(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=4, bias=False)
        self.conv.weight = nn.Parameter(torch.from_numpy(filters.to_weight(filters.edge_bank())))

    def forward(self, x):  # (N, 1, H, W) -> (N, 1, H - 3, W - 3)
        active = torch.relu(self.conv(x))  # without ReLU, each map and its negative would cancel
        return active.sum(dim=1, keepdim=True)  # axis 1 holds the maps
""",
    why="ReLU keeps the positive half of each map, so the sum over the channels shows an edge whichever way "
    "it runs.",
    hints=(
        "Your `forward` starts much like that of `FirstLayer` in section 3.",
        "The maps have the axes `(N, C, H, W)`. `sum` can add along one axis: `dim=...`. Which one?",
        "`keepdim=True` leaves an axis of length 1 where the four maps were.",
    ),
    points=2,
)
def edge_strength(answer: Any) -> Verdict:
    """Judge the class of a network: conv layer with the edge bank, ReLU, the sum of the four maps."""
    import torch

    if not isinstance(answer, type):
        return Wrong("This should be a class. Give `check` its name, without brackets.")
    if not issubclass(answer, torch.nn.Module):
        return Wrong("A network is a class that inherits from `nn.Module`. Leave the first line as it was.")
    network = call(answer)
    x = torch.from_numpy(np.random.default_rng(5).random((2, 1, 9, 11)).astype(np.float32))
    with torch.no_grad():
        as_function(network.forward, 1)
        result = call(network, x)
    came = as_array(result, tensors=True, what="What your network returns")
    gray, bank = x[:, 0].numpy(), filters.edge_bank()
    maps = np.array([[reference.cross_correlate2d(image, kernel) for kernel in bank] for image in gray])
    active = reference.relu(maps)
    wanted = active.sum(axis=1, keepdims=True)  # (2, 1, 6, 8)
    if came.size == wanted.size and np.abs(came).max() < 1e-4:
        return Wrong(
            "The sum is 0 everywhere. Each map has its negative in the bank, so they cancel each other. "
            "ReLU has to come between the layer and the sum."
        )
    if came.ndim == 0:
        return Wrong(
            "Your network returns a single number: without an axis, sum adds up everything. Add along the "
            "axis of the maps only: (N, C, H, W)."
        )
    if came.shape == maps.shape:
        return Wrong(f"Your network still returns {came.shape[1]} maps for each image. Add them up into one.")
    if came.shape == (2, 6, 8):
        return Wrong("The channel axis is gone. Keep it, with length 1.")
    if came.shape[0] != 2:
        added = came.ndim == 4 and came.shape[0] == 1
        why = "Don't add the images to each other" if added else "Axis 0 counts the images"
        return Wrong(
            f"Two images went in, and a result of shape {came.shape} came out. {why}: the maps are axis 1."
        )
    if close(came, active.max(axis=1, keepdims=True)):
        return Wrong("This is the largest of the four maps at each place. You want their sum.")
    if close(came, active.mean(axis=1, keepdims=True)):
        return Wrong("This is the mean of the four maps. You want their sum.")
    if not close(came, wanted):
        return Wrong(difference(came, wanted, what="The map") + " First the layer, then ReLU, then the sum.")
    return Right(
        "One map that shows edges in every direction. After ReLU, a map and its negative no longer cancel "
        "each other."
    )


@exercise(
    "Half the size",
    kind="stretch",
    question="""
Find a kernel size, a stride and a padding that turn the temple, 213 × 320 pixels, into a map of 107 × 160
values. The kernel is square, from 2 × 2 to 11 × 11, and the padding is smaller than the kernel. There is
more than one solution.
""",
    blank="my_settings = ...  # (kernel, stride, padding)",
    answer="my_settings = (5, 2, 2)  # stride 2 halves; two zeros on each side make up for a kernel of 5",
    why="Stride 2 takes every second place. Padding by half an odd kernel, rounded down, keeps the border.",
    hints=(
        "Which of the three settings makes the map about half as large?",
        "Pick an odd kernel. How many rows does it cost with stride 1? How much padding gives them back?",
        "Try `reference.output_size((213, 320), kernel, stride=2, padding=...)` for a few kernels.",
    ),
    points=3,
)
def halving(answer: Any) -> Verdict:
    """Judge any (kernel, stride, padding) that makes 107 x 160 values of 213 x 320 pixels."""
    settings = as_shape(answer)
    if len(settings) != 3:
        return Wrong(f"This should be three numbers, (kernel, stride, padding). You have {len(settings)}.")
    kernel, stride, padding = settings
    if kernel < 2:
        return Wrong("A kernel of this size sees no neighbours. Take 2 × 2 or more.")
    if kernel > 11:
        return Wrong(
            f"A kernel of {kernel} × {kernel} is larger than the exercise allows. Take 11 × 11 or less."
        )
    if stride < 1 or padding < 0:
        return Wrong("The stride must be 1 or more, and the padding 0 or more.")
    if padding >= kernel:
        return Wrong(
            f"With padding {padding}, a kernel of {kernel} would read nothing but zeros at the border. "
            "Take less."
        )
    rows, columns = reference.output_size((213, 320), kernel, stride=stride, padding=padding)
    if (rows, columns) == (107, 160):
        return Right(
            "Half as many rows and columns. Networks often use a stride for this instead of pooling, "
            "which you'll meet in lesson 5."
        )
    is_near = abs(rows - 107) + abs(columns - 160) <= 3
    near = " You're close: only a place or two at the end." if is_near else ""
    return Wrong(f"These settings give {rows} × {columns} values instead of 107 × 160.{near}")
