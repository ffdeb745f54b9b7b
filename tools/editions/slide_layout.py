"""Decides which cells of a lesson begin a slide, and where a long text is split.

The first goes into the `slideshow` metadata that Jupyter and its exporters know. How much fits on a slide is
estimated in lines of text, 26 pixels high; a browser test measures it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from nbformat import NotebookNode

from tools.notebooks.lesson import count_words, exercise_range

__all__ = ["MOST_LINES", "asks", "blocks", "lines_of", "place_slide_types", "slide_texts", "slide_types"]

MOST_LINES = 16.5
CHARACTERS = 90  # in a line
# A paragraph, or code between fences with its blank lines.
BLOCK = re.compile(r"(?s)(?:```.*?(?:```|\Z)|.)+?(?=\n\s*\n|\Z)")
HEADING = re.compile(r"#{1,6} ")
ITEM = re.compile(r"(?m)^(?=\s{0,3}(?:[-*]|\d+\.) )")
PICTURE = re.compile(r"\bshow_\w+\(|Explorer\(")
SHORT = 4.7  # lines of text that leave room for a picture below


def slide_types(cells: Sequence[NotebookNode]) -> list[str]:
    """Choose each cell's slide type from the sources alone.

    - A title or section heading begins a new slide; every other text begins a slide below it.
    - Code goes on the same slide as its text if both fit: right away if the text just leads to it, and as a
      fragment, shown at the next key press, if the text asks for a prediction. Else it begins a slide below.
    - A picture shares its slide only with a short text that asks nothing, so that it stays large.
    - An exercise is one slide: its question with its blank.
    - The imports and the learner's progress are left out.

    Returns:
        "slide", "subslide", "fragment", "-" or "skip" for each cell; "-" continues the slide before.
    """
    exercises = exercise_range((cell.cell_type, cell.source) for cell in cells)
    types: list[str] = []
    text = ""  # the last text on the current slide
    imported = False
    for index, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            types.append("slide" if re.match(r"##? ", cell.source) else "subslide")
            text = slide_texts(cell.source)[-1] if cell.source.strip() else ""
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
    """Write each cell's slide type into its metadata."""
    for cell, slide_type in zip(notebook.cells, slide_types(notebook.cells), strict=True):
        cell.metadata["slideshow"] = {"slide_type": slide_type}


def _code_type(source: str, text: str) -> str:
    height = lines_of(text)
    code = sum(1 for line in source.splitlines() if line.strip()) * 0.8
    if not text or all(HEADING.match(block) for block in text.split("\n\n")):
        return "subslide" if not text else "-"
    if PICTURE.search(source):
        return "-" if height + code <= SHORT + 2 and height <= SHORT and not asks(text) else "subslide"
    if height + code + 3 > MOST_LINES:
        return "subslide"
    return "fragment" if asks(text) else "-"


def asks(text: str) -> bool:
    """Say whether a text asks for a prediction.

    >>> asks("**Predict** the shape."), asks("You could predict it.")
    (True, False)
    """
    return "**Predict" in text


def lines_of(text: str) -> float:
    r"""Estimate how many lines of a slide a text takes up.

    >>> lines_of("One line."), lines_of("## A heading\n\n" + "A line and a half of text. " * 5)
    (1.4, 4.6)
    """
    return round(sum(_block_lines(block) for block in blocks(text)), 1)


def slide_texts(text: str) -> list[str]:
    r"""Split a text that doesn't fit on one slide: between paragraphs, or between the items of a long list.

    A heading, or a line that ends in a colon, stays with what comes below it. A paragraph that is too long
    by itself stays whole.

    Args:
        text: The Markdown source of a cell.

    Returns:
        Its parts in order; joined by blank lines, they say the same.

    >>> slide_texts("## Size\n\nThe map is smaller.\n\n**Predict** by how much.")
    ['## Size\n\nThe map is smaller.\n\n**Predict** by how much.']
    >>> [len(part.split()) for part in slide_texts("\n\n".join(["A long paragraph. " * 50] * 3))]
    [150, 150, 150]
    """
    found: list[list[str]] = []
    for block in blocks(text):
        part = found[-1] if found else []
        if not part or lines_of("\n\n".join([*part, block])) > MOST_LINES:
            leading: list[str] = []
            while part and (HEADING.match(part[-1]) or part[-1].endswith(":")):
                leading.insert(0, part.pop())
            if part or not found:
                found.append([])
            found[-1] += leading
        found[-1].append(block)
    return ["\n\n".join(part) for part in found]


def blocks(text: str) -> list[str]:
    r"""List the paragraphs of a text; a long list counts as one paragraph for each item.

    >>> blocks("One.\n\nTwo\nlines.")
    ['One.', 'Two\nlines.']
    >>> len(blocks("Code:\n\n```python\na = 1\n\nb = 2\n```\n\nMore."))
    3
    """
    found: list[str] = []
    for block in (each.strip("\n") for each in BLOCK.findall(text.strip())):
        items = [item.rstrip("\n") for item in ITEM.split(block) if item.strip()]
        if len(items) > 1 and _block_lines(block) > MOST_LINES / 2:
            found += items
        elif block.strip():
            found.append(block)
    return found


def _block_lines(block: str) -> float:
    if HEADING.match(block):
        return 2.2
    if block.startswith("$$"):
        return 3.0
    if block.startswith("```"):
        return 0.7 * (block.count("\n") + 1) + 0.4
    if block.startswith("|"):
        return 1.15 * block.count("\n") + 0.4
    if ITEM.match(block):
        return sum(_wrapped(item) + 0.2 for item in ITEM.split(block) if item.strip()) + 0.4
    return _wrapped(block) + 0.4


def _wrapped(text: str) -> int:
    # Words are counted as a reader sees them: formulas and links are shorter than their source.
    characters = min(len(text), round(count_words(text) * 6.3))
    return max(1, math.ceil(characters / CHARACTERS))
