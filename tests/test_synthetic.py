"""The drawn pictures: what they are, that seeds decide them, and that the classes can be told apart."""

import numpy as np
import pytest

from coursekit.subjects import SUBJECTS
from coursekit.synthetic import CLASSES, draw, draw_batch


def test_there_are_at_least_ten_classes_without_doubles():
    assert len(CLASSES) >= 10
    assert len(set(CLASSES)) == len(CLASSES)
    assert tuple(SUBJECTS) == CLASSES


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("size", [16, 32, 45, 224])
def test_a_picture_is_float32_rgb_in_256_levels(name, size):
    picture = draw(name, np.random.default_rng(7), size)
    assert picture.shape == (size, size, 3)
    assert picture.dtype == np.float32
    assert picture.min() >= 0
    assert picture.max() <= 1
    np.testing.assert_allclose(picture * 255, np.rint(picture * 255), atol=1e-4)
    assert picture.std() > 0.02, "flat"


def test_a_name_and_its_position_draw_the_same():
    for position, name in enumerate(CLASSES):
        by_name = draw(name, np.random.default_rng(3))
        np.testing.assert_array_equal(by_name, draw(position, np.random.default_rng(3)))


def test_the_same_seed_draws_the_same_and_another_draws_another():
    first, labels = draw_batch(20, seed=4)
    again, labels_again = draw_batch(20, seed=4)
    other, _ = draw_batch(20, seed=5)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(labels, labels_again)
    assert (first != other).any(axis=(1, 2, 3)).all()


def test_pictures_of_one_seed_all_differ():
    images, _ = draw_batch(64, seed=0)
    assert len({image.tobytes() for image in images}) == 64


def test_a_batch_can_be_drawn_in_parts():
    whole, labels = draw_batch(37, seed=9)
    parts = [draw_batch(5, seed=9), draw_batch(20, seed=9, first=5), draw_batch(12, seed=9, first=25)]
    np.testing.assert_array_equal(whole, np.concatenate([images for images, _ in parts]))
    np.testing.assert_array_equal(labels, np.concatenate([part for _, part in parts]))


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


def test_no_pictures_are_an_empty_batch():
    images, labels = draw_batch(0)
    assert images.shape == (0, 32, 32, 3)
    assert labels.shape == (0,)


@pytest.mark.parametrize("name", CLASSES)
def test_a_subject_covers_a_part_of_the_picture(name):
    shares = [SUBJECTS[name](np.random.default_rng(seed), 64).mean() for seed in range(40)]
    assert min(shares) > 0.03
    assert max(shares) < 0.75


def test_a_shape_stays_inside_the_picture():
    for name in CLASSES[CLASSES.index("disc") :]:
        for seed in range(60):
            mask = SUBJECTS[name](np.random.default_rng(seed), 64)
            edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
            assert not edge.any(), f"{name}, seed {seed}, touches the edge"


def test_subjects_stand_out_in_colour():
    """Mean colour inside the mask differs from that outside, in nearly every picture."""
    weak = 0
    for seed in range(200):
        picture = draw("disc", np.random.default_rng(seed), 64)
        inside = _disc_of(picture)
        weak += np.linalg.norm(picture[inside].mean(axis=0) - picture[~inside].mean(axis=0)) < 0.08
    assert weak <= 20


def _disc_of(picture):
    """The half of the pixels that differs most from the border's mean colour."""
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]).mean(axis=0)
    distance = np.linalg.norm(picture - border, axis=2)
    return distance > np.median(distance)


@pytest.mark.parametrize(
    "names", [["stripes", "zigzag"], ["checker", "grid"], ["square", "triangle", "cross"]]
)
def test_edges_come_in_every_direction(names):
    """The gradients of many pictures have no preferred direction: an eighth of the circle holds 12 %."""
    gray = draw_batch(240, seed=6, classes=names)[0].mean(axis=3)
    down, across = np.gradient(gray, axis=(1, 2))
    weights = np.hypot(down, across) ** 2  # strong edges, not grain
    share, _ = np.histogram(np.arctan2(down, across), bins=8, range=(-np.pi, np.pi), weights=weights)
    share /= share.sum()
    assert share.min() > 0.08
    assert share.max() < 0.17


@pytest.mark.parametrize(
    ("name", "means"), [("star", [0.608, 0.537, 0.441]), ("dots", [0.738, 0.709, 0.655])]
)
def test_pictures_stay_as_they_are(name, means):
    """Averages of red, green and blue show a change of the drawing, but not another processor."""
    picture = draw(name, np.random.default_rng(0))
    np.testing.assert_allclose(picture.mean(axis=(0, 1)), means, atol=0.002)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": -1}, "count must be 0 or more, got -1"),
        ({"count": 1, "seed": -3}, "seed must be 0 or more, got -3"),
        ({"count": 1, "first": -2}, "first must be 0 or more, got -2"),
        ({"count": 1, "size": 15}, "at least 16 pixels.*got 15"),
        ({"count": 1, "classes": []}, "one or more different classes"),
        ({"count": 1, "classes": ["star", "star"]}, "one or more different classes"),
        ({"count": 1, "classes": ["cat"]}, "unknown class 'cat'; choose from stripes"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_batch(**arguments)


@pytest.mark.parametrize("label", [-1, len(CLASSES), "Star"])
def test_an_unknown_label_is_refused(label):
    with pytest.raises(ValueError, match="unknown class"):
        draw(label, np.random.default_rng(0))
