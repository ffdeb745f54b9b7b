"""The photographs of the course: which there are, whom to thank for them, what is said where one is gone."""

import re
import shutil

import pytest
from PIL import Image

from coursekit import samples
from coursekit.samples import DataError, course_weights, sample

SIZES = {
    "temple": (640, 426),
    "rocket": (640, 360),
    "astronaut": (512, 512),
    "cat": (451, 300),
    "coffee": (600, 400),
    "brick": (512, 512),
    "gravel": (512, 512),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of data/images, to damage."""
    shutil.copytree(samples._DATA / "images", tmp_path / "data" / "images")
    monkeypatch.setattr(samples, "_DATA", tmp_path / "data")
    return tmp_path / "data"


def edit(folder, old, new, newline="\n"):
    """Change the list of photographs."""
    path = folder / "images" / "SOURCES.md"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8", newline=newline)


def test_samples_come_in_the_order_of_the_list_and_every_photograph_is_one():
    listed = samples.samples()
    assert [each.name for each in listed] == list(SIZES)
    pictures = {path for path in listed[0].path.parent.iterdir() if path.suffix != ".md"}
    assert pictures == {each.path for each in listed}
    assert sum(path.stat().st_size for path in pictures) < 1_500_000


@pytest.mark.parametrize("name", SIZES)
def test_a_photograph_has_its_size_carries_no_profile_and_says_whom_to_thank(name):
    chosen = sample(name)
    with Image.open(chosen.path) as image:
        assert image.size == SIZES[name]
        assert image.mode == ("L" if name in ("brick", "gravel") else "RGB")
        assert "icc_profile" not in image.info
        assert not image.getexif()
    assert chosen.source.startswith("https://")
    assert re.match(r"CC BY 2\.0|CC0 1\.0|Public domain", chosen.licence)
    # The licence asks for it, so it stands in the list, though no lesson shows it.
    section = chosen.path.with_name("SOURCES.md").read_text(encoding="utf-8").split(f"## {name}\n")[1]
    assert "- changes: taken from" in section.partition("\n## ")[0]


def test_the_credit_of_the_main_photograph():
    assert str(sample("temple")) == (
        "temple: Temple on a hill above a lake, China. By Daniel Buechele (danielbuechele on Flickr). "
        "CC BY 2.0, https://creativecommons.org/licenses/by/2.0/. "
        "https://www.flickr.com/photos/danielbuechele/6061409035"
    )


def test_a_value_may_go_on_in_the_next_lines(folder):
    edit(folder, "- author: NASA", "- author: NASA,\n  and its\n  people", newline="\r\n")
    assert sample("astronaut").author == "NASA, and its people"


def test_what_is_printed_is_the_same_on_every_computer():
    assert str(samples._DATA) not in repr(samples.samples())


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("tempel", "temple"), ("CAT", "cat"), (["temple"], "temple"), ("zzzzzz", None), (None, None)],
)
def test_a_wrong_name_gets_the_nearest_and_all_there_are(wrong, near):
    with pytest.raises(DataError) as caught:
        sample(wrong)
    question = f" Did you mean {near!r}?" if near else ""
    told = f"There is no sample {wrong!r}.{question} The samples are: {', '.join(SIZES)}."
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("gone", "call"),
    [
        ("images/cat.jpg", lambda: sample("cat")),
        ("images/SOURCES.md", samples.samples),
        ("weights/vgg16_course.safetensors", course_weights),
    ],
)
def test_a_missing_file_is_named(folder, gone, call):
    (folder / gone).unlink(missing_ok=True)
    with pytest.raises(DataError) as caught:
        call()
    restore = "Restore it from the repository: git checkout -- data"
    assert str(caught.value) == f"Expected {folder / gone}, but it is not there. {restore}"


def test_a_photograph_that_is_gone_takes_no_other_with_it(folder):
    (folder / "images" / "cat.jpg").unlink()
    assert sample("temple").path.is_file()


def test_a_photograph_without_a_licence_is_refused(folder):
    edit(folder, "- licence: Public domain, released by SpaceX\n", "")
    lacks = r"SOURCES\.md: the photograph 'rocket' has no licence\. Add '- key: value'"
    with pytest.raises(DataError, match=lacks):
        samples.samples()


@pytest.mark.parametrize("call", [samples.samples, course_weights])
def test_without_the_folder_the_message_says_how_to_install(tmp_path, monkeypatch, call):
    monkeypatch.setattr(samples, "_DATA", tmp_path / "site-packages" / "data")
    with pytest.raises(DataError) as caught:
        call()
    assert f"expected the folder {tmp_path / 'site-packages' / 'data'}." in str(caught.value)
    assert "Clone the course, and in the clone run: pip install -e ." in str(caught.value)
