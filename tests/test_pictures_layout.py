"""Pictures of any size: nothing crashes, and nothing leaves the page or covers something else."""

import itertools
import re
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from page_reading import written

from coursekit.pictures import (
    show_curves,
    show_feature_maps,
    show_filters,
    show_histogram,
    show_image,
    show_products,
    show_stages,
)
from coursekit.pictures.fonts import DPI, text_width
from coursekit.pictures.lettering import Heading, Names, wrap

LONG = (
    "A title with more words than a page of eight hundred pixels can hold in a single line, which is what "
    "happens when somebody explains everything above the picture instead of below it"
)
TITLES = ["", "Four maps", LONG, "W" * 200, "필터 뱅크가 만든 특징 지도 " * 8, "costs $5 & $6_a^b$"]
RANDOM = np.random.default_rng(3)


def texts_of_chart(picture):
    """Each text of a chart that can be seen: words, left, top, right, bottom in pixels."""
    canvas = FigureCanvasAgg(picture.figure)
    with warnings.catch_warnings():
        # Not every machine has letters of Korean; the words beside the picture hold them anyway.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        canvas.draw()
    height = canvas.get_width_height()[1]
    texts = {id(text): text for text in picture.figure.findobj(Text)}
    for text in texts.values():
        # A chart keeps labels of ticks that lie outside its axes and are not drawn.
        tick = re.fullmatch(r"[−\d.]+", text.get_text())
        if text.get_text().strip() and text.get_visible() and not tick:
            box = text.get_window_extent(canvas.get_renderer())
            yield text.get_text(), box.x0, height - box.y1, box.x1, height - box.y0


def texts_of_sheet(sheet):
    """Each text of a sheet: words, left, top, right, bottom in pixels."""
    for text in sheet.texts:
        half = 0.55 * text.size * DPI / 72
        yield text.words, text.x, text.y - half, text.x + text.width, text.y + half


def assert_inside_and_apart(texts, width, height, *, apart=True):
    texts = list(texts)
    for text, left, top, right, bottom in texts:
        assert left >= -0.5, text
        assert top >= -0.5, text
        assert right <= width + 0.5, text
        assert bottom <= height + 0.5, text
    if apart:
        for (one, *a), (other, *b) in itertools.combinations(texts, 2):
            wide, tall = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            # Lines may come near each other: letters are seldom as high as the line.
            assert wide <= 1 or tall <= 5, (one, other)


def draw(show, *args, **options):
    """Draw on a sheet, and check that all texts stand on it, and none on another."""
    with written() as sheets:
        picture = show(*args, **options)
    (sheet,) = sheets
    height, width = sheet.page.shape[:2]
    assert_inside_and_apart(texts_of_sheet(sheet), width, height)
    return picture, sheet


SIDE = st.integers(1, 60)
FEW = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@FEW
@given(
    st.integers(1, 20),
    SIDE,
    SIDE,
    st.sampled_from(TITLES),
    st.sampled_from(["shared", "each"]),
    st.booleans(),
)
def test_feature_maps_of_any_shape(count, height, width, title, scale, named):
    maps = np.random.default_rng(count * height).normal(size=(count, height, width))
    titles = [f"the {n}th name, rather long" for n in range(count)] if named else ()
    draw(show_feature_maps, maps, title=title, titles=titles, scale=scale)


@FEW
@given(
    st.integers(1, 20),
    st.integers(0, 4),
    st.integers(1, 12),
    st.integers(1, 12),
    st.sampled_from(TITLES),
    st.booleans(),
)
def test_filters_of_any_shape(count, inputs, height, width, title, named):
    shape = (count, inputs, height, width) if inputs else (count, height, width)
    bank = np.random.default_rng(count * width).normal(size=shape)
    titles = [f"the {n}th filter, rather long" for n in range(count)] if named else ()
    draw(show_filters, bank, title=title, titles=titles)


@FEW
@given(SIDE, SIDE, st.booleans(), st.sampled_from(TITLES))
def test_images_of_any_shape(height, width, colour, title):
    image = np.random.default_rng(height).random((height, width, 3) if colour else (height, width))
    draw(show_image, image, title=title, boxes=[(height // 2, width // 3, 1, 1)])


@settings(FEW, max_examples=25)
@given(
    st.lists(st.integers(1, 20), min_size=1, max_size=4), SIDE, SIDE, st.booleans(), st.sampled_from(TITLES)
)
def test_stages_of_any_shape(counts, height, width, photographed, title):
    random = np.random.default_rng(height * width)
    stages = {f"stage {n} of some": random.normal(size=(c, height, width)) for n, c in enumerate(counts)}
    if photographed:
        stages = {f"photo {title}": random.random((height + 4, width + 4, 3)), **stages}
    draw(show_stages, stages, title=title)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_images_side_by_side(count):
    sizes = RANDOM.integers(4, 60, size=(count, 2))
    images = {TITLES[n % 6] + str(n): RANDOM.random((*size, 3)) for n, size in enumerate(sizes)}
    draw(show_stages, images, title=LONG)


@pytest.mark.parametrize("title", TITLES)
def test_products_curves_and_histograms(title):
    for side in (1, 3, 7):
        values = RANDOM.normal(size=(side, side))
        draw(show_products, values, values * 1e9, title=title)
    curves = {f"{title[:40]} {n}": RANDOM.normal(size=9) for n in range(3)}
    chart = show_curves(curves, title=title, x_name="response", y_name="activation")
    assert_inside_and_apart(texts_of_chart(chart), *FigureCanvasAgg(chart.figure).get_width_height())
    chart = show_histogram({title or "a": RANDOM.normal(size=99)}, title=title)
    size = FigureCanvasAgg(chart.figure).get_width_height()
    assert_inside_and_apart(texts_of_chart(chart), *size, apart=False)


EXTREMES = {
    "one row": RANDOM.normal(size=(2, 1, 500)),
    "one column": RANDOM.normal(size=(2, 500, 1)),
    "one value": np.ones((1, 1, 1)),
    "one by one, many": RANDOM.normal(size=(20, 1, 1)),
    "constant": np.full((3, 5, 5), -0.25),
    "zero": np.zeros((3, 5, 5)),
    "huge": RANDOM.normal(size=(2, 6, 7)) * 1e30,
    "largest float32": np.array([[[-3.4e38, 3.4e38]]], np.float32),
    "largest float64": np.array([[[-1.7e308, 1.7e308]]]),
    "tiny": RANDOM.normal(size=(2, 6, 7)) * 1e-12,
    "smallest float32": np.array([[[1e-45, 0.0, 1e-44]]], np.float32),
    "smallest float64": np.array([[[1e-300, -1e-300]]]),
    "huge and tiny": np.array([[[1e30, 1e-12], [-1.0, 0.0]]]),
    "far from zero": 1e30 + np.zeros((1, 2, 2)),
    "float16": (RANDOM.normal(size=(2, 5, 5)) * 60000).clip(-65504, 65504).astype(np.float16),
    "integers": np.arange(-8, 10).reshape(2, 3, 3),
    "large integers": np.array([[[2**62, -(2**62)]]]),
    "NaN only": np.full((2, 3, 3), np.nan),
    "infinite": np.array([[[np.inf, 1.0], [-np.inf, np.nan]]]),
}


@pytest.mark.parametrize("name", list(EXTREMES))
@pytest.mark.parametrize("scale", ["shared", "each"])
def test_extreme_values_and_shapes_are_drawn_without_a_warning(name, scale):
    maps = EXTREMES[name]
    for picture, _ in (
        draw(show_feature_maps, maps, scale=scale),
        draw(show_stages, {"a": maps, "b": maps}, scale=scale),
        draw(show_filters, maps, title=LONG),
    ):
        assert len(picture.png()) < 200_000
    small = maps[0][:7, :7]
    draw(show_products, small, np.ones(small.shape))


def test_a_colour_bar_shows_the_ends_of_huge_scales():
    _, sheet = draw(show_feature_maps, EXTREMES["huge"])
    texts = {text.words for text in sheet.texts}
    assert len([text for text in texts if text.endswith("e30")]) == 2
    assert "0" in texts


@pytest.mark.parametrize("columns", [1, 3, 100, 1000])
def test_any_number_of_columns(columns):
    _, sheet = draw(show_feature_maps, RANDOM.normal(size=(100, 14, 14)), columns=columns)
    assert max(sheet.page.shape) <= 5000


@pytest.mark.parametrize(("height", "width"), [(1, 2000), (2000, 1), (300, 900), (900, 300)])
def test_large_images_fit_the_screen(height, width):
    _, sheet = draw(show_image, np.random.default_rng(0).random((height, width)))
    assert max(sheet.page.shape) <= 720


def test_the_four_maps_of_a_lesson_fill_their_page():
    picture = show_feature_maps(RANDOM.normal(size=(4, 210, 317)), title="Four maps", columns=2)
    page = np.asarray(picture.figure.axes[0].images[0].get_array())
    assert (page != 255).any(axis=2).mean() > 0.7


def test_breaking_and_shrinking():
    assert wrap("", 100, 11) == []
    assert wrap("short", 100, 11) == ["short"]
    lines = wrap(LONG, 300, 11)
    assert " ".join(lines) == LONG
    assert max(text_width(line, 11) for line in lines) <= 300
    assert "".join(wrap("W" * 50, 100, 11)) == "W" * 50
    heading = Heading.fit(LONG, 240)
    assert heading.width == 800
    assert " ".join(heading.lines) == LONG
    assert Names.fit(["a", "b"], 100).size == 9
    cut = Names.fit([LONG], 60)
    assert len(cut.lines[0]) == 3
    assert cut.lines[0][-1].endswith("…")
    assert Names.fit(["map 1"], 10).height == 0


def test_a_frame_leaves_what_it_frames_and_a_detail_shows_it_enlarged():
    image = np.full((100, 120), 0.5)
    image[40:44, 50:54] = 1.0
    with written() as sheets:
        picture = show_image(image, boxes=[(40, 50, 4, 4)], detail=(30, 40, 20, 30), corner=(200, 300))
    page = sheets[0].page
    zoom = 3  # of 440 // 120
    at = 24 + 40 * zoom, 44 + 50 * zoom
    assert (page[at[0] : at[0] + 4 * zoom, at[1] : at[1] + 4 * zoom] == 255).all()
    assert page[at[0] - 1, at[1]].tolist() == [255, 153, 0]
    assert page[at[0] - 3, at[1]].tolist() == [0, 0, 0]
    # The detail begins 44 pixels to the right of the image; its rows and columns are counted in the whole.
    left, larger = 44 + 120 * zoom + 44, 10
    inner = page[24 + 10 * larger : 24 + 14 * larger, left + 10 * larger : left + 14 * larger]
    assert (inner == 255).all()
    assert page[24 + 10 * larger - 1, left + 10 * larger].tolist() == [255, 153, 0]
    numbers = {text.words for text in sheets[0].texts}
    assert {"200", "250", "299", "300", "360", "419", "230", "240", "249", "340", "355", "369"} <= numbers
    assert picture.words.endswith(
        "A frame marks rows 240 to 243, columns 350 to 353. "
        "Enlarged beside it stand rows 230 to 249, columns 340 to 369."
    )


@pytest.mark.parametrize("detail", [(0, 0, 11, 5), (0, 0, 0, 5), (1, 2, 3), "all"])
def test_a_detail_that_is_no_part_is_refused(detail):
    with pytest.raises(ValueError, match="the detail"):
        show_image(np.zeros((10, 10)), detail=detail)


def test_few_rows_and_columns_are_all_counted():
    with written() as sheets:
        show_image(np.zeros((7, 9)))
        show_image(np.zeros((40, 50)))
    numbers = [sorted({int(text.words) for text in sheet.texts if text.words.isdigit()}) for sheet in sheets]
    assert numbers == [list(range(9)), [0, 20, 25, 39, 49]]
