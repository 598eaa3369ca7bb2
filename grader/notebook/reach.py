"""What of a test cell does not reach the answers from another process, as far as its text tells. Pure.

The instructor's solution shows which tests fail apart from the answers. A test that forbids something (that a
function is called, that anything is printed) would pass there for everybody, so it is known by its words.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from grader.models import Template
from grader.notebook.code import bound, mentioned, used
from grader.notebook.flow import flow
from grader.notebook.restore import without_magics
from grader.notebook.roles import steps


def _by_word(said: Mapping[str, str]) -> dict[str, str]:
    return {word: what for what, words in said.items() for word in words.split()}


_ANYWHERE = _by_word({
    "puts mocks in place": "patch mock Mock MagicMock",
    "captures what is printed": "redirect_stderr",
    "looks at settings": "getstate get_state get_rng_state getcontext get_printoptions get_option rcParams getlocale",
    "looks into the process": "environ getenv putenv getcwd chdir setrecursionlimit getrecursionlimit assertLogs assertNoLogs",
})  # fmt: skip
_NAMES = _ANYWHERE | _by_word({
    "puts mocks in place": "create_autospec monkeypatch",
    "captures what is printed": "capsys",
    "looks at names": "globals locals vars dir get_ipython __builtins__ builtins",
    "looks into the process": "inspect gc tracemalloc threading",
    "looks at cells": "In Out _ih _oh _i _ii",
    "replaces attributes": "setattr delattr",
})  # fmt: skip
_TURNS = (
    "gather wait wait_for as_completed create_task ensure_future timeout TaskGroup Queue Lock Event Semaphore".split()
)
_ATTRIBUTES = _ANYWHERE | _by_word({
    "puts mocks in place": "object",
    "looks at settings": "filters initial_seed get_num_threads",
    "looks into the process": "stdout stderr stdin modules settrace setprofile argv path",
    "looks at what was drawn": "gca gcf get_fignums get_figlabels",
    "lets coroutines take turns": " ".join(_TURNS),
    "looks for files": "exists isfile is_file isdir is_dir listdir iterdir glob rglob scandir walk getsize getmtime stat",
})  # fmt: skip
_OF = {
    "object": ("patch",),
    **dict.fromkeys(("argv", "modules", "path"), ("sys",)),
    "filters": ("warnings",),
    "glob": ("glob",),
    **dict.fromkeys(_TURNS, ("asyncio",)),
    **dict.fromkeys(("stat", "walk"), ("os",)),
}
"""Of what an attribute says so, where it may mean other things."""
_WRITES = frozenset(
    "commit dump imsave imwrite save savefig savetxt savez savez_compressed to_csv to_excel to_feather to_hdf to_json "
    "to_parquet to_pickle tofile write write_bytes write_text writelines".split()
)
_INTO = re.compile(r"^\s*(?:%%(?:writefile|file)\s+(?:-a\s+)?|!.*>\s*)(\S+)", re.MULTILINE)
_MAGIC = re.compile(r"\s*(?:[\w, ]+=\s*)?[%!]")
_BUILT_IN = frozenset(name for name in vars(builtins) if not name.startswith("_"))


def reasons(template: Template) -> dict[str, str]:
    """Return why test cells cannot run apart from the answers, by id; of those that are not named it is not known."""
    code = [cell for cell in template.cells if cell.code]
    asked = flow(steps(template)).asked
    solution = {name for cell in code if cell.solution for name in used(cell.solved)}
    given = [cell for cell in code if not cell.solution]
    files = frozenset[str]().union(*(written(cell.solved) for cell in code if cell.solution))
    state = {name for cell in given if not cell.grade for name in _state(cell.source)} & solution
    found = {}
    for place, cell in enumerate(code):
        if place in asked:
            others = [other.source for other in given if other is not cell]
            if why := _reason(cell.source, others, asked[place].keys(), state, solution, files):
                found[cell.id] = why
    return found


def _reason(
    source: str,
    others: Sequence[str],
    asked: AbstractSet[str],
    state: AbstractSet[str],
    solution: AbstractSet[str],
    files: AbstractSet[str],
) -> str:
    if any(map(_MAGIC.match, source.splitlines())):
        return "it uses magics"
    helpers = list(_helpers(source, others))
    for text in (source, *helpers):
        if why := _words(text):
            return f"it {why}"
    if looked := _texts(source).union(*map(_texts, helpers)) & files:
        return f"it looks at {', '.join(sorted(looked))}, which answers write"
    if hidden := bound(source) & _BUILT_IN:
        return f"it gives another meaning to {', '.join(sorted(hidden))}"
    if moved := bound(source) & {name for other in others for name in bound(other)} & solution - asked:
        return f"it changes {', '.join(sorted(moved))}, which answers use"
    if shared := used(source).union(*map(used, helpers)) & state - asked:
        return f"it looks at {', '.join(sorted(shared))}, which answers may change"
    if not asked:
        return "it speaks of nothing that the solution defines"
    return ""


def _helpers(source: str, others: Sequence[str]) -> Iterator[str]:
    """Yield the functions and classes of other cells that a cell uses, and those that these use."""
    defined = {name: text for other in others for name, text in _definitions(other).items()}
    waiting, seen = sorted(mentioned(source)), set[str]()
    while waiting:
        name = waiting.pop()
        if name in defined and name not in seen:
            seen.add(name)
            yield defined[name]
            waiting += sorted(mentioned(defined[name]))


@lru_cache(4096)
def _definitions(source: str) -> Mapping[str, str]:
    """Return by name the text of each function and class that a cell defines at its top."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name: ast.unparse(node) for node in _parsed(source).body if isinstance(node, kinds)}


@lru_cache(4096)
def _state(source: str) -> frozenset[str]:
    """Return the names to which a cell gives a value, those of functions, classes and modules left out."""
    found = set[str]()
    for node in _parsed(source).body:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return frozenset(found)


@lru_cache(4096)
def written(source: str) -> frozenset[str]:
    """Return what may be names of files that a cell writes: all that it names, where it writes any.

    >>> sorted(written("path = 'out/sum.csv'\\nwith open(path, 'w') as f: f.write('total')"))
    ['out/sum.csv']
    """
    found = frozenset(_INTO.findall(source))
    if any(isinstance(node, ast.Call) and _is_writing(node) for node in ast.walk(_parsed(source))):
        found |= {text for text in _texts(source) if re.fullmatch(r"[^\s{}]*[./]\w+", text)}
    return found


def _is_writing(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr in _WRITES:
        return True
    modes = [*call.args[1:2], *call.args[:1], *(each.value for each in call.keywords if each.arg == "mode")]
    opens = _last_name(call.func) == "open"
    return opens and any(
        isinstance(mode, ast.Constant) and re.fullmatch("[rwaxbt+]*[wax+][rwaxbt+]*", str(mode.value)) for mode in modes
    )


@lru_cache(4096)
def _texts(source: str) -> frozenset[str]:
    """Return the texts that a cell holds."""
    nodes = ast.walk(_parsed(source))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


@lru_cache(4096)
def _words(source: str) -> str:
    """Return what the words of a cell say that it does beside calling answers; '' if they say nothing."""
    tree = _parsed(source)
    modules = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    for node in _walk(tree):
        if isinstance(node, ast.Name) and node.id in _NAMES:
            return _NAMES[node.id]
        if isinstance(node, ast.Import | ast.ImportFrom):
            named = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            if word := next((part for name in named for part in name.split(".") if part in _NAMES), None):
                return _NAMES[word]
        if isinstance(node, ast.Attribute) and node.attr in _ATTRIBUTES:
            if node.attr not in _OF or _last_name(node.value) in _OF[node.attr]:
                return _ATTRIBUTES[node.attr]
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            if isinstance(node.value, ast.Name) and node.value.id in modules | {"np", "plt", "torch", "math", "random"}:
                return "replaces attributes"
        if isinstance(node, ast.Constant) and node.value == "__main__":
            return "looks at names"
    return ""


def _walk(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what is in a tree, without the question whether it is the notebook that runs, which says nothing."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.Compare) and _last_name(node.left) == "__name__"):
            yield node
            yield from _walk(node)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(without_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
