"""The exercises in the lessons are those of the package, and `place` changes nothing else."""

from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

sys.path.insert(0, str(Path(__file__).parent))

from editions_support import DOUBLE, EXERCISES, LESSONS, SIZE, small_lesson

from tools.editions import PlaceError, differences, exercises_of, place, placed
from tools.editions.__main__ import main
from tools.editions.section import lesson_number, section_cells, with_import
from tools.notebooks import to_bytes

ROOT = Path(__file__).resolve().parents[1]
IMPORT = "from coursekit.exercises import lesson_2 as exercises"


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The file of a small lesson into which the exercises were put."""
    monkeypatch.setattr("tools.editions.placing.exercises_of", lambda number: EXERCISES)
    path = tmp_path / "02_small.ipynb"
    path.write_bytes(to_bytes(placed(small_lesson(), EXERCISES, name=path.name)))
    return path


def changed(path, change):
    notebook = nbformat.read(path, as_version=4)
    change({cell.id: cell for cell in notebook.cells}, notebook.cells)
    path.write_bytes(to_bytes(notebook))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lessons_exercises_are_those_of_the_package(path):
    assert "\n".join(differences(path)) == ""


def test_the_section_has_a_question_and_a_blank_for_each_exercise_and_the_progress():
    cells = section_cells(EXERCISES)
    assert [(cell.id, cell.cell_type) for cell in cells] == [
        ("lesson02-ex", "markdown"),
        ("lesson02-ex1q", "markdown"),
        ("lesson02-ex1a", "code"),
        ("lesson02-ex2q", "markdown"),
        ("lesson02-ex2a", "code"),
        ("lesson02-ex-progress", "code"),
    ]
    assert "`exercises.size.hint()`" in cells[0].source
    assert "`exercises.size.solution()`" in cells[0].source
    assert cells[1].source == "### 2.1 · Size\n\nHow large is it?"
    assert cells[2].source == "my_size = ...  # a number\n\nexercises.size.check(my_size)"
    assert cells[4].source == "def double(x):\n    return ...\n\n\nexercises.double.check(double)"
    assert cells[5].source == "exercises.progress()"
    assert [cell.metadata.get("tags") for cell in cells if cell.cell_type == "code"] == [
        ["exercise"],
        ["exercise"],
        None,
    ]


def test_placing_replaces_the_old_prompts_and_nothing_else():
    before = small_lesson()
    after = placed(before, EXERCISES, name="small")
    assert before == small_lesson(), "the notebook that was given is not changed"
    assert [cell.id for cell in after.cells[:4]] == ["title", "imports", "one", "sum"]
    assert after.cells[-1].id == "summary"
    assert "Old prompt" not in str(after)
    assert "old-blank" not in str(after)
    assert after.cells[1].source.endswith(f"from coursekit import images\n{IMPORT}")
    assert all(cell.metadata.slideshow.slide_type for cell in after.cells)


def test_placing_again_changes_no_byte_and_keeps_what_was_executed(small):
    output = new_output("execute_result", data={"text/plain": "… 2.1 not answered yet"}, execution_count=1)
    changed(small, lambda cells, _: cells["lesson02-ex1a"].update(outputs=[output], execution_count=1))
    before = small.read_bytes()
    assert not place(small)
    assert small.read_bytes() == before
    assert [path.name for path in small.parent.iterdir()] == [small.name]


def test_an_exercise_that_changed_loses_its_old_output(small, monkeypatch):
    output = new_output("execute_result", data={"text/plain": "old"}, execution_count=1)
    changed(small, lambda cells, _: cells["lesson02-ex1a"].update(outputs=[output], execution_count=1))
    other = copy.copy(SIZE)
    other.blank = "my_size = ...  # a float"
    monkeypatch.setattr("tools.editions.placing.exercises_of", lambda number: (other, DOUBLE))
    assert len(differences(small)) == 1
    assert place(small)
    assert differences(small) == []
    (cell,) = [cell for cell in nbformat.read(small, as_version=4).cells if cell.id == "lesson02-ex1a"]
    assert cell.source.startswith("my_size = ...  # a float")
    assert cell.outputs == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda cells, _: cells["lesson02-ex1q"].update(source="### 2.1 · Other"),
            "has another source in lesson02-ex1q.",
        ),
        (
            lambda cells, _: cells["lesson02-ex2a"].metadata.update(tags=[]),
            "has other tags in lesson02-ex2a.",
        ),
        (
            lambda cells, _: cells["summary"].metadata.update(slideshow={}),
            "has another slide type in summary.",
        ),
        (
            lambda cells, _: cells["imports"].update(source="import numpy as np"),
            "has another source in imports.",
        ),
        (lambda cells, order: order.remove(cells["lesson02-ex1a"]), "lacks the cells lesson02-ex1a."),
        (
            lambda cells, order: order.insert(5, new_code_cell("1", id="mine")),
            "has cells that are no exercise: mine.",
        ),
        (lambda _, order: order.insert(5, order.pop(8)), "in another order"),
    ],
)
def test_a_difference_is_named(small, change, sentence):
    assert differences(small) == []
    changed(small, change)
    found = differences(small)
    assert any(sentence in each for each in found), found
    assert all("make notebooks" in each for each in found)
    assert place(small)
    assert differences(small) == []


@pytest.mark.parametrize(
    ("keep", "reason"),
    [
        (lambda cell: cell.id not in {"old", "old-blank"}, "no heading '## Exercises'"),
        (lambda cell: cell.id != "summary", "no heading after"),
        (lambda cell: cell.cell_type == "markdown", "no code cell"),
    ],
)
def test_a_lesson_without_a_place_for_exercises_is_refused(keep, reason):
    notebook = small_lesson()
    notebook.cells = [cell for cell in notebook.cells if keep(cell)]
    with pytest.raises(PlaceError, match=reason) as caught:
        placed(notebook, EXERCISES, name="small.ipynb")
    assert str(caught.value).startswith("small.ipynb: ")


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("", f"{IMPORT}\n"),
        ("import cv2", f"import cv2\n\n{IMPORT}"),
        ("from coursekit import samples", f"from coursekit import samples\n{IMPORT}"),
        (
            "from coursekit import samples\nfrom coursekit.pictures import (\n    show_image,\n)",
            f"from coursekit import samples\n{IMPORT}\nfrom coursekit.pictures import (\n    show_image,\n)",
        ),
        (
            "from coursekit import samples\nfrom coursekit.explorers import PixelExplorer\nx = 1",
            f"from coursekit import samples\n{IMPORT}\nfrom coursekit.explorers import PixelExplorer\nx = 1",
        ),
        ("from coursekit.exercises import lesson_9 as exercises\nx = 1", f"{IMPORT}\nx = 1"),
    ],
)
def test_the_import_stands_where_ruff_wants_it(source, wanted):
    assert with_import(source, 2).strip() == wanted.strip()
    assert with_import(with_import(source, 2), 2) == with_import(source, 2)


def test_ruff_finds_nothing_in_what_is_placed(tmp_path):
    for path in LESSONS:
        exercises = exercises_of(lesson_number(path.name))
        notebook = placed(nbformat.read(path, as_version=4), exercises, name=path.name)
        (tmp_path / path.name).write_bytes(to_bytes(notebook))
    settings = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    own = ["--config", 'lint.isort.known-first-party=["coursekit"]', "--select", "I"]
    for command in (["format", "--check", *settings], ["check", *settings, *own]):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr


def test_a_file_without_a_number_is_no_lesson():
    assert [lesson_number(path.name) for path in LESSONS] == [1, 2, 3, 4, 5, 6, 7]
    with pytest.raises(PlaceError, match="begins with its number"):
        lesson_number("filters.ipynb")


def test_the_command_places_checks_and_names_what_it_cannot_do(small, capsys):
    assert main(["check", str(small)]) == 0
    changed(small, lambda cells, _: cells["lesson02-ex1q"].update(source="Other."))
    assert main(["check", str(small)]) == 1
    assert "has another source in lesson02-ex1q" in capsys.readouterr().err
    assert main(["place", str(small)]) == 0
    assert "now run: make notebooks" in capsys.readouterr().out
    assert main(["place", str(small)]) == 0
    assert "unchanged" in capsys.readouterr().out
    changed(small, lambda cells, order: order.remove(cells["lesson02-ex"]))
    assert main(["place", str(small)]) == 1
    assert "no heading '## Exercises'" in capsys.readouterr().err
    assert main(["place", str(small.parent / "none.ipynb")]) == 2
