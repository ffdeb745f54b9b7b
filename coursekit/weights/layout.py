"""What a VGG16 is made of: its layers' names for people, torchvision's names, the shapes of the weights."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from coursekit.weights.errors import WeightsError

__all__ = ["VGG16", "Architecture", "Layer", "fits", "own_name", "select"]

# timm's file of VGG16 calls the classifier otherwise than torchvision does, and keeps it as conv layers.
_RENAMED = {"pre_logits.fc1": "classifier.0", "pre_logits.fc2": "classifier.3", "head.fc": "classifier.6"}


@dataclass(frozen=True)
class Layer:
    """One layer that has a name for people.

    Attributes:
        name: The name for people, such as `block1_conv1`.
        module: torchvision's name for it, such as `features.0`; its tensors are `<module>.weight` and
            `<module>.bias`.
        shape: The shape of its weight, `(out, in, kh, kw)` or `(out, in)`, where the bias is `(out,)`; or
            `()` for a layer that learns nothing.
    """

    name: str
    module: str
    shape: tuple[int, ...] = ()

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each of its tensors, by torchvision's name."""
        return (
            {f"{self.module}.weight": self.shape, f"{self.module}.bias": self.shape[:1]} if self.shape else {}
        )

    @property
    def parameters(self) -> int:
        """How many numbers it learns: weights and biases."""
        return sum(math.prod(shape) for shape in self.shapes.values())


@dataclass(frozen=True)
class Architecture:
    """The sizes of a VGG16: five blocks of 3 x 3 conv layers, each with a ReLU, then a classifier.

    A pooling layer (max, 2 x 2) ends each block. Before the classifier, average pooling brings the last
    feature maps to `pool` x `pool`. The sizes are those of Simonyan and Zisserman (2014), configuration D.

    Attributes:
        widths: The number of filters of each conv layer, block by block.
        pool: Height and width of the maps that the classifier gets.
        hidden: The number of outputs of each fully connected layer before the last.
        classes: The number of outputs of the last one.

    >>> [layer.name for layer in VGG16.conv_layers()][:3]
    ['block1_conv1', 'block1_conv2', 'block2_conv1']
    >>> VGG16.layers()[-3]
    Layer(name='fc1', module='classifier.0', shape=(4096, 25088))
    >>> sum(layer.parameters for layer in VGG16.layers())
    138357544
    """

    widths: tuple[tuple[int, ...], ...] = (
        (64, 64),
        (128, 128),
        (256, 256, 256),
        (512, 512, 512),
        (512, 512, 512),
    )
    pool: int = 7
    hidden: tuple[int, ...] = (4096, 4096)
    classes: int = 1000

    def layers(self) -> tuple[Layer, ...]:
        """All layers with a name for people, in order. torchvision counts ReLU and dropout layers too."""
        layers, index, inputs = [], 0, 3
        for block, widths in enumerate(self.widths, start=1):
            for number, width in enumerate(widths, start=1):
                layers.append(Layer(f"block{block}_conv{number}", f"features.{index}", (width, inputs, 3, 3)))
                index, inputs = index + 2, width  # the conv layer and its ReLU
            layers.append(Layer(f"block{block}_pool", f"features.{index}"))
            index += 1
        layers.append(Layer("flatten", "flatten"))
        inputs *= self.pool * self.pool
        for number, outputs in enumerate((*self.hidden, self.classes)):
            name = f"fc{number + 1}" if number < len(self.hidden) else "predictions"
            layers.append(Layer(name, f"classifier.{3 * number}", (outputs, inputs)))  # linear, ReLU, dropout
            inputs = outputs
        return tuple(layers)

    def conv_layers(self) -> tuple[Layer, ...]:
        """The conv layers, in order."""
        return tuple(layer for layer in self.layers() if len(layer.shape) == 4)

    def until(self, name: str | None) -> tuple[Layer, ...]:
        """The layers from the first to the one with this name; all of them for None.

        Raises:
            WeightsError: There is no such layer.
        """
        layers = self.layers()
        names = [layer.name for layer in layers]
        if name is not None and name not in names:
            raise WeightsError(f"There is no layer {name!r}. The layers are {', '.join(names)}.")
        return layers if name is None else layers[: names.index(name) + 1]


VGG16 = Architecture()


def select(layers: int | str | Iterable[str], architecture: Architecture = VGG16) -> tuple[Layer, ...]:
    """Choose conv layers by number or by name.

    Args:
        layers: A number N for the first N conv layers; the name of a layer or of a block; `"all"`; names with
            commas between them; or several names.
        architecture: The network whose layers are meant.

    Raises:
        WeightsError: There is no such conv layer.

    >>> [layer.name for layer in select("block2")]
    ['block2_conv1', 'block2_conv2']
    >>> [layer.name for layer in select(1)]
    ['block1_conv1']
    """
    conv = architecture.conv_layers()
    if isinstance(layers, str):
        names = [name.strip() for name in layers.split(",")]
    elif isinstance(layers, int):
        names = [str(layers)]
    else:
        names = list(layers)
    chosen: set[Layer] = set()
    for name in names:
        found = {layer for layer in conv if name in (layer.name, layer.name.partition("_")[0], "all")}
        if re.fullmatch("[0-9]{1,3}", name) and 1 <= int(name) <= len(conv):
            found = set(conv[: int(name)])
        if not found:
            raise WeightsError(
                f"There are no conv layers {name!r}. Expected a number from 1 to {len(conv)} (the first so "
                f"many), a block (block1 ... block{len(architecture.widths)}), a layer ({conv[0].name} ... "
                f"{conv[-1].name}), or all."
            )
        chosen |= found
    if not chosen:
        raise WeightsError("No conv layer was named. Expected at least one name, such as block1_conv1.")
    return tuple(layer for layer in conv if layer in chosen)


def own_name(name: str) -> str:
    """Return torchvision's name of a tensor that may have timm's.

    >>> own_name("head.fc.bias"), own_name("features.0.weight")
    ('classifier.6.bias', 'features.0.weight')
    """
    module, dot, part = name.rpartition(".")
    return _RENAMED.get(module, module) + dot + part


def fits(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Say whether a weight of the found shape can be the wanted one; it may be kept as a conv layer's.

    >>> fits((4096, 512, 7, 7), (4096, 25088)), fits((3, 3, 3, 64), (64, 3, 3, 3))
    (True, False)
    """
    return found == wanted or (
        len(found) == 4 and len(wanted) == 2 and (found[0], math.prod(found[1:])) == wanted
    )
