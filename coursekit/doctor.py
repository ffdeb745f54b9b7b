"""Finds what stops the course on this computer, and says how to fix it: `python -m coursekit doctor`.

It has to run where nothing works yet, so it needs only the standard library and keeps to the syntax of Python
3.8. Anything that only a newer Python has is imported after the Python itself has been checked.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

OLDEST_PYTHON = (3, 11)
_PYTHON_IN_ENVIRONMENT = Path("Scripts", "python.exe") if os.name == "nt" else Path("bin", "python")
# Modules that aren't called what their package is called.
_MODULES = {"opencv-python": "cv2", "pillow": "PIL"}
_EXTENSIONS = {"ipywidgets": "@jupyter-widgets/jupyterlab-manager", "anywidget": "anywidget"}
_LIBRARIES = (
    "Debian, Ubuntu: sudo apt-get install libgl1 libglib2.0-0; Fedora: sudo dnf install mesa-libGL glib2"
)


@dataclass(frozen=True)
class Situation:
    """What was found on this computer. The defaults describe one with nothing wrong."""

    python: tuple[int, ...] = (3, 11, 0)
    executable: str = "python"
    prefix: Path = Path("course", ".venv")  # of the environment that this Python belongs to
    conda: bool = False
    root: Path = Path("course")  # the folder that holds the package; in a clone, the repository
    missing_folders: tuple[str, ...] = ()
    own_environment: Path | None = Path("course", ".venv")  # the one in `root`, if there is one
    # The oldest version that will do and the installed one: "" if it doesn't say, None if it isn't installed.
    packages: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    opencv_error: str = ""  # the last line of what `import cv2` printed
    torch_cuda: str = ""  # the version that torch was built for; "" for a CPU build
    missing_extensions: tuple[str, ...] = ()  # packages whose JupyterLab extension is in no folder
    kernel: str | None = "python"  # the program that Jupyter's kernel python3 starts, if it is registered
    damaged: tuple[str, ...] = ()  # a sentence for each file in data/ that isn't as published


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    level: str  # "ok"; "note", the course runs anyway; or "stop"
    what: str
    mend: str = ""  # what to do about it

    def __str__(self) -> str:
        mark = "STOP" if self.level == "stop" else self.level
        return f"{mark:<5} {self.what}" + (f"\n      fix: {self.mend}" if self.mend else "")


def main(arguments: Sequence[str] = ()) -> int:
    """Print the report; return the exit status: 1 if something stops the course, 2 if given an argument."""
    if arguments:
        print(f"The doctor takes no arguments, but got: {' '.join(arguments)}", file=sys.stderr)
        return 2
    findings = examine(look())
    encoding = sys.stdout.encoding or "utf-8"
    for finding in findings:
        # A path may contain letters that a Windows console can't print.
        print(str(finding).encode(encoding, "backslashreplace").decode(encoding))
    stops = sum(finding.level == "stop" for finding in findings)
    print(f"\nThings that stop the course: {stops}." if stops else "\nNothing stops the course.")
    return 1 if stops else 0


# What's there


def look() -> Situation:
    """Look at this computer; it takes a second and changes nothing."""
    root = Path(__file__).resolve().parent.parent
    own = root / ".venv"
    seen = Situation(
        python=tuple(sys.version_info[:3]),
        executable=sys.executable,
        prefix=Path(sys.prefix).resolve(),
        conda=Path(sys.prefix, "conda-meta").is_dir(),
        root=root,
        missing_folders=tuple(name for name in ("data", "notebooks") if not (root / name).is_dir()),
        own_environment=own.resolve() if (own / _PYTHON_IN_ENVIRONMENT).exists() else None,
    )
    if seen.python < OLDEST_PYTHON:
        return seen  # what follows needs a newer one
    folders = _jupyter_folders()
    return replace(
        seen,
        packages={name: (oldest, _version(name)) for name, oldest in _wanted(root).items()},
        opencv_error=_import_error("cv2"),
        torch_cuda=_torch_cuda(),
        missing_extensions=_missing_extensions(folders),
        kernel=_kernel_program(folders),
        damaged=_damaged(root),
    )


def _wanted(root: Path) -> dict[str, str]:
    """Return the oldest version of each package that the course needs."""
    # A clone says so itself, even before anything is installed and after `git pull`; else the metadata do.
    if (root / "pyproject.toml").is_file():
        text = (root / "pyproject.toml").read_text(encoding="utf-8")
        lines = importlib.import_module("tomllib").loads(text)["project"]["dependencies"]
    else:
        lines = importlib.import_module("importlib.metadata").requires("coursekit")
    return dict(line.split(">=") for line in lines if ";" not in line)  # learners need no "; extra == ..."


def _version(name: str) -> str | None:
    """Return the installed version; `""` for a module without metadata, None if there is no module."""
    metadata = importlib.import_module("importlib.metadata")
    try:
        return str(metadata.version(name))
    except metadata.PackageNotFoundError:
        return "" if importlib.util.find_spec(_MODULES.get(name, name)) else None


def _import_error(module: str) -> str:
    """Import a module in another process, because a broken library can take its process down with it."""
    command = [sys.executable, "-c", f"import {module}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=120)
    except subprocess.TimeoutExpired:
        return "no answer within 120 seconds"
    if not done.returncode:
        return ""
    return (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]


def _torch_cuda() -> str:
    """Return the CUDA version from torch's version file: importing torch would take seconds."""
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return ""
    text = Path(spec.origin).with_name("version.py").read_text(encoding="utf-8")
    found = re.search(r"^cuda\b[^=]*= *['\"]([\d.]+)['\"]", text, re.MULTILINE)
    return found.group(1) if found else ""


def _jupyter_folders() -> list[Path]:
    """Return the folders where Jupyter looks for extensions and kernels, the ones that win first."""
    if importlib.util.find_spec("jupyter_core") is None:
        return []
    return [Path(folder) for folder in importlib.import_module("jupyter_core.paths").jupyter_path()]


def _missing_extensions(folders: Sequence[Path]) -> tuple[str, ...]:
    return tuple(
        name
        for name, extension in _EXTENSIONS.items()
        if not any((folder / "labextensions" / extension / "package.json").is_file() for folder in folders)
    )


def _kernel_program(folders: Sequence[Path]) -> str | None:
    """Return the program in the first `kernel.json` for the kernel python3, the one that Jupyter chooses."""
    for folder in folders:
        file = folder / "kernels" / "python3" / "kernel.json"
        if file.is_file():
            try:
                return str(json.loads(file.read_text(encoding="utf-8"))["argv"][0])
            except (ValueError, LookupError, TypeError) as error:
                # The report treats it as a program that isn't there, and says how to write the file again.
                return os.path.abspath(f"{file} (unreadable: {error})")
    return None


def _damaged(root: Path) -> tuple[str, ...]:
    """Ask git which files have changed; a photograph that a learner put beside them doesn't count."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--modified", "--", "data"]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8")
    except FileNotFoundError:
        return ()  # without git there's no telling what was published
    return tuple(
        f"{root / name} is not the file that came with the course: it was changed, or its download cut off."
        if (root / name).exists()
        else f"Expected {root / name}, but it is not there."
        for name in dict.fromkeys(filter(None, done.stdout.split("\0")))
    )


# What it means


def examine(seen: Situation) -> list[Finding]:
    """Judge what was found; return the findings in the best order to fix them."""
    findings = [_python(seen), _repository(seen), _environment(seen)]
    if seen.python < OLDEST_PYTHON:
        # Another Python will run the course, with packages of its own: nothing below would be about those.
        return findings
    findings += [_package(seen, name) for name in seen.packages]
    # Whatever belongs to a missing package will come with it, and doesn't need a line of its own.
    installed = [name for name, (_, version) in seen.packages.items() if version is not None]
    if "opencv-python" in installed:
        findings.append(_opencv(seen))
    if seen.torch_cuda:
        cuda = f"torch is the build for CUDA {seen.torch_cuda}"
        what = f"{cuda}; it works, but takes up several GB that no lesson uses"
        findings.append(Finding("note", what, "to get the space back: make clean setup"))
    for name in seen.missing_extensions:
        if name in installed:
            what = f"JupyterLab has no extension for {name}, so nothing interactive will show"
            again = _again(seen, "jupyterlab_widgets" if name == "ipywidgets" else name)
            findings.append(Finding("stop", what, f"{again}; then restart JupyterLab"))
    if "ipykernel" in installed:
        findings.append(_kernel(seen))
    mend = "git checkout -- data, or clone the course again"
    return findings + [Finding("stop", sentence, mend) for sentence in seen.damaged]


def _own_python(seen: Situation) -> str:
    """Return the Python of the course's own environment, or `""` if this is it or there is none."""
    if seen.own_environment is None or seen.conda or seen.prefix == seen.own_environment:
        return ""
    return f'"{seen.own_environment / _PYTHON_IN_ENVIRONMENT}"'


def _setup(seen: Situation) -> str:
    if seen.conda:
        return "conda env update -f environment.yml"
    own = _own_python(seen)
    return f"use the course's own environment: {own}" if own else "make setup"


def _python(seen: Situation) -> Finding:
    version, oldest = (".".join(map(str, numbers)) for numbers in (seen.python, OLDEST_PYTHON))
    if seen.python >= OLDEST_PYTHON:
        return Finding("ok", f"Python {version}: {seen.executable}")
    return Finding(
        "stop",
        f"Python {version} is too old: the course needs {oldest} or newer",
        f"install Python {oldest} or newer; then, in the course's folder: make setup PYTHON=python{oldest}",
    )


def _repository(seen: Situation) -> Finding:
    if not seen.missing_folders:
        return Finding("ok", f"the course is in {seen.root}")
    missing = " and ".join(f"{name}/" for name in seen.missing_folders)
    return Finding(
        "stop",
        f"the package is in {seen.root}, without {missing}: only the repository has lessons and pictures",
        "clone the course; then, in its folder: make setup",
    )


def _environment(seen: Situation) -> Finding:
    own = _own_python(seen)
    if not own:
        return Finding("ok", f"environment: {seen.prefix}")
    what = f"this Python belongs to {seen.prefix}, not to the course's own environment"
    return Finding("note", what, f"{own} -m coursekit doctor")


def _package(seen: Situation, name: str) -> Finding:
    oldest, version = seen.packages[name]
    if version is None:
        return Finding("stop", f"{name} is missing; the course needs {oldest} or newer", _setup(seen))
    if version and _release(version) < _release(oldest):
        what = f"{name} {version} is too old; the course needs {oldest} or newer"
        return Finding("stop", what, _setup(seen))
    return Finding("ok", f"{name} {version or '(it does not say which version)'}")


def _release(version: str) -> tuple[int, ...]:
    """Return the release numbers: (2, 13) for "2.13.0+cpu", so that 2.13 and 2.13.0 are equal."""
    numbers = [int(part) for part in re.findall(r"\d+", re.split(r"[^\d.]", version)[0])]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _opencv(seen: Situation) -> Finding:
    if not seen.opencv_error:
        return Finding("ok", "OpenCV can be imported")
    what = f"OpenCV is installed, but cannot be imported: {seen.opencv_error}"
    # These belong to the system, so no Python package brings them.
    if re.search(r"lib(GL|glib|gthread)", seen.opencv_error):
        return Finding("stop", what, _LIBRARIES)
    return Finding("stop", what, _again(seen, "opencv-python"))


def _again(seen: Situation, package: str) -> str:
    return f'"{seen.executable}" -m pip install --force-reinstall --no-deps -c constraints.txt {package}'


def _kernel(seen: Situation) -> Finding:
    write = f'"{seen.executable}" -m ipykernel install --sys-prefix'
    if seen.kernel is None:
        return Finding("note", "no kernel python3 is registered; JupyterLab will make its own", write)
    # Jupyter replaces a bare "python" with the Python that it runs on.
    if os.path.isabs(seen.kernel):
        if not os.path.exists(seen.kernel):
            what = f"Jupyter's kernel python3 starts {seen.kernel}, which does not exist"
            return Finding("stop", what, write)
        if not os.path.samefile(os.path.dirname(seen.kernel), os.path.dirname(seen.executable)):
            return Finding("stop", f"Jupyter's kernel python3 starts another Python: {seen.kernel}", write)
    return Finding("ok", "Jupyter's kernel python3 is this Python")
