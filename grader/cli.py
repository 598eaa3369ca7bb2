"""The command line: read arguments, call one function, print. Results on stdout, progress on stderr."""

from __future__ import annotations

import errno
import gc
import json
import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from grader import __version__
from grader.models import Course, Finding, GraderError, Status, printable
from grader.options import Cluster, CourseFolder, Jobs, Names, ReleasedFolder, Students, Unconfined
from grader.preload import USUAL as PRELOAD
from grader.screen import (
    progress,
    show_checked,
    show_findings,
    show_news,
    show_next_steps,
    show_progress,
    show_results,
    show_strength,
    show_watcher,
)

if TYPE_CHECKING:
    from grader.engine.forks.client import AdoptedForkServer, FirstForkServer
    from grader.engine.run import Engine

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Release, grade and explain nbgrader assignments.",
)

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


def main(first: FirstForkServer | AdoptedForkServer | None = None) -> NoReturn:
    """Run the command line; a GraderError becomes two lines on stderr and exit code 2.

    `first` is a fork server that the command's engine begins with; whoever gives it ends it.
    """
    gc.set_threshold(50_000, 20, 100)  # to look for garbage among all that is imported takes a third of a second
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # checks IRIs for jsonschema: a second to import
    try:
        sys.exit(app(prog_name="grader", standalone_mode=True, obj=first) or 0)
    except GraderError as error:
        print(f"grader: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.errno not in _NO_ROOM and error.filename is None:
            raise
        print(f"grader: {_of_machine(error)}", file=sys.stderr)
        sys.exit(2)


def get_ready() -> None:
    """Import what `check`, `pack` and `grade` import when they are called, for a process that runs many of them.

    Part of it typer and SQLAlchemy import only when they are used.
    """
    from grader.course import release
    from grader.gradebook import database
    from grader.grading import doctor, many, student_check
    from grader.pages import render, write
    from grader.student import copies, pack

    _ = release, doctor, many, student_check, render, write, copies, pack
    database.get_ready()
    release.get_ready()
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere), suppress(GraderError):
        app(["check", os.devnull], standalone_mode=False)


def _engine(context: typer.Context, jobs: int = 0) -> Engine:
    """Return an engine for the command, which ends it."""
    from grader.engine.run import Engine

    return Engine(jobs, context.obj)


def _of_machine(error: OSError) -> GraderError:
    """Return what an instructor reads of a file that the machine does not let us read or write."""
    what, first = "cannot be read or written", "see to it"
    if error.errno in _NO_ROOM:
        what, first = "cannot be written", "make room"
    elif isinstance(error, PermissionError):
        first = "get the right to read and write there, or copy the course to where you have it"
    elif isinstance(error, FileExistsError | NotADirectoryError | IsADirectoryError):
        what, first = "something else stands there", "move or rename it"
    where = "the disk"
    if isinstance(error.filename, str | bytes | Path):
        path = Path(os.fsdecode(error.filename))
        where = printable(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))
    return GraderError(
        f"{what} ({error.strerror})", where, f"{first}, then run the same command again; it goes on from here"
    )


def _refuse(errors: Iterable[GraderError]) -> None:
    """Print what an instructor must fix before the rest can be done, and end with exit code 2; nothing if all was."""
    told = [print(f"grader: {error}", file=sys.stderr) for error in errors]
    if told:
        raise typer.Exit(2)


def _version(asked: bool) -> None:
    if asked:
        print(f"grader {__version__}")
        raise typer.Exit


kernel = typer.Typer(no_args_is_help=True, help="The warm kernel python3-warm, for JupyterLab, nbval and nbgrader.")
app.add_typer(kernel, name="kernel")
Version = Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")]


@app.callback()
def _top(version: Version = False) -> None:
    """Release, grade and explain nbgrader assignments."""


@app.command()
def release(
    assignments: Names = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace also what was edited in release/; the edit goes to edited/.")
    ] = False,
    course: CourseFolder = None,
) -> None:
    """Make the student's version of each assignment: source/ -> release/."""
    from grader.course.release import AssignmentLoader
    from grader.course.settings import assignment_names, open_course
    from grader.grading.many import register_course

    opened = open_course(course)
    done = register_course(
        AssignmentLoader(opened), assignment_names(opened, assignments or ()), progress, replace=replace
    )
    for path in done.kept:
        print(f"what was edited is kept in {path.relative_to(opened.root)}", file=sys.stderr)
    for path in done.written:
        print(path.relative_to(opened.root))
    show_findings(done.withheld)
    _refuse(done.refused)


@app.command()
def verify(
    context: typer.Context,
    assignments: Names = None,
    strength: Annotated[
        bool,
        typer.Option("--strength", help="Tell what the tests catch: wrong answers, and mutants of the solutions."),
    ] = False,
    course: CourseFolder = None,
) -> None:
    """Check everything that must be true before students see an assignment."""
    from grader.course.settings import absent_modules, assignment_names, open_course
    from grader.grading.verify import orphans
    from grader.grading.verify import verify as verified

    opened = open_course(course)
    names = assignment_names(opened, assignments or ())
    findings = absent_modules(opened) + ([] if assignments else orphans(opened, names))
    with (
        _engine(context) as engine,
        ThreadPoolExecutor(engine.jobs) as pool,
        progress("verifying", len(names)) as step,
    ):
        for found in pool.map(partial(verified, opened, engine=engine), names):
            findings += found
            step()
    show_findings(findings)
    if not all(finding.note for finding in findings) or (strength and not _is_strong(context, opened, names)):
        raise typer.Exit(1)
    print(f"{names[0]} is fit for students" if len(names) == 1 else f"{len(names)} assignments are fit for students")


def _is_strong(context: typer.Context, course: Course, names: Sequence[str]) -> bool:
    """Show what the tests of assignments catch; tell whether that is all that they should."""
    from grader.grading.strength import strength

    strong = True
    with _engine(context) as engine, ThreadPoolExecutor(2 * engine.jobs) as pool:
        for name in names:
            found = strength(course, name, engine, pool, progress)
            show_strength(name, found)
            strong &= all(each.holds for each in found)
    return strong


@app.command()
def collect(
    path: Annotated[Path, typer.Argument(help="A folder, or the zip that your platform gave you.")],
    assignment: Annotated[
        str | None, typer.Option(help="The assignment, where file names do not tell it.", show_default=False)
    ] = None,
    course: CourseFolder = None,
) -> None:
    """Sort what was handed in into submitted/STUDENT/ASSIGNMENT/."""
    from grader.course.collect import collect as collected
    from grader.course.settings import open_course

    done = collected(open_course(course), path, assignment)
    for student, name in done.submissions:
        print(f"submitted/{student}/{name}")
    show_findings(done.findings)
    for note in done.notes:
        print(f"grader: {note}", file=sys.stderr)
    if done.findings or not done.submissions:
        raise typer.Exit(1)


@app.command()
def grade(
    context: typer.Context,
    assignments: Names = None,
    student: Students = None,
    jobs: Jobs = 0,
    cluster: Cluster = None,
    again: Annotated[bool, typer.Option("--again", help="Grade also what has not changed since.")] = False,
    unconfined: Unconfined = False,
    course: CourseFolder = None,
) -> None:
    """Grade what was handed in, and record it in the gradebook."""
    from grader.course.settings import absent_modules, assignment_names, open_course, preloaded
    from grader.course.submissions import handed_in, strays
    from grader.engine.forks.client import possible
    from grader.grading.doctor import require_confinement, without_confinement

    opened = without_confinement(open_course(course)) if unconfined else require_confinement(open_course(course))
    names = assignment_names(opened, assignments or ())
    if opened.late_penalty not in ("", "zero"):
        what = f"{opened.late_penalty} is not run, so late work keeps its points"
        show_findings([Finding("nbgrader_config.py", what, "take them off by hand; late_seconds tells who is late")])
    if not possible():
        print("grader: kernels cannot be forked on this system, so each notebook takes seconds", file=sys.stderr)
    here = possible() and not cluster
    coming = dict.fromkeys(name for _, name in handed_in(opened, names, student or [])) if here else {}
    with _engine(context, jobs) as engine:
        modules = {name: preloaded(opened, name) for name in coming}
        engine.expect(modules.values())
        soon = dict[frozenset[str], str]()
        for name, each in modules.items():
            soon.setdefault(frozenset(each), name)
        for name in list(soon.values())[:2]:  # while this process imports what it needs itself
            engine.warm(modules[name], judge=opened.limits_of(name).judge)
        from grader.course.release import AssignmentLoader
        from grader.grading.many import grade_course

        done = grade_course(
            AssignmentLoader(opened),
            names,
            student or [],
            progress,
            engine,
            cluster=cluster or "",
            again=again,
            tell=show_findings,
        )
    show_findings([*absent_modules(opened), *(strays(opened) if not assignments and not student else [])])
    for error in done.refused:
        print(f"grader: {error}", file=sys.stderr)
    see = f"; see them with: grader results{f' --course {course}' if course else ''}"
    print(f"{done.graded} graded, {done.same} unchanged" + see * bool(done.graded or done.same))
    raise typer.Exit(2 if done.refused else int(bool(done.waiting)))


@app.command()
def watch(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Collect what arrives there, too: archives and folders.", show_default=False),
    ] = None,
    assignment: Annotated[
        str | None, typer.Option(help="The assignment of what is collected, as for collect.", show_default=False)
    ] = None,
    jobs: Jobs = 0,
    unconfined: Unconfined = False,
    status: Annotated[bool, typer.Option("--status", help="Say whether one runs, and what it has done.")] = False,
    course: CourseFolder = None,
) -> None:
    """Grade what arrives in submitted/ as it comes in, and write its feedback, until Ctrl-C."""
    from grader.course.settings import open_course
    from grader.grading.doctor import require_confinement, without_confinement
    from grader.watch import record

    root = open_course(course).root
    if status:
        runs = record.is_running(root)
        show_watcher(record.read(root), runs)
        raise typer.Exit(int(not runs))
    from grader.watch.watcher import watch as watching

    allow = without_confinement if unconfined else require_confinement
    watching(root, lambda: allow(open_course(root)), show_news, jobs=jobs, folder=folder, only=assignment)


@app.command()
def results(
    assignments: Names = None,
    student: Students = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list, one object a submission.")] = False,
    course: CourseFolder = None,
) -> None:
    """Show what the gradebook holds."""
    from grader.course.settings import assignment_names, open_course
    from grader.gradebook.book import Gradebook

    opened = open_course(course)
    names = assignment_names(opened, assignments or ())
    with Gradebook(opened) as book:
        found = book.results(names, student or [])
    if as_json:
        from grader.pages.render import as_json as plain

        print(json.dumps(plain(found), indent=1, ensure_ascii=False))
    else:
        show_results(found)


@app.command()
def feedback(assignments: Names = None, student: Students = None, course: CourseFolder = None) -> None:
    """Write one HTML page a submission: feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html."""
    from grader.course.release import AssignmentLoader
    from grader.course.settings import assignment_names, open_course
    from grader.pages.write import write_feedback

    opened = open_course(course)
    names = assignment_names(opened, assignments or ())
    count, refused = write_feedback(opened, AssignmentLoader(opened), names, student or [], progress)
    print(f"{count} pages in feedback/")
    _refuse(refused)


@app.command()
def report(course: CourseFolder = None) -> None:
    """Write one HTML page for the instructor, with plots: report/index.html."""
    from grader.course.settings import open_course
    from grader.pages.write import write_report

    opened = open_course(course)
    print(write_report(opened).relative_to(opened.root))


@app.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write; standard output if none is named.", show_default=False)
    ] = None,
    to: Annotated[str, typer.Option(help="The format: csv.")] = "csv",
    per: Annotated[str, typer.Option(help="What a line stands for: submission, exercise or cell.")] = "submission",
    course: CourseFolder = None,
) -> None:
    """Write the marks for another program, such as a spreadsheet."""
    from grader.course.settings import assignment_names, open_course
    from grader.gradebook.book import Gradebook
    from grader.pages.render import PER, as_csv
    from grader.pages.write import write

    if to != "csv":
        raise GraderError(f"no such format: {to}", "--to", "use csv")
    if per not in PER:
        raise GraderError(f"no such line: {per}", "--per", f"use one of {', '.join(PER)}")
    opened = open_course(course)
    with Gradebook(opened) as book:
        text = as_csv(book.results(assignment_names(opened)), per)
    if file is None:
        print(text, end="")
    else:
        write(file, text)
        print(file)


@app.command()
def check(
    context: typer.Context,
    notebooks: Annotated[list[Path], typer.Argument(help="Your notebook, or several.", metavar="NOTEBOOK...")],
    html: Annotated[Path | None, typer.Option("--html", help="Write the progress as a page, too.")] = None,
) -> None:
    """Run the visible tests of notebooks, as a student does before handing in, and count points so far."""
    from grader.grading.student_check import check_notebook

    done, refused = [], []
    with _engine(context) as engine:
        for notebook in notebooks:
            try:
                done.append(check_notebook(notebook, engine))
            except GraderError as error:
                refused.append(error)
    for one in done:
        show_checked(one, several=len(notebooks) > 1)
    if len(done) > 1:
        show_progress(done)
    if html and done:
        from grader.pages.render import progress_page
        from grader.pages.write import write

        write(html, progress_page(done))
        print(html)
    _refuse(refused)
    statuses = {score.status for one in done for score in one.scores}
    raise typer.Exit(int(bool(statuses - {Status.PASSED, Status.WAITING})))


@app.command()
def start(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="How they begin: 06.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that there are.")] = False,
    course: ReleasedFolder = None,
) -> None:
    """Copy assignments and lessons into work/, where you work on them; what is there stays as it is."""
    from grader.screen import show_shelf, show_started
    from grader.student import copies

    shelf = copies.find_shelf(course)
    chosen = list(shelf.assignments) if every else [copies.called(shelf, name) for name in names or ()]
    if not chosen:
        show_shelf(shelf)
    else:
        show_started(shelf, chosen, copies.start(shelf, chosen), quiet=every)


@app.command()
def reset(
    assignment: Annotated[str, typer.Argument(help="How its name begins: 06.")],
    exercise: Annotated[
        str | None, typer.Argument(help="How the exercise's name begins; none: show them.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="The whole notebook instead.")] = False,
    course: ReleasedFolder = None,
) -> None:
    """Give one answer back as it was released, and keep what you wrote."""
    from grader.screen import show_answers, show_reset
    from grader.student import copies
    from grader.student import reset as resetting

    if every and exercise is not None:
        fix = "name an exercise, or give --all, which takes all of them"
        raise GraderError("one exercise and all of them were asked for", f"{exercise} --all", fix)
    shelf = copies.find_shelf(course)
    name = copies.unique(assignment, shelf.assignments, "assignment")
    if every:
        for path, kept in resetting.reset_all(shelf, name):
            show_reset(shelf, str(path.relative_to(shelf.root)), kept)
        return
    found = resetting.answers(shelf, name)
    if exercise is None:
        show_answers(name, found)
        return
    answer = resetting.asked_for(found, exercise)
    if not answer.changed:
        print(f"{answer.exercise} is as it was released")
        return
    show_reset(shelf, answer.exercise, resetting.reset(shelf, name, answer))


@app.command()
def pack(
    context: typer.Context,
    assignments: Annotated[
        list[str], typer.Argument(metavar="ASSIGNMENT...", help="How its name begins: 06. Or several.")
    ],
    student: Annotated[
        str, typer.Option(help="Your id, where no learning platform adds it.", metavar="ID", show_default=False)
    ] = "",
    course: ReleasedFolder = None,
) -> None:
    """Check your notebook, and make the file that you hand in, whatever the check says; of several a file each."""
    from grader.screen import show_packed
    from grader.student import copies
    from grader.student import pack as packing

    shelf = copies.find_shelf(course)
    names = [copies.unique(each, shelf.assignments, "assignment") for each in assignments]
    for name, paths in [(name, packing.notebooks(shelf, name)) for name in dict.fromkeys(names)]:
        for path in paths:
            try:
                check(context, [path])
            except GraderError as error:
                print(f"grader: {error}", file=sys.stderr)
            except typer.Exit:  # what is open was said, and stops nothing
                pass
        show_packed(shelf, packing.pack(shelf, name, student), student)


@app.command()
def doctor(course: CourseFolder = None) -> None:
    """Try out what protects this machine from student code."""
    from grader.course.settings import open_course_if_any
    from grader.grading.doctor import examine

    found = examine(open_course_if_any(course))
    for line in found:
        print(line)
    raise typer.Exit(int(not all(line.fine for line in found if line.essential)))


@kernel.command("install")
def kernel_install(course: CourseFolder = None) -> None:
    """Install the warm kernel into this Python environment."""
    from grader.course.settings import open_course_if_any
    from grader.engine.jupyter.kernelspec import install

    opened = open_course_if_any(course)
    print(install(opened.preload if opened else PRELOAD))


@kernel.command("remove")
def kernel_remove() -> None:
    """Remove the warm kernel from this Python environment."""
    from grader.engine.jupyter.kernelspec import remove

    print("removed" if remove() else "it was not installed")


@app.command()
def demo(
    context: typer.Context,
    assignments: Names = None,
    folder: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Where to make the sample class; its folder is made anew.")
    ] = Path("demo"),
    course: CourseFolder = None,
    seed: Annotated[int, typer.Option(help="Another seed, another class.")] = 0,
) -> None:
    """Grade the sample class end to end, and say where to look."""
    from grader.course.collect import collect as collected
    from grader.course.demo import make_class
    from grader.course.settings import assignment_names, open_course
    from grader.gradebook.book import Gradebook
    from grader.grading.doctor import confined_if_possible
    from grader.grading.many import grade_course, register_course
    from grader.pages.write import write_feedback, write_report

    main_course = open_course(course)
    target = main_course.root / folder
    names = assignment_names(main_course, assignments or ())
    made, archive, count = make_class(main_course, target, names, seed)
    opened, lacking = confined_if_possible(made.course)
    made.course = opened
    if lacking:
        print(f"grader: {lacking}; the sample class is ours, and runs unconfined", file=sys.stderr)
    for error in register_course(made, names, progress).refused:
        raise error
    done = collected(opened, archive)
    print(f"{count} notebooks handed in, {len(done.submissions)} submissions collected")
    with _engine(context) as engine:
        grade_course(made, names, [], progress, engine)
    pages, _ = write_feedback(opened, made, names, [], progress)
    page = write_report(opened)
    with Gradebook(opened) as book:
        show_results(book.results(names))
    show_next_steps(page, target, pages)


if __name__ == "__main__":
    main()
