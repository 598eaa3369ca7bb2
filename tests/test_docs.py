"""What the documents tell people to type works, in the order in which they read it."""

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from typer.main import get_command

import build
from grader import __version__
from grader.cli import app
from grader.course.settings import SETTINGS, open_course
from grader.models import Ending, Limits, Status

README = (build.ROOT / "README.md").read_text("utf-8")
DOORS = ("For students", "For instructors", "For maintainers")
PAGES = sorted(path.relative_to(build.ROOT).as_posix() for path in (build.ROOT / "docs").glob("*.md"))
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", *PAGES]
COMMANDS = get_command(app)


def read(document: str) -> str:
    return (build.ROOT / document).read_text("utf-8")


def typed(document: str) -> Iterator[list[str]]:
    """Yield the words of each command that a document shows, in a block or in backticks."""
    text = read(document)
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    for line in filter(str.strip, [*lines, *re.findall(r"`((?:grader|make) [^`\n]+)`", text)]):
        yield shlex.split(line, comments=True)


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


def test_each_command_is_shown_in_the_readme_or_on_the_page_of_machines() -> None:
    shown = {tuple(words[:2]) for document in ("README.md", "docs/machines.md") for words in typed(document)}
    for command in COMMANDS.commands:  # type: ignore[attr-defined]
        assert shown & {("grader", command), ("make", command)}, command


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if name != "CHANGELOG.md"])
def test_commands_are_shown_with_options_that_they_have(document: str) -> None:
    targets = re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE)
    for program, *words in typed(document):
        if program == "make" and words[0].islower():
            assert words[0] in targets, words
        if program != "grader" or words[0].isupper():
            continue
        command, left = COMMANDS, words
        while left and left[0] in (inner := getattr(command, "commands", {})):
            command, left = inner[left[0]], left[1:]
        assert command is not COMMANDS or left[0].startswith("-"), words
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in left if word.startswith("--")} <= options | {"--help"}, words


def test_the_page_of_settings_shows_each_of_them_and_the_limits_that_hold_without(tmp_path: Path) -> None:
    block = re.findall(r"```toml\n(.*?)```", read("docs/settings.md"), re.DOTALL)[0]
    shown, limits = tomllib.loads(block)["tool"]["grader"], asdict(Limits())
    for internal in ("confined", "judge", "fallback", "readable"):
        del limits[internal]
    assert set(shown) == set(SETTINGS)
    assert shown["limits"] == limits
    made = build.course(tmp_path / "course")
    (tmp_path / "data").mkdir()
    build.write(made / "pyproject.toml", block)
    assert open_course(made).repository == shown["repository"]


@pytest.mark.parametrize(("word", "values"), [("status", Status), ("ending", Ending)])
def test_the_page_of_results_explains_each(word: str, values: type[Status | Ending]) -> None:
    table = read("docs/results.md").partition(f"| `{word}` of ")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \| \w", table, re.MULTILINE) == [value.value for value in values]


def headings(text: str) -> set[str]:
    """Return the fragments by which the headings of a page are linked to."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_and_pictures_lead_somewhere(document: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", read(document)):
        file, _, heading = target.partition("#")
        path = (build.ROOT / document).parent / file if file else build.ROOT / document
        assert target.startswith("https://") or path.exists(), target
        assert path.suffix != ".md" or not heading or heading in headings(path.read_text("utf-8")), target


def test_the_readme_is_short_and_leads_to_every_page() -> None:
    assert len(README.split()) < 700
    assert set(PAGES) <= set(re.findall(r"\]\(([^)#]+)\)", README))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_begins_with_a_sentence_that_says_whom_it_serves(page: str) -> None:
    assert re.match(r"# .+\n\nFor [a-z]", read(page))


def test_what_documents_tell_to_install_is_there() -> None:
    extras = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
    named = {
        name
        for page in DOCUMENTS
        for given in re.findall(r"(?:\.|whl)\[([a-z,]+)\]'", read(page))
        for name in given.split(",")
    }
    assert {"grade", "lessons", "cluster", "course", "postgresql"} <= named <= set(extras)


def test_the_students_page_checks_all_assignments_and_no_lesson(tmp_path: Path) -> None:
    for name in ("06_broadcasting/06_broadcasting", "08_axis_reductions/08_axis_reductions", "lessons/06_broadcasting"):
        build.write(tmp_path / f"work/{name}.ipynb", "{}")
    pattern = next(words[2] for words in typed("docs/students.md") if "--html" in words)
    assert {path.parent.name for path in tmp_path.glob(pattern)} == {"06_broadcasting", "08_axis_reductions"}


def test_pages_that_are_written_by_a_command_are_as_it_writes_them() -> None:
    from bench import page, scale
    from hostile import page as security

    figures = {name: json.loads(read(f"docs/{name}.json")) for name in ("benchmark", "security")}
    assert page.text(figures["benchmark"]) == read("docs/benchmark.md")
    assert scale.text(figures["benchmark"]) == read("docs/scale.md")
    assert security.page(figures["security"]) == read("docs/security.md")


def test_the_changelog_begins_with_this_version_and_what_must_be_graded_again() -> None:
    sections = re.split(r"^## ", read("CHANGELOG.md"), flags=re.MULTILINE)[1:]
    this = next(section for section in sections if not section.startswith("Next\n"))
    assert re.match(re.escape(__version__) + r" \(\d{4}-\d\d-\d\d\)\n\n\*\*Grade again", this)
    assert re.findall(r"^### (.+)$", this, re.MULTILINE) == ["Added", "Changed", "Fixed"]


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
