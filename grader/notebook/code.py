"""What a cell's text says without being run: its lines, and which names it defines and uses. Pure.

Students' texts are read here too, in the grader's own process, so it is bounded what Python's parser gets: some texts
take it time that grows with the square of their length, and it lets no other thread run meanwhile.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache

MOST_PARSED, MOST_PARSED_IN_ALL = 2**14, 2**17
"""Characters of a student's cell, and of all cells of a notebook, that are parsed; longer texts are searched for words."""
_WORD = re.compile(r"[^\W\d]\w*+")
_DEFINITION = re.compile(
    r"^(?:(?:async[ \t]++)?(?:def|class)[ \t]++(?P<defined>[^\W\d]\w*+)"
    r"|(?P<named>[^\W\d]\w*+)[ \t]*+(?::[^=\n]*+)?=(?!=))",
    re.MULTILINE,
)

_SHELL = re.compile(r"!|[\w, ]++=\s*+[!%]")
_FOREIGN = re.compile(r"%%(?:bash|sh|script|sql|perl|ruby|js|javascript|html|latex|cython)\b")
"""The first line of a cell that is not Python."""


def tidy(text: str) -> str:
    """Return text without what an editor may change at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def without_magics(source: str) -> str:
    """Return a cell's text with its magic lines blank, so that it parses as Python."""
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())


def defined_names(source: str) -> list[str]:
    """Return the names that a cell's text binds at its top level, in order; [] if it does not parse."""
    names: list[str] = []
    for node in _tree(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [target.id for target in targets if isinstance(target, ast.Name)]
    return names


def exercise_name(grade_id: str, solution: str) -> str:
    """Return the name that a solution defines: the one that its id spells, else the last public one, else the id.

    >>> exercise_name("sgd-step", "def sgd_step_(params, lr): ...")
    'sgd_step_'
    """
    lines = [line for line in solution.splitlines() if "BEGIN SOLUTION" not in line and "END SOLUTION" not in line]
    names = [name for name in defined_names("\n".join(lines)) if not name.startswith("_")]
    spelt = [
        name
        for name in names
        if name.strip("_").replace("_", "-").lower() == grade_id.strip("-_").replace("_", "-").lower()
    ]
    return (spelt or names or [grade_id])[-1]


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
    """Tell whether a cell does more than leave room for an answer.

    >>> [is_written(text) for text in ("# yours", "!ls > out", "files = !ls", "%%bash\\nls -l a*", "%%time\\n# yours")]
    [False, True, True, True, False]
    """
    lines = [line.strip() for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if any(map(_SHELL.match, lines)) or (len(lines) > 1 and _FOREIGN.match(lines[0])):
        return True
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


def defined_by_student(sources: Sequence[str]) -> Iterator[list[str]]:
    """Yield `defined_names` of each of a student's cells; of those that are not parsed, as its lines show them."""
    for source, parsed in zip(sources, _parsed(sources), strict=True):
        if parsed:
            yield defined_names(source)
        else:
            yield [found["defined"] or found["named"] for found in _DEFINITION.finditer(source)]


def used_by_student(sources: Sequence[str]) -> Iterator[set[str]]:
    """Yield `used` of each of a student's cells; of those that are not parsed, all words."""
    for source, parsed in zip(sources, _parsed(sources), strict=True):
        yield used(source) if parsed else set(_WORD.findall(source))


def bound_by_student(sources: Sequence[str]) -> Iterator[Set[str]]:
    """Yield `bound` of each of a student's cells; of those that are not parsed, all words."""
    for source, parsed in zip(sources, _parsed(sources), strict=True):
        yield bound.__wrapped__(source) if parsed else set(_WORD.findall(source))  # what students write is not kept


def _parsed(sources: Iterable[str]) -> Iterator[bool]:
    """Yield for each text of a notebook whether it is parsed."""
    room = MOST_PARSED_IN_ALL
    for source in sources:
        fits = len(source) <= min(room, MOST_PARSED)
        room -= len(source) * fits
        yield fits


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
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
