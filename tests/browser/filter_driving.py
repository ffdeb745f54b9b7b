"""Use the filter explorer as a learner does, on any page that shows one, and compare its numbers."""

from __future__ import annotations

import re

import numpy as np
from driving import after, line, middle, number

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
    return np.array([number(cell) for cell in cells]).reshape(side, side)


def assert_true(root, image):
    """The line and the table say what reference computes."""
    row, column, value = reading(root)
    response = cross_correlate2d(image, weights(root))
    assert abs(response[row, column] - value) <= 0.00051
    caption = root.locator(".ck-caption", has_text="Response").text_content()
    assert caption == f"Response {response.shape[0]} × {response.shape[1]}"
    return response[row, column]


def by_pointer(page, root, explorer):
    maps = root.locator(".ck-live")
    maps.nth(1).scroll_into_view_if_needed()
    seen = set()
    for at, (down, across) in enumerate([(0.3, 0.3), (0.62, 0.21), (0.45, 0.8)]):
        after(page, root, lambda at=at, d=down, a=across: page.mouse.move(*middle(maps.nth(at % 2), d, a)))
        seen.add(assert_true(root, explorer.image))
    assert len(seen) == 3
    # The wheel over a weight, and a drag of another one.
    cell = root.locator(".ck-weight").nth(5)
    cell.scroll_into_view_if_needed()
    old = weights(root)
    cell.click()  # the wheel turns the weight that has the focus
    after(page, root, lambda: page.mouse.wheel(0, -100))
    assert weights(root).flat[5] == old.flat[5] + 0.25
    assert_true(root, explorer.image)
    page.mouse.move(*middle(root.locator(".ck-weight").nth(0)))
    page.mouse.down()
    x, y = middle(root.locator(".ck-weight").nth(0))
    for step in range(1, 9):
        after(page, root, lambda step=step: page.mouse.move(x, y - 6 * step))
    page.mouse.up()
    assert weights(root).flat[0] == old.flat[0] + 2
    assert_true(root, explorer.image)


def by_keys(page, root, explorer):
    out = root.locator(".ck-live").nth(1)
    out.focus()
    after(page, root, lambda: page.keyboard.press("Home"))
    after(page, root, lambda: page.keyboard.press("End"))
    row, column, _ = reading(root)
    after(page, root, lambda: page.keyboard.press("ArrowUp"))
    after(page, root, lambda: page.keyboard.press("Shift+ArrowLeft"))
    assert reading(root)[:2] == (row - 1, column - 10)
    assert_true(root, explorer.image)
    root.locator(".ck-weight").nth(2).focus()
    old = weights(root)
    after(page, root, lambda: page.keyboard.press("ArrowUp"))
    after(page, root, lambda: page.keyboard.press("PageDown"))
    assert weights(root).flat[2] == old.flat[2] - 0.75
    page.keyboard.press("Control+a")
    page.keyboard.type("2,5")
    after(page, root, lambda: page.keyboard.press("Enter"))
    assert weights(root).flat[2] == 2.5
    assert_true(root, explorer.image)


def by_touch(page, root, explorer):
    out = root.locator(".ck-live").nth(1)
    out.scroll_into_view_if_needed()
    after(page, root, lambda: page.touchscreen.tap(*middle(out, 0.7, 0.3)))
    first = assert_true(root, explorer.image)
    after(page, root, lambda: page.touchscreen.tap(*middle(out, 0.25, 0.27)))
    assert assert_true(root, explorer.image) != first
    after(page, root, lambda: root.get_by_label("Kernel", exact=True).select_option("sobel_y"))
    np.testing.assert_array_equal(weights(root), filters.kernel("sobel_y"))
    assert_true(root, explorer.image)
