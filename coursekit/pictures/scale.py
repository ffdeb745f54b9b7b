"""How numbers become colours, and which ink is legible on them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from coursekit.pictures.arrays import Colours, FloatArray
from coursekit.pictures.words import NOISE, extremes, number

ONE_IN, CLEARLY = 200, 1.25  # of the values of maps one in so many may lie beyond the scale, if clearly
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
    beyond: tuple[float, ...] = ()  # the smallest and the largest value, as far as they lie beyond the ends

    @classmethod
    def of(cls, arrays: Sequence[FloatArray]) -> Self:
        """The one scale that fits all arrays: zero in the middle if any is negative, else at its start."""
        ends = [end for array in arrays for end in extremes(array) or ()]
        return cls._to(max(map(abs, ends), default=0.0), min(ends, default=0.0))

    @classmethod
    def of_maps(cls, maps: Sequence[FloatArray]) -> Self:
        """The one scale on which maps can be seen: a few extreme values may lie beyond its ends.

        Of the values other than zero one in 200 may, if the largest lies a quarter beyond all others or more.
        """
        whole = cls.of(maps)
        ends = [end for array in maps for end in extremes(array) or ()]
        end = _all_but_few(maps, whole.high)
        if whole.high <= CLEARLY * end:
            return whole
        trimmed = cls._to(end, min(ends))
        outside = tuple(value for value in (min(ends), max(ends)) if abs(value) > end)
        return replace(trimmed, beyond=outside)

    @classmethod
    def _to(cls, reach: float, low: float) -> Self:
        return cls(-reach, reach, "signed") if low < 0 else cls(0.0, reach or 1.0, "positive")

    @classmethod
    def of_patch(cls, array: FloatArray) -> Self:
        """The scale of what a filter reads: gray for an image with values in [0, 1]."""
        low, high = extremes(array) or (0.0, 0.0)
        return cls(0.0, 1.0, "gray") if low >= 0 and high <= 1 else cls.of([array])

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
        low, high = number(self.low), number(self.high)
        if self.kind == "gray":
            return f"from black ({low}) to white ({high})"
        through = f"from blue ({low}) through white (0) to red ({high})"
        ends = through if self.kind == "signed" else f"from dark (0) to bright ({high})"
        beyond = " and ".join(map(number, self.beyond))
        return f"{ends}; a few values go beyond it, to {beyond}" if beyond else ends


def _all_but_few(maps: Sequence[FloatArray], largest: float) -> float:
    """The magnitude that one in 200 of the values other than zero exceed; the largest of fewer values."""
    planes = [plane for array in maps for plane in np.atleast_2d(array)]  # one by one, to save memory
    seen = (np.isfinite(plane) & (np.abs(plane) > NOISE * largest) for plane in planes)
    few = sum(map(np.count_nonzero, seen)) // ONE_IN
    top = np.zeros(0)
    for plane in planes if few else []:
        top = np.append(top, np.abs(plane[np.isfinite(plane)]))
        top = np.partition(top, -min(few + 1, top.size))[-few - 1 :] if top.size else top
    return float(top.min()) if few else largest


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
