"""The author's self-check: everything that must be true of an assignment before students see it."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from grader import tally
from grader.course.archives import within
from grader.course.release import read_assignment, read_source, released_files
from grader.course.settings import nbgrader_settings
from grader.engine.run import Engine, must_run
from grader.grading.doctor import confined_if_possible
from grader.grading.mishaps import concerns_all, on_solution
from grader.grading.prepare import findings as of_tests
from grader.grading.prepare import prepared
from grader.models import Assignment, Course, Finding, GraderError, Template
from grader.notebook.leaks import given_away, lines_of, secret_lines

_MARKERS = [f"{edge} {what}" for edge in ("BEGIN", "END") for what in ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")]
_OTHER_MARKERS = "nbgrader_config.py names other markers, or the cell is of another kind: correct the one or the other"


def verify(course: Course, name: str, engine: Engine) -> list[Finding]:
    """Return what is wrong with an assignment; [] if it is fit for students.

    Looks for duplicate ids, tests without points or hint, points that students are told and no cell has, misspelt markers, solution or hidden lines in the
    release, a release that is not what the source gives, files that nothing accounts for, a solution that does
    not earn full marks, and an exercise that earns points unanswered.
    """
    try:
        sources = {path: _cells(path) for path in sorted((course.root / "source" / name).glob("*.ipynb"))}
    except GraderError as error:
        return [Finding(error.where, error.problem, error.fix)]
    except OSError as error:
        return [Finding(f"source/{name}", f"cannot be read ({error.strerror})", "let the grader read it")]
    findings = [
        finding for path, cells in sources.items() for finding in _source_findings(f"source/{name}/{path.name}", cells)
    ]
    if findings:
        return findings  # what nbgrader would make of such a source says nothing more
    try:
        assignment = read_assignment(course, name)
    except GraderError as error:
        return [Finding(error.where, error.problem, error.fix)]
    for template in assignment.templates:
        findings += [*_test_findings(course, template), *_point_findings(template), *template.doubts]
    findings += _release_findings(course, assignment, list(sources.values()))
    findings += _orphans(course, assignment)
    findings += _idle_patterns(course)
    return findings + _run_findings(course, assignment, engine)


def _idle_patterns(course: Course) -> list[Finding]:
    """Return a finding for each pattern that leaves nothing out, since nbgrader compares it with single names."""
    said = nbgrader_settings(course.root).get("CourseDirectory", {}).get("ignore", [])
    what, fix = "matches nothing: nbgrader compares it with the names of files and folders", "leave the folders out"
    idle = [one for one in said if isinstance(one, str) and "/" in one.strip("/")] if isinstance(said, list) else []
    return [Finding("nbgrader_config.py", f"CourseDirectory.ignore {one!r} {what}", fix, note=True) for one in idle]


def _cells(path: Path) -> list[dict[str, Any]]:
    where = f"source/{path.parent.name}/{path.name}"
    return [
        {"source": cell.source, "about": dict(cell.metadata.get("nbgrader", {}))}
        for cell in read_source(path, where).cells
    ]


def _source_findings(where: str, cells: list[dict[str, Any]]) -> list[Finding]:
    findings = []
    ids = Counter(cell["about"].get("grade_id") for cell in cells)
    for grade_id, count in ids.items():
        if grade_id and count > 1:  # nbgrader's older formats mark ordinary cells too, without an id
            findings.append(
                Finding(f"{where} {grade_id}", f"{count} cells have this id", "give each cell an id of its own")
            )
    for number, cell in enumerate(cells):
        place = f"{where} {cell['about'].get('grade_id') or f'cell {number + 1}'}"
        for line in cell["source"].splitlines():
            if (meant := _misspelt(line)) is not None:
                findings.append(
                    Finding(
                        place,
                        f"{line.strip()!r} is not a marker, so what follows would reach students",
                        f"write ### {meant}",
                    )
                )
        for what in ("SOLUTION", "HIDDEN TESTS"):
            begins, ends = cell["source"].count(f"BEGIN {what}"), cell["source"].count(f"END {what}")
            if begins != ends:
                findings.append(Finding(place, f"{begins} BEGIN {what} and {ends} END {what}", "close each region"))
        if "BEGIN SOLUTION" in cell["source"] and not cell["about"].get("solution"):
            findings.append(
                Finding(place, "a solution in a cell that is no answer cell", "mark the cell as a solution")
            )
        if "BEGIN HIDDEN TESTS" in cell["source"] and not cell["about"].get("grade"):
            findings.append(
                Finding(place, "hidden tests in a cell that is no test cell", "mark the cell as autograder tests")
            )
    return findings


def _misspelt(line: str) -> str | None:
    """Return the marker that a comment line was meant to be, if it is nearly one (nbgrader takes capitals alone)."""
    text = re.sub(r"[^A-Za-z ]", " ", line).strip()
    if not line.lstrip().startswith("#") or len(text) > 30 or any(marker in line for marker in _MARKERS):
        return None
    words = " ".join(text.upper().split())
    loose = line.lstrip().startswith("###") or text.isupper()
    close = difflib.get_close_matches(words, _MARKERS, 1, 0.8 if loose else 0.9)
    return close[0] if close else None


def _test_findings(course: Course, template: Template) -> list[Finding]:
    findings = []
    for cell in template.cells:
        where = f"source/{template.assignment}/{template.notebook}.ipynb {cell.id}"
        if cell.marked and cell.points <= 0:
            what = "an answer" if cell.solution else "a task" if cell.task else "a test"
            fix = "give it points, unless it is not to count"
            findings.append(Finding(where, f"{what} without points", fix, note=True))
        if course.hints and cell.grade and cell.code and not cell.solution and "hint=" not in cell.source:
            findings.append(Finding(where, "a test without a hint", 'add hint="..." to its checks'))
        hidden = "\n".join(_hidden(cell.source))
        if re.search(r"checks\.visible\(", hidden):
            findings.append(
                Finding(where, "checks.visible in a hidden test would show its data", "use checks.hidden there")
            )
    return findings


def _point_findings(template: Template) -> Iterator[Finding]:
    """Yield a finding for each number of points that students are told and that their cells do not have."""
    where, counted = f"source/{template.assignment}/{template.notebook}.ipynb", dict[str, tuple[float, float]]()
    for cell in (cell for cell in template.cells if cell.grade and cell.code and not cell.solution):
        told, decided = tally.points_in(cell.source), _hidden(cell.source)
        if told and told != cell.points:
            what = f"checks.visible says {told:g} points, and the cell has {cell.points:g}"
            yield Finding(f"{where} {cell.id}", what, "write the points of the cell")
        elif told and decided:
            what = "checks.visible says points that hidden tests below it decide"
            yield Finding(f"{where} {cell.id}", what, "write points=0")
        seen, unseen = counted.get(cell.exercise, (0.0, 0.0))
        shown = told != 0 and any(
            line.strip() and not line.lstrip().startswith("#") for line in cell.released.splitlines()
        )
        counted[cell.exercise] = seen + cell.points * shown, unseen + cell.points * (not shown)
    for cell in (cell for cell in template.cells if cell.code and not cell.grade and not cell.solution):
        said = tally.points_told(cell.source) or {}
        for name in dict.fromkeys((*said, *counted)) if said else ():
            if said.get(name) != counted.get(name):
                what = (
                    f"checks.progress says {_pair(said.get(name))} of {name}; its cells give {_pair(counted.get(name))}"
                )
                yield Finding(f"{where} {cell.id}", what, "write the visible and the hidden points of each exercise")


def _pair(points: tuple[float, float] | None) -> str:
    return "nothing" if points is None else f"({points[0]:g}, {points[1]:g})"


def _hidden(source: str) -> list[str]:
    """Return the lines of the hidden tests of a cell."""
    inside, lines = False, []
    for line in source.splitlines():
        if "BEGIN HIDDEN TESTS" in line or "END HIDDEN TESTS" in line:
            inside = "BEGIN HIDDEN TESTS" in line
        elif inside:
            lines.append(line)
    return lines


def _release_findings(course: Course, assignment: Assignment, sources: Sequence[list[dict[str, Any]]]) -> list[Finding]:
    """Return what is in `release/` and should not be, and what should be and is not."""
    folder, findings = course.root / "release" / assignment.name, []
    again, wanted = f"run grader release {assignment.name}", released_files(assignment)
    for name, data in wanted.items():
        where, path = f"release/{assignment.name}/{name}", folder / name
        if not path.is_file():
            findings.append(Finding(where, "missing", again))
        elif name.endswith(".ipynb"):
            findings += _difference(where, path.read_bytes(), data, again)
        elif path.read_bytes() != data:
            findings.append(Finding(where, "not what the source gives", again))
    for name, cell in _solution_pictures(assignment, sources):
        fix = "leave it out: CourseDirectory.ignore in nbgrader_config.py"
        findings.append(
            Finding(f"release/{assignment.name}/{name}", f"a picture that the solution of {cell} alone shows", fix)
        )
    secrets = _secrets(assignment, sources)
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        of_ours = name in wanted and name.endswith(".ipynb")
        for cell, line in given_away(secrets, _shown(name, path.read_bytes()), any_line=of_ours).items():
            fix = "check the markers round it, then release again"
            if not of_ours:
                fix = "take it out of the file, or leave the file out: CourseDirectory.ignore in nbgrader_config.py"
            what = f"a hidden line is in it: {line!r}" + ("" if of_ours else f", of {cell}")
            findings.append(Finding(f"release/{assignment.name}/{name}", what, fix))
    return findings


def _shown(name: str, data: bytes) -> Iterator[str]:
    """Yield the lines of a file, and of those that are packed into it."""
    yield from lines_of(name, data)
    for inner, unpacked in within(data):
        yield from lines_of(inner, unpacked)


def _difference(where: str, given: bytes, wanted: bytes, again: str) -> list[Finding]:
    try:
        notebook = json.loads(given)
    except ValueError:
        return [Finding(where, "not a notebook", again)]
    found = [] if _without_ids(notebook) == _without_ids(json.loads(wanted)) else ["not what the source gives"]
    texts = ["".join(cell.get("source", "")) for cell in notebook.get("cells", [])]
    found += sorted({f"the marker {one} is in it" for one in _MARKERS for text in texts if one in text})
    return [Finding(where, what, again if "marker" not in what else _OTHER_MARKERS) for what in found]


def _without_ids(notebook: Any) -> Any:
    """Return a notebook without the ids of its ordinary cells, which nbformat may draw anew each time."""
    cells = [
        cell if cell.get("metadata", {}).get("nbgrader") else {key: cell[key] for key in cell if key != "id"}
        for cell in notebook.get("cells", [])
    ]
    return {**notebook, "cells": cells}


def _secrets(assignment: Assignment, sources: Sequence[list[dict[str, Any]]]) -> dict[str, list[str]]:
    """Return by cell the lines that no student should read; one that stands in a visible place is none."""
    visible = {line.strip() for one in assignment.templates for c in one.cells for line in c.released.splitlines()}
    found: dict[str, list[str]] = {}
    for template, cells in zip(assignment.templates, sources, strict=True):
        released = {cell.id: cell.released for cell in template.cells if cell.managed}
        for cell in cells:
            if (grade_id := cell["about"].get("grade_id")) in released:
                lines = [line for line in secret_lines(cell["source"], released[grade_id]) if line not in visible]
                found[grade_id] = [*found.get(grade_id, ()), *lines]
    return found


def _solution_pictures(assignment: Assignment, sources: Sequence[list[dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Yield the pictures among the released files that only text of a solution names, each with its cell."""
    shown = "\n".join(cell.released for template in assignment.templates for cell in template.cells)
    texts = {cell.id for template in assignment.templates for cell in template.cells if cell.solution and not cell.code}
    for name in released_files(assignment):
        if name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")) and name not in unquote(shown):
            for cell in (cell for cells in sources for cell in cells if cell["about"].get("grade_id") in texts):
                if name in unquote(cell["source"]):
                    yield name, cell["about"]["grade_id"]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts)


def _orphans(course: Course, assignment: Assignment) -> list[Finding]:
    folder = course.root / "release" / assignment.name
    known, found = released_files(assignment).keys(), {path.relative_to(folder).as_posix() for path in _files(folder)}
    extra = [
        Finding(f"release/{assignment.name}/{name}", "nothing in source/ makes it", "remove it")
        for name in sorted(found - known)
    ]
    return extra + _orphan_answers(course, assignment)


def _orphan_answers(course: Course, assignment: Assignment) -> list[Finding]:
    place = f"tests/answers/{assignment.name}"
    exercises = {cell.exercise for template in assignment.templates for cell in template.cells}
    extra = []
    for folder in sorted((course.root / place).iterdir()) if (course.root / place).is_dir() else []:
        if folder.name not in exercises:
            extra.append(Finding(f"{place}/{folder.name}", "no such exercise", "rename or remove it"))
            continue
        for file in sorted(folder.iterdir()):
            if not re.fullmatch(r"(right|wrong)_\w+\.py|equivalent\.toml|__pycache__", file.name):
                extra.append(
                    Finding(f"{place}/{folder.name}/{file.name}", "neither right_*.py nor wrong_*.py", "rename it")
                )
    return extra


def orphans(course: Course, names: Iterable[str]) -> list[Finding]:
    """Return a finding for each folder of `release/` or `tests/answers/` that no folder of `source/` accounts for."""
    known, found = set(names), []
    for place in ("release", "tests/answers"):
        folder = course.root / place
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if path.name not in known and not path.name.startswith((".", "__")):
                found.append(Finding(f"{place}/{path.name}", "nothing in source/ accounts for it", "remove it"))
    return found


def _run_findings(course: Course, assignment: Assignment, engine: Engine) -> list[Finding]:
    limits = confined_if_possible(course)[0].limits_of(assignment.name)
    try:
        for template in assignment.templates:
            must_run(template.metadata, limits, f"source/{assignment.name}/{template.notebook}.ipynb")
        return list(of_tests(prepared(assignment, limits, engine, again=True), limits))
    except GraderError as error:
        return [Finding(error.where, error.problem, error.fix)]
    except Exception as error:
        if concerns_all(error):
            raise
        refused = on_solution(course, assignment.name, error)
        return [Finding(refused.where, refused.problem, refused.fix)]
