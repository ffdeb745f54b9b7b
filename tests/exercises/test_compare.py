"""A difference between two arrays is told by its cause, not only by its size."""

import numpy as np
import pytest

from coursekit.exercises.compare import close, difference

WANTED = np.array([[1.0, 2.0, 4.0], [3.0, 7.0, 5.0], [0.5, 9.0, -6.0]])
SYMMETRIC = np.array([[0.0, 1, 0], [1, 5, 1], [0, 1, 0]])
OBLONG = np.arange(12.0).reshape(3, 4) ** 1.5


def shifted(array, axis, step):
    """Move the values along an axis; what was beyond the border is another value."""
    result = np.roll(array, step, axis=axis)
    np.moveaxis(result, axis, 0)[0 if step > 0 else -1] = -50
    return result


def changed(array, index, value):
    result = array.copy()
    result[index] = value
    return result


@pytest.mark.parametrize(
    ("answer", "wanted", "part"),
    [
        (WANTED[:2], WANTED, "has shape (2, 3), but it should be (3, 3). It is off by one."),
        (OBLONG.T, OBLONG, "Rows and columns are swapped."),
        (np.zeros(5), WANTED, "has shape (5,), but it should be (3, 3)."),
        (np.zeros((3, 3)), WANTED, "is 0 everywhere"),
        (-WANTED, WANTED, "right numbers with the opposite sign"),
        (255 * WANTED, WANTED, "255 times too large"),
        (WANTED / 255, WANTED, "255 times too small"),
        (9 * WANTED, WANTED, "is the right one times 9"),
        (WANTED + 0.25, WANTED, "is 0.25 too large everywhere"),
        (WANTED - 3, WANTED, "is 3 too small everywhere"),
        (WANTED[:, ::-1], WANTED, "is flipped left to right"),
        (WANTED[::-1], WANTED, "is flipped upside down"),
        (WANTED[::-1, ::-1], WANTED, "turned by 180 degrees"),
        (WANTED.T, WANTED, "it is the transpose"),
        (-WANTED[::-1], WANTED, "upside down, and has the opposite sign"),
        (shifted(OBLONG, 0, 1), OBLONG, "off by one row: shifted down"),
        (shifted(OBLONG, 0, -1), OBLONG, "off by one row: shifted up"),
        (shifted(OBLONG, 1, 1), OBLONG, "off by one column: shifted to the right"),
        (shifted(OBLONG, 1, -1), OBLONG, "off by one column: shifted to the left"),
        (np.array([1.0, 3, 2]), np.array([2.0, 3, 1]), "in reverse order"),
        (np.array([0, 1.0, 3, 2]), np.array([1.0, 3, 2, 5]), "off by one place: shifted on"),
        (np.array([3.0, 2, 5, 0]), np.array([1.0, 3, 2, 5]), "off by one place: shifted back"),
        (changed(WANTED, (1, 2), 4.0), WANTED, "differs in 1 of 9 values, most at row 1, column 2: 4."),
        (changed(WANTED[None], (0, 2, 0), 1.0), WANTED[None], "most at map 0, row 2, column 0: 1."),
        (changed(WANTED[0], 1, 1.0), WANTED[0], "most at place 1: 1."),
        (np.array(2.0), np.array(3.0), "is 2."),
        (changed(SYMMETRIC, (1, 1), 4.0), SYMMETRIC, "differs in 1 of 9 values, most at row 1, column 1: 4"),
        (np.array([[0, 0], [0, 2.0]]), np.zeros((2, 2)), "differs in 1 of 4"),
        (changed(WANTED[None, None], (0, 0, 1, 1), 1), WANTED[None, None], "at index (0, 0, 1, 1)"),
    ],
)
def test_the_cause_is_named(answer, wanted, part):
    said = difference(answer, wanted)
    assert said.startswith("Your array ")
    assert part in said
    assert said.endswith(".")


def test_the_wanted_value_is_told_only_when_asked():
    answer = changed(WANTED, (1, 2), 4.0)
    assert "5" not in difference(answer, WANTED)
    assert "4 instead of 5." in difference(answer, WANTED, reveal=True)
    assert difference(np.array(2.0), np.array(3.0), reveal=True, what="It") == "It is 2 instead of 3."


def test_rounding_makes_no_difference():
    assert difference(WANTED.astype(np.float32) * (1 + 1e-6), WANTED) == ""
    assert difference(np.zeros((2, 2)), np.zeros((2, 2))) == ""
    assert close(1 / 3, 0.33333333)
    assert not close(WANTED, WANTED[None]), "one axis more is another shape"
    assert not close([1.0, 2.0], [1.0, 2.01])
