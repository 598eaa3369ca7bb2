"""A student's own copies: started and never overwritten, given back cell by cell, packed for handing in."""

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import build
from build import RIGHT, filled
from grader.student import copies
from grader.student.copies import Shelf, assignment_copy, called, find_shelf, lesson_copy, unique
from grader.student.reset import answers, asked_for

LESSON = build.notebook(
    build.text(
        "opening", "# Numbers\n\n[next](letters.ipynb) [do](../release/numbers/numbers.ipynb) [doc](../docs/a.md)\n"
    ),
    build.text("picture", "![A map.](map.svg) ![Elsewhere.](https://example.org/a.png)"),
    {**build.code("shown", "1 + 1"), "outputs": [{"output_type": "stream", "name": "stdout", "text": ["2\n"]}]},
    {
        **build.code("hidden", "2 + 2"),
        "metadata": {"tags": ["predicted"]},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["4\n"]}],
        "execution_count": 2,
    },
)


TO_LESSON = "[lesson](../../notebooks/numbers.ipynb)"


def written(path: Path, **texts: str) -> None:
    """Write answers into a working copy, as JupyterLab saves it."""
    build.write(path, json.dumps(filled(build.read(path), **texts), indent=1, ensure_ascii=False) + "\n")


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """What students get of a course: a release of two assignments and two lessons, without sources."""
    given = build.released(build.course(tmp_path / "made"))
    folder = tmp_path / "school"
    given["metadata"]["language_info"] = LESSON["metadata"]["language_info"] = {"name": "python"}
    given["cells"][0] = {**build.text("opening", f"# Numbers\n\n{TO_LESSON}"), "metadata": {}}
    for name in ("numbers", "numerals"):
        build.write(folder / "release" / name / f"{name}.ipynb", given)
    build.write(folder / "release/numbers/data/table.csv", "1,2\n")
    build.write(folder / "notebooks/numbers.ipynb", LESSON)
    build.write(folder / "notebooks/letters.ipynb", build.notebook(build.text("opening", "# Letters")))
    build.write(folder / "notebooks/map.svg", "<svg/>")
    return folder


def grader(school: Path, *words: str) -> tuple[int, str, str]:
    done = build.run(*words, folder=school)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def started(school: Path) -> Path:
    """The student's notebook of an assignment that was started."""
    assert grader(school, "start", "numbers")[0] == 0
    return school / "work/numbers/numbers.ipynb"


# Start ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_assignment_is_copied_with_its_files(started: Path, school: Path) -> None:
    assert (started.parent / "data/table.csv").read_text() == "1,2\n"
    assert build.read(started)["cells"][1:] == build.read(school / "release/numbers/numbers.ipynb")["cells"][1:]


def test_links_between_working_copies_lead_somewhere(started: Path, school: Path) -> None:
    lesson = school / "work/lessons/numbers.ipynb"
    opening = "".join(build.read(lesson)["cells"][0]["source"])
    assert "(../numbers/numbers.ipynb)" in opening and (lesson.parent / "../numbers/numbers.ipynb").is_file()
    assert "(letters.ipynb)" in opening and (lesson.parent / "letters.ipynb").is_file()
    assert "(../../docs/a.md)" in opening
    assert (lesson.parent / "map.svg").is_file()
    assert "(../lessons/numbers.ipynb)" in started.read_text("utf-8")


def test_a_cell_that_nbgrader_compares_with_its_release_is_copied_as_it_is(tmp_path: Path) -> None:
    cells = build.text("intro", TO_LESSON, locked=True), {**build.text("free", TO_LESSON), "metadata": {}}
    given = build.released(build.course(tmp_path, *cells, *build.DOUBLE[1:]))
    intro, free, *_ = json.loads(assignment_copy(json.dumps(given).encode()))["cells"]
    assert "".join(intro["source"]) == TO_LESSON and "".join(free["source"]) == "[lesson](../lessons/numbers.ipynb)"


def test_only_what_is_to_be_predicted_is_cleared() -> None:
    copy = json.loads(lesson_copy(json.dumps(LESSON)))
    shown, hidden = copy["cells"][2:]
    assert shown == LESSON["cells"][2]
    assert (hidden["outputs"], hidden["execution_count"]) == ([], None)


def test_a_fresh_copy_says_of_python_what_a_kernel_says_so_that_opening_it_changes_nothing(
    started: Path, school: Path
) -> None:
    from ipykernel.ipkernel import IPythonKernel

    told = IPythonKernel.language_info
    for copy in (started, school / "work/lessons/numbers.ipynb"):
        assert build.read(copy)["metadata"]["language_info"] == told
    grader(school, "reset", "numbers", "--all")
    assert build.read(started)["metadata"]["language_info"] == told


def test_another_python_makes_no_copy_one_of_an_earlier_version(
    started: Path, school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.python_version", lambda: "3.99.0")
    assert "earlier version" not in grader(school, "start", "--all")[1]


@pytest.mark.parametrize("text", ["{", '{"metadata": {}}', '{"metadata": {"language_info": {"name": "R"}}}'])
def test_what_is_no_notebook_of_python_s_is_copied_as_it_is(text: str) -> None:
    assert copies.as_opened(text.encode()) == text.encode()


def test_what_is_there_is_never_overwritten(started: Path, school: Path) -> None:
    build.write(started, "mine")
    build.write(started.parent / "data/table.csv", "mine")
    code, said, _ = grader(school, "start", "numbers")
    assert code == 0 and started.read_text() == (started.parent / "data/table.csv").read_text() == "mine"
    assert "work/numbers/numbers.ipynb is there already, and stays as it is" in said
    assert "grader reset numbers EXERCISE" in said


def test_a_file_that_was_deleted_comes_back_and_the_others_stay(started: Path, school: Path) -> None:
    build.write(started, "mine")
    (started.parent / "data/table.csv").unlink()
    grader(school, "start", "numbers")
    assert (started.parent / "data/table.csv").is_file() and started.read_text() == "mine"


def test_several_are_started_at_once_by_the_beginnings_of_their_names(school: Path) -> None:
    assert grader(school, "start", "numb", "nume")[0] == 0
    assert (school / "work/numerals/numerals.ipynb").is_file() and (school / "work/numbers/numbers.ipynb").is_file()


def test_a_lesson_without_an_assignment_is_started_too(school: Path) -> None:
    assert grader(school, "start", "let") == (
        0,
        "work/lessons/letters.ipynb\nwork/lessons/: 2 files to which it leads\n",
        "",
    )


def test_all_are_started_and_nothing_is_said_of_what_is_there(started: Path, school: Path) -> None:
    assert grader(school, "start", "--all") == (0, "work/numerals/numerals.ipynb\n", "")


@pytest.mark.parametrize("name, what", [("num", "several names start so"), ("x", "no assignment or lesson starts so")])
def test_a_name_that_does_not_tell_which_is_refused_with_those_that_would(school: Path, name: str, what: str) -> None:
    code, _, said = grader(school, "start", name)
    assert code == 2 and what in said.splitlines()[0] and "numbers, numerals" in said.splitlines()[1]


def test_without_a_name_it_lists_what_there_is_and_what_was_started(started: Path, school: Path) -> None:
    lines = grader(school, "start")[1].splitlines()
    assert lines[0].split()[:2] == ["letters", "lesson"]
    assert lines[1].endswith("work/numbers, work/lessons/numbers.ipynb") and lines[2].endswith("not started")


def test_a_copy_of_an_earlier_version_is_named_and_stays(started: Path, school: Path) -> None:
    lesson, copy = school / "notebooks/letters.ipynb", school / "work/lessons/letters.ipynb"
    build.write(lesson, lesson.read_text("utf-8").replace("# Letters", "# More letters"))
    build.write(started, "mine")
    before = copy.read_bytes()
    said = [line for line in grader(school, "start", "--all")[1].splitlines() if "earlier version" in line]
    assert len(said) == 1 and said[0].startswith("work/lessons/letters.ipynb is of an earlier version")
    assert copy.read_bytes() == before
    copy.rename(copy.with_name("mine.ipynb"))
    assert "earlier version" not in "".join(grader(school, "start", "--all")[1])


def test_a_new_release_is_told_until_the_whole_assignment_is_taken_anew(started: Path, school: Path) -> None:
    released = school / "release/numbers/numbers.ipynb"
    build.write(released, released.read_text("utf-8").replace("# Numbers", "# More numbers"))
    assert "work/numbers/numbers.ipynb is of an earlier version" in grader(school, "start", "numbers")[1]
    grader(school, "reset", "numbers", "--all")
    assert "earlier version" not in grader(school, "start", "numbers")[1]


def test_git_does_not_see_the_work(started: Path, school: Path) -> None:
    assert (school / "work/.gitignore").read_text() == "*\n"


def test_outside_a_course_two_lines_say_where_to_go(tmp_path: Path) -> None:
    code, _, said = grader(tmp_path, "start")
    assert code == 2 and "no course here" in said and said.splitlines()[1].startswith("  fix: go to a folder")


def test_a_folder_that_may_not_be_written_is_named(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, data: bytes) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("grader.student.copies._create", refused)
    code, _, said = grader(school, "start", "numbers")
    assert code == 2 and said.splitlines()[0].endswith("cannot be read or written (Permission denied)")
    assert "get the right to read and write there" in said.splitlines()[1]


def full(_: object, data: Any) -> int:
    raise OSError(28, "No space left on device", "work")


def test_half_of_a_copy_does_not_stay(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        copies._create(school / "new.ipynb", b"whole file")
    assert not [path for path in school.iterdir() if "new" in path.name]


def test_a_copy_has_its_name_only_when_it_is_whole(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def link(fresh: Path, path: Path) -> None:
        seen.append(fresh.read_bytes())  # whoever is killed before this leaves nothing of that name
        assert not path.exists()

    monkeypatch.setattr("os.link", link)
    copies._create(school / "new.ipynb", b"whole file")
    assert seen == [b"whole file"]


def test_a_file_that_somebody_makes_meanwhile_is_not_overwritten(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, linked = school / "new.ipynb", os.link

    def late(fresh: Path, to: Path) -> None:
        path.write_text("mine")
        linked(fresh, to)

    monkeypatch.setattr("os.link", late)
    assert not copies._create(path, b"theirs") and path.read_text() == "mine"


def test_a_disk_without_links_gets_copies_too(school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", none)
    assert copies._create(school / "new.ipynb", b"whole file")
    assert [path.name for path in school.iterdir() if "new" in path.name] == ["new.ipynb"]


def test_a_start_that_was_stopped_goes_on_and_knows_what_it_had_copied(
    school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, create = find_shelf(school), copies._create

    def stopped(path: Path, data: bytes) -> bool:
        if path.name == "map.svg":
            raise KeyboardInterrupt
        return create(path, data)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(copies, "_create", stopped)
        copies.start(shelf, ["numbers"])
    released = school / "release/numbers/numbers.ipynb"
    build.write(released, released.read_text("utf-8").replace("# Numbers", "# More numbers"))
    done = copies.start(shelf, ["numbers"])
    assert school / "work/lessons/map.svg" in done.made and done.older == (school / "work/numbers/numbers.ipynb",)


@pytest.mark.parametrize("place", ["work", "work/numbers", "work/lessons"])
def test_a_file_where_a_folder_goes_is_named_and_stays(school: Path, place: str) -> None:
    build.write(school / place, "mine")
    code, _, said = grader(school, "start", "numbers")
    assert code == 2 and said.startswith(f"grader: {place}: something else stands there")
    assert "move or rename it" in said.splitlines()[1] and (school / place).read_text() == "mine"


def test_a_folder_and_a_link_to_nowhere_are_no_copies(school: Path) -> None:
    copy = school / "work/numbers/numbers.ipynb"
    copy.mkdir(parents=True)
    assert "work/numbers/numbers.ipynb: something else stands there" in grader(school, "start", "numbers")[2]
    copy.rmdir()
    copy.symlink_to("nowhere")
    assert "work/numbers/numbers.ipynb: something else stands there" in grader(school, "start", "numbers")[2]


@pytest.mark.parametrize("asked", ["work/numbers/numbers.ipynb", "release/numbers/", "notebooks/numbers.ipynb"])
def test_a_path_names_what_lies_at_its_end(school: Path, asked: str) -> None:
    assert called(find_shelf(school), asked) == "numbers"


@pytest.mark.parametrize(
    "asked, found", [("6", "06_b"), ("06", "06_b"), ("1", "01_a"), ("13", "13_c"), ("01_", "01_a")]
)
def test_a_number_is_found_with_and_without_its_zero(asked: str, found: str) -> None:
    assert unique(asked, ["01_a", "06_b", "13_c", "14_d"], "assignment") == found


# Reset ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_comes_back_as_released_and_every_other_byte_stays(started: Path, school: Path) -> None:
    written(started, triple="mine")
    before = started.read_bytes()
    written(started, triple="mine", double=RIGHT["double"])
    code, said, _ = grader(school, "reset", "numbers", "double")
    assert code == 0 and started.read_bytes() == before
    kept = next(line for line in said.splitlines() if line.startswith("what you wrote")).split()[-1]
    assert (school / kept).read_text() == RIGHT["double"] + "\n"


def compact(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook)


def wide(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, indent=4, sort_keys=True) + "\r\n"


@pytest.mark.parametrize("save", [compact, wide])
def test_a_notebook_that_another_program_saved_keeps_its_other_bytes(
    started: Path, school: Path, save: Callable[[dict[str, Any]], str]
) -> None:
    text = save(filled(build.read(started), double="## MINE"))
    build.write(started, text.encode())
    grader(school, "reset", "numbers", "double")
    after = started.read_bytes().decode()
    at = text.index("## MINE")
    head, tail = text[: text.rindex("{", 0, text.rindex("double", 0, at))][:200], text[-200:]
    assert after.startswith(head) and after.endswith(tail)
    assert build.read(started) == json.loads(text) | {
        "cells": [*json.loads(text)["cells"][:1], *build.read(school / "release/numbers/numbers.ipynb")["cells"][1:]]
    }


def test_without_an_exercise_it_lists_them_and_which_were_changed(started: Path, school: Path) -> None:
    written(started, double=RIGHT["double"])
    lines = grader(school, "reset", "numbers")[1].splitlines()
    assert [line.split(maxsplit=1) for line in lines[:3]] == [
        ["double", "changed"], ["triple", "as it was released"], ["why", "as it was released"],
    ]  # fmt: skip


def test_an_answer_as_it_was_released_is_left_alone(started: Path, school: Path) -> None:
    before = started.read_bytes()
    assert grader(school, "reset", "numbers", "tri") == (0, "triple is as it was released\n", "")
    assert started.read_bytes() == before and not (school / "work/kept").exists()


def copied(notebook: dict[str, Any], place: int, *texts: str) -> None:
    """Copy a cell as JupyterLab does it, and write into the copies."""
    for number, text in enumerate(texts):
        notebook["cells"].insert(place + 1, {**notebook["cells"][place], "id": f"copy-{number}", "source": text})


def test_an_answer_that_was_copied_comes_back_once_and_what_was_in_the_copies_is_kept(
    started: Path, school: Path
) -> None:
    before, notebook = started.read_bytes(), build.read(started)
    copied(notebook, 1, "second try", "first try")
    build.write(started, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    assert "double" in (line := grader(school, "reset", "numbers")[1].splitlines()[0]) and "in 3 cells" in line
    grader(school, "reset", "numbers", "double")
    assert started.read_bytes() == before
    kept = next((school / "work/kept/numbers").iterdir()).read_text("utf-8")
    assert "first try\n\nsecond try" in kept


def test_one_exercise_and_all_of_them_are_not_asked_for_at_once(started: Path, school: Path) -> None:
    build.write(started, mine := started.read_text("utf-8").replace("Numbers", "Mine"))
    code, _, said = grader(school, "reset", "numbers", "double", "--all")
    assert code == 2 and "one exercise and all of them" in said and started.read_text("utf-8") == mine


def test_a_notebook_behind_a_link_stays_behind_it(started: Path, school: Path) -> None:
    elsewhere = started.rename(school / "elsewhere.ipynb")
    started.symlink_to(elsewhere)
    written(elsewhere, double="mine")
    grader(school, "reset", "numbers", "double")
    assert started.is_symlink() and "mine" not in elsewhere.read_text("utf-8")


def test_a_deleted_answer_comes_back_below_its_task(started: Path, school: Path) -> None:
    notebook = build.read(started)
    del notebook["cells"][4]
    build.write(started, notebook)
    assert "deleted" in grader(school, "reset", "numbers")[1]
    assert grader(school, "reset", "numbers", "triple")[0] == 0
    assert [cell["id"] for cell in build.read(started)["cells"]][3:6] == ["double-hidden", "triple", "triple-visible"]


def test_a_text_is_given_back_too_and_kept_as_text(started: Path, school: Path) -> None:
    written(started, why="because")
    said = grader(school, "reset", "numbers", "why")[1]
    assert "".join(build.read(started)["cells"][-1]["source"]) == "YOUR ANSWER HERE" and ".md" in said


def test_two_resets_in_one_second_keep_both_answers(started: Path, school: Path) -> None:
    for text in ("first", "second"):
        written(started, double=text)
        grader(school, "reset", "numbers", "double")
    assert sorted(path.read_text() for path in (school / "work/kept/numbers").iterdir()) == ["first\n", "second\n"]


def test_a_whole_notebook_is_given_back_and_the_old_one_kept(started: Path, school: Path) -> None:
    fresh = started.read_bytes()
    build.write(started, "no notebook any more")
    code, said, _ = grader(school, "reset", "numbers", "--all")
    kept = next((school / "work/kept/numbers").iterdir())
    assert code == 0 and started.read_bytes() == fresh
    assert kept.read_text() == "no notebook any more" and str(kept.relative_to(school)) in said


@pytest.mark.parametrize("text", ["", "{", '{"cells": [', '{"cells": [1]}', "[]"])
def test_a_broken_notebook_is_named_with_a_way_out(started: Path, school: Path, text: str) -> None:
    build.write(started, text)
    code, _, said = grader(school, "reset", "numbers", "double")
    assert code == 2 and "work/numbers/numbers.ipynb: it cannot be read as a notebook" in said
    assert "grader reset numbers --all" in said and started.read_text() == text


def test_before_the_start_there_is_nothing_to_give_back(school: Path) -> None:
    code, _, said = grader(school, "reset", "numbers", "double")
    assert code == 2 and said.splitlines()[1] == "  fix: start it: grader start numbers"


def test_an_exercise_is_found_by_its_name_or_the_id_of_its_cell(started: Path, school: Path) -> None:
    found = answers(find_shelf(school), "numbers")
    assert isinstance(find_shelf(school), Shelf)
    assert {asked_for(found, word).id for word in ("d", "double", "DOUBLE")} == {"double"}


# Pack ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with one assignment, released, that a student has started, solved in part, and packed twice."""
    folder = build.course(tmp_path_factory.mktemp("pack"))
    assert (
        build.run("release", folder=folder).returncode == build.run("start", "numbers", folder=folder).returncode == 0
    )
    written(folder / "work/numbers/numbers.ipynb", double=RIGHT["double"])
    build.write(folder / "work/numbers/own.py", "x = 1\n")
    build.write(folder / "work/numbers/scratch.ipynb", "{}")
    build.write(folder / "work/numbers/.ipynb_checkpoints/numbers-checkpoint.ipynb", "{}")
    named, platform = (build.run("pack", "num", *more, folder=folder) for more in (["--student", "ada"], []))
    build.write(folder / "named.txt", f"{named.returncode}\n{named.stdout}{named.stderr}")
    build.write(folder / "platform.txt", f"{platform.returncode}\n{platform.stdout}{platform.stderr}")
    return folder


def test_a_pack_holds_the_notebook_and_the_students_own_files(made: Path) -> None:
    names = zipfile.ZipFile(made / "work/numbers_ada.zip").namelist()
    assert names == ["ada/numbers/numbers.ipynb", "ada/numbers/own.py"]


def test_packing_says_what_is_open_and_refuses_nothing(made: Path) -> None:
    said = (made / "named.txt").read_text("utf-8")
    assert said.startswith("0\n") and "triple" in said and "work/numbers_ada.zip holds" in said
    assert "--student" not in said and "--student ID" in (made / "platform.txt").read_text("utf-8")


def test_collect_takes_a_pack_with_student_and_assignment(made: Path) -> None:
    done = build.run("collect", "work/numbers_ada.zip", folder=made)
    assert (done.returncode, done.stdout) == (0, "submitted/ada/numbers\n"), done.stderr
    assert (made / "submitted/ada/numbers/numbers.ipynb").read_bytes() == (
        made / "work/numbers/numbers.ipynb"
    ).read_bytes()


@pytest.mark.parametrize("file", ["numbers.zip", "numbers_ada.zip"])
def test_collect_takes_a_pack_from_a_learning_platform(made: Path, tmp_path: Path, file: str) -> None:
    for number, person in enumerate(("Ada Lovelace", "Bob Noyce")):
        build.write(
            tmp_path / f"in/{person}_{4711 + number}_assignsubmission_file_" / file, (made / "work" / file).read_bytes()
        )
    course = build.course(tmp_path / "course")
    done = build.run("collect", tmp_path / "in", folder=course)
    assert done.stdout.split() == ["submitted/Ada_Lovelace_4711/numbers", "submitted/Bob_Noyce_4712/numbers"], (
        done.stdout
    )


def test_a_notebook_that_cannot_be_checked_is_packed_all_the_same(started: Path, school: Path) -> None:
    build.write(started, "{")
    code, said, problem = grader(school, "pack", "numbers")
    assert code == 0 and "numbers.zip holds numbers.ipynb" in said and "fix:" in problem


def test_several_are_packed_each_into_a_file_of_its_own(started: Path, school: Path) -> None:
    assert grader(school, "start", "--all")[0] == 0
    for path in (school / "work").glob("num*/*.ipynb"):
        build.write(path, "{")  # which is quick to check
    code, said, _ = grader(school, "pack", "numb", "nume")
    assert code == 0 and "work/numbers.zip holds" in said and "work/numerals.zip holds" in said


def test_none_is_packed_where_one_was_not_started(started: Path, school: Path) -> None:
    code, _, said = grader(school, "pack", "numbers", "numerals")
    assert code == 2 and "start it: grader start numerals" in said and not (school / "work/numbers.zip").exists()


def test_an_id_that_can_be_none_is_refused(started: Path, school: Path) -> None:
    code, _, said = grader(school, "pack", "numbers", "--student", "../ada")
    assert code == 2 and "this can be no student's id" in said
