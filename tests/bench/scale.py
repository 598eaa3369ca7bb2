"""What 100,000 submissions need, on paper, from the figures of the last benchmark: docs/scale.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

MANY = 100_000
CORES = (2, 16, 64, 256)
NBGRADER = "nbgrader"


def write(figures: dict[str, Any], folder: Path) -> None:
    """Write scale.md into a folder."""
    (folder / "scale.md").write_text(text(figures), "utf-8")


def each(classes: list[dict[str, Any]], what: str) -> float:
    """Return the cost of one more submission: between the smallest and the largest class measured."""
    small, large = classes[0], classes[-1]
    return float((large[what] - small[what]) / (large["students"] - small["students"]))


def text(figures: dict[str, Any]) -> str:
    """Return the page."""
    classes = sorted(figures["classes"], key=lambda each: each["students"])
    small, large = classes[0], classes[-1]
    cpu, own, kept = (each(classes, what) for what in ("cpu", "own_cpu", "kept_bytes"))
    rows = "\n".join(f"| {cores} | {_hours(MANY * max(cpu / cores, own))} |" for cores in CORES)
    enough = cpu / own
    return f"""# What a hundred thousand submissions need

For whoever plans for a very large class: on paper, from the figures that [the benchmark](benchmark.md) measured on {figures["machine"]["date"]} on {figures["machine"]["cores"]} cores ({figures["machine"]["processor"]}). This page is written by the same command; nobody has graded a hundred thousand submissions at once with it.

## What one more submission costs

Measured on `{figures["torch"]}`, which uses torch: the difference between classes of {small["students"]} and {large["students"]:,} submissions, divided by {large["students"] - small["students"]:,}.

| | a submission |
|---|---|
| processor time in all | {cpu * 1000:.0f} ms |
| of it in the command itself, on one core: reading, restoring, scoring, recording | {own * 1000:.0f} ms |
| kept on disk (`submitted/`, `autograded/`, gradebook) | {kept / 1024:.0f} KiB |
| memory of the command, whatever the class | {large["own_memory"]:.0f} MiB with {large["students"]:,}, {small["own_memory"]:.0f} MiB with {small["students"]} |
| private memory of a running notebook | {large["largest_fork"]:.0f} MiB at most |

## {MANY:,} of them

{MANY:,} × {cpu * 1000:.0f} ms are {MANY * cpu / 3600:.1f} hours of one core, and {MANY * kept / 2**30:.0f} GiB on disk. Cores share the first; the command's own {own * 1000:.0f} ms stay on one core, since it alone records. So more than {enough:.0f} cores do not help one command:

| cores | time |
|---|---|
{rows}

- **One machine** grades them with `grader grade`, as many at a time as it has cores. It needs {large["memory"] / 1024:.1f} GiB for the command, the process that imports once and two notebooks, and {large["largest_fork"]:.0f} MiB for each core beyond two.
- **Several machines** do it as a Dask cluster (`--cluster`). Each worker imports once, for itself. What travels is each submission, once there and once back: {kept / 1024:.0f} KiB, {MANY * kept / 2**30:.0f} GiB in all, which {enough:.0f} busy cores bring at {8 * kept / own / 1e6:.0f} Mbit/s.
- **Beyond {enough:.0f} cores** start several commands, each for its own assignments or students, on one PostgreSQL gradebook: each records its own submissions, one transaction each.
- **A run that is killed** loses what was running at that moment, and goes on behind what it has recorded. Another run over all that is unchanged reads it and grades nothing.
- **What a person reads** does not grow with it: `grader results` and `report` hold one row a submission, and a page of {MANY:,} rows is not one that anybody reads. Name assignments and students.

What students' code itself needs is part of this: the cells of these notebooks take {1000 * large["floor"] / large["students"]:.0f} ms of processor time. An assignment that trains for a minute needs {MANY / 60:,.0f} core hours, whoever grades it.
"""


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{seconds / 60:.0f} min"
