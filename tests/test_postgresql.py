"""A gradebook in PostgreSQL, on a real server: the same results as in a file, killed and resumed, and many graders at once."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import build
import killing
import test_gradebook
import test_resume
from grader.course.settings import open_course

PROGRAMS = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), Path()).parent
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(not PROGRAMS.name, reason="not run: no postgresql on this machine"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server of its own, reached through a socket in its folder; the options of an address."""
    root = os.geteuid() == 0  # as whom the server refuses to run
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        if root:
            shutil.chown(name, "nobody")
        run = ["setpriv", "--pdeathsig=INT", *(["--reuid=nobody", "--clear-groups"] if root else [])]
        data = ["-D", f"{name}/data"]
        make = [
            *run,
            PROGRAMS / "initdb",
            *data,
            "-A",
            "trust",
            "-U",
            "grader",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(make, cwd=name, check=True, capture_output=True)
        command = [*run, PROGRAMS / "postgres", *data, "-k", name, "-c", "listen_addresses=", "-F"]
        with open(f"{name}/log", "w") as log, subprocess.Popen(command, cwd=name, stdout=log, stderr=log) as process:
            try:
                until = time.monotonic() + 60
                while not answers(name):
                    assert process.poll() is None and time.monotonic() < until, Path(f"{name}/log").read_text()
                    time.sleep(0.05)
                yield f"host={name}"
            finally:
                process.send_signal(signal.SIGQUIT)
                process.wait(30)


def answers(folder: str) -> bool:
    try:
        psycopg.connect(f"host={folder} user=grader dbname=postgres").close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture
def course(server: str, tmp_path: Path) -> Path:
    """A course of three submissions, to be graded into a database of its own."""
    return kept_at(test_resume.make(tmp_path / "course"), database(server, tmp_path.name))


def database(server: str, name: str, template: str = "template1") -> str:
    """Make a new database, empty or a copy of another, and return its address."""
    with psycopg.connect(f"{server} user=grader dbname=postgres", autocommit=True) as db:
        db.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"postgresql://grader@/{name}?{server}"


def kept_at(folder: Path, address: str) -> Path:
    build.write(folder / "pyproject.toml", f'[tool.grader]\ngradebook = "{address}"\n')
    return folder


def test_the_results_are_those_of_a_file_and_stay(course: Path, tmp_path: Path) -> None:
    file = kept_at(shutil.copytree(course, tmp_path / "file"), f"sqlite:///{tmp_path}/gradebook.db")
    for folder in (course, file):
        killing.graded(folder)
    before = killing.left(course)
    assert len(before["grade"]) == 3 * 4
    assert build.results(course) == build.results(file)
    assert "3 unchanged" in build.run("grade", "--course", course).stdout
    killing.graded(course, "--again")
    assert killing.left(course) == before


def test_killed_and_resumed(course: Path, server: str, tmp_path: Path) -> None:
    def copy(folder: Path, target: Path) -> Path:
        return kept_at(shutil.copytree(folder, target), database(server, target.name, tmp_path.name))

    test_resume.killed_and_resumed(course, changed=True, stride=4, copy=copy)


def test_nbgrader_reads_the_same_points_at_the_same_address(course: Path) -> None:
    from nbgrader.api import Gradebook

    killing.graded(course)
    address = open_course(course).gradebook
    with Gradebook(address) as book:
        points = {one.student.id: one.score for one in book.assignment_submissions("numbers")}
    assert points == {student: row["points"] for (student, _), row in build.results(course).items()}
    assert points["ada"] > points["bob"] >= points["cy"]
    build.write(course / "nbgrader_config.py", f"c = get_config()\nc.CourseDirectory.db_url = {address!r}\n")
    done = subprocess.run([sys.executable, "-m", "nbgrader", "export"], cwd=course, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "ada" in (course / "grades.csv").read_text("utf-8")


def test_two_graders_at_once_on_a_new_gradebook(course: Path) -> None:
    command = [sys.executable, "-m", "grader.cli", "grade", "--course", str(course), "--student"]
    both = [subprocess.Popen([*command, one], stderr=subprocess.PIPE, text=True) for one in ("ada", "bob")]
    told = [one.communicate()[1] for one in both]
    assert [one.returncode for one in both] == [0, 0], told
    assert {key[0]: row["points"] for key, row in build.results(course).items()} == {"ada": 4, "bob": 0}


def test_many_graders_at_once(course: Path) -> None:
    test_gradebook.graded_by_many(course)


def test_cells_and_notebooks_may_come_and_go(course: Path) -> None:
    test_gradebook.cells_come_and_go(course)


def test_a_driver_that_is_missing_is_one_clear_message(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    done = build.run("results", "--course", course)
    assert done.returncode == 2
    assert "pip install 'psycopg[binary]'" in done.stderr and len(done.stderr.splitlines()) == 2
