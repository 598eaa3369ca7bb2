"""`make bench`: grade the same submissions with each grader, compare the points, then the cost; write docs/benchmark.md."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from . import graders, lessons, many, other, page, scale, tricks, waits
from .graders import Bench
from .machine import facts
from .measure import Usage
from .steps import Step, run_steps
from .submissions import ROOT, blank, make_course

PEERS = ("otter", "nbgrader")
ASSIGNMENTS = tuple(sorted(path.name for path in (ROOT / "source").iterdir()))
TORCH = "14_autograd"
"""The assignment of the large classes."""
MANY = 300
"""Classes larger than this are graded once, others as often as asked."""
OTHERS = 95
"""How many hand in the homework of the course that is not ours."""
OPTIONAL = ("otter", "nbgrader", "other", "many", "tricks", "waits", "lessons")
"""Steps that the rest does not need."""
FLOOR_OF_CLASS = 40
"""Of how many submissions of a large class the floor is measured."""


def main() -> None:
    asked = _arguments()
    if sys.platform != "linux":
        raise SystemExit("bench: it counts with what Linux tells of processes\n  fix: run it on Linux")
    folder = ROOT / ".bench" / ("quick" if asked.quick else "run")
    bench = Bench(folder)
    for peer in PEERS if not asked.quick else ():
        if not bench.peer(peer):
            print(f"bench: without {peer}: .bench/{peer} is not there\n  fix: make bench", file=sys.stderr)
    course = make_course(folder / "course", asked.assignments, asked.students, asked.seed)
    figures: dict[str, Any] = {
        "machine": facts(bench),
        "command": " ".join(["python -m tests.bench", *sys.argv[1:]]),
        "seed": asked.seed,
        "repeat": asked.repeat,
        "assignments": asked.assignments,
        "students": asked.students,
        "submissions": asked.students * len(asked.assignments),
        "torch": TORCH,
    }
    done = run_steps(_steps(bench, course, asked))
    figures["compared"], figures["floor"] = done["compare"], done["floor"]
    figures["graders"] = {key: done[key] for key in page.NAMES if key in done}
    figures["other"] = done.get("other")
    figures["classes"] = [done[f"class-{size}"] for size in asked.sizes]
    figures["lessons"] = done.get("lessons", {})
    figures["many"] = done.get("many")
    figures["tricks"] = done.get("tricks")
    figures["waits"] = done.get("waits")
    figures["machine"]["load_after"] = os.getloadavg()[0]
    target = folder if asked.quick else ROOT / "docs"
    (target / "benchmark.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    page.write(figures, target)
    scale.write(figures, target)
    page.show(figures, Console() if sys.stdout.isatty() else Console(width=150))
    print(f"written: {os.path.relpath(target / 'benchmark.md')}, benchmark.json and benchmark.png beside it")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--students", type=int, default=10, help="students of the course; each hands in all assignments"
    )
    parser.add_argument("--classes", default="10,100,300,1000", help=f"sizes of classes that hand in {TORCH}")
    parser.add_argument("--repeat", type=int, default=3, help="how often `grader grade` is measured; the median counts")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other submissions")
    parser.add_argument("--without", nargs="*", default=[], choices=OPTIONAL, help="steps that are left out")
    parser.add_argument("--quick", action="store_true", help="a few submissions, no peers, nothing in docs/")
    asked = parser.parse_args()
    asked.sizes = sorted({int(size) for size in asked.classes.split(",")})
    if asked.students < 2 or len(asked.sizes) < 2 or asked.sizes[0] < 1 or asked.repeat < 1:
        parser.error("it takes two students, two sizes of classes and one repeat at least")
    asked.assignments = list(ASSIGNMENTS)
    if asked.quick:
        asked.students, asked.sizes, asked.repeat, asked.assignments = 2, [1, 3], 1, ["06_broadcasting", TORCH]
    return asked


def _steps(bench: Bench, course: Path, asked: argparse.Namespace) -> list[Step]:
    count, names = asked.students * len(asked.assignments), asked.assignments
    points, floors = dict[str, graders.Points](), list[dict[str, float]]()
    ours = partial(_ours, bench, course, asked.repeat, blank(asked.students))
    floor, each, seconds = partial(_floor, bench, course, points, floors), 7 + count * 0.15, 15 + count * 0.8
    steps = [
        Step("bare", f"grader grade without judge, {count} submissions", each, partial(_bare, bench, course, points)),
        Step("floor before", f"the floor, {count} submissions", seconds, floor),
        Step("grader grade", f"grader grade, {count} submissions", (3 * asked.repeat + 1) * each, ours),
        Step("floor", "the floor once more, for the machine's own speed changes", seconds, floor),
    ]
    if bench.peer("otter") and not asked.quick:
        what = f"otter-grader's API, {count} submissions, one by one"
        steps.append(Step("otter", what, 25 + count * 4.5, partial(_otter, bench, course, points)))
    if bench.peer("nbgrader") and not asked.quick:
        what = f"nbgrader autograde, {count} submissions, one by one"
        steps.append(Step("nbgrader", what, 60 + count * 4, partial(_nbgrader, bench, course, names, points)))
    steps.append(Step("compare", "comparing the points", 1, partial(_compare, points)))
    others = 3 if asked.quick else OTHERS
    homework = partial(_other, bench, others, asked.repeat, asked.seed, peers=not asked.quick)
    what = f"a course that is not ours, {others} submissions, without judge, with it, and with nbgrader"
    steps.append(Step("other", what, 30 + others * (1 + 0.6 * asked.repeat + (4 if not asked.quick else 0)), homework))
    for size in asked.sizes:
        repeat = asked.repeat if size <= MANY else 1
        run = partial(_class, bench, size, repeat, asked.seed)
        what = f"grader grade, a class of {size}"
        steps.append(
            Step(f"class-{size}", what, (repeat + 1) * (7 + 0.12 * size) + min(size, FLOOR_OF_CLASS) * 0.4, run)
        )
    sizes = many.SIZES if not asked.quick else (1, 3)
    what = f"courses of {', '.join(map(str, sizes))} assignments"
    seconds = sum((9 + 3 * size) + asked.repeat * (3 + 0.2 * size) for size in sizes)
    steps.append(Step("many", what, seconds, partial(many.run_sizes, bench, names, sizes, asked.repeat, asked.seed)))
    without = partial(tricks.run_tricks, bench, names, (asked.students, others), asked.repeat, asked.seed)
    seconds = (len(tricks.TRICKS) + 1) * (5 + asked.repeat * each) + 2 * (5 + asked.repeat * 0.15 * others)
    steps.append(Step("tricks", "grader grade without one of its tricks after the other", seconds, without))
    what = "grader check and nbgrader validate, by turns"
    check = partial(waits.run_waits, bench.folder / "waits", names, asked.repeat)
    steps.append(Step("waits", what, len(names) * (6 + asked.repeat * 6), check))
    if not asked.quick:
        steps.append(Step("lessons", "nbval over the lessons", 80, partial(_lessons, bench)))
    return [step for step in steps if step.key not in asked.without]


def _bare(bench: Bench, course: Path, points: dict[str, graders.Points]) -> None:
    graders.grade_bare(bench, course)
    points["grader without judge"] = graders.points_of_ours(course)


def _ours(bench: Bench, course: Path, repeat: int, student: str) -> dict[str, Any]:
    memory = graders.grade_ours(bench, course, memory=True)
    one = ("--student", student)
    starts = [graders.grade_ours(bench, course, *one) for _ in range(repeat)]
    pairs = [(graders.grade_bare(bench, course), graders.grade_ours(bench, course)) for _ in range(repeat)]
    bare = {key: median(getattr(pair[0], key) for pair in pairs) for key in ("wall", "cpu")}
    found = _figures([pair[1] for pair in pairs], starts, memory, len(list((course / "source").iterdir())))
    return found | {"bare": bare | {"ratio": median(pair[1].wall / pair[0].wall for pair in pairs)}}


def _floor(
    bench: Bench, course: Path, points: dict[str, graders.Points], floors: list[dict[str, float]]
) -> dict[str, Any]:
    rows = graders.run_floor(bench, course)
    points["grader"] = graders.points_of_ours(course)
    points["the floor's process"] = graders.points_of_floor(rows, course)
    floors.append({key: sum(row[key] for row in rows) for key in ("first", "again")})
    return {key: sum(floor[key] for floor in floors) / len(floors) for key in ("first", "again")}


def _otter(bench: Bench, course: Path, points: dict[str, graders.Points]) -> dict[str, Any]:
    graders.prepare_otter(course)
    start = graders.grade_otter(bench, course, 0)
    memory = graders.grade_otter(bench, course, 2, memory=True)
    usage = graders.grade_otter(bench, course)
    points["otter-grader"] = graders.points_of_otter(course)
    return _figures([usage], [start], memory)


def _other(bench: Bench, size: int, repeat: int, seed: int, *, peers: bool) -> dict[str, Any]:
    course = other.make_course(bench.folder / "other", size, seed)
    points, floors, found = dict[str, graders.Points](), list[dict[str, float]](), dict[str, Any]()
    _bare(bench, course, points)
    _floor(bench, course, points, floors)
    found["grader grade"] = _ours(bench, course, repeat, student="student0000")
    floor = _floor(bench, course, points, floors)
    if peers and bench.peer("nbgrader"):
        found["nbgrader"] = _nbgrader(bench, course, [other.NAME], points, other.NAME)
    return {"graders": found, "floor": floor, "compared": _compare(points), "submissions": size}


def _nbgrader(
    bench: Bench, course: Path, names: list[str], points: dict[str, graders.Points], heaviest: str = TORCH
) -> dict[str, Any]:
    graders.prepare_nbgrader(bench, course)
    first = {name: graders.grade_nbgrader(bench, course, name) for name in names}
    points["nbgrader"] = graders.points_of_nbgrader(course)
    second = {name: graders.grade_nbgrader(bench, course, name) for name in names}
    memory = graders.grade_nbgrader(bench, course, heaviest, "--force", "--student=student000[0-4]", memory=True)
    by_name = {name: {"wall": first[name].wall, "start": second[name].wall} for name in names}
    return _figures([_sum(first)], [_sum(second)], memory) | {"by_assignment": by_name}


def _sum(usages: dict[str, Usage]) -> Usage:
    total = Usage()
    for usage in usages.values():
        total.wall, total.cpu, total.left = total.wall + usage.wall, total.cpu + usage.cpu, total.left + usage.left
    return total


def _compare(points: dict[str, graders.Points]) -> dict[str, int]:
    ours = points.pop("grader")
    return {name: graders.same_points(ours, theirs, name) for name, theirs in points.items()}


def _class(bench: Bench, size: int, repeat: int, seed: int) -> dict[str, Any]:
    course = make_course(bench.folder / "class", [TORCH], size, seed)
    memory = graders.grade_ours(bench, course, memory=True)
    floor = graders.run_floor(bench, course, most=FLOOR_OF_CLASS)
    found = _figures([graders.grade_ours(bench, course) for _ in range(repeat)], [Usage()], memory)
    floor += graders.run_floor(bench, course, most=FLOOR_OF_CLASS)
    kept = sum(path.stat().st_size for path in course.rglob("*") if path.is_file())
    return found | {
        "students": size,
        "kept_bytes": kept,
        "floor": sum(row["first"] for row in floor) / len(floor) * size,
    }


def _lessons(bench: Bench) -> dict[str, Any]:
    found = {}
    for name, kernel in {"cold": "", **({"warm": lessons.WARM} if lessons.warm_kernel() else {})}.items():
        usage, outcome = lessons.run_lessons(bench, kernel)
        found[name] = {"wall": usage.wall, "cpu": usage.cpu, "outcome": outcome}
    return found


def _figures(runs: list[Usage], starts: list[Usage], memory: Usage, start_count: int = 0) -> dict[str, Any]:
    return {
        "wall": median(run.wall for run in runs),
        "cpu": median(run.cpu for run in runs),
        "start_wall": median(start.wall for start in starts),
        "start_cpu": median(start.cpu for start in starts),
        "start_count": start_count,
        "memory": memory.memory,
        "own_memory": memory.own,
        "own_cpu": memory.own_cpu,
        "largest_fork": memory.largest_fork,
        "unreadable": memory.unreadable,
        "runs": [asdict(run) for run in runs],
    }


if __name__ == "__main__":
    main()
