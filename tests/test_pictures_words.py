"""What the words of pictures say, over literal arrays small enough to check on paper."""

import re

import numpy as np
import pytest

from coursekit.pictures import show_feature_maps, show_filters, show_image, show_products, show_stages
from coursekit.pictures.words import (
    mean_words,
    number,
    peak,
    place,
    plural,
    range_words,
    share,
    sign_shares,
    table,
    trouble,
)

NAN, INF = float("nan"), float("inf")
BASE = np.tile([-1.0, -1.0, 1.0, 1.0], (4, 1))
BANK = np.stack([BASE, -BASE, BASE.T, -BASE.T])
RANDOM = np.random.default_rng(11)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.418, "0.42"),
        (-5.6549, "-5.7"),
        (3, "3"),
        (1234.5, "1200"),
        (0.000032, "0.000032"),
        (1e-12, "1e-12"),
        (-2.46e-9, "-2.5e-9"),
        (1e30, "1e30"),
        (-3.28e8, "-3.3e8"),
        (NAN, "nan"),
        (-INF, "-inf"),
        (np.float16(0.5), "0.50"),
    ],
)
def test_numbers_keep_two_figures(value, written):
    assert number(value) == written


def test_noise_beside_large_values_is_zero():
    assert number(3e-8, reach=1.0) == "0"
    assert number(-3e-8, reach=1.0) == "0"
    assert number(3e-8, reach=1e-7) == "3e-8"


@pytest.mark.parametrize(
    ("part", "written"),
    [(0, "0 %"), (1e-9, "under 1 %"), (0.25, "25 %"), (0.995, "over 99 %"), (1, "100 %")],
)
def test_shares_never_call_a_little_none(part, written):
    assert share(part) == written


def test_counts_take_a_plural():
    assert (plural(1, "map"), plural(0, "map"), plural(2, "map")) == ("1 map", "0 maps", "2 maps")


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([0.0, 1.0], "0 to 1"),
        ([-2.44, 2.36], "-2.4 to 2.4"),
        ([0.0, 0.0], "0 everywhere"),
        ([0.5, 0.5 + 1e-8], "0.50 everywhere"),
        ([0.5, 0.500004], "0.50 everywhere"),
        ([0.501, 0.504], "0.501 to 0.504"),
        ([1e-12, 3e-12], "1e-12 to 3e-12"),
        ([-1e30, 2e30], "-1e30 to 2e30"),
        ([1e-9, 1.0], "0 to 1"),
        ([NAN, 2.0, 3.0], "2 to 3"),
        ([NAN, INF], "no finite value"),
    ],
)
def test_ranges(values, written):
    assert range_words(np.array(values)) == written


def test_means_call_rounding_noise_zero_whatever_its_sign():
    exact, noisy = np.array([-1.0, 1.0]), np.array([-1.0, 1.0 + 1e-9])
    assert mean_words(exact) == mean_words(noisy) == "about 0"
    assert mean_words(np.zeros(3)) == "0"
    assert mean_words(np.array([1e30, 3e30])) == "2e30"
    assert mean_words(np.array([NAN])) == "unknown"
    assert mean_words(np.array([NAN, 4.0])) == "4"


def test_signs_take_noise_for_zero():
    assert sign_shares(np.array([-1.0, -1e-9, 0.0, 1.0])) == (0.25, 0.5)
    assert sign_shares(np.array([-1e-12, 1e-12])) == (0.5, 0.0)
    assert sign_shares(np.zeros(4)) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([[0.5, -0.25]], [["0.50", "-0.25"]]),
        ([[1.0, 20.0]], [["1", "20"]]),
        ([[12.25, -0.5]], [["12.2", "-0.5"]]),
        ([[-0.0, 0.5]], [["0.00", "0.50"]]),
        ([[-0.00123456, 0.5]], [["0.00", "0.50"]]),
        ([[0.001, 0.5]], [["0.001", "0.500"]]),
        ([[0.0625, 0.25]], [["0.0625", "0.2500"]]),
        ([[0.03125, 0.25]], [["0.03", "0.25"]]),
        ([[-0.2, 30.0]], [["-0.2", "30.0"]]),
        ([[-0.4, 130.5]], [["0", "130"]]),
        ([[0.05, 0.012]], [["0.050", "0.012"]]),
        ([[0.004, 0.0012]], [["0.0040", "0.0012"]]),
        ([[1e-12, -2e-12]], [["1.0e-12", "-2.0e-12"]]),
        ([[1e30, -1.0]], [["1.0e30", "0"]]),
        ([[NAN, 1.0]], [["nan", "1"]]),
        ([[INF, -1.0]], [["inf", "-1"]]),
        ([[0.0, 0.0]], [["0", "0"]]),
    ],
)
def test_tables_have_one_number_of_decimals_and_no_negative_zero(values, written):
    assert table(np.array(values)) == written


@pytest.mark.parametrize(
    ("row", "column", "name"),
    [
        (0, 0, "at the top left"),
        (4, 4, "at the centre"),
        (4, 8, "at the middle right"),
        (8, 4, "at the bottom centre"),
    ],
)
def test_places(row, column, name):
    map_ = np.zeros((9, 9))
    map_[row, column] = -2.0
    assert place(map_) == name
    assert peak(map_) == (row, column)


def test_places_of_small_and_even_maps():
    assert place(np.ones((5, 5))) == "everywhere alike"
    assert place(np.array([[0.0, 1.0]])) == "at the right"
    assert place(np.array([[3.0], [1.0]])) == "at the top"
    assert place(np.array([[7.0]])) == "everywhere alike"


def test_of_equal_places_and_peaks_noise_does_not_choose():
    for noise in (0.0, 1e-9, -1e-9):
        map_ = np.zeros((9, 9))
        map_[0, 0], map_[8, 8] = -1.0, 1.0 + noise
        assert place(map_) == "at the top left"
        assert peak(map_) == (0, 0)


def test_trouble_is_named_and_counted():
    assert trouble(np.array([1.0, 2.0])) == ""
    assert trouble(np.zeros(4)) == "Note: every value is 0."
    assert trouble(np.full(4, 0.25)) == "Note: every value is 0.25."
    assert trouble(np.array([NAN, 1.0])) == "Note: contains NaN, 1 of 2 values, drawn in magenta."
    assert "infinity, 2 of 3" in trouble(np.array([INF, -INF, 0.0]))


def test_words_of_maps():
    maps = np.array([[[-1.0, 0.0], [0.0, 3.0]], [[0.0, 0.0], [0.0, 0.0]]])
    assert show_feature_maps(maps, titles=["edges", "nothing"]).words == (
        "2 feature maps, each 2 x 2. Values -1 to 3, one scale for all: blue is negative, white is 0, "
        "red is positive, to 3. Edges: -1 to 3, 25 % negative, 50 % zero, mean 0.50, "
        "peak 3 at row 1, column 1, on average strongest at the bottom right. "
        "Nothing: 0 everywhere."
    )


def test_words_of_maps_that_cannot_be_negative():
    words = show_feature_maps([[0.0, 2.0]]).words
    assert "one scale: dark is 0, bright is 2. 50 % zero." in words
    assert "negative" not in words


def test_words_of_many_maps_count_the_empty_ones_and_name_the_strongest():
    maps = np.zeros((12, 4, 4))
    assert show_feature_maps(maps).words.endswith("All 12 are zero everywhere. Note: every value is 0.")
    maps[[2, 5, 7, 11], 0, 3] = [1.0, -4.0, 2.0, 3.0]
    words = show_feature_maps(maps).words
    assert "8 of them are zero everywhere. The three strongest: Map 6: -4 to 0" in words
    assert words.index("Map 6") < words.index("Map 8") < words.index("Map 12")
    assert "Map 3" not in words
    assert "None is zero everywhere." in show_feature_maps(maps + 1).words
    assert "1 of them is zero everywhere." in show_feature_maps(np.eye(12, 11)[:, None, :]).words


def test_stretched_maps_are_said_to_be_incomparable():
    words = show_feature_maps(np.stack([BASE, BASE / 100]), scale="each").words
    assert "each map stretched by itself" in words
    assert "panels cannot be compared" in words
    assert "one scale" not in words
    stages = show_stages({"a": BASE[None], "b": BASE[None] / 100}, scale="each").words
    assert stages.startswith("2 stages with each map stretched by itself, not to be compared.")


def test_values_outside_a_given_scale_are_counted():
    from coursekit.pictures.scale import Scale

    words = show_feature_maps(np.array([[0.0, 1.0, 2.0, 9.0]]), scale=Scale(0.0, 2.0, "positive")).words
    assert "25 % of the values lie outside the scale." in words


def test_words_of_filters_give_every_weight_of_a_small_bank():
    words = show_filters(BANK).words
    assert words.startswith("4 filters, each 4 x 4. Weights -1 to 1, one scale for all: blue is negative")
    assert "Filter 1: -1 -1 1 1 / -1 -1 1 1 / -1 -1 1 1 / -1 -1 1 1." in words
    assert "Filter 4: 1 1 1 1 / 1 1 1 1 / -1 -1 -1 -1 / -1 -1 -1 -1." in words


def test_words_of_large_banks_give_sums_without_noise():
    bank = np.zeros((16, 3, 3), np.float32)
    bank[:, 1] = 0.1, 0.2, -0.3
    assert bank[0].sum(dtype=np.float64) != 0
    words = show_filters(bank).words
    assert "Filter 1: -0.30 to 0.20, sum 0, heaviest at the middle right." in words
    assert words.endswith("The sums of all 16 kernels run from 0 to 0.")


def test_words_of_a_weight_name_filters_and_channels():
    words = show_filters(RANDOM.normal(size=(2, 3, 2, 2))).words
    assert words.startswith("2 filters of 3 kernels each, 2 x 2.")
    assert "Filter 2, channel 3: " in words


def test_words_of_images():
    colour = np.zeros((2, 2, 3))
    colour[0, 0] = (1.0, 0.5, 0.0)
    assert show_image(colour).words == (
        "Colour image, 2 x 2 pixels (height x width), 3 channels. Values 0 to 1. "
        "Mean red 0.250, green 0.125, blue 0. Mean of the top half 0.250, bottom 0, left 0.250, right 0."
    )
    assert "Values 0 to 255 (uint8), mean 128." in show_image(np.array([[0, 255], [255, 0]], np.uint8)).words
    assert show_image(colour, boxes=[(0, 1, 2, 1)]).words.endswith(
        "A frame marks rows 0 to 1, columns 1 to 1."
    )
    assert "contains NaN, 1 of 2 values" in show_image([[NAN, 0.5]]).words


def test_words_of_products_give_every_product_and_the_sum():
    assert show_products([[0.5, 0.25]], [[-1.0, 1.0]]).words == (
        "Patch 0.50 0.25 times kernel -1 1, cell by cell, gives products -0.50 0.25. Their sum is -0.250."
    )
    assert "Their sum is 0." in show_products([[0.1, 0.2, 0.3]], [[1.0, 1.0, -1.0]]).words


def test_words_of_stages_go_in_order():
    words = show_stages({"in": np.zeros((4, 5, 3)), "conv": BASE[None], "relu": BASE[None].clip(0)}).words
    assert words.startswith("3 stages on one scale: blue is negative")
    assert words.index("in: Colour image, 4 x 5") < words.index("conv: 1 feature map") < words.index("relu: ")
    assert "relu: 1 feature map, 4 x 4. Values 0 to 1. 50 % zero." in words


PHOTO = RANDOM.random((30, 40, 3)) * np.linspace(0.3, 1, 40)[:, None] * [1.0, 0.8, 0.6]
MAPS = RANDOM.normal(size=(8, 20, 20)) * np.linspace(0.5, 1.5, 20)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m[[1, 0, *range(2, 8)]],
        lambda m: m.transpose(0, 2, 1),
        lambda m: m[:, ::-1],
        lambda m: m[:, :, ::-1],
        lambda m: m * 1.1,
        lambda m: m + 0.1,
        lambda m: -m,
        lambda m: np.roll(m, 1, axis=2),
        lambda m: m * (np.arange(8) != 3)[:, None, None],
        lambda m: m[:7],
        lambda m: m.clip(0),
    ],
    ids=[
        "swapped",
        "transposed",
        "upside-down",
        "mirrored",
        "scaled",
        "shifted",
        "negated",
        "rolled",
        "one-empty",
        "one-missing",
        "clipped",
    ],
)
def test_changed_maps_have_other_words(change):
    assert show_feature_maps(change(MAPS)).words != show_feature_maps(MAPS).words
    assert show_stages({"a": change(MAPS)}).words != show_stages({"a": MAPS}).words


def test_swapping_a_map_with_its_negative_changes_the_words():
    pair = np.stack([MAPS[0] / np.abs(MAPS[0]).max(), -MAPS[0] / np.abs(MAPS[0]).max()])
    assert show_feature_maps(pair).words != show_feature_maps(pair[::-1]).words


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p[..., ::-1],
        lambda p: p[::-1],
        lambda p: p[:, ::-1],
        lambda p: p.transpose(1, 0, 2),
        lambda p: p * 0.9,
        lambda p: p[1:],
        lambda p: 1 - p,
    ],
    ids=["BGR", "upside-down", "mirrored", "transposed", "darker", "a-row-less", "negative"],
)
def test_changed_photographs_have_other_words(change):
    assert show_image(change(PHOTO)).words != show_image(PHOTO).words


def test_one_changed_weight_changes_the_words():
    said = {show_filters(BANK).words}
    for index in np.ndindex(BANK.shape):
        changed = BANK.copy()
        changed[index] += 0.25
        said.add(show_filters(changed).words)
    assert len(said) == BANK.size + 1


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_noise_of_another_processor_does_not_change_the_words(kind):
    flat = np.full((4, 20, 20), 0.5) - 0.5
    maps = np.concatenate([MAPS[:4], flat]).astype(kind)
    for seed in range(5):
        noise = np.random.default_rng(seed).normal(size=maps.shape) * 1e-8
        assert show_feature_maps((maps + noise).astype(kind)).words == show_feature_maps(maps).words


def test_negative_zero_is_nowhere():
    zeros = np.array([[-0.0, -0.001], [0.0, 1.0]])
    for picture in (
        show_feature_maps(zeros),
        show_filters(zeros),
        show_filters(-zeros * 0),
        show_products(zeros, zeros),
    ):
        assert not re.search(r"-0(\.0+)?(?![\d.]*[1-9])(?=\D|$)", picture.words)


def test_stages_of_filters_are_called_so():
    words = show_stages({"a": np.eye(3)[None], "b": np.ones((2, 3, 3))}, noun="filter").words
    assert "a: 1 filter, 3 x 3." in words
    assert "b: 2 filters, each 3 x 3." in words
    assert "Filter 2: 1 everywhere." in words
    assert "map" not in words
