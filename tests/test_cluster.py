"""Grading on a Dask cluster: two real worker processes on this machine, which their nannies start again."""

import os
import pickle
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dask
import pytest
from distributed import Client, LocalCluster

import build
from build import RIGHT, filled, hand_in
from grader.gradebook.book import Gradebook
from grader.grading import cluster
from grader.identity import identity
from grader.models import Assignment, GraderError, Limits, Result, Submission

ANSWERS = {
    "ada": RIGHT,
    "bob": {"why": "Because."},
    "eve": {"double": RIGHT["double"]},
    "joe": {**RIGHT, "triple": "raise RuntimeError('no')"},
}
HERE = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "worker_dashboard_address": None}
"""No port of a cluster is open to other machines, and none is fixed."""


@pytest.fixture(scope="module", autouse=True)
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where workers make what is temporary: one that is killed leaves it behind."""
    folder = tmp_path_factory.mktemp("scratch")
    with dask.config.set({"temporary-directory": str(folder)}):
        yield folder


@pytest.fixture(scope="module")
def client(scratch: Path) -> Iterator[Client]:
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(n_workers=2, threads_per_worker=1, env={"TMPDIR": str(scratch)}, **HERE) as local,
        Client(local, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture
def address(client: Client) -> str:
    try:
        client.wait_for_workers(2, timeout=60)
    except TimeoutError:  # on a busy machine a worker that was killed may not be started again
        client.cluster.scale(1)
        client.cluster.scale(2)
        client.wait_for_workers(2, timeout=60)
    return str(client.scheduler.address)


def course(folder: Path, *students: str) -> Path:
    """Make a course in which these students, or all, handed in."""
    made = build.course(folder, settings="preload = []\n")
    given = build.released(made)
    for student in students or ANSWERS:
        hand_in(made, student, filled(given, **ANSWERS[student]))
    return made


def kept(folder: Path) -> tuple[Any, dict[str, bytes]]:
    """Return what a course holds after grading: the results, and the notebooks as they were run."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("autograded/*/*/*")}
    return build.results(folder), files


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same course, graded without a cluster."""
    folder = course(tmp_path_factory.mktemp("local"))
    assert build.run("grade", "--course", folder).returncode == 1
    return folder


def test_the_gradebook_is_that_of_local_grading(address: str, local: Path, tmp_path: Path) -> None:
    folder = course(tmp_path)
    done = build.run("grade", "--cluster", address, "--course", folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("4 graded, 0 unchanged")
    assert kept(folder) == kept(local)
    assert build.run("grade", "--course", folder).stdout.startswith("0 graded, 4 unchanged")


def test_a_worker_killed_in_the_middle_costs_nothing_but_a_rerun(
    client: Client, address: str, local: Path, tmp_path: Path
) -> None:
    folder = course(tmp_path)

    def kill_one_at_work() -> bool:
        busy = [worker for worker, tasks in client.processing().items() if tasks]
        for worker in busy[:1]:
            os.kill(client.run(os.getpid, workers=[worker])[worker], signal.SIGKILL)
        return bool(busy)

    with ThreadPoolExecutor(1) as beside:
        killed = beside.submit(build.eventually, kill_one_at_work, 60.0)
        done = build.run("grade", "--cluster", address, "--course", folder)
    assert killed.result()
    assert done.stdout.startswith("4 graded, 0 unchanged")
    assert kept(folder) == kept(local)


def deadly(run: str, submission: Submission) -> Result:
    """Grade in a worker, or kill it."""
    if submission.student == "eve":
        os.kill(os.getpid(), signal.SIGKILL)
    return cluster.grade_sent(run, submission)


def test_a_submission_that_kills_its_workers_fails_alone(
    client: Client, address: str, local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = course(tmp_path, "ada", "eve", "joe")
    monkeypatch.setattr(client.cluster.scheduler, "allowed_failures", 0)  # so that it takes a neighbour with it
    monkeypatch.setattr(cluster, "grade_sent", deadly)
    done = build.run("grade", "--cluster", address, "--course", folder)
    assert done.stdout.startswith("3 graded, 0 unchanged")
    rows, expected = build.results(folder), build.results(local)
    eve = rows["eve", "numbers"]
    assert (eve["ending"], eve["points"], eve["waiting"]) == ("died", 0, True)
    assert "KilledWorker" in eve["findings"][0]["what"]
    assert [rows[name, "numbers"] for name in ("ada", "joe")] == [expected[name, "numbers"] for name in ("ada", "joe")]
    assert build.run("grade", "--course", folder).stdout.startswith("1 graded, 2 unchanged")
    assert build.results(folder)["eve", "numbers"] == expected["eve", "numbers"]


def test_a_cluster_that_goes_away_is_one_clear_message_and_what_is_recorded_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, real = course(tmp_path), Gradebook.record
    monkeypatch.setattr(cluster, "_SECONDS", 0.2)
    with LocalCluster(1, threads_per_worker=1, processes=False, protocol="tcp://", **HERE) as local:

        def keep_and_close(*given: Any) -> None:
            real(*given)
            local.close()

        monkeypatch.setattr(Gradebook, "record", keep_and_close)
        done = build.run("grade", "--cluster", local.scheduler_address, "--course", folder)
    assert done.returncode == 2
    assert "the cluster went away" in done.stderr and len(done.stderr.splitlines()) == 2
    monkeypatch.undo()
    count = len(build.results(folder))
    assert 1 <= count < len(ANSWERS)
    assert build.run("grade", "--course", folder).stdout.startswith(f"{len(ANSWERS) - count} graded, {count} unchanged")


def test_what_travels_with_a_submission_is_small_and_nothing_stays(client: Client, address: str) -> None:
    with cluster.on_cluster(address, {}, Limits()) as (grade, _, at_once):
        assert len(pickle.dumps(grade)) < 200
        assert at_once == 4
        assert set(client.run(sent).values()) == {1}
    assert set(client.run(sent).values()) == {0}


def sent(dask_worker: Any) -> int:
    return sum(type(plugin).__name__ == "_Assignments" for plugin in dask_worker.plugins.values())


def test_a_worker_can_start_processes(client: Client) -> None:
    command = [sys.executable, "-c", "print(6 * 7)"]
    assert client.submit(subprocess.check_output, command, pure=False).result() == b"42\n"


def refused(address: str) -> str:
    with pytest.raises(GraderError) as error, cluster.on_cluster(address, dict, Limits()):
        pass
    return str(error.value)


@pytest.mark.parametrize(
    "address", ["nonsense", "127.0.0.1", "http://127.0.0.1:1", "tcp://127.0.0.1:1", "tls://127.0.0.1:1"]
)
def test_a_wrong_address_is_one_clear_message(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_SECONDS", 0.2)
    assert refused(address).startswith(f"{address}: no Dask scheduler there: ")


def test_something_else_that_listens_there_is_one_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "no answer within 0.2 seconds" in refused(f"tcp://127.0.0.1:{silent.getsockname()[1]}")


def test_a_worker_s_address_leads_to_its_scheduler(client: Client, address: str) -> None:
    assert f"name the scheduler, {address}" in refused(next(iter(client.nthreads())))


def test_a_cluster_without_workers_is_refused() -> None:
    with LocalCluster(n_workers=0, **HERE) as empty:
        assert "a cluster without workers" in refused(empty.scheduler_address)


@pytest.mark.parametrize("name", ["grader", "Python", "numpy", "torch", "pandas"])
def test_other_versions_are_refused(address: str, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(cluster, "identity", lambda modules: {**identity(modules), name: "99"})
    assigned = {"numbers": Assignment("numbers", (), preload=("pandas.plotting",))}
    with pytest.raises(GraderError) as error, cluster.on_cluster(address, assigned, Limits()):
        pass
    assert f"{name} is " in str(error.value) and "but 99 here" in str(error.value)


def test_a_worker_whose_files_have_changed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_LOADED", "0.1.0 (another)")
    with pytest.raises(RuntimeError, match="start it again"):
        cluster._identity_of_worker([])


THREADS = """import os, torch
def double(x):
    return 2 * x
print("computes with", torch.get_num_threads(), *(os.environ.get(f"{name}_NUM_THREADS") for name in ("OMP", "MKL", "OPENBLAS")))"""


@pytest.mark.parametrize("asked", [{}, {"OMP_NUM_THREADS": "2"}])
def test_workers_compute_with_as_many_threads_as_grading_here_does(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, str]
) -> None:
    for name in cluster._THREADS:
        monkeypatch.delenv(name, raising=False)
    for name, value in asked.items():
        monkeypatch.setenv(name, value)
    said = []
    for folder, where in ((tmp_path / "here", ()), (tmp_path / "there", ("--cluster", address))):
        made = build.course(folder)
        hand_in(made, "ada", filled(build.released(made), double=THREADS))
        assert build.run("grade", *where, "--course", made).returncode == 0
        text = (made / "autograded/ada/numbers/numbers.ipynb").read_text("utf-8")
        said.append(re.search(r"computes with [^\\]+", text)[0])
    assert said[0] == said[1]


def test_without_dask_the_way_to_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "grader.grading.cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = build.run("grade", "--cluster", "tcp://127.0.0.1:1", "--course", course(tmp_path))
    assert done.returncode == 2
    assert "pip install" in done.stderr and len(done.stderr.splitlines()) == 2
