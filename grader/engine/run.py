"""Choose the kernels for a notebook: forked ones where that is possible, else cold ones."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from grader.engine import forked, kernels, warm
from grader.engine.warm import stop
from grader.models import PRELOAD, Executed, Limits, Notebook

__all__ = ["execute", "run_at_once", "stop", "warm_up"]

_NAME_MODULES = """
import os, sys
from IPython.display import display
display({"application/json": [
    name for name, module in sys.modules.items()
    if (getattr(getattr(module, "__spec__", None), "origin", None) or os.getcwd()).startswith(os.getcwd()) is False
]}, raw=True)
"""


def warm_up(
    notebooks: Sequence[Notebook], limits: Limits, files: Mapping[str, bytes], preload: Sequence[str]
) -> tuple[str, ...]:
    """Make ready: import once `preload` and what these notebooks import, some of it late; return the names.

    They must be the instructor's own: what they name is imported by the process that all kernels are forked from.
    """
    if not warm.possible():
        return tuple(preload)
    found = dict.fromkeys(preload)
    for notebook in notebooks:
        last: dict[str, Any] = {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": _NAME_MODULES,
        }
        executed = execute({**notebook, "cells": [*notebook["cells"], last]}, limits, files, preload)
        for output in executed.notebook["cells"][-1]["outputs"]:
            if output["output_type"] == "display_data":
                names = output["data"]["application/json"]
                found |= dict.fromkeys(name for name in names if name not in warm.server(preload).imported)
    warm.server(tuple(found))
    return tuple(found)


_free: list[AbstractContextManager[Any]] = [nullcontext()]


def run_at_once(number: int) -> None:
    """Let `number` notebooks run at a time in this process, while other threads prepare and score theirs."""
    _free[0] = threading.Semaphore(number)


def execute(
    notebook: Notebook,
    limits: Limits,
    files: Mapping[str, bytes] | None = None,
    preload: Sequence[str] = PRELOAD,
    known: Sequence[str] = (),
) -> Executed:
    """Return the notebook with the outputs of each cell, run in an empty folder that holds `files`.

    `preload` are the modules that are imported before the first notebook, `known` cells that many notebooks share.
    """
    name = notebook.get("metadata", {}).get("kernelspec", {}).get("name", "python3")
    if name in ("python3", "python3-warm") and warm.possible():
        start: kernels.Start = partial(forked.start, preload, known)
    elif limits.confined:
        raise warm.cannot_confine(f"a kernel {name!r} on {sys.platform}")
    else:
        from grader.engine import cold  # slow to import, and rarely needed

        start = cold.start
    with _free[0]:
        return kernels.execute(notebook, limits, files, start)
