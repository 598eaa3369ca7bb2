"""Sort what was handed in, a folder or an LMS archive, into `submitted/STUDENT/ASSIGNMENT/`. Distrusts both."""

from __future__ import annotations

import re
import shutil
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from grader.course import (
    LARGEST_FILE,
    LARGEST_SUBMISSION,
    MOST_FILES,
    TOO_LARGE,
    assignment_names,
)
from grader.filenames import is_student, named, parted, spelling
from grader.models import Course, Finding, GraderError

MOST_ENTRIES, MOST_BYTES = 100_000, 8 * 2**30
_MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_\w+?_?")
_CANVAS = re.compile(r"(?P<name>[^_]+)(_LATE)?_\d+_\d+_(?P<file>.+)")


@dataclass(frozen=True)
class _Entry:
    """One file on offer: where it lay, and how to read it."""

    path: PurePosixPath
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Collected:
    """What one `collect` did."""

    submissions: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]


def collect(course: Course, path: Path, assignment: str | None = None) -> Collected:
    """Copy each submission found under `path` into `submitted/`, and say what could not be placed.

    Known layouts: STUDENT/ASSIGNMENT/FILES (nbgrader's own), STUDENT/NOTEBOOK, Moodle's and Canvas's archives, and
    STUDENT_NOTEBOOK. `assignment` names the assignment where the file names do not. An earlier submission that
    differs is kept under `submitted/.replaced/`.
    """
    names = assignment_names(course, [assignment] if assignment else ())
    if not path.exists():
        raise GraderError("no such file or folder", str(path), "name the folder or .zip that your platform gave you")
    findings: list[Finding] = []
    sorted_files: dict[tuple[str, str], dict[str, _Entry]] = defaultdict(dict)
    places = _Places(course, names, assignment)
    with _opened(path) as entries:
        for entry in entries:
            problem = _problem(entry)
            if problem:
                findings.append(Finding(str(entry.path)[:200], *problem))
            elif (place := places.of(entry.path)) is None:
                findings.append(
                    Finding(
                        str(entry.path)[:200],
                        "not a notebook of this course, or no student's id in its path",
                        "place it by hand",
                    )
                )
            elif not is_student(place[0]):
                findings.append(
                    Finding(
                        str(entry.path)[:200],
                        f"{place[0]!r} is not a student's id",
                        "use letters, digits and . _ @ + -",
                    )
                )
            else:
                sorted_files[place[:2]][place[2]] = entry
        for (student, name), files in sorted(sorted_files.items()):
            where = f"{student}, {name}"
            if len(files) > MOST_FILES:
                what = f"{len(files)} files; only its notebooks were taken"
                findings.append(Finding(where, what, f"at most {MOST_FILES} files"))
                files = dict([item for item in sorted(files.items()) if item[0].endswith(".ipynb")][:MOST_FILES])
            if data := dict(_unpacked(where, files, findings)):
                _store(course, student, name, data)
    return Collected(tuple(sorted(sorted_files)), tuple(findings))


class _opened:
    """Open a folder or an archive as entries; a zip stays open inside the `with` block."""

    def __init__(self, path: Path) -> None:
        self.path, self.archive = path, None if path.is_dir() else _zip(path)

    def __enter__(self) -> Iterator[_Entry]:
        return _folder_entries(self.path) if self.archive is None else _zip_entries(self.archive)

    def __exit__(self, *_: object) -> None:
        if self.archive is not None:
            self.archive.close()


def _zip(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError):
        raise GraderError(
            "neither a folder nor a zip archive", str(path), "name the folder or .zip that your platform gave you"
        ) from None
    if len(archive.infolist()) > MOST_ENTRIES:
        raise GraderError(
            f"{len(archive.infolist())} entries", str(path), f"split it; at most {MOST_ENTRIES} are taken at once"
        )
    if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
        raise GraderError("larger than 8 GiB when unpacked", str(path), "split it")
    return archive


def _zip_entries(archive: zipfile.ZipFile) -> Iterator[_Entry]:
    for info in archive.infolist():
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if not info.is_dir() and not _clutter(path):
            yield _Entry(path, info.file_size, partial(_unzip, archive, info))


def _unzip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as file:  # the size that the archive claims may be a lie
        return file.read(LARGEST_FILE + 1)[:LARGEST_FILE]


def _folder_entries(folder: Path) -> Iterator[_Entry]:
    for path in sorted(folder.rglob("*")):
        name = PurePosixPath(path.relative_to(folder).as_posix())
        if path.is_file() and not path.is_symlink() and not _clutter(name):
            yield _Entry(name, path.stat().st_size, path.read_bytes)


def _unpacked(where: str, files: dict[str, _Entry], findings: list[Finding]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file, notebooks first, as far as a submission may be large."""
    room = LARGEST_SUBMISSION
    for name in sorted(files, key=lambda name: (not name.endswith(".ipynb"), name)):
        try:
            data = files[name].read()
        except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError) as error:  # damaged, or encrypted
            findings.append(Finding(f"{where}, {name}"[:200], f"cannot be unpacked ({error})", "ask for a new file"))
            continue
        if len(data) > room:
            findings.append(Finding(f"{where}, {name}"[:200], TOO_LARGE, "ask for smaller files"))
            continue
        room -= len(data)
        yield name, data


def _clutter(path: PurePosixPath) -> bool:
    return any(part in ("__MACOSX", "__pycache__") or (part.startswith(".") and part != "..") for part in path.parts)


def _problem(entry: _Entry) -> tuple[str, str] | None:
    if entry.path.is_absolute() or ".." in entry.path.parts or "\0" in str(entry.path):
        return "its path points outside the archive, so it was left out", "ask for a new file"
    if entry.size > LARGEST_FILE:
        return f"larger than {LARGEST_FILE // 2**20} MiB, so it was left out", "ask for a smaller file"
    return None


class _Places:
    """Tells for a path whose it is, of which assignment, and the file's own name."""

    def __init__(self, course: Course, names: list[str], only: str | None) -> None:
        self.only = only
        self.folders = {spelling(name): name for name in names}
        self.notebooks = {
            spelling(path.stem): [name] for name in names for path in (course.root / "source" / name).glob("*.ipynb")
        }

    def of(self, path: PurePosixPath) -> tuple[str, str, str] | None:
        parts = path.parts
        for place, part in enumerate(parts[:-1]):
            if place and spelling(part) in self.folders:
                return parts[place - 1], self.folders[spelling(part)], "/".join(parts[place + 1 :])
            if moodle := _MOODLE.fullmatch(part):
                student = f"{moodle['name'].replace(' ', '_')}_{moodle['number']}"
                return self._named(student, "/".join(parts[place + 1 :]))
        name = parts[-1]
        if canvas := _CANVAS.fullmatch(name):
            return self._named(canvas["name"], canvas["file"])
        if len(parts) >= 2 and (found := self._named(parts[-2], name)):
            return found
        if told := parted(name, self.notebooks):
            return told[0], told[1][0], name
        return None

    def _named(self, student: str, file: str) -> tuple[str, str, str] | None:
        """Return the place of a file whose student is known, if its name or the caller tells the assignment."""
        assignment = named(PurePosixPath(file).name, self.notebooks)
        if assignment or self.only:
            return student, assignment[0] if assignment else str(self.only), file
        return None


def _store(course: Course, student: str, assignment: str, data: dict[str, bytes]) -> None:
    folder = course.root / "submitted" / student / assignment
    if folder.exists():
        same = {
            path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
        } == data
        if same:
            return
        earlier = course.root / "submitted" / ".replaced" / student / assignment
        number = 1 + sum(1 for _ in earlier.glob("*")) if earlier.exists() else 1
        (earlier / str(number)).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, earlier / str(number))
    for name, content in data.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
