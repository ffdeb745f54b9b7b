"""The stack explorer's Python side."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from coursekit import activations, images
from coursekit.explorers import StackExplorer
from coursekit.models import SmallClassifier, StackedConv
from coursekit.reference import cross_correlate2d

IMAGE = np.random.default_rng(0).random((24, 32, 3), np.float32)


def maps_of(model, image, name):
    return activations.feature_maps(model, images.to_tensor(image), [name])[name][0].numpy()


def test_it_takes_names_and_arrays_and_shrinks_both():
    assert StackExplorer("coffee").image.shape == (107, 160, 3)
    assert StackExplorer("coffee", max_side=64).image.shape[1] == 64
    assert StackExplorer(np.zeros((300, 200, 3))).image.shape == (160, 107, 3)
    gray = np.random.default_rng(1).random((20, 30), np.float32)
    np.testing.assert_array_equal(StackExplorer(gray).image[..., 2], gray)


def test_the_page_gets_what_the_network_gives():
    model = StackedConv((3, 4, 5), kernel_size=3, seed=3)
    explorer = StackExplorer(IMAGE, model)
    state = explorer.get_state()
    names = [layer["name"] for layer in state["_layers"]]
    assert names == ["conv1", "conv2"]
    assert [(layer["maps"], layer["height"], layer["width"]) for layer in state["_layers"]] == [
        (4, 22, 30),
        (5, 20, 28),
    ]
    sent = np.frombuffer(state["_maps"], "<f4")
    expected = np.concatenate([maps_of(model, IMAGE, name).ravel() for name in names])
    np.testing.assert_array_equal(sent, expected)
    weights = [part.detach().numpy().ravel() for part in model.parameters()]  # weight, bias, weight, bias
    np.testing.assert_array_equal(np.frombuffer(state["_weights"], "<f4"), np.concatenate(weights))


def test_the_usual_photograph_is_a_few_megabytes():
    state = StackExplorer("coffee").get_state()
    assert sum(len(value) for value in state.values() if isinstance(value, bytes)) < 6_000_000


def test_what_the_learner_sets_is_read_from_python():
    model = StackedConv()
    explorer = StackExplorer(IMAGE, model)
    explorer.set_state({"layer": 2, "channels": [0, 3, 7, 0], "position": [4, 9]})
    assert (explorer.layer, explorer.channel, explorer.input_channel) == ("conv2", 7, 3)
    assert explorer.position == (4, 9)
    assert explorer.field == ((4, 12), (9, 17))
    assert explorer.value == maps_of(model, IMAGE, "conv2")[7, 4, 9]
    read = np.maximum(maps_of(model, IMAGE, "conv1"), 0)
    kernels = model.conv2.weight[7].detach().numpy()
    shares = [cross_correlate2d(*pair)[4, 9] for pair in zip(read, kernels, strict=True)]
    np.testing.assert_allclose(explorer.contributions, shares, atol=1e-6)
    bias = model.conv2.bias[7].item()
    assert explorer.contributions.sum() + bias == pytest.approx(explorer.value, abs=1e-5)


def test_the_first_layer_adds_up_colours():
    explorer = StackExplorer(IMAGE)
    explorer.layer = "conv1"
    assert len(explorer.contributions) == 3
    bias = StackedConv().conv1.bias[explorer.channel].item()
    assert explorer.contributions.sum() + bias == pytest.approx(explorer.value, abs=1e-5)


def test_python_sets_what_the_page_shows():
    explorer = StackExplorer(IMAGE)
    explorer.layer, explorer.channel = "conv1", 11
    state = explorer.get_state()
    assert (state["layer"], state["channels"][1]) == (1, 11)
    explorer.set_state({"position": [19, 27]})
    explorer.layer = "conv3"  # smaller: the unit must exist there
    assert explorer.position == (11, 19)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("layer", "conv4", r"there is no layer 'conv4'. The layers are conv1, conv2, conv3"),
        ("layer", None, "there is no layer None"),
        ("channel", 48, "got 48. conv3 has 48 maps with the indices 0 to 47"),
        ("channel", -1, "got -1"),
    ],
)
def test_a_choice_that_does_not_exist_is_explained(name, value, message):
    explorer = StackExplorer(IMAGE)
    before = explorer.get_state()
    with pytest.raises(ValueError, match=message):
        setattr(explorer, name, value)
    assert explorer.get_state() == before


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x):
        return self.b(self.a(x) + x)


def broken(value):
    """A network with one weight that is no number."""
    model = StackedConv()
    with torch.no_grad():
        model.conv2.weight[0, 0, 0, 0] = value
    return model


def test_one_relu_may_stand_in_several_places():
    cut = nn.ReLU()
    explorer = StackExplorer(IMAGE, nn.Sequential(nn.Conv2d(3, 4, 3), cut, nn.Conv2d(4, 2, 3), cut))
    assert [layer["relu"] for layer in explorer.get_state()["_layers"]] == [True, True]
    assert "After ReLU it is" in explorer.words


def test_an_image_that_is_too_large_is_explained():
    with pytest.raises(
        images.ImageError, match=r"the maps are \d+ MB, and the page takes at most 12 MB. Pass max"
    ):
        StackExplorer(np.zeros((400, 400, 3)), max_side=400)


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        ("conv", TypeError, r"must be a network such as models.StackedConv\(\), got str"),
        (StackedConv, TypeError, "got type"),
        (nn.ReLU(), TypeError, "the model has no conv layer"),
        (SmallClassifier(), TypeError, "'norm1' is a BatchNorm2d. Pass a model without it"),
        (StackedConv((1, 4)), ValueError, "conv1 reads 1 channels, and a photograph has 3"),
        (StackedConv(kernel_size=9), ValueError, "kernels up to 7 x 7 number by number; 'conv1' has 9 x 9"),
        (nn.Sequential(nn.Conv2d(3, 3, 3, groups=3)), ValueError, "square kernels.* '0' is Conv2d"),
        (nn.Sequential(nn.Conv2d(3, 3, (3, 5))), ValueError, "square kernels"),
        (nn.Sequential(nn.Conv2d(3, 3, 3, padding="same")), ValueError, "square kernels"),
        (StackedConv((3, *[2] * 8)), ValueError, "does not take a photograph of 24 x 32 pixels"),
        (broken(np.nan), ValueError, "conv2 holds or gives NaN or infinity. Make the model again"),
        (broken(np.inf), ValueError, "conv2 holds or gives NaN or infinity"),
        (Residual(), ValueError, "b does not read what a gives. Write each layer and each ReLU as a module"),
    ],
)
def test_a_wrong_model_is_explained(model, error, message):
    with pytest.raises(error, match=message):
        StackExplorer(IMAGE, model)


@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        ("cofee", {}, "coffee"),
        (np.zeros((7, 20, 3)), {}, "fewer than 8 x 8"),
        (np.zeros(5), {}, r"an image \(H, W\) or \(H, W, 3\), and got \(5,\)"),
        (np.full((9, 9), np.nan), {}, "NaN"),
        ("coffee", {"max_side": 0}, "max_side"),
    ],
)
def test_a_wrong_photograph_is_explained(image, options, message):
    with pytest.raises(images.ImageError, match=message):
        StackExplorer(image, **options)


def test_other_precisions_and_no_bias_are_read():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 2, 3, bias=False), nn.ReLU(), nn.Conv2d(2, 2, 3)).double()
    explorer = StackExplorer(IMAGE, model)
    explorer.layer = "0"
    assert explorer.contributions.sum() == pytest.approx(explorer.value, abs=1e-6)
    assert [layer["relu"] for layer in explorer.get_state()["_layers"]] == [True, False]


def test_the_model_is_left_as_it_was():
    model = StackedConv().train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    StackExplorer(IMAGE, model)
    assert model.training
    assert not any(module._forward_hooks for module in model.modules())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_the_still_picture_says_what_it_shows():
    explorer = StackExplorer(IMAGE)
    row, column = explorer.position
    start = "Stack explorer. Run this cell to use it. Still picture: conv3, map "
    assert explorer.words.startswith(f"{start}{explorer.channel + 1}, row {row}, column {column}: value ")
    assert (
        f"sees rows {row} to {row + 12} and columns {column} to {column + 12} of the photo" in explorer.words
    )
    assert "13 x 13 pixels. Its 24 input channels add " in explorer.words
    assert "cell by cell, gives products" in explorer.words
    before = explorer.words
    explorer.layer = "conv1"
    assert explorer.words != before
    assert "Its 3 input channels add" in explorer.words


def test_explorers_are_imported_without_torch():
    code = "import sys, coursekit.explorers; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
