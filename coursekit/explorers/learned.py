"""The conv filters of a VGG, read as plain arrays that are small enough for a page."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coursekit.explorers.base import Float32
from coursekit.reference import Layer

if TYPE_CHECKING:
    from coursekit.models.vgg import VGG

__all__ = ["Filters", "layer_bytes", "read_filters"]

CONV, POOL = Layer(3, padding=1), Layer(2, stride=2)
LAST = "block5_conv3"  # the classifier behind it is not shown, and ImageNet's would be fetched: 500 MB
MOST_BYTES = 2_500_000  # of kernels: 2.4 for all of the course's network; for all of VGG16's it would be 29


@dataclass(frozen=True)
class Filters:
    """The filters of one conv layer.

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
        until = LAST if weights in (None, "course", "imagenet") else None
        model = vgg16(weights, until=until)
    else:
        raise TypeError(
            f'{explorer}: weights must be "course", "imagenet", a path, None or a network of models.vgg16, '
            f"got {type(weights).__name__}."
        )
    modules = {
        name: model.get_submodule(path)
        for name, path in model.layer_names.items()
        if "_conv" in name or name.endswith("_pool")
    }
    convs = {name: module for name, module in modules.items() if "_conv" in name}
    if any(module.weight.is_meta for module in convs.values()):
        raise ValueError(
            f"{explorer}: this network is on the meta device and has no values. Build it without "
            'device="meta".'
        )
    arrays = {name: (_array(module.weight), _array(module.bias)) for name, module in convs.items()}
    kept = _kept([weight.shape for weight, _ in arrays.values()])
    filters, chain = [], []
    for name in modules:
        chain.append(CONV if name in convs else POOL)
        if name in convs:
            weight, bias = arrays[name]
            filters.append(Filters(name, weight, bias, tuple(chain), min(kept, weight.shape[1])))
    return model, filters


def layer_bytes(filters: list[Filters], image: Float32) -> int:
    """How many bytes the maps of all layers but the first need for a photograph.

    >>> _, filters = read_filters("course", explorer="here")
    >>> layer_bytes(filters, np.zeros((85, 128, 3), np.float32))
    5242880
    """
    total = 0
    for part in filters[1:]:
        pools = sum(window.stride == 2 for window in part.windows)
        total += 4 * len(part.bias) * (image.shape[0] >> pools) * (image.shape[1] >> pools)
    return total


def _kept(shapes: list[tuple[int, ...]]) -> int:
    """The most input channels a filter that fit into a page."""
    most = max(shape[1] for shape in shapes)
    while most > 3 and sum(shape[0] * min(shape[1], most) * 18 for shape in shapes) > MOST_BYTES:
        most -= 1
    return most


def _array(tensor: Any) -> Float32:
    array: Float32 = tensor.detach().cpu().numpy().astype(np.float32)
    return array
