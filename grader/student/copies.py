"""Working copies of what students get: `release/` and `notebooks/` -> `work/`, where nothing is ever overwritten."""

from __future__ import annotations

import errno
import json
import os
import platform
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from grader.course.files import files_in
from grader.models import GraderError

PREDICTED = "predicted"
"""The tag of cells whose outputs a working copy leaves out, for they are to be predicted."""
_RECORD = ".copied.json"
_LINKED = re.compile(r"!\[[^\]]*\]\(([^)#:]+)\)")
_TO_ASSIGNMENT = re.compile(r'(\]\(|href=\\?")\.\./release/')
_TO_ROOT = re.compile(r'(\]\(|href=\\?")\.\./(?!release/|\.\./)')
_TO_LESSON = re.compile(r'(\]\(|href=")\.\./\.\./notebooks/')


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a course has for students, by name, and where their own copies are."""

    root: Path
    assignments: tuple[str, ...]
    lessons: tuple[str, ...]

    @property
    def work(self) -> Path:
        return self.root / "work"

    def folder(self, assignment: str) -> Path:
        """Return where a student works on an assignment."""
        return self.work / assignment

    def lesson(self, name: str) -> Path:
        """Return where a student works through a lesson."""
        return self.work / "lessons" / f"{name}.ipynb"

    def notebooks(self, assignment: str) -> list[Path]:
        """Return the notebooks of an assignment as they were released."""
        return sorted((self.root / "release" / assignment).glob("*.ipynb"))


@dataclass(frozen=True, slots=True)
class Started:
    """The files that were made, and those that were there already."""

    made: tuple[Path, ...]
    there: tuple[Path, ...]
    older: tuple[Path, ...] = ()
    """Those of `there` that were copied from an earlier version of the course."""


def find_shelf(folder: Path | None = None) -> Shelf:
    """Return what the course in a folder (default: the nearest upwards) has for students; it may have no `source/`."""
    if folder is not None and not (folder / "release").is_dir():
        raise GraderError("no release there", str(folder), "name a folder that holds release/")
    here = Path.cwd()
    root = folder or next((each for each in (here, *here.parents) if (each / "release").is_dir()), None)
    if root is None:
        raise GraderError("no course here", str(here), "go to a folder that holds release/, or name one with --course")
    names = sorted(path.name for path in (root / "release").iterdir() if not path.name.startswith("."))
    assignments = tuple(name for name in names if any((root / "release" / name).glob("*.ipynb")))
    lessons = tuple(path.stem for path in sorted((root / "notebooks").glob("*.ipynb")))
    if not assignments:
        raise GraderError("no assignment there", str(root / "release"), "make them with: grader release")
    return Shelf(root, assignments, lessons)


def called(shelf: Shelf, beginning: str) -> str:
    """Return the assignment or lesson whose name starts so. Raises GraderError if none does, or several do."""
    names = sorted({*shelf.assignments, *shelf.lessons})
    return unique(beginning, names, "assignment or lesson")


def unique(beginning: str, names: Sequence[str], kind: str) -> str:
    """Return the one of these names that starts so, whatever the case and the sign between words.

    A path names what lies at its end, and a number is found with and without its zero.
    """
    plain = {name: name.casefold().replace("-", "_") for name in names}
    asked = PurePosixPath(beginning).name.removesuffix(".ipynb").casefold().replace("-", "_")
    found = (
        [name for name in names if plain[name] == asked]
        or [name for name in names if asked.isdecimal() and _number(name) == int(asked)]
        or [name for name in names if plain[name].startswith(asked)]
    )
    if len(found) != 1:
        what = "several names start so" if found else f"no {kind} starts so"
        raise GraderError(what, beginning or "''", f"write more of one of these: {', '.join(found or names)}")
    return found[0]


def _number(name: str) -> int | None:
    leading = re.match(r"\d+", name)
    return int(leading[0]) if leading else None


def start(shelf: Shelf, names: Sequence[str]) -> Started:
    """Copy assignments, and the lessons with what they show, into `work/`; what is there stays as it is."""
    made: list[Path] = []
    there: list[Path] = []
    older: list[Path] = []
    known = _copied(shelf)
    _create(shelf.work / ".gitignore", b"*\n")  # also in a course that does not ignore work/ itself
    asked = [name for name in shelf.assignments if name in names]
    files = [*(file for name in asked for file in _assignment(shelf, name)), *_lessons(shelf)]
    # Before they are made: whoever is stopped half way has copies that are known all the same.
    remember(shelf, {path: data for path, data in files if not path.exists()})
    for path, data in files:
        if _create(path, as_opened(data) if path.suffix == ".ipynb" else data):
            made.append(path)
        else:
            there.append(path)
            if known.get(_key(shelf, path)) not in (None, _digest(data)):
                older.append(path)
    return Started(tuple(made), tuple(there), tuple(older))


def remember(shelf: Shelf, copies: Mapping[Path, bytes]) -> None:
    """Write down of what working copies were made, to tell later that there is something newer."""
    if copies:
        record = _copied(shelf) | {_key(shelf, path): _digest(data) for path, data in copies.items()}
        replace(shelf.work / _RECORD, (json.dumps(record, indent=1, sort_keys=True) + "\n").encode())


def _copied(shelf: Shelf) -> dict[str, str]:
    try:
        record = json.loads((shelf.work / _RECORD).read_text("utf-8"))
    except (OSError, ValueError):  # nothing was copied yet, or nobody can tell of what
        return {}
    return record if isinstance(record, dict) else {}


def _key(shelf: Shelf, path: Path) -> str:
    return path.relative_to(shelf.work).as_posix()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def _assignment(shelf: Shelf, name: str) -> Iterator[tuple[Path, bytes]]:
    folder = shelf.root / "release" / name
    for path in files_in(folder):
        parts = path.relative_to(folder).parts
        if not any(part.startswith(".") or part == "__pycache__" for part in parts):
            data = path.read_bytes()
            yield shelf.folder(name).joinpath(*parts), assignment_copy(data) if path.suffix == ".ipynb" else data


def _lessons(shelf: Shelf) -> Iterator[tuple[Path, bytes]]:
    """Yield all lessons, for they lead to each other, and the pictures that their texts show."""
    folder = shelf.root / "notebooks"
    for name in shelf.lessons:
        text = (folder / f"{name}.ipynb").read_text("utf-8")
        yield shelf.lesson(name), lesson_copy(text).encode()
        for target in dict.fromkeys(_LINKED.findall(text)):
            parts = PurePosixPath(target).parts
            if ".." not in parts and (folder / target).is_file():
                yield shelf.lesson(name).parent.joinpath(*parts), (folder / target).read_bytes()


def assignment_copy(data: bytes) -> bytes:
    """Return an assignment for `work/`: its links lead to the working copies of lessons.

    A cell that nbgrader compares with what it released stays as it is: JupyterLab's *Validate* would report it alone.
    """
    try:
        notebook = json.loads(data)
        texts = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown" and not _is_compared(cell)]
        for cell in texts:
            text = _TO_LESSON.sub(r"\1../lessons/", "".join(cell["source"]))
            cell["source"] = text.splitlines(keepends=True)
    except (ValueError, TypeError, KeyError, AttributeError):  # no notebook, whatever its name
        return data
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def as_opened(data: bytes) -> bytes:
    """Return a notebook with what JupyterLab writes into one as soon as its kernel, of this Python, runs.

    Else a fresh copy would count as changed, and who only read in it would be asked whether to save.
    """
    try:
        notebook = json.loads(data)
        if notebook["metadata"]["language_info"]["name"] != "python":
            return data
        notebook["metadata"]["language_info"] = {
            "codemirror_mode": {"name": "ipython", "version": 3},
            "file_extension": ".py",
            "mimetype": "text/x-python",
            "name": "python",
            "nbconvert_exporter": "python",
            "pygments_lexer": "ipython3",
            "version": platform.python_version(),
        }
    except (ValueError, TypeError, KeyError):  # no notebook, or one of another kind
        return data
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def _is_compared(cell: Mapping[str, Any]) -> bool:
    return bool(cell["metadata"].get("nbgrader", {}).get("checksum"))


def lesson_copy(text: str) -> str:
    """Return a lesson for `work/lessons/`: without the outputs that are to be predicted, with links as they are there."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and PREDICTED in cell["metadata"].get("tags", ()):
            cell["outputs"], cell["execution_count"] = [], None
        elif cell["cell_type"] == "markdown":
            source = _TO_ROOT.sub(r"\1../../", "".join(cell["source"]))
            cell["source"] = _TO_ASSIGNMENT.sub(r"\1../", source).splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _create(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet, whole or not at all; tell whether it was not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file():
        return False
    if os.path.lexists(path):  # a folder, or a link that leads nowhere
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    fresh = path.with_name(f".new-{os.getpid()}")
    try:
        fresh.write_bytes(data)  # half of a copy would count as the student's own
        return _named(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def _named(fresh: Path, path: Path) -> bool:
    """Give a file its name, unless another has it by now; tell whether it got it."""
    try:
        os.link(fresh, path)  # which replaces nothing, as renaming would
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        fresh.replace(path)
    return True


def replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, with the rights that it had; where a link leads, it goes on leading."""
    path = path.resolve()
    fresh = path.with_name(f".new-{os.getpid()}")
    try:
        fresh.write_bytes(data)
        if path.exists():
            shutil.copymode(path, fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
