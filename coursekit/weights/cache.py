"""The folder of this user in which fetched weights stay. A fetch changes it altogether or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from coursekit.weights.errors import WeightsError

__all__ = ["cache_folder", "keep", "staging"]

_STAGING = ".fetching-"
_STALE = 86_400.0  # seconds; a fetch that began a day ago was killed


def cache_folder() -> Path:
    r"""Return the folder for what the course fetches. It need not exist.

    `COURSEKIT_CACHE` names it, or else it lies where this operating system keeps such files:
    `~/.cache/coursekit` (or below `XDG_CACHE_HOME`), `~/Library/Caches/coursekit` on macOS,
    `%LOCALAPPDATA%\coursekit\Cache` on Windows.

    >>> cache_folder().is_absolute()
    True
    """
    chosen = os.environ.get("COURSEKIT_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "coursekit" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "coursekit"
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The XDG specification says to ignore a path that is not absolute.
    return (base if base.is_absolute() else Path.home() / ".cache") / "coursekit"


@contextmanager
def staging(folder: Path, needed: int) -> Iterator[Path]:
    """Give a temporary folder beside the final files, and remove it with everything that is still in it.

    Args:
        folder: Where the files will lie in the end; made if it is not there.
        needed: Bytes that will be written.

    Raises:
        WeightsError: The folder cannot be written, or the disk has too little room.
    """
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _sweep(folder)
            temporary = Path(tempfile.mkdtemp(prefix=_STAGING, dir=folder))
        except OSError as error:
            raise WeightsError(
                f"Cannot write to the cache folder {folder} ({error}). Set COURSEKIT_CACHE to a folder that "
                "you may write to."
            ) from error
        try:
            free = shutil.disk_usage(folder).free
            if free < needed:
                raise WeightsError(
                    f"Too little room for the weights in {folder}: {needed:,} bytes are needed, {free:,} "
                    "are free. Delete something there, or set COURSEKIT_CACHE to a folder on another disk."
                )
            yield temporary
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    finally:
        for each in made:  # innermost first; one that now holds something stays
            with suppress(OSError):
                each.rmdir()


def keep(files: list[Path], folder: Path) -> list[Path]:
    """Move finished files from the staging folder to their place; no reader sees a file that is half there.

    Raises:
        OSError: A file cannot be moved. Each of those before it is whole and in its place.
    """
    places = []
    for file in files:
        os.replace(file, folder / file.name)
        places.append(folder / file.name)
    return places


def _sweep(folder: Path) -> None:
    """Remove what killed fetches left behind."""
    for left in folder.glob(_STAGING + "*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE:
                shutil.rmtree(left, ignore_errors=True)
