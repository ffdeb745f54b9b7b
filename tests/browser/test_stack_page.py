"""The stack explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from driving import box, choose, control, line, number, picture, pixels, point, press
from playwright.sync_api import expect
from stack_driving import assert_shown, assert_true, reading, table
from torch import nn

from coursekit.explorers import StackExplorer
from coursekit.models import StackedConv

IMAGE = np.random.default_rng(0).random((40, 60, 3), np.float32)


def test_the_field_is_lit_through_every_earlier_layer(explorer_page):
    explorer = StackExplorer(IMAGE)
    explorer.position = [7, 9]
    _, root = explorer_page(explorer)
    expect(root.locator(".ck-caption").nth(0)).to_have_text("40 × 60: 13 × 13 seen")
    assert [box(root, at, "field") for at in range(4)] == [[7, 9, side, side] for side in (13, 9, 5, 1)]
    choose(root, "Unit in", "conv1")
    # The same place of the photograph, and no frame in the layers that come later.
    assert [box(root, at, "field") for at in range(4)] == [[11, 13, 5, 5], [11, 13, 1, 1], None, None]
    assert_true(root, explorer)


def test_before_and_after_relu_and_one_scale_for_all(explorer_page):
    _, root = explorer_page(StackExplorer(IMAGE))
    ends = root.locator(".ck-ends")
    low, own = ends.nth(2).locator("span").nth(0), ends.nth(2).locator("span").nth(2)
    expect(low).to_have_text("0")
    value = reading(root)[-1]
    control(root, "Maps").select_option("before")
    expect(low).to_have_text("\u2212" + own.text_content().partition(" ")[0])
    control(root, "Maps").select_option("after")
    expect(low).to_have_text("0")
    assert reading(root)[-1] == value
    canvas = picture(root, 3).locator("canvas")
    before = pixels(canvas).sum()
    control(root, "Colours").select_option("common")
    expect(own).to_have_text(ends.nth(0).locator("span").nth(2).text_content())
    # The values of layer 3 are smaller, so darker on the scale of layer 1.
    assert pixels(canvas).sum() < before


def test_a_value_below_zero_becomes_zero(explorer_page):
    explorer = StackExplorer(IMAGE)
    maps = explorer._convs[1].maps
    channel, row, column = (int(at) for at in np.unravel_index(maps.argmin(), maps.shape))
    explorer.layer, explorer.channels = "conv2", [0, 0, channel, 0]
    explorer.position = row, column
    _, root = explorer_page(explorer)
    assert "and ReLU makes it 0. It sees rows " in line(root)
    expect(root.locator("[data-part=result]")).to_contain_text("After ReLU: 0.")
    assert_true(root, explorer)
    assert number(reading(root)[-1]) < 0


def test_a_stack_without_relu_passes_negative_values_on(explorer_page):
    explorer = StackExplorer(IMAGE, StackedConv(relu=False))
    _, root = explorer_page(explorer)
    expect(control(root, "Maps")).to_have_count(0)
    assert "ReLU" not in line(root) + root.locator("[data-part=result]").text_content()
    assert_shown(root.locator("[role=option] b").all_text_contents(), explorer.contributions)


def test_padding_stride_and_dilation(explorer_page):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1, stride=2),
        nn.ReLU(),
        nn.Conv2d(4, 5, 3, padding=2, dilation=2, bias=False),
    )
    explorer = StackExplorer(IMAGE, model)
    explorer.position, explorer.channels = (0, 0), (0, 0, 0)
    _, root = explorer_page(explorer)
    assert "It sees rows \u22125 to 5, columns \u22125 to 5" in line(root)
    assert "partly in the padding beyond its edge" in line(root)
    assert_shown(root.locator("[role=option] b").all_text_contents(), explorer.contributions)
    patch, kernel = explorer._patches()[0], explorer._conv.weight[explorer.channel, 0]
    for at, expected in enumerate([patch, kernel, patch * kernel]):
        assert_shown(table(root, at), expected.ravel())
    assert explorer.field == ((-5, 5), (-5, 5))
    point(root, 0, 0.5, 0.5)
    assert "row 10, column 15" in line(root)


@pytest.mark.parametrize(
    "first",
    [nn.Conv2d(3, 4, 3, stride=4), nn.Conv2d(3, 4, 2)],  # windows of 2 x 2 have no pixel in the middle
    ids=str,
)
def test_an_arrow_key_on_the_photograph_goes_to_the_next_unit(first, explorer_page):
    model = nn.Sequential(first, nn.ReLU(), nn.Conv2d(4, 2, 1))
    _, root = explorer_page(StackExplorer(IMAGE, model))
    picture(root, 0).focus()
    row, column = place(root)
    moves = {"ArrowRight": (0, 1), "ArrowDown": (1, 1), "ArrowLeft": (1, 0), "ArrowUp": (0, 0)}
    for key, (down, right) in moves.items():
        press(root, key)
        assert place(root) == (row + down, column + right)


def place(root):
    """Row and column of the unit; names of layers may be numbers."""
    return tuple(int(part) for part in re.search(r"row (\d+), column (\d+): ", line(root)).groups())
