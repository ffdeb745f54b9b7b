"""The frame of the benchmarks; what things cost is no test."""

import json

import pytest

from benchmarks.pictures import photograph_maps, subplots
from benchmarks.startup import lesson_cells
from benchmarks.table import Row, in_turn, run


def test_a_goal_is_about_the_ratio_or_without_one_about_the_cost():
    assert Row("a", 5, 100, "ms", 0.05).reached
    assert not Row("a", 6, 100, "ms", 0.05).reached
    assert Row("a", 50, None, "ms", 50).reached
    assert not Row("a", 51, None, "ms", 50).reached
    assert Row("a", 900, 1, "ms", None).reached


def test_functions_are_timed_in_turn_after_one_call_each():
    calls = []
    times = in_turn(lambda: calls.append("ours"), lambda: calls.append("theirs"), rounds=2)
    assert calls == ["ours", "theirs"] * 3
    assert min(times) >= 0


@pytest.mark.parametrize(("cost", "code"), [(4, 0), (40, 1)])
def test_the_table_is_printed_and_written_and_a_missed_goal_is_an_error(cost, code, tmp_path, capsys):
    file = tmp_path / "costs.json"
    assert run([lambda: [Row("two maps", cost, 100, "ms", 0.05)]], ["--json", str(file)]) == code
    printed = capsys.readouterr()
    assert (
        printed.out.splitlines()[1].split() == f"two maps {cost} ms 100 ms {cost / 100:.3f} <= 0.05".split()
    )
    assert ("two maps" in printed.err) == bool(code)
    assert json.loads(file.read_text(encoding="utf-8"))[0]["ours"] == cost


def test_what_is_measured_is_what_it_says():
    import numpy as np

    assert photograph_maps(np.random.default_rng(0)).shape == (48, 213, 388)
    assert subplots(np.zeros((2, 3, 3))).startswith(b"\x89PNG")
    cells = lesson_cells()
    assert "import" in cells[0]
    assert "show_image" in cells[-1]
