"""Grade with otter-grader's Python API, one submission after the other. A script for otter's own environment.

It reads a JSON list of [student, assignment, notebook, autograder.zip] and writes a list of
{"student", "assignment", "points": {test: points}}.
"""

import json
import sys
from pathlib import Path

from otter.api import grade_submission


def main(jobs: str, out: str) -> None:
    found = []
    for student, assignment, notebook, autograder in json.loads(Path(jobs).read_text("utf-8")):
        results = grade_submission(notebook, autograder, quiet=True)
        if results.has_catastrophic_failure():
            raise SystemExit(f"otter could not grade {student}, {assignment}: {results.catastrophic_error}")
        points = {name: test.score for name, test in results.results.items()}
        found.append({"student": student, "assignment": assignment, "points": points})
    Path(out).write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
