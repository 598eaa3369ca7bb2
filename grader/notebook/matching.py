"""Find which cell of the assignment each cell of a student's notebook is. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from grader.models import StudentCell, Template, TemplateCell
from grader.notebook.code import defined_by_student, tidy


def owners(students: Sequence[StudentCell], template: Template) -> dict[int, str]:
    """Return for each student's cell that stands for one that nbgrader knows, by its place, the id of that one.

    A cell is known by its nbgrader id; several may carry one. Where editors and cleaners took that away: by the text
    of a test or locked cell, by the id that the file gave it, by the name that an answer defines, or, for an answer, by
    its place between cells that were found. What is found in these ways is found once.
    """
    known = {cell.id: cell for cell in template.cells if cell.managed}
    owner = {place: cell.grade_id for place, cell in enumerate(students) if cell.grade_id in known}
    if len(set(owner.values())) == len(known):
        return owner
    search = _Search(students, template, owner)
    for find in (search.by_text, search.by_id, search.by_name, search.by_place):
        for place, grade_id in [*find()]:
            if place not in owner and grade_id not in owner.values():
                owner[place] = grade_id
    return owner


class _Search:
    """The cells of a notebook that lost what nbgrader wrote into them, and where they may belong."""

    def __init__(self, students: Sequence[StudentCell], template: Template, owner: Mapping[int, str]) -> None:
        self.students, self.template, self.owner = students, template, owner
        self.texts = [tidy(cell.source) for cell in students]
        self.ordinary = {tidy(cell.released) for cell in template.cells if not cell.managed}

    def by_text(self) -> Iterator[tuple[int, str]]:
        """Yield test and locked cells: those of one text in their order."""
        places: dict[str, list[int]] = {}
        for place in reversed(self._free()):
            places.setdefault(self.texts[place], []).append(place)
        for cell in self._missing():
            for text in () if cell.solution else (tidy(cell.released), tidy(cell.source)):
                if text and places.get(text):
                    yield places[text].pop(), cell.id
                    break

    def by_id(self) -> Iterator[tuple[int, str]]:
        """Yield cells that carry the id of a cell as released. Numbers are what cleaners give anew, by place."""
        named = {
            name: cell.id for cell in self._missing() for name in (cell.id, cell.file_id) if name and not name.isdigit()
        }
        for place in self._free():
            if (name := self.students[place].id) in named:
                yield place, named[name]

    def by_name(self) -> Iterator[tuple[int, str]]:
        """Yield for each answer the last cell above its tests that defines its name, else the first one."""
        answers = {cell.exercise: cell for cell in self._missing() if cell.solution and cell.code}
        places = [place for place in self._free() if self.students[place].kind == "code"]
        sources = [self.students[place].source for place in places] if answers else []
        names = [*map(frozenset, defined_by_student(sources))]
        for name, cell in answers.items():
            found = [place for place, defined in zip(places, names, strict=True) if name in defined]
            tests = {one.id for one in self.template.cells if one.exercise == name and one.grade and one is not cell}
            below = min(
                (place for place, grade_id in self.owner.items() if grade_id in tests), default=len(self.students)
            )
            above = [place for place in found if place < below]
            if found:
                yield (above[-1] if above else found[0]), cell.id

    def by_place(self) -> Iterator[tuple[int, str]]:
        """Yield answers that stand between the cells that stand above and below them as released.

        Where there are more cells than answers, the first is taken for one that a person marks. One that is tested
        is left then: its tests find what the cells define, whichever they are.
        """
        if not self.owner and not self._resembles():
            return
        for missing, places in self._gaps():
            for code in (True, False):
                cells = [cell for cell in missing if cell.code == code]
                fits = [place for place in places if (self.students[place].kind == "code") == code]
                if not fits and len(places) == len(missing):  # written as another kind of cell
                    fits = [places[missing.index(cell)] for cell in cells]
                if len(fits) != len(cells):
                    cells = [cell for cell in cells if cell.by_hand]
                yield from ((place, cell.id) for place, cell in zip(fits, cells, strict=False))

    def _gaps(self) -> Iterator[tuple[list[TemplateCell], list[int]]]:
        """Yield the answers that are missing between two cells that are there, and what is there in their place."""
        missing = {cell.id for cell in self._missing() if cell.solution}
        ends = [(-1, -1), *self._aligned(), (len(self.template.cells), len(self.students))]
        for (first, above), (last, below) in pairwise(ends):
            lost = [cell for cell in self.template.cells[first + 1 : last] if cell.id in missing]
            if lost:
                yield lost, [place for place in range(above + 1, below) if self._may_be_an_answer(place)]

    def _aligned(self) -> list[tuple[int, int]]:
        """Return the longest row of cells that assignment and notebook have in one order: indices in both."""
        asked = [f"\0{cell.id}" if cell.managed else tidy(cell.released) for cell in self.template.cells]
        held = [f"\0{self.owner[place]}" if place in self.owner else text for place, text in enumerate(self.texts)]
        length = [[0] * (len(held) + 1) for _ in range(len(asked) + 1)]
        for i, one in reversed([*enumerate(asked)]):
            below, row = length[i + 1], length[i]
            for j in range(len(held) - 1, -1, -1):
                row[j] = below[j + 1] + 1 if one == held[j] != "" else max(below[j], row[j + 1])
        pairs, i, j = [], 0, 0
        while i < len(asked) and j < len(held):
            if asked[i] == held[j] != "":
                pairs.append((i, j))
                i, j = i + 1, j + 1
            elif length[i + 1][j] >= length[i][j + 1]:
                i += 1
            else:
                j += 1
        return pairs

    def _may_be_an_answer(self, place: int) -> bool:
        roles = self.students[place].roles
        if roles and "solution" not in roles:  # a test of another version of the assignment
            return False
        return place not in self.owner and self.texts[place] != "" and self.texts[place] not in self.ordinary

    def _free(self) -> list[int]:
        return [place for place in range(len(self.students)) if place not in self.owner]

    def _missing(self) -> list[TemplateCell]:
        there = set(self.owner.values())
        return [cell for cell in self.template.cells if cell.managed and cell.id not in there]

    def _resembles(self) -> bool:
        """Tell whether a notebook without a known cell holds half of the assignment's ordinary ones."""
        asked = self.ordinary - {""}
        return 2 * len(asked & {*self.texts}) >= max(len(asked), 1)
