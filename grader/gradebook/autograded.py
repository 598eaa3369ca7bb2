"""Keep notebooks as they were run in `autograded/`, where formgrader looks for them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.locks import locked
from grader.models import Course, Notebook, Result
from grader.times import stamp


@contextmanager
def replacing(course: Course, result: Result, files: Mapping[str, bytes]) -> Iterator[None]:
    """Put a result's notebooks in place, whole or not at all, for the block that records the result.

    Another grader of the course that wants to do so meanwhile, in this process or another, waits. Until the block has
    done its work a folder with a leading dot lies beside them, so that `is_incomplete` tells after a crash that notebooks
    and gradebook may not belong together.
    """
    place, fresh, old = _places(course, result.student, result.assignment)
    with locked(course.root):
        shutil.rmtree(fresh, ignore_errors=True)
        if result.notebooks or place.exists():
            fresh.mkdir(parents=True)
            _write(fresh, result, files)
        if place.exists():
            shutil.rmtree(old, ignore_errors=True)
            place.rename(old)
        if result.notebooks:
            fresh.rename(place)
        yield
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)


def is_incomplete(course: Course, student: str, assignment: str) -> bool:
    """Tell whether a run ended while it replaced these notebooks."""
    _, fresh, old = _places(course, student, assignment)
    return fresh.exists() or old.exists()


def changed(course: Course, student: str, assignment: str) -> int | None:
    """Return when these notebooks were put in place, in nanoseconds; None if there are none."""
    try:
        return _places(course, student, assignment)[0].stat().st_mtime_ns
    except OSError:
        return None


def read(course: Course, student: str, assignment: str) -> dict[str, Notebook]:
    """Return the notebooks of a result as they were run, by name; of a file that is none, nothing."""
    place, found = _places(course, student, assignment)[0], {}
    for path in sorted(place.glob("*.ipynb")):
        with suppress(OSError, ValueError):
            notebook = json.loads(path.read_text("utf-8"))
            if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list):
                found[path.stem] = notebook
    return found


def _places(course: Course, student: str, assignment: str) -> tuple[Path, Path, Path]:
    folder = course.root / "autograded" / student
    return folder / assignment, folder / f".{assignment}.new", folder / f".{assignment}.old"


def _write(folder: Path, result: Result, files: Mapping[str, bytes]) -> None:
    texts = {
        f"{name}.ipynb": json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n"  # indented, it takes ms
        for name, notebook in result.notebooks.items()
    }
    if texts and result.handed_in:
        texts["timestamp.txt"] = stamp(result.handed_in)
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8", "replace"))  # half a surrogate pair cannot be stored
    for name, data in files.items() if texts else ():
        if name.split("/")[0] not in texts:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
