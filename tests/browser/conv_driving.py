"""Use the conv explorer as a learner does, on any page that shows one, and compare its numbers."""

from __future__ import annotations

import re

import numpy as np
from driving import after, line, middle, number
from playwright.sync_api import expect

from coursekit import filters, images
from coursekit.explorers import ConvExplorer
from coursekit.reference import cross_correlate2d, output_size

SETTINGS = ("stride", "padding", "dilation")


def lesson_explorer():
    """The explorer of lesson 3."""
    gray = images.load_image("temple", mode="gray", max_side=320)
    bank = filters.edge_bank()
    return ConvExplorer(gray, bank[0])


def place(root):
    """Row and column of the output that the line tells."""
    return tuple(int(part) for part in re.match(r"Output row (\d+), column (\d+): ", line(root)).groups())


def grid(root, at):
    """The numbers of the patch (0), the kernel (1) or the products (2)."""
    rows = (
        root.locator(".ck-cv-tables table")
        .nth(at)
        .locator("tr")
        .evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
    )
    return np.array([[number(text) for text in row] for row in rows])


def settings(root):
    return {name: int(root.get_by_label(name.capitalize(), exact=True).input_value()) for name in SETTINGS}


def chosen(root, kernel):
    """The kernel that the menu names, or the given one where it names none."""
    name = root.get_by_label("Kernel", exact=True).input_value()
    return filters.kernel(name) if name else kernel


def assert_true(root, image, kernel=None, part=None):
    """Line, tables and formula say what reference computes; returns the output's row and column."""
    kernel, options = chosen(root, kernel), settings(root)
    top, left, height, width = part or (0, 0, *image.shape)
    image = image[top : top + height, left : left + width]
    said = re.match(
        r"Output row (\d+), column (\d+): (\S+)\. It reads rows (\S+) to (\S+) and columns (\S+) to (\S+) of "
        r"the input(?:, in steps of (\d+))?\.(?: (\d+) of the (\d+) numbers are padding, 0\.)?$",
        line(root),
    )
    row, column, value = int(said[1]), int(said[2]), number(said[3])
    output = cross_correlate2d(image, kernel, **options)
    assert abs(output[row, column] - value) <= 0.00051
    spread = options["dilation"]
    first = [at * options["stride"] - options["padding"] for at in (row, column)]
    rows, columns = (
        start + spread * np.arange(side) for start, side in zip(first, kernel.shape, strict=True)
    )
    assert [number(said[at]) for at in (4, 5, 6, 7)] == [rows[0], rows[-1], columns[0], columns[-1]]
    outside = sum(not (0 <= y < height and 0 <= x < width) for y in rows for x in columns)
    assert int(said[9] or 0) == outside
    reach = options["padding"]
    patch = np.pad(image, reach)[np.ix_(rows + reach, columns + reach)]
    np.testing.assert_allclose(grid(root, 0), patch, atol=0.0051)
    np.testing.assert_allclose(grid(root, 1), kernel, atol=0.0051)
    np.testing.assert_allclose(grid(root, 2), patch * kernel, atol=0.0051)
    assert number(root.locator(".ck-cv-sum").text_content().removeprefix("sum ")) == value
    assert_sized(root, image.shape, kernel.shape, options, output.shape)
    return row, column


def assert_sized(root, sides, kernel, options, expected):
    text = root.locator("[data-part=formula]").text_content()
    for name, side, window, count in zip(("Height", "Width"), sides, kernel, expected, strict=True):
        covers = options["dilation"] * (window - 1) + 1
        formula = (
            f"{name}: ⌊({side} + 2·{options['padding']} − {covers}) / {options['stride']}⌋ + 1 = {count}."
        )
        assert formula in text
        assert count == output_size(side, window, **options)
    assert root.locator(".ck-caption", has_text="Response").text_content() == "Response {} × {}".format(
        *expected
    )


def slide(page, root, label, value):
    """Move a slider with the keys that sliders know."""
    control = root.get_by_label(label, exact=True)
    control.focus()
    page.keyboard.press("Home")
    for _ in range(value - int(control.get_attribute("min"))):
        page.keyboard.press("ArrowRight")
    expect(control).to_have_value(str(value))
    page.evaluate("() => new Promise(requestAnimationFrame)")


def by_pointer(page, root, explorer):
    maps, kernel = root.locator(".ck-live"), explorer.kernel
    seen = set()
    for at, down, across in [(1, 0.3, 0.3), (0, 0.62, 0.21), (1, 0.99, 0.99), (0, 0.01, 0.02)]:
        maps.nth(at).scroll_into_view_if_needed()
        after(page, root, lambda at=at, d=down, a=across: page.mouse.move(*middle(maps.nth(at), d, a)))
        seen.add(assert_true(root, explorer.image, kernel))
    assert len(seen) == 4
    slide(page, root, "Padding", 2)
    slide(page, root, "Stride", 3)
    maps.nth(0).scroll_into_view_if_needed()
    after(page, root, lambda: page.mouse.move(*middle(maps.nth(0), 0.002, 0.002)))
    assert assert_true(root, explorer.image, kernel) == (0, 0)
    cell = root.locator(".ck-cv-tables table").nth(2).locator("td").nth(1)
    cell.hover()
    expect(root.locator("[data-part=product]")).to_contain_text("Row 0, column 1 of the kernel: ")
    expect(root.locator(".ck-cv-tables td.ck-mark")).to_have_count(3)
    root.get_by_role("button", name="Step").click()
    expect(root.locator(".ck-cv-blank")).to_have_count(1)
    root.get_by_role("button", name="Show all").click()
    expect(root.locator(".ck-cv-blank")).to_have_count(0)
    slide(page, root, "Padding", 0)
    slide(page, root, "Stride", 1)
    assert_true(root, explorer.image, kernel)


def by_keys(page, root, explorer):
    maps, kernel = root.locator(".ck-live"), explorer.kernel
    maps.nth(1).focus()
    # From a place of its own: wherever the explorer stands, the column changes.
    after(page, root, lambda: page.mouse.move(*middle(maps.nth(1), 0.43, 0.37)))
    after(page, root, lambda: page.keyboard.press("Home"))
    row, column = assert_true(root, explorer.image, kernel)
    assert column == 0
    for key, change in {"ArrowUp": (-1, 0), "Shift+ArrowRight": (0, 10), "ArrowDown": (1, 0)}.items():
        after(page, root, lambda key=key: page.keyboard.press(key))
        row, column = row + change[0], column + change[1]
        assert assert_true(root, explorer.image, kernel) == (row, column)
    maps.nth(0).focus()
    after(page, root, lambda: page.keyboard.press("ArrowRight"))
    assert assert_true(root, explorer.image, kernel) == (row, column + 1)
    root.get_by_role("button", name="Step").focus()
    after(page, root, lambda: page.keyboard.press("Enter"))
    assert assert_true(root, explorer.image, kernel) == (0, 0)
    after(page, root, lambda: page.keyboard.press("Space"))
    assert assert_true(root, explorer.image, kernel) == (0, 1)
    slide(page, root, "Dilation", 2)
    assert_true(root, explorer.image, kernel)
    slide(page, root, "Products added", 3)
    three = (grid_texts(root, 2) != "").sum()
    assert three == 3
    slide(page, root, "Products added", kernel.size)
    slide(page, root, "Dilation", 1)
    assert_true(root, explorer.image, kernel)


def grid_texts(root, at):
    cells = root.locator(".ck-cv-tables table").nth(at).locator("td")
    return np.array(cells.all_text_contents())


def by_touch(page, root, explorer):
    out, kernel = root.locator(".ck-live").nth(1), explorer.kernel
    out.scroll_into_view_if_needed()
    after(page, root, lambda: page.touchscreen.tap(*middle(out, 0.7, 0.3)))
    first = assert_true(root, explorer.image, kernel)
    after(page, root, lambda: page.touchscreen.tap(*middle(out, 0.25, 0.27)))
    assert assert_true(root, explorer.image, kernel) != first
    cell = root.locator(".ck-cv-tables table").nth(1).locator("td").nth(2)
    cell.tap()
    expect(root.locator("[data-part=product]")).to_contain_text("of the kernel: ")
    after(page, root, lambda: root.get_by_role("button", name="Step").tap())
    assert assert_true(root, explorer.image, kernel) == (0, 0)
    root.get_by_role("button", name="Show all").tap()
    after(page, root, lambda: root.get_by_label("Kernel", exact=True).select_option("sobel_y"))
    assert_true(root, explorer.image)
