"""One set of versions, wherever it is written: for pip, conda, Binder, make, CI and the doctor."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

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


CHANGES = """
constraints.txt | numpy==2.4.6 | numpy==1.26.4 | constraints.txt has numpy 1.26.4, pyproject.toml wants >=2.0
constraints.txt | torch==2.13.0 | # no torch | constraints.txt lacks torch
constraints.txt | torch==2.13.0 | torch==2.14.0 | Makefile has torch 2.13.0, constraints.txt 2.14.0
constraints.txt | nbval==0.11.0 | nbval==0.11.1 | constraints.txt must hold nbval 0.11.0
constraints.txt | nbval==0.11.0 | nbval==0.12.0 | has nbval 0.12.0, pyproject.toml wants ==0.11.*
pyproject.toml | "scipy>=1.14" | "zzz>=1" | environment.yml has scipy, which pyproject.toml does not ask for
pyproject.toml | requires-python = ">=3.11" | requires-python = ">=3.12" | requires-python has Python 3.12
environment.yml | - pillow=13.0.0 | # no pillow | environment.yml has pillow none, constraints.txt 13.0.0
environment.yml | py-opencv=5.0.0 | py-opencv=4.9.0 | below pyproject.toml: pip would install it again
.binder/requirements.txt | numpy==2.4.6 | numpy==2.4.5 | has numpy 2.4.5, constraints.txt 2.4.6
.binder/requirements.txt | pillow==13.0.0 | # no pillow | .binder/requirements.txt lacks pillow
.binder/runtime.txt | 3.11 | 3.10 | .binder/runtime.txt has Python 3.10, the doctor 3.11
Makefile | (3, 11) | (3, 10) | Makefile has Python 3.10
.github/workflows/test.yml | "3.11" | "3.13" | test.yml has Python 3.13
"""


@pytest.mark.parametrize("change", CHANGES.strip().splitlines())
def test_a_change_in_one_file_is_named(tmp_path: Path, change: str) -> None:
    name, old, new, sentence = change.split(" | ")
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")
    assert any(sentence in each for each in disagreements(tmp_path)), disagreements(tmp_path)


def test_conda_and_binder_install_the_package_and_bring_no_second_copy() -> None:
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    assert lines[-2:] == ["  - pip:", "      - -e ."]
    assert "pip install --no-deps -e ." in (ROOT / ".binder/postBuild").read_text(encoding="utf-8")
