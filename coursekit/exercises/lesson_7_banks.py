"""The banks of filters that the judges of lesson 7 try a learner's function on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from coursekit.filters import random_bank

__all__ = ["bank_with_pair", "smooth_bank"]

Array = NDArray[np.floating[Any]]


def bank_with_pair(
    seed: int, count: int, one: int, two: int, *, weak: bool
) -> tuple[Array, dict[str, list[int]]]:
    """A bank `(count, 3, 3, 3)` with two nearly opposite filters; and wrong pairs, each after what is wrong.

    If weak, one filter of the pair has a fifth of the other's strength, and two unrelated filters a tenth.
    If not, and if there is room, some filters are opposite only in their means, signs, or in one channel.

    >>> bank, wrong = bank_with_pair(1, 8, 2, 6, weak=False)
    >>> bank.shape, list(wrong.values())
    ((8, 3, 3, 3), [[0, 1]])
    """
    bank = random_bank((count, 3, 3, 3), seed=seed).astype(np.float64)
    noise = 0.2 * random_bank((3, 3, 3), seed=seed + 10)
    bank[two] = -(0.2 if weak else 1.0) * (bank[one] + noise)
    rest = [index for index in range(count) if index not in (one, two)]
    alike = rest[:2]
    bank[alike[1]] = 1.5 * bank[alike[0]]
    pairs = {"These two are nearly the same filter, up to their strength. Look for the opposite.": alike}
    if weak:
        faint = rest[2:4]
        bank[faint] *= 0.1
        pairs["These two are only weak, so their sum is small. Scale each filter to length 1 first."] = faint
    elif count >= 12:
        means, sums, signs, first_channel = (rest[start : start + 2] for start in (2, 4, 6, 8))
        for (first, second), axes in ((means, 0), (sums, (1, 2))):  # over the channels; of each channel
            bank[second] -= (bank[second] + bank[first]).mean(axis=axes, keepdims=True)
        bank[first_channel[1], 0] = -bank[first_channel[0], 0]
        bank[signs[1]] = -np.sign(bank[signs[0]]) * np.abs(bank[signs[1]])
        pairs["These two are opposite in the mean of their channels, but not weight by weight."] = means
        pairs["These two are opposite in the mean of each channel, but not weight by weight."] = sums
        pairs[
            "These two have opposite signs, but the sizes of their weights do not fit. Use the weights."
        ] = signs
        pairs["These two are opposite in channel 0 only. Compare all channels."] = first_channel
    return bank, pairs


def smooth_bank(count: int) -> Array:
    """`(count, 3, 3, 3)`: edges and blobs, in mixed colours and strengths, with a little noise.

    >>> smooth_bank(4).shape
    (4, 3, 3, 3)
    """
    rng = np.random.default_rng(8)
    y, x = np.mgrid[-1:2, -1:2]
    shapes = []
    for number in range(count):
        angle = rng.uniform(0, 2 * np.pi)
        edge = np.cos(angle) * x + np.sin(angle) * y
        blob = 1.5 - 0.3 * (x**2 + y**2)
        colour = rng.uniform(0.3, 1, 3) * rng.choice([-1, 1], 3)
        plane = edge if number % 2 else blob
        shapes.append(rng.uniform(0.2, 2) * colour[:, None, None] * plane)
    noise = rng.normal(scale=0.05, size=(count, 3, 3, 3))
    return np.asarray(np.stack(shapes) + noise)
