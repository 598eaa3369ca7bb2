"""The instructor's own solution is tried first: what it shows of each test cell, and what becomes of students' points."""

import json
from pathlib import Path
from typing import Any

import pytest

import build
from build import answer, by_cell, course, hand_in, notebook, run, solved, test, write
from grader.models import Tried
from grader.notebook.code import is_written
from grader.notebook.noise import noisy

DOG = "class Dog:\n    ### BEGIN SOLUTION\n    def __init__(self, name):\n        self.name = name\n    ### END SOLUTION\n    pass"
FORBIDS = (
    "from unittest.mock import patch\nwith patch('__main__.min', create=True) as m:\n"
    "    assert smallest([2, 1]) == 1\nm.assert_not_called()"
)
ASSIGNMENTS: dict[str, tuple[list[build.Cell], dict[str, dict[str, str]]]] = {
    "apart": ([answer("double", solved("return 2 * x")), test("t", "assert double(2) == 4")],
              {"right": {"double": "def double(x): return x + x"}, "wrong": {"double": "def double(x): return x"}}),
    "object": ([answer("dog", DOG), test("t", "d = Dog('Rex')\nassert vars(d) == {'name': 'Rex'} and repr(type(d)).endswith(\"Dog'>\")")],
               {"right": {"dog": "class Dog:\n    def __init__(self, name): self.name = name"},
                "wrong": {"dog": "class Dog:\n    def __init__(self, name): self.called = name"}}),
    "forbids": ([answer("smallest", solved("return sorted(v)[0]", "def smallest(v):")), test("t", FORBIDS)],
                {"right": {"smallest": "def smallest(v): return sorted(v)[0]"}, "wrong": {"smallest": "def smallest(v): return min(v) if min(v) else 1"}}),
    "counts": ([answer("found", solved("return xs.index(x)", "def found(xs, x):")),
                test("t", "class Asked(list):\n    times = 0\n    def __getitem__(self, k):\n        Asked.times += 1\n        return super().__getitem__(k)\n"
                          "assert found(Asked([4, 5]), 5) == 1 and Asked.times == 0")],
               {"right": {"found": "def found(xs, x): return xs.index(x)"}, "wrong": {"found": "def found(xs, x): return [xs[k] for k in range(len(xs))].index(x)"}}),
    "copies": ([answer("held", "### BEGIN SOLUTION\nkept = []\ndef held(): return list(kept)\n### END SOLUTION"),
                test("t", "held().append(1)\nassert held() == []")],
               {"right": {"held": "kept = ()\ndef held(): return [*kept]"}, "wrong": {"held": "kept = []\ndef held(): return kept"}}),
    "never": ([answer("double", solved("return 2 * x")), test("t", "assert double(2) == 5"), test("u", "assert double(1) == 2")],
              {"right": {"double": "def double(x): return x + x"}}),
    "walls": ([answer("double", solved("return 2 * x")),
               test("t", "import socket\nsocket.socket()\nassert double(1) == 2")],
              {"right": {"double": "def double(x): return x + x"}}),
    "mixed": ([answer("make", "### BEGIN SOLUTION\nclass Dog:\n    def __init__(self, n): self.n = n\n    def __eq__(self, other): return self.n == other\nmake = Dog\n### END SOLUTION"),
               test("t", "assert make('Rex') == 'Rex'"), test("u", "assert make('Rex').n == 'Max'")],
              {"right": {"make": "class Pet:\n    def __init__(self, n): self.n = n\n    def __eq__(self, other): return self.n == other\ndef make(n): return Pet(n)"}}),
    "shared": ([answer("shelf", "### BEGIN SOLUTION\nshelf = {'a': [1]}\n### END SOLUTION"),
                test("t", "shelf['a'].append(2)\nassert shelf == {'a': [1, 2]}"), test("u", "import inspect\nassert len(shelf['a']) == 2")],
               {"right": {"shelf": "shelf = dict(a=[1])"}, "wrong": {"shelf": "shelf = {'a': []}"}}),
    "shell": ([answer("rows", "### BEGIN SOLUTION\n!seq 3 > rows.txt\nrows = open('rows.txt').read()\n### END SOLUTION"), test("t", "assert rows")],
              {"right": {"rows": "rows = '1'"}}),
    "free": ([answer("double", solved("return 2 * x")), test("t", "assert callable(double)")],
             {"right": {"double": "def double(x): return x + x"}}),
    "brought": ([answer("mean", "### BEGIN SOLUTION\nvalues = [float(x) for x in open('mine.csv')]\nmean = sum(values) / len(values)\n### END SOLUTION"),
                 test("t", "assert mean == sum(values) / len(values)")],
                {"right": {"mean": "values, mean = [1, 3], 2"}, "wrong": {"mean": "values, mean = [1, 3], 3"}}),
    "unsolved": ([answer("double", "# write double here"), test("t", "assert double(1) == 2")],
                 {"right": {"double": "def double(x): return x + x"}, "wrong": {"double": "def double(x): return x"}}),
    "unmarked": ([build.code("area", "def area(r):\n    pass  # your code"), answer("double", solved("return 2 * x")),
                  test("t", "assert double(area(3)) == 18")],
                 {"right": {"double": "def double(x): return x + x", "area": "def area(r): return r * r"},
                  "wrong": {"double": "def double(x): return x + x", "area": "def area(r): return r"}}),
}  # fmt: skip


def made(folder: Path, names: list[str], settings: str = "") -> Path:
    write(folder / "pyproject.toml", f"[tool.grader]\n{settings}")
    for name in names:
        cells, students = ASSIGNMENTS[name]
        write(folder / f"source/{name}/{name}.ipynb", notebook(*cells))
        for student, answers in students.items():
            hand_in(folder, student, build.filled(build.released(folder, name), **answers), name)
    return folder


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[tuple[str, str], dict[str, Any]], Path]:
    """Grade all of them; return what the command said, and the results."""
    folder = made(tmp_path_factory.mktemp("prepared"), list(ASSIGNMENTS))
    done = run("grade", "--course", folder)
    assert done.returncode == 1, done.stderr  # some wait
    return done.stdout, build.results(folder), folder


def cell(graded: Any, student: str, assignment: str, id: str = "t") -> dict[str, Any]:
    return by_cell(graded[1][student, assignment])[id]


@pytest.mark.parametrize(
    ("assignment", "beside"),
    [
        ("apart", False),
        ("object", True),
        ("forbids", True),
        ("unsolved", True),
        ("unmarked", True),
        ("brought", True),
        ("counts", True),
        ("copies", True),
    ],
)
def test_a_right_answer_earns_its_point_and_a_wrong_one_none_wherever_the_test_runs(
    graded: Any, assignment: str, beside: bool
) -> None:
    right, wrong = cell(graded, "right", assignment), cell(graded, "wrong", assignment)
    assert (right["points"], wrong["points"]) == (1, 0)
    assert right["beside"] is wrong["beside"] is beside


def test_what_runs_beside_the_answers_is_said_once_for_each_assignment(graded: Any) -> None:
    said = graded[0].splitlines()
    for name in ("object", "forbids", "unsolved", "unmarked"):
        assert sum(f"source/{name} t: runs" in line and "beside the answers" in line for line in said) == 1
    assert not any("source/apart" in line for line in said)


def test_a_test_that_the_solution_fails_waits_and_the_others_count(graded: Any) -> None:
    assert cell(graded, "right", "never")["status"] == "waiting"
    assert cell(graded, "right", "never", "u")["points"] == 1
    assert "source/never t: decides nobody's points" in graded[0]


def test_a_test_about_objects_stays_apart_where_another_one_fails(graded: Any) -> None:
    row = cell(graded, "right", "mixed")
    assert (row["points"], row["beside"]) == (1, False)
    assert cell(graded, "right", "mixed", "u")["status"] == "waiting"


def test_a_test_sees_what_the_one_above_it_has_changed_though_its_words_put_it_elsewhere(graded: Any) -> None:
    points = {who: [cell(graded, who, "shared", id)["points"] for id in "tu"] for who in ("right", "wrong")}
    assert points == {"right": [1, 1], "wrong": [0, 0]}


def test_a_test_that_confinement_stops_waits(graded: Any) -> None:
    assert cell(graded, "right", "walls")["status"] == "waiting"


def test_the_report_says_which_tests_ran_beside_the_answers(graded: Any) -> None:
    run("report", "--course", graded[2])
    page = (graded[2] / "report/index.html").read_text("utf-8")
    beside = {name for (_, name), row in graded[1].items() if any(cell["beside"] for cell in row["cells"])}
    assert page.count("Ran beside the answers") == len(beside) > 3
    assert "<code>t</code>" in page


def test_a_test_that_asks_for_nothing_is_named(graded: Any) -> None:
    assert "source/free t: gives points to whoever answers nothing" in graded[0]


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = made(tmp_path_factory.mktemp("verified"), ["object", "never", "walls", "shell", "unsolved"])
    return run("verify", "--course", folder).stdout


@pytest.mark.parametrize(
    "words",
    [
        "source/object t: runs beside the answers, because it looks at names",
        "source/never t: decides nobody's points: its own solution does not pass it here (AssertionError: assert double(2) == 5)",
        "source/walls t: decides nobody's points: its own solution does not pass it here (PermissionError",
        "student code has no network",
        "could forge its points; write a solution into the source",
        "source/shell t: decides nobody's points: its own solution does not pass it here (NameError",
        "'rows.txt'; student code has no network, starts no program",
    ],
)
def test_verify_says_why(verified: str, words: str) -> None:
    assert words in verified


def test_a_test_that_fails_is_not_said_to_be_why_another_does(tmp_path: Path) -> None:
    tests = (test(id, "assert type(Dog) is type") for id in "tu")
    folder = course(tmp_path, answer("dog", DOG), *tests)
    run("release", "--course", folder)
    done = run("verify", "--course", folder)
    assert ("numbers t, u: run beside" in done.stdout, "above it" in done.stdout) == (True, False), done.stdout


def test_a_test_that_the_solution_passes_only_beside_itself_runs_there(tmp_path: Path) -> None:
    from grader.course.release import read_assignment
    from grader.course.settings import open_course
    from grader.grading.prepare import moved

    [template] = read_assignment(open_course(made(tmp_path, ["never"])), "never").templates
    t, u = ("never", "t"), ("never", "u")
    assert moved(template, {}, {t: "what came"}, {}) == {
        "t": Tried(beside="apart from them the solution fails it (what came)")
    }
    assert moved(template, {}, {t: "this", u: "that"}, {t: "both"})["t"].waits


def test_a_test_of_what_another_notebook_writes_waits(tmp_path: Path) -> None:
    writes = answer("save", "### BEGIN SOLUTION\nopen('words.txt', 'w').write('a b')\n### END SOLUTION")
    reads = answer("words", "### BEGIN SOLUTION\nwords = open('words.txt').read().split()\n### END SOLUTION")
    folder = course(tmp_path, writes, test("s", "assert len(open('words.txt').read()) == 3"))
    write(folder / "source/numbers/second.ipynb", notebook(reads, test("t", "assert words == ['a', 'b']")))
    run("release", "--course", folder)
    said = run("verify", "--course", folder).stdout
    assert (
        "numbers t: decides nobody's points: its solution reads words.txt, which numbers writes, and a notebook is "
        "graded without the others' files" in said
    )


def test_tests_that_run_beside_the_answers_for_one_reason_are_one_finding(tmp_path: Path) -> None:
    tests = (test(id, f"%time assert double({n}) == {2 * n}") for n, id in enumerate("tuv"))
    folder = course(tmp_path, answer("double", solved("return 2 * x")), *tests)
    run("release", "--course", folder)
    said = run("verify", "--course", folder).stdout
    assert said.splitlines()[0] == ("source/numbers t, u, v: run beside the answers, each because it uses magics")


def test_a_test_that_needs_what_another_makes_beside_the_answers_is_told_so(tmp_path: Path) -> None:
    from grader.course.release import read_assignment
    from grader.course.settings import open_course
    from grader.grading.prepare import moved

    tests = test("t", "import gc\nmade = double(2)"), test("u", "assert made == 4")
    folder = course(tmp_path, answer("double", solved("return 2 * x")), *tests)
    [template] = read_assignment(open_course(folder), "numbers").templates
    short = {("numbers", "u"): "NameError: name 'made' is not defined"}
    known = moved(template, {"t": Tried(beside="it looks into the process")}, short, {})
    assert known["u"].beside == "it needs made, which t makes there"


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("# write double here", False),
        ('def double(x):\n    """Twice."""\n    # YOUR CODE HERE\n    raise NotImplementedError()', False),
        ("import numpy as np\nx = None\nclass A:\n    def f(self): ...", False),
        ("def double(x): return None", False),
        ("x = 3", True),
        ("def double(x):\n    return 2 * x", True),
        ("print('hello')", True),
        ("!seq 3 > rows.txt", True),
        ("files = !ls *.csv", True),
        ("%%bash\nsort -u a.txt | head -n 3", True),
        ("%%time\ndef double(x):\n    # yours", False),
        ("%matplotlib inline\n# yours", False),
        ("def double(x):\n    # yours, not even a body", False),
    ],
)
def test_a_source_without_a_solution_is_known(source: str, written: bool) -> None:
    assert is_written(source) is written


QUIETLY = """
import contextlib, io

@contextlib.contextmanager
def quietly():
    with contextlib.redirect_stdout(io.StringIO()) as out:
        yield
    assert not out.getvalue(), "it prints"
"""


def test_a_test_that_forbids_by_means_of_a_file_is_found_out(tmp_path: Path) -> None:
    cells = [
        answer("double", solved("return 2 * x")),
        test("t", "from quiet import quietly\nwith quietly():\n    assert double(2) == 4"),
        test("u", "assert double(3) == 6"),
    ]
    folder = course(tmp_path, *cells)
    write(folder / "source/numbers/quiet.py", QUIETLY)
    given = build.released(folder)
    hand_in(folder, "right", build.filled(given, double="def double(x):\n    return x + x"))
    hand_in(folder, "wrong", build.filled(given, double="def double(x):\n    print(x)\n    return x + x"))
    run("grade", "--course", folder)
    rows = build.results(folder)
    assert [rows[student, "numbers"]["points"] for student in ("right", "wrong")] == [2, 1]
    assert [by_cell(rows["right", "numbers"])[id]["beside"] for id in "tu"] == [
        False,
        False,
    ]  # what is printed comes over


def test_noise_changes_nothing_but_what_is_to_be_heard(capsys: pytest.CaptureFixture[str]) -> None:
    space: dict[str, Any] = {}
    source = (
        'class A:\n    def f(self, n):\n        """Count."""\n        return n and self.f(n - 1) + 1\nmax = A().f(9)'
    )
    loud = noisy(source)
    exec(loud.replace('open("noise.txt", "w").close()', "").replace("open('noise.txt', 'w').close()", ""), space)
    assert (space["max"], space["A"].f.__doc__) == (9, "Count.")
    assert "min([1])" in loud
    assert "max([1])" not in loud
    assert capsys.readouterr().out == "noise\n" * 3
    assert noisy("%matplotlib inline") == "%matplotlib inline"


def test_running_beside_the_answers_is_no_fault(tmp_path: Path) -> None:
    folder = made(tmp_path, ["forbids"])
    run("release", "--course", folder)
    done = run("verify", "--course", folder)
    assert "puts mocks in place" in done.stdout
    assert done.returncode == 0


def test_a_course_can_refuse_tests_that_do_not_run_apart(tmp_path: Path) -> None:
    folder = made(tmp_path, ["forbids"], 'judge = "all"\n')
    done = run("grade", "--course", folder)
    assert done.returncode == 1
    assert by_cell(build.results(folder)["right", "forbids"])["t"]["status"] == "waiting"
    assert run("verify", "--course", folder).returncode == 1


def test_one_assignment_can_have_its_tests_beside_the_answers(tmp_path: Path) -> None:
    folder = made(tmp_path, ["apart"], "[tool.grader.judge]\napart = false\n")
    run("grade", "--course", folder)
    row = build.results(folder)["right", "apart"]
    assert by_cell(row)["t"]["beside"]
    assert row["points"] == 1
    assert "could tamper" in row["findings"][0]["what"]


def test_a_course_names_folders_that_student_code_may_read(tmp_path: Path) -> None:
    data = write(tmp_path / "data/x.txt", "7").parent
    cells = [
        answer("read", solved(f"return int(open('{data}/x.txt').read())", "def read():")),
        test("t", "assert read() == 7"),
    ]
    folder = course(tmp_path / "course", *cells, settings=f"readable = [{json.dumps(str(data))}]\n")
    hand_in(
        folder,
        "ada",
        build.filled(build.released(folder), read=f"def read():\n    return int(open('{data}/x.txt').read())"),
    )
    assert run("grade", "--course", folder).returncode == 0
    assert build.results(folder)["ada", "numbers"]["points"] == 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('judge = "some"', 'give it true, false or "all"'),
        ("[tool.grader.judge]\nhw1 = 3", 'give it true, false or "all"'),
        ('readable = ["nowhere"]', "not there"),
        ('readable = ["."]', "holds the course"),
        ("readable = [3]", "not there"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(tmp_path: Path, settings: str, words: str) -> None:
    done = run("results", "--course", course(tmp_path, settings=settings))
    assert done.returncode == 2
    assert words in done.stderr


def test_what_was_found_out_is_looked_up_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.course.release import read_assignment
    from grader.course.settings import open_course
    from grader.grading import prepare
    from grader.models import Limits

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assignment = read_assignment(open_course(made(tmp_path, ["forbids"])), "forbids")
    first = prepare.prepared(assignment, Limits(), build.engine())
    monkeypatch.setattr(prepare, "_tried", None)
    assert prepare.prepared(assignment, Limits(), build.engine()) == first
    assert first.templates[0].runs_beside("t")


def test_where_nothing_can_be_kept_it_is_found_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.course.release import read_assignment
    from grader.course.settings import open_course
    from grader.grading import prepare
    from grader.models import Limits

    monkeypatch.setenv("XDG_CACHE_HOME", str(write(tmp_path / "file", "")))
    assignment = read_assignment(open_course(made(tmp_path, ["forbids"])), "forbids")
    assert prepare.prepared(assignment, Limits(), build.engine()).templates[0].runs_beside("t")
