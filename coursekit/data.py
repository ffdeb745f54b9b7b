"""Finds, lists and checks the files in ``data/``, which lies beside the package in a clone of the course.

After adding or changing a file in ``data/``, write ``data/registry.txt`` again::

    python -m coursekit.data            writes data/registry.txt
    python -m coursekit.data --check    changes nothing, lists what differs; exit status 1 if something does
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from coursekit.hashes import REGISTRY, DataError, Entry, measure, read_registry, scan, write_registry

__all__ = ["DataError", "Entry", "Sample", "differences", "registry", "sample", "samples", "verify"]

_DATA = Path(__file__).resolve().parent.parent / "data"
_SOURCES = "images/SOURCES.md"
_KEYS = ("file", "title", "author", "licence", "source", "changes")
_RESTORE = "Take it from the repository again: git checkout -- data"


@dataclass(frozen=True)
class Sample:
    """One photograph of the course, and whom to thank for it.

    Attributes:
        name: short name, which ``images.load_image`` understands.
        path: the file. It is not printed, because it differs from one computer to the next.
        title: what the picture shows.
        author: who took it.
        licence: under which terms it may be used.
        source: web address of the original.
        changes: what was done to the original.
    """

    name: str
    path: Path = field(repr=False)
    title: str
    author: str
    licence: str
    source: str
    changes: str = field(repr=False)

    def __str__(self) -> str:
        """Return the credit line to print beside the picture."""
        return f"{self.name}: {self.title}. By {self.author}. {self.licence}. {self.source}"


def samples() -> list[Sample]:
    """List the photographs of the course, in the order of ``data/images/SOURCES.md``.

    Raises:
        DataError: if ``data/`` is not there, or SOURCES.md lacks something.

    Example:
        >>> [sample.name for sample in samples()]
        ['temple', 'rocket', 'astronaut', 'cat', 'coffee', 'brick', 'gravel']
    """
    path = _folder() / _SOURCES
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(
            f"Expected the list of photographs, and cannot read it: {error}. {_RESTORE}"
        ) from error
    found = []
    for section in text.split("\n## ")[1:]:
        heading, _, body = section.partition("\n")
        values = _key_values(body)
        missing = [key for key in _KEYS if not values.get(key)]
        if missing:
            raise DataError(
                f"{path}: the photograph {heading.strip()!r} lacks {', '.join(missing)}. Add '- key: value'."
            )
        file, title, author, licence, source, changes = (values[key] for key in _KEYS)
        found.append(Sample(heading.strip(), path.parent / file, title, author, licence, source, changes))
    return found


def sample(name: str) -> Sample:
    """Return the photograph with this name.

    Raises:
        DataError: if there is none; the message lists the names there are.

    Example:
        >>> sample("cat").author
        'Stefan van der Walt'
        >>> sample("tempel")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        coursekit.hashes.DataError: There is no sample 'tempel'. Did you mean 'temple'? The samples are: ...
    """
    found = {each.name: each for each in samples()}
    if isinstance(name, str) and name in found:
        return found[name]
    raise DataError(
        f"There is no sample {name!r}.{_did_you_mean(name, found)} The samples are: {', '.join(found)}."
    )


def registry() -> dict[str, Entry]:
    """Read ``data/registry.txt``: the entry (name, sha256, size) of each file, by its name.

    Raises:
        DataError: if it is not there, or a line is not "name  SHA-256  size".

    Example:
        >>> registry()["images/temple.jpg"].size
        121102
    """
    return read_registry(_folder())


def verify(name: str) -> Path:
    """Return the path of one file in ``data/`` after comparing its size and SHA-256 with the registry.

    Args:
        name: path below ``data/`` with ``/``, such as ``"images/temple.jpg"``.

    Raises:
        DataError: if the file is not in the registry, is missing, or is not the published one. The message
            says what was expected, what was found, and what to do.

    Example:
        >>> verify("images/temple.jpg").name
        'temple.jpg'
    """
    entries = registry()
    if name not in entries:
        raise DataError(
            f"{name!r} is not in {_folder() / REGISTRY}.{_did_you_mean(name, entries)} "
            "If you added the file yourself, write the registry again: python -m coursekit.data"
        )
    wanted = entries[name]
    path = _folder() / PurePosixPath(name)
    if not path.is_file():
        raise DataError(f"Expected {path} ({wanted.size} bytes), and it is not there. {_RESTORE}")
    found = measure(path, _folder())
    if found != wanted:
        raise DataError(
            f"{path} is not the file that the course came with. Expected {wanted}, found {found}. "
            f"It was changed, or its download was cut off. {_RESTORE}"
        )
    return path


def differences() -> list[str]:
    """Compare the whole folder with the registry, and return a sentence for each file that differs.

    Raises:
        DataError: if ``data/`` or its registry is not there.

    Example:
        >>> differences()
        []
    """
    wanted, found = registry(), scan(_folder())
    sentences = []
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            sentences.append(f"{name} is in the registry, but not in the folder.")
        elif name not in wanted:
            sentences.append(f"{name} is in the folder, but not in the registry.")
        elif found[name] != wanted[name]:
            sentences.append(f"{name} differs: expected {wanted[name]}, found {found[name]}.")
    return sentences


def _folder() -> Path:
    """Return ``data/``, after seeing that it holds a registry."""
    if not (_DATA / REGISTRY).is_file():
        raise DataError(
            f"The files of the course are not here: expected the folder {_DATA} with {REGISTRY} in it. They "
            "are not part of an installed package. Clone the course, and in the clone run: pip install -e ."
        )
    return _DATA


def _key_values(body: str) -> dict[str, str]:
    """Read the ``- key: value`` items of one section; an indented line continues the value before it."""
    values: dict[str, str] = {}
    key = ""
    for line in body.splitlines():
        if line.startswith("- "):
            key, _, value = line[2:].partition(":")
            values[key] = value.replace("<", "").replace(">", "").strip()
        elif line.startswith("  ") and key:
            values[key] += " " + line.strip()
        else:
            key = ""
    return values


def _did_you_mean(name: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(str(name).casefold(), names, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _main(arguments: Sequence[str]) -> int:
    if list(arguments) not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    if not arguments:
        if not _DATA.is_dir():
            raise DataError(f"Expected the folder {_DATA}. Run this in a clone of the course.")
        print(f"wrote {len(write_registry(_DATA))} files into {_DATA / REGISTRY}")
        return 0
    sentences = differences()
    print("\n".join(sentences) or f"{len(registry())} files are as the registry says")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
