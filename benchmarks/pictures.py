"""Many maps and filters: `show_*` against one subplot each, the code that learners meet elsewhere.

Bytes are counted in the notebook: the HTML of a `Picture`, and the base64 of the PNG that it replaces.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.table import Row, in_turn, run
from coursekit import images
from coursekit.pictures import Picture, show_feature_maps, show_filters

__all__ = ["measure"]


def measure() -> list[Row]:
    """Measure 48 maps of a photograph and of noise, 64 from a learned layer, and 64 filters of 3 x 3."""
    random = np.random.default_rng(0)
    noise = random.normal(size=(48, 213, 388)).astype(np.float32)
    # The last two are goals for time and bytes. Noise and first-layer maps, all grain, are for comparison.
    cases: list[tuple[str, Callable[[Any], Picture], Any, float | None, float | None]] = [
        ("48 maps of a photograph", show_feature_maps, photograph_maps(random), 0.03, 0.3),
        ("48 maps of noise", show_feature_maps, noise, 0.03, None),
        ("64 maps of VGG's first layer", show_feature_maps, vgg_maps(), 0.03, None),
        ("64 filters", show_filters, random.normal(size=(64, 3, 3)).astype(np.float32), 0.01, 0.1),
    ]
    rows = []
    for what, show, array, time, size in cases:
        ours = partial(lambda show, array: show(array)._repr_mimebundle_()["text/html"], show, array)
        replaced = partial(subplots, array)
        rows.append(Row(f"{what}: time", *in_turn(ours, replaced), "ms", time))
        rows.append(Row(f"{what}: bytes", len(ours()) / 1000, len(replaced()) / 750, "kB", size))
        bare = partial(subplots, array, ticks=False)
        rows.append(Row(f"{what}, subplots without ticks: time", *in_turn(ours, bare, 3), "ms", None))
    return rows


def photograph_maps(random: np.random.Generator) -> Any:
    """Filter the temple with 48 random 5 x 5 filters, `(48, 213, 388)`, as an untrained layer would."""
    import cv2

    photograph = images.load_image("temple", mode="gray")
    gray = cv2.resize(photograph, (392, 217), interpolation=cv2.INTER_AREA)  # width first
    weights = random.normal(size=(48, 5, 5)).astype(np.float32) / 5
    return np.stack([cv2.filter2D(gray, cv2.CV_32F, kernel)[2:-2, 2:-2] for kernel in weights])


def vgg_maps() -> Any:
    """Run the cat through the first layer of lesson 7's network, `(64, 213, 320)`."""
    from coursekit import activations, models

    network = models.vgg16("course", until="block1_conv1")
    x = network.normalize(images.to_tensor(images.load_image("cat", max_side=320)))
    return activations.feature_maps(network, x, ["block1_relu1"])["block1_relu1"][0].numpy()


def subplots(arrays: Any, ticks: bool = True) -> bytes:
    """Draw one subplot for each array with pyplot, eight in a row, and return the PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: TID251 (what is replaced)

    figure = plt.figure(figsize=(20, 14))
    for index, array in enumerate(arrays):
        axes = figure.add_subplot(-(-len(arrays) // 8), 8, index + 1)
        if not ticks:
            axes.set_axis_off()
        axes.imshow(array, cmap="gray")
        axes.set_title(f"map {index + 1}")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    plt.close(figure)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(run([measure]))
