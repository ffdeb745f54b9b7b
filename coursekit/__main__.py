"""The commands of the course: `python -m coursekit` lists them.

It keeps to the syntax of Python 3.8, so that the doctor can tell you when your Python is too old.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

# Name: the module whose main(arguments) returns the exit status, and what the command does. A module is only
# imported when its command is called.
COMMANDS = {
    "doctor": ("coursekit.doctor", "find what stops the course on this computer, and say how to fix it"),
    "fetch-vgg": ("coursekit.models.weights", "fetch VGG16's ImageNet weights: one layer, some, or all"),
}


def main(arguments: Sequence[str]) -> int:
    """Run a command, or list them all; return the exit status, 2 for a command that doesn't exist."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print("python -m coursekit COMMAND\n")
        for name, (_, purpose) in COMMANDS.items():
            print(f"  {name:<12} {purpose}")
        return 0
    name, rest = arguments[0], arguments[1:]
    if name not in COMMANDS:
        commands = ", ".join(COMMANDS)
        print(f"There is no command {name!r}. The commands are: {commands}.", file=sys.stderr)
        return 2
    status = importlib.import_module(COMMANDS[name][0]).main(rest)
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
