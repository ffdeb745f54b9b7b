r"""Split the text of a cell into parts that each fit on a slide.

How much fits is estimated in lines of the slides' text, 26 pixels high; the test in a browser measures.
"""

from __future__ import annotations

import math
import re

from tools.notebooks.lesson import count_words

__all__ = ["MOST_LINES", "asks", "blocks", "is_heading", "lines_of", "parts"]

MOST_LINES = 16.5
CHARACTERS = 90  # in a line
# A paragraph, or code between fences with its blank lines.
BLOCK = re.compile(r"(?s)(?:```.*?(?:```|\Z)|.)+?(?=\n\s*\n|\Z)")
HEADING = re.compile(r"#{1,6} ")
ITEM = re.compile(r"(?m)^(?=\s{0,3}(?:[-*]|\d+\.) )")


def is_heading(block: str) -> bool:
    """Whether a paragraph is a heading.

    >>> is_heading("## 1 · One kernel"), is_heading("#1 is not")
    (True, False)
    """
    return HEADING.match(block) is not None


def asks(text: str) -> bool:
    """Whether a text asks for a prediction.

    >>> asks("**Predict** the shape."), asks("You could predict it.")
    (True, False)
    """
    return "**Predict" in text


def lines_of(text: str) -> float:
    r"""Estimate how many lines of a slide a text takes.

    >>> lines_of("One line."), lines_of("## A heading\n\n" + "A line and a half of text. " * 5)
    (1.4, 4.6)
    """
    return round(sum(_block_lines(block) for block in blocks(text)), 1)


def parts(text: str) -> list[str]:
    r"""Split a text between paragraphs, and in a long list between items, where it does not fit on one slide.

    A heading, or a line that ends in a colon, stays with what it is above. A paragraph that alone is too long
    stays whole.

    Args:
        text: The Markdown source of a cell.

    Returns:
        Its parts in order; joined by blank lines they say the same.

    >>> parts("## Size\n\nThe map is smaller.\n\n**Predict** by how much.")
    ['## Size\n\nThe map is smaller.\n\n**Predict** by how much.']
    >>> [len(part.split()) for part in parts("\n\n".join(["A long paragraph. " * 50] * 3))]
    [150, 150, 150]
    """
    found: list[list[str]] = []
    for block in blocks(text):
        part = found[-1] if found else []
        if not part or lines_of("\n\n".join([*part, block])) > MOST_LINES:
            leading: list[str] = []
            while part and _leads(part[-1]):
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


def _leads(block: str) -> bool:
    return is_heading(block) or block.endswith(":")


def _block_lines(block: str) -> float:
    if is_heading(block):
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
    # Words are counted as a reader sees them: formulas and addresses of links are shorter than their source.
    characters = min(len(text), round(count_words(text) * 6.3))
    return max(1, math.ceil(characters / CHARACTERS))
