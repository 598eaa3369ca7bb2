"""What a student runs before handing in: the visible tests of one notebook, without a course."""

from __future__ import annotations

import json
from pathlib import Path

from grader import cells, reading
from grader.course import LARGEST_FILE
from grader.engine import cold, kernels
from grader.models import CellScore, Finding, GraderError, Limits, Template, TemplateCell
from grader.score import score


def check_notebook(path: Path, limits: Limits = Limits(confined=False)) -> tuple[list[CellScore], list[Finding]]:
    """Run a notebook in a fresh kernel, beside its files, and return what each of its test cells says.

    Raises GraderError for a file that is no notebook, or one without test cells.
    """
    if not path.is_file():
        raise GraderError("no such file", str(path), "name your notebook")
    if path.stat().st_size > LARGEST_FILE:
        raise GraderError(f"larger than {LARGEST_FILE // 2**20} MiB", str(path), "clear its outputs and save it")
    data = path.read_bytes()
    try:
        notebook, findings = reading.read_notebook(data)
    except reading.UnreadableError as error:
        raise GraderError(str(error), str(path), "open it in Jupyter and save it again") from None
    template = _template(path.stem, json.loads(data.decode("utf-8-sig")))
    if not template.cells:
        raise GraderError("it has no test cells", str(path), "name the notebook of an assignment")
    clean, more = cells.sanitise(notebook, template, limits)
    beside = {
        p.name: p.read_bytes()
        for p in sorted(path.parent.iterdir())
        if p.is_file() and p.suffix != ".ipynb" and p.stat().st_size < 2**20
    }
    executed = kernels.execute(clean, limits, beside, cold.start)
    return score(executed.notebook, template), findings + more


def _template(name: str, notebook: dict[str, object]) -> Template:
    """Take the student's own notebook for its template: its tests are what it holds."""
    made: list[TemplateCell] = []
    exercise, tests = "", 0
    listed = notebook.get("cells")
    for cell in listed if isinstance(listed, list) else []:
        about = cell.get("metadata", {}).get("nbgrader", {})
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        if not about.get("grade_id") or any(about["grade_id"] == one.id for one in made):
            continue
        if about.get("solution"):
            exercise = ([n for n in cells.defined_names(source) if not n.startswith("_")] or [about["grade_id"]])[-1]
        code = cell["cell_type"] == "code"
        empty = all(line.lstrip().startswith("#") or not line.strip() for line in source.splitlines())
        grade = bool(about.get("grade")) and code and not about.get("solution") and not empty
        tests += grade
        made.append(
            TemplateCell(
                id=about["grade_id"], code=code, source=source, released="" if about.get("solution") else source, metadata=about,
                managed=True, solution=bool(about.get("solution")), grade=grade, points=float(about.get("points") or 0) if grade else 0.0,
                exercise=exercise or about["grade_id"],
            )
        )  # fmt: skip
    spec = notebook.get("metadata")
    return Template(
        "",
        name,
        tuple(made) if tests else (),
        {"kernelspec": spec.get("kernelspec", {})} if isinstance(spec, dict) else {},
    )
