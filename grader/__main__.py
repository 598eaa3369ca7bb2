"""The command `grader`, also in an environment that lacks what it needs: it then says what to install."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

_NAME = "arrays-to-autograd"


def main() -> NoReturn:
    """Run the command line, or end with two lines on stderr and exit code 2."""
    try:
        if quick(sys.argv[1:]) and (code := _by_resident()) is not None:
            sys.exit(code)
        from grader.cli import main as command

        command()
    except ModuleNotFoundError:
        if not (lacking := missing("grade")):
            raise
        what = f"{', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not installed"
        _refuse(what, sys.prefix, f"pip install '{_NAME}[grade]'")


def _refuse(what: str, where: str, fix: str) -> NoReturn:
    from grader.models import GraderError

    print("grader:", GraderError(what, where, fix), file=sys.stderr)
    sys.exit(2)


def quick(arguments: Sequence[str]) -> bool:
    """Tell whether a command is one that people wait for, and that a process that has imported everything may run."""
    if not arguments or sys.platform != "linux" or os.environ.get("GRADER_WARM") == "0":
        return False
    students = any(each.partition("=")[0] == "--student" for each in arguments)
    return arguments[0] in ("check", "pack") or (arguments[0] == "grade" and students and "--cluster" not in arguments)


def _by_resident() -> int | None:
    """Return the exit code of the command, run by the process that stays; None if there can be none."""
    from grader import preload
    from grader.engine.forks.resident import EndedError, run_command

    try:
        return run_command("grader.cli", sys.argv, preload.around(os.getcwd()))
    except KeyboardInterrupt:
        print("Aborted!", file=sys.stderr)
        return 130
    except EndedError:
        _refuse(
            "the process that runs this command was ended, or does not answer",
            "this machine",
            "run the command again, if need be with GRADER_WARM=0",
        )


def missing(extra: str) -> list[str]:
    """Return the distributions that an extra of this package asks for and this environment does not have."""
    from importlib import metadata

    try:
        asked = metadata.requires(_NAME) or []
    except metadata.PackageNotFoundError:  # run from its folder
        return []
    import re

    names = [re.match(r"[\w.-]+", line) for line in asked if re.search(rf"""extra == ["']{extra}["']""", line)]
    return [name[0] for name in names if name and not _is_installed(name[0])]


def _is_installed(name: str) -> bool:
    from importlib import metadata

    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    main()
