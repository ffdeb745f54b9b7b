"""The glossary: every term in four languages, and with the lesson that uses it first."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from tools.notebooks import LESSONS

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ["\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells) for path in LESSONS]
LANGUAGES = {
    1: re.compile(r"[\uac00-\ud7a3]"),  # Hangul
    2: re.compile(r"[\u4e00-\u9fff]"),
    3: re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"),
}


def rows():
    """The rows of the table: term, Korean, Chinese, Japanese, explanation, lesson."""
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    table = [line.strip("| ").split("|") for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in table[2:]]


def test_the_terms_are_in_order_and_there_once():
    terms = [row[0].lower() for row in rows()]
    assert len(terms) > 40
    assert terms == sorted(set(terms))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_term_is_whole_and_its_lesson_uses_it(row):
    term, *_, explanation, lesson = row
    for column, letters in LANGUAGES.items():
        # Abbreviations keep their Latin letters, and say beside them what they mean.
        assert letters.search(row[column]), f"{term}: column {column + 1} has {row[column]!r}"
    assert explanation.endswith(".")
    stem = re.escape(term.lower().removesuffix("e"))
    uses = [bool(re.search(rf"\b{stem}", text.lower())) for text in TEXTS]
    assert uses[int(lesson) - 1], f"lesson {lesson} does not use {term!r}; these do: {uses}"


@pytest.mark.parametrize("text", TEXTS, ids=[path.stem for path in LESSONS])
def test_every_lesson_links_to_it(text):
    assert "(../docs/glossary.md)" in text
