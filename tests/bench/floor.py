"""The floor: the CPU seconds that the cells of graded notebooks need in a warm process. A script.

For each notebook in `autograded/` it forks a child of a process that has imported everything. The child runs the
notebook's code cells one after the other, hidden tests included, with Python's own compile and exec, in one
namespace: the value of a last expression is written as text, top-level await is awaited, figures that are open
behind a cell are drawn as PNG. The clock is the CPU time of the child, all its threads, from the start of the
first cell to the end of the last. Not counted: imports, fork, reading, a shell, messages, outputs, scoring,
recording.

Everything: the modules that it is told to import, and all that a first run of the notebooks, not measured,
imports besides (torch loads a good part of itself only when it is used). Each notebook runs twice in its child:
`first` is the floor; `again` is the second time, when no memory is touched for the first time any more.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import contextlib
import gc
import importlib
import inspect
import io
import json
import linecache
import os
import sys
import tempfile
import time
import types
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


def run_cell(source: str, name: str, space: dict[str, Any]) -> bool:
    """Run the text of one cell in a namespace, and return whether nothing was raised."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        tree = ast.parse(source, name)
        shown = None
        if tree.body and isinstance(last := tree.body[-1], ast.Expr):
            shown = ast.Expression(last.value)
            tree.body.pop()
        _value(compile(tree, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), space)
        if shown is not None:
            repr(_value(compile(shown, name, "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), space))
        _draw_figures()
    except BaseException:
        return False
    return True


def _value(code: types.CodeType, space: dict[str, Any]) -> Any:
    result = eval(code, space)
    return asyncio.run(result) if code.co_flags & inspect.CO_COROUTINE else result


def _draw_figures() -> None:
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        for number in pyplot.get_fignums():
            pyplot.figure(number).savefig(io.BytesIO(), format="png", bbox_inches="tight")
            pyplot.close(number)


def run_notebook(cells: Sequence[dict[str, Any]]) -> tuple[float, dict[str, bool]]:
    """Run the code cells of a notebook; return CPU seconds and for each test cell whether it passed."""
    module, passed = types.ModuleType("__main__"), dict[str, bool]()
    sys.modules["__main__"] = module
    start = time.process_time()
    for number, cell in enumerate(cells):
        done = run_cell("".join(cell["source"]), f"<cell {number}>", vars(module))
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            passed[cell["metadata"]["nbgrader"]["grade_id"]] = done
    return time.process_time() - start, passed


def in_child(path: Path) -> dict[str, Any]:
    """Run a notebook twice in a forked child, and return what it reports."""
    out, back = os.pipe()
    pid = os.fork()
    if pid == 0:
        notebook = json.loads(path.read_text("utf-8"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        known = set(sys.modules)
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.chdir(folder),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            first, passed = run_notebook(cells)
            again, _ = run_notebook(cells)
        with os.fdopen(back, "w") as file:
            new = sorted(set(sys.modules) - known)
            json.dump({"first": first, "again": again, "passed": passed, "imported": new}, file)
        os._exit(0)
    os.close(back)
    with os.fdopen(out) as file:
        said = file.read()
    os.waitpid(pid, 0)
    return {"student": path.parts[-3], "assignment": path.parts[-2], **json.loads(said)}


def warm_up(modules: Iterable[str]) -> None:
    """Import modules; those that only others can make are left out."""
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].use("agg")
    gc.collect()
    gc.freeze()  # so that no child copies pages only to look for garbage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("course", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--most", type=int)
    asked = parser.parse_args()
    paths = sorted((asked.course / "autograded").glob("*/*/*.ipynb"))[: asked.most]
    warm_up(asked.modules)
    warm_up(sorted({name for path in paths for name in in_child(path)["imported"]}))
    found = [in_child(path) for path in paths]
    asked.out.write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main()
