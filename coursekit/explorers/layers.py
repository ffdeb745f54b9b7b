"""Layers of a network as plain arrays: a chain of conv layers, and the learned filters of a VGG."""

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coursekit.errors import WrongTypeError, WrongValueError
from coursekit.explorers.traits import Float32
from coursekit.images import to_tensor
from coursekit.pictures.words import by
from coursekit.reference import Layer

if TYPE_CHECKING:
    from torch import nn

    from coursekit.models.vgg import VGG

LARGEST = 7  # rows and columns of a kernel whose products are legible
LAST = "block5_conv3"  # the classifier behind it is not shown, and ImageNet's would be fetched: 500 MB
MOST_BYTES = 2_500_000  # of kernels: 2.4 for all of the course's network; for all of VGG16's it would be 29


class Conv(NamedTuple):
    """One conv layer and what it gives for one photograph."""

    name: str
    weight: Float32  # (out, in, k, k)
    bias: Float32  # (out,), zeros where the layer has none
    window: Layer
    relu: bool  # whether a ReLU follows
    maps: Float32  # (out, H, W), before ReLU

    @property
    def activated(self) -> Float32:
        """What the next layer reads, (out, H, W)."""
        return np.maximum(self.maps, 0) if self.relu else self.maps

    def patches(self, inputs: Float32, row: int, column: int) -> Float32:
        """What of `inputs` (in, H, W) lies under the kernels at an output, (in, k, k); 0 in the padding."""
        size, stride, pad, dilation = self.window
        padded = np.pad(inputs, ((0, 0), (pad, pad), (pad, pad)))
        rows, columns = (at * stride + dilation * np.arange(size) for at in (row, column))
        patches: Float32 = padded[:, rows[:, None], columns]
        return patches


def conv_chain(model: "nn.Module | None", image: Float32, *, explorer: str) -> list[Conv]:
    """Run a chain of conv layers and ReLUs, or `StackedConv()`, on a photograph and read every conv layer.

    >>> [conv.maps.shape for conv in conv_chain(None, np.zeros((20, 20, 3), np.float32), explorer="here")]
    [(12, 16, 16), (24, 12, 12), (48, 8, 8)]
    """
    import torch
    from torch import nn

    from coursekit import activations
    from coursekit.models import StackedConv

    model = StackedConv() if model is None else model
    if not isinstance(model, nn.Module):
        raise WrongTypeError(
            f"{explorer}: the model must be a network such as models.StackedConv(), "
            f"got {type(model).__name__}."
        )
    layers = activations.layers_of(model)
    for name, layer in layers.items():
        if not isinstance(layer, nn.Conv2d | nn.ReLU | nn.Identity):
            raise WrongTypeError(
                f"{explorer} shows conv layers and ReLUs only, and {name!r} is a {type(layer).__name__}. "
                "Pass a model without it, such as models.StackedConv()."
            )
    convs = {name: layer for name, layer in layers.items() if isinstance(layer, nn.Conv2d)}
    if not convs:
        raise WrongTypeError(
            f"{explorer}: the model has no conv layer. Pass one such as models.StackedConv()."
        )
    for name, layer in convs.items():
        _check(name, layer, explorer)
    x = to_tensor(image).to(next(iter(convs.values())).weight.dtype)
    try:
        # In the order in which they run. One ReLU may stand in several places: then it is relu, relu#2, ...
        outputs = activations.feature_maps(model, x, layers)
    except (ValueError, RuntimeError) as error:
        raise WrongValueError(
            f"{explorer}: the model does not take a photograph of {by(image.shape[:2])} pixels: {error}"
        ) from error
    chain: list[Conv] = []
    source, given = "the photograph", as_array(x[0])
    for name, output in outputs.items():
        layer, maps = layers[name.partition("#")[0]], as_array(output[0])
        if isinstance(layer, nn.Conv2d):
            window = Layer(layer.kernel_size[0], layer.stride[0], int(layer.padding[0]), layer.dilation[0])
            weight = as_array(layer.weight)
            bias = np.zeros(len(weight), np.float32) if layer.bias is None else as_array(layer.bias)
            chain.append(Conv(name, weight, bias, window, False, maps))
            if not all(np.isfinite(part).all() for part in (weight, bias, maps)):
                raise WrongValueError(
                    f"{explorer}: {name} holds or gives NaN or infinity. Make the model again, and train it "
                    "with a smaller learning rate."
                )
            reads = _reads(chain[-1], given, torch.finfo(output.dtype).eps)
        elif isinstance(layer, nn.ReLU):
            reads = np.array_equal(maps, np.maximum(given, 0))
            chain[-1:] = [conv._replace(relu=True) for conv in chain[-1:]]
        else:
            reads = np.array_equal(maps, given)
        if not reads:
            raise WrongValueError(
                f"{explorer}: {name} does not read {source}. Write each layer and each ReLU as a module of "
                "its own, in the order in which they run."
            )
        source, given = f"what {name} gives", maps
    return chain


def _check(name: str, layer: "nn.Conv2d", explorer: str) -> None:
    """Refuse a conv layer that the page cannot draw."""
    settings = (layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    square = all(not isinstance(setting, str) and len(set(setting)) == 1 for setting in settings)
    if not square or layer.groups != 1 or layer.padding_mode != "zeros" or layer.kernel_size[0] > LARGEST:
        raise WrongValueError(
            f"{explorer} shows conv layers with square kernels up to {LARGEST} x {LARGEST}, the same stride, "
            f"padding and dilation in both directions, zeros as padding and one group; {name!r} is {layer}."
        )


def _reads(conv: Conv, given: Float32, precision: float) -> bool:
    """Whether a layer's middle unit is made of these maps, which are rounded to a precision."""
    if conv.weight.shape[1] != len(given):
        return False
    row, column = (side // 2 for side in conv.maps.shape[1:])
    products = (conv.patches(given, row, column) * conv.weight[0]).astype(np.float64)
    bias = float(conv.bias[0])
    off = abs(float(products.sum()) + bias - float(conv.maps[0, row, column]))
    return bool(off <= max(1e-4, precision) * (float(np.abs(products).sum()) + abs(bias)) + 1e-9)


@dataclass(frozen=True)
class Filters:
    """The filters of one conv layer of a VGG."""

    weight: Float32  # (out, in, 3, 3)
    bias: Float32  # (out,)
    windows: tuple[Layer, ...]  # from the photograph to this layer
    most: int  # input channels of a filter that go to the page

    @cached_property
    def strongest(self) -> NDArray[np.intp]:
        """Indices of each filter's input channels that go to the page, those with the largest norm first."""
        norms = (self.weight.astype(np.float64) ** 2).sum(axis=(2, 3))
        return np.argsort(-norms, axis=1, kind="stable")[:, : self.most]

    @cached_property
    def factor(self) -> float:
        """A power of 2: weights divided by it use the range of 16-bit numbers, so that none loses digits."""
        largest = float(np.abs(self.weight).max())
        return float(2.0 ** (np.ceil(np.log2(largest)) - 14)) if largest > 0 else 1.0

    def halves(self) -> bytes:
        """The kernels of the strongest input channels as 16-bit numbers, (out, kept, 3, 3)."""
        kept = np.take_along_axis(self.weight, self.strongest[:, :, None, None], axis=1)
        return (kept / self.factor).astype("<f2").tobytes()


def read_filters(
    weights: "str | os.PathLike[str] | VGG | None", *, explorer: str
) -> tuple["VGG", dict[str, Filters]]:
    """Build a VGG with weights that `models.vgg16` takes, or take one, and read its conv layers by name.

    >>> model, filters = read_filters("course", explorer="here")
    >>> len(filters), filters["block5_conv3"].weight.shape
    (13, (128, 128, 3, 3))
    """
    from torch import nn

    from coursekit.activations import layers_of
    from coursekit.models import vgg16
    from coursekit.models.vgg import VGG

    if isinstance(weights, nn.Module):
        layers_of(weights)  # which says what cannot be seen in a network that is compiled
    if isinstance(weights, VGG):
        model = weights
    elif weights is None or isinstance(weights, str | os.PathLike):
        # Of a file of one's own, as much as it holds.
        model = vgg16(weights, until=LAST if weights in (None, "course", "imagenet") else None)
    else:
        raise WrongTypeError(
            f'{explorer}: weights must be "course", "imagenet", a path, None or a network of models.vgg16, '
            f"got {type(weights).__name__}."
        )
    convs = {name: model.get_submodule(at) for name, at in model.layer_names.items() if "_conv" in name}
    if any(conv.weight.is_meta for conv in convs.values()):
        raise WrongValueError(
            f"{explorer}: this network is on the meta device and has no values. Build it without "
            'device="meta".'
        )
    weights_of = {name: as_array(conv.weight) for name, conv in convs.items()}
    shapes = [weight.shape[:2] for weight in weights_of.values()]
    most = max(inputs for _, inputs in shapes)
    while most > 3 and sum(18 * outputs * min(inputs, most) for outputs, inputs in shapes) > MOST_BYTES:
        most -= 1
    chain: list[Layer] = []
    filters = {}
    for name in model.layer_names:
        if name.endswith("_pool"):
            chain.append(Layer(2, stride=2))
        elif name in convs:
            chain.append(Layer(3, padding=1))
            filters[name] = Filters(weights_of[name], as_array(convs[name].bias), tuple(chain), most)
    return model, filters


def as_array(tensor: Any) -> Float32:
    """A tensor's numbers as a new array."""
    array: Float32 = tensor.detach().float().cpu().numpy()
    return array.copy()
