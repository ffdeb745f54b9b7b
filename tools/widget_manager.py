"""Fetch the widget manager that exported notebooks load from the network, for the test that runs them.

    python -m tools.widget_manager .venv/pages

Only that test needs it; without npm it can't be fetched, and the test says so.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.files import replace

__all__ = ["FILES", "bring", "main"]

# Package and version, the file in it that a page loads, and its name here.
FILES = (
    ("@jupyter-widgets/html-manager@1.0.14", "package/dist/embed-amd.js", "embed-amd.js"),
    ("requirejs@2.3.7", "package/require.js", "require.js"),
)


def bring(folder: Path) -> None:
    """Fetch the files with npm, each completely or not at all; those already there aren't fetched again.

    Args:
        folder: Where they go; it is created if needed.

    Raises:
        FileNotFoundError: There is no npm.
        subprocess.CalledProcessError: A package couldn't be fetched.
        KeyError: A package lacks its file.
    """
    for package, member, name in FILES:
        if (folder / name).is_file():
            continue
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError("npm is not installed")
        with tempfile.TemporaryDirectory() as temporary:
            # Without a network, don't keep people waiting who want to test something else.
            command = [npm, "pack", package, "--silent", "--fetch-retries=1", "--fetch-timeout=20000"]
            subprocess.run(command, cwd=temporary, check=True, stdout=subprocess.DEVNULL)
            (archive,) = Path(temporary).glob("*.tgz")
            with tarfile.open(archive) as packed:
                found = packed.extractfile(member)
                if found is None:
                    raise FileNotFoundError(f"{package} has no file {member}")
                replace(folder / name, found.read())


def main(arguments: list[str] | None = None) -> int:
    """Fetch the files, or say why they aren't there; only one test will miss them."""
    parser = argparse.ArgumentParser(prog="python -m tools.widget_manager", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    try:
        bring(folder)
    except (OSError, KeyError, subprocess.CalledProcessError) as error:
        print(f"The widget manager is missing; one test needs it: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
