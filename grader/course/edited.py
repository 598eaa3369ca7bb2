"""Notice where a release was edited by hand since it was written, so that no edit is overwritten.

What was written last stands in `release/.written.json`. A file that is in git as it lies there is lost to nobody.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from grader.models import GraderError

Marks = dict[str, str]
"""A digest for each part of a file: for each cell of a notebook by its id, or for the whole file under ''."""
_RECORD = ".written.json"
KEPT = "edited"
"""The folder of the course into which edits go that are replaced."""


def marks(name: str, data: bytes) -> Marks:
    """Return the digests of a file. What running or saving a notebook changes is no edit."""
    if name.endswith(".ipynb"):
        try:
            return dict(_cell_mark(place, cell) for place, cell in enumerate(json.loads(data)["cells"]))
        except (ValueError, TypeError, KeyError, AttributeError):  # no notebook any more
            pass
    return {"": sha256(data).hexdigest()}


def _cell_mark(place: int, cell: Mapping[str, object]) -> tuple[str, str]:
    about, source = cell["metadata"], cell["source"]
    given = about.get("nbgrader", {}) if isinstance(about, dict) else {}
    text = source if isinstance(source, str) else "".join(source)  # type: ignore[arg-type]
    told = json.dumps([cell["cell_type"], text, given, cell.get("attachments", {})], sort_keys=True)
    name = given.get("grade_id") or cell.get("id") or place
    return str(name), sha256(told.encode()).hexdigest()[:16]


def edits(root: Path, assignment: str, files: Mapping[str, bytes]) -> dict[str, Sequence[str]]:
    """Return the files of a release that these would overwrite though a person has edited them, with the cells."""
    record = _read(root)
    found: dict[str, Sequence[str]] = {}
    for name, new in files.items():
        path = root / "release" / assignment / name
        if not path.is_file():
            continue
        now, fresh = marks(name, path.read_bytes()), marks(name, new)
        written = record.get(f"{assignment}/{name}")
        if now not in (fresh, written) and now != _in_git(root, f"release/{assignment}/{name}"):
            before = written or fresh
            found[name] = [part for part in {**before, **now} if part and before.get(part) != now.get(part)]
    return found


def refuse(assignment: str, found: Mapping[str, Sequence[str]]) -> GraderError:
    """Return what an instructor reads who has edited a release."""
    name, cells = next(iter(found.items()))
    where = f" (cells {', '.join(cells[:5])}{', ...' if len(cells) > 5 else ''})" if cells else ""
    more = f", and {len(found) - 1} more files" if len(found) > 1 else ""
    fix = (
        f"make the change in source/{assignment}/, then run: grader release {assignment} --replace, "
        f"which keeps the edit in {KEPT}/"
    )
    return GraderError(f"edited since it was written{where}{more}, so it stays", f"release/{assignment}/{name}", fix)


def keep(root: Path, assignment: str, names: Sequence[str]) -> list[Path]:
    """Copy edited files of a release to where they stay; return where."""
    folder = root / KEPT / f"{assignment}-{datetime.now():%Y-%m-%d-%H%M%S}"
    kept = []
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write((root / "release" / assignment / name).read_bytes())
        kept.append(path)
    return kept


def remember(root: Path, assignment: str, files: Mapping[str, bytes]) -> None:
    """Write down what was written into a release."""
    record = _read(root) | {f"{assignment}/{name}": marks(name, data) for name, data in files.items()}
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False)
    (root / "release" / _RECORD).write_text(text + "\n", "utf-8")


def _read(root: Path) -> dict[str, Marks]:
    try:
        record = json.loads((root / "release" / _RECORD).read_text("utf-8"))
    except (OSError, ValueError):  # there is none, or none that can be read: git and the source must tell
        return {}
    return record if isinstance(record, dict) else {}


def _in_git(root: Path, path: str) -> Marks | None:
    """Return the digests of a file as it is committed; None if it is not."""
    try:
        shown = subprocess.run(["git", "-C", root, "show", f"HEAD:./{path}"], capture_output=True, check=False)
    except OSError:  # no git here
        return None
    return marks(path, shown.stdout) if shown.returncode == 0 else None
