"""Explorers in a notebook: two on one page, run again, read from Python, and left by their kernel."""

from __future__ import annotations

import nbformat
import pytest
from conftest import TOUCH_SCREEN
from driving import point
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from tools.lab import address, end_kernels
from tools.lab_page import choose, run_cell

CELLS = [
    "import numpy as np\nfrom coursekit.explorers import FilterExplorer\nimage = np.eye(24, 32)",
    "explorer = FilterExplorer(image)\nexplorer",
    "display(FilterExplorer(image, 'box3'), explorer)",
    "explorer.kernel.tolist()",
    "(first := explorer).kernel = 'sobel_x'",
    "FilterExplorer(image, np.ones(3))",
    "from ipywidgets.widgets.widget import _instances\n"
    "sum(isinstance(widget, FilterExplorer) for widget in _instances.values())",
    "first",
    "first.kernel = 'box3'",
]
STILLS = "figure.coursekit-still"


@pytest.fixture
def page(browser, lab):
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS])
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    }
    nbformat.write(notebook, lab.folder / "explorers.ipynb")
    context = browser.new_context(viewport={"width": 1300, "height": 1400}, **TOUCH_SCREEN)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address(lab.server, "explorers.ipynb"))
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("| Idle").wait_for()
    for number in range(3):
        run_cell(page, number)
    yield page
    context.close()
    end_kernels(lab.server)


def weight(root, at=0):
    return root.locator(".ck-weight").nth(at)


def all_hidden(page, count):
    expect(page.locator("section.ck-explorer")).to_have_count(count)
    expect(page.locator(STILLS)).to_have_count(count)
    page.wait_for_function(f"() => [...document.querySelectorAll('{STILLS}')].every(still => still.hidden)")


def test_explorers_in_a_notebook(page):
    roots = page.locator("section.ck-explorer")
    all_hidden(page, 3)
    # Two views of one explorer agree; another explorer beside them is its own.
    expect(weight(roots.nth(1))).to_have_value("0.11")
    weight(roots.nth(0)).press("PageUp")
    expect(weight(roots.nth(0))).to_have_value("0")
    expect(weight(roots.nth(2))).to_have_value("0")
    expect(weight(roots.nth(1))).to_have_value("0.11")
    # Python reads what was set, and sets what is shown.
    assert "".join(run_cell(page, 3).split()).startswith("[[0.0,-1.0,1.0,1.0],[-1.0")
    run_cell(page, 4)
    expect(roots.nth(0).locator(".ck-weight")).to_have_count(9)
    expect(weight(roots.nth(2), 3)).to_have_value("\u22122")
    # A wrong argument is an error of Python's, and shows no half explorer.
    assert "with 2 to 7 rows and columns, got (3,)" in run_cell(page, 5)
    # Run again: the old view goes, the new one comes, no still picture stays.
    for _ in range(6):
        run_cell(page, 1)
    all_hidden(page, 3)
    # Of all these the last one is kept, and the first, which another cell shows.
    assert run_cell(page, 6) == "3"
    weight(roots.nth(2), 3).press("PageUp")
    page.wait_for_timeout(500)  # what is set is told when the learner rests
    # That one is closed when the other cell runs, too. Displayed once more, it lives again, as it was left.
    run_cell(page, 2)
    assert run_cell(page, 6) == "2"
    run_cell(page, 7)
    all_hidden(page, 4)
    expect(weight(roots.nth(3), 3)).to_have_value("\u22121")
    run_cell(page, 8)
    expect(weight(roots.nth(3), 3)).to_have_value("0.11")
    expect(roots.nth(0).locator(".ck-weight")).to_have_count(16)
    # The kernel ends: the page goes on.
    choose(page, "Kernel", "Shut Down Kernel")
    page.get_by_text("No Kernel").first.wait_for()
    all_hidden(page, 4)
    weight(roots.nth(0), 7).press("PageUp")
    expect(weight(roots.nth(0), 7)).to_have_value("2")
    point(roots.nth(0), 1, 0.3, 0.2)


def test_the_still_picture_is_back_where_the_view_has_gone(page):
    all_hidden(page, 3)
    first = page.locator(".jp-CodeCell").nth(1)
    # "Restart" without running again takes the views' models away, and the views with them.
    choose(page, "Kernel", "Restart Kernel…")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.get_by_text("| Idle").wait_for()
    page.wait_for_timeout(500)
    alive = first.locator("section.ck-explorer").count() > 0
    assert alive or first.locator(STILLS).is_visible()
