"""What ruff does not see of the docstrings' style: capitals of entries, and the form of examples."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(path for folder in ("coursekit", "tools") for path in (ROOT / folder).rglob("*.py"))
SECTION = re.compile(r"(?ms)^(?:Args|Attributes|Returns|Yields|Raises):\n(.*?)(?=^\S|\Z)")
# A word in lower case, not `code`, float32, or a name such as torch's.
LOWER = re.compile(r"[a-z]+(?![\w'.(])")


def docstrings(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield inspect.cleandoc(ast.get_docstring(node) or "")


def entries(docstring: str) -> Iterator[str]:
    """The sentences below a heading: all of `Returns:`, and what stands behind each name of `Args:`."""
    for section in SECTION.finditer(docstring):
        text = inspect.cleandoc(section[1])
        named = section[0].startswith(("Args", "Attributes", "Raises"))
        yield from re.findall(r"(?m)^[*\w]+: (.+)", text) if named else [text]


def faults(source: str) -> list[str]:
    found = [entry for text in docstrings(source) for entry in entries(text) if LOWER.match(entry)]
    return found + [line for text in docstrings(source) for line in re.findall(r"(?m)^Examples?:", text)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_entries_begin_with_a_capital_and_examples_have_no_heading(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []
