"""The door for tools: a kernel provisioner through which jupyter_client starts forked kernels.

Every tool that starts kernels by jupyter_client (nbclient, nbgrader, nbval, JupyterLab) uses it when the
kernelspec names it, as `python3-warm` does. The fork server is started by the first kernel, serves one user,
one environment, one list of modules and one course, and ends when it has been idle for a while.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_client.provisioning import LocalProvisioner
from traitlets import Float, List, Unicode

from grader.engine import wire
from grader.engine.forks import resident
from grader.engine.forks.client import READY_SECONDS, possible
from grader.preload import USUAL as PRELOAD

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
                    self._connection = resident.connect("kernels", cmd[0], preload, idle, environment, folder)
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
