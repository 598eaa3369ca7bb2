"""What crosses the border between a student's process and the judge, there and back; here both are threads."""

from __future__ import annotations

import math
import socket
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch

from grader.checks import CheckFailed
from grader.engine import wire
from grader.engine.answers import Answers
from grader.engine.arrivals import Unpacker
from grader.engine.standins import Conversation
from grader.engine.values import MalformedValueError, Table


@contextmanager
def defined(source: str, *names: str, texts: tuple[str, ...] = ()) -> Iterator[Any]:
    """Give the judge's stand-ins of what a student's cell defines: one, or a list of several."""
    space: dict[str, Any] = {"np": np, "torch": torch, "__name__": "__main__"}
    exec(source, space)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        judges: dict[str, Any] = {}
        conversation = Conversation(ours, texts or (source,), judges)

        def answer() -> None:
            with theirs:  # if it fails, the judge hears that nobody is there
                Answers(theirs, space).serve(7, names)

        student = threading.Thread(target=answer)
        student.start()
        try:
            found = conversation.open(7, names)
            judges |= found
            yield found[names[0]] if len(names) == 1 else [found[name] for name in names]
        finally:
            conversation.close()
            student.join(5)
    assert not student.is_alive()


def same(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        details = (one.dtype, one.dtype.char, one.shape, one.strides, one.flags.writeable)
        if one.dtype.hasobject:
            return bool(one.dtype == other.dtype) and same(one.tolist(), other.tolist())
        return (
            details == (other.dtype, other.dtype.char, other.shape, other.strides, other.flags.writeable)
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, torch.Tensor):
        details = (one.dtype, one.shape, one.stride(), one.requires_grad)
        return details == (other.dtype, other.shape, other.stride(), other.requires_grad) and torch.equal(
            one.nan_to_num(), other.nan_to_num()
        )
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and one == other


VALUES = [
    "None", "True", "0", "-7", "2**53", "-10**40", "0.1", "float('nan')", "-float('inf')", "-0.0", "1 + 2j", "'text é'",
    "'\\ud800'", "b'bytes'", "bytearray(b'x')", "...", "slice(1, None, 2)", "range(0, 9, 2)", "(1, (2, [3]))",
    "{'a': [1], 2: None}", "{1, 2}", "frozenset({3})", "[]", "int", "np.float32", "np.dtype('<U3')",
    "np.float64(0.5)", "np.int8(-3)", "np.bool_(True)", "np.str_('a')", "np.datetime64('2026-01-01')",
    "np.arange(6).reshape(2, 3)", "np.arange(6).reshape(2, 3).T", "np.arange(10)[::-2]", "np.zeros((0, 3))",
    "np.array(5)", "np.array(['a', 'bcd'])", "np.arange(4, dtype='>i2')", "np.ones(3, dtype=[('a', 'i4'), ('b', 'f8', 2)])",
    "np.broadcast_to(np.arange(3), (2, 3))", "np.array([1, None, 'x'], dtype=object)", "np.full(3, np.nan)",
    "torch.arange(6).reshape(2, 3)", "torch.arange(6.).reshape(2, 3).T", "torch.tensor(1.5)", "torch.zeros(0, 2)",
    "torch.ones(2, dtype=torch.bfloat16)", "torch.tensor([1 + 1j]).conj()", "torch.ones(3, requires_grad=True)",
    "torch.tensor([True])", "torch.float16", "torch.device('cpu')", "torch.Size([2, 3])",
]  # fmt: skip


@pytest.mark.parametrize("text", VALUES)
def test_a_value_comes_over_as_it_is(text: str) -> None:
    expected = eval(text)
    with defined(
        f"value = {text}\ndef back(x):\n    return x\ndef make():\n    return {text}", "value", "make", "back"
    ) as found:
        value, make, back = found
        assert same(value, expected)
        assert same(make(), expected)
        assert same(back(expected), expected)


KINDS = "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 longlong ulonglong float16 float32 float64 longdouble complex64 complex128 clongdouble"


@pytest.mark.parametrize("name", KINDS.split())
def test_a_number_keeps_its_type_wherever_it_comes_from(name: str) -> None:
    source = (
        f"kind = np.{name}\none = kind(1)\nA = np.ones(2, kind)\nd = A.dtype\ndef is_it(x):\n    return type(x) is kind"
    )
    kind = getattr(np, name)
    with defined(source, "kind", "one", "A", "d", "is_it") as (there, one, A, d, is_it):
        assert there is kind and type(one) is kind and type(A[0]) is kind and d.type is kind
        assert np.issubdtype(A.dtype, kind) and A.dtype.char == np.dtype(kind).char
        assert is_it(kind(1)) and is_it(np.ones(2, kind)[0])


SCALARS = [
    "np.str_('')",
    "np.bytes_(b'')",
    "np.datetime64('NaT')",
    "np.timedelta64(3, 'D')",
    "np.void(b'abc')",
    "np.void(b'')",
]
SCALARS += ["np.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')])[0]", "np.rec.array([(1, 2.0)], dtype='i4,f8')[0]"]


@pytest.mark.parametrize("text", SCALARS)
def test_text_times_and_records_keep_their_type_too(text: str) -> None:
    with defined(f"value = {text}", "value") as value:
        expected = eval(text)
        assert type(value) is type(expected) and repr(value) == repr(expected) and value.dtype == expected.dtype


def test_what_shares_memory_shares_it_on_the_other_side() -> None:
    base = np.arange(12.0).reshape(3, 4)
    with defined(
        "def row(A):\n    return A[1]\ndef copy(A):\n    return A[1].copy()\ndef alike(A, B):\n    return np.shares_memory(A, B)",
        "row",
        "copy",
        "alike",
    ) as (row, copy, alike):
        assert np.shares_memory(row(base), base)
        assert not np.shares_memory(copy(base), base)
        assert alike(base, base[0]) is True
        assert alike(base, base.copy()) is False
        view = row(base)
        view[:] = -1
        assert (base[1] == -1).all()


def test_tensors_share_their_memory_too() -> None:
    base = torch.arange(6.0).reshape(2, 3)
    with defined("def first(t):\n    return t[0]\ndef plain(t):\n    return t.numpy()", "first", "plain") as (
        first,
        plain,
    ):
        assert first(base).untyped_storage().data_ptr() == base.untyped_storage().data_ptr()
        assert np.shares_memory(plain(base), base.numpy())


def test_what_is_one_object_is_one_object() -> None:
    with defined("def same(a, b):\n    return a is b\ndef back(a):\n    return a, a", "same", "back") as (same_, back):
        thing: list[Any] = [1]
        array = np.ones(2)
        assert same_(thing, thing) is True
        assert same_(thing, [1]) is False
        one, two = back(array)
        assert one is two is array


def test_changes_in_place_come_back() -> None:
    source = """
def change(A, items, table, t, w):
    A[0] = 9
    items.append(items[0])
    table["new"] = [1]
    t.add_(1)
    w.grad = torch.full_like(w, 2)
"""
    A, items, table, t = np.zeros(3), [[5]], {"old": 1}, torch.zeros(2)
    w = torch.ones(2, requires_grad=True)
    with defined(source, "change") as change:
        assert change(A, items, table, t, w) is None
    assert A.tolist() == [9, 0, 0]
    assert items == [[5], [5]] and items[0] is items[1]
    assert table == {"old": 1, "new": [1]}
    assert t.tolist() == [1, 1]
    assert w.grad is not None and w.grad.tolist() == [2, 2]


@pytest.mark.parametrize(
    ("raised", "expected", "text"),
    [
        ("ValueError('bad')", ValueError, "bad"),
        ("KeyError('k')", KeyError, "'k'"),
        ("np.linalg.LinAlgError('singular')", np.linalg.LinAlgError, "singular"),
        ("type('Own', (TypeError,), {})('own')", TypeError, "own"),
        ("type('Own', (BaseException,), {})('own')", RuntimeError, "own"),
        ("SystemExit(0)", RuntimeError, "0"),
        ("NotImplementedError()", NotImplementedError, "^$"),
        ("UnicodeDecodeError('utf-8', b'x', 0, 1, 'no')", ValueError, "can't decode"),
    ],
)
def test_an_exception_comes_over_as_the_nearest_that_both_know(raised: str, expected: type, text: str) -> None:
    with defined(f"def fail():\n    raise {raised}", "fail") as fail, pytest.raises(expected, match=text):
        fail()


def test_warnings_come_over() -> None:
    with defined(
        "import warnings\ndef warn():\n    warnings.warn('look', DeprecationWarning)\n    return 1", "warn"
    ) as warn:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert warn() == 1
        assert [(w.category, str(w.message)) for w in caught] == [(DeprecationWarning, "look")]


SLOPE = "def slope(fn, x):\n    x = x.detach().clone().requires_grad_()\n    fn(x).sum().backward()\n    return x.grad"


def test_functions_can_be_given() -> None:
    calls: list[int] = []
    scale = 3.0

    def counted(x: Any) -> Any:
        calls.append(1)
        return x * 2

    with defined(SLOPE + "\ndef twice(fn, x):\n    return fn(fn(x))", "slope", "twice") as (slope, twice):
        assert slope(torch.sin, torch.zeros(2)).tolist() == [1, 1]
        assert slope(lambda t: scale * t**2, torch.ones(2)).tolist() == [6, 6]
        assert twice(counted, 5) == 20
        assert len(calls) == 2
        assert twice(np.negative, np.ones(2)).tolist() == [1, 1]
        assert twice(twice_of := lambda x: [x], 1) == [[1]], twice_of


def test_a_function_of_the_students_can_be_given_to_another() -> None:
    with defined(
        "def one(x):\n    return x + 1\ndef apply(fn, x):\n    return fn(x)\ndef make(n):\n    return lambda x: x * n",
        "one",
        "apply",
        "make",
    ) as (one, apply, make):
        assert apply(one, 4) == 5
        assert make(7)(6) == 42


def test_an_error_of_a_given_function_passes_through_the_students() -> None:
    def fail(x: Any) -> Any:
        raise ZeroDivisionError("no")

    with defined(
        "def call(fn):\n    try:\n        fn(1)\n    except ZeroDivisionError as error:\n        return str(error)",
        "call",
    ) as call:
        assert call(fail) == "no"


def test_gradients_go_on_over_there() -> None:
    with defined(
        "def norm(x):\n    return (x * x).sum().sqrt()\ndef both(x, y):\n    return x * y, x + y", "norm", "both"
    ) as (norm, both):
        x = torch.tensor([3.0, 4.0], requires_grad=True)
        result = norm(x)
        assert result.requires_grad
        result.backward()
        assert torch.allclose(x.grad, torch.tensor([0.6, 0.8]))
        assert torch.autograd.gradcheck(norm, (torch.tensor([1.0, 2.0], dtype=torch.double, requires_grad=True),))
        y = torch.tensor([2.0, 5.0], requires_grad=True)
        product, total = both(x, y)
        (product.sum() + 3 * total.sum()).backward()
        assert y.grad.tolist() == [6, 7]


def test_a_tensor_without_a_graph_has_none_here() -> None:
    with defined("def cut(x):\n    return (x * 2).detach()", "cut") as cut:
        result = cut(torch.ones(2, requires_grad=True))
        assert not result.requires_grad and result.grad_fn is None


def test_names_that_a_test_binds_anew_are_so_over_there() -> None:
    with defined("def inner(x):\n    return x\ndef outer(x):\n    return inner(x) + 1", "inner", "outer") as (
        inner,
        outer,
    ):
        space = outer._conversation._space
        del space["inner"]
        with pytest.raises(NameError):
            outer(1)
        space["inner"] = lambda x: 10 * x
        assert outer(1) == 11
        space["inner"] = inner
        assert outer(1) == 2


def test_how_numpy_and_torch_compute_goes_along_and_comes_back() -> None:
    source = """
def grad():
    return torch.is_grad_enabled()
def switch():
    torch.set_grad_enabled(False)
def divide(x):
    return x / 0
def back(fn):
    with torch.no_grad():
        return fn()
"""
    with defined(source, "grad", "switch", "divide", "back") as (grad, switch, divide, back):
        assert grad() is True
        with torch.no_grad():
            assert grad() is False
        assert back(lambda: [torch.is_grad_enabled()].pop()) is False
        with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
            divide(np.float64(1))
        switch()
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()


def test_torchs_default_dtype_is_no_answers_to_change() -> None:
    source = """
def change(x):
    torch.set_default_dtype(torch.float64)
    return x
def within(fn):
    torch.set_default_dtype(torch.float64)
    try:
        return fn()
    finally:
        torch.set_default_dtype(torch.float32)
"""
    with defined(source, "change", "within") as (change, within):
        with pytest.raises(CheckFailed, match="default dtype"):
            change(1)
        assert torch.get_default_dtype() is torch.float32
        assert within(lambda: [torch.tensor(1.0).dtype].pop()) is torch.float64
        assert torch.get_default_dtype() is torch.float32


def test_what_lies_elsewhere_after_a_call_does_so_here() -> None:
    source = """
def move(t, A):
    t.data = t.data - 1
    A.shape = (3, 2)
def squeeze(t):
    t.unsqueeze_(0)
"""
    t, A = torch.ones(2, requires_grad=True), np.arange(6).reshape(2, 3)
    with defined(source, "move", "squeeze") as (move, squeeze):
        move(t, A)
        assert t.tolist() == [0, 0] and t.requires_grad and t.is_leaf and A.shape == (3, 2)
        plain = torch.ones(2)
        squeeze(plain)
        assert plain.shape == (1, 2)


def test_an_object_can_only_be_given_back() -> None:
    with defined(
        "class Thing:\n    size = 3\nthing = Thing()\ndef size(thing):\n    return thing.size", "thing", "size"
    ) as (thing, size):
        assert size(thing) == 3
        for use in (bool, len, iter, float, lambda t: t == t.size, lambda t: t + 1):
            with pytest.raises((CheckFailed, TypeError, AttributeError)):
                use(thing)


def test_the_source_can_be_read_and_is_the_one_handed_in() -> None:
    texts = ("def helper(x):\n    return x", "def answer(x):\n    return helper(x)\nshort = lambda x: x")
    with defined("def answer(x):\n    return 1\nshort = answer", "answer", "short", texts=texts) as (answer, short):
        assert answer.as_written().__code__.co_names == ("helper",)
        assert short.as_written().__name__ == "<lambda>" or short.__name__ == "answer"


@pytest.mark.parametrize("made", ["partial(work, axis=1)", "functools.partial(work, axis=1)", "Popen(work)"])
def test_reading_a_source_runs_nothing_of_it(made: str) -> None:
    text = f"import functools\nfrom functools import partial\nfrom subprocess import Popen\ndef work(x):\n    return x\nanswer = {made}"
    with defined("def answer(x):\n    return x", "answer", texts=(text,)) as answer:
        assert answer.as_written().__name__ == "work"


def test_what_the_call_did_besides_is_told() -> None:
    with defined(
        "def chance():\n    return np.random.rand()\ndef none():\n    return 1\ndef ask():\n    return torch.cuda.is_available()",
        "chance",
        "none",
        "ask",
    ) as (chance, none, ask):
        assert chance.ask((), {}, chance=True)[1]["chance"] is True
        assert none.ask((), {}, chance=True)[1]["chance"] is False
        assert ask.ask((), {}, pretend={"torch.cuda.is_available": True})[0] is True
        assert ask() is torch.cuda.is_available()


GOOD = {"errors": {}, "grad": True, "dtype": "float32"}
FORGED: list[Any] = [
    {}, [], [1], ["unknown"], ["int", "zz"], ["int", 5], ["float", "x"], ["bytes", 5], ["bytes", -5], ["same", -1], ["same", 10**9],
    ["type", "builtins.eval"], ["type", "os.system"], ["torch.dtype", "Tensor"], ["torch.device", "nowhere"], ["size", [-1]],
    ["size", [2**70]], ["array", "|O", [2], [8], ["new", 0], 0, [True, True]], ["array", "<f8", [2], [8], 0, 10**9, [True, True]],
    ["array", "<f8", [2**40], [8], ["new", 0], 0, [True, True]], ["array", "<f8", [2], [8], ["new", 0], -8, [True, True]],
    ["array", "<f8", [2], [-8], ["new", 0], 0, [True, True]], ["array", [["a", "|O"]], [1], [8], ["new", 0], 0, [True, True]],
    ["array", "<f8", [1], [8], -1, 0, [True, True]], ["array", "<f8", [1], [8], True, 0, [True, True]],
    ["scalar", "|O", 0], ["scalar", "<U99999999999", 0], ["dtype", "|O"], ["tensor", "float32", [2**40], [1], ["new", 0], 0, [False, False, True], None],
    ["tensor", "float32", [2], [1], ["new", 0], 3, [False, False, True], None], ["tensor", "float32", [2], [-1], ["new", 0], 4, [False, False, True], None],
    ["tensor", "float32", [2], [1], ["new", 0], 16, [False, False, True], None], ["objects", [3], [1]], ["objects", [2**40], []],
    ["library", "os", "system"], ["library", "os", "system", 5], ["function", 0, "f", None, None, [], {}], ["object", -1, "x"], ["dict", [[["list", []], 1]]], ["range", 1, 2, 0],
]  # fmt: skip


@pytest.mark.parametrize("tree", FORGED, ids=str)
def test_a_forged_tree_is_refused(tree: Any) -> None:
    def other(kind: str, parts: list[Any]) -> Any:
        raise MalformedValueError(kind)

    with pytest.raises(MalformedValueError):
        Unpacker(Table(), [b"\0" * 16], other).unpack(tree)


def test_a_tree_nested_deeply_is_refused() -> None:
    tree: Any = 1
    for _ in range(500):
        tree = ["list", [tree]]
    with pytest.raises(MalformedValueError):
        Unpacker(Table(), [], lambda *_: None).unpack(tree)


@pytest.mark.parametrize(
    "reply",
    [
        ["did", {}], ["did", {"value": 1}], ["did", {"value": 1, "changed": [[[0, 0]], [], [], []]}], ["did", 5], ["back", 0, 1],
        ["did", {"value": ["same", 4], "changed": [[], [], [], []]}], ["did", {"raised": {"classes": 7}, "changed": [[], [], [], []]}],
        ["did", {"value": 1, "changed": [[], [], [], []], "modes": GOOD, "warned": [[1]]}], ["did", {"value": 1, "changed": [[], [], [], []], "modes": GOOD, "warned": 7}], ["did", {"value": 1, "changed": [[], [], [], []], "modes": {"errors": {"all": "call"}}, "warned": []}],
        5, [], ["open", 7], {"a": 1}, None,
    ],
    ids=str,
)  # fmt: skip
def test_a_reply_that_is_none_fails_the_check(reply: Any) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        conversation = opened(ours, theirs)
        wire.send_parts(theirs, reply, [])
        with pytest.raises(CheckFailed):
            conversation.call(0, (1,), {}, {})


def test_a_student_who_is_gone_fails_the_check() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        conversation = opened(ours, theirs)
        theirs.close()
        with pytest.raises(CheckFailed, match="ended"):
            conversation.call(0, (), {}, {})


def opened(ours: socket.socket, theirs: socket.socket) -> Conversation:
    """Return a conversation about a cell in which no names are asked for."""
    conversation = Conversation(ours, (), {})
    wire.send_parts(theirs, ["open", 1, {}], [])
    conversation.open(1, ())
    return conversation
