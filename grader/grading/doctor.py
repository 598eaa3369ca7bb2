"""Try out what protects this machine from student code, and refuse to grade where it does not."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from grader.engine.confine import confinement, landlock
from grader.engine.forks.client import cannot_confine, possible
from grader.engine.scratch import RunFolder, deleted_but_open_bytes
from grader.models import Course, GraderError


@dataclass(frozen=True)
class Protection:
    """One thing that student code cannot do here, or can."""

    fine: bool
    what: str
    how: str
    essential: bool = True

    def __str__(self) -> str:
        return f"{'ok' if self.fine else 'NO' if self.essential else '--'}  {self.what:<52} {self.how}"


def require_confinement(course: Course) -> Course:
    """Return the course, if its submissions can be confined. Raises GraderError if not."""
    if not possible():
        raise cannot_confine("only Linux can do it")
    for what, how in confinement.missing():
        raise cannot_confine(f"{what} is not there: {how}")
    if inside := _inside_environment(course.root):
        raise GraderError(
            f"the course lies in {inside}, which student code may read",
            str(course.root),
            "move the course out of the Python environment",
        )
    return course


def without_confinement(course: Course) -> Course:
    """Return the course with no confinement of student code."""
    return replace(course, limits=replace(course.limits, confined=False))


def confined_if_possible(course: Course) -> tuple[Course, str]:
    """Return the course, confined if this machine can do that, and else why it is not."""
    try:
        return require_confinement(course), ""
    except GraderError as error:
        return without_confinement(course), error.problem


def _inside_environment(root: Path) -> str:
    """Return the folder open to student code that holds the course, or ''."""
    return next((path for path in landlock.readable() if root.resolve().is_relative_to(Path(path).resolve())), "")


def examine(course: Course | None) -> list[Protection]:
    """Return what student code cannot do on this machine, each tried out in a confined process.

    Without a course, one that is made for it stands for all that lie where this user's folders do.
    """
    if course is None:
        with tempfile.TemporaryDirectory(prefix="grader-") as folder:
            Path(folder, "source").mkdir()
            return [line for line in examine(Course(Path(folder))) if line.how != folder]
    lacks = confinement.missing() if possible() else [("fork", "only Linux can fork kernels as it is needed here")]
    if lacks:
        return [Protection(False, f"{what} is not there", how) for what, how in lacks]
    done = _tried(course)
    root = os.geteuid() == 0
    return [
        *(Protection(name not in done, f"cannot {name}", how) for name, (how, _) in _tries(course).items()),
        Protection(
            not _inside_environment(course.root), "cannot see the course among Python's own files", str(course.root)
        ),
        Protection(
            _HIDE not in done,
            f"cannot {_HIDE}",
            "a look at its open files (as root in a container: CAP_SYS_PTRACE)",
            essential=False,
        ),
        Protection(root, "is a user of its own", "as root only; else it is you, confined", essential=False),
        Protection(
            landlock.version() >= 6,
            "is bounded by Landlock in its signals, too",
            f"Landlock {landlock.version()}; seccomp alone before 6",
            essential=False,
        ),
    ]


def _tries(course: Course) -> dict[str, tuple[str, Callable[[], object]]]:
    """Return by name what a confined process may not do: what stops it, and how it would be done."""
    parent = os.getpid()
    outside = Path(tempfile.gettempdir(), "grader-doctor-was-here")

    def write() -> None:
        outside.write_text("here")
        outside.unlink()

    return {
        "read the course": ("Landlock", lambda: list((course.root / "source").iterdir())),
        "read what this user reads": ("Landlock", lambda: Path("/etc/passwd").read_text()),
        "write outside its folder": ("Landlock", write),
        "see other processes": ("Landlock", lambda: Path(f"/proc/{parent}/status").read_text()),
        "reach the network, or this machine's services": ("seccomp", socket.socket),
        "start another process": ("seccomp", _fork),
        "end another process": ("seccomp", lambda: os.kill(parent, 0)),
        "use more memory than it may": ("limits", lambda: bytearray(2**31)),
        "write a file of any size": ("limits", lambda: _grow(2**40)),
    }


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _grow(size: int) -> None:
    with open("large", "wb") as file:
        file.truncate(size)


_HIDE = "hide what it writes in files that it removes"


def _tried(course: Course) -> set[str]:
    """Return the names of what a confined process did nevertheless."""
    tries = _tries(course)
    confinement.prepare()
    ours, theirs = os.pipe()
    with RunFolder().kernel_folder({}) as folder:
        child = os.fork()
        if child == 0:
            try:
                os.chdir(folder)
                confinement.confine(confinement.Bounds(str(folder), folder.stat().st_uid, 2**30, 20.0))
                with open("removed", "wb", buffering=0) as file:
                    file.write(bytes(2**16))
                    os.unlink("removed")
                    os.write(theirs, json.dumps([name for name, (_, do) in tries.items() if _works(do)]).encode())
                    os.close(theirs)
                    signal.pause()
            except BaseException:  # it must not go on as this command
                traceback.print_exc()
            finally:
                os._exit(0)
        os.close(theirs)
        with open(ours, "rb") as answer:
            said = answer.read()
        hidden = set() if deleted_but_open_bytes(child, folder, 0) else {_HIDE}
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return hidden | (set(json.loads(said)) if said else set(tries))


def _works(do: Callable[[], object]) -> bool:
    try:
        do()
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EPERM, errno.EFBIG)
    except MemoryError:
        return False
    return True
