"""In the judge: stand-ins for what a student defined. A call crosses to the student's process and comes back as data."""

from __future__ import annotations

import importlib
import itertools
import marshal
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial, wraps
from typing import Any, TypeVar, cast

from grader.engine import errors, wire
from grader.engine.arrivals import Unpacker
from grader.engine.changes import Seen, carry_out
from grader.engine.crossing import across, modes, requires_grad, set_modes, used
from grader.engine.values import MalformedValueError, Packer, Table, Tree
from grader.engine.written import as_written
from grader.failure import CheckFailed

_MOST = 2**28
"""Bytes of one answer."""
_LIBRARIES = (
    "builtins", "math", "operator", "time", "numpy", "numpy.linalg", "torch", "torch.nn.functional", "torch.special",
    "torch.linalg",
)  # fmt: skip


NOTHING: Mapping[str, str] = {}


class Unknown:
    """What a student's process holds that is no data. Nothing can be done with it but pass it back."""

    def __init__(self, handle: int, kind: str) -> None:
        self._handle, self._kind = handle, kind

    def __repr__(self) -> str:
        return f"<{self._kind} object>"

    def __bool__(self) -> bool:
        raise CheckFailed(f"this is an object of class {self._kind}; expected plain data")


class Answer:
    """Stands in for a function of the student's."""

    def __init__(self, conversation: Conversation, handle: int, name: str) -> None:
        self._conversation, self._handle = conversation, handle
        self.__name__ = self.__qualname__ = self.known_as = name

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.ask(args, kwargs)[0]

    def ask(self, args: Sequence[Any], kwargs: Mapping[str, Any], **how: Any) -> tuple[Any, dict[str, Any]]:
        """Call it over there, and return its result and what was asked for besides.

        `steps=True` asks how many lines and calls its own Python took, `chance=True` whether NumPy's global random
        state changed, `pretend={"torch.cuda.is_available": True}` that a function of a library returns this meanwhile.
        """
        return self._conversation.call(self._handle, args, kwargs, how)

    def as_written(self) -> Callable[..., Any]:
        """Return a function of the same source, which is there to be read and not to be called."""
        found: Callable[..., Any] = as_written(self.known_as, self._conversation.texts)
        return found


_Method = TypeVar("_Method", bound=Callable[..., Any])


def _doubting(method: _Method) -> _Method:
    """Let a conversation remember that something came which should not."""

    @wraps(method)
    def watched(self: Conversation, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except CheckFailed:
            self.doubted = True
            raise

    return cast(_Method, watched)


class Conversation:
    """The judge's end of a channel to a student's process."""

    def __init__(self, channel: Any, texts: Sequence[str], space: dict[str, Any]) -> None:
        self._channel, self._reader = channel, wire.Reader(channel, _MOST)
        self._space, self._given = space, dict[str, Any]()
        self.texts = texts
        """The cells of the student's, in order."""
        self._numbers = itertools.count()
        self._callbacks: list[Callable[..., Any]] = []
        self._modes = modes()
        self._told = Table()
        """Of what names stand for in the cell that is open."""
        self._seen, self._open = Seen(self._told), False
        self.doubted = False
        """Whether anything came that was no answer, or none came."""

    # One cell ────────────────────────────────────────────────────────────────────────────────────

    @_doubting
    def open(self, cell: int, names: Sequence[str], libraries: Mapping[str, str] = NOTHING) -> dict[str, Any]:
        """Wait until the student's process has come to this cell; return what it holds under these names, if anything.

        `libraries` says what a name should stand for that an answer imports: `{"np": "numpy"}`.
        """
        self._modes, self._open = modes(), True
        while True:
            said, buffers = self._hear()
            match said:
                case ["open", number, dict(have)] if number == cell:
                    break
        self._told = Table()
        unpack = Unpacker(self._told, buffers, self._special).unpack
        have = {name: have[name] for name in names if name in have}
        self._given = {name: self._imported(libraries, name, tree, unpack) for name, tree in have.items()}
        for name, value in self._given.items():
            if isinstance(value, Answer):
                value.known_as = name
        self._seen = Seen(self._told)
        return self._given

    def close(self) -> None:
        """Let the student's process go on."""
        self._open = False
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
                        return found
                return self._made(unpack, other)
        return self._made(unpack, tree)

    @_doubting
    def call(
        self, handle: int, args: Sequence[Any], kwargs: Mapping[str, Any], how: Mapping[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        """Call a function over there; return its result, and what else was said. Raises what it raised."""
        if not self._open:
            raise CheckFailed("an answer is asked outside a test cell; call it in the cell that tests it")
        number, table = next(self._numbers), self._told.copy()
        packer = Packer(table, lambda value: self._sent(value, packer))
        if table.objects and any(changed := self._seen.changes(table, packer)):
            how = {**how, "changed": changed}
        given = [[packer.pack(value) for value in args], {name: packer.pack(value) for name, value in kwargs.items()}]
        known = len(table.objects)
        space, now = self._rebound(packer), modes()
        self._say(["call", number, handle, given, {**how, "modes": now, "space": space}], packer.buffers)
        about, buffers = self._outcome(table)

        def grow(plain: Any, place: int) -> Any:
            inputs = {n: value for n, value in enumerate(table.objects[:known]) if requires_grad(value)}
            slopes = partial(self.slopes, number, place, list(inputs))
            return across().apply(slopes, plain, sys.modules["torch"].zeros((), requires_grad=True), *inputs.values())

        unpacker = Unpacker(table, buffers, self._special, grow)
        if "value" in about:
            value = self._made(unpacker.unpack, about["value"])
        self._change(table, known, about.get("changed"), unpacker, buffers)
        self._rebind(about.get("names") or {}, unpacker)
        if self._told.objects:
            self._seen = Seen(self._told)
        if (after := about.get("modes")) != now:
            self._compute_as(after)
            if "dtype" in now and modes()["dtype"] != now["dtype"]:
                set_modes(now)
                raise CheckFailed("it changes torch's default dtype, on which the tests rely; leave that as it is")
        errors.warn(about.get("warned"))
        if "value" not in about:
            raise errors.raised(about.get("raised"))
        return value, {"steps": about.get("steps"), "chance": about.get("chance")}

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
        return {"gone": gone, "put": put}

    @_doubting
    def slopes(self, number: int, place: int, inputs: Sequence[int], grad: Any) -> list[Any]:
        """Return the product of `grad` with the Jacobian of what a call returned by what was given to it."""
        packer = Packer(Table(), lambda value: self._sent(value, packer))
        tree = packer.pack([grad])
        self._say(["slope", number, [place], list(inputs), tree], packer.buffers)
        said, buffers = self._hear()
        match said:
            case ["slopes", list(trees)] if len(trees) == len(inputs):
                unpack = Unpacker(Table(), buffers, self._special).unpack
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
                case ["back", int(number), given, how] if 0 <= number < len(self._callbacks):
                    before = modes()
                    if how != before:
                        self._compute_as(how)
                    self._call_back(self._callbacks[number], given, table, buffers)
                    set_modes(before)
                case _:
                    raise CheckFailed("what came back is no answer")

    def _call_back(self, function: Callable[..., Any], given: Tree, table: Table, buffers: list[bytes]) -> None:
        packer = Packer(table, lambda value: self._sent(value, packer))
        args, kwargs = self._made(Unpacker(table, buffers, self._special).unpack, given)
        try:
            self._say(["returned", packer.pack(function(*args, **kwargs))], packer.buffers)
        except Exception as error:
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
            case "library", [_, _, other]:  # by its name alone it would be whatever the student's process says
                return self._special(str(other[0]), list(other[1:]))
            case "object", [int(handle), str(name), bool(called), str(own)]:
                return Answer(self, handle, own or name) if called else Unknown(handle, name[:80])
        raise MalformedValueError(kind)

    def _sent(self, value: Any, packer: Packer) -> Tree:
        """Return how a value that is no data gets over: by name, by its code, or as a way to call it here."""
        if isinstance(value, Answer | Unknown):
            return ["mine", value._handle]
        if isinstance(value, types.ModuleType):
            return ["library", value.__name__, ""]
        name = getattr(value, "__name__", "")
        of_a_cell = isinstance(value, types.FunctionType) and value.__globals__ is self._space
        for module in () if of_a_cell else _LIBRARIES:
            if name and getattr(sys.modules.get(module), name, None) is value:
                return ["library", module, name]
        if isinstance(value, types.FunctionType) and (names := used(value)) is not None:
            return self._code(value, names, packer)
        if not callable(value):
            raise MalformedValueError(f"a {type(value).__name__} cannot be given to a student's function")
        self._callbacks.append(value)
        return ["callback", len(self._callbacks) - 1, name or type(value).__name__]

    def _code(self, function: types.FunctionType, used: Mapping[str, Any], packer: Packer) -> Tree:
        packer.buffers.append(marshal.dumps(function.__code__))
        place = len(packer.buffers) - 1
        cells = [packer.pack(cell.cell_contents) for cell in function.__closure__ or ()]
        space = {name: packer.pack(value) for name, value in used.items()}
        keywords = packer.pack(function.__kwdefaults__)
        return ["function", place, function.__name__, packer.pack(function.__defaults__), keywords, cells, space]


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
    return CheckFailed("the Python process ended while it ran (an exit call, or too much memory)")
