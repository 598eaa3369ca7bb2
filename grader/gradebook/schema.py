"""nbgrader's tables, as far as we use them, and one of ours.

They stand here so that nbgrader, whose import takes a second, is needed for a new database alone; `tests/test_schema.py`
holds these lines to nbgrader's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sql

Row = Mapping[str, Any]

VERSION = "e43177bfe90b"
"""The version of nbgrader's tables that these lines describe, as alembic names it."""

TABLES = sql.MetaData()


def _table(name: str, *columns: Any) -> sql.Table:
    return sql.Table(name, TABLES, *columns)


def _id(table: str = "") -> sql.Column[Any]:
    return sql.Column("id", sql.String(32), *([sql.ForeignKey(f"{table}.id")] if table else []), primary_key=True)


def _of(table: str, name: str = "", **about: Any) -> sql.Column[Any]:
    return sql.Column(name or f"{table}_id", sql.String(32), sql.ForeignKey(f"{table}.id"), **about)


def _kind(name: str) -> sql.Column[Any]:
    return sql.Column("cell_type", sql.Enum("code", "markdown", name=name), nullable=False)


def _name() -> sql.Column[Any]:
    return sql.Column("name", sql.String(128), nullable=False)


course = _table("course", sql.Column("id", sql.String(128), primary_key=True))
assignment = _table(
    "assignment",
    _id(),
    _name(),
    sql.Column("duedate", sql.DateTime),
    sql.Column("course_id", sql.String(128), sql.ForeignKey("course.id"), nullable=False),
)
notebook = _table("notebook", _id(), _name(), _of("assignment"), sql.Column("kernelspec", sql.String(1024)))
base_cell = _table("base_cell", _id(), _name(), _of("notebook", nullable=False), sql.Column("type", sql.String(50)))
grade_cells = _table(
    "grade_cells", _id("base_cell"), sql.Column("max_score", sql.Float, nullable=False), _kind("grade_cell_type")
)
solution_cells = _table("solution_cells", _id("base_cell"))
task_cells = _table(
    "task_cells", _id("base_cell"), sql.Column("max_score", sql.Float, nullable=False), _kind("grade_cell_type")
)
source_cell = _table(
    "source_cell",
    _id(),
    _name(),
    _kind("source_cell_type"),
    sql.Column("locked", sql.Boolean, nullable=False),
    sql.Column("source", sql.Text),
    sql.Column("checksum", sql.String(128)),
    _of("notebook"),
)
student = _table("student", sql.Column("id", sql.String(128), primary_key=True))
submitted_assignment = _table(
    "submitted_assignment",
    _id(),
    _of("assignment"),
    sql.Column("student_id", sql.String(128), sql.ForeignKey("student.id")),
    sql.Column("timestamp", sql.DateTime),
    sql.Column("extension", sql.Interval),
)
submitted_notebook = _table(
    "submitted_notebook",
    _id(),
    _of("submitted_assignment", "assignment_id"),
    _of("notebook"),
    sql.Column("flagged", sql.Boolean),
)
grade = _table(
    "grade",
    _id(),
    _of("submitted_notebook", "notebook_id"),
    _of("base_cell", "cell_id"),
    sql.Column("auto_score", sql.Float),
    sql.Column("manual_score", sql.Float),
    sql.Column("extra_credit", sql.Float),
    sql.Column("needs_manual_grade", sql.Boolean, nullable=False),
)
comment = _table(
    "comment",
    _id(),
    _of("submitted_notebook", "notebook_id"),
    _of("base_cell", "cell_id"),
    sql.Column("auto_comment", sql.Text),
    sql.Column("manual_comment", sql.Text),
)

grader_result = sql.Table(
    "grader_result",
    sql.MetaData(),
    sql.Column("student", sql.String(128), primary_key=True),
    sql.Column("assignment", sql.String(128), primary_key=True),
    sql.Column("fingerprint", sql.String(64), nullable=False),
    sql.Column("body", sql.Text, nullable=False),
)
"""What nbgrader's tables have no place for: messages, findings, how the run ended, and a digest of what was graded."""


HAVE = {grade: ("GradeCell", "TaskCell"), comment: ("SolutionCell", "TaskCell")}
"""Of which kinds of cells a submission has a grade, and of which a comment."""

_of_cell = (
    sql.select(
        submitted_assignment.c.student_id.label("student"),
        assignment.c.name.label("assignment"),
        notebook.c.name.label("notebook"),
        base_cell.c.name.label("cell"),
        submitted_assignment.c.id.label("submission"),
    )
    .select_from(submitted_assignment)
    .join(assignment)
    .join(submitted_notebook, submitted_notebook.c.assignment_id == submitted_assignment.c.id)
    .join(notebook, notebook.c.id == submitted_notebook.c.notebook_id)
)
grades = (
    _of_cell.add_columns(grade, sql.func.coalesce(grade_cells.c.max_score, task_cells.c.max_score).label("max_score"))
    .join(grade, grade.c.notebook_id == submitted_notebook.c.id)
    .join(base_cell, base_cell.c.id == grade.c.cell_id)
    .outerjoin(grade_cells, grade_cells.c.id == base_cell.c.id)
    .outerjoin(task_cells, task_cells.c.id == base_cell.c.id)
)
"""Each grade of each submission, with the names of what it is of."""
comments = (
    _of_cell.add_columns(comment)
    .join(comment, comment.c.notebook_id == submitted_notebook.c.id)
    .join(base_cell, base_cell.c.id == comment.c.cell_id)
)
"""Each comment of each submission, with the names of what it is of."""
submissions = (
    sql.select(
        submitted_assignment.c.id,
        submitted_assignment.c.student_id.label("student"),
        assignment.c.name.label("assignment"),
        submitted_assignment.c.timestamp,
        submitted_assignment.c.extension,
        assignment.c.duedate,
        grader_result.c.body,
    )
    .select_from(submitted_assignment)
    .join(assignment)
    .outerjoin(
        grader_result,
        (grader_result.c.student == submitted_assignment.c.student_id)
        & (grader_result.c.assignment == assignment.c.name),
    )
)
"""Each submission, with our own row of it if there is one."""


def new_id(*names: str) -> str:
    """Return the id of a row, made from what the row is of: the same class always gives the same gradebook."""
    return hashlib.blake2b(json.dumps(names).encode(), digest_size=16).hexdigest()


def of_cell(table: sql.Table, submitted: str, cell: str) -> dict[str, Any]:
    """Return a new grade or comment on a cell of a submitted notebook."""
    return {"id": new_id(table.name, submitted, cell), "notebook_id": submitted, "cell_id": cell}


def utc(moment: datetime) -> datetime:
    """Return a moment as nbgrader keeps it: in UTC, without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def add(db: sql.Connection, table: sql.Table, rows: Sequence[Row]) -> None:
    """Add rows, all of the same columns."""
    if rows:
        db.execute(sql.insert(table), rows)


def alter(db: sql.Connection, table: sql.Table, rows: Sequence[Row]) -> None:
    """Change the rows with these ids; all give the same columns."""
    if rows:
        of = table.c.id == sql.bindparam("of")
        db.execute(sql.update(table).where(of), [{**row, "of": row["id"]} for row in rows])
