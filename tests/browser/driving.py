"""Using an explorer in a page: what all tests of explorers do, and where each has its own."""

from __future__ import annotations

import importlib

import numpy as np

# Row, column, height and width of a frame, in pixels of its picture.
BOX = """(picture, name) => {
    const box = picture.querySelector(`[data-box='${name}']`);
    if (!box || box.hidden) return null;
    const { width, height } = picture.querySelector('canvas');
    return [['top', height], ['left', width], ['height', height], ['width', width]].map(
        ([side, all]) => Math.round(parseFloat(box.style[side]) * all / 10) / 10);
}"""
PIXELS = """canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return [canvas.height, canvas.width, ...data];
}"""


def driving(name):
    """The module that drives an explorer: filter_driving for `FilterExplorer`."""
    return importlib.import_module(f"{name.removesuffix('Explorer').lower()}_driving")


def number(text):
    """A number as the pages write it, with a minus that is one."""
    return float(text.replace("\u2212", "-"))


def numbers(texts):
    return [number(text) for text in texts]


def settled(root):
    """Wait until what was asked for is drawn: explorers draw in the next frame; two frames are past it."""
    root.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def line(root):
    """What an explorer says in its line, once all that was done to it is drawn."""
    settled(root)
    return root.locator("[data-part=line]").text_content()


def picture(root, at):
    return root.locator(".ck-live").nth(at)


def control(root, label):
    return root.get_by_label(label, exact=True)


def button(root, name):
    return root.get_by_role("button", name=name)


def box(root, at, name):
    """Row, column, height and width of a frame in a picture, in its pixels; None where it is not there."""
    settled(root)
    return picture(root, at).evaluate(BOX, name)


def pixels(canvas):
    """The colours that a canvas shows, red, green, blue and alpha (H, W, 4), once all is drawn."""
    settled(canvas)
    height, width, *data = canvas.evaluate(PIXELS)
    return np.array(data).reshape(height, width, 4)


def middle(locator, down=0.5, across=0.5):
    """A place on a part of the page, in its height and width."""
    box = locator.bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


# What a learner does. Each waits until the explorer's line says something else than before.


def after(root, action):
    before = line(root)
    action()
    root.page.wait_for_function(
        "([root, before]) => root.querySelector('[data-part=line]').textContent !== before",
        arg=[root.element_handle(), before],
    )


def point(root, at, down, across):
    picture(root, at).scroll_into_view_if_needed()
    after(root, lambda: root.page.mouse.move(*middle(picture(root, at), down, across)))


def click(root, part, down=0.5, across=0.5):
    part.scroll_into_view_if_needed()
    after(root, lambda: root.page.mouse.click(*middle(part, down, across)))


def tap(root, part, down=0.5, across=0.5):
    part.scroll_into_view_if_needed()
    after(root, lambda: root.page.touchscreen.tap(*middle(part, down, across)))


def press(root, *keys):
    for key in keys:
        after(root, lambda key=key: root.page.keyboard.press(key))


def choose(root, label, value):
    after(root, lambda: control(root, label).select_option(value))


def set_trait(root, trait, value):
    """Set a trait as Python does."""
    after(root, lambda: root.page.evaluate("([trait, to]) => explorer.model.set(trait, to)", [trait, value]))


def found_at(root, places, check, *, finger=False):
    """Point at places (picture, down, across), or tap them; what a check returns for each, always another."""
    found = []
    for at, down, across in places:
        if finger:
            tap(root, picture(root, at), down, across)
        else:
            point(root, at, down, across)
        found.append(check())
    assert len(set(found)) == len(places)
    return found
