"""What of an instructor's ordinary cells only draws: the judge need not, where nobody looks at figures. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from grader.notebook.flow import LOOK_AT_ALL, Step, flow, imported, mentioned, reached, statements, without, words

_BESIDES = frozenset(
    "rcParams rc rcdefaults rc_context style xkcd switch_backend use ion ioff savefig imsave connect".split()
)
"""What pyplot does besides drawing: it sets something, or writes a file."""
_PURE = frozenset(
    "abs arange argsort astype clip copy cos cpu detach enumerate exp flatten float format int item join len linspace list "
    "log max mean min numpy range ravel reshape round sin sorted sqrt squeeze std str sum tolist transpose tuple zip".split()
)
"""What may be called for an argument, whose value is all that comes of it."""


@lru_cache(64)
def without_figures(steps: tuple[Step, ...]) -> Mapping[int, str]:
    """Return what of each ordinary cell the judge runs: what needs no answer, and no figure that nobody looks at.

    All figures are left out or none: none if a test, or what remains of the cells, names pyplot or what it returns, but
    for settings and for functions that nobody calls.
    """
    judged = flow(steps).judged
    asked = {name for step in steps if step.test for name in mentioned(step.source)}
    modules = {name: path for source in judged.values() for name, path in imported(source)}
    pyplot = {name for name, path in modules.items() if path == "matplotlib.pyplot"}
    cells = {place: statements(source) for place, source in sorted(judged.items())}
    drawn, figures = _drawn([node for body in cells.values() for node in body], pyplot)
    functions = {node.name: words([node]) for body in cells.values() for node in body if isinstance(node, _DEFINITIONS)}
    left = [node for body in cells.values() for node in body if node not in drawn and _may_look(node)]
    looked_up = reached(asked | words(left), functions)
    if looked_up & (figures | pyplot | LOOK_AT_ALL) or any(name.startswith("matplotlib") for name in looked_up):
        return judged
    return {
        place: without(source, [node for node in cells[place] if node in drawn]) for place, source in judged.items()
    }


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _may_look(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return not (isinstance(node, ast.Expr | ast.Assign) and _path(node) & _BESIDES)


def _drawn(nodes: Iterable[ast.stmt], pyplot: set[str]) -> tuple[set[ast.stmt], set[str]]:
    """Return the statements that do nothing but draw, and the names that stand for what they return."""
    drawn, figures = set[ast.stmt](), set[str]()
    for node in nodes:
        if _draws(node, pyplot | figures):
            drawn.add(node)
            figures |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and _is_bound(part)}
    return drawn, figures


def _draws(node: ast.AST, known: set[str]) -> bool:
    if isinstance(node, ast.For):
        known = known | {part.id for part in ast.walk(node.target) if isinstance(part, ast.Name)}
        return not any(_calls_more(node.iter)) and all(_draws(part, known) for part in [*node.body, *node.orelse])
    if isinstance(node, ast.Assign) and not all(map(_is_plain, node.targets)):
        return False
    if not isinstance(node, ast.Expr | ast.Assign) or _path(node) & _BESIDES:
        return False
    call, chain = node.value, set[ast.AST]()
    while isinstance(call, ast.Attribute | ast.Subscript | ast.Call):
        chain.add(call)
        call = call.func if isinstance(call, ast.Call) else call.value
    rooted = isinstance(call, ast.Name) and call.id in known
    return rooted and not any(part not in chain for part in _calls_more(node.value))


def _calls_more(value: ast.expr) -> Iterator[ast.AST]:
    """Yield what of an expression may do more than have a value."""
    for node in ast.walk(value):
        if isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
            yield node
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called not in _PURE:
                yield node


def _is_bound(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _is_plain(target: ast.expr) -> bool:
    """Tell whether a target is a name, or several."""
    return (
        all(map(_is_plain, target.elts)) if isinstance(target, ast.Tuple | ast.List) else isinstance(target, ast.Name)
    )


def _path(node: ast.AST) -> frozenset[str]:
    return frozenset(part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute))
