"""The picture of pooling: its words say what pooling computes, and its marks stand where they must."""

from __future__ import annotations

import numpy as np
import pytest
from page_reading import page_size, pieces

from coursekit import reference
from coursekit.pictures import show_pooling

TABLE = np.array([[1, 3, 0, 0], [2, 6, 0, 4], [0, 0, 7, 7], [0, 8, 7, 7]], dtype=np.float32)
LAST = np.zeros((4, 5))
LAST[:, -1] = 1


DROPPED = "#e2e2e2"


def dropped_cells(picture):
    return sum(rect.attributes["fill"] == DROPPED for rect in pieces(picture, "rect"))


def rings(picture):
    return len(pieces(picture, "circle"))


def both(table, size=2):
    return {"max": reference.max_pool2d(table, size), "average": reference.avg_pool2d(table, size)}


def test_the_words_give_every_number():
    assert show_pooling(TABLE, both(TABLE), title="Two poolings").words == (
        "Two poolings. Table of 4 x 4: 1 3 0 0 / 2 6 0 4 / 0 0 7 7 / 0 8 7 7. Windows of 2 x 2. "
        "Max, 2 x 2: 6 4 / 8 7, the largest value of each window. Average, 2 x 2: 3 1 / 2 7."
    )


def test_the_words_say_what_is_dropped_and_what_hangs_over():
    results = {
        "rounded down": reference.max_pool2d(LAST, 2),
        "ceil": reference.max_pool2d(LAST, 2, ceil_mode=True),
    }
    words = show_pooling(LAST, results).words
    assert "Rounded down, 2 x 2: 0 0 / 0 0" in words
    assert "Dropped, since no window covers it: column 4." in words
    assert "Ceil, 2 x 3: 0 0 1 / 0 0 1" in words
    assert "The last windows hang 1 column over the edge." in words
    assert "row " not in words


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        (shape, size)
        for shape in [(1, 1), (3, 5), (4, 4), (5, 8), (8, 7)]
        for size in (1, 2, 3, 4)
        if size <= min(shape)  # a window that does not fit makes nothing
    ],
)
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_every_result_of_the_reference_is_drawn(shape, size, ceil_mode):
    table = np.random.default_rng(0).normal(size=shape).round(1)
    pooled = reference.max_pool2d(table, size, ceil_mode=ceil_mode)
    picture = show_pooling(table, {"max": pooled}, size)
    assert f"Max, {' x '.join(map(str, pooled.shape))}: " in picture.words
    assert "the largest value of each window" in picture.words
    for noun, side in zip(("row", "column"), shape, strict=True):
        dropped = [] if ceil_mode else list(range(side - side % size, side))
        said = f"covers it: {noun}{'s' * (len(dropped) > 1)} {', '.join(map(str, dropped))}."
        assert (said in picture.words) == bool(dropped)
        over = -side % size if ceil_mode else 0
        assert (f"hang {over} {noun}{'s' * (over > 1)} over" in picture.words) == bool(over)
    covered = np.prod([side - side % size for side in shape])
    assert dropped_cells(picture) == (0 if ceil_mode else table.size - covered)


def test_a_ring_marks_each_winner_and_no_other_value():
    assert rings(show_pooling([[1.0, 2.0], [3.0, 4.0]], {"max": [[4.0]]})) == 1
    assert rings(show_pooling(TABLE, both(TABLE))) == 3  # the fourth window is all 7
    for results in ({"average": both(TABLE)["average"]}, {"wrong": both(TABLE)["max"] - 1}):
        picture = show_pooling(TABLE, results)
        assert rings(picture) == 0
        assert "a ring" not in picture.svg


def test_nobody_wins_where_all_are_equal():
    picture = show_pooling(np.ones((4, 4)), {"max": np.ones((2, 2))})
    assert rings(picture) == 0
    assert "Note: every value is 1." in picture.words


def test_results_of_another_shape_have_a_table_of_their_own():
    down, up = (reference.max_pool2d(LAST, 2, ceil_mode=mode) for mode in (False, True))
    alone, together = (
        show_pooling(LAST, results) for results in ({"down": down}, {"down": down, "mean": down, "up": up})
    )
    assert 1.8 * page_size(alone)[1] < page_size(together)[1] < 2.2 * page_size(alone)[1]


def test_long_numbers_get_larger_cells():
    small, large = np.array([[1.0, 2.0]]), np.array([[-12345.25, 0.5]])
    widths = [
        page_size(show_pooling(np.tile(table, (2, 2)), {"a": np.tile(table, (1, 1))}))[0]
        for table in (small, large)
    ]
    assert widths[1] > widths[0] + 40


def test_two_calls_give_the_same_bytes_and_inputs_stay():
    table, results = TABLE.copy(), both(TABLE)
    assert show_pooling(table, results).svg == show_pooling(table, results).svg
    np.testing.assert_array_equal(table, TABLE)
    assert list(results) == ["max", "average"]


@pytest.mark.parametrize(
    ("table", "results", "options", "error", "words"),
    [
        (np.ones((9, 2)), {"max": np.ones((4, 1))}, {}, ValueError, "up to 8 x 8, but has the shape (9, 2)"),
        (np.ones((2, 2, 2)), {"max": [[1]]}, {}, ValueError, "must be 2-D"),
        (TABLE, {}, {}, ValueError, "1 to 3 results, but 0 came"),
        (TABLE, [[6, 4], [8, 7]], {}, TypeError, "names with arrays"),
        (TABLE, {"max": [[6, 4, 8]]}, {}, ValueError, "make 2 x 2 of the table, or 2 x 2 with ceil_mode"),
        (LAST, {"max": np.zeros((3, 2))}, {}, ValueError, "make 2 x 2 of the table, or 2 x 3 with ceil_mode"),
        (TABLE, {"max": [6, 4]}, {}, ValueError, "max has the shape (2,)"),
        (TABLE, {"max": [[8]]}, {"size": 0}, ValueError, "size must be a whole number from 1 on, but is 0"),
        (TABLE, {"max": [[8]]}, {"size": True}, ValueError, "but is True"),
        (TABLE, {"max": "many"}, {}, TypeError, "the result max must hold real numbers"),
        ([["a"]], {"max": [[1]]}, {}, TypeError, "the table must hold real numbers"),
    ],
)
def test_refusals_say_what_is_wrong(table, results, options, error, words):
    with pytest.raises(error) as caught:
        show_pooling(table, results, **options)
    assert words in str(caught.value)
