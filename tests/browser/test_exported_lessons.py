"""A lesson exported to HTML keeps the words of its pictures, for readers without Jupyter."""

from __future__ import annotations

import os

import nbformat
import pytest

from tools.browser import BrowserError, chromium_path
from tools.notebooks.lesson import LESSONS, Pictures
from tools.screenshots import main, page_ends, to_html


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def exported(request):
    return request.param, to_html(request.param)


def test_every_picture_keeps_its_words(exported):
    path, html = exported
    pictures = Pictures(html)
    shown = [
        output.data["text/plain"]
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", ())
        if "<img" in output.get("data", {}).get("text/html", "")
    ]
    assert pictures.images == pictures.captions == shown
    assert shown


@pytest.mark.parametrize("lost", ["No description has been provided", "model not found"])
def test_no_description_and_no_widget_is_lost(exported, lost):
    assert lost not in exported[1]


def test_pages_end_between_cells_where_they_can():
    assert page_ends([], 900) == [900]
    assert page_ends([500, 900], 1500, height=1000) == [900, 1500]
    assert page_ends([100], 2500, height=1000) == [1000, 2000, 2500]
    assert page_ends([400, 1000], 1500, height=1000) == [1000, 1500]


def test_the_screenshot_tool_says_what_is_missing(tmp_path, capsys):
    assert main([str(tmp_path / "none.ipynb"), str(tmp_path)]) == 2
    assert "There is no notebook" in capsys.readouterr().err


def test_a_browser_that_does_not_exist_is_named(monkeypatch):
    monkeypatch.setenv("COURSEKIT_CHROMIUM", f"nowhere{os.sep}chromium")
    with pytest.raises(BrowserError, match="COURSEKIT_CHROMIUM is 'nowhere"):
        chromium_path()
