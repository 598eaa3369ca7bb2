"""What a student's cells define, as it is written: functions to be read, never to be called. Nothing of them runs."""

from __future__ import annotations

import ast
import builtins
import linecache
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from grader.checks.failure import CheckFailed
from grader.checks.source import UNREADABLE, Unreadable, module_named, modules_of


def as_written(name: str, texts: Sequence[str]) -> Any:
    """Return the function of this name, or what holds one, as these cells spell it.

    Raises
    ------
    CheckFailed
        None of them does.
    """
    found = _all(tuple(texts)).get(name)
    if not callable(found):
        raise CheckFailed(UNREADABLE, plain=UNREADABLE)
    return found


_BY_NAME = {"setattr", "vars", "exec", "eval", "__dict__", "__setattr__", "__getattribute__"}
"""By what an attribute is set, or looked up, whose name stands nowhere."""


@lru_cache(1)
def attributes_set(texts: Sequence[str]) -> frozenset[str] | None:
    """Return the names of the attributes that these cells set on anything; None if that cannot be told."""
    parsed = [_parsed(text, f"<cell {number}>") for number, text in enumerate(texts)]
    found = set[str]()
    for node in (node for each in parsed if each is not None for node in ast.walk(each[1])):
        word = getattr(node, "attr", getattr(node, "id", getattr(node, "name", "")))
        if word in _BY_NAME:
            return None
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            found.add(node.attr)
    return frozenset(found) if None not in parsed else None


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
        for name, value in _bound(node, code, space):
            space[name] = value


def _bound(node: ast.stmt, code: CodeType, space: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the names that a statement binds, each with what is to be read for its value."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name, _function(code, node, space)
    elif isinstance(node, ast.Import):
        yield from modules_of(node)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            if alias.name == "*":
                yield from _public(node.module or "")
            else:
                yield alias.asname or alias.name, _from(node.module or "", alias.name)
    elif isinstance(node, ast.ClassDef):
        yield node.name, _class(code, node, space)
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from _assigned(target, node.value, code, space)
    elif isinstance(node, ast.For | ast.AsyncFor):
        yield from ((name, _UNREADABLE) for name in _names(node.target))
    elif isinstance(node, ast.With | ast.AsyncWith):
        yield from ((name, _UNREADABLE) for item in node.items for name in _names(item.optional_vars))
    for part in ast.walk(node) if not isinstance(node, _SCOPES) else ():
        if isinstance(part, ast.NamedExpr) and isinstance(part.target, ast.Name):
            yield part.target.id, _value(part.value, code, space)


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_UNREADABLE = Unreadable()


def _assigned(target: ast.expr, value: ast.expr, code: CodeType, space: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(target, ast.Name):
        yield target.id, _value(value, code, space)
    elif isinstance(target, ast.Tuple | ast.List):
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
            for one, other in zip(target.elts, value.elts, strict=True):
                yield from _assigned(one, other, code, space)
        else:
            yield from ((name, _data(value, space)) for name in _names(target))


def _data(value: ast.expr, space: dict[str, Any]) -> Any:
    """Return what is to be read for a part of a value: nothing, if no function of a cell has a share in it."""
    words = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
    return _UNREADABLE if any(isinstance(space.get(word), FunctionType) for word in words) else None


def _names(target: ast.AST | None) -> Iterator[str]:
    yield from (part.id for part in ast.walk(target or ast.Pass()) if isinstance(part, ast.Name))


def _public(module: str) -> Iterator[tuple[str, Any]]:
    """Yield what `from module import *` binds, as far as that is known without running anything."""
    found = sys.modules.get(module)
    if found is not None:
        names = vars(found).get("__all__") or [name for name in vars(found) if not name.startswith("_")]
        yield from ((name, vars(found).get(name)) for name in names)
    elif module_named(module) is None:
        yield "*", None


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
            above = [space.get(base.id) for base in node.bases if isinstance(base, ast.Name)]
            bases = [base for base in above if isinstance(base, type) and base.__module__ == __name__]
            return type(node.name, tuple(dict.fromkeys(bases)), {key: value for key, value in methods.items() if value})
    return None


def _from(module: str, name: str) -> Any:
    """Return what a module that is imported here has under a name; None if it is not."""
    inner = sys.modules.get(f"{module}.{name}")
    if inner is not None or module in sys.modules:
        return inner if inner is not None else vars(sys.modules[module]).get(name)
    return module_named(module)


def _value(node: ast.expr, code: CodeType, space: dict[str, Any]) -> Any:
    """Return what is to be read for the value of a name: a function, or whatever it is made of."""
    if isinstance(node, ast.Lambda):
        return _function(code, node, space)
    if isinstance(node, ast.Name):
        return space.get(node.id, getattr(builtins, node.id, None))
    if isinstance(node, ast.Dict | ast.List | ast.Tuple | ast.Set):
        parts = [part for part in (node.values if isinstance(node, ast.Dict) else node.elts) if part is not None]
        if not parts:  # what fills it is not to be seen
            return []
        return [value for part in parts if (value := _value(part, code, space)) is not None] or None
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
