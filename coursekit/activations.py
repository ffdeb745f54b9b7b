"""Look into a network: the feature maps of any layer, and what one value in them has seen.

Looking changes nothing. The network runs on a copy of the input, in the mode in which it predicts (dropout
off, BatchNorm with its learned numbers). Afterwards every layer is back in its old mode, no gradient is
stored and no hook is left, even after an error or an interrupt.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from coursekit.errors import WrongTypeError, WrongValueError

__all__ = ["feature_maps", "gradient_field", "layers_of", "predicting"]


def feature_maps(model: nn.Module, x: Tensor, layers: str | Iterable[str] | None = None) -> dict[str, Tensor]:
    """Run a network and return what each layer outputs for this input.

    Args:
        model: Any network.
        x: Its input, usually `(N, C, H, W)`.
        layers: Names of layers, or one name; a layer inside another is written `outer.inner`. If None, all
            layers that contain no other layers.

    Returns:
        Outputs by layer name, in the order in which the layers ran; copies without gradients. A layer that
        runs more than once gives `name`, then `name#2`, and so on.

    Raises:
        ValueError: The model has no layer with this name, the layer doesn't run for this input, or nothing
            can be seen: the model is compiled, traced or scripted, or its weights have no size or no values.
        TypeError: The input isn't a tensor, or a layer gives something other than a single tensor.

    Source of the idea, hooks that are removed whatever happens: Captum.

    >>> model = nn.Sequential()
    >>> model.add_module("conv", nn.Conv2d(1, 4, 3))
    >>> model.add_module("relu", nn.ReLU())
    >>> {name: tuple(maps.shape) for name, maps in feature_maps(model, torch.zeros(1, 1, 8, 8)).items()}
    {'conv': (1, 4, 6, 6), 'relu': (1, 4, 6, 6)}
    """
    maps: dict[str, Tensor] = {}
    calls: dict[str, int] = {}

    def hear(name: str, output: Tensor) -> None:
        calls[name] = calls.get(name, 0) + 1
        # A copy, since a ReLU that works in place would overwrite what came before it.
        maps[name if calls[name] == 1 else f"{name}#{calls[name]}"] = output.detach().clone()

    chosen = _choose(model, x, layers)
    with torch.no_grad():
        _run(model, x, chosen, hear)
    unreached = [name for name in chosen if name not in calls]
    if unreached and (layers is not None or not calls):
        raise WrongValueError(f"layer {unreached[0]!r} takes no part in the forward pass for this input.")
    return maps


def gradient_field(model: nn.Module, x: Tensor, layer: str, channel: int, row: int, column: int) -> Tensor:
    """Measure how strongly each input pixel moves one value of a feature map; 0 where it doesn't look.

    This shows the receptive field at work. Max pooling passes on one pixel of each window, and ReLU only
    positive values, so what a value sees in one image can be smaller than its possible field.

    Args:
        model: Any network.
        x: One image, `(1, C, H, W)`.
        layer: Name of a layer that gives `(1, channels, H', W')`.
        channel: The value's channel in the layer's output.
        row: The value's row.
        column: The value's column.

    Returns:
        `(H, W)`, 0 or more: the absolute gradient of the value with respect to the pixel, summed over the
        channels of the image.

    Raises:
        ValueError: There is more than one image, there is no such layer or value, the layer doesn't run
            exactly once or gives no maps, or nothing can be seen, as in `feature_maps`.
        TypeError: As in `feature_maps`.

    >>> model = nn.Sequential(nn.Conv2d(1, 1, 3))
    >>> field = gradient_field(model, torch.zeros(1, 1, 6, 6), "0", channel=0, row=1, column=2)
    >>> (field > 0).int()[:5]
    tensor([[0, 0, 0, 0, 0, 0],
            [0, 0, 1, 1, 1, 0],
            [0, 0, 1, 1, 1, 0],
            [0, 0, 1, 1, 1, 0],
            [0, 0, 0, 0, 0, 0]], dtype=torch.int32)
    """
    chosen = _choose(model, x, layer)
    if x.ndim != 4 or x.shape[0] != 1:
        raise WrongValueError(f"gradient_field needs one image (1, C, H, W), got {tuple(x.shape)}.")
    outputs: list[Tensor] = []
    pixels = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        _run(model, pixels, chosen, lambda _, output: outputs.append(output.clone()))
    if len(outputs) != 1 or outputs[0].ndim != 4:
        shapes = [tuple(output.shape) for output in outputs]
        raise WrongValueError(
            f"layer {layer!r} must run once and give (1, channels, H, W), but it gave {shapes}."
        )
    _, channels, height, width = outputs[0].shape
    if not (0 <= channel < channels and 0 <= row < height and 0 <= column < width):
        raise WrongValueError(
            f"layer {layer!r} gives {channels} maps of {height} x {width}, so there is no value at channel "
            f"{channel}, row {row}, column {column}. Channels, rows and columns count from 0."
        )
    with torch.enable_grad():  # even if the caller is under no_grad
        value = outputs[0][0, channel, row, column]
    (gradient,) = torch.autograd.grad(value, pixels)
    return gradient[0].abs().sum(dim=0)


def layers_of(model: nn.Module) -> dict[str, nn.Module]:
    """List a network's layers by name, in its own order: the modules that contain no other layers.

    Lists don't count as layers, nor does anything that a parametrization, such as weight norm, puts in one.

    Raises:
        ValueError: This network's layers can't be seen, or have no size yet.

    >>> list(layers_of(nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sequential(nn.ReLU(), nn.MaxPool2d(2)))))
    ['0', '1.0', '1.1']
    """
    _check_layers(model)
    return {
        name: module
        for name, module in model.named_modules()
        if "parametrizations" not in name.split(".")
        and all(child == "parametrizations" for child, _ in module.named_children())
        and type(module).forward is not nn.Module.forward
    }


def _check_layers(model: nn.Module) -> None:
    """Refuse a network that runs as one program, or whose weights have no size yet."""
    for name, part in model.named_modules():
        one = isinstance(part, torch.jit.ScriptModule) or hasattr(part, "_orig_mod")
        if one or part._compiled_call_impl is not None:
            raise WrongValueError(
                f"{f'layer {name!r}' if name else 'the model'} is compiled, traced or scripted: it runs as "
                "one program, in which no layer can be seen. Pass the network as it was before: "
                "model._orig_mod after torch.compile(model), copy.deepcopy(model) after model.compile()."
            )
    for name, value in model.named_parameters():
        if isinstance(value, nn.UninitializedParameter):
            raise WrongValueError(f"{name} has no size yet: let the model see an image first, model(x).")


def _choose(model: nn.Module, x: Tensor, layers: str | Iterable[str] | None) -> dict[str, nn.Module]:
    """Find the layers with these names, or if None all that contain no others; refuse what can't be run."""
    if not isinstance(x, Tensor):
        raise WrongTypeError(
            f"expected a tensor, got {type(x).__name__}. images.to_tensor makes one from an image."
        )
    if not x.is_meta and any(value.is_meta for value in model.parameters()):
        raise WrongValueError(
            'this network is on the meta device, so it has no values. Build it without device="meta".'
        )
    if layers is None:
        return layers_of(model)
    _check_layers(model)
    if not isinstance(layers, Iterable):
        raise WrongTypeError(f"layers must be the name of a layer or a list of names, got {layers!r}.")
    there_are = dict(model.named_modules(remove_duplicate=False))
    # A network that also has readable names, such as vgg16, can be asked for those too.
    there_are |= {name: model.get_submodule(path) for name, path in getattr(model, "layer_names", {}).items()}
    names = [layers] if isinstance(layers, str) else list(layers)
    for name in names:
        if name not in there_are:
            near = difflib.get_close_matches(str(name), there_are, n=1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            known = ", ".join(filter(None, there_are))
            raise WrongValueError(f"the model has no layer {name!r}. {hint}There are: {known}.")
    return {name: there_are[name] for name in names}


def _run(
    model: nn.Module, x: Tensor, layers: dict[str, nn.Module], hear: Callable[[str, Tensor], None]
) -> None:
    """Run the model on a copy of its input; call `hear(name, output)` whenever one of the layers has run."""

    def hook(name: str, _: nn.Module, __: tuple[Any, ...], output: Any) -> None:
        if not isinstance(output, Tensor):
            raise WrongTypeError(
                f"layer {name!r} gives a {type(output).__name__}, not a single tensor. "
                "Ask for the layers inside it, or for others."
            )
        hear(name, output)

    with predicting(model), ExitStack() as hooks:
        for name, layer in layers.items():
            hooks.enter_context(layer.register_forward_hook(partial(hook, name)))
        model(x.clone())


@contextmanager
def predicting(model: nn.Module) -> Iterator[None]:
    """Let the model predict inside the block; afterwards it and torch's random state are as they were."""
    # Pruning and weight norm make a layer's weight afresh each time it runs.
    held = [
        (vars(layer), {key: value for key, value in vars(layer).items() if isinstance(value, Tensor | bool)})
        for layer in model.modules()
    ]
    with torch.random.fork_rng(devices=[]):  # in case of a dropout that never switches off
        model.eval()
        try:
            yield
        finally:
            for holds, before in held:
                holds.update(before)
