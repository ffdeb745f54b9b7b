"""What the words of pictures say, over literal arrays small enough to check on paper."""

import numpy as np
import pytest
from page_reading import panels, texts

from coursekit.pictures import show_feature_maps, show_filters, show_image, show_products, show_stages
from coursekit.pictures.image import image_words
from coursekit.pictures.words import number, range_words, share, slashed, table, tables, trouble

NAN, INF = float("nan"), float("inf")
BASE = np.tile([-1.0, -1.0, 1.0, 1.0], (4, 1))
BANK = np.stack([BASE, -BASE, BASE.T, -BASE.T])
RANDOM = np.random.default_rng(11)


def test_numbers_keep_two_figures_and_noise_beside_large_ones_is_zero():
    values = [-0.0, 0.000032, 1e-12, -2.46e-9, -3.28e8, NAN, -INF, np.float16(0.5)]
    said = ["0", "0.000032", "1e-12", "-2.5e-9", "-3.3e8", "nan", "-inf", "0.50"]
    assert [number(value) for value in values] == said
    assert [number(3e-8, reach=reach) for reach in (1.0, 1e-7)] == ["0", "3e-8"]


def test_shares_never_call_a_little_none():
    said = [share(part) for part in (0, 1e-9, 0.25, 0.995, 1)]
    assert said == ["0 %", "under 1 %", "25 %", "over 99 %", "100 %"]


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([-2.44, 2.36], "-2.4 to 2.4"),
        ([0.0, 0.0], "0 everywhere"),
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


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([-1.0, 1.0], "mean about 0,"),
        ([-1.0, 1.0 + 1e-9], "mean about 0,"),
        ([1e30, 3e30], "mean 2e30,"),
        ([NAN, 2.0, 6.0], "mean 4,"),
        ([-1.0, -1e-9, 0.0, 1.0], " 25 % negative, 50 % zero."),
        ([-1e-12, 1e-12], " 50 % negative, 0 % zero."),
        ([0.0, 0.0], " 100 % zero."),
    ],
)
def test_means_and_signs_take_noise_for_zero(values, said):
    assert said in show_feature_maps([values]).words


@pytest.mark.parametrize(
    ("kernel", "written"),
    [
        (np.array([[1.0, 2.0], [0.0, -4.0]]) / 16, [["1/16", "2/16"], ["0", "-4/16"]]),
        (np.full((1, 3), 1 / 9, np.float32), [["1/9", "1/9", "1/9"]]),
        ([[0.125, 1.0]], [["1/8", "8/8"]]),
        ([[0.5, 0.25]], [["0.50", "0.25"]]),
        ([[0.1, -0.3]], [["0.10", "-0.30"]]),
        ([[1 / 17, 0.0]], [["0.059", "0.000"]]),
        ([[2.0, -1.0]], [["2", "-1"]]),
        ([[0.0, 0.0]], [["0", "0"]]),
    ],
)
def test_weights_are_written_as_fractions_where_decimals_read_worse(kernel, written):
    kernel = np.array(kernel)
    assert tables(kernel[None]) == [written]
    said = f"Kernel 1: {slashed(written)}."
    assert said in show_filters(kernel).words
    assert f"times kernel {slashed(written)}," in show_products(np.ones(kernel.shape), kernel).words


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([[12.25, -0.5]], [["12.2", "-0.5"]]),
        ([[-0.0, 0.5]], [["0.00", "0.50"]]),
        ([[-0.00123456, 0.5]], [["0.00", "0.50"]]),
        ([[0.001, 0.5]], [["0.001", "0.500"]]),
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


def spot(size, *values):
    """A map of zeros with some values: (row, column, value)."""
    map_ = np.zeros((size, size))
    for row, column, value in values:
        map_[row, column] = value
    return map_


@pytest.mark.parametrize(
    ("map_", "peak"),
    [
        (spot(9, (4, 8, -2.0), (3, 3, 1.0)), (4, 8)),
        ([[0.0, NAN, 1.0]], (0, 2)),
        # Of equals noise does not choose.
        (spot(9, (0, 0, -1.0), (8, 8, 1.0 + 1e-9)), (0, 0)),
        (spot(9, (0, 0, -1.0), (8, 8, 1.0 - 1e-9)), (0, 0)),
    ],
)
def test_peaks(map_, peak):
    assert f" at row {peak[0]}, column {peak[1]}." in show_feature_maps(map_).words


def test_trouble_is_named_and_counted():
    assert trouble(np.array([1.0, 2.0])) == ""
    assert trouble(np.full(4, 0.25)) == "Note: every value is 0.25."
    assert trouble(np.array([NAN, 1.0])) == "Note: NaN in 1 of 2 values, drawn in magenta."
    assert "infinity in 2 of 3" in trouble(np.array([INF, -INF, 0.0]))


def test_words_of_maps():
    maps = np.array([[[-1.0, 0.0], [0.0, 3.0]], [[0.0, 0.0], [0.0, 0.0]]])
    assert show_feature_maps(maps, titles=["edges", "nothing"]).words == (
        "2 feature maps, each 2 x 2. Values -1 to 3, on one scale from blue (-3) through white (0) to "
        "red (3). Edges: -1 to 3, 25 % negative, 50 % zero, mean 0.50, peak 3 at row 1, column 1. "
        "Nothing: 0 everywhere."
    )


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
    assert "each map stretched on its own" in words
    assert "the maps cannot be compared" in words
    assert "one scale" not in words
    stages = show_stages({"a": BASE[None], "b": BASE[None] / 100}, scale="each").words
    assert stages.startswith("2 stages with each map stretched on its own, so the maps cannot be compared.")


def test_words_of_filters_give_every_weight_of_a_small_bank():
    words = show_filters(BANK).words
    assert words.startswith("4 filters, each 4 x 4. Weights -1 to 1, on one scale from blue (-1) through")
    assert "Filter 1: -1 -1 1 1 / -1 -1 1 1 / -1 -1 1 1 / -1 -1 1 1." in words
    assert "Filter 4: 1 1 1 1 / 1 1 1 1 / -1 -1 -1 -1 / -1 -1 -1 -1." in words


def test_words_of_large_banks_give_sums_without_noise():
    bank = np.zeros((16, 3, 3), np.float32)
    bank[:, 1] = 0.1, 0.2, -0.3
    assert bank[0].sum(dtype=np.float64) != 0
    words = show_filters(bank).words
    assert "Filter 1: -0.30 to 0.20, sum 0, heaviest at row 1, column 2." in words
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
        "Mean red 0.250, green 0.125, blue 0. Mean brightness: top 0.250, bottom 0, left 0.250, right 0."
    )
    assert "Values 0 to 255 (uint8), mean 128." in show_image(np.array([[0, 255], [255, 0]], np.uint8)).words
    assert "NaN in 1 of 2 values" in show_image([[NAN, 0.5]]).words


def test_means_of_large_images_are_not_added_up_in_single_precision():
    colour = np.full((2000, 1500, 3), 0.548, np.float32)
    colour[:, :1] = 0.9
    assert (
        "Mean red 0.548, green 0.548, blue 0.548. Mean brightness: top 0.548, bottom 0.548, left"
        in image_words(colour)
    )
    assert "mean 0.548. Mean brightness: top 0.548" in image_words(np.asfortranarray(colour[..., 0]))


def test_words_of_products_give_every_product_and_the_sum():
    assert show_products([[0.5, 0.25]], [[-1.0, 1.0]]).words == (
        "Patch 0.50 0.25 times kernel -1 1, cell by cell, gives products -0.50 0.25. Their sum is -0.250."
    )
    assert "Their sum is 0." in show_products([[0.1, 0.2, 0.3]], [[1.0, 1.0, -1.0]]).words


def test_words_of_stages_go_in_order():
    words = show_stages({"in": np.zeros((4, 5, 3)), "conv": BASE[None], "relu": BASE[None].clip(0)}).words
    assert words.startswith("3 stages on one scale from blue (-1) through")
    assert words.index("in: Colour image, 4 x 5") < words.index("conv: 1 feature map") < words.index("relu: ")
    assert "relu: 1 feature map, 4 x 4. Values 0 to 1. 50 % zero." in words


MAPS = RANDOM.normal(size=(8, 20, 20)) * np.linspace(0.5, 1.5, 20)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_noise_of_another_processor_does_not_change_the_words(kind):
    flat = np.full((4, 20, 20), 0.5) - 0.5
    maps = np.concatenate([MAPS[:4], flat]).astype(kind)
    for seed in range(5):
        noise = np.random.default_rng(seed).normal(size=maps.shape) * 1e-8
        assert show_feature_maps((maps + noise).astype(kind)).words == show_feature_maps(maps).words


def test_things_are_called_by_what_they_are_and_by_their_own_numbers():
    assert "sobel_x: 0 0. Own: 0 0." in show_filters([[[0, 0]], [[0, 0]]], titles=["sobel_x", "own"]).words
    words = show_filters(np.zeros((3, 2, 2)), noun="kernel").words
    assert words.startswith("3 kernels, each 2 x 2.")
    assert "filter" not in words.lower()
    maps = np.arange(8.0).reshape(2, 2, 2)
    picture = show_stages({"cat": maps, "cup": maps}, numbers={"cat": [10, 2]})
    for said in (
        "Map 10: 0 to 3,",
        "Map 2: 4 to 7,",
        "cup: 2 feature maps, each 2 x 2. Values 0 to 7. Map 1: 0",
    ):
        assert said in picture.words
    assert {"map 10", "map 2"} <= set(texts(picture))
    patches = np.full((5, 4, 6, 3), 0.5) * np.arange(5)[:, None, None, None] / 4
    picture = show_stages({"map 7": patches, "map 9": patches[::-1]}, title="Patches")
    assert picture.words.startswith(
        "Patches. 2 stages. map 7: 5 images, each 4 x 6 pixels. Their means: 0, 0.12,"
    )
    assert len(panels(picture)) == 10
    words = show_stages({"a": np.eye(3)[None], "b": np.ones((2, 3, 3))}, noun="filter").words
    for said in ("a: 1 filter, 3 x 3.", "b: 2 filters, each 3 x 3.", "Filter 2: 1 everywhere."):
        assert said in words
    assert "map" not in words
