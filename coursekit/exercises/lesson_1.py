"""The exercises of lesson 1: the last pixel, colours in another order, bytes that overflow, evening light."""

from coursekit.exercises import lesson_1_judges as judges
from coursekit.exercises.exercise import Exercise
from coursekit.exercises.progress import Progress

__all__ = ["EXERCISES", "progress"]

last_pixel = Exercise(
    lesson=1,
    number=1,
    name="last_pixel",
    title="The last pixel",
    kind="predict",
    question="""
A friend wants the pixel in the bottom right corner of our photograph, which has 213 rows and 320
columns. She writes `photo[320, 213]` and gets an error. **Two** things are wrong. Which two numbers must
stand in the brackets?
""".strip(),
    blank="my_place = ...  # (row, column)",
    answer="my_place = (212, 319)  # rows first; the count begins at 0, so the last one is the number less 1",
    why="Rows come before columns, and a count that begins at 0 ends one earlier.",
    hints=(
        "Which of the two numbers in the brackets comes first: the row or the column?",
        "A table with 4 rows has rows 0, 1, 2 and 3. So which row is the last one of 213?",
    ),
    judge=judges.last_pixel,
)

gray_of_bgr = Exercise(
    lesson=1,
    number=2,
    name="gray_of_bgr",
    title="Repair the dark roofs",
    kind="repair",
    question="""
A friend reads photographs with OpenCV and turns them into gray. Her red roofs come out too dark:

```python
def gray_of_bgr(image):
    return 0.299 * image[:, :, 0] + 0.587 * image[:, :, 1] + 0.114 * image[:, :, 2]
```

OpenCV has put the colours into another order. Write the function so that it is right for such images.
""".strip(),
    blank="""
def gray_of_bgr(image):  # (H, W, 3), blue first, from 0 to 1 -> (H, W)
    return ...
""".strip(),
    answer="""
def gray_of_bgr(image):  # (H, W, 3), blue first, from 0 to 1 -> (H, W)
    # Red is the last channel here, and blue the first. The weight follows its colour.
    return 0.299 * image[:, :, 2] + 0.587 * image[:, :, 1] + 0.114 * image[:, :, 0]
""".strip(),
    why="Each weight belongs to a colour and not to a place, and in BGR the places of red and blue are "
    "exchanged.",
    hints=(
        "Read the part *Red and blue exchanged* above once more. Which channel is red in such an image?",
        "The recipe gives the largest weight to green and the smallest to blue. Does each colour get its "
        "weight?",
        "Only two of the three numbers in the square brackets have to change.",
    ),
    judge=judges.gray_of_bgr,
    points=2,
)

lighter = Exercise(
    lesson=1,
    number=3,
    name="lighter",
    title="Repair the dark sky",
    kind="repair",
    question="""
This function makes an image of bytes lighter. In the bright sky it makes dark stains:

```python
def lighter(image):
    return image + np.uint8(100)
```

Repair it: it takes bytes and returns bytes, 100 lighter. What would be more than 255 becomes 255.
""".strip(),
    blank="""
def lighter(image):  # uint8 (H, W) -> uint8 (H, W)
    return ...
""".strip(),
    answer="""
def lighter(image):  # uint8 (H, W) -> uint8 (H, W)
    room = image.astype(np.float32) + 100  # a fraction type has room for 355
    return np.clip(room, 0, 255).astype(np.uint8)  # first the limit, then bytes again
""".strip(),
    why="The sum is made where there is room for it, and only numbers that fit go back into bytes.",
    hints=(
        "Work it out for one bright pixel: what is 200 + 100 in bytes? Section 3 shows it.",
        "Change the type before you add: `image.astype(...)`. Which type did section 3 use?",
        "Then three steps are left: add, cut off at 255 with `np.clip`, and go back to `np.uint8`.",
    ),
    judge=judges.lighter,
    points=2,
)

warmer = Exercise(
    lesson=1,
    number=4,
    name="warmer",
    title="Evening light",
    kind="stretch",
    question="""
In the evening the light is warm: there is more red in it and less blue. Write a function that gives a
photograph evening light. Any way is right if the mean of red grows and the mean of blue falls, each by
at least 0.01, if all values stay between 0 and 1, and if the picture stays about as bright: the mean of its
gray may change by at most 0.05.
""".strip(),
    blank="""
def warmer(image):  # (H, W, 3), red first, from 0 to 1 -> the same shape and range
    return ...
""".strip(),
    answer="""
def warmer(image):  # (H, W, 3), red first, from 0 to 1 -> the same shape and range
    light = np.array([1.1, 1.0, 0.8])  # red, green, blue: a factor for each channel
    return np.clip(image * light, 0, 1)  # 1.1 times a bright red would be more than 1
""".strip(),
    why="A factor above 1 lets red grow and one below 1 lets blue fall, and green, which counts most in "
    "gray, stays.",
    hints=(
        "Each channel can get its own treatment. What should happen to `image[:, :, 0]`, and to "
        "`image[:, :, 2]`?",
        "An array of three numbers, multiplied with the image, gives every channel its own factor.",
        "Keep the factors near 1, leave green alone, and let `np.clip` take care of the range.",
    ),
    judge=judges.warmer,
    points=3,
)

EXERCISES = (last_pixel, gray_of_bgr, lighter, warmer)
progress = Progress(EXERCISES)
