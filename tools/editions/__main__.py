"""The command line: `python -m tools.editions place`, `check`, `solutions`, `slides`, `assignments`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.editions.assignments import CONFIG, assignment, config, points
from tools.editions.placing import differences, place, placed, read
from tools.editions.reveal import RevealError
from tools.editions.section import PlaceError, exercises_of, lesson_number
from tools.editions.slides import index, slides, title_of
from tools.editions.solutions import NotRightError, executed_solutions
from tools.files import replace
from tools.notebooks import NormaliseError, NotebookError, to_bytes
from tools.notebooks.__main__ import find

BUILD = Path("build")
COMMANDS = {
    "place": "put the exercises and the slide types into the notebooks; then execute them: make notebooks",
    "check": "say where notebooks differ from the exercises; nothing is changed",
    "solutions": "write every lesson with its solutions, executed",
    "slides": "write every lesson as slides",
    "assignments": "write every lesson for nbgrader",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.editions", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in COMMANDS.items():
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument(
            "paths", nargs="*", type=Path, help="notebooks or folders; all lessons when left out"
        )
        if name not in ("place", "check"):
            folder = BUILD / name
            command.add_argument("--to", type=Path, default=folder, help=f"the folder; else {folder}")
    options = parser.parse_args(arguments)
    try:
        paths = find(options.paths)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    run: Callable[[Path], str]
    if options.command in ("place", "check"):
        run = _place if options.command == "place" else _check
    else:
        writers = {"solutions": _solutions, "slides": _slides, "assignments": _assignment}
        run = lambda path: writers[options.command](path, options.to)  # noqa: E731
    failed = 0
    for path in paths:
        try:
            print(f"{path}: {run(path)}", flush=True)
        except (PlaceError, NotRightError, NotebookError, NormaliseError, RevealError) as error:
            print(error, file=sys.stderr, flush=True)
            failed += 1
    if options.command == "slides" and not failed:
        titles = [(f"{path.stem}.html", title_of(read(path))) for path in paths]
        replace(options.to / "index.html", index(titles).encode())
    if options.command == "assignments":
        replace(options.to / CONFIG, config().encode())
    return 1 if failed else 0


def _place(path: Path) -> str:
    return "exercises put in; now run: make notebooks" if place(path) else "unchanged"


def _check(path: Path) -> str:
    found = differences(path)
    if found:
        raise PlaceError("\n".join(found))
    return "as the exercises say"


def _solutions(path: Path, folder: Path) -> str:
    exercises = exercises_of(lesson_number(path.name))
    lesson = placed(read(path), exercises, name=path.name)
    solved = executed_solutions(lesson, exercises, path.resolve().parent, name=path.name)
    replace(folder / path.name, to_bytes(solved))
    return f"{len(exercises)} solutions, all right, in {folder / path.name}"


def _slides(path: Path, folder: Path) -> str:
    page = slides(read(path))
    replace(folder / f"{path.stem}.html", page.encode("utf-8"))
    return f"{page.count('<div class=' + chr(34) + 'page')} slides in {folder / path.stem}.html"


def _assignment(path: Path, folder: Path) -> str:
    exercises = exercises_of(lesson_number(path.name))
    made = assignment(read(path), exercises, name=path.name)
    target = folder / "source" / path.stem / path.name
    replace(target, to_bytes(made))
    return f"{len(exercises)} exercises, {points(exercises)} points, in {target}"


if __name__ == "__main__":
    raise SystemExit(main())
