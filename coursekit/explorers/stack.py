"""A stack of conv layers, column by column: what one unit has seen, and the sums that made it."""

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from coursekit.explorers.base import Explorer, packed
from coursekit.explorers.layers import Conv, conv_chain
from coursekit.explorers.traits import Float32, Ints, OneOf, WrongSettingError, between
from coursekit.images import ImageError
from coursekit.pictures import Picture, show_products
from coursekit.pictures.words import by, number
from coursekit.reference import receptive_field

if TYPE_CHECKING:
    from torch import nn

MOST_BYTES = 12_000_000  # of maps; three layers of 12, 24 and 48 maps for 160 x 107 pixels are 5 MB


class StackExplorer(Explorer):
    """Point at a unit of any layer, follow its receptive field back to the photograph, and read its sums.

    Args:
        image: The photograph: a sample's name, a path, or an array (H, W[, 3]).
        model: Conv layers with or without ReLU, one after the other; None: `StackedConv()` of lesson 6.
        max_side: Longest side in pixels; None: 160, of arrays too, since all maps go to the page.

    Attributes:
        image: (H, W, 3) float32 in [0, 1], as the network got it.
        layer: Name of the layer whose unit is chosen.
        channels: Index of the chosen channel of the photograph, and of the chosen map of each layer.
        maps: Shown "after" or "before" ReLU.
        colours: A scale of its "own" for each layer, or a "common" one.

    All but the photograph can be assigned; the page follows.

    Raises:
        ImageError: The photograph cannot be used, or the maps would be too many numbers for a page.
        TypeError: The model is not a chain of conv layers and ReLUs.
        ValueError: A conv layer that the page cannot draw; the message says which and why.

    Indices in Python begin with 0, as in a tensor; the page calls the map with index 0 "map 1", as the
    pictures do.

    >>> explorer = StackExplorer(np.zeros((20, 30, 3)))
    >>> explorer.layer, explorer.channel, explorer.position, explorer.field
    ('conv3', 0, (4, 9), ((4, 16), (9, 21)))
    """

    module = "stack"
    title = "Stack explorer"
    mode = "rgb"
    usual = 160  # one unit's field is still large enough to point at
    resizing = ("layer",)

    layer = traitlets.TraitType[str, Any]().tag(sync=True)
    channels = Ints().tag(sync=True)
    maps = OneOf("after", "before").tag(sync=True)
    colours = OneOf("own", "common").tag(sync=True)
    _layers = traitlets.List(traitlets.Dict()).tag(sync=True)
    _maps = traitlets.Bytes().tag(sync=True)
    _weights = traitlets.Bytes().tag(sync=True)

    def __init__(self, image: Any, model: "nn.Module | None" = None, *, max_side: int | None = None) -> None:
        colour = self._load(image, self.usual if max_side is None else max_side)
        self._convs = conv_chain(model, colour, explorer="StackExplorer")
        size = sum(conv.maps.nbytes for conv in self._convs)
        if size > MOST_BYTES:
            raise ImageError(
                f"StackExplorer: for {by(colour.shape[:2])} pixels the maps are {size / 1e6:.0f} MB, and the "
                f"page takes at most {MOST_BYTES / 1e6:.0f} MB. Pass max_side={self.usual} or less."
            )
        super().__init__(
            colour,
            layer=self._convs[-1].name,
            channels=[0, *(int(conv.activated.mean(axis=(1, 2)).argmax()) for conv in self._convs)],
            _layers=[
                {
                    "name": conv.name,
                    **dict(zip(("maps", "height", "width"), conv.maps.shape, strict=True)),
                    "inputs": conv.weight.shape[1],
                    "relu": conv.relu,
                    **conv.window._asdict(),
                }
                for conv in self._convs
            ],
            _maps=b"".join(packed(conv.maps) for conv in self._convs),
            _weights=b"".join(packed(conv.weight) + packed(conv.bias) for conv in self._convs),
        )

    @traitlets.validate("layer")
    def _is_in_the_stack(self, proposal: Any) -> str:
        names, name = [conv.name for conv in self._convs], proposal["value"]
        if name not in names:
            listed = ", ".join(names)
            raise WrongSettingError(f"StackExplorer: there is no layer {name!r}. The layers are {listed}.")
        return str(name)

    @traitlets.validate("channels")
    def _all_exist(self, proposal: Any) -> tuple[int, ...]:
        channels: tuple[int, ...] = proposal["value"]
        counts = {"the photograph": 3} | {conv.name: len(conv.maps) for conv in self._convs}
        if len(channels) != len(counts):
            raise WrongSettingError(
                f"StackExplorer: channels must be {len(counts)} indices, one for each of "
                f"{', '.join(counts)}; got {len(channels)}."
            )
        for at, (channel, (name, count)) in enumerate(zip(channels, counts.items(), strict=True)):
            hint = f"{name} has {count} maps with the indices 0 to {count - 1}."
            between(channel, 0, count - 1, f"StackExplorer: channels[{at}]", hint=hint)
        return channels

    @property
    def channel(self) -> int:
        """Index of the unit's map among the layer's maps, from 0; `channels` can be assigned."""
        return self.channels[self._depth]

    @property
    def input_channel(self) -> int:
        """Index of the input channel whose products are shown, from 0: of the layer before, or a colour."""
        return self.channels[self._depth - 1]

    @property
    def field(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """First and last row, first and last column of the photograph that the unit sees."""
        field = receptive_field([conv.window for conv in self._convs[: self._depth]])
        row, column = self.position
        return field.span(row), field.span(column)

    @property
    def contributions(self) -> Float32:
        """What each input channel adds to the unit, (in,) float32: its patch times its kernel, summed."""
        products = self._patches() * self._conv.weight[self.channel].astype(np.float64)
        sums: Float32 = products.sum(axis=(1, 2)).astype(np.float32)
        return sums

    @property
    def value(self) -> float:
        """The unit's value before ReLU: the sum of the contributions, and the bias."""
        row, column = self.position
        return float(self._conv.maps[self.channel, row, column])

    @property
    def _depth(self) -> int:
        """How many layers there are up to the chosen one."""
        return [conv.name for conv in self._convs].index(self.layer) + 1

    @property
    def _conv(self) -> Conv:
        return self._convs[self._depth - 1]

    def _extent(self) -> tuple[int, ...]:
        return self._conv.maps.shape[1:]

    def _patches(self) -> Float32:
        """What lies under the unit's kernels, (in, kh, kw)."""
        colours = np.moveaxis(self.image, 2, 0)  # (H, W, 3) -> (3, H, W)
        read = [colours, *(conv.activated for conv in self._convs)][self._depth - 1]
        return self._conv.patches(read, *self.position)

    def _draw(self) -> Picture:
        conv, at = self._conv, self.input_channel
        title = f"What channel {at + 1} adds to one unit of {conv.name}"
        picture = show_products(self._patches()[at], conv.weight[self.channel, at], title=title)
        (top, bottom), (left, right) = self.field
        sums, row, column = self.contributions.astype(np.float64), *self.position
        after = f" After ReLU it is {number(max(self.value, 0.0))}." if conv.relu else ""
        return picture.with_words(
            f"{conv.name}, map {self.channel + 1}, row {row}, column {column}: value {number(self.value)}."
            f"{after} It sees rows {top} to {bottom} and columns {left} to {right} of the photograph, "
            f"{bottom - top + 1} x {right - left + 1} pixels. Its {len(sums)} input channels add "
            f"{number(sums.sum())}, from {number(sums.min())} to {number(sums.max())} each; the bias is "
            f"{number(conv.bias[self.channel])}. {picture.words}"
        )
