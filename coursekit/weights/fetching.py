"""Brings VGG16's weights, trained on ImageNet: one layer, a block, all conv layers, or the whole file.

The header of the file on the server says where each tensor lies; only the bytes of the wanted layers follow,
those that lie together in one request. Everything is checked in a temporary folder first; then it moves into
the cache. A fetch that fails leaves nothing behind: it goes on by itself after a cut connection, and starts
anew in the next call.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from safetensors.numpy import save

from coursekit.weights.cache import cache_folder, keep, staging
from coursekit.weights.errors import WeightsError
from coursekit.weights.header import LENGTH, Header, Span, header_length, parse_header, read_header
from coursekit.weights.layout import VGG16, Architecture, Layer, fits, own_name, select
from coursekit.weights.progress import Bar
from coursekit.weights.remote import RemoteFile

__all__ = ["IMAGENET", "Fetched", "Source", "cached", "fetch"]

# Bytes of the first request: enough for the header of a VGG16, so that no second one is needed for it.
GUESS = 4096


@dataclass(frozen=True)
class Source:
    """A safetensors file on a Hugging Face server or a mirror of one.

    Attributes:
        repository: Owner and name.
        revision: The commit, so that the file can never change.
        sha256: Of the whole file, 64 hexadecimal digits.
        architecture: The network whose weights it holds.
        file: Its name in the repository.
    """

    repository: str
    revision: str
    sha256: str
    architecture: Architecture = VGG16
    file: str = "model.safetensors"

    @property
    def url(self) -> str:
        """Its address; `HF_ENDPOINT` names a mirror."""
        endpoint = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
        return f"{endpoint.rstrip('/')}/{self.repository}/resolve/{self.revision}/{self.file}"

    @property
    def folder(self) -> Path:
        """Where the cache keeps what came from it."""
        return cache_folder() / f"{self.repository.rpartition('/')[2]}-{self.revision[:8]}"


# Trained by torchvision, BSD-3-Clause, converted by timm.
IMAGENET = Source(
    repository="timm/vgg16.tv_in1k",
    revision="3394518cba29aee1ea82a49d971be90d2dd1dab7",
    sha256="57b026918159a6bf9faf8405c3a551903768e7138989d9c6224a14227203fad8",
)


@dataclass(frozen=True)
class Fetched:
    """What a fetch did.

    Attributes:
        files: The file of each wanted layer, by the layer's name. Of the whole file: that file, for each
            layer.
        new: The names of those that were not in the cache before.
        size: Bytes that were brought, with the header.
        requests: HTTP requests that were sent.
    """

    files: dict[str, Path]
    new: tuple[str, ...] = ()
    size: int = 0
    requests: int = 0


def cached(source: Source = IMAGENET) -> dict[str, Path]:
    """Return the sound file of each layer that the cache holds, by the layer's name. Nothing is fetched.

    A file that is damaged counts as not there; the next fetch replaces it.
    """
    whole, layers = source.folder / source.file, _learned(source)
    if _sound(whole, layers):
        return {layer.name: whole for layer in layers}
    conv = source.architecture.conv_layers()
    places = {layer: source.folder / f"{layer.name}.safetensors" for layer in conv}
    return {layer.name: place for layer, place in places.items() if _sound(place, (layer,))}


def fetch(
    layers: int | str | Iterable[str] = "block1_conv1",
    *,
    source: Source = IMAGENET,
    shown: bool | None = None,
) -> Fetched:
    """Bring weights into the cache, if they are not there yet.

    Args:
        layers: Conv layers, as `select` takes them: 1, "block1_conv1", "block2", "all", ...; or `"whole"` for
            the file with the classifier (553 MB), whose SHA-256 is checked.
        source: Where they come from.
        shown: Draw a progress bar. None draws one where somebody watches.

    Raises:
        WeightsError: There are no such layers, or they could not be brought. The cache is as it was before.
    """
    wanted = _learned(source) if layers == "whole" else select(layers, source.architecture)
    have = cached(source)
    missing = tuple(layer for layer in wanted if layer.name not in have)
    if not missing:
        return Fetched({layer.name: have[layer.name] for layer in wanted})
    remote = RemoteFile(source.url)
    header = _remote_header(remote)
    _check(header, missing, source.url)
    whole = layers == "whole"
    size = header.stop if whole else 4 * sum(layer.parameters for layer in missing)
    room = size if whole else 2 * size  # the bytes as they came, and the files made of them
    try:
        with staging(source.folder, room) as folder, Bar(size, shown=shown) as bar:
            remote.progress = bar
            files = [_bring_whole(remote, source, header, folder)] if whole else []
            keep(files or _bring_layers(remote, missing, header, folder), source.folder)
    except OSError as error:
        raise WeightsError(
            f"Cannot write the weights to the cache folder {source.folder} ({error}). Is the disk full, or "
            "a file there open in another program? COURSEKIT_CACHE can name another folder."
        ) from error
    have = cached(source)
    files_of = {layer.name: have[layer.name] for layer in wanted}
    return Fetched(files_of, tuple(layer.name for layer in missing), remote.fetched, remote.requests)


def _learned(source: Source) -> tuple[Layer, ...]:
    """The layers that have weights."""
    return tuple(layer for layer in source.architecture.layers() if layer.shape)


def _remote_header(remote: RemoteFile) -> Header:
    """Bring and check the header, in one request if it is as short as it should be."""
    start = remote.read(0, GUESS)
    end = LENGTH + header_length(start, remote.url)
    if end > len(start):
        start += remote.read(len(start), end)
    return parse_header(start[LENGTH:end], remote.url, remote.size)


def _check(header: Header, layers: Iterable[Layer], where: str) -> None:
    """Compare dtype and shape of each tensor of the layers with what they must be."""
    spans = {own_name(name): span for name, span in header.tensors.items()}
    for layer in layers:
        for name, shape in layer.shapes.items():
            span = spans.get(name)
            if span is None or span.dtype != "F32" or not fits(span.shape, shape):
                found = f"{span.dtype} {span.shape}" if span else "nothing"
                raise WeightsError(
                    f"{where} does not hold the weights of this network: expected F32 {shape} as {name}, "
                    f"found {found}. Nothing of it was kept. Is it another network's file, or a mirror's "
                    "that was changed?"
                )


def _bring_whole(remote: RemoteFile, source: Source, header: Header, folder: Path) -> Path:
    """Bring the whole file and compare its SHA-256."""
    place, digest = folder / source.file, hashlib.sha256()
    with place.open("wb") as file:
        remote.copy(0, header.stop, _both(file.write, digest.update))
    if digest.hexdigest() != source.sha256:
        raise WeightsError(
            f"{source.url} is not the file that the course knows: expected {header.stop:,} bytes with "
            f"SHA-256 {source.sha256}, found SHA-256 {digest.hexdigest()}. It was deleted. A proxy or "
            "mirror may have changed it: try another network or mirror (HF_ENDPOINT)."
        )
    return place


def _both(first: Callable[[bytes], object], second: Callable[[bytes], object]) -> Callable[[bytes], object]:
    def write(piece: bytes) -> None:
        first(piece)
        second(piece)

    return write


def _bring_layers(remote: RemoteFile, layers: Iterable[Layer], header: Header, folder: Path) -> list[Path]:
    """Bring the tensors of the layers, look at every number, and write one file for each layer."""
    wanted = {name for layer in layers for name in layer.shapes}
    spans = {name: span for name, span in header.tensors.items() if name in wanted}
    raw = folder / "raw"
    places: dict[str, int] = {}
    with raw.open("w+b") as file:
        for start, stop in _runs(spans.values()):
            base = file.tell() - start
            places |= {name: base + span.start for name, span in spans.items() if start <= span.start < stop}
            remote.copy(start, stop, file.write)
        return [_write_layer(layer, file, places, remote.url, folder) for layer in layers]


def _runs(spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Join spans, which are in the order of the file, where one ends at the byte where the next begins."""
    runs: list[tuple[int, int]] = []
    for span in spans:
        if runs and runs[-1][1] == span.start:
            runs[-1] = (runs[-1][0], span.stop)
        else:
            runs.append((span.start, span.stop))
    return runs


def _write_layer(layer: Layer, raw: IO[bytes], places: dict[str, int], url: str, folder: Path) -> Path:
    """Check the numbers of one layer and write them as a safetensors file that can be mapped."""
    tensors = {}
    for name, shape in layer.shapes.items():
        raw.seek(places[name])
        values = np.frombuffer(raw.read(4 * int(np.prod(shape))), dtype="<f4").reshape(shape)
        bad = values.size - int(np.isfinite(values).sum())
        if bad:
            raise WeightsError(
                f"{url}: {name} holds {bad:,} values that are NaN or infinite, of {values.size:,}. Learned "
                "weights are finite. Nothing was kept. A proxy or mirror may have changed the file: try "
                "another one (HF_ENDPOINT)."
            )
        tensors[name] = values
    place = folder / f"{layer.name}.safetensors"
    # Not save_file: its files may be read by nobody but their owner, and a cache can be a whole class's.
    place.write_bytes(save(tensors, metadata={"source": url}))
    return place


def _sound(place: Path, layers: Iterable[Layer]) -> bool:
    """Say whether a file of the cache has the right length, dtypes and shapes."""
    try:
        _check(read_header(place), layers, str(place))
    except (OSError, WeightsError):
        return False
    return True
