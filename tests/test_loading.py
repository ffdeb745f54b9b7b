"""What is loaded when: torch costs seconds and 130 MB, pyplot a second. The first lessons need neither."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools.notebooks import execute

ROOT = Path(__file__).resolve().parents[1]
SAY_WHAT_IS_LOADED = "import sys\nprint(*sys.modules)"
TORCH_AND_PYPLOT = {"torch", "matplotlib.pyplot"}
HEAVY = {"numpy", "cv2", "torch", "matplotlib", "PIL", "ipywidgets", "anywidget", "safetensors", "scipy"}
MODULES = ("exercises", "explorers", "filters", "images", "pictures", "reference", "samples", "synthetic")
ONE_OF_EACH_PICTURE = """\
import numpy as np
from coursekit import pictures as p
a = np.eye(4)
for picture in (p.show_image(a), p.show_filters(a), p.show_feature_maps(a), p.show_products(a, a),
                p.show_stages({'a': a}), p.show_curves({'a': a[0]}), p.show_histogram({'a': a})):
    picture._repr_mimebundle_()"""
PHOTOGRAPH = """\
from coursekit.pictures import show_image
show_image([[0.0, 1.0]], title='Two pixels', boxes=[(0, 0, 1, 1)])._repr_mimebundle_()"""
COURSE_NETWORK = "from coursekit.models import vgg16; vgg16('course')"
CHECKED = """\
from coursekit.exercises import lesson
for number in (1, 2):
    progress = lesson(number).progress
    [exercise.check(3) for exercise in progress.exercises], progress()"""


def loaded_by(code: str) -> set[str]:
    """The names of the modules that a fresh interpreter has loaded after some code."""
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{SAY_WHAT_IS_LOADED}"], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


@pytest.mark.parametrize(
    ("code", "needless"),
    [
        pytest.param("import coursekit", HEAVY, id="coursekit"),
        pytest.param("import coursekit.samples", HEAVY, id="the list of samples"),
        *(pytest.param(f"import coursekit.{name}", TORCH_AND_PYPLOT, id=name) for name in MODULES),
        pytest.param(ONE_OF_EACH_PICTURE, TORCH_AND_PYPLOT, id="one of each picture"),
        pytest.param(COURSE_NETWORK, {"huggingface_hub"}, id="the course's network"),
        pytest.param(PHOTOGRAPH, {"matplotlib"}, id="a photograph"),
        pytest.param(CHECKED, TORCH_AND_PYPLOT, id="exercises checked"),
    ],
)
def test_nothing_heavy_is_loaded_that_is_not_needed(code: str, needless: set[str]) -> None:
    loaded = loaded_by(code)
    assert "coursekit" in loaded
    assert not loaded & needless


@pytest.mark.parametrize("lesson", ["01_image_loading", "02_filter_bank"])
def test_the_first_lessons_load_neither_torch_nor_pyplot(lesson: str) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(SAY_WHAT_IS_LOADED))
    execute(notebook, ROOT / "notebooks")
    (said,) = notebook.cells[-1].outputs
    assert "coursekit.pictures" in said.text.split()
    assert not set(said.text.split()) & TORCH_AND_PYPLOT
