"""What an exercise cell may ask of an answer, and what the student reads when it is not so."""

import contextlib
import subprocess
import sys
import sysconfig
import traceback
import warnings

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.figure import Figure
from traitlets.config import Config

from build import problem, ran
from grader import checks
from grader.checks import CheckFailed, HiddenCheckFailed
from grader.checks.compare import show

each = pytest.mark.parametrize
NAN, INF = float("nan"), float("inf")
f32, f16, bf16, f8 = torch.float32, torch.float16, torch.bfloat16, torch.float8_e5m2


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    """Let no test know what the visible tests of another have said."""
    monkeypatch.setitem(vars(sys.modules["__main__"]), "_said_by_visible_tests", {})


def said(source, about="", **space):
    """Return what a student reads of a test cell that holds `source` in a block, a hidden one if it has a category."""
    block = checks.hidden("f", about=about, hint="h") if about else checks.visible("f", hint="h")
    with pytest.raises(CheckFailed) as failed:
        ran(f"with block:\n    {source}", checks=checks, block=block, **space)
    return str(failed.value)


@each("actual, text", [
    (None, "r is None; is there a return at its end?"), ([1, 2], "r is a list; expected a NumPy array"),
    (np.ones(2, int), "r has shape (2,); expected (3,)"), (np.ones(3, int), "r has dtype int64; expected float64"),
    (np.array([1.0, 2.0, 4.0]), "r is [1., 2., 4.]; expected [1., 2., 3.]"), (np.array([1.0, 2.0, 3.0]), ""),
])  # fmt: skip
def test_presence_type_shape_dtype_and_values_come_in_this_order_and_stop_at_the_first(actual, text):
    assert problem(checks.equal, actual, np.array([1.0, 2.0, 3.0]), name="r") == text


def test_without_a_name_the_text_speaks_of_the_exercise():
    assert said("checks.equal(1, 2)") == "✗ the result of f is 1; expected 2\n  hint: h"


@each("actual, expected", [(1.00000012, 1.00000256), (np.array([1.00001]), np.array([1.00002]))])
def test_numbers_that_look_alike_get_the_digits_that_tell_them_apart(actual, expected):
    came, asked = problem(checks.equal, actual, expected, name="r", rtol=0, atol=0)[5:].split("; expected ")
    assert came != asked


@each("actual, expected", [
    *((value, value) for value in (
        np.arange(3), np.zeros((0, 3)), np.array(2.0), np.array(["a", "b"]), np.array([1, None]), torch.arange(3), 2.5, 1j,
        torch.tensor([True]), torch.tensor(2.0), torch.empty(0, 2), torch.ones(2, dtype=bf16), torch.ones(2).to(f8), (),
        torch.eye(2).to_sparse(), True, "a", b"a", None, f32, {"a": [(1, np.ones(2))]}, 10**400, np.datetime64("2020"),
        NAN, -INF, np.array([NAN, INF, -INF]), np.float32(2),
    )),
    (np.float64(2), np.array(2.0)), (torch.ones(2, requires_grad=True) * 2, torch.full((2,), 2.0)),
    (torch.tensor([1 - 2j]).conj(), torch.tensor([1 + 2j])), (np.float64(2.5), 2.5), (2.5, np.float64(2.5)),
    (np.str_("a"), "a"), (torch.Size([2]), (2,)),
])  # fmt: skip
def test_what_was_asked_for_passes(actual, expected):
    checks.equal(actual, expected)


@each("actual, expected, text", [
    (np.ones(2), torch.ones(2), "a NumPy array of shape (2,); expected a torch.Tensor"),
    (torch.ones(2), np.ones(2), "a torch.Tensor of shape (2,); expected a NumPy array"),
    ([torch.ones(1, requires_grad=True)], torch.ones(1), "a list; expected a torch.Tensor"),
    (torch.tensor([True]), torch.tensor([False]), "[ True]; expected [False]"),
    (torch.ones(1, dtype=bf16), torch.zeros(1, dtype=bf16), "[1.]; expected [0.]"),
    (np.int64(3), 3, "3, a NumPy int64; expected a Python int"), (True, 1, "True, a bool; expected a Python int"),
    (np.bool_(True), True, "True, a NumPy bool; expected a Python bool"), (1, True, "1, an int; expected a Python bool"),
    (np.array(3.0), 3.0, "3., a NumPy array of shape (); expected a Python float"), (INF, -INF, "inf; expected -inf"),
    (10**30, 10**30 + 1, f"{10**30}; expected {10**30 + 1}"), pytest.param(10**5000, 3, "an int; expected 3", id="long"),
    (np.longdouble(3), np.longdouble(4), "3.0; expected 4.0"), (np.array([NAN]), np.ones(1), "[nan]; expected [1.]"),
    (torch.tensor(1.0), np.float32(1), "a torch.Tensor of shape (); expected one number"), (1.0, NAN, "1.0; expected nan"),
    (np.ones((9, 9)), None, "a NumPy array of shape (9, 9), dtype float64; expected None"),
    (np.ones(2), None, "[1., 1.]; expected None"), (np.ones(2), f32, "[1., 1.]; expected torch.float32"),
    (np.arange(2), range(3), "[0, 1]; expected range(0, 3)"),
    ([], np.datetime64("2020"), "[]; expected datetime.date(2020, 1, 1)"),
    ("a", "b", "'a'; expected 'b'"), (1, "1", "1; expected '1'"), ([1], (1,), "a list; expected a tuple of 1"),
    ({"a": 1}, {"b": 1}, "{'a': 1}; expected a dict with the keys 'b'"), ((1,), (1, 2), "r has 1 item; expected 2"),
    ((1, None), (1, 2), "r[1] is None; expected an int"),
    ({"a": [1, (2, 3)]}, {"a": [1, (2, 4)]}, "r['a'][1][1] is 3; expected 4"),
    (torch.tensor(1.0), torch.ones(1), "r has shape (); expected (1,)"),
    (torch.ones(2, dtype=f16), torch.ones(2), "r has dtype torch.float16; expected torch.float32"),
    (np.float64(1), np.float32(1), "r has dtype float64; expected float32"),
    (np.eye(9), np.ones((9, 9)), "r at [0, 1] is 0.0; expected 1.0 (72 of 81 differ)"),
])  # fmt: skip
def test_what_differs_is_told_in_one_line(actual, expected, text):
    assert problem(checks.equal, actual, expected, name="r").removeprefix("r is ") == text


@each("actual, expected, dtype, passes", [
    (np.ones(2, np.float32), np.ones(2), False, True), (torch.ones(2), np.ones(2), False, True),
    ([1, 1], np.ones(2), False, True), ([[1], [1, 1]], np.ones(2), False, False), ([1], (1,), False, True),
    ((1.0, 1.0), np.ones(2), False, True), (("a",), np.array(["a"]), False, True),
    (np.int64(3), 3, False, True), (torch.tensor(3.0), 3, False, True), (10**30, 1e30, False, True),
    (np.uint64(2**64 - 1), 2**64 + 1, False, False), (np.array([3]), 3, False, False), ("3", 3, False, False),
    (np.ones(1, np.uint8), np.ones(1), np.integer, True), (np.array([True]), np.ones(1), np.integer, False),
    (np.ones(1, np.float16), np.ones(1), np.floating, True), (np.ones(1), np.ones(1), np.float32, False),
    (torch.ones(1, dtype=f16), torch.ones(1), np.floating, True), (torch.ones(1), torch.ones(1), f16, False),
    (torch.tensor([1]), torch.ones(1), np.integer, True), (torch.tensor([1]), torch.ones(1), np.floating, False),
    (torch.tensor([1 + 0j]), torch.ones(1), np.integer, False), (torch.tensor([1j]), torch.tensor([1j]), np.number, True),
    (torch.tensor([True]), torch.ones(1), np.integer, False), (torch.tensor([True]), torch.ones(1), np.number, False),
    (np.int32(5), 5, np.integer, True), (10**30, 10**30, np.integer, True), (True, 1, np.integer, False),
    (5, 5, np.floating, False), (5.0, 5, np.integer, False),
])  # fmt: skip
def test_the_dtype_may_be_any_or_one_of_a_kind(actual, expected, dtype, passes):
    assert (not problem(checks.equal, actual, expected, dtype=dtype)) == passes


@each("dtype, fine, coarse", [(torch.float64, 1e-8, 1e-6), (f32, 1e-5, 1e-3), (f16, 4e-3, 4e-2), (bf16, 8e-3, 4e-2)])
def test_the_tolerance_follows_the_precision(dtype, fine, coarse):
    expected = torch.tensor([1.0, 200.0], dtype=dtype)
    assert not problem(checks.equal, expected * (1 + fine), expected)
    assert problem(checks.equal, expected * (1 + coarse), expected)


@each("actual, expected, passes", [
    ([1e-16, 1.0], [0.0, 1.0], True), ([1e-12], [0.0], True), ([1e-6, 1e9], [0.0, 1e9], True), ([0.0], [1e-20], False),
    ([1e-6, 1.0], [0.0, 1.0], False), ([3e-12, 1e-12], [2e-12, 1e-12], False), ([1e-6, NAN], [0.0, NAN], False),
    ([1e-12, INF], [0.0, INF], True), ([1.0, INF], [0.0, INF], False), ([1e-12, NAN], [0.0, NAN], True),
])  # fmt: skip
def test_noise_round_zero_passes_and_tiny_wrong_values_do_not(actual, expected, passes):
    assert (not problem(checks.equal, np.array(actual), np.array(expected))) == passes


@each("bound", [{"rtol": 0.1}, {"atol": 0.1}])
def test_a_test_may_widen_the_tolerance_but_not_that_of_integers(bound):
    assert not problem(checks.equal, 1.05, 1.0, **bound)
    assert problem(checks.equal, np.array([10**9 + 1]), np.array([10**9]), **bound)


@each("actual, text", [
    (torch.tensor([4.0003, 6.0]), "not right yet: you took the sum"), ([4, 6], "not right yet: you took the sum"),
    (np.float64(2.5), "not right yet: you took one mean"), (np.array([4.0, 6.1]), "[4. , 6.1]; expected [2., 3.]"),
    (None, "None; is there a return at its end?"), ([torch.ones(1, requires_grad=True)], "a list; expected a NumPy array"),
])  # fmt: skip
def test_a_misconception_is_named_only_where_the_result_is_that_one(actual, text):
    mistakes = {"you took the sum": np.array([4.0, 6.0]), "you took one mean": 2.5, "nothing": None}
    assert problem(checks.equal, actual, np.array([2.0, 3.0]), name="r", mistakes=mistakes) == f"r is {text}"


MUTE = type("Mute", (Exception,), {"__str__": lambda self: 1 / 0})()
LINE = " (in line 2 of your cell: raise error)"
CASES = (
    "\n  hint: call it with cases of your own that the task names, until you meet the error; then Python shows its line"
)


UNWRITTEN = "f is not written yet: replace the line that raises NotImplementedError"


@each("error, text, plain", [
    (CheckFailed("no", fits=True), "no\n  hint: h", "f does not yet do what is asked for empty arrays\n  hint: h"),
    (CheckFailed("no"), "no", "f does not yet do what is asked for empty arrays\n  hint: h"),
    (AssertionError(), f"f raised AssertionError{LINE}", f"f raised AssertionError{CASES}"),
    (MUTE, f"f raised Mute{LINE}", f"f raised Exception{CASES}"), (NotImplementedError(), UNWRITTEN, UNWRITTEN),
    (NotImplementedError("for Half"), f"f raised NotImplementedError: for Half{LINE}",  # torch says so
     f"f raised NotImplementedError{CASES}"),
    (ValueError("two\n lines"), f"f raised ValueError: two lines{LINE}\n  hint: h", f"f raised ValueError{CASES}"),
    (RecursionError("x"), f"f raised RecursionError: x{LINE}", f"f raised RecursionError{CASES}"),
    (SystemExit(3), f"f calls exit{LINE}; end a function with return", "f calls exit; end a function with return"),
    (np.linalg.LinAlgError("x"), f"f raised LinAlgError: x{LINE}\n  hint: h", f"f raised ValueError{CASES}"),
    (StopIteration(), f"f raised StopIteration{LINE}", f"f raised StopIteration{CASES}"),
    (NameError("no 4711", name="n4711"), f"there is no n4711{LINE}", f"f raised NameError{CASES}"),
])  # fmt: skip
def test_whatever_goes_wrong_is_a_line_and_a_hint_where_it_fits_and_in_a_hidden_test_tells_no_data(error, text, plain):
    f = ran("def f(error):\n    raise error")["f"]
    assert said("f(error)", f=f, error=error) == f"✗ {text}"
    vars(sys.modules["__main__"])["_said_by_visible_tests"].clear()
    assert said("f(error)", "empty arrays", f=f, error=error) == f"✗ {plain}"


def test_an_error_where_the_visible_test_fails_leads_to_that_one():
    f = ran("def f():\n    return [1][4711]")["f"]
    said("f()", f=f)
    text = "✗ f raised IndexError\n  hint: begin with what its visible test says"
    assert said("f()", "empty arrays", f=f) == text


@each("line, told", [
    ("a, b = [1, 2, 4711]", False), ("return np.ones(2) + np.ones(3)", True), ("return int('4711x')", False),
    ("raise ValueError('these do not go')", True), ("return [1][4]", True), ("return f()", False),
])  # fmt: skip
def test_the_hint_of_a_task_goes_with_errors_of_shapes_and_indices(line, told):
    assert said("f()", f=ran(f"def f():\n    {line}")["f"]).endswith("hint: h") == told


def test_who_leaves_a_stub_with_a_text_of_their_own_has_not_written_it():
    f = ran("def f():\n    raise NotImplementedError('later')")["f"]
    assert said("f()", f=f) == f"✗ {UNWRITTEN}"


@each("result, dtype, text", [
    ("4711", False, "the result of f is a str; expected a NumPy array"),
    (((1, 2), (3, 4)), False, "the result of f is a tuple; expected a NumPy array"),
    (4711, False, "the result of f is an int; expected a NumPy array"),
    (lambda: 4711, True, "the result of f is a function; expected a NumPy array"),
    (np.ones(2), np.integer, "the result of f has dtype float64; expected an integer dtype"),
    (np.ones(2, int), np.floating, "the result of f has dtype int64; expected a float dtype"),
])  # fmt: skip
def test_what_is_no_array_is_not_measured(result, dtype, text):
    asked = "checks.equal(f(), np.ones(2), dtype=dtype)"
    assert said(asked, f=lambda: result, dtype=dtype).removeprefix("✗ ") == text
    assert said(asked, "sizes", f=lambda: result, dtype=dtype).removeprefix("✗ ") == text


@each("value, text", [
    (object(), "an object"), (lambda: 1, "a function"), (len, "<built-in function len>"), ((n for n in ()), "a generator"),
])  # fmt: skip
def test_no_address_in_memory_is_shown(value, text):
    assert show(value) == text


@each("result, expected, plain", [
    (None, np.ones(4), "the result of f is None; is there a return at its end?"),
    ([4711], np.ones(1), "the result of f is a list; expected a NumPy array"),
    (type("N4711", (list,), {})([1]), np.ones(1), "the result of f is a list; expected a NumPy array"),
    (type("N4711", (), {})(), np.ones(1), "the result of f is an object of another class; expected a NumPy array"),
    (np.ones(4711), torch.ones(3), "the result of f is a NumPy array; expected a torch.Tensor"),
    (np.ones(3, int), np.ones(3), "the result of f has dtype int64; expected float64"),
    (np.ones(3, [("n4711", int)]), np.ones(3), "the result of f has a dtype of no numbers; expected float64"),
    (torch.ones(3), torch.ones(3, dtype=torch.int32), "the result of f has dtype torch.float32; expected torch.int32"),
    (np.ones((3, 1)), np.ones(3), "the result of f has 2 axes; expected 1"),
    (np.ones((1,) * 9), np.ones(3), "the result of f has more than 8 axes; expected 1"),
    (np.float64(4711), 4711, "the result of f is a NumPy float64; expected a Python int"),
    (np.ones(2), np.float64(1), "the result of f has 1 axis; expected one number"),
    ("4711", 4711, "the result of f is a str; expected a Python int"), (1, "4711", "the result of f is an int; expected text"),
    ([1, 4711], {"a": 1}, "the result of f is a list; expected a dict"), ([1], (1,), "the result of f is a list; expected a tuple"),
    ((1, None), (1, 2), "a part of the result of f is None; expected an int"),
])  # fmt: skip
def test_a_hidden_test_says_what_gives_no_data_away_as_it_is(result, expected, plain):
    assert said("checks.equal(x, e)", "negative numbers", x=result, e=expected) == f"✗ {plain}"


@each("result, expected", [
    (np.ones(4711), np.ones(3)), (np.ones(3), np.zeros(3)), ((1, 2, 3), (1, 2)), ({"n4711": 1}, {"a": 1}), ("4711", "a"),
    (4711, 4712), (np.datetime64("4711"), np.datetime64("2020")),
])  # fmt: skip
def test_a_hidden_test_names_its_category_and_hint_where_values_are_wrong(result, expected):
    told = said("checks.equal(x, e)", "negative numbers", x=result, e=expected)
    assert told == "✗ f does not yet do what is asked for negative numbers\n  hint: h"


def test_what_a_hidden_test_calls_a_value_is_not_told():
    told = said("checks.equal(None, 1, name='f(4711)')", "negative numbers")
    assert told == "✗ a value that f gives or changes is None"


@each("test, plain", [
    ("checks.call(f, x)", "f changed its input (argument 1); leave it as it was and return a new object"),
    ("checks.call(g, x, quiet=True)", "f gave a RuntimeWarning; the task asks for none"),
    ("checks.no_loops(h)", "f: it uses a loop in Python; let the array library repeat the work"),
    ("checks.no_calls(h, 'range')", "f: it uses range, which this task asks you to do without"),
    ("checks.raises(KeyError, k, x)", "f raised ValueError; the task asks for KeyError"),
    ("checks.raises(KeyError, s, x)", UNWRITTEN), ("f4711(x)", "f raised NameError"),
    ("checks.raises(KeyError, h, x)", "f does not yet do what is asked for negative numbers\n  hint: h"),
    ("checks.detached(x)", "the result of f is a NumPy array; expected a torch.Tensor"),
    ("checks.shares(x + 1, x)", "the result of f is a copy; expected a view of the input's memory"),
    ("checks.leaves_chance(r)", "f used or changed the global state of np.random"),
    ("checks.that(False, 'x is 4711')", "f does not yet do what is asked for negative numbers\n  hint: h"),
    ("checks.that(False, 'not an array', plain=True)", "f: not an array"),
])  # fmt: skip
def test_a_hidden_test_tells_what_an_answer_does_and_not_with_what(test, plain):
    made = ran(
        "def f(x):\n    x += 1\n\ndef g(x):\n    return x / 0\n\ndef h(x):\n    for n4711 in range(1):\n        pass\n\n"
        "def k(x):\n    raise ValueError(4711)\n\ndef s(x):\n    raise NotImplementedError\n\n"
        "def r():\n    return np.random.rand()"
    )
    assert said(test, "negative numbers", **made, x=np.array([4711.0])) == f"✗ {plain}"


@each("result, text", [
    ("None", "the result of f is None; is there a return at its end?"),
    ("[4711]", "the result of f is a list, with which the test cannot go on"),
])  # fmt: skip
def test_where_the_test_stumbles_over_a_result_it_is_not_said_that_the_answer_raised(result, text):
    made = ran(f"def f():\n    return {result}")
    assert said("a, b = checks.call(f)", "negative numbers", **made) == f"✗ {text}"
    assert said("a, b = checks.call(f)", **made).startswith(f"✗ the result of f is {result}")


@each("hint, shown", [
    ("`keepdims=True` keeps the axis", False), ("write `x[:, None]` and `keepdims = True`", False),
    ("write `x[None]` and `keepdims=True`", True), ("keepdims=True keeps the axis", True), ("`axis=1`", True),
])  # fmt: skip
def test_a_hint_is_not_repeated_to_who_does_what_it_says(hint, shown):
    made = ran("def f(x):\n    return x[:, np.newaxis].sum(keepdims=True)")
    with pytest.raises(CheckFailed) as failed, checks.visible("f", hint=hint):
        checks.equal(checks.call(made["f"], np.ones(2)), np.zeros((1, 1)))
    assert (failed.value.hint == hint) == shown


def test_a_named_mistake_has_its_own_hint_or_none():
    mistakes = {"you took the sum": (4, "divide by the count"), "you took the root": 5}
    with pytest.raises(CheckFailed) as sums, checks.visible("f", hint="h"):
        checks.equal(4, 2, mistakes=mistakes)
    with pytest.raises(CheckFailed) as roots, checks.visible("f", hint="h"):
        checks.equal(5, 2, mistakes=mistakes)
    assert str(sums.value) == "✗ the result of f is not right yet: you took the sum\n  hint: divide by the count"
    assert str(roots.value) == "✗ the result of f is not right yet: you took the root"


def test_a_pair_that_ends_in_text_may_be_the_wrong_result_where_such_a_pair_is_asked_for():
    assert problem(checks.equal, (1, "b"), (1, "a"), name="r", mistakes={"b": (1, "b")}) == "r is not right yet: b"


def test_right_values_in_a_short_dtype_are_not_taken_for_a_mistake() -> None:
    bytes_, mistakes = np.array([0, 51, 255], dtype=np.uint8), {"you divided by 256": np.array([0, 51, 255]) / 256}
    right = (bytes_ / 255).astype(np.float32)
    short = problem(checks.equal, right.astype(np.float16), right, name="r", mistakes=mistakes)
    assert short == "r has dtype float16; expected float32"
    assert "you divided by 256" in problem(checks.equal, bytes_ / 256, right, name="r", mistakes=mistakes)
    fields = problem(checks.equal, np.ones(3, [("v", "f4")]), right, name="r", mistakes=mistakes)
    assert fields.startswith("r has dtype [('v'")
    one = {"True and False, no numbers": np.array([True, False])}
    assert "no numbers" in problem(checks.equal, np.array([True, False]), np.array([1, 0]), name="r", mistakes=one)


def test_a_hidden_failure_carries_neither_data_nor_values():
    with pytest.raises(HiddenCheckFailed) as failed, checks.hidden("f", about="a", hint="h"):
        checks.equal(np.array([4000 + 711]), np.array([1234]))
    assert "4711" not in "".join(traceback.format_exception(failed.value)) + repr(vars(failed.value))


@each("test, text", [
    ("g(np.ones(2))", " (in line 2 of your cell: return np.ones(3) + x)\n  hint: h"),
    ("h()", " (in line 11 of your cell: return library())\n  hint: h"),
    ("f()", "✗ there is no helper (in line 8 of your cell: return helper())"),
    ("answer()", "✗ there is no answer yet: run the cell that defines it, and keep its name as the task gives it"),
    ("checks.shares(x, x)", "✗ f raised TypeError: Got unsupported ScalarType Float8_e5m2"),
])  # fmt: skip
def test_the_innermost_line_of_the_students_own_code_is_quoted_and_no_other(test, text):
    code = "def inner(x):\n    return np.ones(3) + x\n\ndef g(x):\n    return inner(x)\n\ndef f():\n    return helper()"
    library = ran("def library():\n    1 / 0", name=f"{sysconfig.get_paths()['purelib']}/library.py")["library"]
    space = ran(f"{code}\n\ndef h():\n    return library()", library=library, x=torch.ones(2).to(f8))
    assert said(test, **space).endswith(text)


@pytest.fixture
def shell():
    """A shell of IPython's whose names are those of `__main__`, as in a notebook."""
    before, names = dict(vars(sys.modules["__main__"])), vars(sys.modules["__main__"])
    config = Config(HistoryManager={"enabled": False})
    yield InteractiveShell(config=config, user_module=sys.modules["__main__"], user_ns=names)
    names.clear()
    names.update(before)


@each("cell, text", [
    ("def f(x):\n    return (x", "its cell has a SyntaxError in line 2 ('(' was never closed), so none of it has run"),
    ("import os\ndef f(x):\nreturn x", "its cell has a IndentationError in line 3 ("), ("x = 1\ndef g(x: 4", "run the cell that"),
])  # fmt: skip
@each("about", ["", "negative numbers"])
def test_a_syntax_error_is_called_that_with_its_line_where_the_answer_is_tested(shell, capsys, cell, text, about):
    shell.run_cell(cell, store_history=True)
    assert f"there is no f yet: {text}" in said("f(1)", about)


@each("test", ["assert f() == 1", "assert f() == 2"])
def test_an_answer_of_an_earlier_run_is_called_that_where_its_cell_has_a_syntax_error(shell, capsys, test):
    shell.run_cell("def f():\n    return 1", store_history=True)
    shell.run_cell("def f():\n    return (1", store_history=True)
    told = "f is still that of an earlier run: its cell has a SyntaxError in line 2 ('(' was never closed)"
    for about in ("", "negative numbers"):
        assert told in said(test, about, f=vars(sys.modules["__main__"])["f"])


@each("later", ["def f():\n    return 1", "%%time\ndef f():\n    return 1", "from operator import neg as f"])
def test_an_answer_that_came_after_a_syntax_error_is_tested_as_it_is(shell, capsys, later):
    for cell in ("def f():\n    return 2", "def f():\n    return (1", later):
        shell.run_cell(cell, store_history=True)
    with checks.visible("f", hint="h", points=1):
        assert vars(sys.modules["__main__"])["f"]
    assert "✓ 1 of 1" in capsys.readouterr().out


def test_a_visible_test_that_passes_says_its_points(capsys, shell):
    for points in (2, 0, None):
        with checks.visible("f", hint="h", points=points):
            pass
    assert capsys.readouterr().out == "✓ 2 of 2\n✓ the example passes; hidden tests decide the points\n"


def test_the_summary_knows_what_each_visible_test_has_said_last(capsys, shell):
    for name, test in {"f": "f()", "g": "1 / 0", "h": "h()"}.items():
        for source in ("1 / 0", test):
            block = checks.visible(name, hint="h", points=1)
            with contextlib.suppress(CheckFailed):
                made = ran("def f():\n    pass\n\ndef h():\n    raise NotImplementedError")
                ran(f"with block:\n    {source}", block=block, **made)
    capsys.readouterr()
    checks.progress({"f": (1, 2), "g": (1, 0), "h": (1, 1), "late": (0, 1)})
    assert capsys.readouterr().out.splitlines() == [
        "Points so far: 1 of the 3 that visible tests give. Hidden tests decide 4 more when your work is graded.",
        "",
        "  ✓ f      1 of 1   2 hidden",
        "  ✗ g      0 of 1              its test says what differs",
        "  · h      0 of 1   1 hidden   not written yet",
        "  · late            1 hidden   its test has not run in this session",
        "",
        "Next: g. Run its test, read what that says, and change your cell.",
    ]


@each("block", [checks.visible("f", hint="h"), checks.hidden("f", about="a", hint="h")])
def test_an_interrupt_passes_through(block):
    with pytest.raises(KeyboardInterrupt), block:
        checks.raises(ValueError, ran("def f():\n    raise KeyboardInterrupt")["f"])


def test_ipython_shows_the_two_lines_alone(capsys):
    config = Config(HistoryManager={"enabled": False})
    InteractiveShell(config=config).run_cell("from grader import checks\nraise checks.CheckFailed('no', 'look')")
    assert capsys.readouterr().out.rstrip() == "✗ no\n  hint: look"
    assert CheckFailed("no", "look")._render_traceback_() == ["✗ no", "  hint: look"]


def test_the_checks_import_neither_torch_nor_nbgrader():
    code = "import sys, grader.checks; print({'torch', 'nbgrader', 'matplotlib', 'IPython'} & sys.modules.keys())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_a_call_passes_everything_on_returns_the_result_and_may_allow_changes():
    assert checks.call(lambda *args, **kwargs: (args, kwargs), 1, 2, b=3) == ((1, 2), {"b": 3})
    assert checks.call(list.sort, [3, 1], changes=True) is None


@each("change, value", [
    ("x[0] = 9", np.ones(2)), ("x.shape = (2, 1)", np.ones(2)), ("x[0].append(1)", np.array([[1], None], object)),
    ("x.add_(1)", torch.ones(2)), ("x.add_(1)", torch.ones(2, dtype=bf16)), ("x.logical_not_()", torch.tensor([True])),
    ("x.add_(1)", torch.tensor(0.0)), ("x.data.add_(1)", torch.ones(1, requires_grad=True)), ("x.sort()", [3, 1, 2]),
    ("x.append(1)", []), ("x[0] = 1", [True]), ("x[0][0] = 5", [np.zeros(1)]), ("x[1].pop()", (0, [0])),
    ("x['a'] = 2", {"a": 1}), ("x['b'] = 1", {}), ("x['a'].append(1)", {"a": []}), ("x[0] = 'b'", ["a"]),
    ("x[0] = abs", [max]), ("x.dtype = 'int64'", np.ones(2)), ("x.t_()", torch.ones(2, 3)),
    ("x.base[3] = 9", np.ones(4)[:2]), ("x._base[3] = 9", torch.ones(4)[:2]),
])  # fmt: skip
def test_a_changed_input_is_refused(change, value):
    f = ran(f"def f(x, y=0):\n    {change}\n    return 7")["f"]
    with pytest.raises(CheckFailed, match=r"^✗ result changed its input \(x\); leave it as it was"):
        checks.call(f, x=value)


@each("value", [
    np.array([NAN, 1]), np.zeros(0), np.eye(4)[::2, ::-1], torch.tensor([1j]).conj(), torch.eye(2).to_sparse(), [NAN, 1j],
    torch.ones(1).expand(3), torch.empty(0), np.array([NAN, None], object), {"a": max}, [object()], iter([1]),
])  # fmt: skip
def test_an_input_that_is_only_read_is_no_change(value):
    assert checks.call(lambda x: 7, value) == 7


def test_a_runtime_warning_counts_only_where_the_task_asks_for_none():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert checks.call(np.log, np.zeros(1)) == -INF
        assert checks.call(lambda: warnings.warn("old", DeprecationWarning, stacklevel=1), quiet=True) is None
    text = problem(checks.call, np.log, np.zeros(1), quiet=True)
    assert text == "result gave a RuntimeWarning (divide by zero encountered in log); the task asks for none"


@each("exception, source, text", [
    (ValueError, "int('x')", ""), (LookupError, "[][0]", ""), (RuntimeError, "stop(NotImplementedError('for Half'))", ""),
    (NotImplementedError, "stop(NotImplementedError())", ""),
    (RuntimeError, "stop(NotImplementedError())", "result is not written yet: replace the line that raises"),
    (ValueError, "4", "result returned 4; the task asks it to raise ValueError here"),
    (ValueError, "[][0]", "result raised IndexError: list index out of range; the task asks for ValueError"),
    (ValueError, "stop(SystemExit(1))", "result calls exit; end a function with return; the task asks for ValueError"),
])  # fmt: skip
def test_an_answer_has_to_raise_what_was_asked_for(exception, source, text):
    space = {}
    exec("def stop(error): raise error", space)
    found = problem(checks.raises, exception, eval, source, space)
    assert found.startswith(text) and bool(found) == bool(text)


BASE, ARRAY = torch.ones(4, dtype=bf16, requires_grad=True), np.ones(4)


@each("result, base, same", [
    (ARRAY[::2], ARRAY, True), (ARRAY[::2], ARRAY[1::2], False), (ARRAY.copy(), ARRAY, False), (3.0, ARRAY, False),
    (torch.from_numpy(ARRAY), ARRAY, True), (BASE[1:], BASE, True), (BASE.clone(), BASE, False),
])  # fmt: skip
def test_a_view_is_told_from_a_copy_and_both_from_none(result, base, same):
    is_copy, is_view = problem(checks.shares, result, base), problem(checks.separate, result, base)
    assert is_copy == ("" if same else "the result of result is a copy; expected a view of the input's memory")
    assert is_view == ("the result of result shares memory with the input; expected a copy" if same else "")
    none = "the result of result is None; is there a return at its end?"
    assert problem(checks.shares, None, base) == problem(checks.separate, None, base) == none


@each("tensor, text", [
    (torch.ones(1), ""), (torch.ones(1, requires_grad=True), "still belongs to an autograd graph"),
    (torch.ones(1, requires_grad=True) * 2, "still belongs to an autograd graph"),
    (np.ones(1), "is a NumPy array of shape (1,); expected a torch.Tensor"),
])  # fmt: skip
def test_a_detached_tensor_belongs_to_no_graph(tensor, text):
    assert text in (found := problem(checks.detached, tensor)) and bool(found) == bool(text)


AXES, POINTS = Figure().subplots(), ([0, 1], [2.0, 3.0])
AXES.plot(*POINTS)
AXES.set(title="t", xlabel="x", ylabel="y")


@each("figure, wanted, text", [
    (AXES, {"title": "t", "xlabel": "x", "ylabel": "y", "lines": [POINTS]}, ""), (AXES.figure, {"xlabel": "x"}, ""),
    (AXES, {"title": "u"}, "the title of the figure is 't'; expected 'u'"),
    (AXES, {"ylabel": "x"}, "the ylabel of the figure is 'y'; expected 'x'"),
    (AXES, {"lines": [POINTS, POINTS]}, "the figure has 1 lines; expected 2"),
    (AXES, {"lines": [([0, 2], POINTS[1])]}, "x of line 1 is [0, 1]; expected [0, 2]"),
    (AXES, {"lines": [(POINTS[0], [2.0, 4.0])]}, "y of line 1 is [2., 3.]; expected [2., 4.]"),
    (AXES.lines[0], {}, "result is a Line2D; expected a matplotlib figure or axes"),
    (Figure(), {}, "result is an empty figure; draw into it"), (None, {}, "result is None; expected a matplotlib figure or axes"),
])  # fmt: skip
def test_a_figure_has_the_labels_and_lines_asked_for(figure, wanted, text):
    assert problem(checks.figure, figure, **wanted) == text


@each("condition", [False, 0, np.bool_(False), torch.tensor(False)])
def test_a_condition_that_does_not_hold_fails_with_its_text(condition):
    assert problem(checks.that, condition, "no") == "no"
    with checks.visible("f", hint="h"), checks.hidden("f", about="a", hint="h"):
        checks.that(not condition, "no")


def test_where_the_visible_test_fails_a_hidden_one_sends_there_and_names_no_category(shell):
    wrong = ran("def f(x):\n    return x")["f"]
    assert said("checks.equal(f(2), 4)", f=wrong).startswith("✗ the result of f is 2; expected 4")
    hidden = said("checks.equal(f(-2), -4)", "negative numbers", f=wrong)
    assert hidden == "✗ f does not pass its visible test, and this hidden one neither: begin with what that one says"
    with checks.visible("f", hint="h"):
        pass
    assert "negative numbers" in said("checks.equal(f(-2), -4)", "negative numbers", f=wrong)


def test_what_a_test_s_own_helper_raises_is_not_said_to_be_the_answer_s():
    answer = ran("def f():\n    return [4711]")["f"]
    made = "def helper():\n    a, b = checks.call(f)\nwith block:\n    helper()"
    with pytest.raises(CheckFailed) as failed:
        ran(made, checks=checks, f=answer, block=checks.hidden("f", about="a", hint="h"))
    assert str(failed.value) == "✗ the result of f is a list, with which the test cannot go on"


def test_an_answer_that_calls_a_stub_is_none_itself():
    made = ran("def g():\n    raise NotImplementedError\n\ndef f():\n    return g()")
    assert said("f()", **made) == "✗ f calls g, which is not written yet"
