"""A release that a person has edited is not overwritten."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import build
from grader.course.edited import marks

FILE = "release/numbers/numbers.ipynb"


def release(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return build.run("release", *words, folder=folder)


def change(path: Path, id: str, text: str) -> None:
    """Write something else into a cell of a notebook, as JupyterLab saves it."""
    notebook = build.read(path)
    for cell in notebook["cells"]:
        if cell["id"] == id:
            cell["source"] = text
    build.write(path, notebook)


def next_version(folder: Path) -> None:
    change(folder / "source/numbers/numbers.ipynb", "intro", "# Numbers, second edition")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course that was released, and whose source has changed since."""
    folder = build.course(tmp_path)
    build.write(folder / "source/numbers/table.csv", "1,2\n")
    assert release(folder).returncode == 0
    next_version(folder)
    return folder


def test_what_nobody_edited_is_released_again(course: Path) -> None:
    assert release(course).returncode == 0
    assert "second edition" in (course / FILE).read_text("utf-8")


def test_an_edited_release_stays_and_two_lines_name_the_cell(course: Path) -> None:
    change(course / FILE, "triple-visible", "assert triple(3) == 9")
    before = (course / FILE).read_bytes()
    done = release(course)
    what, fix = done.stderr.splitlines()
    assert done.returncode == 2 and (course / FILE).read_bytes() == before
    assert what == f"grader: {FILE}: edited since it was written (cells triple-visible), so it stays"
    assert "source/numbers/" in fix and "grader release numbers --replace" in fix and "edited/" in fix


def test_an_edited_file_beside_the_notebook_keeps_the_whole_release(course: Path) -> None:
    build.write(course / "release/numbers/table.csv", "mine\n")
    before = (course / FILE).read_bytes()
    assert "release/numbers/table.csv: edited" in release(course).stderr
    assert (course / FILE).read_bytes() == before and (course / "release/numbers/table.csv").read_text() == "mine\n"


def test_on_request_it_is_replaced_and_the_edit_kept(course: Path) -> None:
    change(course / FILE, "triple-visible", "assert triple(3) == 9")
    edit = (course / FILE).read_bytes()
    done = release(course, "--replace")
    kept = course / done.stderr.strip().removeprefix("what was edited is kept in ")
    assert done.returncode == 0 and kept.is_file() and kept.read_bytes() == edit
    assert kept.is_relative_to(course / "edited") and "second edition" in (course / FILE).read_text("utf-8")
    assert release(course).returncode == 0


def test_other_assignments_are_released_all_the_same(course: Path) -> None:
    build.course(course, name="letters")
    change(course / FILE, "intro", "mine")
    assert release(course).returncode == 2 and (course / "release/letters/letters.ipynb").is_file()


def test_a_deleted_and_an_added_cell_are_edits(course: Path) -> None:
    notebook = build.read(course / FILE)
    notebook["cells"][-1]["metadata"]["nbgrader"]["grade_id"] = "why-not"
    build.write(course / FILE, notebook)
    assert "(cells why, why-not)" in release(course).stderr


def test_to_run_and_save_a_released_notebook_is_no_edit(course: Path) -> None:
    notebook = build.read(course / FILE)
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.11"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"execution_count": 1, "outputs": [{"output_type": "stream", "name": "stdout", "text": "hi"}]}
            cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    build.write(course / FILE, json.dumps(notebook))
    assert release(course).returncode == 0


def test_an_edit_that_the_source_has_taken_over_stops_nothing(course: Path) -> None:
    change(course / FILE, "intro", "# Numbers, second edition")
    given = build.read(course / FILE)
    for mine, theirs in zip(given["cells"], build.released(course)["cells"], strict=True):
        mine["metadata"] = theirs["metadata"]
    build.write(course / FILE, given)
    assert release(course).returncode == 0


def test_an_edited_release_that_is_no_notebook_any_more_stays(course: Path) -> None:
    build.write(course / FILE, "{")
    assert release(course).returncode == 2 and (course / FILE).read_text() == "{"


def test_without_a_record_a_release_that_the_source_does_not_give_stays(course: Path) -> None:
    (course / "release/.written.json").unlink()
    assert "edited since it was written (cells intro)" in release(course).stderr


def test_a_damaged_record_counts_as_none(course: Path) -> None:
    build.write(course / "release/.written.json", "[1")
    assert release(course).returncode == 2


def git(folder: Path, *words: str) -> None:
    about = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *about, *words], check=True, capture_output=True)


@pytest.fixture
def clone(course: Path) -> Path:
    """The same course, as somebody has it who cloned its repository: without a record of what was written."""
    (course / "release/.written.json").unlink()
    git(course, "init")
    git(course, "add", ".")
    git(course, "commit", "-m", "all")
    return course


@pytest.mark.skipif(not shutil.which("git"), reason="no git")
def test_a_release_as_it_is_committed_may_be_overwritten(clone: Path) -> None:
    assert release(clone).returncode == 0


@pytest.mark.skipif(not shutil.which("git"), reason="no git")
def test_a_release_that_differs_from_what_is_committed_stays(clone: Path) -> None:
    change(clone / FILE, "triple", "mine")
    assert release(clone).returncode == 2


def test_without_git_nothing_but_the_source_tells(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (course / "release/.written.json").unlink()
    monkeypatch.setenv("PATH", "")
    assert release(course).returncode == 2


def test_marks_are_those_of_cells_and_name_them() -> None:
    given = json.dumps(build.notebook(build.code("a", "1"), build.answer("b", "2"))).encode()
    assert list(marks("x.ipynb", given)) == ["a", "b"] and list(marks("x.csv", given)) == [""]


def test_a_release_that_cannot_be_read_is_named_and_stops_no_other(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(root: Path, name: str, files: object) -> dict[str, list[str]]:
        if name == "numbers":
            raise PermissionError(13, "Permission denied", str(root / FILE))
        return {}

    build.course(course, name="letters")
    monkeypatch.setattr("grader.grading.many.edits", locked)
    done = release(course)
    assert done.returncode == 2 and f"{FILE}: cannot be read or written (Permission denied)" in done.stderr
    assert (course / "release/letters/letters.ipynb").is_file()
