"""A diagram of one filter over several channels: a kernel and a response for each, and their sum."""

from collections.abc import Sequence
from typing import Any

from coursekit.errors import WrongValueError
from coursekit.pictures import layout, words
from coursekit.pictures.arrays import as_array, responses_of
from coursekit.pictures.picture import Picture
from coursekit.pictures.scale import Scale
from coursekit.pictures.svg import INK, Block, text, text_width

MOST, MOST_WEIGHTS = 4, 7  # channels; rows or columns of a kernel
WIDE, TALL, SUM = 146, 160, 52  # pixels: a map, and what leads from the responses to their sum
SIGN = 24  # pixels between panels
NOTE = "A conv layer has one such filter for each of its maps: weight (out, in, kh, kw). Here out is 1."


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
        raise WrongValueError(
            "channels must be (in, H, W) and kernels (in, kh, kw), a kernel for each channel, but got "
            f"{planes.shape} and {weights.shape}. Of a conv layer's weight, choose one filter: weight[0]."
        )
    count, *size = weights.shape
    if count > MOST or max(size) > MOST_WEIGHTS:
        raise WrongValueError(
            f"one picture can show up to {MOST} channels with kernels up to {MOST_WEIGHTS} x {MOST_WEIGHTS}, "
            f"but got {weights.shape}. Show some of them."
        )
    labels = words.panel_names(names, count, "channel")
    responses = responses_of(planes, weights)
    whole = responses.sum(axis=0, keepdims=True)
    read, bank, scale = Scale.of_patch(planes), Scale.of([weights]), Scale.of_maps([responses, whole])
    texts = words.tables(weights)
    cell = max(min(26, TALL // max(size)), *map(layout.cell_size, texts))
    before, after = (layout.fitted(stack.shape[1:], WIDE, TALL) for stack in (planes, whole))
    inputs = [layout.map_panel(one, read, *before) for one in planes]
    kernel = [layout.table_panel(one, bank, own, cell) for one, own in zip(weights, texts, strict=True)]
    made = [layout.map_panel(one, scale, *after) for one in (*responses, *whole)]
    high = max(inputs[0].height, kernel[0].height, made[0].height)
    arrows = [Block(SIGN, SIGN, text("→", SIGN / 2, SIGN / 2, 18, anchor="middle"))] * count
    columns = [
        _column(inputs, high, labels, ["input", "(in, H, W) =", str(planes.shape)]),
        _column(arrows, high),
        _column(kernel, high, ["kh x kw"] * count, ["one filter", "(in, kh, kw) =", str(weights.shape)]),
        _column(arrows, high),
        _column(made[:-1], high, (), ["responses", "(in, H', W') =", str(responses.shape)]),
    ]
    tall = columns[0].height - columns[0].head
    columns.append(_adding(count, high, tall))
    columns.append(_column(made[-1:], tall, (), ["their sum, one map", "(out, H', W') =", str(whole.shape)]))
    kernels_said = (
        f"{words.sentence(name)}: kernel {words.slashed(own)}, response {words.range_words(one)}."
        for name, own, one in zip(labels, texts, responses, strict=True)
    )
    said = words.titled(
        title,
        f"One filter (in, kh, kw) = {weights.shape} reads channels (in, H, W) = {planes.shape}.",
        *kernels_said,
        f"The responses add up to one map (out, H', W') = {whole.shape}: {words.range_words(whole)}.",
        f"Responses and map are on one scale {scale.words}.",
    )
    return layout.page(layout.with_bar(layout.row(columns), scale), said, title, NOTE)


def _column(
    panels: Sequence[Block], high: float, labels: Sequence[str] = (), heads: Sequence[str] = ("", "", "")
) -> Block:
    """Draw panels below each other, each in the middle of a height and with a label, and heads above all."""
    cells = [
        layout.named(Block(one.width, high, one.at(0, (high - one.height) / 2)), [label], size=layout.SMALL)
        for one, label in zip(panels, labels or [""] * len(panels), strict=True)
    ]
    wide = max(text_width(line, layout.SMALL) for line in (*heads, *labels))
    return layout.named(layout.column(cells), heads, size=layout.SMALL, width=wide)


def _adding(count: int, high: float, tall: float) -> Block:
    """Draw the lines that lead from the responses over a plus to the sum."""
    between, middle = (tall - high) / max(count - 1, 1), tall / 2
    lines = "".join(f"M2 {high / 2 + n * between:.1f}H14" for n in range(count))
    lines += f"M14 {high / 2:.1f}V{tall - high / 2:.1f}M14 {middle:.1f}h{SUM - 18}m-7 -5l7 5l-7 5"
    svg = f"<path d='{lines}' fill='none' stroke='{INK}'/>"
    svg += f"<circle cx='14' cy='{middle:.1f}' r='9' fill='white' stroke='{INK}'/>"
    return Block(SUM, tall, svg + text("+", 14, middle, 16, anchor="middle"))
