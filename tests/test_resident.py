"""Commands that people wait for are run by a process that stays, and nobody can tell but by the clock."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import build
from build import RIGHT, filled, hand_in
from grader.__main__ import quick
from grader.engine.forks import resident

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks as it is needed here")
eventually = partial(build.eventually, seconds=60.0)
SLEEPS = "def double(x):\n    import time\n    open('/proc/self/comm', 'w').write('asleep-here')\n    time.sleep(600)"


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables of a user whose processes that stay are in a folder of their own; with the tests they end."""
    folder, temporary = tmp_path_factory.mktemp("runtime"), tmp_path_factory.mktemp("temporary")
    yield {**os.environ, "XDG_RUNTIME_DIR": str(folder), "TMPDIR": str(temporary), "GRADER_WARM": "1"}
    for number in residents(folder):
        os.kill(number, signal.SIGKILL)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build.course(tmp_path_factory.mktemp("course"), settings='preload = ["numpy"]')
    given = build.released(folder)
    build.write(folder / "right.ipynb", filled(given, **RIGHT))
    build.write(folder / "wrong.ipynb", filled(given, **RIGHT | {"double": "def double(x):\n    return print(x)"}))
    build.write(folder / "open.ipynb", given)
    build.write(folder / "sleeps.ipynb", filled(given, **RIGHT | {"double": SLEEPS}))
    reads = "word = open('beside.txt').read()\ndef double(x):\n    print(word)\n    return x + x"
    build.write(folder / "beside.txt", "lies beside it")
    build.write(folder / "reads.ipynb", filled(given, **RIGHT | {"double": reads}))
    hand_in(folder, "ada", filled(given, **RIGHT))
    return folder


def grader(*arguments: str, course: Path, variables: dict[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "grader", *arguments]
    return subprocess.run(command, cwd=course, env=variables | more, capture_output=True, text=True)


def residents(folder: Path) -> list[int]:
    """Return the numbers of the processes whose sockets lie in a runtime folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        if "commands" in words and any(word.startswith(str(folder)) for word in words):
            found.append(int(path.parent.name))
    return found


def asleep() -> list[int]:
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/comm") if said(path) == "asleep-here"]


def said(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", "right.ipynb"], 0), (["check", "wrong.ipynb"], 1), (["check", "open.ipynb"], 1),
        (["check", "reads.ipynb"], 0), (["check", "right.ipynb", "wrong.ipynb"], 1),
        (["check", "none.ipynb"], 2), (["check"], 2), (["check", "--no-such"], 2),
    ],
)  # fmt: skip
def test_what_is_said_and_the_exit_code_are_those_of_the_ordinary_way(
    arguments: list[str], code: int, course: Path, variables: dict[str, str]
) -> None:
    warm, cold = (grader(*arguments, course=course, variables=variables, GRADER_WARM=way) for way in "10")
    assert (warm.stdout, warm.stderr, warm.returncode) == (cold.stdout, cold.stderr, cold.returncode)
    assert warm.returncode == code


def test_one_process_serves_all_commands_of_a_course(course: Path, variables: dict[str, str]) -> None:
    grader("check", "right.ipynb", course=course, variables=variables)
    first = residents(Path(variables["XDG_RUNTIME_DIR"]))
    grader("check", "wrong.ipynb", course=course, variables=variables)
    assert first and residents(Path(variables["XDG_RUNTIME_DIR"])) == first


def test_one_student_is_graded_as_by_the_ordinary_way(course: Path, variables: dict[str, str]) -> None:
    rows = []
    for way in "10":
        done = grader("grade", "--again", "--student", "ada", course=course, variables=variables, GRADER_WARM=way)
        assert done.returncode == 0, done.stderr
        rows.append(build.results(course)["ada", "numbers"])
    assert rows[0] == rows[1] and rows[0]["points"] == 4


def test_a_command_works_where_it_was_called_with_what_it_was_given(
    course: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    name = build.write(tmp_path / "here" / "mine.ipynb", build.read(course / "right.ipynb")).name
    done = grader("check", name, "--html", "page.html", course=tmp_path / "here", variables=variables)
    assert done.returncode == 0 and (tmp_path / "here" / "page.html").is_file(), done.stderr


def test_whoever_ends_the_process_that_stays_costs_nobody_a_command(course: Path, variables: dict[str, str]) -> None:
    grader("check", "right.ipynb", course=course, variables=variables)
    for number in residents(Path(variables["XDG_RUNTIME_DIR"])):
        os.kill(number, signal.SIGKILL)
    assert eventually(lambda: not residents(Path(variables["XDG_RUNTIME_DIR"])))
    assert grader("check", "right.ipynb", course=course, variables=variables).returncode == 0
    assert residents(Path(variables["XDG_RUNTIME_DIR"]))


def test_a_process_that_does_not_begin_is_taken_for_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resident, "_BEGIN_SECONDS", 0.05)
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(resident.EndedError):
        resident._run(ours, ["check"])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_with_the_command_ends_all_that_it_started(number: int, course: Path, variables: dict[str, str]) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "grader", "check", "sleeps.ipynb"],
        cwd=course, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert eventually(asleep)
    command.send_signal(number)
    command.communicate()
    assert command.returncode == (130 if number == signal.SIGINT else -number)
    assert eventually(lambda: not asleep())
    assert eventually(lambda: not [*Path(variables["TMPDIR"]).glob("grader-*")])


def test_a_module_that_starts_a_thread_is_left_to_the_kernels(
    course: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    build.write(
        tmp_path / "lib" / "restless.py",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
    )
    folder = build.course(tmp_path / "course", settings='preload = ["restless", "numpy"]')
    build.write(folder / "mine.ipynb", build.read(course / "right.ipynb"))
    run = {"PYTHONPATH": str(tmp_path / "lib"), "XDG_RUNTIME_DIR": variables["XDG_RUNTIME_DIR"]}
    done = grader("check", "mine.ipynb", course=folder, variables=variables, **run)
    assert done.returncode == 0, done.stderr
    found = [Path(f"/proc/{each}/cmdline").read_text() for each in residents(Path(variables["XDG_RUNTIME_DIR"]))]
    assert any("numpy" in words and "restless" not in words and "grader.cli" in words for words in found)


def test_where_there_can_be_no_such_process_the_command_runs_here(
    course: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "grader").mkdir(mode=0o777)
    (tmp_path / "grader").chmod(0o777)  # others could put a socket of theirs there
    done = grader("check", "right.ipynb", course=course, variables=variables, XDG_RUNTIME_DIR=str(tmp_path))
    assert done.returncode == 0 and not residents(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ("check a.ipynb", True), ("pack 06", True), ("grade 06 --student ada", True), ("grade --student=ada", True),
        ("grade", False), ("grade --student ada --cluster tcp://127.0.0.1:1", False), ("results", False), ("", False),
    ],
)  # fmt: skip
def test_what_people_wait_for_is_quick(arguments: str, asked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRADER_WARM", raising=False)
    assert quick(arguments.split()) == asked
    monkeypatch.setenv("GRADER_WARM", "0")
    assert not quick(arguments.split())
