"""What the documents tell people to type works, in the order in which they read it."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

import build

README = (build.ROOT / "README.md").read_text("utf-8")
DOORS = ("For students", "For instructors", "For maintainers")


def commands(door: str) -> list[str]:
    section = re.split(r"^## ", README, flags=re.MULTILINE)
    page = next(part for part in section if part.startswith(door))
    lines = [line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    return [line.split("  #")[0].strip() for line in lines]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of lesson 06 alone, with an archive of what two students handed in."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("source/06_broadcasting", "release/06_broadcasting"):
        shutil.copytree(build.ROOT / name, folder / name)
    for name in ("pyproject.toml", "nbgrader_config.py", "Makefile", "constraints.txt"):
        shutil.copy(build.ROOT / name, folder)
    for student, tree in {"ada": "source", "bob": "release"}.items():
        shutil.copytree(build.ROOT / tree / "06_broadcasting", folder / "in" / student / "06_broadcasting")
    shutil.make_archive(str(folder / "handed-in"), "zip", folder / "in")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


@pytest.mark.parametrize("door", DOORS)
def test_each_door_is_a_handful_of_commands_that_work(door: str, clone: Path) -> None:
    found = commands(door)
    assert 1 <= len(found) <= 8
    for command in found:
        words = shlex.split(command)
        if words[0] == "make":  # the targets run elsewhere; here they must exist
            words.insert(1, "--dry-run")
        done = subprocess.run(words, cwd=clone, capture_output=True, text=True)
        unsolved = command.startswith("grader check")
        assert done.returncode == (1 if unsolved else 0), f"{command}: {done.stdout}{done.stderr}"
    if door == "For instructors":
        rows = build.results(clone)
        assert rows["ada", "06_broadcasting"]["points"] == 17
        assert rows["bob", "06_broadcasting"]["points"] == 0
        assert (clone / "marks.csv").is_file() and (clone / "report/index.html").is_file()


def test_the_commands_on_top_exist() -> None:
    done = subprocess.run(
        ["make", "--dry-run", "demo", "test", "lab", "edit", "lessons", "release"], cwd=build.ROOT, capture_output=True
    )
    assert done.returncode == 0


def test_each_command_and_setting_stands_in_the_readme() -> None:
    from dataclasses import fields

    from typer.main import get_command

    from grader.cli import app
    from grader.course.settings import SETTINGS
    from grader.models import Ending, Limits, Status

    for command in get_command(app).commands:  # type: ignore[attr-defined]
        assert f"grader {command}" in README or f"make {command}" in README, command
    for word in [*SETTINGS, *(field.name for field in fields(Limits) if field.name != "fallback"), *Ending, *Status]:
        assert word in README, word


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/students.md"])
def test_links_and_pictures_lead_somewhere(document: str) -> None:
    text = (build.ROOT / document).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (build.ROOT / target).exists(), target


def test_the_contributors_guide_names_every_room_and_no_module_that_is_gone() -> None:
    text = (build.ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## The package")[2]
    package, named = build.ROOT / "grader", set[str]()
    for first, second in re.findall(r"^\| (`.+) \| (.+) \|$", text, re.MULTILINE):
        rooms = re.findall(r"`([a-z/]+)/`", first)
        named |= set(rooms)
        for name in re.findall(r"`([a-z_]+)`", second if rooms else first):
            assert any((package / room / f"{name}.py").is_file() for room in rooms or ["."]), (name, first)
    assert named == {path.parent.relative_to(package).as_posix() for path in package.rglob("__init__.py")} - {"."}


def test_each_difference_from_nbgrader_names_a_test_that_is_there() -> None:
    text = (build.ROOT / "docs/any-course.md").read_text("utf-8").partition("## Where points differ")[2]
    named = re.findall(r"^\|.*\| `(test_\w+\.py)::(test_\w+)` \|$", text, re.MULTILINE)
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(named) == len(rows) > 10
    for file, test in named:
        assert f"def {test}(" in (build.ROOT / "tests" / file).read_text("utf-8"), test
