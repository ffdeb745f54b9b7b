"""How numbers become colours, and which ink is legible on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from coursekit.pictures.arrays import Colours, FloatArray
from coursekit.pictures.words import extremes, number

NOT_A_NUMBER = (255, 0, 255)  # magenta stands in neither colour map
NAMES = {"signed": "RdBu_r", "positive": "viridis"}


@dataclass(frozen=True)
class Scale:
    """How numbers become colours, the same for every panel that is compared.

    `signed` is blue below zero, white at zero and red above; `positive` runs from dark (zero) to bright;
    `gray` from black to white. Both colour maps can be told apart with every common colour blindness.
    """

    low: float
    high: float
    kind: Literal["signed", "positive", "gray"]

    @classmethod
    def of(cls, arrays: Sequence[FloatArray]) -> Self:
        """The one scale that fits all arrays: zero in the middle if any is negative, else at its start."""
        ends = [end for array in arrays for end in extremes(array) or ()]
        low, high = min(ends, default=0.0), max(ends, default=0.0)
        if low < 0:
            reach = max(-low, high)
            return cls(-reach, reach, "signed")
        return cls(0.0, high or 1.0, "positive")

    @classmethod
    def stretched(cls, array: FloatArray) -> Self:
        """The scale that plotting programs take by default: the smallest value black, the largest white."""
        low, high = extremes(array) or (0.0, 1.0)
        return cls(low, high if high > low else low + (abs(low) or 1.0), "gray")

    def unit(self, values: FloatArray) -> FloatArray:
        """Turn values into shares of the scale: 0 at its low end, 1 at its high end, others beyond."""
        half = self.high / 2 - self.low / 2  # halves, since the span of the largest numbers would be infinite
        if not 1e-30 < half < 1e30:
            values = values.astype(np.float64)
        return (values / 2 - self.low / 2) / half

    def colours(self, values: FloatArray) -> Colours:
        """Turn values of any shape into RGB, uint8, last axis 3. NaN and infinity become magenta."""
        finite = np.isfinite(values)
        unit = self.unit(np.where(finite, values, 0))
        rgb: Colours = colour_table(self.kind)[np.clip(256 * unit, 0, 255).astype(np.uint8)]
        rgb[~finite] = NOT_A_NUMBER
        return rgb

    def bitmap(self, values: FloatArray, height: int, width: int, levels: int = 256) -> Image.Image:
        """Turn values `(H, W)` into an image with a palette; where it is smaller, areas are averaged.

        Fewer levels, or colours, make smaller files; of an odd number the middle one stands for 0.
        """
        unit = self.unit(values)
        if values.shape != (height, width):
            whole = Image.fromarray(unit.astype(np.float32, copy=False))
            unit = np.asarray(whole.resize((width, height), Image.Resampling.BOX))
        if not np.isfinite(unit).all():
            return Image.fromarray(Scale(0.0, 1.0, self.kind).colours(unit))
        image = Image.fromarray(np.clip(levels * unit, 0, levels - 1).astype(np.uint8))
        table = colour_table(self.kind)
        image.putpalette(table[np.round(np.linspace(0, 255, levels)).astype(int)].tobytes())
        return image

    @property
    def words(self) -> str:
        """What the colours mean."""
        if self.kind == "signed":
            return f"blue is negative, white is 0, red is positive, to {number(self.high)}"
        if self.kind == "positive":
            return f"dark is 0, bright is {number(self.high)}"
        return f"black is {number(self.low)}, white is {number(self.high)}"


@cache
def colour_table(kind: str) -> Colours:
    """The 256 colours of a scale, (256, 3) uint8: "signed", "positive" or "gray"."""
    if kind == "gray":
        return np.arange(256, dtype=np.uint8)[:, None].repeat(3, axis=1)
    from matplotlib import colormaps  # not needed, and not loaded, for photographs

    table: Colours = np.ascontiguousarray(colormaps[NAMES[kind]](np.arange(256), bytes=True)[:, :3])
    return table


def is_dark(colours: Colours) -> npt.NDArray[np.bool_]:
    """Where white ink is more legible than black: at least at 4.58, by the contrast ratio of WCAG 2."""
    part = colours.astype(np.float64) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    luminance: npt.NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return (1.05 / (luminance + 0.05)) > ((luminance + 0.05) / 0.05)
