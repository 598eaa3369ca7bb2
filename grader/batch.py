"""What a command does to a whole course: grade what was handed in, write feedback and the instructor's page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from grader import archive
from grader.course import assignment_names, handed_in, read_submission
from grader.grade import failed, fingerprint, grade_all, grade_one
from grader.gradebook import Gradebook
from grader.models import Assignment, Course, Limits, Result, Submission
from grader.release import read_assignment, write_release
from grader.report import class_page, feedback_page

Progress = Callable[[Any, str, int], Iterator[Any]]
"""Passes items through while it shows how far they are: items, what is done, how many."""

Key = tuple[str, str]
"""Student and assignment."""


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def register_course(course: Course, names: Sequence[str], progress: Progress) -> list[Path]:
    """Write `release/` and tell the gradebook of the assignments; return the files written."""
    made = [read_assignment(course, name) for name in names]
    written = []
    with Gradebook(course) as book:
        for assignment in progress(made, "releasing", len(made)):
            book.register(assignment)
            written += write_release(course, assignment)
    return written


def grade_course(
    course: Course, names: Sequence[str], students: Sequence[str], jobs: int, again: bool, progress: Progress
) -> tuple[list[Result], int]:
    """Grade and record what is new or changed (or, with `again`, all); return the results and how many were the same."""
    keys = handed_in(course, names, students)
    made = {name: read_assignment(course, name) for name in names if any(name == key[1] for key in keys)}
    graded = []
    with Gradebook(course) as book, ThreadPoolExecutor(jobs or cores()) as pool:
        for assignment in made.values():
            book.register(assignment)
        known = {} if again else book.fingerprints()
        fresh = [key for key in keys if key not in known or known[key] != _digest(course, made, key)]
        submissions = (_read(course, made, key) for key in fresh)
        marks = grade_all(
            submissions, partial(_grade, made, course.limits, course.preload), pool, 2 * (jobs or cores())
        )
        for submission, outcome in progress(marks, "grading", len(fresh)):
            if isinstance(
                outcome, BaseException
            ):  # ours, not the student's: a person looks, and the next run tries again
                result, mark = failed(submission, made[submission.assignment], outcome), ""
            else:
                result, mark = outcome, fingerprint(submission, made[submission.assignment], course.limits)
            book.record(result, mark, submission.files)
            graded.append(replace(result, notebooks={}))
    return graded, len(keys) - len(fresh)


def _read(course: Course, made: dict[str, Assignment], key: Key) -> Submission:
    return read_submission(course, *key, [template.notebook for template in made[key[1]].templates])


def _digest(course: Course, made: dict[str, Assignment], key: Key) -> str:
    return fingerprint(_read(course, made, key), made[key[1]], course.limits)


def _grade(made: dict[str, Assignment], limits: Limits, preload: Sequence[str], submission: Submission) -> Result:
    return grade_one(submission, made[submission.assignment], limits, preload)


def write_feedback(course: Course, names: Sequence[str], students: Sequence[str], progress: Progress) -> int:
    """Write a page for each recorded submission to `feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html`; return how many."""
    with Gradebook(course) as book:
        found, comments = book.results(names, students), book.comments()
    made = {name: read_assignment(course, name) for name in sorted({result.assignment for result in found})}
    for result in progress(found, "writing feedback", len(found)):
        student, name = result.student, result.assignment
        page = feedback_page(
            result, made[name].templates, archive.kept(course, student, name), comments.get((student, name))
        )
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
