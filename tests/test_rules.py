"""The rules of a grade, each seen on a real run: a class of one small course, graded once for all tests."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import build
from build import RIGHT, by_cell, filled, hand_in

Rows = dict[str, dict[str, Any]]


def without(given: dict[str, Any], *ids: str) -> dict[str, Any]:
    return {**given, "cells": [cell for cell in given["cells"] if cell["id"] not in ids]}


def stripped(given: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook as another editor saves it: no nbgrader metadata, fresh ids."""
    cells = [{**cell, "id": f"x{place}", "metadata": {}} for place, cell in enumerate(given["cells"])]
    return {**given, "cells": cells}


def doubled(given: dict[str, Any], id: str, source: str | None = None) -> dict[str, Any]:
    cells = []
    for cell in given["cells"]:
        cells.append(cell)
        if cell["id"] == id:
            cells.append({**cell, "id": "copy", **({"source": source} if source is not None else {})})
    return {**given, "cells": cells}


def class_of(given: dict[str, Any]) -> dict[str, Any]:
    """Return what each student of the class hands in, by the student's name."""
    right = filled(given, **RIGHT)
    own = build.code("own", "print('mine')")
    many = {**right, "cells": [*right["cells"], *({**own, "id": f"own-{n}"} for n in range(10_000))]}
    return {
        "right": right,
        "stub": given,
        "half": filled(given, double=RIGHT["double"]),
        "partly": filled(given, double="def double(x):\n    return abs(2 * x)", triple=RIGHT["triple"]),
        "essayist": filled(given, **RIGHT, why="Because."),
        "warner": filled(
            given, **{**RIGHT, "double": "import warnings\ndef double(x):\n    warnings.warn('slow')\n    return 2 * x"}
        ),
        "printer": filled(
            given, **{**RIGHT, "double": "def double(x):\n    print('0.0')\n    display(0)\n    return 2 * x"}
        ),
        "raiser": filled(given, **{**RIGHT, "double": "raise RuntimeError('no')"}),
        "typo": filled(given, **{**RIGHT, "double": "def double(x)\n    return 2 * x"}),
        "looper": filled(given, **{**RIGHT, "double": "def double(x):\n    while True: pass"}),
        "stubborn": filled(
            given,
            **{
                **RIGHT,
                "double": "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass",
            },
        ),
        "quitter": filled(given, **{**RIGHT, "double": "import os\ndef double(x):\n    os._exit(0)"}),
        "leaver": filled(given, **{**RIGHT, "double": "import sys\ndef double(x):\n    sys.exit()"}),
        "hog": filled(given, **{**RIGHT, "double": "def double(x):\n    return bytearray(8 * 10**9)"}),
        "chatter": filled(given, **{**RIGHT, "double": "def double(x):\n    print('z' * 3_000_000)\n    return 2 * x"}),
        "deleter": without(right, "double-visible", "double-hidden"),
        "editor": filled(given, **RIGHT, double_visible="pass", double_hidden="pass"),
        "cheat": filled(given, double="def double(x):\n    return 0", double_visible="pass", double_hidden="pass"),
        "doubler": doubled(right, "double-visible"),
        "stub-below": doubled(right, "double", source=next(c["source"] for c in given["cells"] if c["id"] == "double")),
        "rewriter": doubled(filled(right, double="def double(x):\n    return 0"), "double", source=RIGHT["double"]),
        "exporter": stripped(right),
        "mover": {**right, "cells": right["cells"][::-1]},
        "markdowner": {
            **right,
            "cells": [{**c, "cell_type": "markdown"} if c["id"] == "double" else c for c in right["cells"]],
        },
        "author": many,
        "old": {
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {},
            "worksheets": [{"cells": [as_v3(c) for c in right["cells"]]}],
        },
        "stranger": build.notebook(build.code("other", "x = 1"), build.text("more", "text")),
        "empty": b"",
        "corrupt": json.dumps(right).encode()[:700],
        "binary": b"\x89PNG\r\n\x1a\n\x00\xff",
        "listing": "[1, 2]",
        "deep": "[" * 100_000,
        "celless": '{"nbformat": 4, "metadata": {}}',
        "odd": {**right, "cells": [*right["cells"], 7, {"cell_type": "code", "source": 5}, {"cell_type": "spam"}]},
        "surrogate": filled(given, **{**RIGHT, "double": RIGHT["double"] + "\n# \ud800"}),
    }


def as_v3(cell: dict[str, Any]) -> dict[str, Any]:
    body = {"input": cell["source"], "language": "python", "outputs": [], "collapsed": False}
    kind = body if cell["cell_type"] == "code" else {"source": cell["source"]}
    return {"cell_type": cell["cell_type"], "metadata": cell["metadata"], **kind}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder in which everything temporary is made while the class is graded."""
    folder = tmp_path_factory.mktemp("scratch")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", None)  # so that it is looked up again
        yield folder


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, scratch: Path) -> Path:
    folder = build.course(
        tmp_path_factory.mktemp("rules"), settings="[tool.grader.limits]\ncell_seconds = 2\ncells = 50\n"
    )
    for student, content in class_of(build.released(folder)).items():
        hand_in(folder, student, content)
    hand_in(folder, "renamer", filled(build.released(folder), **RIGHT), file="Numbers (1).ipynb")
    hand_in(folder, "nothing", "a note", file="readme.txt")
    done = build.run("grade", "--course", folder)
    assert done.returncode == 1, done.stderr  # an essay waits for a person
    assert not done.stderr
    return folder


@pytest.fixture(scope="module")
def rows(course: Path) -> Rows:
    return {student: row for (student, _), row in build.results(course).items()}


FULL, ONE_LOST = 4.0, 1.0
"""Points of the four automatic points: all, and those of `triple` alone."""


@pytest.mark.parametrize(
    ("student", "points"),
    {
        "right": FULL, "stub": 0, "half": 3, "partly": 2, "essayist": FULL, "renamer": FULL,
        "warner": FULL, "printer": FULL, "chatter": FULL,
        "raiser": ONE_LOST, "typo": ONE_LOST, "looper": ONE_LOST, "stubborn": ONE_LOST, "quitter": ONE_LOST, "leaver": ONE_LOST, "hog": ONE_LOST,
        "deleter": FULL, "editor": FULL, "cheat": 0, "doubler": FULL, "stub-below": FULL, "rewriter": FULL, "exporter": FULL, "mover": FULL,
        "markdowner": FULL, "author": FULL, "old": FULL, "odd": FULL, "surrogate": FULL,
        "stranger": 0, "empty": 0, "corrupt": 0, "binary": 0, "listing": 0, "deep": 0, "celless": 0, "nothing": 0,
    }.items(),
)  # fmt: skip
def test_a_submission_earns_what_a_careful_human_would_give(rows: Rows, student: str, points: float) -> None:
    assert rows[student]["points"] == points, rows[student]["findings"]


def test_every_submission_handed_in_has_a_row(course: Path, rows: Rows) -> None:
    assert set(rows) == {path.name for path in (course / "submitted").iterdir()}


@pytest.mark.parametrize(
    ("student", "ending"),
    {
        "right": "finished", "raiser": "finished", "looper": "timed_out", "stubborn": "timed_out", "quitter": "died", "hog": "out_of_memory",
        "empty": "unreadable", "corrupt": "unreadable", "binary": "unreadable", "deep": "unreadable", "nothing": "unreadable",
    }.items(),
)  # fmt: skip
def test_the_ending_says_how_the_run_ended(rows: Rows, student: str, ending: str) -> None:
    assert rows[student]["ending"] == ending


@pytest.mark.parametrize(
    ("student", "words"),
    {
        "deleter": "was missing", "editor": "was changed", "doubler": "2 times", "stub-below": "2 cells carry this id",
        "exporter": "lost their ids", "markdowner": "type of this cell", "author": "10000 cells of your own", "old": "old format",
        "stranger": "none of its cells", "renamer": "taken as numbers.ipynb", "empty": "empty", "corrupt": "cut off", "odd": "damaged cells",
    }.items(),
)  # fmt: skip
def test_a_repair_is_a_finding_that_the_student_sees(rows: Rows, student: str, words: str) -> None:
    assert words in " ".join(finding["what"] for finding in rows[student]["findings"])


@pytest.mark.parametrize("student", ["right", "stub", "warner", "essayist"])
def test_honest_work_has_no_findings(rows: Rows, student: str) -> None:
    assert rows[student]["findings"] == []


@pytest.mark.parametrize("student", ["stranger", "empty", "corrupt", "binary", "listing", "deep", "celless"])
def test_what_is_no_notebook_of_the_assignment_gets_one_finding(rows: Rows, student: str) -> None:
    assert len(rows[student]["findings"]) == 1


def test_status_tells_failed_from_unanswered_from_waiting(rows: Rows) -> None:
    assert {cell["status"] for cell in rows["stub"]["cells"]} == {"unanswered"}
    assert by_cell(rows["raiser"])["double-visible"]["status"] == "failed"
    assert by_cell(rows["essayist"])["why"]["status"] == "waiting"
    assert by_cell(rows["essayist"])["double-hidden"]["status"] == "passed"
    assert rows["essayist"]["waiting"] and not rows["stub"]["waiting"]


def test_an_exercise_is_named_by_what_its_solution_defines(rows: Rows) -> None:
    assert {cell["cell"]: cell["exercise"] for cell in rows["right"]["cells"]} == {
        "double-visible": "double", "double-hidden": "double", "triple-visible": "triple", "why": "why",
    }  # fmt: skip


def test_a_hidden_test_is_nowhere_in_what_the_student_reads(course: Path, rows: Rows) -> None:
    assert by_cell(rows["partly"])["double-hidden"]["message"] == "a hidden test does not pass yet"
    assert build.run("feedback", "--course", course).returncode == 0
    pages = list((course / "feedback").glob("*/*/*.html"))
    assert len(pages) == len(rows)
    assert not [page for page in pages if "double(-3)" in page.read_text("utf-8")]


def test_a_loop_costs_the_student_its_own_points_and_says_so(rows: Rows) -> None:
    assert "took longer than 2 seconds" in by_cell(rows["looper"])["double-visible"]["message"]


def test_output_is_cut_in_what_is_kept(course: Path) -> None:
    assert (course / "autograded/chatter/numbers/numbers.ipynb").stat().st_size < 300_000


def test_a_second_run_grades_nothing_and_changes_nothing(course: Path, rows: Rows) -> None:
    done = build.run("grade", "--course", course)
    assert done.stdout.startswith(f"0 graded, {len(rows)} unchanged")
    assert {student: row for (student, _), row in build.results(course).items()} == rows


def test_grading_again_gives_the_same_whatever_the_jobs(course: Path, rows: Rows) -> None:
    chosen = ["right", "partly", "quitter", "deleter"]
    build.run(
        "grade",
        "--again",
        "--jobs",
        "1",
        *(word for name in chosen for word in ("--student", name)),
        "--course",
        course,
    )
    again = {student: row for (student, _), row in build.results(course).items()}
    assert again == rows


def test_nothing_is_left_behind(course: Path, scratch: Path) -> None:
    assert not list(scratch.iterdir())
