"""The subjects of the drawn pictures, each as a mask: where in the picture the subject's colour goes.

A mask is (side, side) float32 in [0, 1]. Textures (stripes, dots, ...) fill the picture at a random angle and
spacing; shapes (disc, star, ...) are polygons at a random place, size and angle. `coursekit.synthetic` makes
pictures of them.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["SHIFT", "SUBJECTS", "corners", "fixed_point", "grid"]

Mask = NDArray[np.float32]
Points = NDArray[np.float64]

SHIFT = 4
"""OpenCV takes vertex coordinates as integers, here in 1/16 of a pixel."""


def grid(side: int) -> tuple[Mask, Mask]:
    """Give y (side, 1) and x (1, side), from -1 to 1 across the picture."""
    line = ((np.arange(side, dtype=np.float32) + 0.5) * (2 / side) - 1).astype(np.float32)
    return line[:, None], line[None, :]


def corners(count: int, start: float = 0.0) -> Points:
    """Vertices (count, 2) of a regular polygon with radius 1 around (0, 0)."""
    angles = start + np.arange(count) * (2 * np.pi / count)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _turn(points: Points, angle: float) -> Points:
    c, s = np.cos(angle), np.sin(angle)
    turned: Points = points @ np.array([[c, s], [-s, c]])
    return turned


def fixed_point(points: Points) -> NDArray[np.int32]:
    """Give coordinates in pixels as OpenCV's integers."""
    return np.rint(points * (1 << SHIFT)).astype(np.int32)


def _outline(rng: np.random.Generator, side: int, points: Points) -> Mask:
    """Fill a polygon, given with radius 1 around (0, 0), at a random place, size and angle."""
    radius = rng.uniform(0.24, 0.4) * side
    centre = side / 2 + rng.uniform(-1, 1, 2) * (0.46 * side - radius)
    squeeze = rng.uniform(0.85, 1.0)
    turned = _turn(points, rng.uniform(0, 2 * np.pi)) * (1.0, squeeze)
    mask = np.zeros((side, side), np.float32)
    cv2.fillPoly(mask, [fixed_point(centre + radius * turned)], 1.0, cv2.LINE_8, SHIFT)
    return mask


def _waves(rng: np.random.Generator, side: int, low: float, high: float) -> tuple[Mask, Mask]:
    """Two turned axes (side, side) in periods: whole numbers are one period apart."""
    y, x = grid(side)
    angle = rng.uniform(0, 2 * np.pi)
    periods = rng.uniform(low, high) / 2
    c, s = np.float32(periods * np.cos(angle)), np.float32(periods * np.sin(angle))
    u, v = rng.random(2, np.float32)
    return c * x + s * y + u, c * y - s * x + v


def _mask(inside: NDArray[np.bool_]) -> Mask:
    return inside.astype(np.float32)


# Subjects: a mask (side, side) in [0, 1] for every class


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


def _grid_lines(rng: np.random.Generator, side: int) -> Mask:
    u, v = _waves(rng, side, 2.6, 4.0)
    width = rng.uniform(0.22, 0.32)
    return _mask((u % 1 < width) | (v % 1 < width))


def _dots(rng: np.random.Generator, side: int) -> Mask:
    u, v = _waves(rng, side, 2.6, 4.0)
    radius = rng.uniform(0.26, 0.36)
    return _mask((u % 1 - 0.5) ** 2 + (v % 1 - 0.5) ** 2 < radius**2)


def _rings(rng: np.random.Generator, side: int) -> Mask:
    y, x = grid(side)
    cy, cx = rng.uniform(-0.35, 0.35, 2).astype(np.float32)
    distance = np.sqrt((y - cy) ** 2 + (x - cx) ** 2)
    phase = distance * rng.uniform(1.7, 2.8) + rng.random()
    return _mask(phase % 1 < rng.uniform(0.4, 0.6))


def _blobs(rng: np.random.Generator, side: int) -> Mask:
    coarse = rng.standard_normal((8, 8), np.float32)
    fine = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(fine, (0, 0), side / 20)
    level = (smooth - smooth.mean()) / (smooth.std() + np.float32(1e-6))
    mask: Mask = np.clip(level * 1.2 + np.float32(0.5), 0, 1)
    return mask


def _disc(rng: np.random.Generator, side: int) -> Mask:
    return _outline(rng, side, corners(40))


def _hoop(rng: np.random.Generator, side: int) -> Mask:
    outer = corners(40)
    return _outline(rng, side, np.concatenate([outer, outer[:1], outer[:1] * 0.55, outer[::-1] * 0.55]))


def _square(rng: np.random.Generator, side: int) -> Mask:
    return _outline(rng, side, corners(4))


def _triangle(rng: np.random.Generator, side: int) -> Mask:
    return _outline(rng, side, corners(3))


def _star(rng: np.random.Generator, side: int) -> Mask:
    points = corners(10) * np.tile([1.0, 0.42], 5)[:, None]
    return _outline(rng, side, points)


def _cross(rng: np.random.Generator, side: int) -> Mask:
    arm = rng.uniform(0.26, 0.34)
    quarter = np.array([[1.0, -arm], [1.0, arm], [arm, arm]])
    points = np.concatenate([_turn(quarter, k * np.pi / 2) for k in range(4)])
    return _outline(rng, side, points)


def _moon(rng: np.random.Generator, side: int) -> Mask:
    outer = corners(40, 0.75)[:33]
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


SUBJECTS: dict[str, Callable[[np.random.Generator, int], Mask]] = {
    "stripes": _stripes,
    "zigzag": _zigzag,
    "checker": _checker,
    "grid": _grid_lines,
    "dots": _dots,
    "rings": _rings,
    "blobs": _blobs,
    "disc": _disc,
    "hoop": _hoop,
    "square": _square,
    "triangle": _triangle,
    "star": _star,
    "cross": _cross,
    "moon": _moon,
    "heart": _heart,
    "arrow": _arrow,
}
"""What draws each class, given the random generator and the side in pixels."""
