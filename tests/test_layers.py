"""The shape of the package: imports point down, and each library and effect has its owner."""

import ast
from pathlib import Path

import pytest

import build

LAYERS = {
    "failure": 0, "models": 0,
    "compare": 1, "source": 1, "cells": 1, "course": 1, "kernels": 1, "report": 1, "screen": 1,
    "archive": 1, "tables": 1,
    "outline": 2, "entries": 2, "registry": 2, "constraints": 2, "score": 2, "collect": 2, "release": 2,
    "gradebook": 3, "checks": 3, "grade": 3, "check": 3, "demo": 3,
    "pages": 4, "verify": 4, "batch": 4,
    "cli": 5,
}  # fmt: skip
OWNERS = {
    "nbgrader": {"release", "tables"},
    "sqlalchemy": {"tables", "entries", "registry", "gradebook"},
    "alembic": {"tables"},
    "nbclient": {"kernels"},
    "jupyter_client": {"kernels"},
    "tempfile": {"kernels"},
    "zipfile": {"collect", "demo"},
    "jinja2": {"report"},
    "pygments": {"report"},
    "typer": {"cli"},
    "rich": {"screen"},
    "tomllib": {"course"},
    "torch": set(),
    "numpy": {"checks", "compare"},
}
PRINTS = {"cli", "screen"}
MODULES = sorted(path for path in (build.ROOT / "grader").glob("*.py") if path.stem != "__init__")


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"grader.{alias.name}" for alias in node.names} if node.module == "grader" else {node.module}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_imports_point_down(path: Path) -> None:
    for name in imported(path):
        if name.startswith("grader."):
            used = name.split(".")[1]
            assert used == "__version__" or LAYERS[used] < LAYERS[path.stem], f"{path.stem} imports {used}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_library_appears_in_its_owner_alone(path: Path) -> None:
    for name in imported(path):
        library = name.split(".")[0]
        assert path.stem in OWNERS.get(library, {path.stem}), f"{path.stem} imports {library}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_is_short_and_says_what_it_is_for(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_only_the_command_line_prints(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    printing = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
    assert not printing or path.stem in PRINTS


def test_every_module_has_a_layer() -> None:
    assert {path.stem for path in MODULES} == set(LAYERS)
