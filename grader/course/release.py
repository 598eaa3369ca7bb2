"""Turn `source/` into what students get, with nbgrader's own generator. The one user of its converters."""

from __future__ import annotations

import contextlib
import copy
import fnmatch
import io
import json
import logging
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
from jsonschema.validators import validator_for
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator, SchemaTooNewError, SchemaTooOldError, ValidationError
from nbgrader.nbgraderformat.common import BaseMetadataValidator
from nbgrader.preprocessors import CheckCellMetadata, IncludeHeaderFooter, InstantiateTests, SaveCells
from traitlets import TraitError
from traitlets.config.loader import Config, PyFileConfigLoader

from grader.course.address import parse, stamp
from grader.course.settings import preloaded
from grader.models import Assignment, Course, Finding, GraderError, Notebook, Template, TemplateCell
from grader.notebook.code import assigned
from grader.notebook.restore import cell_id, exercise_name

_QUIET = logging.getLogger("grader.nbgrader")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False
_IN_COURSE = threading.Lock()

_ABBREVIATED = re.compile(r"(?<=[\s,\[(])\.\.\.(?=[\s,\])]|\\n|$)")
_SPEAKS, _COUNTS = re.compile(r"\bchecks\.visible\("), re.compile(r"^checks\.progress\(", re.MULTILINE)
_MAY_FAIL = "raises-exception"
Node = Any
"""A notebook or cell of nbformat."""


class _Autotests(InstantiateTests):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's maker of tests from `### AUTOTEST` lines; remembers which compare an abbreviated text.

    They compare the text of a value, and of a large array that shows its edges alone.
    """

    def __init__(self, **about: Any) -> None:
        super().__init__(**about)
        self.abbreviated: list[tuple[str, str]] = []
        self._cell = ""

    def preprocess_cell(self, cell: Node, resources: Any, index: int) -> Any:
        self._cell = str(_about(cell).get("grade_id", ""))
        return super().preprocess_cell(cell, resources, index)

    def _instantiate_tests(self, snippet: str, salt: str | None = None) -> Any:
        made = super()._instantiate_tests(snippet, salt)
        text = self._execute_code_snippet(f"'' if isinstance({snippet}, str) else str({snippet})")
        if text and _ABBREVIATED.search(text):
            plain = made if salt is None else super()._instantiate_tests(snippet, None)
            if any(_ABBREVIATED.search(value or "") for value in plain[1]):
                self.abbreviated.append((self._cell, snippet))
        return made


class _BySchema(BaseMetadataValidator):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's test of metadata against its schema, without testing that schema anew for each cell."""

    def __init__(self) -> None:
        super().__init__()
        self._validator = validator_for(self.schema)(self.schema)

    def validate_cell(self, cell: Node) -> None:
        about = _about(cell)
        if about.get("schema_version") != self.schema_version or not self._validator.is_valid(about):
            super().validate_cell(cell)  # which says why not


class _Metadata(MetadataValidator, _BySchema):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's check of metadata, its rules beyond the schema included."""


class AssignmentLoader(dict[str, Assignment]):
    """The assignments of a course by name, each converted when it is first asked for, and no second time."""

    def __init__(self, course: Course) -> None:
        super().__init__()
        self.course = course

    def __missing__(self, name: str) -> Assignment:
        self[name] = read_assignment(self.course, name)
        return self[name]


def read_assignment(course: Course, name: str) -> Assignment:
    """Return an assignment as nbgrader would release and grade it. Raises GraderError for a source that it refuses."""
    try:
        return _assignment(course, name)
    except OSError as error:
        where = str(error.filename or f"source/{name}").removeprefix(f"{course.root}/")
        raise GraderError(f"cannot be read ({error.strerror})", where, "let the grader read it") from None


def _assignment(course: Course, name: str) -> Assignment:
    folder = course.root / "source" / name
    with _in_course(course) as config:
        settings = _settings(config)
        beside = files_beside(folder, settings.ignore)
        kept = {file: why for file, data in beside.items() if (why := _kept_back(file, len(data), settings))}
        theirs = config.Autograde.get("exclude_overwriting", {}).get(name, ())
    made = [_template(course, name, path) for path in sorted(folder.glob("*.ipynb"))]
    if not made:  # with it would go all that was graded
        raise GraderError("no notebook there", f"source/{name}", "add one, or let the grader read the folder")
    templates = tuple(replace(template, added=_added(course, template)) for template in made)
    return Assignment(name, templates, beside, preloaded(course, name), kept, frozenset(theirs))


def _added(course: Course, template: Template) -> frozenset[str]:
    """Return the ids of the cells that students cannot have, for the release that lies there has not."""
    path = course.root / "release" / template.assignment / f"{template.notebook}.ipynb"
    try:
        there = {_grade_id(cell) for cell in json.loads(path.read_text("utf-8"))["cells"]}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # there is no release, or none of ours
        return frozenset()
    return frozenset(cell.id for cell in template.cells if cell.managed and cell.id not in there)


def _grade_id(cell: Mapping[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def files_beside(folder: Path, ignore: Sequence[str] = ()) -> dict[str, bytes]:
    """Return the files of an assignment's folder that are no notebooks and not ignored, by relative path.

    `ignore` are patterns for the names of files and folders; what has a leading dot is left out at any rate.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        name, left_out = path.relative_to(folder), (".*", "__pycache__", *ignore)
        if not path.is_file() or path.suffix == ".ipynb" or any(_matches(part, left_out) for part in name.parts):
            continue
        where = f"source/{folder.name}/{name.as_posix()}"
        try:
            name.as_posix().encode()
            found[name.as_posix()] = path.read_bytes()
        except UnicodeEncodeError:
            raise GraderError("its name is not UTF-8", where, "rename it") from None
        except OSError as error:
            raise GraderError(f"cannot be read ({error.strerror})", where, "let the grader read it") from None
    return found


def _settings(config: Config) -> Any:
    try:
        made = CourseDirectory(config=config)
    except TraitError as error:
        raise _mistaken(error) from None
    for name in ("ignore", "include"):
        if not all(isinstance(pattern, str) for pattern in getattr(made, name) or ()):
            what = f"CourseDirectory.{name} is {getattr(made, name)!r}"
            raise GraderError(what, "nbgrader_config.py", 'give it patterns for names of files, such as ["*.key"]')
    return made


def _mistaken(error: TraitError) -> GraderError:
    """Return the error for a setting that nbgrader does not take."""
    return GraderError(" ".join(str(error).split()), "nbgrader_config.py", "correct that setting")


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _kept_back(name: str, size: int, settings: Any) -> str:
    """Return why a file beside the source is not for students, as nbgrader's exchange would have it; '' if it is."""
    if settings.include and not _matches(name.rsplit("/", 1)[-1], settings.include):
        return "not among what CourseDirectory.include names"
    if settings.max_file_size and size > 1000 * settings.max_file_size:
        return f"larger than CourseDirectory.max_file_size, {settings.max_file_size:,} kB"
    return ""


def released_files(assignment: Assignment) -> dict[str, bytes]:
    """Return all that students get of an assignment, by relative path."""
    texts = {f"{template.notebook}.ipynb": template.released.encode() for template in assignment.templates}
    return {name: data for name, data in assignment.files.items() if name not in assignment.withheld} | texts


def write_release(course: Course, assignment: Assignment) -> list[Path]:
    """Write an assignment into `release/` and return what was written. Raises GraderError where that cannot be."""
    folder = course.root / "release" / assignment.name
    written = []
    for name, data in released_files(assignment).items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            fix = "make room, or remove what stands in its way, or let the grader write there; then release again"
            where = f"release/{assignment.name}/{name}"
            raise GraderError(f"cannot be written ({error.strerror})", where, fix) from None
        written.append(path)
    return written


def _template(course: Course, assignment: str, path: Path) -> Template:
    where = f"source/{assignment}/{path.name}"
    node = read_source(path, where)
    if course.repository:
        to = parse(course.repository, f"{course.root / 'pyproject.toml'} [tool.grader]")
        stamp(node, to, f"release/{assignment}/{path.name}")
    solutions = {_about(cell).get("grade_id"): cell.source for cell in node.cells if _about(cell)}
    named = {
        cell["id"] for cell in node.cells if isinstance(cell.get("id"), str)
    }  # what is drawn while it is converted differs each time
    full, out, solved, doubts = _converted(course, assignment, path, node, where)
    _drop_pictures(out)
    _fold_tests(out)
    out.metadata.pop("widgets", None)  # what widgets showed when the solution ran
    cells, exercise = [], ""
    ids = _ids(full, named)
    for ran, given, own_id in zip(full, out.cells, ids, strict=True):
        about = _about(ran)
        if about.get("solution"):
            exercise = exercise_name(about["grade_id"], solutions.get(about["grade_id"], ""))
        solution = solutions.get(about.get("grade_id"), "") if about.get("solution") else ""
        made = _cell(ran, given, about, exercise, solution)
        made = made if made.managed else replace(made, id=own_id)
        cells.append(replace(made, file_id=ran["id"] if ran.get("id") in named else ""))
    metadata = {key: value for key, value in out.metadata.items() if key in ("kernelspec", "language_info")}
    released = str(nbformat.writes(out, version=4)) + "\n"
    return Template(assignment, path.stem, tuple(cells), metadata, released, doubts=doubts, solved=solved)


def _cell(ran: Node, given: Node, about: Mapping[str, Any], exercise: str, solution: str) -> TemplateCell:
    managed = any(about.get(key) for key in ("grade", "solution", "locked", "task"))
    return TemplateCell(
        id=about["grade_id"] if managed else "",
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
        exercise=(about["grade_id"] if about.get("task") else exercise or about["grade_id"]) if managed else "",
        defines=tuple(sorted(assigned(solution))) if ran.cell_type == "code" else (),
        solved=solution if ran.cell_type == "code" else "",
        attachments=given.get("attachments", {}),
    )


def _ids(cells: Sequence[Node], named: Set[str]) -> Iterator[str]:
    """Yield an id for each cell if nbgrader does not know it: the file's, else one that each conversion gives it."""
    taken = {cell_id(_about(cell).get("grade_id") or "") for cell in cells}
    for number, cell in enumerate(cells):
        own_id = cell["id"] if cell.get("id") in named - taken else f"ordinary-{number}"
        while own_id in taken:
            own_id += "-"
        taken.add(own_id)
        yield own_id


def _fold_tests(notebook: Node) -> None:
    """Fold each test that speaks to students by `checks.visible`, for it holds its hints, and let what is below it run.

    What counts the points is folded, too: its lines tell nobody anything. Below an answer that fails, as of a syntax
    error, the rest runs as well: its test says what is wrong with it.

    JupyterLab goes on below a cell that is tagged so when it runs all cells; graders look at no tag.
    """
    tests = {id(cell) for cell in notebook.cells if _about(cell).get("grade") and not _about(cell).get("solution")}
    speaks = any(id(cell) in tests and _SPEAKS.search(cell.source) for cell in notebook.cells)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if _about(cell).get("solution"):
            if speaks:
                _let_fail(cell)
        elif id(cell) in tests and _SPEAKS.search(cell.source):
            _fold(cell)
            _let_fail(cell)
        elif _COUNTS.search(cell.source):
            _fold(cell)


def _let_fail(cell: Node) -> None:
    tags = list(cell.metadata.get("tags", []))
    cell.metadata["tags"] = tags if _MAY_FAIL in tags else [*tags, _MAY_FAIL]


def _fold(cell: Node) -> None:
    cell.metadata["jupyter"] = {**cell.metadata.get("jupyter", {}), "source_hidden": True}
    cell.metadata["cellView"] = "form"  # what folds it in Colab


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


def get_ready() -> None:
    """Have nbformat compile the schema of notebooks, which takes a tenth of a second, before anybody waits for it."""
    nbformat.validate(nbformat.v4.new_notebook())


def read_source(path: Path, where: str) -> Node:
    """Return an instructor's notebook. Raises GraderError for what is none."""
    try:
        given = json.loads(path.read_bytes())  # which tells UTF-16 and byte order marks
        if not isinstance(given["metadata"].get("kernelspec", {}), dict):
            del given["metadata"]["kernelspec"]
        node = nbformat.reads(json.dumps(_with_ids(given) if given["nbformat"] == 4 else given), as_version=4)
        return node if given["nbformat"] == 4 else _renamed(node, ())
    except OSError as error:
        raise GraderError(f"cannot be read ({error.strerror})", where, "let the grader read it") from None
    except Exception as error:
        raise GraderError(
            f"not a notebook ({type(error).__name__})", where, "open it in Jupyter and save it again"
        ) from None


def _with_ids(notebook: Notebook) -> Notebook:
    """Name each cell that has no id, or that of another cell, by its place: nbformat would draw one, and warn."""
    taken: set[str] = set()
    for place, cell in enumerate(notebook["cells"] if notebook.get("nbformat_minor", 0) >= 5 else ()):
        if not isinstance(cell.get("id"), str):
            cell["id"] = f"cell-{place}"
        if cell["id"] in taken:
            cell["id"] = f"{cell['id']}-{place}"[-64:]
        taken.add(cell["id"])
    return notebook


def _renamed(notebook: Node, known: Iterable[str]) -> Node:
    """Name each cell by its place whose id is not `known`, for nbformat drew it: the same source gives the same release."""
    known, taken = set(known), set[str]()
    for place, cell in enumerate(notebook.cells):
        if notebook.nbformat_minor < 5:
            cell.pop("id", None)
            continue
        if cell.get("id") not in known - taken:
            names = (f"cell-{place}", *(f"cell-{place}-{number}" for number in range(len(notebook.cells))))
            cell["id"] = next(name for name in names if name not in known | taken)
        taken.add(cell["id"])
    return notebook


def _with_header(step: Any, node: Node, resources: Any) -> tuple[Node, Any]:
    """Let nbgrader put the course's header and footer round a notebook; ids that it draws for them are replaced."""
    known = {cell.get("id") for cell in node.cells}
    for name in filter(None, (step.header, step.footer)):
        if not Path(name).is_file():
            raise GraderError("no such file", name, "correct IncludeHeaderFooter in nbgrader_config.py")
        known |= {cell.get("id") for cell in read_source(Path(name), name).cells}
    node, resources = step.preprocess(node, resources)
    return (_renamed(node, known - {None}) if step.header or step.footer else node), resources


def _converted(
    course: Course, assignment: str, path: Path, node: Node, where: str
) -> tuple[list[Node], Node, str, tuple[Finding, ...]]:
    """Return the cells of a source notebook as graded (solutions cleared, hidden tests in), it as released, and doubts.

    The text is what a student hands in who writes what the instructor wrote: header and footer are round it.
    """
    resources = {
        "nbgrader": {"assignment": assignment, "notebook": path.stem, "student": ".", "db_url": course.gradebook},
        "metadata": {"path": str(path.parent)},
    }
    full, solved, doubts = node.cells, str(nbformat.writes(node, version=4)), list[Finding]()
    try:
        with _in_course(course) as config:
            for step in _steps(config):
                if step is SaveCells:  # the gradebook is written elsewhere; hidden tests are still in
                    full = copy.deepcopy(node.cells)
                elif step is IncludeHeaderFooter:
                    node, resources = _with_header(step(config=config, log=_QUIET), node, resources)
                    solved = str(nbformat.writes(node, version=4))
                elif step is CheckCellMetadata:
                    _Metadata().validate_nb(node)
                elif step is InstantiateTests:
                    tests = _Autotests(config=config, log=_QUIET)
                    node, resources = tests.preprocess(node, resources)
                    doubts = [_doubt(where, *one) for one in tests.abbreviated]
                else:
                    node, resources = step(config=config, log=_QUIET).preprocess(node, resources)
    except GraderError:
        raise
    except TraitError as error:
        raise _mistaken(error) from None
    except SchemaTooOldError:
        fix = f"keep a copy of the folder, then run: nbgrader update source/{assignment}"
        raise GraderError("its cells carry metadata of an older nbgrader", where, fix) from None
    except FileNotFoundError as error:
        fix = "put it beside the notebook, or into the course's folder"
        raise GraderError(f"nbgrader does not find {error.filename or error}", where, fix) from None
    except SchemaTooNewError:
        raise GraderError("its cells carry metadata of a newer nbgrader", where, "pip install -U nbgrader") from None
    except Exception as error:
        text = " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, ValidationError):
            text = _odd_metadata(node) or text
        raise GraderError(
            f"nbgrader refuses it: {text[:300]}", where, "correct that cell in the source notebook"
        ) from None
    return full, node, solved, tuple(doubts)


def _odd_metadata(node: Node) -> str:
    """Return which cell carries metadata that nbgrader does not take, and what of them; '' for none."""
    ids = set[str]()
    for number, cell in enumerate(node.cells, 1):
        grade_id = _about(cell).get("grade_id", "")
        try:
            MetadataValidator().validate_cell(cell)
        except ValidationError as error:
            said = str(getattr(error, "message", error)).splitlines()[0]
            return f"the metadata of cell {number} ({grade_id or 'without id'}): {said}"
        if grade_id and grade_id in ids:
            return f"cell {number} has the id of a cell above it, {grade_id}"
        ids.add(grade_id)
    return ""


def _doubt(where: str, cell: str, snippet: str) -> Finding:
    what = f"AUTOTEST {snippet} compares a text in which most of its elements are left out (...)"
    return Finding(f"{where} {cell}", what, "test what is small: its shape, its sum, some of its elements")


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
