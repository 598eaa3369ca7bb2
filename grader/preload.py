"""Which modules are imported once, before kernels are forked. It imports little, since people wait for it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

USUAL = ("numpy", "torch", "matplotlib.pyplot")
"""What warm kernels import once, unless a course says otherwise."""


def around(folder: str) -> tuple[str, ...]:
    """Return what the course around a folder has imported; the usual where it says nothing that can be read."""
    course = nearest(folder, "source", "release")
    if not course:
        return USUAL
    try:
        with open(os.path.join(course, "pyproject.toml"), "rb") as file:
            text = file.read()
        if b"preload" not in text:
            return USUAL
        import tomllib

        asked = tomllib.loads(text.decode()).get("tool", {}).get("grader", {}).get("preload", USUAL)
    except (OSError, ValueError, AttributeError):  # the command itself says so, where it matters
        return USUAL
    fine = isinstance(asked, (list, tuple)) and all(isinstance(name, str) for name in asked)
    return tuple(asked) if fine else USUAL


def nearest(folder: str, *names: str) -> str:
    """Return the nearest folder upwards that holds a folder of one of these names; '' if none does."""
    while not any(os.path.isdir(os.path.join(folder, name)) for name in names):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return ""
    return folder


def distinct(lists: Iterable[Sequence[str]]) -> dict[frozenset[str], Sequence[str]]:
    """Return the lists of modules that differ in more than their order, by their modules, as each comes first."""
    found = dict[frozenset[str], Sequence[str]]()
    for each in lists:
        found.setdefault(frozenset(each), each)
    return found
