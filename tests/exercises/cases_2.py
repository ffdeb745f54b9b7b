"""Right and wrong answers to the exercises of lesson 2."""

import numpy as np
from case import Case
from numpy.lib.stride_tricks import sliding_window_view

from coursekit import filters, reference

STEPS = np.arange(4)
SLOPE = np.subtract.outer(STEPS, STEPS)
GHOSTS = np.outer([1, 0, 0, 0, 1], [1, 0, 0, 0, 1]) / 4
CORNER_AND_DOT = np.where(np.outer(STEPS > 1, STEPS > 1), 3, -1)
CORNER_AND_DOT[[0, 2], [0, 2]] = 3, -1


def by_loops(row, kernel):
    result = []
    for start in range(len(row) - len(kernel) + 1):
        total = 0
        for offset, weight in enumerate(kernel):
            total += row[start + offset] * weight
        result.append(total)
    return result


def filled_by_append(row, kernel):
    result = []
    return [result.append(value) for value in by_loops(row, kernel)]


def returns_sometimes(row, kernel):
    if len(row) == 5:
        return by_loops(row, kernel)


def one_weight(row, column):
    kernel = np.zeros((5, 5))
    kernel[row, column] = 1
    return kernel


def padded(kernel):
    return np.pad(kernel, 1)


def only_middle(size):
    kernel = np.zeros((5, 5))
    kernel[size : 5 - size, size : 5 - size] = 1
    return kernel / kernel.sum()


def one_sided():
    kernel = np.zeros((5, 5))
    kernel[:, 2:] = 1 / 15
    return kernel


def in_one_row():
    kernel = np.zeros((5, 5))
    kernel[2] = 1 / 5
    return kernel


CASES = {
    "slide": Case(
        right=[
            by_loops,
            lambda row, kernel: np.correlate(row, kernel, "valid"),
            lambda row, kernel: sliding_window_view(row, len(kernel)) @ kernel,
        ],
        wrong=[
            (lambda row, kernel: np.convolve(row, kernel, "valid"), "backwards"),
            (lambda row, kernel: np.correlate(row, kernel, "same"), "as many as there are pixels"),
            (lambda row, kernel: by_loops(row, kernel)[:-1], "one value is missing, the last"),
            (lambda row, kernel: by_loops(row, kernel)[1:], "one value is missing, the first"),
            (lambda row, kernel: [3] * (len(row) - len(kernel)), "one value is missing. At how many"),
            (lambda row, kernel: np.maximum(by_loops(row, kernel), 0), "a response can be negative"),
            (lambda row, kernel: np.abs(by_loops(row, kernel)), "a response can be negative"),
            (lambda row, kernel: np.clip(by_loops(row, kernel), 0, 2), "a response can be negative"),
            (filled_by_append, "your result still holds None"),
            (returns_sometimes, "returns None for at least one input"),
            (reference.cross_correlate2d, "your code stopped with WrongValueError"),
            (lambda row, kernel: np.correlate(row, kernel, "full"), "there are 4 places, but you return 6"),
            (lambda row, kernel: np.array(by_loops(row, kernel)) / len(kernel), "the mean of the products"),
            (lambda row, kernel: -np.array(by_loops(row, kernel)), "opposite sign"),
            (lambda row, kernel: np.array(by_loops(row, kernel)) + row[0] + [0, 0, 0, 1], "instead of"),
            (lambda row, kernel: row * kernel, "ValueError"),
            (lambda row: row, "called with 2 arguments"),
            (lambda row, kernel: (row[: len(kernel)] * kernel).sum(), "is one number, the response at one"),
        ],
    ),
    "diagonal": Case(
        right=[
            np.sign(SLOPE),
            (-SLOPE[::-1]).tolist(),
            np.float32(0.1) * np.sign(SLOPE)[:, ::-1],
            np.pad([[0, 1, 1], [-1, 0, 1], [-1, -1, 0]], ((0, 1), (1, 0))),
        ],
        wrong=[
            (filters.BASE_KERNEL, "a vertical edge 8"),
            (filters.edge_bank()[2], "a horizontal edge 8"),
            (np.kron([[-1, 0], [0, 1]], np.ones((2, 2))), "where does your kernel change sign"),
            (4 * np.eye(4) - 1, "add up to 12, but no diagonal edge gives more than 4.5"),
            (np.triu(np.ones((4, 4))), "add up to 10"),
            (np.zeros((4, 4)), "all weights are 0"),
            (filters.kernel("diagonal_down"), "should be an array of shape (4, 4)"),
        ],
    ),
    "blur": Case(
        right=[np.ones((5, 5)) / 25, filters.kernel("gaussian5"), padded(filters.kernel("box3")).tolist()],
        wrong=[
            (np.ones((5, 5)), "25 times as bright"),
            (np.ones((5, 5), dtype=int) // 25, "all weights are 0"),
            (only_middle(2), "only one weight is not 0"),
            (padded(filters.kernel("sharpen")), "weights is negative"),
            (one_sided(), "the photograph moves as it blurs"),
            (in_one_row(), "one direction only"),
            (np.eye(5) / 5, "one direction only"),
            (one_weight(2, 2), "every pixel stays as it is"),
            (one_weight(0, 0), "the photograph moves, and nothing is mixed"),
            (0.6 * only_middle(2) + 0.4 * only_middle(0), "it blurs, but only a little"),
            (GHOSTS, "single spot"),
            (filters.kernel("gaussian3"), "should be an array of shape (5, 5)"),
        ],
    ),
    "grays": Case(
        right=[(2, 0.25), [2.0, 1 / 4], np.array([2, 0.25])],
        wrong=[
            ((0, 0.5), "as far down as up"),
            ((2, 0), "isn't drawn in black"),
            ((4, 0.25), "start counting at"),
            ((-2, 6), "becomes black"),
            (2.0, "is one number"),
        ],
    ),
    "corner": Case(
        right=[
            filters.kernel("corner"),
            filters.kernel("corner")[::-1].tolist(),
            np.where(np.add.outer(np.arange(6) < 3, np.arange(6) < 3), -1, 3),
        ],
        wrong=[
            (filters.kernel("sobel_x"), "a straight edge 4"),
            (0 - filters.kernel("laplacian"), "another 2"),
            (filters.kernel("spot"), "such as a dot"),
            (CORNER_AND_DOT, "add up to 12, but the corner gives only 8"),
            (np.ones((3, 3)), "add up to 9"),
            (np.zeros((3, 3)), "all weights are 0"),
            (np.eye(2), "3 to 7"),
            ([1, -1], "which has 1 axis, but it should be a 2-D array"),
        ],
    ),
}
