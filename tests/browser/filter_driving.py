"""Use the filter explorer as a learner does, on any page that shows one, and compare its numbers."""

from __future__ import annotations

import re

import numpy as np
from driving import after, choose, found_at, line, middle, number, numbers, picture, press

from coursekit import filters, images
from coursekit.explorers import FilterExplorer
from coursekit.reference import cross_correlate2d


def lesson_explorer():
    """The explorer of lesson 2."""
    gray = images.load_image("temple", mode="gray", max_side=320)
    return FilterExplorer(gray, kernel=0 - filters.kernel("laplacian"))


def reading(root):
    """Row, column and response that the line says."""
    said = line(root)
    row, column, value = re.match(r"Row (\d+), column (\d+): response (\S+)\. ", said).groups()
    return int(row), int(column), number(value)


def weights(root):
    cells = root.locator(".ck-weight").evaluate_all("cells => cells.map(cell => cell.value)")
    side = round(len(cells) ** 0.5)
    return np.array(numbers(cells)).reshape(side, side)


def assert_true(root, explorer):
    """The line and the table say what reference computes; returns row, column and response."""
    row, column, value = reading(root)
    response = cross_correlate2d(explorer.image, weights(root))
    assert abs(response[row, column] - value) <= 0.00051
    caption = root.locator(".ck-caption", has_text="Response").text_content()
    assert caption == f"Response {response.shape[0]} × {response.shape[1]}"
    return row, column, value


def by_pointer(page, root, explorer):
    found_at(root, [(0, 0.3, 0.3), (1, 0.62, 0.21), (0, 0.45, 0.8)], lambda: assert_true(root, explorer))
    # The wheel over a weight, and a drag of another one.
    cells, old = root.locator(".ck-weight"), weights(root)
    cells.nth(5).scroll_into_view_if_needed()
    cells.nth(5).click()  # the wheel turns the weight that has the focus
    after(root, lambda: page.mouse.wheel(0, -100))
    assert weights(root).flat[5] == old.flat[5] + 0.25
    assert_true(root, explorer)
    x, y = middle(cells.nth(0))
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        after(root, lambda step=step: page.mouse.move(x, y - 6 * step))
    page.mouse.up()
    assert weights(root).flat[0] == old.flat[0] + 2
    assert_true(root, explorer)


def by_keys(page, root, explorer):
    picture(root, 1).focus()
    press(root, "Home", "End")
    row, column, _ = assert_true(root, explorer)
    press(root, "ArrowUp", "Shift+ArrowLeft")
    assert assert_true(root, explorer)[:2] == (row - 1, column - 10)
    root.locator(".ck-weight").nth(2).focus()
    old = weights(root)
    press(root, "ArrowUp", "PageDown")
    assert weights(root).flat[2] == old.flat[2] - 0.75
    page.keyboard.press("Control+a")
    page.keyboard.type("2,5")
    page.keyboard.press("Enter")
    assert weights(root).flat[2] == 2.5
    assert_true(root, explorer)


def by_touch(page, root, explorer):
    places = [(1, 0.7, 0.3), (1, 0.25, 0.27)]
    found_at(root, places, lambda: assert_true(root, explorer), finger=True)
    choose(root, "Kernel", "sobel_y")
    np.testing.assert_array_equal(weights(root), filters.kernel("sobel_y"))
    assert_true(root, explorer)
