"""What pictures draw: colours, panels, and numbers in cells."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_reading import bar, chart_texts, panels, pieces, texts

from coursekit.pictures import (
    show_curves,
    show_feature_maps,
    show_filters,
    show_histogram,
    show_image,
    show_pooling,
    show_products,
    show_stages,
)
from coursekit.pictures.arrays import as_array
from coursekit.pictures.scale import Scale, colour_table, is_dark

torch = pytest.importorskip("torch")

RANDOM = np.random.default_rng(5)
MAPS = RANDOM.normal(size=(4, 9, 12))
WEIGHT = RANDOM.normal(size=(4, 3, 3, 3))
BASE = np.tile([-1.0, -1.0, 1.0, 1.0], (4, 1))
MAGENTA = (255, 0, 255)
PHOTOGRAPH = np.dstack(
    [*np.meshgrid(np.linspace(0, 1, 320), np.linspace(0, 1, 213)), np.full((213, 320), 0.4)]
)


@pytest.mark.parametrize("maps", [MAPS, np.abs(MAPS) + 10.0], ids=["signed", "positive"])
def test_small_maps_of_a_picture_and_its_bar_have_pixel_by_pixel_the_colours_of_one_scale(maps):
    scale = Scale.of([maps])
    for picture, drawn in (
        (show_feature_maps(maps), maps),
        (show_stages({"conv": maps, "relu": maps.clip(0)}), [*maps, *maps.clip(0)]),
    ):
        for map_, panel in zip(drawn, panels(picture), strict=True):
            np.testing.assert_array_equal(panel.pixels, scale.colours(map_))
            assert panel.attributes["class"] == "p"  # sharp
        ends = scale.colours(np.array([scale.high, scale.low]))
        np.testing.assert_array_equal(bar(picture).pixels[[0, -1], 0], ends)
    panel = panels(show_feature_maps(maps))[0]
    assert panel.width / 12 == panel.height / 9 == panel.width // 12, "each value is a square"


@pytest.mark.parametrize("beside", [RANDOM.random((32, 32, 3)), PHOTOGRAPH], ids=["noise", "photograph"])
@pytest.mark.parametrize("count", [2, 40])
@pytest.mark.parametrize("sign", [-1, 1])
def test_each_pixel_of_a_map_is_a_colour_of_its_scale_whatever_stands_beside_it(beside, count, sign):
    """Also where areas are averaged, and where many maps have fewer colours."""
    maps = RANDOM.random(size=(count, 200, 310))
    maps[:, ::7] *= sign
    picture = show_stages({"photograph": beside, "maps": maps})
    known = {tuple(colour) for colour in colour_table("signed" if sign < 0 else "positive").tolist()}
    for panel in panels(picture)[1:]:
        assert {tuple(colour) for colour in panel.pixels.reshape(-1, 3).tolist()} <= known
    assert {tuple(colour) for colour in bar(picture).pixels.reshape(-1, 3).tolist()} <= known


def test_zero_is_white_and_signs_are_blue_and_red():
    scale = Scale.of([np.array([-2.0, 1.0])])
    assert (scale.low, scale.high) == (-2.0, 2.0)
    zero, negative, positive = scale.colours(np.array([0.0, -2.0, 2.0])).astype(int)
    assert zero.min() >= 244
    assert np.ptp(zero) <= 2
    assert negative[2] > negative[0] + 60
    assert positive[0] > positive[2] + 60
    maps = RANDOM.normal(size=(30, 100, 200))  # so many that they are drawn with fewer colours
    maps[:, 50:] = 0
    for panel in panels(show_feature_maps(maps)):
        assert panel.pixels[-1, -1].min() >= 244


@pytest.mark.parametrize("largest", [1e-300, 1e-30, 1.0, 1e30, 1.7e308])
def test_the_largest_and_smallest_numbers_reach_the_ends_of_the_colours(largest):
    ends = np.array([[-largest, 0.0, largest]])
    scale = Scale.of([ends])
    assert np.array_equal(scale.colours(ends), Scale.of([ends / largest]).colours(ends / largest))
    assert np.array_equal(Scale.stretched(ends).colours(ends)[0, :, 0], [0, 128, 255])


@pytest.mark.parametrize(("values", "high"), [([2.0, 5.0], 5.0), ([0.0], 1.0), ([np.nan], 1.0)])
def test_a_scale_without_negative_values_begins_at_zero(values, high):
    assert Scale.of([np.array(values)]) == Scale(0.0, high, "positive")


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(3, 5000), st.integers(0, 3), st.booleans(), st.sampled_from([1.0, 1e-12, 1e12]))
def test_a_few_values_may_lie_beyond_the_scale_of_maps_and_no_others(count, zeros, signed, size):
    values = size * np.random.default_rng(count).standard_normal(count) ** 3
    values = np.append(values if signed else np.abs(values), np.zeros(zeros * count))
    scale, whole = Scale.of_maps([values[: count // 3], values[count // 3 :]]), Scale.of([values])
    beyond = values[np.abs(values) > scale.high]
    few = np.count_nonzero(np.abs(values) > 1e-6 * whole.high) // 200
    assert beyond.size <= few
    assert scale.kind == whole.kind
    end = np.sort(np.abs(values))[-1 - few]
    if scale.beyond:
        assert scale.high == end
        assert whole.high > 1.25 * scale.high
        assert set(scale.beyond) == {v for v in (values.min(), values.max()) if abs(v) > scale.high}
    else:
        assert scale == whole
        assert whole.high <= 1.25 * end


def test_the_bar_says_how_far_values_go_on_beyond_it():
    maps = np.full((1, 40, 50), 1.0)
    maps[0, 0, :4] = -3.0, 5.5, 2.0, 2.0
    picture = show_feature_maps(maps)
    assert {"1", "-1", "to 5.5", "to -3"} <= set(texts(picture))
    assert "Values -3 to 5.5, on one scale from blue (-1) through white (0) to red (1);" in picture.words
    assert "a few values go beyond it, to -3 and 5.5." in picture.words
    (panel,) = panels(picture)
    np.testing.assert_array_equal(panel.pixels, Scale(-1.0, 1.0, "signed").colours(maps[0]))
    assert not [text for text in texts(show_feature_maps(maps.clip(-1, 1))) if text.startswith("to ")]


def test_a_weak_copy_looks_weak_on_one_scale_and_alike_when_stretched():
    pair = np.stack([MAPS[0], MAPS[0] / 100])
    strong, weak = (panel.pixels for panel in panels(show_feature_maps(pair)))
    assert np.abs(strong - 255).max() > 150
    assert np.abs(weak - 255).max() < 20
    one, two = (panel.pixels for panel in panels(show_feature_maps(pair, scale="each")))
    np.testing.assert_array_equal(one, two)
    assert (one.min(), one.max()) == (0, 255)


def test_not_a_number_is_magenta_and_spreads_over_nothing():
    map_ = np.zeros((1000, 1600))
    map_[7, 9] = np.nan
    map_[200, 300] = -np.inf
    (panel,) = panels(show_feature_maps([map_]))
    assert panel.pixels.shape[1] < 1600
    assert 2 <= (panel.pixels == MAGENTA).all(axis=2).sum() <= 8
    image = np.full((5, 5, 3), 0.3)
    image[2, 3, 0] = np.nan
    (panel,) = panels(show_image(image, values=False))
    assert np.argwhere((panel.pixels == MAGENTA).all(axis=2)).tolist() == [[2, 3]]


def test_large_maps_are_averaged_down_to_two_pixels_for_each_of_the_page():
    maps = np.zeros((1, 2000, 3000))
    maps[0, ::2] = 1.0
    (panel,) = panels(show_feature_maps(maps, titles=["lines"]))
    assert panel.pixels.shape[1] == pytest.approx(2 * panel.width, abs=1)
    assert panel.pixels.shape[0] == pytest.approx(2 * panel.height, abs=1)
    half = Scale(0, 1, "positive").colours(np.array(0.5)).astype(int)
    assert np.abs(panel.pixels - half).mean() < 12


def test_small_images_are_kept_to_the_bit():
    corners = np.array([[[1.0, 0, 0], [0, 1, 0]], [[0, 0, 1], [1, 1, 0.2]]])
    for image in (corners, np.round(corners * 255).astype(np.uint8)):
        (panel,) = panels(show_image(image, values=False))
        np.testing.assert_array_equal(panel.pixels, np.round(corners * 255))


def test_photographs_have_true_colours():
    (panel,) = panels(show_image(PHOTOGRAPH))
    off = np.abs(panel.pixels - np.round(255 * PHOTOGRAPH))
    assert panel.format == "jpeg"
    assert off.mean() < 1.5
    assert off.max() <= 12
    noise = np.round(255 * RANDOM.random((213, 320, 3))).astype(np.uint8)
    (panel,) = panels(show_image(noise))
    assert len(panel.attributes["href"]) < noise.size, "a lossless file in base64 has 4/3 of this"
    assert np.abs(panel.pixels - noise).mean() < 8


@pytest.mark.parametrize("count", [1, 7, 512])
def test_up_to_512_maps_have_a_panel_each(count):
    assert len(panels(show_feature_maps(RANDOM.normal(size=(count, 6, 7))))) == count


IMAGE = RANDOM.random((8, 9, 3))
# Each function with arrays of every kind that it takes.
DRAWN = {
    "image": (show_image, IMAGE),
    "gray": (show_image, RANDOM.random((30, 20)).astype(np.float32)),
    "bytes": (show_image, (IMAGE * 255).astype(np.uint8)),
    "one map": (show_feature_maps, MAPS[0]),
    "batch of one": (show_feature_maps, MAPS[None]),
    "long double": (show_feature_maps, MAPS.astype(np.longdouble)),
    "Fortran order": (show_feature_maps, np.asfortranarray(MAPS)),
    "NaN": (show_feature_maps, np.where(MAPS > 1, np.nan, MAPS)),
    "stretched": (lambda values: show_feature_maps(values, scale="each"), MAPS),
    "integer kernel": (show_filters, BASE.astype(np.int64)),
    "bool kernel": (show_filters, BASE > 0),
    "bank": (show_filters, np.stack([BASE, -BASE])),
    "weight": (show_filters, WEIGHT),
    "in colour": (lambda values: show_filters(values, colour=True), WEIGHT),
    "products": (lambda values: show_products(values, values), BASE),
    "pooling": (lambda values: show_pooling(values, {"max": values[:2, :2]}), BASE),
    "stages": (lambda values: show_stages({"a": values, "b": values}), MAPS),
    "stage with image": (lambda values: show_stages({"a": values, "b": values[..., 0]}), IMAGE),
    "side by side": (lambda values: show_stages({"a": values, "b": values}), IMAGE),
}


@pytest.mark.parametrize(("show", "array"), DRAWN.values(), ids=DRAWN)
def test_inputs_stay_as_they_are_and_two_calls_give_the_same_bytes(show, array):
    array = array.copy(order="K")
    before = array.tobytes()
    writable = show(array)
    assert array.tobytes() == before
    assert array.flags.writeable
    array.flags.writeable = False
    frozen = show(array)
    assert (frozen.words, frozen.svg) == (writable.words, writable.svg)


def test_lists_floats_and_tensors_of_the_same_numbers_give_the_same_picture():
    whole = np.array([[[1, -2, 3], [0, 5, -6]]])
    variants = [whole, whole.tolist(), whole.astype(np.float32), np.repeat(whole, 2, axis=2)[:, :, ::2]]
    kept = torch.tensor(whole, dtype=torch.float32, requires_grad=True)
    variants += [torch.tensor(whole), kept, torch.tensor(whole, dtype=torch.bfloat16)]
    variants += [torch.tensor(whole.transpose(0, 2, 1)).transpose(1, 2)]
    for show in (show_feature_maps, show_filters, lambda values: show_stages({"a": values})):
        pictures = [show(values) for values in variants]
        assert len({(picture.words, picture.svg) for picture in pictures}) == 1
    assert kept.requires_grad
    photo = (RANDOM.random((6, 7, 3)) * 255).astype(np.uint8)
    assert show_image(torch.from_numpy(photo)).svg == show_image(photo).svg


def test_small_maps_of_width_three_are_not_taken_for_photographs():
    assert "a: 4 feature maps, each 3 x 3" in show_stages({"a": RANDOM.normal(size=(4, 3, 3))}).words
    assert "a: Colour image, 4 x 4" in show_stages({"a": np.zeros((4, 4, 3))}).words


def test_floats_are_not_copied_and_sums_of_half_precision_do_not_overflow():
    for kind in (np.float32, np.float64):
        array = MAPS.astype(kind)
        assert as_array(array, "x") is array
    bank = np.full((20, 3, 3), 60000, np.float16)
    assert as_array(bank, "x").dtype == np.float32
    assert "sum 540000," in show_filters(bank).words


def contrast(one, other):
    """The contrast ratio of WCAG 2, written out anew."""

    def luminance(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("kind", ["signed", "positive", "gray"])
def test_ink_is_legible_on_every_colour_of_every_scale(kind):
    scale = Scale(-1.0 if kind == "signed" else 0.0, 1.0, kind)
    colours = scale.colours(np.linspace(scale.low, scale.high, 1001))
    for colour, dark in zip(colours, is_dark(colours), strict=True):
        assert contrast(colour / 255, (1, 1, 1) if dark else (0, 0, 0)) >= 4.5


def numbers_in(picture):
    """The texts in cells: those with the ink of numbers."""
    return [text for text in pieces(picture, "text") if text.attributes["fill"] in ("white", "black")]


def cell_of(text, panel):
    """Row and column of a text in a panel, as fractions of its cells: 0.5 is the middle of the first."""
    middle = text.y - 0.35 * float(text.attributes["font-size"])
    rows, columns = panel.pixels.shape[:2]
    return (middle - panel.y) / panel.height * rows, (text.x - panel.x) / panel.width * columns


@pytest.mark.parametrize(
    ("show", "array"),
    [
        (show_filters, RANDOM.normal(size=(4, 5, 5))),
        (show_image, RANDOM.random((12, 12, 3))),
        (show_image, RANDOM.random((24, 24))),
        (lambda bank, **_: show_products(bank / 3, bank), BASE),
    ],
    ids=["filters", "colour", "gray", "products"],
)
def test_numbers_in_cells_are_legible(show, array):
    picture = show(array, values=True)
    assert numbers_in(picture)
    for text in numbers_in(picture):
        assert float(text.attributes["font-size"]) >= 7.5
        (cell,) = [
            panel.pixels[int(row), int(column)]
            for panel in panels(picture)
            for row, column in [cell_of(text, panel)]
            if 0 <= row < len(panel.pixels) and 0 <= column < len(panel.pixels[0])
        ]
        assert contrast(cell / 255, (1, 1, 1) if text.attributes["fill"] == "white" else (0, 0, 0)) >= 4.5


def test_each_number_stands_in_the_middle_of_its_cell():
    picture = show_filters([[1.0, -2.0], [0.0, 30.0]])
    (panel,) = panels(picture)
    found = {tuple(np.round(cell_of(text, panel), 2)): text.words for text in numbers_in(picture)}
    assert found == {(0.5, 0.5): "1", (0.5, 1.5): "-2", (1.5, 0.5): "0", (1.5, 1.5): "30"}
    assert {text.attributes["text-anchor"] for text in numbers_in(picture)} == {"middle"}


def test_values_are_written_where_they_fit_and_on_demand():
    for picture, count in (
        (show_filters(BASE), 16),
        (show_filters(BASE, values=False), 0),
        (show_filters(RANDOM.normal(size=(64, 3, 3))), 0),
        (show_filters(RANDOM.normal(size=(16, 5, 5)), values=True), 400),
        (show_image(np.zeros((12, 12))), 144),
        (show_image(np.zeros((13, 13))), 0),
        (show_image(np.zeros((13, 13)), values=True), 169),
    ):
        assert len(numbers_in(picture)) == count, picture


def test_a_frame_surrounds_its_pixels_and_a_detail_shows_them_enlarged():
    image = np.full((100, 120), 0.5)
    image[40:44, 50:54] = 1.0
    picture = show_image(image, boxes=[(40, 50, 4, 4)], detail=(30, 40, 20, 30), corner=(200, 300))
    whole, detail = panels(picture)
    np.testing.assert_array_equal(detail.pixels, np.round(255 * image[30:50, 40:70, None].repeat(3, axis=2)))
    orange = [rect for rect in pieces(picture, "rect") if rect.attributes.get("stroke") == "#ff9900"]
    for panel, rect, (top, left), zoom in zip(
        (whole, detail), orange, [(40, 50), (10, 10)], (whole.width / 120, detail.width / 30), strict=True
    ):
        # The line is two wide and lies outside: what is framed stays visible.
        assert (rect.x + 1 - panel.x, rect.y + 1 - panel.y) == pytest.approx((left * zoom, top * zoom))
        assert (rect.width - 2, rect.height - 2) == pytest.approx((4 * zoom, 4 * zoom))
    numbers = {"200", "250", "299", "300", "360", "419", "230", "240", "249", "340", "355", "369"}
    assert numbers <= set(texts(picture))
    assert picture.words.endswith(
        "A frame marks rows 240 to 243, columns 350 to 353. "
        "Enlarged beside it: rows 230 to 249, columns 340 to 369."
    )


@pytest.mark.parametrize(
    ("shape", "counted"), [((7, 9), {*range(9)}), ((40, 50), {0, 20, 25, 39, 49})], ids=["all", "some"]
)
def test_few_rows_and_columns_are_all_counted(shape, counted):
    written = texts(show_image(np.full(shape, 0.5), values=False))
    assert {int(text) for text in written if text.isdigit()} == counted


def test_a_histogram_keeps_zeros_apart_from_small_values():
    values = np.array([-4.0, -0.01, 0.0, 0.0, 0.01, 0.01, 0.01, 4.0, 4.0, 4.0])
    picture = show_histogram({"all": values, "after": values.clip(0)}, bins=4)
    bars = [picture.svg.count(f"fill: {colour}") for colour in ("#2166ac", "#777777", "#b2182b")]
    assert bars == [4, 2, 4]  # below zero, zero, above zero
    assert "all: -4 to 4; 20 % below zero, 20 % zero, 60 % above zero." in picture.words
    assert "after: 0 to 4; 0 % below zero, 40 % zero, 60 % above zero." in picture.words


def test_charts_are_vectors_with_text_as_text():
    picture = show_curves({"one": [0, 2, 1]}, title="A title", x_name="steps", y_name="loss")
    assert {"A title", "steps", "loss", "one", "0.00", "2.00"} <= set(chart_texts(picture))
    assert not pieces(picture, "image")


def test_in_colour_a_weight_adds_its_channels_colour_and_zero_is_gray():
    weight = np.zeros((2, 3, 2, 2))
    weight[0, 0, 0, 0], weight[0, 2, 1, 1], weight[1] = 1.0, -1.0, 0.1
    strong, weak = (panel.pixels for panel in panels(show_filters(weight, colour=True)))
    assert strong.tolist() == [[[255, 128, 128], [128] * 3], [[128] * 3, [128, 128, 0]]]
    assert np.unique(weak).tolist() == [140]  # one scale: a tenth of the way from gray to white


def test_words_of_filters_in_colour_tell_the_strongest_and_every_change():
    words = show_filters(WEIGHT, colour=True, title="Mine").words
    assert words.startswith("Mine. 4 filters for 3 channels, 3 x 3, in colour. Weights -")
    assert words.count("sums red ") == 3
    changed = WEIGHT.copy()
    changed[2, 1, 0, 0] = 9.0
    for other in (changed, WEIGHT[:, ::-1]):
        assert show_filters(other, colour=True).words != show_filters(WEIGHT, colour=True).words
    two = show_filters(WEIGHT[:2], colour=True, titles=["sky", "grass"])
    assert {"sky", "grass"} <= set(texts(two))
    assert "Grass: sums red" in two.words
    unknown = WEIGHT.copy()
    unknown[0, 0, 0, 0] = np.nan
    assert "NaN in 1 of 108 values" in show_filters(unknown, colour=True).words
