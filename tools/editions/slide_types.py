"""Which cells of a lesson begin a slide: the `slideshow` metadata that Jupyter and its exporters know."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbformat import NotebookNode

from tools.editions.parts import MOST_LINES, asks, is_heading, lines_of, parts
from tools.notebooks.lesson import exercise_range

__all__ = ["SLIDE_TYPES", "place_slide_types", "slide_types"]

SLIDE_TYPES = ("slide", "subslide", "fragment", "-", "skip")
PICTURE = re.compile(r"\bshow_\w+\(|Explorer\(")
SHORT = 4.7  # lines of text that leave room for a picture below them


def slide_types(cells: Sequence[NotebookNode]) -> list[str]:
    """Choose the slide type of each cell, from the sources alone.

    - A title or a section's heading begins a new slide; every other text begins a slide below it.
    - Code follows on the slide of its text where both fit: at once when the text only leads to it, and as a
      fragment, shown with the next key, when the text asks for a prediction. Else it begins a slide below.
    - A picture shares the slide only with a short text that asks nothing, so that it stays large.
    - An exercise is one slide: its question with its blank.
    - The imports and the list of one's own progress are left out.

    Returns:
        One of `SLIDE_TYPES` for each cell; "-" goes on with the slide before.
    """
    exercises = exercise_range((cell.cell_type, cell.source) for cell in cells)
    types: list[str] = []
    text = ""  # the last text on the present slide
    imported = False
    for index, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            types.append("slide" if re.match(r"##? ", cell.source) else "subslide")
            text = parts(cell.source)[-1] if cell.source.strip() else ""
        elif cell.cell_type != "code" or not imported:
            imported = imported or cell.cell_type == "code"
            types.append("skip")
        elif index in exercises:
            types.append("-" if "exercise" in cell.metadata.get("tags", ()) else "skip")
        else:
            types.append(_code_type(cell.source, text))
            text = ""
    return types


def place_slide_types(notebook: NotebookNode) -> None:
    """Write the slide type of each cell into its metadata."""
    for cell, slide_type in zip(notebook.cells, slide_types(notebook.cells), strict=True):
        cell.metadata["slideshow"] = {"slide_type": slide_type}


def _code_type(source: str, text: str) -> str:
    height = lines_of(text)
    code = sum(1 for line in source.splitlines() if line.strip()) * 0.8
    if not text or all(is_heading(block) for block in text.split("\n\n")):
        return "subslide" if not text else "-"
    if PICTURE.search(source):
        return "-" if height + code <= SHORT + 2 and height <= SHORT and not asks(text) else "subslide"
    if height + code + 3 > MOST_LINES:
        return "subslide"
    return "fragment" if asks(text) else "-"
