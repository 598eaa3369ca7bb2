"""What a student is told before a try, after one, and where a cell has failed: in the release, in `check`, on the page."""

import json
from pathlib import Path
from typing import Any

import pytest

import build
from build import answer, code, filled, hand_in, run, solved, test
from grader.course import open_course
from grader.release import read_assignment

HINT = "the hint of the author"


def visible(name: str, wrong: str = "None") -> str:
    block = f'with checks.visible("{name}", hint="{HINT}", points=1):'
    return f'{block}\n    checks.equal(checks.call({name}, 2), 4, mistakes={{"it is that": {wrong}}})'


def hidden(name: str, given: int, expected: int) -> str:
    block = f'with checks.hidden("{name}", about="larger numbers", hint="{HINT}"):'
    source = f"    checks.equal(checks.call({name}, {given}), {expected})"
    return f"# Further tests: larger numbers.\n### BEGIN HIDDEN TESTS\n{block}\n{source}\n### END HIDDEN TESTS"


CELLS = (
    code("setup", "from grader import checks", locked=True),
    answer("double", solved("return 2 * x")),
    test("double-visible", visible("double")),
    test("double-hidden", hidden("double", 4711, 9422)),
    answer("square", solved("return x * x", "def square(x):")),
    test("square-visible", visible("square")),
    test("square-hidden", hidden("square", 4711, 4711**2)),
    answer("power", solved("return x**2", "def power(x):")),
    test("power-visible", visible("power")),
    test("power-hidden", hidden("power", 4711, 4711**2)),
    answer("plain", solved("return x**2", "def plain(x):")),
    test("plain-test", "assert plain(2) == 4"),
)
ANSWERS = {
    "double": "def double(x):\n    return x + x\n\n\nprint(1 / 0)",  # a line below it fails
    "square": "def square(x):\n    return x * (x",
    "power": "def power(x):\n    # how?\n    raise NotImplementedError",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which ada has handed in what she has so far, graded, with her page; and her notebook as she has it."""
    made = build.course(tmp_path_factory.mktemp("hints"), *CELLS)
    given = filled(build.released(made), **ANSWERS)
    hand_in(made, "ada", given)
    build.write(made / "mine/numbers.ipynb", json.dumps(given))
    assert run("grade", "--course", made).returncode == 0
    assert run("feedback", "--course", made).returncode == 0
    return made


@pytest.fixture(scope="module")
def graded(folder: Path) -> dict[str, Any]:
    return build.results(folder)["ada", "numbers"]


@pytest.fixture(scope="module")
def checked(folder: Path) -> str:
    return run("check", folder / "mine/numbers.ipynb").stdout


def test_a_cell_that_fails_below_a_good_function_costs_it_nothing(graded: dict[str, Any]) -> None:
    cells = build.by_cell(graded)
    assert [cells[f"double-{kind}"]["points"] for kind in ("visible", "hidden")] == [1.0, 1.0]


def test_what_failed_below_a_good_function_is_told_with_its_line(graded: dict[str, Any], checked: str) -> None:
    what = "its cell ended in line 5 with ZeroDivisionError (print(1 / 0))"
    assert [finding["what"] for finding in graded["findings"] if finding["where"] == "double"] == [what]
    assert f"double: {what}" in checked


def test_of_the_other_answers_nothing_of_that_kind_is_told(graded: dict[str, Any]) -> None:
    assert [finding["where"] for finding in graded["findings"]] == ["double"]


def test_a_syntax_error_is_called_one_with_its_line(folder: Path, graded: dict[str, Any], checked: str) -> None:
    what = "square is not defined: its cell ended in line 2 with SyntaxError: '(' was never closed"
    cells = build.by_cell(graded)
    assert cells["square-visible"]["message"] == cells["square-hidden"]["message"] == what
    assert what in checked
    assert "ended in line 2 with SyntaxError" in (folder / "feedback/ada/numbers/numbers.html").read_text("utf-8")


def test_an_answer_that_is_not_written_gets_no_hint_anywhere(
    folder: Path, graded: dict[str, Any], checked: str
) -> None:
    cells = build.by_cell(graded)
    for cell in ("power-visible", "power-hidden"):
        assert (cells[cell]["status"], cells[cell]["points"]) == ("unanswered", 0.0)
    page = (folder / "feedback/ada/numbers/numbers.html").read_text("utf-8")
    assert "power is not written yet" in checked and "power is not written yet" in page
    assert HINT not in checked + page


def released(folder: Path) -> dict[str, dict[str, Any]]:
    made = read_assignment(open_course(folder), "numbers").templates[0]
    return {cell["id"]: cell for cell in json.loads(made.released)["cells"]}


def test_a_test_with_hints_is_folded_in_the_release_and_lets_the_cells_below_it_run(folder: Path) -> None:
    cells = released(folder)
    for name in ("double", "square", "power"):
        about = cells[f"{name}-visible"]["metadata"]
        assert about["jupyter"] == {"source_hidden": True} and about["tags"] == ["raises-exception"]


def test_other_cells_of_a_release_stay_as_nbgrader_makes_them(folder: Path) -> None:
    cells = released(folder)
    for name in ("setup", "double", "double-hidden", "plain", "plain-test"):
        assert not {"jupyter", "tags"} & cells[name]["metadata"].keys()
