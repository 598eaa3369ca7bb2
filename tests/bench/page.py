"""The figures as tables on the terminal and as docs/benchmark.md with its plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

Rows = list[tuple[str, ...]]
"""A head and the rows under it."""
NAMES = {
    "grader grade": "`grader grade`",
    "nbgrader": "`nbgrader autograde`",
    "otter": "otter-grader, Python API",
}


def write(figures: dict[str, Any], folder: Path) -> None:
    """Write benchmark.md and benchmark.png into a folder."""
    _plot(figures, folder / "benchmark.png")
    (folder / "benchmark.md").write_text(text(figures), "utf-8")


def show(figures: dict[str, Any], console: Console) -> None:
    """Print the tables."""
    for title, rows in _tables(figures).items():
        table = Table(*rows[0], title=title)
        for row in rows[1:]:
            table.add_row(*(cell.replace("`", "") for cell in row))
        console.print(table)


def _tables(figures: dict[str, Any]) -> dict[str, Rows]:
    tables = {"The same submissions": _graders(figures)}
    tables |= {"A course that is not ours": _graders(_other(figures))} if figures.get("other") else {}
    tables["Classes of every size"] = _classes(figures)
    tables |= {"Courses of many assignments": _many(figures)} if figures.get("many") else {}
    tables |= {"What each trick is worth": _tricks(figures)} if figures.get("tricks") else {}
    tables |= {"A check before handing in": _waits(figures)} if figures.get("waits") else {}
    return tables | ({"The lessons under nbval": _lessons(figures)} if figures["lessons"] else {})


# Tables ──────────────────────────────────────────────────────────────────────────────────────────


def _graders(figures: dict[str, Any]) -> Rows:
    count, ours = figures["submissions"], figures["graders"]["grader grade"]
    rows: Rows = [
        ("grader", "wall, s", "CPU, s", "wall a submission, s", "CPU a submission, s", "start-up, s", "peak memory, MiB",
         "wall, times ours", "without start-ups"),
    ]  # fmt: skip
    for key, name in NAMES.items():
        if used := figures["graders"].get(key):
            ratio = _each(used, count) / _each(ours, count)
            rows.append(
                (name, _s(used["wall"]), _s(used["cpu"]), _s(used["wall"] / count), _s(used["cpu"] / count),
                 _s(used["start_wall"]), f"{used['memory']:.0f}", _s(used["wall"] / ours["wall"]), _s(ratio))
            )  # fmt: skip
    wall, cpu = _floor(figures), figures["floor"]["first"]
    rows.append(
        ("the floor", _s(wall), _s(cpu), _s(wall / count), _s(cpu / count), "", "", _s(wall / ours["wall"]),
         _s(wall / count / _each(ours, count)))
    )  # fmt: skip
    return rows


def _other(figures: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of the course that is not ours, as those of the first table."""
    return {**figures["other"], "machine": figures["machine"], "classes": []}


def _each(used: dict[str, Any], count: int) -> float:
    """Return the seconds a submission that a grader needs once it has started; nan if the start hides them."""
    seconds = float(used["wall"] - used["start_wall"]) / (count - used["start_count"])
    return seconds if seconds > 0 else math.nan


def _floor(figures: dict[str, Any]) -> float:
    return float(figures["floor"]["first"] / figures["machine"]["cores"])


def _classes(figures: dict[str, Any]) -> Rows:
    extrapolate = _extrapolation(figures)
    rows: Rows = [
        ("submissions", "wall, s", "CPU, s", "submissions a second", "floor, s", "wall, times the floor",
         "peak memory, MiB", "the command's own", "largest forked child", *(["nbgrader, s (extrapolated)"] if extrapolate else [])),
    ]  # fmt: skip
    for used in figures["classes"]:
        count, floor = used["students"], used["floor"] / figures["machine"]["cores"]
        rows.append(
            (str(count), _s(used["wall"]), _s(used["cpu"]), _s(count / used["wall"]), _s(floor),
             _s(used["wall"] / floor), f"{used['memory']:.0f}", f"{used['own_memory']:.0f}",
             f"{used['largest_fork']:.0f}",
             *([f"{extrapolate[0] + extrapolate[1] * count:.0f}"] if extrapolate else []))
        )  # fmt: skip
    return rows


def _extrapolation(figures: dict[str, Any]) -> tuple[float, float] | None:
    """Return nbgrader's start-up and seconds a submission in the assignment of the large classes."""
    found = figures["graders"].get("nbgrader", {}).get("by_assignment", {}).get(figures["torch"])
    return (found["start"], (found["wall"] - found["start"]) / figures["students"]) if found else None


def _lessons(figures: dict[str, Any]) -> Rows:
    rows: Rows = [("kernels", "wall, s", "CPU, s", "outcome")]
    return rows + [
        (name, _s(used["wall"]), _s(used["cpu"]), used["outcome"]) for name, used in figures["lessons"].items()
    ]


def _waits(figures: dict[str, Any]) -> Rows:
    rows: Rows = [("assignment", "first check, s", "later checks, s", "`nbgrader validate`, s", "times a later check")]
    return rows + [
        (name, _s(used["first"]), _s(used["again"]), _s(used["validate"]), _s(used["ratio"]))
        for name, used in figures["waits"].items()
    ]


def _many(figures: dict[str, Any]) -> Rows:
    one = figures["many"][0]
    rows: Rows = [
        ("assignments", "first start, s", "later starts, s", "times one assignment's", "CPU, s", "peak memory, MiB", "the command's own")
    ]  # fmt: skip
    return rows + [
        (str(used["assignments"]), _s(used["first"]), _s(used["again"]), _s(used["again"] / one["again"]),
         _s(used["again_cpu"]), f"{used['memory']:.0f}", f"{used['own_memory']:.0f}")
        for used in figures["many"]
    ]  # fmt: skip


def _trick(used: dict[str, Any]) -> str:
    return f"{used['what']} ({used['class']})" if "class" in used else str(used["what"])


def _tricks(figures: dict[str, Any]) -> Rows:
    rows: Rows = [("trick", "wall without it", "CPU without it")]
    return rows + [(_trick(used), f"{used['wall'] - 1:+.0%}", f"{used['cpu'] - 1:+.0%}") for used in figures["tricks"]]


def _fit(figures: dict[str, Any]) -> tuple[float, float]:
    """Return start-up and seconds a submission of the straight line nearest to the classes' wall times, in proportion."""
    sizes, walls = ([used[key] for used in figures["classes"]] for key in ("students", "wall"))
    each, start = np.polyfit(sizes, walls, 1, w=1 / np.array(walls))
    return float(start), float(each)


def _off(figures: dict[str, Any]) -> str:
    """Return how far the classes' wall times are from the straight line at most, in words."""
    start, each = _fit(figures)
    ratios = [used["wall"] / (start + each * used["students"]) for used in figures["classes"]]
    return f"no class is further from it than {max(abs(ratio - 1) for ratio in ratios):.0%}"


def _s(value: float) -> str:
    if math.isnan(value):
        return "?"
    return f"{value:.0f}" if value >= 99.5 else f"{value:.1f}" if value >= 9.95 else f"{value:.2f}"


# Page ────────────────────────────────────────────────────────────────────────────────────────────


def text(figures: dict[str, Any]) -> str:
    """Return the page as Markdown."""
    machine = figures["machine"]
    names = ", ".join(f"`{name}`" for name in figures["assignments"])
    compared = "; ".join(f"with {name} {count}" for name, count in figures["compared"].items())
    parts = [
        "# What grading costs",
        f"For whoever chooses a grader, or changes this one: measured on {machine['date']} by `{figures['command']}` (`make bench`), at commit {machine['commit']}. "
        "This page, its plot and `benchmark.json` are written whole by that command.",
        "## The same submissions",
        f"{figures['submissions']} submissions, {figures['students']} of each of {names}, made from `tests/answers` "
        f"with seed {figures['seed']}: right answers, wrong ones, none, and mixtures. Before any time was compared, the "
        f"points of every test cell were, and all are the same (cells compared: {compared}).",
        _markdown(_graders(figures)),
        *_headlines(figures),
        *(
            [_OTHER_TITLE, _said_of_other(figures), _markdown(_graders(_other(figures))), *_headlines(_other(figures))]
            if figures.get("other")
            else []
        ),
        "## Classes of every size",
        f"One assignment, `{figures['torch']}`, which uses torch; `grader grade` from an empty gradebook.",
        _markdown(_classes(figures)),
        f"![{_alt(figures)}](benchmark.png)",
        _line(figures),
        *([_EXTRAPOLATED] if _extrapolation(figures) else []),
        *(["## Courses of many assignments", _MANY, _markdown(_many(figures))] if figures.get("many") else []),
        *(["## What each trick is worth", _TRICKS, _markdown(_tricks(figures))] if figures.get("tricks") else []),
        *(["## A check before handing in", _WAITS, _markdown(_waits(figures))] if figures.get("waits") else []),
        *(
            ["## The lessons under nbval", _LESSONS[len(figures["lessons"])], _markdown(_lessons(figures))]
            if figures["lessons"]
            else []
        ),
        "## What is measured, and how",
        _METHOD.format(repeat=figures["repeat"], cores=machine["cores"]),
        "## Machine and versions",
        _markdown(_machine(machine)),
        _markdown(_versions(machine["versions"])),
    ]
    return "\n\n".join(parts) + "\n"


def _said_of_other(figures: dict[str, Any]) -> str:
    used = figures["other"]
    compared = "; ".join(f"with {name} {count}" for name, count in used["compared"].items())
    return (
        f"{used['submissions']} hand-ins of one notebook: it imports numpy, torch and matplotlib, makes random data and draws a "
        "histogram in ordinary cells, and has ten functions to write, each with a test of a few plain `assert`s; a third of the "
        f"functions handed in fails. Again all points are the same (cells compared: {compared})."
    )


def _headlines(figures: dict[str, Any]) -> list[str]:
    ours, floor, count = figures["graders"]["grader grade"], _floor(figures), figures["submissions"]
    lines = [
        f"- `grader grade` needs {_s(ours['wall'] / floor)} times the floor, recording included "
        f"({_s(_each(ours, count) / floor * count)} times without its start-up)."
    ]
    for key, name in NAMES.items():
        if key != "grader grade" and (used := figures["graders"].get(key)):
            lines.append(
                f"- `grader grade` has {_s(used['wall'] / ours['wall'])} times the throughput of {name} "
                f"({_s(_each(used, count) / _each(ours, count))} times without the start-ups of both)."
            )
    bare = ours["bare"]
    lines.append(
        f"- Judge and confinement take {bare['ratio'] - 1:.0%} more time: without them (`judge = false`, `--unconfined`) "
        f"the same points cost {_s(bare['wall'])} s, {_s(bare['wall'] / floor)} times the floor."
    )
    left = [line for used in _measured(figures) for run in used["runs"] for line in run["left"]]
    lines.append(f"- Processes that `grader grade` left behind: {len(left) or 'none'}.")
    if refused := sum(used["unreadable"] for used in _measured(figures)):
        lines.append(f"- Memory is a lower bound: {refused} times a process did not let it be read.")
    return ["\n".join(lines)]


def _measured(figures: dict[str, Any]) -> list[dict[str, Any]]:
    return [figures["graders"]["grader grade"], *figures["classes"]]


def _line(figures: dict[str, Any]) -> str:
    start, each = _fit(figures)
    return f"The nearest straight line is {_s(start)} s to start and {each:.3f} s a submission; {_off(figures)}."


def _alt(figures: dict[str, Any]) -> str:
    points = ", ".join(f"{used['students']} in {_s(used['wall'])} s" for used in figures["classes"])
    return (
        "Wall time of grader grade against the number of submissions, both axes logarithmic, with the floor and a "
        f"straight line: {points}. {_line(figures)}"
    )


def _machine(machine: dict[str, Any]) -> Rows:
    return [
        ("", ""),
        ("processor", f"{machine['processor']}, {machine['cores']} cores for this process"),
        ("memory", f"{machine['memory']} GiB"),
        ("kernel", machine["system"]),
        ("load average before and after", f"{machine['load_before']:.2f}, {machine['load_after']:.2f}"),
    ]


def _versions(versions: dict[str, dict[str, str]]) -> Rows:
    packages = list(dict.fromkeys(name for found in versions.values() for name in found))
    rows: Rows = [("", *(f"environment of {name}" for name in versions))]
    return rows + [(name, *(found.get(name, "") for found in versions.values())) for name in packages]


def _markdown(rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


_OTHER_TITLE = "## A course that is not ours"
_EXTRAPOLATED = (
    "nbgrader was not run on these classes: its column is extrapolated from its start-up and its time a submission of "
    "the same assignment in the first table's run."
)
_TRICKS = (
    "The class of the first table graded by a copy of the package that does without one trick of its engine, each beside the "
    "package as it is, by turns; where a row names another class, that one. The medians of the ratios."
)
_MANY = (
    "Wall time until one blank hand-in of each assignment is graded: the first time, when each solution is tried as well, "
    "and from then on, the median; peak memory with five students. Beyond the course's own assignments, which are taken from "
    "the last one on, there are copies of them, each of which imports another module."
)
_WAITS = (
    "Wall time of `grader check` and of `nbgrader validate` on the same notebooks, as students get them, solved: the first "
    "check starts the process that stays, later ones find it; from then on both run by turns, and the median of the "
    "ratios counts."
)
_LESSONS = {
    1: "`pytest --nbval` over `notebooks/`, as `make test` runs it. There was no warm kernel on this machine.",
    2: "`pytest --nbval` over `notebooks/`, as `make test` runs it: with kernels that start cold, and with those of "
    "`grader kernel install` (`--nbval-kernel-name python3-warm`), the start of their fork server included.",
}
_METHOD = """\
- **wall**: from the start of the command to its end. `grader grade` of this checkout, from an empty gradebook and with no process left from an earlier run: the median of {repeat} runs (of one, for more than 300 submissions). nbgrader: `nbgrader autograde` once for each assignment, added up; `nbgrader generate_assignment`, which it needs before, is not counted, though `grader grade` does the like itself. otter-grader: `otter.api.grade_submission` in a loop in one process. Peers run once.
- **Judge and confinement**: runs with and without them take turns; the median of the ratios counts.
- **CPU**: user and system time of every process that came to be, in seconds. The command runs under a process that adopts orphans, ends what is left, and adds up what Linux reports for each process that it reaps, which includes those that the process had reaped: templates, forked children, kernels.
- **start-up**: the wall time (the median again) of the same command with next to nothing to do: for `grader grade` one blank submission of each assignment, since it prepares for an assignment when it meets the first, for nbgrader the same commands again (all is graded, so all is skipped), for otter an empty list.
- **peak memory**: the largest sum of PSS (each page divided among the processes that share it) over all processes of the command, looked at twenty times a second, in a run of its own whose time counts for nothing: for nbgrader submissions of the torch assignment once more, for otter two submissions. The command's own memory, and that of the largest child that runs a notebook (as root; else the servers that fork them count too), is private memory (USS).
- **times ours, without start-ups**: wall divided by the wall of `grader grade`; then the same for a submission beyond those, with each start-up taken off. Throughput on the same submissions is the inverse of wall.
- **the floor**: the CPU seconds that the cells themselves need in a warm process, divided by the cores ({cores} here). The cells of the notebooks as graded, hidden tests included, run with Python's own compile and exec in a child forked from a process that has imported everything that any of these notebooks imports; figures are drawn as PNG. Counted is the child's CPU time from the start of its first cell to the end of its last, all threads. Not counted are imports, fork, reading, a shell, messages, outputs, scoring and recording: what a grader needs above it is its own. It is measured before and after what it is compared with, since the machine's own speed changes; for the classes on the first 40 submissions.
- The submissions are the same files for all. For otter each test cell is converted into one of its exception-based test files, with the cell's graded text and points, run in the place of the cell. Test cells import this checkout's `grader.checks` everywhere; numpy, torch and all that they share have the same versions everywhere."""


# Plot ────────────────────────────────────────────────────────────────────────────────────────────


def _plot(figures: dict[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    sizes = np.array([used["students"] for used in figures["classes"]])
    start, each = _fit(figures)
    fig, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
    line = np.geomspace(sizes.min(), sizes.max(), 100)
    if extrapolate := _extrapolation(figures):
        axes.plot(
            line, extrapolate[0] + extrapolate[1] * line, "--", color="0.45", label="nbgrader autograde, extrapolated"
        )
    axes.plot(line, start + each * line, color="C0", label=f"{_s(start)} s + {each:.3f} s a submission")
    axes.plot(sizes, [used["wall"] for used in figures["classes"]], "o", color="C0", label="grader grade, measured")
    floors = [used["floor"] / figures["machine"]["cores"] for used in figures["classes"]]
    axes.plot(sizes, floors, ":", color="C1", label="the floor")
    axes.set(xscale="log", yscale="log", xlabel="submissions", ylabel="wall time, s", title=figures["torch"])
    axes.set_xticks(sizes, map(str, sizes), minor=False)
    axes.minorticks_off()
    axes.yaxis.set_major_formatter("{x:g}")
    fig.legend(loc="outside lower center", ncols=2, frameon=False)
    axes.grid(alpha=0.3)
    fig.savefig(path, dpi=120)
    plt.close(fig)
