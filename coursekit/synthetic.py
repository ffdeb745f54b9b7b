"""Labelled pictures that the course draws itself: simple shapes and textures, as many as wanted.

A picture is a subject (a star, stripes, dots, ...) in one colour over a background of overlapping random
leaves in another. Place, size, angle, colours, contrast, light, blur and noise vary, so that a network
which names the subjects has to learn edges in every direction and colours against each other. Everything
follows from a seed: the same seed draws the same pictures, rounded to the 256 levels of a photograph.

The backgrounds follow the dead-leaves model of natural images (Matheron 1968; Lee, Mumford and Huang 2001):
shapes that hide one another have edges, flat areas and sizes distributed much as in photographs.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from coursekit.subjects import SHIFT, SUBJECTS, corners, fixed_point, grid

__all__ = ["CLASSES", "draw", "draw_batch"]

Image = NDArray[np.float32]
Labels = NDArray[np.int64]

_SUPERSAMPLE = 2  # every picture is drawn at twice its size, then averaged down: smooth edges at any angle
_SMALLEST = 16
_ROUND = corners(12)
_QUAD = corners(4, np.pi / 4)

CLASSES: tuple[str, ...] = tuple(SUBJECTS)
"""The classes that can be drawn; a label is a position in this tuple."""


def draw(label: str | int, rng: np.random.Generator, size: int = 32) -> Image:
    """Draw one picture of the class `label`.

    Args:
        label: a name from `CLASSES`, or its position there.
        rng: the source of every random choice; the same state draws the same picture.
        size: height and width in pixels, at least 16.

    Returns:
        (size, size, 3) float32 RGB in [0, 1], every value a multiple of 1/255.

    Raises:
        ValueError: the label is no class, or the size is below 16.

    Example:
        >>> picture = draw("star", np.random.default_rng(0))
        >>> picture.shape, picture.dtype
        ((32, 32, 3), dtype('float32'))
    """
    name = _class_name(label)
    _check_size(size)
    side = size * _SUPERSAMPLE
    paper, ink = _two_colours(rng)
    background = _dead_leaves(rng, side, paper)
    mask = SUBJECTS[name](rng, side)[..., None]
    fill = _fill(rng, side, ink)
    canvas = background + mask * (fill - background)
    return _photograph(
        rng, np.asarray(cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA), np.float32)
    )


def draw_batch(
    count: int,
    *,
    size: int = 32,
    seed: int = 0,
    classes: Iterable[str] | None = None,
    first: int = 0,
) -> tuple[Image, Labels]:
    """Draw `count` labelled pictures.

    Every run of `len(classes)` pictures holds each class once, in random order. Picture number `i` depends on
    `seed`, `i`, `size` and `classes` alone. A longer batch therefore begins with the shorter one, and
    `first` continues where an earlier batch stopped.

    Args:
        count: how many pictures, 0 or more.
        size: height and width in pixels, at least 16.
        seed: 0 or more; another seed draws other pictures.
        classes: names from `CLASSES`; all of them when None. A label is a position in this list.
        first: number of the first picture, 0 or more.

    Returns:
        images (count, size, size, 3) float32 RGB in [0, 1], and labels (count,) int64.

    Raises:
        ValueError: a class is unknown or named twice, none is left, or a number is out of range.

    Example:
        >>> images, labels = draw_batch(4, seed=1, classes=["disc", "star"])
        >>> images.shape, sorted(labels.tolist())
        ((4, 32, 32, 3), [0, 0, 1, 1])
    """
    names = list(CLASSES) if classes is None else [_class_name(name) for name in classes]
    if not names or len(set(names)) < len(names):
        raise ValueError(
            f"expected one or more different classes, got {names}; they are {', '.join(CLASSES)}"
        )
    for what, number in (("count", count), ("seed", seed), ("first", first)):
        if number < 0:
            raise ValueError(f"{what} must be 0 or more, got {number}")
    _check_size(size)
    images = np.empty((count, size, size, 3), np.float32)
    labels = np.empty(count, np.int64)
    for row, number in enumerate(range(first, first + count)):
        block, place = divmod(number, len(names))
        if row == 0 or place == 0:
            order = np.random.default_rng([seed, block, 0]).permutation(len(names))
        labels[row] = order[place]
        images[row] = draw(names[order[place]], np.random.default_rng([seed, number, 1]), size)
    return images, labels


def _class_name(label: str | int) -> str:
    if isinstance(label, str):
        if label in CLASSES:
            return label
    elif 0 <= label < len(CLASSES):
        return CLASSES[label]
    raise ValueError(f"unknown class {label!r}; choose from {', '.join(CLASSES)}, or 0 to {len(CLASSES) - 1}")


def _check_size(size: int) -> None:
    if size < _SMALLEST:
        raise ValueError(f"size must be at least {_SMALLEST} pixels, below which shapes are lost; got {size}")


# Colour, light and grain


def _two_colours(rng: np.random.Generator) -> tuple[Image, Image]:
    """Two colours (3,) in [0, 1] that can be told apart: mostly by brightness, as in photographs."""
    while True:
        brightness = rng.uniform(0.05, 0.95, (2, 1))
        hue = rng.normal(0, 0.16, (2, 3))
        hue -= hue.mean(axis=1, keepdims=True)
        if rng.random() < 0.25:  # equally bright: colour alone shows the subject
            brightness[1] = brightness[0]
            hue *= 1.6
        colours = np.clip(brightness + hue, 0, 1).astype(np.float32)
        if np.linalg.norm(colours[0] - colours[1]) > 0.45:
            return colours[0], colours[1]


def _dead_leaves(rng: np.random.Generator, side: int, colour: Image) -> Image:
    """Overlapping leaves, round or four-cornered, near one colour, small ones on top: (side, side, 3)."""
    count = int(rng.integers(8, 25))
    spread = rng.uniform(0.02, 0.12)
    offsets = rng.normal(0, 1, (count + 1, 1)) + rng.normal(0, 0.5, (count + 1, 3))  # brightness, then hue
    shades = np.clip(colour + spread * offsets, 0, 1)
    radii = np.sort(side * 0.06 * (1 - rng.random(count) * 0.97) ** -0.6)[::-1]
    centres = rng.uniform(0, side, (count, 2))
    angles = rng.uniform(0, np.pi, count)
    flatness = rng.uniform(0.4, 1.0, count)
    round_ones = rng.random(count) < 0.5
    canvas = np.empty((side, side, 3), np.float32)
    canvas[:] = shades[count]
    across = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii[:, None]
    along = np.stack([-across[:, 1], across[:, 0]], axis=1) * flatness[:, None]
    rounds = fixed_point(centres[:, None] + _ROUND @ np.stack([across, along], axis=1))  # (count, 12, 2)
    quads = fixed_point(centres[:, None] + _QUAD @ np.stack([across, along], axis=1))  # (count, 4, 2)
    for round_one, circle, quad, shade in zip(round_ones, rounds, quads, shades.tolist(), strict=False):
        cv2.fillConvexPoly(canvas, circle if round_one else quad, shade, cv2.LINE_8, SHIFT)
    return canvas


def _fill(rng: np.random.Generator, side: int, colour: Image) -> Image:
    """The subject's colour as an image (side, side, 3): plain, or brighter towards one side."""
    y, x = grid(side)
    angle = rng.uniform(0, 2 * np.pi)
    slope = rng.uniform(0, 0.12)
    ramp = slope * (x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)))
    return np.clip(colour + ramp[..., None], 0, 1).astype(np.float32)


def _photograph(rng: np.random.Generator, canvas: Image) -> Image:
    """Less contrast, some blur and some grain, then 256 levels: what a camera adds."""
    size = canvas.shape[0]
    contrast = rng.uniform(0.55, 1.0)
    lift = rng.uniform(0, 1 - contrast)
    image = contrast * canvas + np.float32(lift)
    if rng.random() < 0.6:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.8) * size / 32), np.float32)
    grain = rng.uniform(0, 0.13)
    image = image + grain * rng.standard_normal(image.shape, np.float32)
    levels: Image = np.rint(np.clip(image, 0, 1) * 255) / np.float32(255)
    return levels
