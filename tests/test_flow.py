"""What tests take from answers, and by way of which cells."""

from __future__ import annotations

import pytest

from grader.notebook.flow import Step, changed, flow, imported

ANSWER = Step("def f(x):\n    return x", solution=True, defines=("f",))


def asked(test: str, *before: Step) -> set[str]:
    return set(flow((*before, Step(test, test=True))).asked[len(before)])


def judged(source: str, *before: Step) -> str:
    return flow((*before, Step(source), Step("assert y", test=True))).judged[len(before)]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("stack.append(1)", {"stack"}),
        ("def push(x):\n    stack.append(x)", {"stack"}),
        ("def push(x):\n    stack = []\n    stack.append(x)", set()),
        ("def push(stack):\n    stack.append(1)", set()),
        ("def count():\n    global n\n    n += 1", {"n"}),
        ("table['a'] = 1\ndel other[0]\nbox.size = 3", {"table", "other", "box"}),
        ("random.shuffle(deck)", {"deck", "random"}),
        ("import random\nrandom.shuffle(deck)", {"deck"}),
        ("fill(data)\nprint(seen)", {"data"}),
        ("def last():\n    return queue.pop()", {"queue"}),
        ("total = sum(data)", set()),
        ("class Box:\n    def put(self, x):\n        self.held.append(x)\n        shelf.append(x)", {"shelf"}),
        ("a[0], b.c = 1, 2", {"a", "b"}),
        ("not Python at all", set()),
    ],
)
def test_what_a_cell_changes_without_binding_it(source: str, names: set[str]) -> None:
    assert changed(source) == names


def test_what_a_cell_imports() -> None:
    source = "import numpy as np, os.path\nfrom math import sqrt as root\ntry:\n    import torch\nexcept ImportError:\n    pass"
    source += "\ndef f():\n    import json"
    wanted = {"np": "numpy", "os": "os", "root": "math.sqrt", "torch": "torch"}
    assert dict(imported(source)) == wanted


def test_a_test_asks_for_what_answers_define() -> None:
    assert asked("assert f(1) == 1 and g", ANSWER) == {"f"}


@pytest.mark.parametrize("test", ["assert 'f' in globals()", "%time f(3)", "eval('f(3)')", "from __main__ import f"])
def test_a_name_may_be_spoken_of_in_other_ways(test: str) -> None:
    assert asked(test, ANSWER) == {"f"}


def test_a_helper_of_the_instructors_asks_for_what_it_mentions() -> None:
    helper = Step("def check(x):\n    inner(x)\ndef inner(x):\n    assert f(x)")
    assert asked("check(3)", helper, ANSWER) == {"f"}


def test_tests_in_classes_are_asked_for_what_they_mention() -> None:
    tests = Step("import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        assert f(1)", test=True)
    assert asked("unittest.main(argv=[''], exit=False)", ANSWER, tests) == {"f"}


def test_what_an_ordinary_cell_computes_from_answers_is_asked_for() -> None:
    assert asked("assert z", ANSWER, Step("y = f(1)"), Step("z = y + 1")) == {"z"}
    assert asked("assert z", ANSWER, Step("def g():\n    return f(1)"), Step("z = g()")) == {"z"}
    assert asked("assert z", ANSWER, Step("z = 3\ndef g():\n    return f(1)")) == set()


def test_a_given_value_is_asked_for_if_an_answer_changes_it() -> None:
    push = Step("def push(x):\n    stack.append(x)", solution=True, defines=("push",))
    assert asked("assert stack == data", Step("stack, data = [], [1]"), push) == {"stack"}


def test_an_import_is_asked_for_unless_the_instructor_gives_it() -> None:
    answer = Step("import numpy as np\na = np.ones(2)", solution=True, defines=("a",))
    assert asked("np.sum(a)", answer) == {"np", "a"}
    assert asked("np.sum(a)", Step("import numpy as np"), answer) == {"a"}
    later = (answer, Step("assert np", test=True), Step("import numpy as np"))
    assert flow(later).asked[1].keys() == {"np"}


def test_the_judge_runs_what_needs_no_answer() -> None:
    source = "limit = 5\ny = f(10)\nprint(y)\ndef check(x):\n    return f(x)\nmost = limit + 1"
    assert judged(source, ANSWER) == "limit = 5\n\n\ndef check(x):\n    return f(x)\nmost = limit + 1"
    assert judged("a = 1; y = f(a)\nb = 2", ANSWER) == "\nb = 2"
    assert judged("%matplotlib inline\nlimit = 5", ANSWER) == "%matplotlib inline\nlimit = 5"
    assert judged("squares = [f for f in range(3)]", ANSWER) == ""


def test_a_name_comes_with_the_last_cell_that_may_have_bound_it() -> None:
    steps = (ANSWER, Step("f = 2", test=True), Step("f = f"), Step("assert f", test=True))
    assert flow(steps).asked == {1: {"f": 0}, 3: {"f": 2}}


@pytest.mark.parametrize(
    ("solution", "sent"),
    [
        ("def area(height):\n    return width * height", True),
        ("def area(height):\n    def inner():\n        return width\n    return inner() * height", True),
        ("area = lambda height: width * height", True),
        ("class Area:\n    def of(self, height):\n        return width * height", True),
        ("def area(width):\n    return width * 2", False),
        ("area = lambda width: width * 2", False),
        ("def area(rows):\n    width = len(rows)\n    return width * 2", False),
        ("def area(rows):\n    return [width * 2 for width in rows]", False),
    ],
)
def test_what_a_test_binds_is_sent_if_a_solution_looks_it_up_in_the_notebook(solution: str, sent: bool) -> None:
    found = flow((Step(solution, solution=True), Step("width = 3\nassert area(2)", test=True)))
    assert found.watched[1] == (("width",) if sent else ())
