"""Run a notebook in a child of the fork server, confined, and take from it what it publishes: data, not trusted."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.engine import wire
from grader.engine.kernels import Kernel, Ran, died, overfull, text, timed_out, variables
from grader.engine.outputs import MalformedError, Outputs
from grader.engine.scratch import larger_than
from grader.engine.warm import cannot_confine, server
from grader.models import Ending, Limits, Notebook

_GRACE_SECONDS = 0.2
"""What a child that is told to end has, to hand on what it printed last."""
_LOOK_SECONDS, _MOST_FILES = 0.25, 20_000
"""How often the size of a kernel's folder is looked at, and what it may hold."""
_MOST_BYTES = 2**25
"""Of all messages of one cell; what an honest child sends is bounded by itself."""
_END_SECONDS = 10


class _OverfullError(Exception):
    """A kernel has written too much into files."""


@contextmanager
def start(
    preload: Sequence[str], known: Sequence[str], notebook: Notebook, limits: Limits, folder: Path
) -> Iterator[Kernel]:
    """Fork a kernel that works in `folder`, and end it at once when done."""
    try:
        channel, process = server(preload, known).fork(folder)
    except wire.ClosedError:  # somebody ended the server: the next one is another
        channel, process = server(preload, known).fork(folder)
    with channel:
        try:
            yield _Forked(notebook, limits, folder, channel, process)
        finally:
            _kill(process)
            os.close(process)


def _kill(process: int) -> None:
    """End a process, and wait until it can do nothing any more."""
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)
        waiter = select.poll()
        waiter.register(process, select.POLLIN)
        waiter.poll(_END_SECONDS * 1000)


@dataclass(frozen=True)
class _Forked:
    notebook: Notebook
    limits: Limits
    folder: Path
    channel: socket.socket
    process: int

    def run(self, indices: Sequence[int], until: float) -> Iterator[Ran]:
        cells = self.notebook["cells"]
        request = {
            "cells": [[index, text(cells[index])] for index in indices],
            "folder": str(self.folder / "work"),
            "environment": variables(self.folder) | {"JPY_PARENT_PID": str(os.getpid())},
            "bounds": {
                "folder": str(self.folder),
                "memory": self.limits.memory_mb * 2**20,
                "seconds": 2 * self.limits.notebook_seconds,
                "file_bytes": self.limits.file_mb * 2**20,
            },
            "confined": self.limits.confined,
            "characters": self.limits.output_characters,
        }
        wire.send(self.channel, request)
        reader, outputs = wire.Reader(self.channel), Outputs()
        self._wait(reader, until)
        for index in indices:
            ran = self._run_one(index, reader, outputs, until)
            yield ran
            if ran.ending is not Ending.FINISHED:
                return

    def _wait(self, reader: wire.Reader, until: float) -> None:
        """Wait until the child is confined; nothing of the student's has run yet."""
        try:
            said, *why = reader.read(until)
        except (wire.ClosedError, TimeoutError):
            return  # it ended: its first cell says so
        if said != "ready":
            raise cannot_confine(*why)

    def _read(self, reader: wire.Reader, deadline: float) -> Any:
        """Return the next message; look now and then at what the child writes into files."""
        while True:
            try:
                return reader.read(min(deadline, time.monotonic() + _LOOK_SECONDS))
            except TimeoutError:
                self._weigh()
                if time.monotonic() >= deadline:
                    raise

    def _weigh(self) -> None:
        if larger_than(self.folder, self.limits.folder_mb * 2**20, _MOST_FILES):
            raise _OverfullError

    def _run_one(self, index: int, reader: wire.Reader, outputs: Outputs, until: float) -> Ran:
        shown = outputs.start_cell()
        count, deadline = None, min(until, time.monotonic() + self.limits.cell_seconds)
        most = reader.taken + _MOST_BYTES
        try:
            kind, *rest = self._read(reader, deadline)
            while kind != "start":  # between two cells a thread may print; no cell shows that
                kind, *rest = self._read(reader, deadline)
            if rest[0] != index:
                raise MalformedError(kind)
            count = int(rest[1])
            while True:
                message = self._read(reader, deadline)
                if reader.taken > most:
                    raise MalformedError("too much")
                if message == ["done", index]:
                    self._weigh()
                    return Ran(index, shown, count)
                kind, content = message
                outputs.add(kind, content)
        except TimeoutError:
            self._last_words(reader, outputs)
            return Ran(index, [*shown, timed_out(self.limits)], count, Ending.TIMED_OUT)
        except _OverfullError:
            return Ran(index, [*shown, overfull(self.limits)], count, Ending.DIED)
        except (wire.ClosedError, ValueError, TypeError, IndexError, RecursionError):
            return Ran(index, [*shown, died()], count, Ending.DIED)

    def _last_words(self, reader: wire.Reader, outputs: Outputs) -> None:
        """Tell the child to end, and take what it printed before."""
        until = time.monotonic() + _GRACE_SECONDS
        try:
            signal.pidfd_send_signal(self.process, wire.END)
            while True:
                kind, content = reader.read(until)
                outputs.add(kind, content)
        except (OSError, ValueError, TypeError):
            return
