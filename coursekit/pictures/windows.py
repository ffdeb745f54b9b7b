"""A picture of the pixels that a kernel reads, for different strides, paddings and dilations."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from coursekit.errors import WrongTypeError, WrongValueError
from coursekit.pictures import layout
from coursekit.pictures.arrays import whole_number
from coursekit.pictures.picture import Picture
from coursekit.pictures.svg import Block, rectangle, text, text_width, wrap
from coursekit.pictures.words import listed, sentence, titled

LIMITS = {"kernel": (1, 16), "stride": (1, 16), "padding": (0, 8), "dilation": (1, 16), "size": (1, 16)}
MOST_SETTINGS, GAP, CELL = 8, 14, 18  # the latter in pixels: between panels, and the side of a cell
LEGEND = {"first": "first window", "next": "next window", "padding": "padding", "unread": "read by no window"}
LINES, NEXT = "#969696", "#be4600"
BARE, PADDING, FIRST, FIRST_PADDING = "#ffffff", "#d8d6d0", "#a6cef0", "#7ea6c8"


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
    if isinstance(settings, str | Mapping) or not isinstance(settings, Sequence):
        raise WrongTypeError(
            "settings must be a list of names with numbers, one for each panel: [{'stride': 2}]."
        )
    if not 1 <= len(settings) <= MOST_SETTINGS:
        raise WrongValueError(f"one picture can show 1 to {MOST_SETTINGS} settings, but got {len(settings)}.")
    panels = [_Panel(given, size, kernel) for given in settings]
    drawn = [_draw(panel) for panel in panels]
    seen = {mark for panel in panels for kind in panel.kinds.values() for mark in kind}
    legend = [_entry(mark, words) for mark, words in LEGEND.items() if mark in seen]
    kernels = {panel.kernel for panel in panels}
    of = f" of a kernel of {min(kernels)} x {min(kernels)}" if len(kernels) == 1 else ""
    words = titled(title, f"Windows{of} on {size} x {size} pixels.", *(panel.words() for panel in panels))
    whole = layout.column([layout.fitting(drawn, GAP), layout.row(legend, GAP)], GAP)
    return layout.page(whole, words, title)


class _Panel:
    """One setting, checked. Rows and columns are alike; those outside the input are padding."""

    def __init__(self, given: Any, size: int, kernel: int) -> None:
        if not isinstance(given, Mapping):
            raise WrongTypeError(
                f"a setting must be a name with a number, like {{'stride': 2}}, but got {given!r}."
            )
        values = {"kernel": kernel, "stride": 1, "padding": 0, "dilation": 1}
        for name in given:
            if name not in values:
                raise WrongValueError(
                    f"no setting is called {name!r}; use kernel, stride, padding or dilation."
                )
        values |= {"size": size, **given}
        for name, value in values.items():
            whole_number(value, name, *LIMITS[name])
        self.name = ", ".join(f"{key} {value}" for key, value in given.items()) or "stride 1"
        self.size, self.kernel, self.padding = size, values["kernel"], values["padding"]
        self.side = size + 2 * self.padding
        span = values["dilation"] * (self.kernel - 1) + 1
        starts = range(-self.padding, size + self.padding - span + 1, values["stride"])
        self.windows = [range(start, start + span, values["dilation"]) for start in starts]
        if not self.windows:
            raise WrongValueError(
                f"{self.name}: a window spans {span} pixels, but there are only {self.side}, "
                "padding included. Use a smaller kernel, more padding or a larger size."
            )
        self.unread = [n for n in range(size) if not any(n in window for window in self.windows)]
        self.kinds = self._kinds()

    def _kinds(self) -> dict[tuple[int, int], set[str]]:
        """What is to be seen in each cell, by its row and column."""
        first, second, *_ = *self.windows, range(0)
        inside, found = range(self.size), {}
        for row, column in product(range(-self.padding, self.size + self.padding), repeat=2):
            marks = {
                "padding": row not in inside or column not in inside,
                "first": row in first and column in first,
                "next": row in first and column in second,
                "unread": row in self.unread or column in self.unread,
            }
            found[row, column] = {mark for mark, is_seen in marks.items() if is_seen}
        return found

    def words(self) -> str:
        """What the panel shows."""
        first, count = self.windows[0], len(self.windows)
        said = f"{sentence(self.name)}: output {count} x {count}. "
        said += f"The first window reads row{'s' * (len(first) > 1)} and {listed('column', first)}"
        if count > 1:
            said += f"; the next one {listed('column', self.windows[1])}"
        if zeros := self.kernel**2 - sum(n in range(self.size) for n in first) ** 2:
            said += f". Padding in the first window: {zeros} of {self.kernel**2}"
        if self.unread:
            said += f". No window reads {listed('row', self.unread)} or {listed('column', self.unread)}"
        return f"{said}."


def _draw(panel: _Panel) -> Block:
    """Draw the cells of a panel, padding included, the numbers of its rows and columns, and its name."""
    side, inset = panel.side * CELL, panel.padding * CELL
    kinds = panel.kinds.items()
    svg = "".join(_cell(x * CELL + inset, y * CELL + inset, kind) for (y, x), kind in kinds)
    block = layout.counted(Block(side, side, svg), panel.size, panel.size, inset=inset)
    said = panel.name, f"output {len(panel.windows)} x {len(panel.windows)}"
    return layout.named(block, [line for words in said for line in wrap(words, side + GAP / 2, layout.NAME)])


def _entry(mark: str, words: str) -> Block:
    """Draw one sign of the legend, and what it means."""
    svg = _cell(0, 0, {mark}) + text(words, CELL + 6, CELL / 2, layout.SMALL)
    return Block(CELL + 6 + text_width(words, layout.SMALL), CELL, svg)


def _cell(x: float, y: float, kind: set[str]) -> str:
    bare, first = (PADDING, FIRST_PADDING) if "padding" in kind else (BARE, FIRST)
    drawn = rectangle(x + 1, y + 1, CELL - 1, CELL - 1, LINES, fill=first if "first" in kind else bare)
    if "next" in kind:
        drawn += rectangle(x + 4.5, y + 4.5, CELL - 8, CELL - 8, NEXT, thick=2)
    sign = "0" if "padding" in kind else "×" if "unread" in kind else ""
    return drawn + text(sign, x + CELL / 2, y + CELL / 2, layout.TINY, anchor="middle") if sign else drawn
