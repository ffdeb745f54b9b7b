"""The judges of lesson 3: what is right about a weight, a size or a function, or what differs."""

from __future__ import annotations

from typing import Any

import numpy as np

from coursekit import reference
from coursekit.exercises.answers import as_array, as_number, as_shape
from coursekit.exercises.calling import as_function, call
from coursekit.exercises.compare import close, difference
from coursekit.exercises.feedback import Right, Verdict, Wrong
from coursekit.exercises.refused import is_tensor

__all__ = ["halving", "map_size", "strided", "weight_shape", "whole_weight"]

RESULT = "The result of your function"


def weight_shape(answer: Any) -> Verdict:
    """Judge the shape of the weight of 8 filters of 5 x 5 for colour images.

    >>> weight_shape((8, 3, 5, 5)).right
    True
    """
    shape = as_shape(answer)
    if shape == (8, 3, 5, 5):
        return Right("Each of the 8 filters has one kernel of 5 × 5 for each of the 3 colours: 600 weights.")
    if len(shape) != 4:
        ask = "What is missing?" if len(shape) < 4 else "What is too much?"
        return Wrong(f"A weight has four axes, (out, in, kh, kw), and you have {len(shape)}. {ask}")
    if sorted(shape) == [3, 5, 5, 8]:
        return Wrong(
            "These are the right four numbers in another order. "
            + (
                "The 8 is in its place. Where do the channels belong?"
                if shape[0] == 8
                else "What comes first?"
            )
            + " The order is (out, in, kh, kw)."
        )
    if shape == (8, 1, 5, 5):
        return Wrong("This layer would read gray images. How many channels has a colour image?")
    if shape[2:] != (5, 5):
        return Wrong(
            f"The last two axes are the rows and columns of one kernel. You have {shape[2]} and {shape[3]}."
        )
    if shape[0] != 8:
        return Wrong(f"The first axis says how many filters there are. You have {shape[0]}.")
    return Wrong(f"The second axis says how many channels each filter reads. You have {shape[1]}.")


def whole_weight(answer: Any) -> Verdict:
    """Judge a function that makes a conv weight of a kernel with whole numbers.

    >>> import torch
    >>> whole_weight(lambda rows: torch.tensor(rows).float().reshape(1, 1, len(rows), -1)).right
    True
    """
    function = as_function(answer, 1)
    for rows in ([[1, 2, -1], [0, 3, -2]], [[-1, -1, 1, 1]] * 4):
        result = call(function, rows)
        if not is_tensor(result):
            return Wrong(
                "A conv layer wants a tensor, and your function returns something else. What does "
                "torch.tensor give?"
            )
        values = as_array(result, tensors=True, what=RESULT)
        wanted = np.array(rows, dtype=float)[None, None]
        if values.shape != wanted.shape:
            return Wrong(
                f"For a kernel of {len(rows)} × {len(rows[0])} your weight has shape {values.shape}. "
                "It has four axes, (out, in, kh, kw): here one filter for one channel."
            )
        kind = str(result.dtype).removeprefix("torch.")
        if kind.startswith(("int", "uint")):
            return Wrong(f"The weight still has the type {kind}. A conv layer refuses whole numbers.")
        if kind != "float32":
            return Wrong(
                f"The type {kind} is a floating point type, but our image has float32. Both must have one "
                "type."
            )
        if not close(values, wanted):
            return Wrong(difference(values, wanted, what="Your weight"))
    return Right(
        "The type is float32, and there are four axes. A layer takes it, and training can change it a little."
    )


def map_size(answer: Any) -> Verdict:
    """Judge a function `(n, k, stride, padding)` that gives the size of an output along one side.

    >>> map_size(lambda n, k, stride, padding: (n + 2 * padding - k) // stride + 1).right
    True
    """
    function = as_function(answer, 4)
    for n, k, s, p in (
        (213, 4, 1, 0),
        (213, 4, 2, 0),
        (213, 5, 1, 2),
        (213, 4, 4, 2),
        (320, 3, 2, 1),
        (7, 7, 3, 0),
    ):
        wanted = reference.output_size(n, k, stride=s, padding=p)
        given = call(function, n, k, s, p)
        asked = f"For n = {n}, k = {k}, stride {s}, padding {p}"
        came = as_number(given, what=RESULT)
        if came == wanted:
            continue
        if came != round(came):
            return Wrong(
                f"{asked} you give {came:,.12g}. A size is a whole number: a place where the kernel does "
                "not fit is left out."
            )
        if came == wanted - 1 == (n + 2 * p - k) // s:
            return Wrong(
                f"{asked} you give {came:.0f}, one too few. Did you count the first place, before any step?"
            )
        if p and came == (n + p - k) // s + 1:
            return Wrong(
                f"{asked} you give {came:.0f}. Padding adds zeros on both sides, so it counts twice."
            )
        if came == wanted + 1:
            advice = (
                "Round down: the last step must fit completely."
                if (n + 2 * p - k) % s
                else f"The kernel can move by {n + 2 * p - k} pixels. How many steps of {s} are that?"
            )
            return Wrong(f"{asked} you give {came:.0f}, one too many. {advice}")
        return Wrong(f"{asked} you give {came:,.12g}, and PyTorch gives {wanted}.")
    return Right(
        "Your formula agrees with PyTorch for all settings that were tried, also where a step does not fit."
    )


def strided(answer: Any) -> Verdict:
    """Judge a function `(image, kernel, stride)` that computes a cross-correlation.

    >>> strided(lambda image, kernel, stride: reference.cross_correlate2d(image, kernel, stride=stride)).right
    True
    """
    function = as_function(answer, 3)
    generator = np.random.default_rng(4)
    for size, kernel_size, stride in (
        ((6, 8), (3, 3), 1),
        ((7, 9), (3, 2), 2),
        ((10, 8), (2, 3), 3),
        ((5, 4), (5, 4), 1),
    ):
        image, kernel = generator.random(size), generator.normal(size=kernel_size)
        wanted = reference.cross_correlate2d(image, kernel, stride=stride)
        came = as_array(call(function, image, kernel, stride), (None, None), tensors=True, what="Your map")
        asked = f"Image {size[0]} × {size[1]}, kernel {kernel_size[0]} × {kernel_size[1]}, stride {stride}: "
        every = reference.cross_correlate2d(image, kernel)
        if stride > 1 and close(came, every):
            return Wrong(
                f"{asked}your function takes every place. It must go on by the stride, in rows and in "
                "columns."
            )
        if stride > 1 and came.shape == every.shape:
            return Wrong(
                f"{asked}your map has {came.shape[0]} × {came.shape[1]} values, as many as with stride 1. "
                f"With stride {stride} there are fewer places. How many?"
            )
        if came.shape != wanted.shape:
            return Wrong(f"{asked}{difference(came, wanted, what='your map')}")
        if close(came, reference.convolve2d(image, kernel, stride=stride)):
            return Wrong(
                f"{asked}this is the true convolution, which turns the kernel. A conv layer does not turn it."
            )
        if stride > 1 and close(came, every[: wanted.shape[0], : wanted.shape[1]]):
            return Wrong(
                f"{asked}the map has the right size, but its places are neighbours. Where does place "
                "number 1 begin in the image?"
            )
        if not close(came, wanted):
            return Wrong(f"{asked}{difference(came, wanted, what='your map')}")
    return Right("The same numbers as a conv layer, for squares and oblongs and every stride that was tried.")


def halving(answer: Any) -> Verdict:
    """Judge any (kernel, stride, padding) that makes 107 x 160 values of 213 x 320 pixels.

    >>> halving((3, 2, 1)).right
    True
    """
    settings = as_shape(answer)
    if len(settings) != 3:
        return Wrong(f"Three numbers are wanted, (kernel, stride, padding). You have {len(settings)}.")
    kernel, stride, padding = settings
    if kernel < 2:
        return Wrong("A kernel of this size sees no neighbours. Take 2 × 2 or more.")
    if stride < 1 or padding < 0:
        return Wrong("The stride is 1 or more, and the padding 0 or more.")
    if padding >= kernel:
        return Wrong(
            f"With padding {padding} a kernel of {kernel} would lie completely on zeros at the border. "
            "Take less."
        )
    if kernel > 213 + 2 * padding:
        return Wrong("This kernel does not fit into the image.")
    rows, columns = reference.output_size((213, 320), kernel, stride=stride, padding=padding)
    if (rows, columns) == (107, 160):
        return Right(
            "Half as many rows and columns. Networks often do this with a stride in place of pooling, "
            "which is lesson 5."
        )
    near = (
        " You are near: the last place is missing or one too many."
        if abs(rows - 107) + abs(columns - 160) <= 3
        else ""
    )
    return Wrong(f"These settings give {rows} × {columns} values, and 107 × 160 are wanted.{near}")
