"""How values flow through the cells of an assignment: what instructors' cells and tests take from answers. Pure.

Names only: a name is an answer's if an answer gives it a value, imports it or changes what it stands for, or if an
instructor's cell computes it from such a name. What another process holds under it is then what a test must see.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from grader.notebook.code import used

_CHANGE = frozenset(
    "append extend insert pop popleft popitem remove clear update add discard sort reverse setdefault appendleft "
    "extendleft rotate put push write writelines fill resize itemset setflags".split()
)
"""Methods that change what they are called on, also where their result is used."""
_CHANGE_THEIRS = frozenset(
    "shuffle heappush heappop heapify heapreplace insort insort_left insort_right copyto fill_diagonal put place "
    "putmask setattr delattr next".split()
)
"""Functions that change what they are given."""
_LOOK_AT_ALL = frozenset("unittest doctest globals locals vars dir eval exec get_ipython __main__ ipytest".split())
"""What looks names up by other means than by naming them."""


# Cells as Python ─────────────────────────────────────────────────────────────────────────────────


def plain(source: str) -> str:
    """Return a cell's text without its magics, on the same lines; what `%time` and its kin run stays."""
    lines = []
    for line in source.splitlines():
        if line.lstrip().startswith(("%", "!")):
            found = re.match(r"\s*%(?:time|timeit|prun|memit)\s+(?:-\w+\s*\d*\s+)*(.*)", line)
            line = found[1] if found else ""
        lines.append(line)
    return "\n".join(lines)


@lru_cache(4096)
def _body(source: str) -> tuple[ast.stmt, ...]:
    try:
        return tuple(ast.parse(plain(source)).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


@lru_cache(4096)
def imported(source: str) -> tuple[tuple[str, str], ...]:
    """Return the names that a cell imports outside functions, each with what it stands for: `("np", "numpy")`."""
    found: dict[str, str] = {}
    for node in _outside_functions(_body(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return tuple(found.items())


@lru_cache(4096)
def classes(source: str) -> frozenset[str]:
    """Return the names of the classes that a cell defines at its top."""
    return frozenset(node.name for node in _outside_functions(_body(source)) if isinstance(node, ast.ClassDef))


def _outside_functions(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes that run when a cell runs; of a function only itself, of a class too."""
    waiting = [*body][::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.comprehension):
            waiting += [*node.ifs[::-1], node.iter]
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += [*ast.iter_child_nodes(node)][::-1]


@lru_cache(4096)
def changed(source: str) -> frozenset[str]:
    """Return the names of a notebook whose value a cell, or a function of it, changes without binding them.

    >>> sorted(changed("def push(x):\\n    stack.append(x)\\n    mine = []\\n    mine.append(x)"))
    ['stack']
    """
    return frozenset(_changed(_body(source), frozenset())) - dict(imported(source)).keys()


def _changed(body: Iterable[ast.AST], local: frozenset[str]) -> Iterator[str]:
    for node in body:
        inner = local
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inner = local | _local(node)
        elif isinstance(node, ast.Global):
            yield from node.names
        yield from (name for name in _changes(node) if name not in inner)
        yield from _changed(ast.iter_child_nodes(node), inner)


def _local(function: ast.AST) -> frozenset[str]:
    """Return the names of a function's own."""
    nodes = list(ast.walk(function))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    outer = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    return frozenset((bound | {node.arg for node in nodes if isinstance(node, ast.arg)}) - outer)


def _changes(node: ast.AST) -> Iterator[str]:
    targets: Sequence[ast.AST] = ()
    if isinstance(node, ast.Assign | ast.Delete):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For):
        targets = [node.target]
    elif isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if isinstance(node.func, ast.Attribute) and called in _CHANGE:
            targets = [node.func]
        if called in _CHANGE_THEIRS:
            targets = [*targets, *(ast.Attribute(given, "") for given in node.args)]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):  # for nothing but what it does
        call = node.value
        targets = [call.func] if isinstance(call.func, ast.Attribute) else []
        if isinstance(call.func, ast.Name) and call.func.id not in {*vars(builtins), "display"}:
            targets = [ast.Attribute(given, "") for given in call.args]
    for target in targets:
        for part in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
            base: ast.AST = part
            while isinstance(base, ast.Attribute | ast.Subscript | ast.Starred):
                base = base.value
            if isinstance(base, ast.Name) and base is not part:
                yield base.id


@lru_cache(4096)
def mentioned(source: str) -> frozenset[str]:
    """Return the words of a cell that can be names: those of its code, and those in its texts (`"f" in globals()`)."""
    body = _body(source)
    return _words(body) | _quoted(body) if body else frozenset(re.findall(_WORD, source))


_WORD = r"[^\W\d]\w*"


def _quoted(body: Iterable[ast.AST]) -> frozenset[str]:
    """Return the words of short texts."""
    nodes = (node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Constant))
    texts = [node.value for node in nodes if isinstance(node.value, str) and len(node.value) < 2000]
    return frozenset(word for text in texts for word in re.findall(_WORD, text))


def _words(body: Iterable[ast.AST]) -> frozenset[str]:
    return frozenset().union(*map(_names, body))


@lru_cache(2**14)  # a statement is asked about again for each cell behind it
def _names(part: ast.AST) -> frozenset[str]:
    found = set[str]()
    for node in ast.walk(part):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Global):
            found.update(node.names)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            found.update(alias.name for alias in node.names)
            found.add(getattr(node, "module", None) or "")
    return frozenset(found)


# Across cells ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Step:
    """A code cell of an assignment, in order."""

    source: str
    """Of a solution cell: what the instructor wrote."""
    solution: bool = False
    test: bool = False
    defines: tuple[str, ...] = ()
    """Of a solution cell: the names that it gives a value to."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What the cells of an assignment take from answers; cells are named by their places among the steps."""

    asked: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    """The names in a test that stand for what the student's process holds, each with the last cell that binds it."""
    judged: Mapping[int, str] = field(default_factory=dict)
    """What of an instructor's other cell runs in the judge: the statements that need no answer."""
    libraries: Mapping[str, str] = field(default_factory=dict)
    """What names of answers' imports stand for."""
    given: tuple[str, ...] = ()
    """Names that the judge's share of the instructor's other cells binds."""
    watched: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Names that a test binds and that solutions look up, or that are Python's own."""
    classes: frozenset[str] = frozenset()
    """The names of the classes that solutions define."""


@lru_cache(64)
def flow(steps: tuple[Step, ...]) -> Flow:
    """Return how values flow through these cells."""
    given = {name for step in steps if _is_given(step) for name, _ in imported(step.source)}
    solved = [step.source for step in steps if step.solution]
    libraries = {name: path for source in solved for name, path in imported(source)}
    theirs = (libraries.keys() - given) | {name for step in steps for name in step.defines}
    ours = {name for step in steps if _is_given(step) for name in _binds(step.source)}
    theirs |= {name for source in solved for name in changed(source)} & (ours - given)
    reach: dict[str, frozenset[str]] = {}
    for step in steps:
        if not step.solution:
            for node in _body(step.source):
                reach |= dict.fromkeys(_made(node), _words([node]))
    judged = dict[int, str]()
    while True:  # what is computed from answers may be used in an earlier cell's function
        before = len(theirs)
        for place, step in enumerate(steps):
            if _is_given(step):
                judged[place], more = _apart(step.source, theirs, reach)
                theirs |= more
        if len(theirs) == before:
            break
    asked = {}
    for place, step in enumerate(steps):
        if step.test:
            words = _reached(mentioned(step.source), reach)
            late = libraries.keys() - {
                name for other in steps[:place] if _is_given(other) for name, _ in imported(other.source)
            }
            found = theirs | late if words & _LOOK_AT_ALL else (theirs | late) & words
            asked[place] = {name: _last(steps[:place], name) for name in sorted(found)}
    own = tuple(sorted({name for source in judged.values() for name in _binds(source)} - theirs))
    looked_up = _BUILT_IN.union(*map(used, solved))
    watched = {
        place: tuple(sorted(_binds(step.source) | _mocked(step.source) & looked_up))
        for place, step in enumerate(steps)
        if step.test
    }
    watched = {place: tuple(name for name in names if name in looked_up) for place, names in watched.items()}
    return Flow(asked, judged, libraries, own, watched, frozenset().union(*(classes(source) for source in solved)))


_BUILT_IN = frozenset(name for name in vars(builtins) if not name.startswith("_"))


def _mocked(source: str) -> frozenset[str]:
    """Return the names of the notebook that a cell names in texts: `patch("__main__.min")`."""
    return frozenset(re.findall(r"__main__\.([^\W\d]\w*)", source))


def _is_given(step: Step) -> bool:
    return not step.solution and not step.test


def _last(steps: Sequence[Step], name: str) -> int:
    """Return the place of the last cell, tests aside, that gives a name its value; -1 if none is known."""
    for place in range(len(steps) - 1, -1, -1):
        step = steps[place]
        own = _binds(step.source) | set(step.defines) | (changed(step.source) if step.solution else set())
        if not step.test and name in own:
            return place
    return -1


def _reached(words: Iterable[str], reach: Mapping[str, frozenset[str]]) -> set[str]:
    """Return names, and those that the instructor's functions of these names mention in turn."""
    found, waiting = set[str](), set(words)
    while waiting:
        found |= waiting
        waiting = {name for word in waiting for name in reach.get(word, ())} - found
    return found


def _apart(source: str, theirs: set[str], reach: Mapping[str, frozenset[str]]) -> tuple[str, set[str]]:
    """Return what of a cell needs no answer (on the same lines), and the names that the rest binds."""
    body, taken, names = _body(source), set[int](), set[str]()
    if not body:
        return source, names
    while True:
        before = len(taken), len(names)
        for node in body:
            lines = range(_first_line(node), (node.end_lineno or node.lineno) + 1)
            if taken.intersection(lines) or _reached(_used(node), reach) & (theirs | names):
                taken.update(lines)
                names |= _bound([node])
        if before == (len(taken), len(names)):
            break
    if not taken:
        return source, names
    kept = ["" if number in taken else line for number, line in enumerate(source.splitlines(), 1)]
    return "\n".join(kept), names


def _first_line(node: ast.stmt) -> int:
    lines: list[int] = [part.lineno for part in getattr(node, "decorator_list", [])]
    return min([node.lineno, *lines])


def _used(node: ast.stmt) -> frozenset[str]:
    """Return the names that a statement looks up when it runs: of a function's, those around it."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return _words([*node.decorator_list, node.args, *([node.returns] if node.returns else [])])
    if isinstance(node, ast.ClassDef):
        inside = [_used(part) for part in node.body]
        return _words([*node.decorator_list, *node.bases, *node.keywords]).union(*inside)
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Lambda):
        return frozenset()
    return _words([node]) - _stored_alone(node)


def _stored_alone(node: ast.stmt) -> set[str]:
    """Return the names that a statement binds and does not look up: `y` of `y = f(10)`."""
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    loaded = {part.id for part in names if isinstance(part.ctx, ast.Load)}
    return {part.id for part in names} - loaded - ({part.id for part in names if isinstance(node, ast.AugAssign)})


def _made(node: ast.stmt) -> set[str]:
    """Return the names of functions and classes that a statement makes."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
        return _bound([node])
    return set()


@lru_cache(4096)
def _binds(source: str) -> frozenset[str]:
    """Return the names that a cell binds in the notebook."""
    return frozenset(_bound(_body(source)))


def _bound(body: Iterable[ast.AST]) -> set[str]:
    """Return the names that statements bind in the notebook."""
    found = set[str]()
    for node in _outside_functions(body):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return found
