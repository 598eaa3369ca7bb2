"""Tell from its cells which notebook of a course a file is. Looks at the ids in its text; nothing is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from pathlib import Path

from grader.models import Course

Place = tuple[str, str]
"""Assignment and notebook."""
Marks = frozenset[tuple[bytes, bytes]]
_ID = re.compile(rb'"(grade_id|id|checksum)"\s{0,9}:\s{0,9}"((?:[^"\\]|\\.){1,200})"')
_MOST = 20_000
"""Ids that are looked at."""


def marks(data: bytes) -> Marks:
    """Return what tells a notebook from others: nbgrader's ids and checksums of its cells, and their own ids."""
    return frozenset((kind, name) for kind, name in islice(map(re.Match.groups, _ID.finditer(data)), _MOST))


def looks_like_notebook(data: bytes) -> bool:
    """Tell whether this text may be a notebook's, whatever its file is called."""
    return b'"nbformat"' in data and (b'"cells"' in data or b'"worksheets"' in data)


def known_marks(course: Course, assignments: Iterable[str]) -> dict[Place, Marks]:
    """Return the marks of each notebook of these assignments, as they stand in `source/` and `release/`."""
    found: dict[Place, Marks] = {}
    for name in assignments:
        for path in sorted((course.root / "source" / name).glob("*.ipynb")):
            there = [path, course.root / "release" / name / path.name]
            found[name, path.stem] = frozenset[tuple[bytes, bytes]]().union(*map(_of_file, there))
    return found


def likeliest(mine: Marks, known: Mapping[Place, Marks]) -> list[Place]:
    """Return the notebook of which a file holds most cells; none if it holds no cell of any, several if they tie."""
    scores = {place: _alike(mine, theirs) for place, theirs in known.items()}
    best = max(scores.values(), default=(0, 0, 0))
    return [place for place, score in scores.items() if score == best and (score[0] or score[2])]


def _alike(mine: Marks, theirs: Marks) -> tuple[int, int, int]:
    """Compare by nbgrader's ids, then by how many of them are missing, then by all else."""
    named = {mark for mark in theirs if mark[0] == b"grade_id"}
    common = len(named & mine)
    return common, (common - len(named)) if common else 0, len((theirs - named) & mine)


def _of_file(path: Path) -> Marks:
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return frozenset()


@lru_cache(1000)
def _read(path: Path, changed: int) -> Marks:
    return marks(path.read_bytes())
