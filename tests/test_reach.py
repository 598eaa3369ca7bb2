"""Which tests cannot be asked from another process, as far as their words tell."""

from pathlib import Path

import pytest

from build import answer, code, course, solved, test
from grader.course.release import read_assignment
from grader.course.settings import open_course
from grader.notebook.reach import reasons

SMALLEST = answer("smallest", solved("return sorted(values)[0]", "def smallest(values):"))


def why(folder: Path, source: str, *above: dict) -> str:
    """Return why a test of `smallest` with this text runs beside the answers; '' if it need not."""
    cells = [*above, SMALLEST, test("t", source)]
    assignment = read_assignment(open_course(course(folder, *cells)), "numbers")
    return reasons(assignment.templates[0]).get("t", "")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("from unittest.mock import patch\nwith patch('__main__.min') as m:\n    smallest([1])\nm.assert_not_called()", "mocks"),
        ("import unittest.mock as um\nassert smallest([1]) == 1", "mocks"),
        ("import sys\nbefore = set(sys.modules)\nsmallest([1])\nassert set(sys.modules) == before", "looks into the process"),
        ("import numpy as np\nnp.sort = None\nassert smallest([2, 1]) == 1", "replaces attributes"),
        ("def min(*_):\n    raise AssertionError('no min, please')\nassert smallest([2, 1]) == 1", "another meaning to min"),
        ("sum = None\nassert smallest([2, 1]) == 1", "another meaning to sum"),
        ("assert 'helper' not in globals() and smallest([1]) == 1", "looks at names"),
        ("import matplotlib.pyplot as plt\nsmallest([1])\nassert not plt.get_fignums()", "drawn"),
        ("import os\nsmallest([1])\nassert not os.path.exists('out.txt')", "files"),
        ("import asyncio\nawait asyncio.gather(smallest([1]), smallest([2]))", "take turns"),
        ("import os\nbefore = dict(os.environ)\nsmallest([1])\nassert os.environ == before", "looks into the process"),
        ("import os\nbefore = os.getcwd()\nsmallest([1])\nassert os.getcwd() == before", "looks into the process"),
        ("import sys\nsys.setrecursionlimit(90)\nassert smallest([1]) == 1", "looks into the process"),
        ("import sys\nbefore = [*sys.path]\nsmallest([1])\nassert sys.path == before", "looks into the process"),
        ("import numpy as np\nbefore = np.random.get_state()\nsmallest([1])\nassert np.random.get_state()[2] == before[2]", "settings"),
        ("import warnings\nbefore = [*warnings.filters]\nsmallest([1])\nassert warnings.filters == before", "settings"),
        ("%%capture out\nsmallest([1])", "magics"),
        ("took = %timeit -o smallest([1])", "magics"),
        ("assert 1 + 1 == 2", "nothing that the solution defines"),
    ],
)  # fmt: skip
def test_a_test_that_looks_beyond_its_calls_is_known_by_its_words(tmp_path: Path, source: str, words: str) -> None:
    assert words in why(tmp_path, source)


@pytest.mark.parametrize(
    "source",
    [
        "assert smallest([2, 1]) == 1",
        "import numpy as np\nvalues = np.array([2, 1])\nassert smallest(values) == 1 and values.tolist() == [2, 1]",
        "import asyncio, queue\nq = queue.Queue()\nassert await smallest([2, 1]) == asyncio.run(smallest([1]))",
        "import torch\ngenerator = torch.Generator().manual_seed(6)\nassert smallest([2, 1]) == 1",
        "import random, torch\nrandom.seed(1)\ntorch.manual_seed(1)\nassert smallest([1]) == 1",
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    smallest([1])\nassert not out.getvalue()",
        "import pathlib\npath = pathlib.Path('a') / 'b'\nfilters = path.name\nassert smallest([2, 1]) == 1 and filters == 'b'",
        "class Case:\n    def object(self): ...\nassert smallest([2, 1]) == 1",
        "def test_smallest():\n    assert smallest([2, 1]) == 1\nif __name__ == '__main__':\n    test_smallest()",
        "for values in ([1], [2, 1]):\n    result = smallest(values)\n    assert result == 1, f'{result} is not the smallest'",
    ],
)
def test_a_test_that_calls_and_compares_runs_apart(tmp_path: Path, source: str) -> None:
    assert why(tmp_path, source) == ""


def test_what_the_answer_may_change_outside_itself_is_looked_at_beside_it(tmp_path: Path) -> None:
    given = code("given", "seen = [3]\nLIMIT = 3", locked=True)
    uses = answer("last", solved("return seen[-1]", "def last():"))
    assert "seen" in why(tmp_path, "assert last() <= LIMIT and seen == [3]", given, uses)


def test_a_name_of_a_functions_own_is_nothing_that_answers_may_change(tmp_path: Path) -> None:
    given = code("given", "seen = [3]", locked=True)
    shows = answer("last", solved("return values[-1]", "def last(values):") + "\nprint(last(seen))")
    asks = "def check(seen=None):\n    seen = seen or [1, 2]\n    assert last(seen) == 2\ncheck()"
    assert why(tmp_path, asks, given, shows) == ""


def test_a_helper_of_the_instructors_is_read_with_the_test_that_uses_it(tmp_path: Path) -> None:
    given = code("given", "def quiet(f):\n    import sys\n    sys.stdout = None\n    return f([1])", locked=True)
    assert "looks into the process" in why(tmp_path, "assert quiet(smallest) == 1", given)


def test_a_test_may_speak_of_an_answer_through_a_helper(tmp_path: Path) -> None:
    given = code("given", "def ask():\n    return smallest([2, 1])", locked=True)
    assert why(tmp_path, "assert ask() == 1", given) == ""


@pytest.mark.parametrize(
    "writes",
    [
        "with open('out.json', 'w') as file:\n    json.dump([1], file)",
        "path = 'out.json'\nfile = open(path, mode='a')",
        "pathlib.Path('out.json').open('x')",
        "pd.DataFrame([1]).to_json('out.json')",
        "%%writefile out.json\n[1]",
        "!echo 1 > out.json",
    ],
)
def test_a_file_that_answers_write_is_looked_at_beside_them(tmp_path: Path, writes: str) -> None:
    above = answer("writes", f"### BEGIN SOLUTION\n{writes}\n### END SOLUTION")
    looks = "with open('out.json') as file:\n    assert smallest([len(file.read())])"
    assert "out.json, which answers write" in why(tmp_path, looks, above)


def test_a_file_that_answers_read_can_be_read_apart(tmp_path: Path) -> None:
    above = answer("reads", "### BEGIN SOLUTION\nrows = open('in.csv').read()\n### END SOLUTION")
    assert why(tmp_path, "assert smallest([1]) <= len(rows) == len(open('in.csv').read())", above) == ""
