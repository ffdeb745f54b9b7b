"""Things to do in JupyterLab's page: choose from its menus, run one cell or all of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["choose", "run_all", "run_cell"]

# A cell that is running or waiting has a star in place of its number.
RAN = """cell => cell.querySelector('.jp-InputPrompt').textContent"""


def choose(page: Page, *menus: str) -> None:
    """Choose an entry from JupyterLab's menus: the names of the menus that lead to it, then its own."""
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{menus[0]}$")).click()
    for name in menus[1:]:
        page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{name}$")).last.click()


def run_all(page: Page) -> None:
    """Run every cell, without waiting for them to finish."""
    # While the kernel is still starting, JupyterLab forgets what it is asked to run.
    page.get_by_text("| Idle").wait_for()
    choose(page, "Run", "Run All Cells")


def run_cell(page: Page, number: int) -> str:
    """Run one code cell, counted from 0, until it finishes; return the text of its outputs."""
    cell = page.locator(".jp-CodeCell").nth(number)
    before = cell.evaluate(RAN)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        f"([cell, before]) => {{ const now = ({RAN})(cell); return now !== before && /\\d/.test(now); }}",
        arg=[cell.element_handle(), before],
    )
    return "".join(cell.locator(".jp-OutputArea-output").all_text_contents())
