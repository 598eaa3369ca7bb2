"""What each trick of the engine is worth: the same class graded by a copy of the package that does without it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from . import graders, other
from .graders import Bench
from .submissions import ROOT, blank, make_course


@dataclass(frozen=True)
class Trick:
    """A line of the package, and the one that is without it."""

    what: str
    file: str
    present: str
    absent: str


TRICKS = (
    Trick(
        "cells that are known are compiled before the fork",
        "engine/inside/compiled_cells.py", "            if cell not in self._known and", "            if False and",
    ),
    Trick(
        "a judge that is as it was judges the next one",
        "engine/forks/judged.py", "if found.uses < MOST_USES and", "if False and",
    ),
    Trick(
        "a traceback is formatted once, with colours and grammar that are kept",
        "engine/inside/shell.py", "    tracebacks.make_cheap(app.shell)\n", "",
    ),
)  # fmt: skip
"""Tried on the class of all assignments."""
FOR_FAILURES = (
    Trick(
        "a judge leaves the frames of the engine out of tracebacks before they are formatted",
        "engine/inside/shell.py", "        tracebacks.leave_out_ours(kernel.shell)\n", "        pass\n",
    ),
)  # fmt: skip
"""Tried on the course that is not ours, of whose functions a third fails."""


def run_tricks(
    bench: Bench, names: Sequence[str], students: tuple[int, int], repeat: int, seed: int
) -> list[dict[str, Any]]:
    """Return for each trick how much longer the class takes without it, as medians of ratios within a round.

    `students` are those of the class of all assignments, and of the course that is not ours.
    """
    folder = bench.folder / "tricks"
    found = _compared(bench, make_course(folder, names, students[0], seed), TRICKS, repeat)
    failing = _compared(bench, other.make_course(folder, students[1], seed), FOR_FAILURES, repeat)
    return found + [{**row, "class": "the course that is not ours"} for row in failing]


def _compared(bench: Bench, course: Path, tricks: Sequence[Trick], repeat: int) -> list[dict[str, Any]]:
    folders = [without(bench.folder / "packages" / str(number), trick) for number, trick in enumerate([None, *tricks])]
    one = ("--student", blank(len(list(course.glob("submitted/*")))))
    for folder in folders:  # what is found out about the solutions is kept
        graders.grade_ours(bench, course, *one, env=_environment(folder))
    rounds = []
    for number in range(repeat):
        order = folders if number % 2 else folders[::-1]
        used = {folder: graders.grade_ours(bench, course, env=_environment(folder)) for folder in order}
        rounds.append([used[folder] for folder in folders])
    return [
        {
            "what": trick.what,
            "wall": median(usages[number].wall / usages[0].wall for usages in rounds),
            "cpu": median(usages[number].cpu / usages[0].cpu for usages in rounds),
        }
        for number, trick in enumerate(tricks, 1)
    ]


def _environment(folder: Path) -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}


def without(folder: Path, trick: Trick | None) -> Path:
    """Write a copy of the package into a folder, without a trick. Raises ValueError if its line is not there once."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "grader", folder / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    if trick:
        file = folder / "grader" / trick.file
        text = file.read_text("utf-8")
        if text.count(trick.present) != 1:
            raise ValueError(f"{trick.file} does not hold {trick.present.strip()!r} once")
        file.write_text(text.replace(trick.present, trick.absent), "utf-8")
    return folder
