"""Kernels started one by one through nbclient: any language, any operating system, seconds each."""

from __future__ import annotations

import asyncio
import atexit
import copy
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.output_widget import OutputWidget

from grader.engine.kernels import PYTHON, Kernel, Ran, died, kernel_name, text, timed_out, variables
from grader.models import Ending, GraderError, Job, Limits

_LONGEST = 90
"""Bytes of a path that a socket can have, without the number behind it; the smallest limit of a system is 104."""
_LIMIT_MEMORY = """
try:
    import resource
    resource.setrlimit(resource.RLIMIT_DATA, ({0} * 2**20,) * 2)
except (ImportError, ValueError, OSError):
    pass
finally:
    globals().pop("resource", None)
"""


@contextmanager
def start(job: Job, folder: Path) -> Iterator[Kernel]:
    """Start a kernel that leaves nothing outside `folder`, and end it at once when done."""
    notebook, limits = job.notebook, job.limits
    node = nbformat.from_dict(copy.deepcopy(notebook))
    manager = AsyncKernelManager(kernel_name=kernel_name(notebook["metadata"]))
    manager.kernel_spec_manager = _ThisPython()
    place = folder / "kernel"
    if (
        os.name == "posix" and len(os.fsencode(place)) < _LONGEST
    ):  # sockets that other users of this machine cannot open
        manager.transport, manager.ip = "ipc", str(place)
    client = NotebookClient(
        node,
        km=manager,
        allow_errors=True,
        shutdown_kernel="immediate",
        extra_arguments=["--HistoryManager.enabled=False"],
        resources={"metadata": {"path": str(folder / "work")}},
    )
    client.widget_registry["@jupyter-widgets/output"]["OutputModel"] = _OutputWidget
    with asyncio.Runner() as runner, open(os.devnull, "wb") as unheard:  # tracebacks of ipykernel's own
        setup = client.async_setup_kernel(env=variables(folder), cleanup_kc=True, stderr=unheard)
        try:
            runner.run(setup.__aenter__())
        except (RuntimeError, OSError) as error:
            what = f"the kernel {manager.kernel_name!r} does not start ({' '.join(str(error).split())[:200]})"
            atexit.unregister(client._cleanup_kernel)  # there is none
            fix = "start a notebook with it in Jupyter, which tells more"
            raise GraderError(what, sys.executable, fix) from None
        try:
            client.kc.execute(_LIMIT_MEMORY.format(limits.memory_mb), silent=True, store_history=False)
            yield _Cold(client, runner, limits)
        finally:
            runner.run(setup.__aexit__(None, None, None))


class _ThisPython(KernelSpecManager):  # type: ignore[misc]  # jupyter_client has no types
    """Finds kernels as Jupyter does, but for Python's: that is this one, whatever a file from another time says."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        if kernel_name != PYTHON:
            return super().get_kernel_spec(kernel_name)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python", language="python")


class _OutputWidget(OutputWidget):  # type: ignore[misc]
    """A widget that shows outputs, and does not tell the kernel: nbclient can then miss the end of the cell."""

    def sync_state(self) -> None: ...


@dataclass(frozen=True)
class _Cold:
    client: NotebookClient
    runner: asyncio.Runner
    limits: Limits

    def run(self, indices: Sequence[int], until: float) -> Iterator[Ran]:
        done: list[tuple[Ran, list[Any]]] = []
        try:
            for index in indices:
                if (left := until - time.monotonic()) <= 0:
                    break
                ran, outputs = self._run_one(index, min(self.limits.cell_seconds, left))
                done.append((ran, outputs))
                yield ran
                if ran.ending is not Ending.FINISHED:
                    break
        finally:  # also where nobody wants to know of the last one
            for ran, outputs in done:  # a later cell may have updated what an earlier one shows
                ran.outputs[:] = map(_plain, outputs)

    def _run_one(self, index: int, seconds: float) -> tuple[Ran, list[Any]]:
        """Return what came of a cell, and the outputs that it and later ones fill."""
        cell = self.client.nb.cells[index]
        cell.source, cell.outputs = text(cell), []
        self.client.timeout_func = lambda _: seconds
        ended, ending, code = None, Ending.FINISHED, None
        try:
            self.runner.run(self.client.async_execute_cell(cell, index))
        except CellTimeoutError:
            ended, ending = timed_out(self.limits), Ending.TIMED_OUT
        except DeadKernelError:
            code = self.runner.run(self.client.km.provisioner.poll())
            ended, ending = died(code), Ending.DIED
        ran = Ran(index, [], cell.get("execution_count"), ending, by_signal=code is not None and code < 0)
        return ran, [*cell.outputs, ended] if ended else cell.outputs


def _plain(output: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(output))
    plain.pop("transient", None)
    return plain
