"""Pictures in a page: their size and words, nothing from outside, text that keeps its place in any font."""

from __future__ import annotations

import base64
import itertools
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

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

RANDOM = np.random.default_rng(1)
MAPS = RANDOM.normal(size=(8, 60, 90))
LONG = "A title that is long enough to need two lines on a page of eight hundred pixels, the widest there is"
NAMES = [f"the {n}th name, rather long" for n in range(8)]
TABLE = RANDOM.integers(0, 99, size=(5, 4)) + 0.25
PICTURES = {
    "image": show_image(
        RANDOM.random((213, 320, 3)), title=LONG, boxes=[(9, 9, 40, 40)], detail=(0, 0, 60, 60)
    ),
    "numbers": show_image(RANDOM.random((12, 12, 3)), title="One twelve by twelve"),
    "filters": show_filters(RANDOM.normal(size=(6, 5, 5)) * 100, titles=NAMES[:6], title="W" * 90),
    "weight": show_filters(RANDOM.normal(size=(4, 3, 3, 3)), title="필터 뱅크"),
    "in colour": show_filters(RANDOM.normal(size=(8, 3, 3, 3)), colour=True, titles=NAMES),
    "maps": show_feature_maps(MAPS, titles=NAMES, title=LONG),
    "huge": show_feature_maps(MAPS[:2] * 1e30, title="Numbers with exponents"),
    "stretched": show_feature_maps(MAPS[:3], scale="each"),
    "stages": show_stages({"the photograph": RANDOM.random((50, 90, 3)), LONG: MAPS, "after": MAPS.clip(0)}),
    "side by side": show_stages({LONG: MAPS[:1], "response": MAPS[1:2]}),
    "sliding": show_sliding(RANDOM.normal(size=(8, 10)), RANDOM.normal(size=(4, 4)), title=LONG),
    "channels": show_channels(RANDOM.random((3, 60, 90)), RANDOM.normal(size=(3, 5, 5)), names=NAMES[:3]),
    "network": show_network({name: (4**n, 99 - n, 80) for n, name in enumerate(NAMES)}, title="Network"),
    "confusion": show_confusion(RANDOM.integers(0, 2000, (8, 8)), NAMES, title=LONG),
    "frames": show_image(RANDOM.random((9, 9)), boxes=[(1, 1, n, n) for n in range(1, 7)], labels=NAMES[:6]),
    "windows": show_windows(
        [{"stride": 2}, {"padding": 2, "dilation": 2}, {"kernel": 5}], size=11, title="Windows"
    ),
    "products": show_products(RANDOM.normal(size=(4, 4)), RANDOM.normal(size=(4, 4)) * 1e6),
    "pooling": show_pooling(TABLE, {"max": TABLE[:2, :2], "a mean of some kind": TABLE[:3, :2]}),
    "curves": show_curves(
        {name: MAPS[n, 0] for n, name in enumerate(NAMES[:6])}, y_name="activation", title=LONG
    ),
    "histogram": show_histogram(
        {LONG: MAPS, "after ReLU": MAPS.clip(0)}, title="What is cut", x_name="response"
    ),
}
# As wide as fonts for screens get, and a narrow one. Both come with matplotlib.
FONTS = {"wide": "DejaVuSans.ttf", "narrow": "STIXGeneral.ttf"}
BOXES = """() => [...document.querySelectorAll('svg text')].map(text => {
    const box = text.getBoundingClientRect();
    return [text.textContent, box.left, box.top, box.right, box.bottom];
})"""


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1000, "height": 800}, device_scale_factor=2)
    yield context.new_page()
    context.close()


def test_each_has_its_natural_size_and_words_and_asks_for_nothing(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url[:40]))
    figures = "".join(picture._repr_mimebundle_()["text/html"] for picture in PICTURES.values())
    page.set_content(figures)
    page.wait_for_function("() => [...document.images].every(image => image.complete)")
    seen = page.evaluate(
        "() => [...document.images].map(i => [i.naturalWidth, i.width, i.naturalHeight, i.height, i.alt])"
    )
    for picture, (natural, width, tall, height, alt) in zip(PICTURES.values(), seen, strict=True):
        assert natural == width == picture.width
        assert tall == height > 0
        assert alt == picture.words
    assert [url for url in asked if not url.startswith("data:image/svg+xml")] == []


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("font", FONTS)
def test_no_text_leaves_the_picture_or_covers_another(name, font, page):
    file = Path(mpl.get_data_path(), "fonts", "ttf", FONTS[font])
    source = base64.b64encode(file.read_bytes()).decode("ascii")
    picture = PICTURES[name]
    page.set_content(
        f"<style>@font-face {{ font-family: other; src: url(data:font/ttf;base64,{source}) }}"
        f" body {{ margin: 0 }} svg, svg * {{ font-family: other !important }}</style>{picture.svg}"
    )
    page.evaluate("() => document.fonts.load('12px other')")
    width, height = page.evaluate(
        "() => { const b = document.querySelector('svg').viewBox.baseVal; return [b.width, b.height]; }"
    )
    boxes = page.evaluate(BOXES)
    assert boxes
    for words, left, top, right, bottom in boxes:
        assert left >= -0.5, words
        assert right <= width + 0.5, words
        assert top >= -4, words  # the box of a line is higher than its letters
        assert bottom <= height + 4, words
    for (one, *a), (other, *b) in itertools.combinations(boxes, 2):
        wide, tall = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        assert wide <= 1 or tall <= 5, (one, other)
