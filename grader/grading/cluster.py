"""Grade on a Dask cluster: an executor for `grade_all`, after a look at what its workers run. Its one user of Dask.

The assignments are sent once, to each worker that is there or comes later; a submission travels alone. Results are
recorded here. A worker that dies costs a rerun of what it held.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import uuid4

from grader.engine.run import Engine
from grader.grading.one import grade_one
from grader.identity import identity
from grader.models import Assignment, GraderError, Limits, Result, Submission

try:
    import dask
    from distributed import Client, Security, WorkerPlugin, get_worker
    from distributed.comm import CommClosedError
    from distributed.core import rpc
except ImportError:
    raise GraderError(
        "Dask is not installed",
        "--cluster",
        "pip install 'arrays-to-autograd[cluster]', here and on each machine of the cluster",
    ) from None

_SECONDS = 5.0
"""How long the scheduler may take to answer."""

_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""Variables that say how many threads compute, and with them how sums are rounded. Dask sets them to 1 in a worker."""


class _Assignments(WorkerPlugin):  # type: ignore[misc]
    """Holds in each worker, those that join or restart later too, the assignments of one run, and an engine for it."""

    def __init__(self, run: str, assignments: Mapping[str, Assignment], limits: Mapping[str, Limits]) -> None:
        self.run, self.assignments, self.limits = run, assignments, limits
        self.threads = {name: os.environ.get(name) for name in _THREADS}
        self.engine: Engine | None = None

    def setup(self, worker: Any) -> None:
        for name, value in self.threads.items():  # the fork server reads them
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self.engine = Engine(worker.state.nthreads)
        self.engine.expect(each.preload for each in self.assignments.values())

    def teardown(self, worker: Any) -> None:
        if self.engine:
            self.engine.close()

    def grade(self, submission: Submission) -> Result:
        """Grade a submission in the worker."""
        name = submission.assignment
        assert self.engine
        return grade_one(submission, self.assignments[name], self.limits[name], self.engine)


def grade_sent(run: str, submission: Submission) -> Result:
    """Grade a submission in a worker, with what its plugin holds for this run."""
    result: Result = get_worker().plugins[run].grade(submission)
    return result


@contextmanager
def on_cluster(
    address: str, assignments: Mapping[str, Assignment], limits: Mapping[str, Limits]
) -> Iterator[tuple[Callable[[Submission], Result], Executor, int]]:
    """Give what `grade_all` needs to grade on the cluster at `address`: function, executor, submissions at once.

    Raises GraderError for a cluster that does not answer, has no workers, runs other versions, or goes away.
    """
    for name in ("distributed", "distributed.client"):  # what a person must know is an error below
        logging.getLogger(name).setLevel(logging.CRITICAL)
    threads, run = _threads(address), uuid4().hex
    try:
        with (
            dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}),
            Client(address, timeout=_SECONDS, set_as_default=False) as client,
        ):
            _check_versions(client, sorted({name for each in assignments.values() for name in each.preload}))
            client.register_plugin(_Assignments(run, assignments, limits), name=run)
            executor = client.get_executor(pure=False)
            try:
                yield partial(grade_sent, run), executor, 2 * threads
            finally:
                executor.shutdown(wait=False)
                if client.status == "running":
                    client.unregister_worker_plugin(run)
    except (CancelledError, CommClosedError):
        raise GraderError("the cluster went away", address, "start it, then grade again: the rest is done") from None


def _threads(address: str) -> int:
    """Return how many submissions the workers of a cluster can grade at a time."""
    try:
        about = asyncio.run(_identity(address))
    except Exception as error:  # whatever answers there, or nothing
        reason = " ".join(str(error).split())[:200] or f"no answer within {_SECONDS:g} seconds"
        raise GraderError(
            f"no Dask scheduler there: {reason}", address or "--cluster", "name it as it does: tcp://HOST:8786"
        ) from None
    if about["type"] != "Scheduler":
        raise GraderError(f"a {about['type'].lower()}", address, f"name the scheduler, {about.get('scheduler')}")
    if not about["total_threads"]:
        raise GraderError("a cluster without workers", address, f"start some: dask worker {address}")
    return int(about["total_threads"])


async def _identity(address: str) -> dict[str, Any]:
    async with asyncio.timeout(_SECONDS):
        secure = Security().get_connection_args("client")
        async with rpc(address, timeout=_SECONDS, connection_args=secure) as server:
            return dict(await server.identity())


_LOADED = identity()["grader"]
"""Of the files that this process runs; those on the disk may have been changed since it was started."""


def _identity_of_worker(modules: Sequence[str]) -> dict[str, str]:
    """Return what has to be the same everywhere for the same grades."""
    found = identity(modules)
    if found["grader"] != _LOADED:
        raise RuntimeError("its files were changed since this process was started; start it again")
    return found


def _check_versions(client: Client, modules: Sequence[str]) -> None:
    """Raise GraderError where the scheduler or a worker would run something else than this process."""
    here = identity(modules)
    there: dict[str, Any] = client.run(_identity_of_worker, modules, on_error="return")
    try:
        there["the scheduler"] = client.run_on_scheduler(_identity_of_worker, modules)
    except CommClosedError:
        raise
    except Exception as error:  # whatever goes wrong there
        there["the scheduler"] = error
    for place, found in there.items():
        if isinstance(found, Exception):
            raise GraderError(
                f"the grader does not run there ({found})", place, f"install grader {here['grader']} there"
            )
        for name, wanted in here.items():
            if found[name] != wanted:
                raise GraderError(
                    f"{name} is {found[name]}, but {wanted} here", place, "install the same on every machine"
                )
