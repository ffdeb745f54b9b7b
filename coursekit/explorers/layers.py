"""Layers of a network as plain arrays: a chain of conv layers, and the learned filters of a VGG."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coursekit.explorers.traits import Float32
from coursekit.reference import Layer

if TYPE_CHECKING:
    from torch import nn

    from coursekit.models.vgg import VGG

__all__ = ["Conv", "Filters", "conv_chain", "read_filters"]

LARGEST = 7  # rows and columns of a kernel whose products are legible
LAST = "block5_conv3"  # the classifier behind it is not shown, and ImageNet's would be fetched: 500 MB
MOST_BYTES = 2_500_000  # of kernels: 2.4 for all of the course's network; for all of VGG16's it would be 29


class Conv(NamedTuple):
    """One conv layer and what it gives for one photograph.

    Attributes:
        name: In the model.
        weight: (out, in, k, k) float32.
        bias: (out,) float32; zeros where the layer has none.
        window: Its kernel, stride, padding and dilation.
        relu: Whether a ReLU follows.
        maps: (out, H, W) float32, before ReLU.
    """

    name: str
    weight: Float32
    bias: Float32
    window: Layer
    relu: bool
    maps: Float32

    @property
    def activated(self) -> Float32:
        """What the next layer reads, (out, H, W)."""
        return np.maximum(self.maps, 0) if self.relu else self.maps

    def patches(self, inputs: Float32, row: int, column: int) -> Float32:
        """What lies under the kernels for the unit at (row, column), (in, k, k); in the padding it is 0.

        Args:
            inputs: (in, H, W), what the layer reads.
            row: Of the unit.
            column: Of the unit.
        """
        size, stride, pad, dilation = self.window
        padded = np.pad(inputs, ((0, 0), (pad, pad), (pad, pad)))
        rows, columns = (at * stride + dilation * np.arange(size) for at in (row, column))
        patches: Float32 = padded[:, rows[:, None], columns]
        return patches


def conv_chain(model: nn.Module | None, image: Float32, *, explorer: str) -> list[Conv]:
    """Run a chain of conv layers and ReLUs on a photograph and read every layer.

    Args:
        model: Such as `StackedConv`; None: that network, with its usual sizes.
        image: (H, W, 3) float32.
        explorer: What messages call the explorer.

    Raises:
        TypeError: Not a network, or one with other layers.
        ValueError: A conv layer that is too special for the page, or an image that is too small.

    >>> [conv.maps.shape for conv in conv_chain(None, np.zeros((20, 20, 3), np.float32), explorer="here")]
    [(12, 16, 16), (24, 12, 12), (48, 8, 8)]
    """
    from torch import nn

    from coursekit import activations, images
    from coursekit.models import StackedConv

    model = StackedConv() if model is None else model
    leaves = _leaves(model, explorer)
    convs = {name: layer for name, layer in leaves if isinstance(layer, nn.Conv2d)}
    if not convs:
        raise TypeError(f"{explorer}: the model has no conv layer. Pass one such as models.StackedConv().")
    for name, layer in convs.items():
        _check(name, layer, explorer)
    first, inputs = next((name, layer.in_channels) for name, layer in convs.items())
    if inputs != 3:
        raise ValueError(
            f"{explorer}: {first} reads {inputs} channels, and a photograph has 3. "
            "Its channels=(3, ...) must begin with 3."
        )
    try:
        x = images.to_tensor(image).to(convs[first].weight.dtype)
        outputs = activations.feature_maps(model, x, list(convs))
    except (ValueError, RuntimeError) as error:
        raise ValueError(
            f"{explorer}: the model does not take a photograph of {image.shape[0]} x {image.shape[1]} "
            f"pixels: {error}"
        ) from error
    before_relu = {name for (name, _), (_, after) in pairwise(leaves) if isinstance(after, nn.ReLU)}
    chain = [
        Conv(
            name,
            _array(layer.weight),
            np.zeros(layer.out_channels, np.float32) if layer.bias is None else _array(layer.bias),
            Layer(layer.kernel_size[0], layer.stride[0], int(layer.padding[0]), layer.dilation[0]),
            name in before_relu,
            _array(outputs[name][0]),
        )
        for name, layer in convs.items()
    ]
    for conv in chain:
        if not all(np.isfinite(part).all() for part in (conv.weight, conv.bias, conv.maps)):
            raise ValueError(
                f"{explorer}: {conv.name} holds or gives NaN or infinity. Make the model again, and train it "
                "with a smaller learning rate."
            )
    for before, conv in pairwise(chain):
        if not _reads(conv, before):
            raise ValueError(
                f"{explorer}: {conv.name} does not read what {before.name} gives. Write each layer and each "
                "ReLU as a module of its own, in the order in which they run."
            )
    return chain


def _leaves(model: Any, explorer: str) -> list[tuple[str, nn.Module]]:
    """The layers that hold no others, in the order in which they were registered."""
    from torch import nn

    if not isinstance(model, nn.Module):
        raise TypeError(
            f"{explorer}: the model must be a network such as models.StackedConv(), "
            f"got {type(model).__name__}."
        )
    # With duplicates: one ReLU may stand in several places.
    modules = model.named_modules(remove_duplicate=False)
    leaves = [(name, layer) for name, layer in modules if not list(layer.children())]
    for name, layer in leaves:
        if not isinstance(layer, nn.Conv2d | nn.ReLU | nn.Identity):
            raise TypeError(
                f"{explorer} shows conv layers and ReLUs only, and {name!r} is a {type(layer).__name__}. "
                "Pass a model without it, such as models.StackedConv()."
            )
    return leaves


def _check(name: str, layer: nn.Conv2d, explorer: str) -> None:
    """Refuse a conv layer that the page cannot draw."""
    settings = (layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    square = all(not isinstance(setting, str) and len(set(setting)) == 1 for setting in settings)
    if not square or layer.groups != 1 or layer.padding_mode != "zeros":
        raise ValueError(
            f"{explorer} shows conv layers with square kernels, the same stride, padding and dilation in "
            f"both directions, zeros as padding and one group; {name!r} is {layer}."
        )
    if layer.kernel_size[0] > LARGEST:
        raise ValueError(
            f"{explorer} shows kernels up to {LARGEST} x {LARGEST} number by number; {name!r} has "
            f"{layer.kernel_size[0]} x {layer.kernel_size[0]}."
        )


def _reads(conv: Conv, before: Conv) -> bool:
    """Whether a layer's middle unit is made of the maps of the layer before it."""
    if conv.weight.shape[1] != len(before.maps):
        return False
    row, column = (side // 2 for side in conv.maps.shape[1:])
    products = (conv.patches(before.activated, row, column) * conv.weight[0]).astype(np.float64)
    bias = float(conv.bias[0])
    off = abs(float(products.sum()) + bias - float(conv.maps[0, row, column]))
    return bool(off <= 1e-4 * (float(np.abs(products).sum()) + abs(bias)) + 1e-9)


@dataclass(frozen=True)
class Filters:
    """The filters of one conv layer of a VGG.

    Attributes:
        name: Such as "block1_conv1".
        weight: (out, in, 3, 3) float32.
        bias: (out,) float32.
        windows: The chain of layers from the photograph to this one.
        kept: How many input channels of a filter go to the page.
    """

    name: str
    weight: Float32
    bias: Float32
    windows: tuple[Layer, ...]
    kept: int

    @property
    def pools(self) -> int:
        """How many poolings there are before this layer."""
        return sum(window.stride == 2 for window in self.windows)

    @cached_property
    def strongest(self) -> NDArray[np.intp]:
        """Indices of each filter's input channels, (out, kept), those with the largest norm first."""
        norms = (self.weight.astype(np.float64) ** 2).sum(axis=(2, 3))
        return np.argsort(-norms, axis=1, kind="stable")[:, : self.kept]

    @cached_property
    def factor(self) -> float:
        """A power of 2: weights divided by it use the range of 16-bit numbers, so that none loses digits."""
        largest = float(np.abs(self.weight).max())
        return float(2.0 ** (np.ceil(np.log2(largest)) - 14)) if largest > 0 else 1.0

    @cached_property
    def halves(self) -> bytes:
        """The kernels of the strongest input channels as 16-bit numbers, (out, kept, 3, 3)."""
        kept = np.take_along_axis(self.weight, self.strongest[:, :, None, None], axis=1)
        return (kept / self.factor).astype("<f2").tobytes()


def read_filters(weights: str | os.PathLike[str] | VGG | None, *, explorer: str) -> tuple[VGG, list[Filters]]:
    """Build a VGG, or take one, and read its conv layers.

    Args:
        weights: As `models.vgg16` takes them, or a VGG.
        explorer: What messages call the explorer.

    Raises:
        TypeError: Something else.
        ValueError: A VGG on the meta device, which has no values.
        WeightsError: The weights are not there, or do not fit.

    >>> model, filters = read_filters("course", explorer="here")
    >>> len(filters), filters[-1].name, filters[1].kept
    (13, 'block5_conv3', 64)
    """
    from coursekit.models import vgg16
    from coursekit.models.vgg import VGG

    if isinstance(weights, VGG):
        model = weights
    elif weights is None or isinstance(weights, str | os.PathLike):
        # Of a file of one's own, as much as it holds.
        model = vgg16(weights, until=LAST if weights in (None, "course", "imagenet") else None)
    else:
        raise TypeError(
            f'{explorer}: weights must be "course", "imagenet", a path, None or a network of models.vgg16, '
            f"got {type(weights).__name__}."
        )
    chain: list[Layer] = []
    found = []
    for name, path in model.layer_names.items():
        if name.endswith("_pool"):
            chain.append(Layer(2, stride=2))
        elif "_conv" in name:
            chain.append(Layer(3, padding=1))
            module = model.get_submodule(path)
            if module.weight.is_meta:
                raise ValueError(
                    f"{explorer}: this network is on the meta device and has no values. Build it without "
                    'device="meta".'
                )
            found.append((name, _array(module.weight), _array(module.bias), tuple(chain)))
    most = _most_inputs([weight.shape for _, weight, _, _ in found])
    return model, [Filters(*layer, min(most, layer[1].shape[1])) for layer in found]


def _most_inputs(shapes: list[tuple[int, ...]]) -> int:
    """The most input channels a filter that fit into a page."""
    most = max(shape[1] for shape in shapes)
    while most > 3 and sum(shape[0] * min(shape[1], most) * 18 for shape in shapes) > MOST_BYTES:
        most -= 1
    return most


def _array(tensor: Any) -> Float32:
    """A tensor's numbers as a new array."""
    array: Float32 = tensor.detach().float().cpu().numpy()
    return array.copy()
