"""`grader verify --strength`: mutants of solutions and wrong answers, and which of them the tests of an exercise let pass."""

import ast
from pathlib import Path

import pytest

import build
from grader.course.answers import read_equivalents
from grader.course.settings import open_course
from grader.models import GraderError
from grader.notebook.mutants import mutants


@pytest.mark.parametrize(
    ("line", "into"),
    [
        ("y = x + 1", {"y = x - 1", "y = x + 2", "pass"}),
        ("y = x if x < 3 else -x", {"y = -x if x < 3 else x", "y = x if x <= 3 else -x", "y = x if x < 4 else -x", "y = x if x < 3 else x"}),
        ("y = x.sum(axis=-1, keepdims=True)", {"y = x.sum(axis=-1)", "y = x.sum(axis=-1, keepdims=False)", "y = x.sum(axis=-2, keepdims=True)", "y = x.sum(keepdims=True)"}),
        ("y = np.zeros(3, dtype=np.float64)", {"y = np.zeros(3, dtype=np.float32)", "y = np.zeros(3)", "y = np.zeros(4, dtype=np.float64)"}),
        ("y = np.where(x, 0.5, x)", {"y = np.where(0.5, x, x)", "y = np.where(x, 1.5, x)"}),
        ("y = x[1:-1].copy()", {"y = x[1:-1]", "y = x[:-1].copy()", "y = x[1:].copy()", "y = x[2:-1].copy()"}),
        ("y = not (x and True)", {"y = x and True", "y = not (x or True)", "y = not (x and False)"}),
        ("y //= 2", {"y /= 2", "y //= 3", "y //= 1", "pass"}),
        ("y = np.argmax(x.reshape(-1))", {"y = np.argmin(x.reshape(-1))", "y = x.reshape(-1)", "y = np.argmax(x)"}),
        ("y = max(len(x), 4)", {"y = min(len(x), 4)", "y = len(x)", "y = max(x, 4)", "y = max(len(x), 3)"}),
    ],
)  # fmt: skip
def test_a_mutant_differs_from_the_solution_in_one_place(line: str, into: set[str]) -> None:
    found = {one.source.strip() for one in mutants(line)}
    assert into <= found and line not in found
    assert {one.change for one in mutants(line)} >= {f"{line} → {other}" for other in into}


def test_a_condition_is_turned_round() -> None:
    assert "if not x > 0:\n    y = 1" in {one.source for one in mutants("if x > 0:\n    y = 1")}


@pytest.mark.parametrize(
    ("returns", "into"),
    [
        ("np.ndarray", "(x / 3).astype('float32').astype('float64')"),
        ("float", "float(__import__('numpy').float32(x / 3))"),
    ],
)
def test_a_result_is_rounded_to_float32_where_the_solution_says_what_it_returns(returns: str, into: str) -> None:
    found = {one.change for one in mutants(f"def third(x) -> {returns}:\n    return x / 3")}
    assert f"return x / 3 → return {into}" in found
    assert not any("float32" in one.change for one in mutants("def third(x):\n    return x / 3"))


def test_what_nobody_runs_and_what_an_error_says_has_no_mutants() -> None:
    source = 'def f(x: "int | 3") -> "1":\n    """About 2."""\n    import numpy as np\n    raise ValueError(4)'
    assert mutants(source) == []
    assert mutants("def f(:") == []


def test_every_mutant_is_python_and_comes_once() -> None:
    source = "def f(a, b=1):\n    for i in range(len(a)):\n        a[i] += b * (a[i] > 0)\n    return a, b"
    found = [one.source for one in mutants(source)]
    assert len(found) == len(set(found)) == 10
    assert all(ast.unparse(ast.parse(text)) == text for text in found)


SOLVED = "def half(x):\n    ### BEGIN SOLUTION\n    return max(0, x) / 2\n    ### END SOLUTION"
CELLS = [
    build.code("half", SOLVED, solution=True),
    build.code("half-test", "assert half(4) == 2", grade=True, points=1),
    build.code("third", "def third(x):\n    ### BEGIN SOLUTION\n    return x / 3\n    ### END SOLUTION", solution=True),
    build.code("third-test", "assert third(6) == 2 and third(-3) == -1", grade=True, points=1),
]
DEAF = ["return max(0, x) / 2 → return max(x, 0) / 2", "return max(0, x) / 2 → return max(1, x) / 2"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course whose test of `half` does not look at negative numbers; `third` is tested well."""
    folder = build.course(tmp_path / "course", *CELLS)
    answers = folder / "tests" / "answers" / "numbers"
    build.write(answers / "half" / "wrong_negative.py", "def half(x):\n    return x / 2")
    build.write(answers / "half" / "wrong_floor.py", "def half(x):\n    return x // 3")
    build.write(answers / "half" / "right_other.py", "def half(x):\n    return 0 if x < 0 else x / 2")
    assert build.run("release", "--course", folder).returncode == 0
    return folder


def test_what_the_tests_let_pass_is_named_until_it_is_known_to_be_equivalent(folder: Path) -> None:
    done = build.run("verify", "--strength", "numbers", "--course", folder)
    assert done.returncode == 1, done.stdout + done.stderr
    rows = {
        row[0]: row[1:]
        for line in done.stdout.splitlines()
        if (row := [part.strip() for part in line.split("│")[1:-1]])
    }
    assert rows["half"] == ["1 of 2", "6 of 8", "0"] and rows["third"][0] == "0 of 0" and rows["third"][2] == "0"
    lines = [line for line in done.stdout.splitlines() if ": " in line]
    assert lines == [
        "half: the answer wrong_negative earns all points",
        *(f"half: lives: {one}" for one in DEAF),
    ]

    listed = "".join(f"[[mutant]]\nchange = {one!r}\nwhy = 'positive numbers'\n" for one in [*DEAF, "gone → away"])
    build.write(folder / "tests" / "answers" / "numbers" / "half" / "equivalent.toml", listed)
    (folder / "tests" / "answers" / "numbers" / "half" / "wrong_negative.py").unlink()
    done = build.run("verify", "--strength", "numbers", "--course", folder)
    assert [line for line in done.stdout.splitlines() if ": " in line] == [
        "half: said to be equivalent, and is caught or gone: gone → away"
    ]
    assert done.returncode == 1


def test_a_file_of_equivalents_that_is_none_is_refused(tmp_path: Path) -> None:
    build.write(tmp_path / "source" / "a" / "a.ipynb", "{}")
    build.write(tmp_path / "nbgrader_config.py", "c = get_config()\n")
    build.write(tmp_path / "tests" / "answers" / "a" / "f" / "equivalent.toml", "[[mutant]]\nchange = 'x → y'\n")
    with pytest.raises(GraderError, match=r"cannot be read .KeyError: 'why'"):
        read_equivalents(open_course(tmp_path), "a", "f")
