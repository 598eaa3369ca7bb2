"""Keep results in nbgrader's gradebook. The one writer of the database and of `autograded/`.

Points go into nbgrader's own tables, so formgrader and every `nbgrader` command see them. A write is one
transaction and changes only what differs, so grading the same again leaves the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any

import sqlalchemy as sql

from grader.gradebook import assignment_rows, autograded, database, submission_rows
from grader.gradebook import schema as t
from grader.models import Assignment, CellScore, Course, Ending, Finding, Result, Status


class Gradebook:
    """The gradebook of a course, open; use it in a `with` block, from one thread."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self._engine = database.connect(course.gradebook)
        with self._engine.begin() as db:
            known = set(db.scalars(sql.select(t.course.c.id)))
        if course.name and course.name not in known:
            self._change(assignment_rows.upsert, t.course, sql.true(), ("id",), [{"id": course.name}])

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.dispose()

    def _change(self, work: Any, *what: Any) -> None:
        database.transact(self._engine, lambda db: work(db, *what))

    def register(self, assignment: Assignment) -> None:
        """Record an assignment's notebooks and cells; cells may come, change and go while there are submissions."""
        self._change(assignment_rows.register, assignment, self.course)

    def record(self, result: Result, fingerprint: str, files: Mapping[str, bytes] | None = None) -> None:
        """Record a result in one transaction: automatic points replace earlier ones, manual points stay.

        Its notebooks and the student's `files` are in `autograded/` before.
        """
        with autograded.replacing(self.course, result, files or {}):
            self._change(submission_rows.record, result, fingerprint)

    def fingerprints(self, assignments: Sequence[str] = (), students: Sequence[str] = ()) -> dict[tuple[str, str], str]:
        """Return for each recorded (student, assignment), or those asked for, the fingerprint of what was graded.

        Left out is what a run was recording when it was ended.
        """
        kept = t.grader_result.c
        with self._engine.begin() as db:
            query = sql.select(kept.student, kept.assignment, kept.fingerprint)
            for column, names in ((kept.assignment, assignments), (kept.student, students)):
                query = query.where(column.in_(names)) if names else query
            rows = db.execute(query).all()
        return {(s, a): mark for s, a, mark in rows if not autograded.is_incomplete(self.course, s, a)}

    def results(self, assignments: Iterable[str], students: Sequence[str] = ()) -> list[Result]:
        """Return what the gradebook holds, by assignment and student; points given by hand count as they stand now."""
        wanted = t.assignment.c.name.in_(list(assignments))
        if students:
            wanted &= t.submitted_assignment.c.student_id.in_(students)
        grades: dict[str, dict[tuple[str, str], Any]] = {}
        with self._engine.begin() as db:
            for row in db.execute(t.grades.where(wanted)):
                grades.setdefault(row.submission, {})[row.notebook, row.cell] = row
            rows = db.execute(t.submissions.where(wanted)).all()
        rows.sort(key=lambda row: (row.assignment, row.student))
        return [_in_time(_result(row, grades.get(row.id, {})), row, self.course.late_penalty) for row in rows]

    def comments(self) -> dict[tuple[str, str], dict[tuple[str, str], str]]:
        """Return by (student, assignment) what instructors wrote, by (notebook, cell)."""
        said: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
        with self._engine.begin() as db:
            for row in db.execute(t.comments.where(t.comment.c.manual_comment.is_not(None))):
                said.setdefault((row.student, row.assignment), {})[row.notebook, row.cell] = row.manual_comment
        return said


def _result(row: Any, grades: Mapping[tuple[str, str], Any]) -> Result:
    """Join nbgrader's rows of one submission with ours; a submission that nbgrader alone graded has none of ours."""
    none: dict[str, Any] = {"ending": Ending.FINISHED, "cells": [], "findings": []}
    body = json.loads(row.body) if row.body else none
    known = {(cell["notebook"], cell["cell"]): cell for cell in body["cells"]}
    order = [*[key for key in known if key in grades], *sorted(key for key in grades if key not in known)]
    return Result(
        student=row.student,
        assignment=row.assignment,
        ending=Ending(body["ending"]),
        cells=tuple(_score(key, grades[key], known.get(key)) for key in order),
        findings=tuple(Finding(**finding) for finding in body["findings"]),
        late_seconds=_late_seconds(row),
        handed_in=row.timestamp,
    )


def _late_seconds(row: Any) -> float:
    if row.timestamp is None or row.duedate is None:
        return 0.0
    due = row.duedate + row.extension if row.extension else row.duedate
    return max(0.0, float((row.timestamp - due).total_seconds()))


def _in_time(result: Result, row: Any, penalty: str) -> Result:
    """Return a result with what lateness costs, or with a finding where it is not known."""
    where = f"submitted/{result.student}/{result.assignment}/timestamp.txt"
    stamped = bool(json.loads(row.body).get("stamped", True)) if row.body else True
    said = any(one.where == "timestamp.txt" for one in result.findings)
    if row.duedate is not None and not said and (row.timestamp is None or not stamped):
        what = "it is due at a time, and when it was handed in is not known"
        what += "; the time in the gradebook is an earlier hand-in's" if row.timestamp else ""
        finding = Finding("timestamp.txt", what, f"write the time into {where}, and grade again")
        return replace(result, findings=(*result.findings, finding))
    if not result.late_seconds or not penalty:
        return result
    if penalty == "zero":
        finding = Finding("late", "it has no points, as nbgrader_config.py says of late work: penalty_method is 'zero'")
        return replace(result, late_penalty=result.points, findings=(*result.findings, finding))
    what = f"its points are those before a penalty, as the course's own {penalty} was not run"
    finding = Finding("late", what, "take it off by hand; late_seconds tells how late it is")
    return replace(result, findings=(*result.findings, finding))


def _score(key: tuple[str, str], grade: Any, known: Mapping[str, Any] | None) -> CellScore:
    maximum, by_hand = float(grade.max_score or 0.0), grade.manual_score is not None
    earned = grade.manual_score if by_hand else grade.auto_score
    points = float(earned + (grade.extra_credit or 0.0)) if earned is not None else 0.0
    status, message = (Status(known["status"]), known["message"]) if known else (_status(points, maximum), "")
    if by_hand:
        status, message = _status(points, maximum), f"marked by hand{': ' + message if message else ''}"
    if grade.needs_manual_grade:
        status = Status.WAITING
    exercise = known["exercise"] if known else key[1]
    beside, detail = bool(known and known.get("beside")), str(known.get("detail", "")) if known else ""
    return CellScore(key[1], exercise, points, maximum, status, message, key[0], beside, detail)


def _status(points: float, maximum: float) -> Status:
    return Status.PASSED if points >= maximum else Status.PARTIAL if points > 0 else Status.FAILED
