"""The judges of lesson 2: what is right about a kernel or a function of the learner, or what differs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from coursekit import reference
from coursekit.exercises.answers import as_array
from coursekit.exercises.calling import as_function, call
from coursekit.exercises.compare import close, difference
from coursekit.exercises.feedback import Right, Verdict, Wrong

__all__ = ["blur", "corner", "diagonal", "slide"]

Array = NDArray[np.floating[Any]]


def slide(answer: Any) -> Verdict:
    """Judge a function `(row, kernel)` that slides a short row of weights over a row of pixels.

    >>> slide(lambda row, kernel: np.correlate(row, kernel, "valid")).right
    True
    """
    function = as_function(answer, 2)
    generator = np.random.default_rng(3)
    cases = [
        (np.array([0.0, 0.0, 1.0, 1.0, 0.5]), np.array([-1.0, 2.0])),
        (np.array([0.2, 0.9, 0.1, 0.7, 0.4]), np.array([1.0, -2.0])),  # with negative responses
    ]
    cases += [(generator.random(n), generator.normal(size=k)) for n, k in ((9, 3), (6, 1), (4, 4))]
    for row, kernel in cases:
        wanted = np.array(
            [(row[i : i + len(kernel)] * kernel).sum() for i in range(len(row) - len(kernel) + 1)]
        )
        result = call(function, row, kernel)
        if isinstance(result, int | float | np.number):
            return Wrong(
                "The result of your function is one number, the response at one place. "
                "Collect the responses at all places, and return them together."
            )
        came = as_array(result, (None,), what="The result of your function")
        sizes = f"For {len(row)} pixels and {len(kernel)} weights"
        if len(came) == len(wanted) - 1:
            which = ", the last" if close(came, wanted[:-1]) else ""
            which = ", the first" if close(came, wanted[1:]) else which
            return Wrong(f"{sizes} one value is missing{which}. How many places are there for the kernel?")
        if len(came) == len(row) != len(wanted):
            return Wrong(
                f"{sizes} you give {len(came)} values, as many as pixels. "
                "At the last of these places the kernel does not lie on the row completely."
            )
        if len(came) != len(wanted):
            values = "1 value" if len(came) == 1 else f"{len(came)} values"
            return Wrong(f"{sizes} there are {len(wanted)} places, and you give {values}.")
        if close(came, np.convolve(row, kernel, "valid")) and not close(came, wanted):
            return Wrong(
                "You lay the kernel on the row backwards: its first weight belongs to the first pixel."
            )
        if close(came * len(kernel), wanted) and len(kernel) > 1:
            return Wrong("You take the mean of the products. A response is their sum.")
        if wanted.min() < 0 and any(close(came, other) for other in (np.abs(wanted), np.maximum(wanted, 0))):
            return Wrong("A response can be negative. Your function changes the negative ones: keep them.")
        if not close(came, wanted):
            shown = "" if len(row) > 5 else f" The row was {row.tolist()}, the kernel {kernel.tolist()}."
            return Wrong(difference(came, wanted, reveal=bool(shown), what="Your response") + shown)
    return Right(
        "You have written the heart of a conv layer, for one row. In two directions it is the same sum."
    )


def diagonal(answer: Any) -> Verdict:
    """Judge any 4 x 4 kernel that answers more to a diagonal edge than to an upright or a level one.

    >>> diagonal(np.subtract.outer(np.arange(4), np.arange(4))).right
    True
    """
    kernel = as_array(answer, (4, 4), what="Your kernel")
    if not kernel.any():
        return Wrong("All weights are 0, so this kernel answers to nothing.")
    size = np.abs(kernel).sum()
    total = kernel.sum()
    if abs(total) > 1e-3 * size:
        return Wrong(f"The weights add up to {total:.4g}. A flat patch must give 0, however bright it is.")
    y, x = np.mgrid[:4, :4] - 1.5
    both = [_at_edges(kernel, height) for height in (y - x, y + x)]
    diagonals = max(both, key=lambda responses: np.abs(responses).max())
    slanted = float(np.abs(diagonals).max())
    straight = {name: np.abs(_at_edges(kernel, h)).max() for name, h in (("vertical", x), ("horizontal", y))}
    name, strongest = max(straight.items(), key=lambda pair: pair[1])
    if slanted < 0.1 * size:
        return Wrong(
            f"To a diagonal edge it gives at most {slanted:.4g}, which is little for such weights. "
            "One side of the diagonal must add, the other subtract."
        )
    if slanted < 1.2 * strongest:
        return Wrong(
            f"The strongest answer to a diagonal edge is {slanted:.4g}, and to {name} edges it is "
            f"{strongest:.4g}. "
            "The diagonal one must be at least 1.2 times as large. Where does your kernel change its sign?"
        )
    if min(diagonals.max(), -diagonals.min()) > 0.5 * slanted:
        return Right(
            f"A diagonal edge gives {slanted:.4g}, a vertical or horizontal one at most {strongest:.4g}. "
            "At an edge it answers twice, once with each sign, as kernels for thin lines do."
        )
    return Right(
        f"A diagonal edge gives {slanted:.4g}, a vertical or horizontal one at most {strongest:.4g}, a flat "
        "patch 0. "
        "Look at its map: the slopes of the roofs appear."
    )


def blur(answer: Any) -> Verdict:
    """Judge any 5 x 5 kernel that blurs and keeps brightness and place.

    >>> blur(np.full((5, 5), 1 / 25)).right
    True
    """
    kernel = as_array(answer, (5, 5), what="Your kernel")
    total = kernel.sum()
    if not kernel.any():
        return Wrong("All weights are 0, so every picture becomes black. Did whole numbers round them down?")
    if kernel.min() < -1e-6:
        return Wrong(
            "There is a negative weight. It subtracts a neighbour, and that sharpens. A blur only mixes."
        )
    if abs(total - 1) > 1e-3:
        return Wrong(
            f"The weights add up to {total:.4g}, so a picture becomes {total:.4g} times as bright. Which "
            "sum keeps it?"
        )
    if kernel.max() > 0.999:
        what = "Every pixel stays as it is" if kernel[2, 2] > 0.999 else "The picture moves"
        return Wrong(f"Only one weight is not 0. {what}, and nothing is mixed.")
    offset = np.arange(5) - 2
    if abs((kernel.sum(axis=0) * offset).sum()) > 0.01 or abs((kernel.sum(axis=1) * offset).sum()) > 0.01:
        return Wrong(
            "The weights are heavier on one side, so the picture moves while it blurs. Make both sides equal."
        )
    left = float(np.sqrt((kernel**2).sum()))  # of the spread of independent noise
    if left > 0.5:
        return Wrong(
            f"It blurs, but little: of fine noise {left:.0%} is left. Half or less is wanted. Give the "
            "neighbours more."
        )
    places = np.indices((5, 5)).reshape(2, 25)
    if np.linalg.eigvalsh(np.cov(places, aweights=kernel.ravel(), ddof=0))[0] < 0.01:
        return Wrong("It blurs in one direction only: all its weights lie on one line. Use others beside it.")
    return Right(
        f"Brightness and place stay, and of fine noise only {left:.0%} is left. You mixed each pixel with "
        "its neighbours."
    )


def corner(answer: Any) -> Verdict:
    """Judge any kernel whose strongest answer in the picture of a bright square is at one of its corners.

    >>> corner([[-4, -4, -4], [-4, 5, 5], [-4, 5, 5]]).right
    True
    """
    kernel = as_array(answer, (None, None), what="Your kernel")
    rows, columns = kernel.shape
    if not (2 <= rows <= 7 and 2 <= columns <= 7):
        return Wrong(f"Your kernel is {rows} x {columns}. Take 2 to 7 rows and columns.")
    size = np.abs(kernel).sum()
    if size == 0:
        return Wrong("All weights are 0, so this kernel answers to nothing.")
    if abs(kernel.sum()) > 1e-3 * size:
        return Wrong(
            f"The weights add up to {kernel.sum():.4g}. A flat patch must give 0, and so must the sky."
        )
    image = np.zeros((40, 40))
    image[12:28, 12:28] = 1
    response = reference.cross_correlate2d(image, kernel)
    middle = slice(
        14, 26 - max(rows, columns)
    )  # where the kernel can see an edge of the square, but no corner
    edges = float(max(response[middle].max(), response[:, middle].max()))
    best = float(response.max())
    if best <= 1e-6 * size:
        return Wrong("At no corner of a bright square does this kernel give a positive number.")
    if edges > 0.7 * best:
        return Wrong(
            f"At a corner it gives at most {best:.4g}, and along a straight edge {edges:.4g}. "
            "An edge must give clearly less, seven tenths or less. Which weights do only corners touch?"
        )
    return Right(
        f"At a corner it gives {best:.4g}, along a straight edge at most {max(edges, 0):.4g}, and on flat "
        "patches 0."
    )


def _at_edges(kernel: Array, height: Array) -> Array:
    """`(7,)`: the responses to edges where the height passes −3, −2, ..., 3."""
    return np.array([(kernel * _step(height - offset)).sum() for offset in range(-3, 4)])


def _step(height: Array) -> Array:
    """A patch that is 0 where the height is negative, 1 where it is positive, and 0.5 between."""
    return (np.sign(height) + 1) / 2
