"""Slides: which cell begins one, what fits on one, and that nothing is fetched from anywhere."""

from __future__ import annotations

import re

import nbformat
import pytest
from conftest import required
from editions_support import EXERCISES, LESSONS, every_lesson, small_lesson
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.editions import placed
from tools.editions.__main__ import main
from tools.editions.reveal import FILES, RevealError, reveal_files
from tools.editions.slide_layout import MOST_LINES, lines_of, slide_texts, slide_types
from tools.editions.slides import slides, text_html

required("pyreveal", "latex2mathml")

IMAGE = '<img alt="A cat." src="data:image/png;base64,iVBORw0KGgo=">'
FIGURE = f"<figure>{IMAGE}<figcaption>A cat.</figcaption></figure>"


def result(data):
    return new_output("execute_result", data=data, execution_count=1)


def lesson(*cells):
    made = [new_markdown_cell("# Lesson 2 · Small", id="title"), new_code_cell("import cv2", id="setup")]
    return new_notebook(cells=made + list(cells))


def typed(notebook, *types):
    """Give the cells behind the title and the imports their slide types."""
    for cell, slide_type in zip(notebook.cells, ["slide", "skip", *types], strict=True):
        cell.metadata["slideshow"] = {"slide_type": slide_type}
    return notebook


def pages(html):
    """The parts of the page that are slides."""
    return re.findall(r'<section><div class="page">(.*?)</div></section>', html, re.DOTALL)


TEXT, QUESTION = new_markdown_cell("Short."), new_markdown_cell("**Predict** it.")
LONG = new_markdown_cell("A long text with many words. " * 40)
PRINT, PICTURE = new_code_cell("print(1)"), new_code_cell("show_image(photo)")


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ([new_markdown_cell("## 1 · Section"), TEXT], ["slide", "subslide"]),
        ([TEXT, PRINT], ["subslide", "-"]),
        ([QUESTION, PRINT], ["subslide", "fragment"]),
        ([LONG, PRINT], ["subslide", "subslide"]),
        ([TEXT, PICTURE], ["subslide", "-"]),
        ([QUESTION, PICTURE], ["subslide", "subslide"]),
        ([LONG, PICTURE], ["subslide", "subslide"]),
        ([TEXT, PRINT, new_code_cell("print(2)")], ["subslide", "-", "subslide"]),
        ([TEXT, new_code_cell("explorers.FilterExplorer(photo)")], ["subslide", "-"]),
        ([QUESTION, new_code_cell("FilterExplorer(photo)")], ["subslide", "subslide"]),
        ([QUESTION, new_code_cell("\n".join(["x = 1"] * 18))], ["subslide", "subslide"]),
    ],
)
def test_the_type_of_a_cell(cells, wanted):
    assert slide_types(lesson(*cells).cells)[2:] == wanted


def test_imports_and_progress_are_left_out_and_an_exercise_is_one_slide():
    notebook = placed(small_lesson(), EXERCISES, name="small")
    types = {cell.id: cell.metadata.slideshow.slide_type for cell in notebook.cells}
    exercises = {f"lesson02-ex{name}": types.pop(f"lesson02-ex{name}") for name in ("1q", "1a", "2q", "2a")}
    assert [*exercises.values()] == ["subslide", "-"] * 2
    told = {"title": "slide", "one": "slide", "sum": "fragment", "lesson02-ex": "slide", "summary": "slide"}
    assert types == told | {"imports": "skip", "lesson02-ex-progress": "skip"}


@every_lesson
def test_no_text_is_lost_where_it_is_split(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            assert "".join("".join(slide_texts(cell.source)).split()) == "".join(cell.source.split())
            assert all(lines_of(part) <= MOST_LINES for part in slide_texts(cell.source))


def test_a_heading_and_a_line_with_a_colon_are_not_left_alone():
    long = "A long paragraph, with words. " * 40
    assert [part[:9] for part in slide_texts(f"{long}\n\n## Heading\n\n{long}")] == ["A long pa", "## Headin"]
    assert slide_texts(f"Look at this:\n\n{long}{long}")[0].startswith("Look at this:\n\nA long")
    items = "\n".join(f"- {'many words in an item ' * 12}" for _ in range(12))
    assert len(slide_texts(items)) > 1


def test_each_piece_stands_where_the_metadata_says():
    notebook = lesson(
        new_markdown_cell("## One\n\n**Predict** $n - 1$."),
        new_code_cell("print(1)", outputs=[new_output("stream", text="1 < 2\n")]),
        new_markdown_cell("More."),
    )
    html = slides(typed(notebook, "slide", "fragment", "subslide"))
    assert "<title>Lesson 2 · Small</title>" in html
    title, first, second = pages(html)
    assert "<h1>" in title
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">' in first
    assert 'class="piece asks"' in first
    assert first.count('class="fragment piece"') == 2
    assert "1 &lt; 2" in first
    assert second == '<div class="piece"><p>More.</p></div>'
    assert len(re.findall(r"(?m)^<section>$", html)) == 2
    assert "import cv2" not in html


def test_the_code_of_an_answer_to_a_prediction_is_not_shown():
    answer = result({"text/html": "<details><summary>Check</summary>It is 8.</details>"})
    cells = [new_code_cell(f"shown = {n}", outputs=[answer]) for n in (1, 2)]
    cells[1].metadata["jupyter"] = {"source_hidden": True}
    html = slides(lesson(TEXT, *cells))
    assert html.count("It is 8.") == 2
    assert re.sub("<[^>]+>", "", html).count("shown = ") == 1


def test_what_does_not_fit_begins_another_slide():
    long = [new_output("stream", text="line\n" * 30)]
    code = new_code_cell("x = 1\n" * 6 + "print(x)", outputs=long)
    found = pages(slides(typed(lesson(new_markdown_cell("Some words. " * 60), code), "subslide", "-")))
    assert len(found) == 4
    assert "shown long" in found[-1]


def test_pictures_keep_their_words_errors_are_shown_and_unanswered_exercises_say_nothing():
    shown = result({"text/html": FIGURE, "text/plain": "A cat."})
    png = result({"image/png": "iVBORw0KGgo=", "text/plain": 'A "dog".'})
    blank = new_code_cell("mine = ...", outputs=[result({"text/plain": "… not answered"})])
    blank.metadata["tags"] = ["exercise"]
    error = new_output("error", ename="ValueError", evalue="no <b>", traceback=[])
    html = slides(lesson(*(new_code_cell("a", outputs=[each]) for each in (shown, png, error)), blank))
    assert "ValueError: no &lt;b&gt;" in html
    assert FIGURE in html
    assert 'alt="A &quot;dog&quot;."' in html
    assert "not answered" not in html


@every_lesson
def test_the_slides_of_a_lesson_ask_for_nothing_and_are_the_same_each_time(path):
    notebook = nbformat.read(path, as_version=4)
    html = slides(notebook)
    assert slides(notebook) == html
    html = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    # A picture in an address may refer to its own parts; to others no browser lets it.
    html = re.sub(r'"data:[^"]*"', '"data:"', html)
    assert not re.search(r"<(?:script|img|iframe|link)\b[^>]*(?:src|href)=(?![\"']?data:)", html)
    assert not re.search(r"@import|url\((?![\"']?data:)", html)
    assert "$" not in re.sub(r"<(style|pre|code)\b.*?</\1>", "", html, flags=re.DOTALL)


def test_formulas_become_mathml():
    html = text_html("$$\\frac{a}{b}$$\n\nand `$x$`")
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' in html
    assert "<mfrac>" in html
    assert "<code>$x$</code>" in html


def test_reveal_is_the_one_that_its_authors_published(tmp_path):
    texts = reveal_files()
    assert set(texts) == set(FILES)
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8", newline="\n")
    assert reveal_files(tmp_path) == texts
    (tmp_path / "dist" / "reveal.js").write_text("alert()", encoding="utf-8")
    with pytest.raises(RevealError, match=r"reveal\.js is not from reveal\.js 6\.0\.1: its SHA-256 is"):
        reveal_files(tmp_path)
    (tmp_path / "dist" / "reveal.css").unlink()
    with pytest.raises(RevealError, match=r"lacks dist/reveal\.css"):
        reveal_files(tmp_path)


def test_without_reveal_the_command_says_what_to_do(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("tools.editions.reveal.find_spec", lambda name: None)
    assert main(["slides", str(LESSONS[0]), "--to", str(tmp_path)]) == 1
    assert "package pyreveal, which is not installed" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_slides_and_a_list_of_them(tmp_path, capsys):
    assert main(["slides", *map(str, LESSONS[:2]), "--to", str(tmp_path / "new")]) == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "01_image_loading.html",
        "02_filter_bank.html",
        "index.html",
    ]
    listed = (tmp_path / "new" / "index.html").read_text(encoding="utf-8")
    assert '<a href="02_filter_bank.html">Lesson 2 · The filter bank</a>' in listed
    assert re.search(r"01_image_loading\.ipynb: \d\d slides in ", capsys.readouterr().out)
