"""The judge of the network in lesson 6: conv, ReLU, max pooling, flatten and linear, for any batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coursekit.exercises.calling import as_class, as_function, call
from coursekit.exercises.feedback import Right, Verdict, Wrong
from coursekit.exercises.refused import Refused

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["tiny_network"]


def tiny_network(answer: Any) -> Verdict:
    """Judge a class with a conv and a linear layer: its forward must be conv, ReLU, pooling, flatten, linear.

    >>> import torch
    >>> try:
    ...     tiny_network(torch.nn.ReLU())
    ... except Refused as sentence:
    ...     print(sentence)
    TinyNet must be a class that inherits from nn.Module, and not an object of it.
    """
    import torch

    if not (isinstance(answer, type) and issubclass(answer, torch.nn.Module)):
        raise Refused("TinyNet must be a class that inherits from nn.Module, and not an object of it.")
    torch.manual_seed(0)
    network = call(as_class(answer))
    as_function(network.forward, 1)
    with torch.no_grad():
        for length in (2, 1, 3):
            x = torch.rand(length, 3, 12, 12) * 2 - 1
            given = call(network.forward, x)
            if not isinstance(given, torch.Tensor):
                return Wrong(f"Forward must return a tensor. It returns {type(given).__name__}.")
            if not _has_its_layers(network):
                raise Refused(
                    "Leave `__init__` as it was given: self.conv and self.linear, with their sizes."
                )
            said = _about_shape(tuple(given.shape), length) or _about_scores(given, network, x)
            if said:
                return Wrong(said)
    return Right("From a photograph to three scores: you have written all three parts of a CNN.")


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
        return f"{came} Rows and columns are exchanged."
    if shape == (length,) and length != 3:
        return f"{came} Return all three scores of each picture."
    if shape == (3,) and length == 1:
        return f"{came} A batch of one picture has the axis N, too."
    if not shape or shape[0] != length:
        return f"{came} The axis N must survive the flattening."
    return f"{came} Each picture has one row of three scores."


def _about_scores(given: Tensor, network: Any, x: Tensor) -> str:
    """What differs between scores `(N, 3)` and the ones that the network should give; empty if nothing."""
    import torch

    def scores(pooled: Tensor) -> Tensor:
        result: Tensor = network.linear(pooled.flatten(1))
        return result

    def same(other: Tensor) -> bool:
        return given.shape == other.shape and torch.allclose(given.float(), other, atol=1e-5)

    maps = network.conv(x)  # (N, 4, 10, 10)
    wanted = scores(torch.nn.functional.max_pool2d(torch.relu(maps), 2))  # (N, 3)
    if same(wanted):
        return ""
    others = {
        "There is a ReLU after the linear layer. Scores must be allowed to be negative.": torch.relu(wanted),
        "These are shares, after softmax. Return the scores themselves.": torch.softmax(wanted, dim=1),
        "These are shares, after softmax, and over the wrong axis. Return the scores themselves.": (
            torch.softmax(wanted, dim=0)
        ),
        "These are logarithms of shares, after log_softmax. Return the scores themselves.": (
            torch.log_softmax(wanted, dim=1)
        ),
        "A sigmoid has changed the scores. Return the scores themselves.": torch.sigmoid(wanted),
        "ReLU is missing. It stands between conv and pooling: negative responses must become 0.": (
            scores(torch.nn.functional.max_pool2d(maps, 2))
        ),
        "This is average pooling. The question asks for max.": (
            scores(torch.nn.functional.avg_pool2d(torch.relu(maps), 2))
        ),
    }
    return next(
        (said for said, other in others.items() if same(other)),
        "The shape is right, the scores are not. The order is conv, ReLU, max pooling, flatten, linear.",
    )
