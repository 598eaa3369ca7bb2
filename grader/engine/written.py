"""What a student's cells define, as it is written: functions to be read, never to be called. Nothing of them runs."""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from grader.failure import CheckFailed


def as_written(name: str, texts: Sequence[str]) -> Any:
    """Return the function of this name, or what holds one, as these cells spell it.

    Raises
    ------
    CheckFailed
        None of them does.
    """
    found = _all(tuple(texts)).get(name)
    if not callable(found):
        raise CheckFailed("its source cannot be read: define it with def in its own cell")
    return found


@lru_cache(1)
def _all(texts: Sequence[str]) -> dict[str, Any]:
    """Return what these cells define, all in one space, where functions find what they use."""
    space = dict[str, Any]()
    for number, text in enumerate(texts):
        _read(text, f"<cell {number}>", space)
    return space


def _read(text: str, file: str, space: dict[str, Any]) -> None:
    """Put into `space` what a cell defines at its top."""
    parsed = _parsed(text, file)
    if parsed is None:
        return
    text, tree, code = parsed
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    for node in _statements(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            space[node.name] = _function(code, node, space)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                space[name] = sys.modules.get(alias.name if alias.asname else name)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                space[alias.asname or alias.name] = _from(node.module or "", alias.name)
        elif isinstance(node, ast.ClassDef):
            space[node.name] = _class(code, node, space)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            value = _value(node.value, code, space)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    space[target.id] = value


@lru_cache(200)  # of one notebook after the other, many cells are as they were given
def _parsed(text: str, file: str) -> tuple[str, ast.Module, CodeType] | None:
    """Return a cell's text as Python (magics are calls then, on the same lines), its tree and its code, if it has."""
    try:
        try:
            tree = ast.parse(text)
        except SyntaxError:
            text = str(TransformerManager().transform_cell(text))
            tree = ast.parse(text)
        return text, tree, compile(text, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a cell, those in blocks that are no functions included."""
    for node in body:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for field in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(node, field, []))


def _function(code: CodeType, node: Any, space: dict[str, Any]) -> FunctionType | None:
    """Return the function whose code is among the constants of `code`, found by name and first line."""
    name = getattr(node, "name", "<lambda>")
    parts: list[Any] = [node, *getattr(node, "decorator_list", [])]
    line = min(part.lineno for part in parts)
    for part in code.co_consts:
        if isinstance(part, CodeType) and (part.co_name, part.co_firstlineno) == (name, line) and not part.co_freevars:
            return FunctionType(part, space, name)
    return None


def _class(code: CodeType, node: Any, space: dict[str, Any]) -> type | None:
    line = min(part.lineno for part in (node, *node.decorator_list))
    for part in code.co_consts:
        if isinstance(part, CodeType) and (part.co_name, part.co_firstlineno) == (node.name, line):
            methods = {m.name: _function(part, m, space) for m in node.body if isinstance(m, ast.FunctionDef)}
            return type(node.name, (), {key: value for key, value in methods.items() if key == "__call__" and value})
    return None


def _from(module: str, name: str) -> Any:
    """Return what a module that is imported here has under a name; None if it is not."""
    inner = sys.modules.get(f"{module}.{name}")
    return inner if inner is not None else vars(sys.modules[module]).get(name) if module in sys.modules else None


def _value(node: ast.expr, code: CodeType, space: dict[str, Any]) -> Any:
    """Return what is to be read for the value of a name: a function, or whatever it is made of."""
    if isinstance(node, ast.Lambda):
        return _function(code, node, space)
    if isinstance(node, ast.Name):
        return space.get(node.id)
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("vectorize", "frompyfunc"):
            return type("vectorize", (), {"__call__": None})()
        made = space.get(called)
        if isinstance(made, type) and made.__module__ == __name__:  # one of `_class`: another would run code
            return made()
        if isinstance(made, FunctionType):  # what it returns is defined inside it
            return made
        return _value(node.args[0], code, space) if node.args else None  # partial, a decorator
    return None
