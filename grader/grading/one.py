"""Grade one submission. Everything a student did becomes data here; nothing is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace

from grader.engine.forks.client import NoProcessError
from grader.engine.run import Engine
from grader.identity import identity
from grader.models import (
    LOG,
    Assignment,
    CellPlan,
    CellScore,
    Ending,
    Executed,
    Finding,
    Job,
    Limits,
    Notebook,
    Result,
    Status,
    Submission,
    Template,
)
from grader.notebook import reading, restore, score
from grader.notebook.roles import borrowed, completed, handed_in, plan_cells, replaced
from grader.notebook.tracebacks import without_ours

_WEIGHT = [Ending.FINISHED, Ending.TIMED_OUT, Ending.OUT_OF_MEMORY, Ending.DIED, Ending.UNREADABLE]


def grade_one(
    submission: Submission, assignment: Assignment, limits: Limits, engine: Engine, *, deciding: bool = True
) -> Result:
    """Return the result of one submission; whatever the student did, this returns one.

    Points of a test that decides nobody's are left to a person, unless this run is not `deciding` anything either.
    """
    scores: list[CellScore] = []
    findings, endings, ran = list(submission.findings), {Ending.FINISHED}, dict[str, Notebook]()
    needed = dict[str, Mapping[str, tuple[str, ...]]]()
    if not limits.judge and deciding:
        findings.append(Finding(assignment.name, "its tests ran beside the answers, which could tamper with them"))
    if not limits.confined:
        findings.append(Finding(assignment.name, "graded without confinement: its points are worth what it is trusted"))
    findings += _replaced(submission, assignment)
    for template in assignment.templates:
        try:
            executed, more = _executed(submission, template, assignment, limits, engine)
        except reading.UnreadableError as error:
            endings.add(Ending.UNREADABLE)
            findings.append(Finding(f"{template.notebook}.ipynb", str(error), "hand it in again, saved by Jupyter"))
            scores += score.zero(template, str(error))
            continue
        findings += more
        endings.add(executed.ending)
        ran[template.notebook] = executed.notebook
        needed[template.notebook] = {
            _grade_id(executed.notebook, index): names for index, names in executed.needed.items()
        }
        earned = score.score(executed.notebook, template)
        scores += score.settled(earned, template, beside=not limits.judge) if deciding else earned
        findings += score.remarks(executed.notebook, template)
    return Result(
        student=submission.student,
        assignment=assignment.name,
        ending=max(endings, key=_WEIGHT.index),
        cells=tuple(scores),
        findings=tuple(findings),
        notebooks=ran,
        handed_in=submission.handed_in,
        needed=needed,
    )


def _grade_id(notebook: Notebook, index: int) -> str:
    return str(notebook["cells"][index]["metadata"]["nbgrader"]["grade_id"])


def _theirs(submission: Submission, assignment: Assignment) -> dict[str, bytes]:
    return {name: data for name, data in submission.files.items() if name in assignment.theirs}


def _replaced(submission: Submission, assignment: Assignment) -> list[Finding]:
    """Return a finding for each file in whose place the instructor's lay when the notebook ran."""
    return [
        Finding(
            name, "not as it came with the assignment, so the original was used", "keep your own data in other files"
        )
        for name in sorted(submission.files.keys() & assignment.files.keys() - assignment.theirs)
        if _lines(submission.files[name]) != _lines(assignment.files[name])
    ]


def _lines(data: bytes) -> bytes:
    """Return a file's bytes as they are where lines end in one character."""
    return data.replace(b"\r\n", b"\n")


def _executed(
    submission: Submission, template: Template, assignment: Assignment, limits: Limits, engine: Engine
) -> tuple[Executed, list[Finding]]:
    if template.notebook not in submission.notebooks:
        raise reading.UnreadableError("no such notebook was handed in")
    notebook, findings = reading.read_notebook(submission.notebooks[template.notebook])
    clean, repairs = restore.sanitise(notebook, template, limits)
    if limits.judge:
        clean = completed(clean, template)
        repairs += replaced(clean, template) + borrowed(clean, template)
    apart = plan_cells(clean, template) if limits.judge else CellPlan(precompile=template.shared)
    files = {**submission.files, **assignment.files, **_theirs(submission, assignment)}
    done = engine.execute(Job(clean, limits, files, assignment.preload, replace(apart, files=assignment.files)))
    needed = {index - sum(other < index for other in apart.alone): names for index, names in done.needed.items()}
    repairs += [
        Finding(
            _grade_id(done.notebook, index),
            f"it met an object of class {', '.join(names)}, whose word counts only where the solution has such objects",
            "where the answer looks right, mark it by hand",
        )
        for index, names in done.needed.items()
        if not apart.about.get(index)
    ]
    return replace(done, notebook=without_ours(handed_in(done.notebook, apart)), needed=needed), findings + repairs


def failed(submission: Submission, assignment: Assignment, error: BaseException) -> Result:
    """Return the result of a submission on which the grader itself failed: nothing is decided, a person looks."""
    text = f"the grader itself failed on it ({type(error).__name__})"  # what it says may name this machine's folders
    fix = f"{LOG} holds what happened; grade again, and report it if it stays"
    if isinstance(error, NoProcessError):
        text, fix = f"no process could be started for it ({error.strerror})", "grade again with fewer --jobs"
    elif isinstance(error, OSError) and error.strerror:
        place = "/".join(str(error.filename or "a file").split("/")[-3:])
        text, fix = f"{place[-100:]} could not be read or written ({error.strerror})", "see to it, and grade again"
    waiting = tuple(
        CellScore(cell.id, cell.exercise, None, cell.points, Status.WAITING, "not graded yet", template.notebook)
        for template in assignment.templates
        for cell in template.cells
        if cell.marked
    )
    finding = Finding(assignment.name, text[:500], fix)
    return Result(submission.student, assignment.name, Ending.DIED, waiting, (*submission.findings, finding))


def assignment_digest(assignment: Assignment, limits: Limits) -> str:
    """Return a digest of what every grade of an assignment depends on: grader, libraries, limits, templates, files."""
    cells = [[asdict(cell) for cell in template.cells] for template in assignment.templates]
    kernels = [[template.notebook, template.metadata.get("kernelspec")] for template in assignment.templates]
    same = [identity(assignment.preload), asdict(limits), cells, kernels, sorted(assignment.theirs)]
    return _digest(json.dumps(same, sort_keys=True), assignment.files)


def submission_digest(submission: Submission, ground: str) -> str:
    """Return a digest of everything that the grade of a submission depends on; `ground` is that of its assignment."""
    about = f"{ground}\n{submission.handed_in}\n{submission.findings}"
    return _digest(about, submission.notebooks, submission.files)


def _digest(text: str, *groups: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(text.encode())
    for group in groups:
        for name in sorted(group):
            digest.update(f"\n{name}\n{len(group[name])}\n".encode())
            digest.update(group[name])
    return digest.hexdigest()
