#!/bin/sh
# nbgrader 0.9.6: one student's copied test cell ends the grading of the whole class, with advice on another matter.
#
# A good guess   A student copies a test cell to play with it (Jupyter copies its grade_id, too). nbgrader has a
#                preprocessor for that, DeduplicateIds: it keeps the last cell of the id, warns, and goes on.
#                At worst that one student is not graded, as after other errors in a notebook.
# What happens   The command ends at that student, saying that notebooks "use an old version of the nbgrader metadata
#                format" and that `nbgrader update .` should be run on the course; students after that one are
#                not graded. Nothing is old: all cells have the format of this version.
# The cause      nbgrader/preprocessors/deduplicateids.py, DeduplicateIds.preprocess_cell, empties the copy's metadata
#                but leaves the key `nbgrader`; nbgrader/nbgraderformat/common.py, BaseMetadataValidator.validate_cell,
#                which CheckCellMetadata calls next, reads the missing schema_version as 0. And
#                nbgrader/converters/base.py, BaseConverter.convert_notebooks, ends the command after a
#                SchemaTooOldError, where it goes on to the next student after most others.
#                Known there since 2019: jupyter/nbgrader#1083.
# Matters to     instructors: the notebook at fault is named in a warning far above, the advice changes other files.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6 SQLAlchemy==2.1.9 ipykernel==7.4.0 ipython==9.18.1 nbclient==0.11.0 traitlets==5.16.1

cat >"$work/expected" <<'END'
exit code 1
Cell with id 'test' exists multiple times!
One or more notebooks in the assignment use an old version
graded: ada
formats of the cells handed in by bob: 3 3 3
END

cat >"$work/snippet.py" <<'END'
import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook


def cell(source, name, **about):
    about = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3, **about}
    return new_code_cell(source, metadata={"nbgrader": {**about, "grade_id": name, "cell_type": "code"}})


def nbgrader(*words):
    done = subprocess.run([sys.executable, "-m", "nbgrader", *words], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


answer = cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "answer", solution=True)
test = cell("assert x == 1", "test", grade=True, locked=True, points=1)
Path("source/ps1").mkdir(parents=True)
nbformat.write(new_notebook(cells=[answer, test]), "source/ps1/p.ipynb")
code, said = nbgrader("generate_assignment", "ps1")
assert code == 0, said

for student in ("ada", "bob", "cy"):
    notebook = nbformat.read("release/ps1/p.ipynb", 4)
    notebook.cells[0].source = "x = 1"
    if student == "bob":
        pasted = copy.deepcopy(notebook.cells[1])
        pasted.id = "pasted"
        notebook.cells.append(pasted)
    os.makedirs(f"submitted/{student}/ps1")
    nbformat.write(notebook, f"submitted/{student}/ps1/p.ipynb")

code, said = nbgrader("autograde", "ps1")
print("exit code", code)
for line in said.splitlines():
    if "multiple times" in line or "old version" in line:
        print(line.partition("] ")[2].strip())
print("graded:", *sorted(path.name for path in Path("autograded").iterdir()))
handed_in = json.loads(Path("submitted/bob/ps1/p.ipynb").read_text("utf-8"))["cells"]
print("formats of the cells handed in by bob:", *(each["metadata"]["nbgrader"]["schema_version"] for each in handed_in))
END

(cd "$work" && PATH="$work/env/bin:$PATH" python snippet.py) >"$work/seen" 2>"$work/errors" || {
    echo "the snippet ended with an error" >>"$work/seen"
    tail -n 20 "$work/errors" >&2
}
if ! diff -u "$work/expected" "$work/seen"; then
    echo "changed: nbgrader-copied-cell-stops-the-class no longer behaves as stated here" >&2
    exit 1
fi
echo "as stated: a copied test cell ends the grading of the class with advice on old formats"
