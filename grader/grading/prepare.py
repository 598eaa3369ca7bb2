"""Try an assignment's own solution, and no answer at all, before anybody's is graded: which tests run where, and count.

A test that the solution passes beside the answers, and not apart from them, would refuse every right answer: it runs
beside. One that the solution does not pass at all decides nobody's points.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from typing import Any

from grader.engine.confine.confinement import NO_PROGRAM
from grader.engine.run import Engine
from grader.grading.one import assignment_digest, grade_one
from grader.models import (
    Assignment,
    CellScore,
    Finding,
    Limits,
    Result,
    Status,
    Submission,
    Template,
    TemplateCell,
    Tried,
    printable,
)
from grader.notebook.code import bound, is_written, mentioned
from grader.notebook.noise import noisy
from grader.notebook.reach import reasons, written
from grader.notebook.score import WALLS
from grader.notebook.tracebacks import called, failing_line, student_line

Plan = dict[str, dict[str, Tried]]
"""What is known of the tests, by notebook and cell."""
_WALLED = (
    "; student code has no network, starts no program and sees no folder outside (the setting readable names some)"
)
_LACKS = re.compile(r"NameError: name '(\w+)' is not defined")
_BROUGHT = re.compile(r"FileNotFoundError: [^']*'(?![/~\\]|[A-Za-z]:)([^']+)'")
"""The error of a solution that reads a file of no other place than its own folder."""


_SHOWN = 8
"""How many tests are named in one line."""
_THEIRS = "students hand in"
_UNSOLVED = "there is no solution to try it with"


def prepared(assignment: Assignment, limits: Limits, engine: Engine, *, again: bool = False) -> Assignment:
    """Return the assignment with what is known of its tests; what was found out before is looked up, unless `again`."""
    place = _folder() / f"{_key(assignment, limits)}.json"
    known = None if again else _read(place)
    if known is None:
        known = {template.notebook: tried for template, tried in _tried(assignment, limits, engine)}
        _write(place, known)
    return _with(assignment, known)


def findings(assignment: Assignment, limits: Limits) -> Iterator[Finding]:
    """Yield what an instructor should know of each test cell before its points are believed."""
    beside: dict[str, list[str]] = {}
    for template in assignment.templates:
        for grade_id, tried in template.tried.items():
            where = f"source/{assignment.name} {grade_id}"
            if tried.waits:
                fix = "correct the solution or the test; until then a person marks it"
                yield Finding(where, f"decides nobody's points: {tried.waits}", fix)
            elif tried.beside and limits.judge:
                beside.setdefault(tried.beside, []).append(grade_id)
            if tried.free:
                yield Finding(
                    where,
                    f"{tried.free:g} point{'s' * (tried.free != 1)} without an answer",
                    "let the test ask for the answer",
                )
    for why, ids in beside.items():
        runs = "runs beside the answers, because" if len(ids) == 1 else "run beside the answers, each because"
        fix = f"a student's code could forge its points; {_way_out(why)}"
        yield Finding(f"source/{assignment.name} {', '.join(ids)}", f"{runs} {why}", fix, note=True)


def _way_out(why: str) -> str:
    if why == _UNSOLVED:
        return "write a solution into the source, and it can run apart from the answers"
    if why.startswith(_THEIRS):
        return "to be safe let them answer in the notebook"
    return "to be safe let it call what the solution defines, on plain data"


def summary(assignment: Assignment, limits: Limits) -> Iterator[Finding]:
    """Yield the same in a few lines, for whoever grades."""
    tried = [(grade_id, each) for template in assignment.templates for grade_id, each in template.tried.items()]
    where, why = f"source/{assignment.name}", f"grader verify {assignment.name} says why"
    for one, many, ids in (
        (
            "decides nobody's points, and waits for a person",
            "decide nobody's points, and wait for a person",
            [grade_id for grade_id, each in tried if each.waits],
        ),
        (
            "runs beside the answers, which could tamper with it",
            "run beside the answers, which could tamper with them",
            [grade_id for grade_id, each in tried if each.beside and not each.waits and limits.judge],
        ),
        (
            "gives points to whoever answers nothing",
            "give points to whoever answers nothing",
            [grade_id for grade_id, each in tried if each.free],
        ),
    ):
        if len(ids) == 1:
            yield Finding(f"{where} {ids[0]}", one, why)
        elif ids:
            more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
            yield Finding(where, f"{len(ids)} tests {many}: {', '.join(ids[:_SHOWN])}{more}", why)


# Trying ───────────────────────────────────────────────────────────────────────────────────────────


def _tried(assignment: Assignment, limits: Limits, engine: Engine) -> Iterator[tuple[Template, dict[str, Tried]]]:
    """Yield for each notebook what its solution, a noisy one and its release have shown of its tests."""
    solution = {template.notebook: template.solved.encode() for template in assignment.templates}
    plan = _first_plan(assignment, limits)
    first = _run(_with(assignment, _open(assignment, plan)), solution, limits, engine)
    short = never = _short(assignment, first)
    _say_what_they_are_about(plan, first)
    if short:
        if limits.judge:
            never = _short(assignment, _run(assignment, solution, replace(limits, judge=False), engine))
        plan = {
            each.notebook: moved(each, plan[each.notebook], short, never, _elsewhere(assignment, each))
            for each in assignment.templates
        }
    if limits.judge and (_move_what_forbids(assignment, plan, limits, engine) or short):
        again = _short(assignment, _run(_with(assignment, plan), solution, limits, engine))
        _move_the_rest(assignment, plan, again.keys() - never.keys())
    empty = {template.notebook: template.released.encode() for template in assignment.templates}
    given = _run(_with(assignment, plan), empty, limits, engine)
    for template in assignment.templates:
        known = plan[template.notebook]
        if not limits.fallback:
            known = {grade_id: _refused(tried) for grade_id, tried in known.items()}
        tests = {cell.id for cell in template.tests}
        for score in given.cells:
            if score.notebook == template.notebook and score.points and score.cell in tests:
                known[score.cell] = replace(known.get(score.cell, Tried()), free=score.points)
        yield template, dict(sorted(known.items()))


def _first_plan(assignment: Assignment, limits: Limits) -> Plan:
    """Return what the words of the tests say, and whose files they use."""
    plan: Plan = {}
    for template in assignment.templates:
        found = reasons(template) if limits.judge else {}
        if brought := next((name for name in sorted(assignment.theirs) if _names(template, name)), ""):
            found |= dict.fromkeys(
                (cell.id for cell in template.tests), f"{_THEIRS} {brought}, which its notebook uses"
            )
        plan[template.notebook] = {grade_id: Tried(beside=why) for grade_id, why in found.items()}
    return plan


def _names(template: Template, file: str) -> bool:
    """Tell whether a notebook reads or imports a file, as far as its words tell."""
    place = PurePosixPath(file)
    name = rf"(?:import|from)\b.*\b{re.escape(place.stem)}\b" if place.suffix == ".py" else re.escape(place.name)
    return any(re.search(name, text) for cell in template.cells if cell.code for text in (cell.source, cell.solved))


def _open(assignment: Assignment, plan: Plan) -> Plan:
    """Return a plan in which every test that runs apart may be about objects, as is to be found out."""
    return {
        template.notebook: {
            **{cell.id: Tried(about=("*",)) for cell in template.tests},
            **plan[template.notebook],
        }
        for template in assignment.templates
    }


def _say_what_they_are_about(plan: Plan, ran: Result) -> None:
    """Note in the plan to which classes of the solution's objects the tests handed values of their own."""
    for notebook, needed in ran.needed.items():
        for grade_id, names in needed.items():
            plan[notebook][grade_id] = replace(plan[notebook].get(grade_id, Tried()), about=names)


def _move_the_rest(assignment: Assignment, plan: Plan, short: Iterable[tuple[str, str]]) -> None:
    """Move all tests of a notebook beside the answers in which the plan alone makes the solution fail some.

    A test may need what another makes or changes that runs in the other process.
    """
    for template in assignment.templates:
        known = plan[template.notebook]
        if any(
            notebook == template.notebook and not known.get(grade_id, Tried()).waits for notebook, grade_id in short
        ):
            for cell in template.tests:
                if _is_apart(known, cell.id):
                    known[cell.id] = Tried(beside="tests that run there need what it makes, or it what they make")


def _move_what_forbids(assignment: Assignment, plan: Plan, limits: Limits, engine: Engine) -> bool:
    """Move tests beside the answers that a noisy solution fails there, and passes apart; tell whether there are any."""
    some = False
    loud = {template.notebook: _noisy(template).encode() for template in assignment.templates}
    fails = _short(assignment, _run(assignment, loud, replace(limits, judge=False), engine))
    if any(_is_apart(plan[notebook], grade_id) for notebook, grade_id in fails):
        fails_apart = _short(assignment, _run(_with(assignment, plan), loud, limits, engine))
        for notebook, grade_id in fails.keys() - fails_apart.keys():
            if _is_apart(plan[notebook], grade_id):
                plan[notebook][grade_id] = Tried(beside="it forbids something that cannot be seen from another process")
                some = True
    return some


def _is_apart(known: Mapping[str, Tried], grade_id: str) -> bool:
    return grade_id not in known or not (known[grade_id].beside or known[grade_id].waits)


def _noisy(template: Template) -> str:
    notebook = json.loads(template.solved)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = noisy("".join(cell["source"]))
    return json.dumps(notebook)


def moved(
    template: Template,
    plan: Mapping[str, Tried],
    short: Mapping[tuple[str, str], str],
    never: Mapping[tuple[str, str], str],
    elsewhere: Mapping[str, str] | None = None,
) -> dict[str, Tried]:
    """Return the plan with the tests that the solution fails apart moved beside, and those that it always fails waiting.

    `elsewhere` says which other notebook writes a file. `short` and `never` say by (notebook, cell) what came where the tests ran by the plan, and where all ran beside.
    """
    solved = {cell.exercise for cell in template.cells if cell.solution and is_written(cell.solved)}
    tests = {cell.id: cell for cell in template.tests}
    given = [cell.source for cell in template.cells if cell.code and not cell.managed]
    left_open = {name for source in given if not is_written(source) for name in bound(source)}
    known = dict(plan)
    for (notebook, grade_id), said in short.items():
        if notebook != template.notebook:
            continue
        if (notebook, grade_id) not in never:
            maker = _maker(said, [each for each in template.tests if known.get(each.id, Tried()).beside])
            needs = f"it needs {maker[0]}, which {maker[1]} makes there" if maker else ""
            known[grade_id] = Tried(
                beside=needs or f"apart from them the solution fails it ({said.removesuffix(_WALLED)})"
            )
        elif known.get(grade_id, Tried()).beside.startswith(_THEIRS):
            continue  # the instructor's file may leave room for theirs
        elif tests[grade_id].exercise not in solved or mentioned(tests[grade_id].source) & left_open:
            known[grade_id] = Tried(beside=_UNSOLVED)
        elif (lacks := _BROUGHT.search(never[notebook, grade_id])) and (writer := (elsewhere or {}).get(lacks[1])):
            why = f"its solution reads {lacks[1]}, which {writer} writes, and a notebook is graded without the others'"
            known[grade_id] = Tried(known.get(grade_id, Tried()).beside, f"{why} files")
        elif lacks and _WALLED not in never[notebook, grade_id]:
            known[grade_id] = Tried(
                beside="its solution reads a file that is not in source/, as if students brought it"
            )
        else:
            why = f"its own solution does not pass it here ({never[notebook, grade_id]})"
            known[grade_id] = Tried(known.get(grade_id, Tried()).beside, why)
    return known


def _elsewhere(assignment: Assignment, template: Template) -> dict[str, str]:
    """Return by name the files that other notebooks of an assignment write, each with the notebook that does."""
    others = (each for each in assignment.templates if each is not template)
    cells = ((each.notebook, cell.solved or cell.source) for each in others for cell in each.cells if cell.code)
    return {name: notebook for notebook, source in cells for name in written(source)}


def _maker(said: str, beside: Iterable[TemplateCell]) -> tuple[str, str] | None:
    """Return the name whose lack an error tells, and the test that gives it a value beside the answers."""
    lacks = _LACKS.match(said)
    return next(((lacks[1], cell.id) for cell in beside if lacks and lacks[1] in bound(cell.source)), None)


def _refused(tried: Tried) -> Tried:
    if tried.waits or not tried.beside:
        return tried
    return replace(tried, waits=f'it cannot run apart from the answers, as judge = "all" asks, because {tried.beside}')


def _run(assignment: Assignment, notebooks: Mapping[str, bytes], limits: Limits, engine: Engine) -> Result:
    return grade_one(Submission("the solution", assignment.name, notebooks), assignment, limits, engine, deciding=False)


def _short(assignment: Assignment, result: Result) -> dict[tuple[str, str], str]:
    """Return by (notebook, cell) the tests that do not earn all their points, and what came there."""
    tests = {(template.notebook, cell.id) for template in assignment.templates for cell in template.tests}
    found = {}
    for score in result.cells:
        ran = result.notebooks.get(score.notebook, {"cells": []})["cells"]
        key = score.notebook, score.cell
        if key in tests and (score.status is not Status.PASSED or _error_of(score.cell, ran)):
            found[key] = _what_came(score, ran)
    return found


def _what_came(score: CellScore, ran: Iterable[Mapping[str, Any]]) -> str:
    """Return what an instructor should read of a cell that fails: its error, and the first of no test above it."""
    cells = list(ran)
    own = _error_of(score.cell, cells) or score.message or score.status.value
    above, shown = "", ""
    for cell in cells:
        shown += "".join(str(output.get("text", "")) for output in cell.get("outputs", []))
        if _id(cell) == score.cell:
            break
        if not above and not _is_test(cell) and (error := _error(cell)):
            above = f"; above it, in {_id(cell) or 'an ordinary cell'}, {error}"
    wall = NO_PROGRAM in shown or any(word in own + above for word in WALLS)
    return own + above + _WALLED * wall


def _error_of(grade_id: str, cells: Iterable[Mapping[str, Any]]) -> str:
    return next((_error(cell) for cell in cells if _id(cell) == grade_id), "")


def _error(cell: Mapping[str, Any]) -> str:
    for output in cell.get("outputs", []):
        if output["output_type"] == "error":
            name, said = called(output), str(output.get("evalue", ""))
            said = said or failing_line(output)
            text = (printable(f"{name}: {said}".strip(": ")).splitlines() or ["an error"])[0][:200]
            return f"{text} {printable(student_line(output))}".strip()
    return ""


def _is_test(cell: Mapping[str, Any]) -> bool:
    about = cell["metadata"].get("nbgrader", {})
    return bool(about.get("grade") and not about.get("solution"))


def _id(cell: Mapping[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _with(assignment: Assignment, known: Mapping[str, Mapping[str, Tried]]) -> Assignment:
    templates = tuple(replace(each, tried=known.get(each.notebook, {})) for each in assignment.templates)
    return replace(assignment, templates=templates)


# What was found out before ─────────────────────────────────────────────────────────────────────────


def _folder() -> Path:
    """Return where what was found out of assignments is kept, for the user who did."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "grader", "prepared")


def _key(assignment: Assignment, limits: Limits) -> str:
    texts = [[template.notebook, template.solved, template.released] for template in assignment.templates]
    return hashlib.sha256(json.dumps([assignment_digest(assignment, limits), texts]).encode()).hexdigest()


def _read(place: Path) -> dict[str, dict[str, Tried]] | None:
    try:
        said = json.loads(place.read_text("utf-8"))
        return {
            name: {grade_id: Tried(**{**tried, "about": tuple(tried["about"])}) for grade_id, tried in known.items()}
            for name, known in said.items()
        }
    except (OSError, ValueError, TypeError, AttributeError, KeyError):  # not there, or cut off: it is found out again
        return None


def _write(place: Path, known: Mapping[str, Mapping[str, Tried]]) -> None:
    text = json.dumps(
        {name: {grade_id: asdict(each) for grade_id, each in tried.items()} for name, tried in known.items()}
    )
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_suffix(f".{os.getpid()}")
        fresh.write_text(text, "utf-8")
        fresh.replace(place)
    except OSError:  # found out again next time, which costs a second
        return
