"""Read from the source of an answer how it works: with or without Python loops, by which calls.

An answer may be a `def` or a lambda in a notebook cell and may call helpers of its own: both are read. What
cannot be read fails, with a line that says so.
"""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from grader.failure import CheckFailed

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LOOPS = (ast.For, ast.AsyncFor, ast.While, *_COMPREHENSIONS)
_LOOP_FUNCTIONS = {"vectorize", "apply_along_axis", "apply_over_axes", "frompyfunc", "apply_", "map_"}
_LOOP_NAMES = {"map", "filter", "reduce", "starmap", "exec", "eval"} | _LOOP_FUNCTIONS
_CONVERSIONS = {"asarray", "array", "astype", "copy", "tolist", "list", "double", "float"}
_REDUCTIONS = {"sum", "mean", "average", "fsum", "nansum", "nanmean", "median", "dot", "cumsum", "convolve"}


def no_loops(function: Callable[..., Any]) -> None:
    """Fail if the function, or a helper of the student's that it uses, repeats work in Python.

    Loops, comprehensions, generator expressions, `map` and its kin, `np.vectorize`, `np.apply_along_axis`,
    `np.frompyfunc` and recursion count as loops.
    """
    for name, tree in _trees(function):
        for node in ast.walk(tree):
            if isinstance(node, _LOOPS):
                _refuse(node, "a Python loop; let the array library repeat the work")
            if (called := _loop_function(node)) or (called := _calls_itself(node, name)):
                _refuse(node, f"{called}, which loops in Python; let the array library repeat the work")


def no_loops_over(function: Callable[..., Any], argument: str) -> None:
    """Fail if the function loops in Python over the first axis of one argument (loops over anything else are fine).

    A helper of the student's that is given this argument is read as well.
    """
    _, tree = next(_trees(function))
    names = _parameters(tree)
    waiting, seen = [(tree, argument if argument in names or not names else names[0])], set[tuple[int, str]]()
    helpers = dict(_trees(function))
    while waiting:
        tree, name = waiting.pop()
        if (id(tree), name) in seen:
            continue
        seen.add((id(tree), name))
        rows, counts = _aliases(tree, name)
        for node in ast.walk(tree):
            if any(_walks(source, rows, counts) for source in _iterated(node)):
                _refuse(node, f"a Python loop over {argument}; let the array library repeat the work")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in helpers:
                inner = helpers[node.func.id]
                given = zip(_parameters(inner), node.args, strict=False)
                waiting += [(inner, parameter) for parameter, value in given if _is_rows(value, rows)]


def _parameters(tree: ast.AST) -> list[str]:
    return [part.arg for part in tree.args.args] if isinstance(tree, ast.FunctionDef | ast.Lambda) else []


def _iterated(node: ast.AST) -> list[ast.expr]:
    """Return the expressions that a node goes over one by one."""
    if isinstance(node, ast.For):
        return [node.iter]
    if isinstance(node, _COMPREHENSIONS):
        return [part.iter for part in node.generators]
    if isinstance(node, ast.While):
        return [part for part in ast.walk(node.test) if isinstance(part, ast.expr)]
    return list(node.args) if isinstance(node, ast.Call) and _loop_function(node.func) else []


def one_pass(function: Callable[..., Any]) -> None:
    """Fail if the function sums again and again inside a Python loop, or nests loops; one plain loop is fine."""
    for _, tree in _trees(function):
        for node in ast.walk(tree):
            if isinstance(node, _LOOPS) or _loop_function(node):
                inner = [part for part in ast.walk(node) if part is not node]
                again = any(isinstance(part, ast.Call) and _callee(part) in _REDUCTIONS for part in inner)
                if again or any(isinstance(part, _LOOPS) for part in inner) or _loop_function(node):
                    _refuse(
                        node, "a loop that adds up each part anew; reuse the sum before it, or work on whole arrays"
                    )


def no_calls(function: Callable[..., Any], *names: str) -> None:
    """Fail if the function, or a helper of the student's that it uses, uses a function or method of one of these names."""
    for _, tree in _trees(function):
        for node in ast.walk(tree):
            found = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if found in names:
                _refuse(node, f"{found}, which this task asks you to do without")


def _refuse(node: ast.AST, problem: str) -> None:
    raise CheckFailed(f"line {getattr(node, 'lineno', '?')} of its cell uses {problem}")


def _trees(function: Any) -> Iterator[tuple[str, Any]]:
    """Yield (name, syntax tree) of the function and of each helper from the same notebook that it reaches."""
    waiting, seen = [function], set[int]()
    while waiting:
        current = waiting.pop(0)
        while isinstance(current, functools.partial):
            current = current.func
        current = inspect.unwrap(current) if callable(current) else current
        if id(current) in seen:
            continue
        seen.add(id(current))
        if type(current).__name__ in ("vectorize", "ufunc"):
            raise CheckFailed("it is made by np.vectorize or np.frompyfunc, which loop in Python")
        tree = _tree(current)
        yield getattr(current, "__name__", ""), tree
        space = getattr(current, "__globals__", {})
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        for name in sorted(used):
            helper = space.get(name)
            if (isinstance(helper, FunctionType) and helper.__globals__ is space) or type(
                helper
            ).__name__ == "vectorize":
                waiting.append(helper)


def _tree(function: Any) -> ast.AST:
    """Return the syntax tree of one function, found by its place in the text of its cell."""
    code = getattr(function, "__code__", None)
    if code is None:
        raise CheckFailed("its source cannot be read: define it with def in its own cell")
    try:
        cell = ast.parse("".join(linecache.getlines(code.co_filename)))
    except SyntaxError:  # a cell with magics: take the function's own lines
        cell = ast.parse(inspect.cleandoc("\n" + inspect.getsource(function)))
        return cell.body[0] if cell.body else cell
    for node in ast.walk(cell):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            first = min([node.lineno, *(line.lineno for line in getattr(node, "decorator_list", []))])
            if first == code.co_firstlineno and getattr(node, "name", "<lambda>") == code.co_name:
                return node
    raise CheckFailed("its source cannot be read: define it with def in its own cell, and run the cell again")


def _callee(node: ast.Call) -> str:
    return (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )


def _loop_function(node: ast.AST) -> str:
    """Return the name of a function that loops in Python, if the node mentions one; `np.add.reduce` is none."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in _LOOP_NAMES:
        return node.id
    if isinstance(node, ast.Attribute):
        base = node.value.id if isinstance(node.value, ast.Name) else ""
        if node.attr in _LOOP_FUNCTIONS or (base in ("functools", "itertools") and node.attr in _LOOP_NAMES):
            return node.attr
    return ""


def _calls_itself(node: ast.AST, name: str) -> str:
    return (
        f"{name} itself"
        if isinstance(node, ast.Call) and name and _callee(node) == name and isinstance(node.func, ast.Name)
        else ""
    )


def _aliases(tree: ast.AST, argument: str) -> tuple[set[str], set[str]]:
    """Return the names that hold the argument's items (or one result an item), and those that hold their number."""
    rows, counts = {argument}, set[str]()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Name):
            if _is_count(value, rows, counts):
                counts.add(target.id)
            elif _is_rows(value, rows) or (isinstance(value, ast.Call) and _callee(value) == "argmin"):
                rows.add(target.id)
        elif isinstance(target, ast.Tuple) and isinstance(target.elts[0], ast.Name):
            names = [part.id for part in target.elts if isinstance(part, ast.Name)]
            if isinstance(value, ast.Attribute) and value.attr == "shape" and _is_rows(value.value, rows):
                counts.add(target.elts[0].id)
            elif _is_columns(value, rows):
                rows.update(names)
            elif isinstance(value, ast.Tuple):
                pairs = zip(target.elts, value.elts, strict=False)
                rows.update(name.id for name, part in pairs if isinstance(name, ast.Name) and _is_rows(part, rows))
    return rows, counts


def _is_columns(node: ast.AST, rows: set[str]) -> bool:
    """Tell whether an expression is the items turned on their side: unpacked, each part holds one number an item."""
    if isinstance(node, ast.Attribute):
        return node.attr == "T" and _is_rows(node.value, rows)
    if isinstance(node, ast.Call) and _callee(node) in {
        "transpose",
        "swapaxes",
        "moveaxis",
        "hsplit",
        "split",
        "unstack",
    }:
        return any(_is_rows(part, rows) for part in [node.func, *node.args[:1]]) or (
            isinstance(node.func, ast.Attribute) and _is_rows(node.func.value, rows)
        )
    return False


def _is_rows(node: ast.AST, rows: set[str]) -> bool:
    """Tell whether an expression is the items: the name, a slice of it, or a conversion (`np.asarray(X)`, `X.tolist()`)."""
    if isinstance(node, ast.Name):
        return node.id in rows
    if isinstance(node, ast.Subscript):
        return _is_rows(node.value, rows)
    if isinstance(node, ast.Call) and _callee(node) in _CONVERSIONS:
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        return any(_is_rows(part, rows) for part in ([owner] if owner else []) + node.args[:1])
    return False


def _is_count(node: ast.AST, rows: set[str], counts: set[str]) -> bool:
    """Tell whether an expression is the number of items: `len(X)`, `X.shape[0]`, or a name for it."""
    if isinstance(node, ast.Name):
        return node.id in counts
    if isinstance(node, ast.Call):
        return _callee(node) == "len" and bool(node.args) and _is_rows(node.args[0], rows)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
        return _is_rows(node.value.value, rows) and isinstance(node.slice, ast.Constant) and node.slice.value == 0
    return False


def _walks(node: ast.AST, rows: set[str], counts: set[str]) -> bool:
    """Tell whether iterating over this expression visits the items one by one."""
    if isinstance(node, ast.Call) and _callee(node) in {"range", "arange"}:
        return any(_is_count(part, rows, counts) or _is_rows(part, rows) for part in node.args)
    if isinstance(node, ast.Call) and _callee(node) in {"enumerate", "zip", "reversed", "list", "tuple", "iter"}:
        return any(_walks(part, rows, counts) for part in node.args)
    if isinstance(node, ast.Starred):  # zip(*X.T)
        return _is_columns(node.value, rows)
    return _is_rows(node, rows) or _is_count(node, rows, counts)
