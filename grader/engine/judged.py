"""Run a notebook in two processes: the student's cells in one, the test cells in the judge, where none of those ran."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.engine.forked import Child, fork, watch
from grader.engine.kernels import Kernel, Ran, text
from grader.engine.scratch import scratch
from grader.models import Ending, Limits, Notebook, Trial


@contextmanager
def start(modules: Sequence[str], trial: Trial, notebook: Notebook, limits: Limits, folder: Path) -> Iterator[Kernel]:
    """Fork a kernel that works in `folder`, and a judge beside it; end both at once when done."""
    with (
        scratch(trial.files) as own,
        fork(modules, trial.known, limits, folder) as student,
        fork(modules, trial.known_to_judge, limits, own, judge=True) as judge,
    ):
        yield _Judged(trial, notebook, limits, student, judge)


@dataclass(frozen=True)
class _Judged:
    trial: Trial
    notebook: Notebook
    limits: Limits
    student: Child
    judge: Child

    def run(self, indices: Sequence[int], until: float) -> Iterator[Ran]:
        theirs, ours = [], []
        trial, cells = self.trial, self.notebook["cells"]
        for place, index in enumerate(indices, 1):
            source = text(cells[index])
            if index in trial.tests:
                names = list(trial.tests[index])
                theirs.append([index, trial.beside.get(index, ""), place, names])
                ours.append([index, source, place, names])
            else:
                theirs.append([index, source, place, None])
            if index in trial.both:
                ours.append([index, source, place, None])
        texts = [text(cell) for i, cell in enumerate(cells) if cell["cell_type"] == "code" and i not in trial.tests]
        here, there = socket.socketpair()
        with here, there:
            self.judge.begin(ours, [here.fileno()], texts or [""])
            self.student.begin(theirs, [there.fileno()])
        self.judge.wait(until)
        self.student.wait(until)
        for index in indices:
            deadline = min(until, time.monotonic() + self.limits.cell_seconds)
            ran = watch(index, self._who(index), deadline, self.limits)
            yield self._with_prints(ran)
            if ran.ending is not Ending.FINISHED:
                return

    def _who(self, index: int) -> list[Child]:
        """Return the processes that a cell runs in; the last is the one whose outputs count."""
        if index in self.trial.tests:
            return [self.student, self.judge]
        return [self.judge, self.student] if index in self.trial.both else [self.student]

    def _with_prints(self, ran: Ran) -> Ran:
        """Add to a test cell what the student's functions printed; to one with hidden tests nothing that is printed."""
        if ran.index not in self.trial.tests:
            return ran
        if ran.index in self.trial.hidden:  # a warning shows the line that it comes from
            return replace(ran, outputs=[shown for shown in ran.outputs if not _is_printed(shown)])
        return replace(ran, outputs=[*filter(_is_printed, self.student.shown), *ran.outputs])


def _is_printed(output: dict[str, Any]) -> bool:
    return bool(output["output_type"] == "stream")
