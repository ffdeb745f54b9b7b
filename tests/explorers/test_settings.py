"""What can be chosen on explorers: traits that Python and the page set, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets

from coursekit import explorers, filters, images
from coursekit.explorers.template import TemplateExplorer

IMAGE = np.random.default_rng(0).random((32, 40, 3), np.float32)
every = pytest.mark.parametrize("name", [*explorers.__all__, "TemplateExplorer"])


def explorer_of(name, image=IMAGE, **options):
    made = TemplateExplorer if name == "TemplateExplorer" else getattr(explorers, name)
    return made(image, **options)


# Everything that a learner can set, with a value that is not the default.
CHOICES = {
    "ConvExplorer": {
        "kernel": [[1.0, 0.0, 2.0], [0.0, 3.0, -1.0]],
        "stride": 2,
        "padding": 3,
        "dilation": 2,
        "part": (1, 2, 15, 20),
        "speed": 100,
    },
    "FilterExplorer": {"kernel": [[1.0, 0.0], [0.0, -1.0]], "colours": "possible"},
    "PixelExplorer": {"order": "bgr", "cells": "gray", "numbers": "bytes", "patch": 3},
    "PoolExplorer": {
        "kernel": [[1.0, 0.0], [0.0, -1.0]],
        "source": "photograph",
        "kind": "avg",
        "size": 4,
        "stride": 3,
        "ceil_mode": True,
        "shift": (2, 1),
        "pointed": "input",
    },
    "ReluExplorer": {"channel": 2, "bias": -0.5, "activation": "leaky", "slope": 0.2},
    "StackExplorer": {"layer": "conv2", "channels": (1, 3, 7, 0), "maps": "before", "colours": "common"},
    "VggExplorer": {"layer": "block1_conv2", "filter": 5, "channel": 9, "maps": "before"},
    "TemplateExplorer": {"threshold": 0.25},
}


def plain(value):
    return value.tolist() if isinstance(value, np.ndarray) else value


@every
def test_what_the_page_sets_python_reads_and_the_other_way_round(name):
    from_page, from_python = explorer_of(name), explorer_of(name)
    chosen = {**CHOICES[name], "position": (3, 4), "held": "Response"}
    from_page.set_state(chosen)
    for trait, value in chosen.items():
        seen = []
        from_python.observe(seen.append, trait)
        setattr(from_python, trait, value)
        assert len(seen) == 1, trait
    for explorer in (from_page, from_python):
        assert {trait: plain(getattr(explorer, trait)) for trait in chosen} == chosen
        assert {trait: plain(explorer.get_state()[trait]) for trait in chosen} == chosen


@every
def test_the_photograph_reaches_the_page_as_it_is_and_cannot_be_exchanged(name):
    explorer = explorer_of(name)
    state, before = explorer.get_state(), explorer.image
    sent = np.frombuffer(state["_photograph"], "<f4").reshape(state["_photograph_shape"])
    np.testing.assert_array_equal(sent, before)
    assert len(state["_colours"]) == 2 * 256 * 3
    with pytest.raises(AttributeError, match=rf"{name}: the photograph .* Make another explorer: {name}\("):
        explorer.image = np.zeros((20, 20), np.float32)
    assert explorer.image is before


def test_linked_explorers_agree():
    one, other = explorer_of("ConvExplorer"), explorer_of("ConvExplorer")
    traitlets.link((one, "stride"), (other, "stride"))
    traitlets.dlink((one, "kernel"), (other, "kernel"))
    one.stride, one.kernel = 3, "sobel_x"
    assert other.stride == 3
    np.testing.assert_array_equal(other.kernel, filters.kernel("sobel_x"))


def test_what_the_page_may_not_set_is_taken_back():
    explorer = explorer_of("ConvExplorer")
    for wrong in ({"stride": 99}, {"position": [99, 0]}, {"part": [0, 0, 99, 99]}):
        with pytest.raises(traitlets.TraitError):
            explorer.set_state({"padding": 2, **wrong})
        assert (explorer.padding, explorer.stride, explorer.part) == (0, 1, (0, 0, 32, 40))


WRONG_POSITIONS = [
    (5, TypeError, r"position must be \(row, column\), two whole numbers, got 5"),
    ((1, 2, 3), TypeError, r"got \(1, 2, 3\)"),
    ((1.5, 0), TypeError, "position: row must be a whole number, got float"),
    ((0, 99), ValueError, r"position: column must lie between 0 and .* There are \d+ rows and \d+ columns"),
    ((-1, 0), ValueError, "position: row must lie between 0 and .* the row comes first"),
]


@every
def test_positions(name):
    explorer = explorer_of(name)
    explorer.position = (0, np.int64(1))
    for position, error, message in WRONG_POSITIONS:
        with pytest.raises(error, match=f"^{name}: .*{message}"):
            explorer.position = position
    assert explorer.position == (0, 1)


def test_a_position_stays_inside_a_picture_that_becomes_smaller():
    conv = explorer_of("ConvExplorer")
    conv.position = (28, 36)
    conv.stride = 4
    assert conv.position == (7, 9) == tuple(side - 1 for side in conv.output.shape)
    few = explorer_of("FilterExplorer", IMAGE[:8, :8])
    few.kernel = np.ones((7, 7))
    assert few.position == (1, 1)
    pool = explorer_of("PoolExplorer", "temple")
    pool.size = 6
    assert pool.position == tuple(side - 1 for side in pool.output.shape)
    pool.pointed = "input"
    pool.position = tuple(side - 1 for side in pool.input.shape)
    pool.pointed = "output"
    assert pool.position == tuple(side - 1 for side in pool.output.shape)
    stack = explorer_of("StackExplorer")
    stack.layer = "conv1"
    stack.position = (27, 35)
    stack.layer = "conv3"
    assert stack.position == (19, 27)


# Explorer, setting, value, error, message; also for assignment, since the argument has the trait's name.
WRONG = [
    *[
        ("ConvExplorer", setting, value, error, f"{setting} must {message}")
        for setting, least in {"stride": 1, "padding": 0, "dilation": 1}.items()
        for value, error, message in [
            (9, ValueError, f"lie between {least} and 8, got 9"),
            (-1, ValueError, f"lie between {least} and 8, got -1"),
            (1.0, TypeError, "be a whole number, got float"),
            (True, TypeError, "be a whole number, got bool"),
            ((1, 2), TypeError, "be a whole number, got tuple"),
        ]
    ],
    ("ConvExplorer", "part", (1, 2, 3), TypeError, r"\(row, column, height, width\), four whole numbers"),
    ("ConvExplorer", "part", (0, 0, 4.5, 4), TypeError, "part: height must be a whole number"),
    ("ConvExplorer", "part", (-1, 0, 8, 8), ValueError, "begins at row -1, column 0 does not lie in"),
    ("ConvExplorer", "part", (0, 0, 0, 8), ValueError, "does not lie in a photograph of 32 x 40 pixels"),
    ("ConvExplorer", "part", (25, 0, 8, 8), ValueError, "of 8 x 8 pixels that begins at row 25, column 0"),
    ("ConvExplorer", "part", (0, 33, 8, 8), ValueError, "that begins at row 0, column 33"),
    ("PixelExplorer", "order", "RGB", ValueError, r"order cannot be 'RGB'\. There are: rgb, bgr\."),
    ("PixelExplorer", "order", None, TypeError, r"order must be a name, got NoneType\. There are: rgb"),
    ("PoolExplorer", "source", "image", ValueError, "cannot be 'image'. There are: map, photograph"),
    ("PoolExplorer", "kind", 2, TypeError, "kind must be a name, got int. There are: max, avg"),
    ("PoolExplorer", "size", 1, ValueError, "size must lie between 2 and 6, got 1"),
    ("PoolExplorer", "stride", 0, ValueError, "stride must lie between 1 and 6, got 0"),
    ("PoolExplorer", "shift", 2, TypeError, r"shift must be \(rows, columns\), two whole numbers, got 2"),
    ("PoolExplorer", "shift", (0, 4), ValueError, "shift must lie between 0 and 3, got 4"),
    ("PoolExplorer", "shift", (0, 0.5), TypeError, "shift: columns must be a whole number, got float"),
    ("ReluExplorer", "bias", 11, ValueError, "between -10 and 10, got 11.*everything is cut already"),
    ("ReluExplorer", "bias", np.nan, ValueError, "bias must lie between -10 and 10, got nan"),
    ("ReluExplorer", "bias", "high", TypeError, "bias must be a number, got str"),
    ("ReluExplorer", "slope", -0.1, ValueError, "slope must lie between 0 and 1, got -0.1"),
    ("ReluExplorer", "activation", "gelu", ValueError, "relu, leaky, sigmoid, tanh, none"),
    ("TemplateExplorer", "threshold", 1.5, ValueError, "threshold must lie between 0 and 1, got 1.5"),
]
WRONG_LATER = [
    ("ConvExplorer", "speed", 0, ValueError, "speed must lie between 1 and 4096, got 0"),
    ("FilterExplorer", "colours", "all", ValueError, "There are: seen, possible"),
    ("PixelExplorer", "patch", 4, ValueError, "patch cannot be 4. There are: 7, 3, 5"),
    ("PoolExplorer", "ceil_mode", 1, TypeError, "ceil_mode must be True or False, got int"),
    ("ReluExplorer", "channel", 4, ValueError, "between 0 and 3, got 4. The page calls the map with index 0"),
    ("ReluExplorer", "channel", -1, ValueError, "got -1"),
    ("StackExplorer", "layer", "conv4", ValueError, "no layer 'conv4'. The layers are conv1, conv2, conv3"),
    ("StackExplorer", "layer", None, ValueError, "there is no layer None"),
    ("StackExplorer", "channels", (0, 0, 0, 48), ValueError, "conv3 has 48 maps with the indices 0 to 47"),
    ("StackExplorer", "channels", (0, -1, 0, 0), ValueError, r"channels\[1\] must lie between 0 and 11"),
    ("StackExplorer", "channels", (0, 0), ValueError, "must be 4 indices, one for each of the photograph"),
    ("StackExplorer", "channels", 3, TypeError, "channels must be whole numbers, got 3"),
    ("VggExplorer", "layer", "block1_pool", ValueError, "no conv layer 'block1_pool'. There are block1_"),
    ("VggExplorer", "filter", 64, ValueError, "block1_conv1 has 64 filters with the indices 0 to 63"),
    ("VggExplorer", "channel", -1, ValueError, "has 3 input channels with the indices 0 to 2"),
    *[
        ("VggExplorer", setting, value, TypeError, f"{setting} must be a whole number, got {kind}")
        for setting in ("filter", "channel")
        for value, kind in [(1.7, "float"), (True, "bool"), ("3", "str"), (None, "NoneType")]
    ],
]


@pytest.mark.parametrize(("name", "setting", "value", "error", "message"), WRONG, ids=str)
def test_a_wrong_argument_is_explained(name, setting, value, error, message):
    with pytest.raises(error, match=f"^{name}: .*{message}"):
        explorer_of(name, **{setting: value})


@pytest.mark.parametrize(("name", "setting", "value", "error", "message"), WRONG + WRONG_LATER, ids=str)
def test_a_wrong_setting_is_explained_and_changes_nothing(name, setting, value, error, message):
    explorer = explorer_of(name)
    before = explorer.get_state()
    with pytest.raises(error, match=message) as refused:
        setattr(explorer, setting, value)
    assert isinstance(refused.value, traitlets.TraitError)
    assert explorer.get_state() == before


WRONG_KERNELS = [
    ("sobel", ValueError, "no kernel is called 'sobel'. Did you mean 'sobel_"),
    (np.ones(3), ValueError, r"shape \(kh, kw\) with [12] to 7 rows and columns, got \(3,\)"),
    (np.ones((8, 8)), ValueError, r"got \(8, 8\)"),
    (filters.edge_bank(), ValueError, r"One filter of a bank is bank\[0\]"),
    ([[1, np.nan], [0, 1]], ValueError, "NaN or infinity"),
    ([[1e39, 0], [0, 0]], ValueError, "holds NaN or infinity"),  # float32 does not have it
    (None, TypeError, "got NoneType"),
    (np.ones((2, 2), complex), TypeError, "got ndarray"),
    ([["1", "2"], ["3", "4"]], TypeError, "the kernel must be a table of numbers.*got list"),
    ([[1, 2], [3]], TypeError, "must be a table of numbers"),
]


@pytest.mark.parametrize("name", ["FilterExplorer", "ConvExplorer", "PoolExplorer"])
def test_kernels(name):
    explorer = explorer_of(name)
    for kernel, error, message in WRONG_KERNELS:
        with pytest.raises(error, match=message):
            explorer_of(name, kernel=kernel)
        with pytest.raises(error, match=message):
            explorer.kernel = kernel
    np.testing.assert_array_equal(explorer.kernel, filters.BASE_KERNEL)
    with pytest.raises(ValueError, match="read-only"):
        explorer.kernel[0, 0] = 9  # the page would not hear of it
    explorer.kernel = "laplacian"
    assert explorer.get_state()["kernel"] == filters.kernel("laplacian").tolist()


WRONG_BANKS = [
    ("sobel", ValueError, "no kernel is called 'sobel'"),
    (np.ones(3), ValueError, r"shape \(n, kh, kw\) with 1 to 16 filters, got \(3,\)"),
    (np.ones((4, 1, 4, 4)), ValueError, r"Of a conv weight \(n, 1, kh, kw\) take weight\[:, 0\]"),
    (np.ones((17, 2, 2)), ValueError, r"got \(17, 2, 2\)"),
    (np.ones((2, 8, 8)), ValueError, "2 to 7 rows and columns"),
    (np.full((1, 2, 2), np.nan), ValueError, "NaN or infinity"),
    ([["a", "b"]], TypeError, "the bank must hold numbers"),
]


@pytest.mark.parametrize(("bank", "error", "message"), WRONG_BANKS, ids=str)
def test_a_wrong_bank_is_explained(bank, error, message):
    with pytest.raises(error, match=message):
        explorer_of("ReluExplorer", bank=bank)


WRONG_PHOTOGRAPHS = [
    ("tmple", {}, "temple"),
    (np.zeros((7, 20)), {}, r"has 7 x 20 pixels.*; .* fewer than 8 x 8\. Pass a larger one"),
    (np.zeros(5), {}, r"an image \(H, W\) or \(H, W, 3\), and got \(5,\)"),
    (np.full((40, 40), np.nan), {}, "NaN"),
    (np.zeros((20, 20), np.uint8), {}, r"\(array / 255\)"),
    ("temple", {"max_side": 0}, "max_side"),
]
GRAY = ["ConvExplorer", "FilterExplorer", "PoolExplorer", "ReluExplorer", "TemplateExplorer"]


@every
def test_a_wrong_photograph_is_explained(name):
    for image, options, message in WRONG_PHOTOGRAPHS:
        with pytest.raises(images.ImageError, match=message):
            explorer_of(name, image, **options)
    if name in GRAY:  # the others make every photograph small
        with pytest.raises(images.ImageError, match=r"1025 x 20 .* at most 1024 x 1024\. Pass max_side"):
            explorer_of(name, np.zeros((1025, 20)))
    narrow = r"has 160 x 6 pixels with max_side=160; .* Pass a larger one, or a larger max_side\."
    with pytest.raises(images.ImageError, match=narrow):
        explorer_of(name, np.zeros((1024, 40)), max_side=160)


@pytest.mark.parametrize(
    ("name", "side"),
    [("FilterExplorer", 480), ("PoolExplorer", 64), ("StackExplorer", 160), ("VggExplorer", 128)],
)
def test_photographs_from_files_have_their_usual_size(name, side):
    assert max(explorer_of(name, "temple").image.shape) == side
    assert max(explorer_of(name, "temple", max_side=96).image.shape) == 96
    small = {"StackExplorer", "VggExplorer"}  # all maps go to the page, so arrays are made small, too
    longest = max(explorer_of(name, np.zeros((400, 300, 3))).image.shape)
    assert longest <= side if name in small else longest == 400
