"""Says what stops the course on this computer, and how to mend it: ``python -m coursekit doctor``.

Like ``coursekit.situation``, it needs the standard library only and keeps to the syntax of Python 3.8.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from typing import List, Sequence, Tuple

from coursekit.situation import OLDEST_PYTHON, PACKAGES, PYTHON_IN_ENVIRONMENT, Situation, look

__all__ = ["Finding", "examine", "main"]

_LIBRARIES = (
    "Debian, Ubuntu: sudo apt-get install libgl1 libglib2.0-0; Fedora: sudo dnf install mesa-libGL glib2"
)
_DATA = "git checkout -- data, or clone the course again"


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes:
        level: ``"ok"``; ``"note"``, the course runs all the same; or ``"stop"``.
        what: what was found.
        mend: what to do about it; empty for ``"ok"``.
    """

    level: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        """Return the line as it is printed, with the way to mend it below."""
        mark = "STOP" if self.level == "stop" else self.level
        return f"{mark:<5} {self.what}" + (f"\n      mend: {self.mend}" if self.mend else "")


def examine(seen: Situation) -> List[Finding]:
    """Judge what was seen.

    Args:
        seen: what ``situation.look`` returned, or what a test made up.

    Returns:
        The findings, in the order in which they are best mended.

    Example:
        >>> all(finding.level == "ok" for finding in examine(Situation()))
        True
        >>> print(examine(Situation(python=(3, 9, 18)))[0].what)
        Python 3.9.18 is too old: the course needs 3.11 or newer
    """
    findings = [_python(seen), _repository(seen), _environment(seen)]
    if seen.python < OLDEST_PYTHON:
        # Another Python has its own packages: nothing below would be about the one that will run the course.
        return findings
    findings += [_package(seen, name, oldest) for name, (_, oldest) in PACKAGES.items()]
    if seen.installed["opencv-python"] is not None:
        findings.append(_opencv(seen))
    if seen.torch_cuda:
        findings.append(_torch(seen))
    # What belongs to a package that is missing comes with it, and is not worth a line of its own.
    findings += [
        _extension(seen, name) for name in seen.missing_extensions if seen.installed[name] is not None
    ]
    if seen.installed["ipykernel"] is not None:
        findings.append(_kernel(seen))
    findings += [Finding("stop", sentence, _DATA) for sentence in seen.damaged]
    return findings


def main(arguments: Sequence[str] = ()) -> int:
    """Print the report of this computer.

    Args:
        arguments: none are known.

    Returns:
        The exit status: 0, 1 if something stops the course, 2 if an argument was given.
    """
    if arguments:
        print(f"The doctor takes no arguments, but got: {' '.join(arguments)}", file=sys.stderr)
        return 2
    findings = examine(look())
    encoding = sys.stdout.encoding or "utf-8"
    for finding in findings:
        # A path may hold letters that a Windows console cannot print.
        print(str(finding).encode(encoding, "backslashreplace").decode(encoding))
    stops = sum(finding.level == "stop" for finding in findings)
    print(f"\nThings that stop the course: {stops}." if stops else "\nNothing stops the course.")
    return 1 if stops else 0


def _setup(seen: Situation) -> str:
    """Return what brings the packages."""
    if seen.conda:
        return "conda env update -f environment.yml"
    if _elsewhere(seen):
        return f'use the environment of the course: "{_own_python(seen)}"'
    return "make setup"


def _elsewhere(seen: Situation) -> bool:
    return seen.own_environment is not None and not seen.conda and seen.prefix != seen.own_environment


def _own_python(seen: Situation) -> str:
    return str((seen.own_environment or seen.root) / PYTHON_IN_ENVIRONMENT)


def _python(seen: Situation) -> Finding:
    version, oldest = _dotted(seen.python), _dotted(OLDEST_PYTHON)
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
        f"the package is in {seen.root}, without {missing}: lessons and pictures are only in the repository",
        "clone the course, and in its folder: make setup",
    )


def _environment(seen: Situation) -> Finding:
    if not _elsewhere(seen):
        return Finding("ok", f"environment: {seen.prefix}")
    return Finding(
        "note",
        f"this Python belongs to {seen.prefix}, not to the environment of the course",
        f'"{_own_python(seen)}" -m coursekit doctor',
    )


def _package(seen: Situation, name: str, oldest: str) -> Finding:
    version = seen.installed[name]
    if version is None:
        return Finding("stop", f"{name} is missing; the course needs {oldest} or newer", _setup(seen))
    if version and _release(version) < _release(oldest):
        return Finding(
            "stop", f"{name} {version} is too old; the course needs {oldest} or newer", _setup(seen)
        )
    return Finding("ok", f"{name} {version or '(it does not say which version)'}")


def _opencv(seen: Situation) -> Finding:
    if not seen.opencv_error:
        return Finding("ok", "OpenCV can be imported")
    what = f"OpenCV is installed, but cannot be imported: {seen.opencv_error}"
    # These belong to the system, so no package for Python brings them.
    if re.search(r"lib(GL|glib|gthread)", seen.opencv_error):
        return Finding("stop", what, _LIBRARIES)
    return Finding("stop", what, _again(seen, "opencv-python"))


def _torch(seen: Situation) -> Finding:
    return Finding(
        "note",
        f"torch is the build for CUDA {seen.torch_cuda}; it works, but takes several GB that no lesson uses",
        "to get the space back: make clean setup",
    )


def _extension(seen: Situation, name: str) -> Finding:
    package = "jupyterlab_widgets" if name == "ipywidgets" else name
    return Finding(
        "stop",
        f"JupyterLab has no extension of {name}, so nothing interactive will show",
        f"{_again(seen, package)}; then start JupyterLab again",
    )


def _again(seen: Situation, package: str) -> str:
    return f'"{seen.executable}" -m pip install --force-reinstall --no-deps -c constraints.txt {package}'


def _kernel(seen: Situation) -> Finding:
    write = f'"{seen.executable}" -m ipykernel install --sys-prefix'
    if seen.kernel is None:
        return Finding("note", "no kernel python3 is written down; JupyterLab will make its own", write)
    if not os.path.isabs(seen.kernel):
        # Jupyter replaces a bare "python" by the Python that it runs with.
        return Finding("ok", "Jupyter's kernel python3 is this Python")
    if not os.path.exists(seen.kernel):
        return Finding("stop", f"Jupyter's kernel python3 starts {seen.kernel}, which is not there", write)
    if not os.path.samefile(os.path.dirname(seen.kernel), os.path.dirname(seen.executable)):
        return Finding("stop", f"Jupyter's kernel python3 starts another Python: {seen.kernel}", write)
    return Finding("ok", "Jupyter's kernel python3 is this Python")


def _dotted(numbers: Tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


def _release(version: str) -> Tuple[int, ...]:
    """Return the release numbers: (2, 13) for "2.13.0+cpu", so that 2.13 and 2.13.0 are equal."""
    numbers = [int(part) for part in re.findall(r"\d+", re.split(r"[^\d.]", version)[0])]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
