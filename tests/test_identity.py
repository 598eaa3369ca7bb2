"""Whether two graders are the same: what counts, what does not, and who asks."""

import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import build
from build import RIGHT, filled, hand_in
from grader import identity
from grader.engine.forks import resident


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package's files."""
    return Path(shutil.copytree(build.ROOT / "grader", tmp_path / "grader"))


def test_python_numpy_and_torch_always_count() -> None:
    found = identity.identity()
    assert found["Python"] == ".".join(map(str, sys.version_info[:3]))
    assert (found["numpy"], found["torch"]) == (metadata.version("numpy"), metadata.version("torch"))


def test_what_an_assignment_imports_counts_under_its_own_name() -> None:
    found = identity.identity(["pandas.plotting", "yaml", "grader.checks"])
    assert found["pandas"] == metadata.version("pandas")
    assert found["yaml"] == f"PyYAML {metadata.version('pyyaml')}"
    assert found["grader"] == identity.identity()["grader"]


@pytest.mark.parametrize("name", ["no_such_module", "no_such.module", "", "not-a-name", "__main__"])
def test_what_is_not_installed_is_said_to_be_so(name: str) -> None:
    assert identity.version(name) == identity.ABSENT


def test_nothing_is_imported_to_tell_a_version() -> None:
    code = "import sys; from grader.identity import identity; identity(['pandas', 'yaml']); print({'torch', 'numpy', 'pandas', 'yaml'} & sys.modules.keys())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


@pytest.mark.parametrize("file", ["checks/api.py", "checks/compare.py", "engine/forks/server.py"])
def test_the_text_of_every_module_counts(package: Path, file: str) -> None:
    before = identity.digest(package)
    assert before == identity.digest()
    (package / file).write_text((package / file).read_text("utf-8") + "\n# more", "utf-8")
    assert identity.digest(package) != before


def test_times_and_what_python_keeps_do_not_count(package: Path) -> None:
    before = identity.digest(package)
    (package / "checks/api.py").touch()
    build.write(package / "__pycache__" / "api.cpython-311.pyc", b"kept")
    assert identity.digest(package) == before


@pytest.mark.parametrize("what", ["digest", "version"])
def test_another_grader_and_other_libraries_grade_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    folder = build.course(tmp_path)
    hand_in(folder, "ada", filled(build.released(folder), **RIGHT))
    assert build.run("grade", "--course", folder).stdout.startswith("1 graded, 0 unchanged")
    assert build.run("grade", "--course", folder).stdout.startswith("0 graded, 1 unchanged")
    monkeypatch.setattr(identity, what, lambda *_: "another")
    assert build.run("grade", "--course", folder).stdout.startswith("1 graded, 0 unchanged")


def test_a_warm_kernel_is_that_of_the_present_checks(monkeypatch: pytest.MonkeyPatch, package: Path) -> None:
    real = identity.digest
    monkeypatch.setattr(identity, "digest", lambda: real(package))
    key = resident._key("kernels", sys.executable, ("numpy",), {}, "/")
    assert resident._key("kernels", sys.executable, ("numpy",), {}, "/") == key
    (package / "checks/api.py").write_text("edited = True\n", "utf-8")
    assert resident._key("kernels", sys.executable, ("numpy",), {}, "/") != key
