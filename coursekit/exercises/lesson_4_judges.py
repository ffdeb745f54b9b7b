"""The judges of lesson 4: what is right about an answer on ReLU, or what differs."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coursekit import filters, reference
from coursekit.exercises.answers import as_array
from coursekit.exercises.calling import as_function, call
from coursekit.exercises.compare import close, difference
from coursekit.exercises.feedback import Right, Verdict, Wrong

__all__ = ["collapsed", "one_scale", "own_activation", "relu_by_hand"]

Array = NDArray[np.floating[Any]]

RESULT = "The result of your function"
MAP_A = np.array([2.0, -1.0, 0.0, -3.0])
TRIED = np.array([-0.5, -1.0, -2.0, -5.0])  # responses below 0 at which an activation must not be flat
STEP = 0.1
FLAT = 1e-6  # a change of the result that is smaller than this is none


def relu_by_hand(answer: Any) -> Verdict:
    """Judge three rows of four numbers: ReLU(A), ReLU(-A) and the first minus the second.

    >>> type(relu_by_hand([[2, 0, 0, 0], [0, 1, 0, 3], [2, -1, 0, -3]])).__name__
    'Right'
    """
    rows = as_array(answer, shape=(3, 4), tensors=True)
    positive, negative = np.maximum(MAP_A, 0), np.maximum(-MAP_A, 0)
    if close(rows[0], np.abs(MAP_A)):
        return Wrong("Row 1 is the map without its signs. ReLU does not turn −3 into 3. It turns it into 0.")
    if close(rows[0], -negative) or close(rows[0], negative):
        return Wrong(
            "Row 1 keeps the other half. ReLU lets the positive numbers stay, not the negative ones."
        )
    if not close(rows[0], positive):
        return Wrong(difference(rows[0], positive, what="Row 1, ReLU(A),", reveal=False))
    if close(rows[1], -positive):
        return Wrong(
            "Row 2 is −ReLU(A). ReLU(−A) is another thing: first the sign changes, then ReLU looks at the "
            "result."
        )
    if not close(rows[1], negative):
        return Wrong(difference(rows[1], negative, what="Row 2, ReLU(−A),", reveal=False))
    if close(rows[2], positive + negative):
        return Wrong("Row 3 is the sum of the two rows. The question asks for the first minus the second.")
    if close(rows[2], negative - positive):
        return Wrong("Row 3 is the second row minus the first. Turn it round.")
    if not close(rows[2], MAP_A):
        return Wrong(
            "Rows 1 and 2 are right. Row 3 is not their difference: "
            f"{difference(rows[2], MAP_A, what='it', reveal=False)}"
        )
    return Right("Row 3 is A again. Each ReLU keeps one half, and the two halves together lose nothing.")


def one_scale(answer: Any) -> Verdict:
    """Judge a function `(before, after)` that turns two maps into two pictures on one scale from 0 to 1.

    >>> type(one_scale(lambda before, after: (before / 8 + 0.5, after / 8 + 0.5))).__name__
    'Wrong'
    """
    function = as_function(answer, 2)
    before = np.array([[-4.0, -1.0, 0.0], [0.0, 2.0, 4.0]])
    clipped = np.maximum(before, -1)
    stronger = np.where(before > 0, 2 * before, before / 10)  # not ReLU: here the second map reaches further
    for first, second in (
        (before, stronger),
        (before, np.maximum(before, 0)),
        (clipped, np.maximum(clipped, 0)),
        (stronger, before),
    ):
        low, high = min(first.min(), second.min()), max(first.max(), second.max())
        pictures = as_array(call(function, first.copy(), second.copy()), tensors=True, what=RESULT)
        if pictures.shape != (2, *first.shape):
            return Wrong(
                "The function must return two pictures as large as the maps, with a comma between them."
            )
        wanted = [(one - low) / (high - low) for one in (first, second)]
        apart = [(one - one.min()) / (one.max() - one.min()) for one in (first, second)]
        if all(close(p, a) for p, a in zip(pictures, apart, strict=True)):
            return Wrong(
                "Each picture is still stretched by itself. A response of 0 becomes "
                f"{pictures[0][0, 2]:.2f} in the first picture and {pictures[1][0, 2]:.2f} in the second."
            )
        if close(pictures[0], wanted[1]) and close(pictures[1], wanted[0]):
            return Wrong("The scale is right, but the two pictures are exchanged. `before` comes first.")
        first_alone = [(one - first.min()) / np.ptp(first) for one in (first, second)]
        if second.max() > first.max() and all(
            close(p, f) for p, f in zip(pictures, first_alone, strict=True)
        ):
            return Wrong(
                "The scale comes from the first map alone. After another function than ReLU the second map "
                "may reach further. Both must have a say."
            )
        if min(p.min() for p in pictures) < -1e-6 or max(p.max() for p in pictures) > 1 + 1e-6:
            span = f"{min(p.min() for p in pictures):.2f} to {max(p.max() for p in pictures):.2f}"
            return Wrong(
                f"The pictures run from {span}, and must run from 0 to 1. Take the smallest value of both "
                "maps together, and the largest of both together."
            )
        if not np.isclose(pictures[0][0, 2], pictures[1][0, 2]):
            return Wrong(
                "The same response still becomes two different grays. Both maps need the same two numbers."
            )
        for name, picture, want in zip(("first", "second"), pictures, wanted, strict=True):
            if not close(picture, want):
                return Wrong(
                    "One scale, but not the one asked for. "
                    f"{difference(picture, want, what=f'The {name} picture', reveal=True)}"
                )
    return Right("A response of 0 has one gray in both pictures now. ReLU clips, and the picture says so.")


def collapsed(answer: Any) -> Verdict:
    """Judge one `(5, 5)` kernel that does what gaussian3 and then sobel_x do together.

    >>> type(collapsed(filters.kernel("sobel_x"))).__name__
    'Wrong'
    """
    blur, sobel = filters.kernel("gaussian3"), filters.kernel("sobel_x")
    given = as_array(answer, tensors=True, what="Your kernel")
    if given.shape == (1, 1, 5, 5):
        return Wrong("This is a weight with the shape (1, 1, 5, 5). The kernel is inside it: take [0, 0].")
    kernel, wanted = given, reference.compose_kernels(blur, sobel)
    if kernel.shape != wanted.shape:
        shape = " × ".join(map(str, kernel.shape)) or "one number"
        return Wrong(
            f"A kernel of {shape} cannot do it. How many pixels does one value see after both steps?"
        )
    if close(kernel, np.pad(blur, 1) + np.pad(sobel, 1)):
        return Wrong(
            "The two kernels are added. That puts two maps together. Here the second reads the first one's "
            "map."
        )
    if close(kernel, 16 * wanted):
        return Wrong(
            "All weights are 16 times too large. The weights of the Gaussian are 1, 2 and 4, divided by 16."
        )
    if not close(kernel, wanted):
        return Wrong(
            f"{difference(kernel, wanted, what='Your kernel', reveal=False)} Test it: filter an image in "
            "two steps, and with your kernel. Both must give the same numbers."
        )
    return Right(
        "Filtered in two steps or in one, an image gives the same map. Two layers without ReLU are one "
        "layer: here an edge kernel on a wider, softer scale."
    )


def own_activation(answer: Any) -> Verdict:
    """Judge any function of an array: 0 stays 0, order above 0, below 0 not positive and not flat, a bend.

    >>> type(own_activation(np.tanh)).__name__
    'Right'
    """
    function = as_function(answer, 1)
    x = np.linspace(-4, 4, 161)
    y = _activated(function, x)
    for part, rows in ((slice(0, 160), 8), (slice(40, 120), 4)):  # the second one has another largest value
        if not close(_activated(function, x[part].reshape(rows, 20)).ravel(), y[part]):
            return Wrong(
                f"A map of {rows} × 20 gets other values than the same numbers in one long row. "
                "Treat each value alone."
            )
    zero, below, above = y[80], y[:80], y[81:]
    if abs(zero) > 1e-6:
        return Wrong(
            f"A response of 0 becomes {zero:.2f}. Where there is no response, the activation must stay 0."
        )
    if not (np.diff(y[80:]) > 1e-6).all():
        place = 80 + int(np.argmin(np.diff(y[80:])))
        return Wrong(
            f"Between {x[place]:.2f} and {x[place + 1]:.2f} the result does not grow. A stronger positive "
            "response must stay the stronger one."
        )
    if below.max() > 1e-6:
        worst = int(below.argmax())
        return Wrong(
            f"{x[worst]:.2f} becomes {below[worst]:.2f}. A negative response must not come out positive."
        )
    if np.ptp(below) < 1e-6:
        return Wrong(
            "All negative responses become the same number, so the gradient there is 0. A unit can die."
        )
    change = np.abs(_activated(function, TRIED) - _activated(function, TRIED - STEP))
    if not (change > FLAT).all():
        place = TRIED[int(np.argmin(change))]
        return Wrong(
            f"From {place - STEP:.1f} to {place:.1f} the result changes by less than a millionth. There it "
            "is flat, the gradient is 0 or nearly 0, and a unit can die."
        )
    if np.ptp(np.diff(y)) < 1e-6:
        return Wrong(
            "This is a straight line. Without a bend, many layers are one layer, as section 5 showed."
        )
    return Right(
        "It keeps 0, keeps the order above 0, and bends. At −0.5, −1, −2 and −5 it is not flat, so a small "
        f"gradient comes through: −1 becomes {y[60]:.3g}, and 1 becomes {above[19]:.3g}."
    )


def _activated(function: Callable[..., Any], x: Array) -> Array:
    """What the learner's function makes of an array, of the same shape."""
    return as_array(call(function, x.copy()), shape=x.shape, tensors=True, what=RESULT)
