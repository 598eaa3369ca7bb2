"""Children of the fork server, confined: have them run cells, and take from them what they publish: data, not trusted."""

from __future__ import annotations

import math
import os
import select
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.engine import processes, wire
from grader.engine.forks.client import ForkServer, ForkServers, NoProcessError, cannot_confine, has_closed
from grader.engine.kernels import Kernel, Ran, astray, crowded, died, hoarding, overfull, text, timed_out, variables
from grader.engine.outputs import MalformedError, OutputCollector
from grader.engine.scratch import deleted_but_open_bytes, exceeds
from grader.models import Ending, Job, Limits, Notebook

_GRACE_SECONDS = 0.2
"""What a child that is told to end has, to hand on what it printed last."""
_LOOK_SECONDS, _UNSEEN_SECONDS, _MOST_FILES = 0.25, 0.02, 20_000
"""How often the size of a kernel's folder is looked at while a cell runs, how long it may have run unseen before, and
what the folder may hold."""
_REST_SECONDS = 0.02
"""How long the rest of a message may take before others are looked at."""
_STOPPED_SECONDS, _DRAIN_SECONDS = 1.0, 1.0
"""So late the grader looks only if it was stopped, or starved; so long it takes what had come when time was up."""
_TELL_SECONDS = 1.0
"""How long it may take until a process that has closed its socket has ended, and the fork server says how."""
_AFTER_SECONDS = 0.05
"""A process may end because the one at the other end of its border does; which of them closes first is chance."""
_MOST_BYTES, _MOST_PARTS = 2**24, 2**19
"""Of all messages of one cell, and lists and objects of one message; what an honest child sends is bounded by itself."""
_WORTH_A_LOOK = 2**26
"""Bytes; whoever has written less since the last look can hold only so much."""
_END_SECONDS = 10
_PAUSES = (0.1, 0.3, 1.0, 3.0)
"""Seconds between attempts to start a process."""
MOST_USES = 50
"""How many notebooks a judge judges at most."""
_NONSENSE = (wire.MalformedError, MalformedError)
"""What comes of a child that does not say what it should. Any other error here is ours."""


class JudgeError(RuntimeError):
    """Our own code has failed in the judge, which decides nothing about the student."""

    def __init__(self, trace: str) -> None:
        super().__init__((trace.strip().splitlines() or ["no traceback"])[-1])
        self.add_note(trace)


class _OverfullError(Exception):
    """A kernel has used too much; its argument is what the cell shows of that."""


class Child:
    """One forked process, and what it says of the cell that it is at."""

    def __init__(
        self,
        source: ForkServer,
        channel: socket.socket,
        process: int,
        fate: socket.socket,
        limits: Limits,
        folder: Path,
        *,
        judge: bool,
    ) -> None:
        self.source, self.channel, self.process = source, channel, process
        self._fate, self._code = wire.Reader(fate), list[int]()
        self._limits, self._folder, self.judge = limits, folder, judge
        self.reader, self.outputs = wire.Reader(channel, most_parts=_MOST_PARTS), OutputCollector()
        self.shown: list[dict[str, Any]] = []
        self.count: int | None = None
        self.busy = False
        self.needed: tuple[str, ...] = ()
        """The classes of objects to which its cell has handed values of its own."""
        self._index, self._most = -1, 0
        self._number, self._looked, self._made_way = processes.number(process), 0.0, time.monotonic()
        self._used = processes.used(self._number)

    def begin(self, cells: Sequence[Any], files: Sequence[int] = (), texts: Sequence[str] = ()) -> None:
        """Tell it what to run."""
        limits = self._limits
        request = {
            "cells": list(cells),
            "folder": str(self._folder / "work"),
            "environment": variables(self._folder)
            | {"JPY_PARENT_PID": str(os.getpid())}
            | ({"JOBLIB_MULTIPROCESSING": "0"} if limits.confined else {}),
            "bounds": {
                "folder": str(self._folder),
                "user": self._folder.stat().st_uid,
                "memory": limits.memory_mb * 2**20,
                "seconds": 2 * limits.notebook_seconds * (MOST_USES if self.judge else 1),
                "file_bytes": limits.file_mb * 2**20,
                "readable": list(limits.readable),
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
        self.outputs = OutputCollector()
        try:
            said = self.reader.read(time.monotonic() + _END_SECONDS)
        except (wire.ClosedError, *_NONSENSE, TimeoutError):
            return False
        return bool(said == ["clean"]) and not processes.has_ended(self.process)

    def start_cell(self, index: int) -> None:
        """Expect what it says of the cell with this index."""
        self._index, self.shown, self.count, self.busy = index, self.outputs.start_cell(), None, True
        self._most = self.reader.taken + _MOST_BYTES

    def take(self, message: Any) -> None:
        """Take in one message. Raises MalformedError if it is none that may come now."""
        if self.reader.taken > self._most:
            raise MalformedError("too much")
        if not isinstance(message, list) or not message or not isinstance(message[0], str):
            raise MalformedError("no message")
        kind, *rest = message
        if self.count is None:
            if kind == "start":  # between two cells a thread may print; no cell shows that
                self.count = self._number_in(rest)
        elif kind == "done" and rest[:1] == [self._index]:
            self.busy, self.needed = False, tuple(map(str, rest[1])) if self.judge and len(rest) > 1 else ()
        elif kind == "fault" and self.judge and len(rest) == 1:
            raise JudgeError(str(rest[0]))
        elif len(rest) == 1:
            self.outputs.add(kind, rest[0])
        else:
            raise MalformedError(kind)

    def _number_in(self, rest: list[Any]) -> int:
        if len(rest) != 2 or rest[0] != self._index or type(rest[1]) is not int or not 0 < rest[1] < 2**31:
            raise MalformedError("start")
        return int(rest[1])

    def check_disk_use(self) -> None:
        """Look at what it has used. Raises _OverfullError if that is too much."""
        now, limits = time.monotonic(), self._limits
        if self.judge or now < self._looked + _UNSEEN_SECONDS:  # what the judge writes is the instructor's affair
            return
        self._looked, most, memory = now, limits.folder_mb * 2**20, limits.memory_mb * 2**20
        if exceeds(self._folder, most, _MOST_FILES):
            raise _OverfullError(overfull(limits))
        use = processes.used(self._number)
        if limits.confined and use.threads > processes.MOST_THREADS:
            raise _OverfullError(crowded(processes.MOST_THREADS))
        since = now - self._made_way if use.threads > processes.CORES else 0.0
        if since > _LOOK_SECONDS / 2 and not processes.has_ended(self.process):
            self._made_way = now
            processes.make_way(self._number)
        much = use.written > self._used.written + min(most, memory, _WORTH_A_LOOK)
        if much and deleted_but_open_bytes(self._number, self._folder, limits.file_mb * 2**20) > most:
            raise _OverfullError(overfull(limits))
        if (much or use.reserved > self._used.reserved + memory) and processes.memory_bytes(self._number) > memory:
            raise _OverfullError(hoarding(limits))
        if much:
            self._used = replace(self._used, written=use.written)

    def goes_on(self) -> bool:
        """Tell whether it has said something since the end of its cell, such as that the next has begun."""
        return self.reader.begun or bool(_ready([self], time.monotonic()))

    def exit_code(self) -> int | None:
        """Return the exit code of its process, or the number of the signal that ended it, negative; None if nobody knows.

        The fork server, whose child it is, says so when it has ended.
        """
        if not self._code:
            with suppress(wire.ClosedError, TimeoutError):
                self._code.append(self._fate.read(time.monotonic() + _TELL_SECONDS)["exit"])
        return self._code[0] if self._code else None

    def drain_output(self) -> None:
        """Tell it to end, and take what it printed before."""
        until = time.monotonic() + _GRACE_SECONDS
        with suppress(OSError, *_NONSENSE):
            signal.pidfd_send_signal(self.process, wire.END)
            while True:
                self.take(self.reader.read(until))


def run_cell(index: int, children: Sequence[Child], deadline: float, limits: Limits) -> Ran:
    """Return what came of a cell, with the outputs that the last of these children gave it, when all are through."""
    for child in children:
        child.start_cell(index)
    main, unseen, last = children[-1], 0.0, math.inf
    try:
        while waiting := [child for child in children if child.busy]:
            began = time.monotonic()
            until = min(deadline + unseen, began + _LOOK_SECONDS)
            heard = _hear(waiting, until)
            now = time.monotonic()
            if now < until:
                continue
            for child in children:
                child.check_disk_use()
            if (late := now - max(began, until)) > _STOPPED_SECONDS:
                unseen += late
            elif now >= deadline + unseen:
                last = min(last, now + _DRAIN_SECONDS)
                if not heard or now >= last:
                    raise TimeoutError
        for child in children:
            child.check_disk_use()
        return Ran(index, main.shown, main.count, unseen_seconds=unseen)
    except TimeoutError:
        for child in children:
            child.drain_output()
        return Ran(index, [*main.shown, timed_out(limits)], main.count, Ending.TIMED_OUT, unseen_seconds=unseen)
    except _OverfullError as error:
        [shown] = error.args
        ending = Ending.OUT_OF_MEMORY if shown == hoarding(limits) else Ending.DIED
        unsure = not any(child.busy for child in children) and any(child.goes_on() for child in children)
        return Ran(index, [*main.shown, shown], main.count, ending, unsure=unsure, unseen_seconds=unseen)
    except _NONSENSE:
        return Ran(index, [*main.shown, astray(closed=False)], main.count, Ending.DIED, unseen_seconds=unseen)
    except wire.ClosedError:
        return replace(_ended(index, children), unseen_seconds=unseen)


def _hear(waiting: Sequence[Child], until: float) -> bool:
    """Let each child of which something can be read take one message; tell whether one did."""
    heard = False
    for child in waiting if len(waiting) == 1 else _ready(waiting, until):
        with suppress(TimeoutError):
            child.take(child.reader.read(until if len(waiting) == 1 else time.monotonic() + _REST_SECONDS))
            heard = True
    return heard


def _ended(index: int, children: Sequence[Child]) -> Ran:
    """Return what came of a cell during which one of these children closed its socket: how its process ended."""
    codes = _codes(children)
    if len(children) > 1 and not any(code and code < 0 for code in codes.values()):
        time.sleep(_AFTER_SECONDS)
        codes |= _codes(children)
    outside = any(child.source.has_ended() for child in children)
    shown, signalled = astray(closed=True), False
    if codes:
        first = min(codes, key=lambda child: _blame(child, codes[child] or 0))
        shown = died(codes[first], "the process that runs the tests" if first.judge else "the Python process")
        signalled = (codes[first] or 0) < 0
    return Ran(index, [*children[-1].shown, shown], children[-1].count, Ending.DIED, outside, signalled)


def _blame(child: Child, code: int) -> int:
    """Return a number that is lowest for the process that ended of itself.

    A student's ends with an error when the judge is gone; the judge ends well when the student's is.
    """
    if code < 0:
        return 0
    return (1 if code else 3) if child.judge else 2


def _codes(children: Sequence[Child]) -> dict[Child, int | None]:
    """Return how those ended that have closed their sockets; left out is one whose process goes on."""
    closed = [child for child in children if has_closed(child.channel)]
    return {child: child.exit_code() for child in closed if processes.has_ended(child.process, seconds=_TELL_SECONDS)}


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
    servers: ForkServers,
    modules: Sequence[str],
    known: Sequence[str],
    limits: Limits,
    folder: Path,
    *,
    judge: bool = False,
) -> Iterator[Child]:
    """Fork a child that works in `folder`, and end it at once when done."""
    source = servers.ready(modules, known, judge=judge)
    try:
        channel, process, fate = _forked(source)
    except wire.ClosedError:  # somebody ended the server: the next one is another
        source = servers.ready(modules, known, judge=judge)
        channel, process, fate = _forked(source)
    with channel, fate:
        try:
            yield Child(source, channel, process, fate, limits, folder, judge=judge)
        finally:
            processes.kill(process)
            os.close(process)


def _forked(source: ForkServer) -> tuple[socket.socket, int, socket.socket]:
    """Return what `ForkServer.fork` does; where there is no room for a process, wait a little until some have ended."""
    for seconds in _PAUSES:
        try:
            return source.fork()
        except NoProcessError:
            time.sleep(seconds)
    return source.fork()


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
            ran = run_cell(index, [self._child], deadline, self._limits)
            until += ran.unseen_seconds
            yield ran
            if ran.ending is not Ending.FINISHED:
                return


@contextmanager
def start(servers: ForkServers, job: Job, folder: Path) -> Iterator[Kernel]:
    """Fork a kernel that works in `folder`, and end it at once when done."""
    with fork(servers, job.preload, job.plan.precompile, job.limits, folder) as child:
        yield _Forked(job.notebook, job.limits, child)
