"""The files of the course: which there are, whom they come from, and that they are whole."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from coursekit import data, hashes

NAMES = ["temple", "rocket", "astronaut", "cat", "coffee", "brick", "gravel"]
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
    """A copy of data/images and its registry, to damage."""
    copy = tmp_path / "data"
    shutil.copytree(data._DATA / "images", copy / "images")
    hashes.write_registry(copy)
    monkeypatch.setattr(data, "_DATA", copy)
    return copy


def test_samples_come_in_the_order_of_the_list():
    assert [sample.name for sample in data.samples()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_says_whom_to_thank(name):
    sample = data.sample(name)
    assert sample.path.is_file()
    assert sample.source.startswith("https://")
    assert re.match(r"CC BY 2\.0|CC0 1\.0|Public domain", sample.licence)
    for words in (sample.title, sample.author, sample.licence, sample.source):
        assert words in str(sample)
    assert "taken from" in sample.changes


def test_the_credit_of_the_main_photograph():
    assert str(data.sample("temple")) == (
        "temple: Temple on a hill above a lake, China. By Daniel Buechele (danielbuechele on Flickr). "
        "CC BY 2.0, https://creativecommons.org/licenses/by/2.0/. "
        "https://www.flickr.com/photos/danielbuechele/6061409035"
    )


def test_what_stands_on_two_lines_is_read_to_its_end():
    assert data.sample("rocket").changes == (
        "taken from scikit-image, 640 x 427; the upper 67 pixel rows cut off; colours converted from Adobe "
        "RGB to sRGB; saved again as JPEG, quality 92"
    )


def test_what_is_printed_is_the_same_on_every_computer():
    assert str(data._DATA) not in repr(data.samples())


def test_a_sample_cannot_be_changed():
    with pytest.raises(AttributeError):
        data.sample("temple").name = "other"


@pytest.mark.parametrize("name", NAMES)
def test_the_photographs_have_their_size_and_carry_no_profile(name):
    with Image.open(data.sample(name).path) as image:
        assert image.size == SIZES[name]
        assert image.width <= 640
        assert image.mode == ("L" if name in ("brick", "gravel") else "RGB")
        assert "icc_profile" not in image.info
        assert not image.getexif()


def test_the_photographs_are_small_together():
    assert sum(sample.path.stat().st_size for sample in data.samples()) < 1_500_000


def test_every_photograph_in_the_folder_is_a_sample():
    inside = {path.name for path in (data._DATA / "images").iterdir() if path.suffix != ".md"}
    assert inside == {sample.path.name for sample in data.samples()}


@pytest.mark.parametrize("name", NAMES)
def test_the_photographs_are_the_published_ones(name):
    path = data.sample(name).path
    assert data.verify(f"images/{path.name}") == path


def test_registry_and_folder_agree_exactly():
    assert data.differences() == []


def test_the_registry_lists_the_text_files_too():
    assert "images/SOURCES.md" in data.registry()


@pytest.mark.parametrize(
    ("wrong", "near"), [("tempel", "temple"), ("Temple", "temple"), ("rockets", "rocket"), ("CAT", "cat")]
)
def test_a_wrong_name_gets_the_nearest_and_all_there_are(wrong, near):
    with pytest.raises(data.DataError) as caught:
        data.sample(wrong)
    assert f"no sample {wrong!r}. Did you mean {near!r}?" in str(caught.value)
    assert ", ".join(NAMES) in str(caught.value)


@pytest.mark.parametrize("wrong", ["zzzzzz", "", None, 3, ["temple"]])
def test_a_name_like_none_gets_all_there_are(wrong):
    with pytest.raises(data.DataError, match="The samples are: temple, rocket") as caught:
        data.sample(wrong)
    assert "Did you mean" not in str(caught.value) or wrong == ["temple"]


def test_a_changed_file_is_named_with_what_was_expected_and_found(folder):
    path = folder / "images" / "cat.jpg"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(data.DataError) as caught:
        data.verify("images/cat.jpg")
    message = str(caught.value)
    assert str(path) in message
    assert re.search(
        r"Expected 42020 bytes with SHA-256 5e355afd\w+, found 1000 bytes with SHA-256 \w{64}", message
    )
    assert "git checkout" in message
    assert len(data.differences()) == 1
    assert data.differences()[0].startswith("images/cat.jpg differs: expected 42020 bytes")


def test_a_change_that_keeps_the_size_is_found(folder):
    path = folder / "images" / "cat.jpg"
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)
    with pytest.raises(data.DataError, match="is not the file that the course came with"):
        data.verify("images/cat.jpg")


def test_a_missing_file_is_named(folder):
    (folder / "images" / "cat.jpg").unlink()
    with pytest.raises(data.DataError, match=r"cat\.jpg \(42020 bytes\), and it is not there.*git checkout"):
        data.verify("images/cat.jpg")
    assert data.differences() == ["images/cat.jpg is in the registry, but not in the folder."]


def test_a_file_that_nobody_registered_is_named(folder):
    (folder / "weights").mkdir()
    (folder / "weights" / "new.safetensors").write_bytes(b"123")
    with pytest.raises(
        data.DataError, match=r"is not in .*write the registry again: python -m coursekit\.data"
    ):
        data.verify("weights/new.safetensors")
    assert data.differences() == ["weights/new.safetensors is in the folder, but not in the registry."]
    hashes.write_registry(folder)
    assert data.registry()["weights/new.safetensors"].size == 3
    assert data.differences() == []


def test_a_name_near_one_in_the_registry_is_suggested(folder):
    with pytest.raises(data.DataError, match=r"Did you mean 'images/temple\.jpg'"):
        data.verify("images/temple.png")


def test_line_ends_of_windows_change_no_hash_of_a_text(folder):
    text = folder / "images" / "SOURCES.md"
    content = text.read_bytes()
    assert b"\r" not in content
    text.write_bytes(content.replace(b"\n", b"\r\n"))
    assert data.differences() == []
    assert [sample.name for sample in data.samples()] == NAMES
    registry = folder / "registry.txt"
    registry.write_bytes(registry.read_bytes().replace(b"\n", b"\r\n"))
    assert data.differences() == []


def test_line_ends_in_a_picture_do_count(folder):
    path = folder / "images" / "cat.jpg"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(data.differences()) == 1


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", ".hidden/file.bin", "desktop.ini"])
def test_what_operating_systems_leave_is_no_difference(folder, name):
    path = folder / "images" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    assert data.differences() == []


def test_writing_twice_changes_no_byte_and_leaves_no_other_file(folder):
    before = (folder / "registry.txt").read_bytes()
    hashes.write_registry(folder)
    assert (folder / "registry.txt").read_bytes() == before
    assert b"\r" not in before
    assert [path.name for path in folder.iterdir() if path.is_file()] == ["registry.txt"]


@pytest.mark.parametrize("line", ["images/cat.jpg 12", "images/cat.jpg  abc  12", f"a  {'0' * 64}  many"])
def test_a_broken_line_in_the_registry_is_named(folder, line):
    (folder / "registry.txt").write_text(f"# head\n{line}\n", encoding="utf-8")
    with pytest.raises(data.DataError, match=r"registry\.txt, line 2: expected 'name  SHA-256  size', found"):
        data.registry()


def test_a_photograph_without_a_licence_is_refused(folder):
    text = folder / "images" / "SOURCES.md"
    content = text.read_text(encoding="utf-8").replace("- licence: Public domain, released by SpaceX\n", "")
    text.write_text(content, encoding="utf-8")
    with pytest.raises(data.DataError, match="'rocket' lacks licence"):
        data.samples()


def test_a_missing_list_of_photographs_is_named(folder):
    (folder / "images" / "SOURCES.md").unlink()
    with pytest.raises(data.DataError, match=r"Expected the list of photographs.*SOURCES\.md.*git checkout"):
        data.samples()


@pytest.mark.parametrize("call", [data.samples, data.registry, data.differences, lambda: data.verify("x")])
def test_without_the_folder_the_message_says_how_to_install(tmp_path, monkeypatch, call):
    monkeypatch.setattr(data, "_DATA", tmp_path / "site-packages" / "data")
    with pytest.raises(data.DataError) as caught:
        call()
    assert str(tmp_path / "site-packages" / "data") in str(caught.value)
    assert "Clone the course" in str(caught.value)
    assert "pip install -e ." in str(caught.value)


def test_the_command_checks_and_writes(folder, capsys):
    assert data._main(["--check"]) == 0
    assert "8 files are as the registry says" in capsys.readouterr().out
    (folder / "new.bin").write_bytes(b"1")
    assert data._main(["--check"]) == 1
    assert "new.bin is in the folder, but not in the registry." in capsys.readouterr().out
    assert data._main([]) == 0
    assert "wrote 9 files" in capsys.readouterr().out
    assert data._main(["--check"]) == 0
    assert data._main(["--chekc"]) == 2
    assert "python -m coursekit.data" in capsys.readouterr().err


def test_the_command_refuses_to_write_where_there_is_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "_DATA", tmp_path / "data")
    with pytest.raises(data.DataError, match="Run this in a clone"):
        data._main([])


def test_python_m_runs_without_a_warning():
    command = [sys.executable, "-W", "error", "-m", "coursekit.data", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_only_the_standard_library_is_loaded():
    code = "import sys, coursekit.data; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "coursekit" in loaded
    assert not loaded & {"numpy", "cv2", "PIL", "torch", "matplotlib"}


def test_the_folder_lies_beside_the_package():
    assert Path(data.__file__).parents[1] / "data" == data._DATA
