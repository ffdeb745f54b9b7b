"""Right and wrong answers to the exercises of lesson 5."""

import numpy as np
from case import Case

from coursekit import filters, reference


def by_reshape(table, size):
    rows, columns = table.shape[0] // size, table.shape[1] // size
    cut = table[: rows * size, : columns * size]
    return cut.reshape(rows, size, columns, size).max(axis=(1, 3))


def by_lists(table, size):
    rows, columns = len(table) // size, len(table[0]) // size
    return [
        [
            max(table[y * size + i][x * size + j] for i in range(size) for j in range(size))
            for x in range(columns)
        ]
        for y in range(rows)
    ]


def begins_with_zero(table, size):
    rows, columns = table.shape[0] // size, table.shape[1] // size
    result = np.zeros((rows, columns))
    for y, x in np.ndindex(rows * size, columns * size):
        result[y // size, x // size] = max(result[y // size, x // size], table[y, x])
    return result


def of_size_two_only(table, size):
    return reference.max_pool2d(table, 2) if min(table.shape) > size else table


def blurred(table):
    return reference.cross_correlate2d(np.pad(table, 2), filters.kernel("gaussian5"))[::2, ::2]


def dense_then_blurred(table):
    dense = reference.max_pool2d(np.pad(table, ((0, 1), (0, 1))), 2, stride=1)
    return reference.cross_correlate2d(np.pad(dense, 1), filters.kernel("gaussian3"))[::2, ::2]


def coarse(table):
    return reference.avg_pool2d(table, 10).repeat(5, axis=0).repeat(5, axis=1)


CASES = {
    "three_poolings": Case(
        right=[
            [[37, 18, 9], [38, 19, 10]],
            np.array([[75 // 2, 75 // 4, 75 // 8], [38.0, 19.0, 10.0]]),
            ((37, 18, 9), (-(-75 // 2), -(-75 // 4), -(-75 // 8))),
        ],
        wrong=[
            ([[38, 19, 10], [37, 18, 9]], "the rows are exchanged"),
            ([[38, 19, 10], [38, 19, 10]], "Row 1 is rounded up"),
            ([[37.5, 18.75, 9.375], [38, 19, 10]], "half a row"),
            ([[74, 73, 72], [75, 74, 73]], "a step of one pixel"),
            ([[37, 18, 9], [37, 18, 9]], "Row 2, with ceil_mode: pooling 1"),
            ([[37, 19, 10], [38, 19, 10]], "Row 1, without ceil_mode: pooling 2"),
            ([[37, 18, 9], [38, 19, 9]], "Row 2, with ceil_mode: pooling 3"),
        ],
    ),
    "own_max_pool": Case(
        right=[by_reshape, by_lists, lambda table, size: reference.max_pool2d(table, size)],
        wrong=[
            (reference.avg_pool2d, "this is the mean"),
            (lambda table, size: -reference.max_pool2d(-table, size), "smallest value"),
            (begins_with_zero, "Where does your search begin"),
            (lambda table, size: reference.max_pool2d(table, size, ceil_mode=True), "You keep it"),
            (lambda table, size: reference.max_pool2d(table, size, stride=1), "your windows overlap"),
            (lambda table, size: by_reshape(table[::-1], size)[::-1], "windows of 2 × 2: your result"),
            (
                lambda table, size: table[
                    : len(table) // size * size : size, : table.shape[1] // size * size : size
                ],
                "the first value",
            ),
            (of_size_two_only, "must give the shape (2, 3)"),
        ],
    ),
    "thick_lines": Case(
        right=["a", " A "],
        wrong=[("b", "which of them is 28"), ("c", "one scale"), ("d", "How many weights")],
    ),
    "softer_pooling": Case(
        right=[
            lambda table: reference.max_pool2d(table, 3, stride=2, padding=1),
            blurred,
            dense_then_blurred,
            lambda table: reference.avg_pool2d(table, 4, stride=2, padding=1),
        ],
        wrong=[
            (lambda table: reference.max_pool2d(table, 2), "as much as that of max pooling"),
            (lambda table: table[::2, ::2], "becomes empty"),
            (lambda table: reference.avg_pool2d(table, 2), "more than that of max pooling"),
            (lambda table: reference.max_pool2d(table, 3, stride=1), "must become 20 × 30"),
            (lambda table: np.full((20, 30), table.mean()), "the same number everywhere"),
            (coarse, "from where it should be"),
        ],
    ),
}
