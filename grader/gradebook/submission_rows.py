"""Write into nbgrader's tables what a submission earned, changing only what differs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sql

from grader.gradebook import schema as t
from grader.models import CellScore, Result, Status

_STANDING = (
    sql.select(
        t.assignment.c.id.label("assignment_id"),
        t.notebook.c.id.label("notebook_id"),
        t.notebook.c.name.label("notebook"),
        t.base_cell.c.id.label("cell_id"),
        t.base_cell.c.name.label("cell"),
        t.base_cell.c.type.label("kind"),
        t.student.c.id.label("student_id"),
        t.submitted_assignment.c.id.label("submission_id"),
        t.submitted_assignment.c.timestamp,
        t.submitted_notebook.c.id.label("submitted_id"),
        t.grade.c.id.label("grade_id"),
        t.grade.c.auto_score,
        t.grade.c.manual_score,
        t.grade.c.needs_manual_grade,
        t.comment.c.id.label("comment_id"),
        t.comment.c.auto_comment,
    )
    .select_from(t.assignment)
    .join(t.notebook)
    .outerjoin(t.base_cell)
    .outerjoin(t.student, t.student.c.id == sql.bindparam("student"))
    .outerjoin(
        t.submitted_assignment,
        (t.submitted_assignment.c.assignment_id == t.assignment.c.id)
        & (t.submitted_assignment.c.student_id == t.student.c.id),
    )
    .outerjoin(
        t.submitted_notebook,
        (t.submitted_notebook.c.notebook_id == t.notebook.c.id)
        & (t.submitted_notebook.c.assignment_id == t.submitted_assignment.c.id),
    )
    .outerjoin(t.grade, (t.grade.c.cell_id == t.base_cell.c.id) & (t.grade.c.notebook_id == t.submitted_notebook.c.id))
    .outerjoin(
        t.comment, (t.comment.c.cell_id == t.base_cell.c.id) & (t.comment.c.notebook_id == t.submitted_notebook.c.id)
    )
    .where(t.assignment.c.name == sql.bindparam("assignment"))
    .order_by(t.notebook.c.name, t.base_cell.c.id)
    .with_for_update(read=True, of=t.assignment)  # who registers it waits
)
"""Each cell of an assignment with what there is of it from one student."""


def record(db: sql.Connection, result: Result, fingerprint: str) -> None:
    """Record a result: automatic points replace earlier ones, manual points stay."""
    kept, key = t.grader_result, {"student": result.student, "assignment": result.assignment}
    earlier = db.execute(sql.select(kept.c.fingerprint, kept.c.body).filter_by(**key)).first()
    standing = db.execute(_STANDING, key).all()
    submitted = _submit(db, result, standing)
    same = earlier is not None and earlier.fingerprint == fingerprint
    scores = {(score.notebook, score.cell): score for score in result.cells}
    _mark(db, standing, submitted, scores, same)
    _remark(db, standing, submitted, scores)
    body = _body(result)
    if earlier is None:
        db.execute(sql.insert(kept), {**key, "fingerprint": fingerprint, "body": body})
    elif earlier != (fingerprint, body):
        db.execute(sql.update(kept).filter_by(**key), {"fingerprint": fingerprint, "body": body})


def _submit(db: sql.Connection, result: Result, standing: Sequence[Any]) -> dict[str, str]:
    """Let there be the student, the submission and its notebooks; return their ids by those of the notebooks."""
    one = standing[0]
    if one.student_id is None:
        t.add(db, t.student, [{"id": result.student}])
    stamp = {"timestamp": t.utc(result.handed_in)} if result.handed_in else {}
    place = {"assignment_id": one.assignment_id, "student_id": result.student}
    submission_id = one.submission_id or t.new_id("submitted_assignment", *place.values())
    if one.submission_id is None:
        t.add(db, t.submitted_assignment, [{"id": submission_id, **place, **stamp}])
    elif stamp and one.timestamp != stamp["timestamp"]:
        t.alter(db, t.submitted_assignment, [{"id": submission_id, **stamp}])
    known = {row.notebook_id: row.submitted_id for row in standing}
    ids = {notebook: old or t.new_id("submitted_notebook", submission_id, notebook) for notebook, old in known.items()}
    new = [notebook for notebook, old in known.items() if old is None]
    rows = [{"id": ids[one], "assignment_id": submission_id, "notebook_id": one, "flagged": False} for one in new]
    t.add(db, t.submitted_notebook, rows)
    return ids


def _mark(
    db: sql.Connection,
    standing: Sequence[Any],
    submitted: Mapping[str, str],
    scores: Mapping[tuple[str, str], CellScore],
    same: bool,
) -> None:
    """Record the grades. Points by hand stay, and ask for another look unless they are for the `same` work."""
    added, changed = [], []
    for row in standing:
        if row.kind not in t.HAVE[t.grade]:
            continue
        score, by_hand = scores.get((row.notebook, row.cell)), row.manual_score is not None
        points, waits = row.auto_score, row.needs_manual_grade or row.grade_id is None
        if score:
            points = score.points
            if not (by_hand and same):
                waits = by_hand or score.status is Status.WAITING
        mark = {"auto_score": points, "needs_manual_grade": waits}
        if row.grade_id is None:
            added.append(t.of_cell(t.grade, submitted[row.notebook_id], row.cell_id) | mark)
        elif (points, waits) != (row.auto_score, row.needs_manual_grade):
            changed.append({"id": row.grade_id, **mark})
    t.add(db, t.grade, added)
    t.alter(db, t.grade, changed)


def _remark(
    db: sql.Connection,
    standing: Sequence[Any],
    submitted: Mapping[str, str],
    scores: Mapping[tuple[str, str], CellScore],
) -> None:
    """Record the automatic comments: that there is no answer, where there is none."""
    added, changed = [], []
    for row in standing:
        if row.kind not in t.HAVE[t.comment]:
            continue
        score = scores.get((row.notebook, row.cell))
        said = "No response." if score and score.status is Status.UNANSWERED else None
        if row.comment_id is None:
            added.append({**t.of_cell(t.comment, submitted[row.notebook_id], row.cell_id), "auto_comment": said})
        elif said != row.auto_comment:
            changed.append({"id": row.comment_id, "auto_comment": said})
    t.add(db, t.comment, added)
    t.alter(db, t.comment, changed)


def _body(result: Result) -> str:
    names = ("cell", "exercise", "maximum", "status", "message", "notebook", "beside", "detail")
    cells = [{name: getattr(score, name) for name in names} for score in result.cells]
    findings = [{"where": finding.where, "what": finding.what, "fix": finding.fix} for finding in result.findings]
    stamped = result.handed_in is not None
    return json.dumps(
        {"ending": result.ending, "cells": cells, "findings": findings, "stamped": stamped}, sort_keys=True
    )
