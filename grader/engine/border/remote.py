"""In the judge: what stands for functions, classes and objects that stay in a student's process.

What is done with a stand-in is done over there, and its result comes back. A test's own values are handed to an object
over there, and its word on them is taken, only where the conversation says that this test is about such objects; what
an object holds can always be asked. Functions and classes that were asked for by name are there to be called.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Protocol

from grader.checks.failure import CheckFailed
from grader.engine.border.definitions import as_written


class Judge(Protocol):
    """The judge's end of a conversation, as stand-ins use it."""

    texts: Sequence[str]
    names: dict[int, str]
    """Under which names tests have asked for what."""
    parts: dict[int, Any]
    """What stands for objects that can be called, and were found in others."""

    def call(
        self, target: int | str, args: Sequence[Any], kwargs: Mapping[str, Any], how: Mapping[str, Any]
    ) -> tuple[Any, dict[str, Any]]: ...

    def hand_over(self, kind: str, given: Sequence[Any]) -> None:
        """Fail if values of the test's own are among these, and it is not about such objects."""

    def is_plain(self, name: str) -> bool:
        """Tell whether nobody sets an attribute of this name, so that a method of this name is what its class says."""

    def is_told(self, number: int) -> bool:
        """Tell whether a name that the test has asked for stands for this."""


# Functions ───────────────────────────────────────────────────────────────────────────────────────


class RemoteFunction:
    """Stands in for a function of the student's."""

    stays_there = True

    def __init__(self, judge: Judge, handle: int, name: str, of: str = "") -> None:
        self._judge, self._number, self._of = judge, handle, of
        self.__name__ = self.__qualname__ = self.known_as = name
        self.__module__ = "__main__"

    @property
    def _handle(self) -> int:
        return self._number

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"

    def __eq__(self, other: object) -> bool:
        return issubclass(type(other), RemoteFunction) and other._handle == self._handle  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self._handle)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.ask(args, kwargs)[0]

    def ask(self, args: Sequence[Any], kwargs: Mapping[str, Any], **how: Any) -> tuple[Any, dict[str, Any]]:
        """Call it over there, and return its result and what was asked for besides.

        `steps=True` asks how many lines and calls its own Python took, `chance=True` whether NumPy's global random
        state changed, `pretend={"torch.cuda.is_available": True}` that a function of a library returns this meanwhile.
        """
        if self._of:
            self._judge.hand_over(self._of, [*args, *kwargs.values()])
        return self._judge.call(self._handle, args, kwargs, how)

    def as_written(self) -> Callable[..., Any]:
        """Return a function of the same source, which is there to be read and not to be called."""
        found: Callable[..., Any] = as_written(self.known_as, self._judge.texts)
        return found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") and name not in (
            "__doc__",
            "__defaults__",
            "__kwdefaults__",
            "__annotations__",
            "__dict__",
        ):
            raise AttributeError(name)
        return owned(self._judge.call("getattr", (self, name), {}, {})[0], "function")

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return self._judge.call("getattr", (self, "__doc__"), {}, {})[0]

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return types.FunctionType

    @property
    def __code__(self) -> types.CodeType:
        code: types.CodeType = self.as_written().__code__
        return code

    @property
    def __signature__(self) -> inspect.Signature:
        parts, _ = self._judge.call("signature", (self,), {}, {})
        empty = inspect.Parameter.empty
        made = [
            inspect.Parameter(
                name,
                getattr(inspect.Parameter, kind),
                default=default if has else empty,
                annotation=note if noted else empty,
            )
            for name, kind, has, default, noted, note in parts
        ]
        return inspect.Signature(made)


class Method(RemoteFunction):
    """Stands in for a method of an object: it is called by its name, and only who does something else asks for it first."""

    def __init__(self, judge: Judge, value: Any, name: str, of: str) -> None:
        super().__init__(judge, -1, name, of)
        self._value = value

    @property
    def _handle(self) -> int:
        if self._number < 0:
            found = self._judge.call("getattr", (self._value, self.known_as), {}, {})[0]
            if not issubclass(type(found), RemoteFunction):
                raise CheckFailed(f"{self.known_as} is a method of its class; here it is a {type(found).__name__}")
            self._number = found._handle
        return self._number

    def __eq__(self, other: object) -> bool:
        if type(other) is Method:
            return self._what() == other._what()
        return super().__eq__(other)

    def __hash__(self) -> int:
        return hash(self._what())

    def _what(self) -> tuple[int | None, str]:
        return handle_of(self._value), self.known_as

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._judge.hand_over(self._of, [*args, *kwargs.values()])
        return self._judge.call("method", (self._value, self.known_as, *args), kwargs, {})[0]


# Objects ─────────────────────────────────────────────────────────────────────────────────────────


class RemoteType(type):
    """The type of classes that stand for classes of a student's process."""

    stays_there = True

    def __new__(mcs, name: str, bases: tuple[type, ...], space: dict[str, Any], **more: Any) -> Any:
        first = next((base for base in bases if _link_of(base) is not None), None)
        if first is None:
            return super().__new__(mcs, name, bases, space)
        cell, judge = space.pop("__classcell__", None), _link_of(first)[0]  # type: ignore[index]
        own = {key: value for key, value in space.items() if key not in ("__module__", "__qualname__")}
        made = judge.call("subclass", (name, bases, own), {}, {})[0]
        if cell is not None:
            cell.cell_contents = made
        return made

    def __init__(cls, *_: Any, **__: Any) -> None: ...

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        judge, number = _link_of(cls) or (None, 0)
        if judge is None:
            return super().__call__(*args, **kwargs)
        if not judge.is_told(number):
            judge.hand_over(cls.__name__, [*args, *kwargs.values()])
        return judge.call(number, args, kwargs, {})[0]

    def __getattribute__(cls, name: str) -> Any:
        if name in _OF_A_CLASS or (link := _link_of(cls)) is None:
            return type.__getattribute__(cls, name)
        if name in _OF_AN_ANSWER:
            return getattr(RemoteFunction(*link, link[0].names.get(link[1], "")), name)
        return owned(link[0].call("getattr", (cls, name), {}, {})[0], type.__getattribute__(cls, "__name__"))

    def __setattr__(cls, name: str, value: Any) -> None:
        if (link := _link_of(cls)) is None or name in ("__abstractmethods__",):
            type.__setattr__(cls, name, value)
        else:
            link[0].call("setattr", (cls, name, value), {}, {})

    def __delattr__(cls, name: str) -> None:
        link = _link_of(cls)
        if link:
            link[0].call("delattr", (cls, name), {}, {})

    def __dir__(cls) -> Any:
        link = _link_of(cls)
        return link[0].call("dir", (cls,), {}, {})[0] if link else type.__dir__(cls)


_OF_AN_ANSWER = ("ask", "as_written")
"""What checks ask of whatever can be called."""
_OF_A_CLASS = frozenset(
    "__class__ __mro__ __bases__ __base__ __name__ __qualname__ __module__ __subclasses__ __instancecheck__ __subclasscheck__ "
    "mro __flags__ __basicsize__ __itemsize__ __dictoffset__ __weakrefoffset__ stays_there _remote_ _likeness_ _called_ _methods_ __hash__ __eq__ "
    "__subclasshook__ __setattr__ __abstractmethods__ _abc_impl __prepare__ __or__ __ror__ __text_signature__ __new__".split()
)


def _link_of(cls: type) -> tuple[Judge, int] | None:
    """Return whom to ask about a class, and by what number; None of one that stands for nothing."""
    found: tuple[Judge, int] | None = type.__getattribute__(cls, "__dict__").get("_remote_")
    return found


class Remote(metaclass=RemoteType):
    """Stands in for an object of the student's process."""

    _called_ = False
    """Whether such objects can be called."""

    _methods_: frozenset[str] = frozenset()
    """The names of functions that their class, or one above it, holds."""

    _link: tuple[Judge, int, str]

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return type.__getattribute__(type(self), "_likeness_") or type(self)
        judge, number, kind = object.__getattribute__(self, "_link")
        if name in _OF_AN_ANSWER and type.__getattribute__(type(self), "_called_"):
            return getattr(RemoteFunction(judge, number, judge.names.get(number, "")), name)
        if name in type.__getattribute__(type(self), "_methods_") and judge.is_plain(name):
            return Method(judge, self, name, kind)
        return owned(judge.call("getattr", (self, name), {}, {})[0], kind)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__getattribute__(self, "_link")[0].call("setattr", (self, name, value), {}, {})

    def __delattr__(self, name: str) -> None:
        object.__getattribute__(self, "_link")[0].call("delattr", (self, name), {}, {})

    def __dir__(self) -> Any:
        return object.__getattribute__(self, "_link")[0].call("dir", (self,), {}, {})[0]

    def __copy__(self) -> Any:
        return object.__getattribute__(self, "_link")[0].call("copy", (self,), {}, {})[0]

    def __deepcopy__(self, _: Any) -> Any:
        return object.__getattribute__(self, "_link")[0].call("deepcopy", (self,), {}, {})[0]

    def __reduce_ex__(self, _: Any) -> Any:
        raise TypeError(f"a {object.__getattribute__(self, '_link')[2]} stays where it is")

    def __repr__(self) -> str:
        return _as_text(_special(self, "__repr__"))

    def __str__(self) -> str:
        return _as_text(_special(self, "__str__"))


def _as_text(value: Any) -> str:
    return value if type(value) is str else "?"


def handle_of(value: Any) -> int | None:
    """Return the number by which what a stand-in stands for is known over there; None if it is no stand-in."""
    kind = type(value)
    if issubclass(kind, RemoteFunction):
        return int(value._handle)
    if issubclass(kind, RemoteType):
        link = _link_of(value)
        return link[1] if link else None
    if issubclass(kind, Remote):
        return int(object.__getattribute__(value, "_link")[1])
    return None


def owned(value: Any, kind: str) -> Any:
    """Return a stand-in that is a part of an object: what is handed to it is handed to that object."""
    if issubclass(type(value), RemoteFunction):
        return RemoteFunction(value._judge, value._handle, value.__name__, kind)
    if issubclass(type(value), Remote) and getattr(type(value), "_called_", False):
        judge, number, own = object.__getattribute__(value, "_link")
        if number not in judge.parts:
            made = judge.parts[number] = stand_in(type(value), judge, number, own)
            object.__setattr__(made, "_of", kind)
        return judge.parts[number]
    return value


def stand_in(cls: type, judge: Judge, number: int, kind: str) -> Any:
    """Return a new stand-in for an object."""
    made: Any = object.__new__(cls)
    object.__setattr__(made, "_link", (judge, number, kind))
    return made


# Special methods ─────────────────────────────────────────────────────────────────────────────────

_HARMLESS = ("__setitem__", "__delitem__", "__format__", "__round__", "__array__")
"""They take values of the test's, and say nothing about them."""


def _special(value: Any, name: str, *args: Any) -> Any:
    judge, _, kind = object.__getattribute__(value, "_link")
    plain = name == "__getitem__" and all(type(arg) in (int, str, slice, bool) for arg in args)
    if args and name not in _HARMLESS and not plain:
        judge.hand_over(kind, args)
    return judge.call("special", (value, name, *args), {}, {})[0]


def _plain(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any) -> Any:
        found = _special(self, name, *args)
        return owned(found, object.__getattribute__(self, "_link")[2]) if name == "__getitem__" else found

    method.__name__ = name
    return method


def _next(self: Any) -> Any:
    judge, _, kind = object.__getattribute__(self, "_link")
    ended, value = judge.call("send", (self, None), {}, {})[0]
    if ended:
        raise StopIteration(value)
    return owned(value, kind)


def _call(self: Any, *args: Any, **kwargs: Any) -> Any:
    judge, number, _ = object.__getattribute__(self, "_link")
    try:
        of = object.__getattribute__(self, "_of")
    except AttributeError:
        of = ""
    if of:
        judge.hand_over(of, [*args, *kwargs.values()])
    return judge.call(number, args, kwargs, {})[0]


def _exit(self: Any, kind: Any, error: Any, trace: Any) -> bool:
    """Leave a `with`; whether that ends an exception is the object's to say, unless a test has failed by it."""
    judge, _, name = object.__getattribute__(self, "_link")
    ended = judge.call("exit", (self, error), {}, {})[0]
    if error is not None and ended:
        judge.hand_over(name, [error])
    return bool(ended) and not isinstance(error, AssertionError)


def _await(self: Any) -> Generator[Any, Any, Any]:
    yield from ()
    return object.__getattribute__(self, "_link")[0].call("wait", (self,), {}, {})[0]


async def _anext(self: Any) -> Any:
    ended, value = object.__getattribute__(self, "_link")[0].call("anext", (self,), {}, {})[0]
    if ended:
        raise StopAsyncIteration
    return value


_OWN: dict[str, Callable[..., Any]] = {
    "__next__": _next, "__call__": _call, "__exit__": _exit, "__await__": _await, "__anext__": _anext,
}  # fmt: skip


# Classes ─────────────────────────────────────────────────────────────────────────────────────────

_BASES = {("torch.nn.modules.module", "Module"), ("torch.utils.data.dataset", "Dataset"), ("abc", "ABC")}
"""Classes of libraries from which a stand-in's class may really be derived, so that `isinstance` says so."""


def class_like(
    judge: Judge, number: int, name: str, module: str, qualname: str, bases: Sequence[Any], own: Sequence[str],
    of_class: Sequence[str], methods: Sequence[str],
) -> Any:  # fmt: skip
    """Return a class that stands for one over there."""
    library = known_class(module, qualname) if module != "__main__" else None
    real = [base for base in bases if isinstance(base, type)]
    standing = [base for base in real if issubclass(type(base), RemoteType)]
    others = [base for base in real if base not in standing and (base.__module__, base.__qualname__) in _BASES]
    if library is not None and (module, qualname) in _BASES:
        others.append(library)
    others = [
        base for base in others if not any(base is not one and issubclass(one, base) for one in (*others, *standing))
    ]
    space: dict[str, Any] = {
        "__module__": module, "__qualname__": qualname, "_remote_": (judge, number), "_likeness_": None,
        "_methods_": frozenset(methods),
    }  # fmt: skip
    if library is not None:
        space["_likeness_"] = library
    for special in own:
        space[special] = _OWN.get(special) or _plain(special)
    if "__call__" in own:
        space["_called_"] = True
    if "__eq__" in own and "__hash__" not in own:
        space["__hash__"] = None
    parents = tuple(standing) or (Remote,)
    meta = _meta(of_class, [type(base) for base in (*parents, *others)])
    return type.__new__(meta, name, (*parents, *others), space)


def _meta(of_class: Sequence[str], others: Sequence[type]) -> type:
    """Return the metaclass of a class on which `len`, `in` and the like work over there."""
    above = tuple(
        kind for kind in dict.fromkeys(others) if not any(kind is not one and issubclass(one, kind) for one in others)
    )
    if not of_class and len(above) == 1:
        return above[0]

    def method(name: str) -> Callable[..., Any]:
        def special(cls: Any, *args: Any) -> Any:
            link = _link_of(cls)
            assert link is not None
            if args and name != "__getitem__":
                link[0].hand_over(cls.__name__, args)
            return link[0].call("special", (cls, name, *args), {}, {})[0]

        return special

    own = {name: _class_next if name == "__next__" else method(name) for name in of_class}
    return type("RemoteType", above, own)


def _class_next(cls: Any) -> Any:
    raise TypeError(f"{cls.__name__} is no iterator")


def known_class(module: str, qualname: str) -> type | None:
    """Return a library's class that is imported here already, without asking the library for it."""
    if module == "builtins" and qualname in _UNNAMED:
        return _UNNAMED[qualname]
    found: Any = sys.modules.get(module)
    for part in qualname.split("."):
        found = vars(found).get(part) if found is not None and hasattr(found, "__dict__") else None
    return found if isinstance(found, type) else None


_UNNAMED = {kind.__name__: kind for kind in vars(types).values() if isinstance(kind, type)}


def generator(judge: Judge, stand_in: Any) -> Generator[Any, Any, Any]:
    """Go on with a generator over there, step by step."""
    value = None
    while True:
        ended, found = judge.call("send", (stand_in, value), {}, {})[0]
        if ended:
            return found
        value = yield owned(found, "generator")


async def coroutine(judge: Judge, stand_in: Any) -> Any:
    """Wait for a coroutine over there."""
    return judge.call("wait", (stand_in,), {}, {})[0]
