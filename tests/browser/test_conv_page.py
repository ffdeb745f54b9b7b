"""The conv explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import re

import numpy as np
import pytest
from conv_driving import assert_true, cells, place, slide
from driving import (
    box,
    button,
    click,
    control,
    line,
    middle,
    number,
    numbers,
    picture,
    pixels,
    point,
    press,
    set_trait,
)
from playwright.sync_api import expect

from coursekit import filters
from coursekit.explorers import ConvExplorer
from coursekit.reference import cross_correlate2d

IMAGE = np.random.default_rng(0).random((40, 60), np.float32)
KERNEL = np.random.default_rng(1).normal(size=(2, 3)).round(2).astype(np.float32)


@pytest.mark.parametrize(
    "options",
    [{"stride": 2}, {"padding": 3}, {"dilation": 4}, {"stride": 8, "padding": 8, "dilation": 8}],
    ids=str,
)
def test_settings_of_python_and_of_the_page(options, explorer_page):
    explorer = ConvExplorer(IMAGE, KERNEL, **options)
    _, root = explorer_page(explorer)
    assert_true(root, explorer)
    _, root = explorer_page(ConvExplorer(IMAGE, KERNEL))
    for name, value in options.items():
        slide(root, name.capitalize(), value)
    for at, down, across in [(1, 0.001, 0.001), (1, 0.999, 0.999), (0, 0.5, 0.25), (0, 0.999, 0.001)]:
        point(root, at, down, across)
        assert_true(root, explorer)


def test_every_kernel(explorer_page):
    explorer = ConvExplorer(IMAGE, np.ones((1, 1)), padding=1)
    _, root = explorer_page(explorer)
    assert_true(root, explorer)
    for name in filters.names():
        control(root, "Kernel").select_option(name)
        assert_true(root, explorer)


def test_the_window_and_the_border_stand_where_they_are(explorer_page):
    _, root = explorer_page(ConvExplorer(IMAGE, KERNEL, stride=3, padding=2, dilation=2))
    set_trait(root, "position", [4, 5])
    # Counted with the padding: 44 x 64 pixels.
    assert box(root, 0, "window") == [12, 15, 3, 5]
    assert box(root, 0, "photograph") == [2, 2, 40, 60]
    assert box(root, 0, "tap 4") == [14, 17, 1, 1]
    assert root.locator(".ck-tap:visible").count() == 6
    slide(root, "Padding", 0)
    slide(root, "Dilation", 1)
    assert box(root, 0, "photograph") is None
    expect(root.locator(".ck-tap:visible")).to_have_count(0)


@pytest.mark.parametrize(
    ("options", "pixel", "expected"),
    [
        ({"padding": 3}, (10, 20), (9, 19)),  # the padding counts: pixel 0 is its first zero
        ({"padding": 3}, (0, 45), (0, 44)),
        ({"stride": 4}, (13, 22), (3, 5)),
        ({"stride": 4, "padding": 2, "dilation": 2}, (11, 22), (2, 5)),
    ],
    ids=str,
)
def test_a_pixel_of_the_photograph_lights_the_window_around_it(options, pixel, expected, explorer_page):
    explorer = ConvExplorer(IMAGE, "sobel_x", **options)
    _, root = explorer_page(explorer)
    sides = [side + 2 * options.get("padding", 0) for side in IMAGE.shape]
    point(root, 0, *((at + 0.5) / side for at, side in zip(pixel, sides, strict=True)))
    assert assert_true(root, explorer) == expected


def test_pixels_that_no_window_reads_are_crossed(explorer_page):
    _, root = explorer_page(ConvExplorer(IMAGE, "sobel_x", stride=5, padding=1))  # reads 0, 1, then 4 to 6
    crossed = root.locator(".ck-unread")
    assert crossed.get_attribute("viewBox") == "-1 -1 62 42"
    bars = crossed.locator("> path").get_attribute("d").split("Z")
    assert bars[:3] == ["M0 2H60V3H0", "M0 3H60V4H0", "M0 7H60V8H0"]
    formula = root.locator("[data-part=formula]")
    expect(formula).to_contain_text("Input: 17 rows and 25 columns not read (×).")
    slide(root, "Stride", 1)
    assert crossed.locator("> path").get_attribute("d") == ""


def test_the_padding_is_drawn_as_zeros(explorer_page):
    _, root = explorer_page(ConvExplorer(np.ones((8, 8)), padding=2))
    bright = pixels(root.locator("canvas").first)[..., 0] > 0
    np.testing.assert_array_equal(bright, np.pad(np.ones((8, 8), bool), 2))


@pytest.mark.parametrize("held", [True, False])
def test_a_part_is_cut_at_the_held_place_or_at_the_strongest_answer(held, explorer_page):
    explorer = ConvExplorer(IMAGE)
    page, root = explorer_page(explorer)
    if held:
        click(root, picture(root, 1), 0.3, 0.7)
        row, column = place(root)
    else:
        row, column = divmod(int(np.abs(explorer.output).argmax()), explorer.output.shape[1])
    for size in ("24,32", "9,12", "4,4", "40,60"):
        control(root, "Input").and_(page.locator("select")).select_option(size)
        page.wait_for_function("size => explorer.model.get('part').slice(2).join() === size", arg=size)
        part = page.evaluate("explorer.model.get('part')")
        seen = assert_true(root, explorer, part)
        assert (part[0] + seen[0], part[1] + seen[1]) == (row, column)  # the same window as before


def test_what_does_not_fit_is_explained_and_the_page_goes_on(explorer_page):
    explorer = ConvExplorer(IMAGE, part=(10, 10, 4, 6))
    page, root = explorer_page(explorer)
    misfit = root.locator("[data-part=misfit]")
    slide(root, "Dilation", 2)
    expect(misfit).to_contain_text("The kernel does not fit: it covers 7 rows, and the input has 4 + 2·0 = 4")
    assert line(root) == misfit.text_content()
    formula = root.locator("[data-part=formula]")
    expect(formula).to_contain_text("2·(4 − 1) + 1 = 7 pixels")
    expect(formula).to_contain_text(
        "Height: ⌊(4 + 2·0 − 7) / 1⌋ + 1 = −2. Width: ⌊(6 + 2·0 − 7) / 1⌋ + 1 = 0."
    )
    for name in ("Play", "Step", "Show all"):
        expect(button(root, name)).to_be_disabled()
    expect(root.locator(".ck-cv-worked")).to_be_hidden()
    # Pointing does no harm, and three ways lead out.
    page.mouse.move(*middle(picture(root, 0)))
    picture(root, 0).press("ArrowLeft")
    slide(root, "Padding", 2)
    expect(misfit).to_be_hidden()
    assert_true(root, explorer)
    slide(root, "Padding", 0)
    control(root, "Kernel").select_option("sobel_x")
    expect(misfit).to_contain_text("it covers 5 rows")
    slide(root, "Dilation", 1)
    expect(misfit).to_be_hidden()
    assert_true(root, explorer)


def test_only_the_columns_do_not_fit(explorer_page):
    _, root = explorer_page(ConvExplorer(IMAGE, KERNEL, part=(0, 0, 9, 3)))
    slide(root, "Dilation", 2)
    assert "it covers 5 columns, and the input has 3 + 2·0 = 3" in line(root)


def written(page):
    """How much of the response is shown, as the lower end and the last row's right end of its clip."""
    return page.evaluate("document.querySelectorAll('canvas')[1].style.clipPath")


def test_step_writes_one_value_after_the_other(explorer_page):
    explorer = ConvExplorer(IMAGE, part=(0, 0, 6, 7))  # 3 x 4 outputs
    page, root = explorer_page(explorer)
    step = button(root, "Step")
    assert written(page) in ("", "none")
    for at in range(12):
        click(root, step)
        assert assert_true(root, explorer) == divmod(at, 4)
        if at == 5:
            ends = [float(text) for text in re.findall(r"([\d.]+)%", written(page))]
            assert ends == pytest.approx([100, 100, 100 / 3, 50, 100 / 3, 50, 200 / 3, 200 / 3], abs=0.01)
    assert written(page) == "none"
    click(root, step)  # what is whole begins again
    assert place(root) == (0, 0)
    button(root, "Show all").click()
    expect(root.locator(".ck-cv-blank")).to_have_count(0)
    assert place(root) == (0, 0)


def test_play_scans_pauses_and_ends(explorer_page):
    explorer = ConvExplorer(IMAGE, part=(0, 0, 12, 13))  # 9 x 10 outputs
    page, root = explorer_page(explorer)
    slide(root, "Speed", 4)
    expect(control(root, "Speed")).to_have_attribute("aria-valuetext", "16 a second")
    button(root, "Play").click()
    page.wait_for_function("() => /row [1-9],/.test(document.querySelector('[data-part=line]').textContent)")
    # A pointer that only passes by does not stop it.
    page.mouse.move(*middle(picture(root, 0), 0.9, 0.9))
    expect(button(root, "Pause")).to_be_visible()
    button(root, "Pause").click()
    held = place(root)
    page.wait_for_timeout(300)
    assert place(root) == held
    assert held != (8, 9)
    assert_true(root, explorer)
    slide(root, "Speed", 12)
    button(root, "Play").click()
    expect(button(root, "Play")).to_be_visible()
    expect(root.locator(".ck-cv-blank")).to_have_count(0)
    assert place(root) == (8, 9)
    # A click on a picture stops it, too, and so does a setting.
    slide(root, "Speed", 0)
    button(root, "Play").click()
    page.mouse.click(*middle(picture(root, 1), 0.5, 0.5))
    expect(button(root, "Play")).to_be_visible()
    button(root, "Play").click()
    slide(root, "Stride", 2)
    expect(button(root, "Play")).to_be_visible()
    expect(root.locator(".ck-cv-blank")).to_have_count(0)


def test_nothing_moves_by_itself_where_less_motion_is_asked_for(explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE, part=(0, 0, 6, 7)))
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    page.locator("body[data-ready]").wait_for()
    expect(root.get_by_text("Your system asks for less motion")).to_be_visible()
    play = button(root, "Play")
    for row in range(3):
        click(root, play)
        assert place(root) == (row, 3)
        expect(play).to_be_visible()
    expect(root.locator(".ck-cv-blank")).to_have_count(0)


def test_the_products_are_added_one_by_one(explorer_page):
    explorer = ConvExplorer(IMAGE, KERNEL)
    _, root = explorer_page(explorer)

    def added():
        return [text != "" for text in cells(root, 2).all_text_contents()]

    row, column = place(root)
    exact = (IMAGE[row : row + 2, column : column + 3] * KERNEL).ravel()
    for count in (1, 4, 6):
        slide(root, "Products added", count)
        assert added() == [at < count for at in range(6)]
        total = root.locator(".ck-cv-sum").text_content()
        assert total.startswith("sum so far " if count < 6 else "sum ")
        assert abs(number(total.split()[-1]) - exact[:count].sum()) <= 0.00051
    assert_true(root, explorer)
    # Another place keeps the count; another kernel shows all of its products.
    slide(root, "Products added", 2)
    picture(root, 1).focus()
    press(root, "ArrowLeft")
    assert sum(added()) == 2
    control(root, "Kernel").select_option("box3")
    expect(control(root, "Products added")).to_have_value("9")
    assert_true(root, explorer)


def test_a_cell_under_the_pointer_is_marked_in_all_three_tables(explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE, KERNEL))
    cells(root, 1).nth(4).hover()
    marks = root.locator(".ck-work td.ck-mark")
    expect(marks).to_have_count(3)
    pixel, weight, product = numbers(marks.all_text_contents())
    assert product == pytest.approx(weight * pixel, abs=0.02)
    page.mouse.move(5, 5)
    expect(marks).to_have_count(0)


def test_the_colours_of_the_response_are_those_of_its_scale(explorer_page):
    _, root = explorer_page(ConvExplorer(IMAGE))
    end = np.abs(cross_correlate2d(IMAGE, filters.BASE_KERNEL)).max()
    ends = numbers(root.locator(".ck-ends span").all_text_contents())
    assert ends == pytest.approx([-end, 0, end], abs=0.0051)
