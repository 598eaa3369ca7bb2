"""Mutants of a solution: each differs from it in one place, as an answer by mistake might. Pure.

The operators are the classical ones of mutation testing (DeMillo, Lipton, Sayward 1978), for code on arrays: constants,
comparisons, conditions, arithmetic, logic, keywords such as `axis` and `keepdims`, dtypes, swapped arguments, a function's
neighbour (`mean` for `sum`), a result rounded to float32 on its way, dropped statements and calls.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True, slots=True)
class Mutant:
    """A solution with one change."""

    change: str
    """The line that it changes, and what it becomes: `return x + 1 → return x - 1`."""
    source: str


_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.MatMult: ast.Mult,
}  # fmt: skip
_DTYPES = {
    "float64": "float32", "float32": "float64", "int64": "int32", "int32": "int64", "uint8": "int64", "double": "float",
    "bool": "int64", "complex128": "complex64",
}  # fmt: skip

_NEIGHBOURS = {
    **{one: other for pair in (
        ("sum", "mean"), ("max", "min"), ("maximum", "minimum"), ("argmax", "argmin"), ("sin", "cos"), ("floor", "ceil"),
        ("any", "all"), ("zeros", "ones"), ("std", "var"), ("cumsum", "cumprod"), ("repeat", "tile"), ("exp", "expm1"),
        ("log", "log1p"), ("vstack", "hstack"),
    ) for one, other in (pair, pair[::-1])},
}  # fmt: skip
"""What is taken for a function by mistake, by the name that it has in either library."""
_LIBRARIES = ("np", "torch", "math", "F")
_ROUNDED = {
    "np.ndarray": "({}).astype('float32').astype('float64')",
    "float": "float(__import__('numpy').float32({}))",
}
"""By the type that a function returns, its result with the digits of float32."""

_Change = Callable[[ast.AST], ast.AST | None]
"""Changes a node in place, or returns what takes its place."""


def mutants(source: str) -> list[Mutant]:
    """Return the mutants of a cell's code, each once, in the order of its lines; [] of code that is no Python.

    >>> [one.change for one in mutants("y = x.sum(0)")]
    ['y = x.sum(0) → pass', 'y = x.sum(0) → y = x.mean(0)', 'y = x.sum(0) → y = x', 'y = x.sum(0) → y = x.sum(1)']
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    usual, found = ast.unparse(tree), dict[str, Mutant]()
    left_out = _left_out(tree)
    for place, node in enumerate(ast.walk(tree)):
        for change in () if node in left_out else _changes(node):
            fresh = ast.parse(source)
            old = list(ast.walk(fresh))[place]
            if (new := change(old)) is not None:
                _replace(fresh, old, new)
            text = ast.unparse(ast.fix_missing_locations(fresh))
            if text != usual and text not in found and _compiles(text):
                found[text] = Mutant(_said(usual, text), text)
    lines = usual.splitlines()
    return sorted(found.values(), key=lambda one: _first_difference(lines, one.source.splitlines()))


def _left_out(tree: ast.AST) -> set[ast.AST]:
    """Return the nodes that nobody runs, or that are not the answer: annotations, texts alone, imports."""
    found = set[ast.AST]()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            parts = [node.returns, *(each.annotation for each in ast.walk(node.args) if isinstance(each, ast.arg))]
        elif isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.Import | ast.ImportFrom) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            parts = [node]
        elif isinstance(node, ast.Raise):  # what an error says is nobody's contract
            parts = [node.exc]
        found.update(inner for part in parts if part is not None for inner in ast.walk(part))
    return found


def _changes(node: ast.AST) -> Iterator[_Change]:
    """Yield the changes that a node allows."""
    if isinstance(node, ast.Constant):
        yield from _changes_of_constant(node)
    elif isinstance(node, ast.Compare | ast.BinOp | ast.AugAssign | ast.BoolOp | ast.UnaryOp):
        yield from _changes_of_operator(node)
    elif isinstance(node, ast.IfExp):
        yield lambda old: ast.IfExp(old.test, old.orelse, old.body)  # type: ignore[attr-defined]
    elif isinstance(node, ast.If | ast.While):
        yield lambda old: setattr(old, "test", ast.UnaryOp(ast.Not(), old.test))  # type: ignore[attr-defined]
    elif isinstance(node, ast.Attribute) and node.attr in _DTYPES:
        yield _set("attr", _DTYPES[node.attr])
    elif isinstance(node, ast.Slice):
        for edge in ("lower", "upper", "step"):
            if getattr(node, edge) is not None:
                yield _set(edge, None)
    elif isinstance(node, ast.Call):
        yield from _changes_of_call(node)
    elif isinstance(node, ast.FunctionDef) and node.returns and (form := _ROUNDED.get(ast.unparse(node.returns))):
        yield partial(_round, form)
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Return | ast.If):
        yield lambda _: ast.Pass()


def _changes_of_constant(node: ast.Constant) -> Iterator[_Change]:
    if isinstance(node.value, bool):
        yield lambda old: ast.Constant(not old.value)  # type: ignore[attr-defined]
    elif isinstance(node.value, int | float):
        yield _set("value", node.value + 1 if abs(node.value) < 1000 else 2 * node.value)
        if 1 <= node.value < 1000:
            yield _set("value", node.value - 1)


def _changes_of_operator(node: ast.Compare | ast.BinOp | ast.AugAssign | ast.BoolOp | ast.UnaryOp) -> Iterator[_Change]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            yield _set_operator(place, _COMPARISONS[type(operator)]())
    elif isinstance(node, ast.BoolOp):
        yield _set("op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp):
        yield lambda old: old.operand  # type: ignore[attr-defined]
    elif type(node.op) in _ARITHMETIC:
        yield _set("op", _ARITHMETIC[type(node.op)]())


def _changes_of_call(call: ast.Call) -> Iterator[_Change]:
    for place in range(len(call.keywords)):
        yield _without_keyword(place)
    if len(call.args) > 1:
        yield lambda old: old.args.insert(0, old.args.pop(1))  # type: ignore[attr-defined]
    name = "attr" if isinstance(call.func, ast.Attribute) else "id"
    if other := _NEIGHBOURS.get(getattr(call.func, name, "")):
        yield lambda old: setattr(old.func, name, other)  # type: ignore[attr-defined]
    if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value).split(".")[0] not in _LIBRARIES:
        yield lambda old: old.func.value  # type: ignore[attr-defined]
    elif call.args and not isinstance(call.args[0], ast.Starred):
        yield lambda old: old.args[0]  # type: ignore[attr-defined]


def _round(form: str, function: ast.AST) -> None:
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            node.value = ast.parse(form.format(ast.unparse(node.value)), mode="eval").body


def _set(name: str, value: object) -> _Change:
    return lambda old: setattr(old, name, value)


def _set_operator(place: int, operator: ast.cmpop) -> _Change:
    return lambda old: old.ops.__setitem__(place, operator)  # type: ignore[attr-defined]


def _without_keyword(place: int) -> _Change:
    return lambda old: old.keywords.__delitem__(place)  # type: ignore[attr-defined]


def _replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list) and any(part is old for part in value):
                setattr(parent, name, [new if part is old else part for part in value])


def _compiles(source: str) -> bool:
    try:
        compile(source, "<mutant>", "exec")
    except SyntaxError:
        return False
    return True


def _first_difference(ours: list[str], theirs: list[str]) -> int:
    return next((n for n, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other), len(ours))


def _said(before: str, after: str) -> str:
    """Return what changed: the lines that are gone, and those that came."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    gone, came = ("; ".join(line[2:].strip() for line in lines if line.startswith(mark)) for mark in "-+")
    return f"{gone} → {came or 'nothing'}"
