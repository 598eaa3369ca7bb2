"""What the gradebook keeps: points by hand, changes of an assignment, late work, no old score that looks new."""

import fcntl
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import build
from build import RIGHT, by_cell, filled, hand_in
from grader.course.release import read_assignment
from grader.course.settings import open_course
from grader.gradebook import autograded, database, schema
from grader.gradebook.book import Gradebook
from grader.models import CellScore, Ending, Finding, GraderError, Result, Status
from grader.pages.render import as_csv, duration


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return build.course(tmp_path)


def result(points: float = 1, status: Status = Status.PASSED, **about: Any) -> Result:
    cells = (
        CellScore("double-visible", "double", points, 1, status, "said", "numbers"),
        CellScore("double-hidden", "double", 2, 2, Status.PASSED, "", "numbers"),
        CellScore("triple-visible", "triple", 0, 1, Status.FAILED, "no", "numbers"),
        CellScore("why", "why", None, 3, Status.WAITING, "a person marks this", "numbers"),
    )
    return Result("ada", "numbers", about.pop("ending", Ending.FINISHED), cells, (Finding("here", "this"),), **about)


def recorded(folder: Path, *results: tuple[Result, str]) -> Result:
    course = open_course(folder)
    with Gradebook(course) as book:
        book.register(read_assignment(course, "numbers"))
        for one, mark in results:
            book.record(one, mark)
        return book.results(["numbers"])[0]


def by_hand(folder: Path, cell: str, points: float) -> None:
    """Mark a cell as formgrader does."""
    from nbgrader.api import Gradebook as Book

    with Book(open_course(folder).gradebook) as book:
        grade = book.find_grade(cell, "numbers", "numbers", "ada")
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def test_a_result_comes_back_as_it_was_recorded(course: Path) -> None:
    kept = recorded(course, (result(), "a"))
    assert (kept.points, kept.maximum, kept.waiting, kept.ending) == (3, 7, True, Ending.FINISHED)
    assert kept.findings == (Finding("here", "this"),)
    assert kept.cells[0].message == "said"


def test_points_by_hand_survive_a_regrade_and_count(course: Path) -> None:
    recorded(course, (result(), "a"))
    by_hand(course, "why", 2.5)
    kept = recorded(course, (result(), "a"))
    assert kept.points == 5.5
    assert not kept.waiting


def test_a_changed_submission_asks_for_another_look_at_points_by_hand(course: Path) -> None:
    recorded(course, (result(), "a"))
    by_hand(course, "why", 2.5)
    kept = recorded(course, (result(), "another submission"))
    assert kept.points == 5.5
    assert kept.waiting


def test_a_failed_regrade_replaces_the_old_score(tmp_path: Path) -> None:
    folder = build.course(tmp_path)
    hand_in(folder, "ada", filled(build.released(folder), **RIGHT))
    build.run("grade", "--course", folder)
    assert build.results(folder)["ada", "numbers"]["points"] == 4
    hand_in(folder, "ada", b"{")
    build.run("grade", "--course", folder)
    row = build.results(folder)["ada", "numbers"]
    assert (row["points"], row["ending"]) == (0, "unreadable")
    assert not (folder / "autograded/ada/numbers/numbers.ipynb").exists()


def test_late_seconds_follow_from_the_due_date(tmp_path: Path) -> None:
    folder = build.course(tmp_path, settings="[tool.grader.due]\nnumbers = 2026-10-01T12:00:00+02:00\n")
    kept = recorded(folder, (result(handed_in=datetime.fromisoformat("2026-10-01T10:01:30+00:00")), "a"))
    assert kept.late_seconds == 90


LATE = datetime.fromisoformat("2026-10-01T10:00:00.400000+00:00")
DUE = "[tool.grader.due]\nnumbers = 2026-10-01T12:00:00+02:00\n"


def test_less_than_a_second_is_late_and_written_in_full(tmp_path: Path) -> None:
    folder = build.course(tmp_path, settings=DUE)
    kept = recorded(folder, (result(handed_in=LATE), "a"))
    assert kept.late_seconds == 0.4
    assert as_csv([kept]).splitlines()[1].endswith('"0.4"')
    assert as_csv([replace(kept, late_seconds=1234567.25)]).splitlines()[1].endswith('"1234567.25"')
    assert duration(kept.late_seconds) == "less than 1 s"


def test_where_something_is_due_a_time_that_nobody_knows_is_a_finding(tmp_path: Path) -> None:
    folder = build.course(tmp_path, settings=DUE)
    kept = recorded(folder, (result(), "a"))
    assert "not known" in kept.findings[-1].what
    kept = recorded(folder, (result(handed_in=LATE), "b"))
    assert kept.findings == (Finding("here", "this"),)
    kept = recorded(folder, (result(), "c"))
    assert "an earlier hand-in's" in kept.findings[-1].what


def test_nbgraders_penalty_takes_the_points_of_late_work_alone(tmp_path: Path) -> None:
    folder = build.course(tmp_path, settings=DUE)
    build.write(folder / "nbgrader_config.py", 'c = get_config()\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    kept = recorded(folder, (result(handed_in=LATE), "a"))
    assert (kept.points, kept.late_penalty, kept.cells[0].points) == (0, 3, 1)
    assert "penalty_method" in kept.findings[-1].what
    kept = recorded(folder, (result(handed_in=LATE.replace(hour=9)), "b"))
    assert (kept.points, kept.late_penalty) == (3, 0)


def test_a_plugin_of_the_courses_own_is_named(tmp_path: Path) -> None:
    folder = build.course(tmp_path, settings=DUE)
    build.write(
        folder / "nbgrader_config.py", 'c = get_config()\nc.AssignLatePenalties.plugin_class = "late.SubMarks"\n'
    )
    kept = recorded(folder, (result(handed_in=LATE), "a"))
    assert kept.points == 3 and "late.SubMarks" in kept.findings[-1].what
    assert "late.SubMarks is not run" in build.run("grade", "--course", folder).stdout


def cells_come_and_go(course: Path) -> None:
    """Change a cell, and a notebook that is there for a while, under a class that was graded."""
    build.write(course / "source/numbers/extra.ipynb", build.notebook(build.essay("more", "YOUR ANSWER HERE", 10)))
    assert recorded(course, (result(), "a")).maximum == 17
    (course / "source/numbers/extra.ipynb").unlink()
    cells = [cell for cell in build.DOUBLE if cell["id"] != "triple-visible"]
    build.write(
        course / "source/numbers/numbers.ipynb",
        build.notebook(*cells, build.test("triple-edges", "assert triple(0) == 0", 5)),
    )
    kept = recorded(course)
    assert {score.cell for score in kept.cells} == {"double-visible", "double-hidden", "why", "triple-edges"}
    assert kept.maximum == 11


def test_cells_and_notebooks_may_come_and_go_while_there_are_submissions(course: Path) -> None:
    cells_come_and_go(course)
    with sqlite3.connect(course / "gradebook.db") as db:
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def changed(folder: Path, **ids: str) -> None:
    """Give cells of the source other ids, or ('') leave them out."""
    cells = [
        {**cell, "id": new, "metadata": {"nbgrader": {**cell["metadata"].get("nbgrader", {}), "grade_id": new}}}
        for cell in build.DOUBLE
        if (new := ids.get(cell["id"].replace("-", "_"), cell["id"]))
    ]
    build.write(folder / "source/numbers/numbers.ipynb", build.notebook(*cells))


def test_marks_by_hand_survive_a_cell_that_gets_another_id(course: Path) -> None:
    recorded(course, (result(), "a"))
    by_hand(course, "why", 2.5)
    changed(course, why="because")
    kept = recorded(course)
    assert {score.cell: score.points for score in kept.cells}["because"] == 2.5


@pytest.mark.parametrize("gone", [{"why": ""}, {"double_visible": ""}])
def test_a_cell_with_marks_by_hand_is_not_dropped(course: Path, gone: dict[str, str]) -> None:
    recorded(course, (result(), "a"))
    (cell,) = gone
    by_hand(course, cell.replace("_", "-"), 0.5)
    changed(course, **gone)
    with pytest.raises(GraderError, match="1 submissions have marks or comments by hand"):
        recorded(course)
    changed(course)
    assert {score.cell: score.points for score in recorded(course).cells}[cell.replace("_", "-")] == 0.5


def test_a_cell_with_marks_by_hand_stays_of_its_kind(course: Path) -> None:
    recorded(course, (result(), "a"))
    by_hand(course, "why", 2.5)
    task = [*build.DOUBLE[:-1], build.text("why", "Draw it.", task=True, locked=True, points=3)]
    build.write(course / "source/numbers/numbers.ipynb", build.notebook(*task))
    with pytest.raises(GraderError, match="why is gone, or has another id or kind"):
        recorded(course)


def test_a_notebook_with_marks_by_hand_is_not_dropped(course: Path) -> None:
    recorded(course, (result(), "a"))
    by_hand(course, "why", 2.5)
    (course / "source/numbers/numbers.ipynb").rename(course / "source/numbers/other.ipynb")
    with pytest.raises(GraderError, match="why is gone"):
        recorded(course)


def test_cells_that_cannot_be_told_apart_are_not_renamed(course: Path) -> None:
    two = [*build.DOUBLE, build.essay("whence", "YOUR ANSWER HERE")]
    build.write(course / "source/numbers/numbers.ipynb", build.notebook(*two))
    recorded(course, (result(), "a"))
    by_hand(course, "why", 2.5)
    three = [*build.DOUBLE[:-1], build.essay("one", "YOUR ANSWER HERE"), build.essay("two", "YOUR ANSWER HERE")]
    build.write(course / "source/numbers/numbers.ipynb", build.notebook(*three))
    with pytest.raises(GraderError, match="why is gone"):
        recorded(course)


def test_an_assignment_whose_marks_would_be_lost_stops_no_other(tmp_path: Path) -> None:
    folder = build.course(build.course(tmp_path), name="other")
    for name in ("numbers", "other"):
        hand_in(folder, "ada", filled(build.released(folder, name), **RIGHT), name=name)
    build.run("grade", "--course", folder)
    by_hand(folder, "why", 2.5)
    changed(folder, why="")
    done = build.run("grade", "--again", "--course", folder)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 2)
    assert "1 graded" in done.stdout
    assert build.run("release", "--course", folder).returncode == 2
    assert (folder / "release/other/other.ipynb").is_file()


def test_an_address_that_cannot_be_opened_is_one_clear_message(course: Path) -> None:
    build.write(course / "pyproject.toml", '[tool.grader]\ngradebook = "sqlite:////nowhere/at/all.db"\n')
    with pytest.raises(GraderError, match="cannot be opened"):
        recorded(course)


def test_a_gradebook_that_another_program_holds_is_two_lines(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(course, (result(), "a"))
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    with sqlite3.connect(course / "gradebook.db") as other, Gradebook(open_course(course)) as book:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GraderError, match=r"locked.*\n  fix: another program holds it"):
            book.record(result(2), "b")
        done = build.run("results", "--course", course)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 2)
        other.rollback()
    assert recorded(course).cells[0].points == 1


def test_a_gradebook_for_which_there_is_no_room_is_two_lines_and_stays_whole(course: Path) -> None:
    recorded(course, (result(), "a"))
    engine = database.connect(open_course(course).gradebook)

    def fill(db: Any) -> None:
        db.exec_driver_sql("PRAGMA max_page_count = 1")
        db.exec_driver_sql("DELETE FROM grade")
        schema.add(db, schema.student, [{"id": f"{number:0100}"} for number in range(1_000)])

    with pytest.raises(GraderError, match=r"full.*\n  fix: make room"):
        database.transact(engine, fill)
    engine.dispose()
    assert recorded(course).points == 3


def test_the_course_s_own_nbgrader_settings_name_the_gradebook(course: Path) -> None:
    address = f"sqlite:///{course}/marks.db"
    build.write(course / "nbgrader_config.py", f"c = get_config()\nc.CourseDirectory.db_url = {address!r}\n")
    recorded(course, (result(), "a"))
    assert (course / "marks.db").exists()


def test_a_new_gradebook_needs_no_active_environment(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert recorded(course, (result(), "a")).points == 3


def test_partial_points_come_from_the_value_of_the_test(tmp_path: Path) -> None:
    cells = (
        build.answer("double", build.solved("return 2 * x")),
        build.test("share", "good = sum(double(x) == 2 * x for x in (1, -1))\ngood / 2 * 3", 3),
        build.test("text", "double(1)\n'fine'", 1),
    )
    folder = build.course(tmp_path, *cells)
    given = build.released(folder)
    hand_in(folder, "half", filled(given, double="def double(x):\n    return abs(2 * x)"))
    hand_in(folder, "full", filled(given, **RIGHT))
    hand_in(folder, "liar", filled(given, double="def double(x):\n    display(3)\n    return None"))
    assert build.run("grade", "--course", folder).returncode == 1  # text is no number of points
    rows = build.results(folder)
    assert by_cell(rows["half", "numbers"])["share"]["points"] == 1.5
    assert by_cell(rows["half", "numbers"])["share"]["status"] == "partial"
    assert rows["full", "numbers"]["points"] == 3
    assert by_cell(rows["full", "numbers"])["text"]["status"] == "waiting"
    assert by_cell(rows["liar", "numbers"])["share"]["points"] == 0


def tree(folder: Path) -> dict[str, bytes]:
    """Return what grading wrote: the gradebook and `autograded/`, file by file."""
    files = [folder / "gradebook.db", *sorted((folder / "autograded").rglob("*"))]
    return {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"" for path in files}


def test_grading_the_same_again_leaves_the_same_bytes(tmp_path: Path) -> None:
    folder = build.course(tmp_path)
    for student in ("ada", "bob"):
        hand_in(folder, student, filled(build.released(folder), **RIGHT))
        hand_in(folder, student, "2026-10-01 12:00:00 UTC\n", file="timestamp.txt")
    assert build.run("grade", "--course", folder).returncode == 0
    before = tree(folder)
    assert "2 graded" in build.run("grade", "--again", "--course", folder).stdout
    assert "2 unchanged" in build.run("grade", "--course", folder).stdout
    assert tree(folder) == before


def graded_by_many(folder: Path) -> None:
    """Let six graders make, register and record at once, some of them the same student."""
    course = open_course(folder)
    assignment = read_assignment(course, "numbers")

    def grade(number: int) -> None:
        with Gradebook(course) as book:
            book.register(assignment)
            for points, student in enumerate(("ada", f"student{number}", "ada")):
                book.record(replace(result(points / 2), student=student), f"{points}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(grade, range(6)))
    with Gradebook(course) as book:
        found = {one.student: one.cells[0].points for one in book.results(["numbers"])}
    assert found == {"ada": 1, **{f"student{number}": 0.5 for number in range(6)}}


def test_many_graders_at_once(course: Path) -> None:
    graded_by_many(course)


def test_who_replaces_notebooks_keeps_others_waiting(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, given = open_course(course), {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    one = replace(result(), notebooks={"numbers": given})
    other = replace(one, notebooks={"numbers": {**given, "metadata": {"by": "another grader"}}})
    entered, waits, flock = threading.Event(), threading.Event(), fcntl.flock

    def told(descriptor: int, operation: int) -> None:
        try:
            flock(descriptor, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            waits.set()
            flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", told)

    def replace_too() -> None:
        with autograded.replacing(opened, other, {}):
            entered.set()

    second = threading.Thread(target=replace_too)
    with autograded.replacing(opened, one, {}):
        second.start()
        assert waits.wait(10) and not entered.is_set()
        assert autograded.read(opened, "ada", "numbers") == one.notebooks
    second.join(10)
    assert entered.is_set() and autograded.read(opened, "ada", "numbers") == other.notebooks
    assert not autograded.is_incomplete(opened, "ada", "numbers")
