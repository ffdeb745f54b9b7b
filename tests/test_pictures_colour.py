"""Filters for colour images, drawn in colour."""

from __future__ import annotations

import numpy as np
import pytest
from page_reading import pixels, written

from coursekit.pictures import show_filters

GRAY = 127.5


@pytest.fixture
def weight():
    return np.random.default_rng(0).normal(size=(5, 3, 3, 3)).astype(np.float32)


def test_a_weight_of_one_channel_has_its_colour_and_zero_is_gray():
    weight = np.zeros((1, 3, 2, 2))
    weight[0, 0, 0, 0], weight[0, 2, 1, 1] = 1.0, -1.0  # full red, and blue taken away
    page = pixels(show_filters(weight, colour=True))
    found = {tuple(colour) for colour in page.reshape(-1, 3).tolist()}
    assert any(r > 250 and abs(g - GRAY) < 3 and abs(b - GRAY) < 3 for r, g, b in found)
    assert any(abs(r - GRAY) < 3 and abs(g - GRAY) < 3 and b < 5 for r, g, b in found)
    assert any(max(abs(v - GRAY) for v in colour) < 3 for colour in found)


def test_all_filters_share_one_scale():
    strong = np.zeros((2, 3, 2, 2))
    strong[0], strong[1] = 1.0, 0.1
    page = pixels(show_filters(strong, colour=True))
    found = {colour for colour in map(tuple, page.reshape(-1, 3).tolist()) if len(set(colour)) == 1}
    assert (255, 255, 255) in found  # the strong filter (and the page)
    assert any(abs(colour[0] - 1.1 * GRAY) < 3 for colour in found)  # a tenth of the way from gray to white


def test_words_give_number_size_range_and_the_strongest(weight):
    words = show_filters(weight, colour=True, title="Mine").words
    assert words.startswith("Mine. 5 filters for 3 channels, 3 x 3, in colour. Weights -")
    assert "gray is 0" in words
    assert words.count("sums red ") == 3


def test_a_strong_change_of_one_weight_changes_the_words(weight):
    before = show_filters(weight, colour=True).words
    weight[2, 1, 0, 0] = 9.0
    assert show_filters(weight, colour=True).words != before


def test_exchanged_channels_change_the_words(weight):
    assert show_filters(weight, colour=True).words != show_filters(weight[:, ::-1], colour=True).words


def test_few_filters_are_all_described_and_given_their_names(weight):
    words = show_filters(weight[:2], colour=True, titles=["sky", "grass"]).words
    assert "Sky: sums red" in words
    assert "Grass: sums red" in words


def test_the_input_is_not_changed(weight):
    copy = weight.copy()
    weight.flags.writeable = False
    show_filters(weight, colour=True).png()
    np.testing.assert_array_equal(weight, copy)


@pytest.mark.parametrize("shape", [(3, 3), (4, 3, 3), (4, 1, 3, 3), (4, 64, 3, 3)])
def test_other_filters_are_refused_with_what_to_do(shape):
    with pytest.raises(ValueError, match=r"\(out, 3, kh, kw\).*Leave colour out"):
        show_filters(np.ones(shape), colour=True)


def test_too_many_filters_and_missing_titles_are_refused(weight):
    with pytest.raises(ValueError, match="513 filters are too many"):
        show_filters(np.zeros((513, 3, 3, 3)), colour=True)
    with pytest.raises(ValueError, match="1 title came for 5 filters"):
        show_filters(weight, colour=True, titles=["one"])


def test_what_is_not_a_number_is_gray_and_named(weight):
    weight[0, 0, 0, 0] = np.nan
    assert "contains NaN" in show_filters(weight, colour=True).words


def test_titles_stand_above_the_filters(weight):
    names = [f"no {n}" for n in range(len(weight))]
    with written() as sheets:
        show_filters(weight, colour=True, titles=names)
        show_filters(weight, colour=True)
    assert [text.words for text in sheets[0].texts if text.words in names] == names
    assert not [text for text in sheets[1].texts if text.words.startswith("filter")]
