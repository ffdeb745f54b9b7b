"""From starting a kernel to the first picture in lesson 1, against torch, OpenCV and pyplot at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.table import Row, run

__all__ = ["measure"]

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
OURS = (
    "from coursekit import images, samples\n"
    "from coursekit.pictures import show_feature_maps, show_image, show_stages",
    'photo = images.load_image("temple", max_side=320)',
    "show_image(photo)",
)
REPLACED = (
    "import cv2\nimport numpy as np\nimport torch\nfrom matplotlib import pyplot as plt\n%matplotlib inline",
    f'bgr = cv2.imread(r"{ROOT / "data" / "images" / "temple.jpg"}")\n'
    "photo = cv2.cvtColor(cv2.resize(bgr, (320, 213)), cv2.COLOR_BGR2RGB)",
    "plt.imshow(photo)\nplt.show()",
)


def measure() -> list[Row]:
    """Measure the first picture in a fresh kernel, and just the import."""
    ways: dict[str, Sequence[str]] = {"ours": OURS, "lesson": lesson_cells(), "replaced": REPLACED}
    for cells in ways.values():
        first_picture(cells)  # once beforehand, so that all find their files in the system's cache
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, cells in ways.items():
            taken[name].append(1000 * first_picture(cells))
    ours, lesson, replaced = (median(times) for times in taken.values())
    imports = [import_time() for _ in range(ROUNDS)]
    return [
        Row("kernel start to first picture: time", ours, replaced, "ms", 0.35),
        Row("all cells of lesson 1 up to there: time", lesson, replaced, "ms", None),
        Row("import coursekit: time", median(imports), None, "ms", 50),
    ]


def lesson_cells() -> list[str]:
    """Return the code cells of lesson 1 up to the first that shows a picture."""
    text = (ROOT / "notebooks" / "01_image_loading.ipynb").read_text(encoding="utf-8")
    cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    last = next(index for index, cell in enumerate(cells) if "\nshow_" in f"\n{cell}")
    return cells[: last + 1]


def first_picture(cells: Sequence[str]) -> float:
    """Start a kernel, run the cells, and return the seconds until the picture is there; then stop it."""
    shown: list[str] = []
    start = perf_counter()
    with kernel() as (_, execute):
        for cell in cells:
            shown += execute(cell)
        taken = perf_counter() - start
    if not {"text/html", "image/png"} & set(shown):
        raise RuntimeError(f"expected a picture, got only {shown}.")
    return taken


@contextmanager
def kernel() -> Iterator[tuple[int, Callable[[str], list[str]]]]:
    """Start a kernel in the lessons' folder; yield its process id, and a function that runs a cell."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import KernelManager

    # Use the interpreter that runs this, whatever kernels the computer has; --log-level=40 hides warnings.
    manager = KernelManager()
    manager._kernel_spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=40"],
        language="python",
    )
    manager.start_kernel(cwd=str(ROOT / "notebooks"))
    client = manager.client()

    def execute(cell: str) -> list[str]:
        shown: list[str] = []

        def collect(message: dict[str, Any]) -> None:
            if message["msg_type"] in ("display_data", "execute_result"):
                shown.extend(message["content"]["data"])

        reply = client.execute_interactive(cell, timeout=120, output_hook=collect)
        if reply["content"]["status"] != "ok":
            raise RuntimeError(f"the cell failed:\n{cell}\n{reply['content']['evalue']}")
        return shown

    try:
        client.start_channels()
        client.wait_for_ready(timeout=120)
        yield manager.provisioner.pid, execute
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def import_time() -> float:
    """Return how many ms `import coursekit` takes in a fresh interpreter, which times itself."""
    code = "from time import perf_counter as t; s = t(); import coursekit; print(1000 * (t() - s))"
    run_ = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    return float(run_.stdout)


if __name__ == "__main__":
    sys.exit(run([measure]))
