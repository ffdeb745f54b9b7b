"""Run nbval over a folder of notebooks as a learner's CI would, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SANITISER = Path(__file__).with_name("nbval_sanitize.cfg")


def run_nbval(folder, *options, cell_timeout=180):
    """Return the ended process; `options` are further ones of pytest's."""
    # A settings file of its own: those of the course's tests do not count there.
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    command += [f"--nbval-sanitize-with={SANITISER}", f"--nbval-cell-timeout={cell_timeout}", *options, "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
