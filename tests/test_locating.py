"""Paths in every language, and what is said where there is no such file."""

import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from coursekit import data
from coursekit.images import ImageError, load_image
from coursekit.locating import locate


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.array([[0, 255]], np.uint8)).save(path)
    return path


def refused(source):
    with pytest.raises(ImageError) as caught:
        load_image(source)
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "사진.png",
        "图片.png",
        "写真.png",
        "été à la plage.png",
        "a name with spaces.png",
        "#1 100% [a] {b} 'c'.png",
        "🐈.png",
        "no suffix",
        "wrong suffix.txt",
    ],
)
def test_a_path_in_any_language(tmp_path, monkeypatch, name):
    path = tmp_path / "폴더 文件夹 フォルダ" / name
    path.parent.mkdir()
    Image.fromarray(np.array([[0, 255]], np.uint8)).save(path, "PNG")
    monkeypatch.chdir(path.parent)
    for source in (path, str(path), name, Path(name), f"./{name}"):
        assert load_image(source, mode="gray").tolist() == [[0, 1]]


def test_a_name_composed_in_the_other_way(tmp_path):
    apart, together = (unicodedata.normalize(form, "사진 été.png") for form in ("NFD", "NFC"))
    assert apart != together
    picture(tmp_path / apart)
    assert load_image(tmp_path / together, mode="gray").tolist() == [[0, 1]]


def test_home_folder(tmp_path, monkeypatch):
    picture(tmp_path / "photo.png")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert locate("~/photo.png") == tmp_path / "photo.png"


def test_a_samples_name_comes_before_a_file_of_that_name(tmp_path, monkeypatch):
    Image.fromarray(np.array([[0, 255]], np.uint8)).save(tmp_path / "cat", "PNG")
    monkeypatch.chdir(tmp_path)
    assert load_image("cat").shape == (300, 451, 3)
    for source in ("./cat", Path("cat"), tmp_path / "cat"):
        assert load_image(source).shape == (1, 2, 3)


def test_a_samples_file_is_checked(tmp_path, monkeypatch):
    path = tmp_path / "cat.jpg"
    path.write_bytes(b"other")
    monkeypatch.setattr(data, "verify", lambda name: (_ for _ in ()).throw(data.DataError(f"damaged {name}")))
    assert refused("cat") == "damaged images/cat.jpg"


def test_a_missing_file(tmp_path, monkeypatch):
    picture(tmp_path / "holiday.png")
    picture(tmp_path / "unrelated.gif")
    monkeypatch.chdir(tmp_path)
    message = refused("holidy.png")
    assert message.startswith(f"Cannot load {tmp_path / 'holidy.png'}: there is no such file.")
    assert "Did you mean 'holiday.png' in the same folder?" in message
    assert "unrelated" not in message
    assert "Samples: temple, rocket, astronaut, cat, coffee, brick, gravel." in message


@pytest.mark.parametrize("wrong", ["Holiday.PNG.", "holiday.jpg", "HOLIDAYS.png", "holiday"])
def test_near_in_letter_case_and_suffix(tmp_path, wrong):
    picture(tmp_path / "holiday.png")
    assert "Did you mean 'holiday.png'" in refused(tmp_path / wrong)


def test_at_most_three_near_names(tmp_path):
    for number in range(6):
        picture(tmp_path / f"photo{number}.png")
    assert refused(tmp_path / "photo.png").count("photo") == 4  # the path itself, and three


def test_a_missing_file_with_no_near_name(tmp_path):
    message = refused(tmp_path / "qqqqqq.xyz")
    assert "Check the spelling and the folder." in message
    assert "Did you mean" not in message


@pytest.mark.parametrize(
    ("wrong", "near"), [("tempel", "temple"), ("rockett", "rocket"), ("Temple", "temple")]
)
def test_a_misspelt_sample(tmp_path, monkeypatch, wrong, near):
    monkeypatch.chdir(tmp_path)
    message = refused(wrong)
    assert f"Cannot load {tmp_path / wrong}: there is no such file." in message
    assert f"Or the sample {near!r}?" in message


def test_a_missing_folder(tmp_path):
    message = refused(tmp_path / "pictures" / "2024" / "a.png")
    assert f"Its folder is not there either; the nearest that is: {tmp_path}." in message


def test_a_file_taken_for_a_folder(tmp_path):
    path = picture(tmp_path / "a.png")
    assert "there is no such file" in refused(path / "b.png")


def test_a_folder(tmp_path):
    picture(tmp_path / "b.png")
    picture(tmp_path / "a.png")
    message = refused(tmp_path)
    assert message == (
        f"Cannot load {tmp_path}: it is a folder. Add the name of a picture; it holds 'a.png', 'b.png'."
    )
    (tmp_path / "inside").mkdir()
    assert "it holds nothing." in refused(tmp_path / "inside")


def test_relative_parts_are_resolved_in_the_message(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert f"Cannot load {tmp_path / 'data' / 'x.png'}:" in refused("../data/x.png")


@pytest.mark.parametrize("source", ["", "   ", b"".join([])])
def test_nothing(source):
    message = refused(source)
    assert "it is empty" in message if source == b"" else "Expected a sample's name or a path" in message


def test_a_web_address():
    assert "Download the picture" in refused("https://example.org/cat.jpg")


def test_a_backslash_that_made_a_tab(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert 'write r"C:\\new\\a.jpg" with the r' in refused("C:\temple\new.png")
    assert "A backslash made" not in refused("other.png")


def test_a_path_that_no_system_takes():
    assert "Cannot load" in refused("a\0b.png")
    assert "Cannot load" in refused("x" * 5000 + ".png")


def test_a_path_made_of_bytes(tmp_path):
    class Odd:
        def __fspath__(self):
            return b"photo.png"

    assert "Expected a sample's name or a path" in refused(Odd())


@pytest.mark.skipif(os.name == "nt", reason="Windows wants a special right for links")
def test_links(tmp_path):
    real = picture(tmp_path / "real.png")
    (tmp_path / "link.png").symlink_to(real)
    (tmp_path / "broken.png").symlink_to(tmp_path / "gone.png")
    assert load_image(tmp_path / "link.png").shape == (1, 2, 3)
    assert f"it is a link to {tmp_path / 'gone.png'}, which is not there" in refused(tmp_path / "broken.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    # locate opens nothing, so that this test cannot wait for ever.
    with pytest.raises(ImageError, match="it is not an ordinary file"):
        locate(tmp_path / "pipe.png")


def test_a_folder_that_may_not_be_entered(tmp_path, monkeypatch):
    path = picture(tmp_path / "photo.png")

    def closed(self, **options):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "stat", closed)
    with pytest.raises(ImageError, match=r"not allowed to look into its folder\. Ask the owner"):
        locate(path)


def test_a_folder_that_may_not_be_listed(tmp_path, monkeypatch):
    def closed(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "listdir", closed)
    message = refused(tmp_path / "photo.png")
    assert "there is no such file. Check the spelling" in message


def test_without_the_data_paths_still_work(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "_DATA", tmp_path / "nowhere")
    monkeypatch.chdir(tmp_path)
    picture(tmp_path / "photo.png")
    assert load_image("photo.png").shape == (1, 2, 3)
    message = refused("temple")
    assert f"Cannot load {tmp_path / 'temple'}: there is no such file." in message
    assert "The samples cannot be used: The files of the course are not here" in message
    assert "pip install -e ." in message
