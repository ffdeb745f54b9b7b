"""A picture of the pixels that a kernel reads, for different strides, paddings and dilations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from coursekit.pictures.layout import MARGIN, NAME, SMALL, TINY, WIDTH, column, counted, named, page, row
from coursekit.pictures.picture import Picture
from coursekit.pictures.svg import Block, rectangle, text
from coursekit.pictures.text import text_width, wrap
from coursekit.pictures.words import sentence, titled

__all__ = ["show_windows"]

LIMITS = {"kernel": (1, 16), "stride": (1, 16), "padding": (0, 8), "dilation": (1, 16), "size": (1, 16)}
MOST_SETTINGS = 8
GAP, EDGE = 14, 26  # between panels, and the numbers of rows and columns
SMALLEST_CELL, LARGEST_CELL = 16, 24

LEGEND = {"first": "first window", "next": "next window", "padding": "padding", "unread": "read by no window"}
LINES, NEXT = "#969696", "#be4600"
FILLS = {  # of a cell in the padding, and of one in the first window
    (False, False): "#ffffff",
    (True, False): "#d8d6d0",
    (False, True): "#a6cef0",
    (True, True): "#7ea6c8",
}


def show_windows(
    settings: Sequence[Mapping[str, int]], *, size: int = 8, kernel: int = 3, title: str = ""
) -> Picture:
    """Show which pixels of a small square input the first two windows of a kernel read, one panel a setting.

    Args:
        settings: For each panel what differs from stride 1, padding 0 and dilation 1, like `{"stride": 2}`;
            "kernel" is allowed as well.
        size: Rows and columns of the input, up to 16.
        kernel: Rows and columns of the kernel, where a setting does not say.
        title: A line above the picture.

    Returns:
        A picture. The first window is filled, the next one framed, padding is gray with a 0, and what no
        window reads is crossed. Its words give rows, columns and the size of the output.

    Raises:
        TypeError: A number is not whole, or the settings are not names with numbers.
        ValueError: A name is unknown, a number makes no sense, a window does not fit, or it is all too large.

    >>> show_windows([{"stride": 2}], size=8)
    Windows of a kernel of 3 x 3 on 8 x 8 pixels. Stride 2: output 3 x 3. The first window reads rows and \
columns 0, 1, 2; the next one columns 2, 3, 4. No window reads row 7 or column 7.
    """
    panels = _panels(settings, _checked("size", size), _checked("kernel", kernel))
    across, cell = _fit(panels)
    drawn = [_draw(panel, cell) for panel in panels]
    rows = [row(drawn[start : start + across], GAP) for start in range(0, len(drawn), across)]
    seen = {mark for panel in panels for mark in panel.marks}
    legend = [_entry(mark, words) for mark, words in LEGEND.items() if mark in seen]
    kernels = {panel.kernel for panel in panels}
    of = f" of a kernel of {min(kernels)} x {min(kernels)}" if len(kernels) == 1 else ""
    head = f"Windows{of} on {size} x {size} pixels."
    words = titled(title, head, *(panel.words for panel in panels))
    return page(column([*rows, row(legend, GAP)], GAP), words, title)


@dataclass(frozen=True)
class _Panel:
    name: str
    size: int
    kernel: int
    stride: int
    padding: int
    dilation: int

    @property
    def side(self) -> int:
        """Cells of a side, padding included."""
        return self.size + 2 * self.padding

    @property
    def span(self) -> int:
        """Pixels from the first to the last that a window reads along a side."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def output(self) -> int:
        """Windows along a side."""
        return (self.side - self.span) // self.stride + 1

    def reads(self, window: int) -> list[int]:
        """The rows, or columns, that a window reads; what lies outside the input is padding."""
        return [window * self.stride - self.padding + index * self.dilation for index in range(self.kernel)]

    def inside(self, place: int) -> bool:
        """Whether a row, or a column, belongs to the input."""
        return 0 <= place < self.size

    @cached_property
    def unread(self) -> list[int]:
        """The rows, or columns, of the input that no window reads."""
        read = {place for window in range(self.output) for place in self.reads(window)}
        return [place for place in range(self.size) if place not in read]

    @property
    def marks(self) -> set[str]:
        """What is to be seen somewhere in the panel."""
        places = range(-self.padding, self.size + self.padding)
        return {mark for row in places for column in places for mark in self.kind(row, column)}

    def kind(self, row: int, column: int) -> frozenset[str]:
        """What is to be seen in a cell."""
        first, second = self.reads(0), self.reads(1) if self.output > 1 else []
        marks = {
            "padding": not (self.inside(row) and self.inside(column)),
            "first": row in first and column in first,
            "next": row in first and column in second,
            "unread": row in self.unread or column in self.unread,
        }
        return frozenset(mark for mark, seen in marks.items() if seen)

    @property
    def words(self) -> str:
        """What the panel shows."""
        first, unread = self.reads(0), self.unread
        said = f"{sentence(self.name)}: output {self.output} x {self.output}. "
        said += f"The first window reads row{'s' * (len(first) > 1)} and {_counted('column', first)}"
        if self.output > 1:
            said += f"; the next one {_counted('column', self.reads(1))}"
        zeros = self.kernel**2 - sum(map(self.inside, first)) ** 2
        if zeros:
            said += f". Padding in the first window: {zeros} of {self.kernel**2}"
        if unread:
            said += f". No window reads {_counted('row', unread)} or {_counted('column', unread)}"
        return f"{said}."


def _counted(noun: str, places: Sequence[int]) -> str:
    return f"{noun}{'s' * (len(places) > 1)} {', '.join(map(str, places))}"


def _panels(settings: Any, size: int, kernel: int) -> list[_Panel]:
    if isinstance(settings, str | Mapping) or not isinstance(settings, Sequence):
        raise TypeError("settings must be a list of names with numbers, one for each panel: [{'stride': 2}].")
    if not 1 <= len(settings) <= MOST_SETTINGS:
        raise ValueError(
            f"one picture shows 1 to {MOST_SETTINGS} settings, but {len(settings)} came. Show a part of them."
        )
    panels = []
    for given in settings:
        if not isinstance(given, Mapping):
            raise TypeError(f"a setting must be like {{'stride': 2}}, a name with a number, not {given!r}.")
        for name, value in given.items():
            if name not in LIMITS or name == "size":
                raise ValueError(f"no setting is called {name!r}; use kernel, stride, padding or dilation.")
            _checked(name, value)
        name = ", ".join(f"{key} {value}" for key, value in given.items()) or "stride 1"
        values = {"kernel": kernel, "stride": 1, "padding": 0, "dilation": 1} | dict(given)
        panel = _Panel(name, size, **values)
        if panel.output < 1:
            raise ValueError(
                f"{name}: the window covers {panel.span} pixels and does not fit into {panel.side}, padding "
                "included. Use a smaller kernel, more padding or a larger size."
            )
        panels.append(panel)
    return panels


def _checked(name: str, value: Any) -> int:
    least, most = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number, but is {value!r}.")
    if not least <= value <= most:
        raise ValueError(f"{name} must be from {least} to {most}, but is {value}.")
    return value


def _fit(panels: Sequence[_Panel]) -> tuple[int, int]:
    """How many panels stand in a row, and how many pixels a cell takes."""
    sides = [panel.side for panel in panels]
    for across in range(len(panels), 0, -1):
        most = max(sum(sides[start : start + across]) for start in range(0, len(sides), across))
        cell = (WIDTH - 2 * MARGIN - across * (EDGE + GAP)) // most
        if cell >= SMALLEST_CELL:
            break
    return across, min(max(cell, SMALLEST_CELL), LARGEST_CELL)


def _draw(panel: _Panel, cell: int) -> Block:
    """Draw the cells of a panel, padding included, the numbers of its rows and columns, and its name."""
    places = range(-panel.padding, panel.size + panel.padding)
    cells = [
        _cell(
            (column_ + panel.padding) * cell, (row_ + panel.padding) * cell, cell, panel.kind(row_, column_)
        )
        for row_ in places
        for column_ in places
    ]
    side = panel.side * cell
    block = counted(Block(side, side, "".join(cells)), panel.size, panel.size, inset=panel.padding * cell)
    lines = [
        line
        for words in (panel.name, f"output {panel.output} x {panel.output}")
        for line in wrap(words, side + GAP / 2, NAME)
    ]
    return named(block, lines)


def _entry(mark: str, words: str) -> Block:
    """Draw one sign of the legend, and what it means."""
    cell = SMALLEST_CELL
    svg = _cell(0, 0, cell, frozenset({mark})) + text(words, cell + 6, cell / 2, SMALL)
    return Block(cell + 6 + text_width(words, SMALL), cell, svg)


def _cell(x: float, y: float, cell: int, kind: frozenset[str]) -> str:
    fill = FILLS["padding" in kind, "first" in kind]
    drawn = rectangle(x + 1, y + 1, cell - 1, cell - 1, fill=fill, stroke=LINES)
    if "next" in kind:
        drawn += rectangle(x + 4.5, y + 4.5, cell - 8, cell - 8, stroke=NEXT, thick=2)
    sign = "0" if "padding" in kind else "×" if "unread" in kind else ""
    return drawn + text(sign, x + cell / 2, y + cell / 2, TINY, anchor="middle") if sign else drawn
