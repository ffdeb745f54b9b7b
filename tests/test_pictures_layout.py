"""Pictures of any size: nothing crashes, and nothing leaves the page or covers something else.

Text in other fonts than the one measured is tested in a browser: tests/browser/test_pictures_in_pages.py.
"""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page_reading import page_size, panels, pieces, texts

from coursekit.pictures import (
    show_curves,
    show_feature_maps,
    show_filters,
    show_histogram,
    show_image,
    show_products,
    show_stages,
    show_windows,
)
from coursekit.pictures.svg import shortened, text_width, wrap

LONG = (
    "A title with more words than a page of eight hundred pixels can hold in a single line, which is what "
    "happens when somebody explains everything above the picture instead of below it"
)
TITLES = ["", "Four maps", LONG, "W" * 200, "필터 뱅크가 만든 특징 지도 " * 8, "costs $5 & $6_a^b$"]
RANDOM = np.random.default_rng(3)


def place(text):
    """Left, top, right and bottom of a text."""
    size = float(text.attributes["font-size"])
    wide, middle = text_width(text.words, size), text.y - 0.35 * size
    left = text.x - {"middle": wide / 2, "end": wide}.get(text.attributes.get("text-anchor"), 0)
    return left, middle - 0.55 * size, left + wide, middle + 0.55 * size


def draw(show, *args, **options):
    """Draw, and check that everything lies on the page, and no text or panel on another."""
    picture = show(*args, **options)
    width, height = page_size(picture)
    places = [(text.words, place(text)) for text in pieces(picture, "text")]
    boxes = [("panel", (p.x, p.y, p.x + p.width, p.y + p.height)) for p in panels(picture)]
    for what, (left, top, right, bottom) in places + boxes:
        assert min(left, top) >= -0.5, what
        assert right <= width + 0.5, what
        assert bottom <= height + 0.5, what
    for pairs in (places, boxes):
        for (one, a), (other, b) in itertools.combinations(pairs, 2):
            wide, tall = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            assert wide <= 1 or tall <= 2, (one, other)
    return picture


COUNT, SIDE, SMALL = st.integers(1, 20), st.integers(1, 60), st.integers(1, 12)
TITLE, EITHER = st.sampled_from(TITLES), st.booleans()
FEW = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def names(noun, count):
    return [f"the {n}th {noun}, rather long" for n in range(count)]


@FEW
@given(COUNT, SIDE, SIDE, TITLE, st.sampled_from(["shared", "each"]), EITHER)
def test_feature_maps_of_any_shape(count, height, width, title, scale, named):
    maps = np.random.default_rng(count * height).normal(size=(count, height, width))
    draw(show_feature_maps, maps, title=title, titles=names("name", count * named), scale=scale)


@FEW
@given(COUNT, st.integers(0, 4), SMALL, SMALL, TITLE, EITHER)
def test_filters_of_any_shape(count, inputs, height, width, title, named):
    shape = (count, inputs, height, width) if inputs else (count, height, width)
    bank = np.random.default_rng(count * width).normal(size=shape)
    draw(show_filters, bank, title=title, titles=names("filter", count * named))


@FEW
@given(SIDE, SIDE, EITHER, TITLE)
def test_images_of_any_shape(height, width, colour, title):
    image = np.random.default_rng(height).random((height, width, 3) if colour else (height, width))
    draw(show_image, image, title=title, boxes=[(height // 2, width // 3, 1, 1)])


@settings(FEW, max_examples=25)
@given(st.lists(COUNT, min_size=1, max_size=4), SIDE, SIDE, EITHER, TITLE)
def test_stages_of_any_shape(counts, height, width, photographed, title):
    random = np.random.default_rng(height * width)
    stages = {f"stage {n} of some": random.normal(size=(c, height, width)) for n, c in enumerate(counts)}
    if photographed:
        stages = {f"photo {title}": random.random((height + 4, width + 4, 3)), **stages}
    draw(show_stages, stages, title=title)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_images_side_by_side(count):
    sizes = RANDOM.integers(4, 60, size=(count, 2))
    images = {TITLES[n % 6] + str(n): RANDOM.random((*size, 3)) for n, size in enumerate(sizes)}
    draw(show_stages, images, title=LONG)


@pytest.mark.parametrize("count", [1, 3, 8])
@pytest.mark.parametrize("size", [2, 8, 16])
def test_every_number_of_windows_fits_the_page(count, size):
    windows = [{"stride": 1 + index, "padding": index % 3} for index in range(count)]
    assert page_size(draw(show_windows, windows, size=size, kernel=2, title=LONG))[0] <= 800


@pytest.mark.parametrize("title", TITLES)
def test_products_and_charts(title):
    for side in (1, 3, 7):
        values = RANDOM.normal(size=(side, side))
        draw(show_products, values, values * 1e9, title=title)
    curves = {f"{title[:40]} {n}": RANDOM.normal(size=9) for n in range(6)}
    draw(show_curves, curves, title=title, x_name=title, y_name="activation")
    draw(show_histogram, {title or "a": RANDOM.normal(size=99), "b": np.zeros(3)}, title=title)


EXTREMES = {
    "one row": RANDOM.normal(size=(2, 1, 500)),
    "one column": RANDOM.normal(size=(2, 500, 1)),
    "one by one, many": RANDOM.normal(size=(20, 1, 1)),
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


@pytest.mark.parametrize("maps", EXTREMES.values(), ids=EXTREMES)
@pytest.mark.parametrize("scale", ["shared", "each"])
def test_extreme_values_and_shapes_are_drawn_without_a_warning(maps, scale):
    for picture in (
        draw(show_feature_maps, maps, scale=scale),
        draw(show_stages, {"a": maps, "b": maps}, scale=scale),
        draw(show_filters, maps, title=LONG),
    ):
        assert len(picture.svg) < 200_000
    draw(show_products, maps[0][:7, :7], np.ones(maps[0][:7, :7].shape))


def test_a_colour_bar_shows_the_ends_of_huge_scales():
    written = texts(draw(show_feature_maps, EXTREMES["huge"]))
    assert len([text for text in written if text.endswith("e30")]) == 2
    assert "0" in written


@pytest.mark.parametrize("columns", [1, 3, 52])
def test_any_number_of_columns_that_fits(columns):
    picture = draw(show_feature_maps, RANDOM.normal(size=(100, 14, 14)), columns=columns)
    assert max(page_size(picture)) <= 4200


@pytest.mark.parametrize(("height", "width"), [(1, 2000), (2000, 1), (300, 900), (900, 300)])
def test_large_images_fit_the_screen(height, width):
    assert max(page_size(draw(show_image, np.random.default_rng(0).random((height, width))))) <= 720


def test_the_four_maps_of_a_lesson_fill_their_page():
    picture = show_feature_maps(RANDOM.normal(size=(4, 210, 317)), title="Four maps", columns=2)
    width, height = page_size(picture)
    assert sum(panel.width * panel.height for panel in panels(picture)) > 0.7 * width * height


def test_text_that_is_broken_keeps_its_words_and_its_width():
    assert wrap("", 100, 15) == []
    lines = wrap(LONG, 300, 15)
    assert " ".join(lines) == LONG
    assert max(text_width(line, 15) for line in lines) <= 300
    assert "".join(wrap("W" * 50, 100, 15)) == "W" * 50
    cut = shortened(LONG, 60, 12, 3)
    assert len(cut) == 3
    assert cut[-1].endswith("…")


def test_panels_too_narrow_for_any_name_have_none():
    narrow = show_feature_maps(np.zeros((20, 1, 1)), titles=names("name", 20), columns=20)
    assert "…" not in texts(narrow)
