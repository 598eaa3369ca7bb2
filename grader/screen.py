"""What a person sees on a terminal: a progress bar on stderr, findings and tables on stdout."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader import tally
from grader.models import Finding, Result, Status, printable

if TYPE_CHECKING:
    from grader.grading.student_check import Checked

if TYPE_CHECKING:
    from grader.grading.strength import Strength
    from grader.student.copies import Shelf, Started
    from grader.student.pack import Packed
    from grader.student.reset import WrittenAnswer
    from grader.watch.record import Record


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


def show_checked(one: Checked, *, several: bool) -> None:
    """Print a line a test, what a failed one says, and the points so far; of several notebooks only what fails."""
    marks = {Status.PASSED: "✓", Status.WAITING: "…"}
    if several:
        print(f"{printable(one.name)}")
    for score in one.scores:
        if several and score.status in (Status.PASSED, Status.UNANSWERED):
            continue
        print(f"{marks.get(score.status, '✗')} {printable(score.exercise)} ({printable(score.cell)})")
        if score.status is not Status.PASSED:
            print("".join(f"    {line}\n" for line in score.message.splitlines()), end="")
    show_findings(one.findings)
    if not several:
        print(f"\n{printable_lines(tally.summary(one.points, one.said, one.earned))}\n")
    passed = sum(score.status is Status.PASSED for score in one.scores)
    print(f"{passed} of {len(one.scores)} visible tests pass; hidden tests run when it is graded")


def printable_lines(text: str) -> str:
    """Return text of several lines that a terminal shows and does not obey."""
    return "\n".join(map(printable, text.splitlines()))


def show_progress(done: Iterable[Checked]) -> None:
    """Print a table of notebooks that were checked: points so far, what is open, what to do next."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("notebook", "points so far", "hidden tests decide", "exercises", "next")
    for one in done:
        seen, hidden = (sum(points[kind] for points in one.points.values()) for kind in (0, 1))
        step = tally.next_step(one.points, one.said).removeprefix("Next: ").partition(". ")[0]
        row = f"{sum(one.earned.values()):g} of {seen:g}", f"{hidden:g}", tally.marks(one.points, one.said), step
        table.add_row(*(Text(printable(part)) for part in (one.name, *row)))
    (Console() if sys.stdout.isatty() else Console(width=150)).print(table)


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


def show_strength(assignment: str, found: Iterable[Strength]) -> None:
    """Print what the tests of an assignment catch, and by name what they let pass."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        "exercise", "wrong answers caught", "mutants caught", "equivalent", title=assignment, title_justify="left"
    )
    passed = []
    for one in found:
        caught = one.mutants - one.equivalent - len(one.survived)
        numbers = f"{one.wrong - len(one.passed)} of {one.wrong}", f"{caught} of {one.mutants}", str(one.equivalent)
        table.add_row(*map(Text, (one.exercise, *numbers)))
        passed += [f"{one.exercise}: the answer {name} earns all points" for name in one.passed]
        passed += [f"{one.exercise}: lives: {change}" for change in one.survived]
        passed += [f"{one.exercise}: said to be equivalent, and is caught or gone: {change}" for change in one.idle]
    (Console() if sys.stdout.isatty() else Console(width=150)).print(table)
    for line in passed:
        print(printable(line))


def show_shelf(shelf: Shelf) -> None:
    """Print which assignments and lessons there are, and which were started."""
    for name in sorted({*shelf.assignments, *shelf.lessons}):
        kinds = [("assignment", shelf.folder(name)), ("lesson", shelf.lesson(name))]
        known = {"assignment": shelf.assignments, "lesson": shelf.lessons}
        has = [(kind, path) for kind, path in kinds if name in known[kind]]
        started = [str(path.relative_to(shelf.root)) for _, path in has if path.exists()]
        print(f"{name:<26} {' and '.join(kind for kind, _ in has):<22} {', '.join(started) or 'not started'}")
    print("\nStart one with: grader start NAME")


def show_started(shelf: Shelf, names: Sequence[str], started: Started, *, quiet: bool = False) -> None:
    """Print what was copied, what was there already, and what of that is old."""
    lessons = shelf.work / "lessons"

    def asked(path: Path) -> bool:
        return path.parent != lessons or path.stem in names

    for path in filter(asked, started.made):
        print(path.relative_to(shelf.root))
    if more := sum(not asked(path) for path in started.made):
        print(f"{lessons.relative_to(shelf.root)}/: {more} files to which it leads")
    there = [path for path in started.there if path.suffix == ".ipynb" and asked(path)]
    for path in [] if quiet else there:
        print(f"{path.relative_to(shelf.root)} is there already, and stays as it is")
    for path in started.older:
        print(f"{path.relative_to(shelf.root)} is of an earlier version; rename it and start again for the new one")
    for name in names:
        if not quiet and any(shelf.folder(name) in path.parents for path in there):
            print(
                f"  fresh copy of one answer: grader reset {name} EXERCISE; of the notebook: grader reset {name} --all"
            )


def show_answers(assignment: str, found: Iterable[WrittenAnswer]) -> None:
    """Print the exercises of an assignment, and which of them were changed."""
    for answer in found:
        state = "deleted" if answer.now is None else "changed" if answer.changed else "as it was released"
        state += f", in {len(answer.copies) + 1} cells" if answer.copies else ""
        print(f"{answer.exercise:<30} {state}")
    print(f"\nGive one back as it was released, and keep what you wrote: grader reset {assignment} EXERCISE")


def show_reset(shelf: Shelf, what: str, kept: Path | None) -> None:
    """Print where the old text of an answer is, and how to see the new one."""
    print(f"{what} is again as it was released")
    if kept:
        print(f"what you wrote is kept in {kept.relative_to(shelf.root)}")
    print("is the notebook open in JupyterLab? File > Reload Notebook from Disk shows it")


def show_packed(shelf: Shelf, packed: Packed, student: str) -> None:
    """Print what to hand in."""
    print(f"\n{packed.path.relative_to(shelf.root)} holds {', '.join(packed.names)}")
    show_findings(packed.findings)
    if not student:
        print("Hand it in where your name is added, on a learning platform; to send it, pack it with: --student ID")


def show_next_steps(page: Path, course: Path, pages: int) -> None:
    """Print where to look after the demo: the instructor's page, the feedback, the next commands."""
    print(f"\nThe instructor's page:  {_near(page)}")
    print(f"Feedback, {pages} pages:     {_near(course / 'feedback')}/STUDENT/ASSIGNMENT/")
    print(f"Try next:               {_near(Path(sys.argv[0]))} results --course {_near(course)} --json")
    print(f"                        cd {_near(course)} && nbgrader formgrader")


def _near(path: Path) -> Path:
    """Return a path as seen from the current folder, if it lies below it."""
    whole = Path(os.path.abspath(path))
    return whole.relative_to(Path.cwd()) if whole.is_relative_to(Path.cwd()) else whole


def show_news(line: str) -> None:
    """Print a line with the time of day, at once, also where it goes into a file."""
    print(f"{datetime.now():%H:%M:%S} {printable(line)}", flush=True)


def show_watcher(record: Record, runs: bool) -> None:
    """Print what a watcher says of itself."""
    who = f"process {record.process} on {record.machine}"
    if runs:
        print(f"watching since {record.since} ({who})")
    elif not record.process:
        print("nobody has watched this course yet; begin with: grader watch")
    else:
        ended = f"stopped at {record.stopped}" if record.stopped else f"ended without a word ({who})"
        print(f"nobody watches; the last began at {record.since} and {ended}")
    if record.process:
        last = f", the last: {record.last} at {record.last_at}" if record.last else ""
        print(f"{record.graded} graded{last}")
    for where, what, when in record.failures:
        print(printable(f"{where}: {what}\n  since {when}"))
