"""What tests may leave behind in a judge's process. One that has kept anything of them judges nobody else."""

from __future__ import annotations

import gc
import os
import random
import resource
import sys
import threading
import warnings
from collections.abc import Callable, MutableMapping
from operator import is_, itemgetter
from typing import Any

from grader.engine.inside import after_fork
from grader.engine.private_names import torch_print_options

_LIBRARIES = (
    "builtins", "math", "random", "time", "statistics", "itertools", "functools", "collections", "json", "os",
    "numpy", "numpy.linalg", "numpy.random", "numpy.testing", "torch", "torch.nn", "torch.nn.functional",
    "torch.linalg", "torch.autograd", "torch.func", "torch.cuda", "matplotlib.pyplot", "grader.checks",
    "grader.checks.api", "grader.checks.compare", "grader.checks.constraints", "grader.checks.observe",
)  # fmt: skip
"""Modules in which a test might put something of its own."""
_SET_WHEN_USED = {"_backend_mod", "_REPL_DISPLAYHOOK", "draw_if_interactive", "backend", "interactive"}
"""What pyplot finds out when it draws for the first time."""
_MOST_GROWTH = 2**16
"""KiB by which a process may have grown at most: more may have left it short of memory, or in pieces."""


class Snapshot:
    """Remembers what this process is like before its first cell, whose names are in `space`.

    `forget_shown` lets go of the values that cells have shown: `Out` and its kin.
    """

    def __init__(self, space: MutableMapping[str, Any], forget_shown: Callable[[], None]) -> None:
        self._space, self._names, self._forget_shown = space, dict(space), forget_shown
        self._held = {name: list(value) for name, value in space.items() if type(value) is list}
        self._libraries = [_Names(vars(sys.modules[name])) for name in _LIBRARIES if name in sys.modules]
        self._peak, self._state = _peak(), _state()

    def restore_or_refuse(self) -> bool:
        """Forget what cells have defined, and take new chances; tell whether nothing else of them is left."""
        shown = bool(self._space.get("_oh"))
        self._forget_shown()
        self._space.clear()
        self._space.update(self._names)
        for name, before in self._held.items():
            self._names[name][:] = before
        gc.collect()
        with warnings.catch_warnings():  # with a change of filters, what was shown once may be shown again
            pass
        random.seed()
        after_fork.be_random()
        same = _peak() < self._peak + _MOST_GROWTH and _state() == self._state
        return not shown and same and all(names.same() for names in self._libraries)


class _Names:
    """What names stood for in one space; thousands of them, so that no loop in Python looks at each."""

    def __init__(self, space: dict[str, Any]) -> None:
        self._space, self._of = space, itemgetter(*(name for name in space if name not in _SET_WHEN_USED))
        self._before = self._of(space)

    def same(self) -> bool:
        """Tell whether all of them still stand for that."""
        try:
            return all(map(is_, self._of(self._space), self._before))
        except KeyError:  # one is gone
            return False


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _state() -> list[Any]:
    """Return what a test might set for the whole process, and not set back."""
    here = os.getcwd()
    state: list[Any] = [
        here, os.listdir(here), dict(os.environ), list(sys.path), list(sys.meta_path), list(warnings.filters),
        sys.stdout, sys.stderr, sys.displayhook, sys.excepthook, sys.gettrace(), sys.getprofile(),
        sys.getrecursionlimit(), gc.isenabled(), threading.active_count(),
    ]  # fmt: skip
    if numpy := sys.modules.get("numpy"):  # before NumPy 2.2 they outlive the run's context
        state += [numpy.geterr(), numpy.geterrcall(), numpy.getbufsize(), numpy.get_printoptions()]
    if torch := sys.modules.get("torch"):
        state += [
            torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.is_anomaly_enabled(),
            torch.get_default_dtype(), str(torch.empty(0).device), torch.get_num_threads(),
            torch.are_deterministic_algorithms_enabled(), _autocasts(torch),
            torch_print_options(torch),
        ]  # fmt: skip
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        settings = {name: value for name, value in pyplot.rcParams.items() if name not in _SET_WHEN_USED}
        state += [pyplot.get_fignums(), settings]
    return state


def _autocasts(torch: Any) -> bool:
    try:
        return bool(torch.is_autocast_enabled("cpu"))
    except TypeError:  # before torch 2.4
        return bool(torch.is_autocast_cpu_enabled())
