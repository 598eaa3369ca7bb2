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
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader import FOLDER
from grader.engine.confine import seccomp
from grader.engine.scratch import FIRST_USER

NO_PROGRAM = "no program is started where this is graded"
"""What `!command` says instead."""
_LIBC = ctypes.CDLL(None, use_errno=True)


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
    _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # a change of identity has cleared it
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _hide_files(bounds.folder, bounds.readable)
    _filter_calls()


def limit_memory(size: int) -> None:
    """Let this process use so many bytes of data, and confine it no further."""
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def prepare() -> None:
    """Find out before a fork what every child would find out again."""
    if not missing():
        seccomp.program()
        _rights_to_keep()
        readable()


def missing() -> list[tuple[str, str]]:
    """Return what this machine lacks to confine a process, and how to get it."""
    lacks = []
    if landlock_version() < 1:
        lacks.append(("Landlock", "run Linux 5.13 or later, with landlock in the list of the kernel option lsm="))
    if seccomp.library() is None:
        lacks.append(("libseccomp", "install libseccomp2 (Debian, Ubuntu) or libseccomp (others)"))
    return lacks


def _call(name: str, *arguments: int | bytes | None) -> int:
    """Call a function of the C library that returns -1 for an error."""
    result: int = getattr(_LIBC, name)(*(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments))
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


# Identity and limits ─────────────────────────────────────────────────────────────────────────────

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_PR_SET_KEEPCAPS, _CAP_DAC_READ_SEARCH, _CAPABILITIES_3 = 8, 2, 0x20080522


def _give_up_root(user: int) -> None:
    """As root, become a user who owns its folder and nothing else."""
    if os.geteuid() != 0:
        return
    rights = _rights_to_keep()
    os.setgroups([])
    _call("prctl", _PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    _call("capset", struct.pack("Ii", _CAPABILITIES_3, 0), struct.pack("6I", rights, rights, 0, 0, 0, 0))
    _call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)  # else its own folder in /proc is not its own


@cache
def _rights_to_keep() -> int:
    """Return none of root's rights; but where Python lies in a folder closed to others, the right to read it.

    Landlock still says what there is to read.
    """
    needed = [*environment(), os.path.join(tempfile.gettempdir(), "grader-")]
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


# Files: Landlock ─────────────────────────────────────────────────────────────────────────────────

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""System calls; the numbers are the same on all processors."""
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE, _IOCTL_DEV = 1, 2, 4, 8, 1 << 14, 1 << 15
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""All that a version of Landlock can forbid about files."""
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_TCP, _SCOPES = 0b11, 0b11
"""Binding and connecting (from version 4); abstract sockets and signals (from version 6)."""
_SYSTEM = (
    "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/usr/share/fonts",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/sys/devices/system/cpu", "/sys/devices/system/node",
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems", "/dev/urandom", "/dev/random", "/dev/zero",
    "/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
)  # fmt: skip

_OF_ITSELF = ("cmdline", "comm", "environ", "fd", "limits", "maps", "stat", "statm", "status")
"""What a process may read of itself in /proc; the rest tells of the machine."""


@cache
def landlock_version() -> int:
    """Return the version of the kernel's Landlock interface; 0 if there is none."""
    return max(0, int(_LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))


@cache
def environment() -> list[str]:
    """Return the folders that Python itself is made of."""
    own = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    own |= {sysconfig.get_config_var("LIBDIR"), os.path.join(sys.prefix, "share"), os.path.join(sys.prefix, "etc")}
    own |= {os.path.join(sys.prefix, "pyvenv.cfg"), FOLDER}
    own |= {entry for entry in sys.path if entry.endswith("-packages")}
    return sorted(path for path in own if path and os.path.exists(path))


@cache
def readable() -> list[str]:
    """Return the files and folders that a confined process may read."""
    return [*filter(os.path.exists, _SYSTEM), *environment()]


def _hide_files(folder: str, more: Sequence[str]) -> None:
    """Let there be no files but those of Python and some `more`, to read, and those of one folder."""
    version = landlock_version()
    all_rights = max((v, rights) for v, rights in _RIGHTS.items() if v <= version)[1]
    handled = struct.pack("QQQ", all_rights, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = _call("syscall", _CREATE_RULESET, handled, size, 0)
    read = _READ_FILE | _READ_DIR | _EXECUTE
    own = [f"/proc/{os.getpid()}/{name}" for name in _OF_ITSELF]
    allowed = dict.fromkeys([*readable(), *more, *own], read)
    allowed |= {"/dev/null": read | _WRITE_FILE | _TRUNCATE, folder: all_rights}
    for path, rights in allowed.items():
        _allow(rules, path, rights & all_rights)
    _call("syscall", _RESTRICT_SELF, rules, 0)
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = rights if os.path.isdir(path) else rights & _ON_FILES
        _call("syscall", _ADD_RULE, rules, 1, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


# System calls: seccomp ───────────────────────────────────────────────────────────────────────────

_PR_SET_SECCOMP, _FILTER = 22, 2


def _filter_calls() -> None:
    code = seccomp.loadable()
    buffer = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("HP", len(code) // 8, ctypes.addressof(buffer)))
    _call("prctl", _PR_SET_SECCOMP, _FILTER, ctypes.addressof(program), 0, 0)
