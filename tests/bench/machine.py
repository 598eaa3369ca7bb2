"""What was measured where: processor, memory, versions, date, commit."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from grader.engine.processes import CORES

from .graders import Bench
from .submissions import ROOT

PACKAGES = ("nbgrader", "otter-grader", "nbclient", "nbval", "ipykernel", "ipython", "numpy", "torch", "matplotlib")
_VERSIONS = """
import importlib.metadata, json, sys
found = {"Python": sys.version.split()[0]}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
"""


def facts(bench: Bench) -> dict[str, Any]:
    """Return processor, cores, memory in GiB, kernel, date, commit, load, and versions by environment."""
    environments = {"grader": Path(sys.executable)} | {
        name: python for name in ("nbgrader", "otter") if (python := bench.peer(name))
    }
    return {
        "processor": _processor(),
        "cores": CORES,
        "memory": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(),
        "load_before": os.getloadavg()[0],
        "versions": {name: _versions(python) for name, python in environments.items()},
    }


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    return found[1] if found else platform.machine()


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()

    head = git("rev-parse", "--short", "HEAD") or "unknown"
    return head + (" with changes" if git("status", "--porcelain", "--", "grader", "source", "tests") else "")


def _versions(python: Path) -> dict[str, str]:
    done = subprocess.run([python, "-c", _VERSIONS, *PACKAGES], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found
