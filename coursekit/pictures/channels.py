"""A diagram of one filter over several channels: a kernel and a response for each, and their sum."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from coursekit.pictures import layout, words
from coursekit.pictures.arrays import as_array
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale
from coursekit.pictures.svg import INK, Block, text, text_width

MOST, MOST_WEIGHTS = 4, 7  # channels; rows or columns of a kernel
WIDE, TALL, SUM = 146, 160, 52  # pixels: a map, and what leads from the responses to their sum
SIGN = 24  # pixels between panels


def show_channels(
    channels: Any, kernels: Any, *, names: Sequence[str] = ("red", "green", "blue"), title: str = ""
) -> Picture:
    """Show one filter over several channels: each channel, its kernel, its response, and the sum, one map.

    Args:
        channels: `(in, H, W)` what the filter reads, up to four channels.
        kernels: `(in, kh, kw)` the filter, a kernel for each channel, up to 7 x 7. It is not flipped.
        names: One name for each channel; an empty list counts them from 1.
        title: A line above the picture.

    Returns:
        A picture labelled with the axes; its words give every weight, and the range of each response and of
        the map. Responses and map have one scale.

    Raises:
        TypeError: These are not real numbers.
        ValueError: The shapes do not belong together or are too large, or the number of names differs.

    >>> import numpy as np
    >>> show_channels(np.ones((2, 2, 2)), [[[1.0, 1.0]], [[-2.0, 1.0]]], names=["a", "b"])
    One filter (in, kh, kw) = (2, 1, 2) reads channels (in, H, W) = (2, 2, 2). A: kernel 1 1, response 2 \
everywhere. B: kernel -2 1, response -1 everywhere. The responses add up to one map (out, H', W') = \
(1, 2, 1): 1 everywhere. Responses and map are on one scale from blue (-2) through \
white (0) to red (2).
    """
    planes, weights = as_array(channels, "the channels"), as_array(kernels, "the kernels")
    if planes.ndim != 3 or weights.ndim != 3 or len(weights) != len(planes):
        raise ValueError(
            "channels must be (in, H, W) and kernels (in, kh, kw), a kernel for each channel, but they have "
            f"{planes.shape} and {weights.shape}. Of a conv layer's weight, choose one filter: weight[0]."
        )
    count, *size = weights.shape
    if count > MOST or max(size) > MOST_WEIGHTS or any(np.array(size) > planes.shape[1:]):
        raise ValueError(
            f"one picture holds up to {MOST} channels, and kernels up to {MOST_WEIGHTS} x {MOST_WEIGHTS} "
            f"that fit into them, but the shapes are {planes.shape} and {weights.shape}. Show a part of them."
        )
    labels = words.panel_names(names, count, "channel")
    windows = np.lib.stride_tricks.sliding_window_view(planes, tuple(size), axis=(1, 2))
    responses = np.einsum("chwij,cij->chw", windows, weights)
    whole = responses.sum(axis=0)
    read, bank, scale = Scale.of_patch(planes), Scale.of([weights]), Scale.of_maps([responses, whole])
    tables = words.tables(weights)
    cell = max(min(26, TALL // max(size)), *map(layout.cell_size, tables))
    inputs = [layout.map_panel(one, read, *layout.fitted(one.shape, WIDE, TALL)) for one in planes]
    made = [
        layout.map_panel(one, scale, *layout.fitted(one.shape, WIDE, TALL)) for one in (*responses, whole)
    ]
    filter_ = [
        layout.map_panel(one, bank, size[0] * cell, size[1] * cell).plus(
            layout.numbers(table, bank.colours(one), cell)
        )
        for one, table in zip(weights, tables, strict=True)
    ]
    high = max(inputs[0].height, filter_[0].height, made[0].height)
    # (a list of panels, the label above each, what stands above all)
    columns = [
        _column(high, inputs, labels, "input", "in, H, W", planes.shape),
        _column(high, [_sign()] * count),
        _column(high, filter_, ["kh x kw"] * count, "one filter", "in, kh, kw", weights.shape),
        _column(high, [_sign()] * count),
        _column(high, made[:-1], (), "responses", "in, H', W'", responses.shape),
    ]
    step = (columns[0].height - columns[0].head + layout.GAP - high) / max(count - 1, 1) if count > 1 else 0
    tall = columns[0].height - columns[0].head
    end = _column(tall, made[-1:], (), "their sum, one map", "out, H', W'", (1, *whole.shape))
    drawn = layout.with_bar(layout.row([*columns, _adding(count, high, step, tall), end]), scale)
    note = "A conv layer has one such filter for each of its maps: weight (out, in, kh, kw). Here out is 1."
    parts = zip(labels, tables, responses, strict=True)
    said = words.titled(
        title,
        f"One filter (in, kh, kw) = {weights.shape} reads channels (in, H, W) = {planes.shape}.",
        *(
            f"{words.sentence(name)}: kernel {words.slashed(table)}, response {words.range_words(one)}."
            for name, table, one in parts
        ),
        f"The responses add up to one map (out, H', W') = {(1, *whole.shape)}: {words.range_words(whole)}.",
        f"Responses and map are on one scale {scale.words}.",
    )
    return layout.page(drawn, said, title, note)


def _column(
    high: float,
    panels: Sequence[Block],
    labels: Sequence[str] = (),
    name: str = "",
    axes: str = "",
    shape: Any = "",
) -> Block:
    """Draw panels below each other, each in the middle of a height, below the name and the axes of all."""
    cells = [
        layout.named(Block(one.width, high, one.at(0, (high - one.height) / 2)), [label], size=layout.SMALL)
        for one, label in zip(panels, labels or [""] * len(panels), strict=True)
    ]
    lines = [name, f"({axes}) =" if axes else "", str(shape)]
    wide = max(text_width(line, layout.SMALL) for line in lines)
    return layout.named(layout.column(cells), lines, size=layout.SMALL, width=wide)


def _sign() -> Block:
    return Block(SIGN, SIGN, text("→", SIGN / 2, SIGN / 2, 18, anchor="middle"))


def _adding(count: int, high: float, step: float, tall: float) -> Block:
    """Draw the lines that lead from the responses over a plus to the sum."""
    ends = [high / 2 + n * step for n in range(count)]
    middle = tall / 2
    lines = (
        "".join(f"M2 {y:.1f}H14" for y in ends)
        + f"M14 {ends[0]:.1f}V{ends[-1]:.1f}M14 {middle:.1f}H{SUM - 4}"
    )
    head = f"M{SUM - 10} {middle - 5:.1f}L{SUM - 2} {middle:.1f}L{SUM - 10} {middle + 5:.1f}"
    svg = f"<path d='{lines}{head}' fill='none' stroke='{INK}' stroke-width='1.5'/>"
    svg += f"<circle cx='14' cy='{middle:.1f}' r='9' fill='white' stroke='{INK}' stroke-width='1.5'/>"
    return Block(SUM, tall, svg + text("+", 14, middle, 16, anchor="middle"))
