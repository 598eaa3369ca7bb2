"""Read what lies in `submitted/`: whose it is, which notebooks it holds, when it was handed in."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TypeVar

from grader.course import contents
from grader.course.filenames import is_notebook, is_student, match_notebooks, named, spelling
from grader.course.files import files_in
from grader.course.settings import LARGEST_FILE, LARGEST_SUBMISSION, MOST_FILES, TOO_LARGE, assignment_names
from grader.models import Course, Finding, GraderError, Submission
from grader.times import parse_time

T = TypeVar("T")
STAMP, LATE = "timestamp.txt", ".late"
"""When it was handed in, and, where nobody knows that, a platform's word that it was late."""
_FIX = "write it as 2026-10-01 13:59:12 UTC, and grade again"


def handed_in(course: Course, assignments: Sequence[str], students: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return (student, assignment) for every folder in `submitted/`, in a fixed order."""
    folder = course.root / "submitted"
    for student in students:
        if not is_student(student):
            raise GraderError("not a student's id", repr(student), "use letters, digits and . _ @ + - only")
        if not (folder / student).is_dir():
            raise GraderError(
                "nothing handed in by that student", f"submitted/{student}", "check the id, or collect first"
            )
    found = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    asked = set(students)
    wanted = [student for student in found if is_student(student) and (not asked or student in asked)]
    return [(student, name) for name in assignments for student in wanted if os.path.isdir(folder / student / name)]


def strays(course: Course) -> list[Finding]:
    """Return a finding for each thing in `submitted/` that cannot be a submission."""
    folder = course.root / "submitted"
    known = set(assignment_names(course))
    findings = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.startswith("."):
            continue
        if not path.is_dir() or not is_student(path.name):
            findings.append(Finding(f"submitted/{path.name}", "not a student's folder", "collect it, or remove it"))
            continue
        try:
            inside = sorted(path.iterdir())
        except OSError as error:
            findings.append(
                Finding(f"submitted/{path.name}", f"cannot be read ({error.strerror})", "let the grader read it")
            )
            continue
        for inner in inside:
            if not inner.name.startswith(".") and (not os.path.isdir(inner) or inner.name not in known):
                findings.append(
                    Finding(
                        f"submitted/{path.name}/{inner.name}",
                        "not an assignment of this course",
                        "move it, or remove it",
                    )
                )
    return findings


def read_submission(course: Course, student: str, assignment: str, notebooks: Sequence[str]) -> Submission:
    """Read what a student handed in; `notebooks` are the names that the assignment asks for.

    Raises OSError where the folder, or a notebook, cannot be read: nobody knows what it would earn.
    """
    folder = course.root / "submitted" / student / assignment
    os.scandir(folder).close()
    files: dict[str, bytes] = {}
    findings: list[Finding] = []
    first = folder / STAMP  # without it nobody would be late
    found_files = sorted(_plain_files(folder), key=lambda path: (path != first, not is_notebook(path.name)))
    room = LARGEST_SUBMISSION
    for path in found_files[:MOST_FILES]:
        name = path.relative_to(folder).as_posix()
        try:
            name.encode()
            size = path.stat().st_size
            if size > min(LARGEST_FILE, room):
                what = TOO_LARGE if size > room else f"larger than {LARGEST_FILE // 2**20} MiB, so it was left out"
                findings.append(Finding(name, what, "hand in smaller files"))
            else:
                files[name] = path.read_bytes()
                room -= size
        except UnicodeEncodeError:
            findings.append(Finding(name, "its name is not UTF-8, so it was left out", "rename it"))
        except OSError as error:
            if is_notebook(name):
                raise
            findings.append(Finding(name, f"cannot be read ({error.strerror})", "let the grader read it"))
    if len(found_files) > MOST_FILES:
        what = f"{len(found_files)} files; only the first {MOST_FILES} were read, notebooks before others"
        findings.append(Finding("the submission", what, "hand in fewer files"))
    moment, late = _when(course, folder, files.pop(STAMP, None))
    files, lifted = lift(files, notebooks)
    found, more = _matched(course, assignment, files, notebooks)
    return Submission(
        student=student,
        assignment=assignment,
        notebooks={name: files.pop(file) for name, file in found.items()},
        files={name: data for name, data in files.items() if not name.lower().endswith(".ipynb")},
        handed_in=moment,
        findings=(*findings, *late, *lifted, *more),
    )


def _when(course: Course, folder: Path, stamp: bytes | None) -> tuple[datetime | None, list[Finding]]:
    """Return when it was handed in; where a stamp cannot be read, or there is none for late work, a finding says so."""
    if stamp is None and os.path.lexists(folder / STAMP):
        what = "no file that can be read, so nobody knows whether it was handed in late"
        return None, [Finding(STAMP, what, _FIX)]
    if stamp is None:
        mark = folder / LATE
        if not mark.is_file() or mark.is_symlink():
            return None, []
        what = "late by the platform's own mark, which does not say how late"
        return None, [Finding(STAMP, what, f"if you know when, {_FIX}")]
    text = _text(stamp).strip()
    moment = parse_time(text, course.zone, course.stamps)
    if moment is None:
        what = f"{text[:60]!r} is no time that can be read, so nobody knows whether it was handed in late"
        return None, [Finding(STAMP, what, _FIX)]
    return moment, []


def _text(stamp: bytes) -> str:
    """Return a stamp as text, as any system's editor or shell writes it."""
    if stamp.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return stamp[:1000].decode("utf-16", "replace")
    return stamp[:1000].decode("utf-8-sig", "replace")


def lift(files: Mapping[str, T], notebooks: Sequence[str]) -> tuple[dict[str, T], list[Finding]]:
    """Bring the notebooks of a hand-in to its top, with all that lies beside them, where a folder holds them."""
    base = base_of(files, notebooks)
    if not base:
        return dict(files), []
    moved = {name.removeprefix(f"{base}/"): data for name, data in files.items() if name.startswith(f"{base}/")}
    folders = {above for name in moved for above in folders_above(name)}
    others = {name: data for name, data in files.items() if not name.startswith(f"{base}/")}
    lost = [name for name in others if name in moved or name in folders or folders_above(name) & moved.keys()]
    findings = [Finding(name, f"left out for what lies in {base}/", "hand in one of them") for name in lost]
    return {**moved, **{name: data for name, data in others.items() if name not in lost}}, findings


def folders_above(name: str) -> set[str]:
    """Return the folders in which a file of a hand-in lies."""
    parts = name.split("/")
    return {"/".join(parts[:place]) for place in range(1, len(parts))}


def base_of(files: Iterable[str], notebooks: Sequence[str]) -> str:
    """Return the folder of a hand-in, '' for its top, in which its notebooks lie: the highest that holds one."""
    known = {spelling(name): [name] for name in notebooks}
    holds = {"/".join(name.split("/")[:-1]) for name in files if is_notebook(name) and named(_base(name), known)}
    return min(holds, key=lambda folder: (folder.count("/") + bool(folder), folder), default="")


def _matched(
    course: Course, assignment: str, files: Mapping[str, bytes], asked: Sequence[str]
) -> tuple[dict[str, str], list[Finding]]:
    """Match files to the notebooks asked for: by name, where that does not tell by their cells."""
    known = {spelling(name): [name] for name in asked}
    top = {name for name in files if "/" not in name}
    offered = {name for name in top if is_notebook(name)}
    offered |= {n for n in top - offered if named(n, known) and contents.looks_like_notebook(files[n])}
    found, findings = match_notebooks(offered, asked)
    missing = [name for name in asked if name not in found]
    places = {(assignment, name) for name in missing}
    marks = {at: of for at, of in contents.known_marks(course, [assignment]).items() if at in places} if missing else {}
    for file in sorted(name for name in files if marks and is_notebook(name) and name not in found.values()):
        told = contents.likeliest(contents.marks(files[file]), marks)
        if len(told) == 1 and told[0][1] not in found:
            found[told[0][1]] = file
            findings = [one for one in findings if one.where != file]
            what, fix = f"taken as {told[0][1]}.ipynb, whose cells it holds", f"name the file {told[0][1]}.ipynb"
            findings.append(Finding(file, what, fix))
    for file in sorted(name for name in files if "/" in name and is_notebook(name) and name not in found.values()):
        what = "a notebook in a folder of its own, so it was not graded"
        for name in named(_base(file), known)[:1]:
            what = f"another {name}.ipynb; {found[name]} was graded" if name in found else what
        findings.append(Finding(file, what))
    return found, findings


def _base(name: str) -> str:
    return PurePosixPath(name).name


def _plain_files(folder: Path) -> Iterator[Path]:
    for path in files_in(folder):
        if not any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts):
            yield path
