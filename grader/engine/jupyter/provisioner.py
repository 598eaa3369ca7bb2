"""The door for tools: a kernel provisioner through which jupyter_client starts forked kernels.

Every tool that starts kernels by jupyter_client (nbclient, nbgrader, nbval, JupyterLab) uses it when the
kernelspec names it, as `python3-warm` does. The fork server is started by the first kernel, serves one user,
one environment, one list of modules and one course, and ends when it has been idle for a while.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner
from traitlets import Float, List, Unicode

from grader.engine import wire
from grader.engine.forks.client import READY_SECONDS, cannot_preload, possible, server_command
from grader.identity import identity
from grader.locks import locked
from grader.models import PRELOAD

_SHAPES = (
    "PYTHON", "OMP_", "MKL_", "OPENBLAS_", "KMP_", "LD_", "CUDA_", "TORCH", "PYTORCH", "NUMPY", "NPY_", "MPL",
    "LANG", "LC_", "TZ", "HOME", "VIRTUAL_ENV", "CONDA_",
)  # fmt: skip
"""Variables that a library may read while it is imported; other values need another fork server."""


_ATTEMPTS = 3


class WarmProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Starts kernels by fork; where that is not possible, as its parent class does."""

    preload = List(Unicode(), default_value=list(PRELOAD), help="Modules to import before the fork.").tag(config=True)
    idle_seconds = Float(600.0, help="How long the fork server stays without a kernel.").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start a kernel and return how to connect to it."""
        if not possible() or "ipykernel_launcher" not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        try:
            self.process = ForkedProcess(cmd, self.preload, self.idle_seconds, **kwargs)
        except (OSError, ValueError) as error:
            self.log.warning("no forked kernel (%s: %s), so a cold one is started", type(error).__name__, error)
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        return self.connection_info


class ForkedProcess:
    """What `subprocess.Popen` would give for the kernel, were it a child of this process."""

    stdin = stdout = stderr = None

    def __init__(
        self,
        cmd: Sequence[str],
        preload: Sequence[str],
        idle: float,
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        stdout: Any = None,
        stderr: Any = None,
        **_: Any,
    ) -> None:
        environment = {name: value for name, value in (env or os.environ).items() if name != "JPY_PARENT_PID"}
        folder = os.path.abspath(cwd or os.getcwd())
        request = {
            "arguments": list(cmd[cmd.index("ipykernel_launcher") + 1 :]),
            "environment": environment,
            "folder": folder,
        }
        self.returncode: int | None = None
        with open(os.devnull, "wb") as nowhere:
            files = [_descriptor(stdout, 1, nowhere.fileno()), _descriptor(stderr, 2, nowhere.fileno())]
            for left in reversed(range(_ATTEMPTS)):  # a server that has just become idle may hang up
                try:
                    self._connection = connect(cmd[0], preload, idle, environment, folder)
                    self._reader = wire.Reader(self._connection, takes_files=True)
                    wire.send(self._connection, request, files)
                    self.pid = int(self._reader.read(time.monotonic() + READY_SECONDS)["process"])
                    break
                except (wire.ClosedError, FileNotFoundError):
                    if not left:
                        raise
        self._handle = self._reader.files.pop()

    def poll(self) -> int | None:
        """Return the exit code once the process has ended, else None."""
        if self.returncode is None:
            try:
                self.returncode = int(self._reader.read(time.monotonic() + 0.0001)["exit"])
            except TimeoutError:
                return None
            except (wire.ClosedError, ValueError, KeyError):
                self.returncode = -signal.SIGKILL
            self._connection.close()
            os.close(self._handle)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code."""
        until = time.monotonic() + timeout if timeout is not None else float("inf")
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, if it has not ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _descriptor(asked: Any, usual: int, nowhere: int) -> int:
    if asked is None:
        return usual
    if isinstance(asked, int):
        return asked if asked >= 0 else nowhere
    return int(asked.fileno())


# The fork server of a user, an environment, a list of modules and a course ────────────────────────


def connect(
    python: str, preload: Sequence[str], idle: float, environment: Mapping[str, str], folder: str
) -> socket.socket:
    """Return a connection to a new child of the fork server, which is started if it is not there.

    Raises
    ------
    OSError
        It cannot be started.
    """
    directory = _directory()
    path = directory / _key(python, preload, environment, folder)
    if connection := _try(path):
        return connection
    directory.mkdir(mode=0o700, exist_ok=True)
    _must_be_ours(directory)
    with locked(directory):
        if connection := _try(path):
            return connection
        path.unlink(missing_ok=True)
        _start(python, path, preload, idle, environment)
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


def _start(python: str, path: Path, preload: Sequence[str], idle: float, environment: Mapping[str, str]) -> None:
    """Start a fork server that outlives this process, and return when it listens and is warm."""
    ours, theirs = socket.socketpair()
    with ours, theirs, tempfile.TemporaryDirectory(prefix="grader-") as folder:
        command, variables = server_command(python, "kernels", theirs.fileno(), folder, environment)
        subprocess.run(
            [*command, str(path), str(idle), *preload],
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
    if "ready" not in answer:
        raise cannot_preload(answer["thread"])


def _key(python: str, preload: Sequence[str], environment: Mapping[str, str], folder: str) -> str:
    """Return a name that is the same only where the same fork server will do."""
    shapes = {name: value for name, value in environment.items() if name.startswith(_SHAPES)}
    installed = {entry for entry in sys.path if entry.endswith("-packages") and os.path.isdir(entry)}
    ages = [(entry, os.stat(entry).st_mtime_ns) for entry in sorted(installed)]
    course = next((str(f) for f in (Path(folder), *Path(folder).parents) if (f / "source").is_dir()), "")
    parts = [identity(preload), python, sys.version, list(preload), shapes, ages, course]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
