"""A registry of files: a text file that holds the name, the SHA-256 and the size of every file in a folder.

A damaged or half-downloaded file is named before it confuses a lesson. The idea comes from pooch (Uieda et
al., 2020). ``coursekit.data`` applies it to ``data/``.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

__all__ = ["REGISTRY", "DataError", "Entry", "measure", "read_registry", "scan", "write_registry"]

REGISTRY = "registry.txt"
"""Name of the registry in its folder."""

# git may write these with Windows line ends in a clone; they are measured as if they had Unix ones.
_TEXT = {".csv", ".json", ".md", ".txt"}
# Written into folders by operating systems, without being asked.
_CLUTTER = {"Thumbs.db", "desktop.ini", "__pycache__"}
_HEADER = "# name  SHA-256  size in bytes; written by: python -m coursekit.data\n"


class DataError(RuntimeError):
    """A file of the course is missing, is not the one that was published, or was never part of it."""


class Entry(NamedTuple):
    """One line of the registry.

    Attributes:
        name: path below the folder, with ``/`` on every system.
        sha256: 64 hexadecimal digits.
        size: number of bytes.
    """

    name: str
    sha256: str
    size: int

    def __str__(self) -> str:
        """Return what tells two versions of the file apart."""
        return f"{self.size} bytes with SHA-256 {self.sha256}"


def measure(path: Path, folder: Path) -> Entry:
    """Measure one file below a folder.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as name:
        ...     file = Path(name, "empty.bin")
        ...     file.touch()
        ...     print(measure(file, Path(name)))
        0 bytes with SHA-256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    """
    content = path.read_bytes()
    if path.suffix in _TEXT:
        content = content.replace(b"\r\n", b"\n")
    return Entry(path.relative_to(folder).as_posix(), hashlib.sha256(content).hexdigest(), len(content))


def scan(folder: Path) -> dict[str, Entry]:
    """Measure every file below a folder, but the registry, hidden files and what operating systems leave."""
    entries = {}
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        ignored = any(part.startswith(".") or part in _CLUTTER for part in parts)
        if path.is_file() and not ignored and path != folder / REGISTRY:
            entry = measure(path, folder)
            entries[entry.name] = entry
    return dict(sorted(entries.items()))


def read_registry(folder: Path) -> dict[str, Entry]:
    """Read the registry of a folder: the entry of each file, by its name.

    Raises:
        DataError: if a line is not "name  SHA-256  size".
    """
    path = folder / REGISTRY
    entries = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        parts = line.rsplit(maxsplit=2)
        if len(parts) != 3 or len(parts[1]) != 64 or not parts[2].isdecimal():
            raise DataError(
                f"{path}, line {number}: expected 'name  SHA-256  size', found {line!r}. "
                "Write the file again: python -m coursekit.data"
            )
        entries[parts[0]] = Entry(parts[0], parts[1], int(parts[2]))
    return entries


def write_registry(folder: Path) -> dict[str, Entry]:
    """Write the registry of a folder, and return its entries.

    It is written to a temporary file first, so that a failure leaves the old one whole.
    """
    entries = scan(folder)
    lines = [f"{entry.name}  {entry.sha256}  {entry.size}\n" for entry in entries.values()]
    temporary = folder / f".{REGISTRY}.tmp"
    temporary.write_text(_HEADER + "".join(lines), encoding="utf-8", newline="\n")
    os.replace(temporary, folder / REGISTRY)
    return entries
