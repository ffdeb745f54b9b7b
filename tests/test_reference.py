"""The NumPy arithmetic against paper, torch and SciPy."""

from functools import partial
from itertools import pairwise

import cv2
import numpy as np
import pytest
import scipy.signal
import torch
from torch.nn import functional

from coursekit import filters, reference
from coursekit.reference import Layer

SEEDS = range(25)


def random_settings(rng):
    """Sizes, kernel, and settings that may or may not be possible together."""
    return {
        "size": tuple(int(n) for n in rng.integers(1, 16, 2)),
        "kernel": tuple(int(n) for n in rng.integers(1, 6, 2)),
        "stride": tuple(int(n) for n in rng.integers(1, 4, 2)),
        "padding": tuple(int(n) for n in rng.integers(0, 4, 2)),
        "dilation": tuple(int(n) for n in rng.integers(1, 4, 2)),
        "ceil_mode": bool(rng.integers(2)),
    }


def both(ours, theirs, *arrays, **settings):
    """The two results, or None twice: what torch refuses, ours must refuse."""
    try:
        expected = theirs(*map(torch.tensor, arrays), **settings)
    except RuntimeError:
        with pytest.raises(ValueError, match=r"must be|does not fit"):
            ours(*arrays, **settings)
        return None, None
    return ours(*arrays, **settings), expected.numpy()


def conv2d(image, kernel, **settings):
    return functional.conv2d(image[None, None], kernel[None, None], **settings)[0, 0]


# Convolution


def test_cross_correlation_on_paper():
    image = [[1, 2, 0], [0, 1, 3], [4, 0, 1]]
    kernel = [[1, 0], [0, -1]]
    np.testing.assert_array_equal(reference.cross_correlate2d(image, kernel), [[0, -1], [0, 0]])
    np.testing.assert_array_equal(reference.convolve2d(image, kernel), [[0, 1], [0, 0]])
    wider = reference.cross_correlate2d(image, kernel, stride=2, padding=1)
    np.testing.assert_array_equal(wider, [[-1, 0], [-4, 0]])
    np.testing.assert_array_equal(reference.cross_correlate2d(image, kernel, dilation=2), [[0]])


def test_cross_correlation_equals_torch_and_refuses_what_torch_refuses():
    refused = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        at = random_settings(rng)
        image = rng.standard_normal(at["size"], dtype=np.float32)
        kernel = rng.standard_normal(at["kernel"], dtype=np.float32)
        settings = {name: at[name] for name in ("stride", "padding", "dilation")}
        ours, torchs = both(reference.cross_correlate2d, conv2d, image, kernel, **settings)
        refused += ours is None
        if ours is not None:
            assert ours.dtype == np.float32
            np.testing.assert_allclose(ours, torchs, atol=1e-5)
    assert 10 < refused < 90  # both ways were tried


def test_convolution_equals_scipy():
    rng = np.random.default_rng(0)
    image, kernel = rng.random((9, 8)), rng.standard_normal((3, 4))
    expected = scipy.signal.convolve2d(image, kernel, "valid")
    np.testing.assert_allclose(reference.convolve2d(image, kernel), expected)


def test_integers_are_converted_so_that_negative_answers_stay():
    bright_to_dark = np.array([[200, 200, 0, 0]] * 3, dtype=np.uint8)
    sobel = filters.kernel("sobel_x")
    np.testing.assert_array_equal(reference.cross_correlate2d(bright_to_dark, sobel), [[-800, -800]])
    assert (cv2.filter2D(bright_to_dark, -1, sobel)[1, 1:3] == 0).all()  # what the conversion avoids


def test_float64_stays_and_inputs_are_not_changed():
    image, kernel = np.ones((3, 3)), np.ones((2, 2), dtype=np.float32)
    image.flags.writeable = kernel.flags.writeable = False
    assert reference.cross_correlate2d(image, kernel).dtype == np.float64
    assert reference.max_pool2d(image, 2).dtype == np.float64
    assert not np.shares_memory(reference.relu(image), image)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"image": np.ones((4, 4, 3))}, ValueError, r"image must have shape \(H, W\) .* got \(4, 4, 3\)"),
        ({"image": np.ones((0, 4))}, ValueError, r"no empty axis, got \(0, 4\)"),
        ({"image": np.ones((4, 4), dtype=complex)}, TypeError, "real numbers, got dtype complex128"),
        ({"kernel": np.ones(3)}, ValueError, r"kernel must have shape \(kh, kw\)"),
        ({"kernel": np.ones((2, 7))}, ValueError, "7 pixels does not fit into 6 pixels with padding 0"),
        ({"kernel": np.ones((3, 3)), "dilation": 3}, ValueError, "window of 7 pixels does not fit"),
        ({"stride": 0}, ValueError, "stride must be 1 or more, got 0"),
        ({"stride": (1, -1)}, ValueError, r"stride must be 1 or more, got \(1, -1\)"),
        ({"padding": -1}, ValueError, "padding must be 0 or more, got -1"),
        ({"padding": "same"}, TypeError, "padding must be a whole number or a pair of them, got 'same'"),
        ({"dilation": 0}, ValueError, "dilation must be 1 or more, got 0"),
        ({"stride": 1.5}, TypeError, "stride must be a whole number or a pair of them, got 1.5"),
        ({"stride": (1, 2, 3)}, TypeError, "stride must be a whole number or a pair"),
    ],
)
def test_convolution_says_what_is_wrong(arguments, error, message):
    for function in (reference.cross_correlate2d, reference.convolve2d):
        with pytest.raises(error, match=message):
            function(**{"image": np.ones((6, 6)), "kernel": np.ones((2, 2)), **arguments})


# Several layers as one kernel


def test_two_blurs_are_one_on_paper():
    np.testing.assert_array_equal(reference.compose_kernels([[1, 2]], [[1, 0, 3]]), [[1, 2, 3, 6]])
    box = np.ones((2, 2))
    np.testing.assert_array_equal(reference.compose_kernels(box, box), np.outer([1, 2, 1], [1, 2, 1]))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_chain_of_conv_layers_equals_its_one_kernel(seed):
    rng = np.random.default_rng(seed)
    channels = rng.integers(1, 4, 4)
    shapes = [(outputs, inputs, *rng.integers(1, 4, 2)) for inputs, outputs in pairwise(channels)]
    weights = [rng.standard_normal(shape) for shape in shapes]
    maps = image = torch.from_numpy(rng.random((1, channels[0], 12, 11)))
    for weight in weights:
        maps = functional.conv2d(maps, torch.from_numpy(weight))
    composed = torch.from_numpy(reference.compose_kernels(*weights))
    np.testing.assert_allclose(functional.conv2d(image, composed), maps, atol=1e-9)


def test_composing_says_what_is_wrong():
    with pytest.raises(ValueError, match="at least one weight"):
        reference.compose_kernels()
    with pytest.raises(ValueError, match="12 output channels is followed by one that reads 24"):
        reference.compose_kernels(np.ones((12, 3, 5, 5)), np.ones((48, 24, 5, 5)))
    with pytest.raises(ValueError, match=r"weight must have shape \(out, in, kh, kw\)"):
        reference.compose_kernels(np.ones((12, 3, 5, 5)), np.ones((3, 3)))


# ReLU and pooling


def test_relu_clips_and_does_not_scale():
    x = np.array([[-3, 0.5], [2, -0.25]], dtype=np.float32)
    activated = reference.relu(x)
    np.testing.assert_array_equal(activated, [[0, 0.5], [2, 0]])
    assert activated.dtype == np.float32
    for kind in (bool, np.int8, np.uint8, np.float16, np.float64):
        values = np.array([[-3, 0, 2]]).astype(kind)
        activated = reference.relu(values)
        assert activated.dtype == kind
        np.testing.assert_array_equal(activated, np.where(values > 0, values, kind(0)))
    assert isinstance(reference.relu(-2.5), np.ndarray)
    for wrong in (1j, "a", None):
        with pytest.raises(TypeError, match="x must hold real numbers"):
            reference.relu([wrong])


def test_pooling_on_paper():
    x = [[1, 2, 5, 6, 9], [3, 4, 7, 8, 9], [0, 0, 0, 0, 9]]
    np.testing.assert_array_equal(reference.max_pool2d(x, 2), [[4, 8]])
    np.testing.assert_array_equal(reference.avg_pool2d(x, 2), [[2.5, 6.5]])
    np.testing.assert_array_equal(reference.max_pool2d(x, 2, ceil_mode=True), [[4, 8, 9], [0, 0, 9]])
    np.testing.assert_array_equal(reference.avg_pool2d(x, 2, ceil_mode=True), [[2.5, 6.5, 9], [0, 0, 9]])
    np.testing.assert_array_equal(reference.avg_pool2d([[4.0]], 2, padding=1), [[1]])  # zeros count
    np.testing.assert_array_equal(reference.max_pool2d([[-4.0]], 2, padding=1), [[-4]])  # padding never wins
    np.testing.assert_array_equal(reference.max_pool2d(x, 2, stride=1)[0], [4, 7, 8, 9])


@pytest.mark.parametrize("pool", ["max_pool2d", "avg_pool2d"])
def test_pooling_equals_torch_and_refuses_what_torch_refuses(pool):
    refused = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        at = random_settings(rng)
        x = rng.standard_normal((2, 3, *at["size"]), dtype=np.float32) - 1
        settings = {name: at[name] for name in ("stride", "padding", "ceil_mode")}
        if seed % 3 == 0:
            settings["stride"] = None
        ours, torchs = both(
            partial(getattr(reference, pool), size=at["kernel"]),
            partial(getattr(functional, pool), kernel_size=at["kernel"]),
            x,
            **settings,
        )
        if ours is None:
            refused += 1
            continue
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, torchs, atol=1e-6)
    assert 20 < refused < 180  # both ways were tried


def test_integers_pool_as_floats():
    image = np.array([[255, 254], [255, 255]], dtype=np.uint8)
    assert reference.avg_pool2d(image, 2).item() == 254.75
    assert reference.max_pool2d(image, 2, padding=1).max() == 255


@pytest.mark.parametrize("pool", [reference.max_pool2d, reference.avg_pool2d])
@pytest.mark.parametrize(
    ("x", "arguments", "error", "message"),
    [
        (np.ones(4), {"size": 2}, ValueError, r"x must have shape \(..., H, W\)"),
        (np.ones((3, 0)), {"size": 2}, ValueError, r"no empty axis, got \(3, 0\)"),
        (np.array([["a"]]), {"size": 1}, TypeError, "real numbers"),
        (np.ones((4, 4)), {"size": 0}, ValueError, "size must be 1 or more, got 0"),
        (np.ones((4, 4)), {"size": 5}, ValueError, "window of 5 pixels does not fit into 4"),
        (np.ones((4, 4)), {"size": 2, "stride": 0}, ValueError, "stride must be 1 or more, got 0"),
        (np.ones((4, 4)), {"size": 3, "padding": 2}, ValueError, "half the size, got padding 2 for size 3"),
    ],
)
def test_pooling_says_what_is_wrong(pool, x, arguments, error, message):
    with pytest.raises(error, match=message):
        pool(x, **arguments)


# Geometry


def test_output_sizes():
    assert reference.output_size((225, 400), (5, 4)) == (221, 397)
    assert reference.output_size(np.int64(5), 2, stride=2) == 2
    assert reference.output_size(5, 2, stride=2, ceil_mode=True) == 3
    assert reference.output_size(20, (5, 5), stride=[2, 2]) == 8
    with pytest.raises(ValueError, match=r"output size differs between the two directions, got \(16, 17\)"):
        reference.output_size(20, (5, 4))
    with pytest.raises(ValueError, match="dilation must be 1 or more, got 0"):
        reference.output_size(9, 3, dilation=0)
    with pytest.raises(ValueError, match="size must be 1 or more"):
        reference.output_size(0, 1)


def random_chain(rng):
    layers = []
    for _ in range(rng.integers(1, 5)):
        kernel, stride, dilation = (int(n) for n in rng.integers(1, [4, 3, 3]))
        layers.append(Layer(kernel, stride, int(rng.integers(0, 2)), dilation))
    return layers


@pytest.mark.parametrize("seed", range(40))
def test_the_receptive_field_is_where_the_gradient_is(seed):
    rng = np.random.default_rng(seed)
    layers = random_chain(rng)
    field = reference.receptive_field(layers)
    x = torch.ones(1, 1, 80, 80, requires_grad=True)
    maps = x
    for kernel, stride, padding, dilation in layers:
        # Positive weights: no two ways through the layers cancel.
        maps = functional.conv2d(maps, torch.ones(1, 1, kernel, kernel), None, stride, padding, dilation)
    unit = maps.shape[-1] // 2
    (gradient,) = torch.autograd.grad(maps[0, 0, unit, unit], x)
    touched = torch.nonzero(gradient[0, 0].sum(dim=0)).flatten()
    first, last = field.span(unit)
    assert first >= 0
    assert last < 80
    assert (touched.min().item(), touched.max().item()) == (first, last)
    assert last - first + 1 == field.size
    assert (first + last) / 2 == field.first_centre + unit * field.step


def test_receptive_fields_of_the_lessons():
    assert reference.receptive_field([]) == (1, 1, 0.0)
    assert reference.receptive_field([Layer(4)]) == (4, 1, 1.5)  # no centre pixel: half a pixel off
    assert reference.receptive_field([(5,), (5,), (5,)]).size == 13
    conv = torch.nn.Conv2d(3, 4, 3, stride=2, padding=1, dilation=2)
    as_torch_has_it = Layer(conv.kernel_size, conv.stride, conv.padding, conv.dilation)
    assert reference.receptive_field([as_torch_has_it] * 2) == reference.receptive_field(
        [Layer(3, 2, 1, 2)] * 2
    )


@pytest.mark.parametrize(
    ("layer", "error", "message"),
    [
        (Layer(0), ValueError, "kernel must be 1 or more, got 0"),
        (Layer(3, stride=0), ValueError, "stride must be 1 or more, got 0"),
        (Layer(3, padding=-1), ValueError, "padding must be 0 or more, got -1"),
        (Layer(3, dilation=0), ValueError, "dilation must be 1 or more, got 0"),
        (Layer(2.5), TypeError, "kernel must be a whole number"),
        (Layer((3, 5)), ValueError, r"kernel differs between the two directions, got \(3, 5\). Ask for each"),
        (
            (3, 1, 0, 1, 1),
            TypeError,
            r"a layer must be Layer\(...\) or \(kernel, stride, .* got \(3, 1, 0, 1, 1\)",
        ),
        (3, TypeError, r"a layer must be Layer\(...\) or \(kernel, stride, padding, dilation\), got 3"),
    ],
)
def test_the_receptive_field_says_what_is_wrong(layer, error, message):
    with pytest.raises(error, match=message):
        reference.receptive_field([Layer(3), layer])
