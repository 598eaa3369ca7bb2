"""Grade one submission, and many at once. Everything a student did becomes data here; nothing is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import asdict

from grader import __version__, cells, score
from grader.engine.run import execute
from grader.models import (
    PRELOAD,
    Assignment,
    CellScore,
    Ending,
    Executed,
    Finding,
    Limits,
    Notebook,
    Result,
    Status,
    Submission,
    Template,
)

_WEIGHT = [Ending.FINISHED, Ending.TIMED_OUT, Ending.OUT_OF_MEMORY, Ending.DIED, Ending.UNREADABLE]


def grade_one(
    submission: Submission, assignment: Assignment, limits: Limits, preload: Sequence[str] = PRELOAD
) -> Result:
    """Return the result of one submission; whatever the student did, this returns one.

    `preload` are the modules that warm kernels import once.
    """
    scores: list[CellScore] = []
    findings, endings, ran = list(submission.findings), {Ending.FINISHED}, dict[str, Notebook]()
    files = {**submission.files, **assignment.files}
    for template in assignment.templates:
        try:
            executed, more = _executed(submission, template, files, limits, preload)
        except cells.UnreadableError as error:
            endings.add(Ending.UNREADABLE)
            findings.append(Finding(f"{template.notebook}.ipynb", str(error), "hand it in again, saved by Jupyter"))
            scores += score.zero(template, str(error))
            continue
        findings += more
        endings.add(executed.ending)
        ran[template.notebook] = executed.notebook
        scores += score.score(executed.notebook, template)
    return Result(
        student=submission.student,
        assignment=assignment.name,
        ending=max(endings, key=_WEIGHT.index),
        cells=tuple(scores),
        findings=tuple(findings),
        notebooks=ran,
        handed_in=submission.handed_in,
    )


def _executed(
    submission: Submission, template: Template, files: dict[str, bytes], limits: Limits, preload: Sequence[str]
) -> tuple[Executed, list[Finding]]:
    if template.notebook not in submission.notebooks:
        raise cells.UnreadableError("no such notebook was handed in")
    notebook, findings = cells.read_notebook(submission.notebooks[template.notebook])
    clean, repairs = cells.sanitise(notebook, template, limits)
    return execute(clean, limits, files, preload), findings + repairs


def failed(submission: Submission, assignment: Assignment, error: BaseException) -> Result:
    """Return the result of a submission on which the grader itself failed: nothing is decided, a person looks."""
    text = f"the grader itself failed on it ({type(error).__name__}: {error})"
    waiting = tuple(
        CellScore(cell.id, cell.exercise, None, cell.points, Status.WAITING, "not graded yet", template.notebook)
        for template in assignment.templates
        for cell in template.cells
        if cell.marked
    )
    finding = Finding(assignment.name, text[:500], "run `grader grade` again; if it stays, report it")
    return Result(submission.student, assignment.name, Ending.DIED, waiting, (*submission.findings, finding))


def fingerprint(submission: Submission, assignment: Assignment, limits: Limits) -> str:
    """Return a digest of everything that the grade depends on."""
    digest = hashlib.sha256(f"{__version__}\n{json.dumps(asdict(limits), sort_keys=True)}\n".encode())
    for template in assignment.templates:
        for cell in template.cells:
            digest.update(
                json.dumps([cell.id, cell.source, cell.released, cell.points, cell.code], sort_keys=True).encode()
            )
    for group in (assignment.files, submission.notebooks, submission.files):
        for name in sorted(group):
            digest.update(f"\n{name}\n{len(group[name])}\n".encode() + group[name])
    digest.update(str(submission.handed_in).encode())
    return digest.hexdigest()


def grade_all(
    submissions: Iterable[Submission],
    grade: Callable[[Submission], Result],
    executor: Executor,
    at_once: int,
) -> Iterator[tuple[Submission, Result | BaseException]]:
    """Yield each submission with its result, in the order in which they finish.

    At most `at_once` submissions are read ahead, so memory does not grow with the class. An error of the
    grader's own comes back in place of the result and stops nothing.
    """
    waiting = iter(submissions)
    running: dict[Future[Result], Submission] = {}
    while True:
        for submission in waiting:
            running[executor.submit(grade, submission)] = submission
            if len(running) >= at_once:
                break
        if not running:
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            error = future.exception()
            yield running.pop(future), error if error is not None else future.result()
