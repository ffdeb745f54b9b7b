"""An exercise takes whatever comes, answers in sentences, and remembers how far the learner is."""

import subprocess
import sys
import textwrap
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from coursekit.exercises import LESSONS, all_exercises, lesson
from coursekit.exercises.answers import Refused, as_array, as_number, as_shape, as_whole
from coursekit.exercises.calling import as_class, as_function, call
from coursekit.exercises.exercise import UNREADABLE, Exercise
from coursekit.exercises.feedback import Feedback, Right, Wrong
from coursekit.exercises.letters import as_choice, choice
from coursekit.exercises.progress import Progress


def judge(answer):
    return Right("It is 3.") if as_number(answer) == 3 else Wrong("it is not 3: count `again`.")


def made(**more):
    usual = {
        "lesson": 2,
        "number": 3,
        "name": "size",
        "title": "Size",
        "kind": "predict",
        "question": "How large?",
        "blank": "my_size = ...",
        "answer": "my_size = 3  # <one> and two",
        "why": "One and two make three.",
        "hints": ("Count.", "Count slowly."),
        "judge": judge,
    }
    return Exercise(**usual | more)


def refusal(function, *arguments, **more):
    with pytest.raises(Refused) as caught:
        function(*arguments, **more)
    return caught.value


def test_feedback_says_its_state_first():
    exercise = made()
    assert repr(exercise.check(...)).startswith("… 2.3 not answered yet: Put your answer")
    assert repr(exercise.check(3)) == "✓ 2.3 right: It is 3."
    assert repr(exercise.check(4)) == "✗ 2.3 not yet: It is not 3: count `again`."
    assert repr(exercise.solution()) == (
        "Solution of 2.3:\nmy_size = 3  # <one> and two\n\nOne and two make three."
    )
    assert [exercise.check(answer).state for answer in (None, 3, 4)] == ["blank", "right", "wrong"]


def test_hints_come_in_steps_and_stay_at_the_last():
    exercise = made()
    said = [repr(exercise.hint()) for _ in range(3)]
    assert said[0] == "Hint 1 of 2 for 2.3: Count."
    assert said[1] == said[2] == "Hint 2 of 2 for 2.3: Count slowly."


def test_a_hint_or_a_solution_changes_no_state():
    exercise = made()
    exercise.check(3)
    exercise.hint()
    exercise.solution()
    assert exercise.record.state == "right"


def test_two_exercises_keep_their_own_record():
    first, second = made(), made()
    first.check(3)
    first.hint()
    assert (second.record.state, second.record.hints) == ("blank", 0)
    assert replace(first).label == "2.3"
    with pytest.raises(FrozenInstanceError):
        first.title = "Other"


@pytest.mark.parametrize(
    ("blank", "variable"),
    [
        ("my_size = ...", "my_size"),
        ("def f(x):\n    inner = 1\n    return ...", "f"),
        ("class Net:\n    def forward(self, x):\n        return ...", "Net"),
        ("first = 1\nsecond = ...\nfirst + 1", "second"),
    ],
)
def test_the_variable_is_the_last_name_of_the_blank(blank, variable):
    exercise = made(blank=blank)
    assert exercise.variable == variable
    assert exercise.call == f"exercises.size.check({variable})"


def test_a_blank_without_a_name_is_our_mistake():
    with pytest.raises(ValueError, match=r"exercise 2\.3 gives no name"):
        _ = made(blank="print(...)").variable


def test_an_answer_that_no_judge_expects_gets_a_sentence_too():
    """Learners never meet a traceback. The tests of the cases refuse this sentence: we meet it first."""

    def broken(answer):
        raise KeyError("ours")

    feedback = made(judge=broken).check(3)
    assert feedback.state == "wrong"
    assert feedback.text == f"{UNREADABLE} (KeyError: 'ours')"


def test_html_is_one_block_that_says_the_state_in_words():
    exercise = made()
    for feedback in (
        exercise.check(4),
        exercise.check(3),
        exercise.check(...),
        exercise.hint(),
        exercise.solution(),
    ):
        bundle = feedback._repr_mimebundle_()
        html = bundle["text/html"]
        assert bundle["text/plain"] == repr(feedback)
        assert html.startswith('<div role="status" style="border-left: 4px solid var(--jp-')
        assert html.endswith("</div>")
        assert f"<strong>{feedback.heading}:</strong>" in html
        assert html == feedback._repr_mimebundle_(include=None, exclude=None)["text/html"]
    assert "<code>again</code>" in exercise.check(4)._repr_mimebundle_()["text/html"]
    assert "# &lt;one&gt; and two</pre>" in exercise.solution()._repr_mimebundle_()["text/html"]


def test_what_a_learner_typed_cannot_become_html():
    html = Feedback("wrong", "1.1", "<script>alert(1)</script> & `<b>`")._repr_mimebundle_()["text/html"]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<code>&lt;b&gt;</code>" in html


def test_progress_tells_each_state_and_what_comes_next():
    exercises = (made(number=1), made(number=2, title="Shape"), made(number=3, name="third"))
    progress = Progress(exercises)
    assert repr(progress()).startswith("0 of 3 right\n… 2.1 Size: not answered yet")
    exercises[0].check(3)
    exercises[1].check(4)
    assert repr(progress()) == (
        "1 of 3 right\n✓ 2.1 Size: right\n✗ 2.2 Shape: not yet\n… 2.3 Size: not answered yet\n"
        "Next: 2.2 Shape. Stuck? exercises.size.hint()"
    )
    assert progress()._repr_mimebundle_()["text/plain"] == repr(progress())
    assert "<br>✗ 2.2 Shape: not yet<br>" in progress()._repr_mimebundle_()["text/html"]
    for exercise in exercises:
        exercise.check(3)
    assert progress().state == "right"
    assert repr(progress()).endswith("Well done!")
    exercises[0].check(5)
    assert progress().right == 2, "the last check counts"
    progress.forget()
    assert progress().right == 0


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        ("3", "holds text"),
        (True, "holds True and False"),
        (1j, "holds complex numbers"),
        ([[1], [2, 3]], "different lengths"),
        ([1, float("nan")], "NaN (not a number), first at index (1,). Look"),
        (float("nan"), "is one number, and shape (2,) is wanted"),
        (10**400, "is a number that is much too large"),
        ([1], "has shape (1,), and shape (2,) is wanted"),
        ([np.inf, 0], "infinite values, first at index (0,)"),
        ({"a": 1}, "of type `dict`"),
        (max, "is a function"),
        ([1, 2, 3], "has shape (3,), and shape (2,) is wanted here"),
        ([[1, 2]], "so 2 axes, and shape (2,) is wanted"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(answer, part):
    assert part in refusal(as_array, answer, (2,)).text


def test_an_array_is_a_copy_and_may_have_axes_of_any_length():
    own = np.ones((2, 3), dtype=np.float32)
    array = as_array(own, (2, None))
    array[0, 0] = 7
    assert own[0, 0] == 1
    assert array.dtype == np.float64
    assert "shape (any, 4) is wanted" in refusal(as_array, own, (None, 4)).text
    assert (
        "has shape (3,), so 1 axis, and a 2-D array is wanted" in refusal(as_array, own[0], (None, None)).text
    )
    assert "so 2 axes, and one number is wanted" in refusal(as_array, own, ()).text
    assert refusal(as_array, np.nan, ()).text.startswith("Your answer holds NaN (not a number). Look")


def test_a_tensor_is_taken_only_where_tensors_are():
    torch = pytest.importorskip("torch")
    tensor = torch.ones(2, requires_grad=True)
    assert "is a PyTorch tensor" in refusal(as_array, tensor).text
    assert as_array(tensor, tensors=True).tolist() == [1, 1]
    assert as_array([tensor, tensor], (2, 2), tensors=True).tolist() == [[1, 1], [1, 1]]
    assert "is a PyTorch tensor" in refusal(as_array, [tensor, tensor]).text
    assert as_array(tensor.bfloat16(), tensors=True).tolist() == [1, 1]
    assert "is a layer, and numbers are wanted" in refusal(as_array, torch.nn.ReLU(), tensors=True).text
    assert as_number(torch.tensor(2.5)) == 2.5
    assert as_shape(torch.Size([1, 2])) == (1, 2)


def test_tensors_are_recognised_without_loading_torch():
    code = (
        "import sys; from coursekit.exercises import lesson\n"
        "for n in (1, 2):\n    m = lesson(n)\n    [e.check(3) for e in m.EXERCISES]; m.progress()\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        ("3", "without quotation marks"),
        (True, "`True`"),
        (float("nan"), "ordinary number"),
        (10**400, "much too large"),
        ([1, 2], "one number is wanted"),
        (2.5, "is 2.5, and a whole number"),
        (1180160.4, "is 1,180,160.4, and a whole number"),
    ],
)
def test_what_is_no_whole_number_is_refused(answer, part):
    assert part in refusal(as_whole, answer).text


def test_shapes_and_letters():
    assert as_shape(np.array([1, 2])) == (1, 2)
    assert "only whole numbers" in refusal(as_shape, (1, 2.0)).text.lower()
    assert "only whole numbers" in refusal(as_shape, (1, True)).text.lower()
    assert "numbers in brackets" in refusal(as_shape, "12").text
    assert "is one number" in refusal(as_shape, 10**5000).text
    assert "much too large" in refusal(as_shape, (10**5000, 1)).text
    assert "is empty" in refusal(as_shape, []).text
    assert [as_choice(text, "AB") for text in ("a", "B.", "(b)")] == ["A", "B", "B"]
    assert "no statement `C`" in refusal(as_choice, "C", "AB").text
    assert "no statement `AB`" in refusal(as_choice, "AB", "AB").text
    assert choice("A", {"A": "yes", "B": "no"})("A") == Right("yes")


@pytest.mark.parametrize("blank", [..., None, [1, ...], ((1, None), 2)])
def test_a_blank_is_a_blank_everywhere(blank):
    for tool in (as_array, as_number, as_shape, as_whole, as_class):
        assert refusal(tool, blank).blank
    assert refusal(as_choice, blank, "AB").blank
    assert refusal(as_function, blank, 1).blank


def test_a_function_must_be_one_and_take_its_arguments():
    assert "name of your function, without brackets" in refusal(as_function, 3, 1).text
    assert "is a class" in refusal(as_function, dict, 1).text
    assert "takes `(a, b)`, and it is called with 1 argument" in refusal(as_function, lambda a, b: 0, 1).text
    assert as_function(lambda a, b=1: a, 1)(4) == 4
    assert as_function(np.sqrt, 1) is np.sqrt
    assert "without brackets" in refusal(as_class, 3).text


CELL = """
def outer(x):
    y = x + 1

    return helper(y)

def helper(y):
    return y / 0

class Net:
    def __call__(self, x):
        return x.missing
"""


def test_an_error_names_the_line_of_the_learner():
    scope = {}
    exec(compile(CELL.lstrip(), "<cell 7>", "exec"), scope)
    refused = refusal(call, scope["outer"], 1)
    assert refused.text == "Your code stopped in line 7 of its cell with ZeroDivisionError: division by zero."
    assert not refused.blank
    assert "in line 11 of its cell with AttributeError" in refusal(call, scope["Net"](), 1).text
    assert "stopped with TypeError" in refusal(call, len, 1).text


def test_only_a_line_of_the_learner_is_named():
    from coursekit import reference

    assert "line" not in refusal(call, reference.output_size, -1, 3).text
    assert "line" not in refusal(call, textwrap.dedent, 3).text
    nn = pytest.importorskip("torch").nn
    assert "line" not in refusal(call, nn.Identity(), 1, 2).text
    said = refusal(call, nn.Conv2d(1, 1, 2), np.ones((3, 3))).text
    assert said.startswith("This layer wants a tensor, and here it gets a NumPy array.")


def test_numpy_talks_of_an_ellipsis_that_is_no_blank():
    own = np.ones((2, 2))
    for mistake in (lambda x: x[..., ..., 0], lambda x: x["red"], lambda x: x[0.5]):
        refused = refusal(call, mistake, own)
        assert "IndexError" in refused.text
        assert not refused.blank
    for blank in (lambda x: x * ..., lambda x: float(...), lambda x: x[0] + ...):
        assert refusal(call, blank, own).blank


def test_torch_wants_tensors_and_layers_want_to_be_used():
    torch = pytest.importorskip("torch")
    own = np.ones((3, 3), dtype=np.float32)
    for mistake in (torch.relu, lambda x: torch.conv2d(x, x)):
        assert "PyTorch wants a tensor, and this is a NumPy array." in refusal(call, mistake, own).text
    said = refusal(call, lambda x: torch.conv2d(x, x), own).text
    assert "invalid combination of arguments. PyTorch" in said
    assert "`nn.Flatten(...)(x)` uses it" in refusal(call, lambda x: torch.nn.Flatten(x).sum(), own).text


def test_functions_that_return_nothing_are_blanks_of_two_kinds():
    def described():
        """Nothing else."""

    def printed():
        print("3")

    for empty in (lambda: ..., lambda: None, described):
        refused = refusal(call, empty)
        assert refused.blank
        assert "where `...` stands" in refused.text
    refused = refusal(call, printed)
    assert not refused.blank
    assert "Does it always end with `return`?" in refused.text
    refused = refusal(call, lambda: [1, None])
    assert not refused.blank
    assert "still holds None: `append` returns nothing" in refused.text
    assert "still holds None: a name was never set" in refusal(as_array, [1, None]).text
    assert refusal(call, lambda: (..., 1)).blank
    blank = ...
    assert refusal(call, lambda: blank(3)).blank, "a blank inside of code that uses it"

    def unwritten():
        raise NotImplementedError

    assert refusal(call, unwritten).blank


def test_a_function_must_not_change_its_input():
    def add(x):
        x += 1
        return x

    def sort(x):
        x.sort()
        return x

    own = np.zeros(3)
    assert "changes what it is given" in refusal(call, add, own).text
    assert not own.any(), "the caller's array is safe"
    assert "changes what it is given" in refusal(call, sort, [2, 1]).text
    assert call(add, own, changes=True).tolist() == [1, 1, 1]
    torch = pytest.importorskip("torch")
    assert "changes what it is given" in refusal(call, add, torch.zeros(2)).text


def test_exit_gets_a_sentence():
    assert "A function ends with `return`" in refusal(call, sys.exit).text


def test_a_keyboard_interrupt_goes_through():
    def stopped():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(stopped)


def test_lessons_are_found_by_number():
    assert [exercise.lesson for exercise in all_exercises()] == sorted(
        exercise.lesson for exercise in all_exercises()
    )
    assert {exercise.lesson for exercise in all_exercises()} == set(LESSONS)
    with pytest.raises(ValueError, match="there is no lesson 8"):
        lesson(8)
