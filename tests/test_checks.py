"""What an exercise cell may ask of an answer, and what the student reads when it is not so."""

import linecache
import math
import subprocess
import sys
import traceback

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from grader import checks
from grader.checks import CheckFailed, HiddenCheckFailed

NAN, INF = math.nan, math.inf
f32, f16, bf16 = torch.float32, torch.float16, torch.bfloat16


def cell(source):
    """Return the namespace that a notebook cell leaves."""
    name, space = f"<cell {hash(source)}>", {"np": np, "torch": torch}
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), space)
    return space


def problem(check, *args, **kwargs):
    """Return what a check finds, or '' if it passes."""
    try:
        check(*args, **kwargs)
    except CheckFailed as failure:
        return failure.problem
    return ""


def said(test, **hidden):
    """Return what a student reads of `test()` inside a visible block, or a hidden one if it has a category."""
    with pytest.raises(CheckFailed) as failed, (checks.hidden if hidden else checks.visible)("f", hint="h", **hidden):
        test()
    return str(failed.value)


def stop(error):
    raise error


# Comparing ───────────────────────────────────────────────────────────────────────────────────────

WANTED = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("actual", "text"),
    [
        (None, "r is None; is there a return at its end?"),
        ([1, 2], "r is a list; expected a NumPy array"),
        (np.ones(2, int), "r has shape (2,); expected (3,)"),
        (np.ones(3, int), "r has dtype int64; expected float64"),
        (np.array([1.0, 2.0, 4.0]), "r is [1., 2., 4.]; expected [1., 2., 3.]"),
        (np.array([1.0, 2.0, 3.0]), ""),
    ],
)
def test_presence_type_shape_dtype_and_values_come_in_this_order_and_stop_at_the_first(actual, text):
    assert problem(checks.equal, actual, WANTED, name="r") == text


def test_without_a_name_the_text_speaks_of_the_exercise():
    assert said(lambda: checks.equal(1, 2)) == "✗ the result of f is 1; expected 2\n  hint: h"


def test_a_large_array_shows_the_first_place_that_differs():
    text = problem(checks.equal, np.eye(9), np.ones((9, 9)), name="r")
    assert text == "r at [0, 1] is 0.0; expected 1.0 (72 of 81 differ)"


@pytest.mark.parametrize(("actual", "expected"), [(1.00000012, 1.00000256), (np.array([1.00001]), np.array([1.00002]))])
def test_numbers_that_look_alike_get_the_digits_that_tell_them_apart(actual, expected):
    came, asked = problem(checks.equal, actual, expected, name="r", rtol=0, atol=0)[5:].split("; expected ")
    assert came != asked


SAME = {
    "array": (np.arange(3), np.arange(3)),
    "empty array": (np.zeros((0, 3)), np.zeros((0, 3))),
    "0-d array": (np.array(2.0), np.array(2.0)),
    "NumPy scalar for a 0-d array": (np.float64(2), np.array(2.0)),
    "texts": (np.array(["a", "b"]), np.array(["a", "b"])),
    "tensor": (torch.arange(3), torch.arange(3)),
    "bool tensor": (torch.tensor([True]), torch.tensor([True])),
    "0-d tensor": (torch.tensor(2.0), torch.tensor(2.0)),
    "empty tensor": (torch.empty(0, 2), torch.empty(0, 2)),
    "tensor in a graph": (torch.ones(2, requires_grad=True) * 2, torch.full((2,), 2.0)),
    "conjugate": (torch.tensor([1 - 2j]).conj(), torch.tensor([1 + 2j])),
    "rounded bfloat16": (torch.tensor([1.0078125], dtype=bf16), torch.tensor([1.0], dtype=bf16)),
    "huge int": (10**400, 10**400),
    "float subclass": (np.float64(2.5), 2.5),
    "NumPy text": (np.str_("a"), "a"),
    "NumPy scalar by dtype": (2.5, np.float64(2.5)),
    "dtype": (torch.float32, torch.float32),
    "nested": ({"a": [(1, np.ones(2))]}, {"a": [(1, np.ones(2))]}),
    "NaN and inf": (np.array([NAN, INF, -INF]), np.array([NAN, INF, -INF])),
    "NaN": (NAN, NAN),
    "nothing": (None, None),
}


@pytest.mark.parametrize(("actual", "expected"), SAME.values(), ids=SAME)
def test_what_was_asked_for_passes(actual, expected):
    checks.equal(actual, expected)


DIFFERENT = {
    "array for a tensor": (np.ones(2), torch.ones(2), "r is a NumPy array of shape (2,); expected a torch.Tensor"),
    "tensor for an array": (torch.ones(2), np.ones(2), "r is a torch.Tensor of shape (2,); expected a NumPy array"),
    "tensors in a list": ([torch.ones(1, requires_grad=True)], torch.ones(1), "r is a list; expected a torch.Tensor"),
    "0-d for 1-d": (torch.tensor(1.0), torch.ones(1), "r has shape (); expected (1,)"),
    "float16": (torch.ones(2, dtype=f16), torch.ones(2), "r has dtype torch.float16; expected torch.float32"),
    "bool for int": (np.array([True]), np.array([1]), "r has dtype bool; expected int64"),
    "bool tensor": (torch.tensor([True]), torch.tensor([False]), "r is [ True]; expected [False]"),
    "bfloat16": (torch.ones(1, dtype=bf16), torch.zeros(1, dtype=bf16), "r is [1.]; expected [0.]"),
    "NumPy int": (np.int64(3), 3, "r is 3, a NumPy int64; expected a Python int"),
    "NumPy bool": (np.bool_(True), True, "r is True, a NumPy bool; expected a Python bool"),
    "True for 1": (True, 1, "r is True, a bool; expected a Python int"),
    "1 for True": (1, True, "r is 1, an int; expected a Python bool"),
    "int for float": (3, 3.0, "r is 3, an int; expected a Python float"),
    "0-d array for float": (np.array(3.0), 3.0, "r is 3., a NumPy array of shape (); expected a Python float"),
    "huge ints": (10**30, 10**30 + 1, f"r is {10**30}; expected {10**30 + 1}"),
    "int too long to print": (10**5000, 3, "r is an int; expected 3"),
    "longdouble": (np.longdouble(3), np.longdouble(4), "r is 3.0; expected 4.0"),
    "float64 for float32": (np.float64(1), np.float32(1), "r has dtype float64; expected float32"),
    "tensor for NumPy scalar": (
        torch.tensor(1.0),
        np.float32(1),
        "r is a torch.Tensor of shape (); expected one number",
    ),
    "array for None": (np.ones(2), None, "r is [1., 1.]; expected None"),
    "array for a dtype": (np.ones(2), torch.float32, "r is [1., 1.]; expected torch.float32"),
    "text": ("a", "b", "r is 'a'; expected 'b'"),
    "number for text": (1, "1", "r is 1; expected '1'"),
    "list for tuple": ([1], (1,), "r is a list; expected a tuple of 1"),
    "too short": ((1,), (1, 2), "r has 1 items; expected 2"),
    "deep inside": ({"a": [1, (2, 3)]}, {"a": [1, (2, 4)]}, "r['a'][1][1] is 3; expected 4"),
    "None inside": ((1, None), (1, 2), "r[1] is None; is there a return at its end?"),
    "other keys": ({"a": 1}, {"b": 1}, "r is {'a': 1}; expected a dict with the keys 'b'"),
    "no dict": (3, {"b": 1}, "r is 3; expected a dict with the keys 'b'"),
    "NaN for a number": (np.array([NAN]), np.array([1.0]), "r is [nan]; expected [1.]"),
    "number for NaN": (1.0, NAN, "r is 1.0; expected nan"),
    "inf of the other sign": (INF, -INF, "r is inf; expected -inf"),
    "large for inf": (np.array([1e308]), np.array([INF]), "r is [1.e+308]; expected [inf]"),
}


@pytest.mark.parametrize(("actual", "expected", "text"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_differs_is_told_in_one_line(actual, expected, text):
    assert problem(checks.equal, actual, expected, name="r") == text


@pytest.mark.parametrize(
    ("actual", "expected", "dtype", "passes"),
    [
        (np.ones(2, np.float32), np.ones(2), False, True),
        (torch.ones(2), np.ones(2), False, True),
        ([1, 1], np.ones(2), False, True),
        ([[1], [1, 1]], np.ones(2), False, False),
        ([torch.ones(1, requires_grad=True)], torch.ones(1, 1), False, False),
        ([1], (1,), False, True),
        (np.int64(3), 3, False, True),
        (torch.tensor(3.0), 3, False, True),
        (10**30, 1e30, False, True),
        (np.uint64(2**64 - 1), 2**64 + 1, False, False),
        (np.array([1, 2]), 3, False, False),
        ("3", 3, False, False),
        (np.ones(1, np.uint8), np.ones(1), np.integer, True),
        (np.array([True]), np.ones(1), np.integer, False),
        (np.ones(1, np.float16), np.ones(1), np.floating, True),
        (np.ones(1, np.float32), np.ones(1), np.float32, True),
        (torch.ones(1, dtype=f16), torch.ones(1), np.floating, True),
        (torch.ones(1, dtype=f16), torch.ones(1), f32, False),
        (torch.tensor([1]), torch.ones(1), np.integer, True),
        (torch.tensor([1]), torch.ones(1), np.floating, False),
        (torch.tensor([1 + 0j]), torch.ones(1), np.integer, False),
        (torch.tensor([True]), torch.ones(1), np.integer, False),
        (torch.tensor([True]), torch.ones(1), np.number, False),
        (torch.tensor([1 + 0j]), torch.ones(1), np.number, True),
        (np.int32(5), 5, np.integer, True),
        (10**30, 10**30, np.integer, True),
        (True, 1, np.integer, False),
        (5, 5, np.floating, False),
        (5.0, 5, np.integer, False),
    ],
)
def test_the_dtype_asked_for_may_be_any_or_one_of_a_kind(actual, expected, dtype, passes):
    assert (not problem(checks.equal, actual, expected, dtype=dtype)) == passes


@pytest.mark.parametrize(
    ("dtype", "fine", "coarse"),
    [(torch.float64, 1e-8, 1e-6), (f32, 1e-5, 1e-3), (f16, 4e-3, 4e-2), (bf16, 8e-3, 4e-2)],
)
def test_the_tolerance_follows_the_precision(dtype, fine, coarse):
    expected = torch.tensor([1.0, 200.0], dtype=dtype)
    assert not problem(checks.equal, expected * (1 + fine), expected)
    assert problem(checks.equal, expected * (1 + coarse), expected)


@pytest.mark.parametrize(
    ("actual", "expected", "passes"),
    [
        ([1e-16, 1.0], [0.0, 1.0], True),
        ([1e-12], [0.0], True),
        ([1e-6, 1e9], [0.0, 1e9], True),
        ([1e-6, 1.0], [0.0, 1.0], False),
        ([3e-12, 1e-12], [2e-12, 1e-12], False),
        ([0.0], [1e-20], False),
        ([1e-12, INF], [0.0, INF], True),
        ([1e-6, NAN], [0.0, NAN], False),
    ],
)
def test_noise_round_zero_passes_and_tiny_wrong_values_do_not(actual, expected, passes):
    assert (not problem(checks.equal, np.array(actual), np.array(expected))) == passes


@pytest.mark.parametrize("bound", [{"rtol": 0.1}, {"atol": 0.1}])
def test_a_test_may_widen_the_tolerance(bound):
    assert problem(checks.equal, 1.05, 1.0)
    assert not problem(checks.equal, 1.05, 1.0, **bound)


def test_integers_know_no_tolerance():
    assert problem(checks.equal, np.array([10**9 + 1]), np.array([10**9]), rtol=0.1)


MISTAKES = {"you took the sum": np.array([4.0, 6.0]), "you took one mean": 2.5}


@pytest.mark.parametrize(
    ("actual", "text"),
    [
        (np.array([4.0, 6.0]), "r is not right yet: you took the sum"),
        (torch.tensor([4.00001, 6.0]), "r is not right yet: you took the sum"),
        ([4, 6], "r is not right yet: you took the sum"),
        (np.float64(2.5), "r is not right yet: you took one mean"),
        (np.array([4.0, 6.1]), "r is [4. , 6.1]; expected [2., 3.]"),
        ([torch.ones(1, requires_grad=True)], "r is a list; expected a NumPy array"),
        (None, "r is None; is there a return at its end?"),
        (np.array([2.0, 3.0]), ""),
    ],
)
def test_a_misconception_is_named_only_where_the_result_is_that_one(actual, text):
    assert problem(checks.equal, actual, np.array([2.0, 3.0]), name="r", mistakes=MISTAKES) == text


# Around a test ───────────────────────────────────────────────────────────────────────────────────


def test_a_block_in_which_nothing_goes_wrong_is_silent():
    with checks.visible("f", hint="h"), checks.hidden("f", about="a", hint="h"):
        checks.that(True, "no")


class Mute(Exception):
    def __str__(self):
        raise ValueError


TORCH = NotImplementedError('"dot" not implemented for Bool')
WRONG = {
    "check": (CheckFailed("no"), "no"),
    "assert": (AssertionError(), "f raised AssertionError"),
    "error": (ValueError("two\n lines"), "f raised ValueError: two lines"),
    "stub": (NotImplementedError(), "f is not written yet: replace the line that raises NotImplementedError"),
    "kernel of torch": (TORCH, f"f raised NotImplementedError: {TORCH}"),
    "exit": (SystemExit(3), "f raised SystemExit: 3"),
    "end of an iterator": (StopIteration(), "f raised StopIteration"),
    "error whose text fails": (Mute(), "f raised Mute"),
}


@pytest.mark.parametrize(("error", "text"), WRONG.values(), ids=WRONG)
def test_whatever_goes_wrong_becomes_a_line_and_the_hint(error, text):
    raising = cell("def f(error):\n    raise error")["f"]
    where = "" if isinstance(error, CheckFailed) or "yet" in text else " (in line 2 of its cell: raise error)"
    assert said(lambda: raising(error)) == f"✗ {text}{where}\n  hint: h"


@pytest.mark.parametrize("error", [error for error, _ in WRONG.values()], ids=WRONG)
def test_a_hidden_test_tells_the_category_and_the_hint_alone(error):
    text = said(lambda: stop(error), about="empty arrays")
    assert text == "✗ f does not yet do what is asked for empty arrays\n  hint: h"


def test_a_hidden_failure_carries_neither_data_nor_values():
    with pytest.raises(HiddenCheckFailed) as failed, checks.hidden("f", about="a", hint="h"):
        checks.equal(np.array([4711]), np.array([1234]))
    assert "4711" not in "".join(traceback.format_exception(failed.value)) + repr(vars(failed.value))


def test_the_innermost_line_of_the_students_own_code_is_quoted():
    f = cell("def inner(x):\n    return np.ones(3) + x\n\ndef f(x):\n    return inner(x)")["f"]
    assert said(lambda: f(np.ones(2))).endswith("(in line 2 of its cell: return np.ones(3) + x)\n  hint: h")


def test_a_missing_name_says_which_cell_to_run():
    assert said(lambda: eval("answer")).startswith("✗ there is no answer yet: run the cell that defines it")


def test_a_name_missing_inside_an_answer_is_quoted_with_its_line():
    f = cell("def f():\n    return helper(1)")["f"]
    assert said(f) == "✗ there is no helper (in line 2 of its cell: return helper(1))\n  hint: h"


def test_an_error_of_our_own_quotes_no_line_of_ours():
    assert "of its cell" not in said(lambda: checks.shares("text", [torch.ones(1, requires_grad=True)]))


@pytest.mark.parametrize("block", [checks.visible("f", hint="h"), checks.hidden("f", about="a", hint="h")])
def test_an_interrupt_passes_through(block):
    with pytest.raises(KeyboardInterrupt), block:
        raise KeyboardInterrupt


def test_ipython_shows_the_two_lines_alone(capsys):
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell(config=config).run_cell("from grader import checks\nraise checks.CheckFailed('no', 'look')")
    assert capsys.readouterr().out.rstrip() == "✗ no\n  hint: look"
    assert CheckFailed("no", "look")._render_traceback_() == ["✗ no", "  hint: look"]
    assert CheckFailed("no")._render_traceback_() == ["✗ no"]


def test_the_checks_import_neither_torch_nor_nbgrader():
    code = (
        "import sys, grader.checks; print(sorted({'torch', 'nbgrader', 'matplotlib', 'IPython'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
