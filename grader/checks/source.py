"""Find the source of an answer: its own text, and that of each helper from the same notebook that it reaches."""

from __future__ import annotations

import ast
import builtins
import functools
import importlib.util
import inspect
import linecache
import sys
from collections.abc import Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from grader.checks.failure import CheckFailed
from grader.checks.observe import in_library


class Source(NamedTuple):
    """A function that an answer is made of. Names of its `own` are no builtins: a variable may be called `map`."""

    name: str
    tree: Any
    own: set[str]


UNREADABLE = "its source cannot be read: define it with def in its own cell"


class Unreadable:
    """Stands for what a name is bound to where nothing of it can be read."""


def sources_of(function: Any) -> Iterator[Source]:
    """Yield the function, each helper of the student's that it reaches, and what is defined inside these.

    Raises
    ------
    CheckFailed
        Something that it calls can neither be read nor is a library's.
    """
    start = _unwrapped(function.as_written() if hasattr(function, "as_written") else function)
    waiting = [(getattr(start, "__name__", ""), start)]
    for name, current in waiting:  # which grows meanwhile
        if _is_vectorized(current):
            text = "it is made by np.vectorize or np.frompyfunc, which loop in Python"
            raise CheckFailed(text, plain=text)
        if not hasattr(current, "__code__") and hasattr(type(current).__call__, "__code__"):
            current = type(current).__call__  # an object that can be called
        tree = _tree(current)
        cells = zip(current.__code__.co_freevars, current.__closure__ or (), strict=True)
        space = current.__globals__ | {key: _content(cell) for key, cell in cells} | dict(_imported(tree))
        own = _bound(tree)
        _refuse_unknown(tree, space, own)
        _undo_renaming(tree, space, own)
        for key in sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & space.keys() - own):
            value = _unwrapped(space[key])
            readable = [
                part for part in _parts(value, key, tree) if _is_own(part[1], current) or _is_vectorized(part[1])
            ]
            waiting += [part for part in readable if part not in waiting]
            if readable or (not callable(value) and not isinstance(value, ModuleType)):
                own.add(key)
        yield Source(name, tree, own)
        yield from (Source(key, part, own) for key, part in _defined_in(tree))


_REPEATING = frozenset("map filter reduce starmap accumulate exec eval vectorize apply_along_axis frompyfunc".split())


def _undo_renaming(tree: Any, space: Mapping[str, Any], own: set[str]) -> None:
    """Call what repeats work by its own name, also where an answer has given it another (`import itertools as it`)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in own:
            value = space.get(node.id)
            name = getattr(value, "__name__", "")
            if isinstance(value, ModuleType):
                node.id = name if name in ("itertools", "functools") else node.id
            elif name in _REPEATING and getattr(value, "__module__", "") in (
                "builtins",
                "_functools",
                "itertools",
                "numpy",
            ):
                node.id = name


def _imported(tree: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a function imports itself, as far as it is there already; what no library has is unreadable."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from modules_of(node)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                module = module_named(node.module or "")
                yield (
                    alias.asname or alias.name,
                    vars(module).get(alias.name) if isinstance(module, ModuleType) else module,
                )


def modules_of(node: ast.Import) -> Iterator[tuple[str, Any]]:
    """Yield the names that `import` binds, each with what `module_named` has for it."""
    for alias in node.names:
        name = alias.asname or alias.name.partition(".")[0]
        yield name, module_named(alias.name if alias.asname else name)


def module_named(name: str) -> Any:
    """Return a module that is imported here; None for a library that is not, and `Unreadable` for any other."""
    if name in sys.modules:
        return sys.modules[name]
    try:
        return None if name and importlib.util.find_spec(name.partition(".")[0]) else Unreadable()
    except (ImportError, ValueError, AttributeError):
        return Unreadable()


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # `__class__`, in a class that is being made
        return None


def _is_own(value: Any, current: Any) -> bool:
    """Tell whether a function is the student's, as the one is that is read."""
    code = getattr(value, "__code__", None)
    same = getattr(value, "__globals__", None) is current.__globals__
    return same or (isinstance(value, FunctionType) and code is not None and not in_library(code.co_filename))


def _parts(value: Any, key: str, tree: Any) -> Iterator[tuple[str, Any]]:
    """Yield the functions that may run where a value is used: itself, those in a container, the methods of a class."""
    if isinstance(value, ModuleType):
        if not in_library(str(getattr(value, "__file__", None) or "<frozen")):
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == key:
                    yield node.attr, _unwrapped(vars(value).get(node.attr))
        return
    yield key, value
    held = value.values() if type(value) is dict else value if type(value) in (list, tuple, set) else ()
    for part in list(held)[:1000]:
        if callable(part):
            yield from _parts(_unwrapped(part), key, tree)
    kind = value if isinstance(value, type) else type(value)
    if not callable(value) or isinstance(value, type) or not hasattr(value, "__code__"):
        for base in kind.__mro__:
            if base.__module__ in ("__main__", "grader.engine.border.definitions"):
                for name, method in vars(base).items():
                    yield name, _unwrapped(getattr(method, "fget", None) or getattr(method, "__func__", method))


_HIDING = {"globals", "__import__", "import_module", "run_module", "run_path", "FunctionType", "__builtins__"}


def _refuse_unknown(tree: Any, space: Mapping[str, Any], own: set[str]) -> None:
    """Fail if something is used that nobody can read: bound by none of the cells, or by what cannot be followed."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in own:
            value = space.get(node.id, space)
            unknown = value is space and id(node) in called and not hasattr(builtins, node.id) and "*" not in space
            if isinstance(value, Unreadable) or unknown or (node.id in _HIDING and value in (space, None)):
                raise CheckFailed(UNREADABLE.replace("define it", f"define {node.id}"), plain=UNREADABLE)
        if isinstance(node, ast.Attribute) and node.attr in _HIDING:
            raise CheckFailed(UNREADABLE, plain=UNREADABLE)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Subscript)
            and isinstance(node.func.value, ast.Name)
        ):
            held: Any = space.get(node.func.value.id) if node.func.value.id not in own else None
            parts = held.values() if isinstance(held, dict) else held if isinstance(held, list | tuple) else (callable,)
            if not any(callable(part) for part in parts):  # what fills it cannot be followed
                raise CheckFailed(UNREADABLE, plain=UNREADABLE)


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
        raise CheckFailed(UNREADABLE, plain=UNREADABLE)
    try:
        cell = ast.parse("".join(linecache.getlines(code.co_filename)))
    except SyntaxError:  # a cell with magics: take the function's own lines
        cell = ast.parse(inspect.cleandoc("\n" + inspect.getsource(function)))
        return cell.body[0] if cell.body else cell
    found = [node for node in ast.walk(cell) if _start(node) == (code.co_firstlineno, code.co_name)]
    if not found:
        raise CheckFailed(f"{UNREADABLE}, and run the cell again", plain=UNREADABLE)
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
    stored |= {
        node.name
        for node in nodes
        if isinstance(node, ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name
    }
    return stored | {node.arg for node in nodes if isinstance(node, ast.arg)} | {name for name, _ in _defined_in(tree)}


def parameters(tree: Any) -> list[str]:
    """Return the names of a function's parameters, in order."""
    arguments = [tree.args] if hasattr(tree, "args") else []  # a statement has none
    return [part.arg for whole in arguments for part in (*whole.posonlyargs, *whole.args, *whole.kwonlyargs)]
