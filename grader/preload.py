"""Which modules are imported once, before kernels are forked. It imports little, since people wait for it."""

from __future__ import annotations

import os

USUAL = ("numpy", "torch", "matplotlib.pyplot")
"""What warm kernels import once, unless a course says otherwise."""


def around(folder: str) -> tuple[str, ...]:
    """Return what the course around a folder has imported; the usual where it says nothing that can be read."""
    while not any(os.path.isdir(os.path.join(folder, name)) for name in ("source", "release")):
        above = os.path.dirname(folder)
        if above == folder:
            return USUAL
        folder = above
    try:
        with open(os.path.join(folder, "pyproject.toml"), "rb") as file:
            text = file.read()
        if b"preload" not in text:
            return USUAL
        import tomllib

        asked = tomllib.loads(text.decode()).get("tool", {}).get("grader", {}).get("preload", USUAL)
    except (OSError, ValueError, AttributeError):  # the command itself says so, where it matters
        return USUAL
    fine = isinstance(asked, (list, tuple)) and all(isinstance(name, str) for name in asked)
    return tuple(asked) if fine else USUAL
