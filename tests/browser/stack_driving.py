"""Use the stack explorer as a learner does, on any page that shows one, and compare its numbers."""

from __future__ import annotations

import re

import cv2
import numpy as np
from driving import choose, click, control, found_at, line, number, picture, press

from coursekit import models, samples
from coursekit.explorers import StackExplorer
from coursekit.reference import Layer, cross_correlate2d, receptive_field

NAMES = ("conv1", "conv2", "conv3")
COLOURS = ("red", "green", "blue")


def lesson_explorer():
    """The explorer of lesson 6."""
    bgr = cv2.imdecode(np.fromfile(samples.sample("coffee").path, np.uint8), cv2.IMREAD_COLOR)
    bgr = cv2.resize(bgr, None, fx=2 / 3, fy=2 / 3, interpolation=cv2.INTER_AREA)[21:246]
    photo = bgr[..., ::-1].astype(np.float32) / 255
    return StackExplorer(photo, models.StackedConv((3, 12, 24, 48), kernel_size=5, relu=True, seed=0))


def assert_shown(texts, values):
    """Each text is its value, rounded to as many decimals as it has; a whole number is one."""
    assert len(texts) == len(values)
    for text, value in zip(texts, values, strict=True):
        decimals = len(text.partition(".")[2])
        assert abs(number(text) - value) <= (0.5 * 10**-decimals if decimals else 0) + 2e-6, (text, value)


def shares_of(image, model, name, channel, row, column):
    """What the inputs of one unit add to it, and its patches (in, 5, 5), by reference alone."""
    depth = NAMES.index(name)
    size = receptive_field([Layer(5)] * (depth + 1)).size
    maps = np.moveaxis(image[row : row + size, column : column + size], 2, 0).astype(np.float64)
    for before in NAMES[:depth]:
        weight, bias = (part.detach().double().numpy() for part in model.get_submodule(before).parameters())
        maps = np.stack(
            [
                sum(map(cross_correlate2d, maps, kernels)) + offset
                for kernels, offset in zip(weight, bias, strict=True)
            ]
        ).clip(0)
    kernels = model.get_submodule(name).weight[channel].detach().double().numpy()
    shares = [cross_correlate2d(*pair)[0, 0] for pair in zip(maps, kernels, strict=True)]
    return np.array(shares), maps, kernels, model.get_submodule(name).bias[channel].item()


def reading(root):
    """Layer, map, row, column and value that the line says."""
    said = line(root)
    pattern = r"(conv\d), map (\d+), row (\d+), column (\d+): ([\u2212\d.]+),"
    name, channel, row, column, value = re.match(pattern, said).groups()
    return name, int(channel) - 1, int(row), int(column), value


def seen(root):
    """First and last row, first and last column of the photograph that the line says."""
    said = line(root)
    pattern = r"It sees rows (\d+) to (\d+), columns (\d+) to (\d+)\."
    return tuple(map(int, re.search(pattern, said).groups()))


def table(root, at):
    return root.locator("[data-part=work] table").nth(at).locator("td").all_text_contents()


def chosen_input(root):
    return root.locator("[role=option]").evaluate_all(
        "rows => rows.findIndex(row => row.getAttribute('aria-selected') === 'true')"
    )


def assert_true(root, explorer):
    """Line, sums and tables say what reference computes from the photograph; return the reading."""
    name, channel, row, column, value = reading(root)
    model = models.StackedConv()
    shares, maps, kernels, bias = shares_of(explorer.image, model, name, channel, row, column)
    assert_shown([value], [shares.sum() + bias])
    assert_shown(root.locator("[role=option] b").all_text_contents(), shares)
    result = root.locator("[data-part=result]").text_content()
    told = re.findall(r"[\u2212\d.]*\d", result)
    assert_shown(told, [shares.sum(), bias, shares.sum() + bias, max(shares.sum() + bias, 0)])
    at = chosen_input(root)
    for place, expected in enumerate([maps[at], kernels[at], maps[at] * kernels[at]]):
        assert_shown(table(root, place), expected.ravel())
    field = receptive_field([Layer(5)] * (NAMES.index(name) + 1))
    assert seen(root) == (*field.span(row), *field.span(column))
    return name, channel, row, column


def chosen(page, root, at):
    """Wait until the input channel with this index is the chosen one."""
    page.wait_for_function(
        "([root, at]) => root.querySelector(`[role=option]:nth-child(${at + 1})`).ariaSelected === 'true'",
        arg=[root.element_handle(), at],
    )


def by_pointer(page, root, explorer):
    places = [(3, 0.3, 0.3), (2, 0.7, 0.6), (1, 0.2, 0.8), (0, 0.6, 0.4)]
    found = found_at(root, places, lambda: assert_true(root, explorer))
    assert [unit[0] for unit in found] == ["conv3", "conv2", "conv1", "conv1"]  # the photograph keeps it
    # A click holds the unit, so that the sums can be reached.
    click(root, picture(root, 3), 0.55, 0.35)
    held = reading(root)
    root.locator("[role=option]").nth(7).click()
    chosen(page, root, 7)
    assert reading(root) == held
    assert_true(root, explorer)
    page.keyboard.press("Escape")


def by_keys(page, root, explorer):
    picture(root, 2).focus()
    press(root, "ArrowRight")
    name, channel, row, column = assert_true(root, explorer)
    assert name == "conv2"
    press(root, "Shift+ArrowUp", "ArrowLeft")
    assert assert_true(root, explorer) == (name, channel, row - 10, column - 1)
    root.locator("[role=listbox]").focus()
    for key, expected in (("Home", 0), ("ArrowRight", 1), ("End", 11)):
        page.keyboard.press(key)
        chosen(page, root, expected)
    assert_true(root, explorer)


def by_touch(page, root, explorer):
    places = [(3, 0.7, 0.3), (1, 0.25, 0.27)]
    found_at(root, places, lambda: assert_true(root, explorer), finger=True)
    other = "3" if control(root, "conv1 shows").input_value() != "3" else "4"
    choose(root, "conv1 shows", other)
    assert assert_true(root, explorer)[1] == int(other)
    root.locator("[role=option]").nth(2).tap()
    chosen(page, root, 2)
    assert_true(root, explorer)
