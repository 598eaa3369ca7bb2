"""Make the courses that are graded: our assignments, and a class of honest students, from a seed."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.course import answers
from grader.course.release import read_assignment
from grader.course.settings import open_course
from grader.models import Template

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("right", "mixed", "wrong", "mixed", "unanswered", "mixed", "right", "mixed")
"""What one student after the other hands in."""
MIXTURE = ("right",) * 5 + ("wrong",) * 3 + ("unanswered",) * 2
"""What a mixed student hands in for one exercise: one of these, by chance."""
SETTINGS = "[tool.grader.limits]\ncell_seconds = 30\n"
"""The limit that nbgrader_config.py gives nbgrader."""

LEFT_OUT = ("wrong_blocks_of_one",)
"""Answers that compute for half a minute whoever grades them: one of these, and it is Python that is measured."""

Answers = dict[str, dict[str, list[str]]]
"""Exercise to 'right' and 'wrong' to the texts of its answers."""


def make_course(folder: Path, assignments: Sequence[str], students: int, seed: int = 0) -> Path:
    """Write `source/` and `submitted/` anew into `folder`: from each student one submission for each assignment."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in assignments:
        shutil.copytree(ROOT / "source" / name, folder / "source" / name)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    (folder / "pyproject.toml").write_text(SETTINGS, "utf-8")
    course = open_course(folder)
    for name in assignments:
        template, answers = read_assignment(course, name).templates[0], read_answers(name)
        for number in range(students):
            notebook = filled(template, answers, number, seed)
            path = folder / "submitted" / f"student{number:04d}" / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return folder


def blank(students: int) -> str:
    """Return who hands in nothing but blanks, of a class of so many; the last of fewer."""
    return f"student{min(students - 1, KINDS.index('unanswered')):04d}"


def read_answers(assignment: str) -> Answers:
    """Return the answers in tests/answers to the exercises of an assignment."""
    return {
        exercise: {kind: [one.source for one in known if one.name not in LEFT_OUT] for kind, known in kinds.items()}
        for exercise, kinds in answers.read_answers(open_course(ROOT), assignment).items()
    }


def filled(template: Template, answers: Answers, number: int, seed: int) -> dict[str, Any]:
    """Return the released notebook of an assignment as student `number` hands it in."""
    rng, kind = random.Random(f"{seed} {template.assignment} {number}"), KINDS[number % len(KINDS)]
    exercise = {cell.id: cell.exercise for cell in template.cells if cell.solution}
    notebook: dict[str, Any] = json.loads(template.released)
    for cell in notebook["cells"]:
        if known := answers.get(exercise.get(cell["id"], "")):
            chosen = rng.choice(MIXTURE) if kind == "mixed" else kind
            if chosen != "unanswered":
                cell["source"] = rng.choice(known[chosen])
    return notebook


def fresh(folder: Path) -> None:
    """Take out of a course what graders have written into it."""
    for name in ("autograded", "feedback", "release"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in folder.glob("gradebook.db*"):
        path.unlink()
