"""Which kernel a notebook gets: Python by whatever name, and another language said in two lines."""

from pathlib import Path
from typing import Any

import pytest

import build
from build import RIGHT, filled, hand_in, run
from grader.engine.kernels import kernel_name, language
from grader.engine.run import must_run
from grader.models import GraderError, Limits

NAMES: dict[str, tuple[dict[str, Any], str]] = {
    "Jupyter's": ({"kernelspec": {"name": "python3", "language": "python"}}, "python"),
    "an environment of VS Code": ({"kernelspec": {"name": ".venv", "display_name": ".venv", "language": "python"}}, "python"),
    "a conda environment": ({"kernelspec": {"name": "conda-env-ml-py", "language": "python"}}, "python"),
    "xeus": ({"kernelspec": {"name": "xpython", "language": "python"}, "language_info": {"name": "python"}}, "python"),
    "Python 2": ({"kernelspec": {"name": "python2", "language": "python2.7"}}, "python"),
    "capitals": ({"kernelspec": {"name": "ml", "language": "Python"}}, "python"),
    "Colab's, without language": ({"kernelspec": {"name": "python3", "display_name": "Python 3"}}, "python"),
    "a name alone": ({"kernelspec": {"name": "py310", "display_name": "py310"}}, "python"),
    "what was last run": ({"language_info": {"name": "python"}}, "python"),
    "nothing": ({}, "python"),
    "nothing that can be read": ({"kernelspec": None, "language_info": ["python"]}, "python"),
    "a number for a language": ({"kernelspec": {"name": "x", "language": 3}}, "python"),
    "R": ({"kernelspec": {"name": "ir", "language": "R"}}, "R"),
    "R in Colab": ({"kernelspec": {"name": "ir", "display_name": "R"}, "language_info": {"name": "R"}}, "R"),
    "Julia": ({"kernelspec": {"name": "julia-1.9", "language": "julia"}}, "julia"),
    "SoS": ({"kernelspec": {"name": "sos", "language": "sos"}, "language_info": {"name": "sos"}}, "sos"),
}  # fmt: skip


@pytest.mark.parametrize(("metadata", "said"), NAMES.values(), ids=NAMES)
def test_the_language_is_what_the_notebook_says_and_python_where_it_says_nothing(
    metadata: dict[str, Any], said: str
) -> None:
    assert language(metadata) == said


@pytest.mark.parametrize("metadata", [m for m, said in NAMES.values() if said == "python"])
def test_python_by_any_name_runs_in_this_python(metadata: dict[str, Any]) -> None:
    assert kernel_name(metadata) == "python3"
    must_run(metadata, Limits(), "hw1")


@pytest.mark.parametrize(
    ("confined", "words"), [(True, "only Python can be confined"), (False, "is not installed here")]
)
def test_another_language_is_refused_with_a_way_out(confined: bool, words: str) -> None:
    with pytest.raises(GraderError) as caught:
        must_run(NAMES["R"][0], Limits(confined=confined), "hw1")
    assert words in caught.value.problem and "'ir' runs R" in caught.value.problem
    assert "choose a Python kernel" in caught.value.fix


def with_kernel(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    return {**notebook, "metadata": NAMES[name][0]}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of two assignments: one whose kernel is named after an environment, one in R."""
    folder = build.course(tmp_path_factory.mktemp("languages"))
    given = build.released(folder)
    for name, kernel in {"numbers": "an environment of VS Code", "letters": "R"}.items():
        build.write(folder / f"source/{name}/{name}.ipynb", with_kernel(build.notebook(*build.DOUBLE), kernel))
        hand_in(folder, "ada", with_kernel(filled(given, **RIGHT), "a conda environment"), name=name)
    return folder


def test_another_language_stops_its_own_assignment_alone(course: Path) -> None:
    done = run("grade", "--course", course)
    assert done.returncode == 2
    assert done.stderr.startswith("grader: source/letters/letters.ipynb: its kernel 'ir' runs R")
    assert done.stderr.count("\n") == 2
    assert {key: row["points"] for key, row in build.results(course).items()} == {("ada", "numbers"): 4.0}


def test_the_authors_check_names_another_language(course: Path) -> None:
    run("release", "--course", course)
    said = run("verify", "letters", "--course", course)
    assert said.returncode == 1 and "its kernel 'ir' runs R" in said.stdout
    assert run("verify", "numbers", "--course", course).returncode == 0


def test_students_check_a_notebook_whatever_its_kernel_is_called(course: Path, tmp_path: Path) -> None:
    notebook = filled(build.released(course), **RIGHT)
    path = build.write(tmp_path / "numbers.ipynb", with_kernel(notebook, "a conda environment"))
    done = run("check", path, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    done = run("check", build.write(path, with_kernel(notebook, "Julia")), folder=tmp_path)
    assert done.returncode == 2 and "runs julia" in done.stderr and done.stderr.count("\n") == 2
