"""Confine this process, before it runs a line of a student's, by the kernel's own means; nothing lifts it again.

Landlock (landlock(7)) says which files there are, seccomp (seccomp(2), written with libseccomp) which system calls,
resource limits how much of everything, and where we are root, an identity that owns nothing says who. Each works
without privileges but the last. What is left: reading the Python environment, writing one folder, computing.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import stat
import struct
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.engine.confine import landlock, linux, seccomp
from grader.engine.scratch import FIRST_USER

NO_PROGRAM = "no program is started where this is graded"
"""What `!command` says instead."""


@dataclass(frozen=True)
class Bounds:
    """What a confined process may use."""

    folder: str
    """The one folder that it may write in."""
    user: int
    """Who owns that folder, and nothing else: whom to become where we are root."""
    memory: int
    """Bytes of data."""
    seconds: float
    """Processor time."""
    file_bytes: int = 2**28
    """Size of one file."""
    readable: Sequence[str] = ()
    """Folders and files that it may read besides Python's own."""


def confine(bounds: Bounds) -> None:
    """Confine this process, which must have one thread, and all that come of it. Raises OSError if that fails."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # where memory is short, the kernel ends this process before any other
    _give_up_root(bounds.user)
    _limit(bounds)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)  # a change of identity has cleared it
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    landlock.hide_files(bounds.folder, bounds.readable)
    _filter_calls()


def limit_memory(size: int) -> None:
    """Let this process use so many bytes of data, and confine it no further."""
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def prepare() -> None:
    """Find out before a fork what every child would find out again."""
    if not missing():
        seccomp.program()
        _rights_to_keep()
        landlock.readable()


def missing() -> list[tuple[str, str]]:
    """Return what this machine lacks to confine a process, and how to get it."""
    lacks = []
    if landlock.version() < 1:
        lacks.append(("Landlock", "run Linux 5.13 or later, with landlock in the list of the kernel option lsm="))
    if seccomp.library() is None:
        lacks.append(("libseccomp", "install libseccomp2 (Debian, Ubuntu) or libseccomp (others)"))
    return lacks


# Identity and limits ─────────────────────────────────────────────────────────────────────────────

_CAP_DAC_READ_SEARCH, _CAPABILITIES_3 = 2, 0x20080522


def _give_up_root(user: int) -> None:
    """As root, become a user who owns its folder and nothing else."""
    if os.geteuid() != 0:
        return
    rights = _rights_to_keep()
    os.setgroups([])
    linux.prctl(linux.PR_SET_KEEPCAPS, 1)
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    linux.call("capset", struct.pack("Ii", _CAPABILITIES_3, 0), struct.pack("6I", rights, rights, 0, 0, 0, 0))
    linux.prctl(linux.PR_SET_DUMPABLE, 1)  # else its own folder in /proc is not its own


@cache
def _rights_to_keep() -> int:
    """Return none of root's rights; but where Python lies in a folder closed to others, the right to read it.

    Landlock still says what there is to read.
    """
    needed = [*landlock.environment(), os.path.join(tempfile.gettempdir(), "grader-")]
    parents = {parent for path in needed for parent in Path(path).resolve().parents}
    closed = any(not parent.stat().st_mode & stat.S_IXOTH for parent in parents)
    return 1 << _CAP_DAC_READ_SEARCH if closed else 0


def _limit(bounds: Bounds) -> None:
    """Set what the kernel counts; shared memory, which is no data, is bounded with all that is reserved."""
    with open("/proc/self/statm") as file:
        reserved = int(file.read().split()[0]) * resource.getpagesize()
    limits = {
        resource.RLIMIT_DATA: bounds.memory,
        resource.RLIMIT_AS: reserved + 2 * bounds.memory,
        resource.RLIMIT_CPU: int(bounds.seconds) + 1,
        resource.RLIMIT_FSIZE: bounds.file_bytes,
        resource.RLIMIT_NOFILE: 512,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 2**16,
    }
    if os.geteuid() >= FIRST_USER:  # counts all processes and threads of a user
        limits[resource.RLIMIT_NPROC] = 256
    for what, most in limits.items():
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


# System calls: seccomp ───────────────────────────────────────────────────────────────────────────

_FILTER = 2


def _filter_calls() -> None:
    code = seccomp.loadable()
    buffer = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("HP", len(code) // 8, ctypes.addressof(buffer)))
    linux.prctl(linux.PR_SET_SECCOMP, _FILTER, ctypes.addressof(program))
