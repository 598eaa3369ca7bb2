"""What each command imports: none pays for what it does not use. Asserted on modules, not on time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import build
from build import RIGHT, filled, hand_in
from grader.course.settings import open_course, preloaded

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
    "feedback": STUDENT_RUN | GRAMMAR | {"alembic.script"},
    "report": LIGHT,
    "grade": STUDENT_RUN | GRAMMAR | {"alembic.script", "distributed"},
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


FORWARDS = "torch._decomp.decompositions_for_jvp"
PRELOADED = {
    "import numpy as np\nnp.zeros(3)": ("numpy",),
    "import matplotlib.pyplot as plt": ("matplotlib.pyplot",),
    "# torch is not used here": ("torch",),
    "print('an answer that needs nothing')": (),
    "if True:\n    import sys\n    from sqlite3 import connect": (),
    "import helper, shapes\nfrom data import tables": ("yaml",),
    "import torch\nslopes = None  # per_sample": ("torch", "torch._dynamo"),
    "import torch\nfrom torch.func import vmap": ("torch", "torch.func", "torch._dynamo", FORWARDS),
    "import torch\ntorch.autograd.forward_ad.dual_level()": ("torch", FORWARDS),
    "import torch\ntorch.optim.SGD([torch.ones(1)])": ("torch", "torch._dynamo"),
}


@pytest.mark.parametrize("code", PRELOADED)
def test_what_an_assignments_code_names_is_imported_before_its_kernels(code: str, tmp_path: Path) -> None:
    folder = build.course(
        tmp_path, build.text("prose", "import pandas" + ", vmap" * ("per_sample" in code)), build.code("first", code)
    )
    beside = folder / "source" / "numbers"
    build.write(beside / "shapes.py", "")
    build.write(beside / "data" / "tables.py", "")
    if "helper" in code:
        build.write(beside / "helper.py", "import wave, shapes\nimport yaml\n")
    assert preloaded(open_course(folder), "numbers") == PRELOADED[code]


def test_an_unreadable_source_names_nothing(tmp_path: Path) -> None:
    folder = build.course(tmp_path)
    build.write(folder / "source" / "numbers" / "numbers.ipynb", "{")
    assert preloaded(open_course(folder), "numbers") == ()
