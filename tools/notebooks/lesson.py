"""A notebook, read for checking: its numbered cells, the words of its prose, its pictures."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat

__all__ = ["LESSONS", "Cell", "Lesson", "Pictures", "count_words", "exercise_range", "python_of"]

NAMES = (
    "01_image_loading",
    "02_filter_bank",
    "03_conv_layer",
    "04_relu",
    "05_pooling",
    "06_stacked_conv_layers",
    "07_vgg_filters",
)
LESSONS = [Path(__file__).resolve().parents[2] / "notebooks" / f"{name}.ipynb" for name in NAMES]
"""The lessons' files. A notebook next to them with any other name is a copy, or the reader's own."""

NOT_PROSE = (
    (re.compile(r"```.*?```|<!--.*?-->", re.DOTALL), " "),
    (re.compile(r"\$\$.*?\$\$", re.DOTALL), " "),
    (re.compile(r"\$[^$\n]+\$"), "formula"),
    (re.compile(r"\]\([^)]*\)"), "]"),
    (re.compile(r"<[^>]+>"), " "),
)


@dataclass(frozen=True)
class Cell:
    """One cell; `number` counts all cells from 1, the way you would count them on the page."""

    number: int
    kind: str
    source: str
    tags: tuple[str, ...]
    count: int | None
    outputs: tuple[Any, ...]

    @cached_property
    def lines(self) -> int:
        """How many lines aren't blank."""
        return sum(1 for line in self.source.splitlines() if line.strip())

    @cached_property
    def tree(self) -> ast.Module | None:
        """The code's syntax tree, or None if it isn't Python (the cell's own error says so)."""
        try:
            return ast.parse(python_of(self.source))
        except SyntaxError:
            return None

    @cached_property
    def is_explorer(self) -> bool:
        """Whether the code makes an explorer, by calling something whose name ends in `Explorer`."""
        called = (
            [node.func for node in ast.walk(self.tree) if isinstance(node, ast.Call)] if self.tree else []
        )
        return any(getattr(func, "attr", getattr(func, "id", "")).endswith("Explorer") for func in called)

    @cached_property
    def is_python(self) -> bool:
        """Whether plain Python could read the code: no magics, no shell commands."""
        try:
            ast.parse(self.source)
        except SyntaxError:
            return False
        return True


class Lesson:
    """A notebook, and what the rules want to know about it."""

    def __init__(self, path: Path, data: bytes) -> None:
        """Take the bytes of a notebook's file; messages call it `path`."""
        self.path = path
        self.data = data
        self.notebook = nbformat.reads(data.decode("utf-8"), as_version=4)  # type: ignore[no-untyped-call]
        self.cells = [
            Cell(
                number,
                cell.cell_type,
                cell.source,
                tuple(cell.metadata.get("tags", ())),
                cell.get("execution_count"),
                tuple(cell.get("outputs", ())),
            )
            for number, cell in enumerate(self.notebook.cells, start=1)
        ]

    @classmethod
    def read(cls, path: Path) -> Lesson:
        """Read the file; nothing is executed or changed."""
        return cls(path, path.read_bytes())

    @cached_property
    def code(self) -> list[Cell]:
        """The code cells."""
        return [cell for cell in self.cells if cell.kind == "code"]

    @cached_property
    def prose(self) -> list[Cell]:
        """The Markdown cells."""
        return [cell for cell in self.cells if cell.kind == "markdown"]

    @cached_property
    def told(self) -> list[Cell]:
        """The cells that tell the lesson, without its exercises and explorers.

        This leaves out the exercise section, the code cells that make an explorer, and the "Try" text right
        after such a cell.
        """
        exercises = exercise_range((cell.kind, cell.source) for cell in self.cells)
        told: list[Cell] = []
        behind_explorer = False
        for index, cell in enumerate(self.cells):
            is_try = behind_explorer and cell.kind == "markdown" and cell.source.startswith("**Try")
            behind_explorer = cell.kind == "code" and cell.is_explorer
            if not (index in exercises or behind_explorer or is_try):
                told.append(cell)
        return told

    @cached_property
    def told_code(self) -> list[Cell]:
        """The code cells that tell the lesson."""
        return [cell for cell in self.told if cell.kind == "code"]

    @cached_property
    def words(self) -> int:
        """How many words of prose tell the lesson."""
        return sum(count_words(cell.source) for cell in self.told if cell.kind == "markdown")


class Pictures(HTMLParser):
    """Finds the images (each one's alt text, or None) and captions in an HTML output or page."""

    def __init__(self, html: str) -> None:
        """Read the whole text at once."""
        super().__init__()
        self.images: list[str | None] = []
        self.captions: list[str] = []
        self._inside = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an image; begin a caption."""
        if tag == "img":
            self.images.append(dict(attrs).get("alt"))
        elif tag == "figcaption":
            self._inside = True
            self.captions.append("")

    def handle_endtag(self, tag: str) -> None:
        """End a caption."""
        if tag == "figcaption":
            self._inside = False

    def handle_data(self, data: str) -> None:
        """Collect the text of a caption."""
        if self._inside:
            self.captions[-1] += data


def count_words(markdown: str) -> int:
    r"""Count the words that a reader reads: no code blocks, no displayed formulas, no link addresses.

    A formula within a line counts as one word.

    >>> count_words("## Two kernels\n\nSee [the paper](https://example.org/a-b): $x + y$ is **not** zero.")
    9
    """
    for pattern, replacement in NOT_PROSE:
        markdown = pattern.sub(replacement, markdown)
    return sum(1 for word in markdown.split() if re.search(r"\w", word))


def exercise_range(cells: Iterable[tuple[str, str]]) -> range:
    r"""Find the exercise section: from the heading `## Exercises` to the next heading at its level.

    Args:
        cells: The kind ("markdown", "code") and the source of each cell, in order.

    Returns:
        The positions of its cells, counted from 0; empty if there is no such heading.

    >>> cells = [("code", "1"), ("markdown", "## Exercises"), ("code", "2"), ("markdown", "## Summary")]
    >>> exercise_range(cells)
    range(1, 3)
    """
    start = None
    place = -1
    for place, (kind, source) in enumerate(cells):
        if kind == "markdown" and start is None and re.match(r"## Exercises\b", source):
            start = place
        elif kind == "markdown" and start is not None and re.search(r"(?m)^##? ", source):
            return range(start, place)
    return range(0) if start is None else range(start, place + 1)


def python_of(source: str) -> str:
    r"""Blank out the lines that only IPython understands: magics and shell commands.

    >>> python_of("%matplotlib inline\nx = 1")
    'pass\nx = 1'
    """
    if source.lstrip().startswith("%%"):
        return ""
    return re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", source)
