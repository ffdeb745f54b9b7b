"""Photographs as arrays: load, make gray, resize, and bring into the layout of torch.

An image is a float32 ndarray: (H, W, 3) in the order red, green, blue, or (H, W) when it is gray. torch is
imported by `to_tensor` alone, when it is called, so that the first lessons start without it.
"""

from __future__ import annotations

import difflib
import io
import os
import re
import struct
import unicodedata
import warnings
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, TiffImagePlugin, TiffTags, UnidentifiedImageError, features

from coursekit.errors import CourseError
from coursekit.samples import DataError, sample, samples

if TYPE_CHECKING:
    import torch

__all__ = ["ImageError", "find_edge", "load_image", "photograph", "resize", "to_gray", "to_tensor"]

Array: TypeAlias = NDArray[np.float32]
_Upload: TypeAlias = "Mapping[str, Any] | tuple[Mapping[str, Any], ...]"
_File: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | io.BufferedIOBase"
Source: TypeAlias = "_File | Image.Image | NDArray[Any] | _Upload"

_MAX_PIXELS = 50_000_000  # as float32 RGB they take 600 MB
# What Pillow may open. Some of its other formats start programs of their own.
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", *(["AVIF"] if features.check("avif") else []))
_ADVICE = f"Open it in a picture program and save it as PNG or JPEG. Readable are {', '.join(_FORMATS)}."
_AGAIN = "Copy or download it again."
# The formats that learners bring, by their first bytes; HEIC and AVIF differ in the brands that they list.
_KINDS = {
    rb"\xff\xd8\xff": "JPEG",
    rb"\x89PNG": "PNG",
    rb"GIF8": "GIF",
    rb"RIFF....WEBP": "WEBP",
    rb"II\*\0.{4}CR|....ftypcrx": "a camera's raw photograph",
    rb"II[*+]\0|MM\0[*+]": "TIFF",
    rb"BM": "BMP",
    rb"....ftyp(....)*?avi[fs]": "AVIF",
    rb"....ftyp(....)*?(he[iv][cmsx]|mi[af][1-3f]|msf1)": "a HEIC photograph, as telephones take them "
    "(an iPhone takes JPEG after Settings > Camera > Formats > Most Compatible)",
    rb"%PDF": "a PDF document",
    rb"(?i:.*<svg)": "an SVG drawing, which has no pixels",
    rb"(?i:.*(<html|<!doctype html))": "a web page, perhaps saved instead of the picture in it",
    rb"version https://git-lfs": "a placeholder that git left for a large file",
}
# What stands in place of a path, by its scheme: two letters or more, as one is a drive of Windows.
_ADDRESS = re.compile(r"\s*([a-z][a-z0-9+.-]+:(?=/)|data:|blob:)", re.IGNORECASE)
_IN_PLACE_OF = {
    "data:": "Give its bytes: base64.b64decode(text.partition(',')[2]).",
    "file:": "Give the path alone, without file://.",
}
# What readers raise on a file that is cut off or damaged.
_DAMAGED: tuple[type[Exception], ...] = (struct.error, zlib.error, cv2.error, ArithmeticError, EOFError)
_DAMAGED += (LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError)
# Pillow's modes of gray with 16 bits, and of what has 8 bits per channel or fewer.
_DEEP_GRAY = ("I;16", "I;16L", "I;16B", "I;16N")
_EIGHT_BIT = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr")
# Tags of TIFF: what a page is, and how its pixels are stored.
_SUBFILE_TYPE, _BITS, _PHOTOMETRIC, _SAMPLES, _PLANAR, _SAMPLE_FORMAT = 254, 258, 262, 277, 284, 339
_STARTS, _SIZES = (273, 324), (279, 325)  # of its strips, or of its tiles


class ImageError(CourseError, ValueError):
    """A picture cannot be used. The message says what was expected, what came, and what to do."""


def load_image(source: Source, *, mode: Literal["rgb", "gray"] = "rgb", max_side: int | None = None) -> Array:
    """Load a photograph as a new float32 array in [0, 1], upright, with transparent parts over white.

    JPEG, PNG, GIF (first frame), WebP, TIFF (first page that is no thumbnail of another), BMP and AVIF are
    read; gray and RGB of 16 bits keep them all. The path may be written in any language, on any system.
    Values are used as they are stored, as a rule sRGB; an embedded colour profile is not applied.

    Args:
        source: The name of a sample (`"temple"`), a path, the bytes of a file or a binary file that is open,
            `value` of an upload widget, a PIL image, or a float array (H, W) or (H, W, 3) in [0, 1]. For a
            file called temple: `"./temple"`.
        mode: `"rgb"` for (H, W, 3), `"gray"` for (H, W).
        max_side: Shrink so that neither side is longer than this; a smaller picture keeps its size.

    Returns:
        (H, W, 3) or (H, W) float32 ndarray in [0, 1], C-contiguous.

    Raises:
        ImageError: The picture cannot be loaded. The message has the absolute path, what was wrong and what
            to do.

    >>> load_image("temple").shape
    (426, 640, 3)
    >>> load_image("temple", mode="gray", max_side=320).shape
    (213, 320)
    """
    if mode not in ("rgb", "gray"):
        raise ImageError(
            f"mode must be 'rgb' or 'gray', and it is {mode!r}. For blue first: image[..., ::-1]."
        )
    if max_side is not None:
        _checked_side(max_side, "max_side")
    image = _read(source)
    if mode == "gray":
        image = to_gray(image)
    elif image.ndim == 2:
        image = np.repeat(image[..., np.newaxis], 3, axis=2)
    if max_side is not None:
        image = resize(image, max_side=max_side)
    # A weighted mean of values up to 1 may be rounded to the next number above 1, as over white.
    return np.clip(image, 0, 1)


def to_gray(image: NDArray[Any]) -> Array:
    """Return the brightness of each pixel, 0.299 red + 0.587 green + 0.114 blue, as OpenCV computes it.

    Args:
        image: (H, W, 3) float ndarray, red first. A gray image (H, W) is copied.

    Returns:
        (H, W) float32 ndarray.

    Raises:
        ImageError: The shape or dtype is another, or a value is not finite.

    >>> red_green_blue = np.eye(3, dtype=np.float32).reshape(1, 3, 3)
    >>> to_gray(red_green_blue).round(3).tolist()
    [[0.29899999499320984, 0.5870000123977661, 0.11400000005960464]]
    """
    pixels = _checked_image(image, "to_gray")
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.float32)


def resize(image: NDArray[Any], *, max_side: int | None = None, size: tuple[int, int] | None = None) -> Array:
    """Change the number of pixels. Give `max_side` or `size`.

    Where it shrinks, a new pixel is the mean of the area that it covers, so that fine patterns fade instead
    of turning into false ones; where it enlarges, it interpolates linearly.

    Args:
        image: (H, W) or (H, W, 3) float ndarray.
        max_side: The longer side becomes this long, and the other follows. A smaller image is copied.
        size: (height, width), exactly, even if that stretches the picture.

    Returns:
        (h, w) or (h, w, 3) float32 ndarray.

    Raises:
        ImageError: The image or the wanted size cannot be used.

    >>> resize(np.array([[0, 1, 1, 1], [0, 1, 0, 0]], dtype=np.float32), max_side=2).tolist()
    [[0.5, 0.5]]
    """
    pixels = _checked_image(image, "resize")
    if (max_side is None) == (size is None):
        raise ImageError("resize needs either max_side=320 or size=(height, width), and not both.")
    height, width = pixels.shape[:2]
    if max_side is not None:
        longest = max(height, width)
        side = min(_checked_side(max_side, "max_side"), longest)
        # Whole numbers, rounded half up: the same on every computer.
        new_height, new_width = ((2 * length * side + longest) // (2 * longest) for length in (height, width))
        wanted = (max(1, new_height), max(1, new_width))
    else:
        if not isinstance(size, (tuple, list)) or len(size) != 2:
            raise ImageError(f"size must be (height, width), and it is {size!r}.")
        wanted = (_checked_side(size[0], "the height in size"), _checked_side(size[1], "the width in size"))
    smaller = (min(height, wanted[0]), min(width, wanted[1]))
    for target, method in ((smaller, cv2.INTER_AREA), (wanted, cv2.INTER_LINEAR)):
        if pixels.shape[:2] != target:
            # OpenCV wants (width, height).
            pixels = np.asarray(cv2.resize(pixels, (target[1], target[0]), interpolation=method), np.float32)
    return pixels


def to_tensor(image: NDArray[Any]) -> torch.Tensor:
    """Copy an image into the layout of torch: channels before rows, and a batch of one.

    Args:
        image: (H, W, 3) or (H, W) float ndarray.

    Returns:
        (1, 3, H, W) or (1, 1, H, W) float32 tensor, contiguous, which shares no memory with the image.

    Raises:
        ImageError: The shape or dtype is another, or a value is not finite.

    >>> to_tensor(np.zeros((2, 5, 3), dtype=np.float32)).shape
    torch.Size([1, 3, 2, 5])
    """
    pixels = _checked_image(image, "to_tensor")
    import torch

    channels = pixels[np.newaxis] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    return torch.from_numpy(np.ascontiguousarray(channels[np.newaxis]))


def photograph(source: str | os.PathLike[str]) -> Path:
    """Find the file of a lesson's photograph: your own for all lessons, or the one named here.

    A picture named `my_photo` that lies beside the lessons, such as `my_photo.jpg`, takes the place of the
    samples in every lesson. A line is printed then. If there are several, the one saved last counts.

    Args:
        source: The name of a sample, or any path; a path of your own is taken as it is.

    Returns:
        The absolute path.

    Raises:
        ImageError: There is no such file. The message says what is there instead.

    >>> photograph("temple").name
    'temple.jpg'
    """
    path = _locate(source)
    folder = Path.cwd()
    own = [folder / name for name in _names_in(folder) if name.casefold().startswith("my_photo.")]
    if source in _samples_there_are()[0] and own:
        path = max(own, key=lambda each: each.stat().st_mtime)
        print(f"Your own photograph, {path.name}, takes the place of {source}.")
    return path


def find_edge(image: NDArray[Any], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Find the part of an image around its strongest upright edge, where bright turns into dark.

    Args:
        image: (H, W) or (H, W, 3) float ndarray.
        size: (height, width) of the part; of a smaller image, all of it.

    Returns:
        Row and column of the part's upper left pixel, its height and its width: a box for `show_image`.

    >>> bright_then_dark = np.repeat(np.array([[1, 1, 1, 0, 0, 0, 0, 0]], dtype=np.float32), 8, axis=0)
    >>> find_edge(bright_then_dark, (4, 4))
    (0, 1, 4, 4)
    """
    gray = to_gray(image)
    differences = cv2.filter2D(gray, cv2.CV_32F, np.tile(np.array([1, 1, -1, -1], np.float32), (4, 1)))
    middle = np.unravel_index(differences.argmax(), gray.shape)
    height, width = (min(wanted, there) for wanted, there in zip(size, gray.shape, strict=True))
    row, column = (
        min(max(int(at) - side // 2, 0), there - side)
        for at, side, there in zip(middle, (height, width), gray.shape, strict=True)
    )
    return row, column, height, width


# What counts as an image


def _checked_image(image: Any, caller: str) -> Array:
    """Return a copy of an image as float32, C-contiguous; refuse whatever is none in the caller's name."""
    if not isinstance(image, np.ndarray):
        hint = "Of other numbers, NumPy makes one: np.asarray(image)."
        if hasattr(image, "permute"):
            here = "image" + ".detach()" * image.requires_grad + ".cpu()" * (image.device.type != "cpu")
            hint = f"A tensor becomes one with {_channels_last(here, image.shape, 'permute')}.numpy()."
        raise ImageError(f"{caller} expects an ndarray, and got {type(image).__name__}. {hint}")
    if image.size == 0 or not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)):
        hint = _hint_about_shape(image.shape)
        raise ImageError(f"{caller} expects an image (H, W) or (H, W, 3), and got {image.shape}. {hint}")
    if not np.issubdtype(image.dtype, np.floating):
        # 255 could mean white, or 255 times white. Only of uint16 it is common that it uses its whole range.
        largest = 65535 if image.dtype == np.uint16 else 255
        division = f" (array / {largest})" if image.dtype.kind in "iu" else ""
        raise ImageError(
            f"{caller} expects float values, 0 for black and 1 for white, and got {image.dtype}. "
            f"Divide by the largest possible value{division}, or use load_image."
        )
    finite = np.isfinite(image)
    if not finite.all():
        raise ImageError(
            f"{caller} expects finite values, and {image.size - finite.sum()} of {image.size} are NaN or "
            "infinite. Look for a division by zero before it."
        )
    return np.array(image, np.float32, order="C")


def _hint_about_shape(shape: tuple[int, ...]) -> str:
    if 0 in shape:
        return "It holds no pixels: look at the slice that made it."
    if len(shape) == 3 and shape[2] == 1:
        return "Drop the last axis: image[..., 0]."
    if (last := _channels_last("image", shape, "transpose")) != "image":
        return f"The channels come first, as in torch. Put them last: {last}."
    if len(shape) == 3 and shape[2] == 4:
        return "It has an alpha channel: give the file to load_image, which lays it over white."
    return "Load it with load_image."


def _channels_last(name: str, shape: tuple[int, ...], turn: str) -> str:
    """Write the expression that makes an image of one with a batch's axis or its channels first."""
    if len(shape) == 4:
        name, shape = f"{name}[0]", shape[1:]
    if len(shape) == 3 and shape[0] == 1:
        return f"{name}[0]"
    return f"{name}.{turn}(1, 2, 0)" if len(shape) == 3 and shape[0] == 3 else name


def _checked_side(length: object, name: str) -> int:
    if isinstance(length, bool) or not isinstance(length, (int, np.integer)) or length < 1:
        raise ImageError(f"{name} must be a whole number of pixels, at least 1, and it is {length!r}.")
    return int(length)


# From whatever holds the picture to a file


def _read(source: Source) -> Array:
    """Return a new array, gray or RGB, from whatever holds the picture."""
    if isinstance(source, tuple) and len(source) == 1:
        (source,) = source
    if isinstance(source, Mapping) and "content" in source:
        source = source["content"]
    if isinstance(source, np.ndarray) or hasattr(source, "permute"):
        image = _checked_image(source, "load_image")
        if image.min() < 0 or image.max() > 1:
            found = f"{image.min():.4g} to {image.max():.4g}"
            raise ImageError(
                f"load_image expects values from 0 to 1, and got an array with values from {found}. "
                "Divide it by its largest possible value, 255 for 8 bits."
            )
        return image
    try:
        if isinstance(source, Image.Image):
            source = source.copy()
        elif isinstance(source, io.BufferedIOBase):
            source.seek(0)
            source = source.read()
    except _DAMAGED as error:
        kind = type(source).__name__
        raise ImageError(f"Cannot load the {kind}: it cannot be read ({error}). Give its path.") from error
    if isinstance(source, Image.Image):
        return _pixels(source, "the PIL image")
    if isinstance(source, (bytes, bytearray, memoryview)):
        content = bytes(source)
        return _decode(io.BytesIO(content), f"the picture given as {len(content)} bytes")
    if not isinstance(source, (str, os.PathLike)):
        raise ImageError(
            "load_image expects the name of a sample, a path, the bytes of a file, a PIL image or an array, "
            f"and got {type(source).__name__}. Of an upload widget, give upload.value[0]."
        )
    path = _locate(source)
    try:
        with path.open("rb") as file:
            return _decode(file, str(path))
    except OSError as error:
        raise ImageError(
            f"Cannot load {path}: the system cannot read it ({error.strerror or error}). Check its "
            "permissions, or copy it to another folder."
        ) from error


def _locate(source: str | os.PathLike[str]) -> Path:
    """Return the absolute path of a sample or of any other file, or say what is there instead."""
    text = os.fspath(source)
    names, there_are = _samples_there_are()
    if not isinstance(text, str) or not text.strip():
        raise ImageError(f"Expected a sample's name or a path, and got {source!r}. {there_are}")
    if source in names:
        try:
            return sample(text).path
        except DataError as error:
            raise ImageError(str(error)) from error
    if address := _ADDRESS.match(text):
        advice = _IN_PLACE_OF.get(address[1].lower(), "Download the picture, and give the path of the file.")
        raise ImageError(f"{_short(text)} is an address, not the path of a file. {advice}")
    path = Path(os.path.abspath(os.path.expanduser(text)))
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        # macOS takes letters with marks, and Korean syllables, apart: the same text in other code points.
        twins = [name for name in _names_in(path.parent) if _plain(name) == _plain(path.name)]
        if twins and path.with_name(twins[0]).is_file():
            return path.with_name(twins[0])
        raise ImageError(_missing(path, text)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", error)  # without the path once more
        raise ImageError(
            f"Cannot load {_short(path)}: this path cannot be used ({reason}). Check its spelling and "
            "permissions."
        ) from error
    if path.is_dir():
        inside = ", ".join(repr(name) for name in sorted(_names_in(path))[:5]) or "nothing"
        raise ImageError(f"Cannot load {path}: it is a folder. Add the name of a picture; it holds {inside}.")
    return path


def _missing(path: Path, text: str) -> str:
    sentences = [f"Cannot load {_short(path)}: there is no such file."]
    if path.is_symlink():
        sentences = [f"Cannot load {path}: it is a link to {os.readlink(path)}, which is not there."]
    if not text.isprintable():
        sentences.append(r'A backslash made a special character: write r"C:\new\a.jpg" with the r, or use /.')
    near = _nearest(path.name, _names_in(path.parent))
    if not path.parent.is_dir():
        there = next((parent for parent in path.parents if parent.is_dir()), path.parent)
        sentences.append(f"Its folder is not there either; the nearest that is: {there}.")
    elif near:
        sentences.append(f"Did you mean {' or '.join(repr(name) for name in near)} in the same folder?")
    else:
        sentences.append("Check the spelling and the folder.")
    names, there_are = _samples_there_are()
    for name in _nearest(path.stem, names)[:1]:
        sentences.append(f"Or the sample {name!r}?")
    return " ".join([*sentences, there_are])


def _short(text: str | Path) -> str:
    """Leave out the middle of what is too long to read."""
    text = str(text)
    return text if len(text) <= 200 else f"{text[:80]}...{text[-40:]}"


def _samples_there_are() -> tuple[list[str], str]:
    """Return the samples' names, and the sentence that lists them or says why there are none."""
    try:
        names = [each.name for each in samples()]
    except DataError as error:
        return [], f"The samples cannot be used: {error}"
    return names, f"Samples: {', '.join(names)}."


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        # The names only help to word a message about something else.
        return []


def _plain(name: str) -> str:
    """Write a name in one way, of the several that Unicode has for the same text."""
    return unicodedata.normalize("NFC", name)


def _nearest(name: str, names: list[str]) -> list[str]:
    """Return up to three of the names that look like this one, letter case aside."""
    by_plain = {_plain(each).casefold(): each for each in names}
    return [by_plain[each] for each in difflib.get_close_matches(_plain(name).casefold(), by_plain, n=3)]


# From a file to pixels


def _decode(file: BinaryIO, name: str) -> Array:
    """Decode a picture, gray where the file is gray, else RGB; `name` is what messages call it.

    Pillow reads the header first, so that a picture that is too large is refused before it fills the memory,
    and it says when a file is cut off, where OpenCV fills the rest with gray.
    """
    start = file.read(512)
    file.seek(0)
    if not start:
        raise ImageError(f"Cannot load {name}: it is empty, 0 bytes long. {_AGAIN}")
    kind = next((kind for first, kind in _KINDS.items() if re.match(first, start, re.DOTALL)), None)
    if kind not in _FORMATS:
        what = kind or f"not a picture of a kind that can be read; its first bytes are {start[:8]!r}"
        raise ImageError(f"Cannot load {name}: it is {what}. {_ADVICE}")
    with warnings.catch_warnings():
        # Pillow warns of odd metadata; the pixels are right or an error follows.
        warnings.simplefilter("ignore")
        try:
            if kind == "TIFF":
                image, file = _opened_tiff(file, name)
            else:
                image = Image.open(file, formats=[kind])
            return _pixels(image, name, file)
        except ImageError:
            raise
        except Image.DecompressionBombError as error:
            raise ImageError(_too_large(name, "far more pixels")) from error
        except _DAMAGED as error:
            raise ImageError(
                f"Cannot load {name}: the {kind} file is cut off or damaged. {_AGAIN}"
            ) from error


def _opened_tiff(file: BinaryIO, name: str) -> tuple[Image.Image, BinaryIO]:
    """Open a TIFF at the first page that is no thumbnail of another, and return a file that begins there."""
    header = file.read(16)
    half = 8 if b"+" in header[2:4] else 4  # the header's second half says where the first page is
    page = TiffImagePlugin.ImageFileDirectory_v2(header[: 2 * half])
    places: list[int] = []
    while not places or page.get(_SUBFILE_TYPE, 0) & 1:
        if page.next in (0, *places):
            what = "it has only a small preview, as a camera's raw photograph"
            raise ImageError(f"Cannot load {name}: {what}. {_ADVICE}")
        places.append(page.next)
        file.seek(page.next)
        page.load(file)
    if len(places) > 1:
        file.seek(0)
        content = file.read()
        place = places[-1].to_bytes(half, "big" if content[:2] == b"MM" else "little")
        file = io.BytesIO(content[:half] + place + content[2 * half :])
    starts, sizes = (page.get(strips, page.get(tiles, ())) for strips, tiles in (_STARTS, _SIZES))
    end = file.seek(0, os.SEEK_END)
    if not starts or any(start + size > end for start, size in zip(starts, sizes, strict=False)):
        raise EOFError
    planes = page.get(_PLANAR, 1) == 2 and page.get(_SAMPLES, 1) > 1
    # Whole numbers without a sign. Stored in planes, those of 8 bits are read right, and others are not.
    if set(page.get(_SAMPLE_FORMAT, (1,))) == {1} and not (
        planes and page[_BITS] not in ((8,) * 3, (8,) * 4)
    ):
        before, TiffImagePlugin.READ_LIBTIFF = TiffImagePlugin.READ_LIBTIFF, True  # Pillow alone reads fewer
        try:
            return Image.open(file, formats=["TIFF"]), file
        except UnidentifiedImageError:
            pass  # it is whole, as was seen above
        finally:
            TiffImagePlugin.READ_LIBTIFF = before
    stored = [f"{TiffTags.lookup(tag).name} {page.get(tag)}" for tag in (_BITS, _PHOTOMETRIC, _SAMPLE_FORMAT)]
    raise _unread(name, ", ".join(stored))


def _too_large(name: str, found: str) -> str:
    return (
        f"Cannot load {name}: it has {found}, and at most {_MAX_PIXELS // 1_000_000} million are read. "
        "Make it smaller in a picture program and save it again."
    )


def _unread(name: str, stored: str) -> ImageError:
    return ImageError(
        f"Cannot load {name}: it is whole, but of a kind that is not read ({stored}). "
        f"Expected gray or colour with 8 or 16 bits per channel. {_ADVICE}"
    )


def _pixels(image: Image.Image, name: str, file: BinaryIO | None = None) -> Array:
    """Return the pixels of an opened image: upright, transparent parts over white, from 0 to 1."""
    count = image.width * image.height
    if count > _MAX_PIXELS:
        found = f"{image.height} x {image.width} = {count / 1e6:.0f} million pixels"
        raise ImageError(_too_large(name, found))
    stored_as = str(getattr(image, "tile", ""))  # Pillow forgets it when it loads
    image.load()
    clear = image.has_transparency_data
    if image.mode in _DEEP_GRAY:
        stored = np.asarray(_upright(image))
        gray = _unit(stored, 4095 if "I;12" in stored_as else 65535)
        if clear:
            # PNG names one gray that stands for "transparent".
            gray[stored == image.info["transparency"]] = 1
        # A TIFF may count from white to black, which Pillow minds in 8 bits only.
        return 1 - gray if getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == 0 else gray
    if file and image.mode in ("RGB", "RGBA") and image.format in ("PNG", "TIFF") and ";16" in stored_as:
        channels = _deep_colour(image, file, name)
        return _over_white(channels, premultiplied="RGBa" in stored_as) if clear else channels[..., :3]
    if image.mode not in _EIGHT_BIT:
        raise _unread(name, f"Pillow's mode {image.mode!r}")
    if clear and (few := re.search("'L;([24])'", stored_as)):
        # Pillow stretches gray of 2 and 4 bits to 8, but not the one that stands for "transparent".
        image.info["transparency"] *= 255 // (2 ** int(few[1]) - 1)
    if image.format == "BMP" and image.mode == "RGBA" and not image.getchannel("A").getbbox():
        clear = False  # many programs leave the fourth byte empty
    mode = "RGBA" if clear else "L" if image.mode in ("1", "L") else "RGB"
    channels = _unit(np.asarray(_upright(image).convert(mode)), 255)
    return _over_white(channels) if clear else channels


def _upright(image: Image.Image) -> Image.Image:
    """Turn an image as its EXIF block says; Pillow and OpenCV have turned a TIFF already."""
    try:
        image.getexif()
    except _DAMAGED:
        # A damaged block says nothing about orientation, and the pixels are whole.
        return image
    # Pillow knows the orientation now. It would write the rest of the block again, and fail on what is odd.
    for block in ("exif", "Raw profile type exif"):
        image.info.pop(block, None)
    return ImageOps.exif_transpose(image)


def _unit(stored: NDArray[Any], peak: int) -> Array:
    """Map 0..peak to 0..1."""
    return stored.astype(np.float32) / np.float32(peak)


def _over_white(rgba: Array, premultiplied: bool = False) -> Array:
    """Add white where a colour lets it through; `premultiplied` says that it holds its alpha already."""
    rgb, alpha = rgba[..., :3], rgba[..., 3:]
    return (rgb if premultiplied else rgb * alpha) + (1 - alpha)


def _deep_colour(image: Image.Image, file: BinaryIO, name: str) -> Array:
    """Decode colour with 16 bits per channel by OpenCV: Pillow keeps 8 of them."""
    file.seek(0)
    content = file.read()
    if image.format == "PNG":
        content = _plain_png(content)
    # OpenCV would print what it thinks of unusual TIFF tags.
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        stored = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    finally:
        cv2.utils.logging.setLogLevel(level)
    fewest = 3 + image.has_transparency_data
    if stored is None or stored.dtype != np.uint16 or stored.ndim != 3 or stored.shape[2] < fewest:
        raise _unread(name, "16-bit colours in an unusual order")
    planes = []
    for channel in (2, 1, 0, 3)[: stored.shape[2]]:  # OpenCV's order is blue, green, red, alpha
        plane = Image.fromarray(stored[..., channel])
        plane.info = dict(image.info)
        planes.append(np.asarray(_upright(plane)))
    return _unit(np.stack(planes, axis=2), 65535)


def _plain_png(content: bytes) -> bytes:
    """Keep the chunks that hold pixels: libpng prints a warning for every odd note in the others."""
    kept, at = bytearray(content[:8]), 8
    while at < len(content):
        size = 12 + int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            kept += content[at : at + size]
        at += size
    return bytes(kept)
