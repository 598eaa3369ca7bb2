"""Run a notebook in a kernel of its own, within limits.

A cell that runs too long or takes the kernel down costs itself alone: a fresh kernel replays the cells
before it and goes on behind it.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from grader.engine.environment import safe_variables
from grader.engine.outputs import trim
from grader.engine.scratch import RunFolder
from grader.models import Ending, Executed, Job, Limits, Notebook


@dataclass(frozen=True, slots=True)
class Ran:
    """One cell after its run; after an ending other than FINISHED the kernel is gone."""

    index: int
    outputs: list[dict[str, Any]]
    count: int | None
    """The number that IPython gave it."""
    ending: Ending = Ending.FINISHED
    from_outside: bool = False
    """Whether the kernel was ended by something that was no doing of the cell's."""
    by_signal: bool = False
    """Whether a signal ended it: the cell's own doing, or that of a machine without memory, or of a person."""
    unsure: bool = False
    """Whether what ended it may be the doing of the next cell, which had begun already."""
    unseen_seconds: float = 0.0
    """How long the grader itself was stopped meanwhile; no cell pays for that."""
    needed: tuple[str, ...] = ()
    """Of a test, the classes of the student's objects to which it has handed values of its own."""


class Kernel(Protocol):
    """A process that runs the cells of one notebook."""

    def run(self, indices: Sequence[int], until: float) -> Iterator[Ran]:
        """Run the cells with these indices in turn, and yield each; none goes on beyond `until` (monotonic s)."""


_MOST_AGAIN = 3
"""How often a notebook runs again because its kernel was ended from outside, and how many of its cells run once more
because a signal ended theirs; then it may be its own doing after all."""
_ROOM = 200
"""The outputs of a notebook may have so many times the characters that one cell may print."""

PYTHON = "python3"
"""Name of the kernel that is this Python."""
Start = Callable[[Job, Path], AbstractContextManager[Kernel]]
"""Starts a kernel for a notebook in a folder; its working folder is `folder / "work"`."""


def execute(job: Job, start: Start, folder: RunFolder) -> Executed:
    """Return the notebook with the outputs of each cell, run in an empty folder, inside `folder`, that holds its files."""
    notebook, limits = job.notebook, job.limits
    until = time.monotonic() + limits.notebook_seconds
    room = _ROOM * limits.output_characters
    waiting = [i for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code" and text(cell).strip()]
    again: list[int] = []  # what the next kernel must replay
    ran: dict[int, Ran] = {}
    once_more, last = _OnceMore(), -1
    while waiting and time.monotonic() < until:
        order = [*again, *waiting]
        order, last = order[: order.index(last) + 1] if last in order else order, -1
        with folder.kernel_folder(job.files) as place, start(job, place) as kernel:
            for done in kernel.run(order, until):
                until += done.unseen_seconds
                behind = order[order.index(done.index) + 1 :]
                if done.unsure and done.index in ran and behind:  # it was not so before
                    done = replace(done, index=behind[0], outputs=done.outputs[-1:], unsure=False)
                if once_more.has(done):
                    last = done.index if done.unsure else -1
                    break
                if done.index not in ran:
                    done.outputs[:], room = trim(done.outputs, limits.output_characters, room)
                    ran[done.index] = done
                    waiting.remove(done.index)
                    again.append(done.index)
                if done.ending is not Ending.FINISHED:
                    again.remove(done.index)
    late = failure("NotRun", f"not run: the notebook had used its {limits.notebook_seconds:g} seconds")
    ran |= {index: Ran(index, [late], None, Ending.TIMED_OUT) for index in waiting}
    needed = {index: each.needed for index, each in ran.items() if each.needed}
    return Executed(_with_outputs(notebook, ran, limits), _worst(ran), needed)


@dataclass
class _OnceMore:
    """Which cells run once more, in a new kernel, before what came of them counts."""

    ended: int = 0
    signalled: set[int] = field(default_factory=set)
    alone: set[int] = field(default_factory=set)
    """Those that ran, the second time, with none behind them."""

    def has(self, done: Ran) -> bool:
        """Tell whether a cell does."""
        if done.from_outside and self.ended < _MOST_AGAIN:
            self.ended += 1
        elif done.by_signal and done.index not in self.signalled and len(self.signalled) < _MOST_AGAIN:
            self.signalled.add(done.index)
        elif done.unsure and done.index not in self.alone:
            self.alone.add(done.index)
        else:
            return False
        return True


def language(metadata: Mapping[str, Any]) -> str:
    """Return the language of a notebook with this metadata: "python" for each kind of Python, and where none is told.

    A kernel's name tells nothing: editors name it after an environment (`.venv`, `conda-env-x-py`).

    >>> language({"kernelspec": {"name": ".venv", "language": "python"}}), language({"language_info": {"name": "R"}})
    ('python', 'R')
    """
    for place, key in (("kernelspec", "language"), ("language_info", "name")):
        about = metadata.get(place)
        said = about.get(key) if isinstance(about, Mapping) else None
        if isinstance(said, str) and said.strip():
            return "python" if _PYTHONS.fullmatch(said.strip()) else said.strip()
    return "python"


_PYTHONS = re.compile(r"i?python[\d.]*", re.IGNORECASE)


def kernel_name(metadata: Mapping[str, Any]) -> str:
    """Return the name of the kernel to start for a notebook: this Python for each that is Python, else its own."""
    if language(metadata) == "python":
        return PYTHON
    about = metadata.get("kernelspec")
    return str(about.get("name", "")) if isinstance(about, Mapping) else ""


def text(cell: Mapping[str, Any]) -> str:
    """Return a cell's source, as far as UTF-8 can hold it."""
    return str(cell["source"]).encode("utf-8", "replace").decode("utf-8")


def variables(folder: Path) -> dict[str, str]:
    """Return the environment variables of a kernel that leaves nothing outside `folder`."""
    return {
        **safe_variables(os.environ),
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NBGRADER_EXECUTION": "autograde",
    }


def timed_out(limits: Limits) -> dict[str, Any]:
    """Return the output of a cell that took too long."""
    return failure("TimedOut", f"took longer than {limits.cell_seconds:g} seconds; is there a loop that never ends?")


_SIGNALS = {
    "SIGKILL": "perhaps the machine ran short of memory",
    "SIGSEGV": "it used memory that it does not have",
    "SIGBUS": "it used memory that it does not have",
    "SIGABRT": "a library gave up",
    "SIGXCPU": "it used more processor time than a notebook may",
}
"""What a signal that ends a process may mean."""


def died(code: int | None = None, whose: str = "the Python process") -> dict[str, Any]:
    """Return the output of a cell that took its kernel down.

    `code` is the process's exit code, or the number of the signal that ended it, negative; None where nobody knows.
    """
    if code is None:
        return failure("KernelDied", f"{whose} ended while this cell ran (an exit call, or too much memory)")
    if code >= 0:
        return failure("KernelDied", f"{whose} ended with exit code {code} while this cell ran (an exit call)")
    known = {number.value: number.name for number in signal.Signals}
    name = known.get(-code, f"signal {-code}")
    return failure("KernelDied", f"{whose} was ended by {name} while this cell ran" + _meaning(name))


def _meaning(name: str) -> str:
    return f" ({_SIGNALS[name]})" if name in _SIGNALS else ""


def astray(closed: bool) -> dict[str, Any]:
    """Return the output of a cell that came between its process and the grader."""
    what, fix = ("closed its way to the grader", "close") if closed else ("sent what no cell shows", "write into")
    return failure(
        "KernelDied", f"the Python process {what}, so it was ended; {fix} nothing that the cell did not open"
    )


def overfull(limits: Limits) -> dict[str, Any]:
    """Return the output of a cell that wrote too much into files."""
    return failure("TooLarge", f"wrote more than {limits.folder_mb} MiB, or very many files; write less")


def hoarding(limits: Limits) -> dict[str, Any]:
    """Return the output of a cell that held too much memory, shared memory included."""
    return failure("TooLarge", f"held more than {limits.memory_mb} MiB of memory; hold less at a time")


def crowded(most: int) -> dict[str, Any]:
    """Return the output of a cell that started too many threads."""
    return failure("TooLarge", f"had more than {most} threads at a time; start fewer, or wait for some to end")


def failure(name: str, said: str) -> dict[str, Any]:
    """Return an error output of the grader's own."""
    return {"output_type": "error", "ename": name, "evalue": said, "traceback": [said]}


def _worst(ran: Mapping[int, Ran]) -> Ending:
    endings = {each.ending for each in ran.values()}
    if any(output.get("ename") == "MemoryError" for each in ran.values() for output in each.outputs):
        endings.add(Ending.OUT_OF_MEMORY)
    order = (Ending.DIED, Ending.OUT_OF_MEMORY, Ending.TIMED_OUT)
    return next((ending for ending in order if ending in endings), Ending.FINISHED)


def _with_outputs(notebook: Notebook, ran: Mapping[int, Ran], limits: Limits) -> Notebook:
    cells, room = [], _ROOM * limits.output_characters
    for index, cell in enumerate(notebook["cells"]):
        if done := ran.get(index):
            outputs, room = trim(done.outputs, limits.output_characters, room)  # a later cell may have changed them
            cell = {**cell, "outputs": outputs, "execution_count": done.count}
        cells.append(cell)
    return {**notebook, "cells": cells}
