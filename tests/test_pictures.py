"""What pictures draw: colours, panels, numbers in cells, and what they refuse."""

import io
import subprocess
import sys

import numpy as np
import pytest
from page_reading import bar, chart_texts, panels, pieces, texts

from coursekit.pictures import (
    show_curves,
    show_feature_maps,
    show_filters,
    show_histogram,
    show_image,
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


def test_small_maps_are_stored_pixel_by_pixel_in_the_colours_of_the_scale():
    picture = show_feature_maps(MAPS)
    drawn = panels(picture)
    assert len(drawn) == 4
    for map_, panel in zip(MAPS, drawn, strict=True):
        np.testing.assert_array_equal(panel.pixels, Scale.of([MAPS]).colours(map_))
        assert panel.width / 12 == panel.height / 9 == panel.width // 12  # whole zoom: each value is a square
        assert "pixelated" in panel.attributes["style"]


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


@pytest.mark.parametrize("shift", [0.0, 10.0], ids=["signed", "positive"])
def test_one_value_has_one_colour_in_every_panel_and_in_the_bar(shift):
    maps = np.abs(MAPS) + shift if shift else MAPS.copy()
    maps[:, 4, 4] = maps.max()
    picture = show_feature_maps(maps)
    assert {tuple(panel.pixels[4, 4]) for panel in panels(picture)} == {tuple(bar(picture).pixels[0, 0])}


def test_zero_is_white_and_signs_are_blue_and_red():
    scale = Scale.of([np.array([-2.0, 1.0])])
    assert (scale.low, scale.high) == (-2.0, 2.0)
    zero, negative, positive = scale.colours(np.array([0.0, -2.0, 2.0])).astype(int)
    assert zero.min() >= 244
    assert np.ptp(zero) <= 2
    assert negative[2] > negative[0] + 60
    assert positive[0] > positive[2] + 60
    assert not is_dark(zero.astype(np.uint8))


def test_zero_is_as_white_where_colours_are_few():
    maps = RANDOM.normal(size=(30, 100, 200))
    maps[:, 50:] = 0
    for panel in panels(show_feature_maps(maps)):
        assert panel.pixels[-1, -1].min() >= 244


@pytest.mark.parametrize("largest", [1e-300, 1e-30, 1.0, 1e30, 1.7e308])
def test_the_largest_and_smallest_numbers_reach_the_ends_of_the_colours(largest):
    ends = np.array([[-largest, 0.0, largest]])
    scale = Scale.of([ends])
    assert np.array_equal(scale.colours(ends), Scale.of([ends / largest]).colours(ends / largest))
    assert np.array_equal(Scale.stretched(ends).colours(ends)[0, :, 0], [0, 128, 255])


def test_a_scale_without_negative_values_begins_at_zero():
    assert Scale.of([np.array([2.0, 5.0])]) == Scale(0.0, 5.0, "positive")
    assert Scale.of([np.zeros(3)]) == Scale(0.0, 1.0, "positive")
    assert Scale.of([np.array([np.nan])]) == Scale(0.0, 1.0, "positive")


def test_a_weak_copy_looks_weak_on_one_scale_and_alike_when_stretched():
    pair = np.stack([MAPS[0], MAPS[0] / 100])
    strong, weak = (panel.pixels for panel in panels(show_feature_maps(pair)))
    assert np.abs(strong - 255).max() > 150
    assert np.abs(weak - 255).max() < 20
    one, two = (panel.pixels for panel in panels(show_feature_maps(pair, scale="each")))
    np.testing.assert_array_equal(one, two)
    assert (one.min(), one.max()) == (0, 255)


def test_stages_share_one_scale():
    drawn = panels(show_stages({"conv": MAPS, "relu": MAPS.clip(0)}))
    for map_, panel in zip([*MAPS, *MAPS.clip(0)], drawn, strict=True):
        np.testing.assert_array_equal(panel.pixels, Scale.of([MAPS]).colours(map_))


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


def test_photographs_have_true_colours_in_a_third_of_the_bytes_of_a_lossless_file():
    from PIL import Image

    (panel,) = panels(show_image(PHOTOGRAPH))
    off = np.abs(panel.pixels - np.round(255 * PHOTOGRAPH))
    assert panel.format == "jpeg"
    assert off.mean() < 1.5
    assert off.max() <= 12
    noise = np.round(255 * RANDOM.random((213, 320, 3))).astype(np.uint8)
    lossless = io.BytesIO()
    Image.fromarray(noise).save(lossless, "png")
    (panel,) = panels(show_image(noise))
    assert len(panel.attributes["href"]) < 0.75 * lossless.tell() * 4 / 3
    assert np.abs(panel.pixels - noise).mean() < 8


@pytest.mark.parametrize("count", [1, 2, 7, 24, 48, 512])
def test_any_number_of_maps_has_as_many_panels(count):
    assert len(panels(show_feature_maps(RANDOM.normal(size=(count, 6, 7))))) == count


def test_more_than_512_are_refused():
    with pytest.raises(ValueError, match=r"513 feature maps are too many.*at most 512.*first 64"):
        show_feature_maps(np.zeros((513, 2, 2)))
    for filters, words in (
        (np.zeros((513, 2, 2)), "513 kernels"),
        (np.zeros((64, 64, 3, 3)), "4096 kernels"),
    ):
        with pytest.raises(ValueError, match=f"{words} are too many"):
            show_filters(filters)


def everything():
    """Each function with arrays of every kind that it takes."""
    image, gray = RANDOM.random((8, 9, 3)), RANDOM.random((30, 20))
    return {
        "image": (show_image, image),
        "gray": (show_image, gray.astype(np.float32)),
        "bytes": (show_image, (image * 255).astype(np.uint8)),
        "one map": (show_feature_maps, MAPS[0]),
        "maps": (show_feature_maps, MAPS.astype(np.float32)),
        "batch of one": (show_feature_maps, MAPS[None]),
        "float16": (show_feature_maps, MAPS.astype(np.float16)),
        "long double": (show_feature_maps, MAPS.astype(np.longdouble)),
        "mirrored": (show_feature_maps, MAPS[:, ::-1, ::-2]),
        "Fortran order": (show_feature_maps, np.asfortranarray(MAPS)),
        "NaN": (show_feature_maps, np.where(MAPS > 1, np.nan, MAPS)),
        "integer kernel": (show_filters, BASE.astype(np.int64)),
        "bool kernel": (show_filters, BASE > 0),
        "bank": (show_filters, np.stack([BASE, -BASE])),
        "weight": (show_filters, RANDOM.normal(size=(2, 3, 3, 3))),
        "float16 weight": (show_filters, RANDOM.normal(size=(64, 3, 3)).astype(np.float16)),
        "products": (lambda values: show_products(values, values), BASE),
        "stages": (lambda values: show_stages({"a": values, "b": values}), MAPS),
        "stage with image": (lambda values: show_stages({"a": values, "b": values[..., 0]}), image),
        "side by side": (lambda values: show_stages({"a": values, "b": values}), image),
        "in colour": (lambda values: show_filters(values, colour=True), WEIGHT),
        "stretched": (lambda values: show_feature_maps(values, scale="each"), MAPS),
    }


@pytest.mark.parametrize("name", everything())
def test_inputs_stay_as_they_are_and_two_calls_give_the_same_bytes(name):
    show, array = everything()[name]
    array = array.copy(order="K")
    before = array.tobytes()
    writable = show(array)
    assert array.tobytes() == before
    assert array.flags.writeable
    array.flags.writeable = False
    frozen = show(array)
    assert frozen.words == writable.words
    assert frozen.svg == writable.svg == show(array).svg


def test_the_learners_matplotlib_settings_do_not_matter():
    import matplotlib as mpl

    changed = {"font.size": 22, "font.family": "serif", "figure.facecolor": "black", "image.origin": "lower"}
    changed |= {"axes.grid": True, "image.interpolation": "bicubic", "text.color": "white", "figure.dpi": 30}
    plain = show_filters(BASE, title="a").svg, show_image(np.eye(5)).svg
    with mpl.rc_context(changed):
        assert (show_filters(BASE, title="a").svg, show_image(np.eye(5)).svg) == plain


def test_lists_floats_and_tensors_of_the_same_numbers_give_the_same_picture():
    torch = pytest.importorskip("torch")
    whole = np.array([[[1, -2, 3], [0, 5, -6]]])
    variants = [whole, whole.tolist(), whole.astype(np.float32), np.repeat(whole, 2, axis=2)[:, :, ::2]]
    tensors = [torch.tensor(whole), torch.tensor(whole, dtype=torch.float32, requires_grad=True)]
    tensors += [
        torch.tensor(whole, dtype=torch.bfloat16),
        torch.tensor(whole.transpose(0, 2, 1)).transpose(1, 2),
    ]
    for show in (show_feature_maps, show_filters, lambda values: show_stages({"a": values})):
        pictures = [show(values) for values in (*variants, *tensors)]
        assert len({picture.words for picture in pictures}) == 1
        assert len({picture.svg for picture in pictures}) == 1
    assert tensors[1].requires_grad
    photo = (RANDOM.random((6, 7, 3)) * 255).astype(np.uint8)
    assert show_image(torch.from_numpy(photo)).words == show_image(photo).words
    assert "(uint8)" in show_image(torch.from_numpy(photo)).words
    assert show_image(torch.from_numpy(photo)).svg == show_image(photo).svg


def test_small_maps_of_width_three_are_not_taken_for_photographs():
    assert "a: 4 feature maps, each 3 x 3" in show_stages({"a": RANDOM.normal(size=(4, 3, 3))}).words
    assert "a: Colour image, 4 x 4" in show_stages({"a": np.zeros((4, 4, 3))}).words


NUMBERS = np.arange(9.0).reshape(3, 3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: show_image(np.zeros((2, 3, 4, 5))),
            ValueError,
            r"\(H, W\) or \(H, W, 3\), but this has \(2, 3, 4",
        ),
        (lambda: show_image(np.zeros((3, 8, 8))), ValueError, r"Channels come last.*transpose\(1, 2, 0\)"),
        (lambda: show_image(torch.zeros(3, 8, 8)), ValueError, r"Channels come last.*permute\(1, 2, 0\)"),
        (lambda: show_image(np.zeros((8, 8, 4))), ValueError, r"this has \(8, 8, 4\)"),
        (lambda: show_image(NUMBERS), ValueError, r"0 to 1, but runs from 0 to 8.*Divide 0 to 255 by 255"),
        (lambda: show_image(-NUMBERS / 8), ValueError, "runs from -1 to 0"),
        (lambda: show_image(np.full((2, 2), 300, np.int16)), ValueError, "must lie in 0 to 1"),
        (lambda: show_image(np.zeros((0, 4))), ValueError, r"the image is empty: its shape is \(0, 4\)"),
        (lambda: show_image([[1, 2], [3]]), ValueError, "rows have one length"),
        (lambda: show_image(np.zeros((3, 3), complex)), TypeError, "real numbers.*complex128"),
        (lambda: show_image("cat.jpg"), TypeError, "real numbers, but is str"),
        (lambda: show_image(None), TypeError, "real numbers, but is NoneType"),
        (
            lambda: show_image(np.zeros((40, 40)), values=True),
            ValueError,
            r"40 x 40 pixels would not be legible",
        ),
        (lambda: show_image(np.zeros((5, 5)), boxes=[(0, 0, 6, 1)]), ValueError, "frame .*does not lie in"),
        (lambda: show_image(np.zeros((5, 5)), boxes=[(-1, 0, 2, 2)]), ValueError, "row -1"),
        (lambda: show_image(np.zeros((5, 5)), boxes=[(1, 1, 0, 2)]), ValueError, "height 0"),
        (
            lambda: show_image(np.zeros((5, 5)), boxes=[(1, 2, 3)]),
            ValueError,
            r"\(row, column, height, width\)",
        ),
        (
            lambda: show_image(np.zeros((5, 5)), boxes=(1, 2, 3, 3)),
            ValueError,
            r"\(row, column, height, width\)",
        ),
        (lambda: show_feature_maps(np.zeros(5)), ValueError, r"\(C, H, W\).*but this has \(5,\)"),
        (lambda: show_feature_maps(np.zeros((2, 3, 4, 5))), ValueError, r"choose one image first: maps\[0\]"),
        (lambda: show_feature_maps(np.zeros((0, 3, 4))), ValueError, "the feature maps is empty|are empty"),
        (lambda: show_feature_maps(MAPS * 1j), TypeError, "complex"),
        (lambda: show_feature_maps(MAPS, titles=["a", "b"]), ValueError, "2 titles came for 4 maps"),
        (lambda: show_feature_maps(MAPS[:1], titles="edges"), ValueError, r"list of names.*\['edges'\]"),
        (lambda: show_feature_maps(MAPS, scale="own"), ValueError, '"shared" or "each", but is \'own\''),
        (lambda: show_feature_maps(MAPS, columns=0), ValueError, "columns must be a whole number from 1 on"),
        (lambda: show_feature_maps(MAPS, columns=2.0), ValueError, "but is 2.0"),
        (lambda: show_feature_maps(np.zeros((99, 2, 2)), columns=99), ValueError, "99 columns are too many"),
        (lambda: show_filters(WEIGHT, colour=True, columns=-2), ValueError, "from 1 on, but is -2"),
        (lambda: show_filters(np.zeros((99, 3, 2, 2)), colour=True, columns=99), ValueError, "too many"),
        (lambda: show_filters(np.zeros(4)), ValueError, r"\(out, in, kh, kw\), but this has \(4,\)"),
        (lambda: show_filters(np.zeros((1, 1, 1, 2, 2))), ValueError, r"but this has \(1, 1, 1, 2, 2\)"),
        (lambda: show_filters(np.zeros((2, 0, 3, 3))), ValueError, "empty"),
        (lambda: show_filters(BASE, titles=["a", "b"]), ValueError, "2 titles came for 1 kernel;"),
        (
            lambda: show_filters(np.zeros((2, 3, 2, 2)), titles=["a"]),
            ValueError,
            "1 title came for 2 filters",
        ),
        (lambda: show_filters(np.zeros((200, 3, 3)), values=True), ValueError, "200 kernels.*not be legible"),
        (lambda: show_filters(np.array([["a"]])), TypeError, "real numbers"),
        (lambda: show_products(NUMBERS, BASE), ValueError, r"\(3, 3\) and \(4, 4\)"),
        (lambda: show_products(np.zeros((8, 8)), np.zeros((8, 8))), ValueError, "at most 7 x 7"),
        (lambda: show_products(np.zeros(3), np.zeros(3)), ValueError, "2-D"),
        (lambda: show_stages({}), ValueError, "no stage to show"),
        (lambda: show_stages(MAPS), ValueError, "Pass names with arrays"),
        (lambda: show_stages({"a": MAPS, "b": np.zeros(4)}), ValueError, r"the stage 'b': .*\(4,\)"),
        (lambda: show_stages({"a": "cat"}), TypeError, "the stage 'a': .*real numbers"),
        (lambda: show_stages({"a": MAPS}, scale="both"), ValueError, '"shared" or "each"'),
        (
            lambda: show_stages({"a": RANDOM.normal(size=(9, 9, 3)), "b": MAPS}),
            ValueError,
            "the stage 'a': .*must lie in 0 to 1",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_floats_are_not_copied():
    for kind in (np.float32, np.float64):
        array = MAPS.astype(kind)
        assert as_array(array, "x") is array


def test_sums_of_half_precision_do_not_overflow():
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


def test_numbers_stand_in_their_cells_in_ink_that_is_legible():
    bank = np.array([[1.0, -2.0], [0.0, 30.0]])
    picture = show_filters(bank)
    (panel,) = panels(picture)
    cell = panel.width / 2
    found = {}
    for text in pieces(picture, "text"):
        if text.attributes["fill"] in ("white", "black"):
            size = float(text.attributes["font-size"])
            row, column = (text.y - 0.35 * size - panel.y) / cell, (text.x - panel.x) / cell
            found[round(row, 2), round(column, 2)] = text.words
            assert text.attributes["text-anchor"] == "middle"
    assert found == {(0.5, 0.5): "1", (0.5, 1.5): "-2", (1.5, 0.5): "0", (1.5, 1.5): "30"}


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
    drawn = panels(picture)
    written = [text for text in pieces(picture, "text") if text.attributes["fill"] in ("white", "black")]
    assert written
    for text in written:
        assert float(text.attributes["font-size"]) >= 7.5
        middle = text.y - 0.35 * float(text.attributes["font-size"])
        (panel,) = [p for p in drawn if 0 <= text.x - p.x < p.width and 0 <= middle - p.y < p.height]
        row = int((middle - panel.y) / panel.height * panel.pixels.shape[0])
        column = int((text.x - panel.x) / panel.width * panel.pixels.shape[1])
        ink = (1, 1, 1) if text.attributes["fill"] == "white" else (0, 0, 0)
        assert contrast(panel.pixels[row, column] / 255, ink) >= 4.5


def test_values_are_written_where_they_fit_and_on_demand():
    def count(show, *args, **options):
        drawn = pieces(show(*args, **options), "text")
        return sum(text.attributes["fill"] in ("white", "black") for text in drawn)

    assert count(show_filters, BASE) == 16
    assert count(show_filters, BASE, values=False) == 0
    assert count(show_filters, RANDOM.normal(size=(64, 3, 3))) == 0
    assert count(show_filters, RANDOM.normal(size=(16, 5, 5)), values=True) == 400
    assert count(show_image, np.zeros((12, 12))) == 144
    assert count(show_image, np.zeros((13, 13))) == 0
    assert count(show_image, np.zeros((13, 13)), values=True) == 169


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
        "Enlarged beside it stand rows 230 to 249, columns 340 to 369."
    )


@pytest.mark.parametrize("detail", [(0, 0, 11, 5), (0, 0, 0, 5), (1, 2, 3), "all"])
def test_a_detail_that_is_no_part_is_refused(detail):
    with pytest.raises(ValueError, match="the detail"):
        show_image(np.zeros((10, 10)), detail=detail)


def test_few_rows_and_columns_are_all_counted():
    def numbers(picture):
        return sorted({int(text) for text in texts(picture) if text.isdigit()})

    assert numbers(show_image(np.full((7, 9), 0.5), values=False)) == list(range(9))
    assert numbers(show_image(np.full((40, 50), 0.5))) == [0, 20, 25, 39, 49]


def loaded_by(code):
    """Run code in a fresh interpreter and return the names of the modules that it has loaded."""
    code += "\nimport sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    return set(run.stdout.splitlines()[-1].split())


def test_pyplot_is_never_loaded():
    loaded = loaded_by(
        "import numpy as np\n"
        "from coursekit import pictures as p\n"
        "a = np.eye(4)\n"
        "for picture in (p.show_image(a), p.show_filters(a), p.show_feature_maps(a), p.show_products(a, a),\n"
        "                p.show_stages({'a': a}), p.show_curves({'a': a[0]}), p.show_histogram({'a': a})):\n"
        "    picture._repr_mimebundle_()"
    )
    assert "matplotlib.figure" in loaded
    assert not {"matplotlib.pyplot", "torch"} & loaded


def test_a_photograph_is_shown_without_loading_matplotlib():
    loaded = loaded_by(
        "from coursekit.pictures import show_image\n"
        "show_image([[0.0, 1.0]], title='Two pixels', boxes=[(0, 0, 1, 1)])._repr_mimebundle_()"
    )
    assert "PIL.Image" in loaded
    assert "matplotlib" not in loaded


def test_a_histogram_keeps_zeros_apart_from_small_values():
    values = np.array([-4.0, -0.01, 0.0, 0.0, 0.01, 0.01, 0.01, 4.0, 4.0, 4.0])
    picture = show_histogram({"all": values, "after": values.clip(0)}, bins=4)
    below, zero, above = (
        picture.svg.count(f"fill: {colour}") for colour in ("#2166ac", "#777777", "#b2182b")
    )
    assert (below, zero, above) == (4, 2, 4)
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
    assert "Sky: sums red" in two.words
    assert "Grass: sums red" in two.words
    assert {"sky", "grass"} <= set(texts(two))
    unknown = WEIGHT.copy()
    unknown[0, 0, 0, 0] = np.nan
    assert "contains NaN" in show_filters(unknown, colour=True).words


@pytest.mark.parametrize("shape", [(3, 3), (4, 3, 3), (4, 1, 3, 3), (4, 64, 3, 3)])
def test_other_filters_are_refused_in_colour_with_what_to_do(shape):
    with pytest.raises(ValueError, match=r"\(out, 3, kh, kw\).*Leave colour out"):
        show_filters(np.ones(shape), colour=True)


def test_too_many_filters_in_colour_and_missing_titles_are_refused():
    with pytest.raises(ValueError, match="513 filters are too many"):
        show_filters(np.zeros((513, 3, 3, 3)), colour=True)
    with pytest.raises(ValueError, match="1 title came for 4 filters"):
        show_filters(WEIGHT, colour=True, titles=["one"])
