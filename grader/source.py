"""Find the source of an answer: its own text, and that of each helper from the same notebook that it reaches."""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple

from grader.failure import CheckFailed


class Source(NamedTuple):
    """A function that an answer is made of. Names of its `own` are no builtins: a variable may be called `map`."""

    name: str
    tree: Any
    own: set[str]


def sources_of(function: Any) -> Iterator[Source]:
    """Yield the function, each helper from the same notebook that it reaches, and what is defined inside these."""
    start = _unwrapped(function.as_written() if hasattr(function, "as_written") else function)
    waiting = [(getattr(start, "__name__", ""), start)]
    for name, current in waiting:  # which grows meanwhile
        if _is_vectorized(current):
            raise CheckFailed("it is made by np.vectorize or np.frompyfunc, which loop in Python")
        if not hasattr(current, "__code__") and hasattr(type(current).__call__, "__code__"):
            current = type(current).__call__  # an object that can be called
        tree = _tree(current)
        cells = zip(current.__code__.co_freevars, current.__closure__ or (), strict=True)
        space = current.__globals__ | {key: cell.cell_contents for key, cell in cells}
        own = _bound(tree)
        for key in sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & space.keys() - own):
            value = _unwrapped(space[key])
            if getattr(value, "__globals__", None) is current.__globals__ or _is_vectorized(value):
                waiting += [(key, value)] if (key, value) not in waiting else []
                own.add(key)
            elif not callable(value) and not isinstance(value, ModuleType):
                own.add(key)
        yield Source(name, tree, own)
        yield from (Source(key, part, own) for key, part in _defined_in(tree))


def _unwrapped(function: Any) -> Any:
    """Return the function inside partial objects and decorators."""
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.unwrap(function) if callable(function) else function


def _is_vectorized(value: Any) -> bool:
    kind = type(value).__name__
    return kind == "vectorize" or (kind == "ufunc" and all(set(types) <= set("O->") for types in value.types))


def _tree(function: Any) -> Any:
    """Return the syntax tree of one function, found by its place in the text of its cell."""
    code = getattr(function, "__code__", None)
    if code is None:
        raise CheckFailed("its source cannot be read: define it with def in its own cell")
    try:
        cell = ast.parse("".join(linecache.getlines(code.co_filename)))
    except SyntaxError:  # a cell with magics: take the function's own lines
        cell = ast.parse(inspect.cleandoc("\n" + inspect.getsource(function)))
        return cell.body[0] if cell.body else cell
    found = [node for node in ast.walk(cell) if _start(node) == (code.co_firstlineno, code.co_name)]
    if not found:
        raise CheckFailed("its source cannot be read: define it with def in its own cell, and run the cell again")
    places = [(line, column) for line, _, column, _ in code.co_positions() if line and column]
    return min(found, key=lambda node: _outside(node, places))  # of lambdas on one line, the one that holds the code


def _start(node: Any) -> tuple[int, str]:
    """Return the first line and the name that Python notes in the code of a function."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return 0, ""
    return min(part.lineno for part in (node, *getattr(node, "decorator_list", []))), getattr(node, "name", "<lambda>")


def _outside(node: Any, places: list[tuple[int, int]]) -> int:
    first, last = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    return sum(not first <= place < last for place in places)


def _defined_in(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield (name, tree) of the functions inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node is not tree:
            yield node.name, node
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))


def _bound(tree: ast.AST) -> set[str]:
    """Return the names of a function's parameters, variables and inner functions."""
    nodes = list(ast.walk(tree))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return stored | {node.arg for node in nodes if isinstance(node, ast.arg)} | {name for name, _ in _defined_in(tree)}


def parameters(tree: Any) -> list[str]:
    """Return the names of a function's parameters, in order."""
    arguments = [tree.args] if hasattr(tree, "args") else []  # a statement has none
    return [part.arg for whole in arguments for part in (*whole.posonlyargs, *whole.args, *whole.kwonlyargs)]
