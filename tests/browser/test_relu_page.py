"""The ReLU explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import numpy as np
import pytest
from driving import after, choose, control, line, picture, pixels, press, set_trait
from playwright.sync_api import expect
from relu_driving import assert_true, settings

from coursekit.explorers import ReluExplorer
from coursekit.explorers.relu import ACTIVATIONS
from coursekit.pictures.scale import Scale

IMAGE = np.random.default_rng(0).random((64, 96), np.float32)


def test_every_map_with_every_activation(explorer_page):
    explorer = ReluExplorer(IMAGE, activation="none", bias=0.7, slope=0.35)
    _, root = explorer_page(explorer)
    for at in (1, 2, 3, 0):
        choose(root, "Map", str(at))
        for name in ACTIVATIONS:
            if name != settings(root).activation:
                choose(root, "Activation", name)
            assert_true(root, explorer)
            assert control(root, "Slope").is_visible() == (name == "leaky")


def test_both_maps_are_on_one_scale(explorer_page):
    explorer = ReluExplorer(IMAGE, bias=0.5)
    _, root = explorer_page(explorer)
    before, kept = explorer.response + 0.5, explorer.response + 0.5 > 0
    left, right = (pixels(picture(root, at).locator("canvas")) for at in (0, 1))
    np.testing.assert_array_equal(left[kept], right[kept])  # positive values keep their colour
    assert len(np.unique(right[~kept], axis=0)) == 1  # all others have that of zero
    assert len(np.unique(left[~kept], axis=0)) > 50
    ends = root.locator(".ck-ends").all_text_contents()
    assert ends[0] == ends[1]
    assert f"0{Scale.of_maps([before, before.clip(0)]).high:.2f}" in ends[0]


def test_what_is_cut_is_hatched_and_told(explorer_page):
    explorer = ReluExplorer(IMAGE)
    _, root = explorer_page(explorer)
    labels = root.locator(".ck-chart").first.locator("span")
    bars = root.locator(".ck-chart").first.locator("svg > path")
    share = 100 * explorer.below
    expect(labels.nth(0)).to_have_text(f"cut: {share:.1f} %")
    expect(labels.nth(1)).to_have_text(f"kept: {100 - share:.1f} %")
    assert bars.nth(1).get_attribute("fill").startswith("url(#")
    drawing = root.locator(".ck-chart svg").first
    assert drawing.get_attribute("aria-label").startswith(f"Histogram of {explorer.response.size} values: ")
    choose(root, "Activation", "tanh")
    expect(labels.nth(0)).to_have_text(f"below 0: {share:.1f} %")
    assert bars.nth(1).get_attribute("fill") == "#2166ac"


def test_the_dot_stands_on_the_curve(explorer_page):
    explorer = ReluExplorer(IMAGE, activation="tanh", bias=-1)
    _, root = explorer_page(explorer)
    assert_true(root, explorer)
    place = root.locator(".ck-dot").evaluate("dot => [dot.style.left, dot.style.top].map(parseFloat)")
    row, column = explorer.position
    before, value = explorer.response[row, column] - 1, explorer.output[row, column]
    end = np.abs(explorer.response).max() + 1
    assert place == pytest.approx([50 + 50 * before / end, 50 - 50 * value / end], abs=0.01)


ONE_IS_KEPT = np.full((64, 96), 0.5, np.float32)  # one of 5985 values
ONE_IS_KEPT[30, 40] = 1


@pytest.mark.parametrize(
    ("explorer", "said"),
    [
        (ReluExplorer(IMAGE, bias=-10), "the unit is dead"),
        (ReluExplorer(ONE_IS_KEPT, [[1, 0], [0, 0]], bias=-0.6), "Below 0 are over 99.9 % of the values"),
    ],
    ids=["dead", "nearly dead"],
)
def test_a_little_is_never_called_none(explorer, said, explorer_page):
    _, root = explorer_page(explorer)
    assert said in line(root)
    assert_true(root, explorer)


def test_one_filter_without_anything_negative_begins_at_zero(explorer_page):
    explorer = ReluExplorer(IMAGE, "box3")
    _, root = explorer_page(explorer)
    expect(root.locator(".ck-bar .ck-ends span").first).to_have_text("0")
    assert control(root, "Map").locator("option").all_text_contents() == ["1 of 1"]
    assert_true(root, explorer)


def test_a_bias_between_two_steps_is_shown_as_it_is(explorer_page):
    explorer = ReluExplorer(IMAGE, bias=0.25)
    _, root = explorer_page(explorer)
    bias, output = control(root, "Bias"), root.locator(".ck-control output").last
    expect(output).to_have_text("0.25")
    assert settings(root).bias == 0.25
    assert_true(root, explorer)
    bias.focus()
    press(root, "ArrowRight")
    assert settings(root).bias == 0.35
    after(root, lambda: bias.fill("-1.04"))  # as a drag does: it goes in steps
    expect(output).to_have_text("\u22121")
    assert_true(root, explorer)
    set_trait(root, "position", [3, 4])
    assert assert_true(root, explorer)[:2] == (3, 4)
