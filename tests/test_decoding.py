"""Every kind of picture file, written with known pixels and read back; and every kind that is refused."""

import io
import re
import struct
import warnings
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, features

from coursekit import decoding
from coursekit.images import ImageError, load_image

# Red, green, blue, white / black, gray 51, gray 102, orange.
COLOURS = np.array(
    [
        [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]],
        [[0, 0, 0], [51, 51, 51], [102, 102, 102], [255, 102, 0]],
    ],
    np.uint8,
)
UNIT = np.array(
    [
        [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]],
        [[0, 0, 0], [0.2, 0.2, 0.2], [0.4, 0.4, 0.4], [1, 0.4, 0]],
    ],
    np.float32,
)


@pytest.fixture(autouse=True)
def nothing_printed(capfd):
    """No test here may print, in Python or in the libraries below; a Python warning is an error already."""
    yield
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def check(content, expected, tolerance=1e-7):
    image = load_image(content)
    assert image.dtype == np.float32
    assert image.flags.c_contiguous
    assert image.shape == (*np.shape(expected)[:2], 3)
    expected = np.asarray(expected, np.float32)
    if expected.ndim == 2:
        expected = np.repeat(expected[..., np.newaxis], 3, axis=2)
    np.testing.assert_allclose(image, expected, rtol=0, atol=tolerance)


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width, height, kind, values, *, depth=16, notes=b"", after=b""):
    """Write a PNG by hand: kinds 0 gray, 2 RGB, 4 gray and alpha, 6 RGBA."""
    row = len(values) // height
    rows = b"".join(
        b"\0" + struct.pack(f">{row}{'H' if depth == 16 else 'B'}", *values[start : start + row])
        for start in range(0, len(values), row)
    )
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + notes + pixels + chunk(b"IEND", b"") + after


def tiff(stored, *, order="<", orientation=1, photometric=None, extra=None, bits=16, data=None):
    """Write an uncompressed TIFF by hand, with a private tag that readers like to warn of."""
    height, width, channels = np.atleast_3d(stored).shape
    data = stored.astype(f"{order}u2").tobytes() if data is None else data
    tags = {
        256: (4, width),
        257: (4, height),
        258: (3, bits),
        259: (3, 1),
        262: (3, (1 if channels == 1 else 2) if photometric is None else photometric),
        273: (4, 8),
        274: (3, orientation),
        277: (3, channels),
        278: (4, height),
        279: (4, len(data)),
        65000: (3, 7),
    }
    if extra is not None:
        tags[338] = (3, extra)
    data += b"\0" * (len(data) % 2)
    directory, tail = b"", b""
    after = 8 + len(data) + 2 + 12 * len(tags) + 4
    for tag, (kind, value) in sorted(tags.items()):
        count = channels if tag == 258 else 1
        content = struct.pack(order + ("H" if kind == 3 else "I") * count, *[value] * count)
        if len(content) > 4:
            content, tail = struct.pack(order + "I", after + len(tail)), tail + content
        directory += struct.pack(order + "HHI", tag, kind, count) + content.ljust(4, b"\0")
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8 + len(data))
    return head + data + struct.pack(order + "H", len(tags)) + directory + struct.pack(order + "I", 0) + tail


# 8 bits


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("BMP", {}),
        ("GIF", {}),
        ("WEBP", {"lossless": True}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
    ],
)
def test_colour_in_formats_without_loss(kind, options):
    check(saved(Image.fromarray(COLOURS), kind, **options), UNIT)


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_colour_in_jpeg(options):
    content = saved(
        Image.fromarray(np.full((16, 16, 3), (255, 102, 0), np.uint8)), "JPEG", quality=95, **options
    )
    check(content, np.broadcast_to([1, 0.4, 0], (16, 16, 3)), tolerance=2 / 255)


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow is built without AVIF")
def test_colour_in_avif():
    content = saved(Image.fromarray(np.full((16, 16, 3), (255, 102, 0), np.uint8)), "AVIF", quality=90)
    check(content, np.broadcast_to([1, 0.4, 0], (16, 16, 3)), tolerance=4 / 255)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "TIFF"])
def test_gray(kind):
    content = saved(Image.fromarray(np.array([[0, 51, 255]], np.uint8)), kind)
    check(content, [[0, 0.2, 1]])
    np.testing.assert_allclose(load_image(content, mode="gray"), [[0, 0.2, 1]], rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_one_bit(kind):
    check(saved(Image.fromarray(np.array([[0, 255, 255, 0]], np.uint8)).convert("1"), kind), [[0, 1, 1, 0]])


@pytest.mark.parametrize("kind", ["PNG", "GIF", "TIFF"])
def test_palette(kind):
    image = Image.new("P", (3, 1))
    image.putpalette([255, 102, 0, 0, 0, 255, 51, 51, 51])
    image.putdata([0, 1, 2])
    check(saved(image, kind), [[[1, 0.4, 0], [0, 0, 1], [0.2, 0.2, 0.2]]])


def test_cmyk_tiff():
    image = Image.new("CMYK", (2, 1))
    image.putdata([(0, 153, 255, 0), (0, 0, 0, 255)])
    check(saved(image, "TIFF"), [[[1, 0.4, 0], [0, 0, 0]]])


def test_cmyk_jpeg_which_stores_the_negative():
    image = Image.new("CMYK", (16, 16), (0, 153, 255, 0))
    check(saved(image, "JPEG", quality=95), np.broadcast_to([1, 0.4, 0], (16, 16, 3)), tolerance=3 / 255)


def test_of_an_animation_the_first_frame():
    frames = [Image.new("RGB", (2, 2), colour) for colour in ("red", "blue")]
    for kind, options in (("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {}), ("TIFF", {})):
        content = saved(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        check(content, np.broadcast_to([1, 0, 0], (2, 2, 3)))


# Transparency: over white, so half-clear black is gray, and what is fully clear is white.


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("WEBP", {"lossless": True, "exact": True}), ("TIFF", {})]
)
def test_alpha_is_laid_over_white(kind, options):
    image = Image.new("RGBA", (4, 1))
    image.putdata([(0, 0, 0, 0), (0, 0, 0, 51), (255, 0, 0, 102), (255, 102, 0, 255)])
    # 0.2 of black: 0 * 0.2 + 1 * 0.8. 0.4 of red: green is 0 * 0.4 + 1 * 0.6.
    check(saved(image, kind, **options), [[[1, 1, 1], [0.8, 0.8, 0.8], [1, 0.6, 0.6], [1, 0.4, 0]]])


def test_gray_with_alpha_is_laid_over_white():
    image = Image.new("LA", (3, 1))
    image.putdata([(0, 0), (0, 51), (102, 255)])
    check(saved(image, "PNG"), [[1, 0.8, 0.4]])
    np.testing.assert_allclose(load_image(saved(image, "PNG"), mode="gray"), [[1, 0.8, 0.4]], atol=1e-6)


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_clear_palette_colour_becomes_white(kind):
    image = Image.new("P", (3, 1))
    image.putpalette([255, 102, 0, 0, 0, 255, 51, 51, 51])
    image.putdata([0, 1, 2])
    check(saved(image, kind, transparency=1), [[[1, 0.4, 0], [1, 1, 1], [0.2, 0.2, 0.2]]])


def test_a_palette_with_an_alpha_for_each_colour():
    image = Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.putdata([0, 1])
    check(saved(image, "PNG", transparency=bytes([51, 255])), [[[0.8, 0.8, 0.8], [1, 0, 0]]])


def test_a_colour_that_stands_for_clear():
    content = png(
        2, 1, 2, [255, 102, 0, 0, 0, 255], depth=8, notes=chunk(b"tRNS", struct.pack(">3H", 0, 0, 255))
    )
    check(content, [[[1, 0.4, 0], [1, 1, 1]]])
    content = png(2, 1, 0, [51, 102], depth=8, notes=chunk(b"tRNS", struct.pack(">H", 102)))
    check(content, [[0.2, 1]])


# 16 bits: all of them are kept. 1 / 65535 would be 0 with 8 bits.

DEEP = np.array([[[65535, 0, 1], [257, 32768, 13107]]], np.uint16)
DEEP_UNIT = DEEP / 65535


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_of_colour(suffix):
    content = cv2.imencode(suffix, np.ascontiguousarray(DEEP[..., ::-1]))[1].tobytes()
    check(content, DEEP_UNIT)
    assert np.rint(load_image(content) * 65535).astype(int).tolist() == DEEP.tolist()


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_of_gray(suffix):
    content = cv2.imencode(suffix, DEEP[..., 2])[1].tobytes()
    image = load_image(content, mode="gray")
    assert np.rint(image * 65535).astype(int).tolist() == [[1, 13107]]
    check(content, DEEP_UNIT[..., 2])


@pytest.mark.parametrize("order", ["<", ">"])
def test_sixteen_bits_in_both_byte_orders(order):
    check(tiff(DEEP, order=order), DEEP_UNIT)
    check(tiff(DEEP[..., 0], order=order), DEEP_UNIT[..., 0])


def test_every_sixteen_bit_gray_is_told_from_the_next():
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    image = load_image(cv2.imencode(".png", ramp)[1].tobytes(), mode="gray")
    assert np.array_equal(np.rint(image * 65535), ramp)
    assert np.unique(image).size == 65536


def test_sixteen_bits_with_alpha():
    content = png(3, 1, 6, [0, 0, 0, 0, 0, 0, 0, 13107, 1, 257, 65535, 65535])
    check(content, [[[1, 1, 1], [0.8, 0.8, 0.8], [1 / 65535, 257 / 65535, 1]]])
    check(png(2, 1, 4, [0, 13107, 1, 65535]), [[0.8, 1 / 65535]])


def test_sixteen_bits_with_a_colour_that_stands_for_clear():
    content = png(2, 1, 2, [1, 2, 3, 4, 5, 6], notes=chunk(b"tRNS", struct.pack(">3H", 4, 5, 6)))
    check(content, [[[1 / 65535, 2 / 65535, 3 / 65535], [1, 1, 1]]])
    check(png(2, 1, 0, [1000, 2000], notes=chunk(b"tRNS", struct.pack(">H", 2000))), [[1000 / 65535, 1]])


@pytest.mark.parametrize(
    ("extra", "expected"),
    [(0, [0, 0, 0.2]), (1, [0.8, 0.8, 1]), (2, [0.8, 0.8, 0.84])],
    ids=["a fourth channel without meaning", "alpha, multiplied already", "alpha"],
)
def test_sixteen_bits_with_the_kinds_of_alpha_in_tiff(extra, expected):
    check(tiff(np.array([[[0, 0, 13107, 13107]]], np.uint16), extra=extra), [[expected]])


def test_a_tiff_that_counts_from_white():
    check(tiff(DEEP[..., 2], photometric=0), 1 - DEEP_UNIT[..., 2])


def test_twelve_bits():
    content = tiff(np.zeros((1, 2)), bits=12, data=bytes([0xFF, 0xF0, 0x01]))  # 4095 and 1
    check(content, [[1, 1 / 4095]])


def test_odd_notes_in_a_sixteen_bit_png_are_not_spoken_of():
    notes = chunk(b"gAMA", struct.pack(">I", 45455)) + chunk(b"sBIT", b"abc")
    notes += chunk(b"iCCP", b"x\0\0" + zlib.compress(b"junk"))
    check(png(1, 1, 2, [1, 257, 65535], notes=notes, after=b"end"), [[[1 / 65535, 257 / 65535, 1]]])


def test_the_log_level_of_opencv_comes_back():
    before = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    load_image(tiff(DEEP))
    assert cv2.utils.logging.setLogLevel(before) == cv2.utils.logging.LOG_LEVEL_ERROR


# Orientation

# The letter F, upright, and as a camera would store it for each of the eight orientations of EXIF.
F = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0]])
STORED = {
    1: F,
    2: F[:, ::-1],
    3: F[::-1, ::-1],
    4: F[::-1],
    5: F.T,
    6: np.rot90(F, 1),
    7: np.rot90(F, 2).T,
    8: np.rot90(F, -1),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "JPEG"])
def test_exif_orientation_of_eight_bits(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    large = np.kron(STORED[orientation], np.full((8, 8), 255)).astype(
        np.uint8
    )  # JPEG compresses blocks of 8 x 8
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "JPEG" else {}
    image = load_image(saved(Image.fromarray(large), kind, exif=exif, **options), mode="gray")
    assert image.flags.c_contiguous
    assert np.rint(image[4::8, 4::8]).astype(int).tolist() == F.tolist()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_of_sixteen_bits(orientation):
    stored = np.ascontiguousarray(STORED[orientation] * 65535).astype(np.uint16)
    colour = np.repeat(stored[..., np.newaxis], 3, axis=2)
    exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + struct.pack(">HHI", orientation, 0, 0)
    note = chunk(b"eXIf", exif)
    height, width = stored.shape
    for content in (
        tiff(stored, orientation=orientation),
        tiff(colour, orientation=orientation),
        png(width, height, 0, stored.ravel().tolist(), notes=note),
        png(width, height, 2, colour.ravel().tolist(), notes=note),
    ):
        image = load_image(content)
        assert image[..., 1].tolist() == F.tolist()
        assert image.flags.c_contiguous


@pytest.mark.parametrize("orientation", [0, 9, 255])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert load_image(saved(Image.fromarray(COLOURS), "PNG", exif=exif)).tolist() == UNIT.tolist()


@pytest.mark.parametrize("damage", [b"Exif\0\0junk", b"Exif\0\0MM\0*\0\0\0\x08\0\x09", b"Exif\0\0"])
def test_a_damaged_exif_block_hides_no_picture(damage):
    content = saved(Image.new("RGB", (16, 16), "white"), "JPEG", exif=damage)
    check(content, np.ones((16, 16)))
    check(png(1, 1, 0, [255], depth=8, notes=chunk(b"eXIf", damage)), [[1]])


def test_a_palette_that_pillow_would_warn_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image = Image.new("P", (2, 1))
        image.putpalette([0, 0, 0, 255, 0, 0])
        check(saved(image, "PNG", transparency=bytes([51, 255])), np.full((1, 2), 0.8))


# Refused


def refuse(content, pattern):
    with pytest.raises(ImageError, match=pattern) as caught:
        load_image(content)
    assert isinstance(caught.value, ValueError)
    return str(caught.value)


def test_an_empty_file():
    refuse(b"", r"picture given as 0 bytes: it is empty.*Copy or download it again")


@pytest.mark.parametrize(
    ("content", "pattern"),
    [
        (b"some words", r"not a picture; its first bytes are b'some wor'.*save it as PNG or JPEG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", "HEIC photograph.*save it as PNG or JPEG"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b'<?xml version="1.0"?>\n<svg xmlns="...">', "an SVG drawing, which has no pixels"),
        (b"<!DOCTYPE html><html><head>", "a web page, perhaps saved instead of the picture"),
        (b"\n<HTML>", "a web page, perhaps saved instead of the picture"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a placeholder that git left"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
    ],
)
def test_no_picture(content, pattern):
    refuse(content, pattern)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JF", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"GIF89a", "GIF"),
        (b"RIFF\x10\0\0\0WEBP", "WEBP"),
        (b"II*\0\x08", "TIFF"),
        (b"MM\0*\0", "TIFF"),
        (b"BM\0\0", "BMP"),
    ],
)
def test_a_header_that_is_cut_off(content, kind):
    refuse(
        content, f"begins like a {kind} file, but the rest is cut off or damaged.*Copy or download it again"
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP"])
def test_half_a_file(kind):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    content = saved(Image.fromarray(noise), kind)
    refuse(content[: len(content) // 2], "cut off or damaged.*Copy or download it again")


def test_half_a_progressive_jpeg():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    content = saved(Image.fromarray(noise), "JPEG", progressive=True)
    refuse(content[: len(content) // 2], "the JPEG file is cut off or damaged .*truncated")


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_half_a_sixteen_bit_file(suffix):
    noise = np.random.default_rng(0).integers(0, 65536, (64, 64, 3), np.uint16)
    content = cv2.imencode(suffix, noise)[1].tobytes()
    refuse(content[: len(content) // 2], "cut off or damaged")


def test_one_changed_byte_in_a_png_is_seen():
    content = bytearray(
        saved(Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)), "PNG")
    )
    content[len(content) // 2] ^= 0x55
    refuse(bytes(content), "the PNG file is cut off or damaged")


def test_damaged_files_raise_nothing_but_image_error():
    # Compressed TIFF is left out: libtiff prints a line of its own about a damaged one.
    random = np.random.default_rng(7)
    noise = random.integers(0, 256, (24, 31, 3), np.uint8)
    contents = [saved(Image.fromarray(noise), kind) for kind in ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF")]
    contents += [
        cv2.imencode(".png", noise.astype(np.uint16) * 257)[1].tobytes(),
        tiff(noise.astype(np.uint16)),
    ]
    refused = 0
    for content in contents:
        for _ in range(30):
            damaged = bytearray(content[: random.integers(1, len(content) + 1)])
            for place in random.integers(0, min(len(damaged), 400), 2):
                damaged[place] = random.integers(0, 256)
            try:
                image = load_image(bytes(damaged))
            except ImageError:
                refused += 1
            else:
                assert image.dtype == np.float32
                assert image.min() >= 0
                assert image.max() <= 1
    assert refused > 100


PILLOW = [OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, ZeroDivisionError]


@pytest.mark.parametrize("error", [*PILLOW, RuntimeError, struct.error, zlib.error, cv2.error])
def test_whatever_a_reader_raises_becomes_an_image_error(monkeypatch, error):
    def fail(self):
        raise error("the reason")

    content = saved(Image.fromarray(COLOURS), "BMP")
    monkeypatch.setattr("PIL.BmpImagePlugin.BmpImageFile.load", fail)
    message = refuse(content, "the BMP file is cut off or damaged .*the reason.*Copy or download it again")
    assert "as 78 bytes" in message


@pytest.mark.parametrize("mode", ["I", "F", "LAB"])
def test_pixels_without_a_fixed_range(mode):
    refuse(
        saved(Image.new(mode, (2, 2)), "TIFF"), f"mode '{mode}'.*Expected gray or colour with 8 or 16 bits"
    )


def huge(width, height):
    """A PNG of a few bytes whose header promises many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height", "found"),
    [
        (10_000, 5_001, "5001 x 10000 = 50 million pixels"),
        (10_000, 10_000, "10000 x 10000 = 100 million pixels"),
        (60_000, 60_000, "far more pixels"),
    ],
)
def test_too_many_pixels_are_refused_before_they_are_decoded(width, height, found):
    # Were it decoded, the message would be about the missing pixels.
    refuse(huge(width, height), rf"it has {found}.*at most 50 million are read.*Make it smaller")


def test_the_largest_size_is_not_refused_for_its_size():
    refuse(huge(10_000, 5_000), "the PNG file is cut off or damaged")


def test_as_many_pixels_as_allowed(monkeypatch):
    content = saved(Image.fromarray(COLOURS), "PNG")
    monkeypatch.setattr(decoding, "MAX_PIXELS", 8)
    check(content, UNIT)
    monkeypatch.setattr(decoding, "MAX_PIXELS", 7)
    refuse(content, "2 x 4 = ")


def test_the_advice_names_the_formats():
    assert re.search(
        r"Readable are JPEG, PNG, GIF, WEBP, TIFF, BMP, AVIF\.", refuse(b"some words", "not a picture")
    )


def test_a_pillow_without_avif_reads_the_rest(monkeypatch):
    Image.init()
    monkeypatch.delitem(Image.OPEN, "AVIF", raising=False)
    refuse(b"some words", "not a picture")
    check(saved(Image.fromarray(COLOURS), "TIFF"), UNIT)
    check(saved(Image.fromarray(COLOURS), "BMP"), UNIT)


def test_what_is_gray_in_the_file_stays_gray():
    for mode in ("1", "L", "I;16"):
        file = io.BytesIO(saved(Image.new(mode, (3, 2)), "PNG"))
        assert decoding.decode(file, "a gray picture").shape == (2, 3)
    assert decoding.decode(io.BytesIO(saved(Image.new("RGB", (3, 2)), "PNG")), "colour").shape == (2, 3, 3)
