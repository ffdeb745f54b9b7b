"""The pixel explorer's Python side."""

from __future__ import annotations

import numpy as np
import pytest

from coursekit import images
from coursekit.explorers import PixelExplorer

COLOUR = np.random.default_rng(0).random((20, 30, 3), np.float32)


def test_it_takes_names_and_arrays_and_gray_ones():
    assert PixelExplorer("temple", max_side=64).image.shape == (43, 64, 3)
    np.testing.assert_array_equal(PixelExplorer(COLOUR).image, COLOUR)
    gray = PixelExplorer(COLOUR[..., 0]).image
    np.testing.assert_array_equal(gray, np.stack([COLOUR[..., 0]] * 3, axis=-1))


def test_the_page_gets_what_python_has():
    state = PixelExplorer(COLOUR, order="bgr").get_state()
    sent = np.frombuffer(state["_photograph"], "<f4").reshape(state["_photograph_shape"])
    np.testing.assert_array_equal(sent, COLOUR)  # the order is how it is read: the numbers stay
    assert state["order"] == "bgr"
    assert state["position"] == [10, 15]


def test_what_the_learner_sets_is_read_from_python():
    explorer = PixelExplorer(COLOUR)
    explorer.set_state({"order": "bgr", "position": [3, 4]})
    assert (explorer.order, explorer.position) == ("bgr", (3, 4))
    np.testing.assert_array_equal(explorer.pixel, COLOUR[3, 4])
    explorer.pixel[:] = 0  # a copy: the photograph stays
    np.testing.assert_array_equal(explorer.pixel, COLOUR[3, 4])


def test_python_sets_what_the_page_shows():
    explorer = PixelExplorer(COLOUR)
    explorer.order = "bgr"
    explorer.position = np.unravel_index(COLOUR[..., 0].argmax(), COLOUR.shape[:2])  # as lesson 1 asks
    assert explorer.get_state()["order"] == "bgr"
    assert explorer.pixel[0] == COLOUR[..., 0].max()


@pytest.mark.parametrize(
    ("position", "error", "message"),
    [
        (5, TypeError, r"position must be \(row, column\), two whole numbers, got 5"),
        ((1, 2, 3), TypeError, r"got \(1, 2, 3\)"),
        ((1.5, 2), TypeError, "position: row must be a whole number, got float"),
        ((20, 2), ValueError, "row must lie between 0 and 19, got 20. There are 20 rows and 30 columns"),
        ((2, -1), ValueError, "column must lie between 0 and 29, got -1"),
    ],
)
def test_a_wrong_position_is_explained(position, error, message):
    explorer = PixelExplorer(COLOUR)
    with pytest.raises(error, match=message):
        explorer.position = position
    assert explorer.position == (10, 15)


@pytest.mark.parametrize(("order", "error"), [("RGB", ValueError), ("rbg", ValueError), (None, TypeError)])
def test_a_wrong_order_is_explained(order, error):
    with pytest.raises(error, match=r"PixelExplorer: order .* There are: rgb, bgr\."):
        PixelExplorer(COLOUR, order=order)
    explorer = PixelExplorer(COLOUR)
    with pytest.raises(error, match="rgb, bgr"):
        explorer.order = order


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ("tmple", "temple"),
        (np.zeros((7, 20, 3)), "fewer than 8 x 8"),
        (np.zeros((20, 1025, 3)), "max_side=1024"),
    ],
)
def test_a_wrong_photograph_is_explained(image, message):
    with pytest.raises(images.ImageError, match=message):
        PixelExplorer(image)


def test_the_still_picture_says_the_numbers_in_the_order_they_are_read():
    explorer = PixelExplorer(np.full((10, 12, 3), (0.75, 0.5, 0.25)))
    assert explorer.words.startswith(
        "Pixel explorer. Run this cell to use it. Still picture: 10 x 12 pixels. Row 5, column 6, "
        "read as RGB: red 0.750, green 0.500, blue 0.250; gray 0.546. Rows 2 to 8, columns 3 to 9. "
        "Colour image, 7 x 7 pixels"
    )
    assert "Mean red 0.750" in explorer.words
    explorer.order = "bgr"
    explorer.position = (9, 0)  # in a corner the patch stays inside
    assert "read as BGR: blue 0.750, green 0.500, red 0.250; gray 0.454. Rows 3 to 9, columns 0 to 6" in repr(
        explorer
    )
    assert "Mean red 0.250" in explorer.words
