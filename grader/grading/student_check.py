"""What a student runs before handing in: the visible tests of one notebook, without a course."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader import tally
from grader.course.settings import LARGEST_FILE
from grader.engine.run import Engine, must_run
from grader.models import CellScore, Finding, GraderError, Job, Limits, Status, StudentNotebook, Template, TemplateCell
from grader.notebook import reading, restore
from grader.notebook.score import broken_apart, broken_below, score

MOST_FILES, MOST_BYTES = 1_000, 2**29
"""Of the files beside a notebook that is checked; those that came with it may be many and large."""


@dataclass(frozen=True)
class Checked:
    """What a notebook's own check came to: what each test cell says, and the points of each exercise, seen and hidden."""

    name: str
    scores: tuple[CellScore, ...]
    findings: tuple[Finding, ...]
    points: Mapping[str, tuple[float, float]]

    @property
    def said(self) -> dict[str, str]:
        """What the visible tests say of each exercise; of several the one that is farthest from passing."""
        states = {
            name: {score.status for score in self.scores if score.exercise == name and score.points is not None}
            for name in self.points
        }
        return {name: _state(found) for name, found in states.items() if found}

    @property
    def earned(self) -> dict[str, float]:
        """The points that visible tests give each exercise."""
        return {
            name: sum(score.points or 0.0 for score in self.scores if score.exercise == name) if seen else 0.0
            for name, (seen, _) in self.points.items()
        }


def _state(found: set[Status]) -> str:
    if found == {Status.PASSED}:
        return tally.PASSES
    return tally.OPEN if Status.UNANSWERED in found and Status.FAILED not in found else tally.FAILS


def check_notebook(path: Path, engine: Engine, limits: Limits = Limits(confined=False)) -> Checked:
    """Run a notebook in a fresh kernel, beside its files, and return what each of its test cells says.

    Raises GraderError for a file that is no notebook, or one without test cells.
    """
    data = _read(path)
    try:
        notebook, findings = reading.read_notebook(data)
    except reading.UnreadableError as error:
        raise GraderError(str(error), str(path), "open it in Jupyter and save it again") from None
    template = template_of(path.stem, notebook)
    if not template.cells:
        raise GraderError("it has no test cells", str(path), "name the notebook of an assignment")
    must_run(template.metadata, limits, str(path))
    clean, more = restore.sanitise(notebook, template, limits)
    beside = dict(_beside(path.absolute().parent, findings))
    executed = engine.execute_alone(Job(clean, limits, beside, preload=()))
    found = (*findings, *more, *broken_below(executed.notebook, template), *broken_apart(executed.notebook, template))
    return Checked(path.stem, tuple(score(executed.notebook, template)), found, points_of(notebook, template))


def points_of(notebook: StudentNotebook, template: Template) -> dict[str, tuple[float, float]]:
    """Return by exercise the points that visible tests give in a student's own notebook, and those that hidden ones decide.

    A test of which the release holds comments alone is hidden, and of one that says `points=0` a part is.
    """
    of, made = {cell.id: cell for cell in template.cells}, dict[str, tuple[float, float]]()
    for cell in notebook.cells:
        one, roles = of.get(cell.grade_id or ""), cell.roles
        if one is None or "grade" not in roles or "solution" in roles or not one.code:
            continue
        seen, unseen = made.get(one.exercise, (0.0, 0.0))
        here = one.grade and tally.points_in(cell.source) != 0
        made[one.exercise] = (seen + cell.points * here, unseen + cell.points * (not here))
    return made


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise GraderError("no such file", str(path), "name your notebook")
        if path.stat().st_size > LARGEST_FILE:
            raise GraderError(f"larger than {LARGEST_FILE // 2**20} MiB", str(path), "clear its outputs and save it")
        return path.read_bytes()
    except OSError as error:
        raise GraderError(f"cannot be read ({error.strerror})", str(path), "name your notebook") from None


def _beside(folder: Path, findings: list[Finding]) -> Iterator[tuple[str, bytes]]:
    """Yield the files beside a notebook and in the folders there, as they lie there when it is graded."""
    room = MOST_BYTES
    for count, path in enumerate(_files(folder)):
        name = path.relative_to(folder).as_posix()
        if count == MOST_FILES:
            what = f"more than {MOST_FILES:,} files beside the notebook; the others were not there when it ran"
            findings.append(Finding(str(folder), what, "move the notebook into a folder of its own"))
            return
        try:
            size = path.stat().st_size
            if size > room:
                what = "too large, so it was not there when the notebook ran"
                findings.append(Finding(name, what, "check the notebook where it has only its own files beside it"))
                continue
            data = path.read_bytes()
        except OSError as error:
            findings.append(Finding(name, f"cannot be read ({error.strerror})", "make it readable"))
            continue
        if size > LARGEST_FILE:
            what = f"larger than {LARGEST_FILE // 2**20} MiB: when you hand in, such a file of your own is left out"
            findings.append(Finding(name, what, "hand in smaller files; those of the assignment are there anyway"))
        room -= len(data)
        yield name, data


def _files(folder: Path) -> Iterator[Path]:
    """Yield what is no notebook and not hidden, and in no hidden folder; no links are followed."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and path.suffix != ".ipynb" and path.is_file() and not path.is_symlink():
                yield path


def template_of(name: str, notebook: StudentNotebook) -> Template:
    """Take the student's own notebook, as it was read, for its template: its tests are what it holds."""
    made: dict[str, TemplateCell] = {}
    exercise, tests = "", 0
    for cell in notebook.cells:
        grade_id, source, roles = cell.grade_id, cell.source, cell.roles
        if not grade_id or grade_id in made:
            continue
        solution, code = "solution" in roles, cell.kind == "code"
        if solution:
            exercise = ([n for n in restore.defined_names(source) if not n.startswith("_")] or [grade_id])[-1]
        empty = all(line.lstrip().startswith("#") or not line.strip() for line in source.splitlines())
        grade = "grade" in roles and code and not solution and not empty
        tests += grade
        made[grade_id] = TemplateCell(
            id=grade_id,
            code=code,
            source=source,
            released="" if solution else source,
            metadata={"grade_id": grade_id},
            managed=True,
            solution=solution,
            grade=grade,
            points=cell.points if grade else 0.0,
            exercise=exercise or grade_id,
        )
    return Template("", name, tuple(made.values()) if tests else (), notebook.metadata)
