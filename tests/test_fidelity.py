"""A forked kernel answers as a cold one does, through both doors: the cells of `fidelity`, and how kernels end."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

import build
from fidelity import NO_PROCESSES, NOTEBOOKS, normal
from grader.engine import cold, kernels
from grader.engine.forks import children
from grader.engine.jupyter import kernelspec
from grader.engine.scratch import RunFolder
from grader.models import CellPlan, Ending, Executed, Job, Limits
from grader.preload import USUAL as PRELOAD

LIMITS = Limits(cell_seconds=60.0)
ENDS = {
    "kept": "kept = ['kept']\nprint('kept')",
    "out of time": "import time\nprint('said before')\ntime.sleep(60)",
    "goes on": "kept.append('more')\nkept",
    "deaf": "import signal\nfor number in (signal.SIGINT, signal.SIGTERM):\n    signal.signal(number, signal.SIG_IGN)\n"
    "while True:\n    pass",
    "exit": "import os, time\nprint('last words', flush=True)\ntime.sleep(0.2)\nos._exit(3)",
    "crash": "import ctypes, time\ntime.sleep(0.2)\nctypes.string_at(0)",
    "killed": "import os, signal, time\ntime.sleep(0.2)\nos.kill(os.getpid(), signal.SIGKILL)",
    "after all": "kept",
}
Answers = dict[str, tuple[Any, int | None]]
"""The outputs and the number of each cell."""


def execute(door: str, cells: dict[str, str], limits: Limits = LIMITS) -> Executed:
    """Run cells through a door: cold, forked, forked where each cell is known and the kernel confined, or for Jupyter's tools."""
    listed = [
        {"cell_type": "code", "id": f"c{i}", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
        for i, source in enumerate(cells.values())
    ]
    kernel = {"name": "python3-warm" if door == "tools" else "python3", "display_name": "", "language": "python"}
    notebook = {"cells": listed, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    known = tuple(cells.values()) if door == "known" else ()
    servers = build.engine()._servers
    start = partial(children.start, servers) if door in ("forked", "known") else cold.start
    job = Job(notebook, replace(limits, confined=door == "known"), plan=CellPlan(precompile=known))
    return kernels.execute(job, start, RunFolder())


def said(done: Executed) -> list[str]:
    """Return what each cell printed, or the name of its error."""
    return ["".join(o.get("text", o.get("ename", "")) for o in cell["outputs"]) for cell in done.notebook["cells"]]


def answers(door: str, name: str) -> tuple[Answers, Ending]:
    """Run one of the notebooks."""
    cells, limits = (ENDS, Limits(cell_seconds=3.0)) if name == "ends" else (NOTEBOOKS[name], LIMITS)
    done = execute(door, cells, limits)
    ran = zip(cells, done.notebook["cells"], strict=True)
    return {name: (normal(cell["outputs"]), cell["execution_count"]) for name, cell in ran}, done.ending


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The kernelspec `python3-warm` and the sockets behind it, for these tests alone."""
    folder = tmp_path_factory.mktemp("tools")
    runtime = Path("/tmp", f"f{os.getpid()}")  # a socket's path must be short
    runtime.mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "prefix", str(folder))
        written = Path(kernelspec.install(PRELOAD), "kernel.json")
        spec = json.loads(written.read_text("utf-8"))
        spec["metadata"]["kernel_provisioner"]["config"]["idle_seconds"] = 2.0
        written.write_text(json.dumps(spec), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder / "share" / "jupyter"))
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)  # with it, a kernel leaves its file descriptors alone
        yield
    until = time.monotonic() + 20
    while any(runtime.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    runtime.rmdir()


@pytest.fixture(scope="module")
def ran(request: pytest.FixtureRequest, tools: None) -> Callable[[str, str], tuple[Answers, Ending]]:
    """What each door answered to the notebooks of the selected tests, run three at a time: they sleep much."""
    given = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    names = {str(each["notebook"]) for each in given if "notebook" in each}
    runs: dict[tuple[str, str], Future[tuple[Answers, Ending]]] = {}
    for doors in (["forked"], ["cold", "known", "tools"]):  # what is known once stays known
        with ThreadPoolExecutor(3) as pool:
            for door in doors:
                for name in sorted(names, key=lambda name: name != "libraries"):
                    runs[door, name] = pool.submit(answers, door, name)
    return lambda door, name: runs[door, name].result()


@pytest.mark.parametrize("door", ["forked", "known", "tools"])
@pytest.mark.parametrize(("notebook", "cell"), [(name, cell) for name, cells in NOTEBOOKS.items() for cell in cells])
def test_a_forked_kernel_answers_as_a_cold_one(ran: Any, notebook: str, cell: str, door: str) -> None:
    if door == "known" and cell in NO_PROCESSES.get(notebook, ()):
        assert ran(door, notebook)[0][cell] != ran("cold", notebook)[0][cell]
    else:
        assert ran(door, notebook)[0][cell] == ran("cold", notebook)[0][cell]


@pytest.mark.parametrize("door", ["forked", "known", "tools"])
@pytest.mark.parametrize(("notebook", "cell"), [("ends", cell) for cell in ENDS])
def test_what_ends_a_kernel_costs_its_cell_alone(ran: Any, notebook: str, cell: str, door: str) -> None:
    assert ran(door, notebook)[0][cell] == ran("cold", notebook)[0][cell]


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_no_cell_fails_for_want_of_another(ran: Any, notebook: str) -> None:
    """Cells that fail by mistake would fail alike everywhere, and tell nothing."""
    cells, _ = ran("cold", notebook)
    missing = {cell for cell, (outputs, _) in cells.items() if any(o.get("ename") == "NameError" for o in outputs)}
    assert missing <= {"name with a suggestion", "reset", "del of nothing"}


def test_a_run_ends_as_the_worst_of_its_cells(ran: Any) -> None:
    assert {ran(door, "ends")[1] for door in ("cold", "forked", "known", "tools")} == {Ending.DIED}


CHANCE = """
import multiprocessing, random, secrets, uuid, numpy, torch
print(random.random(), uuid.uuid4(), numpy.random.rand(), numpy.random.default_rng().random(), torch.rand(1).item())
print(random.Random().random(), numpy.random.randint(10**9), torch.randint(10**9, (1,)).item(), torch.initial_seed())
print(secrets.token_hex(), multiprocessing.current_process().authkey.hex())
"""


@pytest.mark.parametrize("door", ["forked", "tools"])
def test_two_forked_kernels_share_no_chance(door: str) -> None:
    one, other = (said(execute(door, {"a": CHANCE}))[0].split() for _ in range(2))
    assert len(one) == len(other) == 11
    assert not set(one) & set(other)


# Kernels of Jupyter's tools ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def kernel(tools: None, tmp_path: Path) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    manager = KernelManager(kernel_name="python3-warm")
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(60)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def answer(client: BlockingKernelClient, code: str) -> dict[str, Any]:
    """Run code and return what its reply says."""
    return dict(client.execute_interactive(code, timeout=60, output_hook=lambda _: None)["content"])


def value(client: BlockingKernelClient, expression: str) -> str:
    reply = client.execute_interactive("", user_expressions={"x": expression}, timeout=60, output_hook=lambda _: None)
    return str(reply["content"]["user_expressions"]["x"]["data"]["text/plain"])


def test_an_interrupt_ends_the_cell_and_not_the_kernel(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    manager, client = kernel
    answer(client, "x = 3")
    for code in ("while True: pass", "import time; time.sleep(60)"):
        wanted = client.execute(f"print('on')\n{code}", stop_on_error=False)  # else the next may be taken for queued
        while client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
            pass
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=60)
        assert reply["parent_header"]["msg_id"] == wanted
        assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert value(client, "x") == "3"


def test_a_restart_gives_a_fresh_kernel(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    manager, client = kernel
    answer(client, "import os, random; x = 3; random.seed(1)")
    before = value(client, "os.getpid(), random.random()")
    for now in (False, True):
        manager.restart_kernel(now=now)
        client.wait_for_ready(60)
        assert answer(client, "x")["ename"] == "NameError"
        assert answer(client, "import os, random; random.seed(1)")["execution_count"] == 2
        assert value(client, "os.getpid(), random.random()").split(",")[1:] == before.split(",")[1:]
        assert value(client, "os.getpid()") != before.split(",")[0].strip("(")


def test_a_shutdown_ends_the_process(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    manager, client = kernel
    number = int(value(client, "__import__('os').getpid()"))
    manager.shutdown_kernel()
    assert not manager.is_alive()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_a_dead_kernel_is_noticed(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    manager, client = kernel
    client.execute("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    until = time.monotonic() + 20
    while manager.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    assert manager.provisioner.process.returncode == -signal.SIGKILL


# What may differ ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("<object at 0x7f3a5c0d1e20>", "<object at 0x7fff00000000>", True),
        ("0xff", "0xfe", False),
        ("/tmp/ipykernel_12/345.py:1: UserWarning", "/tmp/ipykernel_67/89.py:1: UserWarning", True),
        ("/tmp/ipykernel_12/345.py:1: UserWarning", "/tmp/ipykernel_12/345.py:2: UserWarning", False),
        ("/tmp/own_12/345.py", "/tmp/own_12/346.py", False),
        ("invalid syntax (12345.py, line 1)", "invalid syntax (6789.py, line 1)", True),
        ("invalid syntax (12345.py, line 1)", "invalid syntax (12345.py, line 2)", False),
        ("invalid syntax (12345.py, line 1)", "incomplete input (12345.py, line 1)", False),
        ("said\nWall time: 3 μs\n", "said\nWall time: 1 ms\n", True),
        ("said\nWall time: 3 μs\n", "Wall time: 3 μs\n", False),
        ("CPU times: user 1 μs, total: 1 μs\nend", "CPU times: user 2 s, total: 2 s\nend", True),
        ("1.1 ns ± 0 ns per loop (mean ± std. dev. of 2 runs", "2 s ± 1 s per loop (mean ± std. dev. of 2 runs", True),
        ("1.1 ns ± 0 ns per loop (mean ± std. dev. of 2 runs", "1.1 ns ± 0 ns per loop (mean ± std. dev. of 3 runs", False),
        ("took 3 ms", "took 4 ms", False),
        ("text", "text ", False),
        ("text\n", "text", False),
        (["a", "b"], ["b", "a"], False),
        ({"model_id": "a" * 32, "version_major": 2}, {"model_id": "b" * 32, "version_major": 2}, True),
        ({"model_id": "a" * 32, "version_major": 2}, {"model_id": "a" * 32, "version_major": 3}, False),
        ({"image/png": "iVBORw0KGgo"}, {"image/png": "iVBORw0KGgp"}, False),
    ],
)  # fmt: skip
def test_nothing_else_is_taken_for_alike(one: Any, other: Any, alike: bool) -> None:
    assert (normal(one) == normal(other)) is alike


@pytest.mark.parametrize("call", ["exit()", "quit()"])
def test_a_call_that_ends_the_kernel_ends_it_there(call: str) -> None:
    assert said(execute("forked", {"a": "print(1)", "b": call, "c": "print(2)"})) == ["1\n", "KernelDied", "2\n"]


def test_text_that_utf8_cannot_hold_is_shown() -> None:
    cells = {"a": "print('a\\ud800b')", "b": "raise ValueError('\\ud800')", "c": "print('\ud800')"}
    assert said(execute("forked", cells)) == ["a?b\n", "ValueError", "?\n"]


def too_deep(text: str) -> bool:
    try:
        compile(text, "<cell>", "exec")
    except RecursionError:
        return True
    return False


def test_a_cell_too_deep_for_the_compiler_is_an_error() -> None:
    sums = ("+".join(["1"] * terms) for terms in (3_000, 12_000, 48_000))  # each Python has a limit of its own
    deep = next(filter(too_deep, sums))
    assert said(execute("forked", {"a": deep, "b": "print(2)"})) == ["RecursionError", "2\n"]
