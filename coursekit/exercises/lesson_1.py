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
A friend wants the pixel in the bottom right corner of the temple, which has 213 rows and 320
columns. She writes `photo[320, 213]` and gets an error. **Two** things are wrong. Which two numbers must
stand in the brackets?
""",
    blank="my_place = ...  # (row, column)",
    answer="my_place = (212, 319)  # rows first; the count begins at 0, so the last one is the number less 1",
    why="Rows come before columns, and a count that begins at 0 ends one earlier.",
    hints=(
        "Which of the two numbers in the brackets comes first: the row or the column?",
        "A table with 4 rows has rows 0, 1, 2 and 3. So which row is the last one of 213?",
    ),
)
def last_pixel(answer: Any) -> Verdict:
    """Judge row and column of the pixel at the bottom right of 213 x 320 pixels."""
    if isinstance(answer, np.ndarray) and answer.dtype.kind == "f" and answer.size == 3:
        return Wrong("You give what the pixel holds. Only its place is wanted: (row, column).")
    rows, columns = 213, 320
    place = as_shape(answer)
    if len(place) != 2:
        return Wrong(f"A pixel has a row and a column, so two numbers. You have {len(place)}.")
    inside = -rows <= place[0] < rows and -columns <= place[1] < columns
    from_zero = (place[0] % rows, place[1] % columns) if inside else place  # -1 is the last one
    if from_zero == (rows - 1, columns - 1):
        return Right(
            "The row comes first, and the count begins at 0. So the last row is one less than the number "
            "of rows."
        )
    if place == (rows, columns):
        return Wrong("The order is right. But the first row is row 0. Which number has the last one?")
    if place in {(columns, rows), (columns - 1, rows - 1)}:
        rest = "" if place[0] == columns - 1 else " And look again at where the count begins."
        return Wrong(f"You have the column first. An array is a table: rows come first.{rest}")
    if from_zero in {(0, columns - 1), (rows - 1, 0), (0, 0)}:
        return Wrong("This is another corner. Rows grow downwards, and columns grow to the right.")
    if not inside:
        return Wrong(f"Row {place[0]}, column {place[1]} lies outside of the picture: Python gives an error.")
    return Wrong(f"Row {place[0]}, column {place[1]} lies inside of the picture, but not in the corner.")


@exercise(
    "Repair the dark roofs",
    kind="repair",
    question="""
A friend reads photographs with OpenCV and turns them into gray. Her red roofs come out too dark:

```python
def gray_of_bgr(image):
    return 0.299 * image[:, :, 0] + 0.587 * image[:, :, 1] + 0.114 * image[:, :, 2]
```

OpenCV has put the colours into another order. Write the function so that it is right for such images.
""",
    blank="""
def gray_of_bgr(image):  # (H, W, 3), blue first, from 0 to 1 -> (H, W)
    return ...
""",
    answer="""
def gray_of_bgr(image):  # (H, W, 3), blue first, from 0 to 1 -> (H, W)
    # Red is the last channel here, and blue the first. The weight follows its colour.
    return 0.299 * image[:, :, 2] + 0.587 * image[:, :, 1] + 0.114 * image[:, :, 0]
""",
    why="Each weight belongs to a colour and not to a place, and in BGR the places of red and blue are "
    "exchanged.",
    hints=(
        "Read the part *Red and blue exchanged* above once more. Which channel is red in such an image?",
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


@exercise(
    "Repair the dark sky",
    kind="repair",
    question="""
This function makes an image of bytes lighter. In the bright sky it makes dark stains:

```python
def lighter(image):
    return image + np.uint8(100)
```

Repair it: it takes bytes and returns bytes, 100 lighter. What would be more than 255 becomes 255.
""",
    blank="""
def lighter(image):  # uint8 (H, W) -> uint8 (H, W)
    return ...
""",
    answer="""
def lighter(image):  # uint8 (H, W) -> uint8 (H, W)
    room = image.astype(np.float32) + 100  # a fraction type has room for 355
    return np.clip(room, 0, 255).astype(np.uint8)  # first the limit, then bytes again
""",
    why="The sum is made where there is room for it, and only numbers that fit go back into bytes.",
    hints=(
        "Work it out for one bright pixel: what is 200 + 100 in bytes? Section 3 shows it.",
        "Change the type before you add: `image.astype(...)`. Which type did section 3 use?",
        "Then three steps are left: add, cut off at 255 with `np.clip`, and go back to `np.uint8`.",
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


@exercise(
    "Evening light",
    kind="stretch",
    question="""
In the evening the light is warm: there is more red in it and less blue. Write a function that gives a
photograph evening light. Any way is right if the mean of red grows and the mean of blue falls, each by
at least 0.01, if all values stay between 0 and 1, and if the picture stays about as bright: the mean of its
gray may change by at most 0.05.
""",
    blank="""
def warmer(image):  # (H, W, 3), red first, from 0 to 1 -> the same shape and range
    return ...
""",
    answer="""
def warmer(image):  # (H, W, 3), red first, from 0 to 1 -> the same shape and range
    light = np.array([1.1, 1.0, 0.8])  # red, green, blue: a factor for each channel
    return np.clip(image * light, 0, 1)  # 1.1 times a bright red would be more than 1
""",
    why="A factor above 1 lets red grow and one below 1 lets blue fall, and green, which counts most in "
    "gray, stays.",
    hints=(
        "Each channel can get its own treatment. What should happen to `image[:, :, 0]`, and to "
        "`image[:, :, 2]`?",
        "An array of three numbers, multiplied with the image, gives every channel its own factor.",
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
