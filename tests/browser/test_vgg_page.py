"""The VGG explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import numpy as np
from driving import choose, control, line, picture, pixels, press
from playwright.sync_api import expect
from vgg_driving import LAYERS, assert_true, maps_of, reading

from coursekit.explorers import VggExplorer
from coursekit.models import vgg16
from coursekit.pictures.scale import Scale

CAT = VggExplorer("cat", max_side=64)


def test_every_layer_is_there(explorer_page):
    _, root = explorer_page(CAT)
    for name in LAYERS:
        if reading(root)[0] != name:
            choose(root, "Layer", name)
        assert assert_true(root, CAT)[0] == name
        expect(root.locator("[data-part=all] p")).to_contain_text(f"All {len(maps_of(CAT.image)[name])} maps")


def test_the_map_is_drawn_on_the_scale_of_its_layer(explorer_page):
    _, root = explorer_page(CAT)
    choose(root, "Layer", "block3_conv3")
    maps = maps_of(CAT.image)["block3_conv3"]
    canvas = root.locator(".ck-live canvas").nth(1)
    for kind, values in (("after", np.maximum(maps, 0)), ("before", maps)):
        control(root, "Maps").select_option(kind)
        scale = Scale.of_maps([values])
        ends = f"{scale.high:.2f} ▸ {'±' * (kind == 'before')}{max(map(abs, scale.beyond)):.2f}"
        expect(root.locator(".ck-live + .ck-bar .ck-ends span").last).to_have_text(ends)
        np.testing.assert_allclose(pixels(canvas)[..., :3], scale.colours(values[reading(root)[1]]), atol=3)


def test_the_first_layer_is_shown_in_colour_and_the_others_are_not(explorer_page):
    _, root = explorer_page(CAT)
    colour = root.locator("[data-part=filter] .ck-map")
    expect(colour).to_be_visible()
    filter_ = reading(root)[1]
    weight = vgg16("course", until="block1_conv1").features[0].weight.numpy()
    expected = 255 * (0.5 + weight[filter_] / (2 * np.abs(weight).max()))  # (3, 3, 3), channel first
    np.testing.assert_allclose(pixels(colour.locator("canvas"))[..., :3], np.moveaxis(expected, 0, 2), atol=1)
    expect(control(root, "Reads").locator("option")).to_have_text(["red", "green", "blue"])
    choose(root, "Layer", "block1_conv2")
    expect(colour).to_be_hidden()


def test_another_channel_shows_its_kernel(explorer_page):
    _, root = explorer_page(CAT)
    choose(root, "Layer", "block3_conv3")
    options = control(root, "Reads").locator("option")
    expect(options).to_have_count(96)
    channel = options.nth(20).get_attribute("value")
    control(root, "Reads").select_option(channel)
    note = root.locator("[data-part=filter] > p")
    expect(note).to_contain_text(f"for map {int(channel) + 1} of block3_conv2")
    assert_true(root, CAT)


def test_a_field_beyond_the_photograph_is_framed_inside(explorer_page):
    explorer = VggExplorer("cat", max_side=64)
    explorer.layer = "block5_conv3"
    _, root = explorer_page(explorer)
    box = picture(root, 0).locator("[data-box=field]")
    expect(box).to_have_class("ck-box ck-within")
    assert "Beyond the photograph there is padding: " in line(root)
    part, whole = box.bounding_box(), picture(root, 0).bounding_box()
    assert part["width"] <= whole["width"] + 1
    assert part["height"] <= whole["height"] + 1


def test_a_large_network_sends_its_strongest_inputs_only(explorer_page):
    explorer = VggExplorer("cat", None, max_side=32)  # all 13 layers of VGG16, random
    kept = explorer._layers[-1]["kept"]
    assert 16 < kept < 64
    _, root = explorer_page(explorer)
    choose(root, "Layer", "block3_conv3")
    expect(root.locator("[data-part=filter] > p")).to_contain_text(f"; the {kept} strongest of 256 are here")
    expect(control(root, "Reads").locator("option")).to_have_count(kept)
    choose(root, "Layer", "block5_conv2")
    root.locator(".ck-tiles").focus()
    press(root, "End")
    assert reading(root)[1] == 511
    expect(root.locator("[data-part=all] p")).to_contain_text("All 512 maps")
