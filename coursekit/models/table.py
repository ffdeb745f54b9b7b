"""The table of a network: what each layer gives, how many numbers it learns, the shapes of its filters."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import nn

from coursekit.reference import output_size

__all__ = ["Row", "Summary", "summary"]


@dataclass(frozen=True)
class Row:
    """One layer.

    Attributes:
        name: The layer's name.
        output: What it gives for one image, channels first: `(C, H, W)` or `(features,)`.
        parameters: How many numbers it learns.
        filters: The shape of a conv layer's weight as torch keeps it, `(out, in, kh, kw)`; `()` for other
            layers.
    """

    name: str
    output: tuple[int, ...]
    parameters: int
    filters: tuple[int, ...] = ()

    @property
    def output_last(self) -> tuple[int, ...]:
        """What it gives, channels last: `(H, W, C)` or `(features,)`."""
        return self.output[1:] + self.output[:1]

    @property
    def filters_last(self) -> tuple[int, ...]:
        """The shape of the same weight as Keras keeps it, `(kh, kw, in, out)`."""
        return self.filters[2:] + self.filters[1::-1] if self.filters else ()


@dataclass(frozen=True)
class Summary:
    """The layers of a network in order; prints itself as a table.

    Attributes:
        rows: One for each layer.
    """

    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """How many numbers the whole network learns."""
        return sum(row.parameters for row in self.rows)

    @property
    def filters(self) -> dict[str, tuple[int, ...]]:
        """The shape of each conv layer's weight `(out, in, kh, kw)`, by the layer's name."""
        return {row.name: row.filters for row in self.rows if row.filters}

    def __repr__(self) -> str:
        lines: list[tuple[str, ...]] = [
            ("", "output", "output", "", "filters", "filters"),
            (
                "layer",
                "channels last",
                "channels first",
                "parameters",
                "(kh, kw, in, out)",
                "(out, in, kh, kw)",
            ),
        ]
        for row in self.rows:
            outputs = (_times(row.output_last), _times(row.output))
            filters = (", ".join(map(str, shape)) for shape in (row.filters_last, row.filters))
            lines.append((row.name, *outputs, f"{row.parameters:,}", *filters))
        lines.append(("total", "", "", f"{self.parameters:,}", "", ""))
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        padded = (
            [cell.rjust(width) if place == 3 else cell.ljust(width) for place, (cell, width) in cells]
            for cells in (enumerate(zip(line, widths, strict=True)) for line in lines)
        )
        return "\n".join("  ".join(cells).rstrip() for cells in padded)


def summary(model: nn.Module, input_size: tuple[int, int, int]) -> Summary:
    """Make the table of a network from its layers' settings, with no computing, so in no time and no memory.

    The layers must follow one another in the order in which the model names them. A model with `layer_names`,
    such as `vgg16`, is listed under its names for people; its ReLU layers then count as part of the layer
    before them, as in Keras. Of other models, every layer is listed.

    Args:
        model: Conv, pooling, linear, flatten, ReLU, dropout, BatchNorm and softmax layers, in any containers;
            on any device, also on the meta device.
        input_size: One image, `(C, H, W)`.

    Raises:
        ValueError: The image does not fit a layer.
        TypeError: A layer of another kind, whose output's size is not known here.

    >>> from coursekit.models.vgg import vgg16
    >>> summary(vgg16(device="meta", until="block1_pool"), (3, 224, 224))
                  output           output                       filters            filters
    layer         channels last    channels first   parameters  (kh, kw, in, out)  (out, in, kh, kw)
    block1_conv1  224 x 224 x 64   64 x 224 x 224        1,792  3, 3, 3, 64        64, 3, 3, 3
    block1_conv2  224 x 224 x 64   64 x 224 x 224       36,928  3, 3, 64, 64       64, 64, 3, 3
    block1_pool   112 x 112 x 64   64 x 112 x 112            0
    total                                               38,720
    """
    shape = tuple(input_size)
    if len(shape) != 3 or min(shape) < 1:
        raise ValueError(f"expected the size of one image (C, H, W), all from 1, got {shape}.")
    given = getattr(model, "layer_names", {})
    names = {module: name for name, module in given.items()}
    rows = []
    for name, layer in model.named_modules():
        if list(layer.children()) or not name:
            continue
        shape = _output(layer, shape, name)
        if names and (name not in names or isinstance(layer, nn.ReLU)):
            continue
        parameters = sum(parameter.numel() for parameter in layer.parameters())
        filters = tuple(layer.weight.shape) if isinstance(layer, nn.Conv2d) else ()
        rows.append(Row(names.get(name, name), shape, parameters, filters))
    return Summary(tuple(rows))


def _output(layer: nn.Module, shape: tuple[int, ...], name: str) -> tuple[int, ...]:
    """The size of what one layer gives for one image, without the axis of the images."""
    if isinstance(layer, nn.Conv2d):
        _expect(layer.in_channels, shape, 3, name)
        return (layer.out_channels, *_window(layer, shape))
    if isinstance(layer, nn.MaxPool2d | nn.AvgPool2d):
        _expect(shape[0], shape, 3, name)
        return (shape[0], *_window(layer, shape))
    if isinstance(layer, nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d):
        _expect(shape[0], shape, 3, name)
        wanted = layer.output_size if isinstance(layer.output_size, tuple) else (layer.output_size,) * 2
        return (shape[0], *(old if new is None else new for new, old in zip(wanted, shape[1:], strict=True)))
    if isinstance(layer, nn.Flatten):
        return (math.prod(shape),)
    if isinstance(layer, nn.Linear):
        _expect(layer.in_features, shape, 1, name)
        return (layer.out_features,)
    if isinstance(layer, nn.ReLU | nn.Dropout | nn.BatchNorm2d | nn.Softmax | nn.Identity):
        return shape
    raise TypeError(f"{name} is a {type(layer).__name__}; the table does not know what such a layer gives.")


def _window(layer: nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d, shape: tuple[int, ...]) -> tuple[int, int]:
    """Height and width of what a layer gives that moves a window over the image."""
    settings = {
        key: _two(getattr(layer, key), name=key)
        for key in ("kernel_size", "stride", "padding", "dilation")
        if hasattr(layer, key)
    }
    kernel = settings.pop("kernel_size")
    ceil_mode = bool(getattr(layer, "ceil_mode", False))
    return output_size((shape[1], shape[2]), kernel, ceil_mode=ceil_mode, **settings)


def _two(value: object, name: str) -> tuple[int, int]:
    """Read a setting that torch holds as one number or as two."""
    if isinstance(value, int):
        return (value, value)
    if isinstance(value, tuple) and len(value) == 2:
        return (int(value[0]), int(value[1]))
    raise TypeError(f"the {name} of a layer is {value!r}; expected one or two numbers of pixels.")


def _expect(inputs: int, shape: tuple[int, ...], axes: int, name: str) -> None:
    """Refuse an input that the layer would refuse."""
    if shape[0] != inputs or len(shape) != axes:
        wanted = f"({inputs}, H, W)" if axes == 3 else f"({inputs},)"
        raise ValueError(
            f"{name} expects {wanted} for one image, but gets {_times(shape)}. Is the input size (C, H, W), "
            "channels first?"
        )


def _times(sizes: tuple[int, ...]) -> str:
    """Write sizes with signs between them, and a single one with commas."""
    return " x ".join(map(str, sizes)) if len(sizes) > 1 else f"{sizes[0]:,}"
