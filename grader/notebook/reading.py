"""Read a student's notebook file, whatever is in it, as plain cells. Pure: values in, values out.

What it takes is bounded before anything is read: of a large file only what is asked for becomes an object, cell by cell.
"""

from __future__ import annotations

import codecs
import json
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from grader.models import Finding, StudentCell, StudentNotebook
from grader.notebook.spans import BrokenError, Span, Walk

ROLES, MOST_POINTS = ("grade", "solution", "locked", "task"), 1e6
MOST_BYTES, MOST_PARTS = 2**26, 2_000_000
"""Of a notebook's file, and lists, objects and texts in it."""
MOST_CODE, MOST_CODE_IN_ALL = 2**18, 2**20
"""Characters of code in a cell and in a notebook; nobody has typed as much."""
MOST_TEXT, MOST_LINES = 2**25, 2**17
"""Bytes of memory for all that is not code in a notebook, pictures within text included, and lines of one cell."""
MOST_CELLS, MOST_KEPT = 100_000, 20_000
"""Cells of a file, and those that are kept: nobody has written as many."""
_SMALL, _MOST_MEMBERS = 2**16, 1_000
"""Bytes of a value that is read at once, and members of an object that are looked at."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WIDE, _BROAD = re.compile(rb"[\xf0-\xf4]|\\u[dD][89abAB]"), re.compile(rb"[\xc4-\xef]|\\u(?!00)")
"""Characters beyond U+FFFF and beyond U+00FF, as they are or escaped."""
_KINDS = {"code": "code", "markdown": "markdown", "raw": "raw", "heading": "markdown", "html": "markdown"}


class UnreadableError(ValueError):
    """A file that is no notebook; its text says why, in words for the student."""


def read_notebook(data: bytes) -> tuple[StudentNotebook, list[Finding]]:
    """Read a notebook file. Raises `UnreadableError` for what is none; an old format is brought up to date."""
    if not data.strip():
        raise UnreadableError("the file is empty")
    if len(data) > MOST_BYTES:
        raise UnreadableError(f"the file has {len(data) // 2**20} MiB, and at most {MOST_BYTES // 2**20} are read")
    data = _as_utf8(data)
    if data.count(b"[") + data.count(b"{") + (data.count(b'"') - data.count(b'\\"')) // 2 > MOST_PARTS:
        raise UnreadableError(f"the file holds more than {MOST_PARTS:,} lists, objects and texts")
    try:
        return _notebook(data)
    except BrokenError:
        raise UnreadableError("the file is not a notebook (it is not JSON, or it is cut off)") from None


def _as_utf8(data: bytes) -> bytes:
    """Return a file's text, without its byte order mark."""
    try:
        if data.startswith(_UTF16):
            return data.decode("utf-16").encode()
        decoder = codecs.getincrementaldecoder("utf-8")()
        for start in range(0, len(data), 2**20):  # a piece at a time: one character may make all others take four bytes
            decoder.decode(data[start : start + 2**20])
        decoder.decode(b"", final=True)
    except UnicodeError:
        raise UnreadableError("the file is not text, so it is no notebook") from None
    return data.removeprefix(codecs.BOM_UTF8)


def _notebook(data: bytes) -> tuple[StudentNotebook, list[Finding]]:
    walk, cells, about = Walk(data), _Cells(data), dict[str, Any]()
    if not walk.is_at(b"{"):
        raise UnreadableError("the file is not a notebook (it is not JSON, or JSON of another kind)")
    for count, name in enumerate(walk.members()):
        if count == _MOST_MEMBERS:
            raise UnreadableError(f"the file is JSON, but not a notebook: it has more than {_MOST_MEMBERS:,} members")
        if name == b"cells" and walk.is_at(b"["):
            cells.read(walk)
        elif name == b"worksheets" and walk.is_at(b"["):
            cells.read_sheets(walk)
        else:
            span = walk.take()
            if name in (b"nbformat", b"metadata"):
                about[name.decode()] = _value(data, span, ("kernelspec", "language_info"))
    walk.end()
    if not cells.found:
        raise UnreadableError("the file is JSON, but it has no list of cells")
    if (version := about.get("nbformat", 4)) not in (2, 3, 4):
        raise UnreadableError(f"its notebook format ({str(version)[:20]}) is not one that Jupyter knows")
    return StudentNotebook(tuple(cells.kept), _kernel(about)), [*cells.findings()]


class _Cells:
    """The cells of a file, taken in turn; those that nobody can have written are left out, and counted."""

    def __init__(self, data: bytes) -> None:
        self._data, self.kept, self.found = data, list[StudentCell](), False
        self._count = self._damaged = self._long = self._more = 0
        self._code, self._text, self._old = MOST_CODE_IN_ALL, MOST_TEXT, False

    def read(self, walk: Walk) -> None:
        """Take a list of cells."""
        self.found = True
        for _ in walk.elements():
            self._count += 1
            if self._count > MOST_CELLS:
                raise UnreadableError(f"the file holds more than {MOST_CELLS:,} cells")
            self._take(walk.take())

    def read_sheets(self, walk: Walk) -> None:
        """Take the cells of a notebook of format 3, which has them in worksheets."""
        self._old = self.found = True
        for _ in walk.elements():
            if not walk.is_at(b"{"):
                walk.take()
                continue
            for name in walk.members():
                if name == b"cells" and walk.is_at(b"["):
                    self.read(walk)
                else:
                    walk.take()

    def findings(self) -> Iterator[Finding]:
        """Yield what became of the cells that were left out, and of the format."""
        if self._old:
            what = "saved in an old format, so it was converted"
            yield Finding("the notebook", what, "save it in a current Jupyter")
        if self._damaged:
            yield Finding("the notebook", f"{self._damaged} damaged cells were left out")
        if self._long:
            what = f"{self._long} cells were left out, for they hold more than anybody types"
            yield Finding("the notebook", what, f"at most {MOST_CODE:,} characters of code a cell")
        if self._more:
            what = f"{self._count} cells; those after the first {MOST_KEPT:,} were left out"
            yield Finding("the notebook", what, "hand in the notebook of this assignment")

    def _take(self, span: Span) -> None:
        full = len(self.kept) >= MOST_KEPT
        if full and (len(self.kept) >= 2 * MOST_KEPT or self._data.find(b'"grade_id"', *span) < 0):
            self._more += 1
            return
        cell = _value(self._data, span, ("id", "cell_type", "metadata", "source", "input", "level", "attachments"))
        if cell is _TOO_LONG:
            self._long += 1
        elif (plain := _plain(cell)) is None:
            self._damaged += 1
        elif self._fits(plain):
            self.kept.append(plain)
        else:
            self._long += 1

    def _fits(self, cell: StudentCell) -> bool:
        """Tell whether there is room for a cell, and take it."""
        if cell.kind == "code":
            length = len(cell.source)
            fits = length <= min(MOST_CODE, self._code)
            self._code -= length * fits
        else:
            length = sys.getsizeof(cell.source)
            if _lines(cell.source) > MOST_LINES:
                return False
            length += sum(len(data) for kinds in cell.attachments.values() for data in kinds.values())
            fits = length <= self._text
            self._text -= length * fits
        return fits


_TOO_LONG = object()


def _value(data: bytes, span: Span, wanted: Collection[str] = ()) -> Any:
    """Return a value; of an object that is not small the `wanted` members. None for what is no JSON, or too large.

    A cell whose text is longer than may be is `_TOO_LONG`.
    """
    start, end = span
    if end - start <= _SMALL or data[start : start + 1] != b"{":
        return _parsed(data, span, "")
    walk, found = Walk(data, start), dict[str, Any]()
    for count, name in enumerate(walk.members()):
        if count == _MOST_MEMBERS:
            return None
        inner = walk.take()
        if (known := name.decode("utf-8", "replace")) in wanted:
            value = _value(data, inner, ("nbgrader",)) if known == "metadata" else _parsed(data, inner, known)
            if value is _TOO_LONG:
                return value
            found[known] = value
    return found


def _parsed(data: bytes, span: Span, name: str) -> Any:
    """Return the value of a cell's member, or of one that is small."""
    start, end = span
    if name in ("source", "input", "attachments"):
        lines = data.count(b'",', start, end) if data[start : start + 1] != b'"' else 0
        if (end - start) * _width(data, span) > MOST_TEXT or lines > MOST_LINES:
            return _TOO_LONG
    elif end - start > _SMALL:
        return None
    try:
        return json.loads(data[start:end], strict=False)
    except (ValueError, RecursionError):
        return None


def _lines(text: str) -> int:
    """Return how many lines a text has, or would have where each of them is split."""
    return sum(map(text.count, "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")) if len(text) > _SMALL else 0


def _width(data: bytes, span: Span) -> int:
    """Return how many bytes each character of a text takes in memory, since one of them needs so many."""
    return 4 if _WIDE.search(data, *span) else 2 if _BROAD.search(data, *span) else 1


def _plain(cell: Any) -> StudentCell | None:
    """Return what is taken of a cell, or None if it is not one."""
    if not isinstance(cell, Mapping) or not isinstance(cell.get("cell_type"), str):
        return None
    kind = _KINDS.get(cell["cell_type"])
    text = cell.get("source", cell.get("input", "") if kind == "code" else "")
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        text = "".join(text)
    if not isinstance(text, str) or kind is None:
        return None
    if cell["cell_type"] == "heading":
        level = next((number for number in range(1, 7) if number == cell.get("level")), 1)
        text = f"{'#' * level} {' '.join(text.split())}"
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    about = about if isinstance(about, Mapping) else {}
    return StudentCell(
        source=_storable(text),
        kind=kind,
        id=_word(cell.get("id")),
        grade_id=_word(about.get("grade_id")),
        roles=frozenset(role for role in ROLES if about.get(role)),
        points=_points(about.get("points")),
        checksum=_word(about.get("checksum")),
        attachments=_pictures(cell),
    )


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


def _word(name: Any) -> str | None:
    return _storable(name) if isinstance(name, str) else None


def _storable(text: str) -> str:
    """Return text without halves of surrogate pairs, which no file holds."""
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()


def _kernel(notebook: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the kernel and the language that a notebook asks for, as its metadata say it."""
    metadata = notebook.get("metadata")
    said = metadata if isinstance(metadata, Mapping) else {}
    abouts = {name: about for name in ("kernelspec", "language_info") if isinstance(about := said.get(name), Mapping)}
    return {
        name: {key: value for key, value in about.items() if isinstance(value, str)} for name, about in abouts.items()
    }
