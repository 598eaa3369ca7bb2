"""In a student's process: answer what the judge asks. Whatever is said here is the student's word, and no more."""

from __future__ import annotations

import builtins
import functools
import marshal
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.engine import errors, wire
from grader.engine.arrivals import Unpacker
from grader.engine.changes import Seen, carry_out, is_tensor
from grader.engine.crossing import modes, set_modes
from grader.engine.values import MalformedValueError, Packer, Table, Tree, kind_of

_MOST = 2**30
"""Bytes of one question."""
_USUAL = {"modes", "space", "changed"}
"""What comes with each call, or with most."""


class Answers:
    """Answers questions about the variables in `space` for as long as the judge asks."""

    def __init__(self, channel: Any, space: dict[str, Any]) -> None:
        self._channel, self._reader, self._space = channel, wire.Reader(channel, _MOST), space
        self._handles: list[Any] = []
        self._calls: dict[int, Table] = {}
        self._told = Table()
        self._names = dict[str, Any]()
        """What the judge was told that names stand for; the table is theirs."""

    def serve(self, cell: int, names: Sequence[str]) -> None:
        """Tell the judge what these names stand for in this cell, and answer until it has no more questions."""
        self.begin(cell, names)
        while self.answer():
            pass

    def begin(self, cell: int, names: Sequence[str]) -> None:
        """Tell the judge what these names stand for in this cell."""
        self._handles, self._calls = [], {}
        self._tell(cell, names)

    def answer(self) -> bool:
        """Answer the next question; tell whether there may be more."""
        (kind, *about), buffers = self._reader.read_parts()
        if kind != "close":
            getattr(self, f"_{kind}")(*about, buffers=buffers)
        return bool(kind != "close")

    def _say(self, message: Tree, buffers: list[bytes] | None = None) -> None:
        wire.send_parts(self._channel, message, buffers or [])

    # Questions ───────────────────────────────────────────────────────────────────────────────────

    def _tell(self, cell: int, names: Sequence[str]) -> None:
        """Say what these names stand for, those that there are."""
        self._told, self._names = Table(), {name: self._space[name] for name in names if name in self._space}
        packer, have = Packer(self._told, self._handle), dict[str, Tree]()
        for name in names:
            if name in self._space:
                have[name] = self._packed(self._space[name], packer)
        self._say(["open", cell, have], packer.buffers)

    def _packed(self, value: Any, packer: Packer) -> Tree:
        try:
            return packer.pack(value)
        except MalformedValueError:  # nested too deeply for data
            return self._handle(value)

    def _handle(self, value: Any) -> Tree:
        """Return what the judge may know of a value that is no data."""
        found = self._object(value)
        if isinstance(value, types.ModuleType):
            return ["library", str(value.__name__), "", found]
        if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType | np.ufunc):
            module, name = kind_of(value), str(getattr(value, "__qualname__", ""))  # type: ignore[arg-type]
            return found if module == "__main__" else ["library", module, name, found]
        return found

    def _object(self, value: Any) -> Tree:
        """Return what stands for a value that stays here."""
        self._handles.append(value)
        kind = type(value)
        return [
            "object",
            len(self._handles) - 1,
            str(kind.__name__),
            callable(value),
            str(getattr(value, "__name__", "")),
        ]

    def _call(self, number: int, target: int, given: Tree, how: Mapping[str, Any], buffers: list[bytes]) -> None:
        """Call a function, and say what came of it."""
        table = self._calls[number] = self._told.copy()
        unpacker = Unpacker(table, buffers, self._special(table, buffers))
        if "changed" in how:
            carry_out(how["changed"], table, len(table.objects), unpacker, buffers)
        function = self._handles[target]
        args = [unpacker.unpack(tree) for tree in given[0]]
        kwargs = {name: unpacker.unpack(tree) for name, tree in given[1].items()}
        seen = Seen(table)
        packer, about, before = Packer(table, self._handle), dict[str, Any](), modes()
        if how["modes"] != before:
            set_modes(how["modes"])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                if how.keys() <= _USUAL and not any(how["space"].values()):
                    value = function(*args, **kwargs)
                else:
                    with self._bound(how["space"], unpacker), _around(how, about):
                        value = function(*args, **kwargs)
                about["value"] = packer.pack(value)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # sys.exit() in an answer, too, is an answer that fails
                about["raised"] = errors.described(error)
        about["modes"] = modes()
        if about["modes"] != before:
            set_modes(before)
        about["warned"] = [[kind_of(w.category), w.category.__name__, str(w.message)[:1000]] for w in caught[:20]]
        about["changed"] = seen.changes(table, packer)
        if any(self._space.get(name) is not value for name, value in self._names.items()):
            about["names"] = self._rebound(packer)
        if not any(is_tensor(value) and value.requires_grad and not value.is_leaf for value in table.objects):
            del self._calls[number]  # nobody can ask for its slopes
        self._say(["did", about], packer.buffers)

    def _rebound(self, packer: Packer) -> Tree:
        """Return what those names stand for now that were told to stand for something else."""
        now = {
            name: self._space[name] for name, value in self._names.items() if self._space.get(name, value) is not value
        }
        self._names |= now
        return {name: self._packed(value, packer) for name, value in now.items()}

    @contextmanager
    def _bound(self, wanted: Mapping[str, Any], unpacker: Unpacker) -> Iterator[None]:
        """Let names stand meanwhile for what the test has bound them to, or for nothing."""
        put = {name: unpacker.unpack(tree) for name, tree in wanted["put"].items()}
        names = [*wanted["gone"], *put]
        before = {name: self._space[name] for name in names if name in self._space}
        for name in wanted["gone"]:
            self._space.pop(name, None)
        self._space.update(put)
        try:
            yield
        finally:
            for name in names:
                self._space.pop(name, None)
            self._space.update(before)

    def _slope(self, number: int, outputs: list[int], inputs: list[int], grads: Tree, buffers: list[bytes]) -> None:
        """Say the product of a vector with the Jacobian of what a call returned by what was given to it."""
        torch, table = sys.modules["torch"], self._calls[number]
        unpacker = Unpacker(Table(), buffers, self._special(table, buffers))
        given = unpacker.unpack(grads)
        pairs = [(table.objects[n], grad) for n, grad in zip(outputs, given, strict=True) if grad is not None]
        packer = Packer(Table(), self._handle)
        try:
            found = torch.autograd.grad(
                [output for output, _ in pairs], [table.objects[n] for n in inputs], [grad for _, grad in pairs],
                retain_graph=True, allow_unused=True,
            )  # fmt: skip
            self._say(["slopes", [packer.pack(grad) for grad in found]], packer.buffers)
        except Exception as error:
            self._say(["failed", errors.described(error)])

    # What is given ───────────────────────────────────────────────────────────────────────────────

    def _special(self, table: Table, buffers: list[bytes]) -> Callable[[str, list[Tree]], Any]:
        """Return what makes functions and modules of what the judge sends; the judge is trusted."""

        def make(kind: str, parts: list[Tree]) -> Any:
            if kind == "mine":
                return self._handles[parts[0]]
            if kind == "library":
                return functools.reduce(getattr, parts[1].split(".") if parts[1] else [], sys.modules[parts[0]])
            if kind == "callback":
                number, name = parts
                return self._callback(number, name, table)
            if kind == "function":
                return _function(*parts, unpack=Unpacker(table, buffers, make).unpack, buffers=buffers)
            raise MalformedValueError(kind)

        return make

    def _callback(self, number: int, name: str, table: Table) -> Callable[..., Any]:
        """Return a function that the judge runs."""

        def callback(*args: Any, **kwargs: Any) -> Any:
            packer = Packer(table, self._handle)
            self._say(["back", number, packer.pack((args, kwargs)), modes()], packer.buffers)
            (kind, what), buffers = self._reader.read_parts()
            if kind == "raised":
                raise errors.named(what)
            return Unpacker(table, buffers, self._special(table, buffers)).unpack(what)

        callback.__name__ = callback.__qualname__ = name
        return callback


def _function(
    code: int, name: str, defaults: Tree, keywords: Tree, cells: Tree, space: Mapping[str, Tree],
    *, unpack: Callable[[Tree], Any], buffers: list[bytes],
) -> Callable[..., Any]:  # fmt: skip
    """Return a function that the judge has sent: its code, and what it uses."""
    known = {"__builtins__": builtins, "__name__": "__main__"} | {key: unpack(tree) for key, tree in space.items()}
    closure = tuple(types.CellType(unpack(tree)) for tree in cells)
    made = types.FunctionType(marshal.loads(buffers[code]), known, name, unpack(defaults), closure)
    made.__kwdefaults__ = unpack(keywords)
    return made


@contextmanager
def _around(how: Mapping[str, Any], about: dict[str, Any]) -> Iterator[None]:
    """Do around a call what the judge asks: count its steps, pretend something, watch the state of NumPy's chance."""
    numpy, was = sys.modules["numpy"], {}
    for name, value in how.get("pretend", {}).items():
        place, _, last = name.rpartition(".")
        owner = functools.reduce(getattr, place.split(".")[1:], sys.modules[place.split(".")[0]])
        was[name] = (owner, last, getattr(owner, last))
        setattr(owner, last, lambda value=value: value)
    before, chance = sys.gettrace(), numpy.random.get_state() if how.get("chance") else None
    count = 0

    def watch(frame: Any, *_: Any) -> Any:
        nonlocal count
        if "ipykernel_" not in frame.f_code.co_filename:  # what a library does inside is its own affair
            return None
        count += 1
        return watch

    if how.get("steps"):
        sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(before)
        about["steps"] = count
        if chance is not None:
            now = numpy.random.get_state()
            about["chance"] = bool(now[2:] != chance[2:] or (now[1] != chance[1]).any())
        for owner, last, value in was.values():
            setattr(owner, last, value)
