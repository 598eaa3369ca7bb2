"""The command line: read arguments, call one function, print. Results on stdout, progress on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from grader import __version__
from grader.models import Assignment, Course, Ending, Finding, GraderError, Result, Status, Submission

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Release, grade and explain nbgrader assignments.",
)

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ASSIGNMENT]...", help="Assignments; all if none is named.", show_default=False),
]
CourseFolder = Annotated[
    Path | None,
    typer.Option(
        "--course",
        metavar="DIR",
        help="The course's folder (default: the nearest upwards that holds source/).",
        show_default=False,
    ),
]
Students = Annotated[
    list[str] | None,
    typer.Option("--student", metavar="ID", help="Only this student; may be repeated.", show_default=False),
]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="Submissions at once; 0: as many as cores.")]


def main() -> NoReturn:
    """Run the command line; a GraderError becomes two lines on stderr and exit code 2."""
    try:
        sys.exit(app(standalone_mode=True) or 0)
    except GraderError as error:
        print(f"grader: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _version(asked: bool) -> None:
    if asked:
        print(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Release, grade and explain nbgrader assignments."""


@app.command()
def release(assignments: Names = None, course: CourseFolder = None) -> None:
    """Make the student's version of each assignment: source/ -> release/."""
    from grader.course import assignment_names, open_course
    from grader.gradebook import Gradebook
    from grader.release import read_assignment, write_release

    opened = open_course(course)
    names = assignment_names(opened, assignments or ())
    made = [read_assignment(opened, name) for name in names]
    with Gradebook(opened) as book:
        for assignment in _progress(made, "releasing", len(made)):
            book.register(assignment)
            for path in write_release(opened, assignment):
                print(path.relative_to(opened.root))


@app.command()
def verify(assignments: Names = None, course: CourseFolder = None) -> None:
    """Check everything that must be true before students see an assignment."""
    from grader.course import assignment_names, open_course
    from grader.verify import orphan_releases
    from grader.verify import verify as verified

    opened = open_course(course)
    names = assignment_names(opened, assignments or ())
    findings = [] if assignments else orphan_releases(opened, names)
    with ThreadPoolExecutor(_workers(0)) as pool:
        for found in _progress(pool.map(partial(verified, opened), names), "verifying", len(names)):
            findings += found
    _print_findings(findings)
    if findings:
        raise typer.Exit(1)
    print(f"{len(names)} assignments are fit for students" if len(names) != 1 else f"{names[0]} is fit for students")


@app.command()
def collect(
    path: Annotated[Path, typer.Argument(help="A folder, or the zip that your platform gave you.")],
    assignment: Annotated[
        str | None, typer.Option(help="The assignment, where file names do not tell it.", show_default=False)
    ] = None,
    course: CourseFolder = None,
) -> None:
    """Sort what was handed in into submitted/STUDENT/ASSIGNMENT/."""
    from grader.collect import collect as collected
    from grader.course import open_course

    done = collected(open_course(course), path, assignment)
    for student, name in done.submissions:
        print(f"submitted/{student}/{name}")
    _print_findings(done.findings)
    if done.findings or not done.submissions:
        raise typer.Exit(1)


@app.command()
def grade(
    assignments: Names = None,
    student: Students = None,
    jobs: Jobs = 0,
    again: Annotated[bool, typer.Option("--again", help="Grade also what has not changed since.")] = False,
    course: CourseFolder = None,
) -> None:
    """Grade what was handed in, and record it in the gradebook."""
    from grader.course import assignment_names, open_course, strays

    opened = open_course(course)
    names = assignment_names(opened, assignments or ())
    graded, same = _grade(opened, names, student or [], jobs, again)
    _print_findings(strays(opened) if not assignments and not student else [])
    print(
        f"{len(graded)} graded, {same} unchanged"
        + (f"; see them with: grader results{_where(course)}" if graded or same else "")
    )
    if any(result.waiting for result in graded):
        raise typer.Exit(1)


def _where(course: Path | None) -> str:
    return f" --course {course}" if course else ""


def _grade(opened: Course, names: list[str], students: list[str], jobs: int, again: bool) -> tuple[list[Result], int]:
    from grader.course import handed_in
    from grader.grade import failed, fingerprint, grade_all, grade_one
    from grader.gradebook import Gradebook, keep_notebooks
    from grader.release import read_assignment

    keys = handed_in(opened, names, students)
    made = {name: read_assignment(opened, name) for name in names if any(name == key[1] for key in keys)}
    graded: list[Result] = []
    with Gradebook(opened) as book, ThreadPoolExecutor(_workers(jobs)) as pool:
        for assignment in made.values():
            book.register(assignment)
        known = {} if again else book.fingerprints()
        fresh = list(_fresh(opened, keys, made, known))
        submissions = (submission for key in fresh if (submission := _read(opened, key, made)))
        marking = partial(_marked, grade_one, made, opened)
        for submission, result in _progress(
            grade_all(submissions, marking, pool, 2 * _workers(jobs)), "grading", len(fresh)
        ):
            assignment = made[submission.assignment]
            if isinstance(result, BaseException):
                result = failed(submission, assignment, result)
            keep_notebooks(opened, result, submission)
            mark = (
                ""
                if result.ending is Ending.DIED and not result.notebooks
                else fingerprint(submission, assignment, opened.limits)
            )
            book.record(result, mark)
            graded.append(_slim(result))
    return graded, len(keys) - len(fresh)


def _fresh(
    opened: Course, keys: list[tuple[str, str]], made: dict[str, Assignment], known: dict[tuple[str, str], str]
) -> Iterator[tuple[str, str]]:
    from grader.grade import fingerprint

    for key in keys:
        if key not in known or known[key] != fingerprint(_read(opened, key, made), made[key[1]], opened.limits):
            yield key


def _read(opened: Course, key: tuple[str, str], made: dict[str, Assignment]) -> Submission:
    from grader.course import read_submission

    return read_submission(opened, *key, [template.notebook for template in made[key[1]].templates])


def _marked(grade_one: Any, made: dict[str, Assignment], opened: Course, submission: Submission) -> Result:
    result: Result = grade_one(submission, made[submission.assignment], opened.limits)
    return result


def _slim(result: Result) -> Result:
    """Return a result without its notebooks, which are on disk by now."""
    from dataclasses import replace

    return replace(result, notebooks={})


@app.command()
def results(
    assignments: Names = None,
    student: Students = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list, one object a submission.")] = False,
    course: CourseFolder = None,
) -> None:
    """Show what the gradebook holds."""
    from grader import report
    from grader.course import assignment_names, open_course
    from grader.gradebook import Gradebook

    opened = open_course(course)
    names = assignment_names(opened, assignments or ())
    with Gradebook(opened) as book:
        found = book.results(names, student or [])
    if as_json:
        print(json.dumps(report.as_json(found), indent=1, ensure_ascii=False))
    else:
        _print_table(found)


@app.command()
def feedback(assignments: Names = None, student: Students = None, course: CourseFolder = None) -> None:
    """Write one HTML page a submission: feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html."""
    from grader.course import assignment_names, open_course

    opened = open_course(course)
    print(f"{_feedback(opened, assignment_names(opened, assignments or ()), student or [])} pages in feedback/")


def _feedback(opened: Course, names: list[str], students: list[str]) -> int:
    from grader.gradebook import Gradebook, kept_notebooks
    from grader.release import read_assignment
    from grader.report import feedback_page

    with Gradebook(opened) as book:
        found = book.results(names, students)
        comments = book.comments()
    made = {name: read_assignment(opened, name) for name in sorted({result.assignment for result in found})}
    for result in _progress(found, "writing feedback", len(found)):
        page = feedback_page(
            result,
            made[result.assignment].templates,
            kept_notebooks(opened, result.student, result.assignment),
            comments.get((result.student, result.assignment)),
        )
        _write(opened.root / "feedback" / result.student / result.assignment / f"{result.assignment}.html", page)
    return len(found)


@app.command()
def report(course: CourseFolder = None) -> None:
    """Write one HTML page for the instructor, with plots: report/index.html."""
    from grader.course import open_course

    print(_report(open_course(course)))


def _report(opened: Course) -> str:
    from grader.course import assignment_names
    from grader.gradebook import Gradebook
    from grader.report import class_page

    with Gradebook(opened) as book:
        page = class_page(book.results(assignment_names(opened)), f"{opened.root.name}: the class at a glance")
    _write(opened.root / "report" / "index.html", page)
    return "report/index.html"


@app.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write; standard output if none is named.", show_default=False)
    ] = None,
    to: Annotated[str, typer.Option(help="The format: csv.")] = "csv",
    course: CourseFolder = None,
) -> None:
    """Write the marks for another program."""
    from grader.course import assignment_names, open_course
    from grader.gradebook import Gradebook
    from grader.report import as_csv

    if to != "csv":
        raise GraderError(f"no such format: {to}", "--to", "use csv")
    opened = open_course(course)
    with Gradebook(opened) as book:
        text = as_csv(book.results(assignment_names(opened)))
    if file is None:
        print(text, end="")
    else:
        _write(file, text)
        print(file)


@app.command()
def check(notebook: Annotated[Path, typer.Argument(help="Your notebook.")]) -> None:
    """Run the visible tests of a notebook, as a student does before handing it in."""
    from grader.check import check_notebook

    scores, findings = check_notebook(notebook)
    for score in scores:
        good = score.status is Status.PASSED
        print(f"{'✓' if good else '…' if score.status is Status.WAITING else '✗'} {score.exercise} ({score.cell})")
        if not good and score.message:
            print("\n".join(f"    {line}" for line in score.message.splitlines()))
    _print_findings(findings)
    done = sum(score.status is Status.PASSED for score in scores)
    print(f"{done} of {len(scores)} visible tests pass; hidden tests run when it is graded")
    if done < len(scores):
        raise typer.Exit(1)


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Where to make the sample class; its folder is made anew.")
    ] = Path("demo"),
    course: CourseFolder = None,
    seed: Annotated[int, typer.Option(help="Another seed, another class.")] = 0,
) -> None:
    """Grade the sample class end to end, and say where to look."""
    from grader.collect import collect as collected
    from grader.course import assignment_names, open_course
    from grader.demo import make_class
    from grader.gradebook import Gradebook

    main_course = open_course(course)
    target = main_course.root / folder
    if target.exists() and not (target / "handed-in.zip").is_file():
        raise GraderError("that folder holds something else", str(target), "name another with --to")
    archive, count = make_class(main_course, target, assignment_names(main_course), seed)
    opened = open_course(target)
    names = assignment_names(opened)
    release(names, target)
    done = collected(opened, archive)
    print(f"{count} notebooks handed in, {len(done.submissions)} submissions collected", file=sys.stderr)
    _grade(opened, names, [], 0, False)
    pages = _feedback(opened, names, [])
    page = _report(opened)
    with Gradebook(opened) as book:
        _print_table(book.results(names))
    print(
        f"\nThe instructor's page:  {folder / page}\nFeedback, {pages} pages:     {folder / 'feedback'}/STUDENT/ASSIGNMENT/"
    )
    print(f"Try next:               grader results --course {folder} --json")
    print(f"                        nbgrader formgrader (in {folder})")


# Printing ────────────────────────────────────────────────────────────────────────────────────────


def _workers(jobs: int) -> int:
    return jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else jobs or os.cpu_count() or 1


def _progress(items: Any, what: str, total: int) -> Iterator[Any]:
    """Yield items under a bar with count, rate and time left; silent where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield from items
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

    rate = TextColumn("{task.fields[rate]}")
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        rate,
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=total, rate="")
        for item in items:
            speed = progress.tasks[task].speed
            progress.update(task, advance=1, rate=f"{speed:.1f}/s" if speed else "")
            yield item


def _print_findings(findings: Any) -> None:
    for finding in findings:
        _print_finding(finding)


def _print_finding(finding: Finding) -> None:
    print(f"{finding.where}: {finding.what}" + (f"\n  fix: {finding.fix}" if finding.fix else ""))


def _print_table(found: list[Result]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("student", "assignment", "points", "ending", "note")
    for result in found:
        notes = (["waits for a person"] if result.waiting else []) + [f"{f.where}: {f.what}" for f in result.findings]
        late = ["late"] if result.late_seconds else []
        row = (
            result.student,
            result.assignment,
            f"{result.points:g} of {result.maximum:g}",
            result.ending.value,
            "; ".join(late + notes),
        )
        table.add_row(*map(Text, row))
    if sys.stdout.isatty():
        Console().print(table)
    else:
        Console(width=150).print(table)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
