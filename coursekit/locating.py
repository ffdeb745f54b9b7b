"""Finds the file that a learner means, or says what is there instead."""

from __future__ import annotations

import difflib
import os
import stat
import unicodedata
from pathlib import Path

from coursekit import data
from coursekit.image_rules import ImageError

__all__ = ["locate"]


def locate(source: str | os.PathLike[str]) -> Path:
    """Return the absolute path of a sample, after checking its hash, or of any other file.

    Args:
        source: name of a sample, or a path; ``~`` stands for the home folder.

    Raises:
        ImageError: if there is no such file, or it is a folder. The message has the absolute path and the
            nearest names there are.

    Example:
        >>> locate("temple").name
        'temple.jpg'
    """
    text = os.fspath(source)
    if not isinstance(text, str) or not text.strip():
        raise ImageError(f"Expected a sample's name or a path, and got {source!r}. {_samples_there_are()}")
    if isinstance(source, str):
        if text in _sample_names():
            return _verified(text)
        if text.startswith(("http://", "https://")):
            raise ImageError(f"{text} is a web address. Download the picture, and give the path of the file.")
    path = Path(os.path.abspath(os.path.expanduser(text)))
    try:
        kind = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        twin = _same_name(path)
        if twin is None:
            raise ImageError(_missing(path, text)) from None
        return twin
    except PermissionError as error:
        raise ImageError(
            f"Cannot load {path}: you are not allowed to look into its folder. Ask the owner of the folder."
        ) from error
    except (OSError, ValueError) as error:
        raise ImageError(
            f"Cannot load {path}: this path cannot be used ({error}). Check its spelling."
        ) from error
    if stat.S_ISDIR(kind):
        names = ", ".join(repr(name) for name in sorted(_names_in(path))[:5]) or "nothing"
        raise ImageError(f"Cannot load {path}: it is a folder. Add the name of a picture; it holds {names}.")
    if not stat.S_ISREG(kind):
        raise ImageError(f"Cannot load {path}: it is not an ordinary file. Give the path of a picture.")
    return path


def _sample_names() -> list[str]:
    """List the samples: none where the course's data is not there, which ``_samples_there_are`` reports."""
    try:
        return [sample.name for sample in data.samples()]
    except data.DataError:
        return []


def _samples_there_are() -> str:
    try:
        return f"Samples: {', '.join(sample.name for sample in data.samples())}."
    except data.DataError as error:
        return f"The samples cannot be used: {error}"


def _verified(name: str) -> Path:
    try:
        return data.verify(f"images/{data.sample(name).path.name}")
    except data.DataError as error:
        raise ImageError(str(error)) from error


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        # The names only help to word a message about something else.
        return []


def _plain(name: str) -> str:
    """Write a name in one way: macOS takes letters with marks, and Korean syllables, apart."""
    return unicodedata.normalize("NFC", name)


def _same_name(path: Path) -> Path | None:
    """Return the file whose name is the same text, composed of other code points."""
    twins = [name for name in _names_in(path.parent) if _plain(name) == _plain(path.name)]
    return path.with_name(twins[0]) if twins and path.with_name(twins[0]).is_file() else None


def _missing(path: Path, text: str) -> str:
    """Word the message for a file that is not there."""
    sentences = [f"Cannot load {path}: there is no such file."]
    if path.is_symlink():
        sentences = [f"Cannot load {path}: it is a link to {os.readlink(path)}, which is not there."]
    if any(not character.isprintable() for character in text):
        sentences.append(r'A backslash made a special character: write r"C:\new\a.jpg" with the r, or use /.')
    folder = path.parent
    if not folder.is_dir():
        there = next((parent for parent in folder.parents if parent.is_dir()), folder)
        sentences.append(f"Its folder is not there either; the nearest that is: {there}.")
    near = _nearest(path.name, _names_in(folder))
    if near:
        sentences.append(f"Did you mean {' or '.join(repr(name) for name in near)} in the same folder?")
    elif folder.is_dir():
        sentences.append("Check the spelling and the folder.")
    sample = _nearest(path.stem, _sample_names())
    if sample:
        sentences.append(f"Or the sample {sample[0]!r}?")
    sentences.append(_samples_there_are())
    return " ".join(sentences)


def _nearest(name: str, names: list[str]) -> list[str]:
    """Return up to three of the names that look like this one, letter case aside."""
    by_plain = {_plain(each).casefold(): each for each in names}
    return [by_plain[each] for each in difflib.get_close_matches(_plain(name).casefold(), by_plain, n=3)]
