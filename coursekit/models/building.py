"""What the networks of the lessons are built with: seeded weights, given weights, checked inputs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

__all__ = ["check_input", "check_sizes", "conv_with", "seeded"]


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw random numbers from `seed` inside; afterwards torch goes on as if nothing had happened.

    >>> with seeded(0):
    ...     first = torch.rand(3)
    >>> with seeded(0):
    ...     bool((torch.rand(3) == first).all())
    True
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield


def conv_with(weight: NDArray[np.floating[Any]] | Tensor) -> nn.Conv2d:
    """A conv layer without bias that holds a float32 copy of these weights `(out, in, kh, kw)`.

    Raises:
        TypeError: integer weights.
        ValueError: another number of axes, or an empty one.

    >>> conv_with(torch.ones(4, 1, 3, 3))
    Conv2d(1, 4, kernel_size=(3, 3), stride=(1, 1), bias=False)
    """
    tensor = weight.detach().clone() if isinstance(weight, Tensor) else torch.from_numpy(np.array(weight))
    if not tensor.is_floating_point():
        raise TypeError(
            f"weight must be floating point, got {tensor.dtype}: torch refuses to convolve an image with it. "
            "Convert it with weight.astype(np.float32)."
        )
    if tensor.ndim != 4 or 0 in tensor.shape:
        raise ValueError(
            f"weight must have shape (out, in, kh, kw), got {tuple(tensor.shape)}. "
            "filters.to_weight makes a weight from a bank (n, kh, kw) or a kernel (kh, kw)."
        )
    outputs, inputs, height, width = tensor.shape
    # On the meta device no first weights are drawn, so torch's random state is left alone.
    conv = nn.Conv2d(inputs, outputs, (height, width), bias=False, device="meta")
    conv.weight = nn.Parameter(tensor.float())
    return conv


def check_sizes(channels: Sequence[int], kernel_size: int) -> None:
    """Refuse numbers of channels that make no layer.

    Raises:
        ValueError: fewer than two numbers of channels, or a number below 1.
    """
    if len(channels) < 2 or min(*channels, kernel_size) < 1:
        raise ValueError(
            "needed are two or more numbers of channels and a kernel_size, all from 1, "
            f"got channels {tuple(channels)} and kernel_size {kernel_size}."
        )


def check_input(x: Tensor, conv: nn.Module) -> None:
    """Refuse what the conv layer would refuse, with the shapes as the lessons write them.

    Raises:
        TypeError: no tensor, or one of another dtype.
        ValueError: another number of axes or channels, or an image smaller than the kernel.
    """
    if not isinstance(conv, nn.Conv2d):
        raise TypeError(f"the first layer must be a conv layer, got {type(conv).__name__}.")
    if not isinstance(x, Tensor) or x.dtype != conv.weight.dtype:
        came = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(
            f"expected a tensor of {conv.weight.dtype}, got {came}. images.to_tensor makes one from an image."
        )
    if x.ndim != 4 or x.shape[1] != conv.in_channels:
        raise ValueError(
            f"expected an input (N, {conv.in_channels}, H, W), got {tuple(x.shape)}. "
            "Axes are images, channels, height, width."
        )
    kernel = tuple(conv.kernel_size)
    if x.shape[2] < kernel[0] or x.shape[3] < kernel[1]:
        raise ValueError(f"an image of {tuple(x.shape[2:])} pixels is smaller than the kernel {kernel}.")
