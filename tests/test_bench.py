"""The machinery of `make bench`, without its peers: the same submissions, their conversion, the floor, the accounting."""

import json
import os
import shutil
import subprocess
import sys
import types
import zipfile
from pathlib import Path
from typing import Any

import pytest

import build
from bench import graders, many, measure, other, page, submissions, to_otter, tricks, waits
from grader.course.release import read_assignment
from grader.course.settings import assignment_names, open_course
from grader.models import Template
from grader.notebook import reading, restore

WRONG = {**build.RIGHT, "double": "def double(x):\n    return abs(2 * x)"}
TESTS = ["double-visible", "double-hidden", "triple-visible"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build.course(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def template(folder: Path) -> Template:
    return read_assignment(open_course(folder), "numbers").templates[0]


def test_a_seed_gives_the_same_submissions_again() -> None:
    name = "06_broadcasting"
    template = read_assignment(open_course(build.ROOT), name).templates[0]
    answers = submissions.read_answers(name)

    def texts(seed: int) -> list[str]:
        return [
            json.dumps(submissions.filled(template, answers, number, seed)["cells"])
            for number in range(len(submissions.KINDS))
        ]

    assert texts(0) == texts(0) != texts(1)
    assert len(set(texts(0))) == len(submissions.KINDS)
    assert texts(0)[submissions.KINDS.index("unanswered")] == json.dumps(json.loads(template.released)["cells"])


# Otter ───────────────────────────────────────────────────────────────────────────────────────────


class Decorator:
    """What `otter.test_files.test_case` is to a test file."""

    def __init__(self, **about: Any) -> None:
        self.about = about

    def __call__(self, function: Any) -> "Decorator":
        self.call = function
        return self


def earned(archive: Path, answers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Run the test files of an autograder as otter does, on a namespace that holds the answers."""
    monkeypatch.setitem(sys.modules, "otter", types.ModuleType("otter"))
    files = types.ModuleType("otter.test_files")
    files.test_case = Decorator  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "otter.test_files", files)
    points, env = {}, dict[str, Any]()
    exec("\n".join(answers.values()), env)
    with zipfile.ZipFile(archive) as pack:
        for name in pack.namelist():
            if name.startswith("tests/"):
                test: dict[str, Any] = {}
                exec(pack.read(name), test)
                assert test["OK_FORMAT"] is False and name == f"tests/{test['name']}.py"
                try:
                    test["test_cell"].call(env)
                    points[test["name"]] = test["points"]
                except AssertionError:
                    points[test["name"]] = 0.0
    return points


def test_a_test_cell_is_worth_the_same_in_otters_format(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = to_otter.write_autograder(template, tmp_path / "autograder.zip")
    assert earned(archive, build.RIGHT, monkeypatch) == dict(zip(TESTS, (1, 2, 1), strict=True))
    assert earned(archive, WRONG, monkeypatch) == dict(zip(TESTS, (1, 0, 1), strict=True))


def test_otter_runs_each_test_in_the_place_of_its_cell(folder: Path, template: Template) -> None:
    given = build.filled(build.released(folder), **build.RIGHT)
    made = to_otter.converted(given, template)
    asked = [cell["metadata"].get("otter", {}).get("tests") for cell in made["cells"]]
    assert asked == [[cell["id"]] if cell["id"] in TESTS else None for cell in given["cells"]]
    assert [cell["source"] for cell in made["cells"] if cell["id"] in build.RIGHT] == list(build.RIGHT.values())
    assert not any(cell["source"] for cell in made["cells"] if cell["id"] in TESTS)
    assert "nbgrader" not in json.dumps(made)


# The floor ───────────────────────────────────────────────────────────────────────────────────────


def test_the_floor_runs_the_graded_cells(folder: Path, template: Template, tmp_path: Path) -> None:
    waits = {"triple": "import asyncio, colorsys\nawait asyncio.sleep(0)\n" + build.RIGHT["triple"]}
    answers = {
        "ada": build.RIGHT,
        "bob": WRONG,
        "cleo": {**build.RIGHT, **waits},
        "dan": {"double": "raise SystemExit"},
    }
    for student, given in answers.items():
        filled = json.dumps(build.filled(build.released(folder), **given)).encode()
        notebook, _ = restore.sanitise(reading.read_notebook(filled)[0], template)
        build.write(folder / "autograded" / student / "numbers" / "numbers.ipynb", notebook)
    rows = graders.run_floor(graders.Bench(tmp_path / "bench"), folder, modules=())
    points = graders.points_of_floor(rows, folder)
    expected = {"ada": (1, 2, 1), "bob": (1, 0, 1), "cleo": (1, 2, 1), "dan": (0, 0, 0)}
    assert {student: tuple(points[student, "numbers"][id] for id in TESTS) for student in answers} == expected
    assert all(row["again"] > 0 and row["first"] > 0 for row in rows)
    assert not any("colorsys" in row["imported"] for row in rows)  # the first run, not measured, had told of it


# Accounting ──────────────────────────────────────────────────────────────────────────────────────


def test_the_cpu_of_orphans_counts_and_what_is_left_is_ended(tmp_path: Path) -> None:
    burn = "import time\nwhile time.process_time() < 0.4: pass\nopen('burnt', 'w')"
    start = f"""
import os, subprocess, sys, time
for code in ({burn!r}, "import time; time.sleep(600)"):
    subprocess.Popen(["sh", "-c", '"$0" -c "$1" &', sys.executable, code])
while not os.path.exists("burnt"):
    time.sleep(0.01)
"""
    usage = measure.measured([sys.executable, "-c", start], tmp_path, tmp_path / "log.txt", memory=True)
    assert usage.code == 0
    assert usage.cpu >= 0.4
    assert [line for line in usage.left if "sleep(600)" in line]
    assert usage.memory > 0


def test_points_that_differ_end_the_benchmark() -> None:
    ours = {("ada", "numbers"): {"double": 1.0, "triple": 2.0}}
    assert graders.same_points(ours, {("ada", "numbers"): {"double": 1.0, "triple": 2.0}}, "peer") == 2
    for theirs in ({("ada", "numbers"): {"double": 1.0, "triple": 0.0}}, {("ada", "numbers"): {"double": 1.0}}, {}):
        with pytest.raises(SystemExit, match=r"ada, numbers, \w+: grader \d.0, peer (0.0|None)"):
            graders.same_points(ours, theirs, "peer")  # type: ignore[arg-type]


def test_the_page_has_what_people_wait_for_once_it_is_measured() -> None:
    figures = json.loads((build.ROOT / "docs" / "benchmark.json").read_text("utf-8"))
    figures["waits"] = {"06_broadcasting": {"first": 4.0, "again": 0.25, "validate": 5.0, "ratio": 20.0}}
    row = "| 06_broadcasting | 4.00 | 0.25 | 5.00 | 20.0 |"
    assert row in page.text(figures) and "## A check before handing in" in page.text(figures)


def test_a_course_of_many_assignments_has_copies_that_import_something_else(tmp_path: Path) -> None:
    course = open_course(many.make_many(tmp_path / "many", ["06_broadcasting", "08_axis_reductions"], 5))
    assert assignment_names(course) == [
        "06_broadcasting", "06_broadcasting_1", "08_axis_reductions", "08_axis_reductions_0", "08_axis_reductions_2",
    ]  # fmt: skip
    made = {name: read_assignment(course, name).preload for name in assignment_names(course)}
    assert len(set(made.values())) == 5 - 1  # the two that are no copies import the same
    assert len(list(course.root.glob("submitted/*/*/*.ipynb"))) == 5 * many.STUDENTS


def test_the_page_tells_how_the_start_grows_with_the_assignments() -> None:
    figures = json.loads((build.ROOT / "docs" / "benchmark.json").read_text("utf-8"))
    one = {"assignments": 1, "first": 4.0, "again": 2.0, "again_cpu": 3.0, "memory": 500.0, "own_memory": 99.0}
    figures["many"] = [one, one | {"assignments": 16, "again": 3.0, "memory": 520.0}]
    assert "| 16 | 4.00 | 3.00 | 1.50 | 3.00 | 520 | 99 |" in page.text(figures)


@pytest.mark.parametrize("trick", [*tricks.TRICKS, *tricks.FOR_FAILURES], ids=lambda trick: trick.file)
def test_a_package_without_a_trick_grades_alike(trick: tricks.Trick, folder: Path, tmp_path: Path) -> None:
    copy = tricks.without(tmp_path / "package", trick)
    course = Path(shutil.copytree(folder, tmp_path / "course"))
    build.hand_in(course, "ada", build.filled(build.released(course), **WRONG))
    environment = {**os.environ, "PYTHONPATH": str(copy), "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "grader.cli", "grade", "--course", course]
    subprocess.run(command, env=environment, check=True, capture_output=True, cwd=tmp_path)
    assert build.results(course)["ada", "numbers"]["points"] == 2


def test_a_trick_that_is_not_there_any_more_is_named(tmp_path: Path) -> None:
    gone = tricks.Trick("gone", "engine/wire.py", "no such line", "")
    with pytest.raises(ValueError, match="does not hold 'no such line' once"):
        tricks.without(tmp_path / "package", gone)


def test_the_page_tells_what_a_trick_is_worth() -> None:
    figures = json.loads((build.ROOT / "docs" / "benchmark.json").read_text("utf-8"))
    trick = {"what": "a trick", "wall": 1.125, "cpu": 0.99}
    figures["tricks"] = [trick, {**trick, "class": "another class"}]
    assert "| a trick | +12% | -1% |\n| a trick (another class) | +12% | -1% |" in page.text(figures)


def test_a_notebook_to_check_is_a_release_with_its_solutions(tmp_path: Path) -> None:
    made = json.loads(waits._solved(tmp_path / "02", "02_creating_arrays").read_text("utf-8"))
    sources = ["".join(cell["source"]) for cell in made["cells"] if cell["cell_type"] == "code"]
    assert not any("NotImplementedError" in source or "HIDDEN" in source for source in sources)


def test_the_course_that_is_not_ours_is_an_ordinary_one(tmp_path: Path) -> None:
    course = other.make_course(tmp_path / "other", 3)
    template = read_assignment(open_course(course), other.NAME).templates[0]
    assert sum(cell.points for cell in template.cells if cell.grade) == len(other.EXERCISES)
    files = sorted(course.glob("submitted/*/*/*.ipynb"))
    assert len({path.read_text("utf-8") for path in files}) == 3
    assert not any(body in files[0].read_text("utf-8") for body, _ in other.EXERCISES.values())


def test_the_page_tells_of_the_course_that_is_not_ours_beside_ours() -> None:
    figures = json.loads((build.ROOT / "docs" / "benchmark.json").read_text("utf-8"))
    kept = {key: figures[key] for key in ("graders", "floor", "compared")}
    text = page.text(figures | {"other": kept | {"submissions": 95}})
    assert "## A course that is not ours\n\n95 hand-ins" in text
    assert text.count("- Judge and confinement take") == 2
