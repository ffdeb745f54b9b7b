"""Labelled pictures that the course draws itself: simple shapes and textures, as many as you like.

A picture is a subject (a star, stripes, dots, ...) in one colour over a background of overlapping random
leaves in another. Place, size, angle, colours, contrast, light, blur and noise vary, so a network that
names the subjects has to learn edges in every direction and contrasts between colours. Everything
follows from a seed: the same seed draws the same pictures, rounded to the 256 levels of a photograph.

The backgrounds follow the dead-leaves model of natural images (Matheron 1968; Lee, Mumford and Huang 2001):
shapes that hide one another have edges, flat areas and sizes much like those in photographs.
"""

from collections.abc import Callable, Iterable
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from coursekit.errors import WrongValueError

__all__ = ["CLASSES", "draw", "draw_batch"]

Image = NDArray[np.float32]
Mask = NDArray[np.float32]
Points = NDArray[np.float64]
Labels = NDArray[np.int64]

_SUPERSAMPLE = 2  # every picture is drawn at twice its size, then averaged down: smooth edges at any angle
_SMALLEST = 16
_SHIFT = 4  # OpenCV takes vertex coordinates as integers, here in sixteenths of a pixel


def draw(label: str, rng: np.random.Generator, size: int = 32) -> Image:
    """Draw one picture of the class `label`.

    Args:
        label: A name from `CLASSES`.
        rng: The source of every random choice; the same state draws the same picture.
        size: Height and width in pixels, at least 16.

    Returns:
        `(size, size, 3)` float32 RGB in [0, 1], every value a multiple of 1/255.

    Raises:
        ValueError: There is no class of this name, or the size is below 16.

    >>> picture = draw("star", np.random.default_rng(0))
    >>> picture.shape, picture.dtype
    ((32, 32, 3), dtype('float32'))
    """
    _check(label, size)
    side = size * _SUPERSAMPLE
    paper, ink = _two_colours(rng)
    background = _dead_leaves(rng, side, paper)
    mask = _SUBJECTS[label](rng, side)[..., None]
    fill = _fill(rng, side, ink)
    canvas = background + mask * (fill - background)
    # From here on in float64: processors round float32 sums differently, and the nearest level would differ.
    small = cv2.resize(canvas.astype(np.float64), (size, size), interpolation=cv2.INTER_AREA)
    return _photograph(rng, np.asarray(small))


def draw_batch(
    count: int,
    *,
    size: int = 32,
    seed: int = 0,
    classes: Iterable[str] | None = None,
    first: int = 0,
) -> tuple[Image, Labels]:
    """Draw `count` labelled pictures.

    Every run of `len(classes)` pictures contains each class once, in random order. Picture number `i` depends
    only on `seed`, `i`, `size` and `classes`. So a longer batch begins with the shorter one, and `first`
    continues where an earlier batch stopped.

    Args:
        count: How many pictures, 0 or more.
        size: Height and width in pixels, at least 16.
        seed: 0 or more; a different seed draws different pictures.
        classes: Names from `CLASSES`; all of them if None. A label is a position in this list.
        first: Number of the first picture, 0 or more.

    Returns:
        Images `(count, size, size, 3)` float32 RGB in [0, 1], and labels `(count,)` int64.

    Raises:
        ValueError: A class is unknown or listed twice, the list is empty, or a number is out of range.

    >>> images, labels = draw_batch(4, seed=1, classes=["disc", "star"])
    >>> images.shape, sorted(labels.tolist())
    ((4, 32, 32, 3), [0, 0, 1, 1])
    """
    names = list(CLASSES if classes is None else classes)
    for name in names:
        _check(name, size)
    if not names or len(set(names)) < len(names):
        raise WrongValueError(
            f"expected one or more different classes, got {names}; choose from {', '.join(CLASSES)}"
        )
    for what, number in (("count", count), ("seed", seed), ("first", first)):
        if number < 0:
            raise WrongValueError(f"{what} must be 0 or more, got {number}")
    images = np.empty((count, size, size, 3), np.float32)
    labels = np.empty(count, np.int64)
    for row, number in enumerate(range(first, first + count)):
        block, place = divmod(number, len(names))
        if row == 0 or place == 0:
            order = np.random.default_rng([seed, block, 0]).permutation(len(names))
        labels[row] = order[place]
        images[row] = draw(names[order[place]], np.random.default_rng([seed, number, 1]), size)
    return images, labels


def _check(label: str, size: int) -> None:
    if label not in CLASSES:
        raise WrongValueError(f"unknown class {label!r}; choose from {', '.join(CLASSES)}")
    if size < _SMALLEST:
        raise WrongValueError(
            f"size must be at least {_SMALLEST} pixels, or shapes would be lost; got {size}"
        )


# Points and axes


def _axes(side: int) -> tuple[Mask, Mask]:
    """Return y (side, 1) and x (1, side), from -1 to 1 across the picture."""
    line = ((np.arange(side, dtype=np.float32) + 0.5) * (2 / side) - 1).astype(np.float32)
    return line[:, None], line[None, :]


def _corners(count: int, start: float = 0.0) -> Points:
    """Return the vertices (count, 2) of a regular polygon with radius 1 around (0, 0)."""
    angles = start + np.arange(count) * (2 * np.pi / count)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _turned(points: Points, angle: float) -> Points:
    c, s = np.cos(angle), np.sin(angle)
    turned: Points = points @ np.array([[c, s], [-s, c]])
    return turned


def _fixed_point(points: Points) -> NDArray[np.int32]:
    return np.rint(points * (1 << _SHIFT)).astype(np.int32)


# Colour, light and grain


def _two_colours(rng: np.random.Generator) -> tuple[Image, Image]:
    """Choose two colours (3,) in [0, 1] that can be told apart: mostly by brightness, as in photographs."""
    while True:
        brightness = rng.uniform(0.05, 0.95, (2, 1))
        hue = rng.normal(0, 0.16, (2, 3))
        hue -= hue.mean(axis=1, keepdims=True)
        if rng.random() < 0.25:  # equally bright: only colour shows the subject
            brightness[1] = brightness[0]
            hue *= 1.6
        colours = np.clip(brightness + hue, 0, 1).astype(np.float32)
        if np.linalg.norm(colours[0] - colours[1]) > 0.45:
            return colours[0], colours[1]


def _dead_leaves(rng: np.random.Generator, side: int, colour: Image) -> Image:
    """Draw overlapping leaves (side, side, 3): round or four-cornered, near one colour, smallest on top."""
    count = int(rng.integers(8, 25))
    spread = rng.uniform(0.02, 0.12)
    offsets = rng.normal(0, 1, (count + 1, 1)) + rng.normal(0, 0.5, (count + 1, 3))  # brightness, then hue
    shades = np.clip(colour + spread * offsets, 0, 1)
    radii = np.sort(side * 0.06 * (1 - rng.random(count) * 0.97) ** -0.6)[::-1]
    centres = rng.uniform(0, side, (count, 2))
    angles = rng.uniform(0, np.pi, count)
    flatness = rng.uniform(0.4, 1.0, count)
    round_ones = rng.random(count) < 0.5
    canvas = np.full((side, side, 3), shades[count], np.float32)
    across = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii[:, None]
    along = np.stack([-across[:, 1], across[:, 0]], axis=1) * flatness[:, None]
    both = np.stack([across, along], axis=1)
    rounds = _fixed_point(centres[:, None] + _corners(12) @ both)  # (count, 12, 2)
    quads = _fixed_point(centres[:, None] + _corners(4, np.pi / 4) @ both)  # (count, 4, 2)
    for round_one, circle, quad, shade in zip(round_ones, rounds, quads, shades.tolist(), strict=False):
        cv2.fillConvexPoly(canvas, circle if round_one else quad, shade, cv2.LINE_8, _SHIFT)
    return canvas


def _fill(rng: np.random.Generator, side: int, colour: Image) -> Image:
    """Return the subject's colour as an image (side, side, 3): plain, or brighter towards one side."""
    y, x = _axes(side)
    angle = rng.uniform(0, 2 * np.pi)
    slope = rng.uniform(0, 0.12)
    ramp = slope * (x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)))
    return np.clip(colour + ramp[..., None], 0, 1).astype(np.float32)


def _photograph(rng: np.random.Generator, canvas: NDArray[np.float64]) -> Image:
    """Do what a camera does: lower the contrast, add some blur and grain, and keep 256 levels."""
    size = canvas.shape[0]
    contrast = rng.uniform(0.55, 1.0)
    lift = rng.uniform(0, 1 - contrast)
    image = contrast * canvas + lift
    if rng.random() < 0.6:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.8) * size / 32))
    grain = rng.uniform(0, 0.13)
    image = image + grain * rng.standard_normal(image.shape, np.float32)
    levels: Image = np.rint(np.clip(image, 0, 1) * 255).astype(np.float32) / np.float32(255)
    return levels


# Subjects. Each returns a mask (side, side) in [0, 1]: where the subject's colour goes. Textures fill the
# picture at a random angle and spacing; shapes are polygons at a random place, size and angle.


def _waves(rng: np.random.Generator, side: int, low: float, high: float) -> tuple[Mask, Mask]:
    """Return two rotated axes (side, side) in periods: whole numbers are one period apart."""
    y, x = _axes(side)
    angle = rng.uniform(0, 2 * np.pi)
    periods = rng.uniform(low, high) / 2
    c, s = np.float32(periods * np.cos(angle)), np.float32(periods * np.sin(angle))
    u, v = rng.random(2, np.float32)
    return c * x + s * y + u, c * y - s * x + v


def _mask(inside: NDArray[np.bool_]) -> Mask:
    return inside.astype(np.float32)


def _outline(rng: np.random.Generator, side: int, points: Points) -> Mask:
    """Fill a polygon, given with radius 1 around (0, 0), at a random place, size and angle."""
    radius = rng.uniform(0.24, 0.4) * side
    centre = side / 2 + rng.uniform(-1, 1, 2) * (0.46 * side - radius)
    squeeze = rng.uniform(0.85, 1.0)
    turned = _turned(points, rng.uniform(0, 2 * np.pi)) * (1.0, squeeze)
    mask = np.zeros((side, side), np.float32)
    cv2.fillPoly(mask, [_fixed_point(centre + radius * turned)], 1.0, cv2.LINE_8, _SHIFT)
    return mask


def _stripes(rng: np.random.Generator, side: int) -> Mask:
    u, _ = _waves(rng, side, 3.0, 6.0)
    return _mask(u % 1 < rng.uniform(0.4, 0.6))


def _zigzag(rng: np.random.Generator, side: int) -> Mask:
    u, v = _waves(rng, side, 2.5, 3.5)
    bend = np.abs(v % 1 - 0.5) * rng.uniform(0.9, 1.3)
    return _mask((u * 1.3 + bend) % 1 < rng.uniform(0.42, 0.58))


def _checker(rng: np.random.Generator, side: int) -> Mask:
    u, v = _waves(rng, side, 2.0, 3.2)
    return _mask((u % 1 < 0.5) ^ (v % 1 < 0.5))


def _grid(rng: np.random.Generator, side: int) -> Mask:
    u, v = _waves(rng, side, 2.6, 4.0)
    width = rng.uniform(0.22, 0.32)
    return _mask((u % 1 < width) | (v % 1 < width))


def _dots(rng: np.random.Generator, side: int) -> Mask:
    u, v = _waves(rng, side, 2.6, 4.0)
    radius = rng.uniform(0.26, 0.36)
    return _mask((u % 1 - 0.5) ** 2 + (v % 1 - 0.5) ** 2 < radius**2)


def _rings(rng: np.random.Generator, side: int) -> Mask:
    y, x = _axes(side)
    cy, cx = rng.uniform(-0.35, 0.35, 2).astype(np.float32)
    distance = np.sqrt((y - cy) ** 2 + (x - cx) ** 2)
    phase = distance * rng.uniform(1.7, 2.8) + rng.random()
    return _mask(phase % 1 < rng.uniform(0.4, 0.6))


def _blobs(rng: np.random.Generator, side: int) -> Mask:
    coarse = rng.standard_normal((8, 8), np.float32).astype(np.float64)
    fine = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(fine, (0, 0), side / 20)
    level = (smooth - smooth.mean()) / (smooth.std() + 1e-6)
    mask: Mask = np.clip(level * 1.2 + 0.5, 0, 1).astype(np.float32)
    return mask


def _hoop(rng: np.random.Generator, side: int) -> Mask:
    outer = _corners(40)
    return _outline(rng, side, np.concatenate([outer, outer[:1], outer[:1] * 0.55, outer[::-1] * 0.55]))


def _cross(rng: np.random.Generator, side: int) -> Mask:
    arm = rng.uniform(0.26, 0.34)
    quarter = np.array([[1.0, -arm], [1.0, arm], [arm, arm]])
    points = np.concatenate([_turned(quarter, k * np.pi / 2) for k in range(4)])
    return _outline(rng, side, points)


def _moon(rng: np.random.Generator, side: int) -> Mask:
    outer = _corners(40, 0.75)[:33]
    inner = np.stack([outer[::-1, 0] * 0.62 + 0.28, outer[::-1, 1] * 0.72], axis=1)
    return _outline(rng, side, np.concatenate([outer, inner]))


def _heart(rng: np.random.Generator, side: int) -> Mask:
    t = np.arange(40) * (2 * np.pi / 40)
    x = np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 16
    return _outline(rng, side, np.stack([x, y], axis=1))


def _arrow(rng: np.random.Generator, side: int) -> Mask:
    half = [[1.0, 0.0], [0.1, 0.75], [0.1, 0.27], [-1.0, 0.27]]
    mirrored = [[x, -y] for x, y in half[:0:-1]]
    return _outline(rng, side, np.array(half + mirrored))


_SUBJECTS: dict[str, Callable[[np.random.Generator, int], Mask]] = {
    "stripes": _stripes,
    "zigzag": _zigzag,
    "checker": _checker,
    "grid": _grid,
    "dots": _dots,
    "rings": _rings,
    "blobs": _blobs,
    "disc": partial(_outline, points=_corners(40)),
    "hoop": _hoop,
    "square": partial(_outline, points=_corners(4)),
    "triangle": partial(_outline, points=_corners(3)),
    "star": partial(_outline, points=_corners(10) * np.tile([1.0, 0.42], 5)[:, None]),
    "cross": _cross,
    "moon": _moon,
    "heart": _heart,
    "arrow": _arrow,
}

CLASSES: tuple[str, ...] = tuple(_SUBJECTS)
"""The classes that can be drawn; without `classes`, a label is a position in this tuple."""
