"""Import before the fork what kernels will import, and what these packages import only when they are used."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Sequence

from grader.engine.inside import after_fork

_NEVER = ("matplotlib_inline.backend_inline",)
"""Modules that must meet the shell of the child that imports them."""

_LATE = (
    "IPython.core.logger", "IPython.core.magics.execution", "IPython.utils.timing", "IPython.utils._process_posix",
    "stack_data.core", "pygments.formatters.terminal256", "pygments.lexers.python", "pygments.styles", "statistics",
    "numpy.random", "numpy.testing", "numpy.ma", "grader.checks",
    "matplotlib.backends.backend_agg", "IPython.core.pylabtools",
    "torch.utils.data", "torch._subclasses.schema_check_mode",
)  # fmt: skip
"""What these packages import only when a notebook prints a traceback, times a line, or draws."""


class ThreadError(RuntimeError):
    """A module cannot be imported before the fork, since it starts a thread."""


def import_all(modules: Sequence[str]) -> None:
    """Import modules one by one.

    Raises
    ------
    ThreadError
        One of them starts a thread, which a fork would lose.
    """
    for name in modules:
        if name not in _NEVER:
            with contextlib.suppress(Exception):  # the cell that imports it will say what is wrong
                importlib.import_module(name)
        if not after_fork.one_thread():
            raise ThreadError(name)


def import_late() -> None:
    """Import what the packages that are imported would import later. Raises ThreadError as `import_all` does."""
    import_all([name for name in _LATE if name.split(".")[0] in {*sys.modules, "stack_data", "statistics"}])
