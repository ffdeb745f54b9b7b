"""The filter explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import numpy as np
import pytest
from driving import after, middle, settled
from filter_driving import assert_true, by_keys, by_pointer, by_touch, reading, weights
from playwright.sync_api import expect

from coursekit import filters
from coursekit.explorers import FilterExplorer
from coursekit.reference import cross_correlate2d

IMAGE = np.random.default_rng(0).random((64, 96), np.float32)


@pytest.mark.parametrize("drive", [by_pointer, by_keys, by_touch])
@pytest.mark.parametrize("width", [320, 1000])
def test_the_numbers_are_those_of_reference(drive, width, explorer_page):
    explorer = FilterExplorer(IMAGE)
    page, root = explorer_page(explorer, width=width)
    drive(page, root, explorer)


def colours(root):
    """Mean red, green and blue of the response's pixels."""
    return (
        root.locator("canvas")
        .nth(1)
        .evaluate(
            """canvas => {
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return [0, 1, 2].map(at => data.filter((_, i) => i % 4 === at).reduce((a, b) => a + b, 0));
        }"""
        )
    )


def test_every_preset_shows_its_kernel(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE))
    menu = root.get_by_label("Kernel", exact=True)
    for name in filters.names():
        kernel = filters.kernel(name)
        if name == "base":  # it stands there already
            menu.select_option("sharpen")
        after(page, root, lambda name=name: menu.select_option(name))
        np.testing.assert_allclose(weights(root), kernel, atol=0.0051)
        row, column, value = reading(root)
        assert abs(cross_correlate2d(IMAGE, kernel)[row, column] - value) <= 0.00051


def test_sizes_keep_the_weights_that_fit(explorer_page):
    _, root = explorer_page(FilterExplorer(IMAGE))
    menu = root.get_by_label("Size", exact=True)
    for side in (2, 7):
        menu.select_option(str(side))
        expect(root.locator(".ck-weight")).to_have_count(side * side)
        assert_true(root, IMAGE)
    assert weights(root)[:2, :2].tolist() == [[-1, -1], [-1, -1]]
    assert not weights(root)[2:].any()


def test_flip_normalise_and_all_zero(explorer_page):
    kernel = np.array([[1, 2, 0], [0, 0, 0], [0, 0, -3.0]])
    page, root = explorer_page(FilterExplorer(IMAGE, kernel))
    after(page, root, lambda: root.get_by_role("button", name="Flip").click())
    np.testing.assert_array_equal(weights(root), kernel[::-1, ::-1])
    assert_true(root, IMAGE)
    after(page, root, lambda: root.get_by_role("button", name="Normalise").click())
    np.testing.assert_allclose(weights(root), kernel[::-1, ::-1] / 3, atol=0.0051)
    after(page, root, lambda: root.get_by_role("button", name="All 0").click())
    assert not weights(root).any()
    assert assert_true(root, IMAGE) == 0
    after(page, root, lambda: root.get_by_role("button", name="Normalise").click())
    expect(root.locator("[data-part=line]")).to_have_text("All weights are 0: there is nothing to divide by.")


def test_normalising_changes_no_colour_of_the_picture(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE))
    before = colours(root)
    after(page, root, lambda: root.get_by_role("button", name="Normalise").click())
    assert colours(root) == pytest.approx(before, rel=0.002)
    # On the scale of the largest response possible, the same picture is paler: nearer to white.
    root.get_by_label("Colours reach to").select_option("possible")
    page.wait_for_function(
        "root => root.querySelector('.ck-ends span:last-child').textContent === '1'",
        arg=root.element_handle(),
    )
    assert sum(colours(root)) > 1.05 * sum(before)


def test_a_word_in_place_of_a_number(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE))
    cell = root.locator(".ck-weight").nth(3)
    cell.fill("two")
    after(page, root, lambda: cell.press("Enter"))
    expect(root.locator("[data-part=line]")).to_contain_text('"two" is not a number, so the weight stays 1.')
    expect(cell).to_have_value("1")


def test_a_click_holds_the_place_and_escape_frees_it(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE))
    out = root.locator(".ck-live").nth(1)
    page.mouse.click(*middle(out, 0.4, 0.4))
    held = reading(root)
    page.mouse.move(*middle(out, 0.8, 0.8))
    settled(root)
    assert reading(root) == held
    page.keyboard.press("Escape")
    after(page, root, lambda: page.mouse.move(*middle(out, 0.8, 0.7)))
    assert reading(root) != held


def test_python_learns_what_the_learner_sets_once_it_rests(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE))
    page.wait_for_function("explorer.model.saved > 0")
    saved = page.evaluate("explorer.model.saved")
    cell = root.locator(".ck-weight").nth(0)
    cell.focus()
    for _ in range(8):
        page.keyboard.press("ArrowUp")
    page.wait_for_function("before => explorer.model.saved > before", arg=saved)
    assert page.evaluate("explorer.model.get('_kernel')[0][0]") == 1
    assert page.evaluate("explorer.model.saved") <= saved + 2


def test_python_can_set_the_kernel(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE))
    after(
        page, root, lambda: page.evaluate("explorer.model.set('_kernel', [[1, 0, 2], [0, 4, 0], [0, 0, 8]])")
    )
    assert weights(root).tolist() == [[1, 0, 2], [0, 4, 0], [0, 0, 8]]
    assert_true(root, IMAGE)


def test_many_changes_leave_no_error(explorer_page):
    """A response is changed by adding shares of it: the rounding of many changes stays invisible."""
    page, root = explorer_page(FilterExplorer(IMAGE))
    cell = root.locator(".ck-weight").nth(7)
    cell.focus()
    for key in ["PageUp"] * 40 + ["ArrowDown"] * 77:
        page.keyboard.press(key)
    settled(root)
    assert root.get_attribute("data-exact") == "false"
    assert_true(root, IMAGE)


def test_closing_leaves_nothing(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE))
    page.evaluate("explorer.close()")
    expect(root).to_have_count(0)
    page.evaluate("explorer.model.set('_kernel', [[1, 0], [0, 1]])")  # nobody listens, nobody fails
