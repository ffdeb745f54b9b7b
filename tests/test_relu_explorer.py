"""The ReLU explorer's Python side."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from coursekit import filters, images
from coursekit.explorers import ReluExplorer
from coursekit.explorers.relu import activate
from coursekit.reference import cross_correlate2d, relu

GRAY = np.random.default_rng(0).random((20, 30), np.float32)


def test_the_page_gets_what_python_has():
    state = ReluExplorer(GRAY, bias=-1, activation="leaky", slope=0.25).get_state()
    sent = np.frombuffer(state["_photograph"], "<f4").reshape(state["_photograph_shape"])
    np.testing.assert_array_equal(sent, GRAY)
    np.testing.assert_array_equal(state["_bank"], filters.edge_bank())
    assert [state[name] for name in ("bias", "activation", "slope", "channel")] == [-1, "leaky", 0.25, 0]
    assert state["_most_bias"] == 10  # the largest answer of these filters is 8: everything can be cut


def test_it_takes_a_bank_a_kernel_or_a_name():
    assert ReluExplorer(GRAY).bank.shape == (4, 4, 4)
    np.testing.assert_array_equal(ReluExplorer(GRAY, "sobel_x").bank, filters.kernel("sobel_x")[None])
    np.testing.assert_array_equal(ReluExplorer(GRAY, [[1, 0], [0, -1]]).bank, [[[1, 0], [0, -1]]])
    bank = np.ones((3, 2, 5))
    np.testing.assert_array_equal(ReluExplorer(GRAY, bank).bank, bank)
    assert ReluExplorer("temple", max_side=64).image.shape == (43, 64)


def test_it_begins_where_most_is_cut():
    explorer = ReluExplorer(GRAY)
    row, column = explorer.position
    assert explorer.response[row, column] == explorer.response.min() < 0


def test_what_the_learner_sets_is_read_from_python():
    explorer = ReluExplorer(GRAY)
    explorer.set_state(
        {"bias": -0.5, "activation": "leaky", "slope": 0.2, "channel": 2, "position": [3, 4]}
    )
    assert (explorer.bias, explorer.activation, explorer.slope) == (-0.5, "leaky", 0.2)
    assert (explorer.channel, explorer.position) == (2, (3, 4))
    before = cross_correlate2d(GRAY, filters.edge_bank()[2]) - 0.5
    np.testing.assert_allclose(explorer.output, np.where(before > 0, before, 0.2 * before), atol=1e-6)
    assert explorer.below == pytest.approx((before < 0).mean())
    assert explorer.zeros == 0


def test_python_sets_what_the_page_shows():
    explorer = ReluExplorer(GRAY)
    explorer.bias, explorer.activation, explorer.slope, explorer.channel = 2, "tanh", 1, 3
    state = explorer.get_state()
    assert [state[name] for name in ("bias", "activation", "slope", "channel")] == [2, "tanh", 1, 3]


def test_a_sigmoid_is_0_where_float32_ends():
    explorer = ReluExplorer(GRAY, [[150, 0], [0, 0]], bias=-150, activation="sigmoid")
    below = (explorer.response - 150 < -104).mean()
    assert explorer.zeros == pytest.approx(below, abs=0.01)
    assert explorer.zeros > 0.2
    explorer.bias = 0
    assert explorer.zeros == 0


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("relu", torch.relu),
        ("leaky", torch.nn.LeakyReLU(0.3)),
        ("sigmoid", torch.sigmoid),
        ("tanh", torch.tanh),
        ("none", torch.nn.Identity()),
    ],
)
def test_activations_are_those_of_torch(name, theirs):
    x = np.linspace(-100, 100, 401, dtype=np.float32)
    ours = activate(x, name, slope=0.3)
    np.testing.assert_allclose(ours, theirs(torch.from_numpy(x)), rtol=1e-5, atol=1e-7)
    assert ours.dtype == np.float32
    assert ours is not x


def test_zeros_are_counted_as_in_the_map():
    image = np.zeros((16, 16), np.float32)
    image[:, 8:] = 0.3  # a step, so that most responses are exactly 0
    explorer = ReluExplorer(image)
    response = cross_correlate2d(image, filters.BASE_KERNEL)
    assert explorer.zeros == (relu(response) == 0).mean() == (response == 0).mean()
    assert explorer.below == 0
    explorer.channel = 1
    assert explorer.below == (response > 0).mean()
    assert explorer.zeros == 1
    for name, zeros in [("none", (response == 0).mean()), ("sigmoid", 0), ("leaky", (response == 0).mean())]:
        explorer.activation = name
        assert explorer.zeros == zeros
    explorer.activation, explorer.slope = "leaky", 0  # the same as ReLU
    assert explorer.zeros == 1
    explorer.activation, explorer.channel, explorer.bias = "relu", 0, -10
    assert (explorer.zeros, explorer.below) == (1, 1)


@pytest.mark.parametrize(
    ("setting", "value", "error", "message"),
    [
        ("bias", 11, ValueError, r"bias must lie between -10 and 10, got 11. .*everything is cut already"),
        ("bias", np.nan, ValueError, "bias must lie between -10 and 10, got nan"),
        ("bias", "high", TypeError, "bias must be a number, got str"),
        ("bias", True, TypeError, "bias must be a number, got bool"),
        ("slope", -0.1, ValueError, "slope must lie between 0 and 1, got -0.1"),
        ("slope", None, TypeError, "slope must be a number, got NoneType"),
        (
            "activation",
            "gelu",
            ValueError,
            "activation cannot be 'gelu'. There are: relu, leaky, sigmoid, tanh, none",
        ),
        ("activation", relu, TypeError, "activation must be a name, got function. There are: relu"),
    ],
)
def test_a_wrong_setting_is_explained(setting, value, error, message):
    with pytest.raises(error, match=f"ReluExplorer: {message}"):
        ReluExplorer(GRAY, **{setting: value})
    explorer = ReluExplorer(GRAY)
    before = getattr(explorer, setting)
    with pytest.raises(error, match=f"ReluExplorer: {message}"):
        setattr(explorer, setting, value)
    assert getattr(explorer, setting) == before


@pytest.mark.parametrize(
    ("channel", "error", "message"),
    [
        (4, ValueError, "channel must lie between 0 and 3, got 4. The page calls the map with index 0 map 1"),
        (-1, ValueError, "got -1"),
        (1.0, TypeError, "channel must be a whole number, got float"),
    ],
)
def test_a_wrong_channel_is_explained(channel, error, message):
    with pytest.raises(error, match=message):
        ReluExplorer(GRAY).channel = channel


@pytest.mark.parametrize(
    ("bank", "error", "message"),
    [
        ("sobel", ValueError, "no kernel is called 'sobel'"),
        (np.ones(3), ValueError, r"shape \(n, kh, kw\) with 1 to 16 filters, got \(3,\)"),
        (np.ones((4, 1, 4, 4)), ValueError, r"Of a conv weight \(n, 1, kh, kw\) take weight\[:, 0\]"),
        (np.ones((17, 2, 2)), ValueError, r"got \(17, 2, 2\)"),
        (np.ones((2, 8, 8)), ValueError, "2 to 7 rows and columns"),
        (np.full((1, 2, 2), np.nan), ValueError, "NaN or infinity"),
        ([["a", "b"]], TypeError, "the bank must hold numbers"),
    ],
)
def test_a_wrong_bank_is_explained(bank, error, message):
    with pytest.raises(error, match=message):
        ReluExplorer(GRAY, bank)


@pytest.mark.parametrize(
    ("image", "message"),
    [("tmple", "temple"), (np.zeros((1025, 20)), "1025 x 20"), (np.zeros((7, 9)), "8 x 8")],
)
def test_a_wrong_photograph_is_explained(image, message):
    with pytest.raises(images.ImageError, match=message):
        ReluExplorer(image)


def test_the_still_picture_says_what_is_cut():
    image = np.tile(np.float32([0, 0.5, 0.5, 0]), (8, 4))
    explorer = ReluExplorer(image, [[-1, 1], [-1, 1]], bias=0.25)
    assert explorer.words.startswith(
        "ReLU explorer. Run this cell to use it. Still picture: Map 1 with bias 0.25 before and after ReLU: "
        "27 % of the values are below 0 before, 27 % are 0 after. Row 0, column 2: -0.75 becomes 0. "
        "Map 1 and ReLU. 2 stages on one scale"
    )
    explorer.set_state({"activation": "none", "position": [1, 0]})
    assert "before and after no activation: 27 % of the values" in explorer.words
    assert "Row 1, column 0: 1.2 becomes 1.2." in explorer.words
