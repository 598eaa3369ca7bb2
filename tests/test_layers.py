"""The shape of the package: imports point down, and each library and effect has its owner."""

import ast
from pathlib import Path

import pytest

import build

LAYERS = {
    "engine.process": 0,
    "engine.changes": 2,
    "flow": 0,
    "failure": 0, "models": 0, "locks": 0, "times": 0, "engine.wire": 0, "engine.outputs": 0, "engine.fresh": 0,
    "engine.scratch": 0, "engine.syscalls": 0, "engine.values": 0, "engine.crossing": 0,
    "compare": 1, "source": 1, "course": 1, "report": 1, "screen": 1, "archive": 1, "tables": 1,
    "options": 1, "reading": 1, "tracebacks": 1, "leaks": 1, "engine.confine": 1, "engine.arrivals": 1, "engine.errors": 1, "engine.written": 1,
    "filenames": 1, "contents": 1, "submissions": 2,
    "engine.traces": 1,
    "engine.kernels": 1, "engine.streams": 1, "engine.app": 1, "engine.kernelspec": 1, "engine.reader": 1, "engine.imports": 1,
    "entries": 2, "registry": 2, "constraints": 2, "score": 3, "collect": 2, "names": 3, "cells": 2,
    "engine.cold": 2, "engine.warm": 2, "engine.answers": 3, "engine.standins": 3,
    "release": 4, "judging": 4, "gradebook": 3, "doctor": 3, "engine.forked": 3, "engine.provisioner": 3, "engine.shell": 4,
    "pages": 4, "checks": 4, "check": 6, "demo": 5, "engine.judged": 4, "engine.rehearsal": 5,
    "engine.run": 5, "engine.forkserver": 6,
    "grade": 6,
    "verify": 7, "cluster": 7,
    "batch": 8,
    "cli": 9,
}  # fmt: skip
OWNERS = {
    "nbgrader": {"release", "tables"},
    "sqlalchemy": {"tables", "entries", "registry", "gradebook"},
    "alembic": {"tables"},
    "nbclient": {"engine.cold"},
    "jupyter_client": {"engine.cold", "engine.streams", "engine.provisioner", "engine.kernelspec"},
    "ipykernel": {"engine.shell", "engine.reader", "engine.streams", "engine.app", "engine.kernelspec"},
    "subprocess": {"engine.warm", "engine.provisioner"},
    "socket": {
        "engine.wire",
        "engine.warm",
        "engine.forked",
        "engine.judged",
        "engine.syscalls",
        "doctor",
        "engine.forkserver",
        "engine.shell",
        "engine.streams",
        "engine.app",
        "engine.provisioner",
    },
    "dask": {"cluster"},
    "distributed": {"cluster"},
    "tempfile": {
        "engine.scratch",
        "engine.confine",
        "engine.syscalls",
        "doctor",
        "engine.provisioner",
        "engine.kernelspec",
    },
    "zipfile": {"collect", "demo"},
    "jinja2": {"report"},
    "pygments": {"report"},
    "typer": {"cli", "options"},
    "rich": {"screen"},
    "tomllib": {"course"},
    "torch": set(),
    "numpy": {
        "checks",
        "compare",
        "engine.values",
        "engine.arrivals",
        "engine.answers",
        "engine.changes",
        "engine.standins",
        "engine.rehearsal",
    },
}
PRINTS = {"cli", "screen"}
PACKAGE = build.ROOT / "grader"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.stem != "__init__")


def name_of(path: Path) -> str:
    """Return a module's name within the package, e.g. `engine.wire`."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            package = node.module in ("grader", "grader.engine")
            names |= {f"{node.module}.{alias.name}" for alias in node.names} if package else {node.module}
    return names


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path: Path) -> None:
    for name in imported(path):
        if name.startswith("grader."):
            used, user = name.removeprefix("grader."), name_of(path)
            assert used == "__version__" or LAYERS[used] < LAYERS[user], f"{user} imports {used}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_library_appears_in_its_owner_alone(path: Path) -> None:
    for name in imported(path):
        library = name.split(".")[0]
        assert name_of(path) in OWNERS.get(library, {name_of(path)}), f"{name_of(path)} imports {library}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_prints(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    printing = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
    assert not printing or name_of(path) in PRINTS


def test_every_module_has_a_layer() -> None:
    assert {name_of(path) for path in MODULES} == set(LAYERS)
