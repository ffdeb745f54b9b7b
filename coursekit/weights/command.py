"""`python -m coursekit fetch-vgg`: brings VGG16's weights, trained on ImageNet, into the cache."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from coursekit.weights.errors import WeightsError
from coursekit.weights.fetching import IMAGENET, Source, cached, fetch
from coursekit.weights.layout import select
from coursekit.weights.progress import size_words

__all__ = ["main"]


def main(arguments: Sequence[str], *, source: Source = IMAGENET) -> int:
    """Print what will be fetched, fetch it, print what was done.

    Args:
        arguments: What stands behind `fetch-vgg` on the command line.
        source: Where the weights come from.

    Returns:
        0, or 1 if it failed; the message is then on standard error.
    """
    parser = argparse.ArgumentParser(
        prog="python -m coursekit fetch-vgg",
        description="Brings VGG16's weights, trained on ImageNet, into your cache folder: only what "
        "you ask for. HF_ENDPOINT names another server, COURSEKIT_CACHE another folder.",
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--layers",
        metavar="N",
        help="the first N conv layers, or names with commas: block1_conv1 or block2 (default: 1, 7 kB)",
    )
    choice.add_argument("--all", action="store_true", help="all 13 conv layers (59 MB)")
    choice.add_argument("--whole", action="store_true", help="the whole file with the classifier (553 MB)")
    chosen = parser.parse_args(arguments)
    layers = "whole" if chosen.whole else "all" if chosen.all else chosen.layers or "1"
    try:
        _announce(layers, source)
        _bring(layers, source)
    except WeightsError as error:
        print(f"Not fetched. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Nothing was kept.", file=sys.stderr)
        return 1
    return 0


def _announce(layers: str, source: Source) -> None:
    learned = [layer for layer in source.architecture.layers() if layer.shape]
    wanted = learned if layers == "whole" else select(layers, source.architecture)
    have = cached(source)
    print("What:  VGG16 by torchvision, trained on ImageNet, converted by timm, BSD-3-Clause")
    print(f"From:  {source.url}")
    print(f"To:    {source.folder}")
    total = 0
    for layer in wanted:
        size = 4 * layer.parameters
        shape = " x ".join(map(str, layer.shape))
        total += 0 if layer.name in have else size
        state = "in the cache" if layer.name in have else size_words(size)
        print(f"  {layer.name:<13} {shape:<19} {state:>12}")
    if layers == "whole" and total:
        total = 4 * sum(layer.parameters for layer in wanted)  # one file, whose hash needs every byte
    print(f"To fetch: {size_words(total)}" + (" and a header of about 3 kB" if total else ""), flush=True)


def _bring(layers: str, source: Source) -> None:
    began = time.perf_counter()
    done = fetch(layers, source=source)
    if not done.new:
        print("All of it was there already. Nothing was fetched.")
        return
    seconds = time.perf_counter() - began
    whole = 4 * sum(layer.parameters for layer in source.architecture.layers())
    checked = (
        "SHA-256 is right." if layers == "whole" else "Length, shapes, dtype and every number are right."
    )
    print(
        f"Fetched {size_words(done.size)} in {done.requests} requests and {seconds:.1f} s, "
        f"{100 * done.size / whole:.2g} % of the whole file of {size_words(whole)}. " + checked
    )
