"""Collecting from folders and archives, honest and hostile."""

import json
import os
import zipfile
from pathlib import Path

import pytest

import build
from grader.course.collect import Collected, collect
from grader.course.roster import read_roster
from grader.course.settings import open_course
from grader.course.submissions import read_submission
from grader.models import GraderError

BOOK = json.dumps(build.notebook(build.code("a", "1"))).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = build.course(tmp_path / "course")
    build.write(made / "source" / "06_broadcasting" / "06_broadcasting.ipynb", build.notebook(*build.DOUBLE))
    return made


def archive(folder: Path, **files: bytes) -> Path:
    path = folder / "in.zip"
    with zipfile.ZipFile(path, "w") as pack:
        for name, data in files.items():
            pack.writestr(name, data)
    return path


def collected(folder: Path, *names: str, assignment: str | None = None) -> Collected:
    return collect(open_course(folder), archive(folder, **dict.fromkeys(names, BOOK)), assignment)


@pytest.mark.parametrize(
    ("path", "student", "assignment"),
    [
        ("ada/numbers/numbers.ipynb", "ada", "numbers"),
        ("submitted/ada/numbers/numbers.ipynb", "ada", "numbers"),
        ("ada/numbers.ipynb", "ada", "numbers"),
        ("ada/06_broadcasting (1).ipynb", "ada", "06_broadcasting"),
        ("ada/06_Broadcasting-2.ipynb", "ada", "06_broadcasting"),
        ("ada/06_broadcasting - Copy.ipynb", "ada", "06_broadcasting"),
        ("Ada Lovelace_4711_assignsubmission_file_/06_broadcasting.ipynb", "Ada_Lovelace_4711", "06_broadcasting"),
        ("lovelaceada_12345_678_06_broadcasting-1.ipynb", "lovelaceada_12345", "06_broadcasting"),
        ("lovelaceada_LATE_12345_678_06_broadcasting.ipynb", "lovelaceada_12345", "06_broadcasting"),
        ("ada_06_broadcasting.ipynb", "ada", "06_broadcasting"),
        ("ada.lovelace@school.org/numbers.ipynb", "ada.lovelace@school.org", "numbers"),
    ],
)  # fmt: skip
def test_known_layouts_find_student_and_assignment(folder: Path, path: str, student: str, assignment: str) -> None:
    done = collected(folder, path)
    assert done.submissions == ((student, assignment),)
    assert done.findings == ()
    found = read_submission(open_course(folder), student, assignment, [assignment])
    assert found.notebooks == {assignment: BOOK}


@pytest.mark.parametrize(
    "path",
    ["../../ada/numbers.ipynb", "/etc/numbers/numbers.ipynb", "ada/numbers/../../../x.ipynb", "..\\ada\\numbers.ipynb"],
)
def test_a_path_out_of_the_archive_is_a_finding_and_the_others_are_taken(folder: Path, path: str) -> None:
    before = {file for file in folder.parent.rglob("*") if "submitted" not in file.parts}
    done = collected(folder, path, "bob/numbers.ipynb")
    assert done.submissions == (("bob", "numbers"),)
    assert len(done.findings) == 1
    assert {file for file in folder.parent.rglob("*") if "submitted" not in file.parts} - before <= {folder / "in.zip"}


@pytest.mark.parametrize("student", ["- -", "👍"])
def test_a_folder_of_which_no_id_can_be_made_is_a_finding(folder: Path, student: str) -> None:
    done = collected(folder, f"{student}/numbers/numbers.ipynb", "bob/numbers/numbers.ipynb")
    assert done.submissions == (("bob", "numbers"),)
    assert len(done.findings) == 1


@pytest.mark.parametrize("student", ["a\nb", "-rf", "x" * 200, "x.", "a;b", "O'Brien", "प्रिया शर्मा" * 20])
def test_another_folder_becomes_an_id_and_stands_in_the_table(folder: Path, student: str) -> None:
    done = collected(folder, f"{student}/numbers/numbers.ipynb", "bob/numbers/numbers.ipynb")
    assert len(done.submissions) == 2 and done.findings == ()
    assert {row.name for row in read_roster(folder).rows} == {student}


def test_a_thousand_files_leave_the_notebook_and_one_finding(folder: Path) -> None:
    done = collected(folder, "ada/numbers/numbers.ipynb", *(f"ada/numbers/data/{n}.txt" for n in range(1000)))
    assert done.submissions == (("ada", "numbers"),)
    assert len(done.findings) == 1
    assert [path.name for path in (folder / "submitted/ada/numbers").iterdir()] == ["numbers.ipynb"]


def test_a_file_larger_than_allowed_is_a_finding(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.course.collect.LARGEST_FILE", 10)
    assert "larger than" in collected(folder, "ada/numbers.ipynb").findings[0].what


def test_a_damaged_or_encrypted_file_is_a_finding_and_the_others_are_taken(folder: Path) -> None:
    path = archive(folder, **{"ada/numbers.ipynb": BOOK, "bob/numbers.ipynb": BOOK, "eve/numbers.ipynb": BOOK})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as whole:
        first, second = (whole.getinfo(f"{name}/numbers.ipynb") for name in ("ada", "bob"))
    data[first.header_offset + 30 + len(first.filename) + 5] ^= 0xFF  # its content
    data[data.rindex(b"PK\x01\x02", 0, data.rindex(second.filename.encode())) + 8] |= 1  # its flag of encryption
    path.write_bytes(data)
    done = collect(open_course(folder), path)
    assert [finding.what.split(" (")[0] for finding in done.findings] == ["cannot be unpacked"] * 2
    assert sorted(place.name for place in (folder / "submitted").iterdir()) == ["eve"]


def test_a_submission_larger_than_allowed_keeps_its_notebook(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("collect", "submissions"):
        monkeypatch.setattr(f"grader.course.{module}.LARGEST_SUBMISSION", len(BOOK) + 10)
    files = {"ada/numbers/a.txt": b"x" * 8, "ada/numbers/b.txt": b"y" * 8, "ada/numbers/numbers.ipynb": BOOK}
    done = collect(open_course(folder), archive(folder, **files))
    assert [finding.where for finding in done.findings] == ["ada, numbers, b.txt"]
    build.write(folder / "submitted/ada/numbers/c.txt", "z" * 8)
    read = read_submission(open_course(folder), "ada", "numbers", ["numbers"])
    assert (read.notebooks, list(read.files), [one.where for one in read.findings]) == (
        {"numbers": BOOK},
        ["a.txt"],
        ["c.txt"],
    )


def test_of_very_many_files_the_first_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.course.submissions.MOST_FILES", 2)
    for name in ("a.txt", "b.txt", "numbers.ipynb"):
        build.write(folder / "submitted/ada/numbers" / name, "{}")
    read = read_submission(open_course(folder), "ada", "numbers", ["numbers"])
    assert (list(read.notebooks), list(read.files)) == (["numbers"], ["a.txt"])
    assert "3 files; only the first 2 were read" in read.findings[0].what


def test_a_file_that_cannot_be_read_or_named_is_a_finding(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (b"numbers.ipynb", b"a\x1b[31m\n.txt", b"b\xff.txt", b"closed.txt"):
        build.write(folder / "submitted/ada/numbers" / os.fsdecode(name), "{}")
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "closed.txt":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    found = read_submission(open_course(folder), "ada", "numbers", ["numbers"])
    assert (list(found.notebooks), list(found.files)) == (["numbers"], ["a\x1b[31m\n.txt"])
    assert [(one.where, one.what) for one in found.findings] == [
        ("b\ufffd.txt", "its name is not UTF-8, so it was left out"),
        ("closed.txt", "cannot be read (Permission denied)"),
    ]


def test_strange_names_stop_nothing_and_steer_no_terminal(folder: Path) -> None:
    given = build.filled(build.released(folder), **build.RIGHT)
    build.hand_in(folder, "ada", given)
    for name in (b"submitted/ada/numbers/\xff.txt", b"submitted/\xfe/numbers/x", b"submitted/ada/\x1b[2J/x"):
        build.write(folder / os.fsdecode(name), "x")
    done = build.run("grade", "--course", folder)
    assert "1 graded" in done.stdout, done.stderr
    assert "Traceback" not in done.stderr and "\x1b" not in done.stdout
    assert build.results(folder)["ada", "numbers"]["points"] > 0


def test_a_link_in_a_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = build.write(tmp_path / "secret.txt", "secret")
    build.write(tmp_path / "in/ada/numbers/numbers.ipynb", BOOK)
    (tmp_path / "in/ada/numbers/link.txt").symlink_to(secret)
    collect(open_course(folder), tmp_path / "in")
    assert not (folder / "submitted/ada/numbers/link.txt").exists()


def test_handing_in_again_keeps_what_was_there(folder: Path) -> None:
    collected(folder, "ada/numbers.ipynb")
    other = json.dumps(build.notebook()).encode()
    collect(open_course(folder), archive(folder, **{"ada/numbers.ipynb": other}))
    assert (folder / "submitted/ada/numbers/numbers.ipynb").read_bytes() == other
    assert (folder / "submitted/.replaced/ada/numbers/1/numbers.ipynb").read_bytes() == BOOK


def test_collecting_the_same_twice_changes_nothing(folder: Path) -> None:
    collected(folder, "ada/numbers.ipynb")
    collected(folder, "ada/numbers.ipynb")
    assert not (folder / "submitted/.replaced").exists()


def test_a_named_assignment_takes_any_file_name(folder: Path) -> None:
    done = collected(folder, "ada/my homework.ipynb", assignment="numbers")
    assert done.submissions == (("ada", "numbers"),)
    assert read_submission(open_course(folder), "ada", "numbers", ["numbers"]).notebooks == {"numbers": BOOK}


def test_a_stray_file_is_a_finding(folder: Path) -> None:
    assert "no student's id" in collected(folder, "numbers.ipynb").findings[0].what


def test_what_is_neither_folder_nor_zip_is_an_error(folder: Path) -> None:
    with pytest.raises(GraderError, match="neither a folder nor a zip"):
        collect(open_course(folder), build.write(folder / "x.zip", "no"))
    with pytest.raises(GraderError, match="no such file"):
        collect(open_course(folder), folder / "nothing.zip")


def test_an_archive_of_too_many_entries_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.course.archives.MOST_ENTRIES", 1)
    with pytest.raises(GraderError, match="more than 1 files"):
        collected(folder, "a/numbers.ipynb", "b/numbers.ipynb")


def test_an_archive_that_unpacks_to_too_much_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.course.archives.MOST_BYTES", 1)
    with pytest.raises(GraderError, match="larger than"):
        collected(folder, "a/numbers.ipynb")
