"""A learner opens a lesson in JupyterLab, runs it, and sees every picture together with its words."""

from __future__ import annotations

import os
import re

import nbformat
import pytest
from accessibility import grave_faults
from conftest import TOUCH_SCREEN
from driving import driving
from playwright.sync_api import expect

from tools.lab import address, end_kernels
from tools.lab_page import choose, run_all
from tools.notebooks.lesson import LESSONS, Pictures

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
    return prompts.filter(text => /\\[\\d+\\]/.test(text)).length >= cells
        && !prompts.some(text => text.includes('*'));
}}"""
# The views come after the outputs around them.
STILLS = """() => [...document.querySelectorAll('figure.coursekit-still')].map(still => still.hidden)"""
BACKGROUND = "root => getComputedStyle(root).backgroundColor"
LOST = """() => [...document.querySelectorAll('.jp-OutputArea-output')].map(output => output.textContent)
    .filter(text => /model not found|Error displaying widget/.test(text))"""

lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def prompts(path):
    """The code cells with a number before them: JupyterLab shows none where the code is hidden."""
    return [cell for cell in code_cells(path) if not cell.metadata.get("jupyter", {}).get("source_hidden")]


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
    context = browser.new_context(viewport=SIZE, **TOUCH_SCREEN)
    page = context.new_page()
    page.set_default_timeout(MILLISECONDS)
    yield page
    context.close()
    end_kernels(lab.server)


def open_lesson(page, lab, path):
    """Open the copy of a lesson."""
    page.goto(address(lab.server, path.name))
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.wait_for_function(
        "cells => document.querySelectorAll('.jp-CodeCell').length === cells", arg=len(code_cells(path))
    )


def clear_outputs(page):
    """What a lesson tells its reader to do before running it."""
    choose(page, "Edit", "Clear Outputs of All Cells")
    page.wait_for_function("() => document.querySelectorAll('.jp-OutputArea-output').length === 0")


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


def explorer_names(path):
    """The classes whose objects a lesson shows, in order."""
    found = re.findall(r"\b(\w+Explorer)\(", "\n".join(cell.source for cell in code_cells(path)))
    assert found, f"{path.name} has no explorer"
    return found


def assert_every_explorer_works(page, screenshots, path):
    """Pointer, keys and touch give reference's numbers; both themes suit; axe finds nothing serious."""
    names = explorer_names(path)
    page.wait_for_function(f"count => ({STILLS})().filter(hidden => hidden).length === count", arg=len(names))
    roots = page.locator("section.ck-explorer")
    assert roots.count() == len(names)
    for at, name in enumerate(names):
        root, drive = roots.nth(at), driving(name)
        explorer = drive.lesson_explorer()
        for way in (drive.by_pointer, drive.by_keys, drive.by_touch):
            way(page, root, explorer)
        light = root.evaluate(BACKGROUND)
        root.screenshot(path=screenshots / f"{path.stem}-{name}-light.png")
        assert grave_faults(page) == []
        choose(page, "Settings", "Theme", "JupyterLab Dark")
        page.wait_for_function(
            f"([root, light]) => ({BACKGROUND})(root) !== light", arg=[root.element_handle(), light]
        )
        root.screenshot(path=screenshots / f"{path.stem}-{name}-dark.png")
        assert grave_faults(page) == []
        choose(page, "Settings", "Theme", "JupyterLab Light")
        page.wait_for_function(
            f"([root, light]) => ({BACKGROUND})(root) === light", arg=[root.element_handle(), light]
        )


def assert_words_unfold(page):
    """Of a picture's words the first sentences are seen; a click, Enter or Space shows the rest."""
    folded = page.locator(".jp-OutputArea-output figure details").first
    rest = folded.locator("> small")
    expect(rest).not_to_be_visible()
    folded.locator("summary").click()
    expect(rest).to_be_visible()
    page.keyboard.press("Enter")
    expect(rest).not_to_be_visible()


@lesson
def test_a_lesson_shows_its_pictures_and_runs_from_top_to_bottom(path, lab, page, screenshots):
    try:
        open_lesson(page, lab, path)
        assert_every_picture_has_its_words(page, path)
        assert_words_unfold(page)
        clear_outputs(page)
        run_all(page)
        page.wait_for_function(RUN_ENDED, arg=[len(prompts(path)), announced_errors(path)])
        errors = page.evaluate(ERRORS)
        assert len(errors) == announced_errors(path), "\n".join(errors)
        assert_every_picture_has_its_words(page, path)
        assert_every_explorer_works(page, screenshots, path)
    except BaseException:
        photograph(page, screenshots, path.stem)
        raise
    if "COURSEKIT_SCREENSHOTS" in os.environ:
        photograph(page, screenshots, path.stem)


def test_the_lessons_have_pictures():
    assert all(committed_words(path) for path in LESSONS)
