"""Mapping VGG16's weights against `torch.load`, and fetching one layer against the whole file.

    python -m benchmarks.weights

writes 1.1 GB of random weights to a temporary folder, opens them both ways in four processes at once, and
deletes them. Times are each process's own; memory is what Linux counts for each process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from unittest.mock import patch

from tests.range_server import serving, write_sparse

__all__ = ["main"]

PROCESSES = 4
ROLLUP = Path("/proc/self/smaps_rollup")


def main(arguments: Sequence[str]) -> int:
    """Measure and print a table, or be one of the processes being measured."""
    if arguments:
        return _work(*arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [*_opening(folder), _fetching(folder)]
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    for label, *numbers in rows:
        cells = (cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True))
        print("  ".join([label.ljust(widths[0]), *cells]))
    if not ROLLUP.exists():
        print("Memory is only measured on Linux.")
    return 0


def _opening(folder: Path) -> list[tuple[str, str, str, str]]:
    """Open the same weights in two ways, in several processes at once."""
    _write(folder)
    load, mapped = (_processes(way, folder) for way in ("load", "map"))
    rows = [
        (f"{PROCESSES} processes at once, each a whole VGG16", "torch.load", "map", "ratio"),
        ("opening, mean of a process's time", *_compare(load, mapped, "seconds", "s")),
    ]
    if ROLLUP.exists():
        rows += [
            ("private memory of each, weights opened", *_compare(load, mapped, "private_opened", "MB")),
            ("private memory of each, weights used", *_compare(load, mapped, "private_used", "MB")),
            ("share of memory of each (Pss), weights used", *_compare(load, mapped, "pss_used", "MB")),
            ("of this, before the weights", *_compare(load, mapped, "pss_before", "MB")),
        ]
    return rows


def _compare(
    load: list[dict[str, float]], mapped: list[dict[str, float]], key: str, unit: str
) -> tuple[str, str, str]:
    """Return each way's mean, and how many times less the second one needs."""
    old, new = (mean(each[key] for each in way) for way in (load, mapped))
    return (f"{old:.3g} {unit}", f"{new:.3g} {unit}", f"{old / new:.3g}")


def _write(folder: Path) -> None:
    """Write a whole VGG16 of random weights in both forms, down to the disk: unwritten pages are private."""
    import torch
    from safetensors.torch import save_file

    generator = torch.Generator().manual_seed(0)
    tensors = {
        name: torch.empty(shape).uniform_(-0.01, 0.01, generator=generator)
        for name, shape in _shapes().items()
    }
    save_file(tensors, folder / "model.safetensors")
    torch.save(tensors, folder / "model.pth")
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _shapes() -> dict[str, tuple[int, ...]]:
    """Return the shape of each of VGG16's tensors, by torchvision's name."""
    from coursekit.models.vgg import VGG

    return {name: tuple(value.shape) for name, value in VGG().state_dict().items()}


def _processes(way: str, folder: Path) -> list[dict[str, float]]:
    """Start the processes, let them all open the weights, and only then let any of them end."""
    command = [sys.executable, "-m", "benchmarks.weights", way, str(folder)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(PROCESSES)
    ]
    try:
        for _ in ("open", "use", "measure"):
            for process in started:
                _line(process)
            for process in started:
                _tell(process)
        return [json.loads(_line(process)) for process in started]
    finally:
        for process in started:
            process.communicate()


def _line(process: subprocess.Popen[str]) -> str:
    """Wait for a line from a process."""
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError(
            f"A measured process ended early, with status {process.wait()}. Its message is above."
        )
    return line


def _tell(process: subprocess.Popen[str]) -> None:
    """Let a process go on."""
    if process.stdin:
        process.stdin.write("\n")
        process.stdin.flush()


def _wait() -> None:
    """Say that this process is ready, and wait until they all are."""
    print("ready", flush=True)
    sys.stdin.readline()


def _work(way: str, folder: str) -> int:
    """Be one process: open the weights, use them, and print what it took."""
    import torch

    from coursekit.models import vgg16
    from coursekit.models.vgg import VGG

    found = {f"{key}_before": value for key, value in _memory().items()}
    _wait()
    began = time.perf_counter()
    if way == "map":
        model = vgg16(Path(folder) / "model.safetensors")
    else:
        # The usual way: the file's content is copied into a built model. Drawing its initial weights, which
        # takes longer than all of this, is left out.
        model = VGG().to_empty(device="cpu").eval()
        model.load_state_dict(torch.load(Path(folder) / "model.pth", weights_only=True))
    found["seconds"] = time.perf_counter() - began
    found |= {f"{key}_opened": value for key, value in _memory().items()}
    _wait()
    with torch.inference_mode():
        model(torch.zeros(1, 3, 64, 64))
    _wait()
    print(json.dumps(found | {f"{key}_used": value for key, value in _memory().items()}))
    return 0


def _memory() -> dict[str, float]:
    """Return this process's private memory and proportional share in MB, or nothing if this isn't Linux."""
    if not ROLLUP.exists():
        return {}
    lines = ROLLUP.read_text(encoding="ascii").splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1000 for line in lines}
    return {"pss": sizes["Pss"], "private": sizes["Private_Clean"] + sizes["Private_Dirty"]}


def _fetching(folder: Path) -> tuple[str, str, str, str]:
    """Count the bytes that the first layer costs, from a server with a file of the real length."""
    path = write_sparse(folder / "remote.safetensors", _shapes(), lambda name, shape: None)
    with serving(path) as server:
        # The hub's client, which hasn't been loaded yet, reads HF_HOME when it is.
        places = {"HF_ENDPOINT": server.url, "HF_HOME": str(folder / "cache")}
        with patch.dict(os.environ, places | dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1")):
            from coursekit.models import vgg16

            vgg16("imagenet", until="block1_conv1")
        whole, part = path.stat().st_size, server.sent
    return ("bytes for the first layer: whole file, part", f"{whole:,}", f"{part:,}", f"{whole / part:,.0f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
