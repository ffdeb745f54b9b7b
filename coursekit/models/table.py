"""A network as a table: what each layer outputs, how many numbers it learns, how often it multiplies."""

import math
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from mmap import mmap
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from coursekit.activations import layers_of, predicting
from coursekit.errors import WrongValueError
from coursekit.reference import output_size

COLUMNS = (  # two lines of heading, and which side the cells are aligned on
    ("", "layer", "<"),
    ("output", "channels last", "<"),
    ("output", "channels first", "<"),
    ("", "parameters", ">"),
    ("", "multiplications", ">"),
    ("filters", "kh, kw, in, out", "<"),
    ("filters", "out, in, kh, kw", "<"),
)


class Row(NamedTuple):
    """One run of one layer.

    Attributes:
        name: The layer's name; `name#2` and so on when it runs again.
        output: Shape of its output for one image, channels first: `(C, H, W)` or `(features,)`.
        parameters: How many numbers it learns that no row above has counted.
        multiplications: Weights times values for one image, in conv and linear layers; 0 for other layers.
        filters: The shape of a conv layer's weight as torch stores it, `(out, in, kh, kw)`; otherwise `()`.
    """

    name: str
    output: tuple[int, ...]
    parameters: int
    multiplications: int
    filters: tuple[int, ...] = ()


@dataclass(frozen=True)
class Summary:
    """A network's layers in the order in which they run; prints itself as a table.

    Attributes:
        rows: One for each time a layer runs.
    """

    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """How many numbers the whole network learns."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiplications(self) -> int:
        """How many multiplications all layers make for one image."""
        return sum(row.multiplications for row in self.rows)

    def __repr__(self) -> str:
        *heading, sides = zip(*COLUMNS, strict=True)
        lines: list[tuple[str, ...]] = [*heading]
        for name, output, parameters, multiplications, filters in self.rows:
            # Keras keeps channels last: (H, W, C), and filters (kh, kw, in, out).
            outputs = (_times(output[1:] + output[:1]), _times(output))
            kernels = (", ".join(map(str, shape)) for shape in (filters[2:] + filters[1::-1], filters))
            lines.append((name, *outputs, f"{parameters:,}", f"{multiplications:,}", *kernels))
        lines.append(("total", "", "", f"{self.parameters:,}", f"{self.multiplications:,}", "", ""))
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        form = "  ".join(f"{{:{side}{width}}}" for side, width in zip(sides, widths, strict=True))
        return "\n".join(form.format(*line).rstrip() for line in lines)


def summary(model: nn.Module, input_size: tuple[int, int, int]) -> Summary:
    """Make a table of a network: what each layer outputs, learns and multiplies, for one image.

    The network's `forward` runs once, so the table sees whatever it does between its layers. But conv and
    linear layers only say how large their output would be: a large network takes hardly longer than a small
    one, and no memory, even on the meta device. The model isn't changed.

    A model with `layer_names`, such as `vgg16`, is listed under its readable names, and its ReLU layers then
    count as part of the layer before them, as in Keras. For other models, every layer is listed.

    Args:
        model: Any network that takes `(N, C, H, W)` and whose parameters are all in layers.
        input_size: One image, `(C, H, W)`.

    Raises:
        ValueError: The image doesn't fit a layer, a layer with parameters doesn't run, or the network's
            layers can't be seen, as in `activations.feature_maps`.
        NotImplementedError: The table can't see or count something: weights that `forward` uses itself, a
            layer that gives no tensor, or a kind of layer that multiplies in an unknown way.

    >>> summary(nn.Sequential(nn.Conv2d(3, 4, 3), nn.MaxPool2d(2)), (3, 224, 226))
           output         output                                       filters          filters
    layer  channels last  channels first  parameters  multiplications  kh, kw, in, out  out, in, kh, kw
    0      222 x 224 x 4  4 x 222 x 224          112        5,370,624  3, 3, 3, 4       4, 3, 3, 3
    1      111 x 112 x 4  4 x 111 x 112            0                0
    total                                        112        5,370,624
    """
    size = tuple(input_size)
    if len(size) != 3 or min(size) < 1:
        raise WrongValueError(f"expected the size of one image (C, H, W), all 1 or more, got {size}.")
    layers = layers_of(model)
    dtypes = [value.dtype for value in model.parameters() if value.is_floating_point()]
    run = _Run(model, size)
    try:
        with ExitStack() as stack:
            for name, layer in layers.items():
                stack.enter_context(layer.register_forward_pre_hook(partial(run.begin, name), prepend=True))
                stack.enter_context(layer.register_forward_hook(run.end))
            stack.enter_context(predicting(model))
            stack.enter_context(torch.no_grad())
            stack.enter_context(run)
            model(_zeros((1, *size), dtypes[0] if dtypes else torch.float32))
    except NotImplementedError:
        raise
    except (RuntimeError, IndexError, ValueError) as error:
        where = run.layer or "forward"
        raise WrongValueError(f"{where} does not take {_times(run.given)}: {error}") from error
    for name, value in model.named_parameters():
        if id(value) not in run.counted:
            raise WrongValueError(
                f"{name} belongs to no layer that runs for this image, so the table would leave it out. "
                "Use its layer in forward, or take it out of the model."
            )
    return Summary(tuple(run.rows))


class _Run(TorchFunctionMode):
    """One run of a network, in which conv and linear layers output zeros of the right shape."""

    def __init__(self, model: nn.Module, size: tuple[int, ...]) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.counted: set[int] = set()  # the `id` of each parameter that is in a row
        self.layer = ""  # the name of the one that is running; "" between layers
        self.given = size  # for one image, to this layer, or to the network when between layers
        self._size = size
        self._multiplications = 0
        self._filters: tuple[int, ...] = ()
        self._times_run: Counter[str] = Counter()
        self._parameters = {id(value): name for name, value in model.named_parameters()}
        self._for_people = {path: name for name, path in getattr(model, "layer_names", {}).items()}

    def begin(self, path: str, layer: nn.Module, given: tuple[Any, ...]) -> None:
        """Note that the layer at this path begins: a hook."""
        self.layer = self._for_people.get(path, path) or type(layer).__name__
        self.given = tuple(given[0].shape[1:]) if given and isinstance(given[0], Tensor) else ()
        self._multiplications, self._filters = 0, ()

    def end(self, layer: nn.Module, _: tuple[Any, ...], output: Any) -> None:
        """Write the row of the layer that ends: a hook."""
        name, kind = self.layer, type(layer).__name__
        if not isinstance(output, Tensor):
            raise NotImplementedError(
                f"layer {name!r} gives a {type(output).__name__}, but the table can only count tensors."
            )
        parameters = list(layer.parameters())
        if not self._multiplications and any(value.ndim > 1 for value in parameters):
            raise NotImplementedError(f"{name} is a {kind}; the table does not know what such a layer costs.")
        if not self._for_people or (name in self._for_people.values() and not isinstance(layer, nn.ReLU)):
            new = {id(value): value.numel() for value in parameters if id(value) not in self.counted}
            self.counted |= new.keys()
            self._times_run[name] += 1
            again = f"#{self._times_run[name]}" if self._times_run[name] > 1 else ""
            shape = tuple(output.shape[1:])
            row = Row(name + again, shape, sum(new.values()), self._multiplications, self._filters)
            self.rows.append(row)
        self.layer, self.given = "", self._size

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Run in place of one of torch's functions."""
        kwargs = kwargs or {}
        x = args[0] if args else None
        if self.layer and func in MULTIPLYING:
            output, multiplications, self._filters = MULTIPLYING[func](*args, **kwargs)
            self._multiplications += multiplications
            return output
        if func in CHANNEL_BY_CHANNEL and isinstance(x, Tensor) and x.ndim == 4:
            single = func(x[:, :1], *args[1:], **kwargs)
            return _zeros((len(x), x.shape[1], *single.shape[2:]), x.dtype)
        tensors = [value for value in (*args, *kwargs.values()) if isinstance(value, Tensor)]
        if any(value.device.type == "cpu" for value in tensors):
            args = tuple(_on_cpu(value) for value in args)
            kwargs = {key: _on_cpu(value) for key, value in kwargs.items()}
        result = func(*args, **kwargs)
        weights = [self._parameters[id(value)] for value in tensors if id(value) in self._parameters]
        if not self.layer and isinstance(result, Tensor) and (weights or func in MULTIPLYING):
            # Not a TypeError, which operators such as @ would hide.
            raise NotImplementedError(
                f"forward computes with {weights[0] if weights else 'weights'} outside of a layer, but the "
                "table only sees layers. Turn that step into a layer: an nn.Module of its own."
            )
        return result


# What a conv or linear layer outputs, how often it multiplies, and the shape of its filters.
_Product = tuple[Tensor, int, tuple[int, ...]]
_Pair = int | tuple[int, int]


def _conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: _Pair = 1,
    padding: _Pair | str = 0,
    dilation: _Pair = 1,
    groups: int = 1,
) -> _Product:
    outputs, inputs, *kernel = weight.shape
    if input.ndim != 4 or input.shape[1] != inputs * groups:
        raise WrongValueError(f"it expects ({inputs * groups}, H, W) for one image, channels first.")
    height, width = input.shape[2:]
    if padding != "same":
        height, width = output_size(
            (height, width),
            (kernel[0], kernel[1]),
            stride=stride,
            padding=0 if isinstance(padding, str) else padding,
            dilation=dilation,
        )
    output = _zeros((len(input), outputs, height, width), input.dtype)
    # Every output value is a sum of one product for each weight of its filter.
    return output, output.numel() * weight[0].numel(), tuple(weight.shape)


def _linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> _Product:
    outputs, inputs = weight.shape
    if input.shape[-1] != inputs:
        raise WrongValueError(f"it expects ({inputs},) for one image.")
    output = _zeros((*input.shape[:-1], outputs), input.dtype)
    return output, output.numel() * inputs, ()


MULTIPLYING: dict[Any, Callable[..., _Product]] = {functional.conv2d: _conv2d, functional.linear: _linear}
# These treat every channel alike, so one channel shows how large their output is.
CHANNEL_BY_CHANNEL = (
    functional.relu,
    functional.max_pool2d,
    functional.avg_pool2d,
    functional.adaptive_avg_pool2d,
)


def _zeros(shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """Return zeros in pages fresh from the system, which take no memory until they are written to."""
    pages = mmap(-1, max(1, math.prod(shape)) * dtype.itemsize)
    return torch.frombuffer(pages, dtype=dtype, count=math.prod(shape)).view(shape)


def _on_cpu(value: Any) -> Any:
    """Replace a tensor that is elsewhere, such as on the meta device, with zeros."""
    if not isinstance(value, Tensor) or value.device.type == "cpu":
        return value
    return torch.zeros((), dtype=value.dtype, device="cpu").expand(value.shape)


def _times(sizes: tuple[int, ...]) -> str:
    """Write sizes with " x " between them, or a single one with commas."""
    return " x ".join(map(str, sizes)) if len(sizes) != 1 else f"{sizes[0]:,}"
