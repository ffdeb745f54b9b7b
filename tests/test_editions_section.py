"""The exercises in the lessons are those of the package, and `place` changes nothing else."""

from __future__ import annotations

import nbformat
import pytest
from editions_support import DOUBLE, EXERCISES, LESSONS, SIZE, cells_of, changed, every_lesson, small_lesson
from nbformat.v4 import new_code_cell, new_output

from tools.editions import PlaceError, differences, place, placed
from tools.editions.__main__ import main
from tools.editions.section import lesson_number, section_cells
from tools.notebooks import to_bytes


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The file of a small lesson into which the exercises were put."""
    monkeypatch.setattr("tools.editions.placing.exercises_of", lambda number: EXERCISES)
    path = tmp_path / "02_small.ipynb"
    path.write_bytes(to_bytes(placed(small_lesson(), EXERCISES, name=path.name)))
    return path


def edit(path, change):
    notebook = nbformat.read(path, as_version=4)
    change(cells_of(notebook), notebook.cells)
    path.write_bytes(to_bytes(notebook))


@every_lesson
def test_a_lessons_exercises_are_those_of_the_package(path):
    assert "\n".join(differences(path)) == ""


def test_the_section_has_a_question_and_a_blank_for_each_exercise_and_the_progress():
    cells = section_cells(EXERCISES)
    assert [(cell.id, cell.cell_type, cell.metadata.get("tags")) for cell in cells] == [
        ("lesson02-ex", "markdown", None),
        ("lesson02-ex1q", "markdown", None),
        ("lesson02-ex1a", "code", ["exercise"]),
        ("lesson02-ex2q", "markdown", None),
        ("lesson02-ex2a", "code", ["exercise"]),
        ("lesson02-ex-progress", "code", None),
    ]
    assert "`exercises.size.hint()`" in cells[0].source
    assert "`exercises.size.solution()`" in cells[0].source
    assert cells[1].source == "### 2.1 · Size\n\nHow large is it?"
    assert cells[2].source == "my_size = ...  # a number\n\nexercises.size.check(my_size)"
    assert cells[4].source == "def double(x):\n    return ...\n\n\nexercises.double.check(double)"
    assert cells[5].source == "exercises.progress()"


def test_placing_replaces_the_old_prompts_and_nothing_else():
    before = small_lesson()
    after = placed(before, EXERCISES, name="small")
    assert before == small_lesson(), "the notebook that was given is not changed"
    kept = [cell.id for cell in after.cells if not cell.id.startswith("lesson02-ex")]
    assert kept == ["title", "imports", "one", "sum", "summary"]
    assert all(cell.metadata.slideshow.slide_type for cell in after.cells)


def executed(small):
    """Let the first answer's cell have an output."""
    output = new_output("execute_result", data={"text/plain": "shown"}, execution_count=1)
    edit(small, lambda cells, _: cells["lesson02-ex1a"].update(outputs=[output], execution_count=1))
    return small.read_bytes()


def test_placing_again_changes_no_byte_and_keeps_what_was_executed(small):
    before = executed(small)
    assert not place(small)
    assert small.read_bytes() == before
    assert [path.name for path in small.parent.iterdir()] == [small.name]


def test_an_exercise_that_changed_loses_its_old_output(small, monkeypatch):
    executed(small)
    other = changed(SIZE, blank="my_size = ...  # a float")
    monkeypatch.setattr("tools.editions.placing.exercises_of", lambda number: (other, DOUBLE))
    assert len(differences(small)) == 1
    assert place(small)
    assert differences(small) == []
    cell = cells_of(nbformat.read(small, as_version=4))["lesson02-ex1a"]
    assert cell.source.startswith("my_size = ...  # a float")
    assert cell.outputs == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda cells, _: cells["lesson02-ex1q"].update(source="Other"),
            "has a different source in lesson02-ex1q.",
        ),
        (
            lambda cells, _: cells["lesson02-ex2a"].metadata.update(tags=[]),
            "has different tags in lesson02-ex2a.",
        ),
        (lambda cells, _: cells["summary"].metadata.clear(), "has a different slide type in summary."),
        (lambda cells, order: order.remove(cells["lesson02-ex1a"]), "lacks the cells lesson02-ex1a."),
        (lambda _, order: order.insert(5, new_code_cell(id="mine")), "belong to no exercise: mine."),
        (lambda _, order: order.insert(5, order.pop(8)), "in a different order"),
    ],
)
def test_a_difference_is_named(small, change, sentence):
    assert differences(small) == []
    edit(small, change)
    found = differences(small)
    assert any(sentence in each for each in found), found
    assert all("make notebooks" in each for each in found)
    assert place(small)
    assert differences(small) == []


@pytest.mark.parametrize(
    ("lacks", "reason"),
    [
        ("old", "no heading '## Exercises'"),
        ("summary", "no heading after"),
        ("imports", "first code cell: from coursekit.exercises import"),
    ],
)
def test_a_lesson_without_a_place_for_exercises_is_refused(lacks, reason):
    notebook = small_lesson()
    notebook.cells.remove(cells_of(notebook)[lacks])
    with pytest.raises(PlaceError, match=rf"^small\.ipynb: .*{reason}"):
        placed(notebook, EXERCISES, name="small.ipynb")


def test_a_file_without_a_number_is_no_lesson():
    assert [lesson_number(path.name) for path in LESSONS] == [1, 2, 3, 4, 5, 6, 7]
    with pytest.raises(PlaceError, match="begins with its number"):
        lesson_number("filters.ipynb")


def test_the_command_places_and_names_what_it_cannot_do(small, capsys):
    edit(small, lambda cells, _: cells["lesson02-ex1q"].update(source="Other."))
    assert main(["place", str(small)]) == 0
    assert "now run: python -m tools.notebooks write" in capsys.readouterr().out
    assert main(["place", str(small)]) == 0
    assert "unchanged" in capsys.readouterr().out
    edit(small, lambda cells, order: order.remove(cells["lesson02-ex"]))
    assert main(["place", str(small)]) == 1
    assert "no heading '## Exercises'" in capsys.readouterr().err
    assert main(["place", str(small.parent / "none.ipynb")]) == 2
