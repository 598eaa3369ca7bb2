"""Say in one line what an exception in a test cell means for a student: not written yet, not defined, or what it raised."""

from __future__ import annotations

import ast
import linecache
import re
import sys

from grader.checks import observe
from grader.checks.compare import library_class
from grader.checks.failure import CheckFailed, NotWritten

_RESTING = (ValueError, IndexError, RuntimeError, ArithmeticError)
"""Errors of shapes, indices and values, of which a hint about the task speaks; others are slips of the pen."""
_SLIPS = (RecursionError, NotImplementedError, UnicodeError)
_OF_SHAPES = re.compile(r"shape|dimension|\bsize|\baxis|\baxes|broadcast|length|\braise\b")
"""What a ValueError says, or the line that raised it, where a hint about the task speaks of it."""


def explained(error: BaseException, exercise: str) -> CheckFailed:
    """Return what a student reads of an exception that an answer has raised, or that its absence has."""
    if isinstance(error, NameError) and error.name:
        return _missing(error, exercise)
    name, where = getattr(error, "as_said", None) or (type(error).__name__, line_of(error))
    if is_stub(error):
        helper = _stub_below(error, exercise)
        text = f"{exercise} calls {helper}, which is not written yet"
        return CheckFailed(text, plain=f"{exercise} raised NotImplementedError") if helper else unwritten(exercise)
    if name == SystemExit.__name__:
        ends = "end a function with return"
        return CheckFailed(f"{exercise} calls exit{where}; {ends}", plain=f"{exercise} calls exit; {ends}")
    try:
        text = " ".join(str(error).split())
    except Exception:  # an exception of the student's own, whose text fails
        text = ""
    said = f"{name}: {text}" if text else name
    plain = f"{exercise} raised {library_class(type(error)).__name__}"
    fits = isinstance(error, _RESTING) and not isinstance(error, _SLIPS)
    if isinstance(error, ValueError):
        fits = fits and bool(_OF_SHAPES.search(text + where))
    return CheckFailed(f"{exercise} raised {said[:300]}{where}", plain=plain, fits=fits, raised=True)


def is_stub(error: BaseException) -> bool:
    """Tell a stub from what torch raises for a dtype that it cannot handle, which has a text and no line of a cell."""
    where = getattr(error, "as_said", ("", ""))[1] or line_of(error)
    return isinstance(error, NotImplementedError) and (not error.args or "raise NotImplementedError" in where)


def unwritten(exercise: str) -> NotWritten:
    """Return what is said where a stub still stands."""
    return NotWritten(f"{exercise} is not written yet: replace the line that raises NotImplementedError")


def _stub_below(error: BaseException, exercise: str) -> str:
    """Return the name of the stub that an answer has called, if the answer itself is none."""
    if hasattr(error, "below"):
        return str(error.below) if error.below.isidentifier() and error.below != exercise else ""
    names, trace = list[str](), error.__traceback__
    while trace is not None:
        names.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    return names[-1] if exercise in names[:-1] and names[-1] != exercise and names[-1].isidentifier() else ""


def of_answer(error: BaseException, *, apart: bool) -> bool:
    """Tell whether an exception arose in a student's code; `apart` from it, only what has crossed the border did."""
    return hasattr(error, "as_said") or (not apart and bool(line_of(error)))


def line_of(error: BaseException) -> str:
    """Return where in a notebook's own code the error arose, or '' if it did not."""
    found, trace, tests = "", error.__traceback__, set[str]()
    while trace is not None:
        name, number = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        if trace.tb_frame.f_code.co_name == "<module>":
            tests.add(name)  # the call from the test cell, and what is defined there, are not the student's code
        elif name not in tests and not observe.in_library(name) and (code := linecache.getline(name, number).strip()):
            found = f" (in line {number} of your cell: {code})"
        trace = trace.tb_next
    return found


def _missing(error: NameError, exercise: str) -> CheckFailed:
    where = getattr(error, "as_said", ("", line_of(error)))[1]
    if where:  # a name that the answer uses
        return CheckFailed(f"there is no {error.name}{where}", plain=f"{exercise} raised NameError", raised=True)
    if fault := _syntax_error(str(error.name)):
        text = f"there is no {error.name} yet: {fault}"
    else:
        text = f"there is no {error.name} yet: run the cell that defines it, and keep its name as the task gives it"
    return CheckFailed(text, plain=text if error.name == exercise else f"{exercise} raised NameError")


def outdated(exercise: str) -> str:
    """Return what is said where the cell of an answer cannot be read, and an earlier run's answer stands there; else ''."""
    fault = _syntax_error(exercise)
    if not fault:  # before anything is asked of the answer, which may be far away
        return ""
    code = getattr(vars(sys.modules["__main__"]).get(exercise), "__code__", None)
    made = "".join(linecache.getlines(code.co_filename)).strip() if code else ""
    # One that came by another way, such as an import or %%time, is what the student wants to be tested.
    ran = {one.strip() for one in vars(sys.modules["__main__"])["In"] if isinstance(one, str)}
    return f"{exercise} is still that of an earlier run: {fault}" if made and made in ran else ""


def _syntax_error(name: str) -> str:
    """Return what Python says of the last cell that was run to define a name, if it cannot read that; else ''."""
    ran = vars(sys.modules["__main__"]).get("In")  # IPython's list of what was run
    define = re.compile(rf"^[ \t]*(?:async[ \t]+)?def[ \t]+{re.escape(name)}\b|^{re.escape(name)}[ \t]*=", re.MULTILINE)
    text = next((one for one in reversed(ran) if isinstance(one, str) and define.search(one)), "") if ran else ""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return f"its cell has a {type(error).__name__} in line {error.lineno} ({error.msg}), so none of it has run"
    return ""
