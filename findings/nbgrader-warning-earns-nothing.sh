#!/bin/sh
# nbgrader 0.9.6: a test that passes earns no point if anything was written to stderr while it ran.
#
# A good guess   A test cell loses its points by an error. A warning, a progress bar or a line of a log is none.
# What happens   A cell whose assert holds earns 0 of 2 as NumPy warns of log(0) in it. The notebook shows no error,
#                and the same cell with the warning caught earns 2 of 2.
# The cause      nbgrader/utils.py, determine_grade: the first output that is an error *or a stream named stderr* makes
#                the grade 0. (Kernels of other languages report errors there; Python's warnings, logging and
#                most progress bars write there, too.) The comment above it speaks of errors only.
# Matters to     students whose right answer warns (an overflow on the way, a deprecated name after an update of a
#                library), and nothing in the marked notebook looks like a failure.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6 SQLAlchemy==2.1.9 numpy==2.4.6 ipykernel==7.4.0 ipython==9.18.1 nbclient==0.11.0

cat >"$work/expected" <<'END'
assert holds                    2.0 of 2.0   outputs: none
assert holds, NumPy warns       0 of 2.0   outputs: stderr
assert holds, warning caught    2.0 of 2.0   outputs: none
assert holds, a line logged     0 of 2.0   outputs: stderr
END

cat >"$work/snippet.py" <<'END'
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

TESTS = {
    "assert holds": "assert np.exp(0.0) == 1",
    "assert holds, NumPy warns": "assert np.log(np.zeros(1))[0] == -np.inf",
    "assert holds, warning caught": "with np.errstate(divide='ignore'): assert np.log(np.zeros(1))[0] == -np.inf",
    "assert holds, a line logged": "import logging; logging.warning('seen'); assert True",
}
about = {"grade": True, "solution": False, "locked": True, "task": False, "schema_version": 3, "points": 2}
cells = [
    new_code_cell(f"import numpy as np\n{line}", metadata={"nbgrader": {**about, "grade_id": f"t{number}"}})
    for number, line in enumerate(TESTS.values())
]
notebook = new_notebook(cells=cells)
NotebookClient(notebook, kernel_name="python3").execute()
for name, cell in zip(TESTS, notebook.cells, strict=True):
    earned, maximum = determine_grade(cell)
    outputs = ", ".join(output.get("name", output.output_type) for output in cell.outputs) or "none"
    print(f"{name:30}  {earned} of {maximum}   outputs: {outputs}")
END

(cd "$work" && env/bin/python snippet.py) >"$work/seen" 2>"$work/errors" || {
    echo "the snippet ended with an error" >>"$work/seen"
    tail -n 20 "$work/errors" >&2
}
if ! diff -u "$work/expected" "$work/seen"; then
    echo "changed: nbgrader-warning-earns-nothing no longer behaves as stated here" >&2
    exit 1
fi
echo "as stated: a test that passes beside a warning earns no point"
