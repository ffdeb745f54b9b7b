"""What the tests of the editions share: exercises that need no package, and a small lesson around them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.notebooks import LESSONS

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)

IMPORT = "from coursekit.exercises import lesson_2 as exercises"
# Stands for `coursekit.exercises` inside a kernel.
STAND_IN = """\
from coursekit.exercises import lesson_2 as exercises

class Check:
    def __init__(self, label, judge):
        self.label, self.judge = label, judge

    def check(self, answer):
        if answer is ... or self.judge(answer) is ...:
            return Words(f"… {self.label} not answered yet")
        return Words(f"✓ {self.label} right: yes" if self.judge(answer) else f"✗ {self.label} not yet: no")

class Words(str):
    __repr__ = str.__str__
    state = property(lambda self: "right" if self[0] == "✓" else "wrong")

class exercises:
    size = Check("2.1", lambda answer: answer == 3)
    double = Check("2.2", lambda answer: answer(2) if answer(2) is ... else answer(2) == 4)
    progress = staticmethod(lambda: Words("✓ all right"))
"""


def changed(exercise, **more):
    """The same exercise with some other parts."""
    return SimpleNamespace(**(vars(exercise) | more))


SIZE = SimpleNamespace(
    lesson=2,
    number=1,
    points=1,
    label="2.1",
    name="size",
    title="Size",
    question="How large is it?",
    variable="my_size",
    blank="my_size = ...  # a number",
    answer="my_size = 3  # one and two",
    call="exercises.size.check(my_size)",
)
DOUBLE = changed(
    SIZE,
    number=2,
    points=2,
    label="2.2",
    name="double",
    title="Twice",
    question="Write a function that doubles.",
    variable="double",
    blank="def double(x):\n    return ...",
    answer="def double(x):\n    return x + x  # twice",
    call="exercises.double.check(double)",
)
EXERCISES = (SIZE, DOUBLE)


def small_lesson():
    """Build a lesson with old prompts in its section of exercises."""
    return new_notebook(
        cells=[
            new_markdown_cell("# Lesson 2 · Small\n\nIt is small.", id="title"),
            new_code_cell(IMPORT, id="imports"),
            new_markdown_cell("## 1 · One\n\nText.\n\n**Predict** it.", id="one"),
            new_code_cell("print(1 + 1)", id="sum"),
            new_markdown_cell("## Exercises\n\n1. Old prompt.", id="old"),
            new_code_cell("mine = ...", id="old-blank"),
            new_markdown_cell("## Summary\n\nIt was small.", id="summary"),
        ]
    )


def cells_of(notebook):
    """The cells of a notebook by their ids."""
    return {cell.id: cell for cell in notebook.cells}
