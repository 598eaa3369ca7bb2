"""Kernels forked from a process that has imported everything already: hundredths of a second each.

One fork server a process, made when it is first needed and ended with it. It is held by a socket pair that
nobody else can reach; every child gets a socket of its own.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.engine import wire
from grader.engine.kernels import harmless
from grader.models import GraderError

READY_SECONDS = 120.0


def possible() -> bool:
    """Tell whether this operating system can fork as it is needed here."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and hasattr(os, "memfd_create")


def server_command(
    python: str, door: str, control: int, folder: str, environment: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """Return the command line of a fork server, up to its door's arguments, and its variables.

    `folder` is one that IPython may write in while the server starts.
    """
    given = {
        **environment,
        "IPYTHONDIR": str(Path(folder, "ipython")),
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",  # asks for a GPU without touching CUDA
    }
    return [python, "-m", "grader.engine.forkserver", door, str(control)], given


def cannot_confine(why: str) -> GraderError:
    """Return the error for a machine that cannot confine what students hand in."""
    return GraderError(
        f"student code cannot be confined here: {why}",
        "this machine",
        "see `grader doctor`; or grade on another machine, or, if you trust all submissions, with --unconfined",
    )


def cannot_preload(module: str) -> GraderError:
    """Return the error for a module that starts a thread, which a fork would lose."""
    return GraderError(
        f"{module} starts a thread while it is imported", "[tool.grader] preload", "take it from the list"
    )


class ForkServer:
    """A process with modules imported, which forks a child for each notebook."""

    def __init__(self, modules: Sequence[str]) -> None:
        self.modules, self.cells = set(modules), set[str]()
        self.imported: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="grader-")  # IPython wants one while it is built
        self._channel, theirs = socket.socketpair()
        with theirs:
            given = {
                "OMP_WAIT_POLICY": "passive",  # threads that wait do not take the processor from other notebooks
                **harmless(os.environ),  # whoever is forked from it can read them
                "HOME": os.environ.get("HOME", "/"),
                "PYTHONDONTWRITEBYTECODE": "1",  # as a kernel's sys.flags show
            }
            command, environment = server_command(sys.executable, "cells", theirs.fileno(), self._folder.name, given)
            self._process = subprocess.Popen(
                [*command, *modules], pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL
            )
        self._reader = wire.Reader(self._channel, takes_files=True)

    def wait(self) -> ForkServer:
        """Return this when it is ready.

        Raises
        ------
        GraderError
            It does not start, or one of the modules starts a thread.
        """
        with self._lock:
            if not self.imported:
                try:
                    self._note_imported()
                except wire.ClosedError:
                    self.close()
                    raise GraderError(
                        "the process that forks kernels ended while it started",
                        sys.executable,
                        "see what it said above",
                    ) from None
                self._folder.cleanup()
        return self

    def _note_imported(self) -> None:
        answer = self._reader.read(time.monotonic() + READY_SECONDS)
        if "ready" not in answer:
            self.close()
            raise cannot_preload(answer["thread"])
        self.imported = frozenset(answer["ready"])

    def add(self, modules: Sequence[str], cells: Sequence[str]) -> None:
        """Import more modules and compile more cells; children forked before do not have them."""
        with self._lock:
            wire.send(self._channel, {"import": list(modules), "know": list(cells)})
            self._note_imported()
            self.modules |= set(modules)
            self.cells |= set(cells)

    def fork(self, folder: Path) -> tuple[socket.socket, int]:
        """Return a socket to a new child and a descriptor of its process; `folder` is removed if this process dies."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                wire.send(self._channel, {"folder": str(folder)}, [theirs.fileno()])
                self._reader.read(time.monotonic() + READY_SECONDS)
            except (wire.ClosedError, TimeoutError):
                ours.close()
                self._process.kill()
                self._process.wait()
                raise wire.ClosedError from None
            return ours, self._reader.files.pop()

    def close(self) -> None:
        """End the fork server and all its children."""
        self._channel.close()
        if not self.imported:  # it would notice only after its imports
            self._process.kill()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None


_servers: dict[int, ForkServer] = {}
_starting = threading.Lock()
_stopped = threading.Event()


def begin(modules: Sequence[str]) -> ForkServer:
    """Return this process's fork server, which may be importing still."""
    with _starting:
        if _stopped.is_set():
            raise RuntimeError("this run has been stopped")
        found = _servers.get(os.getpid())
        if found is not None and not found.alive:
            _servers.pop(os.getpid()).close()
            found = None
        if found is None:
            found = _servers[os.getpid()] = ForkServer(modules)
        return found


def server(modules: Sequence[str], cells: Sequence[str] = ()) -> ForkServer:
    """Return this process's fork server, ready, with at least these modules imported and these cells compiled.

    Raises what `wait` raises.
    """
    found = begin(modules).wait()
    with _starting:
        more = [name for name in modules if name not in found.modules]
        unknown = [cell for cell in cells if cell not in found.cells]
        if more or unknown:
            found.add(more, unknown)
    return found


@atexit.register
def close() -> None:
    """End this process's fork server, if it has one."""
    if found := _servers.pop(os.getpid(), None):
        found.close()


def stop() -> None:
    """End this process's fork server and all it runs, and start no other."""
    _stopped.set()
    close()
