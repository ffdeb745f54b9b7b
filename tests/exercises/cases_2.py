"""Right and wrong answers to the exercises of lesson 2."""

import numpy as np
from case import Case
from numpy.lib.stride_tricks import sliding_window_view

from coursekit import filters

STEPS = np.arange(4)
SLOPE = np.subtract.outer(STEPS, STEPS)


def by_loops(row, kernel):
    result = []
    for start in range(len(row) - len(kernel) + 1):
        total = 0
        for offset, weight in enumerate(kernel):
            total += row[start + offset] * weight
        result.append(total)
    return result


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
            (lambda row, kernel: np.correlate(row, kernel, "same"), "as many as pixels"),
            (lambda row, kernel: by_loops(row, kernel)[:-1], "one value is missing"),
            (lambda row, kernel: np.correlate(row, kernel, "full"), "there are 4 places, and you give 6"),
            (lambda row, kernel: np.array(by_loops(row, kernel)) / len(kernel), "take the mean"),
            (lambda row, kernel: -np.array(by_loops(row, kernel)), "opposite sign"),
            (lambda row, kernel: np.array(by_loops(row, kernel)) + row[0] + [0, 0, 0, 1], "was wanted"),
            (lambda row, kernel: row * kernel, "ValueError"),
            (lambda row: row, "called with 2 arguments"),
            (lambda row, kernel: (row[: len(kernel)] * kernel).sum(), "has shape ()"),
        ],
    ),
    "diagonal": Case(
        right=[
            np.sign(SLOPE),
            (-SLOPE[::-1]).tolist(),
            np.triu(np.ones((4, 4)), 1) - np.tril(np.ones((4, 4)), -1),
            np.float32(0.1) * np.sign(SLOPE)[:, ::-1],
        ],
        wrong=[
            (filters.BASE_KERNEL, "vertical edges it is 8"),
            (filters.edge_bank()[2], "horizontal edges it is 8"),
            (4 * np.eye(4) - 1, "thin diagonal lines"),
            (np.triu(np.ones((4, 4))), "add up to 10"),
            (np.zeros((4, 4)), "all weights are 0"),
            (filters.kernel("diagonal_down"), "shape (4, 4) is wanted"),
            (np.array([[1, -1, -1, 1]] * 4), "to a diagonal edge it gives 0"),
        ],
    ),
    "blur": Case(
        right=[np.ones((5, 5)) / 25, filters.kernel("gaussian5"), padded(filters.kernel("box3")).tolist()],
        wrong=[
            (np.ones((5, 5)), "25 times as bright"),
            (np.ones((5, 5), dtype=int) // 25, "all weights are 0"),
            (only_middle(2), "only one weight is not 0"),
            (padded(filters.kernel("sharpen")), "negative weight"),
            (one_sided(), "the picture moves"),
            (in_one_row(), "one direction only"),
            (0.6 * only_middle(2) + 0.4 * only_middle(0), "it blurs, but little"),
            (filters.kernel("gaussian3"), "shape (5, 5) is wanted"),
            (np.full((5, 5), 0.05), "1.25 times as bright"),
        ],
    ),
    "two_panels": Case(
        right=["B", "b", " (B) "],
        wrong=[
            ("A", "only on one scale"),
            ("C", "noise of about 0.0001"),
            ("D", "divided by 100"),
            ("E", "there is no statement"),
            (2, "one letter in quotation marks"),
        ],
    ),
    "corner": Case(
        right=[
            filters.kernel("corner"),
            filters.kernel("corner")[::-1].tolist(),
            np.where(np.add.outer(np.arange(6) < 3, np.arange(6) < 3), -1, 3),
        ],
        wrong=[
            (filters.kernel("sobel_x"), "along a straight edge"),
            (filters.kernel("diagonal_down"), "along a straight edge"),
            (np.ones((3, 3)), "add up to 9"),
            (np.zeros((3, 3)), "all weights are 0"),
            (np.zeros((9, 9)), "take 2 to 7"),
            ([1, -1], "axes"),
        ],
    ),
}
