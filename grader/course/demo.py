"""A sample class, made from the course's own right and wrong answers and a seed: who handed in what."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from grader.course.answers import answers_folder, read_answers
from grader.course.release import AssignmentLoader
from grader.course.settings import open_course
from grader.models import Assignment, Course, GraderError, Notebook

NAMES = (
    "ada alan barbara dorothy donald edsger emmy frances grace hedy john katherine kurt leslie margaret "
    "mary niklaus radia shafi sophie"
).split()
DUE = datetime(2026, 10, 1, 22, 0, tzinfo=UTC)
_SKILL = {"strong": 0.97, "average": 0.75, "weak": 0.4}

Answers = dict[str, dict[str, list[str]]]
"""Exercise to 'right' and 'wrong' to the answers' texts."""


def make_class(course: Course, folder: Path, names: list[str], seed: int = 0) -> tuple[AssignmentLoader, Path, int]:
    """Make a course in `folder` and an archive of what its class handed in; return its assignments, archive and count.

    Strong, average, weak and late students; and one each who deleted a test cell, duplicated a cell, wrote an
    infinite loop, ended the kernel, handed in a corrupt file, and handed in `NAME (1).ipynb`.
    """
    rng = random.Random(seed)
    if folder.exists() and not (folder / "handed-in.zip").is_file():
        raise GraderError("that folder holds something else", str(folder), "name another with --to")
    shutil.rmtree(folder, ignore_errors=True)
    for name in names:
        shutil.copytree(course.root / "source" / name, folder / "source" / name)
    if (course.root / "nbgrader_config.py").is_file():
        shutil.copy(course.root / "nbgrader_config.py", folder)
    due = "\n".join(f"{name} = {DUE.isoformat()}" for name in names)
    (folder / "pyproject.toml").write_text(
        f"[tool.grader.limits]\ncell_seconds = {min(course.limits.cell_seconds, 10):g}\n\n[tool.grader.due]\n{due}\n",
        "utf-8",
    )
    made, archive, count = AssignmentLoader(open_course(folder)), folder / "handed-in.zip", 0
    kits = [(made[name], _answers(course, name)) for name in names]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pack:
        for path, data in _handed_in(kits, names, rng):
            pack.writestr(path, data)
            count += path.endswith(".ipynb")
    return made, archive, count


def _handed_in(
    kits: list[tuple[Assignment, Answers]], names: list[str], rng: random.Random
) -> Iterator[tuple[str, bytes]]:
    mishaps = _mishaps(names)
    for number, student in enumerate(NAMES):
        skill = list(_SKILL.values())[number % 3]
        chosen = sorted(rng.sample(range(len(kits)), k=min(3, len(kits))))
        for place in sorted({*chosen, *(names.index(name) for who, name in mishaps if who == student)}):
            assignment, answers = kits[place]
            notebook = json.loads(assignment.templates[0].released)
            _fill(notebook, assignment, answers, skill, rng)
            file, data = f"{assignment.templates[0].notebook}.ipynb", None
            if mishap := mishaps.get((student, assignment.name)):
                file, data = mishap(notebook, file)
            late = timedelta(hours=rng.randrange(1, 60)) if number % 7 == 3 else -timedelta(hours=rng.randrange(1, 90))
            folder = f"{student}/{assignment.name}"
            yield f"{folder}/{file}", data or json.dumps(notebook, indent=1).encode()
            yield f"{folder}/timestamp.txt", (DUE + late).strftime("%Y-%m-%d %H:%M:%S UTC").encode()


def _answers(course: Course, assignment: str) -> Answers:
    found = read_answers(course, assignment)
    if not found:
        raise GraderError(
            "the demo builds its class from right and wrong answers, and there are none",
            str(answers_folder(course, assignment)),
            "run it in the course's repository",
        )
    return {
        exercise: {kind: [answer.source for answer in known] for kind, known in kinds.items()}
        for exercise, kinds in found.items()
    }


def _fill(notebook: Notebook, assignment: Assignment, answers: Answers, skill: float, rng: random.Random) -> None:
    exercise = {cell.id: cell.exercise for cell in assignment.templates[0].cells if cell.solution}
    for cell in notebook["cells"]:
        known = answers.get(exercise.get(cell["metadata"].get("nbgrader", {}).get("grade_id", ""), ""))
        if known is None or rng.random() > (1 + skill) / 2:  # not reached: left as it was released
            continue
        cell["source"] = rng.choice(known["right"] if rng.random() < skill else known["wrong"])


Mishap = Callable[[Notebook, str], tuple[str, bytes | None]]


def _mishaps(names: list[str]) -> dict[tuple[str, str], Mishap]:
    """Return who meets which mishap in which assignment."""
    kinds: list[Mishap] = [_deleted_test, _duplicated_cell, _endless_loop, _ended_kernel, _corrupt, _renamed]
    favourite = "06_broadcasting" if "06_broadcasting" in names else names[0]
    return {
        (student, favourite if kind is _renamed else names[number % len(names)]): kind
        for number, (student, kind) in enumerate(zip(NAMES[1::3], kinds, strict=False))
    }


def _solutions(notebook: Notebook) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")]


def _deleted_test(notebook: Notebook, file: str) -> tuple[str, bytes | None]:
    tests = [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]
    notebook["cells"].remove(tests[0])
    return file, None


def _duplicated_cell(notebook: Notebook, file: str) -> tuple[str, bytes | None]:
    cell = _solutions(notebook)[0]
    notebook["cells"].insert(notebook["cells"].index(cell), {**cell, "id": "a-copy"})
    return file, None


def _endless_loop(notebook: Notebook, file: str) -> tuple[str, bytes | None]:
    _solutions(notebook)[1]["source"] += "\n\nwhile True:\n    pass\n"
    return file, None


def _ended_kernel(notebook: Notebook, file: str) -> tuple[str, bytes | None]:
    _solutions(notebook)[1]["source"] = "import os\n\nos._exit(0)\n"
    return file, None


def _corrupt(notebook: Notebook, file: str) -> tuple[str, bytes | None]:
    whole = json.dumps(notebook).encode()
    return file, whole[: len(whole) // 2]


def _renamed(notebook: Notebook, file: str) -> tuple[str, bytes | None]:
    return file.replace(".ipynb", " (1).ipynb"), None
