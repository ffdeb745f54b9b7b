"""Use the explorer that an eighth one begins with, and compare its numbers."""

from __future__ import annotations

import re

from driving import after, line, middle, number

from coursekit.explorers.template import TemplateExplorer


def lesson_explorer():
    """The explorer that would stand in a lesson."""
    return TemplateExplorer("temple", max_side=320)


def assert_true(root, explorer, threshold):
    """The line says what the photograph holds; returns row and column."""
    said = re.fullmatch(r"Row (\d+), column (\d+): (\S+) is (not )?brighter than (\S+)\.", line(root))
    row, column = int(said[1]), int(said[2])
    value = explorer.image[row, column]
    assert abs(number(said[3]) - value) <= 0.00051
    assert number(said[5]) == threshold
    assert (said[4] is None) == (value > threshold)
    count = (explorer.image > threshold).sum()
    assert root.locator("[data-part=note]").text_content().startswith(f"{count} of ")
    return row, column


def by_pointer(page, root, explorer):
    maps = root.locator(".ck-live")
    for at in (0, 1):
        after(page, root, lambda at=at: page.mouse.move(*middle(maps.nth(at), 0.3, 0.4 + 0.2 * at)))
        assert_true(root, explorer, 0.5)


def by_keys(page, root, explorer):
    root.locator(".ck-live").first.focus()
    row, column = assert_true(root, explorer, 0.5)
    after(page, root, lambda: page.keyboard.press("Shift+ArrowUp"))
    assert assert_true(root, explorer, 0.5) == (row - 10, column)
    root.get_by_label("Threshold").focus()
    after(page, root, lambda: page.keyboard.press("PageDown"))
    assert_true(root, explorer, 0.4)


def by_touch(page, root, explorer):
    out = root.locator(".ck-live").nth(1)
    after(page, root, lambda: page.touchscreen.tap(*middle(out, 0.7, 0.3)))
    assert_true(root, explorer, 0.5)
