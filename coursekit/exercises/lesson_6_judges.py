"""The judges of lesson 6: what is right about an answer on stacked layers, or what differs."""

import math
from typing import Any

import numpy as np

from coursekit import reference
from coursekit.exercises.answers import Refused, as_array, as_number, as_whole
from coursekit.exercises.calling import as_function, call
from coursekit.exercises.feedback import Right, Verdict, Wrong

__all__ = ["cheaper_stack", "field_size", "row_and_parameters"]


def row_and_parameters(answer: Any) -> Verdict:
    """Judge two numbers: the length of the flattened row, and the parameters of the linear layer.

    >>> type(row_and_parameters([4056, 40570])).__name__
    'Right'
    """
    given = as_array(answer, shape=(2,), tensors=True).tolist()
    row, parameters = (
        as_whole(number, what=f"Your {name} number")
        for name, number in zip(("first", "second"), given, strict=True)
    )
    side, maps, classes = 64, 24, 10
    for _ in range(2):
        side = reference.output_size(reference.output_size(side, 5), 2, stride=2)
    wanted = maps * side * side
    mistakes = {
        side * side: "this is one map of 13 × 13. How many maps are there?",
        maps * side: "this is 24 × 13. A map has rows and columns.",
        maps
        * 16
        * 16: "you have halved 64 twice. Each conv layer takes something off as well: it has no padding.",
        maps * 56 * 56: "this is the row without the two poolings.",
        maps * 28 * 28: "one of the two poolings is missing.",
        12 * side * side: "the last layer has 24 maps, not 12.",
    }
    if (row, parameters) == ((wanted + 1) * classes, wanted):
        return Wrong("Both numbers are right, but they are exchanged. The length of the row comes first.")
    if row != wanted:
        said = mistakes.get(
            row, "follow the side of the map: 64, then four steps. Conv takes 4 off, pooling halves."
        )
        return Wrong(f"Look at the first number, {row:,.12g}: {said}")
    if parameters == wanted * classes:
        return Wrong("The row is right. In the second number the biases are missing: one for each class.")
    if parameters == wanted + classes:
        return Wrong(
            "The row is right. But each class has its own weight for each number of the row: multiply."
        )
    if parameters == wanted * (classes + 1):
        return Wrong(
            "The row is right. The biases are one for each class, not one for each number of the row."
        )
    if parameters != (wanted + 1) * classes:
        return Wrong(
            f"The row is right. The second number, {parameters:,.12g}, is not: weights and biases of one "
            "linear layer."
        )
    return Right("Most parameters of this network stand in its last layer. The two conv layers have 8,136.")


def field_size(answer: Any) -> Verdict:
    """Judge a function of (kernel, stride) pairs that returns the side of the receptive field.

    >>> type(field_size(lambda layers: reference.receptive_field(layers).size)).__name__
    'Right'
    """
    function = as_function(answer, 1)
    chains = [
        [(5, 1)],
        [(5, 1), (5, 1), (5, 1)],
        [(2, 2)],
        [(3, 1), (2, 2), (3, 1)],
        [(5, 1), (2, 2)] * 3,
        [(7, 2), (3, 2), (3, 1)],
        [(1, 1)],
    ]
    for chain in chains:
        given = call(function, list(chain))
        size = as_number(given, what="The result of your function")
        wanted = reference.receptive_field(chain).size
        if size == wanted:
            continue
        plain = 1 + sum(kernel - 1 for kernel, _ in chain)
        late = 1 + sum((k - 1) * math.prod(s for _, s in chain[: i + 1]) for i, (k, _) in enumerate(chain))
        start = f"for the chain {chain} you give {size:,.12g}."
        if size == wanted - 1 and chain == chains[0]:
            return Wrong(
                f"{start} That is one too few. Before the first layer a value sees one pixel: itself."
            )
        if size == sum(kernel for kernel, _ in chain) and chain == chains[1]:
            return Wrong(
                f"{start} You add up the kernels. But neighbouring fields overlap: a layer adds kernel − 1."
            )
        if size == plain:
            return Wrong(f"{start} The stride is missing. After a pooling, one step is two pixels long.")
        if size == late:
            return Wrong(f"{start} The stride of a layer counts for the layers after it, not for itself.")
        return Wrong(f"{start} It is {wanted}. Follow the chain on paper, with two numbers: size and step.")
    return Right("Pooling, strides, 1 × 1 kernels: your function knows what every unit sees.")


def cheaper_stack(answer: Any) -> Verdict:
    """Judge a list of (kernel, stride) pairs: a field of 13 or more, fewer than 75 weights, 100 rows or more.

    >>> type(cheaper_stack([(5, 1)] * 3)).__name__
    'Wrong'
    """
    layers = as_array(answer, tensors=True)
    if not layers.size:
        raise Refused("your list is empty. A chain has one layer or more.")
    if layers.ndim != 2 or layers.shape[1] != 2:
        raise Refused(
            "each layer must be a pair of two numbers, (kernel, stride). A list of such pairs is wanted."
        )
    if not np.array_equal(layers, np.round(layers)) or layers.min() < 1:
        return Wrong("Kernels and strides are whole numbers, 1 or larger.")
    if layers.max() > 225:
        return Wrong("The photograph has 225 rows. No kernel and no stride should be larger.")
    chain = [(int(kernel), int(stride)) for kernel, stride in layers]
    weights = sum(kernel * kernel for kernel, _ in chain)
    field = reference.receptive_field(chain).size
    if field < 13:
        return Wrong(f"A unit of the last layer sees {field} × {field} pixels. It must see 13 × 13 or more.")
    if weights >= 75:
        return Wrong(
            f"It sees {field} × {field}, but it has {weights} weights. Three layers of 5 × 5 have 75."
        )
    side = 225
    for number, (kernel, stride) in enumerate(chain, start=1):
        if side < kernel:
            return Wrong(f"Nothing is left of 225 rows at layer {number}. Use smaller strides.")
        side = reference.output_size(side, kernel, stride=stride)
    if side < 100:
        return Wrong(f"Of 225 rows only {side} are left. At least 100 must remain: use smaller strides.")
    return Right(
        f"{len(chain)} layers see {field} × {field} pixels with {weights} weights in place of 75, and "
        f"{side} rows are left. Many small kernels see as far as few large ones, for less. VGG16 is built "
        "on this."
    )
