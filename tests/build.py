"""Builders of small courses, notebooks and submissions for the tests."""

from __future__ import annotations

import contextlib
import io
import json
import linecache
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.preload import USUAL as PRELOAD

if TYPE_CHECKING:
    from grader.engine.forks.client import FirstForkServer
    from grader.engine.run import Engine

ROOT = Path(__file__).parent.parent
Cell = dict[str, Any]


def code(id: str, source: str, **about: Any) -> Cell:
    return {**text(id, source, **about), "cell_type": "code", "outputs": [], "execution_count": None}


def text(id: str, source: str, **about: Any) -> Cell:
    given = {
        "schema_version": 3,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
        "grade_id": id,
    } | about
    return {"id": id, "cell_type": "markdown", "source": source, "metadata": {"nbgrader": given} if about else {}}


def answer(id: str, source: str) -> Cell:
    return code(id, source, solution=True)


def test(id: str, source: str, points: float = 1) -> Cell:
    return code(id, source, grade=True, locked=True, points=points)


test.__test__ = False  # type: ignore[attr-defined]


def essay(id: str, source: str, points: float = 3) -> Cell:
    return text(id, source, solution=True, grade=True, points=points)


def notebook(*cells: Cell) -> dict[str, Any]:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": list(cells), "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def solved(body: str, signature: str = "def double(x):") -> str:
    return f"{signature}\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"


DOUBLE = (
    text("intro", "# Numbers", locked=True),
    answer("double", solved("return 2 * x")),
    test("double-visible", "assert double(2) == 4"),
    test(
        "double-hidden", "# negative numbers\n### BEGIN HIDDEN TESTS\nassert double(-3) == -6\n### END HIDDEN TESTS", 2
    ),
    answer("triple", solved("return 3 * x", "def triple(x):")),
    test("triple-visible", "assert triple(2) == 6"),
    essay("why", "YOUR ANSWER HERE"),
)


def ran(source: str, name: str = "", **space: Any) -> dict[str, Any]:
    """Return the namespace that a notebook cell leaves; its text is known to `linecache`, as IPython does it."""
    import numpy as np

    name, space["np"] = name or f"<cell {hash(source)}>", np
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), space)
    return space


def problem(check: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """Return what a check finds, or '' if it passes."""
    from grader.checks import CheckFailed

    try:
        check(*args, **kwargs)
    except CheckFailed as failure:
        return str(failure.problem)
    return ""


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1) + "\n", "utf-8")
    return path


def read(path: Path) -> dict[str, Any]:
    """Return a notebook as its file holds it."""
    return dict(json.loads(path.read_text("utf-8")))


def course(folder: Path, *cells: Cell, name: str = "numbers", settings: str = "") -> Path:
    """Make a course of one assignment, by default two small exercises and an essay (7 points)."""
    write(folder / "source" / name / f"{name}.ipynb", notebook(*(cells or DOUBLE)))
    write(folder / "pyproject.toml", f"[tool.grader]\n{settings}")
    return folder


def released(folder: Path, name: str = "numbers") -> dict[str, Any]:
    """Return what students of a course get."""
    from grader.course.release import read_assignment
    from grader.course.settings import open_course

    return dict(json.loads(read_assignment(open_course(folder), name).templates[0].released))


def filled(given: dict[str, Any], **answers: str) -> dict[str, Any]:
    """Return a released notebook with answers written into its cells, by id with _ for -."""
    made = json.loads(json.dumps(given))
    for cell in made["cells"]:
        if (key := cell["id"].replace("-", "_")) in answers:
            cell["source"] = answers[key]
    return dict(made)


RIGHT = {"double": "def double(x):\n    return x + x", "triple": "def triple(x):\n    return x * 3"}


def hand_in(folder: Path, student: str, content: Any, name: str = "numbers", file: str = "") -> Path:
    return write(folder / "submitted" / student / name / (file or f"{name}.ipynb"), content)


def eventually(true: Callable[[], object], seconds: float = 10.0) -> bool:
    """Tell whether something becomes true."""
    until = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < until:
        time.sleep(0.02)
    return bool(found)


RUNS = ("verify", "grade", "check", "pack", "demo")
"""Commands that run notebooks."""
_lent: dict[tuple[str, ...], tuple[object, FirstForkServer, Engine]] = {}


def first(modules: tuple[str, ...] = PRELOAD) -> FirstForkServer | None:
    """Return the fork server with these modules that tests begin with; a new one where it has read other variables."""
    from grader.engine.environment import environment_of_servers
    from grader.engine.forks import client
    from grader.engine.run import Engine
    from grader.engine.scratch import RunFolder

    if not client.possible():
        return None
    around = environment_of_servers(), tempfile.gettempdir()
    if modules in _lent and (_lent[modules][0] != around or not _lent[modules][1].alive):
        end_first(modules)
    if modules not in _lent:
        server = client.FirstForkServer(modules, RunFolder())
        _lent[modules] = around, server, Engine(first=server)
    return _lent[modules][1]


def engine(modules: tuple[str, ...] = PRELOAD) -> Engine:
    """Return an engine that begins with it, for tests to which it is no matter what it ran before."""
    first(modules)
    return _lent[modules][2]


def end_first(*which: tuple[str, ...]) -> None:
    """End the fork servers that tests begin with, all or those with these modules."""
    for modules in which or tuple(_lent):
        _, server, own = _lent.pop(modules)
        own.close()
        server.close()


def run(*arguments: str | Path, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would, in this process: what it printed, and its exit code."""
    from grader import cli

    out, err, code = io.StringIO(), io.StringIO(), 0
    before, sys.argv = sys.argv, ["grader", *map(str, arguments)]
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            cli.main(first() if arguments[0] in RUNS else None)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    finally:
        sys.argv = before
    return subprocess.CompletedProcess(["grader", *map(str, arguments)], code, out.getvalue(), err.getvalue())


def results(folder: Path, *names: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what `grader results --json` prints, by student and assignment."""
    done = run("results", *names, "--json", "--course", folder)
    assert done.returncode == 0, done.stderr
    return {(row["student"], row["assignment"]): row for row in json.loads(done.stdout)}


def by_cell(row: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {cell["cell"]: cell for cell in row["cells"]}


def exercises(row: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Return points and maximum by exercise."""
    totals: dict[str, tuple[float, float]] = {}
    for cell in row["cells"]:
        points, maximum = totals.get(cell["exercise"], (0.0, 0.0))
        totals[cell["exercise"]] = (points + cell["points"], maximum + cell["maximum"])
    return totals


def sources(names: Iterable[str] = ()) -> list[Path]:
    return sorted(path for path in ROOT.glob("source/*/*.ipynb") if not names or path.stem in names)
