"""From the learner's hand to the painted frame, compared with `interact` and an Image widget in one browser.

All three filter a photograph of 512 x 512 pixels with a kernel in which one weight changes. The time runs
from the event's own timestamp to the end of the frame that shows its result.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import nbformat
import numpy as np

from benchmarks.table import Row, run
from coursekit import explorers, images
from tools.browser import open_browser
from tools.explorer_page import to_page
from tools.lab import address, serve
from tools.lab_page import run_all

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIDE = 512
MOVES = 60
STEPS = 15
FRAME = 1000 / 60

# A frame is painted after its callbacks, and then comes the next task: by then the frame is there.
PAINTED = """
globalThis.taken = [];
globalThis.painted = (since) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => taken.push(performance.now() - since);
    channel.port2.postMessage(0);
});
"""
WATCH_POINTER = f"""() => {{ {PAINTED}
    // Listens after the explorer, which has asked for its drawing by then.
    document.addEventListener('pointermove', (event) => painted(event.timeStamp));
}}"""
# The picture in the output area is replaced, or gets new bytes.
WATCH_PICTURE = f"""() => {{ {PAINTED}
    let since = null;
    document.addEventListener('keydown', (event) => {{ since = event.timeStamp; }}, true);
    const cell = [...document.querySelectorAll('.jp-CodeCell')].at(-1);
    let last = cell.querySelector('.jp-OutputArea img')?.src;
    new MutationObserver(() => {{
        const image = cell.querySelector('.jp-OutputArea img');
        if (!image || image.src === last || since === null) return;
        last = image.src;
        const begun = since;
        since = null;
        image.decode().then(() => painted(begun), () => painted(begun));
    }}).observe(cell, {{ subtree: true, childList: true, attributes: true, attributeFilter: ['src'] }});
}}"""

SETUP = f"""\
import cv2
import ipywidgets as widgets
import numpy as np
from coursekit import images
gray = images.resize(images.load_image("temple", mode="gray"), size=({SIDE}, {SIDE}))
def response(weight):
    kernel = np.array([[-1, -1, 1, 1]] * 4, np.float32)
    kernel[0, 0] = weight
    return cv2.filter2D(gray, cv2.CV_32F, kernel)
slider = widgets.FloatSlider(min=-20, max=20, step=0.25)"""
INTERACT = """\
import matplotlib.pyplot as plt
def show(weight):
    plt.imshow(response(weight), cmap="RdBu_r", vmin=-8, vmax=8)
    plt.show()
widgets.interact(show, weight=slider)"""
IMAGE = """\
def png(weight):
    return cv2.imencode(".png", np.clip(response(weight) * 16 + 128, 0, 255).astype(np.uint8))[1].tobytes()
image = widgets.Image(value=png(0))
slider.observe(lambda change: setattr(image, "value", png(change["new"])), "value")
widgets.VBox([slider, image])"""


def measure() -> list[Row]:
    """Measure every explorer, and the two ways that go through the kernel."""
    rows = []
    with open_browser() as browser:
        dragged = _dragged(browser)
        rows += _limits("a weight dragged", dragged)
        for name, code in (("interact and plt.show", INTERACT), ("an Image widget", IMAGE)):
            taken = median(_through_the_kernel(browser, code))
            goal = 0.1 if code is INTERACT else None
            rows.append(Row(f"a weight changed, beside {name}", median(dragged), taken, "ms", goal))
        for name in explorers.__all__:
            rows += _limits(name, _pointed(browser, name))
    return rows


def _limits(what: str, taken: list[float]) -> list[Row]:
    late = quantiles(taken, n=20)[-1]
    return [
        Row(f"{what}: median", median(taken), None, "ms", FRAME),
        Row(f"{what}: 95th percentile", late, None, "ms", 2 * FRAME),
    ]


def _photograph() -> Any:
    return images.resize(images.load_image("temple"), size=(SIDE, SIDE))


@contextmanager
def _opened(browser: Browser, explorer: Any) -> Iterator[Page]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "explorer.html"
        file.write_text(to_page(explorer), encoding="utf-8")
        page = browser.new_page(viewport={"width": 1200, "height": 1200})
        page.goto(file.as_uri())
        page.locator("body[data-ready]").wait_for()
        page.evaluate(WATCH_POINTER)
        yield page
        page.close()


def _pointed(browser: Browser, name: str) -> list[float]:
    """Time the pointer as it wanders over an explorer's first picture."""
    with _opened(browser, getattr(explorers, name)(_photograph())) as page:
        area = page.locator(".ck-live").first
        area.scroll_into_view_if_needed()
        box = area.bounding_box()
        if box is None:
            raise RuntimeError(f"{name} has no picture to point at.")
        rng = np.random.default_rng(0)
        for down, across in rng.uniform(0.05, 0.95, (MOVES, 2)):
            page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
            page.wait_for_timeout(23)  # no multiple of a frame
        return _taken(page)


def _dragged(browser: Browser) -> list[float]:
    """Time a drag on a weight in the filter explorer, where every move changes the whole response."""
    with _opened(browser, explorers.FilterExplorer(_photograph())) as page:
        box = page.locator(".ck-weight").first.bounding_box()
        if box is None:
            raise RuntimeError("FilterExplorer has no weights.")
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, MOVES + 1):
            page.mouse.move(x, y - 6 * step)
            page.wait_for_timeout(23)
        page.mouse.up()
        return _taken(page)


def _taken(page: Page) -> list[float]:
    page.wait_for_timeout(200)
    taken: list[float] = page.evaluate("taken")
    return taken[5:]  # during the first, code is still being compiled


def _through_the_kernel(browser: Browser, code: str) -> list[float]:
    """Time a slider in JupyterLab, for which the kernel makes the picture."""
    cells = [nbformat.v4.new_code_cell(source) for source in (SETUP, code)]  # type: ignore[no-untyped-call]
    notebook = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(notebook, Path(folder) / "slider.ipynb")  # type: ignore[no-untyped-call]
        with serve(Path(folder)) as server:
            page = browser.new_page(viewport={"width": 1200, "height": 1200})
            page.set_default_timeout(60_000)
            page.goto(address(server, "slider.ipynb"))
            run_all(page)
            page.locator(".jp-CodeCell").last.locator(".jp-OutputArea img").wait_for()
            page.wait_for_timeout(1000)
            page.evaluate(WATCH_PICTURE)
            page.locator(".noUi-handle").focus()
            for step in range(STEPS):
                page.keyboard.press("ArrowRight")
                page.wait_for_function("count => taken.length > count", arg=step)
                page.wait_for_timeout(50)
            taken: list[float] = page.evaluate("taken")
            page.close()
    return taken[2:]


if __name__ == "__main__":
    sys.exit(run([measure]))
