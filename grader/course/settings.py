"""Find a course, read its settings, and name its folders. The one reader of `pyproject.toml`."""

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
from zoneinfo import ZoneInfo

from grader.identity import importable
from grader.models import Course, Finding, GraderError, Limits
from grader.preload import USUAL as PRELOAD
from grader.times import EARLIEST, LATEST, is_zone

SETTINGS: dict[str, type | tuple[type, ...]] = {
    "gradebook": str,
    "limits": dict,
    "due": dict,
    "hints": bool,
    "preload": list,
    "judge": (bool, str, dict),
    "readable": list,
    "timezone": str,
    "repository": str,
}
Settings = dict[str, dict[str, Any]]
LATE = (
    ("torch", "torch._dynamo", r"\btorch\.(func|compile|optim|utils\.checkpoint)\b|\b(vmap|jacrev|jacfwd|hessian)\b"),
    ("torch", "torch._decomp.decompositions_for_jvp", r"\b(torch\.func|forward_ad|jvp|jacfwd|jacobian|hessian)\b"),
)
"""What a module imports only when some part of it is used, and how a text names those parts."""
_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+([A-Za-z_][\w.]*)", re.MULTILINE)
LARGEST_FILE, LARGEST_SUBMISSION, MOST_FILES = 2**25, 2**27, 200
"""Bytes of one file and of all that a student hands in for an assignment, and how many files."""
TOO_LARGE = f"with it the submission has more than {LARGEST_SUBMISSION // 2**20} MiB, so it was left out"


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
        if not isinstance(value, kind := SETTINGS[name]):
            wanted = " or ".join(each.__name__ for each in (kind if isinstance(kind, tuple) else (kind,)))
            raise GraderError(f"{name} is {value!r}", where, f"give it a {wanted}")
    settings = nbgrader_settings(root)
    _usual_folders(settings)
    name, address = _nbgrader(root, settings)
    judge, judges = _judge(table.get("judge", True), where)
    return Course(
        root=root,
        name=name,
        gradebook=table.get("gradebook") or address,
        limits=replace(
            _limits({**_times(settings), **table.get("limits", {})}, where),
            judge=bool(judge),
            fallback=judge != "all",
            readable=tuple(_readable(root, table.get("readable", []), where)),
        ),
        due=_due(table.get("due", {}), _zone(root, table.get("timezone"), settings), where),
        hints=table.get("hints", False),
        preload=tuple(str(name) for name in table.get("preload", PRELOAD)),
        zone=_zone(root, table.get("timezone"), settings),
        stamps=str(settings.get("Exchange", {}).get("timestamp_format", "")),
        pattern=_pattern(settings),
        late_penalty=_late_penalty(settings),
        judge=judges,
        repository=table.get("repository", ""),
    )


def open_course_if_any(folder: Path | None = None) -> Course | None:
    """Return the course in a folder; None if no folder is named and none upwards from the current one is a course."""
    if folder is None and not any((each / "source").is_dir() for each in (Path.cwd(), *Path.cwd().parents)):
        return None
    return open_course(folder)


def absent_modules(course: Course) -> list[Finding]:
    """Return a finding for each module that the course asks for in `preload` and that is not installed here."""
    asked = course.preload if course.preload != PRELOAD else ()  # nobody asked for the usual ones
    what, fix = "not installed here", "install it, or take it from the list"
    return [Finding(f"[tool.grader] preload: {name}", what, fix) for name in asked if not importable(name)]


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
    text = path.read_text("utf-8-sig", "replace")
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


def _judge(said: Any, where: str) -> tuple[bool | str, dict[str, bool | str]]:
    """Return where tests run, in a course and in the assignments that say something else."""
    each = said if isinstance(said, dict) else {"judge": said}
    for name, value in each.items():
        if not isinstance(value, bool) and value != "all":
            raise GraderError(f"judge is {value!r} ({name})", where, 'give it true, false or "all"')
    return (True, each) if isinstance(said, dict) else (said, {})


def _readable(root: Path, asked: list[Any], where: str) -> Iterator[str]:
    """Yield the folders that student code may read, as a course names them."""
    for name in asked:
        if not isinstance(name, str) or not (root / name).exists():
            raise GraderError(f"readable names {name!r}, which is not there", where, "name folders that exist")
        if root.is_relative_to((root / name).resolve()):
            raise GraderError(
                f"readable names {name!r}, which holds the course", where, "name a folder of data, outside source/"
            )
        yield str((root / name).resolve())


def _limits(table: dict[str, Any], where: str) -> Limits:
    internal = {"confined", "judge", "fallback", "readable"}
    _known(table, {field.name for field in fields(Limits)} - internal, f"{where} limits")
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise GraderError(f"limits.{name} is {value!r}", where, "give it a positive number")
    return Limits(**table)


def _due(table: dict[str, Any], zone: str, where: str) -> dict[str, datetime]:
    for name, value in table.items():
        if not isinstance(value, datetime):
            raise GraderError(
                f"due.{name} is {value!r}", where, "give it a date and time, e.g. 2026-10-01T23:59:00+02:00"
            )
        if not EARLIEST <= value.year <= LATEST:
            raise GraderError(f"due.{name} is {value}", where, f"name a year from {EARLIEST} to {LATEST}")
    place = ZoneInfo(zone) if zone else UTC
    return {name: value if value.tzinfo else value.replace(tzinfo=place) for name, value in table.items()}


def nbgrader_settings(root: Path) -> Settings:
    """Return what `nbgrader_config.py` sets, by class and name; nothing where there is none."""
    if not (root / "nbgrader_config.py").is_file():
        return {}
    from traitlets.config.loader import PyFileConfigLoader  # slow to import, and needed only here

    try:
        return {
            name: dict(values)
            for name, values in PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config().items()
        }
    except (Exception, SystemExit) as error:
        raise GraderError(
            f"it does not run ({type(error).__name__}: {error})", str(root / "nbgrader_config.py"), "correct it"
        ) from None


def _nbgrader(root: Path, settings: Settings) -> tuple[str, str]:
    """Return course id and database address as nbgrader would take them."""
    folder = settings.get("CourseDirectory", {})
    name, url = folder.get("course_id"), folder.get("db_url")
    address = url if isinstance(url, str) else f"sqlite:///{root / 'gradebook.db'}"
    return (name if isinstance(name, str) else "default_course"), address


def _usual_folders(settings: Settings) -> None:
    """Raise GraderError if a course calls its folders otherwise than nbgrader does where nobody tells it."""
    said = settings.get("CourseDirectory", {})
    usual = {f"{name}_directory": name for name in ("source", "release", "submitted", "autograded")}
    usual["directory_structure"] = "{nbgrader_step}/{student_id}/{assignment_id}"
    for name, value in usual.items():
        if name in said and str(Path(str(said[name]))) != value:
            fix = f"call it {value}, or let a link of this name lead to it"
            if name == "directory_structure":
                fix = f"arrange the folders as {value}"
            raise GraderError(
                f"CourseDirectory.{name} is {said[name]!r}, which is not known here", "nbgrader_config.py", fix
            )


def _times(settings: Settings) -> dict[str, float]:
    """Return the limits that nbgrader's `Execute.timeout` comes to, or that of a class which it is made of."""
    for section in ("Execute", "ExecutePreprocessor", "NotebookClient"):
        if "timeout" in settings.get(section, {}):
            seconds = settings[section]["timeout"]
            if seconds is None or (isinstance(seconds, int) and seconds < 0):  # a cell may take as long as its notebook
                return {"cell_seconds": Limits().notebook_seconds}
            if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds == 0:
                raise GraderError(
                    f"{section}.timeout is {seconds!r}", "nbgrader_config.py", "give it a number of seconds, at least 1"
                )
            return {"cell_seconds": seconds, "notebook_seconds": max(Limits().notebook_seconds, 20 * seconds)}
    return {}


def _zone(root: Path, said: str | None, settings: Settings) -> str:
    """Return the zone of times that name none: as the course says, else as nbgrader's exchange writes them, else ''."""
    zone = said or settings.get("Exchange", {}).get("timezone") or ""
    if zone and (not isinstance(zone, str) or not is_zone(zone)):
        raise GraderError(f"no time zone is called {zone!r}", str(root), 'name one as in timezone = "Europe/Berlin"')
    return str(zone)


def _pattern(settings: Settings) -> str:
    """Return by what `nbgrader zip_collect` tells students from the names of files; '' if nothing says it."""
    pattern = settings.get("FileNameCollectorPlugin", {}).get("named_regexp", "")
    try:
        groups = set(re.compile(pattern).groupindex) if pattern else {"student_id", "file_id"}
    except (re.error, TypeError) as error:
        raise GraderError(
            f"FileNameCollectorPlugin.named_regexp: {error}", "nbgrader_config.py", "correct it"
        ) from None
    if not groups >= {"student_id", "file_id"}:
        what = "FileNameCollectorPlugin.named_regexp names no student_id or no file_id"
        raise GraderError(what, "nbgrader_config.py", "name both, as in (?P<student_id>...)")
    return str(pattern)


def _late_penalty(settings: Settings) -> str:
    """Return how nbgrader would punish lateness: 'zero', the name of a plugin, or '' for not at all."""
    about = settings.get("AssignLatePenalties", {})
    plugin = about.get("plugin_class", "")
    name = plugin if isinstance(plugin, str) else getattr(plugin, "__name__", str(plugin))
    if about.get("enabled") is False:
        return ""
    if name and name.rpartition(".")[2] != "LateSubmissionPlugin":
        return name
    method = settings.get("LateSubmissionPlugin", {}).get("penalty_method", "none")
    return "zero" if method == "zero" else ""


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
