"""Archives as learning platforms make them: nobody is mixed up, nothing is lost, times are read."""

import io
import json
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

import build
from grader.course.collect import Collected, collect
from grader.course.roster import read_roster
from grader.course.settings import open_course
from grader.course.submissions import read_submission
from grader.models import GraderError

YAML = """submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: '100'
    :email: ada@x.org
  :created_at: 2026-10-01 13:59:12.123456789 Z
submission_2:
  :submitters:
  - :name: Bo Berg
    :email: bo@x.org
  - :name: Cy Cz
    :sid:
    :email: cy@x.org
"""


def book(id: str, answer: str = "1") -> bytes:
    cells = (build.text("intro", "# N", locked=True), build.answer(id, answer), build.test(f"{id}-t", "assert 1"))
    return json.dumps(build.notebook(*cells)).encode()


ONE, OTHER, TWO = book("in-hw1"), book("in-hw1", "2"), book("in-hw2")


def pack(files: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items() if isinstance(files, Mapping) else files:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = build.course(tmp_path / "course", name="hw1")
    for name in ("hw1", "hw2", "week-01", "week-10"):
        build.write(made / f"source/{name}/{name}.ipynb", book(f"in-{name}"))
    for name in ("ps1", "ps2"):
        for part in ("problem1", "problem2"):
            build.write(made / f"source/{name}/{part}.ipynb", book(f"{part}-{name}"))
    return made


def take(folder: Path, files: Mapping[str, bytes], assignment: str | None = None) -> Collected:
    return collect(open_course(folder), build.write(folder / "in.zip", pack(files)), assignment)


def there(folder: Path) -> dict[str, bytes]:
    """Return what lies in `submitted/`, but for earlier hand-ins."""
    place = folder / "submitted"
    found = {path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(".replaced")}


def names(folder: Path) -> dict[str, str]:
    return {row.id: row.name for row in read_roster(folder).rows}


@pytest.mark.parametrize(
    "paths",
    [
        ["leewei_1001_5550001_hw1.ipynb", "leewei_1002_5550002_hw1.ipynb"],
        ["x/leewei_1001_5550001_hw1-1.ipynb", "x/leewei_LATE_1002_5550002_hw1-2.ipynb"],
        ["anon_x1y2_5550001_hw1.ipynb", "LATE_anon_z1y2_5550002_hw1.ipynb"],
        ["Lee Wei_11_assignsubmission_file_/hw1.ipynb", "Lee Wei_12_assignsubmission_file_/hw1.ipynb"],
        ["Lee Wei_11_assignsubmission_file_hw1.ipynb", "Lee Wei_12_assignsubmission_file_hw1.ipynb"],
        ["HW 1_lwei_attempt_2026-10-01-13-59-12_hw1.ipynb", "HW 1_weil_attempt_2026-10-01-13-59-12_hw1.ipynb"],
        ["HW_1_a_wei_attempt_2026-10-01-13-59-12_hw1.ipynb", "HW_1_b_wei_attempt_2026-10-01-13-59-12_hw1.ipynb"],
        ["1-9 - Lee Wei - Oct 1, 2026 159 PM/hw1.ipynb", "2-9 - Lee Wei - Oct 1, 2026 159 PM/hw1.ipynb"],
        ["1-9 - 4711 Wei - 01 October 2026 159 PM/hw1.ipynb", "1-9 - 4712 Wei - 01 October 2026 159 PM/hw1.ipynb"],
        [
            "hw1/Wei, Lee(lw1)/Submission attachment(s)/hw1.ipynb",
            "hw1/Wei, Lee(lw2)/Submission attachment(s)/hw1.ipynb",
        ],
        [
            "hw1/Wei, Lee (Bo)(lw1)/Submission attachment(s)/hw1.ipynb",
            "hw1/Wei, Lee (Bo)(lw2)/Submission attachment(s)/hw1.ipynb",
        ],
        ["1/Wei,(lw1)_Submission attachment(s)_hw1.ipynb", "1/Wei,(lw2)_Submission attachment(s)_hw1.ipynb"],
        [
            "hw1/f81d4f Anonymous/Submission attachment(s)/hw1.ipynb",
            "hw1/a7c2 Anonymous/Submission attachment(s)/hw1.ipynb",
        ],
        ["Lab-1_31_assignsubmission_file/hw1.ipynb", "Default group_assignsubmission_file/hw1.ipynb"],
        ["Submitted files/L Wei/hw 1/Version 1/hw1.ipynb", "Submitted files/L'Wei/hw 1/Version 1/hw1.ipynb"],
        ["Submitted files/L Wei/hw 1/hw1.ipynb", "Submitted files/L, Wei/hw 1/hw1.ipynb"],
        ["l+wei+hw1+2026-10-01 13:59:12.1 UTC+abc/hw1.ipynb", "wei+hw1+2026-10-01 13:59:12.1 UTC+abc/hw1.ipynb"],
        ["spring/hw1/lee/hw1.ipynb", "spring/hw1/wei/hw1.ipynb"],
        ["hw1/lee_hw1.ipynb", "hw1/wei.ipynb"],
        ["Homework 1/lee/hw1.ipynb", "Homework 1/wei/hw1.ipynb"],
        ["submissions/lee/hw1.ipynb", "submissions/wei/my work/hw1.ipynb"],
        ["lee/my work/mine.ipynb", "wei/my work/also mine.ipynb"],
        ["lee wei - hw1.ipynb", "Copy of hw1_wei.ipynb"],
        ["lee/Untitled.ipynb", "wei/my homework.ipynb"],
    ],
)
def test_two_students_are_two(folder: Path, paths: list[str]) -> None:
    done = take(folder, dict.fromkeys(paths, ONE))
    assert [name for _, name in done.submissions] == ["hw1", "hw1"], done.findings
    assert done.findings == ()
    assert len({name.split("/")[0] for name in there(folder)}) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("leewei_1001_5550001_hw1.ipynb", "leewei_1001_5550777_hw2.ipynb"),
        ("Lee Wei_11_assignsubmission_file_/hw1.ipynb", "Lee Wei_5012_assignsubmission_file_hw2.ipynb"),
        ("1-9 - Lee Wei - Oct 1, 2026 159 PM/hw1.ipynb", "7-8 - Lee Wei - 01 October 2026 159 PM/hw2.ipynb"),
        ("Submitted files/O'Wei/hw 1/Version 1/hw1.ipynb", "Submitted files/O'Wei/hw 2/Version 3/hw2.ipynb"),
        ("Team 7_31_assignsubmission_file/hw1.ipynb", "Team 7_31_assignsubmission_file_hw2.ipynb"),
    ],
)  # fmt: skip
def test_one_student_is_one_from_assignment_to_assignment(folder: Path, first: str, second: str) -> None:
    take(folder, {first: ONE})
    take(folder, {second: TWO})
    (student,) = {name.split("/")[0] for name in there(folder)}
    assert set(there(folder)) >= {f"{student}/hw1/hw1.ipynb", f"{student}/hw2/hw2.ipynb"}
    assert set(names(folder)) == {student}


def test_the_archives_of_several_assignments_are_taken_at_once(folder: Path) -> None:
    archives = {
        "a.zip": pack(
            {"Lee Wei_11_assignsubmission_file_/hw1.ipynb": ONE, "Bo_12_assignsubmission_file_/hw1.ipynb": ONE}
        ),
        "b.zip": pack(
            {"Lee Wei_31_assignsubmission_file_/hw2.ipynb": TWO, "Bo_32_assignsubmission_file_/hw2.ipynb": TWO}
        ),
    }
    done = take(folder, archives)
    assert {student for student, _ in done.submissions} == {"Lee_Wei_11", "Bo_12"}
    assert done.findings == () and "names alone" in done.notes[0]


def test_a_user_whom_no_folder_can_be_called_after_gets_an_id(folder: Path) -> None:
    done = take(folder, {"HW_o'wei_attempt_2026-10-01-13-59-12_hw1.ipynb": ONE})
    assert done.submissions == (("owei", "hw1"),)
    assert names(folder) == {"owei": "o'wei"}


def test_what_a_student_wrote_in_sakai_is_kept(folder: Path) -> None:
    place = "hw1/Wei, Lee(lw1)"
    files = {f"{place}/Submission attachment(s)/hw1.ipynb": ONE, f"{place}/lw1_submissionText.html": b"1"}
    take(folder, files | {f"{place}/comments.txt": b"of the grader's own", "hw1/grades.csv": b"lw1,"})
    assert set(there(folder)) == {"lw1/hw1/hw1.ipynb", "lw1/hw1/lw1_submissionText.html"}


def test_namesakes_whose_numbers_change_are_not_guessed_at(folder: Path) -> None:
    take(folder, {f"Lee Wei_{n}_assignsubmission_file_/hw1.ipynb": ONE for n in (11, 12)})
    done = take(folder, {"Lee Wei_31_assignsubmission_file_/hw2.ipynb": TWO})
    assert [one.where for one in done.findings] == ["collected.csv"]
    assert len({name.split("/")[0] for name in there(folder)}) == 3


def test_who_is_who_can_be_said_in_the_table(folder: Path) -> None:
    take(folder, {f"Lee Wei_{n}_assignsubmission_file_/hw1.ipynb": ONE for n in (11, 12)})
    table = folder / "collected.csv"
    row = "Lee_Wei_12,Lee Wei,Moodle,31,hw2\n"
    table.write_text((table.read_text("utf-8-sig") + row).replace(",", ";"), "utf-8")  # as a spreadsheet saves it
    done = take(folder, {"Lee Wei_31_assignsubmission_file_/hw2.ipynb": TWO})
    assert done.submissions == (("Lee_Wei_12", "hw2"),)


@pytest.mark.parametrize(
    ("saved", "encoding"),
    [(",", "utf-16"), ("\t", "utf-16"), (";", "utf-8-sig"), ("\t", "utf-8")],
)
def test_the_table_is_read_as_spreadsheets_save_it(folder: Path, saved: str, encoding: str) -> None:
    take(folder, {"Lee Wei_11_assignsubmission_file_/hw1.ipynb": ONE})
    table = folder / "collected.csv"
    text = table.read_text("utf-8-sig").replace("Lee_Wei_11", "lw").replace("\n", ",,\r\n") + ",,,,\r\n"
    table.write_bytes(text.replace(",", saved).encode(encoding))
    assert take(folder, {"Lee Wei_31_assignsubmission_file_/hw2.ipynb": TWO}).submissions == (("lw", "hw2"),)


@pytest.mark.parametrize("nobody", ["Participant", "Teilnehmerin", "Osallistuja", "参加者"])
def test_students_without_names_are_not_taken_for_one(folder: Path, nobody: str) -> None:
    take(folder, {f"{nobody}_11_assignsubmission_file_/hw1.ipynb": ONE})
    done = take(folder, {f"{nobody}_31_assignsubmission_file_/hw2.ipynb": TWO})
    assert done.submissions == ((f"{nobody}_31", "hw2"),)


def test_folders_called_after_assignment_and_student_are_the_students(folder: Path) -> None:
    for number, data in ((1, ONE), (2, TWO)):
        take(folder, {f"hw{number}-submissions/hw{number}-{who}/hw{number}.ipynb": data for who in ("lee", "bo-wei")})
    assert {name.split("/")[0] for name in there(folder)} == {"lee", "bo-wei"}


def test_folders_that_begin_like_the_one_above_are_the_students(folder: Path) -> None:
    done = take(folder, {f"first-steps-submissions/first-steps-{who}/hw1.ipynb": ONE for who in ("lee", "bo-wei")})
    assert [student for student, _ in done.submissions] == ["bo-wei", "lee"]


def test_folders_called_as_somebody_who_has_handed_in_keep_their_names(folder: Path) -> None:
    build.write(folder / "submitted/hw1-lee/hw2/hw2.ipynb", TWO)
    assert take(folder, {"hw1-lee/hw1.ipynb": ONE}).submissions == (("hw1-lee", "hw1"),)


def test_folders_of_which_not_all_are_called_so_keep_their_names(folder: Path) -> None:
    done = take(folder, {"hw1-lee/hw1.ipynb": ONE, "wei/hw1.ipynb": OTHER})
    assert [student for student, _ in done.submissions] == ["hw1-lee", "wei"]


def test_a_whole_course_in_an_archive_gives_what_was_handed_in(folder: Path) -> None:
    others = ("source/hw1", "release/hw1", "autograded/lee/hw1", "feedback/lee/hw1")
    done = take(folder, {"c/submitted/lee/hw1/hw1.ipynb": ONE} | {f"c/{name}/hw1.ipynb": OTHER for name in others})
    assert there(folder) == {"lee/hw1/hw1.ipynb": ONE}
    assert done.findings == () and "4 files" in done.notes[0]


CANVAS = r".*[a-z]+_(?P<student_id>\d+)_(?P<submission_id>\d+)_(?P<file_id>.*)"
DASHES = r".*/(?P<student_id>\w+)--(?P<file_id>\w+)(--(?P<timestamp>[\d-]+))?"


@pytest.mark.parametrize(
    ("pattern", "path", "written"),
    [
        (CANVAS, "leewei_1001_55_hw1-1.ipynb", {"1001/hw1/hw1.ipynb"}),
        (CANVAS, "leewei_LATE_1001_55_hw1.ipynb", {"1001/hw1/hw1.ipynb", "1001/hw1/.late"}),
        (DASHES, "lee--hw1.ipynb", {"lee/hw1/hw1.ipynb"}),
        (DASHES, "lee--hw1--2026-10-01-13-59-12.ipynb", {"lee/hw1/hw1.ipynb", "lee/hw1/timestamp.txt"}),
        (r".*/(?P<student_id>\w+)/(?P<file_id>\w+)/.*", "hw1/lee/hw1.ipynb", {"lee/hw1/hw1.ipynb"}),
        (
            r".*_(?P<student_id>\w+)_attempt_(?P<file_id>.+)",
            "HW_lee_attempt_2026-10-01-13-59-12_x_bo_attempt_hw1.ipynb",
            None,
        ),
        (
            r".*_(?P<student_id>\d+)_assignsubmission_file/(?P<file_id>.+)",
            "Lee Wei_11_assignsubmission_file/hw1.ipynb",
            {"Lee_Wei_11/hw1/hw1.ipynb"},
        ),
        (
            r".*?(?P<student_id>[a-z]+)_\d+_\d+_(?P<file_id>.+)",
            "leewei_1001_55_hw1.ipynb",
            {"leewei_1001/hw1/hw1.ipynb"},
        ),
    ],
)
def test_the_pattern_of_nbgraders_zip_collect_tells_the_student(
    folder: Path, pattern: str, path: str, written: set[str] | None
) -> None:
    build.write(
        folder / "nbgrader_config.py", f"c = get_config()\nc.FileNameCollectorPlugin.named_regexp = {pattern!r}\n"
    )
    take(folder, {path: ONE})
    got = set(there(folder))
    assert got == written if written is not None else {name.split("/")[0] for name in got} == {"lee"}


@pytest.mark.parametrize("pattern", ["(", "(?P<student_id>.*)"])
def test_a_pattern_that_is_none_is_an_error(folder: Path, pattern: str) -> None:
    build.write(
        folder / "nbgrader_config.py", f"c = get_config()\nc.FileNameCollectorPlugin.named_regexp = {pattern!r}\n"
    )
    with pytest.raises(GraderError, match="named_regexp"):
        open_course(folder)


def test_a_form_of_time_stamps_of_the_courses_own_is_read(folder: Path) -> None:
    form = "%d/%m/%Y %H:%M:%S %Z"
    build.write(folder / "nbgrader_config.py", f"c = get_config()\nc.Exchange.timestamp_format = {form!r}\n")
    take(folder, {"lee/hw1/hw1.ipynb": ONE, "lee/hw1/timestamp.txt": b"02/10/2026 13:59:12 CEST\n"})
    found = read_submission(open_course(folder), "lee", "hw1", ["hw1"])
    assert found.handed_in == datetime(2026, 10, 2, 11, 59, 12, tzinfo=UTC)


def test_the_table_leads_back_to_the_names(folder: Path) -> None:
    people = [
        "Sinéad O’Brien",
        "Anna (Ann) Smith",
        "King, Martin, Jr.",
        "प्रिया शर्मा",
        "Zoe\u0308 M",
        "李伟",
        "=SUM(A1)",
    ]
    done = take(folder, {f"{name}_{n}_assignsubmission_file_/hw1.ipynb": ONE for n, name in enumerate(people)})
    assert len(done.submissions) == len(people) and done.findings == ()
    assert {names(folder)[student] for student, _ in done.submissions} == set(people)
    assert "\n=" not in (folder / "collected.csv").read_text("utf-8-sig").replace(",", "\n")


def test_collecting_again_changes_nothing(folder: Path) -> None:
    files = {
        "HW 1_lwei_attempt_2026-10-01-13-59-12_hw1.ipynb": ONE,
        "HW 1_lwei_attempt_2026-10-02-13-59-12_hw1.ipynb": OTHER,
        "Lee Wei_11_assignsubmission_file_/hw1.ipynb": ONE,
    }

    def state() -> dict[Path, int]:
        there = (path for path in folder.rglob("*") if path.is_file() and path.name != "in.zip")
        return {path: path.stat().st_mtime_ns for path in there}

    take(folder, files)
    before = state()
    take(folder, files)
    assert state() == before


def test_of_two_attempts_the_last_counts_and_both_are_kept(folder: Path) -> None:
    done = take(
        folder,
        {
            "HW 1_lwei_attempt_2026-10-02-13-59-12_hw1.ipynb": OTHER,
            "HW 1_lwei_attempt_2026-10-01-13-59-12_hw1.ipynb": ONE,
            "HW 1_lwei_attempt_2026-10-01-13-59-12.txt": b"Name: Lee Wei (lwei)\n",
        },
    )
    assert there(folder) == {
        "lwei/hw1/hw1.ipynb": OTHER,
        "lwei/hw1/timestamp.txt": b"2026-10-02 13:59:12.000000 UTC",
    }
    assert (folder / "submitted/.replaced/lwei/hw1/1/hw1.ipynb").read_bytes() == ONE
    assert "2 attempts" in done.findings[0].what


def test_an_attempt_without_a_notebook_is_not_taken_for_the_last(folder: Path) -> None:
    files = {"HW_wei_attempt_2026-10-01-13-59-12_hw1.ipynb": ONE, "HW_wei_attempt_2026-10-02-13-59-12_d.csv": b"1"}
    done = take(folder, files)
    assert set(there(folder)) == {"wei/hw1/hw1.ipynb", "wei/hw1/timestamp.txt"}
    assert (folder / "submitted/.replaced/wei/hw1/1/d.csv").read_bytes() == b"1"
    assert "the last with a notebook was taken" in done.findings[0].what


def test_an_older_hand_in_that_replaces_a_later_one_says_so(folder: Path) -> None:
    assert take(folder, {"HW_wei_attempt_2026-10-02-13-59-12_hw1.ipynb": OTHER}).findings == ()
    done = take(folder, {"HW_wei_attempt_2026-10-01-13-59-12_hw1.ipynb": ONE})
    assert ["handed in later (2026-10-02 13:59:12" in one.what for one in done.findings] == [True]
    assert take(folder, {"HW_wei_attempt_2026-10-03-13-59-12_hw1.ipynb": OTHER}).findings == ()


def test_of_two_files_for_one_place_both_are_kept_and_named(folder: Path) -> None:
    done = take(
        folder, {"A/lee/hw1.ipynb": ONE, "A/wei/hw1.ipynb": ONE, "B/lee/hw1.ipynb": OTHER, "B/bo/hw1.ipynb": ONE}
    )
    assert {data for name, data in there(folder).items() if name.startswith("lee/")} == {ONE, OTHER}
    assert "B/lee/hw1.ipynb" in done.findings[0].where


@pytest.mark.parametrize("second", ["hw1 (1).ipynb", "old/hw1.ipynb", "Copy of hw1.ipynb", "hw1.ipynb.txt"])
def test_of_two_files_that_may_be_one_notebook_both_are_kept_and_named(folder: Path, second: str) -> None:
    done = take(
        folder, {"Lee_1_assignsubmission_file_/hw1.ipynb": ONE, f"Lee_1_assignsubmission_file_/{second}": OTHER}
    )
    assert there(folder) == {"Lee_1/hw1/hw1.ipynb": ONE, f"Lee_1/hw1/{second}": OTHER}
    assert second in done.findings[0].what
    found = read_submission(open_course(folder), "Lee_1", "hw1", ["hw1"])
    assert found.notebooks == {"hw1": ONE}
    assert [(one.where, "hw1.ipynb was graded" in one.what) for one in found.findings] == [(second, True)]


def test_two_archives_of_one_student_are_both_kept_and_named(folder: Path) -> None:
    work = {
        f"Lee_1_assignsubmission_file_/{name}.zip": pack({"hw1.ipynb": data})
        for name, data in (("a", ONE), ("b", OTHER))
    }
    done = take(folder, work)
    assert set(there(folder).values()) == {ONE, OTHER}
    assert "2 files may be hw1.ipynb" in done.findings[0].what


def test_a_receipt_tells_a_user_with_an_underscore(folder: Path) -> None:
    receipt = b"Name: Lee Wei (l_wei)\nAssignment: HW 1\n"
    stem = "HW 1_l_wei_attempt_2026-10-01-13-59-12"
    assert take(folder, {f"{stem}_hw1.ipynb": ONE, f"{stem}.txt": receipt}).submissions == (("l_wei", "hw1"),)
    assert names(folder) == {"l_wei": "Lee Wei"}


def test_a_name_that_a_mac_writes_in_two_letters_is_one_student(folder: Path) -> None:
    take(folder, {"Zoe\u0308/hw1/hw1.ipynb": ONE})
    take(folder, {"Zoë/hw2/hw2.ipynb": TWO})
    assert set(there(folder)) == {"Zoë/hw1/hw1.ipynb", "Zoë/hw2/hw2.ipynb"}


def test_cells_tell_a_second_hand_in_of_canvas_from_another_assignment(folder: Path) -> None:
    for name in ("lab", "lab-1"):
        build.write(folder / f"source/{name}/{name}.ipynb", book(f"in-{name}"))
    done = take(folder, {"wei_1001_2001_lab-1.ipynb": book("in-lab"), "lee_1002_2002_lab-1.ipynb": book("in-lab-1")})
    assert done.submissions == (("lee_1002", "lab-1"), ("wei_1001", "lab"))
    assert "wei_1001/lab/lab.ipynb" in there(folder)


@pytest.mark.parametrize(
    ("path", "stamp"),
    [
        ("HW_lwei_attempt_2026-10-01-13-59-12_hw1.ipynb", "2026-10-01 11:59:12.000000 UTC"),
        ("1-9 - Lee Wei - Oct 1, 2026 159 PM/hw1.ipynb", "2026-10-01 11:59:00.000000 UTC"),
        ("1-9 - Lee Wei - 1 lokakuuta 2026 1359/hw1.ipynb", None),
        ("wei+hw1+2026-10-01 13:59:12.123456 CEST+abc/hw1.ipynb", "2026-10-01 11:59:12.123456 UTC"),
        ("Lee Wei_11_assignsubmission_file_/hw1.ipynb", None),
    ],
)
def test_times_in_names_are_read_in_the_courses_zone(folder: Path, path: str, stamp: str | None) -> None:
    build.write(folder / "pyproject.toml", '[tool.grader]\ntimezone = "Europe/Berlin"\n')
    take(folder, {path: ONE})
    found = [data.decode() for name, data in there(folder).items() if name.endswith("timestamp.txt")]
    assert found == ([stamp] if stamp else [])


def test_times_in_no_zone_are_said_where_something_is_due(folder: Path) -> None:
    build.write(folder / "pyproject.toml", "[tool.grader.due]\nhw1 = 2026-10-01T14:00:00+02:00\n")
    done = take(folder, {"HW_lwei_attempt_2026-10-01-13-59-12_hw1.ipynb": ONE})
    assert [one.where for one in done.findings] == ["timezone"]
    assert "in no zone" in take(folder, {"HW_lwei_attempt_2026-10-01-13-59-12_hw2.ipynb": TWO}).notes[0]


def test_late_by_canvas_is_kept(folder: Path) -> None:
    take(folder, {"leewei_LATE_1001_2001_hw1.ipynb": ONE, "bob_1002_2002_hw1.ipynb": ONE})
    assert [name for name in there(folder) if name.endswith(".late")] == ["leewei_1001/hw1/.late"]


def test_a_students_own_time_stamp_is_not_believed(folder: Path) -> None:
    done = take(
        folder,
        {
            "Lee Wei_11_assignsubmission_file_/hw1.ipynb": ONE,
            "Lee Wei_11_assignsubmission_file_/timestamp.txt": b"2000-01-01 00:00:00 UTC",
            "hw1/A(a)/Submission attachment(s)/hw1.ipynb": ONE,
            "hw1/A(a)/Submission attachment(s)/timestamp.txt": b"2000-01-01 00:00:00 UTC",
            "hw1/A(a)/timestamp.txt": b"20261001115912123",
            "bo.zip": pack({"hw1.ipynb": ONE, "timestamp.txt": b"2000-01-01 00:00:00 UTC"}),
            "Cy_12_assignsubmission_file_/work/hw1.ipynb": ONE,
            "Cy_12_assignsubmission_file_/work/timestamp.txt": b"2000-01-01 00:00:00 UTC",
            "hw1-di/hw1.ipynb": ONE,
            "hw1-di/timestamp.txt": b"2000-01-01 00:00:00 UTC",
        },
    )
    assert {n: d for n, d in there(folder).items() if n.endswith("timestamp.txt")} == {
        "a/hw1/timestamp.txt": b"2026-10-01 11:59:12.123000 UTC"
    }
    assert len(done.findings) == 5


def test_a_time_stamp_that_is_a_folder_is_no_stamp(folder: Path) -> None:
    done = take(folder, {"lee/hw1/hw1.ipynb": ONE, "lee/hw1/timestamp.txt/x": b"1"})
    assert there(folder) == {"lee/hw1/hw1.ipynb": ONE}
    assert [one.where for one in done.findings] == ["lee, hw1, timestamp.txt/x"]


def test_each_of_a_group_in_sakai_handed_in(folder: Path) -> None:
    done = take(folder, {"HW/Wei, Lee(lw); Berg, Bo(bb)/Submission attachment(s)/hw1.ipynb": ONE})
    assert there(folder) == {"lw/hw1/hw1.ipynb": ONE, "bb/hw1/hw1.ipynb": ONE}
    assert done.findings == () and names(folder) == {"lw": "Wei, Lee", "bb": "Berg, Bo"}


def test_when_the_nameless_of_sakai_handed_in_is_known(folder: Path) -> None:
    place = "HW/f81d4f Anonymous Submission"
    take(
        folder, {f"{place}/Submission attachment(s)/hw1.ipynb": ONE, f"{place}/timestamp.txt": b"2026-10-01T11:59:12Z"}
    )
    assert set(there(folder)) == {f"f81d4f_Anonymous_Submission/hw1/{name}" for name in ("hw1.ipynb", "timestamp.txt")}


def test_a_file_called_as_in_sakai_changes_nobody_else(folder: Path) -> None:
    trap = "x_Submission attachment(s)_hw1.ipynb"
    others = [
        "Bo_2_assignsubmission_file/hw1.ipynb",
        "lee_1001_55_work/hw1.ipynb",
        "wei_1002_56_hw1.ipynb",
        "HW_cy_attempt_2026-10-01-13-59-12_hw1.ipynb",
    ]
    take(folder, dict.fromkeys([*others, trap], ONE))
    assert {name.split("/")[0] for name in there(folder)} == {"Bo_2", "lee_1001", "wei_1002", "cy", "x"}


def test_sakai_without_folders_is_read_as_with_them(folder: Path) -> None:
    place = "HW/Wei, Lee(lw)"
    files = {"hw1.ipynb": ONE, "d(1)_comments.txt": b"1"}
    mine = {f"{place}_Submission attachment(s)_{name}": data for name, data in files.items()}
    others = {"comments.txt": b"3", "feedbackText.html": b"4", "Feedback Attachment(s)notes.pdf": b"5"}
    graders = {f"{place}_{name}": data for name, data in others.items()} | {"HW/grades.csv": b""}
    done = take(folder, mine | graders | {f"{place}_submissionText.html": b"2"})
    assert done.findings == ()
    assert there(folder) == {f"lw/hw1/{name}": data for name, data in (files | {"submissionText.html": b"2"}).items()}


def test_a_students_own_table_makes_nobody_another(folder: Path) -> None:
    table = "work:\n  :submitters:\n  - :name: Bo\n    :sid: bo\n"
    take(folder, {"ada/submission_metadata.yml": table.encode(), "ada/work/hw1.ipynb": ONE, "bo/hw1.ipynb": OTHER})
    assert there(folder)["ada/hw1/hw1.ipynb"] == ONE and there(folder)["bo/hw1/hw1.ipynb"] == OTHER


def test_a_student_whose_number_gradescope_learns_later_stays_one(folder: Path) -> None:
    table = "s_1:\n  :submitters:\n  - :name: Bo\n    :email: bo@x.org\n"
    for number, data in ((1, ONE), (2, TWO)):
        take(folder, {"submission_metadata.yml": table.encode(), f"s_1/hw{number}.ipynb": data})
        table += "    :sid: '12'\n"
    assert {name.split("/")[0] for name in there(folder)} == {"Bo_bo@x.org"}


RUBY = """submission_1:
  :submitters:
  - :name: Ada
    :sid: 0012
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: &1 2026-10-01 13:59:12.0 Z
    zone: !ruby/object:ActiveSupport::TimeZone {name: Etc/UTC}
    time: *1
hw1.ipynb:
  :submitters:
  - :name: ~
    :sid: '7'
"""


def test_what_ruby_writes_into_gradescopes_table_is_read(folder: Path) -> None:
    files = {"submission_metadata.yml": RUBY.encode(), "submission_1/hw1.ipynb": ONE, "hw1.ipynb": OTHER}
    done = take(folder, files | {"submission_1/submission_metadata.yml": b"{" * 1000})
    assert done.findings == ()
    assert there(folder)["0012/hw1/timestamp.txt"] == b"2026-10-01 13:59:12.000000 UTC"
    assert there(folder)["0012/hw1/hw1.ipynb"] == ONE and there(folder)["7/hw1/hw1.ipynb"] == OTHER


def test_gradescope_says_who_it_was_in_a_table(folder: Path) -> None:
    done = take(
        folder,
        {
            "export/submission_metadata.yml": YAML.encode(),
            "export/submission_1/hw1.ipynb": ONE,
            "export/submission_2/work/hw1.ipynb": OTHER,
            "export/submission_2/work/d.csv": b"1",
            "notes.txt": b"of the instructor's",
        },
    )
    assert [one.where for one in done.findings] == ["notes.txt"]
    assert there(folder) == {
        "100/hw1/hw1.ipynb": ONE,
        "100/hw1/timestamp.txt": b"2026-10-01 13:59:12.123456 UTC",
        **{f"{who}/hw1/hw1.ipynb": OTHER for who in ("Bo_Berg_bo@x.org", "Cy_Cz_cy@x.org")},
        **{f"{who}/hw1/d.csv": b"1" for who in ("Bo_Berg_bo@x.org", "Cy_Cz_cy@x.org")},
    }


@pytest.mark.parametrize("table", [None, b"a: [", b"[]", b"submission_1: 3"])
def test_without_gradescopes_table_nobody_is_guessed_at(folder: Path, table: bytes | None) -> None:
    files = {f"export/submission_{n}/hw1.ipynb": ONE for n in (1, 2)}
    done = take(folder, files | ({"export/submission_metadata.yml": table} if table else {}))
    assert done.submissions == ()
    assert any("which says whose it is" in one.what for one in done.findings)


@pytest.mark.parametrize(
    "path", ["spring/hw1/lee/hw1.ipynb", "lee/work/hw1.ipynb|wei/stuff/hw1.ipynb", "hw1.ipynb", "hw1/hw1.ipynb"]
)
def test_where_folders_could_mean_two_things_a_person_says(folder: Path, path: str) -> None:
    done = take(folder, dict.fromkeys(path.split("|"), ONE))
    assert done.submissions == () and len(done.findings) == len(path.split("|"))


def test_who_has_handed_in_before_tells_what_folders_mean(folder: Path) -> None:
    build.write(folder / "submitted/lee/hw2/hw2.ipynb", TWO)
    assert take(folder, {"spring/hw1/lee/hw1.ipynb": ONE}).submissions == (("lee", "hw1"),)


@pytest.mark.parametrize(
    ("path", "data", "assignment"),
    [
        ("wei/problem1.ipynb", book("problem1-ps1"), "ps1"),
        ("wei/problem1.ipynb", book("problem1-ps2"), "ps2"),
        ("wei/ps1/problem1.ipynb", book("problem1-ps2"), "ps1"),
        ("wei/week-01.ipynb", book("x"), "week-01"),
        ("wei/week-10-1.ipynb", book("x"), "week-10"),
        ("wei/hw1 (1).ipynb", book("in-hw2"), "hw2"),
        ("wei_1_2_week-01-1.ipynb", book("x"), "week-01"),
        ("HW_wei_attempt_2026-10-01-13-59-12_Untitled.ipynb", TWO, "hw2"),
        ("week-01_wei_attempt_2026-10-01-13-59-12_Untitled.ipynb", book("x"), "week-01"),
        ("wei/hw1.ipynb.txt", ONE, "hw1"),
        ("wei/HW1.IPYNB", ONE, "hw1"),
        ("wei/hw1.json", ONE, "hw1"),
    ],
)
def test_names_and_then_cells_tell_the_assignment(folder: Path, path: str, data: bytes, assignment: str) -> None:
    done = take(folder, {path: data, "bo/hw1.ipynb": ONE} if "/" in path else {path: data})
    assert [name for student, name in done.submissions if student.startswith("wei")] == [assignment], done.findings


def test_of_assignments_with_the_same_cells_the_one_that_asks_for_no_more_is_meant(folder: Path) -> None:
    for name, ids in (("short", "ab"), ("long", "abc")):
        build.write(folder / f"source/{name}/part.ipynb", build.notebook(*(build.answer(id, "1") for id in ids)))
    data = json.dumps(build.notebook(*(build.answer(id, "2") for id in "ab"))).encode()
    assert take(folder, {"wei/part.ipynb": data}).submissions == (("wei", "short"),)


def test_a_notebook_without_ids_is_of_the_assignment_that_is_handed_in_with_it(folder: Path) -> None:
    done = take(
        folder, {"wei/problem1.ipynb": book("x"), "wei/problem2.ipynb": book("problem2-ps2"), "bo/hw1.ipynb": ONE}
    )
    assert done.submissions == (("bo", "hw1"), ("wei", "ps2")) and done.findings == ()
    assert {"wei/ps2/problem1.ipynb", "wei/ps2/problem2.ipynb"} <= set(there(folder))


def test_what_may_be_of_two_assignments_is_asked(folder: Path) -> None:
    done = take(folder, {"wei/problem1.ipynb": book("x")})
    assert done.submissions == ()
    assert done.findings[0].what == "may be a notebook of ps1 or ps2"
    assert take(folder, {"wei/problem1.ipynb": book("x")}, "ps2").submissions == (("wei", "ps2"),)


def test_what_lies_beside_a_notebook_goes_with_it(folder: Path) -> None:
    done = take(
        folder,
        {
            "Lee_1_assignsubmission_file_/my work/hw1.ipynb": ONE,
            "Lee_1_assignsubmission_file_/my work/data/a.csv": b"1",
            "Lee_1_assignsubmission_onlinetext_onlinetext.html": b"2",
            "wei_1001_2001_hw1.ipynb": ONE,
            "wei_1001_2002_fig_1_2.png": b"3",
            "wei_1001_text.html": b"4",
            "Bo_2_assignsubmission_file_/report.pdf": b"5",
        },
    )
    assert {name: data for name, data in there(folder).items() if not name.endswith(".ipynb")} == {
        "Lee_1/hw1/data/a.csv": b"1",
        "Lee_1/hw1/onlinetext/onlinetext.html": b"2",
        "wei_1001/hw1/fig_1_2.png": b"3",
        "wei_1001/hw1/text.html": b"4",
    }
    assert [one.where for one in done.findings] == ["Bo_2_assignsubmission_file_/report.pdf"]


def test_drafts_are_left_out_and_counted(folder: Path) -> None:
    files = {"Submitted files/A/hw/Version 1/hw1.ipynb": ONE, "Working files/A/hw/hw1.ipynb": OTHER}
    done = take(folder, files)
    assert list(there(folder).values()) == [ONE]
    assert "1 working files" in done.notes[0]


def tarred(files: Mapping[str, bytes], how: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=how) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize("how", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_archive_is_opened_alone_and_in_another(folder: Path, how: str) -> None:
    inner = tarred({"hw1.ipynb": ONE}, how)
    ending = how.replace("w:", ".").removeprefix("w")
    build.write(folder / f"in.tar{ending}", tarred({f"lee/work.tar{ending}": inner, "wei/hw1.ipynb": OTHER}, how))
    collect(open_course(folder), folder / f"in.tar{ending}")
    assert there(folder) == {"lee/hw1/hw1.ipynb": ONE, "wei/hw1/hw1.ipynb": OTHER}


@pytest.mark.parametrize("how", ["w", "w:gz"])
@pytest.mark.parametrize("nested", [False, True])
def test_of_a_tar_archive_that_is_cut_off_the_beginning_is_taken(folder: Path, how: str, nested: bool) -> None:
    noise = bytes(range(256)) * 400
    whole = tarred({"lee/hw1.ipynb": ONE, "lee/a": noise, "wei/hw1.ipynb": OTHER, "wei/b": noise[::-1]}, how)
    cut = whole[: len(whole) * 2 // 3]
    path = build.write(folder / "in.zip", pack({"bo/hw1.ipynb": TWO, "all.tar": cut})) if nested else None
    done = collect(open_course(folder), path or build.write(folder / "in.tar", cut))
    assert ONE in there(folder).values()
    assert any("damaged or not whole" in one.what for one in done.findings)


@pytest.mark.parametrize("end", [2048, 2048 + 512])
def test_a_tar_archive_that_ends_between_two_files_is_not_taken_for_whole(folder: Path, end: int) -> None:
    whole = tarred({"lee/hw1.ipynb": b"{}" * 512, "wei/hw1.ipynb": OTHER}, "w")
    cut = whole[:1536] if end == 2048 else whole[:1536] + b"x" * 512 + whole[2048:]
    done = collect(open_course(folder), build.write(folder / "in.tar", cut))
    assert done.submissions == (("lee", "hw1"),)
    assert any("damaged or not whole" in one.what for one in done.findings)


@pytest.mark.parametrize("name", ["work.rar", "work.7z", "work.ZIP"])
def test_a_zip_archive_of_another_ending_is_opened(folder: Path, name: str) -> None:
    take(folder, {f"lee/{name}": pack({"hw1.ipynb": ONE}), "wei/hw1.ipynb": OTHER})
    assert there(folder) == {"lee/hw1/hw1.ipynb": ONE, "wei/hw1/hw1.ipynb": OTHER}


def test_an_archive_of_another_kind_beside_a_notebook_goes_with_it(folder: Path) -> None:
    done = take(folder, {"lee/hw1.ipynb": ONE, "lee/data.7z": b"7z\xbc\xaf\x27\x1c", "wei/hw1.ipynb": ONE})
    assert done.findings == () and "lee/hw1/data.7z" in there(folder)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "a 7z archive"),
        (b"Rar!\x1a\x07\x00", "a rar archive"),
        (pack({"lee/hw1.ipynb": ONE})[:-30], "a zip archive that is damaged or not whole"),
    ],
)
def test_what_is_not_opened_is_named(folder: Path, data: bytes, says: str) -> None:
    with pytest.raises(GraderError, match=says):
        collect(open_course(folder), build.write(folder / "in.x", data))


def test_archives_in_archives_are_opened_to_a_depth(folder: Path) -> None:
    deep = pack({"hw1.ipynb": ONE})
    files = {}
    for depth in range(1, 5):
        files[f"s{depth}/work.zip"] = deep
        deep = pack({"inner.zip": deep})
    done = take(folder, files)
    assert [student for student, _ in done.submissions] == ["s1", "s2"]
    assert any("too deep" in one.what for one in done.findings)


def test_an_archive_without_notebooks_stays_as_it_is(folder: Path) -> None:
    data = pack({"a.csv": b"1"})
    take(folder, {"lee/hw1.ipynb": ONE, "lee/data.zip": data})
    assert there(folder)["lee/hw1/data.zip"] == data


def test_names_that_a_mac_wrote_are_read(folder: Path) -> None:
    data = pack({"Zoë/hw1.ipynb": ONE, "bo/hw1.ipynb": ONE})
    raw = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        raw[raw.index(mark) + place] &= ~8  # says no longer: UTF-8
    collect(open_course(folder), build.write(folder / "in.zip", bytes(raw)))
    assert "Zoë/hw1/hw1.ipynb" in there(folder)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("lee/hw1/" + "d" * 300 + ".csv", "longer than a file system takes"),
        ("lee/hw1/" + "d/" * 3000 + "x.csv", "longer than a file system takes"),
        ("lee/hw1/" + "d" * 60000, "longer than a file system takes"),
        ("lee/hw1/data/x.csv|lee/hw1/data", "a file and a folder of one name"),
        ("lee/hw1/hw1.ipynb/x.csv", "a file and a folder of one name"),
    ],
)
def test_a_name_that_no_disk_can_hold_is_a_finding_and_the_rest_is_taken(folder: Path, name: str, says: str) -> None:
    files = dict.fromkeys(name.split("|"), b"1")
    done = take(folder, {**files, "lee/hw1/hw1.ipynb": ONE, "wei/hw1/hw1.ipynb": OTHER})
    assert there(folder)["lee/hw1/hw1.ipynb"] == ONE and there(folder)["wei/hw1/hw1.ipynb"] == OTHER
    assert len(done.findings) == 1 and says in done.findings[0].what


def test_a_disk_that_is_full_leaves_no_half_of_a_hand_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take(folder, {"lee/hw1/hw1.ipynb": ONE})
    write = Path.write_bytes

    def refuse(path: Path, data: bytes) -> int:
        if path.name == "z.csv":
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", refuse)
    archive = build.write(folder / "again.zip", pack({"lee/hw1/hw1.ipynb": OTHER, "lee/hw1/z.csv": b"1"}))
    done = build.run("collect", archive, "--course", folder)
    assert done.returncode == 2
    assert done.stderr.startswith("grader: submitted/: cannot be written (No space left on device)\n  fix: ")
    assert there(folder) == {"lee/hw1/hw1.ipynb": ONE}


@pytest.mark.parametrize(
    "table",
    [
        "",
        "a,b\n",
        "id,name,platform,number,assignment\nx\n",
        "\xff",
        "id,name,platform,number,assignment\n../x,a,b,c,d\n",
    ],
)
def test_a_table_that_is_none_is_an_error(folder: Path, table: str) -> None:
    (folder / "collected.csv").write_bytes(table.encode("latin-1"))
    (folder / "in.zip").write_bytes(pack({"lee/hw1.ipynb": ONE}))
    done = build.run("collect", folder / "in.zip", "--course", folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 2)
    assert there(folder) == {}
