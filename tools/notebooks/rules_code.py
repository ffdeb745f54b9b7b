"""Rules about the code of a lesson."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from statistics import median

from tools.notebooks.lesson import Cell, Lesson, python_of
from tools.notebooks.problems import Finding, rule

__all__ = ["LONGEST", "TAGS"]

LONGEST = 20
MEDIAN = 5
SHORT = 10  # nine in ten cells have fewer lines
MOST_FUNCTIONS = 2
TAGS = frozenset({"raises-exception", "exercise", "solution", "hide-input"})
# nbval cannot compare what these show, or compares what differs from run to run.
UNSEEN = frozenset(
    {"interact", "interactive", "interact_manual", "interactive_output", "clear_output", "update_display"}
)
NBVAL_MARKS = re.compile(r"(?im)^\s*#+\s*(?:NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)\s*$")
INSTALLS = re.compile(
    r"(?m)^\s*[!%]{1,2}\s*(?:\S*python\S* -m )?(?:pip|pip3|conda|mamba|uv|apt|apt-get|sudo|npm)\b.*$"
)
MAGIC = re.compile(r"(?m)^\s*(?:%|!).*$")
SPACES = {
    tokenize.NEWLINE,
    tokenize.NL,
    tokenize.COMMENT,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.DEDENT,
}


@rule("long-cell")
def _long_cell(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        if cell.lines > LONGEST:
            yield (
                cell,
                f"has {cell.lines} lines of code, more than {LONGEST}. Move the tool part into coursekit",
            )


@rule("cell-lengths")
def _cell_lengths(lesson: Lesson) -> Iterator[Finding]:
    lengths = [cell.lines for cell in lesson.told_code]
    if not lengths:
        return
    if median(lengths) > MEDIAN:
        yield None, f"the median code cell has {median(lengths):g} lines, more than {MEDIAN}. Split the cells"
    long = [str(cell.number) for cell in lesson.told_code if cell.lines >= SHORT]
    if len(long) > len(lengths) / 10:
        yield (
            None,
            f"{len(long)} of {len(lengths)} code cells have {SHORT} lines or more; one in ten may. "
            f"Shorten cells {', '.join(long)}",
        )


@rule("functions")
def _functions(lesson: Lesson) -> Iterator[Finding]:
    names = [
        node.name
        for cell in lesson.told_code
        if cell.tree
        for node in ast.walk(cell.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    if len(names) > MOST_FUNCTIONS:
        yield (
            None,
            f"defines {len(names)} functions ({', '.join(names)}), more than {MOST_FUNCTIONS}. "
            "Keep those that are the lesson and move the others into coursekit",
        )


@rule("late-import")
def _late_import(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code[1:]:
        if cell.tree and any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(cell.tree)):
            yield (
                cell,
                "imports something. Imports belong into the first code cell, where learners look for them",
            )


@rule("semicolon")
def _semicolon(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        if _ends_in_semicolon(cell):
            yield cell, "ends in ';', which nbval does not obey. Assign the value to a name instead"


@rule("unseen-output")
def _unseen_output(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        for name in sorted(_used(cell)):
            yield cell, f"uses {name}, whose output nbval cannot compare. Show a value or a Picture instead"


@rule("unchecked")
def _unchecked(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        found = NBVAL_MARKS.search(cell.source)
        if found:
            yield cell, f"is not compared ({found[0].strip()}). Make its output the same in every run"


@rule("tag")
def _tag(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.cells:
        for tag in cell.tags:
            if tag not in TAGS:
                yield (
                    cell,
                    f"has the tag {tag!r}, which means nothing here. Known are: {', '.join(sorted(TAGS))}",
                )


@rule("installs")
def _installs(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        found = INSTALLS.search(cell.source)
        if found:
            yield (
                cell,
                f"installs something ({found[0].strip()}). A lesson changes no environment: see README.md",
            )


@rule("magic")
def _magic(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        found = MAGIC.search(cell.source)
        if found and not cell.is_python and not INSTALLS.search(cell.source):
            yield (
                cell,
                f"uses a magic or a shell command ({found[0].strip()}). Use plain Python",
            )


@rule("asserted")
def _asserted(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        for node in ast.walk(cell.tree) if cell.tree else ():
            name = getattr(node, "attr", getattr(node, "id", ""))
            if isinstance(node, ast.Assert) or name.startswith("assert_"):
                return
    yield None, "asserts nothing. Compute one thing by hand and assert that the library gives the same"


def _ends_in_semicolon(cell: Cell) -> bool:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(python_of(cell.source)).readline))
    except (tokenize.TokenError, IndentationError):
        return cell.source.rstrip().endswith(";")
    meaningful = [token for token in tokens if token.type not in SPACES]
    return bool(meaningful) and meaningful[-1].string == ";"


def _used(cell: Cell) -> set[str]:
    used: set[str] = set()
    for node in ast.walk(cell.tree) if cell.tree else ():
        if isinstance(node, ast.alias):
            names = {node.name.split(".")[-1]}
        else:
            names = {getattr(node, "attr", None) or getattr(node, "id", None) or ""}
        used |= names & UNSEEN
        if isinstance(node, ast.Call):
            called = node.func
            if getattr(called, "attr", getattr(called, "id", "")) == "Output":
                used.add("Output()")
            used |= {"display_id" for keyword in node.keywords if keyword.arg == "display_id"}
    return used
