"""Give points to the marked cells of a notebook that was run. Pure: values in, values out."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from typing import Any

from grader.cells import tidy, without_magics
from grader.models import CellScore, Notebook, Status, Template, TemplateCell, printable

OURS = {"TimedOut", "KernelDied", "TooLarge", "NotRun"}
"""Names of the errors that the grader itself writes into a cell's outputs."""


def score(notebook: Notebook, template: Template) -> list[CellScore]:
    """Return the score of each marked cell of a notebook that was sanitised and run."""
    ran = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in notebook["cells"] if "nbgrader" in cell["metadata"]
    }
    untouched = {
        cell.exercise
        for cell in template.cells
        if cell.solution and tidy(ran[cell.id]["source"]) == tidy(cell.released)
    }
    return [
        _scored(cell, ran[cell.id], cell.exercise in untouched, template.notebook)
        for cell in template.cells
        if cell.marked
    ]


def zero(template: Template, message: str) -> list[CellScore]:
    """Return no points for every marked cell of a notebook that could not be read."""
    return [
        CellScore(cell.id, cell.exercise, 0.0, cell.points, Status.FAILED, message, template.notebook)
        for cell in template.cells
        if cell.marked
    ]


def _scored(cell: TemplateCell, ran: dict[str, Any], untouched: bool, notebook: str) -> CellScore:
    if cell.by_hand:
        if cell.grade and cell.solution and untouched:
            return CellScore(cell.id, cell.exercise, 0.0, cell.points, Status.UNANSWERED, "not answered", notebook)
        return CellScore(cell.id, cell.exercise, None, cell.points, Status.WAITING, "a person marks this", notebook)
    points, message = _verdict(cell, ran["outputs"])
    status = Status.PASSED if points >= cell.points else Status.PARTIAL if points > 0 else Status.FAILED
    if status is Status.FAILED and untouched:
        status, message = Status.UNANSWERED, "not answered"
    return CellScore(cell.id, cell.exercise, points, cell.points, status, message, notebook)


def _verdict(cell: TemplateCell, outputs: Sequence[Mapping[str, Any]]) -> tuple[float, str]:
    """Return points and message of a test cell: none for an error, a number that it evaluates to, else all."""
    errors = [output for output in outputs if output["output_type"] == "error"]
    if errors:
        return 0.0, _message(cell, errors[-1])
    results = [output for output in outputs if output["output_type"] == "execute_result"]
    if not results or not _ends_in_expression(cell.source):
        return cell.points, ""
    try:
        number = float(results[-1]["data"].get("text/plain", ""))
    except (TypeError, ValueError):
        return cell.points, ""
    if math.isnan(number) or math.isinf(number):
        return 0.0, "the test did not come to a number of points"
    points = cell.points if number < 0 else min(number, cell.points)
    return points, "" if points >= cell.points else f"{points:g} of {cell.points:g} points"


def _ends_in_expression(source: str) -> bool:
    try:
        body = ast.parse(without_magics(source)).body
    except (SyntaxError, ValueError):
        return False
    return bool(body) and isinstance(body[-1], ast.Expr)


def _message(cell: TemplateCell, error: Mapping[str, Any]) -> str:
    """Return what the student may read of an error in a test cell: nothing that hidden tests hold."""
    name, said = printable(error.get("ename", "")), printable(error.get("evalue", ""))[:2000]
    if name in OURS or name == "HiddenCheckFailed":
        return said
    if "HIDDEN TESTS" in cell.source and not (name == "CheckFailed" and "checks.visible" in cell.released):
        return "a hidden test does not pass yet"
    return said if name == "CheckFailed" else f"{name}: {said}" if said else name
