"""Calls to the kernel for which Python has no function."""

from __future__ import annotations

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_SECCOMP = 1, 4, 8, 22
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
"""Operations of prctl(2)."""


def call(name: str, *arguments: int | bytes | None) -> int:
    """Call a function of the C library that returns -1 for an error, which is raised as OSError."""
    result: int = getattr(LIBC, name)(*(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments))
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def prctl(option: int, value: int, more: int = 0) -> None:
    """Do an operation on this process (prctl(2)). Raises OSError."""
    call("prctl", option, value, more, 0, 0)
