#!/bin/sh
# nbgrader 0.9.6 with NumPy 2 (2.4.6): a test cell that ends in a NumPy number earns full points, also when it is 0.
#
# A good guess   A graded test cell may end in a number between 0 and its points, which it then earns: the mean of no
#                test passed, 0.0, earns 0.
# What happens   np.mean([False, False]) earns all 2 points, float(np.mean([False, False])) earns 0.
# The cause      nbgrader/utils.py, get_partial_grade, asks float() of the *text* that the kernel shows, and takes what
#                is no number for "something else: full credit". Since NumPy 2 the text of a scalar is its repr,
#                np.float64(0.0), no longer 0.0 (NEP 51), and IPython shows that text as it is.
#                Two changes that are each documented meet here, and nobody is told: the log has a warning,
#                the gradebook has full points.
# Matters to     whoever gives partial credit in a NumPy course and updates NumPy: answers that were half right, or
#                not right at all, get everything.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6 SQLAlchemy==2.1.9 numpy==2.4.6 ipykernel==7.4.0 ipython==9.18.1 nbclient==0.11.0

cat >"$work/expected" <<'END'
0.0              0.0 of 2.0   the cell showed 0.0
np.mean, none    2.0 of 2.0   the cell showed np.float64(0.0)
np.mean, half    2.0 of 2.0   the cell showed np.float64(0.5)
float, half      0.5 of 2.0   the cell showed 0.5
END

cat >"$work/snippet.py" <<'END'
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

TESTS = {
    "0.0": "0.0",
    "np.mean, none": "np.mean([False, False])",
    "np.mean, half": "np.mean([True, False])",
    "float, half": "float(np.mean([True, False]))",
}
about = {"grade": True, "solution": False, "locked": True, "task": False, "schema_version": 3, "points": 2}
cells = [
    new_code_cell(f"import numpy as np\n{line}", metadata={"nbgrader": {**about, "grade_id": name}})
    for name, line in TESTS.items()
]
notebook = new_notebook(cells=cells)
NotebookClient(notebook, kernel_name="python3").execute()
for name, cell in zip(TESTS, notebook.cells, strict=True):
    earned, maximum = determine_grade(cell)
    print(f"{name:16} {earned} of {maximum}   the cell showed {cell.outputs[0].data['text/plain']}")
END

(cd "$work" && env/bin/python snippet.py) >"$work/seen" 2>"$work/errors" || {
    echo "the snippet ended with an error" >>"$work/seen"
    tail -n 20 "$work/errors" >&2
}
if ! diff -u "$work/expected" "$work/seen"; then
    echo "changed: nbgrader-numpy-partial-credit no longer behaves as stated here" >&2
    exit 1
fi
echo "as stated: a test cell whose value is np.float64(0.0) earns full points"
