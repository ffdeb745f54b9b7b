"""Photographs of one's own, through all seven lessons: no error, no label that lies, every solution right."""

import os
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from editions_support import every_lesson
from PIL import Image
from test_editions_solutions import lesson

from coursekit import images, samples
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
    execute(solved, tmp_path, name=source)
    assert not_right(solved, exercises) == []
    told = f"Your own photograph, {source}, takes the place of {named}."
    shown = {cell.id: shown_text(cell) for cell in solved.cells if cell.cell_type == "code"}
    assert sum(text.count(told) for text in shown.values()) == (kind is not far_away)
    # Lesson 1 lists the samples, and looks for one of a wrong name.
    labels = {name: text.replace(told, "") for name, text in shown.items() if "Samples:" not in text}
    lying = [name for name, text in labels.items() if re.search(rf"\b{named}\b(?!: Temple)", text)]
    assert lying == []


def test_the_picture_saved_last_takes_the_place_of_samples_and_of_nothing_else(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert images.photograph("cat") == samples.sample("cat").path
    for age, name in enumerate(("my_photo.png", "My_Photo.JPG", "my_photo.bmp", "my_photograph.png")):
        Path(name).write_bytes(b"")
        os.utime(name, (2000 - age, 1000 + 10 * (name == "My_Photo.JPG")))
    assert images.photograph("cat") == tmp_path / "My_Photo.JPG"
    assert capsys.readouterr().out == "Your own photograph, My_Photo.JPG, takes the place of cat.\n"
    assert images.photograph("my_photo.bmp") == tmp_path / "my_photo.bmp"
    assert capsys.readouterr().out == ""
    with pytest.raises(images.ImageError, match=r"there is no such file\. Did you mean 'my_photo\.png'"):
        images.photograph("my_photo.pn")


@pytest.mark.parametrize("shape", [(8, 8), (30, 200), (200, 30, 3), (5, 90)])
def test_an_edge_is_found_where_it_is_and_its_part_stays_inside(shape):
    random = np.random.default_rng(sum(shape))
    image = random.uniform(0, 0.2, shape).astype(np.float32)
    column = int(random.integers(2, shape[1] - 1))
    image[:, :column] += 0.8
    for size in ((4, 4), (8, 8), (40, 60), (3, 5)):
        row, left, height, width = images.find_edge(image, size)
        assert (height, width) == (min(size[0], shape[0]), min(size[1], shape[1]))
        assert 0 <= row <= shape[0] - height
        assert 0 <= left < column < left + width <= shape[1]
    image[:, :column], image[:, column:] = 0.1, 0.9  # dark turns into bright: no such edge any more
    assert images.find_edge(image, (4, 4)) == (0, 0, 4, 4)
