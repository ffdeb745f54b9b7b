"""The judges of lesson 7: what is right about an answer on a large network, or what differs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from coursekit.exercises.answers import as_array, as_whole
from coursekit.exercises.calling import as_function, call
from coursekit.exercises.feedback import Right, Verdict, Wrong
from coursekit.exercises.lesson_7_banks import bank_with_pair, smooth_bank
from coursekit.filters import random_bank

__all__ = ["block4_parameters", "confetti_score", "opposite_pair", "weights_in_order"]

Array = NDArray[np.floating[Any]]

RESULT = "The result of your function"


def block4_parameters(answer: Any) -> Verdict:
    """Judge the number of parameters of VGG16's block4_conv1.

    >>> type(block4_parameters(512 * 256 * 9 + 512)).__name__
    'Right'
    """
    if isinstance(answer, tuple):
        return Wrong(
            "These are several numbers, since a comma separates them. Write one number without commas."
        )
    count = as_whole(answer)
    kernels = 512 * 256
    mistakes = {
        kernels * 9: "the biases are missing: each filter has one.",
        kernels * 9 + 1: "not one bias in all: each filter has one.",
        kernels * 9 + 256: "the biases belong to the filters, not to the channels that they read.",
        kernels * 10: "not each kernel has a bias. Each filter has one.",
        512 * 9
        + 512: "a filter of this layer has not one kernel. It has one for each channel that it reads.",
        kernels * 3 + 512: "a kernel of 3 × 3 has more than 3 weights.",
        512 * 512 * 9
        + 512: "this is block4_conv2, which reads 512 channels. The first conv layer of block 4 reads 256.",
        256 * 256 * 9 + 256: "this is a layer of block 3. Block 4 has twice as many filters.",
    }
    if count in mistakes:
        return Wrong(f"{count:,}: {mistakes[count]}")
    wanted = kernels * 9 + 512
    if count == wanted:
        return Right(
            "The table of section 1 says the same. The size of the photograph does not count: weights are "
            "shared."
        )
    if abs(count / wanted - 1) < 0.01:
        return Wrong(f"{count:,} is near, but a count must be exact. Do not round it.")
    return Wrong(
        f"{count:,.12g} is too {'small' if count < wanted else 'large'}. Filters × channels × weights, and "
        "biases."
    )


def weights_in_order(answer: Any) -> Verdict:
    """Judge a function that turns weights `(kh, kw, in, out)`, blue first, to `(out, in, kh, kw)`, red first.

    >>> type(weights_in_order(lambda weight: weight.transpose(3, 2, 0, 1))).__name__
    'Wrong'
    """
    function = as_function(answer, 1)
    keras = np.random.default_rng(7).normal(size=(3, 3, 3, 8)).astype(np.float32)
    given = as_array(call(function, keras.copy()), tensors=True, what=RESULT)
    if given.shape != (8, 3, 3, 3):
        return Wrong(
            f"8 filters must have the shape (8, 3, 3, 3), that is (out, in, kh, kw). Yours: {given.shape}."
        )
    wanted = keras.transpose(3, 2, 0, 1)[:, ::-1]
    if np.array_equal(given, wanted.astype(given.dtype)):
        return Right(
            "Axes moved, colours turned. Both mistakes give no error, so only a test like this one finds "
            "them."
        )
    if np.array_equal(given, keras.reshape(8, 3, 3, 3)):
        return Wrong(
            "This is still reshape. It cuts one long row anew, and so numbers of different filters get mixed."
        )
    if np.array_equal(given, keras.transpose(3, 2, 0, 1)):
        return Wrong(
            "The axes are right. But channel 0 is still blue, and PyTorch will feed it the red of your "
            "photograph."
        )
    if np.array_equal(given[:, 0], given[:, 2]) and any(
        np.array_equal(given[:, 0], wanted[:, channel]) for channel in (0, 2)
    ):
        return Wrong("One colour stands twice: the first was overwritten before it was read.")
    if any(np.array_equal(given, each) for each in (wanted.swapaxes(2, 3), wanted[:, ::-1].swapaxes(2, 3))):
        return Wrong(
            "Rows and columns of each kernel are exchanged. kh must come before kw, as it did in Keras."
        )
    turned = {
        "the filters": wanted[::-1, ::-1],
        "the rows": wanted[:, ::-1, ::-1],
        "the columns": wanted[:, ::-1, :, ::-1],
    }
    for name, other in turned.items():
        if np.array_equal(given, other):
            return Wrong(f"You have reversed {name}. Blue and red stand along the axis `in`.")
    if np.array_equal(np.sort(given, axis=None), np.sort(wanted, axis=None)):
        return Wrong(
            "All numbers are there, but not at their places. Check one: where must keras[0, 1, 2, 5] stand?"
        )
    return Wrong("Some numbers have changed. Only the order may change.")


def opposite_pair(answer: Any) -> Verdict:
    """Judge a function that finds the two filters of a bank `(n, 3, 3, 3)` that are nearly opposite.

    >>> type(opposite_pair(lambda bank: (1, 1))).__name__
    'Wrong'
    """
    function = as_function(answer, 1)
    for seed, count, one, two in ((1, 8, 2, 6), (2, 20, 0, 19), (3, 12, 4, 5), (4, 16, 3, 11)):
        weak = seed == 4
        bank, others = bank_with_pair(seed, count, one, two, weak=weak)
        found = np.sort(as_array(call(function, bank.copy()), shape=(2,), tensors=True, what=RESULT))
        if found[0] == found[1]:
            return Wrong("You return the same filter twice. A filter is never its own negative.")
        if np.array_equal(found, [one, two]):
            continue
        if np.array_equal(found, [one + 1, two + 1]):
            return Wrong("Both numbers are one too large. Return indices, which begin with 0.")
        for said, pair in others.items():
            if np.array_equal(found, pair):
                return Wrong(said)
        if weak:
            return Wrong(
                "In this bank one filter of the pair is weak, and you miss it. Scale each filter to length "
                "1 first."
            )
        return Wrong(
            f"In a bank of {count} filters the pair is {one} and {two}. You found {found[0]:g} and "
            f"{found[1]:g}."
        )
    return Right(
        "Also when one of the two is weak. Try it on `first`, and look at the pair with show_filters."
    )


def confetti_score(answer: Any) -> Verdict:
    """Judge any measure `(n, 3, 3, 3) -> (n,)` that is larger for random filters than for smooth ones.

    >>> type(confetti_score(lambda bank: bank[:, 0, 0, 0])).__name__
    'Wrong'
    """
    function = as_function(answer, 1)
    confetti, smooth = random_bank((60, 3, 3, 3), seed=7).astype(np.float64), smooth_bank(60)
    order = np.random.default_rng(9).permutation(120)
    bank = np.concatenate([confetti, smooth])[order]
    scores = as_array(call(function, bank.copy()), tensors=True, what=RESULT)
    if scores.shape != (120,):
        return Wrong(f"120 filters must get 120 numbers, one each. Yours has the shape {scores.shape}.")
    high, low = scores[order < 60], scores[order >= 60]
    if np.ptp(scores) < 1e-9:
        return Wrong("All filters get the same number, so it tells nothing.")
    louder = as_array(call(function, 10 * bank), shape=(120,), tensors=True, what=RESULT)
    if not np.allclose(louder, scores, rtol=1e-3, atol=1e-6):
        return Wrong(
            "Filters that are 10 times as strong get another score. A loud filter is not a rough one: "
            "divide by its strength."
        )
    share = float((high[:, None] > low[None]).mean())
    if share < 0.1:
        return Wrong(
            f"Smooth filters get the larger score in {1 - share:.0%} of all pairs. Turn the sign round."
        )
    if share < 0.9:
        return Wrong(
            f"A random filter gets the larger score in {share:.0%} of all pairs. At least 90% are asked "
            "for; by chance it is one half. What do neighbouring weights of confetti not have?"
        )
    if _same_order(scores, _roughness(bank)):
        return Wrong(
            "This score puts the filters into the same order as the roughness of section 2. "
            "Now invent another number."
        )
    return Right(
        f"In {share:.0%} of all pairs the random filter gets the larger score. Print it for `first`."
    )


def _same_order(scores: Array, known: Array) -> bool:
    """Whether a larger score always goes with a larger known one, but for rounding."""
    gaps = [(each[:, None] - each) / np.ptp(each) for each in (scores, known)]
    one, other = (np.where(np.abs(gap) > 1e-4, np.sign(gap), 0) for gap in gaps)
    return not (one * other < 0).any()


def _roughness(bank: Array) -> Array:
    """`(n,)`: the number of section 2, for a bank `(n, 3, 3, 3)`."""
    down, across = ((np.diff(bank, axis=axis) ** 2).mean(axis=(1, 2, 3)) for axis in (2, 3))
    return np.asarray((down + across) / (2 * (bank**2).mean(axis=(1, 2, 3))))
