"""Pictures pasted into text cells: those of students stay, those of solutions do not reach students."""

import json
from pathlib import Path
from typing import Any

import pytest

import build
from grader.course.release import read_assignment
from grader.course.settings import open_course
from grader.notebook.reading import read_notebook
from grader.notebook.restore import sanitise

PNG = {"image/png": "iVBORw0KGgo="}
SHOWN = "![it](attachment:s.png)"


def with_picture(cell: dict[str, Any], name: str = "s.png", **about: Any) -> dict[str, Any]:
    return {**cell, "attachments": {name: PNG}, **about}


def released(folder: Path, *cells: dict[str, Any]) -> list[dict[str, Any]]:
    return list(build.released(build.course(folder, *cells))["cells"])


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The cells of a notebook as they are run, by id, after a student pasted a picture into three of them."""
    folder = build.course(
        tmp_path_factory.mktemp("pictures"),
        with_picture(build.text("intro", f"# Look {SHOWN}")),
        build.essay("why", "YOUR ANSWER HERE"),
        build.answer("double", build.solved("return 2 * x")),
    )
    (template,) = read_assignment(open_course(folder), "numbers").templates
    given = json.loads(template.released)
    given["cells"][1] = with_picture(given["cells"][1], source=f"Because {SHOWN}")
    given["cells"].append(with_picture({**build.text("mine", SHOWN)}))
    given["cells"].append({**build.text("odd", "x"), "attachments": {"a": 7, "b": {"image/png": [1]}}})
    notebook, _ = read_notebook(json.dumps(given).encode())
    return {cell["id"]: cell for cell in sanitise(notebook, template)[0]["cells"]}


@pytest.mark.parametrize("id", ["intro", "why", "own-0-double"])
def test_a_picture_stays_in_the_notebook_that_is_run(cells: dict[str, dict[str, Any]], id: str) -> None:
    assert cells[id]["attachments"] == {"s.png": PNG}


def test_what_is_no_picture_is_left_out(cells: dict[str, dict[str, Any]]) -> None:
    assert "attachments" not in cells["own-1-double"]


def test_a_picture_of_a_solution_is_not_released(tmp_path: Path) -> None:
    cell = with_picture(build.essay("why", f"Since {SHOWN}"))
    assert "attachments" not in released(tmp_path, cell)[0]


def test_a_picture_beside_the_solution_is_released_without_that_of_the_solution(tmp_path: Path) -> None:
    text = f"See {SHOWN}\n### BEGIN SOLUTION\n![so](attachment:t.png)\n### END SOLUTION"
    cell = {**build.essay("why", text), "attachments": {"s.png": PNG, "t.png": PNG}}
    assert released(tmp_path, cell)[0]["attachments"] == {"s.png": PNG}


def test_a_picture_of_a_task_is_released_whatever_its_name(tmp_path: Path) -> None:
    cell = with_picture(build.text("intro", "![it](attachment:my%20plan.png)"), "my plan.png")
    assert released(tmp_path, cell)[0]["attachments"] == {"my plan.png": PNG}


def test_what_widgets_showed_when_the_solution_ran_is_not_released(tmp_path: Path) -> None:
    folder = build.course(tmp_path, build.answer("double", build.solved("return 2 * x")))
    path = folder / "source/numbers/numbers.ipynb"
    source = json.loads(path.read_text("utf-8"))
    source["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"a": {"value": "4"}}}}
    build.write(path, source)
    assert "widgets" not in build.released(folder)["metadata"]
