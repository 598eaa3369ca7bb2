"""What the first cell of a lesson or an assignment asks for: libraries that are new enough, and the lessons' drawings.

It needs nothing but Python, of any version, for it runs where the rest may be missing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

PYTHON = (3, 11)
LIBRARIES = {"numpy": "1.24", "torch": "2.4", "matplotlib": "3.8", "ipywidgets": "7.7.1", "pillow": "9.0"}
"""Distributions that lessons need, each with the oldest version that will do; pyproject.toml says the same."""
NEEDED_BY_TESTS = ("numpy", "torch")

_BY_FIRST_CELL = ("pictures", "grader")
_FIRST = "run the first cell of the notebook, which finds it: Run > Run All Above Selected Cell"
_ELSEWHERE = "if a cell above makes it, run that one first: Run > Run All Above Selected Cell"


class NotReady(ImportError):
    """What this environment lacks, in two lines that a notebook shows without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]  # in one piece: %xmode Minimal joins pieces without a line break


def lesson() -> None:
    """Let a lesson import `pictures`, and say where a missing name may come from. Raises NotReady."""
    _demand(LIBRARIES)
    folder = drawings()
    if folder is None:
        raise NotReady("the lessons' drawings are not here\nfix: install the course again, whole")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    explain_names()


def assignment() -> None:
    """Make sure that the tests of an assignment can run. Raises NotReady."""
    _demand(NEEDED_BY_TESTS)


def explain_names() -> None:
    """Let IPython say where a name that is not defined, or a module that the first cell finds, may come from."""
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()):
        shell.set_custom_exc((NameError, ModuleNotFoundError), _show)


def drawings() -> Path | None:
    """Return the folder that holds `pictures.py`: within the installed package, or beside it in the course's folder."""
    package = Path(__file__).resolve().parent
    return next(
        (at for at in (package / "lessons", package.parent / "notebooks") if (at / "pictures.py").is_file()), None
    )


def lacking(names: Iterable[str]) -> dict[str, str]:
    """Return what is missing or too old: a phrase for each distribution."""
    found = {}
    for name in names:
        version = _version(name)
        if not version:
            found[name] = f"{name} is not installed"
        elif _numbers(version) < _numbers(LIBRARIES[name]):
            found[name] = f"{name} {version} is older than {LIBRARIES[name]}"
    return found


def _demand(names: Iterable[str]) -> None:
    if sys.version_info < PYTHON:
        here, wanted = (".".join(map(str, version[:2])) for version in (sys.version_info, PYTHON))
        raise NotReady(f"Python {here} is older than {wanted}\nfix: choose a kernel of Python {wanted} or later")
    if found := lacking(names):
        asked = " ".join(f"'{name}>={LIBRARIES[name]}'" for name in found)
        raise NotReady(
            f"{', '.join(found.values())}\nfix: run `%pip install {asked}` in a cell (it needs the network), "
            "restart the kernel, and run this cell again"
        )


def _version(name: str) -> str:
    loaded = getattr(sys.modules.get(name), "__version__", None)  # where it is imported, nothing need be searched
    try:
        return str(loaded or metadata.version(name))
    except metadata.PackageNotFoundError:
        return ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3])


def _show(
    shell: Any,
    kind: type[Exception],
    error: NameError | ModuleNotFoundError,
    trace: Any,
    tb_offset: int | None = None,
) -> None:
    """Show an error as IPython does, and where what is missing may come from."""
    note = _ELSEWHERE if isinstance(error, NameError) else _FIRST if error.name in _BY_FIRST_CELL else ""
    shows_notes = sys.modules["IPython"].version_info >= (8,)  # Colab has 7, which does not
    if note and shows_notes:
        error.add_note(note)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
    if note and not shows_notes:
        print(note, file=sys.stderr)
