"""Bring the widget manager that exported notebooks load from the network, for the test that shows them alive.

    python -m tools.widget_manager .venv/pages

It is needed by that test alone; without npm it is not brought, and the test says so.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

__all__ = ["FILES", "bring", "main"]

# Package and version, the file in it that a page loads, and what it is called here.
FILES = (
    ("@jupyter-widgets/html-manager@1.0.14", "package/dist/embed-amd.js", "embed-amd.js"),
    ("requirejs@2.3.7", "package/require.js", "require.js"),
)


def bring(folder: Path) -> list[Path]:
    """Fetch the files with npm, whole or not at all.

    Args:
        folder: Where they go; it is made.

    Returns:
        Their paths. What is there already is not fetched again.

    Raises:
        FileNotFoundError: There is no npm.
        subprocess.CalledProcessError: A package could not be fetched.
    """
    npm = shutil.which("npm")
    paths = [folder / name for _, _, name in FILES]
    for (package, member, _), path in zip(FILES, paths, strict=True):
        if path.is_file():
            continue
        if npm is None:
            raise FileNotFoundError("npm is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as temporary:
            # Without a network it shall not keep those waiting who want to test something else.
            command = [npm, "pack", package, "--silent", "--fetch-retries=1", "--fetch-timeout=20000"]
            command += ["--pack-destination", temporary]
            subprocess.run(command, cwd=temporary, check=True, stdout=subprocess.DEVNULL)
            (archive,) = Path(temporary).glob("*.tgz")
            with tarfile.open(archive) as packed:
                found = packed.extractfile(member)
                if found is None:
                    raise FileNotFoundError(f"{package} has no file {member}")
                part = path.with_suffix(".part")
                part.write_bytes(found.read())
            part.replace(path)
    return paths


def main(arguments: list[str] | None = None) -> int:
    """Bring the files, or say why they are not there; only one test misses them."""
    parser = argparse.ArgumentParser(prog="python -m tools.widget_manager", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    try:
        bring(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"The widget manager is missing, one test needs it: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
