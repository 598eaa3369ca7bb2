"""Keep results in nbgrader's gradebook. The one opener of the database and the one writer of `autograded/`.

nbgrader's own tables hold points, so formgrader and every `nbgrader` command see them. One table more,
`grader_result`, holds what they have no place for: messages, findings, how the run ended, and a fingerprint
of what was graded.
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from types import TracebackType
from typing import Any

import nbgrader
import sqlalchemy as sql
from nbgrader.api import Base, BaseCell, Comment, Grade, SubmittedAssignment
from nbgrader.api import Gradebook as NbgraderGradebook

from grader.models import (
    Assignment,
    CellScore,
    Course,
    Ending,
    Finding,
    GraderError,
    Notebook,
    Result,
    Status,
    Submission,
    Template,
)

_TABLES = sql.MetaData()
_RESULTS = sql.Table(
    "grader_result",
    _TABLES,
    sql.Column("student", sql.String(128), primary_key=True),
    sql.Column("assignment", sql.String(128), primary_key=True),
    sql.Column("fingerprint", sql.String(64), nullable=False),
    sql.Column("body", sql.Text, nullable=False),
)


class Gradebook:
    """The gradebook of a course, open; use it in a `with` block, from one thread."""

    def __init__(self, course: Course) -> None:
        self.course = course
        try:
            _new_database(course.gradebook)
            self._book = NbgraderGradebook(course.gradebook, course.name)
            _TABLES.create_all(self._book.engine)
        except sql.exc.SQLAlchemyError as error:
            reason = str(error.__cause__ or error).splitlines()[0]
            raise GraderError(
                f"cannot be opened ({reason})", course.gradebook, "check the address and who may write there"
            ) from None

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()

    # Assignments ─────────────────────────────────────────────────────────────────────────────────

    def register(self, assignment: Assignment) -> None:
        """Record an assignment's notebooks and cells; cells may come, change and go while there are submissions."""
        book, name = self._book, assignment.name
        due = self.course.due.get(name)
        book.update_or_create_assignment(name, **({"duedate": due.astimezone(UTC).replace(tzinfo=None)} if due else {}))
        for template in assignment.templates:
            book.update_or_create_notebook(
                template.notebook, name, kernelspec=json.dumps(template.metadata.get("kernelspec", {}))
            )
            self._remove_gone(template, name)
            for cell in template.cells:
                if not cell.managed:
                    continue
                place = (cell.id, template.notebook, name)
                kind = "code" if cell.code else "markdown"
                if cell.grade:
                    book.update_or_create_grade_cell(*place, max_score=cell.points, cell_type=kind)
                if cell.solution:
                    book.update_or_create_solution_cell(*place)
                if cell.task:
                    book.update_or_create_task_cell(*place, max_score=cell.points, cell_type=kind)
                locked = cell.locked or (cell.grade and not cell.solution)
                checksum = cell.metadata.get("checksum")
                book.update_or_create_source_cell(
                    *place, cell_type=kind, locked=locked, source=cell.source, checksum=checksum
                )
            self._complete_submissions(template, name)
        for stale in {notebook.name for notebook in book.find_assignment(name).notebooks} - {
            t.notebook for t in assignment.templates
        }:
            book.remove_notebook(stale, name)

    def _remove_gone(self, template: Template, assignment: str) -> None:
        notebook, db = self._book.find_notebook(template.notebook, assignment), self._book.db
        kept = {"GradeCell": set(), "SolutionCell": set(), "TaskCell": set()}  # type: dict[str, set[str]]
        for cell in template.cells:
            kept["GradeCell"] |= {cell.id} if cell.grade else set()
            kept["SolutionCell"] |= {cell.id} if cell.solution else set()
            kept["TaskCell"] |= {cell.id} if cell.task else set()
        for base in db.scalars(sql.select(BaseCell).where(BaseCell.notebook_id == notebook.id)).all():
            if base.type in kept and base.name not in kept[base.type]:
                for row in (Grade, Comment):
                    db.execute(sql.delete(row).where(row.cell_id == base.id))
                db.delete(base)
        managed = {cell.id for cell in template.cells if cell.managed}
        for source in list(notebook.source_cells):
            if source.name not in managed:
                db.delete(source)
        db.commit()

    def _complete_submissions(self, template: Template, assignment: str) -> None:
        """Give earlier submissions a row for each cell that is new."""
        notebook, db = self._book.find_notebook(template.notebook, assignment), self._book.db
        for submitted in notebook.submissions:
            graded = {grade.cell_id for grade in submitted.grades}
            commented = {comment.cell_id for comment in submitted.comments}
            for cell in [*notebook.grade_cells, *notebook.task_cells]:
                if cell.id not in graded:
                    db.add(Grade(cell_id=cell.id, notebook=submitted))
            for cell in [*notebook.solution_cells, *notebook.task_cells]:
                if cell.id not in commented:
                    db.add(Comment(cell_id=cell.id, notebook=submitted))
        db.commit()

    # Results ─────────────────────────────────────────────────────────────────────────────────────

    def fingerprints(self) -> dict[tuple[str, str], str]:
        """Return for each recorded (student, assignment) the fingerprint of what was graded."""
        rows = self._book.db.execute(sql.select(_RESULTS.c.student, _RESULTS.c.assignment, _RESULTS.c.fingerprint))
        return {(row.student, row.assignment): row.fingerprint for row in rows}

    def record(self, result: Result, fingerprint: str) -> None:
        """Record a result in one transaction: automatic points replace earlier ones, manual points stay."""
        book, key = self._book, {"student": result.student, "assignment": result.assignment}
        earlier = book.db.execute(sql.select(_RESULTS.c.fingerprint).filter_by(**key)).scalar()
        book.update_or_create_student(result.student)
        stamp = {"timestamp": result.handed_in} if result.handed_in else {}
        with warnings.catch_warnings():  # nbgrader builds its rows outside the session, which SQLAlchemy remarks upon
            warnings.simplefilter("ignore", sql.exc.SAWarning)
            submission = book.update_or_create_submission(result.assignment, result.student, **stamp)
        scores = {(score.notebook, score.cell): score for score in result.cells}
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                if score := scores.get((notebook.name, grade.name)):
                    grade.auto_score = score.points
                    if grade.manual_score is None or earlier != fingerprint:
                        grade.needs_manual_grade = score.status is Status.WAITING or grade.manual_score is not None
            for comment in notebook.comments:
                unanswered = scores.get((notebook.name, comment.name))
                comment.auto_comment = "No response." if unanswered and unanswered.status is Status.UNANSWERED else None
        book.db.execute(sql.delete(_RESULTS).filter_by(**key))
        book.db.execute(sql.insert(_RESULTS).values(**key, fingerprint=fingerprint, body=_body(result)))
        book.db.commit()

    def results(self, assignments: Iterable[str], students: Sequence[str] = ()) -> list[Result]:
        """Return what the gradebook holds, by assignment and student; points given by hand count as they stand now."""
        db = self._book.db
        bodies = {(row.student, row.assignment): json.loads(row.body) for row in db.execute(sql.select(_RESULTS))}
        wanted = set(assignments)
        return [
            _result(submission, bodies.get((submission.student.id, submission.assignment.name)))
            for submission in sorted(
                db.scalars(sql.select(SubmittedAssignment)), key=lambda s: (s.assignment.name, s.student.id)
            )
            if submission.assignment.name in wanted and (not students or submission.student.id in students)
        ]

    def comments(self) -> dict[tuple[str, str], dict[tuple[str, str], str]]:
        """Return by (student, assignment) what instructors wrote, by (notebook, cell)."""
        said: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
        for comment in self._book.db.scalars(sql.select(Comment).where(Comment.manual_comment.is_not(None))):
            key = (comment.student.id, comment.assignment.name)
            said.setdefault(key, {})[(comment.notebook.name, comment.name)] = comment.manual_comment
        return said


def _new_database(address: str) -> None:
    """Make nbgrader's tables where there are none, at its present version, without the commands that it would call."""
    engine = sql.create_engine(address)
    if not sql.inspect(engine).get_table_names():
        from alembic.script import ScriptDirectory

        head = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head()
        Base.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(sql.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            connection.execute(sql.text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})
    engine.dispose()


def _body(result: Result) -> str:
    cells = [{key: value for key, value in asdict(score).items() if key != "points"} for score in result.cells]
    findings = [asdict(finding) for finding in result.findings]
    return json.dumps({"ending": result.ending, "cells": cells, "findings": findings}, sort_keys=True)


def _result(submission: Any, body: dict[str, Any] | None) -> Result:
    """Join nbgrader's rows of one submission with ours; a submission that nbgrader alone graded has none of ours."""
    grades = {(notebook.name, grade.name): grade for notebook in submission.notebooks for grade in notebook.grades}
    known = {(cell["notebook"], cell["cell"]): cell for cell in (body or {"cells": []})["cells"]}
    order = [*[key for key in known if key in grades], *sorted(key for key in grades if key not in known)]
    return Result(
        student=submission.student.id,
        assignment=submission.assignment.name,
        ending=Ending(body["ending"]) if body else Ending.FINISHED,
        cells=tuple(_score(key, grades[key], known.get(key)) for key in order),
        findings=tuple(Finding(**finding) for finding in body["findings"]) if body else (),
        late_seconds=float(submission.total_seconds_late or 0.0),
        handed_in=submission.timestamp,
    )


def _score(key: tuple[str, str], grade: Any, known: dict[str, Any] | None) -> CellScore:
    maximum = float(grade.max_score if grade.max_score is not None else grade.cell.max_score)
    points, by_hand = float(grade.score or 0.0), grade.manual_score is not None
    status, message = (Status(known["status"]), known["message"]) if known else (_status(points, maximum), "")
    if by_hand:
        status, message = _status(points, maximum), f"marked by hand{': ' + message if message else ''}"
    if grade.needs_manual_grade:
        status = Status.WAITING
    exercise = known["exercise"] if known else key[1]
    return CellScore(key[1], exercise, points, maximum, status, message, key[0])


def _status(points: float, maximum: float) -> Status:
    return Status.PASSED if points >= maximum else Status.PARTIAL if points > 0 else Status.FAILED


def keep_notebooks(course: Course, result: Result, submission: Submission) -> None:
    """Write the notebooks of a result as they were run to `autograded/`, where formgrader looks for them."""
    folder = course.root / "autograded" / result.student / result.assignment
    shutil.rmtree(folder, ignore_errors=True)
    for name, notebook in result.notebooks.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.ipynb").write_text(
            json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8"
        )
    for name, data in submission.files.items() if result.notebooks else ():
        path: Path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if result.notebooks and result.handed_in:
        (folder / "timestamp.txt").write_text(
            result.handed_in.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"), "utf-8"
        )


def kept_notebooks(course: Course, student: str, assignment: str) -> dict[str, Notebook]:
    """Return the notebooks of a result as they were run, by name."""
    folder = course.root / "autograded" / student / assignment
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.ipynb"))}
