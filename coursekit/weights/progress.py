"""A progress bar of one line, in characters that every terminal has."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import IO

__all__ = ["Bar", "size_words"]

WIDTH = 30
EVERY = 0.1  # seconds between two drawings


def size_words(size: int) -> str:
    """Write a number of bytes for people.

    >>> size_words(7168), size_words(58_858_752)
    ('7.2 kB', '58.9 MB')
    """
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1e3:.1f} kB" if size < 999_950 else f"{size / 1e6:.1f} MB"


class Bar:
    """Shows how much has come, how much will, and how fast.

    Use it in a `with` statement and call it with the size of each piece. It draws over its own line, so it is
    silent where nobody watches: when the stream is a file or a pipe.

    Args:
        total: Bytes that will come.
        stream: Where to draw; standard error if None.
        shown: Draw or not. None asks the stream; a notebook counts as somebody who watches.

    >>> import io
    >>> drawn = io.StringIO()
    >>> with Bar(2000, drawn, shown=True) as bar:
    ...     bar(2000)
    >>> print(drawn.getvalue().split(chr(13))[-1].strip()[:49])
    [##############################] 2.0 kB of 2.0 kB
    """

    def __init__(self, total: int, stream: IO[str] | None = None, shown: bool | None = None) -> None:
        self._total = max(total, 1)
        self._stream = stream if stream is not None else sys.stderr
        self._shown = shown if shown is not None else _watched(self._stream)
        self._done = 0
        self._began = self._drawn = time.monotonic()

    def __call__(self, size: int) -> None:
        """Count bytes that have come."""
        self._done += size
        if self._shown and time.monotonic() - self._drawn > EVERY:
            self._draw("")

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown and self._done:
            self._draw("\n")

    def _draw(self, end: str) -> None:
        self._drawn = time.monotonic()
        rate = size_words(round(self._done / max(self._drawn - self._began, 1e-3)))
        marks = "#" * round(WIDTH * min(self._done / self._total, 1))
        amount = f"{size_words(self._done)} of {size_words(self._total)}"
        self._stream.write(f"\r[{marks:.<{WIDTH}}] {amount}, {rate}/s   {end}")
        self._stream.flush()


def _watched(stream: IO[str]) -> bool:
    """Say whether somebody sees the stream as it is written: it is a terminal, or a notebook's output."""
    return stream.isatty() or type(stream).__module__.startswith("ipykernel")
