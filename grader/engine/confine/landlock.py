"""Which files there are for a confined process: rules of Landlock (landlock(7)), which nothing lifts again."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import sysconfig
from collections.abc import Sequence
from functools import cache

from grader import FOLDER
from grader.engine.confine.linux import LIBC, call

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
def version() -> int:
    """Return the version of the kernel's Landlock interface; 0 if there is none."""
    return max(0, int(LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))


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


def hide_files(folder: str, more: Sequence[str]) -> None:
    """Let there be no files but those of Python and some `more`, to read, and those of one folder."""
    known = version()
    all_rights = max((v, rights) for v, rights in _RIGHTS.items() if v <= known)[1]
    handled = struct.pack("QQQ", all_rights, _TCP if known >= 4 else 0, _SCOPES if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    rules = call("syscall", _CREATE_RULESET, handled, size, 0)
    read = _READ_FILE | _READ_DIR | _EXECUTE
    own = [f"/proc/{os.getpid()}/{name}" for name in _OF_ITSELF]
    allowed = dict.fromkeys([*readable(), *more, *own], read)
    allowed |= {"/dev/null": read | _WRITE_FILE | _TRUNCATE, folder: all_rights}
    for path, rights in allowed.items():
        _allow(rules, path, rights & all_rights)
    call("syscall", _RESTRICT_SELF, rules, 0)
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = rights if os.path.isdir(path) else rights & _ON_FILES
        call("syscall", _ADD_RULE, rules, 1, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)
