import copy
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils import parametrizations, prune, weight_norm

from coursekit import reference
from coursekit.activations import feature_maps, gradient_field, layers_of
from coursekit.explorers import StackExplorer, VggExplorer
from coursekit.models import StackedConv, summary
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


# Networks as people build them: nested, wrapped, shared, in place, pruned, weight-normed


def conv():
    return nn.Conv2d(3, 3, 3, padding=1)


class Residual(nn.Module):
    """What its parts give, added in place to its input."""

    def __init__(self, *parts):
        super().__init__()
        self.inner = nn.ModuleList([nn.Sequential(*parts), nn.ModuleList()])

    def forward(self, x):
        y = self.inner[0](x.clone())
        y += x
        return nn.functional.dropout(y, 0.1)  # always on, so that it draws random numbers


PARTS = {
    "conv": conv,
    "pruned": lambda: prune.l1_unstructured(conv(), "weight", 0.5),
    "weight norm": lambda: parametrizations.weight_norm(conv()),
    "old weight norm": lambda: weight_norm(conv()),
    "relu": nn.ReLU,
    "in place": lambda: nn.ReLU(inplace=True),
    "clipped in place": lambda: nn.Hardtanh(-0.5, 1.5, inplace=True),
    "norm": lambda: nn.BatchNorm2d(3),
    "dropout": lambda: nn.Dropout(inplace=True),
    "pool": lambda: nn.MaxPool2d(3, stride=1, padding=1),
}
WRAPS = {"nested": nn.Sequential, "residual": Residual}


def build(words, dtype):
    """A network in these words, its layers, and an input; the same ones in each call."""
    torch.manual_seed(0)
    parts, layers = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the old weight norm
        for word in words:
            if word == "again":
                parts += parts[:1]
            elif word in WRAPS:
                parts = [WRAPS[word](*parts)] if parts else []
            else:
                layers.append(PARTS[word]())
                parts.append(layers[-1])
    model = nn.Sequential(*parts, nn.Conv2d(3, 2, 3)).to(dtype)
    layers.append(model[-1])
    layers[0].eval()
    return model, layers, torch.randn(1, 3, 7, 8).to(dtype)


def state_of(model, x):
    """All that looking must leave as it was, in a form that can be compared."""
    held = [
        [layer.training, [*layer._forward_hooks, *layer._forward_pre_hooks]]
        + [(key, id(value)) for key, value in vars(layer).items() if isinstance(value, torch.Tensor)]
        + [(id(value), value.requires_grad, value.grad) for value in layer.parameters(recurse=False)]
        for layer in model.modules()
    ]
    bits = [*model.state_dict().values(), x, torch.get_rng_state()]
    numbers = [value.detach().double().numpy().tobytes() for value in bits]
    return held, numbers, x.requires_grad, torch.is_grad_enabled()


def plain_hooks(words, dtype):
    """Every layer's name and output by hooks of torch alone, the input, and the last layer's first value."""
    model, layers, x = build(words, dtype)
    names, heard = {layer: name for name, layer in model.named_modules()}, []
    for layer in layers:
        layer.register_forward_hook(lambda layer, _, output: heard.append((names[layer], output.clone())))
    x.requires_grad_()
    return heard, x, model.eval()(x.clone())[0, 0, 0, 0]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from([*PARTS, *WRAPS, "again"]), max_size=7),
    st.sampled_from([torch.float32, torch.bfloat16]),
)
def test_the_maps_are_those_of_plain_hooks_and_looking_changes_nothing(words, dtype):
    heard, pixels, value = plain_hooks(words, dtype)
    model, layers, x = build(words, dtype)
    before = state_of(model, x)
    assert set(layers_of(model).values()) == set(layers)
    maps = feature_maps(model, x)
    assert state_of(model, x) == before
    assert [name.partition("#")[0] for name in maps] == [name for name, _ in heard]
    assert len(set(maps)) == len(heard)
    assert all(torch.equal(map_, wanted) for map_, (_, wanted) in zip(maps.values(), heard, strict=True))
    assert not any(map_.requires_grad for map_ in maps.values())

    last = heard[-1][0]
    try:
        value.backward()
    except RuntimeError:  # torch refuses a layer that works in place on what the one before it must remember
        with pytest.raises(RuntimeError):
            gradient_field(model, x, last, 0, 0, 0)
    else:
        assert torch.equal(gradient_field(model, x, last, 0, 0, 0), pixels.grad[0].abs().sum(dim=0))
    assert state_of(model, x) == before

    table = summary(model, (3, 7, 8))
    assert [row.output for row in table.rows] == [wanted.shape[1:] for _, wanted in heard]
    assert table.parameters == sum(value.numel() for value in model.parameters())
    assert state_of(model, x) == before


# Feature maps


def test_all_layers_in_the_order_in_which_they_run(x):
    stack = StackedConv()
    assert list(feature_maps(stack, x)) == ["conv1", "relu1", "conv2", "relu2", "conv3", "relu3"]
    assert list(feature_maps(stack, x, ["conv3", "conv1"])) == ["conv1", "conv3"]
    assert list(feature_maps(stack, x, "relu2")) == ["relu2"]


def test_layers_inside_layers_have_dotted_names(x):
    model = nn.Sequential()
    model.add_module("block", nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU()))
    model.add_module("head", nn.Flatten())
    maps = feature_maps(model, x, ["block.0", "block"])
    assert list(maps) == ["block.0", "block"]
    torch.testing.assert_close(maps["block"], maps["block.0"].relu())
    assert list(feature_maps(model, x)) == ["block.0", "block.1", "head"]


@pytest.mark.parametrize("error", [RuntimeError("broken"), KeyboardInterrupt()])
def test_no_hook_is_left_after_an_error_or_an_interrupt(x, error):
    model = nn.Sequential(nn.Conv2d(3, 2, 3), nn.Dropout(), Failing(error))
    with pytest.raises(type(error)):
        feature_maps(model, x)
    with pytest.raises(type(error)):
        gradient_field(model, x, "0", 0, 0, 0)
    with pytest.raises((type(error), ValueError)):
        summary(model, (3, 64, 64))
    assert hooks_of(model) == []
    assert all(layer.training for layer in model.modules())
    assert torch.is_grad_enabled()


LOOKS = [
    feature_maps,
    lambda model, x: feature_maps(model, x, "0"),
    lambda model, x: gradient_field(model, x, "0", 0, 0, 0),
    lambda model, x: summary(model, x.shape[1:]),
    lambda model, _: StackExplorer(np.zeros((16, 16, 3)), model),
    lambda model, _: VggExplorer(np.zeros((16, 16, 3)), model),
]


@pytest.mark.filterwarnings("ignore")  # torch.jit is on its way out
@pytest.mark.parametrize("look", LOOKS)
def test_layers_that_cannot_be_seen_are_never_left_out_in_silence(look):
    x = torch.rand(1, 3, 16, 16)
    plain = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).eval()
    compiled, itself = torch.compile(plain, backend="eager"), copy.deepcopy(plain)
    itself.compile(backend="eager")
    with torch.no_grad():
        compiled(x), itself(x)
    traced = torch.jit.trace(plain, x)
    for model in (
        compiled,
        itself,
        traced,
        torch.jit.script(plain),
        nn.Sequential(compiled),
        nn.Sequential(traced),
    ):
        with pytest.raises(
            ValueError, match=r"is compiled, traced or scripted: .* Pass the network as it was before"
        ):
            look(model, x)
    if look is not LOOKS[-1]:
        look(compiled._orig_mod, x)
        look(copy.deepcopy(itself), x)  # what the message says to pass
    with pytest.raises(ValueError, match=r"0.weight has no size yet: let the model see an image first"):
        look(nn.Sequential(nn.LazyConv2d(4, 3)), x)


def test_a_network_without_values_or_that_calls_no_layer_is_refused(x):
    for look in LOOKS[:3]:
        with pytest.raises(ValueError, match=r"meta device, so it has no values. Build it without"):
            look(nn.Sequential(nn.Conv2d(3, 4, 3, device="meta")), x)
    model = nn.Sequential(nn.Conv2d(3, 4, 3))
    model.forward = lambda x: nn.functional.conv2d(x, model[0].weight)
    with pytest.raises(ValueError, match="layer '0' takes no part in the forward pass"):
        feature_maps(model, x)


def test_what_is_no_input_or_no_name_is_refused(x):
    for look in LOOKS[:3]:
        with pytest.raises(TypeError, match=r"expected a tensor, got ndarray. images.to_tensor makes one"):
            look(nn.Sequential(nn.Conv2d(3, 4, 3)), x.numpy())
    with pytest.raises(TypeError, match="layers must be the name of a layer or a list of names, got 0"):
        feature_maps(StackedConv(), x, layers=0)


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
    with pytest.raises(TypeError, match="layer '0' gives a tuple, not a single tensor"):
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
        with pytest.raises(ValueError, match=message):
            gradient_field(stack, x, "conv1", channel, row, column)


def test_an_input_or_layer_that_cannot_be_asked_is_refused(x):
    with pytest.raises(ValueError, match=r"one image \(1, C, H, W\), got \(2, 3, 64, 64\)"):
        field_of(StackedConv(), torch.cat([x, x]), "conv1")
    with pytest.raises(ValueError, match=r"once and give \(1, channels, H, W\), but it gave \[\(1, 10\)\]"):
        field_of(nn.Sequential(nn.Flatten(), nn.Linear(3 * 64 * 64, 10)), x, "1")
