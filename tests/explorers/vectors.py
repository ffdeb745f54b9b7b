"""Vectors for kernels.js, written by Python and read by node: what goes in, and what coursekit gives."""

from __future__ import annotations

import numpy as np

from coursekit import images, reference
from coursekit.explorers import relu as relu_explorer
from coursekit.explorers.relu import ACTIVATIONS
from coursekit.pictures.scale import Scale, colour_table, is_dark

CASES = 40  # of every kind, each with other shapes and settings
SETTINGS = {"stride": (1, 4), "padding": (0, 4), "dilation": (1, 3)}


def vectors(seed=0):
    """Return {kind: [{...inputs, "expected": ...}]}, everything as plain lists and numbers."""
    rng = np.random.default_rng(seed)
    return {kind: [make(rng) for _ in range(CASES)] for kind, make in MAKERS.items()}


def an_image(rng, least=8, most=20):
    return rng.normal(size=rng.integers(least, most, 2)).astype(np.float32)


def whole_numbers(rng, **ends):
    return {name: int(rng.integers(*pair)) for name, pair in ends.items()}


def correlate(rng):
    image = an_image(rng)
    kernel = rng.normal(size=rng.integers(1, 5, 2)).astype(np.float32)
    settings = whole_numbers(rng, **SETTINGS)
    expected = reference.cross_correlate2d(image, kernel, **settings)
    return {"image": image, "kernel": kernel, "settings": settings, "expected": expected}


def changed_weight(rng):
    image, kernel = an_image(rng), rng.normal(size=(3, 4)).astype(np.float32)
    i, j, weight = int(rng.integers(3)), int(rng.integers(4)), float(np.float32(rng.normal()))
    after = kernel.copy()
    after[i, j] = weight
    expected = reference.cross_correlate2d(image, after)
    return {"image": image, "kernel": kernel, "i": i, "j": j, "weight": weight, "expected": expected}


def convolve(rng):
    image, kernel = an_image(rng), rng.normal(size=rng.integers(1, 6, 2)).astype(np.float32)
    return {"image": image, "kernel": kernel, "expected": reference.convolve2d(image, kernel)}


def contributions(rng):
    inputs = rng.normal(size=(3, *rng.integers(9, 20, 2))).astype(np.float32)
    kernels = rng.normal(size=(3, 3, 3)).astype(np.float32)
    settings = whole_numbers(rng, **SETTINGS)
    maps = [reference.cross_correlate2d(*pair, **settings) for pair in zip(inputs, kernels, strict=True)]
    row, column = (int(rng.integers(side)) for side in maps[0].shape)
    return {
        "inputs": inputs,
        "kernels": kernels,
        "row": row,
        "column": column,
        "settings": settings,
        "expected": [float(values[row, column]) for values in maps],
    }


def halves(rng):
    bits = rng.integers(0, 2**16, 50).astype(np.uint16)
    bits[:4] = [0, 0x8000, 1, 0x7BFF]  # both zeros, the smallest, the largest
    values = bits.view(np.float16).astype(np.float64)
    factor = float(2.0 ** rng.integers(-8, 8))
    expected = [value * factor if np.isfinite(value) else None for value in values.tolist()]
    return {"bits": bits, "factor": factor, "expected": expected}


def significant(rng):
    value = float(rng.normal() * 10.0 ** rng.integers(-5, 5))
    return {"value": value, "expected": float(f"{value:.3g}")}


def pool(rng):
    size = int(rng.integers(1, 5))
    stride, ceil, image = int(rng.integers(1, 5)), bool(rng.integers(2)), an_image(rng)
    return {
        "image": image,
        "size": size,
        "settings": {"stride": stride, "ceil": ceil},
        "max": reference.max_pool2d(image, size, stride=stride, ceil_mode=ceil),
        "avg": reference.avg_pool2d(image, size, stride=stride, ceil_mode=ceil),
    }


def relu(rng):
    image = an_image(rng)
    return {"image": image, "expected": reference.relu(image)}


def output_size(rng):
    sizes = whole_numbers(rng, size=(1, 40), kernel=(1, 9))
    names = whole_numbers(rng, stride=(1, 5), padding=(0, 4), dilation=(1, 4))
    ceil = bool(rng.integers(2))
    try:
        expected = reference.output_size(**sizes, **names, ceil_mode=ceil)
    except ValueError:
        expected = None  # it does not fit
    return {**sizes, "settings": {**names, "ceil": ceil}, "expected": expected}


def receptive_field(rng):
    ends = {"kernel": (1, 6), "stride": (1, 3), "padding": (0, 3), "dilation": (1, 3)}
    layers = [whole_numbers(rng, **ends) for _ in range(rng.integers(1, 6))]
    field = reference.receptive_field([reference.Layer(**layer) for layer in layers])
    index = int(rng.integers(0, 30))
    first, last = field.span(index)
    return {"layers": layers, "index": index, "expected": [*field, first, last]}


def colours(rng):
    image = an_image(rng) * float(rng.uniform(0.01, 100))
    if rng.integers(2):
        image = np.abs(image)
    scale = Scale.of([image])
    return {
        "image": image,
        "kind": scale.kind,
        "low": scale.low,
        "high": scale.high,
        "table": colour_table(scale.kind),
        "expected": scale.colours(image.astype(np.float64)),
    }


def map_scale(rng):
    image = an_image(rng, 15, 40)
    if rng.integers(2):
        image = np.abs(image)
    image[rng.random(image.shape) < 0.004] *= rng.uniform(1, 20)  # few enough to lie beyond, or not
    scale = Scale.of_maps([image, image[:3]])
    largest = max(map(abs, scale.beyond), default=0)
    return {"image": image, "expected": [scale.low, scale.high, largest]}


def gray(rng):
    image = rng.random((*rng.integers(2, 9, 2), 3), np.float32)
    return {
        "image": image,
        "rgb": images.to_gray(image),
        "bgr": images.to_gray(image[..., ::-1]),
        "channels": np.moveaxis(image, 2, 0),
    }


def ink(rng):
    colour = rng.integers(0, 256, 3)
    return {"colour": colour, "expected": bool(is_dark(colour[None])[0])}


def histogram(rng):
    image = an_image(rng)
    bins = int(rng.integers(1, 30))
    low, high = float(rng.uniform(-3, -0.5)), float(rng.uniform(0.5, 3))
    # numpy decides by float64 edges; both put the last edge into the last bin.
    expected, _ = np.histogram(image.astype(np.float64), bins, (low, high))
    return {"image": image, "low": low, "high": high, "bins": bins, "expected": expected}


def patch(rng):
    image, settings = an_image(rng), whole_numbers(rng, row=(-4, 9), column=(-4, 9), dilation=(1, 3))
    row, column, step = settings.values()
    height, width = (int(side) for side in rng.integers(1, 9, 2))
    around = np.pad(image, 40)[40 + row :, 40 + column :]
    return {"image": image, **settings, "expected": around[: height * step : step, : width * step : step]}


def readers(rng):
    index, count, size, stride = (int(n) for n in rng.integers((0, 1, 1, 1), (30, 12, 7, 7)))
    windows = [range(at * stride, at * stride + size) for at in range(count)]
    expected = [at for at, window in enumerate(windows) if index in window]
    return {"index": index, "count": count, "size": size, "stride": stride, "expected": expected}


def unread_by(rng):
    """What windows leave, as the picture of windows does."""
    window = whole_numbers(rng, kernel=(1, 4), stride=(1, 6), padding=(0, 3), dilation=(1, 3))
    length, count = (int(number) for number in rng.integers((1, 1), (30, 8)))
    first, step = np.arange(count) * window["stride"] - window["padding"], window["dilation"]
    read = {int(start) + at * step for start in first for at in range(window["kernel"])}
    return {"length": length, "count": count, "window": window, "expected": sorted({*range(length)} - read)}


def changes(rng):
    image, noise = an_image(rng), float(rng.uniform(0, 0.5))
    other = image + np.where(rng.random(image.shape) < 0.5, rng.normal(size=image.shape), 0)
    other = other.astype(np.float32)
    expected = (np.abs(image.astype(np.float64) - other) > noise).astype(int)
    return {"image": image, "other": other, "noise": noise, "expected": expected}


def sign_shares(rng):
    image, noise = an_image(rng), float(rng.choice([0, 0.3]))
    image[rng.random(image.shape) < 0.2] = 0
    parts = [image < -noise, np.abs(image) <= noise, image > noise]
    return {"image": image, "noise": noise, "expected": [float(part.mean()) for part in parts]}


def activate(rng):
    image, bias, slope = an_image(rng) * 3, float(rng.normal()), float(rng.uniform())
    rule = str(rng.choice(list(ACTIVATIONS)))
    expected = relu_explorer.activate(image + np.float32(bias), rule, slope=slope)
    settings = {"bias": bias, "slope": slope}
    return {
        "image": image,
        "rule": "identity" if rule == "none" else rule,
        "settings": settings,
        "expected": expected,
    }


MAKERS = {
    "activate": activate,
    "changed_weight": changed_weight,
    "changes": changes,
    "colours": colours,
    "contributions": contributions,
    "convolve": convolve,
    "correlate": correlate,
    "gray": gray,
    "halves": halves,
    "histogram": histogram,
    "ink": ink,
    "map_scale": map_scale,
    "output_size": output_size,
    "patch": patch,
    "pool": pool,
    "readers": readers,
    "receptive_field": receptive_field,
    "relu": relu,
    "sign_shares": sign_shares,
    "significant": significant,
    "unread_by": unread_by,
}
