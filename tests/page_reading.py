"""How tests read a picture: its pixels as a reader sees them, and what is written where."""

from __future__ import annotations

import io
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image

from coursekit.pictures.sheet import Sheet


def pixels(picture):
    """The picture as a reader sees it: drawn, reduced to 256 colours, encoded and decoded."""
    with Image.open(io.BytesIO(picture.png())) as image:
        return np.asarray(image.convert("RGB")).astype(int)


@contextmanager
def written():
    """Collect the sheets that are drawn on meanwhile: they know what is written where."""
    sheets, finish = [], Sheet.picture

    def keep(sheet, words):
        sheets.append(sheet)
        return finish(sheet, words)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sheet, "picture", keep)
        yield sheets
