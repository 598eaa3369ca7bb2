"""Turn an assignment and what was handed in for it into otter-grader's format (read at otter-grader 7.0.0).

An autograder of otter is a zip with one test file a test: here one file a test cell, exception-based, with the
cell's points and its graded text, hidden tests included, run in the notebook's own namespace as the cell was. In
the submission each test cell becomes an empty one that asks for its test in its metadata, as `otter assign`
leaves it; otter runs the test in that place. All other cells stay as the student handed them in.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from grader.models import Template, TemplateCell

TEST_FILE = """OK_FORMAT = False

from otter.test_files import test_case

name = {name!r}
points = {points!r}
CELL = {source!r}


@test_case(name={name!r}, hidden={hidden!r})
def test_cell(env):
    exec(compile(CELL, {file!r}, "exec"), env)
"""


def test_cells(template: Template) -> list[TemplateCell]:
    """Return the cells of an assignment that test automatically."""
    return [cell for cell in template.cells if cell.grade and not cell.by_hand]


def test_file(cell: TemplateCell) -> str:
    """Return otter's test file for a test cell."""
    return TEST_FILE.format(
        name=cell.id,
        points=cell.points,
        source=cell.source,
        hidden="HIDDEN TESTS" in cell.source,
        file=f"<{cell.id}>",
    )


def write_autograder(template: Template, path: Path) -> Path:
    """Write the zip that otter grades an assignment with."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("otter_config.json", json.dumps({"lang": "python"}))
        for cell in test_cells(template):
            pack.writestr(f"tests/{cell.id}.py", test_file(cell))
    return path


def converted(notebook: dict[str, Any], template: Template) -> dict[str, Any]:
    """Return a submitted notebook as otter wants it."""
    tests = {cell.id for cell in test_cells(template)}
    made: dict[str, Any] = json.loads(json.dumps(notebook))
    for cell in made["cells"]:
        id = cell["metadata"].pop("nbgrader", {}).get("grade_id")
        if id in tests:
            cell |= {"source": "", "metadata": {"otter": {"tests": [id]}}}
    return made
