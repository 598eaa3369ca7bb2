"""Find a course, read its settings, and name its folders. The one reader of `pyproject.toml` and of `submitted/`."""

from __future__ import annotations

import difflib
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.models import PRELOAD, Course, Finding, GraderError, Limits, Submission

SETTINGS = {"gradebook": str, "limits": dict, "due": dict, "hints": bool, "preload": list, "judge": bool}
LATE = (
    ("torch", "torch._dynamo", r"\btorch\.(func|compile|optim|utils\.checkpoint)\b|\b(vmap|jacrev|jacfwd|hessian)\b"),
    ("torch", "torch._decomp.decompositions_for_jvp", r"\b(torch\.func|forward_ad|jvp|jacfwd|jacobian|hessian)\b"),
)
"""What a module imports only when some part of it is used, and how a text names those parts."""
_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+([A-Za-z_][\w.]*)", re.MULTILINE)
LARGEST_FILE, LARGEST_SUBMISSION, MOST_FILES = 2**25, 2**27, 200
"""Bytes of one file and of all that a student hands in for an assignment, and how many files."""
TOO_LARGE = f"with it the submission has more than {LARGEST_SUBMISSION // 2**20} MiB, so it was left out"
STUDENT = re.compile(r"[\w@+-][\w .@+-]{0,127}")


def find_root(start: Path) -> Path:
    """Return the nearest folder upwards that holds `source/`."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "source").is_dir():
            return folder
    raise GraderError("no course here", str(start), "go to a folder that holds source/, or name one with --course")


def open_course(folder: Path | None = None) -> Course:
    """Return the course in a folder (default: the nearest upwards from the current one) with its settings."""
    if folder is not None and not (folder / "source").is_dir():
        raise GraderError("no course there", str(folder), "name a folder that holds source/")
    root = folder.resolve() if folder is not None else find_root(Path.cwd())
    table = _table(root / "pyproject.toml")
    where = f"{root / 'pyproject.toml'} [tool.grader]"
    _known(table, SETTINGS, where)
    for name, value in table.items():
        if not isinstance(value, SETTINGS[name]):
            raise GraderError(f"{name} is {value!r}", where, f"give it a {SETTINGS[name].__name__}")
    name, address = _nbgrader(root)
    return Course(
        root=root,
        name=name,
        gradebook=table.get("gradebook") or address,
        limits=replace(_limits(table.get("limits", {}), where), judge=table.get("judge", True)),
        due=_due(table.get("due", {}), where),
        hints=table.get("hints", False),
        preload=tuple(str(name) for name in table.get("preload", PRELOAD)),
    )


def preloaded(course: Course, assignment: str) -> tuple[str, ...]:
    """Return the modules to import before an assignment's kernels: those of `preload` that it names, and its own.

    Its own are what its code imports, but for what lies beside it or is Python's (quick to import). What torch
    imports late, and slowly, is added where the assignment speaks of it.
    """
    folder = course.root / "source" / assignment
    beside = {path.name.removesuffix(".py") for path in folder.glob("*") if path.suffix in ("", ".py")}
    code = text = ""
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".ipynb", ".py") and path.is_file()):
        for kind, source in _cells(path):
            text += source + "\n"
            code += source + "\n" if kind == "code" else ""
    found = [name for name in course.preload if re.search(rf"\b{re.escape(name.split('.')[0])}\b", code)]
    found += [name for name in _IMPORT.findall(code) if name.split(".")[0] not in beside | sys.stdlib_module_names]
    found += [late for name, late, used in LATE if name in found and re.search(used, text)]
    return tuple(dict.fromkeys(found))


def _cells(path: Path) -> list[tuple[str, str]]:
    """Return the type and the text of each cell of a notebook or module; of what cannot be read, none."""
    text = path.read_text("utf-8", "replace")
    if path.suffix == ".py":
        return [("code", text)]
    try:
        return [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]
    except (ValueError, TypeError, KeyError):  # the conversion says what is wrong
        return []


def _table(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("grader", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GraderError(f"not readable as TOML ({error})", str(file), "correct that line") from None
    if not isinstance(table, dict):
        raise GraderError("[tool.grader] is not a table", str(file), "write it as [tool.grader]")
    return table


def _known(table: dict[str, Any], known: Any, where: str) -> None:
    if unknown := sorted(set(table) - set(known)):
        raise GraderError(f"unknown setting {unknown[0]!r}", where, f"use one of {', '.join(sorted(known))}")


def _limits(table: dict[str, Any], where: str) -> Limits:
    _known(table, {field.name for field in fields(Limits)} - {"confined", "judge"}, f"{where} limits")
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise GraderError(f"limits.{name} is {value!r}", where, "give it a positive number")
    return Limits(**table)


def _due(table: dict[str, Any], where: str) -> dict[str, datetime]:
    for name, value in table.items():
        if not isinstance(value, datetime):
            raise GraderError(
                f"due.{name} is {value!r}", where, "give it a date and time, e.g. 2026-10-01T23:59:00+02:00"
            )
    return {name: value if value.tzinfo else value.replace(tzinfo=UTC) for name, value in table.items()}


def _nbgrader(root: Path) -> tuple[str, str]:
    """Return course id and database address as nbgrader would take them from `nbgrader_config.py`."""
    address = f"sqlite:///{root / 'gradebook.db'}"
    if not (root / "nbgrader_config.py").is_file():
        return "default_course", address
    from traitlets.config.loader import PyFileConfigLoader  # slow to import, and needed only here

    try:
        settings = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    except Exception as error:
        raise GraderError(
            f"it does not run ({type(error).__name__}: {error})", str(root / "nbgrader_config.py"), "correct it"
        ) from None
    folder = settings.CourseDirectory
    name, url = folder.get("course_id", "default_course"), folder.get("db_url", address)
    return (name if isinstance(name, str) else "default_course"), (url if isinstance(url, str) else address)


def assignment_names(course: Course, asked: Sequence[str] = ()) -> list[str]:
    """Return the assignments of `source/`, all or those asked for; a name that is not there is an error."""
    folder = course.root / "source"
    known = sorted(path.name for path in folder.iterdir() if path.is_dir() and any(path.glob("*.ipynb")))
    if not known:
        raise GraderError("no assignment there", str(folder), "add source/NAME/NAME.ipynb")
    for name in asked:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1, 0.4)
            fix = f"did you mean {close[0]}?" if close else f"use one of {', '.join(known)}"
            raise GraderError("no such assignment", f"source/{name}", fix)
    return [name for name in known if name in asked] if asked else known


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
    wanted = [student for student in found if is_student(student) and (not students or student in students)]
    return [(student, name) for name in assignments for student in wanted if (folder / student / name).is_dir()]


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
        for inner in sorted(path.iterdir()):
            if not inner.name.startswith(".") and (not inner.is_dir() or inner.name not in known):
                findings.append(
                    Finding(
                        f"submitted/{path.name}/{inner.name}",
                        "not an assignment of this course",
                        "move it, or remove it",
                    )
                )
    return findings


def is_student(name: str) -> bool:
    """Tell whether a name can be a student's id and a folder of its own."""
    return bool(STUDENT.fullmatch(name)) and name.strip(" .") == name and not name.startswith("-")


def read_submission(course: Course, student: str, assignment: str, notebooks: Sequence[str]) -> Submission:
    """Read what a student handed in; `notebooks` are the names that the assignment asks for."""
    folder = course.root / "submitted" / student / assignment
    files: dict[str, bytes] = {}
    findings: list[Finding] = []
    room, found_files = LARGEST_SUBMISSION, sorted(_plain_files(folder), key=lambda path: path.suffix != ".ipynb")
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
            findings.append(Finding(name, f"cannot be read ({error.strerror})", "let the grader read it"))
    if len(found_files) > MOST_FILES:
        what = f"{len(found_files)} files; only the first {MOST_FILES} were read, notebooks before others"
        findings.append(Finding("the submission", what, "hand in fewer files"))
    stamp = files.pop("timestamp.txt", None)
    found, more = match_notebooks({name for name in files if name.endswith(".ipynb") and "/" not in name}, notebooks)
    return Submission(
        student=student,
        assignment=assignment,
        notebooks={name: files.pop(file) for name, file in found.items()},
        files={name: data for name, data in files.items() if not name.endswith(".ipynb")},
        handed_in=parse_time(stamp.decode("utf-8", "replace")) if stamp else None,
        findings=(*findings, *more),
    )


def _plain_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts)
        if path.is_file() and not path.is_symlink() and not hidden and folder.resolve() in path.resolve().parents:
            yield path


def match_notebooks(files: set[str], asked: Sequence[str]) -> tuple[dict[str, str], list[Finding]]:
    """Match file names to the notebooks asked for: exactly, else as a browser or a student would rename them.

    >>> match_notebooks({"06_broadcasting (1).ipynb"}, ["06_broadcasting"])[0]
    {'06_broadcasting': '06_broadcasting (1).ipynb'}
    """
    found = {name: f"{name}.ipynb" for name in asked if f"{name}.ipynb" in files}
    findings = []
    left = sorted(files - set(found.values()), reverse=True)
    for name in asked:
        if name not in found and (close := [file for file in left if canonical(file) == canonical(name)]):
            found[name] = close[0]
            findings.append(
                Finding(close[0], f"taken as {name}.ipynb", f"hand in the file under the name {name}.ipynb")
            )
    if len(asked) == 1 and asked[0] not in found and len(left) == 1:
        found[asked[0]] = left[0]
        findings.append(
            Finding(
                left[0], f"taken as {asked[0]}.ipynb, the only notebook handed in", f"name the file {asked[0]}.ipynb"
            )
        )
    for file in sorted(files - set(found.values())):
        findings.append(Finding(file, "not a notebook of this assignment, so it was not graded"))
    return found, findings


def canonical(name: str) -> str:
    """Return a file name without what downloads, copies and learning platforms add to it."""
    stem = name.removesuffix(".ipynb").strip().lower()
    stem = re.sub(r"([ _-]*\(\d+\)|[ _-]+copy[ _-]*\d*|-\d+|[ _-]+final|\.ipynb)+$", "", stem)
    return re.sub(r"[\s_-]+", "_", stem)


def parse_time(text: str) -> datetime | None:
    """Read an nbgrader time stamp (`2026-10-01 12:00:00 UTC`, or ISO); None if it is none. Naive times are UTC."""
    words = text.strip().removesuffix("UTC").strip()
    try:
        moment = datetime.fromisoformat(words.replace(" +", "+").replace(" -", "-"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
