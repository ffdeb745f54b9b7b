"""The VGG explorer's Python side."""

from __future__ import annotations

import numpy as np
import pytest

from coursekit import activations, images
from coursekit.explorers import VggExplorer
from coursekit.models import StackedConv, vgg16
from coursekit.weights.errors import WeightsError

IMAGE = np.random.default_rng(0).random((32, 48, 3), np.float32)


@pytest.fixture(scope="module")
def network():
    return vgg16("course", until="block5_conv3")


def maps_of(network, image):
    names = [name for name in network.layer_names if "_conv" in name]
    return activations.feature_maps(network, network.normalize(images.to_tensor(image)), names)


def size(explorer):
    return sum(len(value) for value in explorer.get_state().values() if isinstance(value, bytes))


def test_the_page_gets_what_the_network_gives(network):
    state = VggExplorer(IMAGE).get_state()
    maps = maps_of(network, IMAGE)
    assert [layer["name"] for layer in state["_layers"]] == list(maps)
    sent = np.frombuffer(state["_maps"], "<f4")
    expected = [values.numpy().ravel() for name, values in maps.items() if name != "block1_conv1"]
    np.testing.assert_array_equal(sent, np.concatenate(expected))
    first = np.frombuffer(state["_first"], "<f4")
    np.testing.assert_array_equal(first[:-64].reshape(64, 3, 3, 3), network.features[0].weight)
    np.testing.assert_array_equal(first[-64:], network.features[0].bias)


def test_the_page_gets_every_kernel_in_its_place(network):
    state = VggExplorer(IMAGE).get_state()
    halves, inputs = np.frombuffer(state["_weights"], "<f2"), np.frombuffer(state["_inputs"], "<u2")
    for layer in state["_layers"]:
        weight = network.get_submodule(network.layer_names[layer["name"]]).weight.numpy()
        count = layer["filters"] * layer["kept"]
        assert layer["kept"] == layer["inputs"] == weight.shape[1]
        order = inputs[:count].reshape(layer["filters"], layer["kept"]).astype(int)
        kernels = halves[: 9 * count].reshape(*order.shape, 3, 3).astype(np.float32) * layer["factor"]
        expected = np.take_along_axis(weight, order[:, :, None, None], axis=1)
        np.testing.assert_array_equal(kernels, expected)  # the course's weights need no more than 16 bits
        norms = (expected.astype(np.float64) ** 2).sum(axis=(2, 3))
        assert (np.diff(norms, axis=1) <= 0).all()
        halves, inputs = halves[9 * count :], inputs[count:]
    assert len(halves) == len(inputs) == 0


@pytest.mark.parametrize("image", ["cat", np.zeros((200, 200, 3)), np.zeros((1024, 1024, 3))])
def test_everything_fits_into_eight_megabytes(image):
    explorer = VggExplorer(image)
    assert size(explorer) < 8_400_000
    assert 96 <= max(explorer.image.shape) <= 128


def test_vgg16_in_its_full_width_fits_too():
    explorer = VggExplorer("cat", None)
    assert size(explorer) < 8_400_000
    assert max(explorer.image.shape) >= 90
    assert explorer._layers[-1]["kept"] < explorer._layers[-1]["inputs"] == 512


def test_it_begins_at_the_strongest_unit_of_block_3(network):
    explorer = VggExplorer(IMAGE)
    maps = maps_of(network, IMAGE)["block3_conv3"][0]
    assert explorer.layer == "block3_conv3"
    assert explorer.value == maps.max().item() == maps[(explorer.filter, *explorer.position)].item()
    assert explorer.field.size == 40


def test_what_the_learner_sets_is_read_from_python(network):
    explorer = VggExplorer(IMAGE)
    explorer.set_state({"layer": 1, "filter": 5, "channel": 9, "position": [3, 4]})
    assert (explorer.layer, explorer.filter, explorer.channel) == ("block1_conv2", 5, 9)
    assert explorer.position == (3, 4)
    assert explorer.field.span(3) == (1, 5)
    expected = maps_of(network, IMAGE)["block1_conv2"][0, 5].numpy()
    np.testing.assert_array_equal(explorer.map, expected)
    assert explorer.value == expected[3, 4]
    explorer.map[:] = 0  # a copy
    np.testing.assert_array_equal(explorer.map, expected)


def test_python_sets_what_the_page_shows():
    explorer = VggExplorer(IMAGE)
    explorer.layer, explorer.filter, explorer.channel = "block5_conv3", 127, 126
    state = explorer.get_state()
    assert (state["layer"], state["filter"], state["channel"]) == (12, 127, 126)
    explorer.layer = "block1_conv1"
    assert explorer.filter == 63  # this layer has no filter 127
    assert explorer.channel < 3


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "layer",
            "block1_pool",
            "there is no conv layer 'block1_pool'. There are block1_conv1, block1_conv2",
        ),
        ("filter", 96, "got 96. block3_conv3 has 96 filters with the indices 0 to 95"),
        ("channel", -1, "got -1. block3_conv3 has 96 input channels with the indices 0 to 95"),
    ],
)
def test_a_choice_that_does_not_exist_is_explained(name, value, message):
    explorer = VggExplorer(IMAGE)
    before = explorer.get_state()
    with pytest.raises(ValueError, match=message):
        setattr(explorer, name, value)
    assert explorer.get_state() == before


def test_it_takes_a_network_and_one_that_ends_early():
    network = vgg16("course", until="block2_conv1")
    explorer = VggExplorer(IMAGE, network)
    assert [layer["name"] for layer in explorer._layers] == ["block1_conv1", "block1_conv2", "block2_conv1"]
    assert explorer.layer == "block2_conv1"
    assert explorer.field.size == 10
    whole = vgg16("course")
    assert len(VggExplorer(IMAGE, whole)._layers) == 13
    assert not any(module._forward_hooks for module in whole.modules())


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        (
            3,
            TypeError,
            r'weights must be "course", "imagenet", a path, None or a network of models.vgg16, got int',
        ),
        (StackedConv(), TypeError, "got StackedConv"),
        (vgg16(device="meta"), ValueError, "on the meta device and has no values"),
        ("coarse", WeightsError, "coarse"),
    ],
)
def test_wrong_weights_are_explained(weights, error, message):
    with pytest.raises(error, match=message):
        VggExplorer(IMAGE, weights)


@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        ("cta", {}, "cat"),
        (
            np.zeros((15, 40, 3)),
            {},
            r"15 x 40 pixels are left, and the poolings before block5_conv3 need 16 x 16",
        ),
        (np.zeros((60, 600, 3)), {}, r"13 x 128 pixels are left.*larger, or less narrow"),
        (
            "cat",
            {"max_side": 320},
            r"213 x 320 pixels the maps are 33 MB, and the page takes 5 MB. Pass max_side=1",
        ),
        (np.full((40, 40, 3), np.nan), {}, "NaN"),
        ("cat", {"max_side": 0}, "max_side"),
    ],
)
def test_a_wrong_photograph_is_explained(image, options, message):
    with pytest.raises(images.ImageError, match=message):
        VggExplorer(image, **options)


def test_the_still_picture_says_what_it_shows():
    explorer = VggExplorer(IMAGE)
    row, column = explorer.position
    start = "VGG explorer. Run this cell to use it. Still picture: block3_conv3, filter "
    assert explorer.words.startswith(
        f"{start}{explorer.filter + 1} of 96, row {row}, column {column}: value "
    )
    assert "The unit sees 40 x 40 pixels: rows " in explorer.words
    assert "beyond 32 x 48 is padding" in explorer.words
    assert "the course's own weights" in explorer.words
    before = explorer.words, explorer.image.copy()
    explorer.filter = 0
    assert explorer.words != before[0]
    np.testing.assert_array_equal(explorer.image, before[1])  # the frame is drawn on a copy
