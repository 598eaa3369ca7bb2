"""Decide which process runs which cell of a notebook: the student's, the judge, or both. Pure."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from typing import Any

from grader.models import CellPlan, Finding, Notebook, Template, TemplateCell, Tried
from grader.notebook.code import assigned, bound, bound_by_student, mentioned, used, used_by_student
from grader.notebook.flow import Step, flow
from grader.notebook.restore import cell_id, tidy


def completed(notebook: Notebook, template: Template) -> Notebook:
    """Return a restored notebook with the ordinary cells of the assignment that its student changed, moved or removed.

    They are for the judge: the student's process runs what the student has of them, and the judge what the tests may
    need of them. Each stands where the assignment has it; `plan` knows it by its metadata.
    """
    place = {cell.id: index for index, cell in _origins(notebook, template)}
    lost: dict[int, list[dict[str, Any]]] = {}
    above = -1
    for number, cell in enumerate(template.cells):
        if cell.managed or cell.id in place:
            above = place[cell.id]
        elif cell.code:
            below = next((place[one.id] for one in template.cells[number:] if one.id in place), above + 1)
            made = {"id": cell_id(cell.id), "cell_type": "code", "metadata": {"grader": "judge"}, "source": cell.source}
            lost.setdefault(min(above, below - 1), []).append(made | {"outputs": [], "execution_count": None})
    cells = lost.get(-1, [])
    for index, cell in enumerate(notebook["cells"]):
        cells += [cell, *lost.get(index, [])]
    return {**notebook, "cells": cells}


def replaced(notebook: Notebook, template: Template) -> list[Finding]:
    """Return a finding if a completed notebook has values for the judge that its student has changed or removed."""
    tests = [cell for cell in template.cells if _is_test(cell) and not template.runs_beside(cell.id)]
    asked = {name for cell in tests for name in mentioned(cell.source)}
    own = [tidy(cell["source"]) for cell in notebook["cells"] if not cell["metadata"] and "outputs" in cell]
    lost = [cell["source"] for cell in notebook["cells"] if _is_for_judge(cell)]
    changed = [source for source in lost if not any(tidy(source) in text for text in own)]
    names = sorted({name for source in changed for name in asked & _assigned(source)})
    if not names:
        return []
    what = f"cells that give {', '.join(names[:8])} were changed or removed; tests were run with the original"
    return [Finding(template.notebook, what, "give your own values names of their own")]


def borrowed(notebook: Notebook, template: Template) -> list[Finding]:
    """Return a finding if answers use names to which nothing but tests that run apart from them gives a value.

    What the visible part of a test above gives is there: `_needed` has it run in both processes.
    """
    origins = dict(_origins(notebook, template))
    tests = {i: cell for i, cell in origins.items() if _is_test(cell) and not template.runs_beside(cell.id)}
    apart = {cell.id for cell in tests.values()}
    there = [cell.source for cell in template.cells if cell.code and not cell.solution and cell.id not in apart]
    lacking = set[str]().union(*(bound(cell.source) for cell in tests.values())).difference(*map(bound, there))
    code = [index for index, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code"]
    theirs = [index for index in code if index not in origins or origins[index].solution]
    texts = [notebook["cells"][index]["source"] for index in theirs]
    lacking = lacking.difference(vars(builtins), *bound_by_student(texts))
    names = set[str]()
    for index, used_here in zip(theirs, used_by_student(texts), strict=True):
        names |= (lacking & used_here).difference(*(bound(tests[i].released) for i in tests if i < index))
    if not names:
        return []
    what = f"answers use {', '.join(sorted(names)[:8])}, which only tests give a value to; answers do not find it there"
    return [Finding(template.notebook, what, "give it a value in the answer, or let the function take it")]


def handed_in(notebook: Notebook, plan: CellPlan) -> Notebook:
    """Return a notebook that was run without the cells that only the judge ran."""
    return {**notebook, "cells": [cell for index, cell in enumerate(notebook["cells"]) if index not in plan.alone]}


def plan_cells(notebook: Notebook, template: Template) -> CellPlan:
    """Return who runs which cell of a notebook that was restored to its template, and completed for the judge.

    A test that cannot run apart from the answers is run by the student's process, as if it were one of its cells.
    """
    origins = dict(_origins(notebook, template))
    alone = {index for index, cell in enumerate(notebook["cells"]) if _is_for_judge(cell)}
    code = [cell for cell in template.cells if cell.code]
    flows = flow(steps(template))
    place = {cell.id: number for number, cell in enumerate(code)}
    here = {index: place[cell.id] for index, cell in origins.items() if cell.code}
    at = {number: index for index, number in here.items()}
    tests = {index: cell for index, cell in origins.items() if _is_test(cell)}
    tests = {index: cell for index, cell in tests.items() if not template.runs_beside(cell.id)}
    given = {index: flows.judged[here[index]] for index, cell in origins.items() if cell.code and _is_given(cell)}
    return CellPlan(
        tests={index: _indexed(flows.asked[here[index]], at) for index in tests},
        also_in_student=_needed(notebook, origins, tests, alone),
        in_both={index: source for index, source in given.items() if index not in alone and source.strip()},
        alone={index: source for index, source in given.items() if index in alone},
        mute=frozenset(index for index, cell in tests.items() if _hides(cell.source, cell.released)),
        libraries=flows.libraries,
        given=flows.given,
        watched={index: flows.watched[here[index]] for index in tests},
        about={
            index: (
                *template.tried.get(cell.id, Tried()).about,
                *sorted(flows.classes & flows.asked[here[index]].keys()),
            )
            for index, cell in tests.items()
        },
        precompile=tuple(cell.released for cell in code),
        precompile_for_judge=tuple(flows.judged.get(place[cell.id], cell.source) for cell in code if not cell.solution),
    )


def _needed(
    notebook: Notebook, origins: Mapping[int, TemplateCell], tests: Mapping[int, TemplateCell], alone: Set[int]
) -> dict[int, str]:
    """Return the tests, as released, that bind names which a later cell of the student's process uses."""
    code = [
        i for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code" and i not in alone | tests.keys()
    ]
    theirs = [index for index in code if index not in origins or origins[index].solution]
    names = dict(zip(theirs, used_by_student([notebook["cells"][i]["source"] for i in theirs]), strict=True))
    names |= {index: _used(notebook["cells"][index]["source"]) for index in code if index not in names}
    beside, later = {}, set[str]()
    for index in sorted({*names, *tests}, reverse=True):
        if index in names:
            later |= names[index]
        elif not later.isdisjoint(bound(tests[index].released)):
            beside[index] = tests[index].released
    return dict(sorted(beside.items()))


def _is_test(cell: TemplateCell) -> bool:
    return cell.code and cell.grade and not cell.solution


def _is_given(cell: TemplateCell) -> bool:
    return not cell.grade and not cell.solution


def steps(template: Template) -> tuple[Step, ...]:
    """Return the code cells of a template in order."""
    return tuple(_step(cell) for cell in template.cells if cell.code)


def _step(cell: TemplateCell) -> Step:
    source = cell.solved if cell.solution else cell.source
    return Step(source, cell.solution, _is_test(cell), cell.defines)


def _indexed(names: Mapping[str, int], at: Mapping[int, int]) -> dict[str, int]:
    """Return names with the index in the notebook of the last cell that binds each; -1 if there is none."""
    return {name: at.get(place, -1) for name, place in names.items()}


def _is_for_judge(cell: Mapping[str, Any]) -> bool:
    return bool(cell["metadata"].get("grader") == "judge")


_used = lru_cache(4096)(used)
_assigned = lru_cache(4096)(assigned)
"""Of a template's cells, for each submission; what students write is not kept."""


def _hides(source: str, released: str) -> bool:
    return tidy(source) != tidy(released)


def _origins(notebook: Notebook, template: Template) -> Iterator[tuple[int, TemplateCell]]:
    """Yield the cells that come from the template, with their indices; the others are the student's own.

    An ordinary cell does if it is as the judge runs it, too.
    """
    known = {cell_id(cell.id): cell for cell in template.cells}
    for index, cell in enumerate(notebook["cells"]):
        if (origin := known.get(cell["id"])) and (origin.managed or not _hides(cell["source"], origin.source)):
            yield index, origin
