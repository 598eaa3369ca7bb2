"""Write into nbgrader's tables what an assignment is: its notebooks and cells."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sql

from grader.gradebook import schema as t
from grader.models import Assignment, Course, GraderError, Template, TemplateCell

_KINDS = {"GradeCell": t.grade_cells, "SolutionCell": t.solution_cells, "TaskCell": t.task_cells}


def upsert(
    db: sql.Connection,
    table: sql.Table,
    under: sql.ColumnElement[bool],
    known_by: Sequence[str],
    wanted: Iterable[t.Row],
    new: t.Row | None = None,
) -> dict[str, str]:
    """Bring a table's rows `under` a condition to what is wanted, and return their ids by the last column of the key.

    Rows are `known_by` the values of these columns. What differs is changed, what is not there is added with the
    values of `new` besides, and what nobody wants stays.
    """
    there = {
        tuple(row[name] for name in known_by): row for row in db.execute(sql.select(table).where(under)).mappings()
    }
    ids, added, changed = {}, [], []
    for row in wanted:
        key = tuple(row[name] for name in known_by)
        if (old := there.get(key)) is None:
            row_id = row.get("id") or t.new_id(table.name, *key)
            added.append({**(new or {}), **row, "id": row_id})
        else:
            row_id = old["id"]
            if any(old[name] != value for name, value in row.items()):
                changed.append({**row, "id": row_id})
        ids[key[-1]] = row_id
    t.add(db, table, added)
    t.alter(db, table, changed)
    return ids


def register(db: sql.Connection, assignment: Assignment, course: Course) -> None:
    """Record an assignment's notebooks and cells, and drop those that are gone with what hangs on them.

    Raises GraderError if a person's marks or comments hang on one of them.
    """
    same = t.assignment.c.name == assignment.name
    db.execute(sql.select(t.assignment.c.id).where(same).with_for_update())  # who records a result waits
    due = course.due.get(assignment.name)
    row = {"name": assignment.name, **({"duedate": t.utc(due)} if due else {})}
    assignment_id = upsert(db, t.assignment, same, ("name",), [row], {"course_id": course.name})[assignment.name]
    rows = [
        {
            "assignment_id": assignment_id,
            "name": one.notebook,
            "kernelspec": json.dumps(one.metadata.get("kernelspec", {})),
        }
        for one in assignment.templates
    ]
    mine = t.notebook.c.assignment_id == assignment_id
    ids = upsert(db, t.notebook, mine, ("assignment_id", "name"), rows)
    for stale in db.execute(sql.select(t.notebook).where(mine, t.notebook.c.id.not_in(ids.values()))).all():
        _keep_marks(db, t.base_cell.c.notebook_id == stale.id, f"source/{assignment.name}/{stale.name}.ipynb")
        _remove_notebook(db, stale.id)
    for template in assignment.templates:
        _register_cells(db, template, ids[template.notebook])
    _complete(db, t.submitted_notebook.c.notebook_id.in_(ids.values()))


def _register_cells(db: sql.Connection, template: Template, notebook: str) -> None:
    managed = {cell.id: cell for cell in template.cells if cell.managed}
    _rename(db, notebook, managed)
    gone = (t.base_cell.c.notebook_id == notebook) & t.base_cell.c.name.not_in(managed)
    _keep_marks(db, gone, f"source/{template.assignment}/{template.notebook}.ipynb")
    kinds = {"GradeCell": "grade", "SolutionCell": "solution", "TaskCell": "task"}
    for kind, table in _KINDS.items():
        cells = {cell.id: cell for cell in template.cells if getattr(cell, kinds[kind])}
        mine = (t.base_cell.c.notebook_id == notebook) & (t.base_cell.c.type == kind)
        others = mine & t.base_cell.c.name.not_in(cells)
        _keep_marks(db, others, f"source/{template.assignment}/{template.notebook}.ipynb")
        _remove_cells(db, sql.select(t.base_cell.c.id).where(others))
        rows = [{"notebook_id": notebook, "type": kind, "name": name} for name in cells]
        ids = upsert(db, t.base_cell, mine, ("notebook_id", "type", "name"), rows)
        marks = [{"id": ids[name], "max_score": cell.points, "cell_type": _kind(cell)} for name, cell in cells.items()]
        plain = [{"id": row_id} for row_id in ids.values()]
        upsert(db, table, table.c.id.in_(ids.values()), ("id",), plain if table is t.solution_cells else marks)
    mine = t.source_cell.c.notebook_id == notebook
    db.execute(sql.delete(t.source_cell).where(mine, t.source_cell.c.name.not_in(managed)))
    sources = [
        {
            "notebook_id": notebook,
            "name": name,
            "cell_type": _kind(cell),
            "locked": _locked(cell),
            "source": cell.source,
            "checksum": cell.metadata.get("checksum"),
        }
        for name, cell in managed.items()
    ]
    upsert(db, t.source_cell, mine, ("notebook_id", "name"), sources)


def _rename(db: sql.Connection, notebook: str, managed: Mapping[str, TemplateCell]) -> None:
    """Let a cell that changed nothing but its id keep what hangs on it: one is gone and one is new, of the same text."""
    known = db.execute(sql.select(t.source_cell).where(t.source_cell.c.notebook_id == notebook)).all()
    names = {row.name for row in known}
    gone, new = defaultdict[Any, list[str]](list), defaultdict[Any, list[str]](list)
    for row in known:
        if row.name not in managed:
            gone[row.cell_type, row.locked, row.source].append(row.name)
    for name, cell in managed.items():
        if name not in names:
            new[_kind(cell), _locked(cell), cell.source].append(name)
    for about, old in gone.items():
        if len(old) == len(new[about]) == 1:
            for table in (t.source_cell, t.base_cell):
                same = (table.c.notebook_id == notebook) & (table.c.name == old[0])
                db.execute(sql.update(table).where(same).values(name=new[about][0]))


def _keep_marks(db: sql.Connection, gone: sql.ColumnElement[bool], where: str) -> None:
    """Raise GraderError if a person has marked cells that are gone from a source, or commented on them."""
    cells = sql.select(t.base_cell.c.id, t.base_cell.c.name).where(gone)
    names = {row.id: row.name for row in db.execute(cells)}
    written = {
        t.grade: t.grade.c.manual_score.is_not(None) | (sql.func.coalesce(t.grade.c.extra_credit, 0) != 0),
        t.comment: sql.func.coalesce(t.comment.c.manual_comment, "") != "",
    }
    found = [
        (names[row.cell_id], row.notebook_id)
        for table, by_hand in written.items()
        for row in db.execute(sql.select(table).where(table.c.cell_id.in_(names), by_hand))
    ]
    if found:
        ids, count = ", ".join(sorted({name for name, _ in found})), len({handed_in for _, handed_in in found})
        problem = (
            f"{ids} is gone, or has another id or kind, and {count} submissions have marks or comments by hand on it"
        )
        raise GraderError(problem, where, "give the cell its id back, or take the marks away in formgrader first")


def _locked(cell: TemplateCell) -> bool:
    return cell.locked or (cell.grade and not cell.solution)


def _kind(cell: TemplateCell) -> str:
    return "code" if cell.code else "markdown"


def _remove_notebook(db: sql.Connection, notebook_id: str) -> None:
    handed_in = sql.select(t.submitted_notebook.c.id).where(t.submitted_notebook.c.notebook_id == notebook_id)
    for table in (t.grade, t.comment):
        db.execute(sql.delete(table).where(table.c.notebook_id.in_(handed_in)))
    db.execute(sql.delete(t.submitted_notebook).where(t.submitted_notebook.c.notebook_id == notebook_id))
    _remove_cells(db, sql.select(t.base_cell.c.id).where(t.base_cell.c.notebook_id == notebook_id))
    db.execute(sql.delete(t.source_cell).where(t.source_cell.c.notebook_id == notebook_id))
    db.execute(sql.delete(t.notebook).where(t.notebook.c.id == notebook_id))


def _remove_cells(db: sql.Connection, which: sql.Select[Any]) -> None:
    if ids := db.scalars(which).all():
        for column in (
            t.grade.c.cell_id,
            t.comment.c.cell_id,
            *(kind.c.id for kind in _KINDS.values()),
            t.base_cell.c.id,
        ):
            db.execute(sql.delete(column.table).where(column.in_(ids)))


def _complete(db: sql.Connection, which: sql.ColumnElement[bool]) -> None:
    """Give submitted notebooks a grade and a comment for each of their cells that has none yet."""
    handed_in, cell = t.submitted_notebook.c, t.base_cell.c
    for table, kinds in t.HAVE.items():
        known = sql.exists().where(table.c.notebook_id == handed_in.id, table.c.cell_id == cell.id)
        pairs = sql.select(handed_in.id, cell.id).join_from(
            t.submitted_notebook, t.base_cell, cell.notebook_id == handed_in.notebook_id
        )
        rows = [t.of_cell(table, *pair) for pair in db.execute(pairs.where(which, cell.type.in_(kinds), ~known))]
        t.add(db, table, [{**row, "needs_manual_grade": True} for row in rows] if table is t.grade else rows)
