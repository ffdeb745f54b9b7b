"""Opens learned weights: the course's own, ImageNet's from the cache, or a file of the learner's.

A file is mapped into memory, not read: a page of it is loaded when it is first used, and all processes of a
computer share it. This is the only module of the package that loads torch.
"""

from __future__ import annotations

import json
import os
import pickle
import warnings
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from coursekit.samples import course_weights
from coursekit.weights.errors import WeightsError
from coursekit.weights.fetching import IMAGENET, Source, cached, fetch
from coursekit.weights.header import read_header
from coursekit.weights.layout import VGG16, Architecture, Layer, fits, own_name

__all__ = ["CONV_ONLY", "Learned", "open_weights"]

COURSE_FORMAT = "coursekit-vgg-1"
CONV_ONLY = "block5_pool"  # the last layer that ImageNet's conv layers lead to


@dataclass(frozen=True)
class Learned:
    """Weights that fit a network, and what is known about them.

    Attributes:
        architecture: The network's sizes.
        until: The name of the last layer of the network that can be built with them.
        tensors: The weights by torchvision's names, float32.
        origin: Where they come from, in words.
        classes: The names of the classes, if the file holds them.
        mean: What to subtract from the red, green and blue of an image in [0, 1] ...
        std: ... and what to divide the rest by.
        notes: What else the file says about itself.
    """

    architecture: Architecture
    until: str
    tensors: dict[str, Tensor]
    origin: str
    classes: tuple[str, ...] = ()
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    std: tuple[float, ...] = (0.229, 0.224, 0.225)
    notes: dict[str, str] = field(default_factory=dict)


def open_weights(
    weights: str | os.PathLike[str], until: str | None = None, *, source: Source = IMAGENET
) -> Learned:
    """Open weights by map, and check that they fit.

    Args:
        weights: `"course"`, `"imagenet"`, or the path of a file: `.safetensors`, or `.pth` / `.pt` from
            torchvision.
        until: The name of the last layer that is wanted. None is the last one that the file has weights for;
            of ImageNet, `block5_pool`: all conv layers, 59 MB, which are fetched if they are not in the
            cache.
        source: Where ImageNet's weights come from.

    Raises:
        WeightsError: They are not there and cannot be fetched, or they do not fit.
        DataError: The course's own file is missing.

    >>> learned = open_weights("course", until="block1_conv1")
    >>> learned.tensors["features.0.weight"].shape
    torch.Size([64, 3, 3, 3])
    """
    if weights == "imagenet":
        return _open_imagenet(until or CONV_ONLY, source)
    if weights == "course":
        return _open_file(course_weights(), until, "the course's own weights")
    path = Path(weights)
    if not path.is_file():
        raise WeightsError(
            f"There are no weights {os.fspath(weights)!r}. Expected 'course', 'imagenet', or the path of a "
            f"file; looked for {path.absolute()}."
        )
    return _open_file(path, until, f"weights of {path.name}")


def _open_imagenet(until: str, source: Source) -> Learned:
    """Map the layers up to this one, and fetch those that are missing."""
    layers = [layer for layer in source.architecture.until(until) if layer.shape]
    whole = any(len(layer.shape) == 2 for layer in layers)
    try:
        files = fetch("whole" if whole else [layer.name for layer in layers], source=source).files
    except WeightsError as error:
        have = cached(source)
        first = [layer.name for layer in source.architecture.conv_layers()]
        count = next((number for number, name in enumerate(first) if name not in have), len(first))
        hint = f" The cache holds enough for vgg16('imagenet', until={first[count - 1]!r})." if count else ""
        raise WeightsError(f"{error}{hint}") from error
    tensors: dict[str, Tensor] = {}
    for path in dict.fromkeys(files[layer.name] for layer in layers):
        tensors |= _map(path)[0]
    tensors = _fit(tensors, layers, source.architecture, str(source.folder))
    return Learned(source.architecture, until, tensors, "weights learned on ImageNet")


def _open_file(path: Path, until: str | None, origin: str) -> Learned:
    """Map one file, find out which network it is for, and take the layers up to this one."""
    if path.suffix == ".safetensors":
        tensors, notes = _map(path)
    elif path.suffix in (".pth", ".pt"):
        tensors, notes = _unpickle(path), {}
    else:
        raise WeightsError(f"{path} has the ending {path.suffix!r}; expected .safetensors, .pth or .pt.")
    described = "format" in notes and notes["format"].startswith("coursekit-")
    learned = _described(notes, path) if described else Learned(VGG16, "", {}, "")
    architecture = learned.architecture
    last = until or _last(tensors, architecture)
    layers = [layer for layer in architecture.until(last) if layer.shape]
    tensors = _fit(tensors, layers, architecture, str(path))
    return Learned(architecture, last, tensors, origin, learned.classes, learned.mean, learned.std, notes)


def _map(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Map a safetensors file whose header is sound."""
    try:
        notes = read_header(path).metadata
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
            return {name: file.get_tensor(name) for name in names}, notes
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"Cannot read the weights in {path}: {error}.") from error


def _unpickle(path: Path) -> dict[str, Tensor]:
    """Load a file of torch.save, of which only tensors are accepted."""
    # The format of before 2020, which torchvision's own file has, cannot be mapped.
    zipped = zipfile.is_zipfile(path)
    try:
        with warnings.catch_warnings():
            # About odd pickles, which are refused below.
            warnings.simplefilter("ignore", UserWarning)
            found = torch.load(path, map_location="cpu", weights_only=True, mmap=zipped)
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{path} was not loaded: it is a pickle that wants more than to give tensors, and such a file "
            f"can run any code on this computer ({_first_sentence(error)}). Nothing of it was run. Take the "
            "weights from a source that you trust, best as .safetensors."
        ) from error
    except (OSError, RuntimeError, EOFError, ValueError, LookupError) as error:
        raise WeightsError(
            f"{path} cannot be read as a file of torch.save ({_first_sentence(error)}). Download it again."
        ) from error
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        what = type(found).__name__
        if isinstance(found, dict):
            what += f" with {', '.join(map(str, list(found)[:3]))}"
        raise WeightsError(f"{path} holds a {what}; expected a state dict, which maps names to tensors.")
    return {str(name): value for name, value in found.items()}


def _first_sentence(error: Exception) -> str:
    """The part of torch's message that says what is wrong; the rest tells how to load it in spite of that."""
    words = " ".join(str(error).split())
    _, found, reason = words.partition("WeightsUnpickler error: ")
    return (reason if found else words).split(" Please ")[0].split(". ")[0] or type(error).__name__


def _described(notes: dict[str, str], path: Path) -> Learned:
    """Read the sizes of the course's own kind of network from the metadata."""
    try:
        if notes["format"] != COURSE_FORMAT:
            raise ValueError(f"its format is {notes['format']}, and this coursekit reads {COURSE_FORMAT}")
        classes = tuple(str(name) for name in json.loads(notes["classes"]))
        widths = tuple(tuple(int(width) for width in block) for block in json.loads(notes["widths"]))
        mean, std = (tuple(float(part) for part in json.loads(notes[key])) for key in ("mean", "std"))
        if len(mean) != 3 or len(std) != 3 or not all(std) or not widths or not all(widths):
            raise ValueError("widths, mean or std have the wrong length")
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            f"{path} does not describe its network as expected ({type(error).__name__}: {error}). Take the "
            "file again, or a newer coursekit."
        ) from error
    architecture = Architecture(widths=widths, pool=1, hidden=(), classes=len(classes))
    return Learned(architecture, "", {}, "", classes, mean, std)


def _last(tensors: dict[str, Tensor], architecture: Architecture) -> str:
    """The last layer for which there are weights, or the layers behind it that need none."""
    layers = architecture.layers()
    there = {own_name(name).rpartition(".")[0] for name in tensors}
    last = max((index for index, layer in enumerate(layers) if layer.module in there), default=0)
    after = layers[last + 1 : last + 2]
    return after[0].name if after and after[0].name.endswith("_pool") else layers[last].name


def _fit(
    tensors: dict[str, Tensor], layers: list[Layer], architecture: Architecture, where: str
) -> dict[str, Tensor]:
    """Give the tensors of these layers torchvision's names and shapes, in float32; copy no float32."""
    ours = {own_name(name): value for name, value in tensors.items()}
    known = {name for layer in architecture.layers() for name in layer.shapes}
    wanted = {name: shape for layer in layers for name, shape in layer.shapes.items()}
    faults = [f"{name} is not one of its tensors" for name in ours if name not in known]
    fitting = {}
    for name, shape in wanted.items():
        value = ours.get(name)
        if value is None:
            faults.append(f"{name} {shape} is missing")
        elif not fits(tuple(value.shape), shape) or not value.is_floating_point():
            faults.append(f"{name} should be {shape}, but is {tuple(value.shape)}, {value.dtype}")
        else:
            fitting[name] = value.detach().reshape(shape).float()
    if faults:
        more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
        raise WeightsError(
            f"The weights in {where} do not fit this VGG16: {'; '.join(faults[:3])}{more}. Are they another "
            "network's? VGG16 without BatchNorm, for 1,000 classes, is expected, or a network that this "
            "course trained."
        )
    return fitting
