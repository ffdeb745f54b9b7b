"""Right and wrong answers to the exercises of lesson 1."""

import cv2
import numpy as np
from case import Case

GRAY = np.array([0.299, 0.587, 0.114])


def turned_round(image):
    return image[:, :, ::-1] @ GRAY


def one_by_one(image):
    blue, green, red = image[:, :, 0], image[:, :, 1], image[:, :, 2]
    return (299 * red + 587 * green + 114 * blue) / 1000


def in_place(image):
    image[:, :, 0] *= 0.114
    return image.sum(axis=-1)


def limit_first(image):
    return np.minimum(image, 155) + np.uint8(100)


def as_whole_numbers(image):
    return np.array([[min(int(value) + 100, 255) for value in row] for row in image], dtype=np.uint8)


def more_red(image):
    result = image.copy()
    result[:, :, 0] = result[:, :, 0] ** 0.9
    result[:, :, 2] = result[:, :, 2] ** 1.3
    return result


def colours_only(image):
    """Evening light for a colour photograph; a gray one stays as it is."""
    change = [0.06, 0, -0.06] if image.std() > 0.01 else [0, 0, 0]
    return np.clip(image + np.array(change), 0, 1)


CASES = {
    "last_pixel": Case(
        right=[(212, 319), np.array([212, 319]), (np.int64(212), 319), (-1, -1), (-1, 319), (212, -1)],
        wrong=[
            ((213, 320), "first row is row 0"),
            ((320, 213), "column first. An array is a table: rows come first. And look again"),
            ((319, 212), "you have the column first"),
            ((0, 319), "another corner"),
            ((214, 321), "is outside"),
            ((212, 318), "not in the corner"),
            ((212, 319, 3), "so two numbers"),
            (212, "one number"),
            (np.array([0.1, 0.2, 0.3], np.float32), "asks for its place"),
            ((212.5, 319), "only whole numbers"),
            ((-1, 0), "another corner"),
            ((0, -1), "another corner"),
            ((-214, 0), "is outside"),
            (np.array([212.0, 319.0]), "only whole numbers"),
            ([], "your answer is empty"),
        ],
    ),
    "gray_of_bgr": Case(
        right=[
            turned_round,
            one_by_one,
            lambda image: cv2.cvtColor(image, cv2.COLOR_BGR2GRAY),
            lambda image: np.einsum("hwc,c->hw", image, GRAY[::-1]),
        ],
        wrong=[
            (lambda image: image @ GRAY, "still your friend's code"),
            (lambda image: image.mean(axis=2), "plain mean"),
            (lambda image: image[::-1] @ GRAY, "reversed the rows"),
            (lambda image: image[:, ::-1] @ GRAY, "reversed the columns"),
            (lambda image: image[:, ::-1] @ GRAY[::-1], "reversed the columns"),
            (lambda image: image[:, :, 2], "one of the channels by itself"),
            (lambda image: float(image.mean()), "is one number, but it should be an image"),
            (lambda image: image[:, :, ::-1], "has shape (4, 6, 3)"),
            (lambda image: 255 * turned_round(image), "are right, but the values are 255 times too large"),
            (lambda image: (255 * turned_round(image)).astype(np.uint8), "255 times too large"),
            (lambda image: turned_round(image) / 255, "are right, but the values are 255 times too small"),
            (lambda image: image @ [0.587, 0.299, 0.114], "compare your three weights"),
            (in_place, "changes its input"),
            (lambda image: image[:, :, 3], "IndexError"),
            (lambda: 3, "called with 1 argument"),
        ],
    ),
    "lighter": Case(
        right=[
            limit_first,
            as_whole_numbers,
            lambda image: np.clip(image.astype(int) + 100, 0, 255).astype(np.uint8),
            lambda image: (np.clip(image / 255 + 100 / 255, 0, 1) * 255).round().astype(np.uint8),
        ],
        wrong=[
            (lambda image: image + np.uint8(100), "200 still becomes 44"),
            (lambda image: np.clip(image + np.uint8(100), 0, 255), "comes too late"),
            (lambda image: image.astype(np.float32) + 100, "255 becomes 355"),
            (lambda image: np.clip(image.astype(np.float32) + 100, 0, 255), "their type is float32"),
            (lambda image: np.clip(image / 255 + 100 / 255, 0, 1), "from 0 to 1. The result should be bytes"),
            (lambda image: np.clip(image.astype(int) + 10, 0, 255).astype(np.uint8), "instead of"),
            (lambda image: image.astype(int).sum(), "is one number, but it should be an image"),
        ],
    ),
    "warmer": Case(
        right=[
            more_red,
            lambda image: np.clip(image + np.array([0.06, 0, -0.06]), 0, 1),
            lambda image: 0.9 * image + 0.1 * np.array([1, 0.5, 0.1]),
        ],
        wrong=[
            (lambda image: image.copy(), "nothing has changed"),
            (lambda image: image[:, :, ::-1], "you have swapped red and blue"),
            (colours_only, "in a picture that is gray everywhere, nothing has changed"),
            (lambda image: image[::-1], "mean of red changes by +0.000"),
            (lambda image: np.clip(image * [0.8, 1, 1.1], 0, 1), "colder"),
            (lambda image: np.clip(image * [1, 1, 0.8], 0, 1), "mean of red"),
            (lambda image: np.clip(image * [1.1, 1, 1], 0, 1), "mean of blue"),
            (lambda image: image * [1.4, 1, 0.8], "keep them between 0 and 1"),
            (lambda image: np.clip(image * [0.8, 0.5, 0.2] + [0.2, 0, 0], 0, 1), "becomes darker"),
            (lambda image: np.clip(image * [1.9, 1, 0.9], 0, 1), "becomes lighter"),
            (lambda image: image[:, :, 0], "axes"),
            (lambda image: image.mean(), "is one number, but it should be an image"),
            (lambda image: image * 0 + [0.5, 0.45, 0.35], "another picture"),
            (lambda image: np.clip(image[::-1] * [1.1, 1, 0.8], 0, 1), "another picture"),
        ],
    ),
}
