"""`make hostile`: what hostile submissions earn, with this grader and with others, written to docs/security.md."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from grader.screen import progress

from .course import NAME, build, make, worth
from .page import FIGURES, PAGE, page
from .peers import course_in, given, mark, python_of, with_nbgrader, with_otter
from .submissions import ATTACKS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alone", action="store_true", help="without other graders; nothing is written")
    parser.add_argument("--all", action="store_true", help="ask other graders also what they have answered before")
    asked = parser.parse_args()
    folder = build.ROOT / ".bench" / "hostile"
    shutil.rmtree(folder, ignore_errors=True)
    earned = {"grader": ours(folder / "grader")}
    wrong = [attack.name for attack in ATTACKS if earned["grader"][attack.name] != worth(attack)]
    print(f"{len(ATTACKS) - len(wrong)} of {len(ATTACKS)} hostile submissions earned what they are honestly worth")
    for name in wrong:
        print(f"  not {name}")
    if asked.alone:
        sys.exit(bool(wrong))
    if shutil.which("bwrap") is None:
        sys.exit("hostile: other graders run such submissions in a sandbox only: install bubblewrap")
    graders = {"nbgrader": with_nbgrader, "otter": with_otter}
    peers = {name: grade for name, grade in graders.items() if python_of(name)}
    given(course_in(folder / "before"))
    known = {} if asked.all or not FIGURES.is_file() else json.loads(FIGURES.read_text("utf-8"))
    complete = set.intersection(*(set(known["points"].get(name, ())) for name in peers)) if known and peers else set()
    marks = {attack.name: mark(folder / "before", attack) for attack in ATTACKS}
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    dates = {name: known["dates"][name] for name in complete if known["marks"].get(name) == marks.get(name)}
    with progress(" and ".join(peers), len(peers) * len(ATTACKS)) as step, ThreadPoolExecutor() as pool:

        def all_with(name: str) -> dict[str, float | None]:
            found = dict[str, float | None]()
            for attack in ATTACKS:
                if attack.name in dates:
                    found[attack.name] = known["points"][name][attack.name]
                else:
                    found[attack.name] = None if attack.dangerous else peers[name](folder, attack)
                step()
            return found

        earned |= zip(peers, pool.map(all_with, peers), strict=True)
    figures = {"dates": dict.fromkeys(marks, today) | dates, "marks": marks, "points": earned}
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    PAGE.write_text(page(figures), "utf-8")
    print(f"written: {PAGE.relative_to(build.ROOT)} and {FIGURES.name}")
    sys.exit(bool(wrong))


def ours(folder: Path) -> dict[str, float | None]:
    make(folder, ATTACKS)
    subprocess.run([sys.executable, "-m", "grader.cli", "grade", "--course", str(folder)], check=True)
    return {
        student: sum(cell["points"] for cell in row["cells"])
        for (student, _), row in build.results(folder, NAME).items()
        if not student.startswith("honest-")
    }


if __name__ == "__main__":
    main()
