"""Write the pages of a course: feedback for each submission, and one for the instructor."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from grader.course.settings import assignment_names
from grader.gradebook import autograded
from grader.gradebook.book import Gradebook
from grader.models import Assignment, Course, GraderError, Progress, Result
from grader.pages.render import class_page, feedback_page


def write_feedback(
    course: Course, made: Mapping[str, Assignment], names: Sequence[str], students: Sequence[str], progress: Progress
) -> tuple[int, list[GraderError]]:
    """Write a page for each recorded submission to `feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html`.

    Returns how many, and why assignments were left out: a source that is refused stops no other.
    """
    with Gradebook(course) as book:
        found, comments = book.results(names, students), book.comments()
    return write_pages(course, made, found, comments, progress)


def write_pages(
    course: Course,
    made: Mapping[str, Assignment],
    found: Sequence[Result],
    comments: Mapping[tuple[str, str], Mapping[tuple[str, str], str]],
    progress: Progress,
) -> tuple[int, list[GraderError]]:
    """Do the same for results and comments that were read already."""
    refused: dict[str, GraderError] = {}
    for name in dict.fromkeys(result.assignment for result in found):
        try:
            made[name]
        except GraderError as error:
            refused[name] = error
    found = [result for result in found if result.assignment not in refused]
    with progress("writing feedback", len(found)) as step:
        for result in found:
            student, name = result.student, result.assignment
            page = feedback_page(
                result, made[name].templates, autograded.read(course, student, name), comments.get((student, name))
            )
            write(_place(course, student, name), page)
            step()
    return len(found), list(refused.values())


def is_stale(course: Course, student: str, name: str) -> bool | None:
    """Tell whether feedback is missing or older than the notebooks that it shows; None if there are no notebooks."""
    try:
        page = _place(course, student, name).stat().st_mtime_ns
    except OSError:
        return True
    ran = autograded.changed(course, student, name)
    return None if ran is None else page <= ran


def _place(course: Course, student: str, name: str) -> Path:
    return course.root / "feedback" / student / name / f"{name}.html"


def write_report(course: Course) -> Path:
    """Write the instructor's page to `report/index.html` and return where it is."""
    with Gradebook(course) as book:
        results = book.results(assignment_names(course))
    path = course.root / "report" / "index.html"
    write(path, class_page(results, f"{course.root.name}: the class at a glance"))
    return path


def write(path: Path, text: str) -> None:
    """Write a text file and the folders above it, whole or not at all. Raises GraderError if that is not possible."""
    special = path.is_symlink() or (path.exists() and not path.is_file())  # such as /dev/stdout
    fresh = path if special else path.with_name(f".new-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, "utf-8")
        if not special:
            fresh.replace(path)
    except OSError as error:
        if not special:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
        fix = "make room on its disk, or let this folder be written, then run the same command again"
        raise GraderError(f"cannot be written ({error.strerror})", str(path), fix) from None
