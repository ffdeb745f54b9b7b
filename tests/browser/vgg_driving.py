"""Use the VGG explorer as a learner does, on any page that shows one, and compare its numbers."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from driving import button, choose, click, control, found_at, line, number, picture, press, tap

from coursekit import activations, images, models
from coursekit.explorers import VggExplorer
from coursekit.reference import Layer, receptive_field

LAYERS = [
    f"block{block}_conv{conv}"
    for block, count in enumerate((2, 2, 3, 3, 3), 1)
    for conv in range(1, count + 1)
]
CONV, POOL = Layer(3, padding=1), Layer(2, stride=2)


def lesson_explorer():
    """The explorer of lesson 7."""
    return VggExplorer(images.load_image("cat", max_side=320), "course")


@cache
def _network():
    return models.vgg16("course", until="block5_conv3")


@cache
def _maps(data, shape):
    image = np.frombuffer(data, np.float32).reshape(shape)
    x = _network().normalize(images.to_tensor(image))
    return {name: maps[0].numpy() for name, maps in activations.feature_maps(_network(), x, LAYERS).items()}


def maps_of(image):
    """Every layer's maps before ReLU, (out, H, W), by name."""
    return _maps(image.tobytes(), image.shape)


def chain_to(name):
    """The windows from the photograph to a layer."""
    chain = []
    for layer in LAYERS[: LAYERS.index(name) + 1]:
        chain += [POOL, CONV] if layer.endswith("conv1") and chain else [CONV]
    return chain


def assert_digits(text, value, digits):
    """A text has this many significant digits of a value: it lies within half a unit of the last one."""
    unit = 10.0 ** (np.floor(np.log10(abs(value))) - digits + 1) if value else 1.0
    assert abs(number(text) - value) <= (0.5 + 1e-3) * unit + 1e-5, (text, value)


def reading(root):
    """Layer, filter, row, column (from 0) and value that the line says."""
    said = line(root)
    pattern = (
        r"(block\d_conv\d), filter (\d+), row (\d+), column (\d+): (\S+), and ReLU (keeps it|makes it 0)\. "
    )
    name, filter_, row, column, value, fate = re.match(pattern, said).groups()
    return name, int(filter_) - 1, int(row), int(column), value, fate == "keeps it"


def assert_true(root, explorer):
    """The line, the field and the kernel say what the network gives; return the reading."""
    name, filter_, row, column, text, kept = reading(root)
    value = float(maps_of(explorer.image)[name][filter_, row, column])
    assert_digits(text, value, 3)
    assert kept == (value > 0)
    field = receptive_field(chain_to(name))
    (top, bottom), (left, right) = field.span(row), field.span(column)
    said = line(root).replace("\u2212", "-")
    assert (
        f"It sees {field.size} × {field.size} pixels: rows {top} to {bottom}, columns {left} to {right}."
        in said
    )
    height, width = explorer.image.shape[:2]
    beyond = {
        "above": -top,
        "below": bottom - height + 1,
        "on the left": -left,
        "on the right": right - width + 1,
    }
    told = re.findall(r"(\d+) (above|below|on the left|on the right)", said)
    assert {where: int(count) for count, where in told} == {w: c for w, c in beyond.items() if c > 0}
    channel = int(control(root, "Reads").input_value())
    module = _network().get_submodule(_network().layer_names[name])
    kernel = module.weight[filter_, channel].numpy()
    cells = root.locator("[data-part=filter] td").all_text_contents()
    for cell, weight in zip(cells, kernel.ravel().tolist(), strict=True):
        decimals = len(cell.partition(".")[2])
        assert abs(number(cell) - weight) <= 0.5 * 10**-decimals + 1e-5
    return name, filter_, row, column


def by_pointer(page, root, explorer):
    found_at(root, [(1, 0.3, 0.3), (0, 0.7, 0.6), (1, 0.9, 0.05)], lambda: assert_true(root, explorer))
    choose(root, "Layer", "block1_conv2")
    assert assert_true(root, explorer)[0] == "block1_conv2"
    click(root, root.locator(".ck-tiles"), 0.1, 0.1)
    assert assert_true(root, explorer)[1] < 20
    click(root, button(root, "Strongest unit"))
    name, filter_, row, column = assert_true(root, explorer)
    best = maps_of(explorer.image)[name][filter_]
    assert best[row, column] >= best.max() - 1e-5


def by_keys(page, root, explorer):
    picture(root, 1).focus()
    press(root, "End")
    name, _, row, column = assert_true(root, explorer)
    assert column == maps_of(explorer.image)[name].shape[2] - 1
    press(root, "ArrowLeft", "ArrowUp")
    assert assert_true(root, explorer)[2:] == (row - 1, column - 1)
    root.locator(".ck-tiles").focus()
    press(root, "Home", "ArrowRight")
    assert assert_true(root, explorer)[1] == 1
    choose(root, "Layer", "block5_conv3")
    assert assert_true(root, explorer)[0] == "block5_conv3"


def by_touch(page, root, explorer):
    places = [(1, 0.7, 0.3), (1, 0.25, 0.27)]
    found = found_at(root, places, lambda: assert_true(root, explorer), finger=True)
    tap(root, root.locator(".ck-tiles"), 0.06, 0.7)
    assert assert_true(root, explorer)[1] != found[-1][1]
    choose(root, "Filter", "7")
    assert assert_true(root, explorer)[1] == 7
