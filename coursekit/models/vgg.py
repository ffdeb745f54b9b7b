"""VGG16 in plain torch: the one place that says which layers it has, what they're called and how big."""

from collections.abc import Iterator, Sequence

from torch import Tensor, nn

from coursekit.errors import CourseError, WrongValueError

# Simonyan and Zisserman (2014), configuration D: the filters of each conv layer, block by block.
WIDTHS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


class WeightsError(CourseError, RuntimeError):
    """Weights can't be fetched or opened, or don't fit; the message says what to do next."""


class VGG(nn.Module):
    """Blocks of 3 x 3 conv layers, each with a ReLU; max pooling ends a block; then a classifier.

    `vgg16` builds one with its weights. This class by itself allocates nothing: its tensors are on the meta
    device, where they have shapes but no values. Its state dict has torchvision's names.

    Attributes:
        layer_names: For each readable name, the module's name in torch: `block1_conv1` is `features.0`, and
            `block1_relu1` after it is `features.1`. torch's conv layer gives negative values too; its ReLU
            doesn't.
        origin: Where the weights come from, in words.
        classes: The names of the classes, if they are known.
        mean: For red, green and blue; see `normalize`.
        std: For red, green and blue; see `normalize`.

    Args:
        widths: The number of filters in each conv layer, block by block.
        pool: Height and width of the maps that the classifier gets.
        hidden: The number of outputs of each fully connected layer before the last.
        classes: The number of outputs of the last one.
        until: The name of the last layer; the layers after it are left out. A conv layer keeps its ReLU.

    Raises:
        WeightsError: There is no layer called `until`.

    >>> tuple(VGG().state_dict())[:2]
    ('features.0.weight', 'features.0.bias')
    >>> VGG(until="block1_pool").layer_names["block1_pool"]
    'features.4'
    >>> sum(value.numel() for value in VGG().parameters())
    138357544
    """

    features: nn.Sequential

    def __init__(
        self,
        widths: Sequence[Sequence[int]] = WIDTHS,
        *,
        pool: int = 7,
        hidden: Sequence[int] = (4096, 4096),
        classes: int = 1000,
        until: str | None = None,
    ) -> None:
        super().__init__()
        self.origin = "no weights"
        self.classes: tuple[str, ...] = ()
        self.mean: tuple[float, ...] = (0.485, 0.456, 0.406)
        self.std: tuple[float, ...] = (0.229, 0.224, 0.225)
        self.layer_names: dict[str, str] = {}
        layers = list(_layers(widths, pool, hidden, classes))
        names = [name for _, name, layer in layers if name and not isinstance(layer, nn.ReLU)]
        if until is not None and until not in names:
            raise WeightsError(f"There is no layer {until!r}. The layers are {', '.join(names)}.")
        sequences = {part: nn.Sequential() for part in ("features", "classifier")}
        for part, name, layer in layers:
            if until in self.layer_names and not isinstance(layer, nn.ReLU):
                break
            path, module = part, layer
            if part in sequences:
                path, module = f"{part}.{len(sequences[part])}", sequences[part].append(layer)
            self.add_module(part, module)
            if name:
                self.layer_names[name] = path

    def forward(self, x: Tensor) -> Tensor:
        """Normalized `(N, 3, H, W)` to the last layer's output: `(N, classes)`, scores before softmax."""
        for part in self.children():
            x = part(x)
        return x

    def normalize(self, x: Tensor) -> Tensor:
        """Bring images into the range that the network was trained on.

        Args:
            x: `(N, 3, H, W)`, red, green, blue, in [0, 1].

        Returns:
            The same shape: each channel minus its mean, over its standard deviation.

        Raises:
            ValueError: There aren't four axes, or the second isn't 3 long.

        >>> import torch
        >>> VGG().normalize(torch.zeros(1, 3, 1, 1))[0, 0].round(decimals=2)
        tensor([[-2.1200]])
        """
        if x.ndim != 4 or x.shape[1] != 3:
            raise WrongValueError(
                f"expected images (N, 3, H, W), got {tuple(x.shape)}. images.to_tensor makes one from a "
                "photograph."
            )
        mean, std = (x.new_tensor(values).view(1, 3, 1, 1) for values in (self.mean, self.std))
        return (x - mean) / std

    def extra_repr(self) -> str:
        """Say where the weights come from."""
        return self.origin


def _layers(
    widths: Sequence[Sequence[int]], pool: int, hidden: Sequence[int], classes: int
) -> Iterator[tuple[str, str, nn.Module]]:
    """Yield each layer in order: the part of torchvision's VGG16 it is in, its readable name, the layer."""
    inputs = 3
    for block, outputs_of_block in enumerate(widths, start=1):
        for number, outputs in enumerate(outputs_of_block, start=1):
            conv = nn.Conv2d(inputs, outputs, 3, padding=1, device="meta")
            yield "features", f"block{block}_conv{number}", conv
            yield "features", f"block{block}_relu{number}", nn.ReLU()
            inputs = outputs
        yield "features", f"block{block}_pool", nn.MaxPool2d(2)
    # This is where torchvision has it. For an image of 224 x 224 pixels the maps are already 7 x 7.
    yield "avgpool", "", nn.AdaptiveAvgPool2d(pool)
    yield "flatten", "flatten", nn.Flatten()
    inputs *= pool * pool
    for number, outputs in enumerate(hidden, start=1):
        yield "classifier", f"fc{number}", nn.Linear(inputs, outputs, device="meta")
        yield "classifier", f"fc{number}_relu", nn.ReLU()
        yield "classifier", "", nn.Dropout()
        inputs = outputs
    yield "classifier", "predictions", nn.Linear(inputs, classes, device="meta")
