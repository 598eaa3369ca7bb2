"""What a student reads who hands in a copy of another version than the one that grades it: no fault of hers."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import build
from build import answer, solved, test
from grader.course.release import read_assignment
from grader.course.settings import open_course
from grader.models import Template
from grader.notebook.reading import read_notebook
from grader.notebook.restore import sanitise
from grader.notebook.versions import is_as_released

ONE = answer("double", solved("return 2 * x"))
SEEN = test("seen", "assert double(2) == 4")
MORE = test("more", "assert double(3) == 6")
ESSAY = build.essay("why", "YOUR ANSWER HERE")


def source(folder: Path, *cells: dict[str, Any]) -> Template:
    """Let an assignment have these cells, and return how it is graded."""
    build.course(folder, *cells)
    return read_assignment(open_course(folder), "numbers").templates[0]


def said(notebook: dict[str, Any], template: Template) -> dict[str, str]:
    """Return what is found in a notebook handed in, by cell."""
    read, _ = read_notebook(json.dumps(notebook).encode())
    return {finding.where: f"{finding.what}. {finding.fix}" for finding in sanitise(read, template)[1]}


def handed_in(folder: Path, *cells: dict[str, Any]) -> dict[str, Any]:
    """Return what a student hands in of an assignment of these cells."""
    return build.filled(json.loads(source(folder, *cells).released), double="def double(x):\n    return x + x")


@pytest.mark.parametrize(
    ("before", "now", "cell", "words"),
    [
        ((ONE, SEEN), (ONE, SEEN, MORE), "more", "this test cell was missing; it was put back"),
        ((ONE, test("old", "assert 1")), (ONE, SEEN), "seen", "is not in your version of the assignment"),
        (
            (ONE, SEEN, test("old", "x = 1")),
            (ONE, SEEN, ESSAY),
            "why",
            "which is an older one; it counts as unanswered",
        ),
        ((ONE, test("seen", "assert True")), (ONE, SEEN), "seen", "has changed since your version"),
    ],
)
def test_another_version_is_named_where_the_copy_tells_it(
    tmp_path: Path, before: Sequence[Any], now: Sequence[Any], cell: str, words: str
) -> None:
    mine = handed_in(tmp_path, *before)
    assert words in said(mine, source(tmp_path, *now))[cell]


def test_a_test_that_came_after_the_release_is_nobody_s_fault(tmp_path: Path) -> None:
    mine = handed_in(tmp_path, ONE, SEEN)
    build.run("release", "--course", tmp_path)
    found = said(mine, source(tmp_path, ONE, SEEN, MORE))["more"]
    assert found == "this test cell came after the assignment was released; it was put back. "


def test_a_cell_that_has_another_id_now_is_found_and_nobody_s_fault(tmp_path: Path) -> None:
    mine = build.filled(handed_in(tmp_path, ONE, SEEN, ESSAY), why="Since it is so.")
    template = source(tmp_path, ONE, SEEN, build.essay("because", "YOUR ANSWER HERE"))
    assert said(mine, template) == {}
    read, _ = read_notebook(json.dumps(mine).encode())
    assert sanitise(read, template)[0]["cells"][-1]["source"] == "Since it is so."


def test_a_test_that_the_student_edited_was_edited(tmp_path: Path) -> None:
    mine = build.filled(handed_in(tmp_path, ONE, SEEN), seen="pass")
    assert "this test cell was changed" in said(mine, source(tmp_path, ONE, SEEN))["seen"]


def test_a_test_that_the_student_deleted_was_missing(tmp_path: Path) -> None:
    mine = handed_in(tmp_path, ONE, SEEN, MORE)
    mine["cells"] = [cell for cell in mine["cells"] if cell["id"] != "more"]
    build.run("release", "--course", tmp_path)
    assert "was missing" in said(mine, source(tmp_path, ONE, SEEN, MORE))["more"]


def test_an_exercise_that_is_gone_is_no_matter(tmp_path: Path) -> None:
    mine = handed_in(tmp_path, ONE, SEEN, answer("triple", solved("return 3", "def triple():")), MORE)
    assert said(mine, source(tmp_path, ONE, SEEN)) == {}


@pytest.mark.parametrize("content", ["{", "[]", '{"cells": [7]}', '{"cells": [{"metadata": null}]}'])
def test_a_damaged_release_says_nothing(tmp_path: Path, content: str) -> None:
    build.write(tmp_path / "release/numbers/numbers.ipynb", content)
    assert source(tmp_path, ONE, SEEN).added == frozenset()


def test_nbgrader_s_digest_is_known_again(tmp_path: Path) -> None:
    notebook, _ = read_notebook(
        source(tmp_path, ONE, SEEN, ESSAY, build.text("t", "Do", task=True, locked=True, points=2)).released.encode()
    )
    assert [is_as_released(cell) for cell in notebook.cells] == [True] * 4
    assert not is_as_released(replace(notebook.cells[1], source=f"{notebook.cells[1].source} "))
