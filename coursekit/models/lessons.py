"""The networks of lessons 3 to 6, from one conv layer with hand-made filters to a small classifier."""

import operator
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from coursekit import reference
from coursekit.errors import WrongTypeError, WrongValueError


class Maps(NamedTuple):
    """Feature maps before and after ReLU, both `(N, out, H, W)`."""

    conv: Tensor
    activated: Tensor


class PooledMaps(NamedTuple):
    """Feature maps before and after ReLU, `(N, out, H, W)`, and after pooling, `(N, out, H // 2, W // 2)`."""

    conv: Tensor
    activated: Tensor
    pooled: Tensor


class ConvLayer(nn.Module):
    """One conv layer with your own filters, then ReLU. Layers: `conv`, `relu`.

    Args:
        weight: `(out, in, kh, kw)`, floating point. It is copied as float32; stride 1, no padding, no bias.

    Raises:
        TypeError: The weight isn't floating point.
        ValueError: The weight isn't 4-D; when used, the image has the wrong number of channels.

    >>> layer = ConvLayer(torch.ones(4, 1, 4, 4))
    >>> conv, activated = layer(torch.zeros(1, 1, 213, 320))
    >>> tuple(conv.shape)
    (1, 4, 210, 317)
    """

    def __init__(self, weight: NDArray[np.floating[Any]] | Tensor) -> None:
        super().__init__()
        self.conv = _conv_with(weight)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Maps:
        """`(N, in, H, W)` to the feature maps before and after ReLU."""
        _check_input(x, self.conv)
        conv = self.conv(x)  # (N, out, H - kh + 1, W - kw + 1)
        return Maps(conv, self.relu(conv))


class ConvPool(nn.Module):
    """One conv layer with your own filters, ReLU, then 2 x 2 pooling. Layers: `conv`, `relu`, `pool`.

    Args:
        weight: As for `ConvLayer`.
        pool: "max" or "avg". Windows don't overlap; an odd row or column at the end is dropped.

    Raises:
        TypeError: As for `ConvLayer`.
        ValueError: As for `ConvLayer`, or `pool` is something else.

    >>> tuple(ConvPool(torch.ones(4, 1, 4, 4))(torch.zeros(1, 1, 213, 320)).pooled.shape)
    (1, 4, 105, 158)
    """

    def __init__(self, weight: NDArray[np.floating[Any]] | Tensor, pool: str = "max") -> None:
        super().__init__()
        kinds = {"max": nn.MaxPool2d, "avg": nn.AvgPool2d}
        if pool not in list(kinds):
            raise WrongValueError(f'pool must be "max" or "avg", got {pool!r}.')
        self.conv = _conv_with(weight)
        self.relu = nn.ReLU()
        self.pool = kinds[pool](kernel_size=2, stride=2)

    def forward(self, x: Tensor) -> PooledMaps:
        """`(N, in, H, W)` to the feature maps before and after ReLU, and after pooling."""
        _check_input(x, self.conv)
        conv = self.conv(x)  # (N, out, H - kh + 1, W - kw + 1)
        activated = self.relu(conv)
        return PooledMaps(conv, activated, self.pool(activated))  # pooled: half as high, half as wide


class StackedConv(nn.Module):
    """Conv layers one after the other, with random weights. Layers: `conv1`, `relu1`, `conv2`, `relu2`, ...

    Args:
        channels: How many the input has, then how many each conv layer outputs.
        kernel_size: Size of every filter, one number or (height, width); stride 1, no padding.
        relu: Whether each conv layer is followed by a ReLU.
        seed: The same seed gives the same weights; torch's own random state is left alone.

    Raises:
        TypeError: A size isn't a whole number; when used, the input isn't a float32 tensor.
        ValueError: Fewer than two numbers of channels, or one below 1; when used, channels that don't fit.

    >>> stack = StackedConv(relu=False)
    >>> tuple(stack(torch.zeros(1, 3, 45, 80)).shape)
    (1, 48, 33, 68)
    >>> stack.collapsed()
    Conv2d(3, 48, kernel_size=(13, 13), stride=(1, 1))
    """

    def __init__(
        self,
        channels: Sequence[int] = (3, 12, 24, 48),
        kernel_size: reference.Pair = 5,
        relu: bool = True,
        seed: int = 0,
    ) -> None:
        super().__init__()
        kernel = _checked_kernel(channels, kernel_size)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            for number, (inputs, outputs) in enumerate(pairwise(channels), start=1):
                self.add_module(f"conv{number}", nn.Conv2d(inputs, outputs, kernel))
                if relu:
                    self.add_module(f"relu{number}", nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        """`(N, in, H, W)` to the feature maps of the last layer."""
        _check_input(x, _convs(self)[0])
        for layer in self.children():
            x = layer(x)
        return x

    def collapsed(self) -> nn.Conv2d:
        """Return the single conv layer that gives the same output: without ReLU, depth adds nothing.

        Raises:
            ValueError: There are ReLUs in between.
        """
        convs = _convs(self)
        if len(convs) < len(list(self.children())):
            raise WrongValueError("no single conv layer equals a stack with ReLU. Build it with relu=False.")
        weight = reference.compose_kernels(*(conv.weight.detach().double().numpy() for conv in convs))
        single = _conv_with(weight)
        with torch.no_grad():
            # For an all-zero image the weights don't matter, so what comes out is the bias.
            bias = self(torch.zeros(1, *weight.shape[1:]))  # (1, out, 1, 1)
        single.bias = nn.Parameter(bias.flatten())
        return single


def _conv_with(weight: NDArray[np.floating[Any]] | Tensor) -> nn.Conv2d:
    """Build a conv layer without bias from a float32 copy of these weights `(out, in, kh, kw)`."""
    given = weight if isinstance(weight, Tensor) else np.array(weight)
    if "float" not in str(given.dtype):
        raise WrongTypeError(
            f"weight must be floating point, got {type(weight).__name__} of {given.dtype}. "
            "filters.to_weight(filters.kernel(name)) makes one; weight.astype(np.float32) converts one."
        )
    tensor = torch.as_tensor(given).detach().to(torch.float32, copy=True)
    if tensor.ndim != 4 or 0 in tensor.shape:
        raise WrongValueError(
            f"weight must have shape (out, in, kh, kw), got {tuple(tensor.shape)}. "
            "filters.to_weight makes a weight from a bank (n, kh, kw) or a kernel (kh, kw)."
        )
    outputs, inputs, height, width = tensor.shape
    # On the meta device no initial weights are drawn, so torch's random state is left alone.
    conv = nn.Conv2d(inputs, outputs, (height, width), bias=False, device="meta")
    conv.weight = nn.Parameter(tensor)
    return conv


def _convs(model: nn.Module) -> list[nn.Conv2d]:
    return [layer for layer in model.children() if isinstance(layer, nn.Conv2d)]


def _checked_kernel(channels: Sequence[int], kernel_size: reference.Pair) -> tuple[int, int]:
    """Return the height and width of a kernel; refuse numbers of channels that can't make a layer."""
    try:
        fits = len(channels) >= 2 and min(map(operator.index, channels)) >= 1
    except TypeError:
        fits = False
    if not fits:
        raise WrongValueError(
            "channels must be two or more whole numbers from 1, for the input and for each conv layer, "
            f"got {channels!r}."
        )
    return reference.pair("kernel_size", kernel_size, least=1)


def _check_input(x: Tensor, conv: nn.Conv2d) -> None:
    """Refuse what the conv layer would refuse, but write shapes the way the lessons do."""
    if not isinstance(x, Tensor) or x.dtype != conv.weight.dtype:
        came = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise WrongTypeError(
            f"expected a tensor of {conv.weight.dtype}, got {came}. "
            f"images.to_tensor(image).to({conv.weight.dtype}) makes one from an image."
        )
    if x.ndim != 4 or x.shape[1] != conv.in_channels:
        raise WrongValueError(
            f"expected an input (N, {conv.in_channels}, H, W), got {tuple(x.shape)}. "
            "Axes are images, channels, height, width."
        )
