"""What file names say, whatever browsers, copies, platforms and people make of them."""

import pytest

from grader.course.filenames import as_student, is_student, match_notebooks, named, parted

KNOWN = {name.replace("-", "_"): [name] for name in ("06_x", "week-01", "week-10", "hw-1", "hw")}


@pytest.mark.parametrize(
    "name",
    [
        "06_x (1).ipynb", "06_x-2.ipynb", "06_X copy.ipynb", "06_x - Copy (2).ipynb", "06 x.ipynb", "06_x.ipynb.ipynb",
        "06_x-Copy1.ipynb", "Copy of 06_x.ipynb", "Kopie von Kopie von 06_x (3).ipynb", "06_x.ipynb (1)",
        "06_x_final_final (2).ipynb", "06_x.ipynb.txt", "06_x.ipynb.json", "06_X.IPYNB", "06_x - Kopie - Kopie.ipynb",
        "06_x.ipynb.download", "06_x(1).ipynb",
    ],
)  # fmt: skip
def test_renamed_copies_are_one_name(name: str) -> None:
    assert named(name, KNOWN) == ["06_x"]


@pytest.mark.parametrize(
    ("name", "meant"),
    {
        "week-01.ipynb": "week-01",
        "week-10.ipynb": "week-10",
        "week-01-1.ipynb": "week-01",
        "Week 10 (2).ipynb": "week-10",
        "hw-1-3.ipynb": "hw-1",
        "hw-2.ipynb": "hw",
    }.items(),
)
def test_a_number_is_taken_away_only_where_the_whole_name_is_unknown(name: str, meant: str) -> None:
    assert named(name, KNOWN) == [meant]


@pytest.mark.parametrize("name", ["week-1.ipynb", "week-011.ipynb", "week.ipynb", "06_x_2.ipynb", ".ipynb", "", " (1)"])
def test_another_name_is_not_guessed_at(name: str) -> None:
    assert not named(name, KNOWN)


def test_names_of_one_spelling_are_all_told() -> None:
    assert named("HW-1.ipynb", {"hw_1": ["hw-1", "hw_1"]}) == ["hw-1", "hw_1"]


@pytest.mark.parametrize(
    ("name", "student", "notebook"),
    [
        ("ada_06_x.ipynb", "ada", "06_x"),
        ("ada-lovelace_hw-1 (2).ipynb", "ada-lovelace", "hw-1"),
        ("Ada Lovelace - week-01.ipynb", "Ada Lovelace", "week-01"),
        ("week-01_ada.ipynb", "ada", "week-01"),
        ("hw-1-ada lovelace (1).ipynb", "ada lovelace", "hw-1"),
        ("hw-1_4711.ipynb", "4711", "hw-1"),
        ("Zoe\u0308 Mu\u0308ller_hw-1.ipynb", "Zoë Müller", "hw-1"),
    ],
)
def test_a_name_of_student_and_notebook_is_parted(name: str, student: str, notebook: str) -> None:
    assert parted(name, KNOWN) == (student, [notebook])


@pytest.mark.parametrize("name", ["hw-12.ipynb", "06_x.ipynb", "_06_x.ipynb", "notes.ipynb"])
def test_a_name_without_a_student_is_nobodys(name: str) -> None:
    assert parted(name, KNOWN) is None


@pytest.mark.parametrize("part", [" - Copy", "(1)", " ", "-1", "copy of ", "hw-1_"])
def test_a_name_of_very_many_parts_is_read(part: str) -> None:
    """Whoever reads it in more than linear time never ends."""
    for name in (f"{part * 5000}.ipynb", f"own{part * 5000}x.ipynb"):
        assert not named(name, {"other": ["other"]})
        parted(name, KNOWN)
        match_notebooks({name, "other.ipynb"}, ["hw-1"])
        assert is_student(as_student(name)) or not as_student(name)


def test_the_exact_name_wins_over_a_copy() -> None:
    found, findings = match_notebooks({"ps1.ipynb", "ps1 (1).ipynb"}, ["ps1"])
    assert found == {"ps1": "ps1.ipynb"}
    assert [(one.where, one.what) for one in findings] == [
        ("ps1 (1).ipynb", "another copy of ps1.ipynb; ps1.ipynb was graded")
    ]


def test_of_copies_alone_the_last_is_graded_and_the_others_are_named() -> None:
    found, findings = match_notebooks({"ps1 (2).ipynb", "ps1 (10).ipynb", "ps1 (9).ipynb"}, ["ps1"])
    assert found == {"ps1": "ps1 (10).ipynb"}
    assert {one.where for one in findings} == {"ps1 (10).ipynb", "ps1 (9).ipynb", "ps1 (2).ipynb"}


@pytest.mark.parametrize(
    ("name", "good"),
    {
        "ada": True, "a.b@c": True, "प्रिया शर्मा": True, "李伟": True, "x" * 128: True,
        "..": False, "../../x": False, "": False, "a/b": False, "-x": False, "x.": False, "a\nb": False, "x" * 129: False,
        "प्रिया" * 20: False, "a;b": False, "a\u202eb": False,
    }.items(),
)  # fmt: skip
def test_what_can_be_a_student(name: str, good: bool) -> None:
    assert is_student(name) is good


@pytest.mark.parametrize(
    ("name", "id"),
    {
        "Sinéad O’Brien": "Sinéad_OBrien_7",
        "Anna (Ann) Smith": "Anna_Ann_Smith_7",
        "Martin King, Jr.": "Martin_King_Jr_7",
        "प्रिया शर्मा": "प्रिया_शर्मा_7",
        "Zoe\u0308 Mu\u0308ller": "Zoë_Müller_7",
        "李伟": "李伟_7",
        "列奥纳多·达芬奇": "列奥纳多达芬奇_7",
        "=cmd": "cmd_7",
        "...": "",
    }.items(),
)
def test_names_as_people_have_them_become_ids(name: str, id: str) -> None:
    assert as_student(name, "7") == id
    assert not id or is_student(id)


def test_names_that_are_too_long_stay_apart() -> None:
    one, other = as_student("x" * 300), as_student("x" * 301)
    assert is_student(one) and is_student(other) and one != other
