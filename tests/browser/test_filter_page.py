"""The filter explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import numpy as np
import pytest
from driving import (
    after,
    button,
    choose,
    click,
    control,
    line,
    middle,
    pixels,
    point,
    press,
    set_trait,
    settled,
)
from filter_driving import assert_true, reading, weights
from playwright.sync_api import expect

from coursekit import filters
from coursekit.explorers import FilterExplorer
from coursekit.reference import cross_correlate2d

IMAGE = np.random.default_rng(0).random((64, 96), np.float32)


def colours(root):
    """The sums of red, green and blue of the response's pixels."""
    return pixels(root.locator("canvas").nth(1))[..., :3].sum(axis=(0, 1))


def test_every_preset_shows_its_kernel(explorer_page):
    explorer = FilterExplorer(IMAGE, "sharpen")
    _, root = explorer_page(explorer)
    for name in (name for name in filters.names() if name != "sharpen"):
        choose(root, "Kernel", name)
        np.testing.assert_allclose(weights(root), filters.kernel(name), atol=0.0051)
        row, column, value = reading(root)
        assert abs(cross_correlate2d(IMAGE, filters.kernel(name))[row, column] - value) <= 0.00051


def test_sizes_keep_the_weights_that_fit(explorer_page):
    explorer = FilterExplorer(IMAGE)
    _, root = explorer_page(explorer)
    for side in (2, 7):
        control(root, "Size").select_option(str(side))
        expect(root.locator(".ck-weight")).to_have_count(side * side)
        assert_true(root, explorer)
    assert weights(root)[:2, :2].tolist() == [[-1, -1], [-1, -1]]
    assert not weights(root)[2:].any()


def test_flip_normalise_and_all_zero(explorer_page):
    kernel = np.array([[1, 2, 0], [0, 0, 0], [0, 0, -3.0]])
    explorer = FilterExplorer(IMAGE, kernel)
    _, root = explorer_page(explorer)
    click(root, button(root, "Flip"))
    np.testing.assert_array_equal(weights(root), kernel[::-1, ::-1])
    assert_true(root, explorer)
    click(root, button(root, "Normalise"))
    np.testing.assert_allclose(weights(root), kernel[::-1, ::-1] / 3, atol=0.0051)
    click(root, button(root, "All 0"))
    assert not weights(root).any()
    assert assert_true(root, explorer)[2] == 0
    click(root, button(root, "Normalise"))
    assert "there is nothing to divide by" in line(root)


def test_normalising_changes_no_colour_of_the_picture(explorer_page):
    _, root = explorer_page(FilterExplorer(IMAGE))
    before = colours(root)
    click(root, button(root, "Normalise"))
    assert colours(root) == pytest.approx(before, rel=0.002)
    # On the scale of the largest response possible, the same picture is paler: nearer to white.
    control(root, "Colours reach to").select_option("possible")
    expect(root.locator(".ck-ends span").last).to_have_text("1")
    assert sum(colours(root)) > 1.05 * sum(before)


def test_a_weight_that_is_being_typed_is_left_alone(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE, "box3"))
    cell, menu = root.locator(".ck-weight").nth(3), control(root, "Kernel")
    sent = page.evaluate("JSON.stringify(explorer.model.get('kernel'))")
    cell.click()
    page.keyboard.press("Enter")  # what is shown is rounded: it is no new weight
    page.wait_for_timeout(300)
    assert page.evaluate("JSON.stringify(explorer.model.get('kernel'))") == sent
    assert cell.get_attribute("aria-valuetext") == "0.11"
    assert cell.get_attribute("aria-valuenow") == "0.1111"
    press(root, "ArrowUp")
    expect(menu).to_have_value("")
    press(root, "ArrowDown")
    expect(menu).to_have_value("box3")  # but for rounding
    assert menu.locator("option").first.is_disabled()  # nobody can choose "your own"
    page.keyboard.press("Control+a")
    page.keyboard.type("3.5")
    point(root, 1, 0.3, 0.3)
    expect(cell).to_have_value("3.5")
    page.keyboard.press("Escape")
    expect(cell).to_have_value("0.11")


def test_a_weight_acts_as_it_is_typed(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE))
    cell = root.locator(".ck-weight").nth(5)
    cell.click()
    for key, text, weight in [("-", "-", -1), ("2", "-2", -2), (".", "-2.", -2), ("5", "-2.5", -2.5)]:
        page.keyboard.press(key)
        settled(root)
        expect(cell).to_have_value(text)  # what is typed stays as it is
        kernel = FilterExplorer(IMAGE).kernel.copy()
        kernel.flat[5] = weight
        row, column, value = reading(root)
        assert abs(cross_correlate2d(IMAGE, kernel)[row, column] - value) <= 0.00051
    page.wait_for_function("explorer.model.get('kernel')[1][1] === -2.5")
    page.keyboard.press("Tab")
    expect(cell).to_have_value("\u22122.50")
    assert_true(root, FilterExplorer(IMAGE))


def test_weights_that_add_up_to_1_give_a_photograph_again(explorer_page):
    explorer = FilterExplorer(IMAGE, 0 - filters.kernel("laplacian"))
    _, root = explorer_page(explorer)
    root.locator(".ck-weight").nth(4).press("PageUp")
    settled(root)
    kernel = explorer.kernel + np.eye(9, dtype=np.float32)[4].reshape(3, 3)
    gray = np.round(255 * cross_correlate2d(IMAGE, kernel).clip(0, 1))[..., None].repeat(3, axis=2)
    np.testing.assert_allclose(pixels(root.locator("canvas").nth(1))[..., :3], gray, atol=1)
    assert "it is drawn as a photograph" in line(root)
    explorer.kernel = kernel
    assert "response: Gray image, 62 x 94 pixels" in explorer.picture.words


def test_what_weights_can_be(explorer_page):
    _, root = explorer_page(FilterExplorer(IMAGE, np.array([[50, 0], [0, 0.0625]])))
    cell = root.locator(".ck-weight").first

    def typed(text):
        after(root, lambda: (cell.fill(text), cell.press("Enter")))
        return weights(root)[0, 0]

    after(root, lambda: cell.press("ArrowDown"))
    assert weights(root)[0, 0] == 49.75  # Python may give more than 20
    typing = {"1.": 1, "\uff0d\uff12,5": -2.5, ".5": 0.5, "0x10": 0.5, "1e1": 0.5, "two": 0.5}
    for text, weight in typing.items():
        assert typed(text) == weight, text
    assert '"two" is not a number, so the weight stays 0.5' in line(root)
    assert typed("99") == 50
    assert "Weights go from \u221250 to 50." in line(root)
    point(root, 1, 0.3, 0.3)
    assert "Weights go" not in line(root)
    typed("0")
    assert "The weights add up to 0.06: a plain area of brightness 1 answers 0.06." in line(root)


def test_only_the_weight_that_has_the_focus_is_turned(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE))
    cell = root.locator(".ck-weight").nth(5)
    before = weights(root)
    cell.hover()
    page.mouse.wheel(0, -10)  # scrolls the page, as anywhere
    page.mouse.down(button="right")
    page.mouse.move(*middle(cell, -2))
    page.mouse.up(button="right")
    page.keyboard.press("Escape")  # the menu
    x, y = middle(cell)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 3)  # a hand may tremble
    page.mouse.up()
    settled(root)
    np.testing.assert_array_equal(weights(root), before)
    expect(cell).to_be_focused()
    for _ in range(5):
        page.mouse.wheel(0, -12)  # together one step
    settled(root)
    assert weights(root).flat[5] == before.flat[5] + 0.25
    assert root.locator(".ck-weight").nth(0).evaluate("cell => getComputedStyle(cell).touchAction") == "auto"
    assert cell.evaluate("cell => getComputedStyle(cell).touchAction") == "none"


def test_rounding_is_never_shown_as_a_response(explorer_page):
    flat = FilterExplorer(np.full((40, 60), 0.7), filters.kernel("gaussian5") - filters.kernel("box5"))
    _, root = explorer_page(flat)
    bar = root.locator(".ck-ends span")
    expect(bar).to_have_text(["0", "0.50", "1"])  # a plain area answers 0
    for kernel in ([[1e6, 0.1], [0.2, 0.3]], [[0.1, 0.2], [0.7, 0.3]]):
        set_trait(root, "kernel", kernel)
        settled(root)  # or the drawing that follows writes over what is typed
        for at in range(4):
            cell = root.locator(".ck-weight").nth(at)
            cell.fill("0")
            cell.press("Enter")
        assert reading(root)[2] == 0
        expect(bar).to_have_text(["0", "0.50", "1"])


def test_python_can_point_and_a_place_that_is_lost_is_told(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE[:12, :12]))
    set_trait(root, "position", [8, 8])
    assert reading(root)[:2] == (8, 8)
    control(root, "Size").select_option("7")
    page.wait_for_function("String(explorer.model.get('position')) === '5,5'")


def test_python_learns_what_the_learner_sets_once_it_rests(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE))
    cell = root.locator(".ck-weight").nth(0)
    for _ in range(2):
        cell.evaluate(  # four keys with no rest between them, however slow the machine is
            "cell => [1, 2, 3, 4].forEach(() =>"
            " cell.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp' })))"
        )
    page.wait_for_function("explorer.model.get('kernel')[0][0] === 1")
    assert 1 <= page.evaluate("explorer.model.saved") <= 2


def test_many_changes_leave_no_error(explorer_page):
    """A response is changed by adding shares of it: the rounding of many changes stays invisible."""
    explorer = FilterExplorer(IMAGE)
    page, root = explorer_page(explorer)
    root.locator(".ck-weight").nth(7).focus()
    for key in ["PageUp"] * 40 + ["ArrowDown"] * 77:
        page.keyboard.press(key)
    assert_true(root, explorer)
    expect(root).to_have_attribute("data-exact", "true")  # at rest, anew
    assert_true(root, explorer)
