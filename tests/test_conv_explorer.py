"""The conv explorer's Python side."""

from __future__ import annotations

import numpy as np
import pytest

from coursekit import filters, images
from coursekit.explorers import ConvExplorer
from coursekit.reference import cross_correlate2d

GRAY = np.random.default_rng(0).random((20, 30), np.float32)


def test_the_page_gets_what_python_has():
    explorer = ConvExplorer(GRAY, "sobel_x", stride=2, padding=1, dilation=3, part=(2, 3, 12, 16))
    state = explorer.get_state()
    sent = np.frombuffer(state["_photograph"], "<f4").reshape(state["_photograph_shape"])
    np.testing.assert_array_equal(sent, GRAY)
    np.testing.assert_array_equal(state["kernel"], filters.kernel("sobel_x"))
    assert [state[name] for name in ("stride", "padding", "dilation")] == [2, 1, 3]
    assert state["part"] == [2, 3, 12, 16]
    assert set(state["_presets"]) == set(filters.names())
    assert state["_limits"] == {"stride": [1, 8], "padding": [0, 8], "dilation": [1, 8]}


def test_the_usual_settings():
    explorer = ConvExplorer(GRAY)
    np.testing.assert_array_equal(explorer.kernel, filters.BASE_KERNEL)
    assert (explorer.stride, explorer.padding, explorer.dilation) == (1, 0, 1)
    assert explorer.part == (0, 0, 20, 30)
    assert explorer.position == (8, 13)
    np.testing.assert_array_equal(explorer.input, GRAY)


def test_what_the_learner_sets_is_read_from_python():
    explorer = ConvExplorer(GRAY)
    explorer.set_state(
        {
            "kernel": [[1, 0, 2], [0, 3, -1]],
            "stride": 2,
            "padding": 3,
            "dilation": 2,
            "part": [1, 2, 15, 20],
            "position": [0, 4],
        }
    )
    assert (explorer.stride, explorer.padding, explorer.dilation, explorer.position) == (2, 3, 2, (0, 4))
    cut = GRAY[1:16, 2:22]
    np.testing.assert_array_equal(explorer.input, cut)
    expected = cross_correlate2d(cut, explorer.kernel, stride=2, padding=3, dilation=2)
    np.testing.assert_allclose(explorer.output, expected, atol=1e-6)
    assert explorer.output.dtype == np.float32
    assert explorer.patch.shape == (2, 3)
    assert float((explorer.patch * explorer.kernel).sum()) == pytest.approx(expected[0, 4], abs=1e-6)


def test_python_sets_what_the_page_shows():
    explorer = ConvExplorer(GRAY)
    explorer.stride, explorer.padding, explorer.dilation = 3, np.int64(2), 2
    explorer.kernel = [[2.0]]
    state = explorer.get_state()
    assert [state[name] for name in ("stride", "padding", "dilation")] == [3, 2, 2]
    assert state["kernel"] == [[2.0]]
    explorer.position = (7, 2)
    assert explorer.get_state()["position"] == [7, 2]
    with pytest.raises(ValueError, match="position: row must lie between 0 and 7, got 8"):
        explorer.position = (8, 0)


def test_the_position_stays_inside_an_output_that_shrinks():
    explorer = ConvExplorer(GRAY)
    explorer.position = (16, 26)
    explorer.stride = 4
    assert explorer.output.shape == (5, 7)
    assert explorer.position == (4, 6)
    assert explorer.patch.shape == (4, 4)


@pytest.mark.parametrize("name", ["stride", "padding", "dilation"])
@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (9, ValueError, "ConvExplorer: {} must lie between [01] and 8, got 9"),
        (-1, ValueError, "ConvExplorer: {} must lie between [01] and 8, got -1"),
        (1.0, TypeError, "ConvExplorer: {} must be a whole number, got float"),
        (True, TypeError, "ConvExplorer: {} must be a whole number, got bool"),
        ((1, 2), TypeError, "ConvExplorer: {} must be a whole number, got tuple"),
    ],
)
def test_a_wrong_setting_is_explained(name, value, error, message):
    with pytest.raises(error, match=message.format(name)):
        ConvExplorer(GRAY, **{name: value})
    explorer = ConvExplorer(GRAY)
    before = getattr(explorer, name)
    with pytest.raises(error, match=message.format(name)):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before


@pytest.mark.parametrize(
    ("kernel", "error", "message"),
    [
        ("sobel", ValueError, "Did you mean 'sobel_"),
        (np.ones((8, 8)), ValueError, "with 1 to 7 rows and columns, got"),
        (filters.edge_bank(), ValueError, r"One filter of a bank is bank\[0\]"),
        ([["a"]], TypeError, "must be a table of numbers"),
        ([[np.inf]], ValueError, "NaN or infinity"),
    ],
)
def test_a_wrong_kernel_is_explained(kernel, error, message):
    with pytest.raises(error, match=message):
        ConvExplorer(GRAY, kernel)
    explorer = ConvExplorer(GRAY)
    with pytest.raises(error, match=message):
        explorer.kernel = kernel


@pytest.mark.parametrize(
    ("part", "error", "message"),
    [
        (
            (1, 2, 3),
            TypeError,
            r"part must be \(row, column, height, width\), four whole numbers, got \(1, 2, 3\)",
        ),
        (5, TypeError, "part must be"),
        ((0, 0, 4.5, 4), TypeError, "height of the part must be a whole number"),
        ((-1, 0, 8, 8), ValueError, "row of the part must lie between 0 and 30, got -1"),
        ((0, 0, 0, 8), ValueError, "does not lie in a photograph of 20 x 30 pixels"),
        ((15, 0, 8, 8), ValueError, "of 8 x 8 pixels that begins at row 15, column 0 does not lie in"),
        ((0, 28, 8, 8), ValueError, "that begins at row 0, column 28"),
    ],
)
def test_a_wrong_part_is_explained(part, error, message):
    with pytest.raises(error, match=message):
        ConvExplorer(GRAY, part=part)


def test_what_does_not_fit_is_refused_from_python():
    tight = {"part": (0, 0, 8, 8), "kernel": np.ones((4, 4))}
    with pytest.raises(ValueError, match="ConvExplorer: a window of 10 pixels does not fit into 8 pixels"):
        ConvExplorer(GRAY, dilation=3, **tight)
    explorer = ConvExplorer(GRAY, padding=1, dilation=3, **tight)
    with pytest.raises(ValueError, match=r"does not fit into 8 pixels with padding 0\. Use a smaller kernel"):
        explorer.padding = 0
    with pytest.raises(ValueError, match="a window of 13 pixels"):
        explorer.kernel = "gaussian5"
    assert explorer.output.shape == (1, 1)


def test_what_the_learner_sets_may_not_fit():
    explorer = ConvExplorer(GRAY)
    explorer.set_state({"part": [0, 0, 4, 4], "dilation": 2})
    with pytest.raises(ValueError, match="a window of 7 pixels does not fit into 4 pixels with padding 0"):
        _ = explorer.output
    with pytest.raises(ValueError, match="does not fit"):
        _ = explorer.patch
    assert "a window of 7 pixels does not fit into 4 pixels" in repr(explorer)
    assert len(explorer.still.png()) > 1000


def test_a_wrong_photograph_is_explained():
    with pytest.raises(images.ImageError, match="fewer than 8 x 8"):
        ConvExplorer(np.zeros((7, 20)))


def test_the_still_picture_works_one_position_out():
    explorer = ConvExplorer(np.eye(8), [[1, 0], [0, 2]], stride=2, padding=1)
    assert explorer.words == (
        "Conv explorer. Run this cell to use it. Still picture: Input 8 x 8, kernel 2 x 2, stride 2, "
        "padding 1, dilation 1: output 5 x 5. Patch times kernel, for output row 2, column 2. "
        "Patch 1 0 / 0 1 times kernel 1 0 / 0 2, cell by cell, gives products 1 0 / 0 2. Their sum is 3."
    )
    explorer.set_state({"position": [0, 0]})
    assert "Patch 0 0 / 0 1 times" in explorer.words  # three of the four are padding
