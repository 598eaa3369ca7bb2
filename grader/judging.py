"""Decide which process runs which cell of a notebook: the student's, the judge, or both. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from grader.cells import cell_id, tidy
from grader.models import Notebook, Template, TemplateCell, Trial
from grader.names import bound, mentioned, used


def trial(notebook: Notebook, template: Template) -> Trial:
    """Return who runs which cell of a notebook that was restored to its template."""
    answers = {name for cell in template.cells for name in cell.defines}
    origins = dict(_origins(notebook, template))
    tests = {index: cell for index, cell in origins.items() if cell.code and cell.grade and not cell.solution}
    others = [(i, cell) for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code" and i not in tests]
    uses = [(index, _used(cell["source"]) if _ours(origins, index) else used(cell["source"])) for index, cell in others]
    later = {index: {name for place, names in uses if place > index for name in names} for index in tests}
    code = [cell for cell in template.cells if cell.code]
    return Trial(
        tests={index: tuple(sorted(answers & _mentioned(cell.source))) for index, cell in tests.items()},
        beside={index: cell.released for index, cell in tests.items() if bound(cell.released) & later[index]},
        both=frozenset(index for index, cell in origins.items() if cell.code and not cell.solution) - tests.keys(),
        hidden=frozenset(index for index, cell in tests.items() if _hides(cell.source, cell.released)),
        known=tuple(cell.released for cell in code),
        known_to_judge=tuple(cell.source for cell in code if not cell.solution),
    )


_used = lru_cache(4096)(used)
_mentioned = lru_cache(4096)(mentioned)
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
