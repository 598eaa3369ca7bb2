"""Give an answer back as it was released. Every byte of the other cells stays, and what was written is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.models import GraderError
from grader.notebook.code import exercise_name, tidy
from grader.notebook.spans import BrokenError, Span, Walk
from grader.student.copies import Shelf, as_opened, assignment_copy, remember, replace, unique

Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer cell of an assignment, as it was released and as it is now."""

    exercise: str
    id: str
    path: Path
    """The student's notebook."""
    released: Cell
    now: Cell | None
    """None if the notebook has no such cell any more."""
    copies: tuple[Cell, ...] = ()
    """Further cells with its id, which the student has made by copying it."""

    @property
    def changed(self) -> bool:
        return self.now is None or bool(self.copies) or tidy(_text(self.now)) != tidy(_text(self.released))


def answers(shelf: Shelf, assignment: str) -> list[WrittenAnswer]:
    """Return the answers of an assignment that was started. Raises GraderError for a notebook that cannot be read."""
    found: list[WrittenAnswer] = []
    for original in shelf.notebooks(assignment):
        path = shelf.folder(assignment) / original.name
        if not path.is_file():
            fix = f"start it: grader start {assignment}"
            raise GraderError("there is no working copy yet", str(_near(shelf, path)), fix)
        mine: dict[str, list[Cell]] = {}
        for _, cell in _cells(path.read_bytes(), _near(shelf, path), assignment):
            mine.setdefault(_id(cell), []).append(cell)
        for _, cell in _cells(original.read_bytes(), _near(shelf, original), assignment):
            if _about(cell).get("solution"):
                grade_id = _id(cell)
                now, *copies = mine.get(grade_id, [None])
                found.append(
                    WrittenAnswer(
                        exercise_name(grade_id, _text(cell)), grade_id, path, cell, now, tuple(filter(None, copies))
                    )
                )
    return found


def asked_for(found: list[WrittenAnswer], exercise: str) -> WrittenAnswer:
    """Return the answer to an exercise whose name, or the id of whose cell, starts so."""
    by_name = {answer.exercise: answer for answer in found}
    by_id = {answer.id: answer for answer in found}
    matching = {
        name for name in [*by_name, *by_id] if name.replace("-", "_").startswith(exercise.casefold().replace("-", "_"))
    }
    if matching and len({({**by_id, **by_name})[name].id for name in matching}) == 1:
        return {**by_id, **by_name}[matching.pop()]
    return by_name[unique(exercise, list(by_name), "exercise")]


def reset(shelf: Shelf, assignment: str, answer: WrittenAnswer) -> Path | None:
    """Put the released cell in the place of an answer; return where the answer is kept (None: there was none)."""
    data = answer.path.read_bytes()
    where = _near(shelf, answer.path)
    cells = _cells(data, where, assignment)
    if answer.now is None:
        fresh = _inserted(data, cells, answer, shelf, assignment)
        kept = None
    else:
        fresh = _given_back(data, cells, answer, answer.now)
        code = answer.now.get("cell_type") == "code"
        mine = "\n\n".join(map(_text, [answer.now, *answer.copies])) + "\n"
        kept = _keep(shelf, assignment, answer.exercise, ".py" if code else ".md", mine.encode())
    replace(answer.path, fresh)
    return kept


def reset_all(shelf: Shelf, assignment: str) -> list[tuple[Path, Path]]:
    """Give all notebooks of an assignment back as they were released; return each with where the old one is kept."""
    done = []
    for original in shelf.notebooks(assignment):
        path = shelf.folder(assignment) / original.name
        if path.is_file():
            kept = _keep(shelf, assignment, path.stem, ".ipynb", path.read_bytes())
            fresh = assignment_copy(original.read_bytes())
            replace(path, as_opened(fresh))
            remember(shelf, {path: fresh})
            done.append((path, kept))
    if not done:
        raise GraderError("there is no working copy yet", assignment, f"start it: grader start {assignment}")
    return done


# Bytes ────────────────────────────────────────────────────────────────────────────────────────────


def _cells(data: bytes, where: Path, assignment: str) -> list[tuple[Span, Cell]]:
    """Return the cells of a notebook, each with where it stands in the file."""
    try:
        found = []
        for start, end in _spans(data):
            cell = json.loads(data[start:end])
            if not isinstance(cell, dict):
                raise BrokenError
            found.append(((start, end), cell))
        return found
    except (BrokenError, ValueError, RecursionError):
        fix = f"to keep it aside and get a fresh copy: grader reset {assignment} --all"
        raise GraderError("it cannot be read as a notebook", str(where), fix) from None


def _spans(data: bytes) -> Iterator[Span]:
    walk = Walk(data)
    for name in walk.members():
        if name == b"cells":
            for _ in walk.elements():
                yield walk.take()
        else:
            walk.take()
    walk.end()


def _given_back(data: bytes, cells: list[tuple[Span, Cell]], answer: WrittenAnswer, now: Cell) -> bytes:
    """Return the notebook with the released cell in the place of an answer, and without the answer's copies."""
    places = [place for place, (_, cell) in enumerate(cells) if _id(cell) == answer.id]
    for place in reversed(places[1:]):
        data = data[: cells[place - 1][0][1]] + data[cells[place][0][1] :]
    start, end = cells[places[0]][0]
    cell = answer.released | ({"id": now["id"]} if "id" in now else {})
    return data[:start] + _as_there(data, start, cell) + data[end:]


def _inserted(
    data: bytes, cells: list[tuple[Span, Cell]], answer: WrittenAnswer, shelf: Shelf, assignment: str
) -> bytes:
    """Return the notebook with an answer cell that was deleted, below the cell that it was below."""
    original = next(path for path in shelf.notebooks(assignment) if path.name == answer.path.name)
    above = [_id(cell) for _, cell in _cells(original.read_bytes(), original, assignment)]
    above = above[: above.index(answer.id)]
    ends = {_id(cell): span for span, cell in cells if _id(cell)}
    span = next((ends[grade_id] for grade_id in reversed(above) if grade_id in ends), None)
    if span is None:
        fix = f"to keep the notebook aside and get a fresh copy: grader reset {assignment} --all"
        raise GraderError("the cells above the answer are gone, too", str(_near(shelf, answer.path)), fix)
    return data[: span[1]] + b"," + _gap(data, span[0]) + _as_there(data, span[0], answer.released) + data[span[1] :]


def _as_there(data: bytes, place: int, cell: Cell) -> bytes:
    """Return a cell as text, as deep as the cell that stands at a place."""
    gap = _gap(data, place).decode()
    text = json.dumps(cell, indent=1 if gap else None, ensure_ascii=False)
    return text.replace("\n", gap or "\n").encode()


def _gap(data: bytes, place: int) -> bytes:
    """Return the line break and the spaces in front of a place; nothing where it does not start a line."""
    line = data.rfind(b"\n", 0, place)
    between = data[line:place]
    return between if line >= 0 and not between.strip() else b""


def _keep(shelf: Shelf, assignment: str, name: str, ending: str, data: bytes) -> Path:
    """Write what is about to be replaced into `work/kept/`; return where."""
    folder = shelf.work / "kept" / assignment
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    for number in range(1, 1000):
        path = folder / f"{name}-{stamp}{f'-{number}' if number > 1 else ''}{ending}"
        try:
            with path.open("xb") as file:
                file.write(data)
            return path
        except FileExistsError:
            continue
    raise GraderError("too many copies of one second", str(folder), "wait a second, then run the same command again")


def _about(cell: Cell) -> Cell:
    about = cell.get("metadata", {})
    given = about.get("nbgrader", {}) if isinstance(about, dict) else {}
    return given if isinstance(given, dict) else {}


def _id(cell: Cell) -> str:
    return str(_about(cell).get("grade_id", ""))


def _text(cell: Cell) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source))


def _near(shelf: Shelf, path: Path) -> Path:
    return path.relative_to(shelf.root) if path.is_relative_to(shelf.root) else path
