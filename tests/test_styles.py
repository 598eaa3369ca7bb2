"""How teachers write tests: each style is judged as it would be in one process. All are cells of one notebook."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

import build
from grader.course.release import read_assignment
from grader.course.settings import open_course
from grader.grading.one import grade_one
from grader.models import Limits, Result, Submission


@dataclass(frozen=True)
class Style:
    """What is given, a right and a wrong answer, and a test; names are no other style's."""

    right: str
    wrong: str
    test: str
    given: str = ""
    between: str = ""
    """An ordinary cell between the answer and the test."""
    again: str = ""
    """A second test, of the same answer."""


NAMES = {
    "a list that is given, and that an answer changes": Style(
        "def push(x):\n    stack.append(x)", "def push(x):\n    pass", "push(1)\nassert stack == [1]", "stack = []"
    ),
    "a list that an answer's own line changes": Style(
        "row.append(4)", "row.append(5)", "assert row == [1, 4]", "row = [1]"
    ),
    "a counter that an answer declares global": Style(
        "def count():\n    global counted\n    counted += 1",
        "def count():\n    counted = 1",
        "count()\ncount()\nassert counted == 2",
        "counted = 0",
    ),
    "a list that a test empties": Style(
        "def shelve(x):\n    shelf.append(x)\n    return len(shelf)",
        "def shelve(x):\n    return 5",
        "shelf.clear()\nassert shelve(1) == 1 and shelf == [1]",
        "shelf = [0, 0]",
    ),
    "an array that an answer fills": Style(
        "def fill(x):\n    grid[:] = x\n    return grid",
        "def fill(x):\n    return grid",
        "got = fill(7)\nassert got is grid and (grid == 7).all()",
        "import numpy as np\ngrid = np.zeros((2, 2))",
    ),
    "what an answer imports": Style(
        "import statistics as st\nmiddle = st.median([1, 2, 9])",
        "import statistics as st\nmiddle = 3",
        "assert middle == st.median([1, 2, 9])",
    ),
    "whether something was imported": Style("import fractions", "pass", "assert fractions.__name__ == 'fractions'"),
    "another library under the name": Style(
        "import decimal as dc", "import math as dc", "assert dc.Decimal('1.5') + 1 == dc.Decimal('2.5')"
    ),
    "a function of a library": Style("from math import hypot", "hypot = max", "assert hypot(3, 4) == 5"),
    "whether a name is there": Style("here = 5", "there = 5", "assert 'here' in globals() and 'here' in dir()"),
    "that a name is gone": Style("del goner", "pass", "assert 'goner' not in globals()", "goner = 1"),
    "what an ordinary cell computes": Style(
        "def plus(x):\n    return x + 1", "def plus(x):\n    return x", "assert derived == 11", between="derived = plus(10)"
    ),
    "what that gives further": Style(
        "def minus(x):\n    return x - 1",
        "def minus(x):\n    return x",
        "assert twice == 18 and least == 4",
        between="less = minus(10)\ntwice = 2 * less\nleast = 4",
    ),
    "a helper of the instructor's": Style(
        "def half(x):\n    return x / 2",
        "def half(x):\n    return x",
        "check_half(8)",
        "def check_half(x):\n    assert half(x) == x / 2",
    ),
    "a helper that a test makes": Style(
        "def third(x):\n    return x / 3",
        "def third(x):\n    return x",
        "def check_third(x):\n    assert third(x) == x / 3\ncheck_third(9)",
        again="check_third(12)",
    ),
    "a cell below the test that calls the answer": Style(
        "def below(x):\n    return x + 2", "def below(x):\n    return x", "got_it = below\nassert below(1) == 3",
        again="assert below(2) == 4",
    ),
    "a name that the test before has bound": Style(
        "def dozen(x):\n    return 12 * x", "def dozen(x):\n    return 13 * x", "known = dozen(1)",
        again="assert known == 12 and dozen(2) == 24",
    ),
    "a test in a class": Style(
        "def quad(x):\n    return 4 * x",
        "def quad(x):\n    return x",
        "import unittest\nclass TestQuad(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(quad(2), 8)\n"
        "assert unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(TestQuad)).wasSuccessful()",
    ),
}  # fmt: skip
VALUES = {
    "the type of a number": Style(
        "def whole(x):\n    return type(x) is np.int64", "def whole(x):\n    return True",
        "assert whole(np.int64(3)) and not whole(np.longlong(3))", "import numpy as np",
    ),
    "a class": Style(
        "class Dog:\n    def __init__(self, name):\n        self.name = name\n    def bark(self):\n        return self.name + '!'",
        "class Dog:\n    def __init__(self, name):\n        self.name = name\n    def bark(self):\n        return 'woof'",
        "d = Dog('Rex')\nassert d.name == 'Rex' and isinstance(d, Dog)\nassert d.bark() == 'Rex!'",
        again="assert d.bark() == 'Rex!'",
    ),
    "a bank account": Style(
        "class Account:\n    def __init__(self):\n        self.balance = 0\n    def pay(self, x):\n        if x < 0:\n            raise ValueError('no')\n"
        "        self.balance += x\n        return self",
        "class Account:\n    def __init__(self):\n        self.balance = 0\n    def pay(self, x):\n        return self",
        "a = Account()\na.pay(5).pay(6)\nassert a.balance == 11\ntry:\n    a.pay(-1)\n    assert False\nexcept ValueError as error:\n    assert str(error) == 'no'",
    ),
    "a frame": Style(
        "df = pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})", "df = pd.DataFrame({'a': [1, 3]})",
        "assert list(df.columns) == ['a', 'b'] and df.a.sum() == 3 and df.loc[1, 'b'] == 'y'", "import pandas as pd",
    ),
    "a frame that is given and cleaned in place": Style(
        "def clean(t):\n    t.dropna(inplace=True)\n    t['c'] = t.a * 2", "def clean(t):\n    return t.dropna()",
        "t = pd.DataFrame({'a': [1.0, None]})\nclean(t)\nassert t.c.tolist() == [2.0]", "import pandas as pd",
    ),
    "a generator": Style(
        "def evens():\n    n = 0\n    while True:\n        yield n\n        n += 2",
        "def evens():\n    n = 1\n    while True:\n        yield n\n        n += 2",
        "g = evens()\nassert [next(g) for _ in range(3)] == [0, 2, 4]", again="assert next(g) == 6",
    ),
    "a counter and a named tuple": Style(
        "counts = collections.Counter('aab')\nP = collections.namedtuple('P', 'x y')\np = P(1, 2)",
        "counts = collections.Counter('abb')\np = (1, 2)", "assert counts.most_common(1) == [('a', 2)] and p.x == 1 and p == (1, 2)", "import collections",
    ),
    "dates and decimals": Style(
        "day = datetime.date(2020, 1, 2)\nq = fractions.Fraction(1, 2)", "day = datetime.date(2021, 1, 2)\nq = 0.5",
        "assert day.year == 2020 and q == fractions.Fraction(1, 2) and isinstance(q, fractions.Fraction)", "import datetime, fractions",
    ),
    "an exception of its own": Style(
        "class TooBig(ValueError):\n    pass\ndef small(x):\n    if x > 9:\n        raise TooBig(x)\n    return x",
        "class TooBig(ValueError):\n    pass\ndef small(x):\n    if x > 9:\n        raise ValueError(x)\n    return x",
        "try:\n    small(10)\n    raise AssertionError\nexcept TooBig as error:\n    assert error.args == (10,)",
    ),
    "a class that is given": Style(
        "def second(node):\n    return node.next", "def second(node):\n    return node",
        "two = Node(2)\none = Node(1)\none.next = two\nassert second(one) is two and second(two) is None",
        "class Node:\n    def __init__(self, value):\n        self.value, self.next = value, None",
    ),
    "a class derived from a given one": Style(
        "class Square(Shape):\n    def area(self):\n        return self.size ** 2", "class Square(Shape):\n    def area(self):\n        return self.size",
        "s = Square(3)\nassert isinstance(s, Square) and s.area() == 9 and s.text() == 'area 9'",
        "class Shape:\n    def __init__(self, size):\n        self.size = size\n    def text(self):\n        return f'area {self.area()}'",
    ),
    "a model that the test trains": Style(
        "def make():\n    return torch.nn.Linear(1, 1)\ndef train_step(model, opt, x, y):\n    opt.zero_grad()\n    loss = ((model(x) - y) ** 2).mean()\n"
        "    loss.backward()\n    opt.step()\n    return loss.item()",
        "def make():\n    return torch.nn.Linear(1, 1)\ndef train_step(model, opt, x, y):\n    return ((model(x) - y) ** 2).mean().item()",
        "m = make()\no = torch.optim.SGD(m.parameters(), lr=0.1)\nx = torch.linspace(-1, 1, 16)[:, None]\n"
        "losses = [train_step(m, o, x, 3 * x + 1) for _ in range(40)]\nassert losses[-1] < 0.1 * losses[0]", "import torch",
    ),
    "axes": Style(
        "fig, ax = plt.subplots()\nax.plot([1, 2], [3, 4])\nax.set_xlabel('t')", "fig, ax = plt.subplots()",
        "assert ax.get_xlabel() == 't' and len(ax.lines) == 1\nassert list(ax.lines[0].get_ydata()) == [3, 4]", "import matplotlib.pyplot as plt",
    ),
    "its source": Style(
        "def absolute(x):\n    \"\"\"Doc.\"\"\"\n    return abs(x)", "def absolute(x):\n    return x",
        "import inspect\nassert 'abs' in inspect.getsource(absolute) and absolute.__doc__ == 'Doc.'\nassert list(inspect.signature(absolute).parameters) == ['x']",
    ),
}  # fmt: skip
AROUND = {
    "a seed of NumPy": Style(
        "def drawn(n):\n    return np.random.rand(n)", "def drawn(n):\n    return np.zeros(n)",
        "np.random.seed(1)\nmine = np.random.rand(3), np.random.rand()\nnp.random.seed(1)\nassert np.allclose(drawn(3), mine[0]) and np.random.rand() == mine[1]",
        "import numpy as np",
    ),
    "a seed of Python and torch in a locked cell": Style(
        "first_draw = random.random()\ndef again_drawn():\n    return random.random(), torch.rand(1).item()", "first_draw = 1\ndef again_drawn():\n    return 0, 0",
        "same = random.Random(5)\nassert first_draw == same.random() and again_drawn()[0] == same.random() and random.random() == same.random()",
        "import random, torch\nrandom.seed(5)\ntorch.manual_seed(5)",
    ),
    "printed text": Style(
        "def greet():\n    print('Hello')", "def greet():\n    return 'Hello'",
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    greet()\nassert out.getvalue() == 'Hello\\n'",
    ),
    "text captured by IPython": Style(
        "def show(x):\n    print(x)", "def show(x):\n    return x",
        "from IPython.utils.capture import capture_output\nwith capture_output() as shown:\n    show(3)\nassert shown.stdout == '3\\n'",
    ),
    "a mocked input": Style(
        "def ask():\n    return int(input('n? '))", "def ask():\n    return 0",
        "from unittest.mock import patch\nwith patch('builtins.input', return_value='7') as typed:\n    assert ask() == 7\ntyped.assert_called_once_with('n? ')",
    ),
    "an input of the test's own": Style(
        "def twice_typed():\n    return input() + input()", "def twice_typed():\n    return 'ab'",
        "import builtins\nsaid, before = iter('xy'), builtins.input\nbuiltins.input = lambda *_: next(said)\ntry:\n    assert twice_typed() == 'xy'\nfinally:\n    builtins.input = before",
    ),
    "a built-in that is forbidden": Style(
        "def smaller(x, y):\n    return x if x < y else y", "def smaller(x, y):\n    return min(x, y)",
        "from unittest.mock import patch\nassert smaller(2, 1) == 1\nwith patch('__main__.min') as forbidden:\n    smaller(1, 2)\nforbidden.assert_not_called()",
    ),
    "a die that is loaded": Style(
        "def roll():\n    return random.randint(1, 6)", "def roll():\n    return 4",
        "from unittest.mock import patch\nwith patch('random.randint', return_value=6):\n    assert roll() == 6", "import random",
    ),
    "a helper that is mocked": Style(
        "def fetch():\n    return 1\ndef report():\n    return f'got {fetch()}'", "def fetch():\n    return 1\ndef report():\n    return 'got 1'",
        "from unittest.mock import patch\nwith patch('__main__.fetch', return_value=9):\n    assert report() == 'got 9'",
    ),
    "a spy on recursion": Style(
        "def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)",
        "def fact(n):\n    p = 1\n    for k in range(2, n + 1):\n        p *= k\n    return p",
        "calls = []\nreal = fact\ndef fact(n):\n    calls.append(n)\n    return real(n)\nassert real(3) == 6\nfact = real\nassert calls, 'use recursion'",
    ),
    "a name that the test sets": Style(
        "def width_of(x):\n    return x * scale", "def width_of(x):\n    return x", "scale = 3\nassert width_of(2) == 6",
    ),
    "a text that must not be read": Style(
        "def name_of(file):\n    return 'x'", "def name_of(file):\n    file.read()\n    return 'x'",
        "import io\nfile = io.StringIO('ab')\nassert name_of(file) == 'x' and file.read() == 'ab'",
    ),
    "how NumPy prints": Style(
        "def as_text(x):\n    return str(x)", "def as_text(x):\n    return ''", "with np.printoptions(precision=1):\n    assert as_text(np.array([0.25])) == '[0.2]'",
        "import numpy as np",
    ),
    "an error that an own setting raises": Style(
        "np.seterr(divide='raise')\ndef safe(x):\n    try:\n        return x / np.float64(0)\n    except FloatingPointError:\n        return 'no'",
        "def safe(x):\n    return x / np.float64(0)", "assert safe(np.float64(1)) == 'no'", "import numpy as np",
    ),
}  # fmt: skip
STYLES = {**NAMES, **VALUES, **AROUND}
BELOW = "print(below(3), derived, got_it)"
"""An ordinary cell at the end, which no judge can run."""


def cells(number: int, style: Style) -> list[build.Cell]:
    made = [build.code(f"given-{number}", style.given, locked=True)] if style.given else []
    made.append(build.answer(f"answer-{number}", f"### BEGIN SOLUTION\n{style.right}\n### END SOLUTION"))
    if style.between:
        made.append({**build.code(f"between-{number}", style.between)})
    made.append(build.test(f"test-{number}", style.test))
    return [*made, *([build.test(f"again-{number}", style.again)] if style.again else [])]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    folder = tmp_path_factory.mktemp("styles")
    parts = [cell for number, style in enumerate(STYLES.values()) for cell in cells(number, style)]
    build.course(folder, *parts, build.code("below", BELOW), name="styles")
    course = open_course(folder)
    assignment = read_assignment(course, "styles")
    given = json.loads(assignment.templates[0].released)
    results = {}
    for who in ("right", "wrong"):
        answers = {f"answer_{n}": getattr(style, who) for n, style in enumerate(STYLES.values())}
        notebook = json.dumps(build.filled(given, **answers)).encode()
        results[who] = grade_one(Submission(who, "styles", {"styles": notebook}), assignment, Limits(), build.engine())
    return results


@pytest.mark.parametrize("name", STYLES)
def test_a_right_answer_earns_its_points_and_a_wrong_one_none(name: str, graded: dict[str, Result]) -> None:
    number = list(STYLES).index(name)
    asked = [f"test-{number}", *([f"again-{number}"] if STYLES[name].again else [])]
    right, wrong = ({cell.cell: cell for cell in graded[who].cells} for who in ("right", "wrong"))
    assert [right[id].points for id in asked] == [1] * len(asked), [right[id].message for id in asked]
    assert not wrong[asked[-1]].points


def test_no_cell_waits_for_an_answer_that_nobody_gives(graded: dict[str, Result]) -> None:
    assert {result.ending.value for result in graded.values()} == {"finished"}


OF_THEIR_OWN = {
    "an integer of a class of their own": ("count = 3", "class Count(int):\n    pass\ncount = Count(3)", "assert count + 1 == 4", 1),
    "a text of a class of their own": ("word = 'hi'", "class Word(str):\n    kind = 'noun'\nword = Word('hi')", "assert word.upper() == 'HI'", 1),
    "a number that says it equals all": (
        "share = 0.5", "class Yes(float):\n    def __eq__(self, other):\n        return True\n    def __float__(self):\n        return 0.5\nshare = Yes(0.25)",
        "assert share == 0.5", 0,
    ),
    "an object where the solution has a tuple": (
        "where = (1, 2)", "class Where:\n    def __eq__(self, other):\n        return True\nwhere = Where()", "assert where == (1, 2)", 0,
    ),
    "a name of Python's own, given another meaning": ("best = 'b'", "max = 5\nbest = 'b'", "assert best == max(['a', 'b'])", 1),
}  # fmt: skip
"""By what it is: the solution, a student's answer, a test, and what the answer earns."""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("theirs")
    parts = [
        cell
        for number, (solution, _, test, _) in enumerate(OF_THEIR_OWN.values())
        for cell in (
            build.answer(f"answer-{number}", f"### BEGIN SOLUTION\n{solution}\n### END SOLUTION"),
            build.test(f"test-{number}", test),
        )
    ]
    build.course(folder, *parts, name="theirs")
    assignment = read_assignment(open_course(folder), "theirs")
    answers = {f"answer_{n}": answer for n, (_, answer, _, _) in enumerate(OF_THEIR_OWN.values())}
    notebook = json.dumps(build.filled(json.loads(assignment.templates[0].released), **answers)).encode()
    return grade_one(Submission("right", "theirs", {"theirs": notebook}), assignment, Limits(), build.engine())


@pytest.mark.parametrize("name", OF_THEIR_OWN)
def test_an_answer_of_a_students_own_kind_is_taken_for_what_it_holds(name: str, theirs: Result) -> None:
    cell = theirs.cells[list(OF_THEIR_OWN).index(name)]
    assert cell.points == OF_THEIR_OWN[name][3], cell.message


def test_what_a_student_makes_of_names_and_places_is_no_matter_to_tests_apart(tmp_path: Path) -> None:
    cells = (
        build.code("given", "import math", locked=True),
        build.answer("low", "### BEGIN SOLUTION\nlow = 1\n### END SOLUTION"),
        build.test("t", "assert low == math.floor(1.5) == len(open('one.txt').read())"),
    )
    build.course(tmp_path, *cells, name="theirs")
    build.write(tmp_path / "source/theirs/one.txt", "1")
    assignment = read_assignment(open_course(tmp_path), "theirs")
    low = "import os\nos.mkdir('sub')\nos.chdir('sub')\nmath, low = [], 1"
    notebook = json.dumps(build.filled(json.loads(assignment.templates[0].released), low=low)).encode()
    [cell] = grade_one(Submission("ada", "theirs", {"theirs": notebook}), assignment, Limits(), build.engine()).cells
    assert cell.points == 1, cell.message


def test_an_object_of_a_students_own_class_is_named_where_the_solution_has_data(theirs: Result) -> None:
    assert "this is an object of class Where" in theirs.cells[3].message


def test_a_test_that_took_no_object_s_word_is_a_finding(theirs: Result) -> None:
    assert any("it met an object of class Where" in finding.what for finding in theirs.findings)
