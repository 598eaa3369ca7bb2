"""Run a command and write what it cost, with all the processes that it started: a script, and the call of it.

Wall time runs from the start of the command to its end. CPU is the user and system time of every process that
came to be: this script adopts orphans (PR_SET_CHILD_SUBREAPER), ends what is left when the command has ended, and
adds up what the kernel reports for each process that it reaps, which includes those that the process had reaped.
Memory, asked for with --memory because looking costs time, is the largest sum of PSS (each page divided among
the processes that share it) over all of them, looked at twenty times a second. Linux only.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

EVERY = 0.05
"""Seconds between two looks at the memory."""
GRACE = 1.0
"""Seconds that processes may take to end after the command has."""
MIB = 2**20
_SUBREAPER = 36


@dataclass
class Usage:
    """What one command cost."""

    wall: float = 0.0
    """Seconds."""
    cpu: float = 0.0
    """Seconds, of all processes."""
    code: int = 0
    left: list[str] = field(default_factory=list)
    """Command lines of the processes that were still there when the command had ended."""
    memory: float = 0.0
    """MiB of PSS at the highest moment; 0 where nobody looked."""
    own: float = 0.0
    """MiB of private memory (USS) that the command's own process had at most."""
    own_cpu: float = 0.0
    """CPU seconds of the command's own process, as last seen while looking at memory."""
    largest_fork: float = 0.0
    """MiB of private memory (USS) that a forked child which runs a notebook, in the program of its parent, had at most."""
    seen_cpu: float = 0.0
    """CPU seconds as last seen in each process while looking at memory: never more than `cpu` if nothing was missed."""
    unreadable: int = 0
    """How often a process did not let its memory be read."""


def measured(
    command: Sequence[str | Path], folder: Path, log: Path, env: Mapping[str, str] | None = None, memory: bool = False
) -> Usage:
    """Run a command in a folder, its output into a file, and return what it cost.

    It finds the programs of its own environment first, and, since its runtime folder is its own, no process that an
    earlier command started.
    """
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary, "usage.json")
        options = ["--memory"] if memory else []
        script = [sys.executable, "-P", __file__, *options, "--out", str(out), "--", *map(str, command)]
        with log.open("ab") as file:
            path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
            env = {**os.environ, "PATH": path, "XDG_RUNTIME_DIR": temporary, **(env or {})}
            subprocess.run(script, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=True)
        return Usage(**json.loads(out.read_text("utf-8")))


class Watch(threading.Thread):
    """Looks at the memory and CPU of all descendants of this process."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.usage, self.seen, self.done = Usage(), dict[Any, float](), threading.Event()
        self.command = 0

    def run(self) -> None:
        while not self.done.wait(EVERY):
            self.look()

    def look(self) -> None:
        total, lines = 0.0, dict[int, list[str]]()
        for process in psutil.Process().children(recursive=True):
            try:
                times = process.cpu_times()
                self.seen[process.pid, process.create_time()] = times.user + times.system
                lines[process.pid] = process.cmdline()
                memory = process.memory_full_info()
                total += memory.pss / MIB
                if process.pid == self.command:
                    self.usage.own_cpu = times.user + times.system
                    self.usage.own = max(self.usage.own, memory.uss / MIB)
                if lines[process.pid] == lines.get(process.ppid()) and _runs_a_notebook(process):
                    self.usage.largest_fork = max(self.usage.largest_fork, memory.uss / MIB)
            except psutil.AccessDenied:
                self.usage.unreadable += 1
            except (psutil.NoSuchProcess, ProcessLookupError):
                continue
        self.usage.memory = max(self.usage.memory, total)


def _runs_a_notebook(process: psutil.Process) -> bool:
    """Tell a notebook's process from a server: where the grader is root, each notebook is a user of its own."""
    return bool(os.getuid() != 0 or process.uids().real != 0)


def cost(command: Sequence[str], memory: bool) -> Usage:
    """Run a command and return what it and everything that it started cost; nothing of it is left afterwards."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    watch = Watch()
    if memory:
        watch.start()
    start = time.monotonic()
    watch.command = subprocess.Popen(command).pid
    _, status, spent = os.wait4(watch.command, 0)
    usage = watch.usage
    usage.wall, usage.code = time.monotonic() - start, os.waitstatus_to_exitcode(status)
    usage.cpu = spent.ru_utime + spent.ru_stime + _ended(usage)
    watch.done.set()
    usage.seen_cpu = sum(watch.seen.values())
    return usage


def _ended(usage: Usage) -> float:
    """Reap what is left, ended by force if it is still there after a while, and return the CPU seconds of it."""
    seconds, start, known = 0.0, time.monotonic(), set[psutil.Process]()
    while True:
        try:
            pid, _, spent = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return seconds
        if pid:
            seconds += spent.ru_utime + spent.ru_stime
            continue
        time.sleep(0.02)
        waited = time.monotonic() - start
        for process in psutil.Process().children(recursive=True) if waited > GRACE else []:
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                if process not in known:
                    usage.left.append(" ".join(process.cmdline())[:200])
                    process.terminate()
                elif waited > 3 * GRACE:
                    process.kill()
                known.add(process)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("command", nargs="+")
    asked = parser.parse_args()
    asked.out.write_text(json.dumps(asdict(cost(asked.command, asked.memory))), "utf-8")


if __name__ == "__main__":
    main()
