"""The engine: it owns all that runs notebooks, from the fork servers to the folders, and with it all of that ends."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Any, Self

from grader.engine import kernels
from grader.engine.forks import children, client, judged
from grader.engine.processes import CORES
from grader.engine.scratch import RunFolder
from grader.models import Executed, GraderError, Job, Limits


class Engine:
    """Runs notebooks, in forked kernels where that is possible, else in cold ones.

    >>> with Engine(jobs=2) as engine:  # doctest: +SKIP
    ...     engine.warm(["numpy"])
    ...     done = engine.execute(Job(notebook, limits))
    """

    def __init__(self, jobs: int = 0, first: client.FirstForkServer | client.AdoptedForkServer | None = None) -> None:
        """Run `jobs` notebooks at a time (0: one a processor).

        `first` is a fork server to begin with; it ends when its own owner lets it, and not with this engine.
        """
        self.jobs = jobs or CORES
        self._slots = threading.Semaphore(self.jobs)
        self._folder = first.folder if first else RunFolder()
        self._servers = client.ForkServers(self._folder, first)
        self._judges = judged.Judges(self._servers, self._folder, self.jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End what runs, also what other threads wait for, and run nothing more."""
        self._judges.close()
        self._servers.close()

    def expect(self, lists: Iterable[Sequence[str]]) -> None:
        """Be told the modules of all jobs to come, list by list, before the first."""
        self._servers.expect(lists)

    @contextmanager
    def hold(self, modules: Sequence[str]) -> Iterator[None]:
        """Keep what has these modules ready meanwhile; afterwards end it, and the judges beside it, unless another needs it."""
        with self._servers.held(modules):
            yield
        self._judges.end_lost()

    def warm(self, modules: Sequence[str], *, judge: bool = False) -> None:
        """Begin to import these modules, and return meanwhile; with `judge`, for the judge as well.

        Where kernels cannot be forked, nothing is.
        """
        if client.possible():
            self._servers.start(modules, judge=judge)

    def execute(self, job: Job) -> Executed:
        """Return the notebook with the outputs of each cell, run in an empty folder that holds the job's files."""
        metadata = job.notebook.get("metadata", {})
        if kernels.language(metadata) == "python" and client.possible():
            start: kernels.Start = self._judges.start if job.plan.tests else partial(children.start, self._servers)
        elif job.limits.confined:
            raise client.cannot_confine(f"a kernel {kernels.kernel_name(metadata)!r} on {sys.platform}")
        else:
            start = _cold()
        with self._slots, self._servers.using(job.preload):
            return kernels.execute(job, start, self._folder)

    def execute_alone(self, job: Job) -> Executed:
        """Do the same for one notebook that no other follows: in a forked kernel only if there is a fork server already."""
        forked = self._servers.any and kernels.language(job.notebook.get("metadata", {})) == "python"
        with self._slots:
            return kernels.execute(job, partial(children.start, self._servers) if forked else _cold(), self._folder)


def _cold() -> kernels.Start:
    from grader.engine import cold  # slow to import, and rarely needed

    return cold.start


def must_run(metadata: Mapping[str, Any], limits: Limits, where: str) -> None:
    """Raise GraderError, with one way out, if notebooks with this metadata cannot be run here within these limits."""
    name, language = kernels.kernel_name(metadata), kernels.language(metadata)
    if language == "python":
        return
    fix = "if it is Python, choose a Python kernel for it in Jupyter and save it"
    if limits.confined:
        problem = f"its kernel {name!r} runs {language}, and only Python can be confined"
        raise GraderError(problem, where, f"{fix}; if you trust all submissions, grade it with --unconfined")
    from grader.engine.jupyter.kernelspec import installed  # slow to import, and rarely needed

    if name not in installed():
        raise GraderError(
            f"its kernel {name!r} runs {language}, and is not installed here", where, f"install it; {fix}"
        )
