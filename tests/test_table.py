"""The table of a network is right for whatever its forward does, or says what it cannot see."""

from collections import OrderedDict

import pytest
import torch
from torch import nn
from torch.nn import functional

from coursekit.activations import layers_of
from coursekit.models import ConvLayer, ConvPool, StackedConv, summary, vgg16
from coursekit.models.vgg import VGG

# Parameters and multiplications as Keras and others have them; no line is longer than a page is wide.
VGG16 = """\
              output           output                                         filters          filters
layer         channels last    channels first    parameters  multiplications  kh, kw, in, out  out, in, kh, kw
block1_conv1  224 x 224 x 64   64 x 224 x 224         1,792       86,704,128  3, 3, 3, 64      64, 3, 3, 3
block1_conv2  224 x 224 x 64   64 x 224 x 224        36,928    1,849,688,064  3, 3, 64, 64     64, 64, 3, 3
block1_pool   112 x 112 x 64   64 x 112 x 112             0                0
block2_conv1  112 x 112 x 128  128 x 112 x 112       73,856      924,844,032  3, 3, 64, 128    128, 64, 3, 3
block2_conv2  112 x 112 x 128  128 x 112 x 112      147,584    1,849,688,064  3, 3, 128, 128   128, 128, 3, 3
block2_pool   56 x 56 x 128    128 x 56 x 56              0                0
block3_conv1  56 x 56 x 256    256 x 56 x 56        295,168      924,844,032  3, 3, 128, 256   256, 128, 3, 3
block3_conv2  56 x 56 x 256    256 x 56 x 56        590,080    1,849,688,064  3, 3, 256, 256   256, 256, 3, 3
block3_conv3  56 x 56 x 256    256 x 56 x 56        590,080    1,849,688,064  3, 3, 256, 256   256, 256, 3, 3
block3_pool   28 x 28 x 256    256 x 28 x 28              0                0
block4_conv1  28 x 28 x 512    512 x 28 x 28      1,180,160      924,844,032  3, 3, 256, 512   512, 256, 3, 3
block4_conv2  28 x 28 x 512    512 x 28 x 28      2,359,808    1,849,688,064  3, 3, 512, 512   512, 512, 3, 3
block4_conv3  28 x 28 x 512    512 x 28 x 28      2,359,808    1,849,688,064  3, 3, 512, 512   512, 512, 3, 3
block4_pool   14 x 14 x 512    512 x 14 x 14              0                0
block5_conv1  14 x 14 x 512    512 x 14 x 14      2,359,808      462,422,016  3, 3, 512, 512   512, 512, 3, 3
block5_conv2  14 x 14 x 512    512 x 14 x 14      2,359,808      462,422,016  3, 3, 512, 512   512, 512, 3, 3
block5_conv3  14 x 14 x 512    512 x 14 x 14      2,359,808      462,422,016  3, 3, 512, 512   512, 512, 3, 3
block5_pool   7 x 7 x 512      512 x 7 x 7                0                0
flatten       25,088           25,088                     0                0
fc1           4,096            4,096            102,764,544      102,760,448
fc2           4,096            4,096             16,781,312       16,777,216
predictions   1,000            1,000              4,097,000        4,096,000
total                                           138,357,544   15,470,264,320"""


def test_the_table_of_vgg16():
    table = summary(vgg16(device="meta"), (3, 224, 224))
    assert repr(table) == VGG16
    assert (table.parameters, table.multiplications) == (138_357_544, 15_470_264_320)


def test_a_small_classifier_by_hand():
    block = {
        "conv1": nn.Conv2d(3, 4, 3),
        "norm1": nn.BatchNorm2d(4),
        "relu1": nn.ReLU(),
        "pool1": nn.MaxPool2d(2),
    }
    model = nn.Sequential(OrderedDict(**block, flatten=nn.Flatten(), linear=nn.Linear(48, 7)))
    assert summary(model, (3, 10, 8)).rows == (
        ("conv1", (4, 8, 6), 4 * 3 * 9 + 4, 4 * 8 * 6 * 3 * 9, (4, 3, 3, 3)),
        ("norm1", (4, 8, 6), 8, 0, ()),
        ("relu1", (4, 8, 6), 0, 0, ()),
        ("pool1", (4, 4, 3), 0, 0, ()),
        ("flatten", (48,), 0, 0, ()),
        ("linear", (7,), 48 * 7 + 7, 48 * 7, ()),
    )


def test_the_stack_and_its_one_layer():
    stack = StackedConv(relu=False)
    deep, flat = summary(stack, (3, 225, 400)), summary(stack.collapsed(), (3, 225, 400))
    assert (deep.parameters, flat.parameters) == (36_984, 24_384)
    counts = [(221 * 396, 900), (217 * 392, 7_200), (213 * 388, 28_800)]
    assert [row.multiplications for row in deep.rows] == [places * weights for places, weights in counts]
    assert deep.multiplications == 3_071_372_400
    assert flat.rows == (("Conv2d", (48, 213, 388), 24_384, 213 * 388 * 48 * 507, (48, 3, 13, 13)),)


class Tutorial(nn.Module):
    """One pool, registered first and used twice, and functions between the layers."""

    def __init__(self):
        super().__init__()
        self.pool = nn.MaxPool2d(2)
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc = nn.Linear(400, 10)

    def forward(self, x):
        x = self.pool(functional.relu(self.conv1(x), inplace=True))
        x = functional.max_pool2d(self.pool(torch.relu(self.conv2(x))), 1)
        return self.fc(x.view(len(x), -1))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.norm(self.conv(x))
        y += self.shortcut(x)
        return self.relu(torch.cat([self.relu(y), functional.dropout(y)], dim=1))


class OwnKernel(nn.Module):
    """A layer that convolves by a function."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4, 3, 3, 3))

    def forward(self, x):
        return functional.conv2d(x, self.weight, padding=1)


def tied():
    model = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.Conv2d(4, 4, 3), nn.Conv2d(4, 4, 3))
    model[2].weight = model[1].weight
    return model


POOL, CONV = nn.MaxPool2d(2), nn.Conv2d(3, 3, 3, padding=1)
NETWORKS = {
    "conv layer": (ConvLayer(torch.ones(4, 1, 4, 4)).conv, (1, 21, 32)),
    "pooling": (ConvPool(torch.ones(4, 1, 4, 4)), (1, 21, 32)),
    "course": (vgg16("course"), (3, 85, 128)),
    "tutorial": (Tutorial(), (3, 32, 32)),
    "residual": (nn.Sequential(Residual(3, 4, 1), Residual(8, 6, 2), nn.AdaptiveAvgPool2d(1)), (3, 17, 20)),
    "half precision": (nn.Sequential(Residual(3, 4, 2), nn.AvgPool2d(2)).bfloat16(), (3, 17, 20)),
    "two places": (nn.Sequential(CONV, POOL, nn.ReLU(), CONV, POOL), (3, 16, 16)),
    "tied": (tied(), (3, 8, 8)),
    "own kernel": (nn.Sequential(OwnKernel()), (3, 8, 9)),
    "flatten 2": (nn.Sequential(nn.Conv2d(1, 4, 3, padding="same"), nn.Flatten(2)), (1, 14, 15)),
    "a linear layer for each row": (nn.Sequential(nn.Linear(8, 2)), (3, 7, 8)),
    "odd": (
        nn.Sequential(
            nn.Conv2d(2, 4, (3, 5), stride=(2, 1), padding=(1, 0), dilation=2, groups=2),
            nn.BatchNorm2d(4),
            nn.AvgPool2d(3, stride=2, ceil_mode=True),
            nn.Conv2d(4, 4, 3, padding="valid"),
            nn.Conv2d(4, 4, 3, padding=2, padding_mode="reflect"),
            nn.Sequential(nn.AdaptiveMaxPool2d((None, 2)), nn.Hardswish(inplace=True), nn.Identity()),
            nn.PixelShuffle(2),
            nn.Flatten(),
            nn.BatchNorm1d(56),
        ),
        (2, 29, 30),
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_it_says_what_the_network_really_does(name):
    model, size = NETWORKS[name]
    seen = []

    def look(layer, given, output):
        each = layer.weight[0].numel() if isinstance(layer, nn.Conv2d | nn.Linear | OwnKernel) else 0
        seen.append((tuple(output.shape[1:]), each * output.numel()))

    handles = [layer.register_forward_hook(look) for layer in layers_of(model).values()]
    training = model.training
    with torch.no_grad():
        model.eval()(torch.zeros(1, *size, dtype=next(model.parameters()).dtype))
    model.train(training)
    for handle in handles:
        handle.remove()
    if isinstance(model, VGG):
        names = {path: people for people, path in model.layer_names.items() if "relu" not in people}
        seen = [row for path, row in zip(layers_of(model), seen, strict=True) if path in names]
    table = summary(model, size)
    assert [(row.output, row.multiplications) for row in table.rows] == seen
    assert table.parameters == sum(value.numel() for value in model.parameters())


def test_a_layer_at_two_places_stands_at_both_and_its_parameters_count_once():
    model, size = NETWORKS["two places"]
    rows = summary(model, size).rows
    assert [row.name for row in rows] == ["0", "1", "2", "0#2", "1#2"]
    assert [row.output for row in rows] == [(3, 16, 16), (3, 8, 8), (3, 8, 8), (3, 8, 8), (3, 4, 4)]
    assert [row.parameters for row in rows] == [84, 0, 0, 0, 0]
    assert summary(tied(), (3, 8, 8)).parameters == 260


def test_it_takes_no_memory():
    resource = pytest.importorskip("resource")
    stack, vgg = StackedConv(), vgg16(device="meta")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    summary(stack, (3, 225, 400)), summary(vgg, (3, 1200, 1600))
    # In kB on Linux, where the maps of the first layer of VGG16 alone would have 491 MB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000


def test_a_model_on_the_meta_device_stays_there():
    with torch.device("meta"):
        for model in (vgg16(), nn.Sequential(Residual(3, 4, 2))):
            table = summary(model, (3, 64, 64))
            assert table.parameters == sum(value.numel() for value in model.parameters())
            assert all(value.is_meta for value in model.state_dict().values())


class Own(nn.Module):
    """A parameter beside the layers, and what to do with it."""

    def __init__(self, use):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.scale = nn.Parameter(torch.ones(8, 1, 1))
        self.register_buffer("fixed", torch.ones(8, 8, 1, 1))
        self.use = use

    def forward(self, x):
        return self.use(self, self.conv(x))


OUTSIDE = "forward computes with"
UNKNOWN = "the table does not know what such a layer costs"
REFUSED = [
    (Own(lambda own, y: y * own.scale), f"{OUTSIDE} scale outside of a layer, .*nn.Module of its own"),
    (Own(lambda own, y: y), "scale belongs to no layer that runs for this image"),
    (Own(lambda own, y: functional.conv2d(y, own.fixed)), f"{OUTSIDE} weights outside"),
    (Own(lambda own, y: functional.conv2d(y, own.conv.weight.mT)), f"{OUTSIDE} conv.weight outside"),
    (Own(lambda own, y: y[:, :3].flatten(2) @ own.conv.weight[:, 0]), f"{OUTSIDE} conv.weight outside"),
    (nn.Sequential(nn.ConvTranspose2d(3, 8, 4, 2)), f"0 is a ConvTranspose2d; {UNKNOWN}"),
    (nn.Sequential(nn.Flatten(2), nn.LSTM(64, 3)), "layer '1' gives a tuple, but the table can only"),
]


@pytest.mark.parametrize(("model", "message"), REFUSED)
def test_what_it_cannot_see_it_refuses(model, message):
    with pytest.raises((NotImplementedError, ValueError), match=message):
        summary(model, (3, 8, 8))


CONV4, VGG_SHAPES = nn.Conv2d(3, 4, 3), vgg16(device="meta")
IMAGE = r"expected the size of one image \(C, H, W\), all 1 or more, got"
MISFITS = [
    (
        VGG_SHAPES,
        (224, 224, 3),
        r"block1_conv1 does not take 224 x 224 x 3: it expects \(3, H, W\) .*first\.$",
    ),
    (VGG_SHAPES, (3, 16, 16), "block5_pool does not take 512 x 1 x 1: .*too small"),
    (Tutorial(), (3, 28, 28), r"fc does not take 256: it expects \(400,\) for one image"),
    (nn.Sequential(CONV4, nn.BatchNorm2d(5)), (3, 8, 8), "1 does not take 4 x 6 x 6: running_mean"),
    (nn.Sequential(CONV4), (3, 8, 2), "0 does not take 3 x 8 x 2: a window of 3 pixels does not fit"),
    (StackedConv(), (3, 4, 9), "conv1 does not take 3 x 4 x 9: a window of 5 pixels does not fit into 4"),
    (StackedConv(), (3, 224), rf"{IMAGE} \(3, 224\)"),
    (StackedConv(), (3, 0, 5), rf"{IMAGE} \(3, 0, 5\)"),
]


@pytest.mark.parametrize(("model", "size", "message"), MISFITS)
def test_an_image_that_does_not_fit(model, size, message):
    with pytest.raises(ValueError, match=message):
        summary(model, size)
