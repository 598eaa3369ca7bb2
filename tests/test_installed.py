"""The wheel, installed beside what others use: NumPy alone for students, and the oldest of all that the command asks for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import build
from build import RIGHT, filled, hand_in
from grader.course.address import first_cell
from grader.ready import PYTHON

PROJECT = tomllib.loads((build.ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def run(command: list[str | Path], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: setuptools leaves files where it builds."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("grader", "notebooks"):
        shutil.copytree(build.ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
        shutil.copy(build.ROOT / name, folder)
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, folder]
    done = run(pip)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def environment(folder: Path, lent: Iterable[str], *arguments: str | Path) -> Path:
    """Make a virtual environment that has distributions of this one, install into it; return where its commands lie."""
    venv.create(folder, symlinks=True)
    python, packages = folder / "bin" / "python", next(folder.glob("lib/python*/site-packages"))
    for name in lent:
        held = metadata.distribution(name)
        for top in {file.parts[0] for file in held.files or () if file.parts[0] not in ("..", "__pycache__")}:
            _copy(Path(str(held.locate_file(top))), packages / top)
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-warn-script-location"]
    done = run([*command, *arguments])
    assert done.returncode == 0, done.stdout + done.stderr
    return python.parent


def _copy(there: Path, here: Path) -> None:
    if there.is_dir():
        shutil.copytree(there, here, copy_function=_link, dirs_exist_ok=True)
    elif there.exists():
        _link(str(there), str(here))


def _link(there: str, here: str) -> None:
    try:
        os.link(there, here)  # what pip removes here stays there
    except OSError:
        shutil.copy2(there, here)


def needed(*names: str) -> set[str]:
    """Return all that distributions of this environment ask for, and what that asks for, without extras."""
    found = set[str]()
    left = [canonicalize_name(name) for name in names]
    while left:
        name = left.pop()
        asked = [Requirement(line) for line in metadata.requires(name) or ()]
        more = {
            canonicalize_name(each.name) for each in asked if not each.marker or each.marker.evaluate({"extra": ""})
        }
        left += more - found
        found |= more
    return found


def test_the_wheel_holds_every_module_and_what_pages_are_made_of(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("grader/")}
    folder, lessons = build.ROOT / "grader", build.ROOT / "notebooks"
    there = {f"grader/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.is_file()}
    there |= {
        f"grader/lessons/{path.relative_to(lessons).as_posix()}"
        for path in lessons.rglob("*")
        if path.is_file() and path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts
    }
    assert held == {name for name in there if "__pycache__" not in name}


# A notebook that was downloaded alone ─────────────────────────────────────────────────────────────

CELLS = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.colors = "nocolor"
for source in json.loads(sys.argv[1]):
    shell.run_cell(source)
"""
SEEN = "import pictures\nprint(pictures.Cards('06_broadcasting').cards[0]['lesson'], pictures.__file__)"


def lent(folder: Path) -> Path:
    """Make an environment that has the libraries of this one and not the package; return its Python."""
    venv.create(folder, symlinks=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    build.write(packages / "lent.pth", f"{Path(str(metadata.distribution('numpy').locate_file('')))}\n")
    return folder / "bin" / "python"


def in_notebook(python: Path, folder: Path, *sources: str, **variables: str) -> str:
    """Run cells in a folder; return what a reader sees."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [str(python), "-c", CELLS, json.dumps(sources)]
    settings = {
        **os.environ,
        "IPYTHONDIR": str(folder / ".ipython"),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        **variables,
    }
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, env=settings)
    return (done.stdout + done.stderr).rstrip("\n")


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """The Python of an environment with every library and without the course."""
    return lent(tmp_path / "venv")


def code_cells(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in build.read(path)["cells"] if cell["cell_type"] == "code"]


def test_without_the_course_and_its_address_two_lines_say_what_to_do(empty: Path, tmp_path: Path) -> None:
    said = in_notebook(empty, tmp_path / "alone", first_cell("lesson")).splitlines()
    assert said[-2].startswith("the course's package is not installed for this Python (3.")
    assert said[-1].startswith("fix: ") and len(said) == 3  # above them, what %xmode says


def test_an_assignment_says_it_in_two_lines_too(empty: Path, tmp_path: Path) -> None:
    said = in_notebook(empty, tmp_path / "alone", first_cell("assignment")).splitlines()
    assert len(said) == 2 and said[-1].startswith("fix: choose a kernel of Python 3.11 or later")


def test_an_old_python_does_not_try_to_install_what_it_cannot_use(empty: Path, tmp_path: Path) -> None:
    cell = first_cell("lesson").replace('COURSE = ""', 'COURSE = "nothing"').replace(str(PYTHON), "(99, 0)")
    said = in_notebook(empty, tmp_path / "alone", cell)
    assert "being installed" not in said and len(said.splitlines()) == 3


def test_where_pip_cannot_fetch_the_course_the_same_two_lines_come_last(empty: Path, tmp_path: Path) -> None:
    cell = first_cell("lesson").replace('COURSE = ""', 'COURSE = "arrays-to-autograd[lessons] @ file:///nowhere/x.whl"')
    said = in_notebook(empty, tmp_path / "alone", cell)
    assert "being installed" in said and said.splitlines()[-1].startswith("fix: "), said


def test_the_first_cell_installs_the_course_and_the_lesson_goes_on(empty: Path, wheel: Path, tmp_path: Path) -> None:
    asked = f'COURSE = "arrays-to-autograd[lessons] @ {wheel.as_uri()}"'
    said = in_notebook(empty, tmp_path / "alone", first_cell("lesson").replace('COURSE = ""', asked), SEEN)
    assert "06_broadcasting" in said.splitlines()[-1] and str(tmp_path / "venv") in said, said


def test_in_a_copy_of_the_courses_folder_nothing_need_be_installed(empty: Path, tmp_path: Path) -> None:
    for name in ("grader", "notebooks"):
        shutil.copytree(build.ROOT / name, tmp_path / "clone" / name, ignore=shutil.ignore_patterns("__pycache__"))
    said = in_notebook(empty, tmp_path / "clone/work/lessons", first_cell("lesson"), SEEN)
    assert said.splitlines()[-1] == f"06_broadcasting {tmp_path}/clone/notebooks/pictures.py", said


def test_assignments_alone_run_where_the_wheel_is_installed(installed: Path, tmp_path: Path) -> None:
    heads = [cell for path in build.sources() for cell in (*code_cells(path)[:2], "print(checks.__name__); del checks")]
    assert in_notebook(installed, tmp_path, *heads).split() == ["grader.checks"] * len(build.sources())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with every library and the wheel."""
    python = lent(tmp_path_factory.mktemp("installed"))
    done = run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    )
    assert done.returncode == 0, done.stderr
    return python


def test_a_lesson_alone_finds_its_drawings_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    said = in_notebook(installed, tmp_path, first_cell("lesson"), SEEN)
    assert said.splitlines()[-1].endswith("site-packages/grader/lessons/pictures.py"), said


def test_a_kernel_of_make_lab_explains_a_name_before_the_first_cell_has_run(installed: Path, tmp_path: Path) -> None:
    startup = (build.ROOT / ".lab/startup.py").read_text("utf-8")
    said = in_notebook(installed, tmp_path, startup, "steps.sum()").splitlines()
    assert "NameError: name 'steps' is not defined" in said[-2] and "Run All Above Selected Cell" in said[-1], said


def test_a_name_that_no_cell_has_made_yet_leads_to_the_cells_above(installed: Path, tmp_path: Path) -> None:
    said = in_notebook(installed, tmp_path, first_cell("lesson"), "steps.sum()").splitlines()
    assert said[-2] == "NameError: name 'steps' is not defined" and "Run All Above Selected Cell" in said[-1], said


# With NumPy alone ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the package without extras: it and NumPy, which is lent by this environment."""
    return environment(tmp_path_factory.mktemp("bare"), ["numpy"], "--no-deps", "--no-index", wheel)


def test_test_cells_need_numpy_alone(bare: Path) -> None:
    code = """
import sys
import numpy as np
from grader import checks
with checks.visible("double", hint="add it to itself"):
    checks.equal(checks.call(lambda x: x + x, np.arange(3)), np.array([0, 2, 4]))
try:
    with checks.visible("double", hint="add it to itself"):
        checks.equal(checks.call(lambda x: x, np.arange(3)), np.array([0, 2, 4]))
except checks.CheckFailed as failure:
    print(failure)
print({"torch", "IPython", "matplotlib", "nbformat"} & sys.modules.keys())
"""
    done = run([bare / "python", "-c", code])
    assert done.stderr == ""
    assert "expected [0, 2, 4]" in done.stdout and "hint: add it to itself" in done.stdout
    assert done.stdout.endswith("set()\n")


@pytest.mark.parametrize("start", [["grader"], ["python", "-m", "grader"]])
def test_the_command_says_what_it_lacks_and_what_to_install(bare: Path, start: list[str]) -> None:
    done = run([bare / start[0], *start[1:], "grade"])
    assert (done.returncode, done.stdout) == (2, "")
    problem, fix = done.stderr.splitlines()
    assert "nbgrader" in problem and "typer" in problem and "numpy" not in problem
    assert fix == "  fix: pip install 'arrays-to-autograd[grade]'"


# With the oldest versions ─────────────────────────────────────────────────────────────────────────

SUM = (
    build.answer("total", "import numpy as np\n\n\n" + build.solved("return values.sum()", "def total(values):")),
    build.test(
        "total-visible",
        "import numpy as np\nfrom grader import checks\n"
        "with checks.visible('total', hint='add them'):\n"
        "    checks.equal(checks.call(total, np.arange(4.0)), np.float64(6.0))",
    ),
)
TOTAL = "import numpy as np\n\n\ndef total(values):\n    return np.add.reduce(values)"


FIRST = {
    "3.12": {"markupsafe": "2.1.3", "numpy": "1.26.0", "pyyaml": "6.0.1"},
    "3.13": {"markupsafe": "3.0.0", "nbgrader": "0.9.3", "numpy": "2.1.0", "pyyaml": "6.0.2", "sqlalchemy": "2.0.31"},
}
"""Of what has no release so old that runs under a newer Python: the first that does."""


def lowest() -> dict[str, str]:
    """Return for each thing that the command asks for the lowest version that it may have under this Python."""
    asked = map(Requirement, [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["grade"]])
    promised = {
        canonicalize_name(each.name): next(part.version for part in each.specifier if part.operator == ">=")
        for each in asked
    }
    first = FIRST.get(".".join(map(str, sys.version_info[:2])), {})
    assert all(Version(promised[name]) < Version(first[name]) for name in first)
    return {**promised, **first}


@pytest.fixture(scope="module")
def oldest(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of the oldest versions, without torch and matplotlib; what they ask for themselves is as here."""
    folder, oldest = tmp_path_factory.mktemp("oldest"), lowest()
    ours = [line for line in (build.ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line]
    kept = [line for line in ours if canonicalize_name(line.partition("==")[0]) not in oldest]
    versions = build.write(folder / "versions.txt", "\n".join([*kept, *(f"{name}=={oldest[name]}" for name in oldest)]))
    lent = needed(*oldest) - oldest.keys()
    commands = environment(folder / "venv", lent, "--constraint", versions, f"{wheel}[grade]")
    listed = json.loads(
        run([sys.executable, "-m", "pip", "--python", commands / "python", "list", "--format=json"]).stdout
    )
    found = {canonicalize_name(each["name"]): each["version"] for each in listed}
    assert {name: Version(found[name]) for name in oldest} == {name: Version(oldest[name]) for name in oldest}
    assert not found.keys() & {"torch", "matplotlib", "distributed"}
    return commands


@pytest.fixture(scope="module")
def graded(oldest: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that all commands have done their work on."""
    folder = build.course(tmp_path_factory.mktemp("course"), *build.DOUBLE, *SUM)
    given = build.released(folder)
    hand_in(folder, "ada", filled(given, **RIGHT, total=TOTAL))
    hand_in(
        folder,
        "bob",
        filled(given, double="def double(x):\n    return x", total="def total(values):\n    return values.prod()"),
    )
    ended = {"release": 0, "verify": 0, "grade": 0, "results": 0, "feedback": 0, "report": 0, "export": 0, "doctor": 0}
    for command, code in ended.items():
        done = run([oldest / "grader", command], folder)
        assert (done.returncode, done.stderr) == (code, ""), done.stdout + done.stderr
    return folder


def test_the_oldest_versions_give_the_same_points(oldest: Path, graded: Path) -> None:
    rows = json.loads(run([oldest / "grader", "results", "--json"], graded).stdout)
    points = {(row["student"], cell["cell"]): cell["points"] for row in rows for cell in row["cells"]}
    assert {cell: points["ada", cell] for _, cell in points} == {
        "double-visible": 1, "double-hidden": 2, "triple-visible": 1, "why": 0, "total-visible": 1,
    }  # fmt: skip
    assert {points["bob", cell] for _, cell in points} == {0}


def test_the_oldest_versions_write_every_page(graded: Path) -> None:
    assert "add them" in (graded / "feedback/bob/numbers/numbers.html").read_text("utf-8")
    assert "<svg" in (graded / "report/index.html").read_text("utf-8")


def test_a_student_checks_a_notebook_with_the_oldest_versions(oldest: Path, graded: Path) -> None:
    done = run([oldest / "grader", "check", graded / "submitted/bob/numbers/numbers.ipynb"])
    assert done.returncode == 1 and "hint: add them" in done.stdout, done.stderr


def test_no_course_is_needed_to_look_at_the_machine_or_to_install_the_kernel(oldest: Path, tmp_path: Path) -> None:
    looked, installed = (run([oldest / "grader", *words], tmp_path) for words in (["doctor"], ["kernel", "install"]))
    assert looked.returncode == 0 and "cannot read the course" in looked.stdout, looked.stderr
    kernel: dict[str, Any] = json.loads(Path(installed.stdout.strip(), "kernel.json").read_text("utf-8"))
    assert kernel["metadata"]["kernel_provisioner"]["provisioner_name"] == "grader-warm"
