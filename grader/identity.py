"""One answer to "is this the same grader?": for the fingerprint of a grade, the warm kernels and a cluster's workers."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache

from grader import FOLDER, __version__

ALWAYS = ("numpy", "torch")
"""Libraries whose versions count whatever an assignment imports: answers and tests cross between processes by them."""
ABSENT = "not installed"


def identity(modules: Iterable[str] = ()) -> dict[str, str]:
    """Return by name what has to be the same for the same grades: the grader's files, Python, libraries.

    The libraries are those of `ALWAYS` and those that hold `modules`; none of them is imported.

    >>> sorted(identity(["pandas.plotting"]))
    ['Python', 'grader', 'numpy', 'pandas', 'torch']
    """
    names = sorted({*ALWAYS, *(name.partition(".")[0] for name in modules)} - {"grader"})
    return {
        "grader": f"{__version__} ({digest()[:12]})",
        "Python": ".".join(map(str, sys.version_info[:3])),
        **{name: version(name) for name in names},
    }


def digest(folder: str | os.PathLike[str] = FOLDER) -> str:
    """Return a digest of the text of all modules of this package, as they lie there now."""
    found, names = hashlib.sha256(), list[str]()
    for place, _, files in os.walk(folder):
        names += [os.path.relpath(os.path.join(place, name), folder) for name in files if name.endswith(".py")]
    for name in sorted(names):
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        found.update(f"{name}\n{len(data)}\n".encode())
        found.update(data)
    return found.hexdigest()


def version(module: str) -> str:
    """Return the installed version of what holds a module; `ABSENT` if nothing does."""
    from importlib import metadata  # slow to import, for people who wait for a check

    try:
        return metadata.version(module)
    except (metadata.PackageNotFoundError, ValueError):
        names = _holders().get(module, []) if importable(module) else []
    return ", ".join(sorted(f"{name} {metadata.version(name)}" for name in set(names))) or ABSENT


def importable(module: str) -> bool:
    """Tell whether a module could be imported here, as far as its first name tells; nothing is imported."""
    import importlib.util

    name = module.partition(".")[0]
    try:
        return name.isidentifier() and importlib.util.find_spec(name) is not None
    except ValueError:  # one that is imported, and does not say from where
        return True


@cache
def _holders() -> Mapping[str, list[str]]:
    """Return by module which distributions hold it: half a second, for those that are not named like their module."""
    from importlib import metadata

    return metadata.packages_distributions()
