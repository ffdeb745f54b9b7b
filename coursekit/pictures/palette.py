"""A page in 256 colours: which ones, and what each colour of the page becomes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from coursekit.pictures.arrays import Colours

__all__ = ["reduced"]

# A photograph in 256 colours takes a third of the bytes of one in full colour, and the eye hardly sees it.
COLOURS = 256
MANY = 8192  # colours; what has more is a photograph
LEVELS = 48  # of the 256, for the grays and for each scale beside a photograph
GRAYS: Colours = np.arange(COLOURS, dtype=np.uint8).repeat(3).reshape(-1, 3)


def reduced(page: Colours, ramps: Sequence[Colours] = ()) -> Image.Image:
    """Bring a page to 256 colours. What is gray stays gray, and what has 256 colours or fewer stays as it is.

    Args:
        page: `(height, width, 3)`, uint8.
        ramps: The colours of the page's scales, `(256, 3)` each, from the lowest to the highest value. Beside
            a photograph they keep even steps, however few pixels have them.

    >>> page = np.array([[[255, 0, 0], [7, 7, 7]]], np.uint8)
    >>> np.asarray(reduced(page).convert("RGB")).tolist()
    [[[255, 0, 0], [7, 7, 7]]]
    """
    counted = Image.fromarray(page).getcolors(MANY)
    if not counted:
        return _photograph(page, [GRAYS, *ramps])
    # Maps have few colours and many pixels. So only the colours are reduced: a table says what each becomes.
    colours = np.array([colour for _, colour in counted], np.uint8)
    palette, chosen = (colours, np.arange(len(colours))) if len(colours) <= COLOURS else _chosen(colours)
    table = np.zeros(1 << 24, np.uint8)  # the system gives memory only for what is written
    table[_packed(colours)] = chosen
    return _indexed(table[_packed(page)], palette)


def _chosen(colours: Colours) -> tuple[Colours, npt.NDArray[np.intp]]:
    """Choose 256 of many colours `(n, 3)`, each counting once; also say which of them each colour becomes."""
    is_gray = np.ptp(colours, axis=1) == 0
    grays = np.unique(colours[is_gray][:, 0])
    # Their share of all colours, but all of a few: of some grays in the letters, or of a photograph's 256.
    kept = min(len(grays), max(LEVELS, COLOURS * len(grays) // len(colours)))
    levels = grays[np.round(np.linspace(0, len(grays) - 1, kept)).astype(int)]
    index = np.empty(len(colours), np.intp)
    index[is_gray] = (
        np.abs(colours[is_gray][:, :1].astype(int) - levels.astype(int)).argmin(axis=1) if kept else 0
    )
    # A method that keeps all to within a hair: panel and colour bar agree.
    others = Image.fromarray(colours[~is_gray][None])
    few = others.quantize(COLOURS - kept, method=Image.Quantize.MAXCOVERAGE)
    index[~is_gray] = kept + np.asarray(few)[0]
    return np.concatenate([levels.repeat(3).reshape(-1, 3), _palette(few)]), index


def _photograph(page: Colours, ramps: Sequence[Colours]) -> Image.Image:
    """Reduce a page of many colours, of which those of the ramps keep even steps."""
    # Six bits a channel, of which nobody sees the rest, are a quarter of the work.
    coarse = Image.fromarray(page & 0xFC | page >> 6)
    few = coarse.quantize(COLOURS - LEVELS * len(ramps), method=Image.Quantize.MEDIANCUT)
    palettes = [_palette(few)]
    steps = np.round(np.linspace(0, LEVELS - 1, COLOURS)).astype(np.uint8)
    table = np.zeros(1 << 24, np.uint8)  # 0 is none of them
    for ramp in ramps:
        table[_packed(ramp)] = sum(map(len, palettes)) + steps
        palettes.append(ramp[np.round(np.linspace(0, COLOURS - 1, LEVELS)).astype(int)])
    found = table[_packed(page)]
    return _indexed(np.where(found > 0, found, np.asarray(few)), np.concatenate(palettes))


def _palette(image: Image.Image) -> Colours:
    """The colours of an image that has at most 256."""
    return np.array(image.getpalette() or [], np.uint8).reshape(-1, 3)


def _indexed(indices: npt.NDArray[np.uint8], palette: Colours) -> Image.Image:
    image = Image.fromarray(indices)
    image.putpalette(palette.ravel().tolist())
    return image


def _packed(colours: Colours) -> npt.NDArray[np.uint32]:
    """Red, green and blue, 8 bits each, as one number."""
    red, green, blue = np.moveaxis(colours.astype(np.uint32), -1, 0)
    packed: npt.NDArray[np.uint32] = np.bitwise_or(np.bitwise_or(red << 16, green << 8), blue)
    return packed
