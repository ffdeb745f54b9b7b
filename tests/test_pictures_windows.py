"""The windows that a kernel reads: what the picture marks and says agrees with what a layer computes."""

from __future__ import annotations

import numpy as np
import pytest
from page_reading import pieces, texts

from coursekit import reference
from coursekit.pictures import show_windows

FOUR = [{"stride": 1}, {"stride": 2}, {"padding": 1}, {"dilation": 2}]
FIRST, FIRST_IN_PADDING, PADDING, NEXT = "#a6cef0", "#7ea6c8", "#d8d6d0", "#be4600"


def colours(picture):
    """How many cells, the legend's among them, have each colour."""
    rects = pieces(picture, "rect")
    return [
        sum(colour in (rect.attributes["fill"], rect.attributes.get("stroke")) for rect in rects)
        for colour in (FIRST, FIRST_IN_PADDING, PADDING, NEXT)
    ]


def test_the_words_of_four_settings():
    assert show_windows(FOUR).words == (
        "Windows of a kernel of 3 x 3 on 8 x 8 pixels. "
        "Stride 1: output 6 x 6. "
        "The first window reads rows and columns 0, 1, 2; the next one columns 1, 2, 3. "
        "Stride 2: output 3 x 3. "
        "The first window reads rows and columns 0, 1, 2; the next one columns 2, 3, 4. "
        "No window reads row 7 or column 7. "
        "Padding 1: output 8 x 8. "
        "The first window reads rows and columns -1, 0, 1; the next one columns 0, 1, 2. "
        "Padding in the first window: 5 of 9. "
        "Dilation 2: output 4 x 4. "
        "The first window reads rows and columns 0, 2, 4; the next one columns 1, 3, 5."
    )


@pytest.mark.parametrize("kernel", [1, 3, 4])
@pytest.mark.parametrize("stride", [1, 2, 5])
@pytest.mark.parametrize("padding", [0, 1, 3])
@pytest.mark.parametrize("dilation", [1, 2])
def test_output_and_first_window_are_those_of_the_layer(kernel, stride, padding, dilation):
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    words = show_windows([settings], size=9, kernel=kernel).words
    side = reference.output_size(9, kernel, **settings)
    assert f"output {side} x {side}." in words
    # A layer whose weights are all 1 counts, in its first value, the pixels that are no padding.
    inside = reference.cross_correlate2d(np.ones((9, 9)), np.ones((kernel, kernel)), **settings)[0, 0]
    zeros = kernel**2 - round(inside)
    said = f"Padding in the first window: {zeros} of {kernel**2}."
    assert (said in words) == (zeros > 0)


@pytest.mark.parametrize(
    ("stride", "size", "unread"), [(5, 11, [4, 9, 10]), (4, 9, [8]), (2, 8, []), (1, 8, [])]
)
def test_what_no_window_reads_changes_no_value(stride, size, unread):
    words = show_windows([{"stride": stride}], size=size, kernel=4).words
    for row in range(size):
        image = (np.arange(size) == row)[:, None] * np.ones((1, size))
        is_read = reference.cross_correlate2d(image, np.ones((4, 4)), stride=stride).any()
        assert is_read == (row not in unread)
    rows = f"row{'s' * (len(unread) > 1)} {', '.join(map(str, unread))}"
    said = f"No window reads {rows} or {rows.replace('row', 'column')}."
    assert (said in words) == bool(unread)


def test_each_window_is_drawn_cell_by_cell_and_only_what_is_there():
    plain, padded, alone = (
        show_windows(settings, size=4, kernel=kernel)
        for settings, kernel in (([{}], 3), ([{"padding": 1}], 3), ([{}], 4))
    )
    assert colours(plain) == [9 + 1, 0, 0, 9 + 1]
    assert colours(padded) == [4 + 1, 5, 6 * 6 - 4 * 4 - 5 + 1, 9 + 1]
    assert colours(alone) == [16 + 1, 0, 0, 0]
    assert "next" not in alone.words
    assert alone.words.startswith("Windows of a kernel of 4 x 4 on 4 x 4 pixels. Stride 1: output 1 x 1.")
    unread = show_windows([{"stride": 2}], size=4)  # row 3 and column 3
    assert texts(unread).count("×") == 7 + 1


def test_settings_may_bring_their_own_kernel():
    words = show_windows([{"kernel": 4, "stride": 2}, {"kernel": 2}], title="Two kernels").words
    assert words.startswith("Two kernels. Windows on 8 x 8 pixels. Kernel 4, stride 2: output 3 x 3.")
    assert "Kernel 2: output 7 x 7." in words
