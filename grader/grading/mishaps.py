"""What fails that is nobody's answer: its traceback goes into the course's `grader.log`, and it stops what it must."""

from __future__ import annotations

import errno
import traceback
from contextlib import suppress
from datetime import UTC, datetime

from grader.gradebook.database import is_lost
from grader.models import LOG, Course, GraderError, printable

_MOST_LOGGED, _LARGEST_LOG = 2**16, 2**23
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


def concerns_all(error: BaseException) -> bool:
    """Tell whether the next submission would fail as this one did: a full disk, a gradebook that is gone."""
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    return isinstance(error, GraderError) or not isinstance(error, Exception) or is_lost(error)


def on_solution(course: Course, assignment: str, error: BaseException) -> GraderError:
    """Note an error of the grader's own on an assignment's solution; return what its instructor should read."""
    note(course, "(the solution)", assignment, error)
    what = f"the grader itself failed while it tried the solution ({type(error).__name__}: {error})"
    return GraderError(what[:500], f"source/{assignment}", f"run it again; if it stays, report what {LOG} holds")


def note(course: Course, student: str, assignment: str, error: BaseException) -> None:
    """Write an error with its traceback into the course's log, where that can be written."""
    trace = "".join(traceback.format_exception(error))
    text = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S UTC} {student} {assignment}\n{trace[-_MOST_LOGGED:]}\n"
    path = course.root / LOG
    with suppress(OSError):
        large = path.exists() and path.stat().st_size > _LARGEST_LOG
        with path.open("w" if large else "a", encoding="utf-8", errors="replace") as file:
            file.write("\n".join(printable(line) for line in text.split("\n")))
