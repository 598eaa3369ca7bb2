"""The command line as its users meet it: help, exit codes, messages of two lines, files that others read."""

import csv
import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

import build
from build import RIGHT, filled, hand_in, run

COMMANDS = "release verify collect grade results feedback report export check demo start reset pack".split()


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build.course(tmp_path_factory.mktemp("commands"))
    given = build.released(folder)
    hand_in(folder, "ada", filled(given, **RIGHT))
    hand_in(folder, "bob", given)
    hand_in(folder, "cut", "{")
    assert run("grade", "--course", folder).returncode == 0
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade", "nubmers"], "did you mean numbers?"),
        (["grade", "--student", "../../x"], "not a student's id"),
        (["grade", "--student", "zoe"], "nothing handed in by that student"),
        (["results", "ps9"], "no such assignment"),
        (["export", "--to", "excel"], "no such format"),
        (["export", "--per", "class"], "use one of submission, exercise, cell"),
        (["check", "nothing.ipynb"], "no such file"),
        (["collect", "nothing.zip"], "no such file"),
    ],
)  # fmt: skip
def test_a_mistake_of_the_caller_is_two_lines_and_exit_code_2(graded: Path, arguments: list[str], words: str) -> None:
    done = run(*arguments, folder=graded)
    assert done.returncode == 2
    assert words in done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 2 and lines[0].startswith("grader: ") and lines[1].startswith("  fix: ")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("speling = 1\n", "unknown setting 'speling'"),
        ("hints = 3\n", "give it a bool"),
        ("[tool.grader.limits]\ncell_second = 3\n", "unknown setting 'cell_second'"),
        ("[tool.grader.limits]\ncell_seconds = -3\n", "give it a positive number"),
        ("[tool.grader.due]\nnumbers = 'soon'\n", "give it a date and time"),
        ("nonsense\n", "not readable as TOML"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_an_error_that_says_what_may_stand_there(tmp_path: Path, settings: str, words: str) -> None:
    done = run("grade", "--course", build.course(tmp_path, settings=settings))
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_outside_a_course_the_way_in_is_told(tmp_path: Path) -> None:
    done = run("grade", folder=tmp_path)
    assert done.returncode == 2
    assert "no course here" in done.stderr


def test_a_source_that_is_no_notebook_is_one_clear_message(tmp_path: Path) -> None:
    folder = build.course(tmp_path)
    build.write(folder / "source/numbers/numbers.ipynb", "{")
    done = run("release", "--course", folder)
    assert done.returncode == 2
    assert "not a notebook" in done.stderr


def test_an_empty_class_is_graded_in_no_time(tmp_path: Path) -> None:
    done = run("grade", "--course", build.course(tmp_path))
    assert (done.returncode, done.stdout) == (0, "0 graded, 0 unchanged\n")
    assert json.loads(run("results", "--json", "--course", tmp_path).stdout) == []


def test_strays_in_submitted_are_named(tmp_path: Path) -> None:
    folder = build.course(tmp_path)
    hand_in(folder, "ada", filled(build.released(folder), **RIGHT))
    build.write(folder / "submitted/note.txt", "hello")
    hand_in(folder, "ada", "{}", name="nubmers")
    done = run("grade", "--course", folder)
    assert "submitted/note.txt: not a student's folder" in done.stdout
    assert "submitted/ada/nubmers: not an assignment of this course" in done.stdout


def test_json_has_the_documented_keys(graded: Path) -> None:
    page = (build.ROOT / "docs/results.md").read_text("utf-8")
    example = json.loads(re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0])
    row = build.results(graded)["cut", "numbers"]
    assert list(row) == list(example)
    assert [list(row[part][0]) for part in ("cells", "findings")] == [
        list(example[part][0]) for part in ("cells", "findings")
    ]


def test_the_table_shows_every_submission(graded: Path) -> None:
    shown = run("results", "--course", graded).stdout
    assert "4 of 7" in shown and "0 of 7" in shown


def test_the_csv_is_quoted_and_holds_no_formula(graded: Path) -> None:
    lines = run("export", "--to", "csv", "--course", graded).stdout.splitlines()
    assert all(field.startswith('"') and field.endswith('"') for line in lines for field in line.split(","))
    assert [row["points"] for row in csv.DictReader(io.StringIO("\n".join(lines)))] == ["4", "0", "0"]


def test_the_csv_may_have_a_line_for_each_exercise(graded: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("export", "--per", "exercise", "--course", graded).stdout)))
    ada = {row["exercise"]: (row["points"], row["maximum"], row["status"]) for row in rows if row["student"] == "ada"}
    assert ada == {"double": ("3", "3", "passed"), "triple": ("1", "1", "passed"), "why": ("0", "3", "unanswered")}


def test_the_csv_may_have_a_line_for_each_cell(graded: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("export", "--per", "cell", "--course", graded).stdout)))
    assert [row["cell"] for row in rows if row["student"] == "ada"] == [
        "double-visible",
        "double-hidden",
        "triple-visible",
        "why",
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_a_field_that_a_spreadsheet_would_run_is_made_harmless(name: str) -> None:
    from grader.pages.render import without_formula

    assert without_formula(name) == f"'{name}"


def test_the_report_escapes_what_students_wrote(graded: Path) -> None:
    from grader.models import Ending, Finding, Result
    from grader.pages.render import class_page

    page = class_page([Result("<script>", "numbers", Ending.UNREADABLE, (), (Finding("x", "<b>"),))], "t")
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_report_and_feedback_are_written_where_they_say(graded: Path) -> None:
    assert run("report", "--course", graded).stdout == "report/index.html\n"
    assert "ada" in (graded / "report/index.html").read_text("utf-8")
    assert run("feedback", "--course", graded).stdout == "3 pages in feedback/\n"
    assert (graded / "feedback/ada/numbers/numbers.html").is_file()


def test_a_student_checks_a_notebook_without_a_course(graded: Path, tmp_path: Path) -> None:
    path = build.write(tmp_path / "numbers.ipynb", filled(build.released(graded), double=RIGHT["double"]))
    done = run("check", path, folder=tmp_path)
    assert done.returncode == 1
    assert "✓ double (double-visible)" in done.stdout
    assert "✗ triple (triple-visible)" in done.stdout
    assert "1 of 2 visible tests pass" in done.stdout
    build.write(path, filled(build.released(graded), **RIGHT))
    assert run("check", path, folder=tmp_path).returncode == 0


def test_the_doctor_needs_no_course(tmp_path: Path) -> None:
    done = run("doctor", folder=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "read the course" in done.stdout and str(tmp_path) not in done.stdout


def test_the_kernel_is_installed_without_a_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "here"))
    spec = Path(run("kernel", "install", folder=tmp_path).stdout.strip(), "kernel.json")
    kernel = json.loads(spec.read_text("utf-8"))["metadata"]["kernel_provisioner"]
    assert kernel["config"]["preload"] == ["numpy", "torch", "matplotlib.pyplot"]


@pytest.mark.parametrize("command", [["doctor"], ["kernel", "install"]])
def test_a_folder_that_is_named_must_be_a_course(command: list[str], tmp_path: Path) -> None:
    done = run(*command, "--course", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no course there" in done.stderr


@pytest.mark.parametrize("command", ["release", "verify", "grade", "results", "feedback", "report"])
def test_a_file_that_the_machine_does_not_let_us_read_is_named(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.read_text

    def failing(file: Path, *given: Any, **more: Any) -> str:
        if file.name == "pyproject.toml":
            raise OSError(5, "Input/output error", str(file))
        return real(file, *given, **more)

    folder = build.course(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", failing)
        done = run(command, "--course", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"grader: {folder}/pyproject.toml: cannot be read or written (Input/output error)\n"
        "  fix: see to it, then run the same command again; it goes on from here\n"
    )


def test_a_source_that_cannot_be_read_stops_its_own_assignment_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        build.course(tmp_path, name=name)
    real = Path.read_bytes

    def failing(file: Path) -> bytes:
        if file.name == "one.ipynb":
            raise OSError(5, "Input/output error", str(file))
        return real(file)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", failing)
        done = run("release", "--course", tmp_path)
    assert (done.returncode, done.stdout) == (2, "release/two/two.ipynb\n")
    assert done.stderr.startswith("grader: source/one/one.ipynb: cannot be read (Input/output error)")


@pytest.mark.parametrize(
    ("left", "fix"), [(b"garbage" * 1000, "another file"), (b"", "damaged")], ids=["other", "half"]
)
def test_a_gradebook_that_is_damaged_is_two_lines_that_say_so(left: bytes, fix: str, tmp_path: Path) -> None:
    folder = build.course(tmp_path)
    assert run("release", "--course", folder).returncode == 0
    path = folder / "gradebook.db"
    path.write_bytes(left or path.read_bytes()[: path.stat().st_size // 2])
    done = run("results", "--course", folder)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 2)
    assert "put a copy of" in done.stderr and fix in done.stderr
