"""Files of a student's that are called as files of the assignment are: whose lies beside the notebook, and who is told."""

from pathlib import Path
from typing import Any

import pytest

import build
from build import answer, solved, test
from grader.course.release import read_assignment
from grader.course.settings import open_course
from grader.grading.one import _replaced, _theirs
from grader.models import Assignment, Submission


def found(mine: bytes, given: bytes = b"1\n2\n", **about: Any) -> list[str]:
    submission = Submission("ada", "hw", {}, {"data/measured.csv": mine, "own.csv": b"3"})
    files = {"data/measured.csv": given, "more.csv": b"4"}
    return [finding.where for finding in _replaced(submission, Assignment("hw", (), files, **about))]


def test_a_file_in_whose_place_the_instructor_s_lay_is_named() -> None:
    assert found(b"1\n5\n") == ["data/measured.csv"]


@pytest.mark.parametrize("mine", [b"1\n2\n", b"1\r\n2\r\n"])
def test_a_file_that_is_as_it_came_is_no_matter(mine: bytes) -> None:
    assert found(mine) == []


def test_a_file_that_students_may_replace_is_no_matter() -> None:
    assert found(b"5", theirs=frozenset({"data/measured.csv"})) == []


def test_nbgrader_s_setting_lets_students_replace_a_file(tmp_path: Path) -> None:
    build.course(tmp_path, answer("double", solved("return 2 * x")), test("seen", "assert double(2) == 4"))
    build.write(
        tmp_path / "nbgrader_config.py", 'c = get_config()\nc.Autograde.exclude_overwriting = {"numbers": ["m.csv"]}\n'
    )
    build.write(tmp_path / "source/numbers/m.csv", "1")
    assignment = read_assignment(open_course(tmp_path), "numbers")
    mine = Submission("ada", "numbers", {}, {"m.csv": b"2", "other.csv": b"3"})
    assert _theirs(mine, assignment) == {"m.csv": b"2"}
    assert _replaced(mine, assignment) == []


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What a notebook showed that reads a file which the student has changed, and what was found."""
    folder = build.course(
        tmp_path_factory.mktemp("replaced"),
        answer("double", solved("return 2 * x")),
        test("seen", "assert double(2) == 4"),
    )
    build.write(folder / "source/numbers/m.csv", "from the course")
    build.hand_in(folder, "ada", "from the student", file="m.csv")
    given = build.released(folder)
    build.hand_in(folder, "ada", build.filled(given, double=f"{build.RIGHT['double']}\nprint(open('m.csv').read())"))
    build.run("grade", "--course", folder)
    return (folder / "autograded/ada/numbers/numbers.ipynb").read_text("utf-8"), build.results(folder)["ada", "numbers"]


def test_the_instructor_s_file_lies_beside_the_notebook_and_the_student_is_told(
    ran: tuple[str, dict[str, Any]],
) -> None:
    shown, row = ran
    assert "from the course" in shown
    assert [finding["where"] for finding in row["findings"]] == ["m.csv"]


PILE = "class Pile:\n    def top(self):\n        return {}\n"


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What is said of an assignment in which students hand in a module, and the points of three of them."""
    uses = answer("pile", "from pile import Pile\n### BEGIN SOLUTION\npile = Pile()\n### END SOLUTION")
    tests = test("imports", "from pile import Pile\nassert Pile().top() == 1"), test("uses", "assert pile.top() == 1")
    folder = build.course(tmp_path_factory.mktemp("theirs"), uses, *tests)
    config = 'c = get_config()\nc.Autograde.exclude_overwriting = {"numbers": ["pile.py"]}\n'
    build.write(folder / "nbgrader_config.py", config)
    build.write(folder / "source/numbers/pile.py", PILE.format("None  # yours"))
    given = build.released(folder)
    for student, returns in {"right": "1", "wrong": "2"}.items():
        build.hand_in(folder, student, PILE.format(returns), file="pile.py")
        build.hand_in(folder, student, build.filled(given, pile="from pile import Pile\npile = Pile()"))
    said = build.run("grade", "--course", folder).stdout
    return said, {name: build.by_cell(row) for (name, _), row in build.results(folder).items()}


def test_a_file_that_students_hand_in_is_what_tests_see(handed_in: tuple[str, dict[str, Any]]) -> None:
    points = {name: [cells[id]["points"] for id in ("imports", "uses")] for name, cells in handed_in[1].items()}
    assert points == {"right": [1, 1], "wrong": [0, 0]}


def test_tests_of_what_students_hand_in_wait_for_nobody(handed_in: tuple[str, dict[str, Any]]) -> None:
    assert "2 tests run beside the answers" in handed_in[0] and "waits" not in handed_in[0]
