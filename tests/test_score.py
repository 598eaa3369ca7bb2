"""What a test cell earns by what it shows, and what the student reads of an error: values in, values out."""

from pathlib import Path
from typing import Any

import pytest

import build
from build import answer, by_cell, filled, hand_in, solved, test
from grader.models import CellScore, Notebook, Status, Template, TemplateCell
from grader.notebook.score import broken_apart, remarks, score, value_of
from grader.notebook.tracebacks import without_ours

TEST = TemplateCell("t", True, "share()", "share()", managed=True, grade=True, points=2.0, exercise="share")
ANSWER = TemplateCell(
    "a", True, "", "# TODO", managed=True, solution=True, exercise="share", defines=("share", "helper")
)


def result(shown: str) -> dict[str, Any]:
    return {"output_type": "execute_result", "data": {"text/plain": shown}, "metadata": {}, "execution_count": 1}


def error(name: str, said: str, *frames: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": said, "traceback": list(frames)}


def cell(id: str, source: str, *outputs: dict[str, Any], known: bool = True) -> dict[str, Any]:
    about = {"nbgrader": {"grade_id": id}} if known else {}
    return {"id": id, "cell_type": "code", "source": source, "outputs": list(outputs), "metadata": about}


def notebook(*cells: dict[str, Any]) -> Notebook:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def scored(*outputs: dict[str, Any], test: TemplateCell = TEST, answered: list[Any] | None = None) -> CellScore:
    above = answered if answered is not None else [cell("a", "def share(): ...")]
    made = notebook(*above, cell("t", test.source, *outputs))
    (found,) = score(made, Template("hw", "nb", (ANSWER, test)))
    return found


@pytest.mark.parametrize(
    ("shown", "points"),
    {
        "0.5": 0.5, "1": 1.0, "0": 0.0, "2.0": 2.0, "5": 2.0, "-1": 2.0, "np.float64(0.5)": 0.5, "np.float32(0.25)": 0.25, "np.int64(1)": 1.0,
        "tensor(0.5000)": 0.5, "tensor(1.)": 1.0, "tensor(0.5000, dtype=torch.float64, grad_fn=<MeanBackward0>)": 0.5,
        "array(0.5)": 0.5, "array(0.5, dtype=float32)": 0.5, "Array(0.5, dtype=float32, weak_type=True)": 0.5,
        "<tf.Tensor: shape=(), dtype=float32, numpy=0.5>": 0.5, "Fraction(1, 2)": 0.5, "Decimal('0.5')": 0.5,
        "True": 2.0, "False": 0.0, "np.True_": 2.0, "np.False_": 0.0, "tensor(False)": 0.0,
    }.items(),
)  # fmt: skip
def test_a_test_earns_what_the_number_says_whosever_type_it_is(shown: str, points: float) -> None:
    assert scored(result(shown)).points == points


@pytest.mark.parametrize(
    "shown",
    ["'0.5'", "'all good'", "[0.5]", "array([0.5])", "tensor([0.5, 1.0])", "Text(0.5, 1.0, 'Title')", "nan", "inf",
     "np.float64(nan)", "(1+0j)", "<__main__.Grade object at 0x7f>", "Fraction(1, 0)", "Fraction(1" + "0" * 400 + ", 1)", "x" * 10_000],
)  # fmt: skip
def test_what_is_no_number_of_points_waits_for_a_person(shown: str) -> None:
    found = scored(result(shown))
    assert (found.points, found.status) == (None, Status.WAITING)
    assert "no number of points" in found.message


def test_a_test_that_could_not_be_asked_waits_for_a_person() -> None:
    error = {"output_type": "error", "ename": "Undecided", "evalue": "a lock cannot be given", "traceback": []}
    assert (scored(error).points, scored(error).status) == (None, Status.WAITING)


@pytest.mark.parametrize("outputs", [[], [{"output_type": "stream", "name": "stdout", "text": "0.5"}]])
def test_a_test_that_shows_no_value_earns_all(outputs: list[Any]) -> None:
    assert scored(*outputs).points == 2.0


def test_a_value_shown_in_the_middle_is_no_result() -> None:
    shows = TemplateCell("t", True, "f()\nx = 1", "", managed=True, grade=True, points=2.0, exercise="share")
    assert scored(result("0.5"), test=shows).points == 2.0


def told(shown: str, points: float = 2.0) -> list[str]:
    one = TemplateCell("t", True, "share()", "", managed=True, grade=True, points=points)
    return [finding.what for finding in remarks(notebook(cell("t", "", result(shown))), Template("hw", "nb", (one,)))]


def test_more_points_than_there_are_are_told() -> None:
    assert told("np.float64(2.5)") == ["its test came to 2.5 of 2 points; no more were given"]


def test_points_below_zero_are_told() -> None:
    assert told("-1") == ["its test came to -1 points, below zero; all 2 were given"]


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("PermissionError", "[Errno 13] Permission denied", ["it asks for what is not there"]),
        ("URLError", "<urlopen error [Errno 1] Operation not permitted>", ["it asks for what is not there"]),
        ("ValueError", "no", []),
    ],
)
def test_a_cell_that_confinement_ended_is_told(name: str, said: str, words: list[str]) -> None:
    error = {"output_type": "error", "ename": name, "evalue": said, "traceback": []}
    found = remarks(notebook(cell("t", "", error)), Template("hw", "nb", ()))
    assert [finding.what[: len(word)] for finding, word in zip(found, words, strict=True)] == words


@pytest.mark.parametrize(("shown", "points"), [("2", 2.0), ("'x'", 2.0), ("True", 0.5), ("7", 0.0)])
def test_of_other_values_nothing_is_told(shown: str, points: float) -> None:
    assert told(shown, points) == []


@pytest.mark.parametrize("shown", [None, "0", "0.5", "1", "2", "2.0", "True", "-1"])
def test_what_honest_tests_show_earns_what_nbgrader_gives(shown: str | None) -> None:
    from nbformat.v4 import new_code_cell, new_output
    from nbgrader.utils import determine_grade

    outputs = [new_output("execute_result", {"text/plain": shown})] if shown else []
    theirs = new_code_cell("share()", outputs=outputs)
    theirs.metadata.nbgrader = {"grade": True, "solution": False, "points": 2, "grade_id": "t"}
    ours = scored(*([result(shown)] if shown else []))
    assert (ours.points, ours.maximum) == determine_grade(theirs)


def test_text_that_looks_like_a_number_of_some_other_type_stays_text() -> None:
    assert value_of("Text(0.5, 1.0)") == "Text(0.5, 1.0)"


def test_a_test_without_points_that_fails_has_failed() -> None:
    free = TemplateCell("t", True, "share()", "", managed=True, grade=True, points=0.0, exercise="share")
    assert scored(error("ValueError", "no"), test=free).status is Status.FAILED
    assert scored(test=free).status is Status.PASSED


# What the student reads ───────────────────────────────────────────────────────────────────────────

NO_SHARE = error("NameError", "name 'share' is not defined")
LOST = error(
    "FileNotFoundError",
    "[Errno 2] No such file or directory: '/content/x.csv'",
    "-----",
    "\x1b[36mCell\x1b[39m\x1b[32m In[2]\x1b[39m\x1b[32m, line 3\x1b[39m\n----> 3 open(p)",
)


def why(*above: dict[str, Any], said: dict[str, Any] = NO_SHARE, test: TemplateCell = TEST) -> list[str]:
    return scored(said, answered=[*above], test=test).message.splitlines()


def test_a_name_that_is_missing_is_explained_by_the_error_of_its_cell_and_the_line() -> None:
    assert why(cell("a", "x\ny\nopen(p)\ndef share(): ...", LOST)) == [
        "share is not defined: its cell ended in line 3 with "
        "FileNotFoundError: [Errno 2] No such file or directory: '/content/x.csv'",
        "  hint: a path of another machine is not there when this is graded; name files beside the notebook",
    ]


def test_a_syntax_error_is_told_with_its_line_once() -> None:
    typo = error("SyntaxError", "invalid character '“' (U+201C) (771589460.py, line 2)")
    assert why(cell("a", "def share():\n    return “2”", typo)) == [
        "share is not defined: its cell ended in line 2 with SyntaxError: invalid character '“' (U+201C)"
    ]


@pytest.mark.parametrize("called", ["SyntaxError", "_IncompleteInputError"])  # from Python 3.13 on
def test_a_cell_that_never_ends_has_a_syntax_error_and_python_says_which(called: str) -> None:
    typo = error(called, "incomplete input (771589460.py, line 2)")
    assert why(cell("a", "def share():\n    return (2", typo)) == [
        "share is not defined: its cell ended in line 2 with SyntaxError: '(' was never closed"
    ]


def test_a_cell_of_the_students_own_that_never_ends_has_a_syntax_error_too() -> None:
    typo = error("_IncompleteInputError", "incomplete input (771589460.py, line 1)")
    (found,) = broken_apart(notebook(cell("x", "print((1", typo, known=False)), Template("hw", "nb", (ANSWER, TEST)))
    assert found.what == "a cell of your own ended in line 1 with SyntaxError (print((1)"


def test_a_module_that_is_not_there_is_told() -> None:
    lines = why(cell("a", "import x\ndef share(): ...", error("ModuleNotFoundError", "No module named 'x'")))
    assert lines == [
        "share is not defined: its cell ended with ModuleNotFoundError: No module named 'x'",
        "  hint: that module is not installed where this is graded; use what the assignment uses",
    ]


def test_a_cell_that_the_grader_stopped_is_told_in_the_grader_s_words() -> None:
    assert why(cell("a", "while True: pass", error("TimedOut", "took longer than 2 seconds"))) == [
        "share is not defined: its cell ended: took longer than 2 seconds"
    ]


def test_a_magic_that_is_not_there_is_told() -> None:
    told = {"output_type": "stream", "name": "stderr", "text": "UsageError: Line magic function `%wat` not found.\n"}
    assert why(cell("a", "%wat\ndef share(): ...", told)) == [
        "share is not defined: its cell ended with UsageError: Line magic function `%wat` not found."
    ]


def test_a_cell_that_waits_for_somebody_to_type_is_told() -> None:
    asks = error("StdinNotImplementedError", "raw_input was called", "Cell In[1], line 1")
    assert why(cell("a", "input()\ndef share(): ...", asks))[1] == (
        "  hint: nobody types when this is graded; let the cell work without input()"
    )


def test_a_name_of_another_cell_of_the_student_s_is_explained_by_that_cell() -> None:
    own = cell("own", "import nmupy as np", error("ModuleNotFoundError", "No module named 'nmupy'"), known=False)
    lines = why(own, cell("a", "def share(): ..."), said=error("NameError", "name 'np' is not defined"))
    assert lines[0].startswith("np is not defined: a cell above ended with ModuleNotFoundError")


def test_a_hidden_test_tells_the_cause_too_and_nothing_of_its_own() -> None:
    hidden = TemplateCell(
        "t", True, "### BEGIN HIDDEN TESTS\nshare(7)", "", managed=True, grade=True, points=2.0, exercise="share"
    )
    lines = why(cell("a", "def share(): ...", LOST), test=hidden)
    assert lines[0].startswith("share is not defined") and "7" not in lines[0]


@pytest.mark.parametrize(
    "said",
    [error("NameError", "name 'other' is not defined"), error("ValueError", "name 'share' is not defined")],
)
def test_an_error_that_the_cell_does_not_explain_stays_as_it_is(said: dict[str, Any]) -> None:
    assert why(cell("a", "def share(): ...", LOST), said=said) == [f"{said['ename']}: {said['evalue']}"]


def test_a_cell_below_the_test_explains_nothing() -> None:
    made = notebook(cell("a", "def f(): ..."), cell("t", "", NO_SHARE), cell("own", "share", LOST, known=False))
    (found,) = score(made, Template("hw", "nb", (ANSWER, TEST)))
    assert found.message == "NameError: name 'share' is not defined"


def test_the_line_of_the_student_s_that_failed_is_told_where_tests_run_beside_the_answers() -> None:
    frames = ["Cell In[3], line 1\n----> 1 share()", "Cell In[1], line 2, in share()\n      1 x\n----> 2 return 1 / 0"]
    assert scored(error("ZeroDivisionError", "division by zero", *frames)).message == (
        "ZeroDivisionError: division by zero (in line 2 of your cell: return 1 / 0)"
    )


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A test that is hidden and one that is not, failed by a line of the student's, graded apart from the answer."""
    folder = build.course(
        tmp_path_factory.mktemp("lines"),
        answer("double", solved("return 2 * x")),
        test("seen", "assert double(2) == 4"),
        test("unseen", "# more\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS"),
    )
    hand_in(folder, "ada", filled(build.released(folder), double="def double(x):\n    return [x][x]"))
    build.run("grade", "--course", folder)
    return folder, by_cell(build.results(folder)["ada", "numbers"])


def test_the_student_reads_the_line_that_failed(graded: tuple[Path, dict[str, Any]]) -> None:
    assert graded[1]["seen"]["message"] == (
        "IndexError: list index out of range (in line 2 of your cell: return [x][x])"
    )
    assert graded[1]["unseen"]["message"] == "a hidden test does not pass yet"


def test_the_instructor_sees_the_error_of_a_hidden_test_without_frames_of_ours(graded: tuple[Path, Any]) -> None:
    text = (graded[0] / "autograded/ada/numbers/numbers.ipynb").read_text("utf-8")
    assert "standins.py" not in text
    assert text.count("(in line 2 of your cell: return [x][x])") == 2


def test_the_report_tells_the_instructor_the_error_of_a_hidden_test(graded: tuple[Path, Any]) -> None:
    assert build.run("report", "--course", graded[0]).returncode == 0
    page = (graded[0] / "report/index.html").read_text("utf-8")
    assert "IndexError: list index out of range (in line 2 of your cell: return [x][x])" in page
    assert build.run("feedback", "--course", graded[0]).returncode == 0
    assert "hidden: " not in (graded[0] / "feedback/ada/numbers/numbers.html").read_text("utf-8")


def test_of_a_hidden_test_the_instructor_has_the_error_and_the_student_has_not() -> None:
    hidden = TemplateCell("t", True, "### BEGIN HIDDEN TESTS", "", managed=True, grade=True, points=2.0)
    found = scored(error("AssertionError", "7 is not 8"), test=hidden)
    assert (found.message, found.detail) == ("a hidden test does not pass yet", "hidden: AssertionError: 7 is not 8")
    assert scored(error("AssertionError", "7 is not 8")).detail == ""


def test_only_frames_of_the_engine_are_left_out() -> None:
    frames = ["File /x/grader/engine/border/judge.py:5, in f(x)", "File /x/grader/checks/api.py:5, in g(x)"]
    made = without_ours(notebook(cell("t", "", error("E", "x", *frames))))
    assert made["cells"][0]["outputs"][0]["traceback"] == frames[1:]
