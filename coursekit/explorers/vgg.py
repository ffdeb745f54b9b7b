"""The filters and maps of VGG16: a filter beside its map, and what a unit of it sees of the photograph."""

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from coursekit.explorers.base import Explorer, in_rows, packed
from coursekit.explorers.layers import Filters, as_array, read_filters
from coursekit.explorers.traits import Float32, Int, OneOf, WrongSettingError, between
from coursekit.images import ImageError, to_tensor
from coursekit.pictures import Picture, show_stages
from coursekit.pictures.words import by, number
from coursekit.reference import ReceptiveField, receptive_field

if TYPE_CHECKING:
    from coursekit.models.vgg import VGG

MOST_BYTES = 8_000_000  # of everything that goes to the page
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
    ('block1_conv1', 3, (43, 64))
    >>> explorer.layer = "block3_conv3"  # the page follows
    """

    module = "vgg"
    title = "VGG explorer"
    mode = "rgb"
    usual = 128
    resizing = ("layer",)

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
        weights: "str | os.PathLike[str] | VGG | None" = "course",
        *,
        max_side: int | None = None,
    ) -> None:
        from coursekit.activations import feature_maps

        model, self._filters = read_filters(weights, explorer="VggExplorer")
        poolings = sum(name.endswith("_pool") for name in model.layer_names)
        small = self._fitted(image, max_side, least=2**poolings)
        x = model.normalize(to_tensor(small)).to(next(model.parameters()).dtype)
        found = feature_maps(model, x, self._filters)
        self._outputs = {name: as_array(maps[0]) for name, maps in found.items()}
        filters, maps = list(self._filters.values()), list(self._outputs.values())
        layer = next(iter(self._filters))  # the photograph is easily recognised in its maps
        best = int(np.maximum(self._outputs[layer], 0).std(axis=(1, 2)).argmax())
        super().__init__(
            small,
            layer=layer,
            filter=best,
            channel=int(self._filters[layer].strongest[best, 0]),
            _layers=[
                {
                    "name": name,
                    **dict(zip(("filters", "height", "width"), self._outputs[name].shape, strict=True)),
                    "inputs": part.weight.shape[1],
                    "kept": part.strongest.shape[1],
                    "factor": part.factor,
                    "windows": [window._asdict() for window in part.windows],
                }
                for name, part in self._filters.items()
            ],
            _normal=[list(model.mean), list(model.std)],
            _origin=model.origin,
            _first=packed(filters[0].weight) + packed(filters[0].bias),
            # The page computes the maps of the first layer itself: they are large, and their filters few.
            _maps=b"".join(packed(values) for values in maps[1:]),
            _weights=b"".join(part.halves() for part in filters),
            _inputs=b"".join(part.strongest.astype("<u2").tobytes() for part in filters),
        )
        self.observe(self._choose_what_exists, ["layer", "filter"])

    def _fitted(self, source: Any, max_side: int | None, *, least: int) -> Float32:
        """The photograph, small enough for the page and large enough for the poolings."""
        image = self._load(source, self.usual if max_side is None else max_side)
        parts, (height, width) = list(self._filters.values()), image.shape[:2]
        left = MOST_BYTES - sum(20 * part.strongest.size for part in parts)  # 18 of a kernel, 2 of its index
        layers = [(len(part.bias), receptive_field(part.windows).step) for part in parts[1:]]
        size = sum(4 * count * (height // step) * (width // step) for count, step in layers)
        if size > left:
            fits = int(max(height, width) * (left / size) ** 0.5)
            if max_side is not None:
                raise ImageError(
                    f"VggExplorer: for {height} x {width} pixels the maps are {size / 1e6:.0f} MB, and the "
                    f"page takes {left / 1e6:.0f} MB. Pass max_side={fits}, or leave it out."
                )
            image = self._load(source, fits)
        if min(image.shape[:2]) < least:
            raise ImageError(
                f"VggExplorer: {by(image.shape[:2])} pixels are left, and the network's poolings need "
                f"{least} x {least}. Pass a photograph that is larger, or less narrow."
            )
        return image

    @traitlets.validate("layer")
    def _is_in_the_network(self, proposal: Any) -> str:
        name = proposal["value"]
        if name not in self._filters:
            names = ", ".join(self._filters)
            raise WrongSettingError(f"VggExplorer: there is no conv layer {name!r}. There are {names}.")
        return str(name)

    @traitlets.validate("filter", "channel")
    def _exists_in_the_layer(self, proposal: Any) -> int:
        name = proposal["trait"].name
        axis, noun = (0, "filters") if name == "filter" else (1, "input channels")
        count = self._part.weight.shape[axis]
        hint = f"{self.layer} has {count} {noun} with the indices 0 to {count - 1}."
        between(proposal["value"], 0, count - 1, f"VggExplorer: {name}", hint=hint)
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
        return self._filters[self.layer]

    @property
    def map(self) -> Float32:
        """The chosen filter's map before ReLU, (H, W) float32; a copy."""
        return np.array(self._outputs[self.layer][self.filter])

    @property
    def value(self) -> float:
        """The unit's value before ReLU."""
        return float(self.map[self.position])

    @property
    def field(self) -> ReceptiveField:
        """Size and step of the layer's receptive fields; `field.span(row)` gives first and last pixel."""
        return receptive_field(self._part.windows)

    def _extent(self) -> tuple[int, ...]:
        return self._outputs[self.layer].shape[1:]

    def _draw(self) -> Picture:
        spans = [self.field.span(index) for index in self.position]
        row, column = self.position
        kernel = self._part.weight[self.filter, self.channel]
        stages = {
            "the photograph, with a frame around what the unit sees": _framed(self.image, spans),
            f"{self.layer}, filter {self.filter + 1}, after ReLU": np.maximum(self.map, 0)[None],
        }
        picture = show_stages(stages, title=f"A map of {self.layer}, {self._origin}")
        ((top, bottom), (left, right)), size = spans, self.field.size
        return picture.with_words(
            f"{self.layer}, filter {self.filter + 1} of {len(self._part.weight)}, row {row}, column "
            f"{column}: value {number(self.value)} before ReLU. The unit sees {size} x {size} pixels: rows "
            f"{top} to {bottom}, columns {left} to {right}; what lies beyond {by(self.image.shape[:2])} is "
            f"padding. Its kernel for channel {self.channel + 1}, row by row: {in_rows(kernel)}. "
            f"{picture.words}"
        )


def _framed(image: Float32, spans: list[tuple[int, int]]) -> Float32:
    """A copy of the photograph with a frame one pixel wide around the field, inside the photograph."""
    framed = image.copy()
    rows, columns = (np.clip(span, 0, side - 1) for span, side in zip(spans, image.shape[:2], strict=True))
    framed[rows, columns[0] : columns[1] + 1] = FRAME
    framed[rows[0] : rows[1] + 1, columns] = FRAME
    return framed
