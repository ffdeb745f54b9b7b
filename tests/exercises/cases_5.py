"""Right and wrong answers to the exercises of lesson 5."""

import numpy as np
import torch
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


def by_torch(table, size):
    return torch.nn.functional.max_pool2d(torch.from_numpy(table)[None], size)[0]


def into_whole_numbers(table, size):
    result = np.zeros((table.shape[0] // size, table.shape[1] // size), dtype=int)
    result[:] = by_reshape(table, size)
    return result


def begins_with_zero(table, size):
    rows, columns = table.shape[0] // size, table.shape[1] // size
    result = np.zeros((rows, columns))
    for y, x in np.ndindex(rows * size, columns * size):
        result[y // size, x // size] = max(result[y // size, x // size], table[y, x])
    return result


def of_size_two_only(table, size):
    return reference.max_pool2d(table, 2) if min(table.shape) > size else table


def roll(table, step, axis=1):
    return np.roll(table, step, axis)


def same_after(layer, table, step_in, step_out, axis=1):
    return np.array_equal(layer(roll(table, step_in, axis)), roll(layer(table), step_out, axis))


def blurred(table):
    return reference.cross_correlate2d(np.pad(table, 2), filters.kernel("gaussian5"))[::2, ::2]


def blurred_by(name, table):
    return reference.cross_correlate2d(np.pad(table, 1), filters.kernel(name))[::2, ::2]


def median(table):
    return np.median([table[i::2, j::2] for i in (0, 1) for j in (0, 1)], axis=0)


def dense_then_blurred(table):
    dense = reference.max_pool2d(np.pad(table, ((0, 1), (0, 1))), 2, stride=1)
    return reference.cross_correlate2d(np.pad(dense, 1), filters.kernel("gaussian3"))[::2, ::2]


def coarse(table):
    if len(table) < 40:
        return reference.max_pool2d(table, 2)
    return reference.avg_pool2d(table, 10).repeat(5, axis=0).repeat(5, axis=1)


def maximum_of_its_row(pooled):
    return 0.01 * pooled + pooled.max(axis=1, keepdims=True)


CASES = {
    "three_poolings": Case(
        right=[
            [[37, 18, 9], [38, 19, 10]],
            np.array([[75 // 2, 75 // 4, 75 // 8], [38.0, 19.0, 10.0]]),
            ((37, 18, 9), (-(-75 // 2), -(-75 // 4), -(-75 // 8))),
            torch.tensor([[37, 18, 9], [38, 19, 10]]),
        ],
        wrong=[
            ([[38, 19, 10], [37, 18, 9]], "the rows are swapped"),
            ([[38, 19, 10], [38, 19, 10]], "Row 1 is rounded up"),
            ([[37.5, 18.75, 9.375], [38, 19, 10]], "half a row"),
            ([[74, 73, 72], [75, 74, 73]], "move by one pixel"),
            ([[37, 18, 9], [37, 18, 9]], "Row 2, with `ceil_mode`: pooling 1"),
            ([[37, 19, 10], [38, 19, 10]], "Row 1, without `ceil_mode`: pooling 2"),
            ([[37, 18, 9], [38, 19, 9]], "Row 2, with `ceil_mode`: pooling 3"),
            ([[1e300, 18, 9], [38, 19, 9]], "you say that 1e+300 are left"),
        ],
    ),
    "own_max_pool": Case(
        right=[by_reshape, by_lists],
        wrong=[
            (reference.max_pool2d, "a library computes them"),
            (lambda table, size: reference.max_pool2d(table, size), "a library computes them"),
            (by_torch, "a library computes them"),
            (reference.avg_pool2d, "this is the mean"),
            (lambda table, size: -reference.max_pool2d(-table, size), "smallest value"),
            (into_whole_numbers, "lose their fraction"),
            (lambda table, size: np.round(by_reshape(table, size)), "lose their fraction"),
            (torch.nn.MaxPool2d(2), "This layer wants a tensor, but here it gets a NumPy array"),
            (
                lambda table, size: torch.nn.MaxPool2d(size)(table),
                "this is a NumPy array. `torch.from_numpy(x)`",
            ),
            (begins_with_zero, "Which value does your search start from"),
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
        right=["c", " C "],
        wrong=[("a", "how many places"), ("b", "prints the strongest"), ("d", "isn't 0")],
    ),
    "moving_along": Case(
        right=[
            lambda layer, table, i, o: np.array_equal(layer(roll(table, i)), roll(layer(table), o)),
            lambda layer, table, i, o: np.abs(layer(roll(table, i)) - roll(layer(table), o)).max() < 1e-9,
            lambda layer, table, i, o: np.allclose(roll(layer(roll(table, i)), -o), layer(table)),
        ],
        wrong=[
            (lambda layer, table, i, o: np.array_equal(layer(roll(table, i)), layer(table)), "step_in=3"),
            (lambda layer, table, i, o: True, "step_out=0, you return True"),
            (lambda layer, table, i, o: layer(roll(table, i)).sum() == layer(table).sum(), "place by place"),
            (lambda layer, table, i, o: same_after(layer, table, o, i), "Which step is for the input"),
            (lambda layer, table, i, o: same_after(layer, table, i, o, axis=0), "along `axis=1`"),
            (lambda layer, table, i, o: same_after(layer, table, i, o, axis=None), "you return False"),
            (lambda layer, table, i, o: layer(roll(table, i)) == roll(layer(table), o), "True or False is"),
        ],
    ),
    "softer_pooling": Case(
        right=[
            lambda table: reference.max_pool2d(table, 3, stride=2, padding=1),
            blurred,
            dense_then_blurred,
            lambda table: blurred_by("gaussian3", table),
            lambda table: blurred_by("box3", table),
            lambda table: torch.nn.functional.avg_pool2d(torch.from_numpy(table)[None], 4, 2, 1)[0],
            lambda table: reference.avg_pool2d(table, 4, stride=2, padding=1),
        ],
        wrong=[
            (lambda table: reference.max_pool2d(table, 2), "changes your result 1.00 times as much as"),
            (lambda table: reference.max_pool2d(table, 2) + 100, "An empty map must stay empty"),
            (lambda table: reference.max_pool2d(table, 2) + 100 * table.mean(), "from where it should be"),
            (lambda table: maximum_of_its_row(reference.max_pool2d(table, 2)), "from where it should be"),
            (
                lambda table: (reference.max_pool2d(table, 2) > 0).astype(int),
                "changes your result 1.04 times",
            ),
            (lambda table: reference.max_pool2d(table, 2) ** 0.1, "changes your result 1.04 times"),
            (lambda table: np.zeros((20, 30)), "12 × 18 must become 6 × 9. Yours becomes 20 × 30"),
            (lambda table: table.max(), "Yours becomes one number"),
            (median, "a bright pixel is outvoted"),
            (lambda table: table[::2, ::2], "becomes empty"),
            (lambda table: reference.avg_pool2d(table, 2), "changes your result 1.01 times as much as"),
            (lambda table: reference.max_pool2d(table, 3, stride=1), "must become 20 × 30"),
            (lambda table: reference.max_pool2d(table, 2) * 0 + table.mean(), "places from where"),
            (coarse, "near its own window"),
        ],
    ),
}
