"""The exercises of lesson 6: a row of numbers, receptive field, a forward, random maps, a cheaper stack."""

from coursekit.exercises import lesson_6_judges as judges
from coursekit.exercises import lesson_6_network as network
from coursekit.exercises.exercise import Exercise
from coursekit.exercises.letters import choice
from coursekit.exercises.progress import Progress

__all__ = ["EXERCISES", "progress"]

long_row = Exercise(
    lesson=6,
    number=1,
    name="long_row",
    title="How long is the row?",
    kind="predict",
    question=(
        "A network reads colour pictures of 64 × 64 pixels. It has a conv layer of 5 × 5 with 12 maps, "
        "a pooling of 2 × 2, a conv layer of 5 × 5 with 24 maps and a second pooling of 2 × 2, "
        "all without padding. Then come flatten and a linear layer for 10 classes. "
        "How long is the flattened row, and how many parameters (weights and biases) has the linear layer?"
    ),
    blank="my_numbers = ...  # [length of the row, parameters of the linear layer]",
    answer="""
side = 64
for _ in range(2):
    # Conv takes 4 off, pooling halves: 64 -> 60 -> 30 -> 26 -> 13.
    side = (side - 5 + 1) // 2
row = 24 * side * side  # flatten writes all maps one after the other
# Each class: one weight for each number, and one bias.
my_numbers = [row, row * 10 + 10]
""".strip(),
    hints=(
        "Follow one side of the map through the four layers. Write each size down.",
        "Flatten takes all maps, with all their rows and columns. So multiply three numbers.",
        "The linear layer: every class reads every number of the row. "
        "And each class adds one number of its own.",
    ),
    judge=judges.row_and_parameters,
    why="The sizes follow from the formula, so nobody must guess the input of a linear layer.",
    points=1,
)

field_size = Exercise(
    lesson=6,
    number=2,
    name="field_size",
    title="What a unit sees",
    kind="function",
    question=(
        "Section 3 has the rule for a chain of layers, with two numbers, size and step. "
        "Write it as code: a function for the side of the receptive field. "
        "It gets the layers as a list of pairs (kernel, stride), from the photograph on: "
        "`[(5, 1), (2, 2)]` is a conv layer and a pooling. Use `reference.receptive_field` only to compare."
    ),
    blank="""
def my_field(layers):  # list of (kernel, stride) -> side of the field in pixels
    ...
""".strip(),
    answer="""
def my_field(layers):  # list of (kernel, stride) -> side of the field in pixels
    size, step = 1, 1  # before the first layer, a value sees itself
    for kernel, stride in layers:
        # The neighbours are one step apart, in pixels.
        size += (kernel - 1) * step
        # From here on, one place of the map is a longer way in the photograph.
        step *= stride
    return size
""".strip(),
    hints=(
        "Both numbers of the rule begin with 1. Go through the layers in a loop, and change both each time.",
        "A layer adds its other kernel places to the field. "
        "How many pixels is each of them away from the next?",
        "Both numbers begin with one pixel. "
        "In each round the size grows first, with the old step. Then the step changes.",
    ),
    judge=judges.field_size,
    why="Each layer reaches kernel − 1 steps further, and strides make the steps longer.",
    points=2,
)

tiny_network = Exercise(
    lesson=6,
    number=3,
    name="tiny_network",
    title="From pixels to scores",
    kind="forward",
    question=(
        "The layers are there, only `forward` is missing. Write it: conv, ReLU, max pooling with 2 × 2, "
        "flatten, linear. It must work for a batch of any length, and return the scores "
        "(no softmax: `cross_entropy` does it)."
    ),
    blank="""
class TinyNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, kernel_size=3)
        self.linear = nn.Linear(4 * 5 * 5, 3)

    def forward(self, x):  # (N, 3, 12, 12) -> (N, 3)
        ...
""".strip(),
    answer="""
class TinyNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, kernel_size=3)
        self.linear = nn.Linear(4 * 5 * 5, 3)

    def forward(self, x):  # (N, 3, 12, 12) -> (N, 3)
        maps = torch.relu(self.conv(x))  # (N, 4, 10, 10)
        pooled = nn.functional.max_pool2d(maps, 2)  # (N, 4, 5, 5)
        # N stays, since each picture has its own row.
        row = torch.flatten(pooled, start_dim=1)  # (N, 100)
        return self.linear(row)  # (N, 3): no ReLU here, a score may be negative
""".strip(),
    hints=(
        "Go one line at a time, and write the shape behind each line. It begins with (N, 3, 12, 12).",
        "`self.conv(x)` calls a layer. "
        "ReLU and pooling have no weights: `torch.relu`, `nn.functional.max_pool2d`.",
        "Section 5 flattens with `start_dim`. Which axis must not be flattened?",
    ),
    judge=network.tiny_network,
    why="Convolution and ReLU find, pooling makes smaller, the linear layer weighs all that is left.",
    points=2,
)

random_maps = Exercise(
    lesson=6,
    number=4,
    name="random_maps",
    title="The cup in the random maps",
    kind="explain",
    question=(
        "In section 2 you can see the cup in many of the 48 maps of layer 3. Which statement is right?\n\n"
        "- **A** Layer 3 has found out what a cup looks like. That is why its maps show one.\n"
        "- **B** Each map value is a weighted sum of nearby values, "
        "so even random weights copy where things are.\n"
        "- **C** A unit of layer 3 sees the whole photograph, and so it sees the whole cup.\n"
        "- **D** ReLU removes all that is not cup."
    ),
    blank='my_choice = ...  # write "A", "B", "C" or "D", with the quotation marks',
    answer='my_choice = "B"  # the place survives in every conv layer, learned or not',
    hints=(
        "Where do the weights of `StackedConv` come from? Has anybody trained them?",
        "Section 3 says how many pixels a unit of layer 3 sees. Which statement can you exclude with it?",
    ),
    judge=choice(
        "B",
        {
            "B": (
                "The photograph shines through. "
                "What a map shows says nothing yet about what the network knows."
            ),
            "A": (
                "Nobody has trained these weights. "
                "Another seed gives other maps, and none of them knows a cup."
            ),
            "C": "Compare the receptive field of section 3 with the size of the cup.",
            "D": (
                "ReLU looks at one number and asks only for its sign. It does not know what belongs to a cup."
            ),
        },
    ),
    why="Place survives a random filter, and so an outline in a map is no sign of learning.",
    points=1,
)

cheaper_stack = Exercise(
    lesson=6,
    number=5,
    name="cheaper_stack",
    title="See as far for less",
    kind="stretch",
    question=(
        "Three layers of 5 × 5 see 13 × 13 pixels, and have 75 weights for each pair of maps. "
        "Design a chain of conv layers that sees at least as far with fewer weights. "
        "Of 225 rows at least 100 must be left. "
        "Anything with these properties is right: how few weights do you need?"
    ),
    blank="my_layers = ...  # a list of (kernel, stride) pairs, from the photograph on",
    answer="""
# Six steps of 2 pixels each: 1 + 6 * 2 pixels, with 6 * 9 weights.
my_layers = [(3, 1)] * 6
""".strip(),
    hints=(
        "What does a layer of 3 × 3 add to the field, and what does it cost? Compare with a layer of 5 × 5.",
        "The field grows by kernel − 1, the weights by kernel × kernel. So small kernels are cheap.",
        "If you want to go further: a stride of 2 early makes all later layers see twice as far. "
        "But watch the rows.",
    ),
    judge=judges.cheaper_stack,
    why="Small kernels reach as far for fewer weights; a stride of 2 early on would reach further still.",
    points=3,
)

EXERCISES = (long_row, field_size, tiny_network, random_maps, cheaper_stack)
progress = Progress(EXERCISES)
