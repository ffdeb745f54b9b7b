"""A picture of the pixels that a kernel reads, for different strides, paddings and dilations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from coursekit.pictures import layout
from coursekit.pictures.arrays import whole_number
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
    panels = _panels(settings, size, kernel)
    across, cell = _fit(panels)
    drawn = [_draw(panel, cell) for panel in panels]
    seen = {mark for panel in panels for kind in panel.kinds.values() for mark in kind}
    legend = [_entry(mark, words) for mark, words in LEGEND.items() if mark in seen]
    kernels = {panel.kernel for panel in panels}
    of = f" of a kernel of {min(kernels)} x {min(kernels)}" if len(kernels) == 1 else ""
    head = f"Windows{of} on {size} x {size} pixels."
    whole = layout.column([layout.rows(drawn, across, GAP), layout.row(legend, GAP)], GAP)
    return layout.page(whole, titled(title, head, *(panel.words for panel in panels)), title)


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

    def reads(self, window: int) -> range:
        """The rows, or columns, that a window reads; what lies outside the input is padding."""
        first = window * self.stride - self.padding
        return range(first, first + self.span, self.dilation) if window < self.output else range(0)

    @property
    def unread(self) -> list[int]:
        """The rows, or columns, of the input that no window reads."""
        return [n for n in range(self.size) if not any(n in self.reads(k) for k in range(self.output))]

    @cached_property
    def kinds(self) -> dict[tuple[int, int], set[str]]:
        """What is to be seen in each cell, by its row and column."""
        first, second, inside, unread = self.reads(0), self.reads(1), range(self.size), self.unread
        found = {}
        for row, column in product(range(-self.padding, self.size + self.padding), repeat=2):
            marks = {
                "padding": row not in inside or column not in inside,
                "first": row in first and column in first,
                "next": row in first and column in second,
                "unread": row in unread or column in unread,
            }
            found[row, column] = {mark for mark, is_seen in marks.items() if is_seen}
        return found

    @property
    def words(self) -> str:
        """What the panel shows."""
        first, unread = self.reads(0), self.unread
        said = f"{sentence(self.name)}: output {self.output} x {self.output}. "
        said += f"The first window reads row{'s' * (len(first) > 1)} and {_listed('column', first)}"
        if self.output > 1:
            said += f"; the next one {_listed('column', self.reads(1))}"
        zeros = self.kernel**2 - sum(n in range(self.size) for n in first) ** 2
        if zeros:
            said += f". Padding in the first window: {zeros} of {self.kernel**2}"
        if unread:
            said += f". No window reads {_listed('row', unread)} or {_listed('column', unread)}"
        return f"{said}."


def _listed(noun: str, places: Sequence[int]) -> str:
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
        values = {"kernel": kernel, "stride": 1, "padding": 0, "dilation": 1}
        for name in given:
            if name not in values:
                raise ValueError(f"no setting is called {name!r}; use kernel, stride, padding or dilation.")
        values |= {"size": size, **given}
        for name, value in values.items():
            whole_number(value, name, *LIMITS[name])
        name = ", ".join(f"{key} {value}" for key, value in given.items()) or "stride 1"
        panel = _Panel(name, **values)
        if panel.output < 1:
            raise ValueError(
                f"{name}: the window covers {panel.span} pixels and does not fit into {panel.side}, padding "
                "included. Use a smaller kernel, more padding or a larger size."
            )
        panels.append(panel)
    return panels


def _fit(panels: Sequence[_Panel]) -> tuple[int, int]:
    """How many panels stand in a row, and how many pixels a cell takes."""
    sides = [panel.side for panel in panels]
    for across in range(len(panels), 0, -1):
        most = max(sum(sides[start : start + across]) for start in range(0, len(sides), across))
        cell = (layout.WIDTH - 2 * layout.MARGIN - across * (EDGE + GAP)) // most
        if cell >= SMALLEST_CELL:
            break
    return across, min(max(cell, SMALLEST_CELL), LARGEST_CELL)


def _draw(panel: _Panel, cell: int) -> Block:
    """Draw the cells of a panel, padding included, the numbers of its rows and columns, and its name."""
    side, inset = panel.side * cell, panel.padding * cell
    svg = "".join(
        _cell(x * cell + inset, y * cell + inset, cell, kind) for (y, x), kind in panel.kinds.items()
    )
    block = layout.counted(Block(side, side, svg), panel.size, panel.size, inset=inset)
    said = panel.name, f"output {panel.output} x {panel.output}"
    return layout.named(block, [line for words in said for line in wrap(words, side + GAP / 2, layout.NAME)])


def _entry(mark: str, words: str) -> Block:
    """Draw one sign of the legend, and what it means."""
    cell = SMALLEST_CELL
    svg = _cell(0, 0, cell, {mark}) + text(words, cell + 6, cell / 2, layout.SMALL)
    return Block(cell + 6 + text_width(words, layout.SMALL), cell, svg)


def _cell(x: float, y: float, cell: int, kind: set[str]) -> str:
    fill = FILLS["padding" in kind, "first" in kind]
    drawn = rectangle(x + 1, y + 1, cell - 1, cell - 1, LINES, fill=fill)
    if "next" in kind:
        drawn += rectangle(x + 4.5, y + 4.5, cell - 8, cell - 8, NEXT, thick=2)
    sign = "0" if "padding" in kind else "×" if "unread" in kind else ""
    return drawn + text(sign, x + cell / 2, y + cell / 2, layout.TINY, anchor="middle") if sign else drawn
