"""A course that is not ours: imports, random data and a histogram in ordinary cells, ten small tests of plain `assert`."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

from nbformat import v4

from .submissions import SETTINGS

NAME = "homework"
GIVEN = [
    "import matplotlib.pyplot as plt\nimport numpy as np\nimport torch",
    "rng = np.random.default_rng(0)\ndata = rng.normal(size=(500, 4))\nlabels = rng.integers(0, 3, size=500)\ndata[:5]",
    'fig, ax = plt.subplots()\nax.hist(data[:, 0], bins=30)\nax.set_title("first column")\nplt.show()',
]
EXERCISES = {
    "column_means(x)": (
        "return x.mean(axis=0)",
        "assert np.allclose(column_means(data), data.mean(axis=0))\nassert column_means(np.ones((2, 3))).shape == (3,)",
    ),
    "standardise(x)": (
        "return (x - x.mean(axis=0)) / x.std(axis=0)",
        "z = standardise(data)\nassert z.shape == data.shape\nassert np.allclose(z.std(axis=0), 1)",
    ),
    "counts(y)": (
        "return np.bincount(y)",
        "assert counts(labels).sum() == 500\nassert list(counts(np.array([0, 1, 1]))) == [1, 2]",
    ),
    "one_hot(y, k)": (
        "return np.eye(k)[y]",
        "hot = one_hot(labels, 3)\nassert hot.shape == (500, 3)\nassert (hot.sum(axis=1) == 1).all()",
    ),
    "relu(x)": ("return np.maximum(x, 0)", "assert (relu(data) >= 0).all()\nassert relu(-1.0) == 0"),
    "softmax(x)": (
        "e = np.exp(x - x.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True)",
        "p = softmax(data)\nassert np.allclose(p.sum(axis=1), 1)",
    ),
    "to_tensor(x)": (
        "return torch.from_numpy(x).float()",
        "t = to_tensor(data)\nassert t.dtype == torch.float32\nassert t.shape == (500, 4)",
    ),
    "slope(x)": (
        "x = x.clone().requires_grad_(True)\n(x**2).sum().backward()\nreturn x.grad",
        "assert torch.allclose(slope(torch.ones(3)), torch.full((3,), 2.0))",
    ),
    "distances(a, b)": (
        "return np.sqrt(((a[:, None] - b[None]) ** 2).sum(-1))",
        "d = distances(data[:10], data[:7])\nassert d.shape == (10, 7)\nassert np.allclose(np.diag(distances(data[:5], data[:5])), 0)",
    ),
    "largest(x, k)": (
        "return np.argsort(x)[::-1][:k]",
        "assert list(largest(np.array([3, 1, 2]), 2)) == [0, 2]",
    ),
}
"""The head of each function, its body, and its test."""
WRONG = ("return None", "raise NotImplementedError()", "return 0")
"""What stands in one body of three."""


def make_course(folder: Path, students: int, seed: int = 0) -> Path:
    """Write `source/` and `submitted/` anew into `folder`; the first student has answered nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    bodies = {head: f"### BEGIN SOLUTION\n{body}\n### END SOLUTION" for head, (body, _) in EXERCISES.items()}
    _write(folder / "source" / NAME, bodies)
    (folder / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "other"\n', "utf-8")
    (folder / "pyproject.toml").write_text(SETTINGS, "utf-8")
    rng = random.Random(seed)
    for number in range(students):
        bodies = {
            head: rng.choice(WRONG) if number == 0 or rng.random() < 1 / 3 else body
            for head, (body, _) in EXERCISES.items()
        }
        _write(folder / "submitted" / f"student{number:04d}" / NAME, bodies)
    return folder


def _write(folder: Path, bodies: dict[str, str]) -> None:
    cells = [v4.new_markdown_cell("# Homework")] + [v4.new_code_cell(source) for source in GIVEN]
    for head, (_, test) in EXERCISES.items():
        name = head.partition("(")[0]
        answer = f"def {head}:\n" + "\n".join(f"    {line}" for line in bodies[head].splitlines())
        cells += [
            v4.new_markdown_cell(f"Write `{head}`."),
            v4.new_code_cell(answer, metadata=_managed(name, solution=True)),
            v4.new_code_cell(test, metadata=_managed(f"test_{name}", grade=True, locked=True, points=1)),
        ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell{number}"
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    folder.mkdir(parents=True)
    text = json.dumps(v4.new_notebook(cells=cells, metadata=metadata), indent=1)
    (folder / f"{NAME}.ipynb").write_text(text + "\n", "utf-8")


def _managed(name: str, **more: Any) -> dict[str, Any]:
    about = {"grade_id": name, "schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": about | more}
