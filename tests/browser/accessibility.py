"""What axe-core finds wrong with an explorer: contrast, names, roles, order of focus."""

from __future__ import annotations

from functools import cache

GRAVE = ("serious", "critical")
SELECTOR = "section.ck-explorer"


@cache
def _axe():
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


def grave_faults(page):
    """One line for each serious or critical fault within the explorers of a page."""
    found = _axe().run(page, context={"include": [[SELECTOR]]}).response
    assert found["violations"] or found["url"], "axe did not run"
    return [
        f"{fault['id']}: {node['html'][:120]} ({node['failureSummary']})"
        for fault in found["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]
