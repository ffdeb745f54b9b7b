"""What pictures draw: colours, panels, numbers in cells, and what they refuse."""

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from page_reading import pixels, written
from PIL import Image

from coursekit.pictures import (
    show_feature_maps,
    show_filters,
    show_histogram,
    show_image,
    show_products,
    show_stages,
)
from coursekit.pictures.arrays import as_array, resample
from coursekit.pictures.scale import Scale, is_dark

RANDOM = np.random.default_rng(5)
MAPS = RANDOM.normal(size=(4, 9, 12))
BASE = np.tile([-1.0, -1.0, 1.0, 1.0], (4, 1))
WHITE = np.array([255, 255, 255])
MAGENTA = np.array([255, 0, 255])


def in_cells(show, *args, **options):
    """The texts that stand in the cells of a picture, and its page before anything was written on it."""
    with written() as sheets:
        show(*args, **options)
    return [text for text in sheets[0].texts if text.colour in ("white", "black")], sheets[0].page


def panels(picture):
    """Rows and columns of the framed panels, the colour bar last, found by their frames of gray 128."""
    page = picture.figure.axes[0].images[0].get_array()
    gray = (np.asarray(page) == 128).all(axis=2)
    found = []
    for y, x in np.argwhere(gray[:-1, :-1] & gray[1:, :-1] & gray[:-1, 1:] & ~gray[1:, 1:]):
        right = x + 1 + int(np.argmax(gray[y + 1, x + 1 :]))
        below = y + 1 + int(np.argmax(gray[y + 1 :, x + 1]))
        if right - x > 6 and below - y > 6:  # letters have gray pixels, too
            found.append((slice(y + 1, below), slice(x + 1, right)))
    return sorted(found, key=lambda place: place[1].stop - place[1].start == 14)


def test_what_is_drawn_is_what_the_scale_says():
    picture = show_feature_maps(MAPS)
    drawn, scale = pixels(picture), Scale.of([MAPS])
    where = panels(picture)[:4]
    for map_, (rows, columns) in zip(MAPS, where, strict=True):
        panel = drawn[rows, columns]
        zoom = panel.shape[0] // 9
        assert panel.shape == (9 * zoom, 12 * zoom, 3)
        centres = panel[zoom // 2 :: zoom, zoom // 2 :: zoom]
        assert np.abs(centres - scale.colours(map_)).max() <= 4


@pytest.mark.parametrize("shift", [0.0, 10.0], ids=["signed", "positive"])
def test_one_value_has_one_colour_in_every_panel_and_in_the_bar(shift):
    maps = np.abs(MAPS) + shift if shift else MAPS.copy()
    maps[:, 4, 4] = maps.max()
    picture = show_feature_maps(maps)
    drawn, found = pixels(picture), panels(picture)
    *where, (rows, columns) = found
    bar_top = drawn[rows.start, columns.start + 5]
    for tall, wide in where:
        zoom = (tall.stop - tall.start) // 9
        assert np.array_equal(drawn[tall.start + 4 * zoom + 1, wide.start + 4 * zoom + 1], bar_top)


def test_zero_is_white_and_signs_are_blue_and_red():
    scale = Scale.of([np.array([-2.0, 1.0])])
    assert (scale.low, scale.high) == (-2.0, 2.0)
    zero, negative, positive = scale.colours(np.array([0.0, -2.0, 2.0])).astype(int)
    assert zero.min() >= 244
    assert np.ptp(zero) <= 2
    assert negative[2] > negative[0] + 60
    assert positive[0] > positive[2] + 60
    assert not is_dark(zero.astype(np.uint8))


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
    shared, each = show_feature_maps(pair), show_feature_maps(pair, scale="each")
    one, two = (pixels(shared)[place] for place in panels(shared)[:2])
    assert np.abs(one - 255).max() > 150
    assert np.abs(two - 255).max() < 20
    one, two = (pixels(each)[place] for place in panels(each)[:2])
    assert np.array_equal(one, two)
    assert one.min() == 0
    assert one.max() == 255


def test_stages_share_one_scale():
    picture = show_stages({"conv": MAPS, "relu": MAPS.clip(0)})
    drawn, scale = pixels(picture), Scale.of([MAPS])
    first = panels(picture)[:8]
    for map_, (rows, columns) in zip([*MAPS, *MAPS.clip(0)], first, strict=True):
        panel = drawn[rows, columns]
        expected = scale.colours(resample(map_, *panel.shape[:2]))
        assert np.abs(panel - expected).max() <= 4


def test_not_a_number_is_magenta_and_spreads_over_nothing():
    map_ = np.zeros((300, 400))
    map_[7, 9] = np.nan
    map_[200, 300] = -np.inf
    picture = show_feature_maps([map_])
    rows, columns = panels(picture)[0]
    found = (np.abs(pixels(picture)[rows, columns] - MAGENTA).max(axis=2) < 8).sum()
    assert 2 <= found <= 18
    image = np.full((5, 5, 3), 0.3)
    image[2, 3, 0] = np.nan
    picture = show_image(image, values=False)
    rows, columns = panels(picture)[0]
    drawn = pixels(picture)[rows, columns]
    zoom = drawn.shape[0] // 5
    assert ((drawn == MAGENTA).all(axis=2)).sum() == zoom * zoom


def test_photographs_keep_their_colours():
    corners = np.array([[[1.0, 0, 0], [0, 1, 0]], [[0, 0, 1], [1, 1, 0.2]]])
    for image in (corners, np.round(corners * 255).astype(np.uint8)):
        picture = show_image(image, values=False)
        rows, columns = panels(picture)[0]
        drawn = pixels(picture)[rows, columns]
        half = drawn.shape[0] // 2
        assert np.array_equal(drawn[::half, ::half][:2, :2], np.round(corners * 255))


def test_a_photograph_in_256_colours_stays_close_and_its_frame_orange():
    ramp = np.stack(np.meshgrid(np.linspace(0, 1, 300), np.linspace(0, 1, 200)), axis=2)
    image = np.dstack([ramp, ramp.mean(axis=2)])
    picture = show_image(image, boxes=[(50, 60, 80, 90)])
    rows, columns = panels(picture)[0]
    drawn = pixels(picture)[rows, columns]
    assert np.abs(drawn - np.round(255 * image)).mean() < 8
    top = drawn[48:53, 100]
    assert np.abs(top - np.array([255, 153, 0])).max(axis=1).min() < 60


def test_the_page_is_drawn_alike_at_twice_the_size():
    import io

    picture = show_feature_maps(MAPS, title="Four maps")
    buffer = io.BytesIO()
    picture.figure.savefig(buffer, dpi=200)
    with Image.open(buffer) as image:
        twice = np.asarray(image.convert("RGB")).astype(int)
    once = pixels(picture)
    assert twice.shape == (2 * once.shape[0], 2 * once.shape[1], 3)
    for rows, columns in panels(picture):
        assert np.abs(twice[::2, ::2][rows, columns] - once[rows, columns]).max() <= 4


def test_resampling_averages_areas():
    assert resample(np.arange(16.0).reshape(4, 4), 2, 2).tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert resample(np.array([[1.0, 2.0]]), 2, 4).tolist() == [[1, 1, 2, 2]] * 2
    assert resample(np.array([[0.0, 3.0, 6.0]]), 1, 2).tolist() == [[1.0, 5.0]]
    assert np.isclose(resample(MAPS, 5, 7).mean(), MAPS.mean(), atol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 7, 24, 48, 512])
def test_any_number_of_maps_is_tiled_in_one_axes(count):
    picture = show_feature_maps(RANDOM.normal(size=(count, 6, 7)))
    assert len(picture.figure.axes) == 1
    assert len(picture.figure.axes[0].images) == 1
    assert len(panels(picture)) == count + 1  # and the colour bar


def test_more_than_512_are_refused():
    with pytest.raises(ValueError, match=r"513 feature maps are too many.*at most 512.*first 64"):
        show_feature_maps(np.zeros((513, 2, 2)))
    with pytest.raises(ValueError, match="513 kernels are too many"):
        show_filters(np.zeros((513, 2, 2)))
    with pytest.raises(ValueError, match="4096 kernels are too many"):
        show_filters(np.zeros((64, 64, 3, 3)))


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
        "stretched": (lambda values: show_feature_maps(values, scale="each"), MAPS),
    }


@pytest.mark.parametrize("name", everything())
def test_inputs_are_never_changed_and_may_be_read_only(name):
    show, array = everything()[name]
    array = array.copy(order="K")
    before = array.tobytes()
    writable = show(array)
    assert array.tobytes() == before
    assert array.flags.writeable
    array.flags.writeable = False
    frozen = show(array)
    assert frozen.words == writable.words
    assert frozen.png() == writable.png()


@pytest.mark.parametrize("name", everything())
def test_two_calls_give_the_same_bytes(name):
    show, array = everything()[name]
    picture = show(array)
    first = picture.png()
    assert first == picture.png() == show(array).png()
    assert len(picture.figure.axes) == 1
    assert picture.png() == first


def test_the_learners_matplotlib_settings_do_not_matter():
    import matplotlib as mpl

    changed = {"font.size": 22, "font.family": "serif", "figure.facecolor": "black", "image.origin": "lower"}
    changed |= {"axes.grid": True, "image.interpolation": "bicubic", "text.color": "white", "figure.dpi": 30}
    plain = show_filters(BASE, title="a").png(), show_image(np.eye(5)).png()
    with mpl.rc_context(changed):
        assert (show_filters(BASE, title="a").png(), show_image(np.eye(5)).png()) == plain


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
        assert len({picture.png() for picture in pictures}) == 1
    assert tensors[1].requires_grad
    photo = (RANDOM.random((6, 7, 3)) * 255).astype(np.uint8)
    assert show_image(torch.from_numpy(photo)).words == show_image(photo).words
    assert "(uint8)" in show_image(torch.from_numpy(photo)).words
    assert show_image(torch.from_numpy(photo)).png() == show_image(photo).png()


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
        (lambda: show_stages({"a": np.zeros(4)}), ValueError, r"\(4,\)"),
        (lambda: show_stages({"a": MAPS}, scale="both"), ValueError, '"shared" or "each"'),
        (
            lambda: show_stages({"a": RANDOM.normal(size=(9, 9, 3)), "b": MAPS}),
            ValueError,
            "must lie in 0 to 1",
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


def test_numbers_in_cells_are_legible():
    for show, array in [
        (show_filters, RANDOM.normal(size=(4, 5, 5))),
        (show_filters, BASE),
        (show_image, RANDOM.random((12, 12, 3))),
        (show_image, RANDOM.random((24, 24))),
        (lambda bank, **_: show_products(bank / 3, bank), BASE),
    ]:
        texts, page = in_cells(show, array, values=True)
        assert texts
        for text in texts:
            assert contrast(page[int(text.y), int(text.x)] / 255, to_rgb(text.colour)) >= 4.5
            assert text.size >= 5.5


def test_cells_hold_the_weights_in_their_places():
    bank = np.array([[1.0, -2.0], [0.0, 30.0]])
    texts, _ = in_cells(show_filters, bank)
    rows, columns = panels(show_filters(bank))[0]
    cell = (rows.stop - rows.start) / 2
    centres = [
        ((text.y - rows.start) / cell, (text.x + text.width / 2 - columns.start) / cell) for text in texts
    ]
    assert dict(zip(centres, [text.words for text in texts], strict=True)) == {
        (0.5, 0.5): "1",
        (0.5, 1.5): "-2",
        (1.5, 0.5): "0",
        (1.5, 1.5): "30",
    }


def test_letters_are_drawn_where_they_are_written():
    with written() as sheets:
        picture = show_feature_maps(np.zeros((1, 4, 4)), title="X", titles=["mm"])
    page = np.asarray(picture.figure.axes[0].images[0].get_array()).astype(int)
    drawn = np.abs(page - sheets[0].page).max(axis=2) > 60
    for text in sheets[0].texts:
        rows, columns = np.nonzero(
            drawn[round(text.y) - 10 : round(text.y) + 10, round(text.x) - 2 :][:, :60]
        )
        assert abs(rows.mean() - 10) < 3, text
        assert -1 <= columns.min() - 2 <= 3, text
        assert abs(columns.max() - 2 - text.width) < 4, text


def test_values_are_written_where_they_fit_and_on_demand():
    def count(show, *args, **options):
        return len(in_cells(show, *args, **options)[0])

    assert count(show_filters, BASE) == 16
    assert count(show_filters, BASE, values=False) == 0
    assert count(show_filters, RANDOM.normal(size=(64, 3, 3))) == 0
    assert count(show_filters, RANDOM.normal(size=(16, 5, 5)), values=True) == 400
    assert count(show_image, np.zeros((12, 12))) == 144
    assert count(show_image, np.zeros((13, 13))) == 0
    assert count(show_image, np.zeros((13, 13)), values=True) == 169


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
        "    picture._repr_mimebundle_()\n"
        "    picture.figure"
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


def heights(picture, index, colour):
    """The heights of a histogram's bars of one colour, by their centres."""
    from matplotlib.colors import to_hex

    bars = [bar for bar in picture.figure.axes[index].patches if to_hex(bar.get_facecolor()) == colour]
    return {
        round(bar.get_x() + bar.get_width() / 2, 6): round(bar.get_height(), 6)
        for bar in bars
        if bar.get_height()
    }


def test_a_histogram_keeps_zeros_apart_from_small_values():
    values = np.array([-4.0, -0.01, 0.0, 0.0, 0.01, 0.01, 0.01, 4.0, 4.0, 4.0])
    picture = show_histogram({"all": values, "after": values.clip(0)}, bins=4)
    assert heights(picture, 0, "#2166ac") == {-3: 10, -1: 10}
    assert heights(picture, 0, "#777777") == {0: 20}
    assert heights(picture, 0, "#b2182b") == {1: 30, 3: 30}
    assert heights(picture, 1, "#2166ac") == {}
    assert heights(picture, 1, "#777777") == {0: 40}
    assert "after: 0 to 4; 0 % below zero, 40 % zero, 60 % above zero." in picture.words
