"""Messages between processes of one machine: JSON with its length before it, and open files beside it."""

from __future__ import annotations

import array
import json
import signal
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

_LENGTH = struct.Struct("!I")
_MOST_FILES = 8
_AT_ONCE = 2**16
"""Bytes that are received at once; from 2**17 on each buffer would be fresh memory of the kernel's."""
END = getattr(signal, "SIGRTMAX", signal.SIGTERM)
"""Tells a forked kernel to hand on what it printed last, and to end; a signal that no student's code thinks of."""


class ClosedError(ConnectionError):
    """The other side has ended."""


class MalformedError(ValueError):
    """What came is no message, or none that the receiver takes."""


class TooLargeError(MalformedError):
    """A message is larger than the receiver takes."""


def send(channel: socket.socket, message: Any, files: Sequence[int] = ()) -> None:
    """Send one message (what JSON can hold) and with it file descriptors.

    Raises
    ------
    ClosedError
        The other side has ended.
    """
    send_data(channel, framed(json.dumps(message).encode("utf-8", "surrogatepass")), files)


def framed(data: bytes) -> bytes:
    """Return a message that is JSON already as it is sent."""
    return _LENGTH.pack(len(data)) + data


def send_data(channel: socket.socket, data: bytes, files: Sequence[int] = ()) -> None:
    """Send messages that are framed already."""
    _wait_at_most(channel, None)  # what is read from it may have had a deadline
    try:
        sent = socket.send_fds(channel, [data], list(files)) if files else 0
        channel.sendall(data[sent:])
    except (BrokenPipeError, ConnectionResetError):
        raise ClosedError from None


def send_parts(channel: socket.socket, message: Any, parts: Sequence[bytes]) -> None:
    """Send one message and with it parts that are plain bytes."""
    head = json.dumps([[len(part) for part in parts], message]).encode("utf-8", "surrogatepass")
    send_data(channel, b"".join([framed(head), *parts]))


class Reader:
    """Reads messages from a channel; `until` is a deadline in seconds of `time.monotonic`.

    Files that come with them are taken only from who may send some; else whoever is at the other end could fill us up.
    """

    def __init__(
        self, channel: socket.socket, most: int = 2**24, *, most_parts: int | None = None, takes_files: bool = False
    ) -> None:
        self._channel, self._most, self._most_parts, self._takes_files = channel, most, most_parts, takes_files
        self._buffer = bytearray()
        self.taken = 0
        """Bytes of all messages so far."""
        self.files: list[int] = []
        """File descriptors that came with the messages so far; the caller owns them."""

    @property
    def begun(self) -> bool:
        """Whether something of the next message has been taken from the channel, which may no longer be ready."""
        return bool(self._buffer)

    @property
    def whole(self) -> bool:
        """Whether the next message has come wholly, so that reading it takes no time."""
        size = _LENGTH.size
        return len(self._buffer) >= size and len(self._buffer) >= size + _LENGTH.unpack_from(self._buffer)[0]

    def read(self, until: float | None = None) -> Any:
        """Return the next message.

        Raises
        ------
        ClosedError
            The other side has ended.
        TooLargeError
            The message has more than `most` bytes, or perhaps more than `most_parts` lists and objects: an empty one
            takes three bytes there, and sixty here.
        TimeoutError
            It did not come in time. What has come is taken even when the deadline has passed before this looks.
        MalformedError
            It is not JSON, or nested too deeply.
        """
        self._fill(_LENGTH.size, until)
        size = _LENGTH.unpack_from(self._buffer)[0]
        if size > self._most:
            raise TooLargeError(f"a message of {size} bytes")
        end = _LENGTH.size + size
        self._fill(end, until)
        message = bytes(self._buffer[_LENGTH.size : end])
        del self._buffer[:end]
        self.taken += end
        if self._most_parts is not None and message.count(b"[") + message.count(b"{") > self._most_parts:
            raise TooLargeError("a message of that many parts")
        try:
            return _DECODER.decode(message.decode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError) as error:  # of the text that came, and of nothing else
            raise MalformedError(f"no JSON: {error}") from None

    def read_parts(self, until: float | None = None) -> tuple[Any, list[bytes]]:
        """Return the next message that `send_parts` has sent, and its parts. Raises what `read` raises."""
        whole = self.read(until)
        if not isinstance(whole, list) or len(whole) != 2 or not isinstance(whole[0], list):
            raise MalformedError("no message with parts")
        lengths, message = whole
        if not all(type(length) is int and length >= 0 for length in lengths) or sum(lengths) > self._most:
            raise TooLargeError("parts of that size")
        parts = []
        for length in lengths:
            self._fill(length, until)
            parts.append(bytes(self._buffer[:length]))
            del self._buffer[:length]
        return message, parts

    def _fill(self, count: int, until: float | None) -> None:
        """Read until there are so many bytes; after a TimeoutError it can go on."""
        while len(self._buffer) < count:
            left = None if until is None else until - time.monotonic()
            late = left is not None and left <= 0  # then it takes what has come, and does not wait
            _wait_at_most(self._channel, None if late else left)
            try:
                data = self._receive(socket.MSG_DONTWAIT if late else 0)
            except BlockingIOError:
                raise TimeoutError from None
            except ConnectionResetError:
                data = b""
            if not data:
                raise ClosedError
            self._buffer += data

    def _receive(self, flags: int) -> bytes:
        if not self._takes_files:
            return self._channel.recv(_AT_ONCE, flags)
        data, ancillary, _, _ = self._channel.recvmsg(_AT_ONCE, socket.CMSG_SPACE(_MOST_FILES * 4), flags)
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                self.files += array.array("i", value[: len(value) - len(value) % 4])
        return data


def _wait_at_most(channel: socket.socket, seconds: float | None) -> None:
    if channel.gettimeout() != seconds:
        channel.settimeout(seconds)


def _not_json(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_not_json)
