"""A course written elsewhere: nbgrader's own example, graded by `nbgrader autograde` and by us, with the same points."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import build


def nbgrader(*arguments: str, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "nbgrader", *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def grades(folder: Path) -> dict[tuple[str, str, str], tuple[float | None, bool]]:
    """Return (automatic points, waits for a person) by student, notebook and cell, as nbgrader's database has them."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "elsewhere") as book:
        return {
            (submission.student.id, notebook.name, grade.name): (grade.auto_score, grade.needs_manual_grade)
            for submission in book.find_assignment("ps1").submissions
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The example course with three submissions, once graded by nbgrader and once by us."""
    base = tmp_path_factory.mktemp("elsewhere")
    nbgrader("quickstart", "elsewhere", folder=base)
    theirs, ours = base / "elsewhere", base / "ours"
    nbgrader("generate_assignment", "ps1", folder=theirs)
    for student, folder in {"solver": "source", "silent": "release"}.items():
        shutil.copytree(theirs / folder / "ps1", theirs / "submitted" / student / "ps1")
    for student, body in {"half": "    return [i ** 2 for i in range(1, n + 1)]\n"}.items():
        shutil.copytree(theirs / "release" / "ps1", theirs / "submitted" / student / "ps1")
        path = theirs / "submitted" / student / "ps1" / "problem1.ipynb"
        given: dict[str, Any] = json.loads(path.read_text("utf-8"))
        for cell in given["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "squares":
                cell["source"] = f"def squares(n):\n{body}"
        build.write(path, given)
    (theirs / "submitted" / "half" / "ps1" / "problem2.ipynb").unlink()
    shutil.copytree(theirs, ours)
    (ours / "gradebook.db").unlink()
    nbgrader("autograde", "ps1", folder=theirs)
    done = build.run("grade", "--course", ours)
    assert done.returncode == 1, done.stderr
    return theirs, ours


def test_the_points_are_those_of_nbgrader(courses: tuple[Path, Path]) -> None:
    theirs, ours = map(grades, courses)
    assert len(theirs) == 3 * 9
    assert ours == theirs


def test_the_course_is_fit_by_our_check(courses: tuple[Path, Path]) -> None:
    done = build.run("verify", "--course", courses[1])
    assert done.returncode == 0, done.stdout


def test_nbgrader_goes_on_with_what_we_graded(courses: tuple[Path, Path]) -> None:
    nbgrader("generate_feedback", "ps1", folder=courses[1])
    nbgrader("export", folder=courses[1])
    assert (courses[1] / "feedback/solver/ps1/problem1.html").is_file()
    assert "solver" in (courses[1] / "grades.csv").read_text("utf-8")


def test_files_beside_the_notebooks_are_there_when_they_run(courses: tuple[Path, Path]) -> None:
    assert (courses[1] / "autograded/solver/ps1/problem1.ipynb").is_file()
    assert (courses[1] / "autograded/solver/ps1/jupyter.png").is_file()
