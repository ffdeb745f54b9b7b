"""An explorer in an exported notebook: alive where the widget manager loads, still where not."""

from __future__ import annotations

import re
from pathlib import Path

import anywidget
import nbformat
import pytest
from conftest import missing
from filter_driving import by_pointer
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from coursekit import images
from coursekit.explorers import FilterExplorer
from tools.widget_manager import FILES

ROOT = Path(__file__).resolve().parents[2]
MANAGER = ROOT / ".venv" / "pages"
CELLS = [
    "from coursekit import images\nfrom coursekit.explorers import FilterExplorer",
    "FilterExplorer(images.load_image('temple', mode='gray', max_side=96))",
]
STILL = "figure.coursekit-still"


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The file that `jupyter nbconvert --execute --to html` makes."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3").execute()
    html, _ = HTMLExporter().from_notebook_node(notebook)
    file = tmp_path_factory.mktemp("exported") / "explorer.html"
    file.write_text(html, encoding="utf-8")
    return file


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1200, "height": 1200}, has_touch=True)
    yield context.new_page()
    context.close()


def test_without_a_network_the_still_picture_stands(exported, page):
    page.route(re.compile("^https?:"), lambda route: route.abort())
    page.goto(exported.as_uri())
    page.wait_for_timeout(1000)
    expect(page.locator(STILL)).to_be_visible()
    assert "Filter explorer" in page.locator(f"{STILL} img").get_attribute("alt")
    assert page.locator("section.ck-explorer").count() == 0
    assert "model not found" not in page.content()


def test_with_the_widget_manager_it_lives_without_a_kernel(exported, page):
    files = {name: MANAGER / name for _, _, name in FILES}
    if not all(path.is_file() for path in files.values()):
        missing(f"{MANAGER} lacks the widget manager: run python -m tools.widget_manager .venv/pages")

    def answer(route):
        address = route.request.url
        if "anywidget" in address:
            route.fulfill(path=Path(anywidget.__file__).parent / "nbextension" / "index.js")
        else:
            found = next((path for name, path in files.items() if name.split(".")[0] in address), None)
            route.fulfill(path=found) if found else route.abort()

    page.route(re.compile("^https?:"), answer)
    page.goto(exported.as_uri())
    root = page.locator("section.ck-explorer")
    expect(root).to_be_visible(timeout=20_000)
    expect(page.locator(STILL)).to_be_hidden()
    by_pointer(page, root, FilterExplorer(images.load_image("temple", mode="gray", max_side=96)))
