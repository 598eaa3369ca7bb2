"""Each hostile submission earns what it is honestly worth, harms nobody, and changes nobody else's grade."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import build
from grader.engine.scratch import FIRST_USER

from .course import NAME, POINTS, make, worth
from .page import FIGURES, PAGE, page
from .submissions import ATTACKS, Attack

MARK = "hostile-was-here"
TEMPORARY = Path(tempfile.gettempdir(), f"hostile-{os.getpid()}")
"""Where the graders of these tests put their scratch folders, and nobody else."""
PLACES = [Path(place) for place in ("/tmp", "/", "/root", "/home", os.path.expanduser("~")) if os.path.isdir(place)]


@dataclass
class Class:
    """A class that was graded, and what was around before and after."""

    folder: Path
    before: dict[str, Any]
    after: dict[str, Any]
    results: dict[tuple[str, str], dict[str, Any]]
    memory: float
    """MiB that the command's own process had at most."""


def around(folder: Path) -> dict[str, Any]:
    """Return what must not change."""
    handed_in = [path for place in ("source", "submitted") for path in sorted((folder / place).rglob("*"))]
    return {
        "course": {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in handed_in if path.is_file()},
        "marks": [str(place / MARK) for place in PLACES if (place / MARK).exists()],
        "scratch": sorted(str(path) for path in TEMPORARY.glob("grader-*")),
        "processes": sorted(strays()),
    }


def strays() -> Iterator[str]:
    """Yield the processes that can only be what a submission or a grader left behind: their makers have ended."""
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            parent = int((place / "stat").read_text().rsplit(")", 1)[1].split()[1])
            student = place.stat().st_uid >= FIRST_USER and "forks.server" not in command(parent)
            server = parent == 1 and "forks.server cells" in command(int(place.name))
            if student or server:
                yield f"{place.name} {command(int(place.name))}"


def command(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")


def graded(folder: Path, attacks: list[Attack]) -> Class:
    make(folder, attacks)
    before = around(folder)
    grade = [sys.executable, "-m", "grader.cli", "grade", "--course", str(folder)]
    with (folder / "said.txt").open("w+") as said:
        running = subprocess.Popen(grade, stdout=said, stderr=said, env={**os.environ, "TMPDIR": str(TEMPORARY)})
        memory, until = 0.0, time.monotonic() + 800
        while running.poll() is None:
            if time.monotonic() > until:
                running.kill()
            memory = max(memory, peak(running.pid))
            time.sleep(0.05)
        said.seek(0)
        assert running.returncode == 0, said.read()[-4000:]
    return Class(folder, before, around(folder), build.results(folder), memory)


def peak(process: int) -> float:
    """Return MiB of memory that a process had at most so far; 0 for one that has ended and is not yet waited for."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return max((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), default=0.0)


@pytest.fixture(scope="module", autouse=True)
def temporary() -> Iterator[None]:
    TEMPORARY.mkdir()
    TEMPORARY.chmod(0o1777)
    yield
    shutil.rmtree(TEMPORARY)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Class:
    return graded(tmp_path_factory.mktemp("hostile"), ATTACKS)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Class:
    return graded(tmp_path_factory.mktemp("quiet"), [])


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_a_hostile_submission_earns_its_honest_mark(attack: Attack, hostile: Class) -> None:
    row = hostile.results[attack.name, NAME]
    assert sum(cell["points"] for cell in row["cells"]) == worth(attack), {
        cell["cell"]: (cell["points"], cell["message"]) for cell in row["cells"]
    }


def test_there_are_many_and_each_says_what_it_tries() -> None:
    assert len(ATTACKS) >= 60
    assert len({attack.name for attack in ATTACKS}) == len({attack.tries for attack in ATTACKS}) == len(ATTACKS)


def test_the_page_is_what_its_figures_give() -> None:
    figures = json.loads(FIGURES.read_text("utf-8"))
    assert all(earned.keys() == {attack.name for attack in ATTACKS} for earned in figures["points"].values())
    assert PAGE.read_text("utf-8") == page(figures)


def test_honest_work_is_worth_the_same_in_any_company(hostile: Class, quiet: Class) -> None:
    for student, points in (("honest-right", sum(POINTS.values())), ("honest-wrong", 0)):
        here, there = (each.results[student, NAME] for each in (hostile, quiet))
        assert json.dumps(here) == json.dumps(there)
        assert sum(cell["points"] for cell in here["cells"]) == points
        place = Path("autograded", student, NAME, f"{NAME}.ipynb")
        assert (hostile.folder / place).read_bytes() == (quiet.folder / place).read_bytes()


@pytest.mark.parametrize("what", ["course", "marks", "scratch", "processes"])
def test_nothing_changes_outside(what: str, hostile: Class) -> None:
    assert hostile.after[what] == hostile.before[what]


def test_no_result_grows_without_bound(hostile: Class) -> None:
    for path in (hostile.folder / "autograded").rglob("*.ipynb"):
        assert path.stat().st_size < 5 * 2**20, path


def test_no_submission_fills_the_memory_of_the_grader(hostile: Class) -> None:
    assert 0 < hostile.memory < 400


@pytest.mark.parametrize("name", ["fills-the-disk", "hides-its-files", "buries-its-files"])
def test_all_files_are_counted(name: str, hostile: Class) -> None:
    cells = json.loads((hostile.folder / "autograded" / name / NAME / f"{NAME}.ipynb").read_text("utf-8"))["cells"]
    told = [cell["id"] for cell in cells for output in cell.get("outputs", []) if output.get("ename") == "TooLarge"]
    assert told == ["own-0-setup"]


def test_no_hidden_test_reaches_what_a_student_reads(hostile: Class) -> None:
    for (student, _), row in hostile.results.items():
        said = json.dumps(row)
        assert "5050" not in said and "bcd" not in said, student
        place = hostile.folder / "autograded" / student / NAME / f"{NAME}.ipynb"
        assert not place.exists() or "the hidden test gave -3" not in place.read_text("utf-8"), student
