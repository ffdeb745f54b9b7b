"""What a network costs, layer by layer: numbers to keep, multiplications to do."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

__all__ = ["Costs", "LayerCost", "costs"]


class LayerCost(NamedTuple):
    """What one layer costs for one image.

    Attributes:
        name: of the layer in its network.
        output_shape: for one image, as `(C, H, W)` or `(features,)`.
        parameters: numbers that are learned; counted once if the layer is used twice.
        multiplications: of weights with values; counted for conv and linear layers, 0 for all others.
    """

    name: str
    output_shape: tuple[int, ...]
    parameters: int
    multiplications: int


class Costs(list[LayerCost]):
    """The layers in the order in which they run; prints itself as a table."""

    @property
    def parameters(self) -> int:
        """Parameters of all layers."""
        return sum(layer.parameters for layer in self)

    @property
    def multiplications(self) -> int:
        """Multiplications of all layers, for one image."""
        return sum(layer.multiplications for layer in self)

    def __repr__(self) -> str:
        """One row per layer, and the total."""
        rows = [("layer", "output", "parameters", "multiplications")]
        rows += [
            (name, " x ".join(map(str, shape)), f"{parameters:,}", f"{multiplications:,}")
            for name, shape, parameters, multiplications in self
        ]
        rows += [("total", "", f"{self.parameters:,}", f"{self.multiplications:,}")]
        name, output, parameters, multiplications = (
            max(map(len, column)) for column in zip(*rows, strict=True)
        )
        return "\n".join(
            f"{a:<{name}}  {b:<{output}}  {c:>{parameters}}  {d:>{multiplications}}" for a, b, c, d in rows
        )


def costs(model: nn.Module, input_size: tuple[int, int, int]) -> Costs:
    """Parameters and multiplications of every layer, for one image of this size.

    Nothing is computed: the image and the weights go through the network as shapes only, so that a large
    network takes no longer than a small one. The model is not changed.

    Args:
        model: any network that takes `(N, C, H, W)`.
        input_size: `(C, H, W)` of one image.

    Raises:
        ValueError: an input size of another length, or with a number below 1.
        TypeError: a layer that gives no tensor.

    >>> from coursekit.models import StackedConv
    >>> costs(StackedConv(relu=False), (3, 225, 400))
    layer  output          parameters  multiplications
    conv1  12 x 221 x 396         912       78,764,400
    conv2  24 x 217 x 392       7,224      612,460,800
    conv3  48 x 213 x 388      28,848    2,380,147,200
    total                      36,984    3,071,372,400
    """
    if len(input_size) != 3 or min(input_size) < 1:
        raise ValueError(f"input_size must be (C, H, W), all from 1, got {input_size}.")
    rows = Costs()
    seen: set[nn.Module] = set()

    def listen(name: str) -> Callable[[nn.Module, tuple[Any, ...], Any], None]:
        def hear(layer: nn.Module, _: tuple[Any, ...], output: Any) -> None:
            if not isinstance(output, Tensor):
                raise TypeError(
                    f"layer {name!r} gives a {type(output).__name__}, only tensors can be counted."
                )
            parameters = 0 if layer in seen else sum(p.numel() for p in layer.parameters())
            seen.add(layer)
            # Every output value is a sum with one product for each weight of its filter (or neuron).
            weights = layer.weight[0].numel() if isinstance(layer, nn.Conv2d | nn.Linear) else 0
            rows.append(LayerCost(name, tuple(output.shape[1:]), parameters, weights * output[0].numel()))

        return hear

    shapes = {name: value.to("meta") for name, value in [*model.named_parameters(), *model.named_buffers()]}
    images = torch.zeros(2, *input_size, device="meta")  # two: BatchNorm refuses to train on one value
    with ExitStack() as hooks:
        for name, layer in model.named_modules():
            if not list(layer.children()):
                hooks.enter_context(layer.register_forward_hook(listen(name)))
        torch.func.functional_call(model, shapes, (images,))
    return rows
