import numpy as np
import pytest
import torch
from torch import nn

from coursekit import filters, reference
from coursekit.models import ConvLayer, ConvPool, StackedConv

WEIGHT = filters.to_weight(filters.edge_bank())


@pytest.fixture
def image():
    return torch.rand(1, 1, 213, 320, generator=torch.Generator().manual_seed(0))


# One conv layer


def test_the_conv_layer_of_the_lessons_is_a_plain_torch_one(image):
    layer = ConvLayer(WEIGHT)
    assert repr(layer.conv) == "Conv2d(1, 4, kernel_size=(4, 4), stride=(1, 1), bias=False)"
    assert [name for name, _ in layer.named_children()] == ["conv", "relu"]
    maps = layer(image)
    assert maps.conv.shape == maps.activated.shape == (1, 4, 210, 317)
    torch.testing.assert_close(maps.conv, nn.functional.conv2d(image, torch.tensor(WEIGHT)))
    torch.testing.assert_close(maps.activated, maps.conv.clamp(min=0))


def test_the_weight_is_copied():
    weight = torch.ones(1, 1, 2, 2)
    array = np.ones((1, 1, 2, 2))
    layers = [ConvLayer(weight), ConvLayer(array), ConvLayer(np.broadcast_to(np.float32(1), (1, 1, 2, 2)))]
    weight.zero_()
    array[:] = 0
    for layer in layers:
        assert (layer.conv.weight == 1).all()
        assert layer.conv.weight.dtype == torch.float32


@pytest.mark.parametrize("network", [ConvLayer, ConvPool])
def test_a_wrong_weight_is_refused(network):
    with pytest.raises(TypeError, match=r"got ndarray of int64.* weight.astype\(np.float32\) converts"):
        network(WEIGHT.astype(np.int64))
    with pytest.raises(TypeError, match=r"floating point, got str .* filters.to_weight\(filters.kernel"):
        network("sobel_x")
    with pytest.raises(ValueError, match=r"\(out, in, kh, kw\), got \(4, 4, 4\). filters.to_weight"):
        network(filters.edge_bank())
    with pytest.raises(ValueError, match=r"got \(0, 1, 4, 4\)"):
        network(WEIGHT[:0])


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (torch.zeros(1, 3, 8, 8), ValueError, r"expected an input \(N, 1, H, W\), got \(1, 3, 8, 8\)"),
        (torch.zeros(8, 8), ValueError, r"expected an input \(N, 1, H, W\), got \(8, 8\)"),
        (torch.zeros(1, 1, 8, 8).byte(), TypeError, r"of torch.float32, got torch.uint8. images.to_"),
        (np.zeros((1, 1, 8, 8)), TypeError, "of torch.float32, got ndarray"),
    ],
)
@pytest.mark.parametrize("network", [ConvLayer(WEIGHT), ConvPool(WEIGHT), StackedConv((1, 2), 4)])
def test_a_wrong_input_is_refused(network, x, error, message):
    with pytest.raises(error, match=message):
        network(x)


@pytest.mark.parametrize("kind", ["max", "avg"])
def test_pooling_halves_the_maps_and_drops_the_last_column(image, kind):
    maps = ConvPool(WEIGHT, pool=kind)(image)
    assert maps.pooled.shape == (1, 4, 105, 158)
    by_hand = getattr(reference, f"{kind}_pool2d")(maps.activated.detach().numpy(), 2)
    np.testing.assert_allclose(maps.pooled.detach(), by_hand, atol=1e-6)


def test_an_unknown_pooling_is_refused():
    with pytest.raises(ValueError, match='"max" or "avg", got \'mean\''):
        ConvPool(WEIGHT, pool="mean")


# Stacked


def test_the_stack_of_the_lessons():
    stack = StackedConv()
    assert " ".join(name for name, _ in stack.named_children()) == "conv1 relu1 conv2 relu2 conv3 relu3"
    assert stack.conv1.weight.shape == (12, 3, 5, 5)
    x = torch.zeros(1, 3, 225, 400)
    shapes = [tuple((x := layer(x)).shape[1:]) for layer in stack.children()][::2]
    assert shapes == [(12, 221, 396), (24, 217, 392), (48, 213, 388)]
    assert x.flatten().numel() == 3_966_912


@pytest.mark.parametrize("build", [StackedConv, lambda seed: ConvLayer(WEIGHT + seed)])
def test_building_is_seeded_and_leaves_torchs_random_state_alone(build):
    state = torch.get_rng_state()
    first, again, other = build(seed=1), build(seed=1), build(seed=2)
    assert torch.equal(torch.get_rng_state(), state)
    pairs = list(zip(first.parameters(), again.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b in pairs)
    assert not torch.equal(next(first.parameters()), next(other.parameters()))


def test_three_convolutions_without_relu_are_one():
    stack = StackedConv(relu=False)
    single = stack.collapsed()
    assert single.weight.shape == (48, 3, 13, 13)
    x = torch.rand(2, 3, 30, 25, generator=torch.Generator().manual_seed(0))
    assert (stack(x) - single(x)).abs().max() < 1e-5


def test_with_relu_they_are_not():
    linear, stack = StackedConv(relu=False), StackedConv(relu=True)
    assert torch.equal(linear.conv3.weight, stack.conv3.weight)
    x = torch.rand(1, 3, 30, 25, generator=torch.Generator().manual_seed(0))
    assert (stack(x) - linear.collapsed()(x)).abs().max() > 0.01
    with pytest.raises(ValueError, match="Build it with relu=False"):
        stack.collapsed()


def test_wrong_sizes_are_refused():
    for wrong in ((3,), (3, 0), 3, (3, 4.0), "34"):
        with pytest.raises(ValueError, match="channels must be two or more whole numbers from 1"):
            StackedConv(channels=wrong)
    with pytest.raises(ValueError, match="kernel_size must be 1 or more, got 0"):
        StackedConv(kernel_size=0)
    for wrong in ("5", 5.0, (5, 5, 5)):
        with pytest.raises(TypeError, match="kernel_size must be a whole number or a pair of them"):
            StackedConv(kernel_size=wrong)


def test_sizes_are_taken_as_torch_takes_them():
    x = torch.rand(1, 3, 64, 64)
    assert torch.equal(StackedConv(kernel_size=(5, 5))(x), StackedConv(kernel_size=5)(x))
    assert StackedConv(kernel_size=(3, 5)).conv1.kernel_size == (3, 5)
