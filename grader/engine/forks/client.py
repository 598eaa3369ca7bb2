"""Kernels forked from a process that has imported everything already: hundredths of a second each.

One fork server a run, made when it is first needed and ended with it; what needs more modules than it has is
forked from an heir of it, which may end before, when nobody needs it any more. Each is held by a socket pair that
nobody else can reach; every child gets a socket of its own.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from grader.engine import wire
from grader.engine.environment import environment_of_servers
from grader.engine.scratch import RunFolder
from grader.models import GraderError
from grader.preload import distinct

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
    return [python, "-m", "grader.engine.forks.server", door, str(control)], given


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


class _ThreadError(RuntimeError):
    """A module starts a thread while it is imported: each kernel imports it itself."""


class NoProcessError(OSError):
    """The operating system lets no other process start now."""


class ForkServer:
    """A process with modules imported, which forks a child for each notebook."""

    def __init__(
        self, channel: socket.socket, modules: Iterable[str], cells: Iterable[str], *, judge: bool = False
    ) -> None:
        self.modules, self.cells, self.judge = set(modules), set(cells), judge
        self.imported: frozenset[str] = frozenset()
        self._closed, self._heirs = False, list[ForkServer]()
        self._failure: GraderError | _ThreadError | None = None
        self._lock = threading.Lock()
        self._channel, self._reader = channel, wire.Reader(channel, takes_files=True)

    def wait(self) -> ForkServer:
        """Return this when it is ready.

        Raises
        ------
        GraderError
            It does not start.
        _ThreadError
            One of the modules starts a thread.
        """
        with self._lock:
            if not self.imported and not self._failure:
                try:
                    answer = self._reader.read(time.monotonic() + READY_SECONDS)
                    self.imported = frozenset(answer.get("ready", ()))
                    self._failure = _ThreadError(answer["thread"]) if not self.imported else None
                except (wire.ClosedError, TimeoutError):
                    self._failure = GraderError(
                        "the process that forks kernels ended while it started",
                        sys.executable,
                        "see what it said above",
                    )
            if self._failure:
                self._end()
                raise self._failure
        return self

    def precompile(self, cells: Iterable[str]) -> None:
        """Compile cells; children forked before do not have them."""
        with self._lock:
            if new := [cell for cell in cells if cell not in self.cells]:
                self._send({"know": new})
                self.cells |= set(new)

    def subserver(self, modules: Sequence[str], *, judge: bool = False) -> ForkServer:
        """Return an heir, which imports more modules while this one goes on; it ends with this one."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            self._send({"heir": list(modules)}, [theirs.fileno()])
            self._heirs = [each for each in self._heirs if each.alive]
            self._heirs.append(ForkServer(ours, self.modules | set(modules), self.cells, judge=judge))
            return self._heirs[-1]

    def fork(self) -> tuple[socket.socket, int, socket.socket]:
        """Return a socket to a new child, a descriptor of its process, and a socket that tells how it ended."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                self._send({"child": True}, [theirs.fileno()])
                answer = self._reader.read(time.monotonic() + READY_SECONDS)
            except (wire.ClosedError, TimeoutError):
                ours.close()
                self._end()
                raise wire.ClosedError from None
            if "refused" in answer:
                ours.close()
                raise NoProcessError(*answer["refused"])
            process, fate = self._reader.files[-2:]
            self._reader.files.clear()
            return ours, process, socket.socket(fileno=fate)

    def _send(self, message: Any, files: Sequence[int] = ()) -> None:
        try:
            wire.send(self._channel, message, files)
        except (wire.ClosedError, OSError):
            self._end()
            raise wire.ClosedError from None

    def close(self) -> None:
        """Let the process end, and all its children."""
        self._end(told=self._tell())

    def _tell(self) -> bool:
        """Tell the process to end; one that is left without a word takes this one for dead, and tidies up after it."""
        if not self.imported or not self._lock.acquire(timeout=1):
            return False
        try:
            wire.send(self._channel, {"end": True})
        except (wire.ClosedError, OSError):
            return False
        finally:
            self._lock.release()
        return True

    def _end(self, *, told: bool = False) -> None:
        self._closed = True
        self._channel.close()
        for heir in self._heirs:
            heir._end()

    def is_one_of(self, servers: Container[ForkServer | None]) -> bool:
        """Tell whether this or an heir of it is one of these."""
        return self in servers or any(heir.is_one_of(servers) for heir in self._heirs)

    @property
    def alive(self) -> bool:
        return not self._closed

    def has_ended(self) -> bool:
        """Tell whether the process has ended; its children do when it has closed all that it held, and not before."""
        return self._closed or has_closed(self._channel)


def has_closed(channel: socket.socket) -> bool:
    """Tell whether the other end of a channel is closed, whatever there is to be read before."""
    waiter = select.poll()
    waiter.register(channel, 0)  # that the other end is closed is always told
    return bool(waiter.poll(0))


class AdoptedForkServer(ForkServer):
    """The one that is a fork of this process, which had imported everything already."""

    def __init__(self, channel: socket.socket, process: int, modules: Iterable[str], folder: RunFolder) -> None:
        self._process, self.folder = process, folder
        super().__init__(channel, modules, ())

    def _end(self, *, told: bool = False) -> None:
        if self._closed:
            return
        if not told:
            os.kill(self._process, signal.SIGKILL)
        super()._end()
        os.waitpid(self._process, 0)


class FirstForkServer(ForkServer):
    """The one that is a new process; its heirs and all children end with it."""

    def __init__(self, modules: Sequence[str], folder: RunFolder) -> None:
        self.folder = folder
        ours, theirs = socket.socketpair()
        with theirs:
            given = environment_of_servers()
            command, environment = server_command(sys.executable, "cells", theirs.fileno(), str(folder.path), given)
            try:
                self._process = subprocess.Popen(
                    [*command, str(folder.path), *modules],
                    pass_fds=[theirs.fileno()],
                    env=environment,
                    cwd="/",  # a random.py in the course's folder is not Python's
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,  # what ends the processes of a terminal leaves it time to tidy up
                )
            except OSError as error:
                fix = "end what else runs on this machine, then run the same command again"
                raise GraderError(f"cannot be started ({error.strerror})", sys.executable, fix) from None
        self._writes = ExitStack()
        self._writes.enter_context(folder.exists())  # IPython writes into it while it is built
        super().__init__(ours, modules, ())

    def wait(self) -> ForkServer:
        super().wait()
        self._writes.close()
        return self

    def _end(self, *, told: bool = False) -> None:
        if not told:  # also while it imports: it would notice only afterwards
            self._process.kill()
        super()._end()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._writes.close()

    @property
    def alive(self) -> bool:
        return super().alive and self._process.poll() is None


class ForkServers:
    """The fork servers of one run: a first one, and heirs of it that have more modules, each for as long as it is held."""

    def __init__(self, folder: RunFolder, first: FirstForkServer | AdoptedForkServer | None = None) -> None:
        """Begin with `first`, which ends when its own owner lets it."""
        self._folder, self._lent = folder, first
        self._running: list[ForkServer] = [first] if first else []
        """Those of students; that of the judge beside each is an heir of its own."""
        self._judges = dict[ForkServer, ForkServer]()
        self._held, self._common = Counter[frozenset[str]](), tuple[str, ...]()
        self._apart = False
        self._with_threads = set[str]()
        """Modules that start a thread while they are imported."""
        self._starting, self._closed = threading.Lock(), False

    @property
    def any(self) -> bool:
        """Tell whether there is one already."""
        return bool(self._running)

    def expect(self, lists: Iterable[Sequence[str]]) -> None:
        """Let the first, if there is none yet, import what several of these lists name, and heirs of it the rest.

        So nothing is imported twice, and one may end while others go on. If nobody says what is to come, each new one
        is an heir of the last.
        """
        self._common, self._apart = shared(lists), True

    def start(self, modules: Sequence[str], *, judge: bool = False) -> ForkServer:
        """Return the first that has these modules, or a new one; it may be importing still.

        That of the judge is an heir of its own: it knows hidden tests, which no other may have in its memory.
        """
        with self._starting:
            if self._running and not self._running[0].alive:
                self._end()
            self._running = [each for each in self._running if each.alive]
            if not self._running and self._common:
                self._begun(None, self._common)
            found = self._fitting(modules)
            if found is None:
                behind = self._running[0 if self._apart else -1] if self._running else None
                found = self._begun(behind, modules)
            if not judge:
                return found
            beside = self._judges.get(found)
            return beside if beside and beside.alive else self._begun(found, (), judge=True)

    def _fitting(self, modules: Iterable[str]) -> ForkServer | None:
        wanted = {*modules} - self._with_threads
        return next((each for each in self._running if each.alive and each.modules >= wanted), None)

    def _begun(self, behind: ForkServer | None, modules: Sequence[str], *, judge: bool = False) -> ForkServer:
        """Return a new one, an heir of the one that it is `behind`."""
        if self._closed:
            raise RuntimeError("this run has been stopped")
        modules = [name for name in modules if name not in self._with_threads]
        if behind is None:
            begun: ForkServer = FirstForkServer(modules, self._folder)
        else:
            begun = behind.subserver(modules, judge=judge)
        if judge and behind:
            self._judges[behind] = begun
        else:
            self._running.append(begun)
        if self._closed:  # meanwhile, by another thread, which may not have seen this one
            self._end()
            raise RuntimeError("this run has been stopped")
        return begun

    @contextmanager
    def using(self, modules: Sequence[str]) -> Iterator[None]:
        """Let no server with these modules end meanwhile because nobody needs it."""
        key = frozenset(modules)
        with self._starting:
            self._held[key] += 1
        try:
            yield
        finally:
            with self._starting:
                self._held[key] -= 1

    @contextmanager
    def held(self, modules: Sequence[str]) -> Iterator[None]:
        """Do the same, and afterwards end what nobody needs any more: heirs, and the judge's server beside the first.

        Nothing is ended if nobody has said what is to come: anything may.
        """
        with self.using(modules):
            yield
        with self._starting:
            if not self._apart:
                return
            needed = {self._fitting(modules) for modules in +self._held}
            for each in [each for each in self._running if not each.is_one_of(needed)]:
                if beside := self._judges.pop(each, None):
                    beside.close()
                if each is not self._running[0]:
                    self._running.remove(each)
                    each.close()

    def ready(self, modules: Sequence[str], cells: Sequence[str] = (), *, judge: bool = False) -> ForkServer:
        """Return a fork server, ready, with these modules imported and these cells compiled.

        Not imported is one that starts a thread, which a fork would lose.

        Raises
        ------
        GraderError
            It does not start.
        """
        while True:
            try:
                found = self.start(modules, judge=judge).wait()
                break
            except _ThreadError as error:
                if str(error) not in {*modules, *self._common} - self._with_threads:
                    what = f"{error} starts a thread when it is imported, and a process with threads cannot be forked safely"
                    raise GraderError(what, sys.executable, "try another version of it") from None
                self._with_threads.add(str(error))
        found.precompile(cells)
        return found

    def close(self) -> None:
        """End them and all they run, and start no other."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        ended, self._running = self._running, []
        judges, self._judges = self._judges, {}
        for each in [*judges.values(), *reversed(ended)]:
            if each is not self._lent:
                each.close()


def shared(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the modules that more than one of these lists names, or, where they are all the same, that one names."""
    different = distinct(lists)
    counts = Counter(name for each in different for name in each)
    least = min(2, len(different))
    return tuple(dict.fromkeys(name for each in different.values() for name in each if counts[name] >= least))
