"""Choose the kernels for a notebook: forked ones where that is possible, else cold ones."""

from __future__ import annotations

from collections.abc import Mapping

from grader.engine import cold, kernels, warm
from grader.models import Executed, Limits, Notebook


def execute(notebook: Notebook, limits: Limits, files: Mapping[str, bytes] | None = None) -> Executed:
    """Return the notebook with the outputs of each cell, run in an empty folder that holds `files`."""
    name = notebook.get("metadata", {}).get("kernelspec", {}).get("name", "python3")
    start = warm.start if name in ("python3", "python3-warm") and warm.possible() else cold.start
    return kernels.execute(notebook, limits, files, start)
