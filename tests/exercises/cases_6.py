"""Right and wrong answers to the exercises of lesson 6."""

import numpy as np
import torch
from case import Case
from torch import nn

from coursekit import reference


def from_the_end(layers):
    """The field of one value, followed back from the last layer to the photograph."""
    size = 1
    for kernel, stride in reversed(layers):
        size = (size - 1) * stride + kernel
    return size


def without_stride(layers):
    return 1 + sum(kernel - 1 for kernel, _ in layers)


def from_nothing(layers):
    return from_the_end(layers) - 1


def step_too_early(layers):
    size, step = 1, 1
    for kernel, stride in layers:
        step *= stride
        size += (kernel - 1) * step
    return size


def first_stride_forgotten(layers):
    return from_the_end([(layers[0][0], 1), *layers[1:]])


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, kernel_size=3)
        self.linear = nn.Linear(4 * 5 * 5, 3)

    def pooled(self, x):
        return nn.functional.max_pool2d(torch.relu(self.conv(x)), 2)


class InSteps(Base):
    def forward(self, x):
        maps = torch.clamp(self.conv(x), min=0)
        return self.linear(nn.MaxPool2d(2)(maps).reshape(len(x), -1))


class PoolFirst(Base):
    def forward(self, x):
        return self.linear(nn.functional.relu(nn.functional.max_pool2d(self.conv(x), 2)).flatten(1))


class NoReLU(Base):
    def forward(self, x):
        return self.linear(nn.functional.max_pool2d(self.conv(x), 2).flatten(1))


class Average(Base):
    def forward(self, x):
        return self.linear(nn.functional.avg_pool2d(torch.relu(self.conv(x)), 2).flatten(1))


class ReLULast(Base):
    def forward(self, x):
        return torch.relu(self.linear(self.pooled(x).flatten(1)))


class Shares(Base):
    def forward(self, x):
        return torch.softmax(self.linear(self.pooled(x).flatten(1)), dim=1)


def after(change):
    """The network with something more at its end."""
    return type("TinyNet", (Base,), {"forward": lambda self, x: change(InSteps.forward(self, x))})


class OfTwoPictures(Base):
    def forward(self, x):
        return self.linear(self.pooled(x).reshape(2, -1))


def forward(x):
    """As a beginner writes it: without self."""
    return x


class OtherLayers(InSteps):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, kernel_size=3, padding=1)
        self.linear = nn.Linear(4 * 6 * 6, 3)


class LayerNotUsed(Base):
    def forward(self, x):
        return self.linear(nn.MaxPool2d(torch.relu(self.conv(x)), 2).flatten(1))


class OnePicture(Base):
    def forward(self, x):
        return self.linear(self.pooled(x)[:1].flatten())


class NotATensor(Base):
    def forward(self, x):
        return InSteps.forward(self, x).numpy()


class NoFlatten(Base):
    def forward(self, x):
        return self.linear(self.pooled(x))


class WholeBatchFlat(Base):
    def forward(self, x):
        return self.linear(torch.flatten(self.pooled(x)))


class LayerNotCalled(Base):
    def forward(self, x):
        maps = nn.ReLU(self.conv(x))
        return self.linear(nn.functional.max_pool2d(maps, 2).flatten(1))


class PoolingNotCalled(Base):
    def forward(self, x):
        return self.linear(torch.flatten(nn.MaxPool2d(torch.relu(self.conv(x)), 2), 1))


class OtherOrder(Base):
    def forward(self, x):
        return self.linear(self.pooled(x).permute(0, 2, 3, 1).flatten(1))


CASES = {
    "long_row": Case(
        right=[torch.tensor([4056, 40570]), [4056, 40570], (4056.0, np.int64(40570))],
        wrong=[
            ([169, 1700], "one map of 13"),
            ([24 * 16 * 16, 61450], "halved 64 twice"),
            ([24 * 56 * 56, 752650], "leaves out both poolings"),
            ([12 * 13 * 13, 20290], "24 maps, not 12"),
            ([4056, 40560], "leaves out the biases"),
            ([4056, 4066], "multiply"),
            ([4056, 44616], "one bias for each class, not"),
            ([4000, 40010], "follow the side"),
            ([4056, 1], "weights and biases of one linear layer"),
            ([40570, 4056], "but swapped"),
            ([4056.4, 40570], "Your first number is 4,056.4, but it should be a whole number"),
            ([4056, 40569.9], "Your second number is 40,569.9, but it should be a whole number"),
            ([1e300, 1], "Look at the first number, 1e+300:"),
        ],
    ),
    "field_size": Case(
        right=[from_the_end, lambda layers: reference.receptive_field(layers).size],
        wrong=[
            (without_stride, "The stride is missing"),
            (from_nothing, "one too few"),
            (step_too_early, "after it"),
            (lambda layers: sum(kernel for kernel, _ in layers), "You add up the kernels"),
            (lambda layers: 42, "Follow the chain on paper"),
            (first_stride_forgotten, "you give 13. It is 19."),
            (lambda layers: [1, 2], "The result of your function holds 2 numbers"),
        ],
    ),
    "tiny_network": Case(
        right=[InSteps, PoolFirst],
        wrong=[
            (NoReLU, "ReLU is missing. It comes between conv and pooling"),
            (Average, "average pooling"),
            (ReLULast, "a ReLU after the linear layer"),
            (Shares, "These are shares, after softmax. Return"),
            (after(lambda scores: torch.softmax(scores, dim=0)), "after softmax, and over the wrong axis"),
            (after(lambda scores: torch.log_softmax(scores, dim=1)), "logarithms of shares"),
            (after(torch.sigmoid), "a sigmoid has changed the scores"),
            (after(lambda scores: scores.argmax(1)), "Return all three scores"),
            (after(lambda scores: scores.T), "Rows and columns are swapped"),
            (after(torch.squeeze), "A batch of one picture has the axis N as well"),
            (after(lambda scores: scores[:, :2]), "one row of three scores"),
            (OfTwoPictures, "It was tried with 1 × 3 × 12 × 12 numbers"),
            (type("TinyNet", (Base,), {"forward": forward}), "Besides `self`, your `forward` must take 1"),
            (OtherLayers, "Leave `__init__` as it was given"),
            (LayerNotUsed, "`nn.MaxPool2d(...)(x)` uses it"),
            (OnePicture, "Yours gives (3,). The axis N must survive"),
            (NotATensor, "must return a tensor"),
            (NoFlatten, "with RuntimeError"),
            (WholeBatchFlat, "Keep the first axis"),
            (LayerNotCalled, "`nn.ReLU()` makes a layer"),
            (PoolingNotCalled, "`nn.MaxPool2d(...)` makes a layer"),
            (OtherOrder, "the scores are not"),
            (InSteps(), "not an object of it"),
        ],
    ),
    "random_maps": Case(
        right=["b", "B"],
        wrong=[("a", "Nobody has trained"), ("c", "receptive field"), ("d", "only at its sign")],
    ),
    "cheaper_stack": Case(
        right=[
            ((5, 1), (5, 1), (3, 1), (3, 1)),
            [(3, 2), (3, 1), (3, 1), (3, 1)],
            np.array([[2, 1]] * 12),
            torch.tensor([[3, 1]] * 6),
        ],
        wrong=[
            ([(5, 1)] * 3, "it has 75 weights"),
            ([(3, 1)] * 5, "sees 11 × 11"),
            ([(3, 2), (3, 2), (3, 1)], "At least 100 must remain"),
            ([3, 3, 3], "must be a pair"),
            ([(1, 200), (2, 1), (2, 1)], "Nothing is left"),
            ([(1, 2), (7, 1)], "has 13 rows, and it reads only 7"),
            (np.empty((0, 2)), "Your list is empty"),
            ([(1e300, 1)], "has 225 rows"),
        ],
    ),
}
