"""What a command does to a whole course: release it, and grade what was handed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from grader.course import handed_in, read_submission
from grader.grade import failed, fingerprint, grade_all, grade_one
from grader.gradebook import Gradebook
from grader.models import Assignment, Course, Limits, Result, Submission
from grader.release import read_assignment, write_release

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
        marks = grade_all(submissions, partial(_grade, made, course.limits), pool, 2 * (jobs or cores()))
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


def _grade(made: dict[str, Assignment], limits: Limits, submission: Submission) -> Result:
    return grade_one(submission, made[submission.assignment], limits)
