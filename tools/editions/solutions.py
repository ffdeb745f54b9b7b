"""A lesson's solved edition: every blank replaced by a solution, executed, and every check right."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nbformat import NotebookNode

from tools.editions.section import answer_id, section_places, with_check
from tools.notebooks.execute import execute
from tools.notebooks.normalise import normalise

if TYPE_CHECKING:
    from coursekit.exercises.engine import Exercise

__all__ = ["NotRightError", "executed_solutions", "fill_in", "not_right", "shown_text"]

NOTE = "\n\n**This is the solved edition.** The exercises below are answered, and every check says so."


class NotRightError(RuntimeError):
    """One of the course's solutions isn't accepted by its own check."""


def fill_in(notebook: NotebookNode, exercises: Sequence[Exercise], *, name: str) -> NotebookNode:
    """Return a copy of a lesson with each blank replaced by the solution.

    Args:
        notebook: A lesson that contains its exercises; it isn't changed.
        exercises: The lesson's exercises.
        name: What messages call the notebook.

    Raises:
        PlaceError: The notebook has no exercise section.
        NotRightError: The section lacks an exercise's cell.
    """
    solved = copy.deepcopy(notebook)
    places = section_places(solved, name)
    cells = {cell.id: cell for cell in solved.cells[places.start : places.stop]}
    for exercise in exercises:
        if answer_id(exercise) not in cells:
            raise NotRightError(
                f"{name}: exercise {exercise.label} has no cell {answer_id(exercise)}. "
                "Put the exercises in: python -m tools.editions place"
            )
        cells[answer_id(exercise)].source = with_check(exercise.answer, exercise)
    solved.cells[places.start].source += NOTE
    return solved


def executed_solutions(
    notebook: NotebookNode, exercises: Sequence[Exercise], folder: Path, *, name: str
) -> NotebookNode:
    """Fill in the solutions, execute the whole lesson, and make sure that every check says right.

    Args:
        notebook: A lesson that contains its exercises; it isn't changed.
        exercises: The lesson's exercises.
        folder: The folder in which the kernel works.
        name: What messages call the notebook.

    Returns:
        The solved lesson, normalised.

    Raises:
        PlaceError: The notebook has no exercise section.
        NotebookError: A cell failed.
        NotRightError: A check doesn't accept the solution; the message quotes what it says instead.
    """
    solved = fill_in(notebook, exercises, name=name)
    execute(solved, folder, name=name)
    wrong = not_right(solved, exercises)
    if wrong:
        raise NotRightError(f"{name}: " + "\n".join(wrong))
    return normalise(solved, name=name)


def not_right(notebook: NotebookNode, exercises: Sequence[Exercise]) -> list[str]:
    """List the exercises whose cell doesn't show that the answer is right, with what it shows instead."""
    cells = {cell.id: cell for cell in notebook.cells}
    found = []
    for exercise in exercises:
        shown = shown_text(cells[answer_id(exercise)])
        if not re.search(rf"(?m)^✓ {re.escape(exercise.label)} right\b", shown):
            found.append(f"the solution of {exercise.label} is not accepted: {shown or 'nothing is shown'}")
    return found


def shown_text(cell: NotebookNode) -> str:
    """Return what a code cell shows, as text."""
    texts = []
    for output in cell.get("outputs", ()):
        texts.append(output.get("text", "") or output.get("data", {}).get("text/plain", ""))
    return "\n".join(text.rstrip("\n") for text in texts if text)
