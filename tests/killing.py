"""Run a command in a process of its own that kills itself at a chosen step, and compare what is left."""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from nbgrader.api import Base

import build
from grader.course.settings import open_course
from grader.engine.run import Engine
from grader.gradebook.schema import grader_result
from grader.models import Ending, Executed

EVENTS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}


def graded(folder: Path, *options: str, run: int = 1, kill_at: int | None = None) -> list[str]:
    """Run `grader grade` on a course and return its steps, or kill it before step `kill_at`.

    A step is a change of a file or folder, a file opened to be written, a statement or a commit. Kernels are
    replaced by a plain `exec`, whose failures tell in which `run` they happened.
    """
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        try:
            steps: list[str] = []

            def step(name: str) -> None:
                if len(steps) == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)
                steps.append(name)

            def watch(event: str, about: tuple[Any, ...]) -> None:
                if event in EVENTS or (event == "open" and isinstance(about[1], str) and "w" in about[1]):
                    step(event)

            sql.event.listen(sql.Engine, "before_cursor_execute", lambda *about: step(about[2]))
            sql.event.listen(sql.Engine, "commit", lambda _: step("commit"))
            sys.addaudithook(watch)
            Engine.execute = lambda _, job: executed(job.notebook, run)  # type: ignore[assignment]
            Engine.warm = lambda *_, **__: None  # type: ignore[assignment,method-assign]
            build.first = lambda: None
            away = folder.parent  # there the noisy solution writes, which runs in no folder of its own here
            done = build.run("grade", "--jobs", "1", *options, "--course", folder, folder=away)
            os.write(writer, json.dumps([done.returncode, steps or done.stderr]).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        said = told.read()
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) == (kill_at is not None), said
    code, steps = json.loads(said) if said else (0, [])
    assert code in (0, 1), steps
    return list(steps)


def executed(notebook: dict[str, Any], run: int) -> Executed:
    space: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            try:
                exec(cell["source"], space)
            except Exception as error:
                cell["outputs"] = [
                    {"output_type": "error", "ename": type(error).__name__, "evalue": f"run {run}", "traceback": []}
                ]
    return Executed(notebook, Ending.FINISHED)


def left(folder: Path) -> dict[str, Any]:
    """Return all that grading a course leaves: the rows of each table of its gradebook, and the files of autograded/."""
    engine = sql.create_engine(open_course(folder).gradebook)
    kept = [*Base.metadata.tables.values(), grader_result]
    with engine.connect() as db:
        rows = {table.name: sorted(map(repr, db.execute(sql.select(table)))) for table in kept}
    engine.dispose()
    return {**rows, **files(folder / "autograded")}


def files(folder: Path) -> dict[str, bytes | None]:
    """Return each folder and file below a folder, and what files hold."""
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))}
