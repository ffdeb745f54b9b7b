"""The filters and maps of VGG16: a filter beside its map, and what a unit of it sees of the photograph."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import traitlets

from coursekit.explorers.base import Explorer, packed, photograph
from coursekit.explorers.layers import Filters, read_filters
from coursekit.explorers.traits import Float32, Int, OneOf, WrongValueError, between
from coursekit.images import ImageError
from coursekit.pictures import Picture, show_stages
from coursekit.pictures.words import number
from coursekit.reference import ReceptiveField, receptive_field

if TYPE_CHECKING:
    from coursekit.models.vgg import VGG

__all__ = ["VggExplorer"]

USUAL = 128  # the longest side of the photograph
MOST_BYTES = 8_000_000  # of everything that goes to the page
BEGINNING = "block3_conv3"  # its maps are still pictures, and a unit of it sees 40 x 40 pixels
FRAME = (1.0, 0.84, 0.29)


class VggExplorer(Explorer):
    """Choose a layer, a filter and a channel; see the filter, its map, and what a unit of the map sees.

    Args:
        image: The photograph: a sample's name, a path, or an array (H, W[, 3]).
        weights: As for `models.vgg16`: "course", "imagenet", a file's path, None for random ones; or a VGG
            that `models.vgg16` has made.
        max_side: Longest side in pixels; None: the most whose maps are 8 MB together, and 128 at most. All
            layers go to the page, so that it needs no kernel.

    Attributes:
        image: (H, W, 3) float32 in [0, 1], as the network got it before it was normalized.
        layer: Name of the chosen conv layer.
        filter: Index of the chosen filter, and of its map, from 0.
        channel: Index of the input channel whose kernel is shown, from 0.
        maps: Shown "after" or "before" ReLU.

    All but the photograph can be assigned; the page follows.

    Raises:
        ImageError: The photograph cannot be used: it has too few pixels for all poolings, or too many.
        TypeError: The weights are of another kind.
        ValueError: The network has no values.
        WeightsError: The weights are not there.

    Indices in Python begin with 0, as in a tensor; the page calls the filter with index 0 "filter 1", as the
    pictures do.

    >>> explorer = VggExplorer("cat", max_side=64)
    >>> explorer.layer, explorer.field.size, explorer.map.shape
    ('block3_conv3', 40, (10, 16))
    >>> explorer.layer = "block1_conv1"  # the page follows
    """

    module: ClassVar[str] = "vgg"
    title: ClassVar[str] = "VGG explorer"
    resizing: ClassVar[tuple[str, ...]] = ("layer",)

    layer = traitlets.TraitType[str, Any]().tag(sync=True)
    filter = Int().tag(sync=True)
    channel = Int().tag(sync=True)
    maps = OneOf("after", "before").tag(sync=True)
    _layers = traitlets.List(traitlets.Dict()).tag(sync=True)
    _normal = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    _origin = traitlets.Unicode().tag(sync=True)
    _first = traitlets.Bytes().tag(sync=True)
    _maps = traitlets.Bytes().tag(sync=True)
    _weights = traitlets.Bytes().tag(sync=True)
    _inputs = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        image: Any,
        weights: str | os.PathLike[str] | VGG | None = "course",
        *,
        max_side: int | None = None,
    ) -> None:
        model, filters = read_filters(weights, explorer="VggExplorer")
        small = _fitted(image, model, filters, max_side)
        maps = _maps_of(model, small, [layer.name for layer in filters])
        self._learned = {part.name: (part, values) for part, values in zip(filters, maps, strict=True)}
        first, names = filters[0], list(self._learned)
        layer = BEGINNING if BEGINNING in names else names[-1]
        part, values = self._learned[layer]
        strongest = int(values.max(axis=(1, 2)).argmax())
        super().__init__(
            small,
            layer=layer,
            filter=strongest,
            channel=int(part.strongest[strongest, 0]),
            _layers=[_told(part, values) for part, values in self._learned.values()],
            _normal=[list(model.mean), list(model.std)],
            _origin=model.origin,
            _first=packed(np.concatenate([first.weight.ravel(), first.bias])),
            # The page computes the maps of the first layer itself: they are large, and their filters few.
            _maps=b"".join(packed(values) for values in maps[1:]),
            _weights=b"".join(part.halves for part in filters),
            _inputs=b"".join(part.strongest.astype("<u2").tobytes() for part in filters),
        )
        self.observe(self._choose_what_exists, ["layer", "filter"])

    @traitlets.validate("layer")
    def _is_in_the_network(self, proposal: Any) -> str:
        name = proposal["value"]
        if name not in self._learned:
            raise WrongValueError(
                f"VggExplorer: there is no conv layer {name!r}. There are {', '.join(self._learned)}."
            )
        return str(name)

    @traitlets.validate("filter", "channel")
    def _exists_in_the_layer(self, proposal: Any) -> int:
        count = self._part.weight.shape[0 if proposal["trait"].name == "filter" else 1]
        noun = "filter" if proposal["trait"].name == "filter" else "input channel"
        hint = f"{self.layer} has {count} {noun}s with the indices 0 to {count - 1}."
        between(proposal["value"], 0, count - 1, f"VggExplorer: {proposal['trait'].name}", hint=hint)
        return int(proposal["value"])

    @traitlets.default("position")
    def _strongest_unit(self) -> tuple[int, int]:
        return divmod(int(self.map.argmax()), int(self.map.shape[1]))

    def _choose_what_exists(self, _: Any) -> None:
        """Choose another filter and input channel where a new layer has not that many, as the page does."""
        self.filter = min(self.filter, len(self._part.weight) - 1)
        if self.channel not in self._part.strongest[self.filter]:
            self.channel = int(self._part.strongest[self.filter, 0])

    @property
    def _part(self) -> Filters:
        return self._learned[self.layer][0]

    @property
    def map(self) -> Float32:
        """The chosen filter's map before ReLU, (H, W) float32; a copy."""
        return np.array(self._learned[self.layer][1][self.filter])

    @property
    def value(self) -> float:
        """The unit's value before ReLU."""
        return float(self.map[self.position])

    @property
    def field(self) -> ReceptiveField:
        """Size and step of the layer's receptive fields; `field.span(row)` gives first and last pixel."""
        return receptive_field(self._part.windows)

    def _extent(self) -> tuple[int, int]:
        height, width = self._learned[self.layer][1].shape[1:]
        return height, width

    def _draw(self) -> Picture:
        spans = [self.field.span(index) for index in self.position]
        row, column = self.position
        kernel = self._part.weight[self.filter, self.channel]
        name = f"{self.layer}, filter {self.filter + 1}, after ReLU"
        stages = {
            "the photograph, with a frame around what the unit sees": _framed(self.image, spans),
            name: np.maximum(self.map, 0)[None],
        }
        picture = show_stages(stages, title=f"A map of {self.layer}, {self._origin}")
        (top, bottom), (left, right) = spans
        size = self.field.size
        rows = "; ".join(" ".join(number(weight) for weight in line) for line in kernel)
        return picture.retold(
            f"{self.layer}, filter {self.filter + 1} of {len(self._part.weight)}, row {row}, column "
            f"{column}: value {number(self.value)} before ReLU. The unit sees {size} x {size} pixels: rows "
            f"{top} to {bottom}, columns {left} to {right}; what lies beyond {self.image.shape[0]} x "
            f"{self.image.shape[1]} is padding. Its kernel for channel {self.channel + 1}, row by row: "
            f"{rows}. {picture.words}"
        )


def _maps_of(model: VGG, image: Float32, names: list[str]) -> list[Float32]:
    """What each conv layer gives for the photograph, (out, H, W), before ReLU."""
    from coursekit import activations, images

    x = model.normalize(images.to_tensor(image)).to(next(model.parameters()).dtype)
    found = activations.feature_maps(model, x, names)
    return [found[name][0].float().cpu().numpy() for name in names]


def _fitted(source: Any, model: VGG, filters: list[Filters], max_side: int | None) -> Float32:
    """The photograph, small enough for the page and large enough for the poolings."""
    explorer = "VggExplorer"
    image = photograph(
        source, mode="rgb", max_side=USUAL if max_side is None else max_side, explorer=explorer
    )
    left = MOST_BYTES - sum(len(part.halves) + 2 * part.strongest.size for part in filters)
    size = _bytes_of_maps(filters, image)
    if size > left:
        fits = int(max(image.shape[:2]) * (left / size) ** 0.5)
        if max_side is not None:
            raise ImageError(
                f"{explorer}: for {image.shape[0]} x {image.shape[1]} pixels the maps are "
                f"{size / 1e6:.0f} MB, and the page takes {left / 1e6:.0f} MB. "
                f"Pass max_side={fits}, or leave it out."
            )
        image = photograph(source, mode="rgb", max_side=fits, explorer=explorer)
    least = 2 ** sum(name.endswith("_pool") for name in model.layer_names)
    if min(image.shape[:2]) < least:
        raise ImageError(
            f"{explorer}: {image.shape[0]} x {image.shape[1]} pixels are left, and the network's poolings "
            f"need {least} x {least}. Pass a photograph that is larger, or less narrow."
        )
    return image


def _bytes_of_maps(filters: list[Filters], image: Float32) -> int:
    """How many bytes the maps of all layers but the first need."""
    height, width = image.shape[:2]
    return sum(4 * len(part.bias) * (height >> part.pools) * (width >> part.pools) for part in filters[1:])


def _told(part: Filters, maps: Float32) -> dict[str, Any]:
    """What the page must know about a layer beside its numbers."""
    return {
        "name": part.name,
        "filters": maps.shape[0],
        "height": maps.shape[1],
        "width": maps.shape[2],
        "inputs": part.weight.shape[1],
        "kept": part.strongest.shape[1],
        "factor": part.factor,
        "windows": [window._asdict() for window in part.windows],
    }


def _framed(image: Float32, spans: list[tuple[int, int]]) -> Float32:
    """A copy of the photograph with a frame one pixel wide around the field, inside the photograph."""
    framed = image.copy()
    (top, bottom), (left, right) = (
        (max(first, 0), min(last, side - 1))
        for (first, last), side in zip(spans, image.shape[:2], strict=True)
    )
    framed[[top, bottom], left : right + 1] = FRAME
    framed[top : bottom + 1, [left, right]] = FRAME
    return framed
