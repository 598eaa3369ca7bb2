"""Forked kernels: what they share, what they leave behind, how they end."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

import build
from build import eventually
from grader.checks.failure import CheckFailed
from grader.engine import kernels, wire
from grader.engine.forks import children, client, resident
from grader.engine.inside import shell
from grader.engine.jupyter import kernelspec, provisioner
from grader.engine.outputs import MalformedError, OutputCollector
from grader.engine.run import Engine
from grader.engine.scratch import RunFolder
from grader.models import CellPlan, Ending, Executed, GraderError, Job, Limits, Notebook

LIGHT = ("numpy",)
LIMITS = Limits(cell_seconds=20.0, confined=False)


def notebook(*sources: str) -> Notebook:
    cells = [
        {"cell_type": "code", "id": f"c{i}", "source": textwrap.dedent(source), "metadata": {}, "outputs": []}
        for i, source in enumerate(sources)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def execute(*sources: str, limits: Limits = LIMITS) -> Executed:
    return build.engine(LIGHT).execute(Job(notebook(*sources), limits, {}, LIGHT))


def printed(executed: Executed) -> list[str]:
    """Return what each cell printed, or the name of its error."""
    return ["".join(o.get("text", o.get("ename", "")) for o in cell["outputs"]) for cell in executed.notebook["cells"]]


def gone(number: int) -> bool:
    """Tell whether a process has ended (a zombie has)."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):  # the latter if it ends between opening and reading
        return True


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


# Forked for grading ──────────────────────────────────────────────────────────────────────────────


def test_a_notebook_leaves_no_process_no_folder_and_no_open_file() -> None:
    execute("1")
    before = open_files()
    done = execute("import os; print(os.getpid(), os.getcwd(), sep='\\n')")
    number, folder = printed(done)[0].split()
    assert eventually(lambda: gone(int(number)))
    assert not os.path.exists(folder)
    assert open_files() == before


def test_what_a_cell_starts_ends_with_its_notebook() -> None:
    done = execute(
        """
        import os, subprocess, sys, time
        print(subprocess.Popen(["sleep", "600"], start_new_session=True).pid, flush=True)
        if (child := os.fork()) == 0:  # a daemon: its parent ends, it goes on in a session of its own
            os.setsid()
            if (daemon := os.fork()) == 0:
                time.sleep(600)
            print(daemon, flush=True)
            os._exit(0)
        os.waitpid(child, 0)
        """,
    )
    numbers = [int(word) for word in printed(done)[0].split()]
    assert len(numbers) == 2
    assert all(eventually(lambda number=number: gone(number)) for number in numbers)


def test_children_share_nothing_that_one_of_them_changes() -> None:
    execute("import numpy, sys; numpy.allclose = lambda *_: True; sys.modules['planted'] = numpy")
    assert printed(execute("import numpy, sys; print(numpy.allclose(1, 2), 'planted' in sys.modules)")) == [
        "False False\n"
    ]


def test_a_cell_that_kills_its_forks_parent_costs_itself_alone() -> None:
    kill = "os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)  # its own end comes when its parent's is done"
    done = execute("import os, signal, time", kill, "print('on')")
    assert printed(done) == ["", "KernelDied", "on\n"]
    assert printed(execute("print(1)")) == ["1\n"]


@pytest.mark.parametrize("ended", ["getppid", "getpid"], ids=["fork server", "process"])
@pytest.mark.parametrize("which", ["kernel", "judge"])
def test_a_process_that_is_ended_from_outside_costs_no_cell(which: str, ended: str, tmp_path: Path) -> None:
    note = tmp_path / "processes"
    waits = f"""
    import os, time
    with open({str(note)!r}, "a") as file:
        print(os.{ended}(), file=file)
    time.sleep(1)
    print("on")
    """
    plan = CellPlan(tests={1: {}}) if which == "judge" else CellPlan()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(build.engine(LIGHT).execute, Job(notebook("x = 1", waits), LIMITS, {}, LIGHT, plan))
        assert eventually(lambda: note.exists() and note.read_text().endswith("\n"))
        os.kill(int(note.read_text()), signal.SIGKILL)
        done = running.result(30)
    assert printed(done) == ["", "on\n"] and done.ending is Ending.FINISHED
    assert len(set(note.read_text().split())) == 2


def test_a_cell_that_kills_itself_runs_once_more_and_not_for_ever(tmp_path: Path) -> None:
    note = tmp_path / "runs"
    kill = f"open({str(note)!r}, 'a').write({{}}); os.kill(os.getpid(), signal.SIGKILL)"
    done = execute("import os, signal", *(kill.format(repr(name)) for name in "abcde"), "print('on')")
    assert printed(done) == ["", *["KernelDied"] * 5, "on\n"]
    assert note.read_text() == "aabbccde"


def test_a_test_cell_whose_student_s_process_was_ended_is_judged_once_more(tmp_path: Path) -> None:
    note = tmp_path / "processes"
    answer = f"""
    def double(x):
        import os, signal
        first = not os.path.exists({str(note)!r})
        open({str(note)!r}, "a").close()
        if first:
            os.kill(os.getpid(), signal.SIGKILL)
        return 2 * x
    """
    made = notebook(answer, "assert double(2) == 4", "assert double(3) == 7")
    plan = CellPlan(tests={1: {"double": 0}, 2: {"double": 0}})
    done = build.engine(LIGHT).execute(Job(made, LIMITS, {}, LIGHT, plan))
    assert printed(done) == ["", "", "AssertionError"] and done.ending is Ending.FINISHED


DEATHS = {
    "os.kill(os.getpid(), signal.SIGKILL)": "was ended by SIGKILL while this cell ran (perhaps the machine ran short",
    "import ctypes; ctypes.string_at(0)": "was ended by SIGSEGV while this cell ran (it used memory that it does not",
    "os.abort()": "was ended by SIGABRT while this cell ran (a library",
    "os.kill(os.getpid(), signal.SIGRTMIN + 3)": "was ended by signal ",
    "os._exit(3)": "ended with exit code 3 while this cell ran (an exit call)",
    "exit()": "ended with exit code 0 while this cell ran (an exit call)",
    "os.closerange(3, 100); time.sleep(60)": "closed its way to the grader",
}


@pytest.fixture(scope="module")
def deaths() -> list[Any]:
    """What each of DEATHS shows, and what comes after them."""
    made = notebook("import os, signal, time", *DEATHS, "print('on')")
    done = build.engine(LIGHT).execute(Job(made, LIMITS, {}, LIGHT))
    return [[output.get("evalue", output.get("text")) for output in cell["outputs"]] for cell in done.notebook["cells"]]


@pytest.mark.parametrize("death", DEATHS)
def test_how_a_process_ended_is_told(deaths: list[Any], death: str) -> None:
    [said] = deaths[1 + list(DEATHS).index(death)]
    assert said.startswith(f"the Python process {DEATHS[death]}")
    assert deaths[-1] == ["on\n"]


@pytest.mark.parametrize(
    ("end", "told"),
    [("os._exit(3)", "the Python process ended with exit code 3"), ("os._exit(0)", "the Python process ended with exit"),
     ("os.abort()", "the Python process was ended by SIGABRT")],
)  # fmt: skip
def test_an_answer_that_ends_its_process_when_it_is_called_is_told_as_such(end: str, told: str) -> None:
    made = notebook(f"import os, sys\ndef double(x):\n    {end}", "double(2)", "print('on')")
    done = build.engine(LIGHT).execute(Job(made, LIMITS, {}, LIGHT, CellPlan(tests={1: {"double": 0}, 2: {}})))
    [shown] = done.notebook["cells"][1]["outputs"]
    assert shown["evalue"].startswith(told) and printed(done)[2] == "on\n"


def test_that_the_judge_ended_is_told_and_not_called_the_student_s_process() -> None:
    made = notebook("import os, signal", "os.kill(os.getpid(), signal.SIGKILL)")
    done = build.engine(LIGHT).execute(
        Job(made, LIMITS, {}, LIGHT, CellPlan(tests={1: {}}, in_both={0: made["cells"][0]["source"]}))
    )
    [shown] = done.notebook["cells"][1]["outputs"]
    assert shown["evalue"].startswith("the process that runs the tests was ended by SIGKILL")


def test_a_cold_kernel_that_a_signal_ended_runs_once_more_and_keeps_what_came_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "possible", lambda: False)
    note = tmp_path / "run"
    kill = f"first = not os.path.exists({str(note)!r})\nopen({str(note)!r}, 'w').close()"
    kill += "\nif first: os.kill(os.getpid(), signal.SIGKILL)\nprint('on')"
    done = execute("import os, signal; print('before')", "1/0", kill, "os.abort()")
    assert printed(done) == ["before\n", "ZeroDivisionError", "on\n", "KernelDied"]
    assert "was ended by SIGABRT" in done.notebook["cells"][3]["outputs"][-1]["evalue"]


WIDGETS = (
    "import asyncio, ipywidgets as widgets\nfrom IPython.display import display\n"
    "def square(x):\n    print('called')\n    return x * x",
    "widgets.interact(square, x=(0, 10)); print('interact')",
    "both = widgets.interactive(square, x=3); display(both); print(both.result)",
    "slider = widgets.IntSlider(value=2); display(slider, widgets.interactive_output(square, {'x': slider}))\n"
    "seen = []; slider.observe(lambda change: seen.append(change['new']), 'value'); slider.value = 7; print(seen)",
    "with widgets.Output() as out:\n    print('inside')\nbutton = widgets.Button(); button.on_click(lambda _: None); button.click()\n"
    "display(widgets.Play(interval=10), button); print('play')",
    "@widgets.interact_manual(x=5)\ndef manual(x):\n    return x\nprint('manual')",
    "task = asyncio.ensure_future(asyncio.get_running_loop().create_future()); print('waits for nobody')",
    "widgets.Widget.close_all(); print('on')",
)


@pytest.mark.parametrize("kind", ["forked", "judged", "cold"])
def test_widgets_do_not_block(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "cold":
        monkeypatch.setattr(client, "possible", lambda: False)
    plan = CellPlan(tests={len(WIDGETS): {"square": 0}}) if kind == "judged" else CellPlan()
    made = notebook(*WIDGETS, "assert square(3) == 9")
    done = build.engine(LIGHT).execute(Job(made, LIMITS, {}, LIGHT, plan))
    assert done.ending is Ending.FINISHED
    said = [text.replace("called\n", "").split("\n")[0] for text in printed(done)[:-1]]
    assert said == ["", "interact", "9", "[7]", "play", "manual", "waits for nobody", "on"]


# What the grader hears, and when it looks ────────────────────────────────────────────────────────


@pytest.fixture
def child(tmp_path: Path) -> Iterator[tuple[children.Child, socket.socket]]:
    """A child that does nothing, and the other end of its socket."""
    here, there = socket.socketpair()
    with subprocess.Popen(["sleep", "600"]) as asleep, here, there:
        process = os.pidfd_open(asleep.pid)
        yield (
            children.Child(client.ForkServer(here, (), ()), here, process, there, LIMITS, tmp_path, judge=False),
            there,
        )
        os.close(process)
        asleep.kill()


def say(channel: socket.socket, *messages: Any) -> None:
    for message in messages:
        wire.send(channel, message)


def test_a_cell_that_was_done_before_the_grader_looked_is_done(child: tuple[children.Child, socket.socket]) -> None:
    kernel, there = child
    printing = [["stream", {"name": "stdout", "text": "x" * 10_000}]] * 14
    say(there, ["start", 3, 1], *printing, ["done", 3])
    ran = children.run_cell(3, [kernel], time.monotonic() - 10, LIMITS)
    assert ran.ending is Ending.FINISHED and ran.outputs[0]["text"] == "x" * 140_000


def test_a_cell_that_goes_on_talking_is_too_late_all_the_same(child: tuple[children.Child, socket.socket]) -> None:
    kernel, there = child
    say(there, ["start", 3, 1])
    ended = threading.Event()

    def talk() -> None:
        while not ended.is_set():
            say(there, ["stream", {"name": "stdout", "text": "x"}])
            time.sleep(0.01)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(talk)
        ran = children.run_cell(3, [kernel], time.monotonic() - 10, LIMITS)
        ended.set()
    assert ran.ending is Ending.TIMED_OUT


@pytest.mark.parametrize(("seconds", "ending"), [(2.9, Ending.FINISHED), (30.0, Ending.TIMED_OUT)])
def test_a_cell_does_not_pay_for_the_time_in_which_the_grader_was_stopped(
    child: tuple[children.Child, socket.socket], monkeypatch: pytest.MonkeyPatch, seconds: float, ending: Ending
) -> None:
    kernel, _ = child
    now, stopped = [100.0], [7.0]

    def hear(waiting: Sequence[children.Child], until: float) -> bool:
        now[0] = until + (stopped.pop() if stopped else 0.01)
        kernel.busy = now[0] < 107.0 + seconds
        return not kernel.busy

    monkeypatch.setattr(children, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(children, "_hear", hear)
    ran = children.run_cell(3, [kernel], 103.0, LIMITS)
    assert ran.ending is ending and ran.unseen_seconds == pytest.approx(7.0)


def test_a_notebook_has_its_seconds_though_the_grader_was_stopped() -> None:
    @contextmanager
    def start(job: Job, folder: Path) -> Iterator[kernels.Kernel]:
        def cells(indices: Sequence[int], until: float) -> Iterator[kernels.Ran]:
            for index in indices:
                time.sleep(0.02)
                yield kernels.Ran(index, [], 1, Ending.TIMED_OUT, unseen_seconds=60.0)
                return

        yield SimpleNamespace(run=cells)

    done = kernels.execute(Job(notebook("1", "2", "3"), Limits(notebook_seconds=0.03)), start, RunFolder())
    assert [cell["outputs"] for cell in done.notebook["cells"]] == [[], [], []]


def test_an_error_of_the_grader_s_own_is_no_student_s(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise TypeError("ours")

    monkeypatch.setattr(OutputCollector, "add", broken)
    with pytest.raises(TypeError, match="ours"):
        execute("print(1)")


def test_an_error_of_the_grader_s_own_in_the_judge_is_no_failing_test() -> None:
    judge = SimpleNamespace(judges=True)
    with pytest.raises(shell._OursError, match="KeyError: 'ours'"), shell._ours(judge):  # type: ignore[arg-type]
        raise KeyError("ours")
    with pytest.raises(CheckFailed), shell._ours(judge):  # type: ignore[arg-type]
        raise CheckFailed("what came back is no answer")
    with pytest.raises(KeyError), shell._ours(SimpleNamespace(judges=False)):  # type: ignore[arg-type]
        raise KeyError("a student's process decides nothing by what it says of itself")


@pytest.mark.parametrize("judge", [True, False])
def test_what_the_judge_says_of_its_own_failure_is_raised_and_a_student_s_word_of_it_is_not(
    judge: bool, child: tuple[children.Child, socket.socket]
) -> None:
    child[0].judge, child[0].count = judge, 1
    with pytest.raises(children.JudgeError if judge else MalformedError, match="KeyError: 'ours'" if judge else None):
        child[0].take(["fault", "Traceback\n  line\nKeyError: 'ours'\n"])


def refusing(path: Path, times: int) -> str:
    """Return code that lets `os.fork` refuse as many times as the file at `path` says."""
    build.write(path, str(times))
    return f"""
    import os, pathlib
    left, fork = pathlib.Path({str(path)!r}), os.fork
    def refuse():
        if (number := int(left.read_text())) > 0:
            left.write_text(str(number - 1))
            raise BlockingIOError(11, "no room")
        return fork()
    os.fork = refuse
    """


@pytest.mark.parametrize("times", [2, 1_000])
def test_a_fork_server_goes_on_where_no_process_can_be_started(
    times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "left"
    build.write(tmp_path / "refusing.py", textwrap.dedent(refusing(left, 0)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(children, "_PAUSES", (0.0, 0.0, 0.0))
    with Engine() as engine:
        source = engine._servers.ready(["numpy", "refusing"])
        left.write_text(str(times))
        if times == 2:
            assert printed(engine.execute(Job(notebook("print('on')"), LIMITS, {}, ("numpy", "refusing")))) == ["on\n"]
        else:
            with pytest.raises(client.NoProcessError, match="no room"):
                engine.execute(Job(notebook("print('on')"), LIMITS, {}, ("numpy", "refusing")))
        left.write_text("0")
        assert source.alive and printed(engine.execute(Job(notebook("print('on')"), LIMITS, {}, LIGHT))) == ["on\n"]


def test_a_module_in_the_folder_where_the_command_is_run_is_not_python_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("grader", "random", "socket"):
        build.write(tmp_path / f"{name}.py", "raise RuntimeError('not this one')")
    build.write(tmp_path / "mine/lent.py", "WORD = 'lent'")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", "mine")
    with Engine() as engine:
        said = engine.execute(Job(notebook("import random, lent\nprint(lent.WORD)"), LIMITS, {}, LIGHT))
    assert printed(said) == ["lent\n"]


def test_a_child_that_does_nothing_big_has_little_memory_of_its_own() -> None:
    done = execute(
        "import numpy as np",
        """
        def square(x):
            return x * x
        """,
        "print(square(np.arange(6)).sum())",
        """
        rows = [line.split() for line in open('/proc/self/smaps_rollup')]
        print(sum(int(row[1]) for row in rows if row[0] in ('Private_Dirty:', 'Private_Clean:')) // 1024)
        """,
    )
    assert int(printed(done)[3]) <= 60


def test_a_module_that_starts_a_thread_is_left_to_the_kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.joinpath("restless.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    say = "import sys, threading; print('restless' in sys.modules, 'wave' in sys.modules, threading.active_count())"
    with Engine() as engine:
        for modules in (["restless", "sqlite3"], ["restless"], ["restless", "wave"]):
            found = engine._servers.ready(modules)
            assert found.modules == {"sqlite3"} | {"wave"} & set(modules)
            assert not {"restless"} & found.imported and {"sqlite3"} <= found.imported
        done = engine.execute(Job(notebook(say, "import restless", say), LIMITS, {}, ("restless", "wave")))
    assert printed(done) == ["False True 1\n", "", "True True 2\n"]


def test_what_is_imported_once_is_compiled_once_and_kernels_write_no_bytecode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.joinpath("long_ago.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    say = "import sys; print('long_ago' in sys.modules, sys.dont_write_bytecode, sys.flags.dont_write_bytecode)"
    with Engine() as engine:
        assert printed(engine.execute(Job(notebook(say), LIMITS, {}, ("long_ago",)))) == ["True True 1\n"]
    assert len(list(tmp_path.glob("__pycache__/long_ago.*.pyc"))) == 1


@pytest.fixture
def engine() -> Iterator[Engine]:
    """One that no other test has used, nor its fork servers."""
    with Engine() as engine:
        yield engine


def test_an_heir_has_what_its_server_has_and_more(engine: Engine) -> None:
    say = notebook("import sys, os; print('wave' in sys.modules, 'sqlite3' in sys.modules, os.getppid())")
    first, more, again = (
        printed(engine.execute(Job(say, LIMITS, {}, modules)))[0].split()
        for modules in (["sqlite3"], ["sqlite3", "wave"], ["sqlite3"])
    )
    assert (first[:2], more[:2]) == (["False", "True"], ["True", "True"])
    assert again == first and more[2] != first[2]
    engine._servers.start(["sqlite3"]).close()  # with it end its subservers
    assert printed(engine.execute(Job(say, LIMITS, {}, ["wave"])))[0].split()[0] == "True"


def test_an_heir_that_ends_is_made_again(engine: Engine) -> None:
    say = notebook("import sys, os; print('wave' in sys.modules, os.getppid())")
    engine._servers.ready(["sqlite3"])
    had, subserver = printed(engine.execute(Job(say, LIMITS, {}, ["wave"])))[0].split()
    os.kill(int(subserver), signal.SIGKILL)
    assert printed(engine.execute(Job(say, LIMITS, {}, ["wave"])))[0].split()[0] == had == "True"


def test_with_a_fork_server_its_heirs_end_at_once(engine: Engine) -> None:
    start = engine._servers.start
    first, subserver, last = (start(modules).wait() for modules in ([], ["wave"], ["wave", "sqlite3"]))
    subserver.close()
    assert (first.alive, last.alive) == (True, False)
    assert start(["sqlite3"]) not in (first, subserver, last)


def test_a_fork_server_that_does_not_start_is_one_clear_message(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(client, "server_command", lambda *_: ([sys.executable, "-c", "1/0"], dict(os.environ)))
    with pytest.raises(GraderError, match="ended while it started"):
        client.FirstForkServer([], RunFolder()).wait()
    assert "ZeroDivisionError" in capfd.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_fork_server_ends_with_its_grader_and_removes_its_folders(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    script = """
    import threading, os
    from grader.engine.run import Engine
    from grader.models import Job, Limits
    cell = {"cell_type": "code", "id": "a", "source": "import time; time.sleep(600)", "metadata": {}, "outputs": []}
    note = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    engine = Engine()
    server = engine._servers.ready(("numpy",))
    job = Job(note, Limits(cell_seconds=600), {}, ("numpy",))
    threading.Thread(target=engine.execute, args=(job,), daemon=True).start()
    parent = server._process.pid
    while not (found := open(f"/proc/{parent}/task/{parent}/children").read().split()):
        pass
    print(parent, *found, flush=True)
    threading.Event().wait()
    """
    grader = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    numbers = [int(word) for word in grader.stdout.readline().split()]
    assert len(numbers) == 2 and not any(gone(each) for each in numbers)
    grader.send_signal(number)
    grader.wait()
    assert all(eventually(lambda each=each: gone(each)) for each in numbers)
    assert eventually(lambda: not list(tmp_path.iterdir()))
    grader.stdout.close()


KILLED_AT = {
    "it imports": "*", "a notebook waits for its kernel": "*/*/work", "a judge waits for an answer": "*/*/work/asked",
}  # fmt: skip
"""Moments of a run, and what there is by then in the folder of temporary files."""


@pytest.mark.parametrize("moment", KILLED_AT)
def test_a_run_that_is_killed_leaves_no_process_no_folder_and_no_word(moment: str, tmp_path: Path) -> None:
    course, left = build.course(tmp_path / "course"), tmp_path / "left"
    asleep = "def double(x):\n    import time\n    open('asked', 'w').close()\n    time.sleep(600)"
    build.hand_in(course, "ada", build.filled(build.released(course), double=asleep))
    left.mkdir()
    command = [sys.executable, "-m", "grader.cli", "grade", "--course", str(course)]
    about = {"stderr": subprocess.PIPE, "env": {**os.environ, "TMPDIR": str(left)}, "start_new_session": True}
    with subprocess.Popen(command, **about) as grading:
        assert eventually(lambda: any(left.glob(KILLED_AT[moment])))
        os.killpg(grading.pid, signal.SIGKILL)  # as the end of a terminal or of a service does
        assert grading.stderr is not None
        said = grading.stderr.read()  # to its end: nobody else holds it
    assert said == b""
    assert eventually(lambda: not list(left.iterdir()))
    assert not [path for path in Path("/proc").glob("[0-9]*/environ") if str(left).encode() in environment(path)]


def environment(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended, or is somebody else's
        return b""


def test_where_forking_is_not_possible_cold_kernels_do_the_work_and_the_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = build.course(tmp_path)
    build.hand_in(course, "ada", build.filled(build.released(course), **build.RIGHT))
    build.run("grade", "--unconfined", "--course", course)
    results = build.results(course)
    monkeypatch.setattr(client, "possible", lambda: False)
    monkeypatch.setattr(client.ForkServers, "start", None)
    done = build.run("grade", "--again", "--unconfined", "--course", course)
    assert done.stdout.startswith("1 graded") and "cannot be forked" in done.stderr
    assert build.results(course) == results


# Malformed messages from a child ─────────────────────────────────────────────────────────────────


def forge(*messages: Any) -> str:
    """Return a cell that finds the channel to the grader and writes to it."""
    return f"""
    import json, os, socket, stat, struct
    for name in os.listdir('/proc/self/fd'):
        if int(name) > 2 and stat.S_ISSOCK(os.fstat(int(name)).st_mode):
            try:
                with socket.socket(fileno=os.dup(int(name))) as channel:
                    for message in json.loads({json.dumps(json.dumps(list(messages)))}):
                        data = json.dumps(message).encode()
                        channel.sendall(struct.pack('!I', len(data)) + data)
            except OSError:
                pass
    """


@pytest.mark.parametrize(
    "message",
    [
        "text", 7, None, [], ["start"], ["start", 99, 1], ["done", 7], ["stream", {"name": "stdin", "text": "x"}],
        ["stream", {"name": "stdout", "text": 3}], ["stream", None], ["error", {"ename": 1}], ["display_data", {"data": 1}],
        ["error", {"ename": "a", "evalue": "b", "traceback": [1]}], ["x" * 100, {}], [["stream"], {}],
    ],
)  # fmt: skip
def test_a_forged_message_costs_its_cell_alone(message: Any) -> None:
    done = execute("print('before')", forge(message), "print('after')")
    assert printed(done) == ["before\n", "KernelDied", "after\n"]
    assert done.ending is Ending.DIED


def test_a_message_of_an_unbounded_size_is_not_read() -> None:
    cell = forge().replace(
        "for message in", "channel.sendall(struct.pack('!I', 2**32 - 1))\n                    for message in"
    )
    assert printed(execute(cell, "print('after')")) == ["KernelDied", "after\n"]


# Forked for Jupyter's tools ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the sockets of this test alone."""
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp", f"t{os.getpid()}")  # a socket's path must be short
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder / "grader"
    eventually(lambda: not list(folder.rglob("*")), 15.0)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def process(preload: tuple[str, ...] = LIGHT, idle: float = 0.2, **options: Any) -> provisioner.ForkedProcess:
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", options.pop("connection", "/dev/null/none.json")]
    return provisioner.ForkedProcess(command, preload, idle, **options)


def asleep(tmp_path: Path, **options: Any) -> provisioner.ForkedProcess:
    """Start a kernel that stays."""
    return process(connection=str(tmp_path / f"{time.monotonic_ns()}.json"), **options)


def test_an_idle_fork_server_ends_and_leaves_no_file(place: Path, tmp_path: Path) -> None:
    kernel = asleep(tmp_path)
    assert len(list(place.iterdir())) == 1
    kernel.kill()
    assert kernel.wait(10) == -signal.SIGKILL
    assert eventually(lambda: not place.exists())


def test_a_kernel_ends_with_who_started_it(place: Path, tmp_path: Path) -> None:
    kernel = asleep(tmp_path)
    kernel._connection.shutdown(socket.SHUT_RDWR)  # as the end of this process would
    assert eventually(lambda: gone(kernel.pid))


def test_courses_and_lists_of_modules_do_not_meet(place: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        tmp_path.joinpath(name, "source").mkdir(parents=True)
    kernels = [
        asleep(tmp_path, cwd=str(tmp_path / "one")),
        asleep(tmp_path, cwd=str(tmp_path / "two")),
        asleep(tmp_path, cwd=str(tmp_path / "one"), preload=("numpy", "json")),
        asleep(tmp_path, cwd=str(tmp_path / "one"), env={**os.environ, "OMP_NUM_THREADS": "1"}),
        asleep(tmp_path, cwd=str(tmp_path / "one")),
    ]
    assert len(list(place.iterdir())) == 4
    for kernel in kernels:
        kernel.kill()
        kernel.wait(10)


def test_another_environment_gets_another_fork_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "site-packages"
    packages.mkdir()
    os.utime(packages, (0, 0))  # long ago, since the clock of a file system may be coarse
    monkeypatch.syspath_prepend(str(packages))
    key = resident._key("kernels", sys.executable, LIGHT, {}, str(tmp_path))
    assert resident._key("kernels", sys.executable, LIGHT, {}, str(tmp_path)) == key
    (packages / "new.py").touch()
    assert resident._key("kernels", sys.executable, LIGHT, {}, str(tmp_path)) != key


def test_a_folder_that_others_can_write_in_is_refused(place: Path) -> None:
    place.mkdir()
    place.chmod(0o777)
    with pytest.raises(PermissionError, match="not a folder of this user alone"):
        process()
    place.rmdir()


def test_the_kernelspec_names_the_provisioner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    spec = json.loads(Path(kernelspec.install(("numpy",)), "kernel.json").read_text("utf-8"))
    assert spec["metadata"]["kernel_provisioner"] == {
        "provisioner_name": "grader-warm",
        "config": {"preload": ["numpy"]},
    }


def test_without_a_fork_server_a_cold_kernel_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "grader-warm")
    KernelProvisionerFactory.clear_instance()  # which has read the variable

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no")

    monkeypatch.setattr(provisioner, "ForkedProcess", refuse)
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    try:
        assert isinstance(manager.provisioner, provisioner.WarmProvisioner)
        assert manager.is_alive()
    finally:
        manager.shutdown_kernel(now=True)
        KernelProvisionerFactory.clear_instance()


def test_threads_of_openblas_are_ended_before_a_fork() -> None:
    code = (
        "import os, numpy\nfrom grader.engine.inside import after_fork\nnumpy.ones((200, 200)) @ numpy.ones((200, 200))\n"
        "print(len(os.listdir('/proc/self/task')) > 1, after_fork.one_thread())"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


def test_a_thread_that_no_module_explains_is_one_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    class Server:
        def wait(self) -> None:
            raise client._ThreadError("somewhere")

    servers = client.ForkServers(RunFolder())
    monkeypatch.setattr(servers, "start", lambda *_, **__: Server())
    with pytest.raises(GraderError, match="somewhere starts a thread"):
        servers.ready(["numpy"])
