"""Rules about the parts of a lesson and its prose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.notebooks.lesson import Lesson
from tools.notebooks.problems import Finding, rule

__all__ = ["CELLS", "PARTS", "WORDS_PER_CODE_CELL"]

CELLS = (25, 45)
WORDS_PER_CODE_CELL = (80, 130)
# What every lesson has at least once, and how it is found.
PARTS = {
    "**Predict**": re.compile(r"\*\*Predict\b", re.IGNORECASE),
    "**What to notice**": re.compile(r"\*\*What to notice\b", re.IGNORECASE),
    "a heading 'Common mistakes'": re.compile(r"(?m)^#{2,4} .*Common mistakes", re.IGNORECASE),
    "a heading 'Summary'": re.compile(r"(?m)^#{2,4} .*Summary", re.IGNORECASE),
    "'Next' as a heading or in bold": re.compile(r"(?m)^(?:#{2,4} |\*\*).*\bNext\b", re.IGNORECASE),
    "'Sources' as a heading or in bold": re.compile(r"(?m)^(?:#{2,4} |\*\*).*\bSources\b", re.IGNORECASE),
}


@rule("cell-number")
def _cell_number(lesson: Lesson) -> Iterator[Finding]:
    low, high = CELLS
    if not low <= len(lesson.told) <= high:
        yield (
            None,
            f"has {len(lesson.told)} cells beside exercises and explorers; a lesson has {low} to {high}",
        )


@rule("empty-cell")
def _empty_cell(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.cells:
        if not cell.source.strip():
            yield cell, "is empty. Delete it"


@rule("words")
def _words(lesson: Lesson) -> Iterator[Finding]:
    low, high = WORDS_PER_CODE_CELL
    if not lesson.told_code:
        yield None, "has no code cell beside exercises and explorers"
        return
    share = lesson.words / len(lesson.told_code)
    if not low <= share <= high:
        least, most = low * len(lesson.told_code), high * len(lesson.told_code)
        yield (
            None,
            f"has {share:.0f} words of prose per code cell ({lesson.words} for {len(lesson.told_code)}), "
            f"outside {low} to {high}. Write {least} to {most} words, or change the number of cells",
        )


@rule("title")
def _title(lesson: Lesson) -> Iterator[Finding]:
    first = lesson.cells[0] if lesson.cells else None
    if first is None or first.kind != "markdown" or not first.source.startswith("# "):
        yield first, "a lesson begins with a Markdown cell whose first line is its title: '# ...'"
    headings = [cell for cell in lesson.prose[1:] if re.search(r"(?m)^# ", cell.source)]
    if headings:
        yield headings[0], "has a second title ('# ...'). Use '##' for what is below the title"


@rule("opening")
def _opening(lesson: Lesson) -> Iterator[Finding]:
    opening = ""
    for cell in lesson.cells:
        if cell.kind == "code":
            break
        opening += cell.source + "\n"
    if not re.search(r"\bminutes\b", opening):
        yield None, "does not say before its first code cell how many minutes it takes"
    points = re.findall(r"(?m)^\s*(?:[-*]|\d+\.) ", opening)
    if len(points) < 3:
        yield None, "does not list before its first code cell three or four things that one can do at the end"


@rule("parts")
def _parts(lesson: Lesson) -> Iterator[Finding]:
    prose = "\n\n".join(cell.source for cell in lesson.prose)
    for name, pattern in PARTS.items():
        if not pattern.search(prose):
            yield None, f"lacks {name}, which every lesson has. Write it"
