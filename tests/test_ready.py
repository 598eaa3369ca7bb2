"""What the first cell of a lesson or an assignment finds, installs or says."""

import copy
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import build
from grader import ready

ASKED = tomllib.loads((build.ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_versions_asked_for_are_those_of_the_package() -> None:
    asked = map(Requirement, [*ASKED["dependencies"], *ASKED["optional-dependencies"]["lessons"]])
    assert {each.name: str(each.specifier).removeprefix(">=") for each in asked} == ready.LIBRARIES
    assert ASKED["requires-python"] == f">={'.'.join(map(str, ready.PYTHON))}"


def test_nothing_is_lacking_here() -> None:
    assert ready.lacking(ready.LIBRARIES) == {}


def versions(monkeypatch: pytest.MonkeyPatch, **given: str) -> None:
    monkeypatch.setattr(ready, "_version", lambda name: given.get(name, "99"))


def test_an_old_and_an_absent_library_are_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    versions(monkeypatch, numpy="1.21.6", ipywidgets="")
    with pytest.raises(ready.NotReady) as caught:
        ready.lesson()
    what, fix = str(caught.value).splitlines()
    assert what == "numpy 1.21.6 is older than 1.24, ipywidgets is not installed"
    assert "%pip install 'numpy>=1.24' 'ipywidgets>=7.7.1'" in fix and "restart the kernel" in fix
    assert caught.value._render_traceback_() == [f"{what}\n{fix}"]


def test_an_assignment_needs_no_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    versions(monkeypatch, ipywidgets="")
    ready.assignment()


@pytest.mark.parametrize("version", ["2.4.0+cu121", "2.10.0.dev20260101", "2.4"])
def test_a_torch_that_a_service_has_built_itself_is_accepted(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    versions(monkeypatch, torch=version)
    ready.assignment()


def test_an_old_python_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready.sys, "version_info", (3, 10, 4))
    with pytest.raises(ready.NotReady, match=r"Python 3.10 is older than 3.11\nfix: choose a kernel"):
        ready.assignment()


def test_a_lesson_can_import_the_drawings_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(build.ROOT / "notebooks")
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each != folder])
    ready.lesson()
    ready.lesson()
    assert sys.path.count(folder) == 1


def test_a_package_without_drawings_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ready, "__file__", str(tmp_path / "grader" / "ready.py"))
    with pytest.raises(ready.NotReady, match="the lessons' drawings are not here\nfix: install"):
        ready.lesson()


class Shell:
    """What of IPython shows an error; it keeps the notes that the error had."""

    def showtraceback(self, error: tuple[type, BaseException, object], tb_offset: int | None = None) -> None:
        self.notes = getattr(error[1], "__notes__", [])


PICTURES, OTHER = ModuleNotFoundError("No", name="pictures"), ModuleNotFoundError("No", name="scipy")


@pytest.mark.parametrize(
    "error, said", [(NameError("x"), "if a cell above makes it"), (PICTURES, "run the first cell"), (OTHER, "")]
)
@pytest.mark.parametrize("version", [(7, 34, 0), (8, 18, 0)])
def test_where_a_missing_name_may_come_from_is_said_by_each_ipython(
    version: tuple[int, ...], error: Exception, said: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("IPython.version_info", version)
    error, shell = copy.copy(error), Shell()
    ready._show(shell, type(error), error, None)
    told = "\n".join(shell.notes) + capsys.readouterr().err
    assert told.startswith(said) and bool(told) == bool(said)
    assert bool(shell.notes) == (bool(said) and version >= (8,))
