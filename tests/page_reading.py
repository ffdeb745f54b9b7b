"""How tests read a picture: what stands where in its SVG, and the pixels of the arrays inside."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
from PIL import Image

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Piece:
    """One element: its name, its place on the page, and what it holds."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    attributes: dict[str, str]
    words: str = ""

    @property
    def pixels(self):
        """The colours of an array, as it is stored, `(H, W, 3)`."""
        with Image.open(io.BytesIO(base64.b64decode(self.attributes["href"].split(",")[1]))) as image:
            return np.asarray(image.convert("RGB")).astype(int)

    @property
    def format(self):
        return re.match(r"data:image/(\w+);", self.attributes["href"])[1]


def pieces(picture, *kinds):
    """All elements of some kinds, in the order in which they are drawn; a chart counts as one `svg`."""
    return [piece for piece in _walk(ElementTree.fromstring(picture.svg), 0, 0) if piece.kind in kinds]


def _walk(element, x, y):
    for child in element:
        kind = child.tag.removeprefix(SVG)
        if kind == "g":
            if "rotate" in child.get("transform", ""):
                continue  # the name of a chart's axis: tests in a browser look at it
            moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", child.get("transform", ""))
            down = (float(part) for part in moved.groups()) if moved else (0, 0)
            yield from _walk(child, *(a + b for a, b in zip((x, y), down, strict=True)))
        else:
            place = (float(child.get(name) or 0) for name in ("x", "y", "width", "height"))
            left, top, width, height = place
            yield Piece(kind, x + left, y + top, width, height, dict(child.attrib), child.text or "")


def texts(picture):
    """Everything that is written outside of charts."""
    return [piece.words for piece in pieces(picture, "text")]


def panels(picture):
    """The arrays of a picture without its colour bar."""
    return [piece for piece in pieces(picture, "image") if not _is_bar(piece)]


def bar(picture):
    """The colour bar."""
    (found,) = [piece for piece in pieces(picture, "image") if _is_bar(piece)]
    return found


def _is_bar(piece):
    return piece.width == 14 and piece.pixels.shape[:2] == (256, 1)


def page_size(picture):
    """Width and height."""
    root = ElementTree.fromstring(picture.svg)
    return float(root.get("width")), float(root.get("height"))


def chart_texts(picture):
    """Everything that is written in the charts of a picture."""
    root = ElementTree.fromstring(picture.svg)
    return [text.text for text in root.iter(f"{SVG}text") if text.text]
