"""Reads what ``coursekit.doctor`` judges: this computer's Python, packages, Jupyter and files.

It has to run where nothing works yet. So it needs the standard library only, keeps to the syntax of Python
3.8, and imports a part of the course only after the checks which that part rests on.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Dict, Optional, Sequence, Tuple

__all__ = ["OLDEST_PYTHON", "PACKAGES", "PYTHON_IN_ENVIRONMENT", "Situation", "look"]

OLDEST_PYTHON = (3, 11)
# Name on the package index: module, oldest version. tests/test_environment.py holds it equal to
# pyproject.toml, which cannot be read here: Python has a TOML reader only since 3.11.
PACKAGES: Dict[str, Tuple[str, str]] = {
    "numpy": ("numpy", "2.0"),
    "torch": ("torch", "2.13"),
    "opencv-python": ("cv2", "5.0"),
    "matplotlib": ("matplotlib", "3.10"),
    "pillow": ("PIL", "11.3"),
    "ipywidgets": ("ipywidgets", "8.1"),
    "jupyterlab": ("jupyterlab", "4.3"),
    "ipykernel": ("ipykernel", "6.29"),
    "anywidget": ("anywidget", "0.9.13"),
    "safetensors": ("safetensors", "0.5"),
}
PYTHON_IN_ENVIRONMENT = Path("Scripts", "python.exe") if os.name == "nt" else Path("bin", "python")

_EXTENSIONS = {"ipywidgets": "@jupyter-widgets/jupyterlab-manager", "anywidget": "anywidget"}
_FOLDERS = ("data", "notebooks")


def _oldest() -> Dict[str, Optional[str]]:
    return {name: oldest for name, (_, oldest) in PACKAGES.items()}


@dataclass(frozen=True)
class Situation:
    """What was seen of this computer. The defaults describe one on which nothing is wrong.

    Attributes:
        python: version of the running Python.
        executable: its path.
        prefix: folder of the environment that it belongs to.
        conda: whether that is a conda environment.
        root: folder that holds the package; in a clone, the repository.
        missing_folders: folders of the course that are not in ``root``.
        own_environment: the virtual environment in ``root``, if there is one.
        installed: version of each of ``PACKAGES``; ``""`` if it does not say, None if it is not there.
        opencv_error: last line of what ``import cv2`` printed; ``""`` if it worked.
        torch_cuda: CUDA version that torch was built for; ``""`` for a CPU build.
        missing_extensions: packages whose JupyterLab extension is in none of Jupyter's folders.
        kernel: program that Jupyter's kernel ``python3`` starts; None if no such kernel is written down.
        damaged: a sentence for each file in ``data/`` that is not the one published.
    """

    python: Tuple[int, ...] = (3, 11, 0)
    executable: str = "python"
    prefix: Path = Path("course", ".venv")
    conda: bool = False
    root: Path = Path("course")
    missing_folders: Tuple[str, ...] = ()
    own_environment: Optional[Path] = Path("course", ".venv")
    installed: Dict[str, Optional[str]] = field(default_factory=_oldest)
    opencv_error: str = ""
    torch_cuda: str = ""
    missing_extensions: Tuple[str, ...] = ()
    kernel: Optional[str] = "python"
    damaged: Tuple[str, ...] = ()


def look() -> Situation:
    """Read this computer's situation; it takes a second and changes nothing.

    With a Python that is too old, only what needs no newer one is read; the rest keeps its default.
    """
    root = Path(__file__).resolve().parent.parent
    own = root / ".venv"
    seen = Situation(
        python=tuple(sys.version_info[:3]),
        executable=sys.executable,
        prefix=Path(sys.prefix).resolve(),
        conda=Path(sys.prefix, "conda-meta").is_dir(),
        root=root,
        missing_folders=tuple(name for name in _FOLDERS if not (root / name).is_dir()),
        own_environment=own.resolve() if (own / PYTHON_IN_ENVIRONMENT).exists() else None,
    )
    if seen.python < OLDEST_PYTHON:
        return seen
    folders = _jupyter_folders()
    installed = {name: _version(name, module) for name, (module, _) in PACKAGES.items()}
    return replace(
        seen,
        installed=installed,
        opencv_error="" if installed["opencv-python"] is None else _import_error("cv2"),
        torch_cuda=_torch_cuda(),
        missing_extensions=_missing_extensions(folders),
        kernel=_kernel(folders),
        damaged=_damaged(root),
    )


def _version(name: str, module: str) -> Optional[str]:
    """Return the installed version; ``""`` for a module without metadata, None for no module."""
    metadata = importlib.import_module("importlib.metadata")  # Python has it since 3.8
    try:
        return str(metadata.version(name))
    except metadata.PackageNotFoundError:
        return "" if importlib.util.find_spec(module) else None


def _import_error(module: str) -> str:
    """Import a module in another process, because a broken library can take the process with it."""
    command = [sys.executable, "-c", f"import {module}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=120)
    except subprocess.TimeoutExpired:
        return "no answer within 120 seconds"
    if not done.returncode:
        return ""
    return (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]


def _torch_cuda() -> str:
    """Return the CUDA version in torch's own version file, without the seconds that importing torch takes."""
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return ""
    file = Path(spec.origin).with_name("version.py")
    if not file.is_file():
        return ""
    found = re.search(r"^cuda\b[^=]*= *['\"]([\d.]+)['\"]", file.read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else ""


def _jupyter_folders() -> Sequence[Path]:
    """Return the folders in which Jupyter looks for extensions and kernels, first the ones that win."""
    if importlib.util.find_spec("jupyter_core") is None:
        return [Path(sys.prefix, "share", "jupyter")]
    return [Path(folder) for folder in importlib.import_module("jupyter_core.paths").jupyter_path()]


def _missing_extensions(folders: Sequence[Path]) -> Tuple[str, ...]:
    def there(extension: str) -> bool:
        return any((folder / "labextensions" / extension / "package.json").is_file() for folder in folders)

    return tuple(name for name, extension in _EXTENSIONS.items() if not there(extension))


def _kernel(folders: Sequence[Path]) -> Optional[str]:
    """Return the program in the first ``kernel.json`` of the kernel python3, as Jupyter chooses it."""
    for folder in folders:
        file = folder / "kernels" / "python3" / "kernel.json"
        if file.is_file():
            try:
                return str(json.loads(file.read_text(encoding="utf-8"))["argv"][0])
            except (ValueError, LookupError, TypeError) as error:
                # The report takes it for a program that is not there, and says how to write the file again.
                return os.path.abspath(f"{file} (unreadable: {error})")
    return None


def _damaged(root: Path) -> Tuple[str, ...]:
    """Ask git which files it has otherwise; a learner's own photograph beside them is no damage."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--modified", "--", "data"]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8")
    except FileNotFoundError:
        return ()  # without git nobody knows what was published
    return tuple(
        f"{root / name} is not the file that the course came with: changed, or cut off in its download."
        if (root / name).exists()
        else f"Expected {root / name}, and it is not there."
        for name in dict.fromkeys(filter(None, done.stdout.split("\0")))
    )
