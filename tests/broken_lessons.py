"""A small good lesson, and variants of it that each break one rule."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.notebooks import normalise, to_bytes

PROSE = "The kernel visits every pixel and adds nine products. " * 12
WORDS = 'Gray image, 2 x 2 pixels. Values "0" to 1, 3 < 4.'
SVG, PNG = "%3Csvg/%3E", "iVBORw0KGgo="

Change = Callable[[Any], None]


def figure(alt: str | None = WORDS, caption: str = WORDS) -> str:
    """Write a picture as coursekit's Picture does."""
    says = "" if alt is None else f'alt="{escape(alt)}" '
    return (
        f'<figure><img {says}width="860" src="data:image/svg+xml,{SVG}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def result(data: dict[str, Any]) -> Any:
    """Make the output of a cell's last line."""
    return new_output("execute_result", data=data, execution_count=1, metadata={})


def stream(text: str, name: str = "stdout") -> Any:
    """Make the output of print()."""
    return new_output("stream", name=name, text=text)


def good_lesson() -> Any:
    """Build a lesson that breaks no rule. Nothing is executed: its outputs are written by hand."""
    opening = "# A lesson\n\n45 minutes.\n\n- read\n- predict\n- check\n"
    shown = result({"text/html": figure(), "text/plain": WORDS})
    cells = [
        new_markdown_cell(opening, id="title"),
        new_code_cell("import numpy as np", id="setup"),
        new_markdown_cell(PROSE, id="input"),
        new_code_cell("picture", id="picture", outputs=[shown]),
        new_markdown_cell("**Predict** the sum.", id="predict"),
        new_code_cell("print(1 + 1)\nassert 1 + 1 == 2", id="sum", outputs=[stream("2\n")]),
        new_markdown_cell("**What to notice**: it is two.", id="notice"),
    ]
    for number in range(9):
        cells += [new_markdown_cell(PROSE, id=f"prose{number}"), new_code_cell("x = 1", id=f"code{number}")]
    cells += [
        new_markdown_cell("## Common mistakes\n\nNone.", id="mistakes"),
        new_markdown_cell("## Summary\n\nIt was two.", id="summary"),
        new_markdown_cell("## Next\n\nThree.\n\n**Sources**: none.", id="next"),
    ]
    return normalise(run_in_order(new_notebook(cells=cells)))


def run_in_order(notebook: Any) -> Any:
    """Count the code cells as if they had just been executed."""
    for count, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), start=1):
        cell.execution_count = count
    return notebook


def with_exercises(notebook: Any) -> Any:
    """Add a long section of exercises before the Summary, and an explorer with the text about it."""
    function = "def f(x):\n    y = x\n" + "    y = y + 1\n" * 12 + "    return ..."
    section = [new_markdown_cell("## Exercises\n\nYou.", id="exercises")]
    for number in range(1, 11):
        section += [
            new_markdown_cell(f"### 1.{number} · A title\n\n{PROSE}", id=f"ex{number}q"),
            new_code_cell(function, id=f"ex{number}a", metadata={"tags": ["exercise"]}),
        ]
    place = next(index for index, cell in enumerate(notebook.cells) if cell.id == "summary")
    notebook.cells[place:place] = section
    notebook.cells[3:3] = [
        new_code_cell("long = 1\n" * 11 + "explorers.FilterExplorer(photo)", id="explorer"),
        new_markdown_cell("**Try** it. " + PROSE * 8, id="try"),
    ]
    return normalise(run_in_order(notebook))


def code(notebook: Any, name: str) -> Any:
    """Find a cell by its id."""
    return next(cell for cell in notebook.cells if cell.id == name)


def source(name: str, text: str) -> Change:
    """Replace the source of a cell."""
    return lambda notebook: code(notebook, name).update(source=text)


def output(name: str, *outputs: Any) -> Change:
    """Replace the outputs of a cell."""
    return lambda notebook: code(notebook, name).update(outputs=list(outputs))


def picture(html: str | None, **more: str) -> Change:
    """Replace the picture; None leaves only the PNG."""
    data = {"text/plain": WORDS} | ({"text/html": html} if html else {"image/png": PNG}) | more
    return output("picture", result(data))


def tag(name: str) -> Change:
    """Tag a code cell."""
    return lambda notebook: code(notebook, "sum").metadata.update(tags=[name])


def _insert(cell: Any) -> Change:
    return lambda notebook: notebook.cells.insert(5, cell)


def _sources(kind: str, count: int, text: str) -> Change:
    """Replace the source of the first cells of a kind, `code` or `prose`."""

    def replace(notebook: Any) -> None:
        for number in range(count):
            code(notebook, f"{kind}{number}").source = text

    return replace


def _many_cells(notebook: Any) -> None:
    notebook.cells[5:5] = [new_markdown_cell("Look.", id=f"more{number}") for number in range(18)]


def _few_cells(notebook: Any) -> None:
    del notebook.cells[-7:-3]


def _exercised(change: Change) -> Change:
    def both(notebook: Any) -> None:
        notebook.cells = with_exercises(notebook).cells
        change(notebook)

    return both


ERROR = new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"])
VIEW = result({"text/plain": "W()", "application/vnd.jupyter.widget-view+json": {"model_id": "1"}})
THREE_FUNCTIONS = "def a(): ...\ndef b(): ...\ndef c(): ..."

# (rule, what is broken, how). These change what a writer types or a cell shows; then it is normalised.
BROKEN: list[tuple[str, str, Change]] = [
    ("error", "a cell ended with an error", output("sum", ERROR)),
    ("stderr", "a warning", output("sum", stream("UserWarning: no\n", "stderr"))),
    ("address", "an address in a result", output("sum", result({"text/plain": "<T at 0x7f3a5c2b1d90>"}))),
    ("machine-path", "a path in a stream", output("sum", stream("/home/ada/cat.png\n"))),
    ("machine-path", "a path on Windows", output("sum", stream("C:\\Users\\ada\\cat.png\n"))),
    ("machine-path", "a path in the code", source("code0", "path = '/Users/ada/cat.png'")),
    ("machine-path", "a kernel's path", output("sum", stream("see ipykernel_8631 line 3\n"))),
    ("long-output", "61 lines", output("sum", stream("line\n" * 61))),
    ("picture-words", "PNG only", picture(None)),
    ("picture-words", "no alt", picture(figure(alt=None))),
    ("picture-words", "empty alt", picture(figure(alt=" "))),
    ("picture-words", "another alt", picture(figure(alt="A cat."))),
    ("picture-words", "another caption", picture(figure(caption="A cat."))),
    ("picture-words", "another text/plain", picture(figure(), **{"text/plain": "A cat."})),
    ("picture-words", "Markdown without alt", source("notice", "**What to notice** ![](cat.png)")),
    ("picture-words", "HTML in Markdown", source("notice", "**What to notice** <img src='cat.png'>")),
    ("too-large", "over 1.2 MB", picture(figure().replace(SVG, "A" * 1_200_001))),
    ("long-cell", "21 lines", source("code0", "x = 1\n" * 21)),
    ("long-cell", "21 lines in an exercise", _exercised(source("ex1a", "x = 1\n" * 21))),
    ("cell-lengths", "three cells of 12 lines", _sources("code", 3, "x = 1\n" * 12)),
    ("cell-lengths", "the median is six lines", _sources("code", 9, "x = 1\n" * 6)),
    ("functions", "three functions", source("code0", THREE_FUNCTIONS)),
    ("late-import", "an import in the middle", source("code0", "from math import pi")),
    ("semicolon", "a closing semicolon", source("code0", "x;")),
    ("semicolon", "a comment behind it", source("code0", "x;  # hide it\n")),
    ("unseen-output", "interact", source("code0", "widgets.interact(f, x=3)")),
    ("unseen-output", "interactive_output", source("code0", "interactive_output(f, {})")),
    ("unseen-output", "Output", source("code0", "out = widgets.Output()")),
    ("unseen-output", "clear_output", source("code0", "clear_output(wait=True)")),
    ("unseen-output", "display_id", source("code0", "display(x, display_id=True)")),
    ("unchecked", "a mark of nbval", source("code0", "# NBVAL_IGNORE_OUTPUT\nx")),
    ("tag", "a tag of nbval in upper case", tag("NBVAL-IGNORE-OUTPUT")),
    ("tag", "a tag that hides an output from nbval", tag("nbval-ignore-output")),
    ("tag", "a misspelt tag", tag("raise-exception")),
    ("installs", "pip", source("code0", "!pip install torch")),
    ("installs", "pip as a magic", source("code0", "%pip install torch")),
    ("magic", "a magic", source("code0", "%matplotlib inline")),
    ("magic", "a cell magic", source("code0", "%%time\nx = 1")),
    ("magic", "a shell command", source("code0", "!ls")),
    ("asserted", "nothing is asserted", source("sum", "print(1 + 1)")),
    ("cell-number", "24 cells", _few_cells),
    ("cell-number", "46 cells", _many_cells),
    ("empty-cell", "an empty text cell", _insert(new_markdown_cell(" \n", id="empty"))),
    ("empty-cell", "an empty code cell", _insert(new_code_cell("", id="empty"))),
    ("words", "too few words", _sources("prose", 9, "Short.")),
    ("words", "too many words", source("input", PROSE * 8)),
    ("title", "no title", source("title", "A lesson\n\n45 minutes\n\n- a\n- b\n- c")),
    ("title", "a second title", source("notice", "# Another\n\n**What to notice**")),
    ("opening", "no minutes", source("title", "# A lesson\n\n- a\n- b\n- c")),
    ("opening", "no points", source("title", "# A lesson\n\n45 minutes.")),
    ("parts", "no Predict", source("predict", "Guess the sum.")),
    ("parts", "no What to notice", source("notice", "It is two.")),
    ("parts", "no Common mistakes", source("mistakes", "None.")),
    ("parts", "no Summary", source("summary", "It was two.")),
    ("parts", "no Next", source("next", "**Sources**: none.")),
    ("parts", "no Sources", source("next", "## Next\n\nThree.")),
]


def _unrun(notebook: Any) -> None:
    code(notebook, "sum").update(execution_count=None, outputs=[])


def _swap_counts(notebook: Any) -> None:
    code(notebook, "picture").execution_count, code(notebook, "sum").execution_count = 3, 2


def _time(notebook: Any) -> None:
    code(notebook, "sum").metadata["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}


# These break what normalising mends or refuses, so they are stored as they are.
RAW: list[tuple[str, str, Change]] = [
    ("not-run", "a cell without a count", _unrun),
    ("order", "cells executed in another order", _swap_counts),
    ("stale", "the code was changed afterwards", source("sum", "print(1 + 2)\nassert True")),
    ("stale", "no fingerprint", lambda notebook: notebook.metadata.pop("coursekit")),
    ("not-normalised", "execution times", _time),
    ("kernelspec", "no kernelspec", lambda notebook: notebook.metadata.pop("kernelspec")),
    ("widget-view", "a widget view", output("sum", VIEW)),
    ("widget-view", "states of widgets", lambda notebook: notebook.metadata.update(widgets={})),
]


# (rule, what is broken, how, whether it is stored as it is).
VARIANTS = [(*each, False) for each in BROKEN] + [(*each, True) for each in RAW]


def broken(change: Change, *, raw: bool = False) -> bytes:
    """Apply a change to the good lesson and return the notebook's bytes."""
    notebook = good_lesson()
    change(notebook)
    return to_bytes(notebook if raw else normalise(run_in_order(notebook)))
