"""Exceptions and warnings at the border: data where they arose, and the nearest that both sides know where they arrive."""

from __future__ import annotations

import builtins
import linecache
import sys
import warnings
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from grader.engine.values import Tree, kind_of
from grader.failure import CheckFailed

# In the student's process ─────────────────────────────────────────────────────────────────────────


def described(error: BaseException) -> dict[str, Any]:
    """Return an exception as data: its classes by name, its text, and where in a cell it arose."""
    try:
        text = str(error)[:2000]
    except Exception:  # an exception of the student's own, whose text fails
        text = ""
    line, trace = "", error.__traceback__
    while trace is not None:
        file, number = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        if "ipykernel_" in file and (code := linecache.getline(file, number).strip()):
            line = f" (in line {number} of your cell: {code})"
        trace = trace.tb_next
    return {
        "classes": [[kind_of(kind), kind.__name__] for kind in type(error).__mro__],
        "text": text,
        "bare": not error.args,
        "name": str(getattr(error, "name", None) or ""),
        "line": line[:300],
    }


def named(what: Mapping[str, Any]) -> BaseException:
    """Return an exception that a function of the judge's has raised."""
    kind = getattr(builtins, what["class"], RuntimeError)
    made: BaseException = kind(what["text"])
    return made


# In the judge ─────────────────────────────────────────────────────────────────────────────────────

_ENDS = (StopIteration, StopAsyncIteration)
"""What would end a `map` or a `for` of the judge's early, so that a test saw nothing more; PEP 479 has the same."""


def _known(module: str, name: str) -> Any:
    """Return what a module that is imported already holds, without asking the module for it."""
    return vars(sys.modules[module]).get(name) if module in sys.modules else None


def raised(what: Any) -> BaseException:
    """Return the exception that a student's function raised: of its class if we have it, else of one that it is of."""
    error: Any
    match what:
        case {"classes": list(classes), "text": str(text), "bare": bool(bare), "name": str(name), "line": str(line)}:
            for module, kind in (pair for pair in classes if isinstance(pair, list) and len(pair) == 2):
                found = _known(str(module), str(kind))
                known = module in ("builtins", "numpy.exceptions", "numpy.linalg") and isinstance(found, type)
                if known and issubclass(found, Exception) and not issubclass(found, _ENDS):
                    with suppress(TypeError):  # a class whose constructor takes more than a text
                        error = found() if bare else found(text)
                        break
            else:
                error = RuntimeError(text)
            error.as_said = (str(classes[0][1])[:80] if classes else "", line[:300])
            if line:
                error.add_note(line[:300].strip())  # the traceback shows it, where the judge has no frame to show
            if isinstance(error, NameError):
                error.name = name
            return cast(BaseException, error)
    return CheckFailed("what came back is no answer")


def warn(warned: Tree) -> None:
    """Give the warnings that a student's function gave. Raises CheckFailed for what is none."""
    for said in warned[:20] if isinstance(warned, list) else [warned]:
        match said:
            case [str(module), str(name), str(text)]:
                category = _known(module, name)
                is_warning = isinstance(category, type) and issubclass(category, Warning)
                warnings.warn(text[:1000], category if is_warning else UserWarning, stacklevel=5)
            case _:
                raise CheckFailed("what came back is no answer")
