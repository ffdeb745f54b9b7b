"""What pictures refuse to draw, in words that a learner can act on."""

import numpy as np
import pytest
import torch

from coursekit.pictures import (
    show_channels,
    show_confusion,
    show_curves,
    show_feature_maps,
    show_filters,
    show_histogram,
    show_image,
    show_network,
    show_pooling,
    show_products,
    show_sliding,
    show_stages,
    show_windows,
)

MAPS = np.arange(432.0).reshape(4, 9, 12)
WEIGHT = np.arange(108.0).reshape(4, 3, 3, 3)
BASE, LAST = np.eye(4), np.zeros((4, 5))
NUMBERS = np.arange(9.0).reshape(3, 3)
TEN = np.zeros((10, 10))
VALUES = [
    (lambda: show_image(np.zeros((2, 3, 4, 5))), r"\(H, W\) or \(H, W, 3\), but got \(2, 3, 4"),
    (lambda: show_image(np.zeros((3, 8, 8))), r"Channels come last.*transpose\(1, 2, 0\)"),
    (lambda: show_image(torch.zeros(3, 8, 8)), r"Channels come last.*permute\(1, 2, 0\)"),
    (lambda: show_image(NUMBERS), r"between 0 and 1, but its values are 0 to 8.*Divide 0 to 255 by 255"),
    (lambda: show_image(np.full((2, 2), 300, np.int16)), "must lie between 0 and 1"),
    (lambda: show_image(np.zeros((0, 4))), r"the image must hold numbers, but the shape is \(0, 4\)"),
    (lambda: show_image([[1, 2], [3]]), "rows of the image must all have the same length"),
    (lambda: show_image(np.zeros((40, 40)), values=True), r"40 x 40 pixels would be too small to read"),
    (lambda: show_image(TEN, boxes=[(0, 0, 11, 1)]), "frame .*does not fit into"),
    (lambda: show_image(TEN, boxes=[(1, 2, 3)]), r"\(row, column, height, width\)"),
    (lambda: show_image(TEN, boxes=(1, 2, 3, 3)), r"\(row, column, height, width\)"),
    (lambda: show_image(TEN, detail=(0, 0, 11, 5)), "the detail"),
    (lambda: show_image(TEN, detail="all"), "the detail"),
    (lambda: show_feature_maps(np.zeros(5)), r"\(C, H, W\).*but got \(5,\)"),
    (lambda: show_feature_maps(np.zeros((2, 3, 4, 5))), r"choose one image first: maps\[0\]"),
    (lambda: show_feature_maps(np.zeros((0, 3, 4))), "the feature maps must hold numbers"),
    (
        lambda: show_feature_maps(np.zeros((513, 2, 2))),
        r"513 feature maps are too many.*at most 512.*first 64",
    ),
    (lambda: show_feature_maps(MAPS, titles=["a", "b"]), "got 2 names for 4 maps"),
    (lambda: show_feature_maps(MAPS[:1], titles="edges"), r"a list, like \['edges'\]"),
    (lambda: show_feature_maps(MAPS, scale="own"), '"shared" or "each", but got \'own\''),
    (lambda: show_feature_maps(MAPS, columns=0), "columns must be a whole number of at least 1"),
    (lambda: show_feature_maps(np.zeros((99, 2, 2)), columns=99), "99 columns are too many"),
    (lambda: show_filters(np.zeros(4)), r"\(out, in, kh, kw\), but got \(4,\)"),
    (lambda: show_filters(np.zeros((1, 1, 1, 2, 2))), r"but got \(1, 1, 1, 2, 2\)"),
    (lambda: show_filters(np.zeros((2, 0, 3, 3))), "must hold numbers"),
    (lambda: show_filters(np.zeros((513, 2, 2))), "513 kernels are too many"),
    (lambda: show_filters(np.zeros((64, 64, 3, 3))), "4096 kernels are too many"),
    (lambda: show_filters(BASE, titles=["a", "b"]), "got 2 names for 1 kernel"),
    (lambda: show_filters(np.zeros((2, 3, 2, 2)), titles=["a"]), "got 1 name for 2 filters"),
    (lambda: show_filters(np.zeros((200, 3, 3)), values=True), "200 kernels.*too small to read"),
    (lambda: show_filters(WEIGHT, colour=True, columns=-2), "of at least 1, but got -2"),
    (lambda: show_filters(np.zeros((99, 3, 2, 2)), colour=True, columns=99), "too many"),
    (lambda: show_filters(np.zeros((513, 3, 3, 3)), colour=True), "513 filters are too many"),
    (lambda: show_filters(WEIGHT[:, :1], colour=True), r"\(out, 3, kh, kw\).*Leave colour out"),
    (lambda: show_products(NUMBERS, BASE), r"\(3, 3\) and \(4, 4\)"),
    (lambda: show_products(np.zeros((8, 8)), np.zeros((8, 8))), "at most 7 x 7"),
    (lambda: show_products(np.zeros(3), np.zeros(3)), "2-D"),
    (lambda: show_sliding(np.zeros((13, 5)), BASE), r"at most 12 x 12, but got the shapes \(13, 5\)"),
    (lambda: show_sliding(NUMBERS, BASE), r"a kernel of \(4, 4\) does not fit into an image of \(3, 3\)"),
    (
        lambda: show_sliding(TEN, BASE, steps=[50]),
        "a step must be .* 1 to 49, but got 50. The map has 49",
    ),
    (lambda: show_sliding(TEN, BASE, steps=[]), "1 to 6 steps, but got 0"),
    (lambda: show_channels(MAPS, WEIGHT), r"\(4, 9, 12\) and \(4, 3, 3, 3\).*choose one filter: weight\[0\]"),
    (lambda: show_channels(MAPS[:3], WEIGHT[0, :2]), r"a kernel for each channel.*\(2, 3, 3\)"),
    (lambda: show_channels(np.ones((5, 4, 4)), np.ones((5, 2, 2))), "up to 4 channels"),
    (lambda: show_channels(MAPS, WEIGHT[:, 0]), "got 3 names for 4 channels"),
    (lambda: show_network({}), "1 to 20 shapes, but got 0"),
    (
        lambda: show_network({"conv": (1, 3, 8, 8)}),
        r"conv must be \(C, H, W\) or \(n,\).*batch axis",
    ),
    (
        lambda: show_network({"conv": (0, 8, 8)}),
        "each size of conv must be a whole number of at least 1",
    ),
    (lambda: show_confusion(np.ones((2, 3)), "ab"), r"\(n, n\), n up to 16, but got \(2, 3\)"),
    (lambda: show_confusion([[0.5]], ["a"]), "whole numbers, at least 0. Pass the counts"),
    (lambda: show_confusion([[0]], ["a"]), "all 0"),
    (lambda: show_confusion(BASE, ["a", "b"]), "got 2 names for 4 rows"),
    (lambda: show_image(TEN, boxes=[(0, 0, 2, 2)], labels=["a", "b"]), "got 2 names for 1 frame"),
    (lambda: show_stages({}), "no stage to show"),
    (lambda: show_stages({"a": MAPS}, numbers={"a": [1, 9]}), "the stage 'a': got 2 names for 4 maps"),
    (lambda: show_stages({"a": MAPS}, numbers={"b": [1]}), "numbers for 'b', but no stage"),
    (lambda: show_stages(MAPS), "Pass names with arrays"),
    (lambda: show_stages({"a": MAPS, "b": np.zeros(4)}), r"the stage 'b': .*\(4,\)"),
    (
        lambda: show_stages({"a": WEIGHT.reshape(4, 9, 3), "b": MAPS}),
        "the stage 'a': .*must lie between 0 and 1",
    ),
    (lambda: show_curves({}), "1 to 6 curves, but got 0"),
    (lambda: show_curves({"a": [1, 2], "b": [1]}), "must have the same length"),
    (lambda: show_histogram({}), "1 to 3 histograms, but got 0"),
    (lambda: show_histogram({"a": [np.nan]}), "needs finite values"),
    (
        lambda: show_pooling(np.ones((9, 2)), {"max": np.ones((4, 1))}),
        r"at most 8 x 8, but got \(9, 2\)",
    ),
    (lambda: show_pooling(np.ones((2, 2, 2)), {"max": [[1]]}), "must be 2-D"),
    (lambda: show_pooling(BASE, {}), "1 to 3 results, but got 0"),
    (
        lambda: show_pooling(BASE, {"max": [[6, 4, 8]]}),
        "into 2 x 2 values, or 2 x 2 with ceil_mode",
    ),
    (
        lambda: show_pooling(LAST, {"max": np.zeros((3, 2))}),
        "turn the table into 2 x 2 values, or 2 x 3 with ceil_mode",
    ),
    (lambda: show_pooling(BASE, {"max": [6, 4]}), r"max has the shape \(2,\)"),
    (lambda: show_pooling(BASE, {"max": [[8]]}, 0), "size must be a whole number of at least 1, but got 0"),
    (lambda: show_windows([]), "1 to 8 settings, but got 0"),
    (lambda: show_windows([{}] * 9), "but got 9"),
    (lambda: show_windows([{"strides": 2}]), "'strides'; use kernel, stride, padding or dilation"),
    (lambda: show_windows([{"size": 2}]), "no setting is called 'size'"),
    (lambda: show_windows([{"stride": 0}]), "stride must be a whole number from 1 to 16, but got 0"),
    (lambda: show_windows([{"padding": -1}]), "padding must be a whole number from 0 to 8, but got -1"),
    (
        lambda: show_windows([{"dilation": 4}]),
        "dilation 4: a window spans 9 pixels, but there are only 8",
    ),
    (lambda: show_windows([{}], size=17), "size must be a whole number from 1 to 16, but got 17"),
]

TYPES = [
    (lambda: show_feature_maps(MAPS, columns=2.0), "but got 2.0"),
    (lambda: show_pooling(BASE, {"max": [[8]]}, True), "but got True"),
    (lambda: show_image(np.zeros((3, 3), complex)), "real numbers.*complex128"),
    (lambda: show_image("cat.jpg"), "real numbers, but got str"),
    (lambda: show_stages({"a": "cat"}), "the stage 'a': .*real numbers"),
    (lambda: show_pooling(BASE, [[6, 4], [8, 7]]), "names with arrays"),
    (lambda: show_pooling(BASE, {"max": "many"}), "the result max must hold real numbers"),
    (lambda: show_pooling([["a"]], {"max": [[1]]}), "the table must hold real numbers"),
    (lambda: show_network([(3, 8, 8)]), "names with shapes, like {'input'"),
    (lambda: show_network({"a": (2.5,)}), "each size of a must be a whole number"),
    (lambda: show_windows([{"stride": 1.5}]), "stride must be a whole number from 1 to 16, but got 1.5"),
    (lambda: show_windows([{"stride": True}]), "but got True"),
    (lambda: show_windows([{}], kernel="3"), "kernel must be a whole number"),
    (lambda: show_windows({"stride": 2}), "must be a list"),
    (lambda: show_windows([2]), "a name with a number, .* but got 2"),
]


@pytest.mark.parametrize(("call", "message"), VALUES)
def test_wrong_values_are_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(("call", "message"), TYPES)
def test_wrong_types_are_refused_in_words(call, message):
    with pytest.raises(TypeError, match=message):
        call()
