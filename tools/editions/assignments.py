"""A lesson for nbgrader: answers between markers, each followed by a locked cell with points."""

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
    """Make the version of a lesson from which nbgrader generates the students' version.

    Each answer's cell begins with the blank. The solution follows between nbgrader's markers, and nbgrader
    takes it out. A locked cell after it calls the exercise's check again and raises what the check says,
    unless the answer is right: all of the exercise's points, or none. A lesson's points are the sum of its
    exercises', so students who solve some of them get some of the points.

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
    """Return how many points a lesson is worth."""
    return sum(exercise.points for exercise in exercises)


def graded_id(exercise: Exercise) -> str:
    """Return nbgrader's name for an exercise's graded cell."""
    return f"check-{_dashed(exercise)}"


def config() -> str:
    """Write the settings that make nbgrader leave the course's blanks as they are."""
    return (
        '"""nbgrader\'s settings for the course\'s assignments: run nbgrader in this folder."""\n\n'
        "c = get_config()  # noqa: F821 (nbgrader provides it)\n"
        f"c.CourseDirectory.course_id = {json.dumps(COURSE)}\n"
        "# The blank comes before the solution; whatever replaces the solution has to run.\n"
        f'c.ClearSolutions.code_stub = {{"python": {json.dumps(STUB)}}}\n'
        "# The longest cell trains a network and takes about 20 seconds on two cores.\n"
        "c.ExecutePreprocessor.timeout = 180\n"
    )


def _answer(exercise: Exercise) -> str:
    solution = "\n".join([BEGIN, exercise.answer, END])
    return "\n\n".join([exercise.blank, solution, exercise.call])


def _graded_cell(exercise: Exercise) -> NotebookNode:
    # It imports the exercises again, so nobody gets points by reassigning the name.
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
