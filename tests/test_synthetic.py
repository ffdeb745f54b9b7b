"""The drawn pictures: what they are, that seeds decide them, and that the classes can be told apart."""

import cv2
import numpy as np
import pytest

from coursekit.synthetic import CLASSES, draw, draw_batch

# Brightness of the four quarters of one picture of each class, the upper two first. They show a change of the
# drawing, but not another processor.
QUARTERS = {
    "stripes": (0.675, 0.668, 0.657, 0.675),
    "zigzag": (0.687, 0.724, 0.712, 0.681),
    "checker": (0.330, 0.305, 0.348, 0.311),
    "grid": (0.316, 0.343, 0.323, 0.351),
    "dots": (0.661, 0.651, 0.655, 0.672),
    "rings": (0.765, 0.736, 0.752, 0.744),
    "blobs": (0.621, 0.617, 0.609, 0.603),
    "disc": (0.740, 0.688, 0.725, 0.677),
    "hoop": (0.339, 0.376, 0.323, 0.329),
    "square": (0.352, 0.445, 0.282, 0.315),
    "triangle": (0.836, 0.809, 0.734, 0.766),
    "star": (0.484, 0.508, 0.447, 0.450),
    "cross": (0.287, 0.273, 0.518, 0.355),
    "moon": (0.874, 0.865, 0.867, 0.859),
    "heart": (0.738, 0.706, 0.730, 0.705),
    "arrow": (0.475, 0.564, 0.456, 0.464),
}


@pytest.mark.parametrize("name", CLASSES)
def test_pictures_stay_as_they_are(name):
    picture = draw(name, np.random.default_rng(CLASSES.index(name)))
    quarters = picture.mean(axis=2).reshape(2, 16, 2, 16).mean(axis=(1, 3)).ravel()
    np.testing.assert_allclose(quarters, QUARTERS[name], atol=0.0015)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("size", [16, 45, 224])
def test_a_picture_is_float32_rgb_in_256_levels(name, size):
    picture = draw(name, np.random.default_rng(7), size)
    assert picture.shape == (size, size, 3)
    assert picture.dtype == np.float32
    assert picture.min() >= 0
    assert picture.max() <= 1
    np.testing.assert_allclose(picture * 255, np.rint(picture * 255), atol=1e-4)
    assert picture.std() > 0.02, "flat"


def test_the_same_seed_draws_the_same_and_another_draws_another():
    first, labels = draw_batch(20, seed=4)
    again, labels_again = draw_batch(20, seed=4)
    other, _ = draw_batch(20, seed=5)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(labels, labels_again)
    assert (first != other).any(axis=(1, 2, 3)).all()
    assert len({image.tobytes() for image in first}) == 20


def test_a_plain_processor_draws_the_same():
    drawn, _ = draw_batch(200, size=64)
    cv2.setUseOptimized(False)
    try:
        assert np.array_equal(draw_batch(200, size=64)[0], drawn)
    finally:
        cv2.setUseOptimized(True)


def test_a_batch_can_be_drawn_in_parts():
    whole, labels = draw_batch(37, seed=9)
    parts = [draw_batch(5, seed=9), draw_batch(20, seed=9, first=5), draw_batch(12, seed=9, first=25)]
    np.testing.assert_array_equal(whole, np.concatenate([images for images, _ in parts]))
    np.testing.assert_array_equal(labels, np.concatenate([part for _, part in parts]))
    assert draw_batch(0)[0].shape == (0, 32, 32, 3)


def test_classes_come_equally_often_and_in_changing_order():
    _, labels = draw_batch(4 * len(CLASSES), seed=2, size=16)
    rows = labels.reshape(4, -1)
    np.testing.assert_array_equal(np.sort(rows, axis=1), np.tile(np.arange(len(CLASSES)), (4, 1)))
    assert len({tuple(row) for row in rows}) == 4
    assert labels.dtype == np.int64


def test_labels_are_positions_in_the_chosen_classes():
    images, labels = draw_batch(6, seed=1, classes=["star", "disc"])
    assert sorted(labels.tolist()) == [0, 0, 0, 1, 1, 1]
    for number, label in enumerate(labels):
        expected = draw(["star", "disc"][label], np.random.default_rng([1, number, 1]))
        np.testing.assert_array_equal(images[number], expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": -1}, "count must be 0 or more, got -1"),
        ({"count": 1, "seed": -3}, "seed must be 0 or more, got -3"),
        ({"count": 1, "first": -2}, "first must be 0 or more, got -2"),
        ({"count": 0, "size": 15}, "at least 16 pixels.*got 15"),
        ({"count": 1, "classes": []}, "one or more different classes"),
        ({"count": 1, "classes": ["star", "star"]}, "one or more different classes"),
        ({"count": 0, "classes": ["cat"]}, "unknown class 'cat'; choose from stripes"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_batch(**arguments)
    with pytest.raises(ValueError, match="unknown class 'Star'"):
        draw("Star", np.random.default_rng(0))
