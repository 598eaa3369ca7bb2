"""Children of the fork server, confined: have them run cells, and take from them what they publish: data, not trusted."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from grader.engine import wire
from grader.engine.kernels import Kernel, Ran, died, overfull, text, timed_out, variables
from grader.engine.outputs import MalformedError, Outputs
from grader.engine.scratch import held, larger_than, worked
from grader.engine.warm import ForkServer, cannot_confine, server
from grader.models import Ending, Limits, Notebook

_GRACE_SECONDS = 0.2
"""What a child that is told to end has, to hand on what it printed last."""
_LOOK_SECONDS, _UNSEEN_SECONDS, _MOST_FILES = 0.25, 0.02, 20_000
"""How often the size of a kernel's folder is looked at while a cell runs, how long it may have run unseen before, and
what the folder may hold."""
_REST_SECONDS = 0.02
"""How long the rest of a message may take before others are looked at."""
_MOST_BYTES, _MOST_PARTS = 2**24, 2**19
"""Of all messages of one cell, and lists and objects of one message; what an honest child sends is bounded by itself."""
_WORTH_A_LOOK = 2**26
"""Bytes; whoever has written less since the last look can hold only so much."""
_END_SECONDS = 10
MOST_USES = 50
"""How many notebooks a judge judges at most."""
_BROKEN = (wire.ClosedError, ValueError, TypeError, IndexError, RecursionError)
"""What comes of a child that has ended, or that does not say what it should."""


class _OverfullError(Exception):
    """A kernel has written too much into files."""


class Child:
    """One forked process, and what it says of the cell that it is at."""

    def __init__(
        self, source: ForkServer, channel: socket.socket, process: int, limits: Limits, folder: Path, *, judge: bool
    ) -> None:
        self.source, self.channel, self.process = source, channel, process
        self._limits, self._folder, self._judge = limits, folder, judge
        self.reader, self.outputs = wire.Reader(channel, most_parts=_MOST_PARTS), Outputs()
        self.shown: list[dict[str, Any]] = []
        self.count: int | None = None
        self.busy = False
        self._index, self._most = -1, 0
        self._number, self._looked, self._worked = _number(process), 0.0, 0

    def begin(self, cells: Sequence[Any], files: Sequence[int] = (), texts: Sequence[str] = ()) -> None:
        """Tell it what to run."""
        limits = self._limits
        request = {
            "cells": list(cells),
            "folder": str(self._folder / "work"),
            "environment": variables(self._folder) | {"JPY_PARENT_PID": str(os.getpid())},
            "bounds": {
                "folder": str(self._folder),
                "user": self._folder.stat().st_uid,
                "memory": limits.memory_mb * 2**20,
                "seconds": 2 * limits.notebook_seconds * (MOST_USES if self._judge else 1),
                "file_bytes": limits.file_mb * 2**20,
            },
            "confined": limits.confined,
            "characters": limits.output_characters,
            "texts": list(texts),
        }
        with suppress(wire.ClosedError):  # its first cell says so
            wire.send(self.channel, request, files)

    def wait(self, until: float) -> None:
        """Wait until it is confined; nothing of the student's has run yet. Raises GraderError if it cannot be."""
        try:
            said, *why = self.reader.read(until)
        except (wire.ClosedError, TimeoutError):
            return  # it ended: its first cell says so
        if said != "ready":
            raise cannot_confine(*why)

    def is_clean(self) -> bool:
        """Wait until a judge has looked at itself; tell whether nothing of what it judged is left in it."""
        self.outputs = Outputs()
        try:
            said = self.reader.read(time.monotonic() + _END_SECONDS)
        except (*_BROKEN, TimeoutError):
            return False
        return bool(said == ["clean"]) and not _has_ended(self.process)

    def start_cell(self, index: int) -> None:
        """Expect what it says of the cell with this index."""
        self._index, self.shown, self.count, self.busy = index, self.outputs.start_cell(), None, True
        self._most = self.reader.taken + _MOST_BYTES

    def take(self, message: Any) -> None:
        """Take in one message. Raises one of `_BROKEN` if it is none that may come now."""
        if self.reader.taken > self._most:
            raise MalformedError("too much")
        kind, *rest = message
        if self.count is None:
            if kind == "start":  # between two cells a thread may print; no cell shows that
                if rest[0] != self._index or type(rest[1]) is not int or not 0 < rest[1] < 2**31:
                    raise MalformedError(kind)
                self.count = rest[1]
        elif message == ["done", self._index]:
            self.busy = False
        else:
            [content] = rest
            self.outputs.add(kind, content)

    def weigh(self) -> None:
        """Look at what it has written. Raises _OverfullError if that is too much."""
        now = time.monotonic()
        if self._judge or now < self._looked + _UNSEEN_SECONDS:  # what the judge writes is the instructor's affair
            return
        self._looked, most = now, self._limits.folder_mb * 2**20
        if larger_than(self._folder, most, _MOST_FILES):
            raise _OverfullError
        if (done := worked(self._number)) > self._worked + min(most, _WORTH_A_LOOK):
            self._worked = done
            if held(self._number, self._folder, self._limits.file_mb * 2**20) > most:
                raise _OverfullError

    def last_words(self) -> None:
        """Tell it to end, and take what it printed before."""
        until = time.monotonic() + _GRACE_SECONDS
        try:
            signal.pidfd_send_signal(self.process, wire.END)
            while True:
                kind, content = self.reader.read(until)
                self.outputs.add(kind, content)
        except (OSError, ValueError, TypeError):
            return


def watch(index: int, children: Sequence[Child], deadline: float, limits: Limits) -> Ran:
    """Return what came of a cell, with the outputs that the last of these children gave it, when all are through."""
    for child in children:
        child.start_cell(index)
    main = children[-1]
    try:
        while waiting := [child for child in children if child.busy]:
            until = min(deadline, time.monotonic() + _LOOK_SECONDS)
            for child in waiting if len(waiting) == 1 else _ready(waiting, until):
                with suppress(TimeoutError):
                    child.take(child.reader.read(until if len(waiting) == 1 else time.monotonic() + _REST_SECONDS))
            if time.monotonic() >= until:
                for child in children:
                    child.weigh()
                if until == deadline:
                    raise TimeoutError
        for child in children:
            child.weigh()
        return Ran(index, main.shown, main.count)
    except TimeoutError:
        for child in children:
            child.last_words()
        return Ran(index, [*main.shown, timed_out(limits)], main.count, Ending.TIMED_OUT)
    except _OverfullError:
        return Ran(index, [*main.shown, overfull(limits)], main.count, Ending.DIED)
    except _BROKEN:
        outside = any(child.source.has_ended() for child in children)
        return Ran(index, [*main.shown, died()], main.count, Ending.DIED, outside)


def _ready(children: Sequence[Child], until: float) -> list[Child]:
    """Return those of which something can be read, at the latest after `until`."""
    if found := [child for child in children if child.reader.whole]:
        return found
    poll = select.poll()
    for child in children:
        poll.register(child.channel, select.POLLIN)
    ready = {number for number, _ in poll.poll(max(0.0, until - time.monotonic()) * 1000)}
    return [child for child in children if child.channel.fileno() in ready]


@contextmanager
def fork(
    modules: Sequence[str], known: Sequence[str], limits: Limits, folder: Path, *, judge: bool = False
) -> Iterator[Child]:
    """Fork a child that works in `folder`, and end it at once when done."""
    source = server(modules, known, judge=judge)
    try:
        channel, process = source.fork()
    except wire.ClosedError:  # somebody ended the server: the next one is another
        source = server(modules, known, judge=judge)
        channel, process = source.fork()
    with channel:
        try:
            yield Child(source, channel, process, limits, folder, judge=judge)
        finally:
            _kill(process)
            os.close(process)


def _number(process: int) -> int:
    """Return the number of the process that a descriptor stands for."""
    with open(f"/proc/self/fdinfo/{process}") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pid:"))


def _has_ended(process: int, seconds: float = 0) -> bool:
    """Tell whether a process has ended, at the latest after so many seconds."""
    waiter = select.poll()
    waiter.register(process, select.POLLIN)
    return bool(waiter.poll(seconds * 1000))


def _kill(process: int) -> None:
    """End a process, and wait until it can do nothing any more."""
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)
        _has_ended(process, _END_SECONDS)


class _Forked:
    """A kernel that is one child, in which all cells run."""

    def __init__(self, notebook: Notebook, limits: Limits, child: Child) -> None:
        self._cells, self._limits, self._child = notebook["cells"], limits, child

    def run(self, indices: Sequence[int], until: float) -> Iterator[Ran]:
        cells = [[index, text(self._cells[index]), place, None] for place, index in enumerate(indices, 1)]
        self._child.begin(cells)
        self._child.wait(until)
        for index in indices:
            deadline = min(until, time.monotonic() + self._limits.cell_seconds)
            ran = watch(index, [self._child], deadline, self._limits)
            yield ran
            if ran.ending is not Ending.FINISHED:
                return


@contextmanager
def start(
    modules: Sequence[str], known: Sequence[str], notebook: Notebook, limits: Limits, folder: Path
) -> Iterator[Kernel]:
    """Fork a kernel that works in `folder`, and end it at once when done."""
    with fork(modules, known, limits, folder) as child:
        yield _Forked(notebook, limits, child)
