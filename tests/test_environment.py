"""One set of versions, wherever it is written: for pip, conda, Binder, make, CI and the doctor."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from coursekit.doctor import OLDEST_PYTHON

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
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
NOT_IN_CONDA = {
    "playwright",
    "axe-playwright-python",
    "pyreveal",
    "latex2mathml",
    "nbgrader",
    "notebook",
    "resvg-py",
}
# Held at one version for a reason that stands beside them in pyproject.toml.
HELD = {"nbval": "0.11.0", "jsonschema": "4.24."}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.removesuffix(".*").split("."))


def asked(lines: list[str]) -> dict[str, str]:
    """Return what lines of pyproject.toml ask for: each name and ``">=..."`` or ``"==..."``."""
    return {name: line.removeprefix(name) for line in lines for name in re.findall(r"^[\w-]+", line)}


def pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==(\S+)$", read(name), re.M)
    return {package.lower().replace("_", "-"): version for package, version in found}


NEEDED = asked(PROJECT["project"]["dependencies"])
WANTED = NEEDED | asked([*chain(*PROJECT["project"]["optional-dependencies"].values())])
EXACT = pins("constraints.txt")
CONDA = dict(re.findall(r"^  - ([\w-]+)=([^=\s]+)(?:=\S+)?$", read("environment.yml"), re.M))


@pytest.mark.parametrize("name", WANTED)
def test_constraints_and_conda_have_what_the_project_asks_for(name: str) -> None:
    floor, have = numbers(WANTED[name][2:]), numbers(EXACT[name])
    assert have >= floor
    assert WANTED[name].startswith(">=") or have[: len(floor)] == floor
    if name not in NOT_IN_CONDA:
        in_conda = CONDA[CONDA_NAMES.get(name, name)]
        assert in_conda == ".".join(EXACT[name].split(".")[: CONDA_NUMBERS.get(name)])
        # Below it, pip would install the package again.
        assert WANTED[name].startswith("==") or numbers(in_conda) >= floor


def test_conda_has_nothing_else() -> None:
    assert {*CONDA} == {"python"} | {CONDA_NAMES.get(name, name) for name in {*WANTED} - NOT_IN_CONDA}


@pytest.mark.parametrize(("name", "version"), HELD.items())
def test_what_is_held_stays(name: str, version: str) -> None:
    assert EXACT[name].startswith(version)


@pytest.mark.parametrize(("ci", "result"), [("", "1 skipped"), ("true", "1 error")])
def test_without_what_conda_lacks_tests_in_a_browser_are_skipped_and_others_run(ci, result, tmp_path) -> None:
    missing = "playwright", "axe_playwright_python"
    (tmp_path / "lacks.py").write_text(f"import sys\nfor name in {missing}: sys.modules[name] = None\n")
    tests = "tests/browser", f"{Path(__file__).relative_to(ROOT)}::test_all_files_name_the_oldest_python"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "lacks", "-p", "no:cacheprovider", "-rs", *tests],
        cwd=ROOT,
        env=os.environ | {"CI": ci, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "playwright is not installed" in run.stdout
    assert result in run.stdout.splitlines()[-1]
    assert run.returncode == (2 if ci else 0)


def test_binder_and_make_have_the_same_versions() -> None:
    binder = pins(".binder/requirements.txt")
    assert all(version.removesuffix("+cpu") == EXACT[name] for name, version in binder.items())
    assert {*binder} >= {*NEEDED} - {"jupyterlab", "ipykernel"}
    assert re.findall(r"^TORCH_VERSION := (\S+)$", read("Makefile"), re.M) == [EXACT["torch"]]


def test_all_files_name_the_oldest_python() -> None:
    oldest = ".".join(map(str, OLDEST_PYTHON))
    assert PROJECT["project"]["requires-python"] == f">={oldest}"
    assert PROJECT["tool"]["mypy"]["python_version"] == oldest
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"
    assert CONDA["python"] == oldest
    assert read(".binder/runtime.txt").strip() == f"python-{oldest}"
    assert {*re.findall(r"sys\.version_info < (\(.+?\))", read("Makefile"))} == {str(OLDEST_PYTHON)}
    assert f'python-version: "{oldest}"' in read(".github/workflows/test.yml")


def test_conda_and_binder_install_the_package_and_bring_no_second_copy() -> None:
    lines = read("environment.yml").splitlines()
    assert lines[-2:] == ["  - pip:", "      - -e ."]
    assert "pip install --no-deps -e ." in read(".binder/postBuild")
