"""In the judge: stand-ins for what a student defined. A call crosses to the student's process and comes back as data."""

from __future__ import annotations

import collections
import importlib
import itertools
import marshal
import sys
import types
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial, wraps
from typing import Any, TypeVar, cast

import numpy as np

from grader.checks.failure import CheckFailed
from grader.engine import wire
from grader.engine.border import errors, library_values
from grader.engine.border.changes import Seen, carry_out
from grader.engine.border.definitions import attributes_set
from grader.engine.border.functions import is_empty, pickled, used
from grader.engine.border.gradients import modes, remote_gradient, requires_grad, set_modes
from grader.engine.border.pack import (
    SPECIAL,
    MalformedValueError,
    Packer,
    Table,
    Tree,
    library,
    own_classes,
    type_named,
)
from grader.engine.border.remote import Remote, RemoteFunction, class_like, coroutine, generator, handle_of, stand_in
from grader.engine.border.surroundings import Here
from grader.engine.border.unpack import Unpacker

_MOST = 2**28
"""Bytes of one answer."""
_LIBRARIES = (
    "builtins", "math", "operator", "time", "numpy", "numpy.linalg", "torch", "torch.nn.functional", "torch.special",
    "torch.linalg",
)  # fmt: skip
"""Where functions are looked for that do not say themselves where they are."""
NOTHING: Mapping[str, Any] = {}


_Method = TypeVar("_Method", bound=Callable[..., Any])


def _doubting(method: _Method) -> _Method:
    """Let a conversation remember that something came which should not."""

    @wraps(method)
    def watched(self: JudgeClient, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except CheckFailed:
            self.doubted = True
            raise

    return cast(_Method, watched)


class JudgeClient:
    """The judge's end of a channel to a student's process."""

    def __init__(self, channel: Any, texts: Sequence[str], space: dict[str, Any]) -> None:
        self._here, self._watched = Here(space), tuple[str, ...]()
        self._standing: dict[int, Any] = {}
        """What stands for what the student's process holds, by its number there."""
        self.parts: dict[int, Any] = {}
        self._set = set[Any]()
        """The names of attributes that tests have set on objects over there."""
        self.names: dict[int, str] = {}
        self._numbered: dict[int, tuple[Any, int]] = {}
        """Of those that do not know their number themselves (exceptions' classes, generators), by their id."""
        self._called_for, self._about, self._classes = set[int](), frozenset[str](), dict[str, Any]()
        self.needed = set[str]()
        """The classes of the objects to which a test has handed values of its own."""
        self._channel, self._reader = channel, wire.Reader(channel, _MOST)
        self._space, self._given = space, dict[str, Any]()
        self.texts = texts
        """The cells of the student's, in order."""
        self._numbers = itertools.count()
        self._callbacks: list[Callable[..., Any]] = []
        self._before = dict[str, Any]()
        """What watched names stood for when the cell began."""
        self._modes = modes()
        self._told = Table()
        """Of what names stand for in the cell that is open."""
        self._seen, self._open = Seen(self._told), False
        self.undecided = ""
        """Why no verdict of the cell's counts, if anything could not be asked from here."""
        self._lent = list[tuple[Any, Any]]()
        """Of a solution: what calls have returned, and what it was then."""
        self.doubted = False
        """Whether anything came that was no answer, or none came."""

    # One cell ────────────────────────────────────────────────────────────────────────────────────

    @_doubting
    def open(
        self,
        cell: int,
        names: Sequence[str],
        libraries: Mapping[str, str] = NOTHING,
        given: Sequence[str] = (),
        about: Collection[str] = (),
        source: str = "",
        watched: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Wait until the student's process has come to this cell; return what it holds under these names, if anything.

        `libraries` says what a name should stand for that an answer imports: `{"np": "numpy"}`. `given` are names of the
        instructor's, whose classes both sides have. `about` are the classes of the student's objects that this test is
        about: the word of such is taken.
        """
        self._about, self.needed, self._watched = frozenset(about), set(), tuple(watched)
        self.undecided, self._lent = "", []
        self._classes = own_classes(self._space, given)
        self._modes, self._open = modes(), True
        self._here.begin(source)
        while True:
            said, buffers = self._hear()
            match said:
                case ["open", number, dict(have)] if number == cell:
                    break
        self._told = Table()
        unpack = self._unpacker(self._told, buffers).unpack
        have = {name: have[name] for name in names if name in have}
        self._given = {name: self._imported(libraries, name, tree, unpack) for name, tree in have.items()}
        for name, value in self._given.items():
            if issubclass(type(value), RemoteFunction):  # a function may have several names, and be read under each
                self._given[name] = value = RemoteFunction(self, value._handle, value.__name__)
                value.known_as = name
        self.names |= {number: name for name, value in self._given.items() if (number := handle_of(value)) is not None}
        self._called_for = {number for value in self._given.values() if (number := handle_of(value)) is not None}
        self._seen = Seen(self._told)
        self._before = {name: self._space.get(name, self) for name in self._watched if name not in self._given}
        if self._here.draws:
            self._here.adopt(lambda: self.call("chance", (), {}, {})[0])
        return self._given

    def close(self) -> None:
        """Let the student's process go on."""
        if self._open and self._here.draws:
            with suppress(CheckFailed):
                self.call("chance", (), {}, {})  # and with it goes what the test has drawn
        self._open = False
        self._here.end()
        self._callbacks.clear()
        set_modes(self._modes)
        try:
            wire.send_parts(self._channel, ["close"], [])
        except wire.ClosedError:
            return

    def _imported(self, libraries: Mapping[str, str], name: str, tree: Tree, unpack: Callable[[Tree], Any]) -> Any:
        """Return what a name stands for: what the solution imports under it, if that is what the student did."""
        match tree:
            case ["library", str(module), str(inner), other]:
                path = f"{module}.{inner}" if inner else module
                if (wanted := libraries.get(name)) and (found := _library(wanted)) is not None:
                    if path == wanted or path == _path(found):
                        self._made(unpack, other)
                        return self._instead(str(other[0]), other[1:], found)
                return self._made(unpack, other)
        return self._made(unpack, tree)

    def hear_of(self, source: str) -> None:
        """Note what an instructor's cell does that runs in both processes: whether it sets a seed."""
        self._here.hear_of(source)

    def hand_over(self, kind: str, given: Sequence[Any]) -> None:
        """Fail if values of the test's own are among these, and it is not about objects of such a class."""
        if all(self._number(value) is not None for value in given):
            return
        self.needed.add(kind)
        if not self._about:
            text = f"this is an object of class {kind}; expected plain data"
            raise CheckFailed(text, plain="what it gives is an object of a class of its own; expected plain data")

    def _met_weak(self, value: Any) -> None:
        """Refuse what compares with anything as if it were right, unless the test is about such."""
        name = type(value).__name__
        self.needed.add(name)
        if not self._about:
            what, way_out = library_values.WEAK.get(
                name, (f"a {name} with missing values", "fill them, or leave them out")
            )
            raise CheckFailed(f"this is {what}; {way_out}")

    def is_plain(self, name: str) -> bool:
        known = attributes_set(tuple(self.texts))
        return known is not None and name not in known and name not in self._set

    def is_told(self, number: int) -> bool:
        return number in self._called_for

    def _number(self, value: Any) -> int | None:
        found = self._numbered.get(id(value))
        return found[1] if found is not None else handle_of(value)

    def _unpacker(self, table: Table, buffers: list[bytes], **more: Any) -> Unpacker:
        return Unpacker(table, buffers, self._special, given=self._classes, weak=self._met_weak, **more)

    def _packer(self, table: Table) -> Packer:
        packer = Packer(table, lambda value: self._sent(value, packer), self._classes, whole=True)
        return packer

    @_doubting
    def call(
        self, handle: int | str, args: Sequence[Any], kwargs: Mapping[str, Any], how: Mapping[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        """Call a function over there; return its result, and what else was said. Raises what it raised."""
        if not self._open:
            raise CheckFailed("an answer is asked outside a test cell; call it in the cell that tests it")
        if handle in ("setattr", "delattr"):
            self._set.add(args[1])
        number, table = next(self._numbers), self._told.copy()
        packer = self._packer(table)
        if table.objects and any(changed := self._seen.changes(table, packer)):
            how = {**how, "changed": changed}
        given = self._packed(args, kwargs, packer)
        known = len(table.objects)
        now, here = modes(), self._here.differences(packer)
        changed_modes = {name: value for name, value in now.items() if value != self._modes.get(name)}
        how = {**how, **here, "modes": changed_modes, "space": self._rebound(packer)}
        self._say(["call", number, handle, given, how], packer.buffers)
        about, buffers = self._outcome(table)

        def attach_graph(plain: Any, place: int) -> Any:
            inputs = {n: value for n, value in enumerate(table.objects[:known]) if requires_grad(value)}
            slopes = partial(self.vector_jacobian_product, number, place, list(inputs))
            return remote_gradient().apply(
                slopes, plain, sys.modules["torch"].zeros((), requires_grad=True), *inputs.values()
            )

        unpacker = self._unpacker(table, buffers, attach_graph=attach_graph)
        if "value" in about:
            value = self._made(unpacker.unpack, about["value"])
        self._change(table, known, about.get("changed"), unpacker, buffers)
        self._rebind(about.get("names") or {}, unpacker)
        if unseen := about.get("unseen"):
            self.undecided = f"an answer changes an object in a way that is not seen from here ({str(unseen)[:99]})"
        self._told.keep(table)
        if self._told.objects:
            self._seen = Seen(self._told)
        if here:
            self._here.take(about, lambda tree: self._made(unpacker.unpack, tree))
        if after := about.get("modes"):
            self._compute_as({**now, **after} if isinstance(after, dict) else after)
            if "dtype" in now and modes()["dtype"] != now["dtype"]:
                set_modes(now)
                text = "it changes torch's default dtype, on which the tests rely; leave that as it is"
                raise CheckFailed(text, plain=text)
        errors.warn(about.get("warned"))
        if "value" not in about:
            raise self._raised(about, unpacker)
        if "*" in self._about and isinstance(value, _LENT):
            self._lent.append((value, _held(value)))
        return value, {"steps": about.get("steps"), "chance": about.get("chance")}

    def _packed(self, args: Sequence[Any], kwargs: Mapping[str, Any], packer: Packer) -> Tree:
        """Return what a call is given. What cannot be given there decides nothing about the answer."""
        if any(_held(value) != before for value, before in self._lent):
            self.undecided = "it changes what an answer returned, and asks on; the answer may hold that, too"
        try:
            return [[packer.pack(value) for value in args], {name: packer.pack(v) for name, v in kwargs.items()}]
        except MalformedValueError as error:
            self.undecided = str(error)
            raise CheckFailed(str(error)) from None

    def _raised(self, about: Mapping[str, Any], unpacker: Unpacker) -> BaseException:
        """Return what a call raised: of a class of the student's own, if it is one."""
        error = errors.raised(about.get("raised"))
        match about.get("own"):
            case [tree, args, state]:
                cls, given, held = (self._made(unpacker.unpack, part) for part in (tree, args, state))
                if (
                    isinstance(cls, type)
                    and issubclass(cls, Exception)
                    and isinstance(given, list)
                    and isinstance(held, dict)
                ):
                    return errors.own(cls, given, held, error)
        return error

    def _rebind(self, names: Tree, unpacker: Unpacker) -> None:
        """Let names stand for what a call has bound them to, where the test has not done so itself."""
        for name, tree in names.items() if isinstance(names, dict) else ():
            if name in self._given:
                before, value = self._given[name], self._made(unpacker.unpack, tree)
                self._given[name] = value
                if self._space.get(name) is before:
                    self._space[name] = value

    def _rebound(self, packer: Packer) -> dict[str, Any]:
        """Return which of the names that a test was given it has deleted meanwhile, or bound to something else."""
        gone, put = [name for name in self._given if name not in self._space], dict[str, Tree]()
        for name, value in self._given.items():
            if name in self._space and self._space[name] is not value:
                with suppress(MalformedValueError):  # of no use over there
                    put[name] = packer.pack(self._space[name])
        for name, before in self._before.items():
            if self._space.get(name, self) is not before:
                with suppress(MalformedValueError):
                    put[name] = packer.pack(self._space[name])
        return {"gone": gone, "put": put}

    @_doubting
    def vector_jacobian_product(self, number: int, place: int, inputs: Sequence[int], grad: Any) -> list[Any]:
        """Return the product of `grad` with the Jacobian of what a call returned by what was given to it."""
        packer = self._packer(Table())
        tree = packer.pack([grad])
        self._say(["slope", number, [place], list(inputs), tree], packer.buffers)
        said, buffers = self._hear()
        match said:
            case ["slopes", list(trees)] if len(trees) == len(inputs):
                unpack = self._unpacker(Table(), buffers).unpack
                return [self._made(unpack, tree) for tree in trees]
            case ["failed", what]:
                raise errors.raised(what)
        raise CheckFailed("what came back is no gradient")

    # Messages ────────────────────────────────────────────────────────────────────────────────────

    def _say(self, message: Tree, buffers: list[bytes] | None = None) -> None:
        try:
            wire.send_parts(self._channel, message, buffers or [])
        except wire.ClosedError:
            raise _lost() from None

    def _hear(self) -> tuple[Tree, list[bytes]]:
        try:
            return self._reader.read_parts()
        except wire.ClosedError:
            raise _lost() from None
        except (ValueError, TypeError, RecursionError):
            raise CheckFailed("what came back is no answer") from None

    def _outcome(self, table: Table) -> tuple[dict[str, Any], list[bytes]]:
        """Return what a call came to; meanwhile the function may call back."""
        while True:
            said, buffers = self._hear()
            match said:
                case ["did", dict(about)]:
                    return about, buffers
                case ["back", int(number), given, how, str(printed)] if 0 <= number < len(self._callbacks):
                    before = modes()
                    if printed:
                        sys.stdout.write(printed)
                    if how != before:
                        self._compute_as(how)
                    self._call_back(self._callbacks[number], given, table, buffers)
                    set_modes(before)
                case _:
                    raise CheckFailed("what came back is no answer")

    def _call_back(self, function: Callable[..., Any], given: Tree, table: Table, buffers: list[bytes]) -> None:
        packer = self._packer(table)
        args, kwargs = self._made(self._unpacker(table, buffers).unpack, given)
        try:
            self._say(["returned", packer.pack(function(*args, **kwargs))], packer.buffers)
        except Exception as error:
            if isinstance(error, MalformedValueError):
                self.undecided = str(error)
            name = next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
            self._say(["raised", {"class": name, "text": str(error)}])

    def _made(self, unpack: Callable[[Tree], Any], tree: Tree) -> Any:
        try:
            return unpack(tree)
        except MalformedValueError as error:
            raise CheckFailed(f"what came back is no value ({error})") from None

    def _change(self, table: Table, known: int, changed: Tree, unpacker: Unpacker, buffers: list[bytes]) -> None:
        """Carry out on what was given what the call did to it over there."""
        try:
            carry_out(changed, table, known, unpacker, buffers)
        except (ValueError, TypeError, LookupError, AttributeError, RuntimeError):
            raise CheckFailed("what came back is no answer") from None

    def _compute_as(self, how: Tree) -> None:
        """Let NumPy and torch compute here as they do over there."""
        try:
            set_modes(how)
        except (ValueError, TypeError, LookupError, AttributeError):
            raise CheckFailed("what came back is no answer") from None

    # Functions ───────────────────────────────────────────────────────────────────────────────────

    def _special(self, kind: str, parts: list[Tree]) -> Any:
        match kind, parts:
            case "known", [int(number)] if number in self._standing:
                return self._standing[number]
            case "library", [str(module), str(name), [str(inner), *rest]]:
                # by its name alone it would be whatever the student's process says
                standing, found = self._special(inner, rest), errors.known(module, name)
                return standing if found is None else self._instead(inner, rest, found)
            case "function", [int(number), str(name)]:
                return self._stand(number, RemoteFunction(self, number, name[:200]))
            case "class", [
                int(number),
                str(name),
                str(module),
                str(qualname),
                list(bases),
                list(own),
                list(of_class),
                bool(error),
                list(methods),
            ]:
                known = [base for tree in bases if (base := self._special(str(tree[0]), tree[1:])) is not None]
                if error:
                    cls = errors.error_class(name, known)
                    self._numbered[id(cls)] = (cls, number)
                else:
                    own, of_class = ([str(one) for one in names if one in SPECIAL] for names in (own, of_class))
                    cls = class_like(
                        self, number, name, module, qualname, known, own, of_class, list(map(str, methods))
                    )
                return self._stand(number, cls)
            case "object", [int(number), [str(inner), *rest]]:
                cls = self._special(inner, rest)
                return self._stand(number, self._object(cls, number))
            case "type", [str(name)]:
                return type_named(name)
        raise MalformedValueError(kind)

    def _instead(self, inner: str, rest: list[Tree], found: Any) -> Any:
        """Let what a library has stand for itself from now on."""
        if inner != "known" and rest and isinstance(rest[0], int):
            self._standing[rest[0]] = found
        return found

    def _stand(self, number: int, value: Any) -> Any:
        return self._standing.setdefault(number, value)

    def _object(self, cls: Any, number: int) -> Any:
        """Return what stands for an object of a class."""
        if isinstance(cls, type) and issubclass(cls, Exception):  # one that was returned where it was to be raised
            error = cls.__new__(cls)
            self._numbered[id(error)] = (error, number)
            return error
        if not isinstance(cls, type) or not issubclass(cls, Remote):
            raise MalformedValueError("an object of what is no class")
        made = stand_in(cls, self, number, cls.__name__)
        kind = made.__class__
        if kind in (types.GeneratorType, types.CoroutineType):
            local = generator(self, made) if kind is types.GeneratorType else coroutine(self, made)
            self._numbered[id(local)] = (local, number)
            return local
        return made

    def _sent(self, value: Any, packer: Packer) -> Tree:
        """Return how a value that is no data gets over: by name, by its code, or as a way to call it here."""
        if (number := self._number(value)) is not None:
            return ["mine", number]
        if isinstance(value, types.ModuleType):
            return ["library", value.__name__, ""]
        if isinstance(value, types.CellType):
            return ["empty"]
        if isinstance(value, BaseException):
            return ["exception", errors.told(value)]
        name, of_a_cell = getattr(value, "__name__", ""), getattr(value, "__globals__", None) is self._space
        module, qualname = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
        if not of_a_cell and isinstance(module, str) and module != "__main__" and library(module, qualname) is value:
            return ["library", module, qualname]
        for module in () if of_a_cell else _LIBRARIES:
            if name and getattr(sys.modules.get(module), name, None) is value:
                return ["library", module, name]
        if isinstance(value, types.FunctionType) and (names := used(value)) is not None:
            return self._code(value, names, packer)
        if not isinstance(value, types.FunctionType | types.MethodType | type):
            with suppress(Exception):  # in how many ways a library may say no
                return packer.keep(value, lambda: pickled(value, packer.pack, self._classes.values()))
        if not callable(value):
            raise MalformedValueError(f"a {type(value).__name__} cannot be given to a student's function")
        self._callbacks.append(value)
        return ["callback", len(self._callbacks) - 1, name or type(value).__name__]

    def _code(self, function: types.FunctionType, used: Mapping[str, Any], packer: Packer) -> Tree:
        packer.buffers.append(marshal.dumps(function.__code__))
        place = len(packer.buffers) - 1
        cells = [
            ["empty"] if is_empty(cell) else packer.pack(cell.cell_contents) for cell in function.__closure__ or ()
        ]
        space = {name: packer.pack(value) for name, value in used.items()}
        keywords = packer.pack(function.__kwdefaults__)
        return ["function", place, function.__name__, packer.pack(function.__defaults__), keywords, cells, space]


_LENT = (list, dict, set, bytearray, collections.deque, np.ndarray)


def _held(value: Any) -> Any:
    """Return what tells whether a container or an array is as it was."""
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, bytearray):
        return bytes(value)
    parts = [part for pair in value.items() for part in pair] if isinstance(value, dict) else value
    return [*map(id, parts)]


def _library(path: str) -> Any:
    """Return the module, or what of a module, that the instructor's own solution imports by this path; None if there is none."""
    module, _, name = path.rpartition(".")
    with suppress(ImportError):
        return importlib.import_module(path)
    with suppress(ImportError):
        return getattr(importlib.import_module(module), name, None)
    return None


def _path(value: Any) -> str:
    """Return under which path a module, function or class knows itself."""
    if isinstance(value, types.ModuleType):
        return value.__name__
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"


def _lost() -> CheckFailed:
    text = "the Python process ended while it ran (an exit call, or too much memory)"
    return CheckFailed(text, plain=text)
