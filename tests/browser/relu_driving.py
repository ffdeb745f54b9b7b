"""Use the ReLU explorer as a learner does, on any page that shows one, and compare its numbers."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
from driving import button, choose, click, control, found_at, line, numbers, picture, press, tap

from coursekit import images
from coursekit.explorers import ReluExplorer
from coursekit.explorers.relu import activate
from coursekit.reference import cross_correlate2d, relu

SAID = re.compile(
    r"Row (?P<row>\d+), column (?P<column>\d+): response (?P<response>\S+) \+ "
    r"bias (?P<bias>\S+) = (?P<sum>\S+); "
    r"after (?P<name>ReLU|leaky ReLU|sigmoid|tanh|no activation) (?P<value>\S+)\. (?P<rest>.*)"
)
SHARES = re.compile(r"Below 0 are (.+ %) of the values: .*\. After it (.+ %) of the map is 0\.")


def lesson_explorer():
    """The explorer of lesson 4."""
    return ReluExplorer(images.load_image("temple", mode="gray", max_side=320))


def settings(root):
    """What the controls say."""
    return SimpleNamespace(
        channel=int(control(root, "Map").input_value()),
        activation=control(root, "Activation").input_value(),
        bias=float(control(root, "Bias").input_value()),
        slope=float(control(root, "Slope").input_value()),
    )


def assert_true(root, explorer):
    """The line says what reference computes with what the controls say; returns the place and the value."""
    chosen = settings(root)
    told = SAID.match(line(root))
    row, column, rest = int(told["row"]), int(told["column"]), told["rest"]
    response, bias, total, value = numbers(told.group("response", "bias", "sum", "value"))
    true = cross_correlate2d(explorer.image, explorer.bank[chosen.channel])
    before = true + chosen.bias
    result = activate(before, chosen.activation, slope=chosen.slope)
    if chosen.activation == "relu":
        np.testing.assert_array_equal(result, relu(before).astype(np.float32))
    assert bias == chosen.bias
    for said, wanted in [(response, true), (total, before), (value, result)]:
        assert abs(said - wanted[row, column]) <= 0.00051
    noise = 1e-5
    shares = SHARES.match(rest)
    if shares is None:
        assert chosen.activation == "relu"
        assert before.max() <= noise
        assert rest == "Every value is cut: on this photograph the unit is dead."
    else:
        assert_share(shares[1], before < -noise)
        assert_share(shares[2], np.abs(result) <= noise / 2)
    return row, column, value


def assert_share(said, true):
    """A share in per cent, to one decimal; what is not quite nothing or all says so."""
    part = 100 * true.mean()
    if said.startswith("under"):
        assert 0 < part < 0.051
    elif said.startswith("over"):
        assert 99.949 < part < 100
    else:
        assert abs(float(said.removesuffix(" %")) - part) <= 0.051


def by_pointer(page, root, explorer):
    places = [(0, 0.35, 0.3), (1, 0.62, 0.21), (0, 0.45, 0.8)]
    found_at(root, places, lambda: assert_true(root, explorer)[:2])
    click(root, control(root, "Bias"), 0.5, 0.3)
    assert -6 < settings(root).bias < -2
    assert_true(root, explorer)
    click(root, button(root, "Bias 0"))
    assert settings(root).bias == 0
    assert_true(root, explorer)


def by_keys(page, root, explorer):
    picture(root, 0).focus()
    press(root, "Home", "End")
    row, column, _ = assert_true(root, explorer)
    assert column == explorer.response.shape[1] - 1
    press(root, "ArrowUp")
    picture(root, 1).focus()  # the other map goes on from there
    press(root, "Shift+ArrowLeft")
    assert assert_true(root, explorer)[:2] == (row - 1, column - 10)
    control(root, "Bias").focus()
    old = settings(root).bias
    press(root, *["ArrowRight"] * 3)
    assert abs(settings(root).bias - old - 0.3) < 1e-9
    assert_true(root, explorer)
    control(root, "Activation").focus()
    press(root, "ArrowDown")
    assert settings(root).activation == "leaky"
    control(root, "Slope").focus()
    page.keyboard.press("End")
    assert settings(root).slope == 1
    press(root, "Home")
    assert_true(root, explorer)


def by_touch(page, root, explorer):
    places = [(1, 0.7, 0.3), (1, 0.25, 0.27)]
    found_at(root, places, lambda: assert_true(root, explorer), finger=True)
    tap(root, control(root, "Bias"), 0.5, 0.85)
    assert settings(root).bias > 3
    assert_true(root, explorer)
    choose(root, "Map", "1")
    assert_true(root, explorer)
