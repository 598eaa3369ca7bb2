"""What a person sees on a terminal: a progress bar on stderr, findings and tables on stdout."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.models import CellScore, Finding, Result, Status, printable


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar with count, rate and time left while the block runs; give what takes it one step further.

    Silent where stderr is no terminal.
    """
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    rate, left = TextColumn("{task.fields[rate]}"), TextColumn("left")
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        rate,
        TimeElapsedColumn(),
        left,
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total, rate="")

        def step() -> None:
            speed = bar.tasks[task].speed
            bar.update(task, advance=1, rate=f"{speed:.1f}/s" if speed else "")

        yield step


def show_findings(findings: Iterable[Finding]) -> None:
    """Print what was found, and under it how to go on."""
    for finding in findings:
        print(f"{finding.where}: {finding.what}" + (f"\n  fix: {finding.fix}" if finding.fix else ""))


def show_scores(scores: Iterable[CellScore]) -> None:
    """Print a line a test, and under it what a failed one says."""
    marks = {Status.PASSED: "✓", Status.WAITING: "…"}
    for score in scores:
        print(f"{marks.get(score.status, '✗')} {printable(score.exercise)} ({printable(score.cell)})")
        if score.status is not Status.PASSED:
            print("".join(f"    {line}\n" for line in score.message.splitlines()), end="")


def show_results(results: Iterable[Result]) -> None:
    """Print a table of results, as wide as the terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("student", "assignment", "points", "ending", "note")
    for result in results:
        notes = [
            *(["late"] if result.late_seconds else []),
            *(["waits for a person"] if result.waiting else []),
            *(f"{finding.where}: {finding.what}" for finding in result.findings),
        ]
        points = f"{result.points:g} of {result.maximum:g}"
        table.add_row(*map(Text, (result.student, result.assignment, points, result.ending.value, "; ".join(notes))))
    (Console() if sys.stdout.isatty() else Console(width=150)).print(table)


def show_way(page: Path, course: Path, pages: int) -> None:
    """Print where to look after the demo: the instructor's page, the feedback, the next commands."""
    print(f"\nThe instructor's page:  {_near(page)}")
    print(f"Feedback, {pages} pages:     {_near(course / 'feedback')}/STUDENT/ASSIGNMENT/")
    print(f"Try next:               {_near(Path(sys.argv[0]))} results --course {_near(course)} --json")
    print(f"                        cd {_near(course)} && nbgrader formgrader")


def _near(path: Path) -> Path:
    """Return a path as seen from the current folder, if it lies below it."""
    whole = Path(os.path.abspath(path))
    return whole.relative_to(Path.cwd()) if whole.is_relative_to(Path.cwd()) else whole
