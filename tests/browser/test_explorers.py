"""What holds for every explorer: widths, themes, accessibility, the largest photograph, its end."""

from __future__ import annotations

import json

import numpy as np
import pytest
from accessibility import grave_faults
from driving import after, button, click, driving, line, middle, picture, pixels, point, settled
from playwright.sync_api import expect

from coursekit import explorers
from coursekit.pictures.scale import Scale

NAMES = sorted([*explorers.__all__, "TemplateExplorer"])
every = pytest.mark.parametrize("name", explorers.__all__)
WIDTHS = (320, 700, 1100, 1600)
# JupyterLab leaves an explorer 848 x 599 pixels of a screen of 1280 x 720.
PANEL = {"width": 848 + 2 * 12, "height": 720}, 599
TELEPHONE = {"width": 390, "height": 844}
PORTRAIT, PANORAMA = (320, 240), (107, 320)

# What sticks out of the page, or is cut by a part that cannot be scrolled.
TOO_WIDE = """root => {
    const wide = [];
    const end = root.getBoundingClientRect().right + 0.5;
    for (const part of root.querySelectorAll('*')) {
        if (part.closest('.ck-hidden, .ck-map, .ck-scroll, option')) continue;
        const box = part.getBoundingClientRect();
        if (box.width && box.right > end) wide.push(`${part.outerHTML.slice(0, 80)}: ${box.right} > ${end}`);
    }
    if (document.documentElement.scrollWidth > innerWidth) wide.push('the page');
    return wide;
}"""
# A control that has the focus must show it: JupyterLab's own styles, and resets, like to take outlines away.
UNSEEN_FOCUS = """() => {
    const style = getComputedStyle(document.activeElement);
    const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return seen ? null : document.activeElement.outerHTML.slice(0, 100);
}"""


# Another view of the explorer on the page, as a second display of it, or the page after a reload, makes one.
OTHER_VIEW = """() => {
    const el = document.createElement('div');
    document.querySelector('main').append(el);
    explorer.module.render({ model: explorer.model, el });
}"""
# What a view shows: its line and its controls. How many products are added is each view's own.
SHOWN = """root => [
    root.querySelector('[data-part=line]').textContent,
    ...[...root.querySelectorAll('select, input')]
        .filter(part => !part.closest('.ck-cv-adding'))
        .map(part => part.type === 'checkbox' ? part.checked : part.value),
    ...[...root.querySelectorAll('[aria-pressed]')].map(part => part.ariaPressed),
    [...root.querySelectorAll('.ck-live')].map(map => map.classList.contains('ck-pinned')).join(),
]"""


@pytest.fixture(scope="module", params=NAMES)
def explorer(request):
    return driving(request.param).lesson_explorer()


def test_two_views_agree_on_what_was_chosen_and_a_reload_keeps_it(explorer, explorer_page):
    page, first = explorer_page(explorer)
    page.evaluate(OTHER_VIEW)
    second = page.locator("section.ck-explorer").nth(1)
    first = page.locator("section.ck-explorer").nth(0)
    begun = first.evaluate(SHOWN)
    for menu in first.locator("select").all():
        keys = menu.locator("option:not([disabled])").evaluate_all("all => all.map(one => one.value)")
        menu.select_option(next((key for key in keys if key not in ("", menu.input_value())), keys[0]))
    for control in first.locator("input[type=range]:visible").all():
        control.press("ArrowRight")
    for control in first.locator("input[type=checkbox], [aria-pressed=false]").all():
        control.click()
    for weight in first.locator(".ck-weight").all()[:1]:
        weight.press("ArrowUp")
    click(first, picture(first, 0), 0.3, 0.6)
    expect(second.locator(".ck-pinned")).to_have_count(1)  # the last that was chosen
    held = line(first)
    for at in range(second.locator(".ck-live").count()):
        picture(second, at).scroll_into_view_if_needed()
        for place in (0.2, 0.7):
            page.mouse.move(*middle(picture(second, at), place, place))
    assert line(second) == held == line(first)
    page.wait_for_function(
        f"([one, other]) => String(({SHOWN})(one)) === String(({SHOWN})(other))",
        arg=[first.element_handle(), second.element_handle()],
    )
    chosen = first.evaluate(SHOWN)
    assert sum(old != new for old, new in zip(begun, chosen, strict=False)) >= 3
    page.evaluate(OTHER_VIEW)
    third = page.locator("section.ck-explorer").nth(2)
    settled(third)
    assert third.evaluate(SHOWN) == chosen
    button(first, "Reset").click()
    page.wait_for_function(
        "({ position, held }) => ['position', 'held'].every("
        "name => String(explorer.model.get(name)) === String({ position, held }[name]))",
        arg=explorer._opening,
    )
    assert first.evaluate(SHOWN) == third.evaluate(SHOWN) == begun
    kept = page.evaluate("names => names.map(name => explorer.model.get(name))", list(explorer._opening))
    assert kept == json.loads(json.dumps(list(explorer._opening.values())))


@pytest.mark.parametrize("way", ["by_pointer", "by_keys", "by_touch"])
@pytest.mark.parametrize("width", [320, 1000])
def test_the_numbers_are_those_of_reference(explorer, way, width, explorer_page):
    drive = driving(type(explorer).__name__)
    getattr(drive, way)(*explorer_page(explorer, width=width), explorer)


def test_it_fits_every_width_in_both_themes(explorer, explorer_page, screenshots):
    for dark in (False, True):
        page, root = explorer_page(explorer, dark=dark)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(f"({TOO_WIDE})(document.querySelector('section.ck-explorer'))") == [], width
            name = f"{type(explorer).__name__}-{width}-{'dark' if dark else 'light'}.png"
            root.screenshot(path=screenshots / name)


def below(root, first, last):
    """How far the end of a part lies below the top of another one."""
    top, end = (root.locator(part).first.bounding_box() for part in (first, last))
    return end["y"] + end["height"] - top["y"]


@pytest.mark.parametrize("shape", [None, PORTRAIT, PANORAMA], ids=["lesson", "portrait", "panorama"])
@every
def test_what_belongs_together_is_in_sight(name, shape, explorer_page):
    made = driving(name).lesson_explorer()
    if shape:
        image = np.random.default_rng(0).random((*shape, 3), np.float32)
        made = type(made)(image, max_side=64 if name == "PoolExplorer" else None)
    page, root = explorer_page(made)
    page.set_viewport_size(PANEL[0])
    assert root.bounding_box()["height"] <= PANEL[1]
    page.set_viewport_size(TELEPHONE)
    reacts = {"PixelExplorer": ".ck-px-numbers"}.get(name, "[data-part=line]")
    assert below(root, ".ck-live", reacts) <= TELEPHONE["height"]
    page.set_viewport_size({"width": 234 + 2 * 12, "height": 180})  # a window at 400 %
    assert page.evaluate(f"({TOO_WIDE})(document.querySelector('section.ck-explorer'))") == []
    assert min(root.locator(".ck-live").first.bounding_box()[side] for side in ("width", "height")) >= 48


def test_after_shift_enter_the_top_is_in_sight(explorer_page):
    """Jupyter runs a cell, and the next one, which is then the active one, keeps its place on the screen."""
    page, _ = explorer_page(explorers.FilterExplorer(np.eye(40)))
    page.evaluate(
        """() => {
            const main = document.querySelector('main');
            main.innerHTML = `<div class="jp-Cell"><div id="output"></div></div>
                <div class="jp-Cell jp-mod-active" style="height: 3000px"></div>`;
            document.querySelector('#output').style.paddingTop = '2000px';
            scrollTo(0, 2000);
            const el = document.createElement('div');
            document.querySelector('#output').append(el);
            explorer.module.render({ model: explorer.model, el });
            scrollTo(0, 2300);
        }"""
    )
    root = page.locator("section.ck-explorer")
    settled(root)
    assert 0 <= root.bounding_box()["y"] < 20


def drawn_by_python(made):
    """The colours (H, W, 3) in which `show_*` draws what an explorer's pictures hold, picture by picture."""

    def maps(shown, *others):
        return Scale.of_maps(list(others) or [shown]).colours(shown)

    def photograph(image):
        return np.round(255 * image if image.ndim == 3 else 255 * image[..., None].repeat(3, axis=2))

    image = photograph(made.image)
    match type(made).__name__:
        case "PixelExplorer":
            return [image, *map(photograph, np.moveaxis(made.image, 2, 0))]
        case "FilterExplorer":
            return [image, maps(made.response)]
        case "ConvExplorer":
            return [image, maps(made.output)]
        case "ReluExplorer":
            return [maps(values, made.response, made.output) for values in (made.response, made.output)]
        case "PoolExplorer":
            return [maps(values, made._whole()) for values in (made.input, made.output)]
        case "StackExplorer":
            parts = zip(made._convs, made.channels[1:], strict=True)
            return [image, *(maps(conv.activated[at], conv.activated) for conv, at in parts)]
        case "VggExplorer":
            return [image, maps(made.map.clip(0), made._outputs[made.layer].clip(0))]
        case _:
            return [image, photograph(made.output)]


def test_the_colours_are_those_of_the_pictures(explorer, explorer_page):
    _, root = explorer_page(explorer)
    for at, expected in enumerate(drawn_by_python(explorer)):
        shown = pixels(picture(root, at).locator("canvas").first)[..., :3]
        np.testing.assert_allclose(shown, expected, atol=3)  # float32 rounds a value to the next colour


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(explorer, dark, explorer_page):
    page, root = explorer_page(explorer, dark=dark)
    root.locator("summary").first.click()  # what is folded has text too
    assert grave_faults(page) == []


def test_axe_would_find_something(explorer_page):
    page, root = explorer_page(explorers.FilterExplorer(np.eye(20)))
    root.locator("p.ck-title").evaluate("title => { title.style.color = '#ccc'; }")
    assert any("color-contrast" in fault for fault in grave_faults(page))


def test_every_part_that_takes_the_focus_shows_it(explorer, explorer_page):
    page, root = explorer_page(explorer)
    wanted = root.locator(
        ":is(a, button, input, select, summary, [tabindex='0']):not([disabled]):not([hidden])"
    ).evaluate_all("parts => parts.filter(part => part.offsetParent !== null).length")
    reached = set()
    for _ in range(wanted + 2):
        page.keyboard.press("Tab")
        if not page.evaluate("document.activeElement.closest('section.ck-explorer') !== null"):
            break
        assert page.evaluate(UNSEEN_FOCUS) is None
        reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    # Radio buttons of one name share one stop; everything else is reached by itself.
    assert len(reached) >= 3
    radios = root.locator("input[type=radio]").count()
    assert len(reached) >= wanted - radios


def test_the_line_is_spoken_once_the_pointer_rests(explorer, explorer_page):
    _, root = explorer_page(explorer)
    point(root, 0, 0.3, 0.35)
    expect(root.locator("[role=status][data-part=spoken]")).to_have_text(line(root))


def test_keys_reach_every_place_of_every_map(explorer, explorer_page):
    page, root = explorer_page(explorer)
    for at in range(root.locator(".ck-live").count()):
        picture(root, at).focus()
        page.keyboard.press("Home")
        said = [line(root)]
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "Control+ArrowRight"):
            page.keyboard.press(key)
            said.append(line(root))
        first, second, third = said[:3]
        assert len({first, second, third}) == 3, (at, said)
        assert said[3:] == [second, first, first], (at, said)  # with Ctrl it is a key of the browser


def test_a_place_is_held_until_it_is_freed(explorer, explorer_page):
    page, root = explorer_page(explorer)
    maps = root.locator(".ck-live")
    first, last = maps.first, maps.last
    first.scroll_into_view_if_needed()
    page.mouse.click(*middle(first, 0.4, 0.4))
    held = line(root)
    for down, across in [(0.75, 0.8), (0.3, 0.2)]:
        page.mouse.move(*middle(last, down, across))
        page.mouse.move(*middle(first, down, across))
        assert line(root) == held
    page.keyboard.press("Shift+Enter")  # a key of Jupyter
    expect(root.locator(".ck-pinned")).to_have_count(1)
    page.keyboard.press("Escape")
    after(root, lambda: page.mouse.move(*middle(first, 0.7, 0.75)))
    # A press that ends beyond the map ends: what is held then is not dragged by a pointer that passes.
    page.mouse.down()
    page.mouse.move(*middle(first, 0.5, 0.6))
    page.mouse.move(3, 3)
    page.mouse.up()
    page.keyboard.press("Enter")
    held = line(root)
    page.mouse.move(*middle(first, 0.4, 0.4))
    page.mouse.move(*middle(first, 0.6, 0.2))
    assert line(root) == held
    page.keyboard.press("Enter")
    expect(root.locator(".ck-pinned")).to_have_count(0)
    # A finger holds with a tap, and only then keeps the page from scrolling.
    last.scroll_into_view_if_needed()
    for touch_action in ("pinch-zoom", "auto"):
        page.touchscreen.tap(*middle(last, 0.35, 0.35))
        assert last.evaluate("map => getComputedStyle(map).touchAction") == touch_action


@pytest.mark.parametrize("shape", [(480, 200), (8, 1024), (1024, 8)])
def test_a_photograph_of_any_shape_can_be_pointed_at_on_one_screen(shape, explorer_page):
    _, root = explorer_page(explorers.FilterExplorer(np.random.default_rng(0).random(shape)))
    shown = picture(root, 0).bounding_box()
    assert 40 <= shown["width"] <= 520
    assert 40 <= shown["height"] <= 0.76 * 900
    canvas = root.locator(".ck-live canvas").first.bounding_box()
    assert canvas == pytest.approx(shown, abs=1)
    said = root.locator("[data-part=line]").bounding_box()
    assert said["y"] + said["height"] - root.bounding_box()["y"] <= 900
    point(root, 0, 0.8, 0.8)


@pytest.mark.parametrize(
    "made",
    [
        explorers.FilterExplorer(np.eye(20), np.full((7, 7), -12.25)),
        explorers.ConvExplorer(np.eye(20), np.full((7, 7), -12.25)),
        explorers.PoolExplorer(np.eye(20), np.full((2, 2), 1e6), size=6),
    ],
    ids=lambda made: type(made).__name__,
)
def test_no_number_is_cut_on_a_narrow_page(made, explorer_page):
    _, root = explorer_page(made, width=320)
    settled(root)
    cut = root.locator(".ck-numbers :is(td, input)").evaluate_all(
        "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.outerHTML)"
    )
    assert cut == []


def test_what_is_chosen_is_seen_with_the_colours_of_the_system(explorer_page):
    page, root = explorer_page(explorers.StackExplorer(np.random.default_rng(0).random((24, 32, 3))))
    page.emulate_media(forced_colors="active")
    background = "part => getComputedStyle(part).backgroundColor"
    chosen, other = (root.locator(f".ck-share[aria-selected={which}]").first for which in ("true", "false"))
    assert chosen.evaluate(background) != other.evaluate(background)
    bar = root.locator(".ck-track i").first  # it keeps its colour
    assert bar.evaluate(background) in ("rgb(192, 57, 43)", "rgb(46, 126, 188)")


@every
def test_the_largest_photograph(name, explorer_page):
    image = np.random.default_rng(0).random((1024, 1024, 3), np.float32)
    _, root = explorer_page(getattr(explorers, name)(image))
    expect(picture(root, 0)).to_be_visible()
    expect(root.locator("[data-part=line]")).not_to_be_empty()


def test_it_ends_without_a_trace(explorer, explorer_page):
    page, root = explorer_page(explorer)
    page.evaluate("explorer.close()")
    expect(root).to_have_count(0)
    page.mouse.move(200, 300)
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)  # what was asked for later must not come


def test_the_python_side_has_words_and_a_still_picture(explorer):
    bundle = explorer.still._repr_mimebundle_()
    assert bundle["text/plain"] == explorer.words == repr(explorer)
    assert explorer.words.startswith(f"{explorer.title}. Run this cell to use it. Still picture: ")
    assert len(explorer.still.svg) > 1000
