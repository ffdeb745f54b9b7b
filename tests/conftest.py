"""What several tests share: the tools of those who write the course, a JupyterLab, and a browser."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
# A browser that is pointed at, typed in, and touched.
TOUCH_SCREEN = {"has_touch": True, "device_scale_factor": 1, "reduced_motion": "no-preference"}
SCREENSHOTS = Path(__file__).parent / "browser" / "screenshots"

# `tools` is not installed: it is for those who write the course, in a clone.
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
# Two kernels that share two cores take turns instead of spinning.
os.environ.setdefault("OMP_NUM_THREADS", "1")


class Lab(NamedTuple):
    """A running JupyterLab: its address with the token, and the folder that it shows."""

    server: str
    folder: Path


def missing(reason):
    """Skip what cannot run here, and say why; on CI it fails, for there nobody would notice."""
    if os.environ.get("CI", "").lower() in {"true", "1"}:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def required(*packages):
    """Skip the tests of a file, a folder or a fixture where one of these packages is not installed."""
    for package in packages:
        if find_spec(package) is None:
            missing(f"{package} is not installed. `make test` installs it, as does pip install {package}.")


class BrowserTests(pytest.Dir):
    """The tests in a browser: without its packages, which conda does not bring, none is imported."""

    def collect(self):
        required("playwright", "axe_playwright_python")
        return super().collect()


def pytest_collect_directory(path, parent):
    return BrowserTests.from_parent(parent, path=path) if path == SCREENSHOTS.parent else None


@pytest.fixture(scope="session")
def screenshots():
    """The folder for pictures of the lessons: ignored by git, or the one that COURSEKIT_SCREENSHOTS names."""
    folder = Path(os.environ.get("COURSEKIT_SCREENSHOTS") or SCREENSHOTS)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def browser():
    """A Chromium."""
    from tools.browser import BrowserError, open_browser

    opening = open_browser()
    try:
        started = opening.__enter__()
    except BrowserError as error:
        missing(str(error))
    try:
        yield started
    finally:
        opening.__exit__(None, None, None)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab over copies of the lessons."""
    from tools.lab import serve

    folder = tmp_path_factory.mktemp("lab")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(ROOT / "notebooks", folder, ignore=ignored, dirs_exist_ok=True)
    with serve(folder) as server:
        yield Lab(server, folder)


def is_trouble(said):
    """Errors and warnings, but for Chromium's advice to those who read pixels often, as only tests do."""
    return said.type in {"error", "warning"} and "willReadFrequently" not in said.text


@pytest.fixture
def explorer_page(browser, tmp_path):
    """A function (explorer, width=, height=, dark=) -> (page, root): an explorer without Jupyter around it.

    Everything that the page throws or warns of fails the test at its end.
    """
    from tools.explorer_page import to_page

    contexts, trouble, numbers = [], [], count()

    def opened(explorer, *, width=1000, height=900, dark=False):
        file = tmp_path / f"explorer-{next(numbers)}.html"
        file.write_text(to_page(explorer, dark=dark), encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": height}, **TOUCH_SCREEN)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda said: trouble.append(said.text) if is_trouble(said) else None)
        page.goto(file.as_uri())
        page.locator("body[data-ready]").wait_for(timeout=20_000)
        return page, page.locator("section.ck-explorer")

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []
