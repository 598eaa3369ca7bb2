"""Run cells in IPython's own shell without sockets: what a kernel would publish becomes messages on one channel.

This is ipykernel's `IPythonKernel`, with a session that writes to the channel in place of ZeroMQ. It is built
once, before the fork (`prepare`); `serve` runs in the forked child, and is the only code of ours that runs in
the same process as a student's. Nothing that it sends can be trusted by who reads it.
"""

from __future__ import annotations

import ast
import asyncio
import fcntl
import functools
import io
import logging
import os
import signal
import socket
import sys
import threading
import time
import types
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from ipykernel.compiler import XCachingCompiler, get_tmp_directory
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from traitlets.config import Config

from grader.engine import fresh, wire

PUBLISHED = {"stream", "display_data", "execute_result", "update_display_data", "clear_output", "error"}
_FLUSH_SECONDS = 0.2
"""As ipykernel.iostream.OutStream.flush_interval."""
_MOST_BUFFERED = 2**16


class _Publisher(Session):
    """A session that hands on what would be published, from the process that it was made for."""

    publish: Callable[[str, Any], None]

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *_: Any, **__: Any) -> Any:
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content)
        if message["msg_type"] in PUBLISHED:
            self.publish(message["msg_type"], message["content"])
        return message


class _Compiler(XCachingCompiler):
    """Names the cells' files by a checksum that takes no time; ipykernel computes its own in Python."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:
        return f"{self._folder}{zlib.crc32(raw_code.encode('utf-8', 'replace'))}.py"

    @functools.cached_property
    def _folder(self) -> str:
        return f"{get_tmp_directory()}{os.sep}"


class _Shell(ZMQInteractiveShell):
    """A shell that does not translate a cell which is Python already, and other cells once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._translated = ("", "")
        self._usual = self._transformers()

    def transform_cell(self, raw_cell: str) -> str:
        if self._transformers() != self._usual:
            whole: str = super().transform_cell(raw_cell)
            return whole
        if self._translated[0] != raw_cell:
            text = raw_cell if raw_cell.endswith("\n") else raw_cell + "\n"
            self._translated = raw_cell, text if _is_python(text) else super().transform_cell(raw_cell)
        return self._translated[1]

    def _transformers(self) -> list[Any]:
        manager = self.input_transformer_manager
        return [
            *manager.cleanup_transforms,
            *manager.line_transforms,
            *manager.token_transformers,
            *self.input_transformers_post,
        ]


def _is_python(text: str) -> bool:
    """Tell whether IPython would leave a cell as it is: no blank start, no prompts, nothing but Python."""
    if text[0].isspace() or "\n..." in text:
        return False
    try:
        compile(text, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except Exception:  # also too deep a nesting, a null character
        return False
    return True


class _Printed(io.TextIOBase):
    """Standard output or error of a kernel: text is published when asked for, and when it is 0.2 s old.

    What is written to the file descriptor itself (by a subprocess, by C code) joins the text.
    """

    encoding = "UTF-8"

    def __init__(self, name: str, descriptor: int, output: _Output) -> None:
        self.name, self._output = name, output
        self._file = os.memfd_create(name)
        fcntl.fcntl(self._file, fcntl.F_SETFL, os.O_APPEND)
        os.dup2(self._file, descriptor)
        self._parts: list[str] = []
        self._size = 0
        self.since = 0.0
        """When the oldest text that waits was written."""

    def fileno(self) -> int:
        return self._file

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._output.process:  # a process that the cell forked
            os.write(self._file, text.encode("utf-8", "replace"))
            return len(text)
        with self._output.lock:
            self._output.flush_old()
            self._drain()
            self._keep(text)
        return len(text)

    def _keep(self, text: str) -> None:
        allowed = text[: self._output.left]
        self._output.left -= len(allowed)
        if allowed:
            self.since = self.since or time.monotonic()
            self._parts.append(allowed)
            self._size += len(allowed)
            if self._size > _MOST_BUFFERED:
                self._publish()

    def _drain(self) -> None:
        if size := os.fstat(self._file).st_size:
            data = os.pread(self._file, min(size, self._output.most), 0)
            os.ftruncate(self._file, 0)
            self._keep(data.decode("utf-8", "replace"))

    def flush(self) -> None:
        if os.getpid() == self._output.process:
            with self._output.lock:
                self._drain()
                self._publish()

    def _publish(self) -> None:
        text = "".join(self._parts)
        self._parts, self._size, self.since = [], 0, 0.0
        if text:
            self._output.publish("stream", {"name": self.name, "text": text})


class _Output:
    """What one notebook publishes, within limits a cell."""

    def __init__(self, channel: socket.socket, most: int) -> None:
        self.lock = threading.RLock()
        self.process, self.most = os.getpid(), 2 * most
        self._channel, self._most_rich = channel, 100 * most
        self.start_cell()
        self.streams = [_Printed("stdout", 1, self), _Printed("stderr", 2, self)]

    def start_cell(self) -> None:
        self.left, self._left_rich = self.most, self._most_rich

    def flush_old(self) -> None:
        before = time.monotonic() - _FLUSH_SECONDS
        for stream in sorted(self.streams, key=lambda each: each.since):
            if 0.0 < stream.since < before:
                stream.flush()

    def flush(self) -> None:
        for stream in self.streams:
            stream.flush()

    def publish(self, kind: str, content: Any) -> None:
        if os.getpid() != self.process:
            return
        if kind in ("display_data", "execute_result", "update_display_data"):
            size = sum(len(str(value)) for value in content["data"].values())
            if size > self._left_rich:
                return
            self._left_rich -= size
        elif kind == "error":
            content = {
                "ename": content["ename"][: self.most],
                "evalue": content["evalue"][: self.most],
                "traceback": [line[: self.most] for line in content["traceback"][:200]],
            }
        self.send([kind, content])

    def send(self, message: Any) -> None:
        with self.lock:
            wire.send(self._channel, message)


def prepare() -> IPythonKernel:
    """Build the kernel and its shell, in the process that will fork."""
    quiet = Config()
    quiet.HistoryManager.enabled = False
    kernel: IPythonKernel = IPythonKernel.instance(
        config=quiet,
        shell_class=_Shell,
        compiler_class=_Compiler,
        session=_Publisher(),
        log=logging.getLogger("grader.kernel"),
        iopub_socket=types.SimpleNamespace(),
        shell_channel_thread=types.SimpleNamespace(parent_thread=threading.main_thread()),
    )
    # What ipykernel's application does around its kernel.
    import pdb

    from IPython.core import debugger

    debugger.Pdb = pdb.Pdb = debugger.InterruptiblePdb  # type: ignore[misc]
    pdb.set_trace = debugger.set_trace
    kernel.shell.extension_manager.load_extension("storemagic")
    kernel.shell.kernel = kernel
    return kernel


def serve(kernel: IPythonKernel, channel: socket.socket, threads: Callable[[], None]) -> None:
    """Run one notebook in a forked child: read its cells from the channel, publish what they do, return at the end.

    The request is `{"cells": [[index, id, source]...], "folder", "environment", "memory", "characters"}`; the
    messages are `["start", index, count]`, what the cell publishes as `[type, content]`, and `["done", index]`.
    """
    request = wire.Reader(channel, 2**28).read()
    _become_fresh(request["folder"], request["environment"], request["memory"])
    threads()
    output = _Output(channel, request["characters"])
    _Publisher.publish = staticmethod(output.publish)
    sys.stdout, sys.stderr = output.streams
    kernel.shell.user_ns["_dh"][:] = [os.getcwd()]

    def tell_and_end(*_: Any) -> None:
        output.flush()
        os._exit(0)

    signal.signal(signal.SIGTERM, tell_and_end)
    asyncio.run(_run(kernel, output, request["cells"]))


async def _run(kernel: IPythonKernel, output: _Output, cells: list[Any]) -> None:
    kernel.io_loop = types.SimpleNamespace(
        add_callback=asyncio.get_running_loop().call_soon_threadsafe, call_later=lambda *_: None
    )
    kernel.shell.exit_now = False
    for index, cell, source in cells:
        output.start_cell()
        output.send(["start", index, kernel.shell.execution_count])
        kernel.set_parent([b""], kernel.session.msg("execute_request", {"code": source}), "shell")
        await kernel.do_execute(source, False, True, {}, False, cell_id=cell)
        output.flush()
        if kernel.shell.exit_now:
            return
        output.send(["done", index])
        await asyncio.sleep(0)


def _become_fresh(folder: str, environment: Mapping[str, str], memory: int) -> None:
    """Make this process what a kernel is when it starts: its folder, its variables, its randomness, its limits."""
    os.chdir(folder)
    os.environ.update(environment)
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    sys.dont_write_bytecode = True
    fresh.be_random()
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
