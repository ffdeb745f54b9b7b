"""Trains the course's own network on pictures that the course draws, and scores it.

    python -m tools.training train    draws and trains; if it is stopped or killed, run it again to continue
    python -m tools.training score    tests a trained network on fresh pictures

Everything a step needs follows from the recipe, the step's number and the last checkpoint: pictures are drawn
from the seed and the step's number, and the checkpoint has the weights, the optimiser and the schedule.

While the network learns, there is a BatchNorm between each convolution and its ReLU. Afterwards each one,
which by then is just a fixed scale and shift per channel, is folded into the convolution before it, leaving
a narrow VGG16.

Sources: Simonyan and Zisserman 2015 (VGG16); Ioffe and Szegedy 2015 (BatchNorm); Loshchilov and Hutter 2019
(AdamW); Smith and Topin 2019 (the one-cycle schedule); Szegedy et al. 2016 (label smoothing).
"""

from __future__ import annotations

import argparse
import io
import json
import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR
from tqdm import tqdm

from coursekit.filters import roughness
from coursekit.models import vgg16
from coursekit.models.vgg import VGG
from coursekit.synthetic import CLASSES, draw_batch
from tools.files import replace

__all__ = ["Recipe", "count_right", "fold_batch_norm", "main", "save_network", "train"]

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "weights" / "vgg16_course.safetensors"
FRESH_SEED = 20_000  # draws the pictures for the score; training draws from the recipe's seed


@dataclass(frozen=True)
class Recipe:
    """All the numbers that decide what is learned.

    The first layer starts small and decays fast. A BatchNorm follows it, so the size of its filters makes no
    difference, but their starting values are soon forgotten: what remains was learned, and is worth
    looking at.

    `steps` times `batch_size` pictures of `size` x `size` pixels are drawn from `seed`. The learning rate
    rises to `learning_rate` over a fraction `warm_up` of the steps, then falls to zero. `widths` has the
    number of filters in each conv layer, block by block; a pooling layer follows each block.
    """

    steps: int = 5000
    batch_size: int = 64
    size: int = 32
    seed: int = 1
    learning_rate: float = 2e-3
    warm_up: float = 0.15
    weight_decay: float = 0.05
    first_layer_decay: float = 8.0
    first_layer_scale: float = 0.1
    label_smoothing: float = 0.05
    widths: tuple[tuple[int, ...], ...] = ((64, 64), (64, 64), (96, 96, 96), (128, 128, 128), (128, 128, 128))


def train(recipe: Recipe, checkpoint: Path, *, device: str = "cpu", save_every: int = 100) -> VGG:
    """Train the course's network, continuing from the checkpoint if there is one.

    On the same kind of processor with the same number of torch threads, an interrupted run and an
    uninterrupted one give equal weights. The checkpoint is still there when training ends.

    Args:
        recipe: What to learn.
        checkpoint: File to continue from and to save to.
        device: torch's name for the device, such as "cpu" or "cuda".
        save_every: Steps between checkpoints: the most that are lost if the run is killed.

    Returns:
        The trained network with its BatchNorm layers, in evaluation mode, on `device`.

    Raises:
        ValueError: The checkpoint cannot be read or was made with another recipe.
        FloatingPointError: The loss is no longer a number.
    """
    network = _beginning(recipe).to(device)
    first, *rest = network.parameters()
    decays = [
        {"params": [first], "weight_decay": recipe.first_layer_decay},
        {"params": rest, "weight_decay": recipe.weight_decay},
    ]
    optimiser = AdamW(decays, lr=recipe.learning_rate)
    schedule = OneCycleLR(
        optimiser, recipe.learning_rate, total_steps=recipe.steps + 1, pct_start=recipe.warm_up
    )
    parts: dict[str, Any] = {"network": network, "optimiser": optimiser, "schedule": schedule}
    done = _resume(checkpoint, recipe, parts, device) if checkpoint.exists() else 0
    network.train()
    bar = tqdm(range(done, recipe.steps), initial=done, total=recipe.steps, unit="step")
    for step in bar:
        images, labels = draw_batch(
            recipe.batch_size, size=recipe.size, seed=recipe.seed, first=step * recipe.batch_size
        )
        optimiser.zero_grad()
        scores = network(_network_input(network, images).to(device))
        loss = functional.cross_entropy(
            scores, torch.from_numpy(labels).to(device), label_smoothing=recipe.label_smoothing
        )
        if not torch.isfinite(loss):
            raise FloatingPointError(
                "the loss is no longer a number; start again with a smaller learning rate"
            )
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
        bar.set_postfix(loss=f"{loss.item():.2f}", refresh=False)
        if (step + 1) % save_every == 0 or step + 1 == recipe.steps:
            state = {name: part.state_dict() for name, part in parts.items()}
            buffer = io.BytesIO()
            torch.save(state | {"recipe": repr(recipe), "done": step + 1}, buffer)
            replace(checkpoint, buffer.getvalue())
    return network.eval()


def fold_batch_norm(network: VGG) -> VGG:
    """Take the BatchNorm layers out of a network in evaluation mode; its outputs change only by rounding."""
    layers: list[nn.Module] = []
    for layer in network.features:
        if isinstance(layer, nn.BatchNorm2d) and isinstance(layers[-1], nn.Conv2d):
            layers[-1] = fuse_conv_bn_eval(layers[-1], layer)
        else:
            layers.append(layer)
    network.features = nn.Sequential(*layers)
    return network


def count_right(
    network: VGG, count: int, *, size: int = Recipe.size, seed: int = FRESH_SEED
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Show the network freshly drawn pictures and count, class by class, how many it gets right.

    Args:
        network: In evaluation mode, on the CPU; the pictures are of its `classes`.
        count: How many pictures.
        size: Their height and width.
        seed: The seed they are drawn from; not the one used for training.

    Returns:
        How many were right, and how many there were: both `(classes,)` int64.
    """
    classes = list(network.classes)
    right, seen = np.zeros((2, len(classes)), np.int64)
    for first in range(0, count, 200):
        images, labels = draw_batch(
            min(200, count - first), size=size, seed=seed, classes=classes, first=first
        )
        with torch.inference_mode():
            answers = network(_network_input(network, images)).argmax(dim=1).numpy()
        seen += np.bincount(labels, minlength=len(classes))
        right += np.bincount(labels[answers == labels], minlength=len(classes))
    return right, seen


def save_network(network: VGG, path: Path, recipe: Recipe, *, pictures: int = 4000) -> None:
    """Round a trained network to 16-bit numbers, measure what is left, and write it as safetensors.

    Args:
        network: With its BatchNorm layers, from `train`; it is changed.
        path: File to write; it appears complete or not at all.
        recipe: What was learned.
        pictures: How many fresh ones to score it on.
    """
    network = fold_batch_norm(network.cpu()).half().float()
    right, seen = count_right(network, pictures, size=recipe.size)
    values: dict[str, Any] = {
        "widths": recipe.widths,
        "classes": network.classes,
        "mean": network.mean,
        "std": network.std,
        "input_size": recipe.size,
        "steps": recipe.steps,
        "batch_size": recipe.batch_size,
        "seed": recipe.seed,
        "accuracy": round(float(right.sum() / seen.sum()), 4),
        "accuracy_pictures": int(seen.sum()),
        "roughness": round(_median_roughness(network), 3),
    }
    words = {
        "format": "coursekit-vgg-1",
        "title": "Narrow VGG16 that names drawn shapes and textures",
        "input": "RGB in [0, 1], then (x - mean) / std",
        "torch": torch.__version__,
    }
    tensors = {name: weight.half().contiguous() for name, weight in network.state_dict().items()}
    replace(path, save(tensors, words | {name: json.dumps(value) for name, value in values.items()}))


def _beginning(recipe: Recipe) -> VGG:
    """Build the network with random weights and a BatchNorm after each convolution."""
    network = VGG(recipe.widths, pool=1, hidden=(), classes=len(CLASSES))
    network.classes, network.mean, network.std = CLASSES, (0.5,) * 3, (0.25,) * 3
    layers: list[nn.Module] = []
    for layer in network.features:
        layers.append(layer)
        if isinstance(layer, nn.Conv2d):
            layer.bias = None  # BatchNorm has its own
            layers.append(nn.BatchNorm2d(layer.out_channels))
    network.features = nn.Sequential(*layers)
    network.to_empty(device="cpu")
    torch.manual_seed(recipe.seed)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        elif isinstance(layer, nn.BatchNorm2d | nn.Linear):
            layer.reset_parameters()
    with torch.no_grad():
        next(network.parameters()).mul_(recipe.first_layer_scale)
    return network


def _resume(path: Path, recipe: Recipe, parts: dict[str, Any], device: str) -> int:
    """Load a checkpoint into network, optimiser and schedule; return how many steps it has done."""
    try:
        state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    except (pickle.UnpicklingError, EOFError, RuntimeError) as error:
        raise ValueError(
            f"{path} is not one of this program's checkpoints; remove it or choose another --out"
        ) from error
    if state["recipe"] != repr(recipe):
        raise ValueError(
            f"the checkpoint {path} was made with a different recipe:\n"
            f"  there {state['recipe']}\n  now   {recipe}\nRemove the file, or choose another --out."
        )
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return int(state["done"])


def _network_input(network: VGG, images: NDArray[np.float32]) -> Tensor:
    """Turn drawn pictures (N, H, W, 3) into what the network reads: (N, 3, H, W), normalized."""
    return network.normalize(torch.from_numpy(images).permute(0, 3, 1, 2))


def _median_roughness(network: VGG) -> float:
    return float(np.median(roughness(next(network.parameters()).detach().numpy())))


def _print_score(network: VGG, pictures: int) -> None:
    right, seen = count_right(network, pictures)
    for name, good, total in zip(network.classes, right.tolist(), seen.tolist(), strict=True):
        print(f"  {name:<10} {good:>4} of {total}")
    print(f"accuracy   {right.sum() / seen.sum():.1%} of {seen.sum()} fresh pictures, from seed {FRESH_SEED}")
    print(
        f"roughness  {_median_roughness(network):.2f}, median of the first layer's filters; random: about 2"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status: 1 if it can't be done, 130 if stopped."""
    parser = argparse.ArgumentParser(prog="python -m tools.training")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("train", help="draw pictures and train the course's network")
    command.add_argument("--out", type=Path, default=Path(SHIPPED.name), help="default: %(default)s")
    command.add_argument("--steps", type=int, default=Recipe.steps, help="default: %(default)s")
    command.add_argument("--device", default="cpu", help="torch's name, such as cuda (default: %(default)s)")
    command = commands.add_parser("score", help="test a trained network on freshly drawn pictures")
    command.add_argument("file", nargs="?", type=Path, default=SHIPPED, help="default: the course's network")
    command.add_argument("--pictures", type=int, default=4000, help="default: %(default)s")
    options = parser.parse_args(arguments)
    try:
        if options.command == "score":
            _print_score(vgg16(options.file), options.pictures)
            return 0
        recipe = Recipe(steps=options.steps)
        checkpoint = options.out.with_name(options.out.name + ".checkpoint")
        save_network(train(recipe, checkpoint, device=options.device), options.out, recipe)
        checkpoint.unlink(missing_ok=True)
    except KeyboardInterrupt:
        print("Stopped. Run the same command to continue from the last checkpoint.", file=sys.stderr)
        return 130
    except (OSError, ValueError, RuntimeError, FloatingPointError) as error:
        print(f"Not done: {error}", file=sys.stderr)
        return 1
    print(f"written    {options.out}, {options.out.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
