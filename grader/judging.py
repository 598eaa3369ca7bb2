"""Decide which process runs which cell of a notebook: the student's, the judge, or both. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from grader.cells import cell_id, tidy
from grader.flow import Step, flow
from grader.models import Notebook, Template, TemplateCell, Trial
from grader.names import bound, used


def trial(notebook: Notebook, template: Template) -> Trial:
    """Return who runs which cell of a notebook that was restored to its template.

    A test that cannot run apart from the answers is run by the student's process, as if it were one of its cells.
    """
    origins = dict(_origins(notebook, template))
    edited = {
        cell.id
        for index, cell in origins.items()
        if cell.code and not cell.managed and tidy(notebook["cells"][index]["source"]) != tidy(cell.source)
    }
    code = [cell for cell in template.cells if cell.code]
    flows = flow(steps(template, edited))
    place = {cell.id: number for number, cell in enumerate(code)}
    here = {index: place[cell.id] for index, cell in origins.items() if cell.code}
    at = {number: index for index, number in here.items()}
    tests = {index: cell for index, cell in origins.items() if cell.code and _is_test(cell)}
    tests = {index: cell for index, cell in tests.items() if not template.runs_beside(cell.id)}
    others = [(i, cell) for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code" and i not in tests]
    uses = [(index, _used(cell["source"]) if _ours(origins, index) else used(cell["source"])) for index, cell in others]
    later = {index: {name for place, names in uses if place > index for name in names} for index in tests}
    return Trial(
        tests={index: _indexed(flows.asked[here[index]], at) for index in tests},
        beside={index: cell.released for index, cell in tests.items() if bound(cell.released) & later[index]},
        both={index: flows.judged[here[index]] for index, cell in origins.items() if cell.code and _is_given(cell)},
        hidden=frozenset(index for index, cell in tests.items() if _hides(cell.source, cell.released)),
        libraries=flows.libraries,
        known=tuple(cell.released for cell in code),
        known_to_judge=tuple(flows.judged.get(place[cell.id], cell.source) for cell in code if not cell.solution),
    )


def _is_test(cell: TemplateCell) -> bool:
    return cell.grade and not cell.solution


def _is_given(cell: TemplateCell) -> bool:
    return not cell.grade and not cell.solution


def steps(template: Template, edited: Collection[str] = ()) -> tuple[Step, ...]:
    """Return the code cells of a template in order; `edited` are the ordinary ones that a student has written in."""
    return tuple(_step(cell, cell.id in edited) for cell in template.cells if cell.code)


def _step(cell: TemplateCell, edited: bool) -> Step:
    source = cell.solved if cell.solution else cell.source
    return Step(source, cell.solution, _is_test(cell), cell.defines, edited)


def _indexed(names: Mapping[str, int], at: Mapping[int, int]) -> dict[str, int]:
    """Return names with the index in the notebook of the last cell that binds each; -1 if there is none."""
    return {name: at.get(place, -1) for name, place in names.items()}


_used = lru_cache(4096)(used)
"""Of a template's cells, for each submission; what students write is not kept."""


def _ours(origins: Mapping[int, TemplateCell], index: int) -> bool:
    return index in origins and not origins[index].solution


@lru_cache(4096)
def _hides(source: str, released: str) -> bool:
    return tidy(source) != tidy(released)


def _origins(notebook: Notebook, template: Template) -> Iterator[tuple[int, TemplateCell]]:
    """Yield the cells that come from the template, with their indices; the others are the student's own."""
    waiting = list(template.cells)
    for index, cell in enumerate(notebook["cells"]):
        if waiting and cell["id"] == cell_id(waiting[0].id):
            yield index, waiting.pop(0)
