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
HEAVY = {"numpy", "cv2", "torch", "matplotlib", "PIL", "ipywidgets", "anywidget", "safetensors", "scipy"}
WITHOUT_TORCH = (
    "exercises",
    "explorers",
    "filters",
    "images",
    "pictures",
    "reference",
    "samples",
    "synthetic",
)


def loaded_by(code: str) -> set[str]:
    """The names of the modules that a fresh interpreter has loaded after some code."""
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{SAY_WHAT_IS_LOADED}"], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_importing_coursekit_loads_nothing_heavy() -> None:
    assert not loaded_by("import coursekit") & HEAVY


@pytest.mark.parametrize("module", WITHOUT_TORCH)
def test_most_of_it_loads_neither_torch_nor_pyplot(module: str) -> None:
    assert not loaded_by(f"import coursekit.{module}") & {"torch", "matplotlib.pyplot"}


@pytest.mark.parametrize("lesson", ["01_image_loading", "02_filter_bank"])
def test_the_first_lessons_load_neither_torch_nor_pyplot(lesson: str) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(SAY_WHAT_IS_LOADED))
    execute(notebook, ROOT / "notebooks")
    (said,) = notebook.cells[-1].outputs
    assert "coursekit.pictures" in said.text.split()
    assert not set(said.text.split()) & {"torch", "matplotlib.pyplot"}
