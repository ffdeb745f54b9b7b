"""The glossary: every term that a lesson introduces in bold is in it, in four languages, with its lesson."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from tools.notebooks.lesson import exercise_range

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LANGUAGES = {
    1: re.compile(r"[\uac00-\ud7a3]"),  # Hangul
    2: re.compile(r"[\u4e00-\u9fff]"),
    3: re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"),
}
# Terms of the field that the course must name, bold in a lesson or not.
REQUIRED = {
    "kernel",
    "filter",
    "filter bank",
    "feature map",
    "activation",
    "channel",
    "stride",
    "padding",
    "dilation",
    "receptive field",
    "cross-correlation",
    "convolution",
}
# Bold in a lesson, but no term: a place in a picture, a colour, a stressed word, a button.
STRESSED = {
    "top left corner",
    "downwards",
    "row 0",
    "row 1",
    "row 2",
    "row 3",
    "red",
    "green",
    "blue",
    "sign",
    "cannot",
    "clips",
    "drops it",
    "b",
    "shift + enter",
    "edges",
    "colour blobs",
    "random",
    "hand-made",
    "learned",
    "normalise",
    "flip",
}
# Bold in a lesson as another form of a term.
FORMS = {"weights": "weight", "dead": "dead unit", "linear": "linear layer"}
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


def entries():
    """{term in lower case: its row}."""
    rows = [line.strip("|\n ").split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines()]
    table = [[cell.strip() for cell in row] for row in rows if len(row) == 6]
    return {row[0].lower(): row for row in table[2:]}


ENTRIES = entries()


def prose(path):
    """The Markdown of a lesson, without its exercises."""
    cells = nbformat.read(path, as_version=4).cells
    exercises = exercise_range((cell.cell_type, cell.source) for cell in cells)
    return "\n\n".join(
        cell.source
        for place, cell in enumerate(cells)
        if cell.cell_type == "markdown" and place not in exercises
    )


def bold_terms():
    """{term: number of the lesson that has it in bold first}; sentences and headings in bold are none."""
    first = {}
    for number, path in enumerate(LESSONS, start=1):
        for text in BOLD.findall(prose(path)):
            word = text.lower()
            if re.search(r"[.:?\"]$|^predict|^try", word) or word in STRESSED:
                continue
            first.setdefault(FORMS.get(word, word), number)
    return first


def test_it_has_every_term_the_course_must_name():
    assert set(ENTRIES) >= REQUIRED


@pytest.mark.parametrize(("term", "lesson"), bold_terms().items())
def test_a_term_in_bold_is_explained(term, lesson):
    assert term in ENTRIES, f"lesson {lesson} introduces {term!r} in bold: enter it into docs/glossary.md"
    assert int(ENTRIES[term][5]) <= lesson


@pytest.mark.parametrize("row", ENTRIES.values(), ids=lambda row: row[0])
def test_a_term_is_whole(row):
    for column, letters in LANGUAGES.items():
        # Abbreviations keep their Latin letters, and say beside them what they mean.
        assert letters.search(row[column]), f"{row[0]}: column {column + 1} has {row[column]!r}"
    assert row[4].endswith(".")
    assert len(row[4]) <= 110


@pytest.mark.parametrize("row", ENTRIES.values(), ids=lambda row: row[0])
def test_its_first_lesson_uses_it_and_none_before_explains_it(row):
    stem = re.escape(row[0].lower().removesuffix("e"))
    uses = [bool(re.search(rf"\b{stem}", text_of(path))) for path in LESSONS]
    assert uses[int(row[5]) - 1], f"lesson {row[5]} does not use {row[0]!r}; these do: {uses}"


def text_of(path):
    cells = nbformat.read(path, as_version=4).cells
    return " ".join(cell.source for cell in cells).lower()


def test_the_terms_are_in_order_and_there_once():
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    terms = [line.strip("| ").split("|")[0].strip().lower() for line in lines if line.count("|") == 7][2:]
    assert terms == sorted(terms)
    assert len(terms) == len(set(terms)) == len(ENTRIES)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_links_to_it(path):
    assert "(../docs/glossary.md)" in prose(path)
