"""Every exercise knows right answers from wrong ones, and tells each wrong one something of its own."""

import re
import sys
from importlib import import_module
from typing import get_args

import numpy as np
import pytest
import torch

from coursekit import filters, reference
from coursekit.exercises import LESSONS, lesson
from coursekit.exercises.engine import UNREADABLE, Kind

EXERCISES = [exercise for number in LESSONS for exercise in lesson(number).progress.exercises]
CASES = {number: import_module(f"cases_{number}").CASES for number in LESSONS}

every = pytest.mark.parametrize(
    "exercise", EXERCISES, ids=lambda exercise: f"{exercise.label}-{exercise.name}"
)


def case_of(exercise):
    found = CASES[exercise.lesson].get(exercise.name)
    assert found, f"exercise {exercise.label} has no Case {exercise.name!r} in cases_{exercise.lesson}.py"
    return found


def shown(answer):
    return " ".join(repr(answer).split())[:80]


def run(exercise, code):
    """What the name of the answer stands for after this code, in a lesson that has imported the usual."""
    scope = {"np": np, "filters": filters, "reference": reference, "torch": torch, "nn": torch.nn}
    exec(compile(code, "solution", "exec"), scope)
    return scope[exercise.variable]


# What no exercise wants; a function is called with whatever the exercise gives it.
BAD = {
    "text": "text",
    "bytes": b"text",
    "true": True,
    "complex": 3 + 4j,
    "bool array": np.ones((4, 4), dtype=bool),
    "object array": np.array([{}, []], dtype=object),
    "NaN": float("nan"),
    "NaN array": np.full((4, 4), np.nan),
    "no value at all": np.zeros((0, 4)),
    "pairs, but none": np.zeros((0, 2)),
    "wrong shape": np.ones((2, 7, 1, 3, 2)),
    "ragged list": [[1, 2], [3]],
    "list": ["a", "b"],
    "empty list": [],
    "dict": {"a": 1},
    "class": dict,
    "builtin": len,
    "module": np,
    "very large number": 10**5000,
    "very large numbers": [10**5000, 1],
    "large fraction": 1e308,
    "negative": -1,
    "list with None": [1, None],
    "letter of another alphabet": "\N{CYRILLIC CAPITAL LETTER VE}",
    "tensor": torch.full((3, 3), 0.37),
    "small tensor": torch.full((3, 3), 0.37).bfloat16(),
    "layer": torch.nn.ReLU(),
    "class of a layer": torch.nn.ReLU,
    "function without arguments": lambda: 1,
    "function that raises": lambda *arguments: 1 / 0,
    "function that exits": lambda *arguments: sys.exit(),
    "function that returns None": lambda *arguments: print(end=""),
    "function that returns a list with None": lambda *arguments: [None, 1],
    "function that returns a text": lambda *arguments: "text",
    "function that returns NaN": lambda *arguments: float("nan"),
    "function that returns 1e308": lambda *arguments: 1e308,
    "function that returns its input": lambda *arguments: arguments[0],
    "function that returns another shape": lambda *arguments: np.ones((2, 7, 1, 3, 2)),
    "function that returns a ragged list": lambda *arguments: [[1, 2], [3]],
    "function that returns a tensor": lambda *arguments: torch.full((3, 3), 0.37),
    "function that returns tensors": lambda *arguments: [torch.ones(2)] * 2,
    "function that returns a layer": lambda *arguments: torch.nn.ReLU(),
}


@every
def test_right_answers_are_right(exercise):
    right = case_of(exercise).right
    assert len(right) >= 2, f"{exercise.label}: two right answers, written differently"
    for answer in [*right, run(exercise, exercise.answer)]:
        feedback = exercise.check(answer)
        assert feedback.state == "right", f"{shown(answer)}: {feedback!r}"
        assert len(feedback.text) > 20, f"{exercise.label} says too little: {feedback!r}"


@every
def test_wrong_answers_are_told_what_differs(exercise):
    told = set()
    for answer, part in case_of(exercise).wrong:
        feedback = exercise.check(answer)
        assert feedback.state == "wrong", f"{shown(answer)}: {feedback!r}"
        assert UNREADABLE not in feedback.text, f"{shown(answer)}: {feedback!r}"
        assert part.lower() in feedback.text.lower(), f"{shown(answer)}: {feedback!r} lacks {part!r}"
        told.add(feedback.text)
    assert len(told) >= 3, f"{exercise.label}: three wrong answers that a learner would give, each told apart"


@every
def test_a_blank_is_not_answered_yet(exercise):
    for answer in (..., None, run(exercise, exercise.blank)):
        feedback = exercise.check(answer)
        assert feedback.state == "blank", f"{exercise.label}, {shown(answer)}: {feedback!r}"


@every
def test_whatever_comes_gets_a_sentence(exercise):
    for name, bad in BAD.items():
        feedback = exercise.check(bad)
        assert feedback.state in {"wrong", "blank"}, f"{name}: {feedback!r}"
        assert UNREADABLE not in feedback.text, f"{name}: {feedback!r}"
        assert re.search(r"[.!?`)]$", feedback.text), f"{name}: this does not end its sentence: {feedback!r}"
        assert len(feedback.text) < 500, f"{name}: {feedback!r}"


@every
def test_neither_question_nor_hints_give_the_answer_away(exercise):
    kept = [line.strip() for line in _without_comments(exercise.blank).splitlines()]
    lines = [line.strip() for line in _without_comments(exercise.answer).splitlines()]
    secret = [re.sub(r"^my_\w+ = ", "", line) for line in lines if line and line not in kept]
    assert secret, f"{exercise.label}: its solution is its blank"
    for told in (exercise.question, *exercise.hints):
        assert max(secret, key=len) not in told, f"{exercise.label} tells its solution: {told}"
    value = re.fullmatch(r"\w+ = ([\d.()\[\], \-*+/]+)", " ".join(lines))
    if value and exercise.kind == "predict":
        numbers = set(re.findall(r"\d+(?:\.\d+)?", str(eval(value[1]))))
        for hint in exercise.hints:
            in_hint = set(re.findall(r"\d+(?:\.\d+)?", hint.replace(",", "")))
            assert not numbers <= in_hint, f"{exercise.label}: a hint holds the answer: {hint}"


@every
def test_an_exercise_is_complete(exercise):
    module = lesson(exercise.lesson)
    assert getattr(module, exercise.name) is exercise, "another one below has the same name"
    assert exercise.name in module.__all__
    assert exercise.kind in get_args(Kind)
    assert len(set(exercise.hints)) in (2, 3)
    assert 1 <= exercise.points <= 3
    assert exercise.why.endswith(".")
    assert "..." in exercise.blank
    assert "#" in exercise.answer, "a comment says why"
    assert len(exercise.answer.splitlines()) <= 18, (
        "the cell of a solution has at most 20 lines with its check"
    )
    if exercise.kind == "explain":
        assert len(re.findall(r"(?m)^- \*\*[A-D][.:]?\*\*", exercise.question)) >= 3, exercise.question


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_has_different_exercises_and_ends_with_an_open_one(number):
    exercises = lesson(number).progress.exercises
    kinds = [exercise.kind for exercise in exercises]
    assert kinds.index("stretch") == len(exercises) - 1
    assert len(set(kinds)) >= 3
    assert set(CASES[number]) == {exercise.name for exercise in exercises}, "cases and exercises differ"


def _without_comments(code):
    return re.sub(r"(?m)\s*#.*$", "", code).strip()


@pytest.mark.parametrize(("number", "name", "size"), [(2, "diagonal", 4), (2, "corner", 3), (2, "corner", 4)])
def test_chance_answers_fail(number, name, size):
    """Of 200 random kernels whose weights add up to 0, at most ten pass."""
    random = np.random.default_rng(size)
    kernels = random.normal(size=(200, size, size))
    kernels -= kernels.mean(axis=(1, 2), keepdims=True)
    exercise = getattr(lesson(number), name)
    assert sum(exercise.check(kernel).state == "right" for kernel in kernels) <= 10
