"""Shows what a lesson looks like: `python -m tools.screenshots notebooks/01_image_loading.ipynb folder`.

The committed notebook is exported to HTML, opened at the width of a laptop's text column and written as
PNG pages that end between two cells. Formulas stay in TeX, because the exported page would fetch MathJax
from the network; the browser tests take screenshots of JupyterLab itself, where formulas are drawn.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tools.browser import BrowserError, open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Route

__all__ = ["page_ends", "render", "to_html"]

WIDTH = 1100
HEIGHT = 1400


def to_html(notebook: Path) -> str:
    """Export a notebook as `jupyter nbconvert --to html` does, without executing it."""
    from nbconvert import HTMLExporter

    body, _ = HTMLExporter().from_filename(str(notebook))  # type: ignore[no-untyped-call]
    return str(body)


def page_ends(borders: Sequence[float], total: float, height: float = HEIGHT) -> list[float]:
    """Choose where pages end: at the last border that fits, unless the page would be less than half full.

    Args:
        borders: Where one cell ends and the next begins, in pixels from the top, rising.
        total: The height of everything.
        height: The greatest height of a page.

    >>> page_ends([300, 900, 1300, 2600], 3000, height=1000)
    [900, 1900, 2600, 3000]
    """
    ends: list[float] = []
    start = 0.0
    while total - start > height:
        fitting = [border for border in borders if start + height / 2 <= border <= start + height]
        start = fitting[-1] if fitting else start + height
        ends.append(start)
    return [*ends, total]


def render(notebook: Path, folder: Path) -> list[Path]:
    """Export a notebook and write everything that its page shows as PNG files.

    Args:
        notebook: The `.ipynb` file.
        folder: Where the files go; it is created if needed.

    Returns:
        The files: `01.png`, `02.png`, ...

    Raises:
        BrowserError: There is no playwright or no Chromium.
    """

    def stay_here(route: Route) -> None:
        # Blocks MathJax and the like, which the page would wait for without a network.
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            route.abort()

    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    with tempfile.TemporaryDirectory() as temporary, open_browser() as browser:
        source = Path(temporary) / "lesson.html"
        source.write_text(to_html(notebook), encoding="utf-8", newline="\n")
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.route("**/*", stay_here)
        page.goto(source.as_uri())
        page.wait_for_function("[...document.images].every(image => image.complete)")
        total = float(page.evaluate("document.documentElement.scrollHeight"))
        borders: list[float] = page.evaluate(
            "[...document.querySelectorAll('.jp-Cell')].map(c => c.getBoundingClientRect().top + scrollY)"
        )
        start = 0.0
        for number, end in enumerate(page_ends(sorted(borders), total), start=1):
            files.append(folder / f"{number:02}.png")
            page.screenshot(
                path=files[-1],
                full_page=True,
                clip={"x": 0, "y": start, "width": WIDTH, "height": end - start},
            )
            start = end
    return files


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=Path, help="the .ipynb file")
    parser.add_argument("folder", type=Path, help="where the PNG files go")
    options = parser.parse_args(arguments)
    if not options.notebook.is_file():
        print(f"There is no notebook {options.notebook}.", file=sys.stderr)
        return 2
    try:
        files = render(options.notebook, options.folder)
    except BrowserError as error:
        print(error, file=sys.stderr)
        return 1
    for file in files:
        print(file)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
