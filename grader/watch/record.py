"""What a watcher says of itself, in `.watch/` of its course: for `--status`, and for the one that comes after it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from grader.locks import free, locked_alone
from grader.models import GraderError
from grader.times import stamp

FOLDER, _FILE = ".watch", "state.json"
_MOST_FAILURES = 20


@dataclass
class Record:
    """What a watcher has done. Times are texts, in UTC."""

    process: int = 0
    machine: str = ""
    since: str = ""
    stopped: str = ""
    graded: int = 0
    last: str = ""
    last_at: str = ""
    failures: list[list[str]] = field(default_factory=list)
    """What failed last and stands so still: where, what, when."""
    collected: dict[str, str] = field(default_factory=dict)
    """Marks of what was collected, by path."""

    def fail(self, where: str, what: str) -> bool:
        """Note a failure; tell whether it is news."""
        news = not any(known[:2] == [where, what] for known in self.failures)
        self.mend(where)
        self.failures = [*self.failures, [where, what, now()]][-_MOST_FAILURES:]
        return news

    def mend(self, where: str) -> None:
        """Note that what failed there does so no longer."""
        self.failures = [known for known in self.failures if known[0] != where]


def now() -> str:
    return stamp(datetime.now(UTC).replace(microsecond=0))


@contextmanager
def recorded(root: Path) -> Iterator[Record]:
    """Give the record of the one watcher of a course, for as long as it runs. Raises GraderError if one runs already."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    with locked_alone(folder) as alone:
        before = read(root)
        if not alone:
            who = f" (process {before.process} on {before.machine}, since {before.since})" if before.process else ""
            raise GraderError(f"it is watched already{who}", str(root), "ask that one: grader watch --status")
        record = Record(os.getpid(), socket.gethostname(), now(), collected=before.collected)
        write(root, record)
        try:
            yield record
        finally:
            record.stopped = now()
            write(root, record)


def write(root: Path, record: Record) -> None:
    """Write a record, where it can be: whoever watches goes on without."""
    place = root / FOLDER / _FILE
    fresh = place.with_suffix(".new")
    with suppress(OSError):
        fresh.write_text(json.dumps(asdict(record), indent=1, ensure_ascii=False) + "\n", "utf-8", "replace")
        fresh.replace(place)


def read(root: Path) -> Record:
    """Return the last watcher's record; an empty one where there is none that can be read."""
    try:
        return Record(**json.loads((root / FOLDER / _FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return Record()


def is_running(root: Path) -> bool:
    """Tell whether a watcher of a course runs now."""
    return (root / FOLDER).is_dir() and not free(root / FOLDER)
