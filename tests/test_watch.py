"""`grader watch`: what has arrived and is quiet is collected and graded, once, whatever happens meanwhile."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

import build
from build import RIGHT, filled, hand_in
from grader.course.release import AssignmentLoader
from grader.course.settings import open_course
from grader.gradebook.book import Gradebook
from grader.grading.many import BatchCounts
from grader.grading.one import failed
from grader.models import Ending, GraderError, Submission
from grader.watch import record as records
from grader.watch.arrivals import BRIEF, LONG, Arrivals
from grader.watch.folders import Ears, is_shown, is_whole, mark
from grader.watch.watcher import Watcher, incoming_folder

# What is quiet ────────────────────────────────────────────────────────────────────────────────────


def test_what_has_not_changed_for_a_while_is_due() -> None:
    seen = Arrivals[str]()
    seen.look("ada", b"1", 0.0)
    assert seen.due(BRIEF / 2) == [] and seen.due(BRIEF) == ["ada"] and seen.next() == BRIEF


def test_each_change_begins_the_wait_anew_and_a_look_alone_does_not() -> None:
    seen = Arrivals[str]()
    seen.look("ada", b"1", 0.0)
    seen.look("ada", b"2", 1.0)
    seen.look("ada", b"2", 1.0 + BRIEF / 2)
    assert seen.next() == 1.0 + BRIEF


def test_what_does_not_look_whole_waits_longer_and_not_for_ever() -> None:
    seen = Arrivals[str]()
    seen.look("ada", b"1", 0.0, lambda: False)
    assert seen.due(BRIEF) == [] and seen.due(LONG) == ["ada"]


def test_what_is_done_is_due_again_only_when_it_changes() -> None:
    seen = Arrivals[str]()
    seen.look("ada", b"1", 0.0)
    seen.done("ada")
    seen.look("ada", b"1", 1.0)
    assert seen.next() is None
    seen.look("ada", b"2", 2.0)
    assert seen.due(2.0 + BRIEF) == ["ada"]


def test_what_changes_back_to_what_was_done_is_not_due() -> None:
    seen = Arrivals[str]()
    seen.recall("ada", b"1")
    seen.look("ada", b"2", 0.0)
    seen.look("ada", b"1", 0.1)
    assert seen.next() is None


def test_what_failed_is_due_later_each_time_until_it_changes() -> None:
    seen, waits = Arrivals[str](), []
    seen.look("ada", b"1", 0.0)
    for _ in range(9):
        seen.failed("ada", 100.0)
        waits.append((seen.next() or 0.0) - 100.0)
    assert waits[:3] == [15.0, 30.0, 60.0] and waits[-1] == 600.0
    seen.look("ada", b"2", 200.0)
    seen.failed("ada", 300.0)
    assert seen.next() == 315.0


def test_what_is_gone_is_forgotten() -> None:
    seen = Arrivals[str]()
    for key in ("ada", "bob"):
        seen.look(key, b"1", 0.0)
    seen.done("bob")
    seen.look("ada", None, 1.0)
    seen.look("bob", None, 1.0)
    assert seen.known() == [] and seen.next() is None


def test_what_waits_longest_comes_first() -> None:
    seen = Arrivals[str]()
    for key, at in (("cy", 2.0), ("ada", 0.0), ("bob", 1.0)):
        seen.look(key, b"1", at)
    assert seen.due(9.0) == ["ada", "bob", "cy"]


# What lies there ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "content", "whole"),
    [
        ("hw.ipynb", '{"cells": []}\n', True),
        ("hw.ipynb", '{"cells": []}'.encode("utf-16"), True),
        ("hw.ipynb", '{"cells": [', False),
        ("hw.ipynb", "", False),
        ("data.csv", "1,2", False),
        ("hw.zip", b"PK\x03\x04 and more", False),
    ],
)
def test_a_hand_in_is_whole_where_its_notebooks_end(
    tmp_path: Path, name: str, content: str | bytes, whole: bool
) -> None:
    assert is_whole(build.write(tmp_path / "ada" / name, content).parent) == whole


def test_one_notebook_that_is_cut_off_makes_a_hand_in_incomplete(tmp_path: Path) -> None:
    build.write(tmp_path / "one.ipynb", "{}")
    assert is_whole(tmp_path)
    build.write(tmp_path / "two.ipynb", "{")
    assert not is_whole(tmp_path)


def test_an_archive_is_whole_with_its_table(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("ada/hw.ipynb", "{}" * 100)
    data = (tmp_path / "all.zip").read_bytes()
    assert is_whole(tmp_path / "all.zip")
    assert not is_whole(build.write(tmp_path / "cut.zip", data[:-30]))


def test_a_mark_changes_with_what_is_there_and_is_none_for_what_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "ada"
    assert mark(folder) is None
    build.write(folder / "hw.ipynb", "{}")
    first = mark(folder)
    assert first == mark(folder) is not None
    build.write(folder / "data.csv", "1")
    assert mark(folder) not in (None, first)


def test_names_that_programs_give_for_a_while_are_not_looked_at() -> None:
    assert [
        name for name in ("hw.zip", "hw.zip.part", "hw.zip.crdownload", ".hw.zip.x3", "hw.ipynb~", "") if is_shown(name)
    ] == ["hw.zip"]


def test_ears_hear_of_a_file_in_a_folder_that_is_new(tmp_path: Path) -> None:
    with Ears([tmp_path]) as ears:
        build.write(tmp_path / "ada" / "hw" / "hw.ipynb", "{}")
        assert ears.wait(time.monotonic() + 30) == {(tmp_path, "ada")}


def test_ears_hear_again_when_a_folder_that_was_gone_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "submitted"
    folder.mkdir()
    with Ears([folder]) as ears:
        assert ears.renew() == []
        shutil.rmtree(folder)
        assert ears.renew() == [folder] == ears.renew()
        folder.mkdir()
        assert ears.renew() == [folder] and ears.renew() == []
        build.write(folder / "ada" / "hw.ipynb", "{}")
        until = time.monotonic() + 30
        while (folder, "ada") not in ears.wait(until):
            assert time.monotonic() < until


def test_a_system_that_watches_no_more_folders_is_no_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    with Ears([]) as ears:
        ears.folders = (tmp_path,)
        monkeypatch.setattr(ears._observer, "schedule", full)
        assert ears.renew() == [tmp_path] and ears.deaf == "inotify watch limit reached"


# The record ───────────────────────────────────────────────────────────────────────────────────────


def test_a_course_has_one_watcher_and_its_record_says_who(tmp_path: Path) -> None:
    assert not records.is_running(tmp_path)
    with records.recorded(tmp_path) as mine:
        assert records.is_running(tmp_path) and mine.process == os.getpid()
        with pytest.raises(GraderError, match=f"watched already .process {os.getpid()}"), records.recorded(tmp_path):
            pass
        assert not records.read(tmp_path).stopped
    assert not records.is_running(tmp_path) and records.read(tmp_path).stopped


def test_a_record_that_cannot_be_read_or_written_stops_nobody(tmp_path: Path) -> None:
    build.write(tmp_path / ".watch" / "state.json", "[")
    with records.recorded(tmp_path) as mine:
        shutil.rmtree(tmp_path / ".watch")
        records.write(tmp_path, mine)
    assert records.read(tmp_path) == records.Record()


def test_what_was_collected_is_known_to_the_next(tmp_path: Path) -> None:
    with records.recorded(tmp_path) as mine:
        mine.collected["in/all.zip"] = "00"
    with records.recorded(tmp_path) as mine:
        assert mine.collected == {"in/all.zip": "00"}


def test_a_failure_is_news_once_until_it_is_mended() -> None:
    said = records.Record()
    assert said.fail("disk", "is full") and not said.fail("disk", "is full")
    said.mend("disk")
    assert said.failures == [] and said.fail("disk", "is full")


def test_of_many_failures_the_last_are_kept() -> None:
    said = records.Record()
    for number in range(100):
        said.fail(f"place {number}", "is full")
    assert len(said.failures) < 50 and said.failures[-1][0] == "place 99"


# Rounds, without kernels ──────────────────────────────────────────────────────────────────────────


@dataclass
class FakeEngine:
    """Records results that nobody ran; an error, once given, is raised instead."""

    jobs: int = 1
    error: Exception | None = None
    mark: str = "graded"
    asked: list[tuple[str, list[str]]] = field(default_factory=list)

    def warm(self, *_: object) -> None: ...

    def prepare(self, *_: object) -> None: ...

    def grade(self, made: AssignmentLoader, name: str, students: Sequence[str]) -> BatchCounts:
        self.asked.append((name, list(students)))
        if self.error:
            raise self.error
        assignment, done = made[name], BatchCounts()
        with Gradebook(made.course) as book:
            book.register(assignment)
            known = book.fingerprints()
            for student in students:
                content = (made.course.root / "submitted" / student / name / f"{name}.ipynb").read_text()
                mark = self.mark and f"{self.mark} {content}"
                if mark and known.get((student, name)) == mark:
                    done.same += 1
                    continue
                result = failed(Submission(student, name, {}), assignment, ValueError())
                book.record(replace(result, ending=Ending.FINISHED, notebooks={name: build.notebook()}), mark)
                done.graded += 1
        return done


class Bench:
    """A watcher of a small course, its clock, and what it says."""

    def __init__(self, folder: Path, before: records.Record | None = None) -> None:
        self.root, self.incoming, self.now = folder / "course", folder / "in", 0.0
        if not self.root.exists():
            build.course(self.root)
            self.incoming.mkdir()
        self.engine, self.record, self.said = FakeEngine(), before or records.Record(), list[str]()
        self.watcher = Watcher(
            self.root,
            lambda: open_course(self.root),
            self.engine,  # type: ignore[arg-type]
            self.record,
            self.said.append,
            self.incoming,
            clock=lambda: self.now,
        )
        self.watcher.recall()

    def hand_in(self, student: str, content: str = '{"cells": []}', name: str = "numbers") -> Path:
        return hand_in(self.root, student, content, name)

    def after(self, seconds: float) -> None:
        """Look at once, and do what is due after some seconds."""
        self.watcher.look()
        self.now += seconds
        self.watcher.work()

    def page(self, student: str, name: str = "numbers") -> Path:
        return self.root / "feedback" / student / name / f"{name}.html"

    @property
    def failing(self) -> dict[str, str]:
        return {where: what for where, what, _ in self.record.failures}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_what_is_quiet_is_graded_once_and_its_page_is_written(bench: Bench) -> None:
    bench.hand_in("ada")
    for _ in range(3):
        bench.after(BRIEF)
    assert bench.engine.asked == [("numbers", ["ada"])] and bench.page("ada").is_file()
    assert bench.record.graded == 1 and bench.record.last == "ada numbers"
    assert [line for line in bench.said if line.startswith("graded ada numbers")]


def test_what_is_still_written_is_not_graded(bench: Bench) -> None:
    for size in range(1, 5):
        bench.hand_in("ada", '{"cells": ' + size * " " + "[]}")
        bench.after(BRIEF / 2)
    assert bench.engine.asked == []


def test_what_changes_between_two_looks_is_not_graded_when_it_would_be_due(bench: Bench) -> None:
    bench.hand_in("ada")
    bench.watcher.look()
    bench.hand_in("ada", '{"cells": [], "more": 1}')
    bench.now += BRIEF
    assert not bench.watcher.work() and bench.engine.asked == []


def test_a_notebook_that_stays_cut_off_is_graded_as_it_is(bench: Bench) -> None:
    bench.hand_in("ada", '{"cells": [')
    bench.after(BRIEF)
    assert bench.engine.asked == []
    bench.after(LONG)
    assert bench.engine.asked == [("numbers", ["ada"])]


def test_a_hand_in_that_changes_is_graded_again(bench: Bench) -> None:
    bench.hand_in("ada")
    bench.after(BRIEF)
    before = bench.page("ada").stat().st_mtime_ns
    bench.hand_in("ada", '{"cells": [], "more": 1}')
    bench.after(BRIEF)
    assert len(bench.engine.asked) == 2 and bench.page("ada").stat().st_mtime_ns > before


def test_what_has_no_name_of_a_student_or_an_assignment_is_told_once_and_left_alone(bench: Bench) -> None:
    place = bench.hand_in("ada", name="nombers").parent
    bench.after(LONG)
    bench.after(LONG)
    assert bench.engine.asked == [] and sum("nombers" in line for line in bench.said) == 1
    shutil.rmtree(place)
    bench.after(LONG)
    assert bench.failing == {}


def test_an_archive_is_collected_and_what_it_holds_is_graded(bench: Bench) -> None:
    with zipfile.ZipFile(bench.incoming / "all.zip", "w") as archive:
        archive.writestr("ada/numbers/numbers.ipynb", "{}")
    bench.after(BRIEF)
    bench.after(BRIEF)
    assert bench.engine.asked == [("numbers", ["ada"])] and bench.said[0] == "collected submitted/ada/numbers"


@pytest.mark.parametrize("name", ["ada/numbers/numbers.ipynb", "export/numbers/ada/numbers.ipynb", "ada_numbers.ipynb"])
def test_folders_and_lone_files_are_collected_by_their_names(bench: Bench, name: str) -> None:
    build.write(bench.incoming / name, "{}")
    bench.after(BRIEF)
    bench.after(BRIEF)
    assert bench.engine.asked == [("numbers", ["ada"])]


def test_what_was_collected_is_not_collected_again_by_the_next_watcher(bench: Bench, tmp_path: Path) -> None:
    build.write(bench.incoming / "ada" / "numbers.ipynb", "{}")
    bench.after(BRIEF)
    later = Bench(tmp_path, records.Record(collected=bench.record.collected))
    hand_in(bench.root, "ada", '{"by": "hand"}')
    later.after(BRIEF)
    assert '"hand"' in (bench.root / "submitted/ada/numbers/numbers.ipynb").read_text()
    build.write(bench.incoming / "ada" / "numbers.ipynb", '{"new": 1}')
    later.after(BRIEF)
    assert '"new"' in (bench.root / "submitted/ada/numbers/numbers.ipynb").read_text()


def test_what_is_no_longer_in_the_folder_is_not_remembered(bench: Bench) -> None:
    for student in ("ada", "bob"):
        build.write(bench.incoming / student / "numbers.ipynb", "{}")
        bench.after(BRIEF)
        shutil.rmtree(bench.incoming / "ada", ignore_errors=True)
    assert list(bench.record.collected) == [str(bench.incoming / "bob")]


def test_an_archive_that_is_none_is_told_and_stops_no_other(bench: Bench) -> None:
    build.write(bench.incoming / "broken.zip", "PK")
    build.write(bench.incoming / "ada" / "numbers.ipynb", "{}")
    bench.after(LONG)
    bench.after(BRIEF)
    assert "broken.zip" in bench.failing and bench.engine.asked == [("numbers", ["ada"])]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "gradebook.db"),
        GraderError("cannot be written", "feedback/", "make room"),
        ZeroDivisionError("ours"),
    ],
    ids=["full disk", "two lines", "a fault of ours"],
)
def test_what_fails_is_told_once_and_tried_again_until_it_is_mended(bench: Bench, error: Exception) -> None:
    bench.hand_in("ada")
    bench.engine.error = error
    bench.after(BRIEF)
    bench.after(BRIEF)
    assert len(bench.engine.asked) == 1 and "source/numbers" in bench.failing
    bench.after(15)
    assert len(bench.engine.asked) == 2 and len(bench.said) == 1
    bench.engine.error = None
    bench.after(30)
    assert bench.failing == {} and bench.page("ada").is_file()
    assert ("ours" in (bench.root / "grader.log").read_text()) if isinstance(error, ZeroDivisionError) else True


def test_a_hand_in_on_which_the_grader_failed_gets_no_page_and_another_try(bench: Bench) -> None:
    bench.hand_in("ada")
    bench.engine.mark = ""
    bench.after(BRIEF)
    assert not bench.page("ada").exists() and "submitted/ada/numbers" in bench.failing
    bench.engine.mark = "graded"
    bench.after(15)
    assert bench.page("ada").is_file() and bench.failing == {}


def test_a_hand_in_that_is_gone_fails_no_longer(bench: Bench) -> None:
    place = bench.hand_in("ada").parent
    bench.engine.mark = ""
    bench.after(BRIEF)
    assert bench.failing
    shutil.rmtree(place)
    bench.watcher.look()
    assert bench.failing == {}


def test_a_source_that_is_refused_stops_its_own_assignment_alone(bench: Bench) -> None:
    build.course(bench.root, name="more")
    build.write(bench.root / "source/numbers/numbers.ipynb", "no notebook")
    bench.hand_in("ada")
    bench.hand_in("ada", name="more")
    bench.after(BRIEF)
    assert bench.page("ada", "more").is_file() and not bench.page("ada").exists()
    assert list(bench.failing) == ["source/numbers"]
    build.course(bench.root)
    bench.after(15)
    assert bench.page("ada").is_file() and bench.failing == {}


def test_a_setting_that_is_mistaken_meanwhile_is_told_and_read_again_when_it_is_mended(bench: Bench) -> None:
    bench.hand_in("ada")
    bench.after(BRIEF)
    build.write(bench.root / "pyproject.toml", "[tool.grader]\nhint = true")
    bench.hand_in("bob")
    bench.after(BRIEF)
    assert any("unknown setting 'hint'" in what for what in bench.failing.values())
    build.write(bench.root / "pyproject.toml", "[tool.grader]\nhints = true")
    bench.after(15)
    assert bench.page("bob").is_file() and bench.failing == {}


def test_a_source_that_changes_holds_for_what_arrives_afterwards(bench: Bench) -> None:
    bench.hand_in("ada")
    bench.after(BRIEF)
    build.write(bench.root / "source/numbers/numbers.ipynb", build.notebook(*build.DOUBLE[:4]))
    bench.hand_in("bob")
    bench.after(BRIEF)
    with Gradebook(open_course(bench.root)) as book:
        points = {result.student: result.maximum for result in book.results(["numbers"])}
    assert points["bob"] == 3


def test_a_page_that_a_killed_watcher_did_not_write_is_written_and_one_that_it_did_is_not(
    bench: Bench, tmp_path: Path
) -> None:
    for student in ("ada", "bob"):
        bench.hand_in(student)
    bench.after(BRIEF)
    bench.page("ada").unlink()
    written = bench.page("bob").stat().st_mtime_ns
    later = Bench(tmp_path)
    later.after(BRIEF)
    assert bench.page("ada").is_file() and bench.page("bob").stat().st_mtime_ns == written
    assert later.record.graded == 0 and [line.split(":")[0] for line in later.said] == ["graded ada numbers"]


def test_folders_that_are_gone_are_waited_for(bench: Bench) -> None:
    bench.hand_in("ada")
    bench.after(BRIEF)
    (bench.root / "submitted").rename(bench.root / "away")
    bench.after(BRIEF)
    (bench.root / "away").rename(bench.root / "submitted")
    bench.hand_in("bob")
    bench.after(BRIEF)
    assert bench.page("bob").is_file() and bench.failing == {}


def test_a_folder_that_is_gone_before_its_turn_is_nobodys_failure(bench: Bench) -> None:
    bench.hand_in("ada")
    bench.watcher.look()
    shutil.rmtree(bench.root / "submitted")
    bench.now += BRIEF
    bench.watcher.work()
    bench.watcher._grade("numbers", ["ada"])  # gone since the last look
    assert bench.engine.asked == [] and bench.failing == {}


@pytest.mark.parametrize("name", ["", "submitted", "source/numbers", "..", "nowhere"])
def test_a_folder_that_holds_the_course_or_is_of_it_is_not_collected_from(bench: Bench, name: str) -> None:
    (bench.root / "submitted").mkdir()
    with pytest.raises(GraderError):
        incoming_folder(bench.root, bench.root / name)


def test_a_folder_beside_the_courses_own_is_collected_from(bench: Bench) -> None:
    (bench.root / "inbox").mkdir()
    assert incoming_folder(bench.root, bench.root / "inbox") == bench.root / "inbox"


# The command ──────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def watching(course: Path, *options: str | Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "grader", "watch", *map(str, options), "--course", str(course)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(found: Callable[[], object]) -> None:
    until = time.monotonic() + 120
    while not found():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_course_is_watched_by_one_through_a_kill_and_until_it_is_asked_to_end(tmp_path: Path) -> None:
    course = build.course(tmp_path / "course")
    given = build.released(course)
    page = {name: course / f"feedback/{name}/numbers/numbers.html" for name in ("ada", "bob", "cy", "dan")}
    hand_in(course, "ada", filled(given, **RIGHT))
    with watching(course) as process:
        wait_for(page["ada"].exists)
        assert build.run("watch", "--course", course).returncode == 2
        done = build.run("watch", "--status", "--course", course)
        assert done.returncode == 0 and f"process {process.pid}" in done.stdout
        process.kill()
    wait_for(lambda: not records.is_running(course))
    done = build.run("watch", "--status", "--course", course)
    assert done.returncode == 1 and "ended without a word" in done.stdout
    hand_in(course, "bob", "{")
    incoming = tmp_path / "in"
    incoming.mkdir()
    with watching(course, incoming) as process:
        wait_for(page["bob"].exists)
        build.write(incoming / "cy" / "numbers.ipynb", filled(given, **RIGHT))
        wait_for(page["cy"].exists)
        hand_in(course, "dan", given)
        wait_for(page["dan"].exists)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[0]
        assert process.returncode == 0 and said.endswith("stopped; 3 graded\n"), said
    points = {student: row["points"] for (student, _), row in build.results(course).items()}
    assert points == {"ada": 4, "bob": 0, "cy": 4, "dan": 0}
    done = build.run("watch", "--status", "--course", course)
    assert done.returncode == 1 and "stopped at" in done.stdout and "3 graded, the last: dan numbers" in done.stdout
