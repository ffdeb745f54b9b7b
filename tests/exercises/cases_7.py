"""Right and wrong answers to the exercises of lesson 7."""

import numpy as np
import torch
from case import Case

from coursekit.filters import kernel


def by_correlation(bank):
    matrix = np.corrcoef(bank.reshape(len(bank), 27))
    return divmod(int(matrix.argmin()), len(bank))


def by_loops(bank):
    best, found = 0.0, [0, 0]
    for i in range(len(bank)):
        for j in range(i):
            likeness = (bank[i] * bank[j]).sum() / np.sqrt((bank[i] ** 2).sum() * (bank[j] ** 2).sum())
            if likeness < best:
                best, found = likeness, [i, j]
    return found


def unit(bank):
    flat = bank.reshape(len(bank), -1)
    return flat / np.linalg.norm(flat, axis=1, keepdims=True)


def most_alike(bank):
    likeness = unit(bank) @ unit(bank).T
    np.fill_diagonal(likeness, -1)
    return np.unravel_index(likeness.argmax(), likeness.shape)


def without_strength(bank):
    flat = bank.reshape(len(bank), -1)
    return np.unravel_index((flat @ flat.T).argmin(), (len(bank), len(bank)))


def counted_from_one(bank):
    return [index + 1 for index in by_loops(bank)]


def smallest_difference(size):
    """Compare every two filters as they are: the pair whose sum is the smallest, in one measure of size."""

    def pair(bank):
        pairs = [(i, j) for i in range(len(bank)) for j in range(i)]
        return min(pairs, key=lambda ij: size(bank[ij[0]] + bank[ij[1]]).sum())

    return pair


def by_feature(feature):
    """Compare the filters by a part of what they hold."""
    return lambda bank: by_loops(np.array([feature(one).reshape(-1) for one in bank]))


def exchanged_by_views(weight):
    moved = weight.transpose(3, 2, 0, 1).copy()
    moved[:, 0], moved[:, 2] = moved[:, 2], moved[:, 0]
    return moved


def smallest_sum(bank):
    return np.argsort(bank.sum(axis=(1, 2, 3)))[:2]


def neighbours_differ(bank):
    steps = (np.diff(bank, axis=2) ** 2).mean(axis=(1, 2, 3)) + (np.diff(bank, axis=3) ** 2).mean(
        axis=(1, 2, 3)
    )
    return steps / (bank**2).mean(axis=(1, 2, 3))


def left_of_a_plane(bank):
    """How much of each kernel no plane a + b x + c y explains, and no bowl either."""
    y, x = np.mgrid[-1:2, -1:2].reshape(2, 9)
    basis, _ = np.linalg.qr(np.stack([np.ones(9), x, y, x**2 + y**2], axis=1))
    flat = bank.reshape(len(bank), 3, 9)
    return 1 - ((flat @ basis) ** 2).sum(axis=(1, 2)) / (flat**2).sum(axis=(1, 2))


def unlike_channels(bank):
    """How much of each filter is left if its three kernels may only differ in their strength."""
    strengths = np.linalg.svd(bank.reshape(len(bank), 3, 9), compute_uv=False) ** 2  # (n, 3)
    return 1 - strengths[:, 0] / strengths.sum(axis=1)


def diagonal_only(bank):
    return [float(abs(f[:, 0, 0] - f[:, 0, 1]).sum() / abs(f).sum()) for f in bank]


CASES = {
    "count_block4": Case(
        right=[1_180_160, 512 * (256 * 9 + 1), np.array(1180160.0)],
        wrong=[
            (1_179_648, "each filter has one"),
            (512 * 9 + 512, "more than one kernel"),
            (512 * 256 * 10, "don't have biases of their own"),
            (512 * 512 * 9 + 512, "block4_conv2"),
            (512 * 256 * 3 + 512, "more than 3 weights"),
            (256 * 256 * 9 + 256, "a layer of block 3"),
            (512 * 256 * 9 + 256, "belong to the filters"),
            (1_180_000, "must be exact"),
            (1180160.4, "Your answer is 1,180,160.4, but it should be a whole number"),
            ((1, 180, 160), "Write one number without commas"),
            (1e308, "1e+308 is too large"),
            (100, "too small"),
            (10**9, "too large"),
        ],
    ),
    "from_keras": Case(
        right=[
            lambda w: w.transpose(3, 2, 0, 1)[:, ::-1],
            lambda w: np.moveaxis(w[:, :, [2, 1, 0]], (0, 1), (2, 3)).swapaxes(0, 1),
            lambda w: torch.from_numpy(w).permute(3, 2, 0, 1).flip(1),
            lambda w: np.array([[w[:, :, 2 - c, n] for c in range(3)] for n in range(w.shape[3])]),
        ],
        wrong=[
            (lambda w: w.reshape(w.shape[::-1]), "still reshape"),
            (exchanged_by_views, "One colour is there twice"),
            (lambda w: np.zeros((8, 3, 3, 3)), "Some numbers have changed"),
            (lambda w: w.transpose(3, 2, 0, 1), "channel 0 is still blue"),
            (lambda w: w.T[:, ::-1], "rows and columns of each kernel are swapped"),
            (lambda w: w.transpose(3, 2, 0, 1)[::-1], "You have reversed the filters"),
            (lambda w: w.transpose(3, 2, 0, 1)[:, :, ::-1], "You have reversed the rows"),
            (lambda w: w[:, :, ::-1], "must have the shape (8, 3, 3, 3)"),
            (lambda w: np.roll(w.transpose(3, 2, 0, 1), 1, axis=1), "not in their places"),
            (lambda w: np.abs(w.transpose(3, 2, 0, 1)), "Some numbers have changed"),
        ],
    ),
    "coarse_maps": Case(
        right=["c", "C"],
        wrong=[("a", "Count the values"), ("b", "Block 2 has about as many"), ("d", "trained together")],
    ),
    "opposite_pair": Case(
        right=[by_correlation, by_loops, lambda bank: torch.tensor(by_loops(bank))],
        wrong=[
            (most_alike, "nearly the same filter"),
            (without_strength, "Scale each filter"),
            (counted_from_one, "one too large"),
            (lambda bank: (3, 3), "the same filter twice"),
            (smallest_difference(np.abs), "These two are only weak"),
            (smallest_difference(np.square), "These two are only weak"),
            (smallest_sum, "the pair is 2 and 6"),
            (by_feature(lambda one: one.mean(axis=0)), "opposite in the mean of their channels"),
            (by_feature(lambda one: one.mean(axis=(1, 2))), "opposite in the mean of each channel"),
            (by_feature(np.sign), "have opposite signs"),
            (by_feature(lambda one: one[0]), "opposite in channel 0 only"),
        ],
    ),
    "confetti_score": Case(
        right=[
            left_of_a_plane,
            unlike_channels,
            lambda bank: torch.from_numpy(left_of_a_plane(bank)),
        ],
        wrong=[
            (neighbours_differ, "the roughness of section 2"),
            (lambda bank: neighbours_differ(bank) / 2, "Now invent another number"),
            (lambda bank: np.sqrt(neighbours_differ(bank)), "Now invent another number"),
            (lambda bank: np.log(neighbours_differ(bank)), "Now invent another number"),
            (lambda bank: np.arange(len(bank)), "in 50% of all pairs"),
            (lambda bank: -np.arange(len(bank)), "in 50% of all pairs"),
            (lambda bank: -neighbours_differ(bank), "Change the sign"),
            (lambda bank: (np.diff(bank, axis=2) ** 2).sum(axis=(1, 2, 3)), "10 times as strong"),
            (lambda bank: np.ones(len(bank)), "the same number"),
            (lambda bank: np.where(left_of_a_plane(bank) > 0.1, 1, 0), "the course's own first layer"),
            (diagonal_only, "It should be at least 90%"),
            (lambda bank: float(neighbours_differ(bank).mean()), "one each"),
            (lambda bank: bank * kernel("box3"), "has the shape (120, 3, 3, 3)"),
        ],
    ),
}
