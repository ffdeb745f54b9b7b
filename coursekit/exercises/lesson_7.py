"""The exercises of lesson 7: counting, weights from Keras, coarse maps, opposites, a score for confetti."""

from coursekit.exercises import lesson_7_judges as judges
from coursekit.exercises.exercise import Exercise
from coursekit.exercises.letters import choice
from coursekit.exercises.progress import Progress

__all__ = ["EXERCISES", "progress"]

count_block4 = Exercise(
    lesson=7,
    number=1,
    name="count_block4",
    title="Count one layer",
    kind="predict",
    question=(
        "The first conv layer of block 4 of VGG16 has 512 filters. "
        "It reads 256 channels, its kernels are 3 × 3, and it has biases. "
        "How many parameters has it? Compute the number without looking into the table."
    ),
    blank="my_count = ...  # one whole number",
    answer="""
# Each filter: 256 kernels of 9 weights, and one bias.
my_count = 512 * 256 * 3 * 3 + 512
""".strip(),
    hints=(
        "Begin with one filter. How many kernels has it, and how many weights has each?",
        "Multiply by the number of filters. Then add the biases. How many biases has one filter?",
    ),
    judge=judges.block4_parameters,
    why="A filter has one kernel for each channel that it reads, and one bias.",
    points=1,
)

from_keras = Exercise(
    lesson=7,
    number=2,
    name="from_keras",
    title="Repair the weights from Keras",
    kind="repair",
    question="""
These weights come from Keras: their axes are (kh, kw, in, out), and they read **blue first**. Somebody brings
them to PyTorch, for RGB photographs:

```python
def to_torch_order(weight):
    return weight.reshape(weight.shape[::-1])
```

The shape is right, no error comes, and the filters look like confetti. Repair both mistakes: the order of the
axes and the order of the colours.
""".strip(),
    blank="""
def to_torch_order(weight):  # NumPy (kh, kw, in, out), blue first -> (out, in, kh, kw)
    ...
""".strip(),
    answer="""
def to_torch_order(weight):  # NumPy (kh, kw, in, out), blue first -> (out, in, kh, kw)
    # Axes change places, and every number stays with its filter.
    moved = weight.transpose(3, 2, 0, 1)
    # Along the axis `in`: blue, green, red -> red, green, blue.
    return moved[:, ::-1]
""".strip(),
    hints=(
        "reshape only cuts the long row of numbers anew. Which method of an array exchanges its axes?",
        "transpose wants the old positions in their new order. Where does `out` stand in the Keras order?",
        "Then the colours. Which axis holds them now? A slice with the step −1 turns that axis round.",
    ),
    judge=judges.weights_in_order,
    why="Axes must change places one by one, and the colours stand along the axis that the filters read.",
    points=2,
)

coarse_maps = Exercise(
    lesson=7,
    number=3,
    name="coarse_maps",
    title="The coarse maps",
    kind="explain",
    question=(
        "In the pictures of section 4, the maps of block 5 show a few coarse cells, and no cat. "
        "Which statement is right?\n\n"
        "- **A** The picture is drawn too small. "
        "On a larger screen you would find the cat in block 5 as well.\n"
        "- **B** ReLU has set so many values to zero that the network has lost the cat.\n"
        "- **C** Each cell answers for a large part of the photograph: *is my pattern here?* "
        "It is not a brightness.\n"
        "- **D** The later layers are not trained. Only the first layer has learned something."
    ),
    blank='my_choice = ...  # write "A", "B", "C" or "D", with the quotation marks',
    answer="""
# Four poolings lie before block 5: one cell is a step of 16 pixels.
my_choice = "C"
""".strip(),
    hints=(
        "How many rows and columns has a map of block 5? The cell after the prediction prints it.",
        "Compare the share of zeros in block 2, where you still find the cat, with that in block 5.",
    ),
    judge=choice(
        "C",
        {
            "C": (
                "The fine detail is gone, and another kind of knowledge has come: "
                "what is there, roughly where."
            ),
            "A": "Count the values: a map of block 5 has 13 × 20. No screen can show more than there is.",
            "B": "Block 2 has about as many zeros as block 5, and there you still see the cat.",
            "D": (
                "All 13 conv layers were trained together. "
                "Neither coarse maps nor rough kernels in the later layers mean untrained."
            ),
        },
    ),
    why=(
        "A map of block 5 has few cells, "
        "and each says how well a pattern fits to a large part of the photograph."
    ),
    points=1,
)

opposite_pair = Exercise(
    lesson=7,
    number=4,
    name="opposite_pair",
    title="Find the opposite pair",
    kind="function",
    question=(
        "In a bank of filters, two are nearly each other's negative, "
        "up to their strength: one may be weak and the other strong. "
        "Write a function that finds them and returns their two indices."
    ),
    blank="""
def my_pair(bank):  # (n, 3, 3, 3) -> two indices
    ...
""".strip(),
    answer="""
def my_pair(bank):  # (n, 3, 3, 3) -> two indices
    flat = bank.reshape(len(bank), -1)  # (n, 27): one row for each filter
    # (n, 27): all of length 1, since strength must not count.
    unit = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    likeness = unit @ unit.T  # (n, n): 1 is the same direction, -1 the opposite
    return np.unravel_index(likeness.argmin(), likeness.shape)
""".strip(),
    hints=(
        "Multiply two filters weight by weight and add up. "
        "Is the sum large, near zero or very negative for a pair of opposites?",
        "First bring all filters to the same strength: "
        "divide each by its norm, the root of the sum of its squares.",
        "Compute the sum for every two filters, "
        "in two loops or as one matrix, and keep the place of the smallest.",
    ),
    judge=judges.opposite_pair,
    why="At equal strength, opposite filters have the most negative sum of products.",
    points=2,
)

confetti_score = Exercise(
    lesson=7,
    number=5,
    name="confetti_score",
    title="A score for confetti",
    kind="stretch",
    question=(
        "Your eye tells the learned filters of a first layer from random ones. "
        "Invent a number that does it too, and not the roughness of section 2: "
        "one score for each filter, large for confetti and small for edges and blobs. "
        "It must be right in 90% of all pairs, and must not change when a filter becomes 10 times as strong."
    ),
    blank="""
def my_score(bank):  # (n, 3, 3, 3) -> (n,), large for confetti
    ...
""".strip(),
    answer="""
def my_score(bank):  # (n, 3, 3, 3) -> (n,), large for confetti
    # The middle of a smooth kernel is near the mean of its four neighbours.
    # Confetti does not care.
    upright = bank[:, :, 0, 1] + bank[:, :, 2, 1]  # (n, 3)
    across = bank[:, :, 1, 0] + bank[:, :, 1, 2]  # (n, 3)
    surprise = bank[:, :, 1, 1] - (upright + across) / 4  # (n, 3)
    # (n,): divided by the strength, so that it does not count.
    return (surprise**2).mean(axis=1) / (bank**2).mean(axis=(1, 2, 3))
""".strip(),
    hints=(
        "In a smooth filter you can guess a weight from its neighbours. In confetti you cannot.",
        "Other ideas: how much of a filter is left after a blur? "
        "How often does the sign change between neighbours? How alike are its three channels?",
        "To make strength not count, divide by the mean of the squares, or count signs only.",
    ),
    judge=judges.confetti_score,
    why="What sets learned first-layer filters apart is that neighbouring weights know of each other.",
    points=3,
)

EXERCISES = (count_block4, from_keras, coarse_maps, opposite_pair, confetti_score)
progress = Progress(EXERCISES)
