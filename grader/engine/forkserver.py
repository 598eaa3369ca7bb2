"""The process that imports once and forks: `python -m grader.engine.forkserver CONTROL DOOR MODULE...`.

It is held by one socket. For each request on it (a message with one open socket beside it) it forks a child
that serves that socket, and answers with the child's number and a descriptor that tells of its end. It ends,
and with it all of its children and whatever they started, when the socket closes.
"""

from __future__ import annotations

import ctypes
import gc
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Sequence

from grader.engine import wire

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_NEVER = ("matplotlib_inline.backend_inline",)
"""Modules that must meet the shell of the child that imports them."""


class ThreadError(RuntimeError):
    """A module cannot be imported before the fork, since it starts a thread."""


def main(control: int, modules: Sequence[str]) -> None:
    """Import, say that this process is ready, and fork until the control socket closes."""
    channel = socket.socket(fileno=control)
    _control(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _control(_PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import_all(modules)
    from grader.engine import shell

    kernel = shell.prepare()
    threads = thread_setter()
    one_thread()
    gc.collect()
    gc.freeze()
    wire.send(channel, {"ready": sorted(sys.modules)})
    try:
        _serve(channel, lambda given: shell.serve(kernel, given, threads))
    finally:
        _end_children()


def _serve(channel: socket.socket, child: Callable[[socket.socket], None]) -> None:
    waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(waker[1], warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    reader = wire.Reader(channel)
    known: set[int] = set()
    with selectors.DefaultSelector() as selector:
        selector.register(channel, selectors.EVENT_READ)
        selector.register(waker[0], selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj == waker[0]:
                    os.read(waker[0], 4096)
                    _reap(known)
                    continue
                try:
                    reader.read()
                except wire.ClosedError:
                    return
                given = socket.socket(fileno=reader.files.pop())
                number = os.fork()
                if number == 0:
                    _be_child(given, child, waker, channel)
                known.add(number)
                given.close()
                handle = os.pidfd_open(number)
                wire.send(channel, {"process": number}, [handle])
                os.close(handle)


def _be_child(
    given: socket.socket, child: Callable[[socket.socket], None], waker: tuple[int, int], channel: socket.socket
) -> None:
    status = 1
    try:
        _control(_PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.setsid()
        channel.close()
        for descriptor in waker:
            os.close(descriptor)
        child(given)
        status = 0
    finally:
        os._exit(status)


def _reap(known: set[int]) -> None:
    """Take note of ended children; whatever a child left behind has become ours, and is ended."""
    while True:
        try:
            number, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if number == 0:
            break
        known.discard(number)
    for orphan in children() - known:
        os.kill(orphan, signal.SIGKILL)


def _end_children() -> None:
    signal.set_wakeup_fd(-1)
    while left := children():
        for number in left:
            os.kill(number, signal.SIGKILL)
        for number in left:
            os.waitpid(number, 0)


def children() -> set[int]:
    """Return the numbers of this process's children."""
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return {int(number) for number in file.read().split()}


def import_all(modules: Sequence[str]) -> None:
    """Import modules one by one.

    Raises
    ------
    ThreadError
        One of them starts a thread, which a fork would lose.
    """
    import importlib

    for name in modules:
        if name in _NEVER:
            continue
        try:
            importlib.import_module(name)
        except Exception:  # the cell that imports it will say what is wrong
            continue
        if len(os.listdir("/proc/self/task")) > 1:
            raise ThreadError(name)


def one_thread() -> None:
    """Raise ThreadError unless this process has one thread: a fork would lose the others and what they hold."""
    if len(os.listdir("/proc/self/task")) > 1:
        raise ThreadError("a thread was started while the shell was built")


def thread_setter() -> Callable[[], None]:
    """Hold torch to one thread until the fork, and return what gives a child the number it would have had."""
    torch = sys.modules.get("torch")
    if torch is None:
        return lambda: None
    number = torch.get_num_threads()
    torch.set_num_threads(1)
    return lambda: torch.set_num_threads(number)


def _control(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    sys.path[:] = [entry for entry in sys.path if entry]
    main(int(sys.argv[1]), sys.argv[2:])
