"""The exercises of lesson 7: counting, weights from Keras, coarse maps, opposites, a score for confetti."""

from typing import Any

import numpy as np
from safetensors.numpy import load_file

from coursekit.exercises.answers import Array, as_whole
from coursekit.exercises.engine import Progress, Right, Verdict, Wrong, choice
from coursekit.exercises.functions import array_from, as_function
from coursekit.filters import random_bank, roughness
from coursekit.samples import course_weights

__all__ = ["coarse_maps", "confetti_score", "count_block4", "from_keras", "opposite_pair", "progress"]

progress = Progress(lesson=7)
exercise = progress.exercise


@exercise(
    "Count one layer",
    kind="predict",
    question=(
        "The first conv layer of block 4 of VGG16 has 512 filters. "
        "It reads 256 channels, its kernels are 3 × 3, and it has biases. "
        "How many parameters does it have? Work out the number without looking at the table."
    ),
    blank="my_count = ...  # one whole number",
    answer="""
# In each filter: 256 kernels of 9 weights, and one bias.
my_count = 512 * 256 * 3 * 3 + 512
""",
    why="A filter has one kernel for each channel it reads, and one bias.",
    hints=(
        "Start with one filter. How many kernels does it have, and how many weights does each kernel have?",
        "Multiply by the number of filters, then add the biases. How many biases does one filter have?",
    ),
)
def count_block4(answer: Any) -> Verdict:
    """Judge the number of parameters of VGG16's block4_conv1."""
    if isinstance(answer, tuple):
        return Wrong(
            "To Python these are several numbers, because of the commas. Write one number without commas."
        )
    count = as_whole(answer)
    kernels = 512 * 256
    mistakes = {
        kernels * 9: "the biases are missing: each filter has one.",
        kernels * 9 + 1: "there isn't just one bias: each filter has one.",
        kernels * 9 + 256: "the biases belong to the filters, not to the channels they read.",
        kernels * 10: "kernels don't have biases of their own. Each filter has one.",
        512 * (9 + 1): "a filter of this layer has more than one kernel: one for each channel it reads.",
        kernels * 3 + 512: "a kernel of 3 × 3 has more than 3 weights.",
        512
        * (
            512 * 9 + 1
        ): "that is block4_conv2, which reads 512 channels. The first conv layer of block 4 reads 256.",
        256 * 256 * 9 + 256: "that is a layer of block 3. Block 4 has twice as many filters.",
    }
    if count in mistakes:
        return Wrong(f"{count:,}: {mistakes[count]}")
    wanted = kernels * 9 + 512
    if count == wanted:
        return Right(
            "The table in section 1 agrees. The size of the photograph doesn't matter: every place uses the "
            "same weights."
        )
    if abs(count / wanted - 1) < 0.01:
        return Wrong(f"{count:,} is close, but a count must be exact. Don't round it.")
    return Wrong(
        f"{count:,.12g} is too {'small' if count < wanted else 'large'}. Filters × channels × weights, plus "
        "biases."
    )


@exercise(
    "Repair the weights from Keras",
    kind="repair",
    question="""
These are the weights of a **first** layer from Keras: their axes are (kh, kw, in, out), and they read **blue
first**. Somebody moves them to PyTorch, for RGB photographs:

```python
def to_torch_order(weight):
    return weight.reshape(weight.shape[::-1])
```

The shape is right, there is no error, and the filters look like confetti. Repair both mistakes: the order of
the axes and the order of the colours.
""",
    blank="""
def to_torch_order(weight):  # NumPy (kh, kw, in, out), blue first -> (out, in, kh, kw)
    ...
""",
    answer="""
def to_torch_order(weight):  # NumPy (kh, kw, in, out), blue first -> (out, in, kh, kw)
    # The axes change places, and every number stays with its filter.
    moved = weight.transpose(3, 2, 0, 1)
    # Along the axis `in`: blue, green, red -> red, green, blue.
    return moved[:, ::-1]
""",
    why="The axes have to change places, and the colours are along the axis `in`, which holds maps in deeper "
    "layers: there only the axes change.",
    hints=(
        "reshape only cuts the long row of numbers in other places. Which method of an array moves its axes?",
        "transpose wants the old positions in their new order. Which position does `out` have in Keras?",
        "Then the colours. Which axis are they on now? A slice with step −1 reverses that axis.",
    ),
    points=2,
)
def from_keras(answer: Any) -> Verdict:
    """Judge a function from weights `(kh, kw, in, out)`, blue first, to `(out, in, kh, kw)`, red first."""
    function = as_function(answer, 1)
    keras = np.random.default_rng(7).normal(size=(3, 3, 3, 8)).astype(np.float32)
    given = array_from(function, keras)
    if given.shape != (8, 3, 3, 3):
        return Wrong(
            f"8 filters must have the shape (8, 3, 3, 3), which is (out, in, kh, kw). Yours: {given.shape}."
        )
    wanted = keras.transpose(3, 2, 0, 1)[:, ::-1]
    if np.array_equal(given, wanted.astype(given.dtype)):
        return Right(
            "Axes moved, colours reversed. Neither mistake gives an error: only a test like this one finds "
            "it. (Deeper layers read maps, not colours: there only the axes change.)"
        )
    if np.array_equal(given, keras.reshape(8, 3, 3, 3)):
        return Wrong(
            "This is still reshape. It cuts one long row in other places, which mixes up the filters."
        )
    if np.array_equal(given, keras.transpose(3, 2, 0, 1)):
        return Wrong(
            "The axes are right. But channel 0 is still blue, and it will be fed the red of your photograph."
        )
    ends = wanted[:, 0], wanted[:, 2]
    if np.array_equal(given[:, 0], given[:, 2]) and any(np.array_equal(given[:, 0], end) for end in ends):
        return Wrong("One colour is there twice: the first was overwritten before it was read.")
    if any(np.array_equal(given, each) for each in (wanted.swapaxes(2, 3), wanted[:, ::-1].swapaxes(2, 3))):
        return Wrong(
            "The rows and columns of each kernel are swapped. kh must come before kw, as it did in Keras."
        )
    turned = {
        "the filters": wanted[::-1, ::-1],
        "the rows": wanted[:, ::-1, ::-1],
        "the columns": wanted[:, ::-1, :, ::-1],
    }
    for name, other in turned.items():
        if np.array_equal(given, other):
            return Wrong(f"You have reversed {name}. Blue and red are along the axis `in`.")
    if np.array_equal(np.sort(given, axis=None), np.sort(wanted, axis=None)):
        return Wrong(
            "All the numbers are there, but not in their places. Check one: where must keras[0, 1, 2, 5] go?"
        )
    return Wrong("Some numbers have changed. Only their order may change.")


@exercise(
    "The coarse maps",
    kind="explain",
    question=(
        "In section 4, the maps of block 5 show a few coarse cells, and no cat. "
        "Which statement is right?\n\n"
        "- **A** The picture is drawn too small. "
        "On a larger screen you would find the cat in block 5 as well, with its eyes and whiskers.\n"
        "- **B** ReLU has set so many of the values to zero that the network has lost the cat.\n"
        "- **C** Each cell says how well one pattern fits a large part of the photograph.\n"
        "- **D** The later layers haven't been trained. Only the first layer has learned something."
    ),
    blank='my_choice = ...  # write "A", "B", "C" or "D", with the quotation marks',
    answer="""
# There are four poolings before block 5: one cell is a step of 16 pixels.
my_choice = "C"
""",
    why=(
        "A map of block 5 has few cells, "
        "and each says how well a pattern fits a large part of the photograph. It isn't a brightness."
    ),
    hints=(
        "How many rows and columns does a map of block 5 have? The cell after the prediction prints it.",
        "Compare the share of zeros in block 2, where you can still find the cat, with that in block 5.",
    ),
)
def coarse_maps(answer: Any) -> Verdict:
    """Judge the letter of the statement about the maps of block 5."""
    return choice(
        answer,
        right="C",
        A="Count the values: a map of block 5 has 13 × 20. No screen can show more than there is.",
        B="Block 2 has about as many zeros as block 5, and you can still see the cat there.",
        C="The fine detail is gone. What the map tells instead is what is there, and roughly where.",
        D="All 13 conv layers were trained together. "
        "Coarse maps and rough kernels in the later layers don't mean that they are untrained.",
    )


@exercise(
    "Find the opposite pair",
    kind="function",
    question=(
        "In a bank of filters, two are nearly each other's negative, "
        "apart from their strength: one may be weak and the other strong. "
        "Write a function that finds them and returns their two indices."
    ),
    blank="""
def my_pair(bank):  # (n, 3, 3, 3) -> two indices
    ...
""",
    answer="""
def my_pair(bank):  # (n, 3, 3, 3) -> two indices
    flat = bank.reshape(len(bank), -1)  # (n, 27): one row for each filter
    # (n, 27): all of length 1, because strength must not count.
    unit = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    likeness = unit @ unit.T  # (n, n): 1 is the same direction, -1 the opposite
    return np.unravel_index(likeness.argmin(), likeness.shape)
""",
    why="Once all filters are equally strong, opposite ones have the most negative sum of products.",
    hints=(
        "Multiply two filters weight by weight and add up the products. "
        "For a pair of opposites, is the sum large, near zero or very negative?",
        "First give all filters the same strength: "
        "divide each by its norm, the root of the sum of its squares.",
        "Compute the sum for every pair of filters, "
        "in two loops or as one matrix, and keep the place of the smallest.",
    ),
    points=2,
)
def opposite_pair(answer: Any) -> Verdict:
    """Judge a function that finds the two filters of a bank `(n, 3, 3, 3)` that are nearly opposite."""
    function = as_function(answer, 1)
    for seed, count, one, two in ((1, 8, 2, 6), (2, 20, 0, 19), (3, 12, 4, 5), (4, 16, 3, 11)):
        weak = seed == 4
        bank, others = _bank_with_pair(seed, count, one, two, weak=weak)
        found = np.sort(array_from(function, bank, shape=(2,)))
        if found[0] == found[1]:
            return Wrong("You return the same filter twice. A filter is never its own negative.")
        if np.array_equal(found, [one, two]):
            continue
        if np.array_equal(found, [one + 1, two + 1]):
            return Wrong("Both numbers are one too large. Return indices, which start at 0.")
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
        "You find the pair even when one of the two is weak. Try it on `first`, and look at the pair with "
        "show_filters."
    )


def _bank_with_pair(
    seed: int, count: int, one: int, two: int, *, weak: bool
) -> tuple[Array, dict[str, list[int]]]:
    """A bank `(count, 3, 3, 3)` with two nearly opposite filters; and wrong pairs, each after what is wrong.

    If weak, one filter of the pair has a fifth of the other's strength, and two unrelated filters a tenth.
    If not, and if there is room, some filters are opposite only in their means, signs, or in one channel.
    """
    bank = random_bank((count, 3, 3, 3), seed=seed).astype(np.float64)
    noise = 0.2 * random_bank((3, 3, 3), seed=seed + 10)
    bank[two] = -(0.2 if weak else 1.0) * (bank[one] + noise)
    rest = [index for index in range(count) if index not in (one, two)]
    alike = rest[:2]
    bank[alike[1]] = 1.5 * bank[alike[0]]
    pairs = {"Apart from their strength, these two are nearly the same filter. Look for the opposite.": alike}
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
            "These two have opposite signs, but the sizes of their weights don't match. Use the weights."
        ] = signs
        pairs["These two are opposite in channel 0 only. Compare all channels."] = first_channel
    return bank, pairs


@exercise(
    "A score for confetti",
    kind="stretch",
    question=(
        "Your eye can tell the learned filters of a first layer from random ones. "
        "Invent a number that can do it too, other than the roughness of section 2: "
        "one score for each filter, large for confetti and small for edges and blobs. "
        "Between a random filter and a smooth one it must be right in 90% of all pairs, and in 80% for the "
        "course's own first layer. And it must not change when a filter becomes 10 times as strong."
    ),
    blank="""
def my_score(bank):  # (n, 3, 3, 3) -> (n,), large for confetti
    ...
""",
    answer="""
def my_score(bank):  # (n, 3, 3, 3) -> (n,), large for confetti
    # The middle of a smooth kernel is close to the mean of its four neighbours.
    # In confetti it isn't.
    upright = bank[:, :, 0, 1] + bank[:, :, 2, 1]  # (n, 3)
    across = bank[:, :, 1, 0] + bank[:, :, 1, 2]  # (n, 3)
    surprise = bank[:, :, 1, 1] - (upright + across) / 4  # (n, 3)
    # (n,): divided by the strength, which must not count.
    return (surprise**2).mean(axis=1) / (bank**2).mean(axis=(1, 2, 3))
""",
    why="What sets learned first-layer filters apart is that neighbouring weights belong together.",
    hints=(
        "In a smooth filter you can guess a weight from its neighbours. In confetti you can't.",
        "Other ideas: how much of a filter is left after a blur? "
        "How often does the sign change between neighbours?",
        "To keep strength out of it, divide by the mean of the squares, or only count signs.",
    ),
    points=3,
)
def confetti_score(answer: Any) -> Verdict:
    """Judge any measure `(n, 3, 3, 3) -> (n,)` that is larger for random filters than for smooth ones."""
    function = as_function(answer, 1)
    confetti, smooth = random_bank((60, 3, 3, 3), seed=7).astype(np.float64), _smooth_bank(60)
    order = np.random.default_rng(9).permutation(120)
    bank = np.concatenate([confetti, smooth])[order]
    scores = array_from(function, bank)
    if scores.shape != (120,):
        return Wrong(f"120 filters must get 120 numbers, one each. Your result has the shape {scores.shape}.")
    high, low = scores[order < 60], scores[order >= 60]
    if np.ptp(scores) < 1e-9:
        return Wrong("All filters get the same number, so it tells you nothing.")
    louder = array_from(function, 10 * bank, shape=(120,))
    if not np.allclose(louder, scores, rtol=1e-3, atol=1e-6):
        return Wrong(
            "Filters that are 10 times as strong get a different score. A strong filter isn't a rough one: "
            "divide by its strength."
        )
    share = float((high[:, None] > low[None]).mean())
    if share < 0.1:
        return Wrong(f"Smooth filters get the larger score in {1 - share:.0%} of all pairs. Change the sign.")
    if share < 0.9:
        return Wrong(
            f"A random filter gets the larger score in {share:.0%} of all pairs. It should be at least 90%; "
            "chance alone gives half. What do neighbouring weights have in common that confetti's don't?"
        )
    if _same_order(scores, roughness(bank)):
        return Wrong(
            "This score puts the filters in the same order as the roughness of section 2. "
            "Now invent another number."
        )
    course = load_file(course_weights())["features.0.weight"].astype(np.float64)  # (64, 3, 3, 3)
    own, random = array_from(function, course), array_from(function, random_bank((64, 3, 3, 3), seed=10))
    real = float((random[:, None] > own[None]).mean())
    if real < 0.8:
        return Wrong(
            f"For edges and blobs made for this check it works ({share:.0%}), but between the course's own "
            f"first layer and random filters it is right in only {real:.0%} of all pairs. Try it on `first`."
        )
    return Right(
        f"A random filter gets the larger score in {share:.0%} of all pairs with made filters, and in "
        f"{real:.0%} with the course's own first layer."
    )


def _same_order(scores: Array, known: Array) -> bool:
    """Whether a larger score always goes with a larger known one, but for rounding."""
    gaps = [(each[:, None] - each) / np.ptp(each) for each in (scores, known)]
    one, other = (np.where(np.abs(gap) > 1e-4, np.sign(gap), 0) for gap in gaps)
    return not (one * other < 0).any()


def _smooth_bank(count: int) -> Array:
    """`(count, 3, 3, 3)`: edges and blobs, in mixed colours and strengths, with a little noise."""
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
