"""Put an explorer's ES modules into one text: a notebook page has no folder to import the others from."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

__all__ = ["PAGE", "BundleError", "bundled", "style"]

PAGE = Path(__file__).resolve().parent / "page"
"""The folder with the ES modules and the style sheets."""

# Int statements at the start of a line, over several lines where the names do not fit into one.
IMPORT = re.compile(r'^import\s+\{[^}]*\}\s+from\s+"\./(?P<file>[\w.]+)";\n', re.MULTILINE)
ANY_IMPORT = re.compile(r"^import\b.*$", re.MULTILINE)
EXPORT = re.compile(r"^export\s+(?!default\b)", re.MULTILINE)


class BundleError(ValueError):
    """A module of the page imports what is not there, or in a way that cannot be bundled."""


@cache
def bundled(name: str, folder: Path = PAGE) -> str:
    r"""Return a module and all that it imports as the text of one module that imports nothing.

    The modules share one scope afterwards, as if they had been written into one file; the JavaScript engine
    refuses a name that two of them declare.

    Args:
        name: Of the module, such as "filter" for `filter.js`.
        folder: Where the modules lie.

    Raises:
        BundleError: A file is missing, two import each other, or an import is not of the form
            `import { names } from "./file.js";`.

    >>> text = bundled("filter")
    >>> "import " in text, text.count("export default")
    (False, 1)
    """
    parts: list[str] = []
    _collect(f"{name}.js", folder, parts, seen=[], done=set())
    return "\n".join(parts)


def _collect(file: str, folder: Path, parts: list[str], seen: list[str], done: set[str]) -> None:
    if file in done:
        return
    if file in seen:
        raise BundleError(
            f"{' imports '.join([*seen, file])}: modules that import each other cannot be bundled."
        )
    path = folder / file
    if not path.is_file():
        by = f"{seen[-1]} imports" if seen else "there is no"
        raise BundleError(f"{by} {file}: it does not exist beside the others. Is coursekit installed whole?")
    source = path.read_text(encoding="utf-8")
    for found in IMPORT.finditer(source):
        _collect(found["file"], folder, parts, [*seen, file], done)
    own = EXPORT.sub("", IMPORT.sub("", source))
    strange = ANY_IMPORT.search(own)
    if strange:
        raise BundleError(
            f'{file} has {strange[0]!r}. Only import {{ names }} from "./file.js"; can be bundled.'
        )
    parts.append(own)
    done.add(file)


@cache
def style(name: str) -> str:
    """Return the style sheet that all explorers share, and after it an explorer's own.

    >>> ".ck-explorer" in style("conv")
    True
    """
    return "\n".join((PAGE / f"{sheet}.css").read_text(encoding="utf-8") for sheet in ("explorer", name))
