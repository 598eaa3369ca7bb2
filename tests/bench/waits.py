"""What a person waits for: `grader check` beside `nbgrader validate`, on the same solved notebooks, by turns."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from grader.course.release import read_assignment
from grader.course.settings import open_course

from .submissions import ROOT


def run_waits(folder: Path, assignments: Sequence[str], repeat: int) -> dict[str, dict[str, float]]:
    """Return by assignment the seconds of a first check, which starts the process that stays, of later ones, and of nbgrader."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "runtime").mkdir(parents=True)
    found = {}
    for name in assignments:
        path = _solved(folder / "work" / name, name)
        variables = {**os.environ, "GRADER_WARM": "1", "XDG_RUNTIME_DIR": str(folder / "runtime")}
        check = _timed([sys.executable, "-m", "grader", "check", path.name], path.parent, variables)
        validate = _timed([sys.executable, "-m", "nbgrader", "validate", path.name], path.parent, variables)
        try:
            first = check()
            pairs = [(check(), validate()) for _ in range(repeat)]
        finally:
            _end(folder)
        found[name] = {
            "first": first,
            "again": median(ours for ours, _ in pairs),
            "validate": median(theirs for _, theirs in pairs),
            "ratio": median(theirs / ours for ours, theirs in pairs),
        }
    return found


def _timed(command: list[str], folder: Path, variables: dict[str, str]) -> Callable[[], float]:
    """Return a function that runs a command, and gives the seconds from its start to its end."""

    def run() -> float:
        start = time.monotonic()
        done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)
        seconds = time.monotonic() - start
        if done.returncode:
            raise SystemExit(
                f"bench: {' '.join(command)} ended with code {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return seconds

    return run


def _solved(folder: Path, name: str) -> Path:
    """Write the notebook of an assignment as students get it, solved, as the one in a work folder of its own."""
    template = read_assignment(open_course(ROOT), name).templates[0]
    notebook = json.loads(template.released)
    solved = {cell.id: cell.solved for cell in template.cells if cell.solution and cell.code}
    for cell in notebook["cells"]:
        if (id := cell["metadata"].get("nbgrader", {}).get("grade_id")) in solved:
            cell["source"] = solved[id]
    folder.mkdir(parents=True)
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def _end(folder: Path) -> None:
    """End the processes that stay, whose sockets lie in a folder: the next assignment starts its own."""
    for about in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in about.read_bytes():
                os.kill(int(about.parent.name), signal.SIGKILL)
        except (OSError, ValueError):
            continue
