"""The command line: `python -m tools.editions place`, `solutions`, `slides` and `assignments`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.editions.assignments import CONFIG, assignment, config, points
from tools.editions.placing import place, placed, read
from tools.editions.reveal import RevealError
from tools.editions.section import PlaceError, exercises_of, lesson_number
from tools.editions.slides import index, slides, title_of
from tools.editions.solutions import NotRightError, executed_solutions
from tools.files import replace
from tools.notebooks import NormaliseError, NotebookError, to_bytes
from tools.notebooks.__main__ import find


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.editions", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, words) in COMMANDS.items():
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument(
            "paths", nargs="*", type=Path, help="notebooks or folders (default: all lessons)"
        )
        command.set_defaults(to=Path("build", name))
        if name != "place":
            command.add_argument("--to", type=Path, help="the folder to write to (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        paths = find(options.paths)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    run, _ = COMMANDS[options.command]
    failed = 0
    for path in paths:
        try:
            print(f"{path}: {run(path, options.to)}", flush=True)
        except (PlaceError, NotRightError, NotebookError, NormaliseError, RevealError) as error:
            print(error, file=sys.stderr, flush=True)
            failed += 1
    if options.command == "slides" and not failed:
        titles = [(f"{path.stem}.html", title_of(read(path))) for path in paths]
        replace(options.to / "index.html", index(titles).encode())
    if options.command == "assignments":
        replace(options.to / CONFIG, config().encode())
    return 1 if failed else 0


def _place(path: Path, folder: Path) -> str:
    return (
        f"exercises put in; now run: python -m tools.notebooks write {path}" if place(path) else "unchanged"
    )


def _solutions(path: Path, folder: Path) -> str:
    exercises = exercises_of(lesson_number(path.name))
    lesson = placed(read(path), exercises, name=path.name)
    solved = executed_solutions(lesson, exercises, path.resolve().parent, name=path.name)
    replace(folder / path.name, to_bytes(solved))
    return f"{len(exercises)} solutions, all right, in {folder / path.name}"


def _slides(path: Path, folder: Path) -> str:
    page = slides(read(path))
    replace(folder / f"{path.stem}.html", page.encode("utf-8"))
    slide_count = page.count('<div class="page')
    return f"{slide_count} slides in {folder / path.stem}.html"


def _assignment(path: Path, folder: Path) -> str:
    exercises = exercises_of(lesson_number(path.name))
    made = assignment(read(path), exercises, name=path.name)
    target = folder / "source" / path.stem / path.name
    replace(target, to_bytes(made))
    return f"{len(exercises)} exercises, {points(exercises)} points, in {target}"


COMMANDS = {
    "place": (
        _place,
        "put the exercises and the slide types into the notebooks; then execute them: make notebooks",
    ),
    "solutions": (_solutions, "write each lesson with its solutions, executed"),
    "slides": (_slides, "write each lesson as slides"),
    "assignments": (_assignment, "write each lesson for nbgrader"),
}


if __name__ == "__main__":
    raise SystemExit(main())
