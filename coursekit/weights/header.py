"""Reads the header of a safetensors file, and believes none of it before it is checked.

The format: 8 bytes with the length of the header, the header (JSON: the dtype, the shape and the byte offsets
of each tensor), then the bytes of all tensors with no gap. https://huggingface.co/docs/safetensors describes
it.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.weights.errors import WeightsError

__all__ = ["LENGTH", "Header", "Span", "header_length", "parse_header", "read_header"]

LENGTH = 8  # bytes before the header that hold its length, little-endian
MOST = 1_000_000  # bytes; VGG16's header has about 3,000
SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}


@dataclass(frozen=True)
class Span:
    """One tensor and where it lies: `start` and `stop` count bytes from the beginning of the file."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int


@dataclass(frozen=True)
class Header:
    """What a safetensors file says about itself.

    Attributes:
        tensors: Where each tensor lies, by name, in the order of the file.
        metadata: The words that were stored with them.
        stop: The length that the whole file must have, in bytes.
    """

    tensors: dict[str, Span]
    metadata: dict[str, str]
    stop: int


def header_length(start: bytes, where: str) -> int:
    """Read the length of the header from the first 8 bytes of the file.

    Args:
        start: The beginning of the file.
        where: The file's address or path, for the message.

    Raises:
        WeightsError: The length makes no sense.

    >>> header_length(bytes([16, 0, 0, 0, 0, 0, 0, 0]), "example")
    16
    """
    if len(start) < LENGTH:
        raise _lie(where, f"it is {len(start)} bytes long, too short for a header")
    length = int.from_bytes(start[:LENGTH], "little")
    if not 2 <= length <= MOST:
        raise _lie(where, f"it says that its header has {length:,} bytes, and 2 to {MOST:,} were expected")
    return length


def parse_header(text: bytes, where: str, size: int | None = None) -> Header:
    """Check the header and turn it into spans.

    Args:
        text: The header, without the 8 bytes before it.
        where: The file's address or path, for the message.
        size: The length of the whole file in bytes, where it is known.

    Raises:
        WeightsError: This is no safetensors header; or its offsets lie outside of the file, overlap, leave
            gaps, or do not fit the shapes.

    >>> text = b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}'
    >>> parse_header(text, "example").tensors
    {'a': Span(dtype='F32', shape=(2,), start=69, stop=77)}
    """
    try:
        fields = json.loads(text.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise _lie(where, f"its header is not the JSON that it should be ({error})") from error
    if not isinstance(fields, dict):
        raise _lie(where, "its header is not a list of tensors")
    metadata = fields.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise _lie(where, "the metadata in its header are not words")
    spans = {name: _span(name, field, LENGTH + len(text), where) for name, field in fields.items()}
    tensors = dict(sorted(spans.items(), key=lambda item: (item[1].start, item[1].stop)))
    for name, span in tensors.items() if size is not None else ():
        if span.stop > size:
            raise _lie(where, f"{name} is said to end at byte {span.stop:,}, outside of its {size:,} bytes")
    end = LENGTH + len(text)
    for name, span in tensors.items():
        if span.start != end:
            fault = "overlaps" if span.start < end else "leaves a gap behind"
            raise _lie(
                where,
                f"{name} {fault} the tensor before it: it is said to begin at byte {span.start:,}, "
                f"and {end:,} was expected",
            )
        end = span.stop
    if size is not None and end != size:
        raise _lie(where, f"its tensors end at byte {end:,}, but the file has {size:,} bytes")
    return Header(tensors, metadata, end)


def read_header(path: str | os.PathLike[str]) -> Header:
    """Read and check the header of a file on this computer.

    Raises:
        WeightsError: As `header_length` and `parse_header`.
        OSError: The file cannot be read.
    """
    path = Path(path)
    with path.open("rb") as file:
        length = header_length(file.read(LENGTH), str(path))
        text = file.read(length)
    size = path.stat().st_size
    if len(text) < length:
        raise _lie(str(path), f"its header is said to have {length:,} bytes, but all of it has {size:,}")
    return parse_header(text, str(path), size)


def _span(name: str, field: Any, begin: int, where: str) -> Span:
    """Check what the header says about one tensor, by itself."""
    if not isinstance(field, dict) or not {"dtype", "shape", "data_offsets"} <= field.keys():
        raise _lie(where, f"it gives no dtype, shape and data_offsets for {name}")
    dtype, shape, offsets = field["dtype"], field["shape"], field["data_offsets"]
    if not isinstance(dtype, str) or dtype not in SIZES:
        raise _lie(where, f"{name} has the unknown dtype {dtype!r}; known are {', '.join(SIZES)}")
    if not _counts(shape) or not _counts(offsets) or len(offsets) != 2:
        raise _lie(where, f"{name} has the shape {shape!r} and the offsets {offsets!r}, which are not sizes")
    start, stop = offsets
    wanted = math.prod(shape) * SIZES[dtype]
    if stop - start != wanted:
        raise _lie(
            where,
            f"{name} with the shape {tuple(shape)} needs {wanted:,} bytes, "
            f"but is said to have {stop - start:,}",
        )
    return Span(dtype, tuple(shape), begin + start, begin + stop)


def _counts(values: Any) -> bool:
    """Say whether this is a list of whole numbers from 0."""
    return isinstance(values, list) and all(type(value) is int and value >= 0 for value in values)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: readers would differ in which one they believe."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands in it twice")
    return dict(pairs)


def _lie(where: str, what: str) -> WeightsError:
    return WeightsError(
        f"{where} is not a sound safetensors file: {what}. It is damaged, or it is another kind of file. "
        "Nothing of it was used. Try another source, or download the file again."
    )
