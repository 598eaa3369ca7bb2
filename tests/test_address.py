"""Where a course is on the web: badges in its notebooks, and what their first cell installs."""

from pathlib import Path

import nbformat
import pytest

import build
from grader.course.address import FIRST_LINE, badges, first_cell, parse, with_badges, with_course
from grader.course.settings import open_course
from grader.models import GraderError
from store_outputs import head

LESSONS = sorted((build.ROOT / "notebooks").glob("[0-9]*.ipynb"))

HUB = "https://github.com/ada/arrays"


@pytest.mark.parametrize(
    "address, url, branch",
    [
        (HUB, HUB, "main"),
        (f"{HUB}.git", HUB, "main"),
        (f"{HUB}/", HUB, "main"),
        (f"{HUB}/tree/next/term", HUB, "next/term"),
        ("https://gitlab.com/group/sub/arrays/-/tree/dev", "https://gitlab.com/group/sub/arrays", "dev"),
        ("https://git.example.org:8443/ada/arrays", "https://git.example.org:8443/ada/arrays", "main"),
    ],
)
def test_an_address_names_a_repository_and_a_branch(address: str, url: str, branch: str) -> None:
    assert (parse(address, "").url, parse(address, "").branch) == (url, branch)


@pytest.mark.parametrize(
    "address", ["github.com/ada/arrays", "https://github.com/ada", f"{HUB} x", f'{HUB}"', "ftp://a/b/c"]
)
def test_what_is_no_address_is_refused_in_two_lines(address: str) -> None:
    with pytest.raises(GraderError, match=r"repository is .*\n  fix: give it as https://github.com/OWNER/NAME"):
        parse(address, "pyproject.toml")


def test_a_badge_leads_to_the_notebook_on_its_branch() -> None:
    line = badges(parse(f"{HUB}/tree/next", ""), "notebooks/06 a.ipynb")
    assert "(https://colab.research.google.com/github/ada/arrays/blob/next/notebooks/06%20a.ipynb)" in line
    assert "(https://mybinder.org/v2/gh/ada/arrays/next?urlpath=lab/tree/notebooks/06%20a.ipynb)" in line


def test_colab_is_offered_for_github_alone() -> None:
    lab, own = (
        badges(parse(f"https://{host}/ada/arrays", ""), "a.ipynb") for host in ("gitlab.com", "git.example.org")
    )
    assert "Colab" not in lab + own
    assert "/v2/gl/ada%2Farrays/main?" in lab and "/v2/git/https%3A%2F%2Fgit.example.org%2Fada%2Farrays/main?" in own


def test_badges_stand_once_below_the_heading() -> None:
    line = badges(parse(HUB, ""), "a.ipynb")
    once = with_badges("# Lesson\n\nText.", line)
    assert once == f"# Lesson\n\n{line}\n\nText." == with_badges(once, line)


def test_a_text_without_heading_gets_no_badge() -> None:
    assert with_badges("Text.\n\n# Later", "badge") == "Text.\n\n# Later"


def test_the_first_cell_installs_from_the_repository() -> None:
    cell = with_course(first_cell("lesson"), parse(HUB, ""))
    assert 'COURSE = "arrays-to-autograd[lessons] @ git+https://github.com/ada/arrays@main"' in cell
    assert with_course(cell, parse(HUB, "")) == cell


def test_a_release_has_badges_where_the_course_has_an_address_and_nowhere_else(tmp_path: Path) -> None:
    cells = (build.code("first", first_cell("assignment"), locked=True), *build.DOUBLE)
    with_one = build.released(build.course(tmp_path / "a", *cells, settings=f'repository = "{HUB}"'))
    without = build.released(build.course(tmp_path / "b", *cells))
    text = "".join(with_one["cells"][1]["source"])
    assert text.startswith("# Numbers\n\n[![Open in Colab]") and "/blob/main/release/numbers/numbers.ipynb" in text
    assert f"git+{HUB}@main" in "".join(with_one["cells"][0]["source"])
    assert "Open in" not in str(without) and "git+" not in str(without)


def test_badges_that_an_instructor_wrote_stay(tmp_path: Path) -> None:
    own = "# Numbers\n\n[![Open in Colab](a.svg)](https://example.org)"
    given = build.released(build.course(tmp_path, build.text("intro", own, locked=True), *build.DOUBLE[1:]))
    assert "".join(given["cells"][0]["source"]) == own


@pytest.mark.parametrize("path", build.sources(), ids=lambda path: path.stem)
def test_each_assignment_starts_with_the_first_cell(path: Path) -> None:
    cells = [cell for cell in build.read(path)["cells"] if cell["cell_type"] == "code"]
    assert "".join(cells[0]["source"]) == first_cell("assignment")
    assert cells[0]["metadata"]["jupyter"] == {"source_hidden": True}


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_lesson_starts_as_the_address_of_the_course_asks(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    before = [cell.source for cell in notebook.cells]
    head(notebook, path.name, open_course(build.ROOT).repository)
    assert [cell.source for cell in notebook.cells] == before
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert first.id == "setup" and first.metadata.jupyter.source_hidden


def test_a_lesson_gets_badges_and_an_address_once_the_course_has_one() -> None:
    notebook = nbformat.read(LESSONS[0], as_version=4)
    head(notebook, LESSONS[0].name, HUB)
    assert f"/blob/main/notebooks/{LESSONS[0].name})" in notebook.cells[0].source.splitlines()[2]
    assert f"git+{HUB}@main" in next(cell.source for cell in notebook.cells if cell.id == "setup")


@pytest.mark.parametrize("path", build.sources(), ids=lambda path: path.stem)
def test_each_assignment_leads_to_its_lesson(path: Path) -> None:
    assert f"](../../notebooks/{path.stem}.ipynb)" in "".join(build.read(path)["cells"][0]["source"])
    assert (path.parent / f"../../notebooks/{path.stem}.ipynb").is_file()


def test_the_first_cell_of_lessons_shortens_errors_before_it_imports_anything() -> None:
    lesson, assignment = first_cell("lesson").splitlines(), first_cell("assignment").splitlines()
    assert lesson[0].startswith(FIRST_LINE) and assignment[0].startswith(FIRST_LINE)
    assert lesson[1] == "%xmode Minimal" and not [line for line in assignment if "xmode" in line]
    assert (lesson[-1], assignment[-1]) == ("ready.lesson()", "ready.assignment()")
