"""The pooling explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import numpy as np
import pytest
from driving import after, box, choose, control, line, middle, picture, pixels, point, set_trait, settled
from playwright.sync_api import expect
from pool_driving import assert_true, pieces, pooled, settings

from coursekit.explorers import PoolExplorer

IMAGE = np.random.default_rng(0).random((40, 61), np.float32)


@pytest.mark.parametrize("source", ["map", "photograph"])
@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_every_window_and_stride(source, kind, ceil_mode, explorer_page):
    explorer = PoolExplorer(IMAGE, source=source, kind=kind, ceil_mode=ceil_mode, shift=(1, 2))
    page, root = explorer_page(explorer)
    for size, stride in [(2, 0), (3, 2), (5, 3), (2, 5), (6, 0), (4, 1)]:
        control(root, "Window").select_option(str(size))
        control(root, "Stride").select_option(str(stride))
        picture(root, 1).focus()
        settled(root)
        for key in ["End"] + ["PageDown"] * 4:  # the last row: there windows hang over
            page.keyboard.press(key)
        row, column = assert_true(root, explorer)
        chosen = settings(root)
        shape = pooled(pieces(explorer, chosen)[1], chosen).shape
        assert (row, column) == (shape[0] - 1, shape[1] - 1)


@pytest.mark.parametrize("stride", [1, 2, 5])
def test_every_part_of_the_input_names_its_outputs(stride, explorer_page):
    explorer = PoolExplorer(IMAGE, size=3, stride=stride)
    _, root = explorer_page(explorer)
    for place in [(0.01, 0.01), (0.41, 0.33), (0.44, 0.35), (0.47, 0.37), (0.99, 0.99)]:
        point(root, 0, *place)
        assert line(root).startswith("Input")
        assert_true(root, explorer)


def test_frames_lie_on_the_window_the_winner_and_the_outputs(explorer_page):
    explorer = PoolExplorer(IMAGE, size=3, stride=2)
    page, root = explorer_page(explorer)
    point(root, 1, 0.4, 0.4)
    row, column = assert_true(root, explorer)
    assert box(root, 0, "window") == [2 * row, 2 * column, 3, 3]
    window = explorer.input[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
    down, across = divmod(int(window.argmax()), 3)
    assert box(root, 0, "winner") == [2 * row + down, 2 * column + across, 1, 1]
    assert box(root, 1, "place") == [row, column, 1, 1]
    choose(root, "Keep", "avg")
    assert box(root, 0, "winner") is None
    picture(root, 0).press("ArrowLeft")
    page.keyboard.press("Home")
    row, column = assert_true(root, explorer)
    top, left, height, width = box(root, 1, "place")
    assert box(root, 0, "pixel") == [row, 0, 1, 1]
    assert (left, width) == (0, 1)
    assert [top, top + height - 1] == [max(0, (row - 1) // 2), row // 2]


def test_what_is_not_read_is_told_and_hatched(explorer_page):
    explorer = PoolExplorer(IMAGE, size=2)  # 34 x 55 values
    _, root = explorer_page(explorer)
    caption = root.locator(".ck-caption").first
    hatched = root.locator(".ck-unread > path")
    expect(caption).to_have_text("Input 34 × 55: 1 column not read (hatched)")
    assert hatched.get_attribute("d") == "M54 0V34H55V0Z"
    point(root, 0, 0.5, 0.997)
    assert "no window reads it" in line(root)
    expect(root.locator(".ck-numbers")).to_be_hidden()
    assert box(root, 1, "place") is None
    after(root, lambda: control(root, "Ceil mode").check())
    expect(caption).to_have_text("Input 34 × 55")
    assert hatched.get_attribute("d") == ""
    assert "it belongs to output row 8, column 27" in line(root)
    expect(root.locator(".ck-beyond")).to_have_count(2)
    after(root, lambda: control(root, "Ceil mode").uncheck())
    control(root, "Stride").select_option("6")
    expect(caption).to_have_text("Input 34 × 55: 22 rows and 37 columns not read (hatched)")


def test_the_dots_stand_on_what_changed(explorer_page):
    image = np.zeros((20, 20), np.float32)
    image[5, 8] = 1  # one bright pixel: a shift to the right moves it into another window
    explorer = PoolExplorer(image, source="photograph")
    _, root = explorer_page(explorer)

    def dotted():
        """The outputs on whose middle a dot stands."""
        drawn = pixels(root.locator(".ck-dots"))[..., 3] > 0
        rows, columns = (((np.arange(8) + 0.5) * side / 8).astype(int) for side in drawn.shape)
        return np.argwhere(drawn[np.ix_(rows, columns)]).tolist()

    assert dotted() == []
    after(root, lambda: control(root, "Shift right").press("ArrowRight"))
    assert dotted() == [[2, 3], [2, 4]]
    assert_true(root, explorer)
    control(root, "Shift down").press("ArrowRight")  # row 4 is in window 2 as well
    assert dotted() == [[2, 3], [2, 4]]
    after(root, lambda: control(root, "Shift right").press("ArrowLeft"))
    assert dotted() == []
    assert "The shift changed 0 % of the outputs" in line(root)
    assert_true(root, explorer)


def test_a_window_that_does_not_fit_is_explained(explorer_page):
    explorer = PoolExplorer(IMAGE[:11, :20])  # 5 x 14 values
    page, root = explorer_page(explorer)
    choose(root, "Window", "6")
    assert "A window of 6 × 6 does not fit into 5 × 14 values" in line(root)
    expect(picture(root, 1)).to_be_hidden()
    expect(root.locator(".ck-numbers")).to_be_hidden()
    page.mouse.move(*middle(picture(root, 0)))  # nothing to light, and nothing to fail
    after(root, lambda: control(root, "Ceil mode").check())
    assert_true(root, explorer)
    after(root, lambda: control(root, "Ceil mode").uncheck())
    choose(root, "Window", "5")
    expect(picture(root, 1)).to_be_visible()
    assert_true(root, explorer)


def test_the_maps_do_not_jump_under_the_pointer(explorer_page):
    explorer = PoolExplorer(IMAGE, size=4, ceil_mode=True)
    _, root = explorer_page(explorer)
    places = set()
    for down, across in [(0.5, 0.5), (0.99, 0.99), (0.02, 0.99), (0.3, 0.1)]:
        for at in (0, 1):
            point(root, at, down, across)
            places.add(str([picture(root, n).bounding_box() for n in (0, 1)]))
    assert len(places) == 1


def test_a_place_stays_inside_and_python_follows_and_leads(explorer_page):
    page, root = explorer_page(PoolExplorer("temple"))
    control(root, "Window").select_option("6")
    page.wait_for_function("String(explorer.model.get('position')) === '5,8'")
    set_trait(root, "position", [2, 3])
    assert line(root).startswith("Output row 2, column 3: ")
    set_trait(root, "kernel", [[0, 1], [0, -1]])
    explorer = PoolExplorer("temple", [[0, 1], [0, -1]])
    assert assert_true(root, explorer) == (2, 3)
    set_trait(root, "pointed", "input")
    assert assert_true(root, explorer) == (2, 3)
