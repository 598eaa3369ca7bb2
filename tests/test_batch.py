"""What a command does no second time: convert a source, read a submission, grade what has not changed."""

import errno
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sql

import build
from build import RIGHT, filled, hand_in
from grader.course import release
from grader.course.release import AssignmentLoader
from grader.course.settings import open_course
from grader.engine.run import Engine
from grader.gradebook import autograded, submission_rows
from grader.gradebook.book import Gradebook
from grader.grading import many, mishaps
from grader.grading import verify as verifying
from grader.grading.many import grade_all
from grader.models import Ending, Executed, GraderError, Job, Notebook, Result, Submission

STUDENTS = [f"s{number}" for number in range(6)]


@pytest.fixture(autouse=True)
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Notebook]:
    """Run no cell; return the notebooks that would have been run."""
    notebooks: list[Notebook] = []

    def execute(engine: Engine, job: Job) -> Executed:
        notebooks.append(job.notebook)
        return Executed(job.notebook, Ending.FINISHED)

    monkeypatch.setattr(Engine, "execute", execute)
    monkeypatch.setattr(many, "prepared", lambda assignment, *_: assignment)  # the solution is not run either
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
    read, marked = calls(monkeypatch, many, "read_submission"), calls(monkeypatch, many, "submission_digest")
    grounds = calls(monkeypatch, many, "assignment_digest")
    grade(course, "--again")
    assert (len(read), len(marked), len(grounds)) == (6, 6, 1)


def test_submissions_are_read_when_their_turn_comes(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead: list[int] = []
    read, recorded = calls(monkeypatch, many, "read_submission"), calls(monkeypatch, Gradebook, "record")
    real = many.read_submission
    monkeypatch.setattr(
        many, "read_submission", lambda *given: (real(*given), ahead.append(len(read) - len(recorded)))[0]
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
    monkeypatch.setattr("grader.identity.__version__", "99")
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
        patch.setattr(Engine, "execute", broken)
        grade(course, "--again", "--student", "s1")
    assert build.results(course)["s1", "numbers"]["ending"] == "died"
    assert grade(course).startswith("1 graded, 5 unchanged")
    assert build.results(course)["s1", "numbers"]["ending"] == "finished"


def deeper_than_any_path(folder: Path) -> None:
    place = os.open(folder / "submitted/s1/numbers", os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=place)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)


def file_in_place_of_its_folder(folder: Path) -> None:
    shutil.rmtree(folder / "autograded/s1")
    (folder / "autograded/s1").write_text("")


def file_where_its_folder_is_made(folder: Path) -> None:
    shutil.rmtree(folder / "autograded/s1/numbers")
    (folder / "autograded/s1/.numbers.new").write_text("")


def fifo(folder: Path) -> None:
    (folder / "submitted/s1/numbers/numbers.ipynb").unlink()
    os.mkfifo(folder / "submitted/s1/numbers/numbers.ipynb")


def notebook_that_is_a_folder(folder: Path) -> None:
    (folder / "submitted/s1/numbers/numbers.ipynb").unlink()
    (folder / "submitted/s1/numbers/numbers.ipynb").mkdir()


def links_in_a_loop(folder: Path) -> None:
    for name, other in (("numbers.ipynb", "a.ipynb"), ("a.ipynb", "numbers.ipynb"), ("loop", ".")):
        (folder / "submitted/s1/numbers" / name).unlink(missing_ok=True)
        (folder / "submitted/s1/numbers" / name).symlink_to(other)


WAIT, NOTHING, ALL = (True, Ending.DIED), (False, Ending.UNREADABLE), (False, Ending.FINISHED)


@pytest.mark.parametrize(
    ("absurd", "outcome"),
    [
        (deeper_than_any_path, ALL), (file_in_place_of_its_folder, WAIT), (file_where_its_folder_is_made, WAIT),
        (fifo, NOTHING), (notebook_that_is_a_folder, NOTHING), (links_in_a_loop, NOTHING),
    ],
)  # fmt: skip
def test_no_absurd_thing_of_one_student_stops_the_batch(
    course: Path, absurd: Callable[[Path], None], outcome: tuple[bool, Ending]
) -> None:
    absurd(course)
    done = build.run("grade", "--again", "--course", course)
    assert (done.stdout[:9], done.returncode) == ("6 graded,", int(outcome == WAIT))
    found = {student: (row["waiting"], row["ending"]) for (student, _), row in build.results(course).items()}
    assert found.pop("s1") == outcome
    assert set(found.values()) == {(False, Ending.FINISHED)}
    assert build.results(course)["s1", "numbers"]["findings"]


def fails_for_s1(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, error: Exception) -> None:
    real = getattr(where, name)

    def failing(*given: Any, **more: Any) -> Any:
        waits = any(isinstance(one, Result) and not one.notebooks for one in given)
        if not waits and any("s1" in str(getattr(one, "student", one)) for one in given):
            raise error
        return real(*given, **more)

    monkeypatch.setattr(where, name, failing)


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (many, "read_submission"),
        (many, "submission_digest"),
        (many, "grade_one"),
        (submission_rows, "record"),
        (autograded, "_write"),
    ],
)
def test_an_error_of_the_grader_s_own_costs_one_row_and_is_kept_with_its_traceback(
    course: Path, monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    with monkeypatch.context() as patch:
        fails_for_s1(patch, where, name, TypeError("ours"))
        done = build.run("grade", "--again", "--course", course)
    assert done.stdout.startswith("6 graded")
    log = (course / "grader.log").read_text()
    assert "s1 numbers\nTraceback" in log and f"in {'failing'}" in log and "TypeError: ours" in log
    row = build.results(course)["s1", "numbers"]
    assert done.returncode == 1 and row["ending"] == "died" and row["waiting"]
    assert row["findings"][0]["what"] == "the grader itself failed on it (TypeError)"
    assert "grader.log" in row["findings"][0]["fix"]
    assert grade(course).startswith("1 graded, 5 unchanged")


@pytest.mark.parametrize("command", ["grade", "verify"])
def test_an_error_of_the_grader_s_own_on_a_solution_stops_its_assignment_alone(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        build.course(tmp_path, name=name)
        build.hand_in(tmp_path, "ada", build.filled(build.released(tmp_path, name), **build.RIGHT), name=name)

    def failing(assignment: Any, *given: Any, **more: Any) -> Any:
        if assignment.name == "one":
            raise TypeError("ours")
        return assignment

    monkeypatch.setattr({"grade": many, "verify": verifying}[command], "prepared", failing)
    done = build.run(command, "--course", tmp_path)
    assert "source/one: the grader itself failed while it tried the solution (TypeError: ours)" in (
        done.stderr + done.stdout
    )
    assert "source/two: the grader" not in done.stderr + done.stdout
    assert "TypeError: ours" in (tmp_path / "grader.log").read_text()
    if command == "grade":
        assert (done.returncode, done.stdout.splitlines()[-1].split(";")[0]) == (2, "1 graded, 0 unchanged")


def test_a_submission_of_which_nothing_can_be_recorded_is_named(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(db: Any, result: Result, mark: str) -> None:
        if result.student == "s1":
            raise TypeError("ours")

    monkeypatch.setattr(submission_rows, "record", failing)
    done = build.run("grade", "--again", "--course", course)
    assert done.stdout.startswith("6 graded") and done.returncode == 2
    assert "submitted/s1/numbers: could not be recorded (TypeError: ours)\n  fix: see grader.log" in done.stderr


def test_a_folder_that_cannot_be_read_waits_for_who_can_open_it(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, scandir = course / "submitted/s1/numbers", os.scandir

    def refuse(folder: Any = ".") -> Any:  # from Python 3.13 on, Path.iterdir asks here for the folder above as well
        if folder == place:
            raise PermissionError(13, "Permission denied", str(place))
        return scandir(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        assert grade(course, "--again").startswith("6 graded")
    row = build.results(course)["s1", "numbers"]
    assert row["waiting"] and row["ending"] == "died"
    said = "submitted/s1/numbers could not be read or written (Permission denied)"
    assert row["findings"] == [{"where": "numbers", "what": said, "fix": "see to it, and grade again"}]


@pytest.mark.parametrize(
    ("error", "all_of_them"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True), (OSError(errno.EROFS, "Read-only file system"), True),
        (GraderError("locked", "gradebook.db", "wait"), True), (KeyboardInterrupt(), True),
        (sql.exc.OperationalError("INSERT", {}, Exception("locked")), True),
        (sql.exc.DataError("INSERT", {}, Exception("too long")), False),
        (OSError(errno.ENAMETOOLONG, "File name too long"), False), (PermissionError(13, "Permission denied"), False),
        (TypeError("ours"), False), (OverflowError("date value out of range"), False), (MemoryError(), False),
    ],
)  # fmt: skip
def test_what_would_meet_all_submissions_is_told_from_what_meets_one(error: BaseException, all_of_them: bool) -> None:
    assert mishaps.concerns_all(error) is all_of_them


@pytest.mark.parametrize("name", ["read_submission", "grade_one"])
def test_a_full_disk_is_no_student_s(course: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    fails_for_s1(monkeypatch, many, name, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises((OSError, GraderError), match="No space left"):
        many.grade_course(AssignmentLoader(open_course(course)), ["numbers"], [], quietly, build.engine(), again=True)
    monkeypatch.undo()
    assert all(row["ending"] == "finished" for row in build.results(course).values())


@contextmanager
def quietly(*_: Any) -> Iterator[Callable[[], None]]:
    yield lambda: None


def test_the_log_does_not_grow_without_end_and_steers_no_terminal(tmp_path: Path) -> None:
    made = open_course(build.course(tmp_path))
    (tmp_path / "grader.log").write_bytes(bytes(2**23 + 1))
    for text in ("\x1b[2J", "x" * 10**6, "last"):
        mishaps.note(made, "ada", "numbers", ValueError(text))
    log = (tmp_path / "grader.log").read_text()
    assert len(log) < 10**5 and log.endswith("ValueError: last\n\n") and "\x1b" not in log


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


@pytest.mark.parametrize(("each", "ahead"), [(10, 4), (3 * 2**23, 2), (2**26, 1)])
def test_of_large_submissions_fewer_are_read_ahead(each: int, ahead: int) -> None:
    read: list[str] = []

    def submissions() -> Iterator[Submission]:
        for student in "abcdefgh":
            read.append(student)
            yield Submission(student, "numbers", {}, {"data": bytes(each)})

    with ThreadPoolExecutor(1) as pool:
        outcomes = grade_all(submissions(), lambda one: Result(one.student, "numbers", Ending.FINISHED, ()), pool, 4)
        next(outcomes)
        assert len(read) == ahead
        assert len([*outcomes]) == 7


@contextmanager
def _noted(held: list[tuple[str, ...]], name: tuple[str, ...]) -> Iterator[None]:
    held.append(name)
    yield
    held.remove(name)


def turns(monkeypatch: pytest.MonkeyPatch, **modules: str) -> tuple[Any, list[tuple[str, ...]]]:
    """Return the turns of assignments with these modules, and what is held for them."""
    held: list[tuple[str, ...]] = []
    engine = Engine(jobs=1)
    monkeypatch.setattr(engine, "hold", lambda modules: _noted(held, modules))
    monkeypatch.setattr(engine, "warm", lambda modules: None)
    return many._Turns(engine, {name: tuple(each) for name, each in modules.items()}), held


def test_what_an_assignment_needs_is_held_until_its_last_submission_and_what_comes_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taking, held = turns(monkeypatch, one="a", two="a", three="ab", four="c")
    with taking:
        taking.begin(Counter(one=2, two=1, three=1, four=1))
        seen = [held.copy()]
        for name in ("one", "two", "one", "three", "four"):
            taking.end(name)
            seen.append(held.copy())
    assert seen == [*[[("a",), ("a", "b")]] * 3, [("a", "b"), ("c",)], [("c",)], []]


def test_what_is_held_is_let_go_when_the_work_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    taking, held = turns(monkeypatch, one="a", two="b")
    with taking:
        assert held == [("a",), ("b",)]  # what the command has begun to import is not ended while solutions are tried
    assert not held


def test_assignments_with_the_same_modules_come_one_after_the_other() -> None:
    lists = {"one": ("b",), "two": ("a", "b"), "three": ("b",), "four": ("b", "a"), "five": ("a",)}
    given: Any = {name: SimpleNamespace(preload=modules) for name, modules in lists.items()}
    assert [*many._by_modules(given)] == ["one", "three", "two", "four", "five"]
