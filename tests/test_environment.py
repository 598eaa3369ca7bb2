"""The doors to the environment lead to the same versions."""

import re
import tomllib
from importlib import metadata

import pytest

import build

PROJECT = tomllib.loads((build.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CONSTRAINTS = dict(
    line.split("==")
    for line in (build.ROOT / "constraints.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
)
EXTRAS = PROJECT["optional-dependencies"]
ASKED = sorted({*PROJECT["dependencies"], *EXTRAS["dev"], *EXTRAS["cluster"], *EXTRAS["postgresql"]})


def plain(name: str) -> str:
    """Return a package's name as pip compares it, without its extras."""
    return re.sub(r"[-_.]+", "-", name.split("[")[0]).lower()


PINNED = {plain(name): version for name, version in CONSTRAINTS.items()}


@pytest.mark.parametrize("requirement", ASKED)
def test_what_the_project_asks_for_is_what_the_constraints_give(requirement: str) -> None:
    name, _, version = requirement.partition("==")
    assert plain(name) in PINNED
    assert not version or PINNED[plain(name)] == version


@pytest.mark.parametrize("name", sorted(PINNED))
def test_what_is_installed_is_what_the_constraints_give(name: str) -> None:
    assert metadata.version(name).split("+")[0] == PINNED[name]


def test_conda_installs_the_project_with_the_same_constraints() -> None:
    lines = [line.strip(" -") for line in (build.ROOT / "environment.yml").read_text("utf-8").splitlines()]
    assert "constraint constraints.txt" in lines
    assert "editable .[dev]" in lines
    assert "python=3.11" in lines
    assert PROJECT["requires-python"] == ">=3.11"


def test_the_makefile_uses_the_constraints() -> None:
    assert "--constraint constraints.txt --editable '.[dev]'" in (build.ROOT / "Makefile").read_text("utf-8")


def test_torch_is_one_exact_version() -> None:
    assert "torch==2.13.0" in PROJECT["dependencies"]
