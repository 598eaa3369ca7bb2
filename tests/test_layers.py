"""The shape of the package: imports point down, and each library and effect has its owner."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import build

LOWEST = {"models", "failure", "locks", "identity", "reading", "checks", "compare", "source", "constraints", "observe"}
"""What the engine may use of the rest: values, and what test cells call."""
OWNERS = {
    "nbgrader": {"release", "tables"},
    "sqlalchemy": {"tables", "entries", "registry", "gradebook"},
    "alembic": {"tables"},
    "nbclient": {"engine.cold"},
    "jupyter_client": {"engine.cold", "engine.streams", "engine.provisioner", "engine.kernelspec"},
    "ipykernel": {"engine.shell", "engine.reader", "engine.streams", "engine.app", "engine.kernelspec"},
    "subprocess": {"engine.warm", "engine.provisioner", "edited"},
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
    "zipfile": {"packed", "demo", "pack"},
    "tarfile": {"packed"},
    "yaml": {"collect"},
    "jinja2": {"report"},
    "pygments": {"report"},
    "typer": {"cli", "options"},
    "rich": {"screen"},
    "tomllib": {"course"},
    "torch": set(),
    "numpy": {
        "checks",
        "compare",
        "observe",
        "engine.values",
        "engine.arrivals",
        "engine.answers",
        "engine.chance",
        "engine.changes",
        "engine.kinds",
        "engine.standins",
        "engine.rehearsal",
    },
}
PRINTS = {"checks", "cli", "ready", "screen", "__main__"}
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


def ours(path: Path) -> set[str]:
    """Return which modules of the package a module imports."""
    return {name.removeprefix("grader.") for name in imported(path) if name.startswith("grader.")} - {"__version__"}


def test_imports_point_down() -> None:
    list(TopologicalSorter({name_of(path): ours(path) for path in MODULES}).static_order())  # raises for a circle


def test_the_engine_uses_nothing_that_is_above_it() -> None:
    inside = {name_of(path): ours(path) for path in MODULES if name_of(path).startswith("engine.")}
    above = {
        name: {used for used in known if not used.startswith("engine.")} - LOWEST for name, known in inside.items()
    }
    assert not {name: used for name, used in above.items() if used}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_library_appears_in_its_owner_alone(path: Path) -> None:
    for name in imported(path):
        library = name.split(".")[0]
        assert name_of(path) in OWNERS.get(library, {name_of(path)}), f"{name_of(path)} imports {library}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_and_tests_that_pass_print(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    printing = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
    assert not printing or name_of(path) in PRINTS
