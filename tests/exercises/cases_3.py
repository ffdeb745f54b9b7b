"""Right and wrong answers to the exercises of lesson 3."""

import numpy as np
import torch
from case import Case
from numpy.lib.stride_tricks import sliding_window_view
from torch import nn

from coursekit import filters, reference


def by_windows(image, kernel, stride):
    return np.einsum("yxij,ij->yx", sliding_window_view(image, kernel.shape)[::stride, ::stride], kernel)


def by_torch(image, kernel, stride):
    x, weight = torch.from_numpy(image)[None, None], torch.from_numpy(kernel)[None, None]
    return nn.functional.conv2d(x, weight, stride=stride)[0, 0]


def neighbours(image, kernel, stride):
    size = by_windows(image, kernel, stride).shape
    return by_windows(image, kernel, 1)[: size[0], : size[1]]


def too_large(image, kernel, stride):
    result = np.zeros(by_windows(image, kernel, 1).shape)
    strided = by_windows(image, kernel, stride)
    result[: strided.shape[0], : strided.shape[1]] = strided
    return result


def zeros_around(image, kernel, stride):
    return by_windows(np.pad(image, 1), kernel, stride)


class Strength(nn.Module):
    """The conv layer of the exercise, without its forward."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=4, bias=False)
        self.conv.weight = nn.Parameter(torch.from_numpy(filters.to_weight(filters.edge_bank())))


def network(forward):
    return type("EdgeStrength", (Strength,), {"forward": forward})


def step_by_step(self, x):
    active = torch.relu(self.conv(x))
    total = active[:, :1]
    for number in (1, 2, 3):
        total = total + active[:, number : number + 1]
    return total


def active(self, x):
    return torch.relu(self.conv(x))


def forward_without_self(x):
    return x


CASES = {
    "weight_shape": Case(
        right=[(8, 3, 5, 5), [8, 3, 5, 5], torch.Size([8, 3, 5, 5]), nn.Conv2d(3, 8, 5).weight.shape],
        wrong=[
            ((8, 5, 5), "you have 3. What is missing?"),
            ((8, 3, 5, 5, 1), "you have 5. What is too much?"),
            ((3, 8, 5, 5), "wrong order"),
            ((5, 5, 3, 8), "wrong order"),
            ((8, 1, 5, 5), "read gray images"),
            ((8, 3, 4, 4), "one kernel"),
            ((1, 3, 5, 5), "how many filters"),
            ((8, 4, 5, 5), "how many channels"),
            (600, "one number"),
        ],
    ),
    "whole_weight": Case(
        right=[
            lambda rows: torch.tensor(rows, dtype=torch.float32)[None, None],
            lambda rows: torch.from_numpy(filters.to_weight(rows)),
            lambda rows: nn.Parameter(torch.tensor([[rows]]).float()),
        ],
        wrong=[
            (lambda rows: torch.tensor(rows), "has shape (2, 3)"),
            (lambda rows: torch.tensor([[rows]]), "still has the type int64"),
            (lambda rows: torch.tensor([[rows]]).double(), "float64"),
            (lambda rows: torch.tensor([[rows]]).bfloat16(), "the type bfloat16 is a floating point type"),
            (filters.to_weight, "needs a tensor"),
            (lambda rows: torch.tensor(rows).float(), "four axes"),
            (lambda rows: torch.tensor([[rows]]).float().flip(-1), "flipped left to right"),
            (lambda rows: torch.tensor(rows).float().reshape(1, 1, 4, 4), "RuntimeError"),
        ],
    ),
    "map_size": Case(
        right=[
            lambda n, k, s, p: int(np.floor((n + 2 * p - k) / s)) + 1,
            lambda n, k, stride, padding: reference.output_size(n, k, stride=stride, padding=padding),
            lambda n, k, stride, padding: len(range(0, n + 2 * padding - k + 1, stride)),
            lambda n, k, stride, padding: [(n + 2 * padding - k) // stride + 1],
        ],
        wrong=[
            (lambda n, k, s, p: (n + 2 * p - k) // s, "one too few"),
            (lambda n, k, s, p: (n + p - k) // s + 1, "counts twice"),
            (lambda n, k, s, p: (n + 2 * p - k) / s + 1, "a size is a whole number"),
            (lambda n, k, s, p: -(-(n + 2 * p - k) // s) + 1, "one too many. Round down"),
            (lambda n, k, s, p: (n + 2 * p - k) // s + 2, "one too many. The kernel can move by 209 pixels"),
            (lambda n, k, s, p: float("nan"), "the result of your function is nan"),
            (lambda n, k, s, p: [n, k], "holds 2 numbers, but it should be one number"),
            (lambda n, k, s, p: 1e308, "you get 1e+308, and PyTorch gives 210"),
            (lambda n, k, s, p: n + 2 * p - k + 1, "PyTorch gives 105"),
            (lambda n, k: n - k + 1, "called with 4 arguments"),
        ],
    ),
    "strided": Case(
        right=[by_windows, by_torch, lambda a, k, s: reference.cross_correlate2d(a, k, stride=s)],
        wrong=[
            (lambda a, k, s: by_windows(a, k, 1), "visits every place"),
            (lambda a, k, s: by_windows(a, k[::-1, ::-1], s), "true convolution"),
            (neighbours, "a corner of the map"),
            (too_large, "as many as with stride 1"),
            (zeros_around, "but it should be (4, 6)"),
            (lambda a, k, s: by_windows(a, k, s).T, "rows and columns are swapped"),
            (lambda a, k, s: -by_windows(a, k, s), "opposite sign"),
            (lambda a, k, s: by_windows(a, k, s)[:-1], "off by one"),
            (lambda a, k, s: (a * k).sum(), "ValueError"),
        ],
    ),
    "edge_strength": Case(
        right=[
            network(step_by_step),
            network(lambda self, x: active(self, x).sum(1, keepdim=True)),
            network(lambda self, x: torch.einsum("nchw->nhw", active(self, x))[:, None]),
        ],
        wrong=[
            (network(lambda self, x: self.conv(x).sum(1, keepdim=True)), "they cancel each other"),
            (network(lambda self, x: self.conv(x).sum(1, keepdim=True).relu()), "ReLU has to come between"),
            (network(lambda self, x: active(self, x).view(-1, 1, 6, 8)), "(8, 1, 6, 8) came out. Axis 0"),
            (network(lambda self, x: nn.ReLU(self.conv(x)).sum(1)), "`nn.ReLU()` makes a layer"),
            (network(lambda self, x: nn.ReLU(self.conv(x))), "is a layer, but it should be numbers"),
            (
                network(forward_without_self),
                "Besides `self`, your `forward_without_self` must take 1 argument",
            ),
            (network(active), "still returns 4 maps"),
            (network(lambda self, x: active(self, x).sum(1)), "channel axis is gone"),
            (network(lambda self, x: active(self, x).sum(0, keepdim=True)), "don't add the images"),
            (network(lambda self, x: active(self, x).amax(1, keepdim=True)), "largest of the four"),
            (network(lambda self, x: active(self, x).mean(1, keepdim=True)), "mean of the four"),
            (network(lambda self, x: active(self, x).pow(2).sum(1, keepdim=True)), "first the layer"),
            (network(lambda self, x: self.convolution(x)), "AttributeError"),
            (Strength, "has no `forward`"),
            (Strength(), "should be a class"),
            (network(lambda self, x: torch.relu(self.conv(x)).sum()), "a single number"),
            (dict, "inherits from"),
        ],
    ),
    "halving": Case(
        right=[(3, 2, 1), [5, 2, 2], (11, 2, 5)],
        wrong=[
            ((3, 2, 0), "106 × 159"),
            ((2, 2, 0), "106 × 160"),
            ((3, 1, 1), "213 × 320"),
            ((1, 2, 0), "sees no neighbours"),
            ((3, 2, 3), "nothing but zeros"),
            ((213, 2, 106), "larger than the exercise allows"),
            ((3, 0, 1), "stride must be 1"),
            ((3, 2), "three numbers"),
        ],
    ),
}
