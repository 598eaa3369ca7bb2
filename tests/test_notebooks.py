"""Notebooks as people have them: without ids, with cells written, moved and removed where nothing is marked."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import build
from build import answer, code, essay, solved, test, text
from grader.course.release import read_assignment
from grader.course.settings import open_course
from grader.models import Finding, Limits, Notebook, Template
from grader.notebook.reading import read_notebook
from grader.notebook.restore import sanitise
from grader.notebook.roles import borrowed, completed, handed_in, plan_cells, replaced

BALANCE = (
    text("", "# Money"),
    code("", "balance = 100"),
    code("", "balance = balance * 2"),
    answer("double", solved("return 2 * x")),
    test("double-test", "assert double(balance) == 400"),
    code("", "balance = balance * 2"),
    answer("rich", "### BEGIN SOLUTION\nrich = balance + 1\n### END SOLUTION"),
    test("rich-test", "assert rich == 401"),
    code("", "# your own code"),
    text("", "Why?"),
    essay("why", "YOUR ANSWER HERE"),
    test("free", "assert double(balance) == 800"),
)
ANSWERS = {"double": "def double(x):\n    return x + x", "rich": "rich = balance + 1", "why": "because"}
TWICE = "balance = balance * 2"


def without_ids(*cells: build.Cell) -> dict[str, Any]:
    """Return a notebook of format 4.4, in which cells have no ids."""
    bare = [{key: value for key, value in cell.items() if key != "id"} for cell in cells]
    return {**build.notebook(*bare), "nbformat_minor": 4}


def template_of(folder: Path, notebook: dict[str, Any]) -> Template:
    build.write(folder / "source/money/money.ipynb", notebook)
    return read_assignment(open_course(folder), "money").templates[0]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return template_of(tmp_path_factory.mktemp("money"), without_ids(*BALANCE))


def released(template: Template) -> dict[str, Any]:
    """Return what a student has who answered everything."""
    given: dict[str, Any] = json.loads(template.released)
    for cell in given["cells"]:
        cell["source"] = ANSWERS.get(grade_id(cell), "".join(cell["source"]))
    return given


def grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def place(given: dict[str, Any], wanted: str, number: int = 0) -> int:
    """Return the place of a cell by its nbgrader id or its text."""
    return [i for i, cell in enumerate(given["cells"]) if wanted in (grade_id(cell), cell["source"])][number]


def restored(given: dict[str, Any], template: Template, limits: Limits = Limits()) -> tuple[Notebook, list[Finding]]:
    notebook, _ = read_notebook(json.dumps(given).encode())
    return sanitise(notebook, template, limits)


def sources(notebook: Notebook) -> list[str]:
    return [cell["source"] for cell in notebook["cells"]]


def processes(given: dict[str, Any], template: Template) -> tuple[list[str], list[str]]:
    """Return the code that runs in the student's process and in the judge's, in order; tests are the judge's."""
    notebook = completed(restored(given, template)[0], template)
    who = plan_cells(notebook, template)
    cells = {i: cell["source"] for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code"}
    judged = {**who.in_both, **who.alone}
    student = [source for i, source in cells.items() if i not in who.tests and i not in who.alone]
    return student, [judged.get(i, source) for i, source in cells.items() if i in who.tests or i in judged]


# Ordinary cells ───────────────────────────────────────────────────────────────────────────────────

GIVEN = ["balance = 100", TWICE, ANSWERS["double"], TWICE, ANSWERS["rich"], "# your own code"]
ASKED = [
    "balance = 100", TWICE, "assert double(balance) == 400", TWICE, "assert rich == 401", "# your own code",
    "assert double(balance) == 800",
]  # fmt: skip


def test_each_ordinary_cell_runs_once_in_both_processes(template: Template) -> None:
    assert processes(released(template), template) == (GIVEN, ASKED)


def removed(given: dict[str, Any]) -> list[str]:
    del given["cells"][place(given, TWICE)]
    return [GIVEN[0], *GIVEN[2:]]


def moved(given: dict[str, Any]) -> list[str]:
    given["cells"].insert(place(given, "why"), given["cells"].pop(place(given, TWICE)))
    return [GIVEN[0], *GIVEN[2:], TWICE]


def copied(given: dict[str, Any]) -> list[str]:
    given["cells"].insert(place(given, TWICE), code("", TWICE))
    return [GIVEN[0], TWICE, *GIVEN[1:]]


def edited(given: dict[str, Any]) -> list[str]:
    given["cells"][place(given, "balance = 100")]["source"] = "balance = 7"
    return ["balance = 7", *GIVEN[1:]]


def written_in(given: dict[str, Any]) -> list[str]:
    given["cells"][place(given, "# your own code")]["source"] = "mine = double(3)"
    return [*GIVEN[:-1], "mine = double(3)"]


def added(given: dict[str, Any]) -> list[str]:
    """Add cells above and below an answer, and below its test."""
    given["cells"].insert(place(given, "double"), code("", "help = 1"))
    given["cells"].insert(place(given, "double") + 1, code("", "double(1)"))
    given["cells"].insert(place(given, "double-test") + 1, code("", "double(2)"))
    return [*GIVEN[:2], "help = 1", GIVEN[2], "double(1)", "double(2)", *GIVEN[3:]]


def made_text(given: dict[str, Any]) -> list[str]:
    cell = given["cells"][place(given, TWICE)]
    cell["cell_type"] = "markdown"
    return [GIVEN[0], *GIVEN[2:]]


@pytest.mark.parametrize("change", [removed, moved, copied, edited, written_in, added, made_text])
def test_an_ordinary_cell_stays_as_its_student_left_it_and_the_judge_runs_the_sources(
    template: Template, change: Callable[[dict[str, Any]], list[str]]
) -> None:
    given = released(template)
    assert processes(given | {"cells": given["cells"]}, template)[0] == GIVEN
    wanted = change(given)
    assert processes(given, template) == (wanted, ASKED)


def test_what_only_the_judge_ran_is_not_in_the_notebook_that_is_kept(template: Template) -> None:
    given = released(template)
    edited(given)
    clean, _ = restored(given, template)
    whole = completed(clean, template)
    assert sources(whole).count("balance = 100") == 1
    assert handed_in(whole, plan_cells(whole, template)) == clean


def test_values_that_tests_use_and_a_student_changed_are_told(template: Template) -> None:
    given = released(template)
    assert replaced(completed(restored(given, template)[0], template), template) == []
    given["cells"][place(given, "balance = 100")]["source"] = "# mine\nbalance = 100"
    assert replaced(completed(restored(given, template)[0], template), template) == []
    given = released(template)
    edited(given)
    (told,) = replaced(completed(restored(given, template)[0], template), template)
    assert "cells that give balance were changed" in told.what


@pytest.mark.parametrize(
    ("double", "rich", "names"),
    [
        ("def double(x): return x * factor", "rich = 1", "factor"),
        ("def double(x): return 2 * x\nprint(extra)", "rich = 1", "extra"),
        ("def double(factor): return 2 * factor", "rich = 1", ""),
        ("for factor in (1, 2): pass\ndef double(x): return factor * x", "rich = 1", ""),
        ("def double(x): return 2 * x", "rich = factor", ""),
    ],
)
def test_what_answers_take_from_tests_is_told(tmp_path: Path, double: str, rich: str, names: str) -> None:
    hidden = "### BEGIN HIDDEN TESTS\nextra = 1\n### END HIDDEN TESTS"
    asks = test("t", f"factor = 2\nassert double(3) == 3 * factor\n{hidden}")
    cells = (
        answer("double", solved("return 2 * x")),
        asks,
        answer("rich", "### BEGIN SOLUTION\nrich = 1\n### END SOLUTION"),
    )
    template = template_of(tmp_path, build.notebook(*cells))
    given = json.loads(template.released)
    for cell in given["cells"]:
        cell["source"] = {"double": double, "rich": rich}.get(grade_id(cell), cell["source"])
    told = borrowed(completed(restored(given, template)[0], template), template)
    assert [finding.what.split(",")[0] for finding in told] == [f"answers use {names}"] * bool(names)


def test_ordinary_cells_do_not_count_as_a_students_own(template: Template) -> None:
    given = released(template)
    given["cells"] += [code("", f"own = {number}") for number in range(9)]
    notebook, findings = restored(given, template, Limits(cells=4))
    assert [source for source in sources(notebook) if source.startswith("own")] == [f"own = {n}" for n in range(4)]
    assert all(source in sources(notebook) for source in GIVEN)
    assert "9 cells of your own; only the first 4" in findings[0].what


@pytest.mark.parametrize("minor", [0, 4, 5])
def test_two_conversions_of_one_source_are_equal(tmp_path: Path, minor: int) -> None:
    notebook = {**without_ids(*BALANCE), "nbformat_minor": minor}
    first, second = (template_of(tmp_path, notebook).cells for _ in range(2))
    assert first == second
    assert len({cell.id for cell in first}) == len(BALANCE)


@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_a_header_with_ids_drawn_anew_leaves_two_conversions_equal(tmp_path: Path) -> None:
    build.write(tmp_path / "source/header.ipynb", without_ids(code("", "import math")))
    settings = 'c = get_config()\nc.IncludeHeaderFooter.header = "source/header.ipynb"\n'
    build.write(tmp_path / "nbgrader_config.py", settings)
    first, second = (template_of(tmp_path, build.notebook(*BALANCE[3:])) for _ in range(2))
    assert first.cells == second.cells and first.cells[0].source == "import math"
    assert "import math" in first.solved


# Marked cells that were moved, copied or removed ──────────────────────────────────────────────────


def test_an_answer_stays_where_its_student_moved_it_above_its_tests(template: Template) -> None:
    given = released(template)
    given["cells"].insert(1, given["cells"].pop(place(given, "double")))
    notebook, findings = restored(given, template)
    assert sources(notebook) == sources(given) and not findings


def test_an_answer_below_its_tests_runs_above_them_and_the_student_is_told(template: Template) -> None:
    given = released(template)
    given["cells"].append(given["cells"].pop(place(given, "double")))
    notebook, findings = restored(given, template)
    assert place(notebook, "double") == place(notebook, "double-test") - 1
    assert "stood in another order" in findings[0].what


def test_tests_run_in_the_order_of_the_assignment(template: Template) -> None:
    given = released(template)
    given["cells"].append(given["cells"].pop(place(given, "double-test")))
    notebook, findings = restored(given, template)
    assert place(notebook, "double-test") < place(notebook, "rich-test") < place(notebook, "free")
    assert "stood in another order" in findings[0].what


def test_an_earlier_copy_of_an_answer_runs_where_it_stands(template: Template) -> None:
    given = released(template)
    given["cells"].insert(1, {**given["cells"][place(given, "double")], "source": "def double(x):\n    return 0"})
    notebook, findings = restored(given, template)
    assert sources(notebook)[1] == "def double(x):\n    return 0"
    assert "2 cells carry this id" in findings[0].what


def test_an_answer_that_is_missing_does_not_undo_what_was_written_in_its_place(template: Template) -> None:
    given = released(template)
    given["cells"][place(given, "double")] = code("", "with open('x', 'w') as x:\n    def double(x): return 2 * x")
    given["cells"].insert(place(given, "double-test"), code("", "double(1)"))
    student, _ = processes(given, template)
    assert "NotImplementedError" in student[0]
    assert student[1:] == [*GIVEN[:2], *sources(given)[3:5], *GIVEN[3:]]


# Notebooks that a cleaner or another editor went over ─────────────────────────────────────────────


def cleaned(given: dict[str, Any], ids: Callable[[int], str] | None) -> dict[str, Any]:
    """Return a notebook without metadata; its ids are kept, or drawn by place."""
    cells = [{**cell, "metadata": {}} | ({"id": ids(i)} if ids else {}) for i, cell in enumerate(given["cells"])]
    return {**given, "cells": cells}


IDS: dict[str, Callable[[int], str] | None] = {
    "kept": None,
    "drawn": lambda place: f"new{place}",
    "numbers": str,
    "numbers of other cells": lambda place: str(place + 1),
    "all the same": lambda _: "same",
}


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The same assignment, whose file gives each cell an id."""
    cells = [{**cell, "id": f"c{place}"} for place, cell in enumerate(BALANCE)]
    return template_of(tmp_path_factory.mktemp("named"), build.notebook(*cells))


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
def test_answers_are_found_that_a_cleaner_went_over(named: Template, ids: Callable[[int], str] | None) -> None:
    notebook, findings = restored(cleaned(released(named), ids), named)
    assert sources(notebook) == sources(released(named))
    assert [grade_id(cell) for cell in notebook["cells"]] == [grade_id(cell) for cell in released(named)["cells"]]
    assert [finding.what.partition(" cells")[0] for finding in findings] == ["6"]


def test_a_numbered_id_is_no_proof(tmp_path: Path) -> None:
    cells = [{**cell, "id": str(place)} for place, cell in enumerate(BALANCE)]
    template = template_of(tmp_path, build.notebook(*cells))
    given = released(template)
    given["cells"].insert(3, code("", "own = 1"))
    notebook, _ = restored(cleaned(given, str), template)
    assert notebook["cells"][place(notebook, "double")]["source"] == ANSWERS["double"]


@pytest.mark.parametrize("kind", ["markdown", "raw", "code"])
def test_a_written_answer_is_found_by_its_place_whatever_its_kind(template: Template, kind: str) -> None:
    given = cleaned(released(template), None)
    given["cells"][place(given, "because")]["cell_type"] = kind
    notebook, _ = restored(given, template)
    assert notebook["cells"][place(notebook, "why")]["source"] == "because"


def test_of_several_texts_in_the_place_of_an_answer_the_first_is_taken(template: Template) -> None:
    given = cleaned(released(template), None)
    given["cells"].insert(place(given, "because") + 1, text("", "and a note"))
    notebook, _ = restored(given, template)
    assert notebook["cells"][place(notebook, "why")]["source"] == "because"
    assert "and a note" in sources(notebook)


def test_written_answers_keep_their_order_when_a_heading_was_edited(tmp_path: Path) -> None:
    cells = [text("", "Question 1"), text("", "**Answer:**"), essay("one", "HERE"), code("", "x = 1"),
             text("", "Question 2"), text("", "**Answer:**"), essay("two", "HERE"), test("t", "assert True")]  # fmt: skip
    template = template_of(tmp_path, without_ids(*cells))
    given = released(template)
    for id, said in {"one": "first", "two": "second"}.items():
        given["cells"][place(given, id)]["source"] = said
    given["cells"][place(given, "**Answer:**")]["source"] = "*My answer*"
    notebook, _ = restored(cleaned(given, None), template)
    kept = {grade_id(cell): cell["source"] for cell in notebook["cells"]}
    assert kept["two"] == "second" and kept["one"] in ("*My answer*", "first")


def test_tests_of_one_text_are_each_found_once(tmp_path: Path) -> None:
    cells = [answer("a", solved("return 1", "def a():")), test("a-test", "# hidden\n### BEGIN HIDDEN TESTS\na()\n### END HIDDEN TESTS"),
             answer("b", solved("return 1", "def b():")), test("b-test", "# hidden\n### BEGIN HIDDEN TESTS\nb()\n### END HIDDEN TESTS")]  # fmt: skip
    template = template_of(tmp_path, without_ids(*cells))
    given = cleaned(released(template), None)
    notebook, findings = restored(given, template)
    assert [cell["id"] for cell in notebook["cells"]] == ["a", "a-test", "b", "b-test"]
    assert [finding.what.partition(" cells")[0] for finding in findings] == ["4"]


def test_a_strangers_notebook_is_none_of_the_assignment(template: Template) -> None:
    given = build.notebook(text("x", "# Money"), code("y", "import numpy as np"), text("z", "because"))
    notebook, findings = restored(given, template)
    assert "because" not in sources(notebook)
    assert "none of its cells belongs" in findings[0].what


# Sources as people have them ──────────────────────────────────────────────────────────────────────

NAMED = build.notebook(*({**cell, "id": f"c{place}"} for place, cell in enumerate(BALANCE)))


def renumbered(ids: Callable[[int], Any]) -> dict[str, Any]:
    return {**NAMED, "cells": [{**cell, "id": ids(place)} for place, cell in enumerate(NAMED["cells"])]}


SOURCES: dict[str, bytes] = {
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(NAMED).encode(),
    "UTF-16": json.dumps(NAMED).encode("utf-16"),
    "carriage returns": json.dumps(NAMED, indent=1).replace("\n", "\r\n").encode(),
    "ids that are numbers": json.dumps(renumbered(int)).encode(),
    "ids that are null": json.dumps(renumbered(lambda _: None)).encode(),
    "ids that are equal": json.dumps(renumbered(lambda _: "x")).encode(),
    "ids in a format without ids": json.dumps({**NAMED, "nbformat_minor": 4}).encode(),
    "no metadata": json.dumps({**NAMED, "metadata": {}}).encode(),
    "a kernel that is null": json.dumps({**NAMED, "metadata": {"kernelspec": None}}).encode(),
}


@pytest.mark.filterwarnings("ignore::nbformat.warnings.DuplicateCellId")
@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_a_source_is_read_however_its_file_is_written(tmp_path: Path, source: bytes) -> None:
    build.write(tmp_path / "source/money/money.ipynb", source)
    (template,) = read_assignment(open_course(tmp_path), "money").templates
    assert len({cell.id for cell in template.cells}) == len(BALANCE)
    notebook, _ = restored(cleaned(released(template), lambda place: f"new{place}"), template)
    assert sources(notebook) == sources(released(template))
