"""Using an explorer in a page: what all tests of explorers do, and where each has its own."""

from __future__ import annotations

import importlib


def driving(name):
    """The module that drives an explorer: filter_driving for `FilterExplorer`."""
    return importlib.import_module(f"{name.removesuffix('Explorer').lower()}_driving")


def number(text):
    """A number as the pages write it, with a minus that is one."""
    return float(text.replace("\u2212", "-"))


def settled(root):
    """Wait until what was asked for is drawn: explorers draw in the next frame; two frames are past it."""
    root.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def line(root):
    """What an explorer says in its line, once all that was done to it is drawn."""
    settled(root)
    return root.locator("[data-part=line]").text_content()


def after(page, root, action):
    """Do something, and wait until the explorer's line says something else than before."""
    before = line(root)
    action()
    page.wait_for_function(
        "([root, before]) => root.querySelector('[data-part=line]').textContent !== before",
        arg=[root.element_handle(), before],
    )


def middle(locator, down=0.5, across=0.5):
    """A place on a part of the page, in its height and width."""
    box = locator.bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]
