"""Each rule finds what it is for, and the lessons break none."""

from __future__ import annotations

from pathlib import Path

import pytest
from broken_lessons import VARIANTS, broken, code, good_lesson, with_exercises

from tools.notebooks import LESSONS, RULES, Lesson, check, check_file, to_bytes
from tools.notebooks.__main__ import main

# A cell that breaks the one cannot help breaking the other.
ALONG_WITH = {"long-cell": {"cell-lengths"}}


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
    # What stands behind the exercises counts.
    headings = [cell.source.split("\n")[0] for cell in lesson.told if cell.source.startswith("##")]
    assert headings == ["## Common mistakes", "## Summary", "## Next"]
    assert not any(cell.source.startswith("**Try**") for cell in lesson.told)


@pytest.mark.parametrize(("rule", "what", "change", "raw"), VARIANTS)
def test_a_rule_finds_its_broken_notebook_and_no_other_rule_does(rule, what, change, raw):
    assert {rule} <= found(broken(change, raw=raw)) <= {rule} | ALONG_WITH.get(rule, set())


def test_every_rule_has_a_broken_notebook():
    assert set(RULES) == {rule for rule, *_ in VARIANTS}


def change_for(rule):
    """The first variant that breaks a rule."""
    return next(change for broken_rule, _, change, _ in VARIANTS if broken_rule == rule)


def test_an_error_is_welcome_where_it_is_announced():
    notebook = good_lesson()
    change_for("error")(notebook)
    code(notebook, "sum").metadata["tags"] = ["raises-exception"]
    assert found(to_bytes(notebook)) == set()


def test_the_command_refuses_a_broken_file_and_none(tmp_path, capsys):
    path = tmp_path / "broken.ipynb"
    path.write_bytes(broken(change_for("picture-words")))
    before = path.read_bytes()
    assert main(["check", str(path)]) == 1
    assert "[picture-words]" in capsys.readouterr().out
    assert path.read_bytes() == before
    assert main(["check", str(tmp_path / "none.ipynb")]) == 2
    assert "There is no notebook" in capsys.readouterr().err


def test_a_message_names_notebook_cell_and_remedy():
    data = broken(change_for("semicolon"))
    (problem,) = check(Lesson(Path("07.ipynb"), data))
    assert str(problem).startswith("07.ipynb, cell 9: ends in ';'")
    assert "Assign the value" in str(problem)


def test_a_file_that_is_no_notebook_is_a_problem(tmp_path):
    path = tmp_path / "lesson.ipynb"
    path.write_text("{", encoding="utf-8")
    (problem,) = check_file(path)
    assert problem.rule == "unreadable"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_breaks_no_rule(path):
    assert "\n".join(map(str, check_file(path))) == ""
