"""The instructor's guide agrees with the lessons: titles, minutes, sections, exercises, explorers, links."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from coursekit.exercises import lesson
from tools.notebooks import LESSONS

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "instructor"
OPENING = "Opening"  # what stands before the first heading of a lesson: its title, its imports, its input
NOT_TAUGHT = {"Next", "Sources"}
LINK = re.compile(r"\]\(([^)\s]+)\)")

each_lesson = pytest.mark.parametrize(
    ("number", "path"), list(enumerate(LESSONS, start=1)), ids=lambda value: getattr(value, "stem", None)
)


def page_of(path):
    return (GUIDE / f"{path.stem}.md").read_text(encoding="utf-8")


def without_code(text):
    """The text without its blocks of code, where `#` begins a comment."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def headings(text, level):
    return re.findall(rf"^{'#' * level} (.+?)\s*$", without_code(text), re.MULTILINE)


def part(text, heading):
    """What stands under a heading of level 2, code included."""
    found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"there is no heading {heading!r}"
    return found.group(1)


def rows(text):
    """The cells of the rows of a table, without its head."""
    lines = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines][2:]


def markdown(path):
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def minutes_of(path):
    """The minutes that the first cell of a lesson names."""
    found = re.search(r"\*(\d+) minutes\.", markdown(path)[0])
    assert found, f"{path.name}: the first cell names no minutes"
    return int(found.group(1))


def sections_of(path):
    found = [title for source in markdown(path) for title in headings(source, 2)]
    return [OPENING, *(title for title in found if title not in NOT_TAUGHT)]


def minutes_in(table, lesson_link):
    """{number of the lesson: minutes} from the table of a README: its last cell of digits alone."""
    found = {}
    for cells in rows(table):
        if linked := re.search(lesson_link, "|".join(cells)):
            found[int(linked[1])] = [int(cell) for cell in cells if cell.isdigit()][-1]
    return found


def test_each_lesson_has_a_page_and_no_page_is_left_over():
    assert [path.stem for path in LESSONS] == sorted(
        path.stem for path in GUIDE.glob("*.md") if path.stem != "README"
    )


@each_lesson
def test_a_page_has_the_lessons_title(number, path):
    assert headings(page_of(path), 1) == headings(markdown(path)[0], 1)
    assert headings(page_of(path), 1)[0].startswith(f"Lesson {number} · ")


@each_lesson
def test_the_minutes_name_the_lessons_sections_and_add_up_to_its_own(number, path):
    table = rows(part(page_of(path), "Minutes"))
    assert [row[0] for row in table] == sections_of(path)
    minutes = [int(row[1]) for row in table]
    assert min(minutes) > 0
    assert sum(minutes) == minutes_of(path)


@pytest.mark.parametrize(
    ("readme", "lesson_link"),
    [(ROOT / "README.md", r"\(notebooks/0(\d)_\w+\.ipynb\)"), (GUIDE / "README.md", r"\(0(\d)_\w+\.md\)")],
    ids=["README", "instructor/README"],
)
def test_the_readme_names_the_lessons_minutes(readme, lesson_link):
    minutes = {number: minutes_of(path) for number, path in enumerate(LESSONS, start=1)}
    assert minutes_in(readme.read_text(encoding="utf-8"), lesson_link) == minutes


@each_lesson
def test_there_is_something_to_say_for_each_section(number, path):
    talk = part(page_of(path), "What to say and draw")
    assert headings(talk, 3) == [title for title in sections_of(path) if title != "Exercises"]


@each_lesson
def test_the_demonstration_uses_the_explorer_of_the_lesson(number, path):
    (explorer,) = set(re.findall(r"\w+Explorer", part(page_of(path), "Live demonstration")))
    code = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert any(f"{explorer}(" in source for source in code)


@each_lesson
def test_the_exercises_are_those_of_the_lesson(number, path):
    wanted = [f"{exercise.label} · {exercise.title}" for exercise in lesson(number).progress.exercises]
    assert headings(part(page_of(path), "Exercises"), 3) == wanted


@each_lesson
def test_the_exam_question_has_an_answer_and_its_marks_add_up(number, path):
    exam = part(page_of(path), "Exam question")
    question, _, marking = re.split(r"\*\*(?:Answer|Marking)\.\*\*", exam)
    points, shares = re.match(r"\s*(\d+) points: (.*?)(?:\.\s|\Z)", marking, re.DOTALL).groups()
    letters, marks = zip(*re.findall(r"\(([a-z])\) (\d+)", shares), strict=True)
    assert [*letters] == re.findall(r"\(([a-z])\)", question)
    assert sum(map(int, marks)) == int(points)


@pytest.mark.parametrize("page", sorted(GUIDE.glob("*.md")), ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    for target in LINK.findall(without_code(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        assert linked.is_file(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in anchors(linked), f"{page.name} links to {target}"


def anchors(page):
    """What a heading is called in a link: lower case, words joined, other signs left out."""
    found = re.findall(r"^#+ (.+?)\s*$", without_code(page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in found}
