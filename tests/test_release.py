"""What a release gives to students: nbgrader's settings, one source at a time, and nothing of a solution."""

import gzip
import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
from nbformat import from_dict
from nbgrader.nbgraderformat import MetadataValidator

import build
from build import answer, course, run, solved, test, write
from grader.course.archives import within
from grader.course.release import _Metadata, files_beside, read_assignment
from grader.course.settings import open_course
from grader.grading.verify import _release_findings, _secrets
from grader.models import GraderError, Template
from grader.notebook.leaks import given_away, is_common, lines_of, secret_lines

SOLUTION = answer("double", solved("return 2 * x"))
TEST = test("seen", "assert double(2) == 4")
HIDDEN = test("unseen", "# more\n### BEGIN HIDDEN TESTS\nassert double(-3) == -6\n### END HIDDEN TESTS")


def zipped(name: str, content: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def configured(folder: Path, *lines: str) -> Path:
    write(folder / "nbgrader_config.py", "\n".join(["c = get_config()", *lines, ""]))
    return folder


def read(folder: Path) -> Any:
    return read_assignment(open_course(folder), "numbers")


# nbgrader's settings ──────────────────────────────────────────────────────────────────────────────


def with_files(folder: Path, *lines: str) -> Path:
    made = configured(course(folder, SOLUTION, TEST), *lines)
    for name in (
        "data.csv",
        "data/more.csv",
        "secret/key.csv",
        "notes.md",
        "solution_a.py",
        "feedback/x.html",
        "a.pyc",
    ):
        write(made / "source/numbers" / name, "x" * 1500)
    return made


def test_what_is_ignored_lies_neither_in_the_release_nor_beside_the_notebook_when_it_is_graded(tmp_path: Path) -> None:
    folder = with_files(tmp_path, 'c.CourseDirectory.ignore = ["secret", "solution_*", "*.md"]')
    assert set(read(folder).files) == {"data.csv", "data/more.csv", "feedback/x.html", "a.pyc"}


def test_a_pattern_may_be_added_to_those_that_nbgrader_ignores_anyway(tmp_path: Path) -> None:
    folder = with_files(tmp_path, 'c.CourseDirectory.ignore.append("*.md")')
    assert set(read(folder).files) == {"data.csv", "data/more.csv", "secret/key.csv", "solution_a.py"}


def test_what_is_not_included_is_graded_with_and_not_released(tmp_path: Path) -> None:
    folder = with_files(tmp_path, 'c.CourseDirectory.include = ["*.csv", "*.ipynb"]')
    done = run("release", "--course", folder)
    released = {path.name for path in (folder / "release/numbers").rglob("*") if path.is_file()}
    assert released == {"data.csv", "more.csv", "key.csv", "numbers.ipynb"}
    assert "notes.md" in read(folder).files
    assert "source/numbers/notes.md: not released: not among what CourseDirectory.include names" in done.stdout


def test_a_file_that_is_larger_than_it_may_be_is_not_released(tmp_path: Path) -> None:
    folder = with_files(tmp_path, "c.CourseDirectory.max_file_size = 1")
    assert set(read(folder).withheld) == {"data.csv", "data/more.csv", "secret/key.csv", "notes.md", "solution_a.py"}


def test_ignoring_works_in_a_folder_whose_name_is_a_pattern(tmp_path: Path) -> None:
    write(tmp_path / "hw [1]/key.txt", "x")
    write(tmp_path / "hw [1]/data.txt", "x")
    assert set(files_beside(tmp_path / "hw [1]", ["key*"])) == {"data.txt"}


def test_a_setting_of_the_wrong_kind_is_two_lines(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match=r"nbgrader_config.py: .*\n  fix: "):
        read(with_files(tmp_path, 'c.CourseDirectory.max_file_size = "large"'))


@pytest.mark.parametrize(
    ("lines", "cell", "notebook"),
    [
        ([], 30, 600),
        (["c.Execute.timeout = 90"], 90, 1800),
        (["c.ExecutePreprocessor.timeout = 5"], 5, 600),
        (["c.ExecutePreprocessor.timeout = 5", "c.Execute.timeout = 60"], 60, 1200),
        (["c.Execute.timeout = None"], 600, 600),
        (["c.ExecutePreprocessor.timeout = -1"], 600, 600),
    ],
)
def test_a_cell_may_take_as_long_as_nbgrader_lets_it(
    tmp_path: Path, lines: list[str], cell: int, notebook: int
) -> None:
    limits = open_course(configured(course(tmp_path), *lines)).limits
    assert (limits.cell_seconds, limits.notebook_seconds) == (cell, notebook)


def test_the_course_s_own_limit_goes_before_nbgrader_s(tmp_path: Path) -> None:
    folder = configured(course(tmp_path, settings="[tool.grader.limits]\ncell_seconds = 3\n"), "c.Execute.timeout = 90")
    assert open_course(folder).limits.cell_seconds == 3


@pytest.mark.parametrize("value", ["0", "'long'", "True"])
def test_a_timeout_that_is_none_is_two_lines(tmp_path: Path, value: str) -> None:
    with pytest.raises(GraderError, match="give it a number of seconds"):
        open_course(configured(course(tmp_path), f"c.Execute.timeout = {value}"))


@pytest.mark.parametrize(
    "setting", ['source_directory = "src"', 'directory_structure = "{assignment_id}/{student_id}"']
)
def test_folders_that_are_called_otherwise_are_two_lines(tmp_path: Path, setting: str) -> None:
    with pytest.raises(GraderError, match=r"nbgrader_config.py: CourseDirectory\.\w+ is .*\n  fix: "):
        open_course(configured(course(tmp_path), f"c.CourseDirectory.{setting}"))


def test_folders_that_are_called_as_usual_are_no_matter(tmp_path: Path) -> None:
    open_course(configured(course(tmp_path), 'c.CourseDirectory.source_directory = "source/"'))


# One source at a time ─────────────────────────────────────────────────────────────────────────────


def old(cell: dict[str, Any], version: int = 1) -> dict[str, Any]:
    about = {**cell["metadata"]["nbgrader"], "schema_version": version}
    return {**cell, "metadata": {"nbgrader": {key: value for key, value in about.items() if key != "task"}}}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, Any]:
    """A course of good and bad sources, and what release and verify say of it."""
    folder = tmp_path_factory.mktemp("mixed")
    course(folder, SOLUTION, TEST, name="a_good")
    course(folder, SOLUTION, SOLUTION, TEST, name="b_twice")
    course(folder, old(SOLUTION), old(TEST), name="c_old")
    course(folder, old(SOLUTION, 9), name="d_new")
    write(folder / "source/e_cut/e_cut.ipynb", "{")
    course(folder, SOLUTION, TEST, name="z_good")
    return folder, run("release", "--course", folder), run("verify", "--course", folder)


def test_a_bad_source_stops_no_other(mixed: tuple[Path, Any, Any]) -> None:
    folder, done, _ = mixed
    assert done.returncode == 2
    assert {path.stem for path in (folder / "release").rglob("*.ipynb")} == {"a_good", "z_good"}


def test_a_bad_source_stops_no_page_of_another(mixed: tuple[Path, Any, Any]) -> None:
    folder = mixed[0]
    for name in ("a_good", "z_good"):
        build.hand_in(folder, "ada", build.filled(build.released(folder, name), **build.RIGHT), name=name)
    assert run("grade", "--course", folder).returncode == 0
    good = (folder / "source/z_good/z_good.ipynb").read_bytes()
    write(folder / "source/z_good/z_good.ipynb", "{")
    done = run("feedback", "--course", folder)
    write(folder / "source/z_good/z_good.ipynb", good)
    assert (done.returncode, done.stdout) == (2, "1 pages in feedback/\n")
    assert "source/z_good/z_good.ipynb: not a notebook" in done.stderr


def test_each_bad_source_is_two_lines(mixed: tuple[Path, Any, Any]) -> None:
    lines = mixed[1].stderr.splitlines()
    assert [line.split(":")[1].strip() for line in lines[::2]] == [
        f"source/{name}/{name}.ipynb" for name in ("b_twice", "c_old", "d_new", "e_cut")
    ]
    assert all(line.startswith("  fix: ") for line in lines[1::2])


def test_an_old_schema_names_nbgrader_update(mixed: tuple[Path, Any, Any]) -> None:
    for said in (mixed[1].stderr, mixed[2].stdout):
        assert "run: nbgrader update source/c_old" in said
    assert "pip install -U nbgrader" in mixed[1].stderr


def test_verify_goes_on_behind_a_source_that_is_no_notebook(mixed: tuple[Path, Any, Any]) -> None:
    assert mixed[2].returncode == 1
    assert "source/e_cut/e_cut.ipynb: not a notebook" in mixed[2].stdout


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([answer("a b", "x = 1")], "the metadata of cell 1 (a b): "),
        ([SOLUTION, test("seen", "assert 1", -1)], "the metadata of cell 2 (seen): -1 is less than"),
        ([SOLUTION, TEST, SOLUTION], "cell 3 has the id of a cell above it, double"),
    ],
)
def test_a_cell_with_metadata_that_nbgrader_refuses_is_named(tmp_path: Path, cells: list[Any], words: str) -> None:
    with pytest.raises(GraderError) as refused:
        read(course(tmp_path, *cells))
    assert words in str(refused.value)


_MANAGED = {
    "grade_id": "a", "schema_version": 3, "grade": True, "solution": False, "locked": True, "task": False, "points": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"schema_version": 2},
        {"schema_version": 4},
        {"schema_version": "3"},
        {"schema_version": 3.0},
        {"grade_id": ""},
        {"grade_id": "a b"},
        {"grade": "yes"},
        {"points": "2"},
        {"points": -1},
        {"points": None},
        {"cell_type": "banana"},
        {"extra": 1},
        {"task": True},
        {"checksum": 7},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_metadata_is_checked_as_by_nbgrader(change: dict[str, Any], kind: str) -> None:
    cell = {"cell_type": kind, "source": "1", "metadata": {"nbgrader": _MANAGED | change}}
    other = {"cell_type": "code", "source": "2", "metadata": {}}

    def said(check: Any) -> str:
        try:
            check.validate_nb(from_dict({"cells": [other, cell]}))
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return "valid"

    assert said(_Metadata()) == said(MetadataValidator())


@pytest.mark.parametrize("blocked", ["release", "release/a", "release/a/a.ipynb", "release/a/data"])
def test_what_stands_in_the_way_of_a_release_is_two_lines_and_stops_no_other(tmp_path: Path, blocked: str) -> None:
    for name in ("a", "b"):
        course(tmp_path, SOLUTION, TEST, name=name)
    write(tmp_path / "source/a/data/x.csv", "1")
    if blocked.endswith(".ipynb"):
        (tmp_path / blocked).mkdir(parents=True)
    else:
        write(tmp_path / blocked, "a file")
    done = run("release", "--course", tmp_path)
    assert done.returncode == 2 and "cannot be written" in done.stderr
    assert (tmp_path / "release/b/b.ipynb").is_file() == (blocked != "release")


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        (["raise SystemExit"], "nbgrader_config.py: it does not run"),
        (["c.CourseDirectory.ignore = [1]"], "nbgrader_config.py: CourseDirectory.ignore is [1]"),
        (["c.ClearSolutions.begin_solution_delimeter = 5"], "nbgrader_config.py: The 'begin_solution_delimeter'"),
        (["c.IncludeHeaderFooter.header = 'head.ipynb'"], "head.ipynb: not a notebook"),
    ],
)
def test_the_file_that_is_at_fault_is_named(tmp_path: Path, lines: list[str], where: str) -> None:
    folder = configured(course(tmp_path, SOLUTION, TEST), *lines)
    write(folder / "head.ipynb", "[]")
    done = run("release", "--course", folder)
    assert done.returncode == 2 and where in done.stderr, done.stderr


def test_a_file_whose_name_is_not_utf_8_stops_its_own_assignment_alone(tmp_path: Path) -> None:
    for name in ("a", "b"):
        course(tmp_path, SOLUTION, TEST, name=name)
    write(tmp_path / "source/a" / os.fsdecode(b"\xff.csv"), "1")
    done = run("release", "--course", tmp_path)
    assert (done.returncode, done.stdout) == (2, "release/b/b.ipynb\n")
    assert "its name is not UTF-8" in done.stderr


# The same source gives the same release ────────────────────────────────────────────────────────────


def without_ids(notebook: dict[str, Any]) -> dict[str, Any]:
    cells = [{key: value for key, value in cell.items() if key != "id"} for cell in notebook["cells"]]
    return {**notebook, "cells": cells, "nbformat_minor": 4}


HEADER = without_ids(build.notebook(build.text("h", "Your name:"), build.text("i", "Your class:")))


@pytest.mark.parametrize("old_source", [False, True])
def test_a_header_without_ids_gives_the_same_release_each_time(tmp_path: Path, old_source: bool) -> None:
    folder = configured(course(tmp_path, SOLUTION, TEST), 'c.IncludeHeaderFooter.header = "header.ipynb"')
    write(folder / "header.ipynb", HEADER)
    if old_source:
        path = folder / "source/numbers/numbers.ipynb"
        write(path, without_ids(json.loads(path.read_text("utf-8"))))
    first, second = build.released(folder), build.released(folder)
    assert first == second
    assert ["".join(cell["source"]) for cell in first["cells"][:2]] == ["Your name:", "Your class:"]
    assert [cell.get("id") for cell in first["cells"]] == (
        [None] * 4 if old_source else ["cell-0", "cell-1", "double", "seen"]
    )


def test_a_header_with_the_ids_of_the_source_is_told_apart_from_it(tmp_path: Path) -> None:
    folder = configured(course(tmp_path, SOLUTION, TEST), 'c.IncludeHeaderFooter.header = "header.ipynb"')
    write(folder / "header.ipynb", build.notebook(build.text("double", "Your name:"), build.text("cell-2", "x")))
    ids = [cell["id"] for cell in build.released(folder)["cells"]]
    assert len(set(ids)) == 4 and ids[0] == "double" and ids[1] == "cell-2"


def test_a_header_that_is_not_there_is_two_lines(tmp_path: Path) -> None:
    folder = configured(course(tmp_path, SOLUTION), 'c.IncludeHeaderFooter.footer = "footer.ipynb"')
    with pytest.raises(GraderError, match="no such file"):
        read(folder)


def test_a_source_of_format_3_gives_the_same_release_each_time(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# One"},
        {"cell_type": "markdown", "metadata": {}, "source": "# Two"},
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    write(tmp_path / "source/numbers/numbers.ipynb", old)
    assert build.released(tmp_path) == build.released(tmp_path)


# Nothing of a solution ────────────────────────────────────────────────────────────────────────────


def leaks(folder: Path, *cells: dict[str, Any], **files: str | bytes) -> list[str]:
    """Return what is found in the release of a course with these cells and files beside them (`__` for a dot)."""
    course(folder, *(cells or (SOLUTION, TEST, HIDDEN)))
    for name, content in files.items():
        write(folder / "source/numbers" / name.replace("__", "."), content)
    run("release", "--course", folder)
    opened = open_course(folder)
    sources = [
        [
            {"source": cell["source"], "about": cell["metadata"].get("nbgrader", {})}
            for cell in cells or (SOLUTION, TEST, HIDDEN)
        ]
    ]
    return [f"{one.where}: {one.what}" for one in _release_findings(opened, read(folder), sources)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("given__py", "def twice(x):\n    return 2 * x\n"),
        ("notes__txt", "hint:\r\n  return 2 * x\r\n"),
        ("backup__json", json.dumps({"cells": [{"source": ["def double(x):\n", "    return 2 * x\n"]}]})),
        ("page__html", "<pre><span>return</span> 2 <b>*</b> x</pre>"),
        ("binary__pkl", b"\x80\x04\x95\n    return 2 * x\n\xff"),
        ("wide__txt", "return 2 * x".encode("utf-16")),
        ("all__zip", zipped("numbers.ipynb", json.dumps({"cells": [{"source": "    return 2 * x\n"}]}))),
        ("deep__zip", zipped("a/more.zip", zipped("double.py", "    return 2 * x\n"))),
        ("double__py__gz", gzip.compress(b"    return 2 * x\n", mtime=0)),
    ],
)
def test_a_line_of_a_solution_is_found_in_any_file(tmp_path: Path, name: str, content: str | bytes) -> None:
    place = f"release/numbers/{name.replace('__', '.')}"
    assert leaks(tmp_path, **{name: content}) == [f"{place}: a hidden line is in it: 'return 2 * x', of double"]


LONG = answer("double", solved("return np.asarray(x) * 2.0"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("key__csv", 'question,answer\n1,"    return np.asarray(x) * 2.0"\n'),
        ("key__yaml", 'double: "    return np.asarray(x) * 2.0\\n"\n'),
        ("key__pkl", pickle.dumps({"double": "return np.asarray(x) * 2.0"})),
        ("key__md", "Write `return np.asarray(x) * 2.0` there.\n"),
        ("key__txt", "return np.asarray(x) \\\n    * 2.0\n"),
    ],
)
def test_a_long_line_is_found_among_other_things(tmp_path: Path, name: str, content: str | bytes) -> None:
    place = f"release/numbers/{name.replace('__', '.')}"
    assert leaks(tmp_path, LONG, TEST, **{name: content}) == [
        f"{place}: a hidden line is in it: 'return np.asarray(x) * 2.0', of double"
    ]


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04cut off", b"\x1f\x8bcut off", zipped("a.txt", "x")[:-9], b"BZh"],
    ids=["zip", "gzip", "end", "bzip2"],
)
def test_an_archive_that_cannot_be_opened_holds_nothing(data: bytes) -> None:
    assert list(within(data)) == []


def test_a_pattern_that_leaves_nothing_out_is_told(tmp_path: Path) -> None:
    folder = with_files(tmp_path, 'c.CourseDirectory.ignore = ["data/more.csv", "secret", "feedback/"]')
    run("release", "--course", folder)
    done = run("verify", "--course", folder)
    assert "CourseDirectory.ignore 'data/more.csv' matches nothing" in done.stdout
    assert "'secret' matches" not in done.stdout and "'feedback/' matches" not in done.stdout


def test_a_line_of_a_hidden_test_is_found_in_a_file(tmp_path: Path) -> None:
    assert leaks(tmp_path, tests__py="assert double(-3) == -6\n") == [
        "release/numbers/tests.py: a hidden line is in it: 'assert double(-3) == -6', of unseen"
    ]


def test_a_line_that_a_visible_place_has_too_gives_nothing_away(tmp_path: Path) -> None:
    given = build.code("given", "def four():\n    return 2 * x")
    assert leaks(tmp_path, given, SOLUTION, TEST, given__py="return 2 * x\n") == []


def test_a_line_that_a_cell_has_inside_and_outside_its_solution_gives_nothing_away(tmp_path: Path) -> None:
    twice = answer("double", f"y = np.zeros(3, dtype=int)\n{solved('y = np.zeros(3, dtype=int)')}")
    assert leaks(tmp_path, twice, TEST) == []


def test_a_few_lines_of_many_give_nothing_away(tmp_path: Path) -> None:
    lines = [f"y{n} = np.full({n}, x + {n})" for n in range(10)]
    long = answer("double", solved("\n    ".join(lines)))
    assert leaks(tmp_path / "few", long, TEST, given__py="\n".join(lines[:2])) == []
    assert len(leaks(tmp_path / "some", long, TEST, given__py="\n".join(lines[:3]))) == 1


@pytest.mark.parametrize(
    "line",
    ["import numpy as np", "from math import sqrt", "else:", "except ValueError as error:", "return x", "return result, count", "return", "})", "# the sum",
     "def helper(x, y=1):", "class Node:", "for i in range(len(x)):", "for a, b in zip(xs, ys):", "while True:", "if x is None:", "result = []", "n = len(xs)",
     "total += x", "result.append(x)", "plt.show()", '"""Return it."""', "%matplotlib inline", "raise NotImplementedError()", "i = 0", "x, y = y, x", "print(x)"],
)  # fmt: skip
def test_a_line_of_anybody_s_code_gives_nothing_away(line: str) -> None:
    assert is_common(line)


@pytest.mark.parametrize(
    "line",
    ["return 2 * x", "return a @ b", "assert double(-3) == -6", "x = np.linalg.solve(A, b)", "total += x * w", "Because the mean is linear.",
     "if x % 3 == 0:", "for i in range(2, int(n ** 0.5) + 1):", "return [x for x in xs if x > 0]"],
)  # fmt: skip
def test_a_line_that_says_how_it_is_done_is_a_secret(line: str) -> None:
    assert not is_common(line)


def test_the_secrets_of_a_cell_are_what_its_release_lacks() -> None:
    assert secret_lines("a = f(1) + 2\nb = g(2) + 1\na = f(1) + 2", "a = f(1) + 2") == ["a = f(1) + 2", "b = g(2) + 1"]


def test_in_a_notebook_one_line_of_many_is_enough() -> None:
    secrets = {"a": ["one line of it", "another line", "a third line", "a fourth line", "a fifth line"]}
    assert given_away(secrets, ["another line"]) == {}
    assert given_away(secrets, ["another line"], any_line=True) == {"a": "another line"}


def test_a_file_without_end_or_sense_is_read() -> None:
    assert list(lines_of("x.json", b"[" * 100_000))
    assert list(lines_of("x.bin", bytes(range(256))))


def test_a_marker_that_the_course_calls_otherwise_is_named(tmp_path: Path) -> None:
    configured(
        tmp_path, 'c.ClearHiddenTests.begin_test_delimeter = "SECRET"', 'c.ClearHiddenTests.end_test_delimeter = "OPEN"'
    )
    assert any("the marker BEGIN HIDDEN TESTS is in it" in one for one in leaks(tmp_path))


def test_a_file_that_is_not_as_in_the_source_is_named(tmp_path: Path) -> None:
    leaks(tmp_path, data__csv="1,2")
    write(tmp_path / "release/numbers/data.csv", "1,3")
    found = _release_findings(open_course(tmp_path), read(tmp_path), [[]])
    assert [(one.where, one.what) for one in found] == [("release/numbers/data.csv", "not what the source gives")]


def test_ids_of_ordinary_cells_may_differ(tmp_path: Path) -> None:
    leaks(tmp_path, build.text("intro", "# Numbers"), SOLUTION, TEST)
    path = tmp_path / "release/numbers/numbers.ipynb"
    path.write_text(path.read_text("utf-8").replace('"id": "intro"', '"id": "f3a9"'), "utf-8")
    assert _release_findings(open_course(tmp_path), read(tmp_path), [[]]) == []


def test_a_picture_that_a_written_solution_alone_shows_is_named(tmp_path: Path) -> None:
    why = build.essay("why", "### BEGIN SOLUTION\nSee ![](plots/answer.png) and ![](given.png).\n### END SOLUTION")
    task = build.text("task", "Explain ![](given.png).", locked=True)
    files = {"plots/answer__png": b"\x89PNG", "given__png": b"\x89PNG", "other__png": b"\x89PNG"}
    assert leaks(tmp_path, task, why, **files) == [
        "release/numbers/plots/answer.png: a picture that the solution of why alone shows"
    ]


# AUTOTEST ─────────────────────────────────────────────────────────────────────────────────────────

AUTOTESTS = """
python3:
    setup: "from hashlib import sha1"
    hash: 'sha1({{snippet}}.encode("utf-8")+b"{{salt}}").hexdigest()'
    dispatch: "type({{snippet}})"
    normalize: "str({{snippet}})"
    check: 'assert {{snippet}} == "{{value}}", "{{message}}"'
    templates:
        default:
            - test: "{{snippet}}"
              fail: "value of {{snippet}} is not correct"
"""


def test_an_autotest_of_an_abbreviated_text_is_named(tmp_path: Path) -> None:
    lines = ["### AUTOTEST a; a.sum(); said", "### HASHED AUTOTEST b; len(b)"]
    given = answer(
        "a", "### BEGIN SOLUTION\nimport numpy as np\na = np.arange(2000)\nb = [a]\nsaid = 'a ... b'\n### END SOLUTION"
    )
    folder = course(tmp_path, given, test("t", "\n".join(lines)))
    write(folder / "source/numbers/autotests.yml", AUTOTESTS)
    (template,) = read(folder).templates
    assert isinstance(template, Template)
    assert [one.what.split(" compares")[0] for one in template.doubts] == ["AUTOTEST a", "AUTOTEST b"]
    assert all(one.where.endswith("numbers.ipynb t") for one in template.doubts)


def test_an_autotest_without_its_file_says_where_to_put_it(tmp_path: Path) -> None:
    course(tmp_path, SOLUTION, test("t", "### AUTOTEST double(2)"))
    with pytest.raises(GraderError, match=r"does not find autotests.yml\n  fix: put it beside the notebook"):
        read(tmp_path)


def test_the_secrets_of_an_assignment_are_those_of_its_cells(tmp_path: Path) -> None:
    course(tmp_path, SOLUTION, TEST, HIDDEN)
    cells = [{"source": cell["source"], "about": cell["metadata"]["nbgrader"]} for cell in (SOLUTION, TEST, HIDDEN)]
    assert _secrets(read(tmp_path), [cells]) == {
        "double": ["return 2 * x"], "seen": [], "unseen": ["assert double(-3) == -6"],
    }  # fmt: skip
