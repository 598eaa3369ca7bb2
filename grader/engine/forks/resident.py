"""Processes that stay: a fork server of one user, one environment, one list of modules and one course, found by its socket.

It is started by whoever first needs it, outlives them, and ends when it has been idle for a while. People wait for
what is imported here: what only starts such a process is imported where it does.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from grader import identity
from grader.engine import wire
from grader.engine.environment import environment_of_servers
from grader.preload import nearest

_SHAPES = (
    "PYTHON", "OMP_", "MKL_", "OPENBLAS_", "KMP_", "LD_", "CUDA_", "TORCH", "PYTORCH", "NUMPY", "NPY_", "MPL",
    "LANG", "LC_", "TZ", "HOME", "VIRTUAL_ENV", "CONDA_",
)  # fmt: skip
"""Variables that a library may read while it is imported; other values need another fork server."""
_BEGIN_SECONDS = 120.0


def connect(
    door: str,
    python: str,
    preload: Sequence[str],
    idle: float,
    environment: Mapping[str, str],
    folder: str,
) -> socket.socket:
    """Return a connection to a new child of the fork server, which is started if it is not there.

    Raises
    ------
    OSError
        It cannot be started.
    """
    directory = _directory()
    path = os.path.join(directory, _key(door, python, preload, environment, folder))
    if connection := _try(path):
        return connection
    from pathlib import Path

    from grader.locks import locked

    with suppress(FileExistsError):
        os.mkdir(directory, 0o700)
    _must_be_ours(directory)
    with locked(Path(directory)):
        if connection := _try(path):
            return connection
        with suppress(FileNotFoundError):
            os.unlink(path)
        _start(door, python, path, preload, idle, environment)
        if connection := _try(path):
            return connection
    raise FileNotFoundError(path)


def _try(path: str) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(path)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return connection


def _directory() -> str:
    """Return the folder for the sockets of this user."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and os.path.isdir(runtime):
        return os.path.join(runtime, "grader")
    return os.path.join(_temporary(), f"grader-{os.getuid()}")


def _temporary() -> str:
    """Return what `tempfile.gettempdir` does where `TMPDIR` is a folder, without importing it."""
    named = os.environ.get("TMPDIR", "")
    if named and os.path.isdir(named):
        return os.path.abspath(named)
    from tempfile import gettempdir

    return gettempdir()


def _must_be_ours(directory: str) -> None:
    seen = os.lstat(directory)
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid() or seen.st_mode & 0o077:
        raise PermissionError(f"{directory} is not a folder of this user alone")


def _start(
    door: str, python: str, path: str, preload: Sequence[str], idle: float, environment: Mapping[str, str]
) -> None:
    """Start a fork server that outlives this process, and return when it listens and is warm.

    For commands a module that starts a thread while it is imported is left out: kernels that need it import it.
    """
    modules = list(preload)
    while (thread := _started(door, python, path, modules, idle, environment)) is not None:
        if door != "commands" or thread not in modules[1:]:
            from grader.engine.forks.client import cannot_preload

            raise cannot_preload(thread)
        modules.remove(thread)
        with suppress(FileNotFoundError):
            os.unlink(path)


def _started(
    door: str, python: str, path: str, modules: Sequence[str], idle: float, environment: Mapping[str, str]
) -> str | None:
    """Start it; return the module that starts a thread, if one does."""
    import subprocess
    import tempfile

    from grader.engine.forks.client import READY_SECONDS, server_command

    ours, theirs = socket.socketpair()
    with ours, theirs, tempfile.TemporaryDirectory(prefix="grader-") as folder:
        command, variables = server_command(python, door, theirs.fileno(), folder, environment)
        subprocess.run(
            [*command, path, str(idle), *modules],
            pass_fds=[theirs.fileno()],
            env=variables,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=True,
        )
        theirs.close()
        answer = wire.Reader(ours).read(time.monotonic() + READY_SECONDS)
    return None if "ready" in answer else str(answer["thread"])


def _key(door: str, python: str, preload: Sequence[str], environment: Mapping[str, str], folder: str) -> str:
    """Return a name that is the same only where the same fork server will do."""
    shapes = {name: value for name, value in environment.items() if name.startswith(_SHAPES)}
    installed = {entry for entry in sys.path if entry.endswith("-packages") and os.path.isdir(entry)}
    ages = [(entry, os.stat(entry).st_mtime_ns) for entry in sorted(installed)]
    parts = [door, identity.digest(), python, sys.version, list(preload), shapes, ages, nearest(folder, "source")]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


# Commands ─────────────────────────────────────────────────────────────────────────────────────────

_IDLE_SECONDS = 600.0
_ATTEMPTS = 3


class EndedError(RuntimeError):
    """Somebody ended, or stopped, the process that ran a command."""


def run_command(entry: str, arguments: Sequence[str], preload: Sequence[str]) -> int | None:
    """Have a resident process run a command by `main` of the module `entry`; return its exit code.

    None says that there can be no such process here, and that nothing was done.

    Raises
    ------
    EndedError
        It was ended before the command was done, or stopped so that it does not begin.
    """
    for _ in range(_ATTEMPTS):  # one that has just become idle may hang up
        try:
            given = environment_of_servers()
            connection = connect("commands", sys.executable, (entry, *preload), _IDLE_SECONDS, given, os.getcwd())
        except Exception as error:
            if _is_of_start(error):
                return None
            raise
        with connection:
            try:
                code = _run(connection, arguments)
            except wire.ClosedError:
                continue
            return code
    return None


def _run(connection: socket.socket, arguments: Sequence[str]) -> int:
    """Return the exit code of a command. Raises ClosedError if it was not begun."""
    mask = os.umask(0)
    os.umask(mask)
    request = {
        "arguments": list(arguments),
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "umask": mask,
    }
    reader = wire.Reader(connection)
    wire.send(connection, request, [0, 1, 2])
    try:
        reader.read(time.monotonic() + _BEGIN_SECONDS)
    except TimeoutError:
        raise EndedError from None
    try:
        return int(reader.read()["exit"])
    except (wire.ClosedError, KeyError):
        raise EndedError from None


def _is_of_start(error: Exception) -> bool:
    """Tell whether an error says that no process can be started here."""
    from subprocess import SubprocessError

    from grader.models import GraderError

    return isinstance(error, (OSError, ValueError, GraderError, SubprocessError))
