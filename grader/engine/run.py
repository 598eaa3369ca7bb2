"""Choose the kernels for a notebook: forked ones where that is possible, else cold ones."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from grader.engine import forked, judged, kernels, warm
from grader.engine.judged import close as end_judges
from grader.engine.warm import stop
from grader.models import PRELOAD, Executed, Limits, Notebook, Trial

__all__ = ["end_judges", "execute", "run_at_once", "stop"]

_OURS = ("python", "python3", "python3-warm")
"""Names of the kernel that is this Python."""
_free: list[AbstractContextManager[Any]] = [nullcontext()]


def run_at_once(number: int) -> None:
    """Let `number` notebooks run at a time in this process, while other threads prepare and score theirs."""
    _free[0] = threading.Semaphore(number)


def execute(
    notebook: Notebook,
    limits: Limits,
    files: Mapping[str, bytes] | None = None,
    preload: Sequence[str] = PRELOAD,
    trial: Trial = Trial(),
) -> Executed:
    """Return the notebook with the outputs of each cell, run in an empty folder that holds `files`.

    `preload` are the modules that are imported before the first notebook; `trial` says which cells run where.
    """
    name = notebook.get("metadata", {}).get("kernelspec", {}).get("name", "python3")
    if name in _OURS and warm.possible():
        start: kernels.Start = partial(forked.start, preload, trial.known)
        if trial.tests:
            start = partial(judged.start, preload, trial)
    elif limits.confined:
        raise warm.cannot_confine(f"a kernel {name!r} on {sys.platform}")
    else:
        from grader.engine import cold  # slow to import, and rarely needed

        start = cold.start
    with _free[0]:
        return kernels.execute(notebook, limits, files, start)
