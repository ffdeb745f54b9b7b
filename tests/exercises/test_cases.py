"""Every exercise knows right answers from wrong ones, and tells each wrong one something of its own."""

import ast
import re
import sys
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest

from coursekit import filters, reference
from coursekit.exercises import LESSONS, lesson
from coursekit.exercises.engine import UNREADABLE

MODULES = {number: lesson(number) for number in LESSONS}
EXERCISES = [exercise for module in MODULES.values() for exercise in module.progress.exercises]
CASES = {
    (number, name): case
    for number in LESSONS
    if find_spec(f"cases_{number}")
    for name, case in import_module(f"cases_{number}").CASES.items()
}
# Names that a solution may use here; others belong to the cells of its lesson, and the solved lesson runs it.
SCOPE = {"np", "filters", "reference", "torch", "nn"}

every = pytest.mark.parametrize(
    "exercise", EXERCISES, ids=lambda exercise: f"{exercise.label}-{exercise.name}"
)


def case_of(exercise):
    found = CASES.get((exercise.lesson, exercise.name))
    assert found, f"exercise {exercise.label} has no Case {exercise.name!r} in cases_{exercise.lesson}.py"
    return found


def shown(answer):
    return " ".join(repr(answer).split())[:80]


def run(code, **more):
    scope = {"np": np, "filters": filters, "reference": reference, **more}
    if re.search(r"\b(torch|nn)\b", code):
        import torch

        scope |= {"torch": torch, "nn": torch.nn}
    exec(compile(code, "solution", "exec"), scope)
    return scope


def raises(*arguments):
    return 1 / 0


class Unprintable:
    def __repr__(self):
        raise ValueError("cannot be shown")


BAD = {
    "text": "text",
    "bytes": b"text",
    "true": True,
    "complex": 3 + 4j,
    "complex array": np.full((4, 4), 1j),
    "bool array": np.ones((4, 4), dtype=bool),
    "object array": np.array([{}, []], dtype=object),
    "NaN": float("nan"),
    "infinity": float("inf"),
    "NaN array": np.full((4, 4), np.nan),
    "no value at all": np.zeros((0, 4)),
    "wrong shape": np.ones((2, 7, 1, 3, 2)),
    "ragged list": [[1, 2], [3]],
    "list": ["a", "b"],
    "empty list": [],
    "dict": {"a": 1},
    "set": {1, 2},
    "function that raises": raises,
    "function without arguments": lambda: 1,
    "function that returns a text": lambda *arguments: "text",
    "function that returns NaN": lambda *arguments: float("nan"),
    "function that returns its input": lambda *arguments: arguments[0] if arguments else 0,
    "function that returns another shape": lambda *arguments: np.ones((2, 7, 1, 3, 2)),
    "function that returns a list of lists": lambda *arguments: [[1, 2], [3]],
    "class": dict,
    "builtin": len,
    "module": np,
    "object": object(),
    "large number": 10**400,
    "very large number": 10**5000,
    "very large numbers": [10**5000, 1],
    "large fraction": 1e308,
    "pairs, but none": np.zeros((0, 2)),
    "list with None": [1, None],
    "function that returns None": lambda *arguments: print(end=""),
    "function that returns a list with None": lambda *arguments: [None, 1],
    "function that exits": lambda *arguments: sys.exit(),
    "function that returns 1e308": lambda *arguments: 1e308,
    "letter of another alphabet": "\N{CYRILLIC CAPITAL LETTER VE}",
    "negative": -1,
}


@every
def test_an_exercise_has_enough_cases(exercise):
    case = case_of(exercise)
    assert len(case.right) >= 2, f"{exercise.label}: two right answers, written differently"
    assert len(case.wrong) >= 3, f"{exercise.label}: three wrong answers that a learner would give"


def test_no_case_is_without_its_exercise():
    assert set(CASES) == {(exercise.lesson, exercise.name) for exercise in EXERCISES}


@every
def test_right_answers_are_right(exercise):
    for answer in case_of(exercise).right:
        feedback = exercise.check(answer)
        assert feedback.state == "right", f"{shown(answer)}: {feedback!r}"
        assert len(feedback.text) > 20, f"{exercise.label} says too little: {feedback!r}"


@every
def test_wrong_answers_are_told_what_differs(exercise):
    told = {}
    for answer, part in case_of(exercise).wrong:
        feedback = exercise.check(answer)
        assert feedback.state == "wrong", f"{shown(answer)}: {feedback!r}"
        assert len(part) >= 4
        assert UNREADABLE not in feedback.text, f"{shown(answer)}: {feedback!r}"
        assert part.lower() in feedback.text.lower(), f"{shown(answer)}: {feedback!r} lacks {part!r}"
        told[feedback.text] = answer
    assert len(told) >= 3, f"{exercise.label}: wrong answers get the same sentence"


@every
def test_a_blank_is_not_answered_yet(exercise):
    blank = run(exercise.blank, **_lesson_names(exercise.blank))[exercise.variable]
    for answer in (..., None, blank):
        feedback = exercise.check(answer)
        assert feedback.state == "blank", f"{exercise.label}, {shown(answer)}: {feedback!r}"


@every
@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_whatever_comes_gets_a_sentence(exercise, bad):
    feedback = exercise.check(bad)
    assert feedback.state in {"wrong", "blank"}, f"{exercise.label}: {feedback!r}"
    assert re.search(r"[.!?`)]$", feedback.text), f"{exercise.label} does not end its sentence: {feedback!r}"
    assert "Traceback" not in feedback.text
    assert UNREADABLE not in feedback.text, f"{exercise.label}: {feedback!r}"
    assert len(feedback.text) < 500


@every
def test_a_tensor_gets_a_sentence(exercise):
    import torch

    for bad in (
        torch.full((3, 3), 0.37),
        torch.full((3, 3), 0.37).bfloat16(),
        lambda *arguments: torch.full((3, 3), 0.37),
        lambda *arguments: [torch.ones(2)] * 2,
        torch.nn.ReLU(),
        torch.nn.ReLU,
        lambda *arguments: torch.nn.ReLU(),
    ):
        feedback = exercise.check(bad)
        assert feedback.state in {"wrong", "blank"}
        assert feedback.text
        assert UNREADABLE not in feedback.text, f"{exercise.label}: {feedback!r}"


@every
def test_the_solution_is_right(exercise):
    free = _free_names(exercise.answer) - SCOPE
    if free:
        pytest.skip(f"needs the lesson's {', '.join(sorted(free))}: the solved lesson runs it")
    scope = run(exercise.answer)
    feedback = exercise.check(scope[exercise.variable])
    assert feedback.state == "right", repr(feedback)


@every
def test_neither_question_nor_hints_give_the_answer_away(exercise):
    body = _without_comments(exercise.answer).strip()
    kept = _without_comments(exercise.blank).strip()
    secret = [line.strip() for line in body.splitlines() if line.strip() and line not in kept.splitlines()]
    assert secret, f"{exercise.label}: its solution is its blank"
    value = re.fullmatch(r"\w+ = (.+)", body, re.S)
    for told in (exercise.question, *exercise.hints):
        if value and exercise.kind != "explain":
            assert " ".join(value[1].split()) not in " ".join(told.split()) or len(value[1]) < 2, told
        longest = max(secret, key=len)
        assert longest not in told, f"{exercise.label} tells its solution: {told}"
    if value and exercise.kind == "predict" and re.fullmatch(r"[\d.()\[\], \-*+/]+", value[1]):
        result = eval(value[1])
        numbers = {str(each) for each in (result if isinstance(result, tuple | list) else [result])}
        for hint in exercise.hints:
            in_hint = set(re.findall(r"\d+(?:\.\d+)?", hint.replace(",", "")))
            assert not numbers <= in_hint, f"{exercise.label}: a hint holds the answer: {hint}"


@every
def test_an_exercise_is_complete(exercise):
    module = MODULES[exercise.lesson]
    assert getattr(module, exercise.name) is exercise
    assert exercise.name.isidentifier()
    assert not exercise.name.startswith("_")
    assert 2 <= len(exercise.hints) <= 3
    assert len(set(exercise.hints)) == len(exercise.hints)
    assert 1 <= exercise.points <= 3
    assert exercise.why.endswith(".")
    assert "..." in exercise.blank
    assert not re.search(r"(=|return)\s*\.\.\.", exercise.answer), "the solution is not whole"
    assert "#" in exercise.answer or exercise.kind == "explain", "a comment says why"
    assert run_length(exercise.answer) <= 18, "the cell of a solution has at most 20 lines with its check"
    assert exercise.variable in {
        name.id for name in ast.walk(ast.parse(exercise.call)) if isinstance(name, ast.Name)
    }
    if exercise.kind == "explain":
        assert len(re.findall(r"(?m)^- \*\*[A-D][.:]?\*\*", exercise.question)) >= 3, exercise.question
    for text in (exercise.question, exercise.why, exercise.title, *exercise.hints):
        assert text == text.strip()


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_has_different_exercises_and_ends_with_an_open_one(number):
    exercises = MODULES[number].progress.exercises
    assert len(exercises) >= 3
    assert [exercise.number for exercise in exercises] == list(range(1, len(exercises) + 1))
    assert {exercise.lesson for exercise in exercises} == {number}
    kinds = [exercise.kind for exercise in exercises]
    assert kinds.count("stretch") == 1
    assert kinds[-1] == "stretch"
    assert len(set(kinds)) >= 3
    assert len({exercise.variable for exercise in exercises}) >= len(exercises) - 1


def test_the_course_has_exercises_of_every_kind():
    kinds = [exercise.kind for exercise in EXERCISES]
    assert len(EXERCISES) >= 28
    assert set(kinds) == {"predict", "repair", "kernel", "function", "forward", "explain", "stretch"}
    assert kinds.count("repair") >= 4
    assert kinds.count("explain") >= 3


def run_length(code):
    return len(code.strip().splitlines())


def _without_comments(code):
    return "\n".join(re.sub(r"\s*#.*$", "", line) for line in code.splitlines())


def _free_names(code):
    tree = ast.parse(code)
    stored = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    stored |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    stored |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    import builtins

    return used - stored - set(dir(builtins))


def _lesson_names(code):
    """Stand for what a blank takes from its lesson."""
    return dict.fromkeys(_free_names(code) - SCOPE, np.zeros((8, 8)))
