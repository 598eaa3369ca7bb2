"""What test cells call. It imports NumPy alone, and touches torch only when the notebook has imported it."""

from grader.checks.api import (
    call,
    detached,
    equal,
    figure,
    hidden,
    leaves_chance,
    pretending,
    progress,
    raises,
    separate,
    shares,
    steady,
    that,
    visible,
)
from grader.checks.constraints import no_calls, no_loops, no_loops_over, one_pass
from grader.checks.failure import CheckFailed, HiddenCheckFailed, NotWritten, Undecided

__all__ = [
    "CheckFailed", "HiddenCheckFailed", "NotWritten", "Undecided", "call", "detached", "equal", "figure", "hidden",
    "leaves_chance", "no_calls", "no_loops", "no_loops_over", "one_pass", "pretending", "progress", "raises", "separate",
    "shares", "steady", "that", "visible",
]  # fmt: skip
