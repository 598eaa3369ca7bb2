"""The process that imports once and forks. It has three doors, of which one run opens one:

`python -m grader.engine.forks.server cells CONTROL PLACE MODULE...` is held by the socket CONTROL (a descriptor). A
message on it, with an open socket beside it, asks for a child that runs a notebook's cells for that socket; the answer
brings a descriptor of the child's process, and a socket on which `{"exit": code}` comes when it has ended: its exit code,
or the number of a signal, negative; where there can be no child, it is `{"refused": [errno, why]}`. Another asks for an
heir: a child that imports more, and forks like this one for whoever holds its socket, while this one goes on. It ends
when told to. If CONTROL closes without a word, its holder was killed: it ends too, and removes PLACE, the folder in
which the holder made all others.

`python -m grader.engine.forks.server kernels CONTROL PATH IDLE MODULE...` listens at PATH. Whoever connects gets a
child that becomes an ipykernel and lives as long as the connection. It ends after IDLE seconds without one.

`python -m grader.engine.forks.server commands CONTROL PATH IDLE ENTRY MODULE...` does the same for commands: the child
runs the one that it is told, by `main` of the module ENTRY, and forks its kernels itself (`command`).

With it end all its children, and whatever they started.
"""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from grader.engine import scratch, wire
from grader.engine.confine import linux
from grader.engine.forks import before_fork
from grader.engine.inside import after_fork

Child = Callable[[socket.socket, Callable[[], None]], None]
"""What a forked child does with its socket, and with what gives it its number of threads."""
Heir = Callable[..., None]
"""What a forked heir does with its socket, and the modules that it imports."""
Know = Callable[[Sequence[str]], None]
"""What reads cells before there is a child that runs them."""


def main(door: str, control: int, arguments: Sequence[str]) -> None:
    """Import, say on `control` that this process is ready, and fork."""
    channel = socket.socket(fileno=control)
    if door == "cells":
        with _settled():
            child, know = _cells()  # before the modules, as in a kernel that imports them
        place, *modules = arguments
        try:
            serve_requests(channel, modules, child, know)
        except wire.ClosedError:
            scratch.remove(Path(place))
    else:
        if os.fork():  # nobody has to wait for the end of what outlives its caller
            os._exit(0)
        path, idle, *modules = arguments
        listener = _listen(path)
        with _settled():
            child, prepare = _commands(*modules) if door == "commands" else (_kernels(), None)
        if door == "commands":
            del modules[0]
        with _ready_to_fork(channel, modules, child, prepare=prepare, ends_orphans=door != "commands") as forks:
            channel.close()
            forks.serve_connections(listener, path, float(idle))


def serve_requests(channel: socket.socket, modules: Sequence[str], child: Child, know: Know) -> None:
    """Import modules, and fork what the messages on the channel ask for, until one says to end.

    Raises
    ------
    ClosedError
        The channel closes before.
    """
    with _ready_to_fork(channel, modules, child) as forks:
        forks.serve_requests(channel, know, partial(serve_requests, child=child, know=know))


@contextlib.contextmanager
def _ready_to_fork(
    channel: socket.socket,
    modules: Sequence[str],
    child: Child,
    *,
    prepare: Callable[[], None] | None = None,
    ends_orphans: bool = True,
) -> Iterator[_Forks]:
    """Import modules, prepare what else there is, say so, and give what forks; with the block end all its children."""
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with _settled():
            before_fork.import_all(modules)
            before_fork.import_late()
            if prepare:
                with contextlib.suppress(Exception):  # then each child is the first to do it
                    prepare()
    except before_fork.ThreadError as error:
        wire.send(channel, {"thread": str(error)})
        sys.exit()
    wire.send(channel, {"ready": list(sys.modules)})
    set_threads = after_fork.thread_setter()
    forks = _Forks(lambda given: child(given, set_threads), ends_orphans=ends_orphans)
    try:
        yield forks
    finally:
        forks.end()


@contextlib.contextmanager
def _settled() -> Iterator[None]:
    """Keep the collector off what the block makes: it takes its time while modules are imported, and unshares memory."""
    gc.disable()
    # Its children shall look as if they wrote no bytecode; where nobody has written any, it takes seconds each time.
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    yield
    sys.dont_write_bytecode = before
    gc.freeze()
    gc.enable()


def _cells() -> tuple[Child, Know]:
    from grader.engine.confine import confinement
    from grader.engine.inside import shell

    confinement.prepare()
    kernel, reader = shell.prepare()
    return (lambda given, set_threads: shell.serve(kernel, reader, given, set_threads)), reader.precompile


def _kernels() -> Child:
    from grader.engine.inside import jupyter_kernel

    if not os.environ.get("MPLBACKEND"):  # as ipykernel does
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    return jupyter_kernel.serve


def _commands(entry: str, *modules: str) -> tuple[Child, Callable[[], None]]:
    """Return what runs the commands of a module, each with a fork server that is forked from it, and what prepares them."""
    from grader.engine.forks import command

    child, know = _cells()

    def fork_kernels(channel: socket.socket, place: Path) -> None:
        try:
            serve_requests(channel, modules, child, know)
        except wire.ClosedError:
            scratch.remove(place)

    return (lambda given, _: command.serve(given, entry, modules, fork_kernels)), partial(command.prepare, entry)


def _listen(path: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    return listener


class _Forks:
    """The children of this process, and the loop that makes and reaps them.

    What a child leaves behind is ended, unless children have forks of their own that tidy up behind them.
    """

    def __init__(self, child: Callable[[socket.socket], None], *, ends_orphans: bool = True) -> None:
        self._child, self._ends_orphans = child, ends_orphans
        self._known: dict[int, socket.socket | None] = {}
        self._selector = selectors.DefaultSelector()
        self._pipe = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._pipe[0], selectors.EVENT_READ)

    def serve_requests(self, channel: socket.socket, know: Know, heir: Heir) -> None:
        """Fork a child, or an heir, or get to know cells, for each message on the channel. Raises ClosedError."""
        self._selector.register(channel, selectors.EVENT_READ)
        reader = wire.Reader(channel, takes_files=True)
        while True:
            if reader.begun or channel in self._ready(None):
                request = reader.read()
                if "end" in request:
                    return
                if "know" in request:
                    with _settled():
                        know(request["know"])
                    continue
                with socket.socket(fileno=reader.files.pop(0)) as given:
                    if "heir" in request:
                        with contextlib.suppress(OSError):  # who waits for it sees its socket closed
                            self._known[self._fork(given, channel, partial(heir, modules=request["heir"]))] = None
                        continue
                    try:
                        number = self._fork(given, channel, self._child)
                    except OSError as error:  # there are too many processes, or there is no memory for another
                        wire.send(channel, {"refused": [error.errno, error.strerror]})
                        continue
                ours, theirs = socket.socketpair()  # after the fork: the child has neither
                self._known[number], handle = ours, os.pidfd_open(number)
                with theirs:
                    wire.send(channel, {}, [handle, theirs.fileno()])
                os.close(handle)

    def serve_connections(self, listener: socket.socket, path: str, idle: float) -> None:
        """Fork a child for each connection, until there has been none for `idle` seconds."""
        self._selector.register(listener, selectors.EVENT_READ)
        until = time.monotonic() + idle
        while self._known or time.monotonic() < until:
            if listener in self._ready(idle):
                given, _ = listener.accept()
                try:
                    number = self._fork(given, listener, self._child) if _user(given) == os.getuid() else 0
                except OSError:  # there are too many processes
                    number = 0
                if number:
                    self._known[number] = given
                else:
                    given.close()
            if self._known:
                until = time.monotonic() + idle
        os.unlink(path)
        with contextlib.suppress(OSError):  # others live there
            os.rmdir(os.path.dirname(path))

    def _ready(self, seconds: float | None) -> list[object]:
        found: list[object] = [key.fileobj for key, _ in self._selector.select(seconds)]
        if self._pipe[0] in found:
            os.read(self._pipe[0], 4096)
            self._reap()
        return found

    def _fork(self, given: socket.socket, not_for_it: socket.socket, child: Callable[[socket.socket], None]) -> int:
        number = os.fork()
        if number:
            return number
        status = 1
        try:
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.setsid()
            self._selector.close()
            not_for_it.close()
            for other in self._known.values():
                if other is not None:
                    other.close()
            for descriptor in self._pipe:
                os.close(descriptor)
            child(given)
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        finally:
            os._exit(status)

    def _reap(self) -> None:
        """Take note of ended children; whatever a child left behind has become ours, and is ended."""
        while children():
            number, status = os.waitpid(-1, os.WNOHANG)
            if number == 0:
                break
            if connection := self._known.pop(number, None):
                with connection, contextlib.suppress(OSError):
                    wire.send(connection, {"exit": os.waitstatus_to_exitcode(status)})
        for orphan in children() - set(self._known) if self._ends_orphans else ():
            os.kill(orphan, signal.SIGKILL)

    def end(self) -> None:
        """End all children."""
        signal.set_wakeup_fd(-1)
        while left := children():
            for number in left:
                os.kill(number, signal.SIGKILL)
            for number in left:
                os.waitpid(number, 0)


def _user(connection: socket.socket) -> int:
    """Return the user at the other end of a connection."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[4:8], sys.byteorder)


def children() -> set[int]:
    """Return the numbers of this process's children."""
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return {int(number) for number in file.read().split()}


if __name__ == "__main__":
    if sys.path[0] in ("", os.getcwd()):  # put there by -m; a kernel has its own folder there
        del sys.path[0]
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
    os._exit(0)  # what it has imported need not be taken down piece by piece
