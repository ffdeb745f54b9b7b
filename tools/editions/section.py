"""A lesson's exercise section, made from the exercises in `coursekit.exercises`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools.notebooks.lesson import exercise_range

if TYPE_CHECKING:
    from coursekit.exercises.engine import Exercise

__all__ = [
    "PlaceError",
    "answer_id",
    "exercises_of",
    "lesson_number",
    "place_section",
    "section_cells",
    "section_places",
]

INTRODUCTION = """\
## Exercises

Replace the `...` with your answer and run the cell. It tells you whether your answer is right and, if it \
isn't, where to look. Try as often as you like.

Stuck? Make a new cell below (press **Esc**, then **B**) and run `exercises.{name}.hint()` in it. Each time \
you run it you get another hint. `exercises.{name}.solution()` shows a solution and why it works. For the \
other exercises, use the name in front of `.check`."""
PROGRESS = "exercises.progress()"
PACKAGE = "coursekit.exercises"


class PlaceError(ValueError):
    """A notebook has no place for the exercises."""


def lesson_number(name: str) -> int:
    """Read a lesson's number from its file's name.

    Raises:
        PlaceError: The name doesn't begin with a number.

    >>> lesson_number("02_filter_bank.ipynb")
    2
    """
    found = re.match(r"0*(\d+)_", name)
    if found is None:
        raise PlaceError(f"{name}: a lesson's file begins with its number, such as 02_filter_bank.ipynb.")
    return int(found[1])


def exercises_of(number: int) -> tuple[Exercise, ...]:
    """Return a lesson's exercises in order."""
    from coursekit.exercises import lesson

    return tuple(lesson(number).progress.exercises)


def answer_id(exercise: Exercise) -> str:
    """Return the id of an answer's cell; the question's cell ends in q instead of a."""
    return f"lesson{exercise.lesson:02}-ex{exercise.number}a"


def section_cells(exercises: Sequence[Exercise]) -> list[NotebookNode]:
    """Make the section's cells: introduction, a question and a blank for each exercise, and progress.

    Args:
        exercises: The exercises of one lesson; at least one.

    Returns:
        Cells without outputs, whose ids depend only on the numbers of the lesson and the exercise.
    """
    start = f"lesson{exercises[0].lesson:02}-ex"
    cells = [_markdown(INTRODUCTION.format(name=exercises[0].name), id=start)]
    for exercise in exercises:
        question = f"### {exercise.label} · {exercise.title}\n\n{exercise.question}"
        cells.append(_markdown(question, id=f"{start}{exercise.number}q"))
        cells.append(
            _code(
                with_check(exercise.blank, exercise), id=answer_id(exercise), metadata={"tags": ["exercise"]}
            )
        )
    cells.append(_code(PROGRESS, id=f"{start}-progress"))
    return cells


def with_check(code: str, exercise: Exercise) -> str:
    """Write the code of an answer's cell: the answer or the blank, then the call that checks it."""
    ends_in_block = bool(re.search(r"(?m)^\s.*\Z", code))
    return code + ("\n\n\n" if ends_in_block else "\n\n") + exercise.call


def section_places(notebook: NotebookNode, name: str) -> range:
    """Find the section in a notebook.

    Raises:
        PlaceError: There is no heading "Exercises", or no heading after it.
    """
    places = exercise_range((cell.cell_type, cell.source) for cell in notebook.cells)
    if not places:
        raise PlaceError(f"{name}: has no heading '## Exercises', so the exercises have no place.")
    if places.stop == len(notebook.cells):
        raise PlaceError(f"{name}: has no heading after '## Exercises' to show where they end.")
    return places


def place_section(notebook: NotebookNode, exercises: Sequence[Exercise], *, name: str) -> None:
    """Replace a notebook's exercise section.

    Cells that don't change keep their outputs; if nothing changes, the notebook stays the same.

    Args:
        notebook: A lesson; it is changed.
        exercises: The lesson's exercises.
        name: What messages call the notebook.

    Raises:
        PlaceError: There is no place for them, or no cell before it imports them.
    """
    places = section_places(notebook, name)
    line = f"from {PACKAGE} import lesson_{exercises[0].lesson} as exercises"
    if not any(line in cell.source.split("\n") for cell in notebook.cells[: places.start]):
        raise PlaceError(f"{name}: does not import its exercises. Write into its first code cell: {line}")
    old = {cell.id: cell for cell in notebook.cells[places.start : places.stop]}
    cells = []
    for cell in section_cells(exercises):
        before = old.get(cell.id)
        if cell.cell_type == "code" and before is not None and before.source == cell.source:
            cell.outputs = before.get("outputs", [])
            cell.execution_count = before.get("execution_count")
        cells.append(cell)
    notebook.cells[places.start : places.stop] = cells


def _markdown(source: str, **more: Any) -> NotebookNode:
    cell: NotebookNode = new_markdown_cell(source, **more)  # type: ignore[no-untyped-call]
    return cell


def _code(source: str, **more: Any) -> NotebookNode:
    cell: NotebookNode = new_code_cell(source, **more)  # type: ignore[no-untyped-call]
    return cell
