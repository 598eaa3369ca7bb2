"""Choose the kernels for a notebook: forked ones where that is possible, else cold ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from grader.engine import cold, kernels, warm
from grader.models import PRELOAD, Executed, Limits, Notebook


def execute(
    notebook: Notebook, limits: Limits, files: Mapping[str, bytes] | None = None, preload: Sequence[str] = PRELOAD
) -> Executed:
    """Return the notebook with the outputs of each cell, run in an empty folder that holds `files`.

    `preload` are the modules that are imported before the first notebook.
    """
    name = notebook.get("metadata", {}).get("kernelspec", {}).get("name", "python3")
    start = partial(warm.start, preload) if name in ("python3", "python3-warm") and warm.possible() else cold.start
    return kernels.execute(notebook, limits, files, start)
