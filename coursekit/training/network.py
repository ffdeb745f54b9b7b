"""The course's own network: VGG16's thirteen conv layers, most of them narrower, and one linear layer.

While it learns, BatchNorm stands between each convolution and its ReLU. Afterwards each BatchNorm, which is
then only a fixed scale and shift per channel, is folded into the convolution before it, and what is left
has VGG16's structure and torchvision's names: `features.0.weight`, `features.0.bias`, ...
`classifier.0.weight`.

Sources: Simonyan and Zisserman 2015 (VGG16); Ioffe and Szegedy 2015 (BatchNorm).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor, nn

__all__ = ["MEAN", "STD", "WIDTHS", "build", "fold_batch_norm", "normalise"]

WIDTHS: tuple[tuple[int, ...], ...] = ((64, 64), (64, 64), (96, 96, 96), (128, 128, 128), (128, 128, 128))
"""Filters of every conv layer, block by block; a pooling layer follows each block."""

MEAN = 0.5
STD = 0.25


def build(
    classes: int,
    *,
    widths: Sequence[Sequence[int]] = WIDTHS,
    batch_norm: bool = False,
) -> nn.Sequential:
    """Build the network with random weights from torch's global generator.

    Args:
        classes: length of the output vector.
        widths: filters of every conv layer, block by block.
        batch_norm: with the BatchNorm layers that training needs; False gives the structure that is stored.

    Returns:
        A network from (N, 3, H, W) float32, normalised, to (N, classes) scores. H and W are at least 2 to the
        power of the number of blocks: 32 pixels for five. Its parts are called `features`, `avgpool`,
        `flatten` and `classifier`.

    Raises:
        ValueError: there is no class or no layer.

    Example:
        >>> network = build(10, widths=[[8], [16]])
        >>> network(torch.zeros(2, 3, 32, 32)).shape
        torch.Size([2, 10])
    """
    if classes < 1 or not widths or not all(widths):
        raise ValueError(f"expected at least one class and one layer per block, got {classes} and {widths}")
    layers: list[nn.Module] = []
    channels = 3
    for block in widths:
        for width in block:
            conv = nn.Conv2d(channels, width, 3, padding=1, bias=not batch_norm)
            nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
            layers.append(conv)
            if batch_norm:
                layers.append(nn.BatchNorm2d(width))
            layers.append(nn.ReLU(inplace=True))
            channels = width
        layers.append(nn.MaxPool2d(2, 2))
    return nn.Sequential(
        OrderedDict(
            features=nn.Sequential(*layers),
            avgpool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            classifier=nn.Sequential(nn.Linear(channels, classes)),
        )
    )


def fold_batch_norm(network: nn.Sequential) -> nn.Sequential:
    """Give the same network without its BatchNorm layers, in evaluation mode.

    In evaluation a BatchNorm computes `scale * (y - mean) + shift` with `scale = gamma / sqrt(variance +
    eps)`. The convolution before it is linear, so weights times `scale` and a bias of `shift - scale *
    mean` do the same.

    Args:
        network: from `build(..., batch_norm=True)`; it is not changed.

    Returns:
        A network as from `build(...)`, float32, on the CPU; outputs differ from the original's by rounding
        alone.

    Raises:
        ValueError: a convolution has no BatchNorm behind it.

    Example:
        >>> trained = build(10, widths=[[8]], batch_norm=True).eval()
        >>> x = torch.ones(1, 3, 32, 32)
        >>> torch.allclose(trained(x), fold_batch_norm(trained)(x), atol=1e-5)
        True
    """
    features = list(network.get_submodule("features").children())
    widths: list[list[int]] = [[]]
    tensors: list[tuple[Tensor, Tensor]] = []
    for layer, after in zip(features, [*features[1:], None], strict=True):
        if isinstance(layer, nn.MaxPool2d):
            widths.append([])
        if not isinstance(layer, nn.Conv2d):
            continue
        if not isinstance(after, nn.BatchNorm2d) or after.running_mean is None or after.running_var is None:
            raise ValueError("a convolution has no BatchNorm behind it; use build(..., batch_norm=True)")
        scale = _exact(after.weight) / torch.sqrt(_exact(after.running_var) + after.eps)
        weight = _exact(layer.weight) * scale[:, None, None, None]
        bias = _exact(after.bias) - scale * _exact(after.running_mean)
        widths[-1].append(layer.out_channels)
        tensors.append((weight.float(), bias.float()))
    head = network.get_submodule("classifier.0")
    if not isinstance(head, nn.Linear):
        raise ValueError("the network's classifier.0 is not a linear layer; build the network with build()")
    with torch.random.fork_rng(devices=[]):
        folded = build(head.out_features, widths=widths[:-1])
    convs = [layer for layer in folded.get_submodule("features").children() if isinstance(layer, nn.Conv2d)]
    head_state = network.get_submodule("classifier").state_dict()
    with torch.no_grad():
        for conv, (weight, bias) in zip(convs, tensors, strict=True):
            conv.weight.copy_(weight)
            if conv.bias is not None:
                conv.bias.copy_(bias)
        folded.get_submodule("classifier").load_state_dict(head_state)
    return folded.eval()


def _exact(values: Tensor) -> Tensor:
    """Copy to the CPU (Apple's GPUs have no float64), in float64."""
    return values.detach().cpu().double()


def normalise(images: Tensor) -> Tensor:
    """Bring RGB in [0, 1] to the range that the network learned with: `(x - 0.5) / 0.25`, so [-2, 2].

    Args:
        images: (N, 3, H, W) float, in [0, 1]; not changed.

    Returns:
        (N, 3, H, W), same dtype.

    Example:
        >>> normalise(torch.tensor([0.0, 0.5, 1.0])).tolist()
        [-2.0, 0.0, 2.0]
    """
    return (images - MEAN) / STD
