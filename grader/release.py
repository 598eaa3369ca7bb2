"""Turn `source/` into what students get, with nbgrader's own generator. The one user of its converters."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from traitlets.config.loader import Config, PyFileConfigLoader

from grader.cells import exercise_name
from grader.course import preloaded
from grader.models import Assignment, Course, GraderError, Notebook, Template, TemplateCell
from grader.names import assigned

_QUIET = logging.getLogger("grader.nbgrader")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False
_IN_COURSE = threading.Lock()

Node = Any
"""A notebook or cell of nbformat."""


class Assignments(dict[str, Assignment]):
    """The assignments of a course by name, each converted when it is first asked for, and no second time."""

    def __init__(self, course: Course) -> None:
        super().__init__()
        self.course = course

    def __missing__(self, name: str) -> Assignment:
        self[name] = read_assignment(self.course, name)
        return self[name]


def read_assignment(course: Course, name: str) -> Assignment:
    """Return an assignment as nbgrader would release and grade it. Raises GraderError for a source that it refuses."""
    folder = course.root / "source" / name
    templates = tuple(_template(course, name, path) for path in sorted(folder.glob("*.ipynb")))
    return Assignment(name, templates, files_beside(folder), preloaded(course, name))


def files_beside(folder: Path) -> dict[str, bytes]:
    """Return the files of an assignment's folder that are no notebooks, by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.suffix != ".ipynb"
        and not any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts)
    }


def write_release(course: Course, assignment: Assignment) -> list[Path]:
    """Write an assignment into `release/` and return what was written."""
    folder = course.root / "release" / assignment.name
    texts = {f"{template.notebook}.ipynb": template.released.encode() for template in assignment.templates}
    written = []
    for name, data in {**assignment.files, **texts}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written.append(path)
    return written


def _template(course: Course, assignment: str, path: Path) -> Template:
    where = f"source/{assignment}/{path.name}"
    node = _read(path, where)
    solutions = {_about(cell).get("grade_id"): cell.source for cell in node.cells if _about(cell)}
    full, out = _converted(course, assignment, path, node, where)
    _drop_pictures(out)
    cells, exercise = [], ""
    for ran, given in zip(full, out.cells, strict=True):
        about = _about(ran)
        if about.get("solution"):
            exercise = exercise_name(about["grade_id"], solutions.get(about["grade_id"], ""))
        solution = solutions.get(about.get("grade_id"), "") if about.get("solution") else ""
        cells.append(_cell(ran, given, about, exercise, solution))
    metadata = {key: value for key, value in out.metadata.items() if key in ("kernelspec", "language_info")}
    return Template(assignment, path.stem, tuple(cells), metadata, str(nbformat.writes(out, version=4)) + "\n")


def _cell(ran: Node, given: Node, about: Mapping[str, Any], exercise: str, solution: str) -> TemplateCell:
    managed = any(about.get(key) for key in ("grade", "solution", "locked", "task"))
    return TemplateCell(
        id=about["grade_id"] if managed else ran.get("id", ""),
        code=ran.cell_type == "code",
        source=ran.source,
        released=given.source,
        metadata=dict(about),
        managed=managed,
        solution=bool(about.get("solution")),
        grade=bool(about.get("grade")),
        task=bool(about.get("task")),
        locked=bool(about.get("locked")),
        points=float(about.get("points") or 0.0) if about.get("grade") or about.get("task") else 0.0,
        exercise=(exercise or about["grade_id"]) if managed else "",
        defines=tuple(sorted(assigned(solution))) if ran.cell_type == "code" else (),
        solved=solution if ran.cell_type == "code" else "",
        attachments=given.get("attachments", {}),
    )


def _drop_pictures(notebook: Node) -> None:
    """Leave out pictures that no text shows any more: nbgrader clears the text of a solution, not what was pasted."""
    for cell in notebook.cells:
        text = f"{cell.source}\n{unquote(cell.source)}"
        shown = {name: data for name, data in cell.get("attachments", {}).items() if f"attachment:{name}" in text}
        if shown:
            cell["attachments"] = shown
        else:
            cell.pop("attachments", None)


def _about(cell: Node) -> dict[str, Any]:
    return dict(cell.metadata.get("nbgrader", {}))


def _read(path: Path, where: str) -> Node:
    try:
        return nbformat.reads(json.dumps(_with_ids(json.loads(path.read_text("utf-8")))), as_version=4)
    except Exception as error:
        raise GraderError(
            f"not a notebook ({type(error).__name__})", where, "open it in Jupyter and save it again"
        ) from None


def _with_ids(notebook: Notebook) -> Notebook:
    """Name each cell that has no id, or that of another cell, by its place: nbformat would draw one, and warn."""
    taken: set[str] = set()
    for place, cell in enumerate(notebook["cells"] if notebook.get("nbformat_minor", 0) >= 5 else ()):
        if cell.setdefault("id", f"cell-{place}") in taken:
            cell["id"] = f"{cell['id']}-{place}"[-64:]
        taken.add(cell["id"])
    return notebook


def _converted(course: Course, assignment: str, path: Path, node: Node, where: str) -> tuple[list[Node], Node]:
    """Return the cells of a source notebook as graded (solutions cleared, hidden tests in), and it as released."""
    resources = {
        "nbgrader": {"assignment": assignment, "notebook": path.stem, "student": ".", "db_url": course.gradebook},
        "metadata": {"path": str(path.parent)},
    }
    full = node.cells
    try:
        with _in_course(course) as config:
            for step in _steps(config):
                if step is SaveCells:  # the gradebook is written elsewhere; hidden tests are still in
                    full = copy.deepcopy(node.cells)
                else:
                    node, resources = step(config=config, log=_QUIET).preprocess(node, resources)
    except GraderError:
        raise
    except Exception as error:
        text = " ".join(str(error).split()) or type(error).__name__
        raise GraderError(
            f"nbgrader refuses it: {text[:300]}", where, "correct that cell in the source notebook"
        ) from None
    return full, node


def _steps(config: Config) -> list[Any]:
    return list(GenerateAssignment(coursedir=CourseDirectory(config=config), config=config, log=_QUIET).preprocessors)


@contextlib.contextmanager
def _in_course(course: Course) -> Iterator[Config]:
    """Work in the course's folder with its nbgrader settings, one thread at a time, without nbgrader's chatter."""
    config = Config()
    if (course.root / "nbgrader_config.py").is_file():
        config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    config.CourseDirectory.root = str(course.root)
    with _IN_COURSE, contextlib.chdir(course.root), contextlib.redirect_stderr(io.StringIO()):
        yield config
