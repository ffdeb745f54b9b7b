"""A learner opens a lesson in JupyterLab, runs it, and sees every picture together with its words."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from tools.lab import address, end_kernels
from tools.notebooks.lesson import Pictures

LESSONS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
MILLISECONDS = 240_000  # for a whole lesson on a busy machine
SIZE = {"width": 1300, "height": 1400}

PICTURES = """() => [...document.querySelectorAll('.jp-OutputArea-output img')].map(image => ({
    alt: image.getAttribute('alt'),
    caption: image.closest('figure')?.querySelector('figcaption')?.textContent ?? null,
    loaded: image.complete && image.naturalWidth > 0,
}))"""
# JupyterLab marks errors and warnings alike.
ERRORS = """() => [...document.querySelectorAll('[data-mime-type="application/vnd.jupyter.stderr"]')]
    .map(output => output.textContent)"""
# A cell that runs, or waits to run, has a star where its number will be. After an error no other cell runs.
RUN_ENDED = f"""([cells, errors]) => {{
    if (({ERRORS})().length > errors) return true;
    const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.textContent);
    return prompts.length === cells && prompts.every(text => /\\[\\d+\\]/.test(text));
}}"""
LOST = """() => [...document.querySelectorAll('.jp-OutputArea-output')].map(output => output.textContent)
    .filter(text => /model not found|Error displaying widget/.test(text))"""

lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def committed_words(path):
    """The words of all pictures, in order, as they are committed."""
    return [
        alt
        for cell in code_cells(path)
        for output in cell.outputs
        for alt in Pictures(output.get("data", {}).get("text/html", "")).images
    ]


def announced_errors(path):
    """How many errors the lesson shows on purpose."""
    return sum(output.output_type == "error" for cell in code_cells(path) for output in cell.outputs)


@pytest.fixture
def page(browser, lab):
    page = browser.new_page(viewport=SIZE)
    page.set_default_timeout(MILLISECONDS)
    yield page
    page.close()
    end_kernels(lab.server)


def open_lesson(page, lab, name):
    """Open a copy of a lesson; return the path of the copy that was not touched."""
    path = lab.folder / name
    page.goto(address(lab.server, name))
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.wait_for_function(
        "cells => document.querySelectorAll('.jp-CodeCell').length === cells", arg=len(code_cells(path))
    )
    return lab.folder / "committed" / path.name


def photograph(page, folder, name):
    """Scroll through the lesson and take a picture at every stop."""
    panel = page.locator(".jp-WindowedPanel-outer").first
    height, step = panel.evaluate("panel => [panel.scrollHeight, panel.clientHeight]")
    for number, top in enumerate(range(0, height, step), start=1):
        panel.evaluate("(panel, top) => { panel.scrollTop = top; }", top)
        page.wait_for_timeout(100)
        page.screenshot(path=folder / f"{name}-{number:02}.png")


def assert_every_picture_has_its_words(page, path):
    page.wait_for_function(f"() => ({PICTURES})().every(picture => picture.loaded)")
    pictures = page.evaluate(PICTURES)
    assert [picture["alt"] for picture in pictures] == committed_words(path)
    assert [picture["caption"] for picture in pictures] == committed_words(path)
    assert page.evaluate(LOST) == []


@lesson
def test_a_lesson_runs_from_top_to_bottom(path, lab, page, screenshots):
    committed = open_lesson(page, lab, f"fresh/{path.name}")
    # JupyterLab forgets what it is asked to run while the kernel is still starting.
    page.get_by_text("| Idle").wait_for()
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(r"^Run$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(r"^Run All Cells$")).click()
    try:
        page.wait_for_function(RUN_ENDED, arg=[len(code_cells(committed)), announced_errors(committed)])
        errors = page.evaluate(ERRORS)
        assert len(errors) == announced_errors(committed), "\n".join(errors)
        assert_every_picture_has_its_words(page, committed)
    finally:
        photograph(page, screenshots, path.stem)


@lesson
def test_a_lesson_shows_its_committed_pictures_before_anything_runs(path, lab, page):
    committed = open_lesson(page, lab, f"committed/{path.name}")
    assert_every_picture_has_its_words(page, committed)


def test_the_lessons_have_pictures():
    assert all(committed_words(path) for path in LESSONS)
