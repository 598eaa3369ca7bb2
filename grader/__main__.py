"""The command `grader`, also in an environment that lacks what it needs: it then says what to install."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from typing import NoReturn

from grader.models import GraderError

_NAME = "arrays-to-autograd"


def main() -> NoReturn:
    """Run the command line, or end with two lines on stderr and exit code 2."""
    try:
        from grader.cli import main as command

        command()
    except ModuleNotFoundError:
        if not (lacking := missing("grade")):
            raise
        what = f"{', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not installed"
        print("grader:", GraderError(what, sys.prefix, f"pip install '{_NAME}[grade]'"), file=sys.stderr)
        sys.exit(2)


def missing(extra: str) -> list[str]:
    """Return the distributions that an extra of this package asks for and this environment does not have."""
    try:
        asked = metadata.requires(_NAME) or []
    except metadata.PackageNotFoundError:  # run from its folder
        return []
    names = [re.match(r"[\w.-]+", line) for line in asked if re.search(rf"""extra == ["']{extra}["']""", line)]
    return [name[0] for name in names if name and not _is_installed(name[0])]


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    main()
