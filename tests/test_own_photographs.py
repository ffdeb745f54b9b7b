"""Photographs of one's own, through all seven lessons: no error, no label that lies, every solution right."""

import re

import cv2
import numpy as np
import pytest
from editions_support import every_lesson
from PIL import Image
from test_editions_solutions import lesson

from coursekit import images
from tools.editions.solutions import fill_in, not_right, shown_text
from tools.notebooks.execute import execute


def wide(rows, columns):
    """A photograph of these sides, in bytes: the temple, cut and enlarged."""
    part = images.load_image("temple")[:, 40 : 40 + 426 * columns // rows]
    return np.uint8(255 * images.resize(part, size=(rows, columns)))


def portrait(folder):
    """As a telephone stores it: lying, with a note to turn it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = np.rot90(wide(4032, 3024))
    Image.fromarray(lying).save(folder / "my_photo.JPG", exif=exif, quality=80)
    return "my_photo.JPG"


def panorama(folder):
    """Three times as wide as high."""
    cv2.imwrite(str(folder / "my_photo.png"), cv2.resize(wide(426, 600), (1500, 500)))
    return "my_photo.png"


def gray_scan(folder):
    """Small, gray, and upright."""
    Image.fromarray(wide(90, 70)).convert("L").save(folder / "my_photo.tif")
    return "my_photo.tif"


def one_colour(folder):
    """Without any edge."""
    Image.new("RGB", (320, 200), (200, 120, 40)).save(folder / "my_photo.png")
    return "my_photo.png"


def transparent(folder):
    """A circle on nothing."""
    rows, columns = np.ogrid[-100:100, -150:150]
    alpha = np.uint8(255 * (rows**2 + columns**2 < 80**2))
    Image.fromarray(np.dstack([wide(200, 300), alpha])).save(folder / "my_photo.png")
    return "my_photo.png"


def far_away(folder):
    """A path with blanks and an umlaut, written into each lesson's line."""
    path = folder / "Meine Bilder" / "Urlaub ä 2.jpg"
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(wide(240, 320)).save(path)
    return str(path.relative_to(folder))


EVERY_TIME = [portrait, gray_scan]
RARELY = [panorama, one_colour, transparent, far_away]
KINDS = [*EVERY_TIME, *(pytest.param(kind, marks=pytest.mark.thorough) for kind in RARELY)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@every_lesson
def test_a_lesson_is_about_ones_own_photograph(kind, path, tmp_path):
    source = kind(tmp_path)
    notebook, exercises = lesson(path)
    solved = fill_in(notebook, exercises, name=source)
    setup = "\n".join(cell.source for cell in solved.cells if cell.cell_type == "code")
    (named,) = re.findall(r'images\.photograph\("(\w+)"\)', setup)
    for cell in solved.cells:
        if kind is far_away:
            cell.source = cell.source.replace(f'photograph("{named}")', f"photograph({source!r})")
        # What training learns is the same for every photograph, and it takes long.
        cell.source = cell.source.replace("range(250)", "range(12)").replace("max=250", "max=12")
    execute(solved, tmp_path, name=source)
    assert not_right(solved, exercises) == []
    told = f"Your own photograph, {source}, takes the place of {named}."
    shown = {cell.id: shown_text(cell) for cell in solved.cells if cell.cell_type == "code"}
    assert sum(text.count(told) for text in shown.values()) == (kind is not far_away)
    # Lesson 1 lists the samples, and looks for one of a wrong name.
    labels = {name: text.replace(told, "") for name, text in shown.items() if "Samples:" not in text}
    lying = [name for name, text in labels.items() if re.search(rf"\b{named}\b(?!: Temple)", text)]
    assert lying == []
