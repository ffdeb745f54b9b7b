"""Assignments: nbgrader itself makes what students get, and grades what they hand in."""

from __future__ import annotations

import ast
import csv
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import required
from editions_support import DOUBLE, EXERCISES, LESSONS, SIZE, cells_of, every_lesson, small_lesson

from tools.editions import assignment, exercises_of
from tools.editions.__main__ import main
from tools.editions.assignments import BEGIN, END, STUB, config, graded_id, points
from tools.editions.section import answer_id, lesson_number
from tools.notebooks import to_bytes

required("nbgrader")

# Those without torch: a kernel with it takes 3 s longer, six times.
GRADED = {path: exercises_of(lesson_number(path.name)) for path in LESSONS[:2]}
NAME = "exercises"


def test_an_answer_lies_between_marks_and_a_locked_cell_gives_its_points():
    before = small_lesson()
    made = assignment(before, EXERCISES, name="small")
    assert before == small_lesson()
    cells = cells_of(made)
    answer, check = cells["lesson02-ex2a"], cells["lesson02-ex2a-points"]
    assert answer.source == (
        f"def double(x):\n    return ...\n\n{BEGIN}\ndef double(x):\n    return x + x  # twice\n{END}\n\n"
        "exercises.double.check(double)"
    )
    assert (answer.metadata.nbgrader.solution, answer.metadata.nbgrader.locked) == (True, False)
    graded = check.metadata.nbgrader
    assert (graded.grade_id, graded.points, graded.locked) == (graded_id(DOUBLE), 2, True)
    assert "from coursekit.exercises import lesson_2 as exercises" in check.source
    assert made.cells.index(check) == made.cells.index(answer) + 1
    assert points(EXERCISES) == SIZE.points + DOUBLE.points
    assert not any(cell.get("outputs") for cell in made.cells)
    assert to_bytes(assignment(before, EXERCISES, name="small")) == to_bytes(made)


@every_lesson
def test_each_exercise_of_a_lesson_is_graded_once(path):
    exercises = exercises_of(lesson_number(path.name))
    made = assignment(nbformat.read(path, as_version=4), exercises, name=path.name)
    graded = [cell.metadata.nbgrader for cell in made.cells if "nbgrader" in cell.metadata]
    ids = [each.grade_id for each in graded]
    assert len(set(ids)) == len(ids) == 2 * len(exercises)
    assert [each.grade_id for each in graded if each.grade] == [graded_id(each) for each in exercises]
    assert sum(each.points for each in graded if each.grade) == points(exercises)


def test_the_command_writes_a_course_that_nbgrader_knows(tmp_path, capsys):
    assert main(["assignments", *map(str, GRADED), "--to", str(tmp_path)]) == 0
    assert f"{points(exercises_of(1))} points, in " in capsys.readouterr().out
    assert (tmp_path / "nbgrader_config.py").read_text(encoding="utf-8") == config()
    for name in ("01_image_loading", "02_filter_bank"):
        assert (tmp_path / "source" / name / f"{name}.ipynb").is_file()


def needed(notebook, exercises):
    """Cut a lesson to what its exercises need: the imports, and the cells that bind the names they use."""
    ids = {answer_id(each) for each in exercises}
    used: set[str] = set()
    kept = []
    for cell in reversed(notebook.cells):
        is_code = cell.cell_type == "code"
        names = list(ast.walk(ast.parse(cell.source))) if is_code else []
        bound = {node.id for node in names if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        bound |= {node.name for node in names if isinstance(node, ast.FunctionDef)}
        is_import = any(isinstance(node, ast.Import | ast.ImportFrom) for node in names)
        if cell.id in ids or "nbgrader" in cell.metadata or is_import or bound & used:
            used |= {node.id for node in names if isinstance(node, ast.Name)}
            kept.insert(0, cell)
    notebook.cells = kept
    return notebook


def nbgrader(course, *arguments):
    # nbgrader calls a program of its database's tools by name.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    env = os.environ | {"PATH": path, "OMP_NUM_THREADS": "1", "JUPYTER_CONFIG_DIR": str(course / "jupyter")}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    run = subprocess.run(command, cwd=course, env=env, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr[-6000:]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which three students handed in an assignment of two lessons, graded by nbgrader.

    One left all blank, one solved the first exercise of each lesson and got the others wrong, one solved all.
    """
    folder = tmp_path_factory.mktemp("course")
    (folder / "nbgrader_config.py").write_text(config(), encoding="utf-8")
    source = folder / "source" / NAME
    source.mkdir(parents=True)
    for path, exercises in GRADED.items():
        made = needed(assignment(nbformat.read(path, as_version=4), exercises, name=path.name), exercises)
        (source / path.name).write_bytes(to_bytes(made))
    nbgrader(folder, "generate_assignment", NAME)
    for path, exercises in GRADED.items():
        for student in ("blank", "half", "right"):
            notebook = nbformat.read(folder / "release" / NAME / path.name, as_version=4)
            for number, exercise in enumerate(exercises):
                cell = cells_of(notebook)[answer_id(exercise)]
                if student == "right" or (student == "half" and number == 0):
                    cell.source = cell.source.replace(STUB, exercise.answer)
                elif student == "half":
                    cell.source = cell.source.replace(STUB, f"{exercise.variable} = 'no idea'")
            target = folder / "submitted" / student / NAME / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, target)
    nbgrader(folder, "autograde", NAME)
    return folder


def test_what_students_get_holds_the_blanks_and_no_solution(course):
    for path, exercises in GRADED.items():
        released = nbformat.read(course / "release" / NAME / path.name, as_version=4)
        text = "\n".join(cell.source for cell in released.cells)
        assert not any(mark in text for mark in (BEGIN, END))
        for exercise in exercises:
            cell = cells_of(released)[answer_id(exercise)]
            assert cell.source == f"{exercise.blank.strip()}\n\n{STUB}\n\n{exercise.call}"
            assert exercise.answer.strip() not in text


def test_a_blank_a_half_right_and_a_right_submission_get_no_some_and_all_points(course):
    nbgrader(course, "export", "--to=grades.csv")
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    everything = sum(map(points, GRADED.values()))
    some = sum(exercises[0].points for exercises in GRADED.values())
    scores = {student: float(row["score"]) for student, row in rows.items()}
    assert scores == {"blank": 0, "half": some, "right": everything}
    assert {float(row["max_score"]) for row in rows.values()} == {everything}
    assert 0 < some < everything


def test_who_gets_no_point_reads_why(course):
    path, exercises = next(iter(GRADED.items()))
    wanted = graded_id(exercises[1])
    for student, said in (("blank", "not answered yet"), ("half", "not yet")):
        graded = nbformat.read(course / "autograded" / student / NAME / path.name, as_version=4)
        (cell,) = [
            each for each in graded.cells if each.metadata.get("nbgrader", {}).get("grade_id") == wanted
        ]
        (error,) = cell.outputs
        assert (error.output_type, error.ename) == ("error", "ValueError")
        assert said in error.evalue
