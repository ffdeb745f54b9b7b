"""The VGG explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import numpy as np
import pytest
from driving import after
from playwright.sync_api import expect
from vgg_driving import LAYERS, assert_true, by_keys, by_pointer, by_touch, maps_of, reading

from coursekit.explorers import VggExplorer
from coursekit.models import vgg16

CAT = VggExplorer("cat", max_side=64)


@pytest.mark.parametrize("drive", [by_pointer, by_keys, by_touch])
@pytest.mark.parametrize("width", [320, 1000])
def test_the_numbers_are_those_of_the_network(drive, width, explorer_page):
    page, root = explorer_page(CAT, width=width)
    drive(page, root, CAT)


def test_every_layer_is_there(explorer_page):
    page, root = explorer_page(CAT)
    for name in LAYERS:
        if reading(root)[0] != name:
            after(page, root, lambda name=name: root.get_by_label("Layer").select_option(name))
        assert assert_true(root, CAT)[0] == name
        expect(root.locator("[data-part=all] p")).to_contain_text(f"All {len(maps_of(CAT.image)[name])} maps")


def pixels(canvas):
    """A canvas's pixels, (H, W, 4)."""
    flat, height, width = canvas.evaluate(
        """canvas => [[...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data],
            canvas.height, canvas.width]"""
    )
    return np.array(flat, np.uint8).reshape(height, width, 4)


def test_the_map_is_drawn_on_the_scale_of_its_layer(explorer_page):
    from coursekit.pictures.scale import Scale

    _page, root = explorer_page(CAT)
    maps = maps_of(CAT.image)["block3_conv3"]
    canvas = root.locator(".ck-live canvas").nth(1)
    for kind, values in (("after", np.maximum(maps, 0)), ("before", maps)):
        root.get_by_label("Maps", exact=True).select_option(kind)
        scale = Scale.of([values])
        expect(root.locator(".ck-live + .ck-bar .ck-ends span").last).to_have_text(f"{scale.high:.2f}")
        filter_ = reading(root)[1]
        np.testing.assert_allclose(
            pixels(canvas)[..., :3].astype(int), scale.colours(values[filter_]), atol=3
        )


def test_the_first_layer_is_shown_in_colour_and_the_others_are_not(explorer_page):
    page, root = explorer_page(CAT)
    colour = root.locator("[data-part=filter] .ck-map")
    expect(colour).to_be_hidden()
    after(page, root, lambda: root.get_by_label("Layer").select_option("block1_conv1"))
    expect(colour).to_be_visible()
    filter_ = reading(root)[1]
    weight = vgg16("course", until="block1_conv1").features[0].weight.numpy()
    expected = 255 * (0.5 + weight[filter_] / (2 * np.abs(weight).max()))  # (3, 3, 3), channel first
    shown = pixels(colour.locator("canvas"))[..., :3]
    np.testing.assert_allclose(shown, np.moveaxis(expected, 0, 2), atol=1)
    expect(root.get_by_label("Reads").locator("option")).to_have_text(["red", "green", "blue"])


def test_channels_come_strongest_first(explorer_page):
    _page, root = explorer_page(CAT)
    name, filter_, *_ = reading(root)
    options = (
        root.get_by_label("Reads").locator("option").evaluate_all("all => all.map(one => Number(one.value))")
    )
    model = vgg16("course", until=name)
    weight = model.get_submodule(model.layer_names[name]).weight[filter_].numpy()
    norms = np.sqrt((weight**2).sum(axis=(1, 2)))[options]
    assert len(options) == 96
    assert (np.diff(norms) <= 1e-6).all()
    root.get_by_label("Reads").select_option(str(options[20]))
    expect(root.locator("[data-part=filter] p").last).to_contain_text(
        f"for map {options[20] + 1} of block3_conv2"
    )
    assert_true(root, CAT)


def test_a_field_beyond_the_photograph_is_framed_inside(explorer_page):
    explorer = VggExplorer("cat", max_side=64)
    explorer.layer = "block5_conv3"
    _page, root = explorer_page(explorer)
    box = root.locator(".ck-live").first.locator("[data-box=field]")
    expect(box).to_have_class("ck-box ck-within")
    expect(root.locator("[data-part=line]")).to_contain_text("Beyond the photograph there is padding: ")
    part, whole = box.bounding_box(), root.locator(".ck-live").first.bounding_box()
    assert part["width"] <= whole["width"] + 1
    assert part["height"] <= whole["height"] + 1


def test_a_large_network_sends_its_strongest_inputs_only(explorer_page):
    explorer = VggExplorer("cat", None, max_side=32)  # all 13 layers of VGG16, random
    kept = explorer._layers[-1]["kept"]
    assert 16 < kept < 64
    page, root = explorer_page(explorer)
    expect(root.locator("[data-part=filter] p").last).to_contain_text(
        f"; the {kept} strongest of 256 are here"
    )
    expect(root.get_by_label("Reads").locator("option")).to_have_count(kept)
    after(page, root, lambda: root.get_by_label("Layer").select_option("block5_conv2"))
    root.locator(".ck-tiles").focus()
    after(page, root, lambda: page.keyboard.press("End"))
    assert reading(root)[1] == 511
    expect(root.locator("[data-part=all] p")).to_contain_text("All 512 maps")
