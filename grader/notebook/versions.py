"""Tell a student's change of a notebook from the instructor's: which release a copy is of. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from grader.models import Finding, StudentCell, Template, TemplateCell
from grader.notebook.code import tidy


def is_older(students: Iterable[StudentCell], template: Template) -> bool:
    """Tell whether a student's copy is of another version of the assignment than the one it is graded by.

    It is if one of its cells is as nbgrader released it, and the assignment has none such.
    """
    given = {cell.id: tidy(cell.released) for cell in template.cells if cell.managed}
    return any(given.get(cell.grade_id or "") != tidy(cell.source) for cell in students if is_as_released(cell))


def is_as_released(cell: StudentCell) -> bool:
    """Tell whether a cell is what nbgrader released: the digest in its metadata is that of what it holds."""
    if not cell.checksum:
        return False
    grade, solution = "grade" in cell.roles, "solution" in cell.roles
    locked = not solution and (grade or "locked" in cell.roles)
    parts = [cell.source, cell.kind, str(grade), str(solution), str(locked), cell.grade_id or ""]
    parts += [str(cell.points)] if grade else []
    return cell.checksum == hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()


def missing(cell: TemplateCell, kind: str, template: Template, *, older: bool) -> Finding:
    """Return what a student reads of a cell of the assignment that is not in the notebook handed in."""
    left = "counts as unanswered" if cell.solution else "was put back"
    if cell.id in template.added:
        return Finding(cell.id, f"this {kind} cell came after the assignment was released; it {left}")
    if older:
        what = f"this {kind} cell is not in your version of the assignment, which is an older one; it {left}"
        return Finding(cell.id, what, "take the newest version")
    return Finding(cell.id, f"this {kind} cell was missing; it {left}", "leave the cells of the assignment in place")


def changed(cell: TemplateCell, kind: str, mine: Sequence[StudentCell]) -> Finding:
    """Return what a student reads of a test or locked cell whose text is not that of the assignment."""
    if all(is_as_released(one) for one in mine):
        return Finding(
            cell.id, f"this {kind} cell has changed since your version of the assignment; the new one was run"
        )
    return Finding(cell.id, f"this {kind} cell was changed; the original was run", "write in the answer cells only")
