"""The explorers of networks in Python: what of a model goes to the page, and which models they refuse."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from coursekit import activations, images
from coursekit.explorers import StackExplorer, VggExplorer
from coursekit.models import StackedConv, vgg16
from coursekit.models.vgg import WeightsError
from coursekit.reference import cross_correlate2d

IMAGE = np.random.default_rng(0).random((24, 32, 3), np.float32)


def maps_of(model, x):
    names = [name for name, layer in model.named_modules() if isinstance(layer, nn.Conv2d)]
    return [maps[0].numpy() for maps in activations.feature_maps(model, x, names).values()]


def floats(data):
    return np.frombuffer(data, "<f4")


def size(explorer):
    return sum(len(value) for value in explorer.get_state().values() if isinstance(value, bytes))


def test_explorers_are_imported_without_torch():
    code = "import sys, coursekit.explorers; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Stack


def test_the_page_gets_what_the_network_gives():
    model = StackedConv((3, 4, 5), kernel_size=3, seed=3)
    state = StackExplorer(IMAGE, model).get_state()
    told = [(part["name"], part["maps"], part["height"], part["width"]) for part in state["_layers"]]
    assert told == [("conv1", 4, 22, 30), ("conv2", 5, 20, 28)]
    maps = [values.ravel() for values in maps_of(model, images.to_tensor(IMAGE))]
    np.testing.assert_array_equal(floats(state["_maps"]), np.concatenate(maps))
    weights = [part.detach().numpy().ravel() for part in model.parameters()]  # weight, bias, weight, bias
    np.testing.assert_array_equal(floats(state["_weights"]), np.concatenate(weights))
    assert size(StackExplorer("coffee")) < 6_000_000


def test_a_unit_is_the_sum_of_its_contributions():
    model = StackedConv()
    explorer = StackExplorer(IMAGE, model)
    explorer.layer, explorer.channels, explorer.position = "conv2", (0, 3, 7, 0), (4, 9)
    assert (explorer.channel, explorer.input_channel, explorer.field) == (7, 3, ((4, 12), (9, 17)))
    conv1, conv2, _ = maps_of(model, images.to_tensor(IMAGE))
    assert explorer.value == conv2[7, 4, 9]
    kernels = model.conv2.weight[7].detach().numpy()
    shares = [cross_correlate2d(*pair)[4, 9] for pair in zip(np.maximum(conv1, 0), kernels, strict=True)]
    np.testing.assert_allclose(explorer.contributions, shares, atol=1e-6)
    explorer.layer = "conv1"
    assert len(explorer.contributions) == 3
    bias = model.conv1.bias[explorer.channel].item()
    assert explorer.contributions.sum() + bias == pytest.approx(explorer.value, abs=1e-5)


def test_stack_in_words():
    explorer = StackExplorer(IMAGE)
    row, column = explorer.position
    unit = f"conv3, map {explorer.channel + 1}, row {row}, column {column}: value "
    seen = f"sees rows {row} to {row + 12} and columns {column} to {column + 12} of the photo"
    for words in (unit, seen, "13 x 13 pixels. Its 24 input channels add "):
        assert words in explorer.words
    explorer.layer = "conv1"
    assert "Its 3 input channels add" in explorer.words


def test_other_precisions_no_bias_and_one_relu_in_several_places():
    torch.manual_seed(0)
    cut = nn.ReLU()
    model = nn.Sequential(nn.Conv2d(3, 2, 3, bias=False), cut, nn.Conv2d(2, 2, 3), cut, nn.Conv2d(2, 1, 1))
    explorer = StackExplorer(IMAGE, model.double())
    assert [layer["relu"] for layer in explorer.get_state()["_layers"]] == [True, True, False]
    explorer.layer = "0"
    assert explorer.contributions.sum() == pytest.approx(explorer.value, abs=1e-6)
    assert "After ReLU it is" in explorer.words
    for dtype in (torch.bfloat16, torch.float16):
        model, near = StackedConv().to(dtype), {"abs": torch.finfo(dtype).eps}
        explorer = StackExplorer(IMAGE, model)
        bias = model.conv3.bias[explorer.channel].item()
        assert explorer.contributions.sum() + bias == pytest.approx(explorer.value, **near)
        maps = [VggExplorer("cat", vgg16("course").to(kind), max_side=64).map for kind in (dtype, None)]
        assert maps[0] == pytest.approx(maps[1], abs=0.1)
    assert StackExplorer(IMAGE, Around(1, 1)).get_state()["_layers"][0]["relu"]


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x):
        return self.b(self.a(x) + x)


class Around(nn.Module):
    """A conv layer and a ReLU, with something before and between them that is no layer."""

    def __init__(self, before, between):
        super().__init__()
        self.conv, self.relu, self.spare = nn.Conv2d(3, 3, 3), nn.ReLU(), nn.ModuleList()
        self.before, self.between = before, between

    def forward(self, x):
        return self.relu(self.conv(x * self.before) * self.between)


def broken(value):
    """A network with one weight that is no number."""
    model = StackedConv()
    with torch.no_grad():
        model.conv2.weight[0, 0, 0, 0] = value
    return model


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        ("conv", TypeError, r"must be a network such as models.StackedConv\(\), got str"),
        (StackedConv, TypeError, "got type"),
        (nn.ReLU(), TypeError, "the model has no conv layer"),
        (
            nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)),
            TypeError,
            "'1' is a BatchNorm2d. Pass a model",
        ),
        (StackedConv((1, 4)), ValueError, r"expected an input \(N, 1, H, W\), got \(1, 3, 24, 32\)"),
        (
            StackedConv(kernel_size=9),
            ValueError,
            r"kernels up to 7 x 7.* 'conv1' is Conv2d\(3, 12, kernel_size=\(9, 9\)",
        ),
        (nn.Sequential(nn.Conv2d(3, 3, 3, groups=3)), ValueError, "square kernels.* '0' is Conv2d"),
        (nn.Sequential(nn.Conv2d(3, 3, (3, 5))), ValueError, "square kernels"),
        (nn.Sequential(nn.Conv2d(3, 3, 3, padding="same")), ValueError, "square kernels"),
        (StackedConv((3, *[2] * 8)), ValueError, "does not take a photograph of 24 x 32 pixels"),
        (broken(np.nan), ValueError, "conv2 holds or gives NaN or infinity. Make the model again"),
        (broken(np.inf), ValueError, "conv2 holds or gives NaN or infinity"),
        (Around(2, 1), ValueError, "conv does not read the photograph. Write each layer"),
        (Around(1, -1), ValueError, "relu does not read what conv gives. Write each layer"),
        (Residual(), ValueError, "b does not read what a gives. Write each layer and each ReLU as a module"),
    ],
)
def test_a_wrong_model_is_explained(model, error, message):
    with pytest.raises(error, match=message):
        StackExplorer(IMAGE, model)


def test_maps_that_are_too_large_are_explained():
    message = r"the maps are \d+ MB, and the page takes at most 12 MB. Pass max"
    with pytest.raises(images.ImageError, match=message):
        StackExplorer(np.zeros((400, 400, 3)), max_side=400)


# VGG


@pytest.fixture(scope="module")
def network():
    return vgg16("course", until="block5_conv3")


def test_the_page_gets_every_map_and_every_kernel_in_its_place(network):
    explorer = VggExplorer(IMAGE)
    state, maps = explorer.get_state(), maps_of(network, network.normalize(images.to_tensor(IMAGE)))
    np.testing.assert_array_equal(floats(state["_maps"]), np.concatenate([each.ravel() for each in maps[1:]]))
    first = floats(state["_first"])
    np.testing.assert_array_equal(first[:-64].reshape(64, 3, 3, 3), network.features[0].weight)
    np.testing.assert_array_equal(first[-64:], network.features[0].bias)
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
    # It begins at the strongest unit of the first layer's richest map.
    best = maps[0]
    assert (explorer.layer, explorer.field.size) == ("block1_conv1", 3)
    assert explorer.filter == best.clip(0).std(axis=(1, 2)).argmax()
    assert explorer.value == best.max() == best[(explorer.filter, *explorer.position)]
    explorer.layer, explorer.filter, explorer.position = "block1_conv2", 5, (3, 4)
    assert explorer.field.span(3) == (1, 5)
    np.testing.assert_array_equal(explorer.map, maps[1][5])
    explorer.map[:] = 0  # a copy
    assert explorer.value == maps[1][5, 3, 4]


@pytest.mark.parametrize("weights", ["course", None])  # None: VGG16 in its full width
@pytest.mark.parametrize("image", ["cat", np.zeros((1024, 1024, 3))])
def test_everything_fits_into_eight_megabytes(image, weights):
    explorer = VggExplorer(image, weights)
    assert size(explorer) < 8_400_000
    assert 78 <= max(explorer.image.shape) <= 128
    last = explorer.get_state()["_layers"][-1]
    assert last["kept"] < last["inputs"] == 512 if weights is None else last["kept"] == last["inputs"]


def test_another_layer_has_other_filters_and_channels():
    explorer = VggExplorer(IMAGE)
    explorer.layer, explorer.filter, explorer.channel = "block5_conv3", 127, 126
    explorer.layer = "block1_conv1"
    assert explorer.filter == 63  # this layer has no filter 127
    assert explorer.channel < 3
    explorer.set_state({"layer": "block5_conv3", "filter": 127, "channel": 126, "position": [0, 1]})
    assert (explorer.filter, explorer.channel, explorer.position) == (127, 126, (0, 1))


def test_it_takes_a_network_and_one_that_ends_early():
    explorer = VggExplorer(IMAGE, vgg16("course", until="block2_conv1"))
    names = [layer["name"] for layer in explorer.get_state()["_layers"]]
    assert names == ["block1_conv1", "block1_conv2", "block2_conv1"]
    explorer.layer = "block2_conv1"
    assert explorer.field.size == 10
    whole = vgg16("course")
    assert len(VggExplorer("cat", whole).get_state()["_layers"]) == 13
    with pytest.raises(images.ImageError, match=r"24 x 32 pixels are left, .* poolings need 32 x 32"):
        VggExplorer(IMAGE, whole)
    assert not any(module._forward_hooks for module in whole.modules())


KINDS = r'weights must be "course", "imagenet", a path, None or a network of models.vgg16, got int'


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        (3, TypeError, KINDS),
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
        (np.zeros((15, 40, 3)), {}, r"15 x 40 pixels are left, and .* poolings need 16 x 16"),
        (np.zeros((60, 600, 3)), {}, r"13 x 128 pixels are left.*larger, or less narrow"),
        ("cat", {"max_side": 320}, r"the maps are 33 MB, and the page takes 5 MB. Pass max_side=1"),
    ],
)
def test_a_photograph_that_does_not_fit_is_explained(image, options, message):
    with pytest.raises(images.ImageError, match=message):
        VggExplorer(image, **options)


def test_vgg_in_words():
    explorer = VggExplorer(IMAGE)
    explorer.layer = "block3_conv3"
    row, column = explorer.position
    unit = f"block3_conv3, filter {explorer.filter + 1} of 96, row {row}, column {column}: value "
    for words in (unit, "sees 40 x 40 pixels: rows ", "beyond 24 x 32 is padding"):
        assert words in explorer.words
    np.testing.assert_array_equal(explorer.image, IMAGE)  # the frame is drawn on a copy
    explorer.filter = 0
    assert "block3_conv3, filter 1 of 96" in explorer.words
