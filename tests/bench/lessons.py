"""Run the lessons with nbval, in cold kernels and in warm ones."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from .graders import ENV, Bench
from .measure import Usage, measured
from .submissions import ROOT

WARM = "python3-warm"
"""The kernelspec that `grader kernel install` makes."""


def warm_kernel() -> bool:
    """Tell whether there is a warm kernel, after an attempt to install it."""
    subprocess.run([sys.executable, "-m", "grader.cli", "kernel", "install"], capture_output=True, cwd=ROOT)
    command = [sys.executable, "-m", "jupyter", "kernelspec", "list", "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode == 0 and WARM in json.loads(done.stdout)["kernelspecs"]


def run_lessons(bench: Bench, kernel: str = "") -> tuple[Usage, str]:
    """Run `pytest --nbval` over notebooks/ as `make test` does; return cost and pytest's last line."""
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-sanitize-with", "tests/nbval.cfg"]
    command += ["-q", "-p", "no:cacheprovider", *(["--nbval-kernel-name", kernel] if kernel else []), "notebooks"]
    before = bench.log.stat().st_size
    usage = measured(command, ROOT, bench.log, ENV)
    lines = bench.log.read_bytes()[before:].decode("utf-8", "replace").splitlines()
    said = [line for line in lines if re.search(r"\d+ (passed|failed|error)", line)]
    if usage.code not in (0, 1) or not said:  # 1: an output differs, as a lesson's may on another machine
        raise SystemExit(f"bench: the lessons did not run; see {bench.log}")
    return usage, re.sub(r" in [\d.]+s.*", "", said[-1].strip("= "))
