"""reveal.js, which turns a page into slides: read from an installed package and checked to be genuine."""

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
    """There is no reveal.js, or not the one expected."""


def reveal_files(folder: Path | None = None) -> dict[str, str]:
    """Read reveal.js.

    Args:
        folder: Where it is; by default in the package that carries it, none of whose code is run.

    Returns:
        The text of each of `FILES`, by name.

    Raises:
        RevealError: A file is missing, or isn't the one that reveal.js's authors published.
    """
    if folder is None:
        found = find_spec(CARRIER)
        if found is None or not found.submodule_search_locations:
            raise RevealError(
                f"The slides need reveal.js from the package {CARRIER}, which is not installed. "
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
                f"{folder / name} is not from reveal.js 6.0.1: its SHA-256 is {have}, not {wanted}. Install "
                "the version in constraints.txt, or put the new checksums into tools/editions/reveal.py."
            )
        texts[name] = data.decode("utf-8")
    return texts
