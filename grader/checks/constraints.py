"""Read from the source of an answer how it works: with or without Python loops, by which calls.

An answer may be a `def` or a lambda in a notebook cell and may call helpers of its own: both are read. What
cannot be read fails, with a line that says so.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from grader.checks.failure import CheckFailed
from grader.checks.source import parameters, sources_of

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LOOPS = (ast.For, ast.AsyncFor, ast.While, *_COMPREHENSIONS)
_LOOP_FUNCTIONS = {"vectorize", "apply_along_axis", "apply_over_axes", "frompyfunc", "apply_", "map_"}
_LOOP_NAMES = {"map", "filter", "reduce", "starmap", "accumulate", "exec", "eval"} | _LOOP_FUNCTIONS
_ONE_BY_ONE = {*"enumerate zip reversed sorted list tuple iter product nditer ndenumerate".split()}
_REDUCTIONS = {
    *"sum fmean inner mean average fsum nansum nanmean median dot cumsum convolve reduce vdot matmul einsum".split()
}
_CONVERSIONS = {*"asarray array astype copy tolist list double float int ravel flatten flat as_tensor numpy".split()}
_TURNED = {"T", "transpose", "swapaxes", "moveaxis", "hsplit", "split", "unstack", "unbind"}


def no_loops(function: Callable[..., Any]) -> None:
    """Fail if an answer repeats work in Python: loops, comprehensions, generator expressions, recursion, `map` and its kin.

    `np.vectorize`, `np.apply_along_axis` and `np.frompyfunc` loop in Python, too.

    Parameters
    ----------
    function
        The answer; helpers of the student's that it uses are read as well.

    Raises
    ------
    CheckFailed
        There is a loop, with its line, or the source cannot be read.

    Examples
    --------
    >>> def double(x):
    ...     return x + x
    >>> no_loops(double)
    """
    sources = list(sources_of(function))
    calls = {source.name: _names_in(source.tree) for source in sources}
    for source in sources:
        if source.name not in calls[source.name] and source.name in _reached(source.name, calls):
            _refuse(source.tree, f"{source.name} again from what it calls; let the array library repeat the work")
        for node in ast.walk(source.tree):
            if isinstance(node, _LOOPS):
                _refuse(node, "a Python loop; let the array library repeat the work")
            again = isinstance(node, ast.Call) and ast.unparse(node.func) == source.name
            if called := _loop_function(node, source.own) or (f"{source.name} itself" if again else ""):
                _refuse(node, f"{called}, which loops in Python; let the array library repeat the work")


def _names_in(tree: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def _reached(name: str, calls: Mapping[str, Set[str]]) -> set[str]:
    """Return the names that are called from a function of this name, however far."""
    found, waiting = set[str](), {name}
    while waiting:
        waiting = set[str]().union(*(calls.get(one, ()) for one in waiting)) - found
        found |= waiting
    return found


def no_loops_over(function: Callable[..., Any], argument: str) -> None:
    """Fail if an answer loops in Python over the first axis of one argument; loops over anything else are fine.

    Parameters
    ----------
    function
        The answer; a helper of the student's that is given this argument is read as well.
    argument
        The name of the parameter. If there is none of this name, the first is taken for it.

    Raises
    ------
    CheckFailed
        There is such a loop, with its line, or the source cannot be read.

    Examples
    --------
    >>> def powers(x, n):
    ...     return [x**k for k in range(n)]
    >>> no_loops_over(powers, "x")
    """
    sources = list(sources_of(function))
    names = parameters(sources[0].tree)
    waiting = [(sources[0], argument if argument in names or not names else names[0])]
    for source, name in waiting:  # which grows meanwhile
        rows, counts = _aliases(source.tree, name)
        node: Any
        for node in ast.walk(source.tree):
            if any(_walks(part, rows, counts) for part in _iterated(node, source.own)):
                _refuse(node, f"a Python loop over {argument}; let the array library repeat the work")
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            for inner in (other for other in sources if other.name == called):
                given = [*zip(parameters(inner.tree), node.args, strict=False)]
                given += [(part.arg, part.value) for part in node.keywords]
                found = [to for to, part in given if _is_rows(part, rows) or _is_count(part, rows, counts)]
                waiting += [(inner, to) for to in found if (inner, to) not in waiting]


def one_pass(function: Callable[..., Any]) -> None:
    """Fail if an answer sums again and again inside a Python loop, or nests loops; one plain loop is fine.

    Parameters
    ----------
    function
        The answer; helpers of the student's that it uses are read as well.

    Raises
    ------
    CheckFailed
        There is such a loop, with its line, or the source cannot be read.

    Examples
    --------
    >>> def total(x):
    ...     found = 0
    ...     for item in x:
    ...         found += item
    ...     return found
    >>> one_pass(total)
    """
    sources = list(sources_of(function))
    adders = set[str]()
    for _ in sources:  # what calls an adder is one
        adders |= {source.name for source in sources if any(_adds(node, adders) for node in ast.walk(source.tree))}
    for source in sources:
        for node in ast.walk(source.tree):
            again = isinstance(node, _LOOPS) and any(_adds(part, adders) for part in _repeated(node))
            if again or _applies(node, adders, source.own):
                again_and_again = "a loop that adds up each part anew; reuse the sum before it, or work on whole arrays"
                _refuse(node, again_and_again, again_and_again)


def _applies(node: Any, adders: set[str], own: set[str]) -> bool:
    """Tell whether a node is `map(f, ...)` or the like, with an `f` that adds up."""
    called = _loop_function(node.func, own) if isinstance(node, ast.Call) else ""
    inside = [part for given in node.args[:1] for part in ast.walk(given)] if called else []
    names = {getattr(part, "id", getattr(part, "attr", "")) for part in inside}
    return (
        called in ("exec", "eval")
        or bool(names & (_REDUCTIONS | adders))
        or any(_adds(part, adders) for part in inside)
    )


def no_calls(function: Callable[..., Any], *names: str) -> None:
    """Fail if an answer uses what the task asks to do without.

    Parameters
    ----------
    function
        The answer; helpers of the student's that it uses are read as well.
    *names
        Last names of functions and methods: "sum" is `sum(x)`, `np.sum(x)` and `x.sum()`.

    Raises
    ------
    CheckFailed
        One of them is used, with its line, or the source cannot be read.

    Examples
    --------
    >>> def double(x):
    ...     return x + x
    >>> no_calls(double, "multiply")
    """
    for source in sources_of(function):
        for node in ast.walk(source.tree):
            found = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if found in names and (isinstance(node, ast.Attribute) or found not in source.own):
                without = f"{found}, which this task asks you to do without"
                _refuse(node, without, without, fits=False)


def follows(function: Callable[..., Any], hint: str) -> bool:
    """Tell whether an answer holds each piece of code that stands in backticks in a hint, however it is spaced.

    Three dots stand for anything: what is before and behind them is looked for.
    """
    wanted = [_squeezed(code) for code in re.findall(r"`([^`]+)`", hint)]
    try:
        text = "".join(_squeezed(ast.unparse(source.tree)) for source in sources_of(function)) if wanted else ""
    except Exception:  # what is called may be anything, and what cannot be read follows no hint
        return False
    return bool(wanted) and all(part in text for code in wanted for part in code.split("..."))


def _squeezed(code: str) -> str:
    """Return code without its spaces, with one form for what has several: A[:, np.newaxis, :] is A[:,None]."""
    plain = re.sub(r"\s+", "", code).replace("np.newaxis", "None").replace("'", '"')
    return re.sub(r"(?:,:)+\]", "]", plain)


def _refuse(
    node: ast.AST,
    problem: str,
    plain: str = "a loop in Python; let the array library repeat the work",
    *,
    fits: bool = True,
) -> None:
    """Fail with the line, and where the test is hidden without it: an answer could write what it is given into its text."""
    text = f"line {getattr(node, 'lineno', '?')} of your cell uses {problem}"
    raise CheckFailed(text, plain=f"it uses {plain}", fits=fits)


def _callee(node: ast.AST) -> str:
    """Return the last name of what a node calls: "sum" for `x.sum()` and for `sum(x)`."""
    function = getattr(node, "func", None)
    return str(getattr(function, "attr", "") or getattr(function, "id", ""))


def _loop_function(node: ast.AST, own: set[str]) -> str:
    """Return the name of a function that loops in Python, if the node mentions one; `np.add.reduce` is none."""
    if isinstance(node, ast.Name) and node.id in _LOOP_NAMES - own:
        return node.id
    if isinstance(node, ast.Attribute):
        base = node.value.id if isinstance(node.value, ast.Name) else ""
        if node.attr in _LOOP_FUNCTIONS or (base in ("functools", "itertools") and node.attr in _LOOP_NAMES):
            return node.attr
    return ""


def _iterated(node: Any, own: set[str]) -> list[ast.expr]:
    """Return the expressions that a node goes over one by one, or that a `while` compares."""
    if isinstance(node, ast.While):  # without looking into calls: `(old != new).any()` counts nothing
        closed = [part for part in ast.walk(node.test) if isinstance(part, ast.Call | ast.Subscript | ast.Attribute)]
        inside = {id(part) for whole in closed for part in ast.walk(whole) if part is not whole}
        return [part for part in ast.walk(node.test) if isinstance(part, ast.expr) and id(part) not in inside]
    if isinstance(node, ast.Call):
        function = getattr(node.func, "func", node.func)  # np.vectorize(f)(X)
        return [*node.args, *(part.value for part in node.keywords)] if _loop_function(function, own) else []
    loops = getattr(node, "generators", [node] if isinstance(node, ast.For | ast.AsyncFor) else [])
    return [loop.iter for loop in loops]


def _repeated(loop: Any) -> Iterator[ast.AST]:
    """Yield the parts of a loop that run again and again: all but what it goes over."""
    first, *nested = getattr(loop, "generators", [loop])  # [... for a in x for b in y] is a loop in a loop
    once = {id(part) for part in ast.walk(first.iter)} if hasattr(first, "iter") else set[int]()
    yield from (part for part in ast.walk(loop) if part is not loop and id(part) not in once)
    yield from [loop] * len(nested)


def _adds(node: ast.AST, adders: set[str]) -> bool:
    """Tell whether a node loops, or adds up, or calls one of the `adders`."""
    product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
    return product or isinstance(node, _LOOPS) or _callee(node) in _REDUCTIONS | adders


def _aliases(tree: ast.AST, argument: str) -> tuple[set[str], set[str]]:
    """Return the names that hold the argument's items (or one result an item), and those that hold their number."""
    rows, counts = {argument}, set[str]()
    nodes: list[Any] = [node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr)]
    for _ in nodes:  # a walk meets them in another order than Python does
        for node in nodes:
            for target in getattr(node, "targets", None) or [node.target]:
                _learn(target, node.value, rows, counts)
    return rows, counts


def _learn(target: Any, value: Any, rows: set[str], counts: set[str]) -> None:
    """Add what one assignment tells about names."""
    if isinstance(target, ast.Name):
        if _is_count(value, rows, counts):
            counts.add(target.id)
        elif _is_rows(value, rows) or _callee(value) == "argmin":
            rows.add(target.id)
    elif isinstance(target, ast.Tuple):
        names = [part.id if isinstance(part, ast.Name) else "" for part in target.elts]
        if isinstance(value, ast.Tuple):
            for part, given in zip(target.elts, value.elts, strict=False):
                _learn(part, given, rows, counts)
        elif _of(value, {"shape", "size"}, rows):
            counts.update(names[:1])
        elif _of(value, _TURNED, rows):
            rows.update(names)


def _of(node: Any, names: set[str], rows: set[str]) -> bool:
    """Tell whether a node is one of these parts of the items: `X.T`, `X.tolist()`, `np.asarray(X)`."""
    if isinstance(node, ast.Call):
        parts = [getattr(node.func, "value", None), *node.args[:1]]
        return _callee(node) in names and any(_is_rows(part, rows) for part in parts)
    return isinstance(node, ast.Attribute) and node.attr in names and _is_rows(node.value, rows)


def _is_rows(node: Any, rows: set[str]) -> bool:
    """Tell whether an expression is the items: the name, a slice of it, or a conversion (`np.asarray(X)`, `X.tolist()`)."""
    if isinstance(node, ast.Name):
        return node.id in rows
    if isinstance(node, ast.Subscript):
        index = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        index = getattr(index, "operand", index)
        one = isinstance(getattr(index, "value", None), int)  # X[0] is one item, X.T[0] one number an item
        return _of(node.value, _TURNED, rows) if one else _is_rows(node.value, rows)
    return _of(node, _CONVERSIONS, rows)


def _is_count(node: Any, rows: set[str], counts: set[str]) -> bool:
    """Tell whether an expression is the number of items, more or less: `len(X)`, `X.shape[0]`, `n - 1`."""
    if isinstance(node, ast.Name):
        return node.id in counts
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return any(_is_count(part, rows, counts) for part in (node.left, node.right))
    if isinstance(node, ast.Subscript):
        return _of(node.value, {"shape", "size"}, rows) and getattr(node.slice, "value", None) == 0
    axis = node.args[-1] if isinstance(node, ast.Call) and node.args else None  # X.size(0), and X.size without one
    return _of(node, {"len"}, rows) or (getattr(axis, "value", 0) == 0 and _of(node, {"size"}, rows))


def _walks(node: Any, rows: set[str], counts: set[str]) -> bool:
    """Tell whether iterating over this expression visits the items one by one."""
    if _callee(node) in {"range", "arange", "ndindex"}:
        return any(_is_count(part, rows, counts) or _is_rows(part, rows) for part in node.args)
    if _callee(node) in _ONE_BY_ONE:
        return any(_walks(part, rows, counts) for part in node.args)
    if isinstance(node, ast.Starred):  # zip(*X.T)
        return _of(node.value, _TURNED, rows)
    return _is_rows(node, rows) or _is_count(node, rows, counts)
