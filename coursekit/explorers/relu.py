"""A feature map before and after its activation, the values that are cut, and the function that cuts them."""

from math import ceil
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from coursekit import filters
from coursekit.errors import WrongValueError
from coursekit.explorers.base import Explorer
from coursekit.explorers.traits import Float, Float32, Int, OneOf, as_kernel, as_numbers, between
from coursekit.pictures import Picture, show_stages
from coursekit.pictures.words import number, share
from coursekit.reference import cross_correlate2d, relu

ACTIVATIONS = {
    "relu": "ReLU",
    "leaky": "leaky ReLU",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "none": "no activation",
}
MOST_KERNELS = 16
NOISE = 1e-6  # of the largest answer possible; what is smaller is rounding


class ReluExplorer(Explorer):
    """See what ReLU cuts from a feature map, move the cut with a bias, and try other activations.

    Args:
        image: The photograph: a sample's name, a path, or an array (H, W[, 3]); it is read in gray.
        bank: The filters to choose from: (n, kh, kw), one kernel (kh, kw), or a name that `filters.kernel`
            knows; sides from 2 to 7, n up to 16. None: the four filters of `filters.edge_bank()`.
        bias: Added to every response before the activation.
        activation: "relu", "leaky", "sigmoid", "tanh" or "none".
        slope: What leaky ReLU multiplies negative values with, from 0 to 1.
        max_side: Longest side in pixels; None: 480 for files, and arrays as they are (at most 1024).

    Attributes:
        image: (H, W) float32 in [0, 1].
        channel: Index of the chosen filter and of its map, from 0; the page calls it map 1.

    Channel, bias, activation and slope can be assigned; the page follows.

    Raises:
        ImageError: The photograph cannot be used.
        TypeError: The bank does not hold numbers, or a setting is of another type.
        ValueError: A shape, name or number that makes no sense; the message says which would.

    >>> explorer = ReluExplorer(np.eye(32), bias=-0.5)
    >>> explorer.activation, explorer.bias, explorer.channel, explorer.response.shape
    ('relu', -0.5, 0, (29, 29))
    >>> explorer.bias = 1.0  # the page follows
    """

    module = "relu"
    title = "ReLU explorer"

    channel = Int(0).tag(sync=True)
    bias = Float(0.0).tag(sync=True)
    activation = OneOf(*ACTIVATIONS).tag(sync=True)
    slope = Float(0.1, min=0, max=1).tag(sync=True)
    _bank = traitlets.List(traitlets.List(traitlets.List(traitlets.Float()))).tag(sync=True)
    _most_bias = traitlets.Float().tag(sync=True)

    def __init__(
        self,
        image: Any,
        bank: str | ArrayLike | None = None,
        *,
        bias: float = 0.0,
        activation: str = "relu",
        slope: float = 0.1,
        max_side: int | None = None,
    ) -> None:
        self._kernels = _as_bank(bank)
        super().__init__(
            image,
            max_side=max_side,
            bias=bias,
            activation=activation,
            slope=slope,
            _bank=self._kernels.tolist(),
            # A round number above every answer: the slider must be able to cut everything.
            _most_bias=max(1, ceil(1.25 * max(map(_reach, self._kernels)))),
        )

    @traitlets.validate("channel")
    def _is_in_the_bank(self, proposal: Any) -> int:
        hint = "The page calls the map with index 0 map 1."
        between(proposal["value"], 0, len(self._kernels) - 1, "ReluExplorer: channel", hint=hint)
        return int(proposal["value"])

    @traitlets.validate("bias")
    def _is_on_the_slider(self, proposal: Any) -> float:
        most = self._most_bias
        hint = f"No answer of these filters is larger than {most:g}: at {-most:g} everything is cut already."
        between(proposal["value"], -most, most, "ReluExplorer: bias", hint=hint)
        return float(proposal["value"])

    @traitlets.default("position")
    def _where_most_is_cut(self) -> tuple[int, int]:
        return divmod(int(self.response.argmin()), int(self.response.shape[1]))

    @property
    def bank(self) -> Float32:
        """The filters to choose from, (n, kh, kw) float32, read-only."""
        return self._kernels

    @property
    def response(self) -> Float32:
        """The chosen map before bias and activation, (H - kh + 1, W - kw + 1) float32."""
        return cross_correlate2d(self.image, self.bank[self.channel]).astype(np.float32)

    @property
    def output(self) -> Float32:
        """The chosen map after bias and activation, as large as the response, float32."""
        return activate(self._before, self.activation, slope=self.slope)

    @property
    def below(self) -> float:
        """Share of the values that are below 0 before the activation, from 0 to 1: what ReLU cuts."""
        return float((self._before < -self._noise).mean())

    @property
    def zeros(self) -> float:
        """Share of the values that are 0 after the activation, from 0 to 1; rounding noise counts as 0."""
        if self.activation == "sigmoid":  # 0 only where float32 has no smaller number left
            return float((self.output == 0).mean())
        cuts = self.activation == "relu" or (self.activation == "leaky" and self.slope == 0)
        return float(((self._before if cuts else np.abs(self._before)) <= self._noise).mean())

    @property
    def _before(self) -> Float32:
        return self.response + np.float32(self.bias)

    @property
    def _noise(self) -> float:
        return NOISE * _reach(self.bank[self.channel])

    def _extent(self) -> tuple[int, ...]:
        (height, width), (_, high, wide) = self.image.shape, self.bank.shape
        return height - high + 1, width - wide + 1

    def _draw(self) -> Picture:
        before, after, name = self._before, self.output, ACTIVATIONS[self.activation]
        stages = {"before": before[None], "after": after[None]}
        picture = show_stages(stages, title=f"Map {self.channel + 1} and {name}")
        row, column = self.position
        return picture.with_words(
            f"Map {self.channel + 1} with bias {number(self.bias)} before and after {name}: "
            f"{share(self.below)} of the values are below 0 before, {share(self.zeros)} are 0 after. "
            f"Row {row}, column {column}: {number(before[row, column])} becomes "
            f"{number(after[row, column])}. {picture.words}"
        )


def activate(values: ArrayLike, activation: str, *, slope: float = 0.1) -> Float32:
    """Apply one of `ACTIVATIONS` to every value; a new float32 array.

    >>> activate([-2.0, 0.0, 2.0], "leaky", slope=0.5).tolist()
    [-1.0, 0.0, 2.0]
    """
    x = np.array(values, np.float32)
    if activation == "relu":
        return relu(x)
    if activation == "leaky":
        return np.where(x > 0, x, slope * x).astype(np.float32)
    if activation == "sigmoid":
        return np.exp(-np.logaddexp(0, -x)).astype(np.float32)  # 1 / (1 + exp(-x)) that cannot overflow
    return np.tanh(x) if activation == "tanh" else x


def _as_bank(bank: str | ArrayLike | None) -> Float32:
    """A bank (n, kh, kw), checked, read-only."""
    if bank is None:
        bank = filters.edge_bank()
    elif isinstance(bank, str):
        bank = filters.kernel(bank)
    kernels = as_numbers(bank, "ReluExplorer: the bank must hold numbers (n, kh, kw), as filters.edge_bank()")
    if kernels.ndim == 2:
        kernels = kernels[None]
    if kernels.ndim != 3 or not 1 <= len(kernels) <= MOST_KERNELS:
        raise WrongValueError(
            f"ReluExplorer: the bank must have the shape (n, kh, kw) with 1 to {MOST_KERNELS} filters, "
            f"got {kernels.shape}. Of a conv weight (n, 1, kh, kw) take weight[:, 0]."
        )
    for kernel in kernels:
        as_kernel(kernel, least=2, most=7, explorer="ReluExplorer")
    kernels.setflags(write=False)
    return kernels


def _reach(kernel: Float32) -> float:
    """The largest size of an answer for pixels from 0 to 1."""
    return float(max(kernel.clip(min=0).sum(), -kernel.clip(max=0).sum()))
