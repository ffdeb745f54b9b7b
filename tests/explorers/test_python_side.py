"""What holds for every explorer's Python side: positions, the photograph, arrays that are handed out."""

from __future__ import annotations

import numpy as np
import pytest

from coursekit import explorers, images
from coursekit.explorers import ConvExplorer, FilterExplorer, PoolExplorer, ReluExplorer, StackExplorer

IMAGE = np.random.default_rng(0).random((32, 40, 3), np.float32)
every = pytest.mark.parametrize("name", explorers.__all__)


def explorer_of(name):
    return getattr(explorers, name)(IMAGE)


@every
def test_a_position_can_be_assigned(name):
    explorer = explorer_of(name)
    explorer.position = (0, np.int64(1))
    assert explorer.position == (0, 1)
    assert explorer.get_state()["position"] == [0, 1]


WRONG = [
    (5, TypeError, r"position must be \(row, column\), two whole numbers, got 5"),
    ((1.5, 0), TypeError, "position: row must be a whole number, got float"),
    ((0, 99), ValueError, "position: column must lie between 0 and"),
    ((-1, 0), ValueError, "position: row must lie between 0 and .* the row comes first"),
]


@every
def test_a_wrong_position_is_explained(name):
    explorer = explorer_of(name)
    before = explorer.position
    for position, error, message in WRONG:
        with pytest.raises(error, match=f"^{name}: {message}"):
            explorer.position = position
    assert explorer.position == before


@every
def test_another_photograph_needs_another_explorer(name):
    explorer = explorer_of(name)
    before = explorer.image
    with pytest.raises(AttributeError, match=rf"{name}: the photograph .* Make another explorer: {name}\("):
        explorer.image = np.zeros((20, 20), np.float32)
    assert explorer.image is before


def test_a_position_stays_inside_a_picture_that_becomes_smaller():
    pool = PoolExplorer("temple")
    pool.size = 6
    row, column = pool.position
    assert (row, column) == (pool.output.shape[0] - 1, pool.output.shape[1] - 1)
    assert f"Output row {row}, column {column}: " in repr(pool)
    few = FilterExplorer(IMAGE[:8, :8])
    few.kernel = np.ones((7, 7))
    assert few.position == (1, 1)
    assert np.isfinite(few.response[few.position])


def test_a_place_of_the_pooled_input_can_be_assigned():
    pool = PoolExplorer(IMAGE)
    pool.set_state({"pointed": "input"})
    pool.position = (pool.input.shape[0] - 1, 0)
    assert pool.position[0] > pool.output.shape[0]


@pytest.mark.parametrize("name", ["FilterExplorer", "ConvExplorer", "PoolExplorer"])
def test_a_weight_cannot_be_set_past_the_page(name):
    explorer = explorer_of(name)
    with pytest.raises(ValueError, match="read-only"):
        explorer.kernel[0, 0] = 9
    with pytest.raises(ValueError, match="read-only"):
        ReluExplorer(IMAGE).bank[0] = 9
    explorer.kernel = explorer.kernel + 1  # a copy may be changed, and shown
    assert explorer.get_state()["kernel"] == explorer.kernel.tolist()


@pytest.mark.parametrize(
    ("kernel", "message"),
    [
        (None, "got NoneType"),
        ([["1", "2"], ["3", "4"]], "got list"),
        (np.ones((2, 2), complex), "got ndarray"),
        ([[1, 2], [3]], "got list"),
        ([[None, 1], [1, 1]], "got list"),
    ],
)
@pytest.mark.parametrize("make", [FilterExplorer, ConvExplorer, PoolExplorer])
def test_what_holds_no_numbers_is_no_kernel(make, kernel, message):
    with pytest.raises(TypeError, match=f"the kernel must be a table of numbers.*{message}"):
        make(IMAGE, kernel)


def test_a_number_that_float32_does_not_have_is_no_weight():
    with pytest.raises(ValueError, match="holds NaN or infinity"):
        FilterExplorer(IMAGE, [[1e39, 0], [0, 0]])


@pytest.mark.parametrize(
    ("name", "setting"),
    [("VggExplorer", "filter"), ("VggExplorer", "channel"), ("StackExplorer", "channel")],
)
def test_an_index_is_a_whole_number(name, setting):
    explorer = explorer_of(name)
    before = explorer.get_state()
    for value, kind in [(1.7, "float"), (True, "bool"), ("3", "str"), (None, "NoneType")]:
        with pytest.raises(TypeError, match=f"{name}: {setting} must be a whole number, got {kind}"):
            setattr(explorer, setting, value)
    assert explorer.get_state() == before


def test_a_photograph_that_is_too_narrow_is_named_as_it_came():
    message = (
        r"of 1024 x 40 pixels becomes 160 x 6 with max_side=160.*Pass a larger max_side, or .* less narrow"
    )
    with pytest.raises(images.ImageError, match=message):
        StackExplorer(np.zeros((1024, 40, 3)))
    with pytest.raises(images.ImageError, match=r"has 7 x 40 pixels; .* Pass a larger one"):
        StackExplorer(np.zeros((7, 40, 3)))


@pytest.mark.parametrize(("dtype", "largest"), [(np.int64, 255), (np.uint8, 255), (np.uint16, 65535)])
def test_whole_numbers_are_divided_by_what_pictures_hold(dtype, largest):
    with pytest.raises(images.ImageError, match=rf"\(array / {largest}\)"):
        FilterExplorer(np.zeros((20, 20), dtype))
