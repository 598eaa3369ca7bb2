"""Run a notebook in a child of the fork server, and take from it what it publishes: data, not trusted."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.engine import wire
from grader.engine.kernels import Kernel, Ran, died, text, timed_out, variables
from grader.engine.outputs import MalformedError, Outputs
from grader.engine.warm import server
from grader.models import Ending, Limits, Notebook

_GRACE_SECONDS = 0.2
"""What a child that is told to end has, to hand on what it printed last."""


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
    try:
        signal.pidfd_send_signal(process, signal.SIGKILL)
    except ProcessLookupError:
        return


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
            "memory": self.limits.memory_mb * 2**20,
            "characters": self.limits.output_characters,
        }
        wire.send(self.channel, request)
        reader, outputs = wire.Reader(self.channel), Outputs()
        for index in indices:
            ran = self._run_one(index, reader, outputs, until)
            yield ran
            if ran.ending is not Ending.FINISHED:
                return

    def _run_one(self, index: int, reader: wire.Reader, outputs: Outputs, until: float) -> Ran:
        shown = outputs.start_cell()
        count, deadline = None, min(until, time.monotonic() + self.limits.cell_seconds)
        try:
            kind, *rest = reader.read(deadline)
            while kind != "start":  # between two cells a thread may print; no cell shows that
                kind, *rest = reader.read(deadline)
            if rest[0] != index:
                raise MalformedError(kind)
            count = int(rest[1])
            while True:
                message = reader.read(deadline)
                if message == ["done", index]:
                    return Ran(index, shown, count)
                kind, content = message
                outputs.add(kind, content)
        except TimeoutError:
            self._last_words(reader, outputs)
            return Ran(index, [*shown, timed_out(self.limits)], count, Ending.TIMED_OUT)
        except (wire.ClosedError, ValueError, TypeError, IndexError):
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
