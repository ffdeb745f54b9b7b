"""The judges of lesson 1: what is right about an answer on image arrays, or what differs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coursekit.exercises.answers import as_array, as_shape
from coursekit.exercises.calling import as_function, call
from coursekit.exercises.compare import close, difference
from coursekit.exercises.feedback import Right, Verdict, Wrong
from coursekit.exercises.refused import Refused

__all__ = ["gray_of_bgr", "last_pixel", "lighter", "warmer"]

Array = NDArray[np.floating[Any]]

ROWS, COLUMNS = 213, 320
RESULT = "The result of your function"


def last_pixel(answer: Any) -> Verdict:
    """Judge row and column of the pixel at the bottom right of 213 x 320 pixels.

    >>> last_pixel((213, 320)).right
    False
    """
    if isinstance(answer, np.ndarray) and answer.dtype.kind == "f" and answer.size == 3:
        return Wrong("You give what the pixel holds. Only its place is wanted: (row, column).")
    place = as_shape(answer)
    if len(place) != 2:
        return Wrong(f"A pixel has a row and a column, so two numbers. You have {len(place)}.")
    inside = -ROWS <= place[0] < ROWS and -COLUMNS <= place[1] < COLUMNS
    from_zero = (place[0] % ROWS, place[1] % COLUMNS) if inside else place  # -1 is the last one
    if from_zero == (ROWS - 1, COLUMNS - 1):
        return Right(
            "The row comes first, and the count begins at 0. So the last row is one less than the number "
            "of rows."
        )
    if place == (ROWS, COLUMNS):
        return Wrong("The order is right. But the first row is row 0. Which number has the last one?")
    if place in {(COLUMNS, ROWS), (COLUMNS - 1, ROWS - 1)}:
        rest = "" if place[0] == COLUMNS - 1 else " And look again at where the count begins."
        return Wrong(f"You have the column first. An array is a table: rows come first.{rest}")
    if from_zero in {(0, COLUMNS - 1), (ROWS - 1, 0), (0, 0)}:
        return Wrong("This is another corner. Rows grow downwards, and columns grow to the right.")
    if not inside:
        return Wrong(f"Row {place[0]}, column {place[1]} lies outside of the picture: Python gives an error.")
    return Wrong(f"Row {place[0]}, column {place[1]} lies inside of the picture, but not in the corner.")


def gray_of_bgr(answer: Any) -> Verdict:
    """Judge a function that turns a BGR image `(H, W, 3)` into gray `(H, W)`.

    >>> gray_of_bgr(lambda image: image @ [0.299, 0.587, 0.114]).right
    False
    """
    function = as_function(answer, 1)
    image = np.random.default_rng(1).random((4, 6, 3)).astype(np.float32)  # as a photograph; OpenCV wants it
    gray = as_array(_image_of(function, image), (4, 6), what=RESULT)
    blue, green, red = np.moveaxis(image, -1, 0)
    if close(gray, 0.299 * blue + 0.587 * green + 0.114 * red):
        return Wrong(
            "This is still the code of your friend: it takes channel 0 for red. In this image channel 0 "
            "is blue."
        )
    if close(gray, image.mean(axis=-1)):
        return Wrong(
            "This is the plain mean. Our eyes do not see the three colours equally bright: use the recipe."
        )
    if any(close(gray, image[:, :, channel]) for channel in range(3)):
        return Wrong("This is one of the channels by itself. Gray is a weighted sum of all three.")
    wanted = 0.299 * red + 0.587 * green + 0.114 * blue
    if close(gray, wanted):
        return Right(
            "Blue, green, red: the weights change places with the channels. Now the red roofs are bright "
            "enough."
        )
    friends = 0.299 * blue + 0.587 * green + 0.114 * red
    if any(close(gray, each[::-1]) for each in (wanted, friends)):
        return Wrong("You turned the rows round. The channels are the last of the three axes.")
    if any(close(gray, each[:, ::-1]) for each in (wanted, friends)):
        return Wrong("You turned the columns round. The channels are the last of the three axes.")
    in_bytes = bool(np.abs(gray - 255 * wanted).max() <= 1)  # also rounded
    if in_bytes or close(gray * 255, wanted):
        return Wrong(
            f"The weights are right, but the values are 255 times too {'large' if in_bytes else 'small'}. "
            "The image has values from 0 to 1, and gray has them too."
        )
    return Wrong(
        difference(gray, wanted, what="Your gray image")
        + " Compare your three weights with the recipe of section 2, and give each to its colour."
    )


def lighter(answer: Any) -> Verdict:
    """Judge a function that makes bytes lighter by 100 without an overflow.

    >>> lighter(lambda image: image + np.uint8(100)).right
    False
    """
    function = as_function(answer, 1)
    image = np.array([[0, 20, 60, 100], [150, 155, 156, 160], [200, 230, 254, 255]], dtype=np.uint8)
    result = _image_of(function, image)
    values = as_array(result, image.shape, what=RESULT)
    wanted = np.minimum(image.astype(float) + 100, 255)
    if close(values, (image.astype(int) + 100) % 256):
        return Wrong(
            "200 still becomes 44: the sum starts again from zero after 255. "
            "A limit that comes after the sum comes too late. Make room before you add."
        )
    if close(values, image.astype(float) + 100):
        return Wrong(
            "There is no overflow now, but 255 becomes 355. What is too large for a byte must stay at 255."
        )
    if close(values * 255, wanted):
        return Wrong(
            "These are values from 0 to 1. Bytes are wanted, from 0 to 255: multiply by 255 at the end."
        )
    if close(values, 1) or close(values, np.minimum(image + 100 / 255, 1)):
        return Wrong("You stop at 1. In bytes white is 255: 1 is nearly black.")
    if not close(values, wanted):
        return Wrong(difference(values, wanted, reveal=True, what=RESULT))
    kind = getattr(getattr(result, "dtype", None), "name", type(result).__name__)
    if kind != "uint8":
        return Wrong(f"All values are right, but their type is {kind}. Turn the result into `np.uint8`.")
    return Right("200 becomes 255, not 44. The sum had room, and only what fits into a byte went back.")


def warmer(answer: Any) -> Verdict:
    """Judge any function that makes a photograph warmer: more red, less blue, about as bright.

    >>> warmer(lambda image: np.clip(image * [1.1, 1, 0.8], 0, 1)).right
    True
    """
    function = as_function(answer, 1)
    generator = np.random.default_rng(2)
    flat = np.full((6, 8, 3), 0.5)
    for image in (0.15 + 0.6 * generator.random((8, 9, 3)), generator.random((6, 7, 3)), flat):
        warm = as_array(_image_of(function, image.astype(np.float32)), image.shape, what=RESULT)
        if warm.min() < -1e-6 or warm.max() > 1 + 1e-6:
            return Wrong(
                f"The values go from {warm.min():.2f} to {warm.max():.2f}. Keep them between 0 and 1: "
                "`np.clip` can."
            )
        red, _, blue = (warm - image).mean(axis=(0, 1))
        if close(warm, image):
            where = "In a picture that is gray everywhere, nothing" if image is flat else "Nothing"
            return Wrong(f"{where} has changed. Red must grow, and blue must fall.")
        if close(warm, image[:, :, ::-1]):
            return Wrong(
                "You exchanged red and blue. Leave each channel in its place, and change its strength."
            )
        if red < -0.001 and blue > 0.001:
            return Wrong("This is colder, not warmer: red falls and blue grows. Which channel is which?")
        if red < 0.01:
            return Wrong(
                f"The mean of red changes by {red:+z.3f}. In the light of the evening it grows, by 0.01 or "
                "more."
            )
        if blue > -0.01:
            return Wrong(f"The mean of blue changes by {blue:+z.3f}. It must fall, by 0.01 or more.")
        gray = float(((warm - image) @ [0.299, 0.587, 0.114]).mean())
        if abs(gray) > 0.05:
            return Wrong(
                f"The picture becomes {'lighter' if gray > 0 else 'darker'}: the mean of its gray changes "
                f"by {gray:+.3f}. At most 0.05, please."
            )
    return Right("More red, less blue, and about as bright. Try it on the photograph, with `show_image`.")


def _image_of(function: Callable[..., Any], image: NDArray[Any]) -> Any:
    """What the function returns for an image, unless that is one number for all of it."""
    result = call(function, image)
    if isinstance(result, int | float | np.number):
        raise Refused(f"{RESULT} is one number, and an image is wanted here: a value for each pixel.")
    return result
