"""VGG16 in plain torch: torchvision's names in its state dict, names for people beside them."""

from __future__ import annotations

import os

import torch
from torch import Tensor, nn

from coursekit.weights.layout import VGG16, Architecture
from coursekit.weights.opening import CONV_ONLY, Learned, open_weights

__all__ = ["VGG", "vgg16"]


class VGG(nn.Module):
    """Blocks of 3 x 3 conv layers, each with a ReLU; max pooling ends a block; then a classifier.

    `vgg16` builds one with its weights. This class alone allocates nothing: its tensors are on the meta
    device, where they have shapes but no values.

    Attributes:
        layer_names: For each name for people, the name of the module in torch: `block1_conv1` is
            `features.0`, and `block1_relu1` behind it is `features.1`. torch's conv layer gives negative
            values too, its ReLU does not.
        origin: Where the weights come from, in words.
        classes: The names of the classes, where they are known.
        mean: For red, green and blue; see `normalize`.
        std: For red, green and blue; see `normalize`.

    Args:
        architecture: The sizes.
        until: The name of the last layer; the layers behind it are left out. A conv layer keeps its ReLU.

    >>> tuple(VGG().state_dict())[:2]
    ('features.0.weight', 'features.0.bias')
    >>> VGG(until="block1_pool").layer_names["block1_pool"]
    'features.4'
    """

    def __init__(self, architecture: Architecture = VGG16, until: str | None = None) -> None:
        """Build the layers without allocating them."""
        super().__init__()
        self.architecture = architecture
        self.origin = "no weights"
        self.classes: tuple[str, ...] = ()
        self.mean: tuple[float, ...] = (0.485, 0.456, 0.406)
        self.std: tuple[float, ...] = (0.229, 0.224, 0.225)
        self.layer_names: dict[str, str] = {}
        self.features = nn.Sequential()
        for layer in architecture.until(until):
            if layer.name == "flatten":
                # torchvision's place for it. For an image of 224 x 224 pixels the maps are 7 x 7 already.
                self.avgpool = nn.AdaptiveAvgPool2d(architecture.pool)
                self.flatten = nn.Flatten()
                self.classifier = nn.Sequential()
            elif len(layer.shape) == 4:
                outputs, inputs = layer.shape[:2]
                self.features.append(nn.Conv2d(inputs, outputs, 3, padding=1, device="meta"))
                self.features.append(nn.ReLU())
            elif layer.name.endswith("_pool"):
                self.features.append(nn.MaxPool2d(2))
            else:
                outputs, inputs = layer.shape
                self.classifier.append(nn.Linear(inputs, outputs, device="meta"))
                if layer.name != "predictions":
                    self.classifier.extend([nn.ReLU(), nn.Dropout()])
            self.layer_names[layer.name] = layer.module
            if layer.shape and layer.name != "predictions":
                relu = layer.name.replace("conv", "relu") if "conv" in layer.name else f"{layer.name}_relu"
                part, _, index = layer.module.rpartition(".")
                self.layer_names[relu] = f"{part}.{int(index) + 1}"

    def forward(self, x: Tensor) -> Tensor:
        """Normalized `(N, 3, H, W)` to what the last layer gives: `(N, classes)`, scores before softmax."""
        x = self.features(x)
        if "flatten" in self.layer_names:
            x = self.classifier(self.flatten(self.avgpool(x)))
        return x

    def normalize(self, x: Tensor) -> Tensor:
        """Bring images to the range that the network was trained with.

        Args:
            x: `(N, 3, H, W)`, red, green, blue, in [0, 1].

        Returns:
            The same shape: each channel minus its mean, over its standard deviation.

        Raises:
            ValueError: The second axis is not of length 3.

        >>> VGG().normalize(torch.zeros(1, 3, 1, 1))[0, 0].round(decimals=2)
        tensor([[-2.1200]])
        """
        if x.ndim != 4 or x.shape[1] != 3:
            raise ValueError(
                f"expected images (N, 3, H, W), got {tuple(x.shape)}. images.to_tensor makes one from a "
                "photograph."
            )
        mean, std = (x.new_tensor(values).view(1, 3, 1, 1) for values in (self.mean, self.std))
        return (x - mean) / std

    def extra_repr(self) -> str:
        """Say where the weights come from."""
        return self.origin


def vgg16(
    weights: str | os.PathLike[str] | None = None,
    *,
    until: str | None = None,
    device: torch.device | str | None = None,
    seed: int = 0,
) -> VGG:
    """Build a VGG16, ready to predict: in evaluation mode, its weights fixed (`requires_grad_()` frees them).

    Args:
        weights: None for random numbers; `"course"` for this course's own small network, which is always
            there; `"imagenet"` for torchvision's, from the cache or the network; or the path of a file,
            `.safetensors` or torchvision's `.pth`.
        until: The name of the last layer to build, such as `"block1_conv1"`: less is fetched and kept. None
            is the whole network, or as much of it as the file holds; of ImageNet's weights, all conv layers
            (to `block5_pool`, 59 MB). `until="predictions"` fetches the whole file, 553 MB.
        device: `"meta"` for shapes without values: nothing is allocated or fetched. None is torch's default
            device.
        seed: For random weights; torch's own random state is left alone.

    Raises:
        WeightsError: The weights are not there, cannot be fetched or do not fit; the message says what to do.
        DataError: The course's own file is missing.

    Learned weights are mapped from their file, so that processes share them; writing to them changes no file.

    >>> vgg16(device="meta").features[0].weight.shape
    torch.Size([64, 3, 3, 3])
    >>> vgg16("course", until="block1_conv2").layer_names["block1_conv2"]
    'features.2'

    Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
        2014.
    """
    target = torch.device(device) if device is not None else torch.get_default_device()
    shapes_only = target.type == "meta"
    if weights is None or (shapes_only and weights == "imagenet"):
        model = VGG(until=until or (CONV_ONLY if weights else None))
        if not shapes_only:
            _fill_at_random(model, target, seed)
    else:
        learned = open_weights(weights, until)
        model = VGG(learned.architecture, learned.until)
        _describe(model, learned)
        if not shapes_only:
            model.load_state_dict(learned.tensors, assign=True)
            model.to(target)
    return model.eval().requires_grad_(False)


def _describe(model: VGG, learned: Learned) -> None:
    """Note on the model what is known about its weights."""
    model.origin, model.classes = learned.origin, learned.classes
    model.mean, model.std = learned.mean, learned.std


def _fill_at_random(model: VGG, target: torch.device, seed: int) -> None:
    """Fill it with random weights of such a size that values neither grow nor fade (He, 2015)."""
    model.to_empty(device=target)
    generator = torch.Generator(device=target).manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    model.origin = f"random weights (seed {seed})"
