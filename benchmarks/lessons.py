"""What one learner's kernel needs for a whole lesson: peak private memory, and processor time."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from pathlib import Path

from benchmarks.startup import ROOT, kernel
from benchmarks.table import Row, run

__all__ = ["measure"]

MOST_MEMORY = (110, 110, 230, 230, 230, 300, 300)  # MB, for lessons 1 to 7
MOST_SECONDS = 12


def measure() -> list[Row]:
    """Run each lesson in a fresh kernel with one thread, as on a hub; only Linux says how much it takes."""
    os.environ["OMP_NUM_THREADS"] = "1"
    rows = []
    for number, (path, most) in enumerate(
        zip(sorted((ROOT / "notebooks").glob("0*.ipynb")), MOST_MEMORY, strict=True), 1
    ):
        memory, seconds = costs(path)
        rows.append(Row(f"lesson {number}: anonymous private memory", memory, None, "MB", most))
        rows.append(Row(f"lesson {number}: processor time", seconds, None, "s", MOST_SECONDS))
    return rows


def costs(path: Path) -> tuple[float, float]:
    """Return a lesson's peak memory in MB, measured every 20 ms, and its cells' total processor seconds."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sizes = [0]
    ended = threading.Event()

    def watch(process: int) -> None:
        rollup = Path(f"/proc/{process}/smaps_rollup")
        while not ended.wait(0.02):
            sizes.append(int(re.findall(r"^Anonymous: +(\d+) kB", rollup.read_text(), re.MULTILINE)[0]))

    with kernel() as (process, execute):
        watcher = threading.Thread(target=watch, args=(process,))
        watcher.start()
        try:
            for cell in cells:
                if cell["cell_type"] == "code":
                    execute("".join(cell["source"]))
            spent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
        finally:
            ended.set()
            watcher.join()
    return max(sizes) / 1000, sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(run([measure]))
