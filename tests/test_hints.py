"""What a student is told before a try, after one, and where a cell has failed: in the release, in `check`, on the page."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

import build
from build import answer, code, filled, hand_in, run, solved, test
from grader import tally
from grader.course.release import read_assignment
from grader.course.settings import open_course
from grader.grading.student_check import points_of, template_of
from grader.notebook import restore
from grader.notebook.reading import read_notebook

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
    place = next(number for number, cell in enumerate(given["cells"]) if cell["id"] == "double-visible")
    given["cells"].insert(place, code("mine", "# a try of my own\nprint(double(nothing))"))
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
    by_cell = build.by_cell(graded)
    assert [by_cell[f"double-{kind}"]["points"] for kind in ("visible", "hidden")] == [1.0, 1.0]


def test_what_failed_below_a_good_function_is_told_with_its_line(graded: dict[str, Any], checked: str) -> None:
    what = "its cell ended in line 5 with ZeroDivisionError (print(1 / 0))"
    assert [finding["what"] for finding in graded["findings"] if finding["where"] == "double"] == [what]
    assert f"double: {what}" in checked


def test_what_failed_in_a_cell_of_the_students_own_is_told_by_a_check(checked: str) -> None:
    assert "double: a cell of your own ended in line 2 with NameError (print(double(nothing)))" in checked
    assert checked.count("a cell of your own") == 1 and "✓ double (double-visible)" in checked


def test_of_the_other_answers_nothing_of_that_kind_is_told(graded: dict[str, Any]) -> None:
    assert [finding["where"] for finding in graded["findings"]] == ["double"]


def test_a_syntax_error_is_called_one_with_its_line(folder: Path, graded: dict[str, Any], checked: str) -> None:
    what = "square is not defined: its cell ended in line 2 with SyntaxError: '(' was never closed"
    by_cell = build.by_cell(graded)
    assert by_cell["square-visible"]["message"] == by_cell["square-hidden"]["message"] == what
    assert what in checked
    assert "ended in line 2 with SyntaxError" in (folder / "feedback/ada/numbers/numbers.html").read_text("utf-8")


def test_an_answer_that_is_not_written_gets_no_hint_anywhere(
    folder: Path, graded: dict[str, Any], checked: str
) -> None:
    by_cell = build.by_cell(graded)
    for cell in ("power-visible", "power-hidden"):
        assert (by_cell[cell]["status"], by_cell[cell]["points"]) == ("unanswered", 0.0)
    page = (folder / "feedback/ada/numbers/numbers.html").read_text("utf-8")
    assert "power is not written yet" in checked and "power is not written yet" in page
    assert HINT not in checked + page


def test_a_check_counts_points_and_says_what_is_open_and_what_to_do_next(checked: str) -> None:
    lines = [line.rstrip() for line in checked.splitlines()]
    place = lines.index(
        "Points so far: 1 of the 4 that visible tests give. Hidden tests decide 3 more when your work is graded."
    )
    assert lines[place + 2 : place + 8] == [
        "  ✓ double   1 of 1   1 hidden",
        "  ✗ square   0 of 1   1 hidden   its test says what differs",
        "  · power    0 of 1   1 hidden   not written yet",
        "  ✗ plain    0 of 1              its test says what differs",
        "",
        "Next: square. Run its test, read what that says, and change your cell.",
    ]


def test_several_notebooks_are_a_table_and_a_page_of_progress(folder: Path, tmp_path: Path) -> None:
    mine, page = folder / "mine/numbers.ipynb", tmp_path / "progress.html"
    made = json.loads(mine.read_text("utf-8"))
    ids = [cell["id"] for cell in made["cells"]]
    other = build.write(tmp_path / "letters.ipynb", {**made, "cells": made["cells"][: 1 + ids.index("double-hidden")]})
    done = run("check", mine, tmp_path / "none.ipynb", other, "--html", page)
    assert done.returncode == 2 and "none.ipynb: no such file" in done.stderr
    rows = [" ".join(line.split()) for line in done.stdout.splitlines() if line.startswith("│")]
    assert rows == [
        "│ numbers │ 1 of 4 │ 3 │ ✓✗·✗ │ square │",
        "│ letters │ 1 of 1 │ 1 │ ✓ │ try cases of your own that the tasks name, since hidden tests do │",
    ]
    text = page.read_text("utf-8")
    assert "<b>2 of 5</b>" in text and "✗ fails</span>" in text and HINT not in text


def test_points_that_visible_tests_do_not_give_are_hidden_ones(tmp_path: Path) -> None:
    source = 'with checks.visible("f", hint="h", points=0):\n    f()'
    given = build.notebook(answer("f", "def f(): pass"), test("t", source, 2), test("u", "# more", 3))
    notebook, _ = read_notebook(json.dumps(given).encode())
    assert points_of(notebook, template_of("nb", notebook)) == {"f": (0.0, 5.0)}


def released(folder: Path) -> dict[str, dict[str, Any]]:
    made = read_assignment(open_course(folder), "numbers").templates[0]
    return {cell["id"]: cell for cell in json.loads(made.released)["cells"]}


def test_a_test_with_hints_is_folded_in_the_release_and_lets_the_cells_below_it_run(folder: Path) -> None:
    given = released(folder)
    for name in ("double", "square", "power"):
        about = given[f"{name}-visible"]["metadata"]
        assert about["jupyter"] == {"source_hidden": True} and about["tags"] == ["raises-exception"]
        assert about["cellView"] == "form"


def test_below_an_answer_that_fails_the_other_cells_run(folder: Path, tmp_path: Path) -> None:
    assert all(released(folder)[name]["metadata"]["tags"] == ["raises-exception"] for name in ("double", "square"))
    silent = released(build.course(tmp_path, answer("f", solved("pass", "def f():")), test("t", "assert f() is None")))
    assert "tags" not in silent["f"]["metadata"]  # its tests end the run themselves


@pytest.mark.parametrize("path", sorted(build.ROOT.glob("release/*/*.ipynb")), ids=lambda path: path.stem)
def test_the_line_that_stays_in_sight_of_a_folded_cell_is_a_comment_without_a_hint(path: Path) -> None:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    folded = [cell for cell in cells if cell["metadata"].get("jupyter", {}).get("source_hidden")]
    assert len(folded) > 5
    for cell in folded:
        line = "".join(cell["source"]).split("\n")[0]
        assert line.startswith("# ") and "hint" not in line, cell["id"]


def test_the_cell_that_counts_the_points_is_folded_and_not_let_fail(tmp_path: Path) -> None:
    cells = (*CELLS, code("progress", "# Points.\nchecks.progress({})", locked=True))
    about = released(build.course(tmp_path, *cells))["progress"]["metadata"]
    assert about["jupyter"] == {"source_hidden": True} and about["cellView"] == "form" and "tags" not in about


def test_other_cells_of_a_release_stay_as_nbgrader_makes_them(folder: Path) -> None:
    given = released(folder)
    for name in ("setup", "double-hidden", "plain-test"):
        assert not {"jupyter", "tags", "cellView"} & given[name]["metadata"].keys()


@pytest.mark.parametrize(
    ("answer", "way_on"),
    [("", "Write it"), ("def image_batch_bytes(n", "Run its test, read what that says, and change your cell")],
    ids=["everything is open", "an answer is no Python"],
)
def test_run_all_reaches_the_end_of_an_assignment(answer: str, way_on: str) -> None:
    import nbformat
    from nbclient import NotebookClient

    [path] = build.sources(["02_creating_arrays"])
    notebook = nbformat.read(build.ROOT / "release" / path.stem / path.name, as_version=4)
    first = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    first.source = answer or first.source
    NotebookClient(notebook, timeout=100, resources={"metadata": {"path": str(build.ROOT)}}).execute()
    shown = "".join(output.get("text", "") for output in notebook.cells[-1].outputs)
    assert shown.startswith("Points so far: 0 of the 6 that visible tests give. Hidden tests decide 7 more")
    assert f"Next: image_batch_bytes. {way_on}" in shown
    said = [output.evalue for cell in notebook.cells for output in cell.get("outputs", ()) if "evalue" in output]
    assert len(said) == (8 if answer else 7) and not any("hint" in text for text in said)


def test_what_assignments_say_of_points_is_what_their_cells_give() -> None:
    """Each visible test says the points of its cell, or 0 where hidden tests are in it, and the last cell their sums."""
    for path in build.sources():
        read = read_notebook(path.read_bytes())[0]
        sums: dict[str, tuple[float, float]] = {}
        exercise = ""
        for cell in read.cells:
            roles, source = cell.roles, cell.source
            if "solution" in roles:
                exercise = [name for name in restore.defined_names(source) if not name.startswith("_")][-1]
            elif "grade" in roles:
                hidden = "BEGIN HIDDEN TESTS" in source
                if "checks.visible" in source:
                    assert tally.points_in(source) == (0 if hidden else cell.points), cell.grade_id
                seen, unseen = sums.get(exercise, (0.0, 0.0))
                sums[exercise] = (seen + cell.points * (not hidden), unseen + cell.points * hidden)
        last = ast.parse(read.cells[-1].source).body[-1]
        assert isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)
        assert ast.literal_eval(last.value.args[0]) == sums, path.stem


def test_what_the_tests_of_one_student_said_is_not_known_to_those_of_the_next(tmp_path: Path) -> None:
    unseen = hidden("double", -2, -4)
    folder = build.course(tmp_path, *CELLS[:2], test("above", unseen), CELLS[2], test("below", unseen))
    for student in ("ada", "bob"):
        hand_in(folder, student, filled(build.released(folder), double="def double(x):\n    return x"))
    assert run("grade", "--course", folder, "--jobs", "1").returncode == 0
    for student in ("ada", "bob"):
        by_cell = build.by_cell(build.results(folder)[student, "numbers"])
        assert "asked for larger numbers" in by_cell["above"]["message"]
        assert "does not pass its visible test" in by_cell["below"]["message"]
