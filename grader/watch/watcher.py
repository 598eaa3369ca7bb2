"""Look, wait until what has arrived is quiet, then collect it, grade it and write its feedback; again and again.

What the operating system tells only says when to look: where it tells nothing, a look a minute finds the same.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.course.archives import is_archive
from grader.course.collect import collect
from grader.course.filenames import is_student
from grader.course.release import AssignmentLoader
from grader.course.settings import assignment_names, preloaded
from grader.course.submissions import strays
from grader.engine.run import Engine
from grader.gradebook.book import Gradebook
from grader.grading.many import BatchCounts, grade_course
from grader.grading.mishaps import note
from grader.grading.prepare import prepared
from grader.models import LOG, Course, GraderError, Result
from grader.pages.write import is_stale, write_pages
from grader.watch.arrivals import Arrivals
from grader.watch.folders import Ears, below, is_whole, mark
from grader.watch.record import Record, now, recorded, write

LOOK_SECONDS, DEAF_SECONDS, GONE_SECONDS = 60.0, 15.0, 5.0
"""Between looks at everything: usually, where nothing is told of changes, and where a folder is missing."""
_MOST_AT_ONCE = 50
"""Submissions that are graded before the feedback of the first is written."""

Key = tuple[str, str]
"""Student and assignment."""


@dataclass
class Grading:
    """What the watcher asks of whatever grades."""

    engine: Engine

    def warm(self, course: Course, names: Sequence[str]) -> None:
        """Begin to import what the assignments need."""
        for name in names:
            self.engine.warm(preloaded(course, name), judge=course.limits_of(name).judge)

    def prepare(self, made: AssignmentLoader, name: str) -> None:
        """Try an assignment's solution, if nobody has yet."""
        prepared(made[name], made.course.limits_of(name), self.engine)

    def grade(self, made: AssignmentLoader, name: str, students: Sequence[str]) -> BatchCounts:
        return grade_course(made, [name], students, _silent, engine=self.engine)


@contextmanager
def running(jobs: int, course: Course) -> Iterator[Grading]:
    """Give what grades, as long as it is needed."""
    with Engine(jobs) as engine:
        yield Grading(engine)


@dataclass
class Watcher:
    """Watches one course; `opened` reads its settings, `tell` is given lines for a person."""

    root: Path
    opened: Callable[[], Course]
    grading: Grading
    record: Record
    tell: Callable[[str], None]
    incoming: Path | None = None
    only: str | None = None
    """The assignment of what is collected, where its names do not tell."""
    clock: Callable[[], float] = time.monotonic
    _submitted: Arrivals[Key] = field(default_factory=Arrivals)
    _incoming: Arrivals[str] = field(default_factory=Arrivals)
    _made: AssignmentLoader | None = None
    _marks: dict[str, bytes | None] = field(default_factory=dict)
    """How settings (under '') and sources looked when they were read."""
    _unprepared: list[str] = field(default_factory=list)
    _known: list[str] = field(default_factory=list)
    """Names of assignments."""
    _strays: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Watch until an interrupt ends it."""
        folders = [self.root / "submitted", *([self.incoming] if self.incoming else [])]
        self.recall()
        self._start()
        with Ears(folders) as ears:
            everything = 0.0
            while True:
                if changed := ears.renew():
                    everything = 0.0
                    self._tell_missing(changed, ears.deaf)
                if self.clock() >= everything:
                    self.look()
                    gone = any(not folder.is_dir() for folder in folders)
                    everything = self.clock() + (GONE_SECONDS if gone else DEAF_SECONDS if ears.deaf else LOOK_SECONDS)
                worked = self.work()
                due = [each for each in (self._submitted.next(), self._incoming.next()) if each is not None]
                idle = not worked and not due
                heard = ears.wait(0.0 if worked or (idle and self._unprepared) else min([everything, *due]))
                self._look_at(heard)
                if idle and not heard:
                    self._prepare_one()

    def recall(self) -> None:
        """Take over what an earlier watcher has collected."""
        for path, seen in self.record.collected.items():
            if self.incoming and Path(path).parent == self.incoming:
                self._incoming.recall(Path(path).name, bytes.fromhex(seen))

    def look(self) -> None:
        """Look at everything there is."""
        names = self._names()
        seen = {key for student in below(self.root / "submitted") for key in self._look_at_student(student, names)}
        for key in self._submitted.known():
            if key not in seen:
                self._look_at_submission(key)
        if self.incoming:
            for name in {*below(self.incoming), *self._incoming.known()}:
                self._look_at_incoming(name)
        with suppress(GraderError, OSError):
            found = {finding.where: finding.what for finding in strays(self._assignments().course)}
            for where in self._strays - found.keys():
                self.record.mend(where)
            self._strays = set(found)
            for where, what in found.items():
                self._fail(where, what)

    def work(self) -> bool:
        """Collect and grade what is quiet; tell whether there was anything."""
        if self.incoming:
            for name in self._incoming.due(self.clock()):
                self._look_at_incoming(name)
        for key in self._submitted.due(self.clock()):
            self._look_at_submission(key)
        collected = self._incoming.due(self.clock()) if self.incoming else []
        if collected:
            self._collect(collected)
        graded = self._submitted.due(self.clock())[:_MOST_AT_ONCE]
        for name in dict.fromkeys(name for _, name in graded):
            self._grade(name, [student for student, assignment in graded if assignment == name])
        if collected or graded:
            write(self.root, self.record)
        return bool(collected or graded)

    # Looking ──────────────────────────────────────────────────────────────────────────────────────

    def _place(self, key: Key) -> Path:
        return self.root / "submitted" / key[0] / key[1]

    def _look_at(self, heard: set[tuple[Path, str]]) -> None:
        for folder, name in heard:
            if folder == self.incoming:
                if name:
                    self._look_at_incoming(name)
            elif name:
                self._look_at_student(name, self._names())

    def _look_at_student(self, student: str, names: Sequence[str]) -> list[Key]:
        """Look at all that a student has handed in, and return what that is."""
        if not is_student(student):
            return []
        found = [(student, name) for name in below(self.root / "submitted" / student) if name in names]
        for key in found:
            self._look_at_submission(key)
        return found

    def _look_at_submission(self, key: Key) -> None:
        place = self._place(key)
        seen = mark(place) if place.is_dir() else None
        self._submitted.look(key, seen, self.clock(), lambda: is_whole(place))
        if seen is None:
            self.record.mend(f"submitted/{key[0]}/{key[1]}")

    def _look_at_incoming(self, name: str) -> None:
        if self.incoming:
            place = self.incoming / name
            self._incoming.look(name, mark(place), self.clock(), lambda: is_whole(place))

    def _names(self) -> list[str]:
        """Return the names of the assignments, as they were where they cannot be read now."""
        with suppress(GraderError, OSError):
            self._known = assignment_names(self._assignments().course)
        return self._known

    # Working ──────────────────────────────────────────────────────────────────────────────────────

    def _collect(self, names: Sequence[str]) -> None:
        assert self.incoming
        for group in _groups(self.incoming, names):
            where = ", ".join(group[:3]) + ("" if len(group) < 4 else f" and {len(group) - 3} more")
            with self._surviving(where, self._incoming, group):
                course = self._assignments().course
                first = self.incoming / group[0]
                if is_archive(first.name) and first.is_file():
                    done = collect(course, first, self.only)
                else:
                    done = collect(course, self.incoming, self.only, among=group)
                    if not done.submissions and first.is_dir():  # its name is nobody's: it is what holds an export
                        done = collect(course, first, self.only)
                self.record.mend(where)
                for finding in done.findings:
                    self._fail(finding.where, finding.what)
                if not done.submissions and not done.findings:
                    self._fail(where, "nothing to collect in it")
                for student, name in done.submissions:
                    self.tell(f"collected submitted/{student}/{name}")
                    self._look_at_submission((student, name))
                for name in group:
                    self._incoming.done(name)
                    if seen := self._incoming.mark(name):
                        self.record.collected[str(self.incoming / name)] = seen.hex()
        there = set(below(self.incoming))
        for path in [path for path in self.record.collected if Path(path).parent == self.incoming]:
            if Path(path).name not in there:
                del self.record.collected[path]

    def _grade(self, name: str, students: Sequence[str]) -> None:
        keys = [(student, name) for student in students]
        where = f"source/{name}"
        with self._surviving(where, self._submitted, keys):
            made = self._assignments(name)
            there = [student for student in students if self._place((student, name)).is_dir()]
            if not there:  # gone again
                return
            done = self.grading.grade(made, name, there)
            for error in done.refused if not done.graded + done.same else []:
                raise error
            self.record.mend(where)
            self.record.graded += done.graded
            with Gradebook(made.course) as book:
                marks = book.fingerprints([name], there)
                known = [student for student in there if marks.get((student, name))]
                self._write_feedback(book, made, name, known, fresh=bool(done.graded))
            for key in keys:
                place = f"submitted/{key[0]}/{name}"
                if key[0] not in there or key[0] in known:
                    self.record.mend(place)
                    self._submitted.done(key)
                else:
                    self._fail(place, "the grader itself failed on it, and tries again later")
                    self._submitted.failed(key, self.clock())

    def _write_feedback(
        self, book: Gradebook, made: AssignmentLoader, name: str, students: Sequence[str], *, fresh: bool
    ) -> None:
        """Write the pages that are not there, or older than what they show; `fresh` says that some were graded now."""
        stale = [each for each in students if (old := is_stale(made.course, each, name)) or (old is None and fresh)]
        if stale:  # noted before its page is there: whoever sees the page may ask
            self.record.last, self.record.last_at = f"{stale[-1]} {name}", now()
            results = book.results([name], stale)
            write_pages(made.course, made, results, book.comments(), _silent)
            for result in results:
                self._tell_result(result)

    def _tell_result(self, result: Result) -> None:
        more = ", waits for a person" if result.waiting else ""
        self.tell(f"graded {result.student} {result.assignment}: {result.points:g} of {result.maximum:g}{more}")

    @contextmanager
    def _surviving(self, where: str, arrivals: Arrivals[Any] | None = None, keys: Sequence[Any] = ()) -> Iterator[None]:
        """Let what fails wait, and tell why; an error of ours goes into the course's log, as in `grade`."""
        try:
            yield
            return
        except GraderError as error:
            self._fail(where, f"{error.problem} ({error.where}; fix: {error.fix})")
        except OSError as error:
            self._fail(where, f"cannot be read or written ({error.strerror or error}): {error.filename or 'the disk'}")
        except Exception as error:
            with suppress(GraderError, OSError):
                note(self._assignments().course, "(the watcher)", where, error)
            self._fail(where, f"the grader itself failed ({type(error).__name__}); {LOG} holds what happened")
        if arrivals:
            for key in keys:
                arrivals.failed(key, self.clock())

    def _fail(self, where: str, what: str) -> None:
        if self.record.fail(where, what):
            self.tell(f"{where}: {what}")

    def _tell_missing(self, folders: Sequence[Path], deaf: str) -> None:
        for folder in folders:
            if not folder.is_dir():
                self._fail(str(folder), "is not there; what comes is graded as soon as it is")
            elif deaf:
                what = f"the system tells no changes there ({deaf}), so it is looked at every {DEAF_SECONDS:g} seconds"
                self._fail(str(folder), what)
            else:
                self.record.mend(str(folder))
        write(self.root, self.record)

    # The course ───────────────────────────────────────────────────────────────────────────────────

    def _start(self) -> None:
        with self._surviving("source/"):
            course = self._assignments().course
            self._unprepared = assignment_names(course)
            self.grading.warm(course, self._unprepared)

    def _prepare_one(self) -> None:
        """Try one more solution while nobody waits for anything."""
        if self._unprepared:
            name = self._unprepared.pop(0)
            with self._surviving(f"source/{name}"):
                self.grading.prepare(self._assignments(name), name)

    def _assignments(self, name: str = "") -> AssignmentLoader:
        """Return the assignments of the course as its settings and sources are now."""
        seen = mark(self.root / "pyproject.toml", self.root / "nbgrader_config.py")
        if self._made is None or self._marks.get("") != seen:
            self._made, self._marks = AssignmentLoader(self.opened()), {"": seen}
        if name:
            seen = mark(self.root / "source" / name, self.root / "release" / name)
            if self._marks.get(name) != seen:
                self._made.pop(name, None)
                self._marks[name] = seen
        return self._made


def _groups(incoming: Path, names: Sequence[str]) -> list[list[str]]:
    """Return what is collected together: each archive and folder alone, in the order of their times, then lone files."""

    def is_alone(name: str) -> bool:
        return is_archive(name) or (incoming / name).is_dir()

    alone = sorted((_age(incoming / name), name) for name in names if is_alone(name))
    files = [name for name in names if not is_alone(name)]
    return [*([name] for _, name in alone), *([files] if files else [])]


def _age(place: Path) -> float:
    try:
        return place.stat().st_mtime
    except OSError:
        return 0.0


def _silent(what: str, total: int) -> AbstractContextManager[Callable[[], None]]:
    """Show no progress."""
    return nullcontext(lambda: None)


def incoming_folder(root: Path, folder: Path) -> Path:
    """Return the folder to collect from, as an absolute path. Raises GraderError for one that cannot be watched."""
    found = folder.resolve()
    if not found.is_dir():
        raise GraderError("no such folder", str(folder), "make it, or name the one in which archives arrive")
    kept = [root / name for name in ("source", "release", "submitted", "autograded", "feedback")]
    if root.is_relative_to(found) or any(found.is_relative_to(each) for each in kept):
        fix = "name a folder that holds nothing but what was handed in"
        raise GraderError("it holds the course, or is a part of it", str(folder), fix)
    return found


def watch(
    root: Path,
    opened: Callable[[], Course],
    tell: Callable[[str], None],
    *,
    jobs: int = 0,
    folder: Path | None = None,
    only: str | None = None,
) -> None:
    """Watch a course until Ctrl-C, or a signal that asks to end, and end what runs.

    Raises GraderError where another watches it already, and for a course or folder that cannot be watched.
    """
    incoming = incoming_folder(root, folder) if folder else None
    course = opened()
    assignment_names(course, [only] if only else ())
    with _interrupted_by_signals(), recorded(root) as record:
        try:
            (root / "submitted").mkdir(exist_ok=True)
            with running(jobs, course) as grading:
                tell(f"watching {root / 'submitted'}" + (f" and {incoming}" if incoming else "") + "; Ctrl-C ends it")
                Watcher(root, opened, grading, record, tell, incoming, only).run()
        except KeyboardInterrupt:
            tell(f"stopped; {record.graded} graded")


@contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """Let signals that ask a process to end do what Ctrl-C does."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)}
    for each, handler in before.items():
        if handler is not signal.SIG_IGN:  # nohup
            signal.signal(each, signal.default_int_handler)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
