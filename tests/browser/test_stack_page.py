"""The stack explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from driving import after, line, middle, number
from playwright.sync_api import expect
from stack_driving import (
    assert_shown,
    assert_true,
    by_keys,
    by_pointer,
    by_touch,
    reading,
    table,
)
from torch import nn

from coursekit.explorers import StackExplorer
from coursekit.models import StackedConv

IMAGE = np.random.default_rng(0).random((40, 60, 3), np.float32)


@pytest.mark.parametrize("drive", [by_pointer, by_keys, by_touch])
@pytest.mark.parametrize("width", [320, 1000])
def test_the_numbers_are_those_of_reference(drive, width, explorer_page):
    explorer = StackExplorer(IMAGE)
    page, root = explorer_page(explorer, width=width)
    drive(page, root, explorer)


def box_of(root, column):
    """Row, column, height and width of the frame in a column, in pixels of its map."""
    return (
        root.locator(".ck-live")
        .nth(column)
        .evaluate(
            """frame => {
            const box = frame.querySelector('[data-box=field]');
            if (!box || box.hidden) return null;
            const canvas = frame.querySelector('canvas');
            const part = (side, of) => Math.round(parseFloat(box.style[side]) * of / 100);
            return [part('top', canvas.height), part('left', canvas.width),
                    part('height', canvas.height), part('width', canvas.width)];
        }"""
        )
    )


def test_the_field_is_lit_through_every_earlier_layer(explorer_page):
    explorer = StackExplorer(IMAGE)
    explorer.position = [7, 9]
    page, root = explorer_page(explorer)
    expect(root.locator(".ck-caption").nth(0)).to_have_text("Photograph: 13 × 13 seen")
    assert [box_of(root, at) for at in range(4)] == [
        [7, 9, 13, 13],
        [7, 9, 9, 9],
        [7, 9, 5, 5],
        [7, 9, 1, 1],
    ]
    after(page, root, lambda: root.get_by_label("Unit in").select_option("conv1"))
    # The same place of the photograph, and no frame in the layers that come later.
    assert [box_of(root, at) for at in range(4)] == [[11, 13, 5, 5], [11, 13, 1, 1], None, None]
    assert_true(root, explorer)


def painted(root, column):
    """The sum of the pixels of a column's map."""
    return (
        root.locator(".ck-live canvas")
        .nth(column)
        .evaluate(
            """canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
            .data.reduce((a, b) => a + b, 0)"""
        )
    )


def test_before_and_after_relu_and_one_scale_for_all(explorer_page):
    _page, root = explorer_page(StackExplorer(IMAGE))
    ends = root.locator(".ck-ends")
    low, own = ends.nth(2).locator("span").nth(0), ends.nth(2).locator("span").nth(2)
    expect(low).to_have_text("0")
    value = reading(root)[-1]
    root.get_by_label("Maps", exact=True).select_option("before")
    expect(low).to_have_text("\u2212" + own.text_content())
    root.get_by_label("Maps", exact=True).select_option("after")
    expect(low).to_have_text("0")
    assert reading(root)[-1] == value
    before = painted(root, 3)
    root.get_by_label("Colours").select_option("common")
    expect(own).to_have_text(ends.nth(0).locator("span").nth(2).text_content())
    assert painted(root, 3) < before  # the values of layer 3 are smaller, so darker on the scale of layer 1


def test_a_value_below_zero_becomes_zero(explorer_page):
    explorer = StackExplorer(IMAGE)
    maps = explorer._convs[1].maps
    channel, row, column = (int(at) for at in np.unravel_index(maps.argmin(), maps.shape))
    explorer.layer, explorer.channels = "conv2", [0, 0, channel, 0]
    explorer.position = row, column
    _page, root = explorer_page(explorer)
    expect(root.locator("[data-part=line]")).to_contain_text("and ReLU makes it 0. It sees 9 × 9 pixels")
    expect(root.locator("[data-part=result]")).to_contain_text("After ReLU: 0.")
    assert_true(root, explorer)
    assert number(reading(root)[-1]) < 0


def test_a_stack_without_relu_passes_negative_values_on(explorer_page):
    explorer = StackExplorer(IMAGE, StackedConv(relu=False))
    _page, root = explorer_page(explorer)
    expect(root.get_by_label("Maps", exact=True)).to_have_count(0)
    expect(root.locator("[data-part=line]")).not_to_contain_text("ReLU")
    expect(root.locator("[data-part=result]")).not_to_contain_text("ReLU")
    shares = root.locator("[role=option] b").all_text_contents()
    assert_shown(shares, explorer.contributions)


def test_padding_stride_and_dilation(explorer_page):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1, stride=2),
        nn.ReLU(),
        nn.Conv2d(4, 5, 3, padding=2, dilation=2, bias=False),
    )
    explorer = StackExplorer(IMAGE, model)
    explorer.position = [0, 0]
    explorer.channels = [0, 0, 0]
    page, root = explorer_page(explorer)
    said = root.locator("[data-part=line]")
    expect(said).to_contain_text(
        "It sees 11 × 11 pixels of the photograph: rows \u22125 to 5, columns \u22125 to 5"
    )
    expect(said).to_contain_text("partly in the padding beyond its edge")
    assert_shown(root.locator("[role=option] b").all_text_contents(), explorer.contributions)
    patch, kernel = explorer._patches()[0], explorer._conv.weight[explorer.channel, 0]
    for at, expected in enumerate([patch, kernel, patch * kernel]):
        assert_shown(table(root, at), expected.ravel())
    assert explorer.field == ((-5, 5), (-5, 5))
    after(page, root, lambda: page.mouse.move(*middle(root.locator(".ck-live").nth(0), 0.5, 0.5)))
    rows = line(root)
    assert "row 10, column 15" in rows


def test_an_arrow_key_on_the_photograph_goes_to_the_next_unit(explorer_page):
    torch.manual_seed(0)
    for first, later in [
        (nn.Conv2d(3, 4, 3, stride=4), nn.Conv2d(4, 2, 1)),
        (nn.Conv2d(3, 4, 2), nn.Conv2d(4, 2, 1)),  # its windows have no pixel in the middle
    ]:
        page, root = explorer_page(StackExplorer(IMAGE, nn.Sequential(first, nn.ReLU(), later)))
        root.locator(".ck-live").first.focus()
        row, column = place(root)
        for key, expected in {
            "ArrowRight": (row, column + 1),
            "ArrowDown": (row + 1, column + 1),
            "ArrowLeft": (row + 1, column),
            "ArrowUp": (row, column),
        }.items():
            page.keyboard.press(key)
            assert place(root) == expected


def place(root):
    """Row and column of the unit; names of layers may be numbers."""
    return tuple(int(part) for part in re.search(r"row (\d+), column (\d+): ", line(root)).groups())
