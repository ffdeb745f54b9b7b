"""Use the explorer that another one begins with, and compare its numbers."""

from __future__ import annotations

import re

from driving import control, found_at, line, number, picture, press, tap

from coursekit.explorers.template import TemplateExplorer


def lesson_explorer():
    """The explorer that would stand in a lesson."""
    return TemplateExplorer("temple", max_side=320)


def assert_true(root, explorer, threshold=0.5):
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
    found_at(root, [(0, 0.3, 0.4), (1, 0.3, 0.6)], lambda: assert_true(root, explorer))


def by_keys(page, root, explorer):
    picture(root, 0).focus()
    row, column = assert_true(root, explorer)
    press(root, "Shift+ArrowUp")
    assert assert_true(root, explorer) == (row - 10, column)
    control(root, "Threshold").focus()
    press(root, "PageDown")
    assert_true(root, explorer, 0.4)


def by_touch(page, root, explorer):
    tap(root, picture(root, 1), 0.7, 0.3)
    assert_true(root, explorer)
