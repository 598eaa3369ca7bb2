"""Give points to the marked cells of a notebook that was run. Pure: values in, values out."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from grader.models import CellScore, Finding, Notebook, Status, Template, TemplateCell, Tried, printable
from grader.notebook import tracebacks
from grader.notebook.restore import cell_id, tidy, without_magics

OURS = {"TimedOut", "KernelDied", "TooLarge", "NotRun"}
"""Names of the errors that the grader itself writes into a cell's outputs."""


_WRAPPED = re.compile(
    r"(?:np\.\w+|numpy\.\w+|tensor|array|Array|Decimal)\(\s*'?([-+.\w]+)'?\s*(?:,.*)?\)"
    r"|<tf\.Tensor: shape=\(\), .*numpy=([-+.\w]+)>",
    re.DOTALL,
)
"""How one number of NumPy, torch, JAX, TensorFlow or decimal is shown."""
_FRACTION = re.compile(r"Fraction\((-?\d+), (\d+)\)")
_USAGE = re.compile(r"^UsageError: (.*)", re.MULTILINE)
WALLS = (
    "PermissionError", "Operation not permitted", "Permission denied", "URLError", "gaierror", "ConnectionError",
    "BlockingIOError", "ConnectTimeout", "Network is unreachable", "Name or service not known", "name resolution",
)  # fmt: skip
"""Words of errors that confinement is known to cause."""
_NO_NUMBER = "the test ended in a value that is no number of points, so a person marks this"
_HIDDEN = "a hidden test does not pass yet"
_MISSING = re.compile(r"name '(\w+)' is not defined|there is no (\w+)")
_UNDECIDED = "this test did not work here, so a person marks it"


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
    made = []
    for cell in (cell for cell in template.cells if cell.marked):
        scored = _scored(cell, ran[cell.id], cell.exercise in untouched, template.notebook)
        if scored.status is Status.FAILED and (cause := _cause(ran[cell.id], notebook, template)):
            scored = replace(scored, message=cause)
        elif scored.message == _HIDDEN:
            scored = replace(scored, detail=_detail(_error(ran[cell.id]["outputs"]) or {}))
        made.append(scored)
    return made


def remarks(notebook: Notebook, template: Template) -> list[Finding]:
    """Return findings of a notebook that was run: points of tests that there are not, cells that confinement ended."""
    ran = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in notebook["cells"]}
    found = []
    for cell in (cell for cell in template.cells if cell.grade and not cell.by_hand):
        error = _error(ran[cell.id]["outputs"]) or {}
        if error.get("ename") == "Undecided":
            found.append(Finding(cell.id, f"it decides nothing here: {error['evalue']}", "mark it by hand"))
        value = _value(cell, ran[cell.id]["outputs"])
        number = value if isinstance(value, float) else 0.0
        if number > cell.points > 0:
            found.append(Finding(cell.id, f"its test came to {number:g} of {cell.points:g} points; no more were given"))
        elif number < 0 < cell.points:
            found.append(
                Finding(cell.id, f"its test came to {number:g} points, below zero; all {cell.points:g} were given")
            )
    return [*found, *broken_below(notebook, template), *_at_walls(notebook)]


def broken_below(notebook: Notebook, template: Template) -> Iterator[Finding]:
    """Yield a finding for each answer whose cell ended in an error below what it was to define, which counts all the same."""
    wanted, cells = _answers(template), {cell_id(cell.id): cell for cell in template.cells}
    for cell in notebook["cells"]:
        error = _ended(cell) if cell["id"] in wanted and cell["cell_type"] == "code" else None
        line = tracebacks.line(error) if error and error["ename"] not in OURS else None
        if error is None or line is None or line <= _last_line(cell["source"], wanted[cell["id"]]):
            continue
        what = f"its cell {_where_it_ended(cell, error, line)}"
        fix = "what stands above that line was run, and counts; mend the line, or take it out"
        yield Finding(cells[cell["id"]].exercise, what, fix)


def broken_apart(notebook: Notebook, template: Template) -> Iterator[Finding]:
    """Yield a finding for each cell of the student's own that ended in an error, where running all cells stops."""
    cells, above = {cell_id(cell.id): cell for cell in template.cells}, ""
    for cell in notebook["cells"]:
        if cell["id"] in cells:
            above = cells[cell["id"]].exercise if cells[cell["id"]].solution else above
            continue
        error = _ended(cell) if cell["cell_type"] == "code" else None
        if error and error["ename"] not in OURS:
            what = f"a cell of your own {_where_it_ended(cell, error, tracebacks.line(error) or 1)}"
            yield Finding(
                above or "above the first exercise", what, "mend it, or take it out: Run All Cells stops there"
            )


def _where_it_ended(cell: Mapping[str, Any], error: Mapping[str, Any], line: int) -> str:
    code = cell["source"].splitlines()[line - 1 : line]
    said = printable(code[0].strip())[:100] if code else ""
    return f"ended in line {line} with {printable(tracebacks.called(error))[:80]} ({said})"


def _last_line(source: str, names: Set[str]) -> float:
    """Return the last line of what defines one of these names in a cell; infinite if nothing that can be read does."""
    try:
        body = ast.parse(without_magics(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return math.inf
    ends = [node.end_lineno or 0 for node in body if getattr(node, "name", "") in names or names & _bound(node)]
    return max(ends, default=math.inf)


def _bound(node: ast.stmt) -> set[str]:
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _at_walls(notebook: Notebook) -> Iterator[Finding]:
    """Yield a finding for each cell that ended with an error which confinement is known to cause."""
    for cell in notebook["cells"]:
        error = _error(cell.get("outputs", [])) or {}
        said = printable(f"{error.get('ename', '')}: {error.get('evalue', '')}")[:300]
        if error.get("ename") not in OURS and any(word in said for word in WALLS):
            where = str(cell["metadata"].get("nbgrader", {}).get("grade_id", "")) or "an ordinary cell"
            what = f"it asks for what is not there when this is graded ({said})"
            yield Finding(where, what, "no network, no other process and no folder but its own: leave that out")


def settled(scores: Sequence[CellScore], template: Template, *, beside: bool = False) -> list[CellScore]:
    """Return scores as they count: those of tests that decide nobody's points wait for a person."""
    tests, made = {cell.id for cell in template.tests}, []
    for score in scores:
        tried = template.tried.get(score.cell, Tried())
        if tried.waits and score.status is not Status.UNANSWERED:
            score = replace(score, points=None, status=Status.WAITING, message=_UNDECIDED)
        made.append(replace(score, beside=score.cell in tests and (beside or bool(tried.beside))))
    return made


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
    points, status, message = _verdict(cell, ran["outputs"])
    if status is Status.FAILED and untouched:
        status, message = Status.UNANSWERED, "not answered"
    if status is Status.FAILED and (_error(ran["outputs"]) or {}).get("ename") == "NotWritten":
        status = Status.UNANSWERED
    return CellScore(cell.id, cell.exercise, points, cell.points, status, message, notebook)


def _verdict(cell: TemplateCell, outputs: Sequence[Mapping[str, Any]]) -> tuple[float | None, Status, str]:
    """Return points, status and message of a test cell: none for an error, what its last value says, else all.

    Of True that is all, of False none; a value that is no number is left to a person.
    """
    if (error := _error(outputs)) is not None:
        if error.get("ename") == "Undecided":
            return None, Status.WAITING, _UNDECIDED
        return 0.0, Status.FAILED, _message(cell, error)
    match _value(cell, outputs):
        case None | True:
            return cell.points, Status.PASSED, ""
        case False:
            return 0.0, Status.FAILED, "the test ended in False"
        case float(number) if math.isfinite(number):
            points = cell.points if number < 0 else min(number, cell.points)
            if points >= cell.points:
                return points, Status.PASSED, ""
            status = Status.PARTIAL if points > 0 else Status.FAILED
            return points, status, f"{points:g} of {cell.points:g} points"
        case _:
            return None, Status.WAITING, _NO_NUMBER


def _error(outputs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    errors = [output for output in outputs if output["output_type"] == "error"]
    return errors[-1] if errors else None


def _ended(cell: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the error that ended a cell; of a magic that it lacks, IPython tells on stderr alone."""
    errors = [output for output in cell["outputs"] if output["output_type"] == "error"]
    said = "".join(output["text"] for output in cell["outputs"] if output.get("name") == "stderr")
    if not errors and (usage := _USAGE.search(said)):
        return {"ename": "UsageError", "evalue": usage[1], "traceback": []}
    return errors[0] if errors else None


def _value(cell: TemplateCell, outputs: Sequence[Mapping[str, Any]]) -> float | bool | str | None:
    """Return the value that a test cell ends in, as it is shown: a number, a truth value, or text for any other."""
    results = [output for output in outputs if output["output_type"] == "execute_result"]
    if not results or not _ends_in_expression(cell.source):
        return None
    return value_of(str(results[-1]["data"].get("text/plain", "")))


def value_of(shown: str) -> float | bool | str:
    """Return the number or truth value that a text shows, whosever type it is; else the text.

    >>> value_of("np.float64(0.5)"), value_of("tensor(0.5000, dtype=torch.float64)"), value_of("np.True_")
    (0.5, 0.5, True)
    """
    text = shown.strip()
    if fraction := _FRACTION.fullmatch(text):
        text = _divided(int(fraction[1]), int(fraction[2]))
    elif wrapped := _WRAPPED.fullmatch(text):
        text = wrapped[1] or wrapped[2]
    if text.removeprefix("np.").rstrip("_") in ("True", "False"):
        return "True" in text
    try:
        return float(text)
    except ValueError:
        return shown


def _divided(above: int, below: int) -> str:
    try:
        return str(above / below)
    except (OverflowError, ZeroDivisionError):
        return "no number"


def _ends_in_expression(source: str) -> bool:
    try:
        body = ast.parse(without_magics(source)).body
    except (SyntaxError, ValueError):
        return False
    return bool(body) and isinstance(body[-1], ast.Expr)


def _message(cell: TemplateCell, error: Mapping[str, Any]) -> str:
    """Return what the student may read of an error in a test cell: nothing that hidden tests hold."""
    name, said = printable(error.get("ename", "")), printable(error.get("evalue", ""))[:2000]
    if name in OURS or name in ("HiddenCheckFailed", "NotWritten"):
        return said
    if "HIDDEN TESTS" in cell.source and not (name == "CheckFailed" and "checks.visible" in cell.released):
        return _HIDDEN
    if name == "CheckFailed":
        return said
    where = printable(tracebacks.student_line(error))
    return (f"{name}: {said}" if said else name) + (f" {where}" if where else "")


def _detail(error: Mapping[str, Any]) -> str:
    """Return what an instructor reads of an error in a hidden test, with the student's line if one of hers failed."""
    return " ".join(printable(f"hidden: {tracebacks.said(error)} {tracebacks.student_line(error)}").split())[:500]


# What failed before ───────────────────────────────────────────────────────────────────────────────


def _cause(test: Mapping[str, Any], notebook: Notebook, template: Template) -> str:
    """Return why a name that a test misses is not there: the error that ended the cell which should define it."""
    error = _error(test["outputs"]) or {}
    missing = _MISSING.search(str(error.get("evalue", "")))
    name = next(filter(None, missing.groups())) if missing else ""
    if not name or error.get("ename") not in ("NameError", "CheckFailed", "HiddenCheckFailed"):
        return ""
    cell = _failed_before(test, name, notebook, template)
    if cell is None:
        return ""
    first = _ended(cell) or {}
    line, said = tracebacks.line(first), str(first["evalue"]) if first["ename"] in OURS else tracebacks.said(first)
    said = said if said != "SyntaxError: incomplete input" else f"SyntaxError: {_never_ends(cell['source'])}"
    place = "its cell" if name in _answers(template).get(cell["id"], ()) else "a cell above"
    ours = first["ename"] in OURS
    how = "" if ours else f" in line {line} with" if line else " with"
    text = f"{name} is not defined: {place} ended{how}{':' if ours else ''} {' '.join(said.split())[:1000]}"
    return printable(text + _way_out(first))


def _never_ends(source: str) -> str:
    """Return what Python says of a cell of which IPython says no more than that it is incomplete."""
    try:
        ast.parse(without_magics(source))
    except SyntaxError as error:
        return error.msg
    except (ValueError, RecursionError, MemoryError):
        pass
    return "incomplete input"


def _failed_before(test: Any, name: str, notebook: Notebook, template: Template) -> Mapping[str, Any] | None:
    """Return the cell above a test that ended in an error and should have defined a name: its answer, else another."""
    found, answers = [], _answers(template)
    for cell in notebook["cells"]:
        if cell is test:
            break
        about = cell["metadata"].get("nbgrader", {})
        theirs = not about or cell["id"] in answers
        if cell["cell_type"] == "code" and theirs and _ended(cell):
            found.append(cell)
    own = [cell for cell in found if name in answers.get(cell["id"], ())]
    others = [cell for cell in found if re.search(rf"\b{re.escape(name)}\b", cell["source"])]
    return next(iter(own + others), None)


def _answers(template: Template) -> dict[str, set[str]]:
    """Return by notebook id the names that each answer should define."""
    return {cell_id(cell.id): {*cell.defines, cell.exercise} for cell in template.cells if cell.solution and cell.code}


def _way_out(error: Mapping[str, Any]) -> str:
    name, said = error["ename"], str(error["evalue"])
    if name == "FileNotFoundError" and re.search(r"""['"](?:[/\\~]|[A-Za-z]:)""", said):
        return "\n  hint: a path of another machine is not there when this is graded; name files beside the notebook"
    if name == "StdinNotImplementedError":
        return "\n  hint: nobody types when this is graded; let the cell work without input()"
    if name == "ModuleNotFoundError":
        return "\n  hint: that module is not installed where this is graded; use what the assignment uses"
    return ""
