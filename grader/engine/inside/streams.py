"""What a notebook prints and shows, on one channel: ipykernel's own streams, without the thread behind them."""

from __future__ import annotations

import contextvars
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from ipykernel import iostream
from ipykernel.jsonutil import json_clean
from jupyter_client.session import Session

from grader.engine import wire
from grader.engine.outputs import CUT

_RICH = {"display_data", "execute_result", "update_display_data"}
_INTO_WIDGETS = {"stream", "display_data", "execute_result", "error", "clear_output"}
PUBLISHED = _RICH | _INTO_WIDGETS
"""The types of messages that become a cell's outputs."""
_BETWEEN_SECONDS = 0.001
"""How often a cell that prints without end looks for what others print."""


class Publisher(Session):
    """A session that hands on what would be published."""

    output: OutputSender

    def send(
        self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, *_: Any, **__: Any
    ) -> dict[str, Any]:
        """Hand on one message, if it is one for a cell's outputs, and return it."""
        given = isinstance(msg_or_type, dict)
        message: dict[str, Any] = msg_or_type if given else self.msg(msg_or_type, content, parent=parent)
        self.output.take(message["msg_type"], message["content"], message["parent_header"].get("msg_id", ""))
        return message


class OutputSender:
    """What one notebook publishes: each cell what it does while it runs, within limits."""

    def __init__(self, session: Publisher, channel: socket.socket, most: int) -> None:
        session.output = self
        self._channel, self._pack = channel, session.pack
        self._most, self._most_rich = 2 * most, 100 * most
        self._process, self._lock = os.getpid(), threading.RLock()
        self._busy, self._caught_up, self._unsent = False, 0.0, b""
        self._children = _Pile("children")
        self._widgets: dict[str, str] = {}
        self._clock = _Clock()
        self.streams = [OutStream(session, self, name, number) for name, number in (("stdout", 1), ("stderr", 2))]
        self.start_cell("")

    @property
    def background(self) -> iostream.IOPubThread:
        return _Background(self._clock)

    def start_cell(self, cell: str) -> None:
        """Take from now on what belongs to this request, by its message id."""
        self._cell, self._left, self._left_rich, self._noted = cell, self._most, self._most_rich, False

    def catch_up(self, least: float = 0.0) -> None:
        """Do what ipykernel's threads would have done by now, unless that was less than `least` seconds ago."""
        now = time.monotonic()
        if now < self._caught_up + least or os.getpid() != self._process:
            return
        with self._lock:
            if self._busy:
                return
            self._busy, self._caught_up = True, now
            try:
                self._clock.run_due()
                for line in self._children.read(self._most).split("\n")[:-1]:
                    self.take(*json.loads(line))
                for stream in self.streams:
                    stream.drain(self._most)
            finally:
                self._busy = False

    def flush(self) -> None:
        for stream in self.streams:
            stream.flush()

    def take(self, kind: str, content: Any, cell: str) -> None:
        """Publish one message of a kernel, unless an earlier cell's task sends it or a widget shows it."""
        if os.getpid() != self._process:  # forked by a cell; ipykernel lets only what it prints through
            if kind == "stream":
                self._children.write(json.dumps([kind, content, cell]) + "\n")
            return
        if kind.startswith("comm"):
            self._watch_widgets(kind, content)
        if cell != self._cell or kind not in PUBLISHED or (kind in _INTO_WIDGETS and cell in self._widgets.values()):
            return
        if kind == "stream":
            content = {**content, "text": content["text"][: self._left]}
            self._left -= len(content["text"])
            if not content["text"]:
                return
        elif kind in _RICH:
            size = sum(len(str(value)) for value in content["data"].values())
            if size > self._left_rich:
                if self._noted:
                    return
                self._noted, kind, content, size = True, "stream", {"name": "stdout", "text": CUT}, 0
            self._left_rich -= size
        elif kind == "error":
            content = {
                "ename": content["ename"][: self._most],
                "evalue": content["evalue"][: self._most],
                "traceback": [line[: self._most] for line in content["traceback"][:200]],
            }
        self.send([kind, content])

    def send(self, message: Any, *, more: bool = False) -> None:
        """Send a message at once, or, if there is one more to come soon, together with it."""
        try:
            data = self._pack(message)
        except UnicodeEncodeError:  # text that UTF-8 cannot hold
            data = json.dumps(json_clean(message)).encode()
        with self._lock:
            self._unsent += wire.framed(data)
            if not more:
                data, self._unsent = self._unsent, b""
                wire.send_data(self._channel, data)

    def _watch_widgets(self, kind: str, content: Any) -> None:
        """Note which output widgets show what the cell of this id does, as a notebook's page would."""
        state = content["data"].get("state", {})
        if kind == "comm_open" and state.get("_model_name") == "OutputModel":
            self._widgets[content["comm_id"]] = ""
        elif content["comm_id"] in self._widgets and "msg_id" in state:
            self._widgets[content["comm_id"]] = state["msg_id"]


class OutStream(iostream.OutStream):
    """Standard output or error: text is published when asked for, and when it is 0.2 s old.

    What is written to the file descriptor itself (by a subprocess, by C code) joins the text.
    """

    __module__ = "ipykernel.iostream"  # who looks for a kernel's stream by its name finds it

    def __init__(self, session: Session, output: OutputSender, name: str, descriptor: int) -> None:
        super().__init__(session, output.background, name, watchfd=False)
        self._output = output
        self._below = _Pile(name)
        os.dup2(self._below.number, descriptor)
        self._original_stdstream_copy = os.open(os.devnull, os.O_WRONLY)  # what `fileno` returns, as in any kernel

    def _catch_up_and_get(self) -> Any:
        """Return the parent header, with which each `write` begins."""
        self._output.catch_up(_BETWEEN_SECONDS)
        return iostream.OutStream.parent_header.fget(self)

    parent_header = property(_catch_up_and_get, iostream.OutStream.parent_header.fset)

    def flush(self) -> None:
        self._output.catch_up()
        super().flush()

    def drain(self, most: int) -> None:
        """Write what has come through the file descriptor, as of the present cell."""
        if text := self._below.read(most):
            contextvars.Context().run(self.write, text)


class _Pile:
    """A file in memory that several processes append to and one reads."""

    def __init__(self, name: str) -> None:
        self.number = os.open(f"/proc/self/fd/{os.memfd_create(name)}", os.O_RDWR | os.O_APPEND)
        self._seen = 0

    def write(self, text: str) -> None:
        os.write(self.number, text.encode("utf-8", "replace"))

    def read(self, most: int) -> str:
        """Return what is new, and at most the first `most` bytes of it."""
        size = os.fstat(self.number).st_size
        if size == self._seen:
            return ""
        data = os.pread(self.number, min(size - self._seen, most), self._seen)
        self._seen = size
        return data.decode("utf-8", "replace")


class _Clock:
    """In place of the event loop of ipykernel's thread: what is due is done when somebody asks."""

    def __init__(self) -> None:
        self._due: list[tuple[float, Callable[[], None]]] = []

    def call_later(self, seconds: float, call: Callable[[], None]) -> None:
        self._due.append((time.monotonic() + seconds, call))  # in order, for the delay is always the same

    def run_due(self) -> None:
        while self._due and self._due[0][0] <= time.monotonic():
            self._due.pop(0)[1]()


class _Background(iostream.IOPubThread):
    """In place of ipykernel's thread that sends: all is done at once."""

    thread = None

    def __init__(self, clock: _Clock) -> None:
        self.io_loop = clock

    def schedule(self, f: Callable[[], None]) -> None:
        f()
