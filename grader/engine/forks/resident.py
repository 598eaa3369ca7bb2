"""Processes that stay: a fork server of one user, one environment, one list of modules and one course, found by its socket.

It is started by whoever first needs it, outlives them, and ends when it has been idle for a while.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.engine import wire
from grader.engine.forks.client import READY_SECONDS, cannot_preload, environment_of_servers, server_command
from grader.identity import identity
from grader.locks import locked
from grader.models import GraderError

_SHAPES = (
    "PYTHON", "OMP_", "MKL_", "OPENBLAS_", "KMP_", "LD_", "CUDA_", "TORCH", "PYTORCH", "NUMPY", "NPY_", "MPL",
    "LANG", "LC_", "TZ", "HOME", "VIRTUAL_ENV", "CONDA_",
)  # fmt: skip
"""Variables that a library may read while it is imported; other values need another fork server."""


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
    path = directory / _key(door, python, preload, environment, folder)
    if connection := _try(path):
        return connection
    directory.mkdir(mode=0o700, exist_ok=True)
    _must_be_ours(directory)
    with locked(directory):
        if connection := _try(path):
            return connection
        path.unlink(missing_ok=True)
        _start(door, python, path, preload, idle, environment)
        if connection := _try(path):
            return connection
    raise FileNotFoundError(path)


def _try(path: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return connection


def _directory() -> Path:
    """Return the folder for the sockets of this user."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and os.path.isdir(runtime):
        return Path(runtime, "grader")
    return Path(tempfile.gettempdir(), f"grader-{os.getuid()}")


def _must_be_ours(directory: Path) -> None:
    seen = directory.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid() or seen.st_mode & 0o077:
        raise PermissionError(f"{directory} is not a folder of this user alone")


def _start(
    door: str, python: str, path: Path, preload: Sequence[str], idle: float, environment: Mapping[str, str]
) -> None:
    """Start a fork server that outlives this process, and return when it listens and is warm.

    For commands a module that starts a thread while it is imported is left out: kernels that need it import it.
    """
    modules = list(preload)
    while (thread := _started(door, python, path, modules, idle, environment)) is not None:
        if door != "commands" or thread not in modules[1:]:
            raise cannot_preload(thread)
        modules.remove(thread)
        path.unlink(missing_ok=True)


def _started(
    door: str, python: str, path: Path, modules: Sequence[str], idle: float, environment: Mapping[str, str]
) -> str | None:
    """Start it; return the module that starts a thread, if one does."""
    ours, theirs = socket.socketpair()
    with ours, theirs, tempfile.TemporaryDirectory(prefix="grader-") as folder:
        command, variables = server_command(python, door, theirs.fileno(), folder, environment)
        subprocess.run(
            [*command, str(path), str(idle), *modules],
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
    course = next((str(f) for f in (Path(folder), *Path(folder).parents) if (f / "source").is_dir()), "")
    parts = [door, identity(preload), python, sys.version, list(preload), shapes, ages, course]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


# Commands ─────────────────────────────────────────────────────────────────────────────────────────

_IDLE_SECONDS = 600.0
_ATTEMPTS = 3


def run_command(entry: str, arguments: Sequence[str], preload: Sequence[str]) -> int | None:
    """Have a resident process run a command by `main` of the module `entry`; return its exit code.

    None says that there can be no such process here, and that nothing was done.
    """
    for _ in range(_ATTEMPTS):  # one that has just become idle may hang up
        try:
            given = environment_of_servers()
            connection = connect("commands", sys.executable, (entry, *preload), _IDLE_SECONDS, given, os.getcwd())
        except (OSError, ValueError, GraderError, subprocess.SubprocessError, wire.ClosedError, wire.MalformedError):
            return None
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
    reader.read(time.monotonic() + READY_SECONDS)
    try:
        return int(reader.read()["exit"])
    except (wire.ClosedError, KeyError):
        what, fix = "the process that ran this command was ended", "run the command again"
        raise GraderError(what, "this machine", fix) from None
