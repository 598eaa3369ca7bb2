"""Run a notebook's cells in a forked child, in ipykernel's own application without its sockets and threads.

`prepare` builds it once, before the fork; `serve` runs in the child, and with `streams` is the only code of ours
that runs in the same process as a student's. Nothing that it sends can be trusted by who reads it.

A cell's outputs are those of a cold kernel (`tests/test_fidelity.py`), but for these known differences:

| what | here | in a cold kernel | why |
|---|---|---|---|
| `!command`, `%pip` | says that no program is started, and goes on | runs it | confinement |
| the variable JOBLIB_MULTIPROCESSING | is 0 | is not there | confinement: `n_jobs` computes in one process |
| `exit()`, `quit()` | ends the kernel at its own cell | at whichever cell runs 0.1 s later | falls on the right cell |
| text that UTF-8 cannot hold | is shown with `?` | is lost, with a traceback of ipykernel | shows more |
| a cell too deep for the compiler | is a RecursionError | never ends | costs no time |
| the stack below a cell, threads, connection file | ours, one, none | ipykernel's | there are no sockets |
| the number in the name of a cell's file | that of the fork server | its own process number | it is compiled once |
| `sys.modules`, and what imports leave: a variable, a warning filter | from the start | after the import | it is imported once |
| the order of a set of strings | the same in all children of a fork server | differs from kernel to kernel | one hash seed |
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import signal
import socket
import sys
import threading
import time
import traceback
import types
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType
from typing import Any

import ipykernel_launcher
from ipykernel import kernelapp
from ipykernel.compiler import get_tmp_directory
from ipykernel.displayhook import ZMQDisplayHook
from ipykernel.ipkernel import IPythonKernel
from IPython.utils.text import LSString, SList

from grader.checks import observe
from grader.checks.failure import CheckFailed, Undecided
from grader.engine import private_names, wire
from grader.engine.border.judge import JudgeClient
from grader.engine.border.student import AnswerServer
from grader.engine.confine.confinement import NO_PROGRAM, Bounds, confine, limit_memory
from grader.engine.inside import after_fork, tracebacks
from grader.engine.inside.compiled_cells import CellCache
from grader.engine.inside.leftovers import Snapshot
from grader.engine.inside.streams import OutputSender, Publisher

_at_start = dict(os.environ)
_ARGUMENTS = ("--HistoryManager.enabled=False", "--HistoryManager.hist_file=:memory:")


class IPKernelApp(kernelapp.IPKernelApp):
    """ipykernel's application, all of it that is not about sockets, files and threads."""

    def init_connection_file(self) -> None: ...

    def init_poller(self) -> None: ...

    def init_heartbeat(self) -> None: ...

    def write_connection_file(self, **kwargs: Any) -> None: ...

    def log_connection_info(self) -> None: ...

    def init_sockets(self) -> None:
        self.configure_tornado_logger()

    def init_io(self) -> None:
        for handler in self.log.handlers:  # what the kernel has to say of itself is no output
            handler.setStream(io.StringIO())
        sys.displayhook = self.displayhook = ZMQDisplayHook(self.session, None)
        self.patch_io()

    def init_kernel(self) -> None:
        self.kernel = self.kernel_class.instance(
            parent=self,
            session=self.session,
            shell_channel_thread=types.SimpleNamespace(parent_thread=threading.main_thread()),
            iopub_socket=types.SimpleNamespace(),
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count


def prepare() -> tuple[IPythonKernel, CellCache]:
    """Build the kernel and its shell, in the process that will fork; return it, and what reads cells for it."""
    sys.argv = [ipykernel_launcher.__file__, "-f", "kernel.json", *_ARGUMENTS]
    app = IPKernelApp.instance(session=Publisher())
    with contextlib.redirect_stderr(io.StringIO()):  # the debugger's advice
        app.initialize(sys.argv[1:])
    reader = CellCache(app.shell)
    private_names.ask_signatures_once(app.shell.run_cell_async, ["cell_id", "cell_meta"])
    app.shell.compile.get_code_name = _name_file
    tracebacks.make_cheap(app.shell)
    return app.kernel, reader


_files = get_tmp_directory() + os.sep
"""Where cells seem to lie: the same in each child, so that a cell can be compiled before there is one."""


def _name_file(raw_code: str, code: str, number: int) -> str:
    """Name a cell's file by a checksum that takes no time; ipykernel computes its own in Python."""
    return after_fork.of_no_module(f"{_files}{zlib.crc32(raw_code.encode('utf-8', 'replace'))}.py")


def serve(kernel: IPythonKernel, cells: CellCache, channel: socket.socket, threads: Callable[[], None]) -> None:
    """Run one notebook in a forked child: read its cells from the channel, publish what they do, return at the end.

    The request is `{"cells": [[index, source, count, border]...], "folder", "environment", "bounds", "confined",
    "characters", "texts"}`. The messages are `["ready"]`, or `["refused", why]` if this process cannot be confined;
    then for each cell `["start", index, count]`, what it publishes as `[type, content]`, and `["done", index]`; or, from
    a judge in which our own code fails, `["fault", traceback]`. A judge that is as it was before says `["clean"]` at the end, and may be asked again; another ends.

    With the request may come a socket to another child, the border between a student's process and the judge. A
    cell's `border` is then null, or `{"names", "libraries"}`: the student's process tells what the names stand for when
    the cell has run, and answers the judge's questions about it; the judge hears it before. To the judge each name comes
    with the index of the last cell that may have given it its value, and with what those stand for that are imported.
    """
    reader = wire.Reader(channel, 2**28, takes_files=True)
    request = reader.read()
    bounds = Bounds(**request["bounds"])
    _become_fresh(kernel, request["folder"], request["environment"])
    if not request["texts"]:  # the judge's chance is nobody's
        after_fork.be_random()
    output = OutputSender(kernel.session, channel, request["characters"])
    sys.stdout, sys.stderr = output.streams
    try:
        confine(bounds) if request["confined"] else limit_memory(bounds.memory)
    except Exception as error:
        output.send(["refused", str(error)])
        return
    if request["confined"]:
        _without_programs(kernel.shell)
    output.send(["ready"], more=True)
    threads()

    def tell_and_end(*_: Any) -> None:
        output.flush()
        os._exit(0)

    signal.signal(wire.END, tell_and_end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if request["texts"]:
        tracebacks.leave_out_ours(kernel.shell)
    else:
        observe.follow_threads()
    traces = Snapshot(kernel.shell.user_ns, kernel.shell.displayhook.flush) if request["texts"] else None
    while True:
        border = _Border(kernel, reader.files, request["texts"])
        asyncio.run(_run(kernel, output, border, request["cells"], cells.codes))
        if not (traces and border.end() and traces.restore_or_refuse()):
            return
        output.send(["clean"])
        try:
            request = reader.read()
        except wire.ClosedError:  # nobody needs it any more
            return
        output.send(["ready"], more=True)


def _without_programs(shell: Any) -> None:
    """Let `!command` say that no program is started, and go on, as it does at home where there is no such program."""

    def said(command: str) -> str:
        shell.user_ns["_exit_code"] = 127
        return f"{NO_PROGRAM}: {command}\n"

    def system(command: str) -> None:
        sys.stderr.write(said(command))

    def getoutput(command: str, split: bool = True, depth: int = 0) -> Any:
        return SList(said(command).splitlines()) if split else LSString(said(command))

    shell.system = shell.system_piped = shell.system_raw = system
    shell.getoutput = getoutput


class _Border:
    """What this process has to do with the one at the other end of its second socket."""

    def __init__(self, kernel: IPythonKernel, files: list[int], texts: Sequence[str]) -> None:
        self._space = kernel.shell.user_ns
        self._channel = socket.socket(fileno=files.pop()) if files else None
        self._asks = JudgeClient(self._channel, texts, self._space) if texts else None
        self._answers = AnswerServer(self._channel, self._space) if self._channel and not texts else None
        self._given, self._before, self._bound = dict[str, Any](), dict[str, Any](), dict[str, int]()
        self.judges = self._asks is not None
        self.done = False

    def end(self) -> bool:
        """Close it; tell whether all cells have run, and nothing came over it that should not."""
        if self._channel:
            self._channel.close()
        return self.done and self._asks is not None and not self._asks.doubted

    def needed(self) -> list[list[str]]:
        """Return the classes of the objects to which the judge's last cell has handed values of its own, if any."""
        needed = sorted(self._asks.needed) if self._asks else []
        return [needed] if needed else []

    def undecided(self) -> str:
        """Return why no verdict of the judge's last cell counts; '' if it does."""
        return self._asks.undecided if self._asks else ""

    def before(self, index: int, what: Any, source: str) -> None:
        """Let the names that a test cell is about stand for what the student's process has."""
        if not self._asks:
            return
        if not what:
            self._asks.hear_of(source)
            return
        names = [name for name, since in what["names"].items() if self._bound.get(name, -1) <= since]
        self._before = {name: self._space.pop(name) for name in names if name in self._space}
        self._given = self._asks.open(
            index, names, what["libraries"], what["given"], what["about"], source, what["watched"]
        )
        self._space.update(self._given)

    def after(self, index: int, what: Any) -> None:
        """Let no name stand for an answer any longer than the test cell that asked for it."""
        if what and self._asks:
            self._asks.close()
            for name in what["names"]:
                if name in self._given and self._space.get(name) is self._given[name]:
                    del self._space[name]
                elif name in self._space:  # the test has bound it to something of its own
                    self._bound[name] = index
            self._space.update({name: value for name, value in self._before.items() if name not in self._space})
            self._given, self._before = {}, {}
        elif what and self._answers:
            self._answers.serve(index, what["names"], what["given"])


async def _run(
    kernel: IPythonKernel,
    output: OutputSender,
    border: _Border,
    cells: list[Any],
    codes_of: Callable[[str], list[CodeType]],
) -> None:
    kernel.io_loop = types.SimpleNamespace(
        add_callback=asyncio.get_running_loop().call_soon_threadsafe, call_later=lambda *_: None, stop=None
    )
    kernel.shell.exit_now = False
    for index, source, count, across in cells:
        kernel.shell.execution_count = count
        parent = _request(kernel, source)
        output.start_cell(parent["msg_id"])
        output.send(["start", index, count])
        kernel.set_parent([b""], parent, "shell")
        kernel.pre_handler_hook()
        try:
            with _ours(border):
                border.before(index, across, source)
            with _unseen(kernel.shell) if border.judges and not across else contextlib.nullcontext():
                if border.judges and (codes := codes_of(source)):
                    await _run_plain(kernel.shell, source, codes)
                elif source:
                    await kernel.do_execute(source, False, True, {}, False)
        except _OursError as error:
            output.send(["fault", str(error)])
            return
        except Exception:  # the cell is nested too deeply to be looked at, or what it is about did not come
            kernel.shell.showtraceback()
        try:
            with _ours(border):
                border.after(index, across)
        except _OursError as error:
            output.send(["fault", str(error)])
            return
        if why := border.undecided():
            kernel.shell.showtraceback((Undecided, Undecided(why), None))
        kernel.post_handler_hook()
        output.flush()
        if kernel.shell.exit_now:
            return
        idle = len(asyncio.all_tasks()) == 1
        border.done = idle and index == cells[-1][0]
        output.send(
            ["done", index, *border.needed()], more=idle and index != cells[-1][0]
        )  # with the next start: who reads wakes once
        await asyncio.sleep(0)


class _OursError(Exception):
    """An error of the grader's own in the judge; its text is the traceback."""


@contextlib.contextmanager
def _ours(border: _Border) -> Iterator[None]:
    """Let no error of the judge's own look like one of a test."""
    try:
        yield
    except (CheckFailed, RecursionError, MemoryError):
        raise
    except Exception:
        if not border.judges:
            raise
        raise _OursError(traceback.format_exc()) from None


@contextlib.contextmanager
def _unseen(shell: Any) -> Iterator[None]:
    """Let nothing be rendered of what an ordinary cell shows and draws, nor kept: the student's process does that."""
    formatter, values = shell.display_formatter, shell.user_ns["_oh"]
    before = dict(values)
    formatter.format = lambda *_, **__: ({}, {})
    try:
        yield
    finally:
        del formatter.format
        values.clear()
        values.update(before)


async def _run_plain(shell: Any, source: str, codes: Sequence[CodeType]) -> None:
    """Run the code of a cell, and no more of what IPython does than its outputs need: a judge keeps no history."""
    with shell.builtin_trap, shell.display_trap:
        shell.compile.cache(source, shell.execution_count, raw_code=source)  # tracebacks show its lines
        shell.events.trigger("pre_execute")
        for code in codes:
            if await shell.run_code(code):  # it has shown why
                break
        shell.events.trigger("post_execute")


def _request(kernel: IPythonKernel, source: str) -> dict[str, Any]:
    """Return the message that nbclient would send for a cell."""
    content = {
        "code": source,
        "silent": False,
        "store_history": True,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": False,
    }
    message: dict[str, Any] = {**kernel.session.msg("execute_request", content), "buffers": []}
    return message


def _become_fresh(kernel: IPythonKernel, folder: str, environment: Mapping[str, str]) -> None:
    """Make this process what a kernel is when it starts: its folders, its variables, its randomness."""
    made = {name: value for name, value in os.environ.items() if _at_start.get(name) != value}
    wanted = {**environment, **made}  # by the shell, and by what was imported
    for name in os.environ.keys() - wanted.keys():
        del os.environ[name]
    os.environ.update({name: value for name, value in wanted.items() if os.environ.get(name) != value})
    time.tzset()
    os.chdir(folder)
    kernel.shell.user_ns["_dh"][:] = [os.getcwd()]
    sys.argv[2] = os.path.join(os.path.dirname(folder), "kernel.json")
    kernel.shell.ipython_dir = os.environ["IPYTHONDIR"]
    private_names.set_profile_location(kernel, os.path.join(kernel.shell.ipython_dir, "profile_default"))
    after_fork.forget_folder()
