"""What a command does to a whole course: release it, and grade what was handed in."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from grader.course.edited import edits, keep, refuse, remember
from grader.course.release import AssignmentLoader, released_files, write_release
from grader.course.submissions import handed_in, read_submission
from grader.engine.run import Engine, must_run
from grader.gradebook.book import Gradebook
from grader.grading.mishaps import concerns_all, note, on_solution
from grader.grading.one import assignment_digest, failed, grade_one, submission_digest
from grader.grading.prepare import prepared, summary
from grader.models import LOG, Assignment, Course, Finding, GraderError, Limits, Progress, Result, Submission
from grader.preload import distinct

_BYTES_AHEAD = 2**25
"""Of submissions that are read ahead; beyond, the next one waits until others are done."""
_SECOND_TRIES = 50
"""More than these fail because of something that fails them all."""
Key = tuple[str, str]
"""Student and assignment."""


@dataclass
class BatchCounts:
    """How many submissions one run graded, found unchanged, and left to a person."""

    graded: int = 0
    same: int = 0
    waiting: int = 0
    refused: list[GraderError] = field(default_factory=list)
    """Why assignments were left out."""


@dataclass
class Released:
    """What one run wrote into `release/`, which files it kept back, and which sources it refused."""

    written: list[Path] = field(default_factory=list)
    withheld: list[Finding] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    """Where edits of the release went that were replaced."""
    refused: list[GraderError] = field(default_factory=list)


def register_course(
    made: AssignmentLoader, names: Sequence[str], progress: Progress, *, replace: bool = False
) -> Released:
    """Write `release/` and tell the gradebook of the assignments. A source that is refused stops no other.

    A release that was edited by hand is not overwritten; with `replace` it is, and the edit is kept.
    """
    done = Released()
    with Gradebook(made.course) as book, progress("releasing", len(names)) as step:
        for name in names:
            try:
                assignment = made[name]
                files, root = released_files(assignment), made.course.root
                if (found := edits(root, name, files)) and not replace:
                    raise refuse(name, found)
                book.register(assignment)
                done.kept += keep(root, name, list(found))
                done.written += write_release(made.course, assignment)
                remember(root, name, files)
                places = assignment.withheld.items()
                done.withheld += [Finding(f"source/{name}/{file}", f"not released: {why}") for file, why in places]
            except GraderError as error:
                done.refused.append(error)
            except OSError as error:
                full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
                what, fix = "cannot be read or written", "let the grader read and write there"
                if full:
                    what, fix = "cannot be written", "make room, then release again"
                where = str(error.filename or f"release/{name}")
                done.refused.append(GraderError(f"{what} ({error.strerror})", where, fix))
            step()
    return done


def grade_course(
    made: AssignmentLoader,
    names: Sequence[str],
    students: Sequence[str],
    progress: Progress,
    engine: Engine,
    *,
    cluster: str = "",
    again: bool = False,
    tell: Callable[[Sequence[Finding]], None] = lambda _: None,
) -> BatchCounts:
    """Grade and record what is new or changed (or, with `again`, all), by the engine or on the cluster named.

    Each submission is read once, when its turn comes; of one that is done nothing stays in memory but a count.
    Assignments come one after the other, those with the same modules together. Before the first, `tell` is given
    what must be known of the tests.
    """
    course, done = made.course, BatchCounts()
    keys = handed_in(course, names, students)
    asked = dict[str, Assignment]()
    for name in dict.fromkeys(name for _, name in keys):
        try:
            asked[name] = _gradable(made, name)
        except GraderError as error:  # it stops its own assignment, and no other
            done.refused.append(error)
    limits = {name: course.limits_of(name) for name in asked}
    with Gradebook(course) as book, ExitStack() as running:
        for name, assignment in list(asked.items()):
            try:
                book.register(assignment)
            except GraderError as error:
                done.refused.append(error)
                del asked[name]
        modules = _by_modules(asked)
        turns = running.enter_context(_Turns(engine, {} if cluster else modules))
        asked, failures = _prepared(asked, limits, engine, progress)
        done.refused += [on_solution(course, *failure) for failure in failures.items()]
        place = {name: at for at, name in enumerate(modules)}
        keys = sorted((key for key in keys if key[1] in asked), key=lambda key: place[key[1]])
        turns.begin(Counter(name for _, name in keys))
        tell([finding for name, assignment in asked.items() for finding in summary(assignment, limits[name])])
        known = {} if again else book.fingerprints()
        grounds = {name: assignment_digest(assignment, limits[name]) for name, assignment in asked.items()}
        recorder, marks = _Recorder(book, asked, done), dict[Key, str]()

        def end(name: str) -> None:
            turns.end(name)
            step()

        def changed() -> Iterator[Submission]:
            for key in keys:
                try:
                    submission = _read(course, asked, key)
                    mark = submission_digest(submission, grounds[submission.assignment])
                except Exception as error:
                    if concerns_all(error):
                        raise
                    recorder.fail(Submission(*key, {}), error)
                    end(key[1])
                    continue
                if known.get(key) == mark:
                    done.same += 1
                    end(key[1])
                    continue
                marks[key] = mark
                yield submission

        with (
            _workers(asked, limits, engine, cluster) as (grade, executor, at_once),
            progress("grading", len(keys)) as step,
        ):
            for submission, outcome in grade_all(changed(), grade, executor, at_once):
                recorder.record(submission, outcome, marks.pop((submission.student, submission.assignment)))
                end(submission.assignment)
    return done


def _by_modules(assignments: Mapping[str, Assignment]) -> dict[str, tuple[str, ...]]:
    """Return the modules of each assignment, those that have the same next to each other, else in their order."""
    groups = list(distinct(each.preload for each in assignments.values()))
    order = sorted(assignments, key=lambda name: groups.index(frozenset(assignments[name].preload)))
    return {name: assignments[name].preload for name in order}


class _Turns:
    """Keeps ready in the engine what the assignment needs whose turn it is, and the next that needs something else.

    `modules` are those of each assignment, in the order of their turns. With the last of its submissions goes what
    only it needed.
    """

    def __init__(self, engine: Engine, modules: Mapping[str, tuple[str, ...]]) -> None:
        self._modules, self._engine = modules, engine
        self._left = Counter(modules.keys())
        self._held = dict[frozenset[str], ExitStack]()

    def __enter__(self) -> _Turns:
        self._look()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._held.values():
            each.close()

    def begin(self, submissions: Counter[str]) -> None:
        """Learn how many submissions each assignment has, when the solutions have been tried."""
        self._left = submissions
        self._look()

    def end(self, name: str) -> None:
        """Learn that one of them is done."""
        self._left[name] -= 1
        if not self._left[name]:
            self._look()

    def _look(self) -> None:
        left = distinct(each for name, each in self._modules.items() if self._left[name])
        turns = dict(list(left.items())[:2])
        for key in [key for key in self._held if key not in turns]:
            self._held.pop(key).close()
        for key in [key for key in turns if key not in self._held]:  # in their order
            self._held[key] = ExitStack()
            self._held[key].enter_context(self._engine.hold(turns[key]))
            self._engine.warm(turns[key])


@dataclass
class _Recorder:
    """Records what came of each submission. Whatever meets one of them stops no other."""

    book: Gradebook
    assignments: Mapping[str, Assignment]
    done: BatchCounts

    def record(self, submission: Submission, outcome: Result | BaseException, mark: str) -> None:
        """Record a result, or an error that came in its place. Raises what would meet all submissions."""
        if isinstance(outcome, Result):
            try:
                self.book.record(outcome, mark, submission.files)
            except Exception as error:
                if concerns_all(error):
                    raise
                outcome = error
        if isinstance(outcome, Result):
            self._count(outcome)
        elif concerns_all(outcome) and not isinstance(outcome, GraderError):
            raise outcome
        else:
            self.fail(submission, outcome)

    def fail(self, submission: Submission, error: BaseException) -> None:
        """Let a submission wait on which the grader itself failed: a person looks, and the next run tries again."""
        student, name = submission.student, submission.assignment
        note(self.book.course, student, name, error)
        result = failed(submission, self.assignments[name], error)
        try:
            self.book.record(result, "")
        except Exception as again:
            if concerns_all(again):
                raise
            note(self.book.course, student, name, again)
            what, where = f"could not be recorded ({type(again).__name__}: {again})", f"submitted/{student}/{name}"
            self.done.refused.append(GraderError(what, where, f"see {LOG}"))
        self._count(result)

    def _count(self, result: Result) -> None:
        self.done.graded += 1
        self.done.waiting += result.waiting


def _gradable(made: AssignmentLoader, name: str) -> Assignment:
    """Return an assignment whose notebooks can be run here. Raises GraderError for another."""
    assignment = made[name]
    for template in assignment.templates:
        must_run(template.metadata, made.course.limits, f"source/{name}/{template.notebook}.ipynb")
    return assignment


def _read(course: Course, asked: dict[str, Assignment], key: Key) -> Submission:
    return read_submission(course, *key, [template.notebook for template in asked[key[1]].templates])


def grade_all(
    submissions: Iterable[Submission],
    grade: Callable[[Submission], Result],
    executor: Executor,
    at_once: int,
) -> Iterator[tuple[Submission, Result | BaseException]]:
    """Yield each submission with its result, in the order in which they finish.

    At most `at_once` submissions are read ahead, fewer large ones, so memory does not grow with the class. An error that is none of
    the student's, such as a machine that died, may be a neighbour's doing: there is a second try at the end, alone.
    If that fails too, the error comes back in place of the result. It stops nothing.
    """
    suspects: list[Submission] = []
    for submission, outcome in _finished(submissions, grade, executor, at_once):
        if isinstance(outcome, Result) or len(suspects) == _SECOND_TRIES:
            yield submission, outcome
        else:
            suspects.append(submission)
    yield from _finished(suspects, grade, executor, 1)


def _finished(
    submissions: Iterable[Submission], grade: Callable[[Submission], Result], executor: Executor, at_once: int
) -> Iterator[tuple[Submission, Result | BaseException]]:
    waiting = iter(submissions)
    running: dict[Future[Result], Submission] = {}
    most_bytes = max(_BYTES_AHEAD, at_once * 2**20)
    while True:
        for submission in waiting:
            running[executor.submit(grade, submission)] = submission
            if len(running) >= at_once or sum(map(_size, running.values())) >= most_bytes:
                break
        if not running:
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            error = future.exception()
            yield running.pop(future), error if error is not None else future.result()


def _size(submission: Submission) -> int:
    """Return the bytes of all that was handed in."""
    return sum(len(data) for group in (submission.notebooks, submission.files) for data in group.values())


@contextmanager
def _workers(
    assignments: Mapping[str, Assignment], limits: Mapping[str, Limits], engine: Engine, cluster: str
) -> Iterator[tuple[Callable[[Submission], Result], Executor, int]]:
    """Give what `grade_all` needs: function, executor, submissions at once."""
    if cluster:
        from grader.grading.cluster import on_cluster  # slow to import, and an extra

        with on_cluster(cluster, assignments, limits) as workers:
            yield workers
    else:
        threads = 2 * engine.jobs  # while one half's notebooks run, the other prepares and scores
        with _threads(engine, threads) as pool:
            yield partial(_grade, assignments, limits, engine), pool, threads


@contextmanager
def _threads(engine: Engine, number: int) -> Iterator[Executor]:
    """Give threads; an interrupt ends what the engine runs for them."""
    with ThreadPoolExecutor(number) as pool:
        try:
            yield pool
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            engine.close()
            raise


def _prepared(
    assignments: Mapping[str, Assignment], limits: Mapping[str, Limits], engine: Engine, progress: Progress
) -> tuple[dict[str, Assignment], dict[str, Exception]]:
    """Return the assignments by name, with what their own solutions have shown of their tests.

    Beside them those on which the grader itself failed, with its errors.
    """
    done, failures = dict[str, Assignment](), dict[str, Exception]()
    with _threads(engine, engine.jobs) as pool, progress("trying the solutions", len(assignments)) as step:
        tried = {name: pool.submit(_tried, each, limits[name], engine) for name, each in assignments.items()}
        for name, future in tried.items():
            try:
                done[name] = future.result()
            except Exception as error:
                if concerns_all(error):
                    raise
                failures[name] = error
            step()
    return done, failures


def _tried(assignment: Assignment, limits: Limits, engine: Engine) -> Assignment:
    with engine.hold(assignment.preload):
        return prepared(assignment, limits, engine)


def _grade(
    assignments: Mapping[str, Assignment], limits: Mapping[str, Limits], engine: Engine, submission: Submission
) -> Result:
    return grade_one(submission, assignments[submission.assignment], limits[submission.assignment], engine)
