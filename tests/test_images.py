"""Loading from every kind of source, and the small steps after it, against OpenCV and torch."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from coursekit import data, images
from coursekit.images import ImageError, load_image, resize, to_gray, to_image, to_tensor


def noise(*shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(np.array([[[255, 102, 0], [0, 0, 255]]], np.uint8)).save(path)
    return path


# load_image


@pytest.mark.parametrize("sample", data.samples(), ids=lambda sample: sample.name)
def test_every_sample_loads(sample):
    with Image.open(sample.path) as file:
        width, height = file.size
        stored = np.asarray(file.convert("RGB"))
    image = load_image(sample.name)
    assert image.shape == (height, width, 3)
    assert image.dtype == np.float32
    assert image.flags.c_contiguous
    assert image.flags.writeable
    assert np.array_equal(np.rint(image * 255), stored)
    assert 0 <= image.min() < 0.3
    assert 0.7 < image.max() <= 1


def test_the_sizes_that_the_lessons_rest_on():
    assert load_image("temple").shape == (426, 640, 3)
    assert load_image("temple", max_side=320).shape == (213, 320, 3)
    assert load_image("temple", mode="gray", max_side=320).shape == (213, 320)
    assert load_image("rocket", max_side=400).shape == (225, 400, 3)


def test_red_comes_first():
    sky = load_image("temple")[:20].mean(axis=(0, 1))
    suit = load_image("astronaut")[300:330, 90:120].mean(axis=(0, 1))
    assert sky[2] > sky[0]
    assert suit[0] > 2 * suit[2]


def test_all_kinds_of_source_give_the_same(photo):
    content = photo.read_bytes()
    expected = [[[1, np.float32(0.4), 0], [0, 0, 1]]]
    for source in (photo, str(photo), content, bytearray(content), memoryview(content)):
        assert load_image(source).tolist() == expected
    assert load_image(load_image(photo)).tolist() == expected


def test_an_uploaded_file_as_the_widget_gives_it(photo):
    upload = (
        {"name": "photo.png", "type": "image/png", "size": 1, "content": memoryview(photo.read_bytes())},
    )
    assert load_image(upload[0]["content"]).shape == (1, 2, 3)
    for wrong in (upload, upload[0]):
        with pytest.raises(ImageError, match=r"give upload\.value\[0\]\['content'\]"):
            load_image(wrong)


def test_the_file_is_not_changed(photo):
    content = photo.read_bytes()
    load_image(photo, mode="gray", max_side=1)
    assert photo.read_bytes() == content


def test_a_new_array_each_time():
    first = load_image("brick")
    first[:] = 0
    assert load_image("brick").max() > 0.5


def test_gray_has_the_weights_of_opencv(photo):
    gray = load_image(photo, mode="gray")
    np.testing.assert_allclose(gray, [[0.299 + 0.587 * 0.4, 0.114]], rtol=0, atol=1e-6)
    for name in ("temple", "brick"):
        expected = cv2.cvtColor(load_image(name), cv2.COLOR_RGB2GRAY)
        np.testing.assert_allclose(load_image(name, mode="gray"), expected, rtol=0, atol=1e-6)


def test_a_gray_file_as_rgb_has_three_equal_channels():
    image = load_image("gravel")
    assert np.array_equal(image[..., 0], image[..., 1])
    assert np.array_equal(image[..., 0], image[..., 2])


def test_max_side_never_enlarges():
    assert np.array_equal(load_image("cat", max_side=10_000), load_image("cat"))
    assert load_image("cat", max_side=451).shape == (300, 451, 3)


def test_max_side_takes_the_mean_of_areas():
    small = load_image("temple", max_side=320)
    full = load_image("temple")
    expected = full.reshape(213, 2, 320, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(small, expected, rtol=0, atol=1e-6)


def test_white_stays_at_most_one():
    white = np.ones((37, 53, 3), np.float32)
    for side in (7, 11, 23):
        assert load_image(white, max_side=side, mode="gray").max() <= 1


def test_an_array_is_copied_and_made_float32():
    array = noise(4, 5, 3).astype(np.float64)
    before = array.copy()
    image = load_image(array)
    assert image.dtype == np.float32
    image[:] = 0
    assert np.array_equal(array, before)
    assert load_image(noise(4, 5)).shape == (4, 5, 3)
    assert load_image(noise(4, 5, 3), mode="gray").shape == (4, 5)


@pytest.mark.parametrize(
    ("array", "pattern"),
    [
        (np.array([[0.0, 255.0]]), r"from 0 to 1, and got an array with values from 0 to 255\. Divide"),
        (np.array([[-0.5, 0.5]]), "with values from -0.5 to 0.5"),
        (np.zeros((2, 2, 3), np.uint8), r"load_image expects float values.*got uint8.*\(array / 255\)"),
        (np.zeros((2, 2, 3), np.uint16), r"\(array / 65535\)"),
        (np.array([[np.nan, 0.5]]), "1 of 2 are NaN or infinite"),
        (np.zeros((3, 8, 8), np.float32), r"got \(3, 8, 8\)\. The channels come first.*to_image"),
    ],
)
def test_an_array_that_is_no_image(array, pattern):
    with pytest.raises(ImageError, match=pattern):
        load_image(array)


@pytest.mark.parametrize("mode", ["bgr", "RGB", "L", None, 3])
def test_an_unknown_mode(mode):
    with pytest.raises(ImageError, match="mode must be 'rgb' or 'gray'"):
        load_image("temple", mode=mode)


@pytest.mark.parametrize("side", [0, -5, 3.5, "320", True, (320, 200)])
def test_an_impossible_max_side(side):
    with pytest.raises(ImageError, match="max_side must be a whole number of pixels, at least 1, and it is"):
        load_image("temple", max_side=side)


@pytest.mark.parametrize("source", [None, 3, 2.5, ["temple"], {"name": "x"}, torch.zeros(2)])
def test_an_impossible_source(source):
    with pytest.raises(
        ImageError, match="expects the name of a sample, a path, the bytes of a file or an array"
    ):
        load_image(source)


def test_a_file_that_may_not_be_read(photo, monkeypatch):
    # The superuser may read everything, so the refusal is played.
    def refused(self, *arguments, **options):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.open", refused)
    with pytest.raises(ImageError) as caught:
        load_image(photo)
    assert f"Cannot load {photo}: you are not allowed to read it. Change its permissions" in str(caught.value)


def test_a_disk_that_fails(photo, monkeypatch):
    def failing(self, *arguments, **options):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("pathlib.Path.open", failing)
    with pytest.raises(ImageError, match=r"the system cannot read it .*Input/output error"):
        load_image(photo)


def test_errors_in_a_file_name_its_absolute_path(tmp_path, monkeypatch):
    (tmp_path / "notes.jpg").write_text("words", encoding="utf-8")
    (tmp_path / "empty.png").touch()
    monkeypatch.chdir(tmp_path)
    for name, words in (("notes.jpg", "it is not a picture"), ("empty.png", "it is empty, 0 bytes long")):
        with pytest.raises(ImageError) as caught:
            load_image(name)
        assert f"Cannot load {tmp_path / name}: {words}" in str(caught.value)


# to_gray


@pytest.mark.parametrize("seed", range(8))
def test_to_gray_equals_opencv(seed):
    random = np.random.default_rng(seed)
    image = noise(*random.integers(1, 60, 2), 3, seed=seed)
    expected = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    before = image.copy()
    np.testing.assert_allclose(to_gray(image), expected, rtol=0, atol=1e-6)
    np.testing.assert_allclose(to_gray(image.astype(np.float64)), expected, rtol=0, atol=1e-6)
    assert to_gray(image).dtype == np.float32
    assert np.array_equal(image, before)


def test_to_gray_of_views_that_are_not_contiguous():
    image = noise(9, 8, 3)
    view = image[::-1, ::2, ::-1]
    np.testing.assert_allclose(to_gray(view), view @ np.array([0.299, 0.587, 0.114]), rtol=0, atol=1e-6)


def test_to_gray_copies_what_is_gray():
    image = noise(3, 4)
    gray = to_gray(image)
    assert np.array_equal(gray, image)
    assert not np.shares_memory(gray, image)


# resize


@pytest.mark.parametrize("seed", range(10))
def test_resize_equals_opencv(seed):
    random = np.random.default_rng(seed)
    height, width = (int(side) for side in random.integers(20, 90, 2))
    image = noise(height, width, 3, seed=seed) if seed % 2 else noise(height, width, seed=seed)
    smaller = (int(random.integers(1, height)), int(random.integers(1, width)))
    expected = cv2.resize(image, smaller[::-1], interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(resize(image, size=smaller), expected, rtol=0, atol=1e-6)
    larger = (height + 13, width + 5)
    expected = cv2.resize(image, larger[::-1], interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(resize(image, size=larger), expected, rtol=0, atol=1e-6)


def test_resize_shrinks_one_side_and_enlarges_the_other():
    columns = np.tile(np.array([0, 1], np.float32), (2, 4))  # (2, 8): fine stripes
    assert resize(columns, size=(4, 4)).tolist() == np.full((4, 4), 0.5).tolist()


@pytest.mark.parametrize(
    ("shape", "side", "expected"),
    [
        ((426, 640), 320, (213, 320)),
        ((360, 640), 400, (225, 400)),
        ((640, 426), 320, (320, 213)),
        ((3, 6), 5, (3, 5)),  # 2.5 is rounded up
        ((1, 1000), 10, (1, 10)),  # never 0
        ((5, 5), 5, (5, 5)),
        ((5, 5), 500, (5, 5)),
        ((7, 5), 1, (1, 1)),
    ],
)
def test_the_shape_that_max_side_gives(shape, side, expected):
    assert resize(noise(*shape), max_side=side).shape == expected
    assert resize(noise(*shape, 3), max_side=side).shape == (*expected, 3)


def test_resize_copies_even_what_keeps_its_size():
    image = noise(4, 5, 3)
    same = resize(image, max_side=9)
    assert np.array_equal(same, image)
    assert not np.shares_memory(same, image)


def test_resize_keeps_values_outside_of_zero_to_one():
    assert resize(np.array([[-4, -2], [6, 8]], np.float32), size=(2, 1)).tolist() == [[-3], [7]]


@pytest.mark.parametrize("wanted", [{}, {"max_side": 3, "size": (2, 2)}])
def test_resize_wants_one_of_two(wanted):
    with pytest.raises(ImageError, match=r"either max_side=320 or size=\(height, width\)"):
        resize(noise(4, 4), **wanted)


@pytest.mark.parametrize(
    ("size", "pattern"),
    [
        (5, r"size must be \(height, width\), and it is 5"),
        ((1, 2, 3), r"size must be \(height, width\)"),
        ((0, 2), "the height in size must be a whole number"),
        ((2, 1.5), "the width in size must be a whole number"),
    ],
)
def test_resize_refuses_a_size(size, pattern):
    with pytest.raises(ImageError, match=pattern):
        resize(noise(4, 4), size=size)


# to_tensor and to_image


@pytest.mark.parametrize("shape", [(4, 5, 3), (1, 1, 3), (3, 3, 3), (4, 5), (1, 1)])
def test_there_and_back(shape):
    image = noise(*shape)
    tensor = to_tensor(image)
    expected = torch.tensor(image) if image.ndim == 3 else torch.tensor(image)[..., None]
    assert torch.equal(tensor, expected.permute(2, 0, 1)[None])
    assert tensor.dtype == torch.float32
    assert tensor.is_contiguous()
    back = to_image(tensor)
    assert back.dtype == np.float32
    assert back.flags.c_contiguous
    assert np.array_equal(back, image)
    assert np.array_equal(to_image(tensor[0]), image)
    assert np.array_equal(to_image(tensor.numpy()), image)


def test_the_first_channel_is_red():
    image = np.zeros((2, 2, 3), np.float32)
    image[..., 0] = 1
    assert to_tensor(image)[0, 0].tolist() == [[1, 1], [1, 1]]
    assert to_tensor(image)[0, 1:].sum() == 0


@pytest.mark.parametrize("shape", [(4, 5, 3), (4, 5)])
def test_no_memory_is_shared(shape):
    image = noise(*shape)
    before = image.copy()
    tensor = to_tensor(image)
    tensor.zero_()
    assert np.array_equal(image, before)
    back = to_image(tensor)
    back[:] = 1
    assert tensor.sum() == 0


def test_a_view_that_torch_cannot_wrap():
    image = noise(4, 5, 3)[::-1, :, ::-1]
    assert np.array_equal(to_image(to_tensor(image)), image)


def test_to_image_of_a_tensor_that_learns():
    tensor = torch.rand(1, 3, 4, 5, requires_grad=True)
    assert to_image(tensor * 2).shape == (4, 5, 3)
    assert tensor.requires_grad


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_to_image_of_other_floats(dtype):
    assert to_image(torch.full((1, 1, 1, 2), 0.5, dtype=dtype)).tolist() == [[0.5, 0.5]]


def test_to_image_keeps_negative_values_of_a_feature_map():
    assert to_image(torch.tensor([[[[-5.5, 2.0]]]])).tolist() == [[-5.5, 2.0]]


@pytest.mark.parametrize(
    ("tensor", "pattern"),
    [
        (torch.zeros(2, 3, 4, 4), r"got a batch \(2, 3, 4, 4\)\. Take one: tensor\[0\]"),
        (torch.zeros(1, 12, 4, 4), r"got \(1, 12, 4, 4\)\. Of many feature maps, take one: maps\[:, :1\]"),
        (torch.zeros(4, 4), r"got \(4, 4\)\. It is an image already"),
        (np.zeros((4, 4, 3)), "It is an image already"),
        (torch.zeros(1, 3, 0, 4), r"got \(1, 3, 0, 4\)"),
        (torch.zeros(5), r"got \(5,\)"),
        (torch.zeros(1, 3, 4, 4, dtype=torch.uint8), r"to_image expects float values.*uint8.*array / 255"),
        (torch.zeros(1, 1, 4, 4, dtype=torch.bool), "got bool. Divide by the largest possible value, or"),
        ([[1.0]], "expects a tensor or an ndarray, and got list"),
    ],
)
def test_to_image_refuses(tensor, pattern):
    with pytest.raises(ImageError, match=pattern):
        to_image(tensor)


# What to_gray, resize and to_tensor refuse alike


@pytest.mark.parametrize("call", [to_gray, to_tensor, lambda image: resize(image, max_side=2)])
@pytest.mark.parametrize(
    ("image", "pattern"),
    [
        (
            np.zeros((4, 4, 3), np.uint8),
            r"expects float values, 0 for black.*got uint8.*array / 255.*load_image",
        ),
        (np.zeros((4, 4), np.int64), "got int64"),
        (np.zeros((4, 4), bool), "got bool"),
        (np.zeros((4, 4), np.complex64), "got complex64"),
        (np.zeros((4, 4, 4), np.float32), r"got \(4, 4, 4\)\. It has an alpha channel"),
        (np.zeros((4, 4, 1), np.float32), r"Drop the last axis: image\[\.\.\., 0\]"),
        (np.zeros((3, 4, 5), np.float32), "The channels come first, as in torch: use to_image"),
        (np.zeros((1, 3, 4, 5), np.float32), "The channels come first, as in torch: use to_image"),
        (np.zeros((4, 5, 2), np.float32), r"expects an image \(H, W\) or \(H, W, 3\), and got \(4, 5, 2\)"),
        (np.zeros(5, np.float32), r"got \(5,\)\. Load it with load_image"),
        (np.zeros((0, 4, 3), np.float32), "It holds no pixels"),
        (np.array([[np.nan, 1], [np.inf, 0]]), "2 of 4 are NaN or infinite"),
        ([[0.5]], "expects an ndarray, and got list"),
        (torch.zeros(1, 3, 4, 4), "and got Tensor. A tensor becomes one with to_image"),
        (None, "and got NoneType"),
    ],
)
def test_no_image(call, image, pattern):
    with pytest.raises(ImageError, match=pattern):
        call(image)


def test_image_error_is_a_value_error_wherever_it_comes_from():
    from coursekit import decoding, image_rules, locating

    assert issubclass(ImageError, ValueError)
    assert images.ImageError is image_rules.ImageError is decoding.ImageError is locating.ImageError


def test_neither_torch_nor_matplotlib_is_loaded():
    code = (
        "import sys, coursekit.images as images\n"
        "images.to_image(images.to_gray(images.load_image('cat', max_side=50))[None])\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"torch", "matplotlib", "skimage", "scipy", "ipywidgets"}
