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


def test_a_weight_that_is_being_typed_is_left_alone(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE, "box3"))
    cell, menu = root.locator(".ck-weight").nth(3), root.get_by_label("Kernel", exact=True)
    sent = page.evaluate("JSON.stringify(explorer.model.get('kernel'))")
    cell.click()
    page.keyboard.press("Enter")  # what is shown is rounded: it is no new weight
    settled(root)
    page.wait_for_timeout(300)
    assert page.evaluate("JSON.stringify(explorer.model.get('kernel'))") == sent
    assert cell.get_attribute("aria-valuetext") == "0.11"
    assert cell.get_attribute("aria-valuenow") == "0.1111"
    after(page, root, lambda: page.keyboard.press("ArrowUp"))
    expect(menu).to_have_value("")
    after(page, root, lambda: page.keyboard.press("ArrowDown"))
    expect(menu).to_have_value("box3")  # but for rounding
    assert menu.locator("option").first.is_disabled()  # nobody can choose "your own"
    page.keyboard.press("Control+a")
    page.keyboard.type("3.5")
    out = root.locator(".ck-live").nth(1)
    after(page, root, lambda: page.mouse.move(*middle(out, 0.3, 0.3)))
    expect(cell).to_have_value("3.5")
    page.keyboard.press("Escape")
    expect(cell).to_have_value("0.11")
    cell.fill("-1")
    after(page, root, lambda: page.keyboard.press("Tab"))
    expect(cell).to_have_value("\u22121")
    page.wait_for_function("explorer.model.get('kernel')[1][0] === -1")
    row, column, value = reading(root)
    response = cross_correlate2d(IMAGE, page.evaluate("explorer.model.get('kernel')"))
    assert abs(response[row, column] - value) <= 0.00051


def test_what_weights_can_be(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE, np.array([[50, 0], [0, 0.0625]])))
    cells, words = root.locator(".ck-weight"), root.locator("[data-part=line]")
    after(page, root, lambda: cells.nth(0).press("ArrowDown"))
    assert weights(root)[0, 0] == 49.75  # Python may give more than 20
    for typed, weight in [
        ("1.", 1),
        ("\uff0d\uff12,5", -2.5),
        (".5", 0.5),
        ("0x10", 0.5),
        ("1e1", 0.5),  # what was refused is said until something else is done
        ("99", 50),
    ]:
        cells.nth(0).fill(typed)
        after(page, root, lambda: cells.nth(0).press("Enter"))
        assert weights(root)[0, 0] == weight, typed
    expect(words).to_contain_text("Weights go from \u221250 to 50.")
    after(page, root, lambda: page.mouse.move(*middle(root.locator(".ck-live").nth(1), 0.3, 0.3)))
    expect(words).not_to_contain_text("Weights go")
    cells.nth(0).fill("0")
    after(page, root, lambda: cells.nth(0).press("Enter"))
    expect(words).to_contain_text("The weights add up to 0.06: a plain area of brightness 1 answers 0.06.")


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
    page, root = explorer_page(
        FilterExplorer(np.full((40, 60), 0.7), filters.kernel("gaussian5") - filters.kernel("box5"))
    )
    bar = root.locator(".ck-ends span")
    expect(bar).to_have_text(["0", "0.50", "1"])  # a plain area answers 0
    for kernel in ([[1e6, 0.1], [0.2, 0.3]], [[0.1, 0.2], [0.7, 0.3]]):
        page.evaluate("kernel => explorer.model.set('kernel', kernel)", kernel)
        settled(root)  # or the drawing that follows writes over what is typed
        for at in range(4):
            cell = root.locator(".ck-weight").nth(at)
            cell.fill("0")
            cell.press("Enter")
        settled(root)
        assert reading(root)[2] == 0
        expect(bar).to_have_text(["0", "0.50", "1"])


def test_python_can_point_and_a_place_that_is_lost_is_told(explorer_page):
    page, root = explorer_page(FilterExplorer(IMAGE[:12, :12]))
    after(page, root, lambda: page.evaluate("explorer.model.set('position', [8, 8])"))
    assert reading(root)[:2] == (8, 8)
    root.get_by_label("Size", exact=True).select_option("7")
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
    page, root = explorer_page(FilterExplorer(IMAGE))
    cell = root.locator(".ck-weight").nth(7)
    cell.focus()
    for key in ["PageUp"] * 40 + ["ArrowDown"] * 77:
        page.keyboard.press(key)
    settled(root)
    assert_true(root, IMAGE)
    page.wait_for_function(
        "root => root.dataset.exact === 'true'", arg=root.element_handle()
    )  # at rest, anew
    assert_true(root, IMAGE)
