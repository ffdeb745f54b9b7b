"""Photographs: every kind of file, written with known pixels and read back, and all that is refused."""

import os
import re
import struct
import unicodedata
import zlib
from io import BytesIO
from pathlib import Path
from unittest.mock import Mock

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis.strategies import booleans, data, integers, sampled_from
from PIL import Image, features

from coursekit import samples
from coursekit.images import ImageError, load_image, resize, to_gray, to_tensor

ORANGE = (255, 102, 0)
COLOURS = np.array([[(255, 0, 0), (0, 255, 0), (0, 0, 255)], [(51, 51, 51), (0, 0, 0), ORANGE]], np.uint8)
# 16 bits, of which 8 would be too few.
DEEP = np.array([[(65535, 0, 1), (257, 32768, 13107)]], np.uint16)
ONE = 1 / 65535
ALWAYS = {"WEBP": {"lossless": True, "exact": True}, "JPEG": {"quality": 95}, "AVIF": {"quality": 90}}
PLANAR = (284, 1)  # a tag of TIFF that says what holds without it


@pytest.fixture(autouse=True)
def _nothing_printed(capfd):
    """No test here may print, in Python or in the libraries below; a Python warning is an error already."""
    yield
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")


def noise(*shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def saved(image, kind, **options):
    file = BytesIO()
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    image.save(file, kind, **ALWAYS.get(kind, {}) | options)
    return file.getvalue()


def drawn(mode, *pixels, palette=()):
    """An image of one row."""
    image = Image.new(mode, (len(pixels), 1))
    if palette:
        image.putpalette([value for colour in palette for value in colour])
    for column, pixel in enumerate(pixels):
        image.putpixel((column, 0), pixel)
    return image


def deep(suffix, pixels):
    """Let OpenCV, which puts blue first, write 16 bits per channel."""
    pixels = np.array(pixels, np.uint16)
    pixels = pixels[..., [2, 1, 0, 3][: pixels.shape[2]]] if pixels.ndim == 3 else pixels
    return cv2.imencode(suffix, np.ascontiguousarray(pixels))[1].tobytes()


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width, height, depth, kind, rows=b""):
    """A PNG of what neither Pillow nor OpenCV writes; without rows, it promises more than it holds."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def with_chunk(content, name, note):
    """Put a chunk behind the header of a PNG."""
    return content[:33] + chunk(name, note) + content[33:]


def with_tag(tiff, old, new):
    """Put one tag, (number, value), in the place of another: out of order, which libtiff warns of."""
    entries = [struct.pack("<HHIHH", tag, 3, 1, value, 0) for tag, value in (old, new)]
    assert tiff.count(entries[0]) == 1
    return tiff.replace(*entries)


def exif_block(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def check(content, expected, tolerance=1e-7):
    """Compare with (H, W, 3), or with one row of gray."""
    expected = np.array(expected, np.float32)
    if expected.ndim == 1:
        np.testing.assert_allclose(load_image(content, mode="gray"), [expected], rtol=0, atol=tolerance)
        expected = np.repeat(expected[np.newaxis, :, np.newaxis], 3, axis=2)
    image = load_image(content)
    assert image.dtype == np.float32
    assert image.flags.c_contiguous
    assert image.flags.writeable
    np.testing.assert_allclose(image, expected, rtol=0, atol=tolerance, strict=True)


# Kinds of files


@pytest.mark.parametrize(
    ("kinds", "image", "expected"),
    [
        ("PNG BMP GIF WEBP TIFF", Image.fromarray(COLOURS), COLOURS / 255),
        ("PNG BMP GIF TIFF", drawn("L", 0, 51, 255), [0, 0.2, 1]),
        ("PNG BMP TIFF", drawn("1", 0, 255, 255, 0), [0, 1, 1, 0]),
        ("PNG GIF TIFF", drawn("P", 1, 0, palette=[ORANGE, (51, 51, 51)]), [[(0.2, 0.2, 0.2), (1, 0.4, 0)]]),
        ("TIFF", drawn("CMYK", (0, 153, 255, 0), (0, 0, 0, 255)), [[(1, 0.4, 0), (0, 0, 0)]]),
        ("PNG", drawn("LA", (0, 0), (0, 51), (102, 255)), [1, 0.8, 0.4]),
        # 0.2 of black over white: 0 * 0.2 + 1 * 0.8. 0.4 of blue: green is 0.4 * 0.4 + 1 * 0.6.
        ("PNG WEBP TIFF", drawn("RGBA", (0, 0, 0, 0), (0, 0, 0, 51)), [[(1, 1, 1), (0.8, 0.8, 0.8)]]),
        ("PNG WEBP TIFF", drawn("RGBA", (0, 102, 255, 102), (*ORANGE, 255)), [[(0.6, 0.76, 1), (1, 0.4, 0)]]),
        ("PNG TIFF", drawn("I;16", 65535, 1, 13107), [1, ONE, 0.2]),
        ("TIFF", drawn("I;16B", 65535, 1, 13107), [1, ONE, 0.2]),
    ],
)
def test_what_is_saved_without_loss(kinds, image, expected):
    for kind in kinds.split():
        check(saved(image, kind), expected)


@pytest.mark.parametrize(
    ("kinds", "image", "transparency", "expected"),
    [
        ("PNG", drawn("L", 51, 102), 102, [0.2, 1]),
        ("PNG", drawn("RGB", ORANGE, (0, 0, 255)), (0, 0, 255), [[(1, 0.4, 0), (1, 1, 1)]]),
        ("PNG GIF", drawn("P", 0, 1, palette=[ORANGE, (0, 0, 255)]), 1, [[(1, 0.4, 0), (1, 1, 1)]]),
        ("PNG", drawn("P", 0, 1, palette=[(0, 0, 0)] * 2), b"\x33\xff", [[(0.8, 0.8, 0.8), (0, 0, 0)]]),
        ("PNG", drawn("I;16", 1000, 2000), 2000, [1000 / 65535, 1]),
    ],
)
def test_a_colour_that_stands_for_clear_becomes_white(kinds, image, transparency, expected):
    for kind in kinds.split():
        check(saved(image, kind, transparency=transparency), expected)


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("AVIF", "RGB")])
def test_what_is_saved_with_loss(kind, mode):
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow is built without AVIF")
    colour = ORANGE if mode == "RGB" else (0, 153, 255, 0)  # of CMYK, JPEG stores the negative
    content = saved(Image.new(mode, (16, 16), colour), kind)
    check(content, np.full((16, 16, 3), [1, 0.4, 0]), tolerance=4 / 255)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_the_first_frame(kind):
    frames = [Image.new("RGB", (2, 2), colour) for colour in ("red", "blue")]
    content = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    check(content, np.broadcast_to([1, 0, 0], (2, 2, 3)))


# Each as Pillow does not write it: (bytes of a file, expected).
ALPHA = deep(".tiff", [[(0, 0, 13107, 13107)]])
UNUSUAL = {
    "16-bit PNG": (deep(".png", DEEP), DEEP / 65535),
    "16-bit TIFF": (deep(".tiff", DEEP), DEEP / 65535),
    "16-bit PNG with alpha": (
        deep(".png", [[(0, 0, 0, 0), (0, 0, 0, 13107), (1, 257, 65535, 65535)]]),
        [[(1, 1, 1), (0.8, 0.8, 0.8), (ONE, 257 * ONE, 1)]],
    ),
    "16-bit PNG, gray with alpha": (png(2, 1, 16, 4, b"\0\0\0\x33\x33\0\1\xff\xff"), [0.8, ONE]),
    "16-bit PNG with a colour that stands for clear": (
        with_chunk(deep(".png", [[(1, 2, 3), (4, 5, 6)]]), b"tRNS", b"\0\4\0\5\0\6"),
        [[(ONE, 2 * ONE, 3 * ONE), (1, 1, 1)]],
    ),
    "16-bit TIFF with a channel without meaning": (with_tag(ALPHA, PLANAR, (338, 0)), [[(0, 0, 0.2)]]),
    "16-bit TIFF multiplied by its alpha": (with_tag(ALPHA, PLANAR, (338, 1)), [[(0.8, 0.8, 1)]]),
    "16-bit TIFF with alpha": (with_tag(ALPHA, PLANAR, (338, 2)), [[(0.8, 0.8, 0.84)]]),
    "TIFF that counts from white": (
        with_tag(saved(drawn("I;16", 65535, 0, 13107), "TIFF"), (262, 1), (262, 0)),
        [0, 1, 0.8],
    ),
    "12-bit TIFF": (  # bytes FF F0 01: 4095 and 1
        with_tag(saved(drawn("I;16", 0xF0FF, 0x0001), "TIFF"), (258, 16), (258, 12)),
        [1, 1 / 4095],
    ),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_pillow_does_not_write(name):
    check(*UNUSUAL[name])


def test_odd_notes_in_a_sixteen_bit_file_are_not_spoken_of():
    content = deep(".png", DEEP) + b"what follows the end"
    for name, note in ((b"gAMA", b"\0\0\xb1\x8f"), (b"sBIT", b"abc"), (b"iCCP", b"x\0\0junk")):
        content = with_chunk(content, name, note)
    check(content, DEEP / 65535)
    before = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    check(with_tag(deep(".tiff", DEEP), PLANAR, (65000, 7)), DEEP / 65535)
    assert cv2.utils.logging.setLogLevel(before) == cv2.utils.logging.LOG_LEVEL_ERROR


# The letter F, upright, and as a camera would store it for each of the eight orientations of EXIF.
F = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0]])
STORED = dict(
    enumerate((F, F[:, ::-1], F[::-1, ::-1], F[::-1], F.T, np.rot90(F), np.rot90(F, 2).T, np.rot90(F, -1)), 1)
)


@pytest.mark.parametrize("orientation", STORED)
def test_exif_orientation(orientation):
    exif = exif_block(orientation)
    large = np.kron(STORED[orientation], np.full((8, 8), 255))  # JPEG compresses blocks of 8 x 8
    for kind in ("PNG", "WEBP", "TIFF", "JPEG"):
        image = load_image(saved(large.astype(np.uint8), kind, exif=exif))
        assert np.rint(image[4::8, 4::8, 1]).tolist() == F.tolist()
    gray = (STORED[orientation] * 65535).astype(np.uint16)
    colour = np.repeat(gray[..., np.newaxis], 3, axis=2)
    for content in (
        saved(gray, "PNG", exif=exif),
        saved(gray, "TIFF", exif=exif),
        with_chunk(deep(".png", colour), b"eXIf", exif.removeprefix(b"Exif\0\0")),
        with_tag(deep(".tiff", colour), PLANAR, (274, orientation)),
    ):
        image = load_image(content)
        assert image.flags.c_contiguous
        assert image[..., 1].tolist() == F.tolist()


@pytest.mark.parametrize("damage", [b"Exif\0\0junk", b"Exif\0\0MM\0*\0\0\0\x08\0\x09", exif_block(9)])
def test_an_exif_block_without_sense_hides_no_picture(damage):
    check(saved(Image.new("RGB", (16, 16), "white"), "JPEG", exif=damage), np.ones((16, 16, 3)))
    check(with_chunk(saved(drawn("L", 255), "PNG"), b"eXIf", damage), [1])


def test_an_odd_note_beside_the_orientation_hides_neither():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 3, "Maker"
    # Said to be bytes, the maker's name is a note that Pillow reads and cannot write again.
    odd = exif.tobytes().replace(struct.pack(">HHI", 0x010F, 2, 6), struct.pack(">HHI", 0x010F, 7, 6))
    assert odd != exif.tobytes()
    check(saved(drawn("L", 0, 255), "PNG", exif=odd), [1, 0])


def refused(source, words="", **options):
    with pytest.raises(ImageError) as caught:
        load_image(source, **options)
    assert isinstance(caught.value, ValueError)
    assert words in str(caught.value)
    return str(caught.value)


WEB = "it is a web page, perhaps saved instead of the picture in it"
MOST = "and at most 50 million are read. Make it smaller"
PROGRAM = (
    "Open it in a picture program and save it as PNG or JPEG. Readable are JPEG, PNG, GIF, WEBP, TIFF, BMP"
)
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
NO_PICTURE = [
    (b"", "picture given as 0 bytes: it is empty, 0 bytes long. Copy or download it again."),
    (
        b"some words",
        f"it is not a picture of a kind that can be read; its first bytes are b'some wor'. {PROGRAM}",
    ),
    (
        b"\0\0\0\x18ftypheic\0\0\0\0mif1",
        "it is a HEIC photograph, as telephones take them (an iPhone takes JPEG after",
    ),
    (b"\0\0\0\x18ftypmif1\0\0\0\0heic", "it is a HEIC photograph"),
    *((b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0", "it is a HEIC photograph") for brand in HEIC),
    (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "the AVIF file is cut off or damaged"),
    (b"II*\0\x10\0\0\0CR\2\0", "it is a camera's raw photograph"),
    (b"%PDF-1.7 ...", "it is a PDF document"),
    (b'<?xml version="1.0"?>\n<svg xmlns="...">', "it is an SVG drawing, which has no pixels"),
    (b"<!DOCTYPE html><html><head>", WEB),
    (b"\n<HTML>", WEB),
    (b"version https://git-lfs.github.com/spec/v1\n", "a placeholder that git left for a large file"),
    (b"\xff\xd8\xff\xe0\0\x10", "the JPEG file is cut off or damaged. Copy or download it again."),
    (b"\x89PNG\r\n\x1a\n", "the PNG file is cut off or damaged"),
    (b"GIF89a", "the GIF file is cut off or damaged"),
    (b"RIFF\x10\0\0\0WEBP", "the WEBP file is cut off or damaged"),
    (b"II*\0\x08", "the TIFF file is cut off or damaged"),
    (b"MM\0*\0", "the TIFF file is cut off or damaged"),
    (b"BM\0\0", "the BMP file is cut off or damaged"),
    # Were the first two decoded, the message would be about missing pixels.
    (png(10_000, 5_001, 8, 2), f"it has 5001 x 10000 = 50 million pixels, {MOST}"),
    (png(60_000, 60_000, 8, 2), f"it has far more pixels, {MOST}"),
    (png(10_000, 5_000, 8, 2), "the PNG file is cut off or damaged"),
    (
        saved(Image.new("I", (2, 2)), "TIFF"),
        "it is whole, but of a kind that is not read (BitsPerSample (32,)",
    ),
    (saved(Image.new("LAB", (2, 2)), "TIFF"), f"gray or colour with 8 or 16 bits per channel. {PROGRAM}"),
]


@pytest.mark.parametrize(("content", "words"), NO_PICTURE)
def test_no_picture(content, words):
    refused(content, words)


NOISE = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
WHOLE = {kind: saved(NOISE, kind) for kind in ("JPEG", "PNG", "GIF", "TIFF", "BMP")} | {
    "lossy WEBP": saved(NOISE, "WEBP", lossless=False),
    "16-bit PNG": deep(".png", NOISE.astype(np.uint16) * 257),
    "16-bit TIFF": deep(".tiff", NOISE.astype(np.uint16) * 257),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_half_a_file(kind):
    message = refused(WHOLE[kind][: len(WHOLE[kind]) // 2])
    # Of some the header alone says that too few bytes follow.
    assert re.search(rf"{kind.split()[-1]} file(, but the rest)? is cut off or damaged", message)
    assert message.endswith("Copy or download it again.")


@pytest.mark.parametrize(
    "error", [OSError, SyntaxError, TypeError, KeyError, RuntimeError, struct.error, zlib.error]
)
def test_whatever_a_reader_raises_becomes_an_image_error(monkeypatch, error):
    monkeypatch.setattr("PIL.BmpImagePlugin.BmpImageFile.load", Mock(side_effect=error("the reason")))
    refused(
        saved(COLOURS, "BMP"), "as 78 bytes: the BMP file is cut off or damaged. Copy or download it again."
    )


def test_sixteen_bits_that_opencv_cannot_read(monkeypatch):
    for stored in (None, COLOURS, DEEP[0], DEEP[..., :2]):
        monkeypatch.setattr(cv2, "imdecode", Mock(return_value=stored))
        refused(
            deep(".png", DEEP), "of a kind that is not read (16-bit colours in an unusual order). Expected"
        )


# Every kind of PNG and TIFF, from known samples, against their specifications

PNG_KINDS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
PER_PIXEL = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def packed(samples, bits, order=">"):
    """Samples (H, W, S) as bytes, each row on its own, as PNG and TIFF pack them."""
    if bits >= 8:
        return [row.astype(f"{order}u{bits // 8}").tobytes() for row in samples]
    rows = ["".join(f"{value:0{bits}b}" for value in row.ravel()) for row in samples]
    return [int(row.ljust(-(-len(row) // 8) * 8, "0"), 2).to_bytes(-(-len(row) // 8), "big") for row in rows]


@pytest.mark.parametrize(
    ("kind", "depth"), [(kind, depth) for kind in PNG_KINDS for depth in PNG_KINDS[kind]]
)
@given(seed=integers(0, 999), with_clear=booleans())
@settings(max_examples=6, deadline=None, derandomize=True)
def test_any_png(kind, depth, seed, with_clear):
    random = np.random.default_rng(seed)
    samples = random.integers(0, 2**depth, (3, 5, PER_PIXEL[kind]))
    unit = samples / (2**depth - 1)
    alpha = unit[..., -1:] if kind in (4, 6) else np.ones((3, 5, 1))
    notes, colour = b"", unit[..., :3] if kind in (2, 6) else unit[..., :1]
    if kind == 3:
        palette = random.integers(0, 256, (2**depth, 3))
        notes, colour = chunk(b"PLTE", palette.astype(np.uint8).tobytes()), palette[samples[..., 0]] / 255
    if kind in (0, 2, 3) and with_clear:
        clear = samples[1, 2]
        note = np.array(clear, ">u2").tobytes()
        alpha = np.where((samples == clear).all(axis=2, keepdims=True), 0.0, 1.0)
        if kind == 3:
            share = random.integers(0, 256, 2**depth)
            note, alpha = share.astype(np.uint8).tobytes(), share[samples] / 255
        notes += chunk(b"tRNS", note)
    content = png(5, 3, depth, kind, b"".join(b"\0" + row for row in packed(samples, depth)))
    expected = np.broadcast_to(colour * alpha + 1 - alpha, (3, 5, 3))
    np.testing.assert_allclose(load_image(content[:33] + notes + content[33:]), expected, atol=1e-6)


def tiff(*pages, order="<"):
    """A TIFF of pages (tags, rows): the tags as numbers with their values, one strip for each plane."""
    out = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    for left, (tags, rows) in reversed(list(enumerate(reversed(pages)))):
        strips = b"".join(rows)
        at = len(out) + 6 + 12 * (len(tags) + 3)
        planes = tags[277] if tags.get(284) == 2 else 1
        size = len(strips) // planes
        starts = [at + plane * size for plane in range(planes)]
        entries = sorted({**tags, 273: starts, 279: [size] * planes, 259: 1}.items())
        more, lines = strips + b"\0" * (len(strips) % 2), b""
        for tag, value in entries:
            values = value if isinstance(value, list) else [value]
            letter, number = ("I", 4) if tag in (273, 279) else ("H", 3)
            field = struct.pack(f"{order}{len(values)}{letter}", *values)
            if len(field) > 4:
                field, more = (
                    struct.pack(f"{order}I", at + len(more)),
                    more + field + b"\0" * (len(field) % 2),
                )
            lines += struct.pack(f"{order}HHI", tag, number, len(values)) + field.ljust(4, b"\0")
        following = at + len(more) if left else 0
        out += struct.pack(f"{order}H", len(entries)) + lines + struct.pack(f"{order}I", following) + more
    return out


@given(data())
@settings(max_examples=80, deadline=None, derandomize=True)
def test_any_tiff(draw):
    order, photometric = draw.draw(sampled_from("<>")), draw.draw(sampled_from((0, 1, 2, 5, 8)))
    bits, form = draw.draw(sampled_from((1, 2, 4, 8, 16, 32))), draw.draw(sampled_from((1, 1, 1, 2, 3)))
    count = {0: 1, 1: 1, 2: 3, 5: 4, 8: 3}[photometric]
    random = np.random.default_rng(draw.draw(integers(0, 999)))
    samples = random.integers(0, 2**bits, (3, 5, count))
    planar, fill = draw.draw(sampled_from((1, 1, 2))), draw.draw(sampled_from((1, 1, 2)))
    tags = {256: 5, 257: 3, 258: [bits] * count, 262: photometric, 277: count, 278: 3, 339: [form] * count}
    planes = [samples] if planar == 1 else np.split(samples, count, axis=2)
    rows = [row for plane in planes for row in packed(plane, bits, order)]
    if fill == 2:  # the lowest bit of a byte comes first
        rows = [bytes(int(f"{byte:08b}"[::-1], 2) for byte in row) for row in rows]
    content = tiff((tags | {266: fill, 284: planar}, rows), order=order)
    unit = samples / (2**bits - 1)
    colour = unit if photometric in (1, 2) else 1 - unit
    if photometric == 5:
        colour = colour[..., :3] * colour[..., 3:]
    # What people have is read; of the rest, what is read is right.
    common = fill == 1 and (bits == 8 or (bits == 16 and (planar == 1 or count == 1)))
    if form == 1 and common and photometric in (1, 2):
        np.testing.assert_allclose(load_image(content), np.broadcast_to(colour, (3, 5, 3)), atol=1e-6)
        return
    try:
        image = load_image(content)
    except ImageError:
        refused(content, "it is whole, but of a kind that is not read")
        return
    assert form == 1
    np.testing.assert_allclose(image, np.broadcast_to(colour, (3, 5, 3)), atol=8e-3)


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_first_page_that_is_no_thumbnail(order):
    def page(kind, value, size):
        tags = {254: kind, 256: size, 257: size, 258: 8, 262: 1, 277: 1, 278: size}
        return tags, [bytes([value] * size)] * size

    small, whole, other = page(1, 0, 2), page(0, 51, 4), page(0, 255, 4)
    for pages in ((small, whole), (whole, small), (small, small, whole, other), (whole, other)):
        image = load_image(tiff(*pages, order=order))
        assert (image.shape, round(float(image.mean()), 6)) == ((4, 4, 3), 0.2)
    refused(tiff(small, order=order), "it has only a small preview, as a camera's raw photograph")


def test_a_bmp_without_any_alpha_shows_its_colours():
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    header = struct.pack("<IiiHHIIiiII", 108, 2, 1, 1, 32, 3, 8, 0, 0, 0, 0) + masks + bytes(52)
    start = b"BM" + struct.pack("<IHHI", 14 + 108 + 8, 0, 0, 14 + 108)
    check(start + header + bytes([0, 102, 255, 0, 255, 0, 0, 0]), [[[1, 0.4, 0], [0, 0, 1]]])
    check(start + header + bytes([0, 102, 255, 255, 255, 0, 0, 0]), [[[1, 0.4, 0], [1, 1, 1]]])


# What may be loaded, and how


@pytest.fixture
def photo(tmp_path, monkeypatch):
    """A file of 1 x 2 pixels, alone in the folder where we are."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "photo.png"
    path.write_bytes(saved(drawn("RGB", ORANGE, (0, 0, 255)), "PNG"))
    return path


def test_all_kinds_of_source_give_the_same_and_stay_as_they_are(photo):
    content = photo.read_bytes()
    upload = ({"name": "photo.png", "type": "image/png", "size": 1, "content": memoryview(content)},)
    opened, read_before = photo.open("rb"), BytesIO(content)
    read_before.read(5)
    given = (photo, str(photo), content, bytearray(content), upload, upload[0], upload[0]["content"])
    given += (load_image(photo), opened, read_before, Image.open(photo), Image.open(photo).convert("RGBA"))
    with opened:
        for source in given:
            assert load_image(source).tolist() == [[[1, np.float32(0.4), 0], [0, 0, 1]]]
        assert not opened.closed
    assert photo.read_bytes() == content
    with pytest.raises(ValueError, match="closed"):
        opened.read()
    refused(opened, "Cannot load the BufferedReader: it cannot be read (")
    refused(2 * upload, "and got tuple. Of an upload widget, give upload.value[0].")


SOURCES = "expects the name of a sample, a path, the bytes of a file, a PIL image or an array, and got"
RANGE = "load_image expects values from 0 to 1, and got an array with values from"
BYTES_PATH = Mock(spec=os.PathLike, __fspath__=lambda self: b"photo.png")
ADDRESS = "https://example.org/cat.jpg"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (None, f"{SOURCES} NoneType."),
        (torch.zeros(3, 4, 5), "becomes one with image.permute(1, 2, 0).numpy()."),
        (torch.zeros(1, 3, 4, 5, requires_grad=True), "with image.detach()[0].permute(1, 2, 0).numpy()."),
        (
            np.array([[0, 255.0]]),
            f"{RANGE} 0 to 255. Divide it by its largest possible value, 255 for 8 bits.",
        ),
        (np.array([[-0.5, 0.5]]), f"{RANGE} -0.5 to 0.5."),
        ("  ", "Expected a sample's name or a path, and got '  '. Samples: temple, rocket"),
        (BYTES_PATH, f"Expected a sample's name or a path, and got {BYTES_PATH!r}. Samples: temple"),
        (
            ADDRESS,
            f"{ADDRESS} is an address, not the path of a file. Download the picture, and give the path",
        ),
        ("HTTPS://example.org/cat.jpg", "HTTPS://example.org/cat.jpg is an address"),
        ("ftp://example.org/cat.jpg", "is an address, not the path of a file. Download the picture"),
        ("file:///home/me/cat.jpg", "Give the path alone, without file://."),
        ("blob:https://example.org/1-2", "is an address"),
        ("a\0b.png", "a\0b.png: this path cannot be used ("),
        ("x" * 5000, "xxx: this path cannot be used ("),
    ],
)
def test_no_source(source, words):
    assert len(refused(source, words)) < 450


def test_a_data_address_is_told_in_one_line():
    address = "data:image/png;base64," + 14_000 * "A"
    message = refused(address, "Give its bytes: base64.b64decode(text.partition(',')[2]).")
    assert len(message) < 300


def test_an_unknown_mode():
    refused("temple", "mode must be 'rgb' or 'gray', and it is 'bgr'. For blue first", mode="bgr")


@pytest.mark.parametrize("side", [0, 3.5, "320", True])
def test_an_impossible_max_side(side):
    words = f"max_side must be a whole number of pixels, at least 1, and it is {side!r}."
    refused("a file that is not there", words, max_side=side)


def test_an_array_is_copied_and_made_float32():
    array = noise(4, 5, 3).astype(np.float64)
    image = load_image(array)
    assert image.dtype == np.float32
    image[:] = 0
    assert array.max() > 0
    assert load_image(noise(4, 5)).shape == (4, 5, 3)
    assert load_image(noise(4, 5, 3), mode="gray").shape == (4, 5)


def test_max_side_takes_the_mean_of_areas_and_never_enlarges():
    full = load_image("temple")
    expected = full.reshape(213, 2, 320, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(load_image("temple", max_side=320), expected, rtol=0, atol=1e-6)
    assert np.array_equal(load_image("temple", max_side=10_000), full)


def test_white_stays_at_most_one():
    white = np.ones((37, 53, 3), np.float32)
    for side in (7, 11, 23):
        assert load_image(white, max_side=side, mode="gray").max() <= 1


# Paths, and what is said where there is no such file


@pytest.mark.parametrize("name", ["사진.png", "été à la plage.png", "#1 100% [a] {b} 'c'.png", "wrong.txt"])
def test_a_path_in_any_language(photo, monkeypatch, name):
    path = photo.parent / "폴더 文件夹 フォルダ" / name
    path.parent.mkdir()
    photo.rename(path)
    monkeypatch.chdir(path.parent)
    for source in (path, str(path), name, Path(name), f"./{name}"):
        assert load_image(source).shape == (1, 2, 3)


def test_a_name_composed_in_the_other_way_and_the_home_folder(photo, monkeypatch):
    monkeypatch.setenv("HOME", str(photo.parent))
    monkeypatch.setenv("USERPROFILE", str(photo.parent))
    photo.rename(unicodedata.normalize("NFD", "사진 été.png"))
    assert load_image("~/" + unicodedata.normalize("NFC", "사진 été.png")).shape == (1, 2, 3)


def test_a_samples_name_comes_before_a_file_of_that_name(photo):
    photo.rename("cat")
    assert load_image("cat").shape == (300, 451, 3)
    for source in ("./cat", Path("cat"), photo.with_name("cat")):
        assert load_image(source).shape == (1, 2, 3)


NEAR = "Did you mean 'photo.png' in the same folder? Samples:"
UNLIKE = "Check the spelling and the folder."
NO_FOLDER = "Its folder is not there either; the nearest that is:"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("phto.png", f"{NEAR} temple, rocket, astronaut, cat, coffee, brick, gravel."),
        ("Photo.PNG.", NEAR),
        ("photo", NEAR),
        ("qqqqqq.xyz", f"{UNLIKE} Samples:"),
        ("Tempel.jpg", f"{UNLIKE} Or the sample 'temple'? Samples:"),
        ("pictures/2024/a.png", NO_FOLDER),
        ("photo.png/b.png", NO_FOLDER),
        ("../qqqqqq/a.png", NO_FOLDER),
        (
            "C:\temple\new.png",
            r'A backslash made a special character: write r"C:\new\a.jpg" with the r, or use /.',
        ),
    ],
)
def test_a_missing_file(photo, wrong, words):
    message = refused(wrong, f"Cannot load {os.path.abspath(wrong)}: there is no such file. {words}")
    if words == NO_FOLDER:
        there = photo.parent.parent if ".." in wrong else photo.parent
        assert f"{NO_FOLDER} {there}. Samples:" in message


def test_at_most_three_near_names(photo):
    for number in range(6):
        photo.with_name(f"photo{number}.png").touch()
    one = r"'photo\d?\.png'"
    assert re.search(rf"mean {one} or {one} or {one} in the same folder\?", refused("photos.png"))


def test_a_folder(tmp_path):
    words = f"Cannot load {tmp_path}: it is a folder. Add the name of a picture; it holds"
    assert refused(tmp_path) == f"{words} nothing."
    for name in "fbdeca":
        (tmp_path / name).touch()
    assert refused(tmp_path) == f"{words} 'a', 'b', 'c', 'd', 'e'."


@pytest.mark.skipif(os.name == "nt", reason="Windows wants a special right for links")
def test_links(photo):
    link, broken, gone = (photo.with_name(name) for name in ("link.png", "broken.png", "gone"))
    link.symlink_to(photo)
    broken.symlink_to(gone)
    assert load_image(link).shape == (1, 2, 3)
    link.write_text("words", encoding="utf-8")
    refused("photo.png", f"Cannot load {photo}: it is not a picture")
    refused(broken, f"Cannot load {broken}: it is a link to {gone}, which is not there.")


DENIED = PermissionError(13, "Permission denied", "photo.png")
SYSTEM = [
    ("stat", DENIED, "this path cannot be used (Permission denied). Check its spelling and permissions."),
    ("open", DENIED, "the system cannot read it (Permission denied). Check its permissions, or copy it to "),
    ("open", OSError(5, "I/O"), "the system cannot read it (I/O). Check its permissions, or copy it to "),
]


@pytest.mark.parametrize(("function", "error", "words"), SYSTEM)
def test_what_the_system_refuses(photo, monkeypatch, function, error, words):
    # The superuser may do everything, so that it is played; the samples would not be found then either.
    monkeypatch.setattr("coursekit.images.samples", list)
    monkeypatch.setattr(Path, function, Mock(side_effect=error))
    refused(photo, f"Cannot load {photo}: {words}")


def test_a_folder_that_may_not_be_listed(photo, monkeypatch):
    monkeypatch.setattr(os, "listdir", Mock(side_effect=PermissionError))
    refused("phto.png", f"there is no such file. {UNLIKE}")


def test_without_the_data_paths_still_work(photo, monkeypatch):
    monkeypatch.setattr("coursekit.images.sample", Mock(side_effect=samples.DataError("it is gone")))
    assert refused("cat") == "it is gone"
    monkeypatch.setattr(samples, "_DATA", photo.parent / "nowhere")
    assert load_image("photo.png").shape == (1, 2, 3)
    message = refused("temple", f"Cannot load {photo.with_name('temple')}: there is no such file.")
    assert "The samples cannot be used: The course's files are missing" in message


# to_gray, resize, to_tensor


def test_to_gray_equals_opencv():
    image = noise(39, 58, 3)
    for other in (image.astype(np.float64), image[::-1, ::2, ::-1]):
        expected = cv2.cvtColor(np.array(other, np.float32), cv2.COLOR_RGB2GRAY)
        np.testing.assert_allclose(to_gray(other), expected, rtol=0, atol=1e-6, strict=True)


def test_what_stays_as_it_is_is_copied():
    image = noise(3, 4)
    for same in (to_gray(image), resize(image, max_side=4)):
        assert np.array_equal(same, image)
        assert not np.shares_memory(same, image)


@pytest.mark.parametrize(
    ("image", "size", "expected"),
    [
        ([[0, 1] * 4] * 2, (4, 4), [[0.5] * 4] * 4),  # one side shorter, the other longer
        ([[0, 4]], (1, 4), [[0, 1, 3, 4]]),
        ([[0, 3, 6]], (1, 2), [[1, 5]]),  # a pixel and half of the next
        ([[-4, -2], [6, 8]], (2, 1), [[-3], [7]]),  # values need not lie in [0, 1]
    ],
)
def test_resize_by_hand(image, size, expected):
    assert resize(np.array(image, np.float32), size=size).tolist() == expected


@pytest.mark.parametrize(
    ("shape", "side", "expected"),
    [
        ((426, 640), 320, (213, 320)),
        ((640, 426), 320, (320, 213)),
        ((3, 6), 5, (3, 5)),  # 2.5 is rounded up
        ((1, 1000), 10, (1, 10)),  # never 0
        ((5, 5), 500, (5, 5)),
        ((7, 5), 1, (1, 1)),
    ],
)
def test_the_shape_that_max_side_gives(shape, side, expected):
    assert resize(noise(*shape), max_side=side).shape == expected
    assert resize(noise(*shape, 3), max_side=side).shape == (*expected, 3)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({}, "resize needs either max_side=320 or size=(height, width), and not both."),
        ({"max_side": 3, "size": (2, 2)}, "resize needs either max_side=320 or size=(height, width)"),
        ({"max_side": 0}, "max_side must be a whole number of pixels, at least 1, and it is 0."),
        ({"size": 5}, "size must be (height, width), and it is 5."),
        ({"size": (1, 2, 3)}, "size must be (height, width), and it is (1, 2, 3)."),
        ({"size": (0, 2)}, "the height in size must be a whole number of pixels, at least 1, and it is 0."),
        ({"size": (2, 1.5)}, "the width in size must be a whole number of pixels, at least 1, and it is 1.5"),
    ],
)
def test_resize_refuses(wanted, words):
    with pytest.raises(ImageError, match=re.escape(words)):
        resize(noise(4, 4), **wanted)


@pytest.mark.parametrize("shape", [(4, 5, 3), (3, 3, 3), (4, 5)])
def test_to_tensor_puts_channels_first_and_shares_no_memory(shape):
    image = noise(*shape)[::-1]  # a view that torch cannot wrap
    before = image.copy()
    tensor = to_tensor(image)
    assert torch.equal(tensor, torch.tensor(np.atleast_3d(before)).permute(2, 0, 1)[None])
    assert tensor.dtype == torch.float32
    assert tensor.is_contiguous()
    tensor.zero_()
    assert np.array_equal(image, before)


FLOATS = "expects float values, 0 for black and 1 for white, and got"
DIVIDE = "Divide by the largest possible value"
SHAPES = "expects an image (H, W) or (H, W, 3), and got"
CHANNELS = "The channels come first, as in torch. Put them last:"
TENSOR = "A tensor becomes one with image[0].permute(1, 2, 0).numpy()."


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((4, 4, 3), np.uint8), f"{FLOATS} uint8. {DIVIDE} (array / 255), or use load_image."),
        (np.zeros((4, 4), np.uint16), f"{FLOATS} uint16. {DIVIDE} (array / 65535), or"),
        (np.zeros((4, 4), bool), f"{FLOATS} bool. {DIVIDE}, or"),
        (np.zeros((4, 4, 4)), f"{SHAPES} (4, 4, 4). It has an alpha channel: give the file to load_image"),
        (np.zeros((4, 4, 1)), f"{SHAPES} (4, 4, 1). Drop the last axis: image[..., 0]."),
        (np.zeros((3, 4, 5)), f"{SHAPES} (3, 4, 5). {CHANNELS} image.transpose(1, 2, 0)."),
        (np.zeros((1, 4, 5)), f"{SHAPES} (1, 4, 5). {CHANNELS} image[0]."),
        (np.zeros((1, 3, 4, 5)), f"{SHAPES} (1, 3, 4, 5). {CHANNELS} image[0].transpose(1, 2, 0)."),
        (np.zeros((4, 5, 2)), f"{SHAPES} (4, 5, 2). Load it with load_image."),
        (np.zeros(5), f"{SHAPES} (5,). Load it with load_image."),
        (np.zeros((0, 4, 3)), f"{SHAPES} (0, 4, 3). It holds no pixels: look at the slice that made it."),
        (np.array([[np.nan, 1], [np.inf, 0]]), "expects finite values, and 2 of 4 are NaN or infinite. Look"),
        (torch.zeros(1, 3, 4, 4), f"expects an ndarray, and got Tensor. {TENSOR}"),
    ],
)
def test_no_image(image, words):
    calls = {"to_gray": to_gray, "to_tensor": to_tensor, "resize": lambda image: resize(image, max_side=2)}
    if isinstance(image, np.ndarray):
        calls["load_image"] = load_image
    for name, call in calls.items():
        with pytest.raises(ImageError, match=re.escape(words)) as caught:
            call(image)
        assert str(caught.value).startswith(f"{name} expects")
