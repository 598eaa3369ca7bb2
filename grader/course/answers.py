"""The answers that a course keeps to try its tests with: `tests/answers/ASSIGNMENT/EXERCISE/{right,wrong}_NAME.py`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from grader.models import Course, GraderError


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one exercise."""

    name: str
    """Its file without `.py`: `wrong_ignores_the_axis`."""
    source: str


def answers_folder(course: Course, assignment: str) -> Path:
    """Return where the answers to an assignment lie, if there are any."""
    return course.root / "tests" / "answers" / assignment


def read_answers(course: Course, assignment: str) -> dict[str, dict[str, list[Answer]]]:
    """Return the answers to the exercises of an assignment by exercise and kind; {} where a course keeps none.

    `{"double": {"right": [...], "wrong": [...]}}`
    """
    folder = answers_folder(course, assignment)
    return {
        exercise.name: {
            kind: [Answer(path.stem, path.read_text("utf-8")) for path in sorted(exercise.glob(f"{kind}_*.py"))]
            for kind in ("right", "wrong")
        }
        for exercise in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if exercise.is_dir()
    }


def read_equivalents(course: Course, assignment: str, exercise: str) -> dict[str, str]:
    """Return the changes of a solution that change nothing which its contract promises, each with the reason.

    They stand in `equivalent.toml` beside the answers to the exercise, as `[[mutant]]` with `change` and `why`.

    Raises
    ------
    GraderError
        The file is none.
    """
    path = answers_folder(course, assignment) / exercise / "equivalent.toml"
    if not path.is_file():
        return {}
    try:
        listed = tomllib.loads(path.read_text("utf-8"))["mutant"]
        return {str(each["change"]): str(each["why"]) for each in listed}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        what = f"cannot be read ({type(error).__name__}: {error})"
        raise GraderError(what, str(path), "write [[mutant]] with change and why for each") from None
