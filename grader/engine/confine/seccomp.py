"""Which system calls a confined process may make: a filter that libseccomp writes and the kernel runs."""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
import tempfile
from collections.abc import Iterable
from functools import cache
from typing import Any

_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NOT_EQUAL, _MASKED_EQUAL = 1, 7
_BAD_ARCHITECTURE = 2
_SELF = 0x5EED1E55
"""Stands in a program for the number of the process that it is loaded into."""

_INT = 2**32 - 1
"""The kernel looks at so much of an int, whatever else is in the register."""
_CLONE_THREAD = 0x10000
"""The flag of clone(2) that asks for a thread; what asks for a process lacks it."""
_FCNTL_OWNERS, _IOCTL_OWNERS = (8, 15), (0x8901, 0x8902)
"""F_SETOWN, F_SETOWN_EX; FIOSETOWN, SIOCSPGRP: they have the kernel send signals to others."""
_F_NOTIFY = 1026
"""Watches a folder, as inotify and fanotify do; Landlock rules over none of them."""
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36
_FIRST_UNKNOWN = 450
"""System calls from here on are younger than this list."""
_UNCOUNTED = "fallocate splice vmsplice tee io_setup io_submit io_pgetevents".split()
"""They write into files, and no count of what a process has written shows it."""

_FORBIDDEN = """
    fork vfork execve execveat
    socket connect bind listen accept accept4
    ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_open pidfd_getfd
    pidfd_send_signal userfaultfd memfd_create memfd_secret
    shmget shmat shmctl shmdt semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink
    unshare setns chroot pivot_root mount umount umount2 mount_setattr move_mount open_tree fsopen fsconfig fsmount
    fspick name_to_handle_at open_by_handle_at quotactl quotactl_fd acct swapon swapoff
    inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_init fanotify_mark
    bpf perf_event_open io_uring_setup io_uring_enter io_uring_register add_key request_key keyctl
    init_module finit_module delete_module kexec_load kexec_file_load reboot syslog vhangup
    settimeofday clock_settime clock_settime64 clock_adjtime clock_adjtime64 adjtimex stime sethostname setdomainname
    iopl ioperm modify_ldt personality lookup_dcookie nfsservctl uselib sysfs _sysctl ustat
    move_pages migrate_pages sched_setscheduler sched_setparam sched_setattr ioprio_set truncate truncate64
    mknod mknodat setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
""".split()
_RIGHTS = "chmod fchmod fchmodat chown fchown lchown fchownat chown32 fchown32 lchown32".split()
_TIMES = "utime utimes utimensat futimesat utimensat_time64".split()
"""Landlock does not rule over these two. Who is a user of its own may call them, since it owns nothing outside its
folder; else the first do nothing and say that they did, as copying a file needs it, and the second fail."""
_TO_OTHERS = ["kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"]


class _Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("how", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


@cache
def library() -> ctypes.CDLL | None:
    """Return libseccomp, if it is there."""
    try:
        found = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return None
    found.seccomp_init.restype = ctypes.c_void_p
    found.seccomp_arch_native.restype = ctypes.c_uint32
    return found


ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Processors by their names in `uname`, as audit(7) and seccomp(2) number them."""


class _Filter:
    """A filter in the making, for this processor or another: what no rule names is allowed."""

    def __init__(self, architecture: int = 0) -> None:
        self._library: Any = library()
        if self._library is None:
            raise OSError(errno.ENOSYS, "libseccomp.so.2 is not there")
        self._context = ctypes.c_void_p(self._library.seccomp_init(ctypes.c_uint32(_ALLOW)))
        self._library.seccomp_attr_set(self._context, _BAD_ARCHITECTURE, ctypes.c_uint32(_KILL))
        if architecture and architecture != self._library.seccomp_arch_native():
            self._library.seccomp_arch_add(self._context, ctypes.c_uint32(architecture))
            self._library.seccomp_arch_remove(self._context, ctypes.c_uint32(0))

    def refuse(self, names: Iterable[str], *when: Any, error: int = errno.EPERM) -> None:
        """Let these calls fail, always or `when` their arguments compare so: tuples (number, how, a, b)."""
        comparisons = (_Comparison * max(1, len(when)))(*when)
        for name in names:
            number = self._library.seccomp_syscall_resolve_name(name.encode())
            if number == -1:
                continue  # older than the library knows, or younger
            failed = self._library.seccomp_rule_add_array(
                self._context, ctypes.c_uint32(_ERRNO | error), number, len(when), comparisons
            )
            if failed:
                raise OSError(-failed, f"libseccomp refuses a rule for {name}: {os.strerror(-failed)}")

    def program(self) -> bytes:
        """Return it as the kernel's instructions of 8 bytes each."""
        with tempfile.TemporaryFile() as file:
            failed = self._library.seccomp_export_bpf(self._context, file.fileno())
            self._library.seccomp_release(self._context)
            if failed:
                raise OSError(-failed, f"libseccomp cannot write the filter: {os.strerror(-failed)}")
            file.seek(0)
            return file.read()


@cache
def program(architecture: int = 0) -> bytes:
    """Return the filter, for this processor or for one of ARCHITECTURES.

    The number of the process that it is loaded into is still to be put in.
    """
    rules = _Filter(architecture)
    rules.refuse(_FORBIDDEN)
    if os.geteuid():
        rules.refuse(_RIGHTS, error=0)
        rules.refuse(_TIMES)
    rules.refuse(_UNCOUNTED, error=errno.EOPNOTSUPP)  # the C library writes zeros in place of the first
    rules.refuse(["clone3"], error=errno.ENOSYS)  # its flags cannot be seen; the C library takes clone instead
    for kind in set(range(16)) - {socket.SOCK_STREAM}:  # a datagram finds its way to any socket
        rules.refuse(["socketpair"], (1, _MASKED_EQUAL, 0xF, kind))
    rules.refuse(["clone"], (0, _MASKED_EQUAL, _CLONE_THREAD, 0))
    rules.refuse(_TO_OTHERS, (0, _NOT_EQUAL, _SELF, 0))
    for flag in (_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER):  # the second would hide its files
        rules.refuse(["prctl"], (0, _MASKED_EQUAL, _INT, flag))
    for command in (*_FCNTL_OWNERS, _F_NOTIFY):
        rules.refuse(["fcntl", "fcntl64"], (1, _MASKED_EQUAL, _INT, command))
    for command in (*_IOCTL_OWNERS, _TIOCSTI, _TIOCLINUX):
        rules.refuse(["ioctl"], (1, _MASKED_EQUAL, _INT, command))
    rules.refuse(["prlimit64", "sched_setaffinity", "setpriority"], (0, _NOT_EQUAL, 0, 0))
    rules.refuse(["setpriority"], (1, _NOT_EQUAL, 0, 0))
    return b"".join(struct.pack("HBBI", *instruction) for instruction in _NONE_UNKNOWN) + rules.program()


_NONE_UNKNOWN = (
    (0x20, 0, 0, 0),  # load the number of the call
    (0x35, 0, 1, _FIRST_UNKNOWN),  # unless it is less,
    (0x06, 0, 0, _ERRNO | errno.ENOSYS),  # return that there is no such call
)


def loadable() -> bytes:
    """Return the filter for the process that calls this."""
    code, own = program(), os.getpid()
    parts = struct.iter_unpack("HBBI", code)
    return b"".join(struct.pack("HBBI", a, b, c, own if k == _SELF else k) for a, b, c, k in parts)
