"""Read a student's notebook file, whatever is in it, as plain cells. Pure: values in, values out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from grader.models import Finding, Notebook

Cell = dict[str, Any]
"""Id, kind, text and nbgrader's id of a cell; where nbgrader knows it, its `roles`, points and checksum as well."""
ROLES, MOST_POINTS = ("grade", "solution", "locked", "task"), 1e6
MOST_BYTES, MOST_PARTS = 2**26, 2_000_000
"""Of a notebook's file, and lists and objects in it: an empty one takes two bytes there, and here sixty."""
MOST_CODE, MOST_CODE_IN_ALL = 2**18, 2**20
"""Characters of code in a cell and in a notebook; nobody has typed as much."""


class UnreadableError(ValueError):
    """A file that is no notebook; its text says why, in words for the student."""


def read_notebook(data: bytes) -> tuple[Notebook, list[Finding]]:
    """Parse a notebook file. Raises `UnreadableError` for what is none; an old format is brought up to date."""
    if not data.strip():
        raise UnreadableError("the file is empty")
    if len(data) > MOST_BYTES:
        raise UnreadableError(f"the file has {len(data) // 2**20} MiB, and at most {MOST_BYTES // 2**20} are read")
    if data.count(b"[") + data.count(b"{") > MOST_PARTS:
        raise UnreadableError(f"the file holds more than {MOST_PARTS:,} lists and objects")
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnreadableError("the file is not text, so it is no notebook") from None
    except (ValueError, RecursionError):
        raise UnreadableError("the file is not a notebook (it is not JSON, or it is cut off)") from None
    if not isinstance(notebook, dict):
        raise UnreadableError("the file is JSON, but not a notebook")
    findings = []
    if notebook.get("nbformat") != 4:
        notebook = _upgraded(notebook)
        findings.append(
            Finding("the notebook", "saved in an old format, so it was converted", "save it in a current Jupyter")
        )
    if not isinstance(notebook.get("cells"), list):
        raise UnreadableError("the file is JSON, but it has no list of cells")
    cells = [plain for cell in notebook["cells"] if (plain := _plain(cell)) is not None]
    if len(cells) < len(notebook["cells"]):
        findings.append(Finding("the notebook", f"{len(notebook['cells']) - len(cells)} damaged cells were left out"))
    short = _short(cells)
    if len(short) < len(cells):
        what = f"{len(cells) - len(short)} cells were left out, for they hold more code than anybody types"
        findings.append(Finding("the notebook", what, f"at most {MOST_CODE:,} characters a cell"))
        cells = short
    return {"cells": cells, "metadata": _kernel(notebook), "nbformat": 4, "nbformat_minor": 5}, findings


def _short(cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells without those whose code is too long to be read."""
    kept, size = [], 0
    for cell in cells:
        length = len(cell["source"]) if cell["kind"] == "code" else 0
        if length <= MOST_CODE and size + length <= MOST_CODE_IN_ALL:
            size += length
            kept.append(cell)
    return kept


def _upgraded(notebook: Notebook) -> Notebook:
    import nbformat  # slow to import, and rarely needed

    try:
        return dict(nbformat.convert(nbformat.from_dict(notebook), 4))
    except Exception:
        raise UnreadableError(
            f"its notebook format ({notebook.get('nbformat')!r}) is not one that Jupyter knows"
        ) from None


def _plain(cell: Any) -> Cell | None:
    """Return a cell as id, kind, text and nbgrader metadata alone, or None if it is not one."""
    if not isinstance(cell, Mapping) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        return None
    text = cell.get("source", "")
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        text = "".join(text)
    if not isinstance(text, str):
        return None
    text = text.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be stored
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    about = about if isinstance(about, Mapping) else {}
    plain: Cell = {"id": _word(cell.get("id")), "grade_id": _word(about.get("grade_id"))}
    plain |= {"kind": cell["cell_type"], "source": text}
    if about:
        plain["roles"] = {role for role in ROLES if about.get(role)}
        plain["points"], plain["checksum"] = _points(about.get("points")), _word(about.get("checksum"))
    return plain | ({"attachments": pasted} if (pasted := _pictures(cell)) else {})


def _points(value: Any) -> float:
    """Return a number of points; 0 for what is none."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST_POINTS
    return float(value) if number else 0.0


def _pictures(cell: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return what was pasted into a text cell, by name and media type, as far as nbformat takes it."""
    pasted = cell.get("attachments")
    if cell["cell_type"] == "code" or not isinstance(pasted, Mapping):
        return {}
    found = {}
    for name, kinds in pasted.items():
        if isinstance(kinds, Mapping) and all(isinstance(data, str) and data.isascii() for data in kinds.values()):
            found[name] = dict(kinds)
    return found


def _word(id: Any) -> str | None:
    return id.encode("utf-8", "replace").decode() if isinstance(id, str) else None


def _kernel(notebook: Notebook) -> dict[str, Any]:
    """Return the kernel and the language that a notebook asks for, as its metadata say it."""
    metadata = notebook.get("metadata")
    said = metadata if isinstance(metadata, Mapping) else {}
    abouts = {name: about for name in ("kernelspec", "language_info") if isinstance(about := said.get(name), Mapping)}
    return {
        name: {key: value for key, value in about.items() if isinstance(value, str)} for name, about in abouts.items()
    }
