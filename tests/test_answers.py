"""Every answer in tests/answers goes through the real pipeline: right ones earn full marks, wrong ones do not.

One submission holds one answer of each exercise of an assignment, so that a few dozen runs try them all.
"""

from pathlib import Path

import pytest

import build

ANSWERS = build.ROOT / "tests" / "answers"
FILES = sorted(ANSWERS.glob("*/*/*.py"))
NAMES = sorted({file.parent.parent.name for file in FILES})


def of(assignment: str, exercise: str) -> list[Path]:
    return [file for file in FILES if file.parent.name == exercise and file.parent.parent.name == assignment]


def submission_of(file: Path) -> str:
    return f"answers-{of(file.parent.parent.name, file.parent.name).index(file):02d}"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, tuple[float, float]]]:
    from grader.course import open_course
    from grader.release import read_assignment

    folder = tmp_path_factory.mktemp("answers")
    for name in NAMES:
        source = build.ROOT / "source" / name / f"{name}.ipynb"
        build.write(folder / "source" / name / f"{name}.ipynb", source.read_text("utf-8"))
    build.write(folder / "pyproject.toml", "[tool.grader.limits]\ncell_seconds = 20\n")
    build.write(folder / "nbgrader_config.py", (build.ROOT / "nbgrader_config.py").read_text("utf-8"))
    course = open_course(folder)
    for name in NAMES:
        exercise_of = {
            cell.exercise: cell.id for cell in read_assignment(course, name).templates[0].cells if cell.solution
        }
        groups: dict[str, dict[str, str]] = {}
        for file in (file for file in FILES if file.parent.parent.name == name):
            id = exercise_of[file.parent.name].replace("-", "_")
            groups.setdefault(submission_of(file), {})[id] = file.read_text("utf-8")
        given = build.released(folder, name)
        for student, answers in groups.items():
            build.hand_in(folder, student, build.filled(given, **answers), name)
    done = build.run("grade", "--course", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return {key: build.exercises(row) for key, row in build.results(folder).items()}


@pytest.mark.parametrize(
    "file", FILES, ids=lambda file: f"{file.parent.parent.name[:2]}-{file.parent.name}-{file.stem}"
)
def test_an_answer_earns_what_it_is_worth(
    file: Path, graded: dict[tuple[str, str], dict[str, tuple[float, float]]]
) -> None:
    points, maximum = graded[submission_of(file), file.parent.parent.name][file.parent.name]
    if file.stem.startswith("right_"):
        assert points == maximum, f"a right answer earned {points:g} of {maximum:g}"
    else:
        assert points < maximum, f"a wrong answer earned all {maximum:g} points"


def test_each_exercise_has_two_right_and_four_wrong_answers() -> None:
    import json

    for path in build.sources():
        cells = json.loads(path.read_text("utf-8"))["cells"]
        ids = [cell["id"] for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution")]
        folders = {folder.name.strip("_").replace("_", "-"): folder for folder in (ANSWERS / path.stem).iterdir()}
        for id in ids:
            kinds = [file.stem.split("_")[0] for file in folders[id].glob("*.py")]
            assert kinds.count("right") >= 2, id
            assert kinds.count("wrong") >= 4, id
            assert len(kinds) == kinds.count("right") + kinds.count("wrong"), id
