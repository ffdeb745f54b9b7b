"""Run every benchmark that is here: `python -m benchmarks`."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module

import benchmarks
from benchmarks.table import run


def main() -> int:
    """Collect `measure` of each module, and run them in the order of their names."""
    names = sorted(found.name for found in pkgutil.iter_modules(benchmarks.__path__))
    modules = [import_module(f"benchmarks.{name}") for name in names if not name.startswith("_")]
    return run([module.measure for module in modules if hasattr(module, "measure")])


if __name__ == "__main__":
    sys.exit(main())
