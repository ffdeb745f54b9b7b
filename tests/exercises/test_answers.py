"""An answer becomes something that a judge can compare, or a sentence that says why not."""

import numpy as np
import pytest

from coursekit.exercises.answers import Refused, as_array, as_number, as_shape, as_whole, refuse_blank


def refusal(function, *arguments, **more):
    with pytest.raises(Refused) as caught:
        function(*arguments, **more)
    return str(caught.value)


def as_pair(answer):
    return as_array(answer, (2,))


@pytest.mark.parametrize(
    ("read", "answer", "part"),
    [
        (as_pair, "3", "holds text"),
        (as_pair, True, "holds True and False"),
        (as_pair, 1j, "holds complex numbers"),
        (as_pair, [[1], [2, 3]], "different lengths"),
        (as_pair, [1, float("nan")], "NaN (not a number), first at index (1,). Look"),
        (as_pair, [np.inf, 0], "infinite values, first at index (0,)"),
        (as_pair, 10**400, "is far too large a number"),
        (as_pair, {"a": 1}, "of type `dict`"),
        (as_pair, max, "is a function"),
        (as_pair, float("nan"), "is one number, but it should be an array of shape (2,)"),
        (as_pair, [1], "has shape (1,), but it should be an array of shape (2,)"),
        (as_pair, [[1, 2]], "which has 2 axes, but it should be an array of shape (2,)"),
        (as_whole, "3", "without quotation marks"),
        (as_whole, True, "`True`"),
        (as_whole, float("nan"), "ordinary number"),
        (as_whole, 10**400, "far too large"),
        (as_whole, [1, 2], "should be one number"),
        (as_whole, 2.5, "is 2.5, but it should be a whole number"),
        (as_whole, 1180160.4, "is 1,180,160.4, but it should be a whole number"),
        (as_shape, (1, 2.0), "Only whole numbers go in the brackets, but you have `2.0`"),
        (as_shape, (1, True), "you have `True`"),
        (as_shape, "12", "is text, but it should be numbers in brackets"),
        (as_shape, 3, "is one number"),
        (as_shape, (10**12 + 1, 1), "far too large"),
        (as_shape, [], "is empty"),
    ],
)
def test_what_is_no_array_no_whole_number_and_no_shape_is_refused(read, answer, part):
    assert part in refusal(read, answer)


def test_an_array_is_a_copy_and_may_have_axes_of_any_length():
    own = np.ones((2, 3), dtype=np.float32)
    array = as_array(own, (2, None))
    array[0, 0] = 7
    assert own[0, 0] == 1
    assert array.dtype == np.float64
    assert "should be an array of shape (any, 4)" in refusal(as_array, own, (None, 4))
    assert "(3,), which has 1 axis, but it should be a 2-D array" in refusal(as_array, own[0], (None, None))
    assert refusal(as_array, np.nan).startswith("Your answer holds NaN (not a number). Look")


def test_a_tensor_is_taken_only_where_tensors_are():
    torch = pytest.importorskip("torch")
    tensor = torch.ones(2, requires_grad=True)
    for answer in (tensor, [tensor, tensor]):
        assert "is a PyTorch tensor" in refusal(as_array, answer)
    assert as_array(tensor, tensors=True).tolist() == [1, 1]
    assert as_array([tensor, tensor], (2, 2), tensors=True).tolist() == [[1, 1], [1, 1]]
    assert as_array(tensor.bfloat16(), tensors=True).tolist() == [1, 1]
    assert "is a layer, but it should be numbers" in refusal(as_array, torch.nn.ReLU(), tensors=True)
    assert as_number(torch.tensor(2.5)) == 2.5
    assert as_shape(torch.Size([1, 2])) == (1, 2)
    assert as_shape(np.array([10**12, 2])) == (10**12, 2)


@pytest.mark.parametrize("blank", [..., None, [1, ...], ((..., None), 2), [1, None]])
def test_a_blank_is_a_blank_also_inside_of_brackets(blank):
    with pytest.raises(Refused) as caught:
        refuse_blank(blank)
    assert caught.value.blank
    gap = "still holds None: a name was never set" if blank == [1, None] else "Replace the `...`"
    assert gap in str(caught.value)
