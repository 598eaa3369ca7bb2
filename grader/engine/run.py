"""Choose the kernels for a notebook: forked ones where that is possible, else cold ones."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from grader.engine import kernels
from grader.engine.forks import children, client, judged
from grader.engine.forks.client import stop
from grader.engine.forks.judged import close as end_judges
from grader.models import CellPlan, Executed, GraderError, Limits, Notebook
from grader.preload import USUAL as PRELOAD

__all__ = ["end_judges", "execute", "must_run", "run_at_once", "stop"]

_free: list[AbstractContextManager[Any]] = [nullcontext()]


def run_at_once(number: int) -> None:
    """Let `number` notebooks run at a time in this process, while other threads prepare and score theirs."""
    _free[0] = threading.Semaphore(number)


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


def start_beside(metadata: Mapping[str, Any]) -> kernels.Start:
    """Return what starts one kernel for a notebook, forked if this process has imported everything already."""
    if client.is_warm() and kernels.language(metadata) == "python":
        return partial(children.start, (), ())
    from grader.engine import cold  # slow to import, and rarely needed

    return cold.start


def execute(
    notebook: Notebook,
    limits: Limits,
    files: Mapping[str, bytes] | None = None,
    preload: Sequence[str] = PRELOAD,
    plan: CellPlan = CellPlan(),
) -> Executed:
    """Return the notebook with the outputs of each cell, run in an empty folder that holds `files`.

    `preload` are the modules that are imported before the first notebook; `plan` says which cells run where.
    """
    metadata = notebook.get("metadata", {})
    if kernels.language(metadata) == "python" and client.possible():
        start: kernels.Start = partial(children.start, preload, plan.precompile)
        if plan.tests:
            start = partial(judged.start, preload, plan)
    elif limits.confined:
        raise client.cannot_confine(f"a kernel {kernels.kernel_name(metadata)!r} on {sys.platform}")
    else:
        from grader.engine import cold  # slow to import, and rarely needed

        start = cold.start
    with _free[0]:
        return kernels.execute(notebook, limits, files, start)
