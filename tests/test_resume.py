"""A run of `grader grade` that is killed at any point, and started again, ends as one that nobody disturbed."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import build
import killing
from build import RIGHT, filled, hand_in

WRONG = {"double": "def double(x):\n    return 0", "triple": "def triple(x):\n    return 0"}


def make(folder: Path) -> Path:
    """Make a course of three submissions: right, wrong, and unreadable."""
    course = build.course(folder)
    given = build.released(course)
    hand_in(course, "ada", filled(given, **RIGHT))
    hand_in(course, "bob", filled(given, **WRONG))
    hand_in(course, "bob", b"1,2\n", file="data.csv")
    hand_in(course, "cy", b"{")
    return course


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return make(tmp_path / "course")


def test_the_first_run_killed_anywhere(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache-whole"))
    whole = shutil.copytree(course, tmp_path / "whole")
    steps, wanted = killing.graded(whole), killing.left(whole)
    assert len(steps) > 100
    for place in range(0, len(steps), 16):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / f"cache-{place}"))  # each tries the solution itself
        folder = shutil.copytree(course, tmp_path / f"killed-{place}")
        killing.graded(folder, kill_at=place)
        killing.graded(folder)
        assert killing.left(folder) == wanted, f"killed before step {place}: {steps[place]}"


@pytest.mark.parametrize("changed", [True, False], ids=["changed", "the same"])
def test_a_submission_graded_again_and_killed(course: Path, changed: bool) -> None:
    killed_and_resumed(course, changed, 3 if changed else 1, shutil.copytree)


def killed_and_resumed(course: Path, changed: bool, stride: int, copy: Callable[[Path, Path], Path]) -> None:
    """Grade a class, grade one submission again in a copy, and kill that at steps `stride` apart in other copies."""
    killing.graded(course, run=1)
    if changed:
        hand_in(course, "bob", filled(build.released(course), **{**WRONG, "triple": RIGHT["triple"]}))
        (course / "submitted/bob/numbers/data.csv").unlink()
    before = killing.left(course)
    again = ("--again", "--student", "bob")
    whole = copy(course, course.parent / "whole")
    steps = killing.graded(whole, *again, run=2)
    after = killing.left(whole)
    assert after != before
    for place in range(steps.index("os.mkdir"), len(steps), stride):
        folder = copy(course, course.parent / f"killed-{place}")
        killing.graded(folder, *again, run=2, kill_at=place)
        killing.graded(folder, run=2)
        found = killing.left(folder)
        assert found == after or (found == before and not changed), f"killed before step {place}: {steps[place]}"


def test_a_real_run_killed_when_the_notebooks_of_the_second_submission_appear(course: Path, tmp_path: Path) -> None:
    slow = f"import time\ntime.sleep(2)\n{RIGHT['double']}"
    hand_in(course, "dan", filled(build.released(course), **{**RIGHT, "double": slow}))
    whole = shutil.copytree(course, tmp_path / "whole")
    assert build.run("grade", "--course", whole).returncode == 0
    command = [sys.executable, "-m", "grader.cli", "grade", "--jobs", "1", "--course", str(course)]
    with (
        tempfile.TemporaryDirectory(prefix="killed-", ignore_cleanup_errors=True) as left,  # for what it leaves behind
        subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "TMPDIR": left}) as grading,
    ):
        while grading.poll() is None and len(list(course.glob("autograded/*/numbers"))) < 2:
            time.sleep(0.005)
        grading.kill()
    assert grading.returncode == -9, "it ended before it could be killed"
    done = build.run("grade", "--course", course)
    assert done.returncode == 0 and "0 unchanged" not in done.stdout
    assert killing.left(course) == killing.left(whole)
