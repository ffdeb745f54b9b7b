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
BOTH = {"max": reference.max_pool2d(TABLE, 2), "average": reference.avg_pool2d(TABLE, 2)}


def test_the_words_give_every_number():
    assert show_pooling(TABLE, BOTH, title="Two poolings").words == (
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
    assert "No window covers column 4: dropped." in words
    assert "Ceil, 2 x 3: 0 0 1 / 0 0 1" in words
    assert "The last windows reach 1 column beyond the edge." in words
    assert "row " not in words


@pytest.mark.parametrize(
    ("shape", "size"),
    [((1, 1), 1), ((3, 5), 2), ((4, 4), 1), ((4, 4), 2), ((5, 8), 3), ((5, 8), 4), ((8, 7), 2), ((8, 7), 3)],
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
        said = f"No window covers {noun}{'s' * (len(dropped) > 1)} {', '.join(map(str, dropped))}: dropped."
        assert (said in picture.words) == bool(dropped)
        over = -side % size if ceil_mode else 0
        assert (f"reach {over} {noun}{'s' * (over > 1)} beyond" in picture.words) == bool(over)
    covered = np.prod([side - side % size for side in shape])
    striped = sum(rect.attributes["fill"] == DROPPED for rect in pieces(picture, "rect"))
    assert striped == (0 if ceil_mode else table.size - covered)


@pytest.mark.parametrize(
    ("table", "results", "rings"),
    [
        ([[1.0, 2.0], [3.0, 4.0]], {"max": [[4.0]]}, 1),
        (TABLE, BOTH, 3),  # the fourth window is all 7
        (TABLE, {"average": BOTH["average"]}, 0),
        (TABLE, {"wrong": BOTH["max"] - 1}, 0),
        (np.ones((4, 4)), {"max": np.ones((2, 2))}, 0),  # nobody wins where all are equal
    ],
)
def test_a_ring_marks_each_winner_and_no_other_value(table, results, rings):
    picture = show_pooling(table, results)
    assert len(pieces(picture, "circle")) == rings
    assert ("A ring" in picture.svg) == bool(rings)
    assert ("Note: every value is 1." in picture.words) == np.array_equal(table, np.ones((4, 4)))


def test_results_of_another_shape_have_a_table_of_their_own():
    down, up = (reference.max_pool2d(LAST, 2, ceil_mode=mode) for mode in (False, True))
    alone = page_size(show_pooling(LAST, {"down": down}))[1]
    together = page_size(show_pooling(LAST, {"down": down, "mean": down, "up": up}))[1]
    assert 1.8 * alone < together < 2.2 * alone


def test_long_numbers_get_larger_cells():
    short, long = (
        page_size(show_pooling(np.tile(row, (2, 2)), {"a": [row]}))[0]
        for row in ([1.0, 2.0], [-12345.25, 0.5])
    )
    assert long > short + 40
