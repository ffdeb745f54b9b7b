"""Each rule finds what it is for, and the lessons break none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "notebooks"))

from build import BROKEN, FILES, RAW, broken, good_lesson, with_exercises

from tools.notebooks import RULES, Lesson, check, check_file, to_bytes
from tools.notebooks.__main__ import main

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIXTURES = sorted((ROOT / "tests" / "notebooks").glob("*.ipynb"))
# A cell that breaks the one cannot help breaking the other.
ALONG_WITH = {"long-cell": {"cell-lengths"}, "too-large": set(), "late-import": set()}


def found(data: bytes) -> set[str]:
    return {problem.rule for problem in check(Lesson(Path("lesson.ipynb"), data))}


def test_a_good_lesson_breaks_no_rule():
    assert check(Lesson(Path("good.ipynb"), to_bytes(good_lesson()))) == []


def test_exercises_and_explorers_do_not_count():
    data = to_bytes(with_exercises(good_lesson()))
    lesson = Lesson(Path("good.ipynb"), data)
    assert check(lesson) == []
    assert len(lesson.cells) - len(lesson.told) == 23
    assert len(lesson.code) - len(lesson.told_code) == 11
    assert len(lesson.cells) > 45


def test_what_stands_behind_the_exercises_counts():
    notebook = with_exercises(good_lesson())
    told = {cell.source for cell in Lesson(Path("good.ipynb"), to_bytes(notebook)).told}
    assert any(source.startswith("## Summary") for source in told)
    assert any(source.startswith("## Next") for source in told)
    assert not any(source.startswith(("## Exercises", "### 1.", "**Try**")) for source in told)


@pytest.mark.parametrize(
    ("rule", "change", "raw"),
    [
        pytest.param(rule, change, raw, id=f"{rule}: {what}")
        for raw, variants in ((False, BROKEN), (True, RAW))
        for rule, what, change in variants
    ],
)
def test_a_rule_finds_its_broken_notebook_and_no_other_rule_does(rule, change, raw):
    assert found(broken(change, raw=raw)) - {rule} <= ALONG_WITH.get(rule, set())
    assert rule in found(broken(change, raw=raw))


def test_every_rule_has_a_broken_notebook():
    assert set(RULES) == {rule for rule, _, _ in BROKEN + RAW}


def test_an_error_is_welcome_where_it_is_announced():
    change = next(change for rule, _, change in BROKEN if rule == "error")
    notebook = good_lesson()
    change(notebook)
    next(cell for cell in notebook.cells if cell.id == "sum").metadata["tags"] = ["raises-exception"]
    assert found(to_bytes(notebook)) == set()


def test_the_files_are_the_broken_notebooks_of_the_builder():
    assert [path.stem for path in FIXTURES] == sorted(FILES)
    built = {}
    for raw, variants in ((False, BROKEN), (True, RAW)):
        for rule, _, change in variants:
            built.setdefault(rule, broken(change, raw=raw))
    for path in FIXTURES:
        assert path.read_bytes() == built[path.stem], (
            f"run: python tests/notebooks/build.py ({path.name} is old)"
        )


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_the_command_refuses_a_broken_file(path, capsys):
    before = path.read_bytes()
    assert main(["check", str(path)]) == 1
    assert f"[{path.stem}]" in capsys.readouterr().out
    assert path.read_bytes() == before


def test_a_message_names_notebook_cell_and_remedy():
    data = broken(next(change for rule, _, change in BROKEN if rule == "semicolon"), raw=False)
    (problem,) = check(Lesson(Path("07.ipynb"), data))
    assert str(problem).startswith("07.ipynb, cell 9: ends in ';'")
    assert "Assign the value" in str(problem)


def test_a_file_that_is_no_notebook_is_a_problem(tmp_path):
    path = tmp_path / "lesson.ipynb"
    path.write_text("{", encoding="utf-8")
    (problem,) = check_file(path)
    assert problem.rule == "unreadable"


def test_the_command_says_that_there_is_no_such_notebook(tmp_path, capsys):
    assert main(["check", str(tmp_path / "none.ipynb")]) == 2
    assert "There is no notebook" in capsys.readouterr().err


def test_there_are_lessons():
    assert LESSONS, "notebooks/ holds no lesson"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_breaks_no_rule(path):
    assert "\n".join(map(str, check_file(path))) == ""
