"""Rules about what was executed and what came out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tools.notebooks.lesson import Cell, Lesson, Pictures
from tools.notebooks.normalise import NormaliseError, fingerprint, normalise, to_bytes
from tools.notebooks.problems import RULES, Finding, rule

__all__ = ["MOST_BYTES", "MOST_OUTPUT_LINES"]

MOST_BYTES = 1_200_000
MOST_OUTPUT_LINES = 60
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+|\b0x[0-9a-fA-F]{8,}\b")
MACHINE_PATH = re.compile(
    r"(?<![\w.-])/(?:home|Users|root|tmp|var|private|opt|mnt|work|workspace|srv|usr|etc)/[\w.~-]+"
    r"|(?<!\w)[A-Za-z]:\\+[\w.~-]+"
    r"|\bipykernel_\d+\b"
)
PICTURE = re.compile(r'src="data:[^"]*"')
EXPLAINED = ("not-run", "order", "stale", "kernelspec", "widget-view")  # each of them makes other bytes
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
            yield cell, f"was executed as number {cell.count}, but stands at {wanted}. {RUN}"
            return


@rule("stale")
def _stale(lesson: Lesson) -> Iterator[Finding]:
    if any(True for _ in _not_run(lesson)):
        return  # nothing was stored that could be stale
    stored = lesson.notebook.metadata.get("coursekit", {}).get("executed")
    if stored != fingerprint(lesson.notebook):
        yield None, f"its code is not the code that was executed when its outputs were stored. {RUN}"


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
            f"holds execution times, versions, counts or other things that differ from run to run. {RUN}",
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
            yield cell, f"holds a widget view, which shows 'model not found' to readers. {RUN}"
    if "widgets" in lesson.notebook.metadata:
        yield None, f"holds the state of widgets. {RUN}"


@rule("address")
def _address(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        found = ADDRESS.search(_text(cell))
        if found:
            yield (
                cell,
                f"shows an object's address ({found[0]}), another one in every run. Show something else",
            )


@rule("machine-path")
def _machine_path(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        for where, text in (("code", cell.source), ("output", _text(cell))):
            found = MACHINE_PATH.search(text)
            if found:
                yield (
                    cell,
                    f"has a path of one machine in its {where} ({found[0]}). Use a name, or a relative path",
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
                    f"prints {lines} lines; nobody reads more than {MOST_OUTPUT_LINES}. Show a part of it",
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
                    yield cell, f"the alt text of its picture is not the words of its text/plain. {advice}"
            if len(found.images) == len(found.captions) and found.captions != found.images:
                yield cell, f"the caption of its picture is not its alt text. {advice}"
    for cell in lesson.prose:
        if re.search(r"!\[\s*\]\(", cell.source) or any(not alt for alt in Pictures(cell.source).images):
            yield cell, "has a picture without alt text. Say between ![ and ] what it shows"


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
