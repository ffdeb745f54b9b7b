"""The judge of the network in lesson 3: a class with a conv layer, ReLU, and one map in the end."""

from __future__ import annotations

from typing import Any

import numpy as np

from coursekit import filters, reference
from coursekit.exercises.answers import as_array
from coursekit.exercises.calling import as_class, as_function, call
from coursekit.exercises.compare import close, difference
from coursekit.exercises.feedback import Right, Verdict, Wrong
from coursekit.exercises.refused import Refused

__all__ = ["edge_strength"]


def edge_strength(answer: Any) -> Verdict:
    """Judge the class of a network: conv layer with the edge bank, ReLU, the sum of the four maps.

    >>> edge_strength(dict)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    coursekit.exercises.refused.Refused: A network is a class that inherits from `nn.Module`...
    """
    import torch

    kind = as_class(answer)
    if not issubclass(kind, torch.nn.Module):
        raise Refused("A network is a class that inherits from `nn.Module`. Keep the first line as it was.")
    network = call(kind)
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
            "ReLU must stand between the layer and the sum."
        )
    if came.ndim == 0:
        return Wrong(
            "Your network returns one single number: without an axis, sum adds up everything. Add along the "
            "axis of the maps only: (N, C, H, W)."
        )
    if came.shape == maps.shape:
        return Wrong(f"Your network still returns {came.shape[1]} maps for each image. Add them up to one.")
    if came.shape == (2, 6, 8):
        return Wrong("The axis of the channels is gone. Keep it, with length 1.")
    if came.shape[0] != 2:
        why = (
            "Images must not be added to each other"
            if came.ndim == 4 and came.shape[0] == 1
            else "Axis 0 counts the images"
        )
        return Wrong(
            f"Two images went in, and a result of shape {came.shape} came out. {why}: the maps are axis 1."
        )
    if close(came, active.max(axis=1, keepdims=True)):
        return Wrong("This is the largest of the four maps at each place. Their sum is wanted.")
    if close(came, active.mean(axis=1, keepdims=True)):
        return Wrong("This is the mean of the four maps. Their sum is wanted.")
    if not close(came, wanted):
        return Wrong(difference(came, wanted, what="The map") + " First the layer, then ReLU, then the sum.")
    return Right(
        "One map that shows edges of every direction. With ReLU, a map and its negative do not cancel "
        "each other."
    )
