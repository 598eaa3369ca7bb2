"""Open a gradebook's database: nbgrader's tables, one of ours, and transactions that are safe beside other graders.

Only what we use of nbgrader's tables stands here, so that nbgrader, whose import takes a second, is needed
for a new database alone; `tests/test_tables.py` holds these lines to nbgrader's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sql

from grader.models import GraderError

T = TypeVar("T")
Row = Mapping[str, Any]

VERSION = "e43177bfe90b"
"""The version of nbgrader's tables that these lines describe, as alembic names it."""

PATIENCE = 60.0
"""Seconds to wait for another program that holds a gradebook."""
_LOCKED = "another program holds it: let that end, then run the same command again"
_WAYS_OUT = {
    "locked": _LOCKED,
    "disk is full": "make room on its disk, then run the same command again",
    "malformed": "it is damaged: put a copy of it in its place",
    "not a database": "it is damaged, or another file: put a copy of the gradebook in its place",
}
"""What to do where a gradebook cannot be opened, by a word of the database's reason."""

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


def get_ready() -> None:
    """Have SQLAlchemy import what it does when it first opens a database in a file."""
    sql.create_engine("sqlite://").connect().close()


def connect(address: str) -> sql.Engine:
    """Return an engine for a gradebook, made anew where there is none. Raises GraderError if that is not possible."""
    where = address
    try:
        where = sql.make_url(address).render_as_string(hide_password=True)
        engine = _engine(address)
        there = set(sql.inspect(engine).get_table_names())
        if not {*TABLES.tables, "alembic_version"} <= there:
            transact(engine, _make)
        if grader_result.name not in there:
            transact(engine, grader_result.metadata.create_all)
        with engine.connect() as db:
            version = db.scalar(sql.text("SELECT version_num FROM alembic_version"))
    except sql.exc.SQLAlchemyError as error:
        reason = _reason(error)
        fix = next(
            (fix for word, fix in _WAYS_OUT.items() if word in reason), "check the address and who may write there"
        )
        raise GraderError(f"cannot be opened ({reason})", where, fix) from None
    except ImportError as error:
        fix = "install the database's driver; for PostgreSQL: pip install 'psycopg[binary]'"
        raise GraderError(f"cannot be opened ({error})".replace("\n", " "), where, fix) from None
    if version != VERSION:
        engine.dispose()
        raise GraderError(f"made by another nbgrader (tables {version}, not {VERSION})", where, "nbgrader db upgrade")
    sql.event.listen(engine, "handle_error", partial(_refuse, where), retval=True)
    return engine


def _refuse(where: str, context: Any) -> Exception | None:
    """Return what an instructor reads where the database cannot be read or written any more: full, locked, gone."""
    error = context.sqlalchemy_exception
    if not isinstance(error, sql.exc.OperationalError):
        return None
    again = "make room on its disk, then run the same command again"
    return GraderError(f"cannot be written ({_reason(error)})", where, _LOCKED if "locked" in _reason(error) else again)


def _reason(error: BaseException) -> str:
    return str(error.__cause__ or getattr(error, "orig", None) or error).strip().splitlines()[0]


def _engine(address: str) -> sql.Engine:
    if sql.make_url(address).get_backend_name() != "sqlite":
        return sql.create_engine(address, pool_pre_ping=True)
    engine = sql.create_engine(address, connect_args={"timeout": PATIENCE})
    sql.event.listen(engine, "begin", _begin)
    return engine


def _begin(db: sql.Connection) -> None:
    """Let who means to write wait for the other writers now, not half-way."""
    db.exec_driver_sql("BEGIN IMMEDIATE" if db.get_execution_options().get("writes") else "BEGIN")


def is_lost(error: BaseException) -> bool:
    """Tell whether an error is that a gradebook cannot be reached or written any more."""
    return isinstance(error, sql.exc.OperationalError | sql.exc.InterfaceError | sql.exc.InternalError)


def transact(engine: sql.Engine, work: Callable[[sql.Connection], T]) -> T:
    """Do `work` in one transaction, and again if another grader was quicker to add one of its rows or tables."""
    for last in (False, False, False, True):
        try:
            with engine.connect().execution_options(writes=True) as db, db.begin():
                return work(db)
        except (sql.exc.IntegrityError, sql.exc.ProgrammingError):
            if last:
                raise
    raise AssertionError("not reached")


def _make(db: sql.Connection) -> None:
    """Make nbgrader's tables at its present version, without the commands that it would call."""
    import nbgrader.api
    from alembic.script import ScriptDirectory

    nbgrader.api.Base.metadata.create_all(db)
    if not sql.inspect(db).has_table("alembic_version"):
        head = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head()
        db.execute(sql.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        db.execute(sql.text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})
