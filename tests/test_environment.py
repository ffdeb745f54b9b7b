"""One set of versions, wherever it is written: for pip, conda, Binder, make, CI and the doctor."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from coursekit.doctor import OLDEST_PYTHON

ROOT = Path(__file__).resolve().parents[1]
FILES = (
    "pyproject.toml",
    "constraints.txt",
    "environment.yml",
    "Makefile",
    ".binder/requirements.txt",
    ".binder/runtime.txt",
    ".github/workflows/test.yml",
)
# conda-forge's name for each package that has another one there.
CONDA_NAMES = {
    "torch": "pytorch",
    "opencv-python": "py-opencv",
    "matplotlib": "matplotlib-base",
    "huggingface-hub": "huggingface_hub",
}
# conda-forge has no fourth number, which counts builds of the same OpenCV.
CONDA_NUMBERS = {"opencv-python": 3}
# Only the tests in pages need playwright and axe, and a browser that conda knows nothing of.
# Those who teach make slides and assignments: `make slides`, `make assignments` bring the rest with pip.
NOT_IN_CONDA = {"playwright", "axe-playwright-python", "pyreveal", "latex2mathml", "nbgrader", "resvg-py"}
# Held at one version for a reason that stands beside them in pyproject.toml.
HELD = {"nbval": "0.11.0", "jsonschema": "4.24."}


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.removesuffix(".*").split("."))


def requirements(root: Path) -> dict[str, str]:
    """Return what pyproject.toml asks for: each name and ``">=..."`` or ``"==..."``."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        *project["dependencies"],
        *(line for lines in project["optional-dependencies"].values() for line in lines),
    ]
    return {re.split("[=>]", line)[0]: line[len(re.split("[=>]", line)[0]) :] for line in lines}


def pins(text: str) -> dict[str, str]:
    return {
        name.lower().replace("_", "-"): version
        for name, version in re.findall(r"^([\w.-]+)==(\S+)$", text, re.M)
    }


def disagreements(root: Path) -> list[str]:
    """Return a sentence for everything on which the files below ``root`` disagree."""
    text = {name: (root / name).read_text(encoding="utf-8") for name in FILES}
    wanted, exact = requirements(root), pins(text["constraints.txt"])
    conda = dict(re.findall(r"^  - ([\w-]+)=([^=\s]+)(?:=\S+)?$", text["environment.yml"], re.M))
    python = conda.pop("python", "none")
    found = []
    for name, want in wanted.items():
        if name not in exact:
            found.append(f"constraints.txt lacks {name}")
            continue
        floor, have = numbers(want[2:]), numbers(exact[name])
        if (want.startswith("==") and have[: len(floor)] != floor) or have < floor:
            found.append(f"constraints.txt has {name} {exact[name]}, pyproject.toml wants {want}")
        if name in NOT_IN_CONDA:
            continue
        in_conda = conda.pop(CONDA_NAMES.get(name, name), "none")
        if in_conda != ".".join(exact[name].split(".")[: CONDA_NUMBERS.get(name)]):
            found.append(f"environment.yml has {name} {in_conda}, constraints.txt {exact[name]}")
        if want.startswith(">=") and in_conda != "none" and numbers(in_conda) < floor:
            found.append(
                f"environment.yml has {name} {in_conda}, below pyproject.toml: pip would install it again"
            )
    found += [f"environment.yml has {name}, which pyproject.toml does not ask for" for name in conda]
    found += [
        f"constraints.txt must hold {n} {v}" for n, v in HELD.items() if not exact.get(n, "").startswith(v)
    ]
    binder = pins(text[".binder/requirements.txt"])
    found += [
        f".binder/requirements.txt has {name} {version}, constraints.txt {exact.get(name)}"
        for name, version in binder.items()
        if version.removesuffix("+cpu") != exact.get(name)
    ]
    project = tomllib.loads(text["pyproject.toml"])
    needed = {re.split("[=>]", line)[0] for line in project["project"]["dependencies"]}
    found += [
        f".binder/requirements.txt lacks {n}"
        for n in sorted(needed - {"jupyterlab", "ipykernel"} - {*binder})
    ]
    makefile = re.search(r"^TORCH_VERSION := (\S+)$", text["Makefile"], re.M)
    if makefile is None or makefile[1] != exact.get("torch"):
        found.append(f"Makefile has torch {makefile and makefile[1]}, constraints.txt {exact.get('torch')}")
    pythons = {
        "pyproject.toml, requires-python": project["project"]["requires-python"].removeprefix(">="),
        "pyproject.toml, mypy": project["tool"]["mypy"]["python_version"],
        "pyproject.toml, ruff": project["tool"]["ruff"]["target-version"].replace("py3", "3."),
        "environment.yml": python,
        ".binder/runtime.txt": text[".binder/runtime.txt"].strip().removeprefix("python-"),
        "Makefile": ".".join(re.findall(r"sys\.version_info < \((\d+), (\d+)\)", text["Makefile"])[0]),
        "test.yml": (
            re.findall(r'python-version: "([\d.]+)"', text[".github/workflows/test.yml"]) or ["none"]
        )[0],
    }
    oldest = ".".join(map(str, OLDEST_PYTHON))
    found += [
        f"{place} has Python {version}, the doctor {oldest}"
        for place, version in pythons.items()
        if version != oldest
    ]
    return found


def test_all_files_name_the_same_versions() -> None:
    assert disagreements(ROOT) == []


def test_conda_and_binder_install_the_package_and_bring_no_second_copy() -> None:
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    assert lines[-2:] == ["  - pip:", "      - -e ."]
    assert "pip install --no-deps -e ." in (ROOT / ".binder/postBuild").read_text(encoding="utf-8")
