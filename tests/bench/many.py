"""Courses of one assignment, of five and of sixteen: what the start of `grader grade` and its memory grow with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from . import graders
from .graders import Bench
from .submissions import KINDS, blank, make_course

SIZES = (1, 5, 10, 16)
MODULES = ("matplotlib.animation", "PIL.Image", "torch.nn.functional", "torch.utils.data", "pandas", "scipy.stats")
"""What copies of assignments import beside what they do, one each, so that no two ask for the same modules."""
STUDENTS = KINDS.index("unanswered") + 1
"""The last of them answers nothing."""


def run_sizes(bench: Bench, names: Sequence[str], sizes: Sequence[int], repeat: int, seed: int) -> list[dict[str, Any]]:
    """Return for each size the seconds until a blank hand-in of each assignment is graded, and the peak memory."""
    found = []
    for size in sizes:
        course = make_many(bench.folder / "many", names, size, seed)
        known = {"XDG_CACHE_HOME": str(course / "cache")}  # what was found out about the solutions
        one = ("--student", blank(STUDENTS))
        first = graders.grade_ours(bench, course, *one, env=known)
        again = [graders.grade_ours(bench, course, *one, env=known) for _ in range(repeat)]
        memory = graders.grade_ours(bench, course, env=known, memory=True)
        found.append(
            {"assignments": size, "first": first.wall, "again": median(each.wall for each in again)}
            | {"again_cpu": median(each.cpu for each in again), "memory": memory.memory, "own_memory": memory.own}
        )
    return found


def make_many(folder: Path, names: Sequence[str], size: int, seed: int = 0) -> Path:
    """Write a course of `size` assignments: those of these names, the last first, and copies of them where that is not enough."""
    names = sorted(names, reverse=True)[:size]
    course = make_course(folder, names, STUDENTS, seed)
    for number, (name, module) in enumerate(islice(zip(cycle(names), cycle(MODULES), strict=False), size - len(names))):
        for place in _places(course, name):
            _copy(place, f"{name}_{number}", module)
    return course


def _places(course: Path, name: str) -> Iterator[Path]:
    yield course / "source" / name
    yield from course.glob(f"submitted/*/{name}")


def _copy(folder: Path, name: str, module: str) -> None:
    """Copy the folder of an assignment under another name, with one more import in its first cell of Python."""
    copy = Path(shutil.copytree(folder, folder.parent / name))
    path = (copy / f"{folder.name}.ipynb").rename(copy / f"{name}.ipynb")
    notebook = json.loads(path.read_text("utf-8"))
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    first["source"] = f"import {module}\n" + "".join(first["source"])
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")
