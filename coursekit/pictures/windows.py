"""A picture of the pixels that a kernel reads, for different strides, paddings and dilations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any

from coursekit.pictures.fonts import text_width
from coursekit.pictures.lettering import LINE, WIDTH, Heading, wrap
from coursekit.pictures.map_words import sentence
from coursekit.pictures.picture import Picture
from coursekit.pictures.sheet import FAINT, Sheet
from coursekit.pictures.words import titled

__all__ = ["show_windows"]

LIMITS = {"kernel": (1, 16), "stride": (1, 16), "padding": (0, 8), "dilation": (1, 16), "size": (1, 16)}
MOST_SETTINGS = 8
LEFT, GAP = 8, 18
NUMBERS = 16  # pixels beside and above the cells, for the numbers of rows and columns
SMALLEST_CELL, LARGEST_CELL = 16, 24
INSET = 3  # pixels between the border of a cell and the frame that marks the next window
LABEL = 10  # points

LEGEND = {"first": "first window", "next": "next window", "padding": "padding", "unread": "read by no window"}
LINES = (150, 150, 150)
PIXEL = (255, 255, 255)
PADDING = (216, 214, 208)
FIRST = (166, 206, 240)
FIRST_PADDING = (126, 166, 200)
NEXT = (190, 70, 0)


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
    rows = [panels[start : start + across] for start in range(0, len(panels), across)]
    labels = [[_label(panel, cell) for panel in row] for row in rows]
    label = LINE * max(len(lines) for row in labels for lines in row)
    seen = {mark for panel in panels for mark in panel.marks}
    legend = {mark: text for mark, text in LEGEND.items() if mark in seen}
    broad = max(sum(_pitch(panel, cell) for panel in row) for row in rows)
    heading = Heading.fit(title, LEFT + max(broad, NUMBERS + sum(map(_entry_width, legend.values()))))
    most = max(panel.padding for panel in panels)
    tall = label + NUMBERS + (size + 2 * most) * cell + GAP
    top = LEFT + heading.height
    bottom = top + tall * len(rows)
    sheet = Sheet(heading.width, bottom + SMALLEST_CELL + LEFT)
    sheet.heading(heading, LEFT)
    for line, row in enumerate(rows):
        x, y = LEFT + NUMBERS, top + line * tall
        for panel, lines in zip(row, labels[line], strict=True):
            for index, text in enumerate(lines):
                sheet.text(text, x, y + LINE * index + 10, size=LABEL)
            _draw(sheet, panel, x, y + label + NUMBERS + (most - panel.padding) * cell, cell)
            x += _pitch(panel, cell)
    x = LEFT + NUMBERS
    for mark, text in legend.items():
        _cell(sheet, x, bottom, SMALLEST_CELL, frozenset({mark}))
        sheet.text(text, x + SMALLEST_CELL + 6, bottom + SMALLEST_CELL / 2, size=9)
        x += _entry_width(text)
    kernels = {panel.kernel for panel in panels}
    of = f" of a kernel of {min(kernels)} x {min(kernels)}" if len(kernels) == 1 else ""
    head = f"Windows{of} on {size} x {size} pixels."
    return sheet.picture(titled(title, head, *(panel.words for panel in panels)))


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
        cell = (WIDTH - LEFT - across * (NUMBERS + GAP)) // most
        if cell >= SMALLEST_CELL:
            break
    return across, min(max(cell, SMALLEST_CELL), LARGEST_CELL)


def _label(panel: _Panel, cell: int) -> list[str]:
    room = panel.side * cell + GAP / 2
    return [*wrap(panel.name, room, LABEL), *wrap(f"output {panel.output} x {panel.output}", room, LABEL)]


def _pitch(panel: _Panel, cell: int) -> int:
    return panel.side * cell + NUMBERS + GAP


def _entry_width(text: str) -> int:
    return SMALLEST_CELL + 6 + ceil(text_width(text, 9)) + GAP


def _draw(sheet: Sheet, panel: _Panel, x: int, y: int, cell: int) -> None:
    """Draw the cells of a panel, padding included, and the numbers of its rows and columns."""
    for row in range(-panel.padding, panel.size + panel.padding):
        for column in range(-panel.padding, panel.size + panel.padding):
            left, top = x + (column + panel.padding) * cell, y + (row + panel.padding) * cell
            _cell(sheet, left, top, cell, panel.kind(row, column))
    for place in range(panel.size):
        middle = (place + panel.padding + 0.5) * cell
        sheet.text(str(place), x + middle, y - 8, size=8, colour=FAINT, align="centre")
        sheet.text(str(place), x - 4, y + middle, size=8, colour=FAINT, align="right")


def _cell(sheet: Sheet, x: int, y: int, cell: int, kind: frozenset[str]) -> None:
    fills = {(False, False): PIXEL, (True, False): PADDING, (False, True): FIRST, (True, True): FIRST_PADDING}
    sheet.page[y : y + cell + 1, x : x + cell + 1] = LINES
    sheet.page[y + 1 : y + cell, x + 1 : x + cell] = fills["padding" in kind, "first" in kind]
    if "next" in kind:
        for inset in (INSET, INSET + 1):
            sheet.box(x + inset, y + inset, x + cell - inset, y + cell - inset, NEXT, 0)
    sign = "0" if "padding" in kind else "×" if "unread" in kind else ""
    if sign:
        sheet.text(sign, x + cell / 2 + 0.5, y + cell / 2 + 0.5, size=8, align="centre")
