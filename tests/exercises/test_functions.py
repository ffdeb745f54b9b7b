"""A learner's function is called, and whatever goes wrong in it becomes a sentence."""

import sys
import textwrap

import numpy as np
import pytest

from coursekit import reference
from coursekit.exercises.answers import Refused
from coursekit.exercises.functions import array_from, as_function, call

CELL = """\
def outer(x):
    y = x + 1

    return helper(y)

def helper(y):
    return y / 0

class Net:
    def __call__(self, x):
        return x.missing
"""


def refusal(function, *arguments):
    with pytest.raises(Refused) as caught:
        function(*arguments)
    return caught.value


def said(function, *arguments):
    """What a learner reads after a call that is refused, and is no blank."""
    refused = refusal(call, function, *arguments)
    assert not refused.blank
    return str(refused)


def test_a_function_must_be_one_and_take_its_arguments():
    for answer, part in (
        (3, "your function's name, without brackets"),
        (dict, "`dict` is a class"),
        (lambda a, b: 0, "takes `(a, b)`, but it is called with 1 argument. Keep"),
    ):
        assert part in str(refusal(as_function, answer, 1))
    assert "is called with 2 arguments" in str(refusal(as_function, lambda: 0, 2))
    assert as_function(lambda a, b=1: a, 1)(4) == 4
    assert as_function(np.sqrt, 1) is np.sqrt


def test_an_error_names_the_line_of_the_learner():
    scope = {}
    exec(compile(CELL, "<cell 7>", "exec"), scope)
    assert said(scope["outer"], 1) == (
        "Your code stopped in line 7 of its cell with ZeroDivisionError: division by zero."
    )
    assert "in line 11 of its cell with AttributeError" in said(scope["Net"](), 1)
    tried = said(lambda x, y: x @ y, np.ones((2, 3)), np.ones(4))
    assert tried.endswith(" It was tried with 2 × 3 and 4 numbers.")


def test_only_a_line_of_the_learner_is_named():
    assert "stopped with TypeError" in said(len, 1)
    assert "line" not in said(reference.output_size, -1, 3)
    assert "line" not in said(textwrap.dedent, 3)
    nn = pytest.importorskip("torch").nn
    assert "line" not in said(nn.Identity(), 1, 2)
    layer = said(nn.Conv2d(1, 1, 2), np.ones((3, 3)))
    assert layer.startswith("This layer wants a tensor, but here it gets a NumPy array.")


def test_numpy_talks_of_an_ellipsis_that_is_no_blank():
    own = np.ones((2, 2))
    for mistake in (lambda x: x[..., ..., 0], lambda x: x["red"], lambda x: x[0.5]):
        assert "IndexError" in said(mistake, own)
    for blank in (lambda x: x * ..., lambda x: float(...), lambda x: x[0] + ...):
        assert refusal(call, blank, own).blank


def test_torch_wants_tensors_and_layers_want_to_be_used():
    torch = pytest.importorskip("torch")
    own = np.ones((3, 3), dtype=np.float32)
    for mistake in (torch.relu, lambda x: torch.conv2d(x, x)):
        assert "PyTorch wants a tensor, but this is a NumPy array." in said(mistake, own)
    assert "invalid combination of arguments. PyTorch" in said(lambda x: torch.conv2d(x, x), own)
    assert "`nn.Flatten(...)(x)` uses it" in said(lambda x: torch.nn.Flatten(x).sum(), own)
    assert "`torch.relu(x)` uses it" in said(lambda x: torch.nn.ReLU(x).sum(), own)


def test_functions_that_return_nothing_are_blanks_of_two_kinds():
    def described():
        """Nothing else."""

    def unwritten():
        raise NotImplementedError

    blank = ...
    for empty in (lambda: ..., lambda: None, described, lambda: (..., 1)):
        assert "Replace the `...`" in str(refusal(call, empty))
        assert refusal(call, empty).blank
    for empty in (unwritten, lambda: blank(3)):
        assert refusal(call, empty).blank
    assert "Does it always end with `return`?" in said(lambda: print("3"))
    assert "still holds None: `append` returns nothing" in said(lambda: [1, None])


def test_a_function_must_not_change_its_input():
    def add(x):
        x += 1
        return x

    def sort(x):
        x.sort()
        return x

    own = np.zeros(3)
    assert "changes its input" in said(add, own)
    assert not own.any(), "the caller's array is safe"
    assert "changes its input" in said(sort, [2, 1])
    torch = pytest.importorskip("torch")
    assert "changes its input" in said(add, torch.zeros(2))


def test_a_result_is_read_as_an_array():
    torch = pytest.importorskip("torch")
    assert array_from(torch.neg, torch.ones(2), shape=(2,)).tolist() == [-1, -1]
    assert str(refusal(array_from, lambda: "3")).startswith("The result of your function holds text")


def test_exit_gets_a_sentence_and_a_keyboard_interrupt_goes_through():
    def stopped():
        raise KeyboardInterrupt

    assert "End a function with `return`" in said(sys.exit)
    with pytest.raises(KeyboardInterrupt):
        call(stopped)
