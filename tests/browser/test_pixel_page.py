"""The pixel explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import numpy as np
import pytest
from driving import after, line
from pixel_driving import assert_patch, assert_true, by_keys, by_pointer, by_touch, patch, place

from coursekit.explorers import PixelExplorer

IMAGE = np.random.default_rng(0).random((48, 72, 3), np.float32)


@pytest.mark.parametrize("drive", [by_pointer, by_keys, by_touch])
@pytest.mark.parametrize("width", [320, 1000])
def test_the_numbers_are_those_of_the_array(drive, width, explorer_page):
    explorer = PixelExplorer(IMAGE)
    page, root = explorer_page(explorer, width=width)
    drive(page, root, explorer)


def pixels(root, at=0):
    """The colours that a canvas shows, (H, W, 3)."""
    height, width, flat = (
        root.locator("canvas")
        .nth(at)
        .evaluate(
            """canvas => {
                const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                return [canvas.height, canvas.width, [...data]];
            }"""
        )
    )
    return np.array(flat).reshape(height, width, 4)[..., :3]


def drawn(page, root, at=0):
    page.evaluate("() => new Promise(requestAnimationFrame)")
    return pixels(root, at)


def test_reading_in_the_other_order_exchanges_red_and_blue_and_no_number(explorer_page):
    page, root = explorer_page(PixelExplorer(IMAGE))
    before = line(root).partition(" Read as")[0]
    whole = np.round(255 * IMAGE)
    np.testing.assert_array_equal(drawn(page, root), whole)
    channels = [drawn(page, root, at) for at in (1, 2, 3)]
    after(page, root, lambda: root.get_by_role("button", name="BGR").click())
    np.testing.assert_array_equal(drawn(page, root), whole[..., ::-1])
    assert line(root).partition(" Read as")[0] == before
    for at, old in zip((1, 2, 3), channels, strict=True):
        np.testing.assert_array_equal(drawn(page, root, at), old)
    captions = root.locator(".ck-px-channels .ck-caption").all_text_contents()
    assert captions == ["Channel 0: blue", "Channel 1: green", "Channel 2: red"]
    row, column = place(root)
    swatch = root.locator(".ck-px-swatch").evaluate("box => getComputedStyle(box).backgroundColor")
    assert swatch == "rgb({:.0f}, {:.0f}, {:.0f})".format(*whole[row, column, ::-1])


@pytest.mark.parametrize("order", ["RGB", "BGR"])
@pytest.mark.parametrize("unit", ["fractions", "bytes"])
def test_every_kind_of_number(order, unit, explorer_page):
    page, root = explorer_page(PixelExplorer(IMAGE, order=order.lower()))
    assert f"Read as {order}" in line(root)
    root.get_by_label("Numbers", exact=True).select_option(unit)
    for shows in ("all", "0", "1", "2", "gray"):
        root.get_by_label("Cells show").select_option(shows)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        assert_true(root, IMAGE)


@pytest.mark.parametrize("side", [3, 5, 7])
def test_the_patch_stays_inside_the_photograph(side, explorer_page):
    page, root = explorer_page(PixelExplorer(IMAGE))
    root.get_by_label("Patch", exact=True).select_option(str(side))
    for row, column in [(0, 0), (47, 71), (1, 70), (20, 30)]:
        after(
            page,
            root,
            lambda at=[row, column]: page.evaluate("at => explorer.model.set('position', at)", at),
        )
        rows, columns, cells = patch(root)
        assert (len(rows), len(columns), len(cells)) == (side, side, side * side)
        assert rows[0] >= 0
        assert columns[-1] <= 71
        assert_patch(root, IMAGE, row, column)
        boxes = root.locator("[data-box=patch]").evaluate_all(
            "boxes => boxes.map(({ style }) => [style.top, style.left, style.width].map(parseFloat))"
        )
        framed = [100 * rows[0] / 48, 100 * columns[0] / 72, 100 * side / 72]
        assert boxes == [pytest.approx(framed, abs=0.01)] * 4


def test_the_channels_share_one_scale_with_a_bar(explorer_page):
    _, root = explorer_page(PixelExplorer(IMAGE * 0.1))  # a dark photograph stays dark
    assert root.locator(".ck-ends span").all_text_contents() == ["0", "0.50", "1"]
    assert pixels(root, 1)[..., 1].max() < 100
