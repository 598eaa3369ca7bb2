"""Count the points that visible tests have shown, and say what is open: text from values, but for one note in `__main__`."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping

PASSES, FAILS, OPEN = "passes", "fails", "open"
"""What a visible test has said of an exercise; that it is `OPEN` where nothing is written yet."""
_NOTES = "_said_by_visible_tests"
_MARKS = {PASSES: "✓", FAILS: "✗", OPEN: "·", "": "·"}


def note(exercise: str, state: str) -> None:
    """Note in the notebook's own names what its visible test has said; a kernel that is started anew has forgotten it."""
    vars(sys.modules["__main__"]).setdefault(_NOTES, {})[exercise] = state


def noted() -> dict[str, str]:
    """Return what visible tests have said, by exercise."""
    return dict(vars(sys.modules["__main__"]).get(_NOTES, {}))


def praise(points: float) -> str:
    """Return what a visible test says that passes, whose cell has these points."""
    return f"✓ {points:g} of {points:g}" if points else "✓ the example passes; hidden tests decide the points"


def points_in(source: str) -> float | None:
    """Return the points that `checks.visible` says in a test cell; None if it says none.

    >>> points_in('with checks.visible("f", hint="h", points=2): f()')
    2
    """
    try:
        nodes = [*ast.walk(ast.parse(source))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "visible"]
    given = [word.value for call in calls for word in call.keywords if word.arg == "points"]
    values = [
        value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, int | float)
    ]
    return values[-1] if values else None


def points_told(source: str) -> dict[str, tuple[float, float]] | None:
    """Return what `checks.progress` says in a cell, visible and hidden points by exercise; None if it says nothing.

    >>> points_told('checks.progress({"f": (1, 2)})')
    {'f': (1.0, 2.0)}
    """
    try:
        nodes = [*ast.walk(ast.parse(source))]
        calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "progress"]
        told = ast.literal_eval(calls[-1].args[0]) if calls else None
        return {str(name): (float(seen), float(unseen)) for name, (seen, unseen) in told.items()} if told else None
    except (SyntaxError, ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError):
        return None


def summary(
    exercises: Mapping[str, tuple[float, float]], said: Mapping[str, str], earned: Mapping[str, float] | None = None
) -> str:
    """Return a few lines: points so far, a line an exercise, how many points hidden tests decide, what to do next.

    >>> print(summary({"double": (1, 2), "triple": (1, 0)}, {"double": "passes"}))
    Points so far: 1 of the 2 that visible tests give. Hidden tests decide 2 more when your work is graded.
    <BLANKLINE>
      ✓ double   1 of 1   2 hidden
      · triple   0 of 1              its test has not run in this session
    <BLANKLINE>
    Next: triple. Write it, run its test, and read what that says.
    """
    total, hidden = (sum(points[kind] for points in exercises.values()) for kind in (0, 1))
    if earned is None:
        earned = {name: points[0] if said.get(name) == PASSES else 0.0 for name, points in exercises.items()}
    lines = [f"Points so far: {sum(earned.values()):g} of the {total:g} that visible tests give."]
    if hidden:
        lines[0] += f" Hidden tests decide {hidden:g} more when your work is graded."
    width = max(map(len, exercises), default=0)
    rows = []
    for name, (shown, unseen) in exercises.items():
        state = said.get(name, "")
        cells = f"{earned[name]:g} of {shown:g}" if shown else "", f"{unseen:g} hidden" if unseen else ""
        rows.append(f"  {_MARKS[state]} {name:<{width}}   {cells[0]:<6}   {cells[1]:<8}   {_SAYS[state]}".rstrip())
    return "\n".join([*lines, "", *rows, "", next_step(exercises, said)])


_SAYS = {
    PASSES: "",
    FAILS: "its test says what differs",
    OPEN: "not written yet",
    "": "its test has not run in this session",
}


def marks(exercises: Mapping[str, tuple[float, float]], said: Mapping[str, str]) -> str:
    """Return a mark an exercise: ✓ passes, ✗ fails, · open."""
    return "".join(_MARKS[said.get(name, "")] for name in exercises)


def next_step(exercises: Mapping[str, tuple[float, float]], said: Mapping[str, str]) -> str:
    """Return what to do next: mend what fails, else write what is open, else hand in."""
    for state, what in (
        (FAILS, "Run its test, read what that says, and change your cell."),
        (OPEN, _WRITE),
        ("", _WRITE),
    ):
        for name in exercises:
            if said.get(name, "") == state:
                return f"Next: {name}. {what}"
    return (
        "Next: try cases of your own that the tasks name, since hidden tests do. Then restart the kernel and run all "
        "cells, save, and hand the notebook in."
    )


_WRITE = "Write it, run its test, and read what that says."
