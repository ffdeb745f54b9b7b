"""VGG16's layers, names and table are what Simonyan and Zisserman, torchvision and Keras say they are."""

import numpy as np
import pytest
import torch
from torch import nn

from coursekit.activations import feature_maps
from coursekit.models import StackedConv, costs, summary, vgg16
from coursekit.models.vgg import VGG
from coursekit.weights import WeightsError
from coursekit.weights.layout import VGG16, Architecture

# As Keras prints it: layer, output channels last, parameters, filter shape (kh, kw, in, out).
TABLE = """\
block1_conv1  224 x 224 x 64        1,792  3, 3, 3, 64
block1_conv2  224 x 224 x 64       36,928  3, 3, 64, 64
block1_pool   112 x 112 x 64            0
block2_conv1  112 x 112 x 128      73,856  3, 3, 64, 128
block2_conv2  112 x 112 x 128     147,584  3, 3, 128, 128
block2_pool   56 x 56 x 128             0
block3_conv1  56 x 56 x 256       295,168  3, 3, 128, 256
block3_conv2  56 x 56 x 256       590,080  3, 3, 256, 256
block3_conv3  56 x 56 x 256       590,080  3, 3, 256, 256
block3_pool   28 x 28 x 256             0
block4_conv1  28 x 28 x 512     1,180,160  3, 3, 256, 512
block4_conv2  28 x 28 x 512     2,359,808  3, 3, 512, 512
block4_conv3  28 x 28 x 512     2,359,808  3, 3, 512, 512
block4_pool   14 x 14 x 512             0
block5_conv1  14 x 14 x 512     2,359,808  3, 3, 512, 512
block5_conv2  14 x 14 x 512     2,359,808  3, 3, 512, 512
block5_conv3  14 x 14 x 512     2,359,808  3, 3, 512, 512
block5_pool   7 x 7 x 512               0
flatten       25,088                    0
fc1           4,096           102,764,544
fc2           4,096            16,781,312
predictions   1,000             4,097,000
total                         138,357,544"""

# torchvision's modules that hold weights.
MODULES = [f"features.{i}" for i in (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)]
MODULES += ["classifier.0", "classifier.3", "classifier.6"]

FILTERS = {
    "block1_conv1": ((64, 3, 3, 3), (3, 3, 3, 64)),
    "block1_conv2": ((64, 64, 3, 3), (3, 3, 64, 64)),
    "block2_conv1": ((128, 64, 3, 3), (3, 3, 64, 128)),
    "block2_conv2": ((128, 128, 3, 3), (3, 3, 128, 128)),
    "block3_conv1": ((256, 128, 3, 3), (3, 3, 128, 256)),
    "block3_conv2": ((256, 256, 3, 3), (3, 3, 256, 256)),
    "block3_conv3": ((256, 256, 3, 3), (3, 3, 256, 256)),
    "block4_conv1": ((512, 256, 3, 3), (3, 3, 256, 512)),
    "block4_conv2": ((512, 512, 3, 3), (3, 3, 512, 512)),
    "block4_conv3": ((512, 512, 3, 3), (3, 3, 512, 512)),
    "block5_conv1": ((512, 512, 3, 3), (3, 3, 512, 512)),
    "block5_conv2": ((512, 512, 3, 3), (3, 3, 512, 512)),
    "block5_conv3": ((512, 512, 3, 3), (3, 3, 512, 512)),
}


def random_architecture(seed):
    random = np.random.default_rng(seed)
    widths = tuple(
        tuple(int(width) for width in random.integers(1, 6, size=random.integers(1, 4)))
        for _ in range(random.integers(1, 5))
    )
    hidden = tuple(int(size) for size in random.integers(1, 7, size=random.integers(0, 3)))
    return Architecture(
        widths, pool=int(random.integers(1, 4)), hidden=hidden, classes=int(random.integers(2, 9))
    )


def filled(model, seed=0):
    generator = torch.Generator().manual_seed(seed)
    model.to_empty(device="cpu")
    for value in model.parameters():
        value.data.normal_(generator=generator)
    return model.eval()


# The table


def test_the_table_line_by_line():
    printed = repr(summary(vgg16(device="meta"), (3, 224, 224))).splitlines()
    expected = TABLE.splitlines()
    assert len(printed) == 2 + len(expected)
    assert " ".join(printed[1].split()) == (
        "layer channels last channels first parameters (kh, kw, in, out) (out, in, kh, kw)"
    )
    for line, wanted in zip(printed[2:], expected, strict=True):
        cells = [cell.strip() for cell in line.split("  ") if cell.strip()]
        name, *last = [cell.strip() for cell in wanted.split("  ") if cell.strip()]
        if name == "total":
            assert cells == [name, *last]
            continue
        sizes, parameters, *filters = last
        height, *rest = sizes.split(" x ")
        first = " x ".join([rest[1], height, rest[0]]) if rest else sizes
        if filters:
            kh, kw, inputs, outputs = filters[0].split(", ")
            filters.append(", ".join([outputs, inputs, kh, kw]))
        assert cells == [name, sizes, first, parameters, *filters]


def test_the_columns_stand_below_each_other():
    printed = repr(summary(vgg16(device="meta"), (3, 224, 224))).splitlines()
    assert printed[2] == (
        "block1_conv1  224 x 224 x 64   64 x 224 x 224         1,792  3, 3, 3, 64        64, 3, 3, 3"
    )
    assert printed[-1] == "total                                           138,357,544"
    assert all(len(line) <= 110 and line == line.rstrip() for line in printed)


def test_the_filter_shapes_in_both_orders():
    table = summary(vgg16(device="meta"), (3, 224, 224))
    found = {row.name: (row.filters, row.filters_last) for row in table.rows if row.filters}
    assert found == FILTERS
    assert table.filters == {name: first for name, (first, _) in FILTERS.items()}


def test_nothing_is_allocated_for_the_table(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("something was computed")

    model = vgg16(device="meta")
    monkeypatch.setattr(VGG, "forward", refuse)
    for name in ("empty", "zeros", "rand"):
        monkeypatch.setattr(torch, name, refuse)
    assert summary(model, (3, 224, 224)).parameters == 138_357_544
    assert all(value.is_meta for value in model.parameters())


@pytest.mark.parametrize("seed", range(8))
def test_the_table_says_what_the_network_gives(seed):
    model = filled(VGG(random_architecture(seed)))
    random = np.random.default_rng(seed)
    size = (3, *(int(side) for side in random.integers(16, 40, size=2)))
    table = summary(model, size)
    names = [row.name for row in table.rows]
    maps = feature_maps(model, torch.zeros(1, *size), [model.layer_names[name] for name in names])
    assert [row.output for row in table.rows] == [tuple(value.shape[1:]) for value in maps.values()]
    assert table.parameters == sum(value.numel() for value in model.parameters())


def test_other_networks_are_listed_layer_by_layer():
    stack = StackedConv()
    table = summary(stack, (3, 225, 400))
    assert [(row.name, row.output, row.parameters) for row in table.rows] == [
        (cost.name, cost.output_shape, cost.parameters) for cost in costs(stack, (3, 225, 400))
    ]
    odd = nn.Sequential(
        nn.Conv2d(2, 4, (3, 5), stride=(2, 1), padding=(1, 0), dilation=2),
        nn.BatchNorm2d(4),
        nn.AvgPool2d(3, stride=2, ceil_mode=True),
        nn.Sequential(nn.AdaptiveMaxPool2d((None, 2)), nn.Flatten(), nn.Identity()),
    )
    table = summary(odd, (2, 29, 30))
    maps = feature_maps(odd, torch.zeros(1, 2, 29, 30))
    assert {row.name: row.output for row in table.rows} == {
        name: tuple(value.shape[1:]) for name, value in maps.items()
    }


@pytest.mark.parametrize("size", [(224, 224, 3), (1, 224, 224)])
def test_an_image_whose_channels_do_not_fit(size):
    message = rf"features.0 expects \(3, H, W\) for one image, but gets {size[0]} x .* channels first\?"
    with pytest.raises(ValueError, match=message):
        summary(vgg16(device="meta"), size)


@pytest.mark.parametrize("size", [(3, 224), (3, 0, 5), (1, 3, 224, 224)])
def test_a_size_that_is_none(size):
    with pytest.raises(ValueError, match=r"expected the size of one image \(C, H, W\)"):
        summary(vgg16(device="meta"), size)


def test_an_image_that_is_too_small():
    with pytest.raises(ValueError, match="window"):
        summary(vgg16(device="meta"), (3, 16, 16))


def test_layers_that_the_table_does_not_know():
    with pytest.raises(TypeError, match="1 is a LSTM; the table does not know"):
        summary(nn.Sequential(nn.ReLU(), nn.LSTM(3, 3)), (3, 8, 8))
    with pytest.raises(TypeError, match="padding of a layer is 'same'"):
        summary(nn.Sequential(nn.Conv2d(3, 3, 3, padding="same")), (3, 8, 8))


def test_a_fully_connected_layer_without_flatten():
    with pytest.raises(ValueError, match=r"0 expects \(8,\) for one image, but gets 3 x 8 x 8"):
        summary(nn.Sequential(nn.Linear(8, 2)), (3, 8, 8))


# The network


def test_the_state_dict_has_torchvisions_names():
    wanted = [f"{module}.{part}" for module in MODULES for part in ("weight", "bias")]
    assert list(vgg16(device="meta").state_dict()) == wanted


def test_each_name_for_people_is_a_layer_of_torch():
    model = vgg16(device="meta")
    kinds = {"conv": nn.Conv2d, "relu": nn.ReLU, "pool": nn.MaxPool2d, "fc1": nn.Linear, "fc2": nn.Linear}
    kinds |= {"flatten": nn.Flatten, "predictions": nn.Linear}
    for name, path in model.layer_names.items():
        kind = next(
            kind for part, kind in kinds.items() if part in name and ("relu" not in name or part == "relu")
        )
        assert type(model.get_submodule(path)) is kind, name
    assert [name for name in model.layer_names if "relu" not in name] == [
        line.split()[0] for line in TABLE.splitlines()[:-1]
    ]
    assert model.layer_names["block5_conv3"] == "features.28"
    assert model.layer_names["block5_relu3"] == "features.29"
    assert model.layer_names["fc1_relu"] == "classifier.1"


@pytest.mark.parametrize("seed", range(4))
def test_forward_is_the_chain_of_its_layers(seed):
    architecture = random_architecture(seed)
    model = filled(VGG(architecture), seed)
    weights = model.state_dict()
    x = torch.rand(2, 3, 35, 41, generator=torch.Generator().manual_seed(seed))
    y = x.clone()
    for block, widths in enumerate(architecture.widths, start=1):
        for number in range(1, len(widths) + 1):
            path = model.layer_names[f"block{block}_conv{number}"]
            y = nn.functional.conv2d(y, weights[f"{path}.weight"], weights[f"{path}.bias"], padding=1).relu()
        y = nn.functional.max_pool2d(y, 2)
    y = nn.functional.adaptive_avg_pool2d(y, architecture.pool).flatten(1)
    for number in range(len(architecture.hidden)):
        y = (
            y @ weights[f"classifier.{3 * number}.weight"].T + weights[f"classifier.{3 * number}.bias"]
        ).relu()
    last = f"classifier.{3 * len(architecture.hidden)}"
    y = y @ weights[f"{last}.weight"].T + weights[f"{last}.bias"]
    torch.testing.assert_close(model(x), y, rtol=1e-4, atol=1e-3)


def test_feature_maps_by_the_names_for_people():
    model = vgg16(until="block1_pool")
    x = torch.randn(1, 3, 10, 12, generator=torch.Generator().manual_seed(0))
    names = ["block1_conv1", "block1_relu1", "block1_pool"]
    maps = feature_maps(model, x, names)
    assert list(maps) == names
    torch.testing.assert_close(maps["block1_conv1"], model.features[0](x))
    assert maps["block1_conv1"].min() < 0
    torch.testing.assert_close(maps["block1_relu1"], maps["block1_conv1"].relu())
    assert tuple(maps["block1_pool"].shape) == (1, 64, 5, 6)


def test_the_relu_does_not_overwrite_the_maps_before_it():
    model, seen = vgg16(until="block1_conv1"), []
    with model.features[0].register_forward_hook(lambda layer, images, maps: seen.append(maps)):
        model(torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(0)))
    assert seen[0].min() < 0


@pytest.mark.parametrize(
    ("until", "shape"),
    [
        ("block1_conv1", (1, 64, 33, 40)),
        ("block1_pool", (1, 64, 16, 20)),
        ("block3_conv2", (1, 256, 8, 10)),
        ("block5_pool", (1, 512, 1, 1)),
        ("flatten", (1, 512 * 49)),
    ],
)
def test_a_network_that_ends_earlier(until, shape):
    model = vgg16(until=until)
    assert tuple(model(torch.rand(1, 3, 33, 40)).shape) == shape
    assert [name for name in model.layer_names if "relu" not in name][-1] == until
    wanted = [name for layer in VGG16.until(until) for name in layer.shapes]
    assert list(model.state_dict()) == wanted


def test_a_conv_layer_keeps_its_relu():
    model = vgg16(until="block1_conv2")
    assert isinstance(model.features[-1], nn.ReLU)
    assert model(torch.randn(1, 3, 8, 8)).min() == 0


def test_a_last_layer_that_does_not_exist():
    with pytest.raises(WeightsError, match=r"There is no layer 'block6_conv1'. The layers are block1_conv1"):
        vgg16(until="block6_conv1")


def test_random_weights_are_seeded_and_keep_the_range():
    state = torch.random.get_rng_state()
    first, again, other = (vgg16(until="block3_pool", seed=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), state)
    for name, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
        assert (
            value.count_nonzero() == 0 if name.endswith("bias") else not value.equal(other.state_dict()[name])
        )
    maps = feature_maps(first, torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0)))
    spread = maps["features.14"].std() / maps["features.0"].std()
    assert 0.3 < spread < 3
    assert first.origin == "random weights (seed 1)"
    assert "random weights (seed 1)" in repr(first)


def test_a_model_is_ready_to_predict():
    for model in (vgg16(until="block1_conv1"), vgg16("course"), vgg16(device="meta")):
        assert not any(module.training for module in model.modules())
        assert not any(value.requires_grad for value in model.parameters())


def test_the_default_device_is_honoured():
    with torch.device("meta"):
        for weights in (None, "course"):
            assert all(value.is_meta for value in vgg16(weights).parameters())


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
