"""What each command imports: none pays for what it does not use. Asserted on modules, not on time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import build
from build import RIGHT, filled, hand_in
from grader.course import open_course
from grader.outline import read_outline
from grader.release import read_assignment

COURSE_RUN = {"nbgrader", "nbconvert", "nbformat", "nbclient", "jupyter_client", "alembic", "jsonschema", "tornado"}
STUDENT_RUN = {"torch", "numpy", "matplotlib", "IPython", "ipykernel"}
GRAMMAR = {"rfc3987_syntax", "lark"}
DATABASE, PAGES = {"sqlalchemy"}, {"jinja2", "pygments"}
LIGHT = COURSE_RUN | STUDENT_RUN | GRAMMAR
AVOIDED = {
    "--version": LIGHT | DATABASE | PAGES,
    "--help": LIGHT | DATABASE,
    "grade --help": LIGHT | DATABASE,
    "results": LIGHT | PAGES,
    "results --json": LIGHT,
    "export": LIGHT,
    "feedback": LIGHT,
    "report": LIGHT,
    "grade": STUDENT_RUN | GRAMMAR | {"alembic.script"},
    "release": STUDENT_RUN | GRAMMAR | {"alembic.script"},
}
RUN = """
import atexit, json, sys
atexit.register(lambda: print("\\n" + json.dumps([name for name, one in sys.modules.items() if one]), file=sys.stderr))
from grader.cli import main
sys.argv[0] = "grader"
main()
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build.course(tmp_path_factory.mktemp("start"))
    hand_in(folder, "ada", filled(build.released(folder), **RIGHT))
    assert build.run("grade", "--course", folder).returncode == 0
    return folder


@pytest.mark.parametrize("command", AVOIDED)
def test_a_command_imports_no_more_than_it_needs(graded: Path, command: str) -> None:
    run = [sys.executable, "-c", RUN, *command.split()]
    done = subprocess.run(run, cwd=graded, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert AVOIDED[command] & set(json.loads(done.stderr.splitlines()[-1])) == set()


def test_the_outline_names_the_answers_as_nbgrader_does(tmp_path: Path) -> None:
    folder = build.course(tmp_path, *build.DOUBLE, build.text("task", "do this", task=True, points=2))
    for course in (open_course(build.ROOT), open_course(folder)):
        for path in sorted((course.root / "source").iterdir()):
            outline = read_outline(course, path.name)
            whole = read_assignment(course, path.name).templates
            assert [template.notebook for template in outline] == [template.notebook for template in whole]
            for ours, theirs in zip(outline, whole, strict=True):
                answers = [cell for cell in theirs.cells if cell.solution]
                assert [(c.id, c.code, c.exercise) for c in ours.cells] == [(c.id, c.code, c.exercise) for c in answers]
