"""Make the file that a student hands in, from the working copy of an assignment."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course.filenames import is_student
from grader.course.files import files_in
from grader.course.settings import LARGEST_FILE, LARGEST_SUBMISSION, MOST_FILES
from grader.models import Finding, GraderError
from grader.student.copies import Shelf


@dataclass(frozen=True, slots=True)
class Packed:
    """The archive, what is in it, and what was left out."""

    path: Path
    names: tuple[str, ...]
    findings: tuple[Finding, ...]


def notebooks(shelf: Shelf, assignment: str) -> list[Path]:
    """Return the student's notebooks of an assignment. Raises GraderError if one is not there."""
    mine = [shelf.folder(assignment) / path.name for path in shelf.notebooks(assignment)]
    for path in mine:
        if not path.is_file():
            where = str(path.relative_to(shelf.root))
            raise GraderError("there is no working copy yet", where, f"start it: grader start {assignment}")
    return mine


def pack(shelf: Shelf, assignment: str, student: str = "") -> Packed:
    """Write `work/ASSIGNMENT.zip`, or `work/ASSIGNMENT_STUDENT.zip`, as `grader collect` takes it.

    It holds the notebooks and what lies beside them and was not released with them.
    """
    if student and not is_student(student):
        fix = "give it as your course knows you: letters, digits and - _ . @ +"
        raise GraderError("this can be no student's id", f"--student {student}", fix)
    path = shelf.work / (f"{assignment}_{student}.zip" if student else f"{assignment}.zip")
    above = f"{student}/{assignment}/" if student else ""
    findings: list[Finding] = []
    fresh = path.with_name(f".new-{os.getpid()}")
    names = []
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, file in _files(shelf, assignment, findings):
                archive.write(file, above + name)
                names.append(above + name)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return Packed(path, tuple(names), tuple(findings))


def _files(shelf: Shelf, assignment: str, findings: list[Finding]) -> Iterator[tuple[str, Path]]:
    """Yield what is handed in, by name: the assignment's notebooks, and files of the student's own."""
    mine = notebooks(shelf, assignment)
    room, count = LARGEST_SUBMISSION, 0
    for file in [*mine, *(path for path in files_in(shelf.folder(assignment)) if path not in mine)]:
        name = file.relative_to(shelf.folder(assignment)).as_posix()
        given = shelf.root / "release" / assignment / name
        if file not in mine and (_is_nobodys(name) or (given.is_file() and given.read_bytes() == file.read_bytes())):
            continue
        size = file.stat().st_size
        if size > min(LARGEST_FILE, room) or count == MOST_FILES:
            what = f"left out: more than {MOST_FILES} files, or larger than can be handed in"
            findings.append(Finding(f"work/{assignment}/{name}", what, "clear its outputs, or make it smaller"))
            continue
        room, count = room - size, count + 1
        yield name, file


def _is_nobodys(name: str) -> bool:
    """Tell whether a file is a hidden one, a leftover of Python, or a notebook that was not asked for."""
    parts = name.split("/")
    return name.endswith(".ipynb") or any(part.startswith(".") or part == "__pycache__" for part in parts)
