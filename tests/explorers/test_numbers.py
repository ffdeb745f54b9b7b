"""What explorers compute in Python, beside `reference`, and what their still pictures say of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from coursekit import filters, images
from coursekit.explorers import ConvExplorer, FilterExplorer, PixelExplorer, PoolExplorer, ReluExplorer
from coursekit.explorers.relu import activate
from coursekit.explorers.template import TemplateExplorer
from coursekit.reference import avg_pool2d, cross_correlate2d, max_pool2d, relu

GRAY = np.random.default_rng(0).random((20, 30), np.float32)
COLOUR = np.random.default_rng(1).random((20, 30, 3), np.float32)
RUN = "Run this cell to use it. Still picture:"


def test_colour_becomes_gray_and_gray_becomes_colour():
    np.testing.assert_array_equal(FilterExplorer(COLOUR).image, images.to_gray(COLOUR))
    np.testing.assert_array_equal(PixelExplorer(GRAY).image, np.stack([GRAY] * 3, axis=-1))


def test_the_template():
    explorer = TemplateExplorer(GRAY, threshold=0.25)
    np.testing.assert_array_equal(explorer.output, GRAY > 0.25)
    assert explorer.words.startswith(f"Template explorer. {RUN} ")
    assert f"of the pixels are brighter than 0.25. Row 10, column 15: {GRAY[10, 15]:.2f}" in explorer.words


# Conv


def test_conv():
    explorer = ConvExplorer(GRAY, "sobel_y", stride=2, padding=3, dilation=2, part=(1, 2, 15, 20))
    cut = GRAY[1:16, 2:22]
    np.testing.assert_array_equal(explorer.input, cut)
    expected = cross_correlate2d(cut, explorer.kernel, stride=2, padding=3, dilation=2)
    np.testing.assert_allclose(explorer.output, expected, atol=1e-6)
    assert explorer.output.dtype == np.float32
    explorer.position = (0, 4)
    assert explorer.patch.shape == (3, 3)
    assert float((explorer.patch * explorer.kernel).sum()) == pytest.approx(expected[0, 4], abs=1e-6)


def test_conv_as_it_begins():
    explorer = ConvExplorer(GRAY)
    settings = explorer.stride, explorer.padding, explorer.dilation, explorer.part, explorer.position
    assert settings == (1, 0, 1, (0, 0, 20, 30), (8, 13))


def test_what_does_not_fit_is_refused_at_first_and_can_be_chosen_later():
    tight = {"part": (0, 0, 8, 8), "kernel": np.ones((4, 4))}
    message = r"a window of 10 pixels does not fit into 8 pixels with padding 0\. Use a smaller"
    with pytest.raises(ValueError, match=f"ConvExplorer: {message}"):
        ConvExplorer(GRAY, dilation=3, **tight)
    explorer = ConvExplorer(GRAY, padding=1, dilation=3, **tight)
    assert explorer.output.shape == (1, 1)
    explorer.padding = 0
    for name in ("output", "patch"):
        with pytest.raises(ValueError, match=message):
            getattr(explorer, name)
    assert "a window of 10 pixels does not fit into 8 pixels" in repr(explorer)
    explorer.position = (3, 3)  # of no picture
    explorer.dilation = 1
    assert explorer.position == (3, 3)


def test_conv_in_words():
    explorer = ConvExplorer(np.eye(8), [[1, 0], [0, 2]], stride=2, padding=1)
    assert explorer.words == (
        f"Conv explorer. {RUN} Input 8 x 8, kernel 2 x 2, stride 2, padding 1, dilation 1: output 5 x 5. "
        "Patch times kernel, for output row 2, column 2. Patch 1 0 / 0 1 times kernel 1 0 / 0 2, cell by "
        "cell, gives products 1 0 / 0 2. Their sum is 3."
    )
    explorer.position = (0, 0)
    assert "Patch 0 0 / 0 1 times" in explorer.words  # three of the four are padding


# Filter


def test_filter():
    explorer = FilterExplorer(GRAY, [[1, 0], [0, -1]])
    np.testing.assert_allclose(explorer.response, cross_correlate2d(GRAY, [[1, 0], [0, -1]]), atol=1e-6)
    assert explorer.words.startswith(f"Filter explorer. {RUN} Kernel 2 x 2, row by row: 1 0; 0 -1. ")
    explorer.kernel = "box3"
    assert "Kernel 3 x 3, row by row: 0.11 0.11 0.11;" in explorer.words


# Pixel


def test_pixel():
    explorer = PixelExplorer(COLOUR)
    explorer.position = np.unravel_index(COLOUR[..., 0].argmax(), COLOUR.shape[:2])  # as lesson 1 asks
    assert explorer.pixel[0] == COLOUR[..., 0].max()
    explorer.order = "bgr"  # how it is read: the numbers stay
    np.testing.assert_array_equal(explorer.pixel, COLOUR[explorer.position])
    explorer.pixel[:] = 0  # a copy
    np.testing.assert_array_equal(explorer.pixel, COLOUR[explorer.position])


def test_pixel_in_words():
    explorer = PixelExplorer(np.full((10, 12, 3), (0.75, 0.5, 0.25)))
    assert explorer.words.startswith(
        f"Pixel explorer. {RUN} 10 x 12 pixels. Row 5, column 6, read as RGB: red 0.750, green 0.500, "
        "blue 0.250; gray 0.546. Rows 2 to 8, columns 3 to 9. Colour image, 7 x 7 pixels"
    )
    assert "Mean red 0.750" in explorer.words
    explorer.order, explorer.position = "bgr", (9, 0)  # in a corner the patch stays inside
    assert "BGR: blue 0.750, green 0.500, red 0.250; gray 0.454. Rows 3 to 9, columns 0 to 6" in repr(
        explorer
    )
    assert "Mean red 0.250" in explorer.words
    explorer.patch = 3
    assert "Rows 7 to 9, columns 0 to 2. Colour image, 3 x 3 pixels" in explorer.words


# Pool


def test_pool():
    explorer = PoolExplorer(GRAY, shift=(1, 3))
    whole = relu(cross_correlate2d(GRAY, filters.BASE_KERNEL))
    np.testing.assert_allclose(explorer.input, whole[1:15, 3:27], atol=1e-6)
    np.testing.assert_array_equal(explorer.output, max_pool2d(explorer.input, 2))
    assert explorer.output[explorer.position] == explorer.output.max()
    explorer.source = "photograph"
    np.testing.assert_array_equal(explorer.input, GRAY[1:18, 3:30])
    explorer.kind, explorer.size, explorer.stride, explorer.ceil_mode = "avg", 3, 2, True
    np.testing.assert_array_equal(explorer.output, avg_pool2d(explorer.input, 3, stride=2, ceil_mode=True))
    explorer.stride = None  # as the window
    np.testing.assert_array_equal(explorer.output, avg_pool2d(explorer.input, 3, ceil_mode=True))


def test_a_window_that_does_not_fit_is_explained():
    small = GRAY[:11, :20]  # 5 x 14 values are left of it
    message = "PoolExplorer: a window of 6 x 6 does not fit into 5 x 14 values. Use a smaller window"
    with pytest.raises(ValueError, match=message):
        PoolExplorer(small, size=6)
    explorer = PoolExplorer(small, size=5)
    explorer.size = 6
    with pytest.raises(ValueError, match=message):
        _ = explorer.output
    assert "a window of 6 x 6 does not fit into 5 x 14 values" in explorer.words
    assert PoolExplorer(small, size=6, ceil_mode=True).output.shape == (1, 3)


@pytest.mark.parametrize("source", ["map", "photograph"])  # the page can go from one to the other
def test_a_map_that_is_too_small_is_explained(source):
    message = (
        "8 x 8 pixels and a kernel of 7 x 7 give a map of 2 x 2 values, and the smallest window with the "
        "largest shift needs 5 x 5. Pass a larger photograph or a smaller kernel"
    )
    with pytest.raises(images.ImageError, match=message):
        PoolExplorer(GRAY[:8, :8], np.ones((7, 7)), source=source)
    explorer = PoolExplorer(GRAY[:8, :8], np.ones((4, 4)), source=source, shift=(3, 3))
    assert explorer.output.size
    with pytest.raises(images.ImageError, match=message):
        explorer.kernel = np.ones((7, 7))


def test_pool_in_words():
    image = np.zeros((9, 9), np.float32)
    image[2:4, 2:4] = [[0.25, 0.5], [1, 0]]
    explorer = PoolExplorer(image, source="photograph")
    assert (
        "Window 2 x 2, stride 2. Output row 1, column 1: the window holds 0.25 0.50 / 1.00 0.00, the largest "
        "is 1. Max pooling: 6 x 6 becomes 3 x 3."
    ) in explorer.words
    explorer.kind, explorer.shift = "avg", (0, 1)
    assert "the mean is 0.12. The shift by (0, 1) changed 22 % of the outputs." in explorer.words
    explorer.pointed = "input"
    assert "Output row" not in explorer.words


# ReLU


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


def test_relu():
    explorer = ReluExplorer(GRAY)
    assert explorer.response[explorer.position] == explorer.response.min() < 0  # where most is cut
    explorer.channel, explorer.bias, explorer.activation, explorer.slope = 2, -0.5, "leaky", 0.2
    before = cross_correlate2d(GRAY, filters.edge_bank()[2]) - 0.5
    np.testing.assert_allclose(explorer.output, np.where(before > 0, before, 0.2 * before), atol=1e-6)
    assert explorer.below == pytest.approx((before < 0).mean())
    assert explorer.zeros == 0


def test_it_takes_a_bank_a_kernel_or_a_name():
    assert ReluExplorer(GRAY).bank.shape == (4, 4, 4)
    for given, bank in [
        ("sobel_x", filters.kernel("sobel_x")[None]),
        ([[1, 0], [0, -1]], [[[1, 0], [0, -1]]]),
        (np.ones((3, 2, 5)), np.ones((3, 2, 5))),
    ]:
        explorer = ReluExplorer(GRAY, given)
        np.testing.assert_array_equal(explorer.bank, bank)
        np.testing.assert_array_equal(explorer.get_state()["_bank"], bank)
    with pytest.raises(ValueError, match="read-only"):
        explorer.bank[0] = 9


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


def test_a_sigmoid_is_0_where_float32_ends():
    explorer = ReluExplorer(GRAY, [[150, 0], [0, 0]], bias=-150, activation="sigmoid")
    assert explorer.zeros == pytest.approx((explorer.response - 150 < -104).mean(), abs=0.01)
    assert explorer.zeros > 0.2


def test_relu_in_words():
    image = np.tile(np.float32([0, 0.5, 0.5, 0]), (8, 4))
    explorer = ReluExplorer(image, [[-1, 1], [-1, 1]], bias=0.25)
    assert explorer.words.startswith(
        f"ReLU explorer. {RUN} Map 1 with bias 0.25 before and after ReLU: 27 % of the values are below 0 "
        "before, 27 % are 0 after. Row 0, column 2: -0.75 becomes 0. Map 1 and ReLU. 2 stages on one scale"
    )
    explorer.activation, explorer.position = "none", (1, 0)
    assert "before and after no activation: 27 % of the values" in explorer.words
    assert "Row 1, column 0: 1.2 becomes 1.2." in explorer.words
