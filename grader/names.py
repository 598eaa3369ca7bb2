"""Which names a cell's text defines and uses. Pure."""

from __future__ import annotations

import ast
import symtable
from functools import lru_cache

from grader.cells import without_magics


@lru_cache(4096)  # of a template's cells, for each submission
def mentioned(source: str) -> frozenset[str]:
    """Return the names that a cell speaks of."""
    return frozenset(node.id for node in ast.walk(_tree(source)) if isinstance(node, ast.Name))


@lru_cache(4096)
def bound(source: str) -> frozenset[str]:
    """Return the names that a cell leaves behind."""
    symbols = _tables(source)[0].get_symbols()
    return frozenset(symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported())


def assigned(source: str) -> set[str]:
    """Return the names that a cell defines, imports left out."""
    return {
        symbol.get_name()
        for symbol in _tables(source)[0].get_symbols()
        if symbol.is_assigned() and not symbol.is_imported()
    }


def used(source: str) -> set[str]:
    """Return the names that a cell looks up among those of the notebook."""
    whole, *inner = _tables(source)
    names = {symbol.get_name() for symbol in whole.get_symbols() if symbol.is_referenced()}
    return names.union(*({s.get_name() for s in table.get_symbols() if s.is_global()} for table in inner))


def is_written(source: str) -> bool:
    """Tell whether a cell does more than leave room for an answer."""
    return any(not _leaves_room(node) for node in _tree(source).body)


def _leaves_room(node: ast.stmt) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return all(map(_leaves_room, node.body))
        case ast.Pass() | ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError")) | ast.Name(id="NotImplementedError")):
            return True
        case ast.Assign(value=ast.Constant(value=value)) | ast.Return(value=ast.Constant(value=value)):
            return value is None or value is ...
    return False


def _tables(source: str) -> list[symtable.SymbolTable]:
    """Return the symbols of a cell, and of each function and class in it; none if it is not Python."""
    try:
        found = [symtable.symtable(without_magics(source), "cell", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = [symtable.symtable("", "cell", "exec")]
    for table in found:  # which grows meanwhile
        found += table.get_children()
    return found


def _tree(source: str) -> ast.Module:
    try:
        return ast.parse(without_magics(source))
    except (SyntaxError, ValueError):
        return ast.Module([], [])
