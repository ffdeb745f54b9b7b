"""Put an explorer's ES modules into one text: a notebook page has no folder to import the others from."""

import re
from functools import cache
from pathlib import Path

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
    """Return a module and all that it imports as the text of one module that imports nothing.

    The modules share one scope afterwards, as if they had been written into one file; the JavaScript engine
    refuses a name that two of them declare. Imports must have the form `import { names } from "./file.js";`.
    """
    parts: dict[str, str] = {}
    _collect(f"{name}.js", folder, parts, ())
    return "\n".join(parts.values())


def _collect(file: str, folder: Path, parts: dict[str, str], importers: tuple[str, ...]) -> None:
    """Add a module after those that it imports."""
    chain = (*importers, file)
    if file in importers:
        raise BundleError(f"{' imports '.join(chain)}: modules that import each other cannot be bundled.")
    path = folder / file
    if not path.is_file():
        by = f"{importers[-1]} imports" if importers else "there is no"
        raise BundleError(f"{by} {file}: it does not exist beside the others. Is coursekit installed whole?")
    source = path.read_text(encoding="utf-8")
    for found in IMPORT.finditer(source):
        if found["file"] not in parts:
            _collect(found["file"], folder, parts, chain)
    parts[file] = EXPORT.sub("", IMPORT.sub("", source))
    if strange := ANY_IMPORT.search(parts[file]):
        raise BundleError(
            f'{file} has {strange[0]!r}. Only import {{ names }} from "./file.js"; can be bundled.'
        )


@cache
def style(name: str) -> str:
    """Return the style sheet that all explorers share, and after it an explorer's own."""
    return "\n".join((PAGE / f"{sheet}.css").read_text(encoding="utf-8") for sheet in ("explorer", name))
