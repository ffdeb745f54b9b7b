"""The conv explorer in a page: what the learner does, and the numbers that come."""

from __future__ import annotations

import numpy as np
import pytest
from conv_driving import (
    assert_true,
    by_keys,
    by_pointer,
    by_touch,
    grid,
    grid_texts,
    place,
    slide,
)
from driving import after, middle, number
from playwright.sync_api import expect

from coursekit import filters
from coursekit.explorers import ConvExplorer
from coursekit.reference import cross_correlate2d

IMAGE = np.random.default_rng(0).random((40, 60), np.float32)
KERNEL = np.random.default_rng(1).normal(size=(2, 3)).round(2).astype(np.float32)


@pytest.mark.parametrize("drive", [by_pointer, by_keys, by_touch])
@pytest.mark.parametrize("width", [320, 1000])
def test_the_numbers_are_those_of_reference(drive, width, explorer_page):
    explorer = ConvExplorer(IMAGE)
    page, root = explorer_page(explorer, width=width)
    drive(page, root, explorer)


@pytest.mark.parametrize(
    "options",
    [
        {"stride": 2},
        {"padding": 3},
        {"dilation": 4},
        {"stride": 3, "padding": 2, "dilation": 2},
        {"stride": 8, "padding": 8, "dilation": 8},
    ],
    ids=str,
)
def test_settings_of_python_and_of_the_page(options, explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE, KERNEL, **options))
    assert_true(root, IMAGE, KERNEL)
    page, root = explorer_page(ConvExplorer(IMAGE, KERNEL))
    for name, value in options.items():
        slide(page, root, name.capitalize(), value)
    maps = root.locator(".ck-live")
    for at, down, across in [(1, 0.001, 0.001), (1, 0.999, 0.999), (0, 0.5, 0.25), (0, 0.999, 0.001)]:
        after(page, root, lambda at=at, d=down, a=across: page.mouse.move(*middle(maps.nth(at), d, a)))
        assert_true(root, IMAGE, KERNEL)


def test_every_kernel(explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE, np.ones((1, 1)), padding=1))
    menu = root.get_by_label("Kernel", exact=True)
    assert_true(root, IMAGE, np.ones((1, 1)))
    for name in filters.names():
        menu.select_option(name)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        assert_true(root, IMAGE)


def framed(root, view, name):
    """Top, left, height and width of a frame, in parts of the picture."""
    box = root.locator(".ck-map").nth(view).locator(f"[data-box='{name}']")
    return box.evaluate(
        "({ style: s }) => [s.top, s.left, s.height, s.width].map(text => parseFloat(text) / 100)"
    )


def test_the_window_and_the_border_stand_where_they_are(explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE, KERNEL, stride=3, padding=2, dilation=2))
    after(page, root, lambda: page.evaluate("explorer.model.set('position', [4, 5])"))
    # Counted with the padding: 44 x 64 pixels, and a window of 3 x 5 whose first pixel is (12, 15).
    assert framed(root, 0, "window") == pytest.approx([12 / 44, 15 / 64, 3 / 44, 5 / 64], abs=1e-4)
    assert framed(root, 0, "photograph") == pytest.approx([2 / 44, 2 / 64, 40 / 44, 60 / 64], abs=1e-4)
    assert framed(root, 0, "tap 4") == pytest.approx([14 / 44, 17 / 64, 1 / 44, 1 / 64], abs=1e-4)
    assert root.locator(".ck-tap:visible").count() == 6
    assert (
        root.locator("[data-box=photograph]").evaluate("box => getComputedStyle(box).outlineStyle")
        == "dashed"
    )
    slide(page, root, "Padding", 0)
    slide(page, root, "Dilation", 1)
    expect(root.locator("[data-box=photograph]")).to_be_hidden()
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
    page, root = explorer_page(ConvExplorer(IMAGE, "sobel_x", **options))
    sides = [side + 2 * options.get("padding", 0) for side in IMAGE.shape]
    down, across = ((at + 0.5) / side for at, side in zip(pixel, sides, strict=True))
    photo = root.locator(".ck-live").first
    after(page, root, lambda: page.mouse.move(*middle(photo, down, across)))
    assert place(root) == expected
    assert_true(root, IMAGE)


def test_the_padding_is_drawn_as_zeros(explorer_page):
    page, _ = explorer_page(ConvExplorer(np.ones((8, 8)), padding=2))
    black = page.evaluate(
        """() => {
            const canvas = document.querySelector('canvas');
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return [canvas.width, data.filter((value, at) => at % 4 === 0 && value === 0).length];
        }"""
    )
    assert black == [12, 12 * 12 - 8 * 8]


def test_a_part_of_the_photograph_is_cut_where_the_learner_looks(explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE))
    out = root.locator(".ck-live").nth(1)
    after(page, root, lambda: page.mouse.move(*middle(out, 0.3, 0.7)))
    row, column = place(root)
    area = root.get_by_label("Input", exact=True)
    for size in ("24,32", "9,12", "4,4", "40,60"):
        area.and_(page.locator("select")).select_option(size)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        page.wait_for_function("size => explorer.model.get('part').slice(2).join() === size", arg=size)
        part = page.evaluate("explorer.model.get('part')")
        seen = assert_true(root, IMAGE, part=part)
        assert (part[0] + seen[0], part[1] + seen[1]) == (row, column)  # the same window as before


def misfit(root):
    return root.locator("[data-part=misfit]")


def test_what_does_not_fit_is_explained_and_the_page_goes_on(explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE, part=(10, 10, 4, 6)))
    slide(page, root, "Dilation", 2)
    text = (
        "The kernel does not fit: it covers 7 rows, and the input has 4 + 2·0 = 4, so the formula gives "
        "less than 1."
    )
    expect(misfit(root)).to_be_visible()
    expect(misfit(root)).to_have_text(text)
    expect(root.locator("[data-part=line]")).to_have_text(text)
    formula = root.locator("[data-part=formula]")
    expect(formula).to_contain_text("The dilated kernel covers 2·(4 − 1) + 1 = 7 pixels.")
    expect(formula).to_contain_text(
        "Height: ⌊(4 + 2·0 − 7) / 1⌋ + 1 = −2. Width: ⌊(6 + 2·0 − 7) / 1⌋ + 1 = 0."
    )
    for name in ("Play", "Step", "Show all"):
        expect(root.get_by_role("button", name=name)).to_be_disabled()
    expect(root.locator(".ck-cv-worked")).to_be_hidden()
    # Pointing does no harm, and three ways lead out.
    page.mouse.move(*middle(root.locator(".ck-live").first))
    root.locator(".ck-live").first.focus()
    page.keyboard.press("ArrowLeft")
    slide(page, root, "Padding", 2)
    expect(misfit(root)).to_be_hidden()
    assert_true(root, IMAGE, part=(10, 10, 4, 6))
    slide(page, root, "Padding", 0)
    root.get_by_label("Kernel", exact=True).select_option("sobel_x")
    expect(misfit(root)).to_contain_text("it covers 5 rows")
    slide(page, root, "Dilation", 1)
    expect(misfit(root)).to_be_hidden()
    assert_true(root, IMAGE, part=(10, 10, 4, 6))


def test_only_the_columns_do_not_fit(explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE, KERNEL, part=(0, 0, 9, 3)))
    slide(page, root, "Dilation", 2)
    expect(misfit(root)).to_contain_text("it covers 5 columns, and the input has 3 + 2·0 = 3")


def written(page):
    """How much of the response is shown, as the lower end and the last row's right end of its clip."""
    return page.evaluate("document.querySelectorAll('canvas')[1].style.clipPath")


def test_step_writes_one_value_after_the_other(explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE, part=(0, 0, 6, 7)))  # 3 x 4 outputs
    step = root.get_by_role("button", name="Step")
    assert written(page) in ("", "none")
    for at in range(12):
        after(page, root, step.click)
        assert assert_true(root, IMAGE, part=(0, 0, 6, 7)) == divmod(at, 4)
        if at == 5:
            ends = [
                float(text.strip("% ,)")) for text in written(page).replace(",", " ").split() if "%" in text
            ]
            assert ends == pytest.approx([100, 100, 100 / 3, 50, 100 / 3, 50, 200 / 3, 200 / 3], abs=0.01)
    assert written(page) == "none"
    after(page, root, step.click)  # what is whole begins again
    assert place(root) == (0, 0)
    root.get_by_role("button", name="Show all").click()
    expect(root.locator(".ck-cv-blank")).to_have_count(0)
    assert place(root) == (0, 0)


def test_play_scans_pauses_and_ends(explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE, part=(0, 0, 12, 13)))  # 9 x 10 outputs
    slide(page, root, "Speed", 4)
    expect(root.get_by_label("Speed", exact=True)).to_have_attribute("aria-valuetext", "16 a second")
    root.get_by_role("button", name="Play").click()
    page.wait_for_function("() => /row [1-9],/.test(document.querySelector('[data-part=line]').textContent)")
    # A pointer that only passes by does not stop it.
    page.mouse.move(*middle(root.locator(".ck-live").nth(0), 0.9, 0.9))
    expect(root.get_by_role("button", name="Pause")).to_be_visible()
    root.get_by_role("button", name="Pause").click()
    held = place(root)
    page.wait_for_timeout(300)
    assert place(root) == held
    assert held != (8, 9)
    assert_true(root, IMAGE, part=(0, 0, 12, 13))
    slide(page, root, "Speed", 12)
    root.get_by_role("button", name="Play").click()
    expect(root.get_by_role("button", name="Play")).to_be_visible()
    expect(root.locator(".ck-cv-blank")).to_have_count(0)
    assert place(root) == (8, 9)
    # A click on a picture stops it, too, and so does a setting.
    slide(page, root, "Speed", 0)
    root.get_by_role("button", name="Play").click()
    page.mouse.click(*middle(root.locator(".ck-live").nth(1), 0.5, 0.5))
    expect(root.get_by_role("button", name="Play")).to_be_visible()
    root.get_by_role("button", name="Play").click()
    slide(page, root, "Stride", 2)
    expect(root.get_by_role("button", name="Play")).to_be_visible()
    expect(root.locator(".ck-cv-blank")).to_have_count(0)


def test_nothing_moves_by_itself_where_less_motion_is_asked_for(explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE, part=(0, 0, 6, 7)))
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    page.locator("body[data-ready]").wait_for()
    expect(root.get_by_text("Your system asks for less motion: Play writes one row.")).to_be_visible()
    play = root.get_by_role("button", name="Play")
    for row in range(3):
        after(page, root, play.click)
        assert place(root) == (row, 3)
        expect(play).to_be_visible()
    expect(root.locator(".ck-cv-blank")).to_have_count(0)


def test_the_products_are_added_one_by_one(explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE, KERNEL))
    products, patch = grid(root, 2), grid(root, 0)
    row, column = place(root)
    exact = (IMAGE[row : row + 2, column : column + 3] * KERNEL).ravel()
    for count in (1, 4, 6):
        slide(page, root, "Products added", count)
        texts = grid_texts(root, 2)
        assert (texts != "").tolist() == [at < count for at in range(6)]
        total = root.locator(".ck-cv-sum").text_content()
        assert total.startswith("sum so far " if count < 6 else "sum ")
        assert abs(number(total.split()[-1]) - exact[:count].sum()) <= 0.00051
    np.testing.assert_array_equal(grid(root, 2), products)
    np.testing.assert_array_equal(grid(root, 0), patch)
    # Another place keeps the count; another kernel shows all of its products.
    slide(page, root, "Products added", 2)
    root.locator(".ck-live").nth(1).focus()
    after(page, root, lambda: page.keyboard.press("ArrowLeft"))
    assert (grid_texts(root, 2) != "").sum() == 2
    root.get_by_label("Kernel", exact=True).select_option("box3")
    expect(root.get_by_label("Products added")).to_have_value("9")
    assert_true(root, IMAGE)


def test_a_cell_under_the_pointer_is_marked_in_all_three_tables(explorer_page):
    page, root = explorer_page(ConvExplorer(IMAGE, KERNEL))
    root.locator(".ck-cv-tables table").nth(1).locator("td").nth(4).hover()
    marks = root.locator(".ck-cv-tables td.ck-mark")
    expect(marks).to_have_count(3)
    weight, pixel, product = (number(marks.nth(at).text_content()) for at in (1, 0, 2))
    assert product == pytest.approx(weight * pixel, abs=0.02)
    expect(root.locator("[data-part=product]")).to_contain_text("Row 1, column 1 of the kernel: ")
    page.mouse.move(5, 5)
    expect(marks).to_have_count(0)


def test_the_colours_of_the_response_are_those_of_its_scale(explorer_page):
    _, root = explorer_page(ConvExplorer(IMAGE))
    end = np.abs(cross_correlate2d(IMAGE, filters.BASE_KERNEL)).max()
    ends = [number(text) for text in root.locator(".ck-ends span").all_text_contents()]
    assert ends == pytest.approx([-end, 0, end], abs=0.0051)
