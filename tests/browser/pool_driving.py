"""Use the pooling explorer as a learner does, on any page that shows one, and compare its numbers."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
from driving import choose, click, control, found_at, line, number, picture, press, tap

from coursekit import images
from coursekit.explorers import PoolExplorer
from coursekit.reference import avg_pool2d, cross_correlate2d, max_pool2d, relu

OUTPUT = re.compile(
    r"Output row (\d+), column (\d+): the (largest|mean) of (\d+) values is (\S+) \(([^)]*)\)\."
)
INPUT = re.compile(r"Input row (\d+), column (\d+), value (\S+): (.*?)\.(?: |$)")
SHIFT = re.compile(r"The shift changed (\S+) % of the outputs and (\S+) % of the inputs(; [^.]*)?\.$")


def lesson_explorer():
    """The explorer of lesson 5."""
    return PoolExplorer(images.load_image("temple", mode="gray", max_side=320), max_side=64)


def settings(root):
    """What the controls say."""
    size = int(control(root, "Window").input_value())
    return SimpleNamespace(
        source=control(root, "Pool").input_value(),
        kind=control(root, "Keep").input_value(),
        size=size,
        stride=int(control(root, "Stride").input_value()) or size,
        ceil=control(root, "Ceil mode").is_checked(),
        down=int(control(root, "Shift down").input_value()),
        right=int(control(root, "Shift right").input_value()),
    )


def unshifted(explorer, chosen):
    """The photograph, or the map that a filter and ReLU make of it."""
    if chosen.source == "map":
        return relu(cross_correlate2d(explorer.image, explorer.kernel))
    return explorer.image


def pieces(explorer, chosen):
    """What is pooled, without the shift and with it."""
    whole = unshifted(explorer, chosen)
    height, width = whole.shape[0] - 3, whole.shape[1] - 3
    return [
        whole[down : down + height, right : right + width]
        for down, right in ((0, 0), (chosen.down, chosen.right))
    ]


def pooled(piece, chosen):
    rule = max_pool2d if chosen.kind == "max" else avg_pool2d
    return rule(piece, chosen.size, stride=chosen.stride, ceil_mode=chosen.ceil)


def window_shown(root, size):
    """The numbers in the table, NaN beyond the edge, and the place of the marked one."""
    cells = root.locator(".ck-numbers td")
    texts = cells.evaluate_all("cells => cells.map(cell => cell.textContent)")
    marks = cells.evaluate_all("cells => cells.map(cell => cell.classList.contains('ck-mark'))")
    numbers = np.array([np.nan if text == "–" else number(text) for text in texts]).reshape(size, size)
    return numbers, [divmod(at, size) for at, marked in enumerate(marks) if marked]


def assert_window(root, piece, output, chosen, row, column):
    """The table holds the window of an output; the mark stands on its winner."""
    size, stride = chosen.size, chosen.stride
    wanted = np.full((size, size), np.nan)
    window = piece[row * stride : row * stride + size, column * stride : column * stride + size]
    wanted[: window.shape[0], : window.shape[1]] = window
    numbers, marked = window_shown(root, size)
    np.testing.assert_allclose(numbers, wanted, atol=0.0051)
    note = root.locator(".ck-note").text_content()
    assert abs(number(note.split(": ")[1].split(" ")[0]) - output[row, column]) <= 0.00051
    if chosen.kind == "max":
        assert len(marked) == 1
        assert window[marked[0]] == window.max()
    else:
        assert marked == []
    return window


def assert_true(root, explorer):
    """Line, table and captions say what reference computes with what the controls say."""
    said, chosen = line(root), settings(root)
    rest, piece = pieces(explorer, chosen)
    output = pooled(piece, chosen)
    captions = root.locator(".ck-caption").all_text_contents()
    assert captions[0].startswith(f"Input {piece.shape[0]} × {piece.shape[1]}")
    name = {"max": "max", "avg": "average"}[chosen.kind]
    assert captions[1].startswith(f"After {name} pooling {output.shape[0]} × {output.shape[1]}")
    pointed_at_output = OUTPUT.match(said)
    if pointed_at_output:
        row, column = int(pointed_at_output[1]), int(pointed_at_output[2])
        assert pointed_at_output[3] == ("largest" if chosen.kind == "max" else "mean")
        window = assert_window(root, piece, output, chosen, row, column)
        assert int(pointed_at_output[4]) == window.size
        assert abs(number(pointed_at_output[5]) - output[row, column]) <= 0.00051
        assert ("hangs over the edge" in pointed_at_output[6]) == (window.shape != (chosen.size, chosen.size))
    else:
        row, column = assert_input(root, piece, output, chosen, INPUT.match(said))
    shifted = SHIFT.search(said)
    assert (shifted is not None) == bool(chosen.down or chosen.right)
    if shifted:
        noise = 1e-5 * unshifted(explorer, chosen).max()
        changed = np.abs(output - pooled(rest, chosen)) > noise
        assert abs(float(shifted[1]) - 100 * changed.mean()) <= 0.06
        assert abs(float(shifted[2]) - 100 * (np.abs(piece - rest) > noise).mean()) <= 0.06
        assert f": {changed.sum()} dots" in captions[1]
        whole_steps = chosen.down % chosen.stride == 0 and chosen.right % chosen.stride == 0
        assert (shifted[3] is not None) == whole_steps
    return row, column


def assert_input(root, piece, output, chosen, said):
    """What an input's outputs are, found by trying all of them."""
    row, column = int(said[1]), int(said[2])
    assert abs(number(said[3]) - piece[row, column]) <= 0.00051

    def along(index, count):
        starts = [(at, at * chosen.stride) for at in range(count)]
        return [at for at, start in starts if start <= index < start + chosen.size]

    rows, columns = along(row, output.shape[0]), along(column, output.shape[1])
    count = len(rows) * len(columns)
    if count == 0:
        assert said[4] == "no window reads it, so it is lost"
        return row, column
    outputs = f"output row {rows[0]}, column {columns[0]}" if count == 1 else f"{count} outputs"
    assert said[4].startswith(f"it belongs to {outputs}")
    assert_window(root, piece, output, chosen, rows[0], columns[0])
    if chosen.kind == "max" and (piece == piece[row, column]).sum() == 1:
        wins = sum(output[y, x] == np.float32(piece[row, column]) for y in rows for x in columns)
        assert said[4].endswith(f", and wins in {wins}")
    return row, column


def by_pointer(page, root, explorer):
    places = [(0, 0.3, 0.6), (1, 0.62, 0.21), (0, 0.45, 0.63), (1, 0.5, 0.4)]
    found = found_at(root, places, lambda: (line(root).split()[0], assert_true(root, explorer)))
    assert [word for word, _ in found] == ["Input", "Output"] * 2
    click(root, control(root, "Shift right"), 0.5, 0.35)
    assert settings(root).right == 1
    assert_true(root, explorer)
    choose(root, "Keep", "avg")
    assert_true(root, explorer)


def by_keys(page, root, explorer):
    picture(root, 1).focus()
    press(root, "Home", "ArrowDown")
    row, column = assert_true(root, explorer)
    press(root, "Shift+ArrowRight")
    assert assert_true(root, explorer) == (row, column + 10)
    control(root, "Stride").focus()
    press(root, "ArrowDown")
    assert settings(root).stride == 1
    assert_true(root, explorer)
    picture(root, 0).focus()
    press(root, "ArrowLeft")
    assert line(root).startswith("Input")
    assert_true(root, explorer)
    control(root, "Shift down").focus()
    press(root, "ArrowRight", "End")
    assert settings(root).down == 3
    assert_true(root, explorer)


def by_touch(page, root, explorer):
    places = [(1, 0.7, 0.3), (0, 0.25, 0.47)]
    found_at(root, places, lambda: assert_true(root, explorer), finger=True)
    choose(root, "Window", "3")
    assert_true(root, explorer)
    tap(root, control(root, "Shift down"), 0.5, 0.6)
    assert settings(root).down == 2
    assert_true(root, explorer)
