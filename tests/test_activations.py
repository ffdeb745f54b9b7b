import copy

import pytest
import torch
from torch import nn

from coursekit import reference
from coursekit.activations import feature_maps, gradient_field
from coursekit.models import SmallClassifier, StackedConv
from coursekit.reference import Layer


@pytest.fixture
def x():
    return torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def hooks_of(model):
    return [name for name, layer in model.named_modules() if layer._forward_hooks or layer._forward_pre_hooks]


class Failing(nn.Module):
    """Raises what it is told to."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def forward(self, x):
        raise self.error


# Feature maps


def test_all_layers_in_the_order_in_which_they_run(x):
    stack = StackedConv()
    maps = feature_maps(stack, x)
    assert list(maps) == ["conv1", "relu1", "conv2", "relu2", "conv3", "relu3"]
    assert list(feature_maps(stack, x, ["conv3", "conv1"])) == ["conv1", "conv3"]
    assert list(feature_maps(stack, x, "relu2")) == ["relu2"]
    expected = x
    for name, layer in stack.named_children():
        expected = layer(expected)
        torch.testing.assert_close(maps[name], expected)
        assert not maps[name].requires_grad


def test_layers_inside_layers_have_dotted_names(x):
    model = nn.Sequential()
    model.add_module("block", nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU()))
    model.add_module("head", nn.Flatten())
    maps = feature_maps(model, x, ["block.0", "block"])
    assert list(maps) == ["block.0", "block"]
    torch.testing.assert_close(maps["block"], maps["block.0"].relu())
    assert list(feature_maps(model, x)) == ["block.0", "block.1", "head"]


def test_a_relu_that_works_in_place_does_not_overwrite_what_came_before(x):
    model = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(inplace=True))
    maps = feature_maps(model, x)
    assert maps["0"].min() < 0
    assert torch.equal(maps["1"], maps["0"].relu())


def test_a_layer_used_twice_gives_both_outputs(x):
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3)

        def forward(self, x):
            return self.conv(self.conv(x))

    maps = feature_maps(Twice(), x)
    assert {name: tuple(m.shape[2:]) for name, m in maps.items()} == {"conv": (62, 62), "conv#2": (60, 60)}


@pytest.mark.parametrize("training", [True, False])
def test_looking_changes_nothing(x, training):
    model = SmallClassifier().train(training)
    model.norm2.train(not training)
    before, mine = copy.deepcopy(model.state_dict()), x.clone()
    feature_maps(model, x)
    gradient_field(model, x, "conv2", 0, 3, 3)
    assert model.training == model.norm1.training == training
    assert model.norm2.training != training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None and p.requires_grad for p in model.parameters())
    assert torch.equal(x, mine)
    assert not x.requires_grad
    assert torch.is_grad_enabled()
    assert hooks_of(model) == []


@pytest.mark.parametrize("error", [RuntimeError("broken"), KeyboardInterrupt()])
def test_no_hook_is_left_after_an_error_or_an_interrupt(x, error):
    model = nn.Sequential(nn.Conv2d(3, 2, 3), nn.Dropout(), Failing(error))
    with pytest.raises(type(error)):
        feature_maps(model, x)
    with pytest.raises(type(error)):
        gradient_field(model, x, "0", 0, 0, 0)
    assert hooks_of(model) == []
    assert all(layer.training for layer in model.modules())
    assert torch.is_grad_enabled()


def test_looking_keeps_no_graph_and_hooks_of_others(x):
    model, heard = StackedConv(), []
    model.conv1.register_forward_hook(lambda *_: heard.append(torch.is_grad_enabled()))
    feature_maps(model, x)
    assert hooks_of(model) == ["conv1"]
    assert heard == [False]


def test_an_unknown_layer_names_the_nearest_and_all(x):
    message = (
        r"no layer 'conv_2'. Did you mean 'conv2'\? There are: conv1, relu1, conv2, relu2, conv3, relu3."
    )
    with pytest.raises(ValueError, match=message):
        feature_maps(StackedConv(), x, ["conv_2"])
    with pytest.raises(ValueError, match=message):
        field_of(StackedConv(), x, "conv_2")


def field_of(model, x, layer):
    return gradient_field(model, x, layer, 0, 0, 0)


def test_a_layer_that_gives_a_tuple_or_takes_no_part_is_named(x):
    with pytest.raises(TypeError, match="layer '0' gives a tuple, not one tensor"):
        feature_maps(nn.Sequential(nn.MaxPool2d(2, return_indices=True)), x)
    model = StackedConv()
    model.conv1.spare = nn.ReLU()
    with pytest.raises(ValueError, match=r"'conv1.spare' takes no part"):
        feature_maps(model, x, ["conv1.spare"])
    assert "conv1.spare" not in feature_maps(model, x)


# The gradient field


def test_the_field_is_the_absolute_weights_summed_over_channels():
    conv = nn.Conv2d(3, 2, 4)
    field = gradient_field(nn.Sequential(conv), torch.rand(1, 3, 9, 9), "0", channel=1, row=2, column=3)
    expected = torch.zeros(9, 9)
    expected[2:6, 3:7] = conv.weight[1].detach().abs().sum(dim=0)
    torch.testing.assert_close(field, expected)


def test_the_receptive_field_of_the_lessons_is_confirmed(x):
    stack = StackedConv()
    for depth, layer in enumerate(["conv1", "conv2", "conv3"], start=1):
        field = gradient_field(stack, x, layer, channel=0, row=7, column=20)
        assert field.shape == (64, 64)
        expected = reference.receptive_field([Layer(5)] * depth)
        for index, axis in ((7, 1), (20, 0)):
            touched = torch.nonzero(field.sum(dim=axis)).flatten()
            assert (touched[0].item(), touched[-1].item()) == expected.span(index)


def test_the_field_before_a_relu_that_works_in_place():
    conv = nn.Conv2d(1, 1, 1, bias=False)
    nn.init.constant_(conv.weight, -2)
    model = nn.Sequential(conv, nn.ReLU(inplace=True))
    x = torch.ones(1, 1, 3, 3)
    assert gradient_field(model, x, "0", 0, 1, 1)[1, 1] == 2
    assert gradient_field(model, x, "1", 0, 1, 1).sum() == 0
    with torch.no_grad():
        assert gradient_field(model, x, "0", 0, 1, 1)[1, 1] == 2


def test_a_value_that_is_not_there_is_refused(x):
    stack = StackedConv()
    for channel, row, column in ((12, 0, 0), (0, 60, 0), (0, 0, -1)):
        message = rf"12 maps of 60 x 60, .* channel {channel}, row {row}, column {column}"
        with pytest.raises(IndexError, match=message):
            gradient_field(stack, x, "conv1", channel, row, column)


def test_an_input_or_layer_that_cannot_be_asked_is_refused(x):
    with pytest.raises(ValueError, match=r"one image \(1, C, H, W\), got \(2, 3, 64, 64\)"):
        field_of(StackedConv(), torch.cat([x, x]), "conv1")
    with pytest.raises(ValueError, match=r"once and give \(1, channels, H, W\), it gave \[\(1, 10\)\]"):
        field_of(SmallClassifier(), x, "linear")
