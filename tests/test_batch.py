"""What a command does no second time: convert a source, read a submission, grade what has not changed."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import build
from build import RIGHT, filled, hand_in
from grader import batch, release
from grader import grade as grading
from grader.grade import grade_all
from grader.gradebook import Gradebook
from grader.models import Ending, Executed, Limits, Notebook, Result, Submission

STUDENTS = [f"s{number}" for number in range(6)]


@pytest.fixture(autouse=True)
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Notebook]:
    """Run no cell; return the notebooks that would have been run."""
    notebooks: list[Notebook] = []

    def execute(notebook: Notebook, limits: Limits, files: Any, *_: Any) -> Executed:
        notebooks.append(notebook)
        return Executed(notebook, Ending.FINISHED)

    monkeypatch.setattr(grading, "execute", execute)
    monkeypatch.setattr(batch, "prepared", lambda assignment, _: assignment)  # the solution is not run either
    return notebooks


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A class of six, graded once."""
    folder = build.course(tmp_path)
    build.write(folder / "source/numbers/table.csv", "1,2")
    given = build.released(folder)
    for student in STUDENTS:
        hand_in(folder, student, filled(given, **RIGHT))
    assert grade(folder).startswith("6 graded, 0 unchanged")
    return folder


def grade(folder: Path, *options: str) -> str:
    return build.run("grade", *options, "--course", folder).stdout


def calls(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[tuple[Any, ...]]:
    """Return a list that grows with each call of a function."""
    made: list[tuple[Any, ...]] = []
    real = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given: (made.append(given), real(*given))[1])
    return made


@pytest.mark.parametrize("command", [["release"], ["verify"], ["grade", "--again"], ["feedback"]])
def test_a_source_is_converted_once_a_command(
    course: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    converted = calls(monkeypatch, release, "_converted")
    build.run(*command, "--course", course)
    assert len(converted) == 1


def test_a_source_is_converted_once_in_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    converted = calls(monkeypatch, release, "_converted")
    build.run("demo", "06_broadcasting", "--to", tmp_path / "class", "--course", build.ROOT)
    assert len(converted) == 1


def test_a_submission_is_read_and_fingerprinted_once(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, marked = calls(monkeypatch, batch, "read_submission"), calls(monkeypatch, batch, "fingerprint")
    grounds = calls(monkeypatch, batch, "ground")
    grade(course, "--again")
    assert (len(read), len(marked), len(grounds)) == (6, 6, 1)


def test_submissions_are_read_when_their_turn_comes(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead: list[int] = []
    read, recorded = calls(monkeypatch, batch, "read_submission"), calls(monkeypatch, Gradebook, "record")
    real = batch.read_submission
    monkeypatch.setattr(
        batch, "read_submission", lambda *given: (real(*given), ahead.append(len(read) - len(recorded)))[0]
    )
    grade(course, "--again", "--jobs", "1")
    assert len(recorded) == 6
    assert max(ahead) <= 3  # one that runs, one that waits, one that was just recorded


def edit_answer(folder: Path) -> None:
    hand_in(folder, "s0", filled(build.released(folder), **RIGHT, why="because"))


def edit_file(folder: Path) -> None:
    hand_in(folder, "s0", "1,2", file="data.csv")


def rename(folder: Path) -> None:
    notebook = folder / "submitted/s0/numbers/numbers.ipynb"
    notebook.rename(notebook.with_name("numbers (1).ipynb"))


def edit_source(folder: Path) -> None:
    cells = [{**cell, "source": cell["source"].replace("== 4", "== 4.0")} for cell in build.DOUBLE]
    build.course(folder, *cells)


def edit_points(folder: Path) -> None:
    build.course(folder, *build.DOUBLE[:-1], build.essay("why", "YOUR ANSWER HERE", 5))


def edit_course_file(folder: Path) -> None:
    build.write(folder / "source/numbers/table.csv", "3,4")


def edit_limits(folder: Path) -> None:
    build.write(folder / "pyproject.toml", "[tool.grader.limits]\ncell_seconds = 7\n")


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (edit_answer, 1), (edit_file, 1), (rename, 1),
        (edit_source, 6), (edit_points, 6), (edit_course_file, 6), (edit_limits, 6),
    ],
)  # fmt: skip
def test_what_a_grade_depends_on_is_graded_again(
    course: Path, ran: list[Notebook], change: Callable[[Path], None], again: int
) -> None:
    ran.clear()
    change(course)
    assert grade(course).startswith(f"{again} graded, {6 - again} unchanged")
    assert len(ran) == again
    assert grade(course).startswith("0 graded, 6 unchanged")


def test_another_version_of_the_grader_grades_again(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.grade.__version__", "99")
    assert grade(course).startswith("6 graded, 0 unchanged")


def test_what_has_not_changed_is_graded_only_on_demand(course: Path, ran: list[Notebook]) -> None:
    ran.clear()
    assert grade(course).startswith("0 graded, 6 unchanged")
    assert not ran
    assert grade(course, "--again", "--student", "s1").startswith("1 graded, 0 unchanged")
    assert len(ran) == 1


def test_an_error_of_the_grader_s_own_is_tried_again(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Executed:
        raise RuntimeError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(grading, "execute", broken)
        grade(course, "--again", "--student", "s1")
    assert build.results(course)["s1", "numbers"]["ending"] == "died"
    assert grade(course).startswith("1 graded, 5 unchanged")
    assert build.results(course)["s1", "numbers"]["ending"] == "finished"


def test_what_fails_beside_others_has_a_second_try_alone() -> None:
    started: list[str] = []
    running: set[str] = set()
    company: dict[str, set[str]] = {}

    def grade(submission: Submission) -> Result:
        student = submission.student
        started.append(student)
        company[student] = set(running)
        running.add(student)
        time.sleep(0.01)
        running.remove(student)
        if student == "broken" or (student == "victim" and started.count(student) == 1):
            raise MemoryError
        return Result(student, "numbers", Ending.FINISHED, ())

    submissions = [Submission(name, "numbers", {}) for name in ("victim", "broken", "ada", "bob")]
    with ThreadPoolExecutor(4) as pool:
        outcomes = {submission.student: outcome for submission, outcome in grade_all(submissions, grade, pool, 4)}
    assert started[4:] == ["victim", "broken"] or started[4:] == ["broken", "victim"]
    assert company["victim"] == company["broken"] == set()
    assert {name for name, outcome in outcomes.items() if isinstance(outcome, Result)} == {"victim", "ada", "bob"}
