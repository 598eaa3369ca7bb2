"""Exceptions and warnings at the border: data where they arose, and the nearest that both sides know where they arrive."""

from __future__ import annotations

import builtins
import linecache
import sys
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

from grader.checks.failure import CheckFailed
from grader.engine.border.pack import Tree, kind_of, library

# In the student's process ─────────────────────────────────────────────────────────────────────────


def described(error: BaseException) -> dict[str, Any]:
    """Return an exception as data: its classes by name, its text, where in a cell it arose, and in which helper there."""
    try:
        text = str(error)[:2000]
    except Exception:  # an exception of the student's own, whose text fails
        text = ""
    line, functions, trace = "", list[str](), error.__traceback__
    while trace is not None:
        file, number = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        if "ipykernel_" in file and (code := linecache.getline(file, number).strip()):
            line = f" (in line {number} of your cell: {code})"
            functions.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    return {
        "classes": [[kind_of(kind), kind.__name__] for kind in type(error).__mro__],
        "text": text,
        "bare": not error.args,
        "name": str(getattr(error, "name", None) or ""),
        "line": line[:300],
        "below": functions[-1] if functions and functions[-1] != functions[0] else "",
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


def known(module: str, name: str) -> Any:
    """Return a library's exception that tests may be given as such; None for anything else."""
    found = library(module, name) if module.split(".")[0] in _MODULES else None
    is_one = isinstance(found, type) and issubclass(found, Exception) and not issubclass(found, _ENDS)
    return found if is_one else None


_MODULES = {
    *"builtins numpy torch pandas scipy sklearn json decimal statistics asyncio queue csv _csv struct zlib re sre_constants "
    "sqlite3 binascii configparser dataclasses socket urllib xml zipfile copy uuid email".split()
}
"""Whose exceptions those are. Others may mean something to what runs a test: that it is to be skipped, say."""


def error_class(name: str, bases: Sequence[Any]) -> type[Exception]:
    """Return a class for a student's own class of exceptions, which is derived from these as far as they are any."""
    real = [base for base in bases if isinstance(base, type) and issubclass(base, Exception)]
    space = {"__module__": "__main__", "__str__": lambda self: vars(self).get("_text_", Exception.__str__(self))}
    made: type[Exception] = type(name, tuple(dict.fromkeys(real)) or (RuntimeError,), space)
    return made


def own(cls: type[Exception], args: Sequence[Any], state: Mapping[str, Any], like: BaseException) -> Exception:
    """Return an exception of a class that stands for a student's own; `like` is the nearest that is known."""
    made = cls.__new__(cls)
    made.args = tuple(args)
    made.__dict__.update({str(name): value for name, value in state.items()})
    made.__dict__["_text_"] = str(like.args[0]) if like.args else ""
    if hasattr(like, "as_said"):
        made.__dict__["as_said"] = like.as_said
    return made


def told(error: BaseException) -> dict[str, str]:
    """Return what a student's function is told of an exception of the judge's."""
    kinds = [kind for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    return {"class": kinds[0].__name__, "text": str(error)}


def raised(what: Any) -> BaseException:
    """Return the exception that a student's function raised: of its class if we have it, else of one that it is of."""
    error: Any
    match what:
        case {
            "classes": list(classes),
            "text": str(text),
            "bare": bool(bare),
            "name": str(name),
            "line": str(line),
            "below": str(below),
        }:
            for module, kind in (pair for pair in classes if isinstance(pair, list) and len(pair) == 2):
                found = known(str(module), str(kind))
                if found is not None:
                    with suppress(TypeError):  # a class whose constructor takes more than a text
                        error = found() if bare else found(text)
                        break
            else:
                error = RuntimeError(text)
            error.as_said = (str(classes[0][1])[:80] if classes else "", line[:300])
            error.below = below[:80]
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
