"""How words break and shrink to fit a page of pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from coursekit.pictures.fonts import text_width

__all__ = ["LINE", "NAME_LINE", "TITLE", "WIDTH", "Heading", "Names", "shortened", "wrap"]

WIDTH = 800  # pixels: the text column of JupyterLab on a laptop
TITLE = 11  # points
LINE = 20  # pixels from one line of a title to the next
NAME_LINE = 13


def wrap(words: str, width: float, size: float) -> list[str]:
    """Break words into lines of at most a width in pixels, between words where that is possible.

    >>> wrap("one two three", 60, 11)
    ['one two', 'three']
    """
    if words.strip() and "\n" not in words and text_width(words, size) <= width:
        return [words]
    lines: list[str] = []
    for word in words.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if text_width(joined, size) <= width:
            lines[-1:] = [joined]
            continue
        lines.append("")
        for letter in word:  # a word longer than a line, or a script without spaces, breaks anywhere
            if lines[-1] and text_width(lines[-1] + letter, size) > width:
                lines.append("")
            lines[-1] += letter
    return [line for line in lines if line]


def shortened(words: str, width: float, size: float, most: int) -> list[str]:
    """Break words like `wrap`, and end in "…" what takes more lines than there are.

    >>> shortened("one two three", 60, 11, 1)
    ['one t…']
    """
    lines = wrap(words, width, size)
    if len(lines) <= most:
        return lines
    last = " ".join(lines[most - 1 :])
    while last and text_width(f"{last}…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


@dataclass(frozen=True)
class Heading:
    """A title above a picture, in as many lines as it needs.

    Attributes:
        lines: The title, broken.
        width: How wide the page has to be, in pixels.
        height: How many pixels the lines take.
    """

    lines: tuple[str, ...]
    width: int
    height: int

    @classmethod
    def fit(cls, title: str, width: int, *, margin: int = 16) -> Heading:
        """Widen the page for the title as far as a notebook's column goes, and break what is still too long.

        >>> Heading.fit("Four maps", 240)
        Heading(lines=('Four maps',), width=240, height=26)
        """
        title = " ".join(title.split())
        if not title:
            return cls((), width, 0)
        wanted = ceil(text_width(title, TITLE)) + margin
        width = max(width, min(wanted, WIDTH))
        lines = tuple(wrap(title, width - margin, TITLE))
        return cls(lines, width, 6 + LINE * len(lines))


@dataclass(frozen=True)
class Names:
    """The names above the panels of a grid, all in one size.

    Attributes:
        lines: The lines of each name.
        size: The font size in points.
        height: How many pixels the longest name takes, 0 where there is no room for names at all.
    """

    lines: tuple[tuple[str, ...], ...]
    size: float
    height: int

    @classmethod
    def fit(cls, names: Sequence[str], width: int, most: int = 3) -> Names:
        """Shrink, then break, then cut the names so that they fit above panels of a width in pixels.

        What is cut ends in "…" and stands whole in the words of the picture.

        >>> Names.fit(["map 1", "map 2"], 100)
        Names(lines=(('map 1',), ('map 2',)), size=9, height=20)
        """
        if not names or width < 24:
            return cls((), 9, 0)
        names = [name.replace("\n", " ") for name in names]
        for size in (9, 8, 7):
            if all(text_width(name, size) <= width for name in names):
                return cls(tuple((name,) for name in names), size, 20)
        cut = [shortened(name, width, 7.5, most) for name in names]
        longest = max((len(kept) for kept in cut), default=0)
        return cls(tuple(tuple(kept) for kept in cut), 7.5, 7 + NAME_LINE * longest)
