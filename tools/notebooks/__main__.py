"""The command line: `python -m tools.notebooks write` and `python -m tools.notebooks check`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.notebooks import LESSONS, NormaliseError, NotebookError, check_file, write


def find(paths: Sequence[Path]) -> list[Path]:
    """List the notebooks: files as given, the lessons in folders, or all lessons if none is named.

    Other notebooks in a folder are left out, and listed on stderr.

    Raises:
        FileNotFoundError: There is nothing at a path.
    """
    found: list[Path] = []
    for path in paths or LESSONS:
        if not path.exists():
            raise FileNotFoundError(f"There is no notebook or folder {path}.")
        inside = sorted(path.glob("*.ipynb"))
        lessons = [each for each in inside if each.name in {lesson.name for lesson in LESSONS}]
        found += lessons if path.is_dir() else [path]
        if others := [each.name for each in inside if each not in lessons]:
            print(f"Left out, because no lesson has this name: {', '.join(others)}", file=sys.stderr)
    here = Path.cwd()
    return [path.relative_to(here) if path.is_relative_to(here) else path for path in found]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.notebooks", description="Execute and check the lessons."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (
        ("write", "execute notebooks and store them normalised"),
        ("check", "say which rules notebooks break, without executing or changing anything"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument(
            "paths", nargs="*", type=Path, help="notebooks or folders (default: all lessons)"
        )
    options = parser.parse_args(arguments)
    try:
        paths = find(options.paths)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    if options.command == "check":
        problems = [problem for path in paths for problem in check_file(path)]
        for problem in problems:
            print(problem)
        print(f"{len(paths)} notebooks, {len(problems)} problems")
        return 1 if problems else 0
    failed = 0
    for path in paths:
        try:
            print(f"{path}: {'written' if write(path) else 'unchanged'}", flush=True)
        except (NotebookError, NormaliseError) as error:
            print(error, file=sys.stderr, flush=True)
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
