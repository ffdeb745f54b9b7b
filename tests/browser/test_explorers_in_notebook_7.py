"""Explorers in Notebook 7, which takes keys as commands before the page has them."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from conftest import TOUCH_SCREEN, required
from driving import driving
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from coursekit import explorers
from tools.lab import address, serve
from tools.lab_page import run_cell
from tools.notebooks.normalise import METADATA

CODE = f"""\
import sys
sys.path.append({str(Path(__file__).parent)!r})
from driving import driving
for name in {explorers.__all__!r}:
    display(driving(name).lesson_explorer())"""


@pytest.fixture
def page(browser, tmp_path):
    required("notebook")
    cells = [new_code_cell(source) for source in (CODE, "1", "2")]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), tmp_path / "keys.ipynb")
    context = browser.new_context(viewport={"width": 1300, "height": 1400}, **TOUCH_SCREEN)
    page = context.new_page()
    page.set_default_timeout(60_000)
    with serve(tmp_path, program="notebook") as server:
        page.goto(address(server, "keys.ipynb", page="notebooks"))
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
        run_cell(page, 0)
        yield page
        context.close()


def test_every_part_of_every_explorer_works_by_keys(page):
    roots = page.locator("section.ck-explorer")
    expect(roots).to_have_count(len(explorers.__all__))
    for root, name in zip(roots.all(), explorers.__all__, strict=True):
        drive = driving(name)
        drive.by_keys(page, root, drive.lesson_explorer())
        root.locator("[tabindex='0'], select").first.focus()
        while root.evaluate("root => root.contains(document.activeElement)"):
            part = page.evaluate_handle("document.activeElement")
            for key in ("b", "ArrowDown", "Escape"):  # Jupyter's: a new cell, the next cell, commands
                page.keyboard.press(key)
            assert part.evaluate("part => part === document.activeElement")
            page.keyboard.press("Tab")
        expect(page.locator(".jp-Cell")).to_have_count(3)
    # What belongs to Jupyter still reaches it: save, and run the cell.
    roots.first.locator("select").first.focus()
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.keyboard.press("Control+s")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-CodeCell").nth(1)).to_have_class(re.compile("jp-mod-active"))
