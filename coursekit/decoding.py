"""Turns the bytes of a picture file into pixels, with nothing dropped in silence.

``images.load_image`` is the door to this module. Pillow reads the header first, so that a picture that is
too large is refused before it fills the memory, and it says when a file is cut off, where OpenCV fills the
rest with gray. OpenCV decodes what Pillow would shorten to 8 bits: colour with 16 bits per channel.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from typing import Any, BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError

from coursekit.image_rules import Array, ImageError

__all__ = ["FORMATS", "MAX_PIXELS", "decode"]

MAX_PIXELS = 50_000_000
"""Larger pictures are refused: as float32 RGB this many pixels take 600 MB."""

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")
"""What is read, AVIF last: Pillow before 11.3 lacks it. Some other formats start programs of their own."""

_ADVICE = f"Open it in a picture program and save it as PNG or JPEG. Readable are {', '.join(FORMATS)}."
_AGAIN = "Copy or download it again."
_ORIENTATION = 0x0112
_PHOTOMETRIC = 0x0106
_DEEP_GRAY = ("I;16", "I;16L", "I;16B", "I;16N")
_EIGHT_BIT = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr")
# What Pillow's readers raise on a file that is cut off or damaged.
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    zlib.error,
    cv2.error,
)
_FIRST_BYTES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "WEBP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
)
# What learners bring that cannot be read: (bytes near the start, what it is).
_NOT_READ = (
    (b"ftypheic", "a HEIC photograph, as telephones take them"),
    (b"ftypmif1", "a HEIC photograph, as telephones take them"),
    (b"%pdf", "a PDF document"),
    (b"<svg", "an SVG drawing, which has no pixels"),
    (b"<html", "a web page, perhaps saved instead of the picture in it"),
    (b"<!doctype html", "a web page, perhaps saved instead of the picture in it"),
    (b"version https://git-lfs", "a placeholder that git left for a large file"),
)


def decode(file: BinaryIO, name: str) -> Array:
    """Decode a picture: upright, transparent parts over white, 0 for black and 1 for full intensity.

    The orientation is taken from EXIF, and of an animation the first frame.

    Args:
        file: an open file or BytesIO, at its start.
        name: what messages call it.

    Returns:
        (H, W) or (H, W, 3) float32 ndarray in [0, 1]: gray where the file is gray, else RGB.

    Raises:
        ImageError: if it is empty, not a picture, cut off, too large, or of a kind without a fixed range.

    Example:
        >>> import io, numpy, cv2
        >>> file = io.BytesIO(cv2.imencode(".png", numpy.array([[0, 51, 255]], numpy.uint8))[1].tobytes())
        >>> decode(file, "three pixels").round(1).tolist()
        [[0.0, 0.20000000298023224, 1.0]]
    """
    with warnings.catch_warnings():
        # Pillow warns of odd metadata; the pixels are right or an error follows.
        warnings.simplefilter("ignore")
        with _open(file, name) as image:
            _refuse_too_large(image.size, name)
            try:
                plan = str(image.tile)  # how the bytes are stored; Pillow forgets it when it loads
                image.load()
                orientation = _orientation(image)
                pixels = _pixels(image, plan, file, name)
            except ImageError:
                raise
            except _DAMAGED as error:
                raise ImageError(
                    f"Cannot load {name}: the {image.format} file is cut off or damaged ({error}). {_AGAIN}"
                ) from error
    return np.ascontiguousarray(_upright(pixels, orientation))


def _open(file: BinaryIO, name: str) -> ImageFile.ImageFile:
    """Read the header."""
    start = file.read(512)
    file.seek(0)
    if not start:
        raise ImageError(f"Cannot load {name}: it is empty, 0 bytes long. {_AGAIN}")
    try:
        return Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageError(_too_large(name, "far more pixels")) from error
    except (UnidentifiedImageError, *_DAMAGED) as error:
        raise ImageError(f"Cannot load {name}: {_what_it_is(start)}") from error


def _what_it_is(start: bytes) -> str:
    """Say why these first bytes were not recognised, and what to do."""
    for first, kind in _FIRST_BYTES:
        if start.startswith(first):
            return f"it begins like a {kind} file, but the rest is cut off or damaged. {_AGAIN}"
    for part, kind in _NOT_READ:
        if part in start.lower():
            return f"it is {kind}. {_ADVICE}"
    return f"it is not a picture; its first bytes are {start[:8]!r}. {_ADVICE}"


def _refuse_too_large(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise ImageError(_too_large(name, f"{height} x {width} = {height * width / 1e6:.0f} million pixels"))


def _too_large(name: str, found: str) -> str:
    return (
        f"Cannot load {name}: it has {found}, and at most {MAX_PIXELS // 1_000_000} million are read. "
        "Make it smaller in a picture program and save it again."
    )


def _orientation(image: ImageFile.ImageFile) -> int:
    """Return the EXIF orientation, 1 to 8. A TIFF has none left: Pillow and OpenCV turn it themselves."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except _DAMAGED:
        # A damaged EXIF block says nothing about orientation, and the pixels are whole.
        return 1
    return value if value in range(1, 9) else 1


def _upright(pixels: Array, orientation: int) -> Array:
    """Undo the orientation: 2 to 4 mirror or turn by half, 5 to 8 swap rows and columns first."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels


def _pixels(image: ImageFile.ImageFile, plan: str, file: BinaryIO, name: str) -> Array:
    """Return the pixels as stored, not yet turned upright."""
    clear = image.has_transparency_data
    if image.mode in _DEEP_GRAY:
        stored = np.asarray(image)
        gray = _unit(stored, 4095 if "I;12" in plan else 65535)
        if clear:
            # PNG names one gray that stands for "transparent".
            gray[stored == image.info["transparency"]] = 1
        # A TIFF may count from white to black, which Pillow minds in 8 bits only.
        white_is_zero = image.format == "TIFF" and getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == 0
        return 1 - gray if white_is_zero else gray
    if image.mode in ("RGB", "RGBA") and image.format in ("PNG", "TIFF") and ";16" in plan:
        return _deep_colour(image, file, name, premultiplied="RGBa" in plan)
    if image.mode in _EIGHT_BIT:
        if clear:
            rgba = _unit(image.convert("RGBA"), 255)
            return _over_white(rgba[..., :3] * rgba[..., 3:], rgba[..., 3:])
        return _unit(image.convert("L" if image.mode in ("1", "L") else "RGB"), 255)
    raise ImageError(
        f"Cannot load {name}: its pixels are of Pillow's mode {image.mode!r}, in which black and white have "
        f"no fixed values. Expected gray or colour with 8 or 16 bits per channel. {_ADVICE}"
    )


def _unit(stored: Image.Image | NDArray[Any], peak: int) -> Array:
    """Map 0..peak to 0..1."""
    return np.asarray(stored).astype(np.float32) / np.float32(peak)


def _over_white(weighted: Array, alpha: Array) -> Array:
    """Add white where a colour, already multiplied by its alpha, lets it through."""
    return np.asarray(np.minimum(weighted + (1 - alpha), 1), np.float32)


def _deep_colour(image: ImageFile.ImageFile, file: BinaryIO, name: str, premultiplied: bool) -> Array:
    """Decode colour with 16 bits per channel, of which Pillow would keep 8."""
    file.seek(0)
    content = file.read()
    if image.format == "PNG":
        content = _plain_png(content)
    level = cv2.utils.logging.getLogLevel()
    # OpenCV would print what it thinks of unusual TIFF tags.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        stored = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    finally:
        cv2.utils.logging.setLogLevel(level)
    clear = image.has_transparency_data
    if stored is None or stored.dtype != np.uint16 or stored.ndim != 3 or stored.shape[2] < 3 + clear:
        raise ImageError(f"Cannot load {name}: its 16-bit colours are stored in an unusual way. {_ADVICE}")
    channels = _unit(stored, 65535)
    rgb = channels[..., 2::-1]  # OpenCV's order is blue, green, red
    if not clear:
        return rgb
    alpha = channels[..., 3:]
    return _over_white(rgb if premultiplied else rgb * alpha, alpha)


def _plain_png(content: bytes) -> bytes:
    """Keep the chunks that hold pixels: libpng prints a warning for every odd note in the others."""
    kept, at = [content[:8]], 8
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        if content[at + 4 : at + 8] in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            kept.append(content[at : at + 12 + length])
        at += 12 + length
        if kept[-1][4:8] == b"IEND":
            break  # what follows is no part of the picture
    return b"".join(kept)
