"""`grader demo` on one assignment: a class with every mishap, graded end to end."""

from pathlib import Path

import pytest

import build


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo") / "class"
    done = build.run("demo", "06_broadcasting", "--to", folder, "--course", build.ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def test_every_student_has_a_result_and_a_page(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    rows = build.results(folder)
    assert set(rows) == {(path.parent.name, path.name) for path in folder.glob("submitted/*/*")}
    assert len(rows) == 20
    assert len(list(folder.glob("feedback/*/*/*.html"))) == 20


def test_the_class_meets_every_mishap(demo: tuple[Path, str]) -> None:
    rows = list(build.results(demo[0]).values())
    assert {row["ending"] for row in rows} == {"finished", "timed_out", "died", "unreadable"}
    told = " ".join(finding["what"] for row in rows for finding in row["findings"])
    for words in ("was missing", "2 cells carry this id", "taken as 06_broadcasting.ipynb", "cut off"):
        assert words in told
    assert any(row["late_seconds"] for row in rows)
    shares = sorted(row["points"] / row["maximum"] for row in rows)
    assert shares[0] < 0.4 and shares[-1] > 0.8


def test_it_says_where_to_look(demo: tuple[Path, str]) -> None:
    folder, said = demo
    assert "report/index.html" in said and (folder / "report/index.html").is_file()


def test_it_never_touches_a_folder_of_someone_else_s(tmp_path: Path) -> None:
    keep = build.write(tmp_path / "mine" / "thesis.txt", "years")
    done = build.run("demo", "06_broadcasting", "--to", tmp_path / "mine", "--course", build.ROOT)
    assert done.returncode == 2
    assert keep.read_text() == "years"
