"""What /proc tells of another process, whose every word of its own would have to be doubted; and how one is ended."""

from __future__ import annotations

import math
import os
import select
import signal
from contextlib import suppress
from dataclasses import dataclass

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
MOST_THREADS = max(256, 4 * CORES)
"""Of one process; libraries start one or two for each processor."""
_END_SECONDS = 10
_MOST_NICE, _LESS_BY_ONE_STEP = 10, 1.25
"""How nice threads are made, and what a step of it divides their weight by; more of them run when nobody else does."""


def number(process: int) -> int:
    """Return the number of the process that a descriptor stands for."""
    with open(f"/proc/self/fdinfo/{process}") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pid:"))


def has_ended(*processes: int, seconds: float = 0) -> bool:
    """Tell whether one of these processes (descriptors) has ended, at the latest after so many seconds."""
    waiter = select.poll()
    for process in processes:
        waiter.register(process, select.POLLIN)
    return bool(waiter.poll(seconds * 1000))


def kill(process: int) -> None:
    """End a process (a descriptor), and wait until it can do nothing any more."""
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)
        has_ended(process, seconds=_END_SECONDS)


@dataclass(frozen=True, slots=True)
class Use:
    """What a process has used so far."""

    written: int = 0
    """Bytes that it may have written into files and shared memory, at most."""
    reserved: int = 0
    """Bytes of memory that it may use: all its mappings, of whatever kind."""
    threads: int = 0


def used(process: int) -> Use:
    """Return what a process has used; nothing if it has ended, or may not be looked at."""
    try:
        with open(f"/proc/{process}/stat", "rb") as about, open(f"/proc/{process}/io", "rb") as io:
            fields = about.read().rpartition(b")")[2].split()
            written = int(fields[7]) * 4096 + int(io.read().partition(b"wchar:")[2].split()[0])
        return Use(written, int(fields[20]), int(fields[17]))
    except (OSError, ValueError, IndexError):
        return Use()


def memory_bytes(process: int) -> int:
    """Return how many bytes of memory a process holds that no file on disk stands for.

    Memory that it shares, with others or with itself alone, counts whole: of what it does not look at for a while its
    own table of pages shows nothing.
    """
    with suppress(OSError, ValueError, IndexError):
        with open(f"/proc/{process}/status", "rb") as file:
            lines = (line.split() for line in file if line.startswith((b"RssAnon:", b"VmSwap:", b"HugetlbPages:")))
            own = sum(int(line[1]) * 1024 for line in lines)
        return own + sum(_shared(process).values())
    return 0


def _shared(process: int) -> dict[int, int]:
    """Return the bytes of each piece of memory that a process shares, by inode."""
    mapped, open_ = dict[int, int](), dict[int, int]()
    with open(f"/proc/{process}/maps", "rb") as maps:
        for line in maps:
            if line.endswith(b"(deleted)\n") and (b" /dev/zero " in line or b" /memfd:" in line):
                where, rights, _, _, inode = line.split()[:5]
                if rights.endswith(b"s"):
                    start, end = (int(edge, 16) for edge in where.split(b"-"))
                    mapped[int(inode)] = mapped.get(int(inode), 0) + end - start
    for descriptor in os.listdir(f"/proc/{process}/fd"):
        path = f"/proc/{process}/fd/{descriptor}"
        with suppress(FileNotFoundError):
            if os.readlink(path).startswith("/memfd:"):
                about = os.stat(path)
                open_[about.st_ino] = about.st_blocks * 512
    return mapped | open_


def make_way(process: int) -> None:
    """Let the busy threads of a process weigh no more, beside its first, than one for each processor.

    Else the scheduler, which knows threads and not whose they are, leaves a neighbour one part in hundreds.
    """
    with suppress(OSError, ValueError):
        threads = [int(name) for name in os.listdir(f"/proc/{process}/task")]
        busy = [thread for thread in threads if thread != process and _is_busy(process, thread)]
        if len(busy) > CORES:
            nice = math.ceil(math.log(len(busy) / CORES, _LESS_BY_ONE_STEP))
            for thread in busy:
                with suppress(ProcessLookupError):  # it has ended meanwhile
                    _yield(thread, nice)


def _yield(thread: int, nice: int) -> None:
    if nice > _MOST_NICE:
        os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))
    elif os.getpriority(os.PRIO_PROCESS, thread) < nice:
        os.setpriority(os.PRIO_PROCESS, thread, nice)


def _is_busy(process: int, thread: int) -> bool:
    try:
        with open(f"/proc/{process}/task/{thread}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] == b"R"
    except OSError:
        return False
