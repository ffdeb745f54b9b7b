"""The pooling explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import numpy as np
import pytest
from driving import after, line, middle
from playwright.sync_api import expect
from pool_driving import assert_true, by_keys, by_pointer, by_touch, control, pieces, pooled, settings

from coursekit.explorers import PoolExplorer

IMAGE = np.random.default_rng(0).random((40, 61), np.float32)


def painted(page):
    """Wait until the page has drawn what was asked for."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("drive", [by_pointer, by_keys, by_touch])
@pytest.mark.parametrize("width", [320, 1000])
def test_the_numbers_are_those_of_reference(drive, width, explorer_page):
    explorer = PoolExplorer(IMAGE)
    page, root = explorer_page(explorer, width=width)
    drive(page, root, explorer)


@pytest.mark.parametrize("source", ["map", "photograph"])
@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_every_window_and_stride(source, kind, ceil_mode, explorer_page):
    explorer = PoolExplorer(IMAGE, source=source, kind=kind, ceil_mode=ceil_mode, shift=(1, 2))
    page, root = explorer_page(explorer)
    out = root.locator(".ck-live").nth(1)
    for size, stride in [(2, 0), (3, 2), (5, 3), (2, 5), (6, 0), (4, 1)]:
        control(root, "Window").select_option(str(size))
        control(root, "Stride").select_option(str(stride))
        out.focus()
        painted(page)
        page.keyboard.press("End")
        for _ in range(4):
            page.keyboard.press("PageDown")  # the last row: there windows hang over
        painted(page)
        row, column = assert_true(root, explorer)
        chosen = settings(root)
        shape = pooled(pieces(explorer, chosen)[1], chosen).shape
        assert (row, column) == (shape[0] - 1, shape[1] - 1)


@pytest.mark.parametrize("stride", [1, 2, 5])
def test_every_part_of_the_input_names_its_outputs(stride, explorer_page):
    explorer = PoolExplorer(IMAGE, size=3, stride=stride)
    page, root = explorer_page(explorer)
    photo = root.locator(".ck-live").nth(0)
    for down, across in [(0.01, 0.01), (0.41, 0.33), (0.44, 0.35), (0.47, 0.37), (0.99, 0.99)]:
        after(page, root, lambda d=down, a=across: page.mouse.move(*middle(photo, d, a)))
        assert line(root).startswith("Input")
        assert_true(root, explorer)


def box(root, at, name):
    """Row, column, height and width of a frame, in values; None where it is not there."""
    return root.evaluate(
        """(root, [at, name]) => {
            const map = root.querySelectorAll('.ck-live')[at];
            const box = map.querySelector(`[data-box=${name}]`);
            if (!box || box.hidden) return null;
            const canvas = map.querySelector('canvas');
            const part = (side, all) => Math.round(parseFloat(box.style[side]) * all) / 100;
            return [part('top', canvas.height), part('left', canvas.width),
                    part('height', canvas.height), part('width', canvas.width)];
        }""",
        [at, name],
    )


def test_frames_lie_on_the_window_the_winner_and_the_outputs(explorer_page):
    explorer = PoolExplorer(IMAGE, size=3, stride=2)
    page, root = explorer_page(explorer)
    maps = root.locator(".ck-live")
    after(page, root, lambda: page.mouse.move(*middle(maps.nth(1), 0.4, 0.4)))
    row, column = assert_true(root, explorer)
    assert box(root, 0, "window") == [2 * row, 2 * column, 3, 3]
    window = explorer.input[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
    down, across = divmod(int(window.argmax()), 3)
    assert box(root, 0, "winner") == [2 * row + down, 2 * column + across, 1, 1]
    assert box(root, 1, "place") == [row, column, 1, 1]
    after(page, root, lambda: control(root, "Keep").select_option("avg"))
    assert box(root, 0, "winner") is None
    maps.nth(0).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    painted(page)
    row, column = assert_true(root, explorer)
    top, left, height, width = box(root, 1, "place")
    assert box(root, 0, "pixel") == [row, 0, 1, 1]
    assert (left, width) == (0, 1)
    assert [top, top + height - 1] == [max(0, (row - 1) // 2), row // 2]


def test_what_is_not_read_is_told_and_hatched(explorer_page):
    explorer = PoolExplorer(IMAGE, size=2)  # 34 x 55 values
    page, root = explorer_page(explorer)
    caption = root.locator(".ck-caption").first
    hatched = root.locator(".ck-unread > path")
    expect(caption).to_have_text("Input 34 × 55: 1 column not read (hatched)")
    assert hatched.get_attribute("d") == "M54 0V34H55V0Z"
    photo = root.locator(".ck-live").nth(0)
    after(page, root, lambda: page.mouse.move(*middle(photo, 0.5, 0.997)))
    assert "no window reads it" in line(root)
    expect(root.locator(".ck-numbers")).to_be_hidden()
    assert box(root, 1, "place") is None
    after(page, root, lambda: control(root, "Ceil mode").check())
    expect(caption).to_have_text("Input 34 × 55")
    assert hatched.get_attribute("d") == ""
    assert "it belongs to output row 8, column 27" in line(root)
    expect(root.locator(".ck-beyond")).to_have_count(2)
    after(page, root, lambda: control(root, "Ceil mode").uncheck())
    control(root, "Stride").select_option("6")
    expect(caption).to_have_text("Input 34 × 55: 22 rows and 37 columns not read (hatched)")


def test_the_dots_stand_on_what_changed(explorer_page):
    image = np.zeros((20, 20), np.float32)
    image[5, 8] = 1  # one bright pixel: a shift to the right moves it into another window
    explorer = PoolExplorer(image, source="photograph")
    page, root = explorer_page(explorer)
    dotted = """root => {
        const canvas = root.querySelector('.ck-dots');
        const [height, width] = [8, 8];
        const context = canvas.getContext('2d');
        const found = [];
        for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
            const [px, py] = [(x + 0.5) * canvas.width / width, (y + 0.5) * canvas.height / height];
            if (context.getImageData(px, py, 1, 1).data[3]) found.push([y, x]);
        }
        return found;
    }"""
    assert root.evaluate(dotted) == []
    after(page, root, lambda: control(root, "Shift right").press("ArrowRight"))
    assert root.evaluate(dotted) == [[2, 3], [2, 4]]
    assert_true(root, explorer)
    control(root, "Shift down").press("ArrowRight")  # row 4 is in window 2 as well
    painted(page)
    assert root.evaluate(dotted) == [[2, 3], [2, 4]]
    after(page, root, lambda: control(root, "Shift right").press("ArrowLeft"))
    assert root.evaluate(dotted) == []
    assert "The shift changed 0 % of the outputs" in line(root)
    assert_true(root, explorer)


def test_a_window_that_does_not_fit_is_explained(explorer_page):
    explorer = PoolExplorer(IMAGE[:11, :20])  # 5 x 14 values
    page, root = explorer_page(explorer)
    after(page, root, lambda: control(root, "Window").select_option("6"))
    assert line(root) == (
        "A window of 6 × 6 does not fit into 5 × 14 values, so there is no output. Choose a smaller window."
    )
    expect(root.locator(".ck-live").nth(1)).to_be_hidden()
    expect(root.locator(".ck-numbers")).to_be_hidden()
    page.mouse.move(*middle(root.locator(".ck-live").nth(0)))  # nothing to light, and nothing to fail
    after(page, root, lambda: control(root, "Ceil mode").check())
    assert_true(root, explorer)
    after(page, root, lambda: control(root, "Ceil mode").uncheck())
    after(page, root, lambda: control(root, "Window").select_option("5"))
    expect(root.locator(".ck-live").nth(1)).to_be_visible()
    assert_true(root, explorer)


def test_the_maps_do_not_jump_under_the_pointer(explorer_page):
    explorer = PoolExplorer(IMAGE, size=4, ceil_mode=True)
    page, root = explorer_page(explorer)
    maps = root.locator(".ck-live")
    places = set()
    for down, across in [(0.5, 0.5), (0.99, 0.99), (0.02, 0.99), (0.3, 0.1)]:
        for at in (0, 1):
            after(page, root, lambda at=at, d=down, a=across: page.mouse.move(*middle(maps.nth(at), d, a)))
            places.add(str([maps.nth(n).bounding_box() for n in (0, 1)]))
    assert len(places) == 1


def test_a_place_stays_inside_and_python_follows_and_leads(explorer_page):
    page, root = explorer_page(PoolExplorer("temple"))
    control(root, "Window").select_option("6")
    page.wait_for_function("String(explorer.model.get('position')) === '5,8'")
    after(page, root, lambda: page.evaluate("explorer.model.set('position', [2, 3])"))
    assert line(root).startswith("Output row 2, column 3: ")
    kernel = [[0, 1], [0, -1]]
    after(page, root, lambda: page.evaluate("kernel => explorer.model.set('kernel', kernel)", kernel))
    explorer = PoolExplorer("temple", np.array(kernel))
    assert assert_true(root, explorer) == (2, 3)
    after(page, root, lambda: page.evaluate("explorer.model.set('pointed', 'input')"))
    assert assert_true(root, explorer) == (2, 3)
