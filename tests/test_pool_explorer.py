"""The pooling explorer's Python side."""

from __future__ import annotations

import numpy as np
import pytest

from coursekit import filters, images
from coursekit.explorers import PoolExplorer
from coursekit.reference import avg_pool2d, cross_correlate2d, max_pool2d, relu

GRAY = np.random.default_rng(0).random((20, 30), np.float32)


def test_the_page_gets_what_python_has():
    state = PoolExplorer(GRAY, "sobel_y", kind="avg", size=3, ceil_mode=True, shift=(1, 2)).get_state()
    sent = np.frombuffer(state["_photograph"], "<f4").reshape(state["_photograph_shape"])
    np.testing.assert_array_equal(sent, GRAY)
    np.testing.assert_array_equal(state["kernel"], filters.kernel("sobel_y"))
    names = ("source", "kind", "size", "stride", "ceil_mode", "shift", "pointed")
    assert [state[name] for name in names] == ["map", "avg", 3, 0, True, [1, 2], "output"]


def test_photographs_from_files_are_small_and_arrays_stay():
    assert PoolExplorer("temple").image.shape == (43, 64)
    assert PoolExplorer(GRAY).image.shape == GRAY.shape
    assert PoolExplorer("temple", max_side=100).image.shape == (67, 100)


def test_the_input_is_a_piece_of_the_map():
    explorer = PoolExplorer(GRAY, shift=(1, 3))
    whole = relu(cross_correlate2d(GRAY, filters.BASE_KERNEL))
    np.testing.assert_allclose(explorer.input, whole[1 : 1 + 14, 3 : 3 + 24], atol=1e-6)
    explorer.source = "photograph"
    np.testing.assert_array_equal(explorer.input, GRAY[1:18, 3:30])


def test_the_output_is_that_of_reference():
    explorer = PoolExplorer(GRAY)
    np.testing.assert_array_equal(explorer.output, max_pool2d(explorer.input, 2))
    explorer.kind, explorer.size, explorer.stride, explorer.ceil_mode = "avg", 3, 2, True
    np.testing.assert_array_equal(explorer.output, avg_pool2d(explorer.input, 3, stride=2, ceil_mode=True))
    explorer.stride = None
    assert explorer.stride == 3


def test_it_begins_at_the_strongest_output():
    explorer = PoolExplorer(GRAY)
    assert explorer.output[explorer.position] == explorer.output.max()
    assert explorer.pointed == "output"


def test_changed_compares_with_no_shift():
    image = np.zeros((20, 20), np.float32)
    image[5, 8] = 1
    explorer = PoolExplorer(image, source="photograph")
    assert explorer.changed == (0, 0)
    explorer.shift = (0, 1)  # column 8 becomes 7, in the window before
    assert explorer.changed == (2 / 289, 2 / 64)
    explorer.shift = (1, 0)  # row 5 becomes 4, in the same window
    assert explorer.changed == (2 / 289, 0)


def test_what_the_learner_sets_is_read_from_python():
    explorer = PoolExplorer(GRAY)
    explorer.set_state(
        {
            "source": "photograph",
            "kind": "avg",
            "size": 4,
            "stride": 3,
            "ceil_mode": True,
            "shift": [2, 1],
            "pointed": "input",
            "position": [5, 6],
        }
    )
    assert (explorer.source, explorer.kind, explorer.size, explorer.stride) == ("photograph", "avg", 4, 3)
    assert (explorer.ceil_mode, explorer.shift) == (True, (2, 1))
    assert (explorer.pointed, explorer.position) == ("input", (5, 6))
    wanted = avg_pool2d(GRAY[2:19, 1:28], 4, stride=3, ceil_mode=True)
    np.testing.assert_allclose(explorer.output, wanted, atol=1e-6)
    assert "Output row" not in explorer.words


def test_python_sets_what_the_page_shows():
    explorer = PoolExplorer(GRAY)
    explorer.source, explorer.kind, explorer.size, explorer.stride = "photograph", "avg", 5, 1
    explorer.ceil_mode, explorer.shift = True, [0, 2]
    state = explorer.get_state()
    names = ("source", "kind", "size", "stride", "ceil_mode", "shift")
    assert [state[name] for name in names] == ["photograph", "avg", 5, 1, True, [0, 2]]


@pytest.mark.parametrize(
    ("setting", "value", "error", "message"),
    [
        ("source", "image", ValueError, "source cannot be 'image'. There are: map, photograph"),
        ("kind", "average", ValueError, "kind cannot be 'average'. There are: max, avg"),
        ("kind", 2, TypeError, "kind must be a name, got int"),
        ("size", 1, ValueError, "size must lie between 2 and 6, got 1"),
        ("size", 2.0, TypeError, "size must be a whole number, got float"),
        ("stride", 0, ValueError, "stride must lie between 1 and 6, got 0"),
        ("stride", "2", TypeError, "stride must be a whole number, got str"),
        ("ceil_mode", 1, TypeError, "ceil_mode must be True or False, got 1"),
        ("shift", 2, TypeError, r"shift must be two numbers \(rows, columns\), got 2"),
        ("shift", (0, 4), ValueError, "shift must lie between 0 and 3, got 4"),
        ("shift", (0, 0.5), TypeError, "shift must be a whole number, got float"),
    ],
)
def test_a_wrong_setting_is_explained(setting, value, error, message):
    with pytest.raises(error, match=f"PoolExplorer: {message}"):
        PoolExplorer(GRAY, **{setting: value})
    explorer = PoolExplorer(GRAY)
    before = explorer.get_state()
    with pytest.raises(error, match=f"PoolExplorer: {message}"):
        setattr(explorer, setting, value)
    assert explorer.get_state() == before


def test_a_window_that_does_not_fit_is_explained():
    small = GRAY[:11, :20]  # 5 x 14 values are left of it
    message = "PoolExplorer: a window of 6 x 6 does not fit into 5 x 14 values. Use a smaller window"
    with pytest.raises(ValueError, match=message):
        PoolExplorer(small, size=6)
    explorer = PoolExplorer(small, size=5)
    with pytest.raises(ValueError, match=message):
        explorer.size = 6
    assert explorer.size == 5
    assert PoolExplorer(small, size=6, ceil_mode=True).output.shape == (1, 3)


@pytest.mark.parametrize("source", ["map", "photograph"])  # the page can go from one to the other
def test_a_map_that_is_too_small_is_explained(source):
    message = (
        "8 x 8 pixels and a kernel of 7 x 7 give a map of 2 x 2 values, and the smallest window with the "
        "largest shift needs 5 x 5. Pass a larger photograph or a smaller kernel"
    )
    with pytest.raises(images.ImageError, match=message):
        PoolExplorer(GRAY[:8, :8], np.ones((7, 7)), source=source)
    assert PoolExplorer(GRAY[:8, :8], np.ones((4, 4)), source=source, shift=(3, 3)).output.size


def test_another_kernel_reaches_the_page_or_is_refused():
    explorer = PoolExplorer(GRAY[:11, :20], size=5)
    explorer.kernel = "sobel_y"
    np.testing.assert_array_equal(explorer.get_state()["kernel"], filters.kernel("sobel_y"))
    np.testing.assert_allclose(
        explorer.input, relu(cross_correlate2d(explorer.image, filters.kernel("sobel_y")))[:6, :15], atol=1e-6
    )
    with pytest.raises(ValueError, match="does not fit into 3 x 14 values"):
        explorer.kernel = np.ones((6, 4))
    np.testing.assert_array_equal(explorer.kernel, filters.kernel("sobel_y"))


def test_the_page_may_hold_a_window_that_does_not_fit():
    explorer = PoolExplorer(GRAY[:11, :20])
    explorer.set_state({"size": 6})
    with pytest.raises(ValueError, match="does not fit"):
        _ = explorer.output
    assert "a window of 6 x 6 does not fit into 5 x 14 values" in explorer.words


@pytest.mark.parametrize(
    ("kernel", "error", "message"),
    [
        ("sobel", ValueError, "no kernel is called 'sobel'"),
        (np.ones((8, 8)), ValueError, "PoolExplorer: the kernel must have the shape"),
        (None, TypeError, "got NoneType"),
    ],
)
def test_a_wrong_kernel_is_explained(kernel, error, message):
    with pytest.raises(error, match=message):
        PoolExplorer(GRAY, kernel)


@pytest.mark.parametrize(
    ("image", "message"),
    [("tmple", "temple"), (np.zeros((1025, 20)), "1025 x 20"), (np.zeros((7, 9)), "8 x 8")],
)
def test_a_wrong_photograph_is_explained(image, message):
    with pytest.raises(images.ImageError, match=message):
        PoolExplorer(image)


def test_the_still_picture_says_what_the_window_holds():
    image = np.zeros((9, 9), np.float32)
    image[2:4, 2:4] = [[0.25, 0.5], [1, 0]]
    explorer = PoolExplorer(image, source="photograph")
    assert explorer.words.startswith(
        "Pooling explorer. Run this cell to use it. Still picture: Window 2 x 2, stride 2. Output row 1, "
        "column 1: the window holds 0.25 0.50 / 1.00 0.00, the largest is 1. Max pooling: 6 x 6 becomes "
        "3 x 3."
    )
    explorer.kind, explorer.shift = "avg", (0, 1)
    assert "the mean is 0.12. The shift by (0, 1) changed 22 % of the outputs." in explorer.words
