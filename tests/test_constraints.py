"""What can be read from the source of an answer: loops in Python, loops over one argument, sums anew, calls."""

import linecache
import sys
import threading
from functools import partial

import numpy as np
import pytest

from build import problem, ran
from grader import checks
from grader.checks import CheckFailed, no_calls, no_loops, no_loops_over, one_pass
from grader.checks.constraints import follows

each = pytest.mark.parametrize


def body(*lines, of="X, C"):
    """Return the source of an answer `f` with these lines."""
    return "\n    ".join([f"def f({of}):", *lines])


# No loops ────────────────────────────────────────────────────────────────────────────────────────

LOOPS = {
    "for": body("for x in X:", "    pass"),
    "for in an else": body("if C:", "    pass", "else:", "    for x in X: pass"),
    "while": body("while X:", "    X = X[1:]"),
    "async for": "async def f(X):\n    async for x in X: pass",
    "list comprehension": body("return [x for x in X]"),
    "set comprehension": body("return {x for x in X}"),
    "dict comprehension": body("return {x: 1 for x in X}"),
    "generator": body("return sum(x for x in X)"),
    "inner function": body("def inner(x):", "    return [y for y in x]", "return inner(X)"),
    "lambda": "f = lambda X: [x for x in X]",
    "lambda over lines": "f = (\n    lambda X:\n    [x for x in X]\n)",
    "second lambda of a line": "g, f = (lambda x: x), (lambda X: [x for x in X])",
    "helper": "def g(X):\n    return [x for x in X]\ndef f(X):\n    return g(X)",
    "helper of a helper": "def h(X):\n    return [x for x in X]\ng = lambda X: h(X)\ndef f(X):\n    return g(X)",
    "helper in another name": "def g(X):\n    return [x for x in X]\nh = g\ndef f(X):\n    return h(X)",
    "helper as an argument": "def g(X):\n    return [x for x in X]\ndef f(X):\n    return (lambda h: h(X))(g)",
    "helper in a cache": "import functools\n@functools.cache\ndef g(X):\n    return [x for x in X]\nf = lambda X: g(X)",
    "partial helper": "from functools import partial\ndef g(k, X):\n    return [x for x in X]\nh = partial(g, 2)\n"
    "def f(X):\n    return h(X)",
    "partial": "from functools import partial\ndef g(k, X):\n    return [x for x in X]\nf = partial(partial(g), 2)",
    "decorator": "import functools\ndef each(g):\n    @functools.wraps(g)\n    def inner(X):\n        return [g(x) for x in X]\n"
    "    return inner\n@each\ndef f(X):\n    return X",
    "function in a function": "def make():\n    def g(X):\n        return [x for x in X]\n    def f(X):\n        return g(X)\n"
    "    return f\nf = make()",
    "map": body("return list(map(abs, X))"),
    "filter": body("return list(filter(None, X))"),
    "reduce": body("from functools import reduce", "return reduce(max, X)"),
    "functools.reduce": body("import functools", "return functools.reduce(max, X)"),
    "starmap by another name": body("import itertools as it", "return it.starmap(max, X)"),
    "map by another name": "m = map\ndef f(X):\n    return list(m(abs, X))",
    "vectorize by another name": "from numpy import vectorize as v\ndef f(X):\n    return v(abs)(X)",
    "accumulate": body("import itertools", "return list(itertools.accumulate(X))"),
    "recursion by turns": "def g(X):\n    return f(X[1:])\ndef f(X):\n    return X and g(X)",
    "function in a dict that exec fills": "made = {}\nexec('def g(X): return [x for x in X]', made)\ndef f(X):\n    return made['g'](X)",
    "starmap": body("import itertools", "return itertools.starmap(max, X)"),
    "eval": body("return eval('sum(X)')"),
    "vectorize": body("return np.vectorize(abs)(X)"),
    "apply_along_axis": body("return np.apply_along_axis(sum, 0, X)"),
    "frompyfunc": body("return np.frompyfunc(abs, 1, 1)(X)"),
    "apply_ of a tensor": body("return X.apply_(abs)"),
    "vectorize by name": "from numpy import vectorize\ndef f(X):\n    return vectorize(abs)(X)",
    "vectorized": "@np.vectorize\ndef f(x):\n    return x",
    "vectorized answer": "f = np.vectorize(abs)",
    "vectorized helper": "g = np.vectorize(abs)\ndef f(X):\n    return g(X)",
    "helper by frompyfunc": "g = np.frompyfunc(abs, 1, 1)\ndef f(X):\n    return g(X)",
    "recursion": body("return X[0] + f(X[1:])"),
    "recursion in a lambda": "f = lambda X: X and f(X[1:])",
    "recursion in an inner function": body("def go(x):", "    return go(x[1:])", "return go(X)"),
    "recursion in an inner lambda": body("go = lambda x: go(x[1:])", "return go(X)"),
    "recursion in a helper": "def g(X):\n    return g(X[1:])\ndef f(X):\n    return g(X)",
}
ARRAYS = {
    "functions of a library in a dict": "made = {'double': np.add}\ndef f(X):\n    return made['double'](X, X)",
    "accumulate of a ufunc": body("return np.add.accumulate(X)"),
    "reduce of a ufunc": body("return np.add.reduce(X)"),
    "reduce of a ufunc by name": "from numpy import add\ndef f(X):\n    return add.reduce(X)",
    "einsum": body("return np.einsum('ij->i', X)"),
    "helper": "def g(X):\n    return X * 2\ndef f(X):\n    return g(X)",
    "lambda": "f = lambda X: X + 1",
    "first lambda of a line": "g, f = (lambda X: [x for x in X]), (lambda x: x)",
    "lambda in a lambda": "f = lambda X: (lambda x: x + 1)(X)",
    "decorated": "import functools\n@functools.cache\n@functools.cache\ndef f(X):\n    return X",
    "variable called map": body("map = X > 0", "return map * X"),
    "parameter called filter": body("return X * filter", of="X, filter"),
    "data called map": "map = np.eye(2)\ndef f(X):\n    return map @ X",
    "helper called filter": "def filter(X):\n    return X * 2\ndef f(X):\n    return filter(X)",
    "method called map": body("return X.map(abs)"),
    "argument called like a function of the notebook": "def g(X):\n    return [x for x in X]\ndef f(g):\n    return g + 1",
    "method called like the answer": body("return X.f()"),
    "word in a text": body("'for x in X: map'", "return X  # while"),
    "function that is never used": "def g(X):\n    return [x for x in X]\ndef f(X):\n    return X",
}


@each("source", LOOPS.values(), ids=LOOPS)
def test_whatever_repeats_work_in_python_is_a_loop(source):
    assert problem(no_loops, ran(source)["f"])


@each("source", ARRAYS.values(), ids=ARRAYS)
def test_work_on_whole_arrays_is_none(source):
    assert problem(no_loops, ran(source)["f"]) == ""


@each(
    "source, text",
    [
        ("\n\n" + LOOPS["for"], "line 4 of your cell uses a Python loop; let the array library repeat the work"),
        (LOOPS["map"], "line 2 of your cell uses map, which loops in Python; let the array library repeat the work"),
        (
            LOOPS["recursion"],
            "line 2 of your cell uses f itself, which loops in Python; let the array library repeat the work",
        ),
        (LOOPS["vectorized helper"], "it is made by np.vectorize or np.frompyfunc, which loop in Python"),
    ],
)
def test_the_text_names_the_line_and_the_loop(source, text):
    assert problem(no_loops, ran(source)["f"]) == text


def test_inside_a_partial_object_the_function_is_read():
    assert problem(no_loops, partial(ran(ARRAYS["lambda"])["f"])) == ""


def test_a_method_is_read_like_a_function():
    assert problem(no_loops, ran("class A:\n    def f(self, X):\n        return [x for x in X]\nf = A().f")["f"])


@each("function", [len, np.square, 3, eval(compile("lambda X: X", "<nowhere>", "eval"))])
def test_a_source_that_cannot_be_read_fails_and_says_so(function):
    assert problem(no_loops, function).startswith("its source cannot be read: define it with def in its own cell")


@each("line, loops", [("return [x for x in X]", True), ("return X", False)])
def test_a_cell_with_magics_is_read_by_the_functions_own_lines(line, loops):
    f = ran("\n" + body(line))["f"]
    name = f.__code__.co_filename
    linecache.cache[name] = (1, None, ["%matplotlib inline\n", *linecache.cache[name][2][1:]], name)
    assert bool(problem(no_loops, f)) == loops


def test_the_constraints_are_part_of_the_checks():
    assert {"no_loops", "no_loops_over", "one_pass", "no_calls"} <= {*checks.__all__}


# No loops over one argument ──────────────────────────────────────────────────────────────────────


def over(items, *before):
    return body(*before, f"for x in {items}:", "    pass")


BY_ROW = [
    *map(over, (
        "X", "X[1:]", "X[:, 0]", "X[mask]", "np.asarray(X)", "X.tolist()", "X.numpy()", "X.ravel()", "X.flat", "X.T[0]",
        "zip(*X.T)", "zip(*X.transpose())", "enumerate(X)", "zip(X, C)", "reversed(list(X))", "sorted(X)", "np.nditer(X)",
        "itertools.product(C, range(len(X)))", "range(len(X))", "range(len(X) - 1)", "range(0, len(X), 2)", "range(X.shape[0])",
        "range(np.shape(X)[0])", "range(X.size(0))", "range(X.size)", "np.arange(len(X))", "np.ndindex(len(X))",
    )),
    over("range(n)", "n = len(X)"), over("range(m)", "n = m = X.shape[0]"), over("range(n)", "n: int = len(X)"),
    over("range(n)", "n, d = X.shape"), over("range(n)", "n, k = len(X), len(C)"), over("P", "P = np.array(X)"),
    over("zip(x, y)", "x, y = X.T"), over("zip(x, y)", "x, y = X[:, 0], X[:, 1]"), over("range(n + 1)", "n = len(X)"),
    over("labels", "labels = ((X[:, None] - C) ** 2).sum(axis=2).argmin(axis=1)"), over("range(n)", "if (n := len(X)): pass"),
    over("range(n)", "if C:", "    P = np.asarray(X)", "n = len(P)"),
    body("i = 0", "while i < len(X):", "    i += 1"), body("n, i = len(X), 0", "while C and not i == n:", "    i += 1"),
    body("return [x for c in C for x in X]"), body("return sum(x for x in X)"), body("return list(map(sum, X))"),
    body("return np.vectorize(abs)(X)"), body("return np.apply_along_axis(sum, 1, arr=X)"),
    body("for x in P:", "    pass", of="P, C"), body("for x in X:", "    pass", of="X, /, C"), body("return [*map(abs, X)]", of="C, *, X"),
    "f = lambda X, C: [x for x in X]",
    "def g(P):\n    for p in P: pass\ndef f(X, C):\n    g(X)", "def g(C, P):\n    for p in P: pass\ndef f(X, C):\n    g(C, P=X)",
    "g = lambda P: [p for p in P]\ndef f(X, C):\n    return g(np.asarray(X))", body("g = lambda P: [p for p in P]", "return g(X)"),
    "def g(P, n):\n    for i in range(n): pass\ndef f(X, C):\n    g(C, len(X))",
    "def h(Q):\n    for q in Q: pass\ndef g(P):\n    h(P)\ndef f(X, C):\n    g(X)",
    body("def inner(P):", "    return [p for p in P]", "return inner(X)"),
]  # fmt: skip
OTHERWISE = [
    *map(over, (
        "C", "range(len(C))", "enumerate(C)", "X[0]", "X[-1, :]", "X.T", "range(X.shape[1])", "range(X.size(1))", "range(len(X[0]))",
        "np.unique(labels)", "range(3)", "zip(*C.T)", "X.mean(axis=0)", "itertools.product(C, C)",
    )),
    over("range(d)", "n, d = X.shape"), over("np.unique(labels)", "labels = X.argmin(axis=1)"), over("range(k)", "n, k = len(X), len(C)"),
    body("while (labels != old).any():", "    labels = X.argmin(axis=1)"), body("while not np.allclose(X, C):", "    C = C + 1"),
    body("for k in range(len(C)):", "    C[k] = X[labels == k].mean(axis=0)"), body("return list(map(len, C))"),
    body("for c in C:", "    pass", of="P, C"), body("return X * 2"), "f = lambda X, C: [c for c in C]",
    "def g(P):\n    for p in P: pass\ndef f(X, C):\n    g(C)", "def g(P):\n    return P * 2\ndef f(X, C):\n    g(X)",
    "def g(P):\n    return g(P)\ndef f(X, C):\n    g(X)",
]  # fmt: skip


@each("source", BY_ROW)
def test_going_over_the_items_of_the_argument_is_refused(source):
    assert problem(no_loops_over, ran(source)["f"], "X").endswith(
        "a Python loop over X; let the array library repeat the work"
    )


@each("source", OTHERWISE)
def test_going_over_anything_else_is_fine(source):
    assert problem(no_loops_over, ran(source)["f"], "X") == ""


@each("source, loops", [("range(n)", True), ("range(0, n, 9)", True), ("range(n // 9)", False)])
def test_the_argument_may_be_a_number_of_items(source, loops):
    assert bool(problem(no_loops_over, ran(f"f = lambda n: [i for i in {source}]")["f"], "n")) == loops


# One pass ────────────────────────────────────────────────────────────────────────────────────────

ANEW = [
    body("return [sum(X[i:i + 3]) for i in range(9)]"), body("for i in range(9):", "    X[i:i + 3].mean()"),
    body("i = 0", "while X[i:].sum():", "    i += 1"), body("return [np.add.reduce(X[i:]) for i in range(9)]"),
    body("return [X[i:] @ C for i in range(9)]"), body("for i in C:", "    for j in X:", "        pass"),
    body("return {i + j for i in C for j in X}"), body("for i in C:", "    [j for j in X]"),
    body("return list(map(lambda i: X[i:].sum(), C))"), body("return list(map(np.sum, X))"), body("return eval('X')"),
    body("return list(map(lambda i: X[i:] @ C, X))"),
    body("g = lambda i: X[i:].sum()", "return [g(i) for i in C]"),
    "def g(x):\n    return x.mean()\ndef f(X, C):\n    return [g(X[i:]) for i in C]",
    "def h(x):\n    s = 0\n    for y in x: s += y\n    return s\ndef g(x):\n    return h(x)\ndef f(X, C):\n    return [g(X[i:]) for i in C]",
    "def g(X):\n    return [X[i:].sum() for i in X]\ndef f(X, C):\n    return g(X)",
]  # fmt: skip
ONCE = [
    body("s = np.cumsum(X)", "return [s[i] for i in C]"), body("return [x / 2 for x in np.cumsum(X)]"),
    body("for s in (X ** 2).sum(axis=1):", "    pass"), body("for x in X: pass", "for c in C: pass"),
    body("s = X[:3].sum()", "for x in X:", "    s += x"), body("i = 0", "while i < 9:", "    i += 1"), body("return X.sum()"),
    body("return list(map(float, X))"), body("return np.vectorize(abs)(X)"), body("return list(map(float, X.sum(axis=1)))"),
    "def g(s):\n    return s / 3\ndef f(X, C):\n    return [g(x) for x in X]",
]  # fmt: skip


@each("source", ANEW)
def test_a_sum_anew_in_each_round_is_refused(source):
    assert "uses a loop that adds up each part anew" in problem(one_pass, ran(source)["f"])


@each("source", ONCE)
def test_one_plain_loop_is_fine(source):
    assert problem(one_pass, ran(source)["f"]) == ""


# No calls ────────────────────────────────────────────────────────────────────────────────────────


@each("source, found", [
    (body("return np.tile(X, 2)"), "tile"), (body("return X.repeat(2)"), "repeat"), (body("return map(np.tile, X)"), "tile"),
    ("from numpy import tile\ndef f(X):\n    return tile(X, 2)", "tile"), (body("tile = 2", "return np.tile(X, tile)"), "tile"),
    ("def g(X):\n    return np.tile(X, 2)\ndef f(X):\n    return g(X)", "tile"), (body("return X.view(2)"), ""),
    (body("tile = 2", "return X * tile"), ""), (body("return X * repeat", of="X, repeat"), ""), (body("'tile'"), ""),
    (body("return np.pad(X, 1, mode='tile', repeat=2)"), ""),
])  # fmt: skip
def test_a_function_or_method_may_be_forbidden_by_its_name(source, found):
    text = f"of your cell uses {found}, which this task asks you to do without" if found else ""
    assert problem(no_calls, ran(source)["f"], "tile", "repeat").endswith(text)
    assert bool(problem(no_calls, ran(source)["f"], "tile", "repeat")) == bool(found)


# Steps ───────────────────────────────────────────────────────────────────────────────────────────


@each(
    "source",
    [
        LOOPS["for"],
        LOOPS["list comprehension"],
        body("list(map(lambda x: x, X))"),
        body("return list(map(abs, X))"),
        body("return X and f(X[1:], C)"),
    ],
)
def test_work_item_by_item_takes_more_steps_for_more_items(source):
    f = ran(source)["f"]
    text = "result works item by item in Python; let the array library repeat the work"
    assert problem(checks.steady, f, ([0] * 9, []), ([0] * 99, []), more=90) == text


@each("line", ["return np.sum(X)", "for c in C: pass", "return sorted(X)", "return list(map(abs, C))",
               "return isinstance(map(abs, X), map)"])  # fmt: skip
def test_work_on_whole_arrays_takes_as_many_steps_for_more_items(line):
    f, centres, watched = ran(body(line))["f"], [0] * 200, sys.gettrace()
    assert problem(checks.steady, f, (np.ones(9), centres), (np.ones(99), centres), more=90) == ""
    assert sys.gettrace() is watched
    assert map.__module__ == "builtins"


def test_a_module_counts_as_a_name():
    assert problem(no_calls, ran(body("return np.abs(X)"))["f"], "np", "torch")


# Loops out of sight ──────────────────────────────────────────────────────────────────────────────

SLOW = "def slow(X):\n    s = 0.0\n    for v in X:\n        s = s + v * v\n    return s\n"
HIDDEN = {
    "code made by exec": f"exec({SLOW!r})\ndef total(X):\n    return slow(X)",
    "a module that it writes": f"open('mine.py', 'w').write({SLOW!r})\nimport mine\ndef total(X):\n    return mine.slow(X)",
    "a function of such a module": "from mine import slow\ndef total(X):\n    return slow(X)",
    "a for": SLOW + "for quick in [slow]:\n    pass\ndef total(X):\n    return quick(X)",
    "a with": SLOW
    + "import contextlib\nwith contextlib.nullcontext(slow) as quick:\n    pass\ndef total(X):\n    return quick(X)",
    "an assignment of two": SLOW + "a, b = slow, 1\ndef total(X):\n    return a(X)",
    "an unpacking": SLOW + "a, b = [slow] * 2\ndef total(X):\n    return a(X)",
    "a dict": SLOW + "tools = {'quick': slow}\ndef total(X):\n    return tools['quick'](X)",
    "a method": "class Tool:\n    def slow(self, X):\n        return [v for v in X]\ndef total(X):\n    return Tool().slow(X)",
    "an inherited method": "class A:\n    def slow(self, X):\n        return [v for v in X]\nclass Tool(A):\n    pass\ntool = Tool()\ndef total(X):\n    return tool.slow(X)",
    "a decorator": "def quick(f):\n    def slow(X):\n        return [f(v) for v in X]\n    return slow\n@quick\ndef total(X):\n    return X",
    "the names of the notebook": SLOW + "def total(X):\n    return globals()['slow'](X)",
    "an import by name": "import importlib\ndef total(X):\n    return importlib.import_module('mine').slow(X)",
    "an import of its own": "def total(X):\n    from mine import slow\n    return slow(X)",
    "a walrus": SLOW + "print(quick := slow)\ndef total(X):\n    return quick(X)",
}


@each("what", HIDDEN)
def test_a_loop_is_refused_wherever_it_hides(what):
    from grader.engine.border.definitions import as_written

    found = problem(no_loops, as_written("total", (HIDDEN[what],)))
    assert "its source cannot be read" in found or "loop" in found, found


@each("source", [
    "import scipy.linalg as la\nimport numpy as np\ndef total(X):\n    return la.norm(X) + np.sum(X)",
    "from math import *\nLIMIT, most = 3, 4\ndef total(X):\n    return sqrt(X.sum()) + LIMIT + most",
    "rng = np.random.default_rng(0)\nrows, columns = np.ones((2, 3)).shape\ndef total(X):\n    return rng.normal(size=rows) + X",
    "class Tool:\n    def fast(self, X):\n        return X.sum()\ntool = Tool()\ndef total(X):\n    return tool.fast(X)",
    "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\ndef total(X):\n    return P(X.sum()).x",
    "import functools\n@functools.lru_cache\ndef half(x):\n    return x / 2\ndef total(X):\n    return half(X.sum())",
    "weights = {'a': 1, 'b': 2}\ndef total(X):\n    return X.sum() * weights['a']",
    "def total(X):\n    from collections import deque\n    import scipy.linalg\n    window = deque(X)\n    return scipy.linalg.norm(window)",
    "from tomllib import loads as read\ndef total(X):\n    return read('')",
])  # fmt: skip
def test_what_is_a_librarys_or_can_be_read_is_not(source):
    from grader.engine.border.definitions import as_written

    assert problem(no_loops, as_written("total", (source,))) == ""


STEPPING = {
    "code made by exec": f"exec({SLOW!r})\ndef total(X):\n    return slow(X)",
    "a thread": SLOW + "from concurrent.futures import ThreadPoolExecutor\ndef total(X):\n    with ThreadPoolExecutor() as pool:\n        return pool.submit(slow, X).result()",
    "a map of functions of C": "def total(X):\n    return sum(map(abs, X))",
    "a module": "import mine\ndef total(X):\n    return mine.slow(X)",
    "a module in a folder that looks like a library's": "sys.path.insert(0, 'site-packages')\nimport mine_too\ndef total(X):\n    return mine_too.slow(X)",
}  # fmt: skip


@each("what", STEPPING)
def test_steps_are_counted_wherever_they_are_taken(what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for file in ("mine.py", "site-packages/mine_too.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(SLOW)
    total = ran(STEPPING[what], sys=sys)["total"]
    assert "item by item" in problem(checks.steady, total, (np.ones(9),), (np.ones(99),), more=90)
    assert threading.gettrace() is None
    for name in ("mine", "mine_too"):
        sys.modules.pop(name, None)


@each("hint, line, done", [
    ("use `A[:, None, :]`", "return A[:, np.newaxis] - B", True), ("use `A[:, None]`", "return A[:,None,:]-B", True),
    ("use `A[:, None, :]`", "return A[None, :] - B", False), ("`x.sum(...)`, or `np.max`", "return np.max(x.sum(0))", True),
    ("`integers(1, 7, ...)`", "return rng.integers(1, 7, size=3)", True), ("`integers(1, 7, ...)`", "return 7", False),
    ("say `axis=1`", "return A.sum(axis = 1)", True), ("no code at all", "return A", False),
])  # fmt: skip
def test_a_hint_whose_code_an_answer_holds_in_some_form_is_not_told(hint, line, done):
    assert follows(ran(body(line, of="A, B"))["f"], hint) == done


def test_a_call_that_is_forbidden_needs_no_general_hint():
    with pytest.raises(CheckFailed) as refused:
        no_calls(ran(body("return X.repeat(2)"))["f"], "repeat")
    assert not refused.value.fits
