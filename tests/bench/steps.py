"""The steps of the benchmark, one after the other, with a line that tells what runs and how long is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text


@dataclass(frozen=True)
class Step:
    """One measurement: its key among the figures, what it is, about how many seconds it takes, and how it is done."""

    key: str
    what: str
    seconds: float
    run: Callable[[], Any]


class _Left(ProgressColumn):
    """Time left: that of the steps to come and of the rest of this one, as guessed before."""

    max_refresh = 1.0

    def render(self, task: Task) -> Text:
        inside = min(time.monotonic() - task.fields["since"], task.fields["guess"])
        return Text(f"about {_minutes((task.total or 0) - task.completed - inside)} left")


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def run_steps(steps: list[Step]) -> dict[str, Any]:
    """Run the steps in their order and return what each returned, by key."""
    console, done = Console(stderr=True), dict[str, Any]()
    total, past = sum(step.seconds for step in steps), 0.0
    columns = (TextColumn("{task.description}"), BarColumn(), _Left())
    with Progress(*columns, console=console, transient=True, refresh_per_second=1) as bar:
        task = bar.add_task("", total=total, since=0.0, guess=0.0)
        for number, step in enumerate(steps, 1):
            start = time.monotonic()
            bar.update(task, description=step.what, completed=past, since=start, guess=step.seconds)
            if not console.is_terminal:
                console.print(f"{number}/{len(steps)} {step.what}; about {_minutes(total - past)} left")
            done[step.key] = step.run()
            past += step.seconds
            if console.is_terminal:
                console.print(f"{step.what}: {time.monotonic() - start:.0f} s")
    return done
