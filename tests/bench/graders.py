"""Grade a course with each grader, measured, and compare the points that they give."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from grader.course.release import read_assignment
from grader.course.settings import assignment_names, open_course
from grader.course.submissions import handed_in

from .measure import Usage, measured
from .submissions import ROOT, fresh
from .to_otter import converted, write_autograder

WARM = ("numpy", "torch", "matplotlib.pyplot", "grader.checks")
"""What the process of the floor imports at first."""
ENV = {"PYTHONPATH": str(ROOT), "JUPYTER_PREFER_ENV_PATH": "1"}
"""Every grader's test cells import this checkout's `grader.checks`, in kernels of the grader's own environment."""
HERE = Path(__file__).parent

Points = dict[tuple[str, str], dict[str, float]]
"""(student, assignment) to points by test cell."""


class Bench:
    """Where things are, and the file that takes what the graders print."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log.txt"
        self.log.write_text("", "utf-8")

    def peer(self, name: str) -> Path | None:
        """Return the Python of a peer's environment, if it is there."""
        python = ROOT / ".bench" / name / "bin" / "python"
        return python if (python.parents[1] / "ready").is_file() else None

    def measured(
        self, command: Sequence[str | Path], folder: Path, memory: bool = False, env: Mapping[str, str] | None = None
    ) -> Usage:
        """Measure a command; one that fails ends the benchmark."""
        usage = measured(command, folder, self.log, {**ENV, **(env or {})}, memory)
        if usage.code:
            raise SystemExit(f"bench: {' '.join(map(str, command))}\n  ended with code {usage.code}; see {self.log}")
        if memory and usage.seen_cpu > 1.1 * usage.cpu + 0.5:
            raise SystemExit(
                f"bench: {command[0]}: {usage.seen_cpu:.1f} s of CPU were seen and {usage.cpu:.1f} s accounted for"
            )
        return usage


# grader grade ────────────────────────────────────────────────────────────────────────────────────


def grade_ours(
    bench: Bench, course: Path, *only: str, memory: bool = False, env: Mapping[str, str] | None = None
) -> Usage:
    """`grader grade` of this checkout on a course without a gradebook; `only` are further arguments."""
    fresh(course)
    command: list[str | Path] = [sys.executable, "-m", "grader.cli", "grade", *only, "--course", course]
    return bench.measured(command, course, memory, env)


def grade_bare(bench: Bench, course: Path) -> Usage:
    """The same without judge and confinement: the tests run beside the answers, in the one process of the notebook."""
    settings = course / "pyproject.toml"
    before = settings.read_text("utf-8")
    settings.write_text(f"[tool.grader]\njudge = false\n\n{before}", "utf-8")
    try:
        return grade_ours(bench, course, "--unconfined")
    finally:
        settings.write_text(before, "utf-8")


def points_of_ours(course: Path) -> Points:
    command = [sys.executable, "-m", "grader.cli", "results", "--json", "--course", str(course)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **ENV})
    return {
        (row["student"], row["assignment"]): {cell["cell"]: cell["points"] for cell in row["cells"]}
        for row in json.loads(done.stdout)
    }


# nbgrader ────────────────────────────────────────────────────────────────────────────────────────


def prepare_nbgrader(bench: Bench, course: Path) -> None:
    """`nbgrader generate_assignment` for each assignment, which `autograde` needs; not measured."""
    fresh(course)
    for name in assignment_names(open_course(course)):
        bench.measured([bench.peer("nbgrader") or "", "-m", "nbgrader", "generate_assignment", name], course)


def grade_nbgrader(bench: Bench, course: Path, name: str, *options: str, memory: bool = False) -> Usage:
    """`nbgrader autograde` for one assignment; what is graded is skipped, or with the option `--force` graded once more."""
    command = [bench.peer("nbgrader") or "", "-m", "nbgrader", "autograde", name, *options]
    return bench.measured(command, course, memory)


def points_of_nbgrader(course: Path) -> Points:
    """Return the automatic points in nbgrader's database."""
    points: Points = {}
    opened = open_course(course)
    with Gradebook(opened.gradebook, opened.name) as book:
        for assignment in book.assignments:
            for submission in assignment.submissions:
                points[submission.student.id, assignment.name] = {
                    grade.name: float(grade.auto_score or 0.0)
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                }
    return points


# otter-grader ────────────────────────────────────────────────────────────────────────────────────


def prepare_otter(course: Path) -> None:
    """Convert a course, and write the list of what there is to grade; not measured."""
    opened = open_course(course)
    jobs = []
    for name in assignment_names(opened):
        template = read_assignment(opened, name).templates[0]
        folder = course / "otter" / name
        folder.mkdir(parents=True, exist_ok=True)
        autograder = write_autograder(template, folder / "autograder.zip")
        for student, _ in handed_in(opened, [name]):
            given = json.loads((course / "submitted" / student / name / f"{name}.ipynb").read_text("utf-8"))
            path = folder / f"{student}.ipynb"
            path.write_text(json.dumps(converted(given, template)), "utf-8")
            jobs.append([student, name, str(path), str(autograder)])
    (course / "otter" / "jobs.json").write_text(json.dumps(jobs), "utf-8")


def grade_otter(bench: Bench, course: Path, most: int | None = None, memory: bool = False) -> Usage:
    """`otter.api.grade_submission` for each submission (or the first `most`), in one process."""
    jobs, out = course / "otter" / "jobs.json", course / "otter" / "points.json"
    if most is not None:
        some = json.loads(jobs.read_text("utf-8"))[:most]
        jobs, out = course / "otter" / "some.json", course / "otter" / "some-points.json"
        jobs.write_text(json.dumps(some), "utf-8")
    return bench.measured([bench.peer("otter") or "", "-P", HERE / "otter_loop.py", jobs, out], course, memory)


def points_of_otter(course: Path) -> Points:
    rows = json.loads((course / "otter" / "points.json").read_text("utf-8"))
    return {(row["student"], row["assignment"]): row["points"] for row in rows}


# The floor ───────────────────────────────────────────────────────────────────────────────────────


def run_floor(
    bench: Bench, course: Path, modules: Sequence[str] = WARM, most: int | None = None
) -> list[dict[str, Any]]:
    """Return for each notebook in `autograded/`, or the first `most`, what floor.py tells of it."""
    out = course / "floor.json"
    options = ["--most", str(most)] if most else []
    bench.measured([sys.executable, "-P", HERE / "floor.py", *options, course, out, *modules], course)
    rows: list[dict[str, Any]] = json.loads(out.read_text("utf-8"))
    return rows


def points_of_floor(rows: Sequence[dict[str, Any]], course: Path) -> Points:
    """Return the points of the cells that ran without an error in the floor's process."""
    opened = open_course(course)
    worth = {
        name: {cell.id: cell.points for cell in read_assignment(opened, name).templates[0].cells}
        for name in assignment_names(opened)
    }
    return {
        (row["student"], row["assignment"]): {
            id: worth[row["assignment"]][id] if passed else 0.0 for id, passed in row["passed"].items()
        }
        for row in rows
    }


# Comparing ───────────────────────────────────────────────────────────────────────────────────────


def same_points(ours: Points, theirs: Points, name: str) -> int:
    """Return how many cells were compared; the first that differs ends the benchmark."""
    for key in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(key, {}), theirs.get(key, {})
        for cell in sorted(mine.keys() | other.keys()):
            if mine.get(cell) != other.get(cell):
                raise SystemExit(
                    f"bench: the points differ, so no times are compared\n  {', '.join(key)}, {cell}: "
                    f"grader {mine.get(cell)}, {name} {other.get(cell)}"
                )
    return sum(map(len, ours.values()))
