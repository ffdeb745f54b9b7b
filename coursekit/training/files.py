"""The trained network as a file: safetensors, 16-bit numbers, and a header that explains them.

Metadata are strings: `classes`, `widths`, `mean`, `std`, `input_size`, `steps`, `accuracy` and so on, as
JSON where a value is more than a word. Sixteen bits halve the file; `coursekit.training.score` measures
what is left of the accuracy.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from coursekit.synthetic import CLASSES
from coursekit.training.loop import Recipe
from coursekit.training.network import MEAN, STD, build

__all__ = ["FORMAT", "load_network", "metadata", "save_network", "to_half"]

FORMAT = "coursekit-vgg-1"
"""Name of this layout of tensors and metadata; another layout gets another name."""


def to_half(network: nn.Sequential) -> nn.Sequential:
    """Round the weights in place to what 16-bit numbers can hold; they stay float32.

    Returns:
        The same network.

    Example:
        >>> layer = nn.Sequential(nn.Linear(1, 1))
        >>> _ = layer[0].weight.data.fill_(1.0001)
        >>> to_half(layer)[0].weight.item()
        1.0
    """
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(weight.half())
    return network


def metadata(recipe: Recipe, *, accuracy: float, pictures: int, roughness: float) -> dict[str, str]:
    """Say in strings what the file's reader has to know, and how the weights were made.

    Args:
        recipe: what was learned.
        accuracy: share of fresh pictures named rightly, 0 to 1.
        pictures: how many fresh pictures that were.
        roughness: median roughness of the first layer's filters.

    Example:
        >>> json.loads(metadata(Recipe(), accuracy=0.96, pictures=1000, roughness=0.75)["mean"])
        [0.5, 0.5, 0.5]
    """
    classes = list(CLASSES)
    values: dict[str, object] = {
        "architecture": {"widths": recipe.widths, "pool": 1, "hidden": [], "classes": len(classes)},
        "widths": recipe.widths,
        "classes": classes,
        "mean": [MEAN] * 3,
        "std": [STD] * 3,
        "input_size": recipe.size,
        "steps": recipe.steps,
        "batch_size": recipe.batch_size,
        "seed": recipe.seed,
        "accuracy": round(accuracy, 4),
        "accuracy_pictures": pictures,
        "roughness": round(roughness, 3),
    }
    words = {
        "format": FORMAT,
        "title": "Narrow VGG16 that names drawn shapes and textures",
        "input": "RGB in [0, 1], then (x - mean) / std",
        "torch": torch.__version__,
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "python": platform.python_version(),
    }
    return words | {name: json.dumps(value) for name, value in values.items()}


def save_network(network: nn.Sequential, path: str | os.PathLike[str], header: Mapping[str, str]) -> None:
    """Write the weights as float16 with their header; the file appears complete or not at all.

    Args:
        network: without BatchNorm, from `fold_batch_norm`.
        path: file to write; one that is there is replaced.
        header: from `metadata`.

    Raises:
        OSError: the folder does not exist or cannot be written.
    """
    tensors = {name: weight.detach().half().contiguous() for name, weight in network.state_dict().items()}
    target = Path(path)
    part = target.with_name(target.name + ".part")
    part.write_bytes(_sorted_header(save(tensors, dict(header))))
    os.replace(part, target)


def load_network(path: str | os.PathLike[str]) -> tuple[nn.Sequential, dict[str, str]]:
    """Read a file that `save_network` wrote.

    Args:
        path: the safetensors file.

    Returns:
        The network in float32 and evaluation mode, and the header's strings.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no safetensors file, or of another format.
    """
    try:
        with safe_open(os.fspath(path), framework="pt") as file:
            header = dict(file.metadata() or {})
            names = list(file.keys())
            tensors = {name: file.get_tensor(name).float() for name in names}
    except SafetensorError as error:
        raise ValueError(f"{path} is not a complete safetensors file ({error}); train it again") from error
    if header.get("format") != FORMAT:
        raise ValueError(f"{path} has the format {header.get('format')!r}; this version reads {FORMAT!r}")
    network = build(len(json.loads(header["classes"])), widths=json.loads(header["widths"]))
    network.load_state_dict(tensors)
    return network.eval(), header


def _sorted_header(data: bytes) -> bytes:
    """Sort the header's metadata by name: the library leaves it to chance, and a hash sees it."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)  # the tensors begin at a multiple of eight bytes
    return len(text).to_bytes(8, "little") + text + data[8 + length :]
