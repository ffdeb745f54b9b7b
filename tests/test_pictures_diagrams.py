"""Pictures that explain: a sliding kernel, a filter over channels, a network, confusions, frames."""

import numpy as np
import pytest
from page_reading import page_size, panels, pieces, texts

from coursekit import reference
from coursekit.pictures import show_channels, show_confusion, show_image, show_network, show_sliding
from coursekit.pictures.scale import Scale
from coursekit.pictures.words import range_words

RANDOM = np.random.default_rng(7)
IMAGE = np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
EMPTY = "#f2f2f2"


def drawn_in(picture, colour):
    """The rectangles of a picture with a fill or a line in a colour."""
    return [
        rect
        for rect in pieces(picture, "rect")
        if colour in (rect.attributes.get(k) for k in ("fill", "stroke"))
    ]


@pytest.mark.parametrize(("shape", "kernel"), [((8, 10), (4, 4)), ((12, 12), (3, 2)), ((2, 3), (2, 3))])
def test_each_step_of_a_sliding_kernel_gives_the_value_of_the_map(shape, kernel):
    image, weights = RANDOM.random(shape), RANDOM.integers(-2, 3, kernel)
    response = reference.cross_correlate2d(image, weights)
    steps = sorted({1, response.size // 2 + 1, response.size})
    picture = show_sliding(image, weights, steps=steps)
    for step in steps:
        row, column = divmod(step - 1, response.shape[1])
        value = f"{response[row, column] + 0.0:.2f}"
        window = f"rows {row} to {row + kernel[0] - 1} and columns {column} to {column + kernel[1] - 1}"
        assert f"Step {step}: {window} give {value}, at row {row}, column {column}" in picture.words
    assert len(drawn_in(picture, EMPTY)) == sum(response.size - step for step in steps)
    assert page_size(picture)[0] <= 800


def test_a_sliding_kernel_shows_its_window_and_the_map_so_far():
    picture = show_sliding(IMAGE, [[-1.0, 1.0]], steps=[3], title="Sliding")
    assert picture.words == (
        "Sliding. A kernel of 1 x 2 slides over 3 x 3 pixels and fills a map of 3 x 2. Step 3: rows 1 to 1 "
        "and columns 0 to 1 give 0, at row 1, column 0 of the map. Image: 0 1 1 / 0 0 1 / 0 0 0. "
        "Kernel: -1 1. Map after step 3: 1 0 / 0."
    )
    _, image, map_ = panels(picture)
    for frame, panel, (row, column, height, width) in zip(
        drawn_in(picture, "#ff9900"), (image, map_), [(1, 0, 1, 2), (1, 0, 1, 1)], strict=True
    ):
        cell = panel.width / panel.pixels.shape[1]
        place = frame.x - panel.x, frame.y - panel.y, frame.width, frame.height
        assert place == pytest.approx((column * cell, row * cell, width * cell, height * cell), abs=2)


def test_the_responses_of_a_filter_and_their_sum_are_on_one_scale():
    channels, kernels = RANDOM.normal(size=(3, 15, 12)), RANDOM.normal(size=(3, 3, 4))
    channels[1, 0, 0] = 99.0  # in one window only, so that a value of each lies far beyond the others
    picture = show_channels(channels, kernels, title="One filter")
    made = [reference.cross_correlate2d(*pair) for pair in zip(channels, kernels, strict=True)]
    scale = Scale.of_maps([np.stack(made), sum(made)])
    assert scale.beyond
    responses = panels(picture)[6:]  # after three channels and three kernels
    for panel, values in zip(responses, [*made, sum(made)], strict=True):
        np.testing.assert_array_equal(panel.pixels, scale.colours(values))
    assert {"red", "green", "blue", "(3, 3, 4)", "(1, 13, 9)"} <= set(texts(picture))
    assert picture.words.startswith("One filter. One filter (in, kh, kw) = (3, 3, 4) reads channels")
    assert f"one map (out, H', W') = (1, 13, 9): {range_words(sum(made))}." in picture.words


def test_the_boxes_of_a_network_follow_its_shapes():
    shapes = {
        "input": (3, 32, 32),
        "conv": (12, 28, 28),
        "pool": (12, 14, 14),
        "flat": (600,),
        "linear": (5,),
    }
    picture = show_network(shapes, title="Mine")
    _, *boxes = pieces(picture, "rect")  # the first is the white ground
    input_, conv, pool, flat, linear = boxes
    assert input_.height / conv.height == pytest.approx(32 / 28, rel=0.02)
    assert conv.height / pool.height == pytest.approx(2, rel=0.02)
    assert input_.width < linear.width < conv.width == pool.width < flat.width < 100
    assert [box.x for box in boxes] == sorted(box.x for box in boxes)
    assert {"conv", "12 x 28 x 28", "600"} <= set(texts(picture))
    assert texts(picture).count("→") == 4
    assert picture.words == (
        "Mine. A network: input 3 x 32 x 32, conv 12 x 28 x 28, pool 12 x 14 x 14, flat 600, linear 5. "
        "3072 numbers go in, 5 come out."
    )
    many = {f"block{n}_conv with a name of many words": (64 * n, 224, 112) for n in range(1, 21)}
    assert page_size(show_network(many))[0] <= 800


def test_confusions_are_named_by_how_often_they_happen():
    names = ["disc", "ring", "star", "box"]
    counts = [[90, 0, 7, 1], [16, 80, 0, 2], [0, 3, 99, 1], [0, 0, 0, 0]]
    picture = show_confusion(counts, names, title="Fresh")
    assert picture.words == (
        "Fresh. Confusion matrix of 299 answers, rows what it is, columns what it was named: "
        "90 0 7 1 / 16 80 0 2 / 0 3 99 1 / 0 0 0 0. 90 % are right. "
        "Most frequent confusions: ring named disc, 16, disc named star, 7, star named ring, 3."
    )
    (panel,) = panels(picture)
    red, _, blue = np.moveaxis(panel.pixels, 2, 0)
    assert ((blue > red) == (np.eye(4) * counts > 0)).all()
    assert ((red > blue) == (~np.eye(4, dtype=bool) * counts > 0)).all()
    right = show_confusion([[3, 0], [0, 4]], ["a", "b"]).words
    assert right.endswith("100 % are right.")


def test_frames_are_told_apart_by_colour_and_name():
    boxes, labels = [(2, 2, 5, 5), (2, 2, 13, 13), (20, 30, 4, 4)], ["layer 1", "layer 3", "elsewhere"]
    picture = show_image(np.full((40, 40), 0.5), boxes=boxes, labels=labels)
    assert set(labels) <= set(texts(picture))
    assert (
        "The orange frame, layer 1, marks rows 2 to 6, columns 2 to 6. The blue frame, layer 3,"
        in picture.words
    )
    orange, blue = drawn_in(picture, "#ff9900"), drawn_in(picture, "#56b4e9")
    assert len(orange) == len(blue) == 2  # in the image, and in the legend
    everything = pieces(picture, "rect")
    assert everything.index(blue[0]) < everything.index(orange[0]), "the smaller frame lies on top"
    unnamed = show_image(np.full((40, 40), 0.5), boxes=boxes).words
    assert "The blue frame marks rows 2 to 14, columns 2 to 14. The yellow frame marks" in unnamed
    assert "A frame marks" in show_image(np.full((40, 40), 0.5), boxes=boxes[:1]).words
