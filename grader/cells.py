"""Restore a student's notebook to its template. Pure: values in, values out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from grader.models import Finding, Limits, Notebook, Template, TemplateCell
from grader.reading import Cell


def sanitise(notebook: Notebook, template: Template, limits: Limits = Limits()) -> tuple[Notebook, list[Finding]]:
    """Return the notebook to run: the template's cells in its order, with the student's answers and own cells.

    Test and locked cells always come from the template. An answer is found by its nbgrader id, else by its
    notebook id, else by the name that it defines. Each repair is a finding that the student may read.
    """
    students: list[Cell] = notebook["cells"]
    owner = _owners(students, template)
    if students and not any(cell.id in owner.values() for cell in template.cells if cell.managed):
        finding = Finding(
            template.notebook, "none of its cells belongs to this assignment", "hand in the notebook of this assignment"
        )
        return _assembled(template, {}, {}), [finding]
    findings: list[Finding] = []
    answers = _answers(students, owner, template, findings)
    extras, kept = _extras(students, owner, template, answers)
    if kept > limits.cells:
        findings.append(Finding(template.notebook, f"{kept} cells of your own; only the first {limits.cells} were run"))
        extras = _first(extras, limits.cells)
    findings += _repairs(students, owner, template)
    return _assembled(template, answers, extras), findings


def _owners(students: Sequence[Cell], template: Template) -> dict[int, str]:
    """Return for each student's cell, by its place, the id of the template cell that it stands for."""
    managed = {cell.id: cell for cell in template.cells if cell.managed}
    plain = {cell.id: cell for cell in template.cells if not cell.managed}
    owner = {place: cell["grade_id"] for place, cell in enumerate(students) if cell["grade_id"] in managed}
    taken = set(owner.values())
    ordinary = {tidy(cell.released): cell.id for cell in plain.values()}
    locked = {tidy(cell.released): cell.id for cell in managed.values() if not cell.solution}
    defines = {cell.exercise: cell.id for cell in managed.values() if cell.solution and cell.code}
    for place, cell in enumerate(students):
        if place in owner or cell["grade_id"] in managed:
            continue
        text, code = tidy(cell["source"]), cell["kind"] == "code"
        if text in locked and locked[text] not in taken:
            owner[place] = locked[text]
        elif cell["id"] in managed and cell["id"] not in taken:
            owner[place] = cell["id"]
        elif text in ordinary or cell["id"] in plain:
            owner[place] = ordinary.get(text) or cell["id"]
        elif (
            code
            and (name := next((n for n in defined_names(cell["source"]) if n in defines), None))
            and defines[name] not in taken
        ):
            owner[place] = defines[name]
    return owner


def defined_names(source: str) -> list[str]:
    """Return the names that a cell's text binds at its top level, in order; [] if it does not parse."""
    try:
        body = ast.parse(without_magics(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    names: list[str] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [target.id for target in targets if isinstance(target, ast.Name)]
    return names


def exercise_name(id: str, solution: str) -> str:
    """Return the name that a solution defines: the one that its id spells, else the last public one, else the id.

    >>> exercise_name("sgd-step", "def sgd_step_(params, lr): ...")
    'sgd_step_'
    """
    lines = [line for line in solution.splitlines() if "BEGIN SOLUTION" not in line and "END SOLUTION" not in line]
    names = [name for name in defined_names("\n".join(lines)) if not name.startswith("_")]
    spelt = [
        name for name in names if name.strip("_").replace("_", "-").lower() == id.strip("-_").replace("_", "-").lower()
    ]
    return (spelt or names or [id])[-1]


def without_magics(source: str) -> str:
    """Return a cell's text with its magic lines blank, so that it parses as Python."""
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())


def tidy(text: str) -> str:
    """Return text without what an editor may change at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _answers(
    students: Sequence[Cell], owner: Mapping[int, str], template: Template, findings: list[Finding]
) -> dict[str, Cell]:
    """Return the student's cell for each solution: of several, the last that is not the released text."""
    answers: dict[str, Cell] = {}
    for cell in template.cells:
        if not cell.solution:
            continue
        mine = [students[place] for place in sorted(owner) if owner[place] == cell.id]
        written = [one for one in mine if tidy(one["source"]) != tidy(cell.released)]
        if mine:
            answers[cell.id] = (written or mine)[-1]
        if len(mine) > 1:
            findings.append(
                Finding(cell.id, f"{len(mine)} cells carry this id; the last one you wrote in was graded", "keep one")
            )
    return answers


def _extras(
    students: Sequence[Cell], owner: Mapping[int, str], template: Template, answers: Mapping[str, Cell]
) -> tuple[dict[str, list[Cell]], int]:
    """Return the student's own cells, each list under the template cell that it follows ('' at the top)."""
    solutions = {cell.id: cell for cell in template.cells if cell.solution}
    extras: dict[str, list[Cell]] = {}
    anchor, count = "", 0
    for place, cell in enumerate(students):
        id = owner.get(place)
        if id is None or (
            id in solutions and cell is not answers[id] and tidy(cell["source"]) != tidy(solutions[id].released)
        ):
            # An earlier copy of an answer still runs: other cells may use what it defines.
            before = id is not None and id in solutions
            extras.setdefault(_before(template, id) if before and id else anchor, []).append(cell)
            count += 1
        if id is not None:
            anchor = id
    return extras, count


def _before(template: Template, id: str) -> str:
    ids = [cell.id for cell in template.cells]
    place = ids.index(id)
    return ids[place - 1] if place else ""


def _first(extras: Mapping[str, list[Cell]], count: int) -> dict[str, list[Cell]]:
    kept: dict[str, list[Cell]] = {}
    for anchor, cells in extras.items():
        kept[anchor] = cells[:count]
        count -= len(kept[anchor])
    return kept


def _repairs(students: Sequence[Cell], owner: Mapping[int, str], template: Template) -> list[Finding]:
    """Return a finding for each cell that was missing, edited, duplicated or without its id."""
    findings = []
    for cell in (cell for cell in template.cells if cell.managed):
        mine = [students[place] for place in sorted(owner) if owner[place] == cell.id]
        kind = "answer" if cell.solution else "test" if cell.marked else "locked"
        if not mine and (cell.solution or cell.code or cell.task):
            left = "and counts as unanswered" if cell.solution else "so it was put back"
            findings.append(
                Finding(cell.id, f"this {kind} cell was missing, {left}", "leave the cells of the assignment in place")
            )
        elif mine and not cell.solution and cell.code:
            if any(tidy(one["source"]) not in (tidy(cell.released), tidy(cell.source)) for one in mine):
                findings.append(
                    Finding(
                        cell.id, f"this {kind} cell was changed; the original was run", "write in the answer cells only"
                    )
                )
            elif len(mine) > 1:
                findings.append(
                    Finding(cell.id, f"this {kind} cell was there {len(mine)} times; it was run once", "keep one")
                )
        if mine and cell.code != (mine[-1]["kind"] == "code"):
            findings.append(
                Finding(cell.id, "the type of this cell was changed; it was changed back", "leave its type as it is")
            )
    lost = sum(1 for place, id in owner.items() if students[place]["grade_id"] != id and _managed(template, id))
    if lost:
        findings.append(
            Finding(
                template.notebook,
                f"{lost} cells had lost their ids and were found by what they hold",
                "edit it in Jupyter",
            )
        )
    return findings


def _managed(template: Template, id: str) -> bool:
    return any(cell.managed for cell in template.cells if cell.id == id)


def _assembled(template: Template, answers: Mapping[str, Cell], extras: Mapping[str, Iterable[Cell]]) -> Notebook:
    cells = [_own(cell, "top", number) for number, cell in enumerate(extras.get("", []))]
    for cell in template.cells:
        cells.append(_cell(cell, answers.get(cell.id) if cell.solution else None))
        cells += [_own(own, cell.id, number) for number, own in enumerate(extras.get(cell.id, []))]
    return {"cells": cells, "metadata": dict(template.metadata), "nbformat": 4, "nbformat_minor": 5}


def _cell(cell: TemplateCell, answer: Cell | None) -> Cell:
    about = {"nbgrader": dict(cell.metadata)} if cell.managed else {}
    source = answer["source"] if answer else cell.released if cell.solution else cell.source
    return _made(cell.id, cell.code, source, about, answer.get("attachments", {}) if answer else cell.attachments)


@lru_cache(4096)  # of a template's cells, for each submission
def cell_id(id: str) -> str:
    """Return an id as nbformat takes it, for a cell that nbgrader calls so."""
    clean = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "-" for letter in id)
    return clean[:64] or "cell"


def _own(cell: Cell, anchor: str, number: int) -> Cell:
    return _made(f"own-{number}-{anchor}", cell["kind"] == "code", cell["source"], {}, cell.get("attachments", {}))


def _made(id: str, code: bool, source: str, metadata: dict[str, Any], attachments: Mapping[str, Any]) -> Cell:
    made: Cell = {
        "id": cell_id(id),
        "cell_type": "code" if code else "markdown",
        "metadata": metadata,
        "source": source,
    }
    if code:
        return made | {"outputs": [], "execution_count": None}
    return made | {"attachments": dict(attachments)} if attachments else made
