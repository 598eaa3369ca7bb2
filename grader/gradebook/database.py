"""Open a gradebook's database, and change it in transactions that are safe beside other graders."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sql

from grader.gradebook.schema import TABLES, VERSION, grader_result
from grader.models import GraderError

T = TypeVar("T")

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
