"""How good a trained network is: its accuracy on fresh pictures, and how smooth its first filters are.

`python -m coursekit score` prints both for the network that comes with the course.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from coursekit.samples import DataError, course_weights
from coursekit.synthetic import CLASSES, draw_batch
from coursekit.training.files import load_network
from coursekit.training.network import normalise

__all__ = ["FRESH_SEED", "count_right", "main", "roughness"]

FRESH_SEED = 20_000
"""Seed of the pictures for scoring; training draws from the recipe's seed, 1."""


def roughness(filters: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Measure how much each filter changes from one weight to the next.

    The mean squared difference of neighbours across plus that of neighbours down, over twice the mean
    square. A filter of one colour gives 0, an edge about 1, independent random weights about 2, a
    checkerboard 4. Size does not matter.

    Args:
        filters: (out, in, kh, kw), kh and kw at least 2; not changed.

    Returns:
        (out,) float64, 0 or more.

    Raises:
        ValueError: another shape, or a filter that is all zero.

    Example:
        >>> edge = np.array([[1.0, 1, 1], [0, 0, 0], [-1, -1, -1]])
        >>> roughness(np.stack([edge, np.ones((3, 3))])[:, None]).tolist()
        [0.75, 0.0]
    """
    if filters.ndim != 4 or min(filters.shape[2:]) < 2:
        raise ValueError(f"expected filters (out, in, kh, kw) with kh and kw at least 2, got {filters.shape}")
    weights = filters.astype(np.float64)
    axes = (1, 2, 3)
    energy = np.square(weights).mean(axes)
    if not energy.all():
        raise ValueError(f"filter {int(np.argmin(energy))} is all zero: nothing there can be smooth or rough")
    across = np.square(np.diff(weights, axis=3)).mean(axes)
    down = np.square(np.diff(weights, axis=2)).mean(axes)
    ratio: NDArray[np.float64] = (across + down) / (2 * energy)
    return ratio


def count_right(
    network: nn.Module, count: int, *, size: int = 32, seed: int = FRESH_SEED, device: str = "cpu"
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Show the network freshly drawn pictures and count, class by class, what it names rightly.

    Args:
        network: in evaluation mode, from normalised pictures to scores for `CLASSES`.
        count: how many pictures, at least 1.
        size: their height and width.
        seed: from which they are drawn; not the one of the training.
        device: where the network is.

    Returns:
        How many were right, and how many there were: both (classes,) int64.

    Raises:
        ValueError: there is nothing to count.
    """
    if count < 1:
        raise ValueError(f"expected at least 1 picture, got {count}")
    right = np.zeros(len(CLASSES), np.int64)
    seen = np.zeros(len(CLASSES), np.int64)
    for first in range(0, count, 200):
        images, labels = draw_batch(min(200, count - first), size=size, seed=seed, first=first)
        with torch.inference_mode():
            scores = network(normalise(torch.from_numpy(images).permute(0, 3, 1, 2)).to(device))
        answers = scores.argmax(dim=1).cpu().numpy()
        np.add.at(seen, labels, 1)
        np.add.at(right, labels[answers == labels], 1)
    return right, seen


def main(arguments: Sequence[str]) -> int:
    """Run `python -m coursekit score`.

    Args:
        arguments: what follows the command's name.

    Returns:
        The exit status: 0, or 1 when the file cannot be read.
    """
    parser = argparse.ArgumentParser(
        prog="python -m coursekit score",
        description="Score a trained network on freshly drawn pictures, and its "
        "first filters by their roughness.",
    )
    parser.add_argument("file", nargs="?", type=Path, help="safetensors file (default: the course's own)")
    parser.add_argument("--pictures", type=int, default=4000, metavar="N", help="how many (default: 4000)")
    parser.add_argument(
        "--seed", type=int, default=FRESH_SEED, help="draws the pictures (default: %(default)s)"
    )
    chosen = parser.parse_args(arguments)
    try:
        network, header = load_network(chosen.file or course_weights())
        if chosen.seed == json.loads(header["seed"]):
            raise ValueError(f"seed {chosen.seed} drew the training pictures; fresh ones need another seed")
        right, seen = count_right(
            network, chosen.pictures, size=json.loads(header["input_size"]), seed=chosen.seed
        )
    except (OSError, ValueError, DataError) as error:
        print(f"Not scored. {error}", file=sys.stderr)
        return 1
    for name, good, total in zip(CLASSES, right.tolist(), seen.tolist(), strict=True):
        print(f"  {name:<10} {good:>4} of {total}")
    share = right.sum() / seen.sum()
    print(f"accuracy   {share:.1%} of {seen.sum()} fresh pictures, drawn from seed {chosen.seed}")
    first = next(network.parameters()).detach().numpy()
    chance = np.random.default_rng(0).standard_normal(first.shape)
    print(f"roughness  {np.median(roughness(first)):.2f}, median of the first layer's {len(first)} filters")
    print(f"           {np.median(roughness(chance)):.2f}, median of as many random ones")
    return 0
