"""VGG16's layers and names are what Simonyan and Zisserman, torchvision and Keras say they are."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from coursekit.activations import feature_maps
from coursekit.models import vgg16
from coursekit.models.vgg import VGG, WeightsError

NAMES = [f"block{block}_conv{number}" for block in (1, 2) for number in (1, 2)]
NAMES += [f"block{block}_conv{number}" for block in (3, 4, 5) for number in (1, 2, 3)]
PEOPLE = [name for block in "12345" for name in (*(n for n in NAMES if n[5] == block), f"block{block}_pool")]
PEOPLE += ["flatten", "fc1", "fc2", "predictions"]
# torchvision's modules that hold weights.
MODULES = [f"features.{i}" for i in (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)]
MODULES += ["classifier.0", "classifier.3", "classifier.6"]
WIDTHS = (3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)
SHAPES = [(outputs, inputs, 3, 3) for inputs, outputs in pairwise(WIDTHS)]
SHAPES += [(4096, 25088), (4096, 4096), (1000, 4096)]


def test_the_state_dict_has_torchvisions_names_and_shapes():
    state = vgg16(device="meta").state_dict()
    assert list(state) == [f"{module}.{part}" for module in MODULES for part in ("weight", "bias")]
    assert [tuple(value.shape) for value in state.values()][::2] == SHAPES
    assert [tuple(value.shape) for value in state.values()][1::2] == [shape[:1] for shape in SHAPES]
    assert sum(value.numel() for value in state.values()) == 138_357_544


def test_each_name_for_people_is_a_layer_of_torch():
    model = vgg16(device="meta")
    kinds = {"relu": nn.ReLU, "conv": nn.Conv2d, "pool": nn.MaxPool2d, "flatten": nn.Flatten}
    for name, path in model.layer_names.items():
        kind = next((kind for part, kind in kinds.items() if part in name), nn.Linear)
        assert type(model.get_submodule(path)) is kind, name
    assert [name for name in model.layer_names if "relu" not in name] == PEOPLE
    assert model.layer_names["block5_conv3"] == "features.28"
    assert model.layer_names["block5_relu3"] == "features.29"
    assert model.layer_names["fc1_relu"] == "classifier.1"


@pytest.mark.parametrize(
    "sizes",
    [
        {"widths": ((2,),), "pool": 1, "hidden": (), "classes": 3},
        {"widths": ((3, 5), (4,), (2, 1, 4)), "pool": 3, "hidden": (6, 2), "classes": 7},
    ],
)
def test_forward_is_the_chain_of_its_layers(sizes):
    generator = torch.Generator().manual_seed(0)
    model = VGG(**sizes).to_empty(device="cpu").eval()
    for value in model.parameters():
        value.data.normal_(generator=generator)
    weights = model.state_dict()
    x = torch.rand(2, 3, 35, 41, generator=generator)
    y = x.clone()
    for block, widths in enumerate(sizes["widths"], start=1):
        for number in range(1, len(widths) + 1):
            path = model.layer_names[f"block{block}_conv{number}"]
            y = nn.functional.conv2d(y, weights[f"{path}.weight"], weights[f"{path}.bias"], padding=1).relu()
        y = nn.functional.max_pool2d(y, 2)
    y = nn.functional.adaptive_avg_pool2d(y, sizes["pool"]).flatten(1)
    for number in range(len(sizes["hidden"])):
        path = f"classifier.{3 * number}"
        y = (y @ weights[f"{path}.weight"].T + weights[f"{path}.bias"]).relu()
    last = f"classifier.{3 * len(sizes['hidden'])}"
    y = y @ weights[f"{last}.weight"].T + weights[f"{last}.bias"]
    assert y.shape == (2, sizes["classes"])
    torch.testing.assert_close(model(x), y, rtol=1e-4, atol=1e-3)


def test_feature_maps_by_the_names_for_people():
    model = vgg16(until="block1_pool")
    x = torch.randn(1, 3, 10, 12, generator=torch.Generator().manual_seed(0))
    maps = feature_maps(model, x, ["block1_conv1", "block1_pool"])
    assert list(maps) == ["block1_conv1", "block1_pool"]
    torch.testing.assert_close(maps["block1_conv1"], model.features[0](x))
    torch.testing.assert_close(maps["block1_pool"], model(x))


def test_the_relu_does_not_overwrite_the_maps_before_it():
    model, seen = vgg16(until="block1_conv1"), []
    with model.features[0].register_forward_hook(lambda layer, images, maps: seen.append(maps)):
        model(torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(0)))
    assert seen[0].min() < 0


@pytest.mark.parametrize(
    ("until", "shape", "learned"),
    [
        ("block1_conv1", (1, 64, 33, 40), 1),
        ("block1_pool", (1, 64, 16, 20), 2),
        ("block3_conv2", (1, 256, 8, 10), 6),
        ("block5_pool", (1, 512, 1, 1), 13),
        ("flatten", (1, 512 * 49), 13),
    ],
)
def test_a_network_that_ends_earlier(until, shape, learned):
    model = vgg16(until=until)
    assert tuple(model(torch.rand(1, 3, 33, 40)).shape) == shape
    assert [name for name in model.layer_names if "relu" not in name][-1] == until
    assert list(model.state_dict())[::2] == [f"{module}.weight" for module in MODULES[:learned]]


def test_a_conv_layer_keeps_its_relu():
    model = vgg16(until="block1_conv2")
    assert isinstance(model.features[-1], nn.ReLU)
    assert model(torch.randn(1, 3, 8, 8)).min() == 0
    assert list(VGG(until="fc1").layer_names)[-1] == "fc1_relu"


def test_a_last_layer_that_does_not_exist():
    message = r"There is no layer 'block6_conv1'. The layers are block1_conv1, .*, predictions\."
    for kind in (None, "course", "imagenet"):
        with pytest.raises(WeightsError, match=message):
            vgg16(kind, until="block6_conv1", device="meta")


def test_random_weights_are_seeded_and_keep_the_range():
    state = torch.random.get_rng_state()
    first, again, other = (vgg16(until="block3_pool", seed=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), state)
    for name, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
        assert value.any() != name.endswith("bias")
        assert name.endswith("bias") or not value.equal(other.state_dict()[name])
    maps = feature_maps(first, torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0)))
    assert 0.3 < maps["features.14"].std() / maps["features.0"].std() < 3
    assert first.origin == "random weights (seed 1)"
    assert "random weights (seed 1)" in repr(first)
    assert vgg16(until="block1_conv1").origin == "random weights (seed 0)"


def test_a_model_is_ready_to_predict_on_the_default_device():
    for model in (vgg16(until="block1_conv1"), vgg16("course"), vgg16(device="meta")):
        assert not any(module.training for module in model.modules())
        assert not any(value.requires_grad for value in model.parameters())
    with torch.device("meta"):
        assert all(value.is_meta for weights in (None, "course") for value in vgg16(weights).parameters())


def test_images_are_normalized_by_channel():
    model = VGG()
    x = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1).expand(2, 3, 4, 5).clone()
    before = x.clone()
    assert torch.equal(model.normalize(x), torch.zeros(2, 3, 4, 5))
    assert torch.equal(x, before)
    white = model.normalize(torch.ones(1, 3, 1, 1)).flatten()
    torch.testing.assert_close(white, torch.tensor([0.515 / 0.229, 0.544 / 0.224, 0.594 / 0.225]))


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 4, 5, 3), (1, 1, 4, 5)])
def test_images_of_another_form(shape):
    with pytest.raises(ValueError, match=r"expected images \(N, 3, H, W\), got"):
        VGG().normalize(torch.zeros(shape))
