"""A lesson for nbgrader: the answers between marks, and a locked cell with points after each."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell

from tools.editions.section import PACKAGE, answer_id, place_section
from tools.notebooks.normalise import METADATA

if TYPE_CHECKING:
    from coursekit.exercises.engine import Exercise

__all__ = ["CONFIG", "assignment", "config", "graded_id", "points"]

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
SCHEMA = 3
STUB = "# Write your answer above. Do not delete this cell."
COURSE = "cnn"
CONFIG = "nbgrader_config.py"


def assignment(notebook: NotebookNode, exercises: Sequence[Exercise], *, name: str) -> NotebookNode:
    """Make the version of a lesson from which nbgrader generates what students get.

    Each answer's cell begins with the blank. The solution follows between nbgrader's marks, and nbgrader
    takes it out. A locked cell after it calls the exercise's check again and raises what the check says
    unless it is right: all points of the exercise, or none. A lesson's points are those of its exercises, so
    whoever solves some of them gets some of the points.

    Args:
        notebook: A lesson; it is not changed.
        exercises: The lesson's exercises.
        name: What messages call the notebook.

    Raises:
        PlaceError: The notebook has no place for exercises.
    """
    made = copy.deepcopy(notebook)
    place_section(made, exercises, name=name)
    graded: list[NotebookNode] = []
    by_id = {answer_id(exercise): exercise for exercise in exercises}
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cell.metadata.pop("slideshow", None)
        graded.append(cell)
        exercise = by_id.get(cell.id)
        if exercise is not None:
            cell.source = _answer(exercise)
            cell.metadata["nbgrader"] = _metadata(f"answer-{_dashed(exercise)}", solution=True)
            graded.append(_graded_cell(exercise))
    made.cells = graded
    made.metadata = from_dict(METADATA)  # type: ignore[no-untyped-call]
    return made


def points(exercises: Sequence[Exercise]) -> int:
    """Return the points of a lesson."""
    return sum(exercise.points for exercise in exercises)


def graded_id(exercise: Exercise) -> str:
    """Name the graded cell of an exercise, for nbgrader."""
    return f"check-{_dashed(exercise)}"


def config() -> str:
    """Write the settings with which nbgrader leaves the blanks of the course as they are."""
    return (
        '"""Settings of nbgrader for the course\'s assignments: use it in this folder."""\n\n'
        "c = get_config()  # noqa: F821 (nbgrader gives it)\n"
        f"c.CourseDirectory.course_id = {json.dumps(COURSE)}\n"
        "# The blank stands above the solution; what takes the solution's place must run.\n"
        f'c.ClearSolutions.code_stub = {{"python": {json.dumps(STUB)}}}\n'
        "# The longest cell, a training, takes about 20 seconds on two cores.\n"
        "c.ExecutePreprocessor.timeout = 180\n"
    )


def _answer(exercise: Exercise) -> str:
    solution = "\n".join([BEGIN, exercise.answer, END])
    return "\n\n".join([exercise.blank, solution, exercise.call])


def _graded_cell(exercise: Exercise) -> NotebookNode:
    # The import again: nobody gets points by giving the name to something else.
    source = (
        f"# {exercise.points} {'point' if exercise.points == 1 else 'points'} for exercise {exercise.label}\n"
        f"from {PACKAGE} import lesson_{exercise.lesson} as exercises\n\n"
        f"feedback = {exercise.call}\n"
        'if feedback.state != "right":\n'
        "    raise ValueError(str(feedback))"
    )
    cell: NotebookNode = new_code_cell(source, id=f"{answer_id(exercise)}-points")  # type: ignore[no-untyped-call]
    cell.metadata["nbgrader"] = _metadata(
        graded_id(exercise), grade=True, locked=True, points=exercise.points, cell_type="code"
    )
    return cell


def _metadata(grade_id: str, **more: Any) -> dict[str, Any]:
    usual = {"grade": False, "locked": False, "solution": False, "task": False}
    return {"schema_version": SCHEMA, "grade_id": grade_id, **usual, **more}


def _dashed(exercise: Exercise) -> str:
    return f"{exercise.lesson}-{exercise.number}"
