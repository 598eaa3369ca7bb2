"""Give hostile submissions to nbgrader and otter-grader, each alone, in a sandbox that is thrown away."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from tests.bench import graders

from .course import CELLS, NAME, build, submission
from .submissions import Attack

PEERS = ("nbgrader", "otter_grader")
SECONDS = 60
"""A grader that has not ended by then has not graded."""
MEMORY = 8 * 2**30
CONFIG = "c = get_config()\nc.CourseDirectory.db_assignments = []\nc.ExecutePreprocessor.timeout = 3\nc.Execute.timeout = 3\n"


def python_of(peer: str) -> Path | None:
    """Return the Python of a peer's environment, if it is there."""
    found = build.ROOT / ".bench" / peer / "bin" / "python"
    return found if (found.parents[1] / "ready").is_file() else None


def sandboxed(command: list[Any], folder: Path) -> bool:
    """Run a command that can write one folder, reach no network and see no process but its own; tell whether it ended."""
    walls = ["bwrap", "--die-with-parent", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--ro-bind", "/", "/"]
    walls += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--ro-bind", str(build.ROOT), str(build.ROOT)]
    walls += ["--bind", str(folder), str(folder), "--chdir", str(folder), "--setenv", "HOME", str(folder / "home")]
    limits = ["prlimit", f"--as={MEMORY}", f"--fsize={2**28}"]
    env = {**os.environ, "PYTHONPATH": str(build.ROOT), "PATH": f"{command[0].parent}:{os.environ['PATH']}"}
    (folder / "home").mkdir(exist_ok=True)
    with (folder.parent / "log.txt").open("ab") as log:
        try:
            whole = [*walls, *limits, *map(str, command)]
            done = subprocess.run(whole, stdout=log, stderr=log, timeout=SECONDS, check=False, env=env)
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


def one(folder: Path, before: Path, attack: Attack) -> Path:
    """Return a copy of a course in which nobody but this attacker has handed in."""
    subprocess.run(["rm", "-rf", folder], check=True)  # of any depth
    subprocess.run(["cp", "-a", before, folder], check=True)
    build.hand_in(folder, attack.name, submission(given(before), attack), NAME)
    return folder


@cache
def given(before: Path) -> dict[str, Any]:
    return build.released(before, NAME)


def mark(before: Path, attack: Attack) -> str:
    """Return a digest of what is handed in and of who grades it: while it stays, so does what it earns there."""
    made = submission(given(before), attack)
    data = made if isinstance(made, bytes) else json.dumps(made, sort_keys=True).encode()
    graders = [
        sorted(place.name for place in (build.ROOT / ".bench").glob(f"*/lib/*/site-packages/{name}-[0-9]*"))
        for name in PEERS
    ]
    return hashlib.sha256(json.dumps([graders, SECONDS, MEMORY, CONFIG]).encode() + data).hexdigest()[:16]


def course_in(folder: Path) -> Path:
    """Return the course as it is before anybody hands in, as nbgrader knows it."""
    if not folder.exists():
        build.course(folder, *CELLS, name=NAME)
        build.write(folder / "nbgrader_config.py", CONFIG)
        if python := python_of("nbgrader"):
            sandboxed([python, "-m", "nbgrader", "generate_assignment", NAME], folder)
    return folder


def with_nbgrader(folder: Path, attack: Attack) -> float | None:
    """Return what nbgrader gives for an attack; None for no grade at all."""
    python = python_of("nbgrader")
    assert python is not None
    course = one(folder / "nbgrader", course_in(folder / "before"), attack)
    sandboxed([python, "-m", "nbgrader", "autograde", NAME, "--student", attack.name], course)
    try:
        points = graders.points_of_nbgrader(course)[attack.name, NAME]
    except Exception:  # no row of it, or no database any more
        return None
    return float(sum(points.values()))


def with_otter(folder: Path, attack: Attack) -> float | None:
    """Return what otter-grader gives for an attack; None for no grade at all."""
    python = python_of("otter")
    assert python is not None
    course = one(folder / "otter", course_in(folder / "before"), attack)
    try:
        graders.prepare_otter(course)
    except (ValueError, TypeError, KeyError, RecursionError):  # its format is that of a notebook that can be read
        return None
    jobs, out = course / "otter" / "jobs.json", course / "otter" / "points.json"
    sandboxed([python, "-P", Path(graders.__file__).parent / "otter_loop.py", jobs, out], course)
    try:
        [row] = json.loads(out.read_text("utf-8"))
        return float(sum(row["points"].values()))
    except (OSError, ValueError, TypeError, KeyError):
        return None
