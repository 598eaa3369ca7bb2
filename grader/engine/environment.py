"""The variables of processes that run notebooks: those that say how to compute, since the others may hold secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

_PASSED_ON = re.compile(
    r"PATH|LANG|LANGUAGE|LC_\w+|TZ|TERM|COLUMNS|LINES|(OMP|MKL|OPENBLAS|KMP|GOMP|NUMEXPR|NUMPY|NPY|MPL)\w*"
    r"|(PY)?TORCH\w*|CUDA\w*|NVIDIA\w*|PYTHON\w*|LD_LIBRARY_PATH|VIRTUAL_ENV|CONDA_(PREFIX|DEFAULT_ENV)"
)


def safe_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that say how to compute; the others may hold secrets."""
    return {name: value for name, value in environment.items() if _PASSED_ON.fullmatch(name)}


def environment_of_servers() -> dict[str, str]:
    """Return the variables of a process that imports, and forks kernels; whoever is forked from it can read them."""
    return {
        "OMP_WAIT_POLICY": "passive",  # threads that wait do not take the processor from other notebooks
        **safe_variables(os.environ),
        "HOME": os.environ.get("HOME", "/"),
        **_absolute("PYTHONPATH"),
        "PYTHONDONTWRITEBYTECODE": "1",  # as a kernel's sys.flags show
        "JOBLIB_MULTIPROCESSING": "0",  # `n_jobs` computes here: who is forked from it may start no process
    }


def _absolute(name: str) -> dict[str, str]:
    """Return a variable that holds paths, for a process that works in another folder; nothing if it is not there."""
    said = os.environ.get(name)
    return {name: os.pathsep.join(os.path.abspath(path) for path in said.split(os.pathsep) if path)} if said else {}
