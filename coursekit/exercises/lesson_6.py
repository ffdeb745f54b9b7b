"""The exercises of lesson 6: a row of numbers, receptive field, a forward, random maps, a cheaper stack."""

from typing import Any

import numpy as np

from coursekit import reference
from coursekit.exercises.answers import as_array, as_number, as_whole
from coursekit.exercises.engine import Progress, Right, Verdict, Wrong, choice
from coursekit.exercises.functions import RESULT, as_function, call

__all__ = ["cheaper_stack", "field_size", "long_row", "progress", "random_maps", "tiny_network"]

progress = Progress(lesson=6)
exercise = progress.exercise


@exercise(
    "How long is the row?",
    kind="predict",
    question="""
A network reads colour pictures of 64 × 64 pixels. It has a 5 × 5 conv layer with 12 maps, 2 × 2 pooling, a
5 × 5 conv layer with 24 maps, and 2 × 2 pooling again, all without padding. Flatten and a linear layer for
10 classes follow. How long is the flattened row, and how many parameters (weights and biases) does the linear
layer have?
""",
    blank="my_numbers = ...  # [length of the row, parameters of the linear layer]",
    answer="""
side = 64
for _ in range(2):
    # Conv takes 4 off, pooling halves: 64 -> 60 -> 30 -> 26 -> 13.
    side = (side - 5 + 1) // 2
row = 24 * side * side  # flatten writes all maps in one row
# Each class has a weight for every number, and one bias.
my_numbers = [row, row * 10 + 10]
""",
    why="The sizes follow from the formula, so there is no need to guess what a linear layer reads.",
    hints=(
        "Follow one side of the maps through the four layers, and write down each size.",
        "Flatten takes every map, with all its rows and columns. So multiply three numbers.",
        "In the linear layer, every class reads every number of the row, and adds one number of its own.",
    ),
)
def long_row(answer: Any) -> Verdict:
    """Judge two numbers: the length of the flattened row, and the parameters of the linear layer."""
    given = as_array(answer, shape=(2,), tensors=True).tolist()
    row = as_whole(given[0], what="Your first number")
    parameters = as_whole(given[1], what="Your second number")
    side, maps, classes = 64, 24, 10
    for _ in range(2):
        side = reference.output_size(reference.output_size(side, 5), 2, stride=2)
    wanted = maps * side**2
    mistakes = {
        side**2: "this is just one map of 13 × 13. How many maps are there?",
        maps * side: "this is 24 × 13. A map has rows and columns.",
        maps * 16**2: "you halved 64 twice. Without padding, each conv layer takes something off as well.",
        maps * 56**2: "this leaves out both poolings.",
        maps * 28**2: "one of the two poolings is missing.",
        12 * side**2: "the last layer has 24 maps, not 12.",
    }
    if (row, parameters) == ((wanted + 1) * classes, wanted):
        return Wrong("Both numbers are right, but swapped. The length of the row comes first.")
    if row != wanted:
        said = mistakes.get(row, "follow the side of the maps from 64 on. Conv takes 4 off, pooling halves.")
        return Wrong(f"Look at the first number, {row:,.12g}: {said}")
    if parameters == wanted * classes:
        return Wrong("The row is right. The second number leaves out the biases, one for each class.")
    if parameters == wanted + classes:
        return Wrong(
            "The row is right. But every class has its own weight for every number of the row: multiply."
        )
    if parameters == wanted * (classes + 1):
        return Wrong(
            "The row is right. There is one bias for each class, not one for each number of the row."
        )
    if parameters != (wanted + 1) * classes:
        return Wrong(
            f"The row is right. The second number, {parameters:,.12g}, is not. Count the weights and biases "
            "of one linear layer."
        )
    return Right("Most of this network's parameters are in its last layer. The two conv layers have 8,136.")


@exercise(
    "What a unit sees",
    kind="function",
    question="""
Section 3 gives the rule for a chain of layers, with two numbers, size and step. Write it as a function that
returns the side of the receptive field. It is given a list of pairs (kernel, stride), starting at the
photograph: `[(5, 1), (2, 2)]` is a conv layer and a pooling. Use `reference.receptive_field` only to compare.
""",
    blank="""
def my_field(layers):  # list of (kernel, stride) -> side of the field in pixels
    ...
""",
    answer="""
def my_field(layers):  # list of (kernel, stride) -> side of the field in pixels
    size, step = 1, 1  # before the first layer, a value sees itself
    for kernel, stride in layers:
        # Neighbours are one step apart, counted in pixels.
        size += (kernel - 1) * step
        # From here on, neighbours are further apart in the photograph.
        step *= stride
    return size
""",
    why="Each layer reaches kernel − 1 steps further, and strides make the steps longer.",
    hints=(
        "Both numbers begin at 1. Go through the layers in a loop, and change both each time.",
        "A kernel of 5 has 4 neighbours beside its first place. How many pixels apart are neighbours?",
        "In each round the size grows first, with the old step. Only then does the step change.",
    ),
    points=2,
)
def field_size(answer: Any) -> Verdict:
    """Judge a function of (kernel, stride) pairs that returns the side of the receptive field."""
    function = as_function(answer, 1)
    chains = [[(5, 1)], [(5, 1)] * 3, [(2, 2)], [(3, 1), (2, 2), (3, 1)], [(5, 1), (2, 2)] * 3]
    chains += [[(7, 2), (3, 2), (3, 1)], [(1, 1)]]
    for chain in chains:
        size = as_number(call(function, chain), what=RESULT)
        wanted = reference.receptive_field(chain).size
        if size == wanted:
            continue
        plain = 1 + sum(kernel - 1 for kernel, _ in chain)
        late = 1 + sum((k - 1) * np.prod([s for _, s in chain[: i + 1]]) for i, (k, _) in enumerate(chain))
        start = f"for the chain {chain} you give {size:,.12g}."
        if size == wanted - 1 and chain == chains[0]:
            return Wrong(
                f"{start} That is one too few. Before the first layer, a value sees one pixel: itself."
            )
        if size == sum(kernel for kernel, _ in chain) and chain == chains[1]:
            return Wrong(
                f"{start} You add up the kernels. But neighbouring fields overlap: a layer adds kernel − 1."
            )
        if size == plain:
            return Wrong(f"{start} The stride is missing. After a pooling, one step is two pixels long.")
        if size == late:
            return Wrong(f"{start} The stride of a layer counts for the layers after it, not for itself.")
        return Wrong(f"{start} It is {wanted}. Follow the chain on paper, with two numbers: size and step.")
    return Right("Pooling, strides, 1 × 1 kernels: your function knows what each unit sees.")


@exercise(
    "From pixels to scores",
    kind="forward",
    question="""
The layers are there; only `forward` is missing. Write it: conv, ReLU, 2 × 2 max pooling, flatten, linear. It
has to work for a batch of any length and return the scores (no softmax: `cross_entropy` has it inside).
""",
    blank="""
class TinyNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, kernel_size=3)
        self.linear = nn.Linear(4 * 5 * 5, 3)

    def forward(self, x):  # (N, 3, 12, 12) -> (N, 3)
        ...
""",
    answer="""
class TinyNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, kernel_size=3)
        self.linear = nn.Linear(4 * 5 * 5, 3)

    def forward(self, x):  # (N, 3, 12, 12) -> (N, 3)
        maps = torch.relu(self.conv(x))  # (N, 4, 10, 10)
        pooled = nn.functional.max_pool2d(maps, 2)  # (N, 4, 5, 5)
        # The axis N stays: every picture has a row of its own.
        row = torch.flatten(pooled, start_dim=1)  # (N, 100)
        return self.linear(row)  # (N, 3): no ReLU here, a score may be negative
""",
    why="Convolution and ReLU find, pooling makes smaller, and the linear layer weighs what is left.",
    hints=(
        "Go line by line, and note the shape after each. It starts as (N, 3, 12, 12).",
        "`self.conv(x)` calls a layer. "
        "ReLU and pooling have no weights: `torch.relu`, `nn.functional.max_pool2d`.",
        "`torch.flatten` has an argument `start_dim`. Which axis must not be flattened?",
    ),
    points=2,
)
def tiny_network(answer: Any) -> Verdict:
    """Judge a class with a conv and a linear layer, whose forward needs ReLU, pooling and flatten between."""
    import torch

    if not (isinstance(answer, type) and issubclass(answer, torch.nn.Module)):
        return Wrong("TinyNet must be a class that inherits from nn.Module, not an object of it.")
    torch.manual_seed(0)
    network = call(answer)
    as_function(network.forward, 1)
    with torch.no_grad():
        for length in (2, 1, 3):
            x = torch.rand(length, 3, 12, 12) * 2 - 1
            given = call(network.forward, x)
            if not isinstance(given, torch.Tensor):
                return Wrong(f"Forward must return a tensor. It returns {type(given).__name__}.")
            if not _has_its_layers(network):
                return Wrong("Leave `__init__` as it was given: self.conv and self.linear, with their sizes.")
            said = _about_shape(tuple(given.shape), length) or _about_scores(given, network, x)
            if said:
                return Wrong(said)
    return Right("From a picture to three scores: you have written all the parts of a CNN.")


def _has_its_layers(network: Any) -> bool:
    import torch

    conv, linear = getattr(network, "conv", None), getattr(network, "linear", None)
    return (
        isinstance(conv, torch.nn.Conv2d)
        and isinstance(linear, torch.nn.Linear)
        and conv.weight.shape == (4, 3, 3, 3)
        and (conv.padding, conv.stride, conv.dilation) == ((0, 0), (1, 1), (1, 1))
        and linear.weight.shape == (3, 100)
    )


def _about_shape(shape: tuple[int, ...], length: int) -> str:
    if shape == (length, 3):
        return ""
    came = f"A batch of {length} must give the shape ({length}, 3). Yours gives {shape}."
    if shape == (3, length):
        return f"{came} Rows and columns are swapped."
    if shape == (length,) and length != 3:
        return f"{came} Return all three scores of each picture."
    if shape == (3,) and length == 1:
        return f"{came} A batch of one picture has the axis N as well."
    if not shape or shape[0] != length:
        return f"{came} The axis N must survive the flattening."
    return f"{came} Each picture has one row of three scores."


def _about_scores(given: Any, network: Any, x: Any) -> str:
    """What differs between scores `(N, 3)` and the ones that the network should give; empty if nothing."""
    import torch
    from torch.nn.functional import avg_pool2d, max_pool2d

    def scores(pooled: Any) -> Any:
        return network.linear(pooled.flatten(1))

    def same(other: Any) -> bool:
        return given.shape == other.shape and torch.allclose(given.float(), other, atol=1e-5)

    maps = network.conv(x)  # (N, 4, 10, 10)
    wanted = scores(max_pool2d(torch.relu(maps), 2))  # (N, 3)
    if same(wanted):
        return ""
    others = {
        "There is a ReLU after the linear layer. Scores may be negative.": torch.relu(wanted),
        "These are shares, after softmax. Return the scores themselves.": torch.softmax(wanted, dim=1),
        "These are shares, after softmax, and over the wrong axis. Return the scores themselves.": (
            torch.softmax(wanted, dim=0)
        ),
        "These are logarithms of shares, after log_softmax. Return the scores themselves.": (
            torch.log_softmax(wanted, dim=1)
        ),
        "A sigmoid has changed the scores. Return the scores themselves.": torch.sigmoid(wanted),
        "ReLU is missing. It comes between conv and pooling, and turns negative responses into 0.": (
            scores(max_pool2d(maps, 2))
        ),
        "This is average pooling. The question asks for max.": scores(avg_pool2d(torch.relu(maps), 2)),
    }
    return next(
        (said for said, other in others.items() if same(other)),
        "The shape is right, the scores are not. The order is conv, ReLU, max pooling, flatten, linear.",
    )


@exercise(
    "The cup in the random maps",
    kind="explain",
    question="""
In section 2 you can recognise the cup in many of the 48 maps of layer 3. Why?

- **A** Layer 3 has found out what a cup looks like, and so its maps show one.
- **B** Sums of nearby values keep things in place, even with random weights.
- **C** A unit of layer 3 sees the whole photograph, and so it sees the whole cup.
- **D** ReLU removes everything that isn't part of the cup, and only the cup is left.
""",
    blank='my_choice = ...  # write "A", "B", "C" or "D", with the quotation marks',
    answer='my_choice = "B"  # a conv layer keeps things in place, learned or not',
    why="Random filters keep things in place too, so an outline in a map is no sign of learning.",
    hints=(
        "Where do the weights of `StackedConv` come from? Has anybody trained them?",
        "Section 3 says how many pixels a unit of layer 3 sees. Which statement does that rule out?",
    ),
)
def random_maps(answer: Any) -> Verdict:
    """Judge the letter of the statement about the maps of random weights."""
    return choice(
        answer,
        right="B",
        A="Nobody has trained these weights. Other random ones show the cup too, and know nothing of cups.",
        B="The photograph shows through. What you see in a map does not tell you what the network knows.",
        C="Compare the receptive field in section 3 with the size of the cup.",
        D="ReLU looks at one number, and only at its sign. It cannot know what is part of a cup.",
    )


@exercise(
    "See as far for less",
    kind="stretch",
    question="""
Three 5 × 5 layers see 13 × 13 pixels, and from one map to one map they have 75 weights. Design a chain of
conv layers that sees at least as far with fewer weights. It must not skip pixels, and of 225 rows at least
100 must be left. Any such chain is right. How few weights can you get by with?
""",
    blank="my_layers = ...  # a list of (kernel, stride) pairs, from the photograph on",
    answer="""
# Each layer adds 2 pixels: 1 + 6 * 2 = 13, with 6 * 9 = 54 weights.
my_layers = [(3, 1)] * 6
""",
    why="Small kernels see as far with fewer weights; a stride of 2 early on would see further still.",
    hints=(
        "What does a 3 × 3 layer add to the field, and what does it cost? Compare it with a 5 × 5 layer.",
        "The field grows by kernel − 1, the weights by kernel × kernel. So small kernels are cheap.",
        "To see further, put a stride of 2 early: later layers then reach twice as far. But watch the rows.",
    ),
    points=3,
)
def cheaper_stack(answer: Any) -> Verdict:
    """Judge (kernel, stride) pairs: a field of 13 without gaps, fewer than 75 weights, 100 rows left."""
    layers = as_array(answer, tensors=True)
    if not layers.size:
        return Wrong("your list is empty. A chain has at least one layer.")
    if layers.ndim != 2 or layers.shape[1] != 2:
        return Wrong(
            "each layer must be a pair of numbers, (kernel, stride), and your answer a list of them."
        )
    if not np.array_equal(layers, np.round(layers)) or layers.min() < 1:
        return Wrong("Kernels and strides are whole numbers, 1 or larger.")
    if layers.max() > 225:
        return Wrong("The photograph has 225 rows. No kernel and no stride should be larger.")
    chain = [(int(kernel), int(stride)) for kernel, stride in layers]
    weights = sum(kernel * kernel for kernel, _ in chain)
    field = reference.receptive_field(chain).size
    if field < 13:
        return Wrong(f"A unit of the last layer sees {field} × {field} pixels. It must see 13 × 13 or more.")
    if weights >= 75:
        return Wrong(
            f"It sees {field} × {field}, but it has {weights} weights. Three layers of 5 × 5 have 75."
        )
    side = 225
    for number, (kernel, stride) in enumerate(chain, start=1):
        if side < kernel:
            return Wrong(f"Nothing is left of 225 rows at layer {number}. Use smaller strides.")
        side = reference.output_size(side, kernel, stride=stride)
    if side < 100:
        return Wrong(f"Of 225 rows only {side} are left. At least 100 must remain: use smaller strides.")
    read, step = {0}, 1  # rows of the photograph that one unit of the last layer reads
    for kernel, stride in chain:
        read = {row + step * place for row in read for place in range(kernel)}
        step *= stride
    if len(read) < field:
        return Wrong(
            f"It skips pixels: a unit's field has {field} rows, and it reads only {len(read)} of them. As "
            "long as layers follow, the step must not be larger than the size."
        )
    return Right(
        f"{len(chain)} layers with {weights} weights see {field} × {field} pixels and leave {side} rows. "
        "Many small kernels see as far as a few large ones, for less. VGG16 has 3 × 3 kernels only."
    )
