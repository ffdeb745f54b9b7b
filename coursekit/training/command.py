"""`python -m coursekit train`: draws the pictures and trains the course's network again."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TextIO

import numpy as np
import torch

from coursekit.training.files import metadata, save_network, to_half
from coursekit.training.loop import Recipe, StoppedError, train
from coursekit.training.network import fold_batch_norm
from coursekit.training.score import count_right, roughness

__all__ = ["Bar", "main"]

_STOPPED = 130  # what a shell reports for a program that Ctrl-C ended


class Bar:
    """A progress bar in plain text: one line that is redrawn on a terminal, twenty lines elsewhere."""

    def __init__(self, steps: int, pictures_per_step: int, stream: TextIO) -> None:
        self.steps = steps
        self.pictures = pictures_per_step
        self.stream = stream
        self._begin: tuple[int, float] | None = None
        self._shown = 0.0
        self._loss = 0.0

    def __call__(self, done: int, loss: float) -> None:
        """Take note of one more step, and redraw where that is due."""
        now = time.monotonic()
        self._loss = loss if self._begin is None else 0.98 * self._loss + 0.02 * loss
        if self._begin is None:
            self._begin = (done, now)
        last = done == self.steps
        if self.stream.isatty():
            if last or now - self._shown > 0.5:
                self._shown = now
                print("\r" + self.line(done, now), end="\n" if last else "", file=self.stream, flush=True)
        elif last or done % max(1, self.steps // 20) == 0:
            print(self.line(done, now), file=self.stream, flush=True)

    def line(self, done: int, now: float) -> str:
        """Say how far training is, `now` being a time of `time.monotonic`."""
        share = done / self.steps
        words = f"[{'#' * int(30 * share):<30}] {done} of {self.steps} steps, loss {self._loss:.2f}"
        begun, since = self._begin or (done, now)
        if done > begun and now > since:
            rate = (done - begun) / (now - since)
            minutes = (self.steps - done) / rate / 60
            words += f", {rate * self.pictures:.0f} pictures/s, {minutes:.1f} min left"
        return f"{words:<100}"


def main(arguments: Sequence[str]) -> int:
    """Run `python -m coursekit train`.

    Args:
        arguments: what follows the command's name.

    Returns:
        The exit status: 0 when the file is written, 130 when stopped, 1 when it cannot be done.
    """
    default = Recipe()
    parser = argparse.ArgumentParser(
        prog="python -m coursekit train",
        description="Draw pictures and train the course's network. Ctrl-C stops it, and "
        "the same command goes on later.",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("vgg16_course.safetensors"), help="default: %(default)s"
    )
    parser.add_argument("--steps", type=int, default=default.steps, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=default.seed, help="default: %(default)s")
    parser.add_argument(
        "--checkpoint", type=Path, help="default: the name of --out with .checkpoint behind it"
    )
    parser.add_argument("--device", help="default: a GPU where torch finds one, else cpu")
    parser.add_argument(
        "--threads", type=int, help="of torch on the CPU; default: as many as there are cores"
    )
    chosen = parser.parse_args(arguments)
    recipe = Recipe(steps=chosen.steps, seed=chosen.seed)
    checkpoint = chosen.checkpoint or chosen.out.with_name(chosen.out.name + ".checkpoint")
    device = chosen.device or _best_device()
    if chosen.threads is not None:
        torch.set_num_threads(chosen.threads)
    words = "goes on with" if checkpoint.exists() else "saves its state in"
    print(
        f"Trains on {device} for {recipe.steps} steps of {recipe.batch_size} pictures; {words} {checkpoint}"
    )
    bar = Bar(recipe.steps, recipe.batch_size, sys.stderr)
    try:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        with _asked_to_stop() as asked:
            network = train(recipe, checkpoint, device=device, progress=bar, stop=lambda: bool(asked))
    except StoppedError as stopped:
        print(f"\nStopped after {stopped.step} steps. The same command goes on from there.", file=sys.stderr)
        return _STOPPED
    except (OSError, ValueError, RuntimeError, FloatingPointError) as error:
        print(f"\nNot trained. {error}", file=sys.stderr)
        return 1
    _finish(recipe, network, chosen.out)
    checkpoint.unlink()
    return 0


def _finish(recipe: Recipe, network: torch.nn.Sequential, out: Path) -> None:
    """Fold, round, measure what is left, write."""
    small = to_half(fold_batch_norm(network))
    right, seen = count_right(small, 4000, size=recipe.size)
    accuracy = float(right.sum() / seen.sum())
    rough = float(np.median(roughness(next(small.parameters()).detach().numpy())))
    save_network(small, out, metadata(recipe, accuracy=accuracy, pictures=int(seen.sum()), roughness=rough))
    print(f"accuracy   {accuracy:.1%} of {seen.sum()} fresh pictures")
    print(f"roughness  {rough:.2f}, median of the first layer's filters")
    print(f"written    {out}, {out.stat().st_size / 1e6:.1f} MB")


def _best_device() -> str:
    accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return accelerator.type if accelerator is not None else "cpu"


@contextmanager
def _asked_to_stop() -> Iterator[list[int]]:
    """Collect Ctrl-C in a list instead of raising in the middle of a step; a second Ctrl-C ends at once."""
    asked: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
