"""The filter explorer's Python side."""

from __future__ import annotations

import numpy as np
import pytest

from coursekit import filters, images
from coursekit.explorers import FilterExplorer
from coursekit.reference import cross_correlate2d

GRAY = np.random.default_rng(0).random((20, 30), np.float32)


def test_it_takes_names_paths_and_arrays(tmp_path):
    by_name = FilterExplorer("temple", max_side=64)
    assert by_name.image.shape == images.load_image("temple", mode="gray", max_side=64).shape
    assert max(FilterExplorer("temple").image.shape) == 480
    np.testing.assert_array_equal(FilterExplorer(GRAY).image, GRAY)
    colour = np.random.default_rng(1).random((20, 30, 3), np.float32)
    np.testing.assert_array_equal(FilterExplorer(colour).image, images.to_gray(colour))


def test_the_page_gets_what_python_has():
    explorer = FilterExplorer(GRAY, "sobel_x")
    state = explorer.get_state()
    sent = np.frombuffer(state["_photograph"], "<f4").reshape(state["_photograph_shape"])
    np.testing.assert_array_equal(sent, GRAY)
    np.testing.assert_array_equal(state["kernel"], filters.kernel("sobel_x"))
    assert len(state["_colours"]) == 2 * 256 * 3
    assert set(state["_presets"]) == set(filters.names())


def test_what_the_learner_sets_is_read_from_python():
    explorer = FilterExplorer(GRAY)
    explorer.set_state({"kernel": [[1, 0], [0, -1]], "position": [3, 4]})
    np.testing.assert_array_equal(explorer.kernel, [[1, 0], [0, -1]])
    assert explorer.kernel.dtype == np.float32
    assert explorer.position == (3, 4)
    np.testing.assert_allclose(explorer.response, cross_correlate2d(GRAY, [[1, 0], [0, -1]]), atol=1e-6)


def test_python_sets_what_the_page_shows():
    explorer = FilterExplorer(GRAY)
    explorer.kernel = "laplacian"
    np.testing.assert_array_equal(explorer.get_state()["kernel"], filters.kernel("laplacian"))


@pytest.mark.parametrize(
    ("kernel", "error", "message"),
    [
        ("sobel", ValueError, "no kernel is called 'sobel'. Did you mean 'sobel_"),
        (np.ones(3), ValueError, r"shape \(kh, kw\) with 2 to 7 rows and columns, got \(3,\)"),
        (np.ones((1, 2)), ValueError, r"got \(1, 2\)"),
        (np.ones((8, 8)), ValueError, r"got \(8, 8\)"),
        (np.ones((4, 3, 3)), ValueError, r"One filter of a bank is bank\[0\]"),
        ([[1, np.nan], [0, 1]], ValueError, "NaN or infinity"),
        (None, TypeError, "got NoneType"),
        ([["a", "b"], ["c", "d"]], TypeError, "must be a table of numbers"),
        ([[1, 2], [3]], TypeError, "must be a table of numbers"),
    ],
)
def test_a_wrong_kernel_is_explained(kernel, error, message):
    with pytest.raises(error, match=message):
        FilterExplorer(GRAY, kernel)
    explorer = FilterExplorer(GRAY)
    with pytest.raises(error, match=message):
        explorer.kernel = kernel
    np.testing.assert_array_equal(explorer.kernel, filters.BASE_KERNEL)


@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        ("tmple", {}, "temple"),
        (
            np.zeros((1025, 20)),
            {},
            r"1025 x 20 pixels, and the page redraws at most 1024 x 1024. Pass max_side",
        ),
        (np.zeros((7, 20)), {}, "fewer than 8 x 8"),
        (np.zeros(5), {}, r"an image \(H, W\) or \(H, W, 3\), and got \(5,\)"),
        (np.full((9, 9), np.nan), {}, "NaN"),
        ("temple", {"max_side": 0}, "max_side"),
    ],
)
def test_a_wrong_photograph_is_explained(image, options, message):
    with pytest.raises(images.ImageError, match=message):
        FilterExplorer(image, **options)


def test_the_still_picture_says_what_it_shows():
    explorer = FilterExplorer(GRAY, [[1, 0], [0, -1]])
    assert explorer.words.startswith(
        "Filter explorer. Run this cell to use it. Still picture: Kernel 2 x 2, row by row: 1 0; 0 -1. "
    )
    assert "Gray image" in explorer.words or "gray" in explorer.words.lower()
    assert repr(explorer) == explorer.words
    before = explorer.words
    explorer.kernel = "box3"
    assert explorer.words != before
