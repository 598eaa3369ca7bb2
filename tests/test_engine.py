"""What an engine owns ends with it; what it was given does not."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import build
from grader.engine import kernels, scratch
from grader.engine.forks import client
from grader.engine.run import Engine
from grader.models import CellPlan, Ending, Executed, Job, Limits

eventually = partial(build.eventually, seconds=20.0)
LIMITS = Limits(cell_seconds=20.0, confined=False)
SAY = build.notebook(build.code("a", "import os; print(os.getpid(), os.getppid(), os.getcwd())"))


def said(done: Executed) -> tuple[int, int, Path]:
    """Return the numbers of the process and of its fork server, and the folder that it ran in."""
    process, server, folder = done.notebook["cells"][0]["outputs"][0]["text"].split()
    return int(process), int(server), Path(folder)


def execute(engine: Engine, *modules: str, plan: CellPlan = CellPlan()) -> tuple[int, int, Path]:
    return said(engine.execute(Job(SAY, LIMITS, {}, modules, plan)))


def is_gone(number: int) -> bool:
    return not Path("/proc", str(number)).exists()


@pytest.fixture
def given() -> Iterator[client.FirstForkServer]:
    found = build.first()
    assert found
    yield found


@pytest.mark.parametrize("error", [None, KeyboardInterrupt, SystemExit, ValueError])
def test_with_it_end_its_processes_and_its_folder_however_it_is_left(error: type[BaseException] | None) -> None:
    try:
        with Engine() as engine:
            _, server, folder = execute(engine)
            execute(engine, plan=CellPlan(tests={0: {}}))
            assert not is_gone(server) and engine._judges._idle
            around = engine._folder.path
            assert folder.is_relative_to(around) and around.is_dir()  # the judge at rest has one there
            if error:
                raise error
    except (KeyboardInterrupt, SystemExit, ValueError) as raised:
        assert type(raised) is error
    assert is_gone(server) and not around.exists()


def test_a_fork_server_that_it_was_given_goes_on_and_the_heirs_that_it_made_end(given: client.FirstForkServer) -> None:
    with Engine(first=given) as engine:
        _, server, _ = execute(engine)
        _, heir, _ = execute(engine, "wave")
        _, again, _ = execute(engine)
        assert server == again == given._process.pid != heir
    assert given.alive and not is_gone(server)
    assert eventually(lambda: is_gone(heir))


def test_two_share_no_judge_and_no_heir(given: client.FirstForkServer) -> None:
    judging = CellPlan(tests={0: {}})
    with Engine(first=given) as one, Engine(first=given) as other:
        judges = [execute(engine, "wave", plan=judging) for engine in (one, other, one)]
    assert judges[0][:2] == judges[2][:2]
    assert judges[0][0] != judges[1][0] and judges[0][1] != judges[1][1]


JUDGED = CellPlan(tests={0: {}})


@pytest.fixture
def expecting() -> Iterator[Engine]:
    with Engine() as engine:
        engine.expect([["sqlite3"], ["sqlite3", "wave"], ["sqlite3", "colorsys"]])
        yield engine


def test_what_only_one_list_of_modules_needed_ends_with_its_judges_when_it_is_let_go(expecting: Engine) -> None:
    with expecting.hold(["sqlite3", "wave"]):
        _, heir, _ = execute(expecting, "sqlite3", "wave")
        judge, server_of_judge, _ = execute(expecting, "sqlite3", "wave", plan=JUDGED)
        _, first, _ = execute(expecting, "sqlite3")
        assert not any(map(is_gone, (heir, judge, server_of_judge)))
    assert eventually(lambda: all(map(is_gone, (heir, judge, server_of_judge))))
    assert not expecting._judges._idle
    assert execute(expecting, "sqlite3")[1] == first
    assert execute(expecting, "sqlite3", "wave")[1] not in (heir, first)  # whoever needs it later gets another


def test_what_another_holds_goes_on(expecting: Engine) -> None:
    with expecting.hold(["wave", "sqlite3"]):
        with expecting.hold(["sqlite3", "wave"]), expecting.hold(["sqlite3", "colorsys"]):
            heir, other = (execute(expecting, "sqlite3", name)[1] for name in ("wave", "colorsys"))
        assert eventually(lambda: is_gone(other))
        assert execute(expecting, "sqlite3", "wave")[1] == heir


def test_where_nobody_says_what_is_to_come_nothing_ends_before_the_engine() -> None:
    with Engine() as engine:
        with engine.hold(["sqlite3", "wave"]):
            execute(engine, "sqlite3")
            _, heir, _ = execute(engine, "sqlite3", "wave")
        assert execute(engine, "sqlite3", "wave")[1] == heir


def test_the_judges_server_beside_the_first_ends_too_when_nobody_needs_it(expecting: Engine) -> None:
    with expecting.hold(["sqlite3", "wave"]):
        with expecting.hold(["sqlite3"]):
            judge, server_of_judge, _ = execute(expecting, "sqlite3", plan=JUDGED)
        assert eventually(lambda: is_gone(judge) and is_gone(server_of_judge))


def test_a_notebook_that_runs_is_not_ended_when_another_lets_go_what_it_needs(expecting: Engine) -> None:
    asleep = build.notebook(build.code("a", "open('begun', 'w').close(); import time; time.sleep(1)"))
    with ThreadPoolExecutor(1) as pool:
        with expecting.hold(["sqlite3", "wave"]):
            runs = pool.submit(expecting.execute, Job(asleep, LIMITS, {}, ("sqlite3", "wave")))
            assert eventually(lambda: list(expecting._folder.path.glob("*/work/begun")))
        assert runs.result(30).ending is Ending.FINISHED


def test_what_one_list_alone_names_no_other_has(expecting: Engine) -> None:
    say = build.notebook(
        build.code("a", "import sys; print(*sorted({'sqlite3', 'wave', 'colorsys'} & {*sys.modules}))")
    )
    lists = (["sqlite3", "wave"], ["sqlite3", "colorsys"], ["sqlite3"])
    done = [expecting.execute(Job(say, LIMITS, {}, tuple(each))) for each in lists]
    assert [each.notebook["cells"][0]["outputs"][0]["text"].split() for each in done] == [
        ["sqlite3", "wave"],
        ["colorsys", "sqlite3"],
        ["sqlite3"],
    ]


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ([], ()),
        ([["b", "a"]], ("b", "a")),
        ([["b", "a"], ["a", "b"]], ("b", "a")),
        ([["b"], ["b", "a"], ["c", "d"]], ("b",)),
        ([["a", "x"], ["b", "x", "y"], ["y"]], ("x", "y")),
        ([["a"], ["b"]], ()),
    ],
)
def test_the_first_imports_what_more_than_one_list_names(lists: list[list[str]], expected: tuple[str, ...]) -> None:
    assert client.shared(lists) == expected


def test_no_more_judges_rest_than_notebooks_run_at_a_time() -> None:
    with Engine(jobs=1) as engine:
        old, _, _ = execute(engine, plan=JUDGED)
        new, _, _ = execute(engine, plan=CellPlan(tests={0: {}}, precompile_for_judge=("pass",)))
        assert len(engine._judges._idle) == 1
        assert is_gone(old) and not is_gone(new)


def test_one_that_is_closed_runs_nothing_more() -> None:
    engine = Engine()
    engine.close()
    with pytest.raises(RuntimeError, match="stopped"):
        engine.execute(Job(SAY, LIMITS))
    with pytest.raises(RuntimeError, match="stopped"):
        engine.warm(())
    engine.close()  # a second time is no mistake


def test_a_fork_server_that_starts_while_it_is_closed_ends_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, started, real = Engine(), list[client.FirstForkServer](), client.FirstForkServer

    def slow(*about: Any) -> client.FirstForkServer:
        engine.close()
        started.append(real(*about))
        return started[0]

    monkeypatch.setattr(client, "FirstForkServer", slow)
    with pytest.raises(RuntimeError, match="stopped"):
        engine.warm(())
    assert not started[0].alive and is_gone(started[0]._process.pid)


def test_what_others_wait_for_ends_with_it() -> None:
    asleep = build.notebook(build.code("a", "open('begun', 'w').close(); import time; time.sleep(600)"))
    engine = Engine()
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(engine.execute, Job(asleep, Limits(cell_seconds=600, notebook_seconds=900), {}, ()))
        assert eventually(lambda: list(engine._folder.path.glob("*/work/begun")))
        engine.close()
        with pytest.raises(RuntimeError, match="stopped"):
            waits.result(30)


@pytest.mark.parametrize("jobs", [1, 3])
def test_so_many_notebooks_run_at_a_time(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, counting, enough = 0, 0, threading.Lock(), threading.Event()

    def run(job: Job, *_: Any) -> Executed:
        nonlocal running, most
        with counting:
            running += 1
            most = max(most, running)
            if running >= jobs:
                enough.set()
        enough.wait(20)
        with counting:
            running -= 1
        return Executed(job.notebook, Ending.FINISHED)

    monkeypatch.setattr(kernels, "execute", run)
    with Engine(jobs) as engine, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: engine.execute(Job(SAY, LIMITS)), range(8)))
    assert most == jobs


def test_one_notebook_alone_is_forked_only_where_there_is_a_fork_server(given: client.FirstForkServer) -> None:
    with Engine() as cold, Engine(first=given) as warm:
        assert said(cold.execute_alone(Job(SAY, LIMITS, preload=())))[1] == os.getpid()
        assert said(warm.execute_alone(Job(SAY, LIMITS, preload=())))[1] == given._process.pid


@pytest.mark.parametrize("moment", ["*", "*/*/work"], ids=["it imports", "a notebook runs"])
def test_a_run_that_is_interrupted_ends_at_once_and_leaves_nothing(moment: str, tmp_path: Path) -> None:
    course, left = build.course(tmp_path / "course"), tmp_path / "left"
    asleep = "def double(x):\n    import time\n    time.sleep(600)"
    build.hand_in(course, "ada", build.filled(build.released(course), double=asleep))
    build.write(course / "pyproject.toml", "[tool.grader.limits]\ncell_seconds = 500\n")
    left.mkdir()
    command = [sys.executable, "-m", "grader.cli", "grade", "--course", str(course)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(left)}) as grading:
        assert eventually(lambda: list(left.glob(moment)))
        grading.send_signal(signal.SIGINT)
        grading.communicate(timeout=60)
    assert grading.returncode == 130
    assert not list(left.iterdir())


def test_a_folder_that_two_remove_at_a_time_is_gone_for_both(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for number in range(40):
        for other in range(20):
            build.write(folder / str(number) / str(other) / "a.txt", "")

    def remove(_: int) -> bool:
        scratch.remove(folder)
        return folder.exists()

    with ThreadPoolExecutor(2) as both:
        assert list(both.map(remove, range(2))) == [False, False]
