"""An explorer as a stand-alone page, without Jupyter: to measure it, test it or just look at it.

    python -m tools.explorer_page FilterExplorer page.html --photograph temple

The page contains the explorer's module, style sheet and state, and a model that stores what the learner sets.
"""

from __future__ import annotations

import argparse
import base64
import json
from pathlib import Path
from typing import Any

import coursekit.explorers as explorers
from coursekit.explorers.base import Explorer

__all__ = ["main", "to_page"]

# The part of anywidget's front-end module specification that explorers use.
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 12px; font-family: system-ui, sans-serif; }}
body[data-jp-theme-light="false"] {{
  background: #111; color: #fff; --jp-ui-font-color1: #fffd;
  --jp-layout-color1: #111; --jp-layout-color2: #333;
  --jp-border-color1: #616161; --jp-brand-color1: #90caf9;
}}
{css}
</style></head>
<body data-jp-theme-light="{light}"><main><h1>{title}</h1><div id="explorer"></div></main>
<script type="module">
const state = {state};
for (const [name, text] of Object.entries({buffers})) {{
  state[name] = new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
}}
const listeners = new Map();
const model = {{
  saved: 0,
  get: (name) => state[name],
  set: (name, value) => {{
    state[name] = value;
    for (const listener of listeners.get(`change:${{name}}`) ?? []) listener();
  }},
  save_changes: () => {{ model.saved += 1; }},
  on: (name, listener) => listeners.set(name, [...(listeners.get(name) ?? []), listener]),
  off: (name, listener) =>
    listeners.set(name, (listeners.get(name) ?? []).filter((other) => other !== listener)),
  send: () => {{}},
}};
const module = await import(URL.createObjectURL(new Blob([{source}], {{ type: "text/javascript" }})));
globalThis.explorer = {{
  model,
  module: module.default,
  close: await module.default.render({{ model, el: document.querySelector("#explorer") }}),
}};
document.body.dataset.ready = "yes";
</script></body></html>
"""


def to_page(explorer: Explorer, *, dark: bool = False) -> str:
    """Return an explorer as the text of an HTML page that needs nothing else.

    Args:
        explorer: The explorer, in the state in which the page should begin.
        dark: Start in the dark theme.

    >>> import numpy as np
    >>> page = to_page(explorers.FilterExplorer(np.eye(9)))
    >>> page.startswith("<!doctype html>"), "ck-explorer" in page
    (True, True)
    """
    state: dict[str, Any] = {}
    buffers: dict[str, str] = {}
    for name, value in explorer.get_state().items():
        if isinstance(value, bytes):
            buffers[name] = base64.b64encode(value).decode("ascii")
        elif name not in ("_esm", "_css", "layout", "tooltip", "tabbable"):
            state[name] = value
    return PAGE.format(
        title=explorer.title,
        css=explorer._css,
        light=str(not dark).lower(),
        state=_script(state),
        buffers=_script(buffers),
        source=_script(explorer._esm),
    )


def _script(value: Any) -> str:
    return json.dumps(value).replace("</", "<\\/")


def main(arguments: list[str] | None = None) -> int:
    """Write an explorer's page to a file."""
    parser = argparse.ArgumentParser(prog="python -m tools.explorer_page", description=__doc__)
    parser.add_argument("explorer", choices=explorers.__all__, help="its class")
    parser.add_argument("file", type=Path, help="the HTML file to write")
    parser.add_argument("--photograph", default="temple", help="a sample's name or a path")
    parser.add_argument("--dark", action="store_true", help="start in the dark theme")
    chosen = parser.parse_args(arguments)
    explorer = getattr(explorers, chosen.explorer)(chosen.photograph)
    chosen.file.write_text(to_page(explorer, dark=chosen.dark), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
