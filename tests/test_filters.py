import numpy as np
import pytest
import torch

from coursekit import filters


def test_the_bank_of_the_lessons_is_base_negative_transpose_and_its_negative():
    bank = filters.edge_bank()
    right, down = [[-1, -1, 1, 1]] * 4, [[-1] * 4, [-1] * 4, [1] * 4, [1] * 4]
    np.testing.assert_array_equal(bank, [right, np.negative(right), down, np.negative(down)])
    assert bank.dtype == np.float32


def test_a_bank_of_another_kernel_and_no_negative_zeros():
    bank = filters.edge_bank([[0, 1], [2, 3]])
    np.testing.assert_array_equal(bank[3], [[0, -2], [-1, -3]])
    assert not np.signbit(bank[bank == 0]).any()


@pytest.mark.parametrize("kernel", [np.ones((2, 3)), np.ones(4), np.ones((0, 0)), np.ones((1, 2, 2))])
def test_a_bank_needs_a_square_kernel(kernel):
    with pytest.raises(ValueError, match=r"square kernel \(k, k\), got shape"):
        filters.edge_bank(kernel)


def test_the_base_kernel_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        filters.BASE_KERNEL[0, 0] = 5
    filters.edge_bank()[0, 0, 0] = 5
    filters.kernel("base")[0, 0] = 5
    filters.to_weight(filters.BASE_KERNEL)[0, 0, 0, 0] = 5
    assert filters.kernel("base")[0, 0] == filters.BASE_KERNEL[0, 0] == -1


@pytest.mark.parametrize("name", filters.names())
def test_every_kernel_is_float32_with_the_sum_of_its_family(name):
    kernel = filters.kernel(name)
    assert kernel.dtype == np.float32
    keeps_brightness = ("identity", "box3", "box5", "gaussian3", "gaussian5", "sharpen", "emboss")
    assert kernel.sum() == pytest.approx(1 if name in keeps_brightness else 0, abs=1e-6)


@pytest.mark.parametrize("family", ["prewitt", "sobel", "scharr"])
def test_y_is_x_transposed_and_x_answers_a_bright_right_side(family):
    x, y = filters.kernel(f"{family}_x"), filters.kernel(f"{family}_y")
    np.testing.assert_array_equal(y, x.T)
    assert (x * [0, 0, 1]).sum() > 0


@pytest.mark.parametrize("shape", ["line", "diagonal"])
def test_up_is_down_in_the_mirror(shape):
    down, up = filters.kernel(f"{shape}_down"), filters.kernel(f"{shape}_up")
    np.testing.assert_array_equal(up, down[:, ::-1])


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("line_horizontal", [[0, 0, 0], [1, 1, 1], [0, 0, 0]]),
        ("line_vertical", [[0, 1, 0], [0, 1, 0], [0, 1, 0]]),
        ("line_down", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        ("line_up", [[0, 0, 1], [0, 1, 0], [1, 0, 0]]),
        ("corner", [[0, 0, 0], [0, 1, 1], [0, 1, 1]]),
        ("diagonal_down", [[0, 1, 1], [0, 0, 1], [0, 0, 0]]),
        ("diagonal_up", [[1, 1, 0], [1, 0, 0], [0, 0, 0]]),
    ],
)
def test_a_shape_is_answered_most_by_its_own_kernel(name, picture):
    family = [*(f"line_{way}" for way in ("horizontal", "vertical", "down", "up")), "corner"]
    family += ["diagonal_down", "diagonal_up"]
    answers = {other: float((filters.kernel(other) * picture).sum()) for other in family}
    assert max(answers, key=lambda other: answers[other]) == name


def test_an_unknown_kernel_names_the_nearest_and_all():
    with pytest.raises(ValueError, match=r"'sobelx'. Did you mean 'sobel_x'\? There are: identity, box3"):
        filters.kernel("sobelx")
    with pytest.raises(ValueError, match=r"'Sobel_X'. Did you mean 'sobel_x'\?"):
        filters.kernel("Sobel_X")
    with pytest.raises(ValueError, match=r"'zzz'. There are: identity"):
        filters.kernel("zzz")


def test_to_weight_adds_the_axis_of_the_input_channel():
    bank = filters.edge_bank()
    weight = filters.to_weight(bank)
    assert (weight.shape, weight.dtype) == ((4, 1, 4, 4), np.float32)
    np.testing.assert_array_equal(weight[:, 0], bank)
    assert filters.to_weight(bank[0]).shape == (1, 1, 4, 4)
    integers = filters.to_weight(np.ones((2, 3, 5), int))
    assert (integers.shape, integers.dtype) == ((2, 1, 3, 5), np.float32)


@pytest.mark.parametrize("shape", [(4,), (4, 1, 4, 4), (0, 3, 3)])
def test_to_weight_refuses_other_shapes(shape):
    with pytest.raises(ValueError, match=r"needs a bank \(n, kh, kw\)"):
        filters.to_weight(np.ones(shape))
    with pytest.raises(ValueError, match=r"got shape \(4, 1, 4, 4\). This is a conv weight already"):
        filters.to_weight(filters.to_weight(filters.edge_bank()))


def test_random_filters_are_seeded_and_bounded_as_torch_bounds_them():
    weight = filters.random_bank((12, 3, 5, 5), seed=3)
    np.testing.assert_array_equal(weight, filters.random_bank((12, 3, 5, 5), seed=3))
    assert (weight != filters.random_bank((12, 3, 5, 5), seed=4)).any()
    bound = torch.nn.Conv2d(3, 12, 5).weight.abs().max().item()
    assert np.abs(weight).max() == pytest.approx(bound, rel=0.05)
    assert weight.dtype == np.float32
    assert filters.random_bank((1, 1, 1)).shape == (1, 1, 1)


@pytest.mark.parametrize("shape", [(3, 3), (0, 3, 3), (1, 2, 3, 4, 5)])
def test_random_filters_of_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="needs a shape"):
        filters.random_bank(shape)


def test_roughness_on_paper():
    flat = np.full((3, 3), -2.0)
    edge = np.array([[1.0, 1, 1], [0, 0, 0], [-1, -1, -1]])  # down: 1; across: 0; mean square: 2/3
    diagonal = np.array([[0.0, 1, 1], [-1, 0, 1], [-1, -1, 0]])  # down and across: 4/6 each; mean square: 2/3
    checker = np.array([[1.0, -1, 1], [-1, 1, -1], [1, -1, 1]])  # down and across: 4 each; mean square: 1
    given = np.stack([flat, edge, edge.T, diagonal, checker])[:, None]
    np.testing.assert_allclose(filters.roughness(given), [0, 0.75, 0.75, 1, 4])
    np.testing.assert_allclose(filters.roughness(-7 * given), filters.roughness(given))
    two_channels = np.array([[[[1.0, 1], [1, 1]], [[1, -1], [1, -1]]]])  # across 4 in one of two
    np.testing.assert_allclose(filters.roughness(two_channels), [1.0])


def test_roughness_of_what_has_none_is_refused():
    for shape in [(3, 3, 3), (4, 3, 1, 3), (4, 3, 3, 1)]:
        with pytest.raises(ValueError, match=r"expected filters \(out, in, kh, kw\)"):
            filters.roughness(np.ones(shape))
    with pytest.raises(ValueError, match="filter 1 is all zero"):
        filters.roughness(np.stack([np.ones((1, 2, 2)), np.zeros((1, 2, 2))]))
