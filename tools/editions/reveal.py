"""reveal.js, which turns a page into slides: taken from an installed package, checked to be the original."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

__all__ = ["FILES", "RevealError", "reveal_files"]

# The files of reveal.js 6.0.1 as its authors published them on npm, with their SHA-256.
FILES = {
    "LICENSE": "b2883e4b610bfa1b4d8fff84c4d4b825cc7d553cbd9fec4777c04068a2859dc0",
    "dist/reset.css": "39413c3490fdcf826427c26ff4c1ee59ea961a0aa8507c18454e0c6dc96c12d8",
    "dist/reveal.css": "64e6203ee2048665c9f49c368f345fb3d7f936c404934162c70369a7682f388f",
    "dist/reveal.js": "3fb84c30d2e610dd598843d75a123ef2c4dbc588847cda86cd8c7a61e18ddb6b",
}
CARRIER = "pyreveal"


class RevealError(RuntimeError):
    """There is no reveal.js, or another one than expected."""


def reveal_files(folder: Path | None = None) -> dict[str, str]:
    """Read reveal.js.

    Args:
        folder: Where it lies; the package that carries it when left out. Nothing of that package is run.

    Returns:
        The text of each of `FILES`, by name.

    Raises:
        RevealError: A file is missing, or is not the one that reveal.js's authors published.
    """
    if folder is None:
        found = find_spec(CARRIER)
        if found is None or not found.submodule_search_locations:
            raise RevealError(
                f"The slides need reveal.js, which the package {CARRIER} carries, and it is not installed. "
                "Run `make slides`, which installs it, or: pip install -c constraints.txt -e '.[editions]'"
            )
        folder = Path(found.submodule_search_locations[0]) / "revealjs"
    texts: dict[str, str] = {}
    for name, wanted in FILES.items():
        try:
            data = (folder / name).read_bytes()
        except OSError as error:
            raise RevealError(f"reveal.js lacks {name}: there is no file {folder / name}.") from error
        have = hashlib.sha256(data).hexdigest()
        if have != wanted:
            raise RevealError(
                f"{folder / name} is not that of reveal.js 6.0.1: its SHA-256 is {have}, not {wanted}. "
                "Install the version of constraints.txt, or put the new sums into tools/editions/reveal.py."
            )
        texts[name] = data.decode("utf-8")
    return texts
