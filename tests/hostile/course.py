"""The assignment that hostile submissions are handed in for: five exercises of as many kinds of answers, 9 points."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import build
from build import answer, code, solved, test, text

from .submissions import Attack

NAME = "trust"
POINTS = {"double": 2, "row_means": 3, "relu": 2, "total": 1, "pairs": 1}

RIGHT = {
    "double": "def double(x):\n    return x + x",
    "row_means": "def row_means(A):\n    return A.sum(axis=1) / A.shape[1]",
    "relu": "def relu(t):\n    return t.clamp(min=0)",
    "total": "total = 5050",
    "pairs": "def pairs(words):\n    return [(word, len(word)) for word in words]",
}
WRONG = {
    "double": "def double(x):\n    return x + 3",
    "row_means": "def row_means(A):\n    return A[0]",
    "relu": "def relu(t):\n    return t",
    "total": "total = 1",
    "pairs": "def pairs(words):\n    return []",
}

CELLS = (
    text("intro", "# Trust", locked=True),
    code("setup", "import numpy as np\nimport torch\n\nfrom grader import checks", locked=True),
    answer("double", solved("return 2 * x")),
    test("double-visible", "assert double(2) == 4"),
    test("double-hidden", "### BEGIN HIDDEN TESTS\nassert double(-3) == -6\n### END HIDDEN TESTS"),
    answer("row-means", solved("return A.mean(axis=1)", "def row_means(A):")),
    test(
        "row-means-visible",
        "A = np.array([[1.0, 2.0], [3.0, 5.0]])\nassert np.allclose(row_means(A), [1.5, 4.0])",
    ),
    test(
        "row-means-hidden",
        '### BEGIN HIDDEN TESTS\nwith checks.hidden("row_means", about="another table", hint="axis=1"):\n'
        "    B = np.arange(12.0).reshape(3, 4)\n"
        "    checks.equal(checks.call(row_means, B), np.array([1.5, 5.5, 9.5]))\n### END HIDDEN TESTS",
        2,
    ),
    answer("relu", solved("return t.relu()", "def relu(t):")),
    test(
        "relu-visible",
        'with checks.visible("relu", hint="0 where t is negative"):\n'
        "    checks.equal(checks.call(relu, torch.tensor([-1.0, 2.0])), torch.tensor([0.0, 2.0]))",
    ),
    test(
        "relu-hidden",
        "### BEGIN HIDDEN TESTS\nassert torch.equal(relu(torch.tensor([[-3.0], [4.0]])), torch.tensor([[0.0], [4.0]]))\n"
        "### END HIDDEN TESTS",
    ),
    answer("total", "total = None\n### BEGIN SOLUTION\ntotal = sum(range(101))\n### END SOLUTION"),
    test("total-hidden", "### BEGIN HIDDEN TESTS\nassert total == 5050\n### END HIDDEN TESTS"),
    answer("pairs", solved("return [(word, len(word)) for word in words]", "def pairs(words):")),
    test(
        "pairs-hidden",
        '### BEGIN HIDDEN TESTS\nassert pairs(["a", "bcd"]) == [("a", 1), ("bcd", 3)]\n### END HIDDEN TESTS',
    ),
)


def make(folder: Path, attacks: list[Attack]) -> Path:
    """Write the course, and each attack as a student's submission; `honest-right` and `honest-wrong` are students too."""
    settings = "[tool.grader.limits]\ncell_seconds = 3\nnotebook_seconds = 30\nmemory_mb = 1024\nfile_mb = 16\nfolder_mb = 64\n"
    build.course(folder, *CELLS, name=NAME)
    build.write(folder / "pyproject.toml", settings)
    given = build.released(folder, NAME)
    for name, answers in (("honest-right", RIGHT), ("honest-wrong", WRONG)):
        build.hand_in(folder, name, filled(given, answers), NAME)
    for attack in attacks:
        build.hand_in(folder, attack.name, submission(given, attack), NAME)
    return folder


def submission(given: dict[str, Any], attack: Attack) -> Any:
    """Return what an attacker hands in."""
    answers = WRONG | {name: RIGHT[name] for name in attack.right} | attack.answers
    notebook = filled(given, answers)
    cells = notebook["cells"]
    for place, source in ((2, attack.first), (len(cells) + 1, attack.last)):
        if source:
            cells.insert(place, {**code("own", source), "id": f"own{place}"})
    return attack.change(notebook) if attack.change else notebook


def filled(given: dict[str, Any], answers: dict[str, str]) -> dict[str, Any]:
    notebook = copy.deepcopy(given)
    for cell in notebook["cells"]:
        name = cell["id"].replace("-", "_")
        if name in answers:
            cell["source"] = answers[name]
    return dict(json.loads(json.dumps(notebook)))


def worth(attack: Attack) -> float:
    """Return the points that an attack is honestly worth."""
    return float(sum(POINTS[name] for name in attack.right) + attack.besides)
