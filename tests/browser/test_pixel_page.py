"""The pixel explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import numpy as np
import pytest
from driving import box, button, click, control, line, pixels, set_trait
from pixel_driving import assert_patch, assert_true, patch, place

from coursekit.explorers import PixelExplorer

IMAGE = np.random.default_rng(0).random((48, 72, 3), np.float32)


def drawn(root, at=0):
    return pixels(root.locator("canvas").nth(at))[..., :3]


def test_reading_in_the_other_order_exchanges_red_and_blue_and_no_number(explorer_page):
    _, root = explorer_page(PixelExplorer(IMAGE))
    before = line(root).partition(" Read as")[0]
    whole = np.round(255 * IMAGE)
    np.testing.assert_array_equal(drawn(root), whole)
    channels = [drawn(root, at) for at in (1, 2, 3)]
    click(root, button(root, "BGR"))
    np.testing.assert_array_equal(drawn(root), whole[..., ::-1])
    assert line(root).partition(" Read as")[0] == before
    np.testing.assert_array_equal([drawn(root, at) for at in (1, 2, 3)], channels)
    captions = root.locator(".ck-px-channels .ck-caption").all_text_contents()
    assert captions == ["Channel 0: blue", "Channel 1: green", "Channel 2: red"]
    swatch = root.locator(".ck-px-swatch").evaluate("box => getComputedStyle(box).backgroundColor")
    assert swatch == "rgb({:.0f}, {:.0f}, {:.0f})".format(*whole[*place(root), ::-1])


@pytest.mark.parametrize("order", ["RGB", "BGR"])
@pytest.mark.parametrize("unit", ["fractions", "bytes"])
def test_every_kind_of_number(order, unit, explorer_page):
    explorer = PixelExplorer(IMAGE, order=order.lower())
    _, root = explorer_page(explorer)
    assert f"Read as {order}" in line(root)
    control(root, "Numbers").select_option(unit)
    for shows in ("all", "0", "1", "2", "gray"):
        control(root, "Cells show").select_option(shows)
        assert_true(root, explorer)


@pytest.mark.parametrize("side", [3, 5, 7])
def test_the_patch_stays_inside_the_photograph(side, explorer_page):
    _, root = explorer_page(PixelExplorer(IMAGE))
    control(root, "Patch").select_option(str(side))
    for row, column in [(0, 0), (47, 71), (1, 70), (20, 30)]:
        set_trait(root, "position", [row, column])
        rows, columns, cells = patch(root)
        assert (len(rows), len(columns), len(cells)) == (side, side, side * side)
        assert rows[0] >= 0
        assert columns[-1] <= 71
        assert_patch(root, IMAGE, row, column)
        for at in range(4):
            assert box(root, at, "patch") == [rows[0], columns[0], side, side]


def test_the_channels_share_one_scale_with_a_bar(explorer_page):
    _, root = explorer_page(PixelExplorer(IMAGE * 0.1))  # a dark photograph stays dark
    assert root.locator(".ck-ends span").all_text_contents() == ["0", "0.50", "1"]
    assert drawn(root, 1)[..., 1].max() < 100
