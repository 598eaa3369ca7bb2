"""Make a solution noisy: it works as before, but prints, writes a file, draws, and calls what Python has built in. Pure.

A test that forbids any of this fails it beside the answers. If it passes it apart from them, it would pass everybody.
"""

from __future__ import annotations

import ast

from grader.notebook.code import bound

_CALLS = 3
"""How many calls are noisy: more would only take time."""
_QUIET = "_quiet_after"
_NOISE = f"""
if len({_QUIET}) < {_CALLS}:
    {_QUIET}.append(0)
    print("noise")
    open("noise.txt", "w").close()
    if "matplotlib.pyplot" in __import__("sys").modules:
        __import__("matplotlib.pyplot").pyplot.figure()
"""
_BUILT_IN = {
    "min": "min([1])", "max": "max([1])", "sum": "sum([1])", "sorted": "sorted([1])", "len": "len([1])", "abs": "abs(1)",
    "reversed": "reversed([1])", "map": "map(str, [1])", "filter": "filter(None, [1])", "zip": "zip([1])", "any": "any([1])",
    "all": "all([1])", "range": "range(1)", "enumerate": "enumerate([1])", "round": "round(1)", "pow": "pow(1, 1)",
    "list": "list()", "set": "set()", "dict": "dict()", "tuple": "tuple()", "str": "str()", "int": "int()", "float": "float()",
}  # fmt: skip
"""Calls of what students are told not to use."""


def noisy(source: str) -> str:
    """Return the text of a solution cell with noise in each of its functions, and at its end; as it is if it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    calls = [f"    {call}" for name, call in _BUILT_IN.items() if name not in bound(source)]
    noise = "\n".join([_NOISE.rstrip("\n"), *calls])
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            place = 1 if ast.get_docstring(node, clean=False) is not None else 0
            node.body[place:place] = ast.parse(noise).body
    future = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    first = [*future, *ast.parse(f"{_QUIET} = []").body]
    rest = [node for node in tree.body if node not in future]
    whole = ast.fix_missing_locations(ast.Module([*first, *rest, *ast.parse(noise).body], []))
    try:
        return ast.unparse(whole)
    except RecursionError:
        return source
