"""Right and wrong answers to the exercises of lesson 4."""

import numpy as np
import torch
from case import Case

from coursekit import filters, reference

GAUSSIAN, SOBEL = filters.kernel("gaussian3"), filters.kernel("sobel_x")
A = np.array([2.0, -1.0, 0.0, -3.0])


def by_loop():
    """The kernel of both, written as sums over all pairs of weights."""
    result = np.zeros((5, 5))
    for i, j in np.ndindex(3, 3):
        result[i : i + 3, j : j + 3] += GAUSSIAN[i, j] * SOBEL
    return result


def both_ends(before, after):
    low = np.minimum(before, after).min()
    high = np.maximum(before, after).max()
    scale = 1 / (high - low)
    return [scale * before - low * scale, scale * after - low * scale]


def by_concatenation(before, after):
    both = np.stack([before, after])
    both = (both - both.min()) / np.ptp(both)
    return both[0], both[1]


def each_by_itself(before, after):
    return tuple((one - one.min()) / (one.max() - one.min()) for one in (before, after))


def from_zero(before, after):
    return before / before.max(), after / before.max()


def zero_in_the_middle(before, after):
    most = max(abs(before).max(), abs(after).max())
    return (before / most + 1) / 2, (after / most + 1) / 2


def clipped_twice(before, after):
    return np.clip(before / 4, 0, 1), np.clip(after / 4, 0, 1)


def from_the_first_alone(before, after):
    return tuple((one - before.min()) / np.ptp(before) for one in (before, after))


def low_of_before_high_of_after(before, after):
    low, high = before.min(), after.max()
    return (before - low) / (high - low), (after - low) / (high - low)


def one_high_own_low(before, after):
    high = max(before.max(), after.max())
    return tuple((one - one.min()) / (high - one.min()) for one in (before, after))


def exchanged(before, after):
    return both_ends(before, after)[::-1]


def by_torch(before, after):
    return [torch.from_numpy(one) for one in both_ends(before, after)]


def only_one(before, after):
    return (before - before.min()) / np.ptp(before)


CASES = {
    "both_halves": Case(
        right=[
            [[2, 0, 0, 0], [0, 1, 0, 3], [2, -1, 0, -3]],
            np.stack([np.maximum(A, 0), np.maximum(-A, 0), A]),
            ((2.0, 0.0, 0.0, 0.0), (-0.0, 1.0, 0.0, 3.0), (2.0, -1.0, 0.0, -3.0)),
            torch.tensor([[2, 0, 0, 0], [0, 1, 0, 3], [2, -1, 0, -3]]),
        ],
        wrong=[
            ([[2, 1, 0, 3], [2, 1, 0, 3], [0, 0, 0, 0]], "without its signs"),
            ([[0, -1, 0, -3], [-2, 0, 0, 0], [2, -1, 0, -3]], "keeps the wrong half"),
            ([[2, 0, 0, 0], [-2, 0, 0, 0], [4, 0, 0, 0]], "Row 2 is −ReLU(A)"),
            ([[2, 0, 0, 0], [0, 1, 0, 3], [2, 1, 0, 3]], "the sum of the two rows"),
            ([[2, 0, 0, 0], [0, 1, 0, 3], [-2, 1, 0, 3]], "the second row minus the first"),
            ([[2, 0, 0, 0], [0, 1, 0, 2], [2, -1, 0, -2]], "Row 2, ReLU(−A),"),
            ([[2, 0, 0, 0], [0, 1, 0, 3], [2, -1, 0, 3]], "Rows 1 and 2 are right"),
            ([[3, 0, 0, 0], [0, 1, 0, 3], [2, -1, 0, -3]], "Row 1, ReLU(A),"),
        ],
    ),
    "honest_scale": Case(
        right=[both_ends, by_concatenation, by_torch],
        wrong=[
            (each_by_itself, "stretched by itself"),
            (from_zero, "must run from 0 to 1"),
            (zero_in_the_middle, "but not the one asked for"),
            (
                lambda before, after: (clipped_twice(before, after)[0], before * 0 + 0.5),
                "two different grays",
            ),
            (only_one, "must return two pictures"),
            (low_of_before_high_of_after, "must run from 0 to 1"),
            (one_high_own_low, "The same response still becomes two different grays"),
            (exchanged, "the two pictures are swapped"),
            (lambda before, after: (before, None), "still holds None"),
            (from_the_first_alone, "comes from the first map alone"),
            (lambda before, after: (before - min(before, after), after), "an array holds many"),
        ],
    ),
    "two_in_one": Case(
        right=[
            by_loop(),
            reference.compose_kernels(SOBEL[None, None], GAUSSIAN[None, None])[0, 0],
            reference.convolve2d(np.pad(GAUSSIAN, 2), SOBEL).tolist(),
            torch.from_numpy(by_loop()),
        ],
        wrong=[
            (GAUSSIAN * SOBEL, "A kernel of 3 × 3 can't do it. How many pixels"),
            (np.kron(GAUSSIAN, SOBEL), "A kernel of 9 × 9 can't do it. How many pixels"),
            (GAUSSIAN[None, None], "A kernel of 1 × 1 × 3 × 3 can't do it"),
            (by_loop()[None, None], "take [0, 0]"),
            (np.pad(GAUSSIAN, 1) + np.pad(SOBEL, 1), "You have added the two kernels"),
            (16 * by_loop(), "16 times too large"),
            (reference.cross_correlate2d(np.pad(GAUSSIAN, 2), SOBEL), "opposite sign"),
            (by_loop().T, "rows and columns swapped"),
        ],
    ),
    "own_activation": Case(
        right=[
            lambda x: np.maximum(x, 0.1 * x),
            lambda x: np.maximum(x, 0.001 * x).astype(np.float32),
            lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
            lambda x: x / (1 + np.exp(-x)),
            lambda x: np.where(x > 0, x, 1e-4 * x),
            lambda x: torch.nn.functional.elu(torch.from_numpy(x)),
            np.tanh,
        ],
        wrong=[
            (lambda x: np.maximum(x, 0), "All negative responses become the same number"),
            (lambda x: np.clip(x, -1, None), "the result changes by less than a millionth"),
            (lambda x: np.where(x > -1, np.maximum(x, 0), -1), "From -5.00 to -4.90 the result changes"),
            (lambda x: np.where(x < -3, x + 3, np.maximum(x, 0)), "From -3.00 to -2.90 the result changes"),
            (
                lambda x: np.tanh(x / np.abs(x).max()),
                "In a map of 4 × 20, the same numbers give other results",
            ),
            (lambda x: np.where(x > 0, x, np.where(x < -3, x + 1, np.maximum(x, -2))), "From -3.00 to -2.90"),
            (
                lambda x: np.where(x > 0, x, np.maximum(0.1 * x, -0.3)),
                "From -5.00 to -4.90 the result changes",
            ),
            (lambda x: np.where(x > 0, x, np.minimum(0.1 * (x + 0.75), 0)), "From -0.75 to -0.65 the result"),
            (lambda x: 0.5 * x * (1 + np.tanh(0.8 * (x + 0.0447 * x**3))), "From -5.00 to -4.90 the result"),
            (lambda x: 2 * x, "straight line"),
            (lambda x: 1 / (1 + np.exp(-x)), "response of 0 becomes 0.50"),
            (lambda x: x if x > 0 else 0.1 * x, "an array holds many"),
            (np.abs, "must not become positive"),
            (lambda x: np.clip(x, -1, 1), "does not grow"),
            (lambda x: x - np.mean(x) + (x > 0) * x - (x == 0) * x, "give other results"),
        ],
    ),
}
