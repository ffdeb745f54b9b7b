"""The rules for the course's notebooks, and the check that applies them.

A rule is a function that yields, for each place where a notebook breaks it, the cell (None for the whole
notebook) and what to do.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tools.notebooks.lesson import Cell, Lesson, Pictures, python_of
from tools.notebooks.normalise import NormaliseError, fingerprint, normalise, to_bytes

__all__ = ["RULES", "Problem", "check", "check_file"]

Finding = tuple[Cell | None, str]
Rule = Callable[[Lesson], Iterator[Finding]]
RULES: dict[str, Rule] = {}


@dataclass(frozen=True)
class Problem:
    """One place where a notebook breaks a rule."""

    path: Path
    cell: int | None
    rule: str
    message: str

    def __str__(self) -> str:
        """Say where, what, what to do, and which rule it is."""
        place = f"{self.path}, cell {self.cell}" if self.cell else str(self.path)
        return f"{place}: {self.message} [{self.rule}]"


def check(lesson: Lesson) -> list[Problem]:
    """Apply all rules to a notebook; return the problems, in the order of the rules."""
    return [
        Problem(lesson.path, cell.number if cell else None, name, message)
        for name, rule in RULES.items()
        for cell, message in rule(lesson)
    ]


def check_file(path: Path) -> list[Problem]:
    """Read a notebook and apply all rules; a file that isn't a notebook counts as one problem."""
    try:
        lesson = Lesson.read(path)
    except (OSError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        return [Problem(path, None, "unreadable", f"cannot be read as a notebook: {reason}")]
    return check(lesson)


def rule(name: str) -> Callable[[Rule], Rule]:
    """Add a function to `RULES`."""

    def enter(function: Rule) -> Rule:
        RULES[name] = function
        return function

    return enter


# What was executed, and what came out

MOST_BYTES = 1_200_000
MOST_OUTPUT_LINES = 60
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+|\b0x[0-9a-fA-F]{8,}\b")
MACHINE_PATH = re.compile(
    r"(?<![\w.-])/(?:home|Users|root|tmp|var|private|opt|mnt|work|workspace|srv|usr|etc)/[\w.~-]+"
    r"|(?<!\w)[A-Za-z]:\\+[\w.~-]+"
    r"|\bipykernel_\d+\b"
)
PICTURE = re.compile(r'src="data:[^"]*"')
EXPLAINED = ("not-run", "order", "stale", "kernelspec", "widget-view")  # each of them changes bytes too
RUN = "Run: python -m tools.notebooks write"


@rule("not-run")
def _not_run(lesson: Lesson) -> Iterator[Finding]:
    missing = [cell for cell in lesson.code if cell.count is None and cell.source.strip()]
    if missing:
        numbers = ", ".join(str(cell.number) for cell in missing)
        yield missing[0], f"was not executed (cells without a count: {numbers}). {RUN}"


@rule("order")
def _order(lesson: Lesson) -> Iterator[Finding]:
    for wanted, cell in enumerate(lesson.code, start=1):
        if cell.count is not None and cell.count != wanted:
            yield cell, f"was executed as number {cell.count}, but comes at number {wanted}. {RUN}"
            return


@rule("stale")
def _stale(lesson: Lesson) -> Iterator[Finding]:
    if any(True for _ in _not_run(lesson)):
        return  # nothing that could be stale was stored
    stored = lesson.notebook.metadata.get("coursekit", {}).get("executed")
    if stored != fingerprint(lesson.notebook):
        yield None, f"its code has changed since its outputs were stored. {RUN}"


@rule("not-normalised")
def _not_normalised(lesson: Lesson) -> Iterator[Finding]:
    if any(True for other in EXPLAINED for _ in RULES[other](lesson)):
        return  # one message for one cause
    try:
        same = to_bytes(normalise(lesson.notebook)) == lesson.data
    except NormaliseError:
        same = False
    if not same:
        yield (
            None,
            f"contains execution times, versions, counts or other things that differ from run to run. {RUN}",
        )


@rule("kernelspec")
def _kernelspec(lesson: Lesson) -> Iterator[Finding]:
    name = lesson.notebook.metadata.get("kernelspec", {}).get("name")
    if name != "python3":
        yield None, f"its kernelspec is {name!r}, not 'python3': JupyterLab would ask for a kernel. {RUN}"


@rule("error")
def _error(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in cell.tags:
                yield (
                    cell,
                    f"ended with {output.ename}: {output.evalue}. Correct it, or tag it raises-exception",
                )


@rule("stderr")
def _stderr(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        if any(output.get("name") == "stderr" for output in cell.outputs):
            yield (
                cell,
                "writes a warning or something else to stderr. Remove its cause",
            )


@rule("widget-view")
def _widget_view(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        if any("widget-view" in mime for output in cell.outputs for mime in output.get("data", ())):
            yield cell, f"contains a widget view, which shows readers 'model not found'. {RUN}"
    if "widgets" in lesson.notebook.metadata:
        yield None, f"contains widget state. {RUN}"


@rule("address")
def _address(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        found = ADDRESS.search(_text(cell))
        if found:
            yield (
                cell,
                f"shows an object's address ({found[0]}), which differs in every run. Show something else",
            )


@rule("machine-path")
def _machine_path(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        for where, text in (("code", cell.source), ("output", _text(cell))):
            found = MACHINE_PATH.search(text)
            if found:
                yield (
                    cell,
                    f"has a path from one machine in its {where} ({found[0]}). Use a name or a relative path",
                )


@rule("long-output")
def _long_output(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        for output in cell.outputs:
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            lines = text.count("\n") + (not text.endswith("\n"))
            if lines > MOST_OUTPUT_LINES:
                yield (
                    cell,
                    f"prints {lines} lines; nobody reads more than {MOST_OUTPUT_LINES}. Show part of it",
                )


@rule("picture-words")
def _picture_words(lesson: Lesson) -> Iterator[Finding]:
    advice = "Show it with coursekit.pictures, which computes the words"
    for cell in lesson.code:
        for output in cell.outputs:
            data = output.get("data", {})
            found = Pictures(data.get("text/html", ""))
            words = data.get("text/plain", "")
            if not found.images and any(mime.startswith("image/") for mime in data):
                yield cell, f"shows a picture without alt text. {advice}"
            for alt in found.images:
                if not (alt or "").strip():
                    yield cell, f"shows a picture without alt text. {advice}"
                elif alt != words and (len(found.images) == 1 or alt not in words):
                    yield cell, f"its picture's alt text is not the words of its text/plain. {advice}"
            if len(found.images) == len(found.captions) and found.captions != found.images:
                yield cell, f"its picture's caption is not its alt text. {advice}"
    for cell in lesson.prose:
        if re.search(r"!\[\s*\]\(", cell.source) or any(not alt for alt in Pictures(cell.source).images):
            yield cell, "has a picture without alt text. Say what it shows between ![ and ]"


@rule("too-large")
def _too_large(lesson: Lesson) -> Iterator[Finding]:
    if len(lesson.data) > MOST_BYTES:
        yield (
            None,
            f"has {len(lesson.data):,} bytes, more than {MOST_BYTES:,}. Show fewer or smaller pictures",
        )


def _text(cell: Cell) -> str:
    return "\n".join(text for output in cell.outputs for text in _texts(output))


def _texts(output: Any) -> Iterator[str]:
    yield from (output.get("text", ""), output.get("evalue", ""), *output.get("traceback", ()))
    for mime, value in output.get("data", {}).items():
        if isinstance(value, str) and mime.startswith("text/"):
            yield PICTURE.sub("", value)


# The code

LONGEST = 20
MEDIAN = 5
SHORT = 10  # nine in ten cells have fewer lines
MOST_FUNCTIONS = 2
TAGS = frozenset({"raises-exception", "exercise", "solution", "hide-input"})
# nbval can't compare what these show, or compares what differs from run to run.
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
                f"has {cell.lines} lines of code, more than {LONGEST}. Move what is only a tool to coursekit",
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
            f"{len(long)} of {len(lengths)} code cells have {SHORT} lines or more; only one in ten may. "
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
            "Keep those that the lesson is about and move the others to coursekit",
        )


@rule("late-import")
def _late_import(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code[1:]:
        if cell.tree and any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(cell.tree)):
            yield (
                cell,
                "imports something. Imports belong in the first code cell, where learners look for them",
            )


@rule("semicolon")
def _semicolon(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        if _ends_in_semicolon(cell):
            yield cell, "ends in ';', which nbval ignores. Assign the value to a name instead"


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
                    f"has the tag {tag!r}, which means nothing here. Known tags: {', '.join(sorted(TAGS))}",
                )


@rule("installs")
def _installs(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        found = INSTALLS.search(cell.source)
        if found:
            yield (
                cell,
                f"installs something ({found[0].strip()}). Lessons change no environment: see README.md",
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
    yield None, "asserts nothing. Compute something by hand and assert that the library gives the same"


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


# The parts of a lesson, and its prose

CELLS = (25, 45)
WORDS_PER_CODE_CELL = (80, 130)
# What every lesson has at least once, and how to find it.
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
            f"has {len(lesson.told)} cells besides exercises and explorers; a lesson has {low} to {high}",
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
        yield None, "has no code cell besides exercises and explorers"
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
        yield headings[0], "has a second title ('# ...'). Use '##' for headings below the title"


@rule("opening")
def _opening(lesson: Lesson) -> Iterator[Finding]:
    opening = ""
    for cell in lesson.cells:
        if cell.kind == "code":
            break
        opening += cell.source + "\n"
    if not re.search(r"\bminutes\b", opening):
        yield None, "does not say, before its first code cell, how many minutes it takes"
    points = re.findall(r"(?m)^\s*(?:[-*]|\d+\.) ", opening)
    if len(points) < 3:
        yield None, "does not list, before its first code cell, three or four things to learn to do"


@rule("parts")
def _parts(lesson: Lesson) -> Iterator[Finding]:
    prose = "\n\n".join(cell.source for cell in lesson.prose)
    for name, pattern in PARTS.items():
        if not pattern.search(prose):
            yield None, f"lacks {name}, which every lesson has. Write it"
