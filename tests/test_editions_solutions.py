"""Solved lessons: every check accepts the course's solution, and no lesson shows one unasked."""

from __future__ import annotations

import nbformat
import pytest
from editions_support import EXERCISES, LESSONS, SIZE, STAND_IN, cells_of, changed, every_lesson, small_lesson
from nbformat.v4 import new_output
from nbval_run import run_nbval

from tools.editions import executed_solutions, exercises_of, placed
from tools.editions.__main__ import main
from tools.editions.section import answer_id, lesson_number, section_places
from tools.editions.solutions import NotRightError, fill_in, not_right, shown_text
from tools.notebooks import to_bytes


def small():
    """A small lesson whose first cell stands in for the package."""
    notebook = placed(small_lesson(), EXERCISES, name="small")
    notebook.cells[1].source = STAND_IN
    return notebook


def lesson(path):
    """A lesson with its exercises, also where they are not in the file yet."""
    exercises = exercises_of(lesson_number(path.name))
    return placed(nbformat.read(path, as_version=4), exercises, name=path.name), exercises


def test_filling_in_replaces_the_blanks_and_nothing_else():
    before = small()
    after = fill_in(before, EXERCISES, name="small")
    assert before == small()
    sources = {name: cell.source for name, cell in cells_of(after).items()}
    assert sources["lesson02-ex1a"] == "my_size = 3  # one and two\n\nexercises.size.check(my_size)"
    assert sources["lesson02-ex2a"].endswith("x + x  # twice\n\n\nexercises.double.check(double)")
    assert "This is the solved edition" in sources["lesson02-ex"]
    same = {cell.id for cell in before.cells if cell.source == sources[cell.id]}
    assert len(same) == len(before.cells) - 3


def test_a_solution_is_executed_and_must_be_right(tmp_path):
    solved = executed_solutions(small(), EXERCISES, tmp_path, name="small")
    assert not_right(solved, EXERCISES) == []
    shown = {cell.id: shown_text(cell) for cell in solved.cells if cell.cell_type == "code"}
    assert shown["lesson02-ex1a"] == "✓ 2.1 right: yes"
    assert shown["sum"] == "2"
    assert to_bytes(executed_solutions(small(), EXERCISES, tmp_path, name="small")) == to_bytes(solved)


@pytest.mark.parametrize(("answer", "said"), [("4", "✗ 2.1 not yet: no"), ("...", "… 2.1 not answered yet")])
def test_a_solution_that_is_not_right_is_named(tmp_path, answer, said):
    wrong = changed(SIZE, answer=f"my_size = {answer}")
    with pytest.raises(NotRightError, match=f"the solution of 2.1 is not accepted: {said}") as caught:
        executed_solutions(small(), (wrong, EXERCISES[1]), tmp_path, name="small")
    assert "2.2" not in str(caught.value)


def test_another_exercises_success_does_not_count():
    notebook = small()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("stream", text="✓ 2.2 right: yes\n")]
    (found,) = not_right(notebook, EXERCISES)
    assert found.startswith("the solution of 2.1")


def test_a_lesson_without_one_of_its_exercises_is_refused():
    other = (*EXERCISES, changed(SIZE, number=3, label="2.3"))
    with pytest.raises(NotRightError, match=r"2\.3 has no cell lesson02-ex3a"):
        fill_in(small(), other, name="small")


def leaks(notebook, exercises):
    """Lines of solutions that a learner would see in a lesson before asking for them."""
    places = section_places(notebook, "lesson")
    asked = "\n".join(cell.source for cell in notebook.cells[places.start : places.stop])
    shown = "\n".join(shown_text(cell) for cell in notebook.cells if cell.cell_type == "code")
    seen = {line.strip() for line in f"{asked}\n{shown}".splitlines()}
    return [
        (exercise.label, line.strip())
        for exercise in exercises
        for line in exercise.answer.splitlines()
        if line.strip() in seen - {each.strip() for each in exercise.blank.splitlines()} - {""}
    ]


@every_lesson
def test_no_lesson_shows_a_solution_before_it_is_asked_for(path):
    notebook, exercises = lesson(path)
    assert leaks(notebook, exercises) == []
    told = "\n".join(cell.source for cell in notebook.cells)
    for each in exercises:
        assert each.answer.strip() not in told, each.label


def compared(notebook, exercises):
    """Let nbval compare the state of each check with "right", beside all that the lesson has stored."""
    solved = fill_in(notebook, exercises, name="lesson")
    cells = cells_of(solved)
    for name in [*map(answer_id, exercises), f"lesson{exercises[0].lesson:02}-ex-progress"]:
        cells[name].source += ".state"
        right = {"text/plain": "'right'"}
        cells[name].outputs = [new_output("execute_result", data=right, execution_count=1)]
    for count, cell in enumerate((cell for cell in solved.cells if cell.cell_type == "code"), start=1):
        cell.execution_count = count
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
    return solved


def test_nbval_runs_the_solved_lessons(tmp_path):
    """Once each, all in one run: every check says right, and all else shows what the lesson has stored."""
    for path in LESSONS:
        (tmp_path / path.name).write_bytes(to_bytes(compared(*lesson(path))))
    run = run_nbval(tmp_path)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr


def test_the_command_writes_the_solved_lesson(tmp_path, capsys):
    path = next(path for path in LESSONS if lesson_number(path.name) == 2)
    before = path.read_bytes()
    assert main(["solutions", str(path), "--to", str(tmp_path / "new")]) == 0
    assert "all right" in capsys.readouterr().out
    written = nbformat.read(tmp_path / "new" / path.name, as_version=4)
    assert not_right(written, exercises_of(2)) == []
    assert path.read_bytes() == before


def test_the_command_fails_where_a_solution_is_not_right(tmp_path, capsys, monkeypatch):
    path = tmp_path / "02_small.ipynb"
    path.write_bytes(to_bytes(small()))
    wrong = changed(SIZE, answer="my_size = 4"), EXERCISES[1]
    monkeypatch.setattr("tools.editions.__main__.exercises_of", lambda number: wrong)
    assert main(["solutions", str(path), "--to", str(tmp_path / "new")]) == 1
    assert "the solution of 2.1 is not accepted" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
