#!/bin/sh
# nbgrader 0.9.6: one changed locked text hides from a student whether the tests pass.
#
# A good guess   `nbgrader validate` (JupyterLab's Validate button) runs a notebook and lists the tests that fail. A locked
#                cell that was changed is one more line in that list.
# What happens   With a blank too many in a locked Markdown cell, it says that the source of that cell has changed, and
#                nothing else: the test that fails is not named, although it has been run.
# The cause      nbgrader/validator.py, validate: it runs the notebook and finds what changed, passed and failed, but what
#                failed stands in the `else` of what changed. Cells of any type count that have a checksum.
# Matters to     students whose editor tidies Markdown (a link, the blank at a line's end) and who rely on the button;
#                courses whose locked texts are rewritten on their way, links to another folder say.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6 SQLAlchemy==2.1.9 ipykernel==7.4.0 ipython==9.18.1 nbclient==0.11.0

cat >"$work/expected" <<'END'
changed text: False  failed test: True   AssertionError: True
changed text: True   failed test: False  AssertionError: False
END

cat >"$work/snippet.py" <<'END'
import contextlib
import io

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import compute_checksum
from nbgrader.validator import Validator


def about(name, **more):
    plain = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": {"grade_id": name, **plain, **more}}


def validated(text):
    """What nbgrader says of a wrong answer below a locked text that reads so."""
    cells = [
        new_markdown_cell("Read [the page](page.html).", metadata=about("text", locked=True)),
        new_code_cell("def double(x):\n    return x", metadata=about("double", solution=True)),
        new_code_cell("assert double(2) == 4", metadata=about("test", grade=True, locked=True, points=1)),
    ]
    for cell in cells:
        cell.metadata.nbgrader.cell_type = cell.cell_type
        cell.metadata.nbgrader.checksum = compute_checksum(cell)
    cells[0].source = text
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), "answer.ipynb")
    said = io.StringIO()
    validator = Validator()
    validator.stream = said
    validator.validate_and_print("answer.ipynb")
    return said.getvalue()


for text in ("Read [the page](page.html).", "Read [the page](page.html) ."):
    said = validated(text)
    print(f"changed text: {'has changed' in said!s:5}  failed test: {'failed' in said!s:5}  AssertionError: {'AssertionError' in said}")
END

(cd "$work" && env/bin/python snippet.py) >"$work/seen" 2>"$work/errors" || {
    echo "the snippet ended with an error" >>"$work/seen"
    tail -n 20 "$work/errors" >&2
}
if ! diff -u "$work/expected" "$work/seen"; then
    echo "changed: nbgrader-validate-hides-failures no longer behaves as stated here" >&2
    exit 1
fi
echo "as stated: validate names a changed locked text, and no test that fails below it"
