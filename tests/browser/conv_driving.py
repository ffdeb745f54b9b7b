"""Use the conv explorer as a learner does, on any page that shows one, and compare its numbers."""

from __future__ import annotations

import re

import numpy as np
from driving import button, choose, control, found_at, line, number, numbers, picture, press, settled, tap
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


def cells(root, at):
    """The cells of the patch (0), the kernel (1) or the products (2)."""
    return root.locator(".ck-work table").nth(at).locator("td")


def grid(root, at):
    """The numbers of one of the three tables, row by row."""
    return np.array(numbers(cells(root, at).all_text_contents()))


def settings(root):
    return {name: int(control(root, name.capitalize()).input_value()) for name in SETTINGS}


def chosen(root, kernel):
    """The kernel that the menu names, or the given one where it names none."""
    name = control(root, "Kernel").input_value()
    return filters.kernel(name) if name else kernel


def assert_true(root, explorer, part=None):
    """Line, tables and formula say what reference computes; returns the output's row and column."""
    kernel, options = chosen(root, explorer.kernel), settings(root)
    top, left, height, width = part or explorer.part
    image = explorer.image[top : top + height, left : left + width]
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
    assert numbers(said.group(4, 5, 6, 7)) == [rows[0], rows[-1], columns[0], columns[-1]]
    outside = sum(not (0 <= y < height and 0 <= x < width) for y in rows for x in columns)
    assert int(said[9] or 0) == outside
    reach = options["padding"]
    patch = np.pad(image, reach)[np.ix_(rows + reach, columns + reach)]
    for at, table in enumerate((patch, kernel, patch * kernel)):
        np.testing.assert_allclose(grid(root, at), table.ravel(), atol=0.0051)
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


def slide(root, label, value):
    """Move a slider with the keys that sliders know."""
    slider = control(root, label)
    slider.press("Home")
    for _ in range(value - int(slider.get_attribute("min"))):
        slider.press("ArrowRight")
    expect(slider).to_have_value(str(value))
    settled(root)


def by_pointer(page, root, explorer):
    places = [(1, 0.3, 0.3), (0, 0.62, 0.21), (1, 0.99, 0.99), (0, 0.01, 0.02)]
    found_at(root, places, lambda: assert_true(root, explorer))
    slide(root, "Padding", 2)
    slide(root, "Stride", 3)
    assert found_at(root, [(0, 0.002, 0.002)], lambda: assert_true(root, explorer)) == [(0, 0)]
    cells(root, 2).nth(1).hover()
    expect(root.locator("[data-part=product]")).to_contain_text("Row 0, column 1 of the kernel: ")
    expect(root.locator(".ck-work td.ck-mark")).to_have_count(3)
    button(root, "Step").click()
    expect(root.locator(".ck-cv-blank")).to_have_count(1)
    button(root, "Show all").click()
    expect(root.locator(".ck-cv-blank")).to_have_count(0)
    slide(root, "Padding", 0)
    slide(root, "Stride", 1)
    assert_true(root, explorer)


def by_keys(page, root, explorer):
    picture(root, 1).focus()
    # From a place of its own: wherever the explorer stands, the column changes.
    found_at(root, [(1, 0.43, 0.37)], lambda: assert_true(root, explorer))
    press(root, "Home")
    row, column = assert_true(root, explorer)
    assert column == 0
    press(root, "ArrowUp", "Shift+ArrowRight")
    assert assert_true(root, explorer) == (row - 1, 10)
    picture(root, 0).focus()
    press(root, "ArrowRight")
    assert assert_true(root, explorer) == (row - 1, 11)
    button(root, "Step").focus()
    for key, written in [("Enter", (0, 0)), ("Space", (0, 1))]:
        press(root, key)
        assert assert_true(root, explorer) == written
    slide(root, "Dilation", 2)
    assert_true(root, explorer)
    slide(root, "Products added", 3)
    assert sum(text != "" for text in cells(root, 2).all_text_contents()) == 3
    slide(root, "Products added", explorer.kernel.size)
    slide(root, "Dilation", 1)
    assert_true(root, explorer)


def by_touch(page, root, explorer):
    places = [(1, 0.7, 0.3), (1, 0.25, 0.27)]
    found_at(root, places, lambda: assert_true(root, explorer), finger=True)
    cells(root, 1).nth(2).tap()
    expect(root.locator("[data-part=product]")).to_contain_text("of the kernel: ")
    tap(root, button(root, "Step"))
    assert assert_true(root, explorer) == (0, 0)
    button(root, "Show all").tap()
    choose(root, "Kernel", "sobel_y")
    assert_true(root, explorer)
