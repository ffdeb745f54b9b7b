"""A Chromium without a window, for tests and for screenshots of the lessons."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["FLAGS", "BrowserError", "chromium_path", "open_browser"]

# Without a screen, and without the background traffic of an everyday browser.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")


class BrowserError(RuntimeError):
    """There is no playwright, or no Chromium for it to drive."""


def chromium_path() -> str | None:
    """Find a Chromium: the path in `COURSEKIT_CHROMIUM`, or else one on the PATH.

    Returns:
        The path of the program, or None, which leaves playwright's own Chromium.

    Raises:
        BrowserError: `COURSEKIT_CHROMIUM` names a program that doesn't exist.
    """
    wanted = os.environ.get("COURSEKIT_CHROMIUM")
    if wanted:
        found = shutil.which(wanted)
        if found is None:
            raise BrowserError(
                f"COURSEKIT_CHROMIUM is {wanted!r}, but that program does not exist. Correct it."
            )
        return found
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium, and close it at the end of the block.

    Yields:
        A playwright `Browser`.

    Raises:
        BrowserError: Playwright isn't installed, or no Chromium could be found or started.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise BrowserError("playwright is not installed: pip install playwright") from error
    path = chromium_path()
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        except Error as error:
            tried = path or "playwright's own Chromium"
            raise BrowserError(
                f"could not start {tried}: {error.message.splitlines()[0]}. "
                "Install Chromium, or set COURSEKIT_CHROMIUM to its path."
            ) from error
        try:
            yield browser
        finally:
            browser.close()
