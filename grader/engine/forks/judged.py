"""Run a notebook in two processes: the student's cells in one, the test cells in the judge, where none of those ran.

A judge that has come through a notebook as it was before, and heard nothing but answers, may judge the next one.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader.engine.forks.children import MOST_USES, Child, fork, run_cell
from grader.engine.forks.client import ForkServers
from grader.engine.kernels import Kernel, Ran, text
from grader.engine.scratch import RunFolder
from grader.models import CellPlan, Ending, Job, Limits, Notebook


@dataclass
class Judge:
    """A judge, with its folder."""

    about: tuple[Any, ...]
    """Whom it may judge."""
    judge: Child
    ended: ExitStack
    uses: int = 1

    def close(self) -> None:
        self.ended.close()


class Judges:
    """The judges of one run, of which some wait for another notebook: in all as many as notebooks run at a time."""

    def __init__(self, servers: ForkServers, folder: RunFolder, most: int) -> None:
        self._servers, self._folder, self._most = servers, folder, most
        self._idle: list[Judge] = []
        self._busy = set[int]()
        self._lock, self._closed = threading.Lock(), False

    @contextmanager
    def start(self, job: Job, folder: Path) -> Iterator[Kernel]:
        """Fork a kernel that works in `folder`, and a judge beside it if none is at rest; end the kernel when done."""
        plan = job.plan
        with fork(self._servers, job.preload, plan.precompile, job.limits, folder) as student:
            seat = self._take(job.preload, plan, job.limits)
            self._busy.add(id(seat))
            kernel = _Judged(plan, job.notebook, job.limits, student, seat.judge)
            try:
                yield kernel
            finally:
                self._busy.remove(id(seat))
                if kernel.clean and not plan.files:  # what lies beside a judge might not be the same afterwards
                    self._put_to_rest(seat)
                else:
                    seat.close()

    def _take(self, modules: Sequence[str], plan: CellPlan, limits: Limits) -> Judge:
        """Return a judge at rest for such a notebook, or a new one."""
        about = (tuple(modules), plan.precompile_for_judge, limits)
        while not plan.files:
            with self._lock:
                found = next((seat for seat in self._idle if seat.about == about), None)
                if found is None:
                    break
                self._idle.remove(found)
            if found.uses < MOST_USES and found.judge.is_clean():
                found.uses += 1
                return found
            found.close()
        self._make_room()
        with ExitStack() as stack:
            own = stack.enter_context(self._folder.kernel_folder(plan.files))
            cells = plan.precompile_for_judge
            judge = stack.enter_context(fork(self._servers, modules, cells, limits, own, judge=True))
            return Judge(about, judge, stack.pop_all())

    def _make_room(self) -> None:
        """End those at rest, the oldest first, that would be too many with another."""
        with self._lock:
            over = max(0, len(self._idle) + len(self._busy) + 1 - self._most)
            ended, self._idle = self._idle[:over], self._idle[over:]
        for seat in ended:
            seat.close()

    def _put_to_rest(self, seat: Judge) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(seat)
                return
        seat.close()

    def end_lost(self) -> None:
        """End those at rest whose fork server has ended."""
        with self._lock:
            ended = [seat for seat in self._idle if not seat.judge.source.alive]
            self._idle = [seat for seat in self._idle if seat.judge.source.alive]
        for seat in ended:
            seat.close()

    def close(self) -> None:
        """End those at rest, and let no other rest."""
        with self._lock:
            self._closed = True
            ended, self._idle = self._idle, []
        for seat in ended:
            seat.close()


@dataclass
class _Judged:
    plan: CellPlan
    notebook: Notebook
    limits: Limits
    student: Child
    judge: Child
    clean: bool = field(default=False, init=False)
    """Whether all cells have run to their end, and the judge gave no warning: some are given once a process."""

    def run(self, indices: Sequence[int], until: float) -> Iterator[Ran]:
        theirs, ours = [], []
        plan, cells = self.plan, self.notebook["cells"]
        place = 0
        for index in indices:
            source = text(cells[index])
            if index in plan.alone:
                ours.append([index, plan.alone[index], max(place, 1), None])
                continue
            place += 1
            if index in plan.tests:
                names = plan.tests[index]
                libraries = {name: path for name, path in plan.libraries.items() if name in names}
                about = {
                    "names": names,
                    "libraries": libraries,
                    "given": plan.given,
                    "about": plan.about.get(index, ()),
                    "watched": plan.watched.get(index, ()),
                }
                theirs.append(
                    [index, plan.also_in_student.get(index, ""), place, {"names": list(names), "given": plan.given}]
                )
                ours.append([index, source, place, about])
            else:
                theirs.append([index, source, place, None])
            if index in plan.in_both:
                ours.append([index, plan.in_both[index], place, None])
        others = plan.tests.keys() | plan.alone.keys()
        texts = [text(cell) for i, cell in enumerate(cells) if cell["cell_type"] == "code" and i not in others]
        here, there = socket.socketpair()
        with here, there:
            self.judge.begin(ours, [here.fileno()], texts or [""])
            self.student.begin(theirs, [there.fileno()])
        self.judge.wait(until)
        self.student.wait(until)
        warned = False
        for index in indices:
            deadline = min(until, time.monotonic() + self.limits.cell_seconds)
            ran = run_cell(index, self._who(index), deadline, self.limits)
            until += ran.unseen_seconds
            warned |= any(shown.get("name") == "stderr" for shown in self.judge.shown)
            yield replace(self._with_prints(ran), needed=self.judge.needed if index in self.plan.tests else ())
            if ran.ending is not Ending.FINISHED:
                return
        self.clean = not warned

    def _who(self, index: int) -> list[Child]:
        """Return the processes that a cell runs in; the last is the one whose outputs count."""
        if index in self.plan.alone:
            return [self.judge]
        if index in self.plan.tests:
            return [self.student, self.judge]
        return [self.judge, self.student] if index in self.plan.in_both else [self.student]

    def _with_prints(self, ran: Ran) -> Ran:
        """Add to a test cell what the student's functions printed; to one with hidden tests nothing that is printed."""
        if ran.index not in self.plan.tests:
            return ran
        if ran.index in self.plan.mute:  # a warning shows the line that it comes from
            return replace(ran, outputs=[shown for shown in ran.outputs if not _is_printed(shown)])
        return replace(ran, outputs=[*filter(_is_printed, self.student.shown), *ran.outputs])


def _is_printed(output: dict[str, Any]) -> bool:
    return bool(output["output_type"] == "stream")
