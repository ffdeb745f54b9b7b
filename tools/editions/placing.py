"""Put the exercises and slide types into the lessons, and say where a lesson differs from them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode

from tools.editions.section import exercises_of, lesson_number, place_section
from tools.editions.slide_layout import place_slide_types
from tools.files import replace
from tools.notebooks.normalise import to_bytes

if TYPE_CHECKING:
    from coursekit.exercises.engine import Exercise

__all__ = ["differences", "place", "placed", "read"]


REMEDY = "Run: python -m tools.editions place, then: make notebooks"


def placed(notebook: NotebookNode, exercises: Sequence[Exercise], *, name: str) -> NotebookNode:
    """Return a copy of a lesson with its exercises and the slide types of all its cells; execute nothing.

    Raises:
        PlaceError: The notebook has no place for exercises.
    """
    result = copy.deepcopy(notebook)
    place_section(result, exercises, name=name)
    place_slide_types(result)
    return result


def place(path: Path) -> bool:
    """Put a lesson's exercises into its file, which then needs executing.

    Returns:
        Whether the file was replaced.

    Raises:
        PlaceError: The notebook has no place for exercises.
    """
    notebook = read(path)
    data = to_bytes(placed(notebook, exercises_of(lesson_number(path.name)), name=path.name))
    if data == path.read_bytes():
        return False
    replace(path, data)
    return True


def differences(path: Path) -> list[str]:
    """Compare a lesson's file with what `place` would make of it.

    Returns:
        A sentence for each kind of difference, with its cells; none if the file is as it should be.

    Raises:
        PlaceError: The notebook has no place for exercises.
    """
    notebook = read(path)
    wanted = placed(notebook, exercises_of(lesson_number(path.name)), name=path.name)
    have, want = _by_id(notebook), _by_id(wanted)
    both = [each for each in want if each in have]
    findings = {
        "lacks the cells": [each for each in want if each not in have],
        "has cells that belong to no exercise:": [each for each in have if each not in want],
        "has a different source in": [each for each in both if have[each].source != want[each].source],
        "has different tags in": [each for each in both if _tags(have[each]) != _tags(want[each])],
        "has a different slide type in": [each for each in both if _slide(have[each]) != _slide(want[each])],
    }
    found = [f"{path.name} {what} {', '.join(cells)}. {REMEDY}" for what, cells in findings.items() if cells]
    if not found and [*have] != [*want]:
        found.append(f"{path.name} has the exercises in a different order. {REMEDY}")
    return found


def read(path: Path) -> NotebookNode:
    """Read a notebook's file."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def _by_id(notebook: NotebookNode) -> dict[str, Any]:
    return {cell.id: cell for cell in notebook.cells}


def _tags(cell: Any) -> Any:
    return cell.metadata.get("tags", [])


def _slide(cell: Any) -> Any:
    return cell.metadata.get("slideshow", {})
