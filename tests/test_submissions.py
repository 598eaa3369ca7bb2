"""What is read of a hand-in that lies in `submitted/`."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

import build
from grader.course.settings import open_course
from grader.course.submissions import read_submission
from grader.models import GraderError, Submission

BOOK = json.dumps(build.notebook(build.code("a", "1")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build.course(tmp_path / "course")


def read(folder: Path, *asked: str, **files: str | bytes) -> Submission:
    for name, content in files.items():
        build.write(folder / "submitted/ada/numbers" / name, content)
    return read_submission(open_course(folder), "ada", "numbers", asked or ("numbers",))


@pytest.mark.parametrize(
    "name", ["numbers.ipynb.txt", "numbers.ipynb.json", "NUMBERS.IPYNB", "numbers.json", "numbers"]
)
def test_a_notebook_that_a_browser_renamed_is_taken_and_named(folder: Path, name: str) -> None:
    found = read(folder, **{name: BOOK})
    assert found.notebooks == {"numbers": BOOK.encode()}
    assert [one.where for one in found.findings] == [name]


def test_a_file_of_the_notebooks_name_that_is_none_stays_a_file(folder: Path) -> None:
    found = read(folder, **{"numbers.json": "[1, 2]"})
    assert (found.notebooks, list(found.files)) == ({}, ["numbers.json"])


def test_a_notebook_in_a_folder_is_taken_with_what_lies_beside_it(folder: Path) -> None:
    found = read(folder, **{"my work/numbers.ipynb": BOOK, "my work/data/a.csv": "1", "readme.txt": "2"})
    assert found.notebooks == {"numbers": BOOK.encode()}
    assert set(found.files) == {"data/a.csv", "readme.txt"}


def test_a_notebook_at_the_top_wins_over_one_in_a_folder(folder: Path) -> None:
    found = read(folder, **{"old/numbers.ipynb": "{}", "numbers.ipynb": BOOK})
    assert found.notebooks == {"numbers": BOOK.encode()}


def test_what_lies_above_gives_way_to_what_lies_beside_the_notebook(folder: Path) -> None:
    files = {"work/numbers.ipynb": BOOK, "work/data/a.csv": "1", "data": "2", "work/b": "3", "b/c.csv": "4"}
    found = read(folder, **files)
    assert found.files == {"data/a.csv": b"1", "b": b"3"}
    assert {one.where for one in found.findings} == {"data", "b/c.csv"}


def test_a_stamp_is_read_before_all_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.course.submissions.MOST_FILES", 2)
    files = {"a.txt": "1", "numbers.ipynb": BOOK, "timestamp.txt": "2026-10-01 12:00:00 UTC"}
    assert read(folder, **files).handed_in == datetime(2026, 10, 1, 12, tzinfo=UTC)


def test_folders_without_end_are_read_to_a_depth(folder: Path) -> None:
    import os

    build.write(folder / "submitted/ada/numbers/numbers.ipynb", BOOK)
    place = os.open(folder / "submitted/ada/numbers", os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=place)
        place, above = os.open("d", os.O_RDONLY, dir_fd=place), place
        os.close(above)
    os.close(place)
    assert read(folder).notebooks == {"numbers": BOOK.encode()}
    assert build.run("collect", folder / "submitted", "--course", folder).returncode == 0
    subprocess.run(["rm", "-rf", folder / "submitted/ada"], check=True)


def test_cells_tell_which_notebook_a_file_is_where_its_name_does_not(folder: Path) -> None:
    for name in ("one", "two"):
        build.write(folder / f"source/numbers/{name}.ipynb", build.notebook(build.answer(f"in-{name}", "x = 1")))
    mine = {name: json.dumps(build.notebook(build.answer(f"in-{name}", "x = 2"))) for name in ("one", "two")}
    found = read(folder, "one", "two", **{"first part.ipynb": mine["one"], "Untitled.ipynb": mine["two"]})
    assert found.notebooks == {name: text.encode() for name, text in mine.items()}
    assert {one.where for one in found.findings} == {"first part.ipynb", "Untitled.ipynb"}


@pytest.mark.parametrize("stamp", ["yesterday", "", "9999-12-31 23:59:59 -23:59", "2026-10-01 12:00:00 CST"])
def test_a_stamp_that_cannot_be_read_is_a_finding(folder: Path, stamp: str) -> None:
    found = read(folder, **{"numbers.ipynb": BOOK, "timestamp.txt": stamp})
    assert found.handed_in is None
    assert [one.where for one in found.findings] == ["timestamp.txt"]
    assert "no time" in found.findings[0].what


@pytest.mark.parametrize("folder_of_it", [True, False])
def test_a_stamp_that_is_no_file_is_a_finding(folder: Path, folder_of_it: bool) -> None:
    place = build.write(folder / "submitted/ada/numbers/numbers.ipynb", BOOK).with_name("timestamp.txt")
    place.mkdir() if folder_of_it else place.symlink_to("numbers.ipynb")
    found = read(folder)
    assert found.handed_in is None
    assert [one.where for one in found.findings] == ["timestamp.txt"]


@pytest.mark.parametrize(
    ("setting", "config"),
    [('timezone = "Asia/Shanghai"\n', ""), ("", 'c = get_config()\nc.Exchange.timezone = "Asia/Shanghai"\n')],
)
def test_a_stamp_without_a_zone_is_of_the_courses(folder: Path, setting: str, config: str) -> None:
    build.write(folder / "pyproject.toml", f"[tool.grader]\n{setting}")
    build.write(folder / "nbgrader_config.py", config)
    found = read(folder, **{"numbers.ipynb": BOOK, "timestamp.txt": "2026-10-01 20:00:00"})
    assert found.handed_in == datetime(2026, 10, 1, 12, tzinfo=UTC)


def test_what_is_due_without_a_zone_is_due_in_the_courses(folder: Path) -> None:
    build.write(
        folder / "pyproject.toml", '[tool.grader]\ntimezone = "Asia/Shanghai"\ndue.numbers = 2026-10-01T20:00:00\n'
    )
    assert open_course(folder).due["numbers"] == datetime(2026, 10, 1, 12, tzinfo=UTC)


def test_what_is_due_in_no_year_of_a_course_is_an_error(folder: Path) -> None:
    build.write(folder / "pyproject.toml", "[tool.grader]\ndue.numbers = 9999-12-31T23:00:00-12:00\n")
    with pytest.raises(GraderError, match=r"due\.numbers"):
        open_course(folder)


def test_a_zone_that_is_none_is_an_error(folder: Path) -> None:
    build.write(folder / "pyproject.toml", '[tool.grader]\ntimezone = "Europe/Nowhere"\n')
    with pytest.raises(GraderError, match="no time zone"):
        open_course(folder)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_stamp_as_windows_writes_it_is_read(folder: Path, encoding: str) -> None:
    found = read(folder, **{"numbers.ipynb": BOOK, "timestamp.txt": "2026-10-01 12:00:00 UTC\r\n".encode(encoding)})
    assert found.handed_in == datetime(2026, 10, 1, 12, tzinfo=UTC)


def test_late_by_a_platforms_own_mark_is_said(folder: Path) -> None:
    found = read(folder, **{"numbers.ipynb": BOOK, ".late": "Canvas"})
    assert found.handed_in is None
    assert "late by the platform's own mark" in found.findings[0].what
