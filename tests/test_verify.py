"""What `verify` refuses, each made by breaking a good course in one place; and that it leaves a good one alone."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

import build
from build import answer, course, run, solved, test

SOLUTION = answer("double", solved("return 2 * x"))
TEST = test("double-visible", "assert double(2) == 4, 'hint='")


def findings(folder: Path, *, release: bool = True) -> str:
    if release:
        run("release", "--course", folder)
    done = run("verify", "--course", folder)
    assert done.returncode == 1, done.stdout
    return done.stdout


def test_a_good_course_is_fit(tmp_path: Path) -> None:
    folder = course(tmp_path)
    run("release", "--course", folder)
    done = run("verify", "--course", folder)
    assert (done.returncode, done.stdout) == (0, "numbers is fit for students\n")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([SOLUTION, test("double-visible", "assert callable(double)")], "1 point without an answer"),
        ([SOLUTION, test("double-visible", "'all good'")], "no number of points"),
        ([SOLUTION, test("double-visible", "assert double(2) == 5")], "its own solution does not pass it here"),
        ([SOLUTION, TEST, TEST], "2 cells have this id"),
        ([SOLUTION, test("t", "### BEGIN HIDEN TESTS\nassert double(1) == 2\n### END HIDDEN TESTS")], "is not a marker"),
        ([SOLUTION, test("t", "### BEGIN HIDDEN TEST\nassert double(1) == 2\n### END HIDDEN TEST")], "is not a marker"),
        ([answer("double", "def double(x):\n    # BEGIN SOLUTOIN\n    return 2 * x\n    # END SOLUTION"), TEST], "is not a marker"),
        ([SOLUTION, test("t", "# begin hidden tests\nassert double(1) == 2\n# end hidden tests")], "is not a marker"),
        ([SOLUTION, test("t", "### BEGIN HIDDEN TESTS\nassert double(1) == 2")], "close each region"),
        ([build.code("double", solved("return 2 * x")), TEST], "a solution in a cell that is no answer cell"),
        ([SOLUTION, build.code("t", "### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS", locked=True)], "in a cell that is no test cell"),
    ],
)  # fmt: skip
def test_a_broken_source_is_refused(tmp_path: Path, cells: list[Any], words: str) -> None:
    assert words in findings(course(tmp_path, *cells))


VISIBLE = (
    "from grader import checks\nwith checks.visible('double', hint='h', points={}):\n    checks.equal(double(2), 4)"
)
MORE = "\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS"
PROGRESS = "from grader import checks\nchecks.progress({})"


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ([test("t", VISIBLE.format(2))], "t: checks.visible says 2 points, and the cell has 1"),
        ([test("t", VISIBLE.format(1) + MORE)], "t: checks.visible says points that hidden tests below it decide"),
        ([test("t", VISIBLE.format(1)), build.code("p", PROGRESS.format({"double": (1, 2)}), locked=True)],
         "p: checks.progress says (1, 2) of double; its cells give (1, 0)"),
        ([test("t", VISIBLE.format(0) + MORE, 3), build.code("p", PROGRESS.format({"triple": (1, 0)}), locked=True)],
         "p: checks.progress says nothing of double; its cells give (0, 3)"),
        ([test("t", VISIBLE.format(1)), build.code("p", PROGRESS.format({"double": (1, 0), "f": (1, 1)}), locked=True)],
         "p: checks.progress says (1, 1) of f; its cells give nothing"),
    ],
)  # fmt: skip
def test_points_that_students_are_told_are_those_of_the_cells(tmp_path: Path, cells: list[Any], what: str) -> None:
    assert f"source/numbers/numbers.ipynb {what}" in " ".join(findings(course(tmp_path, SOLUTION, *cells)).split())


def test_points_that_are_told_as_they_are_are_fine(tmp_path: Path) -> None:
    told = build.code("p", PROGRESS.format({"double": (1, 6)}), locked=True)
    hidden = [test("u", VISIBLE.format(0) + MORE, 4), test("v", "# hint=" + MORE, 2)]
    folder = course(tmp_path, SOLUTION, test("t", VISIBLE.format(1)), *hidden, told)
    run("release", "--course", folder)
    assert run("verify", "--course", folder).returncode == 0


def test_a_test_without_points_is_told_and_refuses_nothing(tmp_path: Path) -> None:
    folder = course(tmp_path, SOLUTION, TEST, test("double-again", "assert double(3) == 6", 0))
    run("release", "--course", folder)
    done = run("verify", "--course", folder)
    assert (done.returncode, "double-again: a test without points" in done.stdout) == (0, True)


def test_ordinary_cells_that_an_old_nbgrader_marked_share_no_id(tmp_path: Path) -> None:
    about = {"nbgrader": {"schema_version": 3, "grade": False, "solution": False, "locked": False}}
    cells = [{**build.code(text, f"{text} = 1"), "metadata": about} for text in ("one", "two")]
    folder = course(tmp_path, *cells, SOLUTION, TEST)
    run("release", "--course", folder)
    done = run("verify", "--course", folder)
    assert (done.returncode, done.stdout) == (0, "numbers is fit for students\n")


def test_a_test_without_a_hint_is_refused_where_the_course_asks_for_hints(tmp_path: Path) -> None:
    folder = course(tmp_path, SOLUTION, test("t", "assert double(2) == 4"), settings="hints = true\n")
    assert "a test without a hint" in findings(folder)


def edit(folder: Path, change: str, into: str) -> None:
    path = folder / "release/numbers/numbers.ipynb"
    text = path.read_text("utf-8")
    assert change in text
    path.write_text(text.replace(change, into), "utf-8")


def test_a_release_that_is_not_what_the_source_gives_is_refused(tmp_path: Path) -> None:
    folder = course(tmp_path)
    run("release", "--course", folder)
    edit(folder, "# Numbers", "# Other")
    assert "not what the source gives" in findings(folder, release=False)


def test_a_hidden_line_in_the_release_is_refused(tmp_path: Path) -> None:
    folder = course(tmp_path)
    run("release", "--course", folder)
    edit(folder, "# negative numbers", "assert double(-3) == -6")
    assert "a hidden line is in it: 'assert double(-3) == -6'" in findings(folder, release=False)


def test_a_missing_release_is_refused(tmp_path: Path) -> None:
    assert "missing" in findings(course(tmp_path), release=False)


def test_orphans_are_refused(tmp_path: Path) -> None:
    folder = course(tmp_path)
    build.write(folder / "release/numbers/left.txt", "over")
    build.write(folder / "release/gone/gone.ipynb", build.notebook())
    build.write(folder / "tests/answers/numbers/quadruple/right_one.py", "")
    build.write(folder / "tests/answers/numbers/double/correct.py", "")
    build.write(folder / "tests/answers/letters/a/right_one.py", "")
    found = findings(folder)
    for orphan in (
        "release/numbers/left.txt",
        "release/gone",
        "tests/answers/numbers/quadruple",
        "tests/answers/numbers/double/correct.py",
        "tests/answers/letters",
    ):
        assert f"{orphan}: " in found


def test_a_file_beside_the_source_is_released(tmp_path: Path) -> None:
    folder = course(tmp_path)
    build.write(folder / "source/numbers/data/table.csv", "1,2")
    run("release", "--course", folder)
    assert (folder / "release/numbers/data/table.csv").read_text() == "1,2"


def test_cells_that_share_an_id_are_told_apart_in_the_same_way_each_time(tmp_path: Path) -> None:
    nameless = {key: value for key, value in build.text("", "z").items() if key != "id"}
    folder = course(tmp_path, build.text("a", "x"), build.text("a", "y"), nameless, SOLUTION, TEST)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = build.released(folder), build.released(folder)
    assert first == second
    assert [cell["id"] for cell in first["cells"]] == ["a", "a-1", "cell-2", "double", "double-visible"]


def test_nbgrader_s_own_command_gives_the_same_release(tmp_path: Path) -> None:
    import subprocess
    import sys

    folder = course(tmp_path)
    run("release", "--course", folder)
    ours = json.loads((folder / "release/numbers/numbers.ipynb").read_text("utf-8"))
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "numbers", "--force"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    theirs = json.loads((folder / "release/numbers/numbers.ipynb").read_text("utf-8"))
    assert ours == theirs


def test_a_module_that_the_course_asks_for_and_that_is_not_installed_is_named(tmp_path: Path) -> None:
    folder = course(tmp_path, settings='preload = ["numpy", "no_such.module"]\n')
    assert findings(folder).startswith("[tool.grader] preload: no_such.module: not installed here\n  fix: ")
    assert "no_such.module" in run("grade", "--course", folder).stdout


def test_a_usual_module_that_is_not_installed_is_nobodys_concern(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = course(tmp_path)
    run("release", "--course", folder)
    monkeypatch.setattr("grader.course.settings.importable", lambda name: name == "numpy")
    assert run("verify", "--course", folder).stdout == "numbers is fit for students\n"
