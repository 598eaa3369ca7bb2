"""Run lessons and store their outputs: python tests/store_outputs.py [NAME...]. `make lessons` runs them all."""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from grader.course.address import first_cell, parse, stamp
from grader.course.settings import open_course

LESSONS = Path(__file__).parent.parent / "notebooks"
VIEW = "application/vnd.jupyter.widget-view+json"


def head(notebook: nbformat.NotebookNode, name: str, repository: str) -> None:
    """Give a lesson its first cell, and badges if the course is on the web."""
    for cell in notebook.cells:
        if cell.id == "setup":
            cell.source = first_cell("lesson")
    if repository:
        stamp(notebook, parse(repository, "[tool.grader] repository"), f"notebooks/{name}")


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Return outputs with text that a busy machine sent in two pieces in one again."""
    made: list[nbformat.NotebookNode] = []
    for output in outputs:
        if made and output.output_type == "stream" and made[-1].get("name") == output.name:
            made[-1].text += output.text
        else:
            made.append(output)
    return made


def store(path: Path) -> None:
    """Execute one lesson in place. The still picture of a control stays, the handle to its dead kernel goes."""
    notebook = nbformat.read(path, as_version=4)
    head(notebook, path.name, open_course(LESSONS.parent).repository)
    folder = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=300, store_widget_state=False, resources=folder).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(VIEW, None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, path)
    print(f"{path.name}: {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    for lesson in sorted(LESSONS.glob("[0-9]*.ipynb")):
        if not sys.argv[1:] or lesson.stem in sys.argv[1:]:
            store(lesson)
