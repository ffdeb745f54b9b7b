"""Use the ReLU explorer as a learner does, on any page that shows one, and compare its numbers."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
from driving import after, line, middle, number

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


def control(root, label):
    return root.get_by_label(label, exact=True)


def settings(root):
    """What the controls say."""
    return SimpleNamespace(
        channel=int(control(root, "Map").input_value()),
        activation=control(root, "Activation").input_value(),
        bias=float(control(root, "Bias").input_value()),
        slope=float(control(root, "Slope").input_value()),
    )


def reading(root):
    """Row, column and the numbers that the line says."""
    said = SAID.match(line(root))
    row, column = int(said["row"]), int(said["column"])
    numbers = [number(said[name]) for name in ("response", "bias", "sum", "value")]
    return row, column, *numbers, said["rest"]


def assert_true(root, explorer):
    """The line says what reference computes with what the controls say; returns the place and the value."""
    chosen = settings(root)
    row, column, response, bias, total, value, rest = reading(root)
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
    maps = root.locator(".ck-live")
    maps.nth(1).scroll_into_view_if_needed()
    seen = set()
    for at, (down, across) in enumerate([(0.35, 0.3), (0.62, 0.21), (0.45, 0.8)]):
        after(page, root, lambda at=at, d=down, a=across: page.mouse.move(*middle(maps.nth(at % 2), d, a)))
        seen.add(assert_true(root, explorer)[:2])
    assert len(seen) == 3
    bias = control(root, "Bias")
    bias.scroll_into_view_if_needed()
    after(page, root, lambda: page.mouse.click(*middle(bias, 0.5, 0.3)))
    assert -6 < settings(root).bias < -2
    assert_true(root, explorer)
    after(page, root, lambda: root.get_by_role("button", name="Bias 0").click())
    assert settings(root).bias == 0
    assert_true(root, explorer)


def by_keys(page, root, explorer):
    maps = root.locator(".ck-live")
    maps.nth(0).focus()
    after(page, root, lambda: page.keyboard.press("Home"))
    after(page, root, lambda: page.keyboard.press("End"))
    row, column, *_ = reading(root)
    assert column == explorer.response.shape[1] - 1
    after(page, root, lambda: page.keyboard.press("ArrowUp"))
    maps.nth(1).focus()  # the other map goes on from there
    after(page, root, lambda: page.keyboard.press("Shift+ArrowLeft"))
    assert reading(root)[:2] == (row - 1, column - 10)
    assert_true(root, explorer)
    control(root, "Bias").focus()
    old = settings(root).bias
    for _ in range(3):
        after(page, root, lambda: page.keyboard.press("ArrowRight"))
    assert abs(settings(root).bias - old - 0.3) < 1e-9
    assert_true(root, explorer)
    control(root, "Activation").focus()
    after(page, root, lambda: page.keyboard.press("ArrowDown"))
    assert settings(root).activation == "leaky"
    control(root, "Slope").focus()
    page.keyboard.press("End")
    assert settings(root).slope == 1
    after(page, root, lambda: page.keyboard.press("Home"))
    assert_true(root, explorer)


def by_touch(page, root, explorer):
    out = root.locator(".ck-live").nth(1)
    out.scroll_into_view_if_needed()
    after(page, root, lambda: page.touchscreen.tap(*middle(out, 0.7, 0.3)))
    first = assert_true(root, explorer)
    after(page, root, lambda: page.touchscreen.tap(*middle(out, 0.25, 0.27)))
    assert assert_true(root, explorer) != first
    bias = control(root, "Bias")
    bias.scroll_into_view_if_needed()
    after(page, root, lambda: page.touchscreen.tap(*middle(bias, 0.5, 0.85)))
    assert settings(root).bias > 3
    assert_true(root, explorer)
    after(page, root, lambda: control(root, "Map").select_option("1"))
    assert_true(root, explorer)
