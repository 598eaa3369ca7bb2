"""How much the tests of an assignment notice: wrong answers that its course keeps, and mutants of its solutions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial

from grader.course.answers import Answer, read_answers, read_equivalents
from grader.course.release import read_assignment
from grader.engine.run import Engine
from grader.grading.doctor import confined_if_possible
from grader.grading.one import grade_one
from grader.grading.prepare import prepared
from grader.models import Assignment, Course, Limits, Progress, Status, Submission, Template, TemplateCell
from grader.notebook.code import used
from grader.notebook.mutants import mutants

_CELL_SECONDS = 20.0
"""A mutant may loop for ever; the solution of an exercise is far quicker."""


@dataclass(frozen=True, slots=True)
class Try:
    """One answer that the tests of an exercise should refuse."""

    exercise: str
    name: str
    """The name of a wrong answer, or the change of a mutant."""
    source: str
    is_mutant: bool


@dataclass
class Strength:
    """What the tests of one exercise caught."""

    exercise: str
    wrong: int = 0
    mutants: int = 0
    passed: list[str] = field(default_factory=list)
    """Wrong answers that earned all points."""
    survived: list[str] = field(default_factory=list)
    """Mutants that did, and are not known to be as good as the solution."""
    equivalent: int = 0
    """Mutants that are known to be."""
    idle: list[str] = field(default_factory=list)
    """Changes that are said to be equivalent, and either are caught or can no longer be made."""

    @property
    def holds(self) -> bool:
        return not (self.passed or self.survived or self.idle)


def strength(course: Course, name: str, engine: Engine, pool: Executor, progress: Progress) -> list[Strength]:
    """Return for each exercise of an assignment what its tests catch; a test that a person marks catches nothing.

    Several exercises are tried in one run, but for those that other cells mention, which are tried one by one, and are
    solved wherever they are not tried; what has no try is left unanswered, which costs least.
    """
    limits = confined_if_possible(course)[0].limits_of(name)
    assignment = prepared(read_assignment(course, name), limits, engine)
    limits = replace(limits, cell_seconds=min(limits.cell_seconds, _CELL_SECONDS))
    answers, found = read_answers(course, name), list[Strength]()
    for template in assignment.templates:
        cells = {cell.exercise: cell for cell in template.cells if cell.solution and cell.code}
        tries = {exercise: list(_tries(cell, answers.get(exercise, {}))) for exercise, cell in cells.items()}
        apart = _apart(template, cells)
        lots = list(_lots(tries, apart))
        alive = set[Try]()
        done = pool.map(partial(_caught, assignment, template, limits, engine, apart), lots)
        with progress(f"changing the solutions of {name}", len(lots)) as step:
            for lot, caught in zip(lots, done, strict=True):
                alive |= {one for one in lot if one.exercise not in caught}
                step()
        found += [_summed(course, name, exercise, tries[exercise], alive) for exercise in cells]
    return found


def _tries(cell: TemplateCell, answers: Mapping[str, Iterable[Answer]]) -> Iterator[Try]:
    for answer in answers.get("wrong", ()):
        yield Try(cell.exercise, answer.name, answer.source, is_mutant=False)
    for mutant in mutants(cell.solved):
        yield Try(cell.exercise, mutant.change, mutant.source, is_mutant=True)


def _apart(template: Template, cells: Mapping[str, TemplateCell]) -> set[str]:
    """Return the exercises whose names other cells mention: a fault there would be a fault elsewhere."""
    names: dict[str, frozenset[str]] = {}
    for cell in template.cells:
        if cell.code:
            names[cell.exercise] = names.get(cell.exercise, frozenset()) | used(cell.solved or cell.source)
    return {
        exercise
        for exercise, cell in cells.items()
        if any(set(cell.defines) & words for other, words in names.items() if other != exercise)
    }


def _lots(tries: Mapping[str, list[Try]], apart: set[str]) -> Iterator[list[Try]]:
    """Yield what is tried in one run."""
    for exercise in apart & tries.keys():
        yield from ([one] for one in tries[exercise])
    together = [known for exercise, known in tries.items() if exercise not in apart]
    for number in range(max(map(len, together), default=0)):
        yield [known[number] for known in together if number < len(known)]


def _caught(
    assignment: Assignment, template: Template, limits: Limits, engine: Engine, apart: set[str], lot: Iterable[Try]
) -> set[str]:
    """Return the exercises of which not all tests passed."""
    solutions = {cell.exercise: cell for cell in template.cells if cell.solution and cell.code}
    sources = {exercise: cell.solved for exercise, cell in solutions.items() if exercise in apart}
    sources |= {one.exercise: one.source for one in lot}
    exercise_of = {cell.id: exercise for exercise, cell in solutions.items()}
    notebooks = {each.notebook: each.solved.encode() for each in assignment.templates}
    notebook = json.loads(template.released)
    for cell in notebook["cells"]:
        exercise = exercise_of.get(cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", ""), "")
        if exercise in sources:
            cell["source"] = sources[exercise]
    notebooks[template.notebook] = json.dumps(notebook).encode()
    result = grade_one(Submission("mutant", assignment.name, notebooks), assignment, limits, engine)
    return {
        score.exercise
        for score in result.cells
        if score.notebook == template.notebook
        and score.status is not Status.WAITING
        and (score.points or 0.0) < score.maximum
    }


def _summed(course: Course, name: str, exercise: str, tries: Iterable[Try], alive: set[Try]) -> Strength:
    known, summed = read_equivalents(course, name, exercise), Strength(exercise)
    for one in tries:
        if not one.is_mutant:
            summed.wrong += 1
            summed.passed += [one.name] if one in alive else []
        else:
            summed.mutants += 1
            summed.equivalent += one in alive and one.name in known
            summed.survived += [one.name] if one in alive and one.name not in known else []
    summed.idle = sorted(known.keys() - {one.name for one in alive if one.is_mutant})
    return summed
