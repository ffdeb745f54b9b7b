"""SVG in small pieces: text and shapes as vectors, arrays as images inside."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, replace
from html import escape

from PIL import Image

from coursekit.pictures.arrays import Colours

__all__ = ["FAINT", "INK", "Block", "bitmap", "document", "path", "pixels", "rectangle", "text"]

INK, FAINT = "#222222", "#666666"
FONT = "system-ui,sans-serif"  # the reader's own: an SVG in an <img> loads nothing
PHOTOGRAPH = 128 * 128  # pixels: what is smaller is kept to the bit
QUALITY = 92  # of JPEG: a third of the bytes of a lossless file, and off by 2 of 255 on average


@dataclass(frozen=True)
class Block:
    """A piece of a picture whose top left corner is (0, 0).

    Attributes:
        width: The room it takes, in pixels of the page.
        height: The same, downwards.
        svg: What is drawn there.
        head: How far below its top its first panel begins. Blocks side by side are aligned there.
    """

    width: float
    height: float
    svg: str
    head: float = 0

    def at(self, x: float, y: float) -> str:
        """Its drawing with the corner at a point."""
        return f"<g transform='translate({short(x)} {short(y)})'>{self.svg}</g>" if x or y else self.svg

    def plus(self, svg: str) -> Block:
        """The same with more drawn on top."""
        return replace(self, svg=self.svg + svg)


def short(number: float) -> str:
    """Write a length with at most two decimals."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def text(words: str, x: float, y: float, size: float, *, ink: str = INK, anchor: str = "start") -> str:
    """Write one line, its middle at the height `y`, its start, middle or end at `x`.

    >>> text("a < b", 8, 10, 10)
    "<text x='8' y='13.5' font-size='10' fill='#222222'>a &lt; b</text>"
    """
    placed = "" if anchor == "start" else f" text-anchor='{anchor}'"
    return (
        f"<text x='{short(x)}' y='{short(y + 0.35 * size)}' font-size='{short(size)}' fill='{ink}'{placed}>"
        f"{escape(words, quote=False)}</text>"
    )


def rectangle(
    x: float, y: float, width: float, height: float, stroke: str, *, fill: str = "none", thick: float = 1
) -> str:
    """Draw a line around a rectangle, its inner edge on that of the rectangle.

    >>> rectangle(0, 0, 4, 3, "#888888")
    "<rect x='-0.5' y='-0.5' width='5' height='4' fill='none' stroke='#888888' stroke-width='1'/>"
    """
    out = thick / 2
    return (
        f"<rect x='{short(x - out)}' y='{short(y - out)}' width='{short(width + thick)}' "
        f"height='{short(height + thick)}' fill='{fill}' stroke='{stroke}' stroke-width='{short(thick)}'/>"
    )


def path(steps: str, stroke: str) -> str:
    """Draw a thin line along the steps of an SVG path."""
    return f"<path d='{steps}' fill='none' stroke='{stroke}' stroke-width='1'/>"


def document(width: int, height: int, drawn: str) -> str:
    """Make a whole SVG on white, which stays white in dark themes too."""
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' "
        f"viewBox='0 0 {width} {height}' font-family='{FONT}'>"
        f"<rect width='{width}' height='{height}' fill='white'/>{drawn}</svg>"
    )


def pixels(image: Image.Image, width: float, height: float, *, quick: bool = False) -> str:
    """Draw a bitmap of mode P, L or RGB over a rectangle at the origin.

    Enlarged pixels stay sharp squares, and the file is lossless: PNG or, if it need not be quick, WebP where
    that is smaller. Large photographs are JPEG.
    """
    zoom = width / image.width
    small = image.width * image.height
    sharp = zoom >= 3 or zoom == int(zoom)
    if image.mode != "P" and zoom < 3 and small > PHOTOGRAPH:
        kind, data, sharp = "jpeg", _file(image, "jpeg", quality=QUALITY, subsampling=0), False
    else:
        if image.mode == "P" and small < 256:
            image = image.convert("RGB")  # smaller than its palette
        kind, data = "png", _file(image, "png", compress_level=4)
        if not quick and len(webp := _file(image.convert("RGB"), "webp", lossless=True)) < len(data):
            kind, data = "webp", webp
    style = " style='image-rendering:pixelated'" if sharp else ""
    return (
        f"<image width='{short(width)}' height='{short(height)}' preserveAspectRatio='none'{style} "
        f"href='data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}'/>"
    )


def bitmap(colours: Colours) -> Image.Image:
    """Take RGB colours `(H, W, 3)` as an image; what is all gray as gray."""
    gray = (colours[..., :1] == colours).all()
    return Image.fromarray(colours[..., 0] if gray else colours)


def _file(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
