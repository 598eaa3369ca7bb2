"""What crosses the border between a student's process and the judge, there and back; here both are threads."""

from __future__ import annotations

import importlib
import json
import math
import socket
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from build import problem, ran
from grader import checks
from grader.checks import CheckFailed
from grader.checks.explain import explained
from grader.engine import wire
from grader.engine.border import chance, errors
from grader.engine.border.judge import JudgeClient
from grader.engine.border.pack import MalformedValueError, Table
from grader.engine.border.student import AnswerServer
from grader.engine.border.surroundings import Here
from grader.engine.border.unpack import Unpacker

undecided: list[str] = []
"""Why conversations decided nothing, the last one last."""


@contextmanager
def defined(
    source: str,
    *names: str,
    texts: tuple[str, ...] = (),
    given: str = "",
    about: tuple[str, ...] = (),
    test: str = "",
    watched: tuple[str, ...] = (),
) -> Iterator[Any]:
    """Give the judge's stand-ins of what a student's cell defines: one, or a list of several."""
    space: dict[str, Any] = {"np": np, "torch": torch, "__name__": "__main__"}
    exec(given, space)
    exec(compile(source, "<student>", "exec", dont_inherit=True), space)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        judges: dict[str, Any] = {"__name__": "__main__"}
        exec(given, judges)
        classes = [name for name, value in judges.items() if isinstance(value, type)]
        conversation = JudgeClient(ours, texts or (source,), judges)

        def answer() -> None:
            with theirs:  # if it fails, the judge hears that nobody is there
                AnswerServer(theirs, space).serve(7, names, classes)

        student = threading.Thread(target=answer)
        student.start()
        try:
            found = conversation.open(7, names, given=classes, about=about, source=test, watched=watched)
            judges |= found
            yield found[names[0]] if len(names) == 1 else [found[name] for name in names]
        finally:
            conversation.close()
            undecided.append(conversation.undecided)
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


CUTS = {
    "torch": "torch.from_numpy(A).narrow(0, 1, 2).narrow(1, 1, 2).numpy()",
    "as_strided": "np.lib.stride_tricks.as_strided(A[1:, 1:], (2, 2), A.strides)",
    "windows": "np.lib.stride_tricks.sliding_window_view(A, (2, 2))[1, 1]",
    "backwards": "torch.from_numpy(A).numpy()[::-1, 1:3]",
}


@pytest.mark.parametrize("cut", CUTS)
def test_a_view_that_no_array_is_the_base_of_is_a_view_on_the_other_side(cut: str) -> None:
    base = np.arange(12.0).reshape(3, 4)
    source = f"import torch\ndef view(A):\n    return {CUTS[cut]}\ndef copy(A):\n    return view(A.copy())"
    with defined(source, "view", "copy") as (view, copy):
        seen = view(base)
        assert np.shares_memory(seen, base)
        assert np.array_equal(seen, eval(CUTS[cut], {"A": base, "np": np, "torch": torch}))
        assert not np.shares_memory(copy(base), base)


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


def test_an_exit_comes_over_by_its_name() -> None:
    with defined("def fail():\n    raise SystemExit", "fail") as fail, pytest.raises(RuntimeError) as raised:
        fail()
    failure = explained(raised.value, "fail")
    assert failure.problem == failure.plain == "fail calls exit; end a function with return"
    assert not failure.fits


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("raise NotImplementedError", "f is not written yet: replace the line that raises NotImplementedError"),
        (
            "raise NotImplementedError('later')",
            "f is not written yet: replace the line that raises NotImplementedError",
        ),
        ("helper()", "f calls helper, which is not written yet"),
    ],
)
def test_which_function_is_not_written_comes_over(source: str, text: str) -> None:
    space = ran(f"def helper():\n    raise NotImplementedError\ndef f():\n    {source}", "ipykernel_1/2.py")
    with pytest.raises(NotImplementedError) as raised:
        space["f"]()
    assert explained(errors.raised(errors.described(raised.value)), "f").problem == text


@pytest.mark.parametrize("value", ["ValueError('no')", "ValueError", "Own('no')", "KeyError('k')"])
def test_an_exception_that_is_returned_in_place_of_raised_is_a_value(value: str) -> None:
    source = f"class Own(Exception):\n    pass\ndef f():\n    return {value}\ndef kind(x):\n    return type(x).__name__"
    with defined(source, "f", "kind") as (f, kind):
        found = f()
        asked = problem(checks.raises, ValueError, f)
        assert asked.startswith("result returned ") and asked.endswith("asks it to raise ValueError here")
        assert kind(found) == ("type" if value == "ValueError" else value.partition("(")[0])


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


_SPOKEN = """
def fill(x, value=0):
    x[0] = value
    return x

def refuse(x):
    raise ValueError("no")

def apply(f):
    return f(f(1))

def square(t):
    return t * t
"""
_USUAL = {"modes": {}, "space": {"gone": [], "put": {}}}
_SAME = {"warned": [], "changed": [[], [], [], []]}


class _Counter:
    count = 0

    def one_more(self, _: int) -> int:
        self.count += 1
        return self.count


def test_what_is_said_is_what_the_grammar_says(monkeypatch: pytest.MonkeyPatch) -> None:
    said, send = list[Any](), wire.send_parts

    def note(channel: Any, message: Any, buffers: Any) -> None:
        said.append((json.loads(json.dumps(message)), [bytes(each).hex() for each in buffers]))
        send(channel, message, buffers)

    monkeypatch.setattr(wire, "send_parts", note)
    with defined(_SPOKEN, "fill", "refuse", "apply", "square") as (fill, refuse, apply, square):
        fill(np.array([1.0, 2.0]), value=7)
        with pytest.raises(ValueError, match="no"):
            refuse(())
        assert apply(_Counter().one_more) == 2
        square(torch.tensor(3.0, requires_grad=True)).backward()
    modes = said[6][0][3]
    handles = {name: ["function", number, name] for number, name in enumerate(["fill", "refuse", "apply", "square"])}
    array = ["array", "<f8", [2], [8], ["new", 0], 0, [True, True]]
    kinds = [["builtins", name] for name in ("ValueError", "Exception", "BaseException", "object")]
    error = {"classes": kinds, "text": "no", "bare": False, "name": "", "line": "", "below": ""}

    def tensor(*flags: bool) -> list[Any]:
        return ["tensor", "float32", [], [], ["new", 0], 0, list(flags), None]

    one = ["tuple", [["tuple", [1]], ["dict", []]]]
    assert {*modes} == {"errors", "grad", "dtype"}
    assert said == [
        (["open", 7, handles], []),
        (["call", 0, 0, [[array], {"value": 7}], _USUAL], ["000000000000f03f0000000000000040"]),
        (["did", {"value": ["same", 0], **_SAME, "changed": [[[0, 0]], [], [], []]}], ["0000000000001c400000000000000040"]),
        (["call", 1, 1, [[["tuple", []]], {}], _USUAL], []),
        (["did", {"raised": error, **_SAME}], []),
        (["call", 2, 2, [[["callback", 0, "one_more"]], {}], _USUAL], []),
        (["back", 0, one, modes, ""], []),
        (["returned", 1], []),
        (["back", 0, one, modes, ""], []),
        (["returned", 2], []),
        (["did", {"value": 2, **_SAME}], []),
        (["call", 3, 3, [[tensor(False, True, True)], {}], _USUAL], ["00004040"]),
        (["did", {"value": tensor(False, True, False), **_SAME}], ["00001041"]),
        (["slope", 3, [1], [0], ["list", [tensor(False, False, True)]]], ["0000803f"]),
        (["slopes", [tensor(False, False, True)]], ["0000c040"]),
        (["close"], []),
    ]  # fmt: skip


def test_names_that_a_test_binds_anew_are_so_over_there() -> None:
    with defined("def inner(x):\n    return x\ndef outer(x):\n    return inner(x) + 1", "inner", "outer") as (
        inner,
        outer,
    ):
        space = outer._judge._space
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


# Objects that stay ───────────────────────────────────────────────────────────────────────────────

DOG = """
class Animal:
    legs = 4
    def __init__(self, name):
        self.name = name
    def __eq__(self, other):
        return isinstance(other, Animal) and other.name == self.name
    def __add__(self, other):
        return Dog(self.name + other.name)
    def __len__(self):
        return len(self.name)
    def __getitem__(self, place):
        return self.name[place]
    def __contains__(self, letter):
        return letter in self.name
    def __enter__(self):
        return self
    def __exit__(self, *_):
        return True
    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"
    def __call__(self, x):
        return 2 * x
class Dog(Animal):
    kinds = {"Rex": 1}
    @staticmethod
    def make(name):
        return Dog(name)
    @property
    def loud(self):
        return self.name.upper()
    def bark(self, times=1):
        return self.name + "!" * times
rex = Dog("Rex")
def same(x):
    return x
"""


def test_what_an_object_holds_can_be_asked() -> None:
    with defined(DOG, "Dog", "Animal", "rex", "same", about=("Dog",)) as (Dog, Animal, rex, same):
        dog = Dog("Bo")
        assert (dog.name, dog.loud, dog.bark(), dog.bark(times=2), dog.legs, Dog.legs) == (
            "Bo",
            "BO",
            "Bo!",
            "Bo!!",
            4,
            4,
        )
        assert isinstance(dog, Dog) and isinstance(dog, Animal) and type(dog) is Dog and issubclass(Dog, Animal)
        assert not isinstance(3, Dog) and Dog.__name__ == "Dog" and dog.__class__ is Dog and Dog.kinds == {"Rex": 1}
        assert len(rex) == 3 and list(rex) == ["R", "e", "x"] and rex[0] == "R" and "x" in rex and rex(4) == 8
        assert repr(rex) == str(rex) == f"{rex}" == "Dog('Rex')"
        assert rex == Dog("Rex") and rex != dog and same(rex) is rex and (rex + dog).name == "RexBo"
        dog.name = "Al"
        assert dog.bark() == "Al!" and vars(dog) == {"name": "Al"} and hasattr(dog, "name") and not hasattr(dog, "age")
        assert "bark" in dir(dog) and callable(dog.bark) and Dog.make("Ed").name == "Ed"
        with dog as inside:
            assert inside is dog


def test_a_test_can_derive_a_class_from_a_students() -> None:
    with defined(DOG, "Dog", about=("Dog",)) as Dog:

        class Puppy(Dog):  # type: ignore[misc, valid-type]
            age = 1

            def bark(self, times: int = 1) -> str:
                return "small " + super().bark(times)

        puppy = Puppy("Bo")
        assert puppy.bark() == "small Bo!" and puppy.age == 1 and isinstance(puppy, Dog) and issubclass(Puppy, Dog)


ALIKE = """
class Alike:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __sub__(self, other): return 0
    def __lt__(self, other): return True
    __radd__ = __rsub__ = __add__ = __sub__
    __gt__ = __le__ = __ge__ = __contains__ = __lt__
    def equals(self, other): return True
    def __call__(self, other): return True
    def __getattr__(self, name): return self
    def __len__(self): return 2
    def __iter__(self): return iter([self, self])
    def __exit__(self, *_): return True
    def __enter__(self): return self
    def __instancecheck__(self, other): return True
alike = Alike()
def make(): return alike
def equals(other): return True
equals.equals = equals
Alike.told = equals
"""
BELIEVERS = [
    "t == 5050", "not t != 5050", "5050 == t", "t in [5050]", "[t] == [5050]", "abs(t - 5050) < 1", "t < 9", "5050 in t",
    "t.equals(5050)", "t.told(5050)", "t.whatever(5050)", "list(t)[0] == 5050", "type(t).equals(t, 5050)", "math.isclose(t, 5050)",
    "np.allclose(t, 5050)", "np.array_equal(t, np.array([1.0, 2.0]))", "bool((np.array([1, 2]) == t).all())", "swallowed(t)",
]  # fmt: skip


def swallowed(context: Any) -> bool:
    with context:
        raise AssertionError
    return True


@pytest.mark.parametrize("how", BELIEVERS)
def test_the_word_of_an_object_on_a_tests_value_is_not_taken(how: str) -> None:
    with defined(ALIKE, "alike", "make", "equals") as (alike, make, _):
        for thing in (alike, make()):
            with pytest.raises((AssertionError, TypeError, ValueError)):
                assert eval(how, {"t": thing, "np": np, "math": math, "swallowed": swallowed})


def test_it_is_taken_where_the_test_is_about_such_objects() -> None:
    with defined(DOG, "rex", about=("Dog",)) as rex:
        assert rex.bark(3) == "Rex!!!" and rex != 3
    with defined(DOG, "rex") as rex, pytest.raises(CheckFailed, match="an object of class Dog; expected plain data"):
        rex.bark(3)


def test_a_call_outside_its_cell_is_refused_at_once() -> None:
    with defined(DOG, "rex", "same") as (rex, same):
        pass
    for ask in (lambda: same(1), lambda: rex.name):
        with pytest.raises(CheckFailed, match="outside a test cell"):
            ask()


def test_exceptions_of_the_students_own_are_caught_by_their_class() -> None:
    source = """
class Empty(ValueError):
    def __init__(self, size):
        super().__init__(f"only {size}")
        self.size = size
class Worse(Empty): pass
class Odd(BaseException): pass
def take(n):
    raise (Worse if n else Empty)(n)
def odd():
    raise Odd("x")
"""
    with defined(source, "Empty", "Worse", "take", "odd", "Odd") as (Empty, Worse, take, odd, Odd):
        with pytest.raises(Empty, match="only 3") as caught:
            take(3)
        assert type(caught.value) is Worse and caught.value.size == 3 and isinstance(caught.value, ValueError)
        assert issubclass(Empty, ValueError) and not issubclass(Empty, KeyError) and Empty.__name__ == "Empty"
        with pytest.raises(ValueError):
            take(0)
        with pytest.raises(Odd, match="x"):
            odd()
        assert issubclass(Odd, Exception)  # else a test cell could end without having failed


def test_generators_give_one_value_after_the_other() -> None:
    source = """
import inspect
asked = []
def evens():
    n = 0
    while True:
        asked.append(n)
        got = yield n
        n = got if got else n + 2
def upto(n):
    yield from range(n)
def first(g):
    return next(g)
squares = (n * n for n in range(4))
mapped = map(abs, [-1, 2])
"""
    with defined(source, "evens", "upto", "first", "squares", "asked", "mapped") as (
        evens,
        upto,
        first,
        squares,
        asked,
        mapped,
    ):
        g = evens()
        assert [next(g) for _ in range(3)] == [0, 2, 4] and asked == [0, 2, 4] and first(g) == 6 and g.send(20) == 20
        assert list(upto(3)) == [0, 1, 2] and list(squares) == [0, 1, 4, 9] and list(mapped) == [1, 2]
        import inspect

        assert inspect.isgenerator(g) and inspect.isgeneratorfunction(evens) and sum(upto(4)) == 6


def test_coroutines_are_waited_for() -> None:
    source = """
import asyncio
async def double(x):
    await asyncio.sleep(0)
    return 2 * x
async def count():
    for n in range(3):
        yield n
class Box:
    async def __aenter__(self): return 5
    async def __aexit__(self, *_): return None
"""
    import asyncio
    import inspect

    async def collected(count: Any, box: Any) -> list[int]:
        async with box as five:
            return [n async for n in count] + [five]

    with defined(source, "double", "count", "Box", about=("Box",)) as (double, count, Box):
        assert asyncio.run(double(4)) == 8 and inspect.iscoroutinefunction(double)
        assert asyncio.run(collected(count(), Box())) == [0, 1, 2, 5]


def test_a_students_enumeration_is_used_as_one() -> None:
    source = "import enum\nclass Colour(enum.Enum):\n    RED = 1\n    BLUE = 2\ndef other(c):\n    return Colour.BLUE if c is Colour.RED else Colour.RED"
    with defined(source, "Colour", "other", about=("Colour",)) as (Colour, other):
        assert Colour.RED.value == 1 and Colour["BLUE"] is Colour.BLUE and Colour(1) is Colour.RED
        assert other(Colour.RED) == Colour.BLUE and [c.name for c in Colour] == ["RED", "BLUE"] and len(Colour) == 2
        assert isinstance(Colour.RED, Colour)


def test_a_dataclass_of_the_students_compares_with_its_own() -> None:
    source = "from dataclasses import dataclass, asdict\n@dataclass(order=True)\nclass Point:\n    x: int\n    y: int = 0\ndef up(p):\n    return Point(p.x, p.y + 1)"
    with defined(source, "Point", "up", about=("Point",)) as (Point, up):
        assert (
            up(Point(1)) == Point(1, 1)
            and Point(1) < Point(2)
            and repr(Point(3)) == "Point(x=3, y=0)"
            and up(Point(1)).y == 1
        )


COUNTER = """
class Counter:
    step = 1
    def __init__(self):
        self.count = 0
    def up(self, by=1):
        self.count += by * self.step
        return self.count
    def size(self):
        return self.count
    def forget(self):
        del self.count
"""


def test_to_call_a_method_takes_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int | str] = []
    call = JudgeClient.call

    def counted(self: JudgeClient, handle: int | str, *rest: Any) -> Any:
        asked.append(handle)
        return call(self, handle, *rest)

    with defined(COUNTER, "Counter", about=("Counter",)) as Counter:
        counter = Counter()
        monkeypatch.setattr(JudgeClient, "call", counted)
        assert counter.up() == 1 and counter.up(by=4) == 5
        assert asked == ["method", "method"]
        assert list(map(counter.up, [1, 1])) == [6, 7] and callable(counter.up) and counter.up.__name__ == "up"
        assert counter.up == counter.up and hash(counter.up) == hash(counter.up)


@pytest.mark.parametrize("way", ["self.size = 5", "self.size, self.more = 5, 6", "setattr(self, 'si' + 'ze', 5)"])
def test_an_attribute_that_hides_a_method_is_what_it_is(way: str) -> None:
    source = COUNTER.replace("self.count = 0", f"self.count = 0; {way}")
    with defined(source, "Counter", about=("Counter",)) as Counter:
        size = Counter().size
        assert type(size) is int and size == 5


def test_a_method_that_a_test_replaces_is_the_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with defined(COUNTER, "Counter", about=("Counter",)) as Counter:
        counter = Counter()
        counter.up = 5
        assert counter.up == 5
        with monkeypatch.context() as patched:
            patched.setattr(Counter, "size", lambda self: "small")
            assert counter.size() == "small"


def test_a_method_is_given_as_it_is() -> None:
    with defined(COUNTER + "def twice(f):\n    return f(), f()", "Counter", "twice", about=("Counter",)) as found:
        Counter, twice = found
        counter = Counter()
        assert twice(counter.up) == (1, 2) and twice(f=counter.up) == (3, 4)


def test_a_function_can_be_looked_at() -> None:
    import inspect

    source = 'def f(x, *, scale: float = 2.0):\n    """Doc."""\n    return abs(x) * scale\nf.calls = 3'
    with defined(source, "f") as f:
        assert f.__doc__ == "Doc." and f.__name__ == "f" and callable(f) and inspect.isfunction(f) and f.calls == 3
        assert str(inspect.signature(f)) == "(x, *, scale: float = 2.0)" and "abs(x)" in inspect.getsource(f)
        assert f.__annotations__ == {"scale": float} and f.__code__.co_argcount == 1


# What a test does around a call ──────────────────────────────────────────────────────────────────

DRAWS = """
import random
def draw():
    return random.random(), np.random.rand(), torch.rand(1).item()
def many():
    return np.random.randn(3001).sum(), [random.gauss(0, 1) for _ in range(701)][-1]
def reseed():
    np.random.seed(9)
    return np.random.rand()
"""


def test_draws_follow_each_other_as_in_one_process() -> None:
    def once(draw: Any, many: Any, reseed: Any) -> list[Any]:
        import random

        random.seed(1)
        np.random.seed(2)
        torch.manual_seed(3)
        return [
            draw(),
            random.random(),
            np.random.rand(),
            torch.rand(1).item(),
            draw(),
            many(),
            np.random.randn(),
            random.gauss(0, 1),
        ]

    space: dict[str, Any] = {"np": np, "torch": torch}
    exec(DRAWS, space)
    expected = once(space["draw"], space["many"], space["reseed"])
    with defined(DRAWS, "draw", "many", "reseed", test="np.random.seed(2)") as found:
        assert once(*found) == expected
        assert found[2]() == space["reseed"]()


def test_a_state_that_no_draw_leads_to_is_not_taken() -> None:
    import random

    np.random.seed(0)
    now = chance.states()
    np.random.rand(5000), random.random(), torch.rand(700)
    drawn = chance.states()
    assert chance.following(now, drawn).keys() == {"random", "numpy", "torch"}
    zeros = chance.states()
    zeros["numpy"]["state"]["key"] = np.zeros(624, np.uint32)
    zeros["random"] = (3, (0,) * 624 + (624,), None)
    zeros["torch"] = zeros["torch"][:24] + bytes(len(zeros["torch"]) - 24)
    odd = {"random": 5, "numpy": {"state": 1}, "torch": b""}
    far = {**drawn, "random": (3, drawn["random"][1], 1e9), "numpy": {**drawn["numpy"], "gauss": float("nan")}}
    assert chance.following(now, zeros) == chance.following(now, odd) == chance.following(now, []) == {}
    assert chance.following(now, far).keys() == {"torch"}


def test_a_state_is_found_however_much_a_call_has_drawn() -> None:
    np.random.seed(0)
    now = chance.states()
    np.random.rand(500_000)
    assert chance.following(now, chance.states()).keys() == {"numpy"}


def test_a_seed_for_a_generator_of_a_cells_own_sets_no_state_that_others_draw_from() -> None:
    for source in ("generator = torch.Generator().manual_seed(6)", "rng, seed = np.random.default_rng(6), 6"):
        here = Here({})
        here.begin(source)
        exec(source, {"torch": torch, "np": np})
        assert not here.draws
        torch.seed()
        assert here.draws


def test_what_is_printed_comes_to_whoever_reads_it() -> None:
    import contextlib
    import io

    source = "def hello(say=print):\n    print('Hello')\n    say('you')\n    print('there', end='')\n    return 5"
    with defined(source, "hello") as hello:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            assert hello(lambda text: print("<", text, ">")) == 5
        assert out.getvalue() == "Hello\n< you >\nthere"
        hello()


def test_a_mocked_function_is_mocked_over_there_and_counts_its_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    from unittest.mock import patch

    source = """
import random, time
def ask():
    return int(input('n? '))
def roll():
    time.sleep(0)
    return random.randint(1, 6)
def least(x, y):
    return min(x, y)
def own(x, y):
    return x if x < y else y
"""
    with defined(
        source,
        "ask",
        "roll",
        "least",
        "own",
        test="patch('builtins.input') random.randint time.sleep",
        watched=("min",),
    ) as found:
        ask, roll, least, own = found
        with patch("builtins.input", return_value="7") as typed:
            assert ask() == 7
        typed.assert_called_once_with("n? ")
        with patch("builtins.input", side_effect=["1", "2"]):
            assert (ask(), ask()) == (1, 2)
        with patch("random.randint", return_value=6) as rolled, patch("time.sleep") as slept:
            assert roll() == 6
        rolled.assert_called_once_with(1, 6)
        slept.assert_called_once_with(0)
        space = ask._judge._space
        for function, called in ((least, True), (own, False)):
            space["min"] = patched = pytest.importorskip("unittest.mock").MagicMock(return_value=1)
            function(1, 2)
            assert patched.called is called
            del space["min"]
        assert least(3, 2) == 2


def test_a_name_that_a_test_binds_is_what_an_answer_finds() -> None:
    with defined("def area():\n    return width * 2", "area", watched=("width",)) as area:
        area._judge._space["width"] = 4
        assert area() == 8


def test_a_function_that_is_called_back_may_call_in_turn() -> None:
    source = "def f(n):\n    return 1 if n < 2 else n * f(n - 1)"
    calls = []
    with defined(source, "f") as f:

        def spy(n: int) -> Any:
            calls.append(n)
            return f(n)

        f._judge._space["f"] = spy
        assert f(4) == 24 and calls == [3, 2, 1]


def test_settings_of_a_test_hold_over_there() -> None:
    import decimal

    source = """
import decimal
def shown(x):
    return str(x)
def third():
    return decimal.Decimal(1) / 3
def mode():
    return torch.is_inference_mode_enabled(), str(torch.ones(1).device)
"""
    with defined(source, "shown", "third", "mode") as (shown, third, mode):
        with np.printoptions(precision=2):
            assert shown(np.array([1 / 3])) == "[0.33]"
        assert shown(np.array([1 / 3])) == "[0.33333333]"
        with decimal.localcontext(prec=3):
            assert str(third()) == "0.333"
        assert len(str(third())) == 30
        with torch.inference_mode():
            assert mode() == (True, "cpu")
        with torch.device("meta"):
            assert mode() == (False, "meta")
        assert mode() == (False, "cpu")


def test_what_a_students_own_cell_sets_holds_for_its_functions() -> None:
    source = "np.seterr(divide='raise')\ndef safe(x):\n    try:\n        return x / np.float64(0)\n    except FloatingPointError:\n        return 'no'"
    with np.errstate(), defined(source, "safe") as safe:
        np.seterr(divide="warn")
        assert safe(np.float64(1)) is not None


# Data of libraries ───────────────────────────────────────────────────────────────────────────────

LIBRARY = [
    "collections.Counter('aab')", "collections.deque([1, 2], 3)", "collections.OrderedDict(b=1, a=2)", "collections.defaultdict(list, {1: [2]})",
    "collections.namedtuple('P', 'x y')(1, [2])", "fractions.Fraction(1, 3)", "decimal.Decimal('1.50')", "datetime.date(2020, 1, 2)",
    "datetime.datetime(2020, 1, 2, 3, 4, tzinfo=datetime.UTC)", "datetime.time(1, 2)", "datetime.timedelta(3, 4, 5)", "pathlib.Path('a/b')",
    "uuid.UUID(int=5)", "re.compile('a+', re.I)", "types.SimpleNamespace(a=1)", "{1: 2}.keys()", "array.array('i', [1, 2])", "np.matrix([[1, 2]])",
    "np.rec.array([(1, 2.0)], dtype='i4,f8')", "np.polynomial.Polynomial([1, 2])", "np.poly1d([1, 2])", "torch.max(torch.ones(2, 3), 0)",
    "np.linalg.eigh(np.eye(2))", "pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']}, index=['r', 's'])", "pd.Series([1.5, None], name='k')",
    "pd.DataFrame({'t': pd.date_range('2020', periods=2), 'c': pd.Categorical(['p', 'q'])}).set_index('t')", "pd.Index([1, 2], name='i')",
    "pd.DataFrame({'a': [1, 1], 'b': [2, 3]}).groupby('a').agg(['sum', 'mean'])", "pd.Timestamp('2020-01-01', tz='Europe/Berlin')", "pd.NaT",
    "pd.DataFrame({'a': [[1], {'x': 2}]})", "scipy.sparse.csr_matrix([[1, 0], [0, 2]])", "scipy.sparse.coo_array([[1, 0], [0, 2]])",
]  # fmt: skip
IMPORTS = "import array, collections, datetime, decimal, fractions, pathlib, re, types, uuid\nimport pandas as pd\nimport scipy.sparse\n"


@pytest.mark.parametrize("text", LIBRARY)
def test_a_value_of_a_library_comes_over_as_it_is(text: str) -> None:
    space: dict[str, Any] = {"np": np, "torch": torch}
    exec(IMPORTS, space)
    expected = eval(text, space)
    with defined(
        f"{IMPORTS}value = {text}\ndef kind(x):\n    return type(x) is type(value), repr(x) == repr(value)",
        "value",
        "kind",
    ) as (value, kind):
        assert type(value).__name__ == type(expected).__name__ and repr(value) == repr(expected)
        assert kind(expected) == (text.startswith("collections.named") or (True), True) or text.startswith(
            "collections.named"
        )


WEAK = {"np.ma.masked_less([1, -1], 0)": "a masked array; convert it with np.asarray", "np.ma.masked": "a masked value"}
WEAK |= {
    "pd.array([1, None], dtype='Int64')": "expected plain data",
    "pd.Series([1, None], dtype='Int64')": "missing values",
    "pd.NA": "pd.NA",
}


@pytest.mark.parametrize("text", WEAK)
def test_what_compares_as_nothing_is_named_and_comes_only_where_a_test_is_about_it(text: str) -> None:
    source = f"import pandas as pd\ndef make():\n    return {text}\ndef equals(x):\n    return x == 1"
    with defined(source, "make") as make, pytest.raises(CheckFailed, match=WEAK[text]):
        assert make() == 1
    with defined(source, "make", about=("MaskedArray",)) as make:
        assert type(make()).__name__ in ("MaskedArray", "MaskedConstant", "Series", "NAType", "IntegerArray")


def test_frames_are_changed_in_place() -> None:
    import pandas as pd

    df = pd.DataFrame({"a": [1, 2]})
    with defined("def add(df):\n    df['b'] = df.a * 2\n    df.loc[0, 'a'] = 9", "add") as add:
        add(df)
    assert df.to_dict("list") == {"a": [9, 2], "b": [2, 4]}


# Classes that both sides have ────────────────────────────────────────────────────────────────────

NODE = """
import enum, dataclasses
class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next
    def __eq__(self, other):
        return self.value == other.value
class Slotted:
    __slots__ = ("x", "y")
    def __init__(self, x):
        self.x = x
class Suit(enum.Enum):
    HEARTS = 1
@dataclasses.dataclass(frozen=True)
class Card:
    suit: Suit
    rank: int = 2
"""


def test_objects_of_the_instructors_classes_cross_as_data() -> None:
    source = """
def push(head, value):
    return Node(value, head)
def set_last(head, value):
    while head.next:
        head = head.next
    head.value = value
def slotted(s):
    s.y = s.x + 1
    return Slotted(5)
def card(c):
    return Card(c.suit, c.rank + 1)
def ring():
    one = Node(1)
    one.next = one
    return one
"""
    with defined(source, "push", "set_last", "slotted", "card", "ring", given=NODE) as (
        push,
        set_last,
        slotted,
        card,
        ring,
    ):
        space = push._judge._space
        head = push(push(None, 1), 2)
        assert type(head) is space["Node"] and head.value == 2 and head.next.value == 1 and head.next.next is None
        assert push(head, 3).next is head
        set_last(head, 7)
        assert head.next.value == 7
        one = space["Slotted"](1)
        assert slotted(one).x == 5 and one.y == 2
        hearts = space["Suit"].HEARTS
        assert card(space["Card"](hearts)) == space["Card"](hearts, 3)
        assert ring().next.next.value == 1


# Models ──────────────────────────────────────────────────────────────────────────────────────────

MODEL = """
class Net(torch.nn.Module):
    def __init__(self, width=3):
        super().__init__()
        self.one = torch.nn.Linear(1, width)
        self.two = torch.nn.Linear(width, 1)
    def forward(self, x):
        return self.two(torch.tanh(self.one(x)))
def make():
    torch.manual_seed(0)
    return Net()
def step(model, opt, x, y):
    opt.zero_grad()
    loss = ((model(x) - y) ** 2).mean()
    loss.backward()
    opt.step()
    return loss.item()
def freeze(model):
    for p in model.one.parameters():
        p.requires_grad_(False)
"""


def test_a_model_of_the_students_is_trained_by_the_test() -> None:
    x = torch.linspace(-1, 1, 8)[:, None]
    with defined(MODEL, "Net", "make", "step", "freeze", about=("Net",)) as (Net, make, _, freeze):
        model = make()
        assert isinstance(model, torch.nn.Module) and isinstance(model, Net) and issubclass(Net, torch.nn.Module)
        assert model(x).shape == (8, 1) and model.one.weight.shape == (3, 1) and model.one.out_features == 3
        assert sum(p.numel() for p in model.parameters()) == 10 and "one.weight" in dict(model.named_parameters())
        assert list(model.state_dict()) == ["one.weight", "one.bias", "two.weight", "two.bias"]
        opt = torch.optim.SGD(model.parameters(), lr=0.1)
        before = model.one.weight.detach().clone()
        losses = []
        for _ in range(20):
            opt.zero_grad()
            loss = ((model(x) - 2 * x) ** 2).mean()
            loss.backward()
            opt.step()
            losses.append(loss.item())
        assert losses[-1] < 0.5 * losses[0] and not torch.equal(before, model.one.weight)
        model.eval()
        assert model.training is False
        freeze(model)
        assert [p.requires_grad for p in model.parameters()] == [False, False, True, True]


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_an_optimizer_of_the_tests_trains_a_students_model_over_there(kind: str) -> None:
    x = torch.linspace(-1, 1, 8)[:, None]
    space: dict[str, Any] = {"torch": torch}
    exec(MODEL, space)
    more = {"momentum": 0.9} if kind == "SGD" else {}
    theirs = space["make"]()
    opt = getattr(torch.optim, kind)(theirs.parameters(), lr=0.05, **more)
    expected = [space["step"](theirs, opt, x, 2 * x) for _ in range(5)]
    with defined(MODEL, "make", "step") as (make, step):
        model = make()
        opt = getattr(torch.optim, kind)(model.parameters(), lr=0.05, **more)
        assert [step(model, opt, x, 2 * x) for _ in range(5)] == pytest.approx(expected)


def test_a_model_of_the_tests_is_trained_over_there() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
    before = [p.detach().clone() for p in model.parameters()]
    source = MODEL + "\ndef count(model):\n    return sum(p.numel() for p in model.parameters()), type(model).__name__"
    with defined(source, "step", "count") as (step, count):
        assert count(model) == (7, "Sequential")
        step(model, torch.optim.SGD(model.parameters(), lr=0.1), torch.ones(2, 1), torch.zeros(2, 1))
    assert not torch.equal(before[-1], model[2].bias)
    assert model[2].bias.grad is not None


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


@pytest.mark.parametrize("made", ["Total()", "Total"])
def test_what_can_be_called_is_read_and_counted_like_a_function(made: str) -> None:
    source = f"class Total:\n    def __new__(cls, *x):\n        return sum(x[0]) if x else object.__new__(cls)\n    def __call__(self, x):\n        return sum([v for v in x])\ntotal = {made}"
    with defined(source, "total") as total:
        assert total([1, 2]) == 3
        assert total.ask(([1, 2],), {}, steps=True)[1]["steps"] > 0
        assert total.as_written() is not None


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


def steps(f: Any) -> None:
    checks.steady(f, (np.ones(9),), (np.ones(99),), more=90)


def chance_is_left(f: Any) -> None:
    assert checks.leaves_chance(f, 3) is not None


def a_gpu_is_there(f: Any) -> None:
    assert checks.pretending({"torch.cuda.is_available": True}, f, 3) == 4
    assert f(3) == 3 + torch.cuda.is_available()


OBSERVED = {
    "a loop": ("return [v + 1 for v in x]", steps, "works item by item"),
    "a loop in another function": ("return sum(map(lambda v: v + 1, x))", steps, "works item by item"),
    "a loop in a module of its own": ("import loops; return loops.total(x)", steps, "works item by item"),
    "work on the whole array": ("return x + 1", steps, ""),
    "drawn from the state of all": ("return np.random.rand(x)", chance_is_left, "the global state of np.random"),
    "seeded for all": ("np.random.seed(x); return x", chance_is_left, "the global state of np.random"),
    "drawn from a generator of its own": ("return np.random.default_rng(x).random()", chance_is_left, ""),
    "what a library says": ("return x + torch.cuda.is_available()", a_gpu_is_there, ""),
}
"""What an answer does, how it is observed, and what is said of it."""


@pytest.mark.parametrize("apart", [False, True], ids=["in one process", "across the border"])
@pytest.mark.parametrize("what", OBSERVED)
def test_a_call_is_observed_alike_on_both_sides(
    what: str, apart: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, check, told = OBSERVED[what]
    (tmp_path / "loops.py").write_text("def total(x):\n    s = 0\n    for v in x:\n        s += v\n    return s\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "loops", raising=False)
    np.random.seed(7)  # and not what an answer's own seed makes of it
    source = f"def f(x):\n    {line}"
    with defined(source, "f") if apart else nullcontext(ran(source, torch=torch)["f"]) as f:
        said = problem(check, f)
    assert told in said and bool(told) == bool(said)


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


def test_a_value_of_a_library_that_only_the_answer_imports_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch")
    monkeypatch.setattr(importlib, "import_module", {"torch": torch}.__getitem__)
    assert Unpacker(Table(), [], lambda kind, parts: None).unpack(["torch.dtype", "float32"]) is torch.float32


def test_a_value_of_a_library_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MalformedValueError, match="torch cannot be imported here"):
        Unpacker(Table(), [], lambda kind, parts: None).unpack(["torch.dtype", "float32"])


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


def opened(ours: socket.socket, theirs: socket.socket) -> JudgeClient:
    """Return a conversation about a cell in which no names are asked for."""
    conversation = JudgeClient(ours, (), {})
    wire.send_parts(theirs, ["open", 1, {}], [])
    conversation.open(1, ())
    return conversation


def test_a_value_whose_parts_cannot_be_had_is_asked_where_it_is() -> None:
    class Awkward:
        def pack(self, value: Any) -> Any:
            raise AttributeError("of another version of its library")

    ours, theirs = socket.socketpair()
    with ours, theirs:
        answers = AnswerServer(ours, {"x": object()})
        assert answers._packed(answers._space["x"], Awkward())[0] == "object"  # type: ignore[arg-type]


def test_an_object_of_a_class_that_a_test_defines_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Spy:
        __qualname__ = "Spy"

        def look(self) -> int:
            return 5

    monkeypatch.setattr(Spy, "__module__", "__main__")
    monkeypatch.setattr(sys.modules["__main__"], "Spy", Spy, raising=False)  # so that it could be pickled
    with (
        defined("def ask(spy):\n    return spy.look()", "ask") as ask,
        pytest.raises(CheckFailed, match="a Spy cannot be given"),
    ):
        ask(Spy())


@pytest.mark.parametrize(
    ("given", "make", "change"),
    [
        ("", "np.polynomial.Polynomial([1.0, 2.0])", "x.coef[0] = 5"),
        ("", "np.arange(3)", "x.flags.writeable = False"),
        ("", "np.array([[1], [2, 3]], dtype=object)", "x[0] = 5"),
        ("import pandas as pd", "pd.DataFrame({'a': [1]})", "x.columns.name = 'q'"),
        ("import io", "io.StringIO('ab')", "x.read()"),
        ("", "iter([1, 2])", "next(x)"),
        ("", "torch.nn.Dropout(0.5)", "x.p = 0.0"),
        ("", "torch.nn.Sequential(torch.nn.ReLU())", "x[0] = torch.nn.Tanh()"),
        ("", "torch.nn.Linear(1, 1)", "x.register_forward_hook(print)"),
        ("import collections", "collections.UserDict(a=1)", "x['b'] = 2"),
        ("class Robot:\n    built = 0", "Robot()", "Robot.built += 1"),
        ("class Robot:\n    all = []", "Robot()", "Robot.all.append(x)"),
        ("", "lambda: 0", "x.tag = 1"),
    ],
)
def test_a_change_that_a_test_could_not_see_decides_nothing(given: str, make: str, change: str) -> None:
    given = f"import numpy as np, torch\n{given}"
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(given, space)
    for does in (change, "pass"):
        with defined(f"def f(x):\n    {does}", "f", given=given) as f:
            own = f._judge._space
            f(eval(make, own))
        assert bool(undecided[-1]) == (does == change), undecided[-1]


@pytest.mark.parametrize(
    ("make", "change", "then"),
    [
        ("bytearray(b'a')", "x += b'b'", "x == b'ab'"),
        ("collections.OrderedDict(a=1, b=2)", "x.move_to_end('a')", "list(x) == ['b', 'a']"),
        ("array.array('i', [1])", "x.append(2)", "x.tolist() == [1, 2]"),
        ("torch.nn.Linear(1, 1)", "x.eval()", "not x.training"),
        ("np.matrix([[1, 2]])", "x[0, 0] = 5", "x[0, 0] == 5"),
        ("np.random.default_rng(0)", "x.random()", "x.random() != np.random.default_rng(0).random()"),
    ],
)
def test_a_change_of_what_was_given_is_seen_by_the_test(make: str, change: str, then: str) -> None:
    space: dict[str, Any] = {name: importlib.import_module(name) for name in ("collections", "array", "numpy", "torch")}
    space |= {"np": np, "pd": importlib.import_module("pandas")}
    with defined(f"def f(x):\n    {change}", "f") as f:
        given = eval(make, space)
        f(given)
        assert eval(then, space, {"x": given})


def test_what_cannot_be_given_to_an_answer_decides_nothing() -> None:
    with defined("def f(x):\n    return 0", "f") as f, pytest.raises(CheckFailed, match="a lock cannot be given"):
        f(threading.Lock())
    assert "a lock cannot be given" in undecided[-1]


def test_a_list_of_a_test_s_own_class_is_no_plain_list() -> None:
    class Counting(list[int]):
        asked = 0

        def __getitem__(self, place: Any) -> Any:
            Counting.asked += 1
            return super().__getitem__(place)

    Counting.__module__ = "__main__"
    with defined("def first(x):\n    return x[0]", "first") as first, pytest.raises(CheckFailed):
        first(Counting([1]))
    assert "Counting" in undecided[-1]


def test_a_solution_that_may_hold_what_a_test_changes_is_told() -> None:
    cell = "held = [1]\ndef items():\n    return held\ndef fresh():\n    return 3"
    for about, told in ((("*",), True), ((), False)):
        with defined(cell, "items", "fresh", about=about) as (items, fresh):
            items().append(99)
            fresh()
        assert bool(undecided[-1]) == told


@pytest.mark.parametrize(
    "text",
    ["fractions.Fraction(1, 2)", "decimal.Decimal('0.5')", "datetime.date(2026, 1, 2)", "pathlib.PurePosixPath('a')"],
)
def test_a_class_of_a_library_that_is_given_by_name_is_no_class_of_the_instructors(text: str) -> None:
    module, name = text.partition("(")[0].split(".")
    given = f"import {module}\nfrom {module} import {name}"
    with defined(f"value = {text}", "value", given=given) as value:
        assert value == eval(text, {module: importlib.import_module(module)})
