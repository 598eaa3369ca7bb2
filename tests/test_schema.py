"""What we say of nbgrader's tables is what nbgrader itself says; a gradebook of another version is refused in two lines."""

from pathlib import Path

import nbgrader
import pytest
import sqlalchemy as sql
from alembic.script import ScriptDirectory
from nbgrader.api import Base

import build
from grader.gradebook import schema

THEIRS = Base.metadata.tables


def about(column: sql.Column) -> tuple[str, bool, bool, list[str]]:
    keys = sorted(key.target_fullname for key in column.foreign_keys)
    options = sorted(getattr(column.type, "enums", []))
    return f"{column.type!r} {options}", bool(column.nullable), column.primary_key, keys


def test_nbgrader_has_these_tables_at_this_version() -> None:
    assert set(schema.TABLES.tables) == set(THEIRS)
    head = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head()
    assert head == schema.VERSION


@pytest.mark.parametrize("name", sorted(THEIRS))
def test_our_columns_are_those_of_nbgrader(name: str) -> None:
    ours = schema.TABLES.tables[name]
    assert {c.name: about(c) for c in ours.columns} == {c.name: about(THEIRS[name].c[c.name]) for c in ours.columns}
    for column in THEIRS[name].columns:
        assert column.name in ours.c or (column.nullable and column.default is None), f"{column} needs a value"


def test_a_gradebook_of_another_version_is_refused(tmp_path: Path) -> None:
    folder = build.course(tmp_path)
    assert build.run("results", "--course", folder).returncode == 0
    engine = sql.create_engine(f"sqlite:///{folder}/gradebook.db")
    with engine.begin() as db:
        db.execute(sql.text("UPDATE alembic_version SET version_num = '50a4d84c131a'"))
    done = build.run("results", "--course", folder)
    assert done.returncode == 2
    assert "made by another nbgrader" in done.stderr and "nbgrader db upgrade" in done.stderr


def test_a_password_in_the_address_is_not_told(tmp_path: Path) -> None:
    folder = build.course(tmp_path, settings='gradebook = "postgresql://me:secret@127.0.0.1:1/none"\n')
    done = build.run("results", "--course", folder)
    assert done.returncode == 2
    assert "cannot be opened" in done.stderr and "secret" not in done.stderr
