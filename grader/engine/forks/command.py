"""Run a command in a forked child as if it had been started where it was asked for: its folder, its variables, its terminal.

The kernels that it needs are forked from a fork of it, which has imported what it has.
"""

from __future__ import annotations

import io
import os
import socket
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from grader.engine import wire
from grader.engine.forks.client import AdoptedForkServer
from grader.engine.inside import after_fork, caller
from grader.engine.scratch import RunFolder

_MOST = 2**22
"""Bytes of a request: arguments and variables, which the operating system bounds, too."""


def prepare(entry: str) -> None:
    """Import what commands import when they are called: `entry.get_ready` does it."""
    import_module(entry).get_ready()


def serve(
    connection: socket.socket, entry: str, modules: Sequence[str], fork_kernels: Callable[[socket.socket, Path], None]
) -> None:
    """Run one command; raise SystemExit with its exit code.

    The request is `{"arguments", "environment", "folder", "umask"}` with descriptors of its standard streams; the
    answer `{"begun": true}`. When the connection closes, all ends at once.
    """
    reader = wire.Reader(connection, _MOST, takes_files=True)
    request = reader.read()
    first = _adopt_fork(connection, reader.files, modules, fork_kernels)
    caller.take_place(reader.files, (0, 1, 2), request["environment"], request["folder"])
    _open_streams()
    os.umask(request["umask"])
    after_fork.forget_folder()
    after_fork.be_random()
    sys.argv = request["arguments"]
    wire.send(connection, {"begun": True})
    caller.end_with(connection)
    try:
        import_module(entry).main(first)
    finally:
        first.close()
        sys.stdout.flush()
        sys.stderr.flush()


def _adopt_fork(
    connection: socket.socket,
    files: Sequence[int],
    modules: Sequence[str],
    fork_kernels: Callable[[socket.socket, Path], None],
) -> AdoptedForkServer:
    """Fork this process, while it is as it was made, and let the other one fork kernels for this one."""
    folder = RunFolder()
    ours, theirs = socket.socketpair()
    number = os.fork()
    if number:
        theirs.close()
        return AdoptedForkServer(ours, number, modules, folder)
    status = 1
    try:
        os.setsid()
        ours.close()
        connection.close()
        for each in files:
            os.close(each)
        fork_kernels(theirs, folder.path)
        status = 0
    finally:
        os._exit(status)


def _open_streams() -> None:
    """Open Python's standard streams again, since other files lie under their numbers now."""
    for name, descriptor in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        old = getattr(sys, name)
        raw = io.FileIO(descriptor, "r" if name == "stdin" else "w", closefd=False)
        buffered = io.BufferedReader(raw) if name == "stdin" else io.BufferedWriter(raw)
        at_once = name == "stderr" or raw.isatty()
        new = io.TextIOWrapper(buffered, old.encoding, old.errors, line_buffering=at_once)
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)
