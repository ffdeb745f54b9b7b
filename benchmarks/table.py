"""Measures two things in turn, and writes down how they compare."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

__all__ = ["Row", "in_turn", "run"]


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes:
        what: What was measured.
        ours: What it costs in this course.
        replaced: What the code it replaces costs, or None for an absolute limit.
        unit: The unit of both, like "ms".
        goal: The most that `ratio` may be (`ours` if there is no `replaced`), or None just to compare.
    """

    what: str
    ours: float
    replaced: float | None
    unit: str
    goal: float | None

    @property
    def ratio(self) -> float | None:
        """Our cost as a fraction of what it replaces."""
        return self.ours / self.replaced if self.replaced else None

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.goal is None or (self.ours if self.ratio is None else self.ratio) <= self.goal


def in_turn(
    ours: Callable[[], object], replaced: Callable[[], object], rounds: int = 5
) -> tuple[float, float]:
    """Time two functions in turn, so that a busy machine slows both, and return the median of each in ms.

    Args:
        ours: Called once beforehand, to load what it needs, and then once per round.
        replaced: The same.
        rounds: How many rounds.
    """
    ours()
    replaced()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for function, times in zip((ours, replaced), taken, strict=True):
            start = perf_counter()
            function()
            times.append(1000 * (perf_counter() - start))
    return median(taken[0]), median(taken[1])


def run(measures: Sequence[Callable[[], list[Row]]], arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table, and with `--json FILE` write it to a file; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description="Measure what things cost, next to what they replace.")
    parser.add_argument("--json", metavar="FILE", help="also write the numbers to this file")
    options = parser.parse_args(arguments)
    print(f"{'what':44} {'ours':>11} {'replaced':>11} {'ratio':>7} {'goal':>11}")
    rows = []
    for measure in measures:
        for row in measure():
            rows.append(row)
            print(_line(row), flush=True)
    if options.json:
        data = [{**asdict(row), "ratio": row.ratio, "reached": row.reached} for row in rows]
        Path(options.json).write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8", newline="\n")
    missed = [row.what for row in rows if not row.reached]
    if missed:
        print(f"missed: {'; '.join(missed)}", file=sys.stderr)
    return int(bool(missed))


def _line(row: Row) -> str:
    replaced = "" if row.replaced is None else f"{row.replaced:.0f} {row.unit}"
    ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
    goal = "" if row.goal is None else f"<= {row.goal:g}{'' if row.replaced else f' {row.unit}'}"
    return f"{row.what:44} {f'{row.ours:.0f} {row.unit}':>11} {replaced:>11} {ratio:>7} {goal:>11}"
