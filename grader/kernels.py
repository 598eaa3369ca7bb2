"""Run a notebook in a kernel of its own, within limits. The only module that starts kernels.

A cell that runs too long or takes the kernel down costs itself alone: a fresh kernel replays the cells
before it and goes on behind it.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from grader.models import Ending, Executed, Limits, Notebook

_LIMIT_MEMORY = """
try:
    import resource
    resource.setrlimit(resource.RLIMIT_DATA, ({0} * 2**20,) * 2)
except (ImportError, ValueError, OSError):
    pass
finally:
    globals().pop("resource", None)
"""


def execute(notebook: Notebook, limits: Limits, files: Mapping[str, bytes] | None = None) -> Executed:
    """Return the notebook with the outputs of each cell, run in an empty folder that holds `files`."""
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        work = Path(folder, "work")
        for name, data in (files or {}).items():
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        work.mkdir(exist_ok=True)
        return asyncio.run(_run(notebook, limits, Path(folder)))


async def _run(notebook: Notebook, limits: Limits, folder: Path) -> Executed:
    node = nbformat.from_dict(copy.deepcopy(notebook))
    code = [index for index, cell in enumerate(node.cells) if cell.cell_type == "code" and cell.source.strip()]
    until = time.monotonic() + limits.notebook_seconds
    endings, replay, waiting = {Ending.FINISHED}, list[int](), list(code)
    while waiting:
        async with _kernel(node, limits, folder) as client:
            if not await _replayed(client, replay):  # what ran once did not run again: go on with what is there
                replay = []
            while waiting:
                index = waiting[0]
                if time.monotonic() > until:
                    _fail(
                        node.cells[index],
                        "NotRun",
                        f"not run: the notebook had used its {limits.notebook_seconds:g} seconds",
                    )
                    endings.add(Ending.TIMED_OUT)
                    waiting.pop(0)
                    continue
                waiting.pop(0)
                if ending := await _run_cell(client, index, limits):
                    endings.add(ending)
                    break
                replay.append(index)
                endings |= {
                    Ending.OUT_OF_MEMORY for output in node.cells[index].outputs if output.get("ename") == "MemoryError"
                }
    for index in code:
        _trim(node.cells[index], limits.output_characters)
    worst = next(e for e in (Ending.DIED, Ending.OUT_OF_MEMORY, Ending.TIMED_OUT, Ending.FINISHED) if e in endings)
    return Executed(_plain(node), worst)


@asynccontextmanager
async def _kernel(node: Any, limits: Limits, folder: Path) -> AsyncIterator[NotebookClient]:
    """Start a kernel that leaves nothing outside `folder`, and end it at once when done."""
    manager = AsyncKernelManager(kernel_name=node.metadata.get("kernelspec", {}).get("name", "python3"))
    if os.name == "posix":  # sockets that other users of this machine cannot open
        manager.transport, manager.ip = "ipc", str(folder / "kernel")
    client = NotebookClient(
        node,
        km=manager,
        timeout=limits.cell_seconds,
        allow_errors=True,
        shutdown_kernel="immediate",
        store_widget_state=False,
        extra_arguments=["--HistoryManager.enabled=False"],
        resources={"metadata": {"path": str(folder / "work")}},
    )
    env = {
        **os.environ,
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NBGRADER_EXECUTION": "autograde",
    }
    async with client.async_setup_kernel(env=env, cleanup_kc=True):
        client.kc.execute(_LIMIT_MEMORY.format(limits.memory_mb), silent=True, store_history=False)
        yield client


async def _replayed(client: NotebookClient, indices: list[int]) -> bool:
    kept = {index: client.nb.cells[index].outputs for index in indices}
    try:
        for index in indices:
            await client.async_execute_cell(client.nb.cells[index], index, store_history=False)
    except (CellTimeoutError, DeadKernelError):
        return False
    finally:
        for index, outputs in kept.items():
            client.nb.cells[index].outputs = outputs
    return True


async def _run_cell(client: NotebookClient, index: int, limits: Limits) -> Ending | None:
    """Run one cell into its outputs; return what ended the kernel, if anything did."""
    cell = client.nb.cells[index]
    cell.outputs = []
    try:
        await client.async_execute_cell(cell, index)
    except CellTimeoutError:
        _fail(cell, "TimedOut", f"took longer than {limits.cell_seconds:g} seconds; is there a loop that never ends?")
        return Ending.TIMED_OUT
    except DeadKernelError:
        _fail(cell, "KernelDied", "the Python process ended while this cell ran (an exit call, or too much memory)")
        return Ending.DIED
    return None


def _fail(cell: Any, name: str, text: str) -> None:
    cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=text, traceback=[text]))


def _trim(cell: Any, most: int) -> None:
    """Cut printed text to `most` characters a cell, and rich output that is larger than a hundred times that."""
    left = most
    kept = []
    for output in cell.outputs:
        if output.output_type == "stream":
            if len(output.text) > left:
                output.text = output.text[:left] + "\n[output cut here]\n"
            if left > 0:
                kept.append(output)
            left -= len(output.text)
        elif output.output_type == "error":
            output.evalue, output.traceback = output.evalue[:most], [line[:most] for line in output.traceback[:200]]
            kept.append(output)
        elif sum(len(str(value)) for value in output.data.values()) <= 100 * most:
            kept.append(output)
    cell.outputs = kept


def _plain(node: Any) -> Notebook:
    for cell in node.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            for output in cell.outputs:
                output.pop("transient", None)
    plain: Notebook = json.loads(json.dumps(node))
    return plain
