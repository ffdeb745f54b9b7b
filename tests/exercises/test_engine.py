"""An exercise answers in sentences, remembers what was said, and a lesson knows how far the learner is."""

import pytest

from coursekit.exercises import check_prediction, lesson
from coursekit.exercises.answers import Refused, as_number
from coursekit.exercises.engine import UNREADABLE, Feedback, Progress, Right, Wrong, choice


def judge(answer):
    return Right("It is 3.") if as_number(answer) == 3 else Wrong("it is not 3: count `again`.")


def small(*titles, blank="\nmy_size = ...\n", judge=judge):
    """A lesson with an exercise of each title, and its exercises."""
    progress = Progress(lesson=2)
    for title in titles or ("Size",):
        progress.exercise(
            title,
            kind="predict",
            question="\nHow large?\n",
            blank=blank,
            answer="\nmy_size = 3  # <one> and two\n",
            why="One and two make three.",
            hints=("Count.", "Count slowly."),
        )(judge)
    return progress, *progress.exercises


def test_feedback_says_its_state_first():
    _, exercise = small()
    assert repr(exercise.check(...)).startswith("… 2.1 not answered yet: Replace the `...` with your answer")
    assert repr(exercise.check(3)) == "✓ 2.1 right: It is 3."
    assert repr(exercise.check(4)) == "✗ 2.1 not yet: It is not 3: count `again`."
    assert repr(exercise.solution()) == (
        "Solution of 2.1:\nmy_size = 3  # <one> and two\n\nOne and two make three."
    )
    assert [exercise.check(answer).state for answer in (None, 3, 4)] == ["blank", "right", "wrong"]
    assert exercise.state == "wrong"


def test_hints_come_in_steps_stay_at_the_last_and_change_no_state():
    _, exercise, other = small("Size", "Shape")
    assert (other.label, other.question, other.points) == ("2.2", "How large?", 1)
    exercise.check(3)
    said = [repr(exercise.hint()) for _ in range(3)]
    assert said == ["Hint 1 of 2 for 2.1: Count.", *["Hint 2 of 2 for 2.1: Count slowly."] * 2]
    exercise.solution()
    assert (exercise.state, other.state, other.hints_shown) == ("right", "blank", 0)


def test_the_answer_to_a_prediction_is_folded_away_and_told_in_full_to_nbval():
    bundle = check_prediction("It is `7 < 8`.")._repr_mimebundle_()
    assert bundle["text/plain"] == "Check your prediction: It is `7 < 8`."
    assert "</summary>It is <code>7 &lt; 8</code>.</details>" in bundle["text/html"]
    assert "<details open" not in bundle["text/html"]


def test_without_brackets_an_exercise_shows_its_question_and_never_its_answer():
    _, exercise = small()
    for named in (exercise, exercise.hint, exercise.solution):
        assert "2.1 Size" in repr(named)
        assert "How large?" in repr(named)
        for secret in ("<one> and two", "One and two make three.", "Count."):
            assert secret not in repr(named)


@pytest.mark.parametrize(
    ("blank", "variable"),
    [
        ("my_size = ...", "my_size"),
        ("def f(x):\n    inner = 1\n    return ...", "f"),
        ("class Net:\n    def forward(self, x):\n        return ...", "Net"),
        ("first = 1\nsecond = ...", "second"),
    ],
)
def test_the_variable_is_the_last_name_of_the_blank(blank, variable):
    _, exercise = small(blank=blank)
    assert exercise.call == f"exercises.judge.check({variable})"


def test_an_answer_that_no_judge_expects_gets_a_sentence_too():
    """Learners never meet a traceback. The tests of the cases refuse this sentence: we meet it first."""

    def broken(answer):
        raise KeyError("ours")

    feedback = small(judge=broken)[1].check(3)
    assert feedback.state == "wrong"
    assert feedback.text == f"{UNREADABLE} (KeyError: 'ours')"


def test_html_is_one_block_with_the_words_and_a_colour_of_the_state():
    progress, exercise = small()
    for shown, heading, colour in (
        (exercise.check(4), "✗ 2.1 not yet:", "warn-color1, #b45f06"),
        (exercise.check(3), "✓ 2.1 right:", "success-color1, #2e7d32"),
        (progress(), "1 of 1 right", "success-color1, #2e7d32"),
        (exercise.check(...), "… 2.1 not answered yet:", "border-color1, #8a8a8a"),
        (exercise.hint(), "Hint 1 of 2 for 2.1:", "info-color1, #1565c0"),
        (exercise.solution(), "Solution of 2.1:", "info-color1, #1565c0"),
        (progress(), "0 of 1 right", "info-color1, #1565c0"),
    ):
        bundle = shown._repr_mimebundle_(include=None, exclude=None)
        assert bundle["text/plain"] == repr(shown)
        start = f'<div role="status" style="border-left: 4px solid var(--jp-{colour})'
        assert bundle["text/html"].startswith(start)
        assert f"<strong>{heading}</strong>" in bundle["text/html"]
        assert bundle["text/html"].endswith("</div>")
    assert "count <code>again</code>." in exercise.check(4)._repr_mimebundle_()["text/html"]
    solution = exercise.solution()._repr_mimebundle_()["text/html"]
    assert "my_size = 3  # &lt;one&gt; and two</pre> One and two" in solution


def test_what_a_learner_typed_cannot_become_html():
    html = Feedback("wrong", "1.1", "<script>alert(1)</script> & `<b>`")._repr_mimebundle_()["text/html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <code>&lt;b&gt;</code>" in html


def test_progress_tells_each_state_and_what_comes_next():
    progress, size, shape, _ = small("Size", "Shape", "How large?")
    assert repr(progress) == "Write progress() with brackets to see how far you've got."
    size.check(3)
    shape.check(4)
    assert repr(progress()) == (
        "1 of 3 right\n✓ 2.1 Size: right\n✗ 2.2 Shape: not yet\n… 2.3 How large? not answered yet\n"
        "Next: 2.2 Shape. Stuck? exercises.judge.hint()"
    )
    assert "<br>✗ 2.2 Shape: not yet<br>" in progress()._repr_mimebundle_()["text/html"]
    shape.check(3)
    assert "Next: 2.3 How large? Stuck?" in progress().text
    for exercise in progress.exercises:
        exercise.check(3)
    assert progress().state == "right"
    assert repr(progress()).endswith("How large? right\nAll done. Well done!")
    size.check(5)
    assert progress().text.startswith("2 of 3 right"), "the last check counts"


def test_a_letter_is_read_generously_and_judged():
    says = {"right": "B", "A": "no", "B": "yes"}
    assert [choice(text, **says) for text in ("b", "B.", "(b)", " a ")] == [*[Right("yes")] * 3, Wrong("no")]
    for answer, part in (
        ("C", "no statement `C`. The letters are A, B. Answer with one letter in quotation marks, as in `"),
        ("AB", "no statement `AB`"),
        (max, "is a function. Answer with one letter"),
    ):
        with pytest.raises(Refused, match=part):
            choice(answer, **says)


def test_lessons_are_found_by_number():
    assert [lesson(number).progress.lesson for number in (1, 7)] == [1, 7]
    with pytest.raises(ValueError, match="there is no lesson 8"):
        lesson(8)
