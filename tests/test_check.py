"""What a student's own check reads and runs: any notebook file, and all that lies beside it."""

import copy
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import build
from build import RIGHT, filled, run
from grader.grading import student_check
from grader.models import Notebook
from grader.notebook.reading import UnreadableError, read_notebook
from grader.notebook.restore import sanitise
from grader.notebook.roles import plan_cells
from grader.notebook.score import score

ODD: list[Any] = [
    None, True, 0, -1, 5, 1e308, float("nan"), 10**400, "", "many", "\ud800", "x" * 300, [], [1], ["a", "b"], [[]],
    {}, {"a": None}, {"grade_id": ["x"]}, "code", "raw", "def double(", "%%bash\nrm", "\0",
]  # fmt: skip


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Notebook:
    return build.released(build.course(tmp_path_factory.mktemp("check")))


def places(node: Any) -> list[tuple[Any, Any]]:
    """Return each (container, key) of parsed JSON."""
    items = list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
    return [(node, key) for key, _ in items] + [place for _, value in items for place in places(value)]


def mutated(given: Notebook, seed: int) -> Notebook:
    """Return a notebook with one to three places of it removed, doubled, or holding something else."""
    dice, made = random.Random(seed), copy.deepcopy(given)
    for _ in range(dice.randint(1, 3)):
        container, key = dice.choice(places(made))
        act = dice.randrange(4)
        if act == 0:
            del container[key]
        elif act == 1 and isinstance(container, list):
            container.insert(key, copy.deepcopy(dice.choice(container)))
        else:
            container[key] = copy.deepcopy(dice.choice(ODD))
    return made


def test_no_mutation_of_a_notebook_is_more_than_an_unreadable_one(given: Notebook) -> None:
    read = 0
    for seed in range(1_500):
        try:
            notebook, _ = read_notebook(json.dumps(mutated(given, seed)).encode())
        except UnreadableError:
            continue
        template = student_check.template_of("numbers", notebook)
        clean, _ = sanitise(notebook, template)
        plan_cells(clean, template)
        score(clean, template)
        json.dumps(clean).encode()
        read += 1
    assert read > 1_000  # else it tries nothing


def test_the_tests_of_a_notebook_are_what_it_holds(given: Notebook) -> None:
    notebook, _ = read_notebook(json.dumps(given).encode())
    template = student_check.template_of("numbers", notebook)
    assert [(cell.id, cell.points) for cell in template.cells if cell.grade] == [
        ("double-visible", 1.0),
        ("triple-visible", 1.0),  # what is left of a hidden test is a comment, and an essay is for a person
    ]
    assert template.metadata["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize("points", ["many", [1], 10**400, -3, float("nan"), True, None])
def test_points_that_are_none_count_nothing(given: Notebook, points: Any) -> None:
    made = copy.deepcopy(given)
    made["cells"][2]["metadata"]["nbgrader"]["points"] = points
    notebook, _ = read_notebook(json.dumps(made).encode())
    assert notebook.cells[2].points == 0.0


@pytest.fixture(scope="module")
def checked(given: Notebook, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What `grader check` says of an answer that reads a file in a folder, and a large one, both beside it."""
    folder = tmp_path_factory.mktemp("mine")
    answer = "TWO = int(open('data/two.txt').read())\nSIZE = len(open('large.bin', 'rb').read())\n"
    answer += "def double(x):\n    return TWO * x if SIZE == 2_000_000 else None"
    build.write(folder / "data/two.txt", "2")
    build.write(folder / "large.bin", bytes(2_000_000))
    build.write(folder / "locked.txt", "x").chmod(0)
    path = build.write(folder / "numbers.ipynb", filled(given, **{**RIGHT, "double": answer}))
    return run("check", path, folder=folder)


def test_folders_and_larger_files_are_there_when_it_runs(checked: Any) -> None:
    assert "2 of 2 visible tests pass" in checked.stdout, checked.stdout


def test_a_file_for_which_there_is_no_room_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build.write(tmp_path / "a.txt", "1234")
    build.write(tmp_path / "b/c.txt", "1")
    monkeypatch.setattr(student_check, "MOST_BYTES", 3)
    findings: list[Any] = []
    assert dict(student_check._beside(tmp_path, findings)) == {"b/c.txt": b"1"}
    assert [finding.where for finding in findings] == ["a.txt"]


def test_of_many_files_it_is_said_that_some_were_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        build.write(tmp_path / name, name)
    monkeypatch.setattr(student_check, "MOST_FILES", 2)
    findings: list[Any] = []
    assert set(dict(student_check._beside(tmp_path, findings))) == {"a", "b"}
    assert "more than 2 files" in findings[0].what


@pytest.mark.parametrize("name", ["x" * 300 + ".ipynb", "nothing.ipynb"])
def test_a_name_that_is_no_file_is_two_lines(tmp_path: Path, name: str) -> None:
    done = run("check", name, folder=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 2)


def test_an_id_that_a_terminal_would_obey_is_shown_harmless(given: Notebook, tmp_path: Path) -> None:
    made = filled(given, **RIGHT)
    made["cells"][2]["metadata"]["nbgrader"]["grade_id"] = "t\x1b[31m\ud800"
    shown = run("check", build.write(tmp_path / "numbers.ipynb", json.dumps(made)), folder=tmp_path)
    assert shown.returncode == 0 and "\x1b" not in shown.stdout


def test_what_the_kernel_says_of_itself_is_not_shown(
    given: Notebook, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = "print('\\ud800')\n" + RIGHT["double"]  # of which ipykernel writes a traceback
    shown = run("check", build.write(tmp_path / "numbers.ipynb", filled(given, **{**RIGHT, "double": answer})))
    assert "2 of 2 visible tests pass" in shown.stdout
    assert capfd.readouterr().err == ""


def test_a_kernel_file_of_another_time_and_a_long_name_of_the_folder_for_temporary_files_are_no_matter(
    given: Notebook, tmp_path: Path
) -> None:
    gone = {"argv": ["/gone/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "gone"}
    build.write(tmp_path / "jupyter/kernels/python3/kernel.json", {**gone, "language": "python"})
    path, long = build.write(tmp_path / "numbers.ipynb", filled(given, **RIGHT)), tmp_path / ("x" * 90)
    long.mkdir()
    places = {"JUPYTER_DATA_DIR": str(tmp_path / "jupyter"), "TMPDIR": str(long)}
    command = [sys.executable, "-m", "grader", "check", str(path)]
    done = subprocess.run(command, env={**os.environ, **places}, capture_output=True, text=True, timeout=100)
    assert "2 of 2 visible tests pass" in done.stdout, done.stderr


def test_a_kernel_that_does_not_start_is_two_lines(
    given: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {"argv": ["/gone/julia", "{connection_file}"], "display_name": "gone", "language": "julia"}
    build.write(tmp_path / "jupyter/kernels/gone/kernel.json", broken)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    kernel = {"kernelspec": {"name": "gone", "language": "julia", "display_name": "gone"}}
    done = run("check", build.write(tmp_path / "numbers.ipynb", {**filled(given, **RIGHT), "metadata": kernel}))
    assert done.returncode == 2 and "the kernel 'gone' does not start" in done.stderr


def test_a_test_that_a_person_marks_is_no_failure(given: Notebook, tmp_path: Path) -> None:
    made = filled(given, **RIGHT, double_visible="double(2)\n'four'")
    shown = run("check", build.write(tmp_path / "numbers.ipynb", made), folder=tmp_path)
    assert shown.returncode == 0 and "1 of 2 visible tests pass" in shown.stdout
