"""Read from `source/` what feedback names of an assignment, without nbgrader, which takes a second to import."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from grader.cells import exercise_name
from grader.models import Course, GraderError, Template, TemplateCell


def read_outline(course: Course, name: str) -> tuple[Template, ...]:
    """Return an assignment's notebooks with their answer cells alone, and of these no more than their names."""
    paths = sorted((course.root / "source" / name).glob("*.ipynb"))
    return tuple(Template(name, path.stem, _answers(name, path)) for path in paths)


def _answers(name: str, path: Path) -> tuple[TemplateCell, ...]:
    answers = []
    for cell in _cells(name, path):
        about = cell["metadata"].get("nbgrader", {})
        if about.get("solution"):
            id, source = about["grade_id"], cell["source"]
            exercise = exercise_name(id, source if isinstance(source, str) else "".join(source))
            code = cell["cell_type"] == "code"
            answers.append(TemplateCell(id, code, "", "", about, managed=True, solution=True, exercise=exercise))
    return tuple(answers)


def _cells(name: str, path: Path) -> Any:
    try:
        notebook = json.loads(path.read_text("utf-8"))
        if notebook["nbformat"] != 4:
            import nbformat  # slow to import, and rarely needed

            notebook = nbformat.convert(nbformat.from_dict(notebook), 4)
        return notebook["cells"]
    except Exception as error:
        raise GraderError(
            f"not a notebook ({type(error).__name__})",
            f"source/{name}/{path.name}",
            "open it in Jupyter and save it again",
        ) from None
