"""The doors to the environment lead to the same versions, and the package asks for what it imports."""

import ast
import re
import sys
import sysconfig
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import build

PROJECT = tomllib.loads((build.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LINES = (build.ROOT / "constraints.txt").read_text("utf-8").splitlines()
CONSTRAINTS = dict(line.split("==") for line in LINES if not line.startswith("#"))
EXTRAS = PROJECT["optional-dependencies"]
OURS = PROJECT["name"]
ASKED = sorted({*PROJECT["dependencies"], *(line for extra in EXTRAS for line in EXTRAS[extra])})
LOCKED = [line for line in ASKED if not line.startswith(OURS)]
PINNED = {canonicalize_name(name): version for name, version in CONSTRAINTS.items()}
HERE = [sysconfig.get_path("purelib")]  # setuptools brings others along
INSTALLED = PINNED.keys() & {canonicalize_name(each.name) for each in metadata.distributions(path=HERE)}


@pytest.mark.parametrize("requirement", LOCKED)
def test_what_the_project_asks_for_is_what_the_constraints_give(requirement: str) -> None:
    asked = Requirement(requirement)
    assert PINNED[canonicalize_name(asked.name)] in asked.specifier


@pytest.mark.parametrize("requirement", ASKED)
def test_the_project_fits_beside_other_versions(requirement: str) -> None:
    assert "==" not in requirement


def test_what_is_installed_is_what_the_constraints_give() -> None:
    found = {name: metadata.version(name).split("+")[0] for name in INSTALLED}
    assert found == {name: PINNED[name] for name in INSTALLED}


def test_nothing_of_the_constraints_is_missing_but_what_older_pythons_alone_need() -> None:
    absent, here = PINNED.keys() - INSTALLED, f"Python {sys.version_info[0]}.{sys.version_info[1]},"
    asked = [Requirement(line) for name in INSTALLED for line in metadata.requires(name) or ()]
    needed = {canonicalize_name(each.name) for each in asked if not each.marker or each.marker.evaluate({"extra": ""})}
    assert absent & needed == set()
    assert absent == set() or here not in LINES[0]


def test_what_is_installed_runs_on_every_python_that_the_project_promises() -> None:
    asked = {name: metadata.metadata(name).get("Requires-Python") or "" for name in INSTALLED}
    promised = {"3.11.0", "3.12.0", "3.13.0"}
    assert {name for name in INSTALLED if promised - set(SpecifierSet(asked[name]).filter(promised))} == set()


def test_conda_installs_the_project_with_the_same_constraints() -> None:
    lines = [line.strip(" -") for line in (build.ROOT / "environment.yml").read_text("utf-8").splitlines()]
    assert "constraint constraints.txt" in lines
    assert "editable .[dev]" in lines
    assert "python=3.11" in lines
    assert PROJECT["requires-python"] == ">=3.11"


def test_the_makefile_uses_the_constraints() -> None:
    assert "--constraint constraints.txt --editable '.[dev]'" in (build.ROOT / "Makefile").read_text("utf-8")


def test_torch_is_one_exact_version() -> None:
    assert CONSTRAINTS["torch"] == "2.13.0"


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_what_developers_install_has_every_extra(extra: str) -> None:
    assert set(asked_for(extra)) <= set(asked_for("dev"))


def asked_for(*extras: str) -> set[str]:
    """Return the names of what these extras ask for, also by way of others of ours; of "", what the package itself does."""
    found = set[str]()
    for extra in extras:
        for line in EXTRAS[extra] if extra else PROJECT["dependencies"]:
            asked = Requirement(line)
            found |= asked_for(*asked.extras) if asked.name == OURS else {canonicalize_name(asked.name)}
    return found


# What is imported, and what is asked for ──────────────────────────────────────────────────────────

HOLDERS = metadata.packages_distributions()


def imported(paths: Iterable[Path]) -> set[str]:
    """Return the distributions that these modules import, anywhere in them."""
    names = set[str]()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return holding(names - {"grader"})


def holding(modules: set[str]) -> set[str]:
    """Return the distributions of modules that are not Python's own."""
    return {canonicalize_name(HOLDERS[name][0]) for name in modules - sys.stdlib_module_names}


PACKAGE = set((build.ROOT / "grader").rglob("*.py"))
CLUSTER = {build.ROOT / "grader" / "grading" / "cluster.py"}


def test_the_command_asks_for_what_it_imports_and_for_nothing_else() -> None:
    data = {"tzdata"}  # read by Python's own zoneinfo
    assert imported(PACKAGE - CLUSTER) | data == asked_for("", "grade")


def test_a_cluster_asks_for_what_it_imports_and_for_nothing_else() -> None:
    assert imported(CLUSTER) == {canonicalize_name(Requirement(line).name) for line in EXTRAS["cluster"]} - {OURS}


def test_the_lessons_ask_for_what_they_import() -> None:
    folder = build.ROOT / "notebooks"
    texts = [path.read_text("utf-8") for kind in ("*.ipynb", "*.py") for path in folder.rglob(kind)]
    found = re.compile(r'^\s*"?(?:from (?=\w[\w.]* import)|import )(\w+)', re.MULTILINE)
    named = {name for text in texts for name in found.findall(text)}
    beside = {path.stem for path in folder.rglob("*")} | {"grader", "__future__"}
    alone = named & {"jax", "tensorflow"}  # shown where they are installed
    assert holding(named - beside - alone) <= asked_for("", "course") and len(named) > 10
