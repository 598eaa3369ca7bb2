"""What students and instructors read on their pages."""

import errno
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import build
from build import RIGHT, answer, essay, filled, hand_in, run, solved, test, text
from grader.models import CellScore, Ending, Finding, GraderError, Notebook, Result, Status, Template, TemplateCell
from grader.pages.render import feedback_page
from grader.pages.write import write
from test_gradebook import by_hand

TASK = text("plan", "Plan your work, in cells below.", task=True, points=4, locked=True)


def commented(folder: Path, cell: str, said: str) -> None:
    """Write a comment on a cell as formgrader does."""
    from nbgrader.api import Gradebook as Book

    from grader.course.settings import open_course

    with Book(open_course(folder).gradebook) as book:
        book.find_comment(cell, "numbers", "numbers", "ada").manual_comment = said
        book.db.commit()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The feedback on a notebook with a task, an essay and an exercise, each with a comment of a person's."""
    folder = build.course(
        tmp_path_factory.mktemp("pages"),
        answer("double", solved("return 2 * x")),
        test("seen", "assert double(2) == 4"),
        TASK,
        text("given", "Below stands the last exercise."),
        essay("why", "YOUR ANSWER HERE"),
    )
    made = filled(build.released(folder), double=RIGHT["double"], why="Since it is linear.")
    made["cells"][3:3] = [text("mine", "First I think."), build.code("more", "steps = ['think']")]
    hand_in(folder, "ada", made)
    run("grade", "--course", folder)
    for cell in ("double", "plan", "why"):
        commented(folder, cell, f"well done, {cell}")
    by_hand(folder, "plan", 3.5)
    assert run("feedback", "--course", folder).returncode == 0
    return (folder / "feedback/ada/numbers/numbers.html").read_text("utf-8")


@pytest.mark.parametrize("cell", ["double", "plan", "why"])
def test_a_comment_on_a_cell_is_on_the_page(page: str, cell: str) -> None:
    assert page.count(f"well done, {cell}") == 1


def test_a_task_is_an_exercise_of_its_own(page: str) -> None:
    assert "<h3>plan · 3.5 of 4</h3>" in page


@pytest.mark.parametrize("words", ["First I think.", "steps", "Since it is linear."])
def test_the_answer_to_a_task_is_on_the_page(page: str, words: str) -> None:
    assert words in page


def test_what_the_assignment_gives_is_no_answer(page: str) -> None:
    assert "Below stands" not in page and "Plan your work" not in page


@pytest.mark.parametrize("name", ["class", "feedback"])
def test_all_of_a_page_lies_in_its_main_landmark(name: str) -> None:
    """As screen readers jump there, and axe-core asks for."""
    template = (build.ROOT / "grader" / "pages" / "templates" / f"{name}.html.j2").read_text("utf-8")
    assert template.split("<body>")[1].startswith("\n<main>\n<h1>") and template.endswith("\n</main>\n</body></html>\n")


def test_what_nbgrader_graded_gets_a_page(tmp_path: Path) -> None:
    folder = build.course(tmp_path, answer("double", solved("return 2 * x")), test("seen", "assert double(2) == 4"))
    from test_nbgrader import nbgrader

    nbgrader("generate_assignment", "numbers", folder=folder)
    shutil.copytree(folder / "release", folder / "submitted/ada")
    path = folder / "submitted/ada/numbers/numbers.ipynb"
    hand_in(folder, "ada", filled(json.loads(path.read_text("utf-8")), **RIGHT))
    nbgrader("autograde", "numbers", folder=folder)
    done = run("feedback", "--course", folder)
    assert (done.returncode, done.stdout) == (0, "1 pages in feedback/\n")
    made = (folder / "feedback/ada/numbers/numbers.html").read_text("utf-8")
    assert "<h3>double · 1 of 1</h3>" in made and "Your answer" in made


# Values in, text out ──────────────────────────────────────────────────────────────────────────────

ANSWER = TemplateCell("a", True, "", "# TODO", managed=True, solution=True, exercise="share")
TEST = TemplateCell("t", True, "share()", "share()", managed=True, grade=True, points=1.0, exercise="share")
TEMPLATE = Template("hw", "one", (ANSWER, TEST))


def shown(notebook: Notebook | None = None, *more: CellScore, **about: Any) -> str:
    scores = (CellScore("t", "t", 1.0, 1.0, Status.PASSED, "", "one"), *more)
    result = Result("ada", "hw", Ending.FINISHED, scores, **about)
    return feedback_page(result, [TEMPLATE], {"one": notebook} if notebook else {})


def answered(source: Any) -> Notebook:
    return {"cells": [{"cell_type": "code", "source": source, "metadata": {"nbgrader": {"grade_id": "a"}}}]}


def test_points_of_a_notebook_that_is_gone_from_the_source_are_on_the_page() -> None:
    made = shown(None, CellScore("old", "gone", 2.0, 3.0, Status.PARTIAL, "", "two"))
    assert "<h3>gone · 2 of 3</h3>" in made and "3 of 4" in made


def test_a_cell_known_by_its_id_alone_stands_under_its_exercise() -> None:
    assert "<h3>share · 1 of 1</h3>" in shown()


@pytest.mark.parametrize("source", ["x = <b>", ["x = ", "<b>"], "<b>" + "x" * 100_000])
def test_an_answer_is_shown_as_text_whatever_its_form_and_length(source: Any) -> None:
    made = shown(answered(source))
    assert "<b>" not in made.split("Your answer")[1] and "&lt;" in made


def test_of_very_many_answers_the_first_are_coloured() -> None:
    many = {"cells": answered("def f(): ...\n" * 1_000)["cells"] * 30}
    made = shown(many).split("Your answer")[1]
    assert 10 < made.count('<div class="highlight"') < 20 and made.count("<pre>def f(): ...") > 10


def test_a_finding_without_a_way_out_ends_there() -> None:
    assert "<b>here</b>: this." in shown(findings=(Finding("here", "this"),))


@pytest.mark.parametrize("content", ["{", "[]", '{"cells": 3}'])
def test_a_damaged_file_in_autograded_costs_the_answers_alone(tmp_path: Path, content: str) -> None:
    from grader.course.settings import open_course
    from grader.gradebook.autograded import read

    build.write(build.course(tmp_path) / "autograded/ada/numbers/numbers.ipynb", content)
    assert read(open_course(tmp_path), "ada", "numbers") == {}


# Written whole, or not at all ─────────────────────────────────────────────────────────────────────


def test_a_page_for_which_there_is_no_room_leaves_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report/index.html"
    write(path, "earlier")

    def full(self: Path, text: str, encoding: str) -> None:
        self.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(
        GraderError, match=r"index.html: cannot be written \(No space left on device\)\n  fix: make room"
    ):
        write(path, "new")
    assert [(one.name, one.read_bytes()) for one in path.parent.iterdir()] == [("index.html", b"earlier")]


def test_what_is_no_file_is_written_in_place(tmp_path: Path) -> None:
    (tmp_path / "marks.csv").symlink_to(build.write(tmp_path / "real.csv", "old"))
    write(tmp_path / "marks.csv", "new")
    assert (tmp_path / "marks.csv").is_symlink() and (tmp_path / "real.csv").read_text() == "new"


def test_a_disk_without_room_is_two_lines_whatever_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "release/numbers/numbers.ipynb")

    monkeypatch.setattr("grader.grading.many.write_release", full)
    done = run("release", "--course", build.course(tmp_path))
    assert done.returncode == 2
    assert (
        done.stderr.splitlines()[0]
        == "grader: release/numbers/numbers.ipynb: cannot be written (No space left on device)"
    )
