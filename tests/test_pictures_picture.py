"""The Picture itself: how it displays, and what it writes."""

import errno
import io
import re
import sys
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest
from conftest import required
from PIL import Image

from coursekit.pictures import show_curves, show_feature_maps, show_histogram, show_image

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
    kind, address = page.image["src"].split(",", 1)
    assert kind == "data:image/svg+xml"
    assert ElementTree.canonicalize(unquote(address)) == ElementTree.canonicalize(picture.svg)
    assert ElementTree.fromstring(picture.svg).get("width") == page.image["width"] == str(picture.width)


def test_an_address_holds_no_letter_that_ends_it():
    title = AWKWARD + "% # 100%25 필터 ½"
    address = Reader(show_image(np.eye(3), title=title)._repr_mimebundle_()["text/html"]).image["src"]
    assert address.isascii()
    assert not set(address) & set('<>"#\n&')
    assert title in "".join(ElementTree.fromstring(unquote(address.split(",", 1)[1])).itertext())


@pytest.mark.parametrize(
    "title", [AWKWARD, "$\\foo$", "it costs $5", "필터 뱅크", "a\nb", "  ", "%s {x}", "_hidden"]
)
def test_titles_are_text_and_nothing_else(title):
    for picture in (
        show_image(np.eye(3), title=title),
        show_feature_maps(np.eye(3), title=title, titles=[title]),
        show_curves({title: [0, 1, 2]}, title=title, x_name=title, y_name=title),
        show_histogram({title: [0, 1, 2]}, title=title, x_name=title),
    ):
        html = picture._repr_mimebundle_()["text/html"]
        page = Reader(html)
        assert set(page.tags) <= {"figure", "img", "figcaption", "details", "summary", "small"}
        assert page.image["alt"] == page.text == picture.words
        assert picture.words.startswith(title)
        assert "<" not in re.search(r'alt="([^"]*)"', html)[1]


def test_long_words_unfold(picture):
    """What is seen at once ends with a sentence; with the rest it is all words, as the image's alt."""
    words = "Map 1: -1.5 to 2. " * 30 + "The end!"
    html = picture.with_words(words)._repr_mimebundle_()["text/html"]
    page = Reader(html)
    assert page.tags == ["figure", "img", "figcaption", "details", "summary", "small", "small"]
    assert page.image["alt"] == page.text == words
    seen = re.search(r"<summary><small>(.*?)</small></summary>", html).group(1)
    assert seen == ("Map 1: -1.5 to 2. " * 11).rstrip()
    # One long sentence is not cut.
    html = picture.with_words("A title of many words " * 20)._repr_mimebundle_()["text/html"]
    assert "<details>" not in html


def test_save_as_svg_with_the_words_in_it(picture, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    target = io.BytesIO()
    picture.save(target)
    assert ElementTree.fromstring(target.getvalue()).find("{*}desc").text == picture.words
    for path in (tmp_path / "ramp.svg", str(tmp_path / "그림 ä 図.SVG"), "here.svg"):
        picture.save(path)
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {target.getvalue()}
    assert {path.name for path in tmp_path.iterdir()} == {"ramp.svg", "그림 ä 図.SVG", "here.svg"}


@pytest.mark.parametrize("density", [1, 2, 0.5])
def test_save_as_png_at_a_density(picture, tmp_path, density):
    required("resvg_py")
    picture.save(tmp_path / "ramp.png", density=density)
    with Image.open(tmp_path / "ramp.png") as image:
        assert image.width == pytest.approx(density * picture.width, abs=1)
        assert image.getpixel((0, 0))[:3] == (255, 255, 255)
        shades = np.asarray(image.convert("L"))[image.height // 2]
    assert len(np.unique(shades)) > 15  # the ramp is in it


def test_png_without_its_package_says_what_to_do(picture, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install resvg-py.*Or save as \.svg"):
        picture.save(tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "density", "message"),
    [
        ("a.jpg", 2, r"saved as \.svg or \.png, but the path is a\.jpg"),
        ("a", 2, "Change its ending"),
        ("a.png", 0, r"density must be from 0\.1 to 10 .* but is 0"),
        ("nowhere/a.svg", 2, r"the folder .*nowhere does not exist\. Create it first"),
    ],
)
def test_other_files_folders_and_densities_are_refused(picture, tmp_path, name, density, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        picture.save(tmp_path / name, density=density)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("call", ["pathlib.Path.write_bytes", "os.replace"])
def test_a_full_disk_leaves_the_old_file_and_no_other(picture, tmp_path, monkeypatch, call):
    def fail(*arguments):
        raise OSError(errno.ENOSPC, "No space left")

    path = tmp_path / "a.svg"
    path.write_text("old")
    monkeypatch.setattr(call, fail)
    with pytest.raises(OSError, match="No space left"):
        picture.save(path)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a.svg", "old")]
