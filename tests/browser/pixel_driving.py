"""Use the pixel explorer as a learner does, on any page that shows one, and compare its numbers."""

from __future__ import annotations

import re

import numpy as np
from driving import button, click, control, found_at, line, picture, press, tap

from coursekit import images
from coursekit.explorers import PixelExplorer

COLOURS = {"RGB": ("red", "green", "blue"), "BGR": ("blue", "green", "red")}


def lesson_explorer():
    """The explorer of lesson 1."""
    return PixelExplorer(images.load_image("temple", max_side=320))


def place(root):
    return tuple(int(number) for number in re.match(r"Row (\d+), column (\d+) holds ", line(root)).groups())


def assert_true(root, explorer):
    """The line, the bars and the patch say what the array holds; the row and column that they say it of."""
    said = re.fullmatch(
        r"Row (\d+), column (\d+) holds (\S+), (\S+), (\S+)\. "
        r"Read as (RGB|BGR): (\w+) (\S+), (\w+) (\S+), (\w+) (\S+), gray (\S+)\.",
        line(root),
    )
    row, column, order = int(said[1]), int(said[2]), said[6]
    step = 1 / 255 if control(root, "Numbers").input_value() == "bytes" else 1
    image, expected = explorer.image, explorer.image[row, column]
    gray = images.to_gray(image if order == "RGB" else image[..., ::-1])[row, column]
    values = [float(said[at]) * step for at in (3, 4, 5)]
    np.testing.assert_allclose(values, expected, atol=0.00051 if step == 1 else step / 2 + 1e-6)
    assert (said[7], said[9], said[11]) == COLOURS[order]
    assert [said[8], said[10], said[12]] == [said[3], said[4], said[5]]
    assert abs(float(said[13]) * step - gray) <= (0.00051 if step == 1 else step / 2 + 1e-6)
    bars = root.locator(".ck-px-bars tbody tr").evaluate_all(
        "rows => rows.map(row => [row.querySelector('th').textContent, row.lastChild.textContent])"
    )
    assert bars == [[said[at], said[at + 1]] for at in (7, 9, 11)] + [["gray", said[13]]]
    assert_patch(root, image, row, column, step)
    return row, column


def patch(root):
    """The counts of rows and columns, and the texts of the cells."""
    table = root.locator(".ck-px-numbers")
    heads = [int(text) for text in table.locator("th").all_text_contents()]
    side = len(heads) // 2
    cells = table.locator("tbody td").all_text_contents()
    return heads[side:], heads[:side], cells


def assert_patch(root, image, row, column, step=1):
    rows, columns, cells = patch(root)
    assert rows == list(range(rows[0], rows[0] + len(rows)))
    assert row in rows
    assert column in columns
    shows = control(root, "Cells show").input_value()
    order = root.get_by_role("button", pressed=True).text_content()
    seen = image if order == "RGB" else image[..., ::-1]
    wanted = {"all": image, "gray": images.to_gray(seen)[..., None]}
    values = wanted[shows] if shows in wanted else image[..., int(shows), None]
    expected = values[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]  # (side, side, 1 or 3)
    numbers = [[float(text) * step for text in cell.split("\n")] for cell in cells]
    bound = 0.0051 if step == 1 else step / 2 + 1e-6
    np.testing.assert_allclose(np.array(numbers).reshape(expected.shape), expected, atol=bound)
    marked = root.locator(".ck-px-numbers td.ck-mark")
    assert marked.count() == 1
    assert cells[rows.index(row) * len(columns) + columns.index(column)] == marked.text_content()


def by_pointer(page, root, explorer):
    places = [(0, 0.3, 0.3), (0, 0.999, 0.999), (2, 0.62, 0.21), (3, 0.01, 0.5)]
    found_at(root, places, lambda: assert_true(root, explorer))
    for order in ("BGR", "RGB"):
        click(root, button(root, order))
        assert f"Read as {order}" in line(root)
        assert_true(root, explorer)


def by_keys(page, root, explorer):
    picture(root, 0).focus()
    press(root, "End")
    row, column = assert_true(root, explorer)
    assert column == explorer.image.shape[1] - 1
    press(root, "ArrowUp", "Shift+ArrowLeft")
    assert assert_true(root, explorer) == (row - 1, column - 10)
    for order, key in [("BGR", "Space"), ("RGB", "Enter")]:
        button(root, order).focus()
        press(root, key)
        assert_true(root, explorer)


def by_touch(page, root, explorer):
    places = [(0, 0.7, 0.3), (0, 0.25, 0.27)]
    found_at(root, places, lambda: assert_true(root, explorer), finger=True)
    for order in ("BGR", "RGB"):
        tap(root, button(root, order))
        assert_true(root, explorer)
