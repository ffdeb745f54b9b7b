"""A network that is a chain of conv layers, read as plain arrays for the page."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from coursekit.explorers.base import Float32
from coursekit.reference import Layer

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Conv", "conv_chain"]

LARGEST = 7  # rows and columns of a kernel whose products are legible


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
        rows = row * stride + dilation * np.arange(size)
        columns = column * stride + dilation * np.arange(size)
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

    if model is None:
        model = StackedConv()
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
    convs = [(name, layer) for name, layer in leaves if isinstance(layer, nn.Conv2d)]
    if not convs:
        raise TypeError(f"{explorer}: the model has no conv layer. Pass one such as models.StackedConv().")
    for name, layer in convs:
        _check(name, layer, explorer)
    if convs[0][1].in_channels != 3:
        raise ValueError(
            f"{explorer}: {convs[0][0]} reads {convs[0][1].in_channels} channels, and a photograph has 3. "
            "Its channels=(3, ...) must begin with 3."
        )
    x = images.to_tensor(image).to(convs[0][1].weight.dtype)
    try:
        outputs = activations.feature_maps(model, x, [name for name, _ in convs])
    except (ValueError, RuntimeError) as error:
        raise ValueError(
            f"{explorer}: the model does not take a photograph of {image.shape[0]} x {image.shape[1]} "
            f"pixels: {error}"
        ) from error
    followed = {
        name: isinstance(next_layer, nn.ReLU)
        for (name, _), (_, next_layer) in zip(leaves, [*leaves[1:], ("", None)], strict=True)
    }
    chain = [
        Conv(
            name,
            _array(layer.weight),
            np.zeros(layer.out_channels, np.float32) if layer.bias is None else _array(layer.bias),
            Layer(layer.kernel_size[0], layer.stride[0], int(layer.padding[0]), layer.dilation[0]),
            followed[name],
            _array(outputs[name][0]),
        )
        for name, layer in convs
    ]
    for conv in chain:
        if not all(np.isfinite(part).all() for part in (conv.weight, conv.bias, conv.maps)):
            raise ValueError(
                f"{explorer}: {conv.name} holds or gives NaN or infinity. Make the model again, and train it "
                "with a smaller learning rate."
            )
    for before, after in pairwise(chain):
        if not _reads(after, before):
            raise ValueError(
                f"{explorer}: {after.name} does not read what {before.name} gives. Write each layer and each "
                "ReLU as a module of its own, in the order in which they run."
            )
    return chain


def _reads(conv: Conv, before: Conv) -> bool:
    """Whether a layer's middle unit is made of the maps of the layer before it."""
    if conv.weight.shape[1] != len(before.maps):
        return False
    _, height, width = conv.maps.shape
    patches = conv.patches(before.activated, height // 2, width // 2)
    value = float((patches * conv.weight[0]).sum(dtype=np.float64) + conv.bias[0])
    reach = float(np.abs(patches * conv.weight[0]).sum(dtype=np.float64)) + abs(float(conv.bias[0]))
    return bool(abs(value - conv.maps[0, height // 2, width // 2]) <= 1e-4 * reach + 1e-9)


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


def _array(tensor: Any) -> Float32:
    """A tensor's numbers as a new array."""
    array: Float32 = tensor.detach().cpu().numpy().astype(np.float32)
    return array
