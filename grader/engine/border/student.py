"""In a student's process: answer what the judge asks. Whatever is said here is the student's word, and no more."""

from __future__ import annotations

import builtins
import functools
import importlib
import io
import marshal
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from typing import Any

from grader.checks import observe
from grader.engine import wire
from grader.engine.border import chance, errors, functions, settings
from grader.engine.border.changes import Marks, Seen, carry_out, is_tensor
from grader.engine.border.gradients import modes, set_modes
from grader.engine.border.handles import OPERATIONS, Handles
from grader.engine.border.pack import MalformedValueError, Packer, Table, Tree, kind_of, own_classes
from grader.engine.border.unpack import Unpacker

_MOST = 2**30
"""Bytes of one question."""
_USUAL = {"modes", "space", "changed"}
"""What comes with each call, or with most."""


class AnswerServer:
    """Answers questions about the variables in `space` for as long as the judge asks."""

    def __init__(self, channel: Any, space: dict[str, Any]) -> None:
        self._channel, self._reader, self._space = channel, wire.Reader(channel, _MOST), space
        self._handles = Handles()
        self._given = dict[str, Any]()
        """The instructor's classes."""
        self._calls: dict[int, Table] = {}
        self._sent_whole = list[Any]()
        """The objects that a call was given as bytes."""
        self._told = Table()
        self._printed: io.StringIO | None = None
        """Where a test has put what is printed, if it reads that."""
        self._names = dict[str, Any]()
        """What the judge was told that names stand for; the table is theirs."""

    def serve(self, cell: int, names: Sequence[str], given: Sequence[str] = ()) -> None:
        """Tell the judge what these names stand for in this cell, and answer until it has no more questions.

        `given` are the names of the instructor's own, of which the classes are known to the judge.
        """
        self.begin(cell, names, given)
        while self.answer():
            pass

    def begin(self, cell: int, names: Sequence[str], given: Sequence[str] = ()) -> None:
        """Tell the judge what these names stand for in this cell."""
        self._calls = {}
        self._given = own_classes(self._space, given)
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
        packer, have = self._packer(self._told), dict[str, Tree]()
        for name in names:
            if name in self._space:
                have[name] = self._packed(self._space[name], packer)
        self._say(["open", cell, have], packer.buffers)

    def _packed(self, value: Any, packer: Packer) -> Tree:
        try:
            return packer.pack(value)
        except Exception:  # nested too deeply for data, or of a kind whose parts cannot be had
            return self._handle(value)

    def _handle(self, value: Any) -> Tree:
        """Return what the judge may know of a value that is no data."""
        return self._handles.tree(value)

    def _packer(self, table: Table) -> Packer:
        return Packer(table, self._handle, self._given)

    def _unpacker(self, table: Table, buffers: list[bytes]) -> Unpacker:
        return Unpacker(table, buffers, self._special(table, buffers), given=self._given)

    def _call(self, number: int, target: int | str, given: Tree, how: Mapping[str, Any], buffers: list[bytes]) -> None:
        """Call a function, and say what came of it."""
        table = self._calls[number] = self._told.copy()
        unpacker, known = self._unpacker(table, buffers), len(table.objects)
        self._sent_whole.clear()
        if "changed" in how:
            carry_out(how["changed"], table, len(table.objects), unpacker, buffers)
        function: Any = OPERATIONS[target] if isinstance(target, str) else self._handles[target]
        args = [unpacker.unpack(tree) for tree in given[0]]
        kwargs = {name: unpacker.unpack(tree) for name, tree in given[1].items()}
        seen, marks = Seen(table), Marks([*self._given.values(), *table.objects[known:]], self._sent_whole)
        packer, about, base = self._packer(table), dict[str, Any](), modes()
        before = {**base, **how["modes"]} if how.get("modes") else base
        if before != base:
            set_modes(before)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                if how.keys() <= _USUAL and not any(how["space"].values()):
                    value = function(*args, **kwargs)
                else:
                    with self._bound(how["space"], unpacker), self._as_there(how, unpacker, about), _around(how, about):
                        value = function(*args, **kwargs)
                about["value"] = packer.pack(value)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # sys.exit() in an answer, too, is an answer that fails
                about["raised"] = errors.described(error)
                if kind_of(type(error)) == "__main__":
                    about["own"] = self._own(error, packer)
        now = modes()
        if now != before:
            about["modes"] = {name: value for name, value in now.items() if value != before[name]}
        if now != base:
            set_modes(base)
        about["warned"] = [[kind_of(w.category), w.category.__name__, str(w.message)[:1000]] for w in caught[:20]]
        if "states" in about:
            about["states"] = packer.pack(about["states"])
        about["changed"] = seen.changes(table, packer)
        if unseen := marks.changed():
            about["unseen"] = unseen[:5]
        if any(self._space.get(name) is not value for name, value in self._names.items()):
            about["names"] = self._rebound(packer)
        self._told.keep(table)
        if not any(is_tensor(value) and value.requires_grad and not value.is_leaf for value in table.objects):
            del self._calls[number]  # nobody can ask for its slopes
        self._say(["did", about], packer.buffers)

    def _own(self, error: BaseException, packer: Packer) -> Tree:
        """Return what an exception of the student's own class is: its class, its arguments, its attributes."""
        return [
            self._handle(type(error)),
            self._packed(list(error.args), packer),
            self._packed(dict(vars(error)), packer),
        ]

    def _rebound(self, packer: Packer) -> Tree:
        """Return what those names stand for now that were told to stand for something else."""
        now = {
            name: self._space[name] for name, value in self._names.items() if self._space.get(name, value) is not value
        }
        self._names |= now
        return {name: self._packed(value, packer) for name, value in now.items()}

    @contextmanager
    def _as_there(self, how: Mapping[str, Any], unpacker: Unpacker, about: dict[str, Any]) -> Iterator[None]:
        """Let things meanwhile be as they are where the test runs: mocks, states of chance, settings, who reads what is printed."""
        unpack = unpacker.unpack
        with ExitStack() as stack:
            for name, tree in how.get("patched", {}).items():
                with suppress(LookupError, AttributeError, TypeError):  # this process has no such library
                    stack.enter_context(observe.replaced(name, unpack(tree)))
            if how.get("settings"):
                stack.enter_context(settings.within(unpack(how["settings"])))
            drawn = None
            if "draws" in how:
                drawn = unpack(how["draws"])
                if drawn:
                    chance.restore(drawn)
                drawn = chance.states()
            before = self._printed
            if how.get("shown"):
                self._printed = io.StringIO()
                stack.enter_context(redirect_stdout(self._printed))
            if "stdin" in how:
                stack.callback(setattr, sys, "stdin", sys.stdin)
                sys.stdin = io.StringIO(str(how["stdin"]))
            try:
                yield
            finally:
                if drawn is not None and not chance.same(drawn, now := chance.states()):
                    about["states"] = now
                if how.get("shown"):
                    about["printed"] = self._said()
                if "stdin" in how:
                    about["stdin"] = sys.stdin.read()
                self._printed = before

    def _said(self) -> str:
        """Return what has been printed for the test to read since it was asked last."""
        if self._printed is None:
            return ""
        text = self._printed.getvalue()
        self._printed.seek(0)
        self._printed.truncate()
        return text

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
        unpacker = self._unpacker(Table(), buffers)
        given = unpacker.unpack(grads)
        pairs = [(table.objects[n], grad) for n, grad in zip(outputs, given, strict=True) if grad is not None]
        packer = self._packer(Table())
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
                return functools.reduce(
                    getattr, parts[1].split(".") if parts[1] else [], importlib.import_module(parts[0])
                )
            if kind == "empty":
                return _EMPTY
            if kind == "exception":
                return errors.named(parts[0])
            if kind == "pickled":
                number, place, trees = parts
                assert table.reserve() == number
                within = [self._unpacker(table, buffers).unpack(tree) for tree in trees]
                self._sent_whole.append(functions.unpickled(buffers[place], within))
                return table.put(number, self._sent_whole[-1])
            if kind == "callback":
                number, name = parts
                return self._callback(number, name, table)
            if kind == "function":
                made = _function(*parts, unpack=self._unpacker(table, buffers).unpack, buffers=buffers)
                self._sent_whole.append(made)
                return made
            raise MalformedValueError(kind)

        return make

    def _callback(self, number: int, name: str, table: Table) -> Callable[..., Any]:
        """Return a function that the judge runs."""

        def callback(*args: Any, **kwargs: Any) -> Any:
            packer = self._packer(table)
            self._say(["back", number, packer.pack((args, kwargs)), modes(), self._said()], packer.buffers)
            while True:
                (kind, *about), buffers = self._reader.read_parts()
                if kind in ("returned", "raised"):
                    break
                getattr(self, f"_{kind}")(*about, buffers=buffers)  # what was called back may call in turn
            [what] = about
            if kind == "raised":
                raise errors.named(what)
            return self._unpacker(table, buffers).unpack(what)

        callback.__name__ = callback.__qualname__ = name
        return callback


def _function(
    code: int, name: str, defaults: Tree, keywords: Tree, cells: Tree, space: Mapping[str, Tree],
    *, unpack: Callable[[Tree], Any], buffers: list[bytes],
) -> Callable[..., Any]:  # fmt: skip
    """Return a function that the judge has sent: its code, and what it uses."""
    known = {"__builtins__": builtins, "__name__": "__main__"} | {key: unpack(tree) for key, tree in space.items()}
    held = [unpack(tree) for tree in cells]
    closure = tuple(types.CellType() if value is _EMPTY else types.CellType(value) for value in held)
    made = types.FunctionType(marshal.loads(buffers[code]), known, name, unpack(defaults), closure)
    made.__kwdefaults__ = unpack(keywords)
    return made


_EMPTY = object()
"""What a cell of a closure holds that is not filled yet."""


@contextmanager
def _around(how: Mapping[str, Any], about: dict[str, Any]) -> Iterator[None]:
    """Do around a call what the judge asks: count its steps, pretend something, watch the state of NumPy's chance."""
    with ExitStack() as stack:
        stack.enter_context(observe.pretending(how.get("pretend", {})))
        said = stack.enter_context(observe.chance()) if how.get("chance") else None
        steps = stack.enter_context(observe.counted()) if how.get("steps") else None
        try:
            yield
        finally:
            stack.close()
            about["steps"], about["chance"] = steps.count if steps else 0, said[0] if said else None
