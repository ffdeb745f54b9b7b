"""The Picture itself: how it displays, and what it writes."""

import base64
import errno
import io
import re
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest
from page_reading import pixels
from PIL import Image

from coursekit.pictures import (
    Picture,
    show_curves,
    show_feature_maps,
    show_filters,
    show_histogram,
    show_image,
    show_stages,
)

AWKWARD = 'a < b & "c" > \'d\' </figcaption><script>alert("1")</script>'


class Reader(HTMLParser):
    """Collect what a page holds."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.image, self.text = [], {}, ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "img":
            self.image = dict(attrs)

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def picture():
    return show_image(np.linspace(0, 1, 200).reshape(10, 20), title="A ramp")


def test_display_holds_the_image_and_twice_the_words(picture):
    bundle = picture._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == picture.words == repr(picture)
    page = Reader(bundle["text/html"])
    assert page.tags == ["figure", "img", "figcaption", "small"]
    assert page.image["alt"] == page.text == picture.words
    data = base64.b64decode(page.image["src"].removeprefix("data:image/png;base64,"))
    assert data == picture.png()
    with Image.open(io.BytesIO(data)) as image:
        assert image.width == int(page.image["width"])


@pytest.mark.parametrize(
    "title", [AWKWARD, "$\\foo$", "it costs $5", "필터 뱅크", "a\nb", "  ", "%s {x}", "_hidden"]
)
def test_titles_are_text_and_nothing_else(title):
    pictures = [show_image(np.eye(3), title=title), show_feature_maps(np.eye(3), title=title, titles=[title])]
    pictures += [show_curves({title: [0, 1, 2]}, title=title, x_name=title, y_name=title)]
    pictures += [show_histogram({title: [0, 1, 2]}, title=title, x_name=title)]
    for picture in pictures:
        html = picture._repr_mimebundle_()["text/html"]
        page = Reader(html)
        assert set(page.tags) <= {"figure", "img", "figcaption", "details", "summary", "small"}
        assert page.image["alt"] == page.text == picture.words
        assert picture.words.startswith(title)
        quoted = re.search(r'alt="([^"]*)"', html).group(1)
        assert "<" not in quoted
        assert unescape(quoted) == picture.words


def test_long_words_unfold(picture):
    """What is seen at once ends with a sentence; with the rest it is all words, as the image's alt."""
    words = "Map 1: -1.5 to 2. " * 30 + "The end!"
    html = picture.retold(words)._repr_mimebundle_()["text/html"]
    page = Reader(html)
    assert page.tags == ["figure", "img", "figcaption", "details", "summary", "small", "small"]
    assert page.image["alt"] == page.text == words
    seen = re.search(r"<summary><small>(.*?)</small></summary>", html).group(1)
    assert seen == ("Map 1: -1.5 to 2. " * 11).rstrip()


def test_one_long_sentence_is_not_cut(picture):
    words = "A title of many words " * 20
    assert "<details>" not in picture.retold(words)._repr_mimebundle_()["text/html"]


def test_grays_beside_many_colours_stay_gray():
    """A photograph takes up the 256 colours, but what is gray is not tinted."""
    rng = np.random.default_rng(0)
    image = rng.random((300, 300, 3))
    image[100:200, 100:200] = np.linspace(0, 1, 100)[:, None, None]
    shown = pixels(show_image(image))
    gray = shown[24 + 101 : 24 + 199, 44 + 101 : 44 + 199]
    assert np.ptp(gray, axis=2).max() == 0
    # Half a step of 48 levels, and the rounding.
    np.testing.assert_allclose(gray[:, 0, 0], 255 * np.linspace(0, 1, 100)[1:99], atol=255 / 47 / 2 + 1)


@pytest.mark.parametrize("name", ["ramp.png", "그림 ä 図.png"])
def test_save_to_a_path(picture, tmp_path, name):
    for path in (tmp_path / name, str(tmp_path / f"text {name}")):
        picture.save(path)
        with open(path, "rb") as file:
            assert file.read() == picture.png()
    assert len(list(tmp_path.iterdir())) == 2


def test_save_to_a_file_object(picture):
    target = io.BytesIO()
    picture.save(target)
    assert target.getvalue() == picture.png()


def test_save_beside_the_notebook(picture, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    picture.save("here.png")
    assert (tmp_path / "here.png").read_bytes() == picture.png()


def test_a_missing_folder_is_named(picture, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"the folder .*nowhere does not exist\. Create it first"):
        picture.save(tmp_path / "nowhere" / "a.png")


def test_the_words_travel_in_the_file(tmp_path):
    picture = show_image(np.eye(3), title=f"{AWKWARD} 그림")
    picture.save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.text["Description"] == picture.words
        assert image.format == "PNG"
        assert len(image.convert("RGB").getcolors(1000)) <= 256


def test_the_background_is_white_and_opaque(picture):
    with Image.open(io.BytesIO(picture.png())) as image:
        assert image.mode == "P"
        assert "transparency" not in image.info
        assert image.convert("RGB").getpixel((image.width - 1, image.height - 1)) == (255, 255, 255)


def test_nothing_is_written_when_drawing_fails(picture, tmp_path, monkeypatch):
    def fail(self):
        raise RuntimeError("cannot draw")

    monkeypatch.setattr(Picture, "png", fail)
    with pytest.raises(RuntimeError, match="cannot draw"):
        picture.save(tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_the_old_file(picture, tmp_path, monkeypatch):
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "a.png"
    path.write_bytes(b"old")

    monkeypatch.setattr("coursekit.pictures.picture.open", lambda *args: Full(), raising=False)
    with pytest.raises(OSError, match="No space left"):
        picture.save(path)
    assert path.read_bytes() == b"old"


def test_a_failing_move_leaves_the_old_file_and_no_other(picture, tmp_path, monkeypatch):
    def fail(source, target):
        raise PermissionError("in use")

    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    monkeypatch.setattr("coursekit.pictures.picture.os.replace", fail)
    with pytest.raises(PermissionError):
        picture.save(path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.png"]
    assert path.read_bytes() == b"old"


def test_no_figure_is_kept_alive():
    import gc
    import weakref

    picture = show_image(np.eye(3))
    picture.png()
    figure = weakref.ref(picture.figure)
    del picture
    gc.collect()
    assert figure() is None


def test_a_scale_beside_a_photograph_has_no_bands():
    """A colour bar is few pixels among many of a photograph, and yet it keeps its colours."""
    rng = np.random.default_rng(0)
    picture = show_stages(
        {"photograph": rng.random((200, 300, 3)), "map": np.linspace(0, 1, 9).reshape(3, 3)[None]}
    )
    with Image.open(io.BytesIO(picture.png())) as image:
        assert len(image.getpalette()) == 3 * 256
    drawn, shown = np.asarray(picture._drawn).astype(int), pixels(picture)
    bar = (drawn[..., 0] - drawn[..., 2] > 150) & (
        np.arange(drawn.shape[1]) > drawn.shape[1] - 60
    )  # its yellow end
    assert bar.sum() > 100
    assert np.abs(shown - drawn)[bar].max() <= 12


def test_grays_are_never_tinted_among_the_colours_of_filters():
    rng = np.random.default_rng(1)
    weight = np.concatenate(
        [rng.normal(size=(12, 3, 5, 5)), np.linspace(-1, 1, 25).reshape(1, 1, 5, 5).repeat(3, 1)]
    )
    picture = show_filters(weight, colour=True)
    drawn, shown = np.asarray(picture._drawn).astype(int), pixels(picture)
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 256
    gray = np.ptp(drawn, axis=2) == 0
    assert np.ptp(shown, axis=2)[gray].max() == 0
    assert np.abs(shown - drawn)[gray].max() <= 3
    assert np.abs(shown - drawn).mean() < 2


def test_a_page_of_few_colours_stays_as_it_is():
    picture = show_image(np.linspace(0, 1, 256).reshape(16, 16), title="All grays")
    drawn = np.asarray(picture._drawn)
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) <= 256
    np.testing.assert_array_equal(pixels(picture), drawn)
