"""The exercises of lesson 1: the last pixel, colours in another order, bytes that overflow, evening light."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coursekit.exercises.answers import Refused, as_array, as_shape
from coursekit.exercises.compare import close, difference
from coursekit.exercises.engine import Progress, Right, Verdict, Wrong
from coursekit.exercises.functions import RESULT, as_function, call

__all__ = ["gray_of_bgr", "last_pixel", "lighter", "progress", "warmer"]

progress = Progress(lesson=1)
exercise = progress.exercise


@exercise(
    "The last pixel",
    kind="predict",
    question="""
A friend wants the pixel in the bottom right corner of the temple, which has 213 rows and 320 columns. She
writes `photo[320, 213]` and gets an error. **Two** things are wrong. Which two numbers should be in the
brackets?
""",
    blank="my_place = ...  # (row, column)",
    answer="my_place = (212, 319)  # rows first; the count starts at 0, so the last one is the number less 1",
    why="Rows come before columns, and a count that starts at 0 ends one earlier.",
    hints=(
        "Which of the two numbers in the brackets comes first: the row or the column?",
        "A table with 4 rows has rows 0, 1, 2 and 3. So which row is the last one of 213?",
    ),
)
def last_pixel(answer: Any) -> Verdict:
    """Judge row and column of the pixel at the bottom right of 213 x 320 pixels."""
    if isinstance(answer, np.ndarray) and answer.dtype.kind == "f" and answer.size == 3:
        return Wrong("That is what the pixel holds. The question asks for its place: (row, column).")
    rows, columns = 213, 320
    place = as_shape(answer)
    if len(place) != 2:
        return Wrong(f"A pixel has a row and a column, so two numbers. You have {len(place)}.")
    inside = -rows <= place[0] < rows and -columns <= place[1] < columns
    from_zero = (place[0] % rows, place[1] % columns) if inside else place  # -1 is the last one
    if from_zero == (rows - 1, columns - 1):
        return Right(
            "The row comes first, and the count starts at 0, so the last row is one less than the number "
            "of rows."
        )
    if place == (rows, columns):
        return Wrong("The order is right. But the first row is row 0. So what number does the last one have?")
    if place in {(columns, rows), (columns - 1, rows - 1)}:
        rest = "" if place[0] == columns - 1 else " And look again at where the count starts."
        return Wrong(f"You have the column first. An array is a table: rows come first.{rest}")
    if from_zero in {(0, columns - 1), (rows - 1, 0), (0, 0)}:
        return Wrong("That is another corner. Rows grow downwards, and columns grow to the right.")
    if not inside:
        return Wrong(f"Row {place[0]}, column {place[1]} is outside the picture: Python gives an error.")
    return Wrong(f"Row {place[0]}, column {place[1]} is inside the picture, but not in the corner.")


@exercise(
    "Repair the dark roofs",
    kind="repair",
    question="""
A friend reads photographs with OpenCV and makes them gray. Her red roofs come out too dark:

```python
def gray_of_bgr(image):
    return 0.299 * image[:, :, 0] + 0.587 * image[:, :, 1] + 0.114 * image[:, :, 2]
```

OpenCV keeps the colours in another order. Rewrite the function so that it is right for such images.
""",
    blank="""
def gray_of_bgr(image):  # (H, W, 3), blue first, from 0 to 1 -> (H, W)
    return ...
""",
    answer="""
def gray_of_bgr(image):  # (H, W, 3), blue first, from 0 to 1 -> (H, W)
    # Red is the last channel here, and blue the first. Each weight goes with its colour.
    return 0.299 * image[:, :, 2] + 0.587 * image[:, :, 1] + 0.114 * image[:, :, 0]
""",
    why="Each weight belongs to a colour, not to a place, and in BGR red and blue have swapped places.",
    hints=(
        "Read *Red and blue swapped* above once more. Which channel is red in such an image?",
        "The recipe gives the largest weight to green and the smallest to blue. Does each colour get its "
        "weight?",
        "Only two of the three numbers in the square brackets have to change.",
    ),
    points=2,
)
def gray_of_bgr(answer: Any) -> Verdict:
    """Judge a function that turns a BGR image `(H, W, 3)` into gray `(H, W)`."""
    function = as_function(answer, 1)
    image = np.random.default_rng(1).random((4, 6, 3)).astype(np.float32)  # as a photograph; OpenCV wants it
    gray = as_array(_image_of(function, image), (4, 6), what=RESULT)
    blue, green, red = np.moveaxis(image, -1, 0)
    if close(gray, 0.299 * blue + 0.587 * green + 0.114 * red):
        return Wrong(
            "This is still your friend's code: it takes channel 0 for red. In this image, channel 0 is blue."
        )
    if close(gray, image.mean(axis=-1)):
        return Wrong(
            "This is the plain mean. Our eyes don't see the three colours equally well: use the recipe."
        )
    if any(close(gray, image[:, :, channel]) for channel in range(3)):
        return Wrong("This is one of the channels by itself. Gray is a weighted sum of all three.")
    wanted = 0.299 * red + 0.587 * green + 0.114 * blue
    if close(gray, wanted):
        return Right(
            "Blue, green, red: the weights move with the channels. Now the red roofs are bright enough."
        )
    friends = 0.299 * blue + 0.587 * green + 0.114 * red
    if any(close(gray, each[::-1]) for each in (wanted, friends)):
        return Wrong("You reversed the rows. The channels are the last of the three axes.")
    if any(close(gray, each[:, ::-1]) for each in (wanted, friends)):
        return Wrong("You reversed the columns. The channels are the last of the three axes.")
    in_bytes = bool(np.abs(gray - 255 * wanted).max() <= 1)  # also rounded
    if in_bytes or close(gray * 255, wanted):
        return Wrong(
            f"The weights are right, but the values are 255 times too {'large' if in_bytes else 'small'}. "
            "The image has values from 0 to 1, and gray should have them too."
        )
    return Wrong(
        difference(gray, wanted, what="Your gray image")
        + " Compare your three weights with the recipe in section 2, and give each to its colour."
    )


@exercise(
    "Repair the dark sky",
    kind="repair",
    question="""
This function is meant to make an image of bytes lighter. In the bright sky it leaves dark patches:

```python
def lighter(image):
    return image + np.uint8(100)
```

Repair it: it takes bytes and returns bytes, 100 lighter. Anything that would be more than 255 becomes 255.
""",
    blank="""
def lighter(image):  # uint8 (H, W) -> uint8 (H, W)
    return ...
""",
    answer="""
def lighter(image):  # uint8 (H, W) -> uint8 (H, W)
    room = image.astype(np.float32) + 100  # float32 has room for 355
    return np.clip(room, 0, 255).astype(np.uint8)  # the limit first, then bytes again
""",
    why="The sum is computed where there is room for it, and only numbers that fit become bytes again.",
    hints=(
        "Work it out for one bright pixel: what is 200 + 100 in bytes? Look in section 3.",
        "Change the type before you add: `image.astype(...)`. Which type did section 3 use?",
        "Three steps are left: add, cut off at 255 with `np.clip`, and go back to `np.uint8`.",
    ),
    points=2,
)
def lighter(answer: Any) -> Verdict:
    """Judge a function that makes bytes lighter by 100 without an overflow."""
    function = as_function(answer, 1)
    image = np.array([[0, 20, 60, 100], [150, 155, 156, 160], [200, 230, 254, 255]], dtype=np.uint8)
    result = _image_of(function, image)
    values = as_array(result, image.shape, what=RESULT)
    wanted = np.minimum(image.astype(float) + 100, 255)
    if close(values, (image.astype(int) + 100) % 256):
        return Wrong(
            "200 still becomes 44: after 255 the sum starts again from zero. A limit after the sum comes too "
            "late. Make room before you add."
        )
    if close(values, image.astype(float) + 100):
        return Wrong(
            "There is no overflow now, but 255 becomes 355. Whatever is too large for a byte must become 255."
        )
    if close(values * 255, wanted):
        return Wrong("These are values from 0 to 1. The result should be bytes: multiply by 255 at the end.")
    if close(values, 1) or close(values, np.minimum(image + 100 / 255, 1)):
        return Wrong("You stop at 1. In bytes, white is 255, and 1 is nearly black.")
    if not close(values, wanted):
        return Wrong(difference(values, wanted, reveal=True, what=RESULT))
    kind = getattr(getattr(result, "dtype", None), "name", type(result).__name__)
    if kind != "uint8":
        return Wrong(f"All the values are right, but their type is {kind}. Turn the result into `np.uint8`.")
    return Right("200 becomes 255 now, not 44, and the result is bytes again.")


@exercise(
    "Evening light",
    kind="stretch",
    question="""
Evening light is warm: there is more red in it, and less blue. Write a function that puts a photograph in
evening light. You may do it however you like, as long as the mean of red rises and the mean of blue falls,
each by at least 0.01, all values stay between 0 and 1, and it is still the same picture, about as bright: the
mean of its gray may change by at most 0.05.
""",
    blank="""
def warmer(image):  # (H, W, 3), red first, from 0 to 1 -> the same shape and range
    return ...
""",
    answer="""
def warmer(image):  # (H, W, 3), red first, from 0 to 1 -> the same shape and range
    light = np.array([1.1, 1.0, 0.8])  # a factor each for red, green and blue
    return np.clip(image * light, 0, 1)  # 1.1 times a bright red would be more than 1
""",
    why="A factor above 1 makes red rise and one below 1 makes blue fall, while green, which counts most in "
    "gray, stays as it is.",
    hints=(
        "Treat each channel separately. What should happen to `image[:, :, 0]`, and to `image[:, :, 2]`?",
        "If you multiply the image by an array of three numbers, each channel gets its own factor.",
        "Keep the factors near 1, leave green alone, and let `np.clip` take care of the range.",
    ),
    points=3,
)
def warmer(answer: Any) -> Verdict:
    """Judge any function that makes a photograph warmer: more red, less blue, about as bright."""
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
            return Wrong(f"{where} has changed. Red must rise, and blue must fall.")
        if close(warm, image[:, :, ::-1]):
            return Wrong(
                "You have swapped red and blue. Leave each channel where it is, and change its strength."
            )
        if red < -0.001 and blue > 0.001:
            return Wrong("That is colder, not warmer: red falls and blue rises. Which channel is which?")
        if red < 0.01:
            return Wrong(
                f"The mean of red changes by {red:+z.3f}. In evening light it must rise, by 0.01 or more."
            )
        if blue > -0.01:
            return Wrong(f"The mean of blue changes by {blue:+z.3f}. It must fall, by 0.01 or more.")
        gray = float(((warm - image) @ [0.299, 0.587, 0.114]).mean())
        if abs(gray) > 0.05:
            return Wrong(
                f"The picture becomes {'lighter' if gray > 0 else 'darker'}: the mean of its gray changes "
                f"by {gray:+.3f}. It may change by at most 0.05."
            )
        bright, before = warm.mean(axis=2).ravel(), image.mean(axis=2).ravel()
        if image is not flat and not np.corrcoef(bright, before)[0, 1] > 0.8:
            return Wrong("It is warmer, but it is another picture: bright places have moved or gone.")
    return Right("More red, less blue, and about as bright. Try it on the photograph, with `show_image`.")


def _image_of(function: Callable[..., Any], image: NDArray[Any]) -> Any:
    """What the function returns for an image, unless that is one number for all of it."""
    result = call(function, image)
    if isinstance(result, int | float | np.number):
        raise Refused(f"{RESULT} is one number, but it should be an image: a value for each pixel.")
    return result
