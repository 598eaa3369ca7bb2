"""Restore a student's notebook to its template. Pure: values in, values out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from grader.models import Finding, Limits, Notebook, StudentCell, StudentNotebook, Template, TemplateCell
from grader.notebook import versions
from grader.notebook.code import defined_names, exercise_name, tidy, without_magics
from grader.notebook.matching import owners

__all__ = ["cell_id", "defined_names", "exercise_name", "sanitise", "tidy", "without_magics"]


def sanitise(
    notebook: StudentNotebook, template: Template, limits: Limits = Limits()
) -> tuple[Notebook, list[Finding]]:
    """Return the notebook to run: the student's own, with the cells that nbgrader knows restored to the template.

    Test and locked cells come from the template, in its order; answers come from the student, and so do all other
    cells, those that the assignment gave without marking them too: they stay as she left them, where she put them,
    or away. Each repair is a finding that the student may read.
    """
    students, dropped = _first(notebook.cells, template, limits)
    owner = owners(students, template)
    if students and not owner:
        finding = Finding(
            template.notebook, "none of its cells belongs to this assignment", "hand in the notebook of this assignment"
        )
        return _assembled(template, [], {}, {}), [finding]
    findings: list[Finding] = []
    answers = _answers(students, owner, template, findings)
    if dropped:
        what = f"{dropped + limits.cells} cells of your own; only the first {limits.cells} were run"
        findings.append(Finding(template.notebook, what))
    findings += _repairs(students, owner, template)
    return _assembled(template, students, owner, answers), findings


def _first(students: Sequence[StudentCell], template: Template, limits: Limits) -> tuple[list[StudentCell], int]:
    """Return the cells without those of a student's own that are more than may be, and how many these are."""
    if len(students) <= limits.cells:
        return [*students], 0
    given = Counter(cell.id for cell in template.cells if cell.managed)
    given += Counter(tidy(cell.released) for cell in template.cells if not cell.managed)
    kept: list[StudentCell] = []
    room, dropped = limits.cells, 0
    for cell in students:
        mark = cell.grade_id if cell.grade_id is not None and cell.grade_id in given else tidy(cell.source)
        if given[mark] > 0:
            given[mark] -= 1
            kept.append(cell)
        elif room:
            room -= 1
            kept.append(cell)
        else:
            dropped += 1
    return kept, dropped


def _answers(
    students: Sequence[StudentCell], owner: Mapping[int, str], template: Template, findings: list[Finding]
) -> dict[str, int]:
    """Return the place of the student's cell for each solution: of several, the last that is not the released text."""
    answers, places = dict[str, int](), _places(owner)
    for cell in template.cells:
        if not cell.solution:
            continue
        mine = places.get(cell.id, [])
        written = [place for place in mine if tidy(students[place].source) != tidy(cell.released)]
        if mine:
            answers[cell.id] = (written or mine)[-1]
        if len(mine) > 1:
            findings.append(
                Finding(cell.id, f"{len(mine)} cells carry this id; the last one you wrote in was graded", "keep one")
            )
    return answers


def _places(owner: Mapping[int, str]) -> dict[str, list[int]]:
    """Return by id the places of the cells that stand for a cell of the template, from the top."""
    places: dict[str, list[int]] = {}
    for place, grade_id in sorted(owner.items()):
        places.setdefault(grade_id, []).append(place)
    return places


def _repairs(students: Sequence[StudentCell], owner: Mapping[int, str], template: Template) -> list[Finding]:
    """Return a finding for each cell that was missing, edited, duplicated, moved or without its id."""
    findings, places, older = [], _places(owner), versions.is_older(students, template)
    for cell in (cell for cell in template.cells if cell.managed):
        mine = [students[place] for place in places.get(cell.id, [])]
        kind = "answer" if cell.solution else "test" if cell.marked else "locked"
        if not mine and (cell.solution or cell.code or cell.task):
            findings.append(versions.missing(cell, kind, template, older=older))
        elif mine and not cell.solution and cell.code:
            if other := [one for one in mine if tidy(one.source) not in (tidy(cell.released), tidy(cell.source))]:
                findings.append(versions.changed(cell, kind, other))
            elif len(mine) > 1 and _is_test(cell):
                findings.append(
                    Finding(cell.id, f"this {kind} cell was there {len(mine)} times; it was run once", "keep one")
                )
        if mine and cell.code != (mine[-1].kind == "code"):
            findings.append(
                Finding(cell.id, "the type of this cell was changed; it was changed back", "leave its type as it is")
            )
    lost = sum(1 for place in owner if not students[place].grade_id)  # another id is that of another version
    if lost:
        what = f"{lost} cells had lost their ids and were found by what they hold, or by their place"
        findings.append(Finding(template.notebook, what, "edit it in Jupyter"))
    return findings + _moves(owner, template)


def _moves(owner: Mapping[int, str], template: Template) -> list[Finding]:
    """Return a finding if tests and answers stand in an order in which they were not run."""
    place = {grade_id: place for place, grade_id in sorted(owner.items())}
    fixed = [place[cell.id] for cell in template.cells if _is_fixed(cell) and cell.id in place]
    moved = fixed != sorted(fixed)
    for number, cell in enumerate(template.cells):
        tests = [place[one.id] for one in template.cells[number:] if _is_test(one) and one.id in place]
        moved |= cell.solution and cell.code and bool(tests) and place.get(cell.id, -1) > tests[0]
    if not moved:
        return []
    what = "cells of the assignment stood in another order; tests were run in its own, below the answers that they test"
    return [Finding(template.notebook, what, "leave the cells of the assignment in their order")]


# Putting together ─────────────────────────────────────────────────────────────────────────────────

Item = tuple[TemplateCell | None, StudentCell | None]
"""A cell to be: the template's that it stands for, if any, and the student's, if there is one."""


def _is_fixed(cell: TemplateCell) -> bool:
    """Tell whether a cell stands where the assignment has it: tests, locked cells and tasks do."""
    return cell.managed and not cell.solution


def _is_test(cell: TemplateCell) -> bool:
    return cell.grade and cell.code and not cell.solution


def _assembled(
    template: Template, students: Sequence[StudentCell], owner: Mapping[int, str], answers: Mapping[str, int]
) -> Notebook:
    cells: list[dict[str, Any]] = []
    anchor, number = "top", 0
    for cell, student in _in_order(template, students, owner, answers):
        if cell is not None and cell.managed:
            cells.append(_cell(cell, student))
            anchor, number = cell.id, 0
        elif student is not None:
            name = cell.id if cell is not None else f"own-{number}-{anchor}"
            number += cell is None
            cells.append(_made(name, student.kind, student.source, {}, student.attachments))
    taken = {cell_id(cell.id) for cell in template.cells}
    for made in (made for made in cells if made["id"].startswith("own-")):
        while made["id"] in taken:  # of two long ids nbformat takes what may be the same
            made["id"] = f"{made['id'][:54]}-{len(taken)}"
        taken.add(made["id"])
    return {"cells": cells, "metadata": dict(template.metadata), "nbformat": 4, "nbformat_minor": 5}


def _in_order(
    template: Template, students: Sequence[StudentCell], owner: Mapping[int, str], answers: Mapping[str, int]
) -> Iterator[Item]:
    """Yield the cells of the notebook to be: the fixed ones, and what the student has between them.

    Answers and the student's other cells stay in her order, but no answer below the first test that follows it in the
    assignment. An answer that she does not have stands as it was released above all that she wrote there.
    """
    fixed = [cell for cell in template.cells if _is_fixed(cell)]
    gaps = _gaps(template, students, owner, answers)
    given: list[list[TemplateCell]] = [[] for _ in gaps]
    for above, cell in _ranked(template):
        if not cell.managed:
            given[above].append(cell)
        elif cell.solution and cell.id not in answers:
            gaps[above].insert(sum(one is None for _, one in gaps[above]), (cell, None))
    for above, items in enumerate(gaps):
        if above:
            yield fixed[above - 1], None
        yield from _as_given(given[above], items)


def _ranked(template: Template) -> Iterator[tuple[int, TemplateCell]]:
    """Yield the cells of a template that are not fixed, each with the number of the fixed ones above it."""
    above = 0
    for cell in template.cells:
        if _is_fixed(cell):
            above += 1
        else:
            yield above, cell


def _gaps(
    template: Template, students: Sequence[StudentCell], owner: Mapping[int, str], answers: Mapping[str, int]
) -> list[list[Item]]:
    """Return the student's cells that are not fixed, under the fixed cell that each follows; the first list is the top.

    Of cells that carry one id, the one that counts is the template's; of the others those that say something else, and
    could have set something up, are the student's own.
    """
    known = {cell.id: cell for cell in template.cells if cell.managed}
    fixed = [cell for cell in template.cells if _is_fixed(cell)]
    rank = {cell.id: number for number, cell in enumerate(fixed, 1)}
    lowest = {
        cell.id: next((number for number, one in enumerate(fixed) if number >= above and _is_test(one)), len(fixed))
        for above, cell in _ranked(template)
    }
    last = {grade_id: place for place, grade_id in sorted(owner.items())}
    gaps: list[list[Item]] = [[] for _ in range(len(fixed) + 1)]
    now = 0
    for place, student in enumerate(students):
        cell = known.get(owner.get(place, ""))
        if cell is None:
            gaps[now].append((None, student))
        elif cell.solution and place == answers[cell.id]:
            gaps[min(now, lowest[cell.id])].append((cell, student))
        elif not cell.solution and place == last[cell.id]:
            now = rank[cell.id]
        elif tidy(student.source) != tidy(cell.released) or not (cell.solution or _is_test(cell)):
            gaps[min(now, lowest.get(cell.id, now))].append((None, student))
    return gaps


def _as_given(given: Sequence[TemplateCell], items: Sequence[Item]) -> Iterator[Item]:
    """Yield the cells of one place, those of the assignment's ordinary cells named that are there as they were given."""
    waiting = [*given]
    for cell, student in items:
        if cell is None and student is not None:
            about = (student.kind == "code", tidy(student.source))
            for number, one in enumerate(waiting):
                if (one.code, tidy(one.released)) == about:
                    cell, waiting = one, waiting[number + 1 :]
                    break
        yield cell, student


def _cell(cell: TemplateCell, answer: StudentCell | None) -> dict[str, Any]:
    source = answer.source if answer else cell.released if cell.solution else cell.source
    attachments = answer.attachments if answer else cell.attachments
    return _made(cell.id, "code" if cell.code else "markdown", source, {"nbgrader": dict(cell.metadata)}, attachments)


@lru_cache(4096)  # of a template's cells, for each submission
def cell_id(name: str) -> str:
    """Return an id as nbformat takes it, for a cell that nbgrader calls so."""
    clean = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "-" for letter in name)
    return clean[:64] or "cell"


def _made(
    name: str, kind: str, source: str, metadata: dict[str, Any], attachments: Mapping[str, Any]
) -> dict[str, Any]:
    made: dict[str, Any] = {"id": cell_id(name), "cell_type": kind, "metadata": metadata, "source": source}
    if kind == "code":
        return made | {"outputs": [], "execution_count": None}
    return made | {"attachments": dict(attachments)} if attachments else made
