"""Messages between processes: what counts as come in time, and what is no message."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from grader.engine import wire

PAST = -1.0
"""A deadline that has passed whenever somebody looks."""


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


def test_what_has_come_counts_though_the_deadline_has_passed(ends: tuple[socket.socket, socket.socket]) -> None:
    here, there = ends
    wire.send(there, ["done", 1])
    wire.send(there, "x" * 100_000)
    reader = wire.Reader(here)
    assert reader.read(PAST) == ["done", 1]
    assert reader.read(PAST) == "x" * 100_000  # which takes several looks
    with pytest.raises(TimeoutError):
        reader.read(PAST)


@pytest.mark.parametrize("takes_files", [False, True])
def test_half_a_message_is_not_in_time_and_not_lost(
    ends: tuple[socket.socket, socket.socket], takes_files: bool
) -> None:
    here, there = ends
    whole, reader = wire.framed(b'["done", 1]'), wire.Reader(here, takes_files=takes_files)
    there.sendall(whole[:7])
    for until in (PAST, time.monotonic() + 0.01):
        with pytest.raises(TimeoutError):
            reader.read(until)
    there.sendall(whole[7:])
    assert reader.read(PAST) == ["done", 1]


def test_an_end_that_was_read_without_waiting_sends_as_much_as_there_is(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    here, there = ends
    reader = wire.Reader(here)
    for until in (time.monotonic() + 0.01, PAST):
        with pytest.raises(TimeoutError):
            reader.read(until)
    with ThreadPoolExecutor(1) as pool:
        whole = pool.submit(wire.Reader(there).read, time.monotonic() + 20)
        wire.send(here, "x" * 2**20)  # more than the socket holds
        assert whole.result() == "x" * 2**20


@pytest.mark.parametrize(
    "data",
    [b"{", b"\xff", b"[" * 10**5 + b"]" * 10**5, b"NaN", b"1" + b"0" * 5000, b'"\\u12"'],
)
def test_what_is_no_json_is_told_from_an_error_of_ours(ends: tuple[socket.socket, socket.socket], data: bytes) -> None:
    here, there = ends
    there.sendall(wire.framed(data))
    with pytest.raises(wire.MalformedError):
        wire.Reader(here).read(PAST)


@pytest.mark.parametrize("whole", [7, [], [1, 2], [[1]], [[-1], 2], [["1"], 2], [[2**40], 2]])
def test_parts_that_no_message_announces_are_none(ends: tuple[socket.socket, socket.socket], whole: Any) -> None:
    here, there = ends
    wire.send(there, whole)
    with pytest.raises(wire.MalformedError):
        wire.Reader(here).read_parts(PAST)
