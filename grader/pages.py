"""Write the pages of a course: feedback for each submission, and one for the instructor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from grader import archive
from grader.course import assignment_names
from grader.gradebook import Gradebook
from grader.models import Course
from grader.outline import read_outline
from grader.report import class_page, feedback_page

Progress = Callable[[Any, str, int], Iterator[Any]]
"""Passes items through while it shows how far they are: items, what is done, how many."""


def write_feedback(course: Course, names: Sequence[str], students: Sequence[str], progress: Progress) -> int:
    """Write a page for each recorded submission to `feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html`; return how many."""
    with Gradebook(course) as book:
        found, comments = book.results(names, students), book.comments()
    made = {name: read_outline(course, name) for name in sorted({result.assignment for result in found})}
    for result in progress(found, "writing feedback", len(found)):
        student, name = result.student, result.assignment
        page = feedback_page(result, made[name], archive.kept(course, student, name), comments.get((student, name)))
        write(course.root / "feedback" / student / name / f"{name}.html", page)
    return len(found)


def write_report(course: Course) -> Path:
    """Write the instructor's page to `report/index.html` and return where it is."""
    with Gradebook(course) as book:
        results = book.results(assignment_names(course))
    path = course.root / "report" / "index.html"
    write(path, class_page(results, f"{course.root.name}: the class at a glance"))
    return path


def write(path: Path, text: str) -> None:
    """Write a text file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
